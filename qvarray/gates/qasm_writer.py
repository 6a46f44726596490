"""Circuits written as OpenQASM 2 programs, with definitions of gates that it does not have."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable

from ..core.values import Array
from .operations import Entry
from .oracles import Unitary

#: How ``qelib1.inc``, as Qiskit reads it, calls gates with many controls, by how many.
_MANY = {"mcx": {1: "cx", 2: "ccx", 3: "c3x", 4: "c4x"}, "mcp": {1: "cp"}}
#: Gates that it does not have, by others.
_DEFINED = {
    "ryy": "gate ryy(theta) a, b { rx(pi/2) a; rx(pi/2) b; rzz(theta) a, b; "
    "rx(-pi/2) a; rx(-pi/2) b; }",
    "rzx": "gate rzx(theta) a, b { h b; rzz(theta) a, b; h b; }",
    "ecr": "gate ecr a, b { h b; rzz(pi/2) a, b; h b; x a; }",
    "iswap": "gate iswap a, b { swap a, b; cz a, b; s a; s b; }",
    "iswapdg": "gate iswapdg a, b { swap a, b; cz a, b; sdg a; sdg b; }",
    "ccz": "gate ccz a, b, c { h c; ccx a, b, c; h c; }",
    "csxdg": "gate csxdg a, b { h b; cp(-pi/2) a, b; h b; }",
}


def _number(x: float) -> str:
    """Return an angle that is read as the same float.

    >>> _number(3 * math.pi / 4), _number(0.1), _number(1e-5)
    ('3*pi/4', '0.1', '1.0e-05')
    """
    for under in (1, 2, 4, 8, 16, 3, 6):
        times = round(x * under / math.pi)
        if times and times * math.pi / under == x:
            factor = {1: "", -1: "-"}.get(times, f"{times}*")
            return f"{factor}pi" + (f"/{under}" if under > 1 else "")
    mantissa, mark, exponent = repr(x).partition("e")
    if mark and "." not in mantissa:
        mantissa += ".0"
    return mantissa + mark + exponent


def _u_angles(matrix: Array) -> tuple[float, float, float]:
    """Return the angles of `u` for a unitary of one qubit, up to a global phase."""
    (a, b), (c, d) = matrix.tolist()
    theta = 2 * math.atan2(abs(c), abs(a))
    if abs(a) < 1e-12:
        return theta, cmath.phase(c / -b), 0.0
    if abs(c) < 1e-12:
        return theta, 0.0, cmath.phase(d / a)
    return theta, cmath.phase(c / a), cmath.phase(-b / a)


class _Writer:
    """A program as far as it has been written."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.definitions: dict[str, str] = {}
        self.lines: list[str] = []

    # -- gates of many controls -------------------------------------------------------------

    def _controlled_flip(self, controls: list[str], target: str) -> str:
        """Return a flip where many qubits are 1; the definition borrows a qubit."""
        name = _MANY["mcx"].get(len(controls))
        if name is None:
            name = self._many_phases(len(controls), "mcx")
        return f"{name} {', '.join([*controls, target])};"

    def _borrowing(self, controls: list[str], target: str, spare: str) -> str:
        """Return a flip where many qubits are 1, with a spare qubit in any state."""
        count = len(controls)
        if count <= 4:
            return self._controlled_flip(controls, target)
        name = f"mcx{count}_spare"
        if name not in self.definitions:
            names = [f"q{i}" for i in range(count)]
            half = (count + 1) // 2
            first = self._borrowing(names[:half], "s", "t")
            second = self._borrowing([*names[half:], "s"], "t", "q0")
            arguments = ", ".join([*names, "t", "s"])
            body = " ".join([first, second, first, second])
            self.definitions[name] = f"gate {name} {arguments} {{ {body} }}"
        return f"{name} {', '.join([*controls, target, spare])};"

    def _many_phases(self, count: int, kind: str) -> str:
        """Define a phase, or a flip, of a target where so many controls are 1; return its name.

        With half of the angle each: of the last control and the target, of these where all other
        controls flip the last one, and of the other controls and the target.
        """
        name = f"{kind}{count}"
        if name in self.definitions:
            return name
        names = [f"q{i}" for i in range(count)]
        arguments = ", ".join([*names, "t"])
        if kind == "mcx":
            inner = self._many_phases(count, "mcp")
            text = f"gate {name} {arguments} {{ h t; {inner}(pi) {arguments}; h t; }}"
        else:
            flip = self._borrowing(names[:-1], names[-1], "t")
            last = names[-1]
            rest = _MANY["mcp"].get(count - 1) or self._many_phases(count - 1, "mcp")
            text = (
                f"gate {name}(a) {arguments} {{ cp(a/2) {last}, t; {flip} cp(-a/2) {last}, t; "
                f"{flip} {rest}(a/2) {', '.join([*names[:-1], 't'])}; }}"
            )
        self.definitions[name] = text
        return name

    # -- steps ------------------------------------------------------------------------------

    def _gate(self, entry: Entry) -> str:
        operation = entry.operation
        assert operation is not None
        name, angles = operation.name, operation.params
        if operation.payload is not None:
            if not isinstance(operation.payload, Unitary) or len(entry.qubits) > 1:
                raise ValueError(
                    f"{name} on {len(entry.qubits)} qubits has no form in OpenQASM 2; "
                    "to_qiskit takes it as a matrix"
                )
            name, angles = "u", _u_angles(operation.payload.matrix)
        if name in _MANY:
            count = len(entry.qubits) - 1
            name = _MANY[name].get(count) or self._many_phases(count, name)
        elif name in _DEFINED:
            self.definitions[name] = _DEFINED[name]
        return name + (f"({', '.join(map(_number, angles))})" if angles else "")

    def _step(self, entry: Entry, place: dict[int, str]) -> Iterable[str]:
        qubits = [f"q[{q}]" for q in entry.qubits]
        if entry.kind == "measure":
            for q, b in zip(qubits, entry.clbits, strict=True):
                yield f"measure {q} -> {place[b]};"
        elif entry.kind == "reset":
            yield from (f"reset {q};" for q in qubits)
        elif entry.kind == "barrier":
            yield f"barrier {', '.join(qubits)};"
        else:
            yield f"{self._gate(entry)} {', '.join(qubits)};"

    def write(self, entries: list[Entry], m: int) -> None:
        """Write all steps, with the classical bits in registers of which conditions ask."""
        registers = _registers(entries, m)
        place: dict[int, str] = {}
        names: dict[tuple[int, ...], str] = {}
        for i, bits in enumerate(registers):
            names[bits] = name = "c" if len(registers) == 1 else f"c{i}"
            place.update((b, f"{name}[{j}]") for j, b in enumerate(bits))
            self.lines.append(f"creg {name}[{len(bits)}];")
        for entry in entries:
            prefix = ""
            if entry.condition is not None:
                which, value = entry.condition
                bits = tuple(sorted(which))
                ones = {b for i, b in enumerate(reversed(which)) if value >> i & 1}
                # A register's first bit is its least significant.
                number = sum(1 << j for j, b in enumerate(bits) if b in ones)
                prefix = f"if ({names[bits]} == {number}) "
                if entry.kind == "measure" and len(entry.qubits) > 1 and {*bits} & {*entry.clbits}:
                    raise ValueError("a measurement changes the bits of its own condition")
            self.lines.extend(prefix + line for line in self._step(entry, place))

    def text(self) -> str:
        """Return the program."""
        head = ["OPENQASM 2.0;", 'include "qelib1.inc";', *self.definitions.values()]
        return "\n".join([*head, f"qreg q[{self.n}];", *self.lines, ""])


def _registers(entries: list[Entry], m: int) -> list[tuple[int, ...]]:
    """Cut the classical bits into registers, so that conditions are of whole ones.

    Raises
    ------
    ValueError
        Where that cannot be: OpenQASM 2 compares nothing else.
    """
    wanted = {tuple(sorted(e.condition[0])) for e in entries if e.condition is not None}
    out, place = [], 0
    for bits in sorted(wanted):
        if bits[0] < place or bits != tuple(range(bits[0], bits[-1] + 1)):
            raise ValueError(
                f"a condition on the bits {list(bits)}: OpenQASM 2 has conditions on registers "
                "that do not overlap, of bits that follow each other"
            )
        if bits[0] > place:
            out.append(tuple(range(place, bits[0])))
        out.append(bits)
        place = bits[-1] + 1
    return [*out, tuple(range(place, m))] if place < m else out


def written(n: int, m: int, entries: list[Entry]) -> str:
    """Return a program of some steps on n qubits and m classical bits.

    Raises
    ------
    ValueError
        For matrices on several qubits, functions of registers, and conditions that OpenQASM 2
        does not have.
    """
    writer = _Writer(n)
    writer.write(entries, m)
    return writer.text()
