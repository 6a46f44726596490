"""Shots that share runs, and Pauli noise: against density matrices and one shot after the other."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv

from . import plain

g = qv.gates


def chances_of(circuit, noise=None):
    """The probabilities of the classical bits, by density matrices of each history of bits."""
    n, m = circuit.n, circuit.m
    rho = np.zeros((2**n, 2**n), complex)
    rho[0, 0] = 1
    branches = {"0" * m: rho}

    def on(matrix, qubits, rho):
        half = np.stack([plain.apply(column, matrix, qubits) for column in rho.T], axis=1)
        return np.stack([plain.apply(row, matrix.conj(), qubits) for row in half])

    def noisy(key, qubits, rho):
        chances = {} if noise is None else noise.get(key, noise.get(len(qubits), {}))
        out = (1 - sum(chances.values())) * rho
        for text, chance in chances.items():
            matrix = plain.I2[:1, :1]
            for letter in text:
                matrix = np.kron(matrix, plain.PAULIS[letter])
            out = out + chance * on(matrix, qubits, rho)
        return out

    for entry in circuit:
        new: dict[str, np.ndarray] = {}
        for bits, rho in branches.items():
            if entry.condition is not None:
                which, value = entry.condition
                if int("".join(bits[b] for b in which), 2) != value:
                    new[bits] = new.get(bits, 0) + rho
                    continue
            if entry.kind == "gate":
                name, params = entry.operation.name, entry.operation.params
                rho = on(plain.MATRICES[name][2](*params), list(entry.qubits), rho)
                new[bits] = new.get(bits, 0) + noisy(name, list(entry.qubits), rho)
                continue
            if entry.kind == "measure" and noise is not None:
                for q in entry.qubits:
                    rho = noisy("measure", [q], rho) if "measure" in noise else rho
            for values in itertools.product((0, 1), repeat=len(entry.qubits)):
                after, now = rho, list(bits)
                for place, (q, value) in enumerate(zip(entry.qubits, values, strict=True)):
                    after = on(np.diag([1 - value, value]), [q], after)
                    if entry.kind == "measure":
                        now[entry.clbits[place]] = str(value)
                    elif value:
                        after = on(plain.X, [q], after)
                if entry.kind == "reset" and noise is not None and "reset" in noise:
                    for q in entry.qubits:
                        after = noisy("reset", [q], after)
                new["".join(now)] = new.get("".join(now), 0) + after
        branches = {bits: rho for bits, rho in new.items() if abs(np.trace(rho)) > 1e-12}
    return {bits: np.trace(rho).real for bits, rho in branches.items()}


def agrees(found, chances, shots):
    """No count is six standard deviations off."""
    assert sum(found.values()) == shots
    assert set(found) <= set(chances)
    for bits, chance in chances.items():
        spread = np.sqrt(shots * chance * (1 - min(chance, 1))) + 1
        assert abs(found.get(bits, 0) - shots * chance) < 6 * spread, bits


@st.composite
def circuits(draw):
    circuit = g.Circuit(3, 3)
    for _ in range(draw(st.integers(1, 4))):
        for name, angles, qubits in draw(plain.steps(3, ("h", "ry", "cx", "t", "swap"), 4)):
            circuit.append(name, *angles, *qubits)
        condition = draw(st.none() | st.tuples(st.permutations(range(3)), st.integers(0, 7)))
        qubits = draw(st.permutations(range(3)))[: draw(st.integers(1, 3))]
        kind = draw(st.sampled_from(["measure", "measure", "reset", "x", "barrier"]))
        if kind == "measure":
            bits = draw(st.permutations(range(3)))[: len(qubits)]
            circuit.measure(qubits, bits, condition=condition)
        elif kind == "barrier":
            circuit.barrier(*qubits)
        else:
            getattr(circuit, kind)(qubits, condition=condition)
    return circuit.measure(0, draw(st.integers(0, 2)))


@settings(max_examples=25)
@given(circuits(), st.integers(0, 100))
def test_shots(circuit, seed):
    agrees(g.run_shots(circuit, 400, seed), chances_of(without_barriers(circuit)), 400)


def without_barriers(circuit):
    kept = [i for i, entry in enumerate(circuit) if entry.kind != "barrier"]
    return circuit.taken(np.array(kept, np.int64))


NOISE = {
    1: g.depolarizing(0.1),
    "cx": {"XI": 0.1, "YZ": 0.05, "II": 0.5},
    "swap": g.depolarizing(0.2, 2),
    "measure": {"X": 0.1, "Z": 0.3},
    "reset": {"X": 0.05},
    "t": {"Z": 0.3},
}


@settings(max_examples=8)
@given(circuits(), st.integers(0, 100))
def test_noise(circuit, seed):
    found = g.run_shots(circuit, 400, seed, noise=NOISE)
    agrees(found, chances_of(without_barriers(circuit), NOISE), 400)


def test_trajectories():
    circuit = g.Circuit(2).h(0).cx(0, 1).t(1)
    noise = {"h": {"X": 0.3, "Z": 0.2}, "cx": {"YX": 0.4}}
    size, total = 500, 0.0 + 0j
    for seed in range(size):
        noisy = g.trajectory(circuit, noise, seed)
        assert noisy.n == 2
        total += g.expectation(g.run(noisy), "XX")
    # XX is -1 after Z on the first qubit, which happens with 0.2 there; YX commutes not with it.
    exact = 0.6 * 0.2 * np.sqrt(0.5)
    assert abs(total / size - exact) < 6 / np.sqrt(size)
    assert list(g.trajectory(circuit, {"h": {"I": 1.0}}, 0)) == list(circuit)
    assert [e.operation.name for e in g.trajectory(circuit, {"h": {"Y": 1.0}}, 0)][:2] == ["h", "y"]


def test_many_shots_cost_as_many_runs_as_histories(monkeypatch):
    from qvarray.gates import shots

    calls = []

    def counted(*arguments):
        calls.append(arguments)
        return run(*arguments)

    run = shots.run
    monkeypatch.setattr(shots, "run", counted)
    circuit = g.Circuit(60, 60).h(0).measure(0, 0).cx(0, 1).h(2).measure(2, 2).measure(1, 1)
    found = g.run_shots(circuit, 100_000, 0)
    assert set(found) == {a + a + b + "0" * 57 for a in "01" for b in "01"}
    assert len(calls) < 10
    assert g.run_shots(g.Circuit(2, 1).h(0), 5, 0) == {"0": 5}
    assert g.run_shots(g.Circuit(2).measure_all(), 0, 0) == {}


@pytest.mark.parametrize(
    ("match", "noise"),
    [
        ("no gate 'hadamard'", {"hadamard": {"X": 0.1}}),
        ("strings of 1 letters, not 2", {"cx": {"X": 0.1}}),
        ("one length", {"cx": {"XX": 0.1, "X": 0.2}}),
        ("one length", {"x": {"A": 0.1}}),
        ("from 0 to 1", {"x": {"X": -0.1}}),
        ("from 0 to 1", {"x": {"X": 0.6, "Z": 0.5}}),
        ("must be finite", {"x": {"X": np.nan}}),
        ("strings and chances", {"x": 0.1}),
        ("strings and chances", {"x": {}}),
        ("not -1", {"mcx": {"XX": 0.1}}),
    ],
)
def test_noise_that_is_none(match, noise):
    circuit = g.Circuit(2).measure_all()
    with pytest.raises(ValueError, match=match):
        g.run_shots(circuit, 2, 0, noise=noise)
    with pytest.raises(ValueError, match=match):
        g.trajectory(circuit, noise, 0)


def test_bad_input():
    for call in (lambda: g.depolarizing(1.5), lambda: g.depolarizing(0.1, 5)):
        with pytest.raises(ValueError, match=r"0 to 1|1 to 4"):
            call()
    with pytest.raises(TypeError, match="mapping"):
        g.run_shots(g.Circuit(1), 1, 0, noise=0.1)
    with pytest.raises(TypeError, match="a circuit"):
        g.trajectory("h", {}, 0)
    with pytest.raises(ValueError, match="without a value: a"):
        g.run_shots(g.Circuit(1).rx(g.Parameter("a"), 0), 1, 0)


@pytest.mark.parametrize("noise", [None, {"ry": {"X": 0.2}, "measure": {"X": 0.1}}])
def test_shots_alone_are_as_those_together(noise):
    """A shot without others of its history runs to the end at once: as they all do together."""
    circuit = g.Circuit(3, 4).ry(0.9, 0).cx(0, 1).measure(0, 0).ry(0.7, 1).reset(0)
    circuit.x(2, condition=(0, 1)).measure(1, 1).cx(2, 0).measure([0, 2], [2, 3])
    together = g.run_shots(circuit, 20000, 0, noise=noise)
    alone: Counter[str] = Counter()
    for seed in range(400):
        alone.update(g.run_shots(circuit, 1, seed, noise=noise))
    assert set(alone) <= set(together)
    for bits, often in together.items():
        assert abs(alone[bits] / 400 - often / 20000) < 0.09
