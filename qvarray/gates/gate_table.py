"""Operations on states: what each named gate does, its inverse, and what undoes what."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .single_qubit import HADAMARD, HALF, MINUS, ONE, Frame, Vector, snapped, turns_of
from .state import State
from .validation import bits_of

__all__ = ["GATES", "Gate", "Operation", "after_all", "applied", "spectral", "turned", "undone_by"]

Bits = list[int]
Action = Callable[[State, tuple[Any, ...], Bits], None]
Inverse = Callable[[tuple[Any, ...]], tuple[str, tuple[Any, ...]]]

_MINUS_I: Vector = (HALF + 0j, complex(0, -HALF))
_EIGHTH_TURN = math.pi / 8


def turned(angle: float) -> float:
    """An angle in turns; exact where it is meant to be a multiple of pi / 4."""
    turns = angle / (2 * math.pi)
    near = round(turns * 8) / 8
    return near if abs(turns - near) < 1e-15 * max(1.0, abs(turns)) else turns


# -- one qubit ------------------------------------------------------------------------------


def _rx(theta: float) -> Frame:
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return snapped(complex(c), complex(0, -s), complex(0, -s), complex(c))


def _ry(theta: float) -> Frame:
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return snapped(complex(c), complex(-s), complex(s), complex(c))


def _phase_of(angle: float) -> complex:
    return complex(math.cos(angle), math.sin(angle))


def _rz(theta: float) -> Frame:
    return snapped(_phase_of(-theta / 2), 0j, 0j, _phase_of(theta / 2))


def _p(angle: float) -> Frame:
    return snapped(1 + 0j, 0j, 0j, _phase_of(angle))


def _u(theta: float, phi: float, lam: float) -> Frame:
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return snapped(complex(c), -_phase_of(lam) * s, _phase_of(phi) * s, _phase_of(phi + lam) * c)


def _fixed(*entries: complex) -> Callable[..., Frame]:
    frame = snapped(*(complex(x) for x in entries))
    return lambda: frame


_SINGLE: dict[str, Callable[..., Frame]] = {
    "id": _fixed(1, 0, 0, 1),
    "x": _fixed(0, 1, 1, 0),
    "y": _fixed(0, -1j, 1j, 0),
    "z": _fixed(1, 0, 0, -1),
    "h": lambda: HADAMARD,
    "s": _fixed(1, 0, 0, 1j),
    "sdg": _fixed(1, 0, 0, -1j),
    "t": _fixed(1, 0, 0, complex(HALF, HALF)),
    "tdg": _fixed(1, 0, 0, complex(HALF, -HALF)),
    "sx": _fixed((1 + 1j) / 2, (1 - 1j) / 2, (1 - 1j) / 2, (1 + 1j) / 2),
    "sxdg": _fixed((1 - 1j) / 2, (1 + 1j) / 2, (1 + 1j) / 2, (1 - 1j) / 2),
    "rx": _rx,
    "ry": _ry,
    "rz": _rz,
    "p": _p,
    "u": _u,
}


def spectral(u: Frame) -> tuple[float, float, Vector]:
    """A unitary as ``e(a) (1 + (e(b) - 1) |v><v|)``, with ``e(t) = exp(2j * pi * t)``."""
    values, vectors = np.linalg.eig(np.array(u).reshape(2, 2))
    first, second = (turns_of(complex(z)) for z in values)
    if abs(values[0] - values[1]) < 1e-15:
        return first, 0.0, ONE
    v = vectors[:, 1]
    # Of a normal matrix the eigenvectors are orthogonal; make them so to the last bit.
    v = v - vectors[:, 0] * (vectors[:, 0].conj() @ v)
    v = v / np.linalg.norm(v)
    return first, second - first, (complex(v[0]), complex(v[1]))


def _spectral_of(name: str, params: tuple[float, ...]) -> tuple[float, float, Vector]:
    if name in ("x", "y", "z"):
        return 0.0, 0.5, {"x": MINUS, "y": _MINUS_I, "z": ONE}[name]
    if name == "h":
        return 0.0, 0.5, (complex(math.sin(_EIGHTH_TURN)), complex(-math.cos(_EIGHTH_TURN)))
    if name == "p":
        return 0.0, turned(params[0]), ONE
    if name in ("rx", "ry", "rz"):
        turns = turned(params[0])
        return -turns / 2, turns, {"rx": MINUS, "ry": _MINUS_I, "rz": ONE}[name]
    if name == "sx":
        return 0.0, 0.25, MINUS
    return spectral(_SINGLE[name](*params))


def _rotate(name: str) -> Action:
    single = _SINGLE[name]

    def act(state: State, params: tuple[Any, ...], bits: Bits) -> None:
        state.rotate(bits[0], single(*params))

    return act


def _controlled(name: str) -> Action:
    def act(state: State, params: tuple[Any, ...], bits: Bits) -> None:
        everywhere, turns, v = _spectral_of(name, params)
        controls = [(p, ONE) for p in bits[:-1]]
        state.phase(everywhere, controls)
        state.phase(turns, [*controls, (bits[-1], v)])

    return act


def _cu(state: State, params: tuple[Any, ...], bits: Bits) -> None:
    theta, phi, lam, gamma = params
    everywhere, turns, v = spectral(_u(theta, phi, lam))
    state.phase(everywhere + turned(gamma), [(bits[0], ONE)])
    state.phase(turns, [(bits[0], ONE), (bits[1], v)])


# -- several qubits -------------------------------------------------------------------------


def _swap(state: State, _: tuple[Any, ...], bits: Bits) -> None:
    state.swap(*bits)


def _iswap(state: State, _: tuple[Any, ...], bits: Bits, quarter: float = 0.25) -> None:
    state.swap(*bits)
    for p in bits:
        state.rotate(p, _SINGLE["s" if quarter > 0 else "sdg"]())
    state.phase(0.5, [(p, ONE) for p in bits])


def _iswapdg(state: State, params: tuple[Any, ...], bits: Bits) -> None:
    _iswap(state, params, bits, -0.25)


def _cswap(state: State, _: tuple[Any, ...], bits: Bits) -> None:
    c, a, b = bits
    cx = _controlled("x")
    cx(state, (), [b, a])
    cx(state, (), [c, a, b])
    cx(state, (), [b, a])


def _rzz(state: State, params: tuple[Any, ...], bits: Bits) -> None:
    cx = _controlled("x")
    cx(state, (), bits)
    state.rotate(bits[1], _rz(params[0]))
    cx(state, (), bits)


def _between(before: tuple[str, ...], after: tuple[str, ...], act: Action) -> Action:
    def conjugated(state: State, params: tuple[Any, ...], bits: Bits) -> None:
        for name in before:
            for p in bits:
                state.rotate(p, _SINGLE[name]())
        act(state, params, bits)
        for name in after:
            for p in bits:
                state.rotate(p, _SINGLE[name]())

    return conjugated


_rxx = _between(("h",), ("h",), _rzz)
_ryy = _between(("sdg", "h"), ("h", "s"), _rzz)


def _ecr(state: State, _: tuple[Any, ...], bits: Bits) -> None:
    # X_a exp(-i pi / 4 Z_a X_b)
    a, b = bits
    state.rotate(b, HADAMARD)
    _rzz(state, (math.pi / 2,), bits)
    state.rotate(b, HADAMARD)
    state.rotate(a, _SINGLE["x"]())


# -- the table ------------------------------------------------------------------------------


class Gate(NamedTuple):
    """A named gate.

    Attributes
    ----------
    qubits : int
        How many it acts on; 0 for two or more.
    params : tuple of str
        Names of its angles.
    act : callable
    inverse : callable
        Parameters to the name and the parameters of the inverse.
    """

    qubits: int
    params: tuple[str, ...]
    act: Action
    inverse: Inverse


def _itself(name: str) -> Inverse:
    return lambda params: (name, params)


def _negated(name: str) -> Inverse:
    return lambda params: (name, tuple(-one for one in params))


def _u_inverse(name: str) -> Inverse:
    # u(theta, phi, lam) goes back by u(-theta, -lam, -phi); a phase gamma by its negative.
    return lambda params: (name, (-params[0], -params[2], -params[1], *(-g for g in params[3:])))


GATES: dict[str, Gate] = {}


def _add(name: str, qubits: int, act: Action, inverse: Inverse, *params: str) -> None:
    GATES[name] = Gate(qubits, params, act, inverse)


for _name in ("id", "x", "y", "z", "h"):
    _add(_name, 1, _rotate(_name), _itself(_name))
for _name, _other in (("s", "sdg"), ("t", "tdg"), ("sx", "sxdg")):
    _add(_name, 1, _rotate(_name), _itself(_other))
    _add(_other, 1, _rotate(_other), _itself(_name))
for _name in ("rx", "ry", "rz", "p"):
    _angle = "lam" if _name == "p" else "theta"
    _add(_name, 1, _rotate(_name), _negated(_name), _angle)
    _add("c" + _name, 2, _controlled(_name), _negated("c" + _name), _angle)
_add("u", 1, _rotate("u"), _u_inverse("u"), "theta", "phi", "lam")
_add("cu", 2, _cu, _u_inverse("cu"), "theta", "phi", "lam", "gamma")
for _name in ("x", "y", "z", "h"):
    _add("c" + _name, 2, _controlled(_name), _itself("c" + _name))
_add("csx", 2, _controlled("sx"), _itself("csxdg"))
_add("csxdg", 2, _controlled("sxdg"), _itself("csx"))
_add("ccx", 3, _controlled("x"), _itself("ccx"))
_add("ccz", 3, _controlled("z"), _itself("ccz"))
_add("mcx", 0, _controlled("x"), _itself("mcx"))
_add("mcp", 0, _controlled("p"), _negated("mcp"), "lam")
_add("swap", 2, _swap, _itself("swap"))
_add("iswap", 2, _iswap, _itself("iswapdg"))
_add("iswapdg", 2, _iswapdg, _itself("iswap"))
_add("cswap", 3, _cswap, _itself("cswap"))
_add("rzz", 2, _rzz, _negated("rzz"), "theta")
_add("rxx", 2, _rxx, _negated("rxx"), "theta")
_add("ryy", 2, _ryy, _negated("ryy"), "theta")
_add("ecr", 2, _ecr, _itself("ecr"))


# -- operations -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Operation:
    """A gate on some qubits. Two that are equal do the same.

    Parameters
    ----------
    name : str
        Of a named gate, or what `payload` is.
    qubits : tuple of int
    params : tuple of float
    payload : optional
        Of an operation that is not in the table: an object with ``act(state, bits)`` and
        ``inverse()``.
    """

    name: str
    qubits: tuple[int, ...]
    params: tuple[Any, ...] = ()
    payload: Any = None

    def inverse(self) -> Operation:
        """The operation that undoes this one."""
        if self.payload is not None:
            return Operation(self.name, self.qubits, self.params, self.payload.inverse())
        name, params = GATES[self.name].inverse(self.params)
        return Operation(name, self.qubits, params)

    def act(self, state: State) -> None:
        """Change a state that nobody else has."""
        bits = [state.n - 1 - q for q in self.qubits]
        if self.payload is not None:
            self.payload.act(state, bits)
        else:
            GATES[self.name].act(state, self.params, bits)


class _History(NamedTuple):
    """The state that amplitudes were first combined in, and the operations since, last first."""

    origin: State
    log: tuple[Operation, Any]
    length: int

    def __reduce__(self) -> Any:
        # Without a tuple in a tuple for each operation, which is too deep to be pickled.
        log: Any = self.log
        operations = []
        while log is not None:
            operations.append(log[0])
            log = log[1]
        return _history, (self.origin, operations[::-1])


def _history(origin: State, operations: Sequence[Operation]) -> _History:
    log: Any = None
    for one in operations:
        log = (one, log)
    return _History(origin, log, len(operations))


_LONGEST = 1 << 14
# The state before is kept beside one of so many times its amplitudes, or where it has few.
_TIMES = 16
_ALWAYS = 4096


def applied(state: State, operation: Operation) -> State:
    """The state after an operation; the one before is not changed.

    An operation that undoes the last one gives back what was before, bit for bit: parameters
    cancel on their own; where amplitudes were combined the state before that is kept, if it is
    small, with the operations since. O(n), or O(k).
    """
    bits_of(operation.qubits, state.n)
    history: _History | None = state.history
    undone = history is not None and _undoes(operation, history.log[0])
    if undone:
        assert history is not None
        if history.log[1] is None:
            return history.origin
    new = state.copy()
    operation.act(new)
    state.share_constants(new)
    if undone:
        assert history is not None
        new.history = _History(history.origin, history.log[1], history.length - 1)
    elif history is not None:
        new.history = None
        if history.length < _LONGEST:
            new.history = _History(history.origin, (operation, history.log), history.length + 1)
    elif new.is_mixed and state.nactive <= max(_ALWAYS, new.nactive // _TIMES):
        new.history = _History(state, (operation, None), 1)
    return new


def after_all(state: State, operations: Sequence[Operation]) -> Any:
    """The history of a state after some operations that were applied to it at once."""
    log: Any
    origin, log, length = state.history or (state, None, 0)
    length += len(operations)
    if length > _LONGEST:
        return None
    for one in operations:
        log = (one, log)
    return _History(origin, log, length)


def undone_by(state: State, operations: Sequence[Operation]) -> tuple[State, int]:
    """The state before, and how many operations undo all that led from there to this one.

    The state itself, and 0, where they do not.
    """
    history: _History | None = state.history
    if history is None or history.length > len(operations):
        return state, 0
    log: Any = history.log
    for count, one in enumerate(operations, 1):
        if not _undoes(one, log[0]):
            break
        log = log[1]
        if log is None:
            return history.origin, count
    return state, 0


def _undoes(operation: Operation, last: Operation) -> bool:
    if operation.qubits != last.qubits:
        return False
    return operation == last.inverse()
