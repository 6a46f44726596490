"""The same elements in C order, in another shape."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from .bases import STANDARD, WALSH, Basis
from .spectrum import Spectrum
from .transform import off_diagonal, to_bases

__all__ = ["reshape"]


def _groups(old: tuple[int, ...], new: tuple[int, ...]) -> Iterator[tuple[list[int], list[int]]]:
    """The finest cut of two shapes of one size, not 0, into axes with the same elements.

    Axes of length 1 are left out: all bases are the same there.
    """
    from_axes = [axis for axis, n in enumerate(old) if n > 1]
    to_axes = [axis for axis, n in enumerate(new) if n > 1]
    i = j = 0
    while i < len(from_axes):
        begin_i, begin_j = i, j
        m, n = old[from_axes[i]], new[to_axes[j]]
        i, j = i + 1, j + 1
        while m != n:
            if m < n:
                m, i = m * old[from_axes[i]], i + 1
            else:
                n, j = n * new[to_axes[j]], j + 1
        yield from_axes[begin_i:i], to_axes[begin_j:j]


def _bases(spectrum: Spectrum, shape: tuple[int, ...]) -> tuple[list[Basis], list[Basis]]:
    """The bases that the array has to be in, and those that it is in afterwards."""
    before = list(spectrum.bases)
    after: list[Basis] = [STANDARD] * len(shape)
    for old, new in _groups(spectrum.shape, shape):
        if len(old) == len(new) == 1:
            after[new[0]] = before[old[0]]
        elif all(before[axis] is WALSH for axis in old):
            # A walsh axis of length 2**n is n walsh axes of length 2.
            for axis in new:
                after[axis] = WALSH
        else:
            for axis in old:
                before[axis] = STANDARD
    return before, after


def reshape(spectrum: Spectrum, shape: tuple[int, ...]) -> Spectrum:
    """The array in another shape of the same size. Indices stay as they are.

    Raises
    ------
    MaterializationError
        Where an axis of a basis other than walsh is split or merged, as `transform.to_bases`.

    Notes
    -----
    O(1) in the standard basis, for walsh axes, and for axes that stay as they are.
    """
    if shape == spectrum.shape:
        return spectrum
    if spectrum.is_standard:
        return spectrum.replace(shape=shape, bases=(STANDARD,) * len(shape))
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    if prod(shape) == 0:
        spectrum = to_bases(spectrum, (STANDARD,) * len(spectrum.shape))
        return spectrum.replace(shape=shape, bases=(STANDARD,) * len(shape))
    before, after = _bases(spectrum, shape)
    spectrum = to_bases(spectrum, tuple(before))
    values = spectrum.eigenvalues
    if all(basis is STANDARD for basis in after):
        values = values.astype(spectrum.dtype, copy=False)
    return spectrum.replace(shape=shape, bases=tuple(after), eigenvalues=values)
