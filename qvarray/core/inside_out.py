"""Walk over an expression and all that it is computed of: each node once, however deep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from .source import Source

__all__ = ["folded", "inside_out"]

_T = TypeVar("_T")


def inside_out(root: Source, is_known: Callable[[Source], bool] | None = None) -> list[Source]:
    """Return a source and all that it is computed of, each once, operands first.

    Parameters
    ----------
    root : Source
    is_known : callable, optional
        Whether a node is left out, with what only it is computed of.

    Notes
    -----
    O(n) for n nodes, without recursion.
    """
    order: list[Source] = []
    met: set[int] = set()
    todo: list[tuple[Any, bool]] = [(root, False)]
    while todo:
        node, is_done = todo.pop()
        if is_done:
            order.append(node)
            continue
        if id(node) in met:
            continue
        met.add(id(node))
        if is_known is not None and is_known(node):
            continue
        todo.append((node, True))
        todo.extend((x, False) for x in reversed(node.operands) if isinstance(x, Source))
    return order


def folded(root: Source, answer: Callable[[Source, list[Any]], _T]) -> _T:
    """Return what is said of a source, from what is said of all that it is computed of.

    Parameters
    ----------
    root : Source
    answer : callable
        Of a node, and a list of what it returned for each operand; scalars are given as they are.

    Notes
    -----
    Each node is asked once, and what is said of it is forgotten when nothing more needs it.
    """
    order = inside_out(root)
    uses = Counter(id(operand) for node in order for operand in node.operands)
    said: dict[int, _T] = {}
    for node in order:
        answers = [said.get(id(operand), operand) for operand in node.operands]
        said[id(node)] = answer(node, answers)
        for operand in node.operands:
            uses[id(operand)] -= 1
            if not uses[id(operand)]:
                said.pop(id(operand), None)
    return said[id(root)]
