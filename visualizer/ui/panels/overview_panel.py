"""All heads at a glance, and the choice of one."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from visualizer.engine.errors import NonFiniteError, VisualizerError
from visualizer.session.exports import OVERVIEW_FORMATS
from visualizer.session.views import OverviewView, Unavailable
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.colour_legend import ColourLegend
from visualizer.ui.widgets.colour_scale import check_finite
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet
from visualizer.ui.widgets.mosaic import Mosaic


class OverviewPanel(QWidget):
    """Thumbnails of all layers and heads, with the legend of their colours.

    Attributes:
        export_button: Its menu has an entry per export format.
    """

    head_hovered = Signal(int, int)
    """Layer and head under the mouse; -1, -1 when it leaves them."""
    head_selected = Signal(int, object)
    """Layer, and a head or "mean"."""
    export_requested = Signal(str)
    """One of OVERVIEW_FORMATS."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mosaic = Mosaic()
        self._legend = ColourLegend()
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
        outer.addWidget(self._stack, 1)
        self._mosaic.head_hovered.connect(self.head_hovered)
        self._mosaic.head_selected.connect(self.head_selected)
        self.setFocusProxy(self._mosaic)
        self.setAccessibleName(self.tr("All heads"))

    def _heading(self) -> QHBoxLayout:
        title = QLabel(self.tr("All heads"))
        heavier = title.font()
        heavier.setBold(True)
        title.setFont(heavier)
        self._counts = ElidedLabel()
        make_quiet(self._counts)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(title)
        row.addWidget(self._counts, 1)
        row.addWidget(self._make_export_button())
        return row

    def _make_export_button(self) -> MenuButton:
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
        self.export_button = MenuButton(self.tr("Export"), menu, flat=False)
        self.export_button.setToolTip(self.tr("Save all heads as a figure or as numbers"))
        self.export_button.setEnabled(False)
        return self.export_button

    @Slot(QAction)
    def _on_export_triggered(self, action: QAction) -> None:
        self.export_requested.emit(action.data())

    @property
    def mosaic(self) -> Mosaic:
        """The widget that draws the thumbnails."""
        return self._mosaic

    @property
    def legend(self) -> ColourLegend:
        """The bar that says which colour is which weight."""
        return self._legend

    def message(self) -> str:
        """The sentence shown in place of the thumbnails, "" while there are some."""
        return self._stack.message()

    def set_view(self, view: OverviewView | Unavailable) -> None:
        """Draw the thumbnails, or say why there are none."""
        if isinstance(view, Unavailable):
            self._show_nothing(view.reason)
            return
        try:
            check_finite(view.thumbnails)
        except NonFiniteError as error:
            self._show_nothing(error)
            return
        self._mosaic.set_view(view)
        self._show_counts(view)
        self._legend.set_mapping(self._mosaic.mapping, self._caption(view))
        self._stack.show_content()
        self.export_button.setEnabled(True)

    def _show_nothing(self, reason: VisualizerError) -> None:
        self._mosaic.set_view(None)
        self._counts.setText("")
        self.export_button.setEnabled(False)
        self._stack.show_message(error_text(reason))

    def _show_counts(self, view: OverviewView) -> None:
        n_layers, n_heads = view.thumbnails.shape[:2]
        self._counts.setText(
            self.tr("{layers} layers × {heads} heads").format(layers=n_layers, heads=n_heads)
        )
        shared = n_heads // max(1, view.n_key_value_heads)
        sharing = self.tr("A row is a layer, a column a head: query down, key across.")
        if shared > 1:
            sharing += "\n" + self.tr(
                "The {n} heads of a group share their keys and values."
            ).format(n=shared)
        self._counts.setToolTip(sharing)

    def _caption(self, view: OverviewView) -> str:
        if view.block > 1:
            return self.tr("square root scale, maximum over {block} × {block} tokens").format(
                block=view.block
            )
        return self.tr("weight, square root scale")
