"""Bars, tokens, heads' metrics and an inspected pair as CSV, NPZ and JSON.

Each has the same facts inside as a head's files; see `exports`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from visualizer.engine.attention_records import METRICS
from visualizer.engine.records import Float64Array
from visualizer.session.exports import (
    comment_line,
    csv_line,
    model_facts,
    npz_bytes,
    overview_provenance,
    text_arrays,
    text_facts,
    token_arrays,
)
from visualizer.session.json_reports import token_list
from visualizer.session.pair_report import pair_report
from visualizer.session.provenance import UNKNOWN, Provenance, known, program_facts
from visualizer.session.views import (
    BarsView,
    Candidate,
    OverviewView,
    PairView,
    TokenStripView,
    WordRow,
)

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Origin:
    """What every file says of itself.

    Attributes:
        model_name, provenance: The model that computed the numbers; "" if there is none.
        when: Time of the export, now if None.
        document: The whole view as JSON, "" for none.
        notes: What else is to be said, text by name.
    """

    model_name: str = ""
    provenance: Provenance = UNKNOWN
    when: datetime | None = None
    document: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Rows under named columns.

    Attributes:
        facts: Where they come from.
        columns: Names.
        rows: A value per column; None where there is none.
    """

    facts: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def csv(self) -> str:
        """As comma-separated values; the facts are a comment in the first line."""
        lines = [comment_line(self.facts), csv_line(self.columns)]
        lines += [csv_line(map(_field, row)) for row in self.rows]
        return "".join(lines)

    def json(self, **more: object) -> str:
        """As one object: the facts, `more`, and a list of objects under "rows"."""
        report = {"provenance": dict(self.facts), **more, "rows": self.objects()}
        return json.dumps(report, allow_nan=False) + "\n"

    def objects(self) -> list[dict[str, Value]]:
        """A value by the name of its column, for each row; None for what JSON cannot hold."""
        return [
            {name: _json_value(value) for name, value in zip(self.columns, row, strict=True)}
            for row in self.rows
        ]

    def npz(self, **more: npt.NDArray[np.generic]) -> bytes:
        """As an archive with an array per column."""
        columns = {
            name: _array([row[place] for row in self.rows])
            for place, name in enumerate(self.columns)
        }
        return npz_bytes({**columns, **more, **text_arrays(self.facts)})

    def tsv(self) -> str:
        """With tabs between the columns, for the clipboard; the facts are left out."""
        rows = [self.columns, *([_field(value) for value in row] for row in self.rows)]
        return tab_separated(rows)

    def html(self) -> str:
        """As an HTML table, for the clipboard."""
        return html_table(
            self.columns, [[_field(value) for value in row] for row in self.rows], n_names=0
        )


# ------------------------------------------------------------------------------------ tables


def bars_table(view: BarsView, origin: Origin) -> Table:
    """The candidates for the next token, likeliest first, everything else, and followed words.

    Columns: rank; id; text, for display; bytes, in hexadecimal; logit; prob and sampled_prob,
    before and after sampling parameters; kept, 1 where it can still be drawn; old_prob, prob
    before the last edit of the text, where that is known. The row after the candidates has only
    its probabilities and the text "everything else". Rows after that are the words that were
    asked for, which are candidates or part of everything else; one of several tokens has no
    rank, id and logit, and its prob is the product along its tokens.
    """
    facts = origin_facts(
        origin,
        {"position": str(view.position), "position_text": view.position_text},
    )
    has_old = view.old_probs is not None
    old = view.old_probs.tolist() if view.old_probs is not None else [None] * len(view.candidates)
    rest: tuple[Value, ...] = (None, None, "everything else", None, None)
    rest += (view.rest_prob, view.rest_sampled_prob, None, view.rest_old_prob)
    rows = [_candidate_row(c, prob) for c, prob in zip(view.candidates, old, strict=True)]
    rows = [*rows, rest, *map(_word_row, view.words)]
    columns = ("rank", "id", "text", "bytes", "logit", "prob", "sampled_prob", "kept", "old_prob")
    n = len(columns) if has_old else len(columns) - 1
    return Table(facts, columns[:n], tuple(row[:n] for row in rows))


def _candidate_row(c: Candidate, old_prob: float | None) -> tuple[Value, ...]:
    numbers = (c.logit, c.prob, c.sampled_prob, c.kept, old_prob)
    return (c.rank, c.token_id, c.text, c.data.hex(), *numbers)


def _word_row(row: WordRow) -> tuple[Value, ...]:
    if row.candidate is not None:
        return _candidate_row(row.candidate, row.old_prob)
    prob = None if math.isnan(row.prob) else row.prob
    return (None, None, row.text, row.data.hex(), None, prob, None, None, row.old_prob)


def tokens_table(view: TokenStripView, origin: Origin) -> Table:
    """The text as tokens.

    Columns: index; id; text; bytes, in hexadecimal; start and end, in code points; logprob,
    natural; surprise_bits; entropy_bits, of the distribution after the token; rank, from 1 for
    the token that was likeliest; margin, log-probability less that of the likeliest other token.
    """
    facts = origin_facts(origin, text_facts(view.tokenization))
    rows = []
    for place, token in enumerate(token_list(view.tokenization)):
        logprob = number_at(view.logprobs, place)
        bits = None if logprob is None else max(-logprob / math.log(2), 0.0)
        named = (token[name] for name in ("index", "id", "text", "bytes", "start", "end"))
        entropy, margin = number_at(view.entropies_bits, place), number_at(view.margins, place)
        rank = None if view.ranks is None else int(view.ranks[place]) or None
        rows.append((*named, logprob, bits, entropy, rank, margin))
    columns = ("index", "id", "text", "bytes", "start", "end", "logprob", "surprise_bits")
    return Table(facts, (*columns, "entropy_bits", "rank", "margin"), tuple(rows))


def heads_table(view: OverviewView, origin: Origin) -> Table:
    """What every head does on the text: a row per head, in the order on show.

    Columns: layer; head; score, what heads are ranked by, if they are; each metric that is
    known, by its name.
    """
    heads = view.heads if view.ranking is None else view.ranking
    metrics = view.metrics.values if view.metrics is not None else {}
    values: dict[str, Float64Array] = {} if view.scores is None else {"score": view.scores}
    values.update({name: metrics[name] for name in METRICS if name in metrics})
    facts = overview_provenance(view, origin.when, origin.document)
    rows = tuple((*pin, *(float(array[pin]) for array in values.values())) for pin in heads)
    return Table(facts, ("layer", "head", *values), rows)


def pair_table(view: PairView, origin: Origin) -> Table:
    """The score of a query and a key, taken apart: a row per channel.

    Columns: channel; query and key, as attention is called with them; product.
    """
    record = view.record
    facts = origin_facts(
        origin,
        {
            "layer": str(record.layer),
            "head": str(record.head),
            "query": str(record.query),
            "key": str(record.key),
            "score": repr(record.score),
            "weight": repr(record.weight),
            **text_facts(view.tokenization),
        },
    )
    rows = zip(
        range(len(record.products)),
        record.query_vector.astype(str).tolist(),
        record.key_vector.astype(str).tolist(),
        record.products.tolist(),
        strict=True,
    )
    return Table(
        facts,
        ("channel", "query", "key", "product"),
        tuple((channel, float(q), float(k), product) for channel, q, k, product in rows),
    )


def pair_json(view: PairView, origin: Origin) -> str:
    """All parts of an inspected pair, as `visualizer pair --json` writes them."""
    facts = dict(pair_table(view, origin).facts)
    return json.dumps({"provenance": facts, **pair_report(view)}, allow_nan=False) + "\n"


def tokens_npz(view: TokenStripView, origin: Origin) -> bytes:
    """The tokens as arrays: those of `head_npz`, and the columns of `tokens_table`."""
    n = len(view.tokenization)
    missing = np.full(n, np.nan)
    return npz_bytes(
        {
            **text_arrays(tokens_table(view, origin).facts),
            **token_arrays(view.tokenization),
            "starts": view.tokenization.starts,
            "ends": view.tokenization.ends,
            "logprobs": missing if view.logprobs is None else view.logprobs,
            "entropies_bits": missing if view.entropies_bits is None else view.entropies_bits,
            "ranks": np.zeros(n, np.int64) if view.ranks is None else view.ranks,
            "margins": missing if view.margins is None else view.margins,
        }
    )


def origin_facts(origin: Origin, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The model, what else is to be said, the program and the view."""
    return known(
        {
            **model_facts(origin.model_name, origin.provenance),
            **(more or {}),
            **origin.notes,
            **program_facts(origin.when),
            "view": origin.document,
        }
    )


# ------------------------------------------------------------------------------------ values


def tab_separated(rows: Iterable[Sequence[str]]) -> str:
    """Rows as text that a spreadsheet takes from the clipboard."""
    lines = []
    for row in rows:
        # A tab or a line end inside a field would begin another one.
        cells = ("".join(" " if c in "\t\r\n" else c for c in text) for text in row)
        lines.append("\t".join(cells) + "\n")
    return "".join(lines)


def html_table(header: Sequence[str], rows: Iterable[Sequence[str]], *, n_names: int) -> str:
    """A table with a header; the first `n_names` cells of each row name it."""
    head = "".join(f'<th scope="col">{_escaped(text)}</th>' for text in header)
    lines = [f"<thead><tr>{head}</tr></thead>", "<tbody>"]
    for row in rows:
        names = (f'<th scope="row">{_escaped(text)}</th>' for text in row[:n_names])
        cells = (f"<td>{_escaped(text)}</td>" for text in row[n_names:])
        lines.append(f"<tr>{''.join(names)}{''.join(cells)}</tr>")
    return "<table>\n" + "\n".join([*lines, "</tbody>"]) + "\n</table>\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def number_at(values: Float64Array | None, place: int) -> float | None:
    """A value, None where it is not known."""
    if values is None or math.isnan(values[place]):
        return None
    return float(values[place])


def _field(value: Value) -> str:
    """A value as text that reads back as the same; nothing for what is not known."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else repr(value)


def _json_value(value: Any) -> Any:
    """As JSON has it: numbers that it cannot hold are null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _array(values: list[Value]) -> npt.NDArray[np.generic]:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str} and kinds:
        return np.array([value or "" for value in values], dtype=np.str_)
    if kinds <= {int} and None not in values:
        return np.array(values, dtype=np.int64)
    return np.array([math.nan if value is None else float(value) for value in values])
