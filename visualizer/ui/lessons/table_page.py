"""Lesson 3: a table of which word follows which, counted, smoothed, walked and learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.bigram import (
    TUTORIAL_SENTENCES,
    bigram_probabilities,
    count_bigrams,
    never_followed,
    next_word_distribution,
    walk,
)
from visualizer.lessons.text import split_sentences, split_words
from visualizer.ui.lessons.labels import caption, progress_text
from visualizer.ui.lessons.learning_pane import RATE, STEPS, LearningPane
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.sentence_pane import MOST_TYPED, SentencePane
from visualizer.ui.lessons.table_counting import CountPairs, FileCount, count_at_once
from visualizer.ui.lessons.table_exhibits import TableOnShow, table_exhibits
from visualizer.ui.lessons.table_learning import LearnedStep, LearnedTable, LearnTable
from visualizer.ui.lessons.table_view import (
    CountedText,
    cell_arithmetic,
    shown_counts,
    shown_probabilities,
)
from visualizer.ui.lessons.text_pieces import WorkProgress
from visualizer.ui.lessons.walk_pane import WalkPane
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.font_follower import follow_text_size
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView
from visualizer.ui.widgets.parameter_slider import ParameterSlider, SliderScale, WordSpinBox

MOST_SMOOTHING = 5.0
RATES = {"learn": RATE, "wobble": 20.0}
"""Learning rates, by the keys of the lesson's links."""

MODEL_PROMPT = "I love"
_AT_ONCE = 4_000  # characters that are counted while one types
_MOST_NAMED = 5


class TablePage(LessonPage):
    """Sentences, their table as counts and as probabilities, a walk, and the table learned."""

    key = "table"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._tutorial = count_bigrams(TUTORIAL_SENTENCES)
        self._counted: CountedText = count_at_once("\n".join(TUTORIAL_SENTENCES))
        self._cell = (0, 0)
        self._walk: list[str] = []
        self._current = 0  # the word of the walk whose row is marked
        self._shown: tuple[int, ...] = ()
        self._steps: tuple[LearnedStep, ...] = ()
        self._learned: LearnedTable | None = None
        self._learned_words: tuple[str, ...] = ()
        self._reading = self.make_task()
        self._learning = self.make_task()
        self.source = SentencePane()
        self.smoothing = self._smoothing_slider()
        self.facts = caption()
        self.counts = MatrixView(title=self.tr("Counts"))
        self.probabilities = MatrixView(title=self.tr("P(next | word)"))
        self.arithmetic = PlainLabel()
        self.walk = WalkPane()
        self.learning = LearningPane()
        self._lay_out()
        self._connect()
        self.reset()

    def _smoothing_slider(self) -> ParameterSlider:
        spin = WordSpinBox({0.0: self.tr("none")})
        spin.setRange(0, MOST_SMOOTHING)
        spin.setDecimals(2)
        spin.setSingleStep(0.1)
        scale = SliderScale(0.01, MOST_SMOOTHING, "log", ("left", 0.0))
        slider = ParameterSlider(self.tr("Smoothing s"), scale, spin, 0.0)
        slider.setToolTip(self.tr("Added to every count, so that every word can follow every word"))
        return slider

    def _lay_out(self) -> None:
        follow_text_size(self.arithmetic, token_font)
        self.arithmetic.setWordWrap(True)
        self.arithmetic.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.arithmetic.setAccessibleName(self.tr("How the cell is computed"))
        right = QVBoxLayout()
        right.setSpacing(2 * SPACE_PX)
        right.addWidget(self.smoothing)
        right.addWidget(self.facts)
        right.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6 * SPACE_PX)
        grid.setVerticalSpacing(3 * SPACE_PX)
        grid.addWidget(self.source, 0, 0)
        grid.addLayout(right, 0, 1)
        grid.addWidget(self.counts, 1, 0)
        grid.addWidget(self.probabilities, 1, 1)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(4 * SPACE_PX, 3 * SPACE_PX, 4 * SPACE_PX, 3 * SPACE_PX)
        column_layout.setSpacing(3 * SPACE_PX)
        column_layout.addLayout(grid)
        column_layout.addWidget(self.arithmetic)
        column_layout.addWidget(self.walk)
        column_layout.addWidget(self.learning)
        column_layout.addStretch(1)

    def _connect(self) -> None:
        self.source.text_changed.connect(self._on_source_text_changed)
        self.source.file_chosen.connect(self._on_source_file_chosen)
        self.source.cancelled.connect(self._reading.cancel)
        self.smoothing.value_changed.connect(self._on_smoothing_value_changed)
        self.walk.changed.connect(self._on_walk_changed)
        self.walk.word_pointed.connect(self._on_walk_word_pointed)
        for view in (self.counts, self.probabilities, self.learning.table):
            view.cell_hovered.connect(self._on_cell_hovered)
            view.cell_selected.connect(self._on_cell_selected)
        self.learning.started.connect(self._on_learning_started)
        self.learning.cancelled.connect(self._learning.cancel)
        self._reading.running_changed.connect(self.source.set_busy)
        self._reading.running_changed.connect(self._on_reading_running_changed)
        self._reading.progressed.connect(self._on_reading_progressed)
        self._reading.succeeded.connect(self._on_reading_succeeded)
        self._reading.failed.connect(self._on_reading_failed)
        self._learning.running_changed.connect(self._on_learning_running_changed)
        self._learning.progressed.connect(self._on_learning_progressed)
        self._learning.succeeded.connect(self._on_learning_succeeded)
        self._learning.failed.connect(self._on_learning_failed)

    # -------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """The tutorial's three sentences without smoothing; nothing walked, nothing learned."""
        self._reading.cancel()
        self.source.complaint.clear_error()
        self.smoothing.set_value(0.0)
        self.walk.seed.set_seed(0)
        self.learning.restore()
        self.source.set_text("\n".join(TUTORIAL_SENTENCES))
        self._take(count_at_once("\n".join(TUTORIAL_SENTENCES)))

    def functions(self) -> Sequence[Callable[..., object] | type]:
        learned = () if self._learned is None else self._learned.functions
        return (
            bigram_probabilities,
            count_bigrams,
            next_word_distribution,
            walk,
            *learned,
            never_followed,
            split_words,
            split_sentences,
        )

    def answer(self, question: str) -> Answer | None:
        """Of the tutorial's sentences, computed; of what was learned, once it was."""
        tutorial = self._tutorial
        if question == "after-love":
            row = tutorial.counts[tutorial.index("love")]
            oranges, grapes = (int(row[tutorial.index(w)]) for w in ("oranges", "grapes"))
            return Answer(2 if oranges == grapes else int(grapes > oranges))
        if question == "smoothed":
            row = next_word_distribution(tutorial, "love", 1.0)
            numbers = {"v": str(len(tutorial.words))}
            return Answer(float(row[tutorial.index("grapes")]), 0.005, numbers)
        if question == "walk-length":
            words = list(walk(tutorial, "you", 100, np.random.default_rng(0)))
            return Answer(1 + len(words), numbers={"second": words[0]})
        if question == "learned-empty" and self._learned is not None:
            silent = self._counted.silent
            if silent:
                row = self._counted.bigrams.index(silent[-1])
                numbers = {"v": str(len(self._counted.words))}
                return Answer(float(self._learned.probabilities[row, 0]), 0.005, numbers)
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        counts, probabilities = self.counts.matrix(), self.probabilities.matrix()
        assert counts is not None
        assert probabilities is not None
        return table_exhibits(
            TableOnShow(
                self._counted,
                self.smoothing.value(),
                counts,
                probabilities,
                self._learned,
                self.learning.table.matrix(),
                self.learning.loss.chart(),
            )
        )

    def follow(self, target: str) -> None:
        """See the lesson's text for the targets."""
        words = self._counted.words
        if target == "try:tutorial":
            self.reset()
        elif target == "try:love" and "love" in words:
            self._mark_row(words.index("love"))
        elif target == "try:smooth":
            self.smoothing.set_value(1.0)
            self._on_smoothing_value_changed(1.0)
        elif target == "try:walk":
            self.walk.back.click()
            self.walk.run.setChecked(True)
        elif target == "try:walk-you" and "you" in words:
            self._count_only()
            self.walk.start.setCurrentText("you")
            self.walk.run.setChecked(True)
        elif target.removeprefix("try:") in RATES:
            self._count_only()  # nothing that is learned is smoothed
            self.learning.steps.setValue(STEPS)
            self.learning.set_rate(RATES[target.removeprefix("try:")])
            self._on_learning_started(STEPS, RATES[target.removeprefix("try:")])
        elif target == "look:love":
            self.microscope.show_prompt(MODEL_PROMPT)

    def _count_only(self) -> None:
        self.smoothing.set_value(0.0)
        self._on_smoothing_value_changed(0.0)

    def set_active(self, active: bool) -> None:
        """A walk does not go on out of sight."""
        if not active:
            self.walk.stop()

    # ------------------------------------------------------------------------------- the table

    @property
    def counted(self) -> CountedText:
        """The table on show."""
        return self._counted

    @property
    def learned(self) -> LearnedTable | None:
        """What was learned of it."""
        return self._learned

    def _take(self, counted: CountedText) -> None:
        """Show another table; what was learned of the one before is gone."""
        self._learning.cancel()
        was_learned = bool(self._steps)
        self._counted = counted
        self._steps, self._learned = (), None
        self.learning.forget(
            self.tr("The sentences have changed: learn the table anew.") if was_learned else ""
        )
        self._cell = counted.cell
        self.walk.set_words(counted.words, int(counted.bigrams.pairs[0, 0]))
        self._draw_walk()
        self.functions_changed.emit()

    def _draw_walk(self) -> None:
        """Walk anew with the same seed: the same way, as far as the table is the same."""
        bigrams, smoothing = self._counted.bigrams, self.smoothing.value()
        start = self.walk.start.currentText()
        rng = np.random.default_rng(self.walk.seed.seed())
        drawn = list(walk(bigrams, start, self.walk.n_steps, rng, smoothing))
        self._walk = [start, *drawn]
        self._current = bigrams.index(self._walk[-1])
        ends = bool(np.isnan(next_word_distribution(bigrams, self._walk[-1], smoothing)[0]))
        self.walk.show_walk(self._walk, has_ended=ends)
        self._draw()

    def _draw(self) -> None:
        counted, smoothing = self._counted, self.smoothing.value()
        self._shown = shown = counted.shown(self._current)
        words = tuple(counted.words[i] for i in shown)
        rows = (shown.index(self._current),) if self._current in shown else ()
        labels = (words, words, self.tr("word"), self.tr("next word"))
        self.counts.set_matrix(
            Matrix(shown_counts(counted, shown), *labels, 0, "counts", highlight_rows=rows)
        )
        self.probabilities.set_matrix(
            Matrix(
                shown_probabilities(counted, shown, smoothing),
                *labels,
                3,
                "weights",
                highlight_rows=rows,
            )
        )
        self._say_facts()
        self._spell_out(self._cell)

    def _say_facts(self) -> None:
        counted = self._counted
        text = self.tr("{sentences} sentences, {words} different words, {pairs} pairs.").format(
            sentences=f"{counted.n_sentences:,}",
            words=f"{len(counted.words):,}",
            pairs=f"{len(counted.bigrams.pairs):,}",
        )
        silent = counted.silent
        if silent:
            named = ", ".join(silent[:_MOST_NAMED])
            if len(silent) > _MOST_NAMED:
                sentence = self.tr("Nothing follows {n} of them, such as {named}.")
            else:
                sentence = self.tr("Nothing follows {n} of them: {named}.")
            text += "\n" + sentence.format(n=f"{len(silent):,}", named=named)
        if not counted.is_whole:
            sentence = self.tr("The {n} most frequent words are shown.")
            text += "\n" + sentence.format(n=len(self._shown))
        if counted.file_name:
            text = f"{counted.file_name}: {text}"
        self.facts.setText(text)

    def _spell_out(self, cell: tuple[int, int]) -> None:
        """Say how a cell is computed and point at it in every table. Ids, not places."""
        done = cell_arithmetic(self._counted.bigrams, *cell, self.smoothing.value())
        text = done.text
        if not done.is_known:
            word = self._counted.words[cell[0]]
            text += "   " + self.tr("nothing follows “{word}”").format(word=word)
        self.arithmetic.setText(text)
        places = [self._shown.index(i) if i in self._shown else -1 for i in cell]
        for view in (self.counts, self.probabilities):
            view.set_pointed(*places)
        self.learning.table.set_pointed(*places)

    def _mark_row(self, row: int) -> None:
        """Show the likeliest word of a row."""
        self._cell = (row, int(self._counted.bigrams.counts[row].argmax()))
        self._current = row
        self._draw()

    # ---------------------------------------------------------------------------------- slots

    @Slot(str)
    def _on_source_text_changed(self, text: str) -> None:
        if len(text) > _AT_ONCE:
            self._reading.start(CountPairs(text=text))
            return
        self._reading.cancel()
        try:
            counted = count_at_once(text)
        except VisualizerError as error:
            self.source.complaint.show_error(error)
            return
        self.source.complaint.clear_error()
        self._take(counted)

    @Slot(str)
    def _on_source_file_chosen(self, path: str) -> None:
        self.source.complaint.clear_error()
        self._reading.start(CountPairs(path=path))

    @Slot(bool)
    def _on_reading_running_changed(self, running: bool) -> None:
        if not running:
            self._say_facts()

    @Slot(object)
    def _on_reading_progressed(self, progress: WorkProgress) -> None:
        self.facts.setText(progress_text(progress))

    @Slot(object)
    def _on_reading_succeeded(self, found: FileCount) -> None:
        self.source.complaint.clear_error()
        if found.counted.file_name:
            if len(found.text) <= MOST_TYPED:
                self.source.set_text(found.text)
            else:
                hint = self.tr("{name} is counted as a whole. Type here for sentences of your own.")
                self.source.set_text("", hint.format(name=found.counted.file_name))
        self._take(found.counted)

    @Slot(object)
    def _on_reading_failed(self, error: VisualizerError) -> None:
        self.source.complaint.show_error(error)

    @Slot(float)
    def _on_smoothing_value_changed(self, smoothing: float) -> None:
        self._draw_walk()

    @Slot()
    def _on_walk_changed(self) -> None:
        self._draw_walk()

    @Slot(int)
    def _on_walk_word_pointed(self, place: int) -> None:
        if 0 <= place < len(self._walk):
            self._current = self._counted.bigrams.index(self._walk[place])
            self._draw()

    @Slot(int, int)
    def _on_cell_hovered(self, row: int, column: int) -> None:
        if 0 <= row < len(self._shown) and 0 <= column < len(self._shown):
            self._spell_out((self._shown[row], self._shown[column]))
        else:
            self._spell_out(self._cell)

    @Slot(int, int)
    def _on_cell_selected(self, row: int, column: int) -> None:
        if 0 <= row < len(self._shown) and 0 <= column < len(self._shown):
            self._cell = (self._shown[row], self._shown[column])
            self._spell_out(self._cell)

    # ------------------------------------------------------------------------------- learning

    @Slot(int, float)
    def _on_learning_started(self, n_steps: int, rate: float) -> None:
        self.learning.complaint.clear_error()
        self._steps = ()
        shown = self._shown
        self._learned_words = tuple(self._counted.words[i] for i in shown)
        bigrams = self._counted.bigrams
        self._learning.start(LearnTable(bigrams.pairs, bigrams.counts, shown, n_steps, rate))

    @Slot(bool)
    def _on_learning_running_changed(self, running: bool) -> None:
        self.learning.set_busy(running)

    @Slot(object)
    def _on_learning_progressed(self, steps: tuple[LearnedStep, ...]) -> None:
        if not self._steps:
            self.bring_into_sight(self.learning)
        self._steps += steps
        self.learning.show_steps(self._steps, self._learned_words, np.nan)

    @Slot(object)
    def _on_learning_succeeded(self, learned: LearnedTable) -> None:
        self._steps, self._learned = learned.steps, learned
        self.learning.show_steps(learned.steps, self._learned_words, learned.least_loss)
        self.bring_into_sight(self.learning)
        if not learned.settled:
            self.learning.complaint.show_error(
                VisualizerError(
                    "The loss jumps about instead of settling: a learning rate of {rate} is too "
                    "high. Lower it.",
                    rate=self.learning.rate.text(),
                )
            )
        self.functions_changed.emit()

    @Slot(object)
    def _on_learning_failed(self, error: VisualizerError) -> None:
        self.learning.complaint.show_error(error)
        if self._learned is not None:
            self._steps = self._learned.steps
            self.learning.show_steps(self._steps, self._learned_words, self._learned.least_loss)
