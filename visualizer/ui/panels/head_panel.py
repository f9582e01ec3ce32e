"""One head in full: its weights in one of several forms, and the choice of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.treatment import with_hidden
from visualizer.session.exports import HEAD_FORMATS, head_name
from visualizer.session.state import Region
from visualizer.session.token_links import TokenLine, TokenLinks, incoming, outgoing
from visualizer.session.views import HeadView, Unavailable
from visualizer.ui.panels.head_options import HeadOptions
from visualizer.ui.plain_text import PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.colour_legend import ColourLegend, scale_text
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.head_caption import caption_text
from visualizer.ui.widgets.head_forms import HeadForms
from visualizer.ui.widgets.head_heading import HeadHeading
from visualizer.ui.widgets.head_reading import reading
from visualizer.ui.widgets.heatmap import Heatmap
from visualizer.ui.widgets.hue_ramp import RampLegend
from visualizer.ui.widgets.map_units import (
    MapCell,
    cell_at,
    key_token,
    query_token,
    region_tokens,
    selected_row,
)
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet
from visualizer.ui.widgets.view_colours import HeadColours


class HeadPanel(QWidget):
    """The chosen head as map, lines or shaded text, or the pinned heads, with exact numbers.

    Signals:
        head_selected: Another head is wanted. (layer: int, head: int or "mean")
        pin_toggled: A head is to be pinned, or to be so no more. (layer: int, head: int)
        pins_as_mean_changed: Whether the mean over the pinned heads is wanted. (bool)
        form_changed: (HeadForm)
        token_selected: A query was chosen. (query: int)
        cell_hovered: The pair pointed at, -1 for none. (query: int, key: int)
        links_changed: What the token pointed at, else the selected one, looks at and what looks
            at it. TokenLinks or None.
        visible_changed: The part of the map that is wanted exactly. Region, in units, or None.
        region_brushed: A part of the map was marked. Region, in tokens; None when it is let go.
        pair_clicked: A pair was clicked. (query: int, key: int)
        pair_inspected: A pair is to be taken apart. (query: int, key: int)
        colour_scale_changed: (ColourScale)
        scale_range_changed: (ScaleRange)
        palette_changed: (Palette)
        treatment_changed: (Treatment)
        export_requested: One of HEAD_FORMATS. (str)

    Attributes:
        heading: The choice of a head and of a form.
        forms: What draws the weights.
        options: The choice of colours and of what is done to the weights.
        export_button: Its menu has an entry per export format.
        legend, ramp_legend: Which colour is which weight; in the shaded text, which tint.
        reading_label: The line under the map.
    """

    head_selected = Signal(int, object)
    pin_toggled = Signal(int, int)
    pins_as_mean_changed = Signal(bool)
    form_changed = Signal(object)
    token_selected = Signal(int)
    cell_hovered = Signal(int, int)
    links_changed = Signal(object)
    visible_changed = Signal(object)
    region_brushed = Signal(object)
    pair_clicked = Signal(int, int)
    pair_inspected = Signal(int, int)
    colour_scale_changed = Signal(object)
    scale_range_changed = Signal(object)
    palette_changed = Signal(object)
    treatment_changed = Signal(object)
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HeadView | None = None
        self._colours: HeadColours | None = None
        self._linked = -1
        self._menu_actions: tuple[QAction, ...] = ()
        self._has_menu = False
        self._menu_pair = (-1, -1)
        self._menu_cell: MapCell | None = None
        self.setAccessibleName(self.tr("Attention head"))
        self.export_button = MenuButton(self.tr("Export"), self._export_menu(), flat=False)
        self.export_button.setToolTip(self.tr("Save this head as a figure or as numbers"))
        self.heading = HeadHeading(self.export_button)
        self.forms = HeadForms()
        self.options = HeadOptions()
        self.legend, self.ramp_legend = ColourLegend(), RampLegend()
        self.reading_label = PlainLabel()
        self.reading_label.setWordWrap(True)
        self.reading_label.setFixedHeight(2 * self.fontMetrics().lineSpacing())
        self._caption = ElidedLabel()
        make_quiet(self._caption)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.forms)
        self._set_enabled(False)

    # ------------------------------------------------------------------------------ building

    def _lay_out(self) -> None:
        captions = QHBoxLayout()
        captions.setSpacing(SPACE_PX)
        captions.addWidget(self._caption, 1)
        captions.addWidget(self.options)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addWidget(self.forms, 1)
        column.addWidget(self.reading_label)
        column.addLayout(captions)
        column.addWidget(self.legend)
        column.addWidget(self.ramp_legend)
        self.ramp_legend.hide()
        self._stack = PanelStack(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        outer.setSpacing(SPACE_PX)
        outer.addWidget(self.heading)
        outer.addWidget(self._stack, 1)

    def _connect(self) -> None:
        heading, forms, options = self.heading, self.forms, self.options
        heading.head_selected.connect(self.head_selected)
        heading.pin_toggled.connect(self.pin_toggled)
        heading.form_chosen.connect(self.form_changed)
        heading.first_hidden.connect(self._on_first_hidden)
        forms.pointer_moved.connect(self._on_pointer_moved)
        forms.token_selected.connect(self.token_selected)
        forms.head_chosen.connect(self.head_selected)
        forms.head_dropped.connect(self.pin_toggled)
        forms.mean_toggled.connect(self.pins_as_mean_changed)
        forms.visible_changed.connect(self._on_visible_changed)
        forms.region_brushed.connect(self.region_brushed)
        forms.pair_clicked.connect(self.pair_clicked)
        forms.pair_inspected.connect(self.pair_inspected)
        forms.legend_changed.connect(self._show_legend)
        options.colour_scale_changed.connect(self.colour_scale_changed)
        options.scale_range_changed.connect(self.scale_range_changed)
        options.palette_changed.connect(self.palette_changed)
        options.treatment_changed.connect(self.treatment_changed)

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

    def set_menu_actions(self, actions: Sequence[QAction]) -> None:
        """Commands that the menu of a right click offers besides its own."""
        self._menu_actions = tuple(actions)

    # ------------------------------------------------------------------------------ drawing

    @property
    def heatmap(self) -> Heatmap:
        """The widget that draws the weights as a map."""
        return self.forms.heatmap

    def message(self) -> str:
        """The sentence shown in place of the weights, "" while there are some."""
        return self._stack.message() or self.forms.message()

    def reading(self) -> str:
        """The line under the map."""
        return self.reading_label.text()

    def caption(self) -> str:
        """What is said above the legend."""
        return self._caption.text()

    def set_view(self, view: HeadView | Unavailable) -> None:
        """Draw one head, or say why there is none."""
        if isinstance(view, Unavailable):
            self._show_nothing(error_text(view.reason))
            return
        view = _with_common_top(view)
        colours = HeadColours(view, self._colours)
        try:
            self.forms.set_view(view, colours)
        except VisualizerError as error:
            self._show_nothing(error_text(error))
            return
        self._view, self._colours = view, colours
        self._stack.show_content()
        self._set_enabled(True)
        dim((self.legend, self.ramp_legend), view.stale)
        self.heading.set_view(view)
        self.options.set_view(view)
        self._show_legend()
        name = head_name(view.record.layer, view.record.head)
        self.heatmap.setAccessibleName(self.tr("Attention weights of {head}").format(head=name))
        self._show_reading()
        self._show_links()

    def set_linked_token(self, index: int) -> None:
        """Mark the token pointed at elsewhere, -1 for none."""
        self._linked = index
        self.forms.set_linked_token(index)
        self._show_links()

    def _show_nothing(self, sentence: str) -> None:
        self._view = self._colours = None
        self.forms.clear()
        self.heading.clear()
        self._set_enabled(False)
        self._stack.show_message(sentence)
        self._show_links()

    def _set_enabled(self, enabled: bool) -> None:
        self.export_button.setEnabled(enabled)
        if not enabled:
            self.heading.clear()

    @Slot()
    def _show_legend(self) -> None:
        if self._view is None or self._colours is None:
            return
        view = self.forms.read_view()
        if view is not None and view.form == "map":  # it may have moved since the view was made
            view = replace(view, visible=self.heatmap.visible)
        text = scale_text(self._view.colour_scale) if view is None else caption_text(view)
        self._caption.setText(text)
        self._caption.setToolTip(plain_tip(self._caption.text()))
        is_text = self._view.form == "text"
        self.ramp_legend.set_hue(is_query=self.forms.text.text.is_incoming)
        for legend in (self.legend, self.ramp_legend):
            legend.set_mapping(self._colours, "")
            legend.setAccessibleName(self.caption())
        self.legend.setVisible(not is_text)
        self.ramp_legend.setVisible(is_text)

    def _show_reading(self) -> None:
        view = self.forms.read_view()
        if self._view is None or view is None:
            self.reading_label.setText("")
            return
        row, column = self.forms.crosshair()
        if row is None and column is None:
            row = selected_row(view)
        text = reading(view, row, column)
        if view.form == "pins" and text:
            name = head_name(view.record.layer, view.record.head)
            text = self.tr("{head}: {reading}").format(head=name, reading=text)
        self.reading_label.setText(text)
        self.reading_label.setEnabled(not view.stale)
        self.forms.describe(row, column)

    def _show_links(self) -> None:
        """What the token pointed at, else the selected one, looks at and what looks at it."""
        view, colours = self._view, self._colours
        if view is None or colours is None:
            self.links_changed.emit(None)
            return
        pointed_query, pointed_key = self.forms.pointed_tokens()
        alone = self._linked if self._linked >= 0 else _or_none(view.query)
        query = pointed_query if pointed_query >= 0 else pointed_key
        key = pointed_key if pointed_key >= 0 else pointed_query
        query, key = (query, key) if query >= 0 else (alone, alone)
        if not 0 <= max(query, key) < view.record.n_tokens:
            self.links_changed.emit(None)
            return
        self.links_changed.emit(
            TokenLinks(
                view.tokenization,
                _places(outgoing(view, query), colours),
                _places(incoming(view, key), colours),
                pointed_query,
                pointed_key,
                view.stale,
            )
        )

    # ------------------------------------------------------------------------------ reacting

    @Slot()
    def _on_pointer_moved(self) -> None:
        if self._has_menu:
            return  # the pointer is over the menu, which is about what was pointed at before
        self._show_reading()
        if self._view is not None:
            self.cell_hovered.emit(*self.forms.pointed_tokens())
            self._show_links()

    @Slot(bool)
    def _on_first_hidden(self, is_hidden: bool) -> None:
        self.treatment_changed.emit(with_hidden(self.options.popup.treatment, "first", is_hidden))

    @Slot(object)
    def _on_visible_changed(self, visible: Region | None) -> None:
        self._show_legend()
        self.visible_changed.emit(visible)

    @Slot(QAction)
    def _on_export_triggered(self, action: QAction) -> None:
        self.export_requested.emit(action.data())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._view is None or self.message():
            super().contextMenuEvent(event)
            return
        menu = self.context_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.aboutToHide.connect(self._on_menu_about_to_hide)
        self._has_menu = True
        menu.popup(event.globalPos())

    def context_menu(self) -> QMenu:
        """What can be done where the pointer is, and with the head as a whole."""
        menu = QMenu(self)
        row, column = self.forms.crosshair()
        view = self._view
        if view is not None and row is not None and column is not None:
            self._menu_cell = cell_at(view, row, column)
            self._menu_pair = query_token(view, row), key_token(view, column)
            if self._menu_cell.is_exact and self._menu_cell.looks == "visible":
                inspect = menu.addAction(self.tr("&Inspect this pair"))
                inspect.triggered.connect(self._on_inspect_triggered)
            find = menu.addAction(self.tr("&Find heads that look here"))
            find.triggered.connect(self._on_find_triggered)
            menu.addSeparator()
        menu.addActions(list(self._menu_actions))
        return menu

    @Slot()
    def _on_menu_about_to_hide(self) -> None:
        QTimer.singleShot(0, self, self._on_menu_gone)  # its command is carried out first

    @Slot()
    def _on_menu_gone(self) -> None:
        self._has_menu = False
        self._on_pointer_moved()

    @Slot()
    def _on_inspect_triggered(self) -> None:
        self.pair_inspected.emit(*self._menu_pair)

    @Slot()
    def _on_find_triggered(self) -> None:
        cell = self._menu_cell
        if cell is not None:
            self.region_brushed.emit(region_tokens(cell.record, (*cell.rows, *cell.columns)))


def _with_common_top(view: HeadView) -> HeadView:
    """A scale that ends at the largest weight on show counts all the heads on show."""
    if view.form != "pins" or view.scale_range == "one":
        return view
    largest = max((float(record.weights.max()) for record in view.pinned), default=view.top)
    return replace(view, top=max(view.top, min(largest, 1.0))) if np.isfinite(largest) else view


def _places(line: TokenLine | None, colours: HeadColours) -> np.ndarray | None:
    """Where each token's weight lies on the colour scale. (T,) float32 in [0, 1]."""
    if line is None:
        return None
    levels = line.per_token(colours.levels(line.part).ravel(), np.uint8(0))
    return levels / np.float32(255)


def _or_none(query: int | None) -> int:
    return -1 if query is None else query
