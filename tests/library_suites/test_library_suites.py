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

    assert of("AssertionError", "assert isinstance(x, np.ndarray)") == "asks for an ndarray by type"
    assert of("AssertionError", "assert x.flags.writeable") == "memory or flags of an ndarray"
    assert of("TypeError: elements must be numbers") == "text, dates, objects or records"
    assert of("AssertionError: Arrays are not equal") == "ours"
