"""Shots of a circuit: classical bits counted, with runs shared by shots of the same outcomes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from . import measurement
from .aer import counted
from .bit_strings import bit_string, texts_of
from .circuit import Circuit
from .execution import continued, on_amplitudes, run
from .gate_codes import BARRIER, MEASURE, RESET
from .matrix_products import MatrixProducts
from .method_choice import Method
from .noise import Noise, PauliNoise
from .operations import Entry
from .state import MAX_QUBITS
from .validation import (
    Rng,
    integers,
    non_negative,
    require_bit_order,
    require_generator,
    wire_count,
)


def counts(outcomes: ArrayLike, n: int, *, bit_order: str = "big") -> dict[str, int]:
    """Count how often each outcome was drawn, by bit strings.

    Parameters
    ----------
    outcomes : array_like of int
        As `sample` returns them: values of a register, or rows of bits of more than 62 qubits.
    n : int
        Number of qubits that were measured.
    bit_order : {"big", "little"}
        Whether qubit 0 is the first character, or the last one, as in Qiskit.

    Returns
    -------
    dict of str to int
        In the order of the outcomes.

    Raises
    ------
    ValueError
        For outcomes that are no integers, or no values of n qubits; for another order.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.counts([0, 3, 3], 2)
    {'00': 1, '11': 2}
    >>> qv.gates.counts([1, 1], 3, bit_order="little")
    {'100': 2}
    """
    outcomes = np.asarray(outcomes)
    n, step = wire_count(n), require_bit_order(bit_order)
    if n > MAX_QUBITS:
        return _of_rows(integers("the drawing", outcomes), n, step)
    drawn = integers("the drawing", outcomes if outcomes.size else np.zeros(0, np.int64))
    found, often = np.unique(drawn, return_counts=True)
    if found.size and (found[0] < 0 or found[-1] >> n):
        raise ValueError(f"outcomes of {n} qubits are from 0 to 2**{n} - 1, got {drawn}")
    return {bit_string(i, n)[::step]: int(m) for i, m in zip(found, often, strict=True)}


def _of_rows(rows: Array, n: int, step: int) -> dict[str, int]:
    """Count rows of bits."""
    if rows.ndim != 2 or rows.shape[1] != n or (rows & ~1).any():
        raise ValueError(f"outcomes of {n} qubits are rows of as many bits, got {rows}")
    found = Counter(map(bytes, np.packbits(rows.astype(np.uint8), axis=1)))
    keys = sorted(found)
    packed = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1)
    texts = texts_of(np.unpackbits(packed, axis=1, count=rows.shape[1]))
    return {text[::step]: found[key] for text, key in zip(texts, keys, strict=True)}


# The step of a branch before the last measurements.
_LAST = 2 * sys.maxsize + 1


class _Branch(NamedTuple):
    """Shots that have had the same outcomes and errors.

    Attributes
    ----------
    step : int
        Twice the number of the segment that comes next, and one more after its gates.
    state : VirtualQArray or Answering
    bits : str
    shots : int
    found : tuple of (qubits, outcome), optional
        What the state is to be collapsed to, which waits until the branch is followed.
    gates : Circuit, optional
        What is to be applied then.
    """

    step: int
    state: VirtualQArray
    bits: str
    shots: int
    found: tuple[tuple[int, ...], str] | None = None
    gates: Circuit | None = None

    def finished(self, method: Method) -> _Branch:
        """Return the branch with what waited done."""
        state = self.state
        if self.found is not None:
            _, state = measurement.measure(state, self.found[0], outcome=self.found[1])
        if self.gates is not None:
            state, _ = continued(self.gates, state, "", None, method)
        return self._replace(state=state, found=None, gates=None)


class _Schedule:
    """A circuit cut where measurements are: gates, and what comes after them.

    Measurements of qubits that nothing touches afterwards come last, all at once; gates after the
    last measurement are left out.
    """

    def __init__(self, circuit: Circuit) -> None:
        steps, columns = circuit.steps, circuit.steps.columns()
        codes = columns.codes
        is_cut = (codes == MEASURE) | (codes == RESET)
        measured = np.flatnonzero(codes == MEASURE)
        end = int(measured[-1]) + 1 if measured.size else 0
        last = np.full(circuit.n, -1)
        widths = np.diff(columns.qubit_ends)
        places = np.repeat(np.arange(codes.size), widths)
        moves = np.repeat((codes != BARRIER) & (codes != MEASURE), widths)
        np.maximum.at(last, columns.qubits[moves], places[moves])
        self.final: list[Entry] = []
        used: set[int] = set()
        asked = {b: i for i, (bits, _) in sorted(steps.conditions.items()) for b in bits}
        for i in measured[::-1].tolist():
            entry = circuit[i]
            is_last = (
                entry.condition is None
                and all(last[q] < i for q in entry.qubits)
                and all(b not in used and asked.get(b, -1) < i for b in entry.clbits)
            )
            last[list(entry.qubits)] = np.maximum(last[list(entry.qubits)], i)
            used.update(entry.clbits)
            if is_last:
                self.final.insert(0, entry)
                is_cut[i] = False
        keep = is_cut | ((codes != BARRIER) & (codes != MEASURE))
        keep[end:] = False
        cuts = np.flatnonzero(is_cut & keep).tolist()
        kept = np.flatnonzero(keep)
        self._circuit, self._kept, self._cuts = circuit, kept, [-1, *cuts]
        self._rests: dict[int, Circuit] = {}
        self._segments: list[Circuit] = []
        self._met: dict[tuple[int, str], Circuit] = {}
        self.between: list[Entry] = [circuit[i] for i in cuts]
        start = -1
        for cut in [*cuts, codes.size]:
            self._segments.append(circuit.taken(kept[(kept > start) & (kept < cut)]))
            start = cut

    def segment(self, place: int, bits: str) -> Circuit:
        """Return the gates of a segment whose conditions are met."""
        circuit = self._segments[place]
        conditions = circuit.steps.conditions
        if not conditions:
            return circuit
        asked = sorted({b for which, _ in conditions.values() for b in which})
        key = place, "".join(bits[b] for b in asked)
        if key not in self._met:
            kept = [i for i in range(len(circuit)) if _is_met(conditions.get(i), bits)]
            self._met[key] = circuit.taken(np.array(kept, np.int64))
            self._met[key].steps.conditions = {}
        return self._met[key]

    def rest(self, place: int) -> Circuit:
        """Return all from a segment on, but the last measurements."""
        if place not in self._rests:
            kept = self._kept[self._kept > self._cuts[place]]
            self._rests[place] = self._circuit.taken(kept)
        return self._rests[place]


def _is_met(condition: tuple[tuple[int, ...], int] | None, bits: str) -> bool:
    """Tell whether the condition of a step, if it has one, holds."""
    if condition is None:
        return True
    which, value = condition
    return int("".join(bits[b] for b in which), 2) == value


def _with_bits(bits: str, places: Sequence[int], values: str) -> str:
    out = list(bits)
    for b, value in zip(places, values, strict=True):
        out[b] = value
    return "".join(out)


def run_shots(
    circuit: Circuit,
    shots: int,
    rng: Rng,
    state: ArrayLike | VirtualQArray | None = None,
    *,
    noise: PauliNoise | None = None,
    bit_order: str = "big",
    method: str = "sparse",
) -> dict[str, int]:
    """Run a circuit several times, and count the values of the classical bits.

    Parameters
    ----------
    circuit : Circuit
    shots : int
    rng : numpy.random.Generator or int
        What draws outcomes and errors, or its seed.
    state : array_like, shape (2**n,) or (2,) * n, optional
        Where to begin; all qubits 0 if left out.
    noise : mapping, optional
        The chances of Pauli errors after gates, as `trajectory` takes them.
    bit_order : {"big", "little"}
        Whether classical bit 0 is the first character, or the last one, as in Qiskit.
    method : {"sparse", "product", "mps", "auto"}
        What holds the state: see `run`.

    Returns
    -------
    dict of str to int
        By the classical bits, in order.

    Raises
    ------
    ValueError
        For a state of another number of qubits, parameters without a value, a negative number of
        shots, chances that are none, or another order.

    Notes
    -----
    All shots run as one until a measurement, a reset or an error tells them apart: the gates
    between two measurements run once for each history that there is, not once a shot.
    Measurements of qubits that nothing touches afterwards are sampled at once, at the end.

    Examples
    --------
    >>> import qvarray as qv
    >>> circuit = qv.gates.Circuit(2).h(0).cx(0, 1).measure_all()
    >>> sorted(qv.gates.run_shots(circuit, 100, rng=0))
    ['00', '11']
    """
    shots, step = non_negative("shots", shots), require_bit_order(bit_order)
    generator = require_generator(rng)
    if not isinstance(circuit, Circuit):
        raise TypeError(f"a circuit is run, got {circuit!r}")
    circuit.require_bound()
    model = None if noise is None else Noise(noise)
    chosen = Method(method, on_amplitudes)
    begin = chosen.begun(circuit, run(Circuit(circuit.n), state))
    if isinstance(begin, MatrixProducts):
        found = _by_products(circuit, shots, begin, model, generator)
    else:
        found = _by_branches(circuit, shots, begin, model, generator, chosen)  # type: ignore[arg-type]
    chosen.say()
    return {bits[::step]: found[bits] for bits in sorted(found, key=lambda bits: bits[::step])}


def _by_products(
    circuit: Circuit,
    shots: int,
    begin: MatrixProducts,
    model: Noise | None,
    rng: np.random.Generator,
) -> Counter[str]:
    """Count the outcomes of matrix product states: a run for each history of errors."""
    start = begin.vidal()
    histories = [(circuit, shots)] if model is None else model.histories(circuit, shots, rng)
    found: Counter[str] = Counter()
    for noisy, often in histories:
        found.update(counted(noisy, often, start, rng))
    return found


def _by_branches(
    circuit: Circuit,
    shots: int,
    begin: VirtualQArray,
    model: Noise | None,
    generator: np.random.Generator,
    method: Method,
) -> Counter[str]:
    """Count the outcomes of states that run once for each history."""
    schedule = _Schedule(circuit)
    found: Counter[str] = Counter()
    waiting = [_Branch(0, begin, "0" * circuit.m, shots)] if shots else []
    while waiting:
        branch = waiting.pop().finished(method)
        place, is_after_gates = divmod(branch.step, 2)
        if branch.shots == 1 and not is_after_gates and place < len(schedule.between):
            waiting.append(_alone(branch, schedule.rest(place), model, generator, method))
        elif not is_after_gates:
            waiting.extend(
                _with_gates(branch, schedule.segment(place, branch.bits), model, generator)
            )
        elif place >= len(schedule.between):
            _finish(branch, schedule.final, model, generator, found)
        else:
            waiting.extend(
                _after_step(branch, schedule.between[place], circuit.n, model, generator)
            )
    return found


def _alone(
    branch: _Branch,
    rest: Circuit,
    model: Noise | None,
    rng: np.random.Generator,
    method: Method,
) -> _Branch:
    """Run a shot that has no others with it up to the last measurements: measured on the way."""
    if model is not None:
        ((rest, _),) = model.histories(rest, 1, rng)
    state, bits = continued(rest, branch.state, branch.bits, rng, method)
    return branch._replace(step=_LAST, state=state, bits=bits)


def _with_gates(
    branch: _Branch, gates: Circuit, model: Noise | None, rng: np.random.Generator
) -> Iterator[_Branch]:
    """Let gates wait: once, or once for each history of errors."""
    histories = (
        [(gates, branch.shots)] if model is None else model.histories(gates, branch.shots, rng)
    )
    for circuit, often in histories:
        yield branch._replace(step=branch.step + 1, shots=often, gates=circuit)


def _after_step(
    branch: _Branch, entry: Entry, n: int, model: Noise | None, rng: np.random.Generator
) -> Iterator[_Branch]:
    """Take a step that measures."""
    after = branch._replace(step=branch.step + 1)
    if not _is_met(entry.condition, branch.bits):
        yield after
        return
    is_read = entry.kind == "measure"
    histories = [(Circuit(n), branch.shots)]
    if model is not None:
        histories = model.around(entry, n, branch.shots, rng)
    for circuit, often in histories:
        # The errors of a measurement come before it, those of a reset after it.
        state = run(circuit, branch.state) if is_read else branch.state
        drawn = measurement.sample(state, often, rng, entry.qubits)
        for text, shots in counts(drawn, len(entry.qubits)).items():
            now = after._replace(state=state, shots=shots, found=(entry.qubits, text))
            if is_read:
                yield now._replace(bits=_with_bits(branch.bits, entry.clbits, text))
            else:
                ones = [q for q, value in zip(entry.qubits, text, strict=True) if value == "1"]
                yield now._replace(gates=Circuit(n).x(ones).compose(circuit))


def _finish(
    branch: _Branch,
    final: list[Entry],
    model: Noise | None,
    rng: np.random.Generator,
    found: Counter[str],
) -> None:
    """Count what the last measurements find."""
    qubits = [q for entry in final for q in entry.qubits]
    places = [b for entry in final for b in entry.clbits]
    if not qubits:
        found[branch.bits] += branch.shots
        return
    drawn = measurement.sample(branch.state, branch.shots, rng, qubits)
    if model is not None:
        drawn = drawn ^ model.flips(final, branch.shots, rng)
    for text, often in counts(drawn, len(qubits)).items():
        found[_with_bits(branch.bits, places, text)] += often
