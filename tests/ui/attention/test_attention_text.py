"""The shaded text: which token is tinted how strongly, readable everywhere, also if long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from visualizer.engine.errors import NonFiniteError
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.attention_text import AttentionText
from visualizer.ui.widgets.hue_ramp import LEAST_CONTRAST, ramp_stops, ramp_table
from visualizer.ui.widgets.view_colours import HeadColours


@pytest.fixture(autouse=True)
def _light(qapp):
    apply_theme(qapp, THEMES["light"])
    yield
    apply_theme(qapp, THEMES["light"])


@pytest.fixture
def text(qtbot):
    widget = AttentionText()
    qtbot.addWidget(widget)
    widget.resize(480, 240)
    widget.show()
    return widget


def show(text, view):
    text.set_view(view, HeadColours(view))


def fill_of(text, index):
    """The colour beside the letters of a token."""
    image = text.viewport().grab().toImage()
    rect, scale = text.token_rect(index), image.devicePixelRatio()
    return image.pixelColor(round((rect.x() + 3) * scale), round((rect.y() + 1.5) * scale)).name()


def test_each_token_is_tinted_by_the_weight_that_the_selected_one_gives_it(text, head_view, causal):
    weights = causal(9)
    show(text, head_view(weights, query=6))
    assert text.levels.tolist() == np.rint(weights[6] * 255).tolist()
    table = ramp_table(THEMES["light"], THEMES["light"].key)
    for index in (0, 3, 5):
        assert fill_of(text, index) == QColor(*table[text.levels[index]].tolist()).name()


def test_incoming_weights_are_tinted_in_the_hue_of_queries(text, head_view, causal):
    weights = causal(9)
    show(text, head_view(weights, query=3))
    text.set_incoming(True)
    assert text.levels.tolist() == np.rint(weights[:, 3] * 255).tolist()
    table = ramp_table(THEMES["light"], THEMES["light"].query)
    assert fill_of(text, 5) == QColor(*table[text.levels[5]].tolist()).name()


def inks_of(text, index):
    """All colours within a token's span."""
    image = text.viewport().grab().toImage()
    rect = text.token_rect(index).adjusted(3, 2, -3, -2)
    across, down = range(rect.left(), rect.right()), range(rect.top(), rect.bottom())
    return {image.pixelColor(x, y).lightness() for x in across for y in down}


def test_what_cannot_be_seen_is_not_tinted_and_its_text_is_quiet(text, head_view):
    weights = np.tril(np.ones((5, 5), np.float32))
    weights[2, 0] = 0
    theme = THEMES["light"]
    show(text, head_view(weights, query=2))
    surface = theme.surface.lower()
    assert fill_of(text, 1) != surface
    assert fill_of(text, 3) == surface
    ink, quiet = QColor(theme.ink).lightness(), QColor(theme.quiet).lightness()
    assert min(inks_of(text, 0)) < (ink + quiet) / 2  # a weight of 0 is still a weight
    assert min(inks_of(text, 4)) >= quiet - 3


@pytest.mark.parametrize("theme", list(THEMES.values()), ids=list(THEMES))
@pytest.mark.parametrize("hue", ["query", "key"])
def test_text_is_readable_on_every_tint(theme, hue):
    def luminance(name):
        channels = [channel / 255 for channel in QColor(name).getRgb()[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    ink = luminance(theme.ink)
    table = ramp_table(theme, getattr(theme, hue))
    worst = 99.0
    for red, green, blue in table.tolist():
        tint = luminance(QColor(red, green, blue))
        worst = min(worst, (max(ink, tint) + 0.05) / (min(ink, tint) + 0.05))
    assert worst >= LEAST_CONTRAST
    start, end = (QColor(stop) for stop in ramp_stops(theme, getattr(theme, hue)))
    assert start.name() == theme.surface.lower()
    assert abs(start.lightness() - end.lightness()) > 30
    assert abs(end.hslHue() - QColor(getattr(theme, hue)).hslHue()) < 12


def test_a_row_scale_measures_by_the_rows_own_largest(text, head_view):
    weights = np.array([[1, 0, 0], [0.5, 0.5, 0], [0.5, 0.25, 0.25]], np.float32)
    show(text, head_view(weights, query=2, colour_scale="row"))
    assert text.levels.tolist() == [255, 128, 128]
    text.set_incoming(True)  # of the last token: only it looks at itself
    assert text.levels.tolist() == [0, 0, 128]


def test_without_a_selected_token_nothing_is_tinted(text, head_view, causal):
    show(text, head_view(causal(5)))
    assert text.line is None
    assert not text.levels.any()
    assert text.pointed_units() == (None, None)


def test_clicks_and_enter_select_the_query(qtbot, text, head_view, causal):
    show(text, head_view(causal(9), query=8))
    with qtbot.waitSignal(text.token_selected) as selected:
        place = text.token_rect(4).center()
        qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert selected.args == [4]
    qtbot.keyClick(text, Qt.Key.Key_Home)
    assert text.pointed_units() == (8, 0)
    qtbot.keyClick(text, Qt.Key.Key_Right)
    assert text.pointed_pair() == (8, 1)
    with qtbot.waitSignal(text.token_selected) as selected:
        qtbot.keyClick(text, Qt.Key.Key_Return)
    assert selected.args == [1]
    text.set_incoming(True)
    assert text.pointed_pair() == (1, 8)
    qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert text.pointed_pair() == (-1, -1)


def test_only_tokens_in_sight_are_painted(qtbot, text, head_view, causal):
    weights = causal(64)
    view = head_view(weights, block=128, n_tokens=8192, query=8100)
    show(text, view)
    text.viewport().grab()
    assert 0 < text.painted_tokens < 200
    rect = text.token_rect(8100)
    assert text.viewport().rect().contains(rect.center())


def test_weights_that_are_no_numbers_are_refused(text, head_view, causal):
    weights = causal(4)
    weights[2, 1] = np.nan
    with pytest.raises(NonFiniteError):
        show(text, head_view(weights, query=3))


def test_special_tokens_are_outlined_and_stale_text_is_dimmed(text, head_view, causal):
    view = head_view(causal(5), query=4)
    pictures = set()
    for seen in (view, replace(view, special_ids=frozenset({2})), replace(view, stale=True)):
        show(text, seen)
        pictures.add(bytes(text.viewport().grab().toImage().constBits()))
    assert len(pictures) == 3
    text.clear()
    assert not text.grab().isNull()
