"""What one text has left behind in the model, growing and shrinking with the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from visualizer.engine.attach import Attachment
from visualizer.engine.cache_argument import cache_argument
from visualizer.engine.capture import listening
from visualizer.engine.dry_run import one_answer
from visualizer.engine.errors import (
    ContextOverflowError,
    EmptyPromptError,
    NonFiniteError,
    UsageError,
    VisualizerError,
)
from visualizer.engine.records import CancelToken, Float32Array, Int64Array
from visualizer.engine.store import Store

_CHUNK = 512  # tokens of one forward pass: bounds the mask, the activations and a cancel
_REMEMBERED_LOGITS = 8  # rows: those that an edit at the end or a look back asks for again


class EagerWeights:
    """Attention weights of an architecture that hands out nothing else.

    Kept as they came: one tensor (H, q, k) a layer and forward pass, whose last column is the
    last token of that pass.
    """

    def __init__(self) -> None:
        self._passes: list[tuple[int, int, list[Tensor | None]]] = []

    def append(self, start: int, stop: int, layers: Sequence[Tensor | None]) -> None:
        """Add rows start .. stop of every layer, each (1, H, stop - start, k), or None."""
        rows = [None if weights is None else weights[0] for weights in layers]
        self._passes.append((start, stop, rows))

    def cut(self, length: int) -> None:
        """Forget the rows from `length` on."""
        kept = []
        for start, stop, layers in self._passes:
            if stop > length > start:
                layers = [
                    w
                    if w is None
                    else w[:, : length - start, : w.shape[-1] - stop + length].clone()
                    for w in layers
                ]
                stop = length
            if stop <= length:
                kept.append((start, stop, layers))
        self._passes = kept

    def n_bytes(self) -> int:
        """Memory of all weights."""
        return sum(w.nbytes for _, _, layers in self._passes for w in layers if w is not None)

    def rows(self, layer: int, rows: tuple[int, int], columns: tuple[int, int]) -> Tensor:
        """Weights (H, rows, columns) float32 of a layer that has some; 0 where none can look."""
        first, last = rows
        parts = []
        for start, stop, layers in self._passes:
            if stop <= first or start >= last:
                continue
            whole = layers[layer]
            assert whole is not None
            weights = whole[:, max(first - start, 0) : last - start].float()
            offset = stop - weights.shape[-1]  # position of column 0
            part = weights.new_zeros(*weights.shape[:2], columns[1] - columns[0])
            low, high = max(columns[0], offset), min(columns[1], stop)
            if high > low:
                part[..., low - columns[0] : high - columns[0]] = weights[
                    ..., low - offset : high - offset
                ]
            parts.append(part)
        return torch.cat(parts, dim=1)


class Trace:
    """Token ids, cache, queries and final hidden states of one text.

    Attributes:
        ids: The T tokens that were run.
        store: Cache and captured queries; None where every text is run as a whole.
        eager: Weights as handed out, in "eager" mode.
        runs_branches: Whether continuations run side by side gave what they give one by one;
            None while that was not tried.
    """

    def __init__(self, attachment: Attachment, context_length: int) -> None:
        self.attachment = attachment
        self.context_length = context_length
        self.ids = np.empty(0, dtype=np.int64)
        self.store = attachment.new_store()
        self.eager = EagerWeights() if attachment.mode == "eager" else None
        self.runs_branches: bool | None = None
        self._whole = 0  # tokens of the text that is being read; its positions are turned for it
        self._hidden = self._new_hidden(128)
        self._logits: dict[int, Tensor] = {}

    def __len__(self) -> int:
        return len(self.ids)

    def check(self, ids: Int64Array) -> None:
        """Refuse, before anything runs, ids that the model cannot read.

        Raises:
            EmptyPromptError: No ids.
            ContextOverflowError: More ids than the context holds.
            UsageError: An id without a row in the input embedding, or one whose place the model
                does not count.
        """
        if not len(ids):
            raise EmptyPromptError("There is no token to predict from: type something.")
        if len(ids) > self.context_length:
            raise ContextOverflowError(
                "The prompt has {n_tokens} tokens; the model reads at most {context_length}.",
                n_tokens=len(ids),
                context_length=self.context_length,
            )
        largest = int(ids.max())
        if largest >= self.attachment.n_input_ids or int(ids.min()) < 0:
            raise UsageError(
                "Token id {token_id} does not exist: the model knows {n_ids} tokens. "
                "The tokenizer belongs to another model.",
                token_id=largest if largest >= self.attachment.n_input_ids else int(ids.min()),
                n_ids=self.attachment.n_input_ids,
            )
        uncounted = self.attachment.uncounted_id
        if uncounted is not None and bool((ids == uncounted).any()):
            raise UsageError(
                "Token id {token_id} fills empty places in this model, and positions are counted "
                "without it: it cannot be part of a text.",
                token_id=uncounted,
            )

    def keep_prefix(self, ids: Int64Array) -> int:
        """Cut back to the longest prefix shared with `ids`; returns its length.

        It is 0 where a text of the new length turns its positions otherwise than the old one.
        """
        n = min(len(ids), len(self.ids))
        differs = np.flatnonzero(self.ids[:n] != ids[:n])
        kept = int(differs[0]) if len(differs) else n
        if not self._turns_alike(len(ids)):
            kept = 0
        self._whole = len(ids)
        self._cut(kept)
        return kept

    def _turns_alike(self, n_tokens: int) -> bool:
        scaling = self.attachment.scaling
        return not scaling or scaling.regime(n_tokens) == scaling.regime(self._whole)

    @contextmanager
    def reading(self, n_tokens: int) -> Iterator[None]:
        """Inside, the body may run a part of the text, or what makes it a text of `n_tokens`.

        Raises:
            VisualizerError: So long a text is another one to the model from its beginning on.
        """
        n_tokens = max(n_tokens, self._whole)
        if not self._turns_alike(n_tokens):
            raise VisualizerError(
                "In a text of {n} tokens {architecture} turns the positions of all of them "
                "otherwise, so no more than one token can be tried out after this one.",
                n=n_tokens,
                architecture=self.attachment.model.config.model_type,
            )
        with self.attachment.scaling.reading(n_tokens):
            yield

    def extend(self, ids: Int64Array, cancel: CancelToken | None = None) -> Iterator[int]:
        """Run what `ids` adds to the tokens at hand, which are its prefix, in one or more passes.

        A pass that is cancelled or fails leaves the tokens of the passes before it.

        Yields:
            How many tokens have been run, after each pass.

        Raises:
            Cancelled: The token was set; checked between layers.
        """
        if len(ids) == len(self.ids):
            return
        if self.store is None:
            self._cut(0)  # the state cannot be cut back: the whole text is run
        before = len(self.ids)
        step = _CHUNK if self.store is not None else len(ids)
        for start in range(before, len(ids), step):
            with self.reading(len(ids)):
                self._run(ids[start : start + step], cancel)
            yield len(self.ids) - before

    def _cut(self, length: int) -> None:
        self.ids = self.ids[:length]
        if self.store is not None:
            self.store.set_length(length)
        if self.eager is not None:
            self.eager.cut(length)
        self._logits = {i: row for i, row in self._logits.items() if i < length}

    def _new_hidden(self, capacity: int) -> Tensor:
        place = self.attachment.place
        width = self.attachment.width
        return torch.empty(capacity, width, dtype=place.dtype, device=place.device)

    @torch.inference_mode()
    def _run(self, ids: Int64Array, cancel: CancelToken | None = None) -> None:
        start = len(self.ids)
        stop = start + len(ids)
        attachment, store = self.attachment, self.store
        options: dict[str, Any] = {"use_cache": store is not None}
        if store is not None:
            store.reserve(stop)
            options[cache_argument(attachment.body)] = store.cache
        if self.eager is not None:
            options["output_attentions"] = True
        tensor = torch.from_numpy(ids.copy()).to(attachment.place.device)
        listener = store if attachment.mode == "captured" else None
        try:
            with self._polling(cancel, listener), listening(listener):
                run = partial(attachment.body, input_ids=tensor.unsqueeze(0), **options)
                output = run() if store is not None else one_answer(run, tensor.device)
        except BaseException:
            if store is not None:
                store.set_length(start)
            raise
        self._keep_hidden(output.last_hidden_state[0], start)
        if self.eager is not None:
            self.eager.append(start, stop, attachment.by_layer(output.attentions))
        if store is not None:
            store.set_length(stop)
        self.ids = np.concatenate([self.ids, ids])

    @contextmanager
    def _polling(self, cancel: CancelToken | None, store: Store | None) -> Iterator[None]:
        """Check the cancel token between layers while the model runs."""
        if cancel is None:
            yield
        elif store is not None:  # told of every layer, and polls by itself
            store.cancel = cancel
            try:
                yield
            finally:
                store.cancel = None
        else:
            handles = [
                layer.register_forward_pre_hook(lambda *_: cancel.check())
                for layer in self.attachment.blocks
            ]
            try:
                yield
            finally:
                for handle in handles:
                    handle.remove()

    def _keep_hidden(self, hidden: Tensor, start: int) -> None:
        stop = start + len(hidden)
        if stop > len(self._hidden):
            grown = self._new_hidden(max(stop, 2 * len(self._hidden)))
            grown[:start] = self._hidden[:start]
            self._hidden = grown
        self._hidden[start:stop] = hidden

    @torch.inference_mode()
    def logits_rows(self, start: int, stop: int) -> Tensor:
        """Logits (stop - start, V) float32 after tokens start .. stop, on the model's device."""
        if stop - start == 1:
            return self._logits_row(start).unsqueeze(0)
        return self.attachment.head.logits(self._hidden[start:stop])

    def _logits_row(self, position: int) -> Tensor:
        row = self._logits.pop(position, None)
        if row is None:
            row = self.attachment.head.logits(self._hidden[position : position + 1])[0]
        self._logits[position] = row  # the last asked for is the last to go
        if len(self._logits) > _REMEMBERED_LOGITS:
            del self._logits[next(iter(self._logits))]
        return row

    def logits(self, position: int) -> Float32Array:
        """Logits (V,) after token `position`.

        Raises:
            NonFiniteError: One of them is NaN or infinite.
        """
        with torch.inference_mode():
            row = self._logits_row(position)
            if not bool(torch.isfinite(row).all()):
                del self._logits[position]
                raise NonFiniteError(
                    "The model gives numbers that are not finite (NaN or infinity)."
                )
            array: Float32Array = row.cpu().numpy().copy()
            return array

    def attention_bytes(self) -> int:
        """Memory of what is kept only to show attention."""
        captured = 0 if self.store is None else self.store.attention_bytes()
        return captured + (0 if self.eager is None else self.eager.n_bytes())

    def has_logits(self, position: int) -> bool:
        """Whether the logits after `position` are at hand."""
        return position in self._logits
