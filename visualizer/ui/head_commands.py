"""The commands of the head on show, and what its panel asks of the session."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QObject, Slot

from visualizer.engine.records import HeadRecord
from visualizer.engine.treatment import with_hidden
from visualizer.session.state import HeadForm, Region
from visualizer.session.views import HeadView, OverviewView, Unavailable
from visualizer.ui.controller import SessionController
from visualizer.ui.main_window import MainWindow
from visualizer.ui.panels.overview_options import with_order

FORMS: tuple[HeadForm, ...] = get_args(HeadForm)
_MENU = ("copy_head", "copy_head_table", "copy_row", "copy_cell", "export")


class HeadCommands(QObject):
    """Connects the head panel and its commands with the session."""

    def __init__(self, window: MainWindow, controller: SessionController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._record: HeadRecord | None = None
        head, actions = window.head_panel, window.actions_by_key
        head.head_selected.connect(controller.set_head)
        head.pin_toggled.connect(controller.toggle_pin)
        head.pins_as_mean_changed.connect(controller.set_pins_as_mean)
        head.form_changed.connect(controller.set_form)
        head.token_selected.connect(controller.set_query)
        head.visible_changed.connect(controller.set_visible)
        head.region_brushed.connect(self._on_region_brushed)
        head.colour_scale_changed.connect(controller.set_colour_scale)
        head.scale_range_changed.connect(controller.set_scale_range)
        head.palette_changed.connect(controller.set_palette)
        head.treatment_changed.connect(controller.set_treatment)
        head.links_changed.connect(window.token_panel.set_links)
        head.set_menu_actions([actions[key] for key in _MENU])
        for form in FORMS:
            actions[f"form_{form}"].triggered.connect(self._on_form_triggered)
        actions["pin_head"].triggered.connect(self._on_pin_triggered)
        actions["hide_first"].triggered.connect(self._on_hide_first_triggered)
        actions["head_options"].triggered.connect(head.options.open_popup)
        controller.head_view_changed.connect(self._on_head_view_changed)
        controller.overview_view_changed.connect(self._on_overview_view_changed)

    @Slot()
    def _on_form_triggered(self) -> None:
        name = self.sender().objectName().removeprefix("form_")
        self._controller.set_form(next(form for form in FORMS if form == name))

    @Slot()
    def _on_pin_triggered(self) -> None:
        record = self._record
        if record is not None and not isinstance(record.head, str):
            self._controller.toggle_pin(record.layer, record.head)

    @Slot(bool)
    def _on_hide_first_triggered(self, is_hidden: bool) -> None:
        treatment = with_hidden(self._controller.state.treatment, "first", is_hidden)
        self._controller.set_treatment(treatment)

    @Slot(object)
    def _on_region_brushed(self, region: Region | None) -> None:
        """Rank the heads by the weight that they put there."""
        display = self._controller.state.overview
        if region is not None:
            display = with_order(display, "region", region=region)
        elif display.order == "region":
            display = replace(with_order(display, "model"), region=None)
        else:
            display = replace(display, region=None)
        self._controller.set_overview_display(display)

    @Slot(object)
    def _on_head_view_changed(self, view: HeadView | Unavailable) -> None:
        record = view.record if isinstance(view, HeadView) else None
        is_single = record is not None and not record.members and not isinstance(record.head, str)
        self._record = record if is_single else None
        actions = self._window.actions_by_key
        for form in FORMS:
            actions[f"form_{form}"].setEnabled(record is not None)
        actions["head_options"].setEnabled(record is not None)
        actions["hide_first"].setEnabled(record is not None)
        actions["hide_first"].setChecked("first" in self._controller.state.treatment.hidden)
        actions["pin_head"].setEnabled(is_single)
        if isinstance(view, HeadView):
            actions[f"form_{view.form}"].setChecked(True)
            pinned = is_single and (view.record.layer, view.record.head) in view.pins
            actions["pin_head"].setChecked(pinned)

    @Slot(object)
    def _on_overview_view_changed(self, view: OverviewView | Unavailable) -> None:
        """Show on the map by which of its parts the heads are ranked."""
        if isinstance(view, OverviewView):
            is_ranked = view.display.order == "region"
            self._window.head_panel.heatmap.set_brush(view.display.region if is_ranked else None)
