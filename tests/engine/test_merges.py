"""Merges end in the real tokens; alignments cut where everyone cuts; searches find bytes."""

from __future__ import annotations

import json
from functools import cache

import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.encodings import ENCODINGS, load_encoding
from visualizer.engine.errors import UsageError
from visualizer.engine.merges import RankRules, listed_rules
from visualizer.engine.token_alignment import align, cut_places
from visualizer.engine.tokenizers_hf import HuggingFaceTokenizer, load_tokenizer
from visualizer.locations import bundled_path

TEXTS = (
    "Strawberry",
    " thousand miles",
    "你好，世界",
    "👩‍👩‍👧 e\u0301",
    "def f(x):\n\treturn x",
    "שלום",
)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


@pytest.fixture(scope="module")
def known():
    """OpenAI's encodings and the bundled model's own tokenizer."""
    own = load_tokenizer(bundled_path("models", "tiny"), "tiny")
    return {**{name: load_encoding(name) for name in ENCODINGS}, "tiny": own}


@pytest.mark.parametrize("name", [*ENCODINGS, "tiny"])
def test_merges_end_in_the_tokens_of_a_text(known, name):
    tokenizer = known[name]
    rules = tokenizer.merge_rules()
    for text in TEXTS:
        for token_id in tokenizer.encode(text).ids.tolist():
            data = tokenizer.token_bytes(token_id)
            steps = rules.play(token_id)
            assert steps[-1].parts == (data,)
            assert [len(step.parts) for step in steps] == list(range(len(steps), 0, -1))
            assert all(b"".join(step.parts) == data for step in steps)
            assert (steps[0].place, steps[0].rank) == (-1, -1)


@settings(deadline=None, max_examples=60, database=None)
@given(text=ANY_TEXT)
def test_merges_of_any_text_end_in_its_tokens(text):
    tokenizer = loaded("gpt2")
    rules = tokenizer.merge_rules()
    for token_id in tokenizer.encode(text).ids.tolist():
        assert rules.play(token_id)[-1].parts == (tokenizer.token_bytes(token_id),)


@cache
def loaded(name):
    return load_encoding(name)


def test_each_step_takes_the_lowest_rank_first():
    ranks = {b"a": 0, b"b": 1, b"c": 2, b"bc": 3, b"ab": 4, b"abc": 5}
    steps = RankRules(ranks, lambda _: b"abc").play(0)
    assert [step.parts for step in steps] == [(b"a", b"b", b"c"), (b"a", b"bc"), (b"abc",)]
    assert [(step.place, step.rank) for step in steps[1:]] == [(1, 3), (0, 5)]


def test_of_equal_pairs_the_left_one_is_merged_first():
    ranks = {b"a": 0, b"aa": 1, b"aaa": 2}
    assert [s.parts for s in RankRules(ranks, lambda _: b"aaa").play(0)] == [
        (b"a", b"a", b"a"),
        (b"aa", b"a"),
        (b"aaa",),
    ]


def test_a_special_token_is_built_by_no_merges(known):
    steps = known["gpt2"].merge_rules().play(50256)
    assert len(steps[-1].parts) > 1
    assert b"".join(steps[-1].parts) == b"<|endoftext|>"


def test_characters_without_a_token_begin_as_bytes():
    vocabulary = {"<0xE4>": 0, "<0xBD>": 1, "<0xA0>": 2, "▁": 3, "a": 4, "▁a": 5, "<0xA0>x": 6}
    backend = tokenizers.Tokenizer(
        tokenizers.models.BPE(
            vocabulary, [("▁", "a")], byte_fallback=True, unk_token=None, fuse_unk=False
        )
    )
    written = [b"\xe4", b"\xbd", b"\xa0", b" ", b"a", b" a", b"\xa0x"]
    rules = listed_rules(backend, written.__getitem__)
    assert [step.parts for step in rules.play(5)] == [(b" ", b"a"), (b" a",)]
    assert [step.parts for step in rules.play(0)] == [(b"\xe4",)]


def test_a_tokenizer_without_merges_has_no_rules():
    backend = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0, "?": 1}, unk_token="?"))
    assert HuggingFaceTokenizer(backend, "words").merge_rules() is None


def test_merges_written_as_pairs_and_as_lines_are_the_same():
    state = json.loads(
        tokenizers.Tokenizer(
            tokenizers.models.BPE({"a": 0, "b": 1, "ab": 2}, [("a", "b")])
        ).to_str()
    )
    for merges in (["a b"], [["a", "b"]]):
        state["model"]["merges"] = merges
        backend = tokenizers.Tokenizer.from_str(json.dumps(state))
        assert len(listed_rules(backend, [b"a", b"b", b"ab"].__getitem__).play(2)) == 2


@settings(deadline=None, max_examples=80, database=None)
@given(text=ANY_TEXT)
def test_stretches_tile_the_text_and_their_tokens_join_to_it(text):
    texts = [loaded(name).encode(text) for name in ("gpt2", "o200k_base")]
    data = texts[0].text.encode()
    stretches = align(texts)
    assert b"".join(data[s.start : s.end] for s in stretches) == data
    for stretch in stretches:
        for one, (first, last) in zip(texts, stretch.tokens, strict=True):
            assert b"".join(one.pieces[first:last]) == data[stretch.start : stretch.end]
        assert stretch.is_same == all(last - first == 1 for first, last in stretch.tokens)
    places = [set(cut_places(one).tolist()) for one in texts]
    assert {s.start for s in stretches} | ({len(data)} if data else set()) == (
        places[0] & places[1] if data else set()
    )


def test_added_tokens_belong_to_no_stretch():
    backend = tokenizers.Tokenizer(tokenizers.models.WordLevel({"<s>": 0, "a": 1}, unk_token="<s>"))
    backend.add_special_tokens(["<s>"])
    backend.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 0)]
    )
    text = HuggingFaceTokenizer(backend, "words").encode("a")
    assert text.n_added == 1
    (stretch,) = align([text, loaded("gpt2").encode("a")])
    assert stretch.tokens == ((1, 2), (0, 1))
    assert stretch.is_same


def test_texts_of_other_bytes_are_not_aligned():
    with pytest.raises(UsageError, match="cannot be aligned"):
        align([loaded("gpt2").encode("a"), loaded("gpt2").encode("ab")])
    assert align([]) == ()


def test_a_search_finds_exact_tokens_first():
    tokenizer = loaded("gpt2")
    found = tokenizer.search(b" Straw", 5)
    assert tokenizer.token_bytes(found[0]) == b" Straw"
    assert all(b" Straw" in tokenizer.token_bytes(i) for i in found)
    assert len(tokenizer.search(b"e", 7)) == 7
    assert tokenizer.search(b"", 5) == ()
