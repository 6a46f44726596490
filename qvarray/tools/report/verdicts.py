"""What the figures say, the bad ones first."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ...runtime import units
from .compression import Encoding, best
from .results import TARGET_SIZE, Report, targets

if TYPE_CHECKING:
    from ...gates.evolution import Mode
    from .recovery import Recovery, Row

# Tolerances at which real data is told to compress or not, from loose to tight.
_STRICT = 1e-3


def judged(rows: list[Row]) -> Row:
    """Find the row of the size at which the transformation is judged, or else of the largest."""
    return next((row for row in rows if row.size == TARGET_SIZE), rows[-1])


def caveats(report: Report) -> list[str]:
    """Say where the virtual way loses, in sentences of Markdown."""
    out = [f"Target missed: {t.what} (found: {t.found})." for t in targets(report) if not t.reached]
    if rows := report.of_mode("project"):
        out.append(_projection(judged(rows)))
    for mode in report.modes:
        rows = report.of_mode(mode)
        out += _slower(mode, rows) + _outrun(mode, rows) + _reading(mode, rows) + _peak(mode, rows)
    out.append(_first_call(report))
    return out + _data(report)


def _projection(row: Row) -> str:
    text = (
        "Mode `project` does not recover x, whichever way it is computed: it keeps the elements at "
        "the operator's active indices (20 from size 64 on) and drops the others."
    )
    if (recovery := row.numba_virtual.recovery) is None:
        return text
    return (
        f"{text} At size {row.size} that leaves a relative L2 error of "
        f"{units.error(recovery.relative_l2_error)} and {_absolute(recovery)}. The published "
        "figures of the transformation are a reduction factor of 257 and an average recovery "
        "error of 0.355; how that average was taken is not known, so it cannot be compared."
    )


def _absolute(recovery: Recovery) -> str:
    bound = "at most " if recovery.max_is_bound else ""
    text = f"an absolute error of {bound}{units.error(recovery.max_absolute_error)}"
    if recovery.mean_absolute_error is not None:
        text += f" (mean {units.error(recovery.mean_absolute_error)})"
    return text


def _slower(mode: Mode, rows: list[Row]) -> list[str]:
    """Say where dense NumPy takes less time."""
    slower = []
    for row in rows:
        virtual, traditional = row.numba_virtual.time_s, row.traditional_preallocated_time_s
        if virtual and traditional and traditional < virtual:
            slower.append((row.size, virtual, traditional))
    if not slower:
        return []
    size, virtual, traditional = slower[0]
    largest = units.power(slower[-1][0])
    return [
        f"Mode `{mode}`: up to size {largest} preallocated NumPy is faster than Numba virtual "
        f"({units.seconds(traditional)} against {units.seconds(virtual)} at {units.power(size)})."
    ]


def _outrun(mode: Mode, rows: list[Row]) -> list[str]:
    """Say where plain Python is no slower than qvarray."""
    row = judged(rows)
    plain, virtual = row.python_virtual.time_s, row.numba_virtual.time_s
    if not plain or not virtual or plain > virtual:
        return []
    return [
        f"Mode `{mode}`: the plain Python reference is faster than Numba virtual at size "
        f"{row.size} ({units.seconds(plain)} against {units.seconds(virtual)}): so little is "
        "left to compute that the calls themselves decide."
    ]


def _reading(mode: Mode, rows: list[Row]) -> list[str]:
    """Say what it costs to look at all elements, where that is more than NumPy takes."""
    read = [row for row in rows if row.read_all_time_s]
    if not read:
        return []
    row = judged(read)
    all_of_it, traditional = row.read_all_time_s, row.traditional.time_s
    if not all_of_it or not traditional or all_of_it <= traditional:
        return []
    return [
        f"Mode `{mode}`: elements are computed when they are asked for. Materialising all of both "
        f"results takes {units.seconds(all_of_it)} at size {row.size}, "
        f"{units.factor(all_of_it / traditional)} times what traditional NumPy takes in all."
    ]


def _peak(mode: Mode, rows: list[Row]) -> list[str]:
    """Say where applying and reversing allocates more than dense NumPy does."""
    more = []
    for row in rows:
        virtual, traditional = row.numba_virtual.peak_bytes, row.traditional.peak_bytes
        if virtual and traditional and traditional < virtual:
            more.append((row.size, virtual, traditional))
    if not more:
        return []
    size, virtual, traditional = more[0]
    return [
        f"Mode `{mode}`: up to size {units.power(more[-1][0])} Numba virtual allocates more at its "
        f"peak than NumPy ({units.memory(virtual)} against {units.memory(traditional)} at "
        f"{units.power(size)})."
    ]


def _first_call(report: Report) -> str:
    times = ", ".join(f"`{m}` {units.seconds(t)}" for m, t in report.first_call_s.items())
    return (
        f"First call in this process, which compiles kernels or loads them from Numba's cache: "
        f"{times}. It is in none of the medians."
    )


def _data(report: Report) -> list[str]:
    strict = [e for e in report.encodings if e.tolerance == _STRICT and e.basis != "packed"]
    found = [
        f"{name} {units.factor(best(list(some)).factor)}"
        for name, some in groupby(strict, key=lambda e: e.dataset)
    ]
    if not found:
        return []
    return [
        f"Unless its eigenvalues are quantised, real data at tolerance {_STRICT:g} hardly "
        f"compresses, if at all; factors of the best basis: {', '.join(found)}.",
        *_larger(report.encodings),
    ]


def _larger(encodings: list[Encoding]) -> list[str]:
    larger = [e for e in encodings if e.factor < 1]
    if not larger:
        return []
    worst = min(larger, key=lambda e: e.factor)
    return [
        f"{len(larger)} of {len(encodings)} encodings of real data take more bytes than the dense "
        f"array, up to {units.factor(1 / worst.factor)} times as many "
        f"({worst.dataset} in basis {worst.basis} at {worst.tolerance:g})."
    ]
