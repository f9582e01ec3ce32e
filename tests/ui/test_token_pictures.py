"""A picture for every id: always the same, and never none."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from visualizer.ui.theme import THEMES
from visualizer.ui.widgets import emoji_view
from visualizer.ui.widgets.emoji_view import EMOJI, PicturePainter, pattern_of, picture_of


def drawn(token_id, theme="light"):
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(QColor(THEMES[theme].surface))
    painter = QPainter(image)
    PicturePainter(painter, THEMES[theme], 32).draw(token_id, QRect(0, 0, 32, 32))
    painter.end()
    return np.array(image.constBits()).reshape(32, 32, 4)[..., :3].copy()


def test_emoji_are_single_and_distinct():
    assert len(EMOJI) > 300
    assert len(set(EMOJI)) == len(EMOJI)
    assert all(len(emoji) == 1 for emoji in EMOJI)


def test_an_id_has_always_the_same_picture_and_the_first_ids_differ():
    pictures = [picture_of(i) for i in range(len(EMOJI))]
    assert pictures == [picture_of(i) for i in range(len(EMOJI))]
    assert len(set(pictures)) == len(EMOJI)
    assert {picture.hue for picture in pictures} == {-1}


def test_ids_that_share_an_emoji_have_another_ground():
    hues = {}
    for token_id in range(8 * len(EMOJI)):
        picture = picture_of(token_id)
        hues.setdefault(picture.emoji, []).append(picture.hue)
    assert all(len(set(each)) == 8 for each in hues.values())


def test_patterns_are_symmetrical_and_differ():
    seen = set()
    for token_id in range(3000):
        hue, rows = pattern_of(token_id)
        assert all(row == row[::-1] for row in rows)
        assert 0 <= hue < 65536
        seen.add(rows)
    assert len(seen) == 3000


@pytest.mark.parametrize("theme", sorted(THEMES))
@pytest.mark.parametrize("family", ["as installed", ""])
def test_something_is_drawn_with_and_without_a_font(qapp, monkeypatch, theme, family):
    if not family:
        monkeypatch.setattr(emoji_view, "emoji_family", str)
    plain = np.array(QColor(THEMES[theme].surface).getRgb()[2::-1])
    one, again, other = drawn(1273, theme), drawn(1273, theme), drawn(1831, theme)
    assert (np.abs(one.astype(int) - plain) > 40).any(axis=2).mean() > 0.1
    assert (one == again).all()
    assert (one != other).any()
