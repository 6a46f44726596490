"""Our line of every benchmark, once, in one process: to see that they work, not how fast.

    python once.py [REGEX]

asv starts a process for each line, which takes minutes. What is longest is left out, unless a
pattern for names such as ``elements.Binary('qvarray', 'add', 10000)`` is given.
"""

import re
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from tqdm import tqdm

HERE = Path(__file__).resolve().parent
LONGEST = re.compile(
    r"^(startup\.E|jobs\.Report|expressions\.Larger|bases.*'(element|inner)')|\b1000000\b"
    r"|^scaling\.Growth|^scaling\.\w+\('qvarray', '\w+', (?!100\)|131072\))"
)


def lines() -> Iterator[tuple[str, type[Any], tuple[Any, ...]]]:
    """Name, class and parameters, of subject qvarray."""
    sys.path.insert(0, str(HERE))
    for module in iter_modules([str(HERE / "benchmarks")]):
        for kind in vars(import_module(f"benchmarks.{module.name}")).values():
            own = isinstance(kind, type) and kind.__module__ == f"benchmarks.{module.name}"
            if own and hasattr(kind, "params") and not getattr(kind, "__abstractmethods__", None):
                for parameters in product(("qvarray",), *kind.params[1:]):
                    shown = ", ".join(map(repr, parameters))
                    yield f"{module.name}.{kind.__name__}({shown})", kind, parameters


def main(arguments: list[str]) -> int:
    chosen = list(lines())
    if arguments:
        chosen = [line for line in chosen if re.search(arguments[0], line[0])]
    else:
        chosen = [line for line in chosen if not LONGEST.search(line[0])]
    failed, done = [], 0
    for name, kind, parameters in tqdm(chosen, file=sys.stderr, mininterval=5):
        benchmark = kind()
        try:
            benchmark.setup(*parameters)
            for method in dir(kind):
                if method.startswith(("time_", "track_")):
                    getattr(benchmark, method)(*parameters)
            done += 1
        except NotImplementedError:
            # Not a job for these parameters.
            continue
        except Exception:
            failed.append(name)
            traceback.print_exc()
    print(f"{done} lines ran, {len(chosen) - done - len(failed)} are no job, {len(failed)} failed")
    for name in failed:
        print(f"failed: {name}")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
