"""The panel around one head: exact read-outs, choices that do not jump, reasons, exports."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible

from visualizer.engine.errors import EmptyPromptError
from visualizer.session.exports import HEAD_FORMATS
from visualizer.session.views import Unavailable
from visualizer.ui.panels.head_panel import HeadPanel
from visualizer.ui.widgets.view_colours import HeadColours


@pytest.fixture
def panel(qtbot):
    widget = HeadPanel()
    qtbot.addWidget(widget)
    widget.resize(520, 640)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def point_at(qtbot, panel, row, column):
    heatmap = panel.heatmap
    cell = heatmap.row_area(row).intersected(heatmap.column_area(column))
    qtbot.mouseMove(heatmap, cell.center().toPoint())
    assert heatmap.crosshair == (row, column)


# ---------------------------------------------------------------------------------- reading


def test_reads_the_records_own_number_and_its_rank(qtbot, panel, head_view, causal):
    weights = causal(9)
    panel.set_view(head_view(weights, query=8))
    for row, column in ((8, 4), (5, 1), (7, 7)):
        with qtbot.waitSignal(panel.cell_hovered) as hovered:
            point_at(qtbot, panel, row, column)
        assert hovered.args == [row, column]
        seen = sorted((float(w) for w in weights[row, : row + 1]), reverse=True)
        rank = seen.index(float(weights[row, column])) + 1
        text = panel.reading()
        assert f"   {weights[row, column]:.4f}   " in text
        assert f"rank {rank} of {row + 1} in its row" in text
        assert f"query {row} '" in text
        assert f"key {column} '" in text
    assert "query 7 '·with' → key 7 '·with'" in panel.reading()


def test_a_key_after_its_query_is_said_to_be_out_of_sight(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(9), query=8))
    point_at(qtbot, panel, 2, 6)
    assert "not visible to it" in panel.reading()
    assert "0.0000" not in panel.reading()
    assert "rank" not in panel.reading()


def test_the_reading_is_also_the_accessible_description(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(5), query=4))
    point_at(qtbot, panel, 4, 2)
    interface = QAccessible.queryAccessibleInterface(panel.heatmap)
    assert interface.text(QAccessible.Text.Description) == panel.reading()
    assert "L3·H5" in interface.text(QAccessible.Text.Name)


def test_without_a_crosshair_the_selected_query_is_read(panel, head_view):
    weights = np.array([[1, 0, 0], [0.75, 0.25, 0], [0.125, 0.5, 0.375]], dtype=np.float32)
    panel.set_view(head_view(weights, query=2))
    assert panel.reading() == "query 2 '·of' looks most at key 1 '·journey'   0.5000"


def test_a_pooled_map_says_so_and_reads_token_ranges(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(8), block=4, n_tokens=30, query=29))
    with qtbot.waitSignal(panel.cell_hovered) as hovered:
        point_at(qtbot, panel, 28, 8)
    assert hovered.args == [28, 8]
    assert "query 28 to 29 → key 8 to 11" in panel.reading()
    assert "maximum over 4 × 4 tokens" in panel.reading()
    assert "rank" not in panel.reading()
    assert "maximum over 4 × 4 tokens" in panel.legend.accessibleName()


def test_the_learned_sinks_share_is_read(qtbot, panel, head_view, causal):
    sink = np.linspace(0.1, 0.4, 4, dtype=np.float32)
    panel.set_view(head_view(causal(4) * (1 - sink[:, None]), sink=sink, query=3))
    point_at(qtbot, panel, 2, 1)
    assert panel.reading().endswith("   sink 0.3000")


# ---------------------------------------------------------------------------------- choosing


def test_the_steppers_ask_for_another_head(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(3), layer=3, head=5))
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.layer_box.stepUp()
    assert chosen.args == [4, 5]
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.head_box.stepDown()
    assert chosen.args == [4, 4]
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.mean_box.click()
    assert chosen.args == [4, "mean"]
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.mean_box.click()
    assert chosen.args == [4, 4]


def test_steppers_show_the_view_and_stay_within_the_model(qtbot, panel, head_view, causal):
    with qtbot.assertNotEmitted(panel.head_selected):
        panel.set_view(head_view(causal(3), layer=5, head=7))
    assert (panel.layer_box.value(), panel.head_box.value()) == (5, 7)
    assert (panel.layer_box.maximum(), panel.head_box.maximum()) == (5, 7)
    panel.set_view(head_view(causal(3), layer=1, head="mean"))
    assert panel.mean_box.isChecked()
    assert not panel.head_box.isEnabled()


def test_a_stale_view_does_not_take_a_newer_wish_back(panel, head_view, causal):
    panel.set_view(head_view(causal(3), layer=3))
    panel.layer_box.stepUp()
    panel.set_view(head_view(causal(3), layer=3, stale=True))
    assert panel.layer_box.value() == 4
    panel.set_view(head_view(causal(3), layer=4))
    assert panel.layer_box.value() == 4


def test_a_click_selects_the_rows_token(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(6)))
    place = panel.heatmap.row_area(4).center().toPoint()
    with qtbot.waitSignal(panel.token_selected) as selected:
        qtbot.mouseClick(panel.heatmap, Qt.MouseButton.LeftButton, pos=place)
    assert selected.args == [4]


def test_a_click_in_a_pooled_map_selects_the_last_token_of_the_row(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(8), block=4, n_tokens=30))
    place = panel.heatmap.row_area(28).center().toPoint()
    with qtbot.waitSignal(panel.token_selected) as selected:
        qtbot.mouseClick(panel.heatmap, Qt.MouseButton.LeftButton, pos=place)
    assert selected.args == [29]


def test_a_token_pointed_at_elsewhere_is_marked_on_the_map(panel, head_view, causal):
    panel.set_view(head_view(causal(6)))
    before = panel.heatmap.grab().toImage()
    panel.set_linked_token(3)
    assert panel.heatmap.grab().toImage() != before
    panel.set_linked_token(-1)
    assert panel.heatmap.grab().toImage() == before
    panel.set_linked_token(77)
    assert panel.heatmap.grab().toImage() == before


# ---------------------------------------------------------------------------------- scale, export


def test_scale_and_range_are_asked_for(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(3)))
    with qtbot.waitSignal(panel.colour_scale_changed) as changed:
        panel.scale_box.setCurrentIndex(panel.scale_box.findData("log"))
        panel.scale_box.activated.emit(panel.scale_box.currentIndex())
    assert changed.args == ["log"]
    with qtbot.waitSignal(panel.scale_range_changed) as changed:
        panel.range_box.setCurrentIndex(panel.range_box.findData("largest"))
        panel.range_box.activated.emit(panel.range_box.currentIndex())
    assert changed.args == ["largest"]


def test_the_legend_names_the_scale_of_the_view(panel, head_view, causal):
    panel.set_view(head_view(causal(3), colour_scale="log"))
    assert "log" in panel.legend.accessibleName()
    assert panel.scale_box.currentData() == "log"
    weights = causal(3) / 2
    assert HeadColours(head_view(weights, scale_range="largest")).top == weights.max()
    assert HeadColours(head_view(weights)).top == 1.0


def test_every_export_on_the_menu_is_asked_for(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(3)))
    names = []
    for action in panel.export_button.popup_menu.actions():
        with qtbot.waitSignal(panel.export_requested) as asked:
            action.trigger()
        names += asked.args
    assert tuple(names) == HEAD_FORMATS


# ---------------------------------------------------------------------------------- reasons


def test_says_why_there_is_nothing_and_offers_no_export(panel, head_view, causal):
    panel.set_view(Unavailable(EmptyPromptError("Type a word to begin.")))
    assert panel.message() == "Type a word to begin."
    assert not panel.export_button.isEnabled()
    panel.set_view(head_view(causal(3)))
    assert panel.message() == ""
    assert panel.export_button.isEnabled()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_give_a_sentence(panel, head_view, causal, value):
    panel.set_view(head_view(causal(3)))
    weights = causal(3)
    weights[1, 0] = value
    panel.set_view(head_view(weights))
    assert "not numbers" in panel.message()
    assert not panel.grab().isNull()


def test_a_stale_reading_is_dimmed(panel, head_view, causal):
    panel.set_view(head_view(causal(3), query=2))
    fresh = panel.grab().toImage()
    panel.set_view(head_view(causal(3), query=2, stale=True))
    assert not panel.reading_label.isEnabled()
    assert panel.grab().toImage() != fresh
