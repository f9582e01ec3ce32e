"""What can be read off a pair of tokens besides its parts: its rank, and who competes with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.engine.attention_records import PairRecord
from visualizer.engine.records import Int64Array


@dataclass(frozen=True)
class Competitor:
    """One key of the row.

    Attributes:
        rank: From 1, by weight.
        key: Its token.
        score: After softcap and bias.
        weight: Its share of the row.
    """

    rank: int
    key: int
    score: float
    weight: float


def ranking(record: PairRecord) -> Int64Array:
    """Places in the row (K,), largest weight first; a tie goes to the earlier token."""
    order: Int64Array = np.argsort(-record.row_weights, kind="stable").astype(np.int64)
    return order


def rank_of_pair(record: PairRecord) -> int | None:
    """Rank of the inspected key among those that the query can see, from 1; None if unseen."""
    if not record.is_visible:
        return None
    place = int(np.flatnonzero(record.row_keys == record.key)[0])
    return int(np.flatnonzero(ranking(record) == place)[0]) + 1


def competitors(record: PairRecord, n: int) -> tuple[Competitor, ...]:
    """The `n` keys of largest weight, best first, and the inspected one if it is none of them."""
    order = ranking(record)
    chosen = list(range(min(n, len(order))))
    rank = rank_of_pair(record)
    if rank is not None and rank > n:
        chosen.append(rank - 1)
    return tuple(_competitor(record, order, place) for place in chosen)


def rest_weight(record: PairRecord, shown: tuple[Competitor, ...]) -> float:
    """Weight of all keys that are not among `shown`, the sink's not counted."""
    left_out = ~np.isin(record.row_keys, [each.key for each in shown])
    return float(record.row_weights[left_out].sum())


def neighbour(record: PairRecord, step: int) -> int | None:
    """The key `step` ranks below the inspected one, None beyond the ends of the row."""
    rank = rank_of_pair(record)
    place = 0 if rank is None else rank - 1 + step
    if not 0 <= place < len(record.row_keys):
        return None
    return int(record.row_keys[ranking(record)[place]])


def by_contribution(record: PairRecord) -> Int64Array:
    """Dimensions (D,), largest product first; a tie goes to the lower dimension."""
    order: Int64Array = np.argsort(-record.products, kind="stable").astype(np.int64)
    return order


def written_share(record: PairRecord) -> float | None:
    """Length of what is written for the pair, over that of the whole head; may be above 1.

    Contributions of different keys can point against one another: that is how a part can be
    longer than the whole.
    """
    if record.written_norm is None or not record.head_output_norm:
        return None
    return record.written_norm / record.head_output_norm


def _competitor(record: PairRecord, order: Int64Array, place: int) -> Competitor:
    at = int(order[place])
    return Competitor(
        place + 1,
        int(record.row_keys[at]),
        float(record.row_scores[at]),
        float(record.row_weights[at]),
    )
