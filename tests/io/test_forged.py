"""Files whose checksums fit, with what cannot be: refused, with the byte and the cause."""

import io
import tracemalloc

import numpy as np
import pytest

import qvarray as qv

from .golden import DATA
from .mutations import parts_of, put_together


def opened(name):
    header, streams = parts_of((DATA / f"{name}.qv").read_bytes())
    del header["streams"]
    return header, streams


def load(header, streams):
    return qv.load(io.BytesIO(put_together(header, streams)))


def planes(values):
    """The bytes of an array as a stream has them."""
    little = np.ascontiguousarray(values)
    return little.view(np.uint8).reshape(-1, little.itemsize).T.tobytes()


@pytest.mark.parametrize(
    ("gaps", "cause"),
    [
        (np.array([0.2, 0.2, 0.2, 0.2]), "float64"),
        (np.array([5, 2**64 - 5, 3, 1], np.uint64), "not below"),
        (np.array([2**63 + 5, 2**63, 3, 1], np.uint64), "not below"),
        (np.array([2**62, 2**62, 2**62, 2**62], np.int64), "not below"),
        (np.array([5, 0, 3, 1]), "not sorted"),
        (np.array([5, -1, 3, 1]), "not sorted"),
        (np.array([-1, 2, 3, 1]), "not sorted"),
        (np.array([2**63 - 2, 1, 1, 1]), "not below"),
        (np.array([1, 2, 3]), "should be"),
        (np.array([True, True, True, True]), "bool"),
    ],
)
def test_indices_that_cannot_be(gaps, cause):
    header, streams = opened("past_2_53")
    where = header["root"]["gaps"]
    where["dtype"] = gaps.dtype.str
    streams[where["at"]] = planes(gaps)
    with pytest.raises(ValueError, match=rf"at byte \d+, root\.(gaps|values): .*{cause}"):
        load(header, streams)


@pytest.mark.parametrize(
    ("gaps", "cause"),
    [
        (np.array([0.2] * 9), "float64"),
        (np.array([3, 2**64 - 2] + [1] * 7, np.uint64), "not below"),
        (np.array([2**63, 2**63] + [1] * 7, np.uint64), "not below"),
        (np.array([3, 0] + [1] * 7, np.uint16), "repeat"),
        (np.array([4095] + [1] * 8, np.uint16), "not below"),
        (np.array([4096] + [1] * 8, np.uint16), "not below"),
        (np.array([1] * 8, np.uint16), "fit together"),
        (np.array([-3] + [1] * 8, np.int16), "int16"),
    ],
)
def test_places_that_cannot_be(gaps, cause):
    header, streams = opened("packed_gaps_float32")
    where = header["root"]["store"]["where"]
    where["dtype"] = gaps.dtype.str
    streams[where["at"]] = planes(gaps)
    with pytest.raises(ValueError, match=rf"at byte \d+, root\.store\.where: .*{cause}"):
        load(header, streams)


def test_masks_that_cannot_be():
    header, streams = opened("packed_mask_float32")
    at = header["root"]["store"]["where"]["at"]
    for mask in (streams[at][:-1], streams[at] + b"\0", b"\xff" * len(streams[at])):
        with pytest.raises(ValueError, match=r"root\.store\.where: "):
            load(header, [*streams[:at], mask, *streams[at + 1 :]])


@pytest.mark.parametrize("side", [2**28, 2**40, 2**62])
@pytest.mark.parametrize("how", ["all", "mask", "gaps"])
def test_a_small_file_of_a_large_array_takes_what_it_is_long(side, how):
    y = qv.load(DATA / "packed_gaps_int8.qv")
    (y + 1).sum()  # kernels are compiled, which takes memory once
    header, streams = opened("packed_zeros")
    assert header["root"]["store"]["how"] == "gaps"
    header["root"]["shape"] = [side]
    header["root"]["store"]["how"] = how
    with qv.options(memory_budget=2**20):
        tracemalloc.start()
        try:
            if how == "gaps":
                x = load(header, streams)
                assert (float(x.sum()), float(x[side - 1]), float(x.mean())) == (0.0, 0.0, 0.0)
                assert (x + 1).sum() == side
            else:
                with pytest.raises(ValueError, match=r"root\.store"):
                    load(header, streams)
            assert tracemalloc.get_traced_memory()[1] < 2**20
        finally:
            tracemalloc.stop()


def test_few_values_of_a_huge_packed_array():
    header, streams = opened("packed_gaps_int8")
    small = qv.load(DATA / "packed_gaps_int8.qv").todense()
    for shape in ([2**40], [2**20, 2**20], [1, 2**40]):
        header["root"]["shape"] = shape
        header["root"]["bases"] = ["standard"] * len(shape)
        with qv.options(memory_budget=2**20):
            x = load(header, streams)
            y = x.reshape(-1)
            assert np.array_equal(y[: small.size].todense(), small)
            assert x.sum() == pytest.approx(small.sum())
            assert x.nactive == np.count_nonzero(small)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("state_many", "rows", lambda n: [1] * n),
        ("state_many", "rows", lambda n: [1 << n] * n),
        ("state_many", "frames", lambda n: [1.0 + 0j] * 4 * n),
        ("state_many", "values", lambda n: [np.nan + 0j] * 20),
        ("state_many", "gaps", lambda n: [1 << n] * 20),
        ("ordered", "rows", lambda n: [0, 0, 0, 0]),
        ("ordered", "columns", lambda n: [3, 2, 1, 0]),
    ],
)
def test_parameters_that_cannot_be(name, field, value):
    header, streams = opened(name)
    where = header["root"][field]
    values = np.array(value(5)).astype(where["dtype"])
    streams[where["at"]] = planes(values)
    with pytest.raises(ValueError, match=rf"at byte \d+, root\.({field}|rows|values): "):
        load(header, streams)


def test_the_byte_is_that_of_the_stream():
    data = (DATA / "past_2_53.qv").read_bytes()
    with pytest.raises(ValueError, match=r"at byte \d+, root\.\w+: a stream is damaged") as refused:
        qv.load(io.BytesIO(data[:-5] + bytes(5)))
    byte = int(str(refused.value).split("at byte ")[1].split(",")[0])
    assert len(data) // 2 < byte < len(data) - 5


def test_newer_and_other_files():
    data = (DATA / "dense.qv").read_bytes()
    with pytest.raises(ValueError, match=r"version 2 of the format.*version 1"):
        qv.load(io.BytesIO(b"QVARRAY2" + data[8:]))
    header, streams = opened("dense")
    header["root"]["kind"] = "tensor network"
    with pytest.raises(ValueError, match="'tensor network' is not known to this version"):
        load(header, streams)
    header, streams = opened("dense")
    header["streams"] = [["zstd", 8, 0, 0]]
    with pytest.raises(ValueError, match="unknown code 'zstd'"):
        load(header, streams)
    # What a newer version adds to an entry is not read.
    header, streams = opened("dense")
    header["root"]["units"] = header["made by"] = "m"
    assert load(header, streams).shape == (3, 4)


def test_nodes_are_of_what_comes_before():
    header, streams = opened("shared")
    count = len(header["nodes"])
    assert count
    for number in (count, -1, 2**70):
        header["root"]["operands"][0] = {"kind": "node", "number": number}
        with pytest.raises(ValueError, match=r"root.operands\[0\].number"):
            load(header, streams)
    header["nodes"][0] = {"kind": "node", "number": 0}
    with pytest.raises(ValueError, match=r"nodes\[0\].number"):
        load(header, streams)


def test_functions_that_are_not_in_the_list():
    header, streams = opened("where")
    for name in ("load", "fromfile", "special.test", "apply_along_axis", "__import__"):
        header["root"]["name"] = name
        with pytest.raises(ValueError, match=r"root.name: not the name of"):
            load(header, streams)
    header["root"]["name"] = "where"
    header["root"]["kwargs"] = {"out": {"kind": "none"}}
    with pytest.raises(ValueError, match=r"root.kwargs.out: it is no keyword"):
        load(header, streams)


@pytest.mark.parametrize("name", ["packed_int8_fourier", "packed_int16_standard"])
@pytest.mark.parametrize("block", [2**40, 2**63 - 1])
def test_a_block_that_is_longer_than_all_numbers(name, block):
    header, streams = opened(name)
    store = header["root"]["store"]
    count = np.asarray(load(header, streams)).size
    store["block"] = block
    longer = np.asarray(load(header, streams))
    store["block"] = count + 1
    np.testing.assert_array_equal(longer, np.asarray(load(header, streams)))


@pytest.mark.parametrize(
    ("field", "value", "cause"),
    [
        ("bands", np.zeros(18, np.float32), "float32"),
        ("bands", np.zeros(17, np.float16), "left over"),
        ("bands", np.full(18, np.inf, np.float16), "not finite"),
        ("bands", np.full(18, -1.0, np.float16), "negative"),
        ("modes", np.zeros(8, np.int16), "int16"),
    ],
)
def test_what_is_known_of_an_error_that_cannot_be(field, value, cause):
    header, streams = opened("packed_lost")
    where = header["root"]["lost"][field]
    where["dtype"] = value.dtype.str
    streams[where["at"]] = planes(value)
    with pytest.raises(ValueError, match=rf"at byte \d+, root\.lost\.{field}: .*{cause}"):
        load(header, streams)


@pytest.mark.parametrize("units", [["0x1p+0"] * 3, ["nan"] * 4, ["-0x1p+0"] * 4, "1"])
def test_units_that_cannot_be(units):
    header, streams = opened("packed_lost")
    header["root"]["lost"]["units"] = units
    with pytest.raises(ValueError, match=r"root\.lost\.units"):
        load(header, streams)


def test_nothing_is_known_of_what_is_exact():
    header, streams = opened("packed_lost")
    header["root"]["error"] = None
    with pytest.raises(ValueError, match=r"root\.lost.*nothing else is known"):
        load(header, streams)


def test_what_is_known_of_another_array_is_not_used():
    header, streams = opened("packed_lost")
    where = header["root"]["lost"]["modes"]
    streams[where["at"]] = planes(np.zeros(3, np.int8))
    x, y = load(header, streams), qv.load(DATA / "packed_lost.qv")
    with qv.error_bounds() as bounds:
        np.vdot(x, y)
        np.vdot(y, y * 1.5)
    assert np.isfinite(bounds.all).all()
