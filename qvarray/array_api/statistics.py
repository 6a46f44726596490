# ruff: noqa: A001  the standard's own names
"""Statistical functions."""

from __future__ import annotations

from numpy.typing import ArrayLike, DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Axis, Scalar
from .wrapping import ABSENT, Out, from_numpy

__all__ = [
    "cumulative_prod",
    "cumulative_sum",
    "max",
    "mean",
    "min",
    "prod",
    "std",
    "sum",
    "var",
]


@from_numpy("cumulative_prod")
def cumulative_prod(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    include_initial: bool = False,
) -> VirtualQArray: ...
@from_numpy("cumulative_sum")
def cumulative_sum(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    include_initial: bool = False,
) -> VirtualQArray: ...
@from_numpy("max")
def max(
    a: ArrayLike,
    axis: Axis = None,
    out: Out = None,
    keepdims: bool = ABSENT,
    initial: Scalar = ABSENT,
    where: ArrayLike = ABSENT,
) -> VirtualQArray: ...
@from_numpy("mean")
def mean(
    a: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    keepdims: bool = ABSENT,
    *,
    where: ArrayLike = ABSENT,
) -> VirtualQArray: ...
@from_numpy("min")
def min(
    a: ArrayLike,
    axis: Axis = None,
    out: Out = None,
    keepdims: bool = ABSENT,
    initial: Scalar = ABSENT,
    where: ArrayLike = ABSENT,
) -> VirtualQArray: ...
@from_numpy("prod")
def prod(
    a: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    keepdims: bool = ABSENT,
    initial: Scalar = ABSENT,
    where: ArrayLike = ABSENT,
) -> VirtualQArray: ...
@from_numpy("std")
def std(
    a: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    ddof: float = 0,
    keepdims: bool = ABSENT,
    *,
    where: ArrayLike = ABSENT,
    mean: ArrayLike = ABSENT,
    correction: float = ABSENT,
) -> VirtualQArray: ...
@from_numpy("sum")
def sum(
    a: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    keepdims: bool = ABSENT,
    initial: Scalar = ABSENT,
    where: ArrayLike = ABSENT,
) -> VirtualQArray: ...
@from_numpy("var")
def var(
    a: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    ddof: float = 0,
    keepdims: bool = ABSENT,
    *,
    where: ArrayLike = ABSENT,
    mean: ArrayLike = ABSENT,
    correction: float = ABSENT,
) -> VirtualQArray: ...
