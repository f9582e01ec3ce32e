"""The options that several commands share, and what their values may be."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from visualizer import __version__
from visualizer.engine.errors import UsageError
from visualizer.engine.records import MEAN, HeadChoice, ModelRecord
from visualizer.engine.sampling import FIELDS, SamplingParams
from visualizer.files import read_file
from visualizer.session.pipeline_file import read_pipeline
from visualizer.session.pipeline_view import switched, token_named, with_bias

LANGUAGES = ("en", "zh_CN")
MOST_TEXT_BYTES = 16_000_000
"""Longest text that a command reads from a file or from standard input."""
TEXT_LIMIT = f"at most {MOST_TEXT_BYTES // 1_000_000} MB"
MOST_INDEX = 1_000_000_000
"""Largest count, place, layer or head that an option takes; the model at hand has fewer."""
MOST_SEED = 2**63 - 1
"""As in the window."""
_DEVICE = re.compile(r"auto|cpu|mps|cuda(:[0-9]{1,3})?")
_SIZE = re.compile(r"([0-9]{1,6})[xX×]([0-9]{1,6})")
_WHOLE = re.compile(r"-?[0-9]{1,30}")
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MOST_SHOWN = 60
MOST_REAL = 1e30  # finite in every kind of number
_LARGEST_EDGE = 16384  # of a window or its picture, in logical pixels


class ArgumentParser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, and takes no shortened options."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **keywords})

    def error(self, message: str) -> Any:
        """Write the message and exit with 2; the usage is one --help away."""
        self.exit(2, f"{self.prog}: {' '.join(message.split())} (see {self.prog} --help)\n")


def add_common_options(parser: argparse.ArgumentParser, *, is_parent: bool) -> None:
    """Declare what is accepted before a command as well as after it.

    Args:
        parser: Gets the options.
        is_parent: The parser lends its options to the commands: an option that is not given
            there must not overwrite what was given before the command.
    """

    def default(value: object) -> object:
        return argparse.SUPPRESS if is_parent else value

    group = parser.add_argument_group("options of every command")
    group.add_argument(
        "--model",
        metavar="NAME-or-PATH",
        default=default(None),
        help="catalogue name, hub name, model folder or GGUF file; the best one here if not given",
    )
    group.add_argument(
        "--device",
        type=device,
        default=default("auto"),
        metavar="auto|cpu|cuda|cuda:N|mps",
        help="where the model runs",
    )
    group.add_argument(
        "--dtype",
        choices=("auto", "float32", "bfloat16", "float16"),
        default=default("auto"),
        help="auto is float32 on the processor, the model's own on a GPU",
    )
    group.add_argument(
        "--offline", action="store_true", default=default(False), help="never use the network"
    )
    group.add_argument(
        "--lang", choices=LANGUAGES, default=default(None), help="language of the window"
    )
    group.add_argument("--version", action="version", version=f"visualizer {__version__}")


def add_text(parser: argparse.ArgumentParser) -> None:
    """Declare the text to read."""
    parser.add_argument(
        "text", metavar="TEXT", help=f"what to read; - for standard input, {TEXT_LIMIT}"
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare `--json`."""
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")


def add_sampling_options(parser: argparse.ArgumentParser) -> None:
    """Declare the sampling options; `sampling_params` reads them."""
    group = parser.add_argument_group(
        "sampling", "stages, in this order unless the pipeline file has another"
    )
    group.add_argument(
        "--pipeline",
        type=Path,
        metavar="FILE",
        help="stages as saved by the window, or written by hand; options below come on top",
    )
    group.add_argument(
        "--bias",
        action="append",
        default=[],
        metavar="TOKEN=X",
        help="add X to a token's logit; TOKEN is a token, a word of one token or an id as #42",
    )
    group.add_argument(
        "--ban", action="append", default=[], metavar="TOKEN", help="never draw this token"
    )
    for name, kind, text in (
        ("repetition_penalty", real(0, MOST_REAL, above=True), "of tokens in the text; 1 is off"),
        ("frequency_penalty", real(-100, 100), "subtracted for each time in the text; 0 is off"),
        ("presence_penalty", real(-100, 100), "subtracted once from tokens there; 0 is off"),
        ("temperature", real(0, MOST_REAL), "divisor of the logits; 0 is greedy"),
        ("top_k", natural, "keep this many tokens; 0 is off"),
        ("top_p", real(0, 1), "keep the fewest tokens that reach this probability; 1 is off"),
        ("min_p", real(0, 1), "keep tokens with at least this share of the likeliest; 0 is off"),
        ("typical_p", real(0, 1, above=True), "keep those nearest to the entropy; 1 is off"),
    ):
        group.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="X", help=text)


def sampling_params(args: argparse.Namespace) -> SamplingParams:
    """The sampling options as parameters, without those that name tokens.

    An option that is given stands above the pipeline file, and switches its stage on.

    Raises:
        UsageError: A value is out of range, or the file cannot be used.
    """
    sampling = SamplingParams() if args.pipeline is None else read_pipeline(args.pipeline)
    for stage, name in FIELDS.items():
        value = getattr(args, name)
        if value is not None:
            sampling = switched(sampling.with_value(stage, value), stage, on=True)
    for text in args.bias:
        _bias_of(text)
    return sampling


def with_named_tokens(
    sampling: SamplingParams, args: argparse.Namespace, model: ModelRecord
) -> SamplingParams:
    """The parameters with the tokens that `--bias` and `--ban` name, which need a tokenizer.

    Raises:
        UsageError: One of them is no token of this model, or is several; or the pipeline file
            has a token that the model does not know.
    """
    size = model.vocabulary_size
    for token_id in (*(i for i, _ in sampling.biases), *sampling.banned):
        if token_id >= size:
            raise UsageError(
                "The pipeline has token {token_id}, but the vocabulary of {model} ends at {last}.",
                token_id=token_id,
                model=model.name,
                last=size - 1,
            )
    pairs: list[tuple[str, float | None]] = [_bias_of(text) for text in args.bias]
    pairs += [(text, None) for text in args.ban]
    for text, bias in pairs:
        sampling = with_bias(sampling, token_named(text, model.tokenizer, size), bias)
    return switched(sampling, "bias", on=True) if pairs else sampling


def _bias_of(text: str) -> tuple[str, float]:
    """TOKEN=X of `--bias`; the last "=" is the one between them."""
    word, _, number = text.rpartition("=")
    bias = float(number) if _REAL.fullmatch(number) else math.nan
    if not word or not math.isfinite(bias):
        raise UsageError(
            "--bias takes a token, = and a number, such as ' the=-2', not {text}.",
            text=shown(text),
        )
    return word, bias


def read_text(text: str) -> str:
    """TEXT of a command line; "-" reads standard input to its end, as it is.

    Raises:
        UsageError: Standard input is closed, longer than `MOST_TEXT_BYTES`, or not UTF-8.
    """
    if text != "-":
        return text
    if sys.stdin is None:
        raise UsageError("TEXT is - but standard input is closed.")
    data = sys.stdin.buffer.read(MOST_TEXT_BYTES + 1)
    if len(data) > MOST_TEXT_BYTES:
        raise UsageError(
            "Standard input is longer than {limit} MB, the most that is read. Give a part of it.",
            limit=MOST_TEXT_BYTES // 1_000_000,
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            "Standard input is not UTF-8: byte {value} at offset {offset} is not allowed there.",
            value=f"0x{data[error.start]:02X}",
            offset=error.start,
        ) from error


def read_named_text(name: str) -> str:
    """The text of a file as it is, line ends and all; "-" is standard input.

    Raises:
        UsageError: It is empty, not UTF-8, not text, or standard input that is too long.
        ReadError: The file is missing, no ordinary file, or larger than `MOST_TEXT_BYTES`.
    """
    if name == "-":
        text = read_text(name)
    else:
        data = read_file(name, MOST_TEXT_BYTES)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(
                "{path} is not UTF-8: byte {value} at offset {offset} is not allowed there.",
                path=name,
                value=f"0x{data[error.start]:02X}",
                offset=error.start,
            ) from error
    title = "Standard input" if name == "-" else name
    if not text:
        raise UsageError("{path} is empty: there is nothing to read.", path=title)
    if "\0" in text:
        raise UsageError(
            "{path} is not text: there is a zero byte after {n_characters} characters.",
            path=title,
            n_characters=text.index("\0"),
        )
    return text


def device(text: str) -> str:
    """Argument type of `--device`."""
    if not _DEVICE.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"must be auto, cpu, cuda, cuda:N or mps, not {shown(text)}"
        )
    return text


def head_choice(text: str) -> HeadChoice:
    """Argument type of `--head`."""
    return MEAN if text == MEAN else whole(0, MOST_INDEX, "; or mean")(text)


def whole(least: int, most: int, otherwise: str = "") -> Callable[[str], int]:
    """Argument type of a whole number in a range, in plain digits.

    Args:
        least: The least that may be given.
        most: The most that may be given.
        otherwise: What else the option takes, for the sentence.
    """

    def read(text: str) -> int:
        number = int(text) if _WHOLE.fullmatch(text) else None
        if number is None or not least <= number <= most:
            raise argparse.ArgumentTypeError(
                f"must be a whole number from {least} to {most}{otherwise}, not {shown(text)}"
            )
        return number

    return read


def real(least: float, most: float, *, above: bool = False) -> Callable[[str], float]:
    """Argument type of a number in a range, written as in a program.

    Args:
        least: The least that may be given.
        most: The most that may be given.
        above: `least` itself may not.
    """

    def read(text: str) -> float:
        number = float(text) if _REAL.fullmatch(text) else math.nan
        if not (least < number if above else least <= number) or not number <= most:
            reach = (
                f"above {least:g} and at most {most:g}" if above else f"from {least:g} to {most:g}"
            )
            raise argparse.ArgumentTypeError(f"must be a number {reach}, not {shown(text)}")
        return number

    return read


def shown(text: str) -> str:
    """A word of the command line as a sentence shows it, on one line and not too long."""
    return repr(text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…")


natural = whole(0, MOST_INDEX)
"""Argument type of a layer, a head or another number from 0."""
signed = whole(-MOST_INDEX, MOST_INDEX)
"""Argument type of a place in a text; from its end if negative."""
positive = whole(1, MOST_INDEX)
"""Argument type of a number from 1."""
seed = whole(0, MOST_SEED)
"""Argument type of `--seed`."""


def window_size(text: str) -> tuple[int, int]:
    """Argument type of `--size`."""
    match = _SIZE.fullmatch(text)
    edges = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(1 <= edge <= _LARGEST_EDGE for edge in edges):
        raise argparse.ArgumentTypeError(
            f"must be WIDTHxHEIGHT, such as 1280x800, with edges from 1 to {_LARGEST_EDGE}, "
            f"not {shown(text)}"
        )
    return edges


def picture_file(text: str) -> Path:
    """Argument type of `--screenshot`."""
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"must end in .png: {shown(text)}")
    return path
