"""Change of bases: from elements to coefficients and back, for whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import isfinite, prod
from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD, Basis, all_standard
from ..bases.merged_axes import constant_indices, split_indices
from ..core.budget import over_limit, require_budget
from ..core.error_bound import ErrorBound
from ..core.runs import ranked
from ..core.source import implements
from ..core.spectrum import Spectrum, compact, require_finite, whole
from ..core.values import (
    FEW,
    MAX_SIZE,
    Array,
    Scalar,
    Shape,
    differs_from,
    index_dtype,
    is_surely_dense,
    magnitudes,
    number_dtype,
    pays_sparse,
    scalar_of,
    zero_of,
)
from ..errors import MaterializationError
from ..runtime.caches import cleared

_INSTEAD = "index a part of it, keep it virtual, or raise the budget"
_KEEP_OPERATOR = "keep the operator in its own basis"

# Numbers of which a dot product is taken at once.
_DOT = 1 << 13
# Sums of squares above this hold no square that lost digits and counts.
_LEAST_ENERGY = 1e-250


def rounding(dtype: np.dtype[Any], shape: Shape, *bases: Sequence[Basis]) -> float:
    """Bound the relative L2 error of transforms to and from bases, one of every kind an axis.

    4 epsilon, and along every axis what the worst of its bases says.
    """
    units = sum(
        max(basis.rounding(n, dtype) for basis in along)
        for n, *along in zip(shape, *bases, strict=True)
    )
    return float(np.finfo(dtype).eps) * (4.0 + units)


def energy(values: Array) -> float:
    """Return the sum of squares of floats, as float64; it may overflow or underflow. O(k)."""
    if values.dtype.kind == "c":
        values = np.ascontiguousarray(values).view(values.real.dtype)
    if values.dtype != np.float64:
        values = values.astype(np.float64)
    return dot(values, values)


def dot(a: Array, b: Array) -> float:
    """Return the sum of products of doubles, shape (k,); it may overflow or underflow. O(k)."""
    if a.size < _DOT:
        return float(np.vdot(a, b))
    # Rows of a length for which the BLAS wakes no threads, which stall where a core is busy.
    whole = a.size - a.size % _DOT
    rows = np.vecdot(a[:whole].reshape(-1, _DOT), b[:whole].reshape(-1, _DOT))
    return float(np.add.reduce(rows) + np.vdot(a[whole:], b[whole:]))


def norm(values: Array) -> float:
    """Return the L2 norm, without overflow or underflow on the way. O(k)."""
    if values.size == 0:
        return 0.0
    values = values.ravel()
    if values.dtype.char in "fdFD":
        square = energy(values)
        if _LEAST_ENERGY < square < float("inf"):
            return square**0.5
    # In single precision, absolute values and quotients are rounded by more than sums are.
    sizes = magnitudes(values)
    largest = float(sizes.max())
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    scaled = (sizes / sizes.dtype.type(largest)).astype(np.float64)
    return largest * float(np.sqrt(np.add.reduce(np.square(scaled, out=scaled))))


def _in_order(indices: Array, values: Array) -> tuple[Array, Array]:
    """Sort indices, with their values: where few are out of order, those alone. O(k)."""
    if indices.size > _MANY:
        # Where all that is ahead is less than all that follows, nothing passes.
        apart = np.maximum.accumulate(indices)[:-1] < np.minimum.accumulate(indices[::-1])[-2::-1]
        mixed = np.ones(indices.size, bool)
        np.logical_not(apart, out=mixed[1:])
        mixed[0] = False
        mixed[:-1] |= mixed[1:]
        where = np.flatnonzero(mixed)
        if where.size * 4 < indices.size:
            indices, values = indices.copy(), values.copy()
            indices[where], order = kernels.radix_sort.sorted_order(indices[where])
            values[where] = values[where[order]]
            return indices, values
    indices, order = kernels.radix_sort.sorted_order(indices)
    return indices, values.take(order)


#: Indices from which it pays to look for those that are in order.
_MANY = 4096


def gather_sums(indices: Array, values: Array) -> tuple[Array, Array]:
    """Sort indices, and add up the values of those that repeat. O(k)."""
    if (indices[1:] > indices[:-1]).all():
        return np.ascontiguousarray(indices), np.ascontiguousarray(values)
    indices, values = _in_order(indices, values)
    starts = kernels.radix_sort.run_starts(indices)
    if starts.size == indices.size:
        return indices, values
    return indices[starts], np.add.reduceat(values, starts, dtype=values.dtype)


def sparse(x: Array, fill_value: Scalar = 0, is_own: bool = False) -> Spectrum:
    """Make the Spectrum of an ndarray in the standard basis, exactly. O(N).

    `is_own`: whether nobody else writes to `x`, so that it needs no copy.
    """
    is_zero = type(fill_value) is int and fill_value == 0
    fill = zero_of(x.dtype) if is_zero else scalar_of(fill_value, x.dtype)
    flat = x.ravel()
    bases = (STANDARD,) * x.ndim
    is_sparse = not is_surely_dense(flat, fill)
    if is_sparse:
        # NumPy counts what is true several times as fast as numbers that are not zero; few it need
        # not.
        active = flat if is_zero and flat.size <= FEW else flat != fill
        is_sparse = pays_sparse(int(np.count_nonzero(active)), x.size, x.dtype)
    if x.dtype.kind not in "biu" and (is_sparse or fill != fill):
        # Zeros of the other sign are active too, and NaNs are not where they are the fill.
        active = differs_from(flat, fill)
        is_sparse = pays_sparse(int(np.count_nonzero(active)), x.size, x.dtype)
    if not is_sparse:
        values = flat.copy() if not is_own and np.may_share_memory(flat, x) else flat
        return Spectrum(x.shape, x.dtype, bases, values, None, fill)
    where = np.flatnonzero(active)
    return Spectrum(x.shape, x.dtype, bases, flat[where], where.astype(index_dtype(x.size)), fill)


def as_samples(samples: Array, dtype: np.dtype[Any]) -> Array:
    """Return what a basis synthesised as an array of `dtype`."""
    if dtype.kind != "c" and samples.dtype.kind == "c":
        samples = samples.real
    return samples.astype(dtype, copy=False)


def scattered(spectrum: Spectrum) -> Array:
    """Return the coefficients of all positions, of the array's shape; they may be its own."""
    values, indices = spectrum.eigenvalues, spectrum.active_indices
    if spectrum.diagonal:
        out = np.zeros(spectrum.shape, values.dtype)
        where = spectrum.indices()
        np.fill_diagonal(out, spectrum.fill_value)
        out[where, where] = values
        return out
    if indices is None:
        return values.reshape(spectrum.shape)
    out = np.full(spectrum.size, spectrum.fill_value, values.dtype)
    out[indices] = values
    return out.reshape(spectrum.shape)


@implements(Spectrum, "dense")
def to_dense(spectrum: Spectrum) -> Array:
    """Return every element, as a new ndarray. O(N log N).

    Raises MaterializationError where that is over the memory budget.
    """
    out_bytes = spectrum.size * spectrum.dtype.itemsize
    if spectrum.is_standard:
        require_budget(out_bytes, _INSTEAD)
        out = scattered(spectrum)
        return out.copy() if spectrum.active_indices is None else out
    # The coefficients, a transform of them, and its real part may all be there at once.
    require_budget(2 * spectrum.size * spectrum.eigenvalues.dtype.itemsize + out_bytes, _INSTEAD)
    is_real, own = spectrum.dtype.kind != "c", spectrum.active_indices is not None
    samples = synthesised(scattered(spectrum), list(enumerate(spectrum.bases)), is_real, own)
    out = as_samples(samples, spectrum.dtype)
    return out.copy() if np.may_share_memory(out, spectrum.eigenvalues) else out


def synthesised(
    coefficients: Array, axes: Sequence[tuple[int, Basis]], is_real: bool, overwrite: bool = False
) -> Array:
    """Turn coefficients into samples along some axes. O(N log N).

    Parameters
    ----------
    axes : sequence of (int, Basis)
    is_real : bool
        Whether only the real parts of the samples are wanted.
    overwrite : bool
        Whether the array given may be destroyed, or be the result.
    """
    out = coefficients
    # As few axes as can be are transformed while numbers are complex, if they may be real.
    ordered = sorted(axes, key=lambda axis: is_real and not axis[1].is_complex)
    last = sum(basis.is_complex for _, basis in axes) - 1
    for number, (axis, basis) in enumerate(ordered):
        if not out.shape[axis]:
            continue
        own = overwrite or not np.may_share_memory(out, coefficients)
        if is_real and number == last:
            out = basis.real_samples(out if own else out.copy(), axis)
        else:
            out = basis.synthesise(out, axis, own)
    return out


#: Coefficients for each that takes part from which whole lines are transformed.
_FEW = 4


def _line_bytes(dtype: np.dtype[Any]) -> int:
    """Return what a coefficient of a line takes: with its transforms, its indices, their order."""
    return 3 * dtype.itemsize + 24


def _changed_lines(
    spectrum: Spectrum, axis: int, basis: Basis, is_real: bool
) -> tuple[Array, Array]:
    """Return coefficients of an axis in another basis, and where: ``line * n + index``."""
    shape, old = spectrum.shape, spectrum.bases[axis]
    n, inner = shape[axis], prod(shape[axis + 1 :])
    dtype = spectrum.eigenvalues.dtype
    outer, rest = np.divmod(spectrum.indices(), n * inner)
    along, rest = np.divmod(rest, inner)
    lines = outer * inner + rest
    numbers, row = ranked(lines)
    most = basis.most_of_sample(n)
    if old.is_standard and spectrum.nactive * most * _FEW < numbers.size * n:
        require_budget(spectrum.nactive * most * _line_bytes(dtype), _INSTEAD)
        places = lines * n + along
        order = kernels.radix_sort.argsort(places) if inner > 1 else slice(None)
        return basis.analyse_few(n, places[order], spectrum.eigenvalues[order])
    require_budget(numbers.size * n * _line_bytes(dtype), _INSTEAD)
    rows = np.zeros((numbers.size, n), dtype)
    rows[row, along] = spectrum.eigenvalues
    rows = basis.analyse(synthesised(rows, [(1, old)], is_real, True), -1)
    row, along = np.nonzero(rows)
    return numbers[row] * n + along, rows[row, along]


def _are_conjugate(a: Basis, b: Basis) -> bool:
    return a != b and a.conjugate == b


def _change_axis(spectrum: Spectrum, axis: int, basis: Basis) -> Spectrum:
    """Change the basis of one axis. O(n log n) for each line in use."""
    old = spectrum.bases[axis]
    bases = (*spectrum.bases[:axis], basis, *spectrum.bases[axis + 1 :])
    shape, n = spectrum.shape, spectrum.shape[axis]
    if _are_conjugate(old, basis):
        # They hold the same functions in another order.
        along = list(spectrum.coordinates())
        along[axis] = old.reflect(n, along[axis])
        indices, values = gather_sums(linear(tuple(along), shape), spectrum.eigenvalues)
    else:
        others = (b for a, b in enumerate(bases) if a != axis)
        is_real = spectrum.dtype.kind != "c" and not any(b.is_complex for b in others)
        places, values = _changed_lines(spectrum, axis, basis, is_real)
        inner = prod(shape[axis + 1 :])
        lines, along_axis = np.divmod(places, n)
        outer, rest = np.divmod(lines, inner)
        indices, values = gather_sums((outer * n + along_axis) * inner + rest, values)
    if all_standard(bases):
        values = as_samples(values, spectrum.dtype)
    zero = zero_of(spectrum.dtype)
    return compact(shape, spectrum.dtype, bases, values, indices, zero, error=spectrum.error)


def _change_all(spectrum: Spectrum, bases: tuple[Basis, ...]) -> Spectrum:
    """Change the bases of an array whose coefficients are all active. O(N log N)."""
    shape, dtype, before = spectrum.shape, spectrum.dtype, spectrum.bases
    kind = coefficient_dtype(bases, dtype)
    widest = max(kind.itemsize, spectrum.eigenvalues.itemsize)
    require_budget(4 * spectrum.size * widest, _INSTEAD)
    given = samples = spectrum.eigenvalues.reshape(shape)
    changed = []
    for axis, (old, new) in enumerate(zip(before, bases, strict=True)):
        if _are_conjugate(old, new):
            samples = samples.take(old.reflect(shape[axis], np.arange(shape[axis])), axis)
        elif old != new:
            changed.append(axis)
    is_real = dtype.kind != "c" and not any(
        basis.is_complex for axis, basis in enumerate(bases) if axis not in changed
    )
    own = not np.may_share_memory(samples, given)
    # What is not finite is looked for afterwards.
    with np.errstate(over="ignore", invalid="ignore"):
        samples = synthesised(samples, [(axis, before[axis]) for axis in changed], is_real, own)
        for axis in sorted(changed, key=lambda axis: bases[axis].is_complex):
            samples = bases[axis].analyse(samples, axis)
    values = samples.reshape(-1)
    if all_standard(bases):
        values = as_samples(values, dtype)
    return whole(shape, dtype, bases, values.astype(kind, copy=False), error=spectrum.error)


def linear(coordinates: tuple[Array, ...], shape: tuple[int, ...]) -> Array:
    """Return indices along each axis as C-order positions, as int64. O(k)."""
    if len(shape) == 1:
        return coordinates[0].astype(np.int64, copy=False)
    out = np.zeros(coordinates[0].size if coordinates else 1, np.int64)
    for index, n in zip(coordinates, shape, strict=True):
        out *= n
        out += index
    return out


def along_diagonal(spectrum: Spectrum) -> Spectrum:
    """Return all eigenvalues of a diagonal array, as an array in the standard basis. O(1)."""
    values = spectrum.eigenvalues
    fill = values.dtype.type(spectrum.fill_value)
    indices, error = spectrum.active_indices, spectrum.error
    return Spectrum(
        spectrum.shape[:1], values.dtype, (STANDARD,), values, indices, fill, False, error
    )


def with_all_eigenvalues(spectrum: Spectrum) -> Spectrum:
    """Make all eigenvalues of a diagonal array active, unless the inactive ones are 0.

    Raises MaterializationError where those are over the memory budget.
    """
    if not spectrum.fill_value:
        return spectrum
    values, n = spectrum.eigenvalues, spectrum.space
    require_budget(n * values.itemsize, _KEEP_OPERATOR)
    whole = np.full(n, spectrum.fill_value, values.dtype)
    whole[spectrum.indices()] = values
    zero = zero_of(spectrum.dtype)
    return spectrum.replace(eigenvalues=whole, active_indices=None, fill_value=zero)


def off_diagonal(spectrum: Spectrum) -> Spectrum:
    """Put an operator's coefficients into the square space that its shape spans. O(k).

    Raises MaterializationError where that has more than 2**63 - 1 positions, or where the inactive
    eigenvalues are not 0 and all of them are over the memory budget.
    """
    n = spectrum.shape[0]
    if n * n > MAX_SIZE:
        wanted = n * n * spectrum.dtype.itemsize
        require_budget(wanted, _KEEP_OPERATOR)
        raise over_limit(wanted, MAX_SIZE, _KEEP_OPERATOR)
    spectrum = with_all_eigenvalues(spectrum)
    indices = spectrum.indices().astype(np.int64) * (n + 1)
    values = spectrum.eigenvalues
    shape, dtype, bases = spectrum.shape, spectrum.dtype, spectrum.bases
    if all_standard(bases):
        values = as_samples(values, dtype)
    return compact(shape, dtype, bases, values, indices, spectrum.fill_value, error=spectrum.error)


def scalar_operator(spectrum: Spectrum, basis: Basis) -> Spectrum:
    """Return a multiple of the identity, diagonal in every basis, in another one. O(1)."""
    bases = (basis, basis.conjugate)
    dtype = sample_dtype(bases, spectrum.dtype)
    return spectrum.replace(
        dtype=dtype,
        bases=bases,
        eigenvalues=np.empty(0, coefficient_dtype(bases, dtype)),
        fill_value=dtype.type(spectrum.fill_value),
    )


@lru_cache(maxsize=64)
def constant_functions(
    bases: tuple[Basis, ...], shape: Shape, most: int
) -> tuple[Array, Array] | None:
    """Return the functions that the constant 1 is made of: sorted indices, and coefficients.

    Returns None where they are more than `most`. The coefficients are longdouble. Not to be written
    to: results are remembered.
    """
    parts = list(zip(bases, shape, strict=True))
    indices = constant_indices(parts, most)
    if indices is None:
        return None
    heights: Array = np.ones(indices.size, np.longdouble)
    for (basis, n), along in zip(parts, split_indices(indices, parts), strict=True):
        heights *= basis.sums(n, along, heights.dtype)
    return indices, heights


cleared(constant_functions.cache_clear)


@implements(Spectrum, "norm_bound")
def l2_norm(spectrum: Spectrum) -> float:
    """Return the L2 norm of all elements, by Parseval. O(k)."""
    size = norm(spectrum.eigenvalues)
    if not spectrum.fill_value:
        return size
    missing = float(spectrum.space - spectrum.nactive)
    return float(np.hypot(size, magnitudes(spectrum.fill_value) * missing**0.5))


def rounded(
    old: ErrorBound | None,
    dtype: np.dtype[Any],
    shape: Shape,
    before: Sequence[Basis],
    after: Sequence[Basis],
    size: float,
) -> ErrorBound | None:
    """Widen the error bound of an array of norm `size` by what changing bases has rounded."""
    amount = rounding(dtype, shape, before, after) * size
    if not amount:
        return old
    old = old or ErrorBound(0.0, size - amount)
    return ErrorBound(old.absolute + amount, old.reference)


def _with_rounding(spectrum: Spectrum, before: Sequence[Basis], size: float) -> Spectrum:
    """Widen the error bound of an array of some norm by what changing bases has rounded."""
    dtype, shape, after = spectrum.eigenvalues.dtype, spectrum.shape, spectrum.bases
    error = rounded(spectrum.error, dtype, shape, before, after, size)
    return spectrum if error is spectrum.error else spectrum.replace(error=error)


def sample_dtype(bases: tuple[Basis, ...], dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype of an array of `dtype` once in `bases`: only floats are transformed.

    Raises TypeError for dates in other bases than standard.
    """
    if all_standard(bases):
        return dtype
    return np.dtype(np.float64) if number_dtype(dtype).kind in "biu" else dtype


def coefficient_dtype(bases: tuple[Basis, ...], dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype of eigenvalues of an array of `dtype` in `bases`."""
    for basis in bases:
        dtype = basis.coefficient_dtype(dtype)
    return dtype


def _cut(old: Basis, new: Basis, n: int) -> list[tuple[Basis, Basis, int]]:
    """Return the axes that an axis is made of, each of which changes its basis on its own."""
    before, after = old.parts(n), new.parts(n)
    lengths = [m for _, m in (before if new.is_standard else after)]
    if old.is_standard:
        before = [(STANDARD, m) for m in lengths]
    if new.is_standard:
        after = [(STANDARD, m) for m in lengths]
    if old == new or [m for _, m in before] != [m for _, m in after]:
        return [(old, new, n)]
    return [(part, made, m) for (part, m), (made, _) in zip(before, after, strict=True)]


def _require_finite(spectrum: Spectrum) -> None:
    """Raise ValueError for an element that would make every coefficient infinite or NaN."""
    for values in (spectrum.eigenvalues, np.atleast_1d(spectrum.fill_value)):
        finite = np.isfinite(values)
        if finite.all():
            continue
        bad = values[int(np.argmin(finite))]
        raise ValueError(f"element {bad} is not finite; only basis='standard' can hold it")


def to_bases(spectrum: Spectrum, bases: tuple[Basis, ...]) -> Spectrum:
    """Put an array in other bases, axis by axis.

    O(n log n) for each line along a changed axis that holds a coefficient. Raises TypeError for
    dates in other bases than standard; ValueError where a length is not one that a basis can have,
    or an element is infinite or NaN; MaterializationError where the lines that hold coefficients
    take more than the memory budget.
    """
    if bases == spectrum.bases:
        return spectrum
    for basis, n in zip(bases, spectrum.shape, strict=True):
        basis.check_length(n)
    dtype = sample_dtype(bases, spectrum.dtype)
    if spectrum.active_indices is not None and not all_standard(bases):
        _require_finite(spectrum)
    if spectrum.diagonal:
        if not spectrum.nactive and spectrum.is_operator and bases[1] == bases[0].conjugate:
            return scalar_operator(spectrum, bases[0])
        spectrum = off_diagonal(spectrum)
    if spectrum.fill_value and spectrum.active_indices is not None:
        spectrum = sparse(to_dense(spectrum))
    given, shape, before, values = spectrum, spectrum.shape, spectrum.bases, spectrum.eigenvalues
    kind = coefficient_dtype(bases, dtype)
    if spectrum.size == 0:
        return spectrum.replace(
            dtype=dtype, bases=bases, fill_value=zero_of(dtype), eigenvalues=values.astype(kind)
        )
    if spectrum.active_indices is not None:
        values = values.astype(np.result_type(kind, values), copy=False)
    cut = [_cut(*axis) for axis in zip(before, bases, shape, strict=True)]
    spectrum = spectrum.replace(
        shape=tuple(n for parts in cut for _, _, n in parts),
        dtype=dtype,
        bases=tuple(old for parts in cut for old, _, _ in parts),
        eigenvalues=values,
        fill_value=zero_of(dtype),
    )
    made = tuple(new for parts in cut for _, new, _ in parts)
    exact = all(a == b or _are_conjugate(a, b) for a, b in zip(spectrum.bases, made, strict=True))
    for axis, basis in enumerate(made):
        if spectrum.active_indices is None:
            spectrum = _change_all(spectrum, made)
            break
        if basis != spectrum.bases[axis]:
            spectrum = _change_axis(spectrum, axis, basis)
    spectrum = spectrum.replace(shape=shape, bases=bases)
    if exact:
        return spectrum
    size = norm(spectrum.eigenvalues)
    if not isfinite(size) and not all_standard(bases):
        # One question is asked of all elements, which one that is not finite spoils.
        _require_finite(given)
        require_finite(spectrum.eigenvalues, bases)
    return _with_rounding(spectrum, before, size)


def to_common_basis(spectrum: Spectrum, axis: int, basis: Basis) -> Spectrum:
    """Put one axis in the basis of an array that it is combined with; as `to_bases`.

    Raises MaterializationError, which says what bases do not meet.
    """
    old = spectrum.bases[axis]
    bases = (*spectrum.bases[:axis], basis, *spectrum.bases[axis:][1:])
    try:
        return to_bases(spectrum, bases)
    except MaterializationError as error:
        error.advise(
            f"the bases {basis} and {old} do not meet: make both arrays in one of them, or raise "
            "the budget"
        )
        raise
