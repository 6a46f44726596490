"""Reversible transformations of arrays."""

from .evolution import and_or_operator, apply_evolving_and_or, reverse_evolving_and_or
from .maps import oracle, permutation, phase, phase_oracle, unitary
from .named import *  # noqa: F403
from .named import __all__ as _named
from .states import basis_state, from_dict, reverse_qubits, state, to_dict, zero_state

__all__ = [
    *_named,
    "and_or_operator",
    "apply_evolving_and_or",
    "basis_state",
    "from_dict",
    "oracle",
    "permutation",
    "phase",
    "phase_oracle",
    "reverse_evolving_and_or",
    "reverse_qubits",
    "state",
    "to_dict",
    "unitary",
    "zero_state",
]
