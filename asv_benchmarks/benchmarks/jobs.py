"""The main jobs, from end to end: the report, files."""

import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np
import scipy.sparse

import qvarray as qv

from .common import Measured, require, sorted_indices
from .encoding import samples


class Report:
    """`qvarray report` at two sizes in one mode, with its page and picture."""

    param_names = ("subject",)
    params = (("qvarray",),)
    number, repeat, warmup_time, timeout = 1, 2, 0.0, 600

    def setup(self, subject):
        require("matplotlib")
        require("pywt")
        self.folder = tempfile.TemporaryDirectory()
        self.run = import_module("qvarray.tools.report").run

    def teardown(self, subject):
        self.folder.cleanup()

    def time_report(self, subject):
        self.run(self.folder.name, sizes=(1024, 2**17), modes=("project",), repeats=3)

    peakmem_report = time_report


class File(Measured):
    """Written and read: 10**5 entries of a matrix of 2**22 elements, or an encoded image.

    numpy writes all elements, and zfp the image at the same tolerance.
    """

    param_names = ("subject", "way", "data")
    params = (
        ("qvarray", "numpy", "scipy", "blosc2", "zfpy"),
        ("save", "load"),
        ("sparse", "image"),
    )
    shape = (2**11, 2**11)

    def setup(self, subject, way, data):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "file"
        super().setup(subject, way, data)

    def teardown(self, subject, way, data):
        self.folder.cleanup()

    def coordinates(self):
        positions = sorted_indices(self.rng, 10**5, self.shape[0] * self.shape[1])
        return np.divmod(positions, self.shape[1]), self.rng.standard_normal(10**5)

    def dense(self, data):
        if data == "image":
            return samples("camera")
        coords, values = self.coordinates()
        out = np.zeros(self.shape)
        out[coords] = values
        return out

    def chosen(self, way, save, load):
        save()
        return save if way == "save" else load

    def qvarray(self, way, data):
        if data == "image":
            x = qv.encode(samples("camera"), "blocked(cosine, 8)", tol=1e-2, storage="int8")
        else:
            coords, values = self.coordinates()
            x = qv.from_coordinates(np.stack(coords), values, self.shape)
        return self.chosen(way, lambda: qv.save(self.path, x), lambda: qv.load(self.path))

    def numpy(self, way, data):
        x, path = self.dense(data), self.path.with_suffix(".npy")
        return self.chosen(way, lambda: np.save(path, x), lambda: np.load(path))

    def scipy(self, way, data):
        if data == "image":
            raise NotImplementedError
        coords, values = self.coordinates()
        x = scipy.sparse.coo_array((values, coords), self.shape).tocsr()
        path = self.path.with_suffix(".npz")
        return self.chosen(
            way, lambda: scipy.sparse.save_npz(path, x), lambda: scipy.sparse.load_npz(path)
        )

    def blosc2(self, way, data):
        blosc2, x, path = require("blosc2"), self.dense(data), str(self.path) + ".b2nd"
        return self.chosen(
            way,
            lambda: blosc2.asarray(x, urlpath=path, mode="w"),
            lambda: blosc2.open(path, mode="r")[:],
        )

    def zfpy(self, way, data):
        if data == "sparse":
            raise NotImplementedError
        zfpy, x = require("zfpy"), np.asarray(self.dense(data), float)
        tolerance = 1e-2 * np.linalg.norm(x) / x.size**0.5
        return self.chosen(
            way,
            lambda: self.path.write_bytes(zfpy.compress_numpy(x, tolerance=tolerance)),
            lambda: zfpy.decompress_numpy(self.path.read_bytes()),
        )
