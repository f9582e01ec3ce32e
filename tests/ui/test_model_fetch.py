"""Fetching in a child process, here a script: progress, the end, failures and cancelling."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from visualizer.ui.model_fetch import ModelFetcher

WAIT = {"timeout": 20_000}

WORKS = """
import json, sys
for done in (10, 50, 100):
    print(json.dumps({"stage": "download", "done": done, "total": 100, "unit": "bytes"}),
          file=sys.stderr)
print("a line before the path")
print("/models/" + sys.argv[-1])
"""
FAILS = """
import json, sys
print(json.dumps({"stage": "download", "done": 1, "total": None, "unit": "bytes"}),
      file=sys.stderr)
print("visualizer: no connection to the hub. Try again later.", file=sys.stderr)
raise SystemExit(1)
"""
HANGS = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('{"stage": "download", "done": 1, "total": 9000000000, "unit": "bytes"}', file=sys.stderr,
      flush=True)
time.sleep(600)
"""
NONSENSE = """
import sys
for line in ("not json", "[1]", '{"stage": 1}', "[" * 5000,
             '{"stage": "x", "done": "y", "total": 1, "unit": ""}',
             '{"stage": "x", "done": Infinity, "total": 1, "unit": "b"}', "\\xff"):
    print(line, file=sys.stderr)
raise SystemExit(3)
"""
DIES = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
SAYS_NOTHING = "pass"


class Heard:
    """All that a fetcher said."""

    def __init__(self, fetcher):
        self.progress, self.fetched, self.failed = [], [], []
        fetcher.progress_changed.connect(self.progress.append)
        fetcher.fetched.connect(self._on_fetched)
        fetcher.failed.connect(self.failed.append)

    def _on_fetched(self, name, path):
        self.fetched.append((name, path))


@pytest.fixture
def make(qapp):
    made = []

    def make(script):
        made.append(ModelFetcher(sys.executable, ("-c", script)))
        return made[-1], Heard(made[-1])

    yield make
    for fetcher in made:
        fetcher.shutdown()


def test_a_fetched_model_is_reported_with_its_path(qtbot, make):
    fetcher, heard = make(WORKS)
    with qtbot.waitSignal(fetcher.fetched, **WAIT):
        fetcher.fetch("some/model")
    assert heard.fetched == [("some/model", Path("/models/some/model"))]
    assert [p.done for p in heard.progress if p is not None] == [0, 10, 50, 100]
    assert heard.progress[-1] is None
    assert not fetcher.is_running
    assert heard.failed == []


def test_a_name_is_never_taken_for_an_option(qtbot, make):
    fetcher, heard = make("import sys; print(sys.argv[1:])")
    with qtbot.waitSignal(fetcher.fetched, **WAIT):
        fetcher.fetch("--help", offline=True)
    assert heard.fetched[0][1] == Path(str(["--progress", "json", "--offline", "--", "--help"]))


def test_a_failure_carries_the_child_s_last_sentence(qtbot, make):
    fetcher, heard = make(FAILS)
    with qtbot.waitSignal(fetcher.failed, **WAIT):
        fetcher.fetch("m")
    assert str(heard.failed[0]) == "no connection to the hub. Try again later."
    assert heard.fetched == []
    assert heard.progress[-1] is None


@pytest.mark.parametrize("script", [NONSENSE, DIES, SAYS_NOTHING])
def test_a_child_that_ends_badly_is_a_failure(qtbot, make, script):
    fetcher, heard = make(script)
    with qtbot.waitSignal(fetcher.failed, **WAIT):
        fetcher.fetch("m")
    assert str(heard.failed[0])
    assert heard.fetched == []
    assert not fetcher.is_running


def test_a_program_that_is_missing_is_a_failure(qtbot):
    fetcher = ModelFetcher("/no/such/program")
    heard = Heard(fetcher)
    with qtbot.waitSignal(fetcher.failed, **WAIT):
        fetcher.fetch("m")
    assert "could not be started" in str(heard.failed[0])
    assert not fetcher.is_running


def test_cancelling_ends_even_a_deaf_child_within_a_second_or_so(qtbot, make):
    fetcher, heard = make(HANGS)
    fetcher.fetch("m")
    qtbot.waitUntil(lambda: len(heard.progress) > 1, **WAIT)
    assert heard.progress[-1].total == 9_000_000_000
    began = time.monotonic()
    fetcher.cancel()
    qtbot.waitUntil(lambda: not fetcher.is_running, **WAIT)
    assert time.monotonic() - began < 3
    assert heard.failed == []
    assert heard.progress[-1] is None


def test_another_fetch_works_after_a_cancelled_one(qtbot, make):
    fetcher, heard = make(HANGS)
    fetcher.fetch("m")
    qtbot.waitUntil(lambda: len(heard.progress) > 1, **WAIT)
    fetcher.cancel()
    qtbot.waitUntil(lambda: not fetcher.is_running, **WAIT)
    fetcher.fetch("n")
    assert fetcher.is_running
    assert fetcher.name == "n"


def test_a_second_fetch_leaves_the_first_alone(qtbot, make):
    fetcher, heard = make(WORKS)
    with qtbot.waitSignal(fetcher.fetched, **WAIT):
        fetcher.fetch("one")
        fetcher.fetch("two")
    assert [name for name, _ in heard.fetched] == ["one"]


def test_shutdown_leaves_no_child(qtbot, make):
    fetcher, heard = make(HANGS)
    fetcher.fetch("m")
    qtbot.waitUntil(lambda: len(heard.progress) > 1, **WAIT)
    fetcher.shutdown()
    assert not fetcher.is_running
    assert heard.failed == []
