"""What is shown of all heads: orders and filters, and the small window in which they are set."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.attention_records import METRICS
from visualizer.engine.records import Member
from visualizer.session.exports import head_name
from visualizer.session.state import Cells, HeadOrder, OverviewDisplay, Region
from visualizer.session.views import OverviewView
from visualizer.ui.metric_words import (
    Score,
    Unit,
    metric_name,
    metric_sentence,
    score_unit,
    unit_text,
)
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.mosaic_tips import display_score

PLAIN = OverviewDisplay()
_FIRST_LIMIT: dict[Unit, float] = {"share": 0.5, "bits": 1.0, "tokens": 10.0, "cosine": 0.8}
_LARGEST: dict[Unit, float] = {"share": 100, "bits": 24, "tokens": 1_000_000, "cosine": 1}
_STEP: dict[Unit, float] = {"share": 5, "bits": 0.5, "tokens": 1, "cosine": 0.05}
_DECIMALS: dict[Unit, int] = {"share": 1, "bits": 2, "tokens": 1, "cosine": 2}


def with_cells(display: OverviewDisplay, cells: Cells) -> OverviewDisplay:
    """Show something else in the cells."""
    return _without_idle_filter(display, replace(display, cells=cells))


def with_order(
    display: OverviewDisplay,
    order: HeadOrder,
    *,
    region: Region | None = None,
    like: Member | None = None,
    ascending: bool = False,
) -> OverviewDisplay:
    """Lay heads out in another order; the region and the head to compare with stay, if not given.

    Args:
        display: So far.
        order: Wanted.
        region: For the order "region".
        like: For the order "alike".
        ascending: Lowest score first.
    """
    changed = replace(
        display,
        order=order,
        region=region if region is not None else display.region,
        like=like if like is not None else display.like,
        ascending=ascending and order != "model",
    )
    return _without_idle_filter(display, changed)


def with_limit(
    display: OverviewDisplay, *, least: float | None = None, most: float | None = None
) -> OverviewDisplay:
    """Leave out heads whose score is less than `least` or more than `most`."""
    return replace(display, at_least=least, at_most=most)


def _without_idle_filter(before: OverviewDisplay, after: OverviewDisplay) -> OverviewDisplay:
    """A limit in the numbers of one score means nothing in those of another."""
    return after if display_score(before) == display_score(after) else with_limit(after)


def is_filtered(display: OverviewDisplay) -> bool:
    """Whether a limit is set."""
    return display.at_least is not None or display.at_most is not None


class OverviewOptions(QFrame):
    """Opens under its button and closes when something else is clicked.

    Signals:
        display_changed: Another display is wanted. OverviewDisplay.

    Attributes:
        order_box, direction_box: By what heads are ranked, and from which end.
        limit_box, limit_spin: The filter; the number is in the unit of the score.
        pinned_box: Only pinned heads.
        reset_button: Back to the plain grid.
    """

    display_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(self.tr("Order and filter of all heads"))
        self._display = PLAIN
        self._chosen: Member | None = None
        self.order_box, self.direction_box = QComboBox(), QComboBox()
        self.limit_box, self.limit_spin = QComboBox(), QDoubleSpinBox()
        self.pinned_box = QCheckBox(self.tr("Only pinned heads"))
        self.reset_button = QPushButton(self.tr("Back to the grid"))
        self._fill()
        self._lay_out()
        self.order_box.activated.connect(self._on_order_activated)
        self.direction_box.activated.connect(self._on_order_activated)
        self.limit_box.activated.connect(self._on_limit_activated)
        self.limit_spin.valueChanged.connect(self._on_limit_activated)
        self.pinned_box.clicked.connect(self._on_pinned_clicked)
        self.reset_button.clicked.connect(self._on_reset_clicked)

    def _fill(self) -> None:
        self.direction_box.addItem(self.tr("highest first"), False)
        self.direction_box.addItem(self.tr("lowest first"), True)
        for text, kind in (
            (self.tr("all heads"), "all"),
            (self.tr("at least"), "least"),
            (self.tr("at most"), "most"),
        ):
            self.limit_box.addItem(text, kind)
        self.limit_spin.setKeyboardTracking(False)
        for widget, name in (
            (self.order_box, self.tr("Order")),
            (self.direction_box, self.tr("Direction of the order")),
            (self.limit_box, self.tr("Filter")),
            (self.limit_spin, self.tr("Limit of the filter")),
        ):
            widget.setAccessibleName(name)

    def _lay_out(self) -> None:
        limits = QHBoxLayout()
        limits.setSpacing(SPACE_PX)
        limits.addWidget(self.limit_box)
        limits.addWidget(self.limit_spin, 1)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE_PX)
        form.setVerticalSpacing(2 * SPACE_PX)
        form.addRow(self.tr("Order"), self.order_box)
        form.addRow("", self.direction_box)
        form.addRow(self.tr("Show"), limits)
        form.addRow("", self.pinned_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[3 * SPACE_PX] * 4)
        column.setSpacing(3 * SPACE_PX)
        column.addLayout(form)
        column.addWidget(self.reset_button, 0, Qt.AlignmentFlag.AlignRight)

    # ------------------------------------------------------------------------------ showing

    def open_under(self, button: QWidget) -> None:
        """Open below a button, within its screen."""
        self.adjustSize()
        place = button.mapToGlobal(QPoint(button.width() - self.width(), button.height()))
        room = button.screen().availableGeometry()
        left = min(max(place.x(), room.left()), max(room.right() - self.width(), room.left()))
        self.move(left, place.y())
        self.show()
        self.order_box.setFocus(Qt.FocusReason.PopupFocusReason)

    def set_view(self, view: OverviewView) -> None:
        """Show what is set."""
        self._display = display = view.display
        self._chosen = None if isinstance(view.head, str) else (view.layer, view.head)
        boxes = (
            self.order_box,
            self.direction_box,
            self.limit_box,
            self.limit_spin,
            self.pinned_box,
        )
        blockers = [QSignalBlocker(box) for box in boxes]
        self._fill_orders(display)
        self.order_box.setCurrentIndex(self.order_box.findData(display.order))
        self.direction_box.setCurrentIndex(int(display.ascending))
        self.direction_box.setEnabled(display.order != "model")
        self._show_limit(display)
        self.pinned_box.setChecked(display.only_pinned)
        self.reset_button.setEnabled(display != PLAIN)
        for blocker in blockers:
            blocker.unblock()

    def _fill_orders(self, display: OverviewDisplay) -> None:
        entries: list[tuple[HeadOrder, str, str]] = [
            ("model", self.tr("by layer"), self.tr("A row per layer, a column per head"))
        ]
        entries += [
            (metric, self.tr("by {number}").format(number=metric_name(metric)), "")
            for metric in METRICS
        ]
        like = display.like if display.like is not None else self._chosen
        if like is not None:
            name = head_name(*like)
            entries.append(("alike", self.tr("by likeness to {head}").format(head=name), ""))
        if display.region is not None:
            entries.append(("region", self.tr("by weight on the marked region"), ""))
        self.order_box.clear()
        for order, text, tip in entries:
            self.order_box.addItem(text, order)
            said = tip if order == "model" else metric_sentence(order)
            self.order_box.setItemData(
                self.order_box.count() - 1, said, Qt.ItemDataRole.ToolTipRole
            )

    def _show_limit(self, display: OverviewDisplay) -> None:
        score = display_score(display)
        self.limit_box.setEnabled(score is not None)
        self.limit_box.setToolTip(
            ""
            if score is not None
            else self.tr("Heads can be filtered once a number is shown or they are ordered by one")
        )
        kind = "least" if display.at_least is not None else "most"
        limit = display.at_least if display.at_least is not None else display.at_most
        self.limit_spin.setEnabled(limit is not None)
        self.limit_box.setCurrentIndex(self.limit_box.findData("all" if limit is None else kind))
        if score is None:
            return
        unit = score_unit(score)
        self.limit_spin.setDecimals(_DECIMALS[unit])
        self.limit_spin.setRange(0, _LARGEST[unit])
        self.limit_spin.setSingleStep(_STEP[unit])
        self.limit_spin.setSuffix(f" {unit_text(score)}".rstrip())
        self.limit_spin.setValue((_FIRST_LIMIT[unit] if limit is None else limit) * _factor(score))

    # ------------------------------------------------------------------------------ reacting

    @Slot()
    def _on_order_activated(self) -> None:
        order: HeadOrder = self.order_box.currentData()
        like = self._display.like
        if order == "alike" and like is None:
            like = self._chosen
        ascending = bool(self.direction_box.currentData())
        changed = with_order(self._display, order, like=like, ascending=ascending)
        if order == self._display.order:
            changed = replace(self._display, ascending=changed.ascending)
        self.display_changed.emit(changed)

    @Slot()
    def _on_limit_activated(self) -> None:
        score, kind = display_score(self._display), self.limit_box.currentData()
        if score is None:
            return
        limit = self.limit_spin.value() / _factor(score)
        self.display_changed.emit(
            with_limit(
                self._display,
                least=limit if kind == "least" else None,
                most=limit if kind == "most" else None,
            )
        )

    @Slot()
    def _on_pinned_clicked(self) -> None:
        self.display_changed.emit(replace(self._display, only_pinned=self.pinned_box.isChecked()))

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.display_changed.emit(PLAIN)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def _factor(score: Score) -> float:
    """From the number as it is to the number as it is shown."""
    return 100.0 if score_unit(score) == "share" else 1.0
