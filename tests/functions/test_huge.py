"""Every closed and structural function of arrays of 2**40 elements, in a budget of 16 MiB.

Every result is O(k) in memory: there is no room for another.
"""

import numpy as np
import numpy.lib.scimath as scimath
import pytest

import qvarray as qv
from qvarray.core.rules import FUNCTIONS, Tier

from ..huge import normal, peak_of, sparse_array

N, K = 2**40, 10**3
SIDE = 2**20
#: Positions that are looked up.
FEW = np.array([1, 5, 2**19])


def made(shape, seed=0, values=normal):
    return sparse_array(shape, K, seed=seed, values=values)


X, Y = made((N,)), made((N,), 1)
A, B = made((SIDE, SIDE), 2), made((SIDE, SIDE), 3)
T = made((2**14, 2**13, 2**13), 4)
V = made((SIDE,), 5)
WHOLE = made((N,), 6, lambda rng, k: rng.integers(1, 50, k))
TRIPLES = made((2**38, 3), 7)
ON = X > 0
SQUARE = qv.operator([2.0, 3.0], [0, 5], N, basis="cosine")
WAVES = qv.from_eigenvalues([1.0, 2.0], [0, 7], N, basis="cosine")
RIPPLES = qv.from_eigenvalues([1.0, 2.0], [5, 7], N, basis="fourier")
TAPS = qv.from_eigenvalues([1.0, 2.0, 3.0], [0, 7, 2**39], N)
SOME = A[:, :50]
SHORT = V[: 2**15]

CALLS = {
    np.all: lambda: np.all(X),
    np.allclose: lambda: np.allclose(X, Y),
    np.amax: lambda: np.amax(A, axis=0),
    np.amin: lambda: np.amin(X),
    np.angle: lambda: np.angle(X),
    np.any: lambda: np.any(A, axis=1),
    np.append: lambda: np.append(X, Y),
    np.apply_along_axis: lambda: np.apply_along_axis(np.sum, 0, SOME),
    np.apply_over_axes: lambda: np.apply_over_axes(np.sum, T, [0, 2]),
    np.argmax: lambda: (np.argmax(X), np.argmax(A, axis=1)),
    np.argmin: lambda: (np.argmin(X), np.argmin(A, axis=0)),
    np.argwhere: lambda: np.argwhere(A),
    np.argpartition: lambda: (np.argpartition(X, -5)[-5:], np.argpartition(A, 3, axis=0)),
    np.argsort: lambda: (np.argsort(X)[-5:], np.argsort(A, axis=1, kind="stable")),
    np.around: lambda: np.around(X, 2),
    np.array2string: lambda: np.array2string(X),
    np.array_equal: lambda: np.array_equal(X, Y),
    np.array_equiv: lambda: np.array_equiv(X, Y),
    np.array_repr: lambda: np.array_repr(A),
    np.array_split: lambda: np.array_split(A, 3, 1),
    np.array_str: lambda: np.array_str(T),
    np.astype: lambda: np.astype(X, np.float32),
    np.atleast_1d: lambda: np.atleast_1d(X),
    np.atleast_2d: lambda: np.atleast_2d(X),
    np.atleast_3d: lambda: np.atleast_3d(X),
    np.average: lambda: (np.average(X), np.average(X, weights=WHOLE)),
    np.bincount: lambda: np.bincount(WHOLE),
    np.block: lambda: np.block([[A, B], [B, A]]),
    np.broadcast_arrays: lambda: np.broadcast_arrays(A[:4], V),
    np.broadcast_to: lambda: np.broadcast_to(V, (4, SIDE)),
    np.choose: lambda: np.choose(ON.astype(int), [X, Y]),
    np.clip: lambda: np.clip(X, -1, 1),
    np.column_stack: lambda: np.column_stack([X, Y]),
    np.common_type: lambda: np.common_type(X, Y),
    np.compress: lambda: np.compress(ON, X),
    np.concatenate: lambda: np.concatenate([A, B], 1),
    np.convolve: lambda: [np.convolve(TAPS, TAPS, mode) for mode in ("full", "same", "valid")],
    np.copy: lambda: np.copy(X),
    np.copyto: lambda: np.copyto(np.zeros_like(X), X, where=ON),
    np.corrcoef: lambda: np.corrcoef(X, Y),
    np.correlate: lambda: np.correlate(TAPS, TAPS, "full"),
    np.count_nonzero: lambda: np.count_nonzero(A, axis=0),
    np.cov: lambda: np.cov(X, Y),
    np.cross: lambda: np.cross(TRIPLES, TRIPLES * 2),
    np.cumprod: lambda: np.cumprod(np.where(X > 5, X, 1.0)),
    np.cumsum: lambda: np.cumsum(X - np.roll(X, 1)),
    np.cumulative_prod: lambda: np.cumulative_prod(np.where(X > 5, X, 1.0)),
    np.cumulative_sum: lambda: np.cumulative_sum(X - np.roll(X, 1), include_initial=True),
    np.delete: lambda: (np.delete(X, FEW), np.delete(A, slice(0, SIDE, 2), 1)),
    np.diag: lambda: (np.diag(A), np.diag(V)),
    np.diag_indices_from: lambda: np.diag_indices_from(SOME[:50]),
    np.diagflat: lambda: np.diagflat(V),
    np.diagonal: lambda: np.diagonal(T, 1, 0, 2),
    np.diff: lambda: np.diff(X, 2),
    np.digitize: lambda: np.digitize(X, [-1, 0, 1]),
    np.dot: lambda: (np.dot(X, Y), np.dot(A, V)),
    np.dsplit: lambda: np.dsplit(T, 4),
    np.dstack: lambda: np.dstack([A, B]),
    np.ediff1d: lambda: np.ediff1d(X),
    np.einsum: lambda: (np.einsum("ij,jk->ik", A, B), np.einsum("ij,ij->", A, B)),
    np.einsum_path: lambda: np.einsum_path("ij,jk,kl->il", A, B, A),
    np.empty_like: lambda: np.empty_like(X),
    np.expand_dims: lambda: np.expand_dims(X, 0),
    np.extract: lambda: np.extract(ON, X),
    np.fft.fft: lambda: (np.fft.fft(X), np.fft.fft(RIPPLES), np.fft.fft(A, axis=0)),
    np.fft.fft2: lambda: np.fft.fft2(A),
    np.fft.fftn: lambda: np.fft.fftn(T, axes=(0, 2)),
    np.fft.fftshift: lambda: (np.fft.fftshift(X), np.fft.fftshift(RIPPLES)),
    np.fft.hfft: lambda: np.fft.hfft(X, N),
    np.fft.ifft: lambda: (np.fft.ifft(X), np.fft.ifft(RIPPLES)),
    np.fft.ifft2: lambda: np.fft.ifft2(A),
    np.fft.ifftn: lambda: np.fft.ifftn(T),
    np.fft.ifftshift: lambda: np.fft.ifftshift(A, axes=1),
    np.fft.ihfft: lambda: np.fft.ihfft(X),
    np.fft.irfft: lambda: (np.fft.irfft(X, N), np.fft.irfft(np.fft.rfft(X))),
    np.fft.irfft2: lambda: np.fft.irfft2(A),
    np.fft.irfftn: lambda: np.fft.irfftn(T, axes=(0, 1)),
    np.fft.rfft: lambda: (np.fft.rfft(X), np.fft.rfft(A)),
    np.fft.rfft2: lambda: np.fft.rfft2(A),
    np.fft.rfftn: lambda: np.fft.rfftn(T),
    np.fill_diagonal: lambda: np.fill_diagonal(A[:1000, :1000].copy(), 1.0),
    np.fix: lambda: np.fix(X),
    np.flatnonzero: lambda: np.flatnonzero(A),
    np.flip: lambda: np.flip(T, (0, 2)),
    np.fliplr: lambda: np.fliplr(A),
    np.flipud: lambda: np.flipud(A),
    np.full_like: lambda: np.full_like(X, 3),
    np.gradient: lambda: np.gradient(X),
    np.histogram: lambda: np.histogram(X, 20),
    np.histogram2d: lambda: np.histogram2d(X, Y),
    np.histogram_bin_edges: lambda: np.histogram_bin_edges(X),
    np.histogramdd: lambda: np.histogramdd(TRIPLES, 3),
    np.hsplit: lambda: np.hsplit(A, 4),
    np.hstack: lambda: np.hstack([A, B]),
    np.i0: lambda: np.i0(X),
    np.imag: lambda: np.imag(X),
    np.inner: lambda: np.inner(X, Y),
    np.insert: lambda: np.insert(X, FEW, 1.0),
    np.interp: lambda: np.interp(X, [-1, 0, 1], [1, 0, 1]),
    np.intersect1d: lambda: np.intersect1d(X, Y),
    np.isclose: lambda: np.isclose(X, Y),
    np.iscomplex: lambda: np.iscomplex(X),
    np.iscomplexobj: lambda: np.iscomplexobj(X),
    np.isin: lambda: np.isin(X, [1.0, 2.0]),
    np.isneginf: lambda: np.isneginf(X),
    np.isposinf: lambda: np.isposinf(X),
    np.isreal: lambda: np.isreal(X),
    np.isrealobj: lambda: np.isrealobj(X),
    np.ix_: lambda: A[np.ix_(FEW, FEW)],
    np.kron: lambda: np.kron(V, SHORT),
    scimath.arccos: lambda: scimath.arccos(X),
    scimath.arcsin: lambda: scimath.arcsin(X),
    scimath.arctanh: lambda: scimath.arctanh(X / 4),
    scimath.log: lambda: scimath.log(X + 2),
    scimath.log10: lambda: scimath.log10(X + 2),
    scimath.log2: lambda: scimath.log2(X + 2),
    scimath.logn: lambda: scimath.logn(2, X + 2),
    scimath.power: lambda: scimath.power(X, 2),
    scimath.sqrt: lambda: scimath.sqrt(X),
    np.lib.stride_tricks.sliding_window_view: lambda: (
        np.lib.stride_tricks.sliding_window_view(X, 3).nactive
    ),
    np.linalg.cond: lambda: np.linalg.cond(SQUARE + qv.identity(N)),
    np.linalg.cross: lambda: np.linalg.cross(TRIPLES, TRIPLES * 2),
    np.linalg.det: lambda: np.linalg.det(A),
    np.linalg.diagonal: lambda: np.linalg.diagonal(A),
    np.linalg.eigvals: lambda: np.linalg.eigvals(SQUARE),
    np.linalg.eigvalsh: lambda: np.linalg.eigvalsh(SQUARE),
    np.linalg.eig: lambda: np.linalg.eig(SQUARE),
    np.linalg.eigh: lambda: np.linalg.eigh(SQUARE),
    np.linalg.inv: lambda: np.linalg.inv(SQUARE + qv.identity(N)),
    np.linalg.lstsq: lambda: np.linalg.lstsq(SQUARE, WAVES),
    np.linalg.matmul: lambda: np.linalg.matmul(A, B),
    np.linalg.matrix_norm: lambda: np.linalg.matrix_norm(A),
    np.linalg.matrix_power: lambda: np.linalg.matrix_power(A, 3),
    np.linalg.matrix_rank: lambda: np.linalg.matrix_rank(A),
    np.linalg.matrix_transpose: lambda: np.linalg.matrix_transpose(A).nactive,
    np.linalg.multi_dot: lambda: np.linalg.multi_dot([A, B, A]),
    np.linalg.norm: lambda: [np.linalg.norm(A, p) for p in (None, 1, -1, np.inf, 2, "nuc")],
    np.linalg.outer: lambda: np.linalg.outer(V, SHORT),
    np.linalg.pinv: lambda: np.linalg.pinv(SQUARE),
    np.linalg.slogdet: lambda: np.linalg.slogdet(A),
    np.linalg.solve: lambda: np.linalg.solve(SQUARE + qv.identity(N), WAVES),
    np.linalg.svd: lambda: np.linalg.svd(A, compute_uv=False),
    np.linalg.svdvals: lambda: np.linalg.svdvals(A),
    np.linalg.tensordot: lambda: np.linalg.tensordot(A, B, axes=1),
    np.linalg.trace: lambda: np.linalg.trace(A),
    np.linalg.vecdot: lambda: np.linalg.vecdot(A, B),
    np.linalg.vector_norm: lambda: np.linalg.vector_norm(A, axis=0),
    np.matrix_transpose: lambda: np.matrix_transpose(T).nactive,
    np.max: lambda: np.max(A, axis=1),
    np.mean: lambda: (np.mean(X), np.mean(A, axis=0)),
    np.median: lambda: (np.median(X), np.median(A, axis=1)),
    np.meshgrid: lambda: np.meshgrid(V[:8], V[:5]),
    np.min: lambda: np.min(X),
    np.moveaxis: lambda: np.moveaxis(T, 0, 2).nactive,
    np.nan_to_num: lambda: np.nan_to_num(X),
    np.nanargmax: lambda: np.nanargmax(X),
    np.nanargmin: lambda: np.nanargmin(A, axis=0),
    np.nancumprod: lambda: np.nancumprod(np.where(X > 5, X, 1.0)),
    np.nancumsum: lambda: np.nancumsum(X - np.roll(X, 1)),
    np.nanmax: lambda: np.nanmax(X),
    np.nanmean: lambda: np.nanmean(A, axis=0),
    np.nanmedian: lambda: np.nanmedian(X),
    np.nanmin: lambda: np.nanmin(X),
    np.nanpercentile: lambda: np.nanpercentile(X, [5, 99]),
    np.nanprod: lambda: np.nanprod(X + 1),
    np.nanquantile: lambda: np.nanquantile(A, 0.2, axis=0),
    np.nanstd: lambda: np.nanstd(X),
    np.nansum: lambda: np.nansum(A, axis=1),
    np.nanvar: lambda: np.nanvar(X),
    np.ndim: lambda: np.ndim(X),
    np.nonzero: lambda: np.nonzero(T),
    np.ones_like: lambda: np.ones_like(X),
    np.outer: lambda: np.outer(V, SHORT),
    np.pad: lambda: [np.pad(X, 2, mode) for mode in ("constant", "edge", "reflect", "wrap")],
    np.partition: lambda: np.partition(X, 5),
    np.percentile: lambda: np.percentile(X, [1, 50, 99]),
    np.piecewise: lambda: np.piecewise(X, [ON], [1.0, 0.0]),
    np.place: lambda: np.place(X.copy(), ON, [1.0, 2.0]),
    np.prod: lambda: np.prod(X + 1),
    np.ptp: lambda: np.ptp(X),
    np.put: lambda: np.put(X.copy(), FEW, 1.0),
    np.put_along_axis: lambda: np.put_along_axis(X.copy(), FEW, 2.0, 0),
    np.putmask: lambda: np.putmask(X.copy(), ON, [1.0]),
    np.quantile: lambda: np.quantile(A, 0.3, axis=1),
    np.ravel: lambda: np.ravel(A),
    np.real: lambda: np.real(X),
    np.real_if_close: lambda: np.real_if_close(X + 0j),
    np.repeat: lambda: np.repeat(X, 3),
    np.reshape: lambda: np.reshape(X, (2**10, 2**30)),
    np.resize: lambda: np.resize(X, (2**39, 4)),
    np.result_type: lambda: np.result_type(X, 1),
    np.roll: lambda: (np.roll(X, 77), np.roll(A, (3, 5), (0, 1))),
    np.rollaxis: lambda: np.rollaxis(T, 2).nactive,
    np.rot90: lambda: np.rot90(A).nactive,
    np.round: lambda: np.round(X, 2),
    np.searchsorted: lambda: np.searchsorted(np.sort(X), [0.1, 0.2]),
    np.select: lambda: np.select([ON], [X], 2.0),
    np.setdiff1d: lambda: np.setdiff1d(X, Y),
    np.setxor1d: lambda: np.setxor1d(X, Y),
    np.shape: lambda: np.shape(X),
    np.sinc: lambda: np.sinc(X),
    np.size: lambda: np.size(X),
    np.sort: lambda: (np.sort(X), np.sort(A, axis=0)),
    np.sort_complex: lambda: np.sort_complex(X),
    np.split: lambda: np.split(X, 4),
    np.squeeze: lambda: np.squeeze(X[None]),
    np.stack: lambda: np.stack([X, Y]),
    np.std: lambda: np.std(A, axis=0),
    np.sum: lambda: (np.sum(X), np.sum(T, axis=(0, 2))),
    np.swapaxes: lambda: np.swapaxes(T, 0, 1).nactive,
    np.take: lambda: (np.take(X, FEW), np.take(A, FEW, 0)),
    np.take_along_axis: lambda: np.take_along_axis(X, FEW, 0),
    np.tensordot: lambda: np.tensordot(A, B, 1),
    np.tile: lambda: np.tile(X, 3),
    np.trace: lambda: np.trace(A, 3),
    np.transpose: lambda: np.transpose(T, (2, 0, 1)).nactive,
    np.trapezoid: lambda: np.trapezoid(X),
    np.tril: lambda: np.tril(A),
    np.tril_indices_from: lambda: np.tril_indices_from(SOME[:50]),
    np.trim_zeros: lambda: np.trim_zeros(X),
    np.triu: lambda: np.triu(A),
    np.triu_indices_from: lambda: np.triu_indices_from(SOME[:50]),
    np.union1d: lambda: np.union1d(X, Y),
    np.unique: lambda: np.unique(X, return_counts=True),
    np.unique_counts: lambda: np.unique_counts(X),
    np.unique_values: lambda: np.unique_values(X),
    np.unstack: lambda: np.unstack(A[:4]),
    np.unwrap: lambda: np.unwrap(X / 10),
    np.var: lambda: (np.var(X), np.var(A, axis=0)),
    np.vdot: lambda: np.vdot(X, Y),
    np.vsplit: lambda: np.vsplit(A, 4),
    np.vstack: lambda: np.vstack([A, B]),
    np.where: lambda: (np.where(ON, X, Y), np.where(A)),
    np.zeros_like: lambda: np.zeros_like(X),
}
#: What takes no array, or whose result has as many numbers as the array has elements.
WITHOUT = {
    np.array, np.asanyarray, np.asarray, np.ascontiguousarray, np.asfortranarray,
    np.can_cast, np.empty, np.eye, np.full, np.identity, np.ones, np.tri, np.zeros,
    np.min_scalar_type, np.require,
    np.may_share_memory, np.shares_memory, np.ravel_multi_index, np.unravel_index,
    np.unique_all, np.unique_inverse, np.vander,
}  # fmt: skip


def test_every_closed_and_structural_function_is_called():
    ruled = {one for one, rule in FUNCTIONS.items() if one and rule.tier is not Tier.DENSE}
    assert ruled <= set(CALLS) | WITHOUT, ruled - set(CALLS) - WITHOUT


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", CALLS, ids=lambda one: one.__name__)
def test_at_a_size_that_cannot_be_materialised(function):
    call = CALLS[function]
    with qv.options(memory_budget=2**24):
        call()
        _, peak = peak_of(call)
    assert peak < 2**23


@pytest.mark.parametrize("basis", ["walsh", "fourier", "haar", "cosine"])
def test_operators_are_compared_by_eigenvalues(basis):
    a = qv.operator([2.0, 3.0], [0, 5], N, basis=basis)
    assert np.allclose(a, a)
    assert np.array_equal(a, a)
    large = a * 1e14
    assert not np.allclose(large, 2 * large)
    assert not np.array_equal(a, 2 * a)


def test_integers_and_fills_of_diagonal_matrices():
    n = 2**32
    a, b = qv.zeros(n, dtype=np.uint8), qv.zeros(n, dtype=np.uint8)
    b[0] = 255
    with qv.options(memory_budget=2**20, max_seconds=5):
        assert not np.allclose(np.diag(a), np.diag(b), atol=2)
        for fill, call in ((np.inf, np.isinf), (np.nan, np.isnan)):
            assert call(np.diag(qv.full(2**31, fill)))[5, 5]
