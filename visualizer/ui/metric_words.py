"""What the heads' metrics and labels are called, what they mean, and their numbers as text."""

from __future__ import annotations

import math
from typing import Literal

from PySide6.QtCore import QCoreApplication

from visualizer.engine.attention_records import LOCAL_TOKENS, METRICS, Metric
from visualizer.session.head_labels import LABELLED, HeadLabel, LabelName
from visualizer.ui.widgets.joined_text import listed

Score = Metric | Literal["region", "alike"]
"""What a head can be ranked by: a metric, its weight in a region, its likeness to another."""
Unit = Literal["share", "bits", "tokens", "cosine"]

NO_NUMBER = "\N{EN DASH}"
"""In place of a number that is not defined."""


def score_unit(score: Score) -> Unit:
    """What the numbers of a score count."""
    if score == "entropy":
        return "bits"
    if score == "distance":
        return "tokens"
    return "cosine" if score == "alike" else "share"


def metric_name(score: Score) -> str:
    """A metric, or what heads are ranked by, in one to three words."""
    names = {
        "entropy": QCoreApplication.translate("Metrics", "entropy"),
        "first token": QCoreApplication.translate("Metrics", "first token"),
        "previous token": QCoreApplication.translate("Metrics", "previous token"),
        "induction": QCoreApplication.translate("Metrics", "induction"),
        "duplicate token": QCoreApplication.translate("Metrics", "duplicate token"),
        "local": QCoreApplication.translate("Metrics", "local"),
        "distance": QCoreApplication.translate("Metrics", "distance"),
        "diagonal": QCoreApplication.translate("Metrics", "diagonal"),
        "region": QCoreApplication.translate("Metrics", "marked region"),
        "alike": QCoreApplication.translate("Metrics", "likeness"),
    }
    return names[score]


def metric_sentence(score: Score) -> str:
    """What the number says, in a sentence for someone who reads of it for the first time."""
    sentences = {
        "entropy": QCoreApplication.translate(
            "Metrics",
            "How widely a token's attention is spread: 0 bits on a single token, 3 bits as if "
            "on 8 tokens alike.",
        ),
        "first token": QCoreApplication.translate(
            "Metrics",
            "Share of the attention that rests on the first token of the text; many heads park "
            "there what they do not need, a sink.",
        ),
        "previous token": QCoreApplication.translate(
            "Metrics", "Share of the attention on the token right before."
        ),
        "induction": QCoreApplication.translate(
            "Metrics",
            "Share of the attention on what followed when the same token occurred before: how a "
            "model continues what it has already read.",
        ),
        "duplicate token": QCoreApplication.translate(
            "Metrics", "Share of the attention on earlier occurrences of the same token."
        ),
        "local": QCoreApplication.translate(
            "Metrics", "Share of the attention on the token itself and the {n} before it."
        ).format(n=LOCAL_TOKENS - 1),
        "distance": QCoreApplication.translate(
            "Metrics", "How many tokens back a token looks, on average."
        ),
        "diagonal": QCoreApplication.translate(
            "Metrics", "Share of the attention that a token keeps on itself."
        ),
        "region": QCoreApplication.translate(
            "Metrics",
            "Share of the attention of the marked queries that rests on the marked keys.",
        ),
        "alike": QCoreApplication.translate(
            "Metrics",
            "How alike the small pictures of two heads are: the cosine of their cells, 1 for the "
            "same picture.",
        ),
    }
    return sentences[score]


def undefined_sentence(score: Score) -> str:
    """Why a head has no number here."""
    if score in ("induction", "duplicate token"):
        return QCoreApplication.translate(
            "Metrics", "not defined on this text: no token occurs twice"
        )
    if score == "local":
        return QCoreApplication.translate(
            "Metrics", "not defined on this text: it has no more than {n} tokens"
        ).format(n=LOCAL_TOKENS)
    if score in ("first token", "previous token", "diagonal"):
        return QCoreApplication.translate(
            "Metrics", "not defined on this text: it has a single token"
        )
    return QCoreApplication.translate(
        "Metrics", "not defined for this head: it puts no weight on any token"
    )


def unit_text(score: Score) -> str:
    """The unit as it stands behind a number; "" for one without."""
    return {
        "share": "%",
        "bits": QCoreApplication.translate("Metrics", "bits"),
        "tokens": QCoreApplication.translate("Metrics", "tokens"),
        "cosine": "",
    }[score_unit(score)]


def number_text(score: Score, value: float) -> str:
    """A value without its unit, with the digits that mean something: "83.1", "2.13"."""
    if math.isnan(value):
        return NO_NUMBER
    match score_unit(score):
        case "share":
            return f"{100 * value:.1f}"
        case "tokens":
            return f"{value:.1f}"
        case _:
            return f"{value:.2f}"


def score_text(score: Score, value: float) -> str:
    """A value with its unit: "83.1 %", "2.13 bits"."""
    unit = "" if math.isnan(value) else unit_text(score)
    return f"{number_text(score, value)} {unit}".rstrip()


def short_number(score: Score, value: float) -> str:
    """A value in at most three characters or so, to be written into a small cell."""
    if math.isnan(value):
        return ""
    if score_unit(score) == "share":
        return f"{100 * value:.0f}"
    if score_unit(score) == "cosine":
        return f"{value:.2f}".removeprefix("0")
    return f"{value:.1f}" if abs(value) < 9.95 else f"{value:.0f}"


def motif_sentence(metric: Metric) -> str:
    """What heads that are high in a metric do, to follow "Find heads"."""
    sentences = {
        "entropy": QCoreApplication.translate("Metrics", "that spread their attention widely"),
        "first token": QCoreApplication.translate("Metrics", "that rest on the first token"),
        "previous token": QCoreApplication.translate("Metrics", "that look at the previous token"),
        "induction": QCoreApplication.translate(
            "Metrics", "that look at what followed earlier copies (induction)"
        ),
        "duplicate token": QCoreApplication.translate("Metrics", "that look at earlier copies"),
        "local": QCoreApplication.translate("Metrics", "that look nearby"),
        "distance": QCoreApplication.translate("Metrics", "that look far back"),
        "diagonal": QCoreApplication.translate("Metrics", "that look at the token itself"),
    }
    return sentences[metric]


def is_metric(what: object) -> bool:
    """Whether a choice of cells or order is a metric."""
    return what in METRICS


def label_name(name: LabelName) -> str:
    """What a head is called for what it does on this text."""
    names = {
        "previous token": QCoreApplication.translate("Metrics", "previous-token head"),
        "sink": QCoreApplication.translate("Metrics", "sink head"),
        "induction": QCoreApplication.translate("Metrics", "induction head"),
        "duplicate token": QCoreApplication.translate("Metrics", "duplicate-token head"),
        "diagonal": QCoreApplication.translate("Metrics", "diagonal head"),
        "local": QCoreApplication.translate("Metrics", "local head"),
    }
    return names[name]


def label_text(label: HeadLabel) -> str:
    """A label with the score that earned it: "previous-token head, 0.83"."""
    return listed((label_name(label.name), f"{label.score:.2f}"))


def label_sentence(label: HeadLabel) -> str:
    """What a label says of the head on this text, and what its number is."""
    return QCoreApplication.translate(
        "Metrics", "{label}, {percent} % on average over this text's tokens. {meaning}"
    ).format(
        label=label_name(label.name),
        percent=f"{100 * label.score:.0f}",
        meaning=metric_sentence(LABELLED[label.name]),
    )
