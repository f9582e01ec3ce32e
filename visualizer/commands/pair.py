"""`visualizer pair`: one query and one key in one head, taken apart."""

from __future__ import annotations

import argparse
from typing import Any

from visualizer.commands.arguments import add_json, add_text, natural, read_text, signed
from visualizer.commands.opening import OpenedModel, OpenModel, open_model
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import bar, table
from visualizer.engine.attention_records import PairRecord, PairRequest
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import ForwardRecord, ForwardRequest, ModelRecord, Prompt
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.attention_facts import AttentionFacts
from visualizer.session.attention_views import pair_view
from visualizer.session.exports import head_name
from visualizer.session.pair_reading import competitors, rank_of_pair, rest_weight, written_share
from visualizer.session.pair_report import pair_report
from visualizer.session.state import ViewState
from visualizer.session.views import PairView

_COMPETITORS = 5


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `pair`."""
    parser = subparsers.add_parser(
        "pair", parents=[common], help="take one query and one key of a head apart"
    )
    add_text(parser)
    parser.add_argument("--layer", type=natural, required=True, metavar="L", help="from 0")
    parser.add_argument("--head", type=natural, required=True, metavar="H", help="from 0")
    parser.add_argument(
        "--query",
        type=signed,
        required=True,
        metavar="Q",
        help="token that looks; negative counts from the end",
    )
    parser.add_argument(
        "--key", type=signed, required=True, metavar="K", help="token that is looked at; likewise"
    )
    parser.add_argument(
        "--candidate",
        metavar="WORD|ID",
        help="token whose logit is looked at, as text with its space or by its id "
        "(the likeliest after the query)",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Print the parts of one pair."""
    text = read_text(args.text)
    opened = open_model(args)
    candidate = None if args.candidate is None else candidate_id(opened.model, args.candidate)
    request = PairRequest(2, args.layer, args.head, args.query, args.key, candidate)
    view = read_pair(opened, Prompt(text), request)
    if args.json:
        write_json(pair_report(view))
    else:
        write_text(_table(view))
    return 0


def candidate_id(model: ModelRecord, text: str) -> int:
    """The token that `--candidate` names: an id if it is all digits, else exactly one token.

    Raises:
        UsageError: The text is no single token, or there is no such id.
    """
    if text.isascii() and text.isdigit() and len(text) <= 18:
        token_id = int(text)
        if token_id >= model.vocabulary_size:
            raise UsageError(
                "Token id {token_id} does not exist: the model knows {n_ids} tokens.",
                token_id=token_id,
                n_ids=model.vocabulary_size,
            )
        return token_id
    tokens = model.tokenizer.encode(text, parse_special=True)
    ids = tokens.ids[tokens.n_added :].tolist()
    if len(ids) != 1:
        pieces = [display_text(piece) for piece in tokens.pieces[tokens.n_added :]]
        raise UsageError(
            "{text!r} is not one token but {n}: {pieces}. A word after a space needs that space: "
            "' {text}'.",
            text=text,
            n=len(ids),
            pieces=" ".join(pieces) or "none",
        )
    return int(ids[0])


def read_pair(opened: OpenedModel, prompt: Prompt, request: PairRequest) -> PairView:
    """Run the model on a prompt and take one pair of its tokens apart."""
    forward = ForwardRequest(1, prompt, with_overview=False, with_surprise=False)
    text: Tokenization | None = None
    for record in opened.engine.answer(forward):
        if isinstance(record, ForwardRecord):
            text = record.tokenization
    for record in opened.engine.answer(request):
        if isinstance(record, PairRecord):
            return pair_view(
                ViewState(prompt=prompt), opened.model, AttentionFacts(pair=record, pair_of=text)
            )
    raise VisualizerError("The engine gave no answer for this pair.")


def _table(view: PairView) -> str:
    record = view.record
    head = head_name(record.layer, record.head)
    lines = [
        f"{head}: query {_token(view, record.query)} → key {_token(view, record.key)}",
        table(["part", "value"], _parts(view), "<>"),
        "",
        table(["rank", "key", "token", "score", "weight", ""], _row(view), ">><>><"),
        "",
        *_effect(view),
        f"{view.model_name}; attention weights do not by themselves explain what a model does",
    ]
    return "\n".join(lines) + "\n"


def _parts(view: PairView) -> list[list[str]]:
    record = view.record
    n = len(record.products)
    parts = [
        [f"q·k, sum of {n} products", f"{record.products.sum():.4f}"],
        [f"× scaling {record.scaling:.6g}", f"{record.score:.4f}"],
    ]
    if record.softcap is not None:
        parts.append([f"softcap {record.softcap:g} × tanh(· / {record.softcap:g})",
                      f"{record.capped:.4f}"])  # fmt: skip
    if record.bias is not None:
        parts.append(["+ position bias", f"{record.bias:.4f}"])
    if not record.is_visible:
        parts.append(["masked: the query cannot see this key", "−∞"])
    parts.append([f"normaliser over {len(record.row_keys)} keys", f"{record.normaliser:.4f}"])
    parts.append(["weight", f"{record.weight:.6f}"])
    rank = rank_of_pair(record)
    if rank is not None:
        parts.append(["rank among the keys", f"{rank} of {len(record.row_keys)}"])
    for name, value in (
        ("|v| of the key", record.value_norm),
        ("|w| written for this pair", record.written_norm),
        ("|w| of the whole head", record.head_output_norm),
        ("share of the head's length", written_share(record)),
    ):
        if value is not None:
            parts.append([name, f"{value:.4f}"])
    return parts


def _row(view: PairView) -> list[list[str]]:
    record = view.record
    shown = competitors(record, _COMPETITORS)
    rows = [
        [
            str(each.rank),
            str(each.key),
            display_text(view.tokenization.pieces[each.key]),
            f"{each.score:.3f}",
            f"{each.weight:.4f}",
            bar(each.weight) + (" ◂" if each.key == record.key else ""),
        ]
        for each in shown
    ]
    n_left = len(record.row_keys) - len(shown)
    if n_left:
        rest = rest_weight(record, shown)
        rows.append(["", "", f"{n_left} others", "", f"{rest:.4f}", bar(rest)])
    if record.sink_logit is not None and record.sink_weight is not None:
        sink = record.sink_weight
        rows.append(["", "", "(sink)", f"{record.sink_logit:.3f}", f"{sink:.4f}", bar(sink)])
    return rows


def _effect(view: PairView) -> list[str]:
    record, change = view.record, view.record.logit_change
    lines = [f"logit of {view.candidate_text} after the query: {record.logit:.4f}"]
    if record.logit_without is not None and change is not None:
        lines.append(
            f"without this one contribution: {record.logit_without:.4f}, so it moves it by "
            f"{change:+.4f}"
        )
    if record.unavailable is not None:
        lines.append(str(record.unavailable))
    return lines


def _token(view: PairView, index: int) -> str:
    return f"{index} {display_text(view.tokenization.pieces[index])}"
