"""The comparison as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from ...runtime.units import factor, memory, seconds

if TYPE_CHECKING:
    from . import Comparison

#: What a peer takes of what we take, where it is ahead by more than two runs differ.
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
    """Tell in which jobs a peer is ahead, and why."""
    behind = []
    for job in found.figures:
        ratios = [(size if job.of_bytes else time, peer) for peer, time, size in job.ratios()]
        ratio, peer = min(ratios, default=(1.0, ""))
        if ratio < _AHEAD:
            what = "of our bytes" if job.of_bytes else "of our time"
            behind.append(f"  {job.what}: {peer}, {factor(ratio)} {what}. {job.reason}".rstrip())
    share = f"{len(behind)} of {len(found.figures)} jobs"
    head = f"A peer is ahead by more than 5 % in {share}: in time, or in bytes of files of fields"
    return [f"{head}:", *behind] if behind else [f"{head}."]


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
