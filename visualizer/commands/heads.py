"""`visualizer heads`: what every head does on a text, as numbers and labels."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from visualizer.commands.arguments import add_json, add_text, positive, read_text, shown
from visualizer.commands.models import ProgressPrinter
from visualizer.commands.opening import OpenedModel, OpenModel, open_model
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import table
from visualizer.engine.attention_records import (
    METRICS,
    MetricsRecord,
    MetricsRequest,
    RegionRecord,
    RegionRequest,
)
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.interface import Question, Record
from visualizer.engine.records import (
    Float64Array,
    ForwardRecord,
    ForwardRequest,
    Member,
    ModelRecord,
    ProgressRecord,
    Prompt,
)
from visualizer.engine.tokenization import Tokenization
from visualizer.files import check_target, write_atomically
from visualizer.session.export_tables import Origin, Table, Value, origin_facts
from visualizer.session.exports import head_name, named_format, text_facts
from visualizer.session.head_labels import HeadLabel, labels_of, uniform_metrics
from visualizer.session.head_ranking import ranked
from visualizer.session.json_reports import Report, heads_report
from visualizer.session.provenance import provenance_of
from visualizer.session.state import HeadOrder, OverviewDisplay

_FORMATS = ("csv", "json")
_SPAN = re.compile(r"([0-9]{0,9}):([0-9]{0,9})")
_SHORT = {
    "first token": "first",
    "previous token": "previous",
    "duplicate token": "duplicate",
}
"""Names of columns in a terminal, where they differ."""

Span = tuple[int, int | None]
_Wanted = TypeVar("_Wanted", ForwardRecord, MetricsRecord, RegionRecord)


@dataclass(frozen=True, eq=False)
class _Findings:
    """What was found of all heads.

    Attributes:
        order: What they are ranked by; "model" for layer by layer.
        heads: Those to list, in this order.
        labels: Of all heads that have some.
    """

    model: ModelRecord
    tokenization: Tokenization
    metrics: MetricsRecord
    region: RegionRecord | None
    order: HeadOrder
    ascending: bool
    heads: tuple[Member, ...]
    labels: dict[Member, tuple[HeadLabel, ...]]


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `heads`."""
    parser = subparsers.add_parser(
        "heads",
        parents=[common],
        help="list what every head does, ranked",
        description=(
            "Lists all heads with their metrics and the labels that they earn on this text. "
            "Metrics: " + ", ".join(METRICS) + "."
        ),
    )
    add_text(parser)
    parser.add_argument(
        "--by",
        type=_order,
        metavar="METRIC|region",
        help="rank by a metric, such as previous-token, or by the weight in a region",
    )
    parser.add_argument("--ascending", action="store_true", help="the lowest first")
    for axis, what in (("rows", "query"), ("columns", "key")):
        parser.add_argument(
            f"--{axis}",
            type=_span,
            metavar="A:B",
            help=f"of the region: {what} tokens from A to before B; either may be left out",
        )
    parser.add_argument("--top", type=positive, metavar="N", help="list only the first N")
    parser.add_argument(
        "--out",
        type=_table_file,
        metavar="FILE." + "|.".join(_FORMATS),
        help="write the list to a file",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Print or write what every head does."""
    if (args.rows is None) != (args.columns is None) or (args.by == "region" and not args.rows):
        raise UsageError("A region takes both --rows and --columns.")
    if args.ascending and args.by is None and args.rows is None:
        raise UsageError("--ascending needs something to rank by: --by or a region.")
    text = read_text(args.text)
    if args.out is not None:
        check_target(args.out)
    opened = open_model(args)
    if opened.model.attention == "none":
        raise VisualizerError("{name} has no attention to show.", name=opened.model.name)
    found = _find(opened, Prompt(text), args)
    if args.out is not None:
        write_atomically(args.out, _file_bytes(args.out, found))
    if args.json:
        write_json(_report(found))
    elif args.out is not None:
        write_text(f"{args.out}\n")
    else:
        write_text(_text(found))
    return 0


def _find(opened: OpenedModel, prompt: Prompt, args: argparse.Namespace) -> _Findings:
    """Run the model on a prompt and ask what its heads do."""
    request = ForwardRequest(1, prompt, with_overview=False, with_surprise=False)
    forward = _last(_answers(opened, request), ForwardRecord)
    tokenization = forward.tokenization
    metrics = _last(_answers(opened, MetricsRequest(2)), MetricsRecord)
    region: RegionRecord | None = None
    if args.rows is not None:
        n = len(tokenization)
        question = RegionRequest(3, _ended(args.rows, n), _ended(args.columns, n))
        region = _last(_answers(opened, question), RegionRecord)
    order: HeadOrder = args.by or ("model" if region is None else "region")
    heads = _ranking(opened.model, order, metrics, region, ascending=args.ascending)
    return _Findings(
        opened.model,
        tokenization,
        metrics,
        region,
        order,
        args.ascending,
        heads[: args.top],
        labels_of(metrics, tokenization.ids),
    )


def _answers(opened: OpenedModel, question: Question) -> Iterator[Record]:
    """The engine's records; how far it is goes to a terminal."""
    printer = ProgressPrinter(sys.stderr, as_json=False)
    try:
        for record in opened.engine.answer(question):
            if not isinstance(record, ProgressRecord):
                yield record
            elif sys.stderr.isatty():
                stage = "Reading" if record.stage == "prompt" else "Looking at all heads"
                printer.report(stage, record.done, record.total, record.unit)
    finally:
        printer.close()


def _last(records: Iterator[Record], kind: type[_Wanted]) -> _Wanted:
    found = [record for record in records if isinstance(record, kind)]
    if not found:
        raise VisualizerError("The engine gave no attention for this prompt.")
    return found[-1]


def _ranking(
    model: ModelRecord,
    order: HeadOrder,
    metrics: MetricsRecord,
    region: RegionRecord | None,
    *,
    ascending: bool,
) -> tuple[Member, ...]:
    """All heads; those without a score come last."""
    every = [(layer, head) for layer, n in enumerate(model.layer_heads) for head in range(n)]
    if order == "model":
        return tuple(every)
    scores = _scores(order, metrics, region)
    best = ranked(OverviewDisplay(order=order, ascending=ascending), scores, ()) or ()
    return (*best, *(member for member in every if np.isnan(scores[member])))


def _scores(order: HeadOrder, metrics: MetricsRecord, region: RegionRecord | None) -> Float64Array:
    if order == "region" and region is not None:
        return region.mass
    return next(values for metric, values in metrics.values.items() if metric == order)


# --------------------------------------------------------------------------------- the answer


def _report(found: _Findings) -> Report:
    return heads_report(
        found.model,
        found.tokenization,
        found.metrics,
        found.region,
        found.labels,
        found.heads,
        order=found.order,
        ascending=found.ascending,
    )


def _columns(found: _Findings) -> dict[str, Float64Array]:
    """A number for each head under each name."""
    columns: dict[str, Float64Array] = {metric: found.metrics.values[metric] for metric in METRICS}
    if found.region is not None:
        columns["region"] = found.region.mass
    return columns


def _file_bytes(path: Path, found: _Findings) -> bytes:
    origin = Origin(found.model.name, provenance_of(found.model))
    more = text_facts(found.tokenization)
    if found.region is not None:
        more["rows"], more["columns"] = (
            f"{first} {end}" for first, end in (found.region.rows, found.region.columns)
        )
    facts = origin_facts(origin, {"order": found.order, **more})
    if named_format(path, _FORMATS) == "json":
        report = {"provenance": facts, **_report(found)}
        return (json.dumps(report, allow_nan=False) + "\n").encode("ascii")
    columns = _columns(found)
    rows: list[tuple[Value, ...]] = []
    for member in found.heads:
        numbers = (float(values[member]) for values in columns.values())
        names = ", ".join(label.name for label in found.labels.get(member, ()))
        rows.append((*member, *numbers, names))
    return Table(facts, ("layer", "head", *columns, "labels"), tuple(rows)).csv().encode("utf-8")


def _text(found: _Findings) -> str:
    """A line for each head, and what uniform attention would give."""
    columns = _columns(found)
    header = ["head", *(_SHORT.get(name, name) for name in columns), "labels"]
    rows = [
        [
            head_name(*member),
            *(_number(float(values[member])) for values in columns.values()),
            ", ".join(f"{one.name} {one.score:.2f}" for one in found.labels.get(member, ())),
        ]
        for member in found.heads
    ]
    uniform = uniform_metrics(found.tokenization.ids)
    expected = [_number(uniform[metric]) for metric in METRICS]
    rows.append(["uniform", *expected, *[""] * (len(columns) - len(METRICS)), ""])
    lines = table(header, rows, "<" + ">" * len(columns) + "<")
    by = "in the model's order" if found.order == "model" else f"by {found.order}"
    direction = ", the lowest first" if found.ascending else ""
    n_heads = sum(found.model.layer_heads)
    return (
        f"{lines}\n{len(found.heads)} of {n_heads} heads of {found.model.name} on "
        f"{len(found.tokenization)} tokens, {by}{direction}\n"
    )


def _number(value: float) -> str:
    """Three digits that count after the point, "-" where not defined."""
    return "-" if np.isnan(value) else f"{value:.3f}"


# ------------------------------------------------------------------------------- the arguments


def _order(text: str) -> HeadOrder:
    name = text.replace("-", " ")
    if name == "region":
        return "region"
    for metric in METRICS:
        if metric == name:
            return metric
    names = ", ".join(metric.replace(" ", "-") for metric in METRICS)
    raise argparse.ArgumentTypeError(f"must be region or one of {names}, not {text!r}")


def _span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"must be A:B, such as 3:10, not {shown(text)}")
    first, end = int(match[1] or 0), int(match[2]) if match[2] else None
    if end is not None and end <= first:
        raise argparse.ArgumentTypeError(f"must have B above A, not {shown(text)}")
    return first, end


def _ended(span: Span, n_tokens: int) -> tuple[int, int]:
    return span[0], n_tokens if span[1] is None else span[1]


def _table_file(text: str) -> Path:
    path = Path(text)
    try:
        named_format(path, _FORMATS)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return path
