"""Ufuncs element by element: closed in the standard basis, and where they are linear."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import arithmetic
from ..array import VirtualQArray
from ..coverage import Tier, ufunc_rule
from ..dense import call_dense
from ..merging import aligned
from ..spectrum import Array, Spectrum, compact

__all__ = ["elementwise"]

#: Ufuncs that are linear in one operand, or in both together, over the reals.
_SUMS = (np.add, np.subtract)
_SCALED = (np.multiply, np.divide)
_UNARY = (np.negative, np.positive)


def _is_scalar(operand: Any) -> bool:
    return isinstance(operand, (bool, int, float, complex, np.generic)) or (
        isinstance(operand, np.ndarray) and operand.ndim == 0
    )


def _rebuilt(like: Spectrum, indices: Array | None, out: Array, has_fill: bool) -> Any:
    """Results at common indices, the last one that of the fill value where there is one."""
    if not like.shape:
        return out[0]  # a ufunc of 0-d arrays returns a scalar
    if has_fill:
        fill, out = out[-1], out[:-1]
    else:
        fill = out.dtype.type(0)
    if indices is None:
        return VirtualQArray(Spectrum(like.shape, out.dtype, like.bases, out, None, fill))
    return VirtualQArray(compact(like.shape, out.dtype, like.bases, out, indices, fill))


def _rebuilt_all(like: Spectrum, indices: Array | None, out: Any, has_fill: bool) -> Any:
    if isinstance(out, tuple):
        return tuple(_rebuilt(like, indices, one, has_fill) for one in out)
    return _rebuilt(like, indices, out, has_fill)


def _with_scalars(ufunc: np.ufunc, inputs: Any, which: int) -> Any:
    """A ufunc of one array in the standard basis and of scalars. O(k)."""
    spectrum = inputs[which].spectrum
    values, indices = spectrum.eigenvalues, spectrum.active_indices
    has_fill = indices is not None and indices.size < spectrum.space
    if has_fill:
        values = np.append(values, spectrum.fill_value)
    out = ufunc(*(values if i == which else one for i, one in enumerate(inputs)))
    return _rebuilt_all(spectrum, indices, out, has_fill)


def _of_two(ufunc: np.ufunc, a: Spectrum, b: Spectrum) -> Any:
    """A ufunc of two arrays of one shape in the standard basis. O(ka + kb)."""
    indices, va, vb, has_fill = aligned(a, b)
    return _rebuilt_all(a, indices, ufunc(va, vb), has_fill)


def _linear(ufunc: np.ufunc, inputs: Any) -> Spectrum | None:
    """The result on the coefficients alone, if the ufunc is linear and nothing overflows."""
    out: Spectrum | None = None
    arrays = [one.spectrum for one in inputs if isinstance(one, VirtualQArray)]
    if len(arrays) == len(inputs) == 1 and ufunc in _UNARY:
        out = arithmetic.map_values(arrays[0], ufunc)
    elif len(arrays) == len(inputs) == 1 and ufunc is np.conjugate:
        out = arithmetic.conjugate(arrays[0])
    elif len(arrays) == 2 and ufunc in _SUMS and arithmetic.have_same_space(*arrays):
        out = arithmetic.combine(ufunc, *arrays)
    elif len(arrays) == 1 and len(inputs) == 2 and ufunc in _SCALED:
        first = isinstance(inputs[0], VirtualQArray)
        factor = inputs[1] if first else inputs[0]
        if _is_scalar(factor) and (first or ufunc is np.multiply):
            if ufunc is np.divide and factor == 0:
                return None
            out = arithmetic.map_values(
                arrays[0],
                (lambda x: ufunc(x, factor)) if first else (lambda x: ufunc(factor, x)),
            )
    if out is None or not np.isfinite(out.eigenvalues).all():
        return None
    return out


@ufunc_rule(Tier.CLOSED, [None])
def elementwise(ufunc: np.ufunc, method: str, inputs: Any, kwargs: Any) -> Any:
    """Any ufunc on any operands.

    Closed for one array with scalars, or two arrays of one shape, in the standard basis, and
    for linear ufuncs of arrays in one basis; else dense, within the memory budget.
    """
    if method == "__call__" and not kwargs and ufunc.signature is None:
        if len(inputs) == 2:
            a, b = inputs
            if type(a) is VirtualQArray and type(b) is VirtualQArray:
                sa, sb = a.spectrum, b.spectrum
                if sa.is_standard and sb.is_standard and sa.shape == sb.shape:
                    return _of_two(ufunc, sa, sb)
        arrays = [i for i, one in enumerate(inputs) if isinstance(one, VirtualQArray)]
        if (
            len(arrays) == 1
            and inputs[arrays[0]].spectrum.is_standard
            and all(_is_scalar(one) for i, one in enumerate(inputs) if i != arrays[0])
        ):
            return _with_scalars(ufunc, inputs, arrays[0])
        spectral = not any(inputs[i].spectrum.is_standard for i in arrays)
        if spectral:
            out = _linear(ufunc, inputs)
            if out is not None:
                return VirtualQArray(out)
    if method == "at" and isinstance(inputs[0], VirtualQArray):
        raise TypeError(f"np.{ufunc.__name__}.at cannot write to a VirtualQArray")
    return call_dense(getattr(ufunc, method), inputs, kwargs)
