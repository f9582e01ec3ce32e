"""`visualizer lesson script`: what it prints, as text and as JSON, and bad input."""

from __future__ import annotations

import json
import os
import signal

import pytest

from visualizer import cli
from visualizer.commands import lesson_script


@pytest.fixture
def script(capsys):
    def call(*words):
        status = cli.main(["lesson", "script", *map(str, words)])
        return status, *capsys.readouterr()

    return call


def test_it_prints_the_shape_a_loss_a_line_and_the_parameters(script):
    status, out, errors = script("--epochs", 2)
    assert (status, errors) == (0, "")
    shape, first, second, parameters = out.splitlines()
    assert shape == "torch.Size([10, 32, 1000])"
    assert first.startswith("epoch 1 loss 7.7")
    assert second.startswith("epoch 2 loss 6.2")
    assert parameters == "19,939,304 parameters"


def test_json(script):
    status, out, errors = script("--epochs", 1, "--json")
    assert (status, errors) == (0, "")
    report = json.loads(out)
    assert list(report) == ["output_shape", "losses", "parameters"]
    assert report["output_shape"] == [10, 32, 1000]
    assert report["losses"] == pytest.approx([7.75], abs=0.02)
    assert report["parameters"] == 19_939_304
    other = json.loads(script("--epochs", 1, "--seed", 1, "--json")[1])
    assert other["losses"] != report["losses"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--epochs", "0"], "must be a whole number from 1"),
        (["--epochs", "1001"], "from 1 to 1000"),
        (["--epochs", "ten"], "must be a whole number"),
        (["--seed", "-1"], "--seed"),
        (["--seed", "x"], "--seed"),
        (["--seed", str(2**40)], "seed must be from 0 to"),
        (["extra"], "extra"),
    ],
)
def test_bad_input_gets_one_sentence(script, words, sentence):
    status, out, errors = script(*words)
    assert (status, out) == (2, "")
    assert sentence in errors
    assert errors.count("\n") == 1


def test_it_can_be_interrupted(script, monkeypatch):
    def interrupt(settings, tell):
        os.kill(os.getpid(), signal.SIGINT)
        tell(lesson_script.LineReached(1, False))

    monkeypatch.setattr(lesson_script, "run_script", interrupt)
    status, out, errors = script()
    assert (status, out) == (130, "")
    assert errors.count("\n") <= 1
