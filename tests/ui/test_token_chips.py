"""Words as chips: wrapping, tints, pointing, and the keyboard."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from visualizer.ui.theme import DARK, LIGHT, apply_theme
from visualizer.ui.widgets.attention_image import luminance
from visualizer.ui.widgets.token_chips import TokenChips

WORDS = ("I", "love", "oranges", " and", "葡萄", "a\n", "", "I")


@pytest.fixture
def chips(qtbot):
    chips = TokenChips()
    qtbot.addWidget(chips)
    chips.resize(500, 60)
    chips.set_tokens(WORDS)
    chips.show()
    return chips


def fill_of(chips, index):
    rect = chips.token_rect(index)
    return chips.grab().toImage().pixelColor(rect.left() + 3, rect.center().y())


@pytest.mark.parametrize("width", [20, 90, 160, 500])
def test_chips_wrap_and_touch_neither_each_other_nor_the_edge(chips, width):
    chips.resize(width, chips.heightForWidth(width))
    rects = [chips.token_rect(n) for n in range(len(WORDS))]
    assert not any(one.intersects(other) for one, other in combinations(rects, 2))
    assert all(chips.rect().contains(rect) for rect in rects)
    assert not chips.grab().isNull()


def test_height_follows_the_width(chips):
    assert chips.heightForWidth(90) > chips.heightForWidth(500)
    chips.set_tokens(())
    assert chips.heightForWidth(90) == chips.minimumSizeHint().height()


def test_neighbours_have_different_fills(chips, qapp):
    apply_theme(qapp, LIGHT)
    assert [fill_of(chips, n) for n in range(3)] == [QColor(c) for c in LIGHT.token_fills[:3]]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("hue", ["query", "key"])
def test_weights_are_tints_on_which_text_can_be_read(chips, qapp, theme, hue):
    apply_theme(qapp, theme)
    chips.set_strengths(np.array([0.0, 0.25, 0.5, 0.75, 1.0, 1.0, np.nan, 0.0]), hue)
    fills = [fill_of(chips, n) for n in range(5)]
    assert fills[0] == QColor(theme.surface)
    lit = luminance(np.array([fill.getRgbF()[:3] for fill in fills]))
    ink = luminance(np.array([QColor(theme.ink).getRgbF()[:3]]))[0]
    distances = np.abs(lit - lit[0])
    assert (np.diff(distances) > 0).all()
    assert ((np.maximum(lit, ink) + 0.05) / (np.minimum(lit, ink) + 0.05) >= 4.5).all()
    assert fill_of(chips, 6) == QColor(theme.surface)
    chips.set_strengths(None)
    assert fill_of(chips, 0) == QColor(theme.token_fills[0])
    apply_theme(qapp, LIGHT)


def test_weights_of_other_tokens_are_refused(chips):
    with pytest.raises(ValueError, match="for 8 tokens"):
        chips.set_strengths(np.zeros(7))


def test_the_pointer_and_a_click_are_told(chips, qtbot):
    hovered, selected = [], []
    chips.token_hovered.connect(hovered.append)
    chips.token_selected.connect(selected.append)
    place = chips.token_rect(2).center()
    qtbot.mouseMove(chips, place)
    qtbot.mouseClick(chips, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(chips, QPoint(0, 0))
    assert hovered == [2, -1]
    assert selected == [2]


def test_keys_walk(chips, qtbot):
    told = []
    chips.token_selected.connect(told.append)
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home)
    for key in keys:
        qtbot.keyClick(chips, key)
    assert told == [0, 1, 0, 7, 0]
    chips.set_tokens(())
    qtbot.keyClick(chips, Qt.Key.Key_Right)
    assert told == [0, 1, 0, 7, 0]


def test_pointing_from_outside_tells_nobody(chips, qtbot):
    before = chips.grab().toImage()
    with qtbot.assertNotEmitted(chips.token_hovered), qtbot.assertNotEmitted(chips.token_selected):
        chips.set_pointed(3)
    assert chips.grab().toImage() != before
    assert "index 3 of 8" in chips.accessibleDescription()
    chips.set_pointed(99)
    assert chips.grab().toImage() == before


def test_a_weight_is_read_and_goes_with_its_tokens(chips):
    chips.set_strengths(np.linspace(0, 1, 8), "query")
    assert chips.tooltip_rows(7)[-1] == ("weight", "1.00000")
    chips.set_tokens(WORDS)  # the same ones
    assert chips.tooltip_rows(7)[-1] == ("weight", "1.00000")
    chips.set_tokens(("other",))
    assert len(chips.tooltip_rows(0)) == 2
