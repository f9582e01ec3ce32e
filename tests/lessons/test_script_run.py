"""The tutorial's script: its ten losses, what changes make of it, and how it is stopped."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
import torch
from torch.nn import functional

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import Cancelled
from visualizer.lessons.script_run import (
    LineReached,
    LossPrinted,
    Printed,
    ScriptSettings,
    printed_source,
    run_script,
)
from visualizer.lessons.tutorial_script import (
    TransformerModel,
    generate_square_subsequent_mask,
)

PRINTED = (7.75, 6.21, 5.30, 3.57, 3.27, 2.33, 1.39, 0.80, 0.41, 0.28)
"""What the tutorial's code prints with seed 0 on a processor."""
TEXT = "the cat sat on the mat"


def run(**changes):
    told = []
    return run_script(ScriptSettings(**changes), told.append), told


def test_the_script_prints_the_tutorials_losses():
    state = torch.get_rng_state()
    result, told = run()
    assert result.losses == pytest.approx(PRINTED, abs=0.02)
    assert result.output_shape == (10, 32, 1000)
    assert result.parameters == 19_939_304
    assert torch.equal(torch.get_rng_state(), state)
    # On another batch it is no better than guessing at the next token, and hardly at the same one.
    assert result.next_token_loss > math.log(1000) > result.same_token_loss > 5

    printed = [each.text for each in told if isinstance(each, Printed)]
    assert printed[0] == "torch.Size([10, 32, 1000])"
    assert printed[1:] == [f"epoch {n} loss {loss}" for n, loss in enumerate(result.losses, 1)]
    assert [each.epoch for each in told if isinstance(each, LossPrinted)] == list(range(1, 11))

    source = printed_source().splitlines()
    lines = [each for each in told if isinstance(each, LineReached)]
    outer = [source[each.number - 1].strip() for each in lines if not each.is_inner]
    assert outer.count("loss.backward()") == outer.count("optimizer.step()") == 10
    assert outer[-1].startswith("for epoch in range(10)")
    inner = [source[each.number - 1].strip() for each in lines if each.is_inner]
    assert inner.count("x = self.transformer_encoder(x, src_mask)") == 11
    # A line is told before what it does.
    backward = next(i for i, each in enumerate(told) if isinstance(each, LossPrinted)) - 1
    assert source[told[backward].number - 1].strip().startswith("print(")


def first_loss(draw, expected):
    """Of the script's first epoch by another way: its random numbers in its order."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = TransformerModel(1000, 1000)
        src = draw()
        mask = generate_square_subsequent_mask(10)
        model(src, mask)
        if expected == "fresh":
            src = draw()
        logprobs = functional.log_softmax(model(src, mask).double(), dim=-1)
    target = src[1:] if expected == "next" else src
    logprobs = logprobs[: len(target)].gather(-1, target[..., None])
    return -logprobs.mean().item()


def random_batch():
    return torch.randint(0, 1000, (10, 32))


def text_batch():
    letters = sorted(set(TEXT))
    starts = torch.randint(0, len(TEXT) - 9, (32,)).tolist()
    columns = [[letters.index(c) for c in TEXT[start : start + 10]] for start in starts]
    return torch.tensor(columns).T


@pytest.mark.parametrize(
    ("changes", "draw", "expected"),
    [
        ({"shifts_target": True}, random_batch, "next"),
        ({"draws_afresh": True}, random_batch, "fresh"),
        ({"text": TEXT}, text_batch, "same"),
        ({"text": TEXT, "shifts_target": True}, text_batch, "next"),
    ],
)
def test_a_change_changes_what_it_says(changes, draw, expected):
    result, _ = run(epochs=1, **changes)
    assert result.losses == pytest.approx([first_loss(draw, expected)], abs=1e-4)


def test_seed_and_epochs():
    result, _ = run(epochs=1, seed=7)
    assert len(result.losses) == 1
    assert abs(result.losses[0] - PRINTED[0]) > 0.001


def test_the_source_is_the_printed_one_but_for_what_is_changed():
    source = printed_source().splitlines()
    assert ScriptSettings().source().splitlines() == source
    assert ScriptSettings().changed_lines() == ()
    changed = ScriptSettings(seed=3, epochs=4, shifts_target=True, draws_afresh=True, text=TEXT)
    lines = changed.source().splitlines()
    found = [lines[number - 1].strip() for number in changed.changed_lines()]
    assert found == [
        "torch.manual_seed(3)",
        f"text = {TEXT!r}",
        "vocabulary = sorted(set(text))",
        "ids = torch.tensor([vocabulary.index(character) for character in text])",
        "src = ids[torch.arange(10)[:, None] + torch.randint(0, len(ids) - 9, (32,))]",
        "for epoch in range(4):",
        "src = ids[torch.arange(10)[:, None] + torch.randint(0, len(ids) - 9, (32,))]",
        "loss = criterion(output[:-1].view(-1, 1000), src[1:].view(-1))",
    ]
    text = "quotes ' \" and \\ and \n{braces} 水果店里有苹果"
    compile(ScriptSettings(text=text).source(), "script", "exec")
    assert f"text = {text!r}" in ScriptSettings(text=text).source()


def test_it_stops_at_the_next_line():
    state, trace = torch.get_rng_state(), sys.gettrace()
    lines = []

    def stop_at_the_mask(told):
        lines.append(told)
        if len(lines) > 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        run_script(ScriptSettings(), stop_at_the_mask)
    assert len(lines) == 21
    assert sys.gettrace() is trace
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"epochs": 0}, UsageError, "epochs must be from 1 to 1000, got 0"),
        ({"seed": -1}, UsageError, "seed must be from 0 to"),
        ({"text": "too short"}, VisualizerError, "The text has 9 characters"),
        ({"text": "".join(map(chr, range(100, 1101)))}, VisualizerError, "1001 different"),
    ],
)
def test_what_cannot_be_run(changes, error, sentence):
    with pytest.raises(error, match=sentence):
        ScriptSettings(**changes)


def test_the_script_runs_by_itself():
    source = ScriptSettings(epochs=1).source()
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines()[0] == "torch.Size([10, 32, 1000])"
    assert done.stdout.splitlines()[1].startswith("epoch 1 loss 7.7")
    assert done.stderr == ""
