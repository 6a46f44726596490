"""Kronecker products: kron."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD, WALSH
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum, compact
from ...core.values import require_size
from ...ops.basis_change import coefficient_dtype
from ...ops.broadcast import permute_axes
from ...ufuncs.outer import outer
from ..common import Operand, as_arrays, is_numeric
from ..manipulation.joining import with_ndim

__all__: list[str] = []


def _is_exact(spectrum: Spectrum) -> bool:
    """Tell whether a product is that of the coefficients."""
    is_plain = spectrum.error is None and spectrum.fill_value == 0
    return is_plain and bool(np.isfinite(spectrum.eigenvalues).all())


def _of_coefficients(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """Return the Kronecker product in the bases of both, if that is closed. O(ka kb)."""
    bases = a.bases
    if bases != b.bases or any(basis not in (STANDARD, WALSH) for basis in bases):
        return None
    if a.diagonal != b.diagonal or not (_is_exact(a) and _is_exact(b)):
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
    product = outer(np.multiply, a, b)
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
    if product is not None:
        return VirtualQArray(product)
    dtype = np.result_type(x.dtype, y.dtype)
    require_budget(x.size * y.size * dtype.itemsize, "multiply parts of them")
    return NotImplemented
