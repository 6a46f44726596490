"""Arrays joined, inserted and removed."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import DTYPES, assert_same, check, shapes, spectral_twins, twins

from ..large import huge

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")

LARGE = 2**40


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


AXES = st.sampled_from([None, 0, 1, -1, -2, 2, 5])


@given(twins(), AXES, st.sampled_from([None, "float32", "int16", "complex64"]))
def test_an_array_in_the_place_of_a_list_of_its_parts(pair, axis, dtype):
    # NumPy takes the scalars of one axis without asking.
    assume(pair[0].ndim != 1)
    # NumPy does not warn of imaginary parts that flattened arrays of no elements would lose.
    assume(pair[0].size or pair[0].dtype.kind != "c")
    for casting in ("same_kind", "unsafe"):
        kwargs = {"dtype": dtype, "casting": casting}
        check(lambda x, k=kwargs: np.concatenate(x, axis, **k), pair)
        check(lambda x, k=kwargs: np.stack(x, -1 if axis is None else axis, **k), pair)
        check(lambda x, k=kwargs: np.vstack(x, **k), pair)
        check(lambda x, k=kwargs: np.hstack(x, **k), pair)
    for join in (np.dstack, np.column_stack, np.block):
        check(join, pair)


@given(spectral_twins(), AXES)
def test_an_array_in_any_basis_in_the_place_of_a_list(pair, axis):
    assume(pair[0].ndim != 1)
    check(lambda x: np.concatenate(x, axis), pair, rounding=64, scale=8.0)
    for join in (np.stack, np.vstack, np.hstack, np.dstack):
        check(join, pair, rounding=64, scale=8.0)


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
