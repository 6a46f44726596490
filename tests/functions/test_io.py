"""Writing to files, and as text."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import arrays, assert_same, check, shapes, spectral_twins, twins

HUGE = 2**40


def written(save, *args, **kwargs):
    file = io.BytesIO()
    save(file, *args, **kwargs)
    file.seek(0)
    return file


@given(twins() | spectral_twins(), twins())
def test_files_of_numpy(pair, other):
    x, y = pair[1], other[1]
    assert_same(x.todense(), qv.asarray(np.load(written(np.save, x))))
    for save in (np.savez, np.savez_compressed):
        with np.load(written(save, x, other[0], one=y, out=x)) as read:
            assert set(read) == {"arr_0", "arr_1", "one", "out"}
            np.testing.assert_array_equal(read["out"], x.todense(), strict=True)
            np.testing.assert_array_equal(read["arr_0"], x.todense(), strict=True)
            np.testing.assert_array_equal(read["arr_1"], other[0], strict=True)
            np.testing.assert_array_equal(read["one"], other[0], strict=True)


@given(twins())
def test_text_files(pair):
    def text(x, **kwargs):
        return written(np.savetxt, x, **kwargs).getvalue().decode()

    check(text, pair)
    kwargs = {"fmt": "%s", "delimiter": ";", "newline": "|", "header": "a\nb", "footer": "c"}
    check(lambda x: text(x, **kwargs, comments="%"), pair)
    check(lambda x: text(x, fmt="%d %d"), pair)


def test_nothing_is_written_over_the_budget(tmp_path):
    x = qv.from_coordinates([[3]], [5.0], HUGE)
    one = qv.from_coordinates([[3]], [5.0], 1000)
    calls = [
        lambda path: np.save(path, x),
        lambda path: np.savez(path, one, x),
        lambda path: np.savez_compressed(path, one=one, x=x),
        lambda path: np.savetxt(path, x),
    ]
    for call in calls:
        with pytest.raises(qv.MaterializationError):
            call(tmp_path / "file")
    with qv.options(memory_budget=12_000):
        np.savez(tmp_path / "fits.npz", one)
        for save in (np.savez, np.savez_compressed):
            with pytest.raises(qv.MaterializationError):
                save(tmp_path / "file", one, other=one)
    assert [path.name for path in tmp_path.iterdir()] == ["fits.npz"]


# NumPy 2.2 takes "2.1" and breaks.
LEGACY = [False, "1.13", "1.21", "1.25"] + ["2.1"] * (not np.__version__.startswith("2.2."))
TEXT: list[Callable[..., str]] = [np.array2string, np.array_repr, np.array_str]
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "threshold": st.sampled_from([0, 3, 10, 1000]),
        "edgeitems": st.integers(0, 4),
        "linewidth": st.sampled_from([1, 20, 40, 75]),
        "precision": st.sampled_from([2, 8]),
        "suppress": st.booleans(),
        "sign": st.sampled_from(["+", " ", "-"]),
        "floatmode": st.sampled_from(["fixed", "unique", "maxprec"]),
        "nanstr": st.just("?"),
        "legacy": st.sampled_from(LEGACY),
    },
)


@given(twins(shape=shapes(13)) | twins(shape=shapes(90, 1)), SETTINGS)
@pytest.mark.filterwarnings("ignore")
def test_text(pair, settings):
    with np.printoptions(**settings):
        for function in TEXT:
            check(function, pair)


@given(twins(shape=shapes(13)), st.data())
@pytest.mark.filterwarnings("ignore")
def test_text_with_arguments(pair, data):
    width = data.draw(st.sampled_from([None, 10, 40]))
    args = (width, data.draw(st.sampled_from([None, 3])), data.draw(st.sampled_from([None, True])))
    options = {
        "threshold": data.draw(st.sampled_from([None, 0, 5])),
        "edgeitems": data.draw(st.none() | st.integers(0, 3)),
        "sign": data.draw(st.sampled_from([None, "+"])),
        "floatmode": data.draw(st.sampled_from([None, "fixed", "nonsense"])),
        "formatter": data.draw(st.sampled_from([None, {"all": lambda one: f"<{one}>"}])),
        "legacy": data.draw(st.sampled_from([None, "1.21"])),
    }
    check(lambda x: np.array2string(x, *args, ",", "prefix", suffix="...", **options), pair)
    with np.printoptions(threshold=5):
        check(lambda x: np.array_repr(x, *args), pair)
        check(lambda x: np.array_str(x, *args), pair)


@given(arrays(shape=shapes(9)), st.integers(0, 3))
@pytest.mark.filterwarnings("ignore")
def test_text_of_expressions(x, edge):
    y = np.array(x, float)
    walsh = qv.from_eigenvalues([8.0, 2.0], [0, 5], (16, 8), basis="walsh")
    product = walsh * walsh
    with np.printoptions(threshold=20, edgeitems=edge):
        for function in TEXT:
            assert function(product) == function(product.todense())
            assert function(np.exp(product)[1:, 2]) == function(np.exp(product.todense())[1:, 2])
    assert np.array_str(qv.asarray(y)) == np.array_str(y)


def test_text_of_what_cannot_be_materialised():
    x = qv.from_coordinates([[0, 7], [1, HUGE - 1]], [1.5, -2.0], (8, HUGE))
    assert np.array_repr(x).startswith("array([[ 0. ,  1.5,  0. , ...,  0. ,  0. ,  0. ],\n")
    assert np.array_repr(x).endswith(f"  0. ,  0. , -2. ]],\n      shape=(8, {HUGE}))")
    assert np.array_str(x).endswith(" 0.   0.  -2. ]]")
    spectral = qv.from_eigenvalues([2.0**20], [0], HUGE, basis="walsh")
    assert np.array_str(spectral * spectral) == "[1. 1. 1. ... 1. 1. 1.]"
    assert np.array2string(x[3:4], separator=",") == "[[0.,0.,0.,...,0.,0.,0.]]"
    operator = qv.operator([1.0], [0], 2**62)
    assert np.array_str(operator).startswith("[[1. 0. 0. ... 0. 0. 0.]\n")
    with pytest.raises(qv.MaterializationError):
        np.array2string(x, threshold=2**62)
    with pytest.raises(qv.MaterializationError):
        np.array2string(x, edgeitems=0)
    with pytest.raises(qv.MaterializationError):
        np.array_repr(qv.from_coordinates(np.zeros((40, 1), int), [1], (3,) * 39 + (1,)))


def test_text_is_overridden():
    with np.printoptions(override_repr=lambda x: f"<{x.shape}>"):
        assert np.array_repr(qv.asarray([1, 2])) == "<(2,)>"


def test_rest_is_dense():
    x = np.array([0, 3, 0, 255], np.uint8)
    pair = x, qv.asarray(x)
    check(np.packbits, pair)
    check(lambda x: np.unpackbits(x, count=20, bitorder="little"), pair)
