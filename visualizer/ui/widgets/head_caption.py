"""What has been done to a head's weights before they were drawn, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from visualizer.engine.records import HeadRecord
from visualizer.session.state import Region
from visualizer.session.views import HeadView
from visualizer.ui.treatment_words import treatment_texts
from visualizer.ui.widgets.colour_legend import scale_text
from visualizer.ui.widgets.head_reading import block_reading

_CONTEXT = "HeadCaption"


def caption_text(view: HeadView) -> str:
    """All that makes the weights other than the model's own, then the colour scale.

    What is in sight of the map is taken from `view.visible`. The scale comes last: where there
    is no room for all, its marks still tell it.
    """
    record = view.record
    parts = _pooling_texts(view)
    if view.is_coarse:
        parts.append(QCoreApplication.translate(_CONTEXT, "coarse, being refined"))
    parts += treatment_texts(record.treatment)
    if record.treatment.granularity != "tokens":
        parts.append(QCoreApplication.translate(_CONTEXT, "sum over keys, mean over queries"))
    return " · ".join([*parts, scale_text(view.colour_scale)])


def _pooling_texts(view: HeadView) -> list[str]:
    """What the cells in sight are maxima over, the finest that is known of all of them."""
    if view.record.block == 1:
        return []
    tile, sight = view.tile, view.visible
    if tile is None or sight is None or not _holds(tile, sight):
        return [block_reading(view.record)]
    if tile.block == 1:
        return [QCoreApplication.translate(_CONTEXT, "exact in sight")]
    return [block_reading(tile)]


def _holds(record: HeadRecord, region: Region) -> bool:
    """Whether the record has the weights of all of a region."""
    rows, columns = record.rows, record.columns
    return (
        rows[0] <= region[0]
        and region[1] <= rows[1]
        and columns[0] <= region[2]
        and region[3] <= columns[1]
    )
