"""Types of other libraries: which of them have a say in operators, ufuncs and functions.

`VirtualQArray` yields where an ndarray would: to an ``__array_ufunc__`` or ``__array_function__``
that is overridden, and to a higher ``__array_priority__``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["NUMBERS", "PLAIN", "answers_ufuncs", "leads", "outranks", "overrides", "refuses"]

#: The types of single numbers.
NUMBERS: frozenset[type[Any]] = frozenset(
    {bool, int, float, complex}
    | {np.dtype(code).type for code in "?" + np.typecodes["AllInteger"] + np.typecodes["AllFloat"]}
)

#: Types that have no say beside an array; most operands are of one of these.
PLAIN: frozenset[type[Any]] = NUMBERS | {np.ndarray, list, tuple, type(None)}

#: What `__array_priority__` is where it is not said, of an array and of anything else.
_OF_ARRAYS, _OF_OTHERS = 0.0, -1_000_000.0


def _priority(obj: object) -> float:
    known = _OF_ARRAYS if isinstance(obj, np.ndarray) else _OF_OTHERS
    try:
        return float(getattr(obj, "__array_priority__", known))
    except (TypeError, ValueError):
        return known


def refuses(obj: object) -> bool:
    """Tell whether a type takes no part in ufuncs: its ``__array_ufunc__`` is None."""
    return getattr(type(obj), "__array_ufunc__", False) is None


def answers_ufuncs(obj: object) -> bool:
    """Tell whether an object that is no ndarray answers the ufuncs that it is given to."""
    kind = type(obj)
    return hasattr(kind, "__array_ufunc__") and not issubclass(kind, np.ndarray)


def outranks(obj: object) -> bool:
    """Tell whether NumPy's ufuncs make a result of this type, or let it make one.

    A subclass of ndarray that overrides ``__array_ufunc__``, or any type with an
    ``__array_wrap__`` and no lower priority than an ndarray: ``np.matrix``, not ``np.memmap``.
    """
    kind: Any = type(obj)
    if issubclass(kind, np.ndarray):
        if kind is np.ndarray:
            return False
        if kind.__array_ufunc__ is not np.ndarray.__array_ufunc__:
            return True
    return hasattr(kind, "__array_wrap__") and _priority(obj) >= _OF_ARRAYS


def leads(obj: object) -> bool:
    """Tell whether an ndarray leaves binary operators to the other operand.

    So it does to subclasses, which Python asks first, and where there is no ``__array_ufunc__``
    and a higher priority: sparse matrices of SciPy's, units, arrays of jax.
    """
    if isinstance(obj, np.ndarray):
        return outranks(obj)
    return not hasattr(type(obj), "__array_ufunc__") and _priority(obj) > _OF_ARRAYS


def overrides(kind: type[Any]) -> bool:
    """Tell whether a subclass of ndarray has a say in what NumPy's functions return."""
    if kind.__array_function__ is not np.ndarray.__array_function__:
        return True
    priority = getattr(kind, "__array_priority__", None)
    return isinstance(priority, (int, float)) and priority > _OF_ARRAYS
