"""Arrays joined, inserted and removed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import qvarray as qv
from tests.huge import ascending, sparse_array
from tests.twin import DTYPES, assert_same, check, elements, shapes, spectral_twins, twins

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")

SMALL = st.sampled_from([np.dtype(name) for name in ["bool", "int8", "int64", "float64"]])
SIDES = hnp.array_shapes(max_dims=3, min_side=0, max_side=3)
LARGE = 2**40


def huge(shape, nactive=10_000, fill=0.0):
    return sparse_array(shape, nactive, fill=fill, seed=7, values=ascending)


@st.composite
def parts(draw, count=3, dtypes=DTYPES, ragged=True):
    """Arrays of one shape, but mostly for one axis; and that axis, sometimes out of range."""
    shape = draw(shapes(4))
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    out = []
    for _ in range(draw(st.integers(1, count))):
        one = list(shape)
        if ragged and -len(shape) <= axis < len(shape):
            one[axis] = draw(st.integers(0, 5))
        if draw(st.integers(0, 15)) == 0:
            one = draw(shapes(4))
        out.append(draw(twins(dtypes, st.just(tuple(one)))))
    return out, axis


@given(parts(), st.sampled_from([None, None, "float32", "int16", "complex64"]))
def test_concatenate(drawn, dtype):
    pairs, axis = drawn
    for casting in ("same_kind", "unsafe", "no"):
        check(
            lambda *arrays, c=casting: np.concatenate(arrays, axis, dtype=dtype, casting=c), *pairs
        )
    check(lambda *arrays: np.concatenate(arrays, None, dtype=dtype), *pairs)


@given(parts(2), st.sampled_from(["float64", "int8", "complex128"]), st.booleans())
def test_concatenate_into_an_output(drawn, dtype, virtual):
    pairs, axis = drawn
    try:
        shape = np.concatenate([pair[0] for pair in pairs], axis).shape
    except ValueError:
        shape = (2,)
    for wanted in (shape, (*shape, 1)):
        target = np.ones(wanted, dtype)

        def call(*arrays, target=target):
            out = arrays[-1].copy() if virtual else target.copy()
            got = np.concatenate(arrays[:-1], axis, out=out)
            assert got is out
            return np.asarray(out).tolist(), str(out.dtype)

        check(call, *pairs, (target, qv.array(target)))


@given(twins(), st.lists(st.sampled_from([1, 2.5, True, 3j, [1, 2], 300, -1]), max_size=2))
def test_concatenate_with_lists_and_scalars(pair, others):
    check(lambda x: np.concatenate([x, *others], axis=None), pair)
    check(lambda x: np.concatenate([x, *others]), pair)
    check(lambda x: np.hstack([x, *others]), pair)
    check(lambda x: np.append(x, others), pair)


def test_concatenate_refuses_what_numpy_refuses():
    pair = (np.ones(3), qv.array(np.ones(3)))
    text = np.array(["a", "b"])
    check(lambda x: np.concatenate((x,), out=[1, 2, 3]), pair)
    check(lambda x: np.concatenate((x, x), out=np.ones(6), dtype=float), pair)
    check(lambda x: np.stack((x, np.ones(4))), pair)
    check(lambda x: np.stack((x, x), axis=3), pair)
    assert np.concatenate((pair[1], text)).dtype.kind == "U"


@given(parts(3, ragged=False))
def test_stack(drawn):
    pairs, axis = drawn
    check(lambda *arrays: np.stack(arrays, axis), *pairs)
    check(lambda *arrays: np.stack(arrays, axis - 1, dtype="complex64", casting="unsafe"), *pairs)
    for function in (np.hstack, np.vstack, np.dstack, np.column_stack):
        check(lambda *arrays, f=function: f(arrays), *pairs)
    for function in (np.hstack, np.vstack):
        check(lambda *arrays, f=function: f(arrays, dtype="f4", casting="unsafe"), *pairs)


@given(parts(3))
def test_stacks_of_ragged_arrays(drawn):
    pairs, axis = drawn
    for function in (np.hstack, np.vstack, np.dstack, np.column_stack):
        check(lambda *arrays, f=function: f(arrays), *pairs)
    if len(pairs) > 1:
        check(lambda *arrays: np.append(arrays[0], arrays[1], axis), *pairs)
        check(lambda *arrays: np.append(arrays[0], arrays[1]), *pairs)


@given(parts(4, ragged=False), st.integers(0, 7))
def test_block(drawn, which):
    pairs, _ = drawn
    pairs = (pairs * 4)[:4]

    def call(a, b, c, d):
        nested = [
            [[a, b], [c, d]],
            [a, b, c],
            a,
            [[a, b], [1.0, 2]],
            [[a, b], c],
            [[a, b], []],
            [(a, b), [c, d]],
            [[[a], [b]], [[c], [d]]],
        ]
        return np.block(nested[which])

    check(call, *pairs)


@given(spectral_twins(), spectral_twins(), st.data())
def test_joined_in_any_bases(one, other, data):
    x, a = one
    y, b = other
    axis = data.draw(st.integers(0, x.ndim - 1))
    assert_same(
        np.concatenate([x, x, x], axis), np.concatenate([a, a, a], axis), rounding=64, scale=8.0
    )
    check(lambda p: np.stack([p, p], axis), (x, a), rounding=64, scale=8.0)
    assert np.stack([a, a], axis).bases[:axis] == a.bases[:axis]
    check(lambda p, q: np.concatenate([p, q], axis), (x, a), (y, b), rounding=64, scale=8.0)
    check(lambda p, q: np.kron(p, q), (x, a), (y, b), rounding=256, scale=64.0)
    check(lambda p: np.delete(p, 0, axis), (x, a), rounding=64, scale=8.0)
    check(lambda p: np.insert(p, 0, 2.5, axis), (x, a), rounding=64, scale=8.0)


_INDICES = st.one_of(
    st.integers(-7, 7),
    st.lists(st.integers(-6, 6), max_size=5),
    st.lists(st.integers(-6, 6), max_size=5).map(lambda one: np.array(one, int)),
    st.lists(st.integers(-6, 6), max_size=5).map(lambda one: np.array(one, float)),
    st.lists(st.booleans(), max_size=6).map(lambda one: np.array(one, bool)),
    st.slices(6),
    st.just([[0, 1]]),
    st.just(True),
)


@given(twins(), _INDICES, st.data())
def test_delete(pair, obj, data):
    axis = data.draw(st.none() | st.integers(-pair[0].ndim - 1, pair[0].ndim))
    check(lambda x: np.delete(x, obj, axis), pair)


@given(twins(), st.data())
def test_delete_by_a_virtual_mask(pair, data):
    for mask in (pair[0].ravel() == 0, pair[0].ravel() != 0):
        for fill in (False, True):
            twin = (mask, qv.array(mask, fill_value=fill))
            check(lambda x, m: np.delete(x, m), pair, twin)


@given(twins(), _INDICES, st.data())
def test_insert(pair, obj, data):
    x = pair[0]
    axis = data.draw(st.none() | st.integers(-x.ndim - 1, x.ndim))
    dtype = data.draw(SMALL)
    values = data.draw(
        st.one_of(
            elements(dtype),
            st.sampled_from([2, 1.5, -1, 2j, 1000, True]),
            st.lists(elements(dtype), max_size=4),
            twins([dtype], st.just(x.shape)),
            twins([dtype], shapes(3, 2)),
        )
    )
    if isinstance(values, tuple):
        check(lambda a, v: np.insert(a, obj, v, axis), pair, values)
    else:
        check(lambda a: np.insert(a, obj, values, axis), pair)


@given(twins(shape=shapes(4, 3)), st.data())
def test_insert_what_fits(pair, data):
    x = pair[0]
    if not x.ndim:
        return
    axis = data.draw(st.integers(0, x.ndim - 1))
    n = x.shape[axis]
    count = data.draw(st.integers(0, 3))
    places = data.draw(st.lists(st.integers(-n, n), min_size=count, max_size=count))
    shape = list(x.shape)
    shape[axis] = data.draw(st.sampled_from([1, count]))
    block = data.draw(twins(shape=st.just(tuple(shape))))
    check(lambda a, v: np.insert(a, places, v, axis), pair, block)
    if count:
        check(lambda a, v: np.insert(a, places[0], v, axis), pair, block)
        check(lambda a, v: np.insert(a, places[0], v[0], axis), pair, block)


@given(twins(shape=SIDES), twins(shape=SIDES))
def test_kron(one, other):
    check(np.kron, one, other)
    check(lambda x: np.kron(x, [[1, 2]]), one)
    check(lambda x: np.kron(2, x), one)


@pytest.mark.parametrize("name", ["standard", "walsh"])
def test_kron_of_operators(name):
    a = qv.operator([2.0, 3.0], [0, 3], 4, basis=name)
    b = qv.operator([1.0, -1.5], [1, 2], 8, basis=name)
    got = np.kron(a, b)
    assert got.spectrum.diagonal
    assert_same(np.kron(a.todense(), b.todense()), got, rounding=16, scale=8.0)


@given(twins(), st.sampled_from(["fb", "f", "b", "FB", "x"]), st.data())
def test_trim_zeros(pair, trim, data):
    x = pair[0]
    axis = data.draw(st.none() | st.integers(-x.ndim - 1, x.ndim) | st.just(()))
    check(lambda a: np.trim_zeros(a, trim, axis), pair)


@given(st.lists(st.booleans(), min_size=9, max_size=9), st.sampled_from([0.0, 2.0, -0.0]))
def test_trim_zeros_with_few_zeros(zeros, fill):
    x = np.where(np.reshape(zeros, (3, 3)), 0.0, 2.0)
    x = np.pad(x, 3, constant_values=2.0)
    x[0] = 0
    x[:, -1] = 0
    check(np.trim_zeros, (x, qv.array(x, fill_value=fill)))
    check(lambda a: np.trim_zeros(a, "b", 1), (x, qv.array(x, fill_value=fill)))


def test_joined_beyond_memory():
    x, y = huge((2**20, 2**20)), huge((2**20, 2**20), fill=0.0)
    for axis in (0, 1):
        got = np.concatenate([x, y], axis)
        got.spectrum.check()
        assert got.nactive == 2 * x.nactive
        row, column = (int(one[5]) for one in x.spectrum.coordinates())
        moved = (row + 2**20, column) if axis == 0 else (row, column + 2**20)
        assert got[moved] == got[row, column] == 15.0
    assert np.stack([x, y], axis=2).shape == (2**20, 2**20, 2)
    assert np.block([[x, y], [y, x]]).nactive == 4 * x.nactive
    one = huge((LARGE,), fill=np.nan)
    got = np.append(one, one)
    assert got.shape == (2 * LARGE,)
    assert np.isnan(got[2 * LARGE - 1]) or got[2 * LARGE - 1] == one[LARGE - 1]
    with pytest.raises(ValueError, match="too big"):
        np.concatenate([huge((2**62,), 3)] * 2)


def test_other_fill_values_beyond_memory():
    x = huge((LARGE,), fill=2.0)
    got = np.concatenate([x, np.array([0.0, 2.0, 5.0])])
    assert got.fill_value == 2.0
    assert got.nactive == x.nactive + 2
    assert [got[LARGE + i] for i in range(3)] == [0.0, 2.0, 5.0]
    with pytest.raises(MemoryError):
        np.concatenate([x, huge((LARGE,))])


def test_inserted_and_removed_beyond_memory():
    x = huge((LARGE,), fill=1.0)
    at = int(x.active_indices[100])
    got = np.insert(x, [at, at + 1], [7.0, 8.0])
    assert [got[at + i] for i in range(3)] == [7.0, 110.0, 8.0]
    with pytest.raises(MemoryError):
        np.insert(x, slice(None), 1.0)
    assert np.insert(huge((2**20, 2**20)), 3, 0.0, axis=1).nactive == 10_000
    got = np.delete(x, [at - 1, 5])
    assert got.shape == (LARGE - 2,)
    assert got[at - 2] == 110.0
    assert np.delete(x, slice(None, None, 2)).shape == (LARGE // 2,)
    odd = x.active_indices[x.active_indices % 2 == 1]
    assert np.array_equal(np.delete(x, slice(None, None, 2)).active_indices, odd // 2)
    assert np.delete(x, slice(None, 10, -3)).nactive == pytest.approx(2 / 3 * x.nactive, rel=0.1)
    mask = x == 110.0
    assert np.delete(x, mask).nactive == x.nactive - 1
    assert np.delete(huge((2**20, 2**20)), 3, axis=1).shape == (2**20, 2**20 - 1)


def test_kron_beyond_memory():
    x = huge((2**15, 2**15), 100)
    got = np.kron(x, x)
    assert got.nactive == x.nactive**2
    row, column = (one.astype(np.int64) for one in x.spectrum.coordinates())
    assert got[row[3] * 2**15 + row[7], column[3] * 2**15 + column[7]] == 13.0 * 17.0
    state = qv.from_eigenvalues([1.0, 0.5], [0, 3], 2**30, basis="walsh")
    assert np.kron(state, state).bases == state.bases
    assert np.kron(state, state).eigenvalues.tolist() == [1.0, 0.5, 0.5, 0.25]


def test_trim_zeros_beyond_memory():
    x = huge((2**20, 2**20), 100)
    rows, columns = x.spectrum.coordinates()
    got = np.trim_zeros(x)
    assert got.shape == (np.ptp(rows) + 1, np.ptp(columns) + 1)
    assert np.trim_zeros(huge((LARGE,), fill=3.0)).shape == (LARGE,)


def test_bounds_of_lossy_arrays():
    smooth = np.cos(np.linspace(0, 3, 64)) + 1e-3 * np.arange(64) % 0.01
    lossy = qv.encode(smooth, tol=1e-2)
    for got, exact in (
        (np.concatenate([lossy, np.ones(3)]), np.concatenate([smooth, np.ones(3)])),
        (np.delete(lossy, [3, 4]), np.delete(smooth, [3, 4])),
        (np.stack([lossy, lossy]), np.stack([smooth, smooth])),
    ):
        off = np.linalg.norm(got.todense() - exact) / np.linalg.norm(exact)
        assert 0 < off <= got.recovery_error < 0.1
