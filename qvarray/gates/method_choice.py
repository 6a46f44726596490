"""What holds the state while a circuit runs: amplitudes, groups of qubits, or matrix products.

By "auto" the first that is not refused. What was found of qubits before is kept by the next one: a
state that is refused for some outcomes only would else be rare.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..core.budget import call_in_progress
from ..core.values import Array
from ..errors import MaterializationError
from .answering import Answering
from .bit_strings import index_of
from .circuit import Circuit
from .circuit_program import Compiled, count_others
from .gate_codes import BARRIER, MEASURE, RESET
from .gate_program import LIMIT
from .matrix_products import MatrixProducts, as_products
from .operations import Operation
from .outcomes import Draws, count_used
from .product_state import ProductState, as_groups, tied
from .steps import Steps

#: What functions take and give: an array, or a state that is none.
Given: TypeAlias = "VirtualQArray | Answering"
#: What runs a circuit on amplitudes or groups, by numbers that were drawn, and writes bits.
Runs = Callable[[Circuit, Given, Array, Array], Given]

# Groups whose amplitudes may be no more all together are not worth to be held apart.
_FEW = LIMIT.bit_length() - 1
# Up to so many doublings by gates that no layer takes up.
_FEW_OTHERS = 12


class Method:
    """A method, and what it has taken for a circuit, or for parts of one.

    Parameters
    ----------
    name : {"sparse", "product", "mps", "auto"}
    runs : callable

    Raises
    ------
    ValueError
        For another name.
    """

    def __init__(self, name: str, runs: Runs) -> None:
        if name not in ("sparse", "product", "mps", "auto"):
            raise ValueError(f"a method is 'sparse', 'product', 'mps' or 'auto', got {name!r}")
        self.name = name
        self._runs = runs
        # The first of `_HELD` that was not refused yet; what was is not tried again.
        self._least = 0
        self._why = ""
        self._is_large = False

    def begun(self, circuit: Circuit, x: Given) -> Given:
        """Return a state as what is to hold it when a circuit begins. O(gates), and O(k n)."""
        if self.name == "mps":
            return _as_products(x)
        if self.name == "product":
            return _as_groups(x)
        if self.name == "auto" and not isinstance(x, (ProductState, MatrixProducts)):
            sizes = tied(circuit.n, (), circuit.steps)
            if len(sizes) > 1 and sum(sizes) > _FEW and not _is_nearly_clifford(circuit):
                groups = as_groups(x)
                sizes = tied(circuit.n, groups.parts, circuit.steps)
                if len(sizes) > 1:
                    self._why = (
                        f"{_GROUPS}: gates tie up to {max(sizes)} of {circuit.n} qubits, and all "
                        f"together may have 2**{sum(sizes)} amplitudes"
                    )
                    return groups
        return x

    def run(
        self,
        circuit: Circuit,
        x: Given,
        bits: Array,
        draws: Array,
        rng: np.random.Generator | None,
    ) -> Given:
        """Return the state after a circuit.

        Parameters
        ----------
        circuit : Circuit
        x : VirtualQArray or Answering
        bits : ndarray of int64
            The classical bits, which are changed.
        draws : ndarray of float64
            From 0 to 1, for each qubit that is measured or reset, in their order. Those that are
            used become what gives the same again.
        rng : numpy.random.Generator, optional
            What Aer's seeds are drawn by.

        Raises
        ------
        MaterializationError
            Where the state is refused, and the method is not "auto".
        """
        before = bits.copy()
        while True:
            x = _HELD[self._least](x)
            if isinstance(x, MatrixProducts):
                return _by_products(circuit, x, bits, draws, rng)
            try:
                after = self._runs(circuit, x, bits, draws)
            except MaterializationError as error:
                if self.name != "auto":
                    raise
                bits[:] = before
                x = self._refused(circuit, x, error)
                continue
            self._is_large |= isinstance(after, ProductState) and after.doublings > _FEW
            return after

    def _refused(self, circuit: Circuit, x: Given, why: MaterializationError) -> Given:
        """Return a state that was refused as what holds it next."""
        self._is_large = True
        if not isinstance(x, ProductState):
            groups = as_groups(x)
            if groups.falls_apart(circuit):
                self._least, self._why = 1, f"{_GROUPS}: {why}"
                return groups
        self._least, self._why = 2, f"matrix product states are taken: {why}"
        return x

    def ended(self, x: Given) -> Given:
        """Return a state as what holds it in the end: groups of few amplitudes as these."""
        is_whole = self.name == "auto" and self._why and not self._is_large
        return x.whole() if is_whole and isinstance(x, ProductState) else x

    def say(self) -> None:
        """Warn of what was taken instead of amplitudes, at the line of who called the package."""
        if self._why and self._is_large:
            _, level = call_in_progress()
            warnings.warn(self._why, stacklevel=level)


def _is_nearly_clifford(circuit: Circuit) -> bool:
    """Tell whether amplitudes stay few, since a layer takes up most gates."""
    return all(
        isinstance(step, Compiled) and count_others(step.program).sum() <= _FEW_OTHERS
        for step in circuit.plan()
    )


def _itself(x: Given) -> Given:
    return x


def _as_groups(x: Given) -> Given:
    return x if isinstance(x, MatrixProducts) else as_groups(x)


def _as_products(x: Given) -> Given:
    return x.products() if isinstance(x, ProductState) else as_products(x)


_GROUPS = "states of groups of qubits that are not entangled are taken"
_HELD: tuple[Callable[[Given], Given], ...] = (_itself, _as_groups, _as_products)


def _by_products(
    circuit: Circuit,
    x: MatrixProducts,
    bits: Array,
    draws: Array,
    rng: np.random.Generator | None,
) -> MatrixProducts:
    """Return matrix products after a circuit: Aer runs its gates, and all that it can.

    It measures what was not measured before, where no condition asks for classical bits.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    steps = circuit.steps.of_one_qubit()
    known, drawn = count_used(draws), 0
    last_asked = max(steps.conditions, default=-1)
    waiting: list[int] = []
    for i, code in enumerate(steps.codes):
        if drawn >= known and (i > last_asked or not bits.any()):
            return _by_aer(x, steps, waiting, [*range(i, len(steps))], bits, rng)
        is_read = code in (MEASURE, RESET)
        draw = draws[drawn : drawn + is_read]
        drawn += is_read
        which, value = steps.conditions.get(i, ((), 0))
        if code == BARRIER or (which and index_of(bits[[*which]]) != value):
            continue
        if not is_read:
            waiting.append(i)
            continue
        x, waiting = _by_aer(x, steps, waiting, [], bits, rng), []
        (q,) = steps.taken(np.array([i])).qubits
        found, x = x.measure(q, Draws(draw))
        if code == MEASURE:
            bits[[*steps.clbits[i]]] = int(found)
        elif found == "1":
            x = x.applied([Operation("x", (q,))])
    return _by_aer(x, steps, waiting, [], bits, rng)


def _by_aer(
    x: MatrixProducts,
    steps: Steps,
    places: list[int],
    others: list[int],
    bits: Array,
    rng: np.random.Generator,
) -> MatrixProducts:
    """Return matrix products after steps at some places, whatever their conditions, and others."""
    if not places and not others:
        return x
    circuit = Circuit(x.n, bits.size)
    circuit.steps = steps.taken(np.array([*places, *others]))
    for i in range(len(places)):
        circuit.steps.conditions.pop(i, None)
    after, text = x.run_with_bits(circuit, rng)
    for own in circuit.steps.clbits.values():
        bits[[*own]] = [int(text[b]) for b in own]
    return after
