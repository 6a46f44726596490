"""Elementwise ufuncs of arrays in the standard basis: closed, on merged indices."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .. import kernels
from ..accuracy.propagation import ufunc_bound
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import Array, differs_from
from ..ops.align import aligned, computed
from ..ops.basis_change import l2_norm, to_dense
from ..ops.broadcast import broadcast_to

__all__ = ["aligned_all", "of_one", "of_standard", "of_two"]

# A broadcast operand of up to so many elements is looked at whole, to see whether the result has
# one fill value all over.
_LOOK_AT = 1 << 22


#: Ufuncs of an array and scalars that change every norm by one factor.
_SCALINGS = frozenset((np.negative, np.positive, np.conjugate, np.multiply, np.divide))


def with_error(ufunc: np.ufunc, operands: Sequence[Any], result: Any) -> Any:
    """`result`, with a bound that follows from those of the operands, or with an unknown one."""
    if isinstance(result, tuple):
        return tuple(with_error(ufunc, operands, one) for one in result)
    if not isinstance(result, Spectrum):
        return result
    bounds = [one.error if isinstance(one, Source) else None for one in operands]
    errors = [0.0 if bound is None else bound.absolute for bound in bounds]
    absolute = ufunc_bound(ufunc, operands, errors, result.shape)
    sources = [one for one in operands if isinstance(one, Source)]
    if ufunc in _SCALINGS and len(sources) == 1 and sources[0].shape == result.shape:
        old = sources[0].error
        if old is not None and old.absolute and 0.0 < absolute < float("inf"):
            return result.replace(error=old.scaled(absolute / old.absolute))
    error = ErrorBound.of(absolute, l2_norm(result))
    return result.replace(error=error)


def _spectra_of(like: Spectrum, indices: Array | None, out: Any, has_fill: bool) -> Any:
    """Results at common indices, the last one that of the fill value where there is one."""
    if isinstance(out, tuple):
        made = tuple(_spectra_of(like, indices, one, has_fill) for one in out)
        return None if any(one is None for one in made) else made
    if out.dtype.kind not in "biufc":
        return None  # objects are NumPy's to hold
    if not like.shape:
        return out[0]  # a ufunc of 0-d arrays returns a scalar
    if has_fill:
        fill, out = out[-1], out[:-1]
    else:
        fill = out.dtype.type(0)
    if indices is None:
        return Spectrum(like.shape, out.dtype, like.bases, out, None, fill)
    return compact(like.shape, out.dtype, like.bases, out, indices, fill)


def of_two(ufunc: np.ufunc, a: Spectrum, b: Spectrum) -> Any:
    """A ufunc of two arrays of one shape in the standard basis. O(ka + kb)."""
    result: Any
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


def of_one(ufunc: np.ufunc, x: Spectrum, operands: Sequence[Any], at: int) -> Any:
    """A ufunc of one array in the standard basis, the operand number `at`, and of scalars. O(k)."""
    values, indices = x.eigenvalues, x.active_indices
    has_fill = indices is not None and values.size < x.space
    if has_fill:
        size = values.size
        values = np.empty(size + 1, values.dtype)
        values[:size] = x.eigenvalues
        values[size] = x.fill_value
    if len(operands) == 1:
        out = ufunc(values)
    else:
        out = ufunc(operands[0], values) if at else ufunc(values, operands[1])
    result = _spectra_of(x, indices, out, has_fill)
    if x.error is not None:
        scalars = (x if i == at else one for i, one in enumerate(operands))
        return with_error(ufunc, tuple(scalars), result)
    return result


def aligned_all(spectra: Sequence[Spectrum]) -> tuple[Array | None, list[Array], bool]:
    """As `aligned`, of any number of arrays. O(k log k)."""
    if len(spectra) == 2:
        indices, va, vb, has_fill = aligned(*spectra)
        return indices, [va, vb], has_fill
    first = spectra[0]
    if len(spectra) == 1 and first.active_indices is not None:
        indices, has_fill = first.active_indices, first.nactive < first.space
        values = first.eigenvalues
        return indices, [np.append(values, first.fill_value) if has_fill else values], has_fill
    if any(one.active_indices is None for one in spectra):
        return None, [_everywhere(one) for one in spectra], False
    union = np.concatenate([one.indices() for one in spectra])
    union = union[kernels.radix_sort.argsort(union)]
    union = union[kernels.radix_sort.run_starts(union)]
    has_fill = union.size < first.space
    spread = []
    for one in spectra:
        values = np.full(union.size + has_fill, one.fill_value, one.dtype)
        values[union.searchsorted(one.indices())] = one.eigenvalues
        spread.append(values)
    return union, spread, has_fill


def _everywhere(spectrum: Spectrum) -> Array:
    if spectrum.active_indices is None:
        return spectrum.eigenvalues
    return to_dense(spectrum).reshape(-1)


def _single(spectrum: Spectrum) -> Array | None:
    """The element of an array of size 1, shape (1,), else None."""
    if prod(spectrum.shape) != 1:
        return None
    return spectrum.eigenvalues if spectrum.nactive else np.full(1, spectrum.fill_value)


def _with_row(
    ufunc: np.ufunc, operands: list[Any], shape: tuple[int, ...], kwargs: dict[str, Any]
) -> Any:
    """A sparse array with a smaller one that broadcasts to it, if the fill stays one value.

    The small operand is then needed at the active positions only: O(k + its size).
    """
    full = [i for i, one in enumerate(operands) if isinstance(one, Source) and one.shape == shape]
    small = [i for i, one in enumerate(operands) if isinstance(one, Source) and one.shape != shape]
    if len(full) != 1 or len(small) != 1 or ufunc.nout != 1:
        return None
    x, y = operands[full[0]], operands[small[0]]
    if x.active_indices is None or not 0 < prod(y.shape) <= min(_LOOK_AT, prod(shape) // 2):
        return None
    dense = to_dense(y)

    def call(xs: Array, ys: Array) -> Array:
        given = list(operands)
        given[full[0]], given[small[0]] = xs, ys
        return ufunc(*given, **kwargs)

    fills = np.full(dense.size, x.fill_value, x.dtype)
    with np.errstate(all="ignore"):
        results = call(fills, dense.reshape(-1))
    if differs_from(results, results[0]).any():
        return None
    along = np.unravel_index(x.active_indices, shape)[len(shape) - dense.ndim :]
    near = tuple(p if n > 1 else 0 for p, n in zip(along, dense.shape, strict=True))
    ys = np.broadcast_to(dense[near], (x.nactive,))
    # Once more with all of them, so that NumPy warns of each as it would.
    out = call(np.concatenate((x.eigenvalues, fills)), np.concatenate((ys, dense.reshape(-1))))
    values, fill = out[: x.nactive], out[x.nactive]
    return compact(shape, out.dtype, x.bases, values, x.active_indices, fill)


def of_standard(
    ufunc: np.ufunc,
    operands: list[Any],
    shape: tuple[int, ...],
    kwargs: dict[str, Any],
    outs: Sequence[Spectrum | None],
    where: Any,
) -> Any:
    """A ufunc of arrays in the standard basis and scalars, closed.

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
    result = _merged(ufunc, operands, shape, kwargs, outs, where)
    if all(not isinstance(one, Source) or one.error is None for one in operands):
        return result
    return with_error(ufunc, operands, result)


def _merged(
    ufunc: np.ufunc,
    operands: list[Any],
    shape: tuple[int, ...],
    kwargs: dict[str, Any],
    outs: Sequence[Spectrum | None],
    where: Any,
) -> Any:
    masked = where is not True
    if not masked and not any(one is not None for one in outs):
        closed = _with_row(ufunc, operands, shape, kwargs)
        if closed is not None:
            return closed
    full: list[Spectrum] = []
    given: list[Any] = []
    for one in operands:
        element = _single(one) if isinstance(one, Spectrum) and one.shape != shape else None
        if not isinstance(one, Spectrum):
            given.append(one)
        elif element is not None:
            given.append(element)
        else:
            given.append(len(full))
            full.append(one if one.shape == shape else broadcast_to(one, shape))
    slots = [
        i
        for i, one in enumerate(operands)
        if isinstance(one, Spectrum) and not isinstance(given[i], np.ndarray)
    ]
    if masked:
        full.append(where if where.shape == shape else broadcast_to(where, shape))
        full.extend(one for one in outs if one is not None)
    if not full:
        full = [constant(np.int8(0), shape)]
    indices, values, has_fill = aligned_all(full)
    for i, at in zip(slots, range(len(slots)), strict=True):
        given[i] = values[at]
    size = values[0].size
    kwargs = dict(kwargs)
    if any(one is not None for one in outs) or masked:
        old = iter(values[len(slots) + 1 :]) if masked else None
        kwargs["out"] = tuple(
            None
            if one is None
            else (next(old).copy() if old is not None else np.empty(size, one.dtype))
            for one in outs
        )
        if masked:
            kwargs["where"] = values[len(slots)]
    out = ufunc(*given, **kwargs)
    if not slots and not masked:
        out = _repeated(out, size)
    return _spectra_of(full[0], indices, out, has_fill)


def _repeated(out: Any, size: int) -> Any:
    if isinstance(out, tuple):
        return tuple(_repeated(one, size) for one in out)
    return np.broadcast_to(out, (size,)).copy()
