"""Sums of products by places in blocks are those that NumPy makes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qvarray.kernels import band_sums


@given(
    size=st.integers(0, 300),
    begin=st.integers(0, 500),
    lines=st.integers(1, 5),
    line=st.integers(1, 40),
    shorter=st.integers(0, 39),
    kinds=st.lists(st.integers(0, 3), min_size=1, max_size=6),
    seed=st.integers(0, 9),
)
def test_products_are_summed_where_they_are_in_a_line(
    size, begin, lines, line, shorter, kinds, seed
):
    row = max(1, lines * line - min(shorter, line - 1))
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, size))
    places = np.flatnonzero(rng.random(size) < 0.1)
    made_of = band_sums.Lines(row, np.array(kinds))
    found, low = band_sums.products(a, b, 0.5, begin, made_of, line, places)
    assert found.shape == (3, max(kinds) + 1, line)
    x = a - 0.5 * b
    np.testing.assert_allclose(low, [x[places], b[places]], rtol=1e-15)
    x[places] = b[places] = 0.0
    number, inside = np.divmod((begin + np.arange(size)) % row, line)
    wanted = np.zeros_like(found)
    where = np.array(kinds)[number % len(kinds)], inside
    for out, product in zip(wanted, (x * x, x * b, b * b), strict=True):
        np.add.at(out, where, product)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
