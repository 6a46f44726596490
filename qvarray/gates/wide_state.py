"""`WideState`: a quantum state of any number of qubits, more than an array's index has bits for.

Circuits run by the same kernel as on arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn, Self

import numpy as np

from .. import kernels
from ..core.budget import over_limit
from ..core.values import Array
from ..options import options
from .circuit_program import Compiled, compiled, growth_of
from .gate_program import BYTES
from .growth import grown
from .operations import Operation, applied
from .oracles import Unitary
from .registers import WORD
from .single_qubit import HALF, IDENTITY, Frame, eighths
from .validation import require_cutoff, wire_count
from .wide_amplitudes import INSTEAD, WideAmplitudes

# Of more amplitudes, what they will grow to is told before they do.
_LOOK_AT = 1 << 17


class WideState(WideAmplitudes):
    """The state of n qubits that are all 0, n up to some thousands. Immutable.

    Parameters
    ----------
    n : int
        1 to 4096.
    cutoff : float
        Gates drop amplitudes of a smaller size where they compute some.

    Raises
    ------
    ValueError
        For another number of qubits, or a cutoff outside of [0, 1).

    Notes
    -----
    It is no array: from 63 qubits on an index has more bits than an integer. Functions of
    `qvarray.gates` take and return it as they do arrays; it has methods of their names.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(400).h(0)
    >>> for q in range(399):
    ...     circuit = circuit.cx(q, q + 1)
    >>> x = qv.gates.run(circuit)
    >>> x
    <WideState of 400 qubits, 2 amplitudes>
    >>> round(qv.gates.expectation(x, "X" * 400), 12)
    1.0
    >>> qv.gates.probabilities(x, [0, 399]).round(12).tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """

    __slots__ = ()

    def __init__(self, n: int, *, cutoff: float = 0.0) -> None:
        count = wire_count(n)
        self.n = count
        self.cutoff = require_cutoff(cutoff)
        self.before = None
        self._past = ()
        #: The square root of the sum of squares of the amplitudes that the cutoff dropped.
        self.dropped = 0.0
        self._words = np.zeros((-(-count // WORD), 1), np.int64)
        self._values = np.ones(1, np.complex128)
        self._frames = [IDENTITY] * count
        self._scale: complex = 1.0

    def __repr__(self) -> str:
        return f"<WideState of {self.n} qubits, {self.nactive} amplitudes>"

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        del dtype, copy
        raise TypeError(
            f"a state of {self.n} qubits is no array, which has up to 62: read it by its methods"
        )

    @classmethod
    def of_rows(cls, rows: Array, values: Array, *, cutoff: float = 0.0) -> Self:
        """Return a state of amplitudes at bit strings, which are all different.

        Parameters
        ----------
        rows : ndarray of uint8, shape (k, n)
            Bits, qubit 0 first.
        values : ndarray of complex128, shape (k,)
        cutoff : float
        """
        new = cls(rows.shape[1], cutoff=cutoff)
        words = np.zeros((len(new._words), values.size), np.int64)
        for p, column in enumerate(rows.T[::-1].astype(np.int64)):
            words[p // WORD] |= column << p % WORD
        new._words, new._values = words, values
        return new

    @classmethod
    def of_words(
        cls, n: int, words: Array, values: Array, frames: Sequence[Frame], cutoff: float
    ) -> Self:
        """Return a state of n qubits of amplitudes at indices in words, with frames."""
        return cls(n, cutoff=cutoff)._but(words, values, frames)

    def applied_alone(self, operations: Sequence[Operation]) -> Self:
        """Return the state after operations that come on their own: steady growth is refused."""
        after = self.applied(operations)
        if len(operations) == 1 and (self._past or after.nactive != self.nactive):
            each = BYTES + 32 * len(self._words)
            after._past = grown(self._past, after.nactive, after.spread, each)
        return after

    def applied(self, operations: Sequence[Operation]) -> Self:
        """Return the state after some operations."""
        state, run = self, list[Operation]()
        for operation in operations:
            payload = operation.payload
            if payload is None or isinstance(payload, Unitary):
                run.append(operation)
                continue
            state = state.after(compiled(run, self.n))
            run = []
            # On its qubits, and what the others are as a number.
            qubits = list(operation.qubits)
            narrow, rests = state._narrowed(qubits)
            after = applied(narrow, operation.on(tuple(range(len(qubits)))))
            state = state._widened(after, qubits, rests)
        return state.after(compiled(run, self.n))

    def after(
        self, what: Compiled, clbits: Array | None = None, draws: Array | None = None
    ) -> Self:
        """Return the state after a compiled run; O(1) a gate on a frame, O(k n / 62) on others.

        Classical bits are changed.
        """
        if not what.entries:
            return self
        if not self.nactive:
            return self._but(self._words, self._values)
        each = BYTES + 32 * len(self._words)
        most = max(1, options.memory_budget // each)
        begin = kernels.circuit_run.Begin(
            self._words, self._values * self._scale, np.array(self._frames), 0.0, 0, self.cutoff
        )
        for limit in sorted({min(_LOOK_AT, most), most}):
            bits = None if clbits is None else clbits.copy()
            found = kernels.circuit_run.run(what.program, begin, limit, bits, draws)
            if not found.blocks and found.done == what.ends[-1]:
                break
            if limit == most:
                raise over_limit(4 * limit * each, options.memory_budget, INSTEAD)
            growth_of(what.program, found).refuse(each)
        if clbits is not None and bits is not None:
            clbits[:] = bits
        by_bit: list[Any] = found.frames.tolist()
        places = found.places.tolist()
        new = self._but(found.indices, found.values, [tuple(by_bit[p]) for p in places])
        new._scale = eighths(found.turns) * (HALF if found.halves else 1.0)
        new.dropped = float(np.hypot(self.dropped, found.dropped**0.5))
        moved = [(q, p) for q, p in enumerate(places) if q != p]
        if moved:
            words = new._words.copy()
            for q, p in moved:
                words[q // WORD] &= ~(1 << q % WORD)
                words[q // WORD] |= new._bit(p) << q % WORD
            new._words = words
        return new
