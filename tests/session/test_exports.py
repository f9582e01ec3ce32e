"""Files of one head, read back with the readers that users have."""

from __future__ import annotations

import csv
import io
import json
import string
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.errors import UsageError
from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.session.exports import (
    cell_labels,
    cell_tokens,
    head_csv,
    head_name,
    head_npz,
    head_provenance,
    named_format,
    overview_npz,
    overview_provenance,
)
from visualizer.session.provenance import Provenance, facts_json, provenance_of
from visualizer.session.views import HeadView, OverviewView

ORIGIN = Provenance("ab" * 32, "llama", "cuda:1", "bfloat16")
WHEN = datetime(2031, 12, 24, 19, 0, 1, 999, tzinfo=timezone(timedelta(hours=1)))


def tokenization(pieces):
    lengths = [len(piece.decode("utf-8", "replace")) for piece in pieces]
    ends = np.cumsum(lengths, dtype=np.int64)
    return Tokenization(
        text=b"".join(pieces).decode("utf-8", "replace"),
        ids=np.arange(100, 100 + len(pieces), dtype=np.int64),
        pieces=tuple(pieces),
        starts=ends - np.array(lengths, dtype=np.int64),
        ends=ends,
        n_added=0,
        encoding="made up",
    )


def view(weights, pieces, *, block=1, sink=None, layer=3, head=5):
    n_tokens = len(pieces)
    return HeadView(
        record=HeadRecord(
            request_id=1,
            layer=layer,
            head=head,
            n_tokens=n_tokens,
            rows=(0, n_tokens),
            columns=(0, n_tokens),
            block=block,
            weights=weights,
            sink=sink,
        ),
        tokenization=tokenization(pieces),
        query=None,
        n_layers=6,
        n_heads=8,
        colour_scale="linear",
        scale_range="one",
        model_name="made-up model",
        provenance=ORIGIN,
    )


def overview(thumbnails, pieces=None, *, block=1):
    text = tokenization(pieces) if pieces is not None else None
    return OverviewView(thumbnails, 4, block, 0, 0, None, 1, False, "made-up model", text, ORIGIN)


def causal(n, seed=0):
    rng = np.random.default_rng(seed)
    weights = np.tril(rng.random((n, n)) + 1e-6)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def words(n):
    return [b" " + letter.encode() for letter in string.ascii_lowercase[:n]]


def rows_of(text):
    comment, _, table = text.partition("\n")
    assert comment.startswith('# {"model": ')
    return list(csv.reader(io.StringIO(table)))


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 12), seed=st.integers(0, 1000))
def test_csv_gives_the_same_float32_back(n, seed):
    weights = causal(n, seed)
    rows = rows_of(head_csv(view(weights, words(n))))
    numbers = np.array([row[1:] for row in rows[1:]]).astype(np.float32)
    assert np.array_equal(numbers, weights)


def test_csv_names_are_unique_and_start_with_an_index():
    pieces = [b" the", b" the", b"=1+1", b',"\n', b"\xe4\xbb"]
    rows = rows_of(head_csv(view(causal(5), pieces)))
    names = rows[0][1:]
    assert len(set(names)) == 5
    assert [name.split(" ")[0] for name in names] == ["0", "1", "2", "3", "4"]
    assert [row[0] for row in rows[1:]] == names
    assert rows[0][0] == "query"
    assert not any("\n" in name for name in names)


def test_csv_says_which_tokens_a_pooled_cell_spans():
    rows = rows_of(head_csv(view(causal(3), words(10), block=4)))
    assert rows[0] == ["query", "0-3", "4-7", "8-9"]


def test_csv_has_the_sink_as_last_column():
    weights = causal(3) * np.float32(0.75)
    sink = np.full(3, 0.25, dtype=np.float32)
    rows = rows_of(head_csv(view(weights, words(3), sink=sink)))
    assert rows[0][-1] == "sink"
    sums = np.array([row[1:] for row in rows[1:]]).astype(np.float64).sum(axis=1)
    assert sums == pytest.approx(np.ones(3), abs=1e-6)


def test_npz_reads_without_pickle_and_agrees_with_the_record():
    weights = causal(4)
    pieces = [b"a", b"\xe4\xbb", b"\x00", "词".encode()]
    archive = np.load(io.BytesIO(head_npz(view(weights, pieces))), allow_pickle=False)
    assert archive["weights"].dtype == np.float32
    assert np.array_equal(archive["weights"], weights)
    assert archive["blocks.3.attn.hook_pattern"].shape == (1, 1, 4, 4)
    assert np.array_equal(archive["blocks.3.attn.hook_pattern"][0, 0], weights)
    assert archive["token_ids"].tolist() == [100, 101, 102, 103]
    assert archive["tokens"][0] == "a"
    assert archive["tokens"][3] == "词"
    assert [bytes.fromhex(text) for text in archive["token_bytes"]] == pieces
    assert str(archive["model"]) == "made-up model"
    assert int(archive["block"]) == 1
    assert "sink" not in archive


def test_npz_of_a_mean_with_a_sink():
    sink = np.linspace(0, 1, 3, dtype=np.float32)
    archive = np.load(io.BytesIO(head_npz(view(causal(3), words(3), sink=sink, head="mean"))))
    assert np.array_equal(archive["sink"], sink)
    assert str(archive["head"]) == "mean"


def test_npz_takes_weights_that_are_not_contiguous():
    weights = causal(8)[::2, ::2]
    archive = np.load(io.BytesIO(head_npz(view(weights, words(4)))))
    assert np.array_equal(archive["weights"], weights)


def test_the_same_view_and_time_give_the_same_bytes():
    one, other = (head_npz(view(causal(3), words(3)), WHEN) for _ in range(2))
    assert one == other
    thumbnails = np.zeros((1, 2, 4, 4), np.float32)
    assert overview_npz(overview(thumbnails), WHEN) == overview_npz(overview(thumbnails), WHEN)


def test_npz_says_where_it_comes_from():
    shown = view(causal(2), words(2))
    archive = np.load(io.BytesIO(head_npz(shown, WHEN)), allow_pickle=False)
    facts = head_provenance(shown, WHEN)
    arrays = {"token_ids": [100, 101], "rows": [0, 2], "columns": [0, 2], "block": 1}
    for key, text in facts.items():
        if key in arrays:
            assert archive[key].tolist() == arrays[key]
        else:
            assert str(archive[key]) == text


def test_npz_of_all_heads():
    rng = np.random.default_rng(0)
    thumbnails = rng.random((3, 2, 2, 2)).astype(np.float32)
    archive = np.load(
        io.BytesIO(overview_npz(overview(thumbnails, words(4), block=2), WHEN)), allow_pickle=False
    )
    assert np.array_equal(archive["thumbnails"], thumbnails)
    assert archive["thumbnails"].dtype == np.float32
    assert int(archive["block"]) == 2
    assert archive["token_ids"].tolist() == [100, 101, 102, 103]
    assert str(archive["prompt"]) == " a b c d"
    assert str(archive["weights_sha256"]) == "ab" * 32
    unknown = np.load(io.BytesIO(overview_npz(overview(thumbnails), WHEN)), allow_pickle=False)
    assert "prompt" not in unknown
    assert "token_ids" not in unknown


def test_cells_of_a_range_that_does_not_start_at_zero():
    assert cell_tokens((10, 21), 4, 0) == (10, 14)
    assert cell_tokens((10, 21), 4, 2) == (18, 21)
    assert cell_labels(tokenization(words(12)), (9, 12), 2, 2) == ["9-10", "11 ·l"]


def test_names():
    assert head_name(14, 8) == "L14·H8"
    assert head_name(2, "mean") == "L2·mean"


def test_provenance_of_a_head():
    facts = head_provenance(view(causal(2), words(2)), WHEN)
    assert facts.pop("application").startswith("visualizer ")
    libraries = facts.pop("libraries")
    assert libraries.startswith("Python 3.")
    assert f"numpy {np.__version__}" in libraries
    assert "torch 2." in libraries
    assert facts == {
        "model": "made-up model",
        "weights_sha256": "ab" * 32,
        "architecture": "llama",
        "device": "cuda:1",
        "dtype": "bfloat16",
        "layer": "3",
        "head": "5",
        "rows": "0 2",
        "columns": "0 2",
        "block": "1",
        "colour_scale": "linear",
        "scale_range": "one",
        "scale_top": "1",
        "palette": "ink",
        "tokenizer": "made up",
        "prompt": " a b",
        "token_ids": "100 101",
        "date": "2031-12-24T18:00:01Z",
    }


def test_the_date_is_now_in_utc():
    before = datetime.now(UTC).replace(microsecond=0)
    date = datetime.fromisoformat(overview_provenance(overview(np.zeros((1, 1, 1, 1))))["date"])
    assert before <= date <= datetime.now(UTC)


def test_what_is_not_known_is_left_out():
    record = view(causal(2), words(2)).record
    bare = HeadView(record, tokenization(words(2)), None, 6, 8, "log", "largest", "m")
    facts = head_provenance(bare, WHEN)
    assert not {"weights_sha256", "architecture", "device", "dtype"} & set(facts)
    assert (facts["colour_scale"], facts["scale_range"]) == ("log", "largest")
    assert "" not in facts.values()
    assert "prompt" not in overview_provenance(overview(np.zeros((1, 1, 1, 1))), WHEN)


def test_provenance_of_a_model():
    model = SimpleNamespace(
        weights_sha256="cd", architecture="gpt2", device="cpu", dtype="float32", name="x"
    )
    assert provenance_of(model) == Provenance("cd", "gpt2", "cpu", "float32")


@settings(deadline=None, max_examples=100)
@given(prompt=st.text(st.characters(codec=None, exclude_categories=())))
def test_any_prompt_survives_in_xml(prompt):
    text = facts_json({"prompt": prompt})
    element = ElementTree.Element("provenance")
    element.text = text
    read = ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8"))
    assert json.loads(read.text) == {"prompt": prompt}


@pytest.mark.parametrize(
    "character", ["\0", "\x0b", "\r", "\x7f", "\x85", "\ud800", "\ufffe", "\uffff"]
)
def test_characters_that_xml_cannot_hold_are_written_as_escapes(character):
    text = facts_json({"prompt": f"a{character}b"})
    assert character not in text
    assert json.loads(text) == {"prompt": f"a{character}b"}


def test_the_ending_names_the_format():
    assert named_format(Path("a.b/head.SVG"), ("png", "svg")) == "svg"
    for name in ("head", "head.", "head.gif", ".png", "png", ""):
        with pytest.raises(UsageError, match=r"should end in \.png, \.svg or \.npz"):
            named_format(Path(name), ("png", "svg", "npz"))
