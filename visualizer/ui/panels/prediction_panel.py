"""Panel: what the model expects after the selected token."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from visualizer.session.views import BarsView, Unavailable
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.bar_chart import BarChart
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet

LEAST_CANDIDATES = 5
MOST_CANDIDATES = 500


class PredictionPanel(QWidget):
    """Shows a BarsView and reports which candidate is chosen.

    Signals:
        candidate_selected: The user chose a candidate. (token_id: int)
        candidate_activated: The user wants it appended to the text. (token_id: int)
        candidate_count_changed: The user asked for another number of rows. (count: int)
    """

    candidate_selected = Signal(int)
    candidate_activated = Signal(int)
    candidate_count_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Next-token probabilities"))
        title = QLabel(self.tr("Next token"))
        heading = title.font()
        heading.setBold(True)
        title.setFont(heading)
        self._after = ElidedLabel()
        self._facts = ElidedLabel()
        make_quiet(self._facts)
        self._count = QSpinBox(minimum=LEAST_CANDIDATES, maximum=MOST_CANDIDATES, value=10)
        self._count.setKeyboardTracking(False)
        self._count.setAccessibleName(self.tr("Number of candidates"))
        self._count.setToolTip(self.tr("How many candidates are listed, from 5 to 500"))
        self._chart = BarChart()
        self._stack = PanelStack(self._chart)

        top = QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(title)
        top.addWidget(self._after, stretch=1)
        top.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, SPACE_PX)
        column.setSpacing(SPACE_PX)
        column.addLayout(top)
        column.addWidget(self._facts)
        column.addWidget(self._stack, stretch=1)

        self._chart.candidate_selected.connect(self.candidate_selected)
        self._chart.candidate_activated.connect(self.candidate_activated)
        self._count.valueChanged.connect(self.candidate_count_changed)

    @property
    def chart(self) -> BarChart:
        """The widget that draws the rows."""
        return self._chart

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
            self._write("", "")
            self._stack.show_message(error_text(view.reason))
            return
        self._chart.set_view(view)
        self._stack.show_content()
        after = self.tr("after {token} (position {position})")
        self._write(
            after.format(token=view.position_text, position=view.position), self._facts_of(view)
        )

    def set_candidate_count(self, count: int) -> None:
        """Show `count` in the spin box without asking for anything."""
        with QSignalBlocker(self._count):
            self._count.setValue(count)

    def set_reduced_motion(self, reduced: bool) -> None:
        """Switch gliding bars off, or on again."""
        self._chart.set_reduced_motion(reduced)

    def _write(self, after: str, facts: str) -> None:
        self._after.setText(after)
        self._after.setToolTip(after)
        self._facts.setText(facts)
        self._facts.setToolTip(
            self.tr(
                "{facts}\n\nV is the number of tokens in the vocabulary. Entropy is how undecided "
                "the model is, before sampling parameters: 0 bits when it is certain, 1 bit for a "
                "toss of a coin. Kept are the tokens that the sampling parameters leave to be "
                "drawn. Actual is the token that really comes next in the text."
            ).format(facts=facts)
            if facts
            else ""
        )

    def _facts_of(self, view: BarsView) -> str:
        facts = [
            self.tr("V {size:,}").format(size=view.vocabulary_size),
            self.tr("entropy {bits:.2f} bits").format(bits=view.entropy_bits),
        ]
        if view.shaped:
            facts.append(self.tr("{n:,} kept").format(n=view.n_kept))
        if view.actual_id is not None:
            facts.append(self._came_next(view))
        return "   ".join(facts)

    def _came_next(self, view: BarsView) -> str:
        """How likely the token was that the text really goes on with."""
        for candidate in view.candidates:
            if candidate.token_id == view.actual_id:
                return self.tr("▸ actual: rank {rank}").format(rank=candidate.rank)
        return self.tr("actual: not listed")
