"""Amplitudes of groups of qubits: joined as a product, and separated where they are one."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple, TypeAlias

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.values import Array
from .path_sum import PathSum
from .registers import WORD, bit_of
from .single_qubit import IDENTITY, Frame
from .state import MAX_QUBITS, State
from .validation import as_state
from .wide_amplitudes import INSTEAD, numbered
from .wide_state import WideState

#: A state of a group: an array, or of more qubits than one has.
Held: TypeAlias = "VirtualQArray | WideState"

# Two qubits whose values, all others being projected, have a smaller determinant are not entangled.
_UNTIED = 1e-9
# What a product may differ from the amplitudes by; more is none.
_ROUNDING = 1e-12
# Only bits that are constant are separated where there are more bits of amplitudes.
_MOST = 1 << 22


class Part(NamedTuple):
    """Amplitudes of n qubits: indices in words, a frame for each bit, what was dropped of them.

    And the Clifford gate that comes last, if it is kept.
    """

    n: int
    words: Array
    values: Array
    frames: Sequence[Frame]
    cutoff: float
    dropped: float
    layer: PathSum | None = None

    def bit(self, p: int) -> Array:
        """Return a bit of all indices."""
        return bit_of(self.words, p)

    @classmethod
    def of(cls, x: Held, is_layered: bool = False) -> Part:
        """Return the amplitudes of a state, with its Clifford gate kept or applied."""
        if isinstance(x, WideState):
            return cls(x.n, *x.listed(), x.cutoff, x.dropped)
        whole = as_state(x)
        layer = whole.layer if is_layered else None
        state = (whole.before_layer() if is_layered else whole.without_layer()).copy()
        state.compute()
        dropped = 0.0 if state.error is None else state.error.absolute
        words, values = state.core.indices[None], state.core.values * state.factor()
        return cls(state.n, words, values, state.frames, state.cutoff, dropped, layer)

    def held(self) -> Held:
        """Return the state."""
        if self.n > MAX_QUBITS:
            wide = WideState.of_words(self.n, self.words, self.values, self.frames, self.cutoff)
            wide.dropped = self.dropped
            return wide
        order = self.words[0].argsort()
        error = ErrorBound(self.dropped, 0.0) if self.dropped else None
        state = State(
            (1 << self.n,), self.values[order], self.words[0, order], tuple(self.frames), error,
            self.cutoff,
        )  # fmt: skip
        state.layer = self.layer
        return VirtualQArray(state)

    def of_bits(self, bits: Sequence[int], rows: Array, values: Array) -> Part:
        """Return some amplitudes as those of some of the bits, least significant first."""
        words = np.zeros((-(-len(bits) // WORD), rows.size), np.int64)
        for place, p in enumerate(bits):
            words[place // WORD] |= self.bit(p)[rows] << place % WORD
        frames = [self.frames[p] for p in bits]
        return Part(len(bits), words, values, frames, self.cutoff, self.dropped)


def joined(n: int, parts: Sequence[tuple[Part, Sequence[int]]]) -> Part:
    """Return the product of some parts on n bits: each with the bits that its own are. O(k n)."""
    k = prod(part.values.size for part, _ in parts)
    width = -(-n // WORD)
    require_budget(k * (8 * width + 48), INSTEAD)
    words, values = np.zeros((width, 1), np.int64), np.ones(1, np.complex128)
    frames = [IDENTITY] * n
    for part, bits in parts:
        moved = np.zeros((width, part.values.size), np.int64)
        for p, at in enumerate(bits):
            moved[at // WORD] |= part.bit(p) << at % WORD
            frames[at] = part.frames[p]
        words = (moved[:, :, None] | words[:, None, :]).reshape(width, -1)
        values = np.multiply.outer(part.values, values).reshape(-1)
    layers = [(part.layer, bits) for part, bits in parts if part.layer is not None]
    layer = PathSum.beside(n, layers) if layers else None
    cutoff = max(part.cutoff for part, _ in parts)
    dropped = sum(part.dropped for part, _ in parts)
    return Part(n, words, values, frames, cutoff, dropped, layer)


def separated(part: Part) -> list[tuple[list[int], Part]]:
    """Return the parts that amplitudes are a product of, each with its bits, by the bits.

    The smallest there are, but for amplitudes that are too many to look for them. O(k n) to
    O(k n**2).
    """
    whole = [([*range(part.n)], part)]
    k = part.values.size
    if k == 0 or part.n == 1:
        return whole
    ones, any_one = (f.reduce(part.words, axis=1) for f in (np.bitwise_and, np.bitwise_or))
    differ = ones ^ any_one
    varying = [p for p in range(part.n) if bit_of(differ, p)]
    groups = [varying] if k * len(varying) > _MOST else _tied(part, varying)
    constant = [[p] for p in sorted({*range(part.n)} - {*varying})]
    if len(groups) + len(constant) < 2:
        return whole
    found = _factors(part, groups)
    if found is None:
        found = [(varying, part.of_bits(varying, np.arange(k), part.values))]
    one = np.ones(1, np.complex128)
    found += [(bits, part.of_bits(bits, np.zeros(1, np.int64), one)) for bits in constant]
    if not varying:
        found[0] = found[0][0], found[0][1]._replace(values=part.values)
    # What was dropped of all is told once.
    return [
        (bits, own._replace(dropped=0.0 if place else part.dropped))
        for place, (bits, own) in enumerate(found)
    ]


def _tied(part: Part, bits: list[int]) -> list[list[int]]:
    """Return groups of bits that are entangled with each other.

    Where all others are projected on vectors that are drawn, two qubits of a state that is no
    product of one of either are entangled, but for vectors of measure zero.
    """
    r = np.random.default_rng(0)
    vectors = np.exp(2j * np.pi * r.random((len(bits), 2))) * r.uniform(0.8, 1.2, (len(bits), 2))
    rows = np.array([part.bit(p) for p in bits]).reshape(len(bits), part.values.size)
    terms = part.values.copy()
    for row, vector in zip(rows, vectors, strict=True):
        terms *= vector[row]
    group = [*range(len(bits))]

    def tie(i: int, j: int) -> None:
        both = 2 * rows[i] + rows[j]
        sums = np.bincount(both, terms.real, 4) + 1j * np.bincount(both, terms.imag, 4)
        m = sums.reshape(2, 2) / np.multiply.outer(vectors[i], vectors[j])
        if abs(m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]) > _UNTIED * (np.abs(m) ** 2).sum():
            old, new = group[j], group[i]
            group[:] = [new if g == old else g for g in group]

    for i in range(len(bits) - 1):
        tie(i, i + 1)
    firsts = [group.index(g) for g in dict.fromkeys(group)]
    for place, i in enumerate(firsts):
        for j in firsts[place + 1 :]:
            if group[i] != group[j]:
                tie(i, j)
    return [[p for p, g in zip(bits, group, strict=True) if g == own] for own in set(group)]


def _factors(part: Part, groups: list[list[int]]) -> list[tuple[list[int], Part]] | None:
    """Return the amplitudes as a product of those of groups of bits, or None if they are not."""
    k, values = part.values.size, part.values
    first = int(np.abs(values).argmax())
    product = np.full(k, values[first])
    scalar = complex(values[first])
    sizes, out = 1, list[tuple[list[int], Part]]()
    for bits in groups:
        own = np.zeros((len(part.words), 1), np.int64)
        for p in bits:
            own[p // WORD] |= 1 << p % WORD
        rest = part.words & ~own
        rows = np.flatnonzero((rest == rest[:, first : first + 1]).all(axis=0))
        numbers, _ = numbered(part.words & own)
        factor = np.zeros(k, np.complex128)
        factor[numbers[rows]] = values[rows] / values[first]
        product *= factor[numbers]
        sizes *= rows.size
        norm = float(np.linalg.norm(values[rows]))
        scalar *= norm / complex(values[first])
        out.append((bits, part.of_bits(bits, rows, values[rows] / norm)))
    if sizes != k or np.linalg.norm(product - values) > _ROUNDING * np.linalg.norm(values):
        return None
    if out:
        bits, head = out[0]
        out[0] = bits, head._replace(values=head.values * scalar)
    return out
