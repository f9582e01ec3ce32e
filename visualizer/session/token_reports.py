"""What `visualizer tokens` prints as JSON beyond plain tokens: comparisons and look-ups."""

from __future__ import annotations

from typing import Any

from visualizer.session.json_reports import token_list
from visualizer.session.tokenizer_bench import BenchRow, BenchView, n_own, ratio
from visualizer.session.vocabulary_desk import DecodedIds, Entry, TokenFacts

Report = dict[str, Any]


def compare_report(view: BenchView) -> Report:
    """The answer of `visualizer tokens --compare`; every row has tokens."""
    return {
        "text": view.text,
        "characters": view.counts.characters,
        "bytes": view.counts.bytes,
        "words": view.counts.words,
        "tokenizers": [_row_report(row, view) for row in view.rows],
        "stretches": _stretches(view),
    }


def _row_report(row: BenchRow, view: BenchView) -> Report:
    tokens = row.tokenization
    assert tokens is not None
    n_tokens = n_own(tokens)
    report: Report = {
        "name": row.name,
        "n_tokens": n_tokens,
        "tokens_per_word": ratio(n_tokens, view.counts.words),
        "tokens": token_list(tokens),
    }
    if not tokens.is_lossless:
        report["lossless"] = False
    return report


def _stretches(view: BenchView) -> list[Report]:
    alignment = view.alignment
    if alignment is None:
        return []
    return [
        {
            "start_byte": int(alignment.places[number]),
            "end_byte": int(alignment.places[number + 1]),
            "tokens": alignment.firsts[:, number : number + 2].tolist(),
            "same": not bool(alignment.differs[number]),
        }
        for number in range(len(alignment.differs))
    ]


def entry_report(entry: Entry) -> Report:
    """One token of a vocabulary."""
    report: Report = {
        "id": entry.id,
        "text": entry.data.decode("utf-8", "replace"),
        "bytes": entry.data.hex(),
    }
    if entry.is_special:
        report["special"] = True
    return report


def merges_report(facts: TokenFacts) -> Report:
    """The answer of `visualizer tokens --merges`: a token and the steps that built it."""
    steps = None
    if facts.merges is not None:
        steps = [
            {
                "parts": [part.hex() for part in step.parts],
                "merged": None if step.place < 0 else step.place,
                "rank": None if step.rank < 0 else step.rank,
            }
            for step in facts.merges
        ]
    return {
        "encoding": facts.name,
        "token": entry_report(facts.entry),
        "built": facts.is_built,
        "steps": steps,
        "neighbours": [entry_report(entry) for entry in facts.neighbours],
    }


def decode_report(decoded: DecodedIds) -> Report:
    """The answer of `visualizer tokens --decode`."""
    tokens = decoded.tokenization
    return {
        "encoding": tokens.encoding,
        "text": tokens.text,
        "tokens": token_list(tokens),
        "invalid_utf8": [
            {"offset": offset, "bytes": data.hex()} for offset, data in decoded.broken
        ],
    }
