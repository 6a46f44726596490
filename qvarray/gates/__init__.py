"""Quantum states and gates: functions from array to array, circuits, measurements, readout.

A state of n qubits, 1 to 62, is an array of shape ``(2**n,)`` or ``(2,) * n``; qubit q is axis q of
the latter. Of more qubits it is a `WideState`, for the same functions. Gates are functions that
take a state, angles in radians, and qubits, and give the state afterwards: a new array, the old one
stays as it was. Each is a method of `Circuit` too.

Gates keep what they can as parameters, in O(n) whatever the number k of stored amplitudes is;
amplitudes are computed, in O(k), when a gate or a read needs them. Undoing gates cancels exactly
what they keep.

Every gate raises ValueError for qubits out of range or repeated and for angles that are no finite
real numbers; and MaterializationError where amplitudes would be over the memory budget.

>>> import qvarray as qv
>>> x = qv.gates.h(qv.gates.zero_state(60), 0)
>>> x = qv.gates.cx(x, 0, 59)
>>> qv.gates.probabilities(x, [0, 59]).round(12)
array([[0.5, 0. ],
       [0. , 0.5]])
"""

from . import functions
from . import saved_states as _saved_states  # noqa: F401  registers what files hold of states
from .circuit import Circuit
from .evolution import and_or_operator, apply_evolving_and_or, reverse_evolving_and_or
from .execution import run, run_with_bits
from .functions import *  # noqa: F403
from .gradients import value_and_gradient
from .matrix_products import MatrixProducts
from .measurement import measure, probabilities, sample
from .noise import depolarizing, trajectory
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
from .parameters import Parameter
from .preparation import basis_state, from_dict, reverse_qubits, state, to_dict, zero_state
from .product_state import ProductState
from .qiskit import from_statevector, to_operator, to_statevector
from .shots import counts, run_shots
from .wide_state import WideState

__all__ = [
    "Circuit",
    "MatrixProducts",
    "Parameter",
    "ProductState",
    "WideState",
    "amplitudes",
    "and_or_operator",
    "apply_evolving_and_or",
    "basis_state",
    "counts",
    "density_matrix",
    "depolarizing",
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
    "to_operator",
    "to_statevector",
    "top",
    "trajectory",
    "unitary",
    "value_and_gradient",
    "zero_state",
]
__all__ += functions.__all__


def __dir__() -> list[str]:
    return __all__
