"""What is made from a row of the table: each gate has all of it, whoever adds the row."""

import inspect
import pickle
from pathlib import Path

import numpy as np
import pytest

import qvarray as qv
from qvarray.gates.gate_table import GATES
from qvarray.gates.signatures import PUBLIC
from qvarray.gates.stubs import generated

g = qv.gates
ANGLES = (0.3, -1.1, 2.0, 0.7)
REFERENCE = Path(__file__).parents[2] / "docs" / "api" / "index.rst"


def arguments(gate):
    """Angles and qubits to call a gate with, the first qubit the most significant."""
    angles, qubits = ANGLES[: len(gate.angles)], range(len(gate.qubits) + gate.is_variadic)
    return (*angles, list(qubits[:-1]), qubits[-1]) if gate.is_variadic else (*angles, *qubits)


def size(gate):
    return len(gate.qubits) + gate.is_variadic


def circuit_of(gate):
    return g.Circuit(size(gate)).append(gate.name, *arguments(gate))


def matrix_of(circuit):
    columns = [g.run(circuit, column).todense() for column in np.eye(2**circuit.n)]
    return np.array(columns).T


@pytest.fixture(params=GATES)
def gate(request):
    return GATES[request.param]


@pytest.fixture(params=PUBLIC)
def public(request):
    return PUBLIC[request.param]


def test_functions(public):
    function = getattr(g, public.name)
    assert public.name in g.__all__
    names = [name.removeprefix("*") for name in (*public.angles, *public.qubits)]
    assert list(inspect.signature(function).parameters) == ["x", *names, "out"]
    assert (function.__name__, function.__module__) == (public.name, "qvarray.gates")
    assert pickle.loads(pickle.dumps(function)) is function
    rows = np.eye(2 ** size(public))
    matrix = np.array([function(row, *arguments(public)).todense() for row in rows]).T
    np.testing.assert_allclose(matrix, matrix_of(circuit_of(public)), atol=1e-15)
    with pytest.raises(TypeError, match=rf"{public.name}\(\) missing"):
        function(rows[0])


def test_methods(public):
    method = getattr(g.Circuit, public.name)
    names = [name.removeprefix("*") for name in (*public.angles, *public.qubits)]
    assert list(inspect.signature(method).parameters) == ["self", *names, "condition"]
    circuit = g.Circuit(size(public), 1)
    assert getattr(circuit, public.name)(*arguments(public), condition=(0, 1)) is circuit
    ((entry,), (expected,)) = circuit, circuit_of(public)
    assert entry.operation == expected.operation
    assert entry.condition == ((0,), 1)


def test_docstrings(public):
    for function in (getattr(g, public.name), getattr(g.Circuit, public.name)):
        sections = ["Parameters", "Returns", "Raises", "Notes"]
        lines = function.__doc__.splitlines()
        assert [line for line in lines if line in sections] == sections
        assert lines[0].endswith(".")
        assert max(map(len, lines)) <= 100
        for name in (*public.angles, *public.qubits):
            assert name.removeprefix("*") in function.__doc__


def test_inverses(gate):
    circuit = circuit_of(gate)
    matrix = matrix_of(circuit)
    identity = np.eye(len(matrix))
    np.testing.assert_allclose(matrix @ matrix.conj().T, identity, atol=1e-14)
    np.testing.assert_allclose(matrix_of(circuit.inverse()), matrix.conj().T, atol=1e-14)
    assert list(circuit.inverse().inverse()) == list(circuit)


def test_drawings(gate):
    lines = circuit_of(gate).draw(width=200).splitlines()[::2]
    controls = size(gate) - gate.targets
    assert all("●" in line for line in lines[:controls])
    assert all(gate.symbol in line for line in lines[controls:])


def test_files_that_are_written_from_the_table():
    for path, text in generated().items():
        assert path.read_text(encoding="utf-8") == text, "run python -m qvarray.gates.stubs"


def test_reference(public):
    assert f"   gates.{public.name}\n" in REFERENCE.read_text(encoding="utf-8")


# -- Qiskit ---------------------------------------------------------------------------------


def qiskit_circuits():
    """Each gate by each of its names in Qiskit."""
    library = pytest.importorskip("qiskit.circuit.library")
    known = library.standard_gates.get_standard_gate_name_mapping()
    many = {"mcx": library.C3XGate(), "mcphase": library.MCPhaseGate(0.3, 2)}
    # Inverses that Qiskit has only as what is left of a controlled gate.
    derived = {"csxdg": library.CSXGate().inverse()}
    for gate in GATES.values():
        for name in gate.qiskit:
            if name in known:
                yield gate, type(known[name])(*ANGLES[: len(gate.angles)])
            else:
                yield gate, (many | derived)[name]


def test_qiskit_has_the_same_matrices():
    from qiskit import QuantumCircuit, qasm2
    from qiskit.quantum_info import Operator

    for gate, instruction in qiskit_circuits():
        assert instruction.name in gate.qiskit
        n = instruction.num_qubits
        source = QuantumCircuit(n)
        source.append(instruction, range(n))
        expected = Operator(source.reverse_bits()).data
        for read in (
            g.Circuit.from_qiskit(source),
            g.Circuit.from_qasm(qasm2.dumps(source)),
        ):
            assert read.count_ops() == {gate.name: 1} or gate.name == "mcp"
            np.testing.assert_allclose(matrix_of(read), expected, atol=1e-12)


def test_qiskit_reads_the_programs_that_are_written(gate):
    """A gate that ``qelib1.inc`` does not have is defined in the program."""
    qasm2 = pytest.importorskip("qiskit.qasm2")
    quantum_info = pytest.importorskip("qiskit.quantum_info")
    text = circuit_of(gate).to_qasm()
    found = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    read, written = quantum_info.Operator(found.reverse_bits()).data, matrix_of(circuit_of(gate))
    phase = np.vdot(read, written) / len(read)
    np.testing.assert_allclose(read * phase, written, atol=1e-12)
