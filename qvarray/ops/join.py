"""Concatenate, insert and delete: arrays put together along an axis, and positions left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import gcd, hypot, prod
from typing import Any, TypeAlias

import numpy as np

from .. import kernels
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.fill import fills_alike
from ..core.spectrum import Spectrum, compact
from ..core.values import (
    Array,
    Scalar,
    differs_from,
    index_dtype,
    pays_sparse,
    require_size,
)
from . import bounds
from .basis_change import linear, norm, off_diagonal, scattered, to_bases
from .reshape import keeps_bases, reshape

#: Where the positions along an axis of a part go: an offset, or a function of the positions.
Places: TypeAlias = "int | Callable[[Array], Array]"

_WORTH_A_THREAD = 1 << 18  # entries from which a second thread pays

_INSTEAD = "join arrays that have one fill value, or raise the budget"


def localised(spectrum: Spectrum, axes: Iterable[int]) -> Spectrum:
    """Put some axes in the standard basis. O(1) where they are.

    Raises MaterializationError where the lines that hold coefficients take more than the memory
    budget.
    """
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    chosen = set(axes)
    return to_bases(
        spectrum,
        tuple(STANDARD if a in chosen else basis for a, basis in enumerate(spectrum.bases)),
    )


def flat(spectrum: Spectrum) -> Spectrum:
    """Put the elements along one axis, in C order; see `reshape`."""
    return reshape(spectrum, (spectrum.size,))


def expanded(spectrum: Spectrum, *axes: int) -> Spectrum:
    """Put in axes of length 1, each at its place in turn. O(1)."""
    if spectrum.diagonal and axes:
        spectrum = off_diagonal(spectrum)
    shape, bases = list(spectrum.shape), list(spectrum.bases)
    for axis in axes:
        shape.insert(axis, 1)
        bases.insert(axis, STANDARD)
    return spectrum.reshaped(tuple(shape), tuple(bases))


def bounded(values: Array, fill_value: Scalar, absolute: float) -> ErrorBound:
    """Return the bound for coefficients that are off by `absolute`. O(k)."""
    return ErrorBound.of(absolute, norm(values) if not fill_value else 0.0)


def rearranged(
    spectrum: Spectrum, shape: tuple[int, ...], indices: Array, values: Array, times: float = 1.0
) -> Spectrum:
    """Put coefficients of `spectrum` at positions of an array of another shape. O(k log k).

    Parameters
    ----------
    indices : ndarray of int, shape (m,)
        Unique, in any order.
    values : ndarray, shape (m,)
    times : float
        How many times a coefficient is there, at most.
    """
    indices, values = _in_order(indices, values)
    out = compact(shape, spectrum.dtype, spectrum.bases, values, indices, spectrum.fill_value)
    if spectrum.error is None:
        return out
    return bounds.bounded(out, spectrum.error.absolute * times**0.5)


def _alike(parts: Sequence[Spectrum], axis: int) -> list[Spectrum]:
    """Put the parts in bases in which they can be joined along `axis`."""
    if all(part.is_standard for part in parts):
        return list(parts)
    parts = [off_diagonal(part) if part.diagonal else part for part in parts]
    keeps = all(part.bases[:axis] == parts[0].bases[:axis] for part in parts)
    keeps = keeps and all(part.bases[axis + 1 :] == parts[0].bases[axis + 1 :] for part in parts)
    if keeps and any(part.fill_value for part in parts):
        keeps = all(part.is_standard for part in parts)
    axes = [axis] if keeps else range(len(parts[0].shape))
    return [localised(part, axes) for part in parts]


def _inactive(part: Spectrum) -> int:
    return part.space - part.nactive


def _commonest_fill(parts: Sequence[Spectrum]) -> Scalar:
    """Return the fill value of the most inactive elements."""
    fills: list[Scalar] = []
    counts: list[int] = []
    for part in parts:
        count = _inactive(part)
        if not count:
            continue
        for i, fill in enumerate(fills):
            alike = fills_alike(fill, part.fill_value)
            if alike is not None:
                fills[i] = alike
                counts[i] += count
                break
        else:
            fills.append(part.fill_value)
            counts.append(count)
    return fills[counts.index(max(counts))] if fills else parts[0].fill_value


def _moved(part: Spectrum, indices: Array, axis: int, length: int, place: Places) -> Array:
    """Return positions in the joined array, in which the axis has another length. O(k)."""
    n, inner = part.shape[axis], prod(part.shape[axis + 1 :])
    if isinstance(place, int):
        outer = indices // indices.dtype.type(max(1, n * inner))
        return indices + (outer.astype(np.int64) * ((length - n) * inner) + place * inner)
    rows, rest = np.divmod(indices.astype(np.int64, copy=False), inner)
    outer, along = np.divmod(rows, n)
    return (outer * length + place(along)) * inner + rest


def _shift_into(out: Array, runs: list[Array], offsets: list[int], inner: int) -> None:
    """Write positions of parts one behind the other, each list once. O(k)."""
    end = 0
    for run, offset in zip(runs, offsets, strict=True):
        begin, end = end, end + run.size
        np.add(run, out.dtype.type(offset * inner), out=out[begin:end], casting="same_kind")


def _sources(parts: Sequence[Spectrum], axis: int, length: int, places: Sequence[Places]) -> Array:
    """Return for each position where it is in the parts one after the other."""
    sources = np.empty(length, np.intp)
    offset = 0
    for part, place in zip(parts, places, strict=True):
        here = np.arange(part.shape[axis])
        sources[place + here if isinstance(place, int) else place(here)] = offset + here
        offset += here.size
    return sources


def _error(parts: Sequence[Spectrum]) -> ErrorBound | None:
    if all(part.error is None for part in parts):
        return None
    bounds = [
        part.error
        or ErrorBound(0.0, norm(part.eigenvalues) if not part.fill_value and part.size else 0.0)
        for part in parts
    ]
    return ErrorBound(
        hypot(*(bound.absolute for bound in bounds)), hypot(*(bound.reference for bound in bounds))
    )


def _in_order(indices: Array, values: Array) -> tuple[Array, Array]:
    if bool(np.all(indices[1:] > indices[:-1])):
        return indices, values
    # Positions that move together stay sorted: a merge sort finds such runs.
    order = np.argsort(indices, kind="stable")
    return indices[order], values[order]


def _merge(
    a: tuple[Array, Array], b: tuple[Array, Array], dtype: np.dtype[Any]
) -> tuple[Array, Array]:
    indices, of_a, of_b = kernels.merge_sorted.union(a[0], b[0])
    values = np.empty(indices.size, dtype)
    values[of_a], values[of_b] = a[1], b[1]
    return indices, values


def _merged(runs: list[tuple[Array, Array]], dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Merge sorted indices and values of lists with no index in common. O(k log runs)."""
    runs = [_in_order(*run) for run in runs]
    while len(runs) > 1:
        pairs = [runs[i : i + 2] for i in range(0, len(runs), 2)]
        runs = [_merge(pair[0], pair[1], dtype) if len(pair) == 2 else pair[0] for pair in pairs]
    return runs[0]


def joined(parts: Sequence[Spectrum], axis: int, length: int, places: Sequence[Places]) -> Spectrum:
    """Join arrays of one dtype along an axis, each position where `places` says.

    O(k) where all have one fill value, zeros of both signs being one. Else the one of the most
    elements stays, and the inactive elements of the other parts become active. Raises ValueError
    for a result of more than 2**63 - 1 elements; MaterializationError where the elements of parts
    with other fill values take more than the memory budget.

    Parameters
    ----------
    parts : sequence of Spectrum
        Of one shape but for the axis; at least one.
    length : int
        Of the axis in the result: what the parts have together.
    places : sequence of int or callable
        For every part.
    """
    parts = _alike(parts, axis)
    first = parts[0]
    shape = (*first.shape[:axis], length, *first.shape[axis + 1 :])
    require_size(shape)
    bases, size, error = first.bases, prod(shape), _error(parts)
    fill, refilled = first.fill_value, [False] * len(parts)
    is_one = len({part.fill_value.tobytes() for part in parts}) == 1
    if not is_one:
        fill = _commonest_fill(parts)
        refilled = [
            _inactive(part) > 0 and fills_alike(part.fill_value, fill) is None for part in parts
        ]
    kinds = {part.eigenvalues.dtype for part in parts}
    dtype = kinds.pop() if len(kinds) == 1 else np.result_type(*kinds)
    stored = sum(
        part.size if other else part.nactive for part, other in zip(parts, refilled, strict=True)
    )
    if not pays_sparse(stored, size, dtype):
        require_budget(2 * size * dtype.itemsize, _INSTEAD)
        out = np.concatenate([scattered(part) for part in parts], axis, dtype=dtype)
        if not all(isinstance(place, int) for place in places):
            out = out.take(_sources(parts, axis, length, places), axis)
        return Spectrum(shape, first.dtype, bases, out.reshape(-1), None, fill, error=error)
    wanted = sum(
        part.size
        for part, other in zip(parts, refilled, strict=True)
        if other or part.active_indices is None
    )
    offsets = [place for place in places if isinstance(place, int)]
    # A value, its index, and the order in which they are merged; where it moves along each axis.
    coordinates = 0 if len(offsets) == len(parts) else 16 * len(shape)
    require_budget(wanted * (dtype.itemsize + 24 + coordinates), _INSTEAD)
    runs = []
    for part, other in zip(parts, refilled, strict=True):
        active, coefficients = part.active_indices, part.eigenvalues
        if other or active is None:
            coefficients = scattered(part).reshape(-1)
            active = np.flatnonzero(differs_from(coefficients, fill))
            coefficients = coefficients[active]
        runs.append((active, coefficients))
    if prod(shape[:axis]) == 1 and len(offsets) == len(parts):
        actives, values = [active for active, _ in runs], [rest for _, rest in runs]
        count = sum(active.size for active in actives)
        where, held = np.empty(count, index_dtype(size)), np.empty(count, dtype)
        work = (
            lambda: _shift_into(where, actives, offsets, prod(shape[axis + 1 :])),
            lambda: np.concatenate(values, out=held),
        )
        if count < _WORTH_A_THREAD:
            for task in work:
                task()
        else:
            kernels.threads.run(lambda task: task(), [(task,) for task in work])
    else:
        every = zip(parts, runs, places, strict=True)
        where, held = _merged(
            [(_moved(part, run, axis, length, place), rest) for part, (run, rest), place in every],
            dtype,
        )
    return compact(shape, first.dtype, bases, held, where, fill, error=error, dropped=is_one)


def _in_blocks(parts: Sequence[Spectrum], axis: int) -> list[Spectrum] | None:
    """Cut an axis of each part in two, the second of one length and in one basis; None if not so.

    Only where coefficients stay as they are.
    """
    if parts[0].is_standard or any(part.diagonal or part.is_standard for part in parts):
        return None
    m = gcd(*(part.shape[axis] for part in parts))
    if m < 2:
        return None
    cut = []
    for part in parts:
        shape = (*part.shape[:axis], part.shape[axis] // m, m, *part.shape[axis + 1 :])
        if not keeps_bases(part, shape):
            return None
        cut.append(reshape(part, shape))
    kept = {part.bases[:axis] + part.bases[axis + 1 :] for part in cut}
    return cut if len(kept) == 1 and cut[0].bases[axis + 1] != STANDARD else None


def concatenate(parts: Sequence[Spectrum], axis: int) -> Spectrum:
    """Put arrays of one dtype one after the other along an axis; see `joined`. O(k).

    Blocks of one length and in one basis stay in it.
    """
    blocks = _in_blocks(parts, axis)
    if blocks is not None:
        out = _following(blocks, axis)
        shape = out.shape
        return reshape(out, (*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :]))
    return _following(parts, axis)


def _following(parts: Sequence[Spectrum], axis: int) -> Spectrum:
    offsets = [0]
    for part in parts:
        offsets.append(offsets[-1] + part.shape[axis])
    return joined(parts, axis, offsets[-1], offsets[:-1])


def insert(spectrum: Spectrum, axis: int, positions: Array, block: Spectrum) -> Spectrum:
    """Put another array between, so that it lies at `positions` of the result.

    O(k log m) for m positions; see `joined` for the fill values.

    `positions` (ndarray of int, shape (block.shape[axis],)): unique, in any order.
    """
    # How many old positions come before each new one.
    before = np.sort(positions) - np.arange(positions.size)

    def shifted(along: Array) -> Array:
        return along + before.searchsorted(along, "right")

    length = spectrum.shape[axis] + positions.size
    return joined([spectrum, block], axis, length, [shifted, lambda along: positions[along]])


def delete(spectrum: Spectrum, axis: int, removed: Array | range) -> Spectrum:
    """Leave out some positions along an axis. O(k log m).

    `removed` (ndarray of int, or range): sorted and unique.
    """
    spectrum = localised(spectrum, [axis])
    n = spectrum.shape[axis]
    shape = (*spectrum.shape[:axis], n - len(removed), *spectrum.shape[axis + 1 :])
    if spectrum.active_indices is None:
        gone = (
            slice(removed.start, removed.stop, removed.step) if type(removed) is range else removed
        )
        values = np.delete(spectrum.eigenvalues.reshape(spectrum.shape), gone, axis).reshape(-1)
        error = spectrum.error
        if error is not None:
            error = bounded(values, spectrum.fill_value, error.absolute)
        return spectrum.replace(shape=shape, eigenvalues=values, error=error)
    along = list(spectrum.coordinates())
    here = along[axis].astype(np.int64, copy=False)
    if isinstance(removed, range):
        first, step, count = removed.start, removed.step, len(removed)
        before = np.clip(-((first - here) // step), 0, count)
        is_gone = (here >= first) & ((here - first) % step == 0) & (before < count)
    else:
        before = removed.searchsorted(here)
        is_gone = removed.take(before, mode="clip") == here if removed.size else before > 0
    keep = ~is_gone
    along[axis] = here - before
    indices = linear(tuple(part[keep] for part in along), shape)
    return rearranged(spectrum, shape, indices, spectrum.eigenvalues[keep])
