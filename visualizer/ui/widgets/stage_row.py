"""The cards of all stages in a row, in the order in which the stages act."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from visualizer.engine.sampling import SamplingParams
from visualizer.engine.sampling_stages import STAGES, Stage
from visualizer.engine.tokenization import Tokenizer
from visualizer.session.pipeline_view import PipelineView, moved
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.stage_card import StageCard

_GAP_PX = 4 * SPACE_PX


class _Strip(QWidget):
    """Holds the cards, and draws arrows between them and the place where one would be dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[StageCard] = []
        self.drop_place: int | None = None
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(_GAP_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setPen(QColor(theme.quiet))
        for card in self.cards[:-1]:
            gap = QRect(card.geometry().right() + 1, 0, _GAP_PX, self.height())
            painter.drawText(gap, int(Qt.AlignmentFlag.AlignCenter), "›")
        if self.drop_place is not None and self.cards:
            if self.drop_place < len(self.cards):
                x = self.cards[self.drop_place].geometry().left() - _GAP_PX // 2
            else:
                x = self.cards[-1].geometry().right() + 2
            painter.fillRect(QRect(max(x - 1, 0), 0, 3, self.height()), QColor(theme.accent))


class StageRow(QScrollArea):
    """Shows the stages, which the user switches, changes and moves.

    Signals:
        sampling_changed: (sampling: SamplingParams)
    """

    sampling_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampling = SamplingParams()
        self._cards: dict[Stage, StageCard] = {}
        self._strip = _Strip()
        for stage in STAGES:
            card = StageCard(stage)
            card.sampling_changed.connect(self.sampling_changed)
            card.moved.connect(self._on_card_moved)
            card.dragged.connect(self._on_card_dragged)
            card.dropped.connect(self._on_card_dropped)
            self._cards[stage] = card
        self._arrange()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(self._strip)
        self.setAccessibleName(self.tr("Stages of the sampler"))

    def card(self, stage: Stage) -> StageCard:
        """The card of a stage."""
        return self._cards[stage]

    def stages(self) -> tuple[Stage, ...]:
        """The stages as they stand from left to right."""
        return tuple(card.stage for card in self._strip.cards)

    def set_sampling(self, sampling: SamplingParams) -> None:
        """Show switches, values and order; emits nothing."""
        before, self._sampling = self._sampling, sampling
        for card in self._cards.values():
            card.set_sampling(sampling)
        if before.order != sampling.order:
            self._arrange()

    def set_tokenizer(self, tokenizer: Tokenizer | None, n_ids: int) -> None:
        """Whose tokens are named."""
        for card in self._cards.values():
            card.set_tokenizer(tokenizer, n_ids)

    def set_view(self, view: PipelineView | None) -> None:
        """Show what the stages did; None while that is not known."""
        mass = 1.0
        known = {} if view is None else {outcome.stage: outcome for outcome in view.outcomes}
        for stage in self._sampling.order:
            outcome = known.get(stage)
            swaps = view is not None and stage in view.swaps
            self._cards[stage].set_outcome(outcome, mass, order_matters=swaps)
            mass = mass if outcome is None else outcome.kept_mass

    def number_widgets(self) -> list[QWidget]:
        """What shows numbers, beside what is switched and moved."""
        return [card.facts_widget for card in self._cards.values()]

    def sizeHint(self) -> QSize:
        hint = self._strip.sizeHint()
        return QSize(hint.width(), hint.height() + self.horizontalScrollBar().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height() * 2 // 3)  # less than all, rather than no room

    def _arrange(self) -> None:
        """Put the cards in their order."""
        row = self._strip.row
        while row.count():
            row.takeAt(0)
        cards = [self._cards[stage] for stage in self._sampling.order]
        for card in cards:
            row.addWidget(card, stretch=2 if card.stage == "bias" else 1)
        self._strip.cards = cards
        self._strip.update()

    def _move(self, stage: Stage, place: int) -> None:
        sampling = moved(self._sampling, stage, place)
        if sampling != self._sampling:
            self.sampling_changed.emit(sampling)
            QTimer.singleShot(0, self._cards[stage], self._on_laid_out)

    def _place_at(self, card: StageCard, place: QPoint) -> int:
        """Before which card one would be dropped; as many as there are for the end."""
        x = card.mapTo(self._strip, place).x()
        return sum(x > other.geometry().center().x() for other in self._strip.cards)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    @Slot()
    def _on_laid_out(self) -> None:
        focus = self.focusWidget()
        if focus is not None:
            self.ensureWidgetVisible(focus)

    @Slot(str, int)
    def _on_card_moved(self, stage: Stage, places: int) -> None:
        self._move(stage, self._sampling.order.index(stage) + places)

    @Slot(str, QPoint)
    def _on_card_dragged(self, stage: Stage, place: QPoint) -> None:
        self._strip.drop_place = self._place_at(self._cards[stage], place)
        self._strip.update()

    @Slot(str, QPoint)
    def _on_card_dropped(self, stage: Stage, place: QPoint) -> None:
        target = self._place_at(self._cards[stage], place)
        self._strip.drop_place = None
        self._strip.update()
        here = self._sampling.order.index(stage)
        self._move(stage, target - (target > here))
