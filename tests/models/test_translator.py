"""The bundled translator's folder and card, and the script that trains it."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
import torch
from safetensors import safe_open

from visualizer.lessons.translation import load_translator
from visualizer.lessons.translation_data import (
    BEGIN,
    END,
    PADDING,
    TO_CHINESE,
    TO_ENGLISH,
    VOCABULARY,
    held_out_examples,
)
from visualizer.locations import bundled_path

FOLDER = bundled_path("models", "translator")


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def script(tmp_path, monkeypatch) -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location(
        "train_translator", bundled_path("models", "train_translator.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "CHECKPOINT", tmp_path / "checkpoint.safetensors")
    monkeypatch.setattr(module, "FOLDER", tmp_path / "translator")
    yield module
    del sys.modules[spec.name]


def test_the_folder_is_small_and_complete() -> None:
    files = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert set(files) == {"model.safetensors", "config.json", "README.md"}
    assert sum(files.values()) < 8_000_000


def test_the_card_says_what_is_there() -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    model = load_translator().model
    assert f"{sum(p.numel() for p in model.parameters()):,} parameters" in card
    assert f"{model.sizes.n_layers} layers\nof {model.sizes.n_heads} heads" in card
    assert f"vocabulary of {len(VOCABULARY)} tokens" in card
    with safe_open(FOLDER / "model.safetensors", framework="pt") as file:
        assert {file.get_tensor(name).dtype for name in file.keys()} == {torch.float32}  # noqa: SIM118
    held_out = len(held_out_examples())
    assert f"{held_out:,} sentences" in card
    assert f"--check {held_out}\n" in card
    rows = re.findall(r"\| ([\d,]+) \| ([\d,]+) \| ([\d.]+)% \|", card)
    assert len(rows) == 2
    for right, total, share in rows:
        n_right = int(right.replace(",", ""))
        assert int(total.replace(",", "")) == held_out
        assert float(share) == pytest.approx(100 * n_right / held_out, abs=0.0006)
        assert n_right / held_out >= 0.99


def test_batches_are_sentences_both_ways_and_never_held_out(script) -> None:
    held_out = {(e.english, e.chinese) for e in held_out_examples()}
    marks = (PADDING, BEGIN, END)
    for source, target in script.batches(0, 16):
        directions = [VOCABULARY[row[0]] for row in source.tolist()]
        assert len(directions) == script.BATCH
        for read, written in zip(source.tolist(), target.tolist(), strict=True):
            words = [VOCABULARY[token] for token in read if VOCABULARY[token] not in marks]
            other = tuple(VOCABULARY[token] for token in written if VOCABULARY[token] not in marks)
            assert VOCABULARY[written[0]] == BEGIN
            assert END in [VOCABULARY[token] for token in written]
            pair = (tuple(words[1:]), other)
            assert (pair if words[0] == TO_CHINESE else pair[::-1]) not in held_out
        lengths = (source != script.PAD).sum(dim=1) + (target != script.PAD).sum(dim=1)
        assert source.shape[1] + target.shape[1] <= int(lengths.max()) + 10
    drawn = [VOCABULARY[row[0]] for s, _ in script.batches(0, 8) for row in s.tolist()]
    assert drawn.count(TO_CHINESE) == drawn.count(TO_ENGLISH) == 4 * script.BATCH


def test_the_loss_is_that_of_the_next_token_without_padding(script) -> None:
    torch.manual_seed(0)
    model = script.Transformer(script.SIZES).eval()
    source, target = next(script.batches(0, 1))
    with torch.no_grad():
        total = n = 0
        for row in range(8):
            read = source[row][source[row] != script.PAD][None]
            written = target[row][target[row] != script.PAD][None]
            logprobs = model(read, written[:, :-1])[0].log_softmax(1)
            total -= float(logprobs.gather(1, written[0, 1:, None]).sum())
            n += written.shape[1] - 1
        assert float(script.loss_of(model, source[:8], target[:8])) == pytest.approx(
            total / n, abs=1e-5
        )


def test_an_interrupted_training_goes_on_as_if_it_had_not_been(script, monkeypatch) -> None:
    monkeypatch.setattr(script, "SAVE_EVERY", 3)
    monkeypatch.setattr(script, "BATCH", 8)
    whole, _ = script.train(5)
    expected = {name: p.detach().clone() for name, p in whole.named_parameters()}
    assert script.CHECKPOINT.exists()  # of step 3
    resumed, _ = script.train(5)
    for name, parameter in resumed.named_parameters():
        assert parameter.equal(expected[name]), name


def test_the_rate_rises_and_falls_to_nothing(script) -> None:
    shares = [script.schedule(step, 1000) for step in range(1001)]
    assert shares[script.WARMUP_STEPS] == max(shares) == 1
    assert shares[: script.WARMUP_STEPS] == sorted(shares[: script.WARMUP_STEPS])
    assert shares[-1] == pytest.approx(0, abs=1e-12)


def test_a_run_from_nothing_writes_a_folder_with_a_card(script, monkeypatch) -> None:
    monkeypatch.setattr(script, "BATCH", 4)
    few = held_out_examples()[:6]
    monkeypatch.setattr(script, "held_out_examples", few.copy)
    monkeypatch.setattr(sys, "argv", ["train_translator.py", "--steps", "2"])
    script.main()
    assert {path.name for path in script.FOLDER.iterdir()} == {
        "model.safetensors", "config.json", "README.md",
    }  # fmt: skip
    card = (script.FOLDER / "README.md").read_text(encoding="utf-8")
    assert "| English to Chinese | 0 | 6 | 0.000% |" in card
    assert "instead of" in card
    assert "--steps 2\n" in card
    assert load_translator(script.FOLDER).model.sizes == script.SIZES
