"""``ufunc.at`` in the standard basis: repeated indices count as often as they are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import kernels
from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.runs import run_lengths
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..indexing.advanced_keys import advanced_key, dense_key, positions_of
from ..indexing.keys import basic_key
from ..indexing.strided_view import positions_in, window_of

#: The operand that changes nothing, of some ufuncs, but for signs of zeros and infinities.
_IDENTITIES: dict[np.ufunc, int] = {
    np.add: 0,
    np.subtract: 0,
    np.multiply: 1,
    np.bitwise_or: 0,
    np.bitwise_xor: 0,
}


def without_identity(
    ufunc: np.ufunc, target: VirtualQArray | Array, key: Any, values: Spectrum
) -> tuple[tuple[Array, ...], Array] | None:
    """Return the updates of ``ufunc.at`` that change something, where few of the values do.

    O(m) for m indices in arrays, to see that none is out of bounds; O(k) for what a virtual target
    stores. Raises IndexError as ``ufunc.at``: also for an index whose value is not stored.

    `target`: the array that is changed. `key`: array_like of int or bool, or tuple of them and of
    slices.

    Returns
    -------
    key, values : tuple of ndarray of shape (k,), ndarray of shape (k,)
        Or None, where the fill value changes something, for values that are not of the shape that
        the key selects, and for keys without arrays.
    """
    shape = np.shape(target)
    if values.active_indices is None or not values.is_standard:
        return None
    same = _IDENTITIES.get(ufunc)
    if same is None or values.fill_value != same or basic_key(key, shape) is not None:
        return None
    named = advanced_key(key, shape)
    if named.shape != values.shape or _matters(ufunc, values.fill_value, target, key):
        return None
    return named.coordinates(values.coordinates()), values.eigenvalues


def _matters(ufunc: np.ufunc, same: np.generic, target: VirtualQArray | Array, key: Any) -> bool:
    """Tell whether an operand that changes no number may change a sign, or make a NaN."""
    if ufunc is np.multiply:
        # An infinite part times 1+0j.
        return target.dtype.kind == "c"
    if ufunc not in (np.add, np.subtract) or target.dtype.kind not in "fc":
        return False
    # -0.0 + 0.0 and -0.0 - -0.0 are 0.0; with the other zero, it stays.
    signs = {bool(np.signbit(part)) for part in (np.real(same), np.imag(same))}
    if signs == {ufunc is np.add}:
        return False
    return _has_negative_zeros(target if isinstance(target, VirtualQArray) else target[key])


def _has_negative_zeros(x: VirtualQArray | Array) -> bool:
    """Tell whether an array has some, or may have. O(k), or O(N) for an ndarray."""
    values: Any = x
    if isinstance(x, VirtualQArray):
        stored = x.source.express().stored
        if stored is None or not stored.is_standard:
            return True
        values = np.append(stored.eigenvalues, x.dtype.type(stored.fill_value))
    parts = (values.real, values.imag) if x.dtype.kind == "c" else (values,)
    return any(bool((np.signbit(part) & (part == 0)).any()) for part in parts)


def _positions(key: Any, shape: tuple[int, ...]) -> Array:
    """Return the C-order position of every element that a key names, in the key's shape."""
    basic = basic_key(key, shape)
    if basic is None:
        return positions_of(advanced_key(key, shape), window_of(shape))
    return positions_in(window_of(shape).part(basic))


def _unique(positions: Array) -> tuple[Array, Array]:
    """Return the positions, sorted and once each, and which of them every entry is. O(k)."""
    order = kernels.radix_sort.argsort(positions)
    ordered = positions[order]
    starts = kernels.radix_sort.run_starts(ordered)
    which = np.empty(positions.size, np.intp)
    counts = run_lengths(starts, positions.size)
    which[order] = np.repeat(np.arange(starts.size), counts)
    return ordered[starts], which


def full(ufunc: np.ufunc, x: Spectrum, indices: Any, values: Any, is_own: bool) -> Spectrum:
    """Return what an array all of whose elements are stored is after ``ufunc.at``. O(N).

    Parameters
    ----------
    ufunc, indices, values
        As `updates`.
    x : Spectrum
        In the standard basis.
    is_own : bool
        Whether its eigenvalues may be written over; then O(m) for m updates.
    """
    if not is_own:
        require_budget(x.eigenvalues.nbytes, "change a part of it")
    whole = x.eigenvalues if is_own else x.eigenvalues.copy()
    key = dense_key(indices)
    index = key[0] if isinstance(key, tuple) and len(key) == 1 else key
    operands = _operands(values)
    if operands and len(x.shape) == 1 and not isinstance(index, tuple):
        operands = (_spread(values, np.shape(index)),)
    ufunc.at(whole.reshape(x.shape), key, *operands)
    return x.replace(eigenvalues=whole)


def _operands(values: Any) -> tuple[Any, ...]:
    return () if values is None else (values,)


def _spread(values: Any, shape: tuple[int, ...]) -> Any:
    """Broadcast an operand to indices along one axis: where NumPy does, it reads what is none."""
    if len(shape) < 2 or not np.ndim(values) or np.ndim(values) > len(shape):
        return values
    return np.broadcast_to(values, shape)


def updates(
    ufunc: np.ufunc, shape: tuple[int, ...], dtype: np.dtype[Any], indices: Any, values: Any
) -> tuple[Array, Callable[[Array], Array]]:
    """Return which elements ``ufunc.at`` changes, and the function of them that does.

    O(m log m) for m updates; they are applied in C order. Raises IndexError, TypeError, ValueError
    as ``ufunc.at``; MaterializationError where the elements that `indices` name are over the memory
    budget.

    `shape` and `dtype`: of the array. `values`: the second operand; None for a ufunc of one.

    Returns
    -------
    positions : ndarray of int64, shape (m,)
        In C order, sorted, each once.
    change : callable
        Of an ndarray of the elements there, which it changes and returns.
    """
    operands = _operands(values)
    try:
        positions = _positions(indices, shape)
    except IndexError:
        # NumPy looks at the types before it looks at the indices.
        with np.errstate(all="ignore"):
            ufunc.at(
                np.ones(1, dtype),
                0,
                *(np.ones((), np.asarray(operand).dtype) for operand in operands),
            )
        raise
    if operands:
        operands = (_spread(values, positions.shape),)
    touched, which = _unique(positions.ravel())

    def change(elements: Array) -> Array:
        ufunc.at(elements, which.reshape(positions.shape), *operands)
        return elements

    return touched, change
