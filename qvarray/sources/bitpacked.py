"""Store integers in as many bits as each group of them needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import kernels
from ..core.values import Array

__all__ = ["GROUP", "Bits", "Listed"]

_GROUPS = (8, 16, 32)


#: Parts of this number of integers, or of a multiple, may be joined.
GROUP = 2 * max(_GROUPS)


@dataclass(frozen=True, eq=False)
class Bits:
    """Integers in groups, each of as many bits as the largest of its group needs. Immutable.

    Attributes
    ----------
    size : int
        Number of integers.
    group : int
        Integers of a group, a multiple of 8.
    codes : ndarray of uint8
        The bits of each group less 1, or 0 for a group of zeros: two of them a byte.
    data : ndarray of uint8
        The groups, of ``bits * group / 8`` bytes each.
    """

    size: int
    group: int
    codes: Array
    data: Array

    @classmethod
    def of(cls, values: Array, groups: tuple[int, ...] = _GROUPS) -> Bits:
        """Pack integers of at most 16 bits, in groups of the length that takes the fewest bytes."""
        best: tuple[int, int, Array] | None = None
        for group in groups:
            widths = kernels.bitpack.widths(values, group)
            taken = int(widths.sum(dtype=np.int64)) * group // 8 + widths.size // 2
            if best is None or taken < best[0]:
                best = taken, group, widths
        assert best is not None
        _, group, widths = best
        codes: Array = widths - (widths > 0)
        codes = np.append(codes, np.uint8(0)) if codes.size % 2 else codes
        nibbles = codes[::2] | codes[1::2] << np.uint8(4)
        return cls(values.size, group, nibbles, kernels.bitpack.pack(values, group, widths))

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

    def _widths(self) -> Array:
        codes = np.empty(2 * self.codes.size, np.uint8)
        codes[::2], codes[1::2] = self.codes & np.uint8(15), self.codes >> np.uint8(4)
        return (codes + (codes > 0))[: -(-self.size // self.group)]

    def read(self, begin: int, end: int) -> Array:
        """Return the integers in ``[begin, end)``. O(end - begin + number of groups)."""
        widths = self._widths()
        first, last = begin // self.group, -(-end // self.group)
        offset = int(widths[:first].sum(dtype=np.int64)) * (self.group // 8)
        count = min(self.size, last * self.group) - first * self.group
        out = kernels.bitpack.unpack(self.data[offset:], self.group, widths[first:last], count)
        return out[begin - first * self.group : end - first * self.group]

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
    """Values of which most are zero, and where the others are. Immutable.

    Attributes
    ----------
    size : int
    how : {"all", "mask", "gaps"}
        What `where` is: nothing, as all values are there; a bit for each position; or the
        distance of each value from the one before it.
    where : ndarray of unsigned integers
    values : ndarray
    """

    size: int
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

    @property
    def places_nbytes(self) -> int:
        """What `places` takes."""
        return 9 * (8 * self.where.size if self.how == "mask" else self.values.size)

    def places(self) -> Array:
        """Return where the values are. O(n) for a mask, else O(k)."""
        if self.how == "all":
            return np.arange(self.size)
        if self.how == "mask":
            return np.flatnonzero(np.unpackbits(self.where, count=self.size))
        return np.cumsum(self.where, dtype=np.int64)

    def read(self, begin: int, end: int) -> Array:
        """Return the values in ``[begin, end)``."""
        if self.how == "all":
            return self.values[begin:end]
        places = self.places()
        low, high = np.searchsorted(places, (begin, end))
        out = np.zeros(end - begin, self.values.dtype)
        out[places[low:high] - begin] = self.values[low:high]
        return out

    def arrays(self) -> dict[str, Array]:
        return {"where": self.where, "values": self.values}

    def check(self) -> None:
        """Raise ValueError for what does not fit together."""
        if self.how == "mask" and self.where.size != -(-self.size // 8):
            raise ValueError("a mask is cut off")
        places = self.places()
        if places.size != self.values.size or (
            places.size and not (places[0] >= 0 and places[-1] < self.size)
        ):
            raise ValueError("values and their places do not fit together")
        if self.how == "gaps" and not self.where[1:].all():
            raise ValueError("places repeat")
