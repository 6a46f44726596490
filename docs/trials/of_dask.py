"""Calls of dask.array, to be run on blocks that are ndarrays and on virtual ones."""

import operator

import dask.array as da
import numpy as np

import qvarray as qv

__all__ = ["CALLS", "DENSE"]

RNG = np.random.default_rng(0)
#: So few entries that a product of two of them is sparse; some rows and columns have more.
DENSE = RNG.standard_normal((400, 300)) * (RNG.random((400, 300)) < 0.002) + 0.0
DENSE[3, ::30] = DENSE[::40, 0] = RNG.standard_normal(10)
#: Bytes of a block.
OPERAND = DENSE[:100].nbytes
VECTOR = RNG.standard_normal(300)


def _stored(d, out):
    da.store(d, out)
    return out


def _assigned(d, key, value):
    d = d.copy()
    d[key] = value
    return d


def _gram(d):
    """Return a matrix that is positive definite, in blocks of 10."""
    d = d[:, :20]
    return (d.T @ d + 3 * da.eye(20, chunks=20)).rechunk(10)


#: Of a dask array `d` and an array `x` of the same elements.
CALLS = {
    "d+x": lambda d, x: d + x,
    "x+d": lambda d, x: x + d,
    "x*d": lambda d, x: x * d,
    "d-x": lambda d, x: d - x,
    "x/(d+9)": lambda d, x: x / (d + 9),
    "x@d.T": lambda d, x: x @ d.T,
    "d@x.T": lambda d, x: d @ x.T,
    "where": lambda d, x: np.where(d > 0, x, 0),
    "where2": lambda d, x: np.where(d > 0, d, 0),
    "da.where": lambda d, x: da.where(d > 0, x, 0),
    "concat": lambda d, x: np.concatenate([d, x]),
    "concat2": lambda d, x: np.concatenate([x, d]),
    "stack": lambda d, x: np.stack([d, x]),
    "stack2": lambda d, x: da.stack([d, d]),
    "da.concat": lambda d, x: da.concatenate([d, d], axis=1),
    "dot": lambda d, x: da.dot(d, d.T),
    "dotv": lambda d, x: d @ VECTOR,
    "vdot": lambda d, x: da.vdot(d, d),
    "cov": lambda d, x: da.cov(d),
    "corr": lambda d, x: da.corrcoef(d),
    "percentile": lambda d, x: da.percentile(d.ravel(), 50),
    "perc2": lambda d, x: da.percentile(d[:, 0], [10, 50]),
    "sum": lambda d, x: d.sum(),
    "sum0": lambda d, x: d.sum(0),
    "mean": lambda d, x: d.mean(1),
    "std": lambda d, x: d.std(),
    "var": lambda d, x: d.var(0),
    "max": lambda d, x: d.max(),
    "argmax": lambda d, x: d.argmax(0),
    "min1": lambda d, x: d.min(1),
    "any": lambda d, x: (d > 1).any(),
    "all": lambda d, x: (d > -9).all(0),
    "prod": lambda d, x: (d + 1).prod(0),
    "cumsum": lambda d, x: d.cumsum(0),
    "cumprod": lambda d, x: (d + 1).cumprod(1),
    "median": lambda d, x: da.median(d, axis=0),
    "nanmean": lambda d, x: da.nanmean(d, axis=0),
    "nansum": lambda d, x: da.nansum(d),
    "nanmedian": lambda d, x: da.nanmedian(d, axis=0),
    "topk": lambda d, x: da.topk(d, 3, axis=0),
    "unique": lambda d, x: da.unique(d),
    "hist": lambda d, x: da.histogram(d, bins=5, range=(-3, 3))[0],
    "digitize": lambda d, x: da.digitize(d, np.array([-1, 0, 1.0])),
    "bincount": lambda d, x: da.bincount((abs(d) * 3).astype(int).ravel(), minlength=12),
    "T": lambda d, x: d.T,
    "reshape": lambda d, x: d.reshape(-1),
    "ravel": lambda d, x: d.ravel(),
    "getslice": lambda d, x: d[3:20, ::2],
    "getint": lambda d, x: d[3],
    "getlist": lambda d, x: d[[1, 5, 3]],
    "getmask": lambda d, x: d[d > 0],
    "mask1": lambda d, x: d[np.arange(400) % 2 == 0],
    "newaxis": lambda d, x: d[:, None],
    "flip": lambda d, x: da.flip(d, 0),
    "roll": lambda d, x: da.roll(d, 3, 0),
    "pad": lambda d, x: da.pad(d, 2),
    "padedge": lambda d, x: da.pad(d, 2, mode="edge"),
    "tile": lambda d, x: da.tile(d, (2, 1)),
    "repeat": lambda d, x: da.repeat(d, 2, axis=0),
    "diag": lambda d, x: da.diag(d[:300, :300]),
    "tril": lambda d, x: da.tril(d),
    "clip": lambda d, x: da.clip(d, -1, 1),
    "round": lambda d, x: da.round(d, 1),
    "abs": lambda d, x: abs(d),
    "exp": lambda d, x: da.exp(d),
    "sqrt": lambda d, x: da.sqrt(abs(d)),
    "isnan": lambda d, x: da.isnan(d),
    "einsum": lambda d, x: da.einsum("ij,kj->ik", d, d),
    "tensordot": lambda d, x: da.tensordot(d, d, axes=([1], [1])),
    "outer": lambda d, x: da.outer(d[:, 0], d[0]),
    "solve": lambda d, x: da.linalg.solve(_gram(d), d[:20, 0].rechunk(10)),
    "norm": lambda d, x: da.linalg.norm(d),
    "qr": lambda d, x: abs(da.linalg.qr(d)[1]),
    "svd": lambda d, x: da.linalg.svd(d)[1],
    "svdc": lambda d, x: da.linalg.svd_compressed(d, 3, seed=0)[1][:0],
    "lstsq": lambda d, x: da.linalg.lstsq(_gram(d).rechunk((10, 20)), d[:20, 0].rechunk(10))[0],
    "chol": lambda d, x: da.linalg.cholesky(_gram(d)),
    "inv": lambda d, x: da.linalg.inv(_gram(d)),
    "fft": lambda d, x: da.fft.fft(d, axis=1),
    "map_blocks": lambda d, x: d.map_blocks(lambda b: b * 2),
    "map_overlap": lambda d, x: d.map_overlap(lambda b: b * 2, depth=1),
    "rechunk": lambda d, x: d.rechunk((400, 50)),
    "apply": lambda d, x: da.apply_along_axis(np.sum, 1, d),
    "gradient": lambda d, x: da.gradient(d, axis=0),
    "diff": lambda d, x: da.diff(d, axis=0),
    "count_nonzero": lambda d, x: da.count_nonzero(d),
    "nonzero": lambda d, x: da.nonzero(d)[0],
    "argwhere": lambda d, x: da.argwhere(d),
    "isin": lambda d, x: da.isin(d, [0.0]),
    "choose": lambda d, x: da.choose((d > 0).astype(int), [d, -d]),
    "select": lambda d, x: da.select([d > 1, d < 0], [d, -d]),
    "average": lambda d, x: da.average(d, axis=0),
    "ptp": lambda d, x: da.ptp(d, axis=0),
    "moveaxis": lambda d, x: da.moveaxis(d, 0, 1),
    "swapaxes": lambda d, x: d.swapaxes(0, 1),
    "squeeze": lambda d, x: d[:, :1].squeeze(),
    "broadcast": lambda d, x: da.broadcast_to(d, (2, 400, 300)),
    "block": lambda d, x: da.block([[d, d]]),
    "insert": lambda d, x: da.insert(d, 2, 0.0, axis=0),
    "delete": lambda d, x: da.delete(d, 2, axis=0),
    "append": lambda d, x: da.append(d, d, axis=0),
    "store": lambda d, x: _stored(d, np.zeros((400, 300))),
    "store2": lambda d, x: _stored(d, qv.zeros((400, 300))),
    "setitem": lambda d, x: _assigned(d, slice(0, 3), 0.0),
    "setmask": lambda d, x: _assigned(d, d > 1, 0.0),
    "ma": lambda d, x: d.astype("f4"),
    "real": lambda d, x: d.real,
    "conj": lambda d, x: da.conj(d),
    "reduction": lambda d, x: da.reduction(d, np.sum, np.sum, dtype=float),
    "x[dask]": lambda d, x: x[da.from_array(np.array([1, 2]), chunks=2)],
    "np.sum": lambda d, x: np.sum(d),
    "np.dot": lambda d, x: np.dot(x, d.T),
    "np.einsum": lambda d, x: np.einsum("ij,kj", x, d),
    "moment": lambda d, x: da.moment(d, 3),
    "allclose": lambda d, x: da.allclose(d, d),
    "compress": lambda d, x: da.compress([True, False, True], d, axis=0),
    "take": lambda d, x: da.take(d, [1, 2], axis=0),
    "vstack": lambda d, x: da.vstack([d, d]),
    "argmin": lambda d, x: d.argmin(),
    "nanstd": lambda d, x: da.nanstd(d),
    "coarsen": lambda d, x: da.coarsen(np.sum, d, {0: 2}),
    "persist": lambda d, x: d.persist(),
    "iter": lambda d, x: len(list(d[:3])),
    "len": lambda d, x: len(d),
    "shape": lambda d, x: d.shape,
    "tolist": lambda d, x: d[0].compute().tolist(),
    "da.asarray(x)": lambda d, x: da.asarray(x),
    "x.__array_function__": lambda d, x: np.vstack([x, d]),
    "maximum": lambda d, x: np.maximum(d, x),
    "maximum2": lambda d, x: np.maximum(x, d),
    "iadd": lambda d, x: operator.iadd(d.copy(), x),
    "unravel": lambda d, x: da.unravel_index(da.from_array(np.array([3]), chunks=1), (4, 5))[0],
}


def prepared(x):
    return da.from_array(x, chunks=(100, 300)), x
