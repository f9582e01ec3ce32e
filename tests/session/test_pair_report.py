"""What is read off a pair, and its parts as JSON."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.attention_records import PairRecord
from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.pair_reading import (
    by_contribution,
    competitors,
    neighbour,
    rank_of_pair,
    rest_weight,
    written_share,
)
from visualizer.session.pair_report import pair_report
from visualizer.session.views import PairView

PIECES = (b" a", b"\xe5", b"\xa4\xa7", "😀".encode(), b'"x",\n', b" end")


def text(pieces=PIECES):
    n = np.arange(len(pieces), dtype=np.int64)
    joined = b"".join(pieces).decode("utf-8", "replace")
    return Tokenization(joined, n + 100, tuple(pieces), n, n + 1, 0, "made up")


def pair(scores=(0.5, 2.0, 1.0, 2.0, -3.0), key=2, *, sink=None, first=0, **more):
    scores = np.array(scores, np.float64)
    logits = scores if sink is None else np.append(scores, sink)
    normaliser = float(np.log(np.exp(logits).sum()))
    keys = np.arange(first, first + len(scores))
    weights = np.exp(scores - normaliser)
    sees = key in keys
    vectors = np.array([[1.5, -2.0, 0.25], [2.0, 0.5, -4.0]], np.float32)
    products = vectors.astype(np.float64).prod(axis=0)
    values = {
        "request_id": 1, "layer": 3, "head": 5, "key_value_head": 2, "query": int(keys[-1]),
        "key": key, "query_vector": vectors[0], "key_vector": vectors[1], "products": products,
        "scaling": 0.5, "score": 0.5 * float(products.sum()), "softcap": None,
        "capped": 0.5 * float(products.sum()), "bias": None, "is_visible": sees, "window": None,
        "sink_logit": sink, "sink_weight": None if sink is None else math.exp(sink - normaliser),
        "normaliser": normaliser, "weight": float(weights[key - first]) if sees else 0.0,
        "row_keys": keys, "row_scores": scores, "row_weights": weights, "value_norm": 2.0,
        "written_norm": 0.5, "head_output_norm": 2.0, "candidate_id": 7, "logit": 5.0,
        "logit_without": 4.5, "logit_again": 5.0, "parts_error": 1e-7,
    }  # fmt: skip
    return PairRecord(**{**values, **more})


def view(record=None, **more):
    record = pair() if record is None else record
    return PairView(record, text(), "·step", "tiny", **more)


def test_rank_breaks_a_tie_to_the_earlier_token():
    assert rank_of_pair(pair(key=1)) == 1
    assert rank_of_pair(pair(key=3)) == 2
    assert rank_of_pair(pair(key=4)) == 5
    assert rank_of_pair(pair(key=5)) is None


def test_competitors_hold_the_inspected_key_whatever_its_rank():
    shown = competitors(pair(key=4), 2)
    assert [(each.rank, each.key) for each in shown] == [(1, 1), (2, 3), (5, 4)]
    assert [(each.rank, each.key) for each in competitors(pair(key=1), 2)] == [(1, 1), (2, 3)]
    assert [each.key for each in competitors(pair(key=5), 2)] == [1, 3], "unseen: not in the row"
    assert len(competitors(pair(), 99)) == 5
    assert rest_weight(pair(key=4), shown) == pytest.approx(
        pair().row_weights[0] + pair().row_weights[2]
    )


def test_a_window_counts_from_its_first_key():
    record = pair(key=11, first=10)
    assert rank_of_pair(record) == 1
    assert competitors(record, 1)[0].key == 11


def test_neighbours_go_through_the_row_by_rank():
    assert neighbour(pair(key=1), 1) == 3
    assert neighbour(pair(key=3), -1) == 1
    assert neighbour(pair(key=1), -1) is None
    assert neighbour(pair(key=4), 1) is None
    assert neighbour(pair(key=5), 1) == 1, "from an unseen key to the best"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-20, 20), min_size=1, max_size=30),
    st.integers(1, 8),
    st.none() | st.floats(-5, 5),
)
def test_shown_and_left_out_make_the_whole_row(scores, n, sink):
    record = pair(scores, key=len(scores) - 1, sink=sink)
    shown = competitors(record, n)
    total = sum(each.weight for each in shown) + rest_weight(record, shown)
    assert total + (record.sink_weight or 0.0) == pytest.approx(1.0, abs=1e-9)
    assert [each.weight for each in shown] == sorted((e.weight for e in shown), reverse=True)
    assert record.key in {each.key for each in shown}


def test_dimensions_are_sorted_by_contribution():
    assert pair().products.tolist() == [3.0, -1.0, -1.0]
    assert by_contribution(pair()).tolist() == [0, 1, 2]


def test_share_of_what_is_written():
    assert written_share(pair()) == 0.25
    assert written_share(pair(head_output_norm=None, written_norm=None)) is None
    assert written_share(pair(head_output_norm=0.0)) is None


def test_report_names_every_part():
    report = pair_report(view(pair(sink=0.0)))
    record = pair(sink=0.0)
    fields = set(PairRecord.__dataclass_fields__) - {"request_id", "candidate_id"}
    fields -= {"row_keys", "row_scores", "row_weights"}
    assert fields <= set(report)
    assert report["query"]["id"] == 104
    assert report["key"]["id"] == 102
    assert sum(report["products"]) * report["scaling"] == pytest.approx(report["score"])
    assert sum(each["weight"] for each in report["row"]) + report["sink_weight"] == pytest.approx(1)
    assert report["row"][1]["score"] == record.row_scores[1]
    assert report["logit_change"] == 0.5
    assert report["candidate"] == {"id": 7, "text": "·step"}
    assert report["rank"] == 3
    assert report["unavailable"] is None


def test_missing_parts_are_null_with_their_reason():
    reason = VisualizerError("No {what} here.", what="gate")
    record = pair(written_norm=None, head_output_norm=None, logit_without=None, unavailable=reason)
    report = json.loads(json.dumps(pair_report(view(record)), allow_nan=False))
    assert report["written_norm"] is None
    assert report["logit_change"] is None
    assert report["written_share"] is None
    assert report["unavailable"] == "No gate here."
