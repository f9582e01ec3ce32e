"""In which order Tab goes from widget to widget, read off the layouts.

Qt's own order is a ring that it changes whenever a widget gets a parent or a focus proxy, and a
panel whose first child is a menu, a window of its own, tears it: the part of the ring around the
menu then leads into itself for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QLayout, QScrollArea, QSplitter, QWidget


def takes_focus(widget: QWidget) -> bool:
    """Whether Tab stops at a widget; one that passes the focus on is no stop itself."""
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None


def tab_stops(root: QWidget, without: Sequence[QWidget] = ()) -> list[QWidget]:
    """What Tab stops at in `root`, as it is laid out.

    Left out are windows in front of it, and what is in `without`.
    """
    return [widget for widget in _laid_out(root, without) if takes_focus(widget)]


def window_stops(window: QWidget, regions: Sequence[QWidget]) -> list[QWidget]:
    """What Tab stops at in a window: first in these regions, then in the rest of it.

    A region behind the tab of another one is not in sight, though Qt calls it visible.
    """
    in_sight = [region for region in regions if is_in_sight(region)]
    rest = [stop for stop in tab_stops(window, regions) if is_in_sight(stop)]
    return [stop for region in in_sight for stop in tab_stops(region)] + rest


def is_in_sight(widget: QWidget) -> bool:
    """Whether some of a widget is within all that it lies in."""
    area, inner, outer = widget.rect(), widget, widget.parentWidget()
    while outer is not None and not inner.isWindow():
        area = area.translated(inner.pos()) & outer.rect()
        inner, outer = outer, outer.parentWidget()
    return widget.isVisible() and not area.isEmpty()


def go_on(stops: Sequence[QWidget], forward: bool) -> bool:
    """Move the focus to the stop after or before the one that has it; False if there is none."""
    if not stops:
        return False
    at = _place_of(QApplication.focusWidget(), stops)
    if at is None:
        at = -1 if forward else 0
    place = (at + (1 if forward else -1)) % len(stops)
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    give_focus(stops[place], reason)
    return True


def give_focus(widget: QWidget, reason: Qt.FocusReason) -> None:
    """Give a widget the keys, and bring it into sight where it is scrolled out of it."""
    if not widget.isActiveWindow():
        widget.activateWindow()  # a panel that has been taken out of the window
    widget.setFocus(reason)
    area = widget.parentWidget()
    while area is not None and not area.isWindow():
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget)
        area = area.parentWidget()


def _place_of(focus: QWidget | None, stops: Sequence[QWidget]) -> int | None:
    """Where the focus is, be it in a part of a stop, such as the line of a spin box."""
    while focus is not None:
        if focus in stops:
            return stops.index(focus)
        focus = focus.parentWidget()
    return None


def _laid_out(root: QWidget, without: Sequence[QWidget]) -> Iterator[QWidget]:
    yield root
    for child in _children(root):
        if child.isVisible() and not child.isWindow() and child not in without:
            yield from _laid_out(child, without)


def _children(widget: QWidget) -> list[QWidget]:
    """The parts of a widget, those in its layout first."""
    placed: list[QWidget] = []
    layout = widget.layout()
    if isinstance(widget, QSplitter):
        panes = (widget.widget(place) for place in range(widget.count()))
        placed = [pane for pane in panes if pane is not None]
    elif layout is not None:
        placed = list(_of_layout(layout))
    others = [child for child in widget.children() if isinstance(child, QWidget)]
    return list(dict.fromkeys([*placed, *others]))


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    places = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        cells = [layout.getItemPosition(place) for place in places]
        places.sort(key=cells.__getitem__)  # type: ignore[arg-type] # the stub says object
    for place in places:
        item = layout.itemAt(place)
        widget = None if item is None else item.widget()
        inner = None if item is None else item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _of_layout(inner)
