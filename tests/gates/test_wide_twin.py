"""Functions of wide states against those of arrays, and circuits of many qubits against qblaze."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qvarray import gates as g

from . import programs
from .alike import close
from .random_circuits import random_circuit


def pair(seed, n=5, size=25):
    """One state as a wide one and as an array, and what drew it."""
    r = np.random.default_rng(seed)
    circuit = random_circuit(r, n, size)
    return g.run(circuit, g.WideState(n)), g.run(circuit), r


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_readouts(seed):
    x, y, r = pair(seed)
    assert isinstance(x, g.WideState)
    some = r.permutation(5)[: r.integers(1, 5)].tolist()
    for function in (g.probabilities, g.density_matrix, g.partial_trace, g.entropy):
        close(function(x, some), function(y, some))
    terms = [("".join(r.choice(list("IXYZ"), 5)), complex(*r.normal(size=2))) for _ in range(3)]
    close(g.expectation(x, terms), g.expectation(y, terms))
    whole = g.to_dict(x)
    close([whole.get(format(i, "05b"), 0) for i in range(32)], np.asarray(y))
    strings = [format(i, "05b") for i in r.permutation(32)[:3]]
    close(g.amplitudes(x, strings), g.amplitudes(y, strings))
    sizes = [abs(a) for a in g.top(x, 3).values()]
    close(sizes, [abs(a) for a in g.top(y, 3).values()])
    other = random_circuit(r, 5, 10)
    close(g.overlap(x, g.run(other, x)), g.overlap(y, g.run(other, y)))
    close(g.fidelity(g.run(other, x), x), g.fidelity(g.run(other, y), y))


@given(st.integers(0, 10**6))
def test_measurements(seed):
    x, y, r = pair(seed)
    qubits = r.permutation(5)[:2].tolist()
    bits, after = g.measure(x, qubits, seed)
    close(
        g.density_matrix(after, [0, 3]),
        g.density_matrix(g.measure(y, qubits, outcome=bits)[1], [0, 3]),
    )
    assert g.to_dict(x) == g.to_dict(x)
    chances = g.probabilities(x, qubits).ravel()
    found = np.bincount(g.sample(x, 3000, seed, qubits), minlength=4) / 3000
    np.testing.assert_allclose(found, chances, atol=0.06)
    for value in np.flatnonzero(chances < 1e-15):
        with pytest.raises(ValueError, match="probability zero"):
            g.measure(x, qubits, outcome=format(value, "02b"))


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_matrices_and_oracles(seed):
    """What is no named gate acts on a narrow state, in which the other qubits are a number."""
    x, y, r = pair(seed)
    qubits = r.permutation(5)[:3].tolist()
    matrix = np.linalg.qr(r.normal(size=(4, 4)) + 1j * r.normal(size=(4, 4)))[0]
    angles = r.normal(size=8)
    for change in (
        lambda z: g.unitary(z, matrix, qubits[:2]),
        lambda z: g.phase(z, lambda v: angles[v], qubits),
        lambda z: g.permutation(z, lambda v: (5 * v + 3) % 8, qubits),
        lambda z: g.oracle(z, lambda v: v & 1, qubits[:2], qubits[2:]),
        lambda z: g.phase_oracle(z, lambda v: v == 2, qubits),
    ):
        x, y = change(x), change(y)
        whole = g.to_dict(x)
        close([whole.get(format(i, "05b"), 0) for i in range(32)], np.asarray(y))


def test_gradients_are_shifts():
    r = np.random.default_rng(3)
    n = 90
    a, b, c = (g.Parameter(name) for name in "abc")
    where = r.choice(n, 5, replace=False).tolist()
    circuit = g.Circuit(n).ry(a, where[0]).h(where[1]).crx(2 * b, where[0], where[1])
    circuit.rzz(c - a, where[1], where[2]).rxx(b, where[2], where[3]).cp(a, where[3], where[4])
    circuit.ry(0.3, where)
    text = np.full((2, n), "I")
    text[0, where[:2]], text[1, where[2:]] = "Z", "X"
    observable = [("".join(text[0]), 1.5), ("".join(text[1]), -0.5), ("I" * n, 0.25)]
    point = r.normal(size=3)
    value, gradient = g.value_and_gradient(circuit, observable, point)

    def at(values):
        return g.expectation(g.run(circuit.bind(values)), observable)

    np.testing.assert_allclose(value, at(point), atol=1e-12)
    for k, step in enumerate(np.eye(3) * 1e-5):
        np.testing.assert_allclose(
            gradient[k], (at(point + step) - at(point - step)) / 2e-5, atol=1e-8
        )


def test_shots_with_measurements_resets_and_conditions():
    n = 130
    circuit = g.Circuit(n, n + 1).h(0)
    circuit.cx(0, range(1, n)).measure(5, n).x([1, 2], condition=(n, 1)).reset(3)
    circuit.measure(range(n), range(n))
    found = g.run_shots(circuit, 400, 7)
    assert len(found) == 2
    for bits, often in found.items():
        value = bits[n]
        expected = [value] * n
        expected[1] = expected[2] = expected[3] = "0"
        assert bits[:n] == "".join(expected)
        assert 120 < often < 280
    little = g.run_shots(circuit, 400, 7, bit_order="little")
    assert sorted(bits[::-1] for bits in little) == sorted(found)


def test_shots_with_noise():
    n = 100
    circuit = g.Circuit(n).h(range(n)).h(range(n)).measure_all()
    noise = {"h": {"Z": 0.01}, "measure": {"X": 0.02}}
    found = g.run_shots(circuit, 500, 1, noise=noise)
    ones = sum(bits.count("1") * often for bits, often in found.items()) / (500 * n)
    # The error of the first gate flips; so does that of the measurement.
    np.testing.assert_allclose(ones, 0.01 + 0.02 - 2 * 0.01 * 0.02, atol=0.004)
    noisy = g.trajectory(circuit, noise, 2)
    assert g.run_shots(noisy, 3, 0).keys()


def test_rows_of_outcomes_are_counted():
    rows = np.zeros((3, 70), np.uint8)
    rows[1:, 69] = 1
    assert g.counts(rows, 70) == {"0" * 70: 1, "0" * 69 + "1": 2}
    assert g.counts(rows, 70, bit_order="little") == {"0" * 70: 1, "1" + "0" * 69: 2}
    with pytest.raises(ValueError, match="rows of as many bits"):
        g.counts(rows + 1, 70)


def test_states_of_bit_strings():
    x = g.from_dict({"1" * 100: 0.8, "0" * 100: 0.6j})
    assert g.to_dict(x) == {"0" * 100: 0.6j, "1" * 100: 0.8}
    assert g.to_dict(g.basis_state("01" * 50)) == {"01" * 50: 1}
    assert g.to_dict(g.basis_state([0, 1] * 50)) == {"01" * 50: 1}
    assert g.zero_state(63, cutoff=0.1).cutoff == 0.1
    for call in (lambda: np.add(x, 1), lambda: g.reverse_qubits(x), lambda: g.to_statevector(x)):
        with pytest.raises(TypeError, match="no array"):
            call()
    assert g.to_dict(pickle.loads(pickle.dumps(x))) == g.to_dict(x)


# -- circuits of many qubits ----------------------------------------------------------------


def test_counterfeit_coin_of_301():
    n, false = 301, 123
    coins, scale = range(n - 1), n - 1
    circuit = g.Circuit(n, n).h(coins).cx(coins, scale).measure(scale, scale)
    for name, *qubits in (("x", scale), ("h", scale), ("cx", false, scale)):
        circuit.append(name, *qubits, condition=(scale, 0))
    circuit.h(coins).measure(coins, coins)
    found = g.run_shots(circuit, 60, 0)
    even = [bits[:-1] for bits in found if bits[-1] == "0"]
    one = "".join("01"[q == false] for q in coins)
    assert set(even) == {one, "".join("10"[bit == "1"] for bit in one)}
    assert 10 < sum(often for bits, often in found.items() if bits[-1] == "0") < 50


def test_product_of_400_qubits():
    first = second = 80
    circuit = programs.circuit_of(programs.multiplier(first, second))
    assert circuit.n == 400
    x = g.run(circuit)
    ((text, amplitude),) = g.to_dict(x).items()
    a, b = programs.factors(first, second)
    start = first + second
    product = sum(int(text[start + k]) << k for k in range(start))
    assert product == a * b
    np.testing.assert_allclose(abs(amplitude), 1, atol=1e-10)


def qblaze_state(circuit):
    """Amplitudes by bit strings, as qblaze has them."""
    qblaze = pytest.importorskip("qblaze")
    simulator = qblaze.Simulator(qubit_count=circuit.n)
    for entry in circuit:
        operation = entry.operation
        name, angles, qubits = operation.name, operation.params, operation.qubits
        if name == "cp":
            simulator.mcphase([(q, True) for q in qubits], angles[0])
        elif name == "rxx":
            for q in qubits:
                simulator.h(q)
            simulator.cx(*qubits)
            simulator.rz(qubits[1], angles[0])
            simulator.cx(*qubits)
            for q in qubits:
                simulator.h(q)
        else:
            getattr(simulator, {"u": "u3"}.get(name, name))(*qubits, *angles)
    return {format(i, f"0{circuit.n}b")[::-1]: a for i, a in simulator}


@pytest.mark.parametrize(("n", "seed"), [(100, 0), (100, 1), (250, 2), (500, 3), (1000, 4)])
def test_random_circuits_against_qblaze(n, seed):
    r = np.random.default_rng(seed)
    few = r.choice(n, 6, replace=False)
    circuit = random_circuit(r, n, 30, few)
    circuit.compose(random_circuit(r, n, 6 * n, names=("x", "t", "cx", "cz", "cp", "swap", "ccx")))
    circuit.compose(random_circuit(r, n, 30, few))
    expected, found = qblaze_state(circuit), g.to_dict(g.run(circuit))
    inner = sum(np.conj(a) * found.get(bits, 0) for bits, a in expected.items())
    np.testing.assert_allclose(abs(inner), 1, atol=1e-7)
    turn = inner / abs(inner)
    for bits in expected.keys() | found.keys():
        assert abs(expected.get(bits, 0) * turn - found.get(bits, 0)) < 1e-7
