"""What of the lesson about tables can be exported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from visualizer.lessons.bigram import bigram_probabilities
from visualizer.ui.lessons.drawn_exhibits import Numbers, TableRows, chart_exhibit, matrix_exhibit
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.lessons.table_learning import LearnedTable
from visualizer.ui.lessons.table_view import CountedText
from visualizer.ui.widgets.line_chart import Chart
from visualizer.ui.widgets.matrix_view import Matrix


@dataclass(frozen=True, eq=False)
class TableOnShow:
    """The page as it is now; the matrices are as drawn, of the words that have room."""

    counted: CountedText
    smoothing: float
    counts: Matrix
    probabilities: Matrix
    learned: LearnedTable | None
    learned_matrix: Matrix | None
    loss: Chart | None


def table_exhibits(shown: TableOnShow) -> list[Exhibit]:
    """Counts, probabilities, and what was learned, with the numbers of all words."""
    translate = QCoreApplication.translate
    words = shown.counted.words
    columns = ("word", *words)
    names = np.array(words)
    counts = shown.counted.bigrams.counts
    probabilities = bigram_probabilities(counts, shown.smoothing)
    title = translate("TablePage", "P(next | word)")
    if shown.smoothing:
        title += f", s = {shown.smoothing:g}"
    found = [
        matrix_exhibit(
            "counts",
            translate("TablePage", "Counts"),
            shown.counts,
            Numbers(columns, TableRows(words, counts), {"counts": counts, "words": names}),
        ),
        matrix_exhibit(
            "probabilities",
            title,
            shown.probabilities,
            Numbers(
                columns,
                TableRows(words, probabilities),
                {"probabilities": probabilities, "words": names},
            ),
        ),
    ]
    learned = shown.learned
    if learned is not None and shown.learned_matrix is not None and shown.loss is not None:
        found.append(
            matrix_exhibit(
                "learned",
                translate("LearningPane", "Learned P(next | word)"),
                shown.learned_matrix,
                Numbers(
                    columns,
                    TableRows(words, learned.probabilities),
                    {"probabilities": learned.probabilities, "words": names},
                ),
            )
        )
        rows = [(step.step, step.loss, step.difference) for step in learned.steps]
        arrays = {
            "step": np.array([step.step for step in learned.steps]),
            "loss": np.array([step.loss for step in learned.steps]),
            "difference": np.array([step.difference for step in learned.steps]),
        }
        found.append(
            chart_exhibit(
                "learning",
                translate("LearningPane", "Loss"),
                shown.loss,
                Numbers(("step", "loss", "largest difference"), rows, arrays),
            )
        )
    return found
