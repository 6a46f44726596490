"""Creation functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Order, Scalar, ShapeLike, element_dtype
from ..creation import arrays
from ..functions.creation import ranges
from ..functions.creation.existing_data import stacked
from ..functions.creation.from_shape_or_value import diagonal_ones, filled
from .wrapping import Device, from_numpy, require_device

if TYPE_CHECKING:

    class SupportsDLPack(Protocol):
        """An array that says where it is, and is exported as a capsule."""

        def __dlpack__(self, *, stream: None = None) -> Any: ...

        def __dlpack_device__(self) -> tuple[int, int]: ...


@from_numpy("empty_like")
def empty_like(
    prototype: ArrayLike,
    /,
    dtype: DTypeLike | None = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: Device = None,
) -> VirtualQArray: ...
@from_numpy("full_like")
def full_like(
    a: ArrayLike,
    fill_value: ArrayLike,
    dtype: DTypeLike | None = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: Device = None,
) -> VirtualQArray: ...
@from_numpy("meshgrid", arrays=None)
def _meshgrid(
    *xi: ArrayLike, copy: bool = True, sparse: bool = False, indexing: Literal["xy", "ij"] = "xy"
) -> tuple[VirtualQArray, ...]: ...
def _like(
    a: ArrayLike,
    dtype: DTypeLike | None = None,
    order: Order = "K",
    subok: bool = True,
    shape: ShapeLike | None = None,
    *,
    device: Device = None,
) -> VirtualQArray: ...
def _triangle(m: ArrayLike, k: int = 0) -> VirtualQArray: ...


ones_like = from_numpy("ones_like")(_like)
zeros_like = from_numpy("zeros_like")(_like)
tril = from_numpy("tril")(_triangle)
triu = from_numpy("triu")(_triangle)


def asarray(
    obj: ArrayLike,
    /,
    dtype: DTypeLike | None = None,
    *,
    device: Device = None,
    copy: bool | None = None,
    fill_value: Scalar | str = 0,
) -> VirtualQArray:
    """Make a VirtualQArray in the standard basis of an array, exactly.

    Parameters
    ----------
    obj : array_like
        A VirtualQArray is returned as it is, where it has the dtype asked for. Sparse arrays of
        SciPy and of ``sparse`` stay sparse.
    dtype : dtype, optional
        Of the elements: bool, a number, a date or a difference of dates.
    device : {None, "cpu"}
    copy : bool, optional
        True for a new array in any case; False to refuse where one is needed.
    fill_value : scalar
        The value that is not stored; of dates also as text, ``"NaT"``. Indices are stored only
        where that is smaller than storing every element.

    Returns
    -------
    VirtualQArray

    Raises
    ------
    TypeError
        For elements that are neither numbers nor dates, and for masked arrays.
    ValueError
        For a `fill_value` that is not a value of the dtype, another device, or where `copy` is
        False and elements must be converted.

    Notes
    -----
    O(N), or O(k) for a sparse array; O(1) for a VirtualQArray.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = qv.asarray(np.eye(1000))
    >>> x.nactive, x.nbytes, x.virtual_nbytes
    (1000, 12000, 8000000)
    >>> days = qv.asarray(["2024-02-29", "NaT"] + ["NaT"] * 98, "M8[D]", fill_value="NaT")
    >>> days.nactive, days[0], np.isnat(days).sum()
    (1, np.datetime64('2024-02-29'), np.int64(99))
    """
    require_device(device)
    out = arrays.asarray(stacked(obj), dtype, fill_value=fill_value)
    if copy is False and out is not obj:
        raise ValueError("Unable to avoid copy: the elements are to be stored another way")
    return out.copy() if copy and out is obj else out


def meshgrid(
    *arrays: ArrayLike,
    copy: bool = True,
    sparse: bool = False,
    indexing: Literal["xy", "ij"] = "xy",
) -> list[VirtualQArray]:
    """Return the coordinates of a grid, an array for each of its axes.

    Parameters
    ----------
    *arrays : array
        The coordinates along each axis.
    copy, sparse : bool
        As of ``numpy.meshgrid``.
    indexing : {"xy", "ij"}
        Whether the first two axes change places.

    Examples
    --------
    >>> import qvarray as qv
    >>> x, y = qv.meshgrid(qv.ones(2**30), qv.zeros(2**20))
    >>> x.shape == y.shape == (2**20, 2**30)
    True
    """
    return list(_meshgrid(*arrays, copy=copy, sparse=sparse, indexing=indexing))


def from_dlpack(
    x: SupportsDLPack, /, *, device: Device = None, copy: bool | None = None
) -> VirtualQArray:
    """Make a VirtualQArray of an array of another library.

    Parameters
    ----------
    x : object
        With the methods ``__dlpack__`` and ``__dlpack_device__``.
    device : {None, "cpu"}
    copy : bool, optional
        As of `asarray`.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> print(qv.from_dlpack(np.arange(3)))
    [0 1 2]
    """
    return asarray(
        x if isinstance(x, VirtualQArray) else np.from_dlpack(x), device=device, copy=copy
    )


def zeros(
    shape: ShapeLike, dtype: DTypeLike | None = None, *, device: Device = None
) -> VirtualQArray:
    """Make an array of zeros. O(1), whatever its size.

    Parameters
    ----------
    shape : int or sequence of int
    dtype : dtype, optional
        ``float64`` if not given.
    device : {None, "cpu"}

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.zeros(2**60).nbytes
    0
    """
    require_device(device)
    return filled(shape, 0, element_dtype(dtype))


def ones(
    shape: ShapeLike, dtype: DTypeLike | None = None, *, device: Device = None
) -> VirtualQArray:
    """Make an array of ones. O(1), whatever its size.

    Parameters
    ----------
    shape : int or sequence of int
    dtype : dtype, optional
        ``float64`` if not given.
    device : {None, "cpu"}

    Examples
    --------
    >>> import qvarray as qv
    >>> float(qv.sum(qv.ones((2**30, 2**30)))) == 2.0**60
    True
    """
    require_device(device)
    return filled(shape, 1, element_dtype(dtype))


def empty(
    shape: ShapeLike, dtype: DTypeLike | None = None, *, device: Device = None
) -> VirtualQArray:
    """Make an array to be written to: of zeros. O(1), whatever its size.

    Parameters
    ----------
    shape : int or sequence of int
    dtype : dtype, optional
        ``float64`` if not given.
    device : {None, "cpu"}
    """
    return zeros(shape, dtype=dtype, device=device)


def full(
    shape: ShapeLike,
    fill_value: ArrayLike,
    dtype: DTypeLike | None = None,
    *,
    device: Device = None,
) -> VirtualQArray:
    """Make an array of one value. O(1), whatever its size.

    Parameters
    ----------
    shape : int or sequence of int
    fill_value : scalar
        Or an array, which is broadcast.
    dtype : dtype, optional
        That of the fill value if not given.
    device : {None, "cpu"}

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.full(2**60, 7)
    >>> x[12345], x.nbytes
    (np.int64(7), 0)
    """
    require_device(device)
    return filled(shape, fill_value, dtype)


def eye(
    n_rows: int,
    n_cols: int | None = None,
    /,
    k: int = 0,
    dtype: DTypeLike | None = None,
    *,
    device: Device = None,
) -> VirtualQArray:
    """Make a matrix of zeros, with ones on a diagonal. O(n_rows).

    Parameters
    ----------
    n_rows, n_cols : int
        As many columns as rows, if those are not given.
    k : int
        Which diagonal: columns to the right of the main one.
    dtype : dtype, optional
        ``float64`` if not given.
    device : {None, "cpu"}

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.eye(1000, 2**50).nactive
    1000
    """
    require_device(device)
    return diagonal_ones(n_rows, n_cols, k, dtype)


def arange(
    start: float,
    /,
    stop: float | None = None,
    step: float = 1,
    *,
    dtype: DTypeLike | None = None,
    device: Device = None,
) -> VirtualQArray:
    """Make an array of numbers from `start` to `stop`, which is not among them. O(N).

    Parameters
    ----------
    start : scalar
        The first; where no `stop` is given, that is it, and the first is 0.
    stop, step : scalar
    dtype : dtype, optional
    device : {None, "cpu"}

    Raises
    ------
    MaterializationError
        Where they are over the memory budget.
    """
    require_device(device)
    return ranges.sequence(start, stop, step, dtype=dtype)


def linspace(
    start: ArrayLike,
    stop: ArrayLike,
    /,
    num: int = 50,
    *,
    dtype: DTypeLike | None = None,
    device: Device = None,
    endpoint: bool = True,
) -> VirtualQArray:
    """Make an array of numbers at equal distances. O(N).

    Parameters
    ----------
    start, stop : scalar
    num : int
        How many.
    dtype : dtype, optional
    device : {None, "cpu"}
    endpoint : bool
        Whether `stop` is the last of them.

    Raises
    ------
    MaterializationError
        Where they are over the memory budget.
    """
    require_device(device)
    out: VirtualQArray = ranges.linspace(start, stop, num, endpoint, dtype=dtype)
    return out
