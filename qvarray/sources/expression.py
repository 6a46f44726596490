"""Deferred elementwise expressions, evaluated page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..accuracy.propagation import norm_of_ufunc, ufunc_bound
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.pages import Pages, Region, walk
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum
from ..core.values import Array, zero_of
from ..indexing.keys import linear_position
from ..ops.basis_change import linear
from ..ops.bounds import bounded
from .plan import Plan, leaves, pages_of

__all__ = ["Expression"]


class Expression(Source):
    """A ufunc of operands, not yet computed. Immutable.

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

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_paged = True

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
        """None where all arrays in it are exact; else what the ufuncs make of their bounds.

        Nothing is known of the norm of what it stands for.
        """
        exact = all(leaf.error is None for leaf in leaves(self))
        return None if exact else ErrorBound(_absolute(self, {}), 0.0)

    def express(self) -> Expression:
        return self

    def settle(self) -> Spectrum:
        """Return all elements, in the standard basis. O(N), within the memory budget."""
        require_budget(
            self.size * self.dtype.itemsize, "reduce it, index a part of it, or raise the budget"
        )
        out = np.empty(self.shape, self.dtype)
        if out.size:
            plan = Plan(self)

            def fill(key: Region) -> None:
                out[tuple(slice(p.start, p.stop, p.step) for p in key)] = plan.page(key)

            for _ in walk(self.pages(), fill):
                pass
        zero = zero_of(self.dtype)
        bases, error = (STANDARD,) * len(self.shape), self.error
        made = Spectrum(self.shape, self.dtype, bases, out.reshape(-1), None, zero)
        return made if error is None else bounded(made, error.absolute)

    def computed(self, elements_of: Callable[[Source], Array]) -> Array:
        values = [
            elements_of(operand) if isinstance(operand, Source) else operand
            for operand in self.operands
        ]
        return self._output(values)

    def _output(self, values: list[Any]) -> Array:
        out = self.ufunc(*values, **self.kwargs)
        return np.asarray(out[self.which] if isinstance(out, tuple) else out)

    def at(self, positions: Array) -> Array:
        return self._at(positions, {})

    def _at(self, positions: Array, known: dict[int, Array]) -> Array:
        """Return elements, those of what occurs several times computed once."""
        along: tuple[Array, ...] | None = None
        values = []
        for operand in self.operands:
            if not isinstance(operand, Source):
                values.append(operand)
                continue
            value = known.get(id(operand))
            if value is None:
                there = positions
                if operand.shape != self.shape:
                    if along is None:
                        along = np.unravel_index(positions, self.shape)
                    near = along[len(along) - len(operand.shape) :]
                    # Along an axis of length 1 there is one position.
                    near = tuple(p * (n > 1) for p, n in zip(near, operand.shape, strict=True))
                    there = linear(near, operand.shape)
                if isinstance(operand, Expression):
                    value = operand._at(there, known)
                else:
                    value = operand.at(there)
                known[id(operand)] = value
            values.append(value)
        return np.broadcast_to(self._output(values), positions.shape)

    def read(self, key: Region, out: Array | None = None) -> Array:
        return Plan(self).page(key)

    def part(self, key: Sequence[AxisKey]) -> Any:
        """Return the expression of what a basic key names; a scalar where no axis is left.

        Notes
        -----
        Each operand is asked for its part, at the cost of `select`; the ufunc is not computed.
        """
        return self._part(key, {})

    def _part(self, key: Sequence[AxisKey], known: dict[int, Any]) -> Any:
        """Return a part, that of what occurs several times made once."""
        shape = tuple(
            1 if wanted is None else len(wanted) for wanted in key if not isinstance(wanted, int)
        )
        if not shape:
            return self.item(linear_position(key, self.shape))
        operands = []
        for operand in self.operands:  # as a generator, of more frames on the stack of Python
            operands.append(_part(operand, key, known))  # noqa: PERF401
        return Expression(self.ufunc, tuple(operands), shape, self.dtype, self.kwargs, self.which)

    def permuted(self, axes: Sequence[int]) -> Expression:
        """Return the expression of the operands with their axes in another order. O(k)."""
        return self._permuted(axes, {})

    def _permuted(self, axes: Sequence[int], known: dict[int, tuple[Source, Source]]) -> Expression:
        """Return as `permuted`, what occurs several times made once; `known` keeps it alive."""
        ndim, operands = len(self.shape), []
        for operand in self.operands:
            if not isinstance(operand, Source):
                operands.append(operand)
                continue
            if id(operand) not in known:
                one = _with_ndim(operand, ndim)
                if isinstance(one, Expression):
                    known[id(operand)] = operand, one._permuted(axes, known)
                else:
                    known[id(operand)] = operand, one.permuted(axes).express()
            operands.append(known[id(operand)][1])
        shape = tuple(self.shape[axis] for axis in axes)
        return Expression(self.ufunc, tuple(operands), shape, self.dtype, self.kwargs, self.which)

    def pages(self, ordered: bool = True) -> Pages:
        return pages_of(self, ordered)

    def norm_bound(self) -> float:
        return norm_of_ufunc(self.ufunc, self.operands, self.shape)


def _absolute(node: object, known: dict[int, float]) -> float:
    """Return a bound on the L2 norm of the error of an array, or of an expression.

    What is rounded on the way from arrays that are not exact is in it.
    """
    if not isinstance(node, Source):
        return 0.0
    if id(node) in known:
        return known[id(node)]
    out = float("inf")
    if isinstance(node, Expression):
        errors = [_absolute(operand, known) for operand in node.operands]
        is_exact = not any(errors)
        if is_exact or (not node.kwargs and node.dtype.kind in "fc"):
            out = ufunc_bound(node.ufunc, node.operands, errors, node.shape)
            if out < float("inf") and not is_exact:
                out += _rounds(node)
    else:
        # A part of an array is off by no more than the whole.
        leaf = node.origin
        repeats = node.unrepeated is not node
        error = node.error if leaf is None or repeats else leaf.error
        out = 0.0 if error is None else error.absolute
    known[id(node)] = out
    return out


def _rounds(node: Expression) -> float:
    """Bound what a ufunc rounds, by the norm of what it is given and of its results."""
    eps = float(np.finfo(node.dtype).eps)
    least = float(node.size) ** 0.5 * 5e-324
    if node.dtype.itemsize < 8 + 8 * (node.dtype.kind == "c"):
        least = float(node.size) ** 0.5 * float(np.finfo(node.dtype).smallest_subnormal)
    return 4.0 * eps * node.norm_bound() + least


def _part(operand: object, key: Sequence[AxisKey], known: dict[int, Any]) -> Any:
    """Return the part of an operand that broadcasts to the part `key` of the result."""
    if not isinstance(operand, Source):
        return operand
    if id(operand) in known:
        return known[id(operand)]
    near: list[AxisKey] = []
    lengths = list(operand.shape)
    for wanted in reversed(key):
        if not lengths:
            break
        if wanted is not None and lengths.pop() == 1:
            wanted = 0 if isinstance(wanted, int) else range(min(1, len(wanted)))
        near.append(wanted)
    near.reverse()
    if isinstance(operand, Expression):
        known[id(operand)] = operand._part(near, known)
    else:
        known[id(operand)] = operand.part(near)
    return known[id(operand)]


def _with_ndim(operand: Source, ndim: int) -> Source:
    """Return an operand with axes of length 1 ahead of its own."""
    ahead: list[AxisKey] = [None] * (ndim - len(operand.shape))
    if not ahead:
        return operand
    longer: Source = operand.part([*ahead, *(range(n) for n in operand.shape)])
    return longer
