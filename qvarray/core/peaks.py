"""How much NumPy's functions allocate at their peak: what a call asks of the memory budget."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy import fft, lib, linalg
from numpy.polynomial import polynomial

#: The functions whose rules allocate, over the bytes that their arrays store, at most so much. The
#: others allocate little, or ask for what they need where they know it.
_BY_PEAK: dict[float, tuple[Callable[..., Any], ...]] = {
    1.0: (
        *(np.append, np.argmax, np.argmin, np.argpartition, np.argsort),
        *(np.around, np.astype, np.average, np.choose, np.cumprod, np.cumsum),
        *(np.cumulative_prod, np.cumulative_sum, np.delete, np.flatnonzero),
        *(np.partition, np.resize, np.roll, fft.fftshift, fft.ifftshift),
        *(np.histogram_bin_edges, np.inner, np.median, np.nancumprod),
        *(np.nancumsum, np.nanmean, np.nanprod, np.nansum, np.nonzero, np.outer),
        *(np.round, np.searchsorted, np.setxor1d, np.sort, np.std, np.union1d),
        *(np.unique_counts, np.unique_values, np.var, np.where),
        *(linalg.eigh, linalg.inv, linalg.lstsq, linalg.matrix_power, linalg.norm),
        *(linalg.solve, linalg.vecdot, linalg.vector_norm, lib.scimath.logn),
    ),
    1.5: (
        *(np.allclose, np.argwhere, np.block, np.broadcast_to, np.copyto, np.cross, np.diag),
        *(np.diagflat, np.digitize, np.fill_diagonal, np.histogram2d, np.intersect1d),
        *(np.isclose, np.nan_to_num, np.nanargmax, np.nanargmin, np.ravel_multi_index),
        *(np.kron, np.sinc, np.sort_complex, np.trim_zeros),
        *(linalg.cond, linalg.cross, linalg.matmul, linalg.multi_dot),
    ),
    2.0: (
        *(
            np.apply_along_axis,
            np.apply_over_axes,
            np.clip,
            np.histogramdd,
            np.hsplit,
            np.isin,
        ),
        *(
            np.pad,
            np.put,
            np.repeat,
            np.take,
            np.take_along_axis,
        ),
        *(np.unravel_index, np.unstack, linalg.eig, linalg.svd),
        *(lib.scimath.arccos, lib.scimath.arcsin, lib.scimath.arctanh),
    ),
    2.5: (
        *(np.array_split, np.convolve, np.ediff1d, np.histogram, np.interp, np.nanmedian),
        *(np.nanstd, np.nanvar, np.put_along_axis, np.select, np.split, np.trapezoid),
        linalg.pinv,
    ),
    3.0: (
        *(np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.require),
        *(np.column_stack, np.concatenate, np.correlate, np.dstack, np.hstack),
        *(
            np.nanpercentile,
            np.nanquantile,
            np.place,
            np.real_if_close,
            np.putmask,
            np.setdiff1d,
            np.stack,
        ),
        *(np.unique, np.unique_all, np.unique_inverse, np.vstack),
    ),
    4.0: (np.corrcoef, np.cov, np.diff, np.gradient, np.percentile, np.quantile, np.unwrap),
    5.0: (
        *(np.extract, np.i0, np.insert),
        # Of lengths that have a large prime factor.
        *(fft.fft, fft.fft2, fft.fftn, fft.ifft, fft.ifft2, fft.ifftn, fft.hfft, fft.ihfft),
        *(fft.irfft, fft.irfft2, fft.irfftn, fft.rfft, fft.rfft2, fft.rfftn),
    ),
    6.0: (np.bincount, np.compress),
    8.0: (np.ix_, np.lexsort),
}

#: The peak of a rule, over the bytes that its arrays store; tests/core/test_peaks.py measures it.
PEAKS = {function: peak for peak, functions in _BY_PEAK.items() for function in functions}

#: The peak of NumPy's own functions, and SciPy's, over the bytes of their arrays when those are
#: dense: the arrays themselves, what the functions allocate, and the result's conversion.
DENSE_PEAKS: dict[Callable[..., Any], float] = {
    np.piecewise: 6.0,
    np.polyadd: 3.0,
    np.polyder: 3.0,
    np.polyfit: 3.0,
    np.polyint: 3.0,
    np.polymul: 3.0,
    np.polysub: 3.0,
    np.unpackbits: 16.0,
    polynomial.polyval2d: 4.0,
    linalg.svd: 7.0,
    # Real samples become complex ones on the way.
    **dict.fromkeys((fft.fft, fft.fft2, fft.fftn, fft.ifft, fft.ifft2, fft.ifftn), 3.0),
    **dict.fromkeys((fft.hfft, fft.ihfft, fft.irfft, fft.irfft2, fft.irfftn), 3.0),
}

#: That of all others: the dense arguments, and a result as large.
DENSE = 2.0


#: What NumPy's functions take: arrays of any library, numbers, and lists of them.
Argument: TypeAlias = Any


def first_shape(obj: Argument) -> tuple[int, ...]:
    """Return the shape of an array, or of an array-like, of whose arrays the first tells."""
    if hasattr(obj, "shape"):
        shape: tuple[int, ...] = obj.shape
        return shape
    if type(obj) in (list, tuple) and obj:
        return (len(obj), *first_shape(obj[0]))
    return np.shape(obj)


def _joint(*shapes: Sequence[int]) -> float:
    """Return how many elements arrays of some shapes have together, broadcast."""
    ndim = max(map(len, shapes))
    longer = [(1,) * (ndim - len(shape)) + tuple(shape) for shape in shapes]
    # Where one has no elements, none has.
    return float(prod(0 if 0 in axis else max(axis) for axis in zip(*longer, strict=True)))


def _width(*objs: Argument) -> int:
    """Return the bytes of an element that is computed of those of some arrays."""
    return max(8, *(getattr(getattr(obj, "dtype", None), "itemsize", 8) for obj in objs))


def _of_lstsq(a: Argument, b: Argument, *_: Argument, **__: Argument) -> float:
    # LAPACK solves in the place of the right side, in an array as long as either.
    return 3.0 * max(first_shape(a)) * prod(first_shape(b)[1:]) * _width(a, b)


def _of_solve(a: Argument, b: Argument) -> float:
    first, second = first_shape(a), first_shape(b)
    core = second[-2:] if len(second) > 1 else second
    return 2.0 * _joint(first[:-2], second[:-2]) * prod(core) * _width(a, b)


def _of_svd(
    a: Argument, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> float:
    *stack, m, n = first_shape(a)
    is_whole = full_matrices and compute_uv and not hermitian
    return 2.0 * prod(stack) * (m * m + n * n) * _width(a) * is_whole


def _of_qr(a: Argument, mode: str = "reduced") -> float:
    *stack, m, _ = first_shape(a)
    return 2.0 * prod(stack) * m * m * _width(a) * (mode == "complete")


def _of_polyfit(x: Argument, y: Argument, deg: Argument, *_: Argument, **__: Argument) -> float:
    # The matrix of powers, its squares, its columns scaled, and what LAPACK makes of them.
    return 4.0 * prod(first_shape(x)) * (float(np.max(deg)) + 1) * _width(x, y)


def _of_polyval(p: Argument, x: Argument) -> float:
    return 3.0 * _joint(first_shape(p)[1:], first_shape(x)) * _width(p, x)


def _of_polyval2d(x: Argument, y: Argument, c: Argument) -> float:
    # More axes of the coefficients are broadcast against those of the points.
    return 3.0 * _joint(first_shape(x), first_shape(y), first_shape(c)[1:]) * _width(x, y, c)


def _of_polygrid2d(x: Argument, y: Argument, c: Argument) -> float:
    return 3.0 * prod((*first_shape(x), *first_shape(y), *first_shape(c)[2:])) * _width(x, y, c)


def _of_quantiles(
    a: Argument, q: Argument, axis: Argument = None, *_: Argument, **__: Argument
) -> float:
    shape = first_shape(a)
    axes = np.atleast_1d(range(len(shape)) if axis is None else axis) % max(len(shape), 1)
    lines = prod(n for number, n in enumerate(shape) if number not in axes)
    # The elements on both sides of a quantile, weights, and their sums.
    return 5.0 * prod(first_shape(q)) * lines * 8


def _of_powers(x: Argument, N: Argument = None, increasing: bool = False) -> float:  # noqa: ARG001
    n = first_shape(x)[0]
    return 2.0 * n * (n if N is None else max(int(N), 0)) * 8


def _of_table(
    _: Argument, test_elements: Argument, *__: Argument, kind: Argument = None, **___: Argument
) -> float:
    # A table has an element for every integer between the least and the largest: of integers.
    numbers = np.asarray(test_elements)
    if kind != "table" or not numbers.size or numbers.dtype.kind not in "biu":
        return 0.0
    return float(numbers.max()) - float(numbers.min()) + 1


def _of_rank(
    A: Argument, tol: Argument = None, *_: Argument, rtol: Argument = None, **__: Argument
) -> float:
    # Singular values that count, and their numbers.
    tolerance = first_shape(tol if rtol is None else rtol)
    return 8.0 * _joint(first_shape(A)[:-2], tolerance) + _joint(
        first_shape(A)[:-1], (*tolerance, 1)
    )


def _together(each: int) -> Callable[..., float]:
    """Return what asks for so many bytes for each element of two arrays, broadcast."""
    return lambda x, y, *_, **__: each * _joint(first_shape(x), first_shape(y))


#: The bytes of results of NumPy's own functions, with those of what they make on the way, that are
#: larger than the arguments: by the arguments, arrays of any library among them.
RESULTS: dict[Callable[..., Any], Callable[..., float]] = {
    np.busday_count: _together(8),
    np.busday_offset: _together(8),
    np.datetime_as_string: lambda arr, *_, **__: 128.0 * prod(first_shape(arr)),
    np.isin: _of_table,
    np.polyfit: _of_polyfit,
    np.polyval: _of_polyval,
    np.vander: _of_powers,
    linalg.lstsq: _of_lstsq,
    linalg.matrix_rank: _of_rank,
    linalg.qr: _of_qr,
    linalg.solve: _of_solve,
    linalg.svd: _of_svd,
    polynomial.polygrid2d: _of_polygrid2d,
    polynomial.polyval2d: _of_polyval2d,
    **dict.fromkeys((np.quantile, np.nanquantile, np.percentile, np.nanpercentile), _of_quantiles),
}


def _of_ufunc(ufunc: np.ufunc, *operands: Argument, **_: Argument) -> float:
    """Return by how much the results of a ufunc are larger than its operands, which broadcast."""
    shapes = list(map(first_shape, operands[: ufunc.nin]))
    cores = [core.split(",") for core in re.findall(r"\(([^)]*)\)", ufunc.signature or "")]
    lengths: dict[str, int] = {"": 1}
    for number, (axes, shape) in enumerate(zip(cores, shapes, strict=False)):
        count = min(len([axis for axis in axes if axis]), len(shape))
        shapes[number] = shape[: len(shape) - count]
        lengths.update(zip(axes, shape[len(shape) - count :], strict=False))
    made = [prod(lengths.get(axis, 1) for axis in core) for core in cores[ufunc.nin :]]
    more = _joint(*shapes) * sum(made or [ufunc.nout]) - sum(prod(first_shape(x)) for x in operands)
    return max(more, 0.0) * _width(*operands)


def _of_outer(ufunc: np.ufunc, a: Argument, b: Argument, **_: Argument) -> float:
    # Few that are not zero are copied once more.
    return 1.5 * prod(first_shape(a)) * prod(first_shape(b)) * ufunc.nout * _width(a, b)


def _size_of(function: Callable[..., Any]) -> Callable[..., float] | None:
    """Return what tells the bytes of a function's results, by its arguments; None if they fit."""
    if isinstance(function, np.ufunc):
        return partial(_of_ufunc, function)
    ufunc = getattr(function, "__self__", None)
    if isinstance(ufunc, np.ufunc):
        return partial(_of_outer, ufunc) if function.__name__ == "outer" else None
    return RESULTS.get(function)


def result_bytes(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> float:
    """Return the bytes of a large result of NumPy's own function, see `RESULTS`; 0.0 of others.

    And where the arguments make no sense, which NumPy is to say.
    """
    size = _size_of(function)
    if size is None:
        return 0.0
    try:
        return size(*args, **kwargs)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return 0.0
