"""`visualizer export`: the figures and numbers of a saved view, for one prompt or for many."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from visualizer.commands.arguments import TEXT_LIMIT, read_named_text
from visualizer.commands.models import ProgressPrinter
from visualizer.commands.opening import OpenedModel, OpenModel, open_model
from visualizer.commands.out_file import add_size, kind_bytes
from visualizer.commands.output import write_text
from visualizer.commands.view_answers import answer_view
from visualizer.engine.errors import UsageError
from visualizer.engine.records import ModelRecord, Prompt
from visualizer.files import WriteError, write_atomically
from visualizer.session.export_subjects import (
    FORMATS,
    Kind,
    Subject,
    suggested_stem,
)
from visualizer.session.provenance_reading import read_view
from visualizer.session.restoring import fitting_prompt
from visualizer.session.state import ProbAxis, ViewState
from visualizer.session.view_file import ViewRequest

_KINDS: tuple[Kind, ...] = ("png", "svg", "pdf", "csv", "npz", "json")
_SUBJECTS: tuple[Subject, ...] = (
    "head",
    "arcs",
    "pins",
    "overview",
    "bars",
    "tokens",
    "surprise",
    "pipeline",
    "pair",
)
MOST_PROMPTS = 100_000
"""Most prompts of one file."""
_DESCRIPTION = """\
FILE is a view as JSON, or anything that was exported: a PNG, SVG, PDF, CSV, NPZ or JSON file. The
files are those that the window writes for the same view. The names of the files are printed.
"""


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `export`."""
    parser = subparsers.add_parser(
        "export",
        parents=[common],
        help="figures and numbers of a saved view, for one prompt or many",
        description=_DESCRIPTION,
    )
    parser.add_argument("--view", type=Path, required=True, metavar="FILE", help="the view to show")
    parser.add_argument(
        "--format",
        type=_kinds,
        default=("png",),
        metavar=",".join(_KINDS),
        help="formats to write (png)",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a folder, made if need be"
    )
    parser.add_argument(
        "--prompts",
        metavar="FILE",
        help="a prompt a line, or a JSON list of texts; each gets files with its number; "
        f"- for standard input; {TEXT_LIMIT}, {MOST_PROMPTS} prompts",
    )
    parser.add_argument(
        "--what",
        type=_subjects,
        default=("head",),
        metavar=",".join(_SUBJECTS),
        help="what to write (head)",
    )
    parser.add_argument(
        "--axis",
        choices=get_args(ProbAxis),
        help="of the next-token bars, in place of the view's own",
    )
    parser.add_argument(
        "--theme", dest="figure_theme", choices=("light", "dark", "print"), default="light"
    )
    add_size(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Write the files, and print their names."""
    request = read_view(args.view)
    _check(args)
    prompts = None if args.prompts is None else read_prompts(args.prompts)
    if args.model is None and request.model:
        args.model = request.model
    opened = open_model(args)
    _compare_weights(request, opened.model)
    states = view_states(_wished(args, request.state), prompts, opened.model)
    printer = ProgressPrinter(sys.stderr, as_json=False)
    try:
        for number, state in enumerate(states, start=1):
            if len(states) > 1:
                printer.report("Exporting", number - 1, len(states), "prompts")
            prefix = "" if prompts is None else f"{number:0{len(str(len(states)))}d}-"
            for path in _export(args, opened, state, prefix):
                write_text(f"{path}\n")
        if len(states) > 1:
            printer.report("Exporting", len(states), len(states), "prompts")
    finally:
        printer.close()
    return 0


def view_states(
    state: ViewState, prompts: Sequence[str] | None, model: ModelRecord
) -> list[ViewState]:
    """The view for each prompt, or as it is; without token ids that are not this model's."""
    if prompts is not None:
        texts = [Prompt(text, None, state.prompt.parse_special) for text in prompts]
        return [replace(state, prompt=text) for text in texts]
    return [replace(state, prompt=fitting_prompt(state.prompt, model.tokenizer))]


def read_prompts(name: str) -> list[str]:
    """Prompts of a file: a JSON list of texts, or a prompt in each line that is not empty.

    Raises:
        UsageError: There are none or more than `MOST_PROMPTS`, or it is no text.
        VisualizerError: It cannot be read.
    """
    text = read_named_text(name)
    if text.lstrip("\ufeff \t\r\n").startswith("["):
        try:
            prompts = json.loads(text.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise UsageError("{path} begins like a JSON list but is none.", path=name) from error
        if not all(isinstance(prompt, str) and prompt for prompt in prompts):
            raise UsageError("{path} must be a list of texts that are not empty.", path=name)
    else:
        prompts = list(islice(_lines(text.removeprefix("\ufeff")), MOST_PROMPTS + 1))
    if not prompts:
        raise UsageError("{path} holds no prompt.", path=name)
    if len(prompts) > MOST_PROMPTS:
        raise UsageError(
            "{path} holds more than {most} prompts, the most that are read. Take a part of it.",
            path=name,
            most=MOST_PROMPTS,
        )
    return list(prompts)


def _lines(text: str) -> Iterator[str]:
    """The lines that are not empty, one at a time: there may be millions."""
    for match in re.finditer(r"[^\n]+", text):
        line = match.group().removesuffix("\r")
        if line and not line.isspace():
            yield line


def _check(args: argparse.Namespace) -> None:
    """Refuse what cannot be written before a model is loaded."""
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            "The folder {path} cannot be made: {reason}.",
            path=str(args.out),
            reason=error.strerror or str(error),
        ) from error
    for subject in args.what:
        kinds = [kind for kind in args.format if kind not in FORMATS[subject]]
        if kinds:
            raise UsageError(
                "{what} cannot be written as {kind}.", what=subject, kind=kinds[0].upper()
            )


def _wished(args: argparse.Namespace, state: ViewState) -> ViewState:
    return state if args.axis is None else replace(state, prob_axis=args.axis)


def _compare_weights(request: ViewRequest, model: ModelRecord) -> None:
    theirs, ours = request.weights_sha256, model.weights_sha256
    if theirs and ours and theirs != ours:
        print(
            f"note: the view was made with other weights than those of {model.name}: "
            "numbers may differ",
            file=sys.stderr,
        )


def _export(
    args: argparse.Namespace, opened: OpenedModel, state: ViewState, prefix: str
) -> list[Path]:
    views = answer_view(opened, state, args.what)
    look = (args.figure_theme, args.width, args.dpi)
    written = []
    for subject in args.what:
        stem = prefix + suggested_stem(views, subject)
        for kind in args.format:
            path = args.out / f"{stem}.{kind}"
            write_atomically(path, kind_bytes(kind, views, subject, look))
            written.append(path)
    return written


def _kinds(text: str) -> tuple[Kind, ...]:
    return _several(text, _KINDS)


def _subjects(text: str) -> tuple[Subject, ...]:
    return _several(text, _SUBJECTS)


def _several(text: str, known: tuple[Any, ...]) -> tuple[Any, ...]:
    """Argument type: some of the known names, with commas between them."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(
                f"must be of {', '.join(known)}, with commas between, not {name!r}"
            )
    return names
