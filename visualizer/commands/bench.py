"""`visualizer bench`: how fast it is here, as ratios to what the library alone would take."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from visualizer.bench.figures import Figure, as_table
from visualizer.commands.arguments import add_json, whole
from visualizer.commands.output import write_json, write_text
from visualizer.engine.records import CancelToken

if TYPE_CHECKING:
    from visualizer.engine.models.local import LocalModel

DEFAULT_MODEL = "smollm2-135m"
FALLBACK_MODEL = "tiny"
_REPEATS = 15


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `bench`."""
    parser = subparsers.add_parser(
        "bench",
        parents=[common],
        help="measure how fast it is on this machine",
        description=(
            f"Measures {DEFAULT_MODEL} if it is on this machine and {FALLBACK_MODEL} otherwise. "
            "Ratios are medians of measurements taken in turns; less is better."
        ),
    )
    parser.add_argument(
        "--repeats",
        type=whole(1, 1000),
        default=_REPEATS,
        metavar="N",
        help=f"turns of each measurement ({_REPEATS})",
    )
    parser.add_argument("--no-window", action="store_true", help="leave out what opens the window")
    parser.add_argument(
        "--long",
        action="store_true",
        help="also read a text as long as the model's context; takes minutes on a processor",
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="also draw all heads with BertViz and matplotlib, where these are installed; slow",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure everything and print it."""
    from visualizer.bench.measure import describe_machine

    local = _local_model(args)
    figures = []
    for figure in _figures(args, local):
        figures.append(figure)
        if figure.note:
            _say(f"{figure.name}: {figure.note}")
    machine = describe_machine()
    if args.json:
        write_json(
            {
                "machine": machine,
                "model": local.name,
                "figures": [figure.as_json() for figure in figures],
            }
        )
    else:
        write_text(as_table(machine, local.name, figures) + "\n")
    return 0


def _figures(args: argparse.Namespace, local: LocalModel) -> Iterator[Figure]:
    """Every figure, as it is measured."""
    from visualizer.bench.forward import forward_figures
    from visualizer.bench.generation import generation_figures
    from visualizer.bench.heatmap_frames import heatmap_figures
    from visualizer.bench.many_tokens import many_tokens_figures
    from visualizer.bench.sampler_frames import sampler_figures
    from visualizer.bench.subject import load_subject
    from visualizer.bench.training_speed import training_figures
    from visualizer.bench.window import start_figures, typing_figures
    from visualizer.bench.words import word_figures

    has_window = not args.no_window and importlib.util.find_spec("PySide6") is not None
    if has_window:  # first, while nothing else is in memory
        yield from start_figures(_say, max(1, args.repeats // 3))
        yield from heatmap_figures(_say, max(1, args.repeats // 3))
        yield from sampler_figures(_say, max(1, args.repeats // 3))
        yield from training_figures(_say, max(1, args.repeats // 3))
    subject = load_subject(local.name, local.path, args.device, args.dtype, args.repeats, _say)
    yield from forward_figures(subject)
    yield from generation_figures(subject)
    yield from word_figures(subject)
    if args.peers and has_window:
        from visualizer.bench.peers import peer_figures

        yield from peer_figures(subject)
    texts = {n: subject.words.text(n, seed=9) for n in subject.typing_lengths}
    del subject  # the window loads the model once more
    if has_window:
        options = ["--model", str(local.path), "--device", args.device, "--dtype", args.dtype]
        yield from typing_figures(_say, options, texts)
        yield from many_tokens_figures(_say, options)
    if args.long and has_window:
        from visualizer.bench.long_text import long_text_figures

        options = ["--device", args.device, "--dtype", args.dtype]
        yield from long_text_figures(_say, [str(local.path), *options])


def _local_model(args: argparse.Namespace) -> LocalModel:
    """The model that was asked for, or the best of the two that a benchmark is meant for."""
    if args.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # the libraries below read these when imported
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from visualizer.engine.models.resolve import ensure_local, find_local

    name = args.model
    if name is None:
        name = FALLBACK_MODEL if find_local(DEFAULT_MODEL) is None else DEFAULT_MODEL
    return ensure_local(name, offline=args.offline, report=_report, cancel=CancelToken())


def _report(stage: str, done: int, total: int | None, unit: str) -> None:
    if done == total:
        _say(f"{stage}: {done:,} {unit}")


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)
