"""How a head's weights are coloured and filtered: a button, and what it opens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from visualizer.engine.treatment import UNTREATED
from visualizer.session.views import HeadView
from visualizer.ui.panels.head_options_popup import HeadOptionsPopup
from visualizer.ui.theme import current_theme
from visualizer.ui.treatment_words import treatment_texts
from visualizer.ui.widgets.colour_legend import scale_text
from visualizer.ui.widgets.joined_text import clauses

_DOT_PX = 3.5


class HeadOptions(QToolButton):
    """A button with a dot whenever a head is not shown plainly; opens the choices.

    Signals:
        colour_scale_changed: (ColourScale)
        scale_range_changed: (ScaleRange)
        palette_changed: (Palette)
        treatment_changed: Continuously while the slider moves. (Treatment)

    Attributes:
        popup: What opens.
    """

    colour_scale_changed = Signal(object)
    scale_range_changed = Signal(object)
    palette_changed = Signal(object)
    treatment_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = self.tr("Colours and filter")
        self.setText(f"{name} ▾")
        self.setAccessibleName(name)
        self._differences: tuple[str, ...] = ()
        self.popup = HeadOptionsPopup(self)
        self.popup.colour_scale_changed.connect(self.colour_scale_changed)
        self.popup.scale_range_changed.connect(self.scale_range_changed)
        self.popup.palette_changed.connect(self.palette_changed)
        self.popup.treatment_changed.connect(self.treatment_changed)
        self.popup.choices_changed.connect(self._on_popup_choices_changed)
        self.clicked.connect(self.open_popup)
        self._show_differences()

    def set_view(self, view: HeadView) -> None:
        """Show what a view is drawn with; emits nothing."""
        self.popup.set_view(view)
        self._show_differences()

    def differences(self) -> tuple[str, ...]:
        """What is not as it is at first, each in words; () for nothing."""
        return self._differences

    @Slot()
    def open_popup(self) -> None:
        """Open the choices below the button, or above it where there is no room."""
        self.popup.adjustSize()
        self._place_popup()
        self.popup.show()
        self.popup.adjustSize()
        self._place_popup()  # only what has been shown once knows its size for certain
        self.popup.scale_box.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place_popup(self) -> None:
        size = self.popup.size()
        screen = self.screen() or QGuiApplication.primaryScreen()
        place = _place_beside(
            self._on_screen(), size.width(), size.height(), screen.availableGeometry()
        )
        if place != self.popup.pos():
            self.popup.move(place)

    def _on_screen(self) -> QRect:
        return QRect(self.mapToGlobal(QPoint(0, 0)), self.size())

    def _show_differences(self) -> None:
        texts = []
        if self.popup.colour_scale != "linear":
            texts.append(scale_text(self.popup.colour_scale))
        if self.popup.scale_range != "one" and self.popup.range_counts():
            texts.append(
                self.tr("colours {range}").format(range=self.popup.range_box.currentText())
            )
        if self.popup.palette_name != "ink":
            texts.append(self.tr("palette {name}").format(name=self.popup.palette_name))
        if self.popup.treatment != UNTREATED:
            texts += treatment_texts(self.popup.treatment)
        self._differences = tuple(texts)
        tip = self.tr("Colour scale, palette, and which weights are shown")
        if texts:
            changed = self.tr("Changed: {list}").format(list=clauses(texts))
            tip = f"{tip}\n{changed}"
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._differences:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.paper), 1.5))
        painter.setBrush(QColor(theme.accent if self.isEnabled() else theme.removed))
        margin = _DOT_PX + 1.5
        painter.drawEllipse(QPointF(self.width() - margin, margin), _DOT_PX, _DOT_PX)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    @Slot()
    def _on_popup_choices_changed(self) -> None:
        self._show_differences()


def _place_beside(button: QRect, width: int, height: int, screen: QRect) -> QPoint:
    """Corner of what opens: below the button, above where that fits better, on the screen."""
    x = min(max(button.left(), screen.left()), max(screen.left(), screen.right() - width + 1))
    below = button.bottom() + 1
    above = button.top() - height
    y = above if below + height > screen.bottom() + 1 and above >= screen.top() else below
    return QPoint(x, max(screen.top(), min(y, screen.bottom() - height + 1)))
