"""Figure of what the sampler's stages did."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from visualizer.engine.sampling import NEUTRAL_VALUES, SamplingParams
from visualizer.engine.sampling_outcomes import StageOutcome
from visualizer.engine.sampling_stages import Stage
from visualizer.engine.tokenization import Tokenization
from visualizer.session.pipeline_view import PipelineView
from visualizer.ui.figure_files import Figure
from visualizer.ui.figure_parts import (
    MARGIN,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    facts_height,
    interface_font,
    line_height,
    one_line,
    origin_text,
    paint_hatched,
    paint_origin,
    paint_title,
    scale_to,
)
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.bar_rows import percent_text
from visualizer.ui.widgets.stage_facts import choices_text
from visualizer.ui.widgets.stage_sliders import stage_name

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_BAR = QRectF(MARGIN + 170, 0, 200, 0)
_LEFT_COLUMN, _REMOVED_COLUMN, _CHOICES_COLUMN = 540.0, 680.0, WIDTH - MARGIN


def pipeline_figure(
    view: PipelineView,
    theme: Theme,
    title: str,
    facts: Mapping[str, str],
    text: Tokenization | None = None,
) -> Figure:
    """A row for each stage: its value, what is left as a bar, and its numbers.

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of "Sampler after ...", "" for that.
        facts: Written into the file.
        text: What was read, for the line at the foot.

    Raises:
        VisualizerError: The stages cannot act.
    """
    if view.problem is not None:
        raise view.problem
    title = title or QCoreApplication.translate("Figure", "Sampler after {token}").format(
        token=view.question.position_text
    )
    words = _words(view)
    row = line_height(TEXT) + 10
    top = MARGIN + line_height(TITLE) + 4 + facts_height(words) + 12 + line_height(SMALL + 1) + 4
    height = top + row * len(view.outcomes) + 20 + line_height(SMALL) + MARGIN

    model = facts.get("model", "")
    origin = one_line(model) if text is None else origin_text(model, len(text), text.text)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, height))
        paint_title(painter, theme, title, words)
        _paint_header(painter, theme, top)
        before = 1.0
        for place, outcome in enumerate(view.outcomes):
            line = QRectF(MARGIN, top + place * row, WIDTH - 2 * MARGIN, row)
            _paint_stage(painter, theme, line, view, outcome, before)
            before = outcome.kept_mass
        paint_origin(painter, theme, height, origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, height), one_line(title), dict(facts), theme, paint)


def _words(view: PipelineView) -> str:
    text = QCoreApplication.translate(
        "Figure",
        "token {position}; vocabulary of {size:,}; {choices} effective choices before any stage; "
        "bars: share of that distribution that is left, hatched what the stage removed",
    ).format(
        position=view.question.position,
        size=view.question.logits.size,
        choices=choices_text(view.effective_choices),
    )
    if view.swaps:
        text += QCoreApplication.translate(
            "Figure", "; ⇄ before the active stage above it, it would give another distribution"
        )
    return text


def _paint_header(painter: QPainter, theme: Theme, top: float) -> None:
    height = line_height(SMALL + 1)
    painter.setFont(interface_font(SMALL + 1))
    painter.setPen(QColor(theme.quiet))
    for right, text in (
        (_LEFT_COLUMN, QCoreApplication.translate("Figure", "left")),
        (_REMOVED_COLUMN, QCoreApplication.translate("Figure", "removed")),
        (_CHOICES_COLUMN, QCoreApplication.translate("Figure", "choices")),
    ):
        painter.drawText(QRectF(right - 120, top - height - 4, 120, height), _RIGHT, text)
    bar = QRectF(_BAR.left(), top - height - 4, _BAR.width(), height)
    painter.drawText(bar, _LEFT, "0")
    painter.drawText(bar, _RIGHT, "100 %")


def _paint_stage(
    painter: QPainter,
    theme: Theme,
    line: QRectF,
    view: PipelineView,
    outcome: StageOutcome,
    before: float,
) -> None:
    acts = outcome.is_active
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.ink if acts else theme.quiet))
    painter.drawText(line, _LEFT, stage_name(outcome.stage))
    value = QRectF(line.left(), line.top(), _BAR.left() - 12 - line.left(), line.height())
    painter.drawText(value, _RIGHT, _value_text(view.question.sampling, outcome.stage))
    bar = QRectF(_BAR.left(), line.top() + 6, _BAR.width(), line.height() - 12)
    painter.fillRect(bar, QColor(theme.line))
    kept = bar.width() * outcome.kept_mass
    if acts and outcome.n_removed:
        gone = QRectF(bar.left() + kept, bar.top(), bar.width() * before - kept, bar.height())
        painter.fillRect(gone, QColor(theme.paper))
        paint_hatched(painter, theme, gone)
    painter.fillRect(
        QRectF(bar.left(), bar.top(), kept, bar.height()),
        QColor(theme.accent if acts else theme.removed),
    )
    removed = "–"
    if acts and outcome.n_removed:
        removed = f"{outcome.n_removed:,} · {percent_text(outcome.removed_mass)}"
    mark = "⇄ " if outcome.stage in view.swaps else ""
    for right, text in (
        (_LEFT_COLUMN, f"{outcome.n_kept:,} · {percent_text(outcome.kept_mass)}"),
        (_REMOVED_COLUMN, removed),
        (_CHOICES_COLUMN, mark + choices_text(outcome.effective_choices)),
    ):
        painter.drawText(QRectF(right - 140, line.top(), 140, line.height()), _RIGHT, text)


def _value_text(sampling: SamplingParams, stage: Stage) -> str:
    off = QCoreApplication.translate("SamplingPanel", "off")
    if stage in sampling.off:
        return off
    if stage == "bias":
        n = len(sampling.biases) + len(sampling.banned)
        return QCoreApplication.translate("Figure", "list of {n}").format(n=n) if n else off
    value = sampling.value_of(stage)
    return off if value == NEUTRAL_VALUES[stage] and stage != "temperature" else f"{value:g}"
