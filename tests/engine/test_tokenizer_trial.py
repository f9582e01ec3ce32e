"""Tokenizers that a stranger wrote: tried where they can do no harm, once, and refused in words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading

import pytest

from visualizer.engine import tokenizer_trial
from visualizer.engine.errors import ModelLoadError
from visualizer.engine.records import Cancelled, CancelToken
from visualizer.engine.tokenizers_hf import load_tokenizer, load_tokenizer_file
from visualizer.files import ReadError
from visualizer.locations import bundled_path


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("VISUALIZER_CACHE", str(folder))
    return folder


def replacing(pattern, content):
    kind = "String" if isinstance(pattern, str) else "Regex"
    text = pattern if isinstance(pattern, str) else pattern[0]
    return {"type": "Replace", "pattern": {kind: text}, "content": content}


def several(kind, parts):
    return {"type": "Sequence", kind: parts}


def split(expression):
    return {
        "type": "Split",
        "pattern": {"Regex": expression},
        "behavior": "Isolated",
        "invert": False,
    }


BYTE_LEVEL = {
    "type": "ByteLevel",
    "add_prefix_space": False,
    "trim_offsets": True,
    "use_regex": False,
}
DOUBLING = [replacing("a", "aa")] * 40
CHAIN = [replacing(("[жЖ]",), "bb"), *[replacing("b", "bb")] * 40]
HOSTILE = {
    "doubling": ({"normalizer": several("normalizers", DOUBLING)}, "much more of a text"),
    "doubling what it put in": ({"normalizer": several("normalizers", CHAIN)}, "much more of"),
    "growing within limits": (
        {"normalizer": several("normalizers", DOUBLING[:8])},
        "much more of a text",
    ),
    "bytes of bytes": (
        {"pre_tokenizer": several("pretokenizers", [BYTE_LEVEL] * 30)},
        "too much memory",
    ),
    "bytes of bytes within limits": (
        {"pre_tokenizer": several("pretokenizers", [BYTE_LEVEL] * 8)},
        "much more of a text",
    ),
    "splitting without end": ({"pre_tokenizer": split("(a+)+$")}, "breaks on simple texts"),
    "an unusual letter": ({"pre_tokenizer": split("(?:ж|жж)+$")}, "breaks on simple texts"),
    "replacing without end": ({"normalizer": replacing((r"(\s|\s\s)+x",), "")}, "breaks on"),
    "a token far away": ({"model": {"vocab": {"a": 4_000_000_000}}}, "breaks|memory"),
}


def tokenizer_file(folder, **changes):
    state = json.loads(bundled_path("models", "tiny", "tokenizer.json").read_text())
    for key, value in changes.items():
        state[key] = {**state[key], **value} if key == "model" else value
    if "model" in changes:
        state["model"]["merges"] = []
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(state))
    return folder / "tokenizer.json"


@pytest.mark.parametrize(("changes", "said"), HOSTILE.values(), ids=HOSTILE)
def test_what_would_take_the_program_down_is_refused(tmp_path, capfd, cache, changes, said):
    path = tokenizer_file(tmp_path / "evil", **changes)
    with pytest.raises(ModelLoadError, match=said) as caught:
        load_tokenizer_file(path)
    assert str(path) in str(caught.value)
    assert "panicked" not in str(caught.value)
    assert capfd.readouterr().err == ""  # what the package says of its own death is in the detail
    assert not any((cache / "tokenizers").glob("*"))


def test_one_that_does_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(tokenizer_trial, "_SECONDS", 3.0)
    monkeypatch.setattr(tokenizer_trial, "_MEMORY_BYTES", 100_000_000_000)
    endless = several("decoders", DOUBLING)
    path = tokenizer_file(tmp_path / "evil", decoder=endless, pre_tokenizer=None)
    with pytest.raises(ModelLoadError, match=r"takes more than 3 seconds"):
        load_tokenizer(path.parent, "evil")


def test_a_trial_can_be_cancelled(tmp_path):
    endless = several("decoders", DOUBLING)
    path = tokenizer_file(tmp_path / "evil", decoder=endless, pre_tokenizer=None)
    cancel = CancelToken()
    threading.Timer(0.5, cancel.cancel).start()
    with pytest.raises(Cancelled):
        load_tokenizer(path.parent, "evil", cancel)


def test_a_sound_tokenizer_is_tried_once(tmp_path, cache, monkeypatch):
    path = tokenizer_file(tmp_path / "good")
    assert load_tokenizer(path.parent, "good").vocabulary_size > 0
    assert len(list((cache / "tokenizers").iterdir())) == 1
    monkeypatch.setattr(tokenizer_trial, "ConfinedProcess", None)
    shutil.copytree(path.parent, tmp_path / "copy")
    assert load_tokenizer_file(tmp_path / "copy").name == "copy"
    changed = tokenizer_file(tmp_path / "changed", normalizer={"type": "NFC"})
    with pytest.raises(ModelLoadError):
        load_tokenizer(changed.parent, "changed")


def test_the_catalogues_own_are_not_tried(monkeypatch):
    monkeypatch.setattr(tokenizer_trial, "ConfinedProcess", None)
    assert load_tokenizer(bundled_path("models", "tiny"), "tiny").vocabulary_size > 0


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path, cache):
    cache.write_text("a file where the folder should be")
    path = tokenizer_file(tmp_path / "good")
    assert load_tokenizer_file(path).vocabulary_size > 0


def test_common_kinds_of_tokenizers_pass(tmp_path):
    """Sentencepiece-like ones, of words, with every Unicode form, and those that pad or cut."""
    mark = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}
    forms = [{"type": kind} for kind in ("NFKD", "NFKC", "StripAccents", "Lowercase")]
    kinds = [
        {"pre_tokenizer": mark, "decoder": mark},
        {"normalizer": several("normalizers", [*forms, replacing(" ", "▁")])},
        {"pre_tokenizer": split(r"\p{Han}+|\s*[\r\n]+|\s+(?!\S)|\s+|\S+")},
        {"truncation": {"direction": "Right", "max_length": 5, "strategy": "LongestFirst",
                        "stride": 0}},
        {"padding": {"strategy": {"Fixed": 10**9}, "direction": "Right", "pad_to_multiple_of": None,
                     "pad_id": 0, "pad_type_id": 0, "pad_token": "x"}},
        {"model": {"type": "WordLevel", "vocab": {"one": 0, "two": 1}, "unk_token": ""},
         "pre_tokenizer": {"type": "Whitespace"}, "added_tokens": [], "decoder": None},
    ]  # fmt: skip
    for number, changes in enumerate(kinds):
        path = tokenizer_file(tmp_path / str(number), **changes)
        assert load_tokenizer_file(path).encode("one two").ids.size > 0


def test_the_child_starts_without_heavy_libraries():
    program = (
        "import sys, visualizer.engine.tokenizer_child\n"
        "print({'torch', 'transformers', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json", "tokenizer_config.json"])
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path, name):
    folder = tokenizer_file(tmp_path / "folder").parent
    if name == "tokenizer_config.json":
        (folder / "tokenizer.json").unlink()
        (folder / "vocab.json").write_text("{}")
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    with pytest.raises(ReadError, match="it is a pipe or a device"):
        load_tokenizer(folder, "x")
