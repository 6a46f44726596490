"""Encode dense samples as few eigenvalues at a tolerance: lossy compression with a bound."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, NamedTuple, SupportsIndex, get_args

import numpy as np
from numpy.typing import ArrayLike

from ..array.foreign import converted
from ..array.masked import refuse_masked
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD, Basis, all_standard, as_bases, working_dtype
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, Shape, number_dtype, pays_sparse
from ..ops.basis_change import coefficient_dtype, norm, sample_dtype, sparse, to_bases
from ..sources.packed import Packed, packed, scan_of, sequence
from ..sources.quantize import Kind, quantise
from . import out_of_core
from .transforms import (
    Rounding,
    Trials,
    analysed,
    blocked_choices,
    bound_of_encoding,
    choices,
    combinations,
    require_range,
    rounding_of,
    scaled,
    uniform,
    varied,
)

__all__ = ["encode"]


# Axes up to which every combination of bases is tried, beyond it one axis after the other.
_EXHAUSTIVE_AXES = 3


# Quantised coefficients are multiplied and kept in double precision.
_DOUBLE = 4.0 * float(np.finfo(np.float64).eps)

# Of a tolerance, what is not left to rounding of the bound itself.
_SLACK = 1.0 - 2.0**-40

# Number of bases, the best by estimate, in which coefficients are packed to see what they take.
_TRIED = 3


class _Tolerance(NamedTuple):
    """The relative L2 error that is allowed, and the number of coefficients that may stay."""

    tol: float | None
    max_active: int | None


class _Choice(NamedTuple):
    """Which coefficients stay, and the norm of the others relative to all."""

    keep: Array
    dropped: float


def _checked(tol: float | None, max_active: SupportsIndex | None) -> _Tolerance:
    if tol is not None:
        try:
            tol = float(tol)
        except (TypeError, ValueError):
            raise TypeError(f"tol must be a number, got {tol!r}") from None
        if not tol >= 0.0:
            raise ValueError(f"tol must be a relative error >= 0, got {tol!r}")
    if max_active is not None:
        max_active = operator.index(max_active)
        if max_active < 0:
            raise ValueError(f"max_active must not be negative, got {max_active}")
    return _Tolerance(tol, max_active)


def _mirror(shape: tuple[int, ...], bases: tuple[Basis, ...]) -> Array:
    """For each coefficient of a real array, the position of its conjugate, shape (N,)."""
    out = np.zeros((1,) * len(shape), np.int64)
    for axis, (basis, n) in enumerate(zip(bases, shape, strict=True)):
        along = basis.reflect(n, np.arange(n)).reshape((n,) + (1,) * (len(shape) - axis - 1))
        out = out * n + along
    return np.broadcast_to(out, shape).ravel()


def _choose(
    magnitudes: Array, mirror: Array | None, relative: float, max_active: int | None
) -> _Choice:
    """Choose the fewest coefficients whose complement has a norm of at most `relative`.

    Parameters
    ----------
    magnitudes : ndarray of float64, shape (N,)
        Of the coefficients, in units of their norm.
    mirror : ndarray of int64, shape (N,), or None
        Coefficients that are conjugates stay or go together.
    """
    # Summing N squares rounds by at most N epsilon: Higham, section 4.2.
    slack = 1.0 + magnitudes.size * float(np.finfo(np.float64).eps)
    relative /= slack
    energy = np.square(magnitudes)
    first: Any = slice(None)
    weight: Any = 1
    if mirror is not None:
        energy = np.maximum(energy, energy[mirror])
        first = np.flatnonzero(mirror >= np.arange(mirror.size))
        weight = np.where(mirror[first] == first, 1, 2)
    unit = energy[first]
    order = np.argsort(unit, kind="stable")
    tail = np.cumsum((unit * weight)[order])
    dropped = int(np.searchsorted(tail, relative * relative, "right")) if relative else 0
    if max_active is not None:
        counts = np.cumsum(np.broadcast_to(weight, unit.shape)[order[::-1]])
        dropped = max(dropped, unit.size - int(np.searchsorted(counts, max_active, "right")))
    gone = np.arange(magnitudes.size)[first][order[:dropped]]
    keep = magnitudes != 0
    keep[gone] = False
    if mirror is not None:
        keep[mirror[gone]] = False
    return _Choice(keep, slack * float(np.sqrt(tail[dropped - 1])) if dropped else 0.0)


def _needs_more(magnitudes: Array, mirror: Array | None, relative: float, most: int) -> bool:
    """Tell whether more than `most` coefficients have to be kept. O(N): they are not sorted."""
    rest = magnitudes.size - most
    if rest <= 0 or mirror is not None:
        return False
    dropped = np.square(np.partition(magnitudes, rest - 1)[:rest]).sum()
    # Up to the rounding of both sums.
    return bool(dropped > relative * relative * (1.0 + 1e-9))


class _Found(NamedTuple):
    """The best bases so far, and what it takes in them."""

    coefficients: Array
    bases: tuple[Basis, ...]
    choice: _Choice
    cost: tuple[float, float, float]


class _Encoder:
    """One array of finite numbers, in as many bases as are tried."""

    def __init__(self, x: Array, tolerance: _Tolerance) -> None:
        self.x = x
        self.tolerance = tolerance
        # Transforms are computed in double precision, or wider where the samples are.
        self.wide = np.result_type(working_dtype(x.dtype), np.float64)
        samples = x.astype(self.wide)
        # Of complex numbers, the larger part: their absolute value may overflow.
        parts = [samples.real, samples.imag] if samples.dtype.kind == "c" else [samples]
        self.largest = max(np.abs(part).max(initial=0) for part in parts)
        # Powers of two scale exactly; then squares neither overflow nor vanish.
        self.exponent = int(np.frexp(self.largest)[1])
        self.samples = scaled(samples, -self.exponent)
        self.norm = norm(self.samples)
        # Infinite, or 0, where that is beyond double precision.
        with np.errstate(over="ignore"):
            self.whole = float(np.ldexp(self.norm, self.exponent))

    def rounding(self, bases: tuple[Basis, ...]) -> Rounding:
        return rounding_of(self.x.dtype, self.x.shape, bases, self.whole)

    def allowance(self, bases: tuple[Basis, ...]) -> float:
        """Bound the relative error of transforms there and back, and of keeping their results."""
        return 0.0 if all_standard(bases) else sum(self.rounding(bases))

    def bound(self, relative: float) -> ErrorBound | None:
        """Return the bound of the result.

        Raises
        ------
        ValueError
            Where the norm is so small, or so large, that it is over the tolerance.
        """
        error = bound_of_encoding(relative, self.norm, self.exponent)
        tol = self.tolerance.tol
        if error is not None and tol is not None and error.relative > tol:
            raise ValueError(
                f"tol={tol!r} cannot be told of elements up to {self.largest}: scale the array"
            )
        return error

    def choose(self, coefficients: Array, bases: tuple[Basis, ...]) -> _Choice:
        """Choose coefficients to keep, by `tol` and, whatever that drops, `max_active`."""
        return _choose(*self._weighed(coefficients, bases), self.tolerance.max_active)

    def _weighed(
        self, coefficients: Array, bases: tuple[Basis, ...]
    ) -> tuple[Array, Array | None, float]:
        """Return magnitudes, where conjugates are, and what may be dropped of the norm."""
        magnitudes = np.abs(coefficients).ravel().astype(np.float64)
        if self.norm:
            magnitudes /= self.norm
        tol = self.tolerance.tol
        if tol is None:
            # Lossless, to rounding: what is smaller than that is noise of the transform.
            relative = self.rounding(bases).analysis
        else:
            relative = max(tol * _SLACK - self.allowance(bases), 0.0)
        mirror = None
        if self.x.dtype.kind != "c" and any(basis.is_complex for basis in bases):
            mirror = _mirror(self.x.shape, bases)
        return magnitudes, mirror, relative

    def _useful(self, bases: tuple[Basis, ...], best: _Found | None) -> int:
        """Return the most coefficients that are of less cost than the best so far."""
        if best is None or self.tolerance.max_active is not None:
            return self.x.size
        if best.cost[1] < self.x.size:
            return int(best.cost[1])
        low, high = 0, self.x.size
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (low, middle - 1) if self.stores_all(middle, bases) else (middle, high)
        return low

    def can_meet(self, bases: tuple[Basis, ...]) -> bool:
        """Tell whether rounding alone stays within the tolerance."""
        return self.tolerance.tol is None or self.allowance(bases) <= self.tolerance.tol

    def stores_all(self, kept: int, bases: tuple[Basis, ...]) -> bool:
        """Tell whether `kept` eigenvalues with indices take no less than one at every position."""
        cap = self.tolerance.max_active
        stored = coefficient_dtype(bases, sample_dtype(bases, self.x.dtype))
        if cap is not None and cap < self.x.size:
            return False
        return not pays_sparse(kept, self.x.size, stored)

    def store(self, coefficients: Array, bases: tuple[Basis, ...], choice: _Choice) -> Spectrum:
        dtype = sample_dtype(bases, self.x.dtype)
        if self.stores_all(int(np.count_nonzero(choice.keep)), bases):
            # Then with what is there, not with zeros.
            choice = _Choice(coefficients.ravel() != 0, 0.0)
        indices = np.flatnonzero(choice.keep)
        if all_standard(bases):
            values = self.x.ravel()[indices]
        else:
            values = scaled(coefficients.ravel()[indices], self.exponent)
            values = values.astype(coefficient_dtype(bases, dtype), copy=False)
            if not np.isfinite(values).all():
                raise ValueError(
                    f"coefficients in basis {_names(bases)} of elements up to {self.largest} "
                    f"overflow {values.dtype}; use basis='standard' or scale the array"
                )
        relative = choice.dropped + self.allowance(bases)
        error = self.bound(relative)
        if not all_standard(bases) and self.norm:
            lost = float("inf") if error is None else error.absolute
            require_range(self.x.dtype, self.x.shape, bases, float(self.largest) + lost, self.whole)
        return compact(self.x.shape, dtype, bases, values, indices, dtype.type(0), error=error)

    def best(self) -> _Found:
        """Find the bases, one an axis, that need the fewest eigenvalues."""
        options = [choices(n) for n in self.x.shape]
        found = None
        if sum(len(some) > 1 for some in options) <= _EXHAUSTIVE_AXES:
            found = self._best_of(combinations(self.samples, options))
        else:
            # Axis by axis, twice: later choices may change what is best for the first.
            bases = tuple(some[0] for some in options)
            for axis in (*range(len(options)), *range(len(options))):
                found = self._best_of(varied(self.samples, bases, axis, options[axis]))
                bases = found.bases
        blocks = [blocked_choices(n) for n in self.x.shape]
        found = self._best_of(uniform(self.samples, blocks), found)
        for axis, some in enumerate(blocks):
            found = self._best_of(varied(self.samples, found.bases, axis, some), found)
        return found

    def _best_of(self, trials: Trials, best: _Found | None = None) -> _Found:
        for bases, coefficients in trials:
            if not self.can_meet(bases):
                continue
            weighed = self._weighed(coefficients, bases)
            if _needs_more(*weighed, self._useful(bases, best)):
                continue
            choice = _choose(*weighed, self.tolerance.max_active)
            kept = int(np.count_nonzero(choice.keep))
            all_stored = self.stores_all(kept, bases)
            stored = (float(self.x.size), 0.0) if all_stored else (float(kept), choice.dropped)
            # Where `max_active` leaves out more than is allowed, what is lost counts first.
            missed = choice.dropped if choice.dropped > weighed[2] * (1.0 + 1e-9) else 0.0
            cost = (missed, *stored)
            if best is None or cost < best.cost:
                best = _Found(coefficients, bases, choice, cost)
        assert best is not None  # the standard basis meets any tolerance
        return best

    def packed(self, bases: tuple[Basis, ...], coefficients: Array, kind: Kind) -> Packed:
        """Quantise the eigenvalues, within the tolerance.

        Raises
        ------
        ValueError
            Where the tolerance cannot be met.
        """
        tol, max_active = self.tolerance
        # Elements that are computed are kept in their dtype, those of the standard basis, too.
        allowance = sum(self.rounding(bases)) + _DOUBLE
        budget = None if tol is None else (tol * _SLACK - allowance) * self.norm
        dropped = 0.0
        if max_active is not None:
            choice = self.choose(coefficients, bases)
            coefficients = np.where(choice.keep.reshape(coefficients.shape), coefficients, 0)
            dropped = choice.dropped * self.norm
            _require_few(choice.dropped, self.tolerance)
            if budget is not None:
                budget = max(0.0, budget * budget - dropped * dropped) ** 0.5
        dtype = self.x.dtype if self.x.dtype.kind in "fc" else np.dtype(np.float64)
        scan = scan_of(self.x.shape, bases, coefficients.dtype.kind == "c")
        numbers = sequence(scan, coefficients)
        quantised = None
        if budget is None or budget >= 0.0:
            quantised = quantise(numbers, kind, budget)
        if quantised is None:
            if tol is None:
                raise ValueError(f"storage={kind!r} needs a tol: integers are not lossless")
            raise ValueError(f"tol={tol!r} cannot be met with storage={kind!r}")
        most = float(np.abs(quantised.values).max(initial=0)) * quantised.step
        with np.errstate(over="ignore"):
            top = np.ldexp(most, self.exponent)
        if not top <= np.finfo(dtype).max / 2:
            raise ValueError(
                f"coefficients in basis {_names(bases)} of elements up to {self.largest} "
                f"overflow {dtype}; scale the array"
            )
        lost = float(np.hypot(quantised.error, dropped)) * (1.0 + _DOUBLE)
        error = self.bound(lost / self.norm + allowance) if self.norm else None
        if error is not None:
            require_range(
                self.x.dtype,
                self.x.shape,
                bases,
                float(self.largest) + error.absolute,
                self.whole,
            )
        return packed(self.x.shape, dtype, bases, kind, quantised, self.exponent, error)

    def smallest(self, kind: Kind) -> Packed:
        """Quantise the array in the bases, one an axis, in which it takes the fewest bytes."""
        if kind in ("float32", "float16") or self.tolerance.tol is None:
            found = self.best()
            return self.packed(found.bases, found.coefficients, kind)
        budget = self.tolerance.tol * self.norm
        # What uniform rounding would take: Gray & Neuhoff, "Quantization", IEEE Trans. Inf.
        # Theory 44 (1998).
        step = budget * (12.0 / max(self.x.size, 1)) ** 0.5 or 1.0
        options = [[*choices(n), *blocked_choices(n)] for n in self.x.shape]
        costs: dict[tuple[Basis, ...], float] = {}

        def look(trials: Trials) -> tuple[Basis, ...]:
            for bases, coefficients in trials:
                if self.can_meet(bases):
                    costs[bases] = _bits(coefficients, step)
            return min(costs, key=costs.__getitem__)

        bases = look(uniform(self.samples, options))
        for axis, some in enumerate(options):
            bases = look(varied(self.samples, bases, axis, some))
        best: Packed | None = None
        for bases in sorted(costs, key=costs.__getitem__)[:_TRIED]:
            made = self.packed(bases, analysed(self.samples, bases), kind)
            if best is None or made.nbytes < best.nbytes:
                best = made
        assert best is not None
        return best


def _require_few(dropped: float, tolerance: _Tolerance) -> None:
    """Raise ValueError where `max_active` leaves out more than the tolerance allows."""
    tol, max_active = tolerance
    if tol is not None and dropped > tol:
        raise ValueError(
            f"max_active={max_active} leaves a relative error of {dropped:.3g}, over tol={tol!r}"
        )


def _bits(coefficients: Array, step: float) -> float:
    """Estimate the bits of coefficients that are rounded to multiples of a step."""
    if coefficients.dtype.kind == "c":
        return _bits(coefficients.real, step) + _bits(coefficients.imag, step)
    return float(np.sum(np.log2(1.0 + np.abs(coefficients) / step)))


def _names(bases: tuple[Basis, ...]) -> str:
    return ", ".join(str(basis) for basis in dict.fromkeys(bases))


def encode(
    x: ArrayLike,
    basis: str | Basis | Sequence[str | Basis] = "auto",
    *,
    tol: float | None = None,
    max_active: int | None = None,
    storage: Kind | None = None,
) -> VirtualQArray:
    """Encode an array as few eigenvalues in an orthonormal basis.

    Parameters
    ----------
    x : array_like
        Numbers or bool, of any shape. What is over the memory budget, such as an
        ``np.memmap`` or any object with a shape, a dtype and slices, is read in pieces.
    basis : str or Basis, or a sequence of one for each axis
        ``"auto"`` takes for each axis the one that needs the fewest eigenvalues, of ``standard``,
        ``haar``, ``walsh``, ``cosine``, ``fourier``, and ``cosine`` on blocks. A sparse array that
        is over the memory budget stays in the standard one.
    tol : float, optional
        The relative L2 error allowed. None means lossless, to rounding (and exactly in the
        standard basis).
    max_active : int, optional
        Keep at most that many eigenvalues, the largest.
    storage : {"float32", "float16", "int16", "int8"}, optional
        What eigenvalues are kept as, between computations; None keeps them in full. In integers
        they are multiples of one step, in as many bits as each group of them needs, at most 8 or
        16; the few that need more are kept aside. The tolerance includes what that rounds.

    Returns
    -------
    VirtualQArray
        Its ``recovery_error`` bounds its relative L2 error, rounding included, and is at most
        `tol`. Its dtype is that of `x`, or float64 for integers outside of the standard basis.

    Raises
    ------
    ValueError
        For an unknown basis or storage, a length that a basis cannot have, a negative or NaN
        `tol`, a tolerance that cannot be met, integers as storage without one, elements that are
        not finite in a basis other than standard or with `storage`.
    TypeError
        For elements that are not numbers.
    MaterializationError
        Where a piece, rows of whole blocks, or the result is too large for the memory budget.

    Notes
    -----
    O(N log N) for one basis. ``"auto"`` tries every combination for up to three axes longer
    than 1, so 5, 25 or 125 of them, and beyond that goes axis by axis; then cosines on blocks of
    4 to 64, on all axes and on each. With integers as storage, what takes the fewest bytes is
    taken; it tries all axes in one basis, and then each in any.

    An array that is over the budget is read twice: for the bases, of which ``"auto"`` tries
    cosines on blocks of all axes, and the step; and for the coefficients. Nothing is returned
    where it cannot be read to its end.

    By Parseval's theorem the error of dropping coefficients is the norm of those dropped, in
    any orthonormal basis, so the tolerance is met by what was dropped and not by an estimate.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> t = np.arange(4096) / 4096
    >>> x = qv.encode(np.cos(2 * np.pi * 5 * t) + 0.5 * np.sin(2 * np.pi * 40 * t))
    >>> x.nactive, str(x.bases[0])
    (4, 'fourier')
    >>> y = qv.encode(np.cumsum(np.sin(t * t * 99)), tol=1e-3, storage="int8")
    >>> y.nbytes < y.virtual_nbytes / 16, y.recovery_error <= 1e-3
    (True, True)
    """
    x = converted(x)
    tolerance = _checked(tol, max_active)
    if storage is not None and storage not in get_args(Kind):
        raise ValueError(f"storage must be one of {', '.join(get_args(Kind))}, got {storage!r}")
    if out_of_core.is_piecewise(x):
        number_dtype(x.dtype)
        bases = _bases_given(basis, x.shape)
        stored = x.source.express().stored if isinstance(x, VirtualQArray) else None
        found: Spectrum | Packed
        if stored is not None and _stays_sparse(stored, bases, storage):
            found = _encoded_sparse(stored, tolerance)
        else:
            found = out_of_core.encoded(x, bases, *tolerance, storage)
    else:
        out_of_core.require_whole(x)
        refuse_masked(x)
        dense = np.asarray(x)
        dense = dense.astype(number_dtype(dense.dtype), copy=False)
        found = _encoded(dense, _bases_given(basis, dense.shape), tolerance, storage)
    inherited = x.source.error if isinstance(x, VirtualQArray) else None
    if inherited is not None:
        found = found.replace(error=_widened(found.error, inherited))
    return VirtualQArray(found)


def _bases_given(
    basis: str | Basis | Sequence[str | Basis], shape: Shape
) -> tuple[Basis, ...] | None:
    """Return the basis of every axis, each of a length that it can have; None for ``"auto"``."""
    if isinstance(basis, str) and basis == "auto":
        return None
    bases = as_bases(basis, len(shape))
    for along, n in zip(bases, shape, strict=True):
        along.check_length(n)
    return bases


def _encoded(
    dense: Array, bases: tuple[Basis, ...] | None, tolerance: _Tolerance, storage: Kind | None
) -> Spectrum | Packed:
    """Encode numbers that fit in memory; parameters are those of `encode`, checked."""
    tol, max_active = tolerance
    finite = dense.dtype.kind not in "fc" or bool(np.isfinite(dense).all())
    if bases is not None and not finite and not all_standard(bases):
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(dense))[0])
        raise ValueError(
            f"element {dense[where]} at {where} is not finite; only basis='standard' can hold it"
        )
    if not finite and (max_active is not None or storage is not None):
        setting = f"max_active={max_active}" if storage is None else f"storage={storage!r}"
        raise ValueError(f"{setting} needs elements that are all finite")
    is_exact = not finite or (
        bases is not None and all_standard(bases) and not tol and max_active is None
    )
    if dense.size == 0 or (is_exact and storage is None):
        return sparse(dense) if bases is None else to_bases(sparse(dense), bases)
    require_budget(4 * dense.size * 16, "encode it piece by piece")
    encoder = _Encoder(dense, tolerance)
    if bases is not None and not encoder.can_meet(bases):
        raise ValueError(
            f"tol={tol!r} is below the rounding error of basis {_names(bases)}, "
            f"{encoder.allowance(bases):.1e}; tol=None is lossless to rounding"
        )
    if storage is not None:
        if bases is None:
            return encoder.smallest(storage)
        return encoder.packed(bases, analysed(encoder.samples, bases), storage)
    if bases is None:
        coefficients, bases, choice, _ = encoder.best()
    else:
        coefficients = analysed(encoder.samples, bases)
        choice = encoder.choose(coefficients, bases)
    _require_few(choice.dropped, tolerance)
    return encoder.store(coefficients, bases, choice)


def _stays_sparse(stored: Spectrum, bases: tuple[Basis, ...] | None, storage: Kind | None) -> bool:
    """Tell whether a sparse array that is over the budget is encoded as it is."""
    is_sparse = stored.is_standard and stored.active_indices is not None and not stored.diagonal
    is_asked = storage is None and (bases is None or all_standard(bases))
    return is_sparse and is_asked and stored.fill_value == 0


def _encoded_sparse(stored: Spectrum, tolerance: _Tolerance) -> Spectrum:
    """Encode the elements that are stored: the others add nothing to norms. O(k log k)."""
    values, indices = stored.eigenvalues, stored.indices()
    tol, max_active = tolerance
    finite = values.dtype.kind not in "fc" or bool(np.isfinite(values).all())
    if max_active is not None and not finite:
        raise ValueError(f"max_active={max_active} needs elements that are all finite")
    if (not tol and max_active is None) or not finite:
        return stored
    encoder = _Encoder(values, tolerance)
    choice = encoder.choose(encoder.samples, (STANDARD,))
    _require_few(choice.dropped, tolerance)
    kept = np.flatnonzero(choice.keep)
    error = encoder.bound(choice.dropped + encoder.allowance((STANDARD,)))
    return stored.replace(eigenvalues=values[kept], active_indices=indices[kept], error=error)


def _widened(error: ErrorBound | None, inherited: ErrorBound) -> ErrorBound:
    """Return the bound of an encoding of what has a bound already."""
    absolute = inherited.absolute + (0.0 if error is None else error.absolute)
    return ErrorBound(absolute, inherited.reference)
