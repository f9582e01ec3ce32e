"""The stages of the sampler in words, and a slider for each that acts with a number."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from visualizer.engine.sampling import NEUTRAL_VALUES
from visualizer.engine.sampling_stages import Stage
from visualizer.ui.widgets.parameter_slider import ParameterSlider, SliderScale, WordSpinBox


@dataclass(frozen=True)
class _Range:
    """Least and most value, digits, step, and the value that has a word of its own."""

    least: float
    most: float
    decimals: int
    step: float
    named: float


_SCALES: dict[Stage, SliderScale] = {
    "repetition": SliderScale(0.5, 2.0, "log"),
    "frequency": SliderScale(-2.0, 2.0),
    "presence": SliderScale(-2.0, 2.0),
    "temperature": SliderScale(0.0, 2.0),
    "top_k": SliderScale(1, 1000, "log", ("right", 0.0), decimals=0),
    "top_p": SliderScale(0.0, 1.0),
    "min_p": SliderScale(0.001, 1.0, "log", ("left", 0.0), decimals=3),
    "typical_p": SliderScale(0.01, 1.0),
}
_RANGES: dict[Stage, _Range] = {
    "repetition": _Range(0.01, 100, 2, 0.05, 1.0),
    "frequency": _Range(-100, 100, 2, 0.05, 0.0),
    "presence": _Range(-100, 100, 2, 0.05, 0.0),
    "temperature": _Range(0, 100, 2, 0.05, 0.0),
    "top_k": _Range(0, 10_000_000, 0, 1, 0.0),
    "top_p": _Range(0, 1, 3, 0.01, 1.0),
    "min_p": _Range(0, 1, 3, 0.01, 0.0),
    "typical_p": _Range(0.001, 1, 3, 0.01, 1.0),
}


def stage_name(stage: Stage) -> str:
    """What the window calls a stage."""
    names: dict[Stage, str] = {
        "bias": QCoreApplication.translate("Stages", "bias and bans"),
        "repetition": QCoreApplication.translate("SamplingPanel", "repetition"),
        "frequency": QCoreApplication.translate("Stages", "frequency"),
        "presence": QCoreApplication.translate("Stages", "presence"),
        "temperature": QCoreApplication.translate("SamplingPanel", "temperature"),
        "top_k": QCoreApplication.translate("SamplingPanel", "top-k"),
        "top_p": QCoreApplication.translate("SamplingPanel", "top-p"),
        "min_p": QCoreApplication.translate("SamplingPanel", "min-p"),
        "typical_p": QCoreApplication.translate("Stages", "typical-p"),
    }
    return names[stage]


def stage_explanation(stage: Stage) -> str:
    """A sentence on what a stage does."""
    sentences: dict[Stage, str] = {
        "bias": QCoreApplication.translate(
            "Stages", "Adds to the logits of some tokens, and bans others."
        ),
        "repetition": QCoreApplication.translate(
            "SamplingPanel",
            "Repetition penalty: above 1 makes tokens that are already in the text less "
            "likely, below 1 more likely.",
        ),
        "frequency": QCoreApplication.translate(
            "Stages",
            "Frequency penalty: taken off a token's logit for each time it is already in the text.",
        ),
        "presence": QCoreApplication.translate(
            "Stages",
            "Presence penalty: taken off the logit of every token that is already in the text, "
            "once.",
        ),
        "temperature": QCoreApplication.translate(
            "SamplingPanel",
            "Divides the logits: below 1 favours likely tokens, above 1 evens them out, "
            "0 always takes the likeliest.",
        ),
        "top_k": QCoreApplication.translate("SamplingPanel", "Keeps only the k likeliest tokens."),
        "top_p": QCoreApplication.translate(
            "SamplingPanel", "Keeps the fewest tokens whose probabilities add up to p."
        ),
        "min_p": QCoreApplication.translate(
            "SamplingPanel",
            "Keeps tokens that are at least this share as likely as the likeliest one.",
        ),
        "typical_p": QCoreApplication.translate(
            "Stages",
            "Typical sampling: keeps the tokens whose surprise is nearest to the entropy, until "
            "their probabilities add up to p.",
        ),
    }
    return sentences[stage]


def stage_slider(stage: Stage, parent: QWidget | None = None) -> ParameterSlider:
    """A slider and a spin box for a stage other than "bias"."""
    limits = _RANGES[stage]
    word = QCoreApplication.translate("SamplingPanel", "off")
    if stage == "temperature":
        word = QCoreApplication.translate("SamplingPanel", "greedy")
    spin = WordSpinBox({limits.named: word})
    spin.setDecimals(limits.decimals)
    spin.setRange(limits.least, limits.most)
    spin.setSingleStep(limits.step)
    slider = ParameterSlider(stage_name(stage), _SCALES[stage], spin, NEUTRAL_VALUES[stage], parent)
    slider.setToolTip(stage_explanation(stage))
    return slider
