"""Small models with a trap each, opened by the program as a user opens them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visualizer.cli import main

CASES = Path(__file__).parents[1] / "cases"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CASES / "expected.json").read_text("utf-8"))
TEXT = "Once upon a time there was a little red fox named Mia."
WITH_NUMBERS = [name for name, case in EXPECTED.items() if case["note"] == "numbers"]
REFUSED = {
    "embeddinggemma-like": "does not predict the next token",
    "llama-noncausal": "does not predict the next token",
    "xlnet": "does not predict the next token",
    "st-fp8-with-scales-no-quantization-config": "multiplied by a scale",
    "model-00001-of-00002.gguf": "part 1 of 2",
    "missing-layer.gguf": "blk.1",
}


@pytest.fixture
def program(capsys):
    """Runs the program and gives what it prints as JSON, or the line that says why not."""

    def run(*arguments: str, name: str) -> Any:
        status = main([*arguments, "--model", str(CASES / name), "--offline"])
        output = capsys.readouterr()
        if status:
            assert status == 1
            assert not output.out
            *notes, failure = output.err.splitlines()
            assert all(line.startswith("note: ") for line in notes)
            return failure
        return json.loads(output.out)

    return run


def test_a_figure_hatches_the_layers_without_attention(program, tmp_path):
    pytest.importorskip("PySide6")
    figure = tmp_path / "all.svg"
    status = main(
        ["attention", TEXT, "--all", "--out", str(figure), "--model", str(CASES / "granite4-like")]
    )
    assert status == 0
    assert "hatched: no attention" in figure.read_text("utf-8")


def test_every_case_has_a_test():
    others = {
        "phi3-longrope-600",
        "more-rwkv",
        "roberta-decoder",
        "spm-noprefix.gguf",
        "deepseek-like-deepseek-r1-qwen.gguf",
        "chat-map-only",
    }
    assert set(EXPECTED) == {*WITH_NUMBERS, *REFUSED, *others}
    assert {path.name for path in CASES.iterdir()} == {*EXPECTED, "expected.json"}


@pytest.mark.parametrize("name", WITH_NUMBERS)
def test_numbers_are_those_of_the_model_that_was_written(program, name):
    case = EXPECTED[name]
    found = program("predict", case["text"], "--top", "5", "--json", name=name)
    assert found["prompt_tokens"] == case["token_ids"]
    assert [c["id"] for c in found["candidates"]] == [token_id for token_id, _ in case["top5"]]
    probs = [c["prob"] for c in found["candidates"]]
    np.testing.assert_allclose(probs, [prob for _, prob in case["top5"]], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", WITH_NUMBERS)
def test_the_last_layer_s_weights_are_those_of_the_model_that_was_written(program, name):
    case = EXPECTED[name]
    found = program("attention", case["text"], "--layer", "1", "--head", "0", "--json", name=name)
    row = found["weights"][-1]
    np.testing.assert_allclose(row, case["last_layer_head0_last_row"], rtol=0, atol=2e-6)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_to_be_right_is_refused_by_name(program, name):
    assert REFUSED[name] in program("predict", TEXT, name=name)


def test_a_model_without_attention_predicts_and_shows_none(program):
    assert program("predict", TEXT, "--json", name="more-rwkv")["candidates"]
    said = program("attention", TEXT, "--layer", "0", "--head", "0", "--json", name="more-rwkv")
    assert "has no attention to show" in said
    assert "has no attention to show" in program("heads", TEXT, "--json", name="more-rwkv")


def test_a_layer_without_attention_says_which_have_some(capsys):
    arguments = ["attention", TEXT, "--layer", "0", "--head", "0", "--offline"]
    assert main([*arguments, "--model", str(CASES / "granite4-like")]) == 2
    assert "Layer 0 of granitemoehybrid has no attention" in capsys.readouterr().err


def test_heads_lists_those_that_there_are(program):
    found = program("heads", TEXT, "--json", name="granite4-like")
    assert [(head["layer"], head["head"]) for head in found["heads"]] == [(1, h) for h in range(4)]
    assert all(head["metrics"]["entropy"] is not None for head in found["heads"])


def test_positions_that_are_counted_from_the_padding_token_leave_fewer(program):
    folder = "roberta-decoder"
    ids = program("predict", TEXT * 2, "--json", name=folder)["prompt_tokens"]
    assert 13 < len(ids) <= 32
    assert "the model reads at most 32" in program("predict", TEXT * 3, name=folder)


def test_a_text_past_the_switch_of_longrope_is_read_as_a_whole(program):
    case = EXPECTED["phi3-longrope-600"]
    n_times = -(-601 // len(case["ids"]))
    text = case["text"] * n_times
    ids = program("predict", text, "--json", name="phi3-longrope-600")["prompt_tokens"]
    assert ids[:601] == (case["ids"] * n_times)[:601]
    last = program(
        "predict", text, "--position", "600", "--top", "5", "--json", name="phi3-longrope-600"
    )
    # After 601 tokens of a longer text everything is turned as in a text of 601.
    assert [c["id"] for c in last["candidates"]] == [token_id for token_id, _ in case["top5"]]
    np.testing.assert_allclose(
        [c["prob"] for c in last["candidates"]], [p for _, p in case["top5"]], rtol=0, atol=1e-5
    )


def test_a_file_that_says_no_blank_in_front_has_none(program):
    found = program("predict", "the", "--json", name="spm-noprefix.gguf")
    assert found["prompt_tokens"][-2:] == [421, 272]


def test_control_tokens_of_a_file_keep_their_ids(program):
    name = "deepseek-like-deepseek-r1-qwen.gguf"
    found = program("predict", "hi", "--json", name=name)
    assert found["prompt_tokens"][0] == 684
