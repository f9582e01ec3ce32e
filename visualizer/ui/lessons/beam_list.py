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
from visualizer.ui.widgets.number_text import typeset
from visualizer.ui.widgets.token_strip import rows_as_html

_LEAST_PX = 56 * SPACE_PX
_GAP_PX = 4 * SPACE_PX


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

    What a translation shares with the best, from its first token on, is written quietly, so that
    what is different stands out. Those that are too long begin shortly before the first difference.
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
        first = self._first_difference()
        for row, kept in enumerate(self._kept):
            self._draw_text(painter, row + 1, first, room)
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

    def _draw_text(self, painter: QPainter, row: int, first: int, room: float) -> None:
        theme, metrics = current_theme(), QFontMetricsF(token_font())
        x = 0.0
        painter.setFont(token_font())
        for piece, is_quiet in self.shown_pieces(row - 1, first, room):
            width = metrics.horizontalAdvance(piece)
            area = QRectF(x, row * self._row_px(), width + SPACE_PX, self._row_px())
            painter.setPen(QColor(theme.quiet if is_quiet else theme.ink))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, piece)
            x += width

    def shown_pieces(self, row: int, first: int, room: float) -> list[tuple[str, bool]]:
        """What has room of a translation, and of each piece, whether it is written quietly.

        Args:
            row: Of the translation.
            first: The token to begin with if the whole is too long.
            room: In pixels.
        """
        metrics = QFontMetricsF(token_font())
        pieces, best = self._kept[row].pieces, self._kept[0].pieces
        shared = [row > 0 and pieces[: n + 1] == best[: n + 1] for n in range(len(pieces))]
        shown = list(zip(pieces, shared, strict=True))
        if metrics.horizontalAdvance("".join(pieces)) <= room:
            return shown
        if first > 0:
            shown = [("… ", True), (pieces[first].lstrip(), shared[first]), *shown[first + 1 :]]
        dots = [(" …", True)]
        if metrics.horizontalAdvance("".join(piece for piece, _ in shown)) <= room:
            return shown
        while shown:
            shown.pop()
            if metrics.horizontalAdvance("".join(piece for piece, _ in shown + dots)) <= room:
                break
        return shown + dots

    def _first_difference(self) -> int:
        """A token before the first place where any translation differs from the best."""
        best = self._kept[0].pieces if self._kept else ()
        firsts = [_n_shared(best, kept.pieces) for kept in self._kept[1:]]
        return max(min(firsts, default=len(best)) - 1, 0)

    def _widths(self, heads: tuple[str, str]) -> tuple[float, float]:
        metrics = QFontMetricsF(self.font())
        return (
            max(metrics.horizontalAdvance(heads[0]), metrics.horizontalAdvance("−100.0000")),
            max(metrics.horizontalAdvance(heads[1]), metrics.horizontalAdvance("9·10⁻¹⁰ %")),
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
            (self.tr("probability"), typeset(f"{math.exp(kept.logprob):.4g}")),
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
    is_tiny = -0.0001 < logprob < 0
    return typeset(f"{logprob:.1e}" if is_tiny else f"{logprob:.4f}")


def _n_shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many tokens are the same before the first difference."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))
