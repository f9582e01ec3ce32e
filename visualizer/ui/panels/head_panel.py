"""One head in full: its weights, the choice of another, and how they are coloured."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import HeadChoice
from visualizer.session.exports import HEAD_FORMATS, cell_tokens, head_name
from visualizer.session.views import HeadView, Unavailable
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.colour_legend import ColourLegend, scale_text
from visualizer.ui.widgets.colour_scale import LOG_FLOOR, tick_text
from visualizer.ui.widgets.head_reading import reading
from visualizer.ui.widgets.heatmap import Heatmap
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet
from visualizer.ui.widgets.view_colours import HeadColours


class HeadPanel(QWidget):
    """The chosen head as a heatmap, with its exact numbers.

    Signals:
        head_selected: Another head is wanted. (layer: int, head: int or "mean")
        token_selected: A row was chosen. (query: int)
        cell_hovered: The pair pointed at, -1 for none. (query: int, key: int)
        colour_scale_changed: (ColourScale)
        scale_range_changed: (ScaleRange)
        export_requested: One of HEAD_FORMATS. (str)

    Attributes:
        layer_box, head_box, mean_box: The choice of a head.
        scale_box, range_box: The choice of colours.
        export_button: Its menu has an entry per export format.
        legend: Which colour is which weight.
        reading_label: The line under the map.
    """

    head_selected = Signal(int, object)
    token_selected = Signal(int)
    cell_hovered = Signal(int, int)
    colour_scale_changed = Signal(object)
    scale_range_changed = Signal(object)
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HeadView | None = None
        self.setAccessibleName(self.tr("Attention head"))
        self._build_controls()
        self._heatmap = Heatmap()
        self.reading_label = QLabel()
        self.reading_label.setWordWrap(True)
        self.reading_label.setFixedHeight(2 * self.fontMetrics().lineSpacing())
        self.legend = ColourLegend()
        self._caption = ElidedLabel()
        make_quiet(self._caption)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addWidget(self._heatmap, 1)
        column.addWidget(self.reading_label)
        column.addLayout(self._scale_row())
        column.addWidget(self.legend)
        self._stack = PanelStack(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        outer.setSpacing(SPACE_PX)
        outer.addLayout(self._choice_row())
        outer.addWidget(self._stack, 1)
        self._heatmap.crosshair_moved.connect(self._on_heatmap_crosshair_moved)
        self._heatmap.row_selected.connect(self._on_heatmap_row_selected)
        self._set_enabled(False)

    # ------------------------------------------------------------------------------ building

    def _build_controls(self) -> None:
        self.layer_box, self.head_box = QSpinBox(), QSpinBox()
        for box, prefix, name in (
            (self.layer_box, "L", self.tr("Layer")),
            (self.head_box, "H", self.tr("Head")),
        ):
            box.setPrefix(prefix)
            box.setKeyboardTracking(False)
            box.setAccessibleName(name)
            box.setToolTip(name)
        self.mean_box = QCheckBox()
        self.mean_box.setText(self.tr("mean"))
        self.mean_box.setToolTip(self.tr("Mean over the heads of this layer"))
        self.scale_box, self.range_box = QComboBox(), QComboBox()
        self.scale_box.addItem(self.tr("linear"), "linear")
        self.scale_box.addItem(self.tr("log"), "log")
        self.scale_box.setAccessibleName(self.tr("Colour scale"))
        self.scale_box.setToolTip(
            self.tr(
                "Colour scale: linear, or logarithmic for faint weights down to {floor}"
            ).format(floor=tick_text(LOG_FLOOR))
        )
        self.range_box.addItem(self.tr("to 1"), "one")
        self.range_box.addItem(self.tr("to largest"), "largest")
        self.range_box.setAccessibleName(self.tr("Colour range"))
        self.range_box.setToolTip(
            self.tr("Darkest colour: weight 1, or the largest weight of this head")
        )
        self.export_button = MenuButton(self.tr("Export"), self._export_menu(), flat=False)
        self.export_button.setToolTip(self.tr("Save this head as a figure or as numbers"))
        self.layer_box.valueChanged.connect(self._on_choice_changed)
        self.head_box.valueChanged.connect(self._on_choice_changed)
        self.mean_box.clicked.connect(self._on_choice_changed)
        self.scale_box.activated.connect(self._on_scale_activated)
        self.range_box.activated.connect(self._on_range_activated)

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        texts = {
            "png": self.tr("Figure (PNG)…"),
            "svg": self.tr("Figure (SVG)…"),
            "pdf": self.tr("Figure (PDF)…"),
            "csv": self.tr("Table (CSV)…"),
            "npz": self.tr("Arrays (NPZ)…"),
        }
        for name in HEAD_FORMATS:
            menu.addAction(texts[name]).setData(name)
        menu.triggered.connect(self._on_export_triggered)
        return menu

    def _choice_row(self) -> QHBoxLayout:
        title = QLabel(self.tr("Attention"))
        heavier = title.font()
        heavier.setBold(True)
        title.setFont(heavier)
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        row.addWidget(title)
        row.addSpacing(SPACE_PX)
        for widget in (self.layer_box, self.head_box, self.mean_box):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.export_button)
        return row

    def _scale_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        row.addWidget(self._caption, 1)
        row.addWidget(self.scale_box)
        row.addWidget(self.range_box)
        return row

    # ------------------------------------------------------------------------------ drawing

    @property
    def heatmap(self) -> Heatmap:
        """The widget that draws the weights."""
        return self._heatmap

    def message(self) -> str:
        """The sentence shown in place of the map, "" while there is one."""
        return self._stack.message()

    def reading(self) -> str:
        """The line under the map."""
        return self.reading_label.text()

    def set_view(self, view: HeadView | Unavailable) -> None:
        """Draw one head, or say why there is none."""
        if isinstance(view, Unavailable):
            self._show_nothing(error_text(view.reason))
            return
        colours = HeadColours(view)
        try:
            self._heatmap.set_view(view, colours)
        except VisualizerError as error:
            self._show_nothing(error_text(error))
            return
        self._view = view
        self._stack.show_content()
        self._set_enabled(True)
        self._show_choices(view)
        caption = self._caption_text(view)
        self._caption.setText(caption)
        self.legend.set_mapping(colours, "")
        self.legend.setAccessibleName(caption)
        self._heatmap.setAccessibleName(
            self.tr("Attention weights of {head}").format(
                head=head_name(view.record.layer, view.record.head)
            )
        )
        self._show_reading()

    def set_linked_token(self, index: int) -> None:
        """Mark the token pointed at elsewhere, -1 for none."""
        cell = None
        if self._view is not None:
            record = self._view.record
            first, end = record.columns
            cell = (index - first) // record.block if first <= index < end else None
        self._heatmap.set_linked_cell(cell)

    def _show_nothing(self, sentence: str) -> None:
        self._view = None
        self._heatmap.clear()
        self._set_enabled(False)
        self._stack.show_message(sentence)

    def _set_enabled(self, enabled: bool) -> None:
        for widget in (self.layer_box, self.head_box, self.mean_box, self.export_button):
            widget.setEnabled(enabled)

    def _show_choices(self, view: HeadView) -> None:
        boxes = (self.layer_box, self.head_box, self.scale_box, self.range_box)
        blockers = [QSignalBlocker(box) for box in boxes]
        self.layer_box.setMaximum(view.n_layers - 1)
        self.head_box.setMaximum(view.n_heads - 1)
        self.scale_box.setCurrentIndex(self.scale_box.findData(view.colour_scale))
        self.range_box.setCurrentIndex(self.range_box.findData(view.scale_range))
        if not view.stale:  # else the boxes hold a newer wish than what is drawn
            head = view.record.head
            self.layer_box.setValue(view.record.layer)
            self.mean_box.setChecked(isinstance(head, str))
            if not isinstance(head, str):
                self.head_box.setValue(head)
            self.head_box.setEnabled(not isinstance(head, str))
        for blocker in blockers:
            blocker.unblock()

    def _caption_text(self, view: HeadView) -> str:
        caption = scale_text(view.colour_scale)
        if view.record.block > 1:
            caption += self.tr(", maximum over {block} × {block} tokens").format(
                block=view.record.block
            )
        return caption

    def _show_reading(self) -> None:
        if self._view is None:
            return
        row, column = self._heatmap.crosshair
        if row is None and column is None:
            row = self._heatmap.selected_row()
        text = reading(self._view, row, column)
        self.reading_label.setText(text)
        self.reading_label.setEnabled(not self._view.stale)
        self._heatmap.setAccessibleDescription(text)

    # ------------------------------------------------------------------------------ reacting

    def _choice(self) -> HeadChoice:
        return "mean" if self.mean_box.isChecked() else self.head_box.value()

    @Slot()
    def _on_choice_changed(self) -> None:
        self.head_box.setEnabled(not self.mean_box.isChecked())
        self.head_selected.emit(self.layer_box.value(), self._choice())

    @Slot()
    def _on_scale_activated(self) -> None:
        self.colour_scale_changed.emit(self.scale_box.currentData())

    @Slot()
    def _on_range_activated(self) -> None:
        self.scale_range_changed.emit(self.range_box.currentData())

    @Slot(QAction)
    def _on_export_triggered(self, action: QAction) -> None:
        self.export_requested.emit(action.data())

    @Slot(int, int)
    def _on_heatmap_crosshair_moved(self, row: int, column: int) -> None:
        self._show_reading()
        if self._view is None:
            return
        record = self._view.record
        query = cell_tokens(record.rows, record.block, row)[0] if row >= 0 else -1
        key = cell_tokens(record.columns, record.block, column)[0] if column >= 0 else -1
        self.cell_hovered.emit(query, key)

    @Slot(int)
    def _on_heatmap_row_selected(self, row: int) -> None:
        if self._view is not None:
            record = self._view.record
            first, end = cell_tokens(record.rows, record.block, row)
            # In a pooled map the last token of the cell has seen all of its keys.
            self.token_selected.emit(end - 1 if record.block > 1 else first)
