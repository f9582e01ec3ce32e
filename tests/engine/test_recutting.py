"""An edited text cut in part has exactly the tokens of the whole text, whatever is edited."""

from __future__ import annotations

import random

import numpy as np
import pytest
import tokenizers
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

from visualizer.engine import seams
from visualizer.engine.encodings import load_encoding
from visualizer.engine.recutting import recut
from visualizer.engine.tokenization import clean_text
from visualizer.engine.tokenizers_hf import HuggingFaceTokenizer, load_tokenizer
from visualizer.locations import bundled_path, cache_path

NAMES = ("gpt2", "cl100k_base", "o200k_base", "tiny", "smollm2-135m")
BLANKS = (" ", "  ", "   ", "\n", "\n\n", "\r\n", "\r", "\t", "\u3000", "\xa0", "\u2028", " \n ")
STRETCHES = (
    *BLANKS,
    *(
        "the",
        " the",
        "House",
        "HOUSE",
        "iPhone",
        "don't",
        "'s",
        "'LL",
        "'ſ",
        "'",
        "’s",
        "é",
        "e\u0301",
    ),
    *(
        "7",
        "1234",
        "½",
        "³",
        "٣",
        " 12",
        ".",
        "...",
        " !",
        "//",
        "/\n",
        "(x)",
        "<|",
        "|>",
        "_",
        "--",
    ),
    *("你好", "，", "。", "ひらがな", "カタカナ", "한국어", "שלום", "مرحبا", "\u0650", "\u0301"),
    *(
        "👩\u200d💻",
        "🏳\ufe0f",
        "🇨🇭",
        "\u200b",
        "\u180e",
        "\x00",
        "\x1c",
        "\x85",
        "\ufeff",
        "\ud800",
    ),
    *(
        "<|endoftext|>",
        "<|im_start|>",
        "<|fim_prefix|>",
        "endoftext",
        "def f(x):\n\t",
        "DŽ",
        "ǅ",
        "ʰ",
    ),
)
TEXTS = st.lists(st.one_of(st.sampled_from(STRETCHES), st.text(max_size=3)), max_size=30).map(
    "".join
)
EDITS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 12), st.sampled_from((*STRETCHES, "", "x"))),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module", params=NAMES)
def tokenizer(request):
    if request.param in ("gpt2", "cl100k_base", "o200k_base"):
        return load_encoding(request.param)
    if request.param == "tiny":
        return load_tokenizer(bundled_path("models", "tiny"), "tiny")
    folder = cache_path("models", "smollm2-135m")
    if not (folder / "tokenizer.json").is_file():
        pytest.skip("smollm2-135m is not in the cache")
    return load_tokenizer(folder, "smollm2-135m")


def split(expression):
    return pre_tokenizers.Split(tokenizers.Regex(expression), "isolated")


def byte_level(*steps, normalizer=None, added=(), special=()):
    """A byte-level tokenizer of some merges, with these steps before it parts a text."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [(a, b) for a in "etaonĠis'.,!ä½Ċ" for b in "etaonĠis'.,!¥Ċ"]
    vocabulary = dict.fromkeys((*letters, *(a + b for a, b in merges)))
    backend = tokenizers.Tokenizer(
        models.BPE({piece: i for i, piece in enumerate(vocabulary)}, merges)
    )
    if normalizer is not None:
        backend.normalizer = normalizer
    backend.pre_tokenizer = pre_tokenizers.Sequence(list(steps))
    backend.decoder = decoders.ByteLevel()
    backend.add_tokens(list(added))
    backend.add_special_tokens(["<|endoftext|>", *special])
    return backend


def as_bytes():
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def known_splits():
    return sorted(seams._KNOWN_SPLITS)


def same(one, other):
    assert one.text == other.text
    assert one.pieces == other.pieces
    assert (one.n_added, one.encoding, one.rule) == (other.n_added, other.encoding, other.rule)
    assert one.is_lossless is other.is_lossless
    for ours, theirs in ((one.ids, other.ids), (one.starts, other.starts), (one.ends, other.ends)):
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype == np.int64


def edited(text, place, removed, added):
    place = min(place, len(text))
    return text[:place] + added + text[place + removed :]


def check_edits(tokenizer, text, edits, parse_special):
    """Each edit is cut from the tokens that the one before left, if no byte is lost in either."""
    known = tokenizer.encode(text, parse_special=parse_special)
    for edit in edits:
        text = edited(text, *edit)
        whole = tokenizer.encode(text, parse_special=parse_special)
        found = recut(known, text, tokenizer, parse_special=parse_special)
        assert (found is not None) is (known.is_lossless and whole.is_lossless)
        if found is not None:
            same(found, whole)
        known = whole if found is None else found


@settings(deadline=None, max_examples=300)
@given(text=TEXTS, edits=EDITS, parse_special=st.booleans())
def test_any_edit_is_cut_as_the_whole_text(tokenizer, text, edits, parse_special):
    check_edits(tokenizer, text, edits, parse_special)


@settings(deadline=None, max_examples=300)
@given(text=TEXTS, parse_special=st.booleans())
def test_a_text_can_be_parted_at_every_seam(tokenizer, text, parse_special):
    whole = tokenizer.encode(text, parse_special=parse_special)
    text, at = whole.text, 0
    ids = whole.ids[: whole.n_added].tolist()
    for place in [*seam_places(whole.rule.seams, text), len(text)]:
        part = tokenizer.encode(text[at:place], parse_special=parse_special)
        ids += part.ids[part.n_added :].tolist()
        at = place
    assert ids == whole.ids.tolist()


def seam_places(pattern, text):
    return [i for i in range(1, len(text)) if pattern.fullmatch(text, i - 1, i + 1)]


@pytest.mark.parametrize("expression", known_splits())
@settings(deadline=None, max_examples=300)
@given(text=TEXTS, edits=EDITS, parse_special=st.booleans())
def test_every_expression_that_is_known(expression, text, edits, parse_special):
    made = HuggingFaceTokenizer(byte_level(split(expression), as_bytes()), "made")
    check_edits(made, text, edits, parse_special)
    whole = made.encode(text)
    parts, at = [], 0
    for place in [*seam_places(whole.rule.seams, whole.text), len(whole.text)]:
        parts += made.encode(whole.text[at:place]).ids.tolist()
        at = place
    assert parts == whole.ids.tolist()


@settings(deadline=None, max_examples=300)
@example(text="", edits=[(0, 0, "<|endoftext|>"), (0, 0, " ")], parse_special=False)
@given(text=TEXTS, edits=EDITS, parse_special=st.booleans())
def test_a_normalizer_that_composes_and_added_tokens(text, edits, parse_special):
    added = [tokenizers.AddedToken(each, normalized=False) for each in ("你好", "<|", "the")]
    made = HuggingFaceTokenizer(
        byte_level(
            pre_tokenizers.Digits(individual_digits=False),
            split(known_splits()[0]),
            as_bytes(),
            normalizer=normalizers.NFC(),
            added=added,
        ),
        "made",
    )
    check_edits(made, text, edits, parse_special)


def test_thousands_of_edits_of_a_long_text(tokenizer):
    source = random.Random(5)
    stretches = [each for each in STRETCHES if tokenizer.encode(each).is_lossless]
    text = "".join(source.choice(stretches) for _ in range(2000))
    known = tokenizer.encode(text)
    for _ in range(400):
        place, removed = source.randrange(len(text)), source.choice((0, 0, 1, 2, 30))
        text = clean_text(edited(text, place, removed, source.choice((*stretches, ""))))
        known = recut(known, text, tokenizer, parse_special=False)
        assert known is not None
    same(known, tokenizer.encode(text))


def test_only_what_surrounds_the_change_is_cut(tokenizer, monkeypatch):
    text = "It was a dark and stormy night. " * 500
    known = tokenizer.encode(text)
    seen, encode = [], tokenizer.encode

    def noting(text, *, parse_special=False):
        seen.append(text)
        return encode(text, parse_special=parse_special)

    monkeypatch.setattr(tokenizer, "encode", noting)
    for place in (0, len(text) // 2, len(text)):
        recut(known, edited(text, place, 0, "x"), tokenizer, parse_special=False)
    assert len(seen) == 3
    assert max(map(len, seen)) < 40


def test_the_same_text_keeps_its_tokens(tokenizer):
    known = tokenizer.encode("as it was")
    assert recut(known, "as it was", tokenizer, parse_special=False) is known


def test_a_stretch_that_is_too_long_is_left(tokenizer):
    known = tokenizer.encode("a b c")
    longer = "a " + "word " * 100 + "c"
    assert recut(known, longer, tokenizer, parse_special=False, most_chars=100) is None
    assert recut(known, longer, tokenizer, parse_special=False, most_chars=1000) is not None


def test_tokens_of_another_origin_are_not_trusted(tokenizer):
    known = tokenizer.encode("some words")
    text = "some more words"
    assert recut(None, text, tokenizer, parse_special=False) is None
    assert recut(known, text, tokenizer, parse_special=True) is None
    given_ids = tokenizer.from_ids(tuple(known.ids.tolist()))
    assert recut(given_ids, text, tokenizer, parse_special=False) is None
    other = load_encoding("gpt2")
    assert recut(known, text, other, parse_special=False) is None


@pytest.mark.parametrize(
    "backend",
    [
        byte_level(split(r"\p{L}+|\P{L}+"), as_bytes()),
        byte_level(as_bytes()),
        byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True)),
        byte_level(pre_tokenizers.Whitespace(), as_bytes()),
        byte_level(pre_tokenizers.ByteLevel(False), normalizer=normalizers.NFKC()),
        byte_level(pre_tokenizers.ByteLevel(False), normalizer=normalizers.Lowercase()),
        byte_level(
            pre_tokenizers.ByteLevel(False), added=[tokenizers.AddedToken("x", lstrip=True)]
        ),
        byte_level(
            pre_tokenizers.ByteLevel(False), added=[tokenizers.AddedToken("x", single_word=True)]
        ),
        byte_level(pre_tokenizers.ByteLevel(False), added=[tokenizers.AddedToken("two words")]),
    ],
    ids=lambda backend: f"{backend.normalizer} {backend.pre_tokenizer}"[:60],
)
def test_what_may_merge_across_any_place_is_cut_whole(backend):
    made = HuggingFaceTokenizer(backend, "made")
    known = made.encode("some words")
    assert recut(known, "some more words", made, parse_special=False) is None


def test_a_special_token_is_never_parted():
    made = HuggingFaceTokenizer(
        byte_level(pre_tokenizers.ByteLevel(False), special=["<|a b|>"]), "made"
    )
    text = "x <|a b|> y"
    assert made.encode(text, parse_special=True).rule is None
    assert made.encode(text).rule is not None  # there it is ordinary text


def test_tokens_in_front_stay_in_front():
    backend = byte_level(pre_tokenizers.ByteLevel(False))
    backend.post_processor = processors.TemplateProcessing(
        single="<|endoftext|> $A",
        special_tokens=[("<|endoftext|>", backend.token_to_id("<|endoftext|>"))],
    )
    made = HuggingFaceTokenizer(backend, "made")
    known = made.encode("one two three")
    assert known.n_added == 1
    for text in ("zero one two three", "one two three four", "one 2 three", "", "x"):
        found = recut(known, text, made, parse_special=False)
        assert found is not None
        same(found, made.encode(text))
    empty = made.encode("")
    found = recut(empty, "one", made, parse_special=False)
    assert found is not None
    same(found, made.encode("one"))


def test_a_text_that_the_tokenizer_changes_is_cut_whole():
    made = HuggingFaceTokenizer(
        byte_level(pre_tokenizers.ByteLevel(False), normalizer=normalizers.NFC()), "made"
    )
    known = made.encode("one two three")
    assert recut(known, "one e\u0301 three", made, parse_special=False) is None
    changed = made.encode("one e\u0301 three")
    assert not changed.is_lossless
    assert recut(changed, "one two three", made, parse_special=False) is None
