"""300 calls whose growth is measured: a name, the call, and makers of its operands by (k, N).

The parameters of a call name its operands, which `OPERANDS` makes with k active elements in an
array of N elements. What a call changes it copies first; what it returns has O(k) numbers.
"""

from collections.abc import Callable
from functools import partial
from math import isqrt
from typing import Any

import numpy as np

import qvarray as qv

from .common import SEED, sorted_indices

Call = Callable[..., Any]


def _rng(seed):
    return np.random.default_rng(SEED + seed)


def _sparse(shape, k, seed=0, dtype=float, **kwargs):
    """k active elements at random positions."""
    rng = _rng(seed)
    indices = sorted_indices(rng, k, int(np.prod(shape, dtype=object)))
    values = rng.standard_normal(k)
    if dtype is complex:
        values = values + 1j * rng.standard_normal(k)
    elif dtype is not float:
        values = (np.abs(values) * 20 + 1).astype(dtype)
    return qv.from_eigenvalues(values, indices, shape, **kwargs)


def _side(n):
    return isqrt(n)


def _square(k, n, seed=0, dtype=float):
    return _sparse((_side(n),) * 2, k, seed, dtype)


def _few(k):
    """How many entries make up k pairs, or k entries of a few lines."""
    return isqrt(k)


def _band(k, n):
    """Three diagonals: a stencil of k entries in all."""
    m = k // 3
    return _stack_diagonals({-1: -1.0, 0: 4.0, 1: -1.0}, m, _side(n))


def _stack_diagonals(values, m, side):
    rows = np.concatenate([np.arange(max(0, -d), m - max(0, d)) for d in values])
    columns = np.concatenate([np.arange(max(0, d), m + min(0, d)) for d in values])
    entries = np.concatenate([np.full(m - abs(d), value) for d, value in values.items()])
    return qv.from_coordinates(np.stack([rows, columns]), entries, (side, side))


def _diagonal(k, n):
    """A matrix with k entries on its diagonal, or half of it, else 1 there."""
    side = _side(n)
    k = min(k, side // 2)
    return qv.operator(_rng(3).uniform(1, 2, k), sorted_indices(_rng(4), k, side), side)


def _spiky(k, n):
    """A full diagonal of k rows: invertible."""
    return _stack_diagonals({0: 3.0}, k, k)


def _spectral(basis, k, n, seed=0):
    """k eigenvalues in a basis."""
    return _sparse((n,), k, seed, basis=basis)


def _operator(basis, k, n):
    indices = sorted_indices(_rng(5), k, n)
    return qv.operator(_rng(6).uniform(1, 2, k), indices, n, basis=basis)


#: Makers of operands.
OPERANDS: dict[str, Callable[[int, int], Any]] = {
    "x": lambda k, n: _sparse((n,), k),
    "y": lambda k, n: _sparse((n,), k, 1),
    "z": lambda k, n: _sparse((n,), k, 2, complex),
    "i": lambda k, n: _sparse((n,), k, 3, int),
    "j": lambda k, n: _sparse((n,), k, 4, int),
    "f": lambda k, n: _sparse((n,), k, 5, np.float32),
    "on": lambda k, n: _sparse((n,), k, 6) > 0,
    "also": lambda k, n: _sparse((n,), k, 7) > 0,
    "lifted": lambda k, n: _sparse((n,), k) + 1,
    "short": lambda k, n: _sparse((k * 4,), k, 8),
    "A": lambda k, n: _square(k, n),
    "B": lambda k, n: _square(k, n, 1),
    "C": lambda k, n: _square(k, n, 2, complex),
    "ON": lambda k, n: _square(k, n, 6) > 0,
    "T": lambda k, n: _sparse((_side(n) // 32, 32, _side(n)), k, 9),
    "U": lambda k, n: _sparse((_side(n) // 32, 32, _side(n)), k, 10),
    "E": lambda k, n: _sparse((8, 16, _side(n) // 64, 8, _side(n) // 16), k, 11),
    "V": lambda k, n: _sparse((_side(n),), min(k, _side(n) // 2), 12),
    "W": lambda k, n: _sparse((_side(n),), min(k, _side(n) // 2), 13),
    "few": lambda k, n: _sparse((_side(n),), _few(k), 14),
    "sieve": lambda k, n: _sparse((_side(n),), _few(k), 15),
    "tall": lambda k, n: _sparse((n // 8, 8), k, 16),
    "wide": lambda k, n: _sparse((8, n // 8), k, 17),
    "rows": lambda k, n: _sparse((_few(k), n // _few(k)), k, 18),
    "pairs": lambda k, n: _sparse((n // 2, 2), k, 19),
    "triples": lambda k, n: _sparse((n // 4, 3), k, 20),
    "band": _band,
    "diagonal": _diagonal,
    "spiky": _spiky,
    "column": lambda k, n: np.arange(1.0, k + 1),
    "dense": lambda k, n: qv.asarray(_rng(21).standard_normal(k)),
    "block": lambda k, n: qv.asarray(_rng(22).standard_normal((_few(k), _few(k)))),
    "walsh": partial(_spectral, "walsh"),
    "walsh2": partial(_spectral, "walsh", seed=1),
    "cosine": partial(_spectral, "cosine"),
    "fourier": partial(_spectral, "fourier"),
    "haar": partial(_spectral, "haar"),
    "some_walsh": lambda k, n: _spectral("walsh", _few(k), n),
    "more_walsh": lambda k, n: _spectral("walsh", _few(k), n, 1),
    "some_fourier": lambda k, n: _spectral("fourier", _few(k), n),
    "more_fourier": lambda k, n: _spectral("fourier", _few(k), n, 1),
    "dyadic": partial(_operator, "walsh"),
    "circulant": partial(_operator, "fourier"),
    "where": lambda k, n: _rng(23).integers(0, n, k),
    "lines": lambda k, n: _rng(24).integers(0, _side(n), _few(k)),
    "numbers": lambda k, n: _rng(25).standard_normal(k),
    "taps": lambda k, n: qv.from_eigenvalues([1.0, -2.0, 1.0], [0, 1, 2], 3),
    "thirty": lambda k, n: qv.asarray(_rng(26).standard_normal(31)),
    "state": lambda k, n: qv.gates.state(_sparse((n,), k) / np.linalg.norm(_sparse((n,), k))),
    "dots": lambda k, n: [_sparse((n // 64,), k // 64, seed) for seed in range(64)],
}


def _elementwise(binary, unary):
    calls = {}
    for f in (getattr(np, name) for name in binary.split()):
        calls[f.__name__] = lambda x, y, f=f: f(x, y)
    for f in (getattr(np, name) for name in unary.split()):
        calls[f.__name__] = lambda x, f=f: f(x)
    return calls


def _reductions(names):
    calls = {}
    for name in names.split():
        f = getattr(np, name)
        calls[name] = lambda x, f=f: f(x)
        calls[f"{name} axis 0"] = lambda A, f=f: f(A, axis=0)
        calls[f"{name} axis 1"] = lambda A, f=f: f(A, axis=1)
    return calls


ELEMENTWISE = _elementwise(
    "add subtract multiply maximum minimum fmax fmin hypot arctan2 copysign nextafter logaddexp "
    "greater less equal not_equal greater_equal logical_and logical_or logical_xor",
    "negative positive absolute sign square sqrt exp expm1 log1p sin cos tan arctan sinh tanh "
    "floor ceil trunc rint isfinite isnan isinf signbit logical_not conjugate reciprocal cbrt "
    "deg2rad spacing modf frexp",
) | {
    "divide by lifted": lambda x, lifted: np.divide(x, lifted),
    "floor_divide": lambda i, lifted: i // lifted,
    "remainder": lambda i: np.remainder(i, 7),
    "divmod": lambda i: np.divmod(i, 7),
    "power": lambda x: np.power(x, 3),
    "bitwise_and": lambda i, j: i & j,
    "bitwise_xor": lambda i, j: i ^ j,
    "left_shift": lambda i: i << 2,
    "gcd": lambda i, j: np.gcd(i, j),
    "ldexp": lambda x: np.ldexp(x, 3),
    "float32": lambda f: f * f,
    "complex product": lambda z, x: z * x,
    "by a number": lambda x: 2.5 * x,
    "by a row": lambda A, V: A * V,
    "by a column": lambda A, V: A * V[:, None],
    "matrix with matrix": lambda A, B: A + B,
    "cube with row": lambda T, V: T * V,
    "where= of add": lambda x, y, on: np.add(x, y, where=on, out=np.zeros_like(x)),
    "out= of add": lambda x, y: np.add(x, y, out=np.zeros_like(x)),
    "dense add": lambda dense: dense + dense,
    "add of spectra": lambda walsh, walsh2: walsh + walsh2,
    "product of spectra": lambda some_walsh, more_walsh: some_walsh * more_walsh,
    "product of waves": lambda some_fourier, more_fourier: some_fourier * more_fourier,
    "power of a spectrum": lambda some_walsh: (some_walsh**2).source.settle(),
}  # fmt: skip

REDUCTIONS = _reductions(
    "sum prod max min any all mean var std argmax argmin count_nonzero ptp median nansum nanmax"
) | {
    "sum of a cube": lambda T: np.sum(T, axis=(0, 2)),
    "sum of its middle": lambda T: np.sum(T, axis=1),
    "sum keepdims": lambda A: np.sum(A, axis=0, keepdims=True),
    "sum where=": lambda x, on: np.sum(x, where=on),
    "average": lambda x, i: np.average(x, weights=i + 1),
    "quantile": lambda x: np.quantile(x, [0.01, 0.5, 0.99]),
    "quantile axis 0": lambda A: np.quantile(A, 0.3, axis=0),
    "percentile axis 1": lambda A: np.percentile(A, 30, axis=1),
    "nanmedian": lambda x: np.nanmedian(x),
    "norm": lambda x: np.linalg.norm(x),
    "norm 1": lambda A: np.linalg.norm(A, 1),
    "norm axis": lambda A: np.linalg.norm(A, axis=1),
    "trace": lambda A: np.trace(A),
    "histogram": lambda x: np.histogram(x, 50),
    "histogram2d": lambda x, y: np.histogram2d(x, y, 20),
    "histogram range": lambda x: np.histogram(x, 50, (-1, 1)),
    "bincount": lambda i: np.bincount(i),
    "digitize": lambda x: np.digitize(x, [-1, 0, 1]),
    "cov": lambda x, y: np.cov(x, y),
    "cov of tall": lambda tall: np.cov(tall, rowvar=False),
    "corrcoef": lambda x, y: np.corrcoef(x, y),
    "corrcoef of tall": lambda tall: np.corrcoef(tall.T),
    "cov of wide": lambda wide: np.cov(wide),
    "cosine_similarity": lambda x, y: qv.cosine_similarity(x, y),
    "sum of spectra": lambda walsh: walsh.sum(),
    "var of spectra": lambda fourier: np.var(fourier),
    "norm of spectra": lambda cosine: np.linalg.norm(cosine),
    "sum of dense": lambda dense: dense.sum(),
    "allclose": lambda x, y: np.allclose(x, y),
    "array_equal": lambda x: np.array_equal(x, x.copy()),
    "cumsum": lambda x: np.cumsum(x - np.roll(x, 1)),
    "cumsum of rows": lambda A: np.cumsum(A - np.roll(A, 1, 1), axis=1),
    "cumprod": lambda x: np.cumprod(x),
    "maximum.accumulate": lambda x: np.maximum.accumulate(np.minimum(x, 0)),
    "reduceat": lambda x, n_8: np.add.reduceat(x, [0, 5, n_8]),
    "trapezoid": lambda x: np.trapezoid(x),
    "apply_over_axes": lambda T: np.apply_over_axes(np.sum, T, [0, 2]),
    "interp": lambda x: np.interp(x, [-1, 0, 1], [1, 0, 1]),
    "argmax of rows": lambda rows: np.argmax(rows, axis=1),
}  # fmt: skip

MOVING = {
    "construct": lambda where, numbers, n_1: qv.from_coordinates(where, numbers, n_1),
    "reshape": lambda x, n_8: x.reshape(8, n_8).source.settle(),
    "ravel": lambda A: A.ravel(),
    "transpose": lambda A: A.T.source.settle(),
    "transpose of a cube": lambda T: T.transpose(2, 0, 1).source.settle(),
    "swapaxes": lambda T: T.swapaxes(0, 1).source.settle(),
    "moveaxis": lambda E: np.moveaxis(E, 0, 3).source.settle(),
    "rot90": lambda A: np.rot90(A).source.settle(),
    "flip": lambda x: x[::-1].source.settle(),
    "fliplr": lambda A: np.fliplr(A).source.settle(),
    "roll": lambda x: np.roll(x, 77),
    "roll of axes": lambda A: np.roll(A, (3, 5), (0, 1)),
    "concatenate": lambda x, y: np.concatenate([x, y]),
    "concatenate axis 1": lambda A, B: np.concatenate([A, B], 1),
    "concatenate of 64": lambda dots: np.concatenate(dots),
    "stack": lambda x, y: np.stack([x, y]),
    "stack of 64": lambda dots: np.stack(dots),
    "stack last": lambda x, y: np.stack([x, y], -1),
    "block of four": lambda A, B: np.block([[A, B], [B, A]]),
    "column_stack": lambda x, y: np.column_stack([x, y]),
    "dstack": lambda A, B: np.dstack([A, B]),
    "split": lambda x: np.split(x, 4),
    "array_split": lambda A: np.array_split(A, 7, 1),
    "unstack": lambda wide: np.unstack(wide),
    "tile": lambda x: np.tile(x, 3),
    "tile of a matrix": lambda A: np.tile(A, (2, 2)),
    "repeat": lambda x: np.repeat(x, 3),
    "repeat of rows": lambda A: np.repeat(A, 2, 0),
    "resize": lambda x, n_8: np.resize(x, (2 * n_8, 8)),
    "broadcast_to": lambda V: np.broadcast_to(V, (4, *V.shape)).copy(),
    "pad": lambda x: np.pad(x, 2),
    "pad edge": lambda x: np.pad(x, 2, "edge"),
    "pad wrap": lambda x: np.pad(x, 20, "wrap"),
    "pad reflect": lambda x: np.pad(x, 20, "reflect"),
    "pad wrap of a matrix": lambda A: np.pad(A, 5, "wrap"),
    "diff": lambda x: np.diff(x, 2),
    "diff of rows": lambda A: np.diff(A, axis=1),
    "ediff1d": lambda x: np.ediff1d(x),
    "gradient": lambda x: np.gradient(x),
    "append": lambda x, y: np.append(x, y),
    "insert": lambda x: np.insert(x, [1, 5, 2**19], 1.0),
    "insert rows": lambda A: np.insert(A, [1, 5], 0.0, axis=0),
    "delete": lambda x: np.delete(x, [1, 5, 2**19]),
    "delete many": lambda x, where: np.delete(x, where),
    "delete slice": lambda A: np.delete(A, slice(0, None, 2), 1),
    "trim_zeros": lambda x: np.trim_zeros(x),
    "diag": lambda A: np.diag(A),
    "diag of a vector": lambda V: np.diag(V),
    "diagonal of a cube": lambda T: np.diagonal(T, 1, 0, 2),
    "tril": lambda A: np.tril(A),
    "triu": lambda A: np.triu(A, 3),
    "astype": lambda x: x.astype(np.float32),
    "copy": lambda x: x.copy(),
    "nan_to_num": lambda x: np.nan_to_num(x),
    "round": lambda x: np.round(x, 2),
    "clip": lambda x: np.clip(x, -1, 1),
    "real": lambda z: z.real.copy(),
    "angle": lambda z: np.angle(z),
    "unwrap": lambda x: np.unwrap(x / 10),
    "sinc": lambda x: np.sinc(x),
    "piecewise": lambda x, on: np.piecewise(x, [on], [1.0, 0.0]),
    "str": lambda x: str(x),
    "str of a matrix": lambda A: str(A),
    "meshgrid": lambda few, sieve: np.meshgrid(few[:8], sieve[:5]),
    "sliding windows": lambda x: np.lib.stride_tricks.sliding_window_view(x, 3).sum(-1),
}  # fmt: skip

INDEXING = {
    "an element": lambda x: x[77],
    "a slice": lambda x, n_8: x[5 : 3 * n_8 : 3].source.settle(),
    "a part": lambda A: A[100:-100, 5:-5].source.settle(),
    "a row": lambda A: A[5].source.settle(),
    "a column": lambda A: A[:, 5].source.settle(),
    "points": lambda x, where: x[where],
    "points of a matrix": lambda A, lines: A[lines, lines],
    "rows by a list": lambda A, lines: A[lines],
    "columns by a list": lambda A, lines: A[:, lines],
    "ix_": lambda A, lines: A[np.ix_(lines, lines)],
    "a mask": lambda x, on: x[on],
    "a mask of a matrix": lambda A, ON: A[ON],
    "take": lambda x, where: np.take(x, where),
    "take of rows": lambda A, lines: np.take(A, lines, 0),
    "take_along_axis": lambda x, where: np.take_along_axis(x, where, 0),
    "compress": lambda x, on: np.compress(on, x),
    "extract": lambda x, on: np.extract(on, x),
    "nonzero": lambda A: np.nonzero(A),
    "argwhere": lambda A: np.argwhere(A),
    "flatnonzero": lambda x: np.flatnonzero(x),
    "where of one": lambda on: np.where(on),
    "where": lambda on, x, y: np.where(on, x, y),
    "where with a number": lambda on, x: np.where(on, x, 0.0),
    "where of matrices": lambda ON, A, B: np.where(ON, A, B),
    "select": lambda on, also, x, y: np.select([on, also], [x, y], 2.0),
    "choose": lambda on, x, y: np.choose(on.astype(int), [x, y]),
    "copyto": lambda x, y, on: np.copyto(y.copy(), x, where=on),
    "copyto of all": lambda x, y: np.copyto(y.copy(), x),
    "putmask": lambda x, on: np.putmask(x.copy(), on, [1.0]),
    "place": lambda x, on: np.place(x.copy(), on, [1.0, 2.0]),
    "put": lambda x, where: np.put(x.copy(), where, 1.0),
    "put_along_axis": lambda x, where: np.put_along_axis(x.copy(), where, 2.0, 0),
    "fill_diagonal": lambda block: np.fill_diagonal(block.copy(), 1.0),
    "add.at": lambda x, where, numbers: np.add.at(x.copy(), where, numbers),
    "write points": lambda x, where, numbers: x.copy().__setitem__(where, numbers),
    "write a slice": lambda x, y, n_8: x.copy().__setitem__(slice(n_8), y[:n_8]),
    "write a mask": lambda x, on: x.copy().__setitem__(on, 2.0),
    "write a row": lambda A, V: A.copy().__setitem__(5, V),
    "write an element": lambda x: x.copy().__setitem__(7, 1.0),
    "rows one by one": lambda rows: [row.sum() for row in rows],
    "items of flat": lambda x: [x.flat[n] for n in range(20)],
    "element of a spectrum": lambda walsh: walsh[77],
    "slice of a spectrum": lambda walsh: walsh[: 2**10],
    "element of waves": lambda fourier: fourier[77],
    "apply_along_axis": lambda tall: np.apply_along_axis(np.sum, 0, tall),
}  # fmt: skip

SORTING = {
    "sort": lambda x: np.sort(x),
    "sort axis 0": lambda A: np.sort(A, axis=0),
    "sort axis 1": lambda A: np.sort(A, axis=1),
    "argsort": lambda x: np.argsort(x),
    "argsort axis 1": lambda A: np.argsort(A, axis=1, kind="stable"),
    "partition": lambda x: np.partition(x, 5),
    "argpartition": lambda x: np.argpartition(x, -5),
    "topk": lambda x: qv.topk(x, 20),
    "searchsorted": lambda x: np.searchsorted(np.sort(x), [0.1, 0.2]),
    "unique": lambda x: np.unique(x),
    "unique of integers": lambda i: np.unique(i, return_counts=True),
    "unique index": lambda x: np.unique(x, return_index=True),
    "unique rows": lambda tall: np.unique(tall, axis=0),
    "union1d": lambda x, y: np.union1d(x, y),
    "intersect1d": lambda x, y: np.intersect1d(x, y),
    "intersect1d indices": lambda x, y: np.intersect1d(x, y, return_indices=True),
    "setdiff1d": lambda x, y: np.setdiff1d(x, y),
    "setxor1d": lambda x, y: np.setxor1d(x, y),
    "isin": lambda i: np.isin(i, [1, 2]),
    "isin of arrays": lambda i, j: np.isin(i, j),
    "sort_complex": lambda z: np.sort_complex(z),
}  # fmt: skip

ALGEBRA = {
    "inner product": lambda x, y: np.dot(x, y),
    "vdot": lambda z, x: np.vdot(z, x),
    "matrix with vector": lambda A, V: A @ V,
    "vector with matrix": lambda A, V: V @ A,
    "product": lambda A, B: A @ B,
    "stencil squared": lambda band: band @ band,
    "transposed product": lambda A, B: A.T @ B,
    "stack of products": lambda T, U: np.matmul(T, U.swapaxes(1, 2)),
    "outer": lambda few, sieve: np.outer(few, sieve),
    "ufunc.outer": lambda few, sieve: np.multiply.outer(few, sieve),
    "kron": lambda few, sieve: np.kron(few, sieve),
    "tensordot": lambda A, B: np.tensordot(A, B, 1),
    "tensordot of five": lambda E: np.tensordot(E, E, ([0, 1, 2, 4], [0, 1, 2, 4])),
    "tensordot of cubes": lambda T, U: np.tensordot(T, U, ([0, 2], [0, 2])),
    "einsum of five": lambda E: np.einsum("abcde,abcfe->df", E, E),
    "einsum diagonal": lambda A: np.einsum("ii->i", A),
    "einsum ij,ij->i": lambda A, B: np.einsum("ij,ij->i", A, B),
    "einsum of three": lambda A, B, V: np.einsum("ij,jk,k->i", A, B, V),
    "vecdot": lambda A, B: np.linalg.vecdot(A, B),
    "cross": lambda triples: np.cross(triples, triples * 2),
    "multi_dot": lambda A, B: np.linalg.multi_dot([A, B, A]),
    "matrix_power": lambda band: np.linalg.matrix_power(band, 3),
    "inv of a diagonal": lambda spiky: np.linalg.inv(spiky),
    "solve of a diagonal": lambda spiky, column: np.linalg.solve(spiky, column),
    "slogdet of a diagonal": lambda spiky: np.linalg.slogdet(spiky),
    "det of a diagonal": lambda spiky: np.linalg.det(spiky),
    "eigvals of a diagonal": lambda spiky: np.linalg.eigvals(spiky),
    "pinv of a diagonal": lambda spiky: np.linalg.pinv(spiky),
    "slogdet": lambda A: np.linalg.slogdet(A),
    "svdvals of an operator": lambda dyadic: np.linalg.svdvals(dyadic),
    "eigvalsh of an operator": lambda dyadic: np.linalg.eigvalsh(dyadic),
    "operator with vector": lambda dyadic, walsh: dyadic @ walsh,
    "operator with operator": lambda dyadic: dyadic @ dyadic,
    "operator plus operator": lambda circulant: circulant + circulant,
    "sum of an operator": lambda dyadic: dyadic.sum(),
    "mean of an operator": lambda circulant: circulant.mean(),
    "var of an operator": lambda circulant: circulant.var(),
    "norm of an operator": lambda circulant: np.linalg.norm(circulant),
    "trace of an operator": lambda dyadic: np.trace(dyadic),
    "row sums of an operator": lambda diagonal: diagonal.sum(axis=1),
    "max of a diagonal": lambda diagonal: diagonal.max(),
    "argmax of a diagonal": lambda diagonal: diagonal.argmax(),
    "diagonal with matrix": lambda diagonal, A: diagonal @ A,
    "convolve 3": lambda x, taps: np.convolve(x, taps),
    "convolve 3 same": lambda x, taps: np.convolve(x, taps, "same"),
    "convolve 31": lambda x, thirty: np.convolve(x, thirty),
    "correlate 31": lambda x, thirty: np.correlate(x, thirty, "full"),
    "circular_convolve": lambda some_walsh, more_walsh: qv.dyadic_convolve(some_walsh, more_walsh),
    "fft": lambda x: np.fft.fft(x),
    "ifft of waves": lambda fourier: np.fft.ifft(fourier),
    "rfft of rows": lambda A: np.fft.rfft(A),
    "fft2": lambda A: np.fft.fft2(A),
    "fftshift": lambda x: np.fft.fftshift(x),
    "fwht": lambda x: qv.fwht(x),
    "gate x": lambda state: qv.gates.x(state, 3),
    "gate cx": lambda state: qv.gates.cx(state, 0, 3),
    "gate rz": lambda state: qv.gates.rz(state, 0.3, 5),
}  # fmt: skip

#: All of them. A number of elements is a parameter, too: n_1 is N, n_8 an eighth of it.
CALLS: dict[str, Call] = ELEMENTWISE | REDUCTIONS | MOVING | INDEXING | SORTING | ALGEBRA
OPERANDS["n_1"] = lambda _k, n: n
OPERANDS["n_8"] = lambda _k, n: n // 8
