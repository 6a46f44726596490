"""The programs of the benchmarks, which are no package of the tests."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import qvarray as qv

_PATH = Path(__file__).parents[2] / "asv_benchmarks" / "benchmarks" / "programs.py"
_SPEC = spec_from_file_location("benchmark_programs", _PATH)
_MODULE = module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)

CLAUSES, SUITE, factors, multiplier, operands, qasm, secret = (
    getattr(_MODULE, name)
    for name in (
        "CLAUSES", "SUITE", "factors", "multiplier", "operands", "qasm", "secret"
    )
)  # fmt: skip


def circuit_of(program):
    circuit = qv.gates.Circuit(program.n)
    for name, angles, qubits in program:
        circuit.append(name, *angles, *qubits)
    return circuit


def named(least, most):
    """Names of programs of so many qubits."""
    return [name for name in SUITE if least <= int(name.rpartition("_n")[2]) <= most]
