"""What the command line prints as JSON; resources/decisions/0006-command-line.md describes it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from visualizer.engine.attention_records import MetricsRecord, RegionRecord
from visualizer.engine.records import (
    Float64Array,
    ForwardRecord,
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    HeadRecord,
    Member,
    ModelRecord,
)
from visualizer.engine.sampling import SamplingParams, rank_candidates, shape_distribution
from visualizer.engine.tokenization import Tokenization, split_pending
from visualizer.engine.treatment import UNTREATED
from visualizer.session.head_labels import HeadLabel, uniform_metrics
from visualizer.session.hidden_cells import hidden_cells
from visualizer.session.pipeline_view import PipelineQuestion, pipeline_view, stage_list

Report = dict[str, Any]


def tokens_report(tokenization: Tokenization) -> Report:
    """The answer of `visualizer tokens`."""
    report: Report = {
        "encoding": tokenization.encoding,
        "text": tokenization.text,
        "tokens": token_list(tokenization),
    }
    if not tokenization.is_lossless:
        report["lossless"] = False
    return report


def token_list(tokenization: Tokenization) -> list[Report]:
    """Each token's index, id, text, bytes and span.

    A token that the tokenizer added by itself has no bytes of the text and is marked as added.
    """
    tokens: list[Report] = []
    for token in map(tokenization.token, range(len(tokenization))):
        added = token.index < tokenization.n_added
        entry: Report = {
            "index": token.index,
            "id": token.id,
            "text": token.text,
            "bytes": "" if added else token.data.hex(),
            "start": token.start,
            "end": token.end,
        }
        if added:
            entry["added"] = True
        tokens.append(entry)
    return tokens


def predict_report(
    model: ModelRecord,
    forward: ForwardRecord,
    logprobs: Float64Array,
    sampling: SamplingParams,
    n_candidates: int,
) -> Report:
    """The answer of `visualizer predict`.

    Args:
        model: Which ran.
        forward: Logits after one token of the prompt.
        logprobs: (T,) of each prompt token, NaN where there is none.
        sampling: Shapes `sampled_prob`; the text so far is what it may repeat.
        n_candidates: Most candidates to list.
    """
    logits, ids = forward.logits, forward.tokenization.ids
    before = ids[: forward.position + 1]
    shaped = shape_distribution(logits, sampling, before)
    question = PipelineQuestion(logits, before, sampling, 0, forward.position, "")
    candidates = []
    for rank, token_id in enumerate(rank_candidates(logits, n_candidates).tolist(), start=1):
        data = token_bytes(model, token_id)
        candidates.append(
            {
                "rank": rank,
                "id": token_id,
                "text": data.decode("utf-8", "replace"),
                "bytes": data.hex(),
                "logit": float(logits[token_id]),
                "prob": float(shaped.probs[token_id]),
                "sampled_prob": float(shaped.sampled_probs[token_id]),
                "kept": bool(shaped.kept[token_id]),
                "removed_by": shaped.removed_by(token_id),
            }
        )
    return {
        "model": model.name,
        "device": model.device,
        "dtype": model.dtype,
        "prompt_tokens": ids.tolist(),
        "position": forward.position,
        "entropy_bits": shaped.entropy_bits,
        "candidates": candidates,
        "token_logprobs": [None if math.isnan(x) else x for x in logprobs.tolist()],
        "stages": stage_list(pipeline_view(question)),
    }


def generate_report(
    model: ModelRecord,
    request: GenerateRequest,
    prompt: str,
    generated: Sequence[GeneratedRecord],
    ended: GenerationEnded,
) -> Report:
    """The answer of `visualizer generate`; `prompt` is the text as tokenised."""
    text, pending = split_pending(b"".join(record.data for record in generated))
    total_ms = sum(record.elapsed_ms for record in generated)
    report: Report = {
        "model": model.name,
        "seed": request.seed,
        "prompt": prompt,
        "completion": text + pending.decode("utf-8", "replace"),
        "tokens": [_generated(model, record) for record in generated],
        "stop_reason": ended.stop_reason,
        "tokens_per_second": 1e3 * len(generated) / total_ms if total_ms > 0 else None,
    }
    if ended.stop_string:
        report["stop_string"] = ended.stop_string
    return report


def _generated(model: ModelRecord, record: GeneratedRecord) -> Report:
    step: Report = {
        "id": record.token_id,
        "text": record.data.decode("utf-8", "replace"),
        "bytes": record.data.hex(),
        "logprob": record.logprob,
        "sampled_logprob": record.sampled_logprob,
        "rank": record.rank,
    }
    if record.candidates is not None:
        step["alternatives"] = [
            {
                "id": one.token_id,
                "text": token_bytes(model, one.token_id).decode("utf-8", "replace"),
                "logprob": one.logprob,
                "sampled_logprob": None if math.isinf(one.sampled_logprob) else one.sampled_logprob,
            }
            for one in record.candidates.alternatives()
        ]
    return step


def attention_report(model: ModelRecord, tokenization: Tokenization, head: HeadRecord) -> Report:
    """The answer of `visualizer attention`; a weight that is hidden or left out is None."""
    hidden = hidden_cells(head, tokenization, model.tokenizer.special_ids)
    weights = head.weights.tolist()
    for row, column in () if hidden is None else np.argwhere(hidden).tolist():
        weights[row][column] = None
    report: Report = {
        "model": model.name,
        "layer": head.layer,
        "head": head.head,
        "tokens": token_list(tokenization),
        "weights": weights,
    }
    if hidden is not None:
        report["n_hidden"] = int(hidden.sum())
    if head.sink is not None:
        report["sink"] = head.sink.tolist()
    if head.treatment != UNTREATED:
        report["treatment"] = {
            "hidden": list(head.treatment.hidden),
            "discount": head.treatment.discount,
            "top_mass": head.treatment.top_mass,
            "granularity": head.treatment.granularity,
        }
    if head.unit_starts is not None:
        report["unit_starts"] = head.unit_starts.tolist()
    return report


def heads_report(
    model: ModelRecord,
    tokenization: Tokenization,
    metrics: MetricsRecord,
    region: RegionRecord | None,
    labels: Mapping[Member, tuple[HeadLabel, ...]],
    heads: Sequence[Member],
    *,
    order: str,
    ascending: bool,
) -> Report:
    """The answer of `visualizer heads`.

    Args:
        model: Which ran.
        tokenization: The text.
        metrics: Of all heads on it.
        region: Weight of all heads in a region, None where none was asked for.
        labels: Of the heads that have some.
        heads: Those to list, in this order.
        order: What they are ranked by; "model" for layer by layer.
        ascending: Whether the lowest come first.
    """
    listed = []
    for member in heads:
        entry: Report = {
            "layer": member[0],
            "head": member[1],
            "labels": [
                {"name": one.name, "score": one.score, "uniform": one.uniform}
                for one in labels.get(member, ())
            ],
            "metrics": {name: _known(values[member]) for name, values in metrics.values.items()},
        }
        if region is not None:
            entry["region"] = _known(region.mass[member])
        listed.append(entry)
    report: Report = {
        "model": model.name,
        "device": model.device,
        "dtype": model.dtype,
        "tokens": token_list(tokenization),
        "order": order,
        "ascending": ascending,
        "n_queries": dict(metrics.n_queries),
        "uniform": {k: _known(v) for k, v in uniform_metrics(tokenization.ids).items()},
        "heads": listed,
    }
    if region is not None:
        report["region"] = {"rows": list(region.rows), "columns": list(region.columns)}
    return report


def _known(value: float) -> float | None:
    """The number, None where it is not defined."""
    return None if math.isnan(value) else float(value)


def token_bytes(model: ModelRecord, token_id: int) -> bytes:
    """Bytes of a token; none for a row of the model that its tokenizer does not know."""
    tokenizer = model.tokenizer
    return tokenizer.token_bytes(token_id) if token_id < tokenizer.vocabulary_size else b""
