"""Reversible transformations of arrays."""

from . import functions
from .circuit import Circuit
from .evolution import and_or_operator, apply_evolving_and_or, reverse_evolving_and_or
from .execution import run, run_shots, run_with_bits
from .functions import *  # noqa: F403
from .measurement import counts, measure, probabilities, sample
from .observables import (
    amplitudes,
    density_matrix,
    entropy,
    expectation,
    fidelity,
    overlap,
    partial_trace,
    top,
)
from .oracles import oracle, permutation, phase, phase_oracle, unitary
from .preparation import basis_state, from_dict, reverse_qubits, state, to_dict, zero_state
from .qiskit import from_statevector, to_statevector

__all__ = [
    "Circuit",
    "amplitudes",
    "and_or_operator",
    "apply_evolving_and_or",
    "basis_state",
    "counts",
    "density_matrix",
    "entropy",
    "expectation",
    "fidelity",
    "from_dict",
    "from_statevector",
    "measure",
    "oracle",
    "overlap",
    "partial_trace",
    "permutation",
    "phase",
    "phase_oracle",
    "probabilities",
    "reverse_evolving_and_or",
    "reverse_qubits",
    "run",
    "run_shots",
    "run_with_bits",
    "sample",
    "state",
    "to_dict",
    "to_statevector",
    "top",
    "unitary",
    "zero_state",
]
__all__ += functions.__all__
