"""Who shares the attention of one query: the keys of largest weight, the rest and the sink."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from visualizer.engine.tokenization import display_text
from visualizer.session.pair_reading import Competitor, competitors, neighbour, rest_weight
from visualizer.session.views import PairView
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font
from visualizer.ui.widgets.dimension_bars import STALE_OPACITY
from visualizer.ui.widgets.number_text import number_text
from visualizer.ui.widgets.token_glyphs import GlyphCache, GlyphPainter
from visualizer.ui.widgets.token_strip import rows_as_html

SHOWN = 5
_TOKEN_CELLS = 12
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class _Line:
    """One bar: a key, or what stands for something else."""

    weight: float
    score: float | None
    name: str
    competitor: Competitor | None = None


class RowCompetitors(QWidget):
    """Bars of the weights in one query's row; a click inspects that key instead.

    Signals:
        key_selected: The user chose another key. int.
    """

    key_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: PairView | None = None
        self._lines: list[_Line] = []
        self._hovered = -1
        self._use_font()
        self.setAccessibleName(self.tr("Keys that share the attention of the query"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: PairView | None) -> None:
        """Draw the row of a pair, or nothing for None."""
        self._view = view
        self._lines = [] if view is None else self._lines_of(view)
        self._describe()
        self.updateGeometry()
        self.update()

    def lines_text(self) -> list[str]:
        """What the rows say, for whoever reads instead of looking."""
        return [f"{self._name_of(line)} {number_text(line.weight, 4)}" for line in self._lines]

    def row_rect(self, row: int) -> QRect:
        """Where a row is drawn."""
        return QRect(0, row * self._row_px, self.width(), self._row_px)

    def sizeHint(self) -> QSize:
        rows = max(len(self._lines), 1)
        return QSize(80 * SPACE_PX, rows * self._row_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(50 * SPACE_PX, self.sizeHint().height())

    def _lines_of(self, view: PairView) -> list[_Line]:
        record = view.record
        shown = competitors(record, SHOWN)
        lines = [_Line(each.weight, each.score, "", each) for each in shown]
        n_left = len(record.row_keys) - len(shown)
        if n_left:
            name = self.tr("{n:,} others").format(n=n_left)
            lines.append(_Line(rest_weight(record, shown), None, name))
        if record.sink_weight is not None:
            lines.append(_Line(record.sink_weight, record.sink_logit, self.tr("sink, no token")))
        return lines

    def _name_of(self, line: _Line) -> str:
        if line.competitor is None or self._view is None:
            return line.name
        key = line.competitor.key
        return f"{key} {display_text(self._view.tokenization.pieces[key])}"

    def _describe(self) -> None:
        text = ""
        if self._view is not None:
            record = self._view.record
            for line in self._lines:
                if line.competitor is not None and line.competitor.key == record.key:
                    text = self.tr("key {name}, weight {weight}, rank {rank} of {n}").format(
                        name=self._name_of(line),
                        weight=number_text(line.weight, 4),
                        rank=line.competitor.rank,
                        n=len(record.row_keys),
                    )
        self.setAccessibleDescription(text)

    # -------------------------------------------------------------------------------- drawing

    def _use_font(self) -> None:
        self._glyphs = GlyphCache(token_font(self.font().pointSizeF()))
        height = max(QFontMetrics(self._glyphs.font).height(), self.fontMetrics().height())
        self._row_px = height + SPACE_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._view is None:
            return
        painter = QPainter(self)
        painter.setOpacity(STALE_OPACITY if self._view.stale else 1.0)
        theme = current_theme()
        for row, line in enumerate(self._lines):
            self._draw_line(painter, theme, row, line)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw_line(self, painter: QPainter, theme: Theme, row: int, line: _Line) -> None:
        assert self._view is not None
        rect = self.row_rect(row)
        is_pair = line.competitor is not None and line.competitor.key == self._view.record.key
        if row == self._hovered and line.competitor is not None:
            shade = QColor(theme.line)
            shade.setAlphaF(0.5)
            painter.fillRect(rect, shade)
        index, token, bar, number = self._columns(rect)
        ink = QColor(theme.ink if is_pair or line.competitor is not None else theme.quiet)
        font = self.font()
        font.setBold(is_pair)
        painter.setFont(font)
        painter.setPen(ink)
        if line.competitor is None:
            name = self.fontMetrics().elidedText(
                line.name, Qt.TextElideMode.ElideRight, token.right() - index.left()
            )
            painter.drawText(index.united(token), _LEFT, name)
        else:
            painter.setPen(QColor(theme.ink if is_pair else theme.quiet))
            painter.drawText(index, _RIGHT, f"{line.competitor.key}")
            piece = self._view.tokenization.pieces[line.competitor.key]
            glyphs = GlyphPainter(painter, theme, self._glyphs.font)
            glyphs.draw(self._glyphs.glyphs(piece), token)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(number, _RIGHT, number_text(line.weight, 4))
        self._draw_bar(painter, theme, bar, line, is_pair=is_pair)

    def _draw_bar(
        self, painter: QPainter, theme: Theme, rect: QRect, line: _Line, *, is_pair: bool
    ) -> None:
        painter.fillRect(QRect(rect.left(), rect.top(), 1, rect.height()), QColor(theme.line))
        length = max(line.weight * rect.width(), 1.0 if line.weight > 0 else 0.0)
        fill = QRectF(rect.left(), rect.top() + SPACE_PX, length, rect.height() - 2 * SPACE_PX)
        painter.fillRect(fill, QColor(theme.key if is_pair else theme.removed))

    def _columns(self, rect: QRect) -> tuple[QRect, QRect, QRect, QRect]:
        """Index, token, bar and number of a row; the same for all rows."""
        metrics = self.fontMetrics()
        largest = 0 if self._view is None else len(self._view.tokenization) - 1
        index_px = max(metrics.horizontalAdvance(f"{largest}"), metrics.horizontalAdvance("00"))
        cell_px = QFontMetrics(self._glyphs.font).horizontalAdvance("M")
        token_px = min(_TOKEN_CELLS * cell_px, rect.width() // 3)
        bold = self.font()
        bold.setBold(True)
        number_px = QFontMetrics(bold).horizontalAdvance("0.0000")
        index = QRect(rect.left() + SPACE_PX, rect.top(), index_px, rect.height())
        token = QRect(index.right() + 1 + SPACE_PX, rect.top(), token_px, rect.height())
        number = QRect(rect.right() - number_px - SPACE_PX, rect.top(), number_px, rect.height())
        left = token.right() + 2 * SPACE_PX
        bar = QRect(left, rect.top(), max(number.left() - 2 * SPACE_PX - left, 1), rect.height())
        return index, token, bar, number

    # --------------------------------------------------------------------------------- events

    def row_at(self, y: float) -> int:
        """The row at a height, -1 below the last."""
        row = int(y // self._row_px)
        return row if 0 <= row < len(self._lines) else -1

    def tooltip_rows(self, row: int) -> list[tuple[str, str]]:
        """What the tooltip of a row says, as (name, value)."""
        assert self._view is not None
        line = self._lines[row]
        rows = [(self.tr("weight"), number_text(line.weight, 6))]
        if line.score is not None:
            rows.insert(0, (self.tr("score"), number_text(line.score, 4)))
        if line.competitor is None:
            return [("", line.name), *rows]
        n = len(self._view.record.row_keys)
        rank = self.tr("{rank} of {n}").format(rank=line.competitor.rank, n=n)
        return [(self.tr("key"), self._name_of(line)), *rows, (self.tr("rank"), rank)]

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self.row_at(event.pos().y())
            if row < 0:
                QToolTip.hideText()
            else:
                text = rows_as_html(self.tooltip_rows(row))
                QToolTip.showText(event.globalPos(), text, self, self.row_rect(row))
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._use_font()
            self.updateGeometry()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or row < 0:
            super().mousePressEvent(event)  # the panel has a menu
            return
        competitor = self._lines[row].competitor
        if competitor is not None:
            self._choose(competitor.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._view is None:
            super().keyPressEvent(event)
            return
        record, key = self._view.record, Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            wanted = neighbour(record, -1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            wanted = record.key + (-1 if key == Qt.Key.Key_Left else 1)
            first, last = int(record.row_keys[0]), int(record.row_keys[-1])
            wanted = min(max(wanted, first), last)
        else:
            super().keyPressEvent(event)
            return
        if wanted is not None:
            self._choose(wanted)

    def _choose(self, key: int) -> None:
        if self._view is not None and key != self._view.record.key:
            self.key_selected.emit(key)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.update()
