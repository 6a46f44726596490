"""The table of what differs between versions of NumPy, held against the NumPy that is here."""

import re
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pytest

from qvarray.core.numpy_versions import (
    MEAN_OF_NOTHING,
    SETTING_SHAPE,
    SINCE,
    Behaviour,
    covered,
    has,
)

ROOT = Path(__file__).parents[2]


def _raises(call):
    try:
        call()
    except Exception:
        return True
    return False


def _refusal(call):
    with pytest.raises(ValueError) as raised:  # noqa: PT011  what it says is the question
        call()
    return str(raised.value)


def _said(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(one.message) for one in caught]


def _written(transform):
    out = np.full(2, 7.0 if transform is np.fft.hfft else 7.0 + 0j)
    transform(np.ones(2), n=2, out=out)
    return out[0] != 7


PROBES = {
    Behaviour.EMPTY_SELECTIONS_ARE_CHECKED: lambda: _raises(lambda: np.zeros((0, 0))[[0]]),
    Behaviour.AUTO_BINS_ARE_NOT_SMALL: lambda: len(np.histogram([5, 0, 0, 0, 0], "auto")[0]) == 5,
    Behaviour.BINCOUNT_REFUSES_NONE: lambda: _raises(lambda: np.bincount([1], minlength=None)),
    Behaviour.DOT_OF_NUMBERS_WARNS: lambda: bool(_said(lambda: np.dot(0.0, np.array(np.inf)))),
    Behaviour.COND_IS_REAL: lambda: np.linalg.cond(np.eye(1, dtype=complex), 1).dtype == np.float64,
    Behaviour.TENSORDOT_CHECKS_DUPLICATES: lambda: (
        "duplicate"
        in _refusal(lambda: np.tensordot(np.ones((2, 2)), np.ones((2, 2)), ([0, 0], [0, 0])))
    ),
    Behaviour.NORM_OF_NOTHING: lambda: not _raises(lambda: np.linalg.norm([], np.inf)),
    Behaviour.CHOOSE_ONLY_WRITES_OUT: lambda: (
        not _said(lambda: np.choose([0], [[1]], out=np.ones(1, complex)))
    ),
    Behaviour.FIX_IS_TRUNC: lambda: (
        not any("Casting" in one for one in _said(lambda: np.fix([0], out=np.ones(1, complex))))
    ),
    Behaviour.SIZE_OF_AXES: lambda: not _raises(lambda: np.size([1], (0,))),
    Behaviour.TRIM_ZEROS_OF_AXES: lambda: (
        not _raises(lambda: np.trim_zeros(np.ones((1, 1)), axis=(0,)))
    ),
    Behaviour.PAD_TAKES_A_DICT: lambda: not _raises(lambda: np.pad([1], {0: 1})),
    Behaviour.QUANTILES_OF_WEAK_Q: lambda: (
        np.quantile(np.ones(2, np.int8), 1, method="averaged_inverted_cdf").dtype == float
    ),
    Behaviour.NO_DOT_AFTER_EMPTY_SLICE: lambda: (
        _said(lambda: np.mean([]))[0] == "Mean of empty slice"
    ),
    Behaviour.SETTING_SHAPE_IS_DEPRECATED: lambda: (
        SETTING_SHAPE in _said(lambda: setattr(np.ones(4), "shape", (2, 2)))
    ),
    Behaviour.FIX_IS_DEPRECATED: lambda: bool(_said(lambda: np.fix(1.5))),
    Behaviour.TAKE_READS_ANY_OUT: lambda: bool(
        _said(lambda: np.take(np.ones(1), [0], out=np.ones(1, int)))
    ),
    Behaviour.WHERE_CONVERTS_NUMBERS_FIRST: lambda: _raises(
        lambda: np.where([True], -2, np.zeros(1, np.uint8))
    ),
    Behaviour.CROSS_OF_3_COMPONENTS: lambda: _raises(lambda: np.cross([1, 2], [3, 4])),
    Behaviour.EIGENVALUES_ARE_COMPLEX: lambda: np.linalg.eigvals(np.eye(2)).dtype == complex,
    Behaviour.EVERY_FFT_WRITES_OUT: lambda: _written(np.fft.hfft),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("behaviour", Behaviour)
def test_what_the_table_says_of_this_numpy(behaviour):
    assert PROBES[behaviour]() == has(behaviour)


def test_every_behaviour_has_a_first_version():
    assert set(SINCE) == set(Behaviour)


def test_what_numpy_says():
    assert _said(lambda: np.mean([]))[0] == MEAN_OF_NOTHING


def test_calls_with_parameters_that_a_rule_lacks():
    def function(a, b=None, c=None, *, later=None, like=None):
        raise AssertionError

    def rule(a, b=None, *, ours=None):
        return "rule"

    both = covered(function, rule)
    assert both(1) == both(1, 2) == both(1, b=2) == both(1, ours=3) == "rule"
    assert both(1, 2, 3) is both(1, later=3) is NotImplemented
    assert covered(rule, rule) is rule
    assert covered(np.concatenate, rule) is rule


def test_floors_are_those_that_are_tried():
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    # What the tests of versions need beside the dependencies.
    asked = project["dependencies"] + project["optional-dependencies"]["wavelets"]
    tried = (ROOT / ".ci" / "floor.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^(\w+)==([\d.]+)$", tried, re.MULTILINE))
    assert sorted(pins) == sorted(one.partition(">=")[0] for one in asked)
    for one in asked:
        name, _, floor = one.partition(">=")
        pinned, named = pins[name].split("."), floor.split(".")
        assert pinned == named + ["0"] * (len(pinned) - len(named))
