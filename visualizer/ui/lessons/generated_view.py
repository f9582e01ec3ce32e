"""A generated text that shows what it was drawn from, token by token."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from visualizer.ui.lessons.generated_layout import (
    GeneratedLayout,
    MarkedText,
    paint_generated,
    shown_token,
)
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.number_text import typeset
from visualizer.ui.widgets.token_strip import rows_as_html

_PAD = SPACE_PX


class GeneratedView(QAbstractScrollArea):
    """Tokens in lines; the pointer and the arrow keys read them.

    Signals:
        token_pointed: Another token is read. int, its index, -1 for none.
    """

    token_pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text: MarkedText | None = None
        self._layout: GeneratedLayout | None = None
        self._pointed = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Generated text"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)

    # ------------------------------------------------------------------------------- the text

    def set_text(self, text: MarkedText | None) -> None:
        """Show another text, from its beginning."""
        self._text = text
        self._layout = None
        self._point(-1)
        if text is not None:
            self.setAccessibleDescription(text.generated.text(text.unit))
        self._fit()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def text(self) -> MarkedText | None:
        """What is shown."""
        return self._text

    @property
    def pointed(self) -> int:
        """The token that is read, -1 for none."""
        return self._pointed

    def text_layout(self) -> GeneratedLayout | None:
        """Where the tokens stand, without the margins."""
        if self._layout is None and self._text is not None:
            width = self.viewport().width() - 2 * _PAD
            self._layout = GeneratedLayout(self._text, token_font(), width)
        return self._layout

    def sizeHint(self) -> QSize:
        return QSize(120 * SPACE_PX, 31 * SPACE_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(60 * SPACE_PX, 24 * SPACE_PX)

    def reading(self, index: int) -> list[tuple[str, str]]:
        """What is known about a token, as (name, value)."""
        assert self._text is not None
        generated, place = self._text.generated, self._text.place(index)
        rows = [(self.tr("token"), shown_token(self._text.tokens[index]))]
        if place < 0:
            return [*rows, (self.tr("given"), self.tr("part of the beginning"))]
        used = generated.context_used[place]
        wanted = min(generated.n_context, index)
        context = self._text.tokens[index - used : index]
        rows.append(
            (
                self.tr("context used"),
                self.tr("{used} of {wanted} tokens").format(used=used, wanted=wanted),
            )
        )
        if used:
            rows.append((self.tr("context"), " ".join(map(shown_token, context))))
        rows.append((self.tr("probability"), typeset(f"{generated.probabilities[place]:.4g}")))
        rows.append(
            (
                self.tr("could follow"),
                self.tr("{n} tokens").format(n=f"{generated.choices[place]:,}"),
            )
        )
        length = int(generated.lengths[place])
        rows.append(
            (self.tr("stands in the text"), self.tr("from here on {n} tokens").format(n=length))
        )
        return rows

    # ---------------------------------------------------------------------------------- events

    def paintEvent(self, event: QPaintEvent) -> None:
        layout = self.text_layout()
        if layout is None:
            return
        painter = QPainter(self.viewport())
        painter.translate(_PAD, _PAD - self.verticalScrollBar().value())
        paint_generated(painter, layout, current_theme(), self._pointed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout = None
        self._fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._token_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(-1)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(event.pos(), event.globalPos())
            return True
        if event.type() == QEvent.Type.Leave:
            self._point(-1)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: max(self._pointed - 1, 0),
            Qt.Key.Key_Right: self._pointed + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: 10**9,
        }
        target = moves.get(Qt.Key(event.key()))
        layout = self.text_layout()
        if target is None or layout is None or not layout.rects:
            super().keyPressEvent(event)
            return
        target = min(target, len(layout.rects) - 1)
        self._point(target)
        rect = layout.rects[target]
        bar = self.verticalScrollBar()
        if rect.top() < bar.value():
            bar.setValue(int(rect.top()))
        elif rect.bottom() + 2 * _PAD > bar.value() + self.viewport().height():
            bar.setValue(int(rect.bottom()) + 2 * _PAD - self.viewport().height())

    def _fit(self) -> None:
        layout, bar = self.text_layout(), self.verticalScrollBar()
        height = 0 if layout is None else int(layout.height) + 2 * _PAD
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(5 * SPACE_PX)
        bar.setRange(0, max(height - self.viewport().height(), 0))

    def _token_at(self, place: QPointF) -> int:
        layout = self.text_layout()
        if layout is None:
            return -1
        return layout.token_at(
            place.x() - _PAD, place.y() - _PAD + self.verticalScrollBar().value()
        )

    def _point(self, index: int) -> None:
        if index != self._pointed:
            self._pointed = index
            self.viewport().update()
            self.token_pointed.emit(index)

    def _show_tip(self, place: QPoint, screen: QPoint) -> None:
        index = self._token_at(QPointF(place))
        if index < 0:
            QToolTip.hideText()
        else:
            QToolTip.showText(screen, rows_as_html(self.reading(index)), self)
