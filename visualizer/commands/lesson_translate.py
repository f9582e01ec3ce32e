"""`visualizer lesson translate`: the small translator, and how often it is right."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualizer.commands.arguments import add_json, positive, read_text, seed, whole
from visualizer.commands.interrupts import stopped_by_signals
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import table
from visualizer.engine.errors import UsageError
from visualizer.engine.records import Cancelled, CancelToken
from visualizer.lessons.translation_data import (
    MOST_BEAMS,
    VOCABULARY,
    Language,
    join_sentence,
    language_of,
    other_language,
)

if TYPE_CHECKING:
    from visualizer.lessons.translation import TranslationStep, Translator
    from visualizer.lessons.translation_score import TranslationScore

_MOST_CANDIDATES = 5


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare `translate`."""
    parser = commands.add_parser(
        "translate",
        parents=[common],
        help="translate numbers and dates with a small encoder-decoder transformer",
        description=(
            "Translates numbers up to 99,999 and dates from 1900 to 2099, in words, between "
            "English and Chinese; or measures how often that is exactly right, on sentences that "
            "were never trained on."
        ),
    )
    parser.add_argument("text", nargs="?", metavar="TEXT", help="a number or a date in words")
    parser.add_argument("--to", choices=("en", "zh"), help="else the other language than TEXT's")
    parser.add_argument(
        "--beams",
        type=whole(1, MOST_BEAMS),
        default=1,
        metavar="N",
        help="translations kept; 1 is greedy",
    )
    parser.add_argument(
        "--check", type=positive, metavar="N", help="translate N held-out sentences each way"
    )
    parser.add_argument("--seed", type=seed, default=0, metavar="S", help="which held-out ones")
    parser.add_argument(
        "--from", dest="folder", type=Path, metavar="DIR", help="another translator, as trained"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Translate or measure."""
    if (args.text is None) == (args.check is None):
        raise UsageError("Give either a TEXT to translate or --check N.")
    from visualizer.lessons.translation import load_translator

    translator = load_translator(args.folder)
    if args.check is not None:
        return _check(args, translator)
    text = read_text(args.text)
    to: Language = args.to or other_language(language_of(text))
    steps = list(translator.steps(text, to, args.beams))
    if args.json:
        write_json(_report(text, to, args.beams, steps))
    else:
        write_text(_words(to, steps))
    return 0


def _check(args: argparse.Namespace, translator: Translator) -> int:
    from visualizer.lessons.translation_score import score_held_out

    cancel = CancelToken()
    scores: dict[str, TranslationScore] = {}
    with stopped_by_signals(cancel.cancel) as stopping:
        try:
            for to in ("zh", "en"):
                scores[to] = score_held_out(
                    translator, args.check, to, args.seed, lambda: cancel.cancelled
                )
        except Cancelled:
            print("visualizer: interrupted", file=sys.stderr)
            return stopping.status or 130
    if args.json:
        write_json({"seed": args.seed, "checks": [_score(to, s) for to, s in scores.items()]})
        return 0
    lines = []
    for to, score in scores.items():
        lines.append(f"to {to}: {score.right:,} of {score.total:,} right ({score.share:.2%})")
        lines += [f"  {w.source} -> {w.written}, not {w.right}" for w in score.wrong]
    write_text("\n".join(lines) + "\n")
    return 0


def _score(to: str, score: TranslationScore) -> dict[str, Any]:
    return {
        "to": to,
        "sentences": score.total,
        "right": score.right,
        "share": score.share,
        "wrong": [
            {"source": w.source, "written": w.written, "right": w.right} for w in score.wrong
        ],
    }


def _translation(to: Language, steps: list[TranslationStep], place: int = 0) -> str:
    from visualizer.lessons.translation import without_end

    return join_sentence(without_end(steps[-1].beams[place].tokens), to)


def _report(text: str, to: Language, beams: int, steps: list[TranslationStep]) -> dict[str, Any]:
    last = steps[-1].beams
    return {
        "text": text,
        "to": to,
        "method": "greedy" if beams == 1 else "beam",
        "beams": beams,
        "source": list(steps[0].source),
        "translation": _translation(to, steps),
        "logprob": last[0].logprob,
        "alternatives": [
            {
                "text": _translation(to, steps, place),
                "logprob": beam.logprob,
                "complete": beam.is_complete,
            }
            for place, beam in enumerate(last)
        ],
        "steps": [_step(step) for step in steps],
    }


def _step(step: TranslationStep) -> dict[str, Any]:
    probs, prob = step.probabilities[-1], step.prob(-1)
    order = (-probs).argsort(kind="stable")[:_MOST_CANDIDATES]
    return {
        "after": list(step.target),
        "token": step.chosen,
        "prob": prob,
        "logprob": math.log(prob),
        "candidates": [{"token": VOCABULARY[i], "prob": float(probs[i])} for i in order],
        "cross_attention": step.cross[-1, :, -1].mean(axis=0).tolist(),
    }


def _words(to: Language, steps: list[TranslationStep]) -> str:
    """The translation, and under it each word with what it looked at most."""
    rows = []
    last = steps[-1]
    for place, token in enumerate(last.written):
        weights = last.cross[-1, :, place].mean(axis=0)
        most = int(weights.argmax())
        rows.append([token, f"{last.prob(place):.6f}", f"{last.source[most]} {weights[most]:.2f}"])
    lines = [_translation(to, steps), "", table(["word", "prob", "looks most at"], rows, "<><")]
    if len(steps[-1].beams) > 1:
        others = [
            [f"{beam.logprob:.4g}", _translation(to, steps, place)]
            for place, beam in enumerate(steps[-1].beams)
        ]
        lines += ["", table(["logprob", "beam"], others, "><")]
    return "\n".join(lines) + "\n"
