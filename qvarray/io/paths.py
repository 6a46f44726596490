"""Bytes to and from files: all of them from raw streams, and all or none of them at a path."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

#: Bytes that are asked for first, and then as many as have come: a length that a file only states
#: costs no memory.
_CHUNK = 1 << 24
_NAMES = 100


class SupportsRead(Protocol):
    """A file that is open for reading bytes."""

    def read(self, size: int, /) -> bytes | None: ...


class SupportsWrite(Protocol):
    """A file that is open for writing bytes."""

    def write(self, data: memoryview, /) -> int | None: ...


def read_up_to(file: SupportsRead, size: int) -> bytes:
    """Read some bytes, or all there are if these are fewer; ask again after short reads.

    Raises
    ------
    BlockingIOError
        For a file that does not block and has no bytes yet.
    TypeError
        For a file that is open for text.
    """
    parts: list[bytes | bytearray | memoryview] = []
    count, there = 0, _bytes_there(file) if size > _CHUNK else 0
    while count < size:
        part = file.read(min(size - count, max(count, there, _CHUNK)))
        if part is None:
            raise BlockingIOError(errno.EAGAIN, "the file has no bytes yet")
        if not isinstance(part, (bytes, bytearray, memoryview)):
            raise TypeError("a file that is open for reading bytes is needed, not one for text")
        if not part:
            break
        parts.append(part)
        count += len(part)
    return b"".join(parts)


def _bytes_there(file: SupportsRead) -> int:
    """Return how many bytes a file of the system has; 0 where nobody tells."""
    try:
        return os.fstat(file.fileno()).st_size  # type: ignore[attr-defined]
    except (AttributeError, OSError, TypeError, ValueError):
        return 0


def write_all(file: SupportsWrite, parts: Iterable[bytes | memoryview]) -> None:
    """Write all bytes, part after part; go on after short writes.

    Raises
    ------
    BlockingIOError
        For a raw file that does not block and takes no more bytes now.
    """
    is_raw = isinstance(file, io.RawIOBase)
    for part in parts:
        rest = memoryview(part)
        while len(rest):
            written = file.write(rest)
            if written is None and is_raw:
                raise BlockingIOError(errno.EAGAIN, "the file takes no more bytes now")
            # Others that say nothing have written all.
            rest = rest[len(rest) if written is None else written :]


def replace_file(path: str | os.PathLike[str] | bytes, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file beside its place, and move it there when it is on the disk.

    A link is followed, and the mode of the file that is replaced is kept.

    Raises
    ------
    OSError
        Where the path leads to something other than a file, or to one that may not be written.
    """
    place = os.path.realpath(os.fsdecode(os.fspath(path)))
    mode: int | None = None
    with suppress(FileNotFoundError):
        mode = _mode_of(os.fsdecode(os.fspath(path)))
    beside, handle = _beside(place, 0o666 if mode is None else mode)
    try:
        with os.fdopen(handle, "wb") as opened:
            write_all(opened, parts)
            opened.flush()
            os.fsync(opened.fileno())
        if mode is not None:
            # What the process masks for new files was there before.
            os.chmod(beside, mode)
        os.replace(beside, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    # Not all systems let directories be opened.
    with suppress(OSError):
        directory = os.open(os.path.dirname(place), os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _mode_of(path: str) -> int:
    """Return the mode of a regular file, links followed, that may be written."""
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file: open it, and save to the stream", path)
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    return stat.S_IMODE(mode)


def _beside(place: str, mode: int) -> tuple[str, int]:
    """Create a file of another name in the same directory, of a mode or a stricter one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    for _ in range(_NAMES):
        beside = os.path.join(os.path.dirname(place), f".{os.urandom(8).hex()}.qvarray")
        with suppress(FileExistsError):
            return beside, os.open(beside, flags, mode | stat.S_IWUSR)
    raise FileExistsError(errno.EEXIST, "no name is free beside it", place)
