"""Both themes: text can be read on every ground it is drawn on."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QPushButton,
    QSpinBox,
    QWidget,
)

from visualizer.ui.theme import THEMES, Theme, apply_theme, colour_table, current_theme


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 (black) to 1 (white)."""
    channels = []
    for channel in (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()):
        channels.append(
            channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        )
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("role", ["ink", "quiet", "accent", "warning", "error"])
def test_text_is_readable_on_paper_and_surface(theme: Theme, role: str):
    for ground in (theme.paper, theme.surface):
        assert contrast(getattr(theme, role), ground) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_ink_is_readable_on_every_token_fill(theme: Theme):
    for ink in (theme.ink, theme.quiet):  # what was typed, and what the model wrote
        assert min(contrast(ink, fill) for fill in theme.token_fills) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_attention_map_starts_at_the_paper_and_changes_lightness_one_way(theme: Theme):
    table = colour_table(theme.attention)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert theme.attention[0] == theme.paper
    steps = np.diff([luminance(QColor(*map(int, rgb)).name()) for rgb in table])
    assert np.all(steps <= 1e-3) if theme.name == "light" else np.all(steps >= -1e-3)


def test_applying_a_theme_is_seen_by_widgets(qapp: QApplication):
    for theme in (*THEMES.values(), *THEMES.values()):
        apply_theme(qapp, theme)
        assert current_theme() is theme
        assert qapp.palette().color(QPalette.ColorRole.WindowText) == QColor(theme.ink)


CONTROLS = (QCheckBox, QSpinBox, QComboBox, QPushButton)


@pytest.mark.parametrize("kind", CONTROLS)
def test_the_outline_of_a_control_can_be_seen_in_every_theme(qtbot, qapp, kind):
    for theme in (*THEMES.values(), THEMES["light"]):  # there and back
        apply_theme(qapp, theme)
        ground = QWidget()
        qtbot.addWidget(ground)
        ground.resize(120, 60)
        control = kind(ground)
        control.setGeometry(20, 20, 80, 24)
        picture = ground.grab().toImage()
        scale = picture.devicePixelRatio()
        row = round(32 * scale)
        colours = [
            picture.pixelColor(x, row).name() for x in range(round(16 * scale), round(40 * scale))
        ]
        least = 2.0 if theme.name == "dark" else 1.6
        assert max(contrast(colour, theme.paper) for colour in colours) >= least
