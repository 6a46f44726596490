"""Reshape: the same elements in C order, in another shape, in spectral bases too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import prod
from typing import NamedTuple

from ..bases import STANDARD, Basis, all_standard, of_parts
from ..bases.merged_axes import split_indices
from ..core.spectrum import Spectrum
from ..core.values import Array, Shape
from .basis_change import off_diagonal, to_bases


def _groups(old: Shape, new: Shape) -> Iterator[tuple[list[int], list[int]]]:
    """Cut two shapes of one size, not 0, as finely as possible into axes with the same elements.

    Axes of length 1 are left out: all bases are the same there.

    >>> list(_groups((4, 6, 5), (2, 12, 5)))
    [([0, 1], [0, 1]), ([2], [2])]
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


class _Part(NamedTuple):
    """An axis that another one is made of, and what returns the active indices along it."""

    basis: Basis
    n: int
    indices: Callable[[], Array]


def _regrouped(parts: list[_Part], lengths: list[int]) -> list[Basis] | None:
    """Return the bases of axes of other lengths that are made of the same parts, or None."""
    left = parts[::-1]
    out = []
    for n in lengths:
        taken: list[tuple[Basis, int]] = []
        while n > 1:
            part = left.pop()
            if n % part.n:
                if part.n % n or not part.basis.can_split(n, part.indices):
                    return None
                left.append(part._replace(n=part.n // n))
                part = part._replace(n=n)
            taken.append((part.basis, part.n))
            n //= part.n
        out.append(of_parts(taken))
    return out


def _parts_of(spectrum: Spectrum, axis: int) -> list[_Part]:
    """Return what an axis is made of."""
    parts = spectrum.bases[axis].parts(spectrum.shape[axis])

    def indices(i: int) -> Array:
        return split_indices(spectrum.coordinates()[axis], parts)[i]

    return [_Part(basis, n, partial(indices, i)) for i, (basis, n) in enumerate(parts)]


def _bases(spectrum: Spectrum, shape: Shape) -> tuple[list[Basis], list[Basis]]:
    """Return the bases that the array has to be in, and those that it is in afterwards."""
    before = list(spectrum.bases)
    after: list[Basis] = [STANDARD] * len(shape)
    for old, new in _groups(spectrum.shape, shape):
        if len(old) == len(new) == 1:
            after[new[0]] = before[old[0]]
            continue
        # A merged axis has the bases of those that it is made of, and is split to them again; the
        # bits of a walsh axis are walsh axes of length 2.
        parts = [part for axis in old for part in _parts_of(spectrum, axis)]
        made = _regrouped(parts, [shape[axis] for axis in new])
        if made is None:
            for axis in old:
                before[axis] = STANDARD
        else:
            for axis, basis in zip(new, made, strict=True):
                after[axis] = basis
    return before, after


def keeps_bases(spectrum: Spectrum, shape: Shape) -> bool:
    """Tell whether coefficients stay as they are where an array is given another shape."""
    return prod(shape) > 0 and tuple(_bases(spectrum, shape)[0]) == spectrum.bases


def reshape(spectrum: Spectrum, shape: Shape) -> Spectrum:
    """Give an array another shape of the same size. Indices stay as they are.

    Raises
    ------
    MaterializationError
        Where an axis is split to others than it was merged of, as `to_bases`.

    Notes
    -----
    O(1) where axes are merged, where they are split to what they were merged of, and where they
    are in the standard or the Walsh basis; O(k) for constants.
    """
    if shape == spectrum.shape:
        return spectrum
    if spectrum.is_standard:
        return spectrum.reshaped(shape, (STANDARD,) * len(shape))
    if spectrum.diagonal:
        spectrum = off_diagonal(spectrum)
    if prod(shape) == 0:
        spectrum = to_bases(spectrum, (STANDARD,) * len(spectrum.shape))
        return spectrum.reshaped(shape, (STANDARD,) * len(shape))
    before, after = _bases(spectrum, shape)
    spectrum = to_bases(spectrum, tuple(before))
    values = spectrum.eigenvalues
    if all_standard(after):
        values = values.astype(spectrum.dtype, copy=False)
    return spectrum.replace(shape=shape, bases=tuple(after), eigenvalues=values)
