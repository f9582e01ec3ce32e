"""Several continuations of one text in one forward pass, none of which sees the others."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from visualizer.engine.records import CancelToken


class NotAlikeError(Exception):
    """A layer looks at other tokens than its window says: continuations cannot be told apart."""


class Branches:
    """Listens to a pass over the tokens of several continuations, and masks each for the others.

    The model is run as if they were one text; only what a token may look at is put right here:
    the text before `start`, as far as the layer's window reaches back from the token's own
    place, and the tokens before it in its own continuation.

    Args:
        start: Position at which every continuation begins.
        lengths: Tokens of each, the longest first.
        device: Of the model.
        cancel: Polled at every layer.

    Attributes:
        positions: (n,) int64, of each token in its continuation's text.
    """

    def __init__(
        self, start: int, lengths: Sequence[int], device: torch.device, cancel: CancelToken
    ) -> None:
        self._start = start
        self._longest = lengths[0]
        self._cancel = cancel
        counts = torch.tensor(lengths, device=device)
        owners = torch.repeat_interleave(torch.arange(len(lengths), device=device), counts)
        self.positions = torch.cat([torch.arange(start, start + n, device=device) for n in lengths])
        self._is_own = owners[:, None] == owners[None, :]
        self._masks: dict[tuple[int, int | None], Tensor] = {}

    def take(self, module: nn.Module, query: Tensor, key: Tensor) -> None:
        """See nothing of queries and keys; raises Cancelled."""
        self._cancel.check()

    def mask(self, key: Tensor, window: int | None, given: Tensor | None) -> Tensor:
        """What every token may look at, (1, 1, n, k) additive, in place of what the model made.

        Args:
            key: (1, H_kv, k, D), the last n of the continuations.
            window: Of the layer, None for all.
            given: The model's mask, which is right for the first continuation.

        Raises:
            NotAlikeError: By what is known here it would not be.
        """
        n_keys = key.shape[2]
        allowed = self._masks.get((n_keys, window))
        if allowed is None:
            allowed = self._masks[n_keys, window] = self._allowed(n_keys, window)
        first, n_seen = self._longest, n_keys - len(self.positions) + self._longest
        if given is None:
            raise NotAlikeError
        theirs = given[0, :1, :first, :n_seen] > torch.finfo(given.dtype).min / 2
        if given.shape[-1] != n_keys or not bool((theirs == allowed[:first, :n_seen]).all()):
            raise NotAlikeError
        zero = torch.zeros((), dtype=given.dtype, device=given.device)
        return torch.where(allowed, zero, torch.finfo(given.dtype).min)[None, None]

    def _allowed(self, n_keys: int, window: int | None) -> Tensor:
        """(n, k) bool."""
        mine = self.positions
        n_before = n_keys - len(mine)
        before = torch.arange(self._start - n_before, self._start, device=mine.device)
        distances = mine[:, None] - torch.cat((before, mine))[None, :]
        allowed = distances >= 0
        if window is not None:
            allowed &= distances < window
        allowed[:, n_before:] &= self._is_own
        return allowed
