"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def prepare(folder: Path, names: tuple[str, ...]) -> None:
    """See that a folder can be made, and that files of these names can be written to it.

    Nothing is made: what is interrupted leaves no empty folder.

    Raises OSError where they cannot; the message names the path.
    """
    if folder.exists() and not folder.is_dir():
        raise _os_error(errno.ENOTDIR, folder)
    for name in names:
        if (folder / name).is_dir():
            raise _os_error(errno.EISDIR, folder / name)
    trial = _temporary(next(at for at in (folder, *folder.parents) if at.exists()) / "report")
    try:
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        raise _os_error(error.errno or errno.EACCES, folder) from error


def write_all(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files, all of them or, where one cannot be written, none.

    Raises OSError where they cannot be written.

    `folder`: it is made where it is missing. `contents`: by name. Each takes the place of an older
    file in one step.
    """
    folder.mkdir(parents=True, exist_ok=True)
    temporary = {_temporary(folder / name): folder / name for name in contents}
    try:
        for path, content in zip(temporary, contents.values(), strict=True):
            path.write_bytes(content)
        for path, final in temporary.items():
            os.replace(path, final)
    finally:
        for path in temporary:
            path.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    """Make a name beside `path`, so that taking its place is a rename and not a copy."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def _os_error(code: int, path: Path) -> OSError:
    return OSError(code, os.strerror(code), str(path))
