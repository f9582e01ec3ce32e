"""`visualizer models`: what models there are, and bringing, checking and removing them."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

from visualizer.commands.arguments import add_json
from visualizer.commands.interrupts import stopped_by_signals
from visualizer.engine.errors import ModelLoadError
from visualizer.engine.records import Cancelled, CancelToken

if TYPE_CHECKING:
    from visualizer.engine.models.local import LocalModel

_LEAST_SECONDS_BETWEEN = 0.1
_STAGES = {
    "download": "Downloading",
    "verify": "Checking",
    "convert": "Converting",
    "load": "Loading",
}


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `models` and its own commands."""
    parser = subparsers.add_parser("models", help="list, fetch, check and remove models")
    commands = parser.add_subparsers(dest="models_command", required=True, metavar="COMMAND")

    listing = commands.add_parser("list", parents=[common], help="what is known and what is here")
    add_json(listing)

    fetching = commands.add_parser("fetch", parents=[common], help="bring a model to this machine")
    fetching.add_argument("name", metavar="NAME", help="catalogue name, hub name or GGUF file")
    fetching.add_argument(
        "--progress",
        choices=("text", "json"),
        default="text",
        help="json writes one object a line to standard error",
    )

    path = commands.add_parser("path", parents=[common], help="where a model is")
    path.add_argument("name", metavar="NAME")

    removing = commands.add_parser("remove", parents=[common], help="delete a model from the cache")
    removing.add_argument("name", metavar="NAME")

    checking = commands.add_parser("check", parents=[common], help="examine a model closely")
    checking.add_argument("name", metavar="NAME-or-PATH")
    add_json(checking)
    parser.set_defaults(run=run)
    for leaf in (listing, fetching, path, removing, checking):
        leaf.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run one of the `models` commands.

    Returns:
        Exit status: 0 done, 1 a model that was checked is damaged, 128 and more interrupted.

    Raises:
        VisualizerError: What was asked for cannot be done.
    """
    commands: dict[str, Callable[[argparse.Namespace, CancelToken], int]] = {
        "list": _list,
        "fetch": _fetch,
        "path": _path,
        "remove": _remove,
        "check": _check,
    }
    cancel = CancelToken()
    with stopped_by_signals(cancel.cancel) as stopping:
        try:
            return commands[args.models_command](args, cancel)
        except Cancelled:
            kept = "; what was fetched so far is kept" if args.models_command == "fetch" else ""
            print(f"visualizer: interrupted{kept}", file=sys.stderr)
            return stopping.status or 130


class ProgressPrinter:
    """Writes progress to a stream: one updating line, plain lines, or JSON.

    Args:
        stream: Where to write.
        as_json: One object a line.
    """

    def __init__(self, stream: TextIO, as_json: bool) -> None:
        self._stream = stream
        self._as_json = as_json
        self._updates = stream.isatty() and not as_json
        self._stage = ""
        self._last = (-1, -1)
        self._time = 0.0
        self._open_line = False

    def report(self, stage: str, done: int, total: int | None, unit: str) -> None:
        """Show how far a stage is; what comes too often is left out, its end never."""
        now = time.monotonic()
        is_new = stage != self._stage
        if (done, total or -1) == self._last and not is_new:
            return
        often = not is_new and done != total and now - self._time < _LEAST_SECONDS_BETWEEN
        if often or (not is_new and not self._updates and not self._as_json and done != total):
            return
        if is_new:
            self.close()
        self._stage, self._last, self._time = stage, (done, total or -1), now
        if self._as_json:
            value = {"stage": stage, "done": done, "total": total, "unit": unit}
            self._write(json.dumps(value) + "\n")
        elif self._updates:
            self._open_line = True
            self._write(f"\r\x1b[K{_describe(stage, done, total, unit)}")
        else:
            self._write(_describe(stage, done, total, unit) + "\n")

    def close(self) -> None:
        """End the line that was being updated."""
        if self._open_line:
            self._open_line = False
            self._write("\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _describe(stage: str, done: int, total: int | None, unit: str) -> str:
    title = _STAGES.get(stage, stage)
    if unit == "bytes":
        amount = f"{done / 1e6:.1f}" + (f" of {total / 1e6:.1f}" if total else "") + " MB"
    else:
        amount = f"{done}" + (f" of {total}" if total else "") + f" {unit}"
    return f"{title}: {amount}"


def _list(args: argparse.Namespace, cancel: CancelToken) -> int:
    from visualizer.engine.models.catalog import known_models
    from visualizer.engine.models.local import best_local_model, local_models

    here = {model.name: model for model in local_models()}
    best = best_local_model().name
    rows = [
        {
            "name": known.name,
            "title": known.title,
            "summary": known.summary,
            "licence": known.licence,
            "parameters": known.parameters,
            "download_bytes": known.download_bytes,
            "path": str(here[known.name].path) if known.name in here else None,
            "default": known.name == best,
        }
        for known in known_models()
    ]
    listed = {row["name"] for row in rows}
    rows += [
        {
            "name": model.name,
            "title": model.name,
            "summary": {"gguf": "A GGUF file, converted."}.get(model.kind, "In the hub's cache."),
            "licence": None,
            "parameters": None,
            "download_bytes": None,
            "path": str(model.path),
            "default": model.name == best,
        }
        for model in here.values()
        if model.name not in listed
    ]
    if args.json:
        print(json.dumps({"models": rows}, ensure_ascii=False, indent=2))
        return 0
    _print_rows(rows)
    return 0


def _print_rows(rows: list[dict[str, Any]]) -> None:
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        mark = "*" if row["default"] else " "
        if row["path"] is not None:
            state = "here"
        else:
            state = f"{row['download_bytes'] / 1e6:,.0f} MB to fetch"
        size = f"{row['parameters'] / 1e6:,.0f} M" if row["parameters"] else ""
        licence = row["licence"] or ""
        print(
            f"{mark} {row['name']:<{width}}  {state:<16} {size:>6}  {licence:<10}  {row['summary']}"
        )
    print(
        "\n* opens when no model is named. Any causal language model of the hub can be fetched by"
    )
    print("its name, and any folder in Hugging Face format or GGUF file opened by its path.")


def _fetch(args: argparse.Namespace, cancel: CancelToken) -> int:
    from visualizer.engine.models.resolve import ensure_local

    printer = ProgressPrinter(sys.stderr, args.progress == "json")
    try:
        model = ensure_local(args.name, offline=args.offline, report=printer.report, cancel=cancel)
    finally:
        printer.close()
    print(model.path)
    return 0


def _path(args: argparse.Namespace, cancel: CancelToken) -> int:
    print(_found(args.name).path)
    return 0


def _found(name: str) -> LocalModel:
    from visualizer.engine.models.resolve import find_local

    model = find_local(name)
    if model is None:
        raise ModelLoadError(
            "{name} is not on this machine; `visualizer models fetch {name}` brings it.", name=name
        )
    return model


def _remove(args: argparse.Namespace, cancel: CancelToken) -> int:
    from visualizer.engine.models.removal import remove_model

    freed = remove_model(args.name, cancel)
    print(f"removed {args.name}: {freed / 1e6:,.1f} MB freed")
    return 0


def _check(args: argparse.Namespace, cancel: CancelToken) -> int:
    from visualizer.engine.models.examine import examine

    model = _found(args.name)
    findings = examine(model.path, cancel)
    bad = [finding for finding in findings if not finding.ok]
    if args.json:
        value = {
            "name": args.name,
            "path": str(model.path),
            "ok": not bad,
            "checks": [vars(finding) for finding in findings],
        }
        print(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        print(model.path)
        for finding in findings:
            print(f"{'ok ' if finding.ok else 'BAD'}  {finding.what}: {finding.result}")
    if bad:
        print(f"visualizer: {' '.join(bad[0].result.split())}", file=sys.stderr)
    return 1 if bad else 0


__all__ = ["ProgressPrinter", "add_parser", "run"]
