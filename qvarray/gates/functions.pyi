# Written by `python -m qvarray.gates.stubs`.

from collections.abc import Sequence
from typing import TypeAlias

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from .outputs import Out
from .validation import Qubits

Angles: TypeAlias = float | Sequence[float]

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
    "rzx",
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

def ccx(
    x: ArrayLike | VirtualQArray,
    control1: Qubits,
    control2: Qubits,
    target: Qubits,
    *,
    out: Out = None,
) -> VirtualQArray: ...
def ccz(
    x: ArrayLike | VirtualQArray, a: Qubits, b: Qubits, c: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def ch(
    x: ArrayLike | VirtualQArray, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def cp(
    x: ArrayLike | VirtualQArray, lam: Angles, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def crx(
    x: ArrayLike | VirtualQArray, theta: Angles, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def cry(
    x: ArrayLike | VirtualQArray, theta: Angles, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def crz(
    x: ArrayLike | VirtualQArray, theta: Angles, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def cswap(
    x: ArrayLike | VirtualQArray, control: Qubits, a: Qubits, b: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def csx(
    x: ArrayLike | VirtualQArray, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def cu(
    x: ArrayLike | VirtualQArray,
    theta: Angles,
    phi: Angles,
    lam: Angles,
    gamma: Angles,
    control: Qubits,
    target: Qubits,
    *,
    out: Out = None,
) -> VirtualQArray: ...
def cx(
    x: ArrayLike | VirtualQArray, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def cy(
    x: ArrayLike | VirtualQArray, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def cz(
    x: ArrayLike | VirtualQArray, control: Qubits, target: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def ecr(
    x: ArrayLike | VirtualQArray, a: Qubits, b: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def h(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def iswap(
    x: ArrayLike | VirtualQArray, a: Qubits, b: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def mcp(
    x: ArrayLike | VirtualQArray,
    lam: Angles,
    controls: Sequence[int],
    target: int,
    *,
    out: Out = None,
) -> VirtualQArray: ...
def mcx(
    x: ArrayLike | VirtualQArray, controls: Sequence[int], target: int, *, out: Out = None
) -> VirtualQArray: ...
def p(
    x: ArrayLike | VirtualQArray, lam: Angles, qubit: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def rx(
    x: ArrayLike | VirtualQArray, theta: Angles, qubit: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def rxx(
    x: ArrayLike | VirtualQArray, theta: Angles, a: Qubits, b: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def ry(
    x: ArrayLike | VirtualQArray, theta: Angles, qubit: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def ryy(
    x: ArrayLike | VirtualQArray, theta: Angles, a: Qubits, b: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def rz(
    x: ArrayLike | VirtualQArray, theta: Angles, qubit: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def rzx(
    x: ArrayLike | VirtualQArray, theta: Angles, a: Qubits, b: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def rzz(
    x: ArrayLike | VirtualQArray, theta: Angles, a: Qubits, b: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def s(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def sdg(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def swap(
    x: ArrayLike | VirtualQArray, a: Qubits, b: Qubits, *, out: Out = None
) -> VirtualQArray: ...
def sx(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def sxdg(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def t(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def tdg(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def u(
    x: ArrayLike | VirtualQArray,
    theta: Angles,
    phi: Angles,
    lam: Angles,
    qubit: Qubits,
    *,
    out: Out = None,
) -> VirtualQArray: ...
def x(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def y(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
def z(x: ArrayLike | VirtualQArray, qubit: Qubits, *, out: Out = None) -> VirtualQArray: ...
