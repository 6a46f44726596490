"""Numerical ranges: arange, linspace, geomspace, logspace, and meshgrid."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from functools import wraps
from math import prod
from typing import Any, Literal, SupportsIndex

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.values import element_dtype
from ...ops.basis_change import sparse
from ..common import Operand, array_of, is_numeric
from .from_shape_or_value import INSTEAD


def sequence(*args: Any, **kwargs: Any) -> VirtualQArray:
    """Make numbers at equal steps, as ``np.arange``. O(N), within the memory budget."""
    named = {**dict(zip(("start", "stop", "step"), args, strict=False)), **kwargs}
    start, stop, step = (named.get(name) for name in ("start", "stop", "step"))
    if stop is None:
        start, stop = 0, start
    try:
        count = float((stop - (start or 0)) / (1 if step is None else step))
    except (TypeError, ValueError, ArithmeticError):
        count = 0.0  # NumPy says what is wrong with them
    if 0.0 < count < float("inf"):
        require_budget(int(count) * 8, INSTEAD)
    numbers = np.arange(*args, **kwargs)
    numbers = numbers.astype(element_dtype(numbers.dtype), copy=False)
    return VirtualQArray(sparse(numbers, is_own=True))


@function_rule(Tier.DENSE, np.arange)
@wraps(np.arange)
def arange(*args: Any, **kwargs: Any) -> VirtualQArray:
    """Make numbers at equal steps. O(N)."""
    return sequence(*args, **kwargs)


def _require_samples(num: SupportsIndex, *ends: Operand) -> None:
    """Raise MaterializationError where `num` samples for each of some ends are over the budget."""
    try:
        size = prod(np.broadcast_shapes(*map(np.shape, ends)))
        require_budget(size * operator.index(num) * 16, INSTEAD)
    except (TypeError, ValueError):
        return  # NumPy says what is wrong with them


def _register_samples(function: Callable[..., Any]) -> Callable[..., Any]:
    """Register a function that makes samples between ends. O(N), within the memory budget."""
    signature = inspect.signature(function)

    @function_rule(Tier.DENSE, function)
    @wraps(function)
    def rule(*args: Any, **kwargs: Any) -> Any:
        named = signature.bind(*args, **kwargs).arguments
        _require_samples(named.get("num", 50), named["start"], named["stop"], named.get("base", 1))
        return call_dense(function, args, kwargs, are_new=True)

    return rule


linspace = _register_samples(np.linspace)
_register_samples(np.geomspace)
_register_samples(np.logspace)


@function_rule(Tier.STRUCTURAL, np.meshgrid)
def meshgrid(
    *xi: Operand, copy: bool = True, sparse: bool = False, indexing: Literal["xy", "ij"] = "xy"
) -> Any:
    """Repeat coordinates along each axis along the others: O(1) for each; new arrays if `copy`."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    if not all(map(is_numeric, xi)):
        return NotImplemented
    ndim = len(xi)
    places = list(range(ndim))
    if indexing == "xy" and ndim > 1:
        places[:2] = 1, 0
    grids: list[Any] = [
        np.reshape(array_of(x), (1,) * place + (-1,) + (1,) * (ndim - 1 - place))
        for x, place in zip(xi, places, strict=True)
    ]
    if not sparse:
        grids = list(np.broadcast_arrays(*grids))
    return tuple(grid.copy() for grid in grids) if copy else tuple(grids)
