"""Random programs on twins: after every step each array is still its twin's equal."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

import qvarray as qv

from ..twin import assert_same

_SHAPE = (2, 3)
_BINARY = st.sampled_from([np.add, np.subtract, np.multiply, np.maximum, np.minimum, np.fmax])
_UNARY = st.sampled_from([np.negative, np.absolute, np.square, np.sign, np.positive])
_NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -2.0, 0.5, np.inf, np.nan])


class Programs(RuleBasedStateMachine):
    """Arrays that are made from each other, and written to, in any order."""

    pairs = Bundle("pairs")

    def __init__(self):
        super().__init__()
        self.known = []

    def keep(self, x, y):
        self.known.append((x, y))
        return x, y

    @rule(target=pairs, values=st.lists(_NUMBERS, min_size=6, max_size=6), fill=_NUMBERS)
    def make(self, values, fill):
        x = np.array(values).reshape(_SHAPE)
        return self.keep(x, qv.array(x, fill_value=fill))

    @rule(target=pairs, pair=pairs, ufunc=_UNARY)
    def apply(self, pair, ufunc):
        return self.keep(*(ufunc(x) for x in pair))

    @rule(target=pairs, pair=pairs, other=pairs, ufunc=_BINARY)
    def combine(self, pair, other, ufunc):
        return self.keep(*(ufunc(a, b) for a, b in zip(pair, other, strict=True)))

    @rule(target=pairs, pair=pairs, other=pairs, row=st.integers(-2, 1))
    def with_a_row(self, pair, other, row):
        return self.keep(*(a + b[row] for a, b in zip(pair, other, strict=True)))

    @rule(target=pairs, pair=pairs)
    def copy(self, pair):
        return self.keep(*(x.copy() for x in pair))

    @rule(pair=pairs, other=pairs, ufunc=_BINARY)
    def write(self, pair, other, ufunc):
        for a, b in zip(pair, other, strict=True):
            assert ufunc(a, b, out=a) is a

    @rule(pair=pairs, other=pairs, ufunc=_BINARY)
    def write_where(self, pair, other, ufunc):
        for a, b in zip(pair, other, strict=True):
            ufunc(a, b, out=a, where=b > 0)

    @rule(pair=pairs, indices=st.lists(st.integers(-2, 1), max_size=3), number=_NUMBERS)
    def write_at(self, pair, indices, number):
        for a in pair:
            np.add.at(a, indices, number)

    @rule(pair=pairs, number=_NUMBERS)
    def scale_in_place(self, pair, number):
        x, y = pair
        x *= number
        y *= number

    @invariant()
    def twins_are_equal(self):
        for x, y in self.known:
            assert_same(x, y)
            assert_same(x[1], y[1])
            assert_same(np.any(x > 0, axis=0), np.any(y > 0, axis=0))


Programs.TestCase.settings = settings(stateful_step_count=20)
TestPrograms = pytest.mark.filterwarnings("ignore::RuntimeWarning")(Programs.TestCase)
