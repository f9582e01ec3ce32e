"""The model that is measured: in our engine, and alone for comparison."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from visualizer.bench.measure import elapsed_ms, peak_rss_mib
from visualizer.bench.plain import PlainModel
from visualizer.bench.texts import Words
from visualizer.engine.engine import LocalEngine
from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import (
    Float32Array,
    ForwardRecord,
    ForwardRequest,
    HeadRecord,
    HeadRequest,
    LoadRequest,
    ModelRecord,
    ProgressRecord,
    Prompt,
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Subject:
    """What the figures are measured on.

    Attributes:
        repeats: Turns of each measurement; the longest ones take a third of it.
        say: Told what is measured next.
        loaded_peak_mib: Most memory that this process had had when the engine's model was
            loaded and plain transformers' was not.
    """

    engine: LocalEngine
    model: ModelRecord
    plain: PlainModel
    words: Words
    repeats: int
    say: Say
    loaded_peak_mib: float

    @property
    def lengths(self) -> tuple[int, int]:
        """Tokens of a short and a long text that leave room for an edit."""
        longest = self.model.context_length - 8
        return min(64, longest), min(512, longest)

    @property
    def typing_lengths(self) -> tuple[int, ...]:
        """The same with room for what is typed into the window."""
        longest = self.model.context_length - 80
        return tuple(dict.fromkeys(min(n, longest) for n in (64, 512)))

    def read(self, text: str) -> None:
        """Make `text` the text at hand."""
        for _ in self.engine.answer(self._request(text, with_overview=True)):
            pass

    def ask_ms(self, text: str, n_new: int, *, with_overview: bool = True) -> tuple[float, float]:
        """Times from asking about `text` to the first answer and to the last, in ms.

        The first holds the logits and one head, the last all thumbnails.

        Raises:
            VisualizerError: Other than `n_new` tokens were computed, so that something else
                would have been measured.
        """
        request = self._request(text, with_overview=with_overview)
        times: list[float] = []
        computed = -1
        start = time.perf_counter()
        for record in self.engine.answer(request):
            times.append(elapsed_ms(start))
            if isinstance(record, ForwardRecord):
                computed = record.computed_tokens
        if computed != n_new:
            raise VisualizerError(
                "{computed} tokens were computed instead of {n}: the comparison would be wrong.",
                computed=computed,
                n=n_new,
            )
        return times[0], times[-1]

    def _request(self, text: str, *, with_overview: bool) -> ForwardRequest:
        has_heads = self.model.attention != "none"
        return ForwardRequest(
            request_id=1,
            prompt=Prompt(text),
            layer=self.model.n_layers // 2 if has_heads else None,
            head=0 if has_heads else None,
            with_overview=with_overview,
            with_surprise=False,
        )

    def head_ms(self, layer: int, head: int) -> float:
        """Time to the weights of another head of the text at hand, in ms."""
        start = time.perf_counter()
        for _ in self.engine.answer(HeadRequest(request_id=2, layer=layer, head=head)):
            pass
        return elapsed_ms(start)

    def all_heads(self, text: str) -> Float32Array:
        """Every head's exact weights on `text`, (L, H, T, T), which becomes the text at hand."""
        self.read(text)
        n_tokens = len(self.model.tokenizer.encode(text))
        shape = (self.model.n_layers, self.model.n_heads, n_tokens, n_tokens)
        weights = np.empty(shape, np.float32)
        for layer in range(shape[0]):
            for head in range(shape[1]):
                request = HeadRequest(request_id=2, layer=layer, head=head, most_cells=n_tokens)
                for record in self.engine.answer(request):
                    if isinstance(record, HeadRecord):
                        weights[layer, head] = record.weights
        return weights


def load_subject(name: str, path: Path, device: str, dtype: str, repeats: int, say: Say) -> Subject:
    """Load the model twice: once for the engine, once for plain transformers.

    Raises:
        VisualizerError: It cannot be loaded or measured.
    """
    say(f"loading {name}")
    engine = LocalEngine()
    model = engine.load(LoadRequest(0, name, path, device, dtype), _ignore)
    peak_mib = peak_rss_mib()  # before the second copy
    plain, words = PlainModel(model, path), Words(model.tokenizer)
    return Subject(engine, model, plain, words, repeats, say, peak_mib)


def _ignore(record: ProgressRecord) -> None:
    """Loading is quick once the model is on the machine."""
