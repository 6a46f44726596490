"""Matrix and vector products: dot, inner, vdot, outer, tensordot, matrix_power, cross, kron."""

from __future__ import annotations

import operator
import warnings
from cmath import isfinite
from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any, SupportsIndex, TypeAlias

import numpy as np

from ... import kernels
from ...accuracy.propagation import product_error
from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact, constant
from ...core.values import Array, Casting, require_size, shape_text
from ...creation.operators import identity
from ...ops.basis_change import coefficient_dtype
from ...ops.bounds import bounded
from ...ops.broadcast import move_axis, permute_axes
from ...ops.linear import cast
from ...sources.diagonal_operator import Mapped
from ...sources.linear_map import LinearMap
from ...ufuncs import by_method
from ...ufuncs.matrix_product import tensor_product
from ...ufuncs.outer import outer as outer_of_elements
from ..common import (
    Operand,
    Output,
    any_np,
    array_of,
    as_arrays,
    flattened,
    is_numeric,
    normalize_axis,
    require_numbers,
    spectrum_of,
)
from ..manipulation.joining import stack, with_ndim
from .matrix_kind import diagonal_of, is_finite, mapped, operator_of, sparse_matrix_of, symbol_of
from .solving import is_certainly_regular

#: Elements of arrays that are not finite that NumPy multiplies.
_FEW = 1 << 16
_PARTS = "multiply parts of them"

_WARNS = has(Behaviour.DOT_OF_NUMBERS_WARNS)

#: How many axes np.tensordot sums over, or which ones of each array.
Contracted: TypeAlias = SupportsIndex | Sequence[SupportsIndex | Sequence[SupportsIndex]]


def _common_coefficients(a: Spectrum, b: Spectrum) -> tuple[Array, Array]:
    """Return the coefficients of two arrays where both are active. O(ka + kb)."""
    if a.active_indices is None and b.active_indices is None:
        return a.eigenvalues, b.eigenvalues
    if a.active_indices is None:
        return a.eigenvalues[b.indices()], b.eigenvalues
    if b.active_indices is None:
        return a.eigenvalues, b.eigenvalues[a.indices()]
    in_a, in_b = kernels.merge_sorted.intersection(a.active_indices, b.active_indices)
    return a.eigenvalues[in_a], b.eigenvalues[in_b]


def _inner_closed(a: Spectrum | None, b: Spectrum | None) -> Any:
    """Return the inner product of arrays of one shape, or None; conjugates a. O(ka + kb)."""
    if a is None or b is None:
        return None
    if a.fill_value or b.fill_value or not (is_finite(a) and is_finite(b)):
        return None
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype.kind == "b" or a.diagonal != b.diagonal:
        return None
    if a.bases == b.bases:
        # The conjugate of a real array is itself, whatever its coefficients are.
        x, y = _common_coefficients(a, b)
        x = x.astype(np.result_type(x, dtype), copy=False)
    elif a.is_standard and a.active_indices is not None and not b.diagonal:
        x, y = a.eigenvalues, b.at(a.active_indices.astype(np.int64))
    elif b.is_standard and b.active_indices is not None and not a.diagonal:
        x, y = a.at(b.active_indices.astype(np.int64)), b.eigenvalues
    else:
        return None
    product = np.asarray(np.dot(np.conjugate(x) if x.dtype.kind == "c" else x, y))
    return (product.real if dtype.kind != "c" else product).astype(dtype)[()]


def _are_finite(*arrays: VirtualQArray) -> bool:
    return all(is_finite(array.spectrum) for array in arrays)


def inner_product(a: VirtualQArray, b: VirtualQArray, conjugate: bool) -> Any:
    """Return the sum of products of all elements of two arrays of one shape, as a scalar.

    O(ka + kb) for coefficients in one basis, by Parseval; at the active elements of one, where the
    other is in another basis; else page by page.
    """
    known = a.source.inner(b.source) if conjugate or a.dtype.kind != "c" else None
    if known is not None:
        return known
    # np.vdot warns of nothing.
    with np.errstate(all="ignore" if conjugate else None):
        return _product_of_coefficients(a, b, conjugate)


def _product_of_coefficients(a: VirtualQArray, b: VirtualQArray, conjugate: bool) -> Any:
    """Return `inner_product` where it takes coefficients, or elements."""
    first: Any = np.conjugate(a) if not conjugate and a.dtype.kind == "c" else a
    closed = _inner_closed(first.source.express().stored, b.source.express().stored)
    if closed is not None and (isfinite(closed) or a.size > _FEW):
        return closed
    dtype = np.result_type(a.dtype, b.dtype)
    overflows = closed is not None
    if dtype.kind in "fc" and a.size <= _FEW and (overflows or not _are_finite(a, b)):
        # What is left of infinities depends on the order in which BLAS adds them up.
        return (np.vdot if conjugate else np.dot)(a.todense(), b.todense())
    if dtype.kind == "b":
        return by_method.reduced(np.logical_or, np.logical_and(first, b), axis=None)
    # NumPy adds up halves in single precision.
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    terms = np.multiply(np.conjugate(first) if a.dtype.kind == "c" else a, b, dtype=wide)
    return dtype.type(by_method.reduced(np.add, terms, axis=None, dtype=wide))


def write(result: Any, out: Any, casting: Casting = "same_kind") -> Any:
    """Return `out`, with a result of its shape written to it, in any basis."""
    if isinstance(out, VirtualQArray):
        out.replace_with(cast(spectrum_of(result), out.dtype, casting))
    else:
        np.copyto(out, np.asarray(result), casting=casting)
    return out


def _accepted(result: Any, out: Output) -> Any:
    """Return the result, or what it was written to: of its shape and dtype, as np.dot demands."""
    if out is None:
        return result
    if not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("'out' must be an array")
    contiguous = isinstance(out, VirtualQArray) or out.flags.c_contiguous
    if out.shape != np.shape(result) or out.dtype != result.dtype or not contiguous:
        raise ValueError(
            "output array is not acceptable (must have the right datatype, number of dimensions, "
            "and be a C-Array)"
        )
    return write(result, out)


def _contracted(a: VirtualQArray, b: VirtualQArray, axis: int) -> Any:
    """Sum up products over the last axis of a and an axis of b, from the end; or decline."""
    require_numbers(a, b)
    position = axis + b.ndim
    if a.shape[-1] != b.shape[position]:
        shapes = f"shapes {shape_text(a.shape)} and {shape_text(b.shape)} not aligned"
        raise ValueError(
            f"{shapes}: {a.shape[-1]} (dim {a.ndim - 1}) != {b.shape[position]} (dim {position})"
        )
    if a.ndim == b.ndim == 1:
        return inner_product(a, b, False)
    is_map = any(isinstance(x.source, LinearMap) for x in (a, b))
    is_matmul = a.ndim <= 2 and b.ndim <= 2 and axis != -b.ndim + 1
    if not (is_map and is_matmul) and not _are_finite(a, b):
        # BLAS has ways of its own with zeros times infinity.
        return NotImplemented
    if is_matmul:
        return _unless_overflown(np.matmul(a, b), a, b)
    product = tensor_product(a.spectrum, b.spectrum, (a.ndim - 1,), (position,))
    return _unless_overflown(VirtualQArray(product), a, b)


def _unless_overflown(result: VirtualQArray, a: VirtualQArray, b: VirtualQArray) -> Any:
    """Return a product, or leave that of small arrays to NumPy where it is not finite."""
    if max(a.size, b.size, result.size) > _FEW:
        return result
    stored = result.source.stored
    return result if stored is None or is_finite(stored) else NotImplemented


def _scaled(a: VirtualQArray, b: VirtualQArray) -> Any:
    """Return the product with an array of no dimensions, as BLAS adds it to zeros. O(k)."""
    require_numbers(a, b)
    dtype = np.result_type(a.dtype, b.dtype)
    if dtype.char in "fdFD" and max(a.ndim, b.ndim) <= 2 and not _WARNS:
        with np.errstate(all="ignore"):
            return _scaled_by(a, b, dtype)
    return _scaled_by(a, b, dtype)


def _scaled_by(a: VirtualQArray, b: VirtualQArray, dtype: np.dtype[Any]) -> Any:
    factor, x = (a, b) if a.ndim == 0 else (b, a)
    if dtype.char not in "fdFD" or x.ndim > 2 or x.size == 1:
        return np.multiply(a, b)
    zero = dtype.type(0)
    if factor[()] == 0:
        # BLAS then leaves the zeros alone, whatever it would multiply.
        return VirtualQArray(constant(zero, x.shape))
    return np.add(np.multiply(a, b), zero)


@function_rule(Tier.CLOSED, np.dot)
def dot(a: Operand, b: Operand, out: Output = None) -> Any:
    """Sum up products over the last axis of a and the last but one of b."""
    x, y = array_of(a), array_of(b)
    if x.ndim == 0 or y.ndim == 0:
        return _accepted(_scaled(x, y), out)
    result = _contracted(x, y, -2 if y.ndim > 1 else -1)
    if result is NotImplemented and out is not None:
        result = np.dot(x, y)
    return result if result is NotImplemented else _accepted(result, out)


@function_rule(Tier.CLOSED, np.inner)
def inner(a: Operand, b: Operand, /) -> Any:
    """Sum up products over the last axes."""
    x, y = array_of(a), array_of(b)
    return _scaled(x, y) if x.ndim == 0 or y.ndim == 0 else _contracted(x, y, -1)


@function_rule(Tier.CLOSED, np.vdot)
def vdot(a: Operand, b: Operand, /) -> Any:
    """Sum up products of all elements, the first conjugated: by Parseval in one basis."""
    x, y = array_of(a), array_of(b)
    if x.shape != y.shape or x.ndim == 0:
        if x.size != y.size:
            raise ValueError(f"cannot take the inner product of {x.size} and {y.size} elements")
        known = x.source.inner(y.source)
        if known is not None:
            return known
        x, y = flattened(x), flattened(y)
    return inner_product(x, y, True)


@function_rule(Tier.CLOSED, np.outer)
def outer(a: Operand, b: Operand, out: Output = None) -> Any:
    """Return products of every element of one array with every element of the other."""
    x, y = flattened(array_of(a)), flattened(array_of(b))
    result: Any
    if x.spectrum.is_standard and y.spectrum.is_standard:
        result = np.multiply.outer(x, y)
    else:
        result = VirtualQArray(tensor_product(x.spectrum, y.spectrum, (), ()))
    if out is None:
        return result
    if np.shape(out) != result.shape:
        return any_np.multiply(result, 1, out=out)  # NumPy repeats it, or tells what is wrong
    return write(result, out)


def _summed_axes(axes: Contracted) -> tuple[list[SupportsIndex], list[SupportsIndex]]:
    """Return the two lists of axes over which np.tensordot sums up.

    Examples
    --------
    >>> _summed_axes(2), _summed_axes((0, [1]))
    (([-2, -1], [0, 1]), ([0], [1]))
    """
    if not np.iterable(axes):
        count = operator.index(axes)
        return list(range(-count, 0)), list(range(count))
    first, second = (list(part) if np.iterable(part) else [part] for part in axes)
    return first, second


@function_rule(Tier.CLOSED, np.tensordot)
def tensordot(a: Operand, b: Operand, axes: Contracted = 2) -> Any:
    """Sum up products over several axes."""
    axes_a, axes_b = _summed_axes(axes)
    is_double = len(set(axes_a)) < len(axes_a) or len(set(axes_b)) < len(axes_b)
    if is_double and has(Behaviour.TENSORDOT_CHECKS_DUPLICATES):
        raise ValueError("duplicate axes are not allowed in tensordot")
    x, y = array_of(a), array_of(b)
    require_numbers(x, y)
    fits = len(axes_a) == len(axes_b)
    if not fits or any(x.shape[i] != y.shape[j] for i, j in zip(axes_a, axes_b, strict=True)):
        raise ValueError("shape-mismatch for sum")
    over_x = tuple(operator.index(axis) % x.ndim for axis in axes_a)
    over_y = tuple(operator.index(axis) % y.ndim for axis in axes_b)
    if len(set(over_x)) < len(over_x) or len(set(over_y)) < len(over_y):
        raise ValueError("axes don't match array")
    product = tensor_product(x.spectrum, y.spectrum, over_x, over_y)
    return _unless_overflown(VirtualQArray(product), x, y)


def _effort(a: VirtualQArray, b: VirtualQArray) -> float:
    """Return about how many numbers are multiplied in a product of matrices."""
    return _stored(a) * _stored(b) / max(a.shape[-1], 1)


def _stored(a: VirtualQArray) -> float:
    """Return how many eigenvalues are multiplied in a product with a vector."""
    return float(a.shape[0] if isinstance(a.source, LinearMap) else a.spectrum.nactive)


@function_rule(Tier.CLOSED, np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Operand], *, out: Output = None) -> Any:
    """Multiply several matrices, those first that take least."""
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    chain = [array_of(array) for array in arrays]
    if len(chain) > 2:
        for i, array in enumerate(chain):
            if array.ndim != 2 and not (array.ndim == 1 and i in (0, len(chain) - 1)):
                raise np.linalg.LinAlgError(
                    f"{array.ndim}-dimensional array given. Array must be two-dimensional"
                )
    while len(chain) > 2:
        efforts = [_effort(a, b) for a, b in pairwise(chain)]
        i = efforts.index(min(efforts))
        chain[i : i + 2] = [any_np.dot(chain[i], chain[i + 1])]
    return any_np.dot(chain[0], chain[1], out=out)


def _power_by_squaring(a: Any, n: int) -> Any:
    """Return ``a @ a @ ... @ a`` of n > 0 factors, as a new array, in O(log n) products."""
    result = None
    while n:
        if n & 1:
            result = a if result is None else np.matmul(result, a)
        n >>= 1
        a = np.matmul(a, a) if n else a
    assert result is not None
    return result.copy()


@function_rule(Tier.CLOSED, np.linalg.matrix_power)
def matrix_power(a: VirtualQArray, n: SupportsIndex) -> Any:
    """Raise an operator to a power, on its eigenvalues: O(k). A sparse matrix, by squaring."""
    symbol = symbol_of(a)
    if symbol is not None and isinstance(n, (int, np.integer)):
        if n == 0:
            return identity(a.shape[0], a.dtype, basis=symbol.bases[0])
        if n > 0:
            return VirtualQArray(symbol.replace(Mapped(np.power, (symbol.node, int(n))), a.dtype))
        if is_certainly_regular(a):
            return np.linalg.matrix_power(np.linalg.inv(a), -n)
    spectrum = operator_of(a)
    if spectrum is None and diagonal_of(a) is None and sparse_matrix_of(a) is None:
        return NotImplemented
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    try:
        n = operator.index(n)
    except TypeError as error:
        raise TypeError("exponent must be an integer") from error
    if n < 0:
        return np.linalg.matrix_power(np.linalg.inv(a), -n)
    if n == 0:
        basis = "standard" if spectrum is None else spectrum.bases[0]
        return identity(a.shape[0], a.dtype, basis=basis)
    if spectrum is not None and a.dtype.kind != "b":
        # A power that overflows is one of NumPy's products that do.
        return mapped(spectrum, lambda values: values**n, spectrum.dtype)
    return _power_by_squaring(a, n)


def _minor(a: list[Any], b: list[Any], i: int, j: int) -> Any:
    """Return ``a_i b_j - a_j b_i`` of components of vectors, of which the third may be missing."""
    n, m = len(a), len(b)
    if i < n and j < m and j < n and i < m:
        products = np.multiply(a[i], b[j]), np.multiply(a[j], b[i])
        out = np.subtract(*products)
        if not _is_held(out) or all(map(_is_held, products)):
            return out
        # A product that is sparse has lost signs of zeros that an array of all positions shows.
        x, y, z, w = map(np.asarray, (a[i], b[j], a[j], b[i]))
        return array_of(x * y - z * w)
    if i < n and j < m:
        return np.multiply(a[i], b[j])
    return np.negative(np.multiply(a[j], b[i]))


def _is_held(x: Any) -> bool:
    """Tell whether an exact array stores all elements; a scalar does."""
    return not isinstance(x, VirtualQArray) or (x.source.held is not None and x.source.is_exact)


def require_three(n: int, m: int) -> None:
    """Raise NumPy's ValueError where vectors have other numbers of components than three."""
    if n != 3 or m != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{n} and {m} dimensional instead."
        )


@function_rule(Tier.CLOSED, np.cross)
def cross(
    a: Operand,
    b: Operand,
    axisa: int = -1,
    axisb: int = -1,
    axisc: int = -1,
    axis: int | None = None,
) -> Any:
    """Return cross products of vectors: differences of products of their components. O(k)."""
    if axis is not None:
        axisa = axisb = axisc = axis
    if not (is_numeric(a) and is_numeric(b)):
        return NotImplemented
    first, second = array_of(a), array_of(b)
    require_numbers(first, second)
    if first.ndim < 1 or second.ndim < 1:
        raise ValueError("At least one array has zero dimension")
    axisa = normalize_axis(axisa, first.ndim, "axisa")
    axisb = normalize_axis(axisb, second.ndim, "axisb")
    first = VirtualQArray(move_axis(first.spectrum, axisa, -1))
    second = VirtualQArray(move_axis(second.spectrum, axisb, -1))
    if has(Behaviour.CROSS_OF_3_COMPONENTS):
        require_three(first.shape[-1], second.shape[-1])
    lengths = {first.shape[-1], second.shape[-1]}
    if not lengths <= {2, 3}:
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if 2 in lengths:
        warnings.warn(
            "Arrays of 2-dimensional vectors are deprecated. Use arrays of 3-dimensional vectors "
            "instead. (deprecated in NumPy 2.0)",
            DeprecationWarning,
            stacklevel=3,
        )
    shape = np.broadcast_shapes(first.shape[:-1], second.shape[:-1])
    # All components, and two products of those of each.
    wanted = prod(shape) * 7 * np.result_type(first.dtype, second.dtype).itemsize
    if first.spectrum.active_indices is None and second.spectrum.active_indices is None:
        require_budget(wanted, _PARTS)
    if 3 in lengths:
        axisc = normalize_axis(axisc, len(shape) + 1, "axisc")
    x, y = ([vectors[..., i] for i in range(vectors.shape[-1])] for vectors in (first, second))
    last = _minor(x, y, 0, 1)
    if lengths == {2}:
        return array_of(last)
    minors = [_minor(x, y, 1, 2), _minor(x, y, 2, 0), last]
    if any(array_of(minor).source.is_paged for minor in minors):
        require_budget(wanted, _PARTS)
    return stack(minors, axisc)


def _is_closed(spectrum: Spectrum) -> bool:
    """Tell whether a product is that of the coefficients."""
    return not spectrum.fill_value and is_finite(spectrum)


def _of_coefficients(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """Return the Kronecker product in the bases of both, if that is closed. O(ka kb)."""
    bases = a.bases
    if bases != b.bases or not all(basis.is_kronecker_closed for basis in bases):
        return None
    if a.diagonal != b.diagonal or not (_is_closed(a) and _is_closed(b)):
        return None
    dtype = np.multiply(np.empty(0, a.dtype), np.empty(0, b.dtype)).dtype
    shape = tuple(m * n for m, n in zip(a.shape, b.shape, strict=True))
    space = shape[:1] if a.diagonal else shape
    require_size(space)
    require_budget(a.nactive * b.nactive * 32, "multiply arrays of fewer coefficients")
    values = np.multiply.outer(a.eigenvalues, b.eigenvalues).reshape(-1)
    values = values.astype(coefficient_dtype(bases, dtype), copy=False)
    indices = np.zeros((a.nactive, b.nactive), np.int64)
    for i, j, m, n in zip(a.coordinates(), b.coordinates(), space, b.shape, strict=False):
        indices *= m
        indices += i[:, None].astype(np.int64) * n + j
    order = np.argsort(indices, axis=None, kind="stable")
    where = indices.reshape(-1)[order]
    return compact(shape, dtype, bases, values[order], where, dtype.type(0), a.diagonal)


def _of_elements(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """Return the Kronecker product of arrays in the standard basis, if that is sparse. O(ka kb)."""
    product = outer_of_elements(np.multiply, a, b)
    if product is None:
        return None
    ndim = len(a.shape)
    axes = [axis for i in range(ndim) for axis in (i, ndim + i)]
    shape = tuple(m * n for m, n in zip(a.shape, b.shape, strict=True))
    return permute_axes(product, axes).replace(shape=shape, bases=(STANDARD,) * ndim)


@function_rule(Tier.CLOSED, np.kron)
def kron(a: Operand, b: Operand) -> Any:
    """Return the Kronecker product: of coefficients in the standard and Walsh bases. O(ka kb)."""
    arrays = as_arrays((a, b))
    if any(array.ndim == 0 for array in arrays):
        return np.multiply(*arrays)
    if not all(map(is_numeric, arrays)):
        return NotImplemented
    ndim = max(array.ndim for array in arrays)
    x, y = (with_ndim(array, ndim).spectrum for array in arrays)
    product = (_of_elements if x.is_standard and y.is_standard else _of_coefficients)(x, y)
    lost = product_error(x, y)
    if product is not None:
        return VirtualQArray(bounded(product, lost) if lost else product)
    dtype = np.result_type(x.dtype, y.dtype)
    require_budget(x.size * y.size * dtype.itemsize, _PARTS)
    return call_dense(np.kron, (a, b), {}, lost)
