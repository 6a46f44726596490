"""Deferred elementwise expressions, evaluated page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..accuracy.propagation import norm_of_ufunc, product_error, ufunc_bound
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound, Uncertainty
from ..core.inside_out import as_list, folded, inside_out
from ..core.pages import Pages, Region, walk
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum
from ..core.values import Array, Shape, zero_of
from ..indexing.keys import linear_position
from ..ops.basis_change import linear
from ..ops.bounds import bounded
from .plan import Plan, pages_of

#: The bound of an error that nobody has asked for.
_UNASKED: Any = object()


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

    __slots__ = (
        "_bound",
        "_is_exact",
        "_norm",
        "dtype",
        "kwargs",
        "operands",
        "shape",
        "ufunc",
        "which",
    )

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
        # What is known of it, once somebody asks.
        self._bound: ErrorBound | None = _UNASKED
        self._is_exact: bool | None = None
        self._norm: float | None = None

    @property
    def label(self) -> str:
        return f"expression of {self.ufunc.__name__}"

    @property
    def nbytes(self) -> int:
        """Bytes stored: those of the arrays that it is an expression of, each counted once."""
        stored = (node.origin or node for node in inside_out(self) if not node.operands)
        return sum({id(source): source.nbytes for source in stored}.values())

    @property
    def error(self) -> ErrorBound | None:
        """None where all arrays in it are exact; else what the ufuncs make of their bounds.

        Nothing is known of the norm of what it stands for.
        """
        if self.is_exact:
            return None
        for node in inside_out(self, _has_bound):
            if isinstance(node, Expression):
                node._bound = _bound_of_call(node)
        assert self._bound is not _UNASKED
        return self._bound

    @property
    def is_bounded(self) -> bool:
        # That of a product is known where those of its factors are: it need not be computed.
        if self.ufunc in (np.multiply, np.square) and self.dtype.kind in "fc":
            return all(x.is_bounded for x in self.operands if isinstance(x, Source))
        return super().is_bounded

    @property
    def is_exact(self) -> bool:
        for node in inside_out(self, _tells_whether_exact):
            if isinstance(node, Expression):
                node._is_exact = all(
                    x._is_exact if isinstance(x, Expression) else x.is_exact
                    for x in node.operands
                    if isinstance(x, Source)
                )
        return bool(self._is_exact)

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

    def computed(self, values: Sequence[Any]) -> Array:
        out = self.ufunc(*values, **self.kwargs)
        return np.asarray(out[self.which] if isinstance(out, tuple) else out)

    def at(self, positions: Array) -> Array:
        there = _Places(positions, self.shape)

        def answer(node: Source, values: list[Any]) -> Array:
            return node.computed(values) if node.operands else node.at(there[node.shape])

        return np.broadcast_to(folded(self, answer), positions.shape)

    def read(self, key: Region, out: Array | None = None) -> Array:
        return Plan(self).page(key)

    def part(self, key: Sequence[AxisKey]) -> Any:
        """Return the expression of what a basic key names; a scalar where no axis is left.

        Each operand is asked for its part, at the cost of `select`; the ufunc is not computed.
        """
        if all(isinstance(wanted, int) for wanted in key):
            return self.item(linear_position(key, self.shape))
        keys: dict[Shape, Sequence[AxisKey]] = {}

        def answer(node: Source, parts: list[Any]) -> Any:
            own_key: Sequence[AxisKey] | None = key if node is self else keys.get(node.shape)
            if own_key is None:
                own_key = keys[node.shape] = _own_key(key, node.shape)
            shape = tuple(
                1 if wanted is None else len(wanted)
                for wanted in own_key
                if not isinstance(wanted, int)
            )
            if not shape:
                # One element, as an array: for what it is an operand of, which has axes or not.
                if node.operands:
                    return _Element(node.computed([_opened(part, True) for part in parts]))
                return _Element(node.at(np.array([linear_position(own_key, node.shape)])))
            if not isinstance(node, Expression):
                return node.part(own_key)
            return node._of([_opened(part, False) for part in parts], shape)

        return folded(self, answer)

    def permuted(self, axes: Sequence[int]) -> Expression:
        """Return the expression of the operands with their axes in another order. O(k)."""
        ndim = len(axes)

        def answer(node: Source, operands: list[Any]) -> Source:
            ahead = ndim - len(node.shape)
            if not isinstance(node, Expression):
                return _with_ndim(node, ahead).permuted(axes).express()
            shape = (1,) * ahead + node.shape
            return node._of(operands, tuple(shape[axis] for axis in axes))

        out = folded(self, answer)
        assert isinstance(out, Expression)
        return out

    def _of(self, operands: Sequence[Any], shape: Shape) -> Expression:
        """Return the same ufunc of other operands."""
        return Expression(self.ufunc, tuple(operands), shape, self.dtype, self.kwargs, self.which)

    def pages(self, ordered: bool = True) -> Pages:
        return pages_of(self, ordered)

    def norm_bound(self) -> float:
        for node in inside_out(self, _has_norm):
            if isinstance(node, Expression):
                # Of truth values, 1 is the largest.
                is_bool = node.dtype.kind == "b"
                node._norm = (
                    float(node.size) ** 0.5
                    if is_bool
                    else norm_of_ufunc(node.ufunc, node.operands, node.shape)
                )
        assert self._norm is not None
        return self._norm

    def uncertainty(self, statistic: str, other: Source | None = None) -> Uncertainty | None:
        """Bound the sum of products by the norms of the factors (Cauchy and Schwarz)."""
        factors = self.operands * 2 if self.ufunc is np.square else self.operands
        is_product = self.ufunc in (np.square, np.multiply) and not self.kwargs
        if statistic != "total" or not is_product or self.dtype.kind not in "fc":
            return None
        if not all(isinstance(x, Source) and x.shape == self.shape for x in factors):
            return None
        bound = product_error(*factors)
        return Uncertainty(bound, bound)

    def __reduce__(self) -> tuple[Any, ...]:
        return as_list(self, _parameters)

    def parameters(self) -> tuple[Any, ...]:
        """Return what makes it from its operands, and what that takes besides: for pickles."""
        return _called, self.ufunc, self.shape, self.dtype, self.kwargs, self.which


def _parameters(node: Source) -> tuple[Any, ...] | None:
    return node.parameters() if isinstance(node, Expression) else None


def _called(operands: tuple[Any, ...], ufunc: np.ufunc, *parameters: Any) -> Expression:
    return Expression(ufunc, operands, *parameters)


class _Places(dict[Shape, Array]):
    """The C-order positions, in arrays that broadcast to one, of some of its elements, by shape."""

    def __init__(self, positions: Array, shape: Shape) -> None:
        super().__init__({shape: positions})
        self._positions = positions
        self._shape = shape
        self._along: tuple[Array, ...] | None = None

    def __missing__(self, shape: Shape) -> Array:
        if self._along is None:
            self._along = np.unravel_index(self._positions, self._shape)
        own_axes = self._along[len(self._along) - len(shape) :]
        # Along an axis of length 1 there is one position.
        there = linear(tuple(p * (n > 1) for p, n in zip(own_axes, shape, strict=True)), shape)
        self[shape] = there
        return there


class _Element(NamedTuple):
    """A single element of an operand, shape (1,)."""

    value: Array


def _opened(part: Any, is_array: bool) -> Any:
    """Return an operand, of which a single element is an array or a scalar."""
    return (part.value if is_array else part.value[0]) if isinstance(part, _Element) else part


def _own_key(key: Sequence[AxisKey], shape: Shape) -> list[AxisKey]:
    """Return the part of an operand that broadcasts to the part `key` of the result."""
    own_key: list[AxisKey] = []
    lengths = list(shape)
    for wanted in reversed(key):
        if not lengths:
            break
        if wanted is not None and lengths.pop() == 1:
            wanted = 0 if isinstance(wanted, int) else range(min(1, len(wanted)))
        own_key.append(wanted)
    own_key.reverse()
    return own_key


def _with_ndim(operand: Source, ahead: int) -> Source:
    """Return an operand with axes of length 1 ahead of its own."""
    if not ahead:
        return operand
    longer: Source = operand.part([*(None,) * ahead, *(range(n) for n in operand.shape)])
    return longer


def _has_norm(node: Source) -> bool:
    return isinstance(node, Expression) and node._norm is not None


def _tells_whether_exact(node: Source) -> bool:
    return isinstance(node, Expression) and node._is_exact is not None


def _has_bound(node: Source) -> bool:
    return isinstance(node, Expression) and node._bound is not _UNASKED


def _bound_of_call(node: Expression) -> ErrorBound | None:
    """Bound the error of a ufunc of operands: theirs, and what is rounded on the way.

    Returns None where all of them are exact.
    """
    bounds = [
        x._bound if isinstance(x, Expression) else x.error if isinstance(x, Source) else None
        for x in node.operands
    ]
    if all(bound is None for bound in bounds):
        return None
    errors = [0.0 if bound is None else bound.absolute for bound in bounds]
    out = float("inf")
    is_exact = not any(errors)
    if is_exact or node.dtype.kind in "fc":
        out = ufunc_bound(node.ufunc, node.operands, errors, node.shape, node.kwargs)
        if out < float("inf") and not is_exact:
            out += _rounds(node)
    return ErrorBound(out, 0.0)


def _rounds(node: Expression) -> float:
    """Bound what a ufunc rounds, by the norm of what it is given and of its results."""
    eps = float(np.finfo(node.dtype).eps)
    least = float(node.size) ** 0.5 * 5e-324
    if node.dtype.itemsize < 8 + 8 * (node.dtype.kind == "c"):
        least = float(node.size) ** 0.5 * float(np.finfo(node.dtype).smallest_subnormal)
    return 4.0 * eps * node.norm_bound() + least
