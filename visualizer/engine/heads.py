"""Answers to requests for one head: which rows are computed, treated, joined and pooled, and how.

Rows are computed a block at a time, so that of a long text never more than a few megabytes of
exact weights are held beside the answer.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.granularity import unit_starts
from visualizer.engine.patterns import PatternSource, Range, heads_of, pool, pool_rows
from visualizer.engine.progress import Progress
from visualizer.engine.records import (
    CancelToken,
    HeadRecord,
    HeadRequest,
    Int64Array,
    Member,
    ProgressRecord,
)
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treating import (
    add_by_unit,
    check_treatment,
    needs_whole_rows,
    treat_rows,
)
from visualizer.engine.treatment import UNTREATED, Granularity, Treatment

_ROWS = 64
_CELLS = 1 << 18  # of one step: 1 MiB of scores, which stay in the cache


@dataclass(frozen=True, eq=False)
class _Plan:
    """What a request asks for, worked out.

    Attributes:
        heads: Layer and head of those to take the mean over.
        rows, columns: In units.
        block: Units along the edge of a cell.
        starts: (n + 1,) where units begin, or None where a unit is a token.
        special: (T,) bool.
    """

    heads: tuple[Member, ...]
    treatment: Treatment
    rows: Range
    columns: Range
    block: int
    starts: Int64Array | None
    special: Tensor
    cancel: CancelToken

    def tokens(self, units: Range) -> Range:
        """The tokens of a range of units."""
        if self.starts is None:
            return units
        return int(self.starts[units[0]]), int(self.starts[units[1]])


class HeadReader:
    """Weights of single heads, or of means over heads, of the text at hand."""

    def __init__(
        self, source: PatternSource, layer_heads: tuple[int, ...], device: torch.device
    ) -> None:
        self._source = source
        self._layer_heads = layer_heads
        self._device = device
        self._tokenization: Tokenization | None = None
        self._special_ids: Collection[int] = ()
        self._starts: dict[tuple[Granularity, int], Int64Array | None] = {}

    def describe(self, tokenization: Tokenization, special_ids: Collection[int]) -> None:
        """Tell what the text's tokens stand for: where words begin, which are special."""
        if tokenization is not self._tokenization:
            self._starts = {}
        self._tokenization = tokenization
        self._special_ids = special_ids

    def answer(self, request: HeadRequest, n_tokens: int) -> Iterator[ProgressRecord | HeadRecord]:
        """The record, and before it how far it has come where that takes long.

        Args:
            request: Of heads that the model has.
            n_tokens: In the text.

        Raises:
            UsageError: The ranges or the treatment do not exist.
            Cancelled: Between blocks of rows.
            NonFiniteError: A weight is NaN or infinite.
        """
        plan = self._plan(request, n_tokens)
        first, last = plan.tokens(plan.rows)
        progress = Progress(request.request_id, "head", last - first)
        cells: list[Tensor] = []
        sinks: list[Tensor] = []
        for units in _row_steps(plan):
            weights, sink = self._step(plan, units)
            cells.append(weights)
            if sink is not None:
                sinks.append(sink)
            yield from progress.of(plan.tokens(units)[1] - first)
        yield self._record(request, plan, n_tokens, cells, sinks)

    def _plan(self, request: HeadRequest, n_tokens: int) -> _Plan:
        check_treatment(request.treatment)
        if request.most_cells < 1:
            raise UsageError("most_cells must be at least 1, got {n}.", n=request.most_cells)
        granularity = request.treatment.granularity
        starts = self._unit_starts(granularity, n_tokens)
        n_units = n_tokens if starts is None else len(starts) - 1
        rows = asked_range("rows", request.rows, n_units, granularity)
        columns = asked_range("columns", request.columns, n_units, granularity)
        longest = max(rows[1] - rows[0], columns[1] - columns[0])
        members = request.members or tuple(
            (request.layer, head)
            for head in heads_of(request.head, self._layer_heads[request.layer])
        )
        return _Plan(
            members,
            request.treatment,
            rows,
            columns,
            -(-longest // request.most_cells),
            starts,
            self._special(request.treatment, n_tokens),
            request.cancel,
        )

    def _unit_starts(self, granularity: Granularity, n_tokens: int) -> Int64Array | None:
        if granularity == "tokens":
            return None
        key = (granularity, n_tokens)
        if key not in self._starts:
            self._starts[key] = unit_starts(
                self._described(), self._special_ids, granularity, n_tokens
            )
        return self._starts[key]

    def _special(self, treatment: Treatment, n_tokens: int) -> Tensor:
        if "special" not in treatment.hidden:
            return torch.zeros(n_tokens, dtype=torch.bool, device=self._device)
        ids = np.fromiter(self._special_ids, np.int64, len(self._special_ids))
        special = np.isin(self._described().ids[:n_tokens], ids)
        return torch.from_numpy(special).to(self._device)

    def _described(self) -> Tokenization:
        if self._tokenization is None:
            raise VisualizerError("The text's tokens are not known.")
        return self._tokenization

    @torch.inference_mode()
    def _step(self, plan: _Plan, units: Range) -> tuple[Tensor, Tensor | None]:
        """Cells of some rows and the largest that is left to the sink in each."""
        plan.cancel.check()
        sink = self._sink(plan, units)
        if plan.starts is not None:
            weights = self._joined(plan, units)
        elif len(plan.heads) == 1 and not _changes(plan.treatment):
            (layer, head), block = plan.heads[0], plan.block
            if block > 1:
                weights = self._source.head_cells(layer, head, units, plan.columns, block)
            else:
                weights = self._source.head_rows(layer, head, units, plan.columns)
            return weights, sink
        else:
            weights = self._treated(plan, units)
        return pool(pool_rows(weights, plan.block), plan.block), sink

    def _mean(self, plan: _Plan, rows: Range, columns: Range) -> Tensor:
        """Exact weights (R, C) of the head, or the mean over several."""
        (layer, head), *others = plan.heads
        weights = self._source.head_rows(layer, head, rows, columns)
        for other_layer, other_head in others:
            plan.cancel.check()
            weights = weights + self._source.head_rows(other_layer, other_head, rows, columns)
        return weights / len(plan.heads) if others else weights

    def _treated(self, plan: _Plan, rows: Range) -> Tensor:
        """Treated weights of rows and the plan's columns, all in tokens."""
        columns = plan.tokens(plan.columns)
        if not _changes(plan.treatment):
            return self._mean(plan, rows, columns)
        whole = (0, rows[1]) if needs_whole_rows(plan.treatment) else columns
        weights = self._mean(plan, rows, whole)
        weights = treat_rows(weights, rows[0], whole[0], plan.treatment, plan.special)
        if whole == columns:
            return weights
        treated = weights.new_zeros(rows[1] - rows[0], columns[1] - columns[0])
        known = weights[:, slice(*columns)]
        treated[:, : known.shape[1]] = known
        return treated

    def _joined(self, plan: _Plan, units: Range) -> Tensor:
        """Weights (units, plan's units) of words or sentences: sums over keys, means over queries.

        Rows of a long unit are computed a few at a time.
        """
        assert plan.starts is not None
        first, last = plan.tokens(units)
        columns = plan.tokens(plan.columns)
        unit_of = _unit_of(plan.starts, self._device)
        n_columns = plan.columns[1] - plan.columns[0]
        joined = torch.zeros(units[1] - units[0], n_columns, device=self._device)
        step = max(_ROWS, _CELLS // last)
        for start in range(first, last, step):
            plan.cancel.check()
            rows = (start, min(start + step, last))
            weights = self._treated(plan, rows)
            sums = add_by_unit(weights, unit_of[slice(*columns)] - plan.columns[0], n_columns)
            joined.index_add_(0, unit_of[slice(*rows)] - units[0], sums)
        lengths = torch.from_numpy(np.diff(plan.starts[units[0] : units[1] + 1]))
        return joined.div_(lengths.to(self._device)[:, None])

    def _sink(self, plan: _Plan, units: Range) -> Tensor | None:
        """What rows leave to the sink, as the model has it, averaged over heads and units."""
        rows = plan.tokens(units)
        found = [self._source.sink_rows(layer, head, rows) for layer, head in plan.heads]
        known = [sink for sink in found if sink is not None]
        if not known:
            return None
        sink = torch.stack(known).sum(dim=0) / len(plan.heads)  # without a sink nothing is left
        if plan.starts is not None:
            lengths = torch.from_numpy(np.diff(plan.starts[units[0] : units[1] + 1]))
            lengths = lengths.to(self._device)
            places = torch.repeat_interleave(
                torch.arange(len(lengths), device=self._device), lengths
            )
            sink = sink.new_zeros(len(lengths)).index_add_(0, places, sink) / lengths
        return pool(sink, plan.block)

    def _record(
        self,
        request: HeadRequest,
        plan: _Plan,
        n_tokens: int,
        cells: list[Tensor],
        sinks: list[Tensor],
    ) -> HeadRecord:
        weights = torch.cat(cells)
        if not bool(torch.isfinite(weights.sum())):  # none is negative: the sum hides nothing
            raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
        windows = [self._source.window(layer) for layer, _ in plan.heads]
        limited = [window for window in windows if window is not None]
        return HeadRecord(
            request.request_id,
            request.layer,
            request.head,
            n_tokens,
            plan.rows,
            plan.columns,
            plan.block,
            weights.cpu().numpy(),
            torch.cat(sinks).cpu().numpy() if sinks else None,
            members=request.members,
            treatment=request.treatment,
            unit_starts=None if plan.starts is None else plan.starts.copy(),
            window=max(limited) if len(limited) == len(windows) else None,
        )


def _changes(treatment: Treatment) -> bool:
    """Whether a treatment changes tokens' weights."""
    return Treatment(treatment.hidden, treatment.discount, treatment.top_mass) != UNTREATED


def _row_steps(plan: _Plan) -> Iterator[Range]:
    """The rows in units, so many at a time as make whole cells and a step of fair size."""
    low, high = plan.rows
    while low < high:
        start = plan.tokens((low, low))[0]
        n_tokens = max(_ROWS, int(math.sqrt(start**2 / 4 + _CELLS) - start / 2))
        stop = start + n_tokens // 16 * 16
        if plan.starts is not None:
            stop = int(np.searchsorted(plan.starts, stop, "right")) - 1
        stop = min(low + plan.block * max(1, (stop - low) // plan.block), high)
        yield low, stop
        low = stop


def _unit_of(starts: Int64Array, device: torch.device) -> Tensor:
    """(T,) int64, to which unit each token belongs."""
    return torch.from_numpy(np.repeat(np.arange(len(starts) - 1), np.diff(starts))).to(device)


_NOT_IN_TEXT: dict[Literal["rows", "columns"], dict[Granularity, str]] = {
    "rows": {
        "tokens": "rows {first} to {last} are not in the prompt of {n_units} tokens.",
        "words": "rows {first} to {last} are not in the prompt of {n_units} words.",
        "sentences": "rows {first} to {last} are not in the prompt of {n_units} sentences.",
    },
    "columns": {
        "tokens": "columns {first} to {last} are not in the prompt of {n_units} tokens.",
        "words": "columns {first} to {last} are not in the prompt of {n_units} words.",
        "sentences": "columns {first} to {last} are not in the prompt of {n_units} sentences.",
    },
}


def asked_range(
    name: Literal["rows", "columns"],
    asked: Range | None,
    n_units: int,
    granularity: Granularity = "tokens",
) -> Range:
    """A range of a request, None being all of it.

    Raises:
        UsageError: It is empty, or not in the text.
    """
    if asked is None:
        return 0, n_units
    if 0 <= asked[0] < asked[1] <= n_units:
        return asked
    raise UsageError(
        _NOT_IN_TEXT[name][granularity], first=asked[0], last=asked[1], n_units=n_units
    )
