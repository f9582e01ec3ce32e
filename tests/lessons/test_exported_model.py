"""The folder that a training leaves: its tokenizer, its files, and full disks."""

from __future__ import annotations

import errno
import json
import os

import pytest
import tokenizers
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.files import WriteError
from visualizer.lessons import exported_model
from visualizer.lessons.corpus import text_corpus
from visualizer.lessons.exported_model import export_model, exported_tensors
from visualizer.lessons.exported_tokenizer import exported_tokenizer
from visualizer.lessons.text import join_tokens, split_tokens
from visualizer.lessons.training import DivergedError, Training
from visualizer.lessons.training_settings import TrainingSettings

FILES = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
SIZES = TrainingSettings(
    d_model=16, nhead=2, num_layers=2, dim_feedforward=24, length=12, batch=2, warmup_steps=5
)
ODD = "ab,.'’“”(）。 \n\t\u3000\u00a0\x1c你好-$+é́😀[]…—¿"


@pytest.fixture
def training(one_thread, rhyme):
    training = Training(text_corpus(rhyme, "words"), SIZES)
    list(training.run(3))
    return training


@pytest.fixture(scope="module")
def cutters():
    """A tokenizer with every token that the odd texts can be cut into is made for each text."""

    def build(text, unit):
        tokens = split_tokens(text, unit)
        backend = exported_tokenizer(sorted(set(tokens)), unit)
        return tokens, tokenizers.Tokenizer.from_str(backend.to_str())

    return build


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.sampled_from(ODD), min_size=1, max_size=25))
@pytest.mark.parametrize("unit", ["characters", "words"])
def test_text_is_cut_and_joined_as_the_lessons_do(cutters, text, unit):
    tokens, backend = cutters(text, unit)
    if not tokens:
        return
    encoding = backend.encode(text, add_special_tokens=False)
    assert encoding.tokens == tokens
    assert backend.decode(encoding.ids) == join_tokens(tokens, unit)
    for token, (start, end) in zip(tokens, encoding.offsets, strict=True):
        assert text[start:end] == token


def test_characters_come_back_as_they_were(cutters):
    text = "Ein Fluß,\n\n  дом  你好 é́ 😀\t."
    _, backend = cutters(text, "characters")
    assert backend.decode(backend.encode(text).ids) == text


def test_what_was_never_seen_is_no_token(cutters):
    _, backend = cutters("one two", "words")
    with pytest.raises(Exception, match="Missing"):
        backend.encode("one three")


def test_every_number_is_written_once(training):
    tensors = exported_tensors(training.model)
    n_learned = sum(p.numel() for p in training.model.parameters())
    assert sum(t.numel() for t in tensors.values()) == n_learned
    assert n_learned == SIZES.n_parameters(len(training.corpus.vocabulary))
    layer = training.model.transformer_encoder.layers[1]
    queries, keys, values = layer.self_attn.in_proj_weight.chunk(3)
    for name, expected in (("q", queries), ("k", keys), ("v", values)):
        assert torch.equal(tensors[f"model.layers.1.self_attn.{name}_proj.weight"], expected)


def test_a_new_folder_appears_whole(training, tmp_path):
    folder = tmp_path / "model"
    export_model(training, folder)
    assert {path.name for path in folder.iterdir()} == FILES
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["max_position_embeddings"] == SIZES.length
    assert config["trained_steps"] == 3
    assert list(tmp_path.iterdir()) == [folder]


def test_other_files_of_a_folder_stay(training, tmp_path):
    (tmp_path / "checkpoint.safetensors").write_bytes(b"mine")
    export_model(training, tmp_path)
    before = (tmp_path / "model.safetensors").read_bytes()
    list(training.run(1))
    export_model(training, tmp_path)
    assert (tmp_path / "model.safetensors").read_bytes() != before
    assert {path.name for path in tmp_path.iterdir()} == FILES | {"checkpoint.safetensors"}
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == b"mine"


@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_what_was_there(training, tmp_path, monkeypatch, there):
    folder = tmp_path / "model"
    if there:
        export_model(training, folder)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    list(training.run(1))

    def full(path, data):
        if os.fspath(path).endswith("model.safetensors"):
            raise WriteError("Cannot write {path}: the disk is full.", path=path)
        original(path, data)

    original = exported_model.write_atomically
    monkeypatch.setattr(exported_model, "write_atomically", full)
    with pytest.raises(WriteError, match="the disk is full"):
        export_model(training, folder)
    found = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    found.pop(folder / "config.json", None)  # it says how many steps were taken
    before.pop(folder / "config.json", None)
    assert found == before


def test_a_folder_that_cannot_be_made_is_said(training, tmp_path):
    with pytest.raises(WriteError, match="there is no folder"):
        export_model(training, tmp_path / "none" / "model")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError):
        export_model(training, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b""


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC])
def test_no_room_for_the_folder_is_one_sentence(training, tmp_path, monkeypatch, code):
    def refuse(*_args, **_options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(exported_model.Path, "mkdir", refuse)
    with pytest.raises(WriteError, match="Cannot write"):
        export_model(training, tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_a_broken_model_is_not_written(training, tmp_path):
    with torch.no_grad():
        training.model.decoder.bias[0] = torch.nan
    with pytest.raises(DivergedError, match="not finite"):
        export_model(training, tmp_path / "model")
    assert not list(tmp_path.iterdir())
