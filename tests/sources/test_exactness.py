"""Views of transposed arrays and of samples: what they are is told without computing them."""

import numpy as np

import qvarray as qv


def test_samples_tell_without_being_computed_that_they_are_not_exact():
    x = qv.encode(np.cumsum(np.random.default_rng(0).standard_normal(1024)), tol=0.05)
    part = x[3:40]
    before = part.source.nbytes
    assert not part.source.is_exact
    assert part.source.nbytes == before
    assert part.recovery_error > 0.0
    assert qv.asarray(np.eye(3)).source.is_exact


def test_transposes_are_sorted_when_an_operand_must_be():
    rng = np.random.default_rng(1)
    x = qv.from_coordinates(rng.integers(0, 300, (2, 1000)), rng.standard_normal(1000), (300, 300))
    before = x.nbytes
    assert x.T.nbytes == before
    assert x.T.T.nbytes == before
