"""The surprise timeline: what is plotted, what is said, and what a click means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.surprise_timeline import SurpriseTimelineView
from visualizer.session.views import Unavailable
from visualizer.ui.panels.timeline_panel import TimelinePanel
from visualizer.ui.theme import THEMES, apply_theme

WAIT = {"timeout": 6_000}


def tokens_of(n_tokens: int) -> Tokenization:
    words = ("A", " journey", "大", "\n")
    texts = [words[i % len(words)] for i in range(n_tokens)]
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    starts = np.concatenate([np.zeros(min(n_tokens, 1), np.int64), ends[:-1]])
    ids = np.arange(n_tokens, dtype=np.int64)
    return Tokenization("".join(texts), ids, tuple(t.encode() for t in texts), starts, ends, 0, "x")


def view_of(bits, entropies=None, query=None, **more) -> SurpriseTimelineView:
    bits = np.asarray(bits, np.float64)
    values = np.full(bits.size, math.nan) if entropies is None else np.asarray(entropies)
    return SurpriseTimelineView(tokens_of(bits.size), query, bits, values, **more)


def long_view(n_tokens: int, query=None) -> SurpriseTimelineView:
    rng = np.random.default_rng(n_tokens)
    bits = rng.exponential(3, n_tokens)
    bits[0] = math.nan
    return view_of(bits, rng.uniform(0, 9, n_tokens), query)


@pytest.fixture
def panel(qtbot, qapp) -> TimelinePanel:
    import pyqtgraph as pg

    pg.setConfigOption("mouseRateLimit", 0)  # no move is left out because tests are fast
    apply_theme(qapp, THEMES["light"])
    widget = TimelinePanel()
    qtbot.addWidget(widget)
    widget.resize(900, 240)
    with qtbot.waitSignal(widget.built, **WAIT):
        widget.show()
    return widget


def rects(item) -> list[tuple[float, ...]]:
    """Bars as (left, bottom, width, height)."""
    return [tuple(row) for row in np.array(item._rectarray.ndarray(), copy=True)]


def press(qtbot, panel, index, *, double=False) -> None:
    plot = panel.timeline.plot
    place = plot.mapFromScene(panel.timeline.scene_place(index, 0.5))
    button = Qt.MouseButton.LeftButton
    qtbot.mouseClick(plot.viewport(), button, pos=place)
    if double:
        qtbot.mouseDClick(plot.viewport(), button, pos=place)
        qtbot.mouseRelease(plot.viewport(), button, pos=place)


# ------------------------------------------------------------------------------------ drawing


def test_bars_and_line_are_the_values_of_the_view(panel):
    bits, entropies = [math.nan, 3.0, 0.0, 7.5], [1.0, math.nan, 2.0, 4.0]
    panel.set_view(view_of(bits, entropies))
    timeline = panel.timeline
    bars = rects(timeline._bars)
    assert [bar[0] + bar[2] / 2 for bar in bars] == pytest.approx([1, 2, 3])
    assert [bar[3] for bar in bars] == [3.0, 0.0, 7.5]
    assert all(bar[1] == 0 for bar in bars)
    places, values = timeline._line.getData()
    assert places.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(values, entropies)


def test_what_is_not_known_is_a_gap_and_a_column_of_its_own(panel):
    panel.set_view(view_of([math.nan, math.nan, 2.0]))
    timeline = panel.timeline
    assert [bar[:1] for bar in rects(timeline._unknown)] == [(-0.5,), (0.5,)]
    assert len(rects(timeline._bars)) == 1
    assert len(timeline._line.getData()[0]) == 0
    panel.set_view(view_of([math.nan, 1.0, 2.0], [math.nan, 4.0, 5.0]))
    assert timeline._line.opts["connect"] == "finite"
    np.testing.assert_array_equal(timeline._line.getData()[1], [math.nan, 4.0, 5.0])
    assert timeline._dots.getData()[0].tolist() == [1, 2]
    panel.grab()


def test_an_infinite_surprise_is_a_column_of_another_hue(panel):
    panel.set_view(view_of([math.nan, math.inf, 2.0], query=1))
    assert len(rects(panel.timeline._infinite)) == 1
    assert len(rects(panel.timeline._bars)) == 1
    assert "infinite: a token had probability 0" in panel.figures_text()
    assert "infinite (probability 0)" in panel.reading_text()


def test_many_tokens_share_bars_that_keep_the_peaks(panel):
    view = long_view(8192)
    panel.set_view(view)
    timeline = panel.timeline
    assert timeline.block > 1
    heights = [bar[3] for bar in rects(timeline._bars)]
    assert len(heights) < 900
    assert max(heights) == np.nanmax(view.surprise_bits)
    assert heights[0] == np.nanmax(view.surprise_bits[: timeline.block])
    assert f"largest of {timeline.block} tokens" in panel.figures_text()
    tops = [band[1] + band[3] for band in rects(timeline._band)]
    assert max(tops) == pytest.approx(view.entropies_bits.max())
    timeline.plot.getPlotItem().getViewBox().setXRange(1000, 1100, padding=0)
    assert timeline.block == 1
    assert not rects(timeline._band)
    assert len(timeline._line.getData()[0]) == 8192


def test_a_theme_switch_changes_every_colour(qtbot, qapp, panel):
    panel.set_view(view_of([math.nan, 9.0], [1.0, 1.0], query=0))

    def colour_of(index):
        place = panel.timeline.plot.mapFromScene(panel.timeline.scene_place(index, 8.0))
        return panel.timeline.plot.grab().toImage().pixelColor(place - QPoint(20, 0)).name()

    for name in ("light", "dark", "light"):
        theme = THEMES[name]
        apply_theme(qapp, theme)
        accent = QColor(theme.accent).name()
        qtbot.waitUntil(lambda accent=accent: colour_of(1) == accent, **WAIT)
        assert colour_of(0) == QColor(theme.line).name()
        assert panel.timeline._query.pen.color().name() == QColor(theme.query).name()


def test_old_numbers_do_not_look_current(panel):
    panel.set_view(view_of([math.nan, 3.0], [1.0, 1.0], query=1, stale=True))
    assert panel.timeline._bars.opacity() < 0.5
    assert "being computed" in panel.figures_text()
    assert "bits" not in panel.figures_text() + panel.reading_text()
    panel.set_view(view_of([math.nan, 3.0], [1.0, 1.0], query=1))
    assert panel.timeline._bars.opacity() == 1


# -------------------------------------------------------------------------------------- words


def test_the_mean_and_perplexity_of_what_is_in_sight(panel):
    panel.set_view(view_of([math.nan, 1.0, 3.0, *[2.0] * 7]))
    text = panel.figures_text()
    assert text.startswith("whole text · mean 2.00 bits per token · perplexity 4.00")
    assert "9 of 10 tokens scored" in text
    box = panel.timeline.plot.getPlotItem().getViewBox()
    box.setXRange(1.5, 5.5, padding=0)
    assert panel.timeline.tokens_in_sight() == (2, 6)
    text = panel.figures_text()
    assert text.startswith("tokens 2 to 5 · mean 2.25 bits per token · perplexity 4.76")
    assert "4 of 4 tokens scored" in text


def test_the_numbers_of_the_token_pointed_at_else_of_the_selected(qtbot, panel):
    panel.set_view(view_of([math.nan, 3.25, 1.5, 0.25], [1.0, math.nan, 2.0, 0.5], query=0))
    assert panel.reading_text() == (
        "0  A  surprise none (nothing comes before it), entropy after it 1.00 bits"
    )
    plot = panel.timeline.plot
    hovered: list[int] = []
    panel.token_hovered.connect(hovered.append)
    qtbot.mouseMove(plot.viewport(), plot.mapFromScene(panel.timeline.scene_place(1, 1.0)))
    qtbot.waitUntil(lambda: hovered == [1], **WAIT)
    assert panel.reading_text() == (
        "1  ·journey  surprise 3.25 bits, entropy after it not computed yet"
    )


def test_reasons_stand_in_the_plots_place(panel):
    panel.set_view(Unavailable(VisualizerError("Open a model first.")))
    assert panel.message() == "Open a model first."
    assert panel.figures_text() == panel.reading_text() == ""
    panel.set_view(view_of([]))
    assert "empty" in panel.message()
    panel.set_view(view_of([math.nan]))
    assert panel.message() == ""
    assert "perplexity" not in panel.figures_text()
    assert "0 of 1 tokens scored" in panel.figures_text()


def test_it_has_a_name_and_says_what_is_selected(panel):
    panel.set_view(view_of([math.nan, 2.0], query=1))
    interface = QAccessible.queryAccessibleInterface(panel.timeline)
    assert interface.text(QAccessible.Text.Name) == "Surprise of each token"
    assert "token 1 of 2, ·journey" in interface.text(QAccessible.Text.Description)


def test_while_hidden_nothing_is_drawn_and_on_showing_the_newest(panel):
    panel.set_view(view_of([math.nan, 1.0]))
    panel.hide()
    panel.set_view(view_of([math.nan, 4.0, 4.0]))
    assert len(rects(panel.timeline._bars)) == 1
    panel.show()
    assert len(rects(panel.timeline._bars)) == 2
    assert "perplexity 16.00" in panel.figures_text()


# ------------------------------------------------------------------------------------- choice


@pytest.mark.parametrize("index", [0, 3, 9])
def test_a_click_selects_the_token_of_the_bar(qtbot, panel, index):
    panel.set_view(long_view(10, query=5))
    with qtbot.waitSignal(panel.token_selected, **WAIT) as caught:
        press(qtbot, panel, index)
    assert caught.args == [index]


def test_a_click_on_a_shared_bar_selects_its_peak(qtbot, panel):
    view = long_view(4000, query=0)
    panel.set_view(view)
    block = panel.timeline.block
    with qtbot.waitSignal(panel.token_selected, **WAIT) as caught:
        press(qtbot, panel, 2000)
    (chosen,) = caught.args
    assert abs(chosen - 2000) <= 2 * block
    start = chosen - chosen % block
    assert view.surprise_bits[chosen] == view.surprise_bits[start : start + block].max()


def test_a_double_click_shows_the_whole_text(qtbot, panel):
    panel.set_view(long_view(60, query=20))
    panel.timeline.plot.getPlotItem().getViewBox().setXRange(10, 30, padding=0)
    assert not panel.timeline.is_whole
    press(qtbot, panel, 20, double=True)
    qtbot.waitUntil(lambda: panel.timeline.is_whole, **WAIT)


def test_the_keyboard_moves_the_selection_and_zooms(qtbot, panel):
    panel.set_view(long_view(60, query=20))
    chosen: list[int] = []
    panel.token_selected.connect(chosen.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(panel.timeline, key)
    assert chosen == [19, 21, 0, 59]
    qtbot.keyClick(panel.timeline, Qt.Key.Key_Plus)
    first, stop = panel.timeline.tokens_in_sight()
    assert stop - first == 40
    qtbot.keyClick(panel.timeline, Qt.Key.Key_0)
    assert panel.timeline.is_whole


def test_a_zoom_stays_while_the_text_grows_and_follows_the_selection(panel):
    panel.set_view(long_view(60, query=20))
    panel.timeline.plot.getPlotItem().getViewBox().setXRange(9.5, 29.5, padding=0)
    panel.set_view(long_view(61, query=20))
    assert panel.timeline.tokens_in_sight() == (10, 30)
    panel.set_view(long_view(61, query=50))
    first, stop = panel.timeline.tokens_in_sight()
    assert first <= 50 < stop
    assert stop - first <= 21
    panel.set_view(long_view(5, query=4))
    assert panel.timeline.tokens_in_sight()[1] == 5


def test_the_whole_text_stays_whole_while_it_grows(panel):
    for n_tokens in (1, 2, 30, 300, 7):
        panel.set_view(long_view(n_tokens, query=n_tokens - 1))
        assert panel.timeline.tokens_in_sight() == (0, n_tokens)


def test_extremes_are_selected_and_told(qtbot, panel):
    told: list[tuple[bool, bool, bool]] = []
    chosen: list[int] = []
    panel.extremes_changed.connect(lambda *known: told.append(known))
    panel.token_selected.connect(chosen.append)
    margins = np.array([math.nan, 2.0, -4.0, -0.5])
    panel.set_view(view_of([math.nan, 2.0, 9.0, 4.0], [1.0, 8.0, 2.0, math.nan], margins=margins))
    panel.select_most_surprising()
    panel.select_most_uncertain()
    panel.select_nearest_tie()
    assert chosen == [2, 1, 3]
    panel.set_view(view_of([math.nan], [3.0]))
    panel.set_view(view_of([math.nan, 2.0], [1.0, 1.0], stale=True))
    panel.select_most_surprising()
    panel.set_view(Unavailable(VisualizerError("No model.")))
    panel.select_most_uncertain()
    panel.select_nearest_tie()
    assert told == [
        (True, True, True), (False, True, False), (False, False, False), (False, False, False)
    ]  # fmt: skip
    assert chosen == [2, 1, 3]


# ---------------------------------------------------------------------------------- stretches


def drag(qtbot, panel, start, end, modifiers=Qt.KeyboardModifier.NoModifier):
    """Drag from one token to another, a step at a time as a hand does."""
    viewport = panel.timeline.plot.viewport()
    places = [
        panel.timeline.plot.mapFromScene(panel.timeline.scene_place(index, 0.5))
        for index in np.linspace(start, end, 8)
    ]
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, place, button, held in (
        (QEvent.Type.MouseButtonPress, places[0], left, left),
        *((QEvent.Type.MouseMove, place, none, left) for place in places[1:]),
        (QEvent.Type.MouseButtonRelease, places[-1], left, none),
    ):
        QApplication.sendEvent(
            viewport,
            QMouseEvent(
                kind, QPointF(place), QPointF(viewport.mapToGlobal(place)), button, held, modifiers
            ),
        )


def test_dragging_selects_a_stretch_and_tells_its_perplexity(qtbot, panel):
    bits = [math.nan, 1.0, 3.0, 2.0, 6.0, 1.0]
    panel.set_view(view_of(bits, query=0))
    told = []
    panel.stretch_selected.connect(lambda *stretch: told.append(stretch))
    whole = panel.timeline.plot.getPlotItem().getViewBox().viewRange()[0]
    drag(qtbot, panel, 2, 4)
    assert told[-1] == panel.timeline.stretch == (2, 5)
    reading = panel.reading_text()
    assert "3 tokens selected" in reading
    assert "11.00 bits" in reading
    assert "mean 3.67 bits" in reading
    assert f"perplexity {2 ** (11 / 3):.2f}" in reading
    ((x, _, width, _),) = rects(panel.timeline._marked)
    assert (x, width) == (1.5, 3)
    assert panel.timeline.plot.getPlotItem().getViewBox().viewRange()[0] == whole
    drag(qtbot, panel, 4, 0)
    assert panel.timeline.stretch == (0, 5)
    assert "4 of them scored" in panel.reading_text()
    press(qtbot, panel, 3)
    assert told[-1] == panel.timeline.stretch == (0, 0)


def test_dragging_with_ctrl_moves_what_is_in_sight(qtbot, panel):
    panel.set_view(long_view(300, query=0))
    panel.timeline.zoom(0.25)
    first, _ = panel.timeline.tokens_in_sight()
    drag(qtbot, panel, first + 40, first + 10, Qt.KeyboardModifier.ControlModifier)
    assert panel.timeline.tokens_in_sight()[0] > first
    assert panel.timeline.stretch == (0, 0)


def test_a_stretch_of_shared_bars_is_made_of_whole_ones(qtbot, panel):
    panel.set_view(long_view(5000, query=0))
    block = panel.timeline.block
    assert block > 1
    drag(qtbot, panel, 1000, 2000)
    first, stop = panel.timeline.stretch
    assert first % block == stop % block == 0
    assert abs(first - 1000) < 2 * block
    assert abs(stop - 2000) < 2 * block


def test_shift_and_the_arrow_keys_select_a_stretch_and_esc_gives_it_up(qtbot, panel):
    panel.set_view(view_of([math.nan, 1.0, 3.0, 2.0], query=2))
    chosen = []
    panel.token_selected.connect(chosen.append)
    shift = Qt.KeyboardModifier.ShiftModifier
    for key, stretch in (
        (Qt.Key.Key_Left, (1, 3)),
        (Qt.Key.Key_Left, (0, 3)),
        (Qt.Key.Key_End, (2, 4)),
        (Qt.Key.Key_Home, (0, 3)),
    ):
        qtbot.keyClick(panel.timeline, key, shift)
        assert panel.timeline.stretch == stretch
    qtbot.keyClick(panel.timeline, Qt.Key.Key_Escape)
    assert panel.timeline.stretch == (0, 0)
    assert chosen == []


def test_a_stretch_stays_while_what_is_in_front_of_its_end_stays(panel):
    panel.set_view(view_of([math.nan, 1.0, 3.0, 2.0]))
    panel.set_stretch(1, 3)
    panel.set_view(view_of([math.nan, 1.0, 3.0, 2.0, 4.0]))
    assert panel.timeline.stretch == (1, 3)
    panel.set_view(view_of([math.nan, 1.0]))
    assert panel.timeline.stretch == (0, 0)
    assert "selected" not in panel.reading_text()


def test_the_rank_and_the_likeliest_other_are_read(panel):
    ranks = np.array([0, 1, 2, 1])
    margins = np.array([math.nan, math.log(4), -math.log(2), 0.0])
    panel.set_view(view_of([math.nan, 1.0, 3.0, 2.0], ranks=ranks, margins=margins))
    for index, words in enumerate(
        ("none", "rank 1 (4.00 times as likely", "rank 2 (the likeliest was 2.00", "rank 1 (as")
    ):
        panel._read(index)
        assert words in panel.reading_text()


# ------------------------------------------------------------------------------ in the window


def test_the_dock_is_hidden_until_its_command(qtbot, app):
    window, action = app.window, app.window.actions_by_key["surprise_timeline"]
    assert window.docks["timeline"].isHidden()
    assert not action.isChecked()
    assert window.timeline_panel.timeline is None
    with qtbot.waitSignal(window.timeline_panel.built, **WAIT):
        action.trigger()
    assert window.timeline_panel.timeline is not None
    assert "1 of 2 tokens scored" in window.timeline_panel.figures_text()
    window.docks["timeline"].close()
    assert not action.isChecked()


def test_a_high_window_gives_the_timeline_room(qtbot, app):
    window = app.window
    window.resize(1600, 1200)
    with qtbot.waitSignal(window.timeline_panel.built, **WAIT):
        window.actions_by_key["surprise_timeline"].trigger()
    qtbot.waitUntil(lambda: window.docks["timeline"].height() >= 240, **WAIT)
    assert window.size().height() == 1200


def test_the_open_dock_is_remembered_and_reset(qtbot, make_app):
    first = make_app(prompt="ab")
    first.show()
    with qtbot.waitSignal(first.window.timeline_panel.built, **WAIT):
        first.window.actions_by_key["surprise_timeline"].trigger()
    first.window.close()
    second = make_app(prompt="ab")
    with qtbot.waitSignal(second.window.timeline_panel.built, **WAIT):
        second.show()
    assert second.window.actions_by_key["surprise_timeline"].isChecked()
    second.window.actions_by_key["reset_layout"].trigger()
    assert second.window.docks["timeline"].isHidden()


def test_the_commands_select_everywhere(qtbot, app):
    actions = app.window.actions_by_key
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.commands.replace_text("abcd")
    # The engine of these tests gives token i a log-probability of -i, and every entropy 1 bit.
    app.controller.set_query(0)
    actions["most_surprising"].trigger()
    assert app.controller.state.query == -1
    actions["most_uncertain"].trigger()
    assert app.controller.state.query == 0
    app.commands.replace_text("")
    assert not actions["most_surprising"].isEnabled()
    assert not actions["most_uncertain"].isEnabled()


def test_a_stretch_is_marked_in_strip_and_timeline_alike(qtbot, app):
    window = app.window
    with qtbot.waitSignal(window.timeline_panel.built, **WAIT):
        window.actions_by_key["surprise_timeline"].trigger()
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.commands.replace_text("abcdef")
    strip = window.token_panel.strip
    app.controller.set_query(1)
    shift = Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(strip, Qt.Key.Key_Right, shift)
    assert strip.stretch == window.timeline_panel.timeline.stretch == (1, 3)
    qtbot.keyClick(window.timeline_panel.timeline, Qt.Key.Key_Right, shift)
    assert strip.stretch == window.timeline_panel.timeline.stretch == (1, 4)
    app.commands.replace_text("xy")
    assert strip.stretch == window.timeline_panel.timeline.stretch == (0, 0)
