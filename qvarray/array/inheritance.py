"""What results inherit: nothing that is made of an array with an error bound is exact.

Rules give results the bounds that mathematics gives. Here is what they cannot forget: a result
without a bound gets an unknown one where anything that it was made of has one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..accuracy.of_arrays import bound_of_array
from ..accuracy.recording import Called
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..ops.bounds import bounded
from ..sources.packed import Packed

_INFINITE = float("inf")

#: Functions that look at no element of their arguments.
_OF_SHAPES = frozenset(
    (
        np.zeros_like,
        np.ones_like,
        np.empty_like,
        np.tril_indices_from,
        np.triu_indices_from,
        np.diag_indices_from,
    )
)


def _worst(obj: object) -> float:
    """Return the largest bound of the error of the arrays in `obj`; -1.0 where all are exact."""
    source = getattr(obj, "source", None)
    if isinstance(source, Source):
        absolute = source.absolute_error
        return -1.0 if absolute == 0.0 and source.is_exact else absolute
    if type(obj) is list or type(obj) is tuple:
        return max(map(_worst, obj), default=-1.0)
    if type(obj) is dict:
        return max(map(_worst, obj.values()), default=-1.0)
    return -1.0


def _are_bounded(obj: object) -> bool:
    """Tell whether something is known of the errors of all arrays in `obj`."""
    source = getattr(obj, "source", None)
    if isinstance(source, Source):
        return source.is_bounded
    if type(obj) is list or type(obj) is tuple:
        return all(map(_are_bounded, obj))
    return type(obj) is not dict or all(map(_are_bounded, obj.values()))


_MANY = 16
_NUMBERS = frozenset((int, float, bool, complex, str, type(None)))


def _are_lossy(objs: Iterable[Any]) -> bool:
    """Tell whether one of some arguments is not exact. Of the hot path: no call for each."""
    for obj in objs:
        kind = type(obj)
        if kind in _NUMBERS:
            continue
        if kind is list or kind is tuple:
            # Of many numbers, their types are the quickest question.
            are_numbers = len(obj) > _MANY and _NUMBERS.issuperset(map(type, obj))
            if not are_numbers and _are_lossy(obj):
                return True
        elif kind is dict:
            if _are_lossy(obj.values()):
                return True
        elif hasattr(obj, "take_bound"):
            state = obj._state
            # What is written to an array and not merged yet is exact.
            is_owner = state is None or state.memory is state
            source = obj._source if is_owner else obj.source
            if not source.is_exact:
                return True
    return False


def is_lossy(obj: object) -> bool:
    """Tell whether there is an array in `obj` that is not exact."""
    return ErrorBound.are_some and _are_lossy((obj,))


def repeated_error(values: ArrayLike, dtype: np.dtype[Any], count: int) -> float:
    """Bound the L2 error of elements of an array that are written as some dtype, one by one.

    Parameters
    ----------
    values : object
        What they are made of; too few of them begin anew.
    dtype : numpy.dtype
        Rounding to integers may bring them any distance apart.
    count : int
        Of the elements.
    """
    worst = _worst(values)
    if worst <= 0.0:
        return max(worst, 0.0)
    times = -(-count // max(int(np.size(values)), 1))
    return worst * float(times) ** 0.5 if dtype.kind in "fc" else _INFINITE


def without_bound(source: Source) -> Source:
    """Return a source whose error is unknown."""
    return with_bound(source, _INFINITE)


def with_bound(source: Source, absolute: float) -> Source:
    """Return a source whose operands make its error `absolute`; infinite: it is unknown."""
    if absolute == _INFINITE and isinstance(source, Packed):
        return source.replace(error=ErrorBound.unknown())
    return bounded(source.settle(), absolute)


def _arrays(result: object) -> Iterable[Any]:
    if hasattr(result, "take_bound"):
        yield result
    elif isinstance(result, (list, tuple)):
        for part in result:
            yield from _arrays(part)


def inherited(function: Called, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a function returned, with the bounds that it forgot: unknown ones.

    A result that has a bound keeps it, unless something is known of no argument.

    Parameters
    ----------
    function : callable, or tuple of ufunc and str
        A NumPy function, or a ufunc and the name of its method.
    result : object
        Arrays in it get the bounds in place. None is that of a function that writes to its first
        argument.
    args, kwargs : tuple, dict
        Of the call.
    """
    if function is np.full_like:
        args = args[1:]
    if not _are_lossy(args) and not (kwargs and _are_lossy(kwargs.values())):
        return result
    written = result if result is not None else [*args, *kwargs.values()][:1]
    # An expression has the bounds of its operands.
    arrays = [array for array in _arrays(written) if not array.source.operands]
    if not arrays or function in _OF_SHAPES:
        return result
    outs: tuple[Any, ...] = ()
    rest = kwargs
    if kwargs:
        out = kwargs.get("out")
        outs = out if isinstance(out, tuple) else (out,)
        if out is not None and kwargs.get("where", True) is True:
            rest = {name: given for name, given in kwargs.items() if name != "out"}
    if not _are_lossy(args) and not _are_lossy(rest.values()):
        return result  # only the output was not exact
    are_known = _are_bounded(args) and _are_bounded(rest)
    given = [*args, *rest.values()]
    for array in arrays:
        is_output = result is None or any(array is candidate for candidate in outs)
        # A view has the bound of its base, and an argument its own.
        if not is_output and (
            array.base is not None or any(array is candidate for candidate in given)
        ):
            continue
        source = array.source
        is_bounded = source.is_bounded
        if source.is_exact or not is_bounded or not are_known:
            known = _INFINITE if is_output else bound_of_array(function, array, args, kwargs)
            # What is not known already need not be forgotten.
            if is_bounded or known < _INFINITE:
                array.take_bound(known)
    return result
