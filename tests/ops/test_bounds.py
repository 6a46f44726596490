"""Bounds of the largest element, from the sizes of coefficients."""

import numpy as np
import pytest
from hypothesis import given

import qvarray as qv
from qvarray.ops.bounds import largest_element

from ..twin import spectral_twins


@given(spectral_twins())
def test_elements_are_no_larger(pair):
    x, y = pair
    assert np.abs(x).max(initial=0) <= largest_element(y.spectrum) * (1 + 1e-12) + 1e-300


@pytest.mark.parametrize(
    "bases", [("haar", "cosine"), ("blocked(haar, 8)", "db3"), ("walsh", "db2")]
)
def test_all_coefficients_give_the_bound_of_a_list_of_them(bases):
    values = np.random.default_rng(0).standard_normal(16 * 32)
    every = qv.from_eigenvalues(values, None, (16, 32), basis=bases)
    listed = qv.from_eigenvalues(np.append(values[:-1], 0), np.arange(512), (16, 32), basis=bases)
    most = largest_element(every.spectrum)
    few = every.spectrum.replace(active_indices=np.arange(512))
    np.testing.assert_allclose(most, largest_element(few), rtol=1e-12)
    assert np.abs(every.todense()).max() <= most
    assert largest_element(listed.spectrum) <= most
