"""Linear algebra functions of the main namespace."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike, DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Casting, Order
from .wrapping import ABSENT, Out, from_numpy


def _product(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    out: Out = None,
    *,
    axes: Sequence[tuple[int, ...] | int] = ABSENT,
    axis: int = ABSENT,
    keepdims: bool = False,
    casting: Casting = "same_kind",
    order: Order = "K",
    dtype: DTypeLike | None = None,
    subok: bool = True,
    signature: str | tuple[DTypeLike | None, ...] | None = None,
) -> VirtualQArray: ...
@from_numpy("matrix_transpose")
def matrix_transpose(x: ArrayLike, /) -> VirtualQArray: ...
@from_numpy("tensordot", arrays=2)
def tensordot(
    a: ArrayLike, b: ArrayLike, axes: int | Sequence[int | Sequence[int]] = 2
) -> VirtualQArray: ...


matmul = from_numpy("matmul", arrays=2)(_product)
vecdot = from_numpy("vecdot", arrays=2)(_product)
