"""The rules of ``np.matmul``, ``np.vecdot``, ``np.matvec`` and ``np.vecmat``."""

from __future__ import annotations

from math import prod
from operator import index
from typing import Any

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.rules import Tier, ufunc_rule
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array, zero_of
from ..ops import linear
from ..ops.basis_change import as_samples, off_diagonal, sparse, to_dense
from ..ops.broadcast import move_axis
from . import by_method, parseval
from .diagonal_product import diagonal_product
from .dispatch import answer
from .matrix_product import matrix_product, times_dense
from .operands import operand, strangers
from .sparse_product import INSTEAD


def _given(
    inputs: tuple[Any, ...], kwargs: dict[str, Any], *names: str
) -> tuple[Source, Source] | None:
    """Return the operands as sources, if the call is one that the rules answer."""
    if (kwargs and set(kwargs) - {"out", *names}) or len(inputs) != 2 or strangers(*inputs):
        return None
    a, b = _source(inputs[0]), _source(inputs[1])
    if not (isinstance(a, Source) and isinstance(b, Source) and a.shape and b.shape):
        return None
    if a.dtype.kind in "mM" or b.dtype.kind in "mM":
        np.matmul.resolve_dtypes((a.dtype, b.dtype, None))  # raises
    return a, b


def _source(obj: Any) -> Any:
    """Return an operand, as a source where it is an array."""
    return obj.source if isinstance(obj, VirtualQArray) else operand(obj)


def _delivered(result: Any, kwargs: dict[str, Any]) -> Any:
    """Return the result, or the output with it; None where only NumPy can write it there."""
    out = kwargs.get("out")
    out = out[0] if isinstance(out, tuple) else out
    if isinstance(result, Source) and result.shape:
        result = VirtualQArray(result)
    elif isinstance(result, Source):
        result = to_dense(result.settle())[()]
    if out is None:
        return result
    known = isinstance(out, VirtualQArray) or type(out) is np.ndarray
    if not known or out.shape != np.shape(result):
        return None
    if not np.can_cast(result.dtype, out.dtype, "same_kind"):
        return None
    if isinstance(out, VirtualQArray) and isinstance(result, VirtualQArray):
        out.replace_with(linear.cast(result.spectrum, out.dtype, "same_kind"))
    elif isinstance(out, VirtualQArray):
        out.replace_with(sparse(np.asarray(result, out.dtype)))
    else:
        out[...] = np.asarray(result)
    return out


def _require_meeting(a: Spectrum, b: Spectrum) -> None:
    """Raise MaterializationError for an operator over the budget, in bases that do not meet."""
    diagonal, other = (a, b) if a.diagonal else (b, a)
    require_budget(
        diagonal.size * diagonal.dtype.itemsize,
        f"the bases {diagonal.bases[0]} of the operator and {other.bases[0]} do not meet: "
        "take both to one of them",
    )


def _with_length_one(spectrum: Spectrum, axis: int) -> Spectrum:
    """Return the array with a new axis of length 1, counted from the end where negative. O(1)."""
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    place = axis + len(spectrum.shape) + 1 if axis < 0 else axis
    shape, bases = spectrum.shape, spectrum.bases
    return spectrum.replace(
        shape=(*shape[:place], 1, *shape[place:]), bases=(*bases[:place], STANDARD, *bases[place:])
    )


def _without(spectrum: Spectrum, axis: int) -> Spectrum:
    """Return the array without an axis of length 1, where every basis is the same. O(1)."""
    axis %= len(spectrum.shape)
    shape, bases = spectrum.shape, spectrum.bases
    shape, bases = shape[:axis] + shape[axis + 1 :], bases[:axis] + bases[axis + 1 :]
    values = spectrum.eigenvalues
    if all(basis is STANDARD for basis in bases):
        values = as_samples(values, spectrum.dtype)
    return spectrum.replace(shape=shape, bases=bases, eigenvalues=values)


def _of_held(x: Array, y: Array) -> Spectrum:
    """Return the product of two arrays whose elements are stored, as NumPy has it."""
    over = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    size = prod(over) * prod(x.shape[-2:-1]) * prod(y.shape[-2:][1:])
    # What does not lie row by row or column by column is copied.
    copies = sum(z.nbytes for z in (x, y) if not (z.flags.c_contiguous or z.T.flags.c_contiguous))
    require_budget(size * np.result_type(x, y).itemsize + copies, INSTEAD)
    out = np.matmul(x, y)
    return Spectrum(
        out.shape, out.dtype, (STANDARD,) * out.ndim, out.ravel(), None, zero_of(out.dtype)
    )


def _multiplied(a: Any, b: Any) -> Any:
    """``np.matmul`` of sources of at least one dimension, that are not both vectors."""
    x, y = a.held, b.held
    if x is not None and y is not None and a.error is None and b.error is None:
        return _of_held(x, y)
    dtype = np.promote_types(a.dtype, b.dtype)
    known = a.matmul(b, dtype)
    known = b.rmatmul(a, dtype) if known is None else known
    if known is not None:
        return known
    a, b = a.settle(), b.settle()
    if len(a.shape) == 1 and x is not None and a.error is None:
        quick = times_dense(b, x, True)
        if quick is not None:
            return quick
    if (a.diagonal or b.diagonal) and a.shape[-1] == b.shape[0]:
        out = diagonal_product(a, b, dtype)
        if out is not None:
            return out
        _require_meeting(a, b)
    row, column = len(a.shape) == 1, len(b.shape) == 1
    out = matrix_product(
        _with_length_one(a, 0) if row else a, _with_length_one(b, 1) if column else b
    )
    if column:
        out = _without(out, -1)
    return _without(out, -1 if column else -2) if row else out


def _times_dense_vectors(a: object, b: object) -> Spectrum | None:
    """Return a sparse matrix times a dense vector, or some; None for all else. O((k + m) p).

    Without the questions that other products need.
    """
    if type(a) is not VirtualQArray:
        return None
    matrix = a.source
    if not isinstance(matrix, Spectrum):
        return None
    if type(b) is VirtualQArray and b.source.error is None:
        b = b.source.held
    return times_dense(matrix, b) if type(b) is np.ndarray and 0 < b.ndim < 3 else None


@ufunc_rule(Tier.CLOSED, [np.matmul])
def matmul(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return ``a @ b``: closed for coefficients in bases that meet, and for vectors; else dense."""
    if method == "__call__" and not kwargs:
        quick = _times_dense_vectors(*inputs)
        if quick is not None:
            return VirtualQArray(quick)
    sources = _given(inputs, kwargs) if method == "__call__" else None
    if sources is None:
        return answer(ufunc, method, inputs, kwargs)
    a, b = sources
    if len(a.shape) == len(b.shape) == 1:
        if a.shape != b.shape:
            return answer(ufunc, method, inputs, kwargs)
        result = np.dot(VirtualQArray(a), VirtualQArray(b))
    elif a.shape[-1] != b.shape[-2:][0]:
        return answer(ufunc, method, inputs, kwargs)  # NumPy tells what is wrong
    else:
        result = _multiplied(a, b)
    out = _delivered(result, kwargs)
    return answer(ufunc, method, inputs, kwargs) if out is None else out


@ufunc_rule(Tier.CLOSED, [np.vecdot, np.matvec, np.vecmat])
def contraction(
    ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Products with vectors, as `matmul` and the inner product answer them; else dense."""
    names = ("axis",) if ufunc is np.vecdot else ()
    sources = _given(inputs, kwargs, *names) if method == "__call__" else None
    result: Any = None
    if sources is not None:
        a, b = sources
        if ufunc is np.vecdot:
            axis = index(kwargs.get("axis", -1))
            if axis != -1:
                a, b = (move_axis(source.settle(), axis, -1) for source in sources)
            result = _vecdot(a, b)
        elif ufunc is np.matvec and len(a.shape) >= 2:
            result = _multiplied(a, b) if len(b.shape) == 1 else _lined(a, b, -1)
        elif ufunc is np.vecmat and len(b.shape) >= 2:
            a = linear.conjugate(a.settle())
            result = _multiplied(a, b) if len(a.shape) == 1 else _lined(a, b, -2)
    out = None if result is None else _delivered(result, kwargs)
    return answer(ufunc, method, inputs, kwargs) if out is None else out


def _lined(a: Source, b: Source, axis: int) -> Spectrum:
    """Multiply stacks of matrices and vectors, the vectors as columns (-1) or rows (-2)."""
    x, y = a.settle(), b.settle()
    x, y = (x, _with_length_one(y, -1)) if axis == -1 else (_with_length_one(x, -2), y)
    return _without(matrix_product(x, y), axis)


def _vecdot(a: Source, b: Source) -> Any:
    """Return sums of products along the last axis."""
    if a.shape[-1] != b.shape[-1]:
        return None
    x: Any = VirtualQArray(a)
    y: Any = VirtualQArray(b)
    if len(a.shape) == len(b.shape) == 1:
        return np.vdot(x, y)
    dtype = np.result_type(a.dtype, b.dtype)
    if not a.is_standard and a.shape == b.shape:
        closed = parseval.inner(a.express(), b.express(), (len(a.shape) - 1,))
        if closed is not None:
            return VirtualQArray(closed)
    if dtype.kind == "b":
        return by_method.reduced(np.logical_or, np.logical_and(x, y), axis=-1)
    if dtype == np.float16:
        return by_method.reduced(np.add, np.multiply(x, y, dtype=np.float32), axis=-1).astype(dtype)
    x = np.conjugate(x) if x.dtype.kind == "c" else x
    return by_method.reduced(np.add, np.multiply(x, y, dtype=dtype), axis=-1, dtype=dtype)
