"""What every head does on a text, as a few numbers for each row, kept up to date row by row.

All metrics but the entropy are weighted sums over a row, and the factors depend on the text
alone: one product of matrices gives them for many heads at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from visualizer.engine.attention_records import LOCAL_TOKENS, METRICS, Metric
from visualizer.engine.patterns import PatternSource, Range
from visualizer.engine.records import CancelToken, Float64Array, Int64Array

_ROWS = 64
_SCORES = 1 << 20  # of one step: some tens of milliseconds, after which a cancel is heard
_PLACES = {metric: place for place, metric in enumerate(METRICS)}


@dataclass(eq=False)
class _Block:
    """Rows that are being computed, and how many of their steps are done."""

    rows: Range
    n_done: int = 0


class HeadMetrics:
    """Metrics of all heads of one text; the rows of an unchanged prefix stay.

    A row's numbers never change when text is appended, so that an edit costs its own rows only;
    work that was cancelled goes on where it stopped.
    """

    def __init__(self, source: PatternSource, layer_heads: tuple[int, ...]) -> None:
        self._source = source
        self._n_heads = max(layer_heads)
        shape = (len(layer_heads), self._n_heads)
        self._is_missing = np.arange(self._n_heads) >= np.array(layer_heads)[:, None]
        self._rows = torch.empty(0, len(METRICS), *shape)
        self._n_rows = 0
        self._block: _Block | None = None

    def forget(self, length: int) -> None:
        """Tokens from `length` on have changed."""
        self._n_rows = min(self._n_rows, length)
        if self._block is not None and self._block.rows[1] > length:
            self._block = None

    def update(self, ids: Int64Array, cancel: CancelToken | None = None) -> Iterator[int]:
        """Compute what is missing.

        Args:
            ids: (T,) of the text at hand.
            cancel: Polled every few tens of milliseconds.

        Yields:
            How many rows are done, after each block of rows; nothing if none was missing.

        Raises:
            Cancelled: What was done stays.
        """
        self._reserve(len(ids))
        while self._n_rows < len(ids):
            if self._block is None:
                stop = self._n_rows + self._block_rows(self._n_rows)
                self._block = _Block((self._n_rows, min(stop, len(ids))))
            self._compute(self._block, ids, cancel)
            self._n_rows = self._block.rows[1]
            self._block = None
            yield self._n_rows

    @torch.inference_mode()
    def values(self, ids: Int64Array) -> tuple[dict[Metric, Float64Array], dict[Metric, int]]:
        """The means over the rows of a text that `update` has been through.

        Returns:
            By metric (L, H) float64, NaN where there is no such head, it is defined for no row
            or a weight is not finite; and for how many rows it is defined, the distance for the
            head with the most.
        """
        rows = self._rows[: len(ids)]
        sums = rows.sum(dim=0, dtype=torch.float64)
        numbers = defined_rows(ids).sum(axis=1).tolist()
        counts = dict(zip(METRICS, numbers, strict=True))
        distances = rows[:, _PLACES["distance"]]
        n_distances = (~distances.isnan()).sum(dim=0)
        sums[_PLACES["distance"]] = distances.nansum(dim=0, dtype=torch.float64)
        counts["distance"] = int(n_distances.numpy()[~self._is_missing].max())
        values: dict[Metric, Float64Array] = {}
        for metric, place in _PLACES.items():
            n = n_distances if metric == "distance" else counts[metric]
            values[metric] = (sums[place] / n).numpy()  # 0 / 0 is NaN: defined for no row
            values[metric][self._is_missing] = np.nan
        return values, counts

    def _reserve(self, n_tokens: int) -> None:
        if n_tokens > len(self._rows):
            grown = self._rows.new_empty(2 * n_tokens, *self._rows.shape[1:])
            grown[: self._n_rows] = self._rows[: self._n_rows]
            if self._block is not None:
                rows = slice(*self._block.rows)
                grown[rows] = self._rows[rows]
            self._rows = grown

    def _block_rows(self, start: int) -> int:
        """As many rows as one layer's heads can do in one step."""
        return max(1, min(_ROWS, _SCORES // (self._n_heads * (start + _ROWS))))

    def _compute(self, block: _Block, ids: Int64Array, cancel: CancelToken | None) -> None:
        factors: dict[int, Tensor] = {}
        for step, (batch, members, first) in enumerate(self._steps(block.rows)):
            if step < block.n_done:
                continue
            if cancel is not None:
                cancel.check()
            if first not in factors:
                factors[first] = row_factors(ids, block.rows, first)
            self._compute_step(batch, members, block.rows, first, factors[first])
            block.n_done = step + 1

    def _steps(self, rows: Range) -> Iterator[tuple[int, Range, int]]:
        """Layers that are computed together: batch, members of it, first column."""
        for batch, layers in enumerate(self._source.batches):
            first = self._source.first_column(batch, rows[0])
            each = self._n_heads * (rows[1] - rows[0]) * (rows[1] - first)
            n = max(1, _SCORES // each)
            for low in range(0, len(layers), n):
                yield batch, (low, min(low + n, len(layers))), first

    @torch.inference_mode()
    def _compute_step(
        self, batch: int, members: Range, rows: Range, first: int, factors: Tensor
    ) -> None:
        layers = self._source.batches[batch][slice(*members)]
        numerators, divisors = self._source.numerators(batch, members, rows, first)
        has_sink = self._source.sink_rows(layers[0], 0, (rows[0], rows[0] + 1)) is not None
        values = row_metrics(numerators, divisors, factors, has_sink=has_sink)
        self._rows[slice(*rows), :, list(layers)] = values.cpu().transpose(1, 2)


def row_metrics(numerators: Tensor, divisors: Tensor, factors: Tensor, *, has_sink: bool) -> Tensor:
    """The metrics of each row.

    Args:
        numerators: (n, H, R, K) weights before normalisation.
        divisors: (n, H, R, 1).
        factors: See row_factors; moved to the device of the weights.
        has_sink: Whether what is missing to 1 goes to an attention sink.

    Returns:
        (R, n, M, H) float32, M in the order of METRICS; the distance is NaN without mass.
    """
    n, n_heads, n_rows, _ = numerators.shape
    by_row = numerators.flatten(0, 1).transpose(0, 1)  # (R, n * H, K)
    sums = torch.bmm(by_row, factors.to(numerators.device).transpose(1, 2))
    shares = sums / divisors.flatten(0, 1).transpose(0, 1)  # (R, n * H, M), the mass in front
    mass = shares[..., 0].clone()
    sums_of_logs = _times_log(numerators).sum(dim=-1) / divisors[..., 0]
    nats = mass * divisors[..., 0].log().flatten(0, 1).T - sums_of_logs.flatten(0, 1).T
    if has_sink:
        nats -= _times_log((1 - mass).clamp_min(0))  # below 0 only by rounding
    shares[..., 0] = nats / math.log(2.0)
    shares[..., _PLACES["distance"]] /= mass  # 0 / 0 is NaN
    return shares.view(n_rows, n, n_heads, -1).transpose(2, 3)


def _times_log(values: Tensor) -> Tensor:
    """Each value times its logarithm, 0 for 0."""
    # Several times as fast on a processor as torch.special.xlogy and entr.
    return values.clamp_min(torch.finfo(values.dtype).tiny).log_().mul_(values)


def row_factors(ids: Int64Array, rows: Range, first: int) -> Tensor:
    """With what each key's weight counts in each metric.

    Args:
        ids: (T,).
        rows: Queries.
        first: Earliest key; the last is rows[1] - 1.

    Returns:
        (R, M, K) float32 in the order of METRICS, 0 in rows for which a metric is not defined;
        in the place of the entropy 1, for the mass of a row.
    """
    query = np.arange(*rows)[:, None]
    key = np.arange(first, rows[1])
    back = query - key
    factors = np.zeros((len(METRICS), *back.shape), np.float32)
    # The token before each key; before the first there is none.
    before = np.where(key > 0, ids[key - 1], -1)
    for metric, factor in {
        "entropy": 1.0,
        "first token": key == 0,
        "previous token": back == 1,
        "induction": (before == ids[query]) & (back >= 0),
        "duplicate token": (ids[key] == ids[query]) & (back > 0),
        "local": (back >= 0) & (back < LOCAL_TOKENS),
        "distance": back,
        "diagonal": back == 0,
    }.items():
        factors[METRICS.index(metric)] = factor
    factors *= defined_rows(ids[: rows[1]])[:, rows[0] :, None]
    return torch.from_numpy(factors.transpose(1, 0, 2))


def defined_rows(ids: Int64Array) -> np.ndarray:
    """(M, T) bool in the order of METRICS: for which queries a metric is defined."""
    query = np.arange(len(ids))
    repeated = np.ones(len(ids), dtype=bool)
    repeated[np.unique(ids, return_index=True)[1]] = False
    rows: dict[Metric, np.ndarray] = {
        "entropy": query >= 0,
        "first token": query >= 1,
        "previous token": query >= 1,
        "induction": repeated,
        "duplicate token": repeated,
        "local": query >= LOCAL_TOKENS,
        "distance": query >= 0,
        "diagonal": query >= 1,
    }
    return np.stack([rows[metric] for metric in METRICS])
