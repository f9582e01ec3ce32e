"""What we measure against: the same model through transformers alone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel
from transformers.cache_utils import DynamicCache

from visualizer.bench.measure import elapsed_ms
from visualizer.engine.cache_argument import cache_argument
from visualizer.engine.loading import load_model
from visualizer.engine.records import CancelToken, Float32Array, Int64Array, ModelRecord


class PlainModel:
    """A second copy of the model, as the library runs it: its fused attention, its own cache.

    Args:
        model: The one that the engine runs; the copy has its device and its numbers.
        folder: Where its weights are.
    """

    def __init__(self, model: ModelRecord, folder: Path) -> None:
        loaded = load_model(
            folder,
            name=model.name,
            device=model.device,
            dtype=model.dtype,
            report=_ignore,
            cancel=CancelToken(),
        )
        self._model: PreTrainedModel = loaded.model
        self._model.set_attn_implementation("sdpa")
        self.attention: str = self._model.config._attn_implementation
        self._cache: DynamicCache | None = None
        self._output: Any = None

    @property
    def last_logits(self) -> Float32Array:
        """Logits (V,) of the last forward pass that was timed."""
        logits: Float32Array = self._output.logits[0, -1].float().cpu().numpy()
        return logits

    def _given(self) -> dict[str, Any]:
        return {cache_argument(self._model): self._cache}

    @torch.inference_mode()
    def read(self, ids: Int64Array) -> None:
        """Fill a new cache with the tokens `ids` (T,)."""
        self._cache = DynamicCache(config=self._model.config)
        self._model(self._tensor(ids), logits_to_keep=1, **self._given())

    @torch.inference_mode()
    def step_ms(self, ids: Int64Array) -> float:
        """Time of a forward pass of the tokens `ids` (n,) after those that were read, in ms.

        Logits are computed for the last token only; the cache is cut back afterwards, off the
        clock.
        """
        assert self._cache is not None, "read a text first"
        tensor = self._tensor(ids)
        start = time.perf_counter()
        output = self._model(tensor, logits_to_keep=1, **self._given())
        self._synchronise()
        time_ms = elapsed_ms(start)
        self._output = output
        self._cache.crop(-len(ids))
        return time_ms

    @torch.inference_mode()
    def whole_ms(self, ids: Int64Array) -> float:
        """Time of one forward pass of a whole text, in ms: no cache, last logits only."""
        tensor = self._tensor(ids)
        start = time.perf_counter()
        output = self._model(tensor, use_cache=False, logits_to_keep=1)
        self._synchronise()
        time_ms = elapsed_ms(start)
        self._output = output
        return time_ms

    @torch.inference_mode()
    def generate_ms(self, ids: Int64Array, n_new: int) -> float:
        """Time of the library's own greedy generation of exactly `n_new` tokens, in ms."""
        model: Any = self._model
        tensor = self._tensor(ids)
        start = time.perf_counter()
        made = model.generate(
            tensor,
            attention_mask=torch.ones_like(tensor),
            max_new_tokens=n_new,
            min_new_tokens=n_new,
            do_sample=False,
            use_cache=True,
            pad_token_id=0,
        )
        self._synchronise()
        time_ms = elapsed_ms(start)
        assert made.shape[1] == len(ids) + n_new
        return time_ms

    @torch.inference_mode()
    def attention_bytes(self, ids: Int64Array) -> int:
        """Memory of the weights that `output_attentions=True` hands out for the tokens `ids`."""
        self._model.set_attn_implementation("eager")
        try:
            output: Any = self._model(
                self._tensor(ids), use_cache=False, output_attentions=True, logits_to_keep=1
            )
            return sum(weights.nbytes for weights in output.attentions or ())
        finally:
            self._model.set_attn_implementation(self.attention)

    def _tensor(self, ids: Int64Array) -> Tensor:
        return torch.tensor(ids, device=self._model.device).unsqueeze(0)

    def _synchronise(self) -> None:
        if self._model.device.type == "cuda":
            torch.cuda.synchronize(self._model.device)


def _ignore(*_: object) -> None:
    """Progress of the second load is not shown."""
