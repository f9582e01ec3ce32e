"""Weights as files: CSV to open in a spreadsheet, npz to compute with, and what they say of it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError
from visualizer.engine.records import HeadChoice, HeadRecord, Int64Array
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.engine.treatment import Treatment
from visualizer.session.hidden_cells import BoolArray, hidden_cells, weight_texts
from visualizer.session.json_reports import token_list
from visualizer.session.provenance import Provenance, facts_json, known, program_facts
from visualizer.session.views import HeadView, OverviewView

HEAD_FORMATS = ("png", "svg", "pdf", "csv", "npz")
"""What the head's menu offers; the name is also the file's ending."""
OVERVIEW_FORMATS = ("png", "svg", "pdf", "npz")
"""What the menu of all heads offers."""
_NEEDS_QUOTES = re.compile(r"[\",#\r\n]|^\s|\s$")


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
    tokenization: Tokenization,
    span: tuple[int, int],
    block: int,
    n_cells: int,
    unit_starts: Int64Array | None = None,
) -> list[str]:
    """Name of each cell along an axis: "3 ·thousand", or "8-11" where a cell holds several.

    The index makes the names unique, whatever tokens the text repeats. With `unit_starts` an axis
    counts words or sentences, and so do the names.
    """
    labels = []
    for cell in range(n_cells):
        first, end = cell_tokens(span, block, cell)
        if end - first == 1:
            labels.append(f"{first} {display_text(unit_bytes(tokenization, first, unit_starts))}")
        else:
            labels.append(f"{first}-{end - 1}")
    return labels


def unit_bytes(tokenization: Tokenization, unit: int, unit_starts: Int64Array | None) -> bytes:
    """The text of a token, or of a word or sentence."""
    if unit_starts is None:
        return tokenization.pieces[unit]
    first, end = int(unit_starts[unit]), int(unit_starts[unit + 1])
    return b"".join(tokenization.pieces[first:end])


def visible_part(view: HeadView) -> HeadView:
    """The same head, cut to what is in sight, from the finest weights that are known of it.

    The view itself where all of it is in sight.
    """
    record, visible = view.record, view.visible
    if visible is None:
        return view
    rows = _within((visible[0], visible[1]), record.rows)
    columns = _within((visible[2], visible[3]), record.columns)
    if rows is None or columns is None:
        return view
    tile = view.tile
    if tile is not None and _covers(tile.rows, rows) and _covers(tile.columns, columns):
        record = tile
    return replace(view, record=_cut(record, rows, columns), tile=None, visible=None)


def _within(span: tuple[int, int], whole: tuple[int, int]) -> tuple[int, int] | None:
    first, end = max(span[0], whole[0]), min(span[1], whole[1])
    return (first, end) if first < end else None


def _covers(whole: tuple[int, int], span: tuple[int, int]) -> bool:
    return whole[0] <= span[0] and span[1] <= whole[1]


def _cut(record: HeadRecord, rows: tuple[int, int], columns: tuple[int, int]) -> HeadRecord:
    """A part of a record: all cells that hold something of these ranges."""
    row_cells, rows = _cells(rows, record.rows, record.block)
    column_cells, columns = _cells(columns, record.columns, record.block)
    weights = np.ascontiguousarray(record.weights[row_cells, column_cells])
    sink = None if record.sink is None else record.sink[row_cells].copy()
    return replace(record, rows=rows, columns=columns, weights=weights, sink=sink)


def _cells(
    span: tuple[int, int], whole: tuple[int, int], block: int
) -> tuple[slice, tuple[int, int]]:
    first = (span[0] - whole[0]) // block
    end = -((whole[0] - span[1]) // block)
    covered = (whole[0] + first * block, min(whole[0] + end * block, whole[1]))
    return slice(first, end), covered


def head_provenance(
    view: HeadView, when: datetime | None = None, document: str = ""
) -> dict[str, str]:
    """Where the numbers of a head's figure or file come from, to be written into it.

    Args:
        view: What is exported.
        when: Time of the export; now if None.
        document: The whole view as JSON, see `view_file`; "" for none.

    Returns:
        Texts by name, in this order; what is not known is left out. `token_ids` are decimal, with
        a space between two; `rows` and `columns` are half-open ranges of tokens, "0 12", or of
        the units that `granularity` names; `members` are heads whose mean it is, "3.5 4.1".
    """
    record = view.record
    return known(
        {
            **model_facts(view.model_name, view.provenance),
            "layer": str(record.layer),
            "head": str(record.head),
            "members": " ".join(f"{layer}.{head}" for layer, head in record.members),
            "rows": f"{record.rows[0]} {record.rows[1]}",
            "columns": f"{record.columns[0]} {record.columns[1]}",
            "block": str(record.block),
            **treatment_facts(record.treatment),
            "n_hidden": n_hidden_text(hidden_of(view)),
            "colour_scale": view.colour_scale,
            "scale_range": view.scale_range,
            "scale_top": f"{view.top:.6g}",
            "palette": view.palette,
            **text_facts(view.tokenization),
            **program_facts(when),
            "view": document,
        }
    )


def treatment_facts(treatment: Treatment) -> dict[str, str]:
    """What was done to the weights; nothing where they are as they were."""
    return {
        "hidden": " ".join(treatment.hidden),
        "discount": "yes" if treatment.discount else "",
        "top_mass": f"{treatment.top_mass:g}" if treatment.top_mass < 1 else "",
        "granularity": treatment.granularity if treatment.granularity != "tokens" else "",
    }


def n_hidden_text(hidden: BoolArray | None) -> str:
    """How many weights are not shown; "" for none."""
    return "" if hidden is None else str(int(hidden.sum()))


def overview_provenance(
    view: OverviewView, when: datetime | None = None, document: str = ""
) -> dict[str, str]:
    """As `head_provenance`, of all heads; `shown` and `order` say what the cells show.

    What pictures hide, by `hidden_in_pictures`, the numbers of a file have all the same.
    """
    n_layers, n_heads = view.thumbnails.shape[:2]
    display, hides = view.display, view.without_first is not None
    return known(
        {
            **model_facts(view.model_name, view.provenance),
            "layers": str(n_layers),
            "heads": str(n_heads),
            "block": str(view.block),
            "shown": "" if display.cells == "pattern" else display.cells,
            "order": "" if display.order == "model" else display.order,
            "colour_scale": "square root" if display.cells == "pattern" else "linear",
            "scale_range": "one" if display.cells == "pattern" and not hides else "largest",
            "hidden_in_pictures": "first" if hides and display.cells == "pattern" else "",
            **(text_facts(view.tokenization) if view.tokenization is not None else {}),
            **program_facts(when),
            "view": document,
        }
    )


def model_facts(name: str, origin: Provenance) -> dict[str, str]:
    """Which model computed the numbers."""
    return {
        "model": name,
        "weights_sha256": origin.weights_sha256,
        "architecture": origin.architecture,
        "device": origin.device,
        "dtype": origin.dtype,
    }


def text_facts(tokenization: Tokenization) -> dict[str, str]:
    """Of which text they are."""
    return {
        "tokenizer": tokenization.encoding,
        "prompt": tokenization.text,
        "token_ids": " ".join(map(str, tokenization.ids.tolist())),
    }


def head_csv(view: HeadView, when: datetime | None = None, document: str = "") -> str:
    """The weights as comma-separated values: a row per query, a column per key.

    The first line is a comment: "# " and `head_provenance` as JSON in ASCII. Of the others the
    first row and the first column name the tokens by index and text. Weights have as many digits
    as give the same float32 again. A model with a learned attention sink adds a last column
    "sink", with which each row of untreated weights sums to 1. Where the record is pooled, a cell
    is the maximum over the tokens that its two names span. A weight that is hidden or left out is
    empty; the facts `hidden` and `top_mass` say of which, and `n_hidden` how many.
    """
    record, hidden = view.record, hidden_of(view)
    header = ["query", *axis_labels(view, "columns")]
    if record.sink is not None:
        header.append("sink")
    lines = [comment_line(head_provenance(view, when, document)), csv_line(header)]
    rows = weight_texts(record.weights, hidden, "")
    sinks = [[]] * len(rows) if record.sink is None else record.sink[:, None].astype(str).tolist()
    for label, numbers, sink in zip(axis_labels(view, "rows"), rows, sinks, strict=True):
        lines.append(f"{quoted(label)},{','.join([*numbers, *sink])}\n")
    return "".join(lines)


def hidden_of(view: HeadView) -> BoolArray | None:
    """Which weights of a head are not shown; None for none."""
    return hidden_cells(view.record, view.tokenization, view.special_ids)


def axis_labels(view: HeadView, axis: Literal["rows", "columns"]) -> list[str]:
    """Names of the cells along an axis of a head."""
    record = view.record
    span, n_cells = (
        (record.rows, record.weights.shape[0])
        if axis == "rows"
        else (record.columns, record.weights.shape[1])
    )
    return cell_labels(view.tokenization, span, record.block, n_cells, record.unit_starts)


def comment_line(facts: Mapping[str, str]) -> str:
    """The first line of a CSV file; readers leave it out with comment="#" or comments="#"."""
    return f"# {json.dumps(dict(facts))}\n"


def csv_line(texts: Iterable[str]) -> str:
    """One row of texts."""
    return ",".join(map(quoted, texts)) + "\n"


def quoted(text: str) -> str:
    """A text as a field of CSV, in quotes where it has to be; "#" must be, it begins comments."""
    if not _NEEDS_QUOTES.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'


def head_npz(view: HeadView, when: datetime | None = None, document: str = "") -> bytes:
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
        is_hidden: (rows, columns) bool, only where weights are hidden or left out: theirs are 0
            here, which is not what the model gave them.
        unit_starts: (n + 1,) int64, only where the axes count words or sentences: where each
            begins, the last entry being T.
        model, weights_sha256, prompt, ...: Text, the rest of `head_provenance`.
        provenance: Text, all of `head_provenance` as JSON.

    Args:
        view: What to write.
        when: Time of the export; now if None.
        document: The whole view as JSON, "" for none.
    """
    record = view.record
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "weights": record.weights,
        f"blocks.{record.layer}.attn.hook_pattern": record.weights[None, None],
        **text_arrays(head_provenance(view, when, document)),
        **token_arrays(view.tokenization),
        "rows": np.array(record.rows, dtype=np.int64),
        "columns": np.array(record.columns, dtype=np.int64),
        "block": np.array(record.block, dtype=np.int64),
    }
    if record.sink is not None:
        arrays["sink"] = record.sink
    hidden = hidden_of(view)
    if hidden is not None:
        arrays["is_hidden"] = hidden
    if record.unit_starts is not None:
        arrays["unit_starts"] = record.unit_starts
    return npz_bytes(arrays)


def head_json(view: HeadView, when: datetime | None = None, document: str = "") -> str:
    """The weights as one JSON object, in the words of `visualizer attention --json`.

    Keys:
        provenance: `head_provenance`.
        model, layer, head, members, rows, columns, block: What the weights are of.
        tokens: The text's tokens.
        unit_starts: Where words or sentences begin, only where the axes count these.
        row_labels, column_labels: Names of the cells.
        sink: Only for a model with a learned attention sink.
        n_hidden: How many weights are null, only where some are hidden or left out.
        weights: A list per query; each number has the digits that give the same float32 again,
            and null stands for one that is hidden or left out.
    """
    record, hidden = view.record, hidden_of(view)
    report: dict[str, Any] = {
        "provenance": head_provenance(view, when, document),
        "model": view.model_name,
        "layer": record.layer,
        "head": record.head,
        "members": [list(member) for member in record.members],
        "rows": list(record.rows),
        "columns": list(record.columns),
        "block": record.block,
        "tokens": token_list(view.tokenization),
        "row_labels": axis_labels(view, "rows"),
        "column_labels": axis_labels(view, "columns"),
    }
    if record.unit_starts is not None:
        report["unit_starts"] = record.unit_starts.tolist()
    if record.sink is not None:
        report["sink"] = record.sink.tolist()
    if hidden is not None:
        report["n_hidden"] = int(hidden.sum())
    rows = (f"[{', '.join(row)}]" for row in weight_texts(record.weights, hidden, "null"))
    return f'{json.dumps(report, allow_nan=False)[:-1]}, "weights": [{", ".join(rows)}]}}\n'


def overview_npz(view: OverviewView, when: datetime | None = None, document: str = "") -> bytes:
    """The thumbnails of all heads as an npz archive, to be read without pickle.

    Keys:
        thumbnails: (L, H, P, P) float32: layer, head, query, key.
        block: Tokens along the edge of a cell; above 1 a cell is the maximum of its weights.
        token_ids, tokens, token_bytes: As in `head_npz`; missing if the text is not known.
        metrics.{name}: (L, H) float64, what each head does on this text, where it is known; NaN
            where a metric is not defined. A space in a name is "_".
        scores: (L, H) float64 by which heads are ranked, where they are.
        model, weights_sha256, prompt, ...: Text, the rest of `overview_provenance`.
        provenance: Text, all of it as JSON.
    """
    text, metrics = view.tokenization, view.metrics
    values = metrics.values if metrics is not None else {}
    return npz_bytes(
        {
            "thumbnails": view.thumbnails,
            **{f"metrics.{name.replace(' ', '_')}": array for name, array in values.items()},
            **({"scores": view.scores} if view.scores is not None else {}),
            **text_arrays(overview_provenance(view, when, document)),
            **(token_arrays(text) if text is not None else {}),
            "block": np.array(view.block, dtype=np.int64),
        }
    )


def text_arrays(facts: Mapping[str, str]) -> dict[str, npt.NDArray[np.generic]]:
    """Facts as arrays of an npz archive: each of its own, and all together."""
    texts = {**facts, "provenance": facts_json(dict(facts))}
    return {key: np.array(text) for key, text in texts.items()}


def token_arrays(tokenization: Tokenization) -> dict[str, npt.NDArray[np.generic]]:
    """The tokens as arrays of an npz archive."""
    pieces = tokenization.pieces
    return {
        "token_ids": tokenization.ids,
        "tokens": np.array([data.decode("utf-8", "replace") for data in pieces], dtype=np.str_),
        "token_bytes": np.array([data.hex() for data in pieces], dtype=np.str_),
    }


def npz_bytes(arrays: Mapping[str, npt.NDArray[np.generic]]) -> bytes:
    """Arrays as an npz archive that is read without pickle."""
    # np.savez's own arguments differ between versions of NumPy; its format does not.
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return file.getvalue()
