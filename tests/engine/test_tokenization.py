"""Every token's id, bytes and span, against tiktoken, tokenizers and Python's own decoder."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import numpy as np
import pytest
import tiktoken
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, decoders, models, normalizers, pre_tokenizers, processors

from visualizer.engine import encodings
from visualizer.engine.encodings import load_encoding
from visualizer.engine.errors import ModelLoadError, UsageError, VisualizerError
from visualizer.engine.tokenization import (
    clean_text,
    display_text,
    spans_of,
    split_pending,
)
from visualizer.engine.tokenizers_hf import HuggingFaceTokenizer, load_tokenizer
from visualizer.locations import bundled_path, cache_path

CORPUS = [
    "",
    " ",
    "A journey of a thousand miles begins with a single step.",
    "大模型可以预测下一个词",
    "👩‍💻👨‍👩‍👧‍👦 🏳️‍🌈",
    "e\u0301 n\u0303 \u0301",
    "שלום עולם مرحبا بالعالم",
    "a\u202eb\u2066c\u2069",
    "nul\0 bell\x07 nbsp\xa0 ps\u2029 bom\ufeff zwsp\u200b cr\r\n\ttab",
    "\ufffd",
    "  two  spaces\n\n\nand lines ",
    "<|endoftext|> <s> </s> <0x0A> ▁",
    "123456789 3.14",
]
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.lists(st.sampled_from(CORPUS), max_size=3).map("".join),
)
EXAMPLES = settings(deadline=None, max_examples=60)


@pytest.fixture(scope="module", params=encodings.ENCODINGS)
def encoding(request):
    return load_encoding(request.param)


def byte_level(**options):
    """A tokenizer of 256 bytes, a few merges and one special token."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(alphabet)}
    merges = [("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("ä", "½")]
    for left, right in merges:
        vocabulary[left + right] = len(vocabulary)
    backend = tokenizers.Tokenizer(models.BPE(vocabulary, merges, **options))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens([AddedToken("<|endoftext|>", special=True, normalized=False)])
    return backend


def sentencepiece_like():
    """A tokenizer in the manner of Llama 2: byte fallback, a BOS, a space put before the text."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    tokens += ["▁", "a", "b", "▁a", "▁b", "ab", "▁ab", "大", "▁▁"]
    merges = [("▁", "a"), ("▁", "b"), ("a", "b"), ("▁a", "b"), ("▁", "▁")]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    model = models.BPE(vocabulary, merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True)
    backend = tokenizers.Tokenizer(model)
    backend.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    backend.add_special_tokens(["<unk>", "<s>", "</s>"])
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)]
    )
    return backend


@pytest.fixture(scope="module")
def toy():
    return HuggingFaceTokenizer(byte_level(), "toy")


@pytest.fixture(scope="module")
def llama_like():
    return HuggingFaceTokenizer(sentencepiece_like(), "llama-like")


def plain_spans(pieces):
    """Spans by decoding every prefix: slow, obvious."""
    data = b"".join(pieces)
    owner = []  # code point that each byte belongs to
    while len(owner) < len(data):
        for length in range(1, 5):
            chunk = data[len(owner) : len(owner) + length]
            more = data[len(owner) : len(owner) + length + 1]
            if len(more.decode("utf-8", "replace")) > 1 or more == chunk:
                break
        owner += [owner[-1] + 1 if owner else 0] * len(chunk)
    n = owner[-1] + 1 if owner else 0
    starts, ends, place = [], [], 0
    for piece in pieces:
        starts.append(owner[place] if place < len(data) else n)
        place += len(piece)
        ends.append(owner[place - 1] + 1 if place else 0)
    return starts, ends


def check_tiles(result):
    """Spans rise, cover the text without a gap, and hold the characters of their bytes."""
    starts, ends = result.starts[result.n_added :], result.ends[result.n_added :]
    assert (np.diff(starts) >= 0).all()
    assert (np.diff(ends) >= 0).all()
    assert (starts <= ends).all()
    if len(starts):
        assert starts[0] == 0
        assert ends[-1] == len(result.text)
        assert (starts[1:] <= ends[:-1]).all()
    else:
        assert result.text == ""
    for token in (result.token(i) for i in range(result.n_added, len(result))):
        covered = result.text[token.start : token.end].encode()
        assert token.data in covered


# ------------------------------------------------------------------------ OpenAI's encodings


def test_published_ids():
    table = {
        "gpt2": ([1273, 1831, 8396], [400, 29910], 23),
        "cl100k_base": ([2645, 675, 15717], [339, 52949], 11),
        "o200k_base": ([3504, 1134, 19772], [404, 87828], 7),
    }
    for name, (strawberry, thousand, n_chinese) in table.items():
        encoding = load_encoding(name)
        assert encoding.encode("Strawberry").ids.tolist() == strawberry
        assert encoding.encode("thousand").ids.tolist() == thousand
        assert len(encoding.encode("大模型可以预测下一个词")) == n_chinese
    ids = load_encoding("gpt2").encode("A journey of a thousand miles begins with a single step.")
    assert ids.ids.tolist() == [32, 7002, 286, 257, 7319, 4608, 6140, 351, 257, 2060, 2239, 13]


def test_special_tokens_are_those_of_tiktoken():
    from tiktoken_ext import openai_public

    for name in encodings.ENCODINGS:
        definition = encodings._DEFINITIONS[name]
        seen = {}

        def ranks(*args, seen=seen, **kwargs):
            seen.update(kwargs)
            return {}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(openai_public, "load_tiktoken_bpe", ranks)
            patch.setattr(openai_public, "data_gym_to_mergeable_bpe_ranks", ranks)
            theirs = openai_public.ENCODING_CONSTRUCTORS[name]()
        assert definition.pattern == theirs["pat_str"]
        assert dict(definition.special) == theirs["special_tokens"]
        assert seen.get("expected_hash", definition.sha256) == definition.sha256
        encoding = load_encoding(name)
        assert encoding.special_ids == set(theirs["special_tokens"].values())
        assert encoding.vocabulary_size == max(encoding.special_ids) + 1


@EXAMPLES
@given(text=TEXTS)
def test_encoding_joins_tiles_and_equals_tiktoken(encoding, text):
    result = encoding.encode(text)
    assert result.text == text
    assert b"".join(result.pieces) == text.encode()
    assert result.is_lossless
    assert result.n_added == 0
    check_tiles(result)
    reference: tiktoken.Encoding = encoding._encoding
    assert result.ids.tolist() == reference.encode(text, disallowed_special=())
    assert list(result.pieces) == reference.decode_tokens_bytes(result.ids.tolist())
    assert reference.decode_with_offsets(result.ids.tolist())[1] == [
        # tiktoken gives a piece that begins inside a character that character's offset, too
        int(start)
        for start in result.starts
    ]


def test_special_text_is_literal_unless_parsed(encoding):
    literal = encoding.encode("a<|endoftext|>")
    assert not set(literal.ids.tolist()) & encoding.special_ids
    parsed = encoding.encode("a<|endoftext|>", parse_special=True)
    assert int(parsed.ids[-1]) in encoding.special_ids
    assert parsed.pieces[-1] == b"<|endoftext|>"
    assert (parsed.starts[-1], parsed.ends[-1]) == (1, 14)
    assert b"".join(literal.pieces) == b"".join(parsed.pieces)


def test_ids_without_a_token_are_empty_and_others_refused():
    encoding = load_encoding("cl100k_base")
    assert encoding.token_bytes(100256) == b""
    for wrong in (-1, 100277):
        with pytest.raises(UsageError, match="0 to 100276"):
            encoding.token_bytes(wrong)
        with pytest.raises(UsageError, match=str(wrong)):
            encoding.from_ids((5, wrong))


def test_unknown_encoding_names_the_known_ones():
    with pytest.raises(UsageError, match="gpt2, cl100k_base, o200k_base"):
        load_encoding("gpt5")


def test_damaged_or_missing_rank_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(encodings, "bundled_path", lambda *parts: tmp_path / parts[-1])
    with pytest.raises(VisualizerError, match="Cannot read"):
        load_encoding("gpt2")
    (tmp_path / "r50k_base.tiktoken").write_bytes(b"IQ== 0\n")
    with pytest.raises(VisualizerError, match="damaged"):
        load_encoding("gpt2")


def test_endless_blank_is_an_error_not_a_panic(encoding):
    with pytest.raises(VisualizerError, match="in a row"):
        encoding.encode(" " * 1_000_000)


# ------------------------------------------------------------------------- Hugging Face format


@EXAMPLES
@given(text=TEXTS)
def test_byte_level_joins_tiles_and_equals_tokenizers(toy, text):
    result = toy.encode(text)
    assert b"".join(result.pieces) == text.encode()
    assert result.is_lossless
    check_tiles(result)
    reference = byte_level()
    reference.encode_special_tokens = True
    assert result.ids.tolist() == reference.encode(text, add_special_tokens=False).ids
    parsed = toy.encode(text, parse_special=True)
    assert parsed.ids.tolist() == byte_level().encode(text, add_special_tokens=False).ids
    assert b"".join(parsed.pieces) == text.encode()


@EXAMPLES
@given(text=TEXTS)
def test_sentencepiece_like(llama_like, text):
    result = llama_like.encode(text)
    reference = sentencepiece_like()
    reference.encode_special_tokens = True
    assert result.ids.tolist() == reference.encode(text).ids
    assert result.n_added == 1
    assert (result.starts[0], result.ends[0]) == (0, 0)
    joined = b"".join(result.pieces[1:])
    if "▁" in text:  # this tokenizer cannot tell it from a space
        assert not result.is_lossless
    else:
        assert joined == text.encode()
        check_tiles(result)


def test_the_space_before_the_text_belongs_to_no_token(llama_like):
    result = llama_like.encode("ab a")
    assert result.pieces == (b"<s>", b"ab", b" a")
    assert result.starts.tolist() == [0, 0, 2]
    again = llama_like.from_ids(tuple(result.ids.tolist()))
    assert (again.text, again.pieces, again.n_added) == ("ab a", result.pieces, 1)
    assert again.ends.tolist() == result.ends.tolist()


def test_byte_tokens(llama_like):
    result = llama_like.encode("é")
    assert result.pieces[-2:] == (b"\xc3", b"\xa9")
    assert result.starts.tolist()[-2:] == [0, 0]
    assert result.ends.tolist()[-2:] == [1, 1]
    typed = llama_like.encode("<0x0A>").pieces[1:]
    assert typed == (b"", *(b"%c" % c for c in b"<0x0A>"))  # first the space before the text


def test_a_normaliser_is_admitted_and_spans_still_rise():
    backend = byte_level()
    backend.normalizer = normalizers.NFC()
    tokenizer = HuggingFaceTokenizer(backend, "nfc")
    result = tokenizer.encode("xe\u0301y")
    assert not result.is_lossless
    assert b"".join(result.pieces) == "x\u00e9y".encode()
    assert result.text == "xe\u0301y"
    assert result.starts.tolist() == [0, 1, 1, 3]
    assert result.ends.tolist() == [1, 2, 2, 4]  # the package leaves the combining mark out
    assert tokenizer.encode("plain").is_lossless


def test_word_pieces_decode_by_themselves():
    model = models.WordPiece({"[UNK]": 0, "play": 1, "##ing": 2}, unk_token="[UNK]")
    backend = tokenizers.Tokenizer(model)
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.decoder = decoders.WordPiece()
    result = HuggingFaceTokenizer(backend, "wp").encode("playing  what")
    assert result.ids.tolist() == [1, 2, 0]
    assert result.starts.tolist() == [0, 4, 9]
    assert not result.is_lossless


def test_training_settings_are_switched_off():
    backend = byte_level(dropout=0.9)
    backend.enable_truncation(2)
    backend.enable_padding(length=50)
    tokenizer = HuggingFaceTokenizer(backend, "toy")
    ids = {tuple(tokenizer.encode(" the the the").ids.tolist()) for _ in range(20)}
    assert ids == {(258, 258, 258)}


def test_what_a_template_puts_behind_the_text_is_left_out():
    backend = byte_level()
    backend.post_processor = processors.TemplateProcessing(
        single="<|endoftext|> $A <|endoftext|>", special_tokens=[("<|endoftext|>", 260)]
    )
    tokenizer = HuggingFaceTokenizer(backend, "toy")
    assert tokenizer.begins_with == (260,)
    assert tokenizer.encode("").ids.tolist() == [260]
    assert tokenizer.encode("a").ids.tolist()[0] == 260
    assert len(tokenizer.encode("a")) == 2


def test_added_tokens_are_written_as_they_are():
    """Their characters are no byte alphabet, and "▁" in them is no space."""
    for backend in (byte_level(), sentencepiece_like()):
        backend.add_special_tokens(["<é▁ü>"])
        tokenizer = HuggingFaceTokenizer(backend, "toy")
        result = tokenizer.encode("<é▁ü>", parse_special=True)
        assert result.pieces[-1] == "<é▁ü>".encode()
        assert result.text == "<é▁ü>"


def test_rows_of_the_model_without_a_token():
    tokenizer = HuggingFaceTokenizer(byte_level(), "toy", 300)
    assert tokenizer.vocabulary_size == 300
    assert tokenizer.token_bytes(299) == b""
    assert tokenizer.special_ids == {260}
    assert tokenizer.from_ids((258, 299, 258)).text == " the the"
    with pytest.raises(UsageError):
        tokenizer.from_ids((300,))


def test_many_threads_read_their_own_setting(toy):
    text = "the <|endoftext|> the" * 20
    expected = {flag: toy.encode(text, parse_special=flag).ids.tolist() for flag in (False, True)}
    assert expected[False] != expected[True]
    wrong = []

    def work(flag):
        for _ in range(50):
            if toy.encode(text, parse_special=flag).ids.tolist() != expected[flag]:
                wrong.append(flag)

    threads = [threading.Thread(target=work, args=(i % 2 == 0,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_folder(tmp_path):
    with pytest.raises(ModelLoadError, match="no tokenizer"):
        load_tokenizer(tmp_path, "x")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelLoadError, match="tokenizer of x is damaged"):
        load_tokenizer(tmp_path, "x")
    byte_level().save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "config.json").write_text(json.dumps({"text_config": {"vocab_size": 288}}))
    tokenizer = load_tokenizer(tmp_path, "x")
    assert (tokenizer.name, tokenizer.vocabulary_size) == ("x", 288)
    assert tokenizer.encode(" the").encoding == "x"


def test_older_format_is_converted(tmp_path):
    backend = byte_level()
    backend.model.save(str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2", "vocab_size": 261}))
    (tmp_path / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "GPT2Tokenizer"})
    )
    result = load_tokenizer(tmp_path, "old").encode("大 the")
    assert b"".join(result.pieces) == "大 the".encode()
    assert result.ids.tolist()[-1] == 258


def test_a_failing_tokenizer_is_named():
    class Broken:
        def __getattr__(self, name):
            raise ValueError("no such luck")

    tokenizer = HuggingFaceTokenizer(byte_level(), "toy")
    tokenizer._literal = Broken()
    with pytest.raises(VisualizerError, match="tokenizer of toy cannot cut this text") as caught:
        tokenizer.encode("a")
    assert "no such luck" in caught.value.detail


# -------------------------------------------------------------------------------- any tokenizer


@EXAMPLES
@given(ids=st.lists(st.integers(0, 260), max_size=40))
def test_any_ids(toy, ids):
    result = toy.from_ids(tuple(ids))
    data = b"".join(result.pieces)
    assert result.ids.tolist() == ids
    assert result.text == data.decode("utf-8", "replace")
    assert result.is_lossless == (data == result.text.encode())
    assert (result.starts.tolist(), result.ends.tolist()) == plain_spans(result.pieces)


@settings(deadline=None, max_examples=300)
@given(
    pieces=st.lists(
        st.one_of(
            st.binary(max_size=4),
            st.sampled_from(
                [b"\xe0\x80", b"\xed\xa0", b"\xf4\x90", b"\xf0\x8f", b"\xc1", b"\xf5", b"\xe4\xbb"]
            ),
            st.text(max_size=2).map(lambda s: s.encode("utf-8", "replace")),
        ),
        max_size=12,
    )
)
def test_spans_count_code_points_as_python_does(pieces):
    starts, ends = spans_of(pieces)
    assert (starts.tolist(), ends.tolist()) == plain_spans(pieces)
    assert (max(ends.tolist(), default=0)) == len(b"".join(pieces).decode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("a\ud800", "a\ufffd"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("plain 😀", "plain 😀"),
    ],
)
def test_lone_surrogates_are_replaced_once_and_visibly(toy, encoding, given_text, expected):
    assert clean_text(given_text) == expected
    for tokenizer in (toy, encoding):
        result = tokenizer.encode(given_text)
        assert result.text == expected
        assert b"".join(result.pieces) == expected.encode()
        check_tiles(result)


def test_generation_inside_a_character_keeps_the_pending_bytes(toy):
    ids = toy.encode("a👩b").ids.tolist()
    pending = []
    for n in range(len(ids) + 1):
        so_far = toy.from_ids(tuple(ids[:n]))
        text, rest = split_pending(b"".join(so_far.pieces))
        assert text.encode() + rest == b"".join(so_far.pieces)
        assert so_far.text == text + ("\ufffd" if rest else "")
        pending.append(rest)
    assert pending == [b"", b"", b"\xf0", b"\xf0\x9f", b"\xf0\x9f\x91", b"", b""]
    assert split_pending(b"\xff\xe4a") == ("\ufffd\ufffda", b"")


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b" the", "·the"),
        (b"", ""),
        (b"\n\t ", "⏎⇥·"),
        (b"\r", "⟨000D⟩"),
        (b"\0", "⟨0000⟩"),
        ("\u200b".encode(), "⟨200B⟩"),
        ("a\u202eb".encode(), "a⟨202E⟩b"),
        ("\xa0\u3000\u2029\ufeff".encode(), "⟨00A0⟩⟨3000⟩⟨2029⟩⟨FEFF⟩"),
        (b"\xe4\xbb", "⟨E4 BB⟩"),
        (b"a\x80\x81b", "a⟨80 81⟩b"),
        (b"\xff" + "大".encode() + b"\xe5\xa4", "⟨FF⟩大⟨E5 A4⟩"),
        ("\u0301".encode(), "◌\u0301"),
        ("e\u0301".encode(), "e\u0301"),
        (" \u0301".encode(), "·◌\u0301"),
        ("\u2029\u0301".encode(), "⟨2029⟩◌\u0301"),
        ("\ufffd".encode(), "\ufffd"),
        ("👩\u200d💻".encode(), "👩⟨200D⟩💻"),
        ("\U000e0041".encode(), "⟨E0041⟩"),
        ("\u3164".encode(), "⟨3164⟩"),
    ],
)
def test_display(data, shown):
    assert display_text(data) == shown


@EXAMPLES
@given(data=st.binary(max_size=12))
def test_display_is_one_printable_line(data):
    shown = display_text(data)
    assert shown.isprintable()
    assert bool(shown) == bool(data)


SMOLLM2 = cache_path("models", "smollm2-135m")


@pytest.mark.parametrize(
    "folder",
    [
        bundled_path("models", "tiny"),
        pytest.param(
            SMOLLM2,
            marks=[
                pytest.mark.smollm2,
                pytest.mark.skipif(not SMOLLM2.is_dir(), reason="smollm2-135m is not here"),
            ],
        ),
    ],
    ids=["tiny", "smollm2"],
)
def test_real_models_tokenize_as_transformers_does(folder):
    from transformers import AutoTokenizer

    reference = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    tokenizer = load_tokenizer(folder, "real")
    for text in [*CORPUS, " ".join(CORPUS)]:
        parsed = tokenizer.encode(text, parse_special=True)
        assert parsed.ids.tolist() == reference(text).input_ids
        literal = tokenizer.encode(text)
        assert literal.ids.tolist() == reference(text, split_special_tokens=True).input_ids
        for result in (parsed, literal):
            assert b"".join(result.pieces) == text.encode()
            check_tiles(result)
        assert tokenizer.from_ids(tuple(parsed.ids.tolist())).text == text
    assert tokenizer.special_ids == set(reference.all_special_ids) | {
        i for i, token in reference.added_tokens_decoder.items() if token.special
    }


def test_loading_and_encoding_import_no_torch():
    code = (
        "import sys; from visualizer.engine.encodings import load_encoding;"
        "load_encoding('gpt2').encode('a');"
        "print([m for m in ('torch', 'transformers', 'PySide6', 'requests') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr
