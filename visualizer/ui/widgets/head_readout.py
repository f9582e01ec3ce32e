"""What is known of the head pointed at, in a place of its own: nothing covers its neighbours."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from visualizer.engine.attention_records import Metric
from visualizer.session.views import OverviewView
from visualizer.ui.metric_words import label_text, metric_name, score_text
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.joined_text import listed
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet
from visualizer.ui.widgets.mosaic_plans import Cell
from visualizer.ui.widgets.mosaic_tips import cell_name, is_head, tip_html

_METRICS: tuple[Metric, ...] = ("first token", "previous token", "induction", "entropy")


class HeadReadout(QWidget):
    """Two lines that are always as high: name and labels, then numbers; all of them as a tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.numbers = ElidedLabel(), ElidedLabel()
        make_quiet(self.numbers)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        for label in (self.name, self.numbers):
            lines.addWidget(label)

    def show_cell(self, view: OverviewView | None, cell: Cell | None) -> None:
        """Tell of a head, or of nothing."""
        self.name.setText("")
        self.numbers.setText("")
        self.setToolTip("")
        if view is None or cell is None:
            return
        self.setToolTip(tip_html(view, cell))
        layer, head = cell
        labels = () if isinstance(head, str) else view.labels.get((layer, head), ())
        self.name.setText(" · ".join([cell_name(view, cell), *map(label_text, labels)]))
        if view.metrics is not None and not isinstance(head, str) and is_head(view, cell):
            values = view.metrics.values
            known = [metric for metric in _METRICS if metric in values]
            scores = [score_text(metric, float(values[metric][layer, head])) for metric in known]
            pairs = zip(map(metric_name, known), scores, strict=True)
            self.numbers.setText(listed(f"{name} {score}" for name, score in pairs))
        dim((self.name, self.numbers), view.stale)
