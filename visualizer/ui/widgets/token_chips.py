"""Words or tokens as a line of pale spans, tinted by weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from visualizer.engine.records import Float64Array
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font
from visualizer.ui.widgets.hue_ramp import ramp_table
from visualizer.ui.widgets.joined_text import listed
from visualizer.ui.widgets.number_text import number_text
from visualizer.ui.widgets.token_area import ROUNDING_PX
from visualizer.ui.widgets.token_glyphs import GlyphCache, GlyphPainter, Glyphs
from visualizer.ui.widgets.token_strip import rows_as_html

_GAP_PX = SPACE_PX
_PAD_PX = SPACE_PX  # left and right of the text, besides that of the glyphs
_EDGE_PX = 2  # room for an outline at the edge of the widget
_WANTED_PX = 100 * SPACE_PX
_LEAST_PX = 30 * SPACE_PX


class TokenChips(QWidget):
    """Spans that wrap where the line ends; as high as its lines need.

    Without weights they have the fills of tokens in turn; with weights each is a tint of one
    hue, from the surface for 0 to the strongest on which the text can be read for 1.

    Signals:
        token_hovered: The pointer is over a token, -1 when it leaves. (index: int)
        token_selected: A token was chosen by a click or with the keyboard. (index: int)
    """

    token_hovered = Signal(int)
    token_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] = ()
        self._strengths: Float64Array | None = None
        self._hue: Literal["query", "key"] = "key"
        self._pointed = -1
        self._hovered = -1
        self._selected = -1
        self._rects: list[QRect] = []
        self._glyphs: list[Glyphs] = []
        self._cache = GlyphCache(token_font())
        self.setAccessibleName(self.tr("Tokens"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    # ------------------------------------------------------------------------------ the tokens

    def tokens(self) -> tuple[str, ...]:
        """What is drawn."""
        return self._texts

    def set_tokens(self, texts: Sequence[str]) -> None:
        """Draw other tokens; weights and marks of the old ones go, if the tokens differ."""
        texts = tuple(texts)
        if texts == self._texts:
            return
        self._texts = texts
        self._strengths = None
        self._pointed = self._hovered = self._selected = -1
        self._measure()
        self._describe()

    def set_pointed(self, index: int) -> None:
        """Outline a token that is pointed at elsewhere, -1 for none; emits nothing."""
        index = index if 0 <= index < len(self._texts) else -1
        if index != self._pointed:
            self._pointed = index
            self._describe()
            self.update()

    def set_strengths(
        self, weights: Float64Array | None, hue: Literal["query", "key"] = "key"
    ) -> None:
        """Tint each token by its weight.

        Args:
            weights: (T,) in [0, 1], NaN for none of it; None for the fills of tokens.
            hue: "query" for tokens that look, "key" for those that are looked at.

        Raises:
            ValueError: There are more or fewer weights than tokens.
        """
        if weights is not None and weights.shape != (len(self._texts),):
            raise ValueError(f"weights {weights.shape} for {len(self._texts)} tokens")
        self._strengths, self._hue = weights, hue
        self._describe()
        self.update()

    def selected(self) -> int:
        """The chosen token, -1 for none."""
        return self._selected

    def token_rect(self, index: int) -> QRect:
        """Where a token is drawn."""
        return self._rects[index]

    def token_at(self, place: QPoint) -> int:
        """The token under a point, -1 for none."""
        return next((n for n, rect in enumerate(self._rects) if rect.contains(place)), -1)

    # ---------------------------------------------------------------------------------- layout

    def _measure(self) -> None:
        self._glyphs = self._cache.all_glyphs(
            [text.encode("utf-8", "replace") for text in self._texts]
        )
        self._rects = self._placed(self.width())
        self.updateGeometry()
        self.update()

    def _line_px(self) -> int:
        return QFontMetrics(self._cache.font).height() + SPACE_PX

    def _placed(self, width: int) -> list[QRect]:
        """Where each token is in lines of `width`; one that is longer than a line is cut."""
        room, height = max(width - 2 * _EDGE_PX, 1), self._line_px()
        rects: list[QRect] = []
        x = y = _EDGE_PX
        for glyphs in self._glyphs:
            wanted = min(glyphs.width + 2 * _PAD_PX, room)
            if x > _EDGE_PX and x + wanted > _EDGE_PX + room:
                x, y = _EDGE_PX, y + height + _GAP_PX
            rects.append(QRect(x, y, wanted, height))
            x += wanted + _GAP_PX
        return rects

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rects = self._placed(width)
        return (rects[-1].bottom() + 1 if rects else _EDGE_PX + self._line_px()) + _EDGE_PX

    def sizeHint(self) -> QSize:
        line = sum(glyphs.width + 2 * _PAD_PX + _GAP_PX for glyphs in self._glyphs)
        width = min(max(line - _GAP_PX + 2 * _EDGE_PX, _LEAST_PX), _WANTED_PX)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, self._line_px() + 2 * _EDGE_PX)

    # --------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        glyph_painter = GlyphPainter(painter, theme, self._cache.font)
        fills = self._fills(theme)
        for index, rect in enumerate(self._rects):
            painter.setBrush(fills[index])
            # Tinted spans may be as pale as the paper.
            has_edge = self._strengths is not None
            painter.setPen(QPen(QColor(theme.line), 1) if has_edge else Qt.PenStyle.NoPen)
            area = QRectF(rect)
            if has_edge:
                area.adjust(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(area, ROUNDING_PX, ROUNDING_PX)
            inner = rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0)
            glyph_painter.draw(self._glyphs[index], inner, QColor(theme.ink))
        self._outline(painter, self._hovered, theme.quiet, 1)
        self._outline(painter, self._pointed, self._hue_of(theme), 2)
        if self.hasFocus() or self._pointed < 0:
            self._outline(painter, self._selected, theme.query, 2)

    def _hue_of(self, theme: Theme) -> str:
        return theme.query if self._hue == "query" else theme.key

    def _fills(self, theme: Theme) -> list[QColor]:
        if self._strengths is None:
            cycle = theme.token_fills
            return [QColor(cycle[n % len(cycle)]) for n in range(len(self._texts))]
        levels = np.rint(255 * np.clip(np.nan_to_num(self._strengths, nan=0.0), 0, 1))
        table = ramp_table(theme, self._hue_of(theme))
        return [QColor(*rgb) for rgb in table[levels.astype(np.intp)].tolist()]

    def _outline(self, painter: QPainter, index: int, colour: str, width: int) -> None:
        if not 0 <= index < len(self._rects):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), width))
        inset = 1 - width / 2
        area = QRectF(self._rects[index]).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(area, ROUNDING_PX, ROUNDING_PX)

    # ---------------------------------------------------------------------------------- words

    def tooltip_rows(self, index: int) -> list[tuple[str, str]]:
        """What the tooltip of a token says, as (name, value)."""
        rows = [
            (self.tr("token"), self._texts[index]),
            (
                self.tr("index"),
                self.tr("{index} of {count}").format(index=index, count=len(self._texts)),
            ),
        ]
        if self._strengths is not None and not math.isnan(self._strengths[index]):
            rows.append((self.tr("weight"), number_text(float(self._strengths[index]), 5)))
        return rows

    def _describe(self) -> None:
        shown = (self._hovered, self._pointed, self._selected)
        index = next((index for index in shown if index >= 0), -1)
        if index < 0:
            self.setAccessibleDescription(" ".join(self._texts[:20]))
        else:
            rows = self.tooltip_rows(index)
            self.setAccessibleDescription(listed(f"{name} {value}" for name, value in rows))

    # --------------------------------------------------------------------------------- events

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.token_at(event.pos())
            if index < 0:
                QToolTip.hideText()
            else:
                text = rows_as_html(self.tooltip_rows(index))
                QToolTip.showText(event.globalPos(), text, self, self._rects[index])
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rects = self._placed(self.width())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._cache = GlyphCache(token_font())
            self._measure()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.token_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.token_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._select(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._texts) - 1
        here = self._selected
        targets = {
            Qt.Key.Key_Left: max(here - 1, 0) if here >= 0 else last,
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if last >= 0 and key in targets:
            self._select(targets[key])
        else:
            super().keyPressEvent(event)

    def _select(self, index: int) -> None:
        self._selected = index
        self._describe()
        self.update()
        self.token_selected.emit(index)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self._describe()
            self.update()
            self.token_hovered.emit(index)
