from __future__ import annotations

import errno
import os
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from visualizer.engine.errors import VisualizerError
from visualizer.files import WriteError
from visualizer.lessons import checkpoints
from visualizer.lessons.checkpoints import (
    checkpoint_step,
    resume_training,
    run_and_save,
    save_training,
)
from visualizer.lessons.corpus import text_corpus
from visualizer.lessons.training import DivergedError, Training
from visualizer.lessons.training_settings import TrainingSettings

pytestmark = pytest.mark.usefixtures("one_thread")
TINY = TrainingSettings(
    d_model=8, nhead=2, num_layers=2, dim_feedforward=16, length=6, batch=4, learning_rate=0.01
)


@pytest.fixture
def corpus(rhyme):
    return text_corpus(rhyme)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoint.safetensors"


def test_a_resumed_run_is_the_run_that_was_never_interrupted(corpus, path):
    whole = Training(corpus, TINY)
    expected = list(whole.run(7))
    first = Training(corpus, TINY)
    list(first.run(4))
    save_training(first, path)
    resumed = resume_training(path, corpus)
    assert (resumed.step, resumed.settings) == (4, TINY)
    records = list(resumed.run(3))
    assert [record.loss for record in records] == [record.loss for record in expected[4:]]
    for ours, theirs in zip(resumed.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_an_untrained_model_can_be_saved(corpus, path):
    save_training(Training(corpus, TINY), path)
    assert checkpoint_step(path) == 0
    resumed = resume_training(path, corpus)
    assert [r.loss for r in resumed.run(2)] == [r.loss for r in Training(corpus, TINY).run(2)]


def test_there_is_a_checkpoint_at_the_end_and_where_it_was_stopped(corpus, path):
    assert checkpoint_step(path) is None
    training = Training(corpus, TINY)
    assert len(list(run_and_save(training, 3, path))) == 3
    assert checkpoint_step(path) == 3
    list(run_and_save(training, 9, path, lambda: training.step == 5))
    assert checkpoint_step(path) == 5
    assert os.listdir(path.parent) == [path.name]


def test_there_are_checkpoints_on_the_way(corpus, path, monkeypatch):
    monkeypatch.setattr(checkpoints, "_LEAST_SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(checkpoints, "_LARGEST_SHARE_OF_TIME", 1e9)
    steps = [checkpoint_step(path) for _ in run_and_save(Training(corpus, TINY), 4, path)]
    assert steps == [None, 1, 2, 3]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_keeps_the_old_checkpoint_and_the_training(corpus, path, monkeypatch, call):
    training = Training(corpus, TINY)
    list(run_and_save(training, 2, path))
    before = path.read_bytes()

    def fail(*args, **keywords):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(WriteError, match="disk is full"):
            list(run_and_save(training, 2, path))
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]
    save_training(training, path)
    assert checkpoint_step(path) == 4


def test_divergence_keeps_the_last_good_checkpoint(corpus, path):
    training = Training(corpus, TINY)
    list(run_and_save(training, 2, path))
    training.settings = replace(TINY, learning_rate=1e30)
    with pytest.raises(DivergedError):
        list(run_and_save(training, 5, path))
    assert checkpoint_step(path) == 2
    with torch.no_grad():
        next(training.model.parameters())[0, 0] = float("nan")
    with pytest.raises(DivergedError, match=r"embedding\.weight holds numbers that are not finite"):
        save_training(training, path)
    assert resume_training(path, corpus).step == 2


def test_a_missing_folder_is_said_before_the_first_step(corpus, tmp_path):
    training = Training(corpus, TINY)
    with pytest.raises(WriteError, match="there is no folder"):
        next(run_and_save(training, 5, tmp_path / "none" / "checkpoint.safetensors"))
    assert training.step == 0


def damage(path, kind):
    if kind == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "other":
        save_file({"a": torch.zeros(1)}, path)
    else:
        with checkpoints.safe_open(path, framework="pt") as file:
            metadata = file.metadata()
        tensors = load_file(path)
        name = "model.embedding.weight"
        if kind == "missing":
            del tensors[name]
        elif kind == "shape":
            tensors[name] = tensors[name][:1].clone()
        else:
            metadata["settings"] = '{"d_model": 8, "more": 1}'
        save_file(tensors, path, metadata)


@pytest.mark.parametrize("kind", ["cut", "empty", "other", "missing", "shape", "settings"])
def test_damaged_checkpoints(corpus, path, kind):
    save_training(Training(corpus, TINY), path)
    damage(path, kind)
    with pytest.raises(VisualizerError, match="not a usable checkpoint") as caught:
        resume_training(path, corpus)
    assert str(path) in str(caught.value)
    if kind in ("cut", "empty", "other"):
        with pytest.raises(VisualizerError, match="not a usable checkpoint"):
            checkpoint_step(path)


def test_no_checkpoint_and_another_text(corpus, path):
    with pytest.raises(VisualizerError, match="There is no checkpoint"):
        resume_training(path, corpus)
    save_training(Training(corpus, TINY), path)
    with pytest.raises(VisualizerError, match="trained on a text with other characters"):
        resume_training(path, text_corpus("abcdefgh" * 9))
