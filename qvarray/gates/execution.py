"""Run a circuit on states, with measurements and classical bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from . import measurement
from .answering import Answering
from .bit_strings import index_of
from .circuit import Circuit
from .circuit_program import Compiled, growth_of_many, run_compiled
from .method_choice import Method
from .operations import Entry, Operation, applied, undone_by
from .outcomes import Draws, count_drawn
from .preparation import zero_state
from .product_state import ProductState
from .state import State
from .validation import Rng, as_state, require_generator
from .wide_state import WideState

# From so many amplitudes on, and so many times those at the beginning, it is looked at each time
# that they double whether there will be room for the others.
_WATCHED, _TIMES = 1 << 18, 8


def _given(state: State | Answering) -> VirtualQArray:
    """Return what functions take and give: an array, or a state that is none."""
    if isinstance(state, Answering):
        return state  # type: ignore[return-value]
    return VirtualQArray(state)


def _start(circuit: Circuit, state: ArrayLike | VirtualQArray | None) -> State | Answering:
    if not isinstance(circuit, Circuit):
        raise TypeError(f"a circuit is run, got {circuit!r}")
    given = zero_state(circuit.n) if state is None else state
    begin = given if isinstance(given, Answering) else as_state(given)
    if begin.n != circuit.n:
        raise ValueError(f"a circuit of {circuit.n} qubits on a state of {begin.n}")
    circuit.require_bound()
    return begin


def _all_steps(
    state: State | Answering, plan: list[Compiled | Entry], bits: Array, draws: Array
) -> State | Answering:
    place = 0
    for step in plan:
        count = _count(step) if isinstance(step, Entry) else step.draws
        own = draws[place : place + count]
        place += count
        if isinstance(step, Entry):
            state = _step(state, step, bits, own)
            continue
        if isinstance(state, WideState):
            state = state.after(step, bits, own)
            continue
        assert isinstance(state, State)
        rest = step
        if state.history is not None and step.is_unitary:
            state, done = undone_by(state, step.operations)
            rest = step.part(done, len(step.entries)) if done else step
        state, done = run_compiled(state, rest, bits, own)
        if done < len(rest.entries):
            own = own[sum(map(_count, rest.entries[:done])) :]
            since, before = done, max(1, state.nactive)
            watched = max(_WATCHED, _TIMES * before)
            for place, entry in enumerate(rest.entries[done:], done + 1):
                state = _step(state, entry, bits, own)
                own = own[_count(entry) :]
                if isinstance(state, State) and state.nactive >= watched:
                    growth_of_many(rest, since, place, before, state).refuse()
                    since, before, watched = place, state.nactive, 2 * state.nactive
    return state


def _count(entry: Entry) -> int:
    """Return how many qubits a step measures or resets."""
    return len(entry.qubits) if entry.kind in ("measure", "reset") else 0


def _applied(state: State | Answering, operation: Operation) -> State | Answering:
    if isinstance(state, Answering):
        return state.applied([operation])
    return applied(state, operation)


def _step(state: State | Answering, entry: Entry, bits: Array, draws: Array) -> State | Answering:
    if entry.condition is not None:
        which, value = entry.condition
        if index_of(bits[[*which]]) != value:
            return state
    if entry.operation is not None:
        return _applied(state, entry.operation)
    found, after = measurement.measure(_given(state), entry.qubits, Draws(draws))  # type: ignore[arg-type]
    state = after if isinstance(after, Answering) else as_state(after)
    if entry.kind == "measure":
        for b, character in zip(entry.clbits, found, strict=True):
            bits[b] = int(character)
        return state
    for q, character in zip(entry.qubits, found, strict=True):
        if character == "1":
            state = _applied(state, Operation("x", (q,)))
    return state


def run_with_bits(
    circuit: Circuit,
    state: ArrayLike | VirtualQArray | None = None,
    rng: Rng | None = None,
    *,
    method: str = "sparse",
) -> tuple[VirtualQArray, str]:
    """Run a circuit once; return the state and the classical bits afterwards.

    Parameters
    ----------
    circuit : Circuit
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out.
    rng : numpy.random.Generator or int, optional
        What draws the outcomes of measurements and resets, or its seed; needed where there are
        some.
    method : {"sparse", "product", "mps", "auto"}
        What holds the state: its amplitudes; those of groups of qubits that are not entangled;
        tensors of low entanglement, by Qiskit Aer (the extra ``mps``); or, with ``"auto"``, the
        first of these that is not refused, and groups before amplitudes where gates tie qubits to
        no more than such. A warning says which, and why, where it is not amplitudes.

    Returns
    -------
    state : VirtualQArray
    bits : str
        The classical bits, number 0 first.

    Raises
    ------
    ValueError
        For a state of another number of qubits, parameters without a value, a measurement without
        `rng`, or another method.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(1, 2).x(0).measure(0, 1)
    >>> qv.gates.run_with_bits(circuit, rng=0)[1]
    '01'
    """
    begin = _given(_start(circuit, state))
    generator = None if rng is None else require_generator(rng)
    chosen = Method(method, on_amplitudes)
    after, bits = continued(
        circuit, chosen.begun(circuit, begin), "0" * circuit.m, generator, chosen
    )
    chosen.say()
    return chosen.ended(after), bits  # type: ignore[return-value]


def continued(
    circuit: Circuit,
    state: VirtualQArray | Answering,
    bits: str,
    rng: np.random.Generator | None,
    method: Method,
) -> tuple[VirtualQArray, str]:
    """Run a circuit once where classical bits have values; return the state and the bits."""
    now, count = np.array([*bits], np.int64), count_drawn(circuit.steps)
    if count and rng is None:
        raise ValueError("a circuit that measures needs a random generator")
    draws = np.zeros(0) if rng is None else rng.random(count)
    after = method.run(circuit, state, now, draws, rng)
    return after, "".join(map(str, now.tolist()))  # type: ignore[return-value]


def on_amplitudes(
    circuit: Circuit, state: VirtualQArray | Answering, bits: Array, draws: Array
) -> VirtualQArray:
    """Return a state of amplitudes, or of groups of qubits, after a circuit."""
    if isinstance(state, ProductState):
        return _given(state.after(circuit, bits, draws, on_amplitudes))
    begin = state if isinstance(state, Answering) else as_state(state)
    return _given(_all_steps(begin, circuit.plan(), bits, draws))


def run(
    circuit: Circuit,
    state: ArrayLike | VirtualQArray | None = None,
    rng: Rng | None = None,
    *,
    method: str = "sparse",
) -> VirtualQArray:
    """Run a circuit once; return the state afterwards.

    Parameters
    ----------
    circuit : Circuit
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out. It is not changed.
    rng : numpy.random.Generator or int, optional
        What draws the outcomes of measurements and resets, or its seed; needed where there are
        some.
    method : {"sparse", "product", "mps", "auto"}
        What holds the state: its amplitudes; those of groups of qubits that are not entangled;
        tensors of low entanglement, by Qiskit Aer (the extra ``mps``); or, with ``"auto"``, the
        first of these that is not refused, and groups before amplitudes where gates tie qubits to
        no more than such. A warning says which, and why, where it is not amplitudes.

    Returns
    -------
    VirtualQArray
        Or a `WideState`, of more than 62 qubits; a `ProductState`, with ``"product"``; or a
        `MatrixProducts`, with ``"mps"``.

    Raises
    ------
    ValueError
        For a state of another number of qubits, parameters without a value, a measurement without
        `rng`, or another method.
    MaterializationError
        For a state that is over the memory budget, or grows steadily towards that.

    Notes
    -----
    O(n) a gate that the parameters take up, O(k) for the others.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(60).h(0)
    >>> for q in range(59):
    ...     circuit = circuit.cx(q, q + 1)
    >>> [bits[:3] for bits in qv.gates.to_dict(qv.gates.run(circuit))]
    ['000', '111']
    """
    return run_with_bits(circuit, state, rng, method=method)[0]
