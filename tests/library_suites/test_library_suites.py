"""Other libraries' own tests with virtual arrays: in the nightly profile, of what is installed."""

import os

import pytest

from .__main__ import SUITES, estimators, refusal, tried

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


@pytest.mark.skipif(not NIGHTLY, reason="takes minutes; of the nightly profile")
@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, each in SUITES.items() if each.is_installed for path in each.paths()],
)
def test_their_own_tests(name, path):
    if not path.exists():
        pytest.skip("this release has no such file")
    passed, failed = tried(SUITES[name], path)
    assert passed
    assert {one["test"]: one["error"] for one in failed if refusal(one) == "ours"} == {}


@pytest.mark.skipif(not NIGHTLY, reason="takes minutes; of the nightly profile")
def test_estimators_of_any_namespace():
    pytest.importorskip("sklearn")
    pytest.importorskip("array_api_strict")
    passed, failed = estimators()
    assert passed > 40
    assert failed == {}


def test_refusals():
    def of(error, where="", test="test_it"):
        return refusal({"error": error, "where": where, "test": test})

    assert of("AssertionError", "assert isinstance(x, np.ndarray)") == "asks for another type"
    assert of("AssertionError", "assert x.flags.writeable") == "memory or flags of an ndarray"
    assert of("TypeError: elements must be numbers") == "text, dates, objects or records"
    assert of("AssertionError: Arrays are not equal") == "ours"
    assert of("TimeoutError: takes more than 30 s") == "time"
    assert of("AssertionError", "assert type(x) is type(y)") == "asks for another type"
    assert of("TypeError: Cannot determine Numba type of <class 'X'>") == "compiled code"
    assert of("AssertionError", "x = array(1, order='F')") == "memory or flags of an ndarray"
    for error in ("AttributeError: 'X' object has no attribute 'strides'", "x.ctypes"):
        assert of(error) == "memory or flags of an ndarray"
    for line in ("np.array([None], dtype=object)", "x.astype('O')", "x.astype(object)"):
        assert of("AssertionError", line) == "text, dates, objects or records"
    for named in ("test_coo.py::test_1d_matmul_multivector[1]", "test_coo.py::test_divide"):
        assert of("AssertionError", test=named) == "asks for another type"


@pytest.mark.parametrize(
    ("error", "where"),
    [
        ("AssertionError", "assert x.dtype == np.dtype(float)"),
        ("AssertionError", "assert np.result_type(x, y) == x.astype(int).dtype"),
        ("AttributeError: 'NoneType' object has no attribute 'shape'", ""),
        ("TypeError: 'int' object is not iterable", ""),
        ("AssertionError", "x = pad(y, border=1)"),
        ("AssertionError", "y = reorder(x, axes)"),
        ("ModuleNotFoundError: No module named 'qvarray.numba_kernels'", ""),
        ("TypingError: Failed in nopython mode pipeline", ""),
        ("AssertionError", "assert database == flagged"),
    ],
)
def test_what_explains_nothing_is_ours(error, where):
    for test in ("test_it", "test_masked_order", "test_flags[dtype=object]", "test_numba"):
        assert refusal({"error": error, "where": where, "test": test}) == "ours"
