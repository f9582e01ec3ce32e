"""Menus of the overview: what heads can be looked for, and what can be done with one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from visualizer.engine.attention_records import Metric
from visualizer.engine.records import Member
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.exports import head_name
from visualizer.session.state import OverviewDisplay
from visualizer.session.views import OverviewView
from visualizer.ui.metric_words import metric_sentence, motif_sentence
from visualizer.ui.panels.overview_options import PLAIN, with_order
from visualizer.ui.plain_text import plain_caption

_MOTIFS: tuple[Metric, ...] = (
    "previous token",
    "first token",
    "induction",
    "duplicate token",
    "diagonal",
    "local",
    "distance",
    "entropy",
)
MOST_KEYS = 24
"""Tokens that the menu of keys lists; others are marked on the map."""
_MOST_CHARS = 16


class FindHeadsMenu(QMenu):
    """Heads by what they do.

    Signals:
        display_changed: Heads are to be ranked so. OverviewDisplay.
    """

    display_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._view: OverviewView | None = None
        self._key: int | None = None
        self._keys = QMenu(self)
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._on_triggered)

    def set_view(self, view: OverviewView | None) -> None:
        """The heads to look among; filled in when the menu opens."""
        self._view = view

    def set_key(self, key: int | None) -> None:
        """The key token that is inspected, offered first."""
        self._key = key

    @Slot()
    def fill(self) -> None:
        """Offer what can be looked for now."""
        self.clear()
        view = self._view
        if view is None:
            return
        display = view.display
        for metric in _MOTIFS:
            self._add(self, motif_sentence(metric), with_order(display, metric)).setToolTip(
                metric_sentence(metric)
            )
        self._add(
            self,
            self.tr("that rest on few tokens"),
            with_order(display, "entropy", ascending=True),
        ).setToolTip(metric_sentence("entropy"))
        self.addSeparator()
        if view.query is not None and view.tokenization is not None:
            self._add_keys(display, view.tokenization, view.query)
        if not isinstance(view.head, str):
            like = (view.layer, view.head)
            text = self.tr("that are like {head}").format(head=head_name(*like))
            self._add(self, text, with_order(display, "alike", like=like)).setToolTip(
                metric_sentence("alike")
            )
        if display.region is not None:
            self._add(
                self, self.tr("that look into the marked region"), with_order(display, "region")
            )
        self.addSeparator()
        self._add(self, self.tr("All, by layer"), PLAIN).setEnabled(display != PLAIN)

    def _add_keys(self, display: OverviewDisplay, text: Tokenization, query: int) -> None:
        """A menu of the tokens that the selected one can look at."""
        self._keys.deleteLater()
        self._keys = QMenu(self)
        title = self.tr("that look from “{token}” to")
        self._keys.setTitle(plain_caption(title.format(token=_token(text, query))))
        keys = list(range(query, max(query - MOST_KEYS, -1), -1))
        if keys[-1] > 0:
            keys.append(0)  # where heads rest that do nothing
        if self._key is not None and self._key <= query:
            keys = [self._key, *(key for key in keys if key != self._key)]
        for key in keys:
            region = (query, query + 1, key, key + 1)
            self._add(self._keys, _token(text, key), with_order(display, "region", region=region))
        if len(keys) <= query:
            self._keys.addSeparator()
            note = self._keys.addAction(self.tr("Others: mark them on the map"))
            note.setEnabled(False)
        self.addMenu(self._keys)

    def _add(self, menu: QMenu, text: str, display: OverviewDisplay) -> QAction:
        action = menu.addAction(plain_caption(text))
        action.setData(display)
        return action

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if isinstance(action.data(), OverviewDisplay):
            self.display_changed.emit(action.data())


def _token(text: Tokenization, index: int) -> str:
    """A token by index and text: "3 ·thousand"."""
    shown = display_text(text.pieces[index])
    shown = shown if len(shown) <= _MOST_CHARS else shown[: _MOST_CHARS - 1] + "…"
    return f"{index} {shown}"


class HeadMenu(QMenu):
    """What can be done with a head, and with the picture of all.

    Signals:
        pin_chosen: Pin this head or let it go. (layer: int, head: int)
        solo_chosen: Show it alone. (layer: int, head: int)
        display_changed: Heads like it are wanted. OverviewDisplay.
        copy_chosen: A picture of all heads is to go on the clipboard.
    """

    pin_chosen = Signal(int, int)
    solo_chosen = Signal(int, int)
    display_changed = Signal(object)
    copy_chosen = Signal()

    def __init__(self, export: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._export = export
        self._display = PLAIN
        self._member: Member = (0, 0)

    def open_at(self, view: OverviewView, member: Member | None, place: QPoint) -> None:
        """Open for a head, or beside all heads."""
        self.clear()
        self._display = view.display
        if member is not None:
            self._member = member
            self._add_member(member, is_pinned=member in view.pins)
            self.addSeparator()
        self._export.setTitle(self.tr("Export all heads"))
        self.addMenu(self._export)
        self.addAction(self.tr("Copy all heads as picture")).triggered.connect(self.copy_chosen)
        self.popup(place)

    def _add_member(self, member: Member, *, is_pinned: bool) -> None:
        name = head_name(*member)
        text = self.tr("Unpin {head}") if is_pinned else self.tr("Pin {head}")
        pin = self.addAction(f"{text.format(head=name)}\tP")  # a shortcut of the grid, shown only
        pin.triggered.connect(self._on_pin_triggered)
        solo = self.addAction(self.tr("Show {head} alone").format(head=name))
        solo.triggered.connect(self._on_solo_triggered)
        alike = self.addAction(self.tr("Find heads like {head}").format(head=name))
        alike.triggered.connect(self._on_alike_triggered)

    @Slot()
    def _on_pin_triggered(self) -> None:
        self.pin_chosen.emit(*self._member)

    @Slot()
    def _on_solo_triggered(self) -> None:
        self.solo_chosen.emit(*self._member)

    @Slot()
    def _on_alike_triggered(self) -> None:
        self.display_changed.emit(with_order(self._display, "alike", like=self._member))
