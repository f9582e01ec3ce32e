"""In which order Tab goes from widget to widget: that in which they are read on screen.

Qt's own order is a ring that it changes whenever a widget gets a parent or a focus proxy, and a
panel whose first child is a menu, a window of its own, tears it: the part of the ring around the
menu then leads into itself for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


def takes_focus(widget: QWidget) -> bool:
    """Whether Tab stops at a widget; one that passes the focus on is no stop itself."""
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None


def tab_stops(root: QWidget, without: Sequence[QWidget] = ()) -> list[QWidget]:
    """What Tab stops at in `root`, as one reads it.

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
    # Not by the items of its layout: Python's names for those outlive them.
    children = [child for child in root.children() if isinstance(child, QWidget)]
    for child in in_reading_order([child for child in children if _is_read(child)]):
        if child not in without:
            yield from _laid_out(child, without)


def _is_read(widget: QWidget) -> bool:
    """Whether a widget is a part of what it is in, and no mark that lies over other parts."""
    is_mark = widget.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return widget.isVisible() and not widget.isWindow() and not is_mark


def in_reading_order(widgets: Sequence[QWidget]) -> list[QWidget]:
    """Parts of one widget row by row; where no row ends for all of them, column by column."""
    if len(widgets) < 2:
        return list(widgets)
    for groups in (_cut(widgets, QRect.top, QRect.bottom), _cut(widgets, QRect.left, QRect.right)):
        if len(groups) > 1:
            return [widget for group in groups for widget in in_reading_order(group)]
    return sorted(widgets, key=_corner)  # they lie over one another


def _cut(
    widgets: Sequence[QWidget], first: Callable[[QRect], int], last: Callable[[QRect], int]
) -> list[list[QWidget]]:
    """The widgets in groups with a gap between all of one and all of the next, along one axis."""
    groups: list[list[QWidget]] = []
    reached = 0
    for start, widget in sorted(((first(w.geometry()), w) for w in widgets), key=_start):
        if not groups or start > reached:
            groups.append([])
            reached = start
        groups[-1].append(widget)
        reached = max(reached, last(widget.geometry()))
    return groups


def _start(entry: tuple[int, QWidget]) -> int:
    return entry[0]


def _corner(widget: QWidget) -> tuple[int, int]:
    return widget.y(), widget.x()
