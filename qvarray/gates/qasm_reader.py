"""OpenQASM 2 programs read into the steps of a circuit, without Qiskit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ..array.virtual_array import VirtualQArray
from .gate_codes import ANGLES, BARRIER, CODES, MEASURE, NAMES, RESET, WIDTHS
from .gate_table import QISKIT
from .operations import Operation, applied
from .qasm_expressions import split_arguments, value_of
from .steps import Steps
from .validation import as_state

#: A gate of the table on some of the qubits of another gate: its code, the qubits and angles.
Part: TypeAlias = tuple[int, tuple[int, ...], tuple[float, ...]]
#: A qubit or bit, or all of a register.
Operand: TypeAlias = int | list[int]


@dataclass(frozen=True, eq=False)
class _Definition:
    """A gate that a program defines: gates, what angles they get, and on which of its qubits.

    A body of None is opaque.
    """

    name: str
    angles: tuple[str, ...]
    qubits: tuple[str, ...]
    body: tuple[tuple[_Gate, str, tuple[int, ...]], ...] | None


#: A code of the table, or a definition.
_Gate: TypeAlias = int | _Definition


# What ``qelib1.inc`` has besides the gates that have a name here.
_LIBRARY = """
gate u2(phi, lambda) q { u(pi/2, phi, lambda) q; }
gate u0(gamma) q { id q; }
gate cu3(theta, phi, lambda) c, t { cu(theta, phi, lambda, 0) c, t; }
gate c3x a, b, c, d { mcx a, b, c, d; }
gate c4x a, b, c, d, e { mcx a, b, c, d, e; }
gate c3sqrtx a, b, c, d { h d; mcp(pi/2) a, b, c, d; h d; }
gate rccx a, b, c {
  h c; t c; cx b, c; tdg c; cx a, c; t c; cx b, c; tdg c; h c;
}
gate rc3x a, b, c, d {
  h d; t d; cx c, d; tdg d; h d; cx a, d; t d; cx b, d; tdg d; cx a, d; t d; cx b, d; tdg d;
  h d; t d; cx c, d; tdg d; h d;
}
"""
#: Definitions on more qubits are not compared with the gates that have their names.
_LARGEST_SAME = 10
_COMMENT = re.compile(r"//[^\n]*")
_SPACE = re.compile(r"\s*")
_NAME = r"[A-Za-z_]\w*"
# A name, what is in brackets after it, and what follows.
_STATEMENT = re.compile(rf"\s*({_NAME})\s*(\([^;{{}}]*\))?([^;{{}}()]*);")
_GATE = re.compile(rf"\s*gate\s+({_NAME})\s*(?:\(([^()]*)\))?([^;{{}}()]*)\{{([^{{}}]*)\}}")
_OPAQUE = re.compile(rf"\s*opaque\s+({_NAME})\s*(?:\(([^()]*)\))?([^;{{}}()]*);")
_CONDITION = re.compile(rf"\s*if\s*\(\s*({_NAME})\s*==\s*(\d+)\s*\)([^;{{}}]*;)")
_OPERAND = re.compile(rf"\s*({_NAME})\s*(?:\[\s*(\d+)\s*\])?\s*")


def _names(text: str | None) -> tuple[str, ...]:
    names = tuple(part.strip() for part in split_arguments(text or ""))
    for name in names:
        if not re.fullmatch(_NAME, name):
            raise ValueError(f"{name!r} is no name")
    if len(set(names)) < len(names):
        raise ValueError(f"repeated names: {', '.join(names)}")
    return names


class _Program:
    """A program as far as it has been read."""

    def __init__(self) -> None:
        self.steps = Steps()
        self.qubits: dict[str, range] = {}
        self.bits: dict[str, range] = {}
        self.n = self.m = 0
        #: Gates by the names that the program has for them.
        self.gates: dict[str, _Gate] = {"U": CODES["u"], "CX": CODES["cx"]}
        self.operands: dict[str, tuple[int, ...]] = {}
        self.calls: dict[tuple[str, str | None], tuple[int, int, tuple[float, ...]]] = {}
        self.templates: dict[tuple[_Definition, tuple[float, ...]], list[Part]] = {}

    # -- statements -------------------------------------------------------------------------

    def read(self, text: str) -> None:
        """Read all statements of a text without comments."""
        place, end = 0, len(text.rstrip())
        steps, operands, calls = self.steps, self.operands, self.calls
        codes, qubits, angles = steps.codes, steps.qubits, steps.angles
        match = _STATEMENT.match
        while place < end:
            found = match(text, place)
            try:
                if found is None:
                    place = self._longer(text, place)
                    continue
                name, values, rest = found.groups()
                call, chosen = calls.get((name, values)), operands.get(rest)
                if call is not None and chosen is not None and call[1] == len(chosen):
                    codes.append(call[0])
                    qubits.extend(chosen)
                    if call[2]:
                        angles.extend(call[2])
                else:
                    self._statement(text, found)
            except ValueError as error:
                start = _SPACE.match(text, place)
                line = text.count("\n", 0, start.end() if start else place) + 1
                raise ValueError(f"line {line} of the program: {error}") from None
            place = found.end()

    def _longer(self, text: str, place: int) -> int:
        """Read a statement with more brackets than others; return where it ends."""
        for pattern in (_GATE, _OPAQUE):
            found = pattern.match(text, place)
            if found:
                self._define(found)
                return found.end()
        found = _CONDITION.match(text, place)
        if found is None:
            raise ValueError(f"{text[place:].strip().splitlines()[0]!r} cannot be read")
        self._conditional(found)
        return found.end()

    def _statement(self, text: str, found: re.Match[str]) -> None:
        name, values, rest = found.groups()
        if name == "if":
            condition = _CONDITION.fullmatch(text, *found.span())
            if condition is None:
                raise ValueError(f"{found[0].strip()!r} is no condition")
            self._conditional(condition)
        elif name == "OPENQASM":
            if rest.split(".")[0].strip() != "2":
                raise ValueError(f"a program in OpenQASM 2 is read, not {rest.strip()}")
        elif name == "include":
            if rest.strip() not in ('"qelib1.inc"', "'qelib1.inc'"):
                raise ValueError(f"only qelib1.inc can be included, not {rest.strip()}")
            self._include()
        elif name in ("qreg", "creg"):
            self._register(name, rest)
        elif name == "gate":
            raise ValueError("a gate has a body in braces")
        elif name == "opaque":
            opaque = _OPAQUE.fullmatch(text, *found.span())
            if opaque is None:
                raise ValueError(f"{found[0].strip()!r} cannot be read")
            self._define(opaque)
        else:
            self._operation(name, values, rest, None)

    def _include(self) -> None:
        """Take up the names of ``qelib1.inc``."""
        names = {alias: CODES[name] for alias, name in QISKIT.items()}
        self.gates = {**names, "mcp": CODES["mcp"]}
        for found in _GATE.finditer(_LIBRARY):
            self._define(found)
        self.gates.update(U=CODES["u"], CX=CODES["cx"])

    def _register(self, kind: str, rest: str) -> None:
        found = _OPERAND.fullmatch(rest)
        if found is None or not found[2]:
            raise ValueError(f"a register has a name and a size, got {rest.strip()!r}")
        name, size = found[1], int(found[2])
        if name in self.qubits or name in self.bits:
            raise ValueError(f"there are two registers {name!r}")
        if not size:
            raise ValueError(f"the register {name!r} has no elements")
        if kind == "qreg":
            self.qubits[name] = range(self.n, self.n + size)
            self.n += size
        else:
            self.bits[name] = range(self.m, self.m + size)
            self.m += size

    def _conditional(self, found: re.Match[str]) -> None:
        name, value = found[1], int(found[2])
        if name not in self.bits:
            raise ValueError(f"there is no classical register {name!r}")
        register = self.bits[name]
        if value >> len(register):
            raise ValueError(f"{value} is no value of {len(register)} classical bits")
        inner = _STATEMENT.fullmatch(found[3])
        if inner is None or inner[1] in ("if", "qreg", "creg", "include", "OPENQASM", "barrier"):
            raise ValueError(f"{found[3].strip()!r} cannot have a condition")
        # A register's first bit is its least significant.
        condition = tuple(register)[::-1], value
        self._operation(inner[1], inner[2], inner[3], condition)

    # -- operands ---------------------------------------------------------------------------

    def _operands(self, text: str, registers: dict[str, range], what: str) -> list[Operand]:
        """Return the elements, or all of the registers, that a list names."""
        out: list[Operand] = []
        for part in text.split(","):
            found = _OPERAND.fullmatch(part)
            if found is None:
                raise ValueError(f"{part.strip()!r} names no {what}")
            register = registers.get(found[1])
            if register is None:
                raise ValueError(f"there is no register {found[1]!r} of {what}s")
            if found[2] is None:
                out.append(list(register))
                continue
            place = int(found[2])
            if place >= len(register):
                raise ValueError(f"{what} {place} is out of range for {found[1]}[{len(register)}]")
            out.append(register[place])
        return out

    def _rows(self, operands: list[Operand]) -> list[tuple[int, ...]]:
        """Return the qubits of each of the gates that registers stand for."""
        sizes = {len(operand) for operand in operands if isinstance(operand, list)}
        if len(sizes) > 1:
            raise ValueError(f"registers of different sizes: {sorted(sizes)}")
        size = sizes.pop() if sizes else 1
        rows = [tuple(o[i] if isinstance(o, list) else o for o in operands) for i in range(size)]
        for row in rows:
            if len(set(row)) < len(row):
                raise ValueError(f"repeated qubits: {list(row)}")
        return rows

    # -- operations -------------------------------------------------------------------------

    def _operation(
        self,
        name: str,
        values: str | None,
        rest: str,
        condition: tuple[tuple[int, ...], int] | None,
    ) -> None:
        if name in ("measure", "reset", "barrier"):
            self._special(name, rest, condition)
            return
        rows = self._rows(self._operands(rest, self.qubits, "qubit"))
        angles = self._angles(values, {})
        gate = self._known(name)
        parts = self._template(gate, angles, len(rows[0]))
        for row in rows:
            for code, places, own in parts:
                self.steps.add(code, [row[i] for i in places], own, condition)
        # The next one like it is read faster.
        if isinstance(gate, int) and WIDTHS[gate] >= 0:
            self.calls[name, values] = (gate, int(WIDTHS[gate]), angles)
        if len(rows) == 1:
            self.operands[rest] = rows[0]

    def _special(self, name: str, rest: str, condition: tuple[tuple[int, ...], int] | None) -> None:
        text, _, target = rest.partition("->")
        qubits = self._flat(self._operands(text, self.qubits, "qubit"))
        if name != "measure":
            self.steps.add(RESET if name == "reset" else BARRIER, qubits, (), condition)
            return
        bits = self._flat(self._operands(target, self.bits, "bit"))
        if len(bits) != len(qubits):
            raise ValueError(f"{len(qubits)} qubits to measure into {len(bits)} classical bits")
        self.steps.clbits[len(self.steps)] = tuple(bits)
        self.steps.add(MEASURE, qubits, (), condition)

    def _flat(self, operands: list[Operand]) -> list[int]:
        flat = [i for o in operands for i in (o if isinstance(o, list) else [o])]
        return list(dict.fromkeys(flat))

    def _angles(self, text: str | None, names: dict[str, float]) -> tuple[float, ...]:
        if text is None:
            return ()
        return tuple(value_of(part, names) for part in split_arguments(text[1:-1]))

    # -- gates ------------------------------------------------------------------------------

    def _define(self, found: re.Match[str]) -> None:
        name, angles, qubits = found[1], _names(found[2]), _names(found[3])
        if not qubits:
            raise ValueError(f"the gate {name!r} has no qubits")
        if found.re is _OPAQUE:
            self.gates[name] = _Definition(name, angles, qubits, None)
            return
        body = []
        for statement in found[4].split(";"):
            if not statement.strip():
                continue
            inner = _STATEMENT.fullmatch(statement + ";")
            if inner is None:
                raise ValueError(f"{statement.strip()!r} cannot be read")
            if inner[1] == "barrier":
                continue
            chosen = _names(inner[3])
            for qubit in chosen:
                if qubit not in qubits:
                    raise ValueError(f"the gate {name!r} has no qubit {qubit!r}")
            places = tuple(qubits.index(qubit) for qubit in chosen)
            body.append((self._known(inner[1]), inner[2] or "()", places))
        gate = _Definition(name, angles, qubits, tuple(body))
        code = CODES.get(QISKIT.get(name, name))
        is_named = code is not None and self._is_same(gate, code)
        self.gates[name] = code if is_named and code is not None else gate
        self.calls.clear()

    def _is_same(self, gate: _Definition, code: int) -> bool:
        """Tell whether a definition is that of a gate of the table, up to a global phase.

        Of a random state and random angles: where two gates agree on these, they are the same.
        """
        width, rng = len(gate.qubits), np.random.default_rng(0)
        own = int(WIDTHS[code])
        if len(gate.angles) != ANGLES[code] or own not in (-1, width) or width > _LARGEST_SAME:
            return False
        angles = tuple(rng.uniform(-1, 1, len(gate.angles)).tolist())
        start = as_state(rng.standard_normal(1 << width) + 1j * rng.standard_normal(1 << width))
        found = []
        for one in (gate, code):
            state = start
            for part, chosen, values in self._template(one, angles, width):
                state = applied(state, Operation(NAMES[part], chosen, values))
            found.append(VirtualQArray(state).todense())
        size = float(np.linalg.norm(found[1])) ** 2
        return abs(abs(complex(np.vdot(found[0], found[1]))) / size - 1) < 1e-9

    def _known(self, name: str) -> _Gate:
        gate = self.gates.get(name)
        if gate is None:
            hint = "" if "h" in self.gates else "; qelib1.inc is not included"
            raise ValueError(f"there is no gate {name!r}{hint}")
        return gate

    def _template(self, gate: _Gate, angles: tuple[float, ...], width: int) -> list[Part]:
        """Return a gate as gates of the table, on places among its qubits."""
        if isinstance(gate, int):
            own = int(WIDTHS[gate])
            counts = int(ANGLES[gate]), own if own >= 0 else max(2, width)
            _require_counts(NAMES[gate], len(angles), width, *counts)
            return [(gate, tuple(range(width)), angles)]
        _require_counts(gate.name, len(angles), width, len(gate.angles), len(gate.qubits))
        if gate.body is None:
            raise ValueError(f"the gate {gate.name!r} is opaque: what it does is not known")
        parts = self.templates.get((gate, angles))
        if parts is None:
            names = dict(zip(gate.angles, angles, strict=True))
            parts = [
                (code, tuple(places[i] for i in chosen), values)
                for inner, text, places in gate.body
                for code, chosen, values in self._template(
                    inner, self._angles(text, names), len(places)
                )
            ]
            self.templates[gate, angles] = parts
        return parts


def _require_counts(name: str, angles: int, qubits: int, takes: int, width: int) -> None:
    if angles != takes or qubits != width:
        raise ValueError(
            f"{name} takes {takes} angles and {width} qubits, got {angles} and {qubits}"
        )


def read(text: str) -> tuple[int, int, Steps]:
    """Read a program; return how many qubits and classical bits it has, and its steps.

    Raises
    ------
    ValueError
        For what is not OpenQASM 2, with the line.
    """
    program = _Program()
    program.read(_COMMENT.sub("", text))
    return program.n, program.m, program.steps
