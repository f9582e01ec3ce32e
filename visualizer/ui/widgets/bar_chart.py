"""Next-token probabilities as rows: rank, token, bar, percentage."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QPoint,
    QRect,
    QSize,
    Qt,
    QVariantAnimation,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QStyle, QToolTip, QWidget

from visualizer.engine.records import Float64Array
from visualizer.session.pipeline_view import Draws
from visualizer.session.views import BarsView, Candidate
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.bar_axis import BarAxis
from visualizer.ui.widgets.bar_rows import RowPainter, least_width, percent_text
from visualizer.ui.widgets.bar_tips import BarTips
from visualizer.ui.widgets.token_glyphs import GlyphCache
from visualizer.ui.widgets.token_strip import rows_as_html

GLIDE_MS = 120
DIM_MS = 150
_STALE_OPACITY = 0.4


class BarChart(QAbstractScrollArea):
    """Rows of candidates, likeliest first, and a last row for everything else.

    Bars are on the view's axis; what goes on beyond its end has an arrow there. They show the
    probability after sampling parameters; while any is on, a tick marks the one before them, and
    candidates that were removed keep their place with the bar they had, grey and hatched. While
    none is on, two short strokes mark the probability before the text changed.

    Signals:
        candidate_selected: The user chose a row. (token_id: int)
        candidate_activated: The user wants that token appended. (token_id: int)
        position_stepped: The user wants the position before or after. (step: -1 or 1)
        columns_moved: Rows have become wider or narrower.
        opacity_changed: Old numbers are on their way to be dimmed.
        menu_requested: Commands about a candidate are wanted. Its row; place on the screen.

    Attributes:
        painted_rows: How many the last paint drew.
    """

    candidate_selected = Signal(int)
    candidate_activated = Signal(int)
    position_stepped = Signal(int)
    columns_moved = Signal()
    opacity_changed = Signal()
    menu_requested = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.painted_rows = 0
        self._tips = BarTips(self)
        self._view: BarsView | None = None
        self._selected_id = -1
        self._hovered = -1
        self._draws: Draws | None = None
        self._reduced_motion = False
        self._from: Float64Array = np.zeros(0)
        self._to: Float64Array = np.zeros(0)
        self._glide = self._animation(GLIDE_MS, QEasingCurve.Type.OutCubic)
        self._dim = self._animation(DIM_MS, QEasingCurve.Type.InQuad)
        self._dim.valueChanged.connect(self.opacity_changed)
        self._use_font()
        self.setAccessibleName(self.tr("Next-token candidates"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)
        self._header = _ColumnNames(self)
        self._place_header()

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: BarsView | None) -> None:
        """Draw `view`, or nothing for None."""
        self._from = self._lengths()
        was_stale = self._view is not None and self._view.stale
        if view and self._view and _axis_of(view) != _axis_of(self._view):
            self._from = np.zeros(0)  # another axis is another picture: nothing moves to it
        self._view = view
        self._header.update()
        self._to = np.zeros(0) if view is None else _lengths_of(view)
        if len(self._from) == 0 or len(self._to) == 0 or not self._moves():
            self._glide.stop()
            self._from = self._to
        elif not np.array_equal(self._from, self._to):
            self._glide.stop()
            self._from = _with_rows(self._from, len(self._to))
            self._glide.start()
        if view is None or not view.stale:
            self._dim.stop()
        elif not was_stale and self._moves():
            self._dim.start()
        self._update_scroll_range()
        self._describe()
        self.viewport().update()

    @Slot(object)
    def set_draws(self, draws: Draws | None) -> None:
        """Mark how often each token came up; None for no marks."""
        self._draws = draws
        self.viewport().update()

    def drawn_of(self, row: int) -> int | None:
        """How often the token of a row came up, None while nothing is drawn."""
        if self._draws is None or self._view is None:
            return None
        counts, candidates = self._draws.counts, self._view.candidates
        if row < len(candidates):
            return counts.get(candidates[row].token_id, 0)
        return self._draws.n - sum(counts.get(one.token_id, 0) for one in candidates)

    def set_reduced_motion(self, reduced: bool) -> None:
        """Switch gliding off, or on again."""
        self._reduced_motion = reduced
        if reduced:
            self._finish_motion()

    def is_moving(self) -> bool:
        """Whether bars are on their way."""
        return self._glide.state() is QVariantAnimation.State.Running

    def selected_id(self) -> int:
        """The chosen candidate's id, -1 for none."""
        return self._selected_id

    def select(self, token_id: int) -> None:
        """Mark a candidate as chosen without telling anyone; -1 for none."""
        if token_id != self._selected_id:
            self._selected_id = token_id
            self._describe()
            self.viewport().update()

    @property
    def row_px(self) -> int:
        """Height of a row."""
        return self._row_px

    @property
    def rows_px(self) -> int:
        """Width of the rows: beside a scroll bar, and the same while there is none."""
        return self.width() - self.verticalScrollBar().sizeHint().width()

    def row_rect(self, row: int) -> QRect:
        """Where a row is, in the viewport.

        The one after the candidates is everything else, which stays in sight at the lower end.
        """
        top = row * self._row_px - self.verticalScrollBar().value()
        if self._view is not None and row >= len(self._view.candidates):
            top = min(top + SPACE_PX, self.viewport().height() - self._row_px)
        return QRect(0, top, self.rows_px, self._row_px)

    def _rest_top(self) -> int:
        """Where the candidates end and the gap above everything else begins."""
        n = 0 if self._view is None else len(self._view.candidates)
        return self.row_rect(n).top() - SPACE_PX

    def row_at(self, place: QPoint) -> int | None:
        """The row under a point of the viewport."""
        if self._view is None:
            return None
        y, n = place.y() + self.verticalScrollBar().value(), len(self._view.candidates)
        row = n if place.y() >= self._rest_top() else min(y // self._row_px, n)
        return row if row >= 0 and self.row_rect(row).contains(place) else None

    def sizeHint(self) -> QSize:
        return QSize(400, self.height_of_rows(10))

    def height_of_rows(self, n_rows: int) -> int:
        """Height with so many candidates and everything else in sight."""
        return self._header_px + (n_rows + 1) * self._row_px + SPACE_PX

    def minimumSizeHint(self) -> QSize:
        width = self._least_px + self.verticalScrollBar().sizeHint().width()
        return QSize(width, self._header_px + self._row_px + SPACE_PX)

    def _place_header(self) -> None:
        self.setViewportMargins(0, self._header_px, 0, 0)
        self._header.setGeometry(0, 0, self.width(), self._header_px)

    # ----------------------------------------------------------------------------- the layout

    def _use_font(self) -> None:
        font = token_font()
        self._cache = GlyphCache(font)
        height = max(QFontMetrics(font).height(), self.fontMetrics().height())
        self._row_px = height + SPACE_PX // 2  # ten rows fit at 1280 x 800, in Chinese too
        self._header_px = self.fontMetrics().height()
        self._least_px = least_width(self.fontMetrics(), QFontMetrics(font))
        self.verticalScrollBar().setSingleStep(self._row_px)

    def _update_scroll_range(self) -> None:
        rows = 0 if self._view is None else len(self._view.candidates) + 1
        page = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(page)
        bar.setRange(0, max(rows * self._row_px + SPACE_PX - page, 0))

    # --------------------------------------------------------------------------------- motion

    def _animation(self, duration_ms: int, curve: QEasingCurve.Type) -> QVariantAnimation:
        animation = QVariantAnimation(self)
        animation.setDuration(duration_ms)
        animation.setEasingCurve(QEasingCurve(curve))
        animation.setStartValue(0.0)
        animation.setEndValue(1.0)
        animation.valueChanged.connect(self._on_animation_value_changed)
        return animation

    def _moves(self) -> bool:
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        return (
            self.isVisible()
            and not self._reduced_motion
            and self.style().styleHint(hint, None, self) > 0
        )

    def _finish_motion(self) -> None:
        self._glide.stop()
        self._dim.stop()
        self._from = self._to
        self.viewport().update()

    def _lengths(self) -> Float64Array:
        """Lengths of the bars as they are on screen now. (rows,) float64."""
        if not self.is_moving():
            return self._to
        share = float(self._glide.currentValue())
        return self._from + (self._to - self._from) * share

    def opacity(self) -> float:
        """Of the rows: less while they are stale."""
        if self._view is None or not self._view.stale:
            return 1.0
        if self._dim.state() is not QVariantAnimation.State.Running:
            return _STALE_OPACITY
        return 1.0 - (1.0 - _STALE_OPACITY) * float(self._dim.currentValue())

    @Slot()
    def _on_animation_value_changed(self) -> None:
        self.viewport().update()

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(theme.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painted_rows = 0
        if self._view is None:
            return
        view = self._view
        rows = self.row_painter(painter)
        n_rows = len(view.candidates)
        rows.draw_scale(self.row_rect(n_rows).bottom())
        painter.setOpacity(self.opacity())
        lengths = self._lengths()
        painter.setClipRect(0, 0, self.viewport().width(), self._rest_top())
        first = max((event.rect().top() + self.verticalScrollBar().value()) // self._row_px, 0)
        lowest = min(event.rect().bottom(), self._rest_top() - 1)
        last = (lowest + self.verticalScrollBar().value()) // self._row_px
        for row in [*range(first, min(n_rows, last + 1)), n_rows]:
            rect = self.row_rect(row)
            length = float(lengths[row])
            if row < n_rows:
                is_selected = view.candidates[row].token_id == self._selected_id
                rows.draw_frame(rect, is_selected=is_selected, is_hovered=row == self._hovered)
                rows.draw_candidate(rect, view, row, length)
            else:
                painter.setClipping(False)
                rows.draw_rest(rect, view, length, self.tr("everything else"))
            drawn = self.drawn_of(row)
            can_be_drawn = view.candidates[row].kept if row < n_rows else view.rest_sampled_prob > 0
            if drawn is not None and self._draws is not None and can_be_drawn:
                rows.draw_drawn(rect, drawn / self._draws.n)
            self.painted_rows += 1

    def row_painter(self, painter: QPainter) -> RowPainter:
        """What draws rows of `rows_px`."""
        axis = BarAxis() if self._view is None else _axis_of(self._view)
        return RowPainter(painter, current_theme(), self.font(), self._cache, self.rows_px, axis)

    # -------------------------------------------------------------------------------- reading

    def _describe(self) -> None:
        row = self._selected_row()
        if self._view is None or row is None:
            self.setAccessibleDescription(self.tr("No candidate is selected."))
            return
        candidate = self._view.candidates[row]
        self.setAccessibleDescription(
            self.tr("Selected: rank {rank}, {text}, {percent}.").format(
                rank=candidate.rank,
                text=candidate.text,
                percent=percent_text(candidate.sampled_prob),
            )
        )

    def tooltip_rows(self, row: int) -> list[tuple[str, str]]:
        """What the tooltip of a row says, as (name, value)."""
        assert self._view is not None
        drawn, more = self.drawn_of(row), []
        if drawn is not None and self._draws is not None:
            share = self.tr("{drawn:,} of {n:,} draws, seed {seed}").format(
                drawn=drawn, n=self._draws.n, seed=self._draws.seed
            )
            more.append((self.tr("drawn"), share))
        if row >= len(self._view.candidates):
            return self._tips.of_rest(self._view) + more
        old = self._view.old_probs
        rows = self._tips.of_candidate(
            self._view, self._view.candidates[row], None if old is None else float(old[row])
        )
        return rows + more

    # --------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_header()
        self._update_scroll_range()
        self.columns_moved.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._finish_motion()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._use_font()
            self._place_header()
            self._update_scroll_range()
            self.updateGeometry()
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._set_hovered(-1)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self.row_at(event.pos())
            if row is None:
                QToolTip.hideText()
            else:
                text = rows_as_html(self.tooltip_rows(row))
                QToolTip.showText(event.globalPos(), text, self, self.row_rect(row))
            return True
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        self._set_hovered(-1 if row is None else row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        candidate = self._candidate_at(event)
        if candidate is not None:
            self._select(candidate.token_id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        candidate = self._candidate_at(event)
        if candidate is not None:
            self.candidate_activated.emit(candidate.token_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        row = self._selected_row()
        n = 0 if self._view is None else len(self._view.candidates)
        if (
            self._view is not None
            and row is not None
            and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.candidate_activated.emit(self._view.candidates[row].token_id)
            return
        if self._view is not None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.position_stepped.emit(-1 if key == Qt.Key.Key_Left else 1)
            return
        targets = {
            Qt.Key.Key_Up: 0 if row is None else max(row - 1, 0),
            Qt.Key.Key_Down: 0 if row is None else min(row + 1, n - 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: n - 1,
        }
        if self._view is None or not n or key not in targets:
            super().keyPressEvent(event)
            return
        self._bring_into_sight(targets[key])
        self._select(self._view.candidates[targets[key]].token_id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        row, place = self.row_at(event.pos()), event.globalPos()
        n_rows = 0 if self._view is None else len(self._view.candidates)
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            row = self._selected_row() or 0
            self._bring_into_sight(row)
            place = self.viewport().mapToGlobal(self.row_rect(row).bottomLeft())
        if self._view is not None and row is not None and row < n_rows:
            self._select(self._view.candidates[row].token_id)
            self.menu_requested.emit(row, place)

    def _candidate_at(self, event: QMouseEvent) -> Candidate | None:
        row = self.row_at(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if not is_left or self._view is None or row is None or row >= len(self._view.candidates):
            return None
        return self._view.candidates[row]

    def _selected_row(self) -> int | None:
        if self._view is not None:
            for row, candidate in enumerate(self._view.candidates):
                if candidate.token_id == self._selected_id:
                    return row
        return None

    def _select(self, token_id: int) -> None:
        if token_id == self._selected_id:
            return
        self._selected_id = token_id
        self._describe()
        self.viewport().update()
        self.candidate_selected.emit(token_id)

    def _bring_into_sight(self, row: int) -> None:
        rect = self.row_rect(row)
        bar = self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        else:
            bar.setValue(bar.value() + max(rect.bottom() + 1 - self._rest_top(), 0))

    def _set_hovered(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()


class _ColumnNames(QWidget):
    """The line over the rows that says what their numbers are."""

    def __init__(self, chart: BarChart) -> None:
        super().__init__(chart)
        self._chart = chart
        self.setToolTip(
            self.tr(
                "The logit is the model's raw score of a token, before any sampling parameter; "
                "the softmax over all logits gives the probabilities. The change, where there is "
                "room for it, is in percentage points since the last edit of the text, before "
                "sampling parameters; two short strokes mark where the bar ended before. It is "
                "told at the end of the text only, and of edits only: an example, a file, a view "
                "or another model begins anew, and so does a text of which an edit leaves less "
                "than half."
            )
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(current_theme().surface))
        rows = self._chart.row_painter(painter)
        rows.draw_header(self.rect(), self.tr("prob."), self.tr("change"), self.tr("logit"))


def _axis_of(view: BarsView) -> BarAxis:
    return BarAxis(view.axis, view.axis_end)


def _lengths_of(view: BarsView) -> Float64Array:
    """Length of each bar as a share of the scale; everything else comes last. (rows,) float64."""
    axis = _axis_of(view)
    bars = [axis.place(c.sampled_prob if c.kept else c.prob) for c in view.candidates]
    return np.array([*bars, axis.place(view.rest_sampled_prob)], np.float64)


def _with_rows(lengths: Float64Array, n_rows: int) -> Float64Array:
    """Lengths of another number of rows: everything else stays the last, new ones begin at 0."""
    rows = np.zeros(n_rows)
    n_kept = min(len(lengths), n_rows) - 1
    rows[:n_kept] = lengths[:n_kept]
    rows[-1] = lengths[-1]
    return rows
