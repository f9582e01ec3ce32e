"""Several tokenizations of one text, one below the other, aligned where all of them cut."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QToolTip, QWidget

from visualizer.engine.tokenization import Tokenization, Tokenizer, display_text
from visualizer.session.tokenizer_bench import BenchView, linked_bytes, linked_tokens
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font
from visualizer.ui.widgets.emoji_view import PicturePainter
from visualizer.ui.widgets.row_layout import GAP_PX, RowLayout
from visualizer.ui.widgets.token_glyphs import PAD_PX, GlyphCache, GlyphPainter, Glyphs, hex_font
from visualizer.ui.widgets.token_strip import rows_as_html

TokenForm = Literal["text", "ids", "bytes", "emoji"]
"""What stands for a token."""

ROUNDING_PX = 3
_MARGIN_PX = SPACE_PX
_MOST_NAME_CHARS = 16
_CODE_POINTS = 0x110000
_LONGEST_BYTES = 64  # of a token that is written out; the rest is "…" and in the tooltip
_STALE_OPACITY = 0.4


class TokenRows(QAbstractScrollArea):
    """Draws the rows of a BenchView, those in sight; reports what is pointed at and chosen.

    Signals:
        token_hovered: (cut: int, index: int), -1 and -1 when the pointer leaves.
        token_selected: (cut: int, index: int). `cut` is a place in `BenchView.cut`.

    Attributes:
        painted_tokens: How many the last paint drew.
    """

    token_hovered = Signal(int, int)
    token_selected = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.painted_tokens = 0
        self._view: BenchView | None = None
        self._layout: RowLayout | None = None
        self._joined: list[npt.NDArray[np.bool_]] = []
        self._form: TokenForm = "text"
        self._linked: tuple[tuple[int, int], ...] = ()
        self._hovered = self._selected = (-1, -1)
        self._tables: dict[str, tuple[Tokenizer, npt.NDArray[np.int32]]] = {}
        self._use_font()
        self.setAccessibleName(self.tr("Tokens of several tokenizers"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: BenchView | None) -> None:
        """Draw `view`, or nothing for None."""
        old, self._view = self._view, view
        if view is None or old is None or view.alignment is not old.alignment:
            self._linked, self._hovered = (), (-1, -1)
            self._lay_out()
            cut, index = self._selected
            if not self._has(cut, index):
                self._selected = (-1, -1)
        self.viewport().update()

    @property
    def form(self) -> TokenForm:
        """What stands for a token."""
        return self._form

    def set_form(self, form: TokenForm) -> None:
        """Write tokens in another way, keeping the text that is in sight."""
        if form != self._form:
            top = self._first_in_sight()
            self._form = form
            self._tables.clear()
            self._lay_out()
            if self._layout is not None and top >= 0:
                self.verticalScrollBar().setValue(self._layout.block_of(0, top) * self._block_px)
            self.viewport().update()

    def select(self, cut: int, index: int) -> None:
        """Outline a token as the chosen one and bring it into sight; emits nothing."""
        self._selected = (cut, index) if self._has(cut, index) else (-1, -1)
        self._describe()
        if self._layout is not None and self._has(cut, index):
            top = self._layout.block_of(cut, index) * self._block_px
            bar = self.verticalScrollBar()
            if not bar.value() <= top <= bar.value() + self.viewport().height() - self._block_px:
                bar.setValue(top)
        self.viewport().update()

    def _describe(self) -> None:
        cut, index = self._selected
        if self._view is None or cut < 0:
            self.setAccessibleDescription(self.tr("No token is selected."))
            return
        self.setAccessibleDescription(
            self.tr("Selected: token {index} of {name}, {text}, id {id}.").format(
                index=index,
                name=self._view.rows[self._view.cut[cut]].name,
                text=display_text(self._text(cut).pieces[index]),
                id=int(self._text(cut).ids[index]),
            )
        )

    def link_bytes(self, start: int, end: int) -> None:
        """Outline in all rows the tokens that hold these bytes; emits nothing."""
        self._linked = linked_bytes(self._view, start, end) if self._view is not None else ()
        self.viewport().update()

    def selected(self) -> tuple[int, int]:
        """The chosen token as (cut, index), (-1, -1) for none."""
        return self._selected

    def linked(self) -> tuple[tuple[int, int], ...]:
        """In each row the half-open range of tokens that are outlined together."""
        return self._linked

    def token_rect(self, cut: int, index: int) -> QRect:
        """Where a token is, in the viewport."""
        assert self._layout is not None
        block = self._layout.block_of(cut, index)
        top = _MARGIN_PX + block * self._block_px + cut * self._line_px
        return QRect(
            self._text_left + int(self._layout.lefts[cut][index]),
            top - self.verticalScrollBar().value(),
            int(self._layout.widths[cut][index]),
            self._span_px,
        )

    def token_at(self, place: QPoint) -> tuple[int, int] | None:
        """The token under a point of the viewport, as (cut, index)."""
        if self._layout is None:
            return None
        y = place.y() + self.verticalScrollBar().value() - _MARGIN_PX
        block, rest = divmod(y, self._block_px)
        cut = rest // self._line_px
        if y < 0 or cut >= self._n_rows:
            return None
        index = self._layout.token_at(cut, block, place.x() - self._text_left)
        return None if index is None else (cut, index)

    def n_blocks(self) -> int:
        """How many blocks of lines there are."""
        return 0 if self._layout is None else self._layout.n_blocks

    def sizeHint(self) -> QSize:
        return QSize(480, 2 * _MARGIN_PX + self._block_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 2 * self._span_px)

    def _has(self, cut: int, index: int) -> bool:
        view = self._view
        return view is not None and 0 <= cut < len(view.cut) and 0 <= index < len(self._text(cut))

    def _text(self, cut: int) -> Tokenization:
        assert self._view is not None
        text = self._view.rows[self._view.cut[cut]].tokenization
        assert text is not None
        return text

    # ----------------------------------------------------------------------------- the layout

    @property
    def _n_rows(self) -> int:
        return 0 if self._view is None else len(self._view.cut)

    def _use_font(self) -> None:
        self._font = token_font()
        self._cache = GlyphCache(self._font)
        self._tables.clear()
        metrics = QFontMetrics(self._font)
        self._cell_px = QFontMetricsF(self._font).horizontalAdvance("0")
        self._hex_cell_px = QFontMetricsF(hex_font(self._font)).horizontalAdvance("0")
        self._span_px = metrics.height() + 4
        self._line_px = self._span_px + 2
        self.verticalScrollBar().setSingleStep(self._line_px)

    @property
    def _block_px(self) -> int:
        return max(self._n_rows, 1) * self._line_px + 2 * SPACE_PX

    def _lay_out(self) -> None:
        view = self._view
        self._layout = None
        self._joined = []
        if view is None or view.alignment is None:
            self.verticalScrollBar().setRange(0, 0)
            return
        widths = []
        for cut in range(self._n_rows):
            self._joined.append(_joined(self._text(cut)))
            widths.append(self._measured(cut))
        metrics = self.fontMetrics()
        names = (metrics.horizontalAdvance(view.rows[i].name) for i in view.cut)
        most = _MOST_NAME_CHARS * metrics.averageCharWidth()
        self._name_px = min(max(names) + 2, most)  # the advance may be rounded down
        self._text_left = _MARGIN_PX + self._name_px + 2 * SPACE_PX
        limit = self.viewport().width() - self._text_left - _MARGIN_PX
        data = np.frombuffer(view.text.encode("utf-8"), np.uint8)
        line_ends = np.flatnonzero(data == 0x0A)
        places = view.alignment.places
        breaks = np.zeros(len(places) - 1, np.bool_)
        if len(breaks):
            found = np.searchsorted(places, line_ends, side="right") - 1
            breaks[np.clip(found, 0, len(breaks) - 1)] = True
            self._layout = RowLayout(widths, view.alignment.firsts, breaks, limit)
        content = self.n_blocks() * self._block_px - 2 * SPACE_PX + 2 * _MARGIN_PX
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(content - self.viewport().height(), 0))

    def _measured(self, cut: int) -> npt.NDArray[np.int32]:
        """Width of every token of a row; each id is measured once. (T,) int32."""
        assert self._view is not None
        row, text = self._view.rows[self._view.cut[cut]], self._text(cut)
        ids = text.ids
        if self._form == "emoji":
            return np.full(len(text), self._span_px + 2 * PAD_PX, np.int32)
        assert row.tokenizer is not None
        known = self._tables.get(row.key)
        if known is None or known[0] is not row.tokenizer:
            known = (row.tokenizer, np.full(row.tokenizer.vocabulary_size, -1, np.int32))
            self._tables[row.key] = known
        table = known[1]
        widths = table[ids]
        new, firsts = np.unique(ids[widths < 0], return_index=True)
        where = np.flatnonzero(widths < 0)[firsts]
        for token_id, index in zip(new.tolist(), where.tolist(), strict=True):
            table[token_id] = self._width(token_id, text.pieces[index])
        widths = table[ids]
        if self._form == "text":
            self._measure_begun(text, self._joined[cut], widths)
        return widths

    def _width(self, token_id: int, piece: bytes) -> int:
        if self._form == "text":
            return self._cache.glyphs(piece).width
        if self._form == "ids":
            n_cells, cell_px = len(str(token_id)), self._cell_px
        else:
            n_cells, cell_px = len(_hex(piece)), self._hex_cell_px
        return int(n_cells * cell_px + 2 * PAD_PX + 0.999)

    def _measure_begun(
        self, text: Tokenization, joined: npt.NDArray[np.bool_], widths: npt.NDArray[np.int32]
    ) -> None:
        """A token that begins a character shows the whole of it."""
        where = np.flatnonzero(joined)
        if not where.size:
            return
        codes = np.frombuffer(text.text.encode("utf-32-le"), np.uint32).astype(np.int64)
        keys = text.ids[where] * _CODE_POINTS + codes[text.ends[where] - 1]
        _, firsts, inverse = np.unique(keys, return_index=True, return_inverse=True)
        known = [
            self._cache.glyphs(text.pieces[index], text.text[int(text.ends[index]) - 1]).width
            for index in where[firsts].tolist()
        ]
        widths[where] = np.array(known, np.int32)[inverse]

    def _first_in_sight(self) -> int:
        if self._layout is None or not self.n_blocks():
            return -1
        block = min(self.verticalScrollBar().value() // self._block_px, self.n_blocks() - 1)
        return self._layout.line(0, block)[0]

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        self.painted_tokens = 0
        view, layout = self._view, self._layout
        if view is None or layout is None or view.alignment is None:
            return
        if view.stale:
            painter.setOpacity(_STALE_OPACITY)
        scrolled = self.verticalScrollBar().value() - _MARGIN_PX
        first = max((event.rect().top() + scrolled) // self._block_px, 0)
        last = min((event.rect().bottom() + scrolled) // self._block_px + 1, layout.n_blocks)
        pens = _Pens(painter, theme, GlyphPainter(painter, theme, self._font), self._span_px)
        for block in range(first, last):
            top = block * self._block_px - scrolled
            if block > first:
                line = QRect(_MARGIN_PX, top - SPACE_PX, self.viewport().width(), 1)
                painter.fillRect(line, QColor(theme.line))
            for cut in range(self._n_rows):
                self._paint_line(pens, block, cut, top + cut * self._line_px)
        self._paint_outlines(painter, theme, first, last)

    def _paint_line(self, pens: _Pens, block: int, cut: int, top: int) -> None:
        assert self._view is not None
        assert self._layout is not None
        view, layout = self._view, self._layout
        name = view.rows[view.cut[cut]].name
        painter = pens.painter
        painter.setFont(self.font())
        painter.setPen(QColor(pens.theme.quiet))
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        area = QRect(_MARGIN_PX, top, self._name_px, self._span_px)
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, self._name_px)
        painter.drawText(area, flags, shown)
        first, end = layout.line(cut, block)
        assert view.alignment is not None
        stretches = np.searchsorted(view.alignment.firsts[cut], np.arange(first, end), "right") - 1
        differs = view.alignment.differs[np.clip(stretches, 0, len(view.alignment.differs) - 1)]
        lefts, widths = layout.lefts[cut], layout.widths[cut]
        for index in range(first, end):
            left = self._text_left + int(lefts[index])
            rect = QRect(left, top, int(widths[index]), self._span_px)
            self._paint_token(pens, cut, index, rect, differs=bool(differs[index - first]))
            self.painted_tokens += 1

    def _paint_token(
        self, pens: _Pens, cut: int, index: int, rect: QRect, *, differs: bool
    ) -> None:
        painter, theme = pens.painter, pens.theme
        text = self._text(cut)
        token_id = int(text.ids[index])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
        if self._is_special(cut, index):
            painter.setPen(QPen(QColor(theme.quiet), 1, Qt.PenStyle.DashLine))
        elif differs:
            fills = theme.token_fills
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(fills[index % len(fills)]))
        else:
            painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawRoundedRect(area, ROUNDING_PX, ROUNDING_PX)
        if self._form == "text":
            pens.glyphs.draw(self._glyphs(cut, index), rect)
            self._paint_joint(painter, theme, cut, index, rect)
        elif self._form == "emoji":
            pens.pictures.draw(token_id, rect)
        else:
            painter.setPen(QColor(theme.ink))
            is_hex = self._form == "bytes"
            painter.setFont(hex_font(self._font) if is_hex else self._font)
            shown = _hex(text.pieces[index]) if is_hex else str(token_id)
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), shown)

    def _paint_joint(
        self, painter: QPainter, theme: Theme, cut: int, index: int, rect: QRect
    ) -> None:
        """A line over the parts of one character."""
        joined = self._joined[cut]
        after, before = bool(joined[index]), index > 0 and bool(joined[index - 1])
        if before or after:
            left = rect.left() - GAP_PX if before else rect.left() + ROUNDING_PX
            right = rect.right() + 1 if after else rect.right() - ROUNDING_PX
            painter.fillRect(QRect(left, rect.top(), right - left, 1), QColor(theme.quiet))

    def _paint_outlines(self, painter: QPainter, theme: Theme, first: int, last: int) -> None:
        assert self._layout is not None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.accent), 2))
        for cut, (begin, end) in enumerate(self._linked):
            starts = self._layout.block_starts[cut]
            for index in range(max(begin, int(starts[first])), min(end, int(starts[last]))):
                painter.drawRoundedRect(QRectF(self.token_rect(cut, index)), 3, 3)
        cut, index = self._selected
        if self._has(cut, index):
            painter.setPen(QPen(QColor(theme.query), 2))
            painter.drawRoundedRect(QRectF(self.token_rect(cut, index)), 3, 3)

    def _glyphs(self, cut: int, index: int) -> Glyphs:
        text = self._text(cut)
        character = text.text[int(text.ends[index]) - 1] if self._joined[cut][index] else ""
        return self._cache.glyphs(text.pieces[index], character)

    def _is_special(self, cut: int, index: int) -> bool:
        assert self._view is not None
        row, text = self._view.rows[self._view.cut[cut]], self._text(cut)
        special = row.tokenizer.special_ids if row.tokenizer is not None else frozenset()
        return index < text.n_added or int(text.ids[index]) in special

    # --------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        top = self._first_in_sight()
        self._lay_out()
        if self._layout is not None and event.size().width() != event.oldSize().width():
            self.verticalScrollBar().setValue(
                self._layout.block_of(0, max(top, 0)) * self._block_px
            )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._use_font()
            self._lay_out()
            self.updateGeometry()
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at((-1, -1))
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self.token_at(event.pos())
            if found is None:
                QToolTip.hideText()
            else:
                tip = rows_as_html(self.tooltip_rows(*found))
                QToolTip.showText(event.globalPos(), tip, self, self.token_rect(*found))
            return True
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.token_at(event.position().toPoint()) or (-1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.token_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and found is not None:
            self._choose(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = self._key_target(Qt.Key(event.key()))
        if target is None:
            super().keyPressEvent(event)
        else:
            self._choose(*target)

    def _key_target(self, key: Qt.Key) -> tuple[int, int] | None:
        cut, index = self._selected if self._has(*self._selected) else (0, 0)
        if self._layout is None or not self._has(cut, index):
            return None
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            return cut, min(max(index + step, 0), len(self._text(cut)) - 1)
        if key not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return None
        block = self._layout.block_of(cut, index)
        middle = self._layout.lefts[cut][index] + self._layout.widths[cut][index] / 2
        line = block * self._n_rows + cut + (1 if key == Qt.Key.Key_Down else -1)
        block, cut = divmod(line, self._n_rows)
        if not 0 <= block < self._layout.n_blocks:
            return None
        found = self._layout.nearest(cut, block, float(middle))
        return None if found is None else (cut, found)

    def _choose(self, cut: int, index: int) -> None:
        self.select(cut, index)
        self.token_selected.emit(cut, index)

    def _point_at(self, place: tuple[int, int]) -> None:
        if place != self._hovered:
            self._hovered = place
            view = self._view
            self._linked = linked_tokens(view, *place) if view and place[0] >= 0 else ()
            self.viewport().update()
            self.token_hovered.emit(*place)

    def tooltip_rows(self, cut: int, index: int) -> list[tuple[str, str]]:
        """What is said of a token: its span, and its id and bytes, in every row."""
        assert self._view is not None
        token = self._text(cut).token(index)
        places = self._view.places[cut]
        rows = [
            (self.tr("token"), display_text(token.data)),
            (self.tr("characters"), f"{token.start}–{token.end}"),
            (self.tr("bytes"), f"{places[index]}–{places[index + 1]}"),
        ]
        for other, (first, end) in enumerate(linked_tokens(self._view, cut, index)):
            text = self._text(other)
            parts = [
                f"{int(text.ids[i])} {display_text(text.pieces[i])} ({_hex(text.pieces[i])})"
                for i in range(first, min(end, first + 8))
            ]
            parts += ["…"] if end > first + 8 else []
            rows.append((self._view.rows[self._view.cut[other]].name, "  ".join(parts) or "–"))
        return rows


class _Pens:
    """What one paint draws with."""

    def __init__(self, painter: QPainter, theme: Theme, glyphs: GlyphPainter, px: int) -> None:
        self.painter = painter
        self.theme = theme
        self.glyphs = glyphs
        self.pictures = PicturePainter(painter, theme, px)


def _joined(tokens: Tokenization) -> npt.NDArray[np.bool_]:
    """(T,) bool, whether a token ends inside a character that the next one goes on with."""
    joined = np.zeros(len(tokens), np.bool_)
    if len(tokens) > 1:
        joined[:-1] = tokens.starts[1:] < tokens.ends[:-1]
    return joined


def _hex(piece: bytes) -> str:
    shown = piece[:_LONGEST_BYTES].hex(" ").upper()
    return f"{shown} …" if len(piece) > _LONGEST_BYTES else shown or "∅"
