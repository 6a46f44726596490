"""Matrix product states: against arrays, and against wide states; what there is without Aer."""

import builtins
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray import gates as g
from qvarray.gates.matrix_products import MatrixProducts
from qvarray.gates.observables import pauli_times

from .alike import assert_alike, close
from .random_circuits import random_circuit


def low(n, layers, seed=0):
    """Layers of rotations and controlled signs: dense in every frame, of few bonds."""
    r = np.random.default_rng(seed)
    circuit = g.Circuit(n)
    for _ in range(layers):
        circuit.ry(r.uniform(-3, 3, n), range(n)).cz(range(n - 1), range(1, n))
    return circuit.ry(r.uniform(-3, 3, n), range(n))


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_readouts(seed):
    r = np.random.default_rng(seed)
    n = int(r.integers(1, 6)) if seed % 2 else 5
    names = ("h", "x", "t", "rx", "ry", "u") if n < 3 else None
    circuit = random_circuit(r, n, 20, **({"names": names} if names else {}))
    y = g.run(circuit)
    assert_alike(MatrixProducts.of(y), y, seed)


def test_many_qubits():
    n = 200
    w = g.from_dict({"".join("01"[p == q] for p in range(n)): n**-0.5 for q in range(n)})
    x = MatrixProducts.of(w)
    assert x.bonds == 2
    close(g.probabilities(x, [0, 199]), g.probabilities(w, [0, 199]))
    close(g.expectation(x, "Z" * n), -1)
    close(g.overlap(x, w), 1)
    drawn = g.sample(x, 20, 0)
    assert drawn.shape == (20, n)
    assert (drawn.sum(axis=1) == 1).all()
    assert len(g.to_dict(x)) == n


def test_bad_input():
    x = MatrixProducts.of(g.zero_state(30))
    for call in (g.probabilities, g.density_matrix, g.entropy, g.measure):
        for qubits in (30, [1, 1], -1):
            with pytest.raises(ValueError, match=r"out of range|repeated"):
                call(x, qubits)
    with pytest.raises(ValueError, match="probability zero"):
        g.measure(x, 0, outcome="1")
    with pytest.raises(ValueError, match="random generator"):
        g.measure(x, 0)
    with pytest.raises(ValueError, match="IXYZ"):
        g.expectation(x, "Z")
    with pytest.raises(ValueError, match="30 qubits"):
        g.amplitudes(x, "0")
    with pytest.raises(ValueError, match="states of"):
        g.overlap(x, MatrixProducts.of(g.zero_state(3)))
    with pytest.raises(TypeError, match="no array"):
        np.asarray(x)
    with pytest.raises(TypeError, match="not known to <MatrixProducts of 30"):
        pauli_times(x, [("Z" * 30, 1.0)])
    with pytest.raises(ValueError, match="a method is"):
        g.run(g.Circuit(2), method="dense")
    with pytest.raises(ValueError, match="a method is"):
        g.run_shots(g.Circuit(2), 1, 0, method="dense")
    with pytest.raises(ValueError, match="random generator"):
        g.run(g.Circuit(2, 2).measure([0, 1], [0, 1]), method="mps")
    plus = MatrixProducts.of(g.basis_state("0" * 40))
    plus = MatrixProducts([np.full((1, 2, 1), 0.5**0.5)] * plus.n)
    with qv.options(memory_budget=2**16), pytest.raises(qv.MaterializationError):
        g.to_dict(plus)
    with qv.options(memory_budget=2**16), pytest.raises(qv.MaterializationError):
        g.density_matrix(plus, range(12))


@pytest.mark.parametrize("method", ["mps", "auto"])
def test_without_aer(method, monkeypatch):
    found = builtins.__import__

    def none(name, *rest, **options):
        if name.startswith("qiskit_aer"):
            raise ImportError("No module named 'qiskit_aer'")
        return found(name, *rest, **options)

    monkeypatch.setattr("qvarray.runtime.extras.import_module", none)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(qv.errors.MissingExtraError, match=r"qvarray\[mps\]"):
            g.run(low(40, 2), method=method)


def test_small_states_stay_sparse():
    """Nothing is handed over where amplitudes do."""
    x = g.run(low(6, 2), method="auto")
    assert isinstance(x, qv.VirtualQArray)


# -- with Aer -------------------------------------------------------------------------------


def test_circuits_by_aer():
    pytest.importorskip("qiskit_aer")
    for seed in range(4):
        r = np.random.default_rng(seed)
        circuit = random_circuit(r, 6, 30)
        x = g.run(circuit, method="mps")
        assert isinstance(x, MatrixProducts)
        close(g.overlap(x, g.run(circuit)), 1)
        again = g.run(circuit.inverse(), x)
        close(g.amplitudes(again, "0" * 6), [1])
        close(g.overlap(g.h(x, 2), g.h(g.run(circuit), 2)), 1)


def test_low_entanglement_by_aer():
    pytest.importorskip("qiskit_aer")
    n = 40
    circuit = low(n, 2)
    with pytest.raises(qv.MaterializationError, match="method='mps'"):
        g.run(circuit)
    with pytest.warns(UserWarning, match="matrix product states are taken: a state of"):
        x = g.run(circuit, method="auto")
    # What a string says depends on what is near it.
    for text, q in (("ZZ", 0), ("XY", 17), ("YIZ", 20), ("X", 39)):
        first, last = max(0, q - 3), min(n, q + len(text) + 3)
        near = g.Circuit(last - first)
        for entry in circuit:
            if all(first <= p < last for p in entry.qubits):
                near.append(entry.operation.on(tuple(p - first for p in entry.qubits)))
        whole = "I" * q + text + "I" * (n - q - len(text))
        np.testing.assert_allclose(
            g.expectation(x, whole), g.expectation(g.run(near), whole[first:last]), atol=1e-9
        )


def test_shots_by_aer():
    pytest.importorskip("qiskit_aer")
    n = 12
    circuit = g.Circuit(n, n).h(0).cx(0, range(1, n)).measure([0], [0]).x(5, condition=(0, 1))
    circuit.measure(range(n), range(n))
    found = g.run_shots(circuit, 40, 1, method="mps")
    ones = ["1"] * n
    ones[5] = "0"
    assert set(found) == {"0" * n, "".join(ones)}
    little = g.run_shots(circuit, 40, 1, method="mps", bit_order="little")
    assert {bits[::-1] for bits in little} == set(found)
    x, bits = g.run_with_bits(circuit, rng=3, method="mps")
    close(g.probabilities(x, 5)[1], 0)
    assert bits in found
    noisy = g.run_shots(circuit, 20, 1, method="mps", noise={"h": {"X": 0.5}})
    assert sum(noisy.values()) == 20


def test_high_entanglement_is_refused(monkeypatch):
    pytest.importorskip("qiskit_aer")
    monkeypatch.setattr("qvarray.gates.aer._BONDS", (2, 4, 8))
    r = np.random.default_rng(0)
    circuit = random_circuit(r, 12, 200, names=("u", "cz", "rx", "ry", "rxx"))
    with pytest.raises(ValueError, match=r"more than [48] bonds after \d+ gates"):
        g.run(circuit, method="mps")
    with qv.options(memory_budget=2**10), pytest.raises(qv.MaterializationError):
        g.run(circuit, method="mps")
    # What others have dropped before is not held against a circuit.
    assert g.top(g.run(g.Circuit(12).x(3), method="mps"), 1) == {"000100000000": 1.0}
