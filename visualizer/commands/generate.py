"""`visualizer generate`: continue a text."""

from __future__ import annotations

import argparse
import codecs
import sys
from typing import Any

from visualizer.commands.arguments import (
    add_json,
    add_sampling_options,
    add_text,
    natural,
    positive,
    read_text,
    sampling_params,
    with_named_tokens,
)
from visualizer.commands.opening import OpenModel, open_model
from visualizer.commands.output import write_json, write_text
from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import (
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    Prompt,
    StopReason,
)
from visualizer.engine.tokenization import clean_text
from visualizer.session.json_reports import generate_report

_REASONS: dict[StopReason, str] = {
    "length": "as many tokens as asked for",
    "end_of_text": "the model ended the text",
    "context": "the model's context is full",
    "stopped": "stopped",
}


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `generate`."""
    parser = subparsers.add_parser("generate", parents=[common], help="continue a text")
    add_text(parser)
    parser.add_argument(
        "--max-new-tokens", type=positive, default=20, metavar="N", help="at most so many (20)"
    )
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="S", help="the same seed, the same text (0)"
    )
    add_json(parser)
    add_sampling_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Print a text and its continuation, as it is made."""
    text, sampling = read_text(args.text), sampling_params(args)
    opened = open_model(args)
    sampling = with_named_tokens(sampling, args, opened.model)
    request = GenerateRequest(
        1, Prompt(text), args.max_new_tokens, sampling, args.seed, with_overview=False
    )
    generated: list[GeneratedRecord] = []
    stop_reason: StopReason | None = None
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    if not args.json:
        write_text(clean_text(text))
    for record in opened.engine.answer(request):
        if isinstance(record, GeneratedRecord):
            generated.append(record)
            if not args.json:
                write_text(decoder.decode(record.data))
        elif isinstance(record, GenerationEnded):
            stop_reason = record.stop_reason
    if stop_reason is None:
        raise VisualizerError("The generation ended without a reason.")
    if args.json:
        write_json(generate_report(opened.model, request, clean_text(text), generated, stop_reason))
    else:
        write_text(decoder.decode(b"", final=True) + "\n")
        print(f"{len(generated)} tokens; {_REASONS[stop_reason]}", file=sys.stderr)
    return 0
