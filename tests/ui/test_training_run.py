"""The process that trains, seen from the window: the real one, and scripts that misbehave."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from visualizer.lessons.checkpoints import checkpoint_facts
from visualizer.lessons.training_job import TrainingJob
from visualizer.lessons.training_settings import TrainingSettings
from visualizer.ui.training_run import TrainingRun

WAIT = {"timeout": 60_000}
TINY = TrainingSettings(
    d_model=8, nhead=2, num_layers=1, dim_feedforward=16, length=6, batch=4, held_out_every=5
)
TEXT = "The cat sat on the mat. The dog sat on the log. " * 20
READY = (
    '{"event": "ready", "step": 0, "device": "cpu", "n_threads": 1, "unit": "words",'
    ' "vocabulary_size": 2, "training_tokens": 9, "held_out_tokens": 1, "parameters": 7,'
    ' "settings": {}}'
)
DIES = f"""
import os, signal, sys
sys.stdin.readline()
print({READY!r}, flush=True)
print("the allocator said something", file=sys.stderr, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
DIES_AT_ONCE = "raise SystemExit(3)"
DEAF = f"""
import sys, time
sys.stdin.readline()
print({READY!r}, flush=True)
sys.stdin.read()
open(sys.argv[1], "w").close()
time.sleep(3)
"""


@pytest.fixture
def run(qtbot):
    runs = []

    def make(*command):
        threads = {"OMP_NUM_THREADS": "1"}
        made = TrainingRun(command, threads) if command else TrainingRun(environment=threads)
        runs.append(made)
        return made

    yield make
    for made in runs:
        made.shutdown(20_000)


def job(folder, **changes):
    values = {"folder": str(folder), "source": "text", "text": TEXT, "settings": TINY}
    return TrainingJob(**(values | changes))


def test_a_training_from_its_start_to_its_end(qtbot, run, tmp_path):
    training = run()
    states, samples, steps = [], [], []
    training.state_changed.connect(states.append)
    training.sampled.connect(samples.append)
    training.stepped.connect(steps.append)
    with qtbot.waitSignals([training.became_ready, training.stepped, training.maps_formed], **WAIT):
        training.start(job(tmp_path / "run"))
        assert training.state == "starting"
    training.start(job(tmp_path / "another"))  # changes nothing
    with qtbot.waitSignal(training.state_changed, **WAIT):
        training.pause()
    assert training.state == "paused"
    with qtbot.waitSignal(training.saved, check_params_cb=lambda saved: saved.model, **WAIT):
        training.save()
    with qtbot.waitSignal(
        training.sampled, check_params_cb=lambda s: s.text.startswith("dog"), **WAIT
    ):
        training.sample("dog", 0.5)
    with qtbot.waitSignal(training.state_changed, **WAIT):
        training.resume()
    with qtbot.waitSignal(training.ended, **WAIT) as ended:
        training.stop()
    qtbot.waitUntil(lambda: training.state == "idle", **WAIT)
    assert states == ["starting", "training", "paused", "training", "stopping", "idle"]
    step = ended.args[0].step
    assert checkpoint_facts(tmp_path / "run" / "checkpoint.safetensors").step == step
    assert [r.step for taken in steps for r in taken.records] == list(range(1, step + 1))
    assert (tmp_path / "run" / "model.safetensors").is_file()
    assert not (tmp_path / "another").exists()


def test_it_goes_on_where_it_was(qtbot, run, tmp_path):
    training = run()
    with qtbot.waitSignal(training.ended, **WAIT):
        training.start(job(tmp_path / "run", steps=4))
    qtbot.waitUntil(lambda: training.state == "idle", **WAIT)
    with qtbot.waitSignal(training.became_ready, **WAIT) as ready:
        training.start(TrainingJob(str(tmp_path / "run"), "folder", steps=2))
    assert (ready.args[0].step, training.saved_step) == (4, 4)
    with qtbot.waitSignal(training.ended, **WAIT):
        pass
    assert training.step == 6


def test_closing_the_window_saves(qtbot, run, tmp_path):
    training = run()
    with qtbot.waitSignal(training.stepped, **WAIT):
        training.start(job(tmp_path / "run"))
    assert training.shutdown(20_000)
    assert training.state == "idle"
    assert checkpoint_facts(tmp_path / "run" / "checkpoint.safetensors").step >= 1


def test_discarding_ends_it_at_once(qtbot, run, tmp_path):
    training = run()
    with qtbot.waitSignal(training.stepped, **WAIT):
        training.start(job(tmp_path / "run"))
    process = training._child._process
    training.discard()
    assert training.state == "idle"
    assert process.returncode == -signal.SIGKILL
    training.start(job(tmp_path / "another"))
    training.discard()  # before the process is there, or just after
    assert training.shutdown(0)


def test_closing_before_it_has_begun(run, tmp_path):
    training = run()
    training.start(job(tmp_path / "run"))
    assert training.shutdown(20_000)


def test_a_process_that_takes_too_long_is_left_to_finish(qtbot, run, tmp_path):
    training = run(sys.executable, "-c", DEAF, str(tmp_path / "heard"))
    with qtbot.waitSignal(training.became_ready, **WAIT):
        training.start(job(tmp_path / "run"))
    assert not training.shutdown(100)
    qtbot.waitUntil((tmp_path / "heard").exists, **WAIT)


def test_a_crash_is_said_and_what_was_saved_is_kept(qtbot, run, tmp_path):
    training = run()
    with qtbot.waitSignal(training.became_ready, **WAIT):
        training.start(job(tmp_path / "run"))
    with qtbot.waitSignal(training.saved, **WAIT):
        training.save()
    with qtbot.waitSignal(training.failed, **WAIT) as failed:
        os.kill(training._child._process.pid, signal.SIGKILL)
    assert "The checkpoint of step" in str(failed.args[0])
    assert f"(status {-signal.SIGKILL})" in str(failed.args[0])
    assert training.state == "idle"
    step = checkpoint_facts(tmp_path / "run" / "checkpoint.safetensors").step
    assert step == training.saved_step


def test_a_crash_before_anything_was_saved(qtbot, run, tmp_path):
    training = run(sys.executable, "-c", DIES)
    with qtbot.waitSignal(training.failed, **WAIT) as failed:
        training.start(job(tmp_path))
    assert "Nothing had been saved yet: start it again" in str(failed.args[0])
    assert failed.args[0].detail == "the allocator said something"


def test_one_that_ends_at_once_or_cannot_be_started(qtbot, run, tmp_path):
    for command, sentence in (
        ((sys.executable, "-c", DIES_AT_ONCE), "(status 3)"),
        ((str(tmp_path / "none"),), "could not be started: No such file"),
    ):
        training = run(*command)
        with qtbot.waitSignal(training.failed, **WAIT) as failed:
            training.start(job(tmp_path))
        assert sentence in str(failed.args[0])
        assert training.state == "idle"


def test_what_is_refused_is_said_in_one_sentence(qtbot, run, tmp_path):
    training = run()
    for text, sentence in ((" ", "There is no text"), ("aaa", "it takes two")):
        with qtbot.waitSignal(training.failed, **WAIT) as failed:
            training.start(job(tmp_path / "run", text=text))
        assert sentence in str(failed.args[0])
        qtbot.waitUntil(lambda: training.state == "idle", **WAIT)
    assert not (tmp_path / "run").exists()


def test_a_long_text_goes_through_the_pipe(qtbot, run, tmp_path):
    training = run()
    with qtbot.waitSignal(training.ended, **WAIT):
        training.start(job(tmp_path / "run", text=TEXT * 2000, steps=1))
    assert (tmp_path / "run" / "text.txt").stat().st_size == len(TEXT) * 2000
