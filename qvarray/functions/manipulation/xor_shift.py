"""Positions moved by the exclusive or with a mask."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...ops import join, repetition
from ...ops.reshape import reshape
from ..common import spectrum_of

__all__ = ["xor_shift"]


def xor_shift(x: Any, mask: int, axis: int | None = None) -> VirtualQArray:
    """The array whose element at position p is that of `x` at ``p ^ mask``.

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
    mask = operator.index(mask)
    spectrum = spectrum_of(x)
    shape = spectrum.shape
    if axis is None:
        spectrum, axis = join.flat(spectrum), 0
    axis = np.lib.array_utils.normalize_axis_index(axis, len(spectrum.shape))
    n = spectrum.shape[axis]
    if mask < 0 or n % (1 << mask.bit_length()):
        raise ValueError(f"positions of an axis of length {n} cannot be moved by p ^ {mask}")
    moved = repetition.xor_shifted(spectrum, axis, mask) if mask and n else spectrum
    return VirtualQArray(reshape(moved, shape))
