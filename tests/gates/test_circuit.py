"""Circuits: building, running, measuring, drawing."""

import numpy as np
import pytest

import qvarray as qv

g = qv.gates
rng = np.random.default_rng


def test_building():
    bell = g.Circuit(2).h(0).append("cx", 0, 1)
    circuit = g.Circuit(4, 2).compose(bell, [3, 1]).append(g.rx, 0.5, 2).append(bell, [0, 2])
    circuit.measure([0, 1], [1, 0]).reset(3)
    assert len(circuit) == 7
    assert circuit.count_ops() == {"h": 2, "cx": 2, "rx": 1, "measure": 1, "reset": 1}
    assert circuit.depth() == 3
    assert [entry.qubits for entry in circuit][:2] == [(3,), (3, 1)]
    assert repr(circuit) == "<Circuit of 4 qubits, 2 bits, 7 operations>"
    assert len(circuit.copy().x(0)) == 8
    assert len(circuit) == 7


def test_powers():
    circuit = g.Circuit(1).t(0)
    x = g.basis_state("1")
    for exponent in (-3, 0, 1, 5):
        y = g.run(circuit.power(exponent), x)
        np.testing.assert_allclose(y[1], np.exp(0.25j * np.pi * exponent), atol=1e-15)
    assert len(circuit.power(0)) == 0


def test_drawing():
    circuit = g.Circuit(3, 1).h(0).cx(0, 2).ccz(0, 1, 2).swap(0, 1).rx(0.5, 2).measure(0, 0)
    circuit.x(1, condition=(0, 1)).reset(2)
    assert circuit.draw().splitlines() == [
        "q0: ─[H]─●─●─────✕─────[M→0]─",
        "         │ │     │",
        "q1: ─────┼─●─────✕──────[X?]─",
        "         │ │",
        "q2: ─────⊕─●─[RX(0.5)]──|0⟩──",
    ]
    lines = circuit.draw(width=20).splitlines()
    assert max(map(len, lines)) <= 20
    assert g.Circuit(2).draw() == "q0: ─\n\nq1: ─"


def test_mid_circuit_measurement():
    circuit = g.Circuit(2, 2).h(0).measure(0, 0).cx(0, 1).h(0).measure(1, 1)
    for seed in range(8):
        state, bits = g.run_with_bits(circuit, rng=rng(seed))
        assert bits in ("00", "11")
        np.testing.assert_allclose(g.probabilities(state, 0), [0.5, 0.5])
    found = g.run_shots(circuit, 200, rng(0))
    assert set(found) == {"00", "11"}
    assert sum(found.values()) == 200
    assert found == g.run_shots(circuit, 200, rng(0))


def test_reset_and_conditions():
    circuit = g.Circuit(2, 2).h(0).measure(0, 0).x(1, condition=(0, 1)).reset(0)
    circuit.measure([0, 1], [0, 1])
    assert set(g.run_shots(circuit, 60, rng(1))) == {"00", "01"}
    circuit = g.Circuit(3, 2).x(1).measure([0, 1], [0, 1]).x(2, condition=([0, 1], 1))
    assert g.to_dict(g.run(circuit, rng=rng(0))) == {"011": 1}
    circuit = g.Circuit(3, 2).x(1).measure([0, 1], [0, 1]).x(2, condition=([1, 0], 1))
    assert g.to_dict(g.run(circuit, rng=rng(0))) == {"010": 1}


def test_measurements_at_the_end_are_sampled_at_once():
    circuit = g.Circuit(60, 60).h(0)
    for q in range(59):
        circuit.cx(q, q + 1)
    circuit.measure(range(60), range(60))
    found = g.run_shots(circuit, 100_000, rng(0))
    assert set(found) == {"0" * 60, "1" * 60}
    assert abs(found["0" * 60] - 50_000) < 1000
    assert g.run_shots(g.Circuit(2, 1).h(0), 5, rng(0)) == {"0": 5}


def test_running_leaves_the_state():
    x = g.basis_state("01")
    g.run(g.Circuit(2).h(0).cx(0, 1), x)
    assert g.to_dict(x) == {"01": 1}


@pytest.mark.parametrize(
    ("match", "call"),
    [
        ("no gate", lambda c: c.append("hadamard", 0)),
        ("angles", lambda c: c.append("rx", 0)),
        ("qubits", lambda c: c.append("cx", 0)),
        ("out of range", lambda c: c.h(2)),
        ("repeated", lambda c: c.cx(1, 1)),
        ("out of range", lambda c: c.measure(0, 1)),
        ("classical bits", lambda c: c.measure([0, 1], 0)),
        ("repeated classical", lambda c: c.measure([0, 1], [0, 0])),
        ("no value", lambda c: c.x(0, condition=(0, 2))),
        ("out of range", lambda c: c.reset(5)),
        ("on 1", lambda c: c.compose(g.Circuit(2), [0])),
        ("out of range", lambda c: c.compose(g.Circuit(3))),
        ("two conditions", lambda c: c.append(c.copy().measure(0, 0).x(0, condition=(0, 1)),
                                              [0, 1], [0], condition=(0, 1))),
        ("cannot be undone", lambda c: c.copy().measure(0, 0).inverse()),
        ("cannot be undone", lambda c: c.copy().x(0, condition=(0, 1)).inverse()),
        ("random generator", lambda c: g.run(c.copy().measure(0, 0))),
        ("of 3", lambda c: g.run(c, g.zero_state(3))),
        ("negative", lambda c: g.run_shots(c, -1, rng(0))),
        ("not unitary", lambda c: c.unitary([[1, 0], [1, 1]], 0)),
        ("must be given", lambda c: g.Circuit(40).permutation(lambda r: r, range(40)).inverse()),
        ("not a bijection", lambda c: c.copy().permutation(lambda r: r * 0, [0, 1]).inverse()),
    ],
)  # fmt: skip
def test_bad_input(match, call):
    circuit = g.Circuit(2, 1).h(0)
    with pytest.raises(ValueError, match=match):
        call(circuit)
    assert len(circuit) == 1


def test_bad_sizes():
    for n, m in ((0, 0), (63, 0), (1, -1)):
        with pytest.raises(ValueError, match=r"62|classical"):
            g.Circuit(n, m)
