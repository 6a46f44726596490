"""Calls of every NumPy function that can be overridden, for `test_every_function`.

A call is a function whose parameters name what it is given: the arrays and the arguments that
`kinds` of `test_every_function` draws. It is run on ndarrays and on VirtualQArrays, and must
return the same. Where NumPy leaves open what a function returns (the order of equal elements, the
signs of eigenvectors), a call returns what is specified.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.lib.scimath
import numpy.lib.stride_tricks
import numpy.polynomial.polynomial as npp

from .twin import kind_of_error

__all__ = ["CALLS", "Calls"]


class Calls(NamedTuple):
    """Calls of a function.

    Parameters
    ----------
    calls : tuple of callable
    rounding, scale : float
        As of `twin.check`: 0.0 where the result is exact.
    smooth : bool
        Whether the result is continuous in the elements: then samples that are known to rounding
        only can be compared as well.
    examples : int
    """

    calls: tuple[Callable[..., Any], ...]
    rounding: float = 0.0
    scale: float = 0.0
    smooth: bool = False
    examples: int = 30


#: Calls of each function.
Table: TypeAlias = dict[Callable[..., Any], Calls]


def of(*calls: Callable[..., Any], **options: Any) -> Calls:
    return Calls(calls, **options)


def similar(array: Any, x: Any) -> Any:
    """What a function returned, without its rules, as an array of the kind of `x`."""
    return np.array(np.asarray(array), like=x)


def into(x: Any, kind: Any, call: Callable[[Any], Any]) -> Any:
    """What is in outputs after ``call(out)``.

    They are of the shape and dtype of the result, or of another dtype (`kind`, a dtype) or shape
    ("shape"); of the kind of `x`, and ndarrays.
    """
    plain = call(None)
    shape, dtype = np.shape(plain), np.asarray(plain).dtype if kind is None else kind
    if kind == "shape":
        shape, dtype = (3, *shape), np.asarray(plain).dtype
    out = np.full(shape, 1, dtype, like=x)
    same = call(out) is out
    dense = np.full(shape, 1, dtype)
    return same, out, call(dense) is dense, similar(dense, x)


def after(x: Any, write: Callable[[Any], Any]) -> Any:
    """What `write` returns, and a copy of `x`, and a view of one, that it has written to."""
    copy, whole = x.copy(), x.copy()
    got = write(copy)
    if not x.ndim:
        return got, copy
    part = whole[::-1]
    write(part)
    return got, copy, part, whole


def unsigned(total: Any) -> Any:
    """A sum of products, without the sign that the BLAS gives to one that is 0."""
    return total + np.zeros((), total.dtype)


def saved(save: Callable[[Any], Any]) -> bytes:
    file = io.BytesIO()
    assert save(file) is None
    return file.getvalue()


def loaded(x: Any, save: Callable[[Any], Any]) -> Any:
    content = np.load(io.BytesIO(saved(save)))
    if isinstance(content, np.ndarray):
        return similar(content, x)
    return [(name, similar(content[name], x)) for name in sorted(content)]


def text(save: Callable[[Any], Any]) -> str:
    return saved(save).decode()


def from_file(x: Any, content: bytes, **kwargs: Any) -> Any:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return np.fromfile(file, like=x, **kwargs)


def halves(part: Any, kth: Any, axis: Any, x: Any) -> Any:
    """What a partition specifies: the elements at `kth`, and those on either side in any order."""
    part = np.asarray(part)
    if axis is None:
        part, axis = part.ravel(), 0
    lines = np.moveaxis(part, axis, -1)
    bounds = sorted({int(k) % max(lines.shape[-1], 1) for k in np.atleast_1d(kth)})
    pieces = np.split(lines, sorted({*bounds, *(k + 1 for k in bounds)}), -1)
    return [similar(np.sort(piece, -1), x) for piece in pieces]


def by_indices(x: Any, indices: Any, axis: Any) -> Any:
    """The shape and dtype of indices, and the elements that they choose."""
    indices = np.asarray(indices)
    assert np.asarray(x).ndim == 0 or axis is None or indices.shape == x.shape
    dense = np.asarray(x)
    dense = np.take_along_axis(np.atleast_1d(dense), np.atleast_1d(indices), axis)
    return indices.shape, indices.dtype, similar(dense, x)


def twice(x: Any) -> list[Any]:
    """A list of an array. NumPy makes no dates of array-likes without axes in a list."""
    return [x[None] if x.dtype.kind in "mM" else x] * 2


def plainly(result: Any) -> Any:
    """A result of dates, which are no elements of ours, as a list."""
    return np.asarray(result).dtype, np.asarray(result).tolist()


def eigen(A: Any, result: Any, x: Any) -> Any:
    """Eigenvalues in order, and A v - λ v: eigenvectors are given to factors only."""
    values, vectors = map(np.asarray, result)
    A = np.asarray(A)
    gap = A @ vectors - vectors * values[..., None, :]
    norms = np.sqrt(np.sum(np.abs(vectors) ** 2, -2))
    return type(result).__name__, invariants(values, x), similar(gap, x), similar(norms, x)


def invariants(values: Any, x: Any) -> Any:
    """Sums of powers of eigenvalues, whose order is nobody's."""
    values = np.asarray(values)
    return [similar((values**power).sum(-1), x) for power in (1, 2, 3)]


def factors(result: Any, x: Any, *parts: Any) -> Any:
    """Shapes and dtypes of the factors of a decomposition, and their product."""
    return (
        type(result).__name__,
        [(part.shape, part.dtype) for part in map(np.asarray, result)],
        similar(np.asarray(parts[0]), x),
    )


def rebuilt(result: Any, full: bool) -> Any:
    u, s, vh = map(np.asarray, result)
    k = s.shape[-1]
    return (u[..., :k] * s[..., None, :]) @ vh[..., :k, :] if full else (u * s[..., None, :]) @ vh


def sorted_parts(result: Any, x: Any) -> Any:
    """The parts of an answer of unique values, whose order NumPy leaves open."""
    name, parts = type(result).__name__, [np.asarray(one) for one in result]
    order = np.argsort(parts[0], kind="stable")
    if name == "UniqueInverseResult":
        parts[1] = parts[0][parts[1]]
        return name, similar(parts[0][order], x), similar(parts[1], x)
    if name == "UniqueAllResult":
        rebuilt = parts[0][parts[2]]
        return name, [similar(parts[i][order], x) for i in (0, 1, 3)], similar(rebuilt, x)
    return name, [similar(part[order], x) for part in parts]


def reduction(f: Any, **options: Any) -> Calls:
    """Sums and products, of numbers whose sums are exact."""
    return of(
        lambda n: f(n),
        lambda n, axes, keepdims: f(n, axes, keepdims=keepdims),
        lambda n, maybe, dtype: f(n, axis=maybe, dtype=dtype),
        lambda n, axes, mask: f(n, axis=axes, where=mask),
        lambda n, axes, mask: f(n, axis=axes, initial=3, where=mask, keepdims=True),
        lambda n, maybe, kind: into(n, kind, lambda out: f(n, axis=maybe, out=out)),
        lambda gap, axes: f(gap, axes),
        **options,
    )


def scan(f: Any, **options: Any) -> Calls:
    return of(
        lambda n: f(n),
        lambda n, maybe, dtype: f(n, maybe, dtype=dtype),
        lambda n, maybe, kind: into(n, kind, lambda out: f(n, axis=maybe, out=out)),
        lambda gap, maybe: f(gap, maybe),
        **options,
    )


def array_api_scan(f: Any, **options: Any) -> Calls:
    return of(
        lambda n: f(n),
        lambda n, maybe, flag: f(n, axis=maybe, include_initial=flag),
        lambda n, axis, dtype, flag: f(n, axis=axis, dtype=dtype, include_initial=flag),
        lambda n, axis, kind, flag: into(
            n, kind, lambda out: f(n, axis=axis, out=out, include_initial=flag)
        ),
        lambda gap, axis: f(gap, axis=axis),
        **options,
    )


def extremum(f: Any) -> Calls:
    return of(
        lambda ordered: f(ordered),
        lambda ordered, axes, keepdims: f(ordered, axes, keepdims=keepdims),
        lambda ordered, axes, mask: f(ordered, axis=axes, initial=1, where=mask),
        lambda ordered, axes, mask: f(ordered, axis=axes, where=mask),
        lambda ordered, axes: f(ordered, axes, initial=2),
        lambda ordered, maybe, kind: into(ordered, kind, lambda out: f(ordered, maybe, out=out)),
        smooth=True,
    )


def where_extremum(f: Any) -> Calls:
    return of(
        lambda x: f(x),
        lambda x, maybe, keepdims: f(x, maybe, keepdims=keepdims),
        lambda x, maybe, kind: into(x, kind, lambda out: f(x, maybe, out=out)),
    )


def spread(f: Any, mean: Any) -> Calls:
    """Variances and standard deviations."""
    return of(
        lambda level: f(level),
        lambda level, axes, keepdims: f(level, axes, keepdims=keepdims),
        lambda level, axes, k: f(level, axes, ddof=k),
        lambda level, axes, k: f(level, axes, correction=k),
        lambda level, axes: f(level, axes, ddof=1, correction=1),
        lambda level, maybe, dtype: f(level, maybe, dtype=dtype),
        lambda level, axes, mask: f(level, axis=axes, where=mask),
        lambda level, axes: f(level, axes, mean=mean(level, axes, keepdims=True)),
        lambda level, maybe, kind: into(level, kind, lambda out: f(level, maybe, out=out)),
        lambda gap, axes: f(gap, axes),
        rounding=64,
        scale=8.0,
        smooth=f in (np.var, np.nanvar),
    )


def average(f: Any) -> Calls:
    return of(
        lambda n: f(n),
        lambda n, axes, keepdims: f(n, axes, keepdims=keepdims),
        lambda n, maybe, dtype: f(n, axis=maybe, dtype=dtype),
        lambda n, axes, mask: f(n, axis=axes, where=mask),
        lambda n, maybe, kind: into(n, kind, lambda out: f(n, axis=maybe, out=out)),
        lambda gap, axes, keepdims: f(gap, axes, keepdims=keepdims),
        smooth=True,
    )


def middle(f: Any) -> Calls:
    return of(
        lambda ordered: f(ordered),
        lambda finite, axes, keepdims: f(finite, axes, keepdims=keepdims),
        lambda gap, axes: f(gap, axes),
        lambda finite, maybe, kind: into(finite, kind, lambda out: f(finite, maybe, out=out)),
        lambda finite, maybe: f(finite.copy(), maybe, overwrite_input=True),
        smooth=True,
    )


QUANTILE_METHODS = [
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]


def quantile(f: Any, full: float) -> Calls:
    def each(x: Any, axis: Any) -> Any:
        methods = [*QUANTILE_METHODS, "none of these"]
        return [_tried(lambda m=m: f(x, [0.1 * full, 0.5 * full], axis, method=m)) for m in methods]

    return of(
        lambda finite: f(finite, 0.5 * full),
        lambda finite, axes, keepdims: f(finite, 0.3 * full, axes, keepdims=keepdims),
        lambda finite, axes: f(finite, [[0.25 * full, full], [0, 0.9 * full]], axes),
        lambda gap, axes: f(gap, [0.25 * full, full], axes),
        lambda finite, maybe: each(finite, maybe),
        lambda finite, maybe, kind: into(
            finite, kind, lambda out: f(finite, 0.5 * full, maybe, out=out)
        ),
        lambda finite, maybe: f(finite, 1.5 * full, maybe),
        lambda finite, quantiles, maybe: f(finite, quantiles * full, maybe),
        lambda row, weights: f(row, 0.5 * full, weights=weights, method="inverted_cdf"),
        lambda row, weights: f(row, [0, 0.5 * full], weights=weights),
        lambda matrix, weights: f(
            matrix, [0.1 * full, 0.5 * full], 0, weights=weights, method="inverted_cdf"
        ),
        rounding=8,
    )


def _tried(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        return kind_of_error(error)


def rounded(f: Any) -> Calls:
    return of(
        lambda x: f(x),
        lambda n, k: f(n, k),
        lambda n, k: f(n, decimals=-k),
        lambda n, kind: into(n, kind, lambda out: f(n, 1, out=out)),
    )


def shown(f: Any) -> Calls:
    def printed(x: Any, **options: Any) -> Any:
        with np.printoptions(**options):
            return f(x)

    return of(
        lambda x: f(x),
        lambda x, k: f(x, 30, k, True),
        lambda x: printed(x, threshold=3, edgeitems=1),
        lambda x: printed(x, threshold=8, edgeitems=2, linewidth=30, sign="+"),
        lambda x: printed(x, legacy="1.13"),
    )


def likeness(f: Any, *values: Any) -> Calls:
    return of(
        lambda x: f(x, *values),
        lambda x, dtype: f(x, *values, dtype),
        lambda x, dtype: f(x, *values, dtype=dtype, order="F", subok=False),
        lambda x, shape: f(x, *values, shape=shape, device="cpu"),
        lambda x: f(x, *values, device="gpu"),
        lambda x: f(x, *values, order="none"),
    )


def conversion(f: Any, **options: Any) -> Calls:
    return of(
        lambda n: f([1, 2.5], like=n),
        lambda n, dtype: f(np.eye(2), dtype, like=n),
        lambda n: f(n, like=n),
        lambda n, dtype: f(n, dtype=dtype, like=n),
        lambda n: f(3, like=n),
        lambda n: f([n, n], like=n),
        lambda n: f([[1], [2, 3]], like=n),
        **options,
    )


def fourier(f: Any, real: bool = False) -> Calls:
    def given(n: Any) -> Any:
        return n.real if real else n

    return of(
        lambda sample: f(given(sample)),
        lambda sample, axis, length: f(given(sample), length, axis),
        lambda sample, axis, norm: f(given(sample), None, axis, norm),
        lambda sample, axis: into(sample, None, lambda out: f(given(sample), axis=axis, out=out)),
        rounding=64,
        scale=64.0,
        smooth=True,
    )


def fourier_many(f: Any, real: bool = False) -> Calls:
    def given(n: Any) -> Any:
        return n.real if real else n

    return of(
        lambda sample: f(given(sample)),
        lambda sample, axes: f(given(sample), axes=axes),
        lambda sample, axes, norm: f(given(sample), None, axes, norm),
        lambda several: f(given(several), (3, 2), (0, -1)),
        lambda sample: f(given(sample), (3,), (0, -1)),
        lambda sample: into(sample, None, lambda out: f(given(sample), out=out)),
        rounding=64,
        scale=64.0,
        smooth=True,
    )


def complexing(f: Any) -> Calls:
    return of(
        lambda modest: f(modest),
        lambda modest: f(abs(modest)),
        rounding=8,
        scale=8.0,
    )


CREATION: Table = {
    np.arange: of(
        lambda x: np.arange(5, like=x),
        lambda x, dtype: np.arange(1, 7, 2, dtype=dtype, like=x),
        lambda x: np.arange(0.5, 3, 0.25, like=x, device="cpu"),
        lambda x: np.arange(3, 0, like=x),
        lambda x: np.arange(5, -5, -3, like=x),
        lambda x: np.arange(1, 2, 0, like=x),
        lambda x: np.arange(like=x),
    ),
    np.array: conversion(np.array),
    np.asarray: conversion(np.asarray),
    np.asanyarray: conversion(np.asanyarray),
    np.ascontiguousarray: conversion(np.ascontiguousarray),
    np.asfortranarray: conversion(np.asfortranarray),
    np.require: of(
        *conversion(np.require).calls,
        lambda n: np.require(n, None, ["C", "W"], like=n),
        lambda n: np.require(n, None, "none", like=n),
    ),
    np.empty: of(
        lambda x, shape, dtype: np.zeros_like(np.empty(shape, dtype, like=x)),
        lambda x: np.zeros_like(np.empty(3, order="F", device="cpu", like=x)),
        lambda x: np.empty(-1, like=x),
    ),
    np.zeros: of(
        lambda x, shape, dtype: np.zeros(shape, dtype, like=x),
        lambda x: np.zeros(3, order="F", device="cpu", like=x),
        lambda x: np.zeros(-1, like=x),
        lambda x: np.zeros(1.5, like=x),
        lambda x: np.zeros(2, device="gpu", like=x),
    ),
    np.ones: of(
        lambda x, shape, dtype: np.ones(shape, dtype, like=x),
        lambda x: np.ones(3, order="F", device="cpu", like=x),
        lambda x: np.ones((2, -1), like=x),
        lambda x: np.ones(2, order="none", like=x),
    ),
    np.full: of(
        lambda x, shape, dtype: np.full(shape, 3, dtype, like=x),
        lambda x, shape: np.full(shape, -0.0, like=x),
        lambda x: np.full((2, 3), [1, 2, 3], like=x),
        lambda x: np.full((2, 3), [1, 2], like=x),
        lambda x: np.full((3, *x.shape), x, like=x),
        lambda x: np.full(2, 300, np.int8, like=x),
    ),
    np.eye: of(
        lambda x: np.eye(3, like=x),
        lambda x, k, dtype: np.eye(3, 4, k, dtype, like=x),
        lambda x: np.eye(0, like=x),
        lambda x: np.eye(2, 3, -1, order="F", device="cpu", like=x),
        lambda x: np.eye(-1, like=x),
        lambda x: np.eye(1.5, like=x),
    ),
    np.identity: of(
        lambda x, dtype: np.identity(3, dtype, like=x),
        lambda x: np.identity(0, like=x),
        lambda x: np.identity(-2, like=x),
    ),
    np.tri: of(
        lambda x, k, dtype: np.tri(3, 4, k, dtype, like=x),
        lambda x: np.tri(4, like=x),
        lambda x: np.tri(3, 5, 9, like=x),
        lambda x: np.tri(0, like=x),
    ),
    np.frombuffer: of(
        lambda x, k: np.frombuffer(bytes(range(16)), np.int16, 2, k, like=x),
        lambda x: np.frombuffer(bytes(16), like=x),
        lambda x: np.frombuffer(bytes(5), float, like=x),
        lambda x: np.frombuffer(b"", float, like=x),
    ),
    np.fromfile: of(
        lambda x: from_file(x, bytes(range(16)), dtype=np.int32),
        lambda x, k: from_file(x, bytes(range(16)), dtype=np.int16, count=2, offset=abs(k)),
        lambda x: from_file(x, b"1 2 3.5", sep=" "),
    ),
    np.fromstring: of(
        lambda x: np.fromstring("1 2 3.5", sep=" ", like=x),
        lambda x: np.fromstring("1,2,3", int, 2, sep=",", like=x),
        lambda x: np.fromstring("1 2", float, 1, sep=" ", like=x),
    ),
    np.fromiter: of(
        lambda x, dtype: np.fromiter(iter([1, 2, 0]), dtype or int, like=x),
        lambda x: np.fromiter(range(5), float, 3, like=x),
        lambda x: np.fromiter(range(5), float, 7, like=x),
        lambda x: np.fromiter("ab", float, like=x),
    ),
    np.fromfunction: of(
        lambda x: np.fromfunction(lambda i, j: i + 2 * j, (2, 3), like=x),
        lambda x, k: np.fromfunction(lambda i, by: i * by, (4,), dtype=int, by=k, like=x),
        lambda x: np.fromfunction(lambda i: 3, (4,), like=x),
        lambda x: np.fromfunction(lambda i: i, (-4,), like=x),
    ),
    np.loadtxt: of(
        lambda x, dtype: np.loadtxt(["1 2", "3 4 # five"], dtype or int, like=x),
        lambda x: np.loadtxt(["a", "1;2", "3;4"], delimiter=";", skiprows=1, usecols=1, like=x),
        lambda x: np.loadtxt(["1 2"], ndmin=2, like=x),
        lambda x: np.loadtxt(["1 2", "3 4"], unpack=True, max_rows=1, like=x),
        lambda x: np.loadtxt(["1 2", "3"], like=x),
        lambda x: np.loadtxt(["1 x"], like=x),
    ),
    np.genfromtxt: of(
        lambda x, dtype: np.genfromtxt(["1 2", "3 4"], dtype or int, like=x),
        lambda x: np.genfromtxt(["1,,2", "3,4,5"], delimiter=",", filling_values=7, like=x),
        lambda x: np.genfromtxt(["1,,2", "3,4,5"], delimiter=",", skip_header=1, like=x),
        lambda x: np.genfromtxt(["1 2", "3"], like=x),
        lambda x: np.genfromtxt(["1 2", "3 4"], unpack=True, ndmin=2, like=x),
    ),
    np.zeros_like: likeness(np.zeros_like),
    np.ones_like: likeness(np.ones_like),
    np.full_like: of(
        *likeness(np.full_like, 3).calls,
        lambda n: np.full_like(n, n),
        lambda n: np.full_like(n, 2.5),
        lambda n, n2: np.full_like(n, n2),
    ),
    np.empty_like: of(
        lambda x, dtype, shape: np.empty_like(x, dtype, shape=shape).shape,
        lambda x, dtype: np.empty_like(x, dtype).dtype,
        lambda x: np.zeros_like(np.empty_like(x)),
        lambda x: np.empty_like(x, device="gpu"),
        lambda x: np.empty_like(x, order="none"),
    ),
    np.copy: of(
        lambda x: np.copy(x),
        lambda x: np.copy(x, "F", True),
        lambda x: np.copy(x, order="none"),
    ),
    np.astype: of(
        lambda n, dtype: np.astype(n, dtype),
        lambda n, dtype, flag: np.astype(n, dtype, copy=flag, device="cpu"),
        lambda x: np.astype(x, complex),
        lambda x: np.astype(x, bool),
        lambda n: np.astype(n, "nonsense"),
        lambda n: np.astype(n, float, device="gpu"),
    ),
    np.linspace: of(
        lambda n: np.linspace(n, 3, 5),
        lambda n, n2: np.linspace(n, n2, 4, False, axis=-1),
        lambda n, n2: np.linspace(n, n2, 3, retstep=True),
        lambda n, axis: np.linspace(0, n, 3, axis=axis),
        lambda n, k: np.linspace(0, n, k),
        lambda n: np.linspace(0, n, 5, dtype=int),
        rounding=4,
    ),
    np.logspace: of(
        lambda n: np.logspace(n, 3, 5),
        lambda n, n2: np.logspace(n, n2, 4, False, axis=-1),
        lambda n, axis: np.logspace(0, n, 3, base=2, axis=axis),
        lambda n, k: np.logspace(0, n, k, dtype=complex),
        lambda n: np.logspace(0, 3, 4, base=n),
        rounding=16,
    ),
    np.geomspace: of(
        lambda positive: np.geomspace(positive, 3, 5),
        lambda positive, axis: np.geomspace(positive, 64, 4, False, axis=axis),
        lambda n: np.geomspace(n, 2),
        lambda positive, k: np.geomspace(1, positive, k, dtype=complex),
        rounding=64,
    ),
    np.vander: of(
        lambda row: np.vander(row),
        lambda row, k, flag: np.vander(row, k, flag),
        lambda n: np.vander(n, 3),
        lambda ints: np.vander(ints, increasing=True),
        rounding=16,
    ),
    np.diag_indices_from: of(
        lambda x: np.diag_indices_from(x), lambda square: np.diag_indices_from(square)
    ),
    np.tril_indices_from: of(
        lambda x: np.tril_indices_from(x), lambda table, k: np.tril_indices_from(table, k)
    ),
    np.triu_indices_from: of(
        lambda x: np.triu_indices_from(x), lambda table, k: np.triu_indices_from(table, k=k)
    ),
    np.meshgrid: of(
        lambda x: np.meshgrid(x),
        lambda vector, vector2: np.meshgrid(vector, vector2),
        lambda vector, vector2, flag: np.meshgrid(
            vector, vector2, [1, 2], indexing="ij", sparse=flag
        ),
        lambda vector, vector2: np.meshgrid(vector, vector2, copy=False),
        lambda vector: np.meshgrid(vector, indexing="none"),
        lambda vector, n2: np.meshgrid(vector, n2, sparse=True),
    ),
    np.ix_: of(
        lambda vector: np.ix_(vector),
        lambda ints1: np.ix_(ints1, [0, 1]),
        lambda vector, vector2: np.ix_(vector, vector2),
        lambda x: np.ix_(x),
        lambda bits: np.ix_(bits, bits),
    ),
}

VIEWS: Table = {
    np.reshape: of(
        lambda x: np.reshape(x, -1),
        lambda x: np.reshape(x, (x.size,)),
        lambda x: np.reshape(x, (1, *x.shape[::-1]), "F"),
        lambda x: np.reshape(x, (2, -1), order="A"),
        lambda x, flag: np.reshape(x, (-1, 3), copy=flag),
        lambda x: np.reshape(x, (-1, -1)),
        lambda x: np.reshape(x, x.size + 1),
    ),
    np.ravel: of(
        lambda x: np.ravel(x),
        lambda x: np.ravel(x, "F"),
        lambda x: np.ravel(x, order="K"),
        lambda x: np.ravel(x, "A"),
        lambda x: np.ravel(x, "none"),
    ),
    np.transpose: of(
        lambda x: np.transpose(x),
        lambda x, permutation: np.transpose(x, permutation),
        lambda x: np.transpose(x, (0, 0)),
        lambda x, axes: np.transpose(x, axes),
    ),
    np.matrix_transpose: of(lambda x: np.matrix_transpose(x)),
    np.linalg.matrix_transpose: of(lambda x: np.linalg.matrix_transpose(x)),
    np.swapaxes: of(lambda x, axis, other: np.swapaxes(x, axis, other)),
    np.moveaxis: of(
        lambda x, axis, other: np.moveaxis(x, axis, other),
        lambda x: np.moveaxis(x, (0, 1), (-1, 0)),
        lambda x: np.moveaxis(x, (0, 0), (1, 2)),
        lambda x: np.moveaxis(x, (0,), (1, 2)),
    ),
    np.rollaxis: of(
        lambda x, axis: np.rollaxis(x, axis),
        lambda x, axis, other: np.rollaxis(x, axis, other),
    ),
    np.expand_dims: of(
        lambda x, axis: np.expand_dims(x, axis),
        lambda x: np.expand_dims(x, (0, -1)),
        lambda x: np.expand_dims(x, (0, 0)),
        lambda x, k: np.expand_dims(x, k),
    ),
    np.squeeze: of(
        lambda x: np.squeeze(x),
        lambda x, axes: np.squeeze(x, axes),
        lambda x, axis: np.squeeze(x[None, ..., None], axis),
        lambda x: np.squeeze(x[None, ..., None], (0, -1)),
    ),
    np.broadcast_to: of(
        lambda x: np.broadcast_to(x, (2, *x.shape)),
        lambda x, shape: np.broadcast_to(x, shape),
        lambda x: np.broadcast_to(x[..., None], (*x.shape, 3), subok=True),
        lambda x: np.broadcast_to(x, -1),
        lambda x: np.broadcast_to(x, 3),
    ),
    np.broadcast_arrays: of(
        lambda x: np.broadcast_arrays(x),
        lambda x, third: np.broadcast_arrays(x, third),
        lambda x, third: np.broadcast_arrays([[1], [2]], third, x, subok=True)[1:],
    ),
    np.atleast_1d: of(lambda x: np.atleast_1d(x), lambda x, third: np.atleast_1d(x, third)),
    np.atleast_2d: of(lambda x: np.atleast_2d(x), lambda x, third: np.atleast_2d(x, third)),
    np.atleast_3d: of(lambda x: np.atleast_3d(x), lambda x, third: np.atleast_3d(x, third)),
    np.flip: of(lambda x: np.flip(x), lambda x, axes: np.flip(x, axes)),
    np.fliplr: of(lambda x: np.fliplr(x)),
    np.flipud: of(lambda x: np.flipud(x)),
    np.rot90: of(
        lambda x: np.rot90(x),
        lambda x, k: np.rot90(x, k),
        lambda x, k: np.rot90(x, k, (1, 0)),
        lambda x, k, axis, other: np.rot90(x, k=k, axes=(axis, other)),
        lambda x: np.rot90(x, axes=(0,)),
    ),
    np.diagonal: of(
        lambda x: np.diagonal(x),
        lambda x, k: np.diagonal(x, k),
        lambda x, k, axis, other: np.diagonal(x, k, axis, other),
    ),
    np.linalg.diagonal: of(
        lambda x: np.linalg.diagonal(x), lambda x, k: np.linalg.diagonal(x, offset=k)
    ),
    np.real: of(lambda x: np.real(x)),
    np.imag: of(lambda x: np.imag(x)),
    np.split: of(
        lambda x: np.split(x, 2),
        lambda x, axis: np.split(x, [1, 3], axis),
        lambda x, axis, k: np.split(x, k, axis=axis),
        lambda x, ints1: np.split(x, ints1),
    ),
    np.array_split: of(
        lambda x: np.array_split(x, 3),
        lambda x, axis: np.array_split(x, [2, 1, 9], axis),
        lambda x, axis, k: np.array_split(x, k, axis=axis),
    ),
    np.hsplit: of(lambda x: np.hsplit(x, 2), lambda x: np.hsplit(x, [1, 2])),
    np.vsplit: of(lambda x: np.vsplit(x, 2), lambda x: np.vsplit(x, [1, 2])),
    np.dsplit: of(lambda x: np.dsplit(x, 2), lambda x: np.dsplit(x, [1, 2])),
    np.unstack: of(lambda x: np.unstack(x), lambda x, axis: np.unstack(x, axis=axis)),
    np.lib.stride_tricks.sliding_window_view: of(
        lambda x: np.lib.stride_tricks.sliding_window_view(x, 2),
        lambda x, axis: np.lib.stride_tricks.sliding_window_view(x, 2, axis),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 1), (0, -1)),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, (1,) * x.ndim),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, (1, 2), (0,)),
        lambda x, k: np.lib.stride_tricks.sliding_window_view(x, k, 0, writeable=True, subok=True),
    ),
    np.roll: of(
        lambda x, k: np.roll(x, k),
        lambda x, k, axis: np.roll(x, 3 * k, axis),
        lambda x, axes: np.roll(x, 1, axes),
        lambda x: np.roll(x, (1, -2), (0, -1)),
        lambda x: np.roll(x, (1, 2), 0),
        lambda x: np.roll(x, 0.5),
        lambda x: np.roll(x, (1, 2, 3), (0, 1)),
    ),
    np.fft.fftshift: of(lambda x: np.fft.fftshift(x), lambda x, axes: np.fft.fftshift(x, axes)),
    np.fft.ifftshift: of(lambda x: np.fft.ifftshift(x), lambda x, axes: np.fft.ifftshift(x, axes)),
}

JOINING: Table = {
    np.concatenate: of(
        lambda several: np.concatenate(several),
        lambda vector: np.concatenate(vector),
        lambda x, near: np.concatenate((x, near)),
        lambda x, near, axis: np.concatenate([near, x, x], axis),
        lambda x, near: np.concatenate((x, near, [1, 2]), None),
        lambda n, n2, dtype: np.concatenate((n, n2), None, dtype=dtype, casting="unsafe"),
        lambda n, near, dtype: np.concatenate((n, near), dtype=dtype),
        lambda n, near, kind: into(n, kind, lambda out: np.concatenate((n, near), out=out)),
        lambda x, x2: np.concatenate((x, x2)),
        lambda x: np.concatenate((x, []), casting="none of these"),
    ),
    np.stack: of(
        lambda x, same: np.stack((x, same)),
        lambda x, same, axis: np.stack([x, same, x], axis),
        lambda n, same, dtype: np.stack((n, same), dtype=dtype, casting="unsafe"),
        lambda n, same, kind: into(n, kind, lambda out: np.stack((n, same), -1, out=out)),
        lambda x, near: np.stack((x, near)),
        lambda several: np.stack(several),
    ),
    np.hstack: of(
        lambda x, near: np.hstack((x, near)),
        lambda x, same: np.hstack((x, same)),
        lambda n, dtype: np.hstack((n, n), dtype=dtype, casting="unsafe"),
        lambda several: np.hstack(several),
    ),
    np.vstack: of(
        lambda x, near: np.vstack((x, near)),
        lambda x, same: np.vstack((x, same)),
        lambda n, dtype: np.vstack((n, n), dtype=dtype, casting="unsafe"),
        lambda several: np.vstack(several),
    ),
    np.dstack: of(
        lambda x, near: np.dstack((x, near)),
        lambda x, same: np.dstack((x, same)),
        lambda several: np.dstack(several),
    ),
    np.column_stack: of(
        lambda x, near: np.column_stack((x, near)),
        lambda x, same: np.column_stack((x, same)),
        lambda several: np.column_stack(several),
    ),
    np.block: of(
        lambda x: np.block(x),
        lambda x, same: np.block([x, same]),
        lambda x, same: np.block([[x, same], [same, x]]),
        lambda x, near: np.block([[x], [near]]),
        lambda x: np.block([[x, x], [np.concatenate([x, x], -1)]]),
        lambda x: np.block([[x[..., :1], 1.0], [np.ones(2)]]),
        lambda x: np.block([[x], x]),
        lambda x: np.block([x, []]),
        lambda x: np.block((x, x)),
    ),
    np.append: of(
        lambda x, near: np.append(x, near),
        lambda x, near, axis: np.append(x, near, axis),
        lambda x: np.append(x, 3),
        lambda x: np.append([1, 2], x),
    ),
    np.insert: of(
        lambda n, k: np.insert(n, k, 5),
        lambda n, k, axis: np.insert(n, k, 5, axis),
        lambda n, axis: np.insert(n, [0, 1, 1], 7, axis),
        lambda n, axis: np.insert(n, slice(None, None, 2), 3.5, axis=axis),
        lambda n, same: np.insert(n, 0, same, 0),
        lambda vector, longs: np.insert(vector, longs, 1),
        lambda row, bits: np.insert(row, bits, 1),
        lambda row: np.insert([1, 2, 3], 1, row),
    ),
    np.delete: of(
        lambda x, k: np.delete(x, k),
        lambda x, k, axis: np.delete(x, k, axis),
        lambda x, axis: np.delete(x, [0, 1, 1], axis),
        lambda x, axis: np.delete(x, slice(None, None, -2), axis=axis),
        lambda vector, ints1: np.delete(vector, ints1),
        lambda vector, bits: np.delete(vector, bits),
    ),
    np.tile: of(
        lambda x: np.tile(x, 2),
        lambda x, k: np.tile(x, (k, 2)),
        lambda x: np.tile(x, (2, 1, 2, 1)),
        lambda x: np.tile(x, ()),
        lambda x: np.tile(x, 0),
    ),
    np.repeat: of(
        lambda x, k: np.repeat(x, k),
        lambda x, k, axis: np.repeat(x, k, axis),
        lambda x, axis: np.repeat(x, [1, 0, 2], axis),
        lambda x, counts: np.repeat(x, counts, 0),
        lambda vector: np.repeat(vector, 1.5),
    ),
    np.resize: of(
        lambda x, shape: np.resize(x, shape),
        lambda x, k: np.resize(x, k),
        lambda x: np.resize(x, 9),
    ),
    np.pad: of(
        lambda x: np.pad(x, 1),
        lambda x: np.pad(x, (1, 2), "edge"),
        lambda x: np.pad(x, [(1, 2)] * x.ndim, "wrap"),
        lambda x, k: np.pad(x, k, constant_values=1),
        lambda n: np.pad(n, ((2, 1),), "constant", constant_values=(3, 4)),
        lambda x: np.pad(x, 2, "reflect"),
        lambda n: np.pad(n, 2, "reflect", reflect_type="odd"),
        lambda x: np.pad(x, 3, "symmetric"),
        lambda n: np.pad(n, (2, 3), "symmetric", reflect_type="odd"),
        lambda n: np.pad(n, (2, 1), "linear_ramp", end_values=2),
        lambda ordered: np.pad(ordered, 1, "maximum", stat_length=2),
        lambda ordered: np.pad(ordered, 1, "minimum"),
        lambda n: np.pad(n, 1, "mean", stat_length=1),
        lambda finite: np.pad(finite, 1, "median"),
        lambda x: np.pad(x, 1, "empty").shape,
        lambda x: np.pad(x, 1, "none of these"),
        lambda x: np.pad(x, 1, "edge", stat_length=2),
        lambda x: np.pad(x, {0: (1, 2)}),
        lambda n: np.pad(n, 1, lambda line, width, axis, kwargs: None),
        lambda x: np.pad(x, ((1, 2), (3, 4), (5, 6), (1, 1))),
        examples=20,
    ),
    np.trim_zeros: of(
        lambda vector: np.trim_zeros(vector),
        lambda vector: np.trim_zeros(vector, "b"),
        lambda n: np.trim_zeros(n, "F"),
        lambda n, axes: np.trim_zeros(n, "fb", axes),
        lambda vector: np.trim_zeros(vector, "x"),
    ),
    np.diag: of(
        lambda x: np.diag(x), lambda x, k: np.diag(x, k), lambda vector, k: np.diag(vector, k=k)
    ),
    np.diagflat: of(lambda x: np.diagflat(x), lambda x, k: np.diagflat(x, k)),
    np.tril: of(lambda x: np.tril(x), lambda x, k: np.tril(x, k)),
    np.triu: of(lambda x: np.triu(x), lambda x, k: np.triu(x, k)),
    np.kron: of(
        lambda n, n2: np.kron(n, n2),
        lambda n: np.kron(n, 3),
        lambda n: np.kron([1, 2], n),
        lambda matrix, row2: np.kron(matrix, row2),
    ),
}

SELECTING: Table = {
    np.take: of(
        lambda x, positions: np.take(x, positions),
        lambda x, k: np.take(x, k),
        lambda x, k, axis: np.take(x, k, axis),
        # NumPy never comes back from an axis of length 0.
        lambda several, axis: np.take(several, [[0, -1], [1, 0]], axis, mode="wrap"),
        lambda x, axis: np.take(x, [5, -9], axis, mode="clip"),
        lambda n, kind: into(n, kind, lambda out: np.take(n, [0, 0], out=out)),
        lambda n, kind: into(n, kind, lambda out: np.take(n, [0, 0], out=out, mode="clip")),
        lambda x: np.take(x, 1.5),
        lambda x: np.take(np.array([1.0, 2, 3], like=x), x),
    ),
    np.take_along_axis: of(
        lambda x, order, axis: np.take_along_axis(x, order, axis),
        lambda x, positions: np.take_along_axis(x, positions.ravel(), None),
        lambda x: np.take_along_axis(x, [0], -1),
        lambda x, axis: np.take_along_axis(x, np.zeros((1,) * x.ndim, int), axis=axis),
    ),
    np.compress: of(
        lambda x, bits: np.compress(bits, x),
        lambda x, bits, maybe: np.compress(bits, x, maybe),
        lambda n, kind: into(n, kind, lambda out: np.compress([True, False], n, 0, out=out)),
        lambda x: np.compress(x, [1, 2, 3]),
        lambda x, x2: np.compress(x2, x),
    ),
    np.extract: of(
        lambda x, mask: np.extract(mask, x),
        lambda x: np.extract(x, x),
        lambda x, bits: np.extract(bits, x),
    ),
    np.choose: of(
        lambda ints: np.choose(ints, [1, 2, 3, 4]),
        lambda ints: np.choose(ints, [1, 2]),
        lambda ints, x2: np.choose(ints, [x2, 3, 1.5], mode="clip"),
        lambda ints, x2: np.choose(ints - 2, [x2, 3], mode="wrap"),
        lambda ints, kind: into(
            ints, kind, lambda out: np.choose(ints, [1, 2, 3, 4], out=out, mode="clip")
        ),
        lambda x: np.choose(x, [1, 2]),
        lambda x: np.choose([1, 0, 1], [x, 5]),
        lambda ints: np.choose(1, ints),
    ),
    np.select: of(
        lambda n, mask: np.select([mask], [n]),
        lambda n, mask, n2: np.select([mask, n > 0], [n, n2], 7),
        lambda n, mask: np.select([mask, [True]], [1, n], default=n),
        lambda n: np.select([n], [n]),
        lambda n, mask: np.select([mask], [n, n]),
        lambda several: np.select([several > 0, several > 1], [1, 2], 1.5),
    ),
    np.where: of(
        lambda x: np.where(x),
        lambda x, x2, mask: np.where(mask, x, x2),
        lambda x: np.where(x, 1, 2.5),
        lambda x, x2: np.where(x2, x, [[3]]),
        lambda x: np.where(x, 1),
    ),
    np.nonzero: of(lambda x: np.nonzero(x)),
    np.flatnonzero: of(lambda x: np.flatnonzero(x)),
    np.argwhere: of(lambda x: np.argwhere(x)),
    np.count_nonzero: of(
        lambda x: np.count_nonzero(x),
        lambda x, axes, keepdims: np.count_nonzero(x, axes, keepdims=keepdims),
    ),
    np.piecewise: of(
        lambda n: np.piecewise(n, [n < 0, n > 1], [-1, 1]),
        lambda n: np.piecewise(n, [n < 0, n > 1], [-1, lambda v: v * 2, 5]),
        lambda n, mask: np.piecewise(n, [mask], [lambda v, by, add: v * by + add], 2, add=1),
        lambda n, mask: np.piecewise(n, mask, [1, 2]),
        lambda n: np.piecewise(n, [n > 0], [1, 2, 3]),
        lambda n, mask: np.piecewise([1.0, 2.0], [mask], [1, 2]),
    ),
    np.copyto: of(
        lambda n, n2: after(n, lambda a: np.copyto(a, n2)),
        lambda n, n2: after(n, lambda a: np.copyto(a, n2, "unsafe")),
        lambda x, x2, mask: after(x, lambda a: np.copyto(a, x2, where=mask)),
        lambda x: after(x, lambda a: np.copyto(a, 1, where=[True])),
        lambda x: after(x, lambda a: np.copyto(a, x)),
        lambda x: after(x, lambda a: np.copyto(a, 2.5, casting="none of these")),
        lambda n, n2: similar(_copied(np.zeros((4, 4)), n2), n),
    ),
    np.put: of(
        lambda n, positions: after(n, lambda a: np.put(a, positions, [5, 6])),
        lambda n, k: after(n, lambda a: np.put(a, k, 3)),
        lambda n: after(n, lambda a: np.put(a, [9, -9], 3, mode="clip")),
        lambda n, row2: after(n, lambda a: np.put(a, [90, -9], row2, mode="wrap")),
        lambda n: after(n, lambda a: np.put(a, [0, 0], [1, 2.5])),
        lambda n: after(n, lambda a: np.put(a, [], [])),
        lambda n: after(n, lambda a: np.put(a, 0.5, 1)),
    ),
    np.place: of(
        lambda n, mask: after(n, lambda a: np.place(a, mask, [5, 6])),
        lambda n, mask, row2: after(n, lambda a: np.place(a, mask, row2)),
        lambda n: after(n, lambda a: np.place(a, a > 0, -1)),
        lambda n, bits: after(n, lambda a: np.place(a, bits, 1)),
    ),
    np.putmask: of(
        lambda n, mask: after(n, lambda a: np.putmask(a, mask, [5, 6, 7])),
        lambda n, mask, n2: after(n, lambda a: np.putmask(a, mask, n2)),
        lambda n: after(n, lambda a: np.putmask(a, a > 0, a)),
        lambda n, bits: after(n, lambda a: np.putmask(a, bits, 1)),
        lambda n, mask: after(n, lambda a: np.putmask(a, mask, 2.5)),
    ),
    np.put_along_axis: of(
        lambda n, order, axis: after(n, lambda a: np.put_along_axis(a, order, 3, axis)),
        lambda n, axis: after(
            n, lambda a: np.put_along_axis(a, np.zeros((1,) * a.ndim, int), 2.5, axis)
        ),
        lambda n: _put_along_all(n.copy(), np.array([0, 1]), [4, 5]),
        lambda n: after(n, lambda a: np.put_along_axis(a, [0], 4, 0)),
    ),
    np.fill_diagonal: of(
        lambda n: after(n, lambda a: np.fill_diagonal(a, 3)),
        lambda n, flag: after(n, lambda a: np.fill_diagonal(a, [1, 2.5], flag)),
        lambda square, row2: after(square, lambda a: np.fill_diagonal(a, row2)),
        lambda matrix: after(matrix, lambda a: np.fill_diagonal(a, 4, wrap=True)),
    ),
    np.unravel_index: of(
        lambda ints: np.unravel_index(ints, (2, 3)),
        lambda ints: np.unravel_index(ints, (3, 1, 4), "F"),
        lambda ints: np.unravel_index(ints, 5),
        lambda ints: np.unravel_index(ints - 1, (2, 2)),
        lambda ints: np.unravel_index(ints, ()),
        lambda n: np.unravel_index(n, (3, 3)),
        lambda ints: np.unravel_index(ints, (0, 3)),
    ),
    np.ravel_multi_index: of(
        lambda ints: np.ravel_multi_index((ints, ints), (4, 4)),
        lambda ints: np.ravel_multi_index((ints, 2), (4, 3), order="F"),
        lambda ints: np.ravel_multi_index((ints, ints), (2, 3)),
        lambda ints: np.ravel_multi_index((ints - 2, ints), (2, 3), mode=("wrap", "clip")),
        lambda ints: np.ravel_multi_index(ints, (4, 4)),
        lambda n: np.ravel_multi_index((n, n), (4, 4)),
        lambda ints: np.ravel_multi_index((ints, ints), (0, 3), mode="wrap"),
    ),
}


def _put_along_all(a: Any, indices: Any, values: Any) -> Any:
    np.put_along_axis(a, indices, values, None)
    return a


def _copied(to: Any, x: Any) -> Any:
    np.copyto(to, x)
    return to


SORTING: Table = {
    np.sort: of(
        lambda ordered: np.sort(ordered),
        lambda ordered, maybe: np.sort(ordered, maybe),
        lambda x, maybe: np.sort(x, maybe, "stable"),
        lambda x, axis: np.sort(x, axis, stable=True),
        lambda ordered, axis: np.sort(ordered, axis, kind="heapsort"),
        lambda ordered: np.sort(ordered, kind="stable", stable=True),
        lambda ordered: np.sort(ordered, kind="none of these"),
        lambda ordered: np.sort(ordered, order="a"),
        smooth=False,
    ),
    np.argsort: of(
        lambda x, maybe: np.argsort(x, maybe, "stable"),
        lambda x, axis: np.argsort(x, axis, stable=True),
        lambda ordered, maybe: by_indices(ordered, np.argsort(ordered, maybe), maybe),
        lambda ordered: by_indices(ordered, np.argsort(ordered, kind="heapsort"), -1),
        lambda ordered: np.argsort(ordered, kind="none of these"),
        lambda ordered: np.argsort(ordered, order="a"),
    ),
    np.partition: of(
        lambda ordered, k: halves(np.partition(ordered, k), k, -1, ordered),
        lambda ordered, k, maybe: halves(np.partition(ordered, k, maybe), k, maybe, ordered),
        lambda ordered, axis: halves(np.partition(ordered, [0, -1], axis), [0, -1], axis, ordered),
        lambda ordered: np.partition(ordered, 0, kind="none of these"),
        lambda ordered: np.partition(ordered, 0.5),
        lambda ordered: np.partition(ordered, 0, order="a"),
    ),
    np.argpartition: of(
        lambda ordered, k, maybe: halves(
            by_indices(ordered, np.argpartition(ordered, k, maybe), maybe)[2], k, maybe, ordered
        ),
        lambda ordered: halves(
            by_indices(ordered, np.argpartition(ordered, [0, 1]), -1)[2], [0, 1], -1, ordered
        ),
        lambda x, k: np.argpartition(x, k).dtype,
        lambda ordered: np.argpartition(ordered, 0, kind="none of these"),
    ),
    np.lexsort: of(
        lambda x: np.lexsort(x),
        lambda x, maybe: np.lexsort((x, x), axis=maybe),
        lambda x, same, axis: np.lexsort((x, same), axis),
        lambda vector: np.lexsort((vector,)),
        lambda x, near: np.lexsort((near, x)),
    ),
    np.sort_complex: of(lambda ordered: np.sort_complex(ordered)),
    np.searchsorted: of(
        lambda ascending, x2: np.searchsorted(ascending, x2),
        lambda ascending, n2: np.searchsorted(ascending, n2, "right"),
        lambda ascending: np.searchsorted(ascending, 1),
        lambda row, n2: np.searchsorted(row, n2, sorter=np.argsort(row, kind="stable")),
        lambda ascending: np.searchsorted(ascending, [1, 2], "none of these"),
        lambda n: np.searchsorted([0, 1, 2], n),
        lambda several: np.searchsorted(several, 1),
    ),
    np.digitize: of(
        lambda n: np.digitize(n, [0, 1, 2]),
        lambda n, flag: np.digitize(n, [2, 1, 0.5], flag),
        lambda ascending: np.digitize([0, 1, 2.5], ascending),
        lambda n, row2: np.digitize(n, row2),
        lambda n: np.digitize(n, [1, 0, 1]),
        lambda n: np.digitize(n, []),
    ),
    np.unique: of(
        lambda ordered: np.unique(ordered),
        lambda ordered: np.unique(ordered, True, True, True),
        lambda ordered, flag: np.unique(ordered, return_counts=True, equal_nan=flag),
        lambda finite, axis: np.unique(finite, axis=axis),
        lambda finite, axis: np.unique(finite, True, True, True, axis=axis),
        lambda ordered, flag: similar(
            np.sort(np.asarray(np.unique(ordered, sorted=flag))), ordered
        ),
    ),
    np.unique_values: of(
        lambda ordered: similar(np.sort(np.asarray(np.unique_values(ordered))), ordered)
    ),
    np.unique_counts: of(lambda ordered: sorted_parts(np.unique_counts(ordered), ordered)),
    np.unique_inverse: of(lambda ordered: sorted_parts(np.unique_inverse(ordered), ordered)),
    np.unique_all: of(lambda ordered: sorted_parts(np.unique_all(ordered), ordered)),
    np.union1d: of(lambda ordered, ordered2: np.union1d(ordered, ordered2)),
    np.intersect1d: of(
        lambda n, n2: np.intersect1d(n, n2),
        lambda n, n2: np.intersect1d(n, n2, return_indices=True),
        lambda ints1: np.intersect1d(ints1, [0, 1, 2]),
        lambda distinct: np.intersect1d(distinct, [1, 0, 2], assume_unique=True),
        lambda distinct: np.intersect1d(distinct, [1, 0, 2], True, True),
    ),
    np.setdiff1d: of(
        lambda n, n2: np.setdiff1d(n, n2),
        lambda n, n2: np.setdiff1d(n, n2, assume_unique=True),
        lambda ordered, ordered2: np.setdiff1d(ordered, ordered2),
        lambda n: np.setdiff1d([0, 1, 5], n),
    ),
    np.setxor1d: of(
        lambda n, n2: np.setxor1d(n, n2),
        lambda distinct: np.setxor1d(distinct, [1, 0, 2], assume_unique=True),
        lambda ordered, ordered2: np.setxor1d(ordered, ordered2),
    ),
    np.isin: of(
        lambda x, x2: np.isin(x, x2),
        lambda x, x2: np.isin(x, x2, invert=True),
        lambda ints, n2: np.isin(ints, n2, kind="sort"),
        lambda ints: np.isin(ints, [1, 2], kind="table"),
        lambda x: np.isin(x, [1, 2], kind="table"),
        lambda x: np.isin([0, 1, np.nan], x),
        lambda distinct: np.isin(distinct, [1, 2], assume_unique=True),
        lambda n: np.isin(n, 1, kind="none of these"),
    ),
}

POINTWISE: Table = {
    np.angle: of(lambda x: np.angle(x), lambda modest, flag: np.angle(modest, flag), rounding=4),
    np.around: rounded(np.around),
    np.round: rounded(np.round),
    np.fix: of(lambda x: np.fix(x), lambda n, kind: into(n, kind, lambda out: np.fix(n, out))),
    np.clip: of(
        lambda x: np.clip(x, 0, 2),
        lambda ordered, ordered2: np.clip(ordered, ordered2, None),
        lambda ordered, ordered2: np.clip(ordered, None, ordered2),
        lambda n, n2: np.clip(n, n2, [[2]]),
        lambda n: np.clip(n, min=1),
        lambda n: np.clip(n, max=0.5),
        lambda n: np.clip(n, -300, 300),
        lambda n: np.clip(n, None, None),
        lambda n: np.clip(n),
        lambda n: np.clip(n, 1, min=2),
        lambda n: np.clip(n, 0, 1, dtype=np.float32, casting="unsafe"),
        lambda n: np.clip(n, 2, 1),
        lambda n, kind: into(n, kind, lambda out: np.clip(n, 0, 1, out=out)),
        lambda n: np.clip([1, 2, 3], n, 2),
    ),
    np.isclose: of(
        lambda x, x2: np.isclose(x, x2),
        lambda n, n2: np.isclose(n, n2, 0.5, 0.25),
        lambda gap, flag: np.isclose(gap, gap, equal_nan=flag),
        lambda n: np.isclose(n, 1, atol=[0.5]),
        lambda n: np.isclose(n, 0.7, rtol=0, atol=0.7),
        lambda n: np.isclose(n, 1.0, rtol=np.inf),
        lambda n, n2: np.isclose(n, n2, 0.5, [np.nan]),
    ),
    np.allclose: of(
        lambda x: np.allclose(x, x),
        lambda x, x2: np.allclose(x, x2),
        lambda n, n2: np.allclose(n, n2, 0.5, 2),
        lambda gap, flag: np.allclose(gap, gap, equal_nan=flag),
        lambda n: np.allclose(n, 0, atol=3),
    ),
    np.array_equal: of(
        lambda x: np.array_equal(x, x),
        lambda x, same: np.array_equal(x, same),
        lambda gap, flag: np.array_equal(gap, gap + 0, equal_nan=flag),
        lambda n, n2: np.array_equal(n, n2),
        lambda x: np.array_equal([0], x),
        lambda x: np.array_equal(x, np.full(x.shape, "a")),
    ),
    np.array_equiv: of(
        lambda x: np.array_equiv(x, x),
        lambda x, x2: np.array_equiv(x, x2),
        lambda x: np.array_equiv(x, 0),
        lambda n, near: np.array_equiv(near, n),
    ),
    np.iscomplex: of(lambda x: np.iscomplex(x)),
    np.isreal: of(lambda x: np.isreal(x)),
    np.iscomplexobj: of(lambda x: np.iscomplexobj(x)),
    np.isrealobj: of(lambda x: np.isrealobj(x)),
    np.isneginf: of(
        lambda x: np.isneginf(x),
        lambda gap, kind: into(gap, kind, lambda out: np.isneginf(gap, out)),
    ),
    np.isposinf: of(
        lambda x: np.isposinf(x),
        lambda gap, kind: into(gap, kind, lambda out: np.isposinf(gap, out)),
    ),
    np.nan_to_num: of(
        lambda x: np.nan_to_num(x),
        lambda gap: np.nan_to_num(gap, nan=1, posinf=2.5, neginf=-3),
        lambda gap: after(gap, lambda a: np.nan_to_num(a, copy=False)),
        lambda gap: after(gap, lambda a: np.nan_to_num(a, False, 7.0)),
        lambda gap: np.nan_to_num(gap, posinf=1e300),
    ),
    np.real_if_close: of(
        lambda x: np.real_if_close(x),
        lambda several: np.real_if_close(several + 1e-14j),
        lambda several: np.real_if_close(several + 1e-3j, tol=0.01),
        lambda n: np.real_if_close(n, 1),
    ),
    np.sinc: of(lambda modest: np.sinc(modest), lambda gap: np.sinc(gap), rounding=8, smooth=True),
    np.i0: of(lambda modest: np.i0(modest), lambda x: np.i0(x).shape, rounding=8, smooth=True),
    np.unwrap: of(
        lambda n, axis: np.unwrap(n * 3, axis=axis),
        lambda n: np.unwrap(n),
        lambda n: np.unwrap(n, 3.0, period=5),
        lambda ints: np.unwrap(ints * 3, period=4),
        lambda n: np.unwrap(n, discont=1, period=4.0),
        rounding=16,
        scale=8.0,
    ),
    np.interp: of(
        lambda n: np.interp(n, [0, 1, 3], [2, 5, -1]),
        lambda n: np.interp(n, [0, 1, 3], [2, 5, 1j], left=7, right=-7),
        lambda n: np.interp(n, [0, 1, 3], [2, 5, 1], period=2),
        lambda distinct, beside: np.interp([0.5, 1, 2, np.nan], np.sort(distinct), beside),
        lambda gap: np.interp(gap, [0, 1], [1, 2]),
        lambda row, row2: np.interp(1, row, row2),
        lambda n: np.interp(n, [0, 1], [1, 2], period=0),
        rounding=8,
        scale=4.0,
    ),
    np.lib.scimath.sqrt: complexing(np.lib.scimath.sqrt),
    np.lib.scimath.log: complexing(np.lib.scimath.log),
    np.lib.scimath.log10: complexing(np.lib.scimath.log10),
    np.lib.scimath.log2: complexing(np.lib.scimath.log2),
    np.lib.scimath.arccos: complexing(np.lib.scimath.arccos),
    np.lib.scimath.arcsin: complexing(np.lib.scimath.arcsin),
    np.lib.scimath.arctanh: complexing(np.lib.scimath.arctanh),
    np.lib.scimath.logn: of(
        lambda modest: np.lib.scimath.logn(2, modest),
        lambda n, n2: np.lib.scimath.logn(n, n2),
        lambda n: np.lib.scimath.logn(n, 3),
        rounding=8,
        scale=8.0,
    ),
    np.lib.scimath.power: of(
        lambda modest, k: np.lib.scimath.power(modest, k),
        lambda n, n2: np.lib.scimath.power(n, n2),
        lambda n: np.lib.scimath.power(n, 0.5),
        lambda n: np.lib.scimath.power(2, n),
        rounding=16,
        scale=8.0,
    ),
    np.packbits: of(
        lambda mask1: np.packbits(mask1),
        lambda mask1, maybe: np.packbits(mask1, maybe),
        lambda ints, maybe: np.packbits(ints, axis=maybe, bitorder="little"),
        lambda x: np.packbits(x),
        lambda ints: np.packbits(ints, bitorder="none"),
    ),
    np.unpackbits: of(
        lambda octets: np.unpackbits(octets),
        lambda octets, maybe: np.unpackbits(octets, maybe),
        lambda octets, maybe, k: np.unpackbits(octets, axis=maybe, count=k),
        lambda octets, maybe: np.unpackbits(octets, maybe, 19, "little"),
        lambda x: np.unpackbits(x),
        lambda octets: np.unpackbits(octets, bitorder="none"),
    ),
}

STATISTICS: Table = {
    np.all: of(
        lambda x: np.all(x),
        lambda x, axes, keepdims: np.all(x, axes, keepdims=keepdims),
        lambda x, axes, mask: np.all(x, axis=axes, where=mask),
        lambda x, maybe, kind: into(x, kind, lambda out: np.all(x, maybe, out=out)),
    ),
    np.any: of(
        lambda x: np.any(x),
        lambda x, axes, keepdims: np.any(x, axes, keepdims=keepdims),
        lambda x, axes, mask: np.any(x, axis=axes, where=mask),
        lambda x, maybe, kind: into(x, kind, lambda out: np.any(x, maybe, out=out)),
    ),
    np.sum: reduction(np.sum, smooth=True),
    np.prod: reduction(np.prod, rounding=8),
    np.nansum: reduction(np.nansum, smooth=True),
    np.nanprod: reduction(np.nanprod, rounding=8),
    np.cumsum: scan(np.cumsum, smooth=True),
    np.cumprod: scan(np.cumprod, rounding=8),
    np.nancumsum: scan(np.nancumsum, smooth=True),
    np.nancumprod: scan(np.nancumprod, rounding=8),
    np.cumulative_sum: array_api_scan(np.cumulative_sum, smooth=True),
    np.cumulative_prod: array_api_scan(np.cumulative_prod, rounding=8),
    np.max: extremum(np.max),
    np.min: extremum(np.min),
    np.amax: extremum(np.amax),
    np.amin: extremum(np.amin),
    np.nanmax: extremum(np.nanmax),
    np.nanmin: extremum(np.nanmin),
    np.argmax: where_extremum(np.argmax),
    np.argmin: where_extremum(np.argmin),
    np.nanargmax: where_extremum(np.nanargmax),
    np.nanargmin: where_extremum(np.nanargmin),
    np.ptp: of(
        lambda finite: np.ptp(finite),
        lambda finite, axes, keepdims: np.ptp(finite, axes, keepdims=keepdims),
        lambda finite, maybe, kind: into(finite, kind, lambda out: np.ptp(finite, maybe, out=out)),
        lambda gap, axes: np.ptp(gap, axes),
        smooth=True,
    ),
    np.mean: average(np.mean),
    np.nanmean: average(np.nanmean),
    np.var: spread(np.var, np.mean),
    np.std: spread(np.std, np.mean),
    np.nanvar: spread(np.nanvar, np.nanmean),
    np.nanstd: spread(np.nanstd, np.nanmean),
    np.median: middle(np.median),
    np.nanmedian: middle(np.nanmedian),
    np.quantile: quantile(np.quantile, 1.0),
    np.percentile: quantile(np.percentile, 100.0),
    np.nanquantile: quantile(np.nanquantile, 1.0),
    np.nanpercentile: quantile(np.nanpercentile, 100.0),
    np.average: of(
        lambda n: np.average(n),
        lambda n, axes, keepdims: np.average(n, axes, keepdims=keepdims),
        lambda n, same, maybe: np.average(n, maybe, same),
        lambda n, same, maybe: np.average(n, maybe, same, True),
        lambda matrix, weights: np.average(matrix, 0, weights, returned=True),
        lambda n: np.average(n, 0, [1, 2]),
        lambda n: np.average(n, weights=[1, 2]),
        lambda row, beside: np.average([1, 2, 3, 4], weights=beside),
        rounding=16,
        scale=16.0,
    ),
    np.cov: of(
        lambda level: np.cov(level),
        lambda level, flag, k: np.cov(level, rowvar=flag, ddof=k),
        lambda level, flag: np.cov(level, None, flag, True),
        lambda row, beside: np.cov(row, beside),
        lambda row, weights: np.cov(row, aweights=weights),
        lambda row: np.cov(row, fweights=[1] * len(row)),
        lambda level, dtype: np.cov(level, dtype=dtype),
        rounding=64,
        scale=16.0,
    ),
    np.corrcoef: of(
        lambda even: np.corrcoef(even),
        lambda even, flag: np.corrcoef(even, rowvar=flag),
        lambda even, dtype: np.corrcoef(even, even[::-1], dtype=dtype),
        rounding=64,
        scale=4.0,
    ),
    np.histogram: of(
        lambda finite: np.histogram(finite),
        lambda n, k: np.histogram(n, k),
        lambda finite: np.histogram(finite, 4, (-1, 2)),
        lambda finite, flag: np.histogram(finite, [0, 1, 2, 5], density=flag),
        lambda n, same: np.histogram(n, 3, (0, 2), weights=same),
        lambda gap: np.histogram(gap),
        lambda n, row2: np.histogram(n, row2),
        lambda finite: np.histogram(finite, "sqrt"),
        lambda finite: np.histogram(finite, "none of these"),
        rounding=8,
        scale=4.0,
    ),
    np.histogram_bin_edges: of(
        lambda finite: np.histogram_bin_edges(finite),
        lambda finite, k: np.histogram_bin_edges(finite, k, (0, 3)),
        lambda finite: np.histogram_bin_edges(finite, "sturges"),
        lambda finite: np.histogram_bin_edges(finite, "fd"),
        lambda finite: np.histogram_bin_edges(finite, "rice"),
        lambda finite: np.histogram_bin_edges(finite, [0, 1, 2]),
        lambda gap: np.histogram_bin_edges(gap),
        rounding=8,
        scale=4.0,
    ),
    np.histogram2d: of(
        lambda row, beside: np.histogram2d(row, beside),
        lambda row, beside, flag: np.histogram2d(row, beside, (2, 3), [(0, 1), (-1, 2)], flag),
        lambda row, beside: np.histogram2d(row, beside, [[0, 1, 2], [0, 2]]),
        lambda row, beside, weights: np.histogram2d(row, beside, 3, weights=weights),
        lambda row, row2: np.histogram2d(row, row2, [0, 1, 2]),
        rounding=8,
        scale=4.0,
    ),
    np.histogramdd: of(
        lambda matrix: np.histogramdd(matrix, 2),
        lambda matrix, flag: np.histogramdd(matrix[:, :2], (2, 3), [(0, 1), (-1, 2)], flag),
        lambda row, beside: np.histogramdd((row, beside), [[0, 1, 2], 3]),
        lambda row, weights: np.histogramdd(row, 3, weights=weights),
        lambda n: np.histogramdd(n, 2),
        rounding=8,
        scale=4.0,
        examples=20,
    ),
    np.bincount: of(
        lambda ints1: np.bincount(ints1),
        lambda ints1, k: np.bincount(ints1, minlength=k),
        lambda ints1, beside: np.bincount(ints1, beside),
        lambda ints1: np.bincount([0, 1], ints1),
        lambda x: np.bincount(x),
        lambda ints1: np.bincount(ints1.astype(int) - 1),
    ),
    np.diff: of(
        lambda x: np.diff(x),
        lambda n, axis, k: np.diff(n, k, axis),
        lambda n, axis: np.diff(n, axis=axis, prepend=2, append=[1]),
        lambda n, near: np.diff(n, axis=0, prepend=near),
        lambda n: np.diff(n, 2, append=0.5),
        smooth=True,
    ),
    np.ediff1d: of(
        lambda n: np.ediff1d(n),
        lambda n: np.ediff1d(n, 3, [1, 2]),
        lambda n: np.ediff1d(n, to_begin=0.5),
        lambda n, n2: np.ediff1d(n, n2),
    ),
    np.gradient: of(
        lambda n: np.gradient(n),
        lambda n: np.gradient(n, 2),
        lambda n, axis: np.gradient(n, axis=axis),
        lambda n, axis: np.gradient(n, 0.5, axis=axis, edge_order=2),
        lambda row: np.gradient(row, [0, 1, 3, 7][: len(row)]),
        lambda n, axes: np.gradient(n, axis=axes),
        lambda row, ascending: np.gradient(row, ascending),
        lambda n: np.gradient(n, 1, 2),
        lambda n: np.gradient(n, edge_order=3),
        rounding=16,
        scale=4.0,
    ),
    np.trapezoid: of(
        lambda n: np.trapezoid(n),
        lambda n, axis: np.trapezoid(n, dx=0.5, axis=axis),
        lambda n, same, axis: np.trapezoid(n, same, axis=axis),
        lambda row: np.trapezoid(row, [0, 1, 3, 7][: len(row)]),
        lambda row: np.trapezoid([1, 2, 3, 4][: len(row)], row),
        rounding=16,
        scale=16.0,
    ),
    np.correlate: of(
        lambda row, row2: np.correlate(row, row2),
        lambda row, row2: np.correlate(row, row2, "full"),
        lambda row, row2: np.correlate(row, row2, mode="same"),
        lambda row: np.correlate([1, 2, 1j], row, "full"),
        lambda row: np.correlate(row, row, "none of these"),
        lambda n: np.correlate(n, [1, 2]),
    ),
    np.convolve: of(
        lambda row, row2: np.convolve(row, row2),
        lambda row, row2: np.convolve(row, row2, "valid"),
        lambda row, row2: np.convolve(row, row2, mode="same"),
        lambda row: np.convolve([1, 2, 1j], row),
        lambda row: np.convolve(row, row, "none of these"),
        lambda n: np.convolve(n, [1, 2]),
    ),
}

PRODUCTS: Table = {
    np.dot: of(
        lambda n: np.dot(n, 3),
        lambda n, right: np.dot(n, right),
        lambda n, n2: np.dot(n, n2),
        lambda matrix, right: np.dot(matrix, right),
        lambda matrix, right: into(matrix, None, lambda out: np.dot(matrix, right, out)),
        lambda matrix, right: into(matrix, "shape", lambda out: np.dot(matrix, right, out)),
        lambda row, beside: unsigned(np.dot(row, beside)),
        lambda row: np.dot([1, 2, 3], row),
    ),
    np.inner: of(
        lambda n, n2: np.inner(n, n2),
        lambda n: np.inner(n, n),
        lambda row, beside: unsigned(np.inner(row, beside)),
        lambda n: np.inner(2, n),
    ),
    np.vdot: of(
        lambda n, same: np.vdot(n, same),
        lambda n, n2: np.vdot(n, n2),
        lambda row, beside: unsigned(np.vdot(row, beside)),
    ),
    np.outer: of(
        lambda n, n2: np.outer(n, n2),
        lambda n: np.outer(n, [1, 2]),
        lambda row, row2: into(row, None, lambda out: np.outer(row, row2, out)),
    ),
    np.linalg.outer: of(
        lambda row, row2: np.linalg.outer(row, row2), lambda n, n2: np.linalg.outer(n, n2)
    ),
    np.linalg.matmul: of(
        lambda n, right: np.linalg.matmul(n, right),
        lambda squares: np.linalg.matmul(squares, squares),
        lambda n, n2: np.linalg.matmul(n, n2),
        lambda row, beside: unsigned(np.linalg.matmul(row, beside)),
    ),
    np.linalg.vecdot: of(
        lambda n, n2: np.linalg.vecdot(n, n2),
        lambda n, same, axis: np.linalg.vecdot(n, same, axis=axis),
    ),
    np.tensordot: of(
        lambda n, right: np.tensordot(n, right, 1),
        lambda n, same: np.tensordot(n, same),
        lambda n, n2: np.tensordot(n, n2, 0),
        lambda n, same: np.tensordot(n, same, ([0, -1], [0, -1])),
        lambda n, same: np.tensordot(n, same, (0, 0)),
        lambda n, n2: np.tensordot(n, n2, axes=([0], [1, 2])),
    ),
    np.linalg.tensordot: of(
        lambda n, right: np.linalg.tensordot(n, right, axes=1),
        lambda n, same: np.linalg.tensordot(n, same, axes=((0,), (0,))),
        lambda n, same: np.linalg.tensordot(n, same),
    ),
    np.einsum: of(
        lambda matrix, right: np.einsum("ij,j...->i...", matrix, right),
        lambda square: np.einsum("ii", square),
        lambda square: np.einsum("ii->i", square),
        lambda matrix: np.einsum("ij->ji", matrix),
        lambda n: np.einsum("...->", n),
        lambda n: np.einsum("i...->...", n),
        lambda row, row2: unsigned(np.einsum("i,j", row, row2, optimize=True)),
        lambda row, beside: unsigned(np.einsum(row, [0], beside, [0], [])),
        lambda matrix: np.einsum("ij,kj,kl->il", matrix, matrix, matrix, optimize="greedy"),
        lambda matrix: np.einsum("ij->j", matrix, dtype=complex),
        lambda matrix: np.einsum("ik", matrix, out=np.zeros((1, 1), like=matrix)),
        lambda n: np.einsum("ij,jk", n, n),
        lambda n: np.einsum("i->ii", n),
        examples=20,
    ),
    np.einsum_path: of(
        lambda matrix, right: np.einsum_path("ij,j...->i...", matrix, right),
        lambda matrix: np.einsum_path("ij,kj,kl->il", matrix, matrix, matrix, optimize="optimal"),
        lambda n: np.einsum_path("ij", n, optimize=False),
        lambda square: np.einsum_path("ij,jk,kl", square, square, square, optimize=("greedy", 4)),
    ),
    np.cross: of(
        lambda triples, triples2: np.cross(triples, triples2),
        lambda triples: np.cross(triples, [1, 2, 3]),
        lambda triples: np.cross(triples, [1, 0]),
        lambda n, same, axis: np.cross(n, same, axis=axis),
        lambda n, same, axis, other: np.cross(n, same, axis, axis, other),
    ),
    np.linalg.cross: of(
        lambda triples, triples2: np.linalg.cross(triples, triples2),
        lambda n, same, axis: np.linalg.cross(n, same, axis=axis),
    ),
    np.trace: of(
        lambda n: np.trace(n),
        lambda n, k, dtype: np.trace(n, k, dtype=dtype),
        lambda n, k, axis, other: np.trace(n, k, axis, other),
        lambda n, kind: into(n, kind, lambda out: np.trace(n, out=out)),
        smooth=True,
    ),
    np.linalg.trace: of(lambda n, k, dtype: np.linalg.trace(n, offset=k, dtype=dtype), smooth=True),
    np.linalg.matrix_power: of(
        lambda squares, k: np.linalg.matrix_power(squares, abs(k)),
        lambda regular, k: np.linalg.matrix_power(regular, k),
        lambda n: np.linalg.matrix_power(n, 2),
        lambda square: np.linalg.matrix_power(square, 1.5),
        rounding=256,
        scale=64.0,
    ),
    np.linalg.multi_dot: of(
        lambda matrix, right: np.linalg.multi_dot([matrix, right]),
        lambda square: np.linalg.multi_dot([square, square, square]),
        lambda square: np.linalg.multi_dot([square[0], square, square, square[-1]]),
        lambda n: np.linalg.multi_dot([n, n, n]),
        lambda square: np.linalg.multi_dot([square]),
        lambda square: into(
            square, None, lambda out: np.linalg.multi_dot([square, square], out=out)
        ),
        rounding=16,
        scale=64.0,
    ),
}

ORDERS = [None, 1, -1, 2, -2, np.inf, -np.inf, 0, 3, "fro", "nuc", "x"]


def norms(f: Any, x: Any, **kwargs: Any) -> Any:
    # So that the difference of two infinities is none.
    return [_tried(lambda one=one: np.minimum(f(x, ord=one, **kwargs), 1e4)) for one in ORDERS]


LINALG: Table = {
    np.linalg.norm: of(
        lambda n: np.linalg.norm(n),
        lambda n, axes, keepdims: np.linalg.norm(n, None, axes, keepdims),
        lambda n, axes: norms(np.linalg.norm, n, axis=axes, keepdims=True),
        lambda n: norms(np.linalg.norm, n),
        rounding=64,
        scale=16.0,
        smooth=False,
    ),
    np.linalg.vector_norm: of(
        lambda n: np.linalg.vector_norm(n),
        lambda n, axes, keepdims: norms(np.linalg.vector_norm, n, axis=axes, keepdims=keepdims),
        rounding=64,
        scale=16.0,
    ),
    np.linalg.matrix_norm: of(
        lambda n: np.linalg.matrix_norm(n),
        lambda n, keepdims: norms(np.linalg.matrix_norm, n, keepdims=keepdims),
        rounding=64,
        scale=16.0,
    ),
    np.linalg.det: of(
        lambda squares: np.linalg.det(squares),
        lambda n: np.linalg.det(n),
        rounding=64,
        scale=64.0,
        smooth=True,
    ),
    np.linalg.slogdet: of(
        lambda regular: np.linalg.slogdet(regular),
        lambda squares: np.linalg.slogdet(squares * 0),
        lambda n: type(np.linalg.slogdet(n)).__name__,
        rounding=64,
        scale=8.0,
    ),
    np.linalg.inv: of(
        lambda regular: np.linalg.inv(regular),
        lambda squares: np.linalg.inv(squares * 0),
        lambda n: np.linalg.inv(n).shape if np.ndim(n) < 2 or n.shape[-1] != n.shape[-2] else 0,
        rounding=64,
        scale=4.0,
    ),
    np.linalg.pinv: of(
        lambda regular: np.linalg.pinv(regular),
        lambda regular: np.linalg.pinv(regular[..., :1], rcond=1e-3),
        lambda regular: np.linalg.pinv(regular[..., :1, :], rtol=0.01),
        lambda definite: np.linalg.pinv(definite, hermitian=True),
        lambda squares: np.linalg.pinv(squares * 0),
        lambda n: np.linalg.pinv(n).shape,
        lambda regular: np.linalg.pinv(regular, rcond=1e-3, rtol=1e-3),
        rounding=256,
        scale=4.0,
    ),
    np.linalg.matrix_rank: of(
        lambda n: np.linalg.matrix_rank(n),
        lambda regular: np.linalg.matrix_rank(regular, 0.5),
        lambda definite: np.linalg.matrix_rank(definite, hermitian=True),
        lambda regular: np.linalg.matrix_rank(regular, rtol=0.01),
        lambda regular: np.linalg.matrix_rank(regular, tol=0.5, rtol=0.01),
    ),
    np.linalg.cond: of(
        lambda regular: np.linalg.cond(regular),
        *(lambda regular, p=p: np.linalg.cond(regular, p) for p in ORDERS[1:7]),
        lambda regular: np.linalg.cond(regular, "fro"),
        lambda regular: np.linalg.cond(regular, "x"),
        lambda regular: np.linalg.cond(regular[..., :1]),
        lambda squares: np.linalg.cond(squares * 0, 1),
        lambda n: np.shape(np.linalg.cond(n)),
        rounding=256,
        scale=16.0,
        examples=20,
    ),
    np.linalg.solve: of(
        lambda regular, beside2: np.linalg.solve(regular, beside2),
        lambda regular: np.linalg.solve(regular, regular * 2),
        lambda regular: np.linalg.solve(np.eye(regular.shape[-1]), regular),
        lambda squares: np.linalg.solve(squares * 0, squares),
        lambda n, n2: np.shape(np.linalg.solve(n, n2)) if n.ndim < 2 else None,
        rounding=64,
        scale=8.0,
    ),
    np.linalg.tensorsolve: of(
        lambda regular4: np.linalg.tensorsolve(regular4, np.ones((2, 2))),
        lambda regular4: np.linalg.tensorsolve(regular4, regular4[0, 0], axes=(0, 2)),
        lambda n, n2: np.linalg.tensorsolve(n * 0, n2),
        rounding=64,
        scale=8.0,
        examples=15,
    ),
    np.linalg.tensorinv: of(
        lambda regular4: np.linalg.tensorinv(regular4),
        lambda regular4, k: np.linalg.tensorinv(regular4, k),
        lambda n: np.linalg.tensorinv(n * 0),
        rounding=64,
        scale=8.0,
        examples=15,
    ),
    np.linalg.lstsq: of(
        lambda regular2: np.linalg.lstsq(regular2, np.ones(regular2.shape[0])),
        lambda regular2: np.linalg.lstsq(regular2[:, :1], regular2, rcond=0.01),
        lambda regular2: np.linalg.lstsq(regular2[:1], np.ones((1, 2))),
        lambda regular2: np.linalg.lstsq(np.eye(len(regular2)), regular2),
        lambda n, n2: np.shape(np.linalg.lstsq(n, n2)[0]),
        rounding=256,
        scale=8.0,
    ),
    np.linalg.cholesky: of(
        lambda definite: np.linalg.cholesky(definite),
        lambda definite, flag: np.linalg.cholesky(definite, upper=flag),
        lambda definite: np.linalg.cholesky(-definite),
        lambda n: np.linalg.cholesky(n).shape if n.ndim < 2 else None,
        rounding=64,
        scale=8.0,
    ),
    np.linalg.qr: of(
        *(
            lambda regular, mode=mode: factors(
                r := np.linalg.qr(regular, mode), regular, np.asarray(r.Q) @ np.asarray(r.R)
            )
            for mode in ("reduced", "complete")
        ),
        lambda matrix: factors(
            r := np.linalg.qr(matrix), matrix, np.asarray(r.Q) @ np.asarray(r.R)
        ),
        lambda regular: abs(np.linalg.qr(regular, "r")),
        lambda regular: np.linalg.qr(regular, "none of these"),
        lambda n: type(np.linalg.qr(n)).__name__,
        rounding=64,
        scale=16.0,
    ),
    np.linalg.svd: of(
        lambda squares: factors(r := np.linalg.svd(squares), squares, rebuilt(r, True)),
        lambda matrix, flag: factors(
            r := np.linalg.svd(matrix, full_matrices=flag), matrix, rebuilt(r, True)
        ),
        lambda n: np.linalg.svd(n, compute_uv=False),
        lambda definite: np.linalg.svd(definite, compute_uv=False, hermitian=True),
        lambda definite: factors(
            r := np.linalg.svd(definite, hermitian=True), definite, rebuilt(r, False)
        ),
        rounding=64,
        scale=16.0,
    ),
    np.linalg.svdvals: of(
        lambda n: np.linalg.svdvals(n),
        lambda squares: np.linalg.svdvals(squares),
        rounding=64,
        scale=16.0,
    ),
    np.linalg.eig: of(
        lambda definite: eigen(definite, np.linalg.eig(definite), definite),
        lambda n: type(np.linalg.eig(n)).__name__,
        rounding=256,
        scale=512.0,
    ),
    np.linalg.eigh: of(
        lambda definite: eigen(definite, np.linalg.eigh(definite), definite),
        lambda definite: eigen(definite, np.linalg.eigh(definite, "U"), definite),
        lambda squares: invariants(np.linalg.eigh(squares, UPLO="u")[0], squares),
        lambda definite: np.linalg.eigh(definite, "x"),
        lambda n: type(np.linalg.eigh(n)).__name__,
        rounding=256,
        scale=512.0,
    ),
    np.linalg.eigvals: of(
        lambda definite: invariants(np.linalg.eigvals(definite), definite),
        lambda regular: similar(
            (np.asarray(np.linalg.eigvals(regular)) ** 2).sum(-1).real, regular
        ),
        lambda n: np.linalg.eigvals(n).shape,
        rounding=256,
        scale=512.0,
    ),
    np.linalg.eigvalsh: of(
        lambda definite: np.linalg.eigvalsh(definite),
        lambda squares: np.linalg.eigvalsh(squares, "U"),
        lambda definite: np.linalg.eigvalsh(definite, "x"),
        lambda n: np.linalg.eigvalsh(n).shape,
        rounding=256,
        scale=64.0,
    ),
}

FOURIER: Table = {
    np.fft.fft: fourier(np.fft.fft),
    np.fft.ifft: fourier(np.fft.ifft),
    np.fft.rfft: of(
        *fourier(np.fft.rfft, real=True).calls,
        lambda sample: np.fft.rfft(sample),
        rounding=64,
        scale=64.0,
        smooth=True,
    ),
    np.fft.irfft: fourier(np.fft.irfft),
    np.fft.hfft: fourier(np.fft.hfft),
    np.fft.ihfft: fourier(np.fft.ihfft, real=True),
    np.fft.fft2: fourier_many(np.fft.fft2),
    np.fft.ifft2: fourier_many(np.fft.ifft2),
    np.fft.fftn: fourier_many(np.fft.fftn),
    np.fft.ifftn: fourier_many(np.fft.ifftn),
    np.fft.rfft2: fourier_many(np.fft.rfft2, real=True),
    np.fft.rfftn: fourier_many(np.fft.rfftn, real=True),
    np.fft.irfft2: fourier_many(np.fft.irfft2),
    np.fft.irfftn: fourier_many(np.fft.irfftn),
}

POLYNOMIALS: Table = {
    np.poly: of(
        # NumPy looks for overrides among the elements of its argument.
        lambda row: similar(np.poly(row), row),
        lambda definite2: np.poly(definite2),
        lambda n: similar(np.poly(n), n) if n.ndim != 2 else None,
        rounding=256,
        scale=64.0,
    ),
    np.polyadd: of(
        lambda row, row2: np.polyadd(row, row2),
        lambda row: np.polyadd([1, 2, 3], row),
        lambda n, n2: np.polyadd(n, n2),
    ),
    np.polysub: of(
        lambda row, row2: np.polysub(row, row2),
        lambda row: np.polysub([1, 2, 3], row),
        lambda row: np.polysub(row, 2),
    ),
    np.polymul: of(
        lambda row, row2: np.polymul(row, row2),
        lambda row: np.polymul([1, 2j, 3], row),
        lambda row: np.polymul(row, 2),
    ),
    np.polydiv: of(
        lambda row: np.polydiv(row, [2, 1]),
        lambda row: np.polydiv(row, 2),
        lambda row: np.polydiv(row, [1, 0.5, 2, 1]),
        lambda positive1: np.polydiv([1, 2, 3.5, 1], positive1),
        rounding=64,
        scale=64.0,
    ),
    np.polyder: of(
        lambda row: np.polyder(row), lambda row, k: np.polyder(row, k), lambda n: np.polyder(n)
    ),
    np.polyint: of(
        lambda row: np.polyint(row),
        lambda row, k: np.polyint(row, k),
        lambda row: np.polyint(row, 2, [3, 1]),
        lambda row: np.polyint(row, 1, k=7),
        lambda row: np.polyint(row, 2, 3),
        rounding=8,
    ),
    np.polyval: of(
        lambda row, n2: np.polyval(row, n2),
        lambda n: np.polyval([1, 2, 3], n),
        lambda row: np.polyval(row, 2),
        lambda row: np.polyval(row, row),
    ),
    np.polyfit: of(
        lambda row: np.polyfit(np.arange(len(row)), row, 1),
        lambda distinct, beside: np.polyfit(distinct, beside, 0),
        lambda row: np.polyfit(np.arange(len(row)), row, 1, full=True)[0],
        lambda row: np.polyfit(np.arange(len(row)), row, 0, w=np.arange(1.0, len(row) + 1)),
        lambda row: np.polyfit(np.arange(len(row)), row, 0, cov="unscaled"),
        lambda row: np.polyfit(row, row, -1),
        lambda n: np.polyfit(np.arange(3), n, 1),
        lambda matrix: np.polyfit(np.arange(len(matrix)), matrix, 1),
        rounding=512,
        scale=64.0,
        examples=20,
    ),
    np.roots: of(
        lambda row: similar(np.poly(np.asarray(np.roots(row))).real, row),
        lambda n: np.roots(n).shape,
        lambda positive1: np.roots(positive1).shape,
        rounding=2.0**20,
        scale=64.0,
    ),
    npp.polyval2d: of(
        lambda n: npp.polyval2d(n, n, [[1, 2], [3, 4]]),
        lambda n, same: npp.polyval2d(n, same, np.eye(3)),
        lambda n, n2: npp.polyval2d(n, n2, np.eye(3)),
        lambda matrix: npp.polyval2d([1, 2], [3, 4], matrix),
        rounding=16,
        scale=64.0,
    ),
    npp.polygrid2d: of(
        lambda n, n2: npp.polygrid2d(n, n2, [[1, 2], [3, 4]]),
        lambda row, row2: npp.polygrid2d(row, row2, np.eye(3)),
        lambda matrix: npp.polygrid2d([1, 2], [3, 4, 5], matrix),
        rounding=16,
        scale=64.0,
    ),
}

DATE, LATER = np.datetime64("2011-01-03"), np.datetime64("2011-03-01")

OTHER: Table = {
    np.shape: of(lambda x: np.shape(x)),
    np.size: of(
        lambda x: np.size(x), lambda x, axis: np.size(x, axis), lambda x, axes: np.size(x, axes)
    ),
    np.ndim: of(lambda x: np.ndim(x)),
    np.result_type: of(
        lambda x, x2: np.result_type(x, x2),
        lambda x: np.result_type(x, 3.5),
        lambda x, dtype: np.result_type(x, dtype or "i2", 1j),
    ),
    np.common_type: of(
        lambda x, x2: np.common_type(x, np.asarray(x2)), lambda x: np.common_type(x)
    ),
    np.can_cast: of(
        lambda x, dtype: np.can_cast(x, dtype or float),
        lambda x: np.can_cast(x, int, "unsafe"),
        lambda x: np.can_cast(x, int, "none of these"),
    ),
    np.min_scalar_type: of(lambda x: np.min_scalar_type(x)),
    np.may_share_memory: of(
        lambda x: np.may_share_memory(x, x.copy()),
        lambda x: np.may_share_memory(x, x),
        lambda x: np.may_share_memory(x, x[...], max_work=1),
        lambda x: np.may_share_memory(x, np.zeros(3)),
    ),
    np.shares_memory: of(
        lambda x: np.shares_memory(x, x.copy()),
        lambda x: np.shares_memory(x, x),
        lambda x: np.shares_memory(x, x[..., :1] if x.ndim else x),
        lambda vector: np.shares_memory(vector[::2], vector[1::2]),
        lambda x: np.shares_memory(np.zeros(3), x),
    ),
    np.apply_along_axis: of(
        lambda n, axis: np.apply_along_axis(np.sum, axis, n),
        lambda n, axis: np.apply_along_axis(lambda v: v[::-1], axis, n),
        lambda n, axis, k: np.apply_along_axis(lambda v, a, b: v[:1] * a + b, axis, n, k, b=2),
        lambda n: np.apply_along_axis(lambda v: 3, 0, n),
        lambda n: np.apply_along_axis(lambda v: np.ones((2, 2)) * np.sum(v), -1, n),
        examples=20,
    ),
    np.apply_over_axes: of(
        lambda n: np.apply_over_axes(np.sum, n, 0),
        lambda n, axis, other: np.apply_over_axes(np.sum, n, (axis, other)),
        lambda ordered, axis: np.apply_over_axes(np.max, ordered, axis),
        lambda n: np.apply_over_axes(lambda a, axis: a[:1], n, 0),
    ),
    np.array2string: of(
        *shown(np.array2string).calls,
        lambda x: np.array2string(x, threshold=2, edgeitems=1, separator=", ", prefix="ab"),
        lambda n: np.array2string(n, precision=1, floatmode="fixed", sign="+", suffix=")"),
        lambda n: np.array2string(n, formatter={"all": lambda v: f"<{v}>"}),
        lambda n: np.array2string(n, legacy="1.21"),
        lambda n: np.array2string(n, floatmode="none"),
    ),
    np.array_repr: shown(np.array_repr),
    np.array_str: shown(np.array_str),
    np.save: of(
        lambda n: saved(lambda file: np.save(file, n.astype(float))),
        lambda x: loaded(x, lambda file: np.save(file, x, allow_pickle=False)),
        lambda x: loaded(x, lambda file: np.save(file, arr=twice(x))),
    ),
    np.savez: of(
        lambda x, x2: loaded(x, lambda file: np.savez(file, x, x2, third=x)),
        lambda x: loaded(x, lambda file: np.savez(file, x, arr_0=x)),
    ),
    np.savez_compressed: of(
        lambda x, x2: loaded(x, lambda file: np.savez_compressed(file, x2, x, third=x)),
    ),
    np.savetxt: of(
        lambda x: text(lambda file: np.savetxt(file, x)),
        lambda n: text(lambda file: np.savetxt(file, n, "%5.2f", ",", "|", "head", "foot", "! ")),
        lambda n: text(lambda file: np.savetxt(file, n, fmt=["%d", "%f"])),
        lambda matrix: text(lambda file: np.savetxt(file, matrix, encoding="utf8")),
    ),
    np.is_busday: of(
        lambda x: plainly(np.is_busday(x)),
        lambda ints: plainly(np.is_busday(DATE, ints)),
        lambda ints: plainly(np.is_busday(DATE, holidays=ints)),
        lambda weekmask: plainly(np.is_busday([DATE, LATER], weekmask=weekmask)),
        lambda x: _busday_into(x),
    ),
    np.busday_count: of(
        lambda x: plainly(np.busday_count(DATE, x)),
        lambda x: plainly(np.busday_count(x, DATE)),
        lambda weekmask: np.busday_count(DATE, LATER, weekmask),
        lambda ints: _count_into(ints),
    ),
    np.busday_offset: of(
        lambda ints: plainly(np.busday_offset(DATE, ints)),
        lambda ints: plainly(np.busday_offset(["2011-01-01"], ints, roll="forward")),
        lambda ints: plainly(np.busday_offset("2011-01-01", ints)),
        lambda x: plainly(np.busday_offset(DATE, x * 0)),
        lambda x: plainly(np.busday_offset(x, 1)),
        lambda weekmask: plainly(np.busday_offset(DATE, [1, 2], weekmask=weekmask)),
    ),
    np.datetime_as_string: of(
        lambda x: np.datetime_as_string(x), lambda x: np.datetime_as_string(x, unit="D")
    ),
}

for late in (npp.polyval2d, npp.polygrid2d):  # NumPy asks for overrides of them from 2.4 on
    if not hasattr(late, "__wrapped__"):
        del POLYNOMIALS[late]

in1d = getattr(np, "in1d", None)  # up to NumPy 2.3
if in1d is not None:
    SORTING[in1d] = of(lambda x, x2: in1d(x, x2), lambda x: in1d(x, [0, 1], invert=True))

if hasattr(npp, "polyvalnd"):  # from NumPy 2.5 on
    POLYNOMIALS[npp.polyvalnd] = of(
        lambda n, same: npp.polyvalnd((n, same), np.eye(3)),
        lambda n, n2: npp.polyvalnd((n, n2), np.eye(3)),
        lambda matrix: npp.polyvalnd(([1, 2], [3, 4]), matrix),
        rounding=16,
        scale=64.0,
    )


def _busday_into(x: Any) -> Any:
    out = np.zeros(2, bool, like=x)
    return np.is_busday([DATE, DATE - 1], out=out) is out, out


def _count_into(x: Any) -> Any:
    out = np.zeros(2, np.int64, like=x)
    return np.busday_count([DATE, DATE - 1], LATER, out=out) is out, out


#: Every function, and calls of it.
CALLS: Table = {
    **CREATION,
    **VIEWS,
    **JOINING,
    **SELECTING,
    **SORTING,
    **POINTWISE,
    **STATISTICS,
    **PRODUCTS,
    **LINALG,
    **FOURIER,
    **POLYNOMIALS,
    **OTHER,
}
