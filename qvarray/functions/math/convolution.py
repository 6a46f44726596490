"""Convolutions: of few elements by sums of their indices, of waves by products."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...accuracy.propagation import product_error
from ...array.densify import call_dense
from ...array.inheritance import is_lossy
from ...array.virtual_array import VirtualQArray
from ...bases import FOURIER, STANDARD, WALSH, Basis
from ...core.budget import fits_budget
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact
from ...core.values import Array, require_size
from ...ops.basis_change import coefficient_dtype, gather_sums, linear, to_bases
from ...ops.bounds import bounded
from ..common import Operand, array_of, spectrum_of

#: How many products in a loop cost as much as one and its place in order.
WORTH = 16
_PAIR = 64  # bytes that a product and its place take
_CHUNK = 12_000  # products at a time: in the cache, and too few for malloc to map new memory


def _pairs(
    x: Spectrum,
    y: Spectrum,
    dtype: np.dtype[Any],
    combine: Sequence[Callable[[Array, Array], Array]],
) -> tuple[list[Array], Array] | None:
    """Combine the coordinates of all pairs of elements, and multiply the elements.

    One element of the longer list after the other, so that sums of indices that are far apart come
    in order. None if there are too many.
    """
    if not fits_budget(x.nactive * y.nactive * _PAIR):
        return None
    swapped = x.nactive < y.nactive
    left, right = (y, x) if swapped else (x, y)
    along = []
    for rule, i, j in zip(combine, left.coordinates(), right.coordinates(), strict=True):
        longer, shorter = i.astype(np.int64, copy=False)[:, None], j.astype(np.int64, copy=False)
        found = rule(shorter, longer) if swapped else rule(longer, shorter)
        along.append(found.reshape(-1))
    a, b = (spectrum.eigenvalues.astype(dtype, copy=False) for spectrum in (left, right))
    with np.errstate(all="ignore"):
        return along, np.multiply.outer(a, b).reshape(-1)


def _is_sparse(x: Spectrum) -> bool:
    return x.is_standard and not x.fill_value and bool(np.isfinite(x.eigenvalues).all())


def _linear(
    a: Operand, v: Operand, first: Callable[[int, int], range], dtype: np.dtype[Any]
) -> Any:
    """Convolve two sparse arrays, for the positions that `first` names; None if that is dense.

    O(ka kb log(ka kb)).
    """
    x, y = spectrum_of(a), spectrum_of(v)
    if not (_is_sparse(x) and _is_sparse(y)):
        return None
    if x.nactive * y.nactive * WORTH > x.size * y.size:
        return None
    require_size((x.size + y.size - 1,))
    part = first(x.size, y.size)
    found = _sums(x, y, dtype, part)
    if found is None:
        return None
    out = compact((len(part),), dtype, (STANDARD,), found[1], found[0], dtype.type(0))
    return VirtualQArray(bounded(out, _lost(x, y, dtype)) if is_lossy((a, v)) else out)


def _sums(
    x: Spectrum, y: Spectrum, dtype: np.dtype[Any], part: range
) -> tuple[Array, Array] | None:
    """Return where two arrays of one axis have products of elements, and the sums of those there.

    Only the positions in `part`, from its start on; None if there are too many. O(ka kb log ka kb).
    """
    if not fits_budget(x.nactive * y.nactive * _PAIR):
        return None
    longest, shortest = (y, x) if x.nactive < y.nactive else (x, y)
    longer, shorter = (s.indices().astype(np.int64, copy=False) for s in (longest, shortest))
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    a, b = (spectrum.eigenvalues.astype(wide, copy=False) for spectrum in (longest, shortest))
    pieces = []
    for low, high in itertools.pairwise(_cuts(longer, shorter)):
        where = np.add.outer(longer[low:high], shorter - part.start).ravel()
        with np.errstate(all="ignore"):
            values = np.multiply.outer(a[low:high], b).ravel()
            if where.size and (where[0] < 0 or where[-1] >= len(part)):
                keep = (where >= 0) & (where < len(part))
                where, values = where[keep], values[keep]
            where, values = gather_sums(where, values)
            # A sum of products that starts with 0 is never -0.
            pieces.append((where, values.astype(dtype, copy=False) + dtype.type(0)))
    where, values = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return where, values


def _cuts(longer: Array, shorter: Array) -> list[int]:
    """Cut a sorted list into parts, of whose sums with another one none is among another part's.

    What is done with the sums of one part is done in the cache, where there are gaps to cut at.
    """
    each = max(1, _CHUNK // max(1, shorter.size))
    if longer.size <= each or not shorter.size:
        return [0, longer.size]
    gaps = np.flatnonzero(longer[1:] - longer[:-1] > shorter[-1] - shorter[0]) + 1
    found = gaps.searchsorted(np.arange(each, longer.size, each))
    cuts = gaps[found[found < gaps.size]]
    return [0, *cuts[np.diff(cuts, prepend=0) > 0].tolist(), longer.size]


def _lost(x: Spectrum, y: Spectrum, dtype: np.dtype[Any]) -> float:
    """Bound the L2 error of a convolution: none is longer than ``|x| sqrt(n) |y|`` (Young). O(k).

    What is rounded where each element is a sum of up to n products is in it.
    """
    if dtype.kind not in "fc":
        return float("inf")
    n = float(min(x.size, y.size))
    terms = min(n, float(min(x.nactive, y.nactive) + 1)) + float(np.log2(max(n, 1.0)))
    rounded = 4.0 * float(np.finfo(dtype).eps) * terms * x.norm_bound() * y.norm_bound()
    return float(n**0.5 * (product_error(x, y) + rounded))


def _part(mode: str, n: int, m: int, turned: bool) -> range:
    """Return the positions of the full convolution that a mode asks for."""
    short, long = sorted((n, m))
    if mode == "full":
        return range(n + m - 1)
    if mode == "valid":
        return range(short - 1, long)
    start = short // 2 if turned else (short - 1) // 2
    return range(start, start + long)


def convolved(function: Callable[..., Any], a: Operand, v: Operand, mode: str) -> Any:
    """Answer np.convolve or np.correlate: by pairs of few elements, else dense."""
    sizes = [np.size(x) for x in (a, v)]
    dims = [np.ndim(x) for x in (a, v)]
    if 0 in sizes or min(dims) < 1 or not isinstance(mode, str):
        return call_dense(function, (a, v, mode), {})
    if max(dims) > 1:
        raise ValueError("object too deep for desired array")
    types = [np.ones(1, getattr(x, "dtype", None) or np.asarray(x).dtype) for x in (a, v)]
    # NumPy knows the modes and the dtype.
    dtype = function(*types, mode).dtype
    if dtype.kind not in "biufc" or mode not in ("full", "same", "valid"):
        return call_dense(function, (a, v, mode), {})
    correlates = function is np.correlate
    turned = correlates and sizes[0] < sizes[1]
    other = np.conjugate(array_of(v)[::-1]) if correlates else v
    out = _linear(a, other, lambda n, m: _part(mode, n, m, turned), dtype)
    if out is not None:
        return out
    lost = _lost(spectrum_of(a), spectrum_of(v), dtype) if is_lossy((a, v)) else 0.0
    return call_dense(function, (a, v, mode), {}, lost)


@function_rule(Tier.CLOSED, np.convolve)
def convolve(a: Operand, v: Operand, mode: str = "full") -> Any:
    """Sum products at sums of indices. O(ka kv log(ka kv)) for few elements; else dense."""
    return convolved(np.convolve, a, v, mode)


def _of_group(
    x: Operand,
    y: Operand,
    basis: Basis,
    combine: Callable[[int, Array, Array], Array],
) -> VirtualQArray:
    """Return the convolution over a group whose characters are the functions of a basis."""
    left, right = spectrum_of(x), spectrum_of(y)
    if left.shape != right.shape:
        raise ValueError(f"arrays of one shape are convolved, got {left.shape} and {right.shape}")
    for n in left.shape:
        basis.check_length(n)
    dtype = np.result_type(left.dtype, right.dtype)
    dtype = dtype if dtype.kind in "fc" else np.dtype(np.float64)
    lost = _lost(left, right, dtype) if is_lossy((x, y)) else 0.0
    sparse = _is_sparse(left) and _is_sparse(right)
    sparse = sparse and left.nactive * right.nactive <= WORTH * left.size
    rules = [partial(combine, n) for n in left.shape]
    pairs = _pairs(left, right, dtype, rules) if sparse else None
    if pairs is not None:
        where, values = pairs
        indices = linear(tuple(where), left.shape)
        if indices.size:
            indices, values = gather_sums(indices, values)
        zero = dtype.type(0)
        out = compact(left.shape, dtype, left.bases, values, indices, zero)
        return VirtualQArray(bounded(out, lost) if lost else out)
    bases = (basis,) * len(left.shape)
    waves: Any = [_coefficients(to_bases(s, bases)) for s in (left, right)]
    product = array_of(np.multiply(*waves)).spectrum
    kind = coefficient_dtype(bases, dtype)
    values = product.eigenvalues.astype(kind) * np.sqrt(kind.type(0).real.dtype.type(left.size))
    zero = dtype.type(0)
    out = product.replace(dtype=dtype, bases=bases, eigenvalues=values, fill_value=zero, error=None)
    return VirtualQArray(bounded(out, lost) if lost else out)


def _coefficients(spectrum: Spectrum) -> VirtualQArray:
    """Return the coefficients as elements."""
    dtype = spectrum.eigenvalues.dtype
    bases, zero = (STANDARD,) * len(spectrum.shape), dtype.type(0)
    return VirtualQArray(spectrum.replace(dtype=dtype, bases=bases, fill_value=zero))


def _sum_modulo(n: int, i: Array, j: Array) -> Array:
    return np.where(i >= n - j, i - (n - j), i + j)


def _xor(_: int, i: Array, j: Array) -> Array:
    return i ^ j


def circular_convolve(x: Operand, y: Operand) -> VirtualQArray:
    """Return the circular convolution, along all axes.

    Parameters
    ----------
    x, y : array_like
        Of one shape.

    Returns
    -------
    VirtualQArray
        ``ifftn(fftn(x) * fftn(y))``, of their common dtype; of ``float64`` for integers and bool.
        In the Fourier basis, but for two sparse arrays.

    Raises
    ------
    ValueError
        For arrays of different shapes.
    MaterializationError
        For arrays in other bases whose lines are over the memory budget.

    Notes
    -----
    O(kx + ky) in the Fourier basis, where eigenvalues are multiplied (the convolution theorem);
    O(kx ky log(kx ky)) for two sparse arrays, whose indices are added.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([1.0, 2.0], [0, 5], 2**40, basis="fourier")
    >>> qv.circular_convolve(x, x).eigenvalues / 2**20
    array([1.+0.j, 4.+0.j])
    >>> qv.circular_convolve([1, 2, 0, 0], [1, 0, 0, 3]).todense()
    array([7., 2., 0., 3.])
    """
    return _of_group(x, y, FOURIER, _sum_modulo)


def dyadic_convolve(x: Operand, y: Operand) -> VirtualQArray:
    """Return the dyadic convolution: sums over pairs of elements whose positions xor to each.

    Parameters
    ----------
    x, y : array_like
        Of one shape, of lengths 2**b.

    Returns
    -------
    VirtualQArray
        ``ifwht(fwht(x) * fwht(y))`` along all axes, of their common dtype; of ``float64`` for
        integers and bool. In the Walsh basis, but for two sparse arrays.

    Raises
    ------
    ValueError
        For arrays of different shapes, and lengths that are no powers of two.
    MaterializationError
        For arrays in other bases whose lines are over the memory budget.

    Notes
    -----
    O(kx + ky) in the Walsh basis, where eigenvalues are multiplied; O(kx ky log(kx ky)) for two
    sparse arrays, whose indices are xored.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.dyadic_convolve([1, 2, 0, 0], [0, 1, 0, 3]).todense()
    array([2., 1., 6., 3.])
    """
    return _of_group(x, y, WALSH, _xor)
