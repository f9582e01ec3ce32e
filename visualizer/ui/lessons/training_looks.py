"""What the model writes and where it looks, as it learns."""

from __future__ import annotations

from collections import deque

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from visualizer.lessons.training_events import MapsTaken, SampleTaken
from visualizer.ui.lessons.labels import heading
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.exact_text import ExactTextEdit
from visualizer.ui.widgets.font_follower import follow_text_size
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet

_KEPT_SAMPLES = 200


class SamplePane(QWidget):
    """What the model writes after the same beginning, the newest first.

    Signals:
        prompt_changed: The reader wants samples to begin otherwise. str.
    """

    prompt_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: deque[SampleTaken] = deque(maxlen=_KEPT_SAMPLES)
        self.prompt = QLineEdit()
        self.prompt.setAccessibleName(self.tr("Beginning of the samples"))
        self.prompt.setPlaceholderText(self.tr("the beginning of the text"))
        self.prompt.setToolTip(
            self.tr("Samples begin with this; press Enter. The same dice are thrown each time.")
        )
        self.text = ExactTextEdit()
        self.text.setReadOnly(True)
        follow_text_size(self.text, token_font)
        self.text.setAccessibleName(self.tr("What the model writes"))
        self.text.setPlaceholderText(
            self.tr("Once it runs, the model writes here now and then, the newest on top.")
        )
        self.text.setMinimumHeight(30 * SPACE_PX)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("What it writes")))
        label = QLabel(self.tr("after"))
        label.setBuddy(self.prompt)
        row.addWidget(label)
        row.addWidget(self.prompt, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.text, 1)
        self.prompt.returnPressed.connect(self._on_return_pressed)

    @property
    def samples(self) -> tuple[SampleTaken, ...]:
        """All that are kept, the oldest first."""
        return tuple(self._samples)

    def clear(self) -> None:
        """Forget all samples."""
        self._samples.clear()
        self.text.clear()

    def add(self, sample: SampleTaken) -> None:
        """Put a sample above the others; one of the same step takes the place of the last."""
        if self._samples and self._samples[-1].step == sample.step:
            self._samples.pop()
        self._samples.append(sample)
        self._write()

    def _write(self) -> None:
        """Step numbers bold, texts in the font of tokens, white space as it is."""
        self.text.clear()
        cursor = QTextCursor(self.text.document())
        plain, bold = QTextCharFormat(), QTextCharFormat()
        bold.setFontWeight(700)
        for place, sample in enumerate(reversed(self._samples)):
            title = self.tr("step {n:,}").format(n=sample.step)
            cursor.insertText(("\n" if place else "") + title + "\n", bold)
            self.text.insert_at(cursor, sample.text.replace("\n", " ⏎ ") + "\n", plain)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    @Slot()
    def _on_return_pressed(self) -> None:
        self.prompt_changed.emit(self.prompt.text())


class MapPane(QWidget):
    """The attention of one head on a fixed stretch of text that is not trained on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maps: MapsTaken | None = None
        self.layer, self.head = QComboBox(), QComboBox()
        for box, name in ((self.layer, self.tr("Layer")), (self.head, self.tr("Head"))):
            box.setAccessibleName(name)
            box.setToolTip(name)
            box.currentIndexChanged.connect(self._on_choice_changed)
        self.view = MatrixView(title="")
        self.view.setAccessibleName(self.tr("Attention weights"))
        self.view.setMinimumHeight(50 * SPACE_PX)
        policy = QSizePolicy.Policy
        self.view.setSizePolicy(policy.Preferred, policy.Ignored)  # it takes the room there is
        self.when = ElidedLabel()
        make_quiet(self.when)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("Where it looks")))
        row.addWidget(self.layer)
        row.addWidget(self.head)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.when)
        self.clear()

    @property
    def maps(self) -> MapsTaken | None:
        """The newest maps of all heads."""
        return self._maps

    def clear(self) -> None:
        """Show no map."""
        self._maps = None
        self.view.set_matrix(None)
        self.when.setText(self.tr("A head's attention map, once the model runs."))
        for box in (self.layer, self.head):
            with QSignalBlocker(box):
                box.clear()
            box.setEnabled(False)

    def set_maps(self, maps: MapsTaken) -> None:
        """Show newer maps, of the same head as before."""
        self._maps = maps
        for box, letter, count in (
            (self.layer, "L", maps.weights.shape[0]),
            (self.head, "H", maps.weights.shape[1]),
        ):
            if box.count() != count:
                with QSignalBlocker(box):
                    box.clear()
                    box.addItems([f"{letter}{index}" for index in range(count)])
            box.setEnabled(True)
        self._draw()

    def matrix(self) -> Matrix | None:
        """The map on show."""
        maps = self._maps
        if maps is None:
            return None
        layer, head = max(self.layer.currentIndex(), 0), max(self.head.currentIndex(), 0)
        labels = tuple(token.replace("\n", "⏎").replace(" ", "␣") for token in maps.tokens)
        return Matrix(
            maps.weights[layer, head].astype(np.float64),
            labels,
            labels,
            row_title=self.tr("query"),
            column_title=self.tr("key"),
            colours="weights",
        )

    def head_name(self) -> str:
        """Of the map on show, "L0·H1"."""
        return f"{self.layer.currentText()}·{self.head.currentText()}"

    def _draw(self) -> None:
        if self._maps is not None:
            self.view.set_matrix(self.matrix())
            text = (
                self.tr("After step {n:,}, on text that is not trained on.")
                if self._maps.is_held_out
                else self.tr("After step {n:,}, on the beginning of the text.")
            )
            self.when.setText(text.format(n=self._maps.step))

    @Slot(int)
    def _on_choice_changed(self, _index: int) -> None:
        self._draw()
