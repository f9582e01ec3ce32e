"""All heads at a glance: what they look like, what they do, and the choice of one."""

from __future__ import annotations

import re

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.attention_records import METRICS
from visualizer.engine.errors import NonFiniteError, VisualizerError
from visualizer.engine.records import HeadChoice, Member
from visualizer.session.exports import OVERVIEW_FORMATS, head_name
from visualizer.session.head_ranking import passes
from visualizer.session.state import OverviewDisplay, Region
from visualizer.session.views import HeadView, OverviewView, Unavailable
from visualizer.ui.metric_words import (
    Score,
    metric_name,
    metric_sentence,
    score_text,
    score_unit,
    undefined_sentence,
    unit_text,
)
from visualizer.ui.panels.overview_menus import FindHeadsMenu, HeadMenu
from visualizer.ui.panels.overview_options import (
    PLAIN,
    OverviewOptions,
    is_filtered,
    with_cells,
    with_order,
)
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.colour_legend import ColourLegend
from visualizer.ui.widgets.colour_scale import check_finite
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet
from visualizer.ui.widgets.mosaic import Mosaic
from visualizer.ui.widgets.mosaic_drawing import pin_colour
from visualizer.ui.widgets.mosaic_tips import display_score

_NAMED_HEAD = re.compile(r"\s*l?\s*(\d+)(?:[\s.,:·/-]*h?\s*(?<!\d)(\d+|mean))?\s*", re.IGNORECASE)


def named_head(text: str) -> tuple[int, int | str | None] | None:
    """The layer and head that someone has typed: "L5 H3", "5.3", "5 3", "L5 mean", "L5".

    Returns:
        Layer and head, "mean", or None for a layer alone; None for anything else.
    """
    match = _NAMED_HEAD.fullmatch(text)
    if match is None:
        return None
    layer, head = match.groups()
    if head is None or head.lower() == "mean":
        return int(layer), None if head is None else "mean"
    return int(layer), int(head)


class SearchField(QLineEdit):
    """A line in which Escape clears and goes back."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)


class OverviewPanel(QWidget):
    """All layers and heads, with the legend of their colours.

    Signals:
        head_hovered: Layer and head under the mouse; -1, -1 when it leaves them.
        head_selected: Layer, and a head or "mean".
        head_pinned: Pin this layer and head, or let them go.
        solo_requested: Show this layer and head alone.
        display_changed: Another way to show the heads is wanted. OverviewDisplay.
        export_requested: One of OVERVIEW_FORMATS.
        copy_requested: A picture of all heads is to go on the clipboard.

    Attributes:
        export_button: Its menu has an entry per export format.
        show_box: What the cells show.
        find_button, find_menu: Heads by what they do.
        options_button, options: Order and filter.
        search: Goes to a head by its name.
        reset_button: Back to the plain grid.
    """

    head_hovered = Signal(int, int)
    head_selected = Signal(int, object)
    head_pinned = Signal(int, int)
    solo_requested = Signal(int, int)
    display_changed = Signal(object)
    export_requested = Signal(str)
    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: OverviewView | None = None
        self._mosaic = Mosaic()
        self._legend = ColourLegend()
        self.export_button = self._make_export_button()
        self._head_menu = HeadMenu(self._make_export_menu(), self)
        self.search = SearchField()
        self._build_controls()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addWidget(self._mosaic, 1)
        column.addWidget(self._legend)
        self._stack = PanelStack(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        outer.setSpacing(SPACE_PX)
        outer.addLayout(self._heading())
        outer.addLayout(self._controls_row())
        outer.addLayout(self._counts_row())
        outer.addWidget(self._stack, 1)
        self._connect()
        self._set_enabled(False)
        self.setFocusProxy(self._mosaic)
        self.setAccessibleName(self.tr("All heads"))

    # ------------------------------------------------------------------------------ building

    def _build_controls(self) -> None:
        self.search.setPlaceholderText(self.tr("L5 H3"))
        self.search.setAccessibleName(self.tr("Go to a head"))
        self.search.setToolTip(self.tr("Go to a head by layer and head: L5 H3, or 5.3 (/)"))
        self.search.setMaximumWidth(96)
        self.show_box = QComboBox()
        self.show_box.setAccessibleName(self.tr("What the cells show"))
        self.show_box.setToolTip(self.tr("What the cells show: the pattern, or a number a head"))
        self.show_box.addItem(self.tr("pattern"), "pattern")
        for metric in METRICS:
            self.show_box.addItem(metric_name(metric), metric)
            place = self.show_box.count() - 1
            self.show_box.setItemData(place, metric_sentence(metric), Qt.ItemDataRole.ToolTipRole)
        self.show_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.show_box.setMinimumContentsLength(6)
        self.find_menu = FindHeadsMenu(self)
        self.find_button = MenuButton(self.tr("Find heads"), self.find_menu, flat=False)
        self.find_button.setToolTip(self.tr("Rank the heads by what they look at"))
        self.options = OverviewOptions(self)
        self.options_button = QToolButton()
        self.options_button.setText("⋯")
        self.options_button.setAccessibleName(self.tr("Order and filter"))
        self.options_button.setToolTip(self.tr("Order and filter"))
        self.reset_button = QToolButton()
        self.reset_button.setAutoRaise(True)
        self.reset_button.setText("×")
        self.reset_button.setAccessibleName(self.tr("Back to the grid"))
        self.reset_button.setToolTip(self.tr("Back to the grid (Esc)"))
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)
        self.reset_button.hide()

    def _heading(self) -> QHBoxLayout:
        title = QLabel(self.tr("All heads"))
        heavier = title.font()
        heavier.setBold(True)
        title.setFont(heavier)
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.search, 2)
        row.addWidget(self.export_button)
        return row

    def _controls_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        row.addWidget(self.show_box, 1)
        row.addWidget(self.find_button)
        row.addWidget(self.options_button)
        return row

    def _counts_row(self) -> QHBoxLayout:
        self._counts = ElidedLabel()
        make_quiet(self._counts)
        self._pins = QLabel()
        self._pins.setTextFormat(Qt.TextFormat.RichText)
        self._pins.setToolTip(
            self.tr("A coloured corner marks a pinned head: Ctrl-click or P to pin and unpin")
        )
        self._pins.hide()
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        row.addWidget(self._counts, 1)
        row.addWidget(self._pins)
        row.addWidget(self.reset_button)
        return row

    def _make_export_menu(self) -> QMenu:
        texts = {
            "png": self.tr("Figure (PNG)…"),
            "svg": self.tr("Figure (SVG)…"),
            "pdf": self.tr("Figure (PDF)…"),
            "npz": self.tr("Arrays (NPZ)…"),
        }
        menu = QMenu(self)
        for name in OVERVIEW_FORMATS:
            menu.addAction(texts[name]).setData(name)
        menu.triggered.connect(self._on_export_triggered)
        return menu

    def _make_export_button(self) -> MenuButton:
        button = MenuButton(self.tr("Export"), self._make_export_menu(), flat=False)
        button.setToolTip(self.tr("Save all heads as a figure or as numbers"))
        return button

    def _connect(self) -> None:
        mosaic = self._mosaic
        mosaic.head_hovered.connect(self.head_hovered)
        mosaic.head_selected.connect(self.head_selected)
        mosaic.head_pinned.connect(self.head_pinned)
        mosaic.solo_requested.connect(self.solo_requested)
        mosaic.menu_requested.connect(self._on_mosaic_menu_requested)
        mosaic.unlocked.connect(self.reset_display)
        menu = self._head_menu
        menu.pin_chosen.connect(self.head_pinned)
        menu.solo_chosen.connect(self.solo_requested)
        menu.copy_chosen.connect(self.copy_requested)
        for source in (menu, self.find_menu, self.options):
            source.display_changed.connect(self._on_display_chosen)
        self.show_box.activated.connect(self._on_show_activated)
        self.options_button.clicked.connect(self._on_options_clicked)
        self.reset_button.clicked.connect(self.reset_display)
        self.search.returnPressed.connect(self._on_search_returned)
        self.search.textEdited.connect(self._on_search_edited)
        self.search.left.connect(self._on_search_left)

    # ------------------------------------------------------------------------------ drawing

    @property
    def mosaic(self) -> Mosaic:
        """The widget that draws the heads."""
        return self._mosaic

    @property
    def legend(self) -> ColourLegend:
        """The bar that says which colour is which number."""
        return self._legend

    def message(self) -> str:
        """The sentence shown in place of the heads, "" while there are some."""
        return self._stack.message() or (
            self._mosaic.note if self._view is not None and self._view.ranking == () else ""
        )

    def set_view(self, view: OverviewView | Unavailable) -> None:
        """Draw the heads, or say why there are none."""
        if isinstance(view, Unavailable):
            self._show_nothing(view.reason)
            return
        try:
            check_finite(view.thumbnails)
        except NonFiniteError as error:
            self._show_nothing(error)
            return
        self._view = view
        self._mosaic.set_view(view, self._nothing_found(view))
        self._show_counts(view)
        self._show_pins(view)
        self._legend.set_mapping(self._mosaic.mapping, self._caption(view))
        self._legend.setToolTip(
            "" if view.display.cells == "pattern" else metric_sentence(view.display.cells)
        )
        self._stack.show_content()
        blocker = QSignalBlocker(self.show_box)
        self.show_box.setCurrentIndex(self.show_box.findData(view.display.cells))
        blocker.unblock()
        self.reset_button.setVisible(_is_found(view.display))
        self.find_menu.set_view(view)
        self.options.set_view(view)
        self._set_enabled(True)

    @Slot(object)
    def set_head_view(self, view: HeadView | Unavailable) -> None:
        """Take note of the key that is inspected, to offer it first."""
        self.find_menu.set_key(view.key if isinstance(view, HeadView) else None)

    @Slot(object)
    def rank_by_region(self, region: Region) -> None:
        """Rank the heads by what they put on a region of the map."""
        display = self._view.display if self._view is not None else PLAIN
        self.display_changed.emit(with_order(display, "region", region=region))

    @Slot()
    def reset_display(self) -> None:
        """Back to the grid without a filter; what the cells show stays."""
        cells = self._view.display.cells if self._view is not None else "pattern"
        self.display_changed.emit(with_cells(PLAIN, cells))

    @Slot()
    def go_to_head(self) -> None:
        """Let a head be typed."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _show_nothing(self, reason: VisualizerError) -> None:
        self._view = None
        self._mosaic.set_view(None)
        self._counts.setText("")
        self._pins.hide()
        self.reset_button.hide()
        self.find_menu.set_view(None)
        self.options.close()
        self._set_enabled(False)
        self._stack.show_message(error_text(reason))

    def _set_enabled(self, enabled: bool) -> None:
        for widget in (
            self.export_button,
            self.search,
            self.show_box,
            self.find_button,
            self.options_button,
        ):
            widget.setEnabled(enabled)

    def _show_counts(self, view: OverviewView) -> None:
        self._counts.setText(self._counts_text(view))
        n_layers, n_heads = view.thumbnails.shape[:2]
        tip = [
            self.tr("{layers} layers × {heads} heads").format(layers=n_layers, heads=n_heads),
            self.tr("A row is a layer, a column a head: query down, key across."),
        ]
        shared = n_heads // max(1, view.n_key_value_heads)
        if shared > 1:
            tip.append(
                self.tr("The {n} heads of a group share their keys and values.").format(n=shared)
            )
        self._counts.setToolTip("\n".join(tip))

    def _counts_text(self, view: OverviewView) -> str:
        n_layers, n_heads = view.thumbnails.shape[:2]
        display, score = view.display, display_score(view.display)
        if view.ranking is None and (score is None or not is_filtered(display)):
            return self.tr("{layers} layers × {heads} heads").format(layers=n_layers, heads=n_heads)
        n_shown = len(view.ranking) if view.ranking is not None else self._n_passing(view)
        text = self.tr("{n} of {all} heads").format(n=n_shown, all=n_layers * n_heads)
        if score is None:
            return text
        if display.order != "model":
            by = self.tr("{heads}, by {number}").format(heads=text, number=self._by(display, score))
            text = self.tr("{order}, lowest first").format(order=by) if display.ascending else by
        for limit, sign in ((display.at_least, "≥"), (display.at_most, "≤")):
            if limit is not None:
                text += f" {sign} {score_text(score, limit)}"
        return text

    def _by(self, display: OverviewDisplay, score: Score) -> str:
        if score == "alike" and display.like is not None:
            return self.tr("likeness to {head}").format(head=head_name(*display.like))
        return metric_name(score)

    @staticmethod
    def _n_passing(view: OverviewView) -> int:
        if view.scores is None:
            return 0
        return int(passes(view.display, view.scores).sum())

    def _show_pins(self, view: OverviewView) -> None:
        self._pins.setVisible(bool(view.pins))
        if view.pins:
            colour = pin_colour(current_theme())
            text = self.tr("{n} pinned").format(n=len(view.pins))
            self._pins.setText(f"<span style='color: {colour}'>◥</span> {text}")
            self._pins.setAccessibleName(text)

    def _nothing_found(self, view: OverviewView) -> str:
        """What is said in place of an empty ranking."""
        display, score = view.display, display_score(view.display)
        if view.ranking != ():
            return ""
        if display.only_pinned and not view.pins:
            return self.tr("No head is pinned. Ctrl-click a head, or press P, to pin it.")
        if display.order == "region" and display.region is None:
            return self.tr("Mark a region on the map of a head first.")
        if view.scores is None or score is None:
            return self.tr("The heads are being measured…")
        if not np.isfinite(view.scores).any():
            return f"{metric_name(score)}: {undefined_sentence(score)}."
        return self.tr("No head passes the filter. Its {number} goes from {low} to {high}.").format(
            number=metric_name(score),
            low=score_text(score, float(np.nanmin(view.scores))),
            high=score_text(score, float(np.nanmax(view.scores))),
        )

    def _caption(self, view: OverviewView) -> str:
        cells = view.display.cells
        if cells != "pattern":
            unit = unit_text(cells)
            if score_unit(cells) == "share":
                unit = self.tr("% of the attention")
            if view.metrics is None:
                return self.tr("{number}: being measured…").format(number=metric_name(cells))
            text = self.tr("{number}, {unit}").format(number=metric_name(cells), unit=unit)
            if not np.isfinite(view.metrics.values[cells]).all():
                text += self.tr("; hatched: not defined")
            return text
        if view.block > 1:
            return self.tr("square root scale, maximum over {block} × {block} tokens").format(
                block=view.block
            )
        return self.tr("weight, square root scale")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._view is not None:
            self._show_pins(self._view)

    # ------------------------------------------------------------------------------ reacting

    @Slot(QAction)
    def _on_export_triggered(self, action: QAction) -> None:
        self.export_requested.emit(action.data())

    @Slot(object, QPoint)
    def _on_mosaic_menu_requested(self, member: Member | None, place: QPoint) -> None:
        if self._view is not None:
            self._head_menu.open_at(self._view, member, place)

    @Slot(object)
    def _on_display_chosen(self, display: OverviewDisplay) -> None:
        self.display_changed.emit(display)

    @Slot()
    def _on_show_activated(self) -> None:
        if self._view is not None:
            self.display_changed.emit(with_cells(self._view.display, self.show_box.currentData()))

    @Slot()
    def _on_options_clicked(self) -> None:
        self.options.open_under(self.options_button)

    @Slot()
    def _on_search_returned(self) -> None:
        view, found = self._view, named_head(self.search.text())
        if view is None:
            return
        n_layers, n_heads = view.thumbnails.shape[:2]
        if found is None or found[0] >= n_layers or _beyond(found[1], n_heads):
            self.search.setToolTip(
                self.tr(
                    "There is no such head: layers go from 0 to {layer}, heads from 0 to {head}"
                ).format(layer=n_layers - 1, head=n_heads - 1)
            )
            self._say_unknown(self.search.toolTip())
            return
        layer, wanted = found
        head: HeadChoice = view.head
        if wanted == "mean":
            head = "mean"
        elif isinstance(wanted, int):
            head = wanted
        self.head_selected.emit(layer, head)
        self._mosaic.scroll_to((layer, head))
        self._on_search_left()

    def _say_unknown(self, text: str) -> None:
        self._counts.setText(text)
        self.search.setAccessibleDescription(text)
        self.search.selectAll()

    @Slot()
    def _on_search_edited(self) -> None:
        self.search.setAccessibleDescription("")
        if self._view is not None:
            self._show_counts(self._view)

    @Slot()
    def _on_search_left(self) -> None:
        self._on_search_edited()
        self._mosaic.setFocus(Qt.FocusReason.OtherFocusReason)


def _beyond(head: int | str | None, n_heads: int) -> bool:
    return isinstance(head, int) and head >= n_heads


def _is_found(display: OverviewDisplay) -> bool:
    """Whether anything else than the grid is on show."""
    return display != with_cells(PLAIN, display.cells)
