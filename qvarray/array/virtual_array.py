"""`VirtualQArray`: the array type itself, with NumPy's protocols."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ..accuracy.recording import recorded, recorder
from ..core.budget import refused
from ..core.error_bound import ErrorBound
from ..core.rules import FUNCTIONS, UFUNCS, name_of
from ..core.spectrum import CoefficientOverflowError
from ..core.whole import WHOLE
from ..errors import MaterializationError, TimeLimitError
from . import display
from .complaints import require_sense
from .foreign import (
    all_converted,
    asked_for,
    conversion,
    holds_convertible,
    introduced,
    overrides,
)
from .inheritance import inherited
from .masked import is_masked
from .methods import Methods
from .operand_bytes import require_peak
from .python_operators import Operators
from .stored import untyped_np

#: What NumPy or other modules of the package use, and nobody else.
_INTERNAL = {
    "__numpy_dtype__",
    "change",
    "change_elements",
    "take_bound",
    "has_all_elements",
    "is_stored_in_full",
    "lies_in",
    "overwrite",
    "put_elements",
    "replace_with",
    "state",
    "view_by",
    "window",
}


class VirtualQArray(Methods, Operators):
    """An array that stores only the coefficients that describe it.

    Make one with `asarray`, `array`, `from_coordinates`, `from_eigenvalues`, `encode` or
    `operator`. NumPy's functions take it and answer with another.

    Parameters
    ----------
    source : Spectrum or Source
        What the array is made of.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([1.0, 0.5], [0, 3], 2**40, basis="walsh")
    >>> x
    <VirtualQArray shape=(1099511627776,), dtype=float64, basis=walsh, active=2, stored=32 B, \
virtual=8.0 TiB>
    >>> float(x[12345]) == 0.5 / 2**20
    True
    """

    __slots__ = ()

    #: As an ndarray's, which libraries ask for where they choose among types.
    __array_priority__ = 0.0

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        rule = UFUNCS.get(ufunc)
        call = UFUNCS[None].call if rule is None else rule.call
        if recorder() is not None:
            result = recorded(
                (ufunc, method),
                lambda *args, **named: call(ufunc, method, args, named),
                inputs,
                kwargs,
            )
            return inherited((ufunc, method), result, inputs, kwargs)
        try:
            result = call(ufunc, method, inputs, kwargs)
        except (MemoryError, TimeLimitError) as error:
            require_sense(ufunc if method == "__call__" else getattr(ufunc, method), inputs, kwargs)
            raise refused(error, name_of(ufunc, method)) from error.__cause__
        except CoefficientOverflowError:
            # Elements may fit where coefficients do not.
            function = ufunc if method == "__call__" else getattr(ufunc, method)
            return FUNCTIONS[None].call(function, inputs, kwargs)
        # What has no rule of its own sees to it itself, but for the quickest calls.
        if rule is None or not ErrorBound.are_some:
            return result
        return inherited((ufunc, method), result, inputs, kwargs)

    def __array_function__(
        self,
        func: Callable[..., Any],
        types: tuple[type, ...],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        if not kwargs and len(args) == 1 and type(args[0]) is VirtualQArray:
            of_all = WHOLE.get(func)
            if of_all is not None and recorder() is None:
                source = args[0].source
                if source.is_standard and source.error is None:
                    answer = of_all(source)
                    if answer is not None:
                        return answer
        as_ndarray = False
        for kind in types:
            if kind is VirtualQArray or kind is np.ndarray or issubclass(kind, VirtualQArray):
                continue
            if conversion(kind) is not None:
                continue
            if not issubclass(kind, np.ndarray) or is_masked(kind):
                return func(*args, **kwargs) if introduced(kind) else NotImplemented
            as_ndarray = as_ndarray or overrides(kind)
        if holds_convertible(args) or (kwargs and holds_convertible(kwargs.values())):
            args, kwargs = all_converted(args), all_converted(kwargs)
        if recorder() is not None:
            call = lambda *args, **kwargs: _answered(func, args, kwargs)  # noqa: E731
            return inherited(func, recorded(func, call, args, kwargs), args, kwargs)
        try:
            # As `_answered`: rules that warn count the frames.
            rule = None if as_ndarray else FUNCTIONS.get(func)
            if rule is not None and rule.peak:
                require_peak(rule.peak, args, kwargs)
            answer = NotImplemented if rule is None else rule.call(*args, **kwargs)
            if answer is NotImplemented:
                answer = FUNCTIONS[None].call(func, args, kwargs)
        except CoefficientOverflowError:
            return FUNCTIONS[None].call(func, args, kwargs)
        except (MemoryError, TimeLimitError) as error:
            require_sense(func, args, kwargs)
            raise refused(error, name_of(func)) from error.__cause__
        except (AttributeError, TypeError, ValueError) as error:
            if not _may_be_of_dates(func, args, kwargs):
                raise
            return _judged_by_numpy(func, args, kwargs, error)
        return inherited(func, answer, args, kwargs) if ErrorBound.are_some else answer

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if name not in _INTERNAL]

    def __repr__(self) -> str:
        return display.summary(self.source)

    def __format__(self, spec: str) -> str:
        answer: str | None = asked_for("__format__", self, sys._getframe(1))
        if answer is not None:
            return answer
        if not self.shape:
            return format(self.item(), spec)
        if spec:
            raise TypeError(f"unsupported format string passed to {type(self).__name__}.__format__")
        return str(self)

    def __str__(self) -> str:
        return display.as_text(self.source, lambda: untyped_np.array_str(self))

    def _repr_html_(self) -> str:
        return display.as_html(self.source)


#: Functions that write to an argument, as the dense tier cannot.
_WRITERS = frozenset((np.copyto, np.fill_diagonal, np.place, np.put, np.put_along_axis, np.putmask))


def _has_dates(obj: object) -> bool:
    """Tell whether there is an array of dates in `obj`, or of their differences."""
    if isinstance(obj, (VirtualQArray, np.ndarray, np.generic)):
        return obj.dtype.kind in "mM"
    if isinstance(obj, (list, tuple)):
        return any(map(_has_dates, obj))
    return isinstance(obj, dict) and any(map(_has_dates, obj.values()))


def _may_be_of_dates(func: Callable[..., Any], args: Any, kwargs: Any) -> bool:
    """Tell whether a rule may have failed because it counts on numbers.

    Many rules do: what they make of dates may be refused although NumPy has the function, or by
    another exception.
    """
    return func not in _WRITERS and _has_dates((args, kwargs))


def _judged_by_numpy(func: Callable[..., Any], args: Any, kwargs: Any, error: Exception) -> Any:
    """Call NumPy itself, within the budget, where a rule failed that counts on numbers."""
    try:
        return FUNCTIONS[None].call(func, args, kwargs)
    except MaterializationError:
        raise error from None
    finally:
        # An exception that a frame of its own traceback holds would keep the arguments.
        del error


def _answered(func: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call the rule of a function; the dense one where it has none, or that declines."""
    rule = FUNCTIONS.get(func)
    try:
        answer = NotImplemented if rule is None else rule.call(*args, **kwargs)
    except (AttributeError, TypeError, ValueError) as error:
        if not _may_be_of_dates(func, args, kwargs):
            raise
        return _judged_by_numpy(func, args, kwargs, error)
    return FUNCTIONS[None].call(func, args, kwargs) if answer is NotImplemented else answer
