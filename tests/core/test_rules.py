"""The table of rules, and the documentation's page of it."""

import inspect

import coverage_table as table
import numpy as np
import numpy.lib.recfunctions
import pytest
from numpy.testing import overrides

import qvarray as qv
from qvarray.core.rules import FUNCTIONS, UFUNCS, Tier

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
    assert len(TOLD) >= len(RULES) - 5


@pytest.mark.parametrize("function", TOLD, ids=lambda function: function.__name__)
def test_signatures_are_those_of_numpy(function):
    parameters = list(inspect.signature(function).parameters.values())
    # A rule for ``like=`` is called without it.
    expected = [one for one in parameters if one.name != "like"]
    found = list(inspect.signature(RULES[function].call).parameters.values())
    assert _shown(one for one in found if one.name != "like") == _shown(expected)


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
