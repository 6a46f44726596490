"""What a ufunc is given: arrays, scalars, outputs, and the shape that they broadcast to."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array.foreign import PLAIN, answers_ufuncs, converted, outranks
from ..array.masked import refuse_masked
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import ELEMENT_KINDS, Array, zero_of
from ..ops.basis_change import sparse, to_dense
from ..sources import packed_product as packed_product
from ..sources.repeated import repeated

_SCALARS = (bool, int, float, complex, np.generic)
_KNOWN = PLAIN | {VirtualQArray}
_ARRAYS = (VirtualQArray, np.ndarray)


def strangers(*given: Any) -> list[Any]:
    """Return the operands and outputs that have a say of their own in a ufunc: mostly none."""
    return [
        obj
        for obj in given
        if type(obj) not in _KNOWN
        and not isinstance(obj, VirtualQArray)
        and (answers_ufuncs(obj) or outranks(obj))
    ]


def asked(
    strange: list[Any],
    ufunc: np.ufunc,
    method: str,
    inputs: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """Return what types that are no ndarrays make of a ufunc of arrays of ours.

    NotImplemented where they do not know ours, or are subclasses of ndarray, which know ndarrays
    alone. The caller then gives them ndarrays.
    """
    for obj in strange:
        if answers_ufuncs(obj):
            result = type(obj).__array_ufunc__(obj, ufunc, method, *inputs, **kwargs)
            if result is not NotImplemented:
                return result
    return NotImplemented


def require_outputs(outs: Any) -> None:
    """Raise NumPy's TypeError for an output that is no array."""
    for out in outs if isinstance(outs, tuple) else (outs,):
        if out is ...:
            raise TypeError("must use `...` as `out=...` and not per-operand/in a tuple")
        if not (out is None or isinstance(out, _ARRAYS) or hasattr(out, "__array_ufunc__")):
            raise TypeError("return arrays must be of ArrayType")


def operand(obj: Any) -> Any:
    """Return a Spectrum or Expression, or a scalar; None for what only NumPy can make sense of."""
    kind = type(obj)
    if kind is VirtualQArray:
        return obj.source.unclosed()
    if kind is not np.ndarray:
        if isinstance(obj, _SCALARS):
            return obj
        refuse_masked(obj)
        obj = converted(obj)
        if type(obj) is VirtualQArray:
            return obj.source.express()
    array = np.asarray(obj)
    if array.dtype.kind not in ELEMENT_KINDS:
        return None
    return stored(array) if array.ndim else array


def unrepeated(obj: Any) -> Any:
    """Return an operand with length 1 along the axes that it only repeats along."""
    return obj.unrepeated if isinstance(obj, Source) else obj


def stored(array: Array) -> Source:
    """Return an ndarray as a Source that may share its memory, so is not to be kept. O(N).

    A view that NumPy broadcast is one that repeats.
    """
    if 0 in array.strides:
        steps = zip(array.strides, array.shape, strict=True)
        key = tuple(slice(1 if step == 0 and n else None) for step, n in steps)
        if array[key].shape != array.shape:
            return repeated(stored(array[key]), array.shape)
    bases = (STANDARD,) * array.ndim
    zero = zero_of(array.dtype)
    flat = array if array.ndim == 1 else array.reshape(-1)
    return Spectrum(array.shape, array.dtype, bases, flat, None, zero)


def proxy(operand: Any) -> Any:
    """Return a small stand-in of the same dtype, from which dtypes and errors can be learnt."""
    if not isinstance(operand, Source):
        return operand
    return np.empty((0,) if operand.shape else (), operand.dtype)


def kept(source: Source, given: Any) -> Any:
    """Return an operand that an expression may hold on to: a copy of what the caller may change."""
    if isinstance(given, (VirtualQArray, np.generic)) or not isinstance(given, np.ndarray):
        return source
    return sparse(to_dense(source.settle())) if given.ndim else given.copy()
