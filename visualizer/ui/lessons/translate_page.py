"""Lesson 9: an encoder and a decoder translate numbers and dates, word by word."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.ui.lessons.labels import Complaint
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.source_listing import listed
from visualizer.ui.lessons.translating import Translate, Translation, TranslatorSource
from visualizer.ui.lessons.translation_view import TranslationView
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, Theme
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.word_bars import WordBar, bars_size, paint_word_bars

FIRST = "twelve thousand three hundred and forty-five"
DATE = "Monday the third of May nineteen ninety-nine"
CHINESE = "八万六千四百"
WRONG_WEEKDAY = "Friday the third of May nineteen ninety-nine"
UNSEEN = "Sunday January fifth nineteen oh eight"
"""In an order of words that was never trained on."""
WRONG = "fifty thousand"
"""The held-out sentence that comes out wrong, says the translator's card."""
EXAMPLES = (
    FIRST,
    "ninety thousand and nine",
    DATE,
    "Sunday the twenty-first of March twenty twenty-one",
    CHINESE,
    "一万零五百",
    "二〇〇五年十二月三十一日星期六",
)
_MOST_BEAMS = 8
_TWO, _LAST_CHARACTER = 2, -2
"""Places of 二 in the first example's translation, and of what stands before any "<end>"."""


class TranslatePage(LessonPage):
    """A sentence, its translation as it grows, what else was likely, and all attention."""

    key = "translate"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._source = TranslatorSource()
        self._translation: Translation | None = None
        self._n_steps = 0
        self._wished_place: int | None = None
        self._task = self.make_task()
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Sentence to translate"))
        self.line.setPlaceholderText(self.tr("A number up to 99,999 or a date, in words"))
        self.line.setToolTip(
            self.tr("English or Chinese: it is translated into the other language as you type")
        )
        self.examples = MenuButton(self.tr("Examples"), self._example_menu(), flat=False)
        self.beams = QSpinBox()
        self.beams.setRange(1, _MOST_BEAMS)
        self.beams.setSpecialValueText(self.tr("1 (greedy)"))
        self.beams.setAccessibleName(self.tr("Beams"))
        self.beams.setToolTip(
            self.tr("How many translations are kept at each step; with one, it is greedy")
        )
        self.restart = QPushButton(self.tr("Start over"))
        self.next = QPushButton(self.tr("Next word"))
        self.all = QPushButton(self.tr("All words"))
        self.complaint = Complaint()
        self.status = PlainLabel()
        self.view = TranslationView()
        self._lay_out()
        self._connect()
        self.reset()

    # ------------------------------------------------------------------------------- the page

    def reset(self) -> None:
        """The first example, translated greedily, all of it on show."""
        for widget in (self.line, self.beams):
            widget.blockSignals(True)
        self.line.setText(FIRST)
        self.beams.setValue(1)
        for widget in (self.line, self.beams):
            widget.blockSignals(False)
        self.view.trio.reset()
        self._ask()

    def functions(self) -> Sequence[Callable[..., object] | type]:
        """The translator's loop, and the layers under it."""
        return (
            *listed("visualizer.lessons.translation", "Translator.steps", "Translator._grow"),
            *listed(
                "visualizer.lessons.transformer",
                "Transformer.forward",
                "Transformer.encode",
                "Transformer.decode",
                "Transformer._embed",
                "EncoderLayer.forward",
                "DecoderLayer.forward",
                "MultiHeadAttention.forward",
                "attention",
                "causal_mask",
            ),
        )

    def answer(self, question: str) -> Answer | None:
        """From the translation on show."""
        translation = self._translation
        if translation is None:
            return None
        if question == "maps":
            n_layers, n_heads = translation.steps[-1].cross.shape[:2]
            numbers = {"layers": f"{n_layers}", "heads": f"{n_heads}"}
            return Answer(3 * n_layers * n_heads, numbers=numbers)
        if question == "two" and translation.text == FIRST:
            word, weight = _looked_at_most(translation, _TWO)
            return Answer(word, numbers={"weight": f"{weight:.2f}"})
        if question == "beam" and translation.n_beams > 1 and translation.text == UNSEEN:
            numbers = {
                "greedy": "".join(translation.pieces(translation.greedy)[:-1]),
                "beams": f"{translation.n_beams}",
            }
            return Answer(int(translation.tokens == translation.greedy), numbers=numbers)
        if question == "weekday" and translation.text == WRONG_WEEKDAY:
            written = translation.text_of(len(translation.steps))
            if written[-1:] in ("一", "五"):
                return Answer("一五".index(written[-1]), numbers={"begin": written[:-1]})
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        """The maps as they are, what each word's probability was, and the beams."""
        if self._translation is None or self._n_steps == 0:
            return ()
        return (
            *self.view.trio.exhibits(),
            self._words_exhibit(self._translation),
            self._beams_exhibit(self._translation),
        )

    def follow(self, target: str) -> None:
        """Links of the text choose an example, a number of beams, or a text in the main panels."""
        examples = {
            "try:number": FIRST,
            "try:date": DATE,
            "try:chinese": CHINESE,
            "try:weekday": WRONG_WEEKDAY,
            "try:unseen": UNSEEN,
            "try:wrong": WRONG,
        }
        if target in examples:
            self.line.setText(examples[target])
        elif target == "try:one-head":
            self.view.trio.choose(0, 0)
        elif target == "try:two":
            self._show_example(FIRST, 1, _TWO)
        elif target == "try:four-beams":
            self._show_example(UNSEEN, 4)
        elif target == "try:last-character":
            self._show_example(WRONG_WEEKDAY, 1, _LAST_CHARACTER)
        elif target == "try:step":
            self._show(1)
        elif target == "try:beam":
            self.beams.setValue(4)
        elif target == "look:decoder":
            self.microscope.show_prompt(FIRST)

    # ------------------------------------------------------------------------------- building

    def _example_menu(self) -> QMenu:
        menu = QMenu(self)
        for text in EXAMPLES:
            menu.addAction(text)
        menu.triggered.connect(self._on_example_chosen)
        return menu

    def _lay_out(self) -> None:
        beams = QLabel(self.tr("Beams"))
        beams.setBuddy(self.beams)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (first, (self.line, self.examples, beams, self.beams)),
            (second, (self.status, self.complaint, self.restart, self.next, self.all)),
        ):
            row.setSpacing(2 * SPACE_PX)
            for widget in widgets:
                row.addWidget(widget, int(widget in (self.line, self.status, self.complaint)))
        self.status.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * SPACE_PX, 3 * SPACE_PX, 4 * SPACE_PX, 3 * SPACE_PX)
        layout.setSpacing(2 * SPACE_PX)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.line.textChanged.connect(self._on_line_changed)
        self.beams.valueChanged.connect(self._on_beams_changed)
        self.restart.clicked.connect(self._on_restart_clicked)
        self.next.clicked.connect(self._on_next_clicked)
        self.all.clicked.connect(self._on_all_clicked)
        self._task.succeeded.connect(self._on_task_succeeded)
        self._task.failed.connect(self._on_task_failed)
        for button, tip in (
            (self.restart, self.tr("Take back everything that was written")),
            (self.next, self.tr("Let the decoder write one more word")),
            (self.all, self.tr("Let the decoder write to the end")),
        ):
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.setEnabled(False)

    # ------------------------------------------------------------------------------- drawing

    def _ask(self) -> None:
        if self._translation is None:
            self.status.setText(self.tr("The translator is being loaded…"))
        self._wished_place = None
        self._task.start(Translate(self._source, self.line.text(), self.beams.value()))

    def _show_example(self, text: str, n_beams: int, place: int | None = None) -> None:
        """Translate it, and explain the word at `place` once it is there, in the last layer."""
        self.line.setText(text)
        self.beams.setValue(n_beams)
        self._ask()
        self._wished_place = place

    def _show(self, n_steps: int) -> None:
        """The first so many steps of the translation."""
        translation = self._translation
        if translation is None:
            return
        self._n_steps = min(n_steps, len(translation.steps))
        is_whole = self._n_steps == len(translation.steps)
        self.restart.setEnabled(self._n_steps > 0)
        self.next.setEnabled(not is_whole)
        self.all.setEnabled(not is_whole)
        self.view.set_translation(translation, self._n_steps)
        way = (
            self.tr("English → Chinese") if translation.to == "zh" else self.tr("Chinese → English")
        )
        self.status.setText(f"{way}:  {translation.text_of(self._n_steps)}")

    def _words_exhibit(self, translation: Translation) -> Exhibit:
        step = translation.steps[self._n_steps - 1]
        rows = []
        for place, token in enumerate(step.written):
            prob = step.prob(place)
            most, _ = _looked_at_most(translation, place, self._n_steps)
            rows.append((place, token, prob, math.log(prob), most))
        bars = tuple(WordBar(token, step.prob(n)) for n, token in enumerate(step.written))
        title = self.tr("Probability of each word as it was written")
        return Exhibit(
            "words",
            title,
            bars_size(bars, title),
            _BarsFigure(bars, title).paint,
            ("place", "word", "prob", "logprob", "looks_most_at"),
            rows,
            {"probabilities": step.probabilities},
        )

    def _beams_exhibit(self, translation: Translation) -> Exhibit:
        beams = translation.steps[self._n_steps - 1].beams
        texts = ["".join(translation.pieces(beam.tokens)) for beam in beams]
        bars = tuple(
            WordBar(text, math.exp(beam.logprob), chosen=place == 0)
            for place, (text, beam) in enumerate(zip(texts, beams, strict=True))
        )
        title = self.tr("Translations kept")
        rows = [
            (place, text, beam.logprob, beam.is_complete)
            for place, (text, beam) in enumerate(zip(texts, beams, strict=True))
        ]
        return Exhibit(
            "beams",
            title,
            bars_size(bars, title),
            _BarsFigure(bars, title).paint,
            ("place", "text", "logprob", "complete"),
            rows,
            {"logprobs": np.array([beam.logprob for beam in beams])},
        )

    # ------------------------------------------------------------------------------- handlers

    @Slot(str)
    def _on_line_changed(self, _text: str) -> None:
        self._ask()

    @Slot(int)
    def _on_beams_changed(self, _n: int) -> None:
        self._ask()

    @Slot(QAction)
    def _on_example_chosen(self, action: QAction) -> None:
        self.line.setText(action.text())

    @Slot()
    def _on_restart_clicked(self) -> None:
        self._show(0)

    @Slot()
    def _on_next_clicked(self) -> None:
        self._show(self._n_steps + 1)

    @Slot()
    def _on_all_clicked(self) -> None:
        if self._translation is not None:
            self._show(len(self._translation.steps))

    @Slot(object)
    def _on_task_succeeded(self, translation: Translation) -> None:
        self.complaint.clear_error()
        self.status.show()
        self._translation = translation
        self._show(len(translation.steps))
        if self._wished_place is not None:
            self.view.trio.reset()
            self.view.select(self._wished_place % len(translation.tokens))

    @Slot(object)
    def _on_task_failed(self, error: VisualizerError) -> None:
        self.status.hide()
        self.complaint.show_error(error)


@dataclass(frozen=True, eq=False)
class _BarsFigure:
    bars: tuple[WordBar, ...]
    title: str

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        paint_word_bars(painter, rect, self.bars, theme, self.title)


def _looked_at_most(translation: Translation, place: int, n_steps: int = 0) -> tuple[str, float]:
    """The source token that a written one looks at most, and the weight of that.

    It is the mean over the last layer's heads.

    Args:
        translation: Of which the token is.
        place: Of the written token.
        n_steps: How many steps of it are on show; 0 for all.
    """
    step = translation.steps[n_steps - 1]
    weights = step.cross[-1, :, place].mean(axis=0)
    most = int(weights.argmax())
    return step.source[most], float(weights[most])
