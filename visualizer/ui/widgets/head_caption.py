"""What has been done to a head's weights before they were drawn, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from visualizer.session.views import HeadView
from visualizer.ui.treatment_words import treatment_texts
from visualizer.ui.widgets.colour_legend import scale_text
from visualizer.ui.widgets.head_reading import block_reading

_CONTEXT = "HeadCaption"


def caption_text(view: HeadView) -> str:
    """All that makes the weights other than the model's own, then the colour scale.

    The scale comes last: where there is no room for all, its marks still tell it.
    """
    record = view.record
    parts = [block_reading(record)] if record.block > 1 else []
    if view.is_coarse:
        parts.append(QCoreApplication.translate(_CONTEXT, "coarse, being refined"))
    parts += treatment_texts(record.treatment)
    if record.treatment.granularity != "tokens":
        parts.append(QCoreApplication.translate(_CONTEXT, "sum over keys, mean over queries"))
    return " · ".join([*parts, scale_text(view.colour_scale)])
