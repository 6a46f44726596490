"""Compiled kernels are loaded without what only the compiler needs."""

import subprocess
import sys

import numpy as np

from qvarray.kernels import code_length, dense_lines

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


def test_arrays_that_cannot_be_written_to_compile_nothing_more():
    indices, x = np.arange(0, 16, 3), np.ones(4)
    calls = {
        code_length._code_length: lambda values: code_length.code_length(
            values, values.size, np.zeros(values.size, np.int64), 1e-6, 1e-3, 0.5
        ),
        dense_lines._lines: lambda values: dense_lines.sparse_columns(
            np.ones((4, 2)), indices, values, 4
        ),
        dense_lines._scattered: lambda values: dense_lines.vector_sparse(x, indices, values, 4),
    }
    for kernel, call in calls.items():
        values = np.ones(6)
        expected = call(values)
        compiled = set(kernel.signatures)
        values.flags.writeable = False
        np.testing.assert_array_equal(call(values), expected)
        assert set(kernel.signatures) == compiled
