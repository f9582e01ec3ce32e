"""Lesson 5: what goes into a transformer, a token's vector and where the token stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from visualizer.lessons.learned_positions import bundled_positions
from visualizer.lessons.positions import (
    dot_products,
    profile_by_distance,
    sinusoids,
)
from visualizer.lessons.similarity import cosine_similarity, last_token_of
from visualizer.lessons.text import split_words
from visualizer.lessons.word_map import principal_plane
from visualizer.lessons.word_order import order_effect, shuffled_order, word_vectors
from visualizer.ui.lessons.drawn_exhibits import (
    Numbers,
    TableRows,
    chart_exhibits,
    matrix_exhibit,
)
from visualizer.ui.lessons.forms import lay_out_forms
from visualizer.ui.lessons.input_embeddings import WORDS, EmbeddingsPane
from visualizer.ui.lessons.input_learned import LearnedPane
from visualizer.ui.lessons.input_meaning import (
    CHINESE_CONTROL,
    CHINESE_SENTENCES,
    CHINESE_WORD,
    SENTENCES,
    MeaningPane,
)
from visualizer.ui.lessons.input_order import SENTENCE, WIDTH, OrderPane
from visualizer.ui.lessons.input_sinusoids import SinusoidPane
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage

_EMBEDDINGS, _SINUSOIDS, _ORDER, _LEARNED, _MEANING = range(5)
_FORMS = {
    "sinusoids": _SINUSOIDS,
    "distance": _SINUSOIDS,
    "wide": _SINUSOIDS,
    "order": _ORDER,
    "positions": _ORDER,
    "learned": _LEARNED,
    "apple": _MEANING,
    "pingguo": _MEANING,
    "embeddings": _EMBEDDINGS,
    "colours": _EMBEDDINGS,
}
"""Where the lesson's links lead."""


class InputPage(LessonPage):
    """Embeddings, sinusoids, order, learned positions, and a word's change of meaning."""

    key = "input"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._is_active = False
        self.embeddings = EmbeddingsPane(microscope)
        self.sinusoids = SinusoidPane(self.make_task())
        self.order = OrderPane()
        self.learned = LearnedPane(microscope)
        self.meaning = MeaningPane(microscope)
        self._stack = QStackedWidget()
        for pane in (self.embeddings, self.sinusoids, self.order, self.learned, self.meaning):
            self._stack.addWidget(pane)
        self.forms = QButtonGroup(self)
        self._lay_out()
        self.forms.idClicked.connect(self._on_form_clicked)
        self.reset()

    def _lay_out(self) -> None:
        names = (
            (self.tr("Embeddings"), self.tr("The vectors of words, and which are near")),
            (self.tr("Sinusoids"), self.tr("The position encoding of the paper")),
            (self.tr("Order"), self.tr("What attention makes of shuffled words")),
            (self.tr("Learned positions"), self.tr("A vector for each place, learned")),
            (self.tr("Apple"), self.tr("One word, two meanings, layer by layer")),
        )
        lay_out_forms(self, self.forms, names, self._stack)

    # -------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """Every experiment as it begins, the embeddings in sight."""
        self.embeddings.reset()
        self.sinusoids.reset()
        self.order.reset()
        self.learned.reset()
        self.meaning.reset()
        self.show_form(_EMBEDDINGS)

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (
            principal_plane,
            sinusoids,
            dot_products,
            profile_by_distance,
            order_effect,
            word_vectors,
            shuffled_order,
            bundled_positions,
            cosine_similarity,
            last_token_of,
        )

    def answer(self, question: str) -> Answer | None:
        """Computed by the lesson's own functions; of "apple", what the model has answered."""
        if question == "same-place":
            return Answer(float(dot_products(sinusoids(8, 64))[5, 5]), 0.01)
        if question == "shuffled":
            words = split_words(SENTENCE)
            order = shuffled_order(len(words), 0)
            effect = order_effect(words, order, with_positions=False, width=WIDTH, seed=0)
            return Answer(0 if effect.difference < 1e-12 else 1)
        if question == "far":
            return self._answer_on_distance()
        shown, record = self.meaning.shown, self.meaning.record
        if question == "apple" and shown is not None and record is not None:
            token_id = int(record.texts[0].tokenization.ids[shown.places[0]])
            return Answer(float(shown.other[0]), 0.005, {"id": f"{token_id:,}"})
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        embeddings = self.embeddings.exhibit()
        return [
            *([] if embeddings is None else [embeddings]),
            *self._sinusoid_exhibits(),
            *self._order_exhibits(),
            *self._learned_exhibits(),
            *self._meaning_exhibits(),
        ]

    def follow(self, target: str) -> None:
        """See the lesson's text for the targets."""
        kind, _, key = target.partition(":")
        if kind == "look":
            self.microscope.show_prompt(SENTENCES[1] if key == "company" else SENTENCES[0])
            return
        self.show_form(_FORMS.get(key, self._stack.currentIndex()))
        if key == "wide":
            self.sinusoids.set_size(256, 128)
        elif key == "distance":
            self.sinusoids.look_at(20, 6)
        elif key == "pingguo":
            self.meaning.compare_sentences(CHINESE_SENTENCES, CHINESE_WORD, CHINESE_CONTROL)
        elif key == "apple" and self.meaning.word.text() == CHINESE_WORD:
            self.meaning.reset()
        elif key == "embeddings":
            self.embeddings.reset()
        elif key == "colours":
            self.embeddings.look_at(WORDS, "red")
        elif key in ("order", "positions"):
            self.order.with_positions.setChecked(key == "positions")

    def set_active(self, active: bool) -> None:
        self._is_active = active
        self.embeddings.set_active(active and self._stack.currentIndex() == _EMBEDDINGS)
        self.learned.set_active(active and self._stack.currentIndex() == _LEARNED)
        self.meaning.set_active(active and self._stack.currentIndex() == _MEANING)

    def is_busy(self) -> bool:
        return super().is_busy() or any(
            pane.is_waiting for pane in (self.embeddings, self.learned, self.meaning)
        )

    def show_form(self, form: int) -> None:
        """Bring one of the experiments into sight."""
        self.forms.button(form).setChecked(True)
        self._stack.setCurrentIndex(form)
        self.set_active(self._is_active)

    @Slot(int)
    def _on_form_clicked(self, form: int) -> None:
        self.show_form(form)

    # ------------------------------------------------------------------------------- exhibits

    def _sinusoid_exhibits(self) -> list[Exhibit]:
        shown, matrix = self.sinusoids.shown, self.sinusoids.map.matrix()
        if shown is None or matrix is None:
            return []
        n, width = shown.encoding.shape
        labels = tuple(f"{position}" for position in range(n))
        columns = ("position", *(f"channel_{channel}" for channel in range(width)))
        numbers = Numbers(
            columns, TableRows(labels, shown.encoding), {"positions": shown.encoding.copy()}
        )
        title = self.tr("Sinusoids of {n} positions, width {d}").format(n=n, d=width)
        found = [matrix_exhibit("sinusoids", title, matrix, numbers)]
        profile = shown.profile
        arrays = {"mean": profile.mean, "least": profile.least, "most": profile.most}
        rows = [
            (distance, *values)
            for distance, values in enumerate(np.stack([*arrays.values()], axis=1).tolist())
        ]
        title = self.tr("Dot product of two positions by distance")
        found += chart_exhibits(
            "distance",
            title,
            self.sinusoids.by_distance,
            Numbers(("distance", *arrays), rows, arrays),
        )
        return found

    def _order_exhibits(self) -> list[Exhibit]:
        matrix = self.order.views["after"].matrix()
        if matrix is None:
            return []
        effects = self.order.effects
        rows: list[tuple[object, ...]] = []
        for with_positions, effect in effects.items():
            for word, before, after in zip(
                self.order.words, effect.before.tolist(), effect.after.tolist(), strict=True
            ):
                rows += [
                    (with_positions, word, channel, *pair)
                    for channel, pair in enumerate(zip(before, after, strict=True))
                ]
        columns = ("with_positions", "word", "channel", "sentence", "shuffled")
        arrays = {
            f"{name}_{'with' if with_positions else 'without'}": getattr(effect, name)
            for with_positions, effect in effects.items()
            for name in ("embeddings", "positions", "before", "after")
        }
        title = self.tr("Outputs for the shuffled sentence")
        return [matrix_exhibit("order", title, matrix, Numbers(columns, rows, arrays))]

    def _answer_on_distance(self) -> Answer:
        """Whether a learned position is more like the next one or like one far away."""
        table = bundled_positions()
        near, far = (
            float(cosine_similarity(table[20], table[place])) for place in (21, len(table) - 1)
        )
        return Answer(0 if near > far else 1, numbers={"n": str(len(table))})

    def _learned_exhibits(self) -> list[Exhibit]:
        table, matrix = self.learned.table, self.learned.map.matrix()
        if table is None or matrix is None:
            return []
        labels = tuple(f"{position}" for position in range(len(table)))
        columns = ("position", *(f"channel_{c}" for c in range(table.shape[1])))
        numbers = Numbers(columns, TableRows(labels, table), {"positions": table})
        return [matrix_exhibit("learned-positions", self.tr("Learned positions"), matrix, numbers)]

    def _meaning_exhibits(self) -> list[Exhibit]:
        return chart_exhibits(
            "apple", self.tr("Cosine similarity by layer"), self.meaning.chart, None
        )
