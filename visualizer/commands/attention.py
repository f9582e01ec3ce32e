"""`visualizer attention`: one head's weights, on screen or as a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from visualizer.commands.arguments import add_json, add_text, head_choice, natural, read_text
from visualizer.commands.opening import OpenedModel, OpenModel, open_model
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import table
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import (
    MEAN,
    ForwardRecord,
    ForwardRequest,
    HeadChoice,
    HeadRecord,
    HeadRequest,
    ModelRecord,
    Prompt,
)
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.files import check_target, write_atomically
from visualizer.session.exports import HEAD_FORMATS, head_csv, head_name, head_npz, named_format
from visualizer.session.json_reports import attention_report
from visualizer.session.provenance import provenance_of
from visualizer.session.views import HeadView

_KEYS_A_ROW = 3


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `attention`."""
    parser = subparsers.add_parser(
        "attention", parents=[common], help="show or write one head's weights"
    )
    add_text(parser)
    parser.add_argument("--layer", type=natural, required=True, metavar="L", help="from 0")
    parser.add_argument(
        "--head", type=head_choice, required=True, metavar="H|mean", help="from 0, or the mean"
    )
    parser.add_argument(
        "--out",
        type=_figure_file,
        metavar="FILE." + "|.".join(HEAD_FORMATS),
        help="write the head to a file: a figure, a table or arrays, as the ending says",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Print or write one head's weights."""
    text = read_text(args.text)
    if args.out is not None:
        check_target(args.out)
    opened = open_model(args)
    _check_head(opened.model, args.layer, args.head)
    tokenization, head = read_head(opened, Prompt(text), args.layer, args.head)
    if args.out is not None:
        write_atomically(args.out, _file_bytes(args.out, opened.model, tokenization, head))
    if args.json:
        write_json(attention_report(opened.model, tokenization, head))
    elif args.out is not None:
        write_text(f"{args.out}\n")
    else:
        write_text(_table(opened.model, tokenization, head))
    return 0


def read_head(
    opened: OpenedModel, prompt: Prompt, layer: int, head: HeadChoice
) -> tuple[Tokenization, HeadRecord]:
    """Run the model on a prompt and compute one head's whole pattern, T x T, not pooled."""
    request = ForwardRequest(1, prompt, with_overview=False, with_surprise=False)
    for record in opened.engine.answer(request):
        if isinstance(record, ForwardRecord):
            text = record.tokenization
            question = HeadRequest(2, layer, head, most_cells=max(len(text), 1))
            for answer in opened.engine.answer(question):
                if isinstance(answer, HeadRecord):
                    return text, answer
    raise VisualizerError("The engine gave no attention for this prompt.")


def _figure_file(text: str) -> Path:
    path = Path(text)
    try:
        named_format(path, HEAD_FORMATS)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return path


def _check_head(model: ModelRecord, layer: int, head: HeadChoice) -> None:
    if model.attention == "none":
        raise VisualizerError("{name} has no attention to show.", name=model.name)
    if layer >= model.n_layers:
        raise UsageError(
            "There is no layer {layer} in {name}: layers go from 0 to {last}.",
            layer=layer,
            name=model.name,
            last=model.n_layers - 1,
        )
    if head != MEAN and head >= model.n_heads:
        raise UsageError(
            "There is no head {head} in {name}: heads go from 0 to {last}.",
            head=head,
            name=model.name,
            last=model.n_heads - 1,
        )


def _file_bytes(
    path: Path, model: ModelRecord, tokenization: Tokenization, head: HeadRecord
) -> bytes:
    view = HeadView(
        record=head,
        tokenization=tokenization,
        query=None,
        n_layers=model.n_layers,
        n_heads=model.n_heads,
        colour_scale="linear",
        scale_range="one",
        model_name=model.name,
        provenance=provenance_of(model),
    )
    kind = named_format(path, HEAD_FORMATS)
    if kind == "csv":
        return head_csv(view).encode("utf-8")
    if kind == "npz":
        return head_npz(view)
    from visualizer.ui.figures import head_figure  # Qt only here, where a picture is painted

    return head_figure(view, kind)


def _table(model: ModelRecord, tokenization: Tokenization, head: HeadRecord) -> str:
    """For each query token, the keys at which it looks most."""
    rows = []
    for query, weights in enumerate(head.weights):
        keys = np.argsort(-weights, kind="stable")[:_KEYS_A_ROW]
        looks = [
            f"{weights[key]:.3f} {key} {display_text(tokenization.pieces[key])}"
            for key in keys.tolist()
            if weights[key] > 0
        ]
        looks += [""] * (_KEYS_A_ROW - len(looks))
        rows.append([str(query), display_text(tokenization.pieces[query]), *looks])
    header = ["#", "query", "looks most at", "then", "then"]
    return f"{table(header, rows, '><<<<')}\n{head_name(head.layer, head.head)} of {model.name}\n"
