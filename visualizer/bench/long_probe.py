"""A child process that reads a text as long as the model's context, and looks into heads of it.

Writes one JSON object to standard output: how long reading, all thumbnails, a head's coarse
picture, its pooled map and an exact tile take, in ms until the last pixel, and the most memory
that the process ever had, in MiB.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import SimpleNamespace

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from visualizer.bench.measure import elapsed_ms, peak_rss_mib
from visualizer.bench.texts import Words
from visualizer.engine.engine import LocalEngine
from visualizer.engine.records import (
    ForwardRecord,
    ForwardRequest,
    HeadRecord,
    HeadRequest,
    HeadWish,
    LoadRequest,
    ModelRecord,
    OverviewRecord,
    ProgressRecord,
    Prompt,
)
from visualizer.session.attention_facts import AttentionFacts
from visualizer.session.attention_views import head_view
from visualizer.session.state import ViewState
from visualizer.ui.theme import LIGHT, apply_theme
from visualizer.ui.widgets.heatmap import Heatmap

EDGE_PX = 900
TILE_TOKENS = 800
_HEADS = 6


class LongText:
    """One long text, read once; heads of it are painted by the real widget."""

    def __init__(self, engine: LocalEngine, model: ModelRecord, n_tokens: int) -> None:
        self._engine, self._model, self._n_tokens = engine, model, n_tokens
        self._facts = AttentionFacts()
        self._map = Heatmap()
        self._map.resize(EDGE_PX, EDGE_PX)
        self._canvas = QImage(EDGE_PX, EDGE_PX, QImage.Format.Format_RGB32)
        self.forward_ms = self.overview_ms = 0.0

    def read(self) -> None:
        """The forward pass and all thumbnails."""
        text = Words(self._model.tokenizer).text(self._n_tokens, seed=1)
        request = ForwardRequest(1, Prompt(text), with_surprise=False)
        start = time.perf_counter()
        for record in self._engine.answer(request):
            if isinstance(record, ForwardRecord):
                self._text = record.tokenization
                self.forward_ms = elapsed_ms(start)
            elif isinstance(record, OverviewRecord):
                self.overview_ms = elapsed_ms(start) - self.forward_ms
                self._facts.overview, self._facts.overview_of = record, self._text

    def coarse_ms(self, layer: int, head: int) -> float:
        """Choosing a head, until its thumbnail is painted as its map."""
        return self._painted_ms(lambda: self._facts.coarse_head(HeadWish(layer, head), self._text))

    def pooled_ms(self, layer: int, head: int) -> float:
        """Choosing a head, until its map is painted as finely as it is held."""
        return self._painted_ms(lambda: self._asked(HeadRequest(2, layer, head)))

    def tile_ms(self, layer: int, head: int) -> float:
        """The exact weights of a part in the middle, not painted."""
        middle = self._n_tokens // 2
        part = (middle, min(middle + TILE_TOKENS, self._n_tokens))
        start = time.perf_counter()
        self._asked(HeadRequest(3, layer, head, part, part))
        return elapsed_ms(start)

    def _asked(self, request: HeadRequest) -> HeadRecord | None:
        heads = (r for r in self._engine.answer(request) if isinstance(r, HeadRecord))
        return next(heads, None)

    def _painted_ms(self, find: Callable[[], HeadRecord | None]) -> float:
        start = time.perf_counter()
        record = find()
        if record is None:
            return float("nan")
        state = ViewState(layer=record.layer, head=record.head)
        self._map.set_view(head_view(state, self._model, self._text, record, self._facts))
        self._map.render(self._canvas)
        return elapsed_ms(start)


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(sys.argv[:1])
    apply_theme(application, LIGHT)
    engine = LocalEngine()
    request = LoadRequest(0, "model", args.path, args.device, args.dtype)
    model = engine.load(request, _ignore)
    n_tokens = model.context_length
    text = LongText(engine, model, n_tokens)
    text.read()
    heads = [(n * model.n_layers // _HEADS, n % model.n_heads) for n in range(_HEADS)]
    found = SimpleNamespace(
        n_tokens=n_tokens,
        forward_ms=text.forward_ms,
        overview_ms=text.overview_ms,
        coarse_ms=median(text.coarse_ms(*head) for head in heads),
        pooled_ms=median(text.pooled_ms(*head) for head in heads),
        tile_ms=median(text.tile_ms(*head) for head in heads),
        peak_mib=peak_rss_mib(),
    )
    print(json.dumps(vars(found)))
    return 0


def _ignore(record: ProgressRecord) -> None:
    """Nobody waits for the model here."""


if __name__ == "__main__":
    sys.stdout.flush()
    status = main()
    sys.stdout.flush()
    os._exit(status)  # as the window does: taking torch down takes seconds
