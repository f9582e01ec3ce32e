"""From the final hidden states to logits, by the model's own code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.utils.generic import ModelOutput


class OutputHead:
    """What a causal model does after its body: projection, scaling, softcap, whatever it is.

    The model's own `forward` is called with the body standing in for itself: it returns the
    hidden states at hand instead of running. So no list is needed of which architecture caps
    or scales its logits.
    """

    def __init__(
        self, model: PreTrainedModel, body: nn.Module, output_type: Callable[..., ModelOutput]
    ) -> None:
        self._model = model
        self._body = body
        self._output_type = output_type
        self._hidden: Tensor | None = None

    def logits(self, hidden: Tensor) -> Tensor:
        """Logits (n, V) float32, on the model's device, of final hidden states (n, C)."""
        ids = torch.zeros(1, len(hidden), dtype=torch.long, device=hidden.device)
        replaced = self._body.__dict__.get("forward")
        self._hidden = hidden.unsqueeze(0)
        self._body.__dict__["forward"] = self._stand_in
        try:
            output = self._model(input_ids=ids, use_cache=False, return_dict=True)
        finally:
            if replaced is None:
                del self._body.__dict__["forward"]
            else:
                self._body.__dict__["forward"] = replaced
            self._hidden = None
        logits: Tensor = output.logits[0]
        return logits.float()

    def _stand_in(self, *args: Any, **kwargs: Any) -> ModelOutput:
        return self._output_type(last_hidden_state=self._hidden)
