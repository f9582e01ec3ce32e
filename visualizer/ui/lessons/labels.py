"""The labels of a lesson's page: headings, captions and complaints."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.ui.lessons.text_pieces import WorkProgress
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import current_theme
from visualizer.ui.widgets.messages import error_text, make_quiet


def heading(text: str) -> QLabel:
    """A heading above a part of a page."""
    label = PlainLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def caption(text: str = "") -> QLabel:
    """A quiet sentence that may take several lines and can be copied."""
    label = PlainLabel(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    make_quiet(label)
    return label


def snug_caption(text: str = "") -> QLabel:
    """A caption that takes no more height than its lines need at the width it has."""
    label = caption(text)
    policy = label.sizePolicy()
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label


def keep_to_a_line(label: QLabel) -> None:
    """Let a caption take one line and whatever width there is; it asks for none."""
    label.setWordWrap(False)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)


class Complaint(PlainLabel):
    """One sentence about what cannot be done, in the colour of errors; hidden without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.clear_error()

    def show_error(self, error: VisualizerError) -> None:
        """Say why something cannot be done."""
        self.setText(error_text(error))
        self.setAccessibleName(self.text())
        self._colour()
        self.show()

    def clear_error(self) -> None:
        """Say nothing."""
        self.clear()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        wanted = f"color: {current_theme().error}"
        if self.styleSheet() != wanted:
            self.setStyleSheet(wanted)


def progress_text(progress: WorkProgress) -> str:
    """What is being done, and how far it is where that can be told."""
    words = {
        "reading": QCoreApplication.translate("WorkProgress", "Reading"),
        "splitting": QCoreApplication.translate("WorkProgress", "Splitting"),
        "counting": QCoreApplication.translate("WorkProgress", "Counting"),
        "scoring": QCoreApplication.translate("WorkProgress", "Scoring"),
        "generating": QCoreApplication.translate("WorkProgress", "Generating"),
    }[progress.what]
    if progress.done == 0 or progress.total < 2:
        return f"{words} …"
    return f"{words} … {progress.done / progress.total:.0%}"
