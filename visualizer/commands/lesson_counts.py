"""`visualizer lesson bigram` and `visualizer lesson ngram`: models that are tables of counts."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from visualizer.commands.arguments import add_json, real, seed, whole
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import table
from visualizer.lessons.bigram import (
    MOST_SMOOTHING,
    BigramCounts,
    Float64Array,
    bigram_probabilities,
    count_bigrams,
    never_followed,
    walk,
)
from visualizer.lessons.ngram import (
    MOST_CONTEXT,
    NgramCounts,
    copied_shares,
    count_digits,
    count_ngrams,
    generate_tokens,
    rows_possible,
    rows_used,
    score_held_out,
    write_out,
)
from visualizer.lessons.reading import TEXT_KIND, read_text_file
from visualizer.lessons.text import join_tokens, split_sentences, split_tokens

_HELD_OUT_SHARE = 0.1
_MOST_COLUMNS = 12  # of the table on a terminal; the JSON has them all
_LONGEST_GENERATED = 100_000
_LONGEST_WINDOW = 1024  # GPT-2's


def add_parsers(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare `bigram` and `ngram`."""
    bigram = commands.add_parser("bigram", parents=[common], help="which word follows which")
    bigram.add_argument("--sentences", type=Path, required=True, metavar="FILE", help=TEXT_KIND)
    bigram.add_argument(
        "--smoothing",
        type=real(0, MOST_SMOOTHING),
        default=0.0,
        metavar="X",
        help="added to every count (0)",
    )
    bigram.add_argument("--start", metavar="WORD", help="begin a generated text with this word")
    _add_generation(bigram, "words", 10)
    bigram.set_defaults(run=run_bigram)

    ngram = commands.add_parser("ngram", parents=[common], help="which token follows which tokens")
    ngram.add_argument("--text", type=Path, required=True, metavar="FILE", help=TEXT_KIND)
    ngram.add_argument(
        "--context",
        type=whole(1, MOST_CONTEXT),
        required=True,
        metavar="N",
        help=f"from 1 to {MOST_CONTEXT}",
    )
    ngram.add_argument("--unit", choices=("words", "characters"), default="words")
    ngram.add_argument(
        "--digits", action="store_true", help="write the number of possible rows out in full"
    )
    _add_generation(ngram, "tokens", 60)
    ngram.set_defaults(run=run_ngram)


def run_bigram(args: argparse.Namespace) -> int:
    """Count pairs of words and print the table."""
    sentences = split_sentences(read_text_file(args.sentences))
    bigrams = count_bigrams(sentences)
    probabilities = bigram_probabilities(bigrams.counts, args.smoothing)
    start = bigrams.words[0] if args.start is None else args.start
    rng = np.random.default_rng(args.seed)
    generated = [start, *walk(bigrams, start, args.generate, rng, args.smoothing)]
    if not args.json:
        write_text(_bigram_table(bigrams, probabilities, generated))
        return 0
    write_json(
        {
            "sentences": len(sentences),
            "smoothing": args.smoothing,
            "words": list(bigrams.words),
            "counts": bigrams.counts.tolist(),
            "probabilities": [
                None if math.isnan(row[0]) else row for row in probabilities.tolist()
            ],
            "never_followed": list(never_followed(bigrams)),
            "seed": args.seed,
            "generated": generated,
        }
    )
    return 0


def run_ngram(args: argparse.Namespace) -> int:
    """Count n-grams, score the held-out text and generate some."""
    tokens = split_tokens(read_text_file(args.text), args.unit)
    n_held_out = int(len(tokens) * _HELD_OUT_SHARE)
    counted, held_out = tokens[: len(tokens) - n_held_out], tokens[len(tokens) - n_held_out :]
    model = count_ngrams(counted, args.context)
    size = len(model.vocabulary)
    possible = rows_possible(size, args.context)
    report: dict[str, Any] = {
        "context": args.context,
        "unit": args.unit,
        "tokens": len(counted),
        "vocabulary_size": size,
        "rows_used": rows_used(model, args.context),
        "rows_possible": write_out(possible),
        "rows_possible_digits": count_digits(possible),
        "rows_possible_at_1024_digits": count_digits(rows_possible(size, _LONGEST_WINDOW)),
        "held_out": None,
        "seed": args.seed,
    }
    if args.digits:
        report["rows_possible_at_1024"] = write_out(rows_possible(size, _LONGEST_WINDOW))
    if held_out:
        score = score_held_out(model, held_out)
        report["held_out"] = {"tokens": len(held_out), **vars(score)}
    report |= _generated(model, counted, args)
    if args.json:
        write_json(report)
    else:
        write_text(_ngram_text(report))
    return 0


def _generated(model: NgramCounts, counted: list[str], args: argparse.Namespace) -> dict[str, Any]:
    """A text that begins as the counted one does, and how much of it is copied."""
    rng = np.random.default_rng(args.seed)
    prompt = counted[: args.context]
    steps = list(generate_tokens(model, prompt, args.generate, rng))
    generated = [*prompt, *(token for token, _ in steps)]
    shares = copied_shares(generated, counted, 2 * args.context + 2).tolist()
    return {
        "generated": join_tokens(generated, args.unit),
        "context_used": [row.context_used for _, row in steps],
        "copied": {
            str(length): None if math.isnan(share) else share
            for length, share in enumerate(shares, start=1)
        },
    }


def _add_generation(parser: argparse.ArgumentParser, what: str, default: int) -> None:
    parser.add_argument(
        "--generate",
        type=whole(0, _LONGEST_GENERATED),
        default=default,
        metavar="N",
        help=f"{what} ({default})",
    )
    parser.add_argument("--seed", type=seed, default=0, metavar="S", help="of the drawing (0)")
    add_json(parser)


def _bigram_table(bigrams: BigramCounts, probabilities: Float64Array, generated: list[str]) -> str:
    shown = bigrams.words[:_MOST_COLUMNS]
    rows = []
    for word, row in zip(shown, probabilities, strict=False):
        cells = ["-" if math.isnan(p) else f"{p:.3f}" for p in row[: len(shown)].tolist()]
        rows.append([word, *cells])
    text = table(["P(next | word)", *shown], rows, "<" + ">" * len(shown)) + "\n"
    if len(shown) < len(bigrams.words):
        text += f"{len(bigrams.words) - len(shown)} more words are in the output of --json\n"
    silent = never_followed(bigrams)
    if silent:
        most = ", ".join(silent[:_MOST_COLUMNS]) + (" ..." if len(silent) > _MOST_COLUMNS else "")
        text += f"followed by nothing: {most}\n"
    return text + f"generated: {' '.join(generated)}\n"


def _ngram_text(report: dict[str, Any]) -> str:
    digits = report["rows_possible_digits"]
    possible = report["rows_possible"] if digits <= 40 else f"a number of {digits} digits"
    lines = [
        f"{report['tokens']} {report['unit']}, {report['vocabulary_size']} different",
        f"context of {report['context']}: {report['rows_used']} rows used of {possible}",
        f"context of {_LONGEST_WINDOW}: the number of rows has "
        f"{report['rows_possible_at_1024_digits']} digits",
    ]
    if "rows_possible_at_1024" in report:
        lines.append(report["rows_possible_at_1024"])
    score = report["held_out"]
    if score is None:
        lines.append("too short for a held-out part")
    else:
        lines.append(
            f"held out: {score['tokens']} {report['unit']}, perplexity {score['perplexity']:.2f}, "
            f"{score['unseen_contexts']:.1%} in unseen contexts, "
            f"{score['unseen_continuations']:.1%} never seen there"
        )
    for length, share in report["copied"].items():
        if share is not None:
            lines.append(f"copied, runs of {length}: {share:.1%}")
    return "\n".join(lines) + f"\n\n{report['generated']}\n"
