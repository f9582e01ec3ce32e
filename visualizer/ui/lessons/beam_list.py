"""The translations that a beam search keeps, the best first, with their scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.bar_rows import percent_text
from visualizer.ui.widgets.joined_text import listed
from visualizer.ui.widgets.token_strip import rows_as_html

_LEAST_PX = 56 * SPACE_PX
_GAP_PX = 4 * SPACE_PX
_ELLIPSIS = "… "


@dataclass(frozen=True)
class KeptTranslation:
    """A row.

    Attributes:
        pieces: What each token adds to the text, the space before it included.
        logprob: Sum of the natural logarithms of its tokens' probabilities.
    """

    pieces: tuple[str, ...]
    logprob: float

    @property
    def text(self) -> str:
        """As a whole."""
        return "".join(self.pieces)


class BeamList(QWidget):
    """A row for each translation: what it says, its log-probability and its probability.

    Where a translation has the same tokens as the best in the same places, it is written quietly,
    so that what is different stands out. One that is too long shows its end.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: tuple[KeptTranslation, ...] = ()
        self._n_rows = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def kept(self) -> tuple[KeptTranslation, ...]:
        """What is drawn."""
        return self._kept

    def set_kept(self, kept: Sequence[KeptTranslation], n_rows: int) -> None:
        """Draw other translations, the best first, with room for so many rows."""
        self._kept = tuple(kept)
        if n_rows != self._n_rows:
            self._n_rows = n_rows
            self.updateGeometry()
        self.setAccessibleDescription(listed(self._words(row) for row in self._kept))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_LEAST_PX, math.ceil((1 + self._n_rows) * self._row_px()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    # --------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current_theme()
        heads = (self.tr("log-probability"), self.tr("probability"))
        widths = self._widths(heads)
        self._draw_numbers(painter, 0, heads, widths, theme.quiet)
        room = self.width() - sum(widths) - 2 * _GAP_PX
        for row, kept in enumerate(self._kept):
            self._draw_text(painter, row + 1, kept, room)
            numbers = (_logprob_text(kept.logprob), percent_text(math.exp(kept.logprob)))
            self._draw_numbers(painter, row + 1, numbers, widths, theme.ink)

    def _draw_numbers(
        self,
        painter: QPainter,
        row: int,
        texts: tuple[str, str],
        widths: tuple[float, float],
        colour: str,
    ) -> None:
        painter.setFont(self.font())
        painter.setPen(QColor(colour))
        right = float(self.width())
        for text, width in zip(reversed(texts), reversed(widths), strict=True):
            area = QRectF(right - width, row * self._row_px(), width, self._row_px())
            painter.drawText(
                area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )
            right -= width + _GAP_PX

    def _draw_text(self, painter: QPainter, row: int, kept: KeptTranslation, room: float) -> None:
        """Its tokens from the left, or the last ones that have room."""
        theme = current_theme()
        best = self._kept[0].pieces
        metrics = QFontMetricsF(token_font())
        first = self._first_with_room(kept, room)
        x = 0.0
        painter.setFont(token_font())
        if first:
            painter.setPen(QColor(theme.quiet))
            x = self._draw_piece(painter, x, row, _ELLIPSIS, metrics)
        for place in range(first, len(kept.pieces)):
            is_shared = row > 1 and kept.pieces[: place + 1] == best[: place + 1]
            painter.setPen(QColor(theme.quiet if is_shared else theme.ink))
            piece = kept.pieces[place].lstrip() if place == first else kept.pieces[place]
            x = self._draw_piece(painter, x, row, piece, metrics)

    def _draw_piece(
        self, painter: QPainter, x: float, row: int, piece: str, metrics: QFontMetricsF
    ) -> float:
        """Draws it at `x`; where the next begins."""
        width = metrics.horizontalAdvance(piece)
        area = QRectF(x, row * self._row_px(), width + SPACE_PX, self._row_px())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, piece)
        return x + width

    def _first_with_room(self, kept: KeptTranslation, room: float) -> int:
        metrics = QFontMetricsF(token_font())
        if metrics.horizontalAdvance(kept.text) <= room:
            return 0
        left = room - metrics.horizontalAdvance(_ELLIPSIS)
        first = len(kept.pieces)
        while first > 0 and metrics.horizontalAdvance("".join(kept.pieces[first - 1 :])) <= left:
            first -= 1
        return min(first, len(kept.pieces) - 1)

    def _widths(self, heads: tuple[str, str]) -> tuple[float, float]:
        metrics = QFontMetricsF(self.font())
        return (
            max(metrics.horizontalAdvance(heads[0]), metrics.horizontalAdvance("−100.0000")),
            max(metrics.horizontalAdvance(heads[1]), metrics.horizontalAdvance("100.0 %")),
        )

    def _row_px(self) -> float:
        fonts: tuple[QFont, ...] = (token_font(), self.font())
        return max(QFontMetricsF(font).height() for font in fonts) + SPACE_PX // 2

    # ---------------------------------------------------------------------------------- words

    def tooltip_rows(self, row: int) -> list[tuple[str, str]]:
        """What the tooltip of a row says, as (name, value)."""
        kept = self._kept[row]
        return [
            (self.tr("translation"), kept.text),
            (self.tr("log-probability"), _logprob_text(kept.logprob)),
            (self.tr("probability"), f"{math.exp(kept.logprob):.4g}"),
        ]

    def _words(self, kept: KeptTranslation) -> str:
        return f"{kept.text} {_logprob_text(kept.logprob)}"

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = int(event.pos().y() / self._row_px()) - 1
            if 0 <= row < len(self._kept):
                QToolTip.showText(event.globalPos(), rows_as_html(self.tooltip_rows(row)), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self.updateGeometry()
        self.update()


def _logprob_text(logprob: float) -> str:
    return f"{logprob:.4f}".replace("-", "−")
