"""The table of named gates: one row holds all that the package knows about a gate.

To add a gate, append a row to this module and run ``python -m qvarray.gates.stubs``, which writes
what editors and the reference read. The function in `qvarray.gates`, the method of `Circuit`, the
inverse, the drawing, circuits from Qiskit and OpenQASM, and tests all come from the row.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from .single_qubit import (
    FLIP,
    HADAMARD,
    HALF,
    IDENTITY,
    MINUS,
    ONE,
    Frame,
    Vector,
    eighths,
    snapped,
    turns_of,
)
from .state import State

Angles: TypeAlias = tuple[float, ...]
#: Changes a state that nobody else has, given angles and bits.
Rule: TypeAlias = Callable[[State, Angles, list[int]], None]
#: A unitary as ``e(a) (1 + (e(b) - 1) |v><v|)``, with ``e(t) = exp(2j * pi * t)``: a, b and v.
Parts: TypeAlias = tuple[float, float, Vector]

# Of the first digits of an angle in turns: others may be its rounding.
_BITS = 42


@dataclass(frozen=True)
class Matrix:
    """A gate on one qubit.

    Parameters
    ----------
    frame : callable
        Angles to the 2×2 matrix.
    parts : callable, optional
        Angles to the same as `Parts`, where these are known better than they can be computed.
    """

    frame: Callable[..., Frame]
    parts: Callable[..., Parts] | None = None

    def spectral(self, angles: Angles) -> Parts:
        """Return the matrix as a phase of everything, and one of an eigenvector."""
        if self.parts is not None:
            return self.parts(*angles)
        values, vectors = np.linalg.eig(np.array(self.frame(*angles)).reshape(2, 2))
        first, second = (turns_of(complex(z)) for z in values)
        if abs(values[0] - values[1]) < 1e-15:
            return first, 0.0, ONE
        v = vectors[:, 1]
        # Of a normal matrix the eigenvectors are orthogonal; make them so to the last bit.
        v = v - vectors[:, 0] * (vectors[:, 0].conj() @ v)
        v = v / np.linalg.norm(v)
        return first, second - first, (complex(v[0]), complex(v[1]))

    def on_one(self, state: State, angles: Angles, bits: list[int]) -> None:
        """Apply it to a bit."""
        state.rotate(bits[0], self.frame(*angles))

    def where_ones(self, state: State, angles: Angles, bits: list[int]) -> None:
        """Apply it to the last bit where all others are 1."""
        everywhere, turns, v = self.spectral(angles)
        controls = [(p, ONE) for p in bits[:-1]]
        state.phase(everywhere, controls)
        state.phase(turns, [*controls, (bits[-1], v)])


def _rule(action: Matrix | Rule, qubits: int) -> Rule:
    """Return what a rule does, or a matrix on the last of some qubits where all others are 1."""
    if isinstance(action, Matrix):
        return action.on_one if qubits == 1 else action.where_ones
    return action


def _negated(angles: Angles) -> Angles:
    return tuple(-angle for angle in angles)


class Gate:
    """A row of the table.

    Parameters
    ----------
    name : str
    summary : str
        The first line of its docstrings. A row without one has no function and no method: it is
        known to `Circuit.append`, from Qiskit, and as an inverse.
    qubits : str
        Their names; one that begins with ``*`` is one or more.
    action : Matrix or callable
        What it does to a state. A matrix is that on the last qubit, where all others are 1.
    angles : str
        Their names.
    targets : int
        How many of the last qubits are no controls; all if left out, one with a matrix.
    symbol : str
        What is drawn on the targets: in brackets, unless it is one of ⊕, ✕ and ●.
    inverse : str
        The name of the gate that undoes this one; its own if left out.
    undo : callable
        The angles of that, from these: the same with the other sign if left out.
    qiskit : str
        Names of the gate in Qiskit, and so in OpenQASM; the same one if left out.
    notes : str
        What its docstrings say besides.
    """

    def __init__(
        self,
        name: str,
        summary: str,
        qubits: str,
        action: Matrix | Rule,
        angles: str = "",
        *,
        targets: int = 0,
        symbol: str = "",
        inverse: str = "",
        undo: Callable[[Angles], Angles] = _negated,
        qiskit: str | None = None,
        notes: str = "",
    ) -> None:
        self.name, self.summary, self.notes = name, summary, notes
        self.qubits, self.angles = tuple(qubits.split()), tuple(angles.split())
        self.is_variadic = qubits.startswith("*")
        self.rule = _rule(action, len(self.qubits))
        self.targets = 1 if isinstance(action, Matrix) else targets or len(self.qubits)
        self.symbol = symbol or (name.upper() if len(name) < 3 else name)
        self.inverse, self.undo = inverse or name, undo
        self.qiskit = tuple((name if qiskit is None else qiskit).split())


# -- matrices -------------------------------------------------------------------------------


def _meant(angle: float) -> float | None:
    """Return an angle in turns, where that is a fraction of a power of 2 but for its rounding.

    Many turns then leave the fraction that they have, not the rounding of all.
    """
    turns = angle / (2 * math.pi)
    eighths = round(turns * 8) / 8
    if abs(turns - eighths) < 1e-15 * max(1.0, abs(turns)):
        return eighths
    digits, power = math.frexp(turns)
    short = math.ldexp(round(math.ldexp(digits, _BITS)), power - _BITS)
    return short if abs(turns - short) < 4e-16 * abs(turns) else None


def _turned(angle: float) -> float:
    """Return an angle in turns; exact where it is meant to be a fraction of a power of 2."""
    turns = _meant(angle)
    if turns is None:
        turns = (angle if abs(angle) < 4 else cmath.phase(cmath.rect(1.0, angle))) / (2 * math.pi)
    return turns


def _fixed(*entries: complex, turns: float = 0.0, vector: Vector | None = None) -> Matrix:
    """Return a matrix without angles, which turns the phase of a vector, if that is given."""
    frame = snapped(*(complex(x) for x in entries))
    return Matrix(lambda *_: frame, None if vector is None else lambda *_: (0.0, turns, vector))


def _rotation(frame: Callable[[float], Frame], vector: Vector) -> Matrix:
    """Return a rotation, by half an angle to each side of an eigenvector and the other one."""

    def parts(theta: float) -> Parts:
        return -_turned(theta / 2), _turned(theta), vector

    return Matrix(frame, parts)


def _rx(theta: float) -> Frame:
    half = _phase_of(theta / 2)
    c, s = half.real, half.imag
    return snapped(complex(c), complex(0, -s), complex(0, -s), complex(c))


def _ry(theta: float) -> Frame:
    half = _phase_of(theta / 2)
    c, s = half.real, half.imag
    return snapped(complex(c), complex(-s), complex(s), complex(c))


def _phase_of(angle: float) -> complex:
    turns = _meant(angle)
    return cmath.rect(1.0, angle) if turns is None else eighths(turns % 1.0)


def _rz(theta: float) -> Frame:
    return snapped(_phase_of(-theta / 2), 0j, 0j, _phase_of(theta / 2))


def _p(angle: float) -> Frame:
    return snapped(1 + 0j, 0j, 0j, _phase_of(angle))


def _u(theta: float, phi: float, lam: float) -> Frame:
    half = _phase_of(theta / 2)
    c, s = half.real, half.imag
    return snapped(complex(c), -_phase_of(lam) * s, _phase_of(phi) * s, _phase_of(phi + lam) * c)


_MINUS_I: Vector = (HALF + 0j, complex(0, -HALF))
_EIGHTH_TURN = math.pi / 8
_H_AXIS: Vector = (complex(math.sin(_EIGHTH_TURN)), complex(-math.cos(_EIGHTH_TURN)))

_X = _fixed(*FLIP, turns=0.5, vector=MINUS)
_Y = _fixed(0, -1j, 1j, 0, turns=0.5, vector=_MINUS_I)
_Z = _fixed(1, 0, 0, -1, turns=0.5, vector=ONE)
_H = _fixed(*HADAMARD, turns=0.5, vector=_H_AXIS)
_S, _SDG = _fixed(1, 0, 0, 1j), _fixed(1, 0, 0, -1j)
_T, _TDG = _fixed(1, 0, 0, complex(HALF, HALF)), _fixed(1, 0, 0, complex(HALF, -HALF))
_A, _B = (1 + 1j) / 2, (1 - 1j) / 2
_SX, _SXDG = _fixed(_A, _B, _B, _A, turns=0.25, vector=MINUS), _fixed(_B, _A, _A, _B)
_RX, _RY, _RZ = _rotation(_rx, MINUS), _rotation(_ry, _MINUS_I), _rotation(_rz, ONE)
_P = Matrix(_p, lambda lam: (0.0, _turned(lam), ONE))
_U = Matrix(_u)


def _u_undone(angles: Angles) -> Angles:
    """Undo u(theta, phi, lam) by u(-theta, -lam, -phi), and a phase gamma by its negative."""
    theta, phi, lam, *gamma = angles
    return -theta, -lam, -phi, *_negated(tuple(gamma))


# -- rules of several qubits ----------------------------------------------------------------


def _steps(*steps: tuple[Matrix | Rule, str]) -> Rule:
    """Return the rule of some actions, one after the other, on qubits of these numbers.

    All of them get the angles, which those without angles leave alone.
    """
    rules = [(_rule(action, len(digits)), [int(d) for d in digits]) for action, digits in steps]

    def rule(state: State, angles: Angles, bits: list[int]) -> None:
        for act, places in rules:
            act(state, angles, [bits[place] for place in places])

    return rule


def _swap(state: State, _: Angles, bits: list[int]) -> None:
    state.swap(*bits)


def _cu(state: State, angles: Angles, bits: list[int]) -> None:
    theta, phi, lam, gamma = angles
    everywhere, turns, v = _U.spectral((theta, phi, lam))
    state.phase(everywhere + _turned(gamma), [(bits[0], ONE)])
    state.phase(turns, [(bits[0], ONE), (bits[1], v)])


_RZZ = _steps((_X, "01"), (_RZ, "1"), (_X, "01"))
_RXX = _steps((_H, "0"), (_H, "1"), (_RZZ, "01"), (_H, "0"), (_H, "1"))
_RYY = _steps((_SDG, "0"), (_SDG, "1"), (_RXX, "01"), (_S, "0"), (_S, "1"))
_RZX = _steps((_H, "1"), (_RZZ, "01"), (_H, "1"))
# X_a exp(-i pi / 4 Z_a X_b)
_QUARTER = _fixed(*_rz(math.pi / 2))
_ECR = _steps((_H, "1"), (_X, "01"), (_QUARTER, "1"), (_X, "01"), (_H, "1"), (_X, "0"))
_ISWAP = _steps((_swap, "01"), (_S, "0"), (_S, "1"), (_Z, "01"))
_ISWAPDG = _steps((_swap, "01"), (_SDG, "0"), (_SDG, "1"), (_Z, "01"))
_CSWAP = _steps((_X, "21"), (_X, "012"), (_X, "21"))


# -- the table ------------------------------------------------------------------------------

_CONTROLLED = "control target"
_U_NOTES = (
    "Its matrix is ``[[cos, -e(lam) sin], [e(phi) sin, e(phi + lam) cos]]`` with the cosine "
    "and the sine of ``theta / 2`` and ``e(a) = exp(1j * a)``."
)
# fmt: off
_ROWS = (
    Gate("id", "", "qubit", _fixed(*IDENTITY)),
    Gate("x", "Flip a qubit: the Pauli X gate.", "qubit", _X),
    Gate("y", "Apply the Pauli Y gate, a flip with phases -1j and 1j.", "qubit", _Y),
    Gate("z", "Apply the Pauli Z gate, a sign of the amplitudes of 1.", "qubit", _Z),
    Gate("h", "Apply the Hadamard gate, a switch between the standard and the walsh basis.",
         "qubit", _H),
    Gate("s", "Apply the S gate, a quarter turn of the amplitudes of 1.",
         "qubit", _S, inverse="sdg"),
    Gate("sdg", "Apply the inverse of the S gate.", "qubit", _SDG, inverse="s"),
    Gate("t", "Apply the T gate, an eighth turn of the amplitudes of 1.",
         "qubit", _T, inverse="tdg"),
    Gate("tdg", "Apply the inverse of the T gate.", "qubit", _TDG, inverse="t"),
    Gate("sx", "Apply the square root of the X gate.", "qubit", _SX, inverse="sxdg"),
    Gate("sxdg", "Apply the inverse of the square root of the X gate.",
         "qubit", _SXDG, inverse="sx"),
    Gate("rx", "Rotate about X, by ``exp(-1j * theta / 2 * X)``.", "qubit", _RX, "theta"),
    Gate("ry", "Rotate about Y, by ``exp(-1j * theta / 2 * Y)``.", "qubit", _RY, "theta"),
    Gate("rz", "Rotate about Z, by ``exp(-1j * theta / 2 * Z)``.", "qubit", _RZ, "theta"),
    Gate("p", "Multiply the amplitudes of 1 by ``exp(1j * lam)``.",
         "qubit", _P, "lam", qiskit="p u1"),
    Gate("u", "Apply any gate on one qubit, up to a global phase.",
         "qubit", _U, "theta phi lam", undo=_u_undone, qiskit="u u3", notes=_U_NOTES),
    Gate("cx", "Flip the target where the control is 1.", _CONTROLLED, _X, symbol="⊕"),
    Gate("cy", "Apply `y` where the control is 1.", _CONTROLLED, _Y, symbol="Y"),
    Gate("cz", "Change the sign where both qubits are 1.", _CONTROLLED, _Z, symbol="●"),
    Gate("ch", "Apply `h` where the control is 1.", _CONTROLLED, _H, symbol="H"),
    Gate("csx", "Apply `sx` where the control is 1.",
         _CONTROLLED, _SX, symbol="SX", inverse="csxdg"),
    Gate("csxdg", "", _CONTROLLED, _SXDG, symbol="sxdg", inverse="csx"),
    Gate("crx", "Apply `rx` where the control is 1.", _CONTROLLED, _RX, "theta", symbol="RX"),
    Gate("cry", "Apply `ry` where the control is 1.", _CONTROLLED, _RY, "theta", symbol="RY"),
    Gate("crz", "Apply `rz` where the control is 1.", _CONTROLLED, _RZ, "theta", symbol="RZ"),
    Gate("cp", "Multiply by ``exp(1j * lam)`` where both qubits are 1.",
         _CONTROLLED, _P, "lam", symbol="P", qiskit="cp cu1"),
    Gate("cu", "Apply `u`, times ``exp(1j * gamma)``, where the control is 1.",
         _CONTROLLED, _cu, "theta phi lam gamma", targets=1, symbol="U", undo=_u_undone),
    Gate("ccx", "Flip the target where both controls are 1 (Toffoli).",
         "control1 control2 target", _X, symbol="⊕"),
    Gate("ccz", "Change the sign where all three qubits are 1.", "a b c", _Z, symbol="●"),
    Gate("mcx", "Flip the target where all controls are 1.", "*controls target", _X, symbol="⊕"),
    Gate("mcp", "Multiply by ``exp(1j * lam)`` where the controls and the target are all 1.",
         "*controls target", _P, "lam", symbol="P", qiskit="mcphase"),
    Gate("swap", "Exchange two qubits.", "a b", _swap, symbol="✕"),
    Gate("iswap", "Exchange two qubits, with a factor 1j where they differ.",
         "a b", _ISWAP, inverse="iswapdg"),
    Gate("iswapdg", "", "a b", _ISWAPDG, inverse="iswap", qiskit=""),
    Gate("cswap", "Exchange two qubits where the control is 1 (Fredkin).",
         "control a b", _CSWAP, targets=2, symbol="✕"),
    Gate("rxx", "Rotate by ``exp(-1j * theta / 2 * X⊗X)``.", "a b", _RXX, "theta"),
    Gate("ryy", "Rotate by ``exp(-1j * theta / 2 * Y⊗Y)``.", "a b", _RYY, "theta"),
    Gate("rzz", "Rotate by ``exp(-1j * theta / 2 * Z⊗Z)``.", "a b", _RZZ, "theta"),
    Gate("rzx", "Rotate by ``exp(-1j * theta / 2 * Z⊗X)``.", "a b", _RZX, "theta"),
    Gate("ecr", "Apply the echoed cross-resonance gate, ``(X⊗1 - Y⊗X) / sqrt(2)``.", "a b", _ECR),
)
# fmt: on

#: All gates, by their names.
GATES = {gate.name: gate for gate in _ROWS}
#: Names that Qiskit has for gates, to ours.
QISKIT = {alias: gate.name for gate in _ROWS for alias in gate.qiskit}
