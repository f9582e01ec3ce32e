"""`visualizer score`: how well the model expects a text, as log-probability and perplexity."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from visualizer.commands.arguments import TEXT_LIMIT, add_json, positive, read_named_text
from visualizer.commands.models import ProgressPrinter
from visualizer.commands.opening import OpenedModel, OpenModel, open_model
from visualizer.commands.out_file import add_out, check_targets, write_out
from visualizer.commands.output import write_json, write_text
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import (
    Float64Array,
    ForwardRequest,
    Int64Array,
    ModelRecord,
    Prompt,
    SurpriseRecord,
)
from visualizer.engine.tokenization import Tokenization
from visualizer.session.export_subjects import Exportable
from visualizer.session.export_tables import Table, Value, number_at
from visualizer.session.json_reports import token_list
from visualizer.session.provenance import provenance_of
from visualizer.session.state import ViewState
from visualizer.session.views import TokenStripView

_DESCRIPTION = """\
The text is read through a window that slides over it: each token is scored once, by the first
window that it is in, which is the one that shows the model most of what comes before it. The
first token of a text has nothing before it and is not scored, nor is what the tokenizer adds.
"""


@dataclass(frozen=True)
class Window:
    """A stretch of tokens that the model reads at once.

    Attributes:
        start, stop: Half-open range of the tokens read.
        scored: The first token that is scored here; the others were, or cannot be.
    """

    start: int
    stop: int
    scored: int


@dataclass(frozen=True, eq=False)
class Scores:
    """What each token of a text was, by the window that scored it.

    Attributes:
        logprobs: (T,) float64, natural log-probability; NaN where it is not scored.
        ranks: (T,) int64, from 1 for the likeliest, ties to the lower id; 0 where not known.
        entropies_bits: (T,) float64, of the distribution that the token was drawn from; NaN
            where it is not scored.
        margins: (T,) float64, log-probability less that of the likeliest other token; NaN where
            not known.
    """

    logprobs: Float64Array
    ranks: Int64Array
    entropies_bits: Float64Array
    margins: Float64Array


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `score`."""
    parser = subparsers.add_parser(
        "score",
        parents=[common],
        help="log-probability and perplexity of a text file",
        description=_DESCRIPTION,
    )
    parser.add_argument(
        "file", metavar="FILE", help=f"a text in UTF-8, {TEXT_LIMIT}; - for standard input"
    )
    parser.add_argument(
        "--window",
        type=positive,
        metavar="N",
        help="tokens that the model reads at once (its context)",
    )
    parser.add_argument(
        "--stride",
        type=positive,
        metavar="N",
        help="tokens from one window's beginning to the next one's (half the window)",
    )
    forms = parser.add_mutually_exclusive_group()
    add_json(forms)
    forms.add_argument(
        "--csv",
        action="store_true",
        help="a row for every token: its log-probability, rank and entropy",
    )
    add_out(
        parser,
        "surprise",
        "write the surprise of every token: a figure, a table or arrays; repeatable",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Print how probable a text is."""
    text = read_named_text(args.file)
    if args.window is not None:
        _check_sizes(args.window, args.stride)
    check_targets(args.out)
    opened = open_model(args)
    window, stride = window_sizes(args.window, args.stride, opened.model)
    tokens = opened.model.tokenizer.encode(text)
    unscored = max(1, tokens.n_added)
    if len(tokens) <= unscored:
        raise UsageError(
            "There is nothing to score: of the text's tokens ({n_tokens}) none has another before "
            "it.",
            n_tokens=len(tokens) - tokens.n_added,
        )
    scores = score_tokens(opened, tokens, window, stride)
    report = score_report(opened.model, tokens, scores.logprobs, window, stride)
    if args.csv:
        write_text(score_table(tokens, scores, report).csv())
    elif args.json:
        rows = score_table(tokens, scores, report).objects()
        write_json({**report, "tokens": rows})
    else:
        write_text(_table(report))
    if args.out:
        write_out(args, _views(opened.model, tokens, scores, (window, stride)), "surprise")
    return 0


def _views(
    model: ModelRecord, tokens: Tokenization, scores: Scores, window: tuple[int, int]
) -> Exportable:
    """The scored text as the window shows it: there an entropy stands with the token before."""
    strip = TokenStripView(
        tokens,
        None,
        scores.logprobs,
        np.append(scores.entropies_bits[1:], np.nan),
        special_ids=model.tokenizer.special_ids,
        ranks=scores.ranks,
        margins=scores.margins,
    )
    return Exportable(
        ViewState(Prompt(tokens.text)),
        model.name,
        provenance_of(model),
        tokens=strip,
        notes={"window": str(window[0]), "stride": str(window[1])},
    )


def window_sizes(window: int | None, stride: int | None, model: ModelRecord) -> tuple[int, int]:
    """Window and stride in tokens, the model's context and half of it where not given.

    Raises:
        UsageError: The window is longer than the context or too short, or the stride is not
            below it.
    """
    size = model.context_length if window is None else window
    if size > model.context_length:
        raise UsageError(
            "A window of {window} tokens is more than the context of {name}: {context_length}.",
            window=size,
            name=model.name,
            context_length=model.context_length,
        )
    _check_sizes(size, stride)
    return size, max(1, size // 2) if stride is None else stride


def _check_sizes(window: int, stride: int | None) -> None:
    if window < 2:
        raise UsageError(
            "A window of {window} token has nothing to predict from: two are the least.",
            window=window,
        )
    if stride is not None and stride >= window:
        raise UsageError(
            "The stride must be below the window of {window} tokens, not {stride}: otherwise a "
            "window's first token would have nothing before it.",
            window=window,
            stride=stride,
        )


def windows(n_tokens: int, window: int, stride: int, unscored: int = 1) -> Iterator[Window]:
    """The windows over a text; every token from `unscored` on is scored in exactly one.

    Args:
        n_tokens: T.
        window: Most tokens in one, at least 2.
        stride: From the beginning of one to that of the next, 1 .. window - 1.
        unscored: Tokens in front that are not scored, at least 1.
    """
    scored = unscored
    for start in range(0, n_tokens, stride):
        stop = min(start + window, n_tokens)
        if stop > scored:
            yield Window(start, stop, scored)
            scored = stop
        if stop == n_tokens:
            return


def score_tokens(opened: OpenedModel, tokens: Tokenization, window: int, stride: int) -> Scores:
    """The scores of each token, from the first window that it is in."""
    n = len(tokens)
    scores = Scores(
        np.full(n, np.nan), np.zeros(n, np.int64), np.full(n, np.nan), np.full(n, np.nan)
    )
    spans = list(windows(n, window, stride, max(1, tokens.n_added)))
    printer = ProgressPrinter(sys.stderr, as_json=False)
    is_said = len(spans) > 1 or sys.stderr.isatty()
    try:
        for number, span in enumerate(spans):
            wanted = scores.logprobs[span.scored : span.stop]
            for found in _surprise(opened, tokens, span, number + 1):
                _take(scores, found, span)
                if is_said:
                    done = int(span.scored + np.count_nonzero(~np.isnan(wanted)))
                    printer.report("Scoring", done, n, "tokens")
                if not np.isnan(wanted).any():
                    break  # the newest come first; the others were scored before
            if np.isnan(wanted).any():
                raise VisualizerError("The engine gave no log-probability for some tokens.")
    finally:
        printer.close()
    return scores


def _take(scores: Scores, found: SurpriseRecord, span: Window) -> None:
    """Put what a window tells of the tokens that it scores in their places."""
    to = slice(span.scored, span.stop)
    first = span.scored - span.start
    scores.logprobs[to] = found.logprobs[first:]
    # What a record tells of a token as the next one stands with the token before.
    scores.entropies_bits[to] = found.entropies_bits[first - 1 : -1]
    if found.ranks is not None:
        scores.ranks[to] = found.ranks[first:]
    if found.margins is not None:
        scores.margins[to] = found.margins[first:]


def _surprise(
    opened: OpenedModel, tokens: Tokenization, span: Window, request_id: int
) -> Iterator[SurpriseRecord]:
    """What is known of the tokens of a window, more of them each time."""
    text = b"".join(tokens.pieces[span.start : span.stop]).decode("utf-8", "replace")
    prompt = Prompt(text, tuple(tokens.ids[span.start : span.stop].tolist()))
    request = ForwardRequest(request_id, prompt, with_overview=False)
    for record in opened.engine.answer(request):
        if isinstance(record, SurpriseRecord):
            yield record


def score_table(tokens: Tokenization, scores: Scores, report: dict[str, Any]) -> Table:
    """A row for each token; 0006-command-line.md describes the columns."""
    rows: list[tuple[Value, ...]] = []
    for place, token in enumerate(token_list(tokens)):
        named = (token[name] for name in ("index", "id", "text", "bytes"))
        rank = int(scores.ranks[place]) or None
        logprob = number_at(scores.logprobs, place)
        bits = None if logprob is None else -logprob / math.log(2) + 0.0
        entropy = number_at(scores.entropies_bits, place)
        margin = number_at(scores.margins, place)
        rows.append((*named, logprob, bits, rank, entropy, margin))
    columns = ("index", "id", "text", "bytes", "logprob", "surprise_bits", "rank")
    facts = {name: str(value) for name, value in report.items() if value is not None}
    return Table(facts, (*columns, "entropy_before_bits", "margin"), tuple(rows))


def score_report(
    model: ModelRecord, tokens: Tokenization, logprobs: Float64Array, window: int, stride: int
) -> dict[str, Any]:
    """The answer of `visualizer score`; resources/decisions/0006-command-line.md describes it."""
    scored = np.flatnonzero(~np.isnan(logprobs))
    total = math.fsum(logprobs[scored].tolist())
    mean = total / scored.size
    n_bytes = sum(len(tokens.pieces[index]) for index in scored.tolist())
    return {
        "model": model.name,
        "device": model.device,
        "dtype": model.dtype,
        "n_tokens": len(tokens),
        "n_scored": int(scored.size),
        "window": window,
        "stride": stride,
        "total_logprob": total,
        "mean_logprob": mean,
        # exp() of more is beyond the largest float; the mean says the same.
        "perplexity": math.exp(-mean) if -mean < 709 else None,
        "bits_per_token": -mean / math.log(2),
        "bits_per_byte": -total / math.log(2) / n_bytes if n_bytes else None,
        "n_scored_bytes": n_bytes,
    }


def _table(report: dict[str, Any]) -> str:
    perplexity, per_byte = report["perplexity"], report["bits_per_byte"]
    rows = [
        ("tokens", f"{report['n_tokens']:,}, of which {report['n_scored']:,} are scored"),
        ("log-probability", f"{report['total_logprob']:.4f} (natural logarithm)"),
        ("mean per token", f"{report['mean_logprob']:.4f}"),
        ("perplexity", "over 1e307" if perplexity is None else f"{perplexity:.4f}"),
        ("bits per token", f"{report['bits_per_token']:.4f}"),
        ("bits per byte", "not known" if per_byte is None else f"{per_byte:.4f}"),
        ("window", f"{report['window']:,} tokens, a new one every {report['stride']:,}"),
        ("model", f"{report['model']} on {report['device']} in {report['dtype']}"),
    ]
    return "".join(f"{name:<16} {value}\n" for name, value in rows)
