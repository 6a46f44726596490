"""Einstein summation: einsum and einsum_path, two arrays at a time, in the order of least work."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ... import kernels
from ...array.virtual_array import VirtualQArray
from ...bases import STANDARD
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ...core.source import Source
from ...core.spectrum import Spectrum, compact
from ...core.values import MAX_SIZE, Array, Shape, zero_of
from ...indexing.strided_view import as_seen
from ...ops.basis_change import linear
from ...ops.broadcast import permute_axes
from ...ufuncs import by_method
from ...ufuncs.matrix_product import matrix_product, tensor_product
from ..common import Output, array_of, blank, standard_of, wrapped
from .matrix_kind import is_finite
from .products import write

#: The order of the products, or how to find it.
Optimize: TypeAlias = bool | str | Sequence[Any]

# Most products that are computed to find out what NumPy does with such arguments.
_MAX_TRIAL = 1 << 16
# Products of elements that are not finite that NumPy adds up.
_FEW = 1 << 20
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Labelled(NamedTuple):
    """An array, and a letter for each axis."""

    array: VirtualQArray
    letters: str

    @property
    def lengths(self) -> dict[str, int]:
        return dict(zip(self.letters, self.array.shape, strict=True))


def _as_text(operands: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the subscripts as text, and the arrays, from either way of calling np.einsum.

    Examples
    --------
    >>> _as_text(["ij, jk", 3, 4]), _as_text([3, [5, 2], 4, [2], [5]])
    (('ij,jk', [3, 4]), ('BA,A->B', [3, 4]))
    """
    if isinstance(operands[0], str):
        return operands[0].replace(" ", ""), list(operands[1:])
    pairs = len(operands) // 2
    lists = operands[1 : 2 * pairs : 2]
    every = {label for labels in (*lists, *operands[2 * pairs :]) for label in labels}
    letter: dict[Any, str] = dict(zip(sorted(every - {Ellipsis}), _LETTERS, strict=False))
    letter[Ellipsis] = "..."
    text = ",".join("".join(letter[label] for label in labels) for labels in lists)
    if len(operands) % 2:
        text += "->" + "".join(letter[label] for label in operands[-1])
    return text, list(operands[: 2 * pairs : 2])


def _require_letters(operands: Sequence[Any]) -> None:
    """Raise NumPy's ValueError for labels in lists that there are no letters for."""
    lists = [*operands[1::2], *operands[-1:]] if len(operands) % 2 else operands[1::2]
    for label in (label for labels in lists for label in labels):
        if label is not Ellipsis and not 0 <= label < len(_LETTERS):
            raise ValueError(f"subscript is not within the valid range [0, {len(_LETTERS)})")


@lru_cache(maxsize=64)
def _without_ellipses(text: str, ndims: tuple[int, ...]) -> tuple[list[str], str]:
    """Return the letters of the operands and of the result, with letters for each ellipsis.

    Examples
    --------
    >>> _without_ellipses("...i,...j->...", (3, 2))
    (['yzi', 'zj'], 'yz')
    >>> _without_ellipses("ij,jk", (2, 2))
    (['ij', 'jk'], 'ik')
    """
    inputs, arrow, output = text.partition("->")
    parts = inputs.split(",")
    spare = [letter for letter in reversed(_LETTERS) if letter not in text]
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
    once = [letter for letter in sorted(set(every) - set(dots)) if every.count(letter) == 1]
    return letters, dots + "".join(once)


@lru_cache(maxsize=256)
def _small_shapes(shapes: tuple[Shape, ...]) -> tuple[tuple[Shape, ...], int]:
    """Return shapes of least lengths that are equal, 0, 1 and in order where the given ones are.

    And the product of all lengths that differ in a shape, which products of such arrays take.

    Examples
    --------
    >>> _small_shapes(((1000, 7, 1), (7, 0)))
    (((3, 2, 1), (2, 0)), 12)
    """
    longer = sorted({n for shape in shapes for n in shape if n > 1})
    rank = {n: i for i, n in enumerate((0, 1, *longer))}
    small = tuple(tuple(rank[n] for n in shape) for shape in shapes)
    return small, prod([max(n, 1) for shape in small for n in set(shape)])


class _Roles(NamedTuple):
    """The letters of a product of two arrays, by what becomes of them."""

    #: Of one array, and of nothing else: they are summed up before.
    alone_a: str
    alone_b: str
    #: Of both, and kept.
    stack: str
    #: Of both, and summed up.
    over: str
    #: Of one array, and kept.
    free_a: str
    free_b: str


@lru_cache(maxsize=256)
def _roles(a: str, b: str, kept: frozenset[str]) -> _Roles:
    """Tell apart the letters of two arrays that are multiplied."""

    def those(letters: str, other: str, is_in_other: bool, is_kept: bool) -> str:
        return "".join(
            [x for x in letters if (x in other) == is_in_other and (x in kept) == is_kept]
        )

    return _Roles(
        those(a, b, False, False),
        those(b, a, False, False),
        those(a, b, True, True),
        those(a, b, True, False),
        those(a, b, False, True),
        those(b, a, False, True),
    )


def _blanks(arrays: list[VirtualQArray]) -> list[Array]:
    """Return arrays from whose shapes NumPy can tell the order of the products."""
    shapes = tuple([array.shape for array in arrays])
    if any(array.size > MAX_SIZE for array in arrays):
        shapes, _ = _small_shapes(shapes)
    return [blank(shape) for shape in shapes]


@lru_cache(maxsize=256)
def _tried(
    text: str, shapes: tuple[Shape, ...], dtypes: tuple[np.dtype[Any], ...], **options: Any
) -> tuple[bool, bool]:
    """Tell whether np.einsum gives an array, and whether that is a view; or raise as it does."""
    blanks = [blank(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=False)]
    result = np.einsum(text, *blanks, **options)
    return isinstance(result, np.ndarray), getattr(result, "base", None) is not None


def _trial(
    text: str, arrays: list[VirtualQArray], out: Output, kwargs: dict[str, Any]
) -> tuple[bool, bool]:
    """Tell what np.einsum gives for small arrays like these, as `_tried`."""
    if out is not None and not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("return arrays must be of ArrayType")
    shapes = tuple([array.shape for array in (*arrays, *([] if out is None else [out]))])
    small, most = _small_shapes(shapes)
    if most > _MAX_TRIAL:
        small = tuple((1,) * len(shape) for shape in shapes)
    dtypes = tuple([array.dtype for array in arrays])
    # Some arguments cannot be told apart by a cache, and NumPy warns of some.
    plain = out is None and set(kwargs) == {"optimize"}
    tried = _tried if plain and type(kwargs["optimize"]) in (bool, str) else _tried.__wrapped__
    given: dict[str, Any] = {}
    if out is not None:
        given = {"out": np.zeros(small[-1], out.dtype)}
    try:
        return tried(text, small, dtypes, **kwargs, **given)
    except ValueError:
        # What is refused so is refused at its own size too, in words that name that.
        if all(size <= MAX_SIZE for size in map(prod, shapes)):
            if out is not None:
                one = np.zeros(1, out.dtype)
                given = {"out": np.lib.stride_tricks.as_strided(one, out.shape, (0,) * out.ndim)}
            blanks: Any = [blank(array.shape, array.dtype) for array in arrays]
            np.einsum(text, *blanks, **kwargs, **given)
        raise


@function_rule(Tier.CLOSED, np.einsum_path)
def einsum_path(*operands: Any, optimize: Optimize = "greedy", einsum_call: bool = False) -> Any:
    """Return the order of the products: a matter of the shapes alone."""
    text, arrays = _as_text(operands)
    blanks = _blanks([array_of(array) for array in arrays])
    return np.einsum_path(text, *blanks, optimize=optimize, einsum_call=einsum_call)  # type: ignore[arg-type]


@function_rule(Tier.CLOSED, np.einsum)
def einsum(*operands: Any, out: Output = None, optimize: Optimize = False, **kwargs: Any) -> Any:
    """Sum up products of elements over letters: O(k + products) for coefficients."""
    if not operands:
        raise ValueError("must specify the einstein sum subscripts string and at least one operand")
    if optimize is False and not isinstance(operands[0], str):
        _require_letters(operands)  # paths may have any labels
    text, given = _as_text(operands)
    arrays = [array_of(array) for array in given]
    is_array, is_view = _trial(text, arrays, out, {**kwargs, "optimize": optimize})
    letters, final = _without_ellipses(text, tuple([array.ndim for array in arrays]))
    if len(arrays) == 1 and is_array and is_view:
        return _view(arrays[0], letters[0], final)
    path: Sequence[Sequence[int]] = [range(len(arrays))]
    if len(arrays) > 2:
        order = optimize if optimize not in (False, True) else "greedy"
        path = np.einsum_path(text, *_blanks(arrays), optimize=order)[0][1:]
    dtype = np.dtype(kwargs.get("dtype") or np.result_type(*[array.dtype for array in arrays]))
    if out is not None and kwargs.get("dtype") is None:
        dtype = np.result_type(dtype, out.dtype)  # NumPy has the output's dtype promoted as well
    lengths: dict[str, int] = {}
    for array, labels in zip(arrays, letters, strict=True):
        lengths.update(zip(labels, array.shape, strict=True))
    terms = prod(lengths.values())
    held = [array.source.held if array.source.is_exact else None for array in arrays]
    if out is None and all(each is not None and terms <= each.size for each in held):
        # No product is of more elements than are there: NumPy has all of them in one pass.
        require_budget(terms * dtype.itemsize, "multiply parts of them")
        return wrapped(np.einsum(text, *held, optimize=optimize, **kwargs))
    are_few = dtype.kind in "fc" and terms <= _FEW
    if are_few and not all(is_finite(array.spectrum) for array in arrays):
        return NotImplemented  # what is left of infinities depends on the order of sums
    with np.errstate(all="ignore"):  # as NumPy's warns of nothing
        result = _computed(arrays, letters, final, path, dtype)
    if are_few and not is_finite(result.spectrum):
        return NotImplemented
    if out is None:
        return result if is_array else result[()]
    if out.shape != result.shape:
        raise ValueError(
            f"output operand of shape {out.shape} does not have the shape {result.shape} of the "
            "result"
        )
    return write(result, out, "unsafe")  # NumPy has agreed to it


def _computed(
    arrays: list[VirtualQArray],
    letters: list[str],
    final: str,
    path: Any,
    dtype: np.dtype[Any],
) -> VirtualQArray:
    """Return the sum of products, two arrays at a time."""
    # Only one operand has to be of the dtype for products to be.
    parts = [
        Labelled(_cast(array, dtype), labels) for array, labels in zip(arrays, letters, strict=True)
    ]
    for step in path:
        chosen = [parts[i] for i in step]
        parts = [part for i, part in enumerate(parts) if i not in step]
        product = chosen[0]
        for i, other in enumerate(chosen[1:], 2):
            rest = "".join(part.letters for part in (*parts, *chosen[i:]))
            product = _product(product, other, frozenset(final + rest), dtype)
        parts.append(product)
    (last,) = parts
    return _ordered(_narrowed(last, set(final), dtype), final)


def _view(array: VirtualQArray, letters: str, final: str) -> VirtualQArray:
    """Return what NumPy does of one operand where nothing is added up: a view, of diagonals too."""

    def step(source: Source) -> Source:
        part = _without_repeats(VirtualQArray(source.settle()), letters)
        return _ordered(part, final).spectrum

    return array.view_by(step, as_seen(lambda array: np.einsum(f"{letters}->{final}", array)))


def _cast(array: VirtualQArray, dtype: np.dtype[Any]) -> VirtualQArray:
    return array if array.dtype == dtype else array.astype(dtype)


def _summed(part: Labelled, over: set[str], dtype: np.dtype[Any]) -> Labelled:
    """Sum up the axes of some letters."""
    if over.isdisjoint(part.letters):
        return part
    axes = tuple([axis for axis, letter in enumerate(part.letters) if letter in over])
    ufunc = np.logical_or if dtype.kind == "b" else np.add
    # NumPy adds up halves in single precision.
    wide = np.dtype(np.float32) if dtype == np.float16 else dtype
    total = array_of(by_method.reduced(ufunc, part.array, axis=axes, dtype=wide))
    letters = "".join(letter for letter in part.letters if letter not in over)
    return Labelled(_cast(total, dtype), letters)


def _narrowed(part: Labelled, kept: set[str] | frozenset[str], dtype: np.dtype[Any]) -> Labelled:
    """Keep each letter once, and only those that are wanted."""
    array, letters = part
    source: Any = array.source
    is_trace = source.is_operator and letters[0] == letters[1] and letters[0] not in kept
    if is_trace and np.isfinite(source.eigenvalues).all():
        # The trace is that of the diagonal matrix in any basis.
        trace = np.trace(array)
        return Labelled(array_of(np.asarray(trace).astype(dtype)), "")
    if len(set(letters)) < len(letters):
        part = _without_repeats(array, letters)
    return _summed(part, set(letters) - kept, dtype)


def _without_repeats(array: VirtualQArray, letters: str) -> Labelled:
    """Keep each letter once: take the diagonals of those that repeat. O(k)."""
    for letter in sorted(set(letters)):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            array = VirtualQArray(_diagonal(standard_of(array), first, second))
            letters = letters[:second] + letters[second + 1 :]
    return Labelled(array, letters)


def _diagonal(spectrum: Spectrum, first: int, second: int) -> Spectrum:
    """Return the elements with one index along two axes, which lies along the first. O(k)."""
    lengths = spectrum.shape[first], spectrum.shape[second]
    if lengths[0] != lengths[1] and 1 not in lengths:
        raise ValueError(f"dimensions of one letter have lengths {lengths[0]} and {lengths[1]}")
    if spectrum.active_indices is None and lengths[0] == lengths[1]:
        values = spectrum.eigenvalues.reshape(spectrum.shape)
        values = np.moveaxis(np.diagonal(values, 0, first, second), -1, first)
        bases = spectrum.bases[:second] + spectrum.bases[second + 1 :]
        kept = np.ascontiguousarray(values).reshape(-1)
        return Spectrum(values.shape, spectrum.dtype, bases, kept, None, spectrum.fill_value)
    along = list(spectrum.coordinates())
    if lengths[0] == lengths[1]:
        kept = along[first] == along[second]
    else:
        # An axis of length 1 is repeated.
        kept = np.ones(spectrum.nactive, bool)
        if lengths[0] == 1:
            along[first] = along[second]
    coordinates = tuple(index[kept] for axis, index in enumerate(along) if axis != second)
    lengths_out = list(spectrum.shape)
    lengths_out[first] = max(lengths)
    del lengths_out[second]
    shape = tuple(lengths_out)
    indices, values = linear(coordinates, shape), spectrum.eigenvalues[kept]
    order = np.argsort(indices, kind="stable")
    bases, fill = spectrum.bases[:second] + spectrum.bases[second + 1 :], spectrum.fill_value
    return compact(shape, spectrum.dtype, bases, values[order], indices[order], fill)


def _without_repeated(part: Labelled, other: Labelled) -> Labelled:
    """Drop axes of length 1 that are repeated along longer ones of another array. O(1)."""
    if 1 not in part.array.shape:
        return part
    lengths, others = part.lengths, other.lengths
    gone = {letter for letter in lengths if lengths[letter] == 1 != others.get(letter, 1)}
    if not gone:
        return part
    key = tuple(0 if letter in gone else slice(None) for letter in part.letters)
    letters = "".join(letter for letter in part.letters if letter not in gone)
    return Labelled(array_of(part.array[key]), letters)


def _is_sparse(part: Labelled) -> bool:
    """Whether elements are stored as they are, and not all of them."""
    source = part.array.source
    return source.is_standard and source.settle().active_indices is not None


def _product(a: Labelled, b: Labelled, kept: frozenset[str], dtype: np.dtype[Any]) -> Labelled:
    """Return the product of two arrays, summed up over the letters that nothing else needs."""
    a = _narrowed(a, kept | set(b.letters), dtype)
    b = _narrowed(b, kept | set(a.letters), dtype)
    a, b = _without_repeated(a, b), _without_repeated(b, a)
    # Their axes are put in order, in copies.
    require_budget(a.array.nbytes + b.array.nbytes, "multiply parts of them")
    alone_a, alone_b, stack, over, free_a, free_b = _roles(a.letters, b.letters, kept)
    a, b = _summed(a, set(alone_a), dtype), _summed(b, set(alone_b), dtype)
    letters = stack + free_a + free_b
    if not free_a and not free_b and (not over or (_is_sparse(a) and _is_sparse(b))):
        x, y = _ordered(a, stack + over), _ordered(b, stack + over)
        product = _at_common(x, y) if over else None
        product = array_of(np.multiply(x, y)) if product is None else product
        return _summed(Labelled(product, stack + over), set(over), dtype)
    if not stack:
        axes_a, axes_b = (tuple(map(x.letters.index, over)) for x in (a, b))
        result = tensor_product(a.array.spectrum, b.array.spectrum, axes_a, axes_b)
        return Labelled(VirtualQArray(_summed_from_zero(result, over)), letters)
    left = standard_of(_ordered(a, stack + free_a + over))
    right = standard_of(_ordered(b, stack + over + free_b))
    lengths = {**a.lengths, **b.lengths}
    count, m, n, inner = (
        prod(lengths[letter] for letter in group) for group in (stack, free_a, free_b, over)
    )
    result = matrix_product(_reshaped(left, (count, m, inner)), _reshaped(right, (count, inner, n)))
    result = _summed_from_zero(result, over)
    shape = tuple(lengths[letter] for letter in letters)
    return Labelled(VirtualQArray(_reshaped(result, shape)), letters)


def _summed_from_zero(sums: Spectrum, over: Sequence[str]) -> Spectrum:
    """Return sums with no part that is -0.0: NumPy's begin at 0, those of complex BLAS do not."""
    if not over or sums.dtype.kind != "c":
        return sums
    return sums.replace(eigenvalues=sums.eigenvalues + 0)


def _at_common(x: VirtualQArray, y: VirtualQArray) -> VirtualQArray | None:
    """Return products that are added up: of sparse arrays where both are active. O(ka + kb).

    None where inactive elements have a say. Of their products only the signs of zeros are lost.
    """
    a, b = x.spectrum, y.spectrum
    if a.fill_value or b.fill_value or a.shape != b.shape:
        return None
    if a.error is not None or b.error is not None or not (is_finite(a) and is_finite(b)):
        return None
    indices = a.indices()
    in_a, in_b = kernels.merge_sorted.intersection(indices, b.indices())
    values = a.eigenvalues[in_a] * b.eigenvalues[in_b]
    zero = zero_of(values.dtype)
    return VirtualQArray(compact(a.shape, values.dtype, a.bases, values, indices[in_a], zero))


def _reshaped(spectrum: Spectrum, shape: Shape) -> Spectrum:
    """Return an array in the standard basis in another shape. O(1)."""
    return spectrum.reshaped(shape, (STANDARD,) * len(shape))


def _ordered(part: Labelled, letters: str) -> VirtualQArray:
    """Return the array with its axes in the order of `letters`. O(k)."""
    if part.letters == letters:
        return part.array
    order = [part.letters.index(letter) for letter in letters]
    return VirtualQArray(permute_axes(part.array.spectrum, order))
