"""`visualizer generate`: continue a text."""

from __future__ import annotations

import argparse
import codecs
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from visualizer.commands.arguments import (
    add_json,
    add_sampling_options,
    add_text,
    natural,
    positive,
    read_text,
    sampling_params,
    seed,
    with_named_tokens,
)
from visualizer.commands.opening import OpenedModel, OpenModel, open_model
from visualizer.commands.out_file import add_out, check_targets, write_out
from visualizer.commands.output import write_json, write_text
from visualizer.engine.chat import (
    ChatTurn,
    chat_prompt,
    closing_ids,
    render_once,
    sent_text,
    turn_of,
)
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import (
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    ModelRecord,
    Prompt,
    StopReason,
)
from visualizer.engine.tokenization import clean_text
from visualizer.files import read_file
from visualizer.session.export_subjects import Exportable
from visualizer.session.generated_steps import generated_step
from visualizer.session.json_reports import generate_report
from visualizer.session.provenance import provenance_of
from visualizer.session.state import ViewState
from visualizer.session.step_tables import StepsView

_MOST_HISTORY_BYTES = 16_000_000
_ALTERNATIVES = 10  # of each step in a file, as many as the window's bars at first
_REASONS: dict[StopReason, str] = {
    "length": "as many tokens as asked for",
    "end_of_text": "the model ended the text",
    "context": "the model's context is full",
    "stop_string": "the stop string was made",
    "stopped": "stopped",
}


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `generate`."""
    parser = subparsers.add_parser("generate", parents=[common], help="continue a text")
    add_text(parser)
    parser.add_argument(
        "--max-new-tokens", type=positive, default=20, metavar="N", help="at most so many (20)"
    )
    parser.add_argument(
        "--seed", type=seed, default=0, metavar="S", help="the same seed, the same text (0)"
    )
    parser.add_argument(
        "--stop",
        action="append",
        default=[],
        metavar="STRING",
        help="end with the token that completes this text; may be given more than once",
    )
    parser.add_argument(
        "--ignore-end",
        action="store_true",
        help="keep end tokens in the text and go on, instead of ending there",
    )
    parser.add_argument(
        "--chat",
        action="store_true",
        help="TEXT is a message: the model's chat template makes the prompt from it",
    )
    parser.add_argument(
        "--system", default="", metavar="TEXT", help="what a chat model is told before the message"
    )
    parser.add_argument(
        "--history",
        type=Path,
        metavar="FILE",
        help='with --chat: what was said before, as JSON: a list of objects with "role" and '
        '"content"',
    )
    parser.add_argument(
        "--alternatives",
        type=natural,
        metavar="N",
        help=f"with --json or --out: the N likeliest tokens of each step (0, with --out "
        f"{_ALTERNATIVES})",
    )
    add_json(parser)
    add_out(
        parser,
        "steps",
        "write every step with what it was drawn from: a figure, a table or arrays; repeatable",
    )
    add_sampling_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_model: OpenModel = open_model) -> int:
    """Print a text and its continuation, as it is made."""
    text, sampling = read_text(args.text), sampling_params(args)
    if args.system and not args.chat:
        raise UsageError("--system is for --chat.")
    if args.history is not None and not args.chat:
        raise UsageError("--history is for --chat.")
    turn = _turn(text, args.system, args.history)
    check_targets(args.out)
    opened = open_model(args)
    sampling = with_named_tokens(sampling, args, opened.model)
    prompt, end_ids, sent = Prompt(text), tuple[int, ...](), clean_text(text)
    if args.chat:
        prompt, end_ids = _conversation(opened.model, turn)
        sent = sent_text(opened.model.tokenizer, prompt)
    request = GenerateRequest(
        1,
        prompt,
        args.max_new_tokens,
        sampling,
        args.seed,
        with_overview=False,
        stop_strings=tuple(args.stop),
        end_at_end_of_text=not args.ignore_end,
        end_ids=end_ids,
        n_alternatives=_n_alternatives(args),
    )
    if not args.json:
        write_text(sent)
    generated, ended = _generate(opened, request, is_told=not args.json)
    if args.json:
        write_json(generate_report(opened.model, request, sent, generated, ended))
    else:
        total_ms = sum(record.elapsed_ms for record in generated)
        speed = f"; {1e3 * len(generated) / total_ms:.1f} tokens/s" if total_ms > 0 else ""
        print(f"{len(generated)} tokens; {_REASONS[ended.stop_reason]}{speed}", file=sys.stderr)
    if args.out:
        write_out(args, _views(opened.model, request, generated, ended), "steps")
    return 0


def _n_alternatives(args: argparse.Namespace) -> int:
    if args.alternatives is not None:
        return int(args.alternatives)
    return _ALTERNATIVES if args.out else 0


def _views(
    model: ModelRecord,
    request: GenerateRequest,
    generated: list[GeneratedRecord],
    ended: GenerationEnded,
) -> Exportable:
    """The generated tokens, and the view that shows their text in the window."""
    if not generated:
        raise VisualizerError("Nothing was generated: the model ended the text at once.")
    text = generated[-1].forward.tokenization
    state = ViewState(
        Prompt(text.text, tuple(text.ids.tolist())),
        sampling=request.sampling,
        seed=request.seed,
        n_generate=request.max_new_tokens,
        ends_at_end_of_text=request.end_at_end_of_text,
    )
    if len(request.stop_strings) == 1:
        state = replace(state, until="string", stop_string=request.stop_strings[0])
    steps = tuple(generated_step(record, request) for record in generated)
    return Exportable(
        state,
        model.name,
        provenance_of(model),
        steps=StepsView(steps, text, model.tokenizer),
        notes={"stop_reason": ended.stop_reason, "stop_string": ended.stop_string},
    )


def _turn(message: str, system: str, history: Path | None) -> ChatTurn:
    """The conversation that a message goes on.

    Raises:
        UsageError: The file is no conversation, or has another system's line.
        ReadError: It cannot be read, or is too large.
    """
    if history is None:
        return ChatTurn(message, system)
    data = read_file(history, _MOST_HISTORY_BYTES)
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError("{path} is no JSON.", path=history) from error
    if isinstance(said, list):
        said = [*said, {"role": "user", "content": message}]
    turn = turn_of(said)
    if system and turn.system:
        raise UsageError("{path} has a system's line: leave out --system.", path=history)
    return replace(turn, system=turn.system or system)


def _conversation(model: ModelRecord, turn: ChatTurn) -> tuple[Prompt, tuple[int, ...]]:
    """The prompt that the model's template makes, and the ids that end a reply.

    Raises:
        UsageError: The model has no template.
        ChatTemplateError: It cannot be used.
    """
    if model.chat_template is None:
        raise UsageError("{name} has no chat template: leave out --chat.", name=model.name)
    rendered = render_once(model.chat_template, turn)
    ends = closing_ids(model.tokenizer, rendered.closing)
    return chat_prompt(model.tokenizer, rendered.text), ends


def _generate(
    opened: OpenedModel, request: GenerateRequest, *, is_told: bool
) -> tuple[list[GeneratedRecord], GenerationEnded]:
    """All tokens, and why they ended; `is_told`: each is written as it is made."""
    generated: list[GeneratedRecord] = []
    ended: GenerationEnded | None = None
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for record in opened.engine.answer(request):
        if isinstance(record, GeneratedRecord):
            generated.append(record)
            if is_told:
                write_text(decoder.decode(record.data))
        elif isinstance(record, GenerationEnded):
            ended = record
    if ended is None:
        raise VisualizerError("The generation ended without a reason.")
    if is_told:
        write_text(decoder.decode(b"", final=True) + "\n")
    return generated, ended
