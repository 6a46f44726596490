"""`Packing`: integers that come in parts, packed as they come in the form that takes least."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..core.values import Array
from .bitpacked import GROUP, Bits, Listed

#: Kinds of integers.
Whole = Literal["int16", "int8"]

# Integers that are read again at a time.
_AGAIN = 1 << 17


class Packing:
    """Integers of a sequence that come in parts: packed, and those too large for a kind aside.

    `kind` ({"int16", "int8"}). `like`: some of the integers: they are packed in groups of the
    length that suits those, or else the first that come.
    """

    def __init__(self, kind: Whole, like: Array | None = None) -> None:
        self.kind: Whole = kind
        self.size = 0
        self._groups = () if like is None else (Bits.best_group(like),)
        self.count = 0
        self._rest = np.zeros(0, np.int64)
        self._parts: list[Bits] = []
        self._away: list[tuple[Array, Array]] = []

    def add(self, values: Array) -> None:
        """Take integers that follow in the sequence. O(n)."""
        info = np.iinfo(np.dtype(self.kind))
        if values.size and (values.min() < info.min or values.max() > info.max):
            away = (values < info.min) | (values > info.max)
            self.count += int(np.count_nonzero(away))
            self._away.append((np.flatnonzero(away) + self.size, values[away]))
            values = np.where(away, 0, values)
        self.count += int(np.count_nonzero(values != 0))
        self.size += values.size
        values = np.concatenate([self._rest, values]) if self._rest.size else values
        whole = values.size - values.size % GROUP
        if whole:
            self._pack(values[:whole])
        self._rest = values[whole:]

    def _pack(self, values: Array) -> None:
        part = Bits.of(values, self._groups) if self._groups else Bits.of(values)
        # All parts have groups of one length.
        self._groups = (part.group,)
        self._parts.append(part)

    def finish(self) -> tuple[Bits | Listed, Listed | None]:
        """Return the integers in the smaller form, and those that are kept aside. O(n)."""
        if self._rest.size or not self._parts:
            self._pack(self._rest)
        bits = Bits.joined(self._parts)
        if not self._away:
            return self._smaller(bits), None
        places = np.concatenate([where for where, _ in self._away])
        others = np.concatenate([values for _, values in self._away])
        kind = np.int16 if np.abs(others).max() < 2**15 else np.int32
        return self._smaller(bits), Listed.at(self.size, places, others.astype(kind))

    def _smaller(self, bits: Bits) -> Bits | Listed:
        """Return integers as they are, or as a list where that takes less."""
        # A list takes no less than its values, and a byte or a bit for where each of them is.
        least = self.count * np.dtype(self.kind).itemsize + min(self.count, self.size // 8)
        if bits.nbytes <= least:
            return bits
        where, values = [np.zeros(0, np.int64)], [np.zeros(0, self.kind)]
        for begin in range(0, self.size, _AGAIN):
            some = bits.read(begin, min(begin + _AGAIN, self.size))
            used = np.flatnonzero(some)
            where.append(used + begin)
            values.append(some[used].astype(self.kind))
        listed = Listed.at(self.size, np.concatenate(where), np.concatenate(values))
        return listed if listed.nbytes < bits.nbytes else bits
