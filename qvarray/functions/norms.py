"""Norms of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array import VirtualQArray
from ..bases import STANDARD
from ..coverage import Tier, function_rule
from ..expression import expressed, is_source
from ..numpy_versions import Behaviour, has
from ..spectrum import Spectrum, require_size
from ..structure import permute_axes
from ..transform import l2_norm
from ..ufuncs import parseval
from .products import array_of

__all__: list[str] = []

_normalized = np.lib.array_utils.normalize_axis_tuple
# Bases in which all columns of an operator have the same absolute values, in another order.
_ALIKE = ("walsh", "fourier", "conj(fourier)")
#: What the largest of no elements is.
_NOTHING: Any = {"initial": 0} if has(Behaviour.NORM_OF_NOTHING) else {}


def _plain(source: Any) -> bool:
    """Whether the norm of the elements is that of the coefficients."""
    return (
        isinstance(source, Spectrum)
        and (source.diagonal or source.fill_value == 0)
        and bool(np.isfinite(source.eigenvalues).all() and np.isfinite(source.fill_value))
    )


def _energy(x: VirtualQArray) -> Any:
    """The squares of the absolute values."""
    if x.dtype.kind != "c":
        return np.square(x)
    if isinstance(expressed(x.source), Spectrum):
        # NaN for an element of NaN and infinity, whose absolute value is infinity.
        return np.add(np.square(x.real), np.square(x.imag))
    return np.square(np.abs(x))


def _root_of_sum(x: VirtualQArray, axes: tuple[int, ...], keepdims: Any) -> Any:
    source = expressed(x.source)
    total: Any = None
    if not (isinstance(source, Spectrum) and source.is_standard):
        total = parseval.energies(source, axes, bool(keepdims))
    if total is None:
        total = np.add.reduce(_energy(x), axis=axes, keepdims=keepdims)
    out = np.sqrt(VirtualQArray(total) if is_source(total) else total)
    kind = x.dtype.type(0).real.dtype
    return out if out.dtype == kind else out.astype(kind)


def _of_vectors(x: VirtualQArray, order: Any, axes: tuple[int, ...], keepdims: Any) -> Any:
    """Norms over some axes, each as of one vector: closed, or page by page for expressions."""
    if isinstance(order, str):
        raise ValueError(f"Invalid norm order '{order}' for vectors")
    if order is None or order == 2:
        return _root_of_sum(x, axes, keepdims)
    if order == np.inf:
        return np.maximum.reduce(np.abs(x), axis=axes, keepdims=keepdims, **_NOTHING)
    if order == -np.inf:
        return np.minimum.reduce(np.abs(x), axis=axes, keepdims=keepdims)
    if order == 0:
        kind = x.dtype.type(0).real.dtype
        return np.add.reduce(np.not_equal(x, 0), axis=axes, keepdims=keepdims, dtype=kind)
    if order == 1:
        return np.add.reduce(np.abs(x), axis=axes, keepdims=keepdims)
    size: Any = np.abs(x)
    total = np.add.reduce((size**order).astype(size.dtype), axis=axes, keepdims=keepdims)
    return total ** np.reciprocal(order, dtype=total.dtype)


def _of_operator(x: VirtualQArray, spectrum: Spectrum, order: Any) -> Any:
    """A norm of an operator, on its eigenvalues, or None. O(k)."""
    kind = x.dtype.type(0).real.dtype
    size = np.abs(spectrum.eigenvalues)
    rest = spectrum.space - spectrum.nactive
    fill = size.dtype.type(np.abs(spectrum.fill_value))
    largest = size.max(initial=fill if rest else 0)
    smallest = size.min(initial=fill) if rest else size.min(initial=np.inf)
    if order in (2, -2, "nuc"):
        np.linalg.svdvals(np.ones((1, 1), x.dtype))  # not for every dtype
    if order == 2:
        return kind.type(largest)
    if order == -2 and spectrum.space:
        return kind.type(smallest)
    if order == "nuc":
        return kind.type(np.add.reduce(size) + rest * fill)
    if order in (1, np.inf, -1, -np.inf) and spectrum.shape[0]:
        if all(basis is STANDARD for basis in spectrum.bases):
            return kind.type(largest if order > 0 else smallest)
        if spectrum.bases[0].name in _ALIKE and spectrum.is_operator:
            return np.add.reduce(np.abs(x[:, 0]), axis=None)
    return None


def _of_matrices(x: VirtualQArray, order: Any, row: int, column: int, keepdims: Any) -> Any:
    """Norms over two axes, as of matrices."""
    if row == column:
        raise ValueError("Duplicate axes given.")
    source = expressed(x.source)
    out: Any = None
    if isinstance(source, Spectrum) and source.diagonal and _plain(source):
        out = _of_operator(x, source, order)
    if out is not None:
        pass
    elif order is None or order in ("fro", "f"):
        if isinstance(source, Spectrum) and source.diagonal and _plain(source):
            out = x.dtype.type(0).real.dtype.type(l2_norm(source))
        else:
            out = _root_of_sum(x, (row, column), False)
    elif order in (2, -2, "nuc"):
        values = array_of(np.linalg.svdvals(_with_matrices_last(x, row, column)))
        if order == "nuc":
            out = np.add.reduce(values, axis=-1)
        elif order == 2:
            out = np.maximum.reduce(values, axis=-1, **_NOTHING)
        else:
            out = np.minimum.reduce(values, axis=-1)
    elif order in (1, -1, np.inf, -np.inf):
        over, then = (row, column) if abs(order) == 1 else (column, row)
        sums = array_of(np.add.reduce(np.abs(x), axis=over))
        then -= then > over
        if order > 0:
            out = np.maximum.reduce(sums, axis=then, **_NOTHING)
        else:
            out = np.minimum.reduce(sums, axis=then)
    else:
        raise ValueError("Invalid norm order for matrices.")
    if not keepdims:
        return out
    shape = tuple(1 if at in (row, column) else n for at, n in enumerate(x.shape))
    spectrum = array_of(out).spectrum
    return VirtualQArray(spectrum.replace(shape=shape, bases=(STANDARD,) * len(shape)))


def _with_matrices_last(x: VirtualQArray, row: int, column: int) -> VirtualQArray:
    if (row, column) == (x.ndim - 2, x.ndim - 1):
        return x
    rest = [axis for axis in range(x.ndim) if axis not in (row, column)]
    return VirtualQArray(permute_axes(x.spectrum, (*rest, row, column)))


def _inexact(x: Any) -> VirtualQArray:
    x = array_of(x)
    if x.dtype.kind not in "biu":
        return x
    source = x.source
    if isinstance(source, Spectrum) and source.diagonal:
        values = source.eigenvalues.astype(np.float64)
        float64 = np.dtype(np.float64)
        return VirtualQArray(
            source.replace(
                dtype=float64, eigenvalues=values, fill_value=np.float64(source.fill_value)
            )
        )
    return x.astype(np.float64)


@function_rule(Tier.CLOSED, np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Norms of vectors and of matrices: by Parseval where that is what they are."""
    x = _inexact(x)
    is_l2 = ord is None or (ord in ("f", "fro") and x.ndim == 2) or (ord == 2 and x.ndim == 1)
    if axis is None and is_l2:
        source = expressed(x.source)
        if not isinstance(source, Spectrum) or source.is_standard or not _plain(source):
            return _root_of_sum(x, tuple(range(x.ndim)), keepdims)
        total = x.dtype.type(0).real.dtype.type(l2_norm(source))
        return array_of(np.full((1,) * x.ndim, total)) if keepdims and x.ndim else total
    if axis is None:
        axis = tuple(range(x.ndim))
    elif not isinstance(axis, tuple):
        try:
            axis = (int(axis),)
        except Exception as error:
            raise TypeError("'axis' must be None, an integer or a tuple of integers") from error
    if len(axis) == 1 and isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if len(axis) == 1:
        return _of_vectors(x, ord, _normalized(axis, x.ndim), keepdims)
    if len(axis) == 2:
        row, column = (_normalized(one, x.ndim)[0] for one in axis)
        return _of_matrices(x, ord, row, column, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


@function_rule(Tier.CLOSED, np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """Norms over any axes, each as of one vector."""
    x = _inexact(x)
    require_size(x.shape)
    if isinstance(ord, str) and not isinstance(axis, tuple):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    axes = tuple(range(x.ndim)) if axis is None else _normalized(axis, x.ndim)
    if x.ndim == 0:
        one = x.spectrum.replace(shape=(1,), bases=(STANDARD,))
        return _of_vectors(VirtualQArray(one), ord, (0,), False)
    return _of_vectors(x, ord, axes, keepdims)


@function_rule(Tier.CLOSED, np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """Norms over the last two axes."""
    return np.linalg.norm(x, axis=(-2, -1), keepdims=keepdims, ord=ord)
