"""Rearranging elements: roll, and xor_shift, which NumPy does not have."""

from __future__ import annotations

import operator
from typing import Any, SupportsIndex

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.values import Axis
from ...ops import join, repetition
from ...ops.reshape import reshape
from ..common import Operand, normalize_axis, spectrum_of


@function_rule(Tier.STRUCTURAL, np.roll)
def roll(a: VirtualQArray, shift: Operand, axis: Axis = None) -> Any:
    """Shift positions round along some axes. O(k); a phase along Fourier axes."""
    spectrum = a.spectrum
    shape = spectrum.shape
    if axis is None:
        spectrum, axis = join.flat(spectrum), 0
    elif not shape:
        return NotImplemented
    lengths = spectrum.shape
    axes = np.lib.array_utils.normalize_axis_tuple(axis, len(lengths), allow_duplicate=True)
    pairs = np.broadcast(np.asarray(shift, dtype=object), axes)
    if pairs.ndim > 1:
        raise ValueError("'shift' and 'axis' should be scalars or 1D sequences")
    shifts = dict.fromkeys(axes, 0)
    for distance, i in pairs:
        shifts[i] += int(distance)
    wanted = {i: distance % (lengths[i] or 1) for i, distance in shifts.items()}
    return VirtualQArray(reshape(repetition.rolled(spectrum, wanted), shape))


def xor_shift(x: Operand, mask: SupportsIndex, axis: int | None = None) -> VirtualQArray:
    """Move the element of `x` at position p to ``p ^ mask``.

    Parameters
    ----------
    x : array_like
    mask : int
        Which bits of a position are turned over; not negative.
    axis : int, optional
        The axis along which elements move. By default they move in the flattened array, whose
        shape is then restored.

    Returns
    -------
    VirtualQArray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        Where ``p ^ mask`` is not within the axis for every p: its length must be a multiple of
        the power of two above the mask.
    numpy.exceptions.AxisError
        For an axis out of bounds.
    MaterializationError
        Along a Fourier or cosine axis whose lines are over the memory budget.

    Notes
    -----
    O(k log k) along standard, Walsh and Haar axes: positions move, or signs change. It is its own
    inverse, and what a NOT gate does to each bit of the mask of a quantum state.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.xor_shift(qv.asarray([0, 1, 2, 3, 4, 5, 6, 7]), 5).todense()
    array([5, 4, 7, 6, 1, 0, 3, 2])
    >>> x = qv.from_eigenvalues([1.0, 1.0], [0, 5], 2**40, basis="walsh")
    >>> qv.xor_shift(x, 1).eigenvalues
    array([ 1., -1.])
    """
    bits = operator.index(mask)
    spectrum = spectrum_of(x)
    shape = spectrum.shape
    if axis is None:
        spectrum, axis = join.flat(spectrum), 0
    axis = normalize_axis(axis, len(spectrum.shape))
    n = spectrum.shape[axis]
    if bits < 0 or n % (1 << bits.bit_length()):
        raise ValueError(f"positions of an axis of length {n} cannot be moved by p ^ {bits}")
    moved = repetition.xor_shifted(spectrum, axis, bits) if bits and n else spectrum
    return VirtualQArray(reshape(moved, shape))
