"""Getting the model that a command asks for, with progress on standard error."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visualizer.engine.interface import Engine
from visualizer.engine.records import CancelToken, LoadRequest, ModelRecord, ProgressRecord
from visualizer.engine.tokenization import Tokenizer
from visualizer.engine.tokenizers_hf import load_tokenizer

if TYPE_CHECKING:
    from visualizer.engine.models.local import LocalModel

_SLOW_STAGES = ("download", "convert")  # worth a line even in a log file


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """An engine, and the model that it runs."""

    engine: Engine
    model: ModelRecord


OpenModel = Callable[[argparse.Namespace], OpenedModel]
OpenTokenizer = Callable[[argparse.Namespace], Tokenizer]


def open_model(args: argparse.Namespace) -> OpenedModel:
    """Fetch if needed, load and check the model that the options name.

    Raises:
        VisualizerError: In words, why there is no model.
    """
    with _progress() as report:
        local = _local_model(args, report)
        _quieten_libraries()
        from visualizer.engine.engine import LocalEngine

        def on_load(progress: ProgressRecord) -> None:
            report(progress.stage, progress.done, progress.total, progress.unit)

        engine = LocalEngine()
        request = LoadRequest(1, local.name, local.path, args.device, args.dtype)
        model = engine.load(request, on_load)
    for note in model.notes:
        print(f"note: {note}", file=sys.stderr)
    return OpenedModel(engine, model)


def open_tokenizer(args: argparse.Namespace) -> Tokenizer:
    """The tokenizer of the model that the options name, without its weights.

    Raises:
        VisualizerError: In words, why there is none.
    """
    with _progress() as report:
        local = _local_model(args, report)
    return load_tokenizer(local.path, local.name)


_Report = Callable[[str, int, int | None, str], None]


def _local_model(args: argparse.Namespace, report: _Report) -> LocalModel:
    from visualizer.engine.models.local import best_local_model
    from visualizer.engine.models.resolve import ensure_local

    if args.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # the libraries below read it when they are imported
    name = best_local_model().name if args.model is None else args.model
    return ensure_local(name, offline=args.offline, report=report, cancel=CancelToken())


@contextlib.contextmanager
def _progress() -> Iterator[_Report]:
    from visualizer.commands.models import ProgressPrinter

    printer = ProgressPrinter(sys.stderr, as_json=False)
    watched = sys.stderr.isatty()

    def report(stage: str, done: int, total: int | None, unit: str) -> None:
        if watched or stage in _SLOW_STAGES:
            printer.report(stage, done, total, unit)

    try:
        yield report
    finally:
        printer.close()


def _quieten_libraries() -> None:
    """Keep progress bars and advice of the libraries out of standard error."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
