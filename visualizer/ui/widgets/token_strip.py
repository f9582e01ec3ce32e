"""The text as coloured token spans, each underlined by how surprising it was."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QToolTip, QWidget

from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.session.views import TokenStripView
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font
from visualizer.ui.widgets.token_flow import GAP_PX, TokenFlow
from visualizer.ui.widgets.token_glyphs import GlyphCache, GlyphPainter

FULL_BITS = 10.0
"""Surprise from which an underline is as thick and as strong as it gets."""

MOST_UNDERLINE_PX = 4.0
_LEAST_UNDERLINE_PX = 1.0
_MARGIN_PX = SPACE_PX
_ROUNDING_PX = 3
_STALE_OPACITY = 0.35


def surprise_bits(logprobs: Float64Array) -> Float64Array:
    """-log2 of each probability. (T,) float64; NaN stays NaN, probability 0 gives infinity."""
    bits: Float64Array = np.asarray(logprobs, np.float64) / -math.log(2) + 0.0  # no "-0.0 bits"
    return bits


def paint_surprise(
    painter: QPainter, theme: Theme, x: float, y: float, width: float, bits: float
) -> None:
    """Draw the underline for `bits` of surprise from (x, y) down; dots where it is not known."""
    if math.isnan(bits):
        painter.setPen(QPen(QColor(theme.removed), 1, Qt.PenStyle.DotLine))
        painter.drawLine(round(x), round(y), round(x + width), round(y))
        return
    share = min(bits / FULL_BITS, 1.0)
    thickness = _LEAST_UNDERLINE_PX + share * (MOST_UNDERLINE_PX - _LEAST_UNDERLINE_PX)
    painter.fillRect(QRectF(x, y, width, thickness), _between(theme.line, theme.ink, share))


def _between(low: str, high: str, share: float) -> QColor:
    start, end = QColor(low), QColor(high)
    return QColor(
        round(start.red() + (end.red() - start.red()) * share),
        round(start.green() + (end.green() - start.green()) * share),
        round(start.blue() + (end.blue() - start.blue()) * share),
    )


class TokenStrip(QAbstractScrollArea):
    """Token spans in running text; draws only those in sight.

    Signals:
        token_selected: The user chose a token. (index: int)
        token_hovered: The pointer is over a token, -1 when it leaves. (index: int)

    Attributes:
        painted_tokens: How many the last paint drew.
    """

    token_selected = Signal(int)
    token_hovered = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.painted_tokens = 0
        self._view: TokenStripView | None = None
        self._bits: Float64Array = np.zeros(0)
        self._hovered = -1
        self._flow = TokenFlow(GlyphCache(token_font()))
        self._use_font()
        self.setAccessibleName(self.tr("Tokens of the text"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: TokenStripView | None) -> None:
        """Draw `view`, or nothing for None; keeps the selected token in sight."""
        old = self._view
        self._view = view
        if view is None:
            self._flow.clear(self._cache)
            self._bits = np.zeros(0)
        else:
            self._bits = (
                np.full(len(view.tokenization), np.nan)
                if view.logprobs is None
                else surprise_bits(view.logprobs)
            )
            is_other_text = old is None or old.tokenization is not view.tokenization
            if is_other_text:
                self._lay_out()
            if view.query is not None and (old is None or is_other_text or old.query != view.query):
                self._bring_into_sight(view.query)
        if self._hovered >= len(self._flow):
            self._set_hovered(-1)
        self._describe()
        self.viewport().update()

    def surprise(self, index: int) -> float:
        """Bits of surprise of a token, NaN where not known."""
        return float(self._bits[index]) if index < len(self._bits) else math.nan

    def token_rect(self, index: int) -> QRect:
        """Where a token's span is, in the viewport."""
        top = _MARGIN_PX + int(self._flow.lines[index]) * self._line_px
        return QRect(
            _MARGIN_PX + int(self._flow.lefts[index]),
            top - self.verticalScrollBar().value(),
            int(self._flow.widths[index]),
            self._span_px,
        )

    def token_at(self, place: QPoint) -> int | None:
        """The token under a point of the viewport."""
        y = place.y() + self.verticalScrollBar().value() - _MARGIN_PX
        return self._flow.token_at(place.x() - _MARGIN_PX, y // self._line_px)

    def sizeHint(self) -> QSize:
        return QSize(400, 2 * _MARGIN_PX + 3 * self._line_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 2 * _MARGIN_PX + 2 * self._line_px)

    # ----------------------------------------------------------------------------- the layout

    def _use_font(self) -> None:
        font = token_font()
        self._font = font
        self._cache = GlyphCache(font)
        metrics = QFontMetrics(font)
        self._span_px = metrics.height() + 2
        self._line_px = self._span_px + int(MOST_UNDERLINE_PX) + 2 + SPACE_PX
        self._flow.clear(self._cache)
        self.verticalScrollBar().setSingleStep(self._line_px)

    def _lay_out(self) -> None:
        if self._view is None:
            return
        width = self.viewport().width() - 2 * _MARGIN_PX
        self._flow.set_tokens(self._view.tokenization, width)
        self._update_scroll_range()

    def _update_scroll_range(self) -> None:
        content = self._flow.n_lines * self._line_px + 2 * _MARGIN_PX
        page = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(page)
        bar.setRange(0, max(content - page, 0))

    def _bring_into_sight(self, index: int) -> None:
        if not 0 <= index < len(self._flow):
            return
        top = int(self._flow.lines[index]) * self._line_px
        bottom = top + self._line_px + 2 * _MARGIN_PX
        bar = self.verticalScrollBar()
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(bottom - self.viewport().height())

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(theme.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painted_tokens = 0
        if self._view is None or not len(self._flow):
            return
        offset = self.verticalScrollBar().value() - _MARGIN_PX
        starts = self._flow.line_starts
        first_line = max((event.rect().top() + offset) // self._line_px, 0)
        last_line = min((event.rect().bottom() + offset) // self._line_px, self._flow.n_lines - 1)
        if first_line > last_line:
            return
        glyph_painter = GlyphPainter(painter, theme, self._font)
        for index in range(int(starts[first_line]), int(starts[last_line + 1])):
            self._paint_token(glyph_painter, index)
            self.painted_tokens += 1
        for index in (self._hovered, -1 if self._view.query is None else self._view.query):
            if 0 <= index < len(self._flow):
                self._paint_outline(painter, theme, index)

    def _paint_token(self, glyph_painter: GlyphPainter, index: int) -> None:
        assert self._view is not None
        painter, theme = glyph_painter.painter, glyph_painter.theme
        rect = self.token_rect(index)
        if self._is_special(index):
            painter.setPen(QPen(QColor(theme.quiet), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), _ROUNDING_PX, _ROUNDING_PX
            )
        else:
            fills = theme.token_fills
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(fills[index % len(fills)]))
            painter.drawRoundedRect(rect, _ROUNDING_PX, _ROUNDING_PX)
        glyph_painter.draw(self._flow.glyphs(index), rect)
        self._paint_joint(painter, theme, rect, index)
        if self._view.stale:
            painter.setOpacity(_STALE_OPACITY)
        paint_surprise(
            painter, theme, rect.x() + 1, rect.bottom() + 3, rect.width() - 2, self.surprise(index)
        )
        painter.setOpacity(1.0)

    def _paint_joint(self, painter: QPainter, theme: Theme, rect: QRect, index: int) -> None:
        """A line over the pieces of one character."""
        after = bool(self._flow.joined[index])
        before = index > 0 and bool(self._flow.joined[index - 1])
        if before or after:
            left = rect.left() - GAP_PX if before else rect.left() + _ROUNDING_PX
            right = rect.right() + 1 if after else rect.right() - _ROUNDING_PX
            painter.fillRect(QRect(left, rect.top(), right - left, 1), QColor(theme.quiet))

    def _paint_outline(self, painter: QPainter, theme: Theme, index: int) -> None:
        assert self._view is not None
        is_query = index == self._view.query
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.query if is_query else theme.quiet), 2 if is_query else 1))
        grow = 1.0 if is_query else 0.5
        painter.drawRoundedRect(
            QRectF(self.token_rect(index)).adjusted(-grow + 1, -grow + 1, grow - 1, grow - 1),
            _ROUNDING_PX,
            _ROUNDING_PX,
        )

    # -------------------------------------------------------------------------------- reading

    def _is_special(self, index: int) -> bool:
        view = self._view
        return view is not None and (
            index < view.n_added or int(view.tokenization.ids[index]) in view.special_ids
        )

    def _describe(self) -> None:
        view = self._view
        if view is None or view.query is None or not 0 <= view.query < len(self._flow):
            self.setAccessibleDescription(self.tr("No token is selected."))
            return
        self.setAccessibleDescription(
            self.tr("Selected: token {index} of {count}, {text}. Surprise: {bits}.").format(
                index=view.query,
                count=len(self._flow),
                text=display_text(view.tokenization.pieces[view.query]),
                bits=self.surprise_text(view.query),
            )
        )

    def surprise_text(self, index: int) -> str:
        """A token's surprise in words, or why there is none."""
        bits = self.surprise(index)
        view = self._view
        if view is not None and view.stale:
            return self.tr("being computed")
        if math.isfinite(bits):
            return self.tr("{bits:.2f} bits").format(bits=bits)
        if math.isinf(bits):
            return self.tr("infinite (probability 0)")
        if index == 0:
            return self.tr("none: nothing comes before the first token")
        return self.tr("not computed yet")

    def short_surprise_text(self, index: int) -> str:
        """The same in a word or two."""
        bits = self.surprise(index)
        if self._view is not None and self._view.stale:
            return "…"
        if math.isnan(bits):
            return self.tr("first token") if index == 0 else self.tr("not computed")
        return self.surprise_text(index)

    def tooltip_rows(self, index: int) -> list[tuple[str, str]]:
        """What the tooltip of a token says, as (name, value)."""
        assert self._view is not None
        tokens = self._view.tokenization
        token = tokens.token(index)
        rows = [
            (self.tr("token"), display_text(token.data)),
            (
                self.tr("index"),
                self.tr("{index} of {count}").format(index=index, count=len(tokens)),
            ),
            (self.tr("id"), f"{token.id}"),
            (self.tr("bytes"), token.data.hex(" ").upper()),
            (self.tr("characters"), f"{token.start}–{token.end}"),
        ]
        if index < self._view.n_added:
            rows.append((self.tr("added"), self.tr("put in front by the tokenizer")))
        elif self._is_special(index):
            rows.append((self.tr("special"), self.tr("a special token of this model")))
        if self._flow.joined[index] or (index and self._flow.joined[index - 1]):
            rows.append((self.tr("part of"), tokens.text[token.start : token.end]))
        rows.append((self.tr("surprise"), self.surprise_text(index)))
        if math.isfinite(self.surprise(index)) and not self._view.stale:
            logprob = -self.surprise(index) * math.log(2)
            rows.append((self.tr("probability"), f"{math.exp(logprob):.6g}"))
            rows.append((self.tr("log-probability"), f"{logprob:.4f}"))
        entropies = self._view.entropies_bits
        if entropies is not None and not self._view.stale and not np.isnan(entropies[index]):
            rows.append(
                (
                    self.tr("entropy after it"),
                    self.tr("{bits:.2f} bits").format(bits=entropies[index]),
                )
            )
        return rows

    # --------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        if self._view is not None and self._view.query is not None:
            self._bring_into_sight(self._view.query)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._use_font()
            self._lay_out()
            self.updateGeometry()
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._set_hovered(-1)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.token_at(event.pos())
            if index is None or self._view is None:
                QToolTip.hideText()
            else:
                text = rows_as_html(self.tooltip_rows(index))
                QToolTip.showText(event.globalPos(), text, self, self.token_rect(index))
            return True
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.token_at(event.position().toPoint())
        self._set_hovered(-1 if index is None else index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.token_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.token_selected.emit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = self._key_target(Qt.Key(event.key()))
        if target is None:
            super().keyPressEvent(event)
        elif self._view is not None and target != self._view.query:
            self.token_selected.emit(target)

    def _key_target(self, key: Qt.Key) -> int | None:
        n = len(self._flow)
        if self._view is None or not n:
            return None
        here = min(max(n - 1 if self._view.query is None else self._view.query, 0), n - 1)
        line = int(self._flow.lines[here])
        middle = float(self._flow.lefts[here] + self._flow.widths[here] / 2)
        targets = {
            Qt.Key.Key_Left: max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, n - 1),
            Qt.Key.Key_Up: self._flow.nearest(middle, line - 1) if line else here,
            Qt.Key.Key_Down: (
                self._flow.nearest(middle, line + 1) if line + 1 < self._flow.n_lines else here
            ),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: n - 1,
        }
        return targets.get(key)

    def _set_hovered(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.viewport().update()
            self.token_hovered.emit(index)


def rows_as_html(rows: list[tuple[str, str]]) -> str:
    """Names and values as a two-column table for a tooltip."""
    cells = "".join(
        f"<tr><td align='right'>{_escaped(name)}&nbsp;&nbsp;</td><td>{_escaped(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table>{cells}</table>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class SurpriseLegend(QWidget):
    """What the underlines mean: strokes for 0, 5 and 10 bits and more."""

    _SAMPLES = ((0.0, "0"), (5.0, "5"), (10.0, "10+"))
    _STROKE_PX = 16

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = (self.tr("surprise"), self.tr("bits"))
        self.setAccessibleName(self.tr("Legend of the underlines"))
        self.setToolTip(
            self.tr(
                "Surprise is how unlikely a token was after those before it: -log2 of its "
                "probability, in bits. A thicker, stronger underline is a bigger surprise; "
                "dots mean that it is not known."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(word) for word in self._words)
        for _, label in self._SAMPLES:
            width += 3 * SPACE_PX + self._STROKE_PX + metrics.horizontalAdvance(label)
        return QSize(width + SPACE_PX, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        metrics = self.fontMetrics()
        painter = QPainter(self)
        x = self._write(painter, 0, self._words[0])
        for bits, label in self._SAMPLES:
            x += 2 * SPACE_PX
            middle = metrics.ascent() - metrics.xHeight() / 2 - MOST_UNDERLINE_PX / 2
            paint_surprise(painter, theme, x, round(middle), self._STROKE_PX, bits)
            x = self._write(painter, x + self._STROKE_PX + SPACE_PX, label)
        self._write(painter, x + SPACE_PX, self._words[1])

    def _write(self, painter: QPainter, x: int, word: str) -> int:
        painter.setPen(QColor(current_theme().quiet))
        painter.drawText(x, self.fontMetrics().ascent(), word)
        return x + self.fontMetrics().horizontalAdvance(word)
