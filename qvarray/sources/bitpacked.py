"""Store integers in as many bits as each group of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .. import kernels
from ..core.values import Array

#: What packed integers are read as.
Number = type[np.int32 | np.float64]

_GROUPS = (8, 16, 32)


#: Parts of this number of integers, or of a multiple, may be joined.
GROUP = 2 * max(_GROUPS)

# The bits of the numbers of two groups, by the byte of their codes.
_CODES = np.stack([np.arange(256) & 15, np.arange(256) >> 4], axis=1)
_WIDTHS = (_CODES + (_CODES > 0)).astype(np.uint8).view(np.uint16).reshape(-1)

# Groups, bytes of a mask or gaps between marks: what is before a mark need not be read.
_MARKED = 1 << 12


def _running(counts: Array) -> Array:
    """Return the sums of what is before each `_MARKED` of some numbers, and of all. O(n)."""
    starts = np.arange(0, counts.size, _MARKED)
    parts = np.add.reduceat(counts, starts, dtype=np.int64) if starts.size else starts
    return np.concatenate([[0], np.cumsum(parts)])


def _fewest(values: Array, groups: tuple[int, ...]) -> tuple[int, int, Array]:
    """Return the bytes in groups of the length that takes the fewest, it, and the bits of each."""
    best: tuple[int, int, Array] | None = None
    for group in groups:
        if best is None:
            widths = kernels.bitpack.widths(values, group)
        else:
            # Both halves of a group of twice the length have to fit.
            widths = np.append(widths, np.uint8(0)) if widths.size % 2 else widths
            widths = np.maximum(widths[::2], widths[1::2])
        taken = int(widths.sum(dtype=np.int64)) * group // 8 + widths.size // 2
        if best is None or taken < best[0]:
            best = taken, group, widths
    assert best is not None
    return best


def _nibbles(widths: Array) -> Array:
    """Return the codes of the bits of groups, two of them a byte."""
    codes: Array = widths - (widths > 0)
    codes = np.append(codes, np.uint8(0)) if codes.size % 2 else codes
    pairs: Array = codes[::2] | codes[1::2] << np.uint8(4)
    return pairs


@dataclass(frozen=True, eq=False)
class Bits:
    """Integers in groups, each of as many bits as the largest of its group needs. Immutable."""

    #: Number of integers.
    size: int
    #: Integers of a group, a multiple of 8.
    group: int
    #: The bits of each group less 1, or 0 for a group of zeros: two of them a byte.
    codes: Array
    #: The groups, of ``bits * group / 8`` bytes each.
    data: Array

    @classmethod
    def of(cls, values: Array, groups: tuple[int, ...] = _GROUPS) -> Bits:
        """Pack integers of at most 16 bits, in groups of the length that takes the fewest bytes."""
        _, group, widths = _fewest(values, groups)
        data = kernels.bitpack.pack(values, group, widths)
        return cls(values.size, group, _nibbles(widths), data)

    @classmethod
    def at(cls, size: int, places: Array, values: Array, group: int) -> Bits:
        """Pack integers of at most 16 bits at different places among zeros. O(m + groups)."""
        widths, data = kernels.bitpack.pack_some(places, values, size, group)
        return cls(size, group, _nibbles(widths), data)

    @staticmethod
    def best_group(values: Array) -> int:
        """Return the length of groups in which integers of at most 31 bits take fewest bytes."""
        return _fewest(values, _GROUPS)[1]

    @staticmethod
    def needed(values: Array) -> int:
        """Return about how many bytes `of` packs integers of at most 31 bits in."""
        return _fewest(values, _GROUPS)[0]

    @classmethod
    def joined(cls, parts: list[Bits]) -> Bits:
        """Join packed integers one after the other, in groups of one length.

        All but the last part have an even number of whole groups.
        """
        codes = np.concatenate([part.codes for part in parts])
        data = np.concatenate([part.data for part in parts])
        return cls(sum(part.size for part in parts), parts[0].group, codes, data)

    @property
    def nbytes(self) -> int:
        return self.codes.nbytes + self.data.nbytes

    def _widths(self, first: int = 0, last: int | None = None) -> Array:
        """Return the bits of each number of the groups in ``[first, last)``, the first even."""
        last = -(-self.size // self.group) if last is None else last
        pairs = self.codes[first // 2 : -(-last // 2)]
        return _WIDTHS.take(pairs).view(np.uint8)[: last - first]

    @cached_property
    def _marks(self) -> Array:
        return _running(self._widths())

    @property
    def groups(self) -> kernels.bitpack.Groups:
        """What kernels read."""
        return kernels.bitpack.Groups(self.codes, self.data, self.group.bit_length() - 4)

    def read(self, begin: int, end: int, dtype: Number = np.int32) -> Array:
        """Return the integers in ``[begin, end)``. O(end - begin), after O(groups) once."""
        start = begin // GROUP * GROUP
        first = start // self.group
        mark = first // _MARKED
        before = self._widths(mark * _MARKED, first)
        bits = int(before.sum(dtype=np.int64)) + (int(self._marks[mark]) if mark else 0)
        at, size = bits * (self.group // 8), min(end, self.size) - start
        return kernels.bitpack.unpack(self.groups, start, at, size, dtype)[begin - start :]

    def found(self) -> tuple[Array, Array]:
        """Return the places of all integers that may not be zero, and them as float64. O(groups).

        Whole groups, of which those of zeros are passed over.
        """
        widths = self._widths()
        active = np.flatnonzero(widths)
        groups = self.groups._replace(codes=_nibbles(widths[active]))
        values = kernels.bitpack.unpack(groups, 0, 0, active.size * self.group, np.float64)
        places = (active[:, None] * self.group + np.arange(self.group)).reshape(-1)
        count = places.size
        if count and places[-1] >= self.size:
            count -= int(places[-1]) + 1 - self.size
        return places[:count], values[:count]

    @cached_property
    def most(self) -> int:
        """How many integers are not zero, at most. O(groups)."""
        return int(np.count_nonzero(self._widths())) * self.group

    def arrays(self) -> dict[str, Array]:
        return {"codes": self.codes, "data": self.data}

    def check(self) -> None:
        """Raise ValueError for what does not fit together."""
        groups = -(-self.size // self.group)
        whole = self.codes.size == -(-groups // 2)
        if not whole or int(self._widths().sum(dtype=np.int64)) * (self.group // 8) != (
            self.data.size
        ):
            raise ValueError("packed integers are cut off")


@dataclass(frozen=True, eq=False)
class Listed:
    """Values of which most are zero, and where the others are. Immutable."""

    size: int
    #: What `where` is: nothing, as all values are there; a bit for each position; or the distance
    #: of each value from the one before it.
    how: str
    where: Array
    values: Array

    @classmethod
    def of(cls, values: Array) -> Listed:
        """Return the form that takes the fewest bytes."""
        places = np.flatnonzero(values)
        return cls.at(values.size, places, values[places])

    @classmethod
    def at(cls, size: int, places: Array, values: Array) -> Listed:
        """Store the values that are not zero, and their sorted places, in the smallest form."""
        gaps = np.diff(places, prepend=0)
        kind = np.min_scalar_type(int(gaps.max(initial=0)))
        mask = -(-size // 8)
        least = min(places.size * kind.itemsize, mask)
        if least + values.nbytes >= size * values.itemsize:
            out = np.zeros(size, values.dtype)
            out[places] = values
            return cls(size, "all", np.zeros(0, np.uint8), out)
        if places.size * kind.itemsize <= mask:
            return cls(size, "gaps", gaps.astype(kind), values)
        bits = np.zeros(size, np.bool_)
        bits[places] = True
        return cls(size, "mask", np.packbits(bits), values)

    @property
    def nbytes(self) -> int:
        return self.where.nbytes + self.values.nbytes

    @cached_property
    def _marks(self) -> Array:
        """Return how many values, of a mask, or which place, of gaps, is before each mark."""
        return _running(np.bitwise_count(self.where) if self.how == "mask" else self.where)

    def within(self, begin: int, end: int) -> tuple[Array, Array]:
        """Return the places of values in ``[begin, end)``, and the values.

        O(end - begin) for a mask, O(m) for the gaps of m values, after O(k) once.
        """
        if self.how == "all":
            return np.arange(begin, end), self.values[begin:end]
        if self.how == "mask":
            first = begin // (8 * _MARKED) * _MARKED
            bits = self.where[first : -(-end // 8)]
            ahead = int(self._marks[first // _MARKED]) if first else 0
            there = np.unpackbits(bits, count=min(8 * bits.size, end - 8 * first))
            places = np.flatnonzero(there.view(np.bool_))
            places += 8 * first
        else:
            ahead = before = 0
            stop = self.where.size
            if stop > _MARKED and (begin or end < self.size):
                low, high = self._marks.searchsorted((begin, end))
                ahead, stop = max(int(low) - 1, 0) * _MARKED, int(high) * _MARKED
                before = int(self._marks[ahead // _MARKED])
            places = np.cumsum(self.where[ahead:stop], dtype=np.int64)
            places += before
        low, high = places.searchsorted((begin, end))
        return places[low:high], self.values[ahead + low : ahead + high]

    def read(self, begin: int, end: int, dtype: Number | None = None) -> Array:
        """Return the values in ``[begin, end)``, zeros where there is none: see `within`.

        As they are stored, or as `dtype`.
        """
        if self.how == "all":
            values = self.values[begin:end]
            return values if dtype is None else values.astype(dtype)
        places, values = self.within(begin, end)
        out = np.zeros(end - begin, dtype or self.values.dtype)
        out[places - begin] = values
        return out

    def found(self) -> tuple[Array, Array]:
        """Return the places of all values, and them as float64."""
        places, values = self.within(0, self.size)
        return places, values.astype(np.float64)

    @property
    def most(self) -> int:
        """How many values are not zero, at most."""
        return self.values.size

    def arrays(self) -> dict[str, Array]:
        return {"where": self.where, "values": self.values}

    def check(self) -> None:
        """Raise ValueError for what does not fit together. O(k), or O(n) bits of a mask."""
        where = self.where
        count = {"all": self.size, "gaps": where.size}.get(self.how)
        if self.how == "mask":
            if where.dtype != np.uint8 or where.size != -(-self.size // 8):
                raise ValueError("a mask is cut off")
            count = int(np.bitwise_count(where).sum(dtype=np.int64))
            if self.size % 8 and int(where[-1]) & (0xFF >> self.size % 8):
                raise ValueError("a mask has bits behind its end")
        if self.values.size != count:
            raise ValueError("values and their places do not fit together")
        if self.how == "gaps" and count:
            if not where[1:].all():
                raise ValueError("places repeat")
            if int(where.max()) >= self.size:
                raise ValueError(f"a place is not below {self.size}")
            # Each distance fits, so that the first place to pass the largest integer is negative.
            places = np.cumsum(where, dtype=np.int64)
            if int(places.min()) < 0 or int(places[-1]) >= self.size:
                raise ValueError(f"a place is not below {self.size}")
