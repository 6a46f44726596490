"""Run a circuit on states, with measurements and classical bits."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.budget import call_in_progress
from ..core.values import Array
from ..errors import MaterializationError
from . import measurement
from .answering import Answering
from .bit_strings import index_of
from .circuit import Circuit
from .circuit_program import Compiled, run_compiled
from .gate_codes import MEASURE, RESET
from .matrix_products import MatrixProducts, as_products
from .operations import Entry, Operation, applied, undone_by
from .preparation import zero_state
from .product_state import ProductState, as_groups
from .state import State
from .validation import Rng, as_state, require_generator
from .wide_state import WideState

_R = TypeVar("_R")


def _given(state: State | Answering) -> VirtualQArray:
    """Return what functions take and give: an array, or a state that is none."""
    if isinstance(state, Answering):
        return state  # type: ignore[return-value]
    return VirtualQArray(state)


def _start(circuit: Circuit, state: ArrayLike | VirtualQArray | None) -> State | Answering:
    if not isinstance(circuit, Circuit):
        raise TypeError(f"a circuit is run, got {circuit!r}")
    given = zero_state(circuit.n) if state is None else state
    begin = given if isinstance(given, Answering) else as_state(given)
    if begin.n != circuit.n:
        raise ValueError(f"a circuit of {circuit.n} qubits on a state of {begin.n}")
    circuit.require_bound()
    return begin


def _all_steps(
    state: State | Answering,
    plan: list[Compiled | Entry],
    bits: Array,
    rng: np.random.Generator | None,
) -> State | Answering:
    for step in plan:
        if isinstance(step, Entry):
            state = _step(state, step, bits, rng)
            continue
        draws = _drawn(step.draws, rng)
        if isinstance(state, WideState):
            state = state.after(step, bits, draws)
            continue
        assert isinstance(state, State)
        rest = step
        if state.history is not None and step.is_unitary:
            state, done = undone_by(state, step.operations)
            rest = step.part(done, len(step.entries)) if done else step
        state, done = run_compiled(state, rest, bits, draws)
        for entry in rest.entries[done:] if done < len(rest.entries) else ():
            state = _step(state, entry, bits, rng)
    return state


def _drawn(count: int, rng: np.random.Generator | None) -> Array:
    """Draw a number from 0 to 1 for each of some measurements."""
    if count and rng is None:
        raise ValueError("a circuit that measures needs a random generator")
    return np.zeros(0) if rng is None else rng.random(count)


def _applied(state: State | Answering, operation: Operation) -> State | Answering:
    if isinstance(state, Answering):
        return state.applied([operation])
    return applied(state, operation)


def _step(
    state: State | Answering, entry: Entry, bits: Array, rng: np.random.Generator | None
) -> State | Answering:
    if entry.condition is not None:
        which, value = entry.condition
        if index_of(bits[[*which]]) != value:
            return state
    if entry.operation is not None:
        return _applied(state, entry.operation)
    if rng is None:
        raise ValueError("a circuit that measures needs a random generator")
    found, after = measurement.measure(_given(state), entry.qubits, rng)
    state = after if isinstance(after, Answering) else as_state(after)
    if entry.kind == "measure":
        for b, character in zip(entry.clbits, found, strict=True):
            bits[b] = int(character)
        return state
    for q, character in zip(entry.qubits, found, strict=True):
        if character == "1":
            state = _applied(state, Operation("x", (q,)))
    return state


def run_with_bits(
    circuit: Circuit,
    state: ArrayLike | VirtualQArray | None = None,
    rng: Rng | None = None,
    *,
    method: str = "sparse",
) -> tuple[VirtualQArray, str]:
    """Run a circuit once; return the state and the classical bits afterwards.

    Parameters
    ----------
    circuit : Circuit
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out.
    rng : numpy.random.Generator or int, optional
        What draws the outcomes of measurements and resets, or its seed; needed where there are
        some.
    method : {"sparse", "product", "mps", "auto"}
        What holds the state: its amplitudes; those of groups of qubits that are not entangled;
        tensors of low entanglement, by Qiskit Aer (the extra ``mps``); or the first of these that
        is not refused, and a warning says which, and why.

    Returns
    -------
    state : VirtualQArray
    bits : str
        The classical bits, number 0 first.

    Raises
    ------
    ValueError
        For a state of another number of qubits, parameters without a value, a measurement without
        `rng`, or another method.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(1, 2).x(0).measure(0, 1)
    >>> qv.gates.run_with_bits(circuit, rng=0)[1]
    '01'
    """
    begin = _given(_start(circuit, state))
    generator = None if rng is None else require_generator(rng)
    return by_method(
        method, circuit, begin,
        lambda begin: _ran(circuit, begin, "0" * circuit.m, generator),
        lambda: _by_products(circuit, begin, generator),
    )  # fmt: skip


def continued(
    circuit: Circuit, state: VirtualQArray, bits: str, rng: np.random.Generator
) -> tuple[VirtualQArray, str]:
    """Run a circuit once where classical bits have values; return the state and the bits."""
    return _ran(circuit, state, bits, rng)


def _ran(
    circuit: Circuit,
    state: VirtualQArray | Answering,
    bits: str,
    rng: np.random.Generator | None,
) -> tuple[VirtualQArray, str]:
    now = np.array([*bits], np.int64)
    after: State | Answering
    if isinstance(state, ProductState):
        after = state.after(circuit, now, rng, _on_group)
    else:
        begin = state if isinstance(state, Answering) else as_state(state)
        after = _all_steps(begin, circuit.plan(), now, rng)
    return _given(after), "".join(map(str, now.tolist()))


def _on_group(
    circuit: Circuit, begin: State | Answering, bits: Array, rng: np.random.Generator | None
) -> VirtualQArray:
    return _given(_all_steps(begin, circuit.plan(), bits, rng))


def by_method(
    method: str,
    circuit: Circuit,
    begin: VirtualQArray | Answering,
    amplitudes: Callable[[Any], _R],
    products: Callable[[], _R],
) -> _R:
    """Return what a circuit gives by a method, of what holds the state.

    Parameters
    ----------
    method : str
    circuit : Circuit
    begin : VirtualQArray or Answering
    amplitudes, products : callable
        What gives it of a state of amplitudes, or of groups of qubits; and of matrix products.

    Raises
    ------
    ValueError
        For another method.
    MaterializationError
        Where the state is refused, and the method is not "auto".
    """
    if method not in ("sparse", "product", "mps", "auto"):
        raise ValueError(f"a method is 'sparse', 'product', 'mps' or 'auto', got {method!r}")
    if method == "mps" or isinstance(begin, MatrixProducts):
        return products()
    if method == "product":
        return amplitudes(as_groups(begin))
    try:
        return amplitudes(begin)
    except MaterializationError as error:
        if method != "auto":
            raise
        why = error
    groups = as_groups(begin)
    if groups is not begin and groups.falls_apart(circuit):
        try:
            found = amplitudes(groups)
        except MaterializationError as error:
            why = error
        else:
            _say("states of groups of qubits that are not entangled", why)
            return found
    _say("matrix product states", why)
    return products()


def _say(held: str, why: MaterializationError) -> None:
    """Warn of what holds a state, at the line of who called the package."""
    _, level = call_in_progress()
    warnings.warn(f"{held} are taken: {why}", stacklevel=level)


def _by_products(
    circuit: Circuit, begin: VirtualQArray | Answering, rng: np.random.Generator | None
) -> tuple[VirtualQArray, str]:
    """Run a circuit on matrix product states."""
    codes = circuit.steps.columns().codes
    if rng is None:
        if ((codes == MEASURE) | (codes == RESET)).any():
            raise ValueError("a circuit that measures needs a random generator")
        rng = np.random.default_rng(0)
    return as_products(begin).run_with_bits(circuit, rng)  # type: ignore[return-value]


def run(
    circuit: Circuit,
    state: ArrayLike | VirtualQArray | None = None,
    rng: Rng | None = None,
    *,
    method: str = "sparse",
) -> VirtualQArray:
    """Run a circuit once; return the state afterwards.

    Parameters
    ----------
    circuit : Circuit
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out. It is not changed.
    rng : numpy.random.Generator or int, optional
        What draws the outcomes of measurements and resets, or its seed; needed where there are
        some.
    method : {"sparse", "product", "mps", "auto"}
        What holds the state: its amplitudes; those of groups of qubits that are not entangled;
        tensors of low entanglement, by Qiskit Aer (the extra ``mps``); or the first of these that
        is not refused, and a warning says which, and why.

    Returns
    -------
    VirtualQArray
        Or a `WideState`, of more than 62 qubits; a `ProductState`, with ``"product"``; or a
        `MatrixProducts`, with ``"mps"``.

    Raises
    ------
    ValueError
        For a state of another number of qubits, parameters without a value, a measurement without
        `rng`, or another method.
    MaterializationError
        For a state that is over the memory budget, or grows steadily towards that.

    Notes
    -----
    O(n) a gate that the parameters take up, O(k) for the others.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(60).h(0)
    >>> for q in range(59):
    ...     circuit = circuit.cx(q, q + 1)
    >>> [bits[:3] for bits in qv.gates.to_dict(qv.gates.run(circuit))]
    ['000', '111']
    """
    return run_with_bits(circuit, state, rng, method=method)[0]
