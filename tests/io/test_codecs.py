"""Codes of streams: numbers come back bit for bit, and what is damaged or forged is refused."""

import io
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.io import codecs
from qvarray.io.codecs import Stream, coded, decoded, little_endian

from .golden import DATA
from .mutations import resummed, stored_of

DTYPES = [np.dtype(char) for char in "?bhiqBHIQefdgFDG"] + [np.dtype("M8[s]"), np.dtype("m8[D]")]
NAMES = sorted(set(codecs.COMPRESSIONS.values()))


def numbers(dtype, size, seed):
    """Any bits: numbers that are not ones, zeros with signs, infinities."""
    rng = np.random.default_rng(seed)
    if dtype.char in "?gG":
        return rng.integers(-3, 3, size).astype(dtype)
    if seed % 2:
        return np.frombuffer(rng.bytes(size * dtype.itemsize), dtype)
    if dtype.kind in "fc":
        some = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1e-7, 2.5])
        return some[rng.integers(0, len(some), size)].astype(dtype)
    return rng.integers(0, 5, size).astype(dtype)


@given(
    st.sampled_from(DTYPES),
    st.sampled_from([0, 1, 2, 1000, 5000]),
    st.integers(0, 9),
    st.sampled_from(NAMES),
)
def test_numbers_come_back_bit_for_bit(dtype, size, seed, name):
    values = numbers(dtype, size, seed)
    stream, data = coded(values, name)
    assert (stream.length, stream.stored) == (values.nbytes, len(data))
    assert len(data) <= values.nbytes
    assert stream.codec in {name, "plain", *(["deflate"] if name == "pcodec" else [])}
    found = decoded(stream, data, dtype)
    assert found.dtype == dtype
    assert little_endian(found).tobytes() == little_endian(values).tobytes()


@pytest.mark.parametrize("size", [2**18, 2**18 + 1, 2**19 + 1000])
@pytest.mark.parametrize("dtype", [np.int32, np.float64, np.complex64])
def test_pieces_are_joined(size, dtype):
    values = np.arange(size).astype(dtype)
    values[size // 2 :] *= -1
    stream, data = coded(values, "pcodec")
    assert stream.codec == "pcodec"
    assert np.array_equal(decoded(stream, data, values.dtype), values)


@pytest.mark.parametrize("name", codecs.COMPRESSIONS)
def test_a_file_is_compressed_as_was_asked(name):
    x = np.arange(3000.0) ** 2
    file = io.BytesIO()
    qv.save(file, x, compression=name)
    header, _ = stored_of(file.getvalue())
    assert [stream[0] for stream in header["streams"]] == [codecs.COMPRESSIONS[name]]
    assert np.array_equal(qv.load(io.BytesIO(file.getvalue())), x)


def test_a_code_that_is_not_known():
    file = io.BytesIO()
    with pytest.raises(ValueError, match=r"compression is 'zstd', .* none of 'pcodec', 'deflate'"):
        qv.save(file, [1.0], compression="zstd")
    assert not file.getvalue()


def test_files_are_as_small_as_the_numbers_allow():
    rng = np.random.default_rng(0)
    at = np.unique(rng.integers(0, 10**12, 2 * 10**5))
    x = qv.from_coordinates(at, np.round(rng.standard_normal(at.size), 3), 10**12)
    file = io.BytesIO()
    qv.save(file, x)
    # Distances take 22.6 bits each if they are exponential, and values 12.
    assert len(file.getvalue()) < 1.04 * at.size * (np.log2(5e6 * np.e) + 12.02) / 8


# -- what is damaged, or was made to harm ---------------------------------------------------------


def opened(name="coded_int64"):
    """A stream that pcodec wrote, and what reads it when it is changed."""
    header, stored = stored_of((DATA / f"{name}.qv").read_bytes())
    codec, length, _, _ = header["streams"][-1]
    assert codec == "pcodec"

    def read(data, length=length, dtype="<i8"):
        data, checksum = resummed(bytes(data))
        return decoded(Stream(codec, length, len(data), checksum), data, np.dtype(dtype))

    return stored[-1], length, read


def test_each_byte_has_a_checksum():
    data = (DATA / "coded_int64.qv").read_bytes()
    for place in range(20, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(ValueError, match=r"at byte \d+, .*damaged"):
            qv.load(io.BytesIO(bytes(changed)))


def test_lengths_that_do_not_fit():
    data, length, read = opened()
    assert read(data).size == length // 8
    for other in (0, 8, length - 8, length + 8, 8 * 2**18, 8 * (2**18 + 1), 2**30):
        with pytest.raises(ValueError, match="a stream is damaged"):
            read(data, length=other)
    for other in (b"", data[:1], data[:2], data[:13], data[:14], data[:-1], data + b"\0"):
        with pytest.raises(ValueError, match="a stream is damaged"):
            read(other)
    with pytest.raises(ValueError, match="no dtype for pcodec"):
        read(data, length=16 * (length // 16), dtype=np.dtype(np.longdouble).str)


def test_other_dtypes_than_it_was_written_as():
    data, length, read = opened()
    for dtype in ("<f8", "<u8", "<i4", "<f2", "|u1", "|b1", "<c16", "<M8[s]"):
        try:
            assert read(data, dtype=dtype).nbytes == length
        except ValueError as error:
            assert "a stream is damaged" in str(error)  # noqa: PT017


@pytest.mark.parametrize("window", [19, 24, 31])
def test_tables_are_no_larger_than_what_is_written(window):
    data, _, read = opened("coded_repeats")
    table = 14
    assert data[table] == 0x20  # looking back, in the mode without a base
    changed = bytearray(data)
    changed[table + 1] = changed[table + 1] & ~31 | window - 1
    with pytest.raises(ValueError, match="it looks back behind its beginning"):
        read(changed)
    # A dictionary of 2**24 numbers.
    changed = bytearray(data)
    changed[table : table + 4] = struct.pack("<I", 4 | 2**24 << 4)
    with pytest.raises(ValueError, match="nothing is written with a dictionary"):
        read(changed)


def test_what_is_stated_is_not_allocated():
    data, _, read = opened()
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="a stream is damaged"):
            read(data, length=2**60)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_panic_of_the_decoder_is_an_error_of_the_file(monkeypatch):
    class PanicException(BaseException):
        pass

    class Broken:
        @staticmethod
        def new(_):
            raise PanicException("index out of bounds")

    monkeypatch.setattr(codecs.wrapped, "FileDecompressor", Broken)
    with pytest.raises(ValueError, match=r"at byte \d+, root.values: .*pcodec cannot read it"):
        qv.load(DATA / "coded_float64.qv")
