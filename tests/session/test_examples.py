from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from visualizer.session.examples import ExamplePrompt, example_prompts, first_example


def test_the_journey_comes_first_and_the_order_is_the_files() -> None:
    texts = [example.text for example in example_prompts()]
    assert texts[0] == "A journey of a thousand miles begins with a single"
    assert texts[1] == "The capital of France is"
    assert texts[2] == "The quick brown fox jumps over the lazy"


def test_a_model_with_examples_of_its_own_begins_with_them() -> None:
    examples = example_prompts()
    assert first_example(examples, "smollm2-135m") == examples[0].text
    assert first_example(examples, "tiny").startswith("Once upon a time")
    assert first_example((), "tiny") == ""


def test_every_example_is_complete_and_offered_once() -> None:
    examples = example_prompts()
    assert 10 <= len(examples) <= 15
    for example in examples:
        assert example.title.strip()
        assert example.text.strip()
        assert example.look.endswith((".", "?"))
        # A prompt that ends in a space would ask for an unusual token.
        assert example.text == example.text.strip()
    assert len({example.title for example in examples}) == len(examples)
    assert len({example.text for example in examples}) == len(examples)


def test_english_chinese_code_emoji_and_the_tiny_model_all_have_one() -> None:
    examples = example_prompts()
    assert any("大模型" in example.text for example in examples)
    assert any("\n    return" in example.text for example in examples)
    assert any(unicodedata.category(sign) == "So" for e in examples for sign in e.text)
    assert any("Strawberry" in example.text for example in examples)
    assert {example.model for example in examples} == {None, "tiny"}


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[[prompt]]\ntitle = "T"\ntext = "X"\nlook = "L."\n', encoding="utf-8")
    assert example_prompts(path) == (ExamplePrompt("T", "X", "L."),)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[[prompt",
        '[[prompt]]\ntitle = "T"\nlook = "L."\n',
        '[[prompt]]\ntitle = "T"\ntext = "X"\nlook = "L."\ncolour = "red"\n',
        "prompt = [1]\n",
    ],
    ids=["empty", "no TOML", "no text", "unknown field", "no table"],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(str(path))):
        example_prompts(path)
