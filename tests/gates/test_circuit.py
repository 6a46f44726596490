"""Circuits: building, running, measuring, drawing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_gates_on_several_qubits():
    circuit = g.Circuit(4).h(range(4)).cx(0, [1, 2]).rx([0.1, 0.2], [0, 1]).cp(0.5, [0, 1], (2, 3))
    circuit.swap(np.array([0, 1]), np.array([2, 3])).append("rz", np.array([0.3, 0.4]), 1)
    one = g.Circuit(4).h(0).h(1).h(2).h(3).cx(0, 1).cx(0, 2).rx(0.1, 0).rx(0.2, 1)
    one.cp(0.5, 0, 2).cp(0.5, 1, 3).swap(0, 2).swap(1, 3).rz(0.3, 1).rz(0.4, 1)
    assert list(circuit) == list(one)
    assert len(g.Circuit(4).h([])) == 0
    several = g.Circuit(3, 1).x(range(3), condition=(0, 1))
    assert [entry.condition for entry in several] == [((0,), 1)] * 3
    x = g.zero_state(4)
    assert g.to_dict(g.cx(g.x(x, [0, 2]), [0, 2], [1, 3])) == {"1111": 1}
    assert len(g.Circuit(4).mcx([0, 1], 2)) == 1
    assert list(g.Circuit(3).append("cx", [0, 1])) == list(g.Circuit(3).cx(0, 1))


@pytest.mark.parametrize(
    ("match", "call"),
    [
        ("as many of each", lambda c: c.cx([0, 1], [1, 0, 1])),
        ("as many of each", lambda c: c.rx([0.1, 0.2, 0.3], [0, 1])),
        ("repeated qubits: .1, 1", lambda c: c.cx(1, [0, 1])),
        ("qubit 2 is out of range", lambda c: c.h(range(3))),
        ("an integer", lambda c: c.h([0.0, 1.0])),
        ("an integer", lambda c: c.h([True, False])),
        ("an integer", lambda c: c.h([[0, 1]])),
        ("must be finite", lambda c: c.rx(np.array([0.1, np.nan]), [0, 1])),
        ("must be finite", lambda c: c.rx([0.1, np.inf], [0, 1])),
        ("a real number", lambda c: c.rx(["a", "b"], [0, 1])),
        ("no gate 'hadamard'", lambda c: c.extend(["h", "hadamard"], [0, 1])),
        ("any number of qubits", lambda c: c.extend(["mcx"], [0, 1])),
        ("take 3 qubits and 0 angles, got 2 and 0", lambda c: c.extend(["h", "cx"], [0, 1])),
        ("take 1 qubits and 1 angles, got 1 and 0", lambda c: c.extend(["rx"], [0])),
        ("repeated", lambda c: c.extend(["h", "cx"], [0, 1, 1])),
        ("out of range", lambda c: c.extend(["h", "cx"], [0, 1, 2])),
        ("must be finite", lambda c: c.extend(["rx"], [0], [np.nan])),
        ("out of range", lambda c: c.barrier(0, 2)),
        ("1 classical bits", lambda c: c.measure_all(add_bits=False)),
    ],
)
def test_bad_input_of_several(match, call):
    circuit = g.Circuit(2, 1).h(0)
    with pytest.raises(ValueError, match=match):
        call(circuit)
    assert list(circuit) == list(g.Circuit(2, 1).h(0))
    assert circuit.m == 1


@given(st.lists(st.tuples(st.sampled_from(["x", "rx", "cx", "cp", "ccx", "cu"]), st.permutations(
    range(4))), max_size=30))  # fmt: skip
def test_extend(steps):
    names = [name for name, _ in steps]
    widths = {"x": (1, 0), "rx": (1, 1), "cx": (2, 0), "cp": (2, 1), "ccx": (3, 0), "cu": (2, 4)}
    qubits = [q for name, order in steps for q in order[: widths[name][0]]]
    angles = [0.25 * i for i in range(sum(widths[name][1] for name in names))]
    one = g.Circuit(4).h(0)
    left = list(angles)
    for name, order in steps:
        own = [left.pop(0) for _ in range(widths[name][1])]
        one.append(name, *own, *order[: widths[name][0]])
    circuit = g.Circuit(4).h(0).extend(names, qubits, angles)
    assert list(circuit) == list(one)
    assert list(circuit[2:9:3]) == list(one)[2:9:3]
    assert list(circuit.power(2)) == 2 * list(one)
    assert [circuit[i] for i in range(len(circuit))] == list(one)
    assert list(circuit.inverse()) == [
        entry_of(step.operation.inverse()) for step in reversed(list(one))
    ]
    moved = g.Circuit(6).z(5).compose(circuit, [5, 3, 1, 0])
    assert [entry.qubits for entry in moved][1:] == [
        tuple([5, 3, 1, 0][q] for q in entry.qubits) for entry in one
    ]


def entry_of(operation):
    (entry,) = g.Circuit(4).append(operation)
    return entry


def test_steps_that_are_not_in_the_table():
    circuit = g.Circuit(3, 2).unitary(np.eye(4)[[1, 0, 2, 3]], [1, 2]).h(0)
    circuit.mcx([0, 1], 2).measure([0, 1], [1, 0]).x(2, condition=([0, 1], 2)).reset(1).barrier()
    again = g.Circuit(3, 2).compose(circuit, [0, 1, 2], [0, 1])
    assert list(again) == list(circuit) == list(circuit.copy())
    assert list(circuit[::-1]) == list(circuit)[::-1]
    kinds = ["gate", "gate", "gate", "measure", "gate", "reset", "barrier"]
    assert [entry.kind for entry in circuit] == kinds
    moved = g.Circuit(3, 2).compose(circuit, [2, 1, 0], [1, 0])
    assert moved[0].operation.qubits == (1, 0)
    assert (moved[3].qubits, moved[3].clbits, moved[4].condition) == ((2, 1), (0, 1), ((1, 0), 2))
    assert [e.kind for e in g.Circuit(2).h(0).barrier(1).inverse()] == ["barrier", "gate"]
    assert g.Circuit(2).h(0).barrier().h(0).depth() == 2


def test_measure_all_and_seeds():
    circuit = g.Circuit(3, 1).x(1).measure_all()
    assert circuit.m == 4
    assert g.run_shots(circuit, 3, 0) == {"0010": 3}
    assert g.run_shots(circuit, 3, 0, bit_order="little") == {"0100": 3}
    assert g.run_shots(g.Circuit(2, 2).x(1).measure_all(add_bits=False), 2, 0) == {"01": 2}
    ghz = g.run(g.Circuit(3).h(0).cx(0, [1, 2]))
    for call in (
        lambda r: g.sample(ghz, 20, r).tolist(),
        lambda r: g.measure(ghz, 0, r)[0],
        lambda r: g.run_shots(g.Circuit(2).h(range(2)).measure_all(), 20, r),
        lambda r: g.run_with_bits(g.Circuit(2).h(range(2)).measure_all(), rng=r)[1],
    ):
        assert call(7) == call(np.int64(7)) == call(rng(7))
    assert g.counts([1, 4, 4], 3, bit_order="little") == {"100": 1, "001": 2}
    with pytest.raises(ValueError, match="'big' or 'little'"):
        g.counts([1], 2, bit_order="qiskit")
