"""Finding heads: scores by metric, by brushed region or by likeness, and the order they give."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from visualizer.engine.attention_records import METRICS, MetricsRecord, RegionRecord
from visualizer.engine.records import Float32Array, Float64Array, HeadChoice, Member
from visualizer.session.state import OverviewDisplay


def head_scores(
    display: OverviewDisplay,
    metrics: MetricsRecord | None,
    region: RegionRecord | None,
) -> Float64Array | None:
    """What heads are ranked and filtered by; for "alike" see `likeness`.

    Args:
        display: Names it: the order, or in the grid the metric that the cells show.
        metrics: Of the same text, None while not known.
        region: Weight in the brushed region, None while not known.

    Returns:
        (L, H) float64, NaN where not defined; None where nothing is scored or not known yet.
    """
    what = display.order if display.order != "model" else display.cells
    if what == "region":
        known = region is not None and (*region.rows, *region.columns) == display.region
        return region.mass if known and region is not None else None
    if metrics is not None and what in METRICS:
        return metrics.values[what]
    return None


def likeness(thumbnails: Float32Array, layer: int, head: HeadChoice) -> Float64Array:
    """Cosine of each head's thumbnail with that of the chosen one, as vectors of their cells.

    Args:
        thumbnails: (L, H, P, P), not negative.
        layer: Of the chosen head.
        head: The chosen one; "mean" stands for the mean of the layer's thumbnails.

    Returns:
        (L, H) float64 in [0, 1]; NaN where a thumbnail is all 0.
    """
    flat = thumbnails.reshape(*thumbnails.shape[:2], -1).astype(np.float64)
    model = flat[layer].mean(axis=0) if isinstance(head, str) else flat[layer, head]
    lengths = np.linalg.norm(flat, axis=-1) * np.linalg.norm(model)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine: Float64Array = np.where(lengths > 0, (flat @ model) / lengths, np.nan)
    return cosine


def ranked(
    display: OverviewDisplay, scores: Float64Array | None, pins: tuple[Member, ...]
) -> tuple[Member, ...] | None:
    """Heads in the order of their scores, the highest first unless `display` says ascending.

    Heads that the filter does not pass and, in an order by score, those without a score are
    left out; ties stay in the order of the model.

    Returns:
        None for the grid; the pinned heads, as pinned, for the grid of pinned heads.
    """
    if display.order == "model":
        return pins if display.only_pinned else None
    if scores is None:
        return ()
    flat = scores.ravel()
    order = np.argsort(flat if display.ascending else -flat, kind="stable")  # NaN comes last
    passing = passes(display, flat) & ~np.isnan(flat)
    heads = [divmod(int(i), scores.shape[1]) for i in order if passing[i]]
    return tuple(h for h in heads if not display.only_pinned or h in pins)


def passes(display: OverviewDisplay, scores: Float64Array) -> npt.NDArray[np.bool_]:
    """Which heads the filter leaves in: all without one; with one, none that has no score.

    Args:
        display: Its `at_least` and `at_most`.
        scores: NaN where not defined.

    Returns:
        bool, in the shape of `scores`.
    """
    passing = np.ones(scores.shape, dtype=bool)
    if display.at_least is not None:
        passing &= scores >= display.at_least
    if display.at_most is not None:
        passing &= scores <= display.at_most
    return passing
