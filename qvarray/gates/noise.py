"""Noise of Pauli errors after gates: chances, and random circuits with errors (trajectories)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from ..core.values import Array
from .circuit import Circuit
from .gate_codes import BARRIER, CODES, MEASURE, RESET, WIDTHS
from .measurement import as_outcomes
from .operations import Entry
from .validation import Rng, integer, real, require_generator

#: By names of gates or their numbers of qubits, the chances of Pauli strings.
PauliNoise: TypeAlias = Mapping["str | int", Mapping[str, float]]
#: An error: the step it belongs to, and a Pauli string on the qubits of that.
Error: TypeAlias = tuple[int, str]

_READ = {"measure": MEASURE, "reset": RESET}
_NONE: tuple[Error, ...] = ()


class _Channel(NamedTuple):
    """Pauli strings other than the identity, and their chances."""

    texts: list[str]
    chances: Array


def depolarizing(p: float, qubits: int = 1) -> dict[str, float]:
    """Return the chances of Pauli errors that make qubits random with probability p.

    Parameters
    ----------
    p : float
        0 to 1, the parameter of Qiskit's ``depolarizing_error``.
    qubits : int
        How many qubits the gate has, 1 to 4.

    Returns
    -------
    dict of str to float
        Each string other than the identity has ``p / 4**qubits``.

    Raises
    ------
    ValueError
        For another p or number of qubits.

    See Also
    --------
    trajectory, run_shots

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.gates.depolarizing(0.04)
    {'X': 0.01, 'Y': 0.01, 'Z': 0.01}
    """
    p, count = real("a probability", p), integer("a number of qubits", qubits)
    if not 0 <= p <= 1:
        raise ValueError(f"a probability is from 0 to 1, got {p}")
    if not 1 <= count <= 4:
        raise ValueError(f"a gate with noise has 1 to 4 qubits, got {count}")
    texts = ["".join(letters) for letters in itertools.product("IXYZ", repeat=count)]
    return dict.fromkeys(texts[1:], p / 4**count)


def _channel(key: str | int, chances: Mapping[str, float]) -> tuple[int, _Channel]:
    """Return how many qubits a row of a noise model is for, and the row; validated."""
    if not isinstance(chances, Mapping) or not chances:
        raise ValueError(f"the noise of {key!r} has Pauli strings and chances, got {chances!r}")
    found = {text: real(f"the chance of {text!r}", chance) for text, chance in chances.items()}
    widths = {len(text) if isinstance(text, str) else 0 for text in found}
    if len(widths) > 1 or widths == {0} or any(set(text) - set("IXYZ") for text in found):
        raise ValueError(f"the noise of {key!r} has Pauli strings of one length, got {[*found]}")
    if min(found.values()) < 0 or sum(found.values()) > 1 + 1e-12:
        raise ValueError(f"the chances of {key!r} are not from 0 to 1 in all: {found}")
    (width,) = widths
    found = {text: chance for text, chance in found.items() if set(text) != {"I"}}
    return width, _Channel([*found], np.array([*found.values()]))


class Noise:
    """A noise model that has been validated.

    Raises
    ------
    ValueError
        For names that there are not, strings of another length than the gate has qubits, chances
        that are negative or more than 1 in all.
    """

    def __init__(self, model: PauliNoise) -> None:
        if not isinstance(model, Mapping):
            raise TypeError(f"noise is a mapping of gates to chances, got {model!r}")
        self.by_code: dict[int, _Channel] = {}
        self.by_width: dict[int, _Channel] = {}
        for key, chances in model.items():
            width, channel = _channel(key, chances)
            if isinstance(key, str):
                code = _READ.get(key, CODES.get(key))
                if code is None:
                    raise ValueError(f"there is no gate {key!r}")
                own = 1 if key in _READ else int(WIDTHS[code])
                self.by_code[code] = channel
            else:
                own = integer("a number of qubits", key)
                self.by_width[own] = channel
            if width != own:
                raise ValueError(f"the noise of {key!r} has strings of {width} letters, not {own}")

    def _draws(self, circuit: Circuit, shots: int, rng: np.random.Generator) -> list[Array]:
        """Draw the errors of all shots: shots, steps, qubits' places and strings, in rows."""
        columns = circuit.steps.columns()
        codes, widths = columns.codes, np.diff(columns.qubit_ends)
        is_free = np.ones(codes.size, bool)
        found: list[tuple[_Channel, Array]] = []
        for code, channel in self.by_code.items():
            is_free &= codes != code
            found.append((channel, np.flatnonzero(codes == code)))
        is_free &= (codes != BARRIER) & (codes != MEASURE) & (codes != RESET)
        for width, channel in self.by_width.items():
            found.append((channel, np.flatnonzero(is_free & (widths == width))))
        rows = []
        for channel, steps in found:
            # A measurement or a reset of several qubits has errors on each of them.
            one = len(channel.texts[0]) == 1 if channel.texts else True
            parts = widths[steps] if one else np.ones(steps.size, np.int64)
            places = np.repeat(steps, parts)
            within = np.arange(places.size) - np.repeat(np.cumsum(parts) - parts, parts)
            total = float(channel.chances.sum())
            if not places.size or not total:
                continue
            size = shots * places.size
            count = int(rng.binomial(size, min(1.0, total)))
            chosen = rng.choice(size, count, replace=False)
            texts = np.array(channel.texts, dtype=object)
            kinds = rng.choice(len(texts), count, p=channel.chances / total)
            at = chosen % places.size
            rows.append(np.array(
                [chosen // places.size, places[at], within[at], texts[kinds]], dtype=object
            ))  # fmt: skip
        return rows

    def histories(
        self, circuit: Circuit, shots: int, rng: np.random.Generator
    ) -> Iterator[tuple[Circuit, int]]:
        """Yield the circuit with the errors that some shots have, and how many have these."""
        rows = self._draws(circuit, shots, rng)
        events: dict[int, list[tuple[int, int, str]]] = {}
        for row in rows:
            for shot, step, within, text in row.T.tolist():
                events.setdefault(shot, []).append((step, within, text))
        found = Counter(tuple(sorted(errors)) for errors in events.values())
        if shots > len(events):
            yield circuit, shots - len(events)
        for errors, often in found.items():
            yield _with_errors(circuit, errors), often

    def around(
        self, entry: Entry, n: int, shots: int, rng: np.random.Generator
    ) -> list[tuple[Circuit, int]]:
        """Return the errors of a measurement or a reset on n qubits: for some shots each."""
        one = Circuit(n, len(entry.qubits))
        getattr(one, entry.kind)(*([entry.qubits, range(one.m)][: 1 + (entry.kind == "measure")]))
        out = []
        for circuit, often in self.histories(one, shots, rng):
            errors = Circuit(n)
            errors.steps = circuit.steps.taken(np.flatnonzero(circuit.steps.columns().codes >= 0))
            out.append((errors, often))
        return out

    def flips(self, final: list[Entry], shots: int, rng: np.random.Generator) -> Array:
        """Draw what the errors of the last measurements change in what they find."""
        count = sum(len(entry.qubits) for entry in final)
        out = np.zeros((shots, count), np.uint8)
        channel = self.by_code.get(MEASURE)
        if channel is not None:
            is_flip = [text in ("X", "Y") for text in channel.texts]
            chance = float(channel.chances[is_flip].sum())
            for place in range(count):
                out[:, place] = rng.random(shots) < chance
        return as_outcomes(out)


def _with_errors(circuit: Circuit, errors: tuple[tuple[int, int, str], ...]) -> Circuit:
    """Return a circuit with errors: after gates and resets, before measurements."""
    steps, columns = circuit.steps.copy(), circuit.steps.columns()
    places = []
    for step, within, text in errors:
        first = int(columns.qubit_ends[step]) + within
        for q, letter in zip(columns.qubits[first:].tolist(), text, strict=False):
            if letter != "I":
                places.append(step + (columns.codes[step] != MEASURE))
                steps.add(CODES[letter.lower()], [q], (), circuit.steps.conditions.get(step))
    size = len(circuit)
    order = np.insert(np.arange(size), places, np.arange(size, len(steps)))
    new = circuit.taken(np.arange(0))
    new.steps = steps.taken(order)
    return new


def trajectory(circuit: Circuit, noise: PauliNoise, rng: Rng) -> Circuit:
    """Return a circuit with random Pauli errors, as one run of a noisy device has them.

    Parameters
    ----------
    circuit : Circuit
    noise : mapping of str or int to mapping of str to float
        By the name of a gate, "measure" or "reset", or by a number of qubits for all other gates
        of so many: the chances of Pauli strings, a letter for each qubit of the gate. Errors come
        after gates and resets, and before measurements.
    rng : numpy.random.Generator or int
        What draws the errors, or its seed.

    Returns
    -------
    Circuit
        The mean of what its states give, over many trajectories, is what the noise gives.

    Raises
    ------
    ValueError
        For names that there are not, strings of another length than the gate has qubits, chances
        that are negative or more than 1 in all.

    See Also
    --------
    depolarizing, run_shots

    Examples
    --------
    >>> import qvarray as qv
    >>> noise = {"h": {"Z": 0.1}, 2: {"XI": 0.5, "IY": 0.5}}
    >>> ghz = qv.gates.Circuit(2).h(0).cx(0, 1)
    >>> print(qv.gates.trajectory(ghz, noise, rng=2))
    q0: ─[H]─●─────
             │
    q1: ─────⊕─[Y]─
    """
    if not isinstance(circuit, Circuit):
        raise TypeError(f"errors are put into a circuit, got {circuit!r}")
    ((noisy, _),) = Noise(noise).histories(circuit, 1, require_generator(rng))
    return noisy.copy()
