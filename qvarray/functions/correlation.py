"""Weighted averages, covariances and correlations."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import kernels
from ..array import VirtualQArray
from ..bases import STANDARD
from ..coverage import Tier, function_rule
from ..expression import expressed
from ..joining import expanded, localised
from ..numpy_versions import MEAN_OF_NOTHING
from ..paging import require_budget
from ..selection import at
from ..spectrum import Array, ErrorBound, Spectrum, constant
from ..structure import broadcast_to, permute_axes
from ..transform import sparse, to_dense
from .common import given, spectrum_of, standard_of

__all__: list[str] = []

_UNSET = np._NoValue
_INSTEAD = "correlate fewer rows at a time"


def _virtual(a: Any) -> VirtualQArray:
    return a if isinstance(a, VirtualQArray) else VirtualQArray(spectrum_of(a))


# -- averages -----------------------------------------------------------------------------------


def _fitting(weights: Any, a: VirtualQArray, axis: Any) -> VirtualQArray:
    """Weights of a shape that broadcasts to that of the array."""
    weights = _virtual(weights)
    if weights.shape == a.shape:
        return weights
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = np.lib.array_utils.normalize_axis_tuple(axis, a.ndim, argname="axis")
    if weights.shape != tuple(a.shape[one] for one in axes):
        raise ValueError(
            "Shape of weights must be consistent with shape of a along specified axis."
        )
    order = sorted(range(len(axes)), key=lambda i: axes[i])
    ordered = VirtualQArray(permute_axes(weights.spectrum, order))
    return ordered[tuple(slice(None) if one in axes else None for one in range(a.ndim))]


@function_rule(Tier.CLOSED, np.average)
def average(
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: Any = False,
    *,
    keepdims: Any = _UNSET,
) -> Any:
    """The mean, or the sum of weighted elements over the sum of the weights."""
    a = _virtual(a)
    if axis is not None:
        axis = np.lib.array_utils.normalize_axis_tuple(axis, a.ndim, argname="axis")
    kwargs = given(keepdims=keepdims)
    if weights is None:
        out: Any = np.mean(a, axis=axis, **kwargs)
        scale: Any = out.dtype.type(a.size / out.size)
    else:
        load = _fitting(weights, a, axis)
        dtype = np.result_type(a.dtype, load.dtype, *("f8",) * (a.dtype.kind in "biu"))
        scale = np.sum(load, axis=axis, dtype=dtype, **kwargs)
        if np.any(np.equal(scale, 0.0)):
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        kind: Any = {} if dtype == np.result_type(a.dtype, load.dtype) else {"dtype": dtype}
        out = np.divide(np.sum(np.multiply(a, load, **kind), axis=axis, **kwargs), scale)
    if not returned:
        return out
    if np.shape(scale) != np.shape(out):
        total = spectrum_of(scale)
        if total.size == 1:
            # One value all over is stored once.
            total = constant(to_dense(total).reshape(-1)[0], ())
        scale = VirtualQArray(broadcast_to(total, np.shape(out)))
    return out, scale


# -- covariances --------------------------------------------------------------------------------


def _rows(m: Any, dtype: Any, rowvar: bool, many: bool) -> Spectrum:
    """Observations of variables, a row for each variable. O(k log k)."""
    x = standard_of(VirtualQArray(standard_of(m)).astype(dtype))
    if len(x.shape) < 2:
        x = x.replace(shape=(1, x.size), bases=(STANDARD, STANDARD))
    return x if rowvar or not many else permute_axes(x, (1, 0))


def _weights(weights: Any, n: int, kind: str) -> Spectrum | None:
    """The weights of the observations.

    Raises
    ------
    RuntimeError, ValueError
        As ``np.cov``.
    """
    if weights is None:
        return None
    load = _virtual(weights).astype(np.float64)
    if kind == "fweights" and not np.all(np.equal(load, np.rint(load))):
        raise TypeError("fweights must be integer")
    if load.ndim > 1:
        raise RuntimeError(f"cannot handle multidimensional {kind}")
    if not load.ndim:
        raise IndexError(f"{kind} must have one dimension")
    if load.shape[0] != n:
        raise RuntimeError(f"incompatible numbers of samples and {kind}")
    if np.any(np.less(load, 0)):
        raise ValueError(f"{kind} cannot be negative")
    return standard_of(load)


def _union(blocks: list[Spectrum], loads: list[Spectrum], n: int) -> Array:
    """The observations at which some variable, or some weight, is not its fill value. O(k)."""
    if any(one.active_indices is None for one in (*blocks, *loads)):
        return np.arange(n)
    each = [one.coordinates()[1] for one in blocks] + [one.indices() for one in loads]
    every, _ = kernels.sort.sorted_order(np.concatenate(each))
    return every[kernels.sort.run_starts(every)].astype(np.int64, copy=False)


def _table(blocks: list[Spectrum], columns: Array, dtype: Any) -> tuple[Array, Array]:
    """The elements of all variables at some observations, and the fill value of each."""
    count = sum(one.shape[0] for one in blocks)
    require_budget(3 * count * (columns.size + 1 + count) * np.dtype(dtype).itemsize, _INSTEAD)
    fills = np.concatenate([np.full(one.shape[0], one.fill_value, dtype) for one in blocks])
    table = np.repeat(fills[:, None], columns.size, axis=1)
    first = 0
    for one in blocks:
        row, column = one.coordinates()
        table[first + row, columns.searchsorted(column)] = one.eigenvalues
        first += one.shape[0]
    return table, fills


def _observed(x: VirtualQArray, rowvar: Any, many: bool) -> Spectrum | None:
    """Variables, one to a row, by the coefficients of their observations in a spectral basis."""
    source = expressed(x.source)
    if not isinstance(source, Spectrum) or source.diagonal or not source.size:
        return None
    if source.dtype.kind not in "fc" or not np.isfinite(source.eigenvalues).all():
        return None
    if len(source.shape) < 2:
        source = expanded(source, *[0] * (2 - len(source.shape)))
    elif not rowvar and many:
        source = permute_axes(source, (1, 0))
    return None if source.bases[1] is STANDARD else localised(source, [0])


def _spectral(both: list[VirtualQArray], rowvar: Any) -> list[Spectrum] | None:
    """All variables by coefficients in one basis, if that is what there is."""
    first = _observed(both[0], rowvar, both[0].ndim != 1)
    if first is None:
        return None
    blocks = [first]
    if len(both) > 1:
        second = _observed(both[1], rowvar, both[1].ndim == 2 and 1 not in both[1].shape[:1])
        if second is None or second.bases != first.bases or second.shape[1] != first.shape[1]:
            return None
        blocks.append(second)
    return blocks


def _products(blocks: list[Spectrum], dtype: np.dtype[Any]) -> Array:
    """Sums of products of distances from the means, of variables by coefficients (Parseval).

    O(k log k + v² u) for v variables of u different coefficients.
    """
    basis, n = blocks[0].bases[1], blocks[0].shape[1]
    columns = _union(blocks, [], n)
    wide = np.result_type(dtype, *(one.eigenvalues.dtype for one in blocks))
    table, _ = _table(blocks, columns, wide)
    # The coefficients of the constant 1, of which the mean is a multiple.
    ones = basis.sums(n, columns, table.real.dtype)
    center = table @ ones / table.real.dtype.type(n)
    table -= np.multiply.outer(center, ones)
    out = np.dot(table, table.T.conj())
    rest = n - float(np.sum(np.square(ones)))
    if rest > n * 1e-14:
        out += np.outer(center, center.conj()) * out.real.dtype.type(rest)
    return (out if dtype.kind == "c" else out.real).astype(dtype)


def _covariance(
    m: Any,
    y: Any,
    rowvar: Any,
    bias: Any,
    ddof: Any,
    fweights: Any,
    aweights: Any,
    dtype: Any,
) -> Array:
    """The matrix of covariances, at least 2-D: exactly centred, as NumPy's is.

    O(k log k + v² u) for v variables that differ from their fill values at u observations.
    """
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    both = [_virtual(one) for one in (m, y) if one is not None]
    for one, name in zip(both, "my", strict=False):
        if one.ndim > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
    if dtype is None:
        dtype = np.result_type(*(one.dtype for one in both), np.float64)
    dtype = np.dtype(dtype)
    plain = fweights is None and aweights is None and dtype.kind in "fc"
    spectral = _spectral(both, rowvar) if plain else None
    if spectral is not None:
        factor: Any = spectral[0].shape[1] - ((bias == 0) if ddof is None else ddof)
        if factor <= 0:
            warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
            factor = 0.0
        products = _products(spectral, dtype)
        products *= np.true_divide(1, factor)
        return products
    blocks = [_rows(both[0], dtype, rowvar, both[0].ndim != 1)]
    if blocks[0].shape[0] == 0:
        return np.empty((0, 0))
    if len(both) > 1:
        rows = _rows(both[1], dtype, True, True)
        blocks.append(rows if rowvar or rows.shape[0] == 1 else permute_axes(rows, (1, 0)))
    n = blocks[0].shape[1]
    if any(one.shape[1] != n for one in blocks):
        raise ValueError("all the input array dimensions except for the axis must match exactly")
    frequencies = _weights(fweights, n, "fweights")
    importances = _weights(aweights, n, "aweights")
    loads = [one for one in (frequencies, importances) if one is not None]
    ddof = (1 if bias == 0 else 0) if ddof is None else ddof
    columns = _union(blocks, loads, n)
    table, fills = _table(blocks, columns, dtype)
    rest = n - columns.size
    # The weights of the observations of the union, and of all the others together.
    load, share = np.ones(columns.size), 1.0
    for weight in loads:
        load, share = load * at(weight, columns), share * float(weight.fill_value)
    others = share * rest
    total = float(n) if not loads else load.sum() + others
    if total == 0 and loads:
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    if not loads:
        factor = n - ddof
    elif ddof == 0:
        factor = total
    elif importances is None:
        factor = total - ddof
    else:
        last = float(importances.fill_value) * others
        factor = total - ddof * (np.sum(load * at(importances, columns)) + last) / total
    if n == 0:
        warnings.warn(MEAN_OF_NOTHING, RuntimeWarning, stacklevel=3)
    if factor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        factor = 0.0
    sums = (table * load if loads else table).sum(axis=1)
    if rest:
        sums = sums + fills * others
    center = sums / table.real.dtype.type(total)
    table -= center[:, None]
    out = np.dot(table, (table * load if loads else table).T.conj())
    if rest:
        away = fills - center
        out = out + np.outer(away, away.conj()) * out.real.dtype.type(others)
    out *= np.true_divide(1, factor)
    return np.asarray(out)


def _wrapped(out: Array, *arrays: Any) -> VirtualQArray:
    spectrum = sparse(out)
    if any(isinstance(a, VirtualQArray) and a.source.error is not None for a in arrays):
        spectrum = spectrum.replace(error=ErrorBound.unknown())
    return VirtualQArray(spectrum)


@function_rule(Tier.CLOSED, np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: Any = True,
    bias: Any = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """The covariances of variables, one to a row."""
    out = _covariance(m, y, rowvar, bias, ddof, fweights, aweights, dtype)
    return _wrapped(out.squeeze() if out.size else out, m, y)


@function_rule(Tier.CLOSED, np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: Any = True, *, dtype: Any = None) -> Any:
    """The coefficients of correlation of variables, one to a row."""
    out = _covariance(x, y, rowvar, False, None, None, None, dtype)
    if out.shape == (1, 1):
        one = out[0, 0]
        return one / one
    if not out.size:
        return _wrapped(out, x, y)
    deviation = np.sqrt(np.diag(out).real)
    out /= deviation[:, None]
    out /= deviation[None, :]
    np.clip(out.real, -1, 1, out=out.real)
    if out.dtype.kind == "c":
        np.clip(out.imag, -1, 1, out=out.imag)
    return _wrapped(out, x, y)
