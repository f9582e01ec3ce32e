"""Tints behind the prompt: which characters, how strong, and for how long."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QColor, QTextCursor

from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import TokenStripView
from visualizer.ui.panels.prompt_panel import PromptPanel
from visualizer.ui.theme import THEMES, apply_theme, current_theme
from visualizer.ui.widgets.surprise_shading import LONGEST_SHADED_LINE, shading_of, tint

BIT = -math.log(2)


def view_of(text: str, spans: list[tuple[int, int]], bits, **more) -> TokenStripView:
    """Tokens with these spans; their bytes do not matter here."""
    n = len(spans)
    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    ids = np.arange(n, dtype=np.int64)
    tokens = Tokenization(text, ids, (b"x",) * n, starts.copy(), ends.copy(), 0, "by hand")
    return TokenStripView(tokens, None, np.array(bits, float) * BIT, None, **more)


@pytest.fixture
def panel(qtbot, qapp) -> PromptPanel:
    apply_theme(qapp, THEMES["light"])
    widget = PromptPanel()
    qtbot.addWidget(widget)
    widget.resize(500, 200)
    widget.set_shading(True)
    widget.show()
    yield widget
    apply_theme(qapp, THEMES["light"])


def colour_behind(panel: PromptPanel, place: int) -> QColor:
    """Of the paper just above the character at a place in the document."""
    editor = panel.editor
    cursor = QTextCursor(editor.document())
    cursor.setPosition(place)
    rect = editor.cursorRect(cursor)
    image = editor.viewport().grab().toImage()
    return image.pixelColor(rect.left() + 3, rect.top() + 2)


def blended(colour: QColor, paper: QColor) -> tuple[int, ...]:
    share = colour.alphaF()
    pairs = zip(colour.getRgb()[:3], paper.getRgb()[:3], strict=True)
    return tuple(round(one * share + other * (1 - share)) for one, other in pairs)


def test_parts_of_a_character_are_one_stretch_in_the_units_of_qt():
    # An emoji is two units; its two tokens together are as surprising as the sum.
    view = view_of("a😀b", [(0, 1), (1, 2), (1, 2), (2, 3)], [math.nan, 2, 3, 4])
    shading = shading_of(view)
    assert shading.starts.tolist() == [0, 1, 3]
    assert shading.ends.tolist() == [1, 3, 4]
    np.testing.assert_allclose(shading.bits, [math.nan, 5, 4])


def test_nothing_known_is_no_shading():
    view = view_of("ab", [(0, 1), (1, 2)], [0, 0])
    assert shading_of(TokenStripView(view.tokenization, None, None, None)) is None
    assert shading_of(view_of("", [], [])) is None


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_each_token_has_the_tint_of_its_surprise(qapp, panel, theme):
    apply_theme(qapp, theme)
    qapp.processEvents()  # widgets that are there get their palette then
    panel.set_text("aaa bbb ccc\nddd eee")
    spans = [(0, 4), (4, 8), (8, 12), (12, 16), (16, 19)]
    panel.set_view(view_of(panel.text(), spans, [math.nan, 5, math.inf, 0, 20]))
    paper = QColor(current_theme().surface)
    for place, bits in ((1, math.nan), (5, 5.0), (9, 10.0), (13, 0.0), (17, 10.0)):
        expected = blended(tint(current_theme(), bits), paper)
        seen = colour_behind(panel, place).getRgb()[:3]
        assert np.abs(np.subtract(seen, expected)).max() <= 2, place
    assert panel.editor.shaded_stretches == 3


def test_after_an_edit_only_what_is_before_it_is_tinted(panel):
    panel.set_text("aaa bbb ccc")
    panel.set_view(view_of(panel.text(), [(0, 4), (4, 8), (8, 11)], [9, 9, 9]))
    cursor = panel.editor.textCursor()
    cursor.setPosition(6)
    cursor.insertText("x")
    panel.editor.viewport().grab()
    assert panel.editor.shaded_stretches == 1
    other = view_of("something else", [(0, 14)], [9])
    panel.set_view(other)  # of an older or newer text
    panel.editor.viewport().grab()
    assert panel.editor.shaded_stretches == 1
    panel.set_view(view_of(panel.text(), [(0, 4), (4, 9), (9, 12)], [9, 9, 9]))
    panel.editor.viewport().grab()
    assert panel.editor.shaded_stretches == 3


def test_only_blocks_in_sight_are_painted(panel):
    n = 5000
    panel.set_text("word\n" * n)
    panel.set_view(view_of(panel.text(), [(5 * i, 5 * i + 4) for i in range(n)], [9] * n))
    panel.editor.viewport().grab()
    assert 1 < panel.editor.shaded_stretches < 40


def test_very_long_lines_are_left_alone(panel):
    text = "a" * (LONGEST_SHADED_LINE + 1) + "\nb"
    panel.set_text(text)
    spans = [(0, len(text) - 2), (len(text) - 1, len(text))]
    panel.set_view(view_of(text, spans, [9, 9]))
    panel.editor.viewport().grab()
    assert panel.editor.shaded_stretches <= 1


def test_off_is_off(panel):
    panel.set_text("aaa")
    panel.set_view(view_of("aaa", [(0, 3)], [9]))
    panel.set_shading(False)
    assert colour_behind(panel, 1) == QColor(current_theme().surface)


def test_text_is_readable_on_the_strongest_tint(qapp):
    for theme in THEMES.values():
        behind = QColor(*blended(tint(theme, 99.0), QColor(theme.surface)))
        low, high = sorted((luminance(QColor(theme.ink)), luminance(behind)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def luminance(colour: QColor) -> float:
    parts = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_the_command_is_remembered(make_app):
    first = make_app(prompt="ab")
    first.show()
    action = first.window.actions_by_key["surprise_shading"]
    assert not action.isChecked()
    action.trigger()
    first.window.close()
    second = make_app(prompt="ab")
    assert second.window.actions_by_key["surprise_shading"].isChecked()
