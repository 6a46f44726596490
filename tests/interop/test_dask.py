"""dask arrays with virtual blocks: the calls give what those with blocks of ndarrays give."""

from typing import Any

import numpy as np
import pytest

import qvarray as qv

dask = pytest.importorskip("dask")
import dask.array as da  # noqa: E402
from dask.base import tokenize  # noqa: E402
from dask.sizeof import sizeof  # noqa: E402
from trials.of_dask import CALLS, DENSE  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


def _computed(result):
    if isinstance(result, tuple):
        return tuple(map(_computed, result))
    return result.compute() if hasattr(result, "compute") else result


@pytest.mark.parametrize("name", CALLS)
def test_calls(name):
    call = CALLS[name]
    x = qv.asarray(DENSE)
    expected = _computed(call(da.from_array(DENSE, chunks=(100, 300)), DENSE))
    got = _computed(call(da.from_array(x, chunks=(100, 300)), x))
    if not isinstance(expected, tuple):
        expected, got = (expected,), (got,)
    for one, other in zip(expected, got, strict=True):
        assert np.shape(one) == np.shape(other)
        np.testing.assert_allclose(np.asarray(other), np.asarray(one), atol=1e-10)


def test_sizes_and_tokens():
    x = qv.asarray(DENSE)
    da.from_array(x)
    assert x.nbytes <= sizeof(x) <= x.nbytes + 4096
    assert tokenize(x) == tokenize(x.copy()) == tokenize(qv.asarray(DENSE))
    others: list[Any] = [
        x + 1,
        -x,
        x.T,
        x.reshape(-1),
        x.astype("f4"),
        qv.asarray(DENSE, fill_value=1.0),
    ]
    others += [
        np.exp(qv.encode(DENSE[:256], ["walsh", "cosine"], tol=0.5)),
        qv.encode(DENSE, "cosine", tol=0.5),
    ]
    assert len({tokenize(each) for each in [x, *others]}) == len(others) + 1


def test_blocks_stay_virtual():
    n = 2**20
    x = qv.from_coordinates([[3, n - 1], [5, 7]], [1.0, 2.0], (n, n))
    d = da.from_array(x, chunks=(n // 4, n), name=False)
    assert type(d._meta) is qv.VirtualQArray
    with dask.config.set({"array.chunk-size": "16TiB"}):  # dask cuts `x` by its size as an ndarray
        results = (d + x, x + d, np.concatenate([d, x]), d.T, d @ x.T, 2 * d[::-1])
    for result in results:
        got = result.compute(scheduler="threads")
        assert type(got) is qv.VirtualQArray
        assert got.nbytes < 1000
    assert (d + x).compute()[n - 1, 7] == 4
    assert da.percentile(d[0], 50).compute() == 0


def test_pieces_of_an_array_in_a_basis_are_joined_to_it():
    n = 2**24
    for basis, dtype in (("cosine", float), ("fourier", complex), ("haar", float)):
        e = qv.from_eigenvalues([1.0, 2.0, 0.5], [0, 5, 77], n, basis=basis, dtype=dtype)
        for chunk in (n // 8, n // 8 + 1):
            d = da.from_array(e, chunks=chunk)
            if basis == "haar" and chunk % 2:
                continue
            got = d.compute()
            assert got.nbytes < 1000
            assert got.bases == e.bases or basis == "haar"
            np.testing.assert_allclose(np.asarray(got[99:200]), np.asarray(e[99:200]))
    x = qv.encode(np.cumsum(np.random.default_rng(0).standard_normal((64, 64)), 0), tol=0.1)
    for axis in (0, 1):
        pieces = np.split(x, [10, 11, 40], axis=axis)
        whole = np.concatenate(pieces, axis=axis)
        np.testing.assert_allclose(np.asarray(whole), np.asarray(x), atol=1e-9)
        assert qv.error_bound(whole) >= qv.error_bound(x) > 0
        swapped = np.concatenate(pieces[::-1], axis=axis)
        dense = [np.asarray(piece) for piece in pieces[::-1]]
        np.testing.assert_allclose(np.asarray(swapped), np.concatenate(dense, axis), atol=1e-9)


def test_writes_of_blocks_by_threads():
    d = da.from_array(DENSE, chunks=(50, 300))
    for _ in range(5):
        out = qv.zeros((400, 300))
        da.store(d, out, lock=False, scheduler="threads")
        np.testing.assert_array_equal(np.asarray(out), DENSE)


def test_means_of_encoded_blocks_stay_in_their_basis():
    x = np.random.default_rng(0).standard_normal((6, 160, 160)).cumsum(axis=1).cumsum(axis=2)
    blocks = [
        qv.encode(step[None], ("standard", "cosine", "cosine"), tol=1e-3, storage="int16")
        for step in x
    ]
    d = da.concatenate(
        [da.from_array(block, chunks=block.shape, asarray=False) for block in blocks]
    )
    mean = d.mean(axis=0).compute(scheduler="synchronous")
    assert [str(basis) for basis in mean.bases] == ["cosine", "cosine"]
    np.testing.assert_allclose(np.asarray(mean), x.mean(axis=0), atol=1)
    for axis in (None, (1, 2)):
        got = d.var(axis=axis).compute(scheduler="synchronous")
        np.testing.assert_allclose(np.asarray(got), x.var(axis=axis), rtol=0.01)
