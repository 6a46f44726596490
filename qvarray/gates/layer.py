"""States with a Clifford gate that is kept as a sum over paths, after their frames: the layer.

Gates of the Clifford group whose qubits are in frames that cannot take them up would double the
amplitudes; the layer takes them up instead, and is applied when something needs it to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Self

import numpy as np

from ..core.budget import require_budget
from ..core.values import Array
from ..runtime.locks import alone
from . import gf2
from .amplitudes import INSTEAD, Amplitudes
from .path_sum import Factors, PathSum, clifford, pauli_axis
from .paulis import Pauli
from .phase_polynomial import bits_in
from .single_qubit import (
    FLIP,
    HADAMARD,
    IDENTITY,
    ONE,
    Frame,
    Vector,
    adjoint,
    apply_adjoint,
    column_frame,
    diagonal_of,
    diagonal_parts,
    is_diagonal,
    product,
    turns_of,
)


class Layered(Amplitudes):
    """A state whose gates on one qubit, exchanges and reflections a layer may take up."""

    __slots__ = ()

    # -- gates ------------------------------------------------------------------------------

    def rotate(self, p: int, u: Frame) -> None:
        """Apply a gate on one qubit. O(1), or O(n**2) where a Clifford gate is kept."""
        if self.layer is not None and self.touches(p):
            after = self.layer.rotated(p, u)
            if after is not None:
                self._keep(after)
                return
            if is_diagonal(u):
                turn_0, turn_1 = turns_of(u[0]), turns_of(u[3])
                if self._phase_after_layer(turn_1 - turn_0, [(p, ONE)]):
                    self.turns = (self.turns + turn_0) % 1.0
                    return
            else:
                parts = diagonal_parts(u)
                if self._is_sparser(sum(clifford(part) is None for part in parts)):
                    for part in parts:
                        self.rotate(p, part)
                    return
            self.flush()
        self.frames[p] = product(u, self.frames[p])

    def swap(self, p: int, q: int) -> None:
        """Exchange two qubits. O(n)."""
        if self.layer is not None and self.touches(p, q):
            if self._hand_over(p, q):
                self._keep(self.layer.swapped(p, q))
                return
            self.flush()
        frames, core = self.frames, self.core
        frames[p], frames[q] = frames[q], frames[p]
        rows, offset = gf2.exchanged(core.rows, core.offset, p, q)
        self.core = core._replace(rows=rows, offset=offset)

    def control(self, q: int, p: int) -> None:
        """Flip a bit of indices where another is set, whatever their frames are. O(1)."""
        rows, offset = gf2.controlled(self.core.rows, self.core.offset, q, 1, p)
        self.core = self.core._replace(rows=rows, offset=offset)

    def exchange(self, places: list[int]) -> None:
        """Have each bit be what another one was; there must be no layer. O(n)."""
        if places == list(range(self.n)):
            return
        core = self.core
        rows = tuple(core.rows[p] for p in places)
        offset = sum((core.offset >> p & 1) << q for q, p in enumerate(places))
        self.core = core._replace(rows=rows, offset=offset)
        self.frames = [self.frames[p] for p in places]

    def absorb(self, targets: dict[int, Frame], is_last: bool = False) -> None:
        """Take what is between frames and the wanted ones into the amplitudes."""
        if self.touches(*targets):
            self.flush()
        super().absorb(targets, is_last)

    def _reflect(self, turns: float, factors: list[tuple[int, Vector]]) -> bool:
        """Have the layer take up a gate of `phase`, where it is a Clifford gate."""
        if turns != 0.5 or len(factors) != 2:
            return False
        (p, v), (q, w) = factors
        first, second = pauli_axis(v), pauli_axis(w)
        if first is None or second is None or not self._hand_over(p, q):
            return False
        assert self.layer is not None
        self._keep(self.layer.reflected((p, *first), (q, *second)))
        return True

    def _phase_after_layer(self, turns: float, factors: list[tuple[int, Vector]]) -> bool:
        """Have the layer, or the state before it, take up a gate of `phase`.

        The layer is changed for it where that leaves fewer amplitudes than applying it.
        """
        if self._reflect(turns, factors) or self._phase_before(turns, factors):
            return True
        assert self.layer is not None
        frames = {p: column_frame(v) for p, v in factors if self.touches(p) and v[0] and v[1]}
        is_taken = all(clifford(frame) for frame in frames.values())
        if not is_taken or not self._is_sparser(sum(self._is_open(p, v) for p, v in factors)):
            return False
        inside = []
        for p, v in factors:
            if p in frames:
                self.layer = self.layer.rotated(p, adjoint(frames[p])) or self.layer
                v = apply_adjoint(frames[p], v)
            elif not self.touches(p) and self._is_open(p, v):
                super().absorb({p: column_frame(v)})
            inside.append((p, v))
        for p, _ in inside:
            if self.touches(p):
                self.diagonalise(Pauli(0, 1 << p, 0))
        self._phase_before(turns, inside)
        for p, frame in frames.items():
            self.rotate(p, frame)
        return True

    def _is_open(self, p: int, v: Vector) -> bool:
        """Tell whether a projector on a vector of one bit is more than a phase before the layer."""
        if self.layer is not None and self.touches(p):
            return self.layer.rows[p] >> self.n != 0 or (v[0] != 0 and v[1] != 0)
        w = apply_adjoint(self.frames[p], v)
        return w[0] != 0 and w[1] != 0

    def _is_sparser(self, doublings: int) -> bool:
        """Tell whether so many doublings leave fewer amplitudes than applying the layer may do."""
        assert self.layer is not None
        gates = self.layer.factors()
        most, k = 1 << self.n, self.nactive
        applied = len(gates.hadamard) - len(gates.alone())
        return min(k << doublings, most) < min(k << applied, most)

    def diagonalise(self, pauli: Pauli) -> None:
        """Move gates between the layer and the state before it, so that `pauli` flips none there.

        Where it flips some: at most twice the amplitudes, before a projection halves them. What is
        diagonal and commutes with it stays diagonal.
        """
        layer = self.layer
        assert layer is not None
        pauli = pauli.before(layer.factors())
        if not pauli.flips:
            return
        self.layer = self._factored = None
        first, *others = bits_in(pauli.flips)
        signs = pauli.signs
        for q in others:
            self.control(first, q)
            layer = layer.after_controlled(first, q)
            signs ^= (signs >> q & 1) << first
        for q in bits_in(signs & ~(1 << first)):
            self._add_phase(0.5, [(first, 1), (q, 1)])
            layer = layer.after_phase(0.5, [first, q])
        if signs >> first & 1:
            self._add_phase(0.75, [(first, 1)])
            layer = layer.after_phase(0.25, [first])
        self.frames[first] = HADAMARD
        super().absorb({first: IDENTITY})
        self._compute()
        self.layer = layer.after_hadamard(first)

    def _phase_before(self, turns: float, factors: list[tuple[int, Vector]]) -> bool:
        """Have the state before the layer take up a gate of `phase`, where it is a phase there."""
        assert self.layer is not None
        literals = []
        for p, v in factors:
            touched = self.touches(p)
            row, offset = (self.layer.rows[p], self.layer.offset) if touched else (1 << p, 0)
            w = v if touched else apply_adjoint(self.frames[p], v)
            if row >> self.n or (w[0] != 0 and w[1] != 0):
                return False
            mask, flip = self._pulled(row)
            literals.append((mask, flip ^ (offset >> p & 1) ^ (w[0] != 0)))
        phases, everywhere = self.core.phases.plus(turns, literals)
        self.turns = (self.turns + everywhere) % 1.0
        self.core = self.core._replace(phases=phases)
        return True

    # -- keeping a layer --------------------------------------------------------------------

    def touches(self, *bits: int) -> bool:
        """Tell whether the layer acts on one of some bits."""
        return self.layer is not None and any(self.layer.touched >> p & 1 for p in bits)

    def _hand_over(self, *bits: int) -> bool:
        """Have the layer take up the frames of some bits, if it can take all of them."""
        new = [p for p in bits if not self.touches(p)]
        others = {p: IDENTITY for p in new if not clifford(self.frames[p])}
        if others and (len(new) == len(bits) or not self._is_sparser(len(others))):
            return False
        if others:
            super().absorb(others)
        layer = self.layer or PathSum.identity(self.n)
        for p in new:
            layer = layer.rotated(p, self.frames[p]) or layer
            self.frames[p] = IDENTITY
        self.layer = layer
        return True

    def _keep(self, layer: PathSum) -> None:
        """Keep another layer; on its own bits, it goes back into frames and the map."""
        self.layer = layer
        if layer.paths == 0:
            self.flush()
            return
        frames = layer.frames()
        if frames is not None:
            for p, frame in frames.items():
                self.frames[p] = frame
            self.turns = (self.turns + layer.turns) % 1.0
            self.layer = None

    def flush(self) -> None:
        """Apply the layer."""
        if self.layer is not None:
            mixed = self.is_mixed or self.layer.paths > 0
            self._adopt(self.without_layer())
            self.is_mixed = mixed
            self.switches = 0

    # -- states with it, and before it ------------------------------------------------------

    @alone
    def _factors(self) -> tuple[Self, Factors]:
        """Return the state that the last map and phases of the layer are to be applied to."""
        if self._factored is None:
            assert self.layer is not None
            inner, gates = self.copy(), self.layer.factors()
            inner.history = inner.layer = None
            inner.turns = (self.turns + self.layer.turns) % 1.0
            inner._add_form(gates.before)
            inner._move(gates.inward, 0)
            for p in gates.hadamard:
                inner.frames[p] = HADAMARD
            self._factored = inner, gates
        return self._factored

    def without_layer(self) -> Self:
        """Return the state with the layer applied: itself, where there is none.

        With at most twice the amplitudes for each of its Hadamard gates, but for those on bits that
        nothing ties to others after them: these are frames.
        """
        if self.layer is None:
            return self
        inner, gates = self._factors()
        new, alone = inner.copy(), gates.alone()
        targets = {p: IDENTITY for p in gates.hadamard if p not in alone}
        new._require_room(targets)
        new.absorb(targets)
        form, offset = gates.after, gates.offset
        for p in alone:
            if form.linear[p]:
                new.rotate(p, diagonal_of(form.linear[p] / 4, ONE))
                form = form.without(p)
            if offset >> p & 1:
                new.rotate(p, FLIP)
                offset ^= 1 << p
        new._add_form(form)
        new._move(gf2.inverse(gates.outward), offset)
        return new

    def _require_room(self, bits: Iterable[int]) -> None:
        """Raise MaterializationError where Hadamard gates on some bits leave too many amplitudes.

        Of m that differ in r bits only, at least 2**r / m are left: known before the first of them.
        """
        mask = sum(1 << p for p in bits)
        self._compute()
        _, counts = np.unique(self.core.indices & ~np.int64(mask), return_counts=True)
        if counts.size:
            least = (counts.size << mask.bit_count()) // int(counts.max())
            require_budget(48 * least, INSTEAD)

    def before_layer(self) -> Self:
        """Return the state that the layer acts on: what it does not touch is the same there."""
        if self.layer is None:
            return self
        self._compute()
        inner = self.copy()
        inner.layer = None
        return inner

    def through_layer(self, outcomes: Callable[[Self], Array]) -> Array:
        """Return indices of this state for those that were found of the state before the last map.

        Neither the map nor the phases of the layer that come last change how likely they are.
        """
        inner, gates = self._factors()
        return gates.outputs(outcomes(inner))

    def pulled(self, pauli: Pauli) -> tuple[Self, Pauli]:
        """Return the state before the layer, and what a product of Pauli matrices is there."""
        if self.layer is None:
            return self, pauli
        return self.before_layer(), pauli.before(self._factors()[1])
