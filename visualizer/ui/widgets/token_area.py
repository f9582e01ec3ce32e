"""Running text of token spans that scrolls, and what every such text can do: point, choose, go."""

from __future__ import annotations

from abc import abstractmethod

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

from visualizer.engine.tokenization import Tokenization
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font
from visualizer.ui.widgets.token_flow import GAP_PX, TokenFlow
from visualizer.ui.widgets.token_glyphs import GlyphCache, GlyphPainter

ROUNDING_PX = 3
_MARGIN_PX = SPACE_PX


class TokenArea(QAbstractScrollArea):
    """Lays tokens out in lines and draws those in sight; a subclass says how one looks.

    Signals:
        token_selected: The user chose a token. (index: int)
        token_hovered: The pointer is over a token, -1 when it leaves. (index: int)

    Attributes:
        painted_tokens: How many the last paint drew.
    """

    token_selected = Signal(int)
    token_hovered = Signal(int)

    below_px = 0
    """Room that a subclass needs below each line of spans."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.painted_tokens = 0
        self._tokens: Tokenization | None = None
        self._hovered = -1
        self._flow = TokenFlow(GlyphCache(token_font()))
        self._use_font()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)

    # ----------------------------------------------------------------- what a subclass decides

    @abstractmethod
    def _cursor(self) -> int:
        """The token from which the arrow keys go on, -1 for none."""

    @abstractmethod
    def _go_to(self, index: int) -> None:
        """The arrow keys have led to a token."""

    @abstractmethod
    def _paint_token(self, glyph_painter: GlyphPainter, index: int) -> None:
        """Draw one token."""

    @abstractmethod
    def _paint_outlines(self, painter: QPainter, theme: Theme) -> None:
        """Draw what lies over the tokens."""

    @abstractmethod
    def _tooltip(self, index: int) -> str:
        """What is said of a token on which the pointer rests, as rich text; "" for nothing."""

    # ------------------------------------------------------------------------------ the text

    def _set_tokens(self, tokens: Tokenization | None) -> bool:
        """Lay out another text, or none; False if it is the one at hand."""
        is_other = tokens is not self._tokens
        self._tokens = tokens
        if tokens is None:
            self._flow.clear(self._cache)
        elif is_other:
            self._lay_out()
        if self._hovered >= len(self._flow):
            self._set_hovered(-1)
        return is_other

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

    def point_at(self, index: int) -> None:
        """Outline a token that is pointed at elsewhere, -1 for none; emits nothing."""
        if index != self._hovered:
            self._hovered = index if index < len(self._flow) else -1
            self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(400, 2 * _MARGIN_PX + 3 * self._line_px)

    @property
    def line_px(self) -> int:
        """Height of a line of tokens."""
        return self._line_px

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 2 * _MARGIN_PX + self._line_px)

    # ---------------------------------------------------------------------------- the layout

    def _use_font(self) -> None:
        font = token_font()
        self._font = font
        self._cache = GlyphCache(font)
        metrics = QFontMetrics(font)
        self._span_px = metrics.height() + 2
        self._line_px = self._span_px + self.below_px + SPACE_PX
        self._flow.clear(self._cache)
        self.verticalScrollBar().setSingleStep(self._line_px)

    def _lay_out(self) -> None:
        if self._tokens is None:
            return
        width = self.viewport().width() - 2 * _MARGIN_PX
        self._flow.set_tokens(self._tokens, width)
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
        if self._tokens is None or not len(self._flow):
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
        self._paint_outlines(painter, theme)

    def _paint_span(self, painter: QPainter, index: int, fill: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(self.token_rect(index), ROUNDING_PX, ROUNDING_PX)

    def _paint_dashes(self, painter: QPainter, index: int, colour: str) -> None:
        """The outline of a token that is no text."""
        painter.setPen(QPen(QColor(colour), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area = QRectF(self.token_rect(index)).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, ROUNDING_PX, ROUNDING_PX)

    def _paint_outline(self, painter: QPainter, index: int, colour: str, width: int) -> None:
        if not 0 <= index < len(self._flow):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), width))
        inset = 1 - width / 2
        area = QRectF(self.token_rect(index)).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(area, ROUNDING_PX, ROUNDING_PX)

    def _paint_joint(self, painter: QPainter, theme: Theme, index: int) -> None:
        """A line over the pieces of one character."""
        after = bool(self._flow.joined[index])
        before = index > 0 and bool(self._flow.joined[index - 1])
        if before or after:
            rect = self.token_rect(index)
            left = rect.left() - GAP_PX if before else rect.left() + ROUNDING_PX
            right = rect.right() + 1 if after else rect.right() - ROUNDING_PX
            painter.fillRect(QRect(left, rect.top(), right - left, 1), QColor(theme.quiet))

    # --------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()
        self._bring_into_sight(self._cursor())

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
            text = "" if index is None else self._tooltip(index)
            if index is None or not text:
                QToolTip.hideText()
            else:
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
        else:
            self._go_to(target)

    def _key_target(self, key: Qt.Key) -> int | None:
        return self._target_from(self._cursor(), key)

    def _target_from(self, cursor: int, key: Qt.Key) -> int | None:
        """The token that a key leads to from `cursor`; None for a key that leads nowhere."""
        n = len(self._flow)
        if not n:
            return None
        here = min(max(n - 1 if cursor < 0 else cursor, 0), n - 1)
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
