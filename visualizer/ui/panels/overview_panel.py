"""All heads at a glance: what they look like, what they do, and the choice of one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.attention_records import METRICS
from visualizer.engine.errors import NonFiniteError, VisualizerError
from visualizer.engine.records import HeadChoice, Member
from visualizer.session.export_subjects import FORMATS
from visualizer.session.state import OverviewDisplay
from visualizer.session.views import HeadView, OverviewView, Unavailable
from visualizer.ui.metric_words import metric_name, metric_sentence
from visualizer.ui.panels.overview_menus import FindHeadsMenu, HeadMenu
from visualizer.ui.panels.overview_options import PLAIN, OverviewOptions, with_cells
from visualizer.ui.panels.overview_words import (
    caption_text,
    counts_text,
    layout_text,
    nothing_found_text,
)
from visualizer.ui.plain_text import PANEL_TITLE, plain_tip
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.colour_legend import ColourLegend
from visualizer.ui.widgets.colour_scale import check_finite
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.head_readout import HeadReadout
from visualizer.ui.widgets.head_search import HeadSearch
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet
from visualizer.ui.widgets.mosaic import Mosaic
from visualizer.ui.widgets.mosaic_drawing import pin_colour


class OverviewPanel(QWidget):
    """All layers and heads, with the legend of their colours.

    Signals:
        head_hovered: Layer and head under the mouse; -1, -1 when it leaves them.
        head_selected: Layer, and a head or "mean".
        head_pinned: Pin this layer and head, or let them go.
        solo_requested: Show this layer and head alone.
        display_changed: Another way to show the heads is wanted. OverviewDisplay.
        export_requested: One of FORMATS["overview"].
        copy_requested: A picture of all heads is to go on the clipboard.

    Attributes:
        export_button: Its menu has an entry per export format.
        show_box: What the cells show.
        find_button, find_menu: Heads by what they do.
        options_button, options: Order and filter.
        search: Goes to a head by its name.
        readout: What is known of the head pointed at, else of the one on show.
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
        self.readout = HeadReadout()
        self.export_button = self._make_export_button()
        self._head_menu = HeadMenu(self._make_export_menu(), self)
        self.search = HeadSearch()
        self._build_controls()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addWidget(self._mosaic, 1)
        column.addWidget(self.readout)
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
        self.search.setMaximumWidth(96)
        self.search.setMinimumWidth(20)  # the title stays whole where there is little room
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
        title.setObjectName(PANEL_TITLE)
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
            "csv": self.tr("Table (CSV)…"),
            "npz": self.tr("Arrays (NPZ)…"),
            "json": self.tr("Data (JSON)…"),
        }
        menu = QMenu(self)
        for name in FORMATS["overview"]:
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
        mosaic.told_changed.connect(self._on_mosaic_told_changed)
        menu = self._head_menu
        menu.pin_chosen.connect(self.head_pinned)
        menu.solo_chosen.connect(self.solo_requested)
        menu.copy_chosen.connect(self.copy_requested)
        for source in (menu, self.find_menu, self.options):
            source.display_changed.connect(self._on_display_chosen)
        self.show_box.activated.connect(self._on_show_activated)
        self.options_button.clicked.connect(self._on_options_clicked)
        self.reset_button.clicked.connect(self.reset_display)
        self.search.head_named.connect(self._on_search_head_named)
        self.search.head_missed.connect(self._counts.setText)
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
        self._mosaic.set_view(view, nothing_found_text(view))
        self._show_counts(view)
        self._show_pins(view)
        self._legend.set_mapping(self._mosaic.mapping, caption_text(view))
        cells = view.display.cells
        self._legend.setToolTip(
            caption_text(view) if cells == "pattern" else metric_sentence(cells)
        )
        dim((self._counts, self._legend), view.stale)
        self._stack.show_content()
        blocker = QSignalBlocker(self.show_box)
        self.show_box.setCurrentIndex(self.show_box.findData(view.display.cells))
        blocker.unblock()
        self.reset_button.setVisible(_is_found(view.display))
        self.search.set_shape(*view.thumbnails.shape[:2])
        self.find_menu.set_view(view)
        self.options.set_view(view)
        self._set_enabled(True)

    @Slot(object)
    def set_head_view(self, view: HeadView | Unavailable) -> None:
        """Take note of the key that is inspected, to offer it first."""
        self.find_menu.set_key(view.key if isinstance(view, HeadView) else None)

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
        self._counts.setText(counts_text(view))
        self._counts.setToolTip(plain_tip(layout_text(view)))

    def _show_pins(self, view: OverviewView) -> None:
        self._pins.setVisible(bool(view.pins))
        if view.pins:
            colour = pin_colour(current_theme())
            text = self.tr("{n} pinned").format(n=len(view.pins))
            self._pins.setText(f"<span style='color: {colour}'>◥</span> {text}")
            self._pins.setAccessibleName(text)

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

    @Slot()
    def _on_mosaic_told_changed(self) -> None:
        self.readout.show_cell(*self._mosaic.told())

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

    @Slot(int, object)
    def _on_search_head_named(self, layer: int, head: HeadChoice | None) -> None:
        if self._view is not None:
            wanted = self._view.head if head is None else head
            self.head_selected.emit(layer, wanted)
            self._mosaic.scroll_to((layer, wanted))

    @Slot()
    def _on_search_edited(self) -> None:
        if self._view is not None:
            self._show_counts(self._view)

    @Slot()
    def _on_search_left(self) -> None:
        self._on_search_edited()
        self._mosaic.setFocus(Qt.FocusReason.OtherFocusReason)


def _is_found(display: OverviewDisplay) -> bool:
    """Whether anything else than the grid is on show."""
    return display != with_cells(PLAIN, display.cells)
