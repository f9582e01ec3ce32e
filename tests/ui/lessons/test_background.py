"""Work in a thread: the newest counts, failures are told, nothing is left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from visualizer.engine.errors import VisualizerError
from visualizer.ui.lessons.background import BackgroundTask, Ticket


@pytest.fixture
def task(qapp) -> Iterator[BackgroundTask]:
    task = BackgroundTask()
    yield task
    assert task.shutdown(2000)


def test_work_runs_in_another_thread_and_its_answer_comes_back(qtbot: QtBot, task) -> None:
    told = []
    task.progressed.connect(told.append)

    def work(ticket: Ticket) -> tuple[str, int]:
        ticket.report("half")
        return "whole", threading.get_ident()

    with qtbot.waitSignal(task.succeeded, timeout=5000) as answer:
        task.start(work)
        assert task.is_running
    assert answer.args[0][0] == "whole"
    assert answer.args[0][1] != threading.get_ident()
    assert told == ["half"]
    assert not task.is_running


def test_newer_work_cancels_older_work_whose_answer_never_comes(qtbot: QtBot, task) -> None:
    begun, seen = threading.Event(), []

    def long(ticket: Ticket) -> str:
        begun.set()
        while not ticket.is_cancelled():
            begun.wait(0.01)
        seen.append("stopped")
        ticket.report("too late")
        return "old"

    answers, told = [], []
    task.succeeded.connect(answers.append)
    task.progressed.connect(told.append)
    task.start(long)
    qtbot.waitUntil(begun.is_set)
    with qtbot.waitSignal(task.succeeded, timeout=5000):
        task.start(lambda ticket: "new")
    assert answers == ["new"]
    assert seen == ["stopped"]
    assert told == []


def test_cancelling_ends_the_work_and_says_so(qtbot: QtBot, task) -> None:
    begun = threading.Event()

    def long(ticket: Ticket) -> None:
        begun.set()
        while True:
            ticket.check()

    running = []
    task.running_changed.connect(running.append)
    task.start(long)
    qtbot.waitUntil(begun.is_set)
    task.cancel()
    assert running == [True, False]
    with qtbot.waitSignal(task.succeeded, timeout=5000):
        task.start(lambda ticket: 1)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (VisualizerError("No {thing}.", thing="luck"), "No luck."),
    ],
)
def test_a_failure_is_told_and_the_thread_goes_on(qtbot: QtBot, task, error, words) -> None:
    def fail(ticket: Ticket) -> None:
        raise error

    with qtbot.waitSignal(task.failed, timeout=5000) as failure:
        task.start(fail)
    assert str(failure.args[0]) == words
    with qtbot.waitSignal(task.succeeded, timeout=5000):
        task.start(lambda ticket: 1)


def test_what_nobody_foresaw_becomes_a_sentence(qtbot: QtBot, task, caplog) -> None:
    def fail(ticket: Ticket) -> None:
        raise ZeroDivisionError("by nought")

    with qtbot.waitSignal(task.failed, timeout=5000) as failure:
        task.start(fail)
    assert "by nought" in str(failure.args[0])
    assert "a lesson's work failed" in caplog.text
    caplog.clear()
