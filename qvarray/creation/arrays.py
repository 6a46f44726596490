"""Create arrays: from ndarrays, from coordinates, from eigenvalues."""

from __future__ import annotations

import operator as _operator
from collections.abc import Sequence
from itertools import islice
from math import prod
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .. import kernels
from ..array.foreign import converted
from ..array.inheritance import is_lossy, repeated_error
from ..array.masked import refuse_masked
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD, Basis, all_standard, as_bases, as_basis
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum, compact
from ..core.values import (
    ELEMENT_KINDS,
    MAX_SIZE,
    Array,
    Scalar,
    Shape,
    ShapeLike,
    element_dtype,
    index_dtype,
    require_size,
    zero_of,
)
from ..ops.basis_change import coefficient_dtype, norm, sample_dtype, sparse
from ..ops.bounds import bounded
from ..ops.linear import reflected
from .labels import Labelled, Labels, coded


def _shape(shape: ShapeLike) -> Shape:
    """Return a shape as a tuple, checked."""
    try:
        lengths: Shape = (_operator.index(shape),)  # type: ignore[arg-type]
    except TypeError:
        lengths = tuple(_operator.index(n) for n in shape)  # type: ignore[union-attr]
    for n in lengths:
        if n < 0:
            raise ValueError(f"negative dimensions are not allowed: {lengths}")
    require_size(lengths)
    return lengths


def _fill(fill_value: Scalar | str, dtype: np.dtype[Any]) -> Any:
    """Return a fill value as a scalar of `dtype`, if it is one."""
    given = np.asarray(fill_value)
    if given.ndim:
        raise ValueError(f"fill_value must be a scalar, got {fill_value!r}")
    if given.dtype.kind in "biu" and not given:
        return zero_of(dtype)
    if dtype.kind in "mM" and given.dtype.kind in "OU":
        given = np.asarray(fill_value, dtype)  # text, and dates of Python
    kind = element_dtype(given.dtype).kind
    if kind != dtype.kind and not {kind, dtype.kind}.isdisjoint("mM"):
        raise TypeError(f"fill_value {fill_value!r} is not a value of dtype {dtype}")
    with np.errstate(all="ignore"):
        fill = (given if dtype.kind == "c" else given.real).astype(dtype, casting="unsafe")[()]
        if dtype.kind != "c" and given.dtype.kind == "c":
            same = bool(given.imag == 0) and _same(fill, given.real)
        else:
            same = dtype.kind in "fc" or _same(fill, given)
    if not same:
        raise ValueError(f"fill_value {fill_value!r} is not a value of dtype {dtype}")
    return fill


def _same(a: Array, b: Array) -> bool:
    """Tell whether two scalars are equal, or both NaN."""
    return bool((a == b) | ((a != a) & (b != b)))


def _numbers(values: ArrayLike, what: str) -> Array:
    out = np.asarray(values)
    if out.dtype.kind not in ELEMENT_KINDS:
        raise TypeError(f"{what} must be numbers, bool or dates, got {_named(out)}")
    return out.astype(element_dtype(out.dtype), copy=False)


def _named(given: Array) -> str:
    """Name the dtype of what cannot be taken, and one of the elements that are to blame."""
    kinds = (bool, int, float, complex, np.number, np.bool_)
    blamed = (each for each in given.ravel().tolist() if not isinstance(each, kinds))
    return f"dtype {given.dtype}" + "".join(f", such as {each!r}" for each in islice(blamed, 1))


def _with_scalars(listed: Any) -> Any:
    """Return lists with 0-d arrays of ours as scalars, where NumPy would take them by ``float``."""
    if isinstance(listed, list | tuple):
        return [_with_scalars(each) for each in listed]
    return listed[()] if isinstance(listed, VirtualQArray) and not listed.ndim else listed


def checked_indices(indices: ArrayLike, what: str) -> Array:
    out = np.asarray(indices)
    if out.size == 0:
        return out.astype(np.int64)
    if out.dtype.kind not in "iu":
        hint = "" if out.dtype.kind in "fcb" else "; labels=True takes them as labels"
        raise TypeError(f"{what} must be integers, got {_named(out)}{hint}")
    if out.dtype == np.uint64 and int(out.max()) > MAX_SIZE:
        raise IndexError(f"{what}: {out.max()} is out of bounds")
    return out.astype(np.int64, copy=False)


def _in_bounds(indices: Array, n: int, what: str) -> None:
    if indices.size and (int(indices.min()) < 0 or int(indices.max()) >= n):
        bad = indices[(indices < 0) | (indices >= n)][0]
        raise IndexError(f"{what}: {bad} is out of bounds for size {n}")


def asarray(
    obj: ArrayLike, dtype: DTypeLike | None = None, *, fill_value: Scalar | str = 0
) -> VirtualQArray:
    """Convert an array to a VirtualQArray in the standard basis, exactly, as `qvarray.asarray`."""
    obj = converted(obj)
    if isinstance(obj, VirtualQArray) and (fill_value == 0 or obj.fill_value == fill_value):
        return obj if dtype is None else obj.astype(dtype, copy=False)
    refuse_masked(obj)
    x = _numbers(obj, "elements") if dtype is None else np.asarray(obj, element_dtype(dtype))
    if x.dtype.char in "gG" and isinstance(obj, list | tuple):
        x = np.asarray(_with_scalars(obj), x.dtype)
    return _inheriting(sparse(x, _fill(fill_value, x.dtype)), obj)


def array(
    obj: ArrayLike, dtype: DTypeLike | None = None, *, fill_value: Scalar | str = 0, ndmin: int = 0
) -> VirtualQArray:
    """Make a new array as `asarray`, of at least `ndmin` dimensions.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.array([0, 0, 3], ndmin=2).shape
    (1, 3)
    """
    out = asarray(obj, dtype, fill_value=fill_value)
    if out.ndim < ndmin:
        return out[(None,) * (ndmin - out.ndim)]
    return out.copy()


@overload
def from_coordinates(
    coords: ArrayLike,
    values: ArrayLike,
    shape: ShapeLike,
    *,
    fill_value: Scalar | str = ...,
    sum_duplicates: bool = ...,
    labels: Literal[False] = ...,
) -> VirtualQArray: ...
@overload
def from_coordinates(
    coords: Any,
    values: ArrayLike,
    shape: None = ...,
    *,
    fill_value: Scalar | str = ...,
    sum_duplicates: bool = ...,
    labels: Labels,
) -> Labelled: ...
def from_coordinates(
    coords: Any,
    values: ArrayLike,
    shape: ShapeLike | None = None,
    *,
    fill_value: Scalar | str = 0,
    sum_duplicates: bool = True,
    labels: Labels = False,
) -> VirtualQArray | Labelled:
    """Make an array in the standard basis from the coordinates of its active elements.

    Parameters
    ----------
    coords : array_like of int, shape (d, k)
        In any order; shape (k,) will do for a 1-D array. With `labels` a sequence of d sequences
        of labels of any kind that has an order.
    values : array_like, shape (k,) or ()
    shape : int or sequence of int
        Up to 2**63 - 1 elements. Not with `labels`, which have it.
    fill_value : scalar
        The other elements.
    sum_duplicates : bool
        Add up the values of coordinates that repeat; else refuse them.
    labels : bool or sequence of array_like or None
        True where `coords` are labels instead of positions. Each axis gets those that are there,
        in increasing order, or the ones that are given for it.

    Returns
    -------
    VirtualQArray, or Labelled
        With `labels` a named tuple of the ``array`` and the ``labels`` of each axis.

    Raises
    ------
    ValueError
        Where the lengths of `coords`, `values` and `shape` do not fit together, coordinates
        repeat and may not, or a label is missing, repeated, or not among those given.
    IndexError
        For a coordinate out of bounds.
    TypeError
        For coordinates that are not integers, values that are neither numbers nor dates, and dates
        to be added up.

    Notes
    -----
    O(k), and O(k log k) to sort labels.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_coordinates([[0, 2**20], [5, 7]], [1.0, 2.0], (2**30, 2**30))
    >>> x[2**20, 7], x.nbytes
    (np.float64(2.0), 32)
    >>> sold = qv.from_coordinates([["b", "a", "b"], [2024, 2023, 2023]], [5, 6, 7], labels=True)
    >>> sold.labels, int(sold.array[1, 0])
    ((array(['a', 'b'], dtype='<U1'), array([2023, 2024])), 7)
    """
    if labels is not False:
        if shape is not None:
            raise TypeError("shape must be left out where there are labels, whose number it is")
        coords, known = coded(coords, labels)
        lengths = tuple(len(each) for each in known)
        return Labelled(
            at_positions(coords, values, lengths, fill_value, sum_duplicates, known), known
        )
    if shape is None:
        raise TypeError("from_coordinates needs a shape, or labels=True")
    return at_positions(coords, values, shape, fill_value, sum_duplicates)


def at_positions(
    coords: ArrayLike,
    values: ArrayLike,
    shape: ShapeLike,
    fill_value: Scalar | str,
    sum_duplicates: bool,
    labels: tuple[Any, ...] = (),
) -> VirtualQArray:
    """Make an array of values at positions, which may have labels to name them by."""
    shape = _shape(shape)
    where = checked_indices(coords, "coords")
    if where.ndim == 1 and (len(shape) == 1 or where.size == 0):
        where = where.reshape(len(shape), -1)
    if where.ndim != 2 or where.shape[0] != len(shape):
        raise ValueError(
            f"coords must have shape ({len(shape)}, k) for shape {shape}, got {where.shape}"
        )
    given = _numbers(values, "values")
    if given.ndim == 0:
        given = np.full(where.shape[1], given)
    if given.shape != where.shape[1:]:
        raise ValueError(f"{where.shape[1]} coordinates but values of shape {given.shape}")
    fill = _fill(fill_value, given.dtype)
    indices, ordered = _ordered(where, given, shape, sum_duplicates, labels)
    bases = (STANDARD,) * len(shape)
    out = compact(shape, given.dtype, bases, ordered, indices, fill)
    return _inheriting(out, coords, () if ordered.size == given.size else values, values=values)


def _ordered(
    where: Array, given: Array, shape: Shape, sum_duplicates: bool, labels: tuple[Any, ...]
) -> tuple[Array, Array]:
    """Return positions of the coordinates, sorted and unique, and new values there. O(k)."""
    if not shape:
        indices, increase = np.zeros(given.size, np.int64), given.size < 2
    else:
        indices, inside, increase = kernels.radix_sort.linearised(where, shape)
        if not inside:
            for axis, (along, n) in enumerate(zip(where, shape, strict=True)):
                _in_bounds(along, n, f"coords[{axis}]")
    if increase:
        return indices, given.copy()
    ordered, order = kernels.radix_sort.sorted_order(indices)
    starts = kernels.radix_sort.run_starts(ordered)
    given = given.take(order)
    if starts.size == ordered.size:
        return ordered, given
    if not sum_duplicates:
        again = int(np.argmax(ordered[1:] == ordered[:-1]))
        first = tuple(int(i) for i in where[:, order[again]])
        if labels:
            pairs = zip(labels, first, strict=True)
            first = tuple(np.asarray(known)[i : i + 1].tolist()[0] for known, i in pairs)
        raise ValueError(f"coordinates {first} are duplicated")
    if starts.size > 0.9 * given.size:
        # Few repeat: only those are added up.
        values = given.take(starts)
        ends = np.append(starts[1:], given.size)
        several = np.flatnonzero(ends - starts > 1)
        runs = np.stack([starts[several], ends[several]], 1).ravel()
        runs = runs[: runs.size - (runs[-1] == given.size)]
        values[several] = np.add.reduceat(given, runs, dtype=given.dtype.type)[::2]
    else:
        values = np.add.reduceat(given, starts, dtype=given.dtype.type)
    return ordered.take(starts), values


def _inheriting(spectrum: Spectrum, *given: object, values: ArrayLike = ()) -> VirtualQArray:
    """Make an array of coefficients, with the bound of the `values` that they are.

    The error is unknown where anything else that is `given` is not exact.
    """
    if ErrorBound.are_some:
        count = spectrum.nactive
        lost = float("inf") if is_lossy(given) else repeated_error(values, spectrum.dtype, count)
        spectrum = bounded(spectrum, lost) if lost else spectrum
    return VirtualQArray(spectrum)


def _coefficients(
    eigenvalues: ArrayLike, active_indices: ArrayLike | None, space: int
) -> tuple[Array, Array | None]:
    """Check eigenvalues and their indices; return them sorted."""
    values = _numbers(eigenvalues, "eigenvalues")
    if values.ndim != 1:
        raise ValueError(f"eigenvalues must be 1-D, got shape {values.shape}")
    if active_indices is None:
        if values.size != space:
            raise ValueError(
                f"{values.size} eigenvalues without active_indices for {space} positions"
            )
        return values.copy(), None
    indices = checked_indices(active_indices, "active_indices")
    if indices.shape != values.shape:
        raise ValueError(f"{values.size} eigenvalues but active_indices of shape {indices.shape}")
    _in_bounds(indices, space, "active_indices")
    if bool(np.all(indices[1:] > indices[:-1])):
        return values.copy(), indices.copy()
    order = kernels.radix_sort.argsort(indices)
    indices = indices[order]
    repeated = indices[1:] == indices[:-1]
    if repeated.any():
        raise ValueError(f"active_indices: {indices[int(np.argmax(repeated))]} is duplicated")
    return values[order], indices


def _stored(
    shape: Shape,
    bases: tuple[Basis, ...],
    values: Array,
    indices: Array | None,
    dtype: DTypeLike | None,
    fill_value: Scalar | str,
    diagonal: bool = False,
) -> Spectrum:
    """Make an array of checked coefficients, if they are of one with the dtype asked for."""
    kind = _dtype_in(bases, values, dtype)
    space = shape[0] if diagonal else prod(shape)
    # Without inactive eigenvalues an operator has no fill value.
    all_active = indices is None or indices.size == space
    fill = zero_of(kind) if diagonal and all_active else _fill(fill_value, kind)
    if fill and not diagonal and not all_standard(bases):
        raise ValueError(f"fill_value {fill_value!r} needs the standard basis, got {bases[0]}")
    values = values.astype(coefficient_dtype(bases, kind), copy=False)
    if indices is not None:
        indices = indices.astype(index_dtype(space))
    spectrum = Spectrum(shape, kind, bases, values, indices, fill, diagonal)
    if not all_standard(bases):
        _require_finite(spectrum)
    if kind.kind != "c" and any(basis.is_complex for basis in bases):
        _require_hermitian(spectrum)
    return spectrum


def _require_finite(spectrum: Spectrum) -> None:
    """Raise ValueError for a coefficient that every element of its function would be made of."""
    finite = np.isfinite(spectrum.eigenvalues)
    if finite.all() and np.isfinite(spectrum.fill_value):
        return
    what = f"fill_value {spectrum.fill_value}"
    if not finite.all():
        bad = int(np.argmin(finite))
        what = f"eigenvalue {spectrum.eigenvalues[bad]} at index {spectrum.indices()[bad]}"
    raise ValueError(f"{what} is not finite; only basis='standard' can hold it")


def _dtype_in(bases: tuple[Basis, ...], values: Array, dtype: DTypeLike | None) -> np.dtype[Any]:
    """Return the dtype of an array with these coefficients, or the one asked for if it can be."""
    complex_basis = any(basis.is_complex for basis in bases)
    natural = sample_dtype(bases, values.dtype)
    if complex_basis:
        natural = np.result_type(natural, np.complex64)
    if dtype is None:
        return natural
    wanted = element_dtype(dtype)
    if wanted.kind not in "fc" and not all_standard(bases):
        raise TypeError(f"an array in {bases[0]} basis has floating elements, not {wanted}")
    if values.dtype.kind == "c" and wanted.kind != "c" and not complex_basis:
        raise TypeError(f"complex eigenvalues cannot make an array of dtype {wanted}")
    return wanted


def _require_hermitian(spectrum: Spectrum) -> None:
    """Raise ValueError where coefficients in complex bases do not make a real array. O(k)."""
    mirrored = reflected(spectrum)
    order = kernels.radix_sort.argsort(mirrored)
    indices = spectrum.indices()
    values = spectrum.eigenvalues
    limit = 1e-6 if values.dtype.itemsize <= 8 else 1e-13
    same = mirrored[order] == indices
    if same.all():
        gap = np.abs(values[order].conj() - values)
        same = (gap <= limit * norm(values)) | np.isnan(gap)
    if not same.all():
        bad = int(np.argmin(same))
        raise ValueError(
            f"eigenvalue {values[bad]} at index {indices[bad]} is not the conjugate of the one "
            "at the mirrored index, so the array is not real; ask for a complex dtype"
        )


def from_eigenvalues(
    eigenvalues: ArrayLike,
    active_indices: ArrayLike | None,
    shape: ShapeLike,
    *,
    basis: str | Basis | Sequence[str | Basis] = "standard",
    dtype: DTypeLike | None = None,
    fill_value: Scalar | str = 0,
) -> VirtualQArray:
    """Make an array from its coefficients in an orthonormal basis.

    Parameters
    ----------
    eigenvalues : array_like, shape (k,)
    active_indices : array_like of int, shape (k,), or None
        Where they sit, as C-order positions in `shape`, in any order, each at most once. None
        means that `eigenvalues` has one for every position.
    shape : int or sequence of int
        Up to 2**63 - 1 elements.
    basis : str or Basis, or a sequence of one for each axis
        ``standard``, ``walsh``, ``fourier``, ``cosine``, ``haar``, ``hartley``, a wavelet of
        PyWavelets such as ``db4``, or one that is made of others, such as ``blocked(cosine, 8)``.
    dtype : dtype, optional
        Of the elements. Taken from the eigenvalues; complex in the fourier basis unless a real
        one is asked for, which needs conjugate eigenvalues at mirrored indices.
    fill_value : scalar
        The inactive elements: anything but 0 in the standard basis only.

    Returns
    -------
    VirtualQArray

    Raises
    ------
    ValueError
        For an unknown basis, a length that it cannot have, lengths that do not match, a
        duplicated index, a shape of more than 2**63 - 1 elements, or an eigenvalue that is infinite
        or NaN in a basis other than standard.
    IndexError
        For an index that is negative or out of range.
    TypeError
        For eigenvalues that are not numbers or indices that are not integers.

    Notes
    -----
    O(k).

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([2.0], [0], 4, basis="haar")
    >>> print(x)
    [1. 1. 1. 1.]
    """
    shape = _shape(shape)
    bases = as_bases(basis, len(shape))
    for along, n in zip(bases, shape, strict=True):
        along.check_length(n)
    values, indices = _coefficients(eigenvalues, active_indices, prod(shape))
    out = _stored(shape, bases, values, indices, dtype, fill_value)
    return _inheriting(out, active_indices, values=eigenvalues)


def operator(
    eigenvalues: ArrayLike,
    active_indices: ArrayLike | None,
    n: int,
    *,
    basis: str | Basis = "standard",
    dtype: DTypeLike | None = None,
    fill_value: Scalar | str = 0,
) -> VirtualQArray:
    """Make an operator that is diagonal in a basis: ``B @ diag(eigenvalues) @ B.conj().T``.

    Parameters
    ----------
    eigenvalues : array_like, shape (k,)
        Those that are not `fill_value`.
    active_indices : array_like of int, shape (k,), or None
        Their positions along the diagonal, each at most once, in any order. None means that
        `eigenvalues` has all n.
    n : int
        Rows and columns: up to 2**63 - 1, so that the array may have more elements than any
        other can.
    basis : str or Basis
        The basis of its eigenvectors. In ``fourier`` the operator is a circulant matrix, in
        ``walsh`` a dyadic one (Davis, *Circulant Matrices*, 1979, theorem 3.2.2).
    dtype : dtype, optional
        Of the elements; see `from_eigenvalues`.
    fill_value : scalar
        The eigenvalue at all other positions.

    Returns
    -------
    VirtualQArray
        Of shape (n, n). ``A @ x`` costs O(k) for an x in the same basis, ``np.linalg.pinv(A)`` too.

    Raises
    ------
    ValueError, IndexError, TypeError
        As `from_eigenvalues`.

    Examples
    --------
    >>> import qvarray as qv
    >>> A = qv.operator([3.0, 4.0], [0, 5], 2**40, basis="walsh")
    >>> x = qv.from_eigenvalues([1.0, 1.0], [5, 6], 2**40, basis="walsh")
    >>> (A @ x).eigenvalues, (A @ x).active_indices
    (array([4.]), array([5]))
    """
    (n,) = _shape(_operator.index(n))
    basis = as_basis(basis)
    basis.check_length(n)
    values, indices = _coefficients(eigenvalues, active_indices, n)
    bases = (basis, basis.conjugate)
    out = _stored((n, n), bases, values, indices, dtype, fill_value, diagonal=True)
    return _inheriting(out, active_indices, values=eigenvalues)
