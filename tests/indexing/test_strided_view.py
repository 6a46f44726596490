"""Windows: which elements a view has, as integers; against the views that NumPy makes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.lib.stride_tricks import sliding_window_view

import qvarray as qv
from qvarray.indexing.keys import basic_key
from qvarray.indexing.strided_view import Strided, positions_in, stand_in, window_of

#: Views of ndarrays, of at least one axis.
LOOKS = (
    np.transpose,
    lambda a: np.flip(a, 0),
    lambda a: np.expand_dims(a, 0),
    lambda a: np.broadcast_to(a, (2, *a.shape)),
    lambda a: np.diagonal(a) if a.ndim > 1 else a[::-1],
    lambda a: np.einsum("ii->i", a) if a.ndim == 2 and a.shape[0] == a.shape[1] else a.T,
    lambda a: sliding_window_view(a, 1, axis=0),
    lambda a: np.reshape(a, (*a.shape, 1), copy=False),
)


def assert_same(window, view, whole):
    """Compare a window with a view of an array of bytes, which tell their positions."""
    assert window.shape == view.shape
    if view.size:
        np.testing.assert_array_equal(positions_in(window), view)
        longer = [n > 1 for n in view.shape]
        assert (
            np.compress(longer, window.strides).tolist()
            == (np.compress(longer, view.strides) // whole.itemsize).tolist()
        )
    assert window.c_contiguous == view.flags.c_contiguous
    assert window.f_contiguous == view.flags.f_contiguous


@given(st.data())
def test_views_of_views(data):
    shape = data.draw(hnp.array_shapes(max_dims=4, max_side=5, min_side=0))
    whole = np.arange(np.prod(shape)).reshape(shape)
    window, view = window_of(shape), whole
    assert_same(window, view, whole)
    for _ in range(data.draw(st.integers(0, 4))):
        if data.draw(st.booleans()) or not view.ndim:
            key = data.draw(hnp.basic_indices(view.shape, allow_newaxis=True, allow_ellipsis=True))
            window = window.part(basic_key(key, view.shape))
            view = (
                view[(*(key if isinstance(key, tuple) else (key,)), ...)]
                if not any(part is Ellipsis for part in (key if isinstance(key, tuple) else (key,)))
                else view[key]
            )
        elif view.size:
            look = data.draw(st.sampled_from(LOOKS))
            window, view = window.seen(look), look(view)
        assert_same(window, np.asarray(view), whole)


@pytest.mark.parametrize("shape", [(3,), (2**40,), (2**20, 2**20), ()])
def test_there_is_no_memory_behind_a_view(shape):
    """Nothing that an array hands out is an ndarray of elements that are not there."""
    x = qv.from_eigenvalues([1.0], [0], shape)
    views = [x, x.T] + ([x[::2], x[None]] if shape else [])
    for view in views:
        assert "Strided(" in repr(view.window)
        for name in {*dir(view), *object.__dir__(view)} - {"data"}:
            if name.startswith("__"):
                continue
            try:
                value = getattr(view, name)
            except (AttributeError, ValueError):
                continue
            if isinstance(value, np.ndarray):
                # As much memory as it says that it has.
                assert value.nbytes <= 64
                assert all(stride >= 0 for stride in value.strides)


def test_stand_ins_can_be_printed_and_written():
    array = stand_in((2**40, 3), (3, 1))
    assert array.itemsize == 0
    assert "..." in str(array)
    assert array[5:7].tobytes() == b""


def test_windows_are_compared_by_what_they_are():
    assert window_of((4, 5)).part([range(1, 3), 2]) == Strided((2,), (5,), 7)
