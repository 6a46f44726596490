"""Amplitudes of a state and the parameters that stand for gates on them: frames, map, phases.

An index has bit p for qubit ``n - 1 - p``: here all is by bit.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple, Self

import numpy as np

from .. import kernels
from ..array.ownership import holds_alone
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..ops.basis_change import norm
from ..runtime.locks import Lockable, alone
from . import gf2
from .growth import Past
from .hull import EXACT_UP_TO, FEW, Hull
from .path_sum import Factors, PathSum
from .phase_polynomial import Literal, PhaseForm
from .single_qubit import (
    FLIP,
    HADAMARD,
    HALF,
    IDENTITY,
    Frame,
    adjoint,
    eighths,
    is_diagonal,
    is_flat,
    is_off_diagonal,
    product,
    scaled,
    turns_of,
)

#: What a refusal names as ways out.
INSTEAD = "take fewer qubits, or fewer gates that mix amplitudes, or raise the budget"
#: Bits up to which amplitudes may be made dense to switch the bases of several.
_DENSE_BITS = 26


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
        """Tell whether indices and phases are as they are stored."""
        return (
            self.offset == 0
            and self.phases.is_trivial
            and self.rows == gf2.identity(len(self.rows))
        )


def _flip(rows: tuple[int, ...], offset: int) -> tuple[int, int, int, int, int, int] | None:
    """Return a map as what `kernels.xor_maps.flipped` does, where it is that.

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


class Amplitudes(Source, Lockable):
    """The parameters of a state of n qubits: amplitudes, and what gates have changed since.

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
        "may_combine",
        "n",
        "past",
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
        super().__init__()
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
        #: How many amplitudes there were after the last gates that combined some, one by one.
        self.past: Past = ()
        #: Whether amplitudes were combined since the copy was made.
        self.is_mixed = False
        #: Whether gates may combine amplitudes here, and not in the kernel of circuits.
        self.may_combine = True
        #: A Clifford gate after the frames; those of the bits that it touches are the identity.
        self.layer: PathSum | None = None
        #: How often a basis was switched since a layer was applied, of many amplitudes.
        self.switches = 0
        self._hull: Hull | None = None
        self._read: Spectrum | None = None
        self._factored: tuple[Self, Factors] | None = None

    def copy(self) -> Self:
        """Return another of the same parameters, for a gate to change. O(n)."""
        new = object.__new__(type(self))
        Lockable.__init__(new)
        with self.lock:
            new.n, new.shape, new.core = self.n, self.shape, self.core
            new.frames = self.frames.copy()
            new.turns, new.halves = self.turns, self.halves
            new.error, new.cutoff, new.history = self.error, self.cutoff, self.history
            new.layer, new.switches = self.layer, self.switches
            new._hull = self._known()
        new.past, new.is_mixed, new.may_combine = (), False, True
        new._read = new._factored = None
        return new

    def _adopt(self, other: Self) -> None:
        """Become what a trial became."""
        self.core, self.frames, self._hull = other.core, other.frames, other._hull
        self.turns, self.halves, self.error = other.turns, other.halves, other.error
        self.layer, self._factored, self.is_mixed = other.layer, None, True

    @property
    def nactive(self) -> int:
        """Number of amplitudes stored."""
        return self.core.values.size

    def factor(self) -> complex:
        """Return what all amplitudes are still to be multiplied by."""
        phase = eighths(self.turns % 1.0)
        return phase * 0.5 ** (self.halves // 2) * (HALF if self.halves & 1 else 1.0)

    def _found(self, positions: Array) -> Array:
        """Return the amplitudes at some indices, but for what is common to all."""
        core = self.core
        turns = None
        if not core.is_plain:
            if positions.size > FEW:
                self._compute()
                core = self.core
            else:
                back = gf2.inverse(core.rows)
                old = [gf2.product(back, int(j) ^ core.offset) for j in positions]
                positions = np.array(old, np.int64)
                turns = [core.phases.at(index) for index in old]
        found = np.minimum(core.indices.searchsorted(positions), core.indices.size - 1)
        out = np.where(core.indices[found] == positions, core.values[found], 0)
        if turns is not None:
            out = out * np.array([eighths(amount) for amount in turns])
        return out

    # -- computing what is kept as parameters -----------------------------------------------

    @alone
    def compute(self) -> None:
        """Apply the map and the phases, of a state that others may read at the same time."""
        self._compute()

    def _compute(self) -> None:
        """Apply the map and the phases to the amplitudes. The state is the same after it."""
        self._fold()
        if self.core.is_plain:
            return
        is_own = holds_alone(self, "core") and holds_alone(self.core, "values")
        core, n = self.core, self.n
        values, indices, phases = core.values, core.indices, core.phases
        identity = gf2.identity(n)
        if indices.size > EXACT_UP_TO:
            # Phases on their own, and a map that keeps most of the order, are of less work.
            moves = core.offset != 0 or core.rows != identity
            flip = _flip(core.rows, core.offset) if moves else None
            condition = phases.condition()
            if condition is not None and (flip is not None or not moves):
                if not (is_own and values.flags.owndata and values.flags.writeable):
                    values = values.copy()
                kernels.affine_maps.turn(indices, values, *condition)
                phases = PhaseForm.none(n)
                # At once: what comes next may have no memory for its result.
                self.core = core = core._replace(values=values, phases=phases)
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
            np.array([eighths(amount) for amount in phases.terms.values()], np.complex128),
        )
        self.core = Core(values, indices, identity, 0, PhaseForm.none(n))

    def _fold(self) -> None:
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
            turn_0, turn_1 = turns_of(inner[0]), turns_of(inner[3])
        else:
            # |0> goes to inner[2] |1>.
            turn_0, turn_1 = turns_of(inner[2]), turns_of(inner[1])
        constant = self.constant(p)
        if constant is None:
            self._add_phase(turn_1 - turn_0, [(p, 1)])
        self.turns = (self.turns + (turn_1 if constant else turn_0)) % 1.0
        if not is_diagonal(inner):
            self.core = self.core._replace(offset=self.core.offset ^ 1 << p)

    def _add_phase(self, turns: float, bits: list[tuple[int, int]]) -> None:
        """Add a phase where all bits, of indices as they are now, have these values."""
        core = self.core
        literals = [(core.rows[p], (core.offset >> p & 1) ^ 1 ^ value) for p, value in bits]
        phases, everywhere = core.phases.plus(turns, literals)
        self.turns = (self.turns + everywhere) % 1.0
        if phases is not core.phases:
            self.core = core._replace(phases=phases)

    def _pulled(self, mask: int) -> Literal:
        """Return the parity of some bits of present indices as one of stored indices."""
        core = self.core
        return gf2.combined(core.rows, mask), (mask & core.offset).bit_count() & 1

    def _add_form(self, form: PhaseForm) -> None:
        """Add a quadratic form of indices as they are now. O(n**2)."""
        phases, total = self.core.phases, self.turns
        for p, (quarters, partners) in enumerate(zip(form.linear, form.forms, strict=True)):
            own = self._pulled(1 << p)
            phases, more = phases.plus(quarters / 4, [own])
            phases, again = phases.plus(0.5, [own, self._pulled(partners & ((1 << p) - 1))])
            total += more + again
        self.turns = total % 1.0
        self.core = self.core._replace(phases=phases)

    def _move(self, rows: tuple[int, ...], offset: int) -> None:
        """Apply an affine map to indices as they are now. O(n**2)."""
        pulled = [self._pulled(row) for row in rows]
        moved = sum(flip << p for p, (_, flip) in enumerate(pulled))
        self.core = self.core._replace(rows=tuple(row for row, _ in pulled), offset=moved ^ offset)

    def _mix(self, p: int, u: Frame, bits: list[tuple[int, int]], is_last: bool = False) -> None:
        """Multiply pairs of amplitudes by a matrix, where other bits have these values.

        With the factor of all, where this is the last that is done.
        """
        self._compute()
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
        require_budget(48 * core.values.size, INSTEAD)
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
            self.lose(dropped**0.5 * abs(self.factor()))

    def lose(self, amount: float) -> None:
        """Count in the error bound that amplitudes of a norm were dropped."""
        size = norm(self.core.values) * abs(self.factor())
        old = self.error or ErrorBound(0.0, float(np.hypot(size, amount)))
        self.error = ErrorBound(old.absolute + amount, old.reference)

    # -- constants --------------------------------------------------------------------------

    def constant(self, p: int) -> int | None:
        """Return the value of a bit that all amplitudes have, or None."""
        core = self.core
        value = self._known().parity(core.rows[p])
        return None if value is None else value ^ core.offset >> p & 1

    def differences(self) -> list[int]:
        """Return vectors whose span has all differences of indices, of a computed state."""
        self._known().parity(0)
        return self._known().differences or []

    def _known(self) -> Hull:
        if self._hull is None or self._hull.indices is not self.core.indices:
            self._hull = Hull(self.core.indices)
        return self._hull

    def share_constants(self, other: Self) -> None:
        """Take over what another state has found out about the same indices. O(1)."""
        if other._hull is not None and other._hull.indices is self.core.indices:
            self._hull = other._hull

    # -- switching bases --------------------------------------------------------------------

    def absorb(self, targets: dict[int, Frame], is_last: bool = False) -> None:
        """Take what is between frames and the wanted ones into the amplitudes.

        O(k) a frame that differs, with at most twice the amplitudes after each; or O(2**n).
        """
        self._fold()
        inner = {p: product(adjoint(frame), self.frames[p]) for p, frame in targets.items()}
        for p in targets:
            if is_diagonal(inner[p]) or is_off_diagonal(inner[p]):
                self._absorb_monomial(p, targets[p])
                del inner[p]
        self._compute()
        if len(inner) > 2 and self.n <= _DENSE_BITS and self.nactive << len(inner) >= 1 << self.n:
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
        require_budget(40 * size, INSTEAD)
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
            self.lose(norm(lost) * abs(self.factor()))


def _runs(bits: list[int]) -> list[tuple[int, int]]:
    """Return consecutive numbers as ranges.

    >>> _runs([1, 2, 3, 7])
    [(1, 4), (7, 8)]
    """
    runs: list[tuple[int, int]] = []
    for p in bits:
        if runs and runs[-1][1] == p:
            runs[-1] = (runs[-1][0], p + 1)
        else:
            runs.append((p, p + 1))
    return runs
