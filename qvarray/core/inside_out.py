"""Walk over an expression and all that it is computed of: each node once, however deep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from .source import Source


class Computed(Protocol):
    """What may be computed of others."""

    @property
    def operands(self) -> tuple[Any, ...]: ...


_T = TypeVar("_T")
_Node = TypeVar("_Node", bound=Computed)


def inside_out(
    root: _Node, is_known: Callable[[_Node], bool] | None = None, kind: type = Source
) -> list[_Node]:
    """Return a source and all that it is computed of, each once, operands first.

    O(n) for n nodes, without recursion.

    Parameters
    ----------
    root : Source
        Or another object that has `operands`.
    is_known : callable, optional
        Whether a node is left out, with what only it is computed of.
    kind : type
        Of operands that are nodes.
    """
    order: list[_Node] = []
    seen: set[int] = set()
    todo: list[tuple[Any, bool]] = [(root, False)]
    while todo:
        node, is_done = todo.pop()
        if is_done:
            order.append(node)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        if is_known is not None and is_known(node):
            continue
        todo.append((node, True))
        todo.extend((x, False) for x in reversed(node.operands) if isinstance(x, kind))
    return order


def folded(root: _Node, answer: Callable[[_Node, list[Any]], _T], kind: type = Source) -> _T:
    """Return what is said of a source, from what is said of all that it is computed of.

    Each node is asked once, and what is said of it is forgotten when nothing more needs it.

    `root` and `kind`: as `inside_out`. `answer`: of a node, and a list of what it returned for each
    operand; scalars are given as they are.
    """
    order = inside_out(root, kind=kind)
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


def as_list(
    root: _Node, parameters: Callable[[_Node], tuple[Any, ...] | None], kind: type = Source
) -> tuple[Any, ...]:
    """Return what pickles a node: as a list, however deep operands lie in each other.

    `root` and `kind`: as `inside_out`. `parameters`: returns a function of the operands of a node
    and of other parameters, that makes the node, and those parameters; None for what is pickled as
    it is.
    """
    nodes = inside_out(root, kind=kind)
    numbers = {id(node): number for number, node in enumerate(nodes)}
    listed = []
    for node in nodes:
        known = parameters(node)
        operands = tuple((numbers.get(id(x), -1), x) for x in node.operands)
        plain = tuple((number, x if number < 0 else None) for number, x in operands)
        listed.append((node, None, None) if known is None else (None, plain, known))
    return _from_list, (listed,)


def _from_list(listed: list[tuple[Any, Any, Any]]) -> object:
    """Return the last of some nodes."""
    nodes: list[Any] = []
    for node, operands, known in listed:
        if known is not None:
            make, *parameters = known
            node = make(tuple(x if n < 0 else nodes[n] for n, x in operands), *parameters)
        nodes.append(node)
    return nodes[-1]
