"""The user's intent: what they asked to see. Small, comparable, JSON-able."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from visualizer.engine.records import HeadChoice, Prompt
from visualizer.engine.sampling import SamplingParams

ColourScale = Literal["linear", "log"]
ScaleRange = Literal["one", "largest"]
"""Upper end of the colour scale: weight 1, or the largest weight on show."""


@dataclass(frozen=True)
class ViewState:
    """What the user asked for; changed only by the controller.

    Attributes:
        prompt: Text (and pinned ids) to run.
        query: Selected token, whose row is looked at and after which is predicted; -1 is the
            last one, whatever the length of the text.
        layer, head: Head on show; "mean" averages the layer's heads.
        n_candidates: Rows of next-token bars.
        sampling: Parameters of the sampling strip.
        seed: Of the next generation.
        n_generate: How many tokens "generate N" makes.
        colour_scale, scale_range: How the head's weights become colours.
    """

    prompt: Prompt = Prompt("")
    query: int = -1
    layer: int = 0
    head: HeadChoice = 0
    n_candidates: int = 10
    sampling: SamplingParams = SamplingParams()
    seed: int = 0
    n_generate: int = 20
    colour_scale: ColourScale = "linear"
    scale_range: ScaleRange = "one"
