from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.lessons.text import join_tokens, split_sentences, split_tokens, split_words


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("I love oranges", ["I", "love", "oranges"]),
        ('  "Hello,"\tshe said. ', ["Hello", "she", "said"]),
        ("don't - well-known", ["don't", "well-known"]),
        ("The the", ["The", "the"]),
        ("我 爱 橙子。", ["我", "爱", "橙子"]),
        ("$5 + 3", ["$5", "+", "3"]),
        ("... !", []),
        ("", []),
    ],
)
def test_words_stand_between_white_space_without_punctuation(sentence, words):
    assert split_words(sentence) == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("I go. You stay!\nHe 3.5 waits", ["I go.", "You stay!", "He 3.5 waits"]),
        ("one\r\n\r\ntwo\rthree", ["one", "two", "three"]),
        ("你好。你好吗？好！", ["你好。", "你好吗？", "好！"]),
        (" \n ", []),
    ],
)
def test_sentences_end_at_marks_and_lines(text, sentences):
    assert split_sentences(text) == sentences


def test_marks_are_tokens_of_their_own_and_go_back_to_their_places():
    text = 'She said: "no" (twice), didn\'t she?'
    tokens = split_tokens(text, "words")
    assert tokens[:6] == ["She", "said", ":", '"', "no", '"']
    assert tokens[-2:] == ["she", "?"]
    assert join_tokens(split_tokens("No, (she) said.", "words"), "words") == "No, (she) said."


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=100)
def test_nothing_but_white_space_is_lost(text):
    assert join_tokens(split_tokens(text, "characters"), "characters") == text
    assert "".join(split_tokens(text, "words")) == "".join(text.split())
