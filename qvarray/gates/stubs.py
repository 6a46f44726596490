"""Write what is generated from the gate table: ``python -m qvarray.gates.stubs``.

That is the stubs that type checkers and editors read, and the list of gates in the reference.
"""

from __future__ import annotations

import re
from pathlib import Path

from .signatures import PUBLIC, function_head, method_head

_FUNCTIONS = """\
# Written by `python -m qvarray.gates.stubs`.

from collections.abc import Sequence
from typing import TypeAlias

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from .outputs import Out
from .validation import Qubits

Angles: TypeAlias = float | Sequence[float]

__all__ = [
{names}]

{functions}"""

_METHODS = """\
# Written by `python -m qvarray.gates.stubs`.

from collections.abc import Callable, Sequence
from typing import Any, Self, TypeAlias

from .parameters import Expression
from .validation import Condition, Qubits

Angles: TypeAlias = float | Expression | Sequence[float | Expression]

__all__ = ["METHODS", "GateMethods"]

METHODS: dict[str, Callable[..., Any]]

class GateMethods:
{methods}"""


def generated() -> dict[Path, str]:
    """Return the files that are written from the table, by their paths."""
    folder = Path(__file__).parent
    files = {
        folder / "functions.pyi": _FUNCTIONS.format(
            names="".join(f'    "{name}",\n' for name in PUBLIC),
            functions="".join(f"{function_head(gate)} ...\n" for gate in PUBLIC.values()),
        ),
        folder / "circuit_methods.pyi": _METHODS.format(
            methods="".join(f"{method_head(gate, '    ')} ...\n" for gate in PUBLIC.values())
        ),
    }
    reference = folder.parents[1] / "docs" / "api" / "index.rst"
    if reference.exists():
        text = reference.read_text(encoding="utf-8")
        names = "".join(f"   gates.{name}\n" for name in PUBLIC)
        heading = r"(Gates that have a name\n\^+\n\n\.\. autosummary::\n   :toctree: generated\n\n)"
        files[reference] = re.sub(heading + r"(   gates\.\w+\n)*", rf"\1{names}", text)
    return files


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
