"""`to_zarr` and `open_zarr`: written in pieces, gone on with, and computed on without decoding."""

import pickle

import numpy as np
import pytest

import qvarray as qv

zarr = pytest.importorskip("zarr")
da = pytest.importorskip("dask.array")
import dask  # noqa: E402

T, Y, X = np.ogrid[0:12, 0:50, 0:60]
FIELD = 280 + 3 * np.sin(Y * X / 300) + np.cos(T + X / 9)
CHUNKS = (4, 32, 32)
BOUND = {"max_abs": 1e-2, "basis": "cosine"}


@pytest.fixture(autouse=True)
def one_thread():
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("stored") / "a.zarr"
    return qv.to_zarr(FIELD, path, chunks=CHUNKS, tol=1e-3, relative_to="std"), path


class Failing:
    """An array of which some part cannot be read."""

    def __init__(self, x, reads):
        self.x, self.shape, self.reads = x, x.shape, reads

    def __getitem__(self, key):
        self.reads -= 1
        if self.reads < 0:
            raise KeyboardInterrupt
        return self.x[key]


def sources(path):
    h5py = pytest.importorskip("h5py")
    np.save(path / "a.npy", FIELD)
    with h5py.File(path / "a.h5", "w") as file:
        yield "h5py", file.create_dataset("x", data=FIELD, chunks=(6, 25, 30))
    yield "ndarray", FIELD
    yield "memmap", np.load(path / "a.npy", mmap_mode="r")
    yield "dask", da.from_array(FIELD, chunks=(5, 20, 60))
    yield "virtual", qv.asarray(FIELD)
    yield "zarr", zarr.array(FIELD, chunks=(7, 50, 60), store={})


def test_sources(tmp_path):
    for name, x in sources(tmp_path):
        z = qv.to_zarr(x, tmp_path / name, chunks=CHUNKS, **BOUND)
        assert np.abs(z[:] - FIELD).max() <= 1e-2
        assert z.chunks == CHUNKS


def test_chunks_are_those_of_the_source():
    for x, chunks in (
        (da.from_array(FIELD, chunks=(5, 25, 60)), (5, 25, 60)),
        (da.from_array(FIELD, chunks=((5, 7), 50, 60)), FIELD.shape),
        (da.from_array(FIELD, chunks=(1, 5, 5)), FIELD.shape),
        (zarr.array(FIELD, chunks=(6, 25, 60), store={}), (6, 25, 60)),
        (FIELD, FIELD.shape),
    ):
        assert qv.to_zarr(x, {}, tol=0.1).chunks == chunks


def test_masked_elements_and_names_of_axes(tmp_path):
    netcdf = pytest.importorskip("netCDF4")
    xr = pytest.importorskip("xarray")
    x = np.ma.masked_where(FIELD > 282, FIELD)
    with netcdf.Dataset(tmp_path / "a.nc", "w") as file:
        for name, n in zip("tyx", FIELD.shape, strict=True):
            file.createDimension(name, n)
        file.createVariable("air", "f8", ("t", "y", "x"))[:] = x
        with pytest.raises(ValueError, match="not finite"):
            qv.to_zarr(file["air"], tmp_path / "b", **BOUND)
        z = qv.to_zarr(file["air"], tmp_path / "a", path="air", missing="keep", **BOUND)
    np.testing.assert_array_equal(np.isnan(z[:]), x.mask)
    assert z.metadata.dimension_names == ("t", "y", "x")
    opened = xr.open_zarr(tmp_path / "a", consolidated=False, chunks=None).air
    assert abs(opened - FIELD).max() <= 1e-2
    z = qv.to_zarr(xr.DataArray(FIELD, dims=("a", "b", "c")), {}, **BOUND)
    assert z.metadata.dimension_names == ("a", "b", "c")


def test_a_store_that_is_half_written_is_gone_on_with(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        # One part is read for the dtype.
        qv.to_zarr(Failing(FIELD, 6), tmp_path, chunks=CHUNKS, **BOUND)
    with pytest.raises(ValueError, match="half written: 5 of 12 chunks are there"):
        qv.open_zarr(tmp_path)
    first, second = tmp_path / "c/0/0/0", tmp_path / "c/0/0/1"
    kept, whole = first.stat().st_mtime_ns, second.read_bytes()
    second.write_bytes(whole[:-9])
    with pytest.raises(FileExistsError, match="half of another"):
        qv.to_zarr(FIELD, tmp_path, chunks=CHUNKS, tol=1e-1)
    z = qv.to_zarr(FIELD, tmp_path, chunks=CHUNKS, **BOUND)
    assert first.stat().st_mtime_ns == kept
    assert second.read_bytes() == whole
    assert np.abs(z[:] - FIELD).max() <= 1e-2
    assert abs(qv.open_zarr(tmp_path).mean().compute() - FIELD.mean()) < 1e-2
    with pytest.raises(FileExistsError, match="finished"):
        qv.to_zarr(FIELD, tmp_path, chunks=CHUNKS, **BOUND)
    z = qv.to_zarr(FIELD + 1, tmp_path, chunks=CHUNKS, overwrite=True, **BOUND)
    assert np.abs(z[:] - FIELD - 1).max() <= 1e-2


def test_a_chunk_that_cannot_be_encoded_is_named(tmp_path):
    x = FIELD.copy()
    x[5, 40, 3] = np.nan
    with pytest.raises(ValueError, match=r"chunk file://.*/c/1/1/0: 1 elements are not finite"):
        qv.to_zarr(x, tmp_path, chunks=CHUNKS, **BOUND)
    with pytest.raises(ValueError, match=r"chunk file://.*/c/1/1/0: 1 elements are not finite"):
        qv.to_zarr(da.from_array(x, chunks=CHUNKS), tmp_path, chunks=CHUNKS, **BOUND)
    assert not (tmp_path / "c/1/1/0").exists()


def test_what_is_refused(tmp_path):
    with pytest.raises(ValueError, match="3 dimensions"):
        qv.to_zarr(FIELD, {}, chunks=(3, 3), tol=0.1)
    with pytest.raises(ValueError, match="5 % are"):
        qv.to_zarr(FIELD, {}, tol=5)
    with pytest.raises(TypeError, match="not <U1"):
        qv.to_zarr(np.array(["a"]), {}, tol=0.1)
    store: dict = {}
    zarr.create_array(store, data=FIELD)
    with pytest.raises(ValueError, match="its codec is BytesCodec"):
        qv.open_zarr(store)
    with pytest.raises(FileNotFoundError):
        qv.open_zarr(tmp_path / "none")


# -- computing on a store -------------------------------------------------------------------------


REDUCTIONS = {
    "mean": lambda x: x.mean(),
    "sum": lambda x: x.sum(axis=0),
    "var": lambda x: x.var(),
    "std": lambda x: x.std(axis=(1, 2)),
    "max": lambda x: x.max(),
    "norm": lambda x: (x * x).sum() ** 0.5,
    "dot": lambda x: (x[1:] * x[:-1]).mean(),
    "differences": lambda x: x[1:] - x[:-1],
    "anomalies": lambda x: ((x - x.mean(axis=0)) ** 2).mean(),
    "part": lambda x: x[3, 10:40, ::7],
}


@pytest.mark.parametrize("name", REDUCTIONS)
def test_what_is_computed_on_blocks(stored, name):
    d = qv.open_zarr(stored[1])
    expected = REDUCTIONS[name](FIELD)
    got = np.asarray(REDUCTIONS[name](d).compute())
    assert got.shape == expected.shape
    assert np.abs(got - expected).max() <= 0.02 * max(1, np.abs(expected).max() / 100)


def test_blocks_are_not_decoded(stored):
    d = qv.open_zarr(stored[1])
    assert d.shape == FIELD.shape
    assert d.chunks == ((4, 4, 4), (32, 18), (32, 28))
    for block in (d.blocks[0, 0, 0], d.blocks[2, 1, 1], 2 * d.blocks[0, 0, 0]):
        found = block.compute()
        assert type(found) is qv.VirtualQArray
        assert found.nbytes < found.virtual_nbytes / 4
        assert 0 < qv.error_bound(found) < np.inf


def test_labels(stored):
    xr = pytest.importorskip("xarray")
    month = ("t", np.arange(12) % 4)
    x = xr.DataArray(FIELD, dims=("t", "y", "x"), coords={"month": month})
    d = x.copy(data=qv.open_zarr(stored[1]))
    expected, got = (a.groupby("month").mean("t") for a in (x, d))
    np.testing.assert_allclose(got.values, expected.values, atol=0.02)
    expected, got = (((a.groupby("month") - b) ** 2).mean() for a, b in ((x, expected), (d, got)))
    np.testing.assert_allclose(got.values, expected.values, rtol=0.01)


def test_chunks_that_are_not_there_or_padded():
    from qvarray.zarr import EncodedCodec

    store: dict = {}
    z = zarr.create_array(
        store,
        shape=(40, 40),
        chunks=(16, 16),
        dtype="f4",
        serializer=EncodedCodec(missing="keep", **BOUND),
        fill_value=-1,
    )
    x = np.full((40, 40), -1, "f4")
    z[:10, :20] = x[:10, :20] = FIELD[0, :10, :20]
    z[3, 4] = x[3, 4] = np.nan
    d = qv.open_zarr(store)
    np.testing.assert_allclose(np.asarray(d.compute()), x, atol=2.1e-2)
    assert (np.asarray(d.compute())[10:] == -1).all()


def test_a_damaged_chunk_is_named(tmp_path):
    qv.to_zarr(FIELD, tmp_path, chunks=CHUNKS, **BOUND)
    path = tmp_path / "c/1/0/1"
    path.write_bytes(path.read_bytes()[:-1])
    d = qv.open_zarr(tmp_path)
    assert d[:4].mean().compute() > 0
    with pytest.raises(ValueError, match=r"chunk file://.*/c/1/0/1: .*cut off: 1 bytes"):
        d.mean().compute()


def test_arrays_without_elements():
    assert qv.open_zarr(qv.to_zarr(np.zeros((0, 3)), {}, tol=0.1).store).shape == (0, 3)


def test_stores_are_pickled(stored):
    d = pickle.loads(pickle.dumps(qv.open_zarr(stored[1])))
    assert abs(d.mean().compute() - FIELD.mean()) < 1e-2


def test_workers(tmp_path, stored, client):
    with dask.config.set(scheduler=client):
        d = qv.open_zarr(stored[1])
        z = qv.to_zarr(2 * d, tmp_path, chunks=CHUNKS, **BOUND)
        assert np.abs(z[:] - 2 * FIELD).max() <= 0.1
        assert abs(d.var().compute() - FIELD.var()) < 1e-2


@pytest.mark.parametrize("more", [{"compressors": None}, {"compressors": "auto"}])
@pytest.mark.parametrize("location", ["start", "end"])
def test_chunks_in_shards(tmp_path, more, location):
    from qvarray.zarr import EncodedCodec

    field = FIELD[0]
    z = zarr.create_array(
        tmp_path,
        shape=field.shape,
        chunks=(8, 16),
        shards={"shape": (32, 32), "index_location": location},
        dtype="f8",
        serializer=EncodedCodec(max_abs=1e-3, basis="cosine"),
        fill_value=np.nan,
        **more,
    )
    z[:20] = field[:20]
    d = pickle.loads(pickle.dumps(qv.open_zarr(tmp_path)))
    assert d.numblocks == (7, 4)
    got = d.compute()
    assert isinstance(got, qv.VirtualQArray)
    np.testing.assert_allclose(got.todense(), z[:], atol=1e-12)
    assert np.isclose(d[:20].mean().compute(), field[:20].mean(), atol=1e-3)
    shard = tmp_path / "c/0/1"
    data = bytearray(shard.read_bytes())
    at = 0 if location == "start" else len(data) - 9
    data[at] ^= 255
    shard.write_bytes(bytes(data))
    with pytest.raises(ValueError, match=r"c/0/1.*checksum"):
        d[:8, 32:].compute()
    shard.write_bytes(bytes(data[:20]))
    with pytest.raises(ValueError, match=r"c/0/1.*(fewer than its index|checksum)"):
        d[:8, 32:].compute()
    assert np.isclose(d[:8, :32].mean().compute(), field[:8, :32].mean(), atol=1e-3)
