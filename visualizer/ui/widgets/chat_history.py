"""What was said before in a conversation: a line a message, and the way back to one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from visualizer.engine.chat import ChatExchange
from visualizer.engine.tokenization import display_text
from visualizer.ui.theme import SPACE_PX

_MOST_LINES = 4
_MOST_CHARS = 200  # of a line; the rest is in the tooltip
_INDEX = Qt.ItemDataRole.UserRole


class ChatHistory(QTreeWidget):
    """The messages of a conversation; takes no room while there are none.

    Signals:
        message_chosen: The user wants to write a message anew. (index: int)
    """

    message_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._earlier: tuple[ChatExchange, ...] = ()
        self.setAccessibleName(self.tr("Earlier messages"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        self.hide()
        self.itemActivated.connect(self._on_item_activated)

    def set_earlier(self, earlier: tuple[ChatExchange, ...]) -> None:
        """List what was said, the newest in sight."""
        if earlier == self._earlier:
            return
        self._earlier = earlier
        self.clear()
        for index, exchange in enumerate(earlier):
            self._add(index, self.tr("user"), exchange.message)
            self._add(index, self.tr("model"), exchange.reply)
        self.setVisible(bool(earlier))
        self.setFixedHeight(self.sizeHint().height())
        self.scrollToBottom()

    def lines(self) -> list[tuple[str, str]]:
        """Who said what, as it is written."""
        items = map(self.topLevelItem, range(self.topLevelItemCount()))
        return [(item.text(0), item.text(1)) for item in items if item is not None]

    def sizeHint(self) -> QSize:
        row = max(self.sizeHintForRow(0), self.fontMetrics().height())
        return QSize(400, row * min(2 * len(self._earlier), _MOST_LINES) + SPACE_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def _add(self, index: int, role: str, text: str) -> None:
        shown = text if len(text) <= _MOST_CHARS else text[: _MOST_CHARS - 1] + "…"
        item = QTreeWidgetItem([role, _one_line(shown)])
        item.setData(0, _INDEX, index)
        item.setToolTip(
            1,
            self.tr(
                "Double-click, or press Enter, to write this message anew; what followed it is "
                "left out and can be brought back."
            ),
        )
        quiet = self.palette().placeholderText()
        item.setForeground(0, quiet)
        if role == self.tr("model"):
            item.setForeground(1, quiet)
        self.addTopLevelItem(item)

    @Slot(QTreeWidgetItem, int)
    def _on_item_activated(self, item: QTreeWidgetItem, _column: int) -> None:
        self.message_chosen.emit(item.data(0, _INDEX))


def _one_line(text: str) -> str:
    """Line ends and what cannot be seen made visible; spaces as they are."""
    return " ".join(display_text(part.encode("utf-8", "replace")) for part in text.split(" "))
