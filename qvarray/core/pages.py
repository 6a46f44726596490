"""Arrays cut into pages, and the walk over them: in two threads, with progress, within a time."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from math import prod
from time import perf_counter
from typing import Any, TypeVar

from ..errors import LongWalkWarning, TimeLimitError
from ..kernels import threads
from ..options import options
from ..runtime.units import duration
from .budget import call_in_progress, over_limit
from .values import Array

#: Elements of a page, 1 MiB of float64: large enough that two threads seldom wait for the
#: interpreter lock, small enough for a page and its temporaries to stay in a shared cache.
PAGE = 1 << 17

#: Which positions along each axis a page has.
Region = tuple[range, ...]

T = TypeVar("T")

# Seconds that a thread works between two looks at the others, at Ctrl-C and at the clock.
_ROUND = 0.03
# Seconds of work from which a second thread pays, a progress bar is shown, and a walk warns.
_WORTH_A_THREAD = 0.002
_WORTH_A_BAR = 2.0
_WORTH_A_WARNING = 60.0
# Elements that no walk comes to an end of, and what to do about them.
_ENDLESS = 1 << 60
_INSTEAD = "take a part of it, or what is known without a walk over all of its elements"


class Pages:
    """An array of some shape cut into pages, in C order.

    A page takes the last axes whole, a part of the one before them, and one position of the others;
    the parts have a power of two of positions.

    Parameters
    ----------
    shape : tuple of int
        Without zeros.
    size : int
        Elements of a page, at most.
    comb : bool
        Cut the axis that is cut into combs, ``start::stride``, rather than into blocks, where its
        length allows it. The pages are then not in C order.
    mirrored : bool
        Let combs of the only axis go on where it is reflected at its end: position p beyond that
        means ``2 * n - 1 - p``.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        size: int = PAGE,
        comb: bool = False,
        mirrored: bool = False,
    ) -> None:
        self.shape = shape
        self._times = 1 + mirrored
        lengths = []
        for n in reversed(shape):
            length = n if n <= size else 1 << (size.bit_length() - 1)
            lengths.append(length)
            size //= length
        self.lengths = tuple(reversed(lengths))
        self.counts = tuple(-(-n // b) for n, b in zip(shape, self.lengths, strict=True))
        self._is_comb = tuple(
            comb and 1 < b < n and n % b == 0 for n, b in zip(shape, self.lengths, strict=True)
        )

    def __len__(self) -> int:
        return prod(self.counts)

    @property
    def most_elements(self) -> int:
        """Elements of a page, at most."""
        return prod(self.lengths)

    def holding(self, positions: Array) -> Array:
        """Return the numbers of the pages, not combs, that hold C-order positions. O(k)."""
        if not self.shape:
            return positions
        last = len(self.shape) - 1
        cut = next((axis for axis, length in enumerate(self.lengths) if length > 1), last)
        rest = prod(self.shape[cut + 1 :])
        lines = positions // rest
        n, length = self.shape[cut], self.lengths[cut]
        return lines // n * self.counts[cut] + lines % n // length

    def __getitem__(self, i: int) -> Region:
        key = []
        for n, length, count, is_comb in zip(
            reversed(self.shape),
            reversed(self.lengths),
            reversed(self.counts),
            reversed(self._is_comb),
            strict=True,
        ):
            i, part = divmod(i, count)
            if is_comb:
                key.append(range(part, n * self._times, count * self._times))
            else:
                key.append(range(part * length, min(n, (part + 1) * length)))
        return tuple(reversed(key))


def _bar(done: int, count: int) -> Any:
    from tqdm import tqdm

    return tqdm(total=count, initial=done, unit="page", leave=False)


def require_time(seconds: float, what: str) -> None:
    """Raise TimeLimitError for what would take longer than ``options.max_seconds``."""
    limit = options.max_seconds
    if limit is not None and seconds > limit:
        call, _ = call_in_progress()
        raise TimeLimitError(
            f"{call} would take about {duration(seconds)} for {what}, more than "
            f"qvarray.options.max_seconds, {limit}"
        )


class _Progress:
    """What a long walk tells whoever waits: a bar on a terminal, a warning, or an error.

    `what`: of so many.
    """

    def __init__(self, count: int, what: str) -> None:
        self.count, self.what = count, f"{count} {what}"
        self.bar: Any = None
        self.has_warned = False

    def advance(self, done: int, took: float, pages: int) -> None:
        """Take note that some pages took some seconds, and how many are done by now.

        Raises TimeLimitError where the rest will take more than ``options.max_seconds``.
        """
        left = took / pages * (self.count - done)
        if self.bar is not None:
            self.bar.update(pages)
            return
        require_time(left, self.what)
        if left > _WORTH_A_WARNING and not self.has_warned:
            self.has_warned = True
            call, level = call_in_progress()
            warnings.warn(
                f"{call} will take about {duration(left)} for {self.what}; "
                f"qvarray.options.max_seconds, {options.max_seconds}, refuses longer ones",
                LongWalkWarning,
                stacklevel=level,
            )
        if left > _WORTH_A_BAR and sys.stderr.isatty():
            self.bar = _bar(done, self.count)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def tracked(items: Iterable[T], count: int, what: str) -> Iterator[T]:
    """Return so many items, and tell whoever waits where they will take long, as `walk` does.

    The first is not counted: it may compile what the others take.
    """
    progress = _Progress(count, what)
    begin, done = perf_counter(), 0
    try:
        for i, item in enumerate(items, 1):
            yield item
            took = perf_counter() - begin
            if i > 1 and took >= _ROUND:
                progress.advance(i, took, i - done)
            if i == 1 or took >= _ROUND:
                begin, done = perf_counter(), i
    finally:
        progress.close()


def walk(pages: Pages, work: Callable[[Region], T]) -> Iterator[T]:
    """Return what `work` makes of every page, in their order.

    Two threads share long walks; a walk that will take over two seconds shows a progress bar on a
    terminal, one that will take over a minute warns. Whoever consumes the iterator may stop early,
    and Ctrl-C ends it within some hundredths of a second; no page is being worked on then.

    Raises TimeLimitError where it will take more than ``options.max_seconds``; MaterializationError
    where it would take centuries, whoever waits.
    """
    count = prod(pages.counts)
    begin = perf_counter()
    yield work(pages[0])
    each = perf_counter() - begin
    if prod(pages.shape) >= _ENDLESS:
        raise over_limit(prod(pages.shape), options.memory_budget, _INSTEAD)
    done = 1
    progress = _Progress(count, "pages")
    workers = threads.workers() if each * count > _WORTH_A_THREAD else 1
    try:
        while done < count:
            batch = max(1, int(_ROUND / max(each, 1e-6)))
            take = min(count - done, batch * workers)
            results: list[Any] = [None] * take
            numbers = iter(range(take))

            def share(
                first: int = done, left: Iterator[int] = numbers, into: list[Any] = results
            ) -> None:
                # Whoever is ready takes the next page: no thread waits for one that is held up.
                for i in left:
                    into[i] = work(pages[first + i])

            begin = perf_counter()
            threads.run(share, [()] * min(workers, take))
            took = perf_counter() - begin
            each = took * workers / take
            done += take
            yield from results
            progress.advance(done, took, take)
    finally:
        progress.close()
