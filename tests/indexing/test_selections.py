"""Keys of index arrays and masks: NumPy's at small sizes, products of selections at large ones."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..huge import peak_of
from ..twin import assert_same, check, spectral_twins, twins

N, K = 10**6, 10**4


# -- against NumPy --------------------------------------------------------------------------------


def index_array(rng, n, common):
    """Positions along an axis, some from its end and some twice, of a shape that broadcasts."""
    shape = tuple(m if rng.random() < 0.6 else 1 for m in common)
    positions = rng.integers(-n, n, shape) if n else np.zeros(0, int)
    return positions.tolist() if rng.random() < 0.2 else positions


def mask_of(rng, shape):
    return rng.random(shape) < rng.choice([0, 0.2, 0.5, 0.9, 1])


def advanced_parts(rng, shape):
    """A mixture of everything that NumPy takes between brackets, with an array in it."""
    common = tuple(rng.integers(0 if rng.random() < 0.1 else 1, 4, rng.integers(1, 3)).tolist())
    parts: list[Any] = []
    axis = 0
    while axis < len(shape):
        n, kind = shape[axis], rng.integers(0, 9)
        if rng.random() < 0.1:
            parts.append(None)
        if kind <= 3:
            parts.append(index_array(rng, n, common))
        elif kind == 4:
            parts.append(mask_of(rng, n))
        elif kind == 5 and axis + 1 < len(shape):
            parts.append(mask_of(rng, shape[axis : axis + 2]))
            axis += 1
        elif kind == 6 and n:
            parts.append(int(rng.integers(-n, n)))
        elif kind == 7 and Ellipsis not in [part for part in parts if part is Ellipsis]:
            parts.append(Ellipsis)
            axis = len(shape) - int(rng.integers(0, len(shape) - axis + 1))
            continue
        else:
            parts.append(slice(None, None, int(rng.choice([1, 2, -1, -2]))))
        axis += 1
    if not any(isinstance(part, (list, np.ndarray)) for part in parts):
        parts = [index_array(rng, shape[0], common), *parts[1:]]
    return tuple(parts)


def virtual(rng, parts):
    """The same key, with some arrays in it that are virtual."""
    return tuple(
        qv.array(part, fill_value=part.dtype.type(rng.integers(0, 2)))
        if isinstance(part, np.ndarray) and rng.random() < 0.5
        else part
        for part in parts
    )


def some_shapes():
    return st.lists(st.integers(1, 6) | st.just(0), min_size=1, max_size=4).map(tuple)


@st.composite
def keyed(draw, pairs):
    """An array and its twin, a key with arrays, the same with virtual ones, random numbers."""
    pair = draw(pairs)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    key = advanced_parts(rng, pair[0].shape)
    return pair, (key, virtual(rng, key)), rng


@given(keyed(twins(shape=some_shapes())))
def test_reads(drawn):
    pair, keys, _ = drawn
    check(lambda x, key: x[key], pair, keys)


@given(keyed(spectral_twins()))
def test_reads_in_any_basis(drawn):
    pair, keys, _ = drawn
    check(lambda x, key: x[key], pair, keys, rounding=200.0)
    x, y = pair
    check(lambda x, key: np.tanh(x)[key], (x, y), keys, rounding=400.0, scale=1.0)


@given(st.data(), st.integers(1, 4), st.integers(1, 4))
def test_reads_of_arrays_that_repeat(data, m, n):
    x, y = data.draw(twins(shape=st.sampled_from([(n,), (m, 1), (1, n), (1, 1)])))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    key = advanced_parts(rng, (3, m, n))

    def call(x, key):
        return np.broadcast_to(x, (3, m, n))[key]

    check(call, (x, y), (key, virtual(rng, key)))
    check(lambda x: (np.broadcast_to(x, (3, m, n)) * 2)[key], (x, y))


def test_rows_of_a_large_array_that_repeats():
    column = qv.asarray(np.arange(1.0, N + 1))
    x = np.broadcast_to(column[:, None], (N, N))
    rows, columns = np.arange(0, N, 7), np.arange(0, N, 3)
    for y in (x[np.ix_(rows, columns)], x[rows][:, columns]):
        assert y.shape == (rows.size, columns.size)
        assert (y[5, 9], y[-1, 0]) == (36.0, rows[-1] + 1.0)
    assert x[rows, rows].sum() == (rows + 1).sum()


def written(write):
    def call(x, key, *values):
        out = x.copy()
        write(out, key, *values)
        return out

    return call


def assign(x, key, value):
    x[key] = value


def add(x, key, value):
    x[key] += value


def negate(x, key, value):
    x[key] = x[key][::-1]


@given(keyed(twins(shape=some_shapes())), st.sampled_from([assign, add, negate]))
def test_writes(drawn, write):
    (x, y), keys, rng = drawn
    values = [(x.dtype.type(1),) * 2]
    try:
        shape = x[keys[0]].shape
    except IndexError:
        shape = (1,)
    dense = rng.integers(0, 2, shape).astype(x.dtype)
    values += [(dense, dense), (dense, qv.array(dense)), (dense[-1:], qv.array(dense[-1:]))]
    with np.errstate(all="ignore"):
        for pair in values:
            check(written(write), (x, y), keys, pair)


@given(keyed(twins(shape=some_shapes())), st.integers(1, 2))
def test_writes_through_views(drawn, step):
    (x, y), _, rng = drawn
    axes = tuple(rng.permutation(x.ndim).tolist())

    def call(x, key):
        out = x.copy()
        view = out.transpose(axes)[::-step]
        view[key] = 1
        return out

    key = advanced_parts(rng, x.transpose(axes)[::-step].shape)
    check(call, (x, y), (key, virtual(rng, key)))


@given(st.data(), st.integers(1, 6), st.integers(1, 6))
def test_writes_to_parts_of_elements(data, m, n):
    x, y = data.draw(twins([np.dtype(complex)], shape=st.just((m, n))))
    rng = np.random.default_rng(m * n)
    rows, columns = rng.integers(0, m, 3), rng.integers(0, n, 2)

    def call(x):
        out = x.copy()
        out.imag[np.ix_(rows, columns)] = np.arange(6.0).reshape(3, 2)
        out.real[:, columns] = 0
        return out

    check(call, (x, y))


@given(st.data(), st.integers(1, 5), st.integers(1, 5))
def test_the_last_write_counts(data, m, n):
    x, y = data.draw(twins([np.dtype(float)], shape=st.just((m, n))))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    rows, columns = rng.integers(0, m, 4), rng.integers(0, n, 3)
    value = np.where(rng.random((4, 3)) < 0.5, np.arange(12.0).reshape(4, 3), 0)
    for given_value in (value, qv.array(value)):
        out = y.copy()
        out[np.ix_(rows, columns)] = given_value
        expected = x.copy()
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                expected[row, column] = value[i, j]
        np.testing.assert_array_equal(out.todense(), expected)


@given(st.data(), twins(), st.booleans())
def test_functions_that_write_where_a_mask_is_true(data, pair, fill):
    x = pair[0]
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    mask = np.asarray(mask_of(rng, x.shape))
    masks = (mask, qv.array(mask, fill_value=fill))
    few = rng.integers(0, 2, 4).astype(x.dtype)
    same = x.copy().reshape(-1)[::-1].reshape(x.shape)
    for values in [
        (x.dtype.type(1),) * 2,
        (few, qv.array(few)),
        (few, few),
        (same, qv.array(same)),
        (few[:0], few[:0]),
    ]:
        check(written(np.putmask), pair, masks, values)
        check(written(np.place), pair, masks, values)
        check(written(lambda x, mask, v: np.copyto(x, v, where=mask)), pair, masks, values)
        if x.size:
            places = rng.integers(-x.size, x.size, 3)
            check(written(lambda x, i, v: np.put(x, i, v)), pair, (places,) * 2, values)


def test_copyto_casts_only_what_it_writes():
    x = np.array([2**62 + 1, 5, 7])
    y = qv.array(x)
    for z in (x, y):
        np.copyto(z, np.array([0.0, 1.5, 2.5]), "unsafe", where=[False, True, False])
    assert_same(x, y)
    assert int(y[0]) == 2**62 + 1


# -- against theory, at 10**6 x 10**6 -------------------------------------------------------------


class Entries:
    """The active elements of a matrix as three lists, and what keys make of them."""

    def __init__(self, i, j, v):
        self.i, self.j, self.v = i, j, v

    def kept(self, on):
        return Entries(self.i[on], self.j[on], self.v[on])

    def rows(self, rows):
        """``x[rows]``: one after the other, for each of the rows."""
        order = np.argsort(rows, kind="stable")
        low, high = (rows[order].searchsorted(self.i, side) for side in ("left", "right"))
        found = [np.arange(*ends) for ends in zip(low, high, strict=True)]
        which = np.repeat(np.arange(self.i.size), high - low)
        return Entries(order[np.concatenate(found)], self.j[which], self.v[which])

    @property
    def T(self):
        return Entries(self.j, self.i, self.v)


def same_entries(y, entries):
    y.spectrum.check()
    assert y.source.fill_value == 0
    i, j = y.source.coordinates()
    order = np.lexsort((entries.j, entries.i))
    np.testing.assert_array_equal(i, entries.i[order])
    np.testing.assert_array_equal(j, entries.j[order])
    np.testing.assert_array_equal(y.eigenvalues, entries.v[order])


@pytest.fixture(scope="module")
def large():
    rng = np.random.default_rng(0)
    places = np.unique(rng.integers(0, N, (2, K)), axis=1)
    # A corner where rows and columns that are named meet.
    corner = np.stack([places[0] % 2000, places[1] % 2000])
    places = np.unique(np.concatenate([places, corner], 1), axis=1)
    values = rng.standard_normal(places.shape[1])
    x = qv.from_coordinates(places, values, (N, N))
    return x, Entries(places[0], places[1], values), rng


@pytest.fixture(scope="module")
def lists(large):
    rng = large[2]
    few = rng.integers(0, 2000, 500)
    many = rng.integers(0, N, 10**5)
    many[:5000] = rng.integers(0, 2000, 5000)
    return {"few": few, "many": many, "order": rng.permutation(N), "mask": rng.random(N) < 0.3}


def positions(selected):
    return np.flatnonzero(selected) if selected.dtype.kind == "b" else selected


def peak(call):
    """What a call returns; it may take no more than what is stored, asked for and answered."""
    call()
    result, most = peak_of(call)
    assert most < 64 * 2**20
    return result


NAMES = ["few", "many", "order", "mask"]


@pytest.mark.parametrize("name", NAMES)
def test_large_rows_and_columns(name, large, lists):
    x, entries, _ = large
    key = lists[name]
    same_entries(peak(lambda: x[key]), entries.rows(positions(key)))
    same_entries(peak(lambda: x[:, key]), entries.T.rows(positions(key)).T)


@pytest.mark.parametrize(("first", "second"), [("few", "many"), ("many", "few"), ("mask", "order")])
def test_large_products(first, second, large, lists):
    x, entries, _ = large
    rows, columns = lists[first], lists[second]
    expected = entries.rows(positions(rows)).T.rows(positions(columns)).T
    same_entries(peak(lambda: x[np.ix_(rows, columns)]), expected)


def changed(x, write):
    def call():
        out = x.copy()
        write(out)
        return out

    return peak(call)


@pytest.mark.parametrize("name", NAMES)
def test_large_writes(name, large, lists):
    x, entries, _ = large
    key = lists[name]
    on = np.zeros(N, bool)
    on[key] = True
    ix = np.ix_(key, key)

    def zero(where):
        return changed(x, lambda out: out.__setitem__(where, 0))

    same_entries(zero(key), entries.kept(~on[entries.i]))
    same_entries(zero((slice(None), key)), entries.kept(~on[entries.j]))
    same_entries(zero(ix), entries.kept(~(on[entries.i] & on[entries.j])))

    def double(out):
        out[key] = 2 * out[key]

    by = np.where(on[entries.i], 2, 1)
    same_entries(changed(x, double), Entries(entries.i, entries.j, entries.v * by))

    def negate(out):
        out[ix] *= -1

    by = np.where(on[entries.i] & on[entries.j], -1, 1)
    same_entries(changed(x, negate), Entries(entries.i, entries.j, entries.v * by))


def test_large_masks_of_all_axes(large):
    x, entries, _ = large
    flipped = Entries(entries.i, entries.j, np.abs(entries.v))
    positive = entries.kept(entries.v > 0)

    def negated(mask):
        def write(out):
            out[mask(out)] = -out[mask(out)]

        return write

    writes = {
        "set": lambda out: out.__setitem__(out < 0, 0),
        "set where most are true": lambda out: out.__setitem__(~(out > 0), 0),
        "putmask": lambda out: np.putmask(out, out <= 0, 0.0),
        "place": lambda out: np.place(out, out <= 0, [0.0]),
        "copyto": lambda out: np.copyto(out, 0.0, where=out <= 0),
    }
    for name, write in writes.items():
        same_entries(changed(x, write), positive), name
    writes = {
        "set": negated(lambda x: x < 0),
        "putmask": lambda out: np.putmask(out, out < 0, -out),
        "place": lambda out: np.place(out, out < 0, -out[out < 0]),
        "copyto": lambda out: np.copyto(out, -out, where=out < 0),
    }
    for name, write in writes.items():
        same_entries(changed(x, write), flipped), name
    rest = changed(x, negated(lambda x: x <= 0))
    same_entries(rest, flipped)
    assert x[x <= 0].shape == (N * N - positive.v.size,)


def test_large_copies_by_masks_of_rows_and_columns(large, lists):
    x, entries, _ = large
    mask = lists["mask"]
    y = changed(x, lambda out: np.copyto(out, 0.0, where=mask[:, None]))
    same_entries(y, entries.kept(~mask[entries.i]))
    y = changed(x, lambda out: np.copyto(out, -out, where=mask))
    by = np.where(mask[entries.j], -1, 1)
    same_entries(y, Entries(entries.i, entries.j, entries.v * by))


def test_small_budget():
    n = 20000
    x = qv.from_coordinates(np.random.default_rng(0).integers(0, n, (2, n)), np.ones(n), (n, n))
    mask = np.arange(n) % 2 == 0
    with qv.options(memory_budget=2**24):
        y = x.copy()
        np.copyto(y, 0.0, where=mask[:, None])
        z = x.copy()
        z[mask] = 0
        np.testing.assert_array_equal(y.active_indices, z.active_indices)
        assert y.nactive < x.nactive
        with pytest.raises(qv.MaterializationError):
            z[mask] = 1


def test_values_that_fill_most_of_an_array():
    x = qv.from_coordinates([[3, 5], [5, 7]], [1.0, 2.0], (N, N))
    rows = np.arange(1, N)
    x[qv.asarray(rows)] = 4.0
    found = [x.source.fill_value, x[3, 5], x[0, 3], x.sum()]
    assert found == [4.0, 4.0, 0.0, 4.0 * (N - 1) * N]
    y = qv.from_coordinates([[3, 5], [5, 7]], [1.0, 2.0], (2**30, 2**30))
    y[y <= 1] = 7.0
    assert (y.nactive, y[3, 5], y[5, 7], y[0, 0]) == (1, 7.0, 2.0, 7.0)


def test_products_of_rows_and_columns_in_a_basis():
    rng = np.random.default_rng(0)
    n = 2**20
    places = np.sort(rng.choice(2**40, 30, False))
    values = rng.standard_normal(30)
    x = qv.from_eigenvalues(values, places, (n, n), basis="cosine")
    rows, columns = rng.integers(0, n, 300), rng.integers(0, n, 200)
    with qv.options(memory_budget=2**24):
        y = x[np.ix_(rows, columns)]
    single = x[rows[7], columns]
    np.testing.assert_allclose(y.todense()[7], single.todense(), rtol=0, atol=1e-17)
    part = x[rows]
    assert part.bases[1].name == "cosine"
    assert part.shape == (300, n)
    np.testing.assert_allclose(part[5, :9].todense(), x[rows[5], :9].todense(), rtol=0, atol=1e-17)


def test_rows_of_operators_of_any_size():
    n = 2**40
    x = 3 * qv.identity(n)
    rows = np.array([5, 2**39, 5])
    y = x[rows]
    assert (y.shape, y.nactive) == ((3, n), 3)
    assert (y[1, 2**39], y[2, 5], y[0, 6]) == (3.0, 3.0, 0.0)
    np.testing.assert_array_equal(x[np.ix_(rows, rows)].todense(), 3.0 * (rows[:, None] == rows))
    np.testing.assert_array_equal(x[rows, rows].todense(), [3.0] * 3)
    shift = qv.identity(2**20, basis="fourier") * 2
    np.testing.assert_allclose(shift[[1, 2]][:, [2, 1]].todense(), [[0, 2], [2, 0]], atol=1e-9)
