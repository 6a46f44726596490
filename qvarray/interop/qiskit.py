"""Let Qiskit run circuits here: a backend for `transpile` and samplers, and an exact estimator.

It imports Qiskit, and nothing imports it: say ``from qvarray.interop.qiskit import Backend``.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.values import Array
from ..gates import Circuit, expectation, run, run_shots
from ..gates.gate_table import QISKIT
from ..gates.noise import PauliNoise
from ..gates.validation import MOST_QUBITS, Rng, non_negative

try:
    from qiskit import QuantumCircuit
    from qiskit.circuit import IfElseOp, Measure, Reset
    from qiskit.circuit.library import MCPhaseGate, MCXGate, UnitaryGate
    from qiskit.circuit.library.standard_gates import get_standard_gate_name_mapping
    from qiskit.primitives import BaseEstimatorV2, DataBin, PrimitiveJob, PrimitiveResult, PubResult
    from qiskit.primitives.containers.estimator_pub import EstimatorPub
    from qiskit.providers import BackendV2, JobStatus, JobV1, Options
    from qiskit.result import Result
    from qiskit.transpiler import Target
except ImportError as error:
    raise ImportError('Qiskit is not installed: pip install "qvarray[qiskit]"') from error

if TYPE_CHECKING:
    from qiskit.primitives.containers.estimator_pub import EstimatorPubLike

_NAME = "qvarray"


def _target() -> Target:
    """Return all that circuits here take as it is, on any qubits."""
    target = Target(num_qubits=MOST_QUBITS)
    for name, gate in get_standard_gate_name_mapping().items():
        if name in QISKIT:
            target.add_instruction(gate)
    for many, name in ((MCXGate, "mcx"), (MCPhaseGate, "mcphase"), (UnitaryGate, "unitary")):
        target.add_instruction(many, name=name)
    target.add_instruction(IfElseOp, name="if_else")
    target.add_instruction(Measure())
    target.add_instruction(Reset())
    return target


class _Job(JobV1):  # type: ignore[misc]
    """A job that is done."""

    def __init__(self, backend: Backend, job_id: str, result: Result) -> None:
        super().__init__(backend, job_id)
        self._result = result

    def submit(self) -> None:
        """Do nothing: it has run."""

    def result(self) -> Result:
        """Return what was found."""
        return self._result

    def status(self) -> JobStatus:
        """Return that it is done."""
        return JobStatus.DONE


class Backend(BackendV2):  # type: ignore[misc]
    """A backend of Qiskit that runs circuits on sparse states.

    Parameters
    ----------
    noise : mapping, optional
        The chances of Pauli errors, as `qvarray.gates.trajectory` takes them.

    Notes
    -----
    Gates have no times and act on any qubits: ``transpile(circuit, Backend())`` only takes apart
    what has no name here.

    Examples
    --------
    >>> from qiskit import QuantumCircuit, transpile
    >>> from qvarray.interop.qiskit import Backend
    >>> ghz = QuantumCircuit(50)
    >>> _ = ghz.h(0)
    >>> for q in range(49):
    ...     _ = ghz.cx(q, q + 1)
    >>> ghz.measure_all()
    >>> backend = Backend()
    >>> job = backend.run(transpile(ghz, backend), shots=1000, seed_simulator=7)
    >>> sorted(bits[:3] for bits in job.result().get_counts())
    ['000', '111']
    """

    def __init__(self, noise: PauliNoise | None = None) -> None:
        super().__init__(name=_NAME, description="Sparse states", backend_version="1")
        self._target = _target()
        self.set_options(noise=noise)

    @property
    def target(self) -> Target:
        """What it runs: all named gates, on any qubits."""
        return self._target

    @property
    def max_circuits(self) -> None:
        """No limit."""
        return

    @classmethod
    def _default_options(cls) -> Options:
        return Options(shots=1024, seed_simulator=None, memory=False, noise=None, method="sparse")

    def run(self, run_input: QuantumCircuit | Iterable[QuantumCircuit], **options: object) -> JobV1:
        """Run circuits, and count the values of their classical bits.

        Parameters
        ----------
        run_input : QuantumCircuit, or iterable of them
        **options
            ``shots`` (1024), ``seed_simulator``, ``memory`` (a list of all outcomes, in a random
            order), ``noise`` as in the class, and ``method`` as `qvarray.gates.run` takes it.

        Returns
        -------
        qiskit.providers.JobV1
            Done already.

        Raises
        ------
        ValueError
            For what `Circuit.from_qiskit` and `run_shots` refuse, and other options.
        MaterializationError
            Where a state is over the memory budget.
        """
        chosen = dict(self.options.items()) | options
        unknown = set(chosen) - set(self._default_options())
        if unknown:
            raise ValueError(f"there is no option {min(unknown)!r}")
        rng = np.random.default_rng(chosen["seed_simulator"])
        circuits = [run_input] if isinstance(run_input, QuantumCircuit) else list(run_input)
        job_id = str(uuid.uuid4())
        result = Result.from_dict(
            {
                "backend_name": self.name,
                "backend_version": self.backend_version,
                "qobj_id": None,
                "job_id": job_id,
                "success": True,
                "results": [_experiment(circuit, chosen, rng) for circuit in circuits],
            }
        )
        return _Job(self, job_id, result)


def _experiment(
    circuit: QuantumCircuit, options: Mapping[str, Any], rng: np.random.Generator
) -> dict[str, object]:
    """Run one circuit; return what a result of Qiskit says of it."""
    here, shots = Circuit.from_qiskit(circuit), non_negative("shots", options["shots"])
    found = run_shots(
        here, shots, rng, noise=options["noise"], bit_order="little", method=options["method"]
    )
    counts = {hex(int(bits or "0", 2)): often for bits, often in found.items()}
    data: dict[str, object] = {"counts": counts} if here.m else {}
    if options["memory"] and here.m:
        each = np.repeat(np.array([*counts], dtype=object), [*counts.values()])
        data["memory"] = rng.permutation(each).tolist()
    return {
        "shots": shots,
        "success": True,
        "meas_level": 2,
        "data": data,
        "header": {
            "name": circuit.name,
            "n_qubits": circuit.num_qubits,
            "memory_slots": circuit.num_clbits,
            "creg_sizes": [[register.name, register.size] for register in circuit.cregs],
            "metadata": circuit.metadata,
        },
    }


#: Projectors as the letters that Qiskit has for them: half of the identity and of these.
_HALVES = {
    "0": ("Z", 1),
    "1": ("Z", -1),
    "+": ("X", 1),
    "-": ("X", -1),
    "r": ("Y", 1),
    "l": ("Y", -1),
}


def _strings(observable: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield Pauli strings and factors, qubit 0 first, of strings that may have projectors."""
    for text, factor in observable.items():
        choices = []
        for letter in reversed(text):
            half, sign = _HALVES.get(letter, (letter, 0))
            choices.append([("I", 0.5), (half, sign / 2)] if sign else [(half, 1.0)])
        for chosen in itertools.product(*choices):
            times = float(np.prod([number for _, number in chosen]))
            yield "".join(letter for letter, _ in chosen), factor * times


class Estimator(BaseEstimatorV2):  # type: ignore[misc]
    """Expectation values of circuits, exact: an estimator primitive of Qiskit.

    Parameters
    ----------
    default_precision : float
        The standard deviation of what is added to values where a run does not say; 0 adds nothing.
    seed : numpy.random.Generator or int, optional
        What draws that.
    method : {"sparse", "product", "mps", "auto"}
        What holds states: see `qvarray.gates.run`.

    Notes
    -----
    A circuit is read once, and gets the values of its parameters here. Where it measures, use
    ``qiskit.primitives.BackendEstimatorV2(backend=Backend())``.

    Examples
    --------
    >>> from qiskit import QuantumCircuit
    >>> from qiskit.circuit import Parameter
    >>> from qvarray.interop.qiskit import Estimator
    >>> circuit = QuantumCircuit(40)
    >>> _ = circuit.ry(Parameter("a"), range(40))
    >>> job = Estimator().run([(circuit, "Z" + "I" * 39, [[0.0], [1.0]])])
    >>> job.result()[0].data.evs.round(6)  # cos(a)
    array([1.      , 0.540302])
    """

    def __init__(
        self, *, default_precision: float = 0.0, seed: Rng | None = None, method: str = "sparse"
    ) -> None:
        self.default_precision = default_precision
        self.seed = seed
        self.method = method

    def run(
        self, pubs: Iterable[EstimatorPubLike], *, precision: float | None = None
    ) -> PrimitiveJob:
        """Return a job of circuits, with observables and values of parameters each.

        Raises
        ------
        ValueError
            For what `Circuit.from_qiskit`, `run` and `expectation` refuse, when the result is
            asked for.
        """
        if precision is None:
            precision = self.default_precision
        job = PrimitiveJob(self._run, [EstimatorPub.coerce(pub, precision) for pub in pubs])
        job._submit()
        return job

    def _run(self, pubs: list[EstimatorPub]) -> PrimitiveResult:
        rng = np.random.default_rng(self.seed)
        return PrimitiveResult(
            [_evaluated(pub, rng, self.method) for pub in pubs], metadata={"version": 2}
        )


def _evaluated(pub: EstimatorPub, rng: np.random.Generator, method: str) -> PubResult:
    """Return the expectation values of one circuit."""
    circuit = Circuit.from_qiskit(pub.circuit)
    values: Array = pub.parameter_values.as_array(pub.circuit.parameters)
    shape = pub.parameter_values.shape
    observables: Any
    places, observables = np.broadcast_arrays(
        np.arange(int(np.prod(shape))).reshape(shape), np.asarray(pub.observables)
    )
    rows = values.reshape(-1, values.shape[-1]) if values.size else np.zeros((places.size, 0))
    states = [run(circuit.bind(row), method=method) for row in rows[: int(np.prod(shape))]]
    evs = np.zeros(places.shape)
    for index in np.ndindex(*places.shape):
        total = expectation(states[places[index]], list(_strings(observables[index])))
        if abs(complex(total).imag) > 1e-12:
            raise ValueError(f"an observable has real factors, got {observables[index]}")
        evs[index] = complex(total).real
    if pub.precision:
        evs = rng.normal(evs, pub.precision)
    return PubResult(
        DataBin(evs=evs, stds=np.full(evs.shape, float(pub.precision or 0.0)), shape=evs.shape),
        metadata={"target_precision": pub.precision, "circuit_metadata": pub.circuit.metadata},
    )
