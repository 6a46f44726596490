"""Deferred elementwise expressions, evaluated page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..accuracy.propagation import norm_of_ufunc, ufunc_bound
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.pages import Pages, Region, walk
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum
from ..core.values import Array
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
        zero = self.dtype.type(0)
        bases, error = (STANDARD,) * len(self.shape), self.error
        made = Spectrum(self.shape, self.dtype, bases, out.reshape(-1), None, zero)
        return made if error is None else bounded(made, error.absolute)

    def at(self, positions: Array) -> Array:
        along: tuple[Array, ...] | None = None
        values = []
        for operand in self.operands:
            if not isinstance(operand, Source):
                values.append(operand)
            elif operand.shape == self.shape:
                values.append(operand.at(positions))
            else:
                if along is None:
                    along = np.unravel_index(positions, self.shape)
                near = along[len(along) - len(operand.shape) :]
                # Along an axis of length 1 there is one position.
                near = tuple(p * (n > 1) for p, n in zip(near, operand.shape, strict=True))
                values.append(operand.at(linear(near, operand.shape)))
        out = self.ufunc(*values, **self.kwargs)
        return out[self.which] if isinstance(out, tuple) else np.broadcast_to(out, positions.shape)

    def read(self, key: Region, out: Array | None = None) -> Array:
        return Plan(self).page(key)

    def part(self, key: Sequence[AxisKey]) -> Any:
        """Return the expression of what a basic key names; a scalar where no axis is left.

        Notes
        -----
        Each operand is asked for its part, at the cost of `select`; the ufunc is not computed.
        """
        shape = tuple(
            1 if wanted is None else len(wanted) for wanted in key if not isinstance(wanted, int)
        )
        if not shape:
            return self.item(linear_position(key, self.shape))
        operands = tuple(_part(operand, key) for operand in self.operands)
        return Expression(self.ufunc, operands, shape, self.dtype, self.kwargs, self.which)

    def permuted(self, axes: Sequence[int]) -> Expression:
        """Return the expression of the operands with their axes in another order. O(k)."""
        ndim = len(self.shape)
        operands = tuple(
            _with_ndim(operand, ndim).permuted(axes) if isinstance(operand, Source) else operand
            for operand in self.operands
        )
        shape = tuple(self.shape[axis] for axis in axes)
        return Expression(self.ufunc, operands, shape, self.dtype, self.kwargs, self.which)

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


def _part(operand: object, key: Sequence[AxisKey]) -> Any:
    """Return the part of an operand that broadcasts to the part `key` of the result."""
    if not isinstance(operand, Source):
        return operand
    near: list[AxisKey] = []
    lengths = list(operand.shape)
    for wanted in reversed(key):
        if not lengths:
            break
        if wanted is not None and lengths.pop() == 1:
            wanted = 0 if isinstance(wanted, int) else range(min(1, len(wanted)))
        near.append(wanted)
    near.reverse()
    return operand.part(near)


def _with_ndim(operand: Source, ndim: int) -> Source:
    """Return an operand with axes of length 1 ahead of its own."""
    ahead: list[AxisKey] = [None] * (ndim - len(operand.shape))
    if not ahead:
        return operand
    longer: Source = operand.part([*ahead, *(range(n) for n in operand.shape)])
    return longer
