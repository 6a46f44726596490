"""Elementwise functions of sparse arrays and of computed ones, kept sparse.

Where the sparse ones are inactive a function may have one result, whatever the others are there: a
product of 0 and of finite elements, what ``np.where`` takes where a mask is false. The others are
then computed at active positions alone.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import numpy as np

from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.fill import common_fill
from ..core.inside_out import inside_out
from ..core.pages import tracked
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, Scalar, pays_sparse
from ..ops.align import aligned_all
from ..ops.bounds import bounded
from ..sources.element_functions import Masked
from ..sources.expression import Expression
from ..sources.plan import leaves
from .smaller_operands import MONOTONE, extremes

#: Functions whose results lie, bit by bit, between those of all bits clear and of all bits set.
_BITWISE = frozenset((np.bitwise_and, np.bitwise_or))
#: Functions that are linear in the parts of a complex operand, or ask whether it is 0.
_OF_COMPLEX = frozenset((np.multiply, np.where, np.logical_and, np.logical_or))
#: Computed operands at most: each is tried at up to five values, a complex one at 26.
_MOST_COMPUTED = 3
# Pairs of an active position and a coefficient: evaluated at a time, at most for each element of
# the array (pages are cheaper then), whatever its size, and in all.
_PIECE, _EACH, _FEW, _MOST = 1 << 24, 4, 1 << 22, 1 << 33


def kept_sparse(expression: Expression) -> Source:
    """Compute an expression at the active positions of its operands, if others have one result.

    Returns the expression as it is where they have not, or where pages are cheaper. O(k c) for k
    active positions and c coefficients of the computed operands.
    """
    shape = expression.shape
    sparse: list[Spectrum] = []
    fills: dict[int, Scalar] = {}
    others: list[tuple[int, Source]] = []
    for slot, operand in enumerate(expression.operands):
        if not isinstance(operand, Source):
            continue
        known = operand.standard
        if known is None or known.active_indices is None or known.shape != shape:
            others.append((slot, operand))
        else:
            sparse.append(known)
            fills[slot] = known.fill_value
    if not sparse or 0 in shape or len(others) > _MOST_COMPUTED:
        return expression
    fill = _one_result(expression, fills, others)
    if fill is None:
        return expression
    indices, _, has_fill = aligned_all(sparse)
    size, dtype = prod(shape), expression.dtype
    if indices is None or not has_fill or not pays_sparse(indices.size, size, dtype):
        return expression
    each = 1 + sum(leaf.nactive for leaf in leaves(expression) if not leaf.is_standard)
    if indices.size * each > min(max(_EACH * size, _FEW), _MOST):
        return expression
    operands = len(expression.operands)
    require_budget(indices.size * (8 + dtype.itemsize * (1 + operands)), "take a part of it")
    values = _at(expression, indices.astype(np.int64, copy=False), max(1, _PIECE // each))
    made = compact(shape, dtype, (STANDARD,) * len(shape), values, indices, fill)
    error = expression.error
    return made if error is None else bounded(made, error.absolute)


def _at(expression: Expression, positions: Array, step: int) -> Array:
    """Return the elements at C-order positions, some at a time."""
    starts = range(0, positions.size, step)
    parts = (expression.at(positions[low : low + step]) for low in starts)
    found = [np.empty(0, expression.dtype), *tracked(parts, len(starts), "parts")]
    return np.concatenate(found).astype(expression.dtype, copy=False)


def _one_result(
    expression: Expression, fills: dict[int, Scalar], others: list[tuple[int, Source]]
) -> Scalar | None:
    """Return what a function makes of fill values whatever other operands are; None for several.

    The others are tried at the ends of what they may be, in all combinations.
    """
    call = getattr(expression.ufunc, "function", expression.ufunc)
    if isinstance(call, Masked) and 0 in fills and not fills[0]:
        return fills.get(1)  # what is there stays
    tried = []
    for _, operand in others:
        ends = _ends(getattr(call, "ufunc", call), operand)
        if ends is None:
            return None
        tried.append(ends)
    values: list[Any] = list(expression.operands)
    for slot, value in fills.items():
        values[slot] = np.full(1, value)
    combinations = list(product(*tried))
    for (slot, operand), column in zip(others, zip(*combinations, strict=True), strict=True):
        values[slot] = np.array(column, operand.dtype)
    with np.errstate(all="ignore"):
        return common_fill(expression.computed(values))


def _ends(call: Any, source: Source) -> Array | None:
    """Return elements that no result of others of an array lies beyond; None if unknown."""
    kind, dtype = source.dtype.kind, source.dtype
    if kind == "b":
        return np.array([False, True])
    if kind in "iu" and call in _BITWISE:
        return np.array([0, ~dtype.type(0)], dtype)
    if call not in (_OF_COMPLEX if kind == "c" else MONOTONE) or kind not in "iufc":
        return None
    if kind in "iu":
        return np.array([np.iinfo(dtype).min, np.iinfo(dtype).max], dtype)
    known, info = source.standard, np.finfo(dtype)
    if known is not None and kind == "f":
        return extremes(np.append(known.eigenvalues, known.fill_value))
    most = _largest(source)
    ends = [-np.inf, info.min, info.max, np.inf, np.nan] if most is None else [-most, most]
    if kind == "f":
        return np.array(ends, dtype)
    pairs = [0.0, *(complex(real, imag) for real in ends for imag in ends)]
    return np.array(pairs, dtype)


def _largest(source: Source) -> float | None:
    """Return a bound on all elements; None where some may be infinite, or NaN."""
    most = 0.0
    for node in inside_out(source):
        most = node.norm_bound()
        # Transforms are scaled when they are done.
        if not most * float(max(1, node.size)) ** 0.5 < _finite(node) / 8:
            return None
    return most


def _finite(source: Source) -> float:
    return float(np.finfo(source.dtype).max) if source.dtype.kind in "fc" else float("inf")
