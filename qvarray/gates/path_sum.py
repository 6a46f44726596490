"""Clifford gates as a sum over paths: any number of them in O(n**2) bits.

    |x>  ->  2**(-r/2) Σ_y  i**q(x, y) |A x ⊕ B y ⊕ c>,    y over r bits

with a quadratic form q. A Hadamard gate begins a path, a bit of y; a bit that no output depends on
is summed over, which takes it away and often another with it, so that r is at most n [1]_.

.. [1] M. Amy, "Towards large-scale functional verification of universal quantum circuits", Proc.
   QPL 2018, EPTCS 287 (2019), doi:10.4204/EPTCS.287.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from ..core.values import Array
from . import gf2
from .phase_polynomial import Literal, PhaseForm, bits_in, moved_into
from .single_qubit import (
    FLIP,
    HADAMARD,
    HALF,
    IDENTITY,
    TINY,
    Frame,
    Vector,
    eighths,
    product,
    snapped,
    turns_of,
)

_S: Frame = (1 + 0j, 0j, 0j, 1j)


def _up_to_phase(u: Frame) -> tuple[Frame, float]:
    """Return a frame whose first entry that is not 0 is positive, and the phase taken away."""
    first = next(z for z in u if abs(z) > 0.4)
    phase = first / abs(first)
    back = phase.conjugate()
    return snapped(*(z * back for z in u)), turns_of(phase)


@cache
def _words() -> dict[Frame, tuple[str, float]]:
    """Return the 24 Clifford gates of one qubit as words of ``x``, ``s`` and ``h``, in order.

    With at most one Hadamard gate: that is what costs.
    """
    gates = {"x": FLIP, "s": _S, "h": HADAMARD}
    powers = ["s" * k for k in range(4)]
    words = [*powers, *(power + "x" for power in powers)]
    words += [power + "h" + other for power in powers for other in powers]
    found = {}
    for word in words:
        u = IDENTITY
        for letter in word:
            u = product(gates[letter], u)
        v, turns = _up_to_phase(u)
        found[v] = word, turns
    return found


@lru_cache(maxsize=256)
def clifford(u: Frame) -> tuple[str, float] | None:
    """Return a frame as a word of gates ``x``, ``s`` and ``h`` and a phase in turns, or None.

    >>> clifford(HADAMARD)
    ('h', 0.0)
    """
    if not all(min(abs(abs(z) - size) for size in (0.0, HALF, 1.0)) < TINY for z in u):
        return None
    v, turns = _up_to_phase(u)
    known = _words().get(v)
    if known is None:
        return None
    word, taken = known
    return word, (turns - taken) % 1.0


def pauli_axis(v: Vector) -> tuple[str, int] | None:
    """Find the Pauli matrix that a vector is an eigenvector of, and which: 1 of eigenvalue -1.

    >>> pauli_axis((0j, 1 + 0j))
    ('z', 1)
    """
    a, b = v
    if abs(a) < TINY or abs(b) < TINY:
        return "z", int(abs(a) < TINY)
    ratio = b / a
    for axis, value, wanted in (("x", 0, 1), ("x", 1, -1), ("y", 0, 1j), ("y", 1, -1j)):
        if abs(ratio - wanted) < TINY:
            return axis, value
    return None


class Factors(NamedTuple):
    """A Clifford gate as a map and phases, Hadamard gates, then phases and a map.

    Attributes
    ----------
    before : PhaseForm
        Of x.
    inward : tuple of int, length n
        Bit p of what the Hadamard gates get is the parity of ``inward[p] & x``.
    hadamard : tuple of int
        Bits.
    after : PhaseForm
        Of what they give.
    outward : tuple of int, length n
        What they gave is this map of the output: bit p of it is the parity of
        ``outward[p] & (output ^ offset)``.
    offset : int
    """

    before: PhaseForm
    inward: tuple[int, ...]
    hadamard: tuple[int, ...]
    after: PhaseForm
    outward: tuple[int, ...]
    offset: int

    def moved(self, outputs: Array) -> Array:
        """Return what the Hadamard gates gave for each output."""
        return gf2.products(self.outward, outputs ^ self.offset)

    def alone(self) -> list[int]:
        """List bits with a Hadamard gate that no phase and no map ties to others after it."""
        back = gf2.inverse(self.outward)
        return [
            p
            for p in self.hadamard
            if not self.after.forms[p]
            and back[p] == 1 << p
            and sum(row >> p & 1 for row in back) == 1
        ]

    def outputs(self, moved: Array) -> Array:
        """Return the output for each that the Hadamard gates gave."""
        return gf2.products(gf2.inverse(self.outward), moved) ^ self.offset

    def phases_at(self, moved: Array) -> Array:
        """Return the phases of `after`, as complex numbers of size 1."""
        quarters = np.zeros(moved.shape, np.int64)
        for p, (linear, form) in enumerate(zip(self.after.linear, self.after.forms, strict=True)):
            if linear or form:
                lower = np.bitwise_count(moved & (form & ((1 << p) - 1)))
                quarters += (moved >> p & 1) * (linear + 2 * lower)
        return np.array([eighths(k / 4) for k in range(4)])[quarters & 3]


class PathSum:
    """A Clifford gate on n bits. Immutable.

    Parameters
    ----------
    n : int
    rows : tuple of int, length n
        Bit p of the output is the parity of ``rows[p]`` and the variables: bits 0 to n - 1 are
        those of the input, and the following the paths'.
    offset : int
        Bit p of this is added.
    phases : PhaseForm
        Of the variables.
    turns : float
        A phase of all.
    touched : int
        The bits that gates were on.
    """

    __slots__ = ("n", "offset", "phases", "rows", "touched", "turns")

    def __init__(
        self,
        n: int,
        rows: tuple[int, ...],
        offset: int,
        phases: PhaseForm,
        turns: float,
        touched: int,
    ) -> None:
        self.n = n
        self.rows = rows
        self.offset = offset
        self.phases = phases
        self.turns = turns % 1.0
        self.touched = touched

    @classmethod
    def identity(cls, n: int) -> PathSum:
        """Return what changes nothing."""
        return cls(n, gf2.identity(n), 0, PhaseForm.none(n), 0.0, 0)

    @classmethod
    def beside(cls, n: int, parts: Sequence[tuple[PathSum, Sequence[int]]]) -> PathSum:
        """Return gates on different bits as one on n bits: each with the bits that its own are."""
        rows, linear, forms = list(gf2.identity(n)), [0] * n, [0] * n
        offset = touched = 0
        for part, bits in parts:
            last = len(linear)
            place = [*bits, *range(last, last + part.paths)]
            linear += [0] * part.paths
            forms += [0] * part.paths

            def moved(mask: int, place: Sequence[int] = place) -> int:
                return sum(1 << place[j] for j in bits_in(mask))

            for j, (quarters, partners) in enumerate(
                zip(part.phases.linear, part.phases.forms, strict=True)
            ):
                linear[place[j]], forms[place[j]] = quarters, moved(partners)
            for p, row in zip(bits, part.rows, strict=True):
                rows[p] = moved(row)
            offset |= moved(part.offset)
            touched |= moved(part.touched)
        phases = PhaseForm(tuple(linear), tuple(forms), {})
        turns = sum(part.turns for part, _ in parts)
        return cls(n, tuple(rows), offset, phases, turns, touched)

    @property
    def paths(self) -> int:
        """Their number r."""
        return len(self.phases.linear) - self.n

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return self.phases.nbytes + self.n * len(self.phases.linear) // 8 + 16

    # -- gates ------------------------------------------------------------------------------

    def _literal(self, p: int, value: int = 1) -> Literal:
        """Return the literal that output bit p has a value."""
        return self.rows[p], (self.offset >> p & 1) ^ 1 ^ value

    def _but(
        self,
        rows: Sequence[int] | None = None,
        offset: int | None = None,
        phases: PhaseForm | None = None,
        turns: float = 0.0,
        touched: int = 0,
    ) -> PathSum:
        """Return another that differs in this, with turns and touched bits added."""
        return PathSum(
            self.n,
            self.rows if rows is None else tuple(rows),
            self.offset if offset is None else offset,
            self.phases if phases is None else phases,
            self.turns + turns,
            self.touched | touched,
        )

    def _with_phase(self, turns: float, literals: list[Literal]) -> PathSum:
        phases, everywhere = self.phases.plus(turns, literals)
        return self._but(phases=phases, turns=everywhere)

    def rotated(self, p: int, u: Frame) -> PathSum | None:
        """Return it followed by a gate on an output bit, if that is a Clifford gate. O(n**2)."""
        known = clifford(u)
        if known is None:
            return None
        word, turns = known
        return self._after_word(p, word)._but(turns=turns, touched=1 << p)

    def _after_word(self, p: int, word: str) -> PathSum:
        """Return it followed by gates ``x``, ``s`` and ``h`` on an output bit."""
        new = self
        for letter in word:
            if letter == "h":
                new = new._hadamard(p)
            elif letter == "s":
                new = new._with_phase(0.25, [new._literal(p)])
            else:
                new = new._but(offset=new.offset ^ 1 << p)
        return new

    def swapped(self, p: int, q: int) -> PathSum:
        """Return it followed by an exchange of output bits. O(n)."""
        rows, offset = gf2.exchanged(self.rows, self.offset, p, q)
        return self._but(rows, offset, touched=1 << p | 1 << q)

    def reflected(self, first: tuple[int, str, int], second: tuple[int, str, int]) -> PathSum:
        """Return it followed by -1 where two bits are in eigenvectors of Pauli matrices.

        Each is given as bit, axis and value: see `pauli_axis`.
        """
        if first[1] != "z":
            first, second = second, first
        p, axis, value = first
        q, other, sign = second
        if axis != "z":
            # Neither is: turn the first to be.
            word, back = ("h", "h") if axis == "x" else ("sssh", "hs")
            turned = self._after_word(p, word).reflected((p, "z", value), second)
            return turned._after_word(p, back)
        new = self._but(touched=1 << p | 1 << q)
        if other == "z":
            return new._with_phase(0.5, [new._literal(p, value), new._literal(q, sign)])
        if sign == 0:
            # 1 - 2 |+><+| = -(1 - 2 |-><-|)
            new = new._with_phase(0.5, [new._literal(p, value)])
        if other == "y":
            new = new._with_phase(0.75, [new._literal(q)])
        new = new._but(*gf2.controlled(new.rows, new.offset, p, value, q))
        return new._with_phase(0.25, [new._literal(q)]) if other == "y" else new

    def _hadamard(self, p: int) -> PathSum:
        """Begin a path at an output bit, and sum over the one that may have ended there."""
        path = 1 << len(self.phases.linear)
        phases, everywhere = self.phases.extended().plus(0.5, [self._literal(p), (path, 0)])
        rows = list(self.rows)
        ended = rows[p] >> self.n
        rows[p] = path
        new = self._but(rows, self.offset & ~(1 << p), phases, everywhere)
        return new._summed() if ended else new

    # -- gates before it --------------------------------------------------------------------

    def after_controlled(self, p: int, q: int) -> PathSum:
        """Return it preceded by a flip of input bit q where p is set."""
        rows = [row ^ (row >> q & 1) << p for row in self.rows]
        phases, turns = self.phases.replaced(q, (1 << p | 1 << q, 0))
        return self._but(rows, phases=phases, turns=turns)

    def after_phase(self, turns: float, bits: Sequence[int]) -> PathSum:
        """Return it preceded by a phase where input bits are set: quarters of one, half of two."""
        return self._with_phase(turns, [(1 << p, 0) for p in bits])

    def after_hadamard(self, p: int) -> PathSum:
        """Return it preceded by a Hadamard gate on an input bit."""
        last = len(self.phases.linear)
        own, path = 1 << p, 1 << last
        rows = [row ^ (own | path) if row & own else row for row in self.rows]
        phases = self.phases.extended()
        phases, turns = phases.replaced(p, (path, 0))
        phases, more = phases.plus(0.5, [(own, 0), (path, 0)])
        return self._but(rows, phases=phases, turns=turns + more)._summed()

    # -- summing over a path ----------------------------------------------------------------

    def _unseen(self) -> int:
        """Find a combination of paths that no output depends on, or 0. O(n r)."""
        pivots: dict[int, int] = {}
        for row in self.rows:
            rest = row >> self.n
            for bit, pivot in pivots.items():
                if rest >> bit & 1:
                    rest ^= pivot
            if rest:
                low = (rest & -rest).bit_length() - 1
                for bit, pivot in pivots.items():
                    if pivot >> low & 1:
                        pivots[bit] = pivot ^ rest
                pivots[low] = rest
        for free in range(self.paths):
            if free not in pivots:
                seen = sum(1 << bit for bit, pivot in pivots.items() if pivot >> free & 1)
                return (seen | 1 << free) << self.n
        return 0

    def _summed(self) -> PathSum:
        unseen = self._unseen()
        if not unseen:
            return self
        i = unseen.bit_length() - 1
        own = 1 << i
        phases = self.phases.along(unseen, i)
        # No output changes along it.
        rows = [row & ~own for row in self.rows]
        quarter, partners = phases.linear[i], phases.forms[i]
        phases = phases.without(i)
        turns, offset = 0.0, self.offset
        if quarter & 1:
            # 1 + i (-1)**f = 2**0.5 e(1/8) (-i)**f, and its conjugate
            sense = 1 if quarter == 1 else -1
            phases, everywhere = phases.plus(-sense * 0.25, [(partners, 0)])
            turns += sense / 8 + everywhere
            gone = [i]
        else:
            # 2 where f is 0, or is 1: that is what another path is.
            value = quarter >> 1
            j = partners.bit_length() - 1
            rest = partners & ~(1 << j)
            for p, row in enumerate(rows):
                if row >> j & 1:
                    rows[p] = row ^ partners
                    offset ^= value << p
            phases, everywhere = phases.replaced(j, (rest, value))
            turns += everywhere
            gone = sorted([i, j], reverse=True)
        for path in gone:
            phases = phases.closed_up(path)
            rows = [moved_into(row, len(phases.linear), path) for row in rows]
        return self._but(rows, offset, phases, turns)

    # -- what it is ------------------------------------------------------------------------

    def frames(self) -> dict[int, Frame] | None:
        """Return the gates on single bits that it is the product of, if it is one. O(n)."""
        found: dict[int, Frame] = {}
        linear, forms = self.phases.linear, self.phases.forms
        for p in bits_in(self.touched):
            own, row = 1 << p, self.rows[p]
            last = row.bit_length() - 1
            if row == own:
                if forms[p]:
                    return None
                u = snapped(1 + 0j, 0j, 0j, eighths(linear[p] / 4))
            elif last >= self.n and row == 1 << last and forms[p] == row and forms[last] == own:
                x, y = eighths(linear[p] / 4), eighths(linear[last] / 4)
                u = snapped(HALF + 0j, HALF * x, HALF * y, -HALF * x * y)
            else:
                return None
            found[p] = product(FLIP, u) if self.offset & own else u
        return found

    # -- applying it ------------------------------------------------------------------------

    def factors(self) -> Factors:
        """Return maps, phases and Hadamard gates, as few as there can be. O(n**2) words."""
        n = self.n
        rows, outward = list(self.rows), list(gf2.identity(n))
        phases = self.phases
        pivots: dict[int, int] = {}
        for j in range(n, n + self.paths):
            pivot = next(p for p in range(n) if p not in pivots.values() and rows[p] >> j & 1)
            pivots[j] = pivot
            for p in range(n):
                if p != pivot and rows[p] >> j & 1:
                    rows[p] ^= rows[pivot]
                    outward[p] ^= outward[pivot]
        inputs = (1 << n) - 1
        for j, p in pivots.items():
            # The path is the output less what the input has in it.
            mask = rows[p] & inputs
            phases, _ = phases.replaced(j, (1 << j | mask, 0))
        inward = [row & inputs for row in rows]
        after = PhaseForm.none(n)
        linear, forms = list(after.linear), list(after.forms)
        for j, p in pivots.items():
            inward[p] = phases.forms[j] & inputs
            linear[p] = phases.linear[j]
            forms[p] = sum(1 << q for k, q in pivots.items() if phases.forms[j] >> k & 1)
        before = PhaseForm(phases.linear[:n], tuple(f & inputs for f in phases.forms[:n]), {})
        return Factors(
            before, tuple(inward), tuple(sorted(pivots.values())),
            PhaseForm(tuple(linear), tuple(forms), {}), tuple(outward), self.offset,
        )  # fmt: skip
