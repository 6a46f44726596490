"""Reductions of arrays in any basis and of expressions: closed where linear, else page by page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from .arithmetic import combine, constant_like
from .bases import STANDARD, Basis
from .expression import Expression, Node, Plan, is_source, pages_of
from .paging import Key, require_budget, walk
from .spectrum import Array, ErrorBound, Spectrum, compact, constant
from .transform import as_samples, gather_sums, linear, norm, spelled_out

__all__ = ["arg_extreme", "arg_extremes", "constant_places", "paged", "sum_closed"]

#: Ufuncs whose reduction may combine the results of pages in any grouping.
_ASSOCIATIVE = frozenset(
    (
        np.add,
        np.multiply,
        np.maximum,
        np.minimum,
        np.fmax,
        np.fmin,
        np.logical_and,
        np.logical_or,
        np.logical_xor,
        np.bitwise_and,
        np.bitwise_or,
        np.bitwise_xor,
        np.logaddexp,
        np.logaddexp2,
        np.hypot,
        np.gcd,
        np.lcm,
    )
)
#: Those whose result cannot change any more once it is this.
_ABSORBING: dict[Any, bool] = {np.logical_and: False, np.logical_or: True}


def _kept(shape: tuple[int, ...], axes: Sequence[int], keepdims: bool) -> tuple[int, ...]:
    if keepdims:
        return tuple(1 if axis in axes else n for axis, n in enumerate(shape))
    return tuple(n for axis, n in enumerate(shape) if axis not in axes)


def sum_closed(spectrum: Spectrum, axes: Sequence[int], keepdims: bool) -> Spectrum:
    """Sums over some axes of an array with fill value 0, on its coefficients. O(k).

    The sum over an axis is that of the coefficients, each times the sum of its function: 0 for
    all but few, the only one in most bases being the constant of index 0.
    """
    if spectrum.diagonal and spectrum.fill_value != 0:
        return _sum_of_diagonal(spectrum, axes, keepdims)
    values, error = spectrum.eigenvalues, spectrum.error
    whole = len(axes) == len(spectrum.shape) and not spectrum.diagonal
    found = constant_places(spectrum, spectrum.nactive // 16 + 1) if whole else None
    if found is not None:
        values = values[found[0]] * found[1]
        along: list[Any] = []
    else:
        along = list(spectrum.coordinates())
    for axis in axes if found is None else ():
        basis, n = spectrum.bases[axis], spectrum.shape[axis]
        if basis is STANDARD:
            continue
        sums = basis.sums(n, along[axis], values.real.dtype)
        keep = np.flatnonzero(sums)
        along = [one[keep] for one in along]
        values = values[keep] * sums[keep]
    rest = [axis for axis in range(len(spectrum.shape)) if axis not in axes]
    shape = _kept(spectrum.shape, axes, keepdims)
    bases = tuple(
        STANDARD if axis in axes else spectrum.bases[axis]
        for axis in range(len(spectrum.shape))
        if keepdims or axis not in axes
    )
    if rest:
        lengths = tuple(spectrum.shape[axis] for axis in rest)
        indices, values = gather_sums(linear(tuple(along[a] for a in rest), lengths), values)
    else:
        indices, values = np.zeros(1, np.int64), values.sum(keepdims=True)
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, spectrum.dtype)
    if error is not None:
        # By Cauchy and Schwarz, summing m elements widens the bound by at most sqrt(m).
        absolute = error.absolute * prod(spectrum.shape[axis] for axis in axes) ** 0.5
        error = ErrorBound(absolute, max(0.0, norm(values) - absolute))
    zero = spectrum.dtype.type(0)
    return compact(shape, spectrum.dtype, bases, values, indices, zero, error=error)


def _sum_of_diagonal(spectrum: Spectrum, axes: Sequence[int], keepdims: bool) -> Spectrum:
    """As `sum_closed`, of a diagonal array whose inactive eigenvalues are not 0."""
    if not spectrum.is_operator or not axes:
        return sum_closed(spelled_out(spectrum), axes, keepdims)
    dtype, n = spectrum.dtype, spectrum.shape[0]
    fill = spectrum.fill_value
    values = spectrum.eigenvalues - spectrum.eigenvalues.dtype.type(fill)
    rest = spectrum.replace(eigenvalues=values, fill_value=dtype.type(0))
    out = sum_closed(rest, axes, False)
    if len(axes) == 2:
        both = out.eigenvalues + out.eigenvalues.dtype.type(fill) * n if out.nactive else fill * n
        out = constant(np.asarray(both, dtype).reshape(()), ()).replace(error=out.error)
    elif out.is_standard:
        out = combine(np.add, out, constant(fill, (n,)))
    else:
        shift = constant_like(out, fill)
        assert shift is not None
        out = combine(np.add, out, shift)
    if keepdims:
        shape = _kept(spectrum.shape, axes, True)
        kept = iter(out.bases)
        bases = tuple(STANDARD if axis in axes else next(kept) for axis in range(2))
        out = out.replace(shape=shape, bases=bases)
    return out


# Of more functions than these it is not worth while to remember which they are.
_MOST_CONSTANTS = 1 << 16


@lru_cache(maxsize=32)
def _constants(bases: tuple[Basis, ...], shape: tuple[int, ...]) -> tuple[Array, Array] | None:
    """The functions that the constant 1 is made of: their indices and coefficients."""
    at, heights = np.zeros(1, np.int64), np.ones(1, np.longdouble)
    for basis, n in zip(bases, shape, strict=True):
        some = basis.constants(n, _MOST_CONSTANTS)
        if some is None or at.size * some.size > _MOST_CONSTANTS:
            return None
        at = np.add.outer(at * n, some).ravel()
        sums = basis.sums(n, some, heights.dtype)
        heights = np.multiply.outer(heights, sums).ravel()
    return at, heights


def constant_places(spectrum: Spectrum, most: int) -> tuple[Array, Array] | None:
    """The active functions that the constant 1 is made of: their places, and its coefficients.

    None where there are more than `most`, active or not. O(log k) for each.
    """
    found = _constants(spectrum.bases, spectrum.shape)
    if found is None or found[0].size > most:
        return None
    at, heights = found
    heights = heights.astype(spectrum.eigenvalues.real.dtype)
    active = spectrum.active_indices
    if active is None:
        return at, heights
    at = at.astype(active.dtype)
    places = np.minimum(np.searchsorted(active, at), max(active.size - 1, 0))
    there = active[places] == at if active.size else np.zeros(at.size, np.bool_)
    return places[there], heights[there]


def _linear_terms(node: Node, factor: Any = 1) -> list[tuple[Spectrum, Any]] | None:
    """A sum of multiples of arrays of one shape, if that is what an expression is."""
    if isinstance(node, Spectrum):
        return [(node, factor)] if node.fill_value == 0 else None
    if not isinstance(node, Expression) or node.kwargs:
        return None
    operands = node.operands
    sources = [one for one in operands if is_source(one)]
    if any(one.shape != node.shape for one in sources):
        return None
    if node.ufunc in (np.add, np.subtract) and len(sources) == 2:
        sign = -1 if node.ufunc is np.subtract else 1
        terms = _linear_terms(operands[0], factor)
        others = _linear_terms(operands[1], sign * factor)
        return None if terms is None or others is None else terms + others
    if node.ufunc is np.negative:
        return _linear_terms(operands[0], -factor)
    if node.ufunc is np.multiply and len(sources) == 1:
        scalar = operands[1] if is_source(operands[0]) else operands[0]
        return _linear_terms(sources[0], factor * scalar)
    return None


def sum_distributed(node: Node) -> Any:
    """The sum of all elements of a sum of arrays in different bases, or None. O(k)."""
    terms = _linear_terms(node)
    if terms is None:
        return None
    total: Any = 0
    for spectrum, factor in terms:
        one = sum_closed(spectrum, range(len(spectrum.shape)), False)
        total = total + factor * (one.eigenvalues[0] if one.nactive else 0)
    out = np.asarray(total)
    return out.astype(node.dtype)[()] if np.isfinite(out) else None


def paged(
    ufunc: np.ufunc,
    node: Node,
    axes: tuple[int, ...],
    dtype: Any = None,
    keepdims: bool = False,
) -> Any:
    """``ufunc.reduce`` over some axes, page by page: an ndarray, or a scalar. O(N).

    Returns None for ufuncs that are not associative. `node` has no axis of length 0.

    Raises
    ------
    MaterializationError
        Where the result alone is over the memory budget.
    """
    if ufunc not in _ASSOCIATIVE:
        return None
    if len(axes) == len(node.shape):
        total = _paged_total(ufunc, node, dtype)
        return np.full((1,) * len(node.shape), total) if keepdims else total
    shape = _kept(node.shape, axes, True)
    require_budget(prod(shape) * 16, "reduce over more axes")
    plan = Plan(node)
    out: Array | None = None
    begun: set[Key] = set()

    def work(key: Key) -> tuple[Key, Array]:
        page = plan.page(key)
        part = ufunc.reduce(page, axis=axes, dtype=dtype, keepdims=True)
        plan.release(page)
        return key, part

    for key, part in walk(pages_of(node), work):
        if out is None:
            out = np.empty(shape, part.dtype)
        where = tuple(range(1) if a in axes else one for a, one in enumerate(key))
        index = tuple(slice(one.start, one.stop) for one in where)
        out[index] = ufunc(out[index], part) if where in begun else part
        begun.add(where)
    assert out is not None
    return out if keepdims else out.reshape(_kept(node.shape, axes, False))


def _paged_total(ufunc: np.ufunc, node: Node, dtype: Any) -> Any:
    if ufunc is np.add and dtype is None:
        closed = sum_distributed(node)
        if closed is not None:
            return closed
    plan = Plan(node)

    def work(key: Key) -> Any:
        page = plan.page(key)
        part = ufunc.reduce(page, axis=None, dtype=dtype)
        plan.release(page)
        return part

    parts = []
    final = _ABSORBING.get(ufunc)
    for part in walk(pages_of(node, ordered=False), work):
        parts.append(part)
        if final is not None and bool(part) is final:
            break
    return ufunc.reduce(np.array(parts), dtype=dtype)


def arg_extreme(node: Node, largest: bool) -> int:
    """C-order position of the first largest or smallest element; of the first NaN. O(N)."""
    find = np.argmax if largest else np.argmin
    plan = Plan(node)

    def work(key: Key) -> tuple[Any, int]:
        page = plan.page(key)
        at = int(find(page))
        found = page.reshape(-1)[at]
        where = np.unravel_index(at, page.shape)
        position = 0
        for one, i, n in zip(key, where, node.shape, strict=True):
            position = position * n + one[int(i)]
        plan.release(page)
        return found, position

    best: tuple[Any, int] | None = None
    for found, position in walk(pages_of(node), work):
        if best is None or find(np.array([best[0], found])) == 1:
            best = found, position
    assert best is not None
    return best[1]


def arg_extremes(node: Node, axis: int, largest: bool) -> Array:
    """Where along an axis the first largest or smallest element is; or the first NaN. O(N).

    Returns
    -------
    ndarray of intp
        Of the shape of `node`, whose axis has length 1. `node` has no axis of length 0.

    Raises
    ------
    MaterializationError
        Where the result alone is over the memory budget.
    """
    find = np.argmax if largest else np.argmin
    shape = _kept(node.shape, (axis,), True)
    require_budget(prod(shape) * (8 + node.dtype.itemsize), "ask for a part of it")
    best, places = np.empty(shape, node.dtype), np.empty(shape, np.intp)
    begun: set[Key] = set()
    plan = Plan(node)

    def work(key: Key) -> tuple[Key, Array, Array]:
        page = plan.page(key)
        at = find(page, axis=axis, keepdims=True)
        found = np.take_along_axis(page, at, axis)
        plan.release(page)
        return key, at + key[axis].start, found

    # Pages come in C order, so that of equal elements the first one stays.
    for key, at, found in walk(pages_of(node), work):
        where = tuple(range(1) if a == axis else one for a, one in enumerate(key))
        index = tuple(slice(one.start, one.stop) for one in where)
        better = find(np.stack((best[index], found)), axis=0) == 1
        if where not in begun:
            better[...] = True
        np.copyto(best[index], found, where=better)
        np.copyto(places[index], at, where=better)
        begun.add(where)
    return places
