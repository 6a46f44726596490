"""Positions in arrays of 2**31 to 2**63 elements, through many calls, against Python's integers."""

from typing import Any

import numpy as np
import pytest

import qvarray as qv

from .trials import trials

#: Calls of a program, and positions near which numbers of fewer bits, or floats, go wrong.
_STEPS = 8
_NEAR = (0, 2**31, 2**32, 2**53)
_LENGTHS = (2**31, 2**53, 2**62, 2**63 - 6)
_KINDS = ("f8", "i8", "i4", "f4", "c16")


class _Program:
    """An array, and beside it the elements that are not zero by position, and the length."""

    def __init__(self, seed):
        self.rng = rng = np.random.default_rng(seed)
        self.n = int(rng.choice(_LENGTHS)) + int(rng.integers(-5, 6))
        near = [self.n // 2, self.n - 4, *_NEAR]
        places = {self.below(self.n) for _ in range(rng.integers(1, 6))}
        for start in rng.choice(len(near), rng.integers(1, 6)):
            places.add(min(abs(near[start] + int(rng.integers(-3, 4))), self.n - 1))
        dtype = np.dtype(str(rng.choice(_KINDS)))
        self.items = {place: int(rng.choice([-5, -2, -1, 1, 3, 9])) for place in places}
        values = np.array(list(self.items.values())).astype(dtype)
        self.x: Any = qv.from_coordinates(list(self.items), values, self.n)

    def below(self, n):
        """Return an integer in 0, ..., n - 1."""
        return int(self.rng.integers(n, dtype=np.uint64)) if n else 0

    def slice(self):
        start, stop = sorted(self.below(self.n + 1) for _ in "ab")
        step = int(self.rng.choice([1, 1, 2, 3, 7, 2**20 + 1, 2**40 + 3]))
        key = slice(start, None if self.rng.random() < 0.5 else stop, step)
        if self.rng.random() < 0.3:
            key = slice(None, None, -step)
        self.x, left = self.x[key], range(self.n)[key]
        self.items = {left.index(p): v for p, v in self.items.items() if p in left}
        self.n = len(left)

    def roll(self):
        shift = int(self.rng.choice([1, -1, 2**53 + 1, -(2**62), self.below(self.n)]))
        self.x = np.roll(self.x, shift)
        self.items = {(p + shift) % self.n: v for p, v in self.items.items()}

    def flip(self):
        self.x = np.flip(self.x)
        self.items = {self.n - 1 - p: v for p, v in self.items.items()}

    def join(self):
        more = min(2**63 - 1 - self.n, int(self.rng.choice([0, 1, 5, 2**31 + 1, 2**53 + 1])))
        zeros = qv.zeros(more, dtype=self.x.dtype)
        if self.rng.random() < 0.5:
            self.x = np.concatenate([self.x, zeros])
        else:
            self.x = np.concatenate([zeros, self.x])
            self.items = {p + more: v for p, v in self.items.items()}
        self.n += more

    def transpose(self):
        rows = int(self.rng.choice([2, 3, 7, 16, 641]))
        columns = self.n // rows
        self.n = rows * columns
        self.x = self.x[: self.n].reshape(rows, columns).T.reshape(-1)
        left = {p: v for p, v in self.items.items() if p < self.n}
        self.items = {p % columns * rows + p // columns: v for p, v in left.items()}

    def repeat(self):
        count = int(self.rng.integers(2, 4))
        if self.n * count >= 2**63:
            return
        if self.rng.random() < 0.5:
            self.x = np.tile(self.x, count)
            found = {p + i * self.n: v for p, v in self.items.items() for i in range(count)}
        else:
            self.x = np.repeat(self.x, count)
            found = {p * count + i: v for p, v in self.items.items() for i in range(count)}
        self.items, self.n = found, self.n * count

    def diff(self):
        self.x = np.diff(self.x)
        places = {q for p in self.items for q in (p - 1, p) if 0 <= q < self.n - 1}
        found = {q: self.items.get(q + 1, 0) - self.items.get(q, 0) for q in places}
        self.items, self.n = {q: v for q, v in found.items() if v}, self.n - 1

    def sort(self):
        if self.x.dtype.kind == "c":
            return
        self.x = np.sort(self.x)
        values = sorted(self.items.values())
        last = self.n - len(values)
        self.items = {i if v < 0 else last + i: v for i, v in enumerate(values)}

    def insert(self):
        if self.n < 2**63 - 1:
            at = self.below(self.n + 1)
            self.x = np.insert(self.x, at, 4)
            self.items = {p + (p >= at): v for p, v in self.items.items()} | {at: 4}
            self.n += 1

    def delete(self):
        at = int(self.rng.choice([0, self.n - 1, self.below(self.n), *self.items]))
        self.x = np.delete(self.x, at)
        self.items = {p - (p > at): v for p, v in self.items.items() if p != at}
        self.n -= 1

    def write(self):
        at = int(self.rng.choice([0, self.n - 1, self.below(self.n), *self.items]))
        self.x = self.x.copy()
        self.x[at] = 5
        self.items[at] = 5

    def check(self):
        x, places = self.x, sorted(self.items)
        assert x.shape == (self.n,)
        assert [int(p) for p in np.nonzero(x)[0]] == places
        asked = [*places, self.below(self.n), self.n - 1] if self.n else []
        found = x[np.array(asked, np.int64)]
        assert found.tolist() == [self.items.get(p, 0) for p in asked]
        assert [x[p - self.n] for p in places[:2]] == [self.items[p] for p in places[:2]]
        assert x.sum() == sum(self.items.values())
        if self.n and x.dtype.kind != "c":
            # Of the elements next to those that are not zero, some is zero.
            zero = next((p for p in range(len(places) + 1) if p not in self.items), self.n)
            known = {**self.items, **({zero: 0} if zero < self.n else {})}
            assert np.argmax(x) == min(known, key=lambda p: (-known[p], p))


_CALLS = [getattr(_Program, name) for name in vars(_Program) if name[0] != "_"]
_CALLS = [call for call in _CALLS if call not in (_Program.below, _Program.check)]


@pytest.mark.filterwarnings("ignore")
def test_places_of_huge_arrays():
    for seed in trials(60, 30_000):
        program, made = _Program(seed), []
        try:
            for number in program.rng.integers(len(_CALLS), size=_STEPS):
                made.append(_CALLS[number].__name__)
                _CALLS[number](program)
                program.check()
                if program.n < 2:
                    break
        except BaseException as error:
            error.add_note(f"program {seed}: {made}")
            raise
