"""States that are no arrays of amplitudes, and functions that these answer by their methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import signature
from typing import Concatenate, ParamSpec, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from .operations import Operation
from .outcomes import Draws, decided, drawn_or_given
from .validation import Qubits, Rng, fidelity_of, qubit_list

AnyState: TypeAlias = "ArrayLike | VirtualQArray | Answering"

_P = ParamSpec("_P")
_X = TypeVar("_X")
_R = TypeVar("_R")


class Answering:
    """A state with methods of the names of functions of `qvarray.gates`, which they answer for."""

    __slots__ = ()

    n: int

    def applied(self, operations: Sequence[Operation]) -> Self:
        """Return the state after some operations."""
        raise NotImplementedError

    def applied_alone(self, operations: Sequence[Operation]) -> Self:
        """Return the state after operations that come on their own, in no circuit."""
        return self.applied(operations)

    def measure(
        self,
        qubits: Qubits,
        rng: Rng | Draws | None = None,
        *,
        outcome: str | int | Iterable[int] | None = None,
    ) -> tuple[str, Self]:
        """Measure some qubits: what is found, and the state afterwards: `qvarray.gates.measure`."""
        chosen = qubit_list(qubits, self.n)
        return self._measured(chosen, *drawn_or_given(rng, outcome, len(chosen)))

    def _measured(
        self, qubits: Sequence[int], rng: np.random.Generator | Draws | None, wanted: str | None
    ) -> tuple[str, Self]:
        """Return what is found, drawn or wanted, and the state afterwards."""
        state, found = self, ""
        for place, q in enumerate(qubits):
            state, chance = state._chance_of_one(q)
            value = decided(chance, place, rng, wanted)
            state = state._projected(q, value)
            found += str(value)
        return found, state

    def _chance_of_one(self, q: int) -> tuple[Self, float]:
        """Return how likely a qubit is 1, and the state in the form that this was looked for in."""
        raise NotImplementedError

    def _projected(self, q: int, value: int) -> Self:
        """Return the state in that form where a qubit has a value, normalised."""
        raise NotImplementedError

    def overlap(self, other: AnyState) -> complex:
        """Return the inner product with another state, this one conjugated."""
        raise NotImplementedError

    def density_matrix(self, qubits: Qubits) -> Array:
        """Return the density matrix of some qubits."""
        raise NotImplementedError

    def fidelity(self, other: AnyState) -> float:
        """Return the square of the size of the inner product with another state."""
        return fidelity_of(self.overlap(other))

    def partial_trace(self, qubits: Qubits) -> Array:
        """Return the density matrix of what is left when some qubits are traced out."""
        gone = qubit_list(qubits, self.n)
        return self.density_matrix([q for q in range(self.n) if q not in gone])


def answered(
    function: Callable[Concatenate[_X, _P], _R],
) -> Callable[Concatenate[_X, _P], _R]:
    """Let a function of a state take one that is `Answering`: its method of that name is called."""
    name = function.__name__

    @wraps(function)
    def asked(x: _X, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        if not isinstance(x, Answering):
            return function(x, *args, **kwargs)
        answer: Callable[_P, _R] | None = getattr(x, name, None)
        if answer is None:
            raise TypeError(f"{name} is not known to {x!r}")
        try:
            return answer(*args, **kwargs)
        except TypeError:
            if _takes(function, x, *args, **kwargs):
                raise
        # It says by its own name what is missing, or too much.
        return function(x, *args, **kwargs)

    return asked


def _takes(function: Callable[..., object], /, *args: object, **kwargs: object) -> bool:
    """Tell whether a function can be called with some arguments."""
    try:
        signature(function).bind(*args, **kwargs)
    except TypeError:
        return False
    return True
