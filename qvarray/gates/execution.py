"""Run a circuit on states: whole, in shots, with measurements and classical bits."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from . import measurement
from .circuit import Circuit
from .circuit_program import Compiled, compiled, planned, run_compiled
from .operations import Entry, Operation, applied, undone_by
from .preparation import zero_state
from .state import State
from .validation import as_state, non_negative

__all__ = ["run", "run_shots", "run_with_bits"]


def _start(circuit: Circuit, state: ArrayLike | VirtualQArray | None) -> State:
    if not isinstance(circuit, Circuit):
        raise TypeError(f"a circuit is run, got {circuit!r}")
    begin = as_state(zero_state(circuit.n) if state is None else state)
    if begin.n != circuit.n:
        raise ValueError(f"a circuit of {circuit.n} qubits on a state of {begin.n}")
    return begin


def _all_steps(
    state: State, plan: list[Compiled | Entry], bits: list[int], rng: np.random.Generator | None
) -> State:
    for step in plan:
        if isinstance(step, Entry):
            state = _step(state, step, bits, rng)
            continue
        state, done = undone_by(state, step.operations)
        rest = compiled(step.operations[done:], state.n) if done else step
        state, done = run_compiled(state, rest)
        for operation in rest.operations[done:]:
            state = applied(state, operation)
    return state


def _step(state: State, entry: Entry, bits: list[int], rng: np.random.Generator | None) -> State:
    if entry.condition is not None:
        which, value = entry.condition
        if int("".join(str(bits[b]) for b in which), 2) != value:
            return state
    if entry.operation is not None:
        return applied(state, entry.operation)
    if rng is None:
        raise ValueError("a circuit that measures needs a random generator")
    found, after = measurement.measure(VirtualQArray(state), entry.qubits, rng)
    state = as_state(after)
    if entry.kind == "measure":
        for b, character in zip(entry.clbits, found, strict=True):
            bits[b] = int(character)
        return state
    for q, character in zip(entry.qubits, found, strict=True):
        if character == "1":
            state = applied(state, Operation("x", (q,)))
    return state


def run_with_bits(
    circuit: Circuit,
    state: ArrayLike | VirtualQArray | None = None,
    rng: np.random.Generator | None = None,
) -> tuple[VirtualQArray, str]:
    """Run a circuit once; return the state and the classical bits afterwards.

    Parameters
    ----------
    circuit : Circuit
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out.
    rng : numpy.random.Generator, optional
        Needed for measurements and resets.

    Returns
    -------
    state : VirtualQArray
    bits : str
        The classical bits, number 0 first.

    Raises
    ------
    ValueError
        For a state of another number of qubits, or a measurement without `rng`.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> circuit = qv.gates.Circuit(1, 2).x(0).measure(0, 1)
    >>> qv.gates.run_with_bits(circuit, rng=np.random.default_rng(0))[1]
    '01'
    """
    now, bits = _start(circuit, state), [0] * circuit.m
    now = _all_steps(now, circuit.plan(), bits, rng)
    return VirtualQArray(now), "".join(map(str, bits))


def run(
    circuit: Circuit,
    state: ArrayLike | VirtualQArray | None = None,
    rng: np.random.Generator | None = None,
) -> VirtualQArray:
    """Run a circuit once; return the state afterwards.

    Parameters
    ----------
    circuit : Circuit
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out. It is not changed.
    rng : numpy.random.Generator, optional
        Needed for measurements and resets.

    Returns
    -------
    VirtualQArray

    Raises
    ------
    ValueError
        For a state of another number of qubits, or a measurement without `rng`.

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


def run_shots(
    circuit: Circuit,
    shots: int,
    rng: np.random.Generator,
    state: ArrayLike | VirtualQArray | None = None,
) -> dict[str, int]:
    """Run a circuit several times, and count the values of the classical bits.

    Parameters
    ----------
    circuit : Circuit
    shots : int
    rng : numpy.random.Generator
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out.

    Returns
    -------
    dict of str to int
        By the classical bits, number 0 first, in order.

    Raises
    ------
    ValueError
        For a state of another number of qubits, or a negative number of shots.

    Notes
    -----
    What comes before the first measurement is run once. Where nothing but measurements of
    different qubits comes after it, they are sampled at once; else each shot runs the rest.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> circuit = qv.gates.Circuit(2, 2).h(0).cx(0, 1).measure([0, 1], [0, 1])
    >>> sorted(qv.gates.run_shots(circuit, 100, np.random.default_rng(0)))
    ['00', '11']
    """
    shots = non_negative("shots", shots)
    now, bits = _start(circuit, state), [0] * circuit.m
    entries = circuit.entries
    first = next(
        (i for i, e in enumerate(entries) if e.kind != "gate" or e.condition is not None),
        len(entries),
    )
    now = _all_steps(now, planned(entries[:first], circuit.n), bits, rng)
    rest = entries[first:]
    qubits = [q for entry in rest for q in entry.qubits]
    found: Counter[str] = Counter()
    if all(e.kind == "measure" and e.condition is None for e in rest) and len(set(qubits)) == len(
        qubits
    ):
        found.update(_at_once(circuit, now, rest, qubits, shots, rng))
    else:
        plan = planned(rest, circuit.n)
        for _ in range(shots):
            values = list(bits)
            _all_steps(now, plan, values, rng)
            found["".join(map(str, values))] += 1
    return dict(sorted(found.items()))


def _at_once(
    circuit: Circuit,
    state: State,
    rest: list[Entry],
    qubits: list[int],
    shots: int,
    rng: np.random.Generator,
) -> Counter[str]:
    targets = [b for entry in rest for b in entry.clbits]
    drawn: Any = measurement.sample(VirtualQArray(state), shots, rng, qubits) if qubits else []
    found: Counter[str] = Counter()
    for text, often in measurement.counts(drawn, max(1, len(qubits))).items():
        bits = ["0"] * circuit.m
        for b, value in zip(targets, text, strict=True):
            bits[b] = value
        found["".join(bits)] += often
    if not qubits:
        found["0" * circuit.m] = shots
    return found
