"""Panel: what the model expects after the selected token."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.session.asked_tokens import Reading
from visualizer.session.views import BarsView, Unavailable
from visualizer.ui.plain_text import plain_tip
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.axis_switch import AxisSwitch
from visualizer.ui.widgets.bar_chart import BarChart
from visualizer.ui.widgets.bar_entry import AskEntry
from visualizer.ui.widgets.bar_pins import MOST_ROWS, PinnedBars
from visualizer.ui.widgets.bar_scrubber import PositionScrubber
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet

LEAST_ROWS = 6
"""Of candidates that stay in sight, as far as there is room."""
LEAST_CANDIDATES = 5
MOST_CANDIDATES = 500
_FITTING = LEAST_CANDIDATES - 1  # the box says "auto" in its place


class PredictionPanel(QWidget):
    """Shows a BarsView and reports what is chosen in it and asked of it.

    Signals:
        candidate_selected: The user chose a candidate. (token_id: int)
        candidate_activated: The user wants it appended to the text. (token_id: int)
        candidate_count_changed: The user asked for another number of rows. (count: int)
        position_selected: The user wants to see what follows another token. (position: int)
        axis_changed: The user wants another axis. (ProbAxis)
        word_typed: Something was typed that may be a word: `set_readings` is awaited. (str)
        word_asked, word_removed: The user wants to follow a word, or no longer. (word: str)

    Attributes:
        axis_switch: Chooses the axis of the bars.
    """

    candidate_selected = Signal(int)
    candidate_activated = Signal(int)
    candidate_count_changed = Signal(int)
    position_selected = Signal(int)
    axis_changed = Signal(object)
    word_typed = Signal(str)
    word_asked = Signal(str)
    word_removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Next-token probabilities"))
        self._title = QLabel(self.tr("Next token"))
        heading = self._title.font()
        heading.setBold(True)
        self._title.setFont(heading)
        self._after = ElidedLabel()
        self._facts = ElidedLabel()
        make_quiet(self._facts)
        self.scrubber = PositionScrubber()
        self._count = QSpinBox(minimum=_FITTING, maximum=MOST_CANDIDATES, value=_FITTING)
        self._count.setSpecialValueText(self.tr("auto"))
        self._count.setKeyboardTracking(False)
        self._n_listed = 10
        self._count.setAccessibleName(self.tr("Number of candidates"))
        self._count.setToolTip(
            self.tr(
                "How many candidates are listed, from 5 to 500; "
                "at its lower end as many as there is room for"
            )
        )
        self.axis_switch = AxisSwitch()
        self._chart = BarChart()
        self._stack = PanelStack(self._chart)
        self.pins = PinnedBars(self._chart)
        self.entry = AskEntry(self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._after.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(self._title)
        top.addWidget(self._after, stretch=1)
        top.addWidget(self.scrubber, stretch=1)
        bottom.setSpacing(2 * SPACE_PX)
        bottom.addWidget(self.entry, stretch=1)
        bottom.addWidget(self.axis_switch)
        bottom.addWidget(self._count)
        column = QVBoxLayout(self)
        # Ten rows and everything else fit at 1280 x 800, so nothing here is higher than needed.
        column.setContentsMargins(2 * SPACE_PX, SPACE_PX // 2, 2 * SPACE_PX, SPACE_PX // 2)
        column.setSpacing(0)
        self._size_parts()
        column.addLayout(top)
        column.addWidget(self._facts)
        column.addWidget(self._stack, stretch=1)
        column.addWidget(self.pins)
        column.addLayout(bottom)

    def _size_parts(self) -> None:
        height = self.fontMetrics().height() + 3 * SPACE_PX // 2
        for part in (self.scrubber.spin, self.scrubber.slider, self.entry, self._count):
            part.setFixedHeight(height)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._size_parts()

    def _connect(self) -> None:
        self._chart.candidate_selected.connect(self.candidate_selected)
        self._chart.candidate_activated.connect(self.candidate_activated)
        self._chart.position_stepped.connect(self.scrubber.step)
        self.pins.candidate_selected.connect(self._on_pins_candidate_selected)
        self.pins.candidate_activated.connect(self.candidate_activated)
        self.pins.word_removed.connect(self.word_removed)
        # Queued: a view is being shown, and whoever is told of it last must not be told the older.
        queued = Qt.ConnectionType.QueuedConnection
        self.pins.n_rows_changed.connect(self._share_height, queued)
        self.scrubber.position_selected.connect(self.position_selected)
        self.entry.word_typed.connect(self.word_typed)
        self.entry.word_asked.connect(self.word_asked)
        self.axis_switch.axis_changed.connect(self.axis_changed)
        self._count.valueChanged.connect(self._list_candidates)

    @property
    def chart(self) -> BarChart:
        """The widget that draws the rows."""
        return self._chart

    @property
    def chosen_count(self) -> int | None:
        """How many candidates the user wants; None for as many as there is room for."""
        return None if self._count.value() == _FITTING else self._count.value()

    def height_of_rows(self, n_rows: int, most_followed: int) -> int:
        """Height with so many candidates and everything else, and what is followed below them."""
        rows = self._chart.height_of_rows(n_rows) + self.pins.height_of_rows(most_followed)
        return self._height_of_lines() + rows

    @property
    def least_px(self) -> int:
        """Width at which the bars can still be read."""
        return self._chart.minimumSizeHint().width() + 4 * SPACE_PX  # of the margins

    def _height_of_lines(self) -> int:
        """Of all that is above and below the rows."""
        rows = self._chart.minimumSizeHint().height()
        if not self.pins.isHidden():
            rows += self.pins.minimumSizeHint().height()
        return self.minimumSizeHint().height() - rows

    @Slot()
    def _share_height(self) -> None:
        """Candidates have six rows before more of what is followed is shown."""
        rows_px = self.height() - self._height_of_lines() - 2 * SPACE_PX
        least = self._chart.height_of_rows(LEAST_ROWS)
        self.pins.set_most_rows((rows_px - least) // self._chart.row_px)
        self._list_candidates()

    @Slot()
    def _list_candidates(self) -> None:
        """Ask for as many as the user wants, or as there is room for."""
        count = self.chosen_count
        if count is None:
            shown = self.height() - self._height_of_lines() - self.pins.height_of_rows(MOST_ROWS)
            room = (shown - self._chart.height_of_rows(0)) // self._chart.row_px
            count = max(LEAST_ROWS, min(room, MOST_CANDIDATES))
        if count != self._n_listed:
            self._n_listed = count
            self.candidate_count_changed.emit(count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def message(self) -> str:
        """The sentence shown in place of bars, "" while there are bars."""
        return self._stack.message()

    def facts(self) -> str:
        """The line of numbers under the heading."""
        return self._facts.text()

    def set_view(self, view: BarsView | Unavailable) -> None:
        """Draw `view`, or say why there is nothing to draw."""
        if isinstance(view, Unavailable):
            self._chart.set_view(None)
            self.pins.set_view(None)
            self.scrubber.setEnabled(False)
            self._write("", "")
            self._stack.show_message(error_text(view.reason))
            return
        self._chart.set_view(view)
        self.pins.set_view(view)
        self._stack.show_content()
        self.scrubber.set_range(view.position if view.query is None else view.query, view.n_tokens)
        self.axis_switch.set_axis(view.axis)
        dim((self._after, self._facts), view.stale)
        after = self.tr("after {token}").format(token=view.position_text)
        self._write(after, self._facts_of(view))

    def set_readings(self, readings: tuple[Reading, ...]) -> None:
        """List what may be meant by what is being typed."""
        self.entry.set_readings(readings)

    @Slot()
    def ask(self) -> None:
        """Let the user type a word to ask for."""
        self.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.entry.selectAll()

    def set_candidate_count(self, count: int) -> None:
        """Show `count` as the user's wish without asking for anything."""
        self._n_listed = count
        with QSignalBlocker(self._count):
            self._count.setValue(count)

    def set_reduced_motion(self, reduced: bool) -> None:
        """Switch gliding bars off, or on again."""
        self._chart.set_reduced_motion(reduced)

    @Slot(int)
    def _on_pins_candidate_selected(self, token_id: int) -> None:
        self._chart.select(token_id)
        self.candidate_selected.emit(token_id)

    def _write(self, after: str, facts: str) -> None:
        self._after.setText(after)
        self._after.setToolTip(plain_tip(after))
        self._facts.setText(facts)
        self._facts.setToolTip(
            self.tr(
                "{facts}\n\nEntropy is how undecided the model is over its whole vocabulary, "
                "before sampling parameters: 0 bits when it is certain, 1 bit for a toss of a "
                "coin. Two to the power of it is the perplexity, also called the effective number "
                "of choices: as many equally likely tokens would be as hard to guess.\n"
                "V is the number of tokens in the vocabulary. Kept are the tokens that the "
                "sampling parameters leave to be drawn."
            ).format(facts=facts)
            if facts
            else ""
        )

    def _facts_of(self, view: BarsView) -> str:
        bits = self.tr("entropy {bits:.2f} bits: as among {n} equally likely tokens")
        facts = [bits.format(bits=view.entropy_bits, n=_number(view.effective_choices))]
        if view.shaped:
            facts.insert(0, self.tr("{n:,} kept").format(n=view.n_kept))
        facts.append(self.tr("V {size:,}").format(size=view.vocabulary_size))
        if view.old_probs is not None and not view.shaped:
            facts.append(self.tr("╎ before the edit"))
        return "   ".join(facts)


def _number(value: float) -> str:
    """Three digits that mean something, and no more."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
