"""Merging kernels against plain NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core.values import index_dtype
from qvarray.kernels import merge_sorted
from qvarray.ops import align

DTYPES = [
    np.dtype(name)
    for name in ("?", "i1", "u2", "f2", "i4", "f4", "i8", "u8", "f8", "c8", "c16", "g", "G")
]
INDEX_DTYPES = [np.dtype(np.int32), np.dtype(np.int64)]
# Around where two streams begin, and around one and more of their blocks.
SIZES = [0, 1, 2, 40, 63, 64, 65, 128, 129, 4095, 4096, 4097, 8191, 8192, 8193, 20000]


def some_values(rng, k, dtype):
    """Values with zeros of both signs, NaNs and infinities."""
    values = rng.integers(-3, 4, k).astype(dtype)
    if dtype.kind in "fc":
        special = np.array([0.0, -0.0, np.nan, -np.nan, np.inf, 1.5], dtype)
        where = rng.random(k) < 0.5
        values[where] = rng.choice(special, int(where.sum()))
        if dtype.kind == "c":
            values.imag = rng.choice(special.real, k)
    return values


def some_indices(rng, k, space, dtype):
    if space < 10**6:
        return np.sort(rng.permutation(space)[:k]).astype(dtype)
    return np.unique(rng.integers(0, space, k)).astype(dtype)


def same(a, b):
    """Equal, NaNs and signs of zeros included."""
    assert a.dtype == b.dtype
    np.testing.assert_array_equal(a, b)
    if a.dtype.kind == "c":
        same(a.real, b.real)
        same(a.imag, b.imag)
    elif a.dtype.kind == "f":
        np.testing.assert_array_equal(np.signbit(a), np.signbit(b))
        if a.dtype.char != "g":
            assert a.tobytes() == b.tobytes()


def check_spread(ia, va, fill_a, ib, vb, fill_b, space):
    merged, out_a, out_b = merge_sorted.spread(ia, va, fill_a, ib, vb, fill_b, space)
    expected = np.union1d(ia, ib).astype(ia.dtype)
    assert merged.dtype == ia.dtype
    np.testing.assert_array_equal(merged, expected)
    extra = int(expected.size < space)
    for indices, values, fill, out in ((ia, va, fill_a, out_a), (ib, vb, fill_b, out_b)):
        wanted = np.empty(expected.size + extra, values.dtype)
        wanted[:] = fill
        wanted[np.searchsorted(expected, indices)] = values
        same(out, wanted)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.name)
@given(st.data())
def test_spread(dtype, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    other = data.draw(st.sampled_from([dtype, dtype, *DTYPES]))
    index_dtype = data.draw(st.sampled_from(INDEX_DTYPES))
    ka, kb = data.draw(st.sampled_from(SIZES)), data.draw(st.sampled_from(SIZES))
    space = data.draw(st.sampled_from([max(ka, kb), ka + kb, 4 * (ka + kb), 2**31 - 1]))
    ia, ib = (some_indices(rng, k, space, index_dtype) for k in (ka, kb))
    if data.draw(st.booleans()):  # one list runs ahead of the other
        ia, ib = np.sort(ia), ib[ib > ia[ia.size // 2]] if ia.size else ib
    va, vb = some_values(rng, ia.size, dtype), some_values(rng, ib.size, other)
    fill_a, fill_b = some_values(rng, 1, dtype)[0], some_values(rng, 1, other)[0]
    check_spread(ia, va, fill_a, ib, vb, fill_b, space)


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("index_dtype", INDEX_DTYPES)
def test_spread_identical_disjoint_and_covering_lists(k, index_dtype):
    every = np.arange(2 * k, dtype=index_dtype)
    values = np.arange(2 * k) + 0.5
    for a, b in (
        (slice(0, k), slice(0, k)),
        (slice(0, k), slice(k, None)),
        (slice(k, None), slice(0, k)),
        (slice(None, None, 2), slice(1, None, 2)),
        (slice(None), slice(None)),
        (slice(None), slice(0, None, 7)),
        (slice(0, 0), slice(None)),
    ):
        ia, ib = every[a].copy(), every[b].copy()
        check_spread(ia, values[a], -0.0, ib, -values[b], np.nan, 2 * k)
        check_spread(ia, values[a] + 1j, 2j, ib, -values[b] * 1j, 1.0, 2 * k + 1)


def test_spread_of_the_largest_indices():
    for dtype in INDEX_DTYPES:
        top = np.iinfo(dtype).max
        ia = np.array([0, 5, top - 1], dtype)
        ib = np.array([0, 1, top - 2], dtype)
        check_spread(ia, np.ones(3), 0.0, ib, np.ones(3), 0.0, int(top))


def test_spread_of_strided_and_read_only_arrays():
    ia = np.arange(0, 40, 2)
    va = np.arange(40.0)[::2]
    vb = np.arange(20.0)
    vb.flags.writeable = False
    ib = (np.arange(40) * 3)[::2]
    check_spread(ia, va, 1.0, ib, vb, 2.0, 1000)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.name)
@given(st.data())
def test_drop(dtype, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    k = data.draw(st.sampled_from(SIZES))
    indices = some_indices(rng, k, 4 * k, data.draw(st.sampled_from(INDEX_DTYPES)))
    values = some_values(rng, k, dtype)
    fill = some_values(rng, 1, dtype)[0]
    if data.draw(st.booleans()):
        values[:] = 1
    if dtype.char in "gG":
        unlike = np.array([repr(value) != repr(fill) for value in values], bool)
    else:
        blank = np.array([fill], dtype).tobytes()
        unlike = np.array([value.tobytes() != blank for value in values], bool)
    kept, out = merge_sorted.drop(indices, values, fill)
    if dtype.char not in "gG" or not np.isnan(values).any():
        np.testing.assert_array_equal(kept, indices[unlike])
        same(out, values[unlike])
    if out.size == values.size:
        assert kept is indices
        assert out is values
    in_place = indices.copy(), values.copy()
    m = merge_sorted.drop_in_place(*in_place, fill)
    np.testing.assert_array_equal(in_place[0][:m], kept)
    same(in_place[1][:m], out)


@given(st.data())
def test_cut(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    dtype = data.draw(st.sampled_from(INDEX_DTYPES))
    ka, kb = (data.draw(st.sampled_from(SIZES[:9])) for _ in range(2))
    a, b = (some_indices(rng, k, ka + kb + 1, dtype) for k in (ka, kb))
    i, j = rng.integers(0, ka + 1), rng.integers(0, kb + 1)
    count = int(rng.integers(0, 2 * (ka + kb) + 2))
    p, q = merge_sorted.cut(a, b, int(i), int(j), count)
    wanted = np.sort(np.concatenate((a[i:], b[j:])))[:count]
    got = np.sort(np.concatenate((a[i:p], b[j:q])))
    assert got.size - wanted.size in (0, 1)
    np.testing.assert_array_equal(got[: wanted.size], wanted)
    both = np.intersect1d(a[i:], b[j:])
    assert np.array_equal(np.isin(both, a[i:p]), np.isin(both, b[j:q]))


def test_drop_compares_extended_precision_as_numbers():
    values = np.array([np.nan, -0.0, 0.0, 1.0], np.longdouble)
    indices = np.arange(4)
    assert merge_sorted.drop(indices, values, np.longdouble(0))[0].tolist() == [0, 1, 3]
    assert merge_sorted.drop(indices, values, np.longdouble("nan"))[0].tolist() == [1, 2, 3]
    assert merge_sorted.drop(indices, values + 0j, np.clongdouble(1))[0].tolist() == [0, 1, 2]


@given(st.data())
def test_union_and_intersection(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    dtype = data.draw(st.sampled_from(INDEX_DTYPES))
    ka, kb = (data.draw(st.sampled_from(SIZES[:9])) for _ in range(2))
    a, b = (some_indices(rng, k, 2 * (ka + kb), dtype) for k in (ka, kb))
    merged, at_a, at_b = merge_sorted.union(a, b)
    np.testing.assert_array_equal(merged, np.union1d(a, b))
    np.testing.assert_array_equal(merged[at_a], a)
    np.testing.assert_array_equal(merged[at_b], b)
    in_a, in_b = merge_sorted.intersection(a, b)
    np.testing.assert_array_equal(a[in_a], np.intersect1d(a, b))
    np.testing.assert_array_equal(b[in_b], np.intersect1d(a, b))


def spectrum_of(indices, values, fill, space):
    like = qv.from_coordinates((indices,), values, (space,)).spectrum
    dtype = values.dtype
    return like.replace(
        dtype=dtype,
        eigenvalues=values,
        active_indices=indices.astype(index_dtype(space)),
        fill_value=dtype.type(fill),
    )


@pytest.fixture(params=[1, 3], ids="threads={}".format)
def workers(request, monkeypatch):
    """As many parts, however many cores there are, and however few entries."""
    monkeypatch.setattr(align.threads, "workers", lambda: request.param)
    monkeypatch.setattr(align, "_WORTH_A_THREAD", 0)
    return request.param


def check_computed(ufunc, a, b):
    with np.errstate(all="ignore"):
        done = align.computed(ufunc, a, b)
        indices, va, vb, has_fill = align.aligned(a, b)
        out = ufunc(va, vb)
    assert has_fill
    wanted = merge_sorted.drop(indices, out[:-1], out[-1])
    if done is None:
        return False
    np.testing.assert_array_equal(done[0], wanted[0])
    assert done[0].dtype == a.active_indices.dtype
    # Of two NaNs, NumPy's vector loops keep another one than what they do with the last few.
    got, wanted_values = np.append(done[1], done[2]), np.append(wanted[1], out[-1])
    assert got.dtype == out.dtype
    for values in (got, wanted_values) if out.dtype.kind in "fc" else ():
        values[np.isnan(values)] = np.nan
    same(got, wanted_values)
    return True


@pytest.mark.parametrize("space", [10**6, 2**40])
@pytest.mark.parametrize("dtype", [d for d in DTYPES if d.char != "?"], ids=lambda d: d.name)
@pytest.mark.parametrize("lists", ["random", "skewed", "apart", "equal", "few"])
def test_computed_is_as_aligned(lists, dtype, space, workers):
    rng = np.random.default_rng(1)
    ka, kb = {"skewed": (70_000, 50), "few": (7000, 9000)}.get(lists, (40_000, 50_000))
    ia, ib = (some_indices(rng, k, min(space, 10**6 - 1), np.int64) for k in (ka, kb))
    if lists == "apart":
        ia, ib = np.arange(ka), np.arange(ka, ka + kb)
    elif lists == "equal":
        ib = ia.copy()
    for ufunc, fill_a, fill_b in (
        (np.add, 0, 0),
        (np.multiply, 0, 0),
        (np.multiply, 2, 1),
        (np.greater, 1, 0),
    ):
        a = spectrum_of(ia, some_values(rng, ia.size, dtype), fill_a, space)
        b = spectrum_of(ib, some_values(rng, ib.size, dtype), fill_b, space)
        assert check_computed(ufunc, a, b) == (dtype.itemsize <= 16)


@pytest.mark.parametrize("dtypes", ["fd", "df", "id", "dF", "dD", "?d", "eg", "bQ", "Bb"])
@pytest.mark.parametrize("k", [6000, 40_000])
def test_computed_of_two_dtypes(dtypes, k, workers):
    rng = np.random.default_rng(2)
    ia, ib = (some_indices(rng, k, 10**6 - 1, np.int64) for _ in range(2))
    for ufunc, fill_a, fill_b in ((np.add, 0, 0), (np.multiply, 0, 1), (np.less, 1, 0)):
        a = spectrum_of(ia, some_values(rng, ia.size, np.dtype(dtypes[0])), fill_a, 10**6)
        b = spectrum_of(ib, some_values(rng, ib.size, np.dtype(dtypes[1])), fill_b, 10**6)
        assert check_computed(ufunc, a, b) or k == 6000


def test_computed_leaves_the_rest_to_aligned():
    few = spectrum_of(np.arange(10), np.ones(10), 0, 10**6)
    many = spectrum_of(np.arange(10**5), np.ones(10**5), 0, 10**6)
    counts = spectrum_of(np.arange(3, 10**5), np.ones(10**5 - 3, np.int32), 0, 10**6)
    assert align.computed(np.add, few, few) is None
    assert align.computed(np.divmod, many, many) is None
    assert align.computed(np.ldexp, many, counts) is None
    objects = np.frompyfunc(lambda x, y: x, 2, 1)
    apart = spectrum_of(np.arange(1, 10**5), np.ones(10**5 - 1), 0, 10**6)
    assert align.computed(objects, many, many) is None
    assert align.computed(objects, many, apart) is None
