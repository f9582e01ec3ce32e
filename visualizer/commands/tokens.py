"""`visualizer tokens`: how a text is cut into tokens, by one tokenizer or several."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from visualizer.commands.arguments import add_json, read_text
from visualizer.commands.opening import OpenTokenizer, open_tokenizer
from visualizer.commands.output import write_json, write_text
from visualizer.commands.token_tables import (
    compare_table,
    decode_table,
    merges_table,
    search_table,
    tokens_table,
)
from visualizer.engine.encodings import ENCODINGS, load_encoding
from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenizer
from visualizer.engine.tokenizers_hf import load_tokenizer_file
from visualizer.session.json_reports import tokens_report
from visualizer.session.token_reports import (
    compare_report,
    decode_report,
    entry_report,
    merges_report,
)
from visualizer.session.tokenizer_bench import OWN, BenchRow, bench_view
from visualizer.session.vocabulary_desk import (
    decoded_ids,
    entries,
    search_bytes,
    token_facts,
)

_ALL = (OWN, *ENCODINGS)
_MOST_FOUND = 50
_NAMES = "model, gpt2, cl100k_base, o200k_base or the path of a tokenizer.json"


def add_parser(subparsers: Any, common: argparse.ArgumentParser) -> None:
    """Declare `tokens`."""
    parser = subparsers.add_parser("tokens", parents=[common], help="cut a text into tokens")
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help="what to read; - for standard input"
    )
    parser.add_argument(
        "--encoding",
        default=OWN,
        metavar="NAME",
        help=f"{_NAMES}; the model's own tokenizer if not given",
    )
    parser.add_argument(
        "--special", action="store_true", help="read special tokens written in TEXT as such"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--compare",
        nargs="*",
        metavar="NAME",
        help=f"how several tokenizers cut TEXT, side by side: each {_NAMES}; all four if none "
        "is named",
    )
    what.add_argument(
        "--merges", metavar="ID-or-TEXT", help="the merges that built a token, step by step"
    )
    what.add_argument("--decode", metavar="IDS", help="the text of token ids, such as '15496 11'")
    what.add_argument(
        "--search",
        metavar="TEXT-or-HEX",
        help="tokens that contain a text, or bytes if it begins with 0x",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, *, open_tokenizer: OpenTokenizer = open_tokenizer) -> int:
    """Print the tokens of a text, or what was asked of a vocabulary."""
    _check_text(args)
    if args.compare is not None:
        _compare(args, open_tokenizer)
    elif args.merges is not None:
        _merges(args, _opened(args.encoding, args, open_tokenizer))
    elif args.decode is not None:
        decoded = decoded_ids(_opened(args.encoding, args, open_tokenizer), args.decode)
        _write(args, decode_report(decoded), decode_table(decoded))
    elif args.search is not None:
        _search(args, _opened(args.encoding, args, open_tokenizer))
    else:
        text = read_text(args.text)
        tokenizer = _opened(args.encoding, args, open_tokenizer)
        tokenization = tokenizer.encode(text, parse_special=args.special)
        if args.json:
            write_json(tokens_report(tokenization))
        else:
            write_text(tokens_table(tokenization))
    return 0


def _check_text(args: argparse.Namespace) -> None:
    asks = next(
        (name for name in ("merges", "decode", "search") if getattr(args, name) is not None), ""
    )
    if asks and args.text is not None:
        raise UsageError("--{name} takes no TEXT beside it.", name=asks)
    if not asks and args.text is None:
        raise UsageError("TEXT is missing: what is to be cut into tokens?")


def _opened(name: str, args: argparse.Namespace, open_model: OpenTokenizer) -> Tokenizer:
    """The tokenizer of that name.

    Raises:
        UsageError: There is none.
        VisualizerError: Its file cannot be read.
    """
    if name == OWN:
        return open_model(args)
    if name in ENCODINGS:
        return load_encoding(name)
    path = Path(name)
    try:
        is_there = path.exists()
    except (OSError, ValueError):  # a text where a name should be: too long, or with a NUL
        is_there = False
    if not is_there:
        raise UsageError("There is no tokenizer {name}: choose {names}.", name=name, names=_NAMES)
    return load_tokenizer_file(path)


def _compare(args: argparse.Namespace, open_model: OpenTokenizer) -> None:
    names = list(dict.fromkeys(args.compare or _ALL))
    text = read_text(args.text)
    rows = []
    for name in names:
        tokenizer = _opened(name, args, open_model)
        tokenization = tokenizer.encode(text, parse_special=args.special)
        rows.append(BenchRow(name, tokenizer.name, tokenizer, tokenization))
    view = bench_view(text, rows, parse_special=args.special)
    if args.json:
        write_json(compare_report(view))
    else:
        write_text(compare_table(view))


def _merges(args: argparse.Namespace, tokenizer: Tokenizer) -> None:
    facts = token_facts(tokenizer, _token_id(args.merges, tokenizer), tokenizer.merge_rules())
    _write(args, merges_report(facts), merges_table(facts))


def _token_id(word: str, tokenizer: Tokenizer) -> int:
    """A word is an id if it is all digits, else text that is one token."""
    if word.isascii() and word.isdigit() and len(word) <= 18:
        return int(word)
    tokens = tokenizer.encode(word, parse_special=True)
    ids = tokens.ids[tokens.n_added :].tolist()
    if len(ids) != 1:
        raise UsageError(
            "{word} is {n} tokens in {name}, not one; a space in front makes a difference.",
            word=repr(word),
            n=len(ids),
            name=tokenizer.name,
        )
    token_id: int = ids[0]
    return token_id


def _search(args: argparse.Namespace, tokenizer: Tokenizer) -> None:
    data = search_bytes(args.search, as_hex=args.search[:2].lower() == "0x")
    found = entries(tokenizer, tokenizer.search(data, _MOST_FOUND))
    report = {"encoding": tokenizer.name, "tokens": [entry_report(entry) for entry in found]}
    _write(args, report, search_table(found, _MOST_FOUND))


def _write(args: argparse.Namespace, report: dict[str, Any], text: str) -> None:
    if args.json:
        write_json(report)
    else:
        write_text(text)
