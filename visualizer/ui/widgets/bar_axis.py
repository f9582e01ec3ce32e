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
    """Where probabilities lie between the left end, 0.0, and the right end, 1.0.

    Attributes:
        kind: Logarithmic, or not.
        end: Probability at the right end.
    """

    kind: ProbAxis = "linear"
    end: float = 1.0

    def place(self, prob: float) -> float:
        """Place of a probability; 0.0 for one that lies below the left end, see `is_below`."""
        if math.isnan(prob) or prob <= 0:
            return 0.0
        if self.kind != "log":
            return min(prob / self.end, 1.0)
        return min(max(1 + math.log10(prob) / _DECADES, 0.0), 1.0)

    def is_below(self, prob: float) -> bool:
        """Whether the axis does not reach down to a probability."""
        return self.kind == "log" and 0 <= prob < LEAST_LOG_PROB

    def is_beyond(self, prob: float) -> bool:
        """Whether a probability lies beyond the right end, and its bar is cut there."""
        return prob > self.end * (1 + 1e-9)

    @property
    def lines(self) -> tuple[float, ...]:
        """Places of the lines behind the bars."""
        n = _DECADES if self.kind == "log" else 4
        return tuple(step / n for step in range(n + 1))

    @property
    def labels(self) -> tuple[tuple[float, str], ...]:
        """Places and words of the labels, the most important first."""
        if self.kind != "log":
            return (1.0, f"{100 * self.end:g} %"), (0.0, "0"), (0.5, f"{50 * self.end:g} %")
        return (1.0, "100 %"), (0.0, "10⁻⁶ %"), (0.5, "0.01 %"), (0.75, "1 %")
