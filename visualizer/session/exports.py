"""Weights as files: CSV to open in a spreadsheet, npz to compute with, and what they say of it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError
from visualizer.engine.records import HeadChoice, HeadRecord
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.provenance import Provenance, known, program_facts
from visualizer.session.views import HeadView, OverviewView

HEAD_FORMATS = ("png", "svg", "pdf", "csv", "npz")
"""What one head can be written as; the name is also the file's ending."""
OVERVIEW_FORMATS = ("png", "svg", "pdf", "npz")
"""What the picture of all heads can be written as."""


def named_format(path: PurePath, formats: tuple[str, ...]) -> str:
    """The one of `formats` that the file's ending names.

    Raises:
        UsageError: It names none of them; the sentence lists them.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in formats:
        endings = [f".{name}" for name in formats]
        raise UsageError(
            "{name} should end in {endings} or {last}: the ending decides what is written.",
            name=path.name or str(path),
            endings=", ".join(endings[:-1]),
            last=endings[-1],
        )
    return kind


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


def head_provenance(view: HeadView, when: datetime | None = None) -> dict[str, str]:
    """Where the numbers of a head's figure or file come from, to be written into it.

    Args:
        view: What is exported.
        when: Time of the export; now if None.

    Returns:
        Texts by name, in this order; what is not known is left out. `token_ids` are decimal, with
        a space between two; `rows` and `columns` are half-open ranges of tokens, "0 12".
    """
    record = view.record
    return known(
        {
            **_model_facts(view.model_name, view.provenance),
            "layer": str(record.layer),
            "head": str(record.head),
            "rows": f"{record.rows[0]} {record.rows[1]}",
            "columns": f"{record.columns[0]} {record.columns[1]}",
            "block": str(record.block),
            "colour_scale": view.colour_scale,
            "scale_range": view.scale_range,
            **_text_facts(view.tokenization),
            **program_facts(when),
        }
    )


def overview_provenance(view: OverviewView, when: datetime | None = None) -> dict[str, str]:
    """As `head_provenance`, of all heads."""
    n_layers, n_heads = view.thumbnails.shape[:2]
    return known(
        {
            **_model_facts(view.model_name, view.provenance),
            "layers": str(n_layers),
            "heads": str(n_heads),
            "block": str(view.block),
            "colour_scale": "square root",
            "scale_range": "one",
            **_text_facts(view.tokenization),
            **program_facts(when),
        }
    )


def _model_facts(name: str, origin: Provenance) -> dict[str, str]:
    return {
        "model": name,
        "weights_sha256": origin.weights_sha256,
        "architecture": origin.architecture,
        "device": origin.device,
        "dtype": origin.dtype,
    }


def _text_facts(tokenization: Tokenization | None) -> dict[str, str]:
    if tokenization is None:
        return {}
    return {
        "tokenizer": tokenization.encoding,
        "prompt": tokenization.text,
        "token_ids": " ".join(map(str, tokenization.ids.tolist())),
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


def head_npz(view: HeadView, when: datetime | None = None) -> bytes:
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
        model, weights_sha256, prompt, ...: Text, the rest of `head_provenance`.

    Args:
        view: What to write.
        when: Time of the export; now if None.
    """
    record = view.record
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "weights": record.weights,
        f"blocks.{record.layer}.attn.hook_pattern": record.weights[None, None],
        **_text_arrays(head_provenance(view, when)),
        **_token_arrays(view.tokenization),
        "rows": np.array(record.rows, dtype=np.int64),
        "columns": np.array(record.columns, dtype=np.int64),
        "block": np.array(record.block, dtype=np.int64),
    }
    if record.sink is not None:
        arrays["sink"] = record.sink
    return _npz(arrays)


def overview_npz(view: OverviewView, when: datetime | None = None) -> bytes:
    """The thumbnails of all heads as an npz archive, to be read without pickle.

    Keys:
        thumbnails: (L, H, P, P) float32: layer, head, query, key.
        block: Tokens along the edge of a cell; above 1 a cell is the maximum of its weights.
        token_ids, tokens, token_bytes: As in `head_npz`; missing if the text is not known.
        model, weights_sha256, prompt, ...: Text, the rest of `overview_provenance`.
    """
    text = view.tokenization
    return _npz(
        {
            "thumbnails": view.thumbnails,
            **_text_arrays(overview_provenance(view, when)),
            **(_token_arrays(text) if text is not None else {}),
            "block": np.array(view.block, dtype=np.int64),
        }
    )


def _text_arrays(facts: Mapping[str, str]) -> dict[str, npt.NDArray[np.generic]]:
    return {key: np.array(text) for key, text in facts.items()}


def _token_arrays(tokenization: Tokenization) -> dict[str, npt.NDArray[np.generic]]:
    pieces = tokenization.pieces
    return {
        "token_ids": tokenization.ids,
        "tokens": np.array([data.decode("utf-8", "replace") for data in pieces], dtype=np.str_),
        "token_bytes": np.array([data.hex() for data in pieces], dtype=np.str_),
    }


def _npz(arrays: Mapping[str, npt.NDArray[np.generic]]) -> bytes:
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
