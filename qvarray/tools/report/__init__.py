"""The memory report: what virtual arrays save in time and bytes, and what they lose."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import MissingExtraError
from ...options import options
from ...runtime.extras import require
from ..progress import progress_of
from .compression import Encoding, datasets, encodings
from .environment import environment
from .files import prepare, write_all
from .page import as_markdown, summary
from .picture import as_png
from .recovery import MODES, Row, first_call, measure_size
from .results import Report, Settings, as_json
from .signals import SIGNALS, make_signal, signal_bytes

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from ...gates.evolution import Mode
    from .compression import Dataset

__all__ = ["MODES", "REPEATS", "SIGNALS", "SIZES", "MissingExtraError", "Report", "run", "summary"]

SIZES = (*(2**k for k in range(6, 18)), 2**20, 2**24, 2**30, 2**40)

REPEATS = 11

_PAGE, _PICTURE, _FIGURES = "report.md", "report.png", "report.json"


def run(
    out: str | os.PathLike[str] = "report",
    *,
    sizes: Iterable[int] = SIZES,
    modes: Iterable[Mode] = MODES,
    signal: str = "wave",
    repeats: int = REPEATS,
    seed: int = 0,
) -> Report:
    """Measure, and write ``report.md``, ``report.png`` and ``report.json``.

    Parameters
    ----------
    out : path
        The folder to write to; made where it is missing.
    sizes : iterable of int
        Lengths of the vectors, from 1 to 2**63 - 1.
    modes : iterable of {"project", "residual", "unitary"}
        Of `qvarray.apply_evolving_and_or`; the picture shows the first.
    signal : {"wave", "sparse", "noise"}
        The vector that is transformed: a few oscillations, a few elements, or dense noise.
    repeats : int
        Batches of which the median is taken.
    seed : int
        Of the vector; not negative.

    Returns
    -------
    Report
        The figures.

    Raises
    ------
    ValueError
        For an argument out of range.
    MemoryError
        Where the signal does not fit in memory at any of the sizes.
    OSError
        Where the folder cannot be written: before anything is measured.
    MissingExtraError
        An ImportError, where the ``report`` extra is not installed.

    Notes
    -----
    What is written is written whole or not at all. Shows its progress.
    """
    sizes, modes = tuple(dict.fromkeys(sizes)), tuple(dict.fromkeys(modes))
    _check(sizes, modes, signal, repeats, seed)
    require("matplotlib.figure", "report")
    data = datasets()
    folder = Path(out)
    prepare(folder, (_PAGE, _PICTURE, _FIGURES))
    settings = Settings(signal, SIGNALS[signal], seed, repeats, options.memory_budget, ())
    report = _measure(settings, sizes, modes, data)
    contents = {
        _PAGE: as_markdown(report, _PICTURE).encode(),
        _PICTURE: as_png(report),
        _FIGURES: as_json(report).encode(),
    }
    write_all(folder, contents)
    return report


def _measure(
    settings: Settings, sizes: tuple[int, ...], modes: tuple[Mode, ...], data: list[Dataset]
) -> Report:
    start = time.perf_counter()
    budget = settings.memory_budget_bytes
    fitting = [n for n in sizes if signal_bytes(settings.signal, n) <= budget]
    if not fitting:
        raise MemoryError(f"no size of {sizes} fits in the memory budget of {budget} bytes")
    # Before anything else has compiled or loaded a kernel.
    first = make_signal(settings.signal, fitting[0], settings.seed)
    first_calls = {mode: first_call(first, mode) for mode in modes}
    rows: list[Row] = []
    encoded: list[Encoding] = []
    with progress_of(len(data) + len(fitting) * len(modes), "step") as progress:
        for dataset in data:
            progress.set_description(dataset.name)
            encoded += encodings(dataset)
            progress.update()
        for n in fitting:
            x = make_signal(settings.signal, n, settings.seed)
            for mode in modes:
                progress.set_description(f"size {n}, {mode}")
                rows.append(measure_size(x, mode, settings.repeats))
                progress.update()
    return Report(
        environment(),
        replace(settings, skipped_sizes=tuple(n for n in sizes if n not in fitting)),
        first_calls,
        rows,
        {dataset.name: dataset.origin for dataset in data},
        encoded,
        time.perf_counter() - start,
    )


def _check(
    sizes: tuple[int, ...], modes: tuple[str, ...], signal: str, repeats: int, seed: int
) -> None:
    for n in sizes:
        if not 1 <= n < 2**63:
            raise ValueError(f"sizes must be from 1 to 2**63 - 1, got {n}")
    for mode in modes:
        if mode not in MODES:
            raise ValueError(f"mode must be one of {', '.join(MODES)}, got {mode!r}")
    if not sizes or not modes:
        raise ValueError(f"there must be a size and a mode, got sizes={sizes}, modes={modes}")
    if signal not in SIGNALS:
        raise ValueError(f"signal must be one of {', '.join(SIGNALS)}, got {signal!r}")
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats}")
    if seed < 0:
        raise ValueError(f"seed must not be negative, got {seed}")
