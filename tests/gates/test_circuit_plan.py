"""Plans of circuits, made from arrays: as gates recorded one after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.gates.circuit_program import Compiled, compiled

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


@given(circuits())
def test_plans(circuit):
    entries = [entry for entry in circuit if entry.kind != "barrier"]
    for step in circuit.plan():
        if not isinstance(step, Compiled):
            assert step == entries.pop(0)
            continue
        operations = [entries.pop(0).operation for _ in step.operations]
        assert list(step.operations) == operations
        assert list(step.operations[1:3]) == operations[1:3]
        expected = compiled(operations, 5)
        assert step.ends == expected.ends
        for ours, theirs in zip(step.program, expected.program, strict=True):
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype
    assert not entries


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
