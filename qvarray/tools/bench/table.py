"""The comparison as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from ...runtime.units import factor, memory, seconds

if TYPE_CHECKING:
    from . import Comparison

__all__ = ["as_json", "as_text"]

#: What a peer's time is of ours where it is ahead by more than two runs differ.
_AHEAD = 0.95
_HEAD = ("job", "library", "time", "time / ours", "bytes", "bytes / ours")


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _where_behind(found: Comparison) -> list[str]:
    """Tell in which jobs a peer is faster, and why."""
    behind = []
    for job in found.figures:
        time, peer = min(((time, peer) for peer, time, _ in job.ratios()), default=(1.0, ""))
        if time < _AHEAD:
            behind.append(f"  {job.what}: {peer}, in {factor(time)} of our time. {job.reason}")
    share = f"{len(behind)} of {len(found.figures)} jobs"
    if not behind:
        return [f"A peer is faster by more than 5 % in {share}."]
    return [f"A peer is faster by more than 5 % in {share}:", *map(str.rstrip, behind)]


def as_text(found: Comparison) -> str:
    """Write a table with a block of lines for every job, and notes on it."""
    rows = [_HEAD]
    for job in found.figures:
        rows.append((job.what, "qvarray", seconds(job.seconds["qvarray"]), "",
                     memory(job.nbytes["qvarray"]), ""))  # fmt: skip
        for peer, time, size in job.ratios():
            rows.append(("", peer, seconds(job.seconds[peer]), factor(time),
                         memory(job.nbytes[peer]), factor(size)))  # fmt: skip
    head, *body = _aligned(rows)
    lines = [str(found.environment), "", head, "-" * len(head), *body, ""]
    lines.append(
        "Medians of calls in turns, in one process. Above 1 qvarray is faster, or smaller; bytes "
        "are those of the operands, or of what is made."
    )
    lines.append(
        f"The first calls of qvarray took {seconds(found.first)} in all: kernels are compiled or "
        f"loaded once, which is not counted. Everything took {seconds(found.seconds)}."
    )
    lines += _where_behind(found)
    if found.undone:
        lines.append(f"No peer for: {', '.join(found.undone)}.")
    if found.missing:
        lines.append(
            f'Not installed: {", ".join(found.missing)}; pip install "qvarray[bench]" has them.'
        )
    return "\n".join(lines)


def as_json(found: Comparison) -> str:
    """Write all figures, in seconds and bytes."""
    contents = asdict(found)
    for figures, job in zip(contents["figures"], found.figures, strict=True):
        figures["ratios"] = {
            peer: {"time": time, "bytes": size} for peer, time, size in job.ratios()
        }
    return json.dumps(contents, indent=1)
