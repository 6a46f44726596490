"""Circuits drawn as text."""

from __future__ import annotations

from collections.abc import Sequence

from .gate_table import GATES
from .operations import Entry

# Symbols that stand on a wire without brackets.
_MARKS = "⊕✕●"
_BARRIER = "░"


def _labels(entry: Entry) -> dict[int, str]:
    """Return what is written on each qubit of an entry."""
    qubits, operation = entry.qubits, entry.operation
    if operation is None:
        if entry.kind == "measure":
            return {q: f"[M→{c}]" for q, c in zip(qubits, entry.clbits, strict=True)}
        if entry.kind == "barrier":
            return dict.fromkeys(qubits, _BARRIER)
        return dict.fromkeys(qubits, "|0⟩")
    gate = GATES[operation.name] if operation.payload is None else None
    symbol, targets = (gate.symbol, gate.targets) if gate else (operation.name, len(qubits))
    mark = "?" if entry.condition is not None else ""
    angles = ", ".join(
        format(angle, ".3g") if isinstance(angle, float) else str(angle)
        for angle in operation.params
    )
    if angles:
        angles = f"({angles})"
    count = len(qubits) - targets
    labels = dict.fromkeys(qubits[:count], "●")
    for place, q in enumerate(qubits[count:]):
        number = f":{place}" if targets > 1 else ""
        labels[q] = f"[{symbol}{angles}{number}{mark}]" if symbol not in _MARKS else symbol + mark
    return labels


def draw(n: int, entries: Sequence[Entry], width: int = 100) -> str:
    """Return the wires of n qubits with gates on them, in blocks of at most `width` characters."""
    columns: list[list[tuple[int, int, dict[int, str]]]] = []
    front = [0] * n
    for entry in entries:
        labels = _labels(entry)
        if not labels:
            continue
        low, high = min(labels), max(labels)
        place = max(front[low : high + 1])
        if place == len(columns):
            columns.append([])
        columns[place].append((low, high, labels))
        front[low : high + 1] = [place + 1] * (high + 1 - low)
    names = [f"q{q}: " for q in range(n)]
    margin = max(map(len, names))
    blocks: list[list[str]] = []
    wires = [name.rjust(margin) + "─" for name in names]
    gaps = [" " * (margin + 1)] * (n - 1)
    start = (wires, gaps)
    wires, gaps = list(wires), list(gaps)
    for column in columns:
        size = max(len(text) for _, _, labels in column for text in labels.values())
        if len(wires[0]) + size + 1 > width and len(wires[0]) > margin + 1:
            blocks.append(_woven(wires, gaps))
            wires, gaps = list(start[0]), list(start[1])
        text = ["─" * size] * n
        line = [" " * size] * (n - 1)
        for low, high, labels in column:
            for q in range(low, high + 1):
                text[q] = labels.get(q, "┼").center(size, "─")
            bar = _BARRIER if labels[low] == _BARRIER else "│"
            for q in range(low, high):
                line[q] = bar.center(size)
        wires = [wire + part + "─" for wire, part in zip(wires, text, strict=True)]
        gaps = [gap + part + " " for gap, part in zip(gaps, line, strict=True)]
    blocks.append(_woven(wires, gaps))
    return "\n\n".join("\n".join(block) for block in blocks)


def _woven(wires: list[str], gaps: list[str]) -> list[str]:
    out = [wires[0]]
    for gap, wire in zip(gaps, wires[1:], strict=True):
        out += [gap.rstrip(), wire]
    return out
