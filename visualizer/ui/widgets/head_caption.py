"""What has been done to a head's weights before they were drawn, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from visualizer.session.views import HeadView
from visualizer.ui.treatment_words import treatment_texts
from visualizer.ui.widgets.colour_legend import scale_text
from visualizer.ui.widgets.head_reading import block_reading

_CONTEXT = "HeadCaption"


def caption_text(view: HeadView) -> str:
    """The colour scale, then all that makes the weights other than the model's own."""
    record = view.record
    parts = [scale_text(view.colour_scale), *treatment_texts(record.treatment)]
    if record.treatment.granularity != "tokens":
        parts.append(QCoreApplication.translate(_CONTEXT, "sum over keys, mean over queries"))
    if record.block > 1:
        parts.append(block_reading(record))
    if view.is_coarse:
        parts.append(QCoreApplication.translate(_CONTEXT, "coarse, being refined"))
    return " · ".join(parts)
