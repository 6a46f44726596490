"""Arithmetic, comparison and bitwise operators, each the ufunc of NumPy's that ndarray has."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ..core.budget import refused
from ..core.rules import FUNCTIONS, name_of
from ..core.spectrum import constant
from ..core.values import Array
from ..indexing import assign
from ..ops.basis_change import sparse
from .foreign import PLAIN, answers_ufuncs, conversion, converted, leads, refuses
from .indexed import Indexed
from .stored import Stored, untyped_np

#: What ndarray takes for these exponents, of its own accord.
_POWERS: dict[tuple[type, object], Any] = {
    (int, 2): np.square,
    (int, -1): np.reciprocal,
    (float, 0.5): np.sqrt,
}


def _as_ndarray(ufunc: np.ufunc, operation: Callable[..., Any], *operands: object) -> Any:
    """Apply an operator as if the arrays of ours were ndarrays: the dense tier."""
    try:
        return FUNCTIONS[None].call(operation, operands, {})
    except MemoryError as error:
        raise refused(error, name_of(ufunc)) from error.__cause__


def _deferred(ufunc: np.ufunc, operation: Callable[..., Any], *operands: object) -> Any:
    """Return what the other operand makes of an operator; None where it has no say in it."""
    for operand in operands:
        if type(operand) in PLAIN or isinstance(operand, Stored):
            continue
        known = conversion(type(operand))
        if known is not None:
            # What matrices make of `*` and `**` differs from what arrays do.
            if known.is_matrix and operation is operator.mul:
                return np.matmul(*map(converted, operands))
            return NotImplemented if known.is_matrix and operation is operator.pow else None
        if refuses(operand):
            return NotImplemented
        if leads(operand):
            return _as_ndarray(ufunc, operation, *operands)
    return None


def _is_passive(other: object) -> bool:
    """Tell whether an operand has no say in a comparison: arrays of ours, and what is no array."""
    return isinstance(other, Stored) or not (answers_ufuncs(other) or leads(other))


def _binary(ufunc: np.ufunc, operation: Callable[..., Any]) -> Any:
    """Make the method of an operator, with an array of ours on the left."""

    def method(self: Any, other: object, /) -> Any:
        kind = type(other)
        if kind is type(self) or kind in PLAIN:
            # There is nobody else whom NumPy would have to ask.
            return self.__array_ufunc__(ufunc, "__call__", self, other)
        if not isinstance(other, Stored):
            answer = _deferred(ufunc, operation, self, other)
            if answer is not None:
                return answer
        return ufunc(self, other)

    return method


def _reflected(ufunc: np.ufunc, operation: Callable[..., Any]) -> Any:
    """Make the method of an operator, with an array of ours on the right."""

    def method(self: Any, other: object, /) -> Any:
        if type(other) in PLAIN:
            return self.__array_ufunc__(ufunc, "__call__", other, self)
        answer = _deferred(ufunc, operation, other, self)
        if answer is not None:
            return answer
        # A type that is converted has declined to answer.
        return ufunc(converted(other), self)

    return method


def _in_place(ufunc: np.ufunc) -> Any:
    """Make the method of an augmented assignment."""

    def method(self: Operators, other: Any, /) -> Any:
        kind = type(other)
        if (
            kind not in PLAIN
            and not hasattr(kind, "__array_ufunc__")
            and (leads(other) or conversion(kind) is not None)
        ):
            # As an ndarray's: the name is then bound to what the binary operator returns.
            return NotImplemented
        if (
            ufunc is np.matmul
            and (isinstance(other, Stored) or not answers_ufuncs(other))
            and (not self.ndim or np.ndim(other) < 2)
        ):
            raise ValueError(
                "inplace matrix multiplication requires the first operand to have at least one "
                "and the second at least two dimensions."
            )
        return ufunc(self, other, out=(self,))

    return method


def _unary(ufunc: np.ufunc) -> Any:
    def method(self: Any, /) -> Any:
        return self.__array_ufunc__(ufunc, "__call__", self)

    return method


def _three(ufunc: np.ufunc, operation: Callable[..., Any]) -> tuple[Any, Any, Any]:
    """Make the methods of an operator: on the left, on the right, in place."""
    return _binary(ufunc, operation), _reflected(ufunc, operation), _in_place(ufunc)


_POWER, _POWER_REFLECTED, _POWER_IN_PLACE = _three(np.power, operator.pow)
_EQUAL = _binary(np.equal, operator.eq)
_NOT_EQUAL = _binary(np.not_equal, operator.ne)


class Operators(Indexed):
    """An array with NumPy's operators, which defer to other types as ndarray's do."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __add__(self, other: ArrayLike, /) -> Self: ...
        def __radd__(self, other: ArrayLike, /) -> Self: ...
        def __iadd__(self, other: ArrayLike, /) -> Self: ...
        def __sub__(self, other: ArrayLike, /) -> Self: ...
        def __rsub__(self, other: ArrayLike, /) -> Self: ...
        def __isub__(self, other: ArrayLike, /) -> Self: ...
        def __mul__(self, other: ArrayLike, /) -> Self: ...
        def __rmul__(self, other: ArrayLike, /) -> Self: ...
        def __imul__(self, other: ArrayLike, /) -> Self: ...
        def __matmul__(self, other: ArrayLike, /) -> Self | Any: ...
        def __rmatmul__(self, other: ArrayLike, /) -> Self | Any: ...
        def __imatmul__(self, other: ArrayLike, /) -> Self: ...
        def __truediv__(self, other: ArrayLike, /) -> Self: ...
        def __rtruediv__(self, other: ArrayLike, /) -> Self: ...
        def __itruediv__(self, other: ArrayLike, /) -> Self: ...
        def __floordiv__(self, other: ArrayLike, /) -> Self: ...
        def __rfloordiv__(self, other: ArrayLike, /) -> Self: ...
        def __ifloordiv__(self, other: ArrayLike, /) -> Self: ...
        def __mod__(self, other: ArrayLike, /) -> Self: ...
        def __rmod__(self, other: ArrayLike, /) -> Self: ...
        def __imod__(self, other: ArrayLike, /) -> Self: ...
        def __divmod__(self, other: ArrayLike, /) -> tuple[Self, Self]: ...
        def __rdivmod__(self, other: ArrayLike, /) -> tuple[Self, Self]: ...
        def __rpow__(self, other: ArrayLike, /) -> Self: ...
        def __lshift__(self, other: ArrayLike, /) -> Self: ...
        def __rlshift__(self, other: ArrayLike, /) -> Self: ...
        def __ilshift__(self, other: ArrayLike, /) -> Self: ...
        def __rshift__(self, other: ArrayLike, /) -> Self: ...
        def __rrshift__(self, other: ArrayLike, /) -> Self: ...
        def __irshift__(self, other: ArrayLike, /) -> Self: ...
        def __and__(self, other: ArrayLike, /) -> Self: ...
        def __rand__(self, other: ArrayLike, /) -> Self: ...
        def __iand__(self, other: ArrayLike, /) -> Self: ...
        def __xor__(self, other: ArrayLike, /) -> Self: ...
        def __rxor__(self, other: ArrayLike, /) -> Self: ...
        def __ixor__(self, other: ArrayLike, /) -> Self: ...
        def __or__(self, other: ArrayLike, /) -> Self: ...
        def __ror__(self, other: ArrayLike, /) -> Self: ...
        def __ior__(self, other: ArrayLike, /) -> Self: ...
        def __lt__(self, other: ArrayLike, /) -> Self: ...
        def __le__(self, other: ArrayLike, /) -> Self: ...
        def __gt__(self, other: ArrayLike, /) -> Self: ...
        def __ge__(self, other: ArrayLike, /) -> Self: ...
        def __neg__(self) -> Self: ...
        def __pos__(self) -> Self: ...
        def __abs__(self) -> Self: ...
        def __invert__(self) -> Self: ...

    else:
        __add__, __radd__, __iadd__ = _three(np.add, operator.add)
        __sub__, __rsub__, __isub__ = _three(np.subtract, operator.sub)
        __mul__, __rmul__, __imul__ = _three(np.multiply, operator.mul)
        __matmul__, __rmatmul__, __imatmul__ = _three(np.matmul, operator.matmul)
        __truediv__, __rtruediv__, __itruediv__ = _three(np.true_divide, operator.truediv)
        __floordiv__, __rfloordiv__, __ifloordiv__ = _three(np.floor_divide, operator.floordiv)
        __mod__, __rmod__, __imod__ = _three(np.remainder, operator.mod)
        __divmod__ = _binary(np.divmod, divmod)
        __rdivmod__ = _reflected(np.divmod, divmod)
        __rpow__ = _POWER_REFLECTED
        __lshift__, __rlshift__, __ilshift__ = _three(np.left_shift, operator.lshift)
        __rshift__, __rrshift__, __irshift__ = _three(np.right_shift, operator.rshift)
        __and__, __rand__, __iand__ = _three(np.bitwise_and, operator.and_)
        __xor__, __rxor__, __ixor__ = _three(np.bitwise_xor, operator.xor)
        __or__, __ror__, __ior__ = _three(np.bitwise_or, operator.or_)
        __lt__ = _binary(np.less, operator.lt)
        __le__ = _binary(np.less_equal, operator.le)
        __gt__ = _binary(np.greater, operator.gt)
        __ge__ = _binary(np.greater_equal, operator.ge)
        __neg__ = _unary(np.negative)
        __pos__ = _unary(np.positive)
        __abs__ = _unary(np.absolute)
        __invert__ = _unary(np.invert)

    def __pow__(self, other: Any, /) -> Self:
        # For some exponents ndarray.__pow__ is not np.power, and rounds otherwise.
        source = self.source
        if type(other) in (int, float):
            if not source.shape and source.is_exact:
                power = self.todense() ** other
                return type(self)(sparse(power)) if isinstance(power, np.ndarray) else power
            if source.standard is not None:
                if source.error is None:
                    return type(self)(assign.mapped(source.standard, lambda values: values**other))
            elif self.dtype.kind in "fc":
                ufunc = _POWERS.get((type(other), other))
                if ufunc is not None:
                    return ufunc(self)
        return _POWER(self, other)

    def __ipow__(self, other: Any, /) -> Self:
        if type(other) not in (int, float):
            return _POWER_IN_PLACE(self, other)
        if not self.shape:
            element = self.todense()
            element **= other
            self.replace_with(constant(element, (), self.dtype))
            return self
        # Where the result is of another dtype, NumPy refuses that first.
        like = untyped_np.power(np.ones(1, self.dtype), other if other >= 0 else type(other)(1))
        if like.dtype != self.dtype:
            return self._raised_as_it_is(other)
        self.replace_with((self**other).source)
        return self

    def _raised_as_it_is(self, other: float) -> Self:
        """Raise in place to powers of another dtype, which NumPy takes of squares up to 2.2."""
        standard = self.source.standard
        if standard is None or standard.error is not None:
            return untyped_np.power(self, other, out=(self,))

        def raised(values: Array) -> Array:
            values = values.copy()
            values **= other
            return values

        raised(np.zeros(0, self.dtype))  # NumPy's exceptions
        self.replace_with(assign.mapped(standard, raised))
        return self

    def __eq__(self, other: object) -> Self:  # type: ignore[override]
        try:
            return _EQUAL(self, other)
        except TypeError:
            if not _is_passive(other):
                raise
            return self._compared(other, False)

    def __ne__(self, other: object) -> Self:  # type: ignore[override]
        try:
            return _NOT_EQUAL(self, other)
        except TypeError:
            if not _is_passive(other):
                raise
            return self._compared(other, True)

    __hash__ = None  # type: ignore[assignment]

    def _compared(self, other: object, answer: bool) -> Self | Any:
        """Answer a comparison that there is no loop for: the same everywhere."""
        if not isinstance(other, Stored) and np.asarray(other).dtype.kind == "V":
            raise TypeError("Cannot compare structured or void to non-void arrays.")
        shape = np.broadcast_shapes(self.shape, untyped_np.shape(other))
        return type(self)(constant(np.bool_(answer), shape)) if shape else np.bool_(answer)
