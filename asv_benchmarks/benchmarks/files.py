"""Arrays written to files and read from them: times, and bytes."""

import io

import numpy as np

import qvarray as qv

from .common import SEED, Measured, require, sorted_indices

DATA = ("random", "table", "coefficients", "expression")


def arrays(rng, data):
    """An array of ours, and the plain ones that a peer has to keep."""
    if data == "random":
        at, values = sorted_indices(rng, 10**6, 10**12), rng.standard_normal(10**6)
        return qv.from_coordinates(at, values, 10**12), [at, values]
    if data == "table":
        at = sorted_indices(rng, 2 * 10**6, 10**11)
        values = rng.standard_normal(2 * 10**6).round(4)
        return qv.from_coordinates(at, values, 10**11).reshape(10**6, 10**5), [at, values]
    if data == "expression":
        at, values = np.arange(1000) * 7, rng.standard_normal(1000)
        x = qv.from_eigenvalues(values, at, 2**26, basis="walsh")
        return np.exp(-x * x), [at, values]
    t = np.linspace(0, 1, 1024)
    field = np.sin(5 * t)[:, None] + np.cos(13 * t) ** 2 + 0.02 * rng.standard_normal((1024, 1024))
    x = qv.encode(field, "blocked(cosine, 8)", tol=1e-2, storage="int8")
    return x, [x.source.store.read(0, x.size).astype(np.int8)]


class Written(Measured):
    """What writes an array to memory; ours is one file, and a peer's one for each of its arrays."""

    param_names = ("subject", "data")
    params = (("qvarray", "numpy", "blosc2"), DATA)

    def qvarray(self, data):
        x, _ = arrays(self.rng, data)

        def write():
            file = io.BytesIO()
            qv.save(file, x)
            return [file.getvalue()]

        return write

    def numpy(self, data):
        _, plain = arrays(self.rng, data)

        def write():
            file = io.BytesIO()
            np.savez_compressed(file, *plain)
            return [file.getvalue()]

        return write

    def blosc2(self, data):
        blosc2, (_, plain) = require("blosc2"), arrays(self.rng, data)
        return lambda: [blosc2.pack_array2(part) for part in plain]

    def track_bytes(self, *_):
        return sum(map(len, self.call()))

    track_bytes.unit = "bytes"


class Read(Measured):
    """What reads it from memory."""

    param_names = ("subject", "data")
    params = (("qvarray", "numpy", "blosc2"), DATA)

    def written(self, subject, data):
        written = Written()
        written.rng = np.random.default_rng(SEED)
        return getattr(written, subject)(data)()

    def qvarray(self, data):
        (file,) = self.written("qvarray", data)
        return lambda: qv.load(io.BytesIO(file))

    def numpy(self, data):
        (file,) = self.written("numpy", data)

        def read():
            with np.load(io.BytesIO(file)) as opened:
                return [opened[name] for name in opened.files]

        return read

    def blosc2(self, data):
        blosc2, files = require("blosc2"), self.written("blosc2", data)
        return lambda: [blosc2.unpack_array2(file) for file in files]
