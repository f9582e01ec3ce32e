"""What lessons say that models at hand do, by transformers' own pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from visualizer.locations import bundled_path, cache_path
from visualizer.ui.lessons.ngram_page import LONG_PROMPT, LONG_PROMPTS
from visualizer.ui.lessons.tokens_page import LETTERS_PROMPT

FOLDERS = {
    "tiny": bundled_path("models", "tiny"),
    "smollm2-135m": cache_path("models", "smollm2-135m"),
}
Likeliest = Callable[[str, int], list[tuple[str, float]]]


@pytest.fixture(scope="module", params=FOLDERS)
def likeliest(request: pytest.FixtureRequest) -> tuple[str, Likeliest]:
    """A model's name, and the tokens that it finds likeliest after a text."""
    name = request.param
    if not (FOLDERS[name] / "config.json").exists():
        pytest.skip(f"{name} is not here")
    tokenizer = AutoTokenizer.from_pretrained(FOLDERS[name])
    model = AutoModelForCausalLM.from_pretrained(FOLDERS[name], dtype=torch.float32).eval()

    def ask(text: str, n: int) -> list[tuple[str, float]]:
        ids = torch.tensor([tokenizer(text)["input_ids"]])
        with torch.no_grad():
            found = model(ids).logits[0, -1].softmax(-1).topk(n)
        pairs = zip(found.indices.tolist(), found.values.tolist(), strict=True)
        return [(tokenizer.decode([i]), p) for i, p in pairs]

    return name, ask


def test_no_model_at_hand_begins_to_count_letters(likeliest):
    _, ask = likeliest
    tokens = [token for token, _ in ask(LETTERS_PROMPT, 10)]
    assert not any(char.isdigit() for token in tokens for char in token)


def test_both_know_who_has_the_ball(likeliest):
    name, ask = likeliest
    (first, p), (_, second) = ask(LONG_PROMPTS.get(name, LONG_PROMPT), 2)
    assert first == " Tom"
    assert p > second + 0.1
