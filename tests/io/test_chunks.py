"""Chunks of stored arrays: what is encoded, what is kept, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import qvarray as qv
from qvarray.io.chunks import ChunkCode, bound_of
from qvarray.io.missing import filled_in, without_padding

SIDES = st.integers(1, 12)
REFERENCES: dict[str, Callable[[Any], Any]] = {
    "norm": lambda x: np.sqrt(np.mean(np.abs(x) ** 2)),
    "std": np.std,
    "range": np.ptp,
}


def field(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = 280 + rng.standard_normal(shape).cumsum(axis=0)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.standard_normal(shape).cumsum(axis=-1)
    return x.astype(dtype)


def round_trip(code, x, fill_value=None):
    read = code.read(code.written(code.encoded(x, fill_value)), x.shape, x.dtype)
    return code.decoded(read, x.shape, fill_value)


@settings(max_examples=25)
@given(
    shape=st.tuples(SIDES, SIDES),
    part=st.floats(0, 1),
    relative_to=st.sampled_from(sorted(REFERENCES)),
    dtype=st.sampled_from(["f4", "f8", "c16"]),
    seed=st.integers(0, 99),
)
def test_what_is_missing_is_kept_and_the_rest_keeps_the_tolerance(
    shape, part, relative_to, dtype, seed
):
    if dtype == "c16" and relative_to == "range":
        relative_to = "std"
    x = field(shape, dtype, seed)
    kinds = np.array([np.nan, np.inf, -np.inf, 1e20]).astype(dtype)
    rng = np.random.default_rng(seed)
    missing = rng.random(shape) < part
    x[missing] = rng.choice(kinds, np.count_nonzero(missing))
    code = ChunkCode(tol=0.02, relative_to=relative_to, missing=1e20)
    got = round_trip(code, x)
    np.testing.assert_array_equal(got[missing], x[missing])
    known = x[~missing].astype(np.result_type(dtype, "f8"))
    if known.size:
        error = REFERENCES["norm"](got[~missing] - known)
        assert error <= 0.02 * REFERENCES[relative_to](known) * (1 + 1e-5) + 1e-4 * (dtype == "f4")


@settings(max_examples=20)
@given(st.tuples(SIDES, SIDES, SIDES), st.tuples(SIDES, SIDES, SIDES), st.booleans())
def test_padding_costs_nothing_and_comes_back(inner, more, is_nan):
    fill_value = np.nan if is_nan else -7.5
    x = np.full(tuple(map(sum, zip(inner, more, strict=True))), fill_value)
    part = tuple(map(slice, inner))
    x[part] = field(inner, "f8")
    code = ChunkCode(max_abs=1e-3)
    assert code.encoded(x, fill_value).shape == inner
    got = round_trip(code, x, fill_value)
    assert np.abs(got[part] - x[part]).max() <= 1e-3
    got[part] = x[part]
    np.testing.assert_array_equal(got, x)


@pytest.mark.parametrize("fill_value", [np.nan, -7.5])
def test_padding_of_lengths_that_the_basis_cannot_have_is_missing(fill_value):
    x = np.full((16, 16), fill_value)
    x[:5, :9] = field((5, 9), "f8")
    code = ChunkCode(tol=1e-3, relative_to="std", basis=("haar", "cosine"))
    assert code.encoded(x, fill_value).shape == (16, 9)
    got = round_trip(code, x, fill_value)
    assert np.std(got[:5, :9] - x[:5, :9]) <= 1e-3 * np.std(x[:5, :9])
    got[:5, :9] = x[:5, :9]
    np.testing.assert_array_equal(got, x)
    x[2, 3] = np.nan
    with pytest.raises(ValueError, match=r"1 elements are not finite, the first is nan at \(2, 3"):
        round_trip(code, x, fill_value)


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (1,), (1000,)])
@pytest.mark.parametrize("fill_value", [None, 0.0, np.nan, 3.5])
def test_sizes(shape, fill_value):
    x = np.full(shape, 3.5)
    got = round_trip(ChunkCode(tol=1e-6), x, fill_value)
    np.testing.assert_allclose(got, x, rtol=1e-5)


@given(hnp.arrays(np.bool_, st.tuples(SIDES, SIDES, SIDES)), st.integers(0, 99))
def test_means_fill_in(missing, seed):
    x = field(missing.shape, "f8", seed)
    known = x[~missing]
    x[missing] = np.nan
    got = filled_in(x, missing)
    np.testing.assert_array_equal(got[~missing], known)
    if known.size:
        assert got.min() >= known.min() - 1e-9
        assert got.max() <= known.max() + 1e-9
    else:
        assert not got.any()


def test_a_field_without_an_end():
    assert without_padding(np.zeros((3, 4)), 0.0) == (0, 0)
    assert without_padding(np.float64(2.0), 0.0) == ()


def test_settings_are_text():
    for code in (
        ChunkCode(),
        ChunkCode(tol=1e-3, relative_to="std", missing="keep"),
        ChunkCode(max_abs=2, basis=qv.blocked("cosine", 8), storage="int16", compression="none"),
        ChunkCode(ratio=8, basis=["cosine", qv.blocked("haar", 4)], missing=1e20),
    ):
        assert ChunkCode.from_dict(json.loads(json.dumps(code.to_dict()))) == code
    with pytest.raises(ValueError, match="does not know wavelet of"):
        ChunkCode.from_dict({"tol": 0.1, "wavelet": "db4"})


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"tol": 5}, "at most 1"),
        ({"tol": 0.1, "max_abs": 1.0}, "give one of"),
        ({"basis": "foo"}, "unknown basis"),
        ({"storage": "int4"}, "storage must be one of"),
        ({"missing": "drop"}, "missing must be"),
        ({"compression": "zip"}, "none of"),
    ],
)
def test_settings_that_make_no_sense(given, cause):
    with pytest.raises(ValueError, match=cause):
        ChunkCode(**given)


def test_what_cannot_be_encoded():
    with pytest.raises(TypeError, match="not int32"):
        ChunkCode(tol=0.1).encoded(np.arange(9, dtype="i4"))
    with pytest.raises(ValueError, match="3 bases"):
        ChunkCode(tol=0.1, basis=("haar",) * 3).encoded(np.ones((4, 4)))
    x = field((8, 8), "f8")
    x[2, 5] = np.inf
    with pytest.raises(ValueError, match=r"1 elements are not finite, the first is inf at \(2"):
        ChunkCode(tol=0.1).encoded(x)


def test_what_is_no_chunk_of_the_array():
    code = ChunkCode(tol=0.1)
    data = code.written(code.encoded(field((8, 8), "f4")))
    for bad, shape, dtype, cause in (
        (data, (8, 8), "f8", "dtype float32, where float64"),
        (data, (8, 4), "f4", r"shape \(8, 8\) in a chunk of \(8, 4\)"),
        (data, (8,), "f4", "in a chunk of"),
        (data + b"x", (8, 8), "f4", "1 bytes are behind"),
        (data[:-1], (8, 8), "f4", "cut off"),
        (b"", (8, 8), "f4", "ends too early"),
        (data[:7] + b"9" + data[8:], (8, 8), "f4", "version 9"),
        (data[:-2] + bytes([data[-2] ^ 1]) + data[-1:], (8, 8), "f4", "checksum"),
        (code.written(qv.zeros((2**30, 2**30), dtype="f4")), (8, 8), "f4", "in a chunk of"),
    ):
        with pytest.raises(ValueError, match=cause):
            code.read(bad, shape, np.dtype(dtype))


def test_errors_add_up():
    x = field((64, 64), "f8")
    code = ChunkCode(tol=1e-3)
    once = code.encoded(x)
    twice = code.encoded(code.decoded(once, x.shape), inherited=bound_of(once))
    error = bound_of(twice)
    assert np.linalg.norm(np.asarray(twice) - x) <= error.absolute
    assert error.reference <= np.linalg.norm(x)
    assert bound_of(once).absolute < error.absolute <= 2.001 * bound_of(once).absolute
