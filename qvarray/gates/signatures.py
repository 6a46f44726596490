"""Functions and methods made from rows of the gate table, with signatures and docstrings."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from .gate_codes import CODES
from .gate_table import GATES, Gate

#: Rows that have a function and a method, by their names.
PUBLIC = {name: GATES[name] for name in sorted(GATES) if GATES[name].summary}

_WIDTH = 100


# -- source ---------------------------------------------------------------------------------


def _definition(
    gate: Gate, first: str, angle: str, last: Iterable[str], result: str, indent: str = ""
) -> str:
    """Return the head of a definition, broken where the line is too long, as formatters do.

    >>> _definition(GATES["rx"], "x", "float", (), "str")
    'def rx(x, theta: float, qubit: Qubits) -> str:'
    """
    angles = (f"{name}: {angle}" for name in gate.angles)
    one = "int" if gate.is_variadic else "Qubits"
    qubits = (
        f"{name[1:]}: Sequence[int]" if name.startswith("*") else f"{name}: {one}"
        for name in gate.qubits
    )
    arguments = [first, *angles, *qubits, *last]
    joined = ", ".join(arguments)
    if len(f"{indent}def {gate.name}({joined}) -> {result}: ...") > _WIDTH:
        inside = indent + "    "
        fits = len(inside + joined) <= _WIDTH
        lines = [joined] if fits else [f"{argument}," for argument in arguments]
        joined = "".join(f"\n{inside}{line}" for line in lines) + f"\n{indent}"
    return f"{indent}def {gate.name}({joined}) -> {result}:"


def function_head(gate: Gate) -> str:
    """Return how a gate's function begins."""
    last = ("*", "out: Out = None")
    return _definition(gate, "x: ArrayLike | VirtualQArray", "Angles", last, "VirtualQArray")


def method_head(gate: Gate, indent: str = "") -> str:
    """Return how a gate's method begins."""
    last = ("*", "condition: Condition | None = None")
    return _definition(gate, "self", "Angles", last, "Self", indent)


def _tuple(names: Iterable[str]) -> str:
    return "(" + "".join(f"{name}, " for name in names) + ")"


def functions(namespace: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return the functions of all gates. `namespace` has what their source names."""

    def source(gate: Gate) -> str:
        qubits = (f"*many({q[1:]})" if q.startswith("*") else q for q in gate.qubits)
        arguments = f'x, "{gate.name}", {_tuple(gate.angles)}, {_tuple(qubits)}, out'
        return f"{function_head(gate)}\n    return apply({arguments})\n"

    return _made(PUBLIC, source, _function_docstring, "", namespace)


def methods(namespace: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """Return the methods of all gates, and of rows without one. `namespace` has what they name.

    Single qubits and floats that are valid go into the arrays of a circuit here; all else goes to
    its method ``_checked``.
    """

    def source(gate: Gate) -> str:
        names = "".join(f"{name}, " for name in (*gate.angles, *gate.qubits)).replace("*", "")
        slow = f'return self._checked("{gate.name}", ({names}), condition)'
        if gate.is_variadic:
            return f"{method_head(gate)}\n    {slow}\n"
        return f"{method_head(gate)}\n{_appended(gate)}    {slow}\n"

    return _made(GATES, source, _method_docstring, "Circuit.", namespace)


def _appended(gate: Gate) -> str:
    """Return what appends a gate on single qubits, of ints and floats that are valid."""
    tests = ["condition is None", *(f"type({q}) is int" for q in gate.qubits)]
    tests += [f"isinstance({a}, float) and -INF < {a} < INF" for a in gate.angles]
    tests += [f"-1 < {q} < self.n" for q in gate.qubits]
    tests += [f"{a} != {b}" for a, b in itertools.combinations(gate.qubits, 2)]
    lines = ["steps = self.steps", f"steps.codes.append({CODES[gate.name]})"]
    lines += [f"steps.angles.append({a})" for a in gate.angles]
    lines += [f"steps.qubits.append({q})" for q in gate.qubits]
    body = "".join(f"        {line}\n" for line in [*lines, "return self"])
    return f"    if {' and '.join(tests)}:\n{body}"


def _made(
    gates: dict[str, Gate],
    source: Callable[[Gate], str],
    docstring: Callable[[Gate], str],
    prefix: str,
    namespace: dict[str, Any],
) -> dict[str, Callable[..., Any]]:
    made: dict[str, Any] = {}
    text = "\n".join(map(source, gates.values()))
    # Names and signatures of the table, so that calls cost and fail as those of any function.
    exec(compile(text, f"<{__name__}>", "exec"), namespace, made)  # noqa: S102
    for name, function in made.items():
        function.__module__ = __package__
        function.__qualname__ = prefix + name
        function.__doc__ = docstring(gates[name])
    return made


# -- docstrings -----------------------------------------------------------------------------

_ONE_QUBIT = "O(1): the frame of the qubit takes it up. O(n**2) where a Clifford gate is kept."
_SEVERAL = (
    "O(n) where the map, the phases or the constants of the state take it up; else O(k) for k "
    "amplitudes, with at most twice as many for each qubit whose basis is switched."
)


def _filled(text: str, indent: str = "") -> str:
    """Break lines between words; a tenth of the time of textwrap, which imports would wait for."""
    lines = [indent]
    for word in text.split():
        if len(lines[-1]) + len(word) >= _WIDTH - 4:
            lines.append(indent)
        lines[-1] += f" {word}" if lines[-1].strip() else word
    return "\n".join(lines)


def _parameters(gate: Gate, angle: str) -> str:
    several = "" if gate.is_variadic else ", or sequence of them"
    text = f"{', '.join(gate.angles)} : {angle}{several}\n    In radians.\n" if gate.angles else ""
    if gate.is_variadic:
        text += f"{gate.qubits[0][1:]} : sequence of int\n    One or more qubits.\n"
    qubits = ", ".join(gate.qubits[gate.is_variadic :])
    text += f"{qubits} : int{several}\n    Qubit q is axis q of the state as ``(2,) * n``."
    return text if gate.is_variadic else f"{text} Of several, a gate for each."


def _error(gate: Gate, more: str) -> str:
    angles = "an angle that is no finite real number; " if gate.angles else ""
    several = "" if gate.is_variadic else "sequences of different lengths; "
    return _filled(f"For a qubit out of range or repeated; {angles}{several}{more}", "    ")


def _notes(gate: Gate) -> str:
    paragraphs = [gate.notes, _ONE_QUBIT if len(gate.qubits) == 1 else _SEVERAL]
    if gate.inverse != gate.name:
        paragraphs.append(f"It is undone by `{gate.inverse}`." if gate.inverse in PUBLIC else "")
    elif len(gate.angles) < 2:
        paragraphs.append(
            f"The same with ``-{gate.angles[0]}`` undoes it."
            if gate.angles
            else "It undoes itself."
        )
    return "\n\n".join(_filled(text) for text in paragraphs if text)


def _function_docstring(gate: Gate) -> str:
    return f"""\
{gate.summary}

Parameters
----------
x : array_like, shape (2**n,) or (2,) * n
    A state. It is not changed, unless it is `out`.
{_parameters(gate, "float")}
out : array, shape of `x`, optional
    What becomes the state after the gate, and is returned.

Returns
-------
VirtualQArray
    Of the shape of `x`, complex128.

Raises
------
ValueError
{
        _error(
            gate,
            "an array of another shape, or with elements that are not finite; "
            "an output that is read-only or of another shape.",
        )
    }
TypeError
    For an output that complex numbers are not cast to, or of a state that is no array.
MaterializationError
    Where amplitudes have to be computed that are over the memory budget.

Notes
-----
{_notes(gate)}
"""


def _method_docstring(gate: Gate) -> str:
    return f"""\
{gate.summary}

Parameters
----------
{_parameters(gate, "float or Parameter")}
condition : tuple of (classical bits, value), optional
    The gate is applied only where these bits, the first the most significant, have that value.

Returns
-------
Circuit
    This one, with the gate appended.

Raises
------
ValueError
{_error(gate, "a condition on bits that there are not. Nothing is appended then.")}

Notes
-----
{_notes(gate)}
"""
