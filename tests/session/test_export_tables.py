"""Bars, tokens, heads and pairs as files of numbers, read back by plain readers."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.attention_records import METRICS, MetricsRecord
from visualizer.engine.errors import UsageError
from visualizer.engine.records import HeadRecord, Prompt
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Treatment
from visualizer.session.export_numbers import numbers_bytes
from visualizer.session.export_subjects import (
    FIGURES,
    FORMATS,
    Exportable,
    suggested_stem,
)
from visualizer.session.export_tables import html_table, tab_separated
from visualizer.session.exports import cell_labels, head_provenance, quoted, visible_part
from visualizer.session.provenance import Provenance
from visualizer.session.state import OverviewDisplay, ViewState
from visualizer.session.views import BarsView, Candidate, HeadView, OverviewView, TokenStripView

WHEN = datetime(2031, 12, 24, 18, 0, 1, tzinfo=UTC)
NASTY = (b"#1", b'"', b",", b"\n", b"a b", "大".encode(), b"\xe5", b"\t", b"x")


def text_of(pieces):
    lengths = [len(piece.decode("utf-8", "replace")) for piece in pieces]
    ends = np.cumsum(lengths, dtype=np.int64)
    ids = np.arange(5, 5 + len(pieces), dtype=np.int64)
    text = b"".join(pieces).decode("utf-8", "replace")
    return Tokenization(text, ids, tuple(pieces), ends - lengths, ends, 0, "made up")


def head(n=9, **changes):
    weights = np.tril(np.random.default_rng(0).random((n, n)) + 0.01).astype(np.float32)
    weights /= weights.sum(1, keepdims=True)
    pieces = [NASTY[i % len(NASTY)] for i in range(n)]
    record = HeadRecord(1, 2, 3, n, (0, n), (0, n), 1, weights)
    view = HeadView(record, text_of(pieces), None, 4, 4, "linear", "one", "a model")
    return replace(view, **changes)


def bars():
    candidates = tuple(
        Candidate(rank, 100 + rank, piece, piece.decode("utf-8", "replace"), -rank / 3,
                  0.1 / rank, 0.2 / rank, rank != 2)
        for rank, piece in enumerate(NASTY, start=1)
    )  # fmt: skip
    return BarsView(8, "x", True, candidates, 0.25, 0.5, 9, 1000, 3.5, None, True)


def tokens():
    text = text_of(NASTY)
    logprobs = -np.arange(9, dtype=np.float64)
    logprobs[0] = np.nan
    return TokenStripView(text, 0, logprobs, np.ones(9))


def overview(**changes):
    values = {name: np.arange(6.0).reshape(2, 3) + place for place, name in enumerate(METRICS)}
    values["induction"] = np.array([[np.nan, 1, 2], [3, 4, 5]])
    metrics = MetricsRecord(1, 9, values, dict.fromkeys(METRICS, 9))
    view = OverviewView(
        np.ones((2, 3, 4, 4), np.float32), 9, 3, 0, 0, None, 3, False, "a model", text_of(NASTY),
        metrics=metrics,
    )  # fmt: skip
    return replace(view, **changes)


def shown(**more):
    state = ViewState(Prompt(text_of(NASTY).text), layer=2, head=3)
    return Exportable(
        state, "a model", Provenance("ab" * 32), head(), overview(), bars(), tokens(), **more
    )


def table(data):
    comment, _, rest = data.decode("utf-8").partition("\n")
    json.loads(comment.removeprefix("# "))
    return list(csv.reader(io.StringIO(rest)))


@pytest.mark.parametrize("subject", ["head", "overview", "bars", "tokens"])
@pytest.mark.parametrize("kind", ["csv", "npz", "json"])
def test_the_same_moment_gives_the_same_bytes_and_valid_files(subject, kind):
    data = numbers_bytes(shown(), subject, kind, WHEN)
    assert data == numbers_bytes(shown(), subject, kind, WHEN)
    if kind == "json":
        assert json.loads(data)["provenance"]["date"] == "2031-12-24T18:00:01Z"
    elif kind == "csv":
        assert len({len(row) for row in table(data)}) == 1
    else:
        archive = np.load(io.BytesIO(data), allow_pickle=False)
        assert all(archive[name].dtype.kind in "Uif" for name in archive.files)


def test_names_with_signs_that_csv_knows_come_back():
    rows = table(numbers_bytes(shown(), "head", "csv"))
    names = [row[0] for row in rows[1:]]
    assert names == rows[0][1:]
    assert names[0] == "0 #1"
    numbers = np.array([row[1:] for row in rows[1:]], np.float32)
    assert np.array_equal(numbers, shown().head.record.weights)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))))
def test_a_field_is_quoted_where_it_has_to_be(texts):
    line = ",".join(map(quoted, texts)) + "\n"
    if len(texts) > 1:
        assert next(csv.reader(io.StringIO(line, newline=""))) == texts
    bare = [part for part in line.split('"')[::2]]
    assert not any("#" in part for part in bare)  # else it would begin a comment


def test_json_of_a_head_has_the_same_numbers():
    view = head()
    report = json.loads(numbers_bytes(shown(), "head", "json"))
    assert np.array_equal(np.array(report["weights"], np.float32), view.record.weights)
    assert (report["layer"], report["head"], report["block"]) == (2, 3, 1)
    assert len(report["tokens"]) == 9
    assert report["row_labels"] == report["column_labels"]


def test_bars_as_a_table():
    rows = table(numbers_bytes(shown(), "bars", "csv"))
    assert rows[0] == ["rank", "id", "text", "bytes", "logit", "prob", "sampled_prob", "kept"]
    assert [row[2] for row in rows[1:-1]] == [c.text for c in bars().candidates]
    assert [bytes.fromhex(row[3]) for row in rows[1:-1]] == list(NASTY)
    assert [float(row[5]) for row in rows[1:-1]] == [c.prob for c in bars().candidates]
    assert rows[-1] == ["", "", "everything else", "", "", "0.25", "0.5", ""]
    report = json.loads(numbers_bytes(shown(), "bars", "json"))
    assert report["rows"][1]["kept"] is False
    assert report["entropy_bits"] == 3.5


def test_tokens_as_a_table():
    rows = table(numbers_bytes(shown(), "tokens", "csv"))
    assert rows[1][6:] == ["", "", "1.0", "", ""]  # nothing comes before the first
    assert float(rows[3][7]) == pytest.approx(2 / np.log(2))
    archive = np.load(io.BytesIO(numbers_bytes(shown(), "tokens", "npz")))
    assert np.isnan(archive["logprobs"][0])
    assert archive["logprobs"][1:].tolist() == [-float(i) for i in range(1, 9)]
    assert archive["ranks"].tolist() == [0] * 9
    assert np.isnan(archive["margins"]).all()


def test_ranks_and_margins_of_tokens():
    views = shown()
    ranks, margins = np.arange(9), np.array([np.nan, *np.linspace(2, -5, 8)])
    views = replace(views, tokens=replace(views.tokens, ranks=ranks, margins=margins))
    rows = table(numbers_bytes(views, "tokens", "csv"))
    assert rows[0][-2:] == ["rank", "margin"]
    assert [row[-2] for row in rows[1:]] == ["", *map(str, range(1, 9))]
    assert [row[-1] for row in rows[1:]] == ["", *map(repr, margins[1:].tolist())]
    objects = json.loads(numbers_bytes(views, "tokens", "json"))["rows"]
    assert (objects[0]["rank"], objects[3]["rank"]) == (None, 3)
    archive = np.load(io.BytesIO(numbers_bytes(views, "tokens", "npz")))
    np.testing.assert_array_equal(archive["ranks"], ranks)
    np.testing.assert_array_equal(archive["margins"], margins)


def test_metrics_of_heads_as_a_table_in_the_order_on_show():
    rows = table(numbers_bytes(shown(), "overview", "csv"))
    assert rows[0] == ["layer", "head", *METRICS]
    assert [row[:2] for row in rows[1:3]] == [["0", "0"], ["0", "1"]]
    place = rows[0].index("induction")
    assert [row[place] for row in rows[1:]] == ["", "1.0", "2.0", "3.0", "4.0", "5.0"]
    scores = np.arange(6.0).reshape(2, 3)
    ranked = overview(
        scores=scores, ranking=((1, 2), (0, 1)), display=OverviewDisplay(order="local")
    )
    rows = table(numbers_bytes(replace(shown(), overview=ranked), "overview", "csv"))
    assert [row[:3] for row in rows] == [
        ["layer", "head", "score"], ["1", "2", "5.0"], ["0", "1", "1.0"],
    ]  # fmt: skip
    archive = np.load(io.BytesIO(numbers_bytes(shown(), "overview", "npz")))
    assert archive["metrics.previous_token"].shape == (2, 3)


def test_what_is_not_there_or_cannot_be_is_said():
    empty = Exportable()
    for subject, kinds in FORMATS.items():
        for kind in set(kinds) - set(FIGURES):
            with pytest.raises(UsageError, match=r"on show|inspected|surprise|no steps|pinned"):
                numbers_bytes(empty, subject, kind)
    with pytest.raises(UsageError, match="cannot be written as NPZ"):
        numbers_bytes(shown(), "pair", "npz")
    with pytest.raises(UsageError, match="cannot be written as PNG"):
        numbers_bytes(shown(), "head", "png")


# ------------------------------------------------------------------- parts, units, treatments


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 40), st.integers(1, 7), st.data(),
)  # fmt: skip
def test_a_part_has_the_cells_under_it(n, block, data):
    cells = -(-n // block)
    weights = np.arange(cells * cells, dtype=np.float32).reshape(cells, cells)
    record = HeadRecord(1, 0, 0, n, (0, n), (0, n), block, weights)
    first, end = sorted(data.draw(st.lists(st.integers(0, n), min_size=2, max_size=2, unique=True)))
    left, right = sorted(
        data.draw(st.lists(st.integers(0, n), min_size=2, max_size=2, unique=True))
    )
    view = replace(head(), record=record, visible=(first, end, left, right))
    part = visible_part(view).record
    assert part.rows[0] <= first < end <= part.rows[1]
    assert part.rows[0] == first // block * block
    assert part.weights.shape == (
        -(-(part.rows[1] - part.rows[0]) // block), -(-(part.columns[1] - part.columns[0]) // block)
    )  # fmt: skip
    assert part.weights[0, 0] == weights[first // block, left // block]
    assert part.weights[-1, -1] == weights[(end - 1) // block, (right - 1) // block]


def test_a_zoomed_map_is_cut_from_its_tile():
    n = 16
    pooled = HeadRecord(1, 0, 0, n, (0, n), (0, n), 4, np.full((4, 4), 0.9, np.float32))
    exact = np.arange(64, dtype=np.float32).reshape(8, 8) / 100
    tile = HeadRecord(1, 0, 0, n, (4, 12), (0, 8), 1, exact)
    view = replace(head(n), record=pooled, tile=tile, visible=(5, 7, 2, 5))
    part = visible_part(view)
    assert (part.record.block, part.record.rows, part.record.columns) == (1, (5, 7), (2, 5))
    assert np.array_equal(part.record.weights, exact[1:3, 2:5])
    outside = visible_part(replace(view, visible=(0, 7, 2, 5)))  # the tile does not reach there
    assert (outside.record.block, outside.record.rows) == (4, (0, 8))
    assert visible_part(replace(view, visible=None)).record is pooled
    assert visible_part(replace(view, visible=(90, 99, 0, 2))).record is pooled


def test_a_sink_is_cut_with_its_rows():
    view = head(4)
    sink = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    view = replace(view, record=replace(view.record, sink=sink), visible=(1, 3, 0, 2))
    assert visible_part(view).record.sink.tolist() == sink[1:3].tolist()


def test_words_name_the_axes():
    text = text_of([b"a", b"b", b" c", b"d", b"e"])
    starts = np.array([0, 2, 4, 5])
    assert cell_labels(text, (0, 3), 1, 3, starts) == ["0 ab", "1 ·cd", "2 e"]
    assert cell_labels(text, (0, 3), 2, 2, starts) == ["0-1", "2 e"]


def test_a_treatment_and_members_are_among_the_facts():
    view = head()
    treatment = Treatment(("first", "diagonal"), True, 0.9, "words")
    record = replace(view.record, treatment=treatment, members=((1, 2), (3, 4)))
    facts = head_provenance(replace(view, record=record, top=0.25), WHEN)
    assert facts["members"] == "1.2 3.4"
    assert (facts["hidden"], facts["discount"]) == ("first diagonal", "yes")
    assert (facts["top_mass"], facts["granularity"], facts["scale_top"]) == ("0.9", "words", "0.25")
    views = replace(shown(), head=replace(view, record=record))
    state = json.loads(views.document("head"))
    assert state["pins"] == [[1, 2], [3, 4]]
    assert state["pins_as_mean"] is True
    assert suggested_stem(views, "head") == "a-model-mean-of-2-heads"


def test_names_of_files_are_plain():
    views = replace(shown(), model_name="../über/模型 🙂\n" + "x" * 300)
    for subject in ("head", "overview", "bars", "tokens"):
        stem = suggested_stem(views, subject)
        assert stem.isascii()
        assert "/" not in stem
        assert len(stem) < 120
    assert suggested_stem(replace(views, model_name="🙂"), "bars") == "model-next-token"


def test_tables_for_the_clipboard():
    rows = [["a\tb", "1"], ["<c> & d\n", "2"]]
    assert tab_separated(rows) == "a b\t1\n<c> & d \t2\n"
    html = html_table(["n", "v"], rows, n_names=1)
    assert "&lt;c&gt; &amp; d" in html
    assert html.count("<th") == 5  # thead, two columns and two rows
    assert html.count("<td>") == 2
