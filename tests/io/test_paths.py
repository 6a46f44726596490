"""What `save` does to what is at a path, and how both go on after short reads and writes."""

import io
import os
import socket
import stat
import threading

import numpy as np
import pytest

import qvarray as qv
from qvarray.io import paths

X = np.arange(5000.0) ** 0.5


def _mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_the_mode_of_a_file_is_kept(tmp_path):
    path = tmp_path / "x"
    for mode in (0o600, 0o640, 0o755, 0o666):
        path.write_bytes(b"before")
        path.chmod(mode)
        qv.save(path, X)
        assert _mode(path) == mode
        assert np.array_equal(qv.load(path).todense(), X)
    assert os.listdir(tmp_path) == ["x"]


def test_links_are_followed(tmp_path):
    (tmp_path / "there").mkdir()
    target, link, chain = tmp_path / "there" / "x", tmp_path / "link", tmp_path / "chain"
    link.symlink_to(target)
    chain.symlink_to("link")
    for _ in range(2):  # the first time, the target is not there
        qv.save(str(chain), X)
        assert link.is_symlink()
        assert chain.is_symlink()
        assert np.array_equal(qv.load(target).todense(), X)
        target.chmod(0o600)
    assert _mode(target) == 0o600
    assert os.listdir(tmp_path / "there") == ["x"]
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    with pytest.raises(OSError, match="loop"):
        qv.save(loop, X)


def test_what_is_no_file_is_left_alone(tmp_path):
    pipe, node = tmp_path / "pipe", tmp_path / "socket"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(node))
        for path in (pipe, node, os.devnull):
            with pytest.raises(OSError, match="regular file"):
                qv.save(path, X)
    assert stat.S_ISFIFO(os.stat(pipe).st_mode)
    assert stat.S_ISSOCK(os.stat(node).st_mode)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    with pytest.raises(IsADirectoryError):
        qv.save(tmp_path, X)
    assert sorted(os.listdir(tmp_path)) == ["pipe", "socket"]


def test_what_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"before")
    monkeypatch.setattr(paths.os, "access", lambda *_: False)  # root may write everything
    with pytest.raises(PermissionError):
        qv.save(path, X)
    assert path.read_bytes() == b"before"


def test_bytes_are_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    done = []
    for name in ("fsync", "replace", "chmod"):
        original = getattr(os, name)

        def noted(*args, name=name, original=original):
            done.append(name)
            return original(*args)

        monkeypatch.setattr(paths.os, name, noted)
    qv.save(tmp_path / "x", X)
    assert done == ["fsync", "replace", "fsync"]
    qv.save(tmp_path / "x", X)
    assert done[3:] == ["fsync", "chmod", "replace", "fsync"]


def test_nothing_is_left_of_what_fails(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"before")

    def full(*_):
        raise OSError(28, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(paths.os, name, full)
            with pytest.raises(OSError, match="space"):
                qv.save(path, X)
        assert os.listdir(tmp_path) == ["x"]
        assert path.read_bytes() == b"before"


class Short(io.RawIOBase):
    """A raw file that takes and gives a few bytes at a time."""

    def __init__(self, data=b""):
        self.inner = io.BytesIO(data)

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, memory):
        return self.inner.readinto(memoryview(memory)[:7])

    def write(self, data):
        return self.inner.write(bytes(data[:5]))


def test_short_reads_and_writes():
    file = Short()
    qv.save(file, X)
    whole = io.BytesIO()
    qv.save(whole, X)
    assert file.inner.getvalue() == whole.getvalue()
    assert np.array_equal(qv.load(Short(whole.getvalue())).todense(), X)
    with pytest.raises(ValueError, match=r"at byte \d+.*cut off"):
        qv.load(Short(whole.getvalue()[:-1]))


def test_a_pipe():
    into, out = os.pipe()
    with open(out, "wb", buffering=0) as writer, open(into, "rb", buffering=0) as reader:
        thread = threading.Thread(target=qv.save, args=(writer, X))
        thread.start()
        found = qv.load(reader)
        thread.join()
    assert np.array_equal(found.todense(), X)


def test_several_arrays_in_a_stream():
    file = io.BytesIO()
    for k in range(3):
        qv.save(file, np.full(9, k))
    file.seek(0)
    assert [int(qv.load(file)[0]) for _ in range(3)] == [0, 1, 2]


class Blocked(io.RawIOBase):
    """A raw file that is not ready."""

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, memory):
        return None

    def write(self, data):
        return None


def test_files_that_are_not_ready():
    with pytest.raises(BlockingIOError):
        qv.save(Blocked(), X)
    with pytest.raises(BlockingIOError):
        qv.load(Blocked())


def test_files_that_say_nothing_of_what_they_wrote():
    class Silent:
        data = b""

        def write(self, data):
            self.data += bytes(data)

    file = Silent()
    qv.save(file, X)
    assert np.array_equal(qv.load(io.BytesIO(file.data)).todense(), X)


def test_text_files_are_refused():
    with pytest.raises(TypeError, match="text"):
        qv.load(io.StringIO("QVARRAY1"))


def test_a_length_that_is_only_stated_costs_no_memory():
    asked = []

    class Noted(io.BytesIO):
        def read(self, size=-1):
            asked.append(size)
            return super().read(size)

    data = io.BytesIO()
    qv.save(data, X)
    qv.load(Noted(data.getvalue()))
    assert max(asked) <= 1 << 20
    assert len(paths.read_up_to(io.BytesIO(b"abc"), 1 << 60)) == 3
