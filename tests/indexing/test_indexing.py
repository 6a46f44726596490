"""Reading elements and parts, in every basis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import BASES, ELEMENTS, check, dense_by_definition, keys, spectral_twins, twins

_ROUNDING = 200.0


@given(st.data(), twins(ELEMENTS))
def test_basic_keys_of_standard_arrays(data, pair):
    key = data.draw(keys(pair[0].shape))
    check(lambda x: x[key], pair)


@given(st.data(), spectral_twins())
def test_basic_keys_of_few_eigenvalues_in_any_basis(data, pair):
    key = data.draw(keys(pair[0].shape))
    check(lambda x: x[key], pair, rounding=_ROUNDING)


@given(st.data(), spectral_twins())
def test_basic_keys_where_every_eigenvalue_is_stored(data, pair):
    x, y = pair
    values = np.random.default_rng(x.size).integers(-8, 9, x.size) / 4
    full = qv.from_eigenvalues(values, None, x.shape, basis=y.bases)
    key = data.draw(keys(x.shape))
    check(lambda one: one[key], (dense_by_definition(full), full), rounding=_ROUNDING)


@given(twins(ELEMENTS))
def test_keys_that_are_not_basic(pair):
    check(lambda x: x[[0, 0]], pair)
    check(lambda x: x[x > 0] if isinstance(x, np.ndarray) else x[x.todense() > 0], pair)
    check(lambda x: x["name"], pair)
    check(lambda x: x[1.5], pair)


@given(twins(ELEMENTS))
def test_as_a_sequence(pair):
    check(len, pair)
    check(lambda x: list(iter(x)), pair)


@given(twins(ELEMENTS, shape=st.sampled_from([(), (1,), (1, 1), (0,), (2,)])))
def test_as_a_scalar(pair):
    for convert in (bool, int, float, complex, lambda x: x.item()):
        check(convert, pair)
    check(lambda x: [10, 20, 30][x], pair)


@pytest.mark.parametrize("basis", BASES)
def test_elements_at_a_size_that_cannot_be_materialised(basis):
    n = 2**40
    x = qv.from_eigenvalues([1.5, -2.0, 0.25], [0, 3, n - 1], n, basis=basis)
    small = qv.from_eigenvalues([1.5, -2.0, 0.25], [0, 3, 7], 8, basis=basis)
    assert small.todense().shape == (8,)
    with pytest.raises(qv.MaterializationError):
        x.todense()
    part = x[5:10]
    assert part.nactive <= 5 or basis != "standard"
    for i, expected in zip(range(5, 10), part.todense(), strict=True):
        assert abs(x[i] - expected) <= 1e-15 * 3
    assert x[:0].shape == (0,)
    assert x[::-1][0] == x[-1] or basis in ("fourier", "cosine")
    assert abs(x[::-1][0] - x[-1]) <= 1e-21


@pytest.mark.parametrize("n", [2**40, 10**12 + 39, 2**63 - 1])
def test_phases_of_long_axes_are_exact(n):
    # Python's integers reduce p k mod n without rounding.
    p, k = n - 12345, n // 3 + 1
    x = qv.from_eigenvalues([1.0], [k], n, basis="fourier")
    angle = 2 * np.pi * (p * k % n / n)
    assert abs(x[p] * np.sqrt(n) - np.exp(1j * angle)) < 4e-15
    y = qv.from_eigenvalues([1.0], [k], n, basis="cosine")
    angle = 2 * np.pi * ((2 * p + 1) * k % (4 * n) / (4 * n))
    assert abs(y[p] * np.sqrt(n / 2) - np.cos(angle)) < 4e-15


def test_restrictions_keep_the_basis_where_it_is_closed():
    n = 2**40
    for basis, key in [
        ("walsh", slice(2**20, 2**21)),
        ("walsh", slice(None, None, 4)),
        ("haar", slice(2**20, 2**21)),
        ("fourier", slice(3, None, 2**10)),
        ("cosine", slice(None, None, -1)),
    ]:
        x = qv.from_eigenvalues([1.0, 2.0, 3.0], [1, 5, n - 2], n, basis=basis)
        part = x[key]
        assert part.bases[0].name == basis
        assert part.nactive <= 3
        assert abs(part[11] - x[range(n)[key][11]]) < 1e-12


def test_rows_of_a_mixed_array_stay_spectral():
    x = qv.from_eigenvalues(
        [1.0, 2.0], [7, 2**50 + 3], (2**30, 2**30), basis=("standard", "cosine")
    )
    row = x[2**20]
    assert row.bases[0].name == "cosine"
    assert row.nactive == 1
    block = x[2**20 : 2**20 + 3, 4:6]
    np.testing.assert_allclose(block.todense()[0], row[4:6].todense(), rtol=1e-12)


@pytest.mark.parametrize("count", [63, 64, 80])
@pytest.mark.parametrize("index", [True, False, np.array([0])])
def test_more_index_arrays_than_numpy_takes(index, count):
    for ndim in (1, 64):
        x = np.ones((1,) * ndim)
        check(lambda x: x[(index,) * count], (x, qv.array(x)))


SHAPE_ERRORS = [
    lambda x: x + np.ones(4),
    lambda x: np.broadcast_to(x, (4, 4)),
    lambda x: x.__iadd__(np.ones((2, 2, 3))),
    lambda x: x.__setitem__(slice(None), np.ones((3, 2))),
    lambda x: np.dot(x, x),
    lambda x: np.concatenate([x, x.T]),
]


@pytest.mark.parametrize("call", SHAPE_ERRORS)
def test_errors_state_shapes_as_numpy_does(call):
    texts = []
    for x in (np.zeros((2, 3)), qv.zeros((2, 3))):
        with pytest.raises(ValueError, match=r"shape|dimension") as caught:
            call(x)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
