"""dask arrays with virtual blocks on the workers of a cluster, and on processes of one machine."""

import os

import numpy as np
import pytest

import qvarray as qv

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")

pytestmark = pytest.mark.filterwarnings("ignore")

N = 2**20
SPARSE = qv.from_coordinates([[3, N - 1], [5, 7]], [1.0, 2.0], (N, N))
WAVE = qv.from_eigenvalues([1.0, 2.0], [0, 5], 2**16, basis="cosine")
LIMIT = 2**30


def _chunked(x, parts):
    return da.from_array(x, chunks=(x.shape[0] // parts, *x.shape[1:]))


def _agree(scheduler):
    d = _chunked(SPARSE, 4)
    results = (d + SPARSE, SPARSE + d, np.concatenate([d, d]), d.T, d @ SPARSE.T, d.sum(0))
    *computed, whole = dask.compute(*results, _chunked(WAVE, 8), scheduler=scheduler)
    twice = SPARSE + SPARSE
    both, product = np.concatenate([SPARSE, SPARSE]), SPARSE @ SPARSE.T
    expected = (twice, twice, both, SPARSE.T, product, SPARSE.sum(0))
    for got, one in zip(computed, expected, strict=True):
        assert got.nactive == one.nactive > 0
        assert np.array_equal(got, one)
    for got in (*computed, whole):
        assert type(got) is qv.VirtualQArray
        assert got.nbytes < 1000
    assert whole.bases == WAVE.bases
    np.testing.assert_allclose(np.asarray(whole), np.asarray(WAVE))


def test_processes():
    _agree("processes")


def test_workers_over_tcp(tmp_path):
    distributed = pytest.importorskip("distributed")
    pytest.importorskip("zarr")
    field = 9 + np.add.outer(np.sin(np.arange(64)), np.cos(np.arange(4096) / 99))
    qv.to_zarr(field, tmp_path, chunks=(1, 4096), tol=1e-3, relative_to="std")
    stored = qv.open_zarr(tmp_path)
    lagged = (stored[1:] * stored[:-1]).mean() / stored.var()
    expected = lagged.compute(scheduler="synchronous")
    given = {"n_workers": 2, "threads_per_worker": 1, "memory_limit": LIMIT}
    address = {"protocol": "tcp://", "host": "127.0.0.1", "dashboard_address": None}
    with (
        distributed.LocalCluster(processes=True, **given, **address) as cluster,
        distributed.Client(cluster) as client,
    ):
        _agree(client)
        budget = client.submit(lambda: qv.options.memory_budget, pure=False).result()
        assert budget == LIMIT // 2 != qv.options.memory_budget
        with pytest.raises(qv.MaterializationError, match="budget of 512 MiB"):
            client.submit(lambda: np.asarray(qv.ones(10**9)), pure=False).result()
        # What a worker held is computed again by the others.
        held = _chunked(WAVE, 8).persist()
        distributed.wait(held)
        one, *_ = client.run(os.getpid).values()
        os.kill(one, 9)
        total = (2 * held).sum().compute(scheduler=client)
        np.testing.assert_allclose(total, 2 * np.asarray(WAVE).sum())
        # What it was computing, too: of a store, chunk by chunk.
        client.wait_for_workers(2)
        one, *_ = client.run(os.getpid).values()
        running = client.compute(lagged)
        os.kill(one, 9)
        np.testing.assert_allclose(running.result(), expected, rtol=1e-12)
