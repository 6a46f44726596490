"""Deferred elementwise expressions, evaluated page by page."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from math import prod
from typing import Any, TypeAlias

import numpy as np

from ..accuracy.propagation import ufunc_bound
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.pages import PAGE, Key, Pages, walk
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..indexing.elements import at as _at
from ..indexing.keys import Key as Selector
from ..indexing.select import block, narrowed, select
from ..ops.basis_change import linear, norm
from ..ops.broadcast import permute_axes

__all__ = [
    "Expression",
    "Node",
    "Plan",
    "Samples",
    "expressed",
    "is_source",
    "pages_of",
    "part_of",
    "permuted",
]

# Samples up to so many are kept once they are evaluated.
_FEW = PAGE >> 5

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


class Samples(Expression):
    """Samples of an array at some positions along each axis, not yet evaluated. Immutable.

    Parameters
    ----------
    spectrum : Spectrum
        In bases that are not closed under this.
    key : tuple of range
        The positions along each axis; none is empty.

    Notes
    -----
    Few samples are kept once they were asked for.
    """

    __slots__ = ("_kept", "key", "spectrum")

    def __init__(self, spectrum: Spectrum, key: tuple[range, ...]) -> None:
        shape = tuple(len(positions) for positions in key)
        super().__init__(np.positive, (spectrum,), shape, spectrum.dtype, {})
        self.spectrum = spectrum
        self.key = key
        self._kept: Spectrum | None = None

    @property
    def label(self) -> str:
        return "samples"

    @property
    def nbytes(self) -> int:
        """Bytes stored: those of the array, and of the samples where they are kept."""
        return self.spectrum.nbytes + (0 if self._kept is None else self._kept.nbytes)

    @property
    def error(self) -> ErrorBound | None:
        """That of the whole array; of few samples, relative to themselves."""
        bound = self.spectrum.error
        if bound is None:
            return None
        return self.settle().error if self._are_few else ErrorBound(bound.absolute, 0.0)

    @property
    def _are_few(self) -> bool:
        return prod(self.shape) <= _FEW

    def express(self) -> Any:
        return self.settle() if self._are_few else self

    def settle(self) -> Spectrum:
        """All samples, in the standard basis where they are evaluated; see `selection.select`."""
        if self._kept is not None:
            return self._kept
        picked = select(self.spectrum, list(self.key))
        assert isinstance(picked, Spectrum)
        if self._are_few:
            self._kept = picked
        return picked

    def within(self, key: Key) -> Key:
        """Where a part of the samples is in the array."""
        return tuple(_taken(positions, one) for positions, one in zip(self.key, key, strict=True))

    def _at(self, along: tuple[Array, ...], m: int) -> Array:
        there = tuple(
            positions.start + positions.step * one.astype(np.int64)
            for positions, one in zip(self.key, along, strict=True)
        )
        return _at(self.spectrum, linear(there, self.spectrum.shape))

    def part(self, key: Sequence[Selector]) -> Any:
        """The samples of what a basic key names, as samples of the array. O(k log k)."""
        positions = iter(self.key)
        chosen: list[Selector] = []
        for one in key:
            if one is None:
                chosen.append(None)
            elif isinstance(one, int):
                chosen.append(next(positions)[one])
            else:
                chosen.append(_taken(next(positions), one))
        return part_of(self.spectrum, chosen)


def _taken(positions: range, chosen: range) -> range:
    """The positions that are at the chosen places among others."""
    if len(chosen) < 2:
        return positions[chosen.start : chosen.start + len(chosen)]
    step = positions.step * chosen.step
    start = positions.start + positions.step * chosen.start
    return range(start, start + step * len(chosen), step)


def part_of(node: Node, key: Sequence[Selector]) -> Any:
    """What a basic key names: a Node, or a scalar where no axis is left.

    What a basis is not closed under is not evaluated yet; see `Samples`.

    Notes
    -----
    O(k log k), and O(N log N) for arrays all of whose coefficients are active.
    """
    if isinstance(node, Expression):
        return node.part(key)
    lengths = [len(one) for one in key if isinstance(one, range)]
    stored = node.is_standard or node.diagonal or node.active_indices is None
    if stored or not lengths or 0 in lengths or not node.size:
        return select(node, list(key))
    spectrum, positions = narrowed(node, list(key))
    if positions == tuple(range(n) for n in spectrum.shape):
        return spectrum
    if spectrum.active_indices is None:
        return select(spectrum, list(positions))
    return Samples(spectrum, positions)


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
    return part_of(operand, near)


def permuted(node: Node, axes: Sequence[int]) -> Node:
    """The array with its axes in another order: of an expression, those of its operands. O(k)."""
    if isinstance(node, Spectrum):
        return permute_axes(node, axes)
    if isinstance(node, Samples):
        moved = permute_axes(node.spectrum, axes)
        return Samples(moved, tuple(node.key[axis] for axis in axes))
    ndim = len(node.shape)
    operands = tuple(
        permuted(_with_ndim(one, ndim), axes) if is_source(one) else one for one in node.operands
    )
    shape = tuple(node.shape[axis] for axis in axes)
    return Expression(node.ufunc, operands, shape, node.dtype, node.kwargs, node.which)


def _with_ndim(operand: Node, ndim: int) -> Node:
    """An operand with axes of length 1 ahead of its own."""
    ahead: list[Selector] = [None] * (ndim - len(operand.shape))
    if not ahead:
        return operand
    node: Node = part_of(operand, [*ahead, *(range(n) for n in operand.shape)])
    return node


def expressed(source: Source) -> Node:
    """A source as what the rules know: a spectrum, or an expression of spectra."""
    if isinstance(source, Spectrum):
        return source
    node: Node = source.express()
    return node


def is_source(operand: Any) -> bool:
    return isinstance(operand, (Spectrum, Expression))


def _near(key: Key, shape: tuple[int, ...]) -> Key:
    """The part of an operand that broadcasts to the part `key` of the result."""
    near = key[len(key) - len(shape) :]
    return tuple(p if n > 1 or len(p) == 0 else range(1) for p, n in zip(near, shape, strict=True))


def _nodes(node: Node) -> list[Node]:
    """An expression and all that it is made of, each once."""
    found: dict[int, Node] = {}
    todo: list[Any] = [node]
    while todo:
        one = todo.pop()
        if id(one) in found or not is_source(one):
            continue
        found[id(one)] = one
        if isinstance(one, Expression):
            todo.extend(one.operands)
    return list(found.values())


def leaves(node: Node) -> list[Spectrum]:
    """The stored arrays of an expression, each once."""
    return [one for one in _nodes(node) if isinstance(one, Spectrum)]


def pages_of(node: Node, ordered: bool = True) -> Pages:
    """Pages of the shape that is cheap to synthesise for the bases of an expression.

    Combs where the samples at a stride of some basis are an aliased transform, those of no basis
    are best had in blocks, and the order of the pages does not matter. A comb of some samples is
    no comb of the array.
    """
    nodes = _nodes(node)
    stored = [one for one in nodes if isinstance(one, Spectrum)]
    ordered = ordered or any(isinstance(one, Samples) for one in nodes)
    cheap = {basis.cheap_pages for leaf in stored for basis in leaf.bases}
    comb = not ordered and "combs" in cheap and "blocks" not in cheap
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
        if isinstance(node, Expression) and not isinstance(node, Samples):
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
            elif isinstance(node, Samples):
                there = node.within(_near(key, node.shape))
                values[step], own[step] = self._leaf(node.spectrum, there)
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
