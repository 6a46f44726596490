"""Sums of products of elements over some axes, on coefficients.

The functions of a basis are orthonormal, so a sum over an axis of products of elements is the sum
of products of coefficients (Parseval, 1799). Along the axes that stay, the functions are
multiplied as `convolution.product` says, or elements where those axes are standard.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, TypeGuard

import numpy as np

from .. import kernels
from ..accuracy.propagation import product_error
from ..bases import STANDARD
from ..core.error_bound import ErrorBound
from ..core.pages import PAGE
from ..core.runs import distinct
from ..core.source import Source
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import Array, zero_of
from ..ops.basis_change import constant_functions, dot, gather_sums, linear, norm
from ..ops.bounds import bounded, rounds
from ..ops.linear import cast, combine, conjugate, have_same_space, map_values, real_part
from ..ops.sums import constant_places, sum_closed
from ..sources import packed_statistics as packed_statistics
from ..sources import packed_uncertainty as packed_uncertainty
from ..sources.expression import Expression
from .coefficient_product import product
from .elementwise import of_two

# Elements of arrays whose variance overflows that are computed.
_MOST_COMPUTED = 1 << 22

# Rows whose squares an expression is the sum of, at most.
_MOST_ROWS = 1024


def _is_plain(spectrum: Source) -> TypeGuard[Spectrum]:
    """Whether coefficients are all that there is to an array."""
    return (
        isinstance(spectrum, Spectrum)
        and not spectrum.diagonal
        and spectrum.size > 0
        and spectrum.fill_value == 0
        and bool(np.isfinite(spectrum.eigenvalues).all())
    )


def _localised(spectrum: Spectrum, axes: Sequence[int]) -> Spectrum:
    """Return the array whose elements along some axes are the coefficients along them. O(1)."""
    dtype = spectrum.eigenvalues.dtype
    bases = tuple(STANDARD if axis in axes else basis for axis, basis in enumerate(spectrum.bases))
    return spectrum.replace(dtype=dtype, bases=bases, fill_value=zero_of(dtype), error=None)


def _meeting(a: Spectrum, b: Spectrum) -> tuple[Array, Array]:
    if a is b:
        return a.eigenvalues, b.eigenvalues
    at_a, at_b = kernels.merge_sorted.intersection(a.indices(), b.indices())
    return a.eigenvalues[at_a], b.eigenvalues[at_b]


def _of_dtype(out: Spectrum, dtype: np.dtype[Any], a: Spectrum, b: Spectrum) -> Spectrum | None:
    """Return sums of products of two arrays as a dtype, with their bound."""
    if not np.isfinite(out.eigenvalues).all():
        return None
    if not (a.is_exact and b.is_exact):
        rounded = rounds(out, a.norm_bound() * b.norm_bound())
        out = bounded(out, product_error(a, b) + rounded)
    if out.dtype.kind == "c" and dtype.kind != "c":
        out = real_part(out)
    return cast(out, dtype, "unsafe")


def inner(a: Source, b: Source, axes: Sequence[int], keepdims: bool = False) -> Any:
    """Return sums over some axes of ``conj(a) * b``.

    Returns None where the two are not in the same bases, and where products along the axes that
    stay are not closed, or too many; see `convolution.product`. O(ka + kb) where all other axes are
    standard; else as many products as there are pairs of coefficients of one place along `axes`.

    `a` and `b`: of one shape; floating or complex.
    """
    if not (_is_plain(a) and _is_plain(b) and have_same_space(a, b)):
        return None
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype.kind not in "fc":
        return None
    # Of products without end the elements may still have some.
    with np.errstate(over="ignore", invalid="ignore"):
        if len(axes) == len(a.shape) and not keepdims:
            x, y = _meeting(a, b)
            total: Any = dot(x, y) if x.dtype == y.dtype == np.float64 else np.vdot(x, y)
            value = total.real if dtype.kind != "c" else total
            return dtype.type(value) if np.isfinite(value) else None
        first, second = _localised(a, axes), _localised(b, axes)
        products: Any = (of_two if first.is_standard else _product)(
            np.multiply, conjugate(first), second
        )
        if products is None:
            return None
        return _of_dtype(sum_closed(products, axes, keepdims), dtype, a, b)


def _product(_: np.ufunc, a: Spectrum, b: Spectrum) -> Spectrum | None:
    return product(a, b)


def energies(a: Any, axes: Sequence[int], keepdims: bool = False) -> Any:
    """Return sums over some axes of squared absolute values.

    Where other axes are not standard, that is an expression of the squares of all that has one
    place along `axes`, so that nothing is lost of small sums, as it is where those are many. None
    where products along the other axes are not closed. O(k log k).
    """
    return _sum_of_energies([a], axes, keepdims) if axes and _is_float(a) else None


def _is_float(a: Source) -> bool:
    return _is_plain(a) and a.dtype.kind in "fc"


def _sum_of_energies(parts: Sequence[Spectrum], axes: Sequence[int], keepdims: bool) -> Any:
    rest = [basis for axis, basis in enumerate(parts[0].bases) if axis not in axes]
    if any(basis is not STANDARD for basis in rest):
        return _squares(parts, axes, keepdims)
    total: Any = None
    for part in parts:
        energy = inner(part, part, axes, keepdims)
        if energy is None:
            return None
        if isinstance(energy, Spectrum):
            energy = real_part(energy) if energy.dtype.kind == "c" else energy
            total = energy if total is None else of_two(np.add, total, energy)
        else:
            total = energy.real if total is None else total + energy.real
    return total


def _places(a: Spectrum, axes: Sequence[int]) -> Array:
    """Return the place along some axes of every coefficient, as a C-order position. O(k)."""
    along, shape = a.coordinates(), a.shape
    return linear(tuple(along[axis] for axis in axes), tuple(shape[axis] for axis in axes))


def _rows(a: Spectrum, axes: Sequence[int], keepdims: bool) -> list[Spectrum]:
    """Cut an array at the places along some axes where it has coefficients. O(k log k)."""
    along, shape = a.coordinates(), a.shape
    rest = [axis for axis in range(len(shape)) if axis not in axes]
    numbers = _places(a, axes)
    lengths = tuple(shape[axis] for axis in rest)
    where = linear(tuple(along[axis] for axis in rest), lengths)
    order = np.argsort(numbers, kind="stable")
    cuts = kernels.radix_sort.run_starts(numbers[order])[1:]
    kept = rest if not keepdims else range(len(shape))
    out_shape = tuple(1 if axis in axes else shape[axis] for axis in kept)
    bases = tuple(STANDARD if axis in axes else a.bases[axis] for axis in kept)
    dtype, values = a.eigenvalues.dtype, a.eigenvalues
    error = None if a.error is None else ErrorBound.unknown()
    return [
        compact(
            out_shape, dtype, bases, values[entries], where[entries], zero_of(dtype), error=error
        )
        for entries in np.split(order, cuts)
        if entries.size
    ]


def _apply(ufunc: np.ufunc, *operands: Source) -> Expression:
    dtype = ufunc(*(np.empty(0, operand.dtype) for operand in operands)).dtype
    return Expression(ufunc, operands, operands[0].shape, dtype, {})


def _added_up(parts: Sequence[Spectrum], axes: Sequence[int], keepdims: bool) -> Any:
    """Sum the squares of many rows, on coefficients: to the rounding of the largest sum."""
    total: Any = None
    for part in parts:
        energy = inner(part, part, axes, keepdims)
        if not isinstance(energy, Spectrum):
            return None
        energy = real_part(energy) if energy.dtype.kind == "c" else energy
        total = energy if total is None else combine(np.add, total, energy)
    # What is rounded may be below zero, as no sum of squares is.
    zero = zero_of(total.dtype)
    return Expression(np.maximum, (total, zero), total.shape, total.dtype, {})


def _squares(parts: Sequence[Spectrum], axes: Sequence[int], keepdims: bool) -> Any:
    """Return the sum of the squares of all rows of some arrays, as an expression."""
    if sum(distinct(_places(part, axes)).size for part in parts) > _MOST_ROWS:
        return _added_up(parts, axes, keepdims)
    rows = [row for part in parts for row in _rows(part, axes, keepdims)]
    terms: list[Source] = []
    for row in rows:
        size = _apply(np.absolute, row) if row.dtype.kind == "c" else row
        terms.append(_apply(np.square, size))
    while len(terms) > 1:
        pairs = zip(terms[::2], terms[1::2], strict=False)
        odd = terms[len(terms) - len(terms) % 2 :]
        terms = [*(_apply(np.add, *pair) for pair in pairs), *odd]
    kept = range(len(parts[0].shape))
    shape = tuple(
        1 if axis in axes else parts[0].shape[axis] for axis in kept if keepdims or axis not in axes
    )
    dtype = parts[0].dtype.type(0).real.dtype
    if not terms:
        return constant(zero_of(dtype), shape)
    total = terms[0]
    if total.dtype == dtype:
        return total
    # Coefficients of halves are wider than their elements.
    kwargs = {"dtype": dtype, "casting": "unsafe"}
    return Expression(np.positive, (total,), shape, dtype, kwargs)


def deviations(a: Any, axes: Sequence[int], keepdims: bool = False) -> Any:
    """Return sums over some axes of squared distances from the mean over them, as `energies`.

    Nothing cancels: what the mean has of a coefficient is taken from it before it is squared.
    """
    if axes and isinstance(a, Spectrum) and a.is_operator:
        return None if len(axes) < 2 or keepdims else _deviation_of_operator(a)
    if not axes or not _is_float(a):
        return None
    axes = sorted(axes)
    count = prod(a.shape[axis] for axis in axes)
    if len(axes) == len(a.shape) and not keepdims:
        return _deviation_of_all(a)
    along = a.coordinates()
    # The coefficients of the constant 1 along the axes.
    ones: Any = np.ones(a.nactive, a.eigenvalues.real.dtype)
    for axis in axes:
        ones = ones * a.bases[axis].sums(a.shape[axis], along[axis], ones.dtype)
    some = np.flatnonzero(ones)
    if np.all(np.abs(np.square(ones[some]) - count) <= count * 1e-14):
        # One function is the constant, so that its coefficient is the mean's.
        return _sum_of_energies([_without(a, some)], axes, keepdims)
    mean = map_values(sum_closed(a, axes, True), lambda x: x / x.real.dtype.type(count))
    lengths = tuple(a.shape[axis] for axis in axes)
    places, first = np.unique(
        linear(tuple(along[axis][some] for axis in axes), lengths), return_index=True
    )
    ones = ones[some][first]
    if places.size * mean.nactive > max(16 * a.nactive, PAGE):
        return None
    parts = [_less(a, axes, mean, places, ones)]
    rest = count - float(np.sum(np.square(ones)))
    if rest > count * 1e-14:
        # The coefficients of the mean that are in no place of the array's.
        parts.append(map_values(mean, lambda x: x * x.real.dtype.type(rest**0.5)))
    return _sum_of_energies(parts, axes, keepdims)


def _deviation_of_all(a: Spectrum) -> Any:
    """As `deviations` over all axes: the energy of what is left of the coefficients. O(k)."""
    values: Any = a.eigenvalues.copy()
    found = constant_places(a, a.nactive)
    places: Any = slice(None)
    ones: Any = np.ones((), values.real.dtype)
    if found is not None:
        places, ones = found
    else:
        for basis, n, index in zip(a.bases, a.shape, a.coordinates(), strict=True):
            ones = ones * basis.sums(n, index, ones.dtype)
    mean = np.sum(ones * values[places]) / values.real.dtype.type(a.size)
    values[places] -= mean * ones
    # The functions that the constant is made of and that are not active.
    rest = a.size - float(np.sum(np.square(ones)))
    beyond = rest * np.square(np.abs(mean)) if rest > a.size * 1e-14 else 0.0
    # Squares overflow as NumPy's do, not as Python's.
    with np.errstate(over="ignore"):
        total = np.square(np.float64(norm(values))) + beyond
    if not np.isfinite(total) and a.size <= _MOST_COMPUTED:
        return None  # the mean may have overflown: that is for the elements to tell
    return a.dtype.type(0).real.dtype.type(total)


def _deviation_of_operator(a: Spectrum) -> Any:
    """As `deviations` of all elements of an operator, from its eigenvalues. O(k).

    Returns None where the constant is made of several of its functions, and one more is inactive.
    """
    n, basis = a.shape[0], a.bases[0]
    found = constant_functions((basis,), a.shape[:1], 1)
    if found is None or found[0].size != 1 or a.dtype.kind not in "fc":
        return None
    # What the function that is constant has of the matrix is its mean.
    values = a.eigenvalues[a.indices() != found[0][0]]
    others = n - 1 - values.size
    with np.errstate(over="ignore"):
        total = np.square(np.float64(norm(values)))
        total += others * np.square(np.abs(np.complex128(a.fill_value)))
    return a.dtype.type(0).real.dtype.type(total) if np.isfinite(total) else None


def _without(a: Spectrum, entries: Array) -> Spectrum:
    kept = np.ones(a.nactive, bool)
    kept[entries] = False
    return a.replace(active_indices=a.indices()[kept], eigenvalues=a.eigenvalues[kept])


def _less(a: Spectrum, axes: Sequence[int], mean: Spectrum, places: Array, ones: Array) -> Spectrum:
    """Return `a` less the mean over some axes, at some places along them. O(k log k)."""
    lengths = tuple(a.shape[axis] for axis in axes)
    there = iter(np.unravel_index(places, lengths))
    along = tuple(
        np.repeat(next(there), mean.nactive) if axis in axes else np.tile(index, places.size)
        for axis, index in enumerate(mean.coordinates())
    )
    indices = np.concatenate([a.indices(), linear(along, a.shape)])
    values = np.concatenate([a.eigenvalues, -np.multiply.outer(ones, mean.eigenvalues).ravel()])
    indices, values = gather_sums(indices, values.astype(a.eigenvalues.dtype, copy=False))
    return a.replace(
        active_indices=indices.astype(a.indices().dtype, copy=False), eigenvalues=values
    )


def sum_of_products(node: Source, axes: Sequence[int], keepdims: bool) -> Any:
    """Return sums over some axes of an expression that is the product of two arrays, as `inner`."""
    if not isinstance(node, Expression) or node.kwargs:
        return None
    if node.ufunc is np.square:
        first = second = node.operands[0]
    elif node.ufunc is np.multiply:
        first, second = node.operands
    else:
        return None
    if not all(isinstance(x, Spectrum) and x.shape == node.shape for x in (first, second)):
        return None
    return inner(conjugate(first) if first.dtype.kind == "c" else first, second, axes, keepdims)
