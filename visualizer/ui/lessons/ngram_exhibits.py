"""The charts of the lesson about n-grams, and what of it can be exported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from visualizer.lessons.ngram import rows_possible
from visualizer.ui.figure_parts import TEXT, interface_font, label_font, scale_to
from visualizer.ui.lessons.context_table import ContextFacts
from visualizer.ui.lessons.drawn_exhibits import Numbers, chart_exhibit
from visualizer.ui.lessons.generated_layout import GeneratedLayout, MarkedText, paint_generated
from visualizer.ui.lessons.ngram_counting import LONGEST_RUN, CountedNgrams, GeneratedText
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.line_chart import Chart, Series

_WIDTH = 744.0
_TITLE_HEIGHT = 28.0


def context_facts(
    counted: CountedNgrams, texts: tuple[GeneratedText, ...], least: int
) -> list[ContextFacts]:
    """A column for each context.

    Args:
        counted: The counts.
        texts: One generated text for each context, or none yet.
        least: Stretches from so many tokens count as copied.
    """
    facts = []
    for n in range(1, counted.n_contexts + 1):
        score = counted.scores[n - 1] if counted.scores else None
        marked = texts[n - 1].marked(least) if texts else np.zeros(0, np.bool_)
        facts.append(
            ContextFacts(
                rows_possible(counted.n_different, n),
                counted.rows_used[n - 1],
                np.nan if score is None else score.perplexity,
                counted.own_perplexities[n - 1],
                np.nan if score is None else score.unseen_contexts,
                float(marked.mean()) if marked.size else np.nan,
            )
        )
    return facts


def perplexity_chart(counted: CountedNgrams) -> Chart:
    """Perplexity by length of context, on the held-out and on the counted text."""
    translate = QCoreApplication.translate
    x = np.arange(1, counted.n_contexts + 1, dtype=np.float64)
    series = []
    if counted.scores:
        held_out = np.array([score.perplexity for score in counted.scores])
        series.append(Series(translate("NgramPage", "held out"), x, held_out))
    own = np.array(counted.own_perplexities)
    series.append(Series(translate("NgramPage", "counted"), x, own, "dashed"))
    return Chart(
        tuple(series),
        translate("NgramPage", "tokens of context, n"),
        translate("NgramPage", "perplexity"),
    )


def rows_chart(counted: CountedNgrams) -> Chart:
    """Rows used and rows possible by length of context; both are numbers below 1e32."""
    translate = QCoreApplication.translate
    x = np.arange(1, counted.n_contexts + 1, dtype=np.float64)
    possible = [float(rows_possible(counted.n_different, int(n))) for n in x]
    return Chart(
        (
            Series(translate("NgramPage", "used"), x, np.array(counted.rows_used, np.float64)),
            Series(translate("NgramPage", "possible"), x, np.array(possible), "dashed"),
        ),
        translate("NgramPage", "tokens of context, n"),
        translate("NgramPage", "rows"),
        log_y=True,
    )


def copied_chart(texts: tuple[GeneratedText, ...], least: int) -> Chart:
    """Share of the runs of each length that were copied, one curve for each context."""
    translate = QCoreApplication.translate
    x = np.arange(1, LONGEST_RUN // 2 + 1, dtype=np.float64)
    return Chart(
        tuple(Series(f"n = {text.n_context}", x, 100 * text.shares()) for text in texts),
        translate("NgramPage", "tokens in a row"),
        translate("NgramPage", "% copied"),
        y_range=(0.0, 100.0),
        marks=((float(least), translate("NgramPage", "shaded")),),
    )


@dataclass(frozen=True, eq=False)
class _TextFigure:
    title: str
    layout: GeneratedLayout

    @property
    def size(self) -> QSizeF:
        return QSizeF(_WIDTH, _TITLE_HEIGHT + self.layout.height)

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        painter.save()
        scale_to(painter, rect, self.size)
        painter.setFont(interface_font(TEXT, bold=True))
        painter.setPen(QColor(theme.ink))
        top = QRectF(0, 0, _WIDTH, _TITLE_HEIGHT)
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, self.title)
        painter.translate(0, _TITLE_HEIGHT)
        paint_generated(painter, self.layout, theme)
        painter.restore()


def text_exhibit(text: MarkedText) -> Exhibit:
    """The generated text with its marks."""
    generated = text.generated
    template = QCoreApplication.translate("NgramPage", "Text from {n} tokens of context")
    title = template.format(n=generated.n_context)
    figure = _TextFigure(title, GeneratedLayout(text, label_font(), _WIDTH))
    columns = ("token", "context used", "probability", "could follow", "copied run", "marked")
    rows = [
        (
            token,
            generated.context_used[i],
            float(generated.probabilities[i]),
            generated.choices[i],
            int(generated.lengths[i]),
            bool(text.marked[i]),
        )
        for i, token in enumerate(generated.tokens)
    ]
    return Exhibit("text", title, figure.size, figure.paint, columns, rows)


def perplexity_exhibit(chart: Chart, facts: list[ContextFacts]) -> Exhibit:
    """Perplexity by context, with the numbers of the table."""
    title = QCoreApplication.translate("NgramPage", "Perplexity")
    return chart_exhibit("perplexity", title, chart, _table_numbers(facts))


def rows_exhibit(chart: Chart, facts: list[ContextFacts]) -> Exhibit:
    """Rows by context, with the numbers of the table."""
    title = QCoreApplication.translate("NgramPage", "Rows used and possible")
    return chart_exhibit("rows", title, chart, _table_numbers(facts))


def _table_numbers(facts: list[ContextFacts]) -> Numbers:
    columns = (
        "context",
        "rows possible",
        "rows used",
        "perplexity held out",
        "perplexity counted",
        "unseen contexts",
        "copied",
    )
    rows = []
    for n, each in enumerate(facts, start=1):
        shares = (each.perplexity, each.own_perplexity, each.unseen, each.copied)
        numbers = [None if np.isnan(value) else value for value in shares]
        rows.append((n, str(each.rows_possible), each.rows_used, *numbers))
    return Numbers(columns, rows)


def copied_exhibit(chart: Chart) -> Exhibit:
    """Copied runs by their length."""
    columns = ("tokens in a row", *(series.name for series in chart.series))
    shares = [series.y / 100 for series in chart.series]
    x = chart.series[0].x.astype(np.int64)
    rows = [
        (int(x[i]), *(None if np.isnan(share[i]) else float(share[i]) for share in shares))
        for i in range(len(x))
    ]
    title = QCoreApplication.translate("NgramPage", "Copied word for word")
    arrays = {"length": x, "copied": np.array(shares)}
    return chart_exhibit("copied", title, chart, Numbers(columns, rows, arrays))


def powers_exhibit(chart: Chart, sizes: tuple[int, ...]) -> Exhibit:
    """Rows possible, as exponents of ten."""
    columns = ("context", *(f"log10 rows, V = {size}" for size in sizes))
    n = chart.series[0].x.astype(np.int64)
    exponents = [series.y for series in chart.series]
    rows = [(int(n[i]), *(float(e[i]) for e in exponents)) for i in range(len(n))]
    title = QCoreApplication.translate("NgramPage", "Rows possible, 10 to the k")
    arrays = {"context": n, "exponents": np.array(exponents)}
    return chart_exhibit("rows-possible", title, chart, Numbers(columns, rows, arrays))
