"""Ten thousand texts, plain and adversarial, against tiktoken and tokenizers themselves."""

from __future__ import annotations

import random

import pytest
import tiktoken
import tokenizers
from tiktoken_ext import openai_public

from visualizer.engine import encodings
from visualizer.engine.encodings import ENCODINGS, load_encoding
from visualizer.engine.tokenization import clean_text
from visualizer.engine.tokenizers_hf import load_tokenizer
from visualizer.locations import bundled_path

N_TEXTS = 10_000
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz     ABCDEFG'.,!?0123456789\n",
    "\t\n\r \xa0\u2028\u3000\u200b\u200d\ufe0f\0\x07\x1b\x7f\ufeff",
    "👩💻👨👧👦🏳🌈🏽\u200d\ufe0f 🇨🇭e\u0301n\u0303\u0308\u0301",
    "שלוםעולם مرحبابالعالم \u202e\u202c\u2066\u2069\u0650",
    "大模型可以预测下一个词，你好。ひらがなカタカナ한국어 \u3164",
    "def f(x):\n\treturn x ** 2 # {}[]();<>=\"'\\/_- 0xFF",
    "<|endoftext|><|im_start|><s></s>▁Ġ<0x0A>##",
    "\ufffd\U0010ffff\ue000\U000e0041\U0001f9ff𝔘𐍈ⅷ½²ﬁﬀİıßſ",
)
LONE = "\ud800\udc00\udfff\ud83d"


def random_texts() -> list[str]:
    """The same ones on every run; some with lone surrogates, some of any code point."""
    rng = random.Random(4)
    texts = ["", " ", "\n", "a\ud800b", "\ud83d\ude00"]
    while len(texts) < N_TEXTS:
        kind = rng.randrange(10)
        n = rng.randrange(1, 25)
        if kind < 6:
            alphabet = rng.choice(ALPHABETS)
            texts.append("".join(rng.choice(alphabet) for _ in range(n)))
        elif kind < 8:
            texts.append("".join(rng.choice(rng.choice(ALPHABETS)) for _ in range(n)))
        elif kind == 8:
            texts.append("".join(chr(rng.randrange(0x110000)) for _ in range(n)))
        else:
            letters = [rng.choice(ALPHABETS[0]) for _ in range(n)]
            letters[rng.randrange(n)] = rng.choice(LONE)
            texts.append("".join(letters))
    return texts


TEXTS = random_texts()
CLEAN = [clean_text(text) for text in TEXTS]


def test_there_are_lone_surrogates_among_them_and_each_is_replaced_once():
    changed = [(a, b) for a, b in zip(TEXTS, CLEAN, strict=True) if a != b]
    assert len(changed) > 500
    for before, after in changed[:500]:
        after.encode()
        joined = before.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        n_lone = sum("\ud800" <= c <= "\udfff" for c in joined)
        assert after.count("\ufffd") == joined.count("\ufffd") + n_lone
        assert len(after) == len(joined)


def reference_encoding(name: str) -> tiktoken.Encoding:
    """tiktoken's own definition, with the ranks that travel with us."""
    file = encodings._DEFINITIONS[name]
    ranks = encodings._read_ranks(bundled_path("resources", "tokenizers", file.file), file.sha256)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openai_public, "load_tiktoken_bpe", lambda *args, **more: ranks)
        patch.setattr(openai_public, "data_gym_to_mergeable_bpe_ranks", lambda *a, **more: ranks)
        return tiktoken.Encoding(**openai_public.ENCODING_CONSTRUCTORS[name]())


@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings_equal_tiktoken(name):
    ours, theirs = load_encoding(name), reference_encoding(name)
    literal = theirs.encode_ordinary_batch(CLEAN, num_threads=2)
    parsed = theirs.encode_batch(CLEAN, num_threads=2, allowed_special="all")
    for given, text, ids, special in zip(TEXTS, CLEAN, literal, parsed, strict=True):
        result = ours.encode(given)
        assert result.ids.tolist() == ids
        assert (result.text, b"".join(result.pieces)) == (text, text.encode())
        again = ours.encode(given, parse_special=True)
        assert again.ids.tolist() == special
        assert b"".join(again.pieces) == text.encode()


def test_the_bundled_model_equals_tokenizers():
    folder = bundled_path("models", "tiny")
    ours = load_tokenizer(folder, "tiny")
    theirs = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    parsed = theirs.encode_batch(CLEAN, add_special_tokens=False)
    theirs.encode_special_tokens = True
    literal = theirs.encode_batch(CLEAN, add_special_tokens=False)
    n_added = ours.encode("").n_added
    for given, text, plain, special in zip(TEXTS, CLEAN, literal, parsed, strict=True):
        result = ours.encode(given)
        assert result.ids.tolist()[n_added:] == plain.ids
        assert (result.text, b"".join(result.pieces[n_added:])) == (text, text.encode())
        assert ours.encode(given, parse_special=True).ids.tolist()[n_added:] == special.ids


def test_a_long_text_is_cut_as_a_short_one():
    """Long ones go another way, which lets other threads run."""
    folder = bundled_path("models", "tiny")
    ours = load_tokenizer(folder, "tiny")
    theirs = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    text = " ".join(CLEAN[:1000])
    assert len(text) > 5000
    n_added = ours.encode("").n_added
    parsed = theirs.encode(text, add_special_tokens=False).ids
    assert ours.encode(text, parse_special=True).ids.tolist()[n_added:] == parsed
    theirs.encode_special_tokens = True
    literal = theirs.encode(text, add_special_tokens=False).ids
    assert ours.encode(text).ids.tolist()[n_added:] == literal
    assert b"".join(ours.encode(text).pieces[n_added:]) == text.encode()
