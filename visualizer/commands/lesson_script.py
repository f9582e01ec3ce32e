"""`visualizer lesson script`: the script at the tutorial's end, as it is printed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from visualizer.commands.arguments import add_json, seed, whole
from visualizer.commands.interrupts import stopped_by_signals
from visualizer.commands.output import write_json, write_text
from visualizer.engine.records import Cancelled, CancelToken
from visualizer.lessons.script_run import (
    MOST_EPOCHS,
    LineReached,
    Printed,
    ScriptSettings,
    run_script,
)


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare `script`."""
    parser = commands.add_parser(
        "script",
        parents=[common],
        help="run the script at the tutorial's end",
        description=(
            "Runs the tutorial's script on the processor: a transformer of six layers, one batch "
            "of random tokens, and a loss of the output against its own input, after each epoch."
        ),
    )
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="S", help="of the weights, the batch, the dropout"
    )
    parser.add_argument(
        "--epochs",
        type=whole(1, MOST_EPOCHS),
        default=10,
        metavar="N",
        help=f"from 1 to {MOST_EPOCHS}; the script says 10",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run it; what it prints comes at once, or all as JSON at the end."""
    settings = ScriptSettings(args.seed, args.epochs)
    cancel = CancelToken()

    def tell(told: LineReached | Printed) -> None:
        if cancel.cancelled:
            raise Cancelled
        if isinstance(told, Printed) and not args.json:
            write_text(told.text + "\n")

    with stopped_by_signals(cancel.cancel) as stopping:
        try:
            result = run_script(settings, tell)
        except Cancelled:
            print("visualizer: interrupted", file=sys.stderr)
            return stopping.status or 130
    if args.json:
        write_json(
            {
                "output_shape": list(result.output_shape),
                "losses": list(result.losses),
                "parameters": result.parameters,
            }
        )
    else:
        write_text(f"{result.parameters:,} parameters\n")
    return 0
