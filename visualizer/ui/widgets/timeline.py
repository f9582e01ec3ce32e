"""Surprise and entropy token by token, to zoom and to choose from.

Importing this module imports pyqtgraph, which takes half a second: only when first needed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.session.surprise_timeline import (
    SurpriseTimelineView,
    block_values,
    peak_in_block,
)
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.timeline_legend import entropy_hue, surprise_hue, unknown_hue

_LEAST_MARK_PX = 2  # a narrower mark stands for several tokens
_LEAST_VISIBLE = 4  # tokens, when zoomed in
_TICK_PX = 64
_TICK_STEPS = tuple(digit * 10**power for power in range(9) for digit in (1, 2, 5))
_WORD_PX = 34  # room from which on the ticks name the tokens
_DOTS_PX = 12  # room from which on the line has a dot at each token
_STALE_OPACITY = 0.35
_BAND_ALPHA = 130  # of 255: the bars show through
_MARKED_ALPHA = 60
_TOP_BITS = (4, 8, 12, 16, 20, 24, 32, 40, 60, 80, 100)
_ZOOM_STEP = 1.5


class Timeline(QWidget):
    """Bars of surprise and a line of entropy over token indices.

    The wheel zooms, dragging with Ctrl or the middle button pans, a double click shows the whole
    text again; a click and the arrow keys choose a token, dragging and Shift with the arrow keys
    a stretch of them, which Esc gives up. Where there are more tokens than room, a bar is the
    largest of several tokens, and a band from their smallest to their largest entropy takes the
    place of the line.

    Signals:
        token_selected: The user chose a token. (index: int)
        token_hovered: The token pointed at, -1 when the pointer leaves. (index: int)
        stretch_selected: The user chose tokens; (0, 0) for none. (first: int, stop: int)
        range_changed: Other tokens are in sight, or others to a bar.
    """

    token_selected = Signal(int)
    token_hovered = Signal(int)
    stretch_selected = Signal(int, int)
    range_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: SurpriseTimelineView | None = None
        self._hovered = -1
        self._stretch = (0, 0)
        self._ends = (-1, -1)  # where the stretch was begun, and where it is now
        self._block = 1
        self._top = float(_TOP_BITS[0])
        self._box = _Box()
        self._plot: Any = pg.PlotWidget(viewBox=self._box)
        self._marked: Any = pg.BarGraphItem(x0=[], x1=[], height=[], pen=None)
        self._grid: Any = pg.BarGraphItem(x0=[], x1=[], height=[], brush=None)
        self._unknown: Any = pg.BarGraphItem(x0=[], x1=[], height=[], pen=None)
        self._bars: Any = pg.BarGraphItem(x0=[], x1=[], height=[])
        self._infinite: Any = pg.BarGraphItem(x0=[], x1=[], height=[], pen=None)
        self._line: Any = pg.PlotCurveItem(connect="finite", antialias=True)
        self._dots: Any = pg.ScatterPlotItem(pen=None, size=5)
        self._band: Any = pg.BarGraphItem(x0=[], x1=[], height=[], pen=None)
        self._pointer: Any = pg.InfiniteLine(angle=90)
        self._query: Any = pg.InfiniteLine(angle=90)
        self._marks = (
            self._unknown,
            self._bars,
            self._infinite,
            self._band,
            self._line,
            self._dots,
        )
        self._build()
        self._use_theme()
        self._use_font()

    def _build(self) -> None:
        item = self._plot.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setContentsMargins(0, 2 * SPACE_PX, 2 * SPACE_PX, 0)
        for side in ("left", "bottom"):
            item.getAxis(side).setStyle(tickLength=0, hideOverlappingLabels=False)
        self._box.setMouseEnabled(x=True, y=False)
        self._box.disableAutoRange()
        for mark in (self._marked, self._grid, *self._marks, self._pointer, self._query):
            item.addItem(mark, ignoreBounds=True)
        item.setLabel("left", self.tr("bits"))
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Surprise of each token"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        self._box.sigXRangeChanged.connect(self._on_box_range_changed)
        self._box.sigResized.connect(self._on_box_resized)
        self._box.stretched.connect(self._on_box_stretched)
        self._plot.scene().sigMouseMoved.connect(self._on_scene_mouse_moved)
        self._plot.scene().sigMouseClicked.connect(self._on_scene_mouse_clicked)

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: SurpriseTimelineView | None) -> None:
        """Draw `view`; None for nothing.

        A range that was zoomed into stays, as far as the text still reaches, and moves only to
        keep a newly selected token in sight.
        """
        known = self._view
        was_whole = self.is_whole
        self._view = view
        self._hovered = -1
        n_tokens = 0 if view is None else len(view)
        if known is None or len(known) != n_tokens:
            self._box.setLimits(
                xMin=-0.5,
                xMax=max(n_tokens, 1) - 0.5,
                minXRange=min(_LEAST_VISIBLE, max(n_tokens, 1)),
            )
            if was_whole:
                self.show_whole()
        if view is not None and view.query is not None:
            if known is None or known.query != view.query:
                self._bring_into_sight(view.query)
            self._query.setValue(view.query)
        self._query.setVisible(view is not None and view.query is not None)
        self._pointer.setVisible(False)
        self._draw()
        self._describe()

    def set_stretch(self, first: int, stop: int) -> None:
        """Mark the tokens [first, stop); (0, 0) for none. Emits nothing."""
        if (first, stop) != self._stretch:
            self._stretch = (first, stop)
            self._ends = (first, stop - 1) if stop else (-1, -1)
            self._draw_stretch()

    @property
    def stretch(self) -> tuple[int, int]:
        """The chosen tokens, (0, 0) for none."""
        return self._stretch

    @property
    def plot(self) -> Any:
        """The pyqtgraph widget."""
        return self._plot

    @property
    def block(self) -> int:
        """How many tokens a bar stands for."""
        return self._block

    @property
    def is_whole(self) -> bool:
        """Whether the whole text is in sight."""
        first, stop = self.tokens_in_sight()
        return self._view is None or (first == 0 and stop == len(self._view))

    def tokens_in_sight(self) -> tuple[int, int]:
        """Half-open range of the tokens of which at least half is in sight."""
        n_tokens = 0 if self._view is None else len(self._view)
        left, right = self._box.viewRange()[0]
        first = min(max(math.ceil(left - 1e-6), 0), n_tokens)
        return first, min(max(math.floor(right + 1e-6) + 1, first), n_tokens)

    def show_whole(self) -> None:
        """Zoom out to the whole text."""
        n_tokens = 1 if self._view is None else max(len(self._view), 1)
        self._box.setXRange(-0.5, n_tokens - 0.5, padding=0)

    def zoom(self, factor: float) -> None:
        """Show `factor` times as many tokens, about the selected one if it is in sight."""
        left, right = self._box.viewRange()[0]
        middle = (left + right) / 2
        query = None if self._view is None else self._view.query
        if query is not None and left <= query <= right:
            middle = query
        self._box.scaleBy(x=factor, center=(middle, 0))

    def token_at(self, place: QPointF) -> int | None:
        """The token whose bar is at a point of the plot's scene; the largest of its block."""
        if self._view is None or not len(self._view):
            return None
        if not self._box.sceneBoundingRect().contains(place):
            return None
        index = math.floor(self._box.mapSceneToView(place).x() + 0.5)
        if not 0 <= index < len(self._view):
            return None
        return peak_in_block(self._view, index, self._block)

    def scene_place(self, index: int, bits: float = 0.0) -> QPointF:
        """Where a token's value is drawn, in the plot's scene."""
        place: QPointF = self._box.mapViewToScene(QPointF(index, bits))
        return place

    def sizeHint(self) -> QSize:
        return QSize(600, 170)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 72)

    # -------------------------------------------------------------------------------- drawing

    def _draw(self) -> None:
        view = self._view
        bits = np.empty(0) if view is None else view.surprise_bits
        entropies = np.empty(0) if view is None else view.entropies_bits
        left, right = self._box.viewRange()[0]
        width = max(self._box.width(), 1.0)
        per_token = width / max(right - left, 1e-9)
        self._block = max(1, math.ceil(_LEAST_MARK_PX / per_token))
        self._scale_bits(bits, entropies)
        self._draw_stretch()
        self._draw_bars(bits)
        self._draw_line(entropies, per_token)
        self._draw_ticks(per_token)
        for mark in self._marks:
            mark.setOpacity(_STALE_OPACITY if view is not None and view.stale else 1.0)

    def _scale_bits(self, *values: Float64Array) -> None:
        """From 0 to a round number above every finite value, so that little changes it."""
        finite = np.concatenate([each[np.isfinite(each)] for each in values])
        most = float(finite.max()) if finite.size else 0.0
        fitting = [top for top in _TOP_BITS if top >= most]
        self._top = float(fitting[0]) if fitting else 100.0 * math.ceil(most / 100)
        # A hair more than that on both sides: ticks on the very edge are not drawn.
        self._box.setYRange(-0.005 * self._top, 1.005 * self._top, padding=0)
        step = next(
            (s for s in (1, 2, 4, 10, 20, 50) if self._box.height() * s / self._top >= 22), 100
        )
        ticks = np.arange(0, int(self._top) + 1, step)
        self._plot.getPlotItem().getAxis("left").setTicks([[(t, f"{t}") for t in ticks]])
        # The axis could draw the lines itself, but then leaves out its lowest and highest number.
        ends = np.full(ticks.size, len(values[0]) - 0.5)
        self._grid.setOpts(x0=np.full(ticks.size, -0.5), x1=ends, y0=ticks, height=0 * ticks)

    def _draw_stretch(self) -> None:
        first, stop = self._stretch
        is_shown = stop > first
        self._marked.setOpts(
            x0=[first - 0.5] if is_shown else [],
            x1=[stop - 0.5] if is_shown else [],
            height=[self._top] if is_shown else [],
        )

    def _draw_bars(self, bits: Float64Array) -> None:
        blocks = block_values(bits, self._block)
        stops = np.minimum(blocks.starts + self._block, bits.size)
        gap = 0.1 if self._block == 1 else 0.0
        for item, chosen, inset in (
            (self._bars, np.isfinite(blocks.largest), gap),
            (self._infinite, np.isinf(blocks.largest), gap),
            (self._unknown, np.isnan(blocks.largest), 0.0),
        ):
            heights = blocks.largest if item is self._bars else np.full(chosen.size, self._top)
            item.setOpts(
                x0=blocks.starts[chosen] - 0.5 + inset,
                x1=stops[chosen] - 0.5 - inset,
                height=heights[chosen],
            )

    def _draw_line(self, entropies: Float64Array, per_token: float) -> None:
        blocks = block_values(entropies if self._block > 1 else np.empty(0), self._block)
        known = ~np.isnan(blocks.largest)
        # A value that does not change would be a band of no height: the outline shows it.
        self._band.setOpts(
            x0=blocks.starts[known] - 0.5,
            x1=np.minimum(blocks.starts[known] + self._block, entropies.size) - 0.5,
            y0=blocks.smallest[known],
            height=(blocks.largest - blocks.smallest)[known],
        )
        places = np.flatnonzero(~np.isnan(entropies)) if self._block == 1 else np.empty(0)
        # Neither item can take values of which none is a number.
        values = entropies if places.size else np.empty(0)
        self._line.setData(np.arange(values.size, dtype=np.float64), values, connect="finite")
        dotted = places if per_token >= _DOTS_PX else places[:0]
        self._dots.setData(dotted, entropies[dotted.astype(np.int64)])

    def _draw_ticks(self, per_token: float) -> None:
        first, stop = self.tokens_in_sight()
        axis = self._plot.getPlotItem().getAxis("bottom")
        names_tokens = per_token >= _WORD_PX
        if names_tokens:
            ticks = [
                (index, self._tick_text(index, int(per_token))) for index in range(first, stop)
            ]
        else:
            step = next((step for step in _TICK_STEPS if step * per_token >= _TICK_PX), stop)
            ticks = [(n, f"{n:,}") for n in range(-(-first // step) * step, stop, step)]
        axis.setTicks([ticks])
        axis.setHeight((2 if names_tokens else 1) * self._metrics.height() + 2 * SPACE_PX)

    def _tick_text(self, index: int, room: int) -> str:
        assert self._view is not None
        word = display_text(self._view.tokenization.pieces[index])
        elided = self._metrics.elidedText(word, Qt.TextElideMode.ElideRight, room - SPACE_PX)
        return f"{index:,}\n{elided}"

    def _use_theme(self) -> None:
        theme = current_theme()
        self._plot.setBackground(theme.surface)
        item = self._plot.getPlotItem()
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(theme.line)
            axis.setTextPen(theme.quiet)
            axis.setTickPen(theme.line)
        self._grid.setOpts(brush=None, pen=pg.mkPen(theme.line, width=1))
        bars, line = surprise_hue(theme), entropy_hue(theme)
        # The outline keeps a token of 0 bits from looking like one about which nothing is known.
        self._bars.setOpts(brush=bars, pen=pg.mkPen(bars, width=1))
        self._infinite.setOpts(brush=QColor(theme.error), pen=None)
        self._unknown.setOpts(brush=unknown_hue(theme), pen=None)
        self._line.setPen(pg.mkPen(line, width=1))
        band = QColor(line)
        band.setAlpha(_BAND_ALPHA)
        self._band.setOpts(brush=band, pen=pg.mkPen(band, width=1))
        self._dots.setBrush(line)
        marked = QColor(theme.query)
        marked.setAlpha(_MARKED_ALPHA)
        self._marked.setOpts(brush=marked, pen=None)
        self._query.setPen(pg.mkPen(theme.query, width=2))
        self._pointer.setPen(pg.mkPen(theme.quiet, width=1))

    def _use_font(self) -> None:
        font = token_font(max(self.font().pointSizeF() - 1, 6.0))
        self._metrics = QFontMetrics(font)
        for side in ("left", "bottom"):
            self._plot.getPlotItem().getAxis(side).setTickFont(font)
        line = self._metrics.height()
        item = self._plot.getPlotItem()
        item.getAxis("left").setWidth(self._metrics.horizontalAdvance("000") + line + 4 * SPACE_PX)

    def _bring_into_sight(self, index: int) -> None:
        left, right = self._box.viewRange()[0]
        if not left <= index <= right:
            half = (right - left) / 2
            self._box.setXRange(index - half, index + half, padding=0)

    def _describe(self) -> None:
        view = self._view
        if view is None or view.query is None:
            self.setAccessibleDescription(self.tr("No token is selected."))
            return
        self.setAccessibleDescription(
            self.tr("Selected: token {index} of {count}, {text}.").format(
                index=view.query,
                count=len(view),
                text=display_text(view.tokenization.pieces[view.query]),
            )
        )

    # --------------------------------------------------------------------------------- events

    @Slot(object, object)
    def _on_box_range_changed(self, _box: object, _range: object) -> None:
        self._draw()
        self.range_changed.emit()

    @Slot(object)
    def _on_box_resized(self, _box: object) -> None:
        self._draw()
        self.range_changed.emit()

    @Slot(object)
    def _on_scene_mouse_moved(self, place: QPointF) -> None:
        index = self.token_at(place)
        self._hover(-1 if index is None else index)

    @Slot(object)
    def _on_scene_mouse_clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.show_whole()
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        index = self.token_at(event.scenePos())
        if index is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._stretch_to(index)
        else:
            self._choose_stretch(-1, -1)
            self.token_selected.emit(index)

    @Slot(object, object)
    def _on_box_stretched(self, start: QPointF, now: QPointF) -> None:
        """The pointer was dragged: the tokens between its ends, whole blocks of them."""
        if self._view is None or not len(self._view):
            return
        last = len(self._view) - 1
        ends = []
        for place in (start, now):
            index = math.floor(self._box.mapSceneToView(place).x() + 0.5)
            ends.append(min(max(index, 0), last))
        low, high = min(ends), max(ends)
        low -= low % self._block
        high = min(high - high % self._block + self._block - 1, last)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._choose_stretch(*((low, high) if ends[0] <= ends[1] else (high, low)))

    def _stretch_to(self, index: int) -> None:
        """From where the stretch was begun, else from the selected token."""
        begin = self._ends[0]
        if begin < 0 and self._view is not None and self._view.query is not None:
            begin = self._view.query
        self._choose_stretch(begin if begin >= 0 else index, index)

    def _choose_stretch(self, begin: int, end: int) -> None:
        stretch = (min(begin, end), max(begin, end) + 1) if begin >= 0 else (0, 0)
        is_other = stretch != self._stretch
        self._ends, self._stretch = (begin, end), stretch
        if is_other:
            self._draw_stretch()
            self.stretch_selected.emit(*stretch)

    def _hover(self, index: int) -> None:
        self._pointer.setVisible(index >= 0)
        if index >= 0:
            self._pointer.setValue(index)
        if index != self._hovered:
            self._hovered = index
            self.token_hovered.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._use_theme()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._use_font()
            self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1 / _ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(_ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.show_whole()
        elif key == Qt.Key.Key_Escape and self._stretch[1]:
            self._choose_stretch(-1, -1)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            target = self._key_target(key, self._ends[1])
            if target is None:
                super().keyPressEvent(event)
            else:
                self._stretch_to(target)
                self._bring_into_sight(target)
        else:
            target = self._key_target(key)
            if target is None:
                super().keyPressEvent(event)
            elif self._view is not None:
                self._choose_stretch(-1, -1)
                if target != self._view.query:
                    self.token_selected.emit(target)

    def _key_target(self, key: Qt.Key, begin: int = -1) -> int | None:
        if self._view is None or not len(self._view):
            return None
        last = len(self._view) - 1
        here = begin
        if here < 0:
            here = last if self._view.query is None else self._view.query
        return {
            Qt.Key.Key_Left: max(here - 1, 0),
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(key)


class _Box(pg.ViewBox):  # type: ignore[misc] # pyqtgraph has no types
    """The room of the plot, in which dragging marks a stretch and pans only with Ctrl.

    Signals:
        stretched: Dragged with the left button alone. (start, now: QPointF, of the scene)
    """

    stretched = Signal(object, object)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        is_plain = not ev.modifiers() & Qt.KeyboardModifier.ControlModifier
        if ev.button() == Qt.MouseButton.LeftButton and is_plain:
            ev.accept()
            self.stretched.emit(ev.buttonDownScenePos(), ev.scenePos())
        else:
            super().mouseDragEvent(ev, axis)
