"""Circuits as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["draw"]

# How many of the first qubits of a gate are its controls.
_CONTROLS = {
    "cx": 1, "cy": 1, "cz": 1, "ch": 1, "cp": 1, "crx": 1, "cry": 1, "crz": 1, "cu": 1,
    "csx": 1, "csxdg": 1, "cswap": 1, "ccx": 2, "ccz": 2,
}  # fmt: skip


def _angles(params: Sequence[float]) -> str:
    return "(" + ", ".join(format(one, ".3g") for one in params) + ")" if params else ""


def _labels(entry: Any) -> dict[int, str]:
    """What is written on each qubit of an entry."""
    qubits = entry.qubits
    if entry.kind != "gate":
        if entry.kind == "measure":
            return {q: f"[M→{c}]" for q, c in zip(qubits, entry.clbits, strict=True)}
        return dict.fromkeys(qubits, "|0⟩")
    operation = entry.operation
    name = operation.name
    mark = "?" if entry.condition is not None else ""
    count = _CONTROLS.get(name, len(qubits) - 1 if name in ("mcx", "mcp") else 0)
    labels = dict.fromkeys(qubits[:count], "●")
    base = name.lstrip("mc") if count and name != "cswap" else name
    base = {"cswap": "swap"}.get(name, base)
    for place, q in enumerate(qubits[count:]):
        if base == "x" and count:
            labels[q] = "⊕" + mark
        elif base == "swap":
            labels[q] = "✕" + mark
        elif base == "z" and count:
            labels[q] = "●" + mark
        else:
            number = str(place) if len(qubits) - count > 1 else ""
            text = base.upper() if len(base) < 3 else base
            labels[q] = f"[{text}{_angles(operation.params)}{number and ':' + number}{mark}]"
    return labels


def draw(n: int, entries: Sequence[Any], width: int = 100) -> str:
    """The wires of n qubits with the gates on them, in blocks of at most `width` characters."""
    columns: list[list[tuple[int, int, dict[int, str]]]] = []
    front = [0] * n
    for entry in entries:
        labels = _labels(entry)
        if not labels:
            continue
        low, high = min(labels), max(labels)
        at = max(front[low : high + 1])
        if at == len(columns):
            columns.append([])
        columns[at].append((low, high, labels))
        front[low : high + 1] = [at + 1] * (high + 1 - low)
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
            for q in range(low, high):
                line[q] = "│".center(size)
        wires = [wire + one + "─" for wire, one in zip(wires, text, strict=True)]
        gaps = [gap + one + " " for gap, one in zip(gaps, line, strict=True)]
    blocks.append(_woven(wires, gaps))
    return "\n\n".join("\n".join(block) for block in blocks)


def _woven(wires: list[str], gaps: list[str]) -> list[str]:
    out = [wires[0]]
    for gap, wire in zip(gaps, wires[1:], strict=True):
        out += [gap.rstrip(), wire]
    return out
