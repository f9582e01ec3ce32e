"""A training that is steered: what it tells and saves, one sentence for what goes wrong."""

from __future__ import annotations

import json
import math
import queue
import signal
import subprocess
import sys

import numpy as np
import pytest

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.files import WriteError
from visualizer.lessons import checkpoints, training_session
from visualizer.lessons.checkpoints import checkpoint_facts
from visualizer.lessons.corpus import text_corpus
from visualizer.lessons.training import DivergedError, Training
from visualizer.lessons.training_events import (
    Ended,
    MapsTaken,
    Paused,
    Problem,
    Resumed,
    SampleTaken,
    Saved,
    StepsTaken,
    TrainingReady,
    read_event,
)
from visualizer.lessons.training_job import TrainingJob
from visualizer.lessons.training_session import TrainingSession, error_event
from visualizer.lessons.training_settings import SMALL, TrainingSettings
from visualizer.lessons.training_texts import built_in_text
from visualizer.lessons.tutorial_model import generate_square_subsequent_mask

TINY = TrainingSettings(
    d_model=8, nhead=2, num_layers=2, dim_feedforward=16, length=6, batch=4, held_out_every=2
)
pytestmark = pytest.mark.usefixtures("one_thread")


class Session:
    """A session whose commands are all there before it begins, and what it told."""

    def __init__(self, job, *names):
        self.told = []
        self.commands = queue.SimpleQueue()
        for name in names:
            self.commands.put(name if isinstance(name, dict) else {"command": name})
        self.session = TrainingSession(job, self._take, self.commands)

    def _take(self, event):
        found = read_event(json.dumps(event))
        assert found is not None, event
        self.told.append(found)
        self.on_told(found)

    def on_told(self, event):
        """For a test that answers."""

    def run(self):
        self.session.run()
        return self

    def of(self, kind):
        return [event for event in self.told if isinstance(event, kind)]

    def records(self):
        return [record for event in self.of(StepsTaken) for record in event.records]


def job(folder, rhyme, **changes):
    values = {"folder": str(folder), "source": "text", "text": rhyme, "settings": TINY, "steps": 5}
    return TrainingJob(**(values | changes))


def test_a_job_survives_the_pipe(tmp_path, rhyme):
    asked = job(tmp_path, rhyme + "你好\n\x00", prompt="The", keeps_rate=False)
    assert "\n" not in asked.to_json()
    assert TrainingJob.from_json(asked.to_json()) == asked
    for line in ("", "[]", "{}", '{"settings": {"d_model": -1}}', '{"settings": {}, "x": 1}'):
        with pytest.raises(UsageError):
            TrainingJob.from_json(line)


def test_its_steps_are_those_of_a_plain_training(tmp_path, rhyme):
    told = Session(job(tmp_path / "run", rhyme)).run()
    plain = Training(text_corpus(rhyme), TINY)
    expected = list(plain.run(5))
    found = told.records()
    assert [record.step for record in found] == [1, 2, 3, 4, 5]
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.loss, ours.held_out_loss) == (theirs.loss, theirs.held_out_loss)
    assert told.of(Ended) == [Ended(5, "done")]
    assert told.of(Saved)[-1] == Saved(5, model=True)
    ready = told.of(TrainingReady)[0]
    assert (ready.step, ready.unit, ready.settings) == (0, "characters", TINY)
    assert ready.vocabulary_size == len(plain.corpus.vocabulary)
    assert ready.parameters == sum(p.numel() for p in plain.model.parameters())
    maps = told.of(MapsTaken)[-1]
    ids = plain.corpus.held_out[: TINY.length]
    assert maps.tokens == tuple(plain.corpus.vocabulary[i] for i in ids)
    mask = generate_square_subsequent_mask(TINY.length)
    rows = training_session.torch.tensor(ids[None].copy())
    for layer, weights in enumerate(plain.model.attention_maps(rows, mask)):
        np.testing.assert_allclose(maps.weights[layer], weights[0].numpy(), atol=1e-6)
    assert told.of(SampleTaken)[-1].text.startswith("The ")


def test_going_on_takes_the_same_steps_as_never_stopping(tmp_path, rhyme):
    whole = Session(job(tmp_path / "a", rhyme, steps=6)).run().records()
    first = Session(job(tmp_path / "b", rhyme, steps=3)).run().records()
    again = Session(TrainingJob(str(tmp_path / "b"), "folder", steps=3)).run()
    assert again.of(TrainingReady)[0].step == 3
    assert [r.loss for r in first + again.records()] == [r.loss for r in whole]


def test_going_on_with_another_learning_rate(tmp_path, rhyme):
    Session(job(tmp_path, rhyme, steps=2)).run()
    asked = TrainingSettings(learning_rate=1e-5)
    told = Session(
        TrainingJob(str(tmp_path), "folder", settings=asked, steps=1, keeps_rate=False)
    ).run()
    assert told.records()[0].learning_rate == 1e-5
    assert checkpoint_facts(tmp_path / "checkpoint.safetensors").settings.learning_rate == 1e-5


def test_pause_resume_save_sample_and_stop(tmp_path, rhyme):
    told = Session(
        job(tmp_path, rhyme, steps=0),
        "pause", "save", {"command": "sample", "prompt": "The dog", "temperature": 0.0},
        "resume", "nonsense", {}, "stop",
    ).run()  # fmt: skip
    kinds = [type(event) for event in told.told]
    assert kinds.index(Paused) < kinds.index(Resumed) < kinds.index(Ended)
    assert told.of(Saved)[0] == Saved(0, model=False)
    assert told.of(Saved)[1] == Saved(0, model=True)
    assert any(sample.text.startswith("The dog") for sample in told.of(SampleTaken))
    assert told.of(Ended)[0].reason == "stopped"


def test_a_prompt_that_was_never_seen_is_a_problem_and_no_more(tmp_path, rhyme):
    told = Session(job(tmp_path, rhyme, steps=3), {"command": "sample", "prompt": "Zebra"}).run()
    problem = told.of(Problem)[0]
    assert str(problem.error) == "'Z' does not occur in the text that was trained on."
    assert not problem.is_fatal
    assert len(told.records()) == 3


def test_closing_saves_the_checkpoint(tmp_path, rhyme):
    told = Session(job(tmp_path, rhyme, steps=0), "pause", "resume", "close").run()
    assert told.of(Saved) == [Saved(told.session._training.step, model=False)]
    assert not told.of(Ended)


def test_a_full_disk_loses_nothing(tmp_path, rhyme, monkeypatch):
    full = {"is": True}
    original = checkpoints.write_atomically

    def write(path, data):
        if full["is"]:
            raise WriteError("Cannot write {path}: the disk is full.", path=str(path))
        original(path, data)

    monkeypatch.setattr(checkpoints, "write_atomically", write)
    told = Session(job(tmp_path, rhyme, steps=0), "stop")

    def make_room(event):
        if isinstance(event, Paused):
            full["is"] = False
            told.commands.put({"command": "stop"})

    told.on_told = make_room
    told.run()
    assert told.of(Problem)[0].kind == "disk"
    assert "the disk is full" in str(told.of(Problem)[0].error)
    assert told.of(Ended)
    assert checkpoint_facts(tmp_path / "checkpoint.safetensors").step == told.of(Ended)[0].step


def test_a_checkpoint_that_fails_on_the_way_is_tried_again(tmp_path, rhyme, monkeypatch):
    failures = iter([True, False])
    original = checkpoints.write_atomically

    def write(path, data):
        if next(failures, False):
            raise WriteError("Cannot write {path}: the disk is full.", path=str(path))
        original(path, data)

    monkeypatch.setattr(checkpoints, "write_atomically", write)
    for name in ("_FIRST_SAVE_SECONDS", "_SAVE_SECONDS"):
        monkeypatch.setattr(training_session, name, 0.0)
    told = Session(job(tmp_path, rhyme, steps=40)).run()
    kinds = [type(event) for event in told.told if isinstance(event, Problem | Saved)]
    assert kinds[:2] == [Problem, Saved]
    assert len(told.records()) == 40


def test_what_may_be_taken_is_a_share_of_the_time_in_training(tmp_path, rhyme, monkeypatch):
    told = Session(job(tmp_path, rhyme, steps=3))
    session = told.session
    now = [session._told_at]
    monkeypatch.setattr(training_session.time, "monotonic", lambda: now[0])

    class LongPause:
        """Pauses at once, and for a thousand seconds."""

        def __init__(self):
            self.names = ["pause", "resume"]

        def get(self, block):
            now[0] += 1000.0 if block else 0.0
            if not self.names:
                raise queue.Empty
            return {"command": self.names.pop(0)}

    session._commands = LongPause()
    told.run()
    assert [saved.step for saved in told.of(Saved)] == [3, 3]  # and none because of the pause


def test_a_diverging_run_keeps_the_checkpoint(tmp_path, rhyme):
    Session(job(tmp_path, rhyme, steps=2)).run()
    before = (tmp_path / "checkpoint.safetensors").read_bytes()
    wild = TrainingSettings(learning_rate=1e30)
    told = Session(TrainingJob(str(tmp_path), "folder", settings=wild, keeps_rate=False))
    with pytest.raises(DivergedError, match="learning rate of 1e\\+30 is too high") as caught:
        told.run()
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == before
    event = error_event("failed", caught.value)
    assert (event["kind"], event["event"]) == ("diverged", "failed")
    assert all(math.isfinite(record.loss) for record in told.records())


BAD = [
    ({"text": " \n "}, "There is no text to train on"),
    ({"text": "word", "unit": "words"}, "it takes two"),
    ({"text": "aaaa"}, "it takes two"),
    ({"text": "ab"}, "too few for rows of 6"),
    ({"text": "ab " * 4_000_000}, "longer than 10 MB"),
    ({"source": "file", "text": "no such file"}, "Cannot read"),
    ({"source": "folder"}, "There is no checkpoint"),
    ({"settings": TrainingSettings(d_model=80_000)}, "at most 200 million"),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD)
def test_bad_input_gets_one_sentence_and_leaves_no_folder(tmp_path, rhyme, changes, sentence):
    with pytest.raises(VisualizerError, match=sentence):
        Session(job(tmp_path / "run", rhyme, **changes))
    assert not (tmp_path / "run").exists()


def test_a_file_of_50_mb_is_refused(tmp_path, rhyme):
    big = tmp_path / "big.txt"
    with big.open("wb") as stream:
        stream.truncate(50_000_000)
    with pytest.raises(VisualizerError, match=r"big\.txt is larger than 10 MB"):
        Session(job(tmp_path / "run", "", source="file", text=str(big)))


def test_a_folder_that_cannot_be_made(tmp_path, rhyme):
    (tmp_path / "file").write_text("x")
    with pytest.raises(WriteError, match="Cannot write"):
        Session(job(tmp_path / "file" / "run", rhyme))


@pytest.mark.parametrize("source", ["stories", "chinese", "random"])
def test_the_built_in_texts_can_be_learned_from(source):
    text = built_in_text(source)
    assert text == built_in_text(source)
    unit = "words" if source == "random" else "characters"
    corpus = text_corpus(text, unit)
    assert len(corpus.training) >= 90_000
    if source == "random":
        assert len(corpus.vocabulary) == 1000
    else:
        assert len(corpus.vocabulary) >= 30


NOT_EVENTS = ["", "[]", "1", '{"event": "x"}', '{"event": "saved"}', '{"event": "steps", '
              '"records": [{}]}', '{"event": "maps", "step": 1, "tokens": [], "shape": [3],'
              ' "float32": "AAAA"}', '{"event": "failed", "template": "{x}", "values": {},'
              ' "detail": "", "kind": ""}', "[" * 9999]  # fmt: skip


@pytest.mark.parametrize("line", NOT_EVENTS)
def test_what_is_no_event_is_none(line):
    assert read_event(line) is None


def start_child():
    return subprocess.Popen(
        [sys.executable, "-m", "visualizer.lessons.training_child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def wait_for(process, kind):
    for line in process.stdout:
        event = read_event(line)
        if isinstance(event, kind):
            return event
    raise AssertionError(f"no {kind.__name__}")


def test_the_process_saves_when_its_input_ends(tmp_path, rhyme):
    with start_child() as process:
        asked = job(tmp_path / "run", rhyme, steps=0, n_threads=1)
        process.stdin.write(asked.to_json() + "\nnot json\n")
        process.stdin.flush()
        wait_for(process, StepsTaken)
        process.stdin.close()
        saved = wait_for(process, Saved)
        assert process.wait(60) == 0
    assert checkpoint_facts(tmp_path / "run" / "checkpoint.safetensors").step == saved.step


def test_the_process_is_killed_and_gone_on_with(tmp_path, rhyme):
    asked = job(tmp_path / "run", rhyme, steps=0, n_threads=1)
    with start_child() as process:
        process.stdin.write(asked.to_json() + '\n{"command": "save"}\n')
        process.stdin.flush()
        wait_for(process, Saved)
        process.send_signal(signal.SIGKILL)
        process.stdin.close()
    told = Session(TrainingJob(asked.folder, "folder", steps=1)).run()
    assert told.of(Ended)


def test_the_process_says_why_it_will_not_begin(tmp_path, rhyme):
    with start_child() as process:
        out, _ = process.communicate(job(tmp_path, "aaa").to_json() + "\n", timeout=60)
    assert process.returncode == 1
    problem = read_event(out.splitlines()[-1])
    assert problem.is_fatal
    assert "it takes two" in str(problem.error)


def test_the_small_preset_has_its_sizes():
    assert SMALL.n_parameters(60) < 500_000
