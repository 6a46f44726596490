"""Compiled kernels are loaded without what only the compiler needs."""

import subprocess
import sys

FIRST = """
import sys
import numpy as np, qvarray as qv
x = qv.from_coordinates([3, 70], [1.0, 2.0], 131072)
y = qv.from_coordinates([3, 99], [1.0, 2.0], 131072)
assert np.add(x, y)[3] == 2.0
if len(sys.argv) > 1:
    compiler = {"scipy.linalg", "numba.np.linalg", "numba.cpython.mathimpl"}
    assert not compiler & set(sys.modules), compiler & set(sys.modules)
# And what is not compiled yet still is.
from qvarray.kernels.jit import njit
assert njit()(lambda a: np.arange(a).sum() + 2 * a)(7) == 35
"""


def test_a_first_result_does_not_import_the_compiler():
    for arguments in ([], ["again"]):
        done = subprocess.run(
            [sys.executable, "-c", FIRST, *arguments], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
