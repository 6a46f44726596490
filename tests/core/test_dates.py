"""Dates and their differences as elements: of any unit, NaT as NaN is, in the standard basis."""

import datetime as dt
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core.fill import common_fill
from qvarray.core.values import differs_from, differs_from_each, same_value, scalar_of, zero_of

from ..twin import DATES, DTYPES, arrays, assert_same, check, nat, shapes, twins, units

UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "25s"]
EVERY = [np.dtype(f"{kind}8[{unit}]") for kind in "Mm" for unit in UNITS] + [np.dtype("m8")]
N = 2**40


@pytest.mark.parametrize("dtype", [*EVERY, np.dtype("M8")], ids=str)
def test_scalars(dtype):
    zero, missing = zero_of(dtype), nat(dtype)
    assert zero.dtype == missing.dtype == scalar_of(missing, dtype).dtype == dtype
    assert zero.view("i8") == 0
    assert same_value(missing, missing)
    assert not same_value(zero, missing)
    values = np.array([missing, zero, missing], dtype)
    assert differs_from(values, missing).tolist() == [False, True, False]
    assert differs_from(values, zero).tolist() == [True, False, True]
    assert not differs_from_each(values, values).any()
    assert np.isnat(common_fill(values[::2]))
    assert common_fill(values) is None
    assert common_fill(values[1:2]).dtype == dtype


@given(twins(EVERY))
def test_conversions(pair):
    for dtype in [*EVERY[::4], "i8", "f8", "?", "c16", "m8", "M8", "M8[D]", "m8[ns]"]:
        check(lambda x: x.astype(dtype), pair)  # noqa: B023
    check(lambda x: x.astype("M8[D]", casting="safe"), pair)
    check(lambda x: x.view("i8"), pair)
    check(lambda x: x.view("i8").view(x.dtype), pair)
    check(lambda x: x.view("M8[h]"), pair)
    check(lambda x: x.tolist(), pair)
    check(lambda x: x.copy(), pair)
    check(lambda x: x.real, pair)
    check(lambda x: x.imag, pair)
    for like in (np.zeros_like, np.empty_like, np.ones_like):
        check(lambda x: like(x).shape, pair)  # noqa: B023
        check(lambda x: like(x, "M8[s]").dtype, pair)  # noqa: B023
    assert_same(pair[0], pickle.loads(pickle.dumps(pair[1])))


SIDES = st.sampled_from([(3,), (1,), ()])


@given(twins(EVERY, SIDES), twins([*EVERY, *DTYPES], SIDES))
def test_two_of_any_units(one, other):
    calls = (np.add, np.subtract, np.multiply, np.less, np.equal, np.maximum, np.fmin, np.divmod)
    for ufunc in (*calls, np.true_divide, np.floor_divide, np.remainder, np.logical_and):
        check(ufunc, one, other)
    check(lambda x, y: np.concatenate([x.ravel(), y.ravel()]), one, other)
    check(lambda x, y: np.where(x == x, x, y), one, other)


VALUES = [
    "2011-02-28",
    "NaT",
    np.datetime64("2020"),
    np.datetime64("NaT"),
    np.timedelta64(5, "D"),
    dt.date(2001, 2, 3),
    dt.datetime(2001, 2, 3, 4),
    dt.timedelta(3),
    7,
    2.5,
    True,
    None,
    ["1999-01-01"],
    [3],
    [2.5],
]


@given(twins(EVERY[:-1], st.sampled_from([(3,), (2, 3), (0,)])), st.sampled_from(VALUES), st.data())
def test_writes(pair, value, data):
    other = data.draw(twins([*EVERY[:-1], np.dtype("i8"), np.dtype("f8")], st.just(pair[0].shape)))

    def written(write):
        def call(x, y):
            out = x.copy()
            write(out, y)
            return out

        return call

    def everything(x, _):
        x[...] = value

    def part(x, _):
        x[..., :2] = value

    def one(x, _):
        x[(0,) * x.ndim] = value if not isinstance(value, list) else value[0]

    def by_mask(x, _):
        x[x == x] = value

    def array(x, y):
        x[...] = y

    def some(x, y):
        x[:1] = y[:1]

    def filled(x, _):
        x.fill(value)

    for write in (everything, part, one, by_mask, array, some, filled):
        check(written(write), pair, other)


@given(arrays(EVERY, shapes(5, 2)))
def test_files(tmp_path_factory, x):
    path = tmp_path_factory.mktemp("dates") / "x.qv"
    for fill in [*x.ravel()[:2], zero_of(x.dtype), nat(x.dtype)]:
        y = qv.array(x, fill_value=fill)
        qv.save(path, y)
        assert_same(x, qv.load(path))


@given(twins(EVERY))
def test_display(pair):
    x, y = pair
    assert str(y) == str(x)
    assert str(x.dtype) in repr(y)
    assert "VirtualQArray" in y._repr_html_()


def test_fill_values():
    days = np.array(["2011-01-01", "NaT", "1970-01-01"] * 40, "M8[D]")
    for fill, nactive in [("NaT", 80), ("2011-01-01", 80), (0, 80), (np.datetime64("NaT"), 80)]:
        x = qv.asarray(days[:], fill_value=fill)
        assert x.fill_value.dtype == days.dtype
        assert x.nactive == (nactive if x.active_indices is not None else days.size)
        assert_same(days, x)
    x = qv.asarray(np.full(1000, "NaT", "M8[s]"), fill_value="NaT")
    assert x.nactive == x.nbytes == 0
    x = qv.asarray(np.full(1000, 7, "m8[s]"), fill_value=dt.timedelta(seconds=7))
    assert x.nactive == 0
    for fill in (3, 2.5, np.timedelta64(3), True, 1j):
        with pytest.raises(TypeError, match="is not a value of dtype"):
            qv.asarray(days, fill_value=fill)
    for fill in (np.datetime64("2011"), np.timedelta64(1, "D")):
        with pytest.raises(TypeError, match="is not a value of dtype"):
            qv.asarray([1.0, 2.0], fill_value=fill)
    with pytest.raises(ValueError, match="is not a value of dtype"):
        qv.asarray(days, fill_value=np.datetime64("2011-01-01T12"))
    with pytest.raises(ValueError, match="arsing"):
        qv.asarray(days, fill_value="noon")


def test_constructors():
    for make in (np.zeros, np.ones, qv.zeros, qv.ones):
        for dtype in ("M8[D]", "m8[ns]", "m8"):
            expected = getattr(np, make.__name__)(3, dtype)
            assert_same(expected, qv.asarray(make(3, dtype)))
    assert qv.empty((2, 0), dtype="M8[D]").dtype == "M8[D]"
    assert_same(np.full(3, np.datetime64("2011")), qv.full(3, np.datetime64("2011")))
    assert_same(np.full(3, "NaT", "M8[D]"), qv.full(3, np.datetime64("NaT", "D")))
    first, last = np.datetime64("2011-01-01"), np.datetime64("2011-01-09")
    assert_same(np.arange(first, last), np.arange(first, last, like=qv.zeros(1)))
    x = qv.array([dt.date(2011, 1, 1), dt.date(2012, 1, 1)], "M8[D]")
    assert x.tolist() == [dt.date(2011, 1, 1), dt.date(2012, 1, 1)]
    assert qv.array(np.array(["2011"], ">M8[D]")).dtype == ">M8[D]"
    with pytest.raises(TypeError, match="numbers, bool or dates"):
        qv.array([dt.date(2011, 1, 1)])


def test_coordinates():
    days = np.array(["2011-01-01", "2012-01-01"], "M8[D]")
    x = qv.from_coordinates([5, 2], days, 9, fill_value="NaT")
    assert_same(np.array(["NaT"] * 2 + ["2012"] + ["NaT"] * 2 + ["2011"] + ["NaT"] * 3, "M8[D]"), x)
    with pytest.raises(TypeError):
        qv.from_coordinates([5, 5], days, 9)
    assert qv.from_coordinates([5, 5], days - days[0], 9)[5] == np.timedelta64(365, "D")


@pytest.mark.parametrize("dtype", DATES, ids=str)
def test_other_bases_refuse(dtype):
    x = qv.asarray(np.array([1, 2, 3, 4], dtype))
    for call in (
        lambda: x.to_basis("walsh"),
        lambda: qv.from_eigenvalues(x, [0, 1, 2, 3], 8, basis="cosine"),
        lambda: qv.from_eigenvalues([1.0], [0], 8, basis="cosine", dtype=dtype),
        lambda: qv.identity(4, dtype, basis="walsh"),
        lambda: qv.circulant(x),
        lambda: qv.encode(x, tol=0.1),
        lambda: qv.fwht(x),
        lambda: qv.dct(x),
        lambda: np.fft.fft(x),
        lambda: x @ x[:, None],
    ):
        with pytest.raises(TypeError):
            call()


def huge(kind="M8[s]", fill="NaT"):
    where = [3, 4, 2**39, N - 1]
    return qv.from_coordinates(where, np.array([50, 7, 7, -3], kind), N, fill_value=fill)


def test_large_arrays_in_what_is_stored():
    with qv.options(memory_budget=2**24):
        x = huge(fill=np.datetime64(9, "s"))
        at = lambda count: units(x.dtype, count)  # noqa: E731
        assert (x.min(), x.max(), np.ptp(x)) == (at(-3), at(50), np.timedelta64(53, "s"))
        assert (x.argmin(), x.argmax()) == (N - 1, 3)
        assert (x > at(9)).sum() == 1
        assert (x == at(7)).nactive == 2
        assert (x != x).sum() == 0
        y = huge()
        assert np.isnat(y).sum() == N - 4
        assert np.isfinite(y).sum() == 4
        assert np.isnat(y.min())
        assert (np.nanmin(y), np.nanmax(y)) == (at(-3), at(50))
        assert (y < at(9)).sum() == 3
        assert_same(np.array([-3, 7, 50, "NaT"], "M8[s]"), np.unique(y))
        assert_same(np.array([-3, 7, 9, 50], "M8[s]"), np.unique(x))
        assert np.diff(x).nactive == 6
        assert np.diff(x)[3] == np.timedelta64(-43, "s")
        assert np.sort(y)[:4].tolist() == np.array([-3, 7, 7, 50], "M8[s]").tolist()
        assert np.isnat(np.sort(y)[4])
        assert np.sort(x)[3] == at(9)
        assert np.searchsorted(np.sort(x), at(9)) == 3
        step = huge("m8[s]", 0)
        assert step.sum() == np.timedelta64(61, "s")
        assert huge("m8[s]", np.timedelta64(1, "s")).sum() == np.timedelta64(61 + N - 4, "s")
        assert (x + step)[3] == at(100)
        assert (step * 2.5)[3] == np.timedelta64(125, "s")
        assert (step / np.timedelta64(1, "m"))[3] == 50 / 60
        assert np.median(step) == np.timedelta64(0, "s")
        assert np.quantile(x, 0.0) == at(-3)
        assert np.clip(x, at(0), at(9))[N - 1] == at(0)
        assert np.isin(x, [at(7)]).sum() == 2
        assert np.where(np.isnat(y), at(1), y)[5] == at(1)
        assert np.nonzero(step)[0].tolist() == [3, 4, 2**39, N - 1]
        z = x.copy()
        z[10**6 : 10**6 + 999] = "2024-02-29"
        z[5] = "NaT"
        assert z[10**6 + 50] == np.datetime64("2024-02-29")
        assert np.isnat(z).sum() == 1
        assert x.view("i8")[3] == 50
        assert x.astype("M8[m]")[3] == np.datetime64(0, "m")


def test_refused_at_large_sizes_as_numpy_does():
    x = huge()
    for call in (lambda: x + x, lambda: x.sum(), lambda: x @ x, lambda: np.fft.fft(x)):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(qv.MaterializationError):
        np.busday_count(x.astype("M8[D]"), np.datetime64("2011-01-01"))
