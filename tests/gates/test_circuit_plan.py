"""Plans of circuits, made from arrays: as gates recorded one after the other."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.gates.circuit_program import Compiled, compiled, run_compiled

from . import plain

g = qv.gates
OTHERS = ("mcx", "mcp", "unitary", "swap", "barrier", "measure", "permutation", "conditional")


@st.composite
def circuits(draw):
    circuit = g.Circuit(5, 1)
    for name, angles, qubits in draw(plain.steps(5, most=20)):
        circuit.append(name, *angles, *qubits)
        other = draw(st.none() | st.sampled_from(OTHERS))
        chosen = draw(st.permutations(range(5)))[: draw(st.integers(2, 5))]
        if other == "mcp":
            circuit.mcp(draw(st.sampled_from([0.3, np.pi, 0.0])), chosen[:-1], chosen[-1])
        elif other == "mcx":
            circuit.mcx(chosen[:-1], chosen[-1])
        elif other == "unitary":
            circuit.unitary(plain.u(0.1 * len(circuit), 0.2, 0.3), chosen[0])
        elif other == "swap":
            circuit.swap(*chosen[:2])
        elif other == "permutation":
            circuit.permutation(lambda r: r ^ 1, chosen)
        elif other == "measure":
            circuit.measure(chosen[0], 0)
        elif other == "conditional":
            circuit.x(chosen[0], condition=(0, 1))
        elif other == "barrier":
            circuit.barrier()
    return circuit


def one_by_one(circuit):
    """The steps of a circuit, with a measurement or a reset of several qubits as one of each."""
    for entry in circuit:
        if entry.kind in ("measure", "reset"):
            for q, b in itertools.zip_longest(entry.qubits, entry.clbits):
                yield entry._replace(qubits=(q,), clbits=() if b is None else (b,))
        elif entry.kind != "barrier":
            yield entry


@given(circuits())
def test_plans(circuit):
    entries = list(one_by_one(circuit))
    for step in circuit.plan():
        if not isinstance(step, Compiled):
            assert step == entries.pop(0)
            continue
        here = [entries.pop(0) for _ in step.entries]
        assert list(step.entries) == here
        assert list(step.entries[1:3]) == here[1:3]
        if not step.is_unitary:
            continue
        operations = [entry.operation for entry in here]
        assert list(step.operations) == operations
        expected = compiled(operations, 5)
        assert step.ends == expected.ends
        for ours, theirs in zip(step.program, expected.program, strict=True):
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype
    assert not entries


def walked(circuit, vector, draws):
    """What a circuit leaves of a dense state, and its classical bits, by numbers that are drawn."""
    bits, draws = [0] * circuit.m, iter(draws)
    for entry in one_by_one(circuit):
        if entry.condition is not None:
            which, value = entry.condition
            if int("".join(str(bits[b]) for b in which), 2) != value:
                if entry.kind in ("measure", "reset"):
                    next(draws)
                continue
        if entry.operation is not None:
            name, qubits, params, payload = entry.operation
            matrix = plain.MATRICES[name][2](*params) if payload is None else payload.matrix
            vector = plain.apply(vector, matrix, qubits)
            continue
        rows = plain.as_matrix(vector, entry.qubits)
        found = int(next(draws) < np.linalg.norm(rows[1]) ** 2)
        project = np.diag([1.0 - found, found])
        if entry.kind == "reset":
            project = plain.X @ project if found else project
        else:
            bits[entry.clbits[0]] = found
        vector = plain.apply(vector, project, entry.qubits)
        vector = vector / np.linalg.norm(vector)
    return vector, bits


@given(plain.steps(4, most=16), st.data())
@settings(max_examples=30)
def test_measurements_within_a_run(steps, data):
    """They are given numbers, and need no more than a run of gates does."""
    circuit = g.Circuit(4, 3).h([0, 1, 2, 3])
    for name, angles, qubits in steps:
        condition = data.draw(st.none() | st.tuples(st.just((0, 2)), st.integers(0, 3)))
        circuit.append(name, *angles, *qubits, condition=condition)
        kind = data.draw(st.sampled_from(["", "", "measure", "reset", "conditional", "two"]))
        chosen = data.draw(st.permutations(range(4)))
        if kind == "measure":
            circuit.measure(chosen[0], data.draw(st.integers(0, 2)))
        elif kind == "two":
            circuit.measure(chosen[:2], (2, 0)).unitary(plain.SX, chosen[2])
        elif kind == "reset":
            circuit.reset(chosen[:2])
        elif kind == "conditional":
            circuit.measure(chosen[0], 1, condition=(0, 1))
            circuit.reset(chosen[1], condition=((1, 2), 2))
    (whole,) = circuit.plan()
    draws = np.array(data.draw(st.lists(
        st.sampled_from([0.07, 0.31, 0.69, 0.93]), min_size=whole.draws, max_size=whole.draws
    )))  # fmt: skip
    vector, bits = walked(circuit, np.eye(16)[0].astype(complex), draws)
    found = np.zeros(3, np.int64)
    state, done = run_compiled(g.zero_state(4).source, whole, found, draws)
    assert done == len(whole.entries)
    assert found.tolist() == bits
    x = np.asarray(qv.VirtualQArray(state))
    np.testing.assert_allclose(abs(np.vdot(x, vector)), 1, atol=1e-10)
    np.testing.assert_allclose(np.linalg.norm(x), 1, atol=1e-12)
    again = np.zeros(3, np.int64)
    wide = g.WideState(4).after(whole, again, draws)
    assert again.tolist() == bits
    assert wide.nactive == state.nactive


def test_a_long_run_that_measures():
    """Errors of rounding do not add up, and the state stays as small as it is."""
    n, r = 60, np.random.default_rng(0)
    circuit = g.Circuit(n, n)
    for _ in range(3000):
        a, b = (int(q) for q in r.choice(n, 2, replace=False))
        circuit.ry(0.3, a).cx(a, b).measure(a, a).reset(b).x(b, condition=(a, 1))
    x, _ = g.run_with_bits(circuit, rng=1)
    assert x.source.nactive == 1
    np.testing.assert_allclose(np.linalg.norm(x), 1, atol=1e-12)


@pytest.mark.parametrize("given", ["measure", "reset"])
def test_measurements_need_what_draws_them(given):
    circuit = g.Circuit(2, 1).h(0).cx(0, 1).h(1)
    circuit = circuit.measure(0, 0) if given == "measure" else circuit.reset(0)
    with pytest.raises(ValueError, match="random generator"):
        g.run(circuit)


def test_a_circuit_that_grows_is_planned_again():
    circuit = g.Circuit(2)
    assert circuit.plan() == []
    circuit.h(0).cx(0, 1).h(0).cx(0, 1)
    (whole,) = circuit.plan()
    assert len(whole.operations) == 4
    assert circuit.plan()[0] is whole
    circuit.x(0)
    (longer,) = circuit.plan()
    assert (len(longer.operations), len(whole.operations)) == (5, 4)
