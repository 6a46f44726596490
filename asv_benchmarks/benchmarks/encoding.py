"""Arrays encoded at a tolerance, packed, saved, and computed on as they are."""

import io
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import scipy.fft

import qvarray as qv

from .blocks import Binned
from .common import SEED, Measured, require

DATA = ("ecg", "camera", "elevation")
TOLERANCES = (1e-2, 1e-3)
STORAGE = {1e-2: "int8", 1e-3: "int16"}


def samples(name):
    from qvarray.tools.report.compression import datasets

    return next(dataset.values for dataset in datasets() if dataset.name == name)


def zfp(x, tolerance):
    """What zfp makes of an array: bytes, and the array that they stand for."""
    zfpy = require("zfpy")
    data = zfpy.compress_numpy(x, tolerance=tolerance)
    return len(data), zfpy.decompress_numpy(data)


def of_filter(name, x, tolerance):
    """What a filter of HDF5 makes of an array in one chunk."""
    h5py, filters = require("h5py"), require("hdf5plugin")
    file = io.BytesIO()
    with h5py.File(file, "w") as out:
        made = getattr(filters, name)(absolute=tolerance)
        data = out.create_dataset("x", data=x, chunks=x.shape, **made)
        out.flush()
        size = data.id.get_storage_size()
    # What is still in the cache was never decoded.
    with h5py.File(file, "r") as back:
        return size, back["x"][...]


PEERS = {"zfp": zfp, "sz3": partial(of_filter, "SZ3"), "sperr": partial(of_filter, "Sperr")}


def at_error(coded, x, error):
    """The fewest bytes of a code at no more than a relative L2 error."""
    low, high = 1e-9, float(np.abs(x).max())
    size, best = np.linalg.norm(x), None
    for _ in range(40):
        middle = (low * high) ** 0.5
        length, back = coded(x, middle)
        if np.linalg.norm(back - x) <= error * size:
            low, best = middle, length
        else:
            high = middle
    return best


class Encode(Measured):
    """Real data at a relative L2 error."""

    param_names = ("subject", "data", "tol")
    params = (("qvarray", "zfp"), DATA, TOLERANCES)

    def qvarray(self, data, tol):
        x = samples(data)
        return lambda: qv.encode(x, tol=tol, storage=STORAGE[tol])

    def zfp(self, data, tol):
        zfpy, x = require("zfpy"), samples(data)
        tolerance = tol * np.linalg.norm(x) / x.size**0.5
        return lambda: zfpy.compress_numpy(x, tolerance=tolerance)


class Bytes:
    """Bytes in memory, ready to compute on, and in a file, at one achieved error."""

    param_names = ("subject", "data", "tol")
    params = (("qvarray", *PEERS), DATA, TOLERANCES)

    def setup(self, subject, data, tol):
        x = samples(data)
        if subject == "sperr" and x.ndim < 2:
            raise NotImplementedError
        encoded = qv.encode(x, tol=tol)
        if subject == "qvarray":
            self.memory = encoded.nbytes
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "saved"
                qv.save(path, encoded)
                self.file = path.stat().st_size
        else:
            error = np.linalg.norm(encoded.todense() - x) / np.linalg.norm(x)
            self.memory = self.file = at_error(PEERS[subject], x, error)

    def track_memory(self, *_):
        return self.memory

    def track_file(self, *_):
        return self.file

    track_memory.unit = track_file.unit = "bytes"


class CompressedBytes:
    """Bytes and relative L2 error of what `Compressed` computes on."""

    param_names = ("subject",)
    params = (("qvarray", "blaz"),)

    def setup(self, subject):
        x = samples("camera")
        if subject == "qvarray":
            encoded = qv.encode(x, "blocked(cosine, 8)", tol=1e-2, storage="int8")
            back = encoded.todense()
        else:
            encoded = Binned.of(x)
            back = encoded.todense()
        self.nbytes, self.error = encoded.nbytes, np.linalg.norm(back - x) / np.linalg.norm(x)

    def track_bytes(self, *_):
        return self.nbytes

    def track_error(self, *_):
        return self.error

    track_bytes.unit = "bytes"
    track_error.unit = "of the norm"


class Compressed(Measured):
    """Operations on compressed arrays: the camera image, and a copy that was moved and scaled."""

    param_names = ("subject", "operation")
    params = (
        ("qvarray", "blaz"),
        (
            "negative",
            "add",
            "multiply",
            "dot",
            "mean",
            "variance",
            "covariance",
            "norm",
            "cosine_similarity",
            "structural_similarity",
        ),
    )

    def operands(self):
        x = samples("camera")
        return x, np.roll(x, 3, 0) * 0.8 + 5

    def qvarray(self, operation):
        blocks = "blocked(cosine, 8)"
        x, y = (qv.encode(x, blocks, tol=1e-2, storage="int8") for x in self.operands())
        return {
            "negative": lambda: -x,
            "add": lambda: x + y,
            "multiply": lambda: x * 3.0,
            "dot": lambda: np.vdot(x, y),
            "mean": lambda: np.mean(x),
            "variance": lambda: np.var(x),
            "covariance": lambda: np.vdot(x - np.mean(x), y - np.mean(y)) / x.size,
            "norm": lambda: np.linalg.norm(x),
            "cosine_similarity": lambda: qv.cosine_similarity(x, y),
            "structural_similarity": lambda: qv.structural_similarity(x, y, 255.0),
        }[operation]

    def blaz(self, operation):
        x, y = (Binned.of(x) for x in self.operands())
        return {
            "negative": x.negative,
            "add": lambda: x.add(y),
            "multiply": lambda: x.multiply(3.0),
            "dot": lambda: x.dot(y),
            "mean": x.mean,
            "variance": x.variance,
            "covariance": lambda: x.covariance(y),
            "norm": x.norm,
            "cosine_similarity": lambda: x.cosine_similarity(y),
            "structural_similarity": lambda: x.structural_similarity(y, 255.0),
        }[operation]


class OutOfCore(Measured):
    """A file of samples that is read piece by piece, in a budget that it does not fit in."""

    param_names = ("subject",)
    params = (("qvarray",),)

    def setup(self, subject):
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "samples"
        made = np.memmap(path, np.float32, "w+", shape=(2048, 1024))
        waves = np.sin(np.arange(2048)[:, None] / 60) * np.cos(np.arange(1024) / 45)
        made[:] = waves + np.random.default_rng(SEED).standard_normal(made.shape) / 100
        made.flush()
        self.samples = np.memmap(path, np.float32, "r", shape=(2048, 1024))
        super().setup(subject)

    def teardown(self, subject):
        self.folder.cleanup()

    def qvarray(self):
        def call():
            with qv.options(memory_budget=2**21):
                qv.encode(self.samples, "blocked(cosine, 16)", tol=5e-2, storage="int8")

        return call


class Store(Measured):
    """Statistics of a field in chunks on disk, by dask: encoded chunks, and files of zfp."""

    param_names = ("subject", "statistic", "slope")
    params = (("qvarray", "zfp"), ("mean", "variance", "anomaly", "lagged"), (2.0, 3.0))

    steps, side = 8, 1024

    def setup(self, subject, statistic, slope):
        require("zarr")
        self.folder = tempfile.TemporaryDirectory()
        waves = np.arange(1.0, self.side + 1)
        heights = np.hypot(waves[:, None], waves) ** -slope
        heights[0, 0] = 0
        heights *= 8 * self.side / np.linalg.norm(heights)
        noise = np.random.default_rng(SEED).standard_normal((self.steps + 1, self.side, self.side))
        # Each step is as like the one before as 0.48.
        coefficients = (0.6 * noise[1:] + 0.8 * noise[:-1]) * heights
        self.field = 280 + scipy.fft.idctn(coefficients, axes=(1, 2), norm="ortho")
        super().setup(subject, statistic, slope)

    def teardown(self, *_):
        self.folder.cleanup()

    def _computed(self, opened, statistic):
        dask = require("dask")

        def call():
            with dask.config.set(scheduler="synchronous"):
                x = opened()
                return {
                    "mean": x.mean,
                    "variance": x.var,
                    "anomaly": lambda: ((x - x.mean()) ** 2).sum() ** 0.5,
                    "lagged": lambda: (x[1:] * x[:-1]).mean(),
                }[statistic]().compute()

        return call

    def _encoded(self, steps=None):
        goal = {"tol": 1e-3, "relative_to": "std", "compression": "none"}
        chunks = (1, self.side, self.side)
        return qv.to_zarr(self.field[:steps], self.folder.name, chunks=chunks, **goal)

    def qvarray(self, statistic, slope):
        self._encoded()
        return self._computed(lambda: qv.open_zarr(self.folder.name), statistic)

    def zfp(self, statistic, slope):
        array, zfpy = require("dask.array"), require("zfpy")
        delayed = require("dask").delayed
        one = self.field[:1]
        error = np.linalg.norm(self._encoded(1)[:] - one)
        low, high = 1e-6, 10.0
        for _ in range(20):
            middle = (low * high) ** 0.5
            off = np.linalg.norm(zfp(one, middle)[1] - one)
            low, high = (middle, high) if off <= error else (low, middle)
        paths = [Path(self.folder.name) / f"{step}.zfp" for step in range(self.steps)]
        for path, step in zip(paths, self.field, strict=True):
            path.write_bytes(zfpy.compress_numpy(step[None], tolerance=low))

        def read(path):
            return zfpy.decompress_numpy(path.read_bytes())

        def opened():
            blocks = [delayed(read)(path) for path in paths]
            return array.concatenate(
                [array.from_delayed(block, one.shape, one.dtype) for block in blocks]
            )

        return self._computed(opened, statistic)


class PackedProduct(Measured):
    """The sum of the exponentials of a product of two packed arrays, over the budget unpacked."""

    param_names = ("subject", "n")
    params = (("qvarray", "numpy"), (1024, 2048))

    def _pair(self, n):
        fields = np.cumsum(self.rng.standard_normal((2, n, n)), axis=1) / n
        return [qv.encode(x, "blocked(cosine, 8)", tol=1e-3, storage="int16") for x in fields]

    def qvarray(self, n):
        x, y = self._pair(n)

        def call():
            with qv.options(memory_budget=16 * n * n):
                return np.sum(np.exp(x * y))

        return call

    def numpy(self, n):
        x, y = self._pair(n)
        return lambda: np.sum(np.exp(x.todense() * y.todense()))
