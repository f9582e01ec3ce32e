"""A strip along the top of the window that says one thing and offers what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton

from visualizer.ui.icons import themed_icon
from visualizer.ui.messages import Notice, sentence
from visualizer.ui.plain_text import PlainLabel, plain_caption, plain_tip
from visualizer.ui.theme import SPACE_PX, current_theme

_URGENCY = ("error", "warning", "info", "hint")
_BAR_PX = 4


class Banner(QFrame):
    """Shows the most urgent notice; closing it brings up the next.

    Signals:
        choice_made: A button was pressed. str, the choice's key.
        notice_closed: The user closed a notice. str, its key.
        occupied_changed: Whether there is anything to say; what holds the banner hides it else.
    """

    choice_made = Signal(str)
    notice_closed = Signal(str)
    occupied_changed = Signal(bool)

    def __init__(self, parent: QFrame | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAccessibleName(self.tr("Notice"))
        self._notices: dict[str, Notice] = {}
        self._text = PlainLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._count = PlainLabel()
        self._buttons: list[QPushButton] = []
        self._close = QToolButton(autoRaise=True)
        self._close.setToolTip(self.tr("Close this notice"))
        self._close.setAccessibleName(self.tr("Close this notice"))
        self._close.clicked.connect(self._on_close_clicked)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, SPACE_PX)
        self._row.setSpacing(2 * SPACE_PX)
        self._row.addWidget(self._text, stretch=1)
        self._row.addWidget(self._count)
        self._row.addWidget(self._close)
        self._draw_icon()

    @property
    def shown(self) -> Notice | None:
        """The notice on show."""
        notices = sorted(self._notices.values(), key=_urgency)
        return notices[0] if notices else None

    @Slot(object)
    def raise_notice(self, notice: Notice) -> None:
        """Show `notice`, or keep it until more urgent ones are closed."""
        self._notices.pop(notice.key, None)
        self._notices = {notice.key: notice, **self._notices}  # among equals the newest first
        self._draw()

    @Slot(str)
    def withdraw(self, key: str) -> None:
        """The reason of a notice is gone."""
        if self._notices.pop(key, None) is not None:
            self._draw()

    def _draw(self) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        notice = self.shown
        self.occupied_changed.emit(notice is not None)
        if notice is None:
            return
        self._text.setText(sentence(notice.message))
        self._text.setToolTip(plain_tip(notice.message.detail))
        for place, choice in enumerate(notice.choices, start=1):
            button = QPushButton(plain_caption(sentence(choice.label)))
            button.setObjectName(choice.key)
            button.clicked.connect(self._on_choice_clicked)
            self._row.insertWidget(place, button)
            self._buttons.append(button)
        n_more = len(self._notices) - 1
        self._count.setVisible(n_more > 0)
        self._count.setText(self.tr("{n} more").format(n=n_more))
        self._fit()
        self.update()

    def _fit(self) -> None:
        """Be as high as the text needs at this width: what holds the banner does not ask."""
        self._row.activate()
        self.setFixedHeight(self._height_at(self.width()))

    def _height_at(self, width: int) -> int:
        row = self._row
        return (
            row.totalHeightForWidth(width) if row.hasHeightForWidth() else row.sizeHint().height()
        )

    def _draw_icon(self) -> None:
        self._close.setIcon(themed_icon("close", current_theme()))

    @Slot()
    def _on_choice_clicked(self) -> None:
        button, notice = self.sender(), self.shown
        if button is None or notice is None:
            return
        key = button.objectName()
        self.withdraw(notice.key)
        self.choice_made.emit(key)

    @Slot()
    def _on_close_clicked(self) -> None:
        notice = self.shown
        if notice is not None:
            self.withdraw(notice.key)
            self.notice_closed.emit(notice.key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()
        elif event.type() == QEvent.Type.FontChange:
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        notice = self.shown
        level = notice.level if notice is not None else "info"
        colours = {"error": theme.error, "warning": theme.warning}
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.surface)
        painter.fillRect(0, 0, _BAR_PX, self.height(), colours.get(level, theme.accent))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.line)


def _urgency(notice: Notice) -> int:
    return _URGENCY.index(notice.level)
