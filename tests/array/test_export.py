"""ndarrays made of a virtual array: in C order, read-only, or copies; and who takes them."""

import io
import warnings

import numpy as np
import pytest
import scipy.io.wavfile
import scipy.linalg
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided

import qvarray as qv

from ..twin import BASES, DTYPES, arrays, spectral_twins, twins
from .test_views import VIEWS


def _agree(x):
    """The strides and flags of a virtual array are those of its ndarray."""
    dense = np.asarray(x)
    assert x.strides == dense.strides
    assert dense.flags.c_contiguous
    for flag in ("C", "F", "FNC", "FORC", "A", "X"):
        assert x.flags[flag] == dense.flags[flag], flag
    assert np.isfortran(x) == np.isfortran(dense)
    return dense


@given(arrays(), st.lists(st.sampled_from(sorted(VIEWS)), max_size=4))
def test_strides_are_those_of_the_ndarray(x, names):
    y = qv.array(x)
    for name in names:
        try:
            x, y = VIEWS[name](x), VIEWS[name](y)
        except (IndexError, ValueError):
            break
        if not isinstance(y, qv.VirtualQArray):
            break
    if isinstance(y, qv.VirtualQArray):
        np.testing.assert_array_equal(_agree(y), x, strict=True)


@given(spectral_twins())
def test_strides_in_any_basis(pair):
    _agree(pair[1])
    _agree(pair[1].T[::-1])


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4), (1,), (1, 1), (1000,), (10, 1)])
def test_strides_of_odd_shapes(shape):
    _agree(qv.zeros(shape))
    _agree(qv.zeros(shape).T)


def test_strides_of_huge_arrays():
    x = qv.zeros((2**20, 2**40))
    assert x.strides == (2**43, 8)
    assert x.T[::2].strides == (2**23, 8)
    assert x.flags.c_contiguous
    assert not x.flags.f_contiguous


@given(twins(), st.sampled_from(DTYPES))
def test_read_only_or_a_copy(pair, dtype):
    x, y = pair
    for same in (np.asarray, np.asanyarray, np.ascontiguousarray, qv.VirtualQArray.to_numpy):
        made = same(y)
        assert not made.flags.writeable
        np.testing.assert_array_equal(made.reshape(x.shape), x, strict=True)
    assert not np.array(y, copy=None).flags.writeable
    assert not np.asarray(y, x.dtype).flags.writeable
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = np.asarray(y, dtype)
        assert other.flags.writeable == (dtype != x.dtype)
        assert other.dtype == dtype
        for copied in (
            np.array(y),
            np.array(y, dtype),
            y.to_numpy(copy=True),
            y.to_numpy(dtype, True),
        ):
            assert copied.flags.writeable
            copied[...] = 1
    np.testing.assert_array_equal(y.todense(), x, strict=True)


@pytest.mark.parametrize("basis", BASES)
def test_never_without_a_copy(basis):
    x = qv.from_eigenvalues(np.ones(4), range(4), 4, basis=basis)
    for y in (x, qv.asarray(np.arange(4.0)), qv.zeros(4), qv.asarray(np.float64(2))):
        for call in (np.array, np.asarray):
            for kwargs in ({}, {"dtype": np.float64}, {"dtype": np.float32}):
                if y.is_stored_in_full and kwargs.get("dtype", y.dtype) == y.dtype:
                    # What is stored are the elements themselves.
                    made = call(y, copy=False, **kwargs)
                    assert np.shares_memory(made, y.eigenvalues)
                    assert not made.flags.writeable
                else:
                    with pytest.raises(ValueError, match="copy"):
                        call(y, copy=False, **kwargs)


@given(twins([np.dtype(float), np.dtype("int8"), np.dtype("complex64")]))
def test_dlpack_is_read_only(pair):
    x, y = pair
    assert not np.from_dlpack(y).flags.writeable
    np.testing.assert_array_equal(np.from_dlpack(y), x, strict=True)
    copied = np.from_dlpack(y, copy=True)
    copied[...] = 1
    np.testing.assert_array_equal(y.todense(), x, strict=True)
    with pytest.raises(BufferError):
        y.__dlpack__()  # of a consumer that knows nothing of read-only
    assert y.__dlpack__(copy=True) is not None


@given(arrays([np.dtype(float), np.dtype("int16")], st.tuples(st.integers(1, 8))), st.data())
def test_strides_reach_out_of_half_an_array(x, data):
    n = x.size
    start = data.draw(st.integers(0, n // 2))
    stop = data.draw(st.integers(start + (n + 1) // 2, n))
    shape = data.draw(st.sampled_from([x.shape, (n,)]))

    def whole(x):
        part = x.reshape(shape)[start:stop]
        back = as_strided(part, (start + 1,), (-part.strides[0],))
        on = as_strided(part, (n - start,), part.strides)
        return back.tolist(), on.tolist()

    assert repr(whole(qv.array(x))) == repr(whole(x))


@pytest.mark.parametrize("n", [1, 2, 7, 1000])
@pytest.mark.parametrize("basis", ["standard", "cosine", "fourier", "blocked(cosine, 4)"])
def test_matrices_of_scipy(n, basis):
    x = np.random.default_rng(0).integers(-2, 3, n) * 1.0
    y = qv.asarray(x).to_basis(basis)
    for make in (
        scipy.linalg.circulant,
        scipy.linalg.toeplitz,
        scipy.linalg.hankel,
        lambda x: scipy.linalg.circulant(x[::-1]),
        lambda x: scipy.linalg.toeplitz(x, x[::-1]),
    ):
        limit = 0 if basis == "standard" else 1e-12
        np.testing.assert_allclose(make(y), make(x), rtol=0, atol=limit)
    # The stride is that of the ndarray in C order, not of the reversed memory.
    columns = as_strided(y[::-1], (n, 1), y[::-1].strides * 2)
    np.testing.assert_allclose(columns[:, 0], x[::-1], rtol=0, atol=1e-12)


FILTERS = {
    "grey_dilation": {"size": 3},
    "median_filter": {"size": 3},
    "uniform_filter": {"size": 3},
    "gaussian_filter": {"sigma": 1},
    "sobel": {},
    "spline_filter": {},
}


@pytest.mark.parametrize("name", FILTERS)
def test_results_are_not_lost(name):
    x = qv.asarray(np.arange(30.0).reshape(5, 6))
    out = qv.zeros((5, 6))
    with pytest.raises(ValueError, match="read-only"):
        getattr(scipy.ndimage, name)(x, output=out, **FILTERS[name])
    assert out.nactive == 0
    with pytest.raises(ValueError, match="read-only"):
        np.nditer(x, op_flags=["readwrite"])
    with pytest.raises(ValueError, match="read-only"):
        as_strided(x, (3,), (8,))[0] = 1


@pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.4.0",
    reason="asked by NumPy 2.4 on",
)
@pytest.mark.parametrize(
    "call",
    [
        np.dtype,
        lambda x: np.empty(3, x),
        lambda x: np.zeros_like(x, x),
        lambda x: x.astype(x),
        lambda x: np.add(x, x, dtype=x),
        lambda x: scipy.ndimage.label(x, output=x),
    ],
)
@pytest.mark.parametrize("basis", ["standard", "cosine"])
def test_an_array_is_no_dtype(call, basis):
    y = qv.from_eigenvalues(np.ones(4), range(4), 4, basis=basis)
    with pytest.raises(TypeError, match="dtype from an array"):
        call(y)


VOIDS = [1, 2, 4, 8, 16, 32]


@given(twins(), st.sampled_from(VOIDS))
def test_views_as_bytes(pair, size):
    x, y = pair
    code = f"V{size}"
    try:
        expected = x.view(code)
    except (TypeError, ValueError) as error:
        with pytest.raises(type(error)):
            y.view(code)
        return
    got = y.view(code)
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    assert not got.flags.writeable
    if x.dtype.char not in "gG":
        assert got.tobytes() == expected.tobytes()
    np.testing.assert_array_equal(got.view(x.dtype), x, strict=True)


def test_views_as_records():
    x = qv.asarray(np.array([1 + 2j, 3.0]))
    pairs = x.view([("re", float), ("im", float)])
    assert pairs["im"].tolist() == [2, 0]
    assert x.view("S16").dtype == np.dtype("S16")


SOUNDS = {
    "all stored": lambda: qv.asarray(np.arange(1, 60)),
    "few stored": lambda: qv.from_coordinates([5, 70], [1000, -3], 100),
    "a third": lambda: qv.asarray(np.arange(60) % 7 * (np.arange(60) % 4 == 0)),
    "spectral": lambda: qv.from_eigenvalues([50.0, 20.0], [1, 5], 64, basis="cosine"),
    "encoded": lambda: qv.encode(np.cos(np.arange(64.0)), tol=1e-2, storage="float64"),
    "deferred": lambda: np.exp(qv.from_eigenvalues([1.0], [1], 64, basis="walsh")),
}


@pytest.mark.parametrize("dtype", ["int16", "uint8", "float32", "int32"])
@pytest.mark.parametrize("name", SOUNDS)
def test_sound_is_written_right_or_not(name, dtype):
    x = SOUNDS[name]().astype(dtype)
    expected, got = io.BytesIO(), io.BytesIO()
    scipy.io.wavfile.write(expected, 8000, np.asarray(x))
    if x.nbytes == x.virtual_nbytes:
        scipy.io.wavfile.write(got, 8000, x)
        assert got.getvalue() == expected.getvalue()
    else:
        with pytest.raises(AttributeError, match="asarray"):
            scipy.io.wavfile.write(got, 8000, x)


def test_figures():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    x = np.random.default_rng(0).standard_normal((30, 3)).clip(0)
    y = qv.asarray(x)
    figure, axes = pyplot.subplots()

    def drawn(x):
        boxes = axes.boxplot(x)["medians"]
        counts, edges, _ = axes.hist(x, bins=5)
        one, _, _ = axes.hist(x[:, 1], bins=5)
        line = axes.plot(x)
        return [box.get_ydata() for box in boxes], counts, edges, one, line[2].get_ydata()

    for expected, got in zip(drawn(x), drawn(y), strict=True):
        np.testing.assert_array_equal(got, expected)
    pyplot.close(figure)


@given(twins())
def test_clip_with_one_bound(pair):
    x, y = pair
    for args in ((1,), (None, 1), (0, 1)):
        try:
            expected = x.clip(*args)
        except (TypeError, OverflowError) as error:
            with pytest.raises(type(error)):
                y.clip(*args)
            continue
        np.testing.assert_array_equal(np.asarray(y.clip(*args)), expected, strict=True)
