"""Files that are written when the documentation is built."""

from collections.abc import Iterable
from pathlib import Path

__all__ = ["cells", "replace"]


def replace(path: Path, lines: Iterable[str]) -> None:
    """Write a file, if that changes it: Sphinx reads again what is newer."""
    text = "".join(f"{line}\n" for line in lines)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def cells(*texts: str) -> str:
    """A line of a table, as comma-separated values."""
    return ",".join('"' + text.replace('"', '""') + '"' for text in texts)
