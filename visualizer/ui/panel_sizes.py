"""How large every panel is: shares of the window, and who gives way first where room is short.

Qt's docks keep the pixels they were last given and, where they do not fit, make the window
larger. Here the window's size is the user's, and the panels share it: each column and row has a
share, the first time the one that suits the window, later the one that the user gave it by its
edge. Where room is short the sampling parameters fold to a line, then the tokens and the prompt
scroll, and the bars keep six rows as long as there is any room for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QStyle

if TYPE_CHECKING:
    from visualizer.ui.main_window import MainWindow

ROWS = ("prompt", "tokens", "prediction")
"""Docks of the left column that share the height that the sampling parameters leave."""
BELOW = ("timeline", "tokenizers", "pipeline")
"""Docks under all others."""
_PROMPT_SHARE, _OVERVIEW_SHARE = 0.34, 0.24
_PROMPT_PX, _OVERVIEW_PX = (400, 640), (240, 720)
_LEAST_OVERVIEW_PX = 200
_PAIR_SHARE = 0.58  # of its column, under all heads
_PAIR_PX, _PAIR_SOLO_PX = 300, 420
_BELOW_SHARES = {"timeline": 0.22, "tokenizers": 0.36}
_MOST_BELOW_PX = 480  # more would be empty at first on a large screen
LEAST_BELOW_PX = 140  # less shows nothing
_PROMPT_LINES, _TOKEN_LINES = 2, 3  # that stay as long as there is room
_LEAST_ROWS = (6, 2)  # of candidates and of what is followed: the same
_ROOMY_ROWS = (8, 3)  # as many, or the sampling parameters fold
_FIRST_ROWS = (10, 6)


class PanelSizes(QObject):
    """Lays the docks out anew whenever the room or what is in it has changed.

    Docks that the user has moved elsewhere are left to Qt.

    Attributes:
        shares: What the user has chosen by dragging an edge: of a row or column, by its dock's
            name, in (0, 1). Others have the share that suits the window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.shares: dict[str, float] = {}
        self._window = window
        self._docks = window.docks
        self._dragged: dict[str, tuple[int, int]] | None = None
        self._tried: dict[tuple[str, ...], tuple[list[int], list[int]]] = {}
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.arrange)
        for dock in self._docks.values():
            dock.visibilityChanged.connect(self.arrange_soon)
            dock.topLevelChanged.connect(self.arrange_soon)

    @Slot()
    def arrange_soon(self) -> None:
        """Lay out once the present event is done."""
        self._soon.start()

    @Slot()
    def arrange(self) -> None:
        """Give every panel its room, if that is not what it has."""
        window, layout = self._window, self._window.layout()
        if self._dragged is not None or not window.isVisible() or layout is None:
            return
        layout.activate()
        down, across = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        self._give(self._height_below(), down)
        self._give(self._widths(), across)
        self._give(self._heights(), down)
        self._give(self._pair_heights(), down)

    def forget(self) -> None:
        """Give every panel the share that suits the window."""
        self.shares.clear()
        self.arrange_soon()

    def begin_drag(self) -> None:
        """A button of the mouse is down on an edge between panels: they are the user's to size."""
        self._dragged = self._places()

    def end_drag(self) -> None:
        """Keep the shares of the columns and rows whose edges the user has dragged."""
        before, self._dragged = self._dragged, None
        if before is None or (now := self._places()) == before:
            return
        for key, (width, height) in now.items():
            old_width, old_height = before.get(key, (width, height))
            if key in ("lessons", "prompt", "overview") and width != old_width:
                self.shares[self._column_name(key)] = width / self._window.width()
            if key in BELOW and height != old_height:
                self.shares[key] = height / self._window.height()
        for rows in (ROWS, ("overview", "pair")):
            docks = self._stacked(rows)
            if any(now[key][1] != before.get(key, now[key])[1] for key in docks):
                total = sum(now[key][1] for key in docks)
                self.shares |= {f"{key} row": now[key][1] / total for key in docks}
        self.arrange_soon()

    # ---------------------------------------------------------------------------- what is where

    def _places(self) -> dict[str, tuple[int, int]]:
        """Width and height of every dock in sight."""
        return {
            key: (dock.width(), dock.height())
            for key, dock in self._docks.items()
            if self._is_docked(key)
        }

    def _is_docked(self, key: str) -> bool:
        dock = self._docks[key]
        return not dock.isHidden() and not dock.isFloating()

    def _stacked(self, keys: Sequence[str]) -> list[str]:
        """Those in sight, if they stand below one another as they did at first; else none."""
        shown = [key for key in keys if self._is_docked(key)]
        docks = [self._docks[key] for key in shown]
        stands = all(
            upper.x() == lower.x() and upper.y() < lower.y() for upper, lower in pairwise(docks)
        )
        is_tabbed = any(self._window.tabifiedDockWidgets(dock) for dock in docks)
        return shown if stands and not is_tabbed else []

    def _column_name(self, key: str) -> str:
        """A lesson has a share of its own for each way it can stand in the window."""
        if key != "lessons":
            return f"{key} beside a lesson" if self._is_docked("lessons") else key
        return "lessons, narrow" if self._window.lesson_panel.is_narrow else "lessons"

    @property
    def _edge_px(self) -> int:
        """Of the edge between two docks."""
        style = self._window.style()
        return style.pixelMetric(
            QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, self._window
        )

    # ------------------------------------------------------------------------------- the sizes

    def _height_below(self) -> dict[str, int]:
        """Of the dock under all others; and the sampling parameters fold where they must."""
        window, sampling = self._window, self._window.sampling_panel
        rows = self._stacked((*ROWS, "sampling"))
        below = [key for key in BELOW if self._is_docked(key) and self._is_in_front(key)]
        if not rows:
            sampling.set_short(False)
            return {}
        area = window.statusBar().y() - self._docks[rows[0]].y()
        edges = (len(rows) - 1) * self._edge_px
        wished = 0
        if below:
            share = self.shares.get(below[0])
            hint = self._docks[below[0]].sizeHint().height() / window.height()
            first = min(_BELOW_SHARES.get(below[0], hint) * window.height(), _MOST_BELOW_PX)
            wished = round(share * window.height() if share else first) + self._edge_px
        roomy = self._least(rows, _ROOMY_ROWS) + sampling.unfolded_px + self._title_px("sampling")
        sampling.set_short("sampling" in rows and roomy + edges > area - wished)
        if not below:
            return {}
        sampling_px = self._sampling_px if "sampling" in rows else 0
        left = area - edges - self._edge_px - sampling_px - self._least(rows, _LEAST_ROWS)
        return {below[0]: max(min(wished - self._edge_px, left), LEAST_BELOW_PX)}

    def _is_in_front(self, key: str) -> bool:
        """Whether a dock is the one in sight of those that share its place."""
        return not self._docks[key].visibleRegion().isEmpty()

    def _least(self, rows: Sequence[str], bars: tuple[int, int]) -> int:
        """Height of the prompt, the tokens and the bars with all that should stay in sight."""
        return sum(self._row_px(key, bars) for key in rows if key in ROWS)

    def _row_px(self, key: str, bars: tuple[int, int]) -> int:
        window, title = self._window, self._title_px(key)
        if key == "prompt":
            return title + window.prompt_panel.height_of_lines(_PROMPT_LINES)
        if key == "tokens":
            return title + window.token_panel.height_of_lines(_TOKEN_LINES)
        return title + window.prediction_panel.height_of_rows(*bars)

    def _title_px(self, key: str) -> int:
        """Of the bar by which a dock is moved, while there is one."""
        dock = self._docks[key]
        panel = dock.widget()
        return 0 if panel is None else max(dock.height() - panel.height(), 0)

    def _widths(self) -> dict[str, int]:
        """Of the columns; what they leave is the head's."""
        window, width = self._window, self._window.width()
        columns = [
            next((key for key in keys if self._is_docked(key)), "")
            for keys in (("lessons",), (*ROWS, "sampling"), ("overview", "pair"))
        ]
        lesson, prompt, overview = columns
        shown = [self._docks[key] for key in columns if key]
        in_order = all(a.x() < b.x() and a.y() == b.y() for a, b in pairwise(shown))
        if not shown or not in_order:
            return {}
        sizes: dict[str, int] = {}
        if lesson:
            if window.head_panel.isHidden():
                return {lesson: width}
            panel = window.lesson_panel
            first = panel.text.narrow_px if panel.is_narrow else panel.wide_px
            sizes[lesson] = round(self.shares.get(self._column_name("lessons"), 0) * width or first)
            width -= sizes[lesson]
        if overview == "pair" and not prompt:
            return sizes | {overview: _PAIR_SOLO_PX}
        if prompt:
            share = self.shares.get(self._column_name("prompt"), 0) * window.width()
            low, high = _PROMPT_PX
            wished = share or max(low, min(high, width * _PROMPT_SHARE))
            left = width - self._least_head_px - (_LEAST_OVERVIEW_PX if overview else 0)
            least = window.prediction_panel.least_px
            sizes[prompt] = max(min(round(wished), left), least)
        if overview:
            share = self.shares.get(self._column_name("overview"), 0) * window.width()
            low, high = _OVERVIEW_PX
            wished = share or max(low, min(high, width * _OVERVIEW_SHARE))
            if self._is_docked("pair"):
                wished = max(wished, _PAIR_PX)
            left = width - sizes.get(prompt, 0) - self._least_head_px
            sizes[overview] = max(min(round(wished), left), _LEAST_OVERVIEW_PX)
        return sizes

    @property
    def _least_head_px(self) -> int:
        return self._window.head_panel.minimumSizeHint().width() + 2 * self._edge_px

    def _heights(self) -> dict[str, int]:
        """Of the rows of the left column."""
        rows = self._stacked((*ROWS, "sampling"))
        docks = [self._docks[key] for key in rows]
        total = sum(dock.height() for dock in docks)
        sizes: dict[str, int] = {}
        if "sampling" in rows:
            panel = self._window.sampling_panel
            fixed = self._sampling_px
            if not panel.is_folded and "prediction" in rows:  # the user's wish, at the bars' cost
                fixed = min(fixed, total - self._least(rows, _LEAST_ROWS))
                fixed = max(fixed, panel.minimumSizeHint().height())
            sizes["sampling"] = fixed
            total -= fixed
        shared = [key for key in rows if key in ROWS]
        return self._shared_heights(shared, total) | sizes

    @property
    def _sampling_px(self) -> int:
        return self._window.sampling_panel.sizeHint().height() + self._title_px("sampling")

    def _shared_heights(self, rows: Sequence[str], total: int) -> dict[str, int]:
        least = {key: self._row_px(key, _LEAST_ROWS) for key in rows}
        spare = total - sum(least.values())
        if spare < 0:
            return self._squeezed(least, spare)
        chosen = {key: self.shares.get(f"{key} row", 0.0) for key in rows}
        if chosen and all(chosen.values()):
            whole = sum(chosen.values())
            return _apportioned({key: chosen[key] * total / whole for key in rows}, least, total)
        sizes = dict(least)
        if "prediction" in rows:
            panel = self._window.prediction_panel
            n_rows, n_followed = _FIRST_ROWS
            n_chosen = panel.chosen_count
            first = panel.height_of_rows(min(n_chosen or n_rows, n_rows), n_followed)
            first += self._title_px("prediction")
            bars = min(spare, max(first - least["prediction"], 0)) if len(rows) > 1 else spare
            more = (spare - bars) // 2
            if n_chosen is not None:
                every = panel.height_of_rows(n_chosen, n_followed) - least["prediction"]
                more = min(more, max(every - bars, 0))
            bars += more
            sizes["prediction"] += bars
            spare -= bars
        if "prompt" in rows:
            sizes["prompt"] += spare // 3 if "tokens" in rows else spare
            spare -= spare // 3 if "tokens" in rows else spare
        if "tokens" in rows:
            sizes["tokens"] += spare
        return sizes

    def _squeezed(self, least: Mapping[str, int], spare: int) -> dict[str, int]:
        """First the tokens give room, down to a line, then the prompt, and the bars at last."""
        window, sizes = self._window, dict(least)
        last = {
            "tokens": window.token_panel.height_of_lines(1),
            "prompt": window.prompt_panel.height_of_lines(1),
            "prediction": 0,
        }
        for key, floor in last.items():
            if key in sizes:
                given = min(-spare, max(sizes[key] - floor, 0))
                sizes[key] -= given
                spare += given
        return sizes

    def _pair_heights(self) -> dict[str, int]:
        """Of all heads and the inspected pair below them."""
        rows = self._stacked(("overview", "pair"))
        if len(rows) < 2:
            return {}
        total = sum(self._docks[key].height() for key in rows)
        pair = round(total * self.shares.get("pair row", _PAIR_SHARE))
        return {"overview": total - pair, "pair": pair}

    def _give(self, sizes: Mapping[str, int], orientation: Qt.Orientation) -> None:
        docks = [self._docks[key] for key in sizes]
        is_high = orientation is Qt.Orientation.Vertical

        def sizes_now() -> list[int]:
            return [dock.height() if is_high else dock.width() for dock in docks]

        wished = list(sizes.values())
        if not docks or sizes_now() == wished:
            return
        tried = (wished, sizes_now())
        if self._tried.get(tuple(sizes)) == tried:
            return  # what is in the panels does not allow it
        self._window.resizeDocks(docks, wished, orientation)
        layout = self._window.layout()
        assert layout is not None
        layout.activate()
        self._tried[tuple(sizes)] = (wished, sizes_now())


def _apportioned(
    wished: Mapping[str, float], least: Mapping[str, int], total: int
) -> dict[str, int]:
    """Whole pixels that come to `total`, near what is wished and none less than the least."""
    sizes = {key: max(round(wished[key]), least[key]) for key in wished}
    for key in sorted(sizes, key=lambda key: sizes[key] - least[key], reverse=True):
        over = sum(sizes.values()) - total
        sizes[key] = max(sizes[key] - over, least[key])
    return sizes
