"""Arrays of few values, each at many positions: what reductions take in place of all elements."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..bases import ALONE, Alike
from ..core.budget import affordable
from ..core.inside_out import folded, inside_out
from ..core.pages import PAGE
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import MAX_SIZE, Array, Shape
from ..indexing.elements import at_coordinates
from .expression import Expression

#: Values of an array at most, how many times as many elements it has at least, and what a value
#: takes with its count, its position, and what is made of them on the way.
_MOST, _GAIN, _BYTES = 1 << 20, 16, 256
#: Values times coefficients that are evaluated for them at most.
_WORK = 1 << 28


class FewValues(NamedTuple):
    """The values of an array, in the order of their first positions; some may be equal."""

    #: Of shape (m,).
    values: Array
    #: How often each is there; int64, or Python's integers where those do not suffice.
    counts: Array
    #: The first position in C order of each; integers as those of `counts`.
    firsts: Array

    def repeated(self, times: int) -> FewValues:
        """Return the values of an array that has all of this one again and again."""
        counts = _integers(self.counts, sum(self.counts.tolist()) * times)
        return self._replace(counts=counts * times)


def few_values(source: Source) -> FewValues | None:
    """Return the values of an array that takes few; None for one that may take many, or is small.

    O(m k) for m values and k coefficients. Positions are told apart only by what all functions of a
    basis that are active are there; each of their groups has one value.

    `source`: a spectrum, or an expression of spectra that are in one basis along each axis.
    """
    if source.size <= PAGE:
        return None
    most = affordable(min(_MOST, source.size // _GAIN), _BYTES)
    nodes = inside_out(source)
    leaves = [node for node in nodes if isinstance(node, Spectrum)]
    if len(leaves) + sum(isinstance(node, Expression) for node in nodes) < len(nodes):
        return None
    work = max(sum(leaf.nactive for leaf in leaves if not leaf.is_standard), 1)
    groups = _groups(leaves, source.shape, min(most, _WORK // work))
    if groups is None:
        return None
    whole = Alike(*(_integers(part, source.size) for part in ALONE))
    for one, n in zip(groups, source.shape, strict=True):
        whole = whole.over(one, n)
    return FewValues(
        _values(source, [one.firsts for one in groups], work), whole.counts, whole.firsts
    )


def as_intp(numbers: Array) -> Array:
    """Return counts or positions as NumPy has them.

    Raises OverflowError where one is beyond 2**63 - 1.
    """
    largest = max(numbers.tolist(), default=0)
    if largest > MAX_SIZE:
        raise OverflowError(f"a count or position of elements, {largest}, is beyond 2**63 - 1")
    return numbers.astype(np.intp, copy=False)


def _integers(numbers: Array, largest: int) -> Array:
    """Return integers as Python's where int64 does not suffice for the largest of them."""
    return numbers if largest <= MAX_SIZE else numbers.astype(object)


def _groups(leaves: list[Spectrum], shape: Shape, most: int) -> list[Alike] | None:
    """Return groups of positions along each axis, at most so many of elements; None for more."""
    if any(leaf.diagonal and leaf.fill_value != 0 for leaf in leaves):
        return None
    known = [(leaf, leaf.coordinates()) for leaf in leaves if leaf.nactive]
    groups = []
    for axis, n in enumerate(shape, -len(shape)):
        along = [
            (leaf.bases[axis], indices[axis])
            for leaf, indices in known
            if -axis <= len(leaf.shape) and leaf.shape[axis] > 1
        ]
        # Conjugate functions are told apart at the same positions.
        if len({frozenset((basis, basis.conjugate)) for basis, _ in along}) > 1:
            return None
        one: Alike | None = Alike(ALONE.firsts, ALONE.counts * n)
        if along:
            one = along[0][0].alike(n, np.concatenate([indices for _, indices in along]), most)
        if one is None:
            return None
        groups.append(one)
        most //= one.firsts.size
    return groups


def _values(source: Source, along: list[Array], work: int) -> Array:
    """Return the elements at all combinations of positions along the axes, in C order. O(m k)."""
    lengths = [positions.size for positions in along]
    total, step = prod(lengths), max(PAGE // work, 1)
    parts = []
    for begin in range(0, total, step):
        places = np.unravel_index(np.arange(begin, min(begin + step, total)), lengths)
        there = [positions[place] for positions, place in zip(along, places, strict=True)]

        def answer(node: Source, values: list[Any], there: list[Array] = there) -> Array:
            if node.operands:
                return node.computed(values)
            own = zip(there[len(there) - len(node.shape) :], node.shape, strict=True)
            zeros = np.zeros(there[0].size, np.int64)
            where = tuple(p if n > 1 else zeros for p, n in own)
            return at_coordinates(node.settle(), where) if where else node.at(zeros)

        parts.append(np.broadcast_to(folded(source, answer), there[0].shape))
    return np.concatenate(parts)
