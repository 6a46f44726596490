"""`State`: a quantum state as amplitudes, and the parameters of the gates since they were computed.

The state is  G · ⊗F · Σ_i phase(i) · values[i] · |A i ⊕ b⟩, with a frame F for each qubit, an
affine map over GF(2) of the indices, a phase form, and a Clifford gate G of the qubits whose frames
could not take up one. What a gate does is taken up by one of them wherever that is possible;
amplitudes are computed where it is not, and where they are read.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import kernels
from ..bases import STANDARD, WALSH
from ..core.budget import require_budget
from ..core.spectrum import Spectrum, compact
from ..core.values import Array
from ..errors import MaterializationError
from ..options import options
from ..runtime.locks import alone
from . import gf2
from .amplitudes import INSTEAD, Core
from .gate_program import BYTES, LIMIT, Recorder
from .hull import EXACT_UP_TO
from .layer import Layered
from .single_qubit import (
    FLIP,
    HADAMARD,
    HALF,
    IDENTITY,
    Frame,
    Vector,
    apply_adjoint,
    column_frame,
    diagonal_of,
    is_diagonal,
    is_off_diagonal,
    product,
    turns_of,
)

MAX_QUBITS = 62

# Of more amplitudes, a Clifford gate that would leave still more is kept.
_KEPT_FROM = 2
# Of more, and after this many switches of bases, one of a dense state is kept too.
_MANY = 4096
_MANY_SWITCHES = 8
# Of more amplitudes, kernels for one gate are faster than that of circuits: these stay sorted.
_COMBINED = 256
# As many as there is memory for.
_MOST = 1 << 62
# So much work before a gate that is applied alone that growth is worth a search.
_WORTH = 1 << 40
# Up to this many elements, all may be computed to read some; of few qubits all are anyway.
_READ_UP_TO = 1 << 20
_READ_INSTEAD = "read it by qvarray.gates: amplitudes, sample, expectation, density_matrix"
_SMALL = 14
# Products of positions and amplitudes that are held at once.
_CHUNK = 1 << 20


class CombinesError(Exception):
    """A gate would combine amplitudes, of a state where it must not."""


class State(Layered):
    """A state of n qubits. Immutable, but for being computed.

    See `Amplitudes` for its parameters.
    """

    __slots__ = ()

    # -- what arrays need -------------------------------------------------------------------

    @property
    def dtype(self) -> np.dtype[Any]:
        """complex128."""
        return np.dtype(np.complex128)

    @property
    def nbytes(self) -> int:
        """Bytes stored: 24 for each amplitude, and the parameters."""
        core, n = self.core, self.n
        parameters = n * n // 8 + 8 + core.phases.nbytes + 64 * n
        parameters += 0 if self.layer is None else self.layer.nbytes
        kept = 0 if self.history is None else self.history.origin.nbytes
        return core.values.nbytes + core.indices.nbytes + parameters + kept

    @property
    def label(self) -> str:
        """What it is, and of how many qubits."""
        return f"state of {self.n} qubits"

    @alone
    def settle(self) -> Spectrum:
        """Return the array in the standard basis, or with some or all axes in walsh."""
        if self._read is None:
            spectrum = self._spectrum()
            values, indices = spectrum.eigenvalues, spectrum.active_indices
            shares = values is self.core.values and (
                indices is None or indices is self.core.indices
            )
            if shares or spectrum.nactive <= EXACT_UP_TO:
                self._read = spectrum
            return spectrum
        return self._read

    def _spectrum(self) -> Spectrum:
        if self.layer is not None:
            return self.without_layer()._spectrum()
        self._compute()
        try:
            return self._expanded()
        except MaterializationError as error:
            error.advise(_READ_INSTEAD)
            raise

    def _expanded(self) -> Spectrum:
        """Return the amplitudes that there are once what is left of the gates is applied."""
        state = self
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
            state._compute()
        if open_bits:
            state = state.copy()
            # What is read is what the state is: nothing is cut off for that.
            state.cutoff = 0.0
            state.absorb(dict.fromkeys(open_bits, IDENTITY), is_last=True)
            state._compute()
        values, factor = state.core.values, state.factor()
        if factor != 1:
            values = values * factor
        error = state.error
        return compact(
            self.shape, self.dtype, tuple(bases), values, state.core.indices,
            self.dtype.type(0), error=error, dropped=True,
        )  # fmt: skip

    def _towards_hadamard(self, p: int) -> Frame | None:
        """Return what the amplitudes take up where the frame is to be the Hadamard gate's."""
        inner = product(HADAMARD, self.frames[p])
        return inner if is_diagonal(inner) or is_off_diagonal(inner) else None

    @alone
    def at(self, positions: Array) -> Array:
        """Return the amplitudes at C-order positions, shape (m,): frames are not applied.

        O(m · k) a frame that is not the identity, of a qubit that is not constant; where there is
        none, O(m log k) with nothing computed.
        """
        positions = positions.astype(np.int64, copy=False)
        if self.layer is not None:
            inner, gates = self._factors()
            moved = gates.moved(positions)
            return inner.at(moved) * gates.phases_at(moved)
        self._fold()
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
        self._compute()
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

    # -- phases, of which all controlled gates are made -------------------------------------

    def phase(self, turns: float, factors: list[tuple[int, Vector]]) -> None:
        """Apply a phase to the part of the state where each of some qubits is in a vector.

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
            if not self._phase_after_layer(turns, rest):
                self.flush()
                self.phase(turns, factors)
            return
        hard = [p for p, _, w in kept if w[0] != 0 and w[1] != 0]
        if len(hard) > 1:
            if self._spreads(hard) and self._reflect(turns, [(p, v) for p, v, _ in kept]):
                return
            if not self.may_combine:
                raise CombinesError
            targets = {p: column_frame(v) for p, v, _ in kept if p in hard}
            self._compute()
            if len(targets) <= 3:
                # Of equal ones the last is left, as it is the gate's target.
                indices = self.core.indices
                del targets[
                    min(reversed(targets), key=lambda p: kernels.affine_maps.pairs(indices, p))
                ]
            self.absorb(targets)
            self.phase(turns, factors)
            return
        bits = [(p, 1 if w[0] == 0 else 0) for p, _, w in kept if p not in hard]
        if not hard:
            self._add_phase(turns, bits)
            return
        (w,) = (w for p, _, w in kept if p in hard)
        self._controlled(hard[0], diagonal_of(turns, w), bits)

    def _controlled(self, p: int, u: Frame, bits: list[tuple[int, int]]) -> None:
        """Apply a matrix to a bit, where others have these values."""
        if not is_off_diagonal(u):
            self._mix(p, u, bits)
            return
        # [[0, a], [b, 0]] = flip · diag(b, a)
        turn_0, turn_1 = turns_of(u[2]), turns_of(u[1])
        self._add_phase(turn_0, bits)
        self._add_phase(turn_1 - turn_0, [*bits, (p, 1)])
        if len(bits) > 1:
            self._mix(p, FLIP, bits)
            return
        ((q, value),) = bits
        core = self.core
        rows, offset = gf2.controlled(core.rows, core.offset, q, value, p)
        self.core = core._replace(rows=rows, offset=offset)

    def _spreads(self, hard: list[int]) -> bool:
        """Tell whether switching the basis of some bits leaves more amplitudes, or is done often.

        The latter of as many amplitudes as there can be: they cannot become more when the layer is
        applied, which takes as long as some switches do.
        """
        k = self.nactive
        if k <= _KEPT_FROM:
            return False
        if k > _MANY and k << 2 >= 1 << self.n:
            self.switches += 1
            return self.switches > _MANY_SWITCHES
        self._compute()
        return all(2 * kernels.affine_maps.pairs(self.core.indices, p) < k for p in hard)

    # -- the kernel of circuits ---------------------------------------------------------------

    def run_program(
        self,
        program: kernels.circuit_run.Program,
        clbits: Array | None = None,
        draws: Array | None = None,
        work: int = 0,
        limit: int = LIMIT,
    ) -> kernels.circuit_run.Result:
        """Return what gates leave of this state, which must be computed and have no layer."""
        core = self.core
        return kernels.circuit_run.run(
            program, core.indices[None], core.values, np.array(self.frames), self.turns,
            self.halves, min(limit, options.memory_budget // BYTES), self.cutoff, clbits, draws,
            work,
        )  # fmt: skip

    def take(self, found: kernels.circuit_run.Result) -> None:
        """Become what was found, but for its blocks and the exchange of qubits. O(n)."""
        core = self.core
        self.core = Core(found.values, found.indices[0], core.rows, 0, core.phases)
        by_bit: list[Any] = found.frames.tolist()
        self.frames = [tuple(frame) for frame in by_bit]
        self.turns, self.halves = found.turns, found.halves
        self.is_mixed, self._hull = True, None
        if found.dropped:
            self.lose(found.dropped**0.5)
        for which, _ in found.blocks:
            # The frames of before are in the matrix.
            for p in which:
                self.frames[p] = IDENTITY

    def combine(self, program: kernels.circuit_run.Program) -> bool:
        """Apply a gate in the kernel; tell whether there is room for what it leaves. O(k)."""
        self._compute()
        if not 0 < self.nactive <= _COMBINED:
            return False
        found = self.run_program(program, work=_WORTH)
        if found.blocks or found.done < program.kinds.size:
            return False
        self.take(found)
        self.exchange(found.places.tolist())
        return True

    def multiply(self, bits: list[int], matrix: Array) -> None:
        """Apply a unitary matrix to up to four bits in the kernel. O(k)."""
        if self.touches(*bits):
            self.flush()
        self._compute()
        if not self.nactive:
            return
        recorder = Recorder(self.n)
        recorder.multiply(bits, matrix)
        # Frames of other bits are left as they are: the layer may need them so.
        found = self.run_program(recorder.program(), work=kernels.circuit_run.NEVER, limit=_MOST)
        if found.blocks:
            require_budget(BYTES * self.nactive << len(bits), INSTEAD)
        self.take(found)
