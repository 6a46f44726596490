"""Gradients of expectation values by the parameters of a circuit: the adjoint method."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from .answering import Answering
from .circuit import Circuit
from .circuit_program import compiled, run_compiled
from .execution import on_amplitudes, run
from .gate_table import GATES
from .matrix_products import MatrixProducts
from .method_choice import Method
from .observables import (
    PauliSum,
    expectation,
    overlap,
    pauli_terms,
    pauli_times,
    require_unit,
)
from .operations import Entry, Operation, applied
from .outcomes import count_drawn
from .parameters import Expression, Values, unbound, values_of
from .product_state import ProductState
from .validation import as_state

Terms: TypeAlias = Sequence[tuple[str, complex]]


def _after(x: VirtualQArray, operation: Operation) -> VirtualQArray:
    """Return the state after a gate: of several qubits by the kernel, which fuses what it is of."""
    if isinstance(x, Answering):
        return x.applied([operation])
    state = as_state(x)
    if len(operation.qubits) > 1:
        after, done = run_compiled(state, compiled([operation], state.n))
        if done:
            return VirtualQArray(after)
    return VirtualQArray(applied(state, operation))


def _slopes(
    operation: Operation, place: int, before: VirtualQArray, after: VirtualQArray
) -> Iterator[tuple[complex, VirtualQArray]]:
    """Yield the factors and states whose sum is the derivative of a gate's state by an angle.

    An angle named theta turns by half of it to each side, where the gate acts: the eigenvalues are
    ``exp(1j * w * theta)`` with w of 1/2, -1/2 and 0. Any other multiplies a part of the state by
    ``exp(1j * angle)``: w is 1 or 0. Both are combinations of the gate at other angles.
    """
    name, angles = operation.name, list(operation.params)

    def at(shift: float) -> VirtualQArray:
        moved = [*angles]
        moved[place] += shift
        return _after(before, Operation(name, operation.qubits, tuple(moved)))

    if GATES[name].angles[place] == "theta":
        yield 0.25, at(math.pi)
        yield -0.25, at(-math.pi)
    else:
        yield 0.5j, after
        yield -0.5j, at(math.pi)


def value_and_gradient(
    circuit: Circuit,
    pauli: PauliSum,
    values: Values,
    state: ArrayLike | VirtualQArray | None = None,
    *,
    method: str = "sparse",
) -> tuple[float, Array]:
    """Return an expectation value after a circuit, and its gradient by the parameters.

    Parameters
    ----------
    circuit : Circuit
        Of gates alone.
    pauli : str, mapping of str to float, sequence of (str, float), or SparsePauliOp
        As `expectation` takes it, with real factors.
    values : mapping of Parameter or str to float, or sequence of float
        Of all parameters, as `Circuit.bind` takes them.
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out.
    method : {"sparse", "product", "auto"}
        What holds states: their amplitudes; those of groups of qubits that gates do not tie to each
        other, as where `state` is a `ProductState`; or the groups where the amplitudes may be many.

    Returns
    -------
    value : float
    gradient : ndarray of float64, shape (number of parameters,)
        By ``circuit.parameters``, in that order.

    Raises
    ------
    ValueError
        For a circuit with measurements, resets or conditions, parameters without a value, factors
        that are not real, other strings, a state that is not normalised, or another method.

    Notes
    -----
    One run forwards; then the state goes back through the circuit, and with it the state times the
    observable, of at most as many times the amplitudes as there are strings. Each angle with a
    parameter takes two gates and two overlaps. (Shifting takes two runs, or four, for each.)

    Examples
    --------
    >>> import qvarray as qv
    >>> a, b = qv.gates.Parameter("a"), qv.gates.Parameter("b")
    >>> circuit = qv.gates.Circuit(2).ry(a, 0).crx(2 * b, 0, 1)
    >>> value, gradient = qv.gates.value_and_gradient(circuit, "ZI", [0.5, 0.1])
    >>> round(value, 6), gradient.round(6)  # cos(a)
    (0.877583, array([-0.479426,  0.      ]))

    With SciPy: ``minimize(lambda v: value_and_gradient(circuit, h, v), start, jac=True)``.
    """
    if not isinstance(circuit, Circuit):
        raise TypeError(f"a circuit has a gradient, got {circuit!r}")
    names = circuit.parameters
    given = values_of(values, names)
    left = [name for name in names if name not in given]
    if left:
        raise unbound([Expression({name: 1.0}) for name in left])
    if circuit.steps.conditions or count_drawn(circuit.steps):
        raise ValueError("a circuit with measurements, resets or conditions has no gradient")
    terms = pauli_terms(pauli, circuit.n)
    if any(np.imag(factor) for _, factor in terms):
        raise ValueError(f"an observable has real factors, got {dict(terms)}")
    chosen = Method(method, on_amplitudes)
    begin = chosen.begun(_bound(circuit, given), run(Circuit(circuit.n), state))
    if isinstance(begin, MatrixProducts):
        raise ValueError("the gradient of matrix product states is not known: use another method")
    if isinstance(begin, ProductState):
        value, by_name = _of_groups(circuit, terms, given, begin)
    else:
        value, by_name = _of_amplitudes(circuit, terms, given, begin)  # type: ignore[arg-type]
    return value, np.array([by_name.get(name, 0.0) for name in names])


def _bound(circuit: Circuit, given: dict[str, float]) -> Circuit:
    return circuit.bind({name: given[name] for name in circuit.parameters})


def _of_groups(
    circuit: Circuit, terms: Terms, given: dict[str, float], begin: ProductState
) -> tuple[float, dict[str, float]]:
    """Return an expectation value, and its slopes by the parameters: of a product of groups.

    To each the others are factors of what is observed of it.
    """
    parts, means = [], []
    for group, _, steps in begin.divided(circuit.steps):
        inner = Circuit(len(group.qubits))
        inner.steps = steps
        ket = run(_bound(inner, given), group.state)
        require_unit(ket)
        own = ["".join(text[q] for q in group.qubits) for text, _ in terms]
        known = {text: expectation(ket, text) for text in set(own)}
        parts.append((inner, group.state, own))
        means.append([float(np.real(known[text])) for text in own])
    factors = np.array([float(np.real(factor)) for _, factor in terms])
    table = np.array(means).reshape(len(parts), len(terms))
    by_name: dict[str, float] = {}
    for place, (inner, state, own) in enumerate(parts):
        if inner.parameters:
            others = factors * np.delete(table, place, axis=0).prod(axis=0)
            observed = Counter[str]()
            for text, factor in zip(own, others.tolist(), strict=True):
                observed[text] += factor
            _, slopes = _of_amplitudes(inner, [*observed.items()], given, state)  # type: ignore[arg-type]
            for name, slope in slopes.items():
                by_name[name] = by_name.get(name, 0.0) + slope
    return float(factors @ table.prod(axis=0)), by_name


def _of_amplitudes(
    circuit: Circuit, terms: Terms, given: dict[str, float], begin: VirtualQArray
) -> tuple[float, dict[str, float]]:
    """Return an expectation value, and its slopes by the parameters, on one way back."""
    entries, bound = list(circuit), _bound(circuit, given)
    ket = run(bound, begin)
    require_unit(ket)
    bra = pauli_times(ket, terms)
    value = overlap(ket, bra).real
    by_name = dict.fromkeys(circuit.parameters, 0.0)
    end = len(bound)
    for place, slopes in _backwards(entries):
        # All that comes after the gate is undone; then the gate itself.
        undo = bound[place + 1 : end].inverse()
        ket, bra = run(undo, ket), run(undo, bra)
        operation = bound[place].operation
        assert operation is not None
        back = operation.inverse()
        before = _after(ket, back)
        for angle, expression in slopes:
            slope = 0.0
            for factor, moved in _slopes(operation, angle, before, ket):
                slope += 2 * (factor * overlap(bra, moved)).real
            for name, times in expression.factors.items():
                by_name[name] += times * slope
        ket, bra = before, _after(bra, back)
        end = place
    return value, by_name


def _backwards(entries: list[Entry]) -> Iterator[tuple[int, list[tuple[int, Expression]]]]:
    """Yield the steps with parameters, last first: their places, and which angles have some."""
    for place in reversed(range(len(entries))):
        operation = entries[place].operation
        found = [
            (i, angle)
            for i, angle in enumerate(operation.params if operation else ())
            if isinstance(angle, Expression)
        ]
        if found:
            yield place, found
