"""Virtual arrays in xarray: the calls give what those on ndarrays give."""

import numpy as np
import pytest

import qvarray as qv

xr = pytest.importorskip("xarray")
from trials.of_xarray import CALLS, DENSE, POINTS, labelled  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


def _values(result):
    return np.asarray(result.values if hasattr(result, "values") else result)


def _agree(name):
    expected, got = (
        _values(CALLS[name](labelled(DENSE))),
        _values(CALLS[name](labelled(qv.asarray(DENSE)))),
    )
    assert expected.shape == got.shape
    if expected.dtype.kind in "biufc":
        np.testing.assert_allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_calls_by_the_namespace(name):
    _agree(name)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_calls_by_functions_of_numpy(name):
    with qv.options(array_namespace=False):
        _agree(name)


def test_huge_arrays_stay_virtual():
    n = 2**20
    x = qv.from_coordinates([[3, n - 1], [5, 7]], [1.0, 2.0], (n, n))
    for hides in (True, False):
        with qv.options(array_namespace=not hides):
            d = xr.DataArray(x, dims=("x", "y"))
            for result in (2 * d, d.T, d.sum("x"), d.max("y"), d.shift(x=1, fill_value=0.0)):
                assert type(result.data) is qv.VirtualQArray
                assert result.data.nbytes < 1000
            assert d.isel(x=slice(2, 9)).sum().item() == 1
            assert xr.dot(d, d, dim=("x", "y")).item() == 5


def test_huge_arrays_beside_labelled_ones():
    n = 2**20
    x = qv.from_coordinates([[3, n - 1], [5, 7]], [1.0, 2.0], (n, n))
    d = xr.DataArray(x, dims=("x", "y"), coords={"x": np.arange(n)})
    for got in (d + x, x + d, np.add(x, d)):
        assert type(got.data) is qv.VirtualQArray
        assert got.data.nactive == 2
        assert float(got[3, 5]) == 2
        assert "x" in got.coords
    assert bool((x == d).all())


def test_pointwise_and_orthogonal_keys_of_huge_arrays():
    n = 2**20
    x = qv.from_coordinates([[0, 3, n - 1], [5, 0, 7]], [1.0, 4.0, 2.0], (n, n))
    d = xr.DataArray(x, dims=("x", "y"))
    np.testing.assert_array_equal(d.isel(POINTS).data, [1.0, 4.0])
    for key, written in (({"x": [0, 3], "y": [5, 0]}, 4), (POINTS, 2)):
        changed = d.copy()
        changed[key] = 9.0
        assert type(changed.data) is qv.VirtualQArray
        assert np.count_nonzero(changed.data == 9) == written
    assert hasattr(x, "__array_namespace__")


def test_arrays_in_a_basis_that_can_have_no_nan():
    n = 2**40
    e = qv.from_eigenvalues([1.0, 2.0], [0, 5], n, basis="cosine")
    d = xr.DataArray(e, dims="t")
    np.testing.assert_allclose(d.sum().item(), 2.0**20)
    np.testing.assert_allclose(d.mean().item(), 2.0**-20)
    assert d.count().item() == n
    assert not d.isnull().any().item()
    assert d.fillna(0).data.bases == e.bases


def test_weights_of_huge_arrays():
    n = 2**20
    x = qv.from_coordinates([[3, n - 1], [5, 7]], [1.0, 2.0], (n, n))
    weights = xr.DataArray(np.arange(float(n)), dims="x")
    mean = xr.DataArray(x, dims=("x", "y")).weighted(weights).mean("x")
    assert type(mean.data) is qv.VirtualQArray
    np.testing.assert_allclose(mean.data[[5, 7, 9]], [6 / n / (n - 1), 4 / n, 0])
