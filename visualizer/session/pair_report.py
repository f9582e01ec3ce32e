"""A pair of tokens as JSON, with all its parts."""

from __future__ import annotations

from typing import Any

from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.pair_reading import rank_of_pair, written_share
from visualizer.session.views import PairView

Report = dict[str, Any]


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


def _token(text: Tokenization, index: int) -> Report:
    return {
        "index": index,
        "id": int(text.ids[index]),
        "text": display_text(text.pieces[index]),
    }
