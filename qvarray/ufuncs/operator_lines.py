"""Reductions of operators by one line: circulant, dyadic and diagonal matrices, and ufuncs of them.

Every row and every column of a circulant or dyadic matrix is a permutation of the first column, so
that what is combined in any order is combined of that. A diagonal matrix is its diagonal, and one
element everywhere else. Ufuncs of such matrices, and of numbers, are such matrices again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.error_bound import ErrorBound
from ..core.fill import map_elements
from ..core.inside_out import folded, inside_out
from ..core.source import Source
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import Array, zero_of
from ..ops.basis_change import along_diagonal, as_samples, to_dense
from ..ops.bounds import bounded
from ..ops.reshape import reshape
from ..ops.sums import reduced_shape
from ..sources.element_functions import ElementwiseCall
from ..sources.expression import Expression
from ..sources.few_values import FewValues, as_intp, few_values
from . import reduce
from .elementwise_functions import apply_elementwise
from .powers import has_power, powers


class OperatorLine(NamedTuple):
    """What a matrix is made of."""

    #: Of shape (n,): the first column, of which each other one and each row is a permutation; or
    #: the diagonal.
    line: Source
    #: The element beside the diagonal; None where `line` is a column.
    rest: np.generic | None


def _kind(leaf: Source) -> str | None:
    """Return the kind of an operator: ``"diagonal"``, or the group that permutes its lines."""
    if not isinstance(leaf, Spectrum) or not leaf.is_operator:
        return None
    if leaf.bases[0] is STANDARD:
        return "diagonal"
    return leaf.bases[0].group


def _mapped(root: Source, leaf: Callable[[Spectrum], Source]) -> Any:
    """Return an expression of `leaf` of each operator in it, as an array. Computed where closed."""

    def answer(node: Source, operands: list[Any]) -> Any:
        if isinstance(node, Expression):
            return _called(node, operands)
        if node.size == 1:
            return to_dense(node.settle()).reshape(-1)[0]
        return VirtualQArray(leaf(node.settle()))

    return folded(root, answer)


def _called(node: Expression, operands: list[Any]) -> Any:
    call: Any = node.ufunc
    if isinstance(call, ElementwiseCall) and any(map(np.ndim, operands)):
        return VirtualQArray(apply_elementwise(call.function, operands, node.kwargs))
    out = call(*operands, **node.kwargs)
    return out[node.which] if isinstance(out, tuple) else out


def _diagonal(leaf: Spectrum) -> Spectrum:
    line = along_diagonal(leaf)
    values = as_samples(line.eigenvalues, leaf.dtype)
    return line.replace(dtype=leaf.dtype, eigenvalues=values, fill_value=leaf.fill_value)


def operator_line(node: Source) -> OperatorLine | None:
    """Return the line that a matrix is made of; None for all that is no such matrix.

    O(k), and O(nodes) for an expression.
    """
    shape = node.shape
    if len(shape) != 2 or shape[0] != shape[1] or not shape[0]:
        return None
    if not (node.diagonal or isinstance(node, Expression)):
        return None
    nodes = inside_out(node)
    leaves = [leaf for leaf in nodes if leaf.size > 1 and not isinstance(leaf, Expression)]
    kinds = {_kind(leaf) if leaf.shape == shape else None for leaf in leaves}
    if len(kinds) != 1 or None in kinds:
        return None
    if kinds == {"diagonal"}:
        line = _mapped(node, _diagonal)
        rest = _mapped(node, lambda leaf: constant(zero_of(leaf.dtype), (1,)))
        return OperatorLine(line.source, to_dense(rest.source.settle())[0])
    n = shape[0]
    return OperatorLine(_mapped(node, lambda leaf: leaf.part((range(n), 0))).source, None)


def reduce_operator(
    ufunc: np.ufunc,
    node: Source,
    axes: tuple[int, ...],
    dtype: DTypeLike | None = None,
    keepdims: bool = False,
) -> Source | np.generic | None:
    """``ufunc.reduce`` of a circulant, dyadic or diagonal matrix, or of ufuncs of such. By a line.

    Returns None where the node is no such matrix, and where repetitions have no closed form. What
    reducing one line of n elements takes: O(k) in the standard basis.

    `dtype` and `keepdims`: as ``ufunc.reduce``.
    """
    found = operator_line(node) if axes else None
    if found is None:
        return None
    kind = np.asarray(ufunc.reduce(np.ones(1, node.dtype), dtype=dtype)).dtype
    if not has_power(ufunc, node.dtype, kind):
        return None
    n = node.shape[0]
    count = np.array([n - 1 if found.rest is not None else n])
    each: Any
    if found.rest is None:
        total_of_line: Any = np.asarray(ufunc.reduce(VirtualQArray(found.line), dtype=dtype))
        each = constant(total_of_line[()], (n,))
    else:
        rest: Any = ufunc.reduce(np.array([found.rest]), dtype=dtype)

        def with_rest(values: Array) -> Array:
            ones = ufunc.reduce(values[None], axis=0, dtype=dtype)
            return ones if n == 1 else ufunc(ones, powers(ufunc, rest, count))

        line = found.line.settle()
        each = map_elements(with_rest, line)
        if line.error is not None:
            each = bounded(each, line.error.absolute if ufunc is np.add else float("inf"))
    if len(axes) == 2:
        if ufunc is np.add and kind.kind in "iu":
            _require_countable(found, n, kind)
        total = (
            powers(ufunc, total_of_line[()], count)[0]
            if found.rest is None
            else reduce.reduce(ufunc, each, 0, dtype)
        )
        return constant(total, (1, 1)) if keepdims else total
    return reshape(each, reduced_shape(node.shape, axes, keepdims))


def _require_countable(found: OperatorLine, n: int, dtype: np.dtype[Any]) -> None:
    """Raise OverflowError where the sum of all elements, integers, is beyond their dtype."""
    of_line: Any = np.asarray(np.sum(VirtualQArray(found.line), dtype=dtype))
    total = int(of_line) * n if found.rest is None else int(of_line) + n * (n - 1) * int(found.rest)
    if not np.iinfo(dtype).min <= total <= np.iinfo(dtype).max:
        raise OverflowError(f"the sum of all elements, {total}, is beyond {dtype}")


def few_values_of(node: Source) -> FewValues | None:
    """Return the values of an array that takes few, also of an operator: those of a line.

    As `sources.few_values.few_values`.
    """
    found = operator_line(node)
    if found is None:
        return few_values(node)
    n = node.shape[0]
    if found.rest is None:
        # Every row has what the first one has.
        few = few_values(node.part((0, range(n))))
        return None if few is None else few.repeated(n)
    few = few_values(found.line)
    if few is None:
        return None
    values = np.append(few.values, found.rest)
    counts = np.append(few.counts.astype(object), n * (n - 1))
    firsts = np.append(few.firsts.astype(object) * (n + 1), 1)
    order = np.argsort(firsts)
    return FewValues(values[order], counts[order], firsts[order])


def arg_extreme(node: Source, largest: bool) -> int | None:
    """Return the position of the first extreme element of such a matrix; None for any other.

    Of a row, where each has the same elements: what looking through that takes.

    Raises OverflowError where it is beyond 2**63 - 1.
    """
    found = operator_line(node)
    if found is None:
        return None
    n, find = node.shape[0], np.argmax if largest else np.argmin
    if found.rest is None:
        return int(find(VirtualQArray(node.part((0, range(n))))))
    line = VirtualQArray(found.line)
    place = int(find(line))
    # The first element beside the diagonal is the second of all.
    candidates = sorted([(place * (n + 1), line[place]), (1, found.rest)][: 1 + (n > 1)])
    position = candidates[int(find(np.array([value for _, value in candidates])))][0]
    return int(as_intp(np.array([position]))[0])


def arg_extremes(node: Source, largest: bool) -> Spectrum | None:
    """Return where the extreme element of each row of a diagonal matrix is, shape (n,). O(k).

    Returns None for any other, and where it is on the diagonal where nothing is active.
    """
    found = operator_line(node)
    if found is None or found.rest is None or node.shape[0] == 1:
        return None
    line, find = found.line.settle(), np.argmax if largest else np.argmin

    def is_on_diagonal(values: Array) -> Array:
        return find([np.full_like(values, found.rest), values], axis=0) == 1

    if line.active_indices is None or is_on_diagonal(np.array([line.fill_value]))[0]:
        return None
    places = np.where(is_on_diagonal(line.eigenvalues), line.indices(), 0).astype(np.intp)
    # In the first row the diagonal is ahead of all others.
    first = find([line.at(np.array([0]))[0], found.rest])
    indices = line.indices()
    if not indices.size or indices[0]:
        indices, places = np.insert(indices, 0, 0), np.insert(places, 0, first)
    else:
        places[0] = first
    zero, error = np.intp(0), None if line.error is None else ErrorBound.unknown()
    return compact(line.shape, zero.dtype, line.bases, places, indices, zero, error=error)
