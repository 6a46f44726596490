"""Sparse arrays read from files and tables of coordinates, and what is wrong with some of them."""

import bz2
import gzip

import numpy as np
import pytest
import scipy.io
import scipy.sparse as sp

import qvarray as qv

pd = pytest.importorskip("pandas")

A = sp.random_array((50, 60), density=0.05, random_state=0, format="coo")
TABLE = pd.DataFrame({"r": A.coords[0], "c": A.coords[1], "v": A.data})


def same(x, expected=A):
    assert isinstance(x, qv.VirtualQArray)
    assert x.shape == expected.shape
    assert x.nactive == expected.nnz
    # pandas 2 reads the last digit of text otherwise.
    return np.allclose(x.todense(), expected.toarray(), rtol=1e-12, atol=0)


def test_matrix_market(tmp_path):
    path = tmp_path / "a.mtx"
    scipy.io.mmwrite(path, A)
    assert same(qv.read_coordinates(path))
    for module, suffix in ((gzip, ".gz"), (bz2, ".bz2")):
        packed = tmp_path / f"a.mtx{suffix}"
        packed.write_bytes(module.compress(path.read_bytes()))
        assert same(qv.read_coordinates(str(packed)))


@pytest.mark.parametrize(
    ("kind", "lines", "expected"),
    [
        ("coordinate real general", "2 2 2\n1 1 5\n1 1 2\n", [[7, 0], [0, 0]]),
        ("coordinate pattern symmetric", "2 2 2\n2 1\n1 1\n", [[1, 1], [1, 0]]),
        ("array real general", "2 2\n1\n2\n3\n4\n", [[1, 3], [2, 4]]),
        ("coordinate real general", "2 2 2\n1 1 5\n3 1 2\n", "Line 4: Row index out of bounds"),
        ("coordinate real general", "2 2 2\n1 1 5\n", "Truncated file"),
        ("coordinate real general", "2 2 1\n1 1 x\n", "Line 3"),
    ],
)
def test_matrix_market_of_other_kinds(tmp_path, kind, lines, expected):
    path = tmp_path / "a.mtx"
    path.write_text(f"%%MatrixMarket matrix {kind}\n{lines}")
    if isinstance(expected, str):
        with pytest.raises(ValueError, match=expected):
            qv.read_coordinates(path)
    else:
        assert qv.read_coordinates(path).todense().tolist() == expected


@pytest.mark.parametrize("kind", ["bsr", "coo", "csc", "csr", "dia"])
def test_npz_of_scipy(tmp_path, kind):
    sp.save_npz(tmp_path / "a.npz", A.asformat(kind))
    assert same(qv.read_coordinates(tmp_path / "a.npz"))


def test_npz_of_sparse(tmp_path):
    sparse = pytest.importorskip("sparse")
    a = sparse.COO(
        np.array([[0, 2], [1, 1], [3, 0]]), np.array([1.0, 2.0]), (4, 4, 4), fill_value=1.5
    )
    sparse.save_npz(tmp_path / "a.npz", a)
    x = qv.read_coordinates(tmp_path / "a.npz")
    assert x.fill_value == 1.5
    assert np.array_equal(x.todense(), a.todense())


def test_files_of_something_else(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.ones(3))
    (tmp_path / "b.npz").write_bytes(b"abc")
    with pytest.raises(ValueError, match=r"a\.npz holds no sparse array: it has x"):
        qv.read_coordinates(tmp_path / "a.npz")
    with pytest.raises(ValueError, match=r"b\.npz is no archive of arrays"):
        qv.read_coordinates(tmp_path / "b.npz")
    with pytest.raises(ValueError, match=r"c.txt: read_coordinates reads .mtx, .npz"):
        qv.read_coordinates(tmp_path / "c.txt")
    for name in ("none.npz", "none.mtx", "none.csv"):
        with pytest.raises(FileNotFoundError):
            qv.read_coordinates(tmp_path / name)
    with pytest.raises(TypeError, match="labels, fill_value and sum_duplicates are of tables"):
        qv.read_coordinates(tmp_path / "a.mtx", labels=True)


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv"])
def test_text(tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    TABLE.assign(more="x").to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ",")
    assert same(qv.read_coordinates(path, A.shape, columns=["r", "c", "v"]))


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_arrow(tmp_path, kind):
    pyarrow = pytest.importorskip("pyarrow")
    path = tmp_path / f"t.{kind}"
    getattr(TABLE, f"to_{kind}")(path)
    assert same(qv.read_coordinates(path, A.shape))
    assert same(qv.read_coordinates(path, A.shape, columns=["r", "c", "v"]))
    assert same(qv.read_coordinates(pyarrow.Table.from_pandas(TABLE), A.shape))


def test_tables():
    assert same(qv.read_coordinates(TABLE, A.shape))
    assert qv.read_coordinates(TABLE).shape == (A.coords[0].max() + 1, A.coords[1].max() + 1)
    sums = qv.read_coordinates(TABLE, columns=["c", "v"])
    assert np.allclose(sums, A.sum(axis=0)[: sums.size])
    assert qv.read_coordinates(TABLE[:0]).shape == (0, 0)
    mixed = TABLE.sample(frac=1, random_state=0)
    x, (rows, columns) = qv.read_coordinates(mixed, labels=True)
    assert np.array_equal(x.todense(), A.toarray()[np.ix_(rows, columns)])
    days = pd.DataFrame({"day": pd.to_datetime(["2024-02-29", "2023-01-01"]), "v": [1, 2]})
    x, (found,) = qv.read_coordinates(days, labels=True)
    assert found.tolist() == sorted(days.day)
    assert x.todense().tolist() == [2, 1]


@pytest.mark.parametrize(
    ("table", "how", "error", "words"),
    [
        (TABLE, {"columns": ["c", "w"]}, ValueError, "no column 'w': there are r, c, v"),
        (TABLE, {"columns": ["v"]}, ValueError, r"one of values, got \['v'\]"),
        (TABLE, {"shape": (50, 10)}, IndexError, r"coords\[1\]: \d+ is out of bounds for size 10"),
        (TABLE.assign(r=-1), {"shape": (50, 60)}, IndexError, "-1 is out of bounds"),
        (TABLE.astype({"r": float}), {}, TypeError, "integers, got dtype float64"),
        (TABLE.astype({"r": str}), {}, TypeError, "such as '.*'; labels=True takes them"),
        (TABLE.assign(v="x"), {}, TypeError, "numbers, bool or dates, got dtype .*such as 'x'"),
        (TABLE.assign(r=1, c=2), {"sum_duplicates": False}, ValueError, r"\(1, 2\) are duplicated"),
        (
            TABLE.assign(r="a", c=2),
            {"sum_duplicates": False, "labels": True},
            ValueError,
            r"\('a', 2\) are duplicated",
        ),
        (TABLE.assign(r=None), {"labels": True}, ValueError, "label at position 0 is missing"),
        (TABLE, {"labels": [[1, 1], None]}, ValueError, r"labels\[0\]: 1 is there more than once"),
        (TABLE, {"labels": [[99], None]}, ValueError, r"coords\[0\]: \d+ is not among the labels"),
        (TABLE, {"labels": [None]}, ValueError, "labels for 1 axes, but coords has 2"),
        (7, {}, TypeError, "takes a path or a table, got int"),
    ],
)
def test_tables_that_are_wrong(table, how, error, words):
    with pytest.raises(error, match=words):
        qv.read_coordinates(table, **how)


def test_columns_that_are_no_positions():
    pd = pytest.importorskip("pandas")
    names = pd.DataFrame({"u": ["eve", "bob"], "v": [0, 1], "c": [1, 2]})
    dates = pd.DataFrame({"u": pd.to_datetime(["2020", "2021"]), "v": [0, 1], "c": [1, 2]})
    for table in (names, dates):
        with pytest.raises(TypeError, match=r"coords\[0\] must be integers.*labels=True"):
            qv.read_coordinates(table)
    mixed = pd.DataFrame({"u": np.array([3, 4], np.uint64), "v": [0, 1], "c": [1, 2]})
    assert qv.read_coordinates(mixed).shape == (5, 2)


def test_options_of_tables_are_not_of_matrices(tmp_path):
    path = tmp_path / "a.mtx"
    scipy.io.mmwrite(path, sp.eye_array(3).tocoo())
    for options in ({"fill_value": 5.0}, {"sum_duplicates": False}):
        with pytest.raises(TypeError, match="are of tables"):
            qv.read_coordinates(path, **options)


def test_compressed_arrays_of_sparse(tmp_path):
    sparse = pytest.importorskip("sparse")
    a = sparse.GCXS.from_numpy(np.eye(4) * 3)
    sparse.save_npz(tmp_path / "a.npz", a)
    assert np.array_equal(qv.read_coordinates(tmp_path / "a.npz").todense(), np.eye(4) * 3)
