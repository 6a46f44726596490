"""Operations on states and steps of circuits; their inverses, and what undoes what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from .broadcasting import required
from .gate_program import BYTES, Recorder
from .gate_table import GATES
from .growth import grown, spread
from .parameters import Expression
from .state import CombinesError, State
from .validation import bits_of, qubit_list, real

#: In radians; an expression where there are parameters, which have to get values before a run.
Angle: TypeAlias = float | Expression


class Payload(Protocol):
    """What an operation that is not in the table does."""

    def act(self, state: State, bits: list[int]) -> None:
        """Change a state that nobody else has."""

    def inverse(self) -> Payload:
        """Return what undoes it."""


class Operation(NamedTuple):
    """A gate on some qubits. Two that are equal do the same.

    Parameters
    ----------
    name : str
        Of a named gate, or what `payload` is.
    qubits : tuple of int
    params : tuple of float or Expression
    payload : Payload, optional
        Of an operation that is not in the table.
    """

    name: str
    qubits: tuple[int, ...]
    params: tuple[Any, ...] = ()
    payload: Payload | None = None

    def inverse(self) -> Operation:
        """Return the operation that undoes this one."""
        if self.payload is not None:
            return Operation(self.name, self.qubits, self.params, self.payload.inverse())
        gate = GATES[self.name]
        return Operation(gate.inverse, self.qubits, gate.undo(self.params))

    def on(self, qubits: tuple[int, ...]) -> Operation:
        """Return the same on other qubits."""
        return self._replace(qubits=qubits)

    def act(self, state: State) -> None:
        """Change a state that nobody else has."""
        bits = [state.n - 1 - q for q in self.qubits]
        if self.payload is not None:
            self.payload.act(state, bits)
        else:
            GATES[self.name].rule(state, self.params, bits)


def named(name: str, params: Sequence[object], qubits: Sequence[object], n: int) -> Operation:
    """Return a named gate on some qubits of n, validated.

    Raises
    ------
    ValueError
        For a name that there is not, another number of angles or qubits, qubits out of range or
        repeated, an angle that is no finite real number.
    """
    gate = GATES.get(name)
    if gate is None:
        raise ValueError(f"there is no gate {name!r}")
    if len(params) != len(gate.angles) or len(qubits) != len(gate.qubits):
        required(gate, params, qubits)
    return Operation(
        name, tuple(qubit_list(qubits, n)), tuple(real("an angle", angle) for angle in params)
    )


class Entry(NamedTuple):
    """One step of a circuit.

    Attributes
    ----------
    kind : {"gate", "measure", "reset", "barrier"}
    qubits : tuple of int
    operation : Operation or None
        Of a gate.
    clbits : tuple of int
        Where a measurement is written, one for each qubit.
    condition : tuple or None
        Classical bits, and the value of their register, the first the most significant, at
        which the step is taken.
    """

    kind: str
    qubits: tuple[int, ...]
    operation: Operation | None = None
    clbits: tuple[int, ...] = ()
    condition: tuple[tuple[int, ...], int] | None = None


# -- what led to a state --------------------------------------------------------------------


class Log(NamedTuple):
    """Operations, the first `size` of a sequence, after others.

    What two histories have in common is stored once, and a sequence may make its elements late.
    """

    operations: Sequence[Operation]
    size: int
    rest: Log | None

    @property
    def last(self) -> Operation:
        """The last operation."""
        return self.operations[self.size - 1]

    @property
    def before(self) -> Log | None:
        """What came before the last one."""
        return self._replace(size=self.size - 1) if self.size > 1 else self.rest


class History(NamedTuple):
    """The state that amplitudes were first combined in, and the operations since."""

    origin: State
    log: Log
    length: int

    def __reduce__(self) -> tuple[object, ...]:
        # Without a tuple in a tuple for each operation, which is too deep to be pickled.
        return after_all, (self.origin, operations_of(self.log))


def operations_of(log: Log | None) -> list[Operation]:
    """Return the operations of a log, first first."""
    parts = []
    while log is not None:
        parts.append(log.operations[: log.size])
        log = log.rest
    return [operation for part in reversed(parts) for operation in part]


_LONGEST = 1 << 14
# The state before is kept beside one of at most _TIMES as many amplitudes, or if it has few.
_TIMES = 16
_ALWAYS = 4096


def applied(state: State, operation: Operation) -> State:
    """Return the state after an operation; the one before is not changed.

    An operation that undoes the last one gives back what was before, bit for bit: parameters
    cancel on their own; where amplitudes were combined the state before that is kept, if it is
    small, with the operations since. O(n), or O(k).
    """
    bits_of(operation.qubits, state.n)
    history: History | None = state.history
    undone = history is not None and _undoes(operation, history.log.last)
    if undone:
        assert history is not None
        if history.log.before is None:
            return history.origin
    new = state.copy()
    # Gates of the table are applied by the kernel of circuits where they combine amplitudes.
    new.may_combine = operation.payload is not None or state.layer is not None
    try:
        operation.act(new)
    except CombinesError:
        new = state.copy()
        recorder: Any = Recorder(state.n)
        operation.act(recorder)
        if not new.combine(recorder.program()):
            operation.act(new)
    state.share_constants(new)
    if undone:
        assert history is not None
        log = history.log.before
        assert log is not None
        new.history = History(history.origin, log, history.length - 1)
    elif history is not None or (
        new.is_mixed and state.nactive <= max(_ALWAYS, new.nactive // _TIMES)
    ):
        new.history = after_all(state, [operation])
    return new


def applied_alone(state: State, operation: Operation) -> State:
    """Return the state after an operation that comes on its own: steady growth is refused."""
    new = applied(state, operation)
    if new.is_mixed or state.past:
        history: History | None = state.history
        if history is None or new is not history.origin:
            new.past = state.past
            if new.is_mixed:
                new.past = grown(state.past, new.nactive, lambda: spread_of(new), BYTES)
    return new


def spread_of(state: State) -> int:
    """Return how many qubits have both values. O(n)."""
    constants = (None if state.touches(p) else state.constant(p) for p in range(state.n))
    return spread(state.frames, constants)


def after_all(state: State, operations: Sequence[Operation]) -> History | None:
    """Return the history of a state after some operations that were applied to it at once.

    None where they are too many.
    """
    log: Log | None
    origin, log, length = state.history or (state, None, 0)
    length += len(operations)
    if length > _LONGEST:
        return None
    return History(origin, Log(operations, len(operations), log), length)


def undone_by(state: State, operations: Sequence[Operation]) -> tuple[State, int]:
    """Return the state before, and how many operations undo all that led from there to this one.

    The state itself, and 0, where they do not.
    """
    history: History | None = state.history
    if history is None or history.length > len(operations):
        return state, 0
    log: Log | None = history.log
    for count, operation in enumerate(operations, 1):
        if log is None or not _undoes(operation, log.last):
            break
        log = log.before
        if log is None:
            return history.origin, count
    return state, 0


def _undoes(operation: Operation, last: Operation) -> bool:
    return operation.qubits == last.qubits and operation == last.inverse()
