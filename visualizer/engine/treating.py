"""What is done to exact weights before they are looked at; see `treatment`.

Whole rows go in, because what is left of a row and its largest weights depend on all of it.
"""

from __future__ import annotations

from typing import get_args

import torch
from torch import Tensor

from visualizer.engine.errors import UsageError
from visualizer.engine.treatment import GRANULARITIES, HIDDEN, Granularity, Treatment

_FIRST_LOOK = 128  # largest weights of a row: the mass is nearly always in fewer


def check_treatment(treatment: Treatment) -> None:
    """Raises UsageError if there is no such treatment."""
    for name, value, known in (
        *(("hidden", hidden, HIDDEN) for hidden in treatment.hidden),
        ("granularity", treatment.granularity, get_args(Granularity)),
    ):
        if value not in known:
            raise UsageError(
                "There is no {name} {value}: choose among {known}.",
                name=name,
                value=value,
                known=", ".join(HIDDEN if name == "hidden" else GRANULARITIES),
            )
    if not 0 < treatment.top_mass <= 1:  # NaN is refused, too
        raise UsageError(
            "top_mass must be above 0 and at most 1, got {top_mass}.", top_mass=treatment.top_mass
        )


def needs_whole_rows(treatment: Treatment) -> bool:
    """Whether a weight depends on others of its row."""
    return treatment.discount or treatment.top_mass < 1


def treat_rows(
    weights: Tensor, first_row: int, first_column: int, treatment: Treatment, special: Tensor
) -> Tensor:
    """Hide, discount and keep the largest; see Treatment.

    Args:
        weights: (R, C) float32, changed in place; whole rows as far as they are not 0, if
            `needs_whole_rows`.
        first_row: Token of row 0.
        first_column: Token of column 0.
        treatment: What is to be done; joining tokens is not done here.
        special: (T,) bool, which tokens are special.

    Returns:
        (R, C), treated.
    """
    n_rows, n_columns = weights.shape
    if "first" in treatment.hidden and first_column == 0:
        weights[:, 0] = 0
    if "special" in treatment.hidden:
        weights[:, special[first_column : first_column + n_columns]] = 0
    if "diagonal" in treatment.hidden:
        rows = torch.arange(n_rows, device=weights.device)
        columns = rows + first_row - first_column
        inside = (columns >= 0) & (columns < n_columns)
        weights[rows[inside], columns[inside]] = 0
    if treatment.discount:
        left = weights.sum(dim=1, keepdim=True)
        weights.div_(left.masked_fill_(left == 0, 1))
    if treatment.top_mass < 1:
        weights.mul_(largest_together(weights, treatment.top_mass))
    return weights


def largest_together(weights: Tensor, share: float) -> Tensor:
    """Which weights are the largest of their row, as few as together hold a share of it.

    Args:
        weights: (R, C), none negative.
        share: In (0, 1).

    Returns:
        (R, C) bool; among equal weights those in front come first. Nothing of a row of zeros.
    """
    wanted = share * weights.sum(dim=1, dtype=torch.float64)
    n_columns = weights.shape[1]
    n_looked_at = min(_FIRST_LOOK, n_columns)
    while True:
        largest = torch.topk(weights, n_looked_at, dim=1).values
        together = largest.double().cumsum(dim=1)
        if n_looked_at == n_columns or bool((together[:, -1] >= wanted).all()):
            break
        n_looked_at = min(8 * n_looked_at, n_columns)
    # As many stay as do not reach the share yet, and the one that does.
    n_kept = ((together < wanted[:, None]).sum(dim=1) + (wanted > 0)).clamp_max(n_looked_at)
    least = largest.gather(1, (n_kept - 1).clamp_min(0)[:, None])
    kept = weights > least
    level = weights == least
    n_missing = n_kept - kept.sum(dim=1)
    tied = level.sum(dim=1) > n_missing
    if bool(tied.any()):
        level[tied] &= level[tied].cumsum(dim=1) <= n_missing[tied, None]
    return kept.logical_or_(level)


def add_by_unit(weights: Tensor, unit_of: Tensor, n_units: int) -> Tensor:
    """Sums over the keys of each unit.

    Args:
        weights: (R, C).
        unit_of: (C,) int64, rising, to which unit each column belongs.
        n_units: How many there are.

    Returns:
        (R, n_units).
    """
    sums = weights.new_zeros(len(weights), n_units)
    return sums.index_add_(1, unit_of, weights)
