"""Deferred elementwise expressions, evaluated page by page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from .bases import COSINE, FOURIER, FOURIER_CONJUGATE, HAAR, STANDARD
from .lipschitz import ufunc_bound
from .paging import PAGE, Key, Pages, require_budget, walk
from .selection import Key as Selector
from .selection import at as _at
from .selection import block, select
from .spectrum import Array, ErrorBound, Source, Spectrum
from .structure import broadcast_to
from .transform import norm

__all__ = ["Expression", "Node", "Plan", "expressed", "is_source", "pages_of", "rearranged"]

#: What the rules know how to compute with.
Node: TypeAlias = "Spectrum | Expression"


class Expression:
    """A ufunc of operands, not yet computed. Immutable; a `Deferred`.

    Parameters
    ----------
    ufunc : numpy.ufunc
        Elementwise.
    operands : tuple
        Spectra, other expressions, and scalars, which broadcast against each other.
    shape : tuple of int
        Of the result.
    kwargs : dict
        `dtype`, `casting` and the like, as the ufunc takes them.
    which : int
        The output meant, of a ufunc that has several.
    """

    __slots__ = ("dtype", "kwargs", "operands", "shape", "ufunc", "which")

    def __init__(
        self,
        ufunc: np.ufunc,
        operands: tuple[Any, ...],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        kwargs: dict[str, Any],
        which: int = 0,
    ) -> None:
        self.ufunc = ufunc
        self.operands = operands
        self.shape = shape
        self.dtype = dtype
        self.kwargs = kwargs
        self.which = which

    @property
    def label(self) -> str:
        return f"expression of {self.ufunc.__name__}"

    @property
    def nbytes(self) -> int:
        """Bytes stored: those of the arrays that it is an expression of, each counted once."""
        return sum(leaf.nbytes for leaf in leaves(self))

    @property
    def error(self) -> ErrorBound | None:
        """None where all arrays in it are exact; else the bound of linear and contracting ufuncs.

        Nothing is known of the norm.
        """
        exact = all(leaf.error is None for leaf in leaves(self))
        return None if exact else ErrorBound(_absolute(self, {}), 0.0)

    def express(self) -> Expression:
        return self

    def settle(self) -> Spectrum:
        """All elements, in the standard basis. O(N), within the memory budget."""
        size = int(np.prod(self.shape, dtype=object))
        require_budget(
            size * self.dtype.itemsize, "reduce it, index a part of it, or raise the budget"
        )
        out = np.empty(self.shape, self.dtype)
        if out.size:
            plan = Plan(self)
            pages = pages_of(self)

            def fill(key: Key) -> None:
                out[tuple(slice(p.start, p.stop, p.step) for p in key)] = plan.page(key)

            for _ in walk(pages, fill):
                pass
        zero = self.dtype.type(0)
        bases, error = (STANDARD,) * len(self.shape), self.error
        if error is not None:
            error = ErrorBound(error.absolute, max(0.0, norm(out) - error.absolute))
        return Spectrum(self.shape, self.dtype, bases, out.reshape(-1), None, zero, error=error)

    def at(self, positions: Array) -> Array:
        """The elements at C-order positions, shape (m,)."""
        along = np.unravel_index(positions, self.shape) if self.shape else ()
        return self._at(along, positions.size)

    def _at(self, along: tuple[Array, ...], m: int) -> Array:
        values = []
        for operand in self.operands:
            if not is_source(operand):
                values.append(operand)
                continue
            shape = operand.shape
            near = along[len(along) - len(shape) :]
            near = tuple(p if n > 1 else np.zeros_like(p) for p, n in zip(near, shape, strict=True))
            if isinstance(operand, Expression):
                values.append(operand._at(near, m))
                continue
            where = np.zeros(m, np.int64)
            for p, n in zip(near, shape, strict=True):
                where = where * n + p
            values.append(_at(operand, where))
        out = self.ufunc(*values, **self.kwargs)
        return out[self.which] if isinstance(out, tuple) else np.broadcast_to(out, (m,))

    def part(self, key: Sequence[Selector]) -> Any:
        """The expression of what a basic key names; a scalar where no axis is left.

        Notes
        -----
        Each operand is asked for its part, at the cost of `select`; the ufunc is not computed.
        """
        shape = tuple(1 if one is None else len(one) for one in key if not isinstance(one, int))
        if not shape:
            positions = tuple(np.array([one]) for one in key if isinstance(one, int))
            return self._at(positions, 1)[0]
        operands = tuple(_part(operand, key) for operand in self.operands)
        return Expression(self.ufunc, operands, shape, self.dtype, self.kwargs, self.which)


def _absolute(node: Any, known: dict[int, float]) -> float:
    """A bound on the L2 norm of the error of an array, or of an expression."""
    if not is_source(node):
        return 0.0
    if id(node) in known:
        return known[id(node)]
    if isinstance(node, Spectrum):
        out = 0.0 if node.error is None else node.error.absolute
    else:
        errors = [_absolute(one, known) for one in node.operands]
        out = float("inf")
        if not any(errors) or not node.kwargs:
            out = ufunc_bound(node.ufunc, node.operands, errors, node.shape)
    known[id(node)] = out
    return out


def _part(operand: Any, key: Sequence[Selector]) -> Any:
    """The part of an operand that broadcasts to the part `key` of the result."""
    if not is_source(operand):
        return operand
    near: list[Selector] = []
    lengths = list(operand.shape)
    for one in reversed(key):
        if not lengths:
            break
        if one is not None and lengths.pop() == 1:
            one = 0 if isinstance(one, int) else range(min(1, len(one)))
        near.append(one)
    near.reverse()
    return operand.part(near) if isinstance(operand, Expression) else select(operand, near)


def rearranged(node: Node, step: Callable[[Spectrum], Spectrum]) -> Node:
    """An array whose elements are moved by `step`: of an expression, those of its operands.

    Raises
    ------
    MaterializationError
        Where an operand that is broadcast, spelled out, is over the memory budget.
    """
    if isinstance(node, Spectrum):
        return step(node)
    operands = tuple(
        rearranged(_whole(one, node.shape), step) if is_source(one) else one
        for one in node.operands
    )
    shape = next(one.shape for one in operands if is_source(one))
    return Expression(node.ufunc, operands, shape, node.dtype, node.kwargs, node.which)


def _whole(operand: Node, shape: tuple[int, ...]) -> Node:
    if operand.shape == shape:
        return operand
    return broadcast_to(operand.settle(), shape)


def expressed(source: Source) -> Node:
    """A source as what the rules know: a spectrum, or an expression of spectra."""
    if isinstance(source, (Spectrum, Expression)):
        return source
    node: Node = source.express()
    return node


def is_source(operand: Any) -> bool:
    return isinstance(operand, (Spectrum, Expression))


def _near(key: Key, shape: tuple[int, ...]) -> Key:
    """The part of an operand that broadcasts to the part `key` of the result."""
    near = key[len(key) - len(shape) :]
    return tuple(p if n > 1 or len(p) == 0 else range(1) for p, n in zip(near, shape, strict=True))


def leaves(node: Node) -> list[Spectrum]:
    """The stored arrays of an expression, each once."""
    found: dict[int, Spectrum] = {}
    seen: set[int] = set()
    todo: list[Any] = [node]
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Spectrum):
            found[id(one)] = one
        elif isinstance(one, Expression):
            todo.extend(one.operands)
    return list(found.values())


def pages_of(node: Node, ordered: bool = True) -> Pages:
    """Pages of the shape that is cheap to synthesise for the bases of an expression.

    Blocks for walsh and haar; combs for fourier and cosine, whose samples at a stride are an
    aliased transform, where the order of the pages does not matter.
    """
    stored = leaves(node)
    bases = {basis for leaf in stored for basis in leaf.bases}
    comb = not ordered and bool(bases & {FOURIER, FOURIER_CONJUGATE, COSINE}) and HAAR not in bases
    # A page costs O(k) whatever its size.
    most = max((leaf.nactive for leaf in stored if leaf.active_indices is not None), default=0)
    size = max(PAGE, min(1 << most.bit_length(), PAGE * 64))
    return Pages(node.shape, size, comb)


class Plan:
    """An expression in the order of its evaluation, with memory that its steps share.

    Every subexpression is computed once a page, into the memory of an operand that is not needed
    any more where that fits. A plan may be used by several threads.
    """

    def __init__(self, node: Node) -> None:
        self._steps: list[tuple[Any, tuple[int, ...]]] = []
        self._number: dict[int, int] = {}
        self._add(node)
        last: dict[int, int] = {}
        for step, (_, inputs) in enumerate(self._steps):
            for i in inputs:
                last[i] = step
        self._dying = [
            [i for i in set(inputs) if last[i] == step]
            for step, (_, inputs) in enumerate(self._steps)
        ]
        self._local = threading.local()

    def _add(self, node: Any) -> int:
        if id(node) in self._number:
            return self._number[id(node)]
        inputs: tuple[int, ...] = ()
        if isinstance(node, Expression):
            inputs = tuple(self._add(operand) for operand in node.operands)
        self._steps.append((node, inputs))
        self._number[id(node)] = len(self._steps) - 1
        return len(self._steps) - 1

    @property
    def _spare(self) -> dict[Any, list[Array]]:
        """Memory that this thread may use again."""
        spare: dict[Any, list[Array]] | None = getattr(self._local, "spare", None)
        if spare is None:
            spare = self._local.spare = {}
        return spare

    def _memory(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        free = self._spare.get((shape, dtype))
        return free.pop() if free else np.empty(shape, dtype)

    def release(self, page: Array) -> None:
        """Let later pages of this thread use the memory of one that `page` returned."""
        if page.base is None and page.flags.carray:
            self._spare.setdefault((page.shape, page.dtype), []).append(page)

    def page(self, key: Key) -> Array:
        """The elements of a part of every axis."""
        values: list[Any] = [None] * len(self._steps)
        own: list[bool] = [False] * len(self._steps)
        for step, (node, inputs) in enumerate(self._steps):
            if isinstance(node, Spectrum):
                values[step], own[step] = self._leaf(node, _near(key, node.shape))
            elif isinstance(node, Expression):
                values[step], own[step] = self._apply(node, key, inputs, step, values, own)
            else:
                values[step] = node
        return values[-1]

    def _leaf(self, node: Spectrum, key: Key) -> tuple[Array, bool]:
        shape = tuple(len(p) for p in key)
        if node.is_standard and node.active_indices is None:
            return block(node, key), False
        memory = self._memory(shape, node.eigenvalues.dtype)
        out = block(node, key, memory)
        if not np.may_share_memory(out, memory):
            self.release(memory)
        return out, out is memory

    def _apply(
        self,
        node: Expression,
        key: Key,
        inputs: tuple[int, ...],
        step: int,
        values: list[Any],
        own: list[bool],
    ) -> tuple[Array, bool]:
        arguments = [values[i] for i in inputs]
        shape = tuple(len(p) for p in _near(key, node.shape))
        if node.ufunc.nout > 1:
            return node.ufunc(*arguments, **node.kwargs)[node.which], True
        out = None
        for i in self._dying[step]:
            if not own[i]:
                continue
            if out is None and values[i].shape == shape and values[i].dtype == node.dtype:
                out = values[i]
            else:
                self.release(values[i])
            values[i] = None
        if out is None:
            out = self._memory(shape, node.dtype)
        return node.ufunc(*arguments, out=out, **node.kwargs), True
