"""Figure of the generated tokens: what each of them was drawn from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from visualizer.engine.tokenization import display_text
from visualizer.session.step_tables import StepsView
from visualizer.session.views import Candidate
from visualizer.ui.figure_files import Figure
from visualizer.ui.figure_parts import (
    MARGIN,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    facts_height,
    interface_font,
    label_font,
    line_height,
    mixed_colour,
    one_line,
    origin_text,
    paint_hatched,
    paint_origin,
    paint_title,
    rows_in_sight,
    scale_to,
)
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.bar_rows import percent_text, rank_text
from visualizer.ui.widgets.joined_text import listed

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_LONGEST = ("<0.0088 %", "<0.0088 %", ">999k", "99.99")
"""Of the columns of numbers: probability, drawn with, rank, surprise."""
_LEAST_SEGMENT = 0.75  # narrower ones cannot be told apart, and are drawn as one
_LEAST_DRAWN = 2.0
_PALE = 0.22


@dataclass(frozen=True)
class StepsFigurePlan:
    """Where the parts of the figure lie, in figure units.

    Attributes:
        token: Left edge and width of the column of drawn tokens.
        strips: From 0 to 100 %, over all steps.
        row: Height of one.
        height: Of the whole figure.
    """

    token: tuple[float, float]
    strips: QRectF
    row: float
    height: float

    def strip(self, index: int) -> QRectF:
        """A step's distribution, from 0 to 100 %."""
        top = self.strips.top() + index * self.row
        return QRectF(self.strips.left(), top + 3, self.strips.width(), self.row - 6)

    def segments(
        self, index: int, candidates: tuple[Candidate, ...]
    ) -> Iterator[tuple[Candidate, QRectF]]:
        """Each candidate with its share of the strip, likeliest first."""
        strip, begin = self.strip(index), 0.0
        for candidate in candidates:
            left = strip.left() + begin * strip.width()
            yield (
                candidate,
                QRectF(left, strip.top(), candidate.prob * strip.width(), strip.height()),
            )
            begin += candidate.prob

    def elsewhere(self, index: int, prob: float) -> QRectF:
        """A token from everything else: at the right end, for its own place is not known."""
        strip = self.strip(index)
        width = max(prob * strip.width(), _LEAST_DRAWN)
        return QRectF(strip.right() - width, strip.top(), width, strip.height())


def steps_figure(view: StepsView, theme: Theme, title: str, facts: Mapping[str, str]) -> Figure:
    """A row for each step: its token, the distribution as a strip from 0 to 100 %, its numbers.

    The strip shows the model's own probabilities, before sampling parameters; what these removed
    is hatched.

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of "Generated tokens", "" for that.
        facts: Written into the file.
    """
    words = title or QCoreApplication.translate("Figure", "Generated tokens")
    plan = plan_steps_figure(view)
    text = view.tokenization
    origin = origin_text(facts.get("model", ""), len(text), text.text)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, plan.height))
        paint_title(painter, theme, words, _facts_text(view))
        _paint_header(painter, theme, plan)
        top, bottom = rows_in_sight(painter)
        for index in range(len(view.steps)):
            strip = plan.strip(index)
            if strip.bottom() + plan.row >= top and strip.top() - plan.row <= bottom:
                _paint_step(painter, theme, plan, view, index)
        paint_origin(painter, theme, plan.height, origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, plan.height), one_line(words), dict(facts), theme, paint)


def plan_steps_figure(view: StepsView) -> StepsFigurePlan:
    """Lay out the figure of generated tokens."""
    labels = QFontMetricsF(label_font())
    row = max(labels.height(), line_height(TEXT)) + 8
    texts = sorted((display_text(step.data) for step in view.steps), key=len)[-20:]
    token = min(max(max(map(labels.horizontalAdvance, texts)), 60.0) + 2, 150.0)
    left = MARGIN + 40 + token + 12
    top = MARGIN + line_height(TITLE) + 4 + facts_height(_facts_text(view)) + 12
    top += line_height(SMALL + 1) + 4
    right = WIDTH - MARGIN - sum(_columns()) - 8
    strips = QRectF(left, top, right - left, row * len(view.steps))
    height = strips.bottom() + 20 + line_height(SMALL) + MARGIN
    return StepsFigurePlan((MARGIN + 40, token), strips, row, height)


def _facts_text(view: StepsView) -> str:
    seeds = dict.fromkeys(step.seed for step in view.steps)
    n_steps = len(view.steps)
    one = QCoreApplication.translate("Figure", "1 step")
    text = one if n_steps == 1 else QCoreApplication.translate("Figure", "{n:,} steps")
    text = text.format(n=n_steps)
    text += QCoreApplication.translate(
        "Figure",
        ", seed {seeds}; strips: probabilities before sampling parameters, likeliest first, the "
        "drawn token filled, everything else empty",
    ).format(seeds=listed(map(str, seeds)))
    told = [step.candidates for step in view.steps if step.candidates is not None]
    if any(np.isinf(each.sampled_logprobs).any() for each in told):
        text += QCoreApplication.translate("Figure", "; hatched: removed by sampling parameters")
    if any(step.logprob != step.sampled_logprob for step in view.steps):
        text += QCoreApplication.translate("Figure", "; “drawn at”: after sampling parameters")
    if any(
        step.candidates is not None and step.token_id not in step.candidates.ids.tolist()
        for step in view.steps
    ):
        text += QCoreApplication.translate(
            "Figure", "; filled at the right end: drawn from everything else"
        )
    settings = view.settings()
    if len(settings) > 1:
        text += QCoreApplication.translate(
            "Figure", "; the sampling parameters were changed {n:,} times in between"
        ).format(n=sum(a.sampling != b.sampling for a, b in pairwise(view.steps)))
    return text


def _paint_header(painter: QPainter, theme: Theme, plan: StepsFigurePlan) -> None:
    line = line_height(SMALL + 1)
    top = plan.strips.top() - line - 4
    painter.setFont(interface_font(SMALL + 1))
    painter.setPen(QColor(theme.quiet))
    step = QCoreApplication.translate("Figure", "step")
    painter.drawText(QRectF(MARGIN - 10, top, 40, line), _RIGHT, step)
    painter.drawText(
        QRectF(plan.token[0], top, plan.token[1], line),
        _LEFT,
        QCoreApplication.translate("Figure", "drawn"),
    )
    painter.drawText(QRectF(plan.strips.left(), top, 60, line), _LEFT, "0")
    painter.drawText(QRectF(plan.strips.right() - 60, top, 60, line), _RIGHT, "100 %")
    for cell, name in zip(_cells(top, line), _names(), strict=True):
        painter.drawText(cell, _RIGHT, name)


def _names() -> tuple[str, ...]:
    """Of the columns of numbers."""
    return (
        QCoreApplication.translate("Figure", "prob."),
        QCoreApplication.translate("Figure", "drawn at"),
        QCoreApplication.translate("Figure", "rank"),
        QCoreApplication.translate("Figure", "bits"),
    )


def _columns() -> list[float]:
    """Widths of the columns of numbers, each with a gap before it."""
    numbers, names = QFontMetricsF(interface_font(TEXT)), QFontMetricsF(interface_font(SMALL + 1))
    return [
        max(numbers.horizontalAdvance(longest), names.horizontalAdvance(name)) + 12
        for longest, name in zip(_LONGEST, _names(), strict=True)
    ]


def _cells(top: float, height: float) -> list[QRectF]:
    """The columns of numbers in a row."""
    left = WIDTH - MARGIN - sum(_columns())
    found = []
    for width in _columns():
        found.append(QRectF(left, top, width, height))
        left += width
    return found


def _paint_step(
    painter: QPainter, theme: Theme, plan: StepsFigurePlan, view: StepsView, index: int
) -> None:
    step, strip = view.steps[index], plan.strip(index)
    row = QRectF(0, plan.strips.top() + index * plan.row, WIDTH, plan.row)
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.quiet))
    painter.drawText(QRectF(MARGIN - 10, row.top(), 40, row.height()), _RIGHT, f"{index + 1}")
    painter.setFont(label_font())
    painter.setPen(QColor(theme.ink))
    left, width = plan.token
    shown = QFontMetricsF(label_font()).elidedText(
        display_text(step.data) or "∅", Qt.TextElideMode.ElideRight, width
    )
    room = QRectF(left, row.top(), width + 2, row.height())
    painter.drawText(room, _LEFT | Qt.TextFlag.TextDontClip, shown)
    _paint_strip(painter, theme, plan, view, index)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.drawRect(strip)
    painter.setFont(interface_font(TEXT))
    bits = max(-step.logprob / math.log(2), 0.0)
    numbers = (
        percent_text(step.prob),
        percent_text(step.sampled_prob),
        rank_text(step.rank) if step.rank else "–",
        f"{bits:.2f}",
    )
    for place, (cell, text) in enumerate(zip(_cells(row.top(), plan.row), numbers, strict=True)):
        painter.setPen(QColor(theme.ink if place == 0 else theme.quiet))
        painter.drawText(cell, _RIGHT, text)


def _paint_strip(
    painter: QPainter, theme: Theme, plan: StepsFigurePlan, view: StepsView, index: int
) -> None:
    """The candidates side by side, each as wide as it is probable."""
    step, told = view.steps[index], view.steps[index].candidates
    if told is None:
        segment = plan.strip(index)
        segment.setWidth(segment.width() * step.prob)
        painter.fillRect(segment, QColor(theme.accent))
        return
    listed = view.candidates(index)[: len(told)]
    pale = mixed_colour(theme.accent, theme.paper, _PALE)
    for candidate, segment in plan.segments(index, listed):
        is_drawn = candidate.token_id == step.token_id
        if segment.width() < _LEAST_SEGMENT and not is_drawn:
            continue
        if is_drawn:
            drawn = QRectF(segment)
            drawn.setWidth(max(drawn.width(), _LEAST_DRAWN))  # in sight, however improbable it was
            painter.fillRect(drawn, QColor(theme.accent))
        elif candidate.kept:
            painter.fillRect(segment, pale)
        else:
            paint_hatched(painter, theme, segment)
        painter.setPen(QPen(QColor(theme.paper), 1))
        painter.drawLine(segment.topRight(), segment.bottomRight())
        ink = theme.paper if is_drawn else theme.ink if candidate.kept else theme.quiet
        _paint_name(painter, segment, candidate, ink, is_bare=candidate.kept, paper=theme.paper)
    if step.token_id not in told.ids.tolist():
        painter.fillRect(plan.elsewhere(index, step.prob), QColor(theme.accent))


def _paint_name(
    painter: QPainter,
    segment: QRectF,
    candidate: Candidate,
    ink: str,
    *,
    is_bare: bool,
    paper: str,
) -> None:
    """The token's text where all of it fits; on hatching on a piece of paper of its own."""
    font = label_font()
    font.setPixelSize(SMALL + 1)
    width = QFontMetricsF(font).horizontalAdvance(candidate.text)
    if width + 6 > segment.width():
        return
    painter.setFont(font)
    if not is_bare:
        middle = segment.center()
        height = segment.height() - 4
        piece = QRectF(middle - QPointF(width / 2 + 2, height / 2), QSizeF(width + 4, height))
        painter.fillRect(piece, QColor(paper))
    painter.setPen(QColor(ink))
    painter.drawText(segment, _CENTRE | Qt.TextFlag.TextDontClip, candidate.text)
