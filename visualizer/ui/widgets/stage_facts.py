"""What one stage of the sampler did, as a thin bar and a few numbers."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.engine.sampling_outcomes import StageOutcome
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.bar_rows import percent_text
from visualizer.ui.widgets.joined_text import clauses

_BAR_PX = 6
_N_LINES = 3
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def choices_text(choices: float) -> str:
    """An effective number of choices, with as many digits as mean something."""
    if choices < 99.995:
        return f"{choices:.2f}"
    return f"{choices:,.0f}" if choices >= 999.95 else f"{choices:.1f}"


class StageFacts(QWidget):
    """The share of the unshaped distribution that is left, and what was taken out.

    The filled part of the bar is what is left, the hatched part what this stage took away.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcome: StageOutcome | None = None
        self._note = ""
        self._before_mass = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_outcome(self, outcome: StageOutcome | None, before_mass: float, note: str) -> None:
        """Show what the stage did.

        Args:
            outcome: None while it is not known.
            before_mass: Share of the unshaped distribution that was left before it, in [0, 1].
            note: What to say in place of the number of tokens that were removed, "" for that.
        """
        self._outcome, self._before_mass = outcome, before_mass
        self._note = note
        self.setAccessibleDescription(clauses(self.texts()))
        self.update()

    def texts(self) -> list[str]:
        """Everything that is shown, line by line."""
        return [f"{name}: {value}" for name, value in self._lines()]

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(name) for name, _ in self._lines())
        numbers = metrics.horizontalAdvance("151,936 · >99.9 %")
        return QSize(
            widest + 3 * SPACE_PX + numbers,
            _BAR_PX + SPACE_PX + _N_LINES * metrics.height(),
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _lines(self) -> list[tuple[str, str]]:
        names = (self.tr("removed"), self.tr("left"), self.tr("choices"))
        outcome = self._outcome
        if outcome is None:
            return [(name, "…") for name in names]
        removed = self._note or "–"
        if outcome.is_active and outcome.n_removed and not self._note:
            removed = f"{outcome.n_removed:,} · {percent_text(outcome.removed_mass)}"
        elif outcome.is_active and not self._note:
            removed = self.tr("none")
        left = f"{outcome.n_kept:,} · {percent_text(outcome.kept_mass)}"
        values = (removed, left, choices_text(outcome.effective_choices))
        return list(zip(names, values, strict=True))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        self._paint_bar(painter)
        height = QFontMetrics(self.font()).height()
        is_active = self._outcome is not None and self._outcome.is_active
        top = _BAR_PX + SPACE_PX
        for name, value in self._lines():
            line = QRectF(0, top, self.width(), height)
            painter.setPen(QColor(theme.quiet))
            painter.drawText(line, _LEFT, name)
            painter.setPen(QColor(theme.ink if is_active else theme.quiet))
            painter.drawText(line, _RIGHT, value)
            top += height

    def _paint_bar(self, painter: QPainter) -> None:
        theme, outcome = current_theme(), self._outcome
        painter.fillRect(QRectF(0, 0, self.width(), _BAR_PX), QColor(theme.line))
        if outcome is None:
            return
        kept = outcome.kept_mass * self.width()
        if outcome.is_active and outcome.n_removed:
            gone = QRectF(kept, 0, max(self._before_mass * self.width() - kept, 0), _BAR_PX)
            painter.fillRect(gone, QColor(theme.surface))
            painter.fillRect(gone, QBrush(QColor(theme.removed), Qt.BrushStyle.Dense4Pattern))
        colour = QColor(theme.accent if outcome.is_active else theme.removed)
        painter.fillRect(QRectF(0, 0, kept, _BAR_PX), colour)
