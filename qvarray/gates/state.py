"""`State`: a quantum state as amplitudes, and the parameters of the gates since they were computed.

The state is  G · ⊗F · Σ_i phase(i) · values[i] · |A i ⊕ b⟩, with a frame F for each qubit, an
affine map over GF(2) of the indices, a phase form, and a Clifford gate G of the qubits whose frames
could not take up one. What a gate does is taken up by one of them wherever that is possible;
amplitudes are computed where it is not, and where they are read.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

import numpy as np

from .. import kernels
from ..bases import STANDARD, WALSH
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import Array
from ..ops.basis_change import norm
from . import gf2
from .path_sum import Factors, PathSum, clifford, pauli_axis
from .paulis import Pauli
from .phase_polynomial import Literal, PhaseForm, bits_in
from .single_qubit import (
    FLIP,
    HADAMARD,
    HALF,
    IDENTITY,
    MINUS,
    ONE,
    Frame,
    Vector,
    adjoint,
    apply_adjoint,
    column_frame,
    diagonal_of,
    eighths,
    is_diagonal,
    is_flat,
    is_off_diagonal,
    product,
    scaled,
    turns_of,
)

__all__ = ["MAX_QUBITS", "Core", "State"]

MAX_QUBITS = 62

# Up to so many amplitudes, choices are made by trying them.
_FEW = 64
# Of more than so many, a Clifford gate that would leave more is kept.
_KEPT_FROM = 2
# Of more than so many, and after so many switches of bases, one of a dense state is kept too.
_MANY = 4096
_MANY_SWITCHES = 8
# Up to so many, which qubits are constant is asked of every index.
_EXACT_UP_TO = 4096
# Up to so many, all elements may be computed to read some; of fewer qubits all are anyway.
_READ_UP_TO = 1 << 20
_SMALL = 14
# Products of positions and amplitudes that are held at once.
_CHUNK = 1 << 20
_INSTEAD = "read it by qvarray.gates: amplitudes, sample, expectation, fidelity, density_matrix"


class Core(NamedTuple):
    """Amplitudes, and where and with which phase they are now.

    Attributes
    ----------
    values, indices : ndarray of complex128 and int64, shape (k,)
        Sorted by index.
    rows : tuple of int, length n
        Bit p of an index now is the parity of ``rows[p] & index`` then; and of
    offset : int
        bit p of this.
    phases : PhaseForm
    """

    values: Array
    indices: Array
    rows: tuple[int, ...]
    offset: int
    phases: PhaseForm

    @property
    def is_plain(self) -> bool:
        return (
            self.offset == 0
            and self.phases.is_trivial
            and self.rows == gf2.identity(len(self.rows))
        )


def _flip(rows: tuple[int, ...], offset: int) -> tuple[int, int, int, int, int, int] | None:
    """A map as what `kernels.flips.flipped` does, where it is that.

    One constant is exclusive-ored where a parity says so: X, CX, SWAP, and X where a parity is.
    """
    identity = gf2.identity(len(rows))
    changed = sum(1 << p for p, row in enumerate(rows) if row != identity[p])
    masks = {row ^ identity[p] for p, row in enumerate(rows) if row != identity[p]} or {0}
    mask = masks.pop()
    change = changed or offset
    # Of two bits, one follows from the other.
    simple = change & (change - 1) == 0 or (change == mask and change.bit_count() == 2)
    if masks or not simple or offset not in (0, change):
        return None
    return change.bit_length() - 1, change, 0, 0, mask, int(offset == change)


class State(Source):
    """A state of n qubits. Immutable, but for being computed.

    Bit p of an index is qubit ``n - 1 - p``: here all is by bit.

    Parameters
    ----------
    shape : tuple of int
        ``(2**n,)`` or ``(2,) * n``.
    values, indices : ndarray of complex128 and int64, shape (k,)
        In the order of `indices`, which are unique.
    frames : tuple of Frame, length n
        Of each bit.
    error : ErrorBound or None
    cutoff : float
        Amplitudes of a smaller size are dropped where some are computed.
    """

    shape: tuple[int, ...]
    error: ErrorBound | None

    __slots__ = (
        "_factored",
        "_hull",
        "_read",
        "core",
        "cutoff",
        "error",
        "frames",
        "halves",
        "history",
        "is_mixed",
        "layer",
        "n",
        "shape",
        "switches",
        "turns",
    )

    def __init__(
        self,
        shape: tuple[int, ...],
        values: Array,
        indices: Array,
        frames: tuple[Frame, ...] | None = None,
        error: ErrorBound | None = None,
        cutoff: float = 0.0,
    ) -> None:
        n = prod(shape).bit_length() - 1
        self.n = n
        self.shape = shape
        self.core = Core(values, indices, gf2.identity(n), 0, PhaseForm.none(n))
        self.frames = [IDENTITY] * n if frames is None else list(frames)
        #: A phase of all amplitudes, in turns, and how often they are to be divided by sqrt(2).
        self.turns = 0.0
        self.halves = 0
        self.error = error
        self.cutoff = cutoff
        #: The state before amplitudes were first combined, with the gates since.
        self.history: Any = None
        #: Whether amplitudes were combined since the copy was made.
        self.is_mixed = False
        #: A Clifford gate after the frames; those of the bits that it touches are the identity.
        self.layer: PathSum | None = None
        #: How often a basis was switched since a layer was applied, of many amplitudes.
        self.switches = 0
        self._hull: _Hull | None = None
        self._read: Spectrum | None = None
        self._factored: tuple[State, Factors] | None = None

    def copy(self) -> State:
        """Another of the same parameters, for a gate to change. O(n)."""
        new = object.__new__(State)
        new.n, new.shape, new.core = self.n, self.shape, self.core
        new.frames = self.frames.copy()
        new.turns, new.halves = self.turns, self.halves
        new.error, new.cutoff, new.history = self.error, self.cutoff, self.history
        new.is_mixed = False
        new.layer, new.switches = self.layer, self.switches
        new._hull, new._read, new._factored = self._known(), None, None
        return new

    # -- what arrays ask --------------------------------------------------------------------

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.complex128)

    @property
    def nactive(self) -> int:
        """Number of amplitudes stored."""
        return self.core.values.size

    @property
    def nbytes(self) -> int:
        """Bytes stored: 24 an amplitude, and the parameters."""
        core, n = self.core, self.n
        parameters = n * n // 8 + 8 + core.phases.nbytes + 64 * n
        parameters += 0 if self.layer is None else self.layer.nbytes
        kept = 0 if self.history is None else self.history.origin.nbytes
        return core.values.nbytes + core.indices.nbytes + parameters + kept

    @property
    def label(self) -> str:
        return f"state of {self.n} qubits"

    def settle(self) -> Spectrum:
        """The array in the standard basis, or with some or all axes in walsh."""
        if self._read is None:
            spectrum = self._settled()
            values, indices = spectrum.eigenvalues, spectrum.active_indices
            shares = values is self.core.values and (
                indices is None or indices is self.core.indices
            )
            if shares or spectrum.nactive <= _EXACT_UP_TO:
                self._read = spectrum
            return spectrum
        return self._read

    def _settled(self) -> Spectrum:
        if self.layer is not None:
            return self.without_layer()._settled()
        state = self
        self.compute()
        bases: list[Any] = [STANDARD] * len(self.shape)
        open_bits = [p for p in range(self.n) if self.frames[p] != IDENTITY]
        if open_bits and self.n > _SMALL and self.nactive << len(open_bits) > _READ_UP_TO:
            hadamard = [p for p in open_bits if self._towards_hadamard(p) is not None]
            by_axis = len(self.shape) == self.n
            if len(hadamard) == len(open_bits) and (by_axis or len(open_bits) == self.n):
                state = self.copy()
                for p in open_bits:
                    state._absorb_monomial(p, HADAMARD)
                    bases[self.n - 1 - p if by_axis else 0] = WALSH
                open_bits = []
            state.compute()
        if open_bits:
            state = state.copy()
            # What is read is what the state is: nothing is cut off for that.
            state.cutoff = 0.0
            state.absorb(dict.fromkeys(open_bits, IDENTITY), is_last=True)
            state.compute()
        values, factor = state.core.values, state.factor()
        if factor != 1:
            values = values * factor
        error = state.error
        return compact(
            self.shape, self.dtype, tuple(bases), values, state.core.indices,
            self.dtype.type(0), error=error, dropped=True,
        )  # fmt: skip

    def _towards_hadamard(self, p: int) -> Frame | None:
        """What the amplitudes take up where the frame is to be the Hadamard gate's."""
        inner = product(HADAMARD, self.frames[p])
        return inner if is_diagonal(inner) or is_off_diagonal(inner) else None

    def factor(self) -> complex:
        """What all amplitudes are still to be multiplied by."""
        phase = eighths(self.turns % 1.0)
        return phase * 0.5 ** (self.halves // 2) * (HALF if self.halves & 1 else 1.0)

    def at(self, positions: Array) -> Array:
        """The amplitudes at C-order positions, shape (m,): frames are evaluated, not applied.

        O(m · k) a frame that is not the identity, of a qubit that is not constant; where there is
        none, O(m log k) with nothing computed.
        """
        positions = positions.astype(np.int64, copy=False)
        if self.layer is not None:
            inner, gates = self._factors()
            moved = gates.moved(positions)
            return inner.at(moved) * gates.phases_at(moved)
        self.fold()
        out = np.full(positions.size, self.factor(), np.complex128)
        if not self.nactive:
            return np.zeros(positions.size, np.complex128)
        tables = {}
        care = fixed = hadamard = 0
        for p, frame in enumerate(self.frames):
            constant = None if frame is IDENTITY else self.constant(p)
            if frame is IDENTITY:
                care |= 1 << p
            elif constant is None and frame == HADAMARD:
                hadamard |= 1 << p
                out *= HALF
            elif constant is None:
                tables[p] = np.array(frame)
            else:
                # A factor of its own; it does not say where an amplitude is.
                fixed |= constant << p
                out *= np.array(frame)[2 * (positions >> p & 1) + constant]
        if not tables and not hadamard:
            return out * self._found((positions & care) | fixed)
        self.compute()
        indices, values = self.core.indices, self.core.values
        step = max(1, _CHUNK // indices.size)
        for low in range(0, positions.size, step):
            here = positions[low : low + step, None]
            terms = np.where((here ^ indices) & care == 0, values, 0)
            if hadamard:
                odd = np.bitwise_count(here & indices & hadamard) & 1
                np.negative(terms, out=terms, where=odd.view(bool))
            for p, table in tables.items():
                terms *= table[2 * (here >> p & 1) + (indices >> p & 1)]
            out[low : low + step] *= terms.sum(axis=1)
        return out

    def _found(self, positions: Array) -> Array:
        """The amplitudes at some indices, but for what is common to all."""
        core = self.core
        turns = None
        if not core.is_plain:
            if positions.size > _FEW:
                self.compute()
                core = self.core
            else:
                back = gf2.inverse(core.rows)
                old = [gf2.product(back, int(j) ^ core.offset) for j in positions]
                positions = np.array(old, np.int64)
                turns = [core.phases.at(i) for i in old]
        found = np.minimum(core.indices.searchsorted(positions), core.indices.size - 1)
        out = np.where(core.indices[found] == positions, core.values[found], 0)
        if turns is not None:
            out = out * np.array([eighths(one) for one in turns])
        return out

    # -- computing what is kept as parameters -----------------------------------------------

    def compute(self) -> None:
        """Apply the map and the phases to the amplitudes. The state is the same after it."""
        self.fold()
        core = self.core
        if core.is_plain:
            return
        n = self.n
        values, indices, phases = core.values, core.indices, core.phases
        identity = gf2.identity(n)
        if indices.size > _EXACT_UP_TO:
            # Phases on their own, and a map that keeps most of the order, are of less work.
            moves = core.offset != 0 or core.rows != identity
            flip = _flip(core.rows, core.offset) if moves else None
            condition = phases.condition()
            if condition is not None and (flip is not None or not moves):
                values = kernels.affine_maps.turned(indices, values, *condition)
                phases = PhaseForm.none(n)
            if flip is not None and phases.is_trivial:
                indices, values = kernels.xor_maps.flipped(indices, values, *flip)
                moves = False
            if not moves and phases.is_trivial:
                self.core = Core(values, indices, identity, 0, phases)
                return
        lower = [form & ((1 << p) - 1) for p, form in enumerate(phases.forms)]
        indices, values = kernels.affine_maps.mapped(
            indices,
            values,
            gf2.columns(core.rows),
            core.offset,
            np.array(phases.linear, np.int64),
            np.array(lower, np.int64),
            list(phases.terms.items()),
            np.array([eighths(one) for one in phases.terms.values()], np.complex128),
        )
        self.core = Core(values, indices, identity, 0, PhaseForm.none(n))

    def fold(self) -> None:
        """Have diagonal frames, and those times a flip, taken up by phases and the map."""
        for p in range(self.n):
            self._fold_one(p)

    def _fold_one(self, p: int) -> None:
        frame = self.frames[p]
        if frame is not IDENTITY and frame == IDENTITY:
            self.frames[p] = IDENTITY
        elif frame is not IDENTITY and (is_diagonal(frame) or is_off_diagonal(frame)):
            self._absorb_monomial(p, IDENTITY)

    def _absorb_monomial(self, p: int, frame: Frame) -> None:
        """Change a frame by a diagonal matrix, or one times a flip."""
        inner = product(adjoint(frame), self.frames[p])
        self.frames[p] = frame
        if is_diagonal(inner):
            zero, one = turns_of(inner[0]), turns_of(inner[3])
        else:
            # |0> goes to inner[2] |1>.
            zero, one = turns_of(inner[2]), turns_of(inner[1])
        constant = self.constant(p)
        if constant is None:
            self._add_phase(one - zero, [(p, 1)])
        self.turns = (self.turns + (one if constant else zero)) % 1.0
        if not is_diagonal(inner):
            self.core = self.core._replace(offset=self.core.offset ^ 1 << p)

    def _add_phase(self, turns: float, bits: list[tuple[int, int]]) -> None:
        """A phase where all bits, of indices as they are now, have these values."""
        core = self.core
        literals = [(core.rows[p], (core.offset >> p & 1) ^ 1 ^ value) for p, value in bits]
        phases, everywhere = core.phases.plus(turns, literals)
        self.turns = (self.turns + everywhere) % 1.0
        if phases is not core.phases:
            self.core = core._replace(phases=phases)

    def _mix(self, p: int, u: Frame, bits: list[tuple[int, int]], is_last: bool = False) -> None:
        """Multiply pairs of amplitudes by a matrix, where other bits have these values.

        With the factor of all, where this is the last that is done.
        """
        self.compute()
        core = self.core
        care = sum(1 << q for q, _ in bits)
        wanted = sum(value << q for q, value in bits)
        if u == FLIP:
            indices, values = kernels.xor_maps.flipped(
                core.indices, core.values, p, 1 << p, care, wanted
            )
            self.core = Core(values, indices, core.rows, 0, core.phases)
            self._hull = None
            return
        require_budget(48 * core.values.size, _INSTEAD)
        self.is_mixed = True
        if not bits and is_flat(u):
            # Sums of integers stay integers: the factor is kept apart.
            u = scaled(u, 2**0.5)
            self.halves += 1
            if self.halves == 2:
                u, self.halves = scaled(u, 0.5), 0
        cutoff = self.cutoff / abs(self.factor()) if self.cutoff else 0.0
        scale: complex = 1.0
        if is_last:
            scale, self.turns, self.halves = self.factor(), 0.0, 0
        indices, values, dropped = kernels.pair_matrix.mixed(
            core.indices, core.values, p, u, care, wanted, cutoff, scale
        )
        self.core = Core(values, indices, core.rows, 0, core.phases)
        self._hull = None
        if dropped:
            self._lose(dropped**0.5 * abs(self.factor()))

    def _lose(self, amount: float) -> None:
        size = norm(self.core.values) * abs(self.factor())
        old = self.error or ErrorBound(0.0, float(np.hypot(size, amount)))
        self.error = ErrorBound(old.absolute + amount, old.reference)

    # -- constants --------------------------------------------------------------------------

    def constant(self, p: int) -> int | None:
        """The value of a bit that all amplitudes have, or None."""
        core = self.core
        value = self._known().parity(core.rows[p])
        return None if value is None else value ^ core.offset >> p & 1

    def _known(self) -> _Hull:
        if self._hull is None or self._hull.indices is not self.core.indices:
            self._hull = _Hull(self.core.indices)
        return self._hull

    def share_constants(self, other: State) -> None:
        """Know what another state has found out about the same indices. O(1)."""
        if other._hull is not None and other._hull.indices is self.core.indices:
            self._hull = other._hull

    # -- gates ------------------------------------------------------------------------------

    def rotate(self, p: int, u: Frame) -> None:
        """A gate on one qubit. O(1), or O(n**2) where a Clifford gate is kept."""
        if self.layer is not None and self.touches(p):
            after = self.layer.rotated(p, u)
            if after is not None:
                self._keep(after)
                return
            if is_diagonal(u):
                zero, one = turns_of(u[0]), turns_of(u[3])
                if self._phase_before(one - zero, [(p, ONE)]):
                    self.turns = (self.turns + zero) % 1.0
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

    def phase(self, turns: float, factors: list[tuple[int, Vector]]) -> None:
        """A phase of the part of the state where each of some qubits is in a vector.

        ``exp(2j * pi * turns * P)`` with P the projector on these vectors of some qubits: all
        controlled gates are made of it. O(n) where frames and constants take it up, else O(k).
        """
        turns %= 1.0
        if turns == 0.0:
            return
        kept = []
        for p, v in factors:
            if self.touches(p):
                kept.append((p, v, v))
                continue
            self._fold_one(p)
            constant = self.constant(p)
            w = apply_adjoint(self.frames[p], v)
            if constant is not None and (w[0] == 0 or w[1] == 0):
                if w[constant] == 0:
                    return
                continue
            kept.append((p, v, w))
        if not kept:
            self.turns = (self.turns + turns) % 1.0
            return
        if len(kept) == 1:
            self.rotate(kept[0][0], diagonal_of(turns, kept[0][1]))
            return
        if self.touches(*(p for p, _, _ in kept)):
            rest = [(p, v) for p, v, _ in kept]
            if not self._reflect(turns, rest) and not self._phase_before(turns, rest):
                self.flush()
                self.phase(turns, factors)
            return
        hard = [p for p, _, w in kept if w[0] != 0 and w[1] != 0]
        if len(hard) > 1:
            if self._spreads(hard) and self._reflect(turns, [(p, v) for p, v, _ in kept]):
                return
            targets = {p: column_frame(v) for p, v, _ in kept if p in hard}
            self._open(turns, targets, [(p, v) for p, v, _ in kept])
            return
        bits = [(p, 1 if w[0] == 0 else 0) for p, _, w in kept if p not in hard]
        if not hard:
            self._add_phase(turns, bits)
            return
        (w,) = (w for p, _, w in kept if p in hard)
        self._controlled(hard[0], diagonal_of(turns, w), bits)

    def _controlled(self, p: int, u: Frame, bits: list[tuple[int, int]]) -> None:
        """A matrix on a bit, where others have these values."""
        if not is_off_diagonal(u):
            self._mix(p, u, bits)
            return
        # [[0, a], [b, 0]] = flip · diag(b, a)
        zero, one = turns_of(u[2]), turns_of(u[1])
        self._add_phase(zero, bits)
        self._add_phase(one - zero, [*bits, (p, 1)])
        if len(bits) > 1:
            self._mix(p, FLIP, bits)
            return
        ((q, value),) = bits
        core = self.core
        rows, offset = gf2.controlled(core.rows, core.offset, q, value, p)
        self.core = core._replace(rows=rows, offset=offset)

    # -- a Clifford gate that is kept -------------------------------------------------------

    def _spreads(self, hard: list[int]) -> bool:
        """Whether switching the basis of any of some bits leaves more amplitudes, or is done often.

        The latter of as many amplitudes as there can be: they cannot become more when the layer is
        applied, which takes as long as some switches do.
        """
        k = self.nactive
        if k <= _KEPT_FROM:
            return False
        if k > _MANY and k << 2 >= 1 << self.n:
            self.switches += 1
            return self.switches > _MANY_SWITCHES
        self.compute()
        return all(2 * kernels.affine_maps.pairs(self.core.indices, p) < k for p in hard)

    def _reflect(self, turns: float, factors: list[tuple[int, Vector]]) -> bool:
        """Have the layer take up a gate of `phase`, where it is a Clifford gate."""
        if turns != 0.5 or len(factors) != 2:
            return False
        (p, v), (q, w) = factors
        one, other = pauli_axis(v), pauli_axis(w)
        if one is None or other is None or not self._hand_over(p, q):
            return False
        assert self.layer is not None
        self._keep(self.layer.reflected((p, *one), (q, *other)))
        return True

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

    def _hand_over(self, *bits: int) -> bool:
        """Have the layer take up the frames of some bits, if it can take all of them."""
        new = [p for p in bits if not self.touches(p)]
        if not all(clifford(self.frames[p]) for p in new):
            return False
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

    def _factors(self) -> tuple[State, Factors]:
        """The state that the last map and phases of the layer are to be applied to."""
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

    def without_layer(self) -> State:
        """The state with the layer applied: itself, where there is none.

        With at most twice the amplitudes for each of its Hadamard gates, but for those on bits that
        nothing ties to others after them: these are frames.
        """
        if self.layer is None:
            return self
        inner, gates = self._factors()
        new, alone = inner.copy(), gates.alone()
        new.absorb({p: IDENTITY for p in gates.hadamard if p not in alone})
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

    def touches(self, *bits: int) -> bool:
        """Whether the layer acts on one of some bits."""
        return self.layer is not None and any(self.layer.touched >> p & 1 for p in bits)

    def through_layer(self, outcomes: Callable[[State], Array]) -> Array:
        """Indices of this state for those that were found of the state before the last map.

        Neither the map nor the phases of the layer that come last change how likely they are.
        """
        inner, gates = self._factors()
        return gates.outputs(outcomes(inner))

    def before_layer(self) -> State:
        """The state that the layer acts on: what it does not touch is the same there."""
        if self.layer is None:
            return self
        self.compute()
        inner = self.copy()
        inner.layer = None
        return inner

    def pulled(self, pauli: Pauli) -> tuple[State, Pauli]:
        """The state before the layer, and what a product of Pauli matrices is there."""
        if self.layer is None:
            return self, pauli
        return self.before_layer(), pauli.before(self._factors()[1])

    def diagonalise(self, pauli: Pauli) -> None:
        """Move gates between the layer and the state before it, so that `pauli` flips none there.

        Where it flips some: at most twice the amplitudes, before a projection halves them.
        """
        layer = self.layer
        pauli = pauli.before(self._factors()[1])
        if not pauli.flips:
            return
        assert layer is not None
        self.layer = self._factored = None
        first, *others = bits_in(pauli.flips)
        signs = pauli.signs
        for q in others:
            self.phase(0.5, [(first, ONE), (q, MINUS)])
            layer = layer.after_controlled(first, q)
            signs ^= (signs >> q & 1) << first
        for q in bits_in(signs & ~(1 << first)):
            self.phase(0.5, [(first, ONE), (q, ONE)])
            layer = layer.after_phase(0.5, [first, q])
        if signs >> first & 1:
            self.rotate(first, diagonal_of(0.75, ONE))
            layer = layer.after_phase(0.25, [first])
        self.rotate(first, HADAMARD)
        self.absorb({first: IDENTITY})
        self.compute()
        self.layer = layer.after_hadamard(first)

    def flush(self) -> None:
        """Apply the layer."""
        if self.layer is not None:
            mixed = self.is_mixed or self.layer.paths > 0
            self._adopt(self.without_layer())
            self.is_mixed = mixed
            self.switches = 0

    def _pulled(self, mask: int) -> Literal:
        """The parity of some bits of indices as they are now, of those that are stored."""
        core = self.core
        return gf2.combined(core.rows, mask), (mask & core.offset).bit_count() & 1

    def _add_form(self, form: PhaseForm) -> None:
        """A quadratic form of indices as they are now. O(n**2)."""
        phases, total = self.core.phases, self.turns
        for p, (quarters, partners) in enumerate(zip(form.linear, form.forms, strict=True)):
            own = self._pulled(1 << p)
            phases, more = phases.plus(quarters / 4, [own])
            phases, again = phases.plus(0.5, [own, self._pulled(partners & ((1 << p) - 1))])
            total += more + again
        self.turns = total % 1.0
        self.core = self.core._replace(phases=phases)

    def _move(self, rows: tuple[int, ...], offset: int) -> None:
        """An affine map of indices as they are now. O(n**2)."""
        pulled = [self._pulled(row) for row in rows]
        moved = sum(flip << p for p, (_, flip) in enumerate(pulled))
        self.core = self.core._replace(rows=tuple(row for row, _ in pulled), offset=moved ^ offset)

    # -- switching bases --------------------------------------------------------------------

    def _open(
        self, turns: float, targets: dict[int, Frame], factors: list[tuple[int, Vector]]
    ) -> None:
        """Do `phase` after switching the bases of all of `targets`, or of all but one."""
        self.compute()
        options = [
            {q: frame for q, frame in targets.items() if q != left} for left in reversed(targets)
        ]
        if len(targets) > 3:
            options = [targets]
        elif self.nactive > _FEW:
            # Of equal ones the last is left, as it is the gate's target.
            most = min(
                reversed(targets), key=lambda p: kernels.affine_maps.pairs(self.core.indices, p)
            )
            options = [{q: frame for q, frame in targets.items() if q != most}]
        best: State | None = None
        for option in options:
            trial = self.copy()
            trial.absorb(option)
            trial.phase(turns, factors)
            if len(options) > 1 or trial.nactive <= _FEW:
                trial.descend()
            if best is None or trial.nactive < best.nactive:
                best = trial
        assert best is not None
        self._adopt(best)

    def _adopt(self, other: State) -> None:
        """Become what a trial became."""
        self.core, self.frames, self._hull = other.core, other.frames, other._hull
        self.turns, self.halves, self.error = other.turns, other.halves, other.error
        self.layer, self._factored, self.is_mixed = other.layer, None, True

    def descend(self) -> None:
        """Switch the bases of qubits as long as that leaves fewer amplitudes. O(n · k)."""
        self.compute()
        while 2 < self.nactive <= _FEW:
            best = self
            for p in range(self.n):
                if not self.touches(p) and self.constant(p) is None:
                    trial = self.copy()
                    trial._mix(p, HADAMARD, [])
                    trial.frames[p] = product(self.frames[p], HADAMARD)
                    if trial.nactive < best.nactive:
                        best = trial
            if best is self:
                return
            self._adopt(best)

    def absorb(self, targets: dict[int, Frame], is_last: bool = False) -> None:
        """Take what is between frames and the wanted ones into the amplitudes.

        O(k) a frame that differs, with at most twice the amplitudes after each; or O(2**n).
        """
        if self.touches(*targets):
            self.flush()
        self.fold()
        inner = {p: product(adjoint(frame), self.frames[p]) for p, frame in targets.items()}
        for p in targets:
            if is_diagonal(inner[p]) or is_off_diagonal(inner[p]):
                self._absorb_monomial(p, targets[p])
                del inner[p]
        self.compute()
        if len(inner) > 2 and self.n <= 26 and self.nactive << len(inner) >= 1 << self.n:
            self._absorb_dense(inner)
        else:
            # Those first that join most pairs.
            order = list(inner)
            if len(order) > 1 and self.nactive > 1:
                order.sort(key=lambda p: -kernels.affine_maps.pairs(self.core.indices, p))
            for p in order:
                self._mix(p, inner[p], [], is_last and p == order[-1])
        for p in inner:
            self.frames[p] = targets[p]

    def _absorb_dense(self, inner: dict[int, Frame]) -> None:
        size = 1 << self.n
        require_budget(40 * size, _INSTEAD)
        dense = np.zeros(size, np.complex128)
        dense[self.core.indices] = self.core.values
        rest = dict(inner)
        for low, high in _runs(sorted(p for p, u in inner.items() if u == HADAMARD)):
            kernels.walsh.walsh(dense.reshape(-1, 1 << (high - low), 1 << low), 1)
            for p in range(low, high):
                del rest[p]
        for p, u in rest.items():
            kernels.affine_maps.rotate_dense(dense, p, u)
        self.is_mixed = True
        # What the rounding of all those sums leaves where they should be 0.
        noise = 4 * np.finfo(float).eps * (len(inner) / size) ** 0.5 * norm(self.core.values)
        limit = max(noise, self.cutoff / abs(self.factor()))
        sizes = np.abs(dense)
        keep = sizes > limit
        lost = sizes[~keep & (sizes > noise)]
        indices = np.flatnonzero(keep)
        self.core = self.core._replace(values=dense[indices], indices=indices)
        self._hull = None
        if lost.size:
            self._lose(norm(lost) * abs(self.factor()))


def _runs(bits: list[int]) -> list[tuple[int, int]]:
    """Consecutive numbers as ranges."""
    runs: list[tuple[int, int]] = []
    for p in bits:
        if runs and runs[-1][1] == p:
            runs[-1] = (runs[-1][0], p + 1)
        else:
            runs.append((p, p + 1))
    return runs


class _Hull:
    """What the indices of a state have in common. Found when it is asked for, by the first copy.

    Parameters
    ----------
    indices : ndarray of int64, shape (k,)
    """

    __slots__ = ("differences", "first", "indices", "some")

    def __init__(self, indices: Array) -> None:
        self.indices = indices
        #: Vectors whose span has all differences of the indices, and some differences.
        self.differences: list[int] | None = None
        self.some: list[int] | None = None
        self.first = int(indices[0]) if indices.size else 0

    def parity(self, mask: int) -> int | None:
        """The parity of all indices under a mask, or None where they differ."""
        if self.some is None:
            self.some = self._of_some()
        if _is_odd_for_any(mask, self.some):
            return None
        if self.differences is None:
            self.differences = self._of_all()
        if _is_odd_for_any(mask, self.differences):
            return None
        return (mask & self.first).bit_count() & 1

    def _of_some(self) -> list[int]:
        """That of a few indices: most often they differ."""
        k = self.indices.size
        return kernels.affine_maps.span(self.indices[:: k // _FEW]) if k > _EXACT_UP_TO else []

    def _of_all(self) -> list[int]:
        indices = self.indices
        if indices.size <= 1:
            return []
        if indices.size <= _EXACT_UP_TO:
            return kernels.affine_maps.span(indices)
        varying = int(np.bitwise_or.reduce(indices)) ^ int(np.bitwise_and.reduce(indices))
        return [1 << p for p in range(varying.bit_length()) if varying >> p & 1]


def _is_odd_for_any(mask: int, vectors: list[int]) -> bool:
    return any((mask & one).bit_count() & 1 for one in vectors)
