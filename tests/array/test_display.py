"""repr, str and HTML."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.array.display import bytes_text

from ..twin import BASES, twins


@given(twins())
def test_small_arrays_print_as_numpy_does(pair):
    x, y = pair
    assert str(y) == str(x)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=3), st.sampled_from(BASES))
def test_large_arrays_print_as_numpy_summarises(shape, basis):
    if basis in ("walsh", "haar"):
        shape = [1 << (n.bit_length() - 1) for n in shape]
    size = int(np.prod(shape))
    # Two functions that nowhere cancel to a zero whose sign is a matter of rounding.
    k = 1 if size == 1 else 2
    y = qv.from_eigenvalues([1.0, 0.375][:k], [0, size - 1][:k], shape, basis=basis)
    with np.printoptions(threshold=20, precision=4, suppress=True, floatmode="fixed"):
        said, expected = (re.sub(r"[+-](?=0\.0000)", " ", str(one)) for one in (y, y.todense()))
        assert said == expected


def test_repr_says_what_is_stored():
    x = qv.from_eigenvalues([1.0, 2.0], [0, 5], 2**17, basis="walsh")
    assert repr(x) == (
        "<VirtualQArray shape=(131072,), dtype=float64, basis=walsh, active=2, stored=24 B, "
        "virtual=1.0 MiB>"
    )
    assert "fill=7" in repr(qv.from_coordinates([[1]], [2], 9, fill_value=7))
    assert "basis=(walsh, haar)" in repr(
        qv.from_eigenvalues([1.0], [0], (2, 2), basis=("walsh", "haar"))
    )
    assert "fourier diagonal" in repr(qv.operator([1.0], [0], 4, basis="fourier"))
    z = qv.encode(np.full((4, 4), 30.0) + np.eye(4), "cosine", tol=0.1, storage="float64")
    assert f"error={z.recovery_error:.1e} (rms " in repr(z)
    y = qv.encode(np.full((4, 4), 30.0) + np.eye(4), "cosine", tol=0.1)
    rms = qv.error_bound(y) / 4
    assert f"form=packed as int8 in cosine, error={y.recovery_error:.1e} (rms {rms:.2g})" in repr(y)
    assert "<td>walsh</td>" in x._repr_html_()


@pytest.mark.parametrize("basis", BASES)
def test_corners_of_what_cannot_be_materialised(basis):
    x = qv.from_eigenvalues([1.0], [0], (2**30, 2**30), basis=basis)
    with np.printoptions(linewidth=200):
        assert "..." in str(x)
        assert str(x).count("\n") == 6
    many = qv.from_eigenvalues([1.0], [0], (2,) * 40, basis=basis)
    assert str(many) == repr(many)


def test_sizes_of_any_number_of_bytes():
    assert bytes_text(2**80) == "1.0 YiB"
    assert bytes_text(2**127) == "1.4e+14 YiB"
    assert "1.4e+14 YiB" in repr(qv.identity(2**62))
