"""``qvarray encode``: what it reads, writes, tells, and refuses in one line."""

import re
import sys
from importlib import import_module

import numpy as np
import pytest

import qvarray as qv
from qvarray.__main__ import main

zarr = pytest.importorskip("zarr")

T, Y, X = np.ogrid[0:6, 0:40, 0:50]
FIELD = 280 + np.sin(Y * X / 300) + np.cos(T + X / 9)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("a.npy", FIELD)
    return tmp_path


def run(capsys, *arguments):
    status = main(["encode", *map(str, arguments)])
    out = capsys.readouterr()
    return status, out.out, out.err


def error_of(text):
    found = re.search(r"error ([\d.e+-]+) at most", text)
    assert found
    return float(found[1])


@pytest.mark.parametrize("goal", [("--tol", "1e-3"), ("--max-abs", "0.01"), ("--ratio", "8")])
@pytest.mark.parametrize("target", ["b.zarr", "b.qv"])
def test_a_file_of_numpy(capsys, goal, target):
    status, out, _ = run(capsys, "a.npy", target, *goal)
    assert status == 0
    assert out.startswith("a.npy: 6 x 40 x 50 float64, 93.8 KiB to ")
    got = zarr.open_array(target)[:] if target == "b.zarr" else np.asarray(qv.load(target))
    error = np.abs(got - FIELD)
    assert error_of(out) == pytest.approx(error.max(), rel=0.01)
    if goal[0] == "--tol":
        assert error.std() <= 1e-3 * FIELD.std()
    elif goal[0] == "--max-abs":
        assert error.max() <= 0.01


def test_several_variables(capsys):
    np.savez("a.npz", x=FIELD[0], y=FIELD[:, 0].astype("f4"))
    status, out, _ = run(capsys, "a.npz", "b.zarr", "--tol", "0.01", "--chunks", "3,50")
    assert status == 0
    assert [line.split(":")[0] for line in out.splitlines()] == ["x", "y"]
    assert zarr.open_group("b.zarr")["x"].chunks == (3, 50)
    status, _, err = run(capsys, "a.npz", "b.qv", "--tol", "0.01")
    assert status == 1
    assert "has x, y: choose one" in err
    assert run(capsys, "a.npz", "b.qv", "--tol", "0.01", "--variable", "y")[0] == 0
    assert qv.load("b.qv").dtype == np.float32
    status, out, _ = run(capsys, "b.zarr", "c.zarr", "--tol", "0.1", "--variable", "x")
    assert status == 0
    assert out.startswith("x: 40 x 50")


def test_integers_become_floating_point(capsys):
    np.save("i.npy", FIELD.astype("i2"))
    assert run(capsys, "i.npy", "b.zarr", "--tol", "0.01")[0] == 0
    assert zarr.open_array("b.zarr").dtype == np.float32


def test_what_is_missing(capsys):
    x = FIELD.copy()
    x[3, 4, 5], x[0, 0, 0] = np.nan, 1e20
    np.save("n.npy", x)
    status, _, err = run(capsys, "n.npy", "b.zarr", "--tol", "0.01")
    assert status == 1
    assert err.count("\n") == 1
    assert "/0/0/0: 1 elements are not finite" in err
    # Nothing was written that would be in the way.
    status, out, _ = run(capsys, "n.npy", "b.zarr", "--tol", "0.01", "--missing", "1e20")
    assert status == 0
    assert error_of(out) < 0.1
    assert zarr.open_array("b.zarr")[0, 0, 0] == 1e20


@pytest.mark.parametrize("library", ["netCDF4", "h5py"])
def test_netcdf(capsys, library, monkeypatch):
    module = pytest.importorskip(library)
    with module.Dataset("a.nc", "w") if library == "netCDF4" else module.File("a.nc", "w") as file:
        if library == "h5py":
            file["air"] = FIELD
            file["t"] = np.arange(6.0)
            file["t"].make_scale("t")
        else:
            for name, n in zip("tyx", FIELD.shape, strict=True):
                file.createDimension(name, n)
            file.createVariable("t", "f8", ("t",))[:] = np.arange(6.0)
            file.createVariable("air", "f8", ("t", "y", "x"))[:] = FIELD

    def only(name):
        if name == "netCDF4" and library != "netCDF4":
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr("qvarray.tools.field_files.import_module", only)
    status, out, err = run(capsys, "a.nc", "b.zarr", "--max-abs", "0.01")
    assert status == 0, err
    assert out.startswith("air: 6 x 40 x 50 float64")
    assert len(out.splitlines()) == 1
    z = zarr.open_group("b.zarr")["air"]
    assert np.abs(z[:] - FIELD).max() <= 0.01
    assert z.metadata.dimension_names == (("t", "y", "x") if library == "netCDF4" else None)


PACKINGS = {
    "plain": {},
    "scaled": {"dtype": "i2", "scale_factor": 0.001, "add_offset": 280.0, "_FillValue": -32767},
    "filled": {"_FillValue": -999.0},
    "single": {"dtype": "f4"},
}


@pytest.mark.parametrize("source", ["a.nc", "zarr 3", "zarr 2"])
def test_a_file_by_the_conventions_of_netcdf(capsys, source):
    """Numbers are unpacked, coordinates are the same bits, and attributes are kept."""
    xr = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4")
    field = FIELD[:, :16, :20].copy()
    field[2, 3:7] = np.nan
    said = {"units": "K", "levels": [1, 2], "note": "air"}
    data = xr.Dataset(
        dict.fromkeys(PACKINGS, (("t", "y", "x"), field, said)),
        coords={
            "t": np.datetime64("2020-01-01", "ns") + np.arange(6) * np.timedelta64(1, "D"),
            "y": np.sqrt(np.arange(16)),
            "x": np.arange(20, dtype="i2"),
        },
        attrs={"title": "a title", "version": 3},
    )
    if source == "a.nc":
        data.to_netcdf("a.nc", engine="netcdf4", encoding=PACKINGS)
    else:
        source, form = "a.zarr", int(source[-1])
        data.to_zarr(source, zarr_format=form, consolidated=False, encoding=PACKINGS)
    status, out, err = run(capsys, source, "b.zarr", "--max-abs", "0.01", "--missing", "keep")
    assert status == 0, err
    found = {line.split(":")[0]: line.split(",")[0].split()[-1] for line in out.splitlines()}
    assert found == {
        name: np.dtype(packing.get("dtype", "f8")).name for name, packing in PACKINGS.items()
    }
    got = xr.open_zarr("b.zarr", consolidated=False).load()
    for name in PACKINGS:
        np.testing.assert_array_equal(np.isnan(got[name]), np.isnan(field))
        assert np.nanmax(np.abs(got[name].astype("f8") - field)) <= 0.0106
        assert got[name].attrs == said
    for name in "tyx":
        np.testing.assert_array_equal(got[name], data[name])
        assert got[name].dtype.kind == data[name].dtype.kind
    assert got.attrs == data.attrs


@pytest.mark.parametrize("library", ["netCDF4", "h5py"])
def test_groups_in_files(capsys, library):
    module = pytest.importorskip(library)
    if library == "h5py":
        with module.File("a.h5", "w") as file:
            file["in/air"] = FIELD
    else:
        with module.Dataset("a.h5", "w") as file:
            group = file.createGroup("in")
            for name, n in zip("tyx", FIELD.shape, strict=True):
                group.createDimension(name, n)
            group.createVariable("y", "f8", ("y",))[:] = np.arange(40.0)
            group.createVariable("air", "f8", ("t", "y", "x"))[:] = FIELD
    status, out, err = run(capsys, "a.h5", "b.zarr", "--max-abs", "0.01")
    assert status == 0, err
    assert [line.split(":")[0] for line in out.splitlines()] == ["in/air"]
    assert np.abs(zarr.open_array("b.zarr/in/air")[:] - FIELD).max() <= 0.01
    if library == "netCDF4":
        np.testing.assert_array_equal(zarr.open_array("b.zarr/in/y")[:], np.arange(40.0))


def test_integers_are_counted_as_the_file_has_them(capsys):
    np.save("i.npy", (100 * FIELD).astype("i2"))
    status, out, _ = run(capsys, "i.npy", "b.qv", "--tol", "0.01")
    assert status == 0
    assert out.startswith("i.npy: 6 x 40 x 50 int16, 23.4 KiB to ")


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("none.npy", "b.zarr", "--tol", "0.1"), "No such file"),
        (("text", "b.zarr", "--tol", "0.1"), "text is no file of NumPy, NetCDF, HDF5 or zarr"),
        (("cut.npy", "b.zarr", "--tol", "0.1"), "cut.npy is damaged"),
        (("words.npy", "b.zarr", "--tol", "0.1"), "words.npy has no variable of numbers"),
        ((".", "b.zarr", "--tol", "0.1"), "is a folder, and no store"),
        (("empty.zarr", "b.zarr", "--tol", "0.1"), "is no store of zarr"),
        (("a.npy", "b.zarr", "--tol", "5"), "5 % are 0.05"),
        (("a.npy", "b.zarr", "--tol", "0.1", "--basis", "foo"), "unknown basis"),
        (("a.npy", "b.zarr", "--tol", "0.1", "--basis", "cosine,cosine"), "2 bases"),
        (("a.npy", "b.zarr", "--tol", "0.1", "--chunks", "3,3"), "3 dimensions"),
        (("a.npy", "b.qv", "--tol", "0.1", "--chunks", "3,3,3"), "only a store of zarr has chunks"),
        (("a.npy", "a.npy", "--tol", "0.1"), "--overwrite replaces it"),
        (("a.npy", "no/b.qv", "--tol", "0.1"), "No such file"),
        (("a.npy", "b.zarr", "--tol", "1e-9", "--storage", "int8"), "cannot be met"),
    ],
)
def test_bad_input_is_one_line(folder, capsys, arguments, cause):
    (folder / "text").write_text("hello")
    (folder / "cut.npy").write_bytes((folder / "a.npy").read_bytes()[:999])
    np.save("words.npy", np.array(["a", "b"]))
    (folder / "empty.zarr").mkdir()
    status, out, err = run(capsys, *arguments)
    assert status == 1
    assert not out
    assert re.fullmatch(r"qvarray encode: [^\n]+\n", err)
    assert cause in err


@pytest.mark.parametrize("arguments", [[], ["--tol", "x"], ["--tol", "0.1", "--missing", "drop"]])
def test_arguments_that_make_no_sense(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        run(capsys, "a.npy", "b.zarr", *arguments)


def test_what_is_there_is_kept(capsys):
    assert run(capsys, "a.npy", "b.zarr", "--tol", "0.01")[0] == 0
    before = zarr.open_array("b.zarr")[:]
    status, _, err = run(capsys, "a.npy", "b.zarr", "--tol", "0.1")
    assert status == 1
    assert "there is an array" in err
    np.testing.assert_array_equal(zarr.open_array("b.zarr")[:], before)
    assert run(capsys, "a.npy", "b.zarr", "--tol", "0.1", "--overwrite")[0] == 0
    assert (zarr.open_array("b.zarr")[:] != before).any()


def test_a_file_over_the_budget_is_read_in_pieces(capsys):
    x = FIELD.reshape(240, 50)
    np.save("a.npy", x)
    with qv.options(memory_budget="400 kB"):
        status, out, err = run(capsys, "a.npy", "b.qv", "--tol", "0.01", "--relative-to", "norm")
    assert status == 0, err
    assert "of the norm" in out
    got = np.asarray(qv.load("b.qv"))
    assert np.linalg.norm(got - x) <= 0.01 * np.linalg.norm(x)


def test_messages_name_the_options_of_the_command(capsys):
    x = FIELD.copy()
    x[3, 4, 5] = np.nan
    np.save("n.npy", x)
    _, _, err = run(capsys, "n.npy", "b.zarr", "--tol", "0.01")
    assert "--missing keep keeps them" in err
    assert run(capsys, "a.npy", "c.zarr", "--tol", "0.01")[0] == 0
    assert "--overwrite replaces it" in run(capsys, "a.npy", "c.zarr", "--tol", "0.1")[2]
    goal = ("--tol", "1e-9", "--storage", "int8")
    assert "cannot be met with --storage int8" in run(capsys, "a.npy", "d.qv", *goal)[2]


def test_what_hdf5_says_of_a_variable(capsys, monkeypatch):
    """Integers are unsigned in their byte order, and attributes may have the names of scales'."""
    h5py = pytest.importorskip("h5py")
    monkeypatch.setitem(sys.modules, "netCDF4", None)
    x = (40000 + 20 * FIELD[0]).astype("u2")
    with h5py.File("a.h5", "w") as file:
        file["x"] = x.view("i2").astype(">i2")
        file["x"].attrs.update({"_Unsigned": np.bytes_("true"), "NAME": "temperature"})
        file["nothing"] = h5py.Empty("f8")
    status, _, err = run(capsys, "a.h5", "b.zarr", "--max-abs", "0.5")
    assert status == 0, err
    z = zarr.open_group("b.zarr")["x"]
    assert np.abs(z[:] - x.astype("f8")).max() <= 0.5
    assert z.attrs["NAME"] == "temperature"
