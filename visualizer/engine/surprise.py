"""How surprising each token was, from the final hidden states, a few tokens at a time.

Shape letters: T tokens, N tokens of one chunk, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch

from visualizer.engine.errors import NonFiniteError
from visualizer.engine.records import CancelToken, SurpriseRecord
from visualizer.engine.trace import Trace

_CHUNK = 16  # tokens: about the time that a keystroke may have to wait for


class Surprise:
    """Log-probabilities, ranks, margins and entropies of one text; an unchanged prefix stays."""

    def __init__(self) -> None:
        self._logprobs = np.empty(0)
        self._entropies_bits = np.empty(0)
        self._margins = np.empty(0)
        self._ranks = np.empty(0, np.int64)

    def forget(self, length: int) -> None:
        """Tokens from `length` on have changed."""
        self._logprobs = self._logprobs[:length]
        self._entropies_bits = self._entropies_bits[:length]
        self._margins = self._margins[:length]
        self._ranks = self._ranks[:length]

    def update(
        self, request_id: int, trace: Trace, cancel: CancelToken | None = None
    ) -> Iterator[SurpriseRecord]:
        """Compute what is missing, the newest tokens first.

        Yields:
            What is known so far, once at the least.

        Raises:
            Cancelled: Between chunks; what was computed stays.
            NonFiniteError: A logit is NaN or infinite.
        """
        n = len(trace)
        for name in ("_logprobs", "_entropies_bits", "_margins"):
            known = getattr(self, name)
            setattr(self, name, np.concatenate([known, np.full(n - len(known), np.nan)]))
        unknown = np.zeros(n - len(self._ranks), np.int64)
        self._ranks = np.concatenate([self._ranks, unknown])
        while True:
            run = self._next_run(trace)
            if run is not None:
                if cancel is not None:
                    cancel.check()
                self._compute(trace, *run)
            complete = self._next_run(trace) is None
            yield SurpriseRecord(
                request_id,
                self._logprobs.copy(),
                self._entropies_bits.copy(),
                complete,
                self._ranks.copy(),
                self._margins.copy(),
            )
            if complete:
                return

    def _next_run(self, trace: Trace) -> tuple[int, int] | None:
        """The newest tokens whose logits tell something new, as a range."""
        missing = np.isnan(self._entropies_bits)
        missing[:-1] |= np.isnan(self._logprobs[1:])
        positions = np.flatnonzero(missing)
        if not len(positions):
            return None
        stop = int(positions[-1]) + 1
        start = stop - 1
        if trace.has_logits(start):
            return start, stop
        while start > 0 and stop - start < _CHUNK and missing[start - 1]:
            if trace.has_logits(start - 1):
                break
            start -= 1
        return start, stop

    @torch.inference_mode()
    def _compute(self, trace: Trace, start: int, stop: int) -> None:
        logits = trace.logits_rows(start, stop).double()
        if not bool(torch.isfinite(logits).all()):
            raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
        logits = logits - logits.amax(dim=-1, keepdim=True)
        exponentials = torch.exp(logits)
        sums = exponentials.sum(dim=-1)
        nats = sums.log() - (exponentials * logits).sum(dim=-1) / sums
        self._entropies_bits[start:stop] = (nats / math.log(2.0)).cpu().numpy()
        known = min(stop, len(trace) - 1)  # the last token has none after it
        if known > start:
            ids = torch.from_numpy(trace.ids[start + 1 : known + 1].copy()).to(logits.device)
            self._compute_chosen(logits[: known - start], sums[: known - start], ids, start + 1)

    def _compute_chosen(
        self, logits: torch.Tensor, sums: torch.Tensor, ids: torch.Tensor, first: int
    ) -> None:
        """What the tokens that came were to those before them.

        Args:
            logits: (N, V) float64, less each row's largest.
            sums: (N,) of the exponentials of each row.
            ids: (N,) int64, the token that came after each row.
            first: Index of the first of them in the text.
        """
        places = slice(first, first + len(ids))
        chosen = logits.gather(1, ids[:, None])
        self._logprobs[places] = (chosen[:, 0] - sums.log()).cpu().numpy()
        ahead = (logits > chosen).sum(dim=-1)
        same = logits == chosen
        if int(same.sum()) > len(ids):  # a tie goes to the lower id, as everywhere
            is_lower = torch.arange(logits.shape[1], device=logits.device)[None] < ids[:, None]
            ahead += (same & is_lower).sum(dim=-1)
        self._ranks[places] = (ahead + 1).cpu().numpy()
        others = logits.scatter(1, ids[:, None], -math.inf).amax(dim=-1)
        self._margins[places] = (chosen[:, 0] - others).cpu().numpy()
