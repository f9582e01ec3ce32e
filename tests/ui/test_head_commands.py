"""The commands of the head on show, in the whole window: forms, pins, regions, what is hovered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from visualizer.engine.records import TileRequest
from visualizer.engine.treatment import Treatment


@pytest.fixture
def wide(qtbot, app):
    """The window on a text of six tokens."""
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.controller.set_prompt("abcdef")
    return app


def settle(qtbot, app, act, *args):
    """Do something that asks the engine, and wait until all is on screen."""
    act(*args)
    qtbot.waitUntil(lambda: app.controller.is_settled, timeout=20_000)


def trigger(qtbot, app, key):
    settle(qtbot, app, app.window.actions_by_key[key].trigger)


@pytest.mark.parametrize(
    ("key", "form"),
    [("1", "map"), ("2", "arcs"), ("3", "text"), ("4", "pins")],
)
def test_each_form_has_a_shortcut_and_a_check_mark(qtbot, wide, key, form):
    actions = wide.window.actions_by_key
    action = actions[f"form_{form}"]
    assert action.shortcut().toString() == f"Ctrl+{key}"
    trigger(qtbot, wide, f"form_{form}")
    assert wide.controller.state.form == form
    checked = [
        name for name in ("map", "arcs", "text", "pins") if actions[f"form_{name}"].isChecked()
    ]
    assert checked == [form]
    assert wide.window.head_panel.heading.forms.button(form).isChecked()


def test_pinning_by_command_button_and_comparison(qtbot, wide):
    panel, actions = wide.window.head_panel, wide.window.actions_by_key
    settle(qtbot, wide, wide.controller.set_head, 1, 0)
    trigger(qtbot, wide, "pin_head")
    assert wide.controller.state.pins == ((1, 0),)
    assert actions["pin_head"].isChecked()
    assert panel.heading.pin_button.isChecked()
    settle(qtbot, wide, wide.controller.set_head, 2, 1)
    assert not actions["pin_head"].isChecked()
    settle(qtbot, wide, panel.heading.pin_button.click)
    trigger(qtbot, wide, "form_pins")
    heads = panel.forms.pins.heads
    qtbot.waitUntil(lambda: heads.record_of((1, 0)) is not None, timeout=20_000)
    settle(qtbot, wide, panel.forms.pins.mean_box.click)
    assert panel.heading.remark.text() == "mean of 2 heads: L1·H0, L2·H1"
    assert not actions["pin_head"].isEnabled()
    settle(qtbot, wide, heads.head_chosen.emit, 1, 0)
    assert "mean of" not in panel.heading.remark.text()
    assert (wide.controller.state.layer, wide.controller.state.head) == (1, 0)
    settle(qtbot, wide, heads.head_dropped.emit, 1, 0)
    assert wide.controller.state.pins == ((2, 1),)


@pytest.mark.qt_log_ignore(r"This plugin does not support (raise\(\)|grabbing the keyboard)")
def test_colours_and_filter_open_by_command(qtbot, wide):
    action, popup = wide.window.actions_by_key["head_options"], wide.window.head_panel.options.popup
    assert action.isEnabled()
    assert not popup.isVisible()
    action.trigger()
    qtbot.waitUntil(popup.isVisible)
    popup.close()


def test_a_p_in_the_prompt_is_a_letter(qtbot, wide):
    editor = wide.window.prompt_panel.editor
    editor.setFocus()
    with qtbot.waitSignal(wide.controller.settled, timeout=20_000):
        qtbot.keyClick(editor, Qt.Key.Key_P)
    assert "p" in wide.window.prompt_panel.text()
    assert wide.controller.state.pins == ()


def test_a_brushed_region_ranks_the_heads_until_it_is_let_go(qtbot, wide):
    panel = wide.window.head_panel
    settle(qtbot, wide, panel.region_brushed.emit, (4, 6, 1, 2))
    display = wide.controller.state.overview
    assert (display.order, display.region) == ("region", (4, 6, 1, 2))
    assert panel.heatmap.brush == (4, 6, 1, 2)
    settle(qtbot, wide, panel.region_brushed.emit, None)
    display = wide.controller.state.overview
    assert (display.order, display.region) == ("model", None)
    assert panel.heatmap.brush is None


def test_letting_a_region_go_keeps_another_order(qtbot, wide):
    panel = wide.window.head_panel
    settle(qtbot, wide, panel.region_brushed.emit, (4, 6, 1, 2))
    display = wide.controller.state.overview
    settle(qtbot, wide, wide.controller.set_overview_display, replace(display, order="entropy"))
    settle(qtbot, wide, panel.region_brushed.emit, None)
    assert wide.controller.state.overview.order == "entropy"


def test_the_token_strip_follows_what_the_map_points_at(qtbot, wide):
    panel, strip = wide.window.head_panel, wide.window.token_panel.strip
    settle(qtbot, wide, wide.controller.set_head, 2, 1)
    links = strip._links
    weights = panel._view.record.weights
    np.testing.assert_allclose(links.outgoing, weights[5], atol=0.5 / 255)
    np.testing.assert_allclose(links.incoming, weights[:, 5], atol=0.5 / 255)
    before = strip.viewport().grab().toImage()
    cell = panel.heatmap.row_area(3).intersected(panel.heatmap.column_area(1))
    for place in (QPoint(1, 1), cell.center().toPoint()):
        qtbot.mouseMove(panel.heatmap, place)
    assert (strip._links.pointed_query, strip._links.pointed_key) == (3, 1)
    assert strip.viewport().grab().toImage() != before
    qtbot.mouseMove(panel.heatmap, QPoint(1, 1))
    assert strip.viewport().grab().toImage() == before


def test_a_token_of_the_strip_that_is_pointed_at_shows_its_own_links(qtbot, wide):
    panel, strip = wide.window.head_panel, wide.window.token_panel.strip
    settle(qtbot, wide, wide.controller.set_head, 2, 1)
    strip.token_hovered.emit(2)
    weights = panel._view.record.weights
    np.testing.assert_allclose(strip._links.incoming, weights[:, 2], atol=0.5 / 255)


def test_while_a_changed_text_is_read_only_the_tokens_before_the_change_keep_their_marks(
    qtbot, wide, fake_engine
):
    strip = wide.window.token_panel.strip
    assert strip._n_linked == 6
    fake_engine.holds = {"forward"}
    wide.controller.set_prompt("abXdef")
    assert fake_engine.entered.acquire(timeout=20)
    assert strip._n_linked == 2
    fake_engine.holds = set()
    with qtbot.waitSignal(wide.controller.settled, timeout=20_000):
        fake_engine.gate.release()
    assert strip._n_linked == 6


def test_a_row_of_a_long_text_is_asked_for_exactly(qtbot, wide, fake_engine):
    """One row or column comes unpooled, whatever its length."""
    controller = wide.controller
    shown = controller._facts.head_at(controller._wished_head())
    pooled = replace(shown, block=2, weights=np.tril(np.full((3, 3), 0.25, np.float32)))
    controller._facts.attention.take_head(pooled)
    settle(qtbot, wide, controller.set_form, "text")
    qtbot.waitUntil(
        lambda: any(type(asked) is TileRequest for asked in fake_engine.asked), timeout=20_000
    )
    asked = [request for request in fake_engine.asked if type(request) is TileRequest]
    assert (asked[-1].rows, asked[-1].columns, asked[-1].most_cells) == ((5, 6), (0, 6), 6)
    qtbot.waitUntil(lambda: wide.window.head_panel._view.tile is not None, timeout=20_000)
    line = wide.window.head_panel.forms.text.text.line
    assert line.record.block == 1
    settle(qtbot, wide, wide.window.head_panel.forms.text.in_button.click)
    qtbot.waitUntil(
        lambda: any(
            type(asked) is TileRequest and asked.columns == (5, 6) for asked in fake_engine.asked
        ),
        timeout=20_000,
    )


def test_one_button_hides_the_first_token_in_map_and_pictures(qtbot, wide):
    panel, overview = wide.window.head_panel, wide.window.overview_panel
    action, button = wide.window.actions_by_key["hide_first"], panel.heading.first_button
    assert action.shortcut().toString() in button.toolTip()
    settle(qtbot, wide, button.click)
    assert action.isChecked()
    assert wide.controller.state.treatment.hidden == ("first",)
    view = overview.mosaic._view
    assert not view.pictures[..., 0].any()
    assert view.thumbnails[..., 0].any()
    assert view.has_head.all()
    assert "first token hidden" in overview.legend.accessibleName()
    settle(qtbot, wide, action.trigger)
    assert not button.isChecked()
    assert wide.controller.state.treatment.hidden == ()
    assert "hidden" not in overview.legend.accessibleName()


def test_the_button_leaves_the_rest_of_the_treatment(qtbot, wide):
    before = Treatment(("special", "diagonal"), True, 0.5)
    settle(qtbot, wide, wide.controller.set_treatment, before)
    assert not wide.window.head_panel.heading.first_button.isChecked()
    trigger(qtbot, wide, "hide_first")
    hidden = replace(before, hidden=("first", "special", "diagonal"))
    assert wide.controller.state.treatment == hidden
    trigger(qtbot, wide, "hide_first")
    assert wide.controller.state.treatment == before
