"""The axis along which next-token bars are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

from visualizer.session.state import ProbAxis

LEAST_LOG_PROB = 1e-8
"""Left end of the logarithmic axis, always the same, so that lengths can be compared."""
_DECADES = round(-math.log10(LEAST_LOG_PROB))


@dataclass(frozen=True)
class BarAxis:
    """Where probabilities lie between the left end, 0.0, and the right end, 1.0."""

    kind: ProbAxis = "linear"

    def place(self, prob: float) -> float:
        """Place of a probability; 0.0 for one that lies below the left end, see `is_below`."""
        if math.isnan(prob) or prob <= 0:
            return 0.0
        if self.kind == "linear":
            return min(prob, 1.0)
        return min(max(1 + math.log10(prob) / _DECADES, 0.0), 1.0)

    def is_below(self, prob: float) -> bool:
        """Whether the axis does not reach down to a probability."""
        return self.kind == "log" and 0 <= prob < LEAST_LOG_PROB

    @property
    def lines(self) -> tuple[float, ...]:
        """Places of the lines behind the bars."""
        n = 4 if self.kind == "linear" else _DECADES
        return tuple(step / n for step in range(n + 1))

    @property
    def labels(self) -> tuple[tuple[float, str], ...]:
        """Places and words of the labels, the most important first."""
        if self.kind == "linear":
            return (1.0, "100 %"), (0.0, "0"), (0.5, "50 %")
        return (1.0, "100 %"), (0.0, "10⁻⁶ %"), (0.5, "0.01 %"), (0.75, "1 %")
