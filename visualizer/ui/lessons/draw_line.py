"""The line from 0 to 1 that words share, and the number that falls on it and chooses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.lessons.generation import Float64Array
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font

_MARK_PX = 2 * SPACE_PX
_LEAST_NAMED_PX = 12


class DrawLine(QWidget):
    """A piece for each word, as long as it is likely, and a mark at the draw."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._shaped: Float64Array = np.zeros(0)
        self._draw: float | None = None
        self._chosen: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The draw"))
        self.setToolTip(
            self.tr(
                "Each word has a piece of the line from 0 to 1 as long as its probability. A "
                "number is drawn; the word on whose piece it falls is selected."
            )
        )

    def set_pieces(
        self,
        words: Sequence[str],
        shaped: Float64Array | None,
        draw: float | None,
        chosen: int | None,
    ) -> None:
        """Show (V,) probabilities of V words, nothing for None, and the draw if there was one."""
        self._words = tuple(words)
        self._shaped = np.zeros(0) if shaped is None else shaped
        self._draw, self._chosen = draw, chosen
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self._bar_px() + _MARK_PX + SPACE_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def _bar_px(self) -> int:
        return self.fontMetrics().height() + 2 * SPACE_PX

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QRectF(1, _MARK_PX, self.width() - 2, self._bar_px())
        if not self._shaped.size:
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawRect(line.adjusted(0.5, 0.5, -0.5, -0.5))
        pieces = self._pieces(line)
        for index, piece in pieces.items():
            fill = theme.token_fills[index % len(theme.token_fills)]
            painter.fillRect(piece.adjusted(0.5, 0, -0.5, 0), QColor(fill))
        if self._chosen in pieces:
            painter.setPen(QPen(QColor(theme.query), 2))
            painter.drawRect(pieces[self._chosen].adjusted(1, 1, -1, -1))
        if self._draw is not None:
            self._paint_draw(painter, theme, line, self._draw)
        painter.setFont(token_font())
        painter.setPen(QColor(theme.ink))
        for index, piece in pieces.items():
            if piece.width() >= _LEAST_NAMED_PX:
                inner = piece.adjusted(3, 0, -3, 0)
                name = painter.fontMetrics().elidedText(
                    self._words[index], Qt.TextElideMode.ElideRight, int(inner.width())
                )
                painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, name)

    def _pieces(self, line: QRectF) -> dict[int, QRectF]:
        """Of the words that can be selected, by their index."""
        edges = np.concatenate(([0.0], np.cumsum(self._shaped)))
        return {
            index: QRectF(
                line.left() + float(edges[index]) * line.width(),
                line.top(),
                prob * line.width(),
                line.height(),
            )
            for index, prob in enumerate(self._shaped.tolist())
            if prob > 0
        }

    @staticmethod
    def _paint_draw(painter: QPainter, theme: Theme, line: QRectF, draw: float) -> None:
        x = line.left() + draw * line.width()
        mark = [QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x, _MARK_PX)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.query))
        painter.drawPolygon(QPolygonF(mark))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        end = line.height() / 4
        painter.fillRect(QRectF(x - 0.75, line.top(), 1.5, end), QColor(theme.query))
