"""Circuits handed to Qiskit Aer's matrix product states: their tensors, bits and counts.

A state of low entanglement is a product of one matrix for each qubit's value. Aer runs the
circuit; the tensors that it gives back are what `MatrixProducts` reads.
"""

from __future__ import annotations

import re
import threading
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..core.budget import require_budget
from ..core.values import Array
from ..runtime.extras import require
from .circuit import Circuit

# What a gate may drop of the squares of all amplitudes, and all gates together.
_DROPPED_BY_ONE = 1e-16
_DROPPED = 1e-10
# How far bonds may grow. The first are tried first: most often they do.
_BONDS = (8, 64, 256)
# Of a long circuit first parts are tried with the second, each by so much longer than the last:
# what has grown there already goes on to grow.
_LONG, _LONGER = 64, 1.5
_INSTEAD = "simulate fewer qubits or gates, or by method='sparse'"


class _Log:
    """What Aer logs of runs: its threads keep a log each, and return all of it with every run."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        # The lengths of the logs that were read, and hashes of them.
        self._read: dict[int, int] = {}

    def news(self, whole: str) -> str:
        """Return what the last run has added."""
        begin = max(
            (n for n, known in self._read.items() if n <= len(whole) and hash(whole[:n]) == known),
            default=0,
        )
        self._read.pop(begin, None)
        # The next run writes over the bracket that closes it.
        end = max(len(whole) - 1, 0)
        self._read[end] = hash(whole[:end])
        return whole[begin:]


_log = _Log()


#: For each qubit matrices for 0 and 1; for each bond its Schmidt values.
Vidal: TypeAlias = tuple[list[tuple[Array, Array]], list[Array]]


class Evolved(NamedTuple):
    """What a run leaves.

    Attributes
    ----------
    tensors : list of ndarray, shape (left, 2, right)
        Of each qubit; not in a canonical form.
    bits : str
        The classical bits, number 0 first.
    dropped : float
        Of the squares of the amplitudes.
    """

    tensors: list[Array]
    bits: str
    dropped: float


def _ran(
    circuit: Circuit,
    start: Vidal | None,
    saves: bool,
    shots: int,
    rng: np.random.Generator,
) -> tuple[Any, float]:
    """Return what Aer found, and what it dropped: with as few bonds as do."""
    size, seed = len(circuit), int(rng.integers(1 << 31))
    few, more, most = _BONDS
    parts, part = list[int](), float(_LONG)
    while part < size:
        parts.append(int(part))
        part *= _LONGER
    tries = [(few, size), *((more, gates) for gates in [*parts, size]), (most, size)]
    for bonds, gates in tries:
        require_budget(circuit.n * (8 * bonds) ** 2, _INSTEAD)
        if gates == size:
            found, dropped = _within(bonds, circuit, start, saves, shots, seed)
            if dropped <= _DROPPED:
                return found, dropped
        else:
            # Of what it does not save, Aer runs nothing.
            _, dropped = _within(bonds, circuit[:gates], start, True, 1, seed)
        if dropped > _DROPPED and (gates < size or bonds == most):
            break
    raise ValueError(
        f"entanglement is not low: a matrix product state has more than {bonds} bonds after "
        f"{gates} gates, and takes too long; {_INSTEAD}"
    )


def _within(
    bonds: int, circuit: Circuit, start: Vidal | None, saves: bool, shots: int, seed: int
) -> tuple[Any, float]:
    """Return what Aer found with so many bonds at most, and what it dropped."""
    aer = require("qiskit_aer", "mps")
    qiskit = require("qiskit", "mps")
    ready: Any = circuit.to_qiskit()
    if start is not None:
        begin: Any = qiskit.QuantumCircuit(*ready.qregs, *ready.cregs)
        begin.set_matrix_product_state(start)
        ready.data.insert(0, begin.data[0])
    if saves:
        ready.save_matrix_product_state()
    simulator = aer.AerSimulator(
        method="matrix_product_state",
        matrix_product_state_max_bond_dimension=bonds,
        matrix_product_state_truncation_threshold=_DROPPED_BY_ONE,
        mps_log_data=True,
        # Threads of one run write into the log at once.
        max_parallel_threads=1,
    )
    with _log.lock:
        job = simulator.run(ready, shots=shots, seed_simulator=seed, memory=bool(circuit.m))
        result = job.result()
        if not result.success:
            raise ValueError(f"Qiskit Aer does not run the circuit: {result.status}")
        log = _log.news(result.results[0].metadata.get("MPS_log_data", ""))
    return result, sum(map(float, re.findall(r"discarded_value=([^,}\s]+)", log)))


def evolved(
    circuit: Circuit,
    start: Vidal | None,
    rng: np.random.Generator,
) -> Evolved:
    """Run a circuit once, from a state or from all qubits 0.

    Raises
    ------
    MissingExtraError
        Where Aer is not installed.
    ValueError
        Where entanglement is not low.
    MaterializationError
        Where the tensors are over the memory budget.
    """
    result, dropped = _ran(circuit, start, True, 1, rng)
    gammas, schmidt = result.data(0)["matrix_product_state"]
    weights = [*schmidt, np.ones(1)]
    tensors = [
        np.stack(gamma, axis=1).astype(np.complex128) * np.asarray(weight)
        for gamma, weight in zip(gammas, weights, strict=True)
    ]
    bits = "" if not circuit.m else result.get_memory()[0].replace(" ", "")[::-1]
    return Evolved(tensors, bits, dropped)


def counted(
    circuit: Circuit, shots: int, start: Vidal | None, rng: np.random.Generator
) -> dict[str, int]:
    """Run a circuit several times, and count the values of the classical bits, number 0 first."""
    if not shots or not circuit.m:
        return {"": shots} if shots else {}
    result, _ = _ran(circuit, start, False, shots, rng)
    return {bits.replace(" ", "")[::-1]: n for bits, n in result.get_counts().items()}
