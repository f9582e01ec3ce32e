"""`visualizer attention`: one head's weights, on screen or as a file, or a file of all heads."""

from __future__ import annotations

import argparse
from typing import Any, get_args

import numpy as np

from visualizer.commands.arguments import add_json, add_text, head_choice, natural, read_text, real
from visualizer.commands.opening import OpenedModel, OpenModel, open_model
from visualizer.commands.out_file import file_bytes, file_of
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import table
from visualizer.commands.view_answers import answer_view
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
from visualizer.engine.treatment import GRANULARITIES, HIDDEN, UNTREATED, Treatment
from visualizer.files import check_target, write_atomically
from visualizer.session.attention_facts import AttentionFacts
from visualizer.session.attention_views import head_view
from visualizer.session.export_subjects import FORMATS, Exportable, Subject
from visualizer.session.exports import head_name, unit_bytes
from visualizer.session.json_reports import attention_report
from visualizer.session.provenance import provenance_of
from visualizer.session.state import ColourScale, Palette, ViewState

_KEYS_A_ROW = 3


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `attention`."""
    parser = subparsers.add_parser(
        "attention", parents=[common], help="show or write one head's weights, or all heads"
    )
    add_text(parser)
    parser.add_argument("--layer", type=natural, metavar="L", help="from 0")
    parser.add_argument("--head", type=head_choice, metavar="H|mean", help="from 0, or the mean")
    parser.add_argument(
        "--all", action="store_true", help="all heads in place of one, into the file of --out"
    )
    parser.add_argument(
        "--out",
        type=file_of("head"),
        metavar="FILE." + "|.".join(FORMATS["head"]),
        help="write to a file: a figure, a table or arrays, as the ending says",
    )
    add_json(parser)
    _add_display(parser)
    parser.set_defaults(run=run)


def _add_display(parser: argparse.ArgumentParser) -> None:
    """What is done to the weights, and how they become colours."""
    group = parser.add_argument_group("what is done to a head's weights, in this order")
    group.add_argument(
        "--hide", action="append", choices=HIDDEN, default=[], help="leave keys out; repeatable"
    )
    group.add_argument(
        "--discount", action="store_true", help="divide each row by what is left of it"
    )
    group.add_argument(
        "--top-mass",
        type=real(0, 1, above=True),
        default=1.0,
        metavar="X",
        help="keep this share of each row",
    )
    group.add_argument("--granularity", choices=GRANULARITIES, default="tokens", help="join tokens")
    look = parser.add_argument_group("colours of a figure of one head")
    look.add_argument("--scale", choices=get_args(ColourScale), default="linear")
    look.add_argument(
        "--range", choices=("one", "largest"), default="one", help="upper end of the scale"
    )
    look.add_argument("--palette", choices=get_args(Palette), default="ink")


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Print or write the weights of one head, or write those of all."""
    _check(args)
    text = read_text(args.text)
    if args.out is not None:
        check_target(args.out)
    opened = open_model(args)
    state = _state(args, text)
    if args.all:
        subject: Subject = "overview"
        views = answer_view(opened, state, (subject,))
        write_atomically(args.out, file_bytes(args.out, views, subject))
        write_text(f"{args.out}\n")
        return 0
    _check_head(opened.model, args.layer, args.head)
    tokenization, head = read_head(opened, state.prompt, args.layer, args.head, state.treatment)
    if args.out is not None:
        views = _views(opened.model, state, tokenization, head)
        write_atomically(args.out, file_bytes(args.out, views, "head"))
    if args.json:
        write_json(attention_report(opened.model, tokenization, head))
    elif args.out is not None:
        write_text(f"{args.out}\n")
    else:
        write_text(_table(opened.model, tokenization, head))
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.all:
        if args.layer is not None or args.head is not None or args.json:
            raise UsageError("--all is every head: it goes without --layer, --head and --json.")
        if args.out is None:
            raise UsageError("--all needs --out FILE: what is all heads' is too much for a table.")
    elif args.layer is None or args.head is None:
        missing = "--layer" if args.layer is None else "--head"
        raise UsageError("the following arguments are required: {missing}", missing=missing)


def _state(args: argparse.Namespace, text: str) -> ViewState:
    hidden = tuple(name for name in HIDDEN if name in args.hide)
    treatment = Treatment(hidden, args.discount, args.top_mass, args.granularity)
    return ViewState(
        Prompt(text),
        layer=args.layer or 0,
        head=0 if args.head is None else args.head,
        colour_scale=args.scale,
        scale_range=args.range,
        palette=args.palette,
        treatment=treatment,
    )


def read_head(
    opened: OpenedModel,
    prompt: Prompt,
    layer: int,
    head: HeadChoice,
    treatment: Treatment = UNTREATED,
) -> tuple[Tokenization, HeadRecord]:
    """Run the model on a prompt and compute one head's whole pattern, T x T, not pooled."""
    request = ForwardRequest(1, prompt, with_overview=False, with_surprise=False)
    for record in opened.engine.answer(request):
        if isinstance(record, ForwardRecord):
            text = record.tokenization
            question = HeadRequest(
                2, layer, head, most_cells=max(len(text), 1), treatment=treatment
            )
            for answer in opened.engine.answer(question):
                if isinstance(answer, HeadRecord):
                    return text, answer
    raise VisualizerError("The engine gave no attention for this prompt.")


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
    n_heads = model.layer_heads[layer]
    if n_heads and head != MEAN and head >= n_heads:  # without any, the engine says which have
        raise UsageError(
            "There is no head {head} in {name}: heads go from 0 to {last}.",
            head=head,
            name=model.name,
            last=n_heads - 1,
        )


def _views(
    model: ModelRecord, state: ViewState, tokenization: Tokenization, head: HeadRecord
) -> Exportable:
    return Exportable(
        state,
        model.name,
        provenance_of(model),
        head=head_view(state, model, tokenization, head, AttentionFacts()),
    )


def _table(model: ModelRecord, tokenization: Tokenization, head: HeadRecord) -> str:
    """For each query, the keys at which it looks most."""
    names = [
        display_text(unit_bytes(tokenization, unit, head.unit_starts))
        for unit in range(len(head.weights))
    ]
    rows = []
    for query, weights in enumerate(head.weights):
        keys = np.argsort(-weights, kind="stable")[:_KEYS_A_ROW]
        looks = [
            f"{weights[key]:.3f} {key} {names[key]}" for key in keys.tolist() if weights[key] > 0
        ]
        looks += [""] * (_KEYS_A_ROW - len(looks))
        rows.append([str(query), names[query], *looks])
    header = ["#", "query", "looks most at", "then", "then"]
    return f"{table(header, rows, '><<<<')}\n{head_name(head.layer, head.head)} of {model.name}\n"
