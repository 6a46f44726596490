"""What a ufunc is given: arrays, scalars, outputs, and the shape that they broadcast to."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array.masked import refuse_masked
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import ELEMENT_KINDS, Array, zero_of
from ..ops.basis_change import sparse

__all__ = [
    "SCALARS",
    "Masked",
    "broadcast_shape",
    "is_foreign",
    "kept",
    "operand",
    "proxy",
    "stored",
]

SCALARS = (bool, int, float, complex, np.generic)
_OURS = (VirtualQArray, np.ndarray, *SCALARS, list, tuple)


class Masked:
    """A ufunc that computes where a mask is true, and elsewhere keeps what is there."""

    nout = 1

    def __init__(self, ufunc: np.ufunc, kwargs: dict[str, Any]) -> None:
        self.ufunc = ufunc
        self.kwargs = kwargs
        self.__name__ = ufunc.__name__

    def __call__(self, mask: Array, before: Any, *operands: Any) -> Array:
        shape = np.broadcast_shapes(*(np.shape(operand) for operand in (mask, before, *operands)))
        out = np.array(np.broadcast_to(before, shape))
        self.ufunc(*operands, out=out, where=mask, **self.kwargs)
        return out


def is_foreign(obj: Any) -> bool:
    """Whether `obj` is of a type with a say of its own in what ufuncs do with it."""
    return not isinstance(obj, _OURS) and hasattr(obj, "__array_ufunc__")


def operand(obj: Any) -> Any:
    """Return a Spectrum or Expression, or a scalar; None for what only NumPy can make sense of."""
    if type(obj) is VirtualQArray:
        return obj.source.express()
    if isinstance(obj, SCALARS):
        return obj
    refuse_masked(obj)
    array = np.asarray(obj)
    if array.dtype.kind not in ELEMENT_KINDS:
        return None
    return stored(array) if array.ndim else array


def stored(array: Array) -> Spectrum:
    """Return an ndarray as a Spectrum that may share its memory, so is not to be kept."""
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    bases = (STANDARD,) * array.ndim
    zero = zero_of(native.dtype)
    return Spectrum(array.shape, native.dtype, bases, native.reshape(-1), None, zero)


def broadcast_shape(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """As ``np.broadcast_shapes``, for any number of elements."""
    out = [1] * max((len(shape) for shape in shapes), default=0)
    for shape in shapes:
        for back, n in enumerate(reversed(shape), 1):
            if n != 1 and out[-back] not in (1, n):
                listed = " ".join(str(shape).replace(" ", "") for shape in shapes)
                raise ValueError(f"operands could not be broadcast together with shapes {listed}")
            if n != 1:
                out[-back] = n
    return tuple(out)


def proxy(one: Any) -> Any:
    """Return a small stand-in of the same dtype, from which dtypes and errors can be learnt."""
    if not isinstance(one, Source):
        return one
    return np.empty((0,) if one.shape else (), one.dtype)


def kept(source: Source, given: Any) -> Any:
    """Return an operand that an expression may hold on to: a copy of what the caller may change."""
    if isinstance(given, (VirtualQArray, np.generic)) or not isinstance(given, np.ndarray):
        return source
    return sparse(given.copy()) if given.ndim else given.copy()
