"""Elements of several arrays, chosen by conditions or numbers: where, select, choose, piecewise.

Closed in the standard basis, on the values at the union of the active indices; an expression in
any other basis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...accuracy.propagation import chooses
from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.values import Array
from ...sources.element_functions import named
from ..common import (
    Operand,
    Output,
    answered,
    are_nonzero,
    are_numbers,
    array_of,
    blank,
    delivered,
    has_axes,
    pointwise,
)

_CONVERTS_FIRST = has(Behaviour.WHERE_CONVERTS_NUMBERS_FIRST)
#: The most choices that NumPy takes.
_MOST_CHOICES = 64

named("where")(np.where)


@function_rule(Tier.CLOSED, np.where)
def where(condition: Operand, x: Operand | None = None, y: Operand | None = None, /) -> Any:
    """Elements of `x` or of `y`; of a condition alone, where it is true."""
    if x is None and y is None:
        return np.nonzero(array_of(condition))
    if x is None or y is None:
        raise ValueError("either both or neither of x and y should be given")
    if not (has_axes(condition, x, y) and are_numbers(x, y)):
        return call_dense(np.where, (condition, x, y), {})
    if _CONVERTS_FIRST:
        for number, other in ((x, y), (y, x)):
            if type(number) is int and hasattr(other, "dtype"):
                np.where(True, number, np.zeros((), other.dtype))  # NumPy's exception
    chosen = _same_everywhere(condition, x, y)
    return pointwise(np.where, (condition, x, y)) if chosen is None else chosen


def _same_everywhere(condition: Operand, x: Operand, y: Operand) -> VirtualQArray | None:
    """Return the array that a condition chooses everywhere, where it is in a basis: it stays so."""
    known = condition.source.stored if isinstance(condition, VirtualQArray) else None
    if known is None or not known.is_standard or known.nactive:
        return None
    chosen = x if known.fill_value else y
    if not isinstance(chosen, VirtualQArray) or chosen.source.is_standard:
        return None
    shape = np.broadcast_shapes(np.shape(condition), np.shape(x), np.shape(y))
    kinds = [
        blank((), getattr(operand, "dtype", None) or np.asarray(operand).dtype)
        if np.ndim(operand) or isinstance(operand, VirtualQArray)
        else operand
        for operand in (x, y)
    ]
    dtype = np.where(True, *kinds).dtype
    return array_of(np.broadcast_to(chosen.astype(dtype), shape)).copy()


@chooses(lambda kwargs: kwargs["cases"])
@named("select", "cases")
def _selected(*arrays: Any, cases: int) -> Any:
    return np.select(arrays[:cases], arrays[cases:-1], arrays[-1])


@function_rule(Tier.CLOSED, np.select)
def select(
    condlist: Sequence[Any] | VirtualQArray,
    choicelist: Sequence[Any] | VirtualQArray,
    default: Operand = 0,
) -> Any:
    """Return the elements of the first choice whose condition holds."""
    conditions, choices = list(condlist), list(choicelist)
    if len(conditions) != len(choices):
        raise ValueError("list of cases must be same length as list of conditions")
    if not conditions:
        raise ValueError("select with an empty condition list is not possible")
    arrays = (*conditions, *choices, default)
    if not (has_axes(*arrays) and are_numbers(*arrays)):
        return call_dense(np.select, (conditions, choices, default), {})
    return pointwise(_selected, arrays, {"cases": len(conditions)})


@chooses(lambda _: 1)
@named("choose", "mode")
def _chosen(*arrays: Any, mode: Any) -> Any:
    return np.choose(arrays[0], arrays[1:], mode=mode)


@function_rule(Tier.CLOSED, np.choose)
def choose(a: Operand, choices: Operand, out: Output = None, mode: str = "raise") -> Any:
    """Elements of several arrays, by the number of the array."""
    choices = choices if isinstance(choices, (VirtualQArray, list, tuple)) else np.asarray(choices)
    if not 0 < len(choices) <= _MOST_CHOICES:
        raise ValueError(f"choose takes 1 to {_MOST_CHOICES} choices, got {len(choices)}")
    if out is None:
        return answered(_chosen, (a, *choices), {"mode": mode}, None)
    if np.shape(out) != np.broadcast_shapes(np.shape(a), *(np.shape(choice) for choice in choices)):
        raise TypeError("choose: invalid shape for output array.")
    chosen = choose(a, choices, None, mode)
    if not has(Behaviour.CHOOSE_ONLY_WRITES_OUT):
        _read(out, chosen.dtype)
    return delivered(chosen, out, "unsafe")


def _read(out: Any, dtype: np.dtype[Any]) -> None:
    """Warn as NumPy does where it reads an output as elements of another dtype."""
    if hasattr(out, "dtype"):
        np.zeros(1, out.dtype).astype(dtype)


@named("piecewise", "values")
def _pieces(x: Array, *conditions: Any, values: Sequence[Any]) -> Any:
    return np.piecewise(x, list(conditions), values)


@function_rule(Tier.CLOSED, np.piecewise)
def piecewise(
    x: Operand,
    condlist: Sequence[Any] | VirtualQArray,
    funclist: Sequence[Any] | VirtualQArray,
    *args: Any,
    **kw: Any,
) -> Any:
    """Constants by conditions: closed. Functions see all of their elements, as in NumPy: dense."""
    constants = not any(callable(choice) for choice in funclist)
    each = condlist if isinstance(condlist, (list, tuple)) else ()
    if isinstance(condlist, VirtualQArray) and condlist.ndim == np.ndim(x) == 1 and len(condlist):
        each = (condlist,)
    alike = bool(each) and all(np.shape(part) == np.shape(x) for part in each)
    if not (constants and alike and has_axes(x)) or args or kw:
        return call_dense(np.piecewise, (x, condlist, funclist, *args), kw)
    conditions = [are_nonzero(part) for part in each]
    return pointwise(_pieces, (x, *conditions), {"values": list(funclist)})
