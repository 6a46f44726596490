"""NumPy's own tests with virtual arrays: a few in the test command, whole files in the nightly."""

import os

import numpy as np
import pytest

from .__main__ import NUMPY, files, run
from .categories import category
from .substitution import stand_in, virtual

#: What is run each time: a file, and which of its tests.
SHORT = {
    "lib/tests/test_twodim_base.py": "not order and not empty_like",
    "lib/tests/test_ufunclike.py": "not scalar and not subclass",
    "_core/tests/test_ufunc.py": "vecdot or axis_argument or axes_argument or where_param_buffer",
    "_core/tests/test_numeric.py": "IsClose or Allclose or ArrayComparisons",
}

#: Files of which the nightly profile wants all tests that are not another category's.
NIGHTLY = (
    "einsum", "item_selection", "test_shape_base.py", "function_base", "pocketfft", "nanfunctions",
    "histograms", "arraysetops", "polynomial", "index_tricks",
)  # fmt: skip

CHOSEN = [(NUMPY / name, ["-k", which]) for name, which in SHORT.items()]
if os.environ.get("HYPOTHESIS_PROFILE") == "nightly":
    CHOSEN += [(path, []) for path in files(list(NIGHTLY))]


def ours(results):
    """The tests that fail though arrays of ours have what they ask for."""
    assert any(one["outcome"] == "passed" for one in results)
    failed = [one for one in results if one["outcome"] == "failed"]
    return {one["test"]: one["error"] for one in failed if category(one) == "ours"}


@pytest.mark.parametrize(("path", "which"), CHOSEN)
def test_numpys_own_tests(path, which):
    assert ours(run(path, *which)) == {}


def test_what_is_substituted():
    numpy = stand_in(np)
    made = numpy.zeros(3), numpy.array([1, 2]), numpy.random.rand(2), numpy.linalg.norm
    assert [type(one).__name__ for one in made[:3]] == ["VirtualQArray"] * 3
    assert made[3] is np.linalg.norm
    for text in (numpy.array(["a"]), numpy.array([None]), numpy.float64(1)):
        assert virtual(text) is text
    assert numpy.asarray(made[0]) is made[0]


def test_categories():
    def of(error, where="", test="test_it"):
        return category({"error": error, "where": where, "test": test})

    assert of("TypeError: elements must be numbers, bool or dates") == "text, dates or objects"
    assert of("AssertionError", "assert a.flags.c_contiguous") == "an ndarray itself"
    assert of("AssertionError", "assert_equal(a.byteswap(), b)") == "byte order"
    assert of("AssertionError: Arrays are not equal", "assert_equal(a + b, c)") == "ours"
    assert of("AssertionError", "assert_(type(a) is type(b))") == "an ndarray itself"
    assert of("AssertionError", test="test_x.py::TestMultiIndexingAutomated::test_1d[a]") == (
        "an ndarray itself"
    )
    for line in ("assert_(a.dtype(b))", "a.astype(b)", "a = pad(b, border=1)"):
        assert of("AssertionError", line, "test_flags.py::test_masked_datetime") == "ours"
