"""`visualizer lesson attention` and `visualizer lesson positions`: small matrices, by hand."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from visualizer.commands.arguments import add_json, whole
from visualizer.commands.output import write_json, write_text
from visualizer.engine.errors import VisualizerError
from visualizer.files import check_target, write_atomically
from visualizer.lessons.attention import AttentionSteps, Float64Array, self_attention
from visualizer.lessons.positions import MOST_CELLS, sinusoids
from visualizer.lessons.reading import read_matrix

_STEPS = ("q", "k", "v", "scores", "scaled", "masked", "weights", "output")
_FORMULAS = {
    "q": "Q = X W_Q",
    "k": "K = X W_K",
    "v": "V = X W_V",
    "scores": "Q K^T",
    "scaled": "Q K^T / sqrt(d_k)",
    "masked": "-inf where a token must not look",
    "weights": "softmax by rows",
    "output": "weights V",
}
_WEIGHTS = ("query", "key", "value")
_MOST_SHOWN = 12  # rows and columns on a terminal; the JSON has them all


def add_parsers(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare `attention` and `positions`."""
    attention = commands.add_parser(
        "attention", parents=[common], help="self-attention of a small matrix, step by step"
    )
    attention.add_argument(
        "--x", type=Path, required=True, metavar="FILE.csv", help="a row of numbers for each token"
    )
    for name in _WEIGHTS:
        attention.add_argument(
            f"--{name}-weights",
            type=Path,
            metavar="FILE.csv",
            help=f"W_{name[0].upper()}, as many rows as X has columns (the identity matrix)",
        )
    attention.add_argument("--causal", action="store_true", help="no token looks at a later one")
    add_json(attention)
    attention.set_defaults(run=run_attention)

    positions = commands.add_parser(
        "positions", parents=[common], help="sinusoids that say where a token stands"
    )
    positions.add_argument(
        "--length", type=whole(1, MOST_CELLS), required=True, metavar="T", help="positions"
    )
    positions.add_argument(
        "--width", type=whole(1, MOST_CELLS), required=True, metavar="D", help="columns"
    )
    positions.add_argument(
        "--out", type=_matrix_file, required=True, metavar="FILE.csv|.npz", help="where to write"
    )
    positions.set_defaults(run=run_positions)


def run_attention(args: argparse.Namespace) -> int:
    """Print every step of one head's attention."""
    x = read_matrix(args.x)
    paths = (args.query_weights, args.key_weights, args.value_weights)
    w_q, w_k, w_v = (np.eye(x.shape[1]) if path is None else read_matrix(path) for path in paths)
    with np.errstate(all="ignore"):  # what overflows is refused below
        steps = self_attention(x, w_q, w_k, w_v, causal=args.causal)
    if not (np.isfinite(steps.scores).all() and np.isfinite(steps.output).all()):
        raise VisualizerError("These numbers are too large to multiply: take smaller ones.")
    if args.json:
        write_json({"causal": args.causal, **{name: _rows(steps, name) for name in _STEPS}})
    else:
        write_text(_steps_text(steps))
    return 0


def run_positions(args: argparse.Namespace) -> int:
    """Write the sinusoids to a file."""
    check_target(args.out)
    encoding = sinusoids(args.length, args.width)
    write_atomically(args.out, _matrix_bytes(args.out, encoding))
    write_text(f"{args.out}\n")
    return 0


def _matrix_file(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".csv", ".npz"):
        raise argparse.ArgumentTypeError(f"must end in .csv or .npz: {text!r}")
    return path


def _rows(steps: AttentionSteps, name: str) -> list[list[float | None]]:
    """A step as lists; JSON has no -inf: a cell that is hidden is null."""
    matrix: Float64Array = getattr(steps, name)
    return [[cell if np.isfinite(cell) else None for cell in row] for row in matrix.tolist()]


def _steps_text(steps: AttentionSteps) -> str:
    parts = []
    for name in _STEPS:
        matrix: Float64Array = getattr(steps, name)
        rows, columns = matrix.shape
        shown = matrix[:_MOST_SHOWN, :_MOST_SHOWN]
        lines = ["  ".join(f"{cell:9.4f}" for cell in row) for row in shown.tolist()]
        if shown.shape != matrix.shape:
            lines.append("the rest is in the output of --json")
        parts.append("\n".join([f"{_FORMULAS[name]}   {rows} x {columns}", *lines]))
    return "\n\n".join(parts) + "\n"


def _matrix_bytes(path: Path, matrix: Float64Array) -> bytes:
    """CSV: no header, digits that give the same float64 again; npz: `positions`, (T, D)."""
    if path.suffix.lower() == ".npz":
        archive = io.BytesIO()
        np.savez_compressed(archive, positions=matrix)
        return archive.getvalue()
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(matrix.tolist())
    return text.getvalue().encode("ascii")
