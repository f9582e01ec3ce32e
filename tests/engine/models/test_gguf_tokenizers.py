"""Tokens of a GGUF file keep their ids, and text is cut as llama.cpp cuts it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.models.gguf_files import byte_fields, write_gguf
from visualizer.engine.errors import ModelLoadError
from visualizer.engine.gguf_headers import read_gguf_header
from visualizer.engine.models.gguf_tokenizer import (
    GgufTokenizer,
    read_tokenizer,
    write_tokenizer,
)
from visualizer.engine.tokenizers_hf import HuggingFaceTokenizer, load_tokenizer

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6
ALPHABET = byte_fields(258)["tokenizer.ggml.tokens"][:256]


def _file(folder: Path, architecture: str, fields: dict[str, Any]) -> Path:
    n_tokens = len(fields["tokenizer.ggml.tokens"])
    tensors = {"token_embd.weight": np.zeros((n_tokens, 4))}
    return write_gguf(folder / "model.gguf", architecture, fields, tensors)


def _read(
    folder: Path, architecture: str, fields: dict[str, Any]
) -> tuple[GgufTokenizer, HuggingFaceTokenizer]:
    path = _file(folder, architecture, fields)
    built = read_tokenizer(path, read_gguf_header(path))
    write_tokenizer(path, built, folder)
    return built, load_tokenizer(folder, "model")


def _ids(tokenizer: HuggingFaceTokenizer, text: str, **options: Any) -> list[int]:
    tokenization = tokenizer.encode(text, **options)
    assert b"".join(tokenization.pieces).endswith(text.encode()) or options
    return tokenization.ids.tolist()[tokenization.n_added :]


def _pieces(architecture: str, spaced: bool | None, *more: tuple[str, int]) -> dict[str, Any]:
    """A vocabulary as sentencepiece has it: bytes, a blank, letters, some words, then `more`."""
    words = ["▁", *"abcdefghijklmnopqrstuvwxyz", "th", "he", "the", "▁t", "▁th", "▁the"]
    tokens = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    tokens += [(f"<0x{byte:02X}>", BYTE) for byte in range(256)]
    tokens += [*more, *((word, NORMAL) for word in words)]
    fields = {
        "model": "llama",
        "tokens": [token for token, _ in tokens],
        "token_type": [kind for _, kind in tokens],
        "scores": [-float(index) for index in range(len(tokens))],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "unknown_token_id": 0,
    } | ({} if spaced is None else {"add_space_prefix": spaced})
    return {f"tokenizer.ggml.{key}": value for key, value in fields.items()}


def test_every_token_keeps_its_id_whatever_it_is_written_in(tmp_path: Path) -> None:
    odd = ["<｜begin▁of▁sentence｜>", "<｜User｜>", "<|im_end|>", "<think>", " <pad 1>", "中"]
    fields = byte_fields(258) | {
        "tokenizer.ggml.tokens": [*byte_fields(258)["tokenizer.ggml.tokens"], *odd],
        "tokenizer.ggml.token_type": [1] * 256 + [3, 1, 3, 3, 3, 4, 3, 1],
        "tokenizer.ggml.pre": "deepseek-r1-qwen",
        "tokenizer.ggml.bos_token_id": 258,
        "tokenizer.ggml.eot_token_id": 260,
        "tokenizer.ggml.eom_token_id": 261,
        "tokenizer.ggml.add_bos_token": True,
    }
    built, tokenizer = _read(tmp_path, "llama", fields)
    assert tokenizer.vocabulary_size == 264
    assert tokenizer.begins_with == (258,)
    assert tokenizer.special_ids == {256, 258, 259, 260, 262}
    assert built.end_ids == (256, 260, 261)
    assert built.role_ids == {"bos_token_id": 258, "eos_token_id": 256}
    hi = [ALPHABET.index("h"), ALPHABET.index("i")]
    assert _ids(tokenizer, "<｜User｜>hi", parse_special=True) == [259, *hi]
    assert _ids(tokenizer, "<think>hi") == [261, *hi]  # user-defined: matched in any text
    assert _ids(tokenizer, " <pad 1>", parse_special=True) == [262]
    assert len(_ids(tokenizer, "<｜User｜>")) > 5
    assert built.config["bos_token"] == "<｜begin▁of▁sentence｜>"


def test_a_blank_is_put_before_a_text_where_the_file_says_so(tmp_path: Path) -> None:
    for spaced, expected in ((True, ["▁the"]), (None, ["▁the"]), (False, ["the"])):
        fields = _pieces("llama", spaced)
        _, tokenizer = _read(tmp_path, "llama", fields)
        tokens = fields["tokenizer.ggml.tokens"]
        assert _ids(tokenizer, "the") == [tokens.index(token) for token in expected]
        assert tokenizer.begins_with == (1,)  # sentencepiece: unless the file says otherwise
        assert tokenizer.encode(" the").text == " the"
    fields |= {"tokenizer.ggml.add_bos_token": False}
    assert _read(tmp_path, "llama", fields)[1].begins_with == ()


@pytest.mark.parametrize("architecture", ["gemma2", "gemma3"])
def test_runs_of_blanks_are_matched_longest_first(architecture: str, tmp_path: Path) -> None:
    runs = [(" " * length, USER_DEFINED) for length in range(2, 32)]
    fields = _pieces(architecture, False, *runs, ("\n\n", USER_DEFINED), ("<table>", USER_DEFINED))
    _, tokenizer = _read(tmp_path, architecture, fields)
    tokens = fields["tokenizer.ggml.tokens"]
    run = {length: tokens.index(" " * length) for length in range(2, 32)}
    blank, a, b = (tokens.index(token) for token in ("▁", "a", "b"))
    assert _ids(tokenizer, " " * 32) == [run[31], blank]
    assert _ids(tokenizer, " " * 40) == [run[31], run[9]]
    assert _ids(tokenizer, " " * 16) == [run[16]]
    assert _ids(tokenizer, "a   b") == [a, run[3], b]
    assert _ids(tokenizer, "a the") == [a, tokens.index("▁the")]
    assert _ids(tokenizer, "a\n\n<table>b") == [
        *(a, tokens.index("\n\n"), tokens.index("<table>"), b)
    ]
    with pytest.raises(ModelLoadError, match="add_space_prefix = True"):
        _read(tmp_path, architecture, fields | {"tokenizer.ggml.add_space_prefix": True})
    for length, token_id in run.items():
        assert tokenizer.token_bytes(token_id) == b" " * length


def test_llama_3_keeps_words_whole_and_begins_with_bos(tmp_path: Path) -> None:
    fields = byte_fields(258) | {
        "tokenizer.ggml.tokens": [*byte_fields(258)["tokenizer.ggml.tokens"], "cat", "ca", "at"],
        "tokenizer.ggml.token_type": [1] * 256 + [3, 1, 1, 1, 1],
        "tokenizer.ggml.merges": ["Ġ Ġ", "a t", "c a"],
        "tokenizer.ggml.pre": "llama-bpe",
        "tokenizer.ggml.bos_token_id": 256,
    }
    del fields["tokenizer.ggml.add_bos_token"]
    _, tokenizer = _read(tmp_path, "llama", fields)
    assert _ids(tokenizer, "cat") == [258]
    assert tokenizer.begins_with == (256,)
    _, tokenizer = _read(tmp_path, "llama", fields | {"tokenizer.ggml.pre": "qwen2"})
    assert _ids(tokenizer, "cat") == [ALPHABET.index("c"), 260]
    assert tokenizer.begins_with == ()


def test_a_vocabulary_that_cannot_be_followed_is_refused(tmp_path: Path) -> None:
    tokens = byte_fields(258)["tokenizer.ggml.tokens"]
    twice = byte_fields(258) | {"tokenizer.ggml.tokens": [*tokens[:-1], tokens[0]]}
    with pytest.raises(ModelLoadError, match=r"tokens = '!', '!'"):
        _read(tmp_path, "llama", twice)
    with pytest.raises(ModelLoadError, match="the vocabulary and the merges"):
        _read(tmp_path, "llama", byte_fields(258) | {"tokenizer.ggml.merges": ["q x"]})
    with pytest.raises(ModelLoadError, match="token_type"):
        _read(tmp_path, "llama", byte_fields(258) | {"tokenizer.ggml.token_type": [1, 1]})
