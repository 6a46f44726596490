"""`ProductState`: a state as a product of states of groups of qubits that are not entangled.

Gates on qubits of several groups join these; they are separated again where they can be, before
they are joined with others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import log2, prod
from typing import Any, NamedTuple, NoReturn, Self, cast

import numpy as np
import scipy

from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.values import Array
from . import measurement, observables
from .answering import Answering, AnyState
from .bit_strings import index_of, row_of, rows_of, texts_of
from .circuit import Circuit
from .gate_codes import BARRIER, MEASURE, RESET
from .gate_program import BYTES
from .growth import Past, grown
from .matrix_products import MatrixProducts
from .operations import Operation, applied, spread_of
from .outcomes import Draws
from .preparation import to_dict
from .separation import Held, Part, joined, separated
from .state import MAX_QUBITS
from .steps import Steps
from .validation import Qubits, Rng, as_state, many, non_negative, qubit_list, require_generator
from .wide_state import WideState

# So many doublings that amplitudes of all together are few.
_FEW = 17
_INSTEAD = "ask for fewer qubits, or raise the budget"

#: What runs a circuit on a state, by numbers that were drawn, and writes classical bits.
Runs = Callable[[Circuit, Held, Array, Array], Held]


class Group(NamedTuple):
    """The state of some qubits, in their order."""

    qubits: tuple[int, ...]
    state: Held


class ProductState(Answering):
    """A state of n qubits as a product of states of groups of them. Immutable.

    What `qvarray.gates.run` gives with ``method="product"``. Functions of `qvarray.gates` take it
    as they do arrays; it has methods of their names.

    Parameters
    ----------
    groups : sequence of Group
        Each qubit from 0 on in one of them.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(100)
    >>> for q in range(0, 100, 2):
    ...     circuit = circuit.ry(0.3, q).cx(q, q + 1).ry(0.2, q).ry(0.5, q + 1)
    >>> x = qv.gates.run(circuit, method="product")
    >>> x
    <ProductState of 100 qubits, 50 groups of up to 2>
    >>> qv.gates.probabilities(x, [0, 99]).round(3).tolist()
    [[0.89, 0.078], [0.029, 0.003]]
    """

    __slots__ = ("_past", "n", "parts")

    _past: Past

    def __init__(self, groups: Iterable[Group]) -> None:
        #: The groups, with their states.
        self.parts = [*groups]
        self.n = sum(len(group.qubits) for group in self.parts)
        self._past = ()

    def __repr__(self) -> str:
        sizes = [len(group.qubits) for group in self.parts]
        return f"<ProductState of {self.n} qubits, {len(sizes)} groups of up to {max(sizes)}>"

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        del dtype, copy
        raise TypeError("a product of states is no array: read it by the functions of gates")

    @classmethod
    def of(cls, x: VirtualQArray | WideState) -> Self:
        """Return a state as a product of the states of the smallest groups that are looked for."""
        n = x.n if isinstance(x, WideState) else as_state(x).n
        return cls(_separated([Group((*range(n),), x)]))

    @property
    def groups(self) -> list[tuple[int, ...]]:
        """The qubits of each group, in order."""
        return sorted(tuple(sorted(group.qubits)) for group in self.parts)

    @property
    def nactive(self) -> int:
        """Number of amplitudes stored."""
        return sum(_nactive(group.state) for group in self.parts)

    @property
    def doublings(self) -> float:
        """The logarithm to base 2 of the number of amplitudes of all qubits together."""
        return sum(log2(max(1, _nactive(group.state))) for group in self.parts)

    def products(self) -> MatrixProducts:
        """Return the state as a matrix product: bonds are products of those that groups have.

        Raises
        ------
        MaterializationError
            Where tensors are over the memory budget.
        """
        each = [MatrixProducts.of(group.state).tensors for group in self.parts]
        where = {q: (i, j) for i, g in enumerate(self.parts) for j, q in enumerate(g.qubits)}
        # Of the groups that have begun and not ended, the dimensions of their bonds.
        bonds: dict[int, int] = {}
        tensors = []
        for q in range(self.n):
            own, place = where[q]
            tensor = each[own][place]
            bonds.setdefault(own, 1)
            at = [*bonds].index(own)
            low, high = (
                prod(sizes) for sizes in ([*bonds.values()][:at], [*bonds.values()][at + 1 :])
            )
            require_budget(16 * tensor.size * (low * high) ** 2, _INSTEAD)
            whole = np.einsum("ij,asb,kl->iaksjbl", np.eye(low), tensor, np.eye(high))
            left, right = (low * size * high for size in tensor.shape[::2])
            tensors.append(whole.reshape(left, 2, right))
            bonds[own] = tensor.shape[2]
            if place == len(each[own]) - 1:
                del bonds[own]
        return MatrixProducts(tensors)

    def whole(self) -> Held:
        """Return the state of all qubits together: of as many amplitudes as the product has.

        Raises
        ------
        MaterializationError
            Where these are over the memory budget.
        """
        return _together(self.parts).state

    # -- gates ------------------------------------------------------------------------------

    def applied(self, operations: Sequence[Operation]) -> Self:
        """Return the state after some operations."""
        state = self
        for operation in operations:
            others, group, inner_qubits = state.joined(operation.qubits)
            inner = operation.on(tuple(inner_qubits))
            x = group.state
            after = (
                x.applied([inner]) if isinstance(x, WideState)
                else VirtualQArray(applied(as_state(x), inner))
            )  # fmt: skip
            state = type(self)([*others, group._replace(state=after)])
        return state

    def applied_alone(self, operations: Sequence[Operation]) -> Self:
        """Return the state after operations that come on their own: steady growth is refused."""
        state = self
        for operation in operations:
            after = state.applied([operation])
            if state._past or after.nactive > state.nactive:
                k = max(_nactive(group.state) for group in after.parts)
                after._past = grown(state._past, k, after.spread, BYTES)
            state = after
        return state

    def spread(self) -> int:
        """Return how many qubits have both values."""
        return sum(
            x.spread() if isinstance(x, WideState) else spread_of(as_state(x))
            for _, x in self.parts
        )

    def joined(self, qubits: Sequence[int]) -> tuple[list[Group], Group, list[int]]:
        """Return the groups without some qubits, one with all of these, and their numbers in it."""
        wanted = set(qubits)
        others = [group for group in self.parts if not wanted & {*group.qubits}]
        own = [group for group in self.parts if wanted & {*group.qubits}]
        if sum(len(group.qubits) > 1 for group in own) > 1:
            parts = _separated(own)
            others += [group for group in parts if not wanted & {*group.qubits}]
            own = [group for group in parts if wanted & {*group.qubits}]
        group = _together(own)
        return others, group, [group.qubits.index(q) for q in qubits]

    def falls_apart(self, circuit: Circuit) -> bool:
        """Tell whether a circuit leaves several groups, or may: it measures on the way."""
        codes = circuit.steps.codes
        return (
            MEASURE in codes or RESET in codes or len(tied(self.n, self.parts, circuit.steps)) > 1
        )

    def after(self, circuit: Circuit, bits: Array, draws: Array, runs: Runs) -> Self:
        """Return the state after a circuit; classical bits, and draws that are used, are changed.

        Parameters
        ----------
        circuit : Circuit
        bits : ndarray of int64
        draws : ndarray of float64
            From 0 to 1, for each qubit that is measured or reset.
        runs : callable
            ``runs(circuit, state, bits, draws)`` gives that of a group after a circuit on it.
        """
        state, steps = self, circuit.steps.of_one_qubit()
        places, written = list[int](), set[int]()
        for i, code in enumerate(steps.codes):
            if code == BARRIER:
                continue
            which, value = steps.conditions.get(i, ((), 0))
            own = steps.clbits.get(i, ())
            if written & {*which, *own}:
                state = state._run(steps, places, bits, draws, runs)
                places, written = [], set()
            if not which or index_of(bits[[*which]]) == value:
                places.append(i)
                written |= {*own}
        return state._run(steps, places, bits, draws, runs)

    def _run(
        self,
        steps: Steps,
        places: list[int],
        bits: Array,
        draws: Array,
        runs: Runs,
    ) -> Self:
        """Return the state after some steps, whose conditions are met: each group on its own."""
        if not places:
            return self
        taken = steps.taken(np.array(places))
        taken.conditions = {}
        is_drawn = np.isin(taken.codes, (MEASURE, RESET))
        numbers = np.cumsum(np.isin(steps.codes, (MEASURE, RESET)))[places] - 1
        out = []
        for group, here, own in self.divided(taken):
            if here.size:
                inner = Circuit(len(group.qubits), bits.size)
                inner.steps = own
                used = numbers[here[is_drawn[here]]]
                drawn = draws[used]
                try:
                    group = group._replace(state=runs(inner, group.state, bits, drawn))
                finally:
                    draws[used] = drawn
            out.append(group)
        return type(self)(out)

    def divided(self, steps: Steps) -> Iterator[tuple[Group, Array, Steps]]:
        """Yield the groups that steps make of these, which steps are theirs, and these on them.

        Marks are left out.
        """
        groups = self.parts
        labels = _components(self.n, groups, steps)
        large = np.array([labels[g.qubits[0]] for g in groups if len(g.qubits) > 1], np.int64)
        several = np.flatnonzero(np.bincount(large) > 1)
        if several.size:
            is_joined = np.isin(labels, several)
            groups = [g for g in groups if not is_joined[g.qubits[0]]]
            groups += _separated(g for g in self.parts if is_joined[g.qubits[0]])
            labels = _components(self.n, groups, steps)
        together: dict[int, list[Group]] = {}
        for group in groups:
            together.setdefault(int(labels[group.qubits[0]]), []).append(group)
        columns = steps.columns()
        of_step = labels[columns.qubits[columns.qubit_ends[:-1]]]
        of_step[columns.codes == BARRIER] = -1
        bits = range(max((b + 1 for own in steps.clbits.values() for b in own), default=0))
        place = [0] * self.n
        for label, parts in together.items():
            here = np.flatnonzero(of_step == label)
            # Where nothing is done they are as they were: one group.
            group = _together(parts)
            for i, q in enumerate(group.qubits):
                place[q] = i
            yield group, here, steps.taken(here).mapped(place, bits)

    def _measured(
        self, qubits: Sequence[int], rng: np.random.Generator | Draws | None, wanted: str | None
    ) -> tuple[str, Self]:
        found, out = [""] * len(qubits), {group.qubits: group for group in self.parts}
        for group, inner, places in self._chosen(qubits):
            own = None if wanted is None else "".join(wanted[i] for i in places)
            text, after = measurement.measure(
                group.state, inner, cast("Rng | None", rng), outcome=own
            )
            out[group.qubits] = group._replace(state=after)
            for i, value in zip(places, text, strict=True):
                found[i] = value
        return "".join(found), type(self)(out.values())

    # -- readouts ---------------------------------------------------------------------------

    def _chosen(self, qubits: Qubits) -> list[tuple[Group, list[int], list[int]]]:
        """Return the groups that some qubits are in, their numbers there, and in the sequence."""
        place = {q: i for i, q in enumerate(qubit_list(qubits, self.n))}
        out = []
        for group in self.parts:
            inner = [j for j, q in enumerate(group.qubits) if q in place]
            if inner:
                out.append((group, inner, [place[group.qubits[j]] for j in inner]))
        return out

    def probabilities(self, qubits: Qubits) -> Array:
        """Return the probabilities of values of some qubits: `qvarray.gates.probabilities`."""
        out, order = np.ones(()), list[int]()
        parts = self._chosen(qubits)
        require_budget(16 << sum(len(places) for _, _, places in parts), _INSTEAD)
        for group, inner, places in parts:
            out = np.multiply.outer(out, measurement.probabilities(group.state, inner))
            order += places
        return out.transpose(np.argsort(order))

    def density_matrix(self, qubits: Qubits) -> Array:
        """Return the density matrix of some qubits: see `qvarray.gates.density_matrix`."""
        out, order = np.ones((1, 1), np.complex128), list[int]()
        parts = self._chosen(qubits)
        m = sum(len(places) for _, _, places in parts)
        require_budget(64 << 2 * m, _INSTEAD)
        for group, inner, places in parts:
            out = np.kron(out, observables.density_matrix(group.state, inner))
            order += places
        axes = np.argsort(order)
        both = out.reshape((2,) * (2 * m)).transpose([*axes, *(axes + m)])
        return both.reshape(1 << m, 1 << m)

    def entropy(self, qubits: Qubits) -> float:
        """Return the entanglement entropy of some qubits with the others, in bits."""
        parts = self._chosen(qubits)
        return sum((observables.entropy(group.state, own) for group, own, _ in parts), 0.0)

    def expectation(self, pauli: observables.PauliSum) -> float | complex:
        """Return the expectation value of Pauli strings: see `qvarray.gates.expectation`."""
        known: dict[tuple[int, str], float] = {}
        total: complex = 0.0
        for text, factor in observables.pauli_terms(pauli, self.n):
            mean = 1.0
            for i, group in enumerate(self.parts):
                own = "".join(text[q] for q in group.qubits)
                if (i, own) not in known:
                    known[i, own] = float(observables.expectation(group.state, own).real)
                mean *= known[i, own]
            total = total + factor * mean
        return total

    def overlap(self, other: AnyState) -> complex:
        """Return the inner product with another state, this one conjugated.

        Raises
        ------
        ValueError
            For a state of another number of qubits.
        MaterializationError
            Where amplitudes of groups that are entangled in one of the two are over the budget.
        """
        if isinstance(other, MatrixProducts):
            return other.overlap(self).conjugate()
        if not isinstance(other, ProductState):
            other = ProductState.of(other)  # type: ignore[arg-type]
        if other.n != self.n:
            raise ValueError(f"states of {self.n} and of {other.n} qubits")
        labels = _components(self.n, [*self.parts, *other.parts], Steps())
        total: complex = 1.0
        for label in range(int(labels.max()) + 1):
            qubits = np.flatnonzero(labels == label).tolist()
            mine, its = self._part(qubits), other._part(qubits)
            if mine.doublings + its.doublings < _FEW:
                total *= observables.overlap(mine.whole(), its.whole())
                continue
            small, large = sorted((mine, its), key=ProductState._most)
            amplitudes = small.to_dict()
            value = np.vdot(large.amplitudes(amplitudes), np.array([*amplitudes.values()]))
            total *= value if small is its else value.conjugate()
        return complex(total)

    def _part(self, qubits: list[int]) -> ProductState:
        """Return the groups of some qubits, which are all of these groups, as a state of them."""
        place = {q: i for i, q in enumerate(qubits)}
        return ProductState(
            Group(tuple(place[q] for q in group.qubits), group.state)
            for group in self.parts
            if group.qubits[0] in place
        )

    def _most(self) -> int:
        """Return a number that grows with that of the amplitudes in the standard basis."""
        return prod(2 * _nactive(group.state) for group in self.parts)

    def amplitudes(self, bits: str | Iterable[str]) -> Array:
        """Return the amplitudes at bit strings, qubit 0 first."""
        strings: Any = [bits] if isinstance(bits, str) else [*many(bits)]
        rows = np.array([row_of(text, self.n) for text in strings], np.uint8).reshape(-1, self.n)
        out = np.ones(len(rows), np.complex128)
        for group in self.parts:
            own, which = np.unique(rows[:, [*group.qubits]], axis=0, return_inverse=True)
            out *= observables.amplitudes(group.state, texts_of(own))[which.reshape(-1)]
        return out

    def sample(self, shots: int, rng: Rng, qubits: Qubits | None = None) -> Array:
        """Draw outcomes of a measurement: see `qvarray.gates.sample`."""
        shots, generator = non_negative("shots", shots), require_generator(rng)
        chosen = range(self.n) if qubits is None else qubits
        parts = self._chosen(chosen)
        width = sum(len(places) for _, _, places in parts)
        require_budget(2 * shots * (width + 8), "draw fewer shots, or raise the budget")
        out = np.empty((shots, width), np.uint8)
        for group, inner, places in parts:
            drawn = measurement.sample(group.state, shots, generator, inner)
            if drawn.ndim == 1:
                drawn = drawn[:, None] >> np.arange(len(inner) - 1, -1, -1) & 1
            out[:, places] = drawn
        return measurement.as_outcomes(out)

    def top(self, k: int) -> dict[str, complex]:
        """Return the k amplitudes of largest size, largest first, by their bit strings."""
        k = non_negative("k", k)
        rows, values = np.zeros((1, self.n), np.uint8), np.ones(1, np.complex128)
        for group in self.parts:
            own = observables.top(group.state, k)
            rows, values = _product(rows, values, group.qubits, own, k)
            order = np.lexsort((np.arange(values.size), -np.abs(values)))[:k]
            rows, values = rows[order], values[order]
        texts = texts_of(rows)
        ordered = sorted(zip(texts, values.tolist(), strict=True), key=lambda e: (-abs(e[1]), e[0]))
        return dict(ordered)

    def to_dict(self) -> dict[str, complex]:
        """Return the amplitudes that are not zero, by their bit strings.

        Raises
        ------
        MaterializationError
            Where they are over the memory budget.
        """
        rows, values = np.zeros((1, self.n), np.uint8), np.ones(1, np.complex128)
        each = [to_dict(group.state) for group in self.parts]
        require_budget((3 * self.n + 120) * prod(map(len, each)), _INSTEAD)
        for group, own in zip(self.parts, each, strict=True):
            rows, values = _product(rows, values, group.qubits, own, values.size * len(own))
        return dict(sorted(zip(texts_of(rows), values.tolist(), strict=True)))


def _product(
    rows: Array, values: Array, qubits: Sequence[int], own: dict[str, complex], k: int
) -> tuple[Array, Array]:
    """Return amplitudes times those of a group: k of the largest among them, if both are sorted."""
    # Of the i-th and the j-th, (i + 1) (j + 1) are at least as large.
    counts = np.minimum(k // np.arange(1, values.size + 1), len(own))
    first = np.repeat(np.arange(values.size), counts)
    second = np.arange(first.size) - np.repeat(np.cumsum(counts) - counts, counts)
    out = rows[first]
    inner = rows_of([int(text, 2) for text in own], len(qubits)) if own else rows[:0, [*qubits]]
    out[:, [*qubits]] = inner[second]
    return out, values[first] * np.array([*own.values()], np.complex128)[second]


def _nactive(x: Held) -> int:
    return x.nactive if isinstance(x, WideState) else as_state(x).nactive


def _together(groups: list[Group]) -> Group:
    """Return one group of some, its qubits in order."""
    if len(groups) == 1:
        return groups[0]
    qubits = sorted(q for group in groups for q in group.qubits)
    n = len(qubits)
    place = {q: n - 1 - i for i, q in enumerate(qubits)}
    parts = [
        (Part.of(group.state, n <= MAX_QUBITS), [place[q] for q in reversed(group.qubits)])
        for group in groups
    ]
    return Group(tuple(qubits), joined(n, parts).held())


def _separated(groups: Iterable[Group]) -> list[Group]:
    """Return the smallest groups that those are a product of."""
    out = []
    for group in groups:
        n = len(group.qubits)
        is_layered = not isinstance(group.state, WideState) and as_state(group.state).layer
        if n == 1 or is_layered:
            out.append(group)
            continue
        for bits, part in separated(Part.of(group.state)):
            qubits = tuple(group.qubits[n - 1 - p] for p in reversed(bits))
            out.append(Group(qubits, part.held()))
    return out


def tied(n: int, groups: Sequence[Group], steps: Steps) -> list[int]:
    """Return how many qubits groups and steps tie to each other, where these are several."""
    sizes = np.bincount(_components(n, groups, steps))
    return [int(size) for size in sizes if size > 1]


def _components(n: int, groups: Sequence[Group], steps: Steps) -> Array:
    """Return a number for each qubit, the same for those that groups or steps join."""
    columns = steps.columns()
    joins = np.flatnonzero(~np.isin(columns.codes, (BARRIER, MEASURE, RESET)))
    columns = steps.taken(joins).columns()
    first = columns.qubits[columns.qubit_ends[:-1]]
    pairs = [(np.repeat(first, np.diff(columns.qubit_ends)), columns.qubits)]
    pairs += [(np.full(len(g.qubits), g.qubits[0]), np.array(g.qubits)) for g in groups]
    rows, others = (np.concatenate(side) for side in zip(*pairs, strict=True))
    edges = scipy.sparse.coo_array((np.ones(rows.size, np.int8), (rows, others)), (n, n))
    labels: Array = scipy.sparse.csgraph.connected_components(edges, directed=False)[1]
    return labels


def as_groups(x: VirtualQArray | Answering) -> ProductState:
    """Return a state as a product of states of groups of qubits."""
    return x if isinstance(x, ProductState) else ProductState.of(x)  # type: ignore[arg-type]
