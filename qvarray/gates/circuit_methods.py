"""The named gates as methods of circuits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self, TypeVar

__all__ = ["GateMethods"]

C = TypeVar("C", bound="GateMethods")


class GateMethods(ABC):
    """Methods that append one gate each, and return the circuit.

    Their arguments are those of the functions of the same names, without the array.
    """

    @abstractmethod
    def append(self: C, gate: Any, *arguments: Any, condition: Any = None) -> C:
        """Append a gate."""

    def x(self, qubit: int, *, condition: Any = None) -> Self:
        """The Pauli X gate, a flip of one qubit."""
        return self.append("x", qubit, condition=condition)

    def y(self, qubit: int, *, condition: Any = None) -> Self:
        """The Pauli Y gate."""
        return self.append("y", qubit, condition=condition)

    def z(self, qubit: int, *, condition: Any = None) -> Self:
        """The Pauli Z gate."""
        return self.append("z", qubit, condition=condition)

    def h(self, qubit: int, *, condition: Any = None) -> Self:
        """The Hadamard gate: it switches the qubit between the standard and the walsh basis."""
        return self.append("h", qubit, condition=condition)

    def s(self, qubit: int, *, condition: Any = None) -> Self:
        """The S gate, a quarter turn of the amplitudes of 1."""
        return self.append("s", qubit, condition=condition)

    def sdg(self, qubit: int, *, condition: Any = None) -> Self:
        """The inverse of the S gate."""
        return self.append("sdg", qubit, condition=condition)

    def t(self, qubit: int, *, condition: Any = None) -> Self:
        """The T gate, an eighth of a turn of the amplitudes of 1."""
        return self.append("t", qubit, condition=condition)

    def tdg(self, qubit: int, *, condition: Any = None) -> Self:
        """The inverse of the T gate."""
        return self.append("tdg", qubit, condition=condition)

    def sx(self, qubit: int, *, condition: Any = None) -> Self:
        """The square root of the X gate."""
        return self.append("sx", qubit, condition=condition)

    def sxdg(self, qubit: int, *, condition: Any = None) -> Self:
        """The inverse of the square root of the X gate."""
        return self.append("sxdg", qubit, condition=condition)

    def rx(self, theta: float, qubit: int, *, condition: Any = None) -> Self:
        """A rotation about X, ``exp(-1j * theta / 2 * X)``."""
        return self.append("rx", theta, qubit, condition=condition)

    def ry(self, theta: float, qubit: int, *, condition: Any = None) -> Self:
        """A rotation about Y, ``exp(-1j * theta / 2 * Y)``."""
        return self.append("ry", theta, qubit, condition=condition)

    def rz(self, theta: float, qubit: int, *, condition: Any = None) -> Self:
        """A rotation about Z, ``exp(-1j * theta / 2 * Z)``."""
        return self.append("rz", theta, qubit, condition=condition)

    def p(self, lam: float, qubit: int, *, condition: Any = None) -> Self:
        """A phase ``exp(1j * lam)`` of the amplitudes of 1."""
        return self.append("p", lam, qubit, condition=condition)

    def u(self, theta: float, phi: float, lam: float, qubit: int, *, condition: Any = None) -> Self:
        """Any gate on one qubit, up to a global phase."""
        return self.append("u", theta, phi, lam, qubit, condition=condition)

    def cx(self, control: int, target: int, *, condition: Any = None) -> Self:
        """The X gate where the control is 1."""
        return self.append("cx", control, target, condition=condition)

    def cy(self, control: int, target: int, *, condition: Any = None) -> Self:
        """The Y gate where the control is 1."""
        return self.append("cy", control, target, condition=condition)

    def cz(self, control: int, target: int, *, condition: Any = None) -> Self:
        """The Z gate where the control is 1."""
        return self.append("cz", control, target, condition=condition)

    def ch(self, control: int, target: int, *, condition: Any = None) -> Self:
        """The Hadamard gate where the control is 1."""
        return self.append("ch", control, target, condition=condition)

    def csx(self, control: int, target: int, *, condition: Any = None) -> Self:
        """The square root of X where the control is 1."""
        return self.append("csx", control, target, condition=condition)

    def cp(self, lam: float, control: int, target: int, *, condition: Any = None) -> Self:
        """A phase ``exp(1j * lam)`` where both qubits are 1."""
        return self.append("cp", lam, control, target, condition=condition)

    def crx(self, theta: float, control: int, target: int, *, condition: Any = None) -> Self:
        """The gate `rx` where the control is 1."""
        return self.append("crx", theta, control, target, condition=condition)

    def cry(self, theta: float, control: int, target: int, *, condition: Any = None) -> Self:
        """The gate `ry` where the control is 1."""
        return self.append("cry", theta, control, target, condition=condition)

    def crz(self, theta: float, control: int, target: int, *, condition: Any = None) -> Self:
        """The gate `rz` where the control is 1."""
        return self.append("crz", theta, control, target, condition=condition)

    def cu(
        self,
        theta: float,
        phi: float,
        lam: float,
        gamma: float,
        control: int,
        target: int,
        *,
        condition: Any = None,
    ) -> Self:
        """The gate `u` times ``exp(1j * gamma)`` where the control is 1."""
        return self.append("cu", theta, phi, lam, gamma, control, target, condition=condition)

    def swap(self, a: int, b: int, *, condition: Any = None) -> Self:
        """Exchange two qubits."""
        return self.append("swap", a, b, condition=condition)

    def iswap(self, a: int, b: int, *, condition: Any = None) -> Self:
        """Exchange two qubits, with a factor 1j where they differ."""
        return self.append("iswap", a, b, condition=condition)

    def cswap(self, control: int, a: int, b: int, *, condition: Any = None) -> Self:
        """Exchange two qubits where the control is 1 (Fredkin)."""
        return self.append("cswap", control, a, b, condition=condition)

    def ccx(self, control1: int, control2: int, target: int, *, condition: Any = None) -> Self:
        """The X gate where both controls are 1 (Toffoli)."""
        return self.append("ccx", control1, control2, target, condition=condition)

    def ccz(self, a: int, b: int, c: int, *, condition: Any = None) -> Self:
        """A sign where all three qubits are 1."""
        return self.append("ccz", a, b, c, condition=condition)

    def rxx(self, theta: float, a: int, b: int, *, condition: Any = None) -> Self:
        """The rotation ``exp(-1j * theta / 2 * X⊗X)``."""
        return self.append("rxx", theta, a, b, condition=condition)

    def ryy(self, theta: float, a: int, b: int, *, condition: Any = None) -> Self:
        """The rotation ``exp(-1j * theta / 2 * Y⊗Y)``."""
        return self.append("ryy", theta, a, b, condition=condition)

    def rzz(self, theta: float, a: int, b: int, *, condition: Any = None) -> Self:
        """The rotation ``exp(-1j * theta / 2 * Z⊗Z)``."""
        return self.append("rzz", theta, a, b, condition=condition)

    def ecr(self, a: int, b: int, *, condition: Any = None) -> Self:
        """The echoed cross-resonance gate, ``(X⊗1 - Y⊗X) / sqrt(2)``."""
        return self.append("ecr", a, b, condition=condition)

    def mcx(self, controls: Sequence[int], target: int, *, condition: Any = None) -> Self:
        """The X gate where all controls are 1."""
        return self.append("mcx", controls, target, condition=condition)

    def mcp(
        self, lam: float, controls: Sequence[int], target: int, *, condition: Any = None
    ) -> Self:
        """A phase ``exp(1j * lam)`` where the controls and the target are all 1."""
        return self.append("mcp", lam, controls, target, condition=condition)
