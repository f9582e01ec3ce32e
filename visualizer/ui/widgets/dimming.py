"""Numbers of an earlier text, in less than full ink."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

STALE_OPACITY = 0.4
OLD_AFTER_MS = 250
"""How long an answer may take before what stands there is dimmed: else all would flicker."""


def dim(widgets: Iterable[QWidget], is_old: bool) -> None:
    """Fade what shows numbers of a text that is not the one at hand, or bring it back."""
    for widget in widgets:
        is_dim = widget.graphicsEffect() is not None
        if is_old and not is_dim:
            effect = QGraphicsOpacityEffect(widget)
            effect.setOpacity(STALE_OPACITY)
            widget.setGraphicsEffect(effect)
        elif is_dim and not is_old:
            widget.setGraphicsEffect(None)  # type: ignore[arg-type]  # None takes it away
