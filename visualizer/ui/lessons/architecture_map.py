"""The figure of the Transformer paper as a map of the course: here you are, and where to go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from visualizer.ui.theme import SPACE_PX, Theme, current_theme

_ENCODER, _DECODER = 0, 1  # columns
_SIDE_PX = 6 * SPACE_PX  # beside them, for the number of blocks
_ARROWS = {
    Qt.Key.Key_Up: (1, 0),
    Qt.Key.Key_Down: (-1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


@dataclass(frozen=True)
class _Part:
    """A box of the figure: where it stands, counted from the bottom, and the lesson about it."""

    key: str
    column: int
    row: int
    lesson: str


_PARTS = (
    _Part("source", _ENCODER, 0, "tokens"),
    _Part("source embedding", _ENCODER, 1, "input"),
    _Part("source position", _ENCODER, 2, "input"),
    _Part("encoder attention", _ENCODER, 3, "heads"),
    _Part("encoder norm", _ENCODER, 4, "block"),
    _Part("encoder feed-forward", _ENCODER, 5, "block"),
    _Part("encoder last norm", _ENCODER, 6, "block"),
    _Part("text", _DECODER, 0, "tokens"),
    _Part("embedding", _DECODER, 1, "input"),
    _Part("position", _DECODER, 2, "input"),
    _Part("masked attention", _DECODER, 3, "attention"),
    _Part("norm", _DECODER, 4, "block"),
    _Part("cross-attention", _DECODER, 5, "translate"),
    _Part("cross norm", _DECODER, 6, "block"),
    _Part("feed-forward", _DECODER, 7, "block"),
    _Part("last norm", _DECODER, 8, "block"),
    _Part("linear", _DECODER, 9, "train"),
    _Part("softmax", _DECODER, 10, "generate"),
    _Part("probabilities", _DECODER, 11, "table"),
)
_ONLY_TRANSLATING = {p.key for p in _PARTS if p.column == _ENCODER} | {
    "cross-attention",
    "cross norm",
}
_WRITING = {part.key for part in _PARTS} - _ONLY_TRANSLATING
_NORMS = {"norm", "last norm"}
_HERE: Mapping[str, set[str]] = {
    "walk": _WRITING,
    "tokens": {"source", "text"},
    "generate": {"softmax", "probabilities"},
    "table": {"probabilities"},
    "ngram": {"probabilities"},
    "input": {"embedding", "position"},
    "attention": {"masked attention"},
    "heads": {"masked attention"},
    "block": {"feed-forward", *_NORMS},
    "translate": {"encoder attention", "masked attention", "cross-attention"},
    "train": _WRITING,
    "challenge": {"masked attention"},
}
"""What each lesson is about."""


class ArchitectureMap(QWidget):
    """The encoder at the left, the decoder at the right; each box opens the lesson about it.

    One box takes the keyboard; arrows lead to the others.

    Attributes:
        boxes: By the key of the part.

    Signals:
        lesson_wished: A box was pressed. str, the lesson's key.
    """

    lesson_wished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(_SIDE_PX, 0, _SIDE_PX, SPACE_PX)
        self._grid.setColumnStretch(_ENCODER, 1)
        self._grid.setColumnStretch(_DECODER, 1)
        self._grid.setVerticalSpacing(SPACE_PX)
        self._grid.setHorizontalSpacing(6 * SPACE_PX)
        self.boxes: dict[str, QPushButton] = {}
        words = self._words()
        top = max(part.row for part in _PARTS)
        for part in _PARTS:
            box = self.boxes[part.key] = _Box(words[part.key])
            box.clicked.connect(self._on_box_clicked)
            box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            self._grid.addWidget(box, top - part.row, part.column)
        self.setAccessibleName(self.tr("Where this lesson is in the Transformer"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._style()

    def set_lesson(self, key: str, titles: Mapping[str, str]) -> None:
        """Mark the parts that a lesson is about.

        Args:
            key: The lesson's.
            titles: Of the lessons there are, by key.
        """
        here = _HERE.get(key, set())
        for part in _PARTS:
            box = self.boxes[part.key]
            is_pale = key != "translate" and part.key in _ONLY_TRANSLATING
            is_here = part.key in here
            box.setProperty("part", "here" if is_here else "pale" if is_pale else "plain")
            box.setEnabled(part.lesson in titles)
            tip = self.tr("Lesson {title}").format(title=titles.get(part.lesson, ""))
            box.setToolTip(tip)
            name = f"{box.text()}, {self.tr('here you are')}" if is_here else box.text()
            box.setAccessibleName(name)
        self._take_keys(next((p.key for p in _PARTS if p.key in here), "text"))
        self._style()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._style()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From box to box by the arrows."""
        step = _ARROWS.get(Qt.Key(event.key()))
        now = next((p for p in _PARTS if self.boxes[p.key].hasFocus()), None)
        if step is None or now is None:
            super().keyPressEvent(event)
            return
        up, right = step
        row, column = now.row + up, now.column + right
        aim = [p for p in _PARTS if p.column == column and (p.row == row or right)]
        if aim:
            self._take_keys(min(aim, key=lambda p: abs(p.row - row)).key).setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The flow from the bottom to the top, and a frame around the block that is repeated."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.quiet), 1))
        for part in _PARTS:
            above = next(
                (p for p in _PARTS if (p.column, p.row) == (part.column, part.row + 1)), None
            )
            if above is not None:
                a, b = self.boxes[part.key].geometry(), self.boxes[above.key].geometry()
                painter.drawLine(a.center().x(), a.top(), b.center().x(), b.bottom() + 1)
        self._draw_memory(painter)
        for first, last, column in (
            ("encoder attention", "encoder last norm", _ENCODER),
            ("masked attention", "last norm", _DECODER),
        ):
            self._draw_block(painter, first, last, column, theme)
        painter.end()

    def _draw_memory(self, painter: QPainter) -> None:
        """What the encoder made goes to the decoder's second attention."""
        start = self.boxes["encoder last norm"].geometry()
        end = self.boxes["cross-attention"].geometry()
        between = (start.right() + end.left()) // 2
        top = start.top() - 2 * SPACE_PX
        corners = (
            QPoint(start.center().x(), start.top()),
            QPoint(start.center().x(), top),
            QPoint(between, top),
            QPoint(between, end.center().y()),
            QPoint(end.left(), end.center().y()),
        )
        painter.drawPolyline(corners)
        tip, size = corners[-1], SPACE_PX
        painter.drawLine(tip, tip + QPoint(-size, -size // 2))
        painter.drawLine(tip, tip + QPoint(-size, size // 2))

    def _draw_block(
        self, painter: QPainter, first: str, last: str, column: int, theme: Theme
    ) -> None:
        frame: QRect = self.boxes[first].geometry().united(self.boxes[last].geometry())
        room = SPACE_PX // 2 + 1
        painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame.adjusted(-room - 2, -room, room + 2, room), 4, 4)
        painter.setPen(QColor(theme.quiet))
        left = 0 if column == _ENCODER else frame.right() + 2 * room
        place = QRect(left, frame.top(), _SIDE_PX - 2 * room, frame.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "N×")

    def _take_keys(self, key: str) -> QPushButton:
        for box in self.boxes.values():
            box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.boxes[key].setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return self.boxes[key]

    def _style(self) -> None:
        theme = current_theme()
        self.setStyleSheet(
            "QPushButton { padding: 1px 4px; border-radius: 3px;"
            f" border: 1px solid {theme.line}; background: {theme.surface}; color: {theme.ink}; }}"
            f"QPushButton[part='here'] {{ background: {theme.accent}; color: {theme.paper};"
            f" border-color: {theme.accent}; }}"
            f"QPushButton[part='pale'] {{ background: {theme.paper}; color: {theme.quiet};"
            f" border-style: dotted; }}"
            f"QPushButton:hover {{ border-color: {theme.accent}; }}"
        )

    def _words(self) -> dict[str, str]:
        norm = self.tr("Add & Norm").replace("&", "&&")
        feed_forward, embedding = self.tr("Feed-forward"), self.tr("Embedding")
        position = self.tr("+ position")
        return {
            "source": self.tr("Text to translate"),
            "source embedding": embedding,
            "source position": position,
            "encoder attention": self.tr("Self-attention"),
            "encoder norm": norm,
            "encoder feed-forward": feed_forward,
            "encoder last norm": norm,
            "text": self.tr("Text so far"),
            "embedding": embedding,
            "position": position,
            "masked attention": self.tr("Masked attention"),
            "norm": norm,
            "cross-attention": self.tr("Cross-attention"),
            "cross norm": norm,
            "feed-forward": feed_forward,
            "last norm": norm,
            "linear": self.tr("Linear"),
            "softmax": "Softmax",
            "probabilities": self.tr("Probabilities"),
        }

    @Slot()
    def _on_box_clicked(self) -> None:
        pressed = self.sender()
        self.lesson_wished.emit(next(p.lesson for p in _PARTS if self.boxes[p.key] is pressed))


class _Box(QPushButton):
    """As narrow as it has to be; the figure shares the column's width between its halves."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows are the figure's."""
        if Qt.Key(event.key()) in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)
