"""The forms of one head, map, lines, shaded text and pinned heads, kept in step."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from visualizer.session.state import Region
from visualizer.session.token_links import column_region, row_region, unit_of
from visualizer.session.views import MOST_ARC_UNITS, HeadView
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.attention_arcs import AttentionArcs
from visualizer.ui.widgets.attention_text import AttentionText
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.head_reading import heard
from visualizer.ui.widgets.heatmap import Heatmap, announce
from visualizer.ui.widgets.map_units import key_token, query_token
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, make_quiet
from visualizer.ui.widgets.pinned_heads import PinnedHeads
from visualizer.ui.widgets.view_colours import HeadColours


class TextForm(QWidget):
    """The shaded text, with the choice of which way to look.

    Signals:
        direction_changed: The other way is wanted.

    Attributes:
        text: The text itself.
        out_button, in_button: What the token looks at; what looks at it.
    """

    direction_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = AttentionText()
        self.out_button = ChoiceButton(self.tr("looks at"))
        self.out_button.setToolTip(self.tr("Shade the tokens that the selected one looks at"))
        self.in_button = ChoiceButton(self.tr("is looked at by"))
        self.in_button.setToolTip(self.tr("Shade the tokens that look at the selected one"))
        self._group = QButtonGroup(self)
        self._remark = ElidedLabel()
        make_quiet(self._remark)
        row = QHBoxLayout()
        row.setSpacing(0)
        for button in (self.out_button, self.in_button):
            self._group.addButton(button)
            row.addWidget(button)
        row.addSpacing(2 * SPACE_PX)
        row.addWidget(self._remark, 1)
        self.out_button.setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.text, 1)
        self._group.buttonClicked.connect(self._on_group_clicked)

    def set_view(self, view: HeadView, colours: HeadColours) -> None:
        """Shade the text; the errors are those of AttentionText."""
        self.text.set_view(view, colours)
        self._remark.setText("" if view.query is not None else self.tr("Select a token."))

    @Slot()
    def _on_group_clicked(self) -> None:
        self.text.set_incoming(self.in_button.isChecked())
        self.direction_changed.emit()


class PinsForm(QWidget):
    """The pinned heads, with the choice of their mean.

    Attributes:
        heads: The small maps.
        mean_box: Whether the mean is on show in the other forms.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heads = PinnedHeads()
        self.mean_box = QCheckBox(self.tr("mean of these"))
        self.mean_box.setToolTip(
            self.tr("Show the mean over the pinned heads as map, arcs and text")
        )
        self._remark = PlainLabel()
        make_quiet(self._remark)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self.mean_box)
        row.addStretch(1)
        row.addWidget(self._remark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.heads, 1)

    def set_view(self, view: HeadView, colours: HeadColours) -> None:
        """Draw the pinned heads; the errors are those of PinnedHeads."""
        self.heads.set_view(view, colours)
        self.mean_box.setChecked(bool(view.record.members))
        n = len(view.pins)
        one, more = self.tr("1 head"), self.tr("{n} heads").format(n=n)
        self._remark.setText(one if n == 1 else more)


class HeadForms(QStackedWidget):
    """One HeadView in the form that it asks for.

    Rows and columns are in units, words or sentences where the view joins tokens to such.

    Signals:
        pointer_moved: Something else is pointed at.
        token_selected: (query: int)
        head_chosen, head_dropped: A pinned head is wanted on show, or no more pinned.
            (layer: int, head: int)
        mean_toggled: Whether the mean over the pinned heads is wanted. (bool)
        visible_changed: Part of the map that is wanted exactly. Region or None.
        region_brushed: A part of the map was marked, None when it is let go. Region in tokens.
        pair_clicked, pair_inspected: A cell of the map was clicked; was chosen by Enter.
            (query token: int, key token: int)
        legend_changed: Other colours are on show.

    Attributes:
        heatmap, arcs, text, pins: The forms.
    """

    pointer_moved = Signal()
    token_selected = Signal(int)
    head_chosen = Signal(int, object)
    head_dropped = Signal(int, int)
    mean_toggled = Signal(bool)
    visible_changed = Signal(object)
    region_brushed = Signal(object)
    pair_clicked = Signal(int, int)
    pair_inspected = Signal(int, int)
    legend_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HeadView | None = None
        self._map_visible: Region | None = None
        self.heatmap, self.arcs = Heatmap(), AttentionArcs()
        self.text, self.pins = TextForm(), PinsForm()
        self._arcs_page, self._pins_page = PanelStack(self.arcs), PanelStack(self.pins)
        for page in (self.heatmap, self._arcs_page, self.text, self._pins_page):
            self.addWidget(page)
        self.heatmap.crosshair_moved.connect(self._on_pointer_moved)
        self.heatmap.row_selected.connect(self._on_row_selected)
        self.heatmap.visible_changed.connect(self._on_heatmap_visible_changed)
        self.heatmap.region_brushed.connect(self.region_brushed)
        self.heatmap.cell_clicked.connect(self.pair_clicked)
        self.heatmap.cell_activated.connect(self.pair_inspected)
        self.arcs.crosshair_moved.connect(self._on_pointer_moved)
        self.arcs.row_selected.connect(self._on_row_selected)
        self.text.text.token_hovered.connect(self._on_pointer_moved)
        self.text.text.token_selected.connect(self.token_selected)
        self.text.direction_changed.connect(self._on_direction_changed)
        self.pins.heads.crosshair_moved.connect(self._on_pointer_moved)
        self.pins.heads.head_chosen.connect(self.head_chosen)
        self.pins.heads.head_dropped.connect(self.head_dropped)
        self.pins.mean_box.clicked.connect(self.mean_toggled)

    # ------------------------------------------------------------------------------ content

    def set_view(self, view: HeadView, colours: HeadColours) -> None:
        """Draw one head.

        Raises:
            UsageError: Its weights are no matrix, or an empty one.
            NonFiniteError: There are NaN or infinite numbers among them.
        """
        before, self._view = self._view, view
        if before is None or before.record.unit_starts is not view.record.unit_starts:
            self._map_visible = None  # other units, another map
        match view.form:
            case "map":
                self.heatmap.set_view(self._for_map(view), colours)
                self.setCurrentWidget(self.heatmap)
            case "arcs":
                self._show_arcs(view, colours)
            case "text":
                self.text.set_view(view, colours)
                self.setCurrentWidget(self.text)
            case "pins":
                self._show_pins(view, colours)
        self.setFocusProxy(self._drawing())
        self._want_visible(view)

    def clear(self) -> None:
        """Draw nothing."""
        self._view = None
        self.heatmap.clear()
        self.arcs.clear()
        self.text.text.clear()
        self.pins.heads.clear()

    def set_linked_token(self, index: int) -> None:
        """Mark a token that is pointed at elsewhere, -1 for none."""
        unit = None
        if self._view is not None and 0 <= index < self._view.record.n_tokens:
            unit = unit_of(self._view.record, index)
        self.heatmap.set_linked_cell(unit)
        self.arcs.set_linked_cell(unit)
        self.text.text.set_linked_token(index)
        self.pins.heads.set_linked_cell(unit)

    def message(self) -> str:
        """The sentence that stands in place of a form, "" for none."""
        page = self.currentWidget()
        return page.message() if isinstance(page, PanelStack) else ""

    def _show_arcs(self, view: HeadView, colours: HeadColours) -> None:
        self.setCurrentWidget(self._arcs_page)
        if AttentionArcs.can_draw(view):
            self.arcs.set_view(view, colours)
            self._arcs_page.show_content()
            return
        self.arcs.clear()
        sentences = {
            "tokens": self.tr(
                "Arcs are for texts of up to {most} tokens: this has {n:,}. "
                "Use the map or the text."
            ),
            "words": self.tr(
                "Arcs are for texts of up to {most} words: this has {n:,}. Use the map or the text."
            ),
            "sentences": self.tr(
                "Arcs are for texts of up to {most} sentences: this has {n:,}. "
                "Use the map or the text."
            ),
        }
        sentence = sentences[view.record.treatment.granularity]
        self._arcs_page.show_message(sentence.format(most=MOST_ARC_UNITS, n=view.record.n_units))

    def _show_pins(self, view: HeadView, colours: HeadColours) -> None:
        self.setCurrentWidget(self._pins_page)
        if view.pins:
            self.pins.set_view(view, colours)
            self._pins_page.show_content()
            return
        self.pins.heads.clear()
        self._pins_page.show_message(
            self.tr(
                "No head is pinned. Ctrl-click heads in the grid of all heads to see them here "
                "side by side, or press the pin above."
            )
        )

    # ----------------------------------------------------------------------- what is in sight

    def _want_visible(self, view: HeadView) -> None:
        """Ask for the weights that this form draws exactly."""
        wanted = self._map_visible
        if view.form == "text":
            wanted = self._text_region(view)
        elif not _is_line(view.visible):
            return  # the map itself says what is in sight
        if view.visible != wanted:
            self.visible_changed.emit(wanted)

    def _text_region(self, view: HeadView) -> Region | None:
        if view.record.block == 1 or view.query is None:
            return view.visible
        region = column_region if self.text.text.is_incoming else row_region
        return region(view.record, view.query)

    def _for_map(self, view: HeadView) -> HeadView:
        """What is in sight of the text is no part of the map to be brought into sight."""
        if _is_line(view.visible):
            return replace(view, visible=self._map_visible)
        self._map_visible = view.visible
        return view

    # ------------------------------------------------------------------------------ reading

    def crosshair(self) -> tuple[int | None, int | None]:
        """Row and column pointed at, or those that the form stands for."""
        if self._view is None or self.message():
            return None, None
        match self._view.form:
            case "map":
                return self.heatmap.crosshair
            case "arcs":
                return self.arcs.crosshair
            case "text":
                return self.text.text.pointed_units()
            case _:
                return self.pins.heads.crosshair

    def read_view(self) -> HeadView | None:
        """The view with the weights that are pointed at: of the exact row, of a pinned head."""
        view = self._view
        if view is None or view.form in ("map", "arcs"):
            return view
        if view.form == "pins":
            record = self.pins.heads.current_record()
            return None if record is None else replace(view, record=record, tile=None)
        line = self.text.text.line
        if line is None or line.record is view.record:
            return view
        return replace(view, record=line.record, tile=None)

    def pointed_tokens(self) -> tuple[int, int]:
        """Query and key token pointed at, -1 for none."""
        view = self._view
        if view is None or self.message():
            return -1, -1
        if view.form == "text":
            return self.text.text.pointed_pair()
        row, column = self.crosshair()
        query = -1 if row is None else query_token(view, row)
        return query, -1 if column is None else key_token(view, column)

    def describe(self, row: int | None, column: int | None) -> None:
        """Tell a screen reader what is pointed at; the map does so by itself."""
        view, page = self.read_view(), self._drawing()
        if view is None or page is self.heatmap:
            return
        sentence = heard(view, row, column)
        if page.accessibleDescription() != sentence:
            page.setAccessibleDescription(sentence)
            if page.hasFocus():
                announce(page, sentence)

    def _drawing(self) -> QWidget:
        """What draws the weights at this moment."""
        form = self._view.form if self._view is not None else "map"
        drawings: dict[str, QWidget] = {
            "map": self.heatmap,
            "arcs": self.arcs,
            "text": self.text.text,
            "pins": self.pins.heads,
        }
        return drawings[form]

    # ----------------------------------------------------------------------------- reacting

    @Slot()
    def _on_pointer_moved(self) -> None:
        self.pointer_moved.emit()

    @Slot(int)
    def _on_row_selected(self, row: int) -> None:
        if self._view is not None:
            self.token_selected.emit(query_token(self._view, row))

    @Slot(object)
    def _on_heatmap_visible_changed(self, visible: Region | None) -> None:
        self._map_visible = visible
        self.visible_changed.emit(visible)

    @Slot()
    def _on_direction_changed(self) -> None:
        if self._view is not None:
            self._want_visible(self._view)
        self.legend_changed.emit()
        self.pointer_moved.emit()


def _is_line(visible: Region | None) -> bool:
    """Whether it is a single row or column, which is no part of a map that can be in sight."""
    return visible is not None and 1 in (visible[1] - visible[0], visible[3] - visible[2])
