"""The theme in use: the user's choice, or whatever the desktop has."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from visualizer.ui.settings import ThemeChoice
from visualizer.ui.theme import (
    DARK,
    LIGHT,
    THEMES,
    Theme,
    apply_theme,
    use_palette,
    with_chinese_shapes,
)


class ThemeSwitch(QObject):
    """Draws the application light or dark, and in larger or smaller text.

    Signals:
        theme_changed: The Theme now in use.
    """

    theme_changed = Signal(object)

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._choice: ThemeChoice = "system"
        self._theme = LIGHT
        self._own_font = with_chinese_shapes(app.font())
        if app.font() != self._own_font:
            app.setFont(self._own_font)
        app.styleHints().colorSchemeChanged.connect(self._on_colour_scheme_changed)

    @property
    def choice(self) -> ThemeChoice:
        """What the user chose."""
        return self._choice

    @property
    def theme(self) -> Theme:
        """What is drawn with."""
        return self._theme

    def choose(self, choice: ThemeChoice) -> None:
        """Use a theme from now on."""
        self._choice = choice
        if choice == "system":
            self._app.styleHints().unsetColorScheme()
            self._follow_system()
        else:
            self._theme = THEMES[choice]
            apply_theme(self._app, self._theme)
        self.theme_changed.emit(self._theme)

    def set_zoom(self, points: int) -> None:
        """Make texts larger than the system's by so many points."""
        font = QFont(self._own_font)
        font.setPointSizeF(max(6.0, self._own_font.pointSizeF() + points))
        self._app.setFont(font)

    def _follow_system(self) -> None:
        is_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self._theme = DARK if is_dark else LIGHT
        self._app.setStyle("Fusion")
        use_palette(self._app, self._theme)

    @Slot(Qt.ColorScheme)
    def _on_colour_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._follow_system()
            self.theme_changed.emit(self._theme)
