"""`visualizer tokens`: how a text is cut into tokens."""

from __future__ import annotations

import argparse
from typing import Any

from visualizer.commands.arguments import add_json, add_text, read_text
from visualizer.commands.opening import OpenTokenizer, open_tokenizer
from visualizer.commands.output import write_json, write_text
from visualizer.commands.tables import table
from visualizer.engine.encodings import load_encoding
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.json_reports import tokens_report

_OF_MODEL = "model"


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `tokens`."""
    parser = subparsers.add_parser("tokens", parents=[common], help="cut a text into tokens")
    add_text(parser)
    parser.add_argument(
        "--encoding",
        choices=(_OF_MODEL, "gpt2", "cl100k_base", "o200k_base"),
        default=_OF_MODEL,
        help="the model's own tokenizer, or one of OpenAI's",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_tokenizer: OpenTokenizer = open_tokenizer) -> int:
    """Print the tokens of a text."""
    text = read_text(args.text)
    of_model = args.encoding == _OF_MODEL
    tokenizer = open_tokenizer(args) if of_model else load_encoding(args.encoding)
    tokenization = tokenizer.encode(text)
    if args.json:
        write_json(tokens_report(tokenization))
    else:
        write_text(_table(tokenization))
    return 0


def _table(tokenization: Tokenization) -> str:
    rows = []
    for token in map(tokenization.token, range(len(tokenization))):
        is_added = token.index < tokenization.n_added
        rows.append(
            (
                str(token.index),
                str(token.id),
                display_text(token.data),
                token.data.hex(" "),
                "added" if is_added else f"{token.start}-{token.end}",
            )
        )
    lines = [table(("#", "id", "token", "bytes", "span"), rows, ">><<<")] if rows else []
    n_characters = len(tokenization.text)
    lines.append(f"{len(tokenization)} tokens, {n_characters} characters, {tokenization.encoding}")
    if not tokenization.is_lossless:
        lines.append("This tokenizer changes the text: its tokens do not join to it exactly.")
    return "\n".join(lines) + "\n"
