"""Bounds of what dask computes of encoded blocks: scalars, arrays, and what has lost its bound."""

import re
import sys

import numpy as np
import pytest

import qvarray as qv

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
HighLevelGraph = pytest.importorskip("dask.highlevelgraph").HighLevelGraph
pytest.importorskip("zarr")

CHUNKS = (4, 15, 20)


@pytest.fixture(scope="module")
def field():
    t, y, x = np.ogrid[0:12, 0:30, 0:40]
    noise = np.random.default_rng(0).standard_normal((12, 30, 40))
    return 280 + 10 * np.sin(t / 5 + y / 9) * np.cos(x / 11) + 0.3 * noise


@pytest.fixture(scope="module")
def opened(field):
    z = qv.to_zarr(field, {}, chunks=CHUNKS, tol=1e-2, relative_to="std")
    return qv.open_zarr(z.store)


STATISTICS = {
    "mean": lambda d: d.mean(),
    "sum": lambda d: d.sum(),
    "var": lambda d: d.var(),
    "std": lambda d: d.std(),
    "max": lambda d: d.max(),
    "norm": lambda d: da.sqrt((d**2).sum()),
    "dot": lambda d: (d[1:] * d[:-1]).sum(),
    "vdot": lambda d: da.vdot(d, d),
    "lag": lambda d: ((d[1:] - d.mean()) * (d[:-1] - d.mean())).mean() / d.var(),
    "anomalies": lambda d: ((d - d.mean(axis=0)) ** 2).mean(),
    "axis": lambda d: d.mean(axis=0),
    "spread": lambda d: d.var(axis=0),
    "part": lambda d: d[3, 4:20, ::3],
    "both": lambda d: 2 * d.mean() - d.min(),
    "element": lambda d: d[3, 4, 5],
}
#: No task of them keeps arrays of ours to the end.
UNKNOWN = {
    "quantile": lambda d: da.percentile(d[0].ravel(), 50),
    "reshaped": lambda d: da.linalg.norm(d.ravel()),
    "argmax": lambda d: d.argmax(),
}


@pytest.mark.parametrize("name", STATISTICS)
def test_bounds_hold(field, opened, name):
    statistic = STATISTICS[name]
    value, bound = qv.compute_with_bound(statistic(opened), scheduler="synchronous")
    exact = np.asarray(statistic(da.from_array(field, chunks=CHUNKS)).compute())
    assert np.linalg.norm(np.asarray(value) - exact) <= bound
    assert bound < np.inf
    plain = statistic(opened).compute()
    assert type(value) is type(plain)
    np.testing.assert_allclose(np.asarray(value), np.asarray(plain))


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_has_lost_its_bound_is_not_exact(opened, name):
    _, bound = qv.compute_with_bound(UNKNOWN[name](opened), scheduler="synchronous")
    assert bound == np.inf


def test_what_is_known_of_residuals_makes_bounds_of_means_small(field, opened):
    value, bound = qv.compute_with_bound(opened.mean(), scheduler="threads")
    assert abs(value - field.mean()) <= bound < 1e-3 * field.std()


@pytest.mark.parametrize("is_known", [True, False])
def test_tasks_among_arguments_keep_their_bounds(field, opened, is_known):
    mean = (np.mean, (opened.name, 0, 0, 0))
    layer = {("nested",): (np.add, mean if is_known else (float, mean), 1.0)}
    graph = HighLevelGraph.from_collections("nested", layer, [opened])
    nested = da.Array(graph, "nested", (), np.float64)
    value, bound = qv.compute_with_bound(nested, scheduler="synchronous")
    assert 0 < abs(value - 1 - field[:4, :15, :20].mean()) <= bound
    assert (bound < np.inf) == is_known


def test_other_versions_of_dask_are_refused(opened, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask._task_spec", None)
    with pytest.raises(qv.MissingExtraError, match=re.escape(dask.__version__)):
        qv.compute_with_bound(opened.mean())


def test_exact_blocks_have_no_error():
    x = qv.from_coordinates([[3, 5], [5, 7]], [1.0, 2.0], (40, 40))
    value, bound = qv.compute_with_bound(da.from_array(x, chunks=20).mean())
    assert value == 3 / 1600
    assert bound == 0


def test_results_that_were_computed_without_bounds_are_not_taken(opened, client):
    held = opened.persist(scheduler=client)
    mean = held.mean().persist(scheduler=client)
    _, bound = qv.compute_with_bound(held.mean(), scheduler=client)
    assert 0 < bound < np.inf
    assert abs(mean.compute(scheduler=client) - opened.mean().compute()) < 1e-9


def test_arrays_keep_their_bounds_while_scalars_are_recorded(field):
    x = qv.encode(field, "cosine", tol=1e-3)
    with qv.error_bounds():
        assert 0 < qv.error_bound(np.max(x, axis=0)) < np.inf
        assert 0 < qv.error_bound(np.minimum.reduce(x)) < np.inf
