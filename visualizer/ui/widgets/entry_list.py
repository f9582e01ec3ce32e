"""A list of tokens of a vocabulary: id, text and bytes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from visualizer.engine.tokenization import display_text
from visualizer.session.vocabulary_desk import Entry
from visualizer.ui.plain_text import plain_tip
from visualizer.ui.theme import token_font

_LONGEST_BYTES = 16
_ID = Qt.ItemDataRole.UserRole


class EntryList(QTreeWidget):
    """Tokens in rows; one of them may be marked.

    Args:
        name: For a screen reader.
        with_bytes: Whether there is a column for the bytes, which are else said on hover.

    Signals:
        token_chosen: The user chose a token. (id: int)
    """

    token_chosen = Signal(int)

    def __init__(
        self, name: str, *, with_bytes: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setColumnCount(3)
        self.setHeaderLabels([self.tr("id"), self.tr("token"), self.tr("bytes")])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setSelectionMode(QTreeWidget.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setMinimumSectionSize(24)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        self.setColumnHidden(2, not with_bytes)
        copy = QAction(self.tr("Copy id"), self)
        copy.triggered.connect(self._on_copy_triggered)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.itemClicked.connect(self._on_item_chosen)
        self.itemActivated.connect(self._on_item_chosen)

    def set_entries(self, entries: Sequence[Entry], marked: int | None = None) -> None:
        """List `entries`, the one with id `marked` selected and in sight."""
        self.clear()
        font = token_font()
        for entry in entries:
            shown = display_text(entry.data) or self.tr("nothing")
            data = entry.data[:_LONGEST_BYTES].hex(" ").upper()
            if len(entry.data) > _LONGEST_BYTES:
                data += " …"
            item = QTreeWidgetItem([f"{entry.id}", shown, data])
            item.setData(0, _ID, entry.id)
            item.setTextAlignment(0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column in range(3):
                item.setFont(column, font)
            tip = f"{shown}  {data}" + (self.tr(", a special token") if entry.is_special else "")
            item.setToolTip(1, plain_tip(tip))
            self.addTopLevelItem(item)
            if entry.id == marked:
                self.setCurrentItem(item)
        current = self.currentItem()
        if current is not None:
            self.scrollToItem(current, QTreeWidget.ScrollHint.PositionAtCenter)

    def ids(self) -> list[int]:
        """Of the tokens listed."""
        items = map(self.topLevelItem, range(self.topLevelItemCount()))
        return [item.data(0, _ID) for item in items if item is not None]

    def sizeHint(self) -> QSize:
        return QSize(200, 100)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 60)

    @Slot(QTreeWidgetItem, int)
    def _on_item_chosen(self, item: QTreeWidgetItem, _column: int) -> None:
        self.token_chosen.emit(item.data(0, _ID))

    @Slot()
    def _on_copy_triggered(self) -> None:
        item = self.currentItem() or self.itemAt(QPoint(0, 0))
        if item is not None:
            QGuiApplication.clipboard().setText(item.text(0))
