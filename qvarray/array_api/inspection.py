"""What the namespace tells about itself, and data type functions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import __array_namespace_info__, broadcast_shapes, can_cast, isdtype, result_type
from numpy.typing import ArrayLike, DTypeLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from .wrapping import Device, from_numpy

__all__ = [
    "__array_api_version__",
    "__array_namespace_info__",
    "astype",
    "broadcast_shapes",
    "can_cast",
    "finfo",
    "iinfo",
    "isdtype",
    "result_type",
]

#: Of the Python array API standard.
__array_api_version__ = "2024.12"


@from_numpy("astype")
def astype(
    x: ArrayLike, dtype: DTypeLike, /, *, copy: bool = True, device: Device = None
) -> VirtualQArray: ...


def _dtype_of(obj: DTypeLike | VirtualQArray | Array) -> Any:
    return obj.dtype if isinstance(obj, (VirtualQArray, np.ndarray)) else obj


def finfo(type: DTypeLike | VirtualQArray | Array, /) -> np.finfo[Any]:
    """Tell the limits of a floating data type.

    Parameters
    ----------
    type : dtype or array

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.finfo(qv.float32).bits
    32
    """
    return np.finfo(_dtype_of(type))


def iinfo(type: DTypeLike | VirtualQArray | Array, /) -> np.iinfo[Any]:
    """Tell the limits of an integer data type.

    Parameters
    ----------
    type : dtype or array

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.iinfo(qv.int8).max
    127
    """
    return np.iinfo(_dtype_of(type))
