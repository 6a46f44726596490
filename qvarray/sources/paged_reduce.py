"""Reductions of arrays in any basis and of expressions: closed where linear, else page by page."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..core.associative import ABSORBING, ASSOCIATIVE
from ..core.budget import require_budget
from ..core.inside_out import inside_out
from ..core.pages import Region, walk
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..ops.sums import reduced_shape, sum_closed
from .expression import Expression
from .few_values import as_intp, few_values
from .plan import Plan


def _linear_terms(source: Source) -> list[tuple[Spectrum, Any]] | None:
    """Return a sum of multiples of arrays of one shape, if that is what an expression is."""
    factors: dict[int, Any] = {id(source): 1.0}
    terms = []

    def add(operand: Source, factor: Any) -> None:
        known = factors.get(id(operand))
        factors[id(operand)] = factor if known is None else known + factor

    # What something is an operand of comes ahead of it: then its factor is known.
    for node in reversed(inside_out(source)):
        factor = factors[id(node)]
        spectrum = node.stored
        if spectrum is not None:
            if spectrum.fill_value:
                return None
            terms.append((spectrum, factor))
            continue
        if not isinstance(node, Expression) or node.kwargs:
            return None
        operands = node.operands
        sources = [operand for operand in operands if isinstance(operand, Source)]
        if any(operand.shape != source.shape for operand in sources):
            return None
        if node.ufunc in (np.add, np.subtract) and len(sources) == 2:
            add(operands[0], factor)
            add(operands[1], -factor if node.ufunc is np.subtract else factor)
        elif node.ufunc is np.negative:
            add(operands[0], -factor)
        elif node.ufunc is np.multiply and len(sources) == 1:
            add(sources[0], factor * (operands[1] if sources[0] is operands[0] else operands[0]))
        else:
            return None
    return terms


def sum_distributed(node: Source) -> Any:
    """Return the sum of all elements of a sum of arrays in different bases, or None. O(k)."""
    terms = _linear_terms(node)
    if terms is None:
        return None
    total: Any = 0
    for spectrum, factor in terms:
        sums = sum_closed(spectrum, range(len(spectrum.shape)), False)
        total = total + factor * (sums.eigenvalues[0] if sums.nactive else 0)
    out = np.asarray(total)
    return out.astype(node.dtype)[()] if np.isfinite(out) else None


def paged(
    ufunc: np.ufunc,
    node: Source,
    axes: tuple[int, ...],
    dtype: DTypeLike | None = None,
    keepdims: bool = False,
) -> Any:
    """Reduce over some axes with ``ufunc.reduce``, page by page: to an ndarray, or a scalar. O(N).

    Returns None for ufuncs that are not associative. `node` has no axis of length 0.

    Raises MaterializationError where the result alone is over the memory budget.
    """
    if ufunc not in ASSOCIATIVE:
        return None
    if len(axes) == len(node.shape):
        total = _paged_total(ufunc, node, dtype)
        return np.full((1,) * len(node.shape), total) if keepdims else total
    shape = reduced_shape(node.shape, axes, True)
    require_budget(prod(shape) * 16, "reduce over more axes")
    plan = Plan(node)
    out: Array | None = None
    begun: set[Region] = set()

    def work(key: Region) -> tuple[Region, Array]:
        page = plan.page(key)
        part = ufunc.reduce(page, axis=axes, dtype=dtype, keepdims=True)
        plan.release(page)
        return key, part

    for key, part in walk(node.pages(), work):
        if out is None:
            out = np.empty(shape, part.dtype)
        where = tuple(range(1) if a in axes else positions for a, positions in enumerate(key))
        index = tuple(slice(positions.start, positions.stop) for positions in where)
        out[index] = ufunc(out[index], part) if where in begun else part
        begun.add(where)
    assert out is not None
    return out if keepdims else out.reshape(reduced_shape(node.shape, axes, False))


def _paged_total(ufunc: np.ufunc, node: Source, dtype: DTypeLike | None) -> Any:
    if ufunc is np.add and dtype is None:
        closed = sum_distributed(node)
        if closed is not None:
            return closed
    plan = Plan(node)

    def work(key: Region) -> Any:
        page = plan.page(key)
        part = ufunc.reduce(page, axis=None, dtype=dtype)
        plan.release(page)
        return part

    parts = []
    final = ABSORBING.get(ufunc)
    for part in walk(node.pages(ordered=False), work):
        parts.append(part)
        if final is not None and bool(part) is final:
            break
    return ufunc.reduce(np.array(parts), dtype=dtype)


def arg_extreme(node: Source, largest: bool) -> int:
    """Return the position of the first largest or smallest element, or the first NaN. O(N).

    O(m k) for an array of few values.
    """
    find = np.argmax if largest else np.argmin
    few = few_values(node)
    if few is not None:
        return int(as_intp(few.firsts[[find(few.values)]])[0])
    plan = Plan(node)

    def work(key: Region) -> tuple[Any, int]:
        page = plan.page(key)
        place = int(find(page))
        found = page.reshape(-1)[place]
        where = np.unravel_index(place, page.shape)
        position = 0
        for positions, i, n in zip(key, where, node.shape, strict=True):
            position = position * n + positions[int(i)]
        plan.release(page)
        return found, position

    best: tuple[Any, int] | None = None
    for found, position in walk(node.pages(), work):
        if best is None or find(np.array([best[0], found])) == 1:
            best = found, position
    assert best is not None
    return best[1]


def arg_extremes(node: Source, axis: int, largest: bool) -> Array:
    """Return where along an axis the first largest or smallest element is; or the first NaN. O(N).

    The result has the shape of `node`, whose axis has length 1; `node` has no axis of length 0.
    Raises MaterializationError where the result alone is over the memory budget.
    """
    find = np.argmax if largest else np.argmin
    shape = reduced_shape(node.shape, (axis,), True)
    require_budget(prod(shape) * (8 + node.dtype.itemsize), "ask for a part of it")
    best, places = np.empty(shape, node.dtype), np.empty(shape, np.intp)
    begun: set[Region] = set()
    plan = Plan(node)

    def work(key: Region) -> tuple[Region, Array, Array]:
        page = plan.page(key)
        offset = find(page, axis=axis, keepdims=True)
        found = np.take_along_axis(page, offset, axis)
        plan.release(page)
        return key, offset + key[axis].start, found

    # Pages come in C order, so that of equal elements the first one stays.
    for key, offset, found in walk(node.pages(), work):
        where = tuple(range(1) if a == axis else positions for a, positions in enumerate(key))
        index = tuple(slice(positions.start, positions.stop) for positions in where)
        better = find(np.stack((best[index], found)), axis=0) == 1
        if where not in begun:
            better[...] = True
        np.copyto(best[index], found, where=better)
        np.copyto(places[index], offset, where=better)
        begun.add(where)
    return places
