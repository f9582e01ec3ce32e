"""Exports onto full disks, over a killed process, and to targets of every odd kind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from visualizer.engine.records import HeadRecord, Prompt
from visualizer.files import WriteError, write_atomically
from visualizer.session.export_numbers import numbers_bytes
from visualizer.session.export_subjects import Exportable
from visualizer.session.provenance_reading import read_view
from visualizer.session.state import ViewState
from visualizer.session.views import HeadView

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX")


@pytest.fixture
def data(engine):
    """A table as it is exported."""
    text = engine.model.tokenizer.encode("abc")
    record = HeadRecord(1, 0, 0, 3, (0, 3), (0, 3), 1, np.eye(3, dtype=np.float32))
    view = HeadView(record, text, None, 1, 1, "linear", "one", "m")
    return numbers_bytes(Exportable(ViewState(Prompt("abc")), "m", head=view), "head", "csv")


@posix
@pytest.mark.parametrize(
    "name", ["🙂.csv", "two\nlines.csv", "'quotes\" & <signs>.csv", "  .csv", "n" * 251 + ".csv"]
)
def test_names_of_every_kind(data, tmp_path, name):
    write_atomically(tmp_path / name, data)
    assert os.listdir(tmp_path) == [name]
    assert read_view(tmp_path / name).state.prompt.text == "abc"


@posix
def test_a_name_that_is_too_long_in_bytes(data, tmp_path):
    with pytest.raises(WriteError, match="too long"):
        write_atomically(tmp_path / ("大" * 100 + ".csv"), data)
    assert os.listdir(tmp_path) == []


@posix
def test_links_are_followed_and_a_loop_is_said(data, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "folder" / "real.csv")
    write_atomically(tmp_path / "link.csv", data)
    assert (tmp_path / "folder" / "real.csv").read_bytes() == data
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    with pytest.raises(WriteError, match="Cannot write") as caught:
        write_atomically(tmp_path / "loop.csv", data)
    assert "\n" not in str(caught.value)


@posix
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_only_be_read(data, tmp_path):
    folder = tmp_path / "fixed"
    folder.mkdir()
    (folder / "old.csv").write_bytes(b"old")
    folder.chmod(0o555)
    try:
        with pytest.raises(WriteError, match="permission denied"):
            write_atomically(folder / "old.csv", data)
        assert (folder / "old.csv").read_bytes() == b"old"
    finally:
        folder.chmod(0o755)


_FILL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from visualizer.files import WriteError, write_atomically
try:
    write_atomically(sys.argv[1], b"new" * 100_000)
except WriteError as error:
    print(error)
"""


@posix
def test_a_file_that_outgrows_the_disk_leaves_the_old_one(tmp_path):
    target = tmp_path / "old.png"
    target.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", _FILL, str(target)], capture_output=True, timeout=60, check=True
    )
    assert done.stdout.decode().startswith(f"Cannot write {target}")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["old.png"]


_WRITE = """
import sys
from visualizer.files import write_atomically
for number in range(100_000):
    write_atomically(sys.argv[1], bytes([number % 251]) * 300_000)
    if number == 0:
        print("begun", flush=True)
"""


@posix
@pytest.mark.parametrize("after_s", [0.0, 0.011, 0.037])
def test_a_killed_export_leaves_one_whole_file(tmp_path, after_s):
    target = tmp_path / "head.png"
    child = subprocess.Popen([sys.executable, "-c", _WRITE, str(target)], stdout=subprocess.PIPE)
    try:
        assert child.stdout.readline() == b"begun\n"
        end = time.monotonic() + after_s  # any moment will do: there is no right one
        while time.monotonic() < end:
            pass
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=20)
        child.stdout.close()
    data = target.read_bytes()
    assert len(data) == 300_000
    assert len(set(data)) == 1
