"""Covariance, correlation coefficients, cross-correlation: np.cov, corrcoef, correlate."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy
from numpy.typing import DTypeLike

from ... import kernels
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.numpy_versions import MEAN_OF_NOTHING
from ...core.rules import Tier, function_rule
from ...core.runs import run_offsets
from ...core.spectrum import Spectrum
from ...core.values import Array
from ...ops.broadcast import permute_axes
from ...ops.join import expanded, localised
from ..common import Operand, array_of, standard_of, wrapped
from ..math.convolution import convolved

_INSTEAD = "correlate fewer rows at a time"


def _rows(m: Operand, dtype: np.dtype[Any], rowvar: bool, many: bool) -> Spectrum:
    """Observations of variables, a row for each variable. O(k log k)."""
    x = standard_of(VirtualQArray(standard_of(m)).astype(dtype))
    if len(x.shape) < 2:
        x = x.replace(shape=(1, x.size), bases=(STANDARD, STANDARD))
    return x if rowvar or not many else permute_axes(x, (1, 0))


def _weights(weights: Any, n: int, kind: str) -> Spectrum | None:
    """Return the weights of the observations. Raises RuntimeError or ValueError as ``np.cov``."""
    if weights is None:
        return None
    load = array_of(weights).astype(np.float64)
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
    """Return the observations where some variable, or weight, is not its fill value. O(k)."""
    if any(block.active_indices is None for block in (*blocks, *loads)):
        return np.arange(n)
    each = [block.coordinates()[1] for block in blocks] + [load.indices() for load in loads]
    every, _ = kernels.radix_sort.sorted_order(np.concatenate(each))
    return every[kernels.radix_sort.run_starts(every)].astype(np.int64, copy=False)


def _table(blocks: list[Spectrum], columns: Array, dtype: DTypeLike | None) -> tuple[Array, Array]:
    """Return the elements of all variables at some observations, and the fill value of each."""
    count = sum(block.shape[0] for block in blocks)
    require_budget(3 * count * (columns.size + 1 + count) * np.dtype(dtype).itemsize, _INSTEAD)
    fills = np.concatenate([np.full(block.shape[0], block.fill_value, dtype) for block in blocks])
    table = np.repeat(fills[:, None], columns.size, axis=1)
    first = 0
    for block in blocks:
        row, column = block.coordinates()
        table[first + row, columns.searchsorted(column)] = block.eigenvalues
        first += block.shape[0]
    return table, fills


def _observed(x: VirtualQArray, rowvar: bool, many: bool) -> Spectrum | None:
    """Variables, one to a row, by the coefficients of their observations in a spectral basis."""
    source = x.source.express().stored
    if source is None or source.diagonal or not source.size:
        return None
    if source.dtype.kind not in "fc" or not np.isfinite(source.eigenvalues).all():
        return None
    if len(source.shape) < 2:
        source = expanded(source, *[0] * (2 - len(source.shape)))
    elif not rowvar and many:
        source = permute_axes(source, (1, 0))
    return None if source.bases[1] is STANDARD else localised(source, [0])


def _spectral(both: list[VirtualQArray], rowvar: bool) -> list[Spectrum] | None:
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
    """Return sums of products of distances from the means, of variables by coefficients (Parseval).

    O(k log k + v² u) for v variables of u different coefficients.
    """
    basis, n = blocks[0].bases[1], blocks[0].shape[1]
    columns = _union(blocks, [], n)
    wide = np.result_type(dtype, *(block.eigenvalues.dtype for block in blocks))
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


def _over_freedom(products: Array, factor: float) -> Array:
    """Divide sums of products by the degrees of freedom, in place."""
    if factor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=4)
        factor = 0.0
    products *= np.true_divide(1, factor)
    return products


def _blocks(both: list[VirtualQArray], dtype: np.dtype[Any], rowvar: bool) -> list[Spectrum]:
    """Return the variables of one or two arrays, each in a row, in the standard basis."""
    blocks = [_rows(both[0], dtype, rowvar, both[0].ndim != 1)]
    if len(both) > 1 and blocks[0].shape[0]:
        rows = _rows(both[1], dtype, True, True)
        blocks.append(rows if rowvar or rows.shape[0] == 1 else permute_axes(rows, (1, 0)))
    if any(block.shape[1] != blocks[0].shape[1] for block in blocks):
        raise ValueError("all the input array dimensions except for the axis must match exactly")
    return blocks


def _covariance(
    m: Operand,
    y: Operand | None,
    rowvar: bool,
    bias: bool,
    ddof: int | None,
    fweights: Operand | None,
    aweights: Operand | None,
    dtype: DTypeLike | None,
) -> Array:
    """Return the matrix of covariances, at least 2-D: exactly centred, as NumPy's is.

    O(k log k + v² u) for v variables that differ from their fill values at u observations.
    """
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    freedom = (1 if bias == 0 else 0) if ddof is None else ddof
    both = [array_of(x) for x in (m, y) if x is not None]
    for x, name in zip(both, "my", strict=False):
        if x.ndim > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
    if dtype is None:
        dtype = np.result_type(*(x.dtype for x in both), np.float64)
    dtype = np.dtype(dtype)
    is_plain = fweights is None and aweights is None and dtype.kind in "fc"
    spectral = _spectral(both, rowvar) if is_plain else None
    if spectral is not None:
        return _over_freedom(_products(spectral, dtype), spectral[0].shape[1] - freedom)
    blocks = _blocks(both, dtype, rowvar)
    if blocks[0].shape[0] == 0:
        return np.empty((0, 0))
    n = blocks[0].shape[1]
    sums = _sparse_products(blocks, dtype) if is_plain else None
    if sums is not None:
        return _over_freedom(sums, n - freedom)
    frequencies = _weights(fweights, n, "fweights")
    importances = _weights(aweights, n, "aweights")
    return _weighted_covariance(blocks, frequencies, importances, freedom, dtype)


def _sparse_products(blocks: list[Spectrum], dtype: np.dtype[Any]) -> Array | None:
    """Return sums of products of distances from the means, of variables that are mostly one value.

    Of d, the distances from the fill values, they are ``d @ d.T`` less that of the means. At most
    half of it is lost, where less than half of the observations are active (Cauchy); None for
    others. O(k log k + v²), and the products of entries of one observation.
    """
    n = blocks[0].shape[1]
    if dtype.kind not in "fc" or dtype.char in "gG":
        return None
    if any(block.active_indices is None or 2 * block.nactive > n for block in blocks):
        return None
    where = [block.coordinates() for block in blocks]
    firsts = run_offsets(np.array([block.shape[0] for block in blocks]))
    rows = np.concatenate([first + row for first, (row, _) in zip(firsts, where, strict=True)])
    columns, order = kernels.radix_sort.sorted_order(
        np.concatenate([column for _, column in where])
    )
    values = np.concatenate(
        [block.eigenvalues.astype(dtype) - dtype.type(block.fill_value) for block in blocks]
    )
    if not np.isfinite(values).all():
        return None
    count = sum(block.shape[0] for block in blocks)
    require_budget(3 * count**2 * dtype.itemsize, _INSTEAD)
    # Most observations are of one variable, and add to its own variance alone.
    shared = np.zeros(columns.size, bool)
    np.equal(columns[1:], columns[:-1], out=shared[1:])
    shared[:-1] |= shared[1:]
    single, several = order[~shared], order[shared]
    starts = kernels.radix_sort.run_starts(columns[shared])
    table = scipy.sparse.csr_array(
        (values[several], rows[several], np.append(starts, several.size)),
        shape=(starts.size, count),
    )
    products: Array = (table.T @ table.conj()).toarray()
    squares = np.square(np.abs(values[single])).astype(np.float64, copy=False)
    products[np.diag_indices(count)] += np.bincount(rows[single], squares, count)
    parts = [values.real, values.imag] if dtype.kind == "c" else [values]
    sums = np.array([np.bincount(rows, part, count) for part in parts])
    total = sums[0] + 1j * sums[1] if dtype.kind == "c" else sums[0]
    products -= np.outer(total, total.conj() / n)
    return products.astype(dtype, copy=False)


def _weighted_covariance(
    blocks: list[Spectrum],
    frequencies: Spectrum | None,
    importances: Spectrum | None,
    ddof: int,
    dtype: np.dtype[Any],
) -> Array:
    """Return the covariances of variables in the standard basis, whose observations may weigh."""
    loads = [load for load in (frequencies, importances) if load is not None]
    n = blocks[0].shape[1]
    columns = _union(blocks, loads, n)
    table, fills = _table(blocks, columns, dtype)
    rest = n - columns.size
    # The weights of the observations of the union, and of all the others together.
    load, share = np.ones(columns.size), 1.0
    for weight in loads:
        load, share = load * weight.at(columns), share * float(weight.fill_value)
    others = share * rest
    # A sum of weights is of the type that NumPy has for it; a count is a number of Python's.
    wide = np.result_type(table.real, float)
    total = load.sum(dtype=wide) + others if loads else n
    if total == 0 and loads:
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    factor = total - ddof
    if importances is not None and ddof:
        last = float(importances.fill_value) * others
        factor = total - ddof * (np.sum(load * importances.at(columns)) + last) / total
    if n == 0:
        warnings.warn(MEAN_OF_NOTHING, RuntimeWarning, stacklevel=4)
    sums = (table * load if loads else table).sum(axis=1) + (fills * others if rest else 0)
    center = sums / table.real.dtype.type(total)
    table -= center[:, None]
    out = np.dot(table, (table * load if loads else table).T.conj())
    if rest:
        away = fills - center
        out = out + np.outer(away, away.conj()) * out.real.dtype.type(others)
    return _over_freedom(np.asarray(out), factor)


@function_rule(Tier.CLOSED, np.cov)
def cov(
    m: Operand,
    y: Operand | None = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Operand | None = None,
    aweights: Operand | None = None,
    *,
    dtype: DTypeLike | None = None,
) -> Any:
    """Return the covariances of variables, one to a row."""
    out = _covariance(m, y, rowvar, bias, ddof, fweights, aweights, dtype)
    return wrapped(out.squeeze() if out.size else out, m, y)


@function_rule(Tier.CLOSED, np.corrcoef)
def corrcoef(
    x: Operand, y: Operand | None = None, rowvar: bool = True, *, dtype: DTypeLike | None = None
) -> Any:
    """Return the coefficients of correlation of variables, one to a row."""
    out = _covariance(x, y, rowvar, False, None, None, None, dtype)
    if out.shape == (1, 1):
        variance = out[0, 0]
        return variance / variance
    if not out.size:
        return wrapped(out, x, y)
    deviation = np.sqrt(np.diag(out).real)
    out /= deviation[:, None]
    out /= deviation[None, :]
    np.clip(out.real, -1, 1, out=out.real)
    if out.dtype.kind == "c":
        np.clip(out.imag, -1, 1, out=out.imag)
    return wrapped(out, x, y)


@function_rule(Tier.CLOSED, np.correlate)
def correlate(a: Operand, v: Operand, mode: str = "valid") -> Any:
    """Return the convolution with the second array conjugate and reversed, as `convolve`."""
    return convolved(np.correlate, a, v, mode)
