"""Bands of packed integers: the order of frequencies, where it is cut, and what comes back."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qvarray as qv
from qvarray.bases import as_bases
from qvarray.io.bands import ByActivity, Order, cuts
from qvarray.sources.packed import scan_of
from qvarray.sources.scan_order import Scan

from .golden import DATA
from .mutations import parts_of
from .test_forged import load, opened, planes

BASES = ["cosine", "fourier", "standard", "blocked(cosine, 4)", "blocked(haar, 8)"]


def smooth(shape, seed, dtype="f8"):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(shape).cumsum(axis=0).astype(dtype)
    return x + 1j * rng.standard_normal(shape) if x.dtype.kind == "c" else x


def assert_comes_back(order, turned, numbers):
    positions = np.flatnonzero(turned)
    places = order.places(positions, turned[positions])
    got = np.zeros_like(numbers)
    got[places] = turned[positions]
    np.testing.assert_array_equal(got, numbers)


def saved(x, compression="pcodec"):
    file = io.BytesIO()
    qv.save(file, x, compression=compression)
    return file.getvalue()


@settings(max_examples=40)
@given(
    shape=st.lists(st.integers(1, 30), min_size=1, max_size=3),
    bases=st.lists(st.sampled_from(BASES), min_size=3, max_size=3),
    storage=st.sampled_from(["int8", "int16"]),
    tol=st.sampled_from([1e-1, 1e-3, 1e-4]),
    dtype=st.sampled_from(["f8", "c16"]),
    compression=st.sampled_from(["pcodec", "deflate", "none"]),
)
def test_all_of_it_comes_back(shape, bases, storage, tol, dtype, compression):
    x = smooth(shape, 0, dtype)
    bases = ["cosine" if "haar" in b and n % 8 else b for b, n in zip(bases, shape, strict=False)]
    try:
        e = qv.encode(x, bases, tol=tol, storage=storage)
    except ValueError:
        return
    got = qv.load(io.BytesIO(saved(e, compression)))
    np.testing.assert_array_equal(np.asarray(got), np.asarray(e))
    assert got.nbytes == e.nbytes
    assert got.source.error == e.source.error


@pytest.mark.parametrize("shape", [(160, 160), (300, 300), (20, 30, 40), (5, 40_000), (40, 7, 3)])
@pytest.mark.parametrize(
    "basis", ["blocked(cosine, 8)", "blocked(cosine, 3)", "blocked(fourier, 4)"]
)
def test_the_order_by_activity_is_known_to_who_reads(shape, basis):
    rng = np.random.default_rng(0)
    bases = as_bases(basis, len(shape))
    scan = scan_of(shape, bases, bases[0].is_complex)
    order = ByActivity(scan)
    numbers = (rng.standard_cauchy(scan.size) * 3).astype(np.int32)
    turned = order.forward(numbers)
    np.testing.assert_array_equal(np.sort(turned), np.sort(numbers))
    assert_comes_back(order, turned, numbers)


def test_what_is_active_here_and_there_takes_fewer_bytes_by_activity():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((512, 512)) * (
        1 + 50 * (rng.random((64, 64)) > 0.8).repeat(8, 0).repeat(8, 1)
    )
    file = saved(qv.encode(x, "blocked(cosine, 8)", tol=1e-1, storage="int8"))
    header, _ = parts_of(file)
    assert header["root"]["store"]["order"] == "activity"
    even = saved(
        qv.encode(rng.permutation(x.ravel()).reshape(x.shape), "blocked(cosine, 8)", tol=1e-1)
    )
    assert len(file) < 0.8 * len(even)


@pytest.mark.parametrize("shape", [(1,), (7,), (160, 160), (300, 300), (20, 30, 40), (5, 40_000)])
@pytest.mark.parametrize("basis", ["cosine", "blocked(cosine, 8)", "blocked(cosine, 200)"])
def test_the_order_of_files_is_one_of_all_numbers(shape, basis):
    order = Order(Scan(shape, as_bases(basis, len(shape))))
    numbers = np.arange(order.size)
    turned = order.forward(numbers)
    np.testing.assert_array_equal(np.sort(turned), numbers)
    assert_comes_back(order, turned, numbers)


def test_a_cut_is_where_the_distribution_changes():
    rng = np.random.default_rng(0)
    order = Order(Scan((1 << 15,), as_bases("cosine", 1)))
    values = np.zeros(1 << 15, np.int32)
    values[: 1 << 12] = rng.integers(-500, 500, 1 << 12)
    values[1 << 12 : 1 << 13] = rng.integers(-3, 4, 1 << 12)
    positions = np.flatnonzero(values)
    ends, bits = cuts(positions, values[positions], order)
    assert 1e4 < bits < 1e5
    assert ends[0] == 0
    assert ends[-1] == positions.size
    assert int(positions.searchsorted(1 << 12)) in ends
    even = rng.integers(-9, 10, 1 << 15)
    positions = np.flatnonzero(even)
    assert cuts(positions, even[positions], order)[0] == [0, positions.size]
    assert cuts(positions[:0], even[:0], order)[0] == [0]


def test_files_are_shorter_than_what_is_ready_to_compute_on():
    x = smooth((256, 256), 1)
    for basis in ("cosine", "blocked(cosine, 8)"):
        e = qv.encode(x, basis, tol=1e-2)
        assert len(saved(e)) < 0.97 * e.nbytes
    # Of a whole spectrum, the zeros at high frequencies take nothing.
    y = np.add.outer(*np.sin(np.linspace(0, [9, 7], 512)).T)
    e = qv.encode(y, "cosine", tol=1e-3, storage="int16")
    assert len(saved(e)) < 1500


@pytest.mark.parametrize(
    ("field", "values", "cause"),
    [
        ("gaps", np.array([5, 2**64 - 1], np.uint64), "not below"),
        ("gaps", np.array([2**63, 2**63], np.uint64), "not below"),
        ("gaps", np.array([2**40, 2**63 - 2], np.uint64), "not below"),
        ("gaps", np.array([4095, 0], np.uint16), "not below"),
        ("gaps", np.array([-1, 3], np.int16), "int16"),
        ("gaps", np.array([0.5, 3]), "float64"),
        ("gaps", np.array([1], np.uint8), "should be"),
        ("values", np.array([1, 2, 3], np.int8), "should be"),
        ("values", np.array([1, 2], np.int64), "32 bits"),
        ("values", np.array([1, 2], np.uint8), "uint8"),
    ],
)
def test_bands_that_cannot_be(field, values, cause):
    header, streams = opened("bands_listed")
    (band,) = header["root"]["store"]["bands"]
    two = {"gaps": np.array([5, 9], np.uint16), "values": np.array([3, -4], np.int8)}
    for name, numbers in {**two, field: values}.items():
        band[name]["dtype"] = numbers.dtype.str
        streams[band[name]["at"]] = planes(numbers)
    with pytest.raises(ValueError, match=rf"at byte \d+, root\.store\.bands.*{cause}"):
        load(header, streams)


def test_bands_of_an_array_over_the_budget():
    header, streams = opened("bands_listed")
    header["root"]["shape"] = [2**40]
    with pytest.raises(qv.MaterializationError):
        load(header, streams)


def test_bands_are_what_is_written():
    header, _ = parts_of((DATA / "bands_escapes.qv").read_bytes())
    assert {"form", "bands"} <= set(header["root"]["store"]) <= {"form", "group", "order", "bands"}
    assert header["root"]["escapes"] is None
