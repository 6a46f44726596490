"""The table of rules, and the documentation's page of it."""

import inspect
from typing import Any

import coverage_table as table
import numpy as np
import numpy.lib.recfunctions
import pytest
from numpy.testing import overrides

import qvarray as qv
from qvarray.core.rules import FUNCTIONS, UFUNCS, Tier

from ..twin import check

RULES = {function: rule for function, rule in FUNCTIONS.items() if function is not None}


@pytest.fixture(scope="module")
def rows():
    return table.rows()


def test_every_ufunc_is_in_the_table(rows):
    listed = {row.ufunc for row in rows} | set(table.not_of_numbers())
    missing = overrides.get_overridable_numpy_ufuncs() - listed
    assert all(ufunc.__name__.startswith("_") for ufunc in missing)


def test_what_is_left_out_takes_no_numbers():
    x = qv.asarray(np.ones(3))
    for ufunc in table.not_of_numbers():
        with pytest.raises(TypeError):
            ufunc(*[x] * ufunc.nin)


def test_every_row_has_a_tier_for_every_basis(rows):
    for row in rows:
        assert len(row.tiers) == len(table.BASES)
        assert all(isinstance(tier, Tier) for tier in row.tiers)


@pytest.mark.parametrize(
    ("call", "standard", "walsh", "mixed"),
    [
        ("add(x, y)", Tier.CLOSED, Tier.CLOSED, Tier.PAGED),
        ("maximum(x, y)", Tier.CLOSED, Tier.PAGED, Tier.PAGED),
        ("multiply(x, 2)", Tier.CLOSED, Tier.CLOSED, Tier.CLOSED),
        ("exp(x)", Tier.CLOSED, Tier.PAGED, Tier.PAGED),
        ("matmul(A, x)", Tier.CLOSED, Tier.CLOSED, Tier.DENSE),
    ],
)
def test_known_rows(rows, call, standard, walsh, mixed):
    tiers = {row.call: dict(zip(table.BASES, row.tiers, strict=True)) for row in rows}[call]
    assert [tiers[name] for name in ("standard", "walsh", "mixed")] == [standard, walsh, mixed]


def test_files_of_the_page(tmp_path):
    table.write(tmp_path / "new")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "new").iterdir()}
    assert {path.name for path in before} == {"ufuncs.csv", "functions.csv", "rest.txt"}
    table.write(tmp_path / "new")
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_all_else_is_dense():
    assert FUNCTIONS[None].tier is Tier.DENSE


def test_tiers():
    for rule in (*FUNCTIONS.values(), *UFUNCS.values()):
        assert isinstance(rule.tier, Tier)


def test_rules_are_of_functions_that_can_be_overridden():
    assert set(RULES) <= overrides.get_overridable_numpy_array_functions()


def _shown(parameters):
    # Where an argument is only ever positional, its name is nobody's.
    return [
        (one.kind, one.kind is one.POSITIONAL_ONLY or one.name, repr(one.default))
        for one in parameters
    ]


def _tells(function):
    """Whether this version of NumPy knows the signature of a function: of a few it does not."""
    try:
        return bool(inspect.signature(function))
    except ValueError:
        return False


TOLD = [function for function in RULES if _tells(function)]


def test_most_signatures_are_known():
    # Those of functions in C are told from NumPy 2.4 on.
    in_c = [function for function in RULES if inspect.isbuiltin(inspect.unwrap(function))]
    assert set(RULES) - set(TOLD) <= set(in_c)
    assert len(in_c) < 30


# Parameters that only some versions of NumPy have, and what calls a function to use them.
GONE: dict[str, dict[str, Any]] = {
    "corrcoef": {"bias": True, "ddof": 1},
    "quantile": {"interpolation": "lower"},
    "percentile": {"interpolation": "lower"},
    "nanquantile": {"interpolation": "lower"},
    "nanpercentile": {"interpolation": "lower"},
    "array2string": {"style": repr},
    "save": {"fix_imports": True},
    "reshape": {"newshape": (3, 1)},
}
NEW: dict[str, dict[str, Any]] = {
    "unique": {"sorted": False},
    "sort": {"descending": True},
    "argsort": {"descending": True},
}
# Those with a default in only some versions.
DEFAULTS = {("take_along_axis", "axis"), ("reshape", "shape")}


@pytest.mark.parametrize("function", TOLD, ids=lambda function: function.__name__)
def test_signatures_are_those_of_numpy(function):
    name = function.__name__
    theirs = dict(inspect.signature(function).parameters)
    ours = dict(inspect.signature(RULES[function].call).parameters)
    # A rule for ``like=`` is called without it.
    for leftover in ({"like"}, GONE.get(name, ()), NEW.get(name, ())):
        for one in leftover:
            if (one in theirs) != (one in ours):
                theirs.pop(one, None)
                ours.pop(one, None)
    ours.pop("like", None)
    theirs.pop("like", None)
    for one in [one for other, one in DEFAULTS if other == name]:
        theirs[one], ours[one] = (side[one].replace(default=None) for side in (theirs, ours))
    if name == "array2string" and "style" in inspect.signature(function).parameters:
        # What comes after it was positional.
        theirs, ours = (
            {one: side[one].replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in sorted(side)}
            for side in (theirs, ours)
        )
    assert _shown(ours.values()) == _shown(theirs.values())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("name", "option"),
    [(name, {one: options[one]}) for name, options in (GONE | NEW).items() for one in options],
    ids=str,
)
def test_parameters_of_some_versions(name, option, tmp_path):
    x = np.array([2.0, 0.0, 1.0])
    first = {"save": (tmp_path / "x.npy",)}.get(name, ())
    rest = (0.5,) if "quantile" in name else (50,) if "percentile" in name else ()
    check(lambda x: getattr(np, name)(*first, x, *rest, **option), (x, qv.array(x)))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_positional_parameters_of_some_versions():
    x = np.arange(6.0).reshape(2, 3)
    check(lambda x: np.corrcoef(x, None, True, False, 1), (x, qv.array(x)))
    check(lambda x: np.take_along_axis(x, np.zeros((2, 1), int)), (x, qv.array(x)))


def test_every_function_has_a_tier():
    listed = table.functions()
    assert len(table.all_functions()) >= 300
    assert all(isinstance(tier, Tier) for tier in listed.values())
    assert listed["numpy.concatenate"] is Tier.STRUCTURAL
    assert listed["numpy.packbits"] is Tier.DENSE


@pytest.mark.parametrize(
    "function",
    [np.strings.upper, np.char.equal, np.lib.recfunctions.merge_arrays],
    ids=lambda function: function.__name__,
)
def test_functions_of_strings_and_records_refuse(function):
    x = qv.array(np.eye(3))
    with pytest.raises(TypeError):
        function(*[x] * (2 if function is np.char.equal else 1))
