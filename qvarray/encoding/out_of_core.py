"""Encode arrays that do not fit in memory: rows of blocks, one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from math import lcm, prod
from typing import Any, Literal, NamedTuple, Protocol, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..bases import Basis, working_dtype
from ..core.budget import fits_budget, require_budget
from ..core.error_bound import ErrorBound
from ..core.pages import tracked
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, Shape
from ..ops.basis_change import coefficient_dtype, sample_dtype
from ..sources.bitpacked import Bits, Listed
from ..sources.packed import Packed, scan_of, sequence
from ..sources.packing import Packing
from ..sources.quantize import LARGEST, Kind, rounded
from .magnitudes import CLASSES, OFFSET, Counts
from .transforms import BLOCK_SIZES, analysed, bound_of_encoding, on_blocks, rounding_of, scaled

# What an element takes while its piece is encoded.
_BYTES = 96


class Rows(Protocol):
    """An array that gives its rows when it is sliced."""

    @property
    def shape(self) -> Shape: ...

    @property
    def dtype(self) -> DTypeLike: ...

    def __getitem__(self, key: slice, /) -> ArrayLike: ...


def is_piecewise(x: object) -> TypeGuard[Rows]:
    """Tell whether `x` is an array that takes more than the budget to encode at once."""
    shape = getattr(x, "shape", ())
    is_array = hasattr(x, "dtype") and hasattr(x, "__getitem__")
    return is_array and bool(shape) and not fits_budget(prod(shape) * 64)


def require_whole(x: object) -> None:
    """Raise ValueError for a mapped file that is shorter than the array in it.

    To read what is not there would end the process.
    """
    if isinstance(x, np.memmap) and x.filename is not None:
        wanted, there = x.offset + x.nbytes, os.stat(x.filename).st_size
        if there < wanted:
            raise ValueError(f"{x.filename} is cut off: it has {there} bytes of {wanted}")


class _Plan(NamedTuple):
    """What the second pass does, in units of ``2 ** exponent``."""

    storage: Kind | None
    bases: tuple[Basis, ...]
    exponent: int
    norm: float
    allowance: float
    budget: float
    threshold: float
    step: float


class Pieces:
    """An array as rows of samples that are read one after the other."""

    def __init__(self, x: Rows, candidates: list[tuple[Basis, ...]]) -> None:
        self.x = x
        self.shape = tuple(int(n) for n in x.shape)
        self.dtype = np.dtype(x.dtype).newbyteorder("=")
        self.wide = np.result_type(working_dtype(self.dtype), np.float64)
        n, width = self.shape[0], prod(self.shape[1:])
        least = 1
        for bases in candidates:
            least = lcm(least, min(bases[0].runs(n)[0].size, n))
        least = min(least, n)
        instead = "encode it in blocked bases, or with its longest axis first"
        require_budget(least * width * _BYTES, instead)
        rows = least
        while rows < n and fits_budget(2 * rows * width * _BYTES):
            rows *= 2
        self.starts = range(0, n, rows)

    def __iter__(self) -> Iterator[tuple[range, Array]]:
        for start in tracked(self.starts, len(self.starts), "blocks"):
            rows = range(start, min(start + self.starts.step, self.shape[0]))
            require_whole(self.x)
            piece = np.asarray(self.x[rows.start : rows.stop])
            wanted = (len(rows), *self.shape[1:])
            if piece.shape != wanted:
                raise ValueError(
                    f"rows {rows.start} to {rows.stop} of the array have shape {piece.shape}, "
                    f"not {wanted}"
                )
            piece = piece.astype(self.wide)
            if not np.isfinite(piece).all():
                index = np.argwhere(~np.isfinite(piece))[0]
                where = (int(index[0]) + rows.start, *map(int, index[1:]))
                raise ValueError(f"element {piece[tuple(index)]} at {where} is not finite")
            yield rows, piece


def _numbers(coefficients: Array) -> Array:
    """Return real and imaginary parts, as they are quantised."""
    if coefficients.dtype.kind != "c":
        return coefficients
    return np.stack([coefficients.real, coefficients.imag])


def _plan(
    pieces: Pieces,
    candidates: list[tuple[Basis, ...]],
    tol: float | None,
    max_active: int | None,
    kinds: Sequence[Kind | None],
) -> _Plan:
    """Read once: choose the bases, the kind of storage, and what may be left out or rounded."""
    counted = {bases: Counts() for bases in candidates}
    for _, piece in pieces:
        for bases, counts in counted.items():
            coefficients = analysed(piece, bases)
            counts.add(coefficients if kinds == (None,) else _numbers(coefficients))
    any_counts = counted[candidates[0]]
    used = np.flatnonzero(any_counts.counts)
    exponent = int(used[-1] - OFFSET) // CLASSES + 1 if used.size else 0
    plans: list[tuple[float, _Plan]] = []
    refused: ValueError | None = None
    for bases, counts in counted.items():
        counts.finish(exponent)
        for kind in kinds:
            try:
                plans.append(_of_bases(pieces, bases, counts, exponent, (tol, max_active, kind)))
            except ValueError as error:
                refused = error
    if not plans and refused is not None:
        raise refused
    return min(plans, key=lambda pair: pair[0])[1]


def _of_bases(
    pieces: Pieces,
    bases: tuple[Basis, ...],
    counts: Counts,
    exponent: int,
    wanted: tuple[float | None, int | None, Kind | None],
) -> tuple[float, _Plan]:
    """Plan for some bases and a tolerance, a number of coefficients and a kind; with the bytes.

    Raises
    ------
    ValueError
        Where the tolerance cannot be met.
    """
    tol, max_active, storage = wanted
    norm = float(np.sqrt(counts.energies.sum()))
    with np.errstate(over="ignore"):
        size = float(np.ldexp(norm, exponent))
    if not np.isfinite(size):
        raise ValueError(
            f"elements in basis {bases[0]} are too small or too large for double precision; "
            "scale the array"
        )
    allowance = _allowance(pieces, bases, size)
    slack = 1.0 + 1e-9
    relative = allowance if tol is None else tol * (1.0 - 2.0**-40) - allowance
    if relative < 0.0:
        raise ValueError(
            f"tol={tol!r} is below the rounding error of basis {bases[0]}, {allowance:.1e}"
        )
    budget = relative * norm / slack
    is_integer = storage in ("int8", "int16")
    if tol is None and is_integer:
        raise ValueError(f"storage={storage!r} needs a tol: integers are not lossless")
    if storage is not None and not is_integer:
        rounds = float(np.finfo(storage).eps) * norm
        if tol is not None and rounds > budget:
            raise ValueError(f"tol={tol!r} cannot be met with storage={storage!r}")
        budget = max(0.0, budget * budget - rounds * rounds) ** 0.5
    threshold = counts.threshold(0.0 if is_integer else budget, max_active)
    step = 1.0
    if is_integer and norm:
        step = counts.step(0.97 * budget)
        if not float(counts.upper[-1]) / step < LARGEST:
            raise ValueError(f"tol={tol!r} cannot be met with storage={storage!r}")
    elif storage is not None and norm:
        top = int(np.frexp(float(np.finfo(storage).max))[1])
        step = float(np.ldexp(1.0, int(np.frexp(counts.upper[-1])[1]) - top + 1))
    plan = _Plan(storage, bases, exponent, norm, allowance, budget, threshold, step)
    if not is_integer:
        # Of indices, gaps take a byte or two where eigenvalues are quantised.
        dtype = working_dtype(pieces.dtype) if storage is None else np.dtype(storage)
        each = dtype.itemsize + (8 if storage is None else 2)
        return counts.kept(threshold) * each, plan
    # What is too large for a byte is kept aside, or makes its whole group wider.
    large = counts.kept(128.0 * step)
    more = 3.0 * large if storage == "int8" else min(4.0 * large, prod(pieces.shape) / 4.0)
    return counts.bits(step) / 8.0 + more, plan


def _allowance(pieces: Pieces, bases: tuple[Basis, ...], size: float) -> float:
    """Bound the relative error of transforms there and back, and of keeping their results."""
    exact = 4.0 * float(np.finfo(np.float64).eps)
    return exact + sum(rounding_of(pieces.dtype, pieces.shape, bases, size))


class _Dropped:
    """The norm of all that was lost so far."""

    def __init__(self) -> None:
        self.square = 0.0

    def add(self, lost: Array) -> None:
        self.square += float(np.sum(np.square(np.abs(lost))))

    def bound(self, plan: _Plan) -> ErrorBound | None:
        if not plan.norm:
            return None
        relative = self.square**0.5 * (1.0 + 1e-9) / plan.norm + plan.allowance
        return bound_of_encoding(relative, plan.norm, plan.exponent)


def _require_finite(values: Array, dtype: np.dtype[Any], bases: tuple[Basis, ...]) -> None:
    if not np.isfinite(values).all():
        raise ValueError(f"coefficients in basis {bases[0]} overflow {dtype}; scale the array")


def _spectrum(pieces: Pieces, plan: _Plan) -> Spectrum:
    """Read again: keep the coefficients that stay, as they are."""
    dtype = sample_dtype(plan.bases, pieces.dtype)
    kind = coefficient_dtype(plan.bases, dtype)
    width = prod(pieces.shape[1:])
    lost, places, values, count = _Dropped(), [], [], 0
    for rows, piece in pieces:
        flat = scaled(analysed(piece, plan.bases), -plan.exponent).reshape(-1)
        keep = np.abs(flat) >= plan.threshold
        lost.add(flat[~keep])
        where = np.flatnonzero(keep)
        count += where.size
        require_budget(count * 2 * (8 + kind.itemsize), "allow a larger tol, or use storage")
        with np.errstate(over="ignore"):
            some = scaled(flat[where], plan.exponent).astype(kind)
        _require_finite(some, kind, plan.bases)
        places.append(where + rows.start * width)
        values.append(some)
    indices, zero = np.concatenate(places), dtype.type(0)
    return compact(
        pieces.shape,
        dtype,
        plan.bases,
        np.concatenate(values),
        indices,
        zero,
        error=lost.bound(plan),
    )


def _packed(pieces: Pieces, plan: _Plan, storage: Kind) -> tuple[Packed, float]:
    """Read again: quantise coefficients; return also the norm of what that loses."""
    dtype = pieces.dtype if pieces.dtype.kind in "fc" else np.dtype(np.float64)
    is_complex = coefficient_dtype(plan.bases, dtype).kind == "c"
    scan = scan_of(pieces.shape, plan.bases, is_complex)
    lost = _Dropped()
    integers = Packing(storage) if storage == "int8" or storage == "int16" else None
    places: list[Array] = [np.zeros(0, np.int64)]
    values: list[Array] = [np.zeros(0, storage)]
    count, most = 0, 0.0
    for rows, piece in pieces:
        coefficients = scaled(analysed(piece, plan.bases), -plan.exponent)
        numbers = sequence(scan, coefficients, rows)
        stored = np.where(np.abs(numbers) >= plan.threshold, numbers, 0.0)
        if integers is not None:
            stored = rounded(stored, plan.step)
            integers.add(stored.astype(np.int64))
        else:
            stored = (stored / plan.step).astype(storage)
            used = np.flatnonzero(stored)
            places.append(used + count)
            values.append(stored[used])
        lost.add(numbers - stored.astype(np.float64) * plan.step)
        most = max(most, float(np.abs(stored).max(initial=0)))
        count += numbers.size
    with np.errstate(over="ignore"):
        _require_finite(
            np.ldexp(2.0 * most * plan.step, plan.exponent).astype(dtype), dtype, plan.bases
        )
    store: Bits | Listed
    store, others = Listed.at(count, np.concatenate(places), np.concatenate(values)), None
    if integers is not None:
        store, others = integers.finish()
    out = Packed(
        pieces.shape,
        dtype,
        plan.bases,
        storage,
        plan.step,
        plan.exponent,
        store,
        others,
        lost.bound(plan),
    )
    return out, lost.square**0.5


def encoded(
    x: Rows,
    bases: tuple[Basis, ...] | None,
    tol: float | None,
    max_active: int | None,
    storage: Kind | Literal["fewest"] | None,
) -> Spectrum | Packed:
    """Read an array in pieces, twice: for the bases and the step, and for the coefficients.

    Parameters are those of `encode`, checked, with a basis for each axis or None; `x` has
    ``shape``, ``dtype``, and gives its rows when it is sliced. As ``"fewest"`` is stored what takes
    fewer bytes by estimate, integers or coefficients in full.

    Raises
    ------
    ValueError
        As `encode`, and where rows are missing.
    MaterializationError
        Where a row of blocks is over the memory budget, or what is to be stored.
    """
    shape = tuple(x.shape)
    candidates = (
        [bases] if bases is not None else [b for m in BLOCK_SIZES for b in on_blocks(shape, m)]
    )
    pieces = Pieces(x, candidates)
    kinds: tuple[Kind | None, ...] = ("int8", "int16", None) if storage == "fewest" else (storage,)
    plan = _plan(pieces, candidates, tol, max_active, kinds)
    if plan.storage is None:
        return _spectrum(pieces, plan)
    while True:
        out, lost = _packed(pieces, plan, plan.storage)
        if tol is None or out.error is None or out.error.relative <= tol:
            return out
        if max_active is not None or plan.storage in ("float32", "float16"):
            raise ValueError(f"tol={tol!r} cannot be met with storage={plan.storage!r}")
        # The step was an estimate.
        plan = plan._replace(step=plan.step * min(0.98, 0.99 * plan.budget / lost))
