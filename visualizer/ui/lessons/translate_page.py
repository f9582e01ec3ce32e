"""Lesson 9: an encoder and a decoder translate numbers and dates, word by word."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
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
from visualizer.lessons.translation_data import (
    BEGIN,
    END,
    VOCABULARY,
    join_sentence,
)
from visualizer.ui.lessons.attention_trio import AttentionTrio
from visualizer.ui.lessons.labels import Complaint, caption, heading
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.translating import Translate, Translation, TranslatorSource
from visualizer.ui.theme import SPACE_PX, Theme
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.token_chips import TokenChips
from visualizer.ui.widgets.word_bars import WordBar, WordBars, bars_size, paint_word_bars

FIRST = "twelve thousand three hundred and forty-five"
EXAMPLES = (
    FIRST,
    "Monday the third of May nineteen ninety-nine",
    "ninety thousand and nine",
    "Sunday the twenty-first of March twenty twenty-one",
    "八万六千四百",
    "二〇〇五年十二月三十一日星期六",
    "一万零五百",
)
TEN_THOUSAND = "万"
MOST_BEAMS = 8
_MOST_CANDIDATES = 6


class TranslatePage(LessonPage):
    """A sentence, its translation as it grows, what else was likely, and all attention."""

    key = "translate"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._source = TranslatorSource()
        self._translation: Translation | None = None
        self._n_shown = 0
        self._pointed = -1
        self._task = self.make_task()
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Sentence to translate"))
        self.line.setPlaceholderText(self.tr("A number to 99,999 or a date in words"))
        self.line.setToolTip(
            self.tr("English or Chinese: it is translated into the other language as you type")
        )
        self.examples = MenuButton(self.tr("Examples"), self._example_menu(), flat=False)
        self.beams = QSpinBox()
        self.beams.setRange(1, MOST_BEAMS)
        self.beams.setSpecialValueText(self.tr("greedy"))
        self.beams.setAccessibleName(self.tr("Beams"))
        self.beams.setToolTip(
            self.tr("How many translations are kept at each step; with one, it is greedy")
        )
        self.restart = QPushButton(self.tr("Start over"))
        self.next = QPushButton(self.tr("Next word"))
        self.all = QPushButton(self.tr("All words"))
        self.complaint = Complaint()
        self.status = caption()
        self.read = TokenChips()
        self.written = TokenChips()
        self.candidates = WordBars()
        self.kept = WordBars()
        self.trio = AttentionTrio()
        self._bars_caption = caption()
        self._beams_caption = caption()
        self._lay_out()
        self._connect()
        self.reset()

    # ------------------------------------------------------------------------------- the page

    def reset(self) -> None:
        """The first example, translated greedily, all of it on show."""
        self.beams.blockSignals(True)
        self.beams.setValue(1)
        self.beams.blockSignals(False)
        self.trio.reset()
        self.line.setText("")
        self.line.setText(FIRST)

    def functions(self) -> Sequence[Callable[..., object] | type]:
        """The translator's loop, and the layers under it."""
        from visualizer.lessons import transformer, translation

        return (
            translation.Translator,
            transformer.Transformer,
            transformer.EncoderLayer,
            transformer.DecoderLayer,
            transformer.MultiHeadAttention,
            transformer.attention,
            transformer.causal_mask,
        )

    def answer(self, question: str) -> Answer | None:
        """From the translation on show."""
        translation = self._translation
        if translation is None:
            return None
        last = translation.steps[-1]
        if question == "maps":
            return Answer(3 * last.cross.shape[0] * last.cross.shape[1])
        if question == "mask":
            return Answer(float(last.decoder[:, :, 0, 1:].max()))
        if question == "ten-thousand":
            if TEN_THOUSAND not in translation.tokens:
                return None
            place = translation.tokens.index(TEN_THOUSAND)
            return Answer(translation.steps[place].source[self._looks_most_at(place)])
        if question == "beam" and translation.n_beams > 1:
            return Answer(int(translation.tokens == translation.greedy))
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        """The maps, and what each word was chosen among."""
        if self._translation is None or self._n_shown == 0:
            return ()
        return (*self.trio.exhibits(), self._steps_exhibit(self._translation))

    def follow(self, target: str) -> None:
        """Links of the text choose an example, a number of beams, or a head."""
        examples = {"try:number": FIRST, "try:date": EXAMPLES[1], "try:chinese": EXAMPLES[4]}
        if target in examples:
            self.line.setText(examples[target])
        elif target == "try:step":
            self._on_restart_clicked()
            self._on_next_clicked()
        elif target == "try:beam":
            self.beams.setValue(4)
        elif target == "look:decoder":
            self.microscope.show_prompt("twelve thousand three hundred and forty-five in words:")

    # ------------------------------------------------------------------------------- building

    def _example_menu(self) -> QMenu:
        menu = QMenu(self)
        for text in EXAMPLES:
            menu.addAction(text)
        menu.triggered.connect(self._on_example_chosen)
        return menu

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * SPACE_PX, 3 * SPACE_PX, 4 * SPACE_PX, 3 * SPACE_PX)
        layout.setSpacing(2 * SPACE_PX)
        first = QHBoxLayout()
        first.setSpacing(2 * SPACE_PX)
        beams = QLabel(self.tr("Beams"))
        beams.setBuddy(self.beams)
        for widget, share in (
            (self.line, 1),
            (self.examples, 0),
            (beams, 0),
            (self.beams, 0),
            (self.restart, 0),
            (self.next, 0),
            (self.all, 0),
        ):
            first.addWidget(widget, share)
        chips = QGridLayout()
        chips.setHorizontalSpacing(4 * SPACE_PX)
        chips.setVerticalSpacing(SPACE_PX)
        for row, (name, line) in enumerate(
            ((self.tr("Encoder reads"), self.read), (self.tr("Decoder writes"), self.written))
        ):
            line.setAccessibleName(name)
            chips.addWidget(heading(name), row, 0, Qt.AlignmentFlag.AlignTop)
            chips.addWidget(line, row, 1)
        chips.setColumnStretch(1, 1)
        bars = QGridLayout()
        bars.setHorizontalSpacing(6 * SPACE_PX)
        bars.setVerticalSpacing(SPACE_PX)
        for column, (title, words, view) in enumerate(
            (
                (self.tr("Next word"), self._bars_caption, self.candidates),
                (self.tr("Translations kept"), self._beams_caption, self.kept),
            )
        ):
            view.setAccessibleName(title)
            bars.addWidget(heading(title), 0, column)
            bars.addWidget(words, 1, column)
            bars.addWidget(view, 2, column)
            bars.setColumnStretch(column, 1)
        layout.addLayout(first)
        layout.addWidget(self.complaint)
        layout.addWidget(self.status)
        layout.addLayout(chips)
        layout.addLayout(bars)
        layout.addWidget(self.trio, 1)

    def _connect(self) -> None:
        self.line.textChanged.connect(self._on_line_changed)
        self.beams.valueChanged.connect(self._on_beams_changed)
        self.restart.clicked.connect(self._on_restart_clicked)
        self.next.clicked.connect(self._on_next_clicked)
        self.all.clicked.connect(self._on_all_clicked)
        self.written.token_hovered.connect(self._on_written_token_hovered)
        self.written.token_selected.connect(self._on_written_token_hovered)
        self.trio.row_pointed.connect(self._on_written_token_hovered)
        self._task.succeeded.connect(self._on_task_succeeded)
        self._task.failed.connect(self._on_task_failed)
        for button, tip in (
            (self.restart, self.tr("Take back everything that was written")),
            (self.next, self.tr("Let the decoder write one more word")),
            (self.all, self.tr("Let the decoder write to the end")),
        ):
            button.setToolTip(tip)
            button.setAutoDefault(False)

    # ------------------------------------------------------------------------------- drawing

    def _ask(self) -> None:
        self._task.start(Translate(self._source, self.line.text(), self.beams.value()))
        if self._translation is None:
            self.status.setText(self.tr("The translator is being loaded…"))

    def _draw(self) -> None:
        """Everything, for the words that are on show."""
        translation, n = self._translation, self._n_shown
        if translation is None:
            return
        written = translation.steps[n - 1].beams[0].tokens if n else ()
        self.read.set_tokens(translation.steps[0].source)
        self.written.set_tokens([BEGIN, *written])
        self.restart.setEnabled(n > 0)
        self.next.setEnabled(n < len(translation.steps))
        self.all.setEnabled(n < len(translation.steps))
        self.trio.set_translation(translation, n)
        self._draw_kept()
        self._point(-1)

    def _draw_kept(self) -> None:
        translation, n = self._translation, self._n_shown
        assert translation is not None
        beams = translation.steps[n - 1].beams if n else ()
        bars = [
            WordBar(_shown(beam.tokens, translation), math.exp(beam.logprob), chosen=place == 0)
            for place, beam in enumerate(beams)
        ]
        self.kept.set_bars(bars)
        if translation.n_beams == 1:
            words = self.tr("Greedy: one translation, the likeliest word each time.")
        else:
            words = self.tr("The {n} likeliest so far: product of their words' probabilities.")
        self._beams_caption.setText(words.format(n=translation.n_beams))

    def _point(self, place: int) -> None:
        """Show what the word at `place` was chosen among and what it looked at; -1 is the last."""
        translation = self._translation
        self._pointed = place
        if translation is None:
            return
        shown = place if 0 <= place < self._n_shown else self._n_shown - 1
        self.written.set_pointed(shown + 1 if place >= 0 else -1)
        self.trio.point_at(shown if place >= 0 else -1)
        if shown < 0:
            self.candidates.set_bars(())
            self.read.set_strengths(None, "key")
            self._bars_caption.setText(self.tr("Nothing is written yet."))
            return
        step = translation.steps[shown]
        order = np.argsort(-step.probabilities, kind="stable")[:_MOST_CANDIDATES]
        self.candidates.set_bars(
            [
                WordBar(
                    VOCABULARY[i], float(step.probabilities[i]), chosen=VOCABULARY[i] == step.chosen
                )
                for i in order.tolist()
            ]
        )
        self._bars_caption.setText(
            self.tr("After {text}, of {n} words").format(
                text=" ".join(step.target[-3:]), n=len(VOCABULARY)
            )
        )
        weights = step.cross[-1, :, -1].mean(axis=0).astype(np.float64)
        self.read.set_strengths(weights, "key")

    def _looks_most_at(self, place: int) -> int:
        """The source token that the word at `place` looks at most, over the last layer's heads."""
        assert self._translation is not None
        step = self._translation.steps[place]
        return int(step.cross[-1, :, -1].mean(axis=0).argmax())

    def _steps_exhibit(self, translation: Translation) -> Exhibit:
        rows = []
        for place, step in enumerate(translation.steps):
            most = self._looks_most_at(place)
            prob = translation.prob(place)
            rows.append((place, step.chosen, prob, math.log(prob), step.source[most]))
        bars = tuple(
            WordBar(step.chosen, translation.prob(place))
            for place, step in enumerate(translation.steps)
        )
        title = self.tr("Probability of each word as it was written")
        figure = _BarsFigure(bars, title)
        return Exhibit(
            "words",
            title,
            bars_size(bars, title),
            figure.paint,
            ("place", "word", "prob", "logprob", "looks_most_at"),
            rows,
            {"probabilities": np.stack([step.probabilities for step in translation.steps])},
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
        self._n_shown = 0
        self._draw()

    @Slot()
    def _on_next_clicked(self) -> None:
        if self._translation is not None and self._n_shown < len(self._translation.steps):
            self._n_shown += 1
            self._draw()

    @Slot()
    def _on_all_clicked(self) -> None:
        if self._translation is not None:
            self._n_shown = len(self._translation.steps)
            self._draw()

    @Slot(int)
    def _on_written_token_hovered(self, place: int) -> None:
        sender = self.sender()
        self._point(place - 1 if sender is self.written and place >= 0 else place)

    @Slot(object)
    def _on_task_succeeded(self, translation: Translation) -> None:
        self.complaint.clear_error()
        self._translation = translation
        self._n_shown = len(translation.steps)
        way = (
            self.tr("English → Chinese") if translation.to == "zh" else self.tr("Chinese → English")
        )
        self.status.setText(
            self.tr("{way}: {text}").format(way=way, text=_shown(translation.tokens, translation))
        )
        self._draw()

    @Slot(object)
    def _on_task_failed(self, error: VisualizerError) -> None:
        self.complaint.show_error(error)
        if self._translation is None:
            self.status.clear()


class _BarsFigure:
    def __init__(self, bars: tuple[WordBar, ...], title: str) -> None:
        self._bars, self._title = bars, title

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        paint_word_bars(painter, rect, self._bars, theme, self._title)


def _shown(tokens: Sequence[str], translation: Translation) -> str:
    words = tuple(token for token in tokens if token != END)
    return join_sentence(words, translation.to)
