"""Gradients by the adjoint method: against shifted parameters, and theory on many qubits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.gates.gate_table import GATES

g = qv.gates
SUM = {"XYZ": 0.7, "ZZI": -1.3, "IXX": 0.4, "YIY": 2.0, "III": 0.5}


def shifted(circuit, pauli, values, state=None):
    """The gradient by differences that are exact for the gates of the table.

    An expectation value is a polynomial of degree 2 in cos(v / 2) and sin(v / 2): two pairs of
    shifts are enough.
    """
    out = []
    inner, outer = (np.sqrt(2) + 1) / (4 * np.sqrt(2)), (np.sqrt(2) - 1) / (4 * np.sqrt(2))
    for i in range(len(values)):
        total = 0.0
        for factor, shift in ((inner, np.pi / 2), (-outer, 3 * np.pi / 2)):
            for sign in (1, -1):
                moved = np.array(values, float)
                moved[i] += sign * shift
                x = g.run(circuit.bind(moved), state)
                total += sign * factor * g.expectation(x, pauli)
        out.append(total)
    return np.array(out)


def random_state(n, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(2**n) + 1j * rng.standard_normal(2**n)
    return x / np.linalg.norm(x)


@pytest.mark.parametrize("name", [name for name, gate in GATES.items() if gate.angles])
def test_every_gate(name):
    gate = GATES[name]
    qubits = 3 if gate.is_variadic else len(gate.qubits)
    angles = [g.Parameter(angle) for angle in gate.angles]
    circuit = g.Circuit(3).h(range(3)).t(0).append(name, *angles, *range(qubits)).sx(2).cx(0, 1)
    values = dict(zip(gate.angles, [0.4, 1.1, -0.6, 2.0], strict=False))
    x = random_state(3)
    value, gradient = g.value_and_gradient(circuit, SUM, values, x)
    order = [values[parameter] for parameter in circuit.parameters]
    np.testing.assert_allclose(value, g.expectation(g.run(circuit.bind(order), x), SUM))
    np.testing.assert_allclose(gradient, shifted(circuit, SUM, order, x), atol=1e-10)
    # A difference that knows nothing about gates.
    for i, slope in enumerate(gradient):
        step = 1e-5 * np.eye(len(order))[i]
        ends = [g.expectation(g.run(circuit.bind(order + s), x), SUM) for s in (step, -step)]
        np.testing.assert_allclose(slope, (ends[0] - ends[1]) / 2e-5, atol=1e-8)


@st.composite
def circuits(draw):
    names = [f"t{i}" for i in range(draw(st.integers(1, 4)))]
    circuit = g.Circuit(3)
    used = 0
    for _ in range(draw(st.integers(1, 10))):
        name = draw(st.sampled_from(["h", "cx", "t", "rx", "ry", "rz", "rxx", "crz", "cp", "ccx"]))
        gate = GATES[name]
        qubits = draw(st.permutations(range(3)))[: len(gate.qubits)]
        if gate.angles and used < len(names):
            circuit.append(name, draw(st.sampled_from([1, 1, -1])) * g.Parameter(names[used])
                           + draw(st.floats(-1, 1)), *qubits)  # fmt: skip
            used += 1
        else:
            circuit.append(name, *[0.3] * len(gate.angles), *qubits)
    return circuit.barrier()


@settings(max_examples=20)
@given(circuits())
def test_circuits(circuit):
    values = np.linspace(-1, 2, len(circuit.parameters))
    value, gradient = g.value_and_gradient(circuit, SUM, values)
    np.testing.assert_allclose(value, g.expectation(g.run(circuit.bind(values)), SUM), atol=1e-12)
    np.testing.assert_allclose(gradient, shifted(circuit, SUM, values), atol=1e-10)


def test_a_parameter_in_many_places():
    a = g.Parameter("a")
    circuit = g.Circuit(60).ry(a, range(60)).rz(2 * a, 0)
    total = {"I" * q + "Z" + "I" * (59 - q): 1.0 for q in range(60)}
    value, (slope,) = g.value_and_gradient(circuit, total, [0.3])
    np.testing.assert_allclose([value, slope], [60 * np.cos(0.3), -60 * np.sin(0.3)])


def test_one_excitation_on_sixty_qubits():
    """It moves from site to site, and its energies and slopes are those of a small matrix."""
    n = 60
    angles = [g.Parameter(f"t[{q}]") for q in range(4)]
    circuit = g.Circuit(n).x(0)
    for q, angle in enumerate(angles):
        circuit.rxx(angle, q, q + 1).ryy(angle, q, q + 1)
    values = np.array([0.3, 0.8, 1.2, 0.5])
    place = {"I" * 2 + "Z" + "I" * (n - 3): 1.0}

    def z_of_two(t):
        amplitude = np.sin(t[0]) * np.sin(t[1]) * np.cos(t[2])
        return 1 - 2 * amplitude**2

    value, gradient = g.value_and_gradient(circuit, place, values)
    np.testing.assert_allclose(value, z_of_two(values))
    exact = [(z_of_two(values + 1e-6 * e) - z_of_two(values - 1e-6 * e)) / 2e-6 for e in np.eye(4)]
    np.testing.assert_allclose(gradient, exact, atol=1e-8)


@settings(max_examples=15)
@given(circuits(), circuits())
def test_groups(first, second):
    """Of two that nothing ties, which have parameters of the same names; and wide, of 70 qubits."""
    pauli = {"XYZIZZ": 0.7, "ZZIYIX": -1.3, "IIIIII": 0.4, "IXXIII": 2.0}
    circuit = g.Circuit(6).compose(first, [0, 2, 4]).barrier().compose(second, [1, 5, 3])
    values = np.linspace(-1, 2, len(circuit.parameters))
    value, gradient = g.value_and_gradient(circuit, pauli, values)
    begin = g.run(g.Circuit(6), method="product")
    for other in (
        g.value_and_gradient(circuit, pauli, values, method="product"),
        g.value_and_gradient(circuit, pauli, values, begin),
    ):
        np.testing.assert_allclose(other[0], value, atol=1e-12)
        np.testing.assert_allclose(other[1], gradient, atol=1e-10)
    wide = g.Circuit(70).compose(circuit, range(64, 70))
    wider = {"I" * 64 + text: factor for text, factor in pauli.items()}
    for method in ("sparse", "product"):
        found = g.value_and_gradient(wide, wider, values, method=method)
        np.testing.assert_allclose(found[0], value, atol=1e-12)
        np.testing.assert_allclose(found[1], gradient, atol=1e-10)


def test_groups_of_many_qubits():
    """A parameter in each of a hundred groups, whose amplitudes together are 2**200."""
    a = g.Parameter("a")
    circuit = g.Circuit(200).ry(a, range(200)).cz(range(0, 200, 2), range(1, 200, 2))
    circuit.ry(0.3, range(200))
    pairs = {"I" * q + "ZZ" + "I" * (198 - q): 1.0 for q in range(0, 200, 2)}
    small = g.Circuit(2).ry(a, [0, 1]).cz(0, 1).ry(0.3, [0, 1])
    value, (slope,) = g.value_and_gradient(small, "ZZ", [0.7])
    for method in ("product", "auto"):
        found = g.value_and_gradient(circuit, pairs, [0.7], method=method)
        np.testing.assert_allclose([found[0], found[1][0]], [100 * value, 100 * slope])
    with pytest.raises(ValueError, match="matrix product"):
        g.value_and_gradient(circuit, pairs, [0.7], method="mps")


def test_bad_input():
    a = g.Parameter("a")
    circuit = g.Circuit(2, 1).rx(a, 0)
    for match, call in (
        ("without a value: a", lambda: g.value_and_gradient(circuit, "ZI", {})),
        ("real factors", lambda: g.value_and_gradient(circuit, {"ZI": 1j}, [0.1])),
        ("2 characters", lambda: g.value_and_gradient(circuit, "Z", [0.1])),
        ("no gradient", lambda: g.value_and_gradient(circuit.copy().measure(0, 0), "ZI", [0.1])),
        ("not normalised", lambda: g.value_and_gradient(circuit, "ZI", [0.1], np.ones(4))),
        ("of 3", lambda: g.value_and_gradient(circuit, "ZI", [0.1], g.zero_state(3))),
    ):
        with pytest.raises(ValueError, match=match):
            call()
    value, gradient = g.value_and_gradient(g.Circuit(2).h(0), "XI", [])
    assert (round(value, 12), gradient.shape) == (1, (0,))
    value, gradient = g.value_and_gradient(circuit, {}, [0.1])
    assert (value, gradient.tolist()) == (0, [0])
