# ruff: noqa: A003  methods that have the same arguments as others
from collections.abc import Sequence
from typing import Any, Literal, Self, TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..core.values import Array, Axis, Order, Scalar
from .stored import Stored

__all__ = ["NumPyMethods"]

_Out: TypeAlias = Array | Stored | None
_Mode: TypeAlias = Literal["raise", "wrap", "clip"]
_SortKind: TypeAlias = Literal["quicksort", "mergesort", "heapsort", "stable"]

# Where a number comes of all elements, it says so; along an axis it is one only of one dimension.
class NumPyMethods:
    __slots__ = ()

    @overload
    def all(
        self,
        axis: None = None,
        out: None = None,
        keepdims: Literal[False] = False,
        *,
        where: ArrayLike = ...,
    ) -> np.bool: ...
    @overload
    def all(
        self, axis: Axis = None, out: _Out = None, keepdims: bool = False, *, where: ArrayLike = ...
    ) -> Self | Any: ...
    any = all
    @overload
    def argmax(
        self, axis: None = None, out: None = None, *, keepdims: Literal[False] = False
    ) -> np.intp: ...
    @overload
    def argmax(
        self, axis: int | None = None, out: _Out = None, *, keepdims: bool = False
    ) -> Self | Any: ...
    argmin = argmax
    @overload
    def max(
        self,
        axis: None = None,
        out: None = None,
        keepdims: Literal[False] = False,
        initial: Scalar = ...,
        where: ArrayLike = ...,
    ) -> np.number[Any] | Any: ...
    @overload
    def max(
        self,
        axis: Axis = None,
        out: _Out = None,
        keepdims: bool = False,
        initial: Scalar = ...,
        where: ArrayLike = ...,
    ) -> Self | Any: ...
    min = max
    @overload
    def sum(
        self,
        axis: None = None,
        dtype: DTypeLike | None = None,
        out: None = None,
        keepdims: Literal[False] = False,
        initial: Scalar = ...,
        where: ArrayLike = ...,
    ) -> np.number[Any]: ...
    @overload
    def sum(
        self,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: _Out = None,
        keepdims: bool = False,
        initial: Scalar = ...,
        where: ArrayLike = ...,
    ) -> Self | Any: ...
    prod = sum
    @overload
    def mean(
        self,
        axis: None = None,
        dtype: DTypeLike | None = None,
        out: None = None,
        keepdims: Literal[False] = False,
        *,
        where: ArrayLike = ...,
    ) -> np.inexact[Any]: ...
    @overload
    def mean(
        self,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: _Out = None,
        keepdims: bool = False,
        *,
        where: ArrayLike = ...,
    ) -> Self | Any: ...
    @overload
    def std(
        self,
        axis: None = None,
        dtype: DTypeLike | None = None,
        out: None = None,
        ddof: float = 0,
        keepdims: Literal[False] = False,
        *,
        where: ArrayLike = ...,
        mean: ArrayLike = ...,
        correction: float = ...,
    ) -> np.inexact[Any]: ...
    @overload
    def std(
        self,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: _Out = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        where: ArrayLike = ...,
        mean: ArrayLike = ...,
        correction: float = ...,
    ) -> Self | Any: ...
    var = std
    def argpartition(
        self,
        kth: ArrayLike,
        axis: int | None = -1,
        kind: Literal["introselect"] = "introselect",
        order: None = None,
    ) -> Self: ...
    def argsort(
        self,
        axis: int | None = -1,
        kind: _SortKind | None = None,
        order: None = None,
        *,
        stable: bool | None = None,
    ) -> Self: ...
    def choose(
        self, *choices: ArrayLike | Sequence[ArrayLike], out: _Out = None, mode: _Mode = "raise"
    ) -> Self: ...
    def cumprod(
        self, axis: int | None = None, dtype: DTypeLike | None = None, out: _Out = None
    ) -> Self: ...
    cumsum = cumprod
    def diagonal(self, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Self: ...
    def nonzero(self) -> tuple[Self, ...]: ...
    def put(self, ind: ArrayLike, v: ArrayLike, mode: _Mode = "raise") -> None: ...
    def ravel(self, order: Order = "C") -> Self: ...
    def repeat(self, repeats: ArrayLike, axis: int | None = None) -> Self: ...
    def round(self, decimals: int = 0, out: _Out = None) -> Self: ...
    def searchsorted(
        self, v: ArrayLike, side: Literal["left", "right"] = "left", sorter: ArrayLike | None = None
    ) -> Self | Any: ...
    def squeeze(self, axis: Axis = None) -> Self: ...
    def swapaxes(self, axis1: int, axis2: int) -> Self: ...
    def take(
        self, indices: ArrayLike, axis: int | None = None, out: _Out = None, mode: _Mode = "raise"
    ) -> Self | Any: ...
    def trace(
        self,
        offset: int = 0,
        axis1: int = 0,
        axis2: int = 1,
        dtype: DTypeLike | None = None,
        out: _Out = None,
    ) -> Self | Any: ...
