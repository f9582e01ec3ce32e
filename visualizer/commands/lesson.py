"""`visualizer lesson`: the systems of the lessons, run from the command line."""

from __future__ import annotations

import argparse
from typing import Any

from visualizer.commands import (
    lesson_counts,
    lesson_matrices,
    lesson_script,
    lesson_train,
    lesson_translate,
)
from visualizer.commands.arguments import add_json
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import table

LESSONS = (
    ("bigram", "A model that is a table", "--sentences FILE [--smoothing X]"),
    ("ngram", "More context, bigger table", "--context N --text FILE"),
    ("positions", "Where a token stands", "--length T --width D --out FILE.csv|.npz"),
    ("attention", "Self-attention by hand", "--x FILE.csv [--causal]"),
    ("translate", "Encoder and decoder", "TEXT [--beams N]"),
    ("train", "Train it yourself", "--text FILE --steps N --out DIR"),
    ("script", "The tutorial's script", "[--seed S] [--epochs N]"),
)
"""Name, title and the options that matter, in the order in which they are best read."""


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `lesson` and its own commands."""
    parser = subparsers.add_parser(
        "lesson", parents=[common], help="run the small systems of the lessons"
    )
    commands = parser.add_subparsers(dest="lesson_command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", parents=[common], help="what there is to run")
    add_json(listing)
    listing.set_defaults(run=run)
    lesson_counts.add_parsers(commands, common)
    lesson_matrices.add_parsers(commands, common)
    lesson_translate.add_parser(commands, common)
    lesson_train.add_parser(commands, common)
    lesson_script.add_parser(commands, common)


def run(args: argparse.Namespace) -> int:
    """List the lessons that can be run."""
    if args.json:
        lessons = [
            {"name": name, "title": title, "usage": f"visualizer lesson {name} {options}"}
            for name, title, options in LESSONS
        ]
        write_json({"lessons": lessons})
    else:
        write_text(table(["lesson", "what it is", "options"], LESSONS, "<<<") + "\n")
    return 0
