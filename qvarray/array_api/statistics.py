# ruff: noqa: A001  the standard's own names
"""Statistical functions."""

from __future__ import annotations

from numpy.typing import ArrayLike, DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Axis, Scalar
from .wrapping import ABSENT, Out, from_numpy


def _accumulate(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    include_initial: bool = False,
) -> VirtualQArray: ...
def _extreme(
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
def _total(
    a: ArrayLike,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Out = None,
    keepdims: bool = ABSENT,
    initial: Scalar = ABSENT,
    where: ArrayLike = ABSENT,
) -> VirtualQArray: ...
def _spread(
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


cumulative_prod = from_numpy("cumulative_prod")(_accumulate)
cumulative_sum = from_numpy("cumulative_sum")(_accumulate)
max = from_numpy("max")(_extreme)
min = from_numpy("min")(_extreme)
prod = from_numpy("prod")(_total)
sum = from_numpy("sum")(_total)
std = from_numpy("std")(_spread)
var = from_numpy("var")(_spread)
