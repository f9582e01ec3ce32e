"""The panel around the picture of all heads: reasons, legend, signals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from visualizer.engine.attention_records import METRICS, MetricsRecord
from visualizer.engine.errors import EmptyPromptError
from visualizer.session.head_ranking import ranked
from visualizer.session.state import OverviewDisplay
from visualizer.session.views import Unavailable
from visualizer.ui.panels.overview_options import with_cells, with_limit, with_order
from visualizer.ui.panels.overview_panel import OverviewPanel
from visualizer.ui.widgets.head_search import named_head

# Said of every popup without a screen.
without_screen = pytest.mark.qt_log_ignore(
    r"This plugin does not support (raise\(\)|grabbing the keyboard)"
)


@pytest.fixture
def panel(qtbot):
    widget = OverviewPanel()
    qtbot.addWidget(widget)
    widget.resize(340, 480)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_says_why_there_is_nothing(panel):
    panel.set_view(Unavailable(EmptyPromptError("Type a word to begin.")))
    assert panel.message() == "Type a word to begin."


def test_names_its_scale_and_what_is_pooled(panel, overview_view):
    thumbnails = np.zeros((2, 2, 4, 4), dtype=np.float32)
    panel.set_view(overview_view(thumbnails))
    assert panel.message() == ""
    assert "square root" in panel.legend.accessibleName()
    assert "maximum" not in panel.legend.accessibleName()
    panel.set_view(overview_view(thumbnails, block=16))
    assert "16 × 16" in panel.legend.accessibleName()


def test_passes_on_what_is_chosen(qtbot, panel, overview_view):
    panel.set_view(overview_view(np.ones((3, 3, 4, 4), dtype=np.float32), layer=1, head=1))
    with qtbot.waitSignal(panel.head_selected) as chosen:
        qtbot.keyClick(panel.mosaic, Qt.Key.Key_Down)
    assert chosen.args == [2, 1]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_thumbnails_that_are_no_numbers_give_a_sentence(panel, overview_view, value):
    thumbnails = np.zeros((2, 2, 4, 4), dtype=np.float32)
    thumbnails[1, 0, 3, 2] = value
    panel.set_view(overview_view(thumbnails))
    assert "not numbers" in panel.message()
    assert not panel.grab().isNull()


# ------------------------------------------------------------------- metrics and rankings


@pytest.fixture
def show(panel, overview_view):
    """Shows 5 layers of 4 heads in a given way; a head's number is (4 * layer + head) / 20."""
    scores = np.arange(20, dtype=np.float64).reshape(5, 4) / 20
    values = {name: scores for name in METRICS}
    values["induction"] = np.full((5, 4), np.nan)
    values["entropy"] = scores * 10
    record = MetricsRecord(1, 6, values, dict.fromkeys(METRICS, 5))
    rng = np.random.default_rng(0)
    plain = overview_view(rng.random((5, 4, 6, 6)).astype(np.float32), layer=1, head=2)

    def make(display=None, *, known=True, pins=(), **more):
        display = display or OverviewDisplay()
        what = display.order if display.order != "model" else display.cells
        found = values.get(what) if known else None
        panel.set_view(
            replace(
                plain,
                display=display,
                metrics=record if known else None,
                scores=found,
                ranking=ranked(display, found, pins),
                pins=pins,
                **more,
            )
        )
        return display

    return make


def chosen_display(qtbot, panel, act, *args):
    with qtbot.waitSignal(panel.display_changed) as changed:
        act(*args)
    return changed.args[0]


def menu_texts(menu):
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_cells_can_show_each_metric(qtbot, panel, show):
    show()
    assert panel.show_box.currentData() == "pattern"
    assert [panel.show_box.itemData(n) for n in range(1, 9)] == list(METRICS)
    panel.show_box.setCurrentIndex(1)
    assert chosen_display(qtbot, panel, panel.show_box.activated.emit, 1) == OverviewDisplay(
        cells="entropy"
    )
    show(OverviewDisplay(cells="distance"))
    assert panel.show_box.currentText() == "distance"
    assert panel.legend.accessibleName() == "distance, tokens"


@pytest.mark.parametrize(
    ("cells", "caption"),
    [
        ("entropy", "entropy, bits"),
        ("first token", "first token, % of the attention"),
        ("induction", "induction, % of the attention; hatched: not defined"),
    ],
)
def test_the_legend_names_number_and_unit(panel, show, cells, caption):
    show(OverviewDisplay(cells=cells))
    assert panel.legend.accessibleName() == caption
    assert not panel.grab().isNull()


def test_the_legend_says_that_heads_are_being_measured(panel, show):
    show(OverviewDisplay(cells="entropy"), known=False)
    assert "being measured" in panel.legend.accessibleName()
    show(OverviewDisplay(order="entropy"), known=False)
    assert "being measured" in panel.message()


@pytest.mark.parametrize(
    ("display", "pins", "text"),
    [
        (OverviewDisplay(), (), "5 layers × 4 heads"),
        (OverviewDisplay(cells="local"), (), "5 layers × 4 heads"),
        (OverviewDisplay(cells="local", at_least=0.5), (), "10 of 20 heads ≥ 50.0 %"),
        (OverviewDisplay(order="local"), (), "20 heads by local"),
        (
            OverviewDisplay(order="entropy", at_most=1.0, ascending=True),
            (),
            "3 of 20 heads by entropy, lowest first ≤ 1.00 bits",
        ),
        (OverviewDisplay(only_pinned=True), ((0, 1), (2, 2)), "2 of 20 heads"),
    ],
)
def test_says_how_many_heads_are_on_show_and_why(panel, show, display, pins, text):
    show(display, pins=pins)
    assert panel._counts.text() == text
    assert panel.reset_button.isVisible() == (display != OverviewDisplay(cells=display.cells))


@pytest.mark.parametrize(
    ("display", "sentence"),
    [
        (OverviewDisplay(only_pinned=True), "No head is pinned"),
        (OverviewDisplay(order="region"), "Mark a region"),
        (OverviewDisplay(order="induction"), "no token occurs twice"),
        (OverviewDisplay(order="local", at_least=0.99), "goes from 0.0 % to 95.0 %"),
    ],
)
def test_an_empty_ranking_says_why(panel, show, display, sentence):
    show(display)
    assert sentence in panel.message()
    show()
    assert panel.message() == ""


def test_escape_in_the_gallery_and_the_cross_go_back_to_the_grid(qtbot, panel, show):
    show(OverviewDisplay(cells="local", order="entropy", at_least=1.0, only_pinned=True))
    plain = OverviewDisplay(cells="local")
    assert chosen_display(qtbot, panel, panel.reset_button.click) == plain
    assert chosen_display(qtbot, panel, qtbot.keyClick, panel.mosaic, Qt.Key.Key_Escape) == plain


# ------------------------------------------------------------------- finding heads


def test_heads_are_found_by_what_they_do(qtbot, panel, show):
    show(OverviewDisplay(cells="local", at_least=0.5))
    panel.find_menu.aboutToShow.emit()
    texts = menu_texts(panel.find_menu)
    assert texts[0] == "that look at the previous token"
    assert texts[1] == "that rest on the first token"
    assert "that are like L1·H2" in texts
    for text, order, ascending in (
        ("that look at the previous token", "previous token", False),
        ("that look at earlier copies", "duplicate token", False),
        ("that rest on few tokens", "entropy", True),
    ):
        panel.find_menu.aboutToShow.emit()
        action = next(a for a in panel.find_menu.actions() if a.text() == text)
        assert chosen_display(qtbot, panel, action.trigger) == OverviewDisplay(
            cells="local", order=order, ascending=ascending
        )


def test_heads_like_one_keep_to_that_one(qtbot, panel, show):
    show()
    panel.find_menu.aboutToShow.emit()
    action = next(a for a in panel.find_menu.actions() if a.text() == "that are like L1·H2")
    display = chosen_display(qtbot, panel, action.trigger)
    assert display == OverviewDisplay(order="alike", like=(1, 2))


def test_a_pair_of_tokens_is_chosen_from_the_text(qtbot, panel, show):
    show(query=4)
    panel.find_menu.set_key(2)
    panel.find_menu.aboutToShow.emit()
    keys = panel.find_menu._keys
    assert keys.title() == "that look from “4 ·thousand” to"
    assert menu_texts(keys) == ["2 ·of", "4 ·thousand", "3 ·a", "1 ·journey", "0 A"]
    display = chosen_display(qtbot, panel, keys.actions()[3].trigger)
    assert (display.order, display.region) == ("region", (4, 5, 1, 2))


def test_a_long_text_lists_the_nearest_keys_and_says_so(qtbot, panel, overview_view):
    view = overview_view(np.zeros((2, 2, 5, 5), dtype=np.float32), block=20)
    panel.set_view(replace(view, query=90))
    panel.find_menu.aboutToShow.emit()
    texts = menu_texts(panel.find_menu._keys)
    assert len(texts) == 24 + 1 + 1
    assert texts[0].startswith("90 ")
    assert texts[-2] == "0 A"
    assert "mark them on the map" in texts[-1]


def test_a_region_that_was_marked_can_be_ranked_by_again(panel, show):
    show(OverviewDisplay(region=(1, 3, 0, 2)))
    panel.find_menu.aboutToShow.emit()
    assert "that look into the marked region" in menu_texts(panel.find_menu)
    assert panel.options.order_box.findData("region") >= 0
    show()
    panel.find_menu.aboutToShow.emit()
    assert "that look into the marked region" not in menu_texts(panel.find_menu)
    assert panel.options.order_box.findData("region") < 0


@without_screen
def test_the_menu_of_a_head(qtbot, panel, show):
    show(pins=((3, 1),))
    menu = panel._head_menu
    panel.mosaic.menu_requested.emit((3, 1), QPoint(0, 0))
    assert menu.isVisible()
    texts = menu_texts(menu)
    assert texts[0].startswith("Unpin L3·H1")
    with qtbot.waitSignal(panel.head_pinned) as pinned:
        menu.actions()[0].trigger()
    assert pinned.args == [3, 1]
    with qtbot.waitSignal(panel.solo_requested) as solo:
        menu.actions()[1].trigger()
    assert solo.args == [3, 1]
    alike = chosen_display(qtbot, panel, menu.actions()[2].trigger)
    assert alike == OverviewDisplay(order="alike", like=(3, 1))
    menu.close()
    panel.mosaic.menu_requested.emit(None, QPoint(0, 0))
    assert not any("Pin" in text for text in menu_texts(menu))
    with qtbot.waitSignal(panel.copy_requested):
        menu.actions()[-1].trigger()
    menu.close()


# ------------------------------------------------------------------- order and filter


def test_another_score_drops_a_limit_in_the_old_ones_unit():
    display = OverviewDisplay(order="local", at_least=0.5)
    assert with_order(display, "entropy").at_least is None
    assert with_order(display, "local", ascending=True).at_least == 0.5
    assert with_cells(display, "entropy").at_least == 0.5  # it is the order that is filtered
    assert with_cells(OverviewDisplay(cells="local", at_least=0.5), "entropy").at_least is None
    assert with_order(display, "model", ascending=True).ascending is False


def test_options_show_what_is_set_in_its_unit(panel, show):
    options = panel.options
    show(OverviewDisplay(order="local", at_least=0.35))
    assert options.order_box.currentData() == "local"
    assert (options.limit_box.currentData(), options.limit_spin.text()) == ("least", "35.0 %")
    show(OverviewDisplay(order="entropy", at_most=2.5, ascending=True, only_pinned=True))
    assert (options.limit_box.currentData(), options.limit_spin.text()) == ("most", "2.50 bits")
    assert options.direction_box.currentData() is True
    assert options.pinned_box.isChecked()
    show()
    assert not options.limit_box.isEnabled()  # nothing to filter by
    assert not options.limit_spin.isEnabled()
    assert not options.direction_box.isEnabled()
    assert not options.reset_button.isEnabled()


def test_options_ask_for_another_display(qtbot, panel, show):
    options = panel.options
    display = show(OverviewDisplay(order="local"))
    options.limit_box.setCurrentIndex(options.limit_box.findData("least"))
    wanted = chosen_display(qtbot, panel, options.limit_box.activated.emit, 1)
    assert wanted == with_limit(display, least=0.5)
    show(wanted)
    assert chosen_display(qtbot, panel, options.limit_spin.setValue, 72.5).at_least == 0.725
    show(wanted)
    assert chosen_display(qtbot, panel, options.pinned_box.click) == replace(
        wanted, only_pinned=True
    )
    options.order_box.setCurrentIndex(options.order_box.findData("alike"))
    alike = chosen_display(qtbot, panel, options.order_box.activated.emit, 0)
    assert (alike.order, alike.like, alike.at_least) == ("alike", (1, 2), None)
    show(wanted)
    options.direction_box.setCurrentIndex(1)
    assert chosen_display(qtbot, panel, options.direction_box.activated.emit, 1) == replace(
        wanted, ascending=True
    )
    assert chosen_display(qtbot, panel, options.reset_button.click) == OverviewDisplay()


@without_screen
def test_options_open_by_the_keyboard_and_close_by_escape(qtbot, panel, show):
    show()
    panel.options_button.setFocus()
    qtbot.keyClick(panel.options_button, Qt.Key.Key_Space)
    assert panel.options.isVisible()
    qtbot.keyClick(panel.options, Qt.Key.Key_Escape)
    assert not panel.options.isVisible()


# ------------------------------------------------------------------- going to a head


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("L5 H3", (5, 3)),
        ("5.3", (5, 3)),
        ("5 3", (5, 3)),
        ("l12h4", (12, 4)),
        ("L5·H3", (5, 3)),
        ("5/3", (5, 3)),
        ("L5 mean", (5, "mean")),
        ("L7", (7, None)),
        ("53", (53, None)),
        ("", None),
        ("head", None),
        ("5.", None),
        ("5 3 1", None),
    ],
)
def test_names_of_heads(text, head):
    assert named_head(text) == head


@pytest.mark.parametrize(
    ("text", "head"), [("L4 H3", [4, 3]), ("3", [3, 2]), ("0 mean", [0, "mean"])]
)
def test_a_typed_name_leads_to_its_head(qtbot, panel, show, text, head):
    show()
    panel.activateWindow()
    panel.go_to_head()
    qtbot.keyClicks(panel.search, text)
    with qtbot.waitSignal(panel.head_selected) as chosen:
        qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert chosen.args == head
    assert QApplication.focusWidget() is panel.mosaic


@pytest.mark.parametrize("text", ["L5 H0", "0.4", "nonsense"])
def test_a_head_that_is_not_there_is_said(qtbot, panel, show, text):
    show()
    panel.go_to_head()
    qtbot.keyClicks(panel.search, text)
    with qtbot.assertNotEmitted(panel.head_selected):
        qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel._counts.text() == "No such head: L0 to L4, H0 to H3"
    assert panel.search.accessibleDescription() == panel._counts.text()
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    assert panel._counts.text() == "5 layers × 4 heads"


def test_fits_into_a_narrow_dock(panel, show):
    show(OverviewDisplay(order="local"), pins=((1, 1),))
    assert panel.minimumSizeHint().width() <= 280


def test_without_heads_nothing_can_be_asked(panel, show):
    show()
    panel.set_view(Unavailable(EmptyPromptError("Type a word to begin.")))
    for widget in (panel.show_box, panel.find_button, panel.options_button, panel.search):
        assert not widget.isEnabled()
    panel.find_menu.aboutToShow.emit()
    assert menu_texts(panel.find_menu) == []
