"""A child process that zooms, moves and points at the map of a head, and times every frame.

Writes one JSON object to standard output: for each number of tokens and each kind of movement
how long the window's thread worked on every frame, in ms, from the wish to the last pixel. The
weights are made up, and no model is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import HeadView
from visualizer.ui.theme import LIGHT, apply_theme
from visualizer.ui.widgets.heatmap import WHEEL_ZOOM, Heatmap

EDGE_PX = 900
MOST_CELLS = 2048
TILE_TOKENS = 2048
LARGEST_CELL_PX = 80
_STEPS = 12
_WORDS = (b"A", b" journey", b" of", b" a", b" thousand", b" miles", b" begins", b" with")


def made_up_view(n_tokens: int) -> HeadView:
    """A head over so many tokens; a long one pooled, with an exact tile of its middle."""
    block = -(-n_tokens // MOST_CELLS)
    pieces = tuple(_WORDS[index % len(_WORDS)] for index in range(n_tokens))
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    starts = ends - np.array([len(piece) for piece in pieces], dtype=np.int64)
    ids = np.arange(n_tokens, dtype=np.int64)
    text = Tokenization(b"".join(pieces).decode(), ids, pieces, starts, ends, 0, "made-up")
    n_cells = -(-n_tokens // block)
    whole = (0, n_tokens)
    record = HeadRecord(1, 0, 0, n_tokens, whole, whole, block, _weights(n_cells))
    tile = None
    if block > 1:
        part = ((n_tokens - TILE_TOKENS) // 2, (n_tokens + TILE_TOKENS) // 2)
        tile = replace(record, rows=part, columns=part, block=1, weights=_weights(TILE_TOKENS))
    return HeadView(record, text, n_tokens - 1, 1, 1, "linear", "one", "made-up", tile=tile)


def _weights(n: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.tril(np.random.default_rng(0).random((n, n), dtype=np.float32))


class Frames:
    """A map that is moved, each time until it is painted.

    Args:
        n_tokens: Of the text that it is of.
    """

    def __init__(self, n_tokens: int) -> None:
        self._n_tokens = n_tokens
        self._map = Heatmap()
        self._map.resize(EDGE_PX, EDGE_PX)
        self._map.set_view(made_up_view(n_tokens))
        self._places: list[QPointF] = []
        self._canvas = QImage(EDGE_PX, EDGE_PX, QImage.Format.Format_RGB32)
        self._frame_ms(self._map.fit)

    def _frame_ms(self, move: Callable[[], None]) -> float:
        # Of this thread alone: what else the machine is doing does not count.
        start = time.thread_time()
        move()
        self._map.render(self._canvas)
        return (time.thread_time() - start) * 1000.0

    def zoom_ms(self) -> list[float]:
        """Frames of turning the wheel from the whole map to single cells."""
        self._map.fit()
        times = []
        while self._map.places.edge < LARGEST_CELL_PX:
            times.append(self._frame_ms(self._zoom_in))
        return times

    def _zoom_in(self, factor: float = WHEEL_ZOOM) -> None:
        middle = self._map.map_area().center()
        self._map.zoom(factor, middle.x(), middle.y())

    def pan_ms(self) -> list[float]:
        """Frames of dragging the map, at three sizes of a cell."""
        times = []
        for edge in (1.0, 6.0, 40.0):
            self._map.fit()
            self._zoom_in(edge / self._map.places.edge)
            times += [self._frame_ms(self._drag) for _ in range(_STEPS)]
        return times

    def _drag(self) -> None:
        self._map.pan(QPointF(-7.0, -9.0))

    def point_ms(self) -> list[float]:
        """Frames of moving the pointer over the whole map."""
        self._map.fit()
        self._frame_ms(self._map.fit)
        area = self._map.map_area()
        self._places = [
            area.topLeft()
            + QPointF(area.width() * step / _STEPS / 2, area.height() * step / _STEPS)
            for step in range(1, _STEPS)
        ]
        return [self._frame_ms(self._point) for _ in range(1, _STEPS)]

    def _point(self) -> None:
        place, button = self._places.pop(), Qt.MouseButton.NoButton
        held = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(QEvent.Type.MouseMove, place, place, button, button, held)
        QApplication.sendEvent(self._map, event)


def main() -> int:
    """Time the frames."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tokens", type=int, nargs="+")
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication(["visualizer"])
    apply_theme(application, LIGHT)
    found = {}
    for n_tokens in args.tokens:
        frames = Frames(n_tokens)
        found[str(n_tokens)] = {
            "zoom": [frames.zoom_ms() for _ in range(args.repeats)],
            "pan": [frames.pan_ms() for _ in range(args.repeats)],
            "point": [frames.point_ms() for _ in range(args.repeats)],
        }
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
