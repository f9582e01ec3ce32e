"""The surprise of a text, token by token, as a table for files."""

from __future__ import annotations

import math

import numpy as np

from visualizer.session.export_tables import Origin, Table, Value, number_at, origin_facts
from visualizer.session.exports import text_facts
from visualizer.session.json_reports import token_list
from visualizer.session.surprise_timeline import SurpriseTimelineView, surprise_figures

SURPRISE_COLUMNS = (
    "index",
    "id",
    "text",
    "bytes",
    "surprise_bits",
    "logprob",
    "rank",
    "margin",
    "entropy_bits",
)


def surprise_table(view: SurpriseTimelineView, origin: Origin) -> Table:
    """A row for each token.

    Columns: index; id; text; bytes, in hexadecimal; surprise_bits, -log2 of the probability given
    the tokens before; logprob, the same as a natural logarithm; rank, from 1 for the token that
    was likeliest; margin, log-probability less that of the likeliest other token; entropy_bits,
    of the distribution after the token. A value that is not known is left out, as the surprise of
    the first token, which has nothing before it.
    """
    rows: list[tuple[Value, ...]] = []
    for place, token in enumerate(token_list(view.tokenization)):
        bits = number_at(view.surprise_bits, place)
        rank = None if view.ranks is None else int(view.ranks[place]) or None
        rows.append(
            (
                *(token[name] for name in ("index", "id", "text", "bytes")),
                bits,
                None if bits is None else 0.0 - bits * math.log(2),
                rank,
                number_at(view.margins, place),
                number_at(view.entropies_bits, place),
            )
        )
    return Table(surprise_facts(view, origin), SURPRISE_COLUMNS, tuple(rows))


def surprise_facts(view: SurpriseTimelineView, origin: Origin) -> dict[str, str]:
    """Where the numbers come from, and what the text comes to."""
    figures = {
        name: "" if value is None else repr(value)
        for name, value in surprise_figures_of(view).items()
    }
    return origin_facts(origin, {**figures, **text_facts(view.tokenization)})


def surprise_figures_of(view: SurpriseTimelineView) -> dict[str, float | int | None]:
    """What the whole text comes to; None for what is not known or beyond the largest number.

    Keys: n_tokens; n_scored, tokens whose surprise is known; total_bits; mean_bits; perplexity.
    """
    figures = surprise_figures(view)
    values: dict[str, float | int | None] = {
        "n_tokens": figures.n_tokens,
        "n_scored": figures.n_scored,
        "total_bits": figures.total_bits,
        "mean_bits": figures.mean_bits,
        "perplexity": figures.perplexity,
    }
    return {
        name: None if value is not None and not np.isfinite(value) else value
        for name, value in values.items()
    }
