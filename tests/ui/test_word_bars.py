"""Words with their bars: lengths, states, room, keyboard, pointer, and figures."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor

from visualizer.ui.figure_files import Figure, figure_bytes
from visualizer.ui.theme import DARK, LIGHT, apply_theme
from visualizer.ui.widgets.word_bars import WordBar, WordBars, bars_size, paint_word_bars
from visualizer.ui.widgets.word_bars_painting import figure_fonts, lay_out_bars

BARS = (
    WordBar("oranges", 0.5, 2, chosen=True),
    WordBar("葡萄", 0.25, 1, before=0.4),
    WordBar("walk", 0.125, 0, removed=True),
    WordBar("unknown", math.nan),
)


@pytest.fixture
def view(qtbot):
    view = WordBars(title="After “love”")
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.set_bars(BARS)
    view.show()
    return view


def columns_of(view, row, colour):
    """Columns of pixels of a row that are of a colour."""
    image = view.grab().toImage()
    y = round(view.row_rect(row).center().y())
    wanted = QColor(colour)
    return [x for x in range(image.width()) if image.pixelColor(x, y) == wanted]


def test_a_bar_is_as_long_as_its_word_is_likely(view, qapp):
    apply_theme(qapp, LIGHT)
    first, second = (len(columns_of(view, row, LIGHT.accent)) for row in (0, 1))
    # An outline of two pixels lies over the edges of the chosen one.
    assert first == pytest.approx(2 * second, abs=5)
    assert not columns_of(view, 2, LIGHT.accent)  # removed: hatched in grey
    assert len(columns_of(view, 2, LIGHT.removed)) > 2
    assert not columns_of(view, 3, LIGHT.accent)
    assert columns_of(view, 0, LIGHT.query)
    assert not columns_of(view, 1, LIGHT.query)


@pytest.mark.parametrize(
    ("probs", "end"),
    [((), 1.0), ((0.01,), 0.05), ((0.05, 0.01), 0.05), ((0.3, math.nan), 0.5), ((0.6,), 1.0)],
)
def test_the_scale_ends_at_one_of_a_few_values(qapp, probs, end):
    bars = [WordBar("w", prob) for prob in probs]
    assert lay_out_bars(bars, figure_fonts(), "", 400).most == end


def test_an_earlier_probability_counts_for_the_scale(qapp):
    bars = [WordBar("w", 0.04, before=0.9)]
    assert lay_out_bars(bars, figure_fonts(), "", 400).most == 1.0


@pytest.mark.parametrize("width", [60, 180, 400, 1200])
def test_columns_do_not_overlap(qapp, width):
    layout = lay_out_bars(BARS, figure_fonts(), "t", width)
    assert layout.word[0] + layout.word[1] <= layout.bar[0]
    assert layout.bar[1] >= 0
    if layout.bar[1]:
        assert layout.bar[0] + layout.bar[1] <= layout.percent[0]
    assert layout.count is not None
    assert layout.percent[0] + layout.percent[1] <= layout.count[0]
    assert layout.count[0] + layout.count[1] <= width


def test_rows_without_room_are_counted_instead(view):
    view.set_bars([WordBar(f"w{n}", 0.01) for n in range(50)])
    shown = view.shown()
    assert 3 <= shown < 50
    assert view.row_rect(shown).bottom() <= view.height()
    assert not view.grab().isNull()
    view.resize(400, 1200)
    assert view.shown() == 50


def test_keys_walk_and_enter_chooses(view, qtbot):
    told = []
    view.word_activated.connect(told.append)
    keys = (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_End, Qt.Key.Key_Return)
    for key in keys:
        qtbot.keyClick(view, key)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert told == [1, 3]
    assert view.current() == 0
    assert "oranges" in view.accessibleDescription()


def test_the_pointer_and_a_double_click_are_told(view, qtbot):
    hovered, activated = [], []
    view.word_hovered.connect(hovered.append)
    view.word_activated.connect(activated.append)
    place = view.row_rect(2).center().toPoint()
    qtbot.mouseMove(view, place)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(view, QPoint(1, 1))  # Qt takes (0, 0) for the middle
    assert hovered == [2, -1]
    assert activated == [2]


def test_what_is_said_of_a_word(view):
    assert view.tooltip_rows(1) == [
        ("word", "葡萄"),
        ("probability", "0.25"),
        ("before", "0.4"),
        ("count", "1"),
    ]
    assert ("removed", "cannot be drawn") in view.tooltip_rows(2)
    assert ("probability", "not known") in view.tooltip_rows(3)


def test_fewer_words_keep_the_cursor_within(view, qtbot):
    qtbot.keyClick(view, Qt.Key.Key_End)
    view.set_bars(BARS[:2])
    assert view.current() == 1
    view.set_bars(())
    assert view.current() == -1
    with qtbot.assertNotEmitted(view.word_activated):
        qtbot.keyClick(view, Qt.Key.Key_Return)
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert not view.grab().isNull()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_figure_of_the_bars(qapp, theme):
    def paint(painter, rect: QRectF):
        paint_word_bars(painter, rect, BARS, theme, "Next word")

    facts = {"application": "visualizer", "date": "2026-01-02T03:04:05Z"}
    figure = Figure(bars_size(BARS, "Next word"), "Next word", facts, theme, paint)
    text = figure_bytes(figure, "svg", 800).decode()
    for words in ("Next word", "oranges", "50.0 %", "葡萄", "50 %"):
        assert f">{words}<" in text
    assert figure_bytes(figure, "pdf", 800).startswith(b"%PDF")
