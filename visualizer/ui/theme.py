"""Colours of the light and the dark theme, and the palette that Qt draws with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

SPACE_PX = 4  # every distance is a multiple of this: 8 inside a group, 16 between groups


_CHINESE_FAMILIES = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei")


@dataclass(frozen=True)
class Theme:
    """Colours as "#rrggbb".

    Attributes:
        paper: Window; surface: what is written on; ink, quiet: text; line: separators.
        accent: Choices and links, and the bars.
        query, key: The row that looks and the columns that are looked at.
        removed: Candidates that sampling parameters took out.
        warning, error: Text of notices.
        token_fills: Six pale fills of equal lightness for the cycle of token spans.
        attention: Stops of the one-hue attention map, from weight 0 to the largest.
    """

    name: str
    paper: str
    surface: str
    ink: str
    quiet: str
    line: str
    accent: str
    query: str
    key: str
    removed: str
    warning: str
    error: str
    token_fills: tuple[str, ...]
    attention: tuple[str, ...]


LIGHT = Theme(
    name="light",
    paper="#FBFBFA",
    surface="#FFFFFF",
    ink="#1F2328",
    quiet="#59636E",
    line="#D8DEE4",
    accent="#0550AE",
    query="#D55E00",
    key="#0072B2",
    removed="#AFB8C1",
    warning="#7D4E00",
    error="#B42318",
    token_fills=("#E3ECF9", "#F6E7D2", "#DFF0E2", "#F3E2EE", "#E8E6F7", "#EFEBD0"),
    attention=("#FBFBFA", "#C9CDE8", "#8F92CB", "#5E54A8", "#3A1F7A", "#220A4C"),
)
DARK = Theme(
    name="dark",
    paper="#15171B",
    surface="#1D2026",
    ink="#E8EAED",
    quiet="#9BA5B0",
    line="#30363D",
    accent="#6CB6FF",
    query="#F0883E",
    key="#58A6FF",
    removed="#586069",
    warning="#E3B341",
    error="#FF8A80",
    token_fills=("#26364D", "#463722", "#22402C", "#44293D", "#332F52", "#3E3A1E"),
    attention=("#15171B", "#17344A", "#1C5A74", "#2F8A9C", "#74C0C0", "#DDF6F0"),
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


_FUSION_DARKENS = 140
_OUTLINED = (
    "QCheckBox",
    "QRadioButton",
    "QAbstractSpinBox",
    "QComboBox",
    "QLineEdit",
    "QSlider",
    "QPushButton",
    "QToolButton",
)


def palette(theme: Theme) -> QPalette:
    """The theme as a palette for the Fusion style."""
    colours = QPalette()
    role = QPalette.ColorRole
    for which, value in (
        (role.Window, theme.paper),
        (role.WindowText, theme.ink),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.paper),
        (role.Text, theme.ink),
        (role.PlaceholderText, theme.quiet),
        (role.Button, theme.paper),
        (role.ButtonText, theme.ink),
        (role.BrightText, theme.error),
        (role.ToolTipBase, theme.surface),
        (role.ToolTipText, theme.ink),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.surface),
        (role.Link, theme.accent),
        (role.Light, theme.surface),
        (role.Midlight, theme.line),
        (role.Mid, theme.line),
        (role.Dark, theme.quiet),
        (role.Shadow, theme.line),
        (role.Accent, theme.accent),
    ):
        colours.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        colours.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.removed))
    return colours


def use_palette(app: QApplication, theme: Theme) -> None:
    """Draw all widgets in the theme's colours."""
    app.setPalette(palette(theme))
    # Fusion outlines a control in its window colour, darkened: on dark paper that is no line.
    controls = palette(theme)
    outline = QColor(theme.removed)
    controls.setColor(QPalette.ColorRole.Window, outline.lighter(_FUSION_DARKENS))
    for name in _OUTLINED:
        app.setPalette(controls, name)  # type: ignore[arg-type] # the stub says bytes, wrongly


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Draw the whole application in `theme`; safe to call again at any time."""
    app.setStyle("Fusion")
    # Own palettes: without a desktop theme, setColorScheme changes nothing but native frames.
    app.styleHints().setColorScheme(
        Qt.ColorScheme.Dark if theme.name == "dark" else Qt.ColorScheme.Light
    )
    use_palette(app, theme)


def current_theme() -> Theme:
    """The theme whose palette the application draws with: for a widget's paintEvent."""
    window = QApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 128 else LIGHT


def colour_table(stops: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """256 colours along `stops`, evenly spaced. (256, 3) uint8."""
    colours = [QColor(stop) for stop in stops]
    rgb = np.array([(c.red(), c.green(), c.blue()) for c in colours], dtype=np.float64)
    place = np.linspace(0, len(stops) - 1, 256)
    return (
        np.stack([np.interp(place, np.arange(len(stops)), rgb[:, c]) for c in range(3)], axis=1)
        .round()
        .astype(np.uint8)
    )


def with_chinese_shapes(font: QFont) -> QFont:
    """The font, with Simplified Chinese shapes for Han characters that it does not have itself.

    Left to itself, Qt takes a Japanese font for them on a system that is not Chinese.
    """
    system = QLocale.system()
    if system.script() == QLocale.Script.TraditionalHanScript or system.language() in (
        QLocale.Language.Japanese,
        QLocale.Language.Korean,
    ):
        return font
    found = QFont(font)
    found.setFamilies([QFontInfo(font).family(), *_CHINESE_FAMILIES])
    return found


def token_font(points: float | None = None) -> QFont:
    """Monospaced, with CJK fallback; the interface font's size unless `points` is given."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setFamilies(
        [
            QFontInfo(font).family(),  # "monospace" itself would lose to the CJK font
            "Noto Sans Mono CJK SC",
            *_CHINESE_FAMILIES,
            "Noto Color Emoji",
        ]
    )
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(points if points is not None else QApplication.font().pointSizeF())
    return font
