"""Evaluate arrays page by page: which pages are cheap, and in what order to compute them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core.budget import affordable
from ..core.inside_out import inside_out
from ..core.pages import PAGE, Pages, Region
from ..core.source import Source, implements
from ..core.spectrum import Spectrum
from ..core.values import Array

#: Of an element of a page: what each array in a plan takes, complex and in two threads; how many
#: more come and go where one is transformed. Pages are no smaller than the least.
_NODE_BYTES, _TRANSFORMS, _LEAST = 32, 4, 1 << 8


def leaves(source: Source) -> list[Spectrum]:
    """Return the stored arrays that a source is computed from, each once."""
    origins = (node.origin for node in inside_out(source))
    return list({id(origin): origin for origin in origins if origin is not None}.values())


@implements(Spectrum, "pages")
def pages_of(source: Source, ordered: bool = True) -> Pages:
    """Return pages of the shape that is cheap to synthesise for the bases of an array.

    Combs where the samples at a stride of some basis are an aliased transform, those of no basis
    are best had in blocks, and the order of the pages does not matter. A comb of some samples is
    no comb of the array. Those of a reflected axis are of arrays that are stored themselves.
    """
    stored = leaves(source)
    ordered = ordered or not all(node.has_combs for node in inside_out(source))
    cheap = {basis.cheap_pages for leaf in stored for basis in leaf.bases}
    comb = not ordered and "blocks" not in cheap and bool(cheap - {"any"})
    mirrored = cheap == {"mirrored combs"} and len(source.shape) == 1
    mirrored = mirrored and all(node.operands or node.origin is node for node in inside_out(source))
    # A page costs O(k) whatever its size.
    most = max((leaf.nactive for leaf in stored if leaf.active_indices is not None), default=0)
    size = max(PAGE, min(1 << most.bit_length(), PAGE * 64))
    nodes = len(inside_out(source)) + _TRANSFORMS
    return Pages(source.shape, affordable(size, nodes * _NODE_BYTES, _LEAST), comb, mirrored)


def _own_key(key: Region, shape: tuple[int, ...]) -> Region:
    """Return the part of an operand that broadcasts to the part `key` of the result.

    >>> _own_key((range(2, 4), range(8)), (1, 8))
    (range(0, 1), range(0, 8))
    """
    own_key = key[len(key) - len(shape) :]
    return tuple(
        p if n > 1 or len(p) == 0 else range(1) for p, n in zip(own_key, shape, strict=True)
    )


@dataclass(frozen=True)
class _Multiple:
    """A number times an array that an earlier step reads."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    ufunc: np.ufunc = np.multiply
    kwargs: dict[str, Any] = field(default_factory=dict)


def _sign_of_multiples(node: Source) -> tuple[Any, ...] | None:
    """Return what multiples of an array have in common, of arrays that are computed; else None."""
    if not isinstance(node, Spectrum) or node.is_standard or node.diagonal or not node.nactive:
        return None
    values = node.eigenvalues
    with np.errstate(all="ignore"):
        quotient = complex(values[-1] / values[0])
    kinds = node.dtype, values.dtype
    return (id(node.active_indices), node.shape, node.bases, *kinds, quotient)


def _ratio(first: Spectrum, second: Spectrum) -> Any:
    """Return the real number that an array is of another one's, if it is one; else None. O(k)."""
    a, b = first.eigenvalues, second.eigenvalues
    with np.errstate(all="ignore"):
        ratio = (a[0] / b[0]).real
        is_one = np.isfinite(ratio) and np.array_equal(a, b * ratio)
    return first.dtype.type(ratio) if is_one else None


class Plan:
    """An array in the order of its evaluation, with memory that its steps share.

    Every subexpression is computed once a page, into the memory of an operand that is not needed
    any more where that fits, and arrays that are multiples of each other are read once. A plan may
    be used by several threads.
    """

    def __init__(self, source: Source) -> None:
        self._steps: list[tuple[Any, tuple[int, ...]]] = []
        number: dict[int, int] = {}
        read: dict[tuple[Any, ...], tuple[Spectrum, int]] = {}
        for node in inside_out(source):
            for operand in node.operands:
                if id(operand) not in number:
                    number[id(operand)] = len(self._steps)
                    self._steps.append((operand, ()))
            inputs = tuple(number[id(operand)] for operand in node.operands)
            step: Any = node
            sign = _sign_of_multiples(node)
            if sign is not None:
                assert isinstance(node, Spectrum)
                other, there = read.setdefault(sign, (node, len(self._steps)))
                ratio = None if other is node else _ratio(node, other)
                if ratio is not None:
                    inputs, step = (there, len(self._steps)), _Multiple(node.shape, node.dtype)
                    self._steps.append((ratio, ()))
            number[id(node)] = len(self._steps)
            self._steps.append((step, inputs))
        last: dict[int, int] = {}
        for step, (_, inputs) in enumerate(self._steps):
            for i in inputs:
                last[i] = step
        self._dying = [
            [i for i in set(inputs) if last[i] == step]
            for step, (_, inputs) in enumerate(self._steps)
        ]
        self._local = threading.local()

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

    def page(self, key: Region) -> Array:
        """Return the elements of a part of every axis."""
        values: list[Any] = [None] * len(self._steps)
        own: list[bool] = [False] * len(self._steps)
        for step, (node, inputs) in enumerate(self._steps):
            if inputs:
                values[step], own[step] = self._apply(node, key, inputs, step, values, own)
            elif isinstance(node, Source):
                values[step], own[step] = self._leaf(node, _own_key(key, node.shape))
            else:
                values[step] = node
        return values[-1]

    def _leaf(self, node: Source, key: Region) -> tuple[Array, bool]:
        """Return a part of a stored array, and whether it may be written over."""
        origin = node.origin
        if origin is None or (origin.is_standard and origin.active_indices is None):
            return node.read(key), False
        # Few waves along one axis are summed where their samples are; else coefficients are there.
        kind = node.dtype if len(key) == 1 else origin.eigenvalues.dtype
        memory = self._memory(tuple(len(p) for p in key), kind)
        out = node.read(key, memory)
        if not np.may_share_memory(out, memory):
            self.release(memory)
        return out, out is memory

    def _apply(
        self,
        node: Any,
        key: Region,
        inputs: tuple[int, ...],
        step: int,
        values: list[Any],
        own: list[bool],
    ) -> tuple[Array, bool]:
        """Return a part of an expression, of the parts of its operands, and that it is our own."""
        arguments = [values[i] for i in inputs]
        shape = tuple(len(p) for p in _own_key(key, node.shape))
        if node.ufunc.nout > 1:
            result = node.ufunc(*arguments, **node.kwargs)[node.which]
            own_shape = result.shape == shape
            return (result if own_shape else np.broadcast_to(result, shape)), own_shape
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
