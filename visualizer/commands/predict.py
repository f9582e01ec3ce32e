"""`visualizer predict`: what comes next, and how surprising the text was."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np

from visualizer.commands.arguments import (
    add_json,
    add_sampling_options,
    add_text,
    positive,
    read_text,
    sampling_params,
    signed,
    with_named_tokens,
)
from visualizer.commands.opening import OpenedModel, OpenModel, open_model
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import bar, table
from visualizer.commands.words import add_words, word_reports, words_table
from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import (
    Float64Array,
    ForwardRecord,
    ForwardRequest,
    ModelRecord,
    Prompt,
    SurpriseRecord,
)
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.tokenization import display_text
from visualizer.session.json_reports import Report, predict_report


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `predict`."""
    parser = subparsers.add_parser("predict", parents=[common], help="predict the next token")
    add_text(parser)
    parser.add_argument(
        "--top", type=positive, default=10, metavar="N", help="how many candidates (10)"
    )
    parser.add_argument(
        "--position",
        type=signed,
        default=-1,
        metavar="I",
        help="token after which to predict; negative counts from the end (-1)",
    )
    add_words(parser)
    add_json(parser)
    add_sampling_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Print the likeliest next tokens."""
    text, sampling = read_text(args.text), sampling_params(args)
    opened = open_model(args)
    sampling = with_named_tokens(sampling, args, opened.model)
    forward, logprobs = read_prompt(opened, Prompt(text), args.position)
    report = predict_report(opened.model, forward, logprobs, sampling, args.top)
    if args.token:
        report["words"] = word_reports(opened, forward, args.token, sampling)
    if args.json:
        write_json(report)
    else:
        words = "\n" + words_table(report["words"]) + "\n" if args.token else ""
        write_text(_table(report, opened.model, forward, sampling) + words)
    return 0


def read_prompt(
    opened: OpenedModel, prompt: Prompt, position: int
) -> tuple[ForwardRecord, Float64Array]:
    """Run the model on a prompt.

    Returns:
        forward: With the logits after `position`.
        logprobs: (T,) float64 of each token of the prompt, NaN where there is none.
    """
    request = ForwardRequest(1, prompt, position, with_overview=False)
    forward: ForwardRecord | None = None
    logprobs: Float64Array | None = None
    for record in opened.engine.answer(request):
        if isinstance(record, ForwardRecord):
            forward = record
        elif isinstance(record, SurpriseRecord):
            logprobs = record.logprobs
    if forward is None:
        raise VisualizerError("The engine gave no answer for this prompt.")
    if logprobs is None:
        logprobs = np.full(len(forward.tokenization), np.nan)
    return forward, logprobs


def _table(
    report: Report, model: ModelRecord, forward: ForwardRecord, sampling: SamplingParams
) -> str:
    shaped = sampling != SamplingParams()
    header = ["#", "token", "id", "logit", "prob", *(["sampled"] if shaped else []), ""]
    rows = []
    for candidate in report["candidates"]:
        data = bytes.fromhex(candidate["bytes"])
        sampled = candidate["sampled_prob"]
        rows.append(
            [
                str(candidate["rank"]),
                display_text(data) or f"⟨id {candidate['id']}⟩",
                str(candidate["id"]),
                f"{candidate['logit']:.3f}",
                f"{candidate['prob']:.4f}",
                *([f"{sampled:.4f}" if candidate["kept"] else "removed"] if shaped else []),
                bar(sampled if shaped else candidate["prob"]),
            ]
        )
    stages = "\n" + stages_table(report["stages"]) + "\n" if shaped else ""
    token = display_text(forward.tokenization.pieces[forward.position])
    return (
        f"after token {forward.position}, {token}\n"
        + table(header, rows, "><>>>><" if shaped else "><>>><")
        + f"\nentropy {report['entropy_bits']:.3f} bits, "
        + f"{model.name} on {model.device} in {model.dtype}\n"
        + stages
    )


def stages_table(stages: Sequence[Report]) -> str:
    """What each stage of the sampler did; one that does nothing has a dash."""
    rows = []
    for stage in stages:
        acts = stage["acts"]
        value = "off" if not stage["switched_on"] else _value_text(stage["value"])
        rows.append(
            [
                stage["stage"] + (" *" if stage["order_matters"] else ""),
                value,
                f"{stage['n_removed']:,}" if acts else "-",
                f"{stage['removed_mass']:.4f}" if acts else "-",
                f"{stage['n_kept']:,}",
                f"{stage['kept_mass']:.4f}",
                f"{stage['effective_choices']:.2f}",
            ]
        )
    header = ["stage", "value", "removed", "of mass", "left", "mass left", "choices"]
    text = table(header, rows, "<>>>>>>")
    if any(stage["order_matters"] for stage in stages):
        text += "\n* before the stage above it that acts, it would give another distribution"
    return text


def _value_text(value: float | None) -> str:
    return "list" if value is None else f"{value:g}"
