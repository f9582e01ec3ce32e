from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from types import ModuleType

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from visualizer.lessons.story_grammar import next_word_distribution, split_words
from visualizer.locations import bundled_path

TINY = bundled_path("models", "tiny")
N_STORIES = 40


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location(
        "train_tiny", bundled_path("models", "train_tiny.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(TINY, local_files_only=True)


@pytest.fixture(scope="module")
def model() -> torch.nn.Module:
    return AutoModelForCausalLM.from_pretrained(TINY, local_files_only=True).eval()


@pytest.fixture(scope="module")
def evaluation(script, model, tokenizer):
    return script.evaluate(model, tokenizer, N_STORIES)


def test_the_folder_is_small_and_complete() -> None:
    files = {path.name: path.stat().st_size for path in TINY.iterdir()}
    assert set(files) == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "README.md",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert sum(files.values()) <= 8 * 2**20


def test_it_is_a_float32_model_of_four_layers_of_four_heads(model) -> None:
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert (model.config.num_hidden_layers, model.config.num_attention_heads) == (4, 4)
    assert model.config.max_position_embeddings == 512


@settings(deadline=None, max_examples=150)
@given(text=st.text(max_size=60))
def test_the_tokenizer_writes_back_any_text(tokenizer, text: str) -> None:
    ids = tokenizer.encode(text, add_special_tokens=True)
    assert len(ids) == 0 or max(ids) < len(tokenizer)
    assert tokenizer.decode(ids) == text


@pytest.mark.parametrize(
    "text", ["大模型可以预测下一个词", "👩‍🚀 🇫🇷", "\r\n\t \u200b", " a  b ", "é", ""]
)
def test_the_tokenizer_writes_back_awkward_text(tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_the_tokenizer_adds_nothing_and_knows_the_end(tokenizer, model) -> None:
    assert tokenizer.decode(tokenizer.encode("Once")[:1]) == "Once"
    assert tokenizer.bos_token is None
    assert tokenizer.eos_token == "<|endoftext|>"
    assert tokenizer.encode("<|endoftext|>") == [tokenizer.eos_token_id]
    assert model.config.eos_token_id == tokenizer.eos_token_id
    assert model.config.vocab_size == len(tokenizer)


def test_it_is_as_good_as_a_model_of_these_stories_can_be_within_a_margin(evaluation) -> None:
    # No model can go below the entropy on average; this one stays close above it.
    assert evaluation.loss < evaluation.true_loss + 0.06
    assert evaluation.loss > evaluation.true_loss - 0.01
    assert evaluation.true_loss == pytest.approx(evaluation.true_entropy, abs=0.03)
    assert 0 <= evaluation.kl < 0.06
    assert evaluation.total_variation < 0.06
    assert evaluation.top_1 > 0.9


def test_the_card_tells_the_truth(script, evaluation) -> None:
    card = (TINY / "README.md").read_text(encoding="utf-8")
    # The sample here is the beginning of the card's, so the figures differ by chance only.
    for label, value, margin in (
        ("loss, nats a word", evaluation.loss, 0.03),
        ("loss of the true probabilities on the same stories", evaluation.true_loss, 0.03),
        ("mean entropy of the true distributions (the floor)", evaluation.true_entropy, 0.02),
        ("mean KL divergence from the true distribution", evaluation.kl, 0.01),
        ("mean total variation distance", evaluation.total_variation, 0.01),
        ("likeliest word is a likeliest word of the grammar", evaluation.top_1, 0.02),
    ):
        stated = re.search(rf"^\| {re.escape(label)} \| ([0-9.]+) \|$", card, re.MULTILINE)
        assert stated is not None, label
        assert float(stated[1]) == pytest.approx(value, abs=margin), label
    parameters = re.search(r"([0-9,]+) parameters", card)
    assert parameters is not None
    size = (TINY / "model.safetensors").stat().st_size
    assert int(parameters[1].replace(",", "")) * 4 == pytest.approx(size, rel=0.01)


def test_the_evaluation_is_by_an_independent_count_too(model, tokenizer) -> None:
    # The distribution after one prefix, assembled without the script's own bookkeeping.
    prefix = "Once upon a time there was a little red fox named Mia. Mia"
    with torch.inference_mode():
        logits = model(torch.tensor([tokenizer.encode(prefix)])).logits[0, -1]
    probs = torch.softmax(logits.double(), dim=-1)
    for word, true in next_word_distribution(split_words(prefix)).items():
        (token,) = tokenizer.encode(" " + word)
        assert float(probs[token]) == pytest.approx(true, abs=0.05)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        (
            "Once upon a time there was a little red fox named Mia. Mia lived in the forest. "
            "Mia had a ball. One day Mia met a big brown bear named Tom. "
            "Hello, Tom, said Mia. Hello,",
            " Mia",
        ),
        (
            "There once was a white rabbit named Rose. Rose lived in the garden. Rose had a ball. "
            "One day Rose met a black dog named Max. Max found two apples. Rose gave Max three "
            "more. Now Max had",
            " five",
        ),
        (
            "There once was a white rabbit named Rose. Rose lived in the garden. Rose had a ball. "
            "One day Rose met a black dog named Max. Rose gave the",
            " ball",
        ),
    ],
)
def test_it_remembers_names_sums_and_things(model, tokenizer, prompt: str, answer: str) -> None:
    with torch.inference_mode():
        logits = model(torch.tensor([tokenizer.encode(prompt)])).logits[0, -1]
    assert tokenizer.decode([int(logits.argmax())]) == answer
    assert float(torch.softmax(logits, dim=-1).max()) > 0.8


def test_an_interrupted_run_leaves_the_old_model(script, model, tokenizer, tmp_path, monkeypatch):
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "README.md").write_text("old")
    monkeypatch.setattr(script, "FOLDER", folder)

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(type(tokenizer), "save_pretrained", fail)
        with pytest.raises(OSError, match="no space"):
            script.write_folder(model, tokenizer, "new")
    assert (folder / "README.md").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]
    script.write_folder(model, tokenizer, "new")
    assert (folder / "README.md").read_text(encoding="utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]
    assert set(asdict(script.evaluate(*script.load_folder(folder), 1))) == set(
        json.loads(json.dumps(asdict(script.evaluate(model, tokenizer, 1))))
    )


def test_training_lowers_the_loss(script, tokenizer, monkeypatch, capsys) -> None:
    monkeypatch.setattr(script, "CONTEXT_LENGTH", 96)
    monkeypatch.setattr(script, "SHORT_LENGTH", 64)
    monkeypatch.setattr(script, "WARMUP_STEPS", 5)
    fresh = script.build_model(tokenizer)
    before = script.evaluate(fresh.eval(), tokenizer, 2).loss
    n_tokens = script.train(fresh, script.piece_vocabulary(tokenizer), 10)
    assert n_tokens == 8 * 8 * 64 + 2 * 4 * 96
    assert "step     9  loss" in capsys.readouterr().out
    assert script.evaluate(fresh, tokenizer, 2).loss < before - 1
