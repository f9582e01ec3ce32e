"""A child process that moves a sampling slider over a large vocabulary, and times every frame.

Writes one JSON object to standard output: for each number of tokens in the vocabulary how long
the window's thread worked from the slider's new value to the last painted bar, in ms, and the
same for the cards of the sampler once their numbers are there. Logits and tokens are made up, and
no model is loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import replace

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from visualizer.engine.merges import MergeRules
from visualizer.engine.records import Float32Array, PredictionRecord
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.tokenization import Tokenization
from visualizer.session.pipeline_view import PipelineQuestion, pipeline_view
from visualizer.session.resolve import bars_view
from visualizer.session.state import ViewState
from visualizer.ui.panels.pipeline_panel import PipelinePanel
from visualizer.ui.theme import LIGHT, apply_theme
from visualizer.ui.widgets.bar_chart import BarChart

_N_TOKENS = 64
_START = SamplingParams(1.0, 50, 0.95, 0.02, 1.1)
_TEMPERATURES = tuple(round(0.1 * step, 1) for step in range(2, 20))


class MadeUpTokenizer:
    """Tokens that are named by their ids."""

    name = "made-up"
    special_ids: frozenset[int] = frozenset()

    def __init__(self, vocabulary_size: int) -> None:
        self.vocabulary_size = vocabulary_size

    def encode(self, text: str, *, parse_special: bool = False) -> Tokenization:
        """The first ids, whatever the text."""
        del text, parse_special
        return self.from_ids(tuple(range(_N_TOKENS)))

    def from_ids(self, ids: tuple[int, ...]) -> Tokenization:
        """Exactly these."""
        pieces = tuple(map(self.token_bytes, ids))
        ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
        starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
        text = b"".join(pieces).decode()
        return Tokenization(text, np.array(ids, np.int64), pieces, starts, ends, 0, self.name)

    def token_bytes(self, token_id: int) -> bytes:
        """A space and the id."""
        return f" {token_id}".encode()

    def search(self, data: bytes, limit: int) -> tuple[int, ...]:
        """Nothing is looked up here."""
        del data, limit
        return ()

    def merge_rules(self) -> MergeRules | None:
        """Nothing is merged here."""
        return None


def made_up_logits(vocabulary_size: int) -> Float32Array:
    """Logits as of a model: a few likely tokens over a broad base. (V,) float32."""
    rng = np.random.default_rng(0)
    logits = (rng.standard_normal(vocabulary_size) * 2.5).astype(np.float32)
    logits[rng.integers(0, vocabulary_size, 30)] += np.linspace(6, 14, 30, dtype=np.float32)
    return logits


class SliderFrames:
    """Bars and cards that follow a slider."""

    def __init__(self, vocabulary_size: int) -> None:
        self._tokenizer = MadeUpTokenizer(vocabulary_size)
        self._text = self._tokenizer.encode("")
        logits = made_up_logits(vocabulary_size)
        self._prediction = PredictionRecord(1, _N_TOKENS - 1, logits)
        self._chart = BarChart()
        self._chart.set_reduced_motion(True)
        self._chart.resize(420, 300)
        self._panel = PipelinePanel()
        self._panel.resize(1280, 200)
        self._bars_ms(1.0)
        self._cards_ms(1.0)

    def bars_ms(self) -> list[float]:
        """Frames of moving the temperature from 0.2 to 1.9."""
        return [self._bars_ms(temperature) for temperature in _TEMPERATURES]

    def cards_ms(self) -> list[float]:
        """The part of the cards that the window's thread does, likewise."""
        return [self._cards_ms(temperature) for temperature in _TEMPERATURES]

    def _bars_ms(self, temperature: float) -> float:
        state = ViewState(sampling=replace(_START, temperature=temperature))
        # Of this thread alone: what else the machine is doing does not count.
        start = time.thread_time()
        view = bars_view(state, self._tokenizer, self._text, self._prediction)
        self._chart.set_view(view)
        _paint(self._chart)
        return (time.thread_time() - start) * 1000.0

    def _cards_ms(self, temperature: float) -> float:
        sampling = replace(_START, temperature=temperature)
        question = PipelineQuestion(
            self._prediction.logits, self._text.ids, sampling, 0, _N_TOKENS - 1, "·63"
        )
        view = pipeline_view(question)  # in a thread of its own, in the window
        start = time.thread_time()
        self._panel.set_sampling(sampling)
        self._panel.set_view(view)
        _paint(self._panel)
        return (time.thread_time() - start) * 1000.0


def _paint(widget: QWidget) -> None:
    canvas = QImage(widget.size(), QImage.Format.Format_RGB32)
    widget.render(canvas)


def main() -> int:
    """Time the frames."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication(["visualizer"])
    apply_theme(application, LIGHT)
    found = {}
    for size in args.sizes:
        frames = SliderFrames(size)
        found[str(size)] = {
            "bars": [frames.bars_ms() for _ in range(args.repeats)],
            "cards": [frames.cards_ms() for _ in range(args.repeats)],
        }
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
