"""A file is written whole or stays as it was, and every failure is one sentence."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from visualizer.files import WriteError, check_target, write_atomically


def test_content_and_nothing_left_behind(tmp_path):
    target = tmp_path / "图.bin"
    write_atomically(target, b"one")
    write_atomically(str(target), memoryview(b"two"))
    assert target.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["图.bin"]
    check_target(target)
    check_target(tmp_path / "new")


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_are_those_of_any_new_file_or_of_the_old_one(tmp_path):
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    new = tmp_path / "new"
    write_atomically(new, b"x")
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    new.chmod(0o640)
    write_atomically(new, b"y")
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    real = tmp_path / "real"
    real.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(real)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("missing/a.png", "there is no folder"),
        ("file/a.png", "is not a folder"),
        ("folder", "that is a folder"),
        ("new/", "that is a folder"),
        ("a\0b", "Cannot write"),
        ("n" * 300, "the name is too long"),
    ],
)
def test_bad_targets(tmp_path, name, expected):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteError, match=expected) as caught:
        write_atomically(f"{tmp_path}/{name}", b"x")
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    if len(name) < 255:  # the length of a name is known to the file system alone
        with pytest.raises(WriteError, match=expected):
            check_target(f"{tmp_path}/{name}")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_device_is_refused():
    with pytest.raises(WriteError, match="not an ordinary file"):
        write_atomically("/dev/full", b"x")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_on_the_way_keeps_the_old_file(tmp_path, monkeypatch, code, step):
    target = tmp_path / "kept"
    target.write_bytes(b"old")

    def fail(*args):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(f"visualizer.files.os.{step}", fail)
    with pytest.raises(WriteError, match="kept"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["kept"]
