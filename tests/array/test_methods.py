"""The methods and attributes of ndarray."""

import io
import itertools
import operator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv

from ..twin import DTYPES, FLOATS, arrays, assert_same, check, sided, spectral_twins, twins

#: What ndarray has and we refuse: memory addresses, and bytes of elements as other elements.
REFUSED = {"ctypes", "getfield", "setfield"}


def test_every_attribute_of_ndarray_is_there():
    # NumPy 2.2 lists some names of methods that are gone.
    x = np.zeros((1, 1))
    public = {name for name in dir(x) if not name.startswith("_") and hasattr(x, name)}
    assert public - set(dir(qv.VirtualQArray)) - {"tostring"} == REFUSED


SHAPED = {
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "base": lambda x: x[:1].base is x,
    "device": lambda x: (x.device, x.to_device("cpu")),
    "flags": lambda x: (x.flags["C"], x.flags.owndata, x.flags.num, repr(x.flags)),
    "imag": lambda x: x.imag,
    "item": lambda x: x.item(),
    "item0": lambda x: x.item(0),
    "itemsize": lambda x: (x.itemsize, x.ndim, x.size, x.strides if x.size else 0),
    "len": len,
    "list": list,
    "flat": lambda x: list(x.flat),
    "flat part": lambda x: x.flat[1:3],
    "flat coords": lambda x: (x.flat.coords, x.flat.index, len(x.flat)),
    "flat copy": lambda x: x.flat.copy(),
    "tolist": lambda x: x.tolist(),
    "tobytes": lambda x: x.tobytes(),
    "as bytes": lambda x: bytes(x),
    "fortran bytes": lambda x: x.tobytes("F"),
    "transpose": lambda x: x.transpose(1, 0),
    "transpose tuple": lambda x: x.transpose((1, 0)),
    "transpose none": lambda x: x.transpose(),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "reshape": lambda x: x.reshape(-1, 2),
    "reshape F": lambda x: x.reshape((2, -1), order="F"),
    "flatten": lambda x: x.flatten(),
    "flatten F": lambda x: x.flatten("F"),
    "ravel": lambda x: x.ravel(),
    "ravel K": lambda x: x.T.ravel("K"),
    "squeeze": lambda x: x.squeeze(),
    "squeeze axis": lambda x: x.squeeze(axis=0),
    "diagonal": lambda x: x.diagonal(1),
    "trace": lambda x: x.trace(),
    "view": lambda x: x.view(),
    "byteswap": lambda x: x.byteswap(),
    "nonzero": lambda x: x.nonzero(),
    "argsort": lambda x: x.argsort(kind="stable"),
    "repeat": lambda x: x.repeat(2, axis=0),
    "take": lambda x: x.take([0, 1], mode="clip"),
    "compress": lambda x: x.compress([True, False], axis=0),
    "clip": lambda x: x.clip(0, 1),
    "clip below": lambda x: x.clip(0),
    "clip above": lambda x: x.clip(max=1),
    "dot": lambda x: x.dot(x.T),
    "round": lambda x: x.round(1),
    "searchsorted": lambda x: np.sort(x, axis=None).searchsorted(1),
    "cumsum": lambda x: x.cumsum(axis=0),
    "cumprod": lambda x: x.cumprod(),
    "conj": lambda x: x.conj(),
    "max": lambda x: x.max(),
    "any": lambda x: x.any(axis=0, keepdims=True),
    "astype": lambda x: x.astype(np.float32),
    "contains": lambda x: (1 in x, 7.25 in x),
    "bool": bool,
    "float": float,
    "int": int,
    "index": operator.index,
    "hash": hash,
    "format": lambda x: f"{x}",
    "format spec": lambda x: f"{x:.3f}",
    "array": lambda x: np.asarray(np.array(x).tolist()).tolist(),
}


@pytest.mark.parametrize("name", sorted(SHAPED))
@given(data=st.data())
def test_methods(name, data):
    change = sided if name in EXTREMES else np.asarray
    pair = data.draw(twins(UNPADDED if name in BYTES else DTYPES, change=change))
    call = SHAPED[name]
    rounding = 16 if name in ("cumsum", "cumprod", "dot", "trace") else 0
    with np.errstate(all="ignore"):
        check(call, pair, rounding=rounding)


#: What NumPy's loops differ in is which of two zeros is the larger one.
EXTREMES = {"max"}

#: What shows the bytes of elements: those that pad extended precision mean nothing.
BYTES = {"tobytes", "as bytes", "fortran bytes", "byteswap"}
UNPADDED = [dtype for dtype in DTYPES if dtype.char not in "gG"]


def _in_place(call):
    def run(x):
        call(x)
        return x

    return run


IN_PLACE = {
    "fill": lambda x: x.fill(2),
    "sort": lambda x: x.sort(),
    "sort axis": lambda x: x.sort(axis=0, kind="stable"),
    "resize": lambda x: x.resize(2, 3, refcheck=False),
    "resize tuple": lambda x: x.resize((7,), refcheck=False),
    "resize less": lambda x: x.resize(1, refcheck=False),
    "put": lambda x: x.put([0, -1], [5, 6]),
    "setflags": lambda x: (x.setflags(write=False), x.__setitem__(..., 1)),
    "shape": lambda x: setattr(x, "shape", (-1,)),
    "shape of a view": lambda x: setattr(x[:, :1], "shape", (-1,)),
    "wrong shape": lambda x: setattr(x, "shape", (5, 7)),
    "real": lambda x: setattr(x, "real", 3),
    "imag": lambda x: setattr(x, "imag", 3),
    "flat": lambda x: setattr(x, "flat", [1, 0, 1]),
    "flat part": lambda x: x.flat.__setitem__(slice(1, None, 2), [1, 2]),
    "flat list": lambda x: x.flat.__setitem__([0, 1], 4),
    "flat mask": lambda x: x.flat.__setitem__(np.ones(x.size, bool), 4),
    "byteswap": lambda x: x.byteswap(inplace=True),
    "view": lambda x: x.view().fill(1),
    "itemwise": lambda x: [x.__setitem__(i, 1) for i in range(len(x))],
}


@pytest.mark.parametrize("name", sorted(IN_PLACE))
@given(data=st.data())
def test_methods_in_place(name, data):
    x = data.draw(arrays(UNPADDED if name in BYTES else DTYPES))
    if name == "sort":
        # A sort that is not stable may give zeros of both signs in any order.
        x = sided(x)
    fill = data.draw(st.sampled_from([0, *x.ravel()[:2]]))
    with np.errstate(all="ignore"):
        check(_in_place(IN_PLACE[name]), (x.copy(), qv.array(x, fill_value=fill)))


@given(x=arrays([np.dtype(float), np.dtype("int64")]))
def test_bits_as_another_dtype(x):
    def program(x):
        other = x.view(np.uint64)
        other[x == 0] = 5
        other ^= 1
        return x, other, x.view(np.int8)

    if x.ndim:
        check(program, (x.copy(), qv.array(x)))


def test_chained_lenses():
    def program(x):
        x.real.view(np.uint64)[1] = 7
        x.imag[::2] = 3
        return x

    x = np.arange(5.0) * (1 + 2j)
    check(program, (x.copy(), qv.array(x)))


def test_a_shape_that_is_set_leaves_views():
    def program(x):
        row = x[1]
        x.shape = (6,)
        x[4] = 9
        row[0] = 8
        x[:] += 1
        return x, row

    x = np.arange(6).reshape(2, 3)
    check(program, (x.copy(), qv.array(x)))


def test_resizing_with_views_is_refused():
    x = qv.array(np.arange(4))
    view = x[1:]
    for one in (x, view):
        with pytest.raises(ValueError, match="cannot resize"):
            one.resize(9)


@given(twins(dtypes=[np.dtype(float), np.dtype("int32"), np.dtype("complex64")]))
def test_exchange(pair):
    x, y = pair
    np.testing.assert_array_equal(np.from_dlpack(y), x)
    assert y.__dlpack_device__() == x.__dlpack_device__()
    with pytest.raises(BufferError):
        y.__dlpack__(copy=False)
    np.testing.assert_allclose(y, x)
    np.testing.assert_array_equal(np.array(y, dtype=complex), x.astype(complex))
    text = io.BytesIO()
    y.dump(text)
    assert_same(x, np.load(io.BytesIO(text.getvalue()), allow_pickle=True))


@given(spectral_twins() | twins(UNPADDED))
def test_data_is_of_what_is_stored_in_full(pair):
    y = pair[1]
    if y.nbytes == y.virtual_nbytes and y.spectrum.is_standard and y.active_indices is None:
        assert bytes(y.data) == np.asarray(y).tobytes()
        assert y.data.readonly
    else:
        assert not hasattr(y, "data")


def test_over_budget_nothing_is_exported(tmp_path):
    x = qv.from_coordinates([[1]], [1.0], (2**40,))
    for export in (x.tolist, x.tobytes, x.__dlpack__, lambda: x.tofile(tmp_path / "x")):
        with pytest.raises(qv.MaterializationError):
            export()
    assert not (tmp_path / "x").exists()


def test_hash_and_iteration_of_huge_arrays():
    x = qv.from_coordinates([[1], [2**39]], [1.0], (2**40, 2**20)[::-1])
    rows = iter(x)
    next(rows)
    assert next(rows)[2**39] == 1
    assert 1.0 in x
    assert 2.0 not in x
    with pytest.raises(TypeError):
        hash(x)
    with pytest.raises(qv.MaterializationError):
        iter(x[0])


@given(twins(FLOATS))
def test_allclose_context(pair):
    x, y = pair
    np.testing.assert_allclose(y, x)
    np.testing.assert_array_equal(y, x)


def test_choices_are_one_argument_or_several():
    dense = np.array([[0, 1, 1], [1, 0, 0]])
    x, choices = qv.array(dense), ([1, 2, 3], [[4.0], [5.0]])
    expected = dense.choose(*choices)
    for got in (x.choose(*choices), x.choose(choices), x.choose(choices, out=None, mode="wrap")):
        np.testing.assert_array_equal(got, expected, strict=True)
    out = qv.zeros((2, 3))
    assert x.choose(*choices, out=out) is out
    np.testing.assert_array_equal(out, expected, strict=True)


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((3, 3), (3,)), ((), (3, 3)), ((3, 3), ())])
def test_products_in_place_are_by_matrices(shapes):
    makers: list[Any] = [np.ones, qv.ones]
    for left, right in itertools.product(makers, repeat=2):
        x, y = left(shapes[0]), right(shapes[1])
        with pytest.raises((ValueError, TypeError)):
            x @= y
        np.testing.assert_array_equal(x, np.ones(shapes[0]))


def test_dtypes_are_judged_before_shapes():
    for make in (np.array, qv.array):
        days, numbers = make(np.arange(3).astype("M8[D]")), make(np.arange(2.0))
        for operation in (operator.gt, operator.add, operator.mul, operator.lshift):
            with pytest.raises(TypeError):
                operation(days, numbers)
        with pytest.raises(ValueError, match="could not be broadcast"):
            make(np.arange(3)) + numbers
