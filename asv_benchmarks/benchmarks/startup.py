"""Imports and first results, each in a new process."""

import subprocess
import sys
from textwrap import dedent

from .common import require

IMPORTS = {"numpy": "import numpy", "qvarray": "import qvarray", "sparse": "import sparse"}

FIRST = {
    "numpy": """
        import numpy as np
        x = np.zeros(131072)
        x[5] = 1.0
        assert (x + x)[5] == 2.0
        """,
    "qvarray": """
        import qvarray as qv
        x = qv.from_coordinates([5], [1.0], 131072)
        assert (x + x)[5] == 2.0
        """,
    "sparse": """
        import sparse
        x = sparse.COO([[5]], [1.0], (131072,))
        assert (x + x)[5] == 2.0
        """,
}


def peak(code):
    """The most memory that a new process had which ran some code, in bytes."""
    peak = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"
    done = subprocess.run(
        [sys.executable, "-c", f"{dedent(code)}\n{peak}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout)


class FreshProcess:
    """Best of a few: the first run may compile kernels and fill the disk's cache."""

    param_names = ("subject",)
    params = (tuple(IMPORTS),)
    number = 1

    def setup(self, subject):
        require(subject)

    def timeraw_import(self, subject):
        return IMPORTS[subject]

    def timeraw_first_result(self, subject):
        return FIRST[subject]


EMPTY = """
        import os, tempfile
        folder = tempfile.TemporaryDirectory()
        os.environ["NUMBA_CACHE_DIR"] = folder.name
        """


class EmptyCache:
    """A first sum in a new process that finds no compiled kernels."""

    param_names = ("subject",)
    params = (("qvarray", "numpy", "sparse"),)
    number, repeat, warmup_time = 1, 3, 0.0

    def setup(self, subject):
        require(subject)

    def timeraw_first_result(self, subject):
        return EMPTY + FIRST[subject]


class EveryKernel:
    """All kernels compiled, with no cache to begin with."""

    param_names = ("subject",)
    params = (("qvarray",),)
    number, repeat, warmup_time, timeout = 1, 1, 0.0, 600

    def timeraw_warmup(self, subject):
        return EMPTY + "import qvarray as qv; qv.warmup()"


class ImportMemory:
    """The peak memory of a process that imports a library, and adds."""

    param_names = ("subject",)
    params = (("qvarray", "numpy", "sparse"),)

    def setup(self, subject):
        require(subject)

    def track_first_result(self, subject):
        return peak(FIRST[subject])

    def track_import(self, subject):
        return peak(IMPORTS[subject])

    track_first_result.unit = track_import.unit = "bytes"
