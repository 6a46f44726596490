"""Run a circuit on states, with measurements and classical bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from . import measurement
from .circuit import Circuit
from .circuit_program import Compiled, run_compiled
from .operations import Entry, Operation, applied, undone_by
from .preparation import zero_state
from .state import State
from .validation import Rng, as_state, require_generator
from .wide_state import WideState

__all__ = ["run", "run_with_bits"]


def _of(x: ArrayLike | VirtualQArray) -> State | WideState:
    return x if isinstance(x, WideState) else as_state(x)


def _given(state: State | WideState) -> VirtualQArray:
    """Return what functions take and give: an array, or a state that is none."""
    return state if isinstance(state, WideState) else VirtualQArray(state)  # type: ignore[return-value]


def _start(circuit: Circuit, state: ArrayLike | VirtualQArray | None) -> State | WideState:
    if not isinstance(circuit, Circuit):
        raise TypeError(f"a circuit is run, got {circuit!r}")
    begin = _of(zero_state(circuit.n) if state is None else state)
    if begin.n != circuit.n:
        raise ValueError(f"a circuit of {circuit.n} qubits on a state of {begin.n}")
    circuit.require_bound()
    return begin


def _all_steps(
    state: State | WideState,
    plan: list[Compiled | Entry],
    bits: list[int],
    rng: np.random.Generator | None,
) -> State | WideState:
    for step in plan:
        if isinstance(step, Entry):
            state = _step(state, step, bits, rng)
            continue
        if isinstance(state, WideState):
            state = state.after(step)
            continue
        state, done = undone_by(state, step.operations)
        rest = step.part(done, len(step.operations)) if done else step
        state, done = run_compiled(state, rest)
        for operation in rest.operations[done:]:
            state = applied(state, operation)
    return state


def _applied(state: State | WideState, operation: Operation) -> State | WideState:
    if isinstance(state, WideState):
        return state.applied([operation])
    return applied(state, operation)


def _step(
    state: State | WideState, entry: Entry, bits: list[int], rng: np.random.Generator | None
) -> State | WideState:
    if entry.condition is not None:
        which, value = entry.condition
        if int("".join(str(bits[b]) for b in which), 2) != value:
            return state
    if entry.operation is not None:
        return _applied(state, entry.operation)
    if rng is None:
        raise ValueError("a circuit that measures needs a random generator")
    found, after = measurement.measure(_given(state), entry.qubits, rng)
    state = _of(after)
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

    Returns
    -------
    state : VirtualQArray
    bits : str
        The classical bits, number 0 first.

    Raises
    ------
    ValueError
        For a state of another number of qubits, parameters without a value, or a measurement
        without `rng`.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(1, 2).x(0).measure(0, 1)
    >>> qv.gates.run_with_bits(circuit, rng=0)[1]
    '01'
    """
    now, bits = _start(circuit, state), [0] * circuit.m
    generator = None if rng is None else require_generator(rng)
    now = _all_steps(now, circuit.plan(), bits, generator)
    return _given(now), "".join(map(str, bits))


def run(
    circuit: Circuit,
    state: ArrayLike | VirtualQArray | None = None,
    rng: Rng | None = None,
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

    Returns
    -------
    VirtualQArray
        Or a `WideState`, of more than 62 qubits.

    Raises
    ------
    ValueError
        For a state of another number of qubits, parameters without a value, or a measurement
        without `rng`.
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
    return run_with_bits(circuit, state, rng)[0]
