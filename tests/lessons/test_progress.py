"""What was done in the lessons is kept, whatever happens to the program or to the file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from visualizer.files import WriteError
from visualizer.lessons.progress import LessonProgress, Progress


def test_what_was_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lessons.json"
    progress = Progress(path)
    assert progress.of("tokens") == LessonProgress()
    progress.keep_answer("tokens", "raw", "1", is_right=True)
    progress.keep_answer("tokens", "ids", "zwölf 十二", is_right=False)
    progress.keep_place("tokens", 0.25)
    again = Progress(path).of("tokens")
    assert again == LessonProgress({"raw": "1", "ids": "zwölf 十二"}, frozenset({"raw"}), 0.25)


def test_what_was_solved_stays_solved_until_it_is_forgotten(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "lessons.json")
    progress.keep_answer("tokens", "raw", "1", is_right=True)
    progress.keep_answer("tokens", "raw", "2", is_right=False)
    progress.keep_place("tokens", 0.5)
    assert progress.of("tokens").solved == {"raw"}
    progress.forget_answers("tokens")
    assert Progress(tmp_path / "lessons.json").of("tokens") == LessonProgress(place=0.5)


def test_two_windows_keep_one_another_s_lessons(tmp_path: Path) -> None:
    path = tmp_path / "lessons.json"
    one, other = Progress(path), Progress(path)
    one.keep_answer("tokens", "raw", "1", is_right=True)
    other.keep_answer("table", "love", "0", is_right=False)
    one.keep_place("tokens", 1.0)
    again = Progress(path)
    assert again.of("tokens").solved == {"raw"}
    assert again.of("table").answers == {"love": "0"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"tokens": 3}',
        '{"tokens": {"answers": [], "solved": [], "place": 0}}',
        '{"tokens": {"answers": {}, "solved": [], "place": 7}}',
        '{"tokens": {"answers": {}, "solved": [], "place": "nan"}}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_a_file_that_cannot_be_read_is_no_progress(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lessons.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    progress = Progress(path)
    assert progress.of("tokens") == LessonProgress()
    progress.keep_answer("tokens", "raw", "1", is_right=True)
    assert json.loads(path.read_text(encoding="utf-8"))["tokens"]["answers"] == {"raw": "1"}


def test_where_nothing_can_be_written_it_is_said_and_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    progress = Progress(tmp_path / "file" / "lessons.json")
    with pytest.raises(WriteError):
        progress.keep_answer("tokens", "raw", "1", is_right=True)
    assert progress.of("tokens").answers == {"raw": "1"}


def test_an_answer_survives_a_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lessons.json"
    script = (
        "import os, pathlib, signal, sys\n"
        "from visualizer.lessons.progress import Progress\n"
        "Progress(pathlib.Path(sys.argv[1])).keep_answer('tokens', 'raw', '1', is_right=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path)], env=os.environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert Progress(path).of("tokens").solved == {"raw"}
