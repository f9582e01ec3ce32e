"""One column for each length of context: what the table costs and what it is good for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QSizePolicy, QWidget

from visualizer.lessons.ngram import MOST_CONTEXT
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.messages import make_quiet

_LONGEST_WRITTEN = 9_999_999
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class ContextFacts:
    """A column.

    Attributes:
        rows_possible: V^n, exact.
        rows_used: Contexts that occur.
        perplexity: Of the held-out text, NaN without one.
        own_perplexity: Of the counted text itself.
        unseen: Share of held-out tokens whose context was never seen, NaN without one.
        copied: Share of the generated tokens in copied stretches, NaN while there are none.
    """

    rows_possible: int
    rows_used: int
    perplexity: float
    own_perplexity: float
    unseen: float
    copied: float


class ContextTable(QWidget):
    """Five columns of numbers; the head of a column chooses its context.

    Signals:
        context_chosen: The reader chose a context. int, from 1.
    """

    context_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * SPACE_PX)
        self._grid.setVerticalSpacing(SPACE_PX)
        self._cells: list[list[PlainLabel]] = []
        self._add_head()
        tips = (
            self.tr("Vⁿ: every way to put n of the V different tokens in a row"),
            self.tr("Different contexts of n tokens that occur in the counted text"),
            self.tr(
                "How well the last tenth of the text is predicted, which was not counted:\n"
                "as if choosing among so many equally likely tokens (with Witten-Bell smoothing)"
            ),
            self.tr("The same for the text that was counted: how well it is known by heart"),
            self.tr("Share of the held-out tokens whose context of n tokens was never counted"),
            self.tr("Share of the generated tokens that lie in the marked stretches"),
        )
        names = (
            self.tr("rows possible, Vⁿ"),
            self.tr("rows used"),
            self.tr("perplexity, held out"),
            self.tr("perplexity, counted"),
            self.tr("unseen contexts"),
            self.tr("generated text copied"),
        )
        for row, (name, tip) in enumerate(zip(names, tips, strict=True), start=1):
            self._add_row(row, name, tip)
        self._grid.setColumnStretch(0, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._group.idClicked.connect(self._on_group_clicked)

    def _add_head(self) -> None:
        title = QLabel(self.tr("Tokens of context, n"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self._grid.addWidget(title, 0, 0)
        for n in range(1, MOST_CONTEXT + 1):
            button = ChoiceButton(f"{n}")
            button.setAccessibleName(self.tr("{n} tokens of context").format(n=n))
            button.setToolTip(self.tr("Generate with {n} tokens of context").format(n=n))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(self.fontMetrics().horizontalAdvance("0,000,000 "))
            self._group.addButton(button, n)
            self._grid.addWidget(button, 0, n)

    def _add_row(self, row: int, name: str, tip: str) -> None:
        label = PlainLabel(name)
        label.setToolTip(tip)
        make_quiet(label)
        self._grid.addWidget(label, row, 0)
        cells = []
        for n in range(1, MOST_CONTEXT + 1):
            cell = PlainLabel()
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            cell.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            cell.setAccessibleName(f"{name}, n = {n}")
            self._grid.addWidget(cell, row, n)
            cells.append(cell)
        self._cells.append(cells)

    # ------------------------------------------------------------------------------- from outside

    def set_context(self, n: int) -> None:
        """Choose a context without telling anyone."""
        self._group.button(n).setChecked(True)

    def set_facts(self, columns: Sequence[ContextFacts]) -> None:
        """Fill the columns that the text is long enough for; the others cannot be chosen."""
        best = min((c.perplexity for c in columns), default=math.nan)
        for n in range(1, MOST_CONTEXT + 1):
            facts = columns[n - 1] if n <= len(columns) else None
            self._group.button(n).setEnabled(facts is not None)
            texts = ("–",) * len(self._cells) if facts is None else _texts(facts)
            for cells, text in zip(self._cells, texts, strict=True):
                cells[n - 1].setText(text)
            possible = self._cells[0][n - 1]
            possible.setToolTip("" if facts is None else f"{facts.rows_possible:,}")
            held_out = self._cells[2][n - 1]
            font = self.font()
            font.setBold(facts is not None and facts.perplexity == best)
            held_out.setFont(font)
            held_out.setToolTip(self.tr("The lowest") if font.bold() else "")

    def cell_text(self, row: int, n: int) -> str:
        """What stands in a cell: rows in their order from 0, columns by their context."""
        return self._cells[row][n - 1].text()

    @Slot(int)
    def _on_group_clicked(self, n: int) -> None:
        self.context_chosen.emit(n)


def _texts(facts: ContextFacts) -> tuple[str, ...]:
    return (
        large_number(facts.rows_possible),
        f"{facts.rows_used:,}",
        _number(facts.perplexity),
        _number(facts.own_perplexity),
        _share(facts.unseen),
        _share(facts.copied),
    )


def large_number(value: int) -> str:
    """A whole number above 0, in powers of ten where it is long: "25", "1.59·10¹¹"."""
    if value <= _LONGEST_WRITTEN:
        return f"{value:,}"
    mantissa, power = f"{value:.2e}".split("e+")
    return f"{mantissa}·10{str(int(power)).translate(_SUPERSCRIPTS)}"


def _number(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.1f} %"
