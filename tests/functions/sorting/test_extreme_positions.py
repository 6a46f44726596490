"""Where extremes are: of all elements, along axes, of sparse lines, in any basis."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ...twin import BASES, check, spectral_twins, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

PLACES = [np.argmax, np.argmin]


@pytest.mark.parametrize("function", PLACES, ids=lambda f: f.__name__)
@given(pair=twins(), keepdims=st.booleans(), data=st.data())
def test_where_extremes_are(function, pair, keepdims, data):
    axis = data.draw(st.none() | st.integers(-pair[0].ndim - 1, pair[0].ndim))
    check(lambda x: function(x, axis, keepdims=keepdims), pair)
    check(lambda x: function(x, axis), pair)


@pytest.mark.parametrize("function", PLACES, ids=lambda f: f.__name__)
@given(values=st.lists(st.sampled_from([0, 1, -1, 2, np.nan, np.inf]), max_size=9), data=st.data())
def test_where_extremes_of_sparse_lines_are(function, values, data):
    dtype = data.draw(st.sampled_from([np.dtype(float), np.dtype(complex), np.dtype("f2")]))
    fill = data.draw(st.sampled_from([0, 1, -1, 2, np.nan, np.inf]))
    x = np.full((4, 16, 3), fill, dtype)
    at = data.draw(st.lists(st.integers(0, x.size - 1), min_size=9, max_size=9, unique=True))
    x.ravel()[sorted(at)[: len(values)]] = values
    if data.draw(st.booleans()):
        x[1, :, 1] = 1
    pair = x, qv.array(x, fill_value=fill)
    assert pair[1].active_indices is not None
    for axis in (None, 0, 1, 2):
        check(lambda x, a=axis: function(x, a), pair)


@given(spectral_twins(), st.data())
def test_places_in_any_basis(pair, data):
    x, y = pair[0].real, pair[1].real
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    for find in PLACES:
        for call in (lambda x: x, lambda x: np.exp(x)):
            at = find(call(y), axis)
            expected = find(call(x), axis)
            assert np.shape(at) == np.shape(expected)
            got = np.take_along_axis(call(x), np.expand_dims(np.asarray(at), axis), axis)
            best = (np.max if find is np.argmax else np.min)(call(x), axis, keepdims=True)
            np.testing.assert_allclose(got, best, rtol=0, atol=1e-12)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("shape", [(2**10, 2**9), (3, 2**17)])
def test_places_over_several_pages(basis, shape):
    if basis in ("walsh", "haar"):
        shape = (2 ** (shape[0] - 1).bit_length(), shape[1])
    rng = np.random.default_rng(0)
    size = shape[0] * shape[1]
    y = qv.from_eigenvalues(
        rng.standard_normal(64) * 100, rng.choice(size, 64, False), shape, basis=basis
    ).real
    z = np.round(np.abs(np.sin(y)), 2)
    x = z.todense()
    for axis in (0, 1):
        for find in PLACES:
            np.testing.assert_array_equal(find(z, axis).todense(), find(x, axis))


def test_nan_in_an_expression_comes_first():
    x = qv.from_eigenvalues([1.0, 2.0], [0, 5], (512, 512), basis="walsh")
    y = np.sqrt(x - 2.0**-9)
    expected = np.argmax(y.todense(), 1)
    np.testing.assert_array_equal(np.argmax(y, 1).todense(), expected)
