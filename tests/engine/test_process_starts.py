"""A process that cannot be started ends in a sentence, whoever wanted it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from visualizer.cli import main
from visualizer.engine.confined import ConfinedError, ConfinedProcess
from visualizer.engine.errors import VisualizerError
from visualizer.engine.models.child import run_child
from visualizer.engine.records import CancelToken

CASE = Path(__file__).parents[1] / "cases" / "granite4-like"


@pytest.fixture(autouse=True)
def _no_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")


def test_a_confined_process_says_that_it_never_was() -> None:
    process = ConfinedProcess("visualizer.engine.chat_child", {}, 10**9)
    for _ in range(2):
        with pytest.raises(ConfinedError, match=r"unstarted|start") as caught:
            process.ask({}, 1.0)
        assert caught.value.how == "unstarted"
        assert "/nowhere/python" in caught.value.log
    process.close()


def test_no_thread_is_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.undo()
    monkeypatch.setattr("threading.Thread.start", refuse)
    process = ConfinedProcess("visualizer.engine.chat_child", {}, 10**9)
    with pytest.raises(ConfinedError) as caught:
        process.ask({}, 1.0)
    assert caught.value.how == "unstarted"


def test_a_step_of_ours_says_why() -> None:
    with pytest.raises(VisualizerError, match="could not be started"):
        run_child(
            ["/nowhere/python"],
            cancel=CancelToken(),
            on_line=lambda _line: None,
            progress=lambda: 0,
        )


def test_the_command_line_ends_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tokenizer of a stranger is tried in a process of its own."""
    monkeypatch.setenv("VISUALIZER_CACHE", str(tmp_path / "cache"))
    shutil.copytree(CASE, tmp_path / "model")
    status = main(["predict", "hello", "--model", str(tmp_path / "model")])
    captured = capsys.readouterr()
    assert status == 1
    assert captured.err.count("\n") == 1
    assert "cannot be started" in captured.err
