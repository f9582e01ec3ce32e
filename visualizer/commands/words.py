"""`--token` of `visualizer predict`: how likely words are, token by token."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence

import numpy as np

from visualizer.commands.opening import OpenedModel
from visualizer.commands.tables import table
from visualizer.engine.errors import UsageError
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.engine.records import ForwardRecord
from visualizer.engine.sampling import SamplingParams, shape_distribution
from visualizer.engine.tokenization import display_text
from visualizer.session.asked_tokens import MOST_KEPT_CHARS, word_ids
from visualizer.session.json_reports import Report, token_bytes
from visualizer.session.resolve import rank_of
from visualizer.session.word_facts import Word


def add_words(parser: argparse.ArgumentParser) -> None:
    """Declare `--token`."""
    parser.add_argument(
        "--token",
        action="append",
        default=[],
        metavar="WORD",
        help="also give the probability of this token or word, exactly as written: ' step' with "
        "its space, or #1234 for an id; may be given several times",
    )


def word_reports(
    opened: OpenedModel, forward: ForwardRecord, words: Sequence[str], sampling: SamplingParams
) -> list[Report]:
    """What is known of each word after the position of `forward`.

    Raises:
        UsageError: A word is empty, too long or has no tokens, or an id does not exist.
    """
    model = opened.model
    for word in words:
        if len(word) > MOST_KEPT_CHARS:
            raise UsageError("--token takes a word of at most {n} characters.", n=MOST_KEPT_CHARS)
    ids = [word_ids(word, model.tokenizer, model.vocabulary_size) for word in words]
    paths = _paths(opened, forward, tuple(dict.fromkeys(ids)))
    before = forward.tokenization.ids[: forward.position + 1]
    shaped = shape_distribution(forward.logits, sampling, before)
    reports = []
    for word, path in zip(words, ids, strict=True):
        logprobs = paths[path]
        report: Report = {
            "word": word,
            "prob": _known(math.exp(logprobs.sum())),
            "logprob": _known(float(logprobs.sum())),
            "tokens": [
                {
                    "id": token_id,
                    "text": token_bytes(model, token_id).decode("utf-8", "replace"),
                    "bytes": token_bytes(model, token_id).hex(),
                    "prob": _known(math.exp(logprob)),
                    "logprob": _known(logprob),
                }
                for token_id, logprob in zip(path, logprobs.tolist(), strict=True)
            ],
        }
        if len(path) == 1:
            report["rank"] = rank_of(forward.logits, path[0])
            report["logit"] = float(forward.logits[path[0]])
            report["sampled_prob"] = float(shaped.sampled_probs[path[0]])
            report["kept"] = bool(shaped.kept[path[0]])
            report["removed_by"] = shaped.removed_by(path[0])
        reports.append(report)
    return reports


def words_table(reports: Sequence[Report]) -> str:
    """The same for a terminal."""
    rows = []
    for report in reports:
        parts = [bytes.fromhex(token["bytes"]) for token in report["tokens"]]
        steps = [
            f"{display_text(data) or '⟨' + str(token['id']) + '⟩'} {_number(token['prob'])}"
            for data, token in zip(parts, report["tokens"], strict=True)
        ]
        rows.append(
            [
                display_text(b"".join(parts)) or report["word"],
                _number(report["prob"]),
                f"{report['rank']:,}" if "rank" in report else "-",
                f"{report['logit']:.3f}" if "logit" in report else "-",
                " × ".join(steps) if len(steps) > 1 else f"id {report['tokens'][0]['id']}",
            ]
        )
    text = table(["word", "prob", "rank", "logit", "step by step"], rows, "<>>><")
    if any(report["prob"] is None for report in reports):
        text += "\n- the context has no room for all tokens of the word"
    return text


def _paths(
    opened: OpenedModel, forward: ForwardRecord, words: tuple[Word, ...]
) -> dict[Word, np.ndarray]:
    for record in opened.engine.answer(PathRequest(2, forward.position, words)):
        if isinstance(record, PathRecord):
            return dict(zip(record.words, record.logprobs, strict=True))
    raise UsageError("The engine gave no answer for these words.")


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _number(prob: float | None) -> str:
    return "-" if prob is None else f"{prob:.4g}"
