"""Elementwise ufuncs of arrays in the standard basis: closed, on merged indices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..accuracy.propagation import ufunc_bound
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.fill import append_fill, split_fill
from ..core.source import Source
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import ELEMENT_KINDS, Array, Shape, zero_of
from ..errors import MaterializationError
from ..ops.align import aligned, aligned_all, computed
from ..ops.basis_change import to_dense
from ..ops.bounds import bounded, rescaled
from ..ops.broadcast import broadcast_shape, broadcast_to
from ..sources.element_functions import Masked
from ..sources.repeated import repeated
from .operands import proxy
from .smaller_operands import with_smaller

_INSTEAD = "compute a part of it, or raise the budget"
_NO_ZEROS = "divide by numpy.maximum(divisor, tiny), which has no zeros to divide zeros by"
_DIVISIONS = frozenset((np.divide, np.floor_divide, np.remainder, np.fmod, np.divmod))
#: Stored elements from which a call asks the budget: fewer fit any.
_ASKED_FROM = 1 << 12

#: Ufuncs of an array and scalars that change every norm by one factor.
_SCALINGS = frozenset((np.negative, np.positive, np.conjugate, np.multiply, np.divide))


def with_error(
    ufunc: Callable[..., Any],
    operands: Sequence[Any],
    result: Any,
    kwargs: dict[str, Any] | None = None,
) -> Any:
    """Give `result` the bound that follows from those of the operands, or an unknown one."""
    if isinstance(result, tuple):
        return tuple(with_error(ufunc, operands, part, kwargs) for part in result)
    if not isinstance(result, Spectrum):
        return result
    bounds = [operand.error if isinstance(operand, Source) else None for operand in operands]
    errors = [0.0 if bound is None else bound.absolute for bound in bounds]
    absolute = float("inf")
    sources = [operand for operand in operands if isinstance(operand, Source)]
    is_plain = not kwargs or (
        kwargs == {"dtype": result.dtype}
        and all(np.can_cast(source.dtype, result.dtype) for source in sources)
    )
    if is_plain and result.dtype.kind in "fc":
        absolute = ufunc_bound(ufunc, operands, errors, result.shape)
    if ufunc in _SCALINGS and len(sources) == 1 and sources[0].shape == result.shape:
        old = sources[0].error
        if old is not None and old.absolute and 0.0 < absolute < float("inf"):
            return rescaled(result, old, absolute / old.absolute)
    return bounded(result, absolute)


def _spectra_of(like: Spectrum, indices: Array | None, out: Any, has_fill: bool) -> Any:
    """Results at common indices, the last one that of the fill value where there is one."""
    if isinstance(out, tuple):
        made = tuple(_spectra_of(like, indices, part, has_fill) for part in out)
        return None if any(spectrum is None for spectrum in made) else made
    if out.dtype.kind not in ELEMENT_KINDS:
        return None  # objects are NumPy's to hold
    if not like.shape:
        return out[0]  # a ufunc of 0-d arrays returns a scalar
    out, fill = split_fill(out, has_fill)
    if indices is None:
        return Spectrum(like.shape, out.dtype, like.bases, out, None, fill)
    return compact(like.shape, out.dtype, like.bases, out, indices, fill)


def _require(*arrays: Spectrum, kind: np.dtype[Any] | None = None) -> None:
    """Ask for the result of arrays of one shape: all that they store, or all positions."""
    count = min(sum(x.nactive for x in arrays), arrays[0].space)
    is_dense = any(x.active_indices is None for x in arrays)
    kinds = [kind, *(x.dtype for x in arrays)]
    each = max(kind.itemsize for kind in kinds if kind is not None) + (
        0 if is_dense else arrays[0].indices().itemsize
    )
    require_budget(count * each, _INSTEAD)


def _require_merge(arrays: Sequence[Spectrum], shape: Shape) -> None:
    """Ask for what arrays are repeated to, what they are at common indices, and the result."""
    space = prod(shape)
    stored = [x.nactive * (space // max(x.space, 1)) for x in arrays]
    count = min(sum(stored), space)
    if count <= _ASKED_FROM:
        return
    widths = [x.dtype.itemsize for x in arrays]
    index = 0 if any(x.active_indices is None for x in arrays) else arrays[0].indices().itemsize
    repeated = [
        number * (width + index)
        for number, width, x in zip(stored, widths, arrays, strict=True)
        if x.shape != shape
    ]
    require_budget(sum(repeated) + count * (sum(widths) + index), _INSTEAD)


def of_two(ufunc: np.ufunc, a: Spectrum, b: Spectrum) -> Any:
    """Return a ufunc of two arrays of one shape in the standard basis. O(ka + kb)."""
    result: Any
    done = None
    if len(a.eigenvalues) + len(b.eigenvalues) >= _ASKED_FROM:
        _require(a, b)
        done = computed(ufunc, a, b)
    if done is None:
        indices, va, vb, has_fill = aligned(a, b)
        result = _spectra_of(a, indices, ufunc(va, vb), has_fill)
    else:
        indices, out, fill = done
        result = compact(a.shape, out.dtype, a.bases, out, indices, fill, dropped=True)
    if a.error is not None or b.error is not None:
        return with_error(ufunc, (a, b), result)
    return result


def of_one(ufunc: np.ufunc, x: Spectrum, operands: Sequence[Any], slot: int) -> Any:
    """Apply a ufunc to an array in the standard basis, operand number `slot`, and scalars. O(k)."""
    if len(x.eigenvalues) > _ASKED_FROM:
        _require(x, kind=np.result_type(x.dtype, *operands[:slot], *operands[slot + 1 :]))
    values, has_fill = append_fill(x)
    given = list(operands)
    given[slot] = values
    out = ufunc(*given)
    result = _spectra_of(x, x.active_indices, out, has_fill)
    if x.error is not None:
        scalars = (x if i == slot else operand for i, operand in enumerate(operands))
        return with_error(ufunc, tuple(scalars), result)
    return result


def _single(spectrum: Spectrum) -> Array | None:
    """Return the element of an array of size 1, shape (1,), else None."""
    if prod(spectrum.shape) != 1:
        return None
    return spectrum.eigenvalues if spectrum.nactive else np.full(1, spectrum.fill_value)


def of_standard(
    ufunc: np.ufunc,
    operands: list[Any],
    shape: tuple[int, ...],
    kwargs: dict[str, Any],
    outs: Sequence[Spectrum | None],
    where: Any,
) -> Any:
    """Return a ufunc of arrays in the standard basis and scalars, closed.

    Parameters
    ----------
    operands : list
        Spectra in the standard basis and scalars.
    shape : tuple of int
        What they broadcast to, of the outputs where there are any.
    outs : sequence of Spectrum or None
        What is in the outputs now, for each that is given: their dtypes count, and their elements
        where `where` is false.
    where : True or Spectrum of bool

    Returns
    -------
    Spectrum, or scalar for no dimensions, or a tuple of them for several outputs
    """
    smaller_shape = _common_shape(operands, where, outs, shape)
    if smaller_shape != shape:
        smaller = [
            None if out is None else constant(out.fill_value, smaller_shape, out.dtype)
            for out in outs
        ]
        result = of_standard(ufunc, operands, smaller_shape, kwargs, smaller, where)
        return _stretched(result, shape)
    try:
        result = _merged(ufunc, operands, shape, kwargs, outs, where)
    except MaterializationError as error:
        if ufunc in _DIVISIONS:
            error.advise(_NO_ZEROS)
        raise
    if where is True:
        given: Sequence[Any] = operands
        call: Callable[..., Any] = ufunc
    else:
        # What the outputs had stays where the mask is false.
        given, call, kwargs = [where, *outs, *operands], Masked(ufunc, kwargs), {}
    for source in given:
        if isinstance(source, Source) and source.error is not None:
            return with_error(call, given, result, kwargs)
    return result


def _common_shape(
    operands: Sequence[Any], where: Any, outs: Sequence[Spectrum | None], shape: Shape
) -> Shape:
    """Return the shape without the axes along which the result repeats, of length 1 there."""
    for operand in operands:
        if isinstance(operand, Spectrum) and operand.shape == shape:
            return shape
    if 0 in shape or (where is not True and any(out is not None for out in outs)):
        return shape
    common = broadcast_shape(
        [operand.shape for operand in (*operands, where) if isinstance(operand, Spectrum)]
    )
    return common if prod(common) < prod(shape) else shape


def _stretched(result: Any, shape: Shape) -> Any:
    if isinstance(result, tuple):
        return tuple(_stretched(part, shape) for part in result)
    return repeated(result if isinstance(result, Source) else constant(result, ()), shape)


def _closed(
    ufunc: np.ufunc,
    operands: list[Any],
    shape: tuple[int, ...],
    kwargs: dict[str, Any],
    outs: Sequence[Spectrum | None],
    where: Any,
) -> Any:
    """Return the results of operands of several shapes, where `with_smaller` has them."""
    if where is True:
        dtypes = [None if out is None else out.dtype for out in outs]
        return with_smaller(ufunc, operands, shape, kwargs, dtypes)
    if ufunc.nout != 1:
        return None
    return with_smaller(Masked(ufunc, kwargs), [where, outs[0], *operands], shape, {})


def _dense(
    ufunc: Callable[..., Any],
    operands: list[Any],
    shape: tuple[int, ...],
    kwargs: dict[str, Any],
    outs: Sequence[Spectrum | None],
    where: Any,
) -> Any:
    """Return a ufunc of arrays of several shapes, of which one stores all: NumPy broadcasts them.

    Raises MaterializationError where the results are over the memory budget.
    """
    kinds = ufunc(*map(proxy, operands), **kwargs)
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    each = sum(kind.itemsize for kind in kinds)
    if not isinstance(ufunc, np.ufunc):
        # Functions of elements make arrays on the way.
        each += max(
            8, *(operand.dtype.itemsize for operand in operands if hasattr(operand, "dtype"))
        )
    require_budget(prod(shape) * each, _INSTEAD)
    given = [
        to_dense(operand) if isinstance(operand, Spectrum) else operand for operand in operands
    ]
    kwargs = dict(kwargs)
    if where is not True:
        kwargs["where"] = to_dense(where)
        kwargs["out"] = tuple(None if out is None else to_dense(out) for out in outs)
    elif any(out is not None for out in outs):
        kwargs["out"] = tuple(None if out is None else np.empty(shape, out.dtype) for out in outs)
    out = ufunc(*given, **kwargs)
    bases = (STANDARD,) * len(shape)
    made = [
        None
        if part.dtype.kind not in ELEMENT_KINDS
        else Spectrum(shape, part.dtype, bases, part.reshape(-1), None, zero_of(part.dtype))
        for part in (out if isinstance(out, tuple) else (out,))
    ]
    if any(result is None for result in made):
        return None
    return tuple(made) if len(made) > 1 else made[0]


def _merged(
    ufunc: np.ufunc,
    operands: list[Any],
    shape: tuple[int, ...],
    kwargs: dict[str, Any],
    outs: Sequence[Spectrum | None],
    where: Any,
) -> Any:
    masked = where is not True
    arrays = [array for array in (*operands, where) if isinstance(array, Spectrum)]
    if [array.shape for array in arrays] != [shape] * len(arrays):
        closed = _closed(ufunc, operands, shape, kwargs, outs, where)
        if closed is not None:
            return closed
        if any(array.active_indices is None and array.space > 1 for array in arrays):
            return _dense(ufunc, operands, shape, kwargs, outs, where)
    _require_merge([*arrays, *(out for out in outs if masked and out is not None)], shape)
    full: list[Spectrum] = []
    given: list[Any] = list(operands)
    slots: list[int] = []
    for slot, operand in enumerate(operands):
        if not isinstance(operand, Spectrum):
            continue
        if operand.shape != shape:
            element = _single(operand)
            if element is not None:
                given[slot] = element
                continue
            operand = broadcast_to(operand, shape)
        slots.append(slot)
        full.append(operand)
    if masked:
        full.append(where if where.shape == shape else broadcast_to(where, shape))
        full.extend(out for out in outs if out is not None)
    if not full:
        full = [constant(np.int8(0), shape)]
    indices, values, has_fill = aligned_all(full)
    for i, value in zip(slots, values, strict=False):
        given[i] = value
    size = values[0].size
    if masked or list(outs) != [None] * len(outs):
        kwargs = dict(kwargs)
        old = iter(values[len(slots) + 1 :]) if masked else None
        kwargs["out"] = tuple(
            None
            if out is None
            else (next(old).copy() if old is not None else np.empty(size, out.dtype))
            for out in outs
        )
        if masked:
            kwargs["where"] = values[len(slots)]
    out = ufunc(*given, **kwargs)
    if not slots and not masked:
        out = _repeated(out, size)
    return _spectra_of(full[0], indices, out, has_fill)


def _repeated(out: Any, size: int) -> Any:
    if isinstance(out, tuple):
        return tuple(_repeated(part, size) for part in out)
    return np.broadcast_to(out, (size,)).copy()
