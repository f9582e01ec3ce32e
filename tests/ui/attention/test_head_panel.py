"""The panel around one head: exact read-outs, choices that do not jump, reasons, exports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QContextMenuEvent
from PySide6.QtWidgets import QMenu

from visualizer.engine.errors import EmptyPromptError
from visualizer.engine.treatment import Treatment
from visualizer.session.exports import HEAD_FORMATS
from visualizer.session.head_labels import HeadLabel
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


def drawing(panel, form):
    forms = panel.forms
    drawings = {
        "map": forms.heatmap,
        "arcs": forms.arcs,
        "text": forms.text.text,
        "pins": forms.pins.heads,
    }
    return drawings[form]


def point_in(qtbot, panel, form, row, column):
    """Point at a pair in any form; in the text at the key of the selected query."""
    if form == "map":
        qtbot.mouseMove(panel.heatmap, QPoint(1, 1))  # a move to where it is moves nothing
        point_at(qtbot, panel, row, column)
    elif form == "text":
        drawing(panel, form)._set_hovered(column)
    elif form == "arcs":
        drawing(panel, form)._point_at(row, None)
    else:
        drawing(panel, form)._point_at(row, column)


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


@pytest.mark.parametrize("form", ["map", "arcs", "text", "pins"])
def test_a_screen_reader_hears_what_is_pointed_at(qtbot, panel, head_view, causal, form):
    view = replace(head_view(causal(5), query=4), form=form, pins=((3, 5),))
    view = replace(view, pinned=(view.record,))
    panel.set_view(view)
    point_in(qtbot, panel, form, 4, 2)
    widget = drawing(panel, form)
    heard = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Description)
    if form == "arcs":  # only one end of a line is pointed at
        assert heard.startswith("query 4 '·thousand' looks most at key")
    else:
        assert heard == f"query 'thousand', key 'of', {view.record.weights[4, 2]:.2f}"


def test_the_map_says_which_head_it_is_of(panel, head_view, causal):
    panel.set_view(head_view(causal(5), query=4))
    interface = QAccessible.queryAccessibleInterface(panel.heatmap)
    assert "L3·H5" in interface.text(QAccessible.Text.Name)


def test_without_a_crosshair_the_selected_query_is_read(panel, head_view):
    weights = np.array([[1, 0, 0], [0.75, 0.25, 0], [0.125, 0.5, 0.375]], dtype=np.float32)
    panel.set_view(head_view(weights, query=2))
    assert panel.reading() == "query 2 '·of' looks most at key 1 '·journey'   0.5000"


def test_a_pooled_map_says_so_and_reads_token_ranges(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(8), block=4, n_tokens=30, query=29))
    with qtbot.waitSignal(panel.cell_hovered) as hovered:
        point_at(qtbot, panel, 28, 8)
    assert hovered.args == [29, 8]
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
        panel.heading.layer_box.stepUp()
    assert chosen.args == [4, 5]
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.heading.head_box.stepDown()
    assert chosen.args == [4, 4]
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.heading.mean_box.click()
    assert chosen.args == [4, "mean"]
    with qtbot.waitSignal(panel.head_selected) as chosen:
        panel.heading.mean_box.click()
    assert chosen.args == [4, 4]


def test_steppers_show_the_view_and_stay_within_the_model(qtbot, panel, head_view, causal):
    with qtbot.assertNotEmitted(panel.head_selected):
        panel.set_view(head_view(causal(3), layer=5, head=7))
    assert (panel.heading.layer_box.value(), panel.heading.head_box.value()) == (5, 7)
    assert (panel.heading.layer_box.maximum(), panel.heading.head_box.maximum()) == (5, 7)
    panel.set_view(head_view(causal(3), layer=1, head="mean"))
    assert panel.heading.mean_box.isChecked()
    assert not panel.heading.head_box.isEnabled()


def test_a_stale_view_does_not_take_a_newer_wish_back(panel, head_view, causal):
    panel.set_view(head_view(causal(3), layer=3))
    panel.heading.layer_box.stepUp()
    panel.set_view(head_view(causal(3), layer=3, stale=True))
    assert panel.heading.layer_box.value() == 4
    panel.set_view(head_view(causal(3), layer=4))
    assert panel.heading.layer_box.value() == 4


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


def test_choices_of_colour_and_filter_are_passed_on(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(3)))
    treatment = Treatment(("first",), discount=True)
    for name, value in (
        ("colour_scale_changed", "log"),
        ("scale_range_changed", "largest"),
        ("palette_changed", "cividis"),
        ("treatment_changed", treatment),
    ):
        with qtbot.waitSignal(getattr(panel, name)) as changed:
            getattr(panel.options, name).emit(value)
        assert changed.args == [value]


def test_the_legend_names_the_scale_of_the_view(panel, head_view, causal):
    panel.set_view(head_view(causal(3), colour_scale="log"))
    assert "log" in panel.legend.accessibleName()
    weights = causal(3) / 2
    assert HeadColours(replace(head_view(weights), top=float(weights.max()))).top == weights.max()
    assert HeadColours(head_view(weights)).top == 1.0


def test_the_caption_says_all_that_was_done_to_the_weights(panel, head_view, causal):
    view = head_view(causal(4))
    panel.set_view(view)
    assert panel.caption() == "weight, linear scale"
    treatment = Treatment(("first", "diagonal"), True, 0.9, "words")
    record = replace(view.record, treatment=treatment, unit_starts=np.arange(5))
    panel.set_view(replace(view, record=record, is_coarse=True))
    for words in (
        "first token hidden",
        "diagonal hidden",
        "what is left as 100 %",
        "90 % of a row",
        "joined to words · sum over keys, mean over queries",
        "coarse, being refined",
    ):
        assert words in panel.caption()


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


# ---------------------------------------------------------------------------------- forms


FORMS = ("map", "arcs", "text", "pins")


def test_the_form_is_asked_for_and_follows_the_view(qtbot, panel, head_view, causal):
    view = head_view(causal(6), query=5)
    panel.set_view(view)
    for form in FORMS:
        with qtbot.waitSignal(panel.form_changed) as changed:
            qtbot.mouseClick(panel.heading.forms.button(form), Qt.MouseButton.LeftButton)
        assert changed.args == [form]
    for form in FORMS:
        with qtbot.assertNotEmitted(panel.form_changed):
            panel.set_view(replace(view, form=form))
        assert panel.heading.forms.button(form).isChecked()
        assert drawing(panel, form).isVisible() == (form != "pins")
    assert "No head is pinned" in panel.message()


@pytest.mark.parametrize("form", ["map", "text", "pins"])
def test_all_forms_read_the_same_number(qtbot, panel, head_view, causal, form):
    view = replace(head_view(causal(9), query=7), form=form, pins=((3, 5),))
    panel.set_view(replace(view, pinned=(view.record,)))
    point_in(qtbot, panel, form, 7, 4)
    assert f"query 7 '·with' → key 4 '·thousand'   {view.record.weights[7, 4]:.4f}" in (
        panel.reading()
    )


@pytest.mark.parametrize("form", ["map", "text", "pins"])
def test_pointing_marks_the_pair_in_the_text(qtbot, panel, head_view, causal, form):
    view = replace(head_view(causal(9), query=7), form=form, pins=((3, 5),))
    panel.set_view(replace(view, pinned=(view.record,)))
    told = []
    panel.links_changed.connect(told.append)
    point_in(qtbot, panel, form, 7, 4)
    links = told[-1]
    assert (links.pointed_query, links.pointed_key) == (7, 4)
    weights = view.record.weights
    np.testing.assert_allclose(links.outgoing, weights[7], atol=0.5 / 255)
    np.testing.assert_allclose(links.incoming, weights[:, 4], atol=0.5 / 255)


def test_links_are_of_the_selected_token_until_another_is_pointed_at(
    qtbot, panel, head_view, causal
):
    weights = causal(9)
    for pointed, token in ((None, 7), (3, 3), (-1, 7), (77, None)):
        with qtbot.waitSignal(panel.links_changed) as changed:
            if pointed is None:
                panel.set_view(head_view(weights, query=7))
            else:
                panel.set_linked_token(pointed)
        links = changed.args[0]
        if token is None:
            assert links is None
            continue
        np.testing.assert_allclose(links.outgoing, weights[token], atol=0.5 / 255)
        np.testing.assert_allclose(links.incoming, weights[:, token], atol=0.5 / 255)
        assert (links.pointed_query, links.pointed_key) == (-1, -1)
    with qtbot.waitSignal(panel.links_changed) as changed:
        panel.set_view(Unavailable(EmptyPromptError("Type a word to begin.")))
    assert changed.args == [None]


def test_a_token_pointed_at_elsewhere_is_marked_in_every_form(panel, head_view, causal):
    view = replace(head_view(causal(6), query=5), pins=((3, 5),))
    for form in FORMS:
        panel.set_view(replace(view, form=form, pinned=(view.record,)))
        widget = drawing(panel, form)
        before = widget.grab().toImage()
        panel.set_linked_token(2)
        assert widget.grab().toImage() != before, form
        panel.set_linked_token(-1)
        assert widget.grab().toImage() == before, form


def test_the_shaded_text_asks_for_its_row_and_the_map_gets_its_place_back(
    qtbot, panel, head_view, causal
):
    view = head_view(causal(8), block=4, n_tokens=30, query=29)
    asked = []
    panel.visible_changed.connect(asked.append)
    zoomed = (4, 20, 4, 20)
    panel.set_view(replace(view, visible=zoomed))
    panel.set_view(replace(view, visible=zoomed, form="text"))
    assert asked == [(29, 30, 0, 30)]
    panel.set_view(replace(view, visible=asked[-1], form="text"))
    panel.set_view(replace(view, visible=asked[-1], form="text", query=12))
    assert asked[1:] == [(12, 13, 0, 30)]
    qtbot.mouseClick(panel.forms.text.in_button, Qt.MouseButton.LeftButton)
    assert asked[2:] == [(0, 30, 12, 13)]
    panel.set_view(replace(view, visible=asked[-1], form="map", query=12))
    assert asked[3:] == [zoomed]
    panel.set_view(replace(view, visible=zoomed, form="map", query=12))
    assert len(asked) == 4


def test_an_exact_text_asks_for_nothing(qtbot, panel, head_view, causal):
    with qtbot.assertNotEmitted(panel.visible_changed):
        panel.set_view(replace(head_view(causal(8), query=7), form="text"))


def test_a_pooled_text_is_read_as_such_until_its_row_is_there(panel, head_view, causal):
    weights = causal(32)
    pooled = weights.reshape(8, 4, 8, 4).max(axis=(1, 3))
    view = replace(head_view(pooled, block=4, query=30), form="text")
    panel.set_view(view)
    panel.forms.text.text._set_hovered(5)
    assert "maximum over 4 × 4 tokens" in panel.reading()
    assert "maximum over 4 × 4 tokens" in panel.caption()
    tile = replace(view.record, rows=(30, 31), block=1, weights=weights[30:31].copy())
    panel.set_view(replace(view, tile=tile))
    assert f"{weights[30, 5]:.4f}" in panel.reading()
    assert "maximum" not in panel.reading()
    assert panel.forms.text.text.levels.tolist() == np.rint(weights[30] * 255).tolist()
    assert panel.caption() == "weight, linear scale"
    panel.forms.text.in_button.click()
    assert "maximum over 4 × 4 tokens" in panel.caption()
    tile = replace(view.record, columns=(30, 31), block=1, weights=weights[:, 30:31].copy())
    panel.set_view(replace(view, tile=tile))
    panel.forms.text.text._set_hovered(-1)
    assert panel.caption() == "weight, linear scale"
    row = int(weights[:, 30].argmax())
    assert panel.reading().startswith("key 30 '·a' is looked at most by query ")
    assert panel.reading().endswith(f"   {weights[row, 30]:.4f}")


def test_the_legend_shows_the_tints_of_the_shaded_text(qtbot, panel, head_view, causal):
    view = head_view(causal(8), query=7)
    panel.set_view(view)
    assert panel.legend.isVisible()
    assert not panel.ramp_legend.isVisible()
    panel.set_view(replace(view, form="text"))
    assert not panel.legend.isVisible()
    assert panel.ramp_legend.isVisible()
    keys = panel.ramp_legend.grab().toImage()
    qtbot.mouseClick(panel.forms.text.in_button, Qt.MouseButton.LeftButton)
    assert panel.ramp_legend.grab().toImage() != keys


# ---------------------------------------------------------------------------------- pins


def test_the_pin_shows_and_toggles_the_head_on_show(qtbot, panel, head_view, causal):
    view = head_view(causal(4), layer=3, head=5)
    panel.set_view(view)
    assert not panel.heading.pin_button.isChecked()
    with qtbot.waitSignal(panel.pin_toggled) as toggled:
        qtbot.mouseClick(panel.heading.pin_button, Qt.MouseButton.LeftButton)
    assert toggled.args == [3, 5]
    panel.set_view(replace(view, pins=((3, 5),)))
    assert panel.heading.pin_button.isChecked()
    panel.set_view(head_view(causal(4), head="mean"))
    assert not panel.heading.pin_button.isEnabled()


def test_a_mean_over_pinned_heads_is_named(panel, head_view, causal):
    view = head_view(causal(4))
    members = ((5, 3), (7, 0), (2, 2))
    panel.set_view(replace(view, record=replace(view.record, members=members)))
    assert panel.heading.remark.text() == "mean of 3 heads: L5·H3, L7·H0, L2·H2"
    assert not panel.heading.pin_button.isEnabled()


def test_a_head_is_named_for_what_it_does(panel, head_view, causal):
    labels = (HeadLabel("previous token", 0.832, 0.2), HeadLabel("sink", 0.5, 0.1))
    panel.set_view(replace(head_view(causal(4)), labels=labels))
    assert panel.heading.remark.text() == "previous-token head, 0.83 · sink head, 0.50"


def test_a_pinned_head_is_chosen_dropped_and_averaged(qtbot, panel, head_view, causal):
    view = replace(head_view(causal(6), query=5), form="pins", pins=((3, 5), (1, 1)))
    panel.set_view(replace(view, pinned=(view.record,)))
    heads = panel.forms.pins.heads
    with qtbot.waitSignal(panel.head_selected) as chosen:
        place = heads.square(1).center().toPoint()
        qtbot.mouseClick(heads, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [1, 1]
    with qtbot.waitSignal(panel.pins_as_mean_changed) as changed:
        qtbot.mouseClick(panel.forms.pins.mean_box, Qt.MouseButton.LeftButton)
    assert changed.args == [True]
    with qtbot.waitSignal(panel.pin_toggled) as dropped:
        qtbot.keyClick(heads, Qt.Key.Key_Delete)
    assert dropped.args == [3, 5]


def test_a_scale_to_the_largest_counts_all_pinned_heads(panel, head_view):
    weak = np.tril(np.full((3, 3), 0.125, np.float32))
    strong = np.tril(np.full((3, 3), 0.5, np.float32))
    view = replace(head_view(weak, scale_range="largest"), top=0.125, form="pins")
    other = replace(view.record, head=1, weights=strong)
    panel.set_view(replace(view, pins=((3, 5), (3, 1)), pinned=(view.record, other)))
    assert panel.legend._colours.top == 0.5
    panel.set_view(replace(view, form="map", pinned=(view.record, other)))
    assert panel.legend._colours.top == 0.125


# ---------------------------------------------------------------------------------- right click


def texts_of(menu):
    return [action.text().replace("&", "") for action in menu.actions() if action.text()]


def test_the_menu_of_a_cell_offers_what_can_be_done_there(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(6), query=5))
    copy = QAction("Copy", panel)
    panel.set_menu_actions([copy])
    assert texts_of(panel.context_menu()) == ["Copy"]
    point_at(qtbot, panel, 4, 2)
    menu = panel.context_menu()
    assert texts_of(menu) == ["Inspect this pair", "Find heads that look here", "Copy"]
    with qtbot.waitSignal(panel.pair_inspected) as inspected:
        menu.actions()[0].trigger()
    assert inspected.args == [4, 2]
    with qtbot.waitSignal(panel.region_brushed) as brushed:
        menu.actions()[1].trigger()
    assert brushed.args == [(4, 5, 2, 3)]
    point_at(qtbot, panel, 2, 4)  # the key comes after the query
    assert texts_of(panel.context_menu()) == ["Find heads that look here", "Copy"]


def test_a_clicked_cell_is_told_from_one_that_is_chosen_by_enter(qtbot, panel, head_view, causal):
    panel.set_view(head_view(causal(6), query=5))
    heatmap = panel.heatmap
    place = heatmap.row_area(4).intersected(heatmap.column_area(2)).center().toPoint()
    point_at(qtbot, panel, 4, 2)
    with (
        qtbot.waitSignal(panel.pair_clicked) as clicked,
        qtbot.assertNotEmitted(panel.pair_inspected),
    ):
        qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=place)
    assert clicked.args == [4, 2]
    with (
        qtbot.waitSignal(panel.pair_inspected) as inspected,
        qtbot.assertNotEmitted(panel.pair_clicked),
    ):
        qtbot.keyClick(heatmap, Qt.Key.Key_Return)
    assert inspected.args == [4, 2]


@pytest.fixture
def menus(monkeypatch):
    """Menus that would have been opened: the offscreen platform cannot grab the keyboard."""
    opened = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _place: opened.append(menu))
    return opened


def ask_for_menu(qapp, panel):
    place = panel.rect().center()
    asking = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, panel.mapToGlobal(place))
    qapp.sendEvent(panel, asking)


def test_while_its_menu_is_open_the_cell_stays_pointed_at(
    qtbot, qapp, panel, head_view, causal, menus
):
    panel.set_view(head_view(causal(6), query=5))
    qtbot.mouseMove(panel.heatmap, QPoint(1, 1))
    point_at(qtbot, panel, 4, 2)
    told = []
    panel.links_changed.connect(told.append)
    ask_for_menu(qapp, panel)
    assert texts_of(menus[0])[0] == "Inspect this pair"
    qapp.sendEvent(panel.heatmap, QEvent(QEvent.Type.Leave))
    assert told == []
    assert "query 4" in panel.reading()
    with qtbot.waitSignal(panel.cell_hovered) as hovered:
        menus[0].aboutToHide.emit()
    assert hovered.args == [-1, -1]
    assert "query 5" in panel.reading()


def test_without_weights_there_is_no_menu(qapp, panel, menus):
    panel.set_view(Unavailable(EmptyPromptError("Type a word to begin.")))
    ask_for_menu(qapp, panel)
    assert menus == []


def test_the_caption_says_what_is_exact_in_sight(qtbot, panel, head_view, causal):
    weights = causal(400)
    pooled = weights.reshape(200, 2, 200, 2).max(axis=(1, 3))
    view = head_view(pooled, block=2)
    panel.set_view(view)
    assert panel.caption().startswith("maximum over 2 × 2 tokens")
    heatmap = panel.heatmap
    middle = heatmap.map_area().center() * heatmap.devicePixelRatioF()
    with qtbot.waitSignal(panel.visible_changed) as told:
        heatmap.zoom(4, middle.x(), middle.y())
    assert panel.caption().startswith("maximum over 2 × 2 tokens")
    first_row, end_row, first_column, end_column = told.args[0]
    tile = replace(
        view.record,
        rows=(first_row, end_row),
        columns=(first_column, end_column),
        block=1,
        weights=weights[first_row:end_row, first_column:end_column].copy(),
    )
    panel.set_view(replace(view, tile=tile, visible=told.args[0]))
    assert panel.caption() == "exact in sight · weight, linear scale"
    with qtbot.waitSignal(panel.visible_changed):
        heatmap.fit()
    assert panel.caption().startswith("maximum over 2 × 2 tokens")


def test_a_head_that_rests_on_the_first_token_says_so_and_why(qtbot, panel, head_view, causal):
    view, heading = head_view(causal(6)), panel.heading
    panel.set_view(replace(view, labels=(HeadLabel("sink", 0.69, 0.3),)))
    before = panel.heatmap.geometry(), heading.geometry()
    assert heading.remark.text() == "sink head, 0.69"
    assert not heading.hide_link.isVisible()
    assert not heading.why_link.isVisible()
    panel.set_view(replace(view, labels=(HeadLabel("sink", 0.8, 0.3),)))
    assert heading.remark.text() == "sink head, 0.80: rests on the first token"
    assert "a sink" in heading.remark.toolTip()
    assert "80 % on average" in heading.remark.toolTip()
    assert "come to one" in heading.why_link.accessibleDescription()
    assert (panel.heatmap.geometry(), heading.geometry()) == before
    with qtbot.waitSignal(panel.treatment_changed) as changed:
        qtbot.keyClick(heading.hide_link, Qt.Key.Key_Space)
    assert changed.args == [Treatment(("first",))]
    hidden = replace(view, wished_treatment=Treatment(("first",)))
    panel.set_view(replace(hidden, labels=(HeadLabel("sink", 0.8, 0.3),)))
    assert heading.first_button.isChecked()
    assert not heading.hide_link.isVisible()
    assert heading.why_link.isVisible()
    panel.set_view(Unavailable(EmptyPromptError("nothing")))
    assert not heading.why_link.isVisible()
    assert not heading.first_button.isEnabled()


def test_the_strips_beside_the_map_say_what_they_are(panel, head_view, causal):
    panel.set_view(head_view(causal(6), query=4))
    heatmap = panel.heatmap
    area = heatmap.places.area
    assert "looks at: its row" in heatmap.profile_text(area.topLeft() + QPoint(9, -3))
    assert "its column" in heatmap.profile_text(area.topLeft() + QPoint(-3, 9))
    assert heatmap.profile_text(area.center()) == ""
