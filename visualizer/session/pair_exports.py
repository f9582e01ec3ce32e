"""A pair of tokens as files: JSON with all its parts, CSV of its dimensions and of its row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from visualizer.engine.attention_records import PairRecord
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.exports import head_name
from visualizer.session.pair_reading import by_contribution, rank_of_pair, ranking, written_share
from visualizer.session.provenance import known, program_facts
from visualizer.session.views import PairView

PAIR_FORMATS = ("json", "dimensions.csv", "row.csv")
"""What a pair can be written as; each is also how the file's name ends."""

Report = dict[str, Any]


def pair_name(record: PairRecord) -> str:
    """How a pair is written in one line: "L14·H8 query 9 key 3"."""
    head = head_name(record.layer, record.head)
    return f"{head} query {record.query} key {record.key}"


def pair_report(view: PairView) -> Report:
    """All parts of a pair, with names as in PairRecord, ready for JSON.

    A part that the architecture lacks or that cannot be seen is null; `unavailable` says why.
    """
    record, text = view.record, view.tokenization
    return {
        "model": view.model_name,
        "layer": record.layer,
        "head": record.head,
        "key_value_head": record.key_value_head,
        "query": _token(text, record.query),
        "key": _token(text, record.key),
        "query_vector": record.query_vector.tolist(),
        "key_vector": record.key_vector.tolist(),
        "products": record.products.tolist(),
        "scaling": record.scaling,
        "score": record.score,
        "softcap": record.softcap,
        "capped": record.capped,
        "bias": record.bias,
        "is_visible": record.is_visible,
        "window": record.window,
        "sink_logit": record.sink_logit,
        "sink_weight": record.sink_weight,
        "normaliser": record.normaliser,
        "weight": record.weight,
        "rank": rank_of_pair(record),
        "row": [
            {**_token(text, int(key)), "score": float(score), "weight": float(weight)}
            for key, score, weight in zip(
                record.row_keys, record.row_scores, record.row_weights, strict=True
            )
        ],
        "value_norm": record.value_norm,
        "written_norm": record.written_norm,
        "head_output_norm": record.head_output_norm,
        "written_share": written_share(record),
        "parts_error": record.parts_error,
        "candidate": {"id": record.candidate_id, "text": view.candidate_text},
        "logit": record.logit,
        "logit_again": record.logit_again,
        "logit_without": record.logit_without,
        "logit_change": record.logit_change,
        "unavailable": None if record.unavailable is None else str(record.unavailable),
    }


def pair_provenance(view: PairView, when: datetime | None = None) -> dict[str, str]:
    """Where the numbers come from, as in `exports.head_provenance`."""
    record, origin, text = view.record, view.provenance, view.tokenization
    return known(
        {
            "model": view.model_name,
            "weights_sha256": origin.weights_sha256,
            "architecture": origin.architecture,
            "device": origin.device,
            "dtype": origin.dtype,
            "layer": str(record.layer),
            "head": str(record.head),
            "query": str(record.query),
            "key": str(record.key),
            "candidate_id": str(record.candidate_id),
            "tokenizer": text.encoding,
            "prompt": text.text,
            "token_ids": " ".join(map(str, text.ids.tolist())),
            **program_facts(when),
        }
    )


def pair_json(view: PairView, when: datetime | None = None) -> str:
    """The report and its provenance as one JSON object."""
    report = {**pair_report(view), "provenance": pair_provenance(view, when)}
    return json.dumps(report, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def dimensions_csv(view: PairView) -> str:
    """A row per dimension, sorted by its contribution: dimension, query, key, product.

    Numbers have as many digits as give the same float again.
    """
    record = view.record
    order = by_contribution(record)
    query, key = record.query_vector.astype(str), record.key_vector.astype(str)
    products = record.products.astype(str)
    rows = ((int(d), query[d], key[d], products[d]) for d in order)
    return _csv(("dimension", "query", "key", "product"), rows)


def row_csv(view: PairView) -> str:
    """A row per key that the query sees, sorted by weight: rank, key, token, score, weight.

    A learned sink, which takes its share of the softmax, is a last row without a key.
    """
    record, pieces = view.record, view.tokenization.pieces
    rows: list[Sequence[object]] = []
    for rank, place in enumerate(ranking(record).tolist(), start=1):
        key = int(record.row_keys[place])
        score, weight = record.row_scores[place], record.row_weights[place]
        rows.append((rank, key, display_text(pieces[key]), _digits(score), _digits(weight)))
    if record.sink_logit is not None and record.sink_weight is not None:
        rows.append(("", "", "sink", _digits(record.sink_logit), _digits(record.sink_weight)))
    return _csv(("rank", "key", "token", "score", "weight"), rows)


def pair_file(view: PairView, kind: str, when: datetime | None = None) -> bytes:
    """A pair as a file; `kind` is one of PAIR_FORMATS."""
    if kind == "json":
        return pair_json(view, when).encode("utf-8")
    text = dimensions_csv(view) if kind == "dimensions.csv" else row_csv(view)
    return text.encode("utf-8")


def _token(text: Tokenization, index: int) -> Report:
    return {
        "index": index,
        "id": int(text.ids[index]),
        "text": display_text(text.pieces[index]),
    }


def _digits(number: float) -> str:
    return str(np.float64(number))


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
