"""Encoded arrays as chunks of zarr: every way of reading and writing one."""

import pickle
import tomllib
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import qvarray as qv

zarr = pytest.importorskip("zarr")
numcodecs = pytest.importorskip("numcodecs")
from qvarray.zarr import Encoded, EncodedCodec  # noqa: E402

X, Y = np.meshgrid(np.linspace(0, 7, 50), np.linspace(0, 5, 45), indexing="ij")
FIELD = 280 + np.sin(X * Y) + np.cos(X)
STRICT = {"max_abs": 1e-3}


def created(store, dtype="f8", shape=FIELD.shape, chunks=(16, 16), **kwargs):
    codec = {
        name: kwargs.pop(name) for name in list(kwargs) if name in EncodedCodec().code.__dict__
    }
    kwargs = {"compressors": None, "fill_value": 0, **kwargs}
    return zarr.create_array(
        store, shape=shape, chunks=chunks, dtype=dtype, serializer=EncodedCodec(**codec), **kwargs
    )


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16", ">f4"])
@pytest.mark.parametrize("more", [{}, {"compressors": "auto"}, {"shards": (32, 32)}])
@pytest.mark.parametrize("fill_value", [0, np.nan, 281.0])
def test_reading_and_writing(tmp_path, dtype, more, fill_value):
    x = FIELD.astype(dtype)
    created(tmp_path / "a", dtype, fill_value=fill_value, max_abs=1e-2, **more)[:] = x
    z = zarr.open_array(tmp_path / "a", mode="r+")
    got = z[:]
    assert got.dtype == x.dtype.newbyteorder("=")
    assert np.abs(got - x).max() <= 1.1e-2
    for key in ((3, 4), (slice(5, 40), 33), (slice(15, 17), slice(None)), (Ellipsis, -1)):
        np.testing.assert_allclose(z[key], got[key], rtol=1e-6)
    picked = [1, 5, 49], [3, 44, 33]
    np.testing.assert_allclose(z.vindex[picked], got[picked], rtol=1e-6)
    np.testing.assert_allclose(z.oindex[[1, 5, 49], 3], got[[1, 5, 49], 3], rtol=1e-6)
    z.oindex[[1, 5, 49], 3] = [280, 281, 282]
    z[20:30, 7] = 283
    assert np.abs(z.oindex[[1, 5, 49], 3] - [280, 281, 282]).max() <= 2e-2
    assert np.abs(z[20:30, 7] - 283).max() <= 2e-2


def test_arrays_of_any_number_of_axes(tmp_path):
    for shape in ((), (1,), (0, 3), (100,), (9, 8, 7)):
        chunks = tuple(max(1, min(n, 8)) for n in shape)
        z = created(tmp_path / str(shape), shape=shape, chunks=chunks, tol=1e-6)
        z[...] = 3.5
        np.testing.assert_allclose(z[...], np.full(shape, 3.5), rtol=1e-5)


def test_tolerances_are_those_of_each_chunk_without_its_padding():
    z = created({}, tol=1e-3, relative_to="std")
    z[:] = FIELD
    for i in range(0, 50, 16):
        for j in range(0, 45, 16):
            part = slice(i, i + 16), slice(j, j + 16)
            assert np.std(z[part] - FIELD[part]) <= 1.0001e-3 * np.std(FIELD[part])


def test_chunks_that_are_the_fill_value_are_not_stored(tmp_path):
    z = created(tmp_path, fill_value=281.0, **STRICT)
    z[:] = FIELD
    z[:16, 16:32] = 281.0
    assert not (tmp_path / "c/0/1").exists()
    assert (z[:16, 16:32] == 281.0).all()
    z[3, 17] = 280.0
    assert (tmp_path / "c/0/1").exists()
    assert np.abs(z[:16, 16:32] - 281.0).max() <= 1.001


def test_missing_elements_are_refused_or_kept(tmp_path):
    x = FIELD.copy()
    x[10:30, 20:40] = np.nan
    x[0, 0], x[1, 1] = np.inf, 1e20
    z = created(tmp_path / "a", fill_value=np.nan, missing=1e20, **STRICT)
    z[:] = x
    z[49, 0] = np.nan
    x[49, 0] = np.nan
    known = np.isfinite(x) & (x < 1e20)
    np.testing.assert_array_equal(z[:][~known], x[~known])
    assert np.abs(z[:][known] - x[known]).max() <= 2e-3
    z = created(tmp_path / "b", **STRICT)
    z[:] = FIELD
    before = z[:]
    with pytest.raises(ValueError, match=r"chunk file://.*b/c/0/1: 72 elements are not finite"):
        z[:16, 16:32] = x[:16, 16:32]
    np.testing.assert_array_equal(z[:], before)


def test_a_part_that_is_written_adds_to_the_bound(tmp_path):
    z = created(tmp_path, tol=1e-3, chunks=(50, 45))
    z[:] = FIELD
    first = qv.load(tmp_path / "c/0/0").source.error
    z[0, 0] = 281.0
    second = qv.load(tmp_path / "c/0/0").source.error
    assert second.absolute > 1.5 * first.absolute
    x = FIELD.copy()
    x[0, 0] = 281.0
    assert np.linalg.norm(z[:] - x) <= second.absolute
    z[:] = FIELD
    assert qv.load(tmp_path / "c/0/0").source.error.absolute == first.absolute


@pytest.mark.parametrize("reading", [np.s_[:], np.s_[20, 20]])
def test_a_damaged_chunk_is_named(tmp_path, reading):
    z = created(tmp_path, **STRICT)
    z[:] = FIELD
    path = tmp_path / "c/1/1"
    good = path.read_bytes()
    for bad, cause in (
        (good[:40], "damaged"),
        (good[:-3], "cut off"),
        (good + b"x", "behind the end"),
        (b"", "ends too early"),
        (b"\0" * 99, "begins with something else"),
        (good[:7] + b"2" + good[8:], "version 2"),
        ((tmp_path / "c/3/0").read_bytes(), None),
    ):
        path.write_bytes(bad)
        if cause is not None:
            with pytest.raises(ValueError, match=rf"chunk file://.*/c/1/1: .*{cause}"):
                z[reading]
    created(tmp_path / "other", dtype="f4", **STRICT)[:] = FIELD
    path.write_bytes((tmp_path / "other/c/1/1").read_bytes())
    with pytest.raises(ValueError, match=r"/c/1/1: it holds elements of dtype float32"):
        z[reading]
    path.write_bytes(good)
    assert np.abs(z[:] - FIELD).max() <= 1e-3


def test_a_shard_names_its_chunk(tmp_path):
    z = created(tmp_path, shards=(64, 64), **STRICT)
    x = FIELD.copy()
    x[20, 20] = np.nan
    with pytest.raises(ValueError, match=r"1 elements are not finite"):
        z[:] = x


def test_what_is_refused_at_once():
    with pytest.raises(TypeError, match="not int32"):
        created({}, dtype="i4", **STRICT)
    with pytest.raises(ValueError, match="3 bases"):
        created({}, basis=["haar"] * 3, tol=0.1)
    with pytest.raises(ValueError, match="length 12"):
        created({}, basis="haar", chunks=(12, 12), tol=0.1)
    z = created({}, tol=1e-12, storage="int8", basis="cosine")
    with pytest.raises(ValueError, match=r"chunk memory://.*c/\d/\d: tol=1e-12 cannot be met"):
        z[:] = FIELD


def test_codecs_are_described_and_pickled():
    codec = EncodedCodec(tol=1e-3, relative_to="std", basis=qv.blocked("cosine", 8), missing=1e20)
    assert EncodedCodec.from_dict(codec.to_dict()) == codec
    assert pickle.loads(pickle.dumps(codec)) == codec
    with pytest.raises(ValueError, match="does not know level"):
        EncodedCodec.from_dict({"name": "qvarray.encoded", "configuration": {"level": 3}})
    with pytest.raises(NotImplementedError):
        codec.compute_encoded_size(8, None)


def test_entry_points_name_the_codecs():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    for group, cls in (("zarr.codecs", EncodedCodec), ("numcodecs.codecs", Encoded)):
        ((name, target),) = project["entry-points"][group].items()
        module, _, attribute = target.partition(":")
        assert name == "qvarray.encoded"
        assert getattr(import_module(module), attribute) is cls


def test_xarray(tmp_path):
    xr = pytest.importorskip("xarray")
    x = FIELD.astype("f4")
    x[5:9] = np.nan
    data = xr.Dataset({"t": (("x", "y"), x)}, coords={"x": np.arange(50)})
    for number, more in ((np.nan, {}), (1e20, {"_FillValue": np.float32(1e20)})):
        path = tmp_path / str(number)
        serializer = EncodedCodec(max_abs=1e-2, missing=number)
        encoding = {"serializer": serializer, "compressors": None, "chunks": (16, 16), **more}
        data.to_zarr(path, zarr_format=3, consolidated=False, encoding={"t": encoding})
        got = xr.open_zarr(path, consolidated=False, chunks=None).t
        np.testing.assert_allclose(got.values, x, rtol=0, atol=1.1e-2)


# -- numcodecs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_chunks_of_format_2(dtype, order):
    store: dict[str, object] = {}
    x = FIELD.astype(dtype)
    zarr.create_array(
        store,
        shape=x.shape,
        chunks=(16, 16),
        dtype=dtype,
        order=order,
        zarr_format=2,
        compressors=Encoded(max_abs=1e-2),
    )[:] = x
    assert np.abs(zarr.open_array(store)[:] - x).max() <= 1.1e-2


def test_the_bytes_are_the_same(tmp_path):
    created(tmp_path, tol=1e-3, chunks=(50, 45))[:] = FIELD
    data = Encoded(tol=1e-3).encode(FIELD)
    assert (tmp_path / "c/0/0").read_bytes() == data
    out = np.empty_like(FIELD)
    assert Encoded().decode(data, out) is out
    np.testing.assert_array_equal(out, Encoded().decode(bytearray(data)))


def test_codecs_of_numcodecs_are_described():
    codec = Encoded(max_abs=0.1, basis=["cosine", "haar"], missing="keep")
    assert numcodecs.get_codec(codec.get_config()) == codec
    with pytest.raises(TypeError, match="cast the array"):
        codec.encode(b"abcd")
    with pytest.raises(ValueError, match="begins with something else"):
        codec.decode(b"abcd")
