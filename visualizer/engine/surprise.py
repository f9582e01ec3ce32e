"""How surprising each token was, from the final hidden states, a few tokens at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch

from visualizer.engine.errors import NonFiniteError
from visualizer.engine.records import CancelToken, Float64Array
from visualizer.engine.trace import Trace

_CHUNK = 16  # tokens: about the time that a keystroke may have to wait for


class Surprise:
    """Log-probabilities and entropies of one text; those of an unchanged prefix stay."""

    def __init__(self) -> None:
        self._logprobs = np.empty(0)
        self._entropies_bits = np.empty(0)

    def forget(self, length: int) -> None:
        """Tokens from `length` on have changed."""
        self._logprobs = self._logprobs[:length]
        self._entropies_bits = self._entropies_bits[:length]

    def update(
        self, trace: Trace, cancel: CancelToken | None = None
    ) -> Iterator[tuple[Float64Array, Float64Array, bool]]:
        """Compute what is missing, the newest tokens first.

        Yields:
            Copies of the log-probabilities (T,) and the entropies in bits (T,), NaN where not
            known, and whether all is there; once at the least.

        Raises:
            Cancelled: Between chunks; what was computed stays.
            NonFiniteError: A logit is NaN or infinite.
        """
        n = len(trace)
        for name in ("_logprobs", "_entropies_bits"):
            known = getattr(self, name)
            setattr(self, name, np.concatenate([known, np.full(n - len(known), np.nan)]))
        while True:
            run = self._next_run(trace)
            if run is not None:
                if cancel is not None:
                    cancel.check()
                self._compute(trace, *run)
            complete = self._next_run(trace) is None
            yield self._logprobs.copy(), self._entropies_bits.copy(), complete
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
            chosen = logits[: known - start].gather(1, ids[:, None])[:, 0]
            values = chosen - sums[: known - start].log()
            self._logprobs[start + 1 : known + 1] = values.cpu().numpy()
