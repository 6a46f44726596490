"""The command line: ``qvarray report``, ``bench``, ``encode`` and ``warmup``."""

from __future__ import annotations

import argparse
import math
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from . import __version__
from .encoding.goals import Reference
from .errors import MissingExtraError
from .io.codecs import COMPRESSIONS
from .sources.quantize import Kind
from .tools import bench, report
from .tools.encode_files import encode_files
from .tools.report import MODES, REPEATS, SIGNALS, SIZES
from .tools.report.files import prepare, write_all
from .tools.warmup import warmup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .interop.zarr_arrays import Settings

__all__ = ["main"]

_SIZE = re.compile(r"(\d+)(?:\*\*(\d+))?")
#: Arguments of functions as messages have them, which are options here.
_ARGUMENT = re.compile(
    r"\b(tol|max_abs|ratio|storage|missing|compression|basis|overwrite)="
    r"""(?:True\b|(["']?)(?!None\b)([\w.+-]+)\2)"""
)
_MAX_BITS = 63
#: The exit status of what ended by an interrupt, as shells have it.
_INTERRUPTED = 130


def _size(text: str) -> int:
    """Read a vector size: ``131072`` or ``2**17``."""
    match = _SIZE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"not a size: {text!r} (examples: 64, 131072, 2**20)")
    base, exponent = int(match[1][:20]), int((match[2] or "1")[:4])
    # Powers beyond any size are not worked out.
    n = base**exponent if base < 2 or exponent <= _MAX_BITS else 1 << _MAX_BITS
    if not 1 <= n < 1 << _MAX_BITS:
        raise argparse.ArgumentTypeError(f"sizes must be from 1 to 2**63 - 1, got {text!r}")
    return n


def _sizes(text: str) -> list[int]:
    return [_size(part) for part in re.split(r"[,\s]+", text.strip(", "))]


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a whole number: {text!r}") from None
    if number < least:
        raise argparse.ArgumentTypeError(f"must be at least {least}, got {text}")
    return number


def _repeats(text: str) -> int:
    return _at_least(1, text)


def _seed(text: str) -> int:
    return _at_least(0, text)


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("must name a path, got an empty one")
    return Path(text)


def _report(options: argparse.Namespace) -> int:
    sizes = SIZES if options.sizes is None else [n for part in options.sizes for n in part]
    modes = MODES if options.mode == "all" else (options.mode,)
    try:
        found = report.run(
            options.out,
            sizes=sizes,
            modes=modes,
            signal=options.signal,
            repeats=options.repeats,
            seed=options.seed,
        )
    except (OSError, MemoryError, report.MissingExtraError) as error:
        print(f"qvarray report: {error}", file=sys.stderr)
        return 1
    print(report.summary(found))
    print(f"written to {options.out}: report.md, report.png, report.json")
    return 0


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "report",
        help="measure time, memory and recovery error against dense NumPy",
        description="Measure three ways of applying and reversing the evolving AND/OR "
        "transformation, and the compression of real data. Writes report.md, report.png and "
        "report.json.",
    )
    parser.add_argument(
        "--sizes",
        nargs="+",
        type=_sizes,
        metavar="N",
        help="vector sizes, such as 64 131072 2**20, separated by commas or spaces",
    )
    parser.add_argument("--mode", choices=[*MODES, "all"], default="all")
    parser.add_argument(
        "--signal",
        choices=list(SIGNALS),
        default="wave",
        help="; ".join(f"{name}: {what}" for name, what in SIGNALS.items()),
    )
    parser.add_argument(
        "--out", type=_path, metavar="DIR", default=Path("report"), help="folder to write to"
    )
    parser.add_argument(
        "--repeats", type=_repeats, default=REPEATS, metavar="R", help="batches; the median counts"
    )
    parser.add_argument("--seed", type=_seed, default=0, help="of the random numbers in x")
    parser.set_defaults(run=_report)


def _warmup(_: argparse.Namespace) -> int:
    done = warmup(progress=True)
    where = "nothing can be written"
    if done.cache is not None:
        where = "not all can be written" if done.problem else "compiled kernels are kept"
        where += f" in {done.cache}"
    if done.problem:
        where += f": every process compiles what it uses\n({done.problem})"
    print(f"{done.calls} calls in {done.seconds:.1f} s; {where}")
    return 0


def _add_warmup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "warmup",
        help="compile every kernel, and keep it",
        description="Compile every kernel for the usual dtypes, and say where they are kept.",
    )
    parser.set_defaults(run=_warmup)


def _missing(text: str) -> str | float:
    if text in ("refuse", "keep"):
        return text
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be refuse, keep or a number, got {text!r}"
        ) from None


def _as_option(found: re.Match[str]) -> str:
    """Say an argument of a function, as ``missing="keep"``, as an option of the command."""
    name = "--" + found[1].replace("_", "-")
    return f"{name} {found[3]}" if found[3] else name


def _encode(options: argparse.Namespace) -> int:
    names = ("tol", "relative_to", "max_abs", "ratio", "storage", "missing", "compression")
    given: Settings = {}
    for name in names:
        given[name] = getattr(options, name)  # type: ignore[literal-required]
    # Commas in parentheses are parts of names.
    bases = re.split(r",\s*(?![^()]*\))", options.basis)
    given["basis"] = bases[0] if len(bases) == 1 else bases
    try:
        encode_files(
            options.source,
            options.target,
            given,
            variable=options.variable,
            chunks=options.chunks,
            overwrite=options.overwrite,
        )
    except (OSError, ValueError, TypeError, MemoryError, MissingExtraError) as error:
        said = _ARGUMENT.sub(_as_option, " ".join(str(error).split()))
        print(f"qvarray encode: {said}", file=sys.stderr)
        return 1
    return 0


def _add_encode(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "encode",
        help="encode a field in a file in the fewest bytes within a tolerance",
        description="Encode fields of NumPy (npy, npz), NetCDF, HDF5 or zarr into a store of zarr, "
        "where the name of the output ends in .zarr, or one of them into a file that qvarray.load "
        "reads. Prints the ratio, and the error that was achieved. After a kill, the same command "
        "goes on with a store.",
    )
    parser.add_argument("source", type=_path, metavar="IN")
    parser.add_argument("target", type=_path, metavar="OUT")
    goals = parser.add_mutually_exclusive_group(required=True)
    goals.add_argument("--tol", type=float, help="root-mean-square error, a fraction")
    goals.add_argument("--max-abs", type=float, help="largest error of an element, in its units")
    goals.add_argument("--ratio", type=float, help="how many times smaller, at least")
    parser.add_argument(
        "--relative-to",
        choices=get_args(Reference),
        default="std",
        help="what the tolerance is a fraction of (default: the standard deviation)",
    )
    parser.add_argument("--basis", default="auto", help="as in qvarray.encode, commas between axes")
    parser.add_argument("--storage", choices=["float64", *get_args(Kind)])
    parser.add_argument(
        "--missing",
        type=_missing,
        default="refuse",
        metavar="{refuse,keep,NUMBER}",
        help="what is done with NaN: refuse it (the default), or keep it, and a number if that is "
        "given",
    )
    parser.add_argument("--variable", metavar="NAME", help="the only one to encode")
    parser.add_argument(
        "--chunks",
        type=lambda text: tuple(_sizes(text)),
        metavar="N,N,…",
        help="elements of a chunk along each axis",
    )
    parser.add_argument("--compression", choices=list(COMPRESSIONS), default="pcodec")
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")
    parser.set_defaults(run=_encode)


def _budget(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a number of seconds: {text!r}") from None
    if not (math.isfinite(seconds) and seconds > 0):
        raise argparse.ArgumentTypeError(f"must be positive and finite, got {text}")
    return seconds


def _jobs(text: str) -> str:
    try:
        bench.chosen(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _bench(options: argparse.Namespace) -> int:
    try:
        if options.json is not None:
            prepare(options.json.parent, (options.json.name,))
        found = bench.compare(options.only, options.seconds, progress=True)
        print(bench.as_text(found))
        if options.json is not None:
            contents = bench.as_json(found).encode()
            write_all(options.json.parent, {options.json.name: contents})
            print(f"written to {options.json}")
    except (OSError, MemoryError) as error:
        print(f"qvarray bench: {error}", file=sys.stderr)
        return 1
    wrong = bench.errors(found)
    if not found.figures:
        wrong.append("no peer is installed that can do this")
    for what in wrong:
        print(f"qvarray bench: {what}", file=sys.stderr)
    return 1 if wrong else 0


def _add_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "bench",
        help="measure time and memory against other libraries",
        description="Do the same jobs with qvarray and with the other libraries that are "
        "installed, see that the answers agree, and print how long each takes and what it stores.",
    )
    parser.add_argument(
        "--compare", choices=["peers"], default="peers", help="with what (default: peers)"
    )
    parser.add_argument(
        "--only",
        type=_jobs,
        default="",
        metavar="REGEX",
        help="the jobs in whose name or description this is found: "
        + ", ".join(job.name for job in bench.JOBS),
    )
    parser.add_argument(
        "--seconds",
        type=_budget,
        default=bench.SECONDS,
        metavar="S",
        help=f"what it may take, about (default: {bench.SECONDS:.0f})",
    )
    parser.add_argument("--json", type=_path, metavar="FILE", help="write the figures to a file")
    parser.set_defaults(run=_bench)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qvarray", description="Virtual memory for NumPy arrays.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    _add_report(commands)
    _add_bench(commands)
    _add_encode(commands)
    _add_warmup(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command of ``qvarray``.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line by default.

    Returns
    -------
    int
        The exit status: 0, 1 where the command failed, or 130 where it was interrupted.

    Raises
    ------
    SystemExit
        With status 2 for arguments that make no sense, and 0 after ``--help`` or ``--version``.
    """
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except KeyboardInterrupt:
        print(f"qvarray {options.command}: interrupted", file=sys.stderr)
        return _INTERRUPTED
    return status


if __name__ == "__main__":
    sys.exit(main())
