"""Kernels are compiled ahead of use, and without a cache where none can be written."""

import subprocess
import sys

import qvarray as qv
from qvarray.__main__ import main

NO_CACHE = """
from numba.core import caching
caching.CacheImpl._locator_classes = []
import numpy as np, qvarray as qv
x = qv.from_coordinates([[1, 5]], [1.0, 2.0], (2**40,))
assert (x + x[::-1]).nactive == 4
from qvarray import warming
assert warming._cache() is None
"""


def test_warmup_says_where_kernels_are_kept(capsys):
    assert main(["warmup"]) == 0
    said = capsys.readouterr().out
    assert "calls in" in said
    assert str(qv.warmup().cache) in said


def test_where_nothing_can_be_cached_kernels_are_compiled_anew():
    done = subprocess.run([sys.executable, "-c", NO_CACHE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
