"""Manipulation functions."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike, DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Axis, Casting, Order, ShapeLike
from .wrapping import Out, from_numpy


@from_numpy("broadcast_arrays", arrays=None)
def _broadcast_arrays(*args: ArrayLike, subok: bool = False) -> tuple[VirtualQArray, ...]: ...
@from_numpy("broadcast_to", enlarges=True)
def broadcast_to(array: ArrayLike, shape: ShapeLike, subok: bool = False) -> VirtualQArray: ...
@from_numpy("concat", sequence=True)
def concat(
    arrays: Sequence[ArrayLike],
    /,
    axis: int | None = 0,
    out: Out = None,
    *,
    dtype: DTypeLike | None = None,
    casting: Casting = "same_kind",
) -> VirtualQArray: ...
@from_numpy("expand_dims")
def _expand_dims(a: ArrayLike, axis: Axis) -> VirtualQArray: ...
@from_numpy("flip")
def flip(m: ArrayLike, axis: Axis = None) -> VirtualQArray: ...
@from_numpy("moveaxis")
def moveaxis(
    a: ArrayLike, source: int | Sequence[int], destination: int | Sequence[int]
) -> VirtualQArray: ...
@from_numpy("permute_dims")
def permute_dims(a: ArrayLike, axes: Sequence[int] | None = None) -> VirtualQArray: ...
@from_numpy("repeat", enlarges=True)
def repeat(a: ArrayLike, repeats: ArrayLike, axis: int | None = None) -> VirtualQArray: ...
@from_numpy("reshape")
def reshape(
    a: ArrayLike, /, shape: ShapeLike, order: Order = "C", *, copy: bool | None = None
) -> VirtualQArray: ...
@from_numpy("roll")
def roll(
    a: ArrayLike, shift: int | Sequence[int], axis: int | Sequence[int] | None = None
) -> VirtualQArray: ...
@from_numpy("squeeze")
def squeeze(a: ArrayLike, axis: Axis = None) -> VirtualQArray: ...
@from_numpy("stack", sequence=True)
def stack(
    arrays: Sequence[ArrayLike],
    axis: int = 0,
    out: Out = None,
    *,
    dtype: DTypeLike | None = None,
    casting: Casting = "same_kind",
) -> VirtualQArray: ...
@from_numpy("tile", enlarges=True)
def tile(A: ArrayLike, reps: int | Sequence[int]) -> VirtualQArray: ...
@from_numpy("unstack")
def unstack(x: ArrayLike, /, *, axis: int = 0) -> tuple[VirtualQArray, ...]: ...


def expand_dims(x: ArrayLike, /, axis: Axis = 0) -> VirtualQArray:
    """Put an axis of length 1 in at `axis`.

    Parameters
    ----------
    x : array
    axis : int or tuple of int
        Which axis of the result that is.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.expand_dims(qv.ones(2**60), axis=1).shape
    (1152921504606846976, 1)
    """
    return _expand_dims(x, axis)


def broadcast_arrays(*arrays: ArrayLike, subok: bool = False) -> list[VirtualQArray]:
    """Broadcast arrays to the shape that they have in common.

    Parameters
    ----------
    *arrays : array
    subok : bool
        As of ``numpy.broadcast_arrays``.

    Examples
    --------
    >>> import qvarray as qv
    >>> [x.shape for x in qv.broadcast_arrays(qv.ones(2**30), qv.zeros((2**20, 1)))]
    [(1048576, 1073741824), (1048576, 1073741824)]
    """
    return list(_broadcast_arrays(*arrays, subok=subok))
