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


class FloatInfo:
    """The limits of a floating data type, as Python's own numbers.

    `limits`: its other attributes are found here too.

    Attributes
    ----------
    bits : int
    eps, max, min, smallest_normal : float
        NumPy's scalars where a float is too short for them: of ``longdouble``.
    dtype : dtype
        Floating, also of a complex one.
    """

    def __init__(self, limits: np.finfo[Any]) -> None:
        self.bits = int(limits.bits)
        self.dtype: np.dtype[Any] = np.dtype(limits.dtype)
        number: Any = float if self.dtype.itemsize <= 8 else self.dtype.type
        self.eps: float = number(limits.eps)
        self.max: float = number(limits.max)
        self.min: float = number(limits.min)
        self.smallest_normal: float = number(limits.smallest_normal)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # asked of what is being unpickled
            raise AttributeError(name)
        return getattr(np.finfo(self.dtype), name)

    def __repr__(self) -> str:
        return repr(np.finfo(self.dtype))


def finfo(type: DTypeLike | VirtualQArray | Array, /) -> FloatInfo:
    """Tell the limits of a floating data type.

    Parameters
    ----------
    type : dtype or array

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.finfo(qv.float32).bits, qv.finfo(qv.float32).eps
    (32, 1.1920928955078125e-07)
    """
    return FloatInfo(np.finfo(_dtype_of(type)))


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
