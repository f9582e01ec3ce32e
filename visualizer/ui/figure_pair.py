"""Figure of an inspected pair of tokens: its score taken apart, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from visualizer.session.views import PairView
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
    paint_origin,
    paint_title,
    scale_to,
)
from visualizer.ui.panels.pair_facts import PairFacts
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.fact_table import Fact

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_AXIS = 44.0
_CHART = 120.0
_BETWEEN = 32.0


@dataclass(frozen=True)
class PairFigurePlan:
    """Where the parts lie, in figure units.

    Attributes:
        chart: Of the products.
        top: Product at the upper end; the lower end is its negative.
        tables: Upper edge of the facts.
        row: Height of a fact.
        height: Of the whole figure.
    """

    chart: QRectF
    top: float
    tables: float
    row: float
    height: float

    def bar(self, dimension: int, product: float, n: int) -> QRectF:
        """The bar of a dimension, up for a product above 0."""
        step = self.chart.width() / n
        left = self.chart.left() + dimension * step
        gap = min(step * 0.1, 1.0)
        middle, reach = self.chart.center().y(), product / self.top * self.chart.height() / 2
        return QRectF(left + gap, min(middle, middle - reach), step - 2 * gap, abs(reach))


def pair_figure(view: PairView, theme: Theme, title: str, facts: Mapping[str, str]) -> Figure:
    """The products by dimension as bars, and the way from them to the candidate's logit.

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of "L5·H3: query ... → key ...", "" for that.
        facts: Written into the file.
    """
    words = PairFacts()
    heading = one_line(title or words.title(view))
    plan = plan_pair_figure(view)
    origin = origin_text(view.model_name, len(view.tokenization), view.tokenization.text)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, plan.height))
        paint_title(painter, theme, heading, words.summary(view))
        _paint_products(painter, theme, plan, view)
        half = (WIDTH - 2 * MARGIN - _BETWEEN) / 2
        for column, sections in enumerate(_sections(view)):
            y = plan.tables
            for name, rows in sections:
                area = QRectF(MARGIN + column * (half + _BETWEEN), y, half, plan.row)
                y = _paint_facts(painter, theme, area, name, rows) + plan.row / 2
        paint_origin(painter, theme, plan.height, origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, plan.height), heading, dict(facts), theme, paint)


def plan_pair_figure(view: PairView) -> PairFigurePlan:
    """Lay out the figure of a pair."""
    top = MARGIN + line_height(TITLE) + 4 + facts_height(PairFacts().summary(view)) + 16
    top += line_height(SMALL + 1) + 12
    chart = QRectF(MARGIN + _AXIS, top, WIDTH - 2 * MARGIN - _AXIS, _CHART)
    largest = float(np.abs(view.record.products).max(initial=0.0))
    row = line_height(TEXT) + 4
    tables = chart.bottom() + 8 + line_height(SMALL) + 16
    n_rows = max(
        sum(len(rows) + 1.5 for _, rows in sections if rows) for sections in _sections(view)
    )
    height = tables + n_rows * row + 12 + line_height(SMALL) + MARGIN
    return PairFigurePlan(chart, _round_above(largest), tables, row, height)


def _round_above(value: float) -> float:
    """The next number of one or two digits; 1 for 0."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(digit * power for digit in (1, 2, 5, 10) if digit * power >= value))


def _sections(view: PairView) -> tuple[Sequence[tuple[str, list[Fact]]], ...]:
    """The facts in two columns, each under its name."""
    words = PairFacts()
    left = (
        (QCoreApplication.translate("Figure", "Score"), words.score(view)),
        (QCoreApplication.translate("Figure", "Weight among the keys"), words.weight(view)),
    )
    right = (
        (QCoreApplication.translate("Figure", "What is written"), words.written(view)),
        (QCoreApplication.translate("Figure", "Effect on the prediction"), words.effect(view)),
    )
    return left, right


def _paint_products(painter: QPainter, theme: Theme, plan: PairFigurePlan, view: PairView) -> None:
    chart, products = plan.chart, view.record.products
    painter.setFont(interface_font(SMALL + 1))
    painter.setPen(QColor(theme.quiet))
    line = line_height(SMALL + 1)
    painter.drawText(
        QRectF(MARGIN, chart.top() - line - 12, chart.width(), line),
        _LEFT,
        QCoreApplication.translate("Figure", "q × k in each of the {n} dimensions").format(
            n=len(products)
        ),
    )
    painter.setFont(interface_font(SMALL))
    for share, value in ((0.0, plan.top), (0.5, 0.0), (1.0, -plan.top)):
        y = chart.top() + share * chart.height()
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(QPointF(chart.left(), y), QPointF(chart.right(), y))
        painter.setPen(QColor(theme.quiet))
        box = QRectF(MARGIN, y - 10, _AXIS - 6, 20)
        painter.drawText(box, _RIGHT, f"{value:g}".replace("-", "−"))
    for dimension, product in enumerate(products.tolist()):
        hue = theme.accent if product >= 0 else theme.warning
        painter.fillRect(plan.bar(dimension, product, len(products)), QColor(hue))
    step = next(each for each in (1, 2, 4, 8, 16, 32, 64, 128, 256) if len(products) / each <= 16)
    painter.setPen(QColor(theme.quiet))
    for dimension in range(0, len(products), step):
        x = plan.bar(dimension, 0.0, len(products)).center().x()
        box = QRectF(x - 30, chart.bottom() + 6, 60, line_height(SMALL))
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, f"{dimension}")


def _paint_facts(
    painter: QPainter, theme: Theme, area: QRectF, name: str, rows: Sequence[Fact]
) -> float:
    """A heading and its facts from `area` down; gives where they end."""
    if not rows:
        return area.top()
    painter.setFont(interface_font(TEXT, bold=True))
    painter.setPen(QColor(theme.ink))
    painter.drawText(area, _LEFT, name)
    line = QRectF(area)
    for fact in rows:
        line.translate(0, area.height())
        painter.setFont(interface_font(TEXT, bold=fact.is_result))
        metrics = QFontMetricsF(painter.font())
        room = line.width() - metrics.horizontalAdvance(fact.value) - 12
        shown = metrics.elidedText(fact.name, Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(theme.ink if fact.is_result else theme.quiet))
        painter.drawText(line, _LEFT, shown)
        painter.setPen(QColor(theme.ink))
        painter.drawText(line, _RIGHT, fact.value)
    return line.bottom()
