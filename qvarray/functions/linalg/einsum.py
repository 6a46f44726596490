"""Einstein summation: products of two arrays at a time, in the order that takes least."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ...core.source import Source
from ...core.spectrum import Spectrum, compact
from ...core.values import MAX_SIZE
from ...ops.basis_change import linear
from ...ops.broadcast import permute_axes
from ...ops.linear import cast
from ...ufuncs.matrix_product import matrix_product, tensor_product
from ..common import standard_of
from .products import array_of

__all__: list[str] = []

# Products that are computed to find out what NumPy does with such arguments.
_MOST = 1 << 16
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Labelled(NamedTuple):
    """An array, and a letter for each axis."""

    array: VirtualQArray
    letters: str

    @property
    def lengths(self) -> dict[str, int]:
        return dict(zip(self.letters, self.array.shape, strict=True))


def _as_text(operands: Sequence[Any]) -> tuple[str, list[Any]]:
    """The subscripts as text, and the arrays, from either way of calling np.einsum."""
    if isinstance(operands[0], str):
        return operands[0].replace(" ", ""), list(operands[1:])
    pairs = len(operands) // 2
    used = sorted({one for lists in (*operands[1 : 2 * pairs : 2], *operands[2 * pairs :])
                   for one in lists if one is not Ellipsis})  # fmt: skip
    letter = {one: _LETTERS[at] for at, one in enumerate(used)}
    letter[Ellipsis] = "..."
    parts = ["".join(letter[one] for one in lists) for lists in operands[1 : 2 * pairs : 2]]
    text = ",".join(parts)
    if len(operands) % 2:
        text += "->" + "".join(letter[one] for one in operands[-1])
    return text, list(operands[: 2 * pairs : 2])


def _spelled_out(text: str, ndims: list[int]) -> tuple[list[str], str]:
    """The letters of the operands and of the result, with letters in place of each ellipsis."""
    inputs, arrow, output = text.partition("->")
    parts = inputs.split(",")
    spare = [one for one in reversed(_LETTERS) if one not in text]
    extra = [n - len(part.replace("...", "")) for part, n in zip(parts, ndims, strict=True)]
    widest = max((n for n, part in zip(extra, parts, strict=True) if "..." in part), default=0)
    dots = "".join(reversed(spare[:widest]))
    letters = [
        part.replace("...", dots[len(dots) - n :] if n else "")
        for part, n in zip(parts, extra, strict=True)
    ]
    if arrow:
        return letters, output.replace("...", dots)
    every = "".join(letters)
    once = [one for one in sorted(set(every) - set(dots)) if every.count(one) == 1]
    return letters, dots + "".join(once)


def _small(shapes: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Shapes of the smallest lengths that are equal, 0, 1 and in order where the given ones are."""
    longer = sorted({n for shape in shapes for n in shape if n > 1})
    rank = {n: at for at, n in enumerate((0, 1, *longer))}
    return [tuple(rank[n] for n in shape) for shape in shapes]


def _blank(shape: tuple[int, ...], dtype: Any) -> Any:
    """An array of zeros, of which one is stored."""
    return np.ndarray(shape, dtype, np.zeros(1, dtype), strides=(0,) * len(shape))


def _stand_ins(arrays: list[Any]) -> list[Any]:
    """Arrays from whose shapes NumPy can tell the order of the products."""
    shapes = [array.shape for array in arrays]
    if any(array.size > MAX_SIZE for array in arrays):
        shapes = _small(shapes)
    return [_blank(shape, np.int8) for shape in shapes]


def _proved(text: str, arrays: list[Any], out: Any, kwargs: dict[str, Any]) -> Any:
    """What np.einsum gives for small arrays like these: a scalar or not, or what it raises."""
    if out is not None and not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("return arrays must be of ArrayType")
    shapes = [array.shape for array in (*arrays, *([] if out is None else [out]))]
    small = _small(shapes)
    if prod(max(n, 1) for shape in small for n in set(shape)) > _MOST:
        small = [(1,) * len(shape) for shape in shapes]
    if out is not None:
        kwargs = {**kwargs, "out": np.zeros(small[-1], out.dtype)}
    blanks = [_blank(shape, one.dtype) for shape, one in zip(small, arrays, strict=False)]
    return np.einsum(text, *blanks, **kwargs)


@function_rule(Tier.CLOSED, np.einsum_path)
def einsum_path(*operands: Any, optimize: Any = "greedy", einsum_call: Any = False) -> Any:
    """The order of the products: a matter of the shapes alone."""
    text, arrays = _as_text(operands)
    arrays = [array_of(one) for one in arrays]
    return np.einsum_path(text, *_stand_ins(arrays), optimize=optimize, einsum_call=einsum_call)


@function_rule(Tier.CLOSED, np.einsum)
def einsum(*operands: Any, out: Any = None, optimize: Any = False, **kwargs: Any) -> Any:
    """Products of elements added up over letters: O(k + products) for coefficients."""
    if not operands:
        raise ValueError("must specify the einstein sum subscripts string and at least one operand")
    text, given = _as_text(operands)
    arrays = [array_of(one) for one in given]
    small = _proved(text, arrays, out, {**kwargs, "optimize": optimize})
    letters, final = _spelled_out(text, [array.ndim for array in arrays])
    if len(arrays) == 1 and isinstance(small, np.ndarray) and small.base is not None:
        return _view(arrays[0], letters[0], final)
    order = optimize if optimize not in (False, True) else "greedy"
    path = np.einsum_path(text, *_stand_ins(arrays), optimize=order)[0][1:]
    dtype = np.dtype(kwargs.get("dtype") or np.result_type(*(array.dtype for array in arrays)))
    if out is not None and kwargs.get("dtype") is None:
        dtype = np.result_type(dtype, out.dtype)  # NumPy has the output's dtype promoted as well
    # Only one operand has to be of the dtype for products to be.
    parts = [Labelled(_cast(array, dtype), one) for array, one in zip(arrays, letters, strict=True)]
    for step in path:
        chosen = [parts[at] for at in step]
        parts = [part for at, part in enumerate(parts) if at not in step]
        result = chosen[0]
        for at, other in enumerate(chosen[1:], 2):
            rest = "".join(part.letters for part in (*parts, *chosen[at:]))
            result = _product(result, other, set(final + rest), dtype)
        parts.append(result)
    (last,) = parts
    result = _ordered(_narrowed(last, set(final), dtype), final)
    return _returned(result, small, out)


def _view(array: VirtualQArray, letters: str, final: str) -> VirtualQArray:
    """What NumPy returns of one operand where nothing is added up: a view, of diagonals too."""

    def step(source: Source) -> Source:
        one = _without_repeats(VirtualQArray(source.settle()), letters)
        return _ordered(one, final).spectrum

    return array.view_by(step, lambda window: np.einsum(f"{letters}->{final}", window))


def _cast(array: VirtualQArray, dtype: np.dtype[Any]) -> VirtualQArray:
    return array if array.dtype == dtype else array.astype(dtype)


def _returned(result: VirtualQArray, small: Any, out: Any) -> Any:
    """The result as NumPy gives it: an array, a scalar, or the output."""
    if out is None:
        return result if isinstance(small, np.ndarray) else result[()]
    if out.shape != result.shape:
        raise ValueError(
            f"output operand of shape {out.shape} does not have the shape {result.shape} of the "
            "result"
        )
    if isinstance(out, VirtualQArray):
        out.replace_with(cast(result.spectrum, out.dtype, "unsafe"))
    else:
        np.copyto(out, np.asarray(result), casting="unsafe")  # NumPy has agreed to it
    return out


def _summed(one: Labelled, over: set[str], dtype: np.dtype[Any]) -> Labelled:
    """Without some letters: their axes are added up."""
    axes = tuple(at for at, letter in enumerate(one.letters) if letter in over)
    if not axes:
        return one
    ufunc = np.logical_or if dtype.kind == "b" else np.add
    # NumPy adds up halves in single precision.
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    total = array_of(ufunc.reduce(one.array, axis=axes, dtype=wide))
    letters = "".join(letter for letter in one.letters if letter not in over)
    return Labelled(_cast(total, dtype), letters)


def _narrowed(one: Labelled, kept: set[str], dtype: np.dtype[Any]) -> Labelled:
    """With each letter once, and only those that are kept."""
    array, letters = one
    spectrum: Any = array.source
    is_operator = isinstance(spectrum, Spectrum) and spectrum.is_operator
    is_trace = is_operator and letters[0] == letters[1] and letters[0] not in kept
    if is_trace and np.isfinite(spectrum.eigenvalues).all():
        # The trace is that of the diagonal matrix in any basis.
        trace = np.trace(array)
        return Labelled(array_of(np.asarray(trace).astype(dtype)), "")
    one = _without_repeats(array, letters)
    return _summed(one, set(letters) - kept, dtype)


def _without_repeats(array: VirtualQArray, letters: str) -> Labelled:
    """With each letter once: the diagonals of those that repeat. O(k)."""
    for letter in sorted(set(letters)):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            array = VirtualQArray(_diagonal(standard_of(array), first, second))
            letters = letters[:second] + letters[second + 1 :]
    return Labelled(array, letters)


def _diagonal(spectrum: Spectrum, first: int, second: int) -> Spectrum:
    """The elements with one index along two axes, which lies along the first. O(k)."""
    lengths = spectrum.shape[first], spectrum.shape[second]
    if lengths[0] != lengths[1] and 1 not in lengths:
        raise ValueError(f"dimensions of one letter have lengths {lengths[0]} and {lengths[1]}")
    along = list(spectrum.coordinates())
    n = max(lengths)
    if lengths[0] == lengths[1]:
        kept = along[first] == along[second]
    else:
        # An axis of length 1 is repeated.
        kept = np.ones(spectrum.nactive, bool)
        if lengths[0] == 1:
            along[first] = along[second]
    along = [one[kept] for at, one in enumerate(along) if at != second]
    shape = list(spectrum.shape)
    shape[first] = n
    del shape[second]
    indices, values = linear(tuple(along), tuple(shape)), spectrum.eigenvalues[kept]
    order = np.argsort(indices, kind="stable")
    bases = spectrum.bases[:second] + spectrum.bases[second + 1 :]
    return compact(
        tuple(shape), spectrum.dtype, bases, values[order], indices[order], spectrum.fill_value
    )


def _without_ones(one: Labelled, letters: set[str]) -> Labelled:
    """Without axes of length 1 of some letters. O(1)."""
    gone = [at for at, letter in enumerate(one.letters) if letter in letters]
    if not gone:
        return one
    key = tuple(0 if at in gone else slice(None) for at in range(len(one.letters)))
    picked = one.array[key]
    rest = "".join(letter for at, letter in enumerate(one.letters) if at not in gone)
    return Labelled(array_of(picked), rest)


def _product(a: Labelled, b: Labelled, kept: set[str], dtype: np.dtype[Any]) -> Labelled:
    """The product of two arrays, added up over the letters that nothing else needs."""
    a = _narrowed(a, kept | set(b.letters), dtype)
    b = _narrowed(b, kept | set(a.letters), dtype)
    of_a, of_b = a.lengths, b.lengths
    shared = set(of_a) & set(of_b)
    # An axis of length 1 is repeated along the axis of the same letter: it is as good as none.
    a = _without_ones(a, {one for one in shared if of_a[one] == 1 != of_b[one]})
    b = _without_ones(b, {one for one in shared if of_b[one] == 1 != of_a[one]})
    shared = set(a.letters) & set(b.letters)
    a = _summed(a, set(a.letters) - kept - shared, dtype)
    b = _summed(b, set(b.letters) - kept - shared, dtype)
    stack = [one for one in a.letters if one in shared and one in kept]
    over = [one for one in a.letters if one in shared and one not in kept]
    free_a = [one for one in a.letters if one not in shared]
    free_b = [one for one in b.letters if one not in shared]
    letters = "".join(stack + free_a + free_b)
    if not over and not free_a and not free_b:
        other = _ordered(b, "".join(stack))
        return Labelled(array_of(np.multiply(_ordered(a, letters), other)), letters)
    if not stack:
        at_a = tuple(a.letters.index(one) for one in over)
        at_b = tuple(b.letters.index(one) for one in over)
        result = tensor_product(a.array.spectrum, b.array.spectrum, at_a, at_b)
        return Labelled(VirtualQArray(result), letters)
    x = standard_of(_ordered(a, "".join(stack + free_a + over)))
    y = standard_of(_ordered(b, "".join(stack + over + free_b)))
    lengths = {**a.lengths, **b.lengths}
    sizes = [prod(lengths[one] for one in part) for part in (stack, free_a, over, free_b)]
    result = matrix_product(
        _reshaped(x, (sizes[0], sizes[1], sizes[2])), _reshaped(y, (sizes[0], sizes[2], sizes[3]))
    )
    shape = tuple(lengths[one] for one in letters)
    return Labelled(VirtualQArray(_reshaped(result, shape)), letters)


def _reshaped(spectrum: Spectrum, shape: tuple[int, ...]) -> Spectrum:
    """An array in the standard basis, of another shape. O(1)."""
    bases = (spectrum.bases or standard_of(0).bases)[:1] * len(shape)
    return spectrum.replace(shape=shape, bases=bases)


def _ordered(one: Labelled, letters: str) -> VirtualQArray:
    """The array with its axes in the order of `letters`. O(k)."""
    if one.letters == letters:
        return one.array
    order = [one.letters.index(letter) for letter in letters]
    return VirtualQArray(permute_axes(one.array.spectrum, order))
