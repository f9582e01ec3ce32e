"""The merges that built a token, one step at a time."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFontMetrics, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from visualizer.engine.merges import Merge
from visualizer.engine.tokenization import display_text
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.messages import make_quiet
from visualizer.ui.widgets.token_glyphs import GlyphCache, GlyphPainter

STEP_MS = 600


class MergePlayback(QWidget):
    """Plays the steps of a token's making, with a slider to go to any of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[Merge, ...] = ()
        self._parts = _Parts()
        self._play = QToolButton()
        self._play.setAutoRaise(True)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setPageStep(1)
        self._slider.setAccessibleName(self.tr("Step of the merges"))
        self._caption = PlainLabel()
        self._caption.setWordWrap(True)
        make_quiet(self._caption)
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._on_timeout)
        controls = QHBoxLayout()
        controls.setSpacing(SPACE_PX)
        controls.addWidget(self._play)
        controls.addWidget(self._slider, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(controls)
        column.addWidget(self._parts)
        column.addWidget(self._caption)
        self._play.clicked.connect(self._on_play_clicked)
        self._slider.valueChanged.connect(self._on_slider_value_changed)
        self._say_play()

    def set_steps(self, steps: tuple[Merge, ...]) -> None:
        """Show the merges of another token, at their end."""
        self._stop()
        self._steps = steps
        last = max(len(steps) - 1, 0)
        self._slider.setRange(0, last)
        self._slider.setValue(last)
        self._slider.setEnabled(last > 0)
        self._play.setEnabled(last > 0)
        self._show_step()

    @property
    def step(self) -> int:
        """The step on show, 0 for the single bytes."""
        return self._slider.value()

    @property
    def is_playing(self) -> bool:
        """Whether steps follow by themselves."""
        return self._timer.isActive()

    def parts(self) -> tuple[bytes, ...]:
        """The parts on show."""
        return self._parts.parts

    def caption(self) -> str:
        """The sentence about the step on show."""
        return self._caption.text()

    def go_to(self, step: int) -> None:
        """Show this step."""
        self._slider.setValue(step)

    @Slot()
    def toggle_play(self) -> None:
        """Play from the step on show, from the beginning at the end; or stop."""
        if self.is_playing:
            self._stop()
        elif len(self._steps) > 1:
            if self.step == self._slider.maximum():
                self._slider.setValue(0)
            self._timer.start()
        self._say_play()

    def _stop(self) -> None:
        self._timer.stop()
        self._say_play()

    def _say_play(self) -> None:
        playing = self.is_playing
        self._play.setText("❚❚" if playing else "▶")
        said = self.tr("Stop the merges") if playing else self.tr("Play the merges")
        self._play.setToolTip(said)
        self._play.setAccessibleName(said)

    def _show_step(self) -> None:
        if not self._steps:
            self._parts.set_parts((), -1)
            self._caption.setText("")
            return
        step = self._steps[self.step]
        self._parts.set_parts(step.parts, step.place)
        if step.place < 0:
            text = self.tr("Step 0 of {last}: the single parts.").format(last=len(self._steps) - 1)
        else:
            before = self._steps[self.step - 1].parts
            text = self.tr("Step {n} of {last}: merge {rank:,} joins {left} and {right}.").format(
                n=self.step,
                last=len(self._steps) - 1,
                rank=step.rank,
                left=display_text(before[step.place]),
                right=display_text(before[step.place + 1]),
            )
        self._caption.setText(text)
        self._parts.setAccessibleDescription(text)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop()

    @Slot()
    def _on_play_clicked(self) -> None:
        self.toggle_play()

    @Slot()
    def _on_timeout(self) -> None:
        self._slider.setValue(self.step + 1)
        if self.step == self._slider.maximum():
            self._stop()

    @Slot()
    def _on_slider_value_changed(self) -> None:
        self._show_step()


class _Parts(QWidget):
    """The parts of a token in a line; those that do not fit go on below."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: tuple[bytes, ...] = ()
        self._made = -1
        self._cache = GlyphCache(token_font())
        self.setAccessibleName(self.tr("Parts of the token"))

    def set_parts(self, parts: tuple[bytes, ...], made: int) -> None:
        self.parts, self._made = parts, made
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 2 * self._line_px())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._line_px())

    def _line_px(self) -> int:
        return QFontMetrics(self._cache.font).height() + 2 * SPACE_PX

    def paintEvent(self, _event: QPaintEvent) -> None:
        font = token_font()
        if font != self._cache.font:
            self._cache = GlyphCache(font)
            self.updateGeometry()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        glyph_painter = GlyphPainter(painter, theme, font)
        line_px, x, y = self._line_px(), 1, 1
        for place, part in enumerate(self.parts):
            glyphs = self._cache.glyphs(part)
            width = min(glyphs.width + 2, self.width() - 2)
            if x > 1 and x + width > self.width() - 1:
                x, y = 1, y + line_px
            if y + line_px > self.height() + SPACE_PX:
                painter.setPen(QColor(theme.quiet))
                painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignRight), "…")
                return
            rect = QRect(x, y, width, line_px - SPACE_PX)
            is_made = place == self._made
            painter.setPen(QColor(theme.accent if is_made else theme.line))
            painter.setBrush(QColor(theme.token_fills[0] if is_made else theme.surface))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            glyph_painter.draw(glyphs, rect.adjusted(1, 0, -1, 0))
            x += width + SPACE_PX
