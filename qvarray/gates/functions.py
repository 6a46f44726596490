"""The named gates: functions from array to array.

Qubit q is axis q of the array as ``(2,) * n``: qubit 0 is the most significant bit of an index,
and the first character of a bit string. Angles are in radians.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from .gate_table import GATES, Operation, applied
from .validation import as_state, many, qubit_list, real

__all__ = [
    "ccx",
    "ccz",
    "ch",
    "cp",
    "crx",
    "cry",
    "crz",
    "cswap",
    "csx",
    "cu",
    "cx",
    "cy",
    "cz",
    "ecr",
    "h",
    "iswap",
    "mcp",
    "mcx",
    "p",
    "rx",
    "rxx",
    "ry",
    "ryy",
    "rz",
    "rzz",
    "s",
    "sdg",
    "swap",
    "sx",
    "sxdg",
    "t",
    "tdg",
    "u",
    "x",
    "y",
    "z",
]


def make(name: str, params: Sequence[Any], qubits: Sequence[Any], n: int) -> Operation:
    """A named gate on some qubits of n, checked.

    Raises
    ------
    ValueError
        For a name that there is not, another number of angles or qubits, qubits out of range or
        repeated, an angle that is no finite real number.
    """
    gate = GATES.get(name)
    if gate is None:
        raise ValueError(f"there is no gate {name!r}")
    wanted = gate.qubits or max(2, len(qubits))
    if len(params) != len(gate.params) or len(qubits) != wanted:
        raise ValueError(
            f"{name} takes {len(gate.params)} angles and {gate.qubits or 'two or more'} qubits, "
            f"got {list(params)} and {list(qubits)}"
        )
    return Operation(
        name, tuple(qubit_list(qubits, n)), tuple(real("an angle", one) for one in params)
    )


def _gate(x: Any, name: str, params: Sequence[Any], qubits: Sequence[Any]) -> VirtualQArray:
    state = as_state(x)
    return VirtualQArray(applied(state, make(name, params, qubits, state.n)))


def x(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The Pauli X gate, a flip of one qubit.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "x", (), (qubit,))


def y(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The Pauli Y gate.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "y", (), (qubit,))


def z(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The Pauli Z gate.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "z", (), (qubit,))


def h(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The Hadamard gate: it switches the qubit between the standard and the walsh basis.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "h", (), (qubit,))


def s(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The S gate, a quarter turn of the amplitudes of 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "s", (), (qubit,))


def sdg(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The inverse of the S gate.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "sdg", (), (qubit,))


def t(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The T gate, an eighth of a turn of the amplitudes of 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "t", (), (qubit,))


def tdg(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The inverse of the T gate.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "tdg", (), (qubit,))


def sx(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The square root of the X gate.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "sx", (), (qubit,))


def sxdg(x: ArrayLike | VirtualQArray, qubit: int) -> VirtualQArray:
    """The inverse of the square root of the X gate.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "sxdg", (), (qubit,))


def rx(x: ArrayLike | VirtualQArray, theta: float, qubit: int) -> VirtualQArray:
    """A rotation about X, ``exp(-1j * theta / 2 * X)``.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "rx", (theta,), (qubit,))


def ry(x: ArrayLike | VirtualQArray, theta: float, qubit: int) -> VirtualQArray:
    """A rotation about Y, ``exp(-1j * theta / 2 * Y)``.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "ry", (theta,), (qubit,))


def rz(x: ArrayLike | VirtualQArray, theta: float, qubit: int) -> VirtualQArray:
    """A rotation about Z, ``exp(-1j * theta / 2 * Z)``.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "rz", (theta,), (qubit,))


def p(x: ArrayLike | VirtualQArray, lam: float, qubit: int) -> VirtualQArray:
    """A phase ``exp(1j * lam)`` of the amplitudes of 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "p", (lam,), (qubit,))


def u(
    x: ArrayLike | VirtualQArray, theta: float, phi: float, lam: float, qubit: int
) -> VirtualQArray:
    """Any gate on one qubit, up to a global phase.

    See `qvarray.gates` for the arguments, what is raised, and the cost.

    Its matrix is ``[[cos, -e(lam) sin], [e(phi) sin, e(phi + lam) cos]]`` with the cosine and the
    sine of ``theta / 2`` and ``e(a) = exp(1j * a)``.
    """
    return _gate(x, "u", (theta, phi, lam), (qubit,))


def cx(x: ArrayLike | VirtualQArray, control: int, target: int) -> VirtualQArray:
    """The X gate where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "cx", (), (control, target))


def cy(x: ArrayLike | VirtualQArray, control: int, target: int) -> VirtualQArray:
    """The Y gate where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "cy", (), (control, target))


def cz(x: ArrayLike | VirtualQArray, control: int, target: int) -> VirtualQArray:
    """The Z gate where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "cz", (), (control, target))


def ch(x: ArrayLike | VirtualQArray, control: int, target: int) -> VirtualQArray:
    """The Hadamard gate where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "ch", (), (control, target))


def csx(x: ArrayLike | VirtualQArray, control: int, target: int) -> VirtualQArray:
    """The square root of X where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "csx", (), (control, target))


def cp(x: ArrayLike | VirtualQArray, lam: float, control: int, target: int) -> VirtualQArray:
    """A phase ``exp(1j * lam)`` where both qubits are 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "cp", (lam,), (control, target))


def crx(x: ArrayLike | VirtualQArray, theta: float, control: int, target: int) -> VirtualQArray:
    """The gate `rx` where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "crx", (theta,), (control, target))


def cry(x: ArrayLike | VirtualQArray, theta: float, control: int, target: int) -> VirtualQArray:
    """The gate `ry` where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "cry", (theta,), (control, target))


def crz(x: ArrayLike | VirtualQArray, theta: float, control: int, target: int) -> VirtualQArray:
    """The gate `rz` where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "crz", (theta,), (control, target))


def cu(
    x: ArrayLike | VirtualQArray,
    theta: float,
    phi: float,
    lam: float,
    gamma: float,
    control: int,
    target: int,
) -> VirtualQArray:
    """The gate `u` times ``exp(1j * gamma)`` where the control is 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "cu", (theta, phi, lam, gamma), (control, target))


def swap(x: ArrayLike | VirtualQArray, a: int, b: int) -> VirtualQArray:
    """Exchange two qubits.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "swap", (), (a, b))


def iswap(x: ArrayLike | VirtualQArray, a: int, b: int) -> VirtualQArray:
    """Exchange two qubits, with a factor 1j where they differ.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "iswap", (), (a, b))


def cswap(x: ArrayLike | VirtualQArray, control: int, a: int, b: int) -> VirtualQArray:
    """Exchange two qubits where the control is 1 (Fredkin).

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "cswap", (), (control, a, b))


def ccx(x: ArrayLike | VirtualQArray, control1: int, control2: int, target: int) -> VirtualQArray:
    """The X gate where both controls are 1 (Toffoli).

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "ccx", (), (control1, control2, target))


def ccz(x: ArrayLike | VirtualQArray, a: int, b: int, c: int) -> VirtualQArray:
    """A sign where all three qubits are 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "ccz", (), (a, b, c))


def rxx(x: ArrayLike | VirtualQArray, theta: float, a: int, b: int) -> VirtualQArray:
    """The rotation ``exp(-1j * theta / 2 * X⊗X)``.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "rxx", (theta,), (a, b))


def ryy(x: ArrayLike | VirtualQArray, theta: float, a: int, b: int) -> VirtualQArray:
    """The rotation ``exp(-1j * theta / 2 * Y⊗Y)``.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "ryy", (theta,), (a, b))


def rzz(x: ArrayLike | VirtualQArray, theta: float, a: int, b: int) -> VirtualQArray:
    """The rotation ``exp(-1j * theta / 2 * Z⊗Z)``.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "rzz", (theta,), (a, b))


def ecr(x: ArrayLike | VirtualQArray, a: int, b: int) -> VirtualQArray:
    """The echoed cross-resonance gate, ``(X⊗1 - Y⊗X) / sqrt(2)``.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "ecr", (), (a, b))


def mcx(x: ArrayLike | VirtualQArray, controls: Sequence[int], target: int) -> VirtualQArray:
    """The X gate where all controls are 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "mcx", (), (*many(controls), target))


def mcp(
    x: ArrayLike | VirtualQArray, lam: float, controls: Sequence[int], target: int
) -> VirtualQArray:
    """A phase ``exp(1j * lam)`` where the controls and the target are all 1.

    See `qvarray.gates` for the arguments, what is raised, and the cost.
    """
    return _gate(x, "mcp", (lam,), (*many(controls), target))
