"""Panel: surprise over the whole text, its mean and its extremes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visualizer.engine.tokenization import display_text
from visualizer.session.surprise_timeline import (
    SurpriseTimelineView,
    kept_stretch,
    most_surprising,
    most_uncertain,
    nearest_tie,
    surprise_figures,
)
from visualizer.session.views import Unavailable
from visualizer.ui.plain_text import PANEL_TITLE, plain_tip
from visualizer.ui.surprise_words import margin_text, mean_text, perplexity_text, stretch_text
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet
from visualizer.ui.widgets.timeline_legend import TimelineLegend

if TYPE_CHECKING:
    from visualizer.ui.widgets.timeline import Timeline


class TimelinePanel(QWidget):
    """Shows a SurpriseTimelineView and reports which token is chosen or pointed at.

    The plot is built once the panel has been painted for the first time: what it draws with
    takes half a second to import, for which neither the window nor its first picture waits.

    Signals:
        token_selected: The user chose a token. (index: int)
        token_hovered: The pointer is over a token, -1 when it leaves. (index: int)
        stretch_selected: The user chose tokens; (0, 0) for none. (first: int, stop: int)
        extremes_changed: Whether a most surprising and a most uncertain token and one nearest to
            a tie are known.
        built: The plot is there.
    """

    token_selected = Signal(int)
    token_hovered = Signal(int)
    stretch_selected = Signal(int, int)
    extremes_changed = Signal(bool, bool, bool)
    built = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: SurpriseTimelineView | None = None
        self._timeline: Timeline | None = None
        self._stretch = (0, 0)
        self._is_painted = False
        self.setAccessibleName(self.tr("Surprise"))
        title = QLabel(self.tr("Surprise"))
        title.setObjectName(PANEL_TITLE)
        heading = title.font()
        heading.setBold(True)
        title.setFont(heading)
        self._figures = ElidedLabel()
        self._reading = ElidedLabel()
        make_quiet(self._figures)
        make_quiet(self._reading)
        self._reading.setToolTip(
            self.tr(
                "Click a bar to select its token, drag to select a stretch. The wheel zooms, "
                "dragging with Ctrl moves, a double click shows the whole text again."
            )
        )
        self._content = QWidget()
        self._room = QVBoxLayout(self._content)
        self._room.setContentsMargins(0, 0, 0, 0)
        self._stack = PanelStack(self._content)
        self._lay_out(title)

    def _lay_out(self, title: QLabel) -> None:
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(title)
        top.addWidget(self._figures, stretch=1)
        top.addWidget(TimelineLegend())
        axis = QLabel(self.tr("token, by its index"))
        make_quiet(axis)
        bottom = QHBoxLayout()
        bottom.setSpacing(2 * SPACE_PX)
        bottom.addWidget(self._reading, stretch=1)
        bottom.addWidget(axis)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, SPACE_PX)
        column.setSpacing(SPACE_PX)
        column.addLayout(top)
        column.addWidget(self._stack, stretch=1)
        column.addLayout(bottom)

    @property
    def timeline(self) -> Timeline | None:
        """The widget that draws; None until the panel has been on screen."""
        return self._timeline

    def message(self) -> str:
        """The sentence shown in place of the plot, "" while there is one."""
        return self._stack.message()

    def figures_text(self) -> str:
        """The line above the plot."""
        return self._figures.text()

    def reading_text(self) -> str:
        """The line below it."""
        return self._reading.text()

    def set_view(self, view: SurpriseTimelineView | Unavailable) -> None:
        """Draw `view`, or say why there is nothing to draw."""
        old, self._view = self._view, None if isinstance(view, Unavailable) else view
        if self._view is not None:
            before = None if old is None else old.tokenization
            self._stretch = kept_stretch(self._stretch, before, self._view.tokenization)
        else:
            self._stretch = (0, 0)
        known = self._view if self._view is not None and not self._view.stale else None
        self.extremes_changed.emit(
            known is not None and most_surprising(known) is not None,
            known is not None and most_uncertain(known) is not None,
            known is not None and nearest_tie(known) is not None,
        )
        if isinstance(view, Unavailable):
            self._stack.show_message(error_text(view.reason))
        elif len(view):
            self._stack.show_content()
        else:
            self._stack.show_message(self.tr("No tokens: the text is empty."))
        if self.isVisible():
            self._draw()

    @Slot()
    def select_most_surprising(self) -> None:
        """Select the token that was least expected."""
        if self._view is not None and not self._view.stale:
            self._select(most_surprising(self._view))

    @Slot()
    def select_most_uncertain(self) -> None:
        """Select the token after which most was possible."""
        if self._view is not None and not self._view.stale:
            self._select(most_uncertain(self._view))

    @Slot()
    def select_nearest_tie(self) -> None:
        """Select the token that was closest to the likeliest other one."""
        if self._view is not None and not self._view.stale:
            self._select(nearest_tie(self._view))

    @Slot(int, int)
    def set_stretch(self, first: int, stop: int) -> None:
        """Mark tokens that are chosen elsewhere, and say what they come to; (0, 0) for none."""
        self._stretch = (first, stop)
        if self._timeline is not None:
            self._timeline.set_stretch(first, stop)
        self._read(-1)

    def _select(self, index: int | None) -> None:
        if index is not None:
            self.token_selected.emit(index)

    # -------------------------------------------------------------------------------- drawing

    def _draw(self) -> None:
        if self._timeline is not None:
            self._timeline.set_view(self._view)
            self._timeline.set_stretch(*self._stretch)
        self._write_figures()
        self._read(-1)

    def _write_figures(self) -> None:
        view, timeline = self._view, self._timeline
        if view is None or timeline is None or not len(view):
            self._figures.setText("")
            return
        first, stop = timeline.tokens_in_sight()
        figures = surprise_figures(view, first, stop)
        if timeline.is_whole:
            parts = [self.tr("whole text")]
        else:
            parts = [
                self.tr("tokens {first:,} to {last:,}").format(
                    first=first, last=max(stop - 1, first)
                )
            ]
        if view.stale:
            parts.append(self.tr("being computed"))
        else:
            if figures.mean_bits is not None and figures.perplexity is not None:
                parts.append(mean_text(figures.mean_bits))
                parts.append(perplexity_text(figures.mean_bits, figures.perplexity))
            parts.append(
                self.tr("{n_scored:,} of {n_tokens:,} tokens scored").format(
                    n_scored=figures.n_scored, n_tokens=figures.n_tokens
                )
            )
        if timeline.block > 1:
            parts.append(
                self.tr("a bar: largest of {n:,} tokens; the band: their entropies").format(
                    n=timeline.block
                )
            )
        self._figures.setText(" · ".join(parts))
        self._figures.setToolTip(plain_tip(self._figures.text()))

    def _read(self, hovered: int) -> None:
        """Write the facts of the token pointed at, else of the chosen stretch or token."""
        view = self._view
        if view is not None and hovered < 0 and self._stretch[1] and not view.stale:
            self._reading.setText(stretch_text(surprise_figures(view, *self._stretch)))
            return
        index = hovered if hovered >= 0 or view is None or view.query is None else view.query
        if view is None or not 0 <= index < len(view):
            self._reading.setText("")
            return
        text = display_text(view.tokenization.pieces[index])
        if view.stale:
            self._reading.setText(f"{index:,}  {text}  …")
            return
        self._reading.setText(
            self.tr(
                "{index:,}  {text}  surprise {surprise}{rank}, entropy after it {entropy}"
            ).format(
                index=index,
                text=text,
                surprise=self._surprise_text(index, float(view.surprise_bits[index])),
                rank=self._rank_text(view, index),
                entropy=self._entropy_text(float(view.entropies_bits[index])),
            )
        )

    def _rank_text(self, view: SurpriseTimelineView, index: int) -> str:
        """After the surprise, "" where it is not known."""
        if view.ranks is None or view.ranks[index] == 0:
            return ""
        text = self.tr(", rank {rank:,}").format(rank=int(view.ranks[index]))
        if view.margins is None or math.isnan(view.margins[index]):
            return text
        return f"{text} ({margin_text(float(view.margins[index]))})"

    def _surprise_text(self, index: int, bits: float) -> str:
        if math.isfinite(bits):
            return self.tr("{bits:.2f} bits").format(bits=bits)
        if math.isinf(bits):
            return self.tr("infinite (probability 0)")
        if index == 0:
            return self.tr("none (nothing comes before it)")
        return self.tr("not computed yet")

    def _entropy_text(self, bits: float) -> str:
        if math.isnan(bits):
            return self.tr("not computed yet")
        return self.tr("{bits:.2f} bits").format(bits=bits)

    # --------------------------------------------------------------------------------- events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()  # what has come while it was hidden

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self._on_first_paint)

    @Slot()
    def _on_first_paint(self) -> None:
        from visualizer.ui.widgets.timeline import Timeline  # imports pyqtgraph

        self._timeline = Timeline()
        self._timeline.token_selected.connect(self.token_selected)
        self._timeline.token_hovered.connect(self._on_timeline_token_hovered)
        self._timeline.stretch_selected.connect(self._on_timeline_stretch_selected)
        self._timeline.range_changed.connect(self._on_timeline_range_changed)
        self._room.addWidget(self._timeline)
        self._content.setFocusProxy(self._timeline)
        self.setFocusProxy(self._timeline)
        self._draw()
        self.built.emit()

    @Slot(int)
    def _on_timeline_token_hovered(self, index: int) -> None:
        self._read(index)
        self.token_hovered.emit(index)

    @Slot()
    def _on_timeline_range_changed(self) -> None:
        self._write_figures()

    @Slot(int, int)
    def _on_timeline_stretch_selected(self, first: int, stop: int) -> None:
        self._stretch = (first, stop)
        self._read(-1)
        self.stretch_selected.emit(first, stop)
