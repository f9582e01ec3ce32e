"""Figure of the next-token bars."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import BarsView, Candidate, WordRow
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
from visualizer.ui.widgets.bar_axis import BarAxis
from visualizer.ui.widgets.bar_rows import logit_text, percent_text

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_EXTRA_GAP = 8.0


@dataclass(frozen=True)
class BarsFigurePlan:
    """Where the parts of the bars' figure lie, in figure units.

    Attributes:
        bars: From one end of the axis to the other, over candidates and everything else.
        row: Height of one.
        token: Left edge and width of the tokens' column.
        height: Of the whole figure.
        axis: Of the bars.
        n_rows: Candidates and everything else; rows after that lie below a gap.
    """

    bars: QRectF
    row: float
    token: tuple[float, float]
    height: float
    axis: BarAxis
    n_rows: int

    def bar(self, place: int, prob: float) -> QRectF:
        """The bar of a row: the candidates, everything else, and what was asked for."""
        top = self.top(place) + 4
        width = self.bars.width() * self.axis.place(prob)
        return QRectF(self.bars.left(), top, width, self.row - 8)

    def whole(self, place: int) -> QRectF:
        """A row over the whole width of the bars."""
        return QRectF(self.bars.left(), self.top(place), self.bars.width(), self.row)

    def top(self, place: int) -> float:
        """Upper edge of a row."""
        gap = _EXTRA_GAP if place >= self.n_rows else 0.0
        return self.bars.top() + place * self.row + gap


def bars_figure(
    view: BarsView,
    theme: Theme,
    title: str,
    facts: Mapping[str, str],
    text: Tokenization | None = None,
) -> Figure:
    """The candidates for the next token as bars with their numbers, on the view's axis.

    Below them is what was asked for besides, and the token that really came if it is not among
    the candidates.

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of "Next token after ...", "" for that.
        facts: Written into the file.
        text: What was read, for the line at the foot.
    """
    words = title or _title(view)
    plan = plan_bars_figure(view)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, plan.height))
        paint_title(painter, theme, words, _facts_text(view))
        _paint_scale(painter, theme, plan, plan.bars.bottom())
        top, bottom = rows_in_sight(painter)
        for place, candidate in enumerate(view.candidates):
            bar = plan.bar(place, 1)
            if bar.bottom() + plan.row < top or bar.top() - plan.row > bottom:
                continue
            _paint_candidate(painter, theme, plan, view, candidate, place)
        _paint_rest(painter, theme, plan, view)
        _paint_extra(painter, theme, plan, view)
        origin = origin_text(
            facts.get("model", ""),
            view.position + 1 if text is None else len(text),
            "" if text is None else text.text,
        )
        paint_origin(painter, theme, plan.height, origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, plan.height), one_line(words), dict(facts), theme, paint)


def plan_bars_figure(view: BarsView) -> BarsFigurePlan:
    """Lay out the figure of the bars."""
    labels = QFontMetricsF(label_font())
    row = max(labels.height(), line_height(TEXT)) + 4
    heading = MARGIN + line_height(TITLE) + 4 + facts_height(_facts_text(view)) + 12
    top = heading + line_height(SMALL + 1) + 4
    extra = _extra_rows(view)
    texts = sorted((each.text for each in (*view.candidates, *extra)), key=len)[-20:]
    widest = max((labels.horizontalAdvance(text) for text in texts), default=0.0)
    rest = QFontMetricsF(interface_font(TEXT)).horizontalAdvance(_rest_text())
    token = min(max(widest, rest, 60.0) + 2, 220.0)
    left = MARGIN + 58 + token + 12
    n_rows = len(view.candidates) + 1
    axis = BarAxis(view.axis, view.axis_end)
    bars = QRectF(left, top, WIDTH - MARGIN - 150 - left, row * n_rows)
    below = _EXTRA_GAP + row * len(extra) if extra else 0.0
    height = bars.bottom() + below + 20 + line_height(SMALL) + MARGIN
    return BarsFigurePlan(bars, row, (MARGIN + 58, token), height, axis, n_rows)


def _extra_rows(view: BarsView) -> tuple[Candidate | WordRow, ...]:
    """The token that really came if it is no candidate, and what was asked for."""
    listed = {candidate.token_id for candidate in view.candidates}
    actual = view.actual
    came = () if actual is None or actual.token_id in listed else (actual,)
    return (*came, *view.words)


def _title(view: BarsView) -> str:
    return QCoreApplication.translate("Figure", "Next token after {token}").format(
        token=view.position_text
    )


def _rest_text() -> str:
    return QCoreApplication.translate("Figure", "everything else")


def _facts_text(view: BarsView) -> str:
    facts = QCoreApplication.translate(
        "Figure", "token {position}; vocabulary of {size:,}; entropy {bits:.2f} bits"
    ).format(position=view.position, size=view.vocabulary_size, bits=view.entropy_bits)
    if view.axis == "log":
        facts += QCoreApplication.translate("Figure", "; logarithmic axis, ◂ below its end")
    if BarAxis(view.axis, view.axis_end).is_beyond(view.rest_sampled_prob):
        facts += QCoreApplication.translate("Figure", "; ▸ in a bar: it goes on beyond the axis")
    if view.shaped:
        facts += QCoreApplication.translate(
            "Figure",
            "; bars after sampling parameters, which leave {n:,} tokens; ticks before them; "
            "removed tokens hatched",
        ).format(n=view.n_kept)
    if view.actual_id is not None:
        facts += QCoreApplication.translate("Figure", "; ▸ came next in the text")
    if view.words:
        facts += QCoreApplication.translate("Figure", "; below the gap: words asked for")
    return facts


def _paint_scale(painter: QPainter, theme: Theme, plan: BarsFigurePlan, bottom: float) -> None:
    painter.setFont(interface_font(SMALL + 1))
    bars, line = plan.bars, line_height(SMALL + 1)
    painter.setPen(QPen(QColor(theme.line), 1))
    for share in plan.axis.lines:
        x = bars.left() + share * bars.width()
        painter.drawLine(QPointF(x, bars.top()), QPointF(x, bottom))
    painter.setPen(QColor(theme.quiet))
    for share, words in plan.axis.labels:
        x = bars.left() + share * bars.width()
        box = QRectF(x - 40, bars.top() - line - 2, 80, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, words)
    for name, right in (
        (QCoreApplication.translate("Figure", "logit"), WIDTH - MARGIN),
        (QCoreApplication.translate("Figure", "prob."), WIDTH - MARGIN - 66),
    ):
        painter.drawText(QRectF(right - 60, bars.top() - line - 2, 60, line), _RIGHT, name)


def _paint_candidate(
    painter: QPainter,
    theme: Theme,
    plan: BarsFigurePlan,
    view: BarsView,
    candidate: Candidate,
    place: int,
) -> None:
    row = QRectF(0, plan.top(place), WIDTH, plan.row)
    ink = theme.ink if candidate.kept else theme.quiet
    if candidate.token_id == view.actual_id:
        _paint_triangle(painter, theme, row.center().y())
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.quiet))
    painter.drawText(QRectF(MARGIN + 10, row.top(), 40, row.height()), _RIGHT, f"{candidate.rank}")
    _paint_token(painter, plan, row, candidate.text, ink)
    if candidate.kept:
        painter.fillRect(plan.bar(place, candidate.sampled_prob), QColor(theme.accent))
        if view.shaped:
            _paint_tick(painter, theme, plan, place, candidate.prob)
        _paint_arrow(painter, theme, plan, place, candidate.sampled_prob)
    else:
        paint_hatched(painter, theme, plan.bar(place, candidate.prob))
    _paint_number(painter, row, percent_text(candidate.sampled_prob), ink)
    painter.setPen(QColor(theme.quiet))
    logit = QRectF(WIDTH - MARGIN - 60, row.top(), 60, row.height())
    painter.drawText(logit, _RIGHT, logit_text(candidate.logit))


def _paint_token(painter: QPainter, plan: BarsFigurePlan, row: QRectF, text: str, ink: str) -> None:
    painter.setFont(label_font())
    painter.setPen(QColor(ink))
    left, width = plan.token
    shown = QFontMetricsF(label_font()).elidedText(text, Qt.TextElideMode.ElideRight, width)
    room = QRectF(left, row.top(), width + 2, row.height())
    painter.drawText(room, _LEFT | Qt.TextFlag.TextDontClip, shown)


def _paint_rest(painter: QPainter, theme: Theme, plan: BarsFigurePlan, view: BarsView) -> None:
    place = len(view.candidates)
    row = QRectF(0, plan.top(place), WIDTH, plan.row)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.drawLine(QPointF(MARGIN, row.top()), QPointF(WIDTH - MARGIN, row.top()))
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.quiet))
    left, width = plan.token
    painter.drawText(QRectF(left, row.top(), width, row.height()), _LEFT, _rest_text())
    bar = plan.bar(place, view.rest_sampled_prob)
    painter.fillRect(bar, mixed_colour(theme.accent, theme.paper))
    if view.shaped:
        _paint_tick(painter, theme, plan, place, view.rest_prob)
    _paint_arrow(painter, theme, plan, place, view.rest_sampled_prob)
    _paint_number(painter, row, percent_text(view.rest_sampled_prob), theme.ink)


def _paint_extra(painter: QPainter, theme: Theme, plan: BarsFigurePlan, view: BarsView) -> None:
    """What was asked for; a word of several tokens has the product along them, and no logit."""
    for place, each in enumerate(_extra_rows(view), start=plan.n_rows):
        candidate = each.candidate if isinstance(each, WordRow) else each
        for share in plan.axis.lines:
            x = plan.bars.left() + share * plan.bars.width()
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(QPointF(x, plan.top(place)), QPointF(x, plan.top(place) + plan.row))
        if candidate is not None:
            _paint_candidate(painter, theme, plan, view, candidate, place)
            continue
        assert isinstance(each, WordRow)
        row = QRectF(0, plan.top(place), WIDTH, plan.row)
        known = not math.isnan(each.prob)
        _paint_token(painter, plan, row, each.text, theme.ink if known else theme.quiet)
        painter.fillRect(plan.bar(place, each.prob), QColor(theme.accent))
        _paint_arrow(painter, theme, plan, place, each.prob)
        _paint_number(painter, row, percent_text(each.prob), theme.ink)
        painter.setPen(QColor(theme.quiet))
        count = QRectF(WIDTH - MARGIN - 60, row.top(), 60, row.height())
        painter.drawText(count, _RIGHT, f"×{len(each.parts)}" if each.parts else "")


def _paint_number(painter: QPainter, row: QRectF, text: str, ink: str) -> None:
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(ink))
    painter.drawText(QRectF(WIDTH - MARGIN - 140, row.top(), 74, row.height()), _RIGHT, text)


def _paint_tick(
    painter: QPainter, theme: Theme, plan: BarsFigurePlan, place: int, prob: float
) -> None:
    """Where the bar ended before sampling parameters."""
    bar = plan.bar(place, prob)
    tick = QRectF(bar.right() - 1, bar.top() - 2, 2, bar.height() + 4)
    painter.fillRect(tick.adjusted(-1, 0, 1, 0), QColor(theme.paper))
    painter.fillRect(tick, QColor(theme.ink))


def _paint_arrow(
    painter: QPainter, theme: Theme, plan: BarsFigurePlan, place: int, prob: float
) -> None:
    """An arrow at the end of the axis beyond which a value lies."""
    row = plan.whole(place)
    middle = row.center().y()
    if plan.axis.is_below(prob):
        tip, foot, colour = row.left() + 2, row.left() + 7, theme.quiet
    elif plan.axis.is_beyond(prob):
        tip, foot, colour = row.right() - 2, row.right() - 7, theme.ink
    else:
        return
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    points = [QPointF(foot, middle - 4), QPointF(tip, middle), QPointF(foot, middle + 4)]
    painter.drawPolygon(QPolygonF(points))
    painter.restore()


def _paint_triangle(painter: QPainter, theme: Theme, middle: float) -> None:
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.ink))
    points = [QPointF(MARGIN, middle - 4), QPointF(MARGIN + 6, middle)]
    painter.drawPolygon(QPolygonF([*points, QPointF(MARGIN, middle + 4)]))
    painter.restore()
