"""A user's own tests.

`numpy.testing`, `allclose`, `array_equal` and friends as they are used around calculations, with
what they say when something is wrong.
"""

import numpy as np
from numpy import testing


def tester(measured, expected):
    verdicts = {
        "close": np.allclose(measured, expected, atol=0.5),
        "equal": np.array_equal(measured, expected),
        "equal NaN": np.array_equal([np.nan, *measured[1:]], measured, equal_nan=True),
        "equivalent": np.array_equiv(expected, expected[None]),
        "each": np.isclose(measured[1:], expected[1:], rtol=0.01),
        "any": np.isclose(measured, expected, equal_nan=True).any(),
    }
    testing.assert_allclose(expected * (1 + 1e-12), expected)
    testing.assert_array_equal(expected, expected.copy())
    testing.assert_array_less(expected, expected + 1)
    testing.assert_equal(len(measured), len(expected))
    testing.assert_array_almost_equal(expected, expected + 1e-9)
    failures = 0
    for check in (testing.assert_allclose, testing.assert_array_equal, testing.assert_array_less):
        try:
            check(measured, expected)
        except AssertionError:
            failures += 1
    wrong = ~np.isclose(measured, expected)
    measured[wrong] = expected[wrong]
    testing.assert_array_equal(measured[wrong], expected[wrong])
    return verdicts, failures, wrong


def inputs(rng):
    expected = np.where(rng.random(25) < 0.5, 0.0, 3.0)
    measured = expected + np.where(rng.random(25) < 0.2, 0.25, 0.0)
    measured[0] = np.nan
    return measured, expected
