"""Views write through in both directions; assignment is NumPy's."""

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import arrays, assert_same, check, keys, spectral_twins, twins


@st.composite
def advanced(draw, shape):
    """Keys with integer arrays and masks among slices, integers, newaxis and an ellipsis."""
    part: Any
    parts: list[Any] = []
    axis = 0
    length = draw(st.integers(0, 3))
    while axis < len(shape) and len(parts) < 4:
        n = shape[axis]
        kind = draw(st.sampled_from(["array", "mask", "slice", "int", "mask2", "list", "wide"]))
        span = 1
        positions = st.integers(-n, n - 1) if n else st.just(0)
        if kind == "array":
            part = np.array(draw(st.lists(positions, min_size=length, max_size=length)), int)
        elif kind == "wide":
            part = np.array(draw(st.lists(positions, min_size=2, max_size=2)), int)[:, None]
        elif kind == "list":
            part = draw(st.lists(positions, min_size=length, max_size=length))
        elif kind == "mask":
            part = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool)
        elif kind == "mask2" and axis + 1 < len(shape):
            span = 2
            size = n * shape[axis + 1]
            part = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), bool)
            part = part.reshape(shape[axis : axis + 2])
        elif kind == "int":
            part = draw(st.integers(-n - 1, n))
        else:
            bound = st.none() | st.integers(-n - 1, n + 1)
            part = slice(draw(bound), draw(bound), draw(st.sampled_from([None, 2, -1])))
        parts.append(part)
        axis += span
        if draw(st.integers(0, 5)) == 0:
            break
    if draw(st.integers(0, 3)) == 0:
        parts.insert(
            draw(st.integers(0, len(parts))), draw(st.sampled_from([None, Ellipsis, True]))
        )
    return parts[0] if len(parts) == 1 and draw(st.booleans()) else tuple(parts)


def _virtual(key):
    """The same key with arrays that are virtual."""
    if isinstance(key, tuple):
        return tuple(_virtual(part) for part in key)
    return qv.array(key) if isinstance(key, np.ndarray) else key


@given(twins(), st.data())
def test_advanced_keys(pair, data):
    key = data.draw(advanced(pair[0].shape))
    check(lambda x: x[key], pair)
    if not isinstance(key, tuple) or all(part is not Ellipsis for part in key):
        ours = _virtual(key)
        check(lambda x: x[key if isinstance(x, np.ndarray) else ours], pair)


@given(spectral_twins(), st.data())
def test_advanced_keys_of_spectral_arrays(pair, data):
    key = data.draw(advanced(pair[0].shape))
    check(lambda x: x[key], pair, rounding=64, scale=float(np.linalg.norm(pair[1].eigenvalues)))


@given(twins(), st.data())
def test_masks_of_the_whole_shape(pair, data):
    x, _ = pair
    mask = data.draw(arrays([np.dtype(bool)], st.just(x.shape)))
    ours = qv.array(mask, fill_value=data.draw(st.booleans()))
    check(lambda a: a[mask if isinstance(a, np.ndarray) else ours], pair)


@st.composite
def values(draw, x, key):
    """Something to write: a scalar, or an array that may or may not broadcast."""
    try:
        part = x[key]
    except Exception:
        return 1
    if not np.size(part):
        return draw(st.sampled_from([1, x.ravel()[:0]]))
    if draw(st.booleans()) or not np.ndim(part):
        return draw(st.sampled_from([0, 1, -2.5, np.nan, 300, True, np.float32(0.5), 1j]))
    shape = list(part.shape)
    for axis in range(len(shape)):
        if draw(st.integers(0, 3)) == 0:
            shape[axis] = draw(st.sampled_from([1, 2]))
    shape = shape[draw(st.integers(0, len(shape))) :]
    return draw(arrays([x.dtype, np.dtype(float), np.dtype(complex)], st.just(tuple(shape))))


def _with(write):
    """The array after writing to it; exceptions must leave it as it was."""

    def call(x, *rest):
        before = np.array(x)
        try:
            write(x, *rest)
        except Exception:
            assert_same(before, x if isinstance(x, qv.VirtualQArray) else qv.array(x))
            raise
        return x

    return call


@given(arrays(), st.data())
def test_assignment(x, data):
    fill = data.draw(st.sampled_from([0, *x.ravel()[:2]]))
    key = data.draw(st.one_of(keys(x.shape), advanced(x.shape)))
    value = data.draw(values(x, key))
    y = qv.array(x, fill_value=fill)

    def write(a, v):
        a[key] = v

    ours = qv.array(value) if isinstance(value, np.ndarray) and data.draw(st.booleans()) else value
    check(_with(write), (x.copy(), y), (value, ours))


@given(arrays(), st.data())
def test_masked_assignment(x, data):
    mask = data.draw(arrays([np.dtype(bool)], st.just(x.shape)))
    y = qv.array(x)
    ours = qv.array(mask, fill_value=data.draw(st.booleans()))

    def write(a, m):
        a[m] = 1

    check(_with(write), (x.copy(), y), (mask, ours))


VIEWS: dict[str, Callable[..., Any]] = {
    "T": lambda x: x.T,
    "reversed": lambda x: x[::-1],
    "evens": lambda x: x[..., ::2],
    "rest": lambda x: x[1:],
    "row": lambda x: x[0],
    "new axis": lambda x: x[:, None],
    "ravel": np.ravel,
    "flip": np.flip,
    "rot90": np.rot90,
    "swapaxes": lambda x: np.swapaxes(x, 0, -1),
    "moveaxis": lambda x: np.moveaxis(x, 0, -1),
    "squeeze": np.squeeze,
    "expand_dims": lambda x: np.expand_dims(x, 1),
    "reshape": lambda x: x.reshape(x.shape[::-1]),
    "fortran": lambda x: x.reshape(-1, order="F"),
    "real": lambda x: x.real,
    "imag": lambda x: x.imag,
    "atleast_3d": np.atleast_3d,
    "diagonal": np.diagonal,
    "broadcast": lambda x: np.broadcast_to(x, (2, *x.shape)),
    "copy": lambda x: x.copy(),
    "part": lambda x: np.array_split(x, 3)[1],
    "dots": lambda x: x[...],
    "plus": lambda x: (x + 1).copy(),
    "fancy": lambda x: x[[0]].copy(),
}


@given(arrays(), st.lists(st.sampled_from(sorted(VIEWS)), min_size=1, max_size=4), st.data())
def test_chains_of_views_write_through(x, names, data):
    fill = data.draw(st.sampled_from([0, *x.ravel()[:2]]))
    number = data.draw(st.sampled_from([1, 3]))
    back = data.draw(st.booleans())

    def program(x):
        chain = [x]
        for name in names:
            made = VIEWS[name](chain[-1])
            if isinstance(made, np.generic):
                break
            chain.append(made)
        last = chain[-1]
        seen = [(one.shape, one.flags.writeable) for one in chain]
        shared = [bool(np.shares_memory(one, last)) for one in chain]
        if back:
            x[...] = x.dtype.type(number)
        last[...] = number
        return [*chain, seen, shared]

    check(program, (x.copy(), qv.array(x, fill_value=fill)))


def _augmented(x):
    y = x[::2][1:]
    y += 1
    x[0] *= 2
    x[[0, 1], 0] += 5
    x.T[1] -= 3
    x[x > 3] //= 2
    z = x.reshape(-1)
    z[::3] = x.flat[1]
    x.flat[[0, 2]] = 9
    np.add.at(x, ([0, 0, 1], [1, 1, 2]), 4)
    np.multiply(x[1], 2, out=x[0])
    x[1:] = x[:-1]
    return x, y, z


@pytest.mark.parametrize("fill", [0, 7])
def test_augmented_assignment_through_views(fill):
    x = np.arange(24).reshape(4, 6) % 5
    check(_augmented, (x.copy(), qv.array(x, fill_value=fill)))


def test_views_made_after_a_shape_was_set():
    x = np.arange(12.0).reshape(3, 4)
    y = qv.array(x)
    for array in (x, y):
        array[1]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # setting a shape is deprecated
            array.shape = (2, 6)
    views = x[1, ::2], y[1, ::2]
    for array in (x, y):
        array[1, 2] = 9
        array[:, 4:] = 7
    np.testing.assert_array_equal(views[1].todense(), views[0])


@pytest.mark.parametrize("part", ["real", "imag", "T"])
@pytest.mark.parametrize("kind", ["c16", "f8", "?"])
@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (2,), (0,)])
@pytest.mark.filterwarnings("ignore")
def test_elements_of_parts_take_what_numpy_takes(part, kind, shape):
    def write(x, value):
        z = x.copy()
        getattr(z, part)[(1,)] = value
        return z

    value = np.ones(shape, kind)
    for twin in (value, qv.array(value)):
        for dtype in (complex, float):
            dense = np.zeros(3, dtype)
            if part != "imag" or dtype is complex:
                check(write, (dense, qv.array(dense)), (value, twin))


def test_read_only_arrays_refuse():
    x = qv.array(np.arange(6.0))
    y = x[1:]
    x.flags.writeable = False
    z = x[2:]
    for write in (
        lambda: x.__setitem__(0, 1),
        lambda: x.__setitem__(slice(2), 1),
        lambda: x.__setitem__([0], 1),
        lambda: z.__setitem__(0, 1),
        lambda: np.add(x, 1, out=x),
        lambda: x.fill(0),
        lambda: x.sort(),
        lambda: np.put(x, 0, 1),
        lambda: x.put_elements(np.array([0]), [1], 0.0),
    ):
        with pytest.raises(ValueError, match="read-only"):
            write()
    with pytest.raises(ValueError, match="WRITEABLE"):
        z.flags.writeable = True
    y[0] = 5
    assert x[1] == 5
    np.testing.assert_array_equal(np.asarray(x), [0, 5, 2, 3, 4, 5])


def test_huge_arrays_are_written_in_place():
    n = 2**30
    x = qv.from_coordinates([[5, n - 1], [7, 0]], [1.0, 2.0], (n, n))
    x[3, 4] = 8
    x[5, ::2] *= 10
    x[5, 7] += 1
    x.T[0] *= 3
    y = x[n // 2 :, : n // 2]
    y[-1, 0] += 0.5
    x[[5, 9], [7, 9]] += 1
    assert (x[3, 4], x[5, 7], x[n - 1, 0], x[9, 9], x[0, 0]) == (8, 3, 6.5, 1, 0)
    assert x.nactive == 4
    rows = x[[5, 3, 5]]
    assert rows.shape == (3, n)
    assert rows[2, 7] == 3
    assert rows.nactive == 3
    x[x > 5] = 0
    assert x.nactive == 2


def test_everything_but_a_few_is_picked():
    n = 2**50
    x = qv.from_coordinates([[3, 9, 2**40]], [1.0, 2.0, 3.0], (n,))
    y = x[x != 2.0]
    assert y.shape == (n - 1,)
    assert y.active_indices.tolist() == [3, 2**40 - 1]


def test_a_failed_write_leaves_the_array():
    x = qv.from_eigenvalues([1.0], [3], 2**40, basis="walsh")
    before = x[:4].todense()
    with qv.options(memory_budget=1 << 20):
        for key in (0, slice(3), [1, 2]):
            with pytest.raises(qv.MaterializationError):
                x[key] = 1
    np.testing.assert_array_equal(x[:4].todense(), before)


def test_many_scalar_writes_are_merged_at_once():
    x = qv.from_coordinates([[0]], [1.0], (2**40,))
    for i in range(1000):
        x[i * 1000] = i
        assert x[i * 1000] == i
    assert x.nactive == 999
    assert x[999_000] == 999
    view = x[500_000:]
    x[500_000] = -1
    assert view[0] == -1
    view[1] = 4
    assert x[500_001] == 4


@given(twins())
def test_copies_and_pickles(pair):
    x, y = pair
    for made in (copy.copy(y), copy.deepcopy(y), pickle.loads(pickle.dumps(y)), y.copy()):
        assert_same(x, made)
        if x.size and x.ndim:
            made[...] = x.dtype.type(1)
    assert_same(x, y)


def test_pickles_keep_the_basis():
    x = qv.from_eigenvalues([1.0, 2.0], [3, 5], 2**40, basis="walsh")
    y = pickle.loads(pickle.dumps(x))
    assert y.bases[0] is x.bases[0]
    assert y[12345] == x[12345]
    assert len(pickle.dumps(x)) < 1000


@pytest.mark.parametrize("order", [">", "<", "="])
@pytest.mark.parametrize("kind", ["f4", "i4", "u4", "i2", "u1"])
def test_views_of_bytes_in_any_order(order, kind):
    x = np.array([1.0, 0.0, -2.5, 0.0], "f4")
    y = qv.array(x)
    expected = x.view(order + kind)
    got = y.view(order + kind)
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got.todense(), expected)
    if got.dtype.itemsize == 4:
        expected[1] = got[1] = 3
        np.testing.assert_array_equal(y.todense(), x)
    with pytest.raises(TypeError):
        y.sort(axis=None)
    with pytest.raises(TypeError):
        y.partition(1, axis=None)
    assert y.reshape(2, 2).transpose(np.array([1, 0])).shape == (2, 2)
