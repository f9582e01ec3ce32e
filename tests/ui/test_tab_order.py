"""Tab leads through the whole window and comes round, and one ring shows where the keys go."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QVBoxLayout, QWidget

from visualizer.ui.focus_ring import RING_PX
from visualizer.ui.tab_order import in_reading_order, is_in_sight, tab_stops, window_stops
from visualizer.ui.theme import THEMES, current_theme

FORWARD, BACK = Qt.Key.Key_Tab, Qt.Key.Key_Backtab
MOST_STOPS = 400
DOCKS = [
    (),
    ("inspect_pair", "tokenizers"),
    ("surprise_timeline",),
    ("surprise_timeline", "tokenizers", "pipeline"),
    ("move_panels", "pipeline"),
    ("solo",),
    ("solo", "inspect_pair"),
    ("lessons",),
    ("lessons", "lesson_beside", "lesson_code"),
]
LESSONS = [
    "walk",
    "tokens",
    "generate",
    "table",
    "ngram",
    "input",
    "attention",
    "heads",
    "block",
    "challenge",
]
thorough = pytest.mark.skipif(
    os.environ.get("VISUALIZER_THOROUGH") != "1", reason="VISUALIZER_THOROUGH=1 runs it"
)


def lap(qtbot, window, key):
    """What has the focus between two times that the first stop has it."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    focus = window_stops(window, window.panels())[0]
    focus.setFocus()
    seen = [focus]
    for _ in range(MOST_STOPS):
        qtbot.keyClick(QApplication.focusWidget(), key)
        QApplication.processEvents()  # a window that gets the keys is told of it later
        now = QApplication.focusWidget()
        if now is seen[0]:
            return seen
        if now not in seen:  # a text with links has the focus at each of them
            seen.append(now)
    raise AssertionError([type(widget).__name__ for widget in seen])


def assert_travelled(qtbot, window):
    panels = [panel for panel in window.panels() if is_in_sight(panel)]
    qtbot.waitUntil(lambda: all(tab_stops(panel) for panel in panels))
    QApplication.processEvents()  # what has come into sight is where it belongs by now
    there, back = lap(qtbot, window, FORWARD), lap(qtbot, window, BACK)
    for panel in panels:
        for seen in (there, back):
            assert any(panel.isAncestorOf(stop) for stop in seen), type(panel).__name__
    assert there[1:] == back[:0:-1]
    assert not [stop for stop in there if not scrolls(stop) and not is_in_sight(stop)]
    reached = [n for panel in panels for n, stop in enumerate(there) if panel.isAncestorOf(stop)]
    assert reached == sorted(reached)  # panel after panel, as they are read
    assert any(window.findChild(QWidget, "tool_bar").isAncestorOf(stop) for stop in there)


def scrolls(widget):
    while widget is not None and not widget.inherits("QScrollArea"):
        widget = widget.parentWidget()
    return widget is not None


@pytest.mark.parametrize("docks", DOCKS, ids="+".join)
def test_tab_reaches_every_panel_and_comes_round(qtbot, app, docks):
    for key in docks:
        app.window.actions_by_key[key].setChecked(True)
    assert_travelled(qtbot, app.window)


@pytest.mark.parametrize("form", ["form_arcs", "form_text", "form_pins"])
def test_tab_reaches_every_form_of_a_head(qtbot, app, form):
    app.window.actions_by_key[form].trigger()
    assert_travelled(qtbot, app.window)


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_tab_goes_on_from_panels_outside_of_the_window(qtbot, app):
    docks = [app.window.docks[key] for key in ("tokens", "overview")]
    for dock in docks:
        dock.setFloating(True)
        qtbot.waitUntil(dock.isVisible)
    seen = lap(qtbot, app.window, FORWARD)
    assert all(any(dock.isAncestorOf(stop) for stop in seen) for dock in docks)


@thorough
@pytest.mark.parametrize("lesson", LESSONS)
def test_tab_comes_round_in_every_lesson(qtbot, app, lesson):
    app.lessons.open_lesson(lesson)
    assert_travelled(qtbot, app.window)


def test_links_of_a_text_are_reached_both_ways_and_left(qtbot, app):
    app.lessons.open_lesson("ngram")
    prose = next(stop for stop in window_stops(app.window, app.window.panels()) if is_linked(stop))
    prose.setFocus(Qt.FocusReason.BacktabFocusReason)
    texts = []
    while prose.hasFocus() and len(texts) < MOST_STOPS:
        texts.append(prose.textCursor().selectedText())
        qtbot.keyClick(prose, BACK)
    assert not prose.hasFocus()
    assert any(texts)


def is_linked(widget):
    return "](" in getattr(widget, "markdown", "")


def test_a_chat_model_does_not_catch_tab(qtbot, app):
    app.window.prompt_panel.set_chat_possible(True)
    app.window.prompt_panel.chat_pane.show()
    assert_travelled(qtbot, app.window)


def test_a_menu_in_front_of_a_panel_does_not_tear_the_order(qtbot):
    """Qt's own ring is torn by this: a focus proxy, and a menu as the first child."""
    window = QWidget()
    qtbot.addWidget(window)
    panel = QWidget()
    QMenu(panel)
    first, second, outside = (QPushButton(name) for name in "abc")
    inner = QVBoxLayout(panel)
    inner.addWidget(second)
    inner.insertWidget(0, first)
    panel.setFocusProxy(second)
    outer = QVBoxLayout(window)
    outer.addWidget(panel)
    outer.addWidget(outside)
    window.show()
    assert tab_stops(window) == [first, second, outside]


def test_in_the_prompt_tab_goes_on_and_control_tab_types_one(qtbot, app):
    panel, editor = app.window.prompt_panel, app.window.prompt_panel.editor
    editor.setFocus()
    with qtbot.waitSignal(panel.text_edited):
        qtbot.keyClick(editor, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert "\t" in panel.text()
    before = panel.text()
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert app.window.focusWidget() is app.window.token_panel.strip
    assert panel.text() == before
    assert "Ctrl+Tab" in editor.placeholderText()


# ------------------------------------------------------------------------------------- the ring


def pixels(host, area):
    image = host.grab(area).toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return flat[:, : image.width()].copy()


def surroundings(widget):
    """The widget with what is around it, in what it lies in."""
    host = widget.parentWidget()
    grown = RING_PX + 1
    return host, widget.geometry().adjusted(-grown, -grown, grown, grown) & host.rect()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("docks", [("tokenizers", "inspect_pair"), ("pipeline",), ("lessons",)])
def test_the_ring_is_seen_around_every_stop(qtbot, app, theme, docks):
    app.window.actions_by_key[f"theme_{theme}"].trigger()
    for key in docks:
        app.window.actions_by_key[key].setChecked(True)
    accent = QColor(current_theme().accent).rgb()
    for stop in window_stops(app.window, app.window.panels()):
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        ring = app.focus_mark.ring()
        host, area = surroundings(stop)
        with_ring = pixels(host, area)
        ring.hide()
        without = pixels(host, area)
        n_drawn = int(((with_ring == accent) & (without != accent)).sum())
        around = 2 * (ring.width() + ring.height())
        name = f"{type(stop).__name__} {stop.accessibleName()}"
        assert n_drawn > (RING_PX - 1) * around, name  # more than a line of one pixel


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_ring_stands_out_from_what_it_lies_on(theme):
    for ground in (theme.paper, theme.surface):
        assert contrast(theme.accent, ground) >= 3


def contrast(one, other):
    bright = sorted(luminance(QColor(colour)) for colour in (one, other))
    return (bright[1] + 0.05) / (bright[0] + 0.05)


def luminance(colour):
    parts = np.array(colour.getRgbF()[:3])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_what_was_clicked_has_a_ring_only_once_a_key_is_pressed(qtbot, app):
    strip = app.window.token_panel.strip
    app.window.overview_panel.setFocus(Qt.FocusReason.TabFocusReason)
    assert app.focus_mark.ring() is not None
    place = QPoint(5, 40)
    window = app.window.windowHandle()
    at = strip.viewport().mapTo(app.window, place)
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=at)
    assert strip.hasFocus()
    assert app.focus_mark.ring() is None
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert app.focus_mark.ring() is not None


def test_the_ring_follows_its_widget_and_takes_no_clicks(qtbot, app):
    mosaic = app.window.overview_panel.mosaic
    mosaic.setFocus(Qt.FocusReason.TabFocusReason)
    ring = app.focus_mark.ring()
    before = ring.geometry()
    app.window.resize(1500, 950)
    qtbot.waitUntil(lambda: ring.geometry() != before)
    assert ring.geometry().contains(mosaic.geometry() & ring.parentWidget().rect())
    assert QRect(mosaic.rect()).contains(QPoint(5, 5))
    assert ring.parentWidget().childAt(mosaic.geometry().center()) is not ring


def test_coming_back_from_another_program_changes_no_ring(qtbot, app):
    strip = app.window.token_panel.strip
    at = strip.viewport().mapTo(app.window, QPoint(5, 40))
    qtbot.mouseClick(app.window.windowHandle(), Qt.MouseButton.LeftButton, pos=at)
    for is_travelled in (False, True):
        if is_travelled:
            qtbot.keyClick(strip, Qt.Key.Key_Left)
        other = QWidget()
        qtbot.addWidget(other)
        other.show()
        other.activateWindow()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is None)
        assert app.focus_mark.ring() is None
        other.close()
        app.window.activateWindow()
        qtbot.waitUntil(strip.hasFocus)
        assert (app.focus_mark.ring() is not None) == is_travelled


def test_the_keys_go_back_to_the_text_when_what_had_them_is_closed(qtbot, app):
    app.window.actions_by_key["tokenizers"].setChecked(True)
    tab_stops(app.window.tokenizer_panel)[1].setFocus()
    app.window.actions_by_key["tokenizers"].setChecked(False)
    assert QApplication.focusWidget() is app.window.prompt_panel.editor


@pytest.mark.parametrize(
    ("areas", "order"),
    [
        ([(50, 0, 40, 10), (0, 1, 40, 10), (0, 20, 90, 10)], [1, 0, 2]),  # rows
        ([(50, 0, 40, 90), (0, 0, 40, 10), (0, 20, 40, 10)], [1, 2, 0]),  # columns
        ([(0, 0, 40, 40), (20, 20, 40, 40)], [0, 1]),  # one over another
        ([], []),
    ],
)
def test_rows_are_read_before_columns(qtbot, areas, order):
    host = QWidget()
    qtbot.addWidget(host)
    parts = []
    for area in areas:
        parts.append(QWidget(host))
        parts[-1].setGeometry(*area)
    assert in_reading_order(parts) == [parts[n] for n in order]
