"""Sentences about surprise that several widgets say."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from visualizer.session.surprise_timeline import SurpriseFigures
from visualizer.ui.widgets.number_text import typeset


def stretch_text(figures: SurpriseFigures) -> str:
    """A chosen stretch of tokens: how many, their surprise together, and their perplexity."""
    if figures.n_tokens == 1:
        parts = [QCoreApplication.translate("Surprise", "1 token selected")]
    else:
        counted = QCoreApplication.translate("Surprise", "{n:,} tokens selected")
        parts = [counted.format(n=figures.n_tokens)]
    if figures.mean_bits is None or figures.perplexity is None:
        parts.append(QCoreApplication.translate("Surprise", "none of them scored"))
        return " · ".join(parts)
    if figures.n_scored < figures.n_tokens:
        scored = QCoreApplication.translate("Surprise", "{n:,} of them scored")
        parts.append(scored.format(n=figures.n_scored))
    if not math.isinf(figures.total_bits):
        total = QCoreApplication.translate("Surprise", "{bits:,.2f} bits")
        parts.append(total.format(bits=figures.total_bits))
    parts.append(perplexity_text(figures.mean_bits, figures.perplexity))
    parts.append(mean_text(figures.mean_bits))
    return " · ".join(parts)


def mean_text(mean_bits: float) -> str:
    """Bits per token."""
    if math.isinf(mean_bits):
        return QCoreApplication.translate("Surprise", "mean infinite: a token had probability 0")
    return QCoreApplication.translate("Surprise", "mean {bits:.2f} bits per token").format(
        bits=mean_bits
    )


def perplexity_text(mean_bits: float, perplexity: float) -> str:
    """Perplexity, as a power of two where no number of the machine can be as large."""
    if math.isinf(mean_bits):
        return QCoreApplication.translate("Surprise", "perplexity infinite")
    if math.isinf(perplexity):
        return QCoreApplication.translate("Surprise", "perplexity 2^{bits:.1f}").format(
            bits=mean_bits
        )
    digits = f"{perplexity:,.2f}" if perplexity < 1e6 else typeset(f"{perplexity:.3g}")
    return QCoreApplication.translate("Surprise", "perplexity {value}").format(value=digits)


def margin_text(margin: float) -> str:
    """How likely a token was beside the likeliest other one; `margin` in nats."""
    if margin == 0:
        return QCoreApplication.translate("Surprise", "as likely as the likeliest other")
    if margin > 0:
        words = QCoreApplication.translate("Surprise", "{ratio} times as likely as the next")
    else:
        words = QCoreApplication.translate("Surprise", "the likeliest was {ratio} times as likely")
    size = abs(margin)
    if size < math.log(1e6):
        return words.format(ratio=f"{math.exp(size):,.2f}")
    return words.format(ratio=f"10^{size / math.log(10):.1f}")
