"""One head's weights as files: CSV to open in a spreadsheet, npz to compute with."""

from __future__ import annotations

import csv
import io
import zipfile

import numpy as np
import numpy.typing as npt

from visualizer import __version__
from visualizer.engine.records import HeadChoice, HeadRecord
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.views import HeadView


def head_name(layer: int, head: HeadChoice) -> str:
    """How a head is written everywhere: "L14·H8", or "L14·mean" for a layer's average."""
    return f"L{layer}·mean" if head == "mean" else f"L{layer}·H{head}"


def cell_tokens(span: tuple[int, int], block: int, cell: int) -> tuple[int, int]:
    """Half-open range of the tokens under one cell of an axis.

    Args:
        span: Half-open range of tokens that the axis covers.
        block: Tokens along the edge of one cell.
        cell: From 0 along the axis.
    """
    first = span[0] + cell * block
    return first, min(first + block, span[1])


def cell_labels(
    tokenization: Tokenization, span: tuple[int, int], block: int, n_cells: int
) -> list[str]:
    """Name of each cell along an axis: "3 ·thousand", or "8-11" where a cell holds several.

    The index makes the names unique, whatever tokens the text repeats.
    """
    labels = []
    for cell in range(n_cells):
        first, end = cell_tokens(span, block, cell)
        if end - first == 1:
            labels.append(f"{first} {display_text(tokenization.pieces[first])}")
        else:
            labels.append(f"{first}-{end - 1}")
    return labels


def provenance(view: HeadView) -> dict[str, str]:
    """Where the numbers of a figure or a file come from, to be written into it."""
    record = view.record
    return {
        "model": view.model_name,
        "layer": str(record.layer),
        "head": str(record.head),
        "prompt": view.tokenization.text,
        "block": str(record.block),
        "application": f"visualizer {__version__}",
    }


def head_csv(view: HeadView) -> str:
    """The weights as comma-separated values: a row per query, a column per key.

    The first row and the first column name the tokens by index and text. Weights have as many
    digits as give the same float32 again. A model with a learned attention sink adds a last
    column "sink", with which each row sums to 1. Where the record is pooled, a cell is the
    maximum over the tokens that its two names span.
    """
    record = view.record
    columns = cell_labels(view.tokenization, record.columns, record.block, record.weights.shape[1])
    rows = cell_labels(view.tokenization, record.rows, record.block, record.weights.shape[0])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["query", *columns, *(["sink"] if record.sink is not None else [])])
    for label, numbers in zip(rows, _numbers(record), strict=True):
        writer.writerow([label, *numbers.astype(str)])
    return text.getvalue()


def head_npz(view: HeadView) -> bytes:
    """The weights as an npz archive, to be read without pickle.

    Keys:
        weights: (rows, columns) float32, rows are queries.
        blocks.{layer}.attn.hook_pattern: The same as (1, 1, rows, columns): batch, head, query,
            key, the axes under which TransformerLens keeps that name.
        token_ids: (T,) int64.
        tokens: (T,) str; a part of a character is U+FFFD, so `token_bytes` has the truth.
        token_bytes: (T,) str, the bytes in hexadecimal.
        rows, columns: Half-open ranges of tokens that the weights cover.
        block: Tokens along the edge of a cell; above 1 the weights are maxima.
        sink: (rows,) float32, only for a model with a learned attention sink.
        model, layer, head, prompt, application: Text, as in `provenance`.
    """
    record = view.record
    pieces = view.tokenization.pieces
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "weights": record.weights,
        f"blocks.{record.layer}.attn.hook_pattern": record.weights[None, None],
        "token_ids": view.tokenization.ids,
        "tokens": np.array([data.decode("utf-8", "replace") for data in pieces], dtype=np.str_),
        "token_bytes": np.array([data.hex() for data in pieces], dtype=np.str_),
        "rows": np.array(record.rows, dtype=np.int64),
        "columns": np.array(record.columns, dtype=np.int64),
    }
    arrays.update({key: np.array(text) for key, text in provenance(view).items()})
    arrays["block"] = np.array(record.block, dtype=np.int64)
    if record.sink is not None:
        arrays["sink"] = record.sink
    # np.savez's own arguments differ between versions of NumPy; its format does not.
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return file.getvalue()


def _numbers(record: HeadRecord) -> npt.NDArray[np.float32]:
    """The weights, with the sink as their last column where there is one."""
    if record.sink is None:
        return record.weights
    return np.concatenate([record.weights, record.sink[:, None]], axis=1)
