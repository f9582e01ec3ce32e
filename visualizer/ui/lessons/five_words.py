"""The loop of generation on five words, one stage at a time, with its arguments on screen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.bigram import TUTORIAL_SENTENCES, count_bigrams
from visualizer.lessons.generation import Float64Array, Hyperparameters
from visualizer.lessons.generation_loop import GenerationLoop, Stage, share_of_line
from visualizer.ui.lessons.call_list import CallList
from visualizer.ui.lessons.draw_line import DrawLine
from visualizer.ui.lessons.generation_calls import Call, round_calls, run_call
from visualizer.ui.lessons.generation_counts import DrawCounts
from visualizer.ui.lessons.shape_sliders import ShapeSliders, align_sliders, smoothing_slider
from visualizer.ui.lessons.token_bench import heading
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.messages import error_text, make_quiet
from visualizer.ui.widgets.seed_box import SeedBox
from visualizer.ui.widgets.token_chips import TokenChips
from visualizer.ui.widgets.word_bars import WordBar, WordBars

START = "I"
N_DRAWS = 1000
_RUN_WORDS = 10
_MOST_ROUNDS_PX = 120 * SPACE_PX


class FiveWords(QWidget):
    """The tutorial's five words: predict, shape, select, append, again.

    Signals:
        draws_requested: Select this many times from what is predicted now. (n_draws: int)
        counts_dropped: What was drawn from has changed.
    """

    draws_requested = Signal(int)
    counts_dropped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loop = GenerationLoop(count_bigrams(TUTORIAL_SENTENCES), START)
        self._ran: Call | None = None
        self.chips = TokenChips()
        self.start = QComboBox()
        self.seed = SeedBox()
        self.again = QPushButton(self.tr("Begin again"))
        self.next = QPushButton()
        self.run = QPushButton(self.tr("Run"))
        self.n_words = QSpinBox()
        self.message = PlainLabel()
        self.predicted, self.shaped = WordBars(), WordBars()
        self.smoothing = smoothing_slider(
            self.tr("smoothing"),
            self.tr("none"),
            self.tr("A count that is added for every pair: above none, every word can follow."),
        )
        self.sliders = ShapeSliders(len(self.loop.bigrams.words))
        self.line = DrawLine()
        self.draw_words = PlainLabel()
        self.counts = DrawCounts()
        self.calls = CallList(9)
        self.rounds = WordBars()
        self._dress()
        self._lay_out()
        self._connect()
        self.show_state()

    def _dress(self) -> None:
        self.start.addItems(list(self.loop.bigrams.words))
        self.start.setCurrentText(START)
        self.start.setAccessibleName(self.tr("Word to begin with"))
        self.start.setToolTip(self.tr("The prompt: the word to begin with"))
        self.seed.setAccessibleName(self.tr("Seed"))
        self.seed.setToolTip(self.tr("Where the draws come from: the same seed, the same text"))
        self.again.setToolTip(self.tr("The text as at the beginning, and the draws, too"))
        self.next.setToolTip(self.tr("Make the next call"))
        self.next.setMinimumWidth(24 * SPACE_PX)
        self.n_words.setRange(1, 100)
        self.n_words.setValue(_RUN_WORDS)
        self.n_words.setAccessibleName(self.tr("Words to add"))
        self.n_words.setToolTip(self.tr("How many words generate_text is to add"))
        self.run.setToolTip(self.tr("Call generate_text: the whole loop at once"))
        self._rounds_heading = heading(self.tr("Words appended, the last one first"))
        self._rounds_heading.setToolTip(
            self.tr("Bar: the probability with which it was drawn. Outline: what was predicted.")
        )
        self.rounds.setAccessibleName(self._rounds_heading.text())
        self.rounds.setMaximumWidth(_MOST_ROUNDS_PX)
        self.predicted.setAccessibleName(self.tr("Predictions"))
        self.shaped.setAccessibleName(self.tr("Predictions after shaping"))
        for bars in (self.predicted, self.shaped):  # all words, whatever the height of the page
            bars.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.message.setWordWrap(True)
        self.draw_words.setWordWrap(True)
        make_quiet(self.draw_words)
        two_lines = 2 * self.fontMetrics().lineSpacing() + SPACE_PX
        self.draw_words.setMinimumHeight(two_lines)
        self.draw_words.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(self._controls())
        text = QHBoxLayout()
        text.setSpacing(2 * SPACE_PX)
        text.addWidget(heading(self.tr("Text so far")), 0, Qt.AlignmentFlag.AlignTop)
        text.addWidget(self.chips, 1)
        column.addSpacing(SPACE_PX)
        column.addLayout(text)
        column.addWidget(self.message)
        column.addSpacing(SPACE_PX)
        column.addLayout(self._stages())
        column.addSpacing(2 * SPACE_PX)
        column.addWidget(heading(self.tr("The calls")))
        column.addWidget(self.calls)
        column.addSpacing(2 * SPACE_PX)
        column.addWidget(self._rounds_heading)
        column.addWidget(self.rounds, 1)

    def _controls(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self.next)
        row.addSpacing(2 * SPACE_PX)
        row.addWidget(self.run)
        row.addWidget(self.n_words)
        row.addWidget(QLabel(self.tr("words")))
        row.addStretch(1)
        for text, part in (
            (self.tr("begin with"), self.start),
            (QCoreApplication.translate("SamplingPanel", "seed"), self.seed),
        ):
            row.addWidget(PlainLabel(text))
            row.addWidget(part)
        row.addWidget(self.again)
        return row

    def _stages(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6 * SPACE_PX)
        grid.setVerticalSpacing(SPACE_PX)
        titles = (self.tr("1  Predict"), self.tr("2  Shape"), self.tr("3  Select"))
        for place, title in enumerate(titles):
            grid.addWidget(heading(title), 0, place)
            grid.setColumnStretch(place, 1)
            grid.setColumnMinimumWidth(place, 60 * SPACE_PX)
        grid.addWidget(self.predicted, 1, 0)
        grid.addWidget(self.shaped, 1, 1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.smoothing, 2, 0, top)
        grid.addWidget(self.sliders, 2, 1, top)
        right = QVBoxLayout()
        right.setSpacing(SPACE_PX)
        right.addWidget(self.line)
        right.addWidget(self.draw_words)
        right.addWidget(self.counts)
        right.addStretch(1)
        grid.addLayout(right, 1, 2, 2, 1)
        align_sliders((self.smoothing,))
        return grid

    def _connect(self) -> None:
        self.next.clicked.connect(self._on_next_clicked)
        self.run.clicked.connect(self._on_run_clicked)
        self.again.clicked.connect(self._on_again_clicked)
        self.start.activated.connect(self._on_start_activated)
        self.seed.seed_changed.connect(self._on_seed_changed)
        self.smoothing.value_changed.connect(self._on_smoothing_value_changed)
        self.sliders.changed.connect(self._on_sliders_changed)
        self.counts.requested.connect(self._on_counts_requested)

    # --------------------------------------------------------------------------------- doing

    def reset(self) -> None:
        """The five words as at the beginning."""
        self.loop.seed, self.loop.smoothing = 0, 0.0
        self.loop.hyperparameters = Hyperparameters()
        self.seed.set_seed(0)
        self.smoothing.set_value(0.0)
        self.sliders.set_hyperparameters(self.loop.hyperparameters)
        self.n_words.setValue(_RUN_WORDS)
        self.begin_with(START)

    def begin_with(self, start: str, n_turns: int = 0) -> None:
        """Begin again with a word, and let the loop turn a few times."""
        with QSignalBlocker(self.start):
            self.start.setCurrentText(start)
        self.loop.restart(start)
        self._ran = None
        self._drop_counts()
        for _ in range(4 * n_turns):
            self.loop.advance()
        self.show_state()

    def advance_to(self, stage: Stage) -> None:
        """Make the calls that are left until this stage, at least one."""
        self._ran = None
        self.loop.advance()
        while self.loop.stage != stage and self.loop.ended is None:
            self.loop.advance()
        self.show_state()

    def set_hyperparameters(self, hyperparameters: Hyperparameters) -> None:
        """Shape in another way, as if the sliders had been moved."""
        self.sliders.set_hyperparameters(hyperparameters)
        self._on_sliders_changed(hyperparameters)

    def set_smoothing(self, smoothing: float) -> None:
        """Another count everywhere, as if the slider had been moved."""
        self.smoothing.set_value(smoothing)
        self._on_smoothing_value_changed(smoothing)

    def predictions(self) -> Float64Array | None:
        """(V,) what is predicted on show, None before the first prediction."""
        return None if self.loop.round is None else self.loop.round.predictions

    def bars(self) -> tuple[WordBar, ...]:
        """What the second stage shows; the first one's while nothing is shaped."""
        return self.shaped.bars() or self.predicted.bars()

    def appended_bars(self) -> tuple[WordBar, ...]:
        """Every word that was appended, with the probability of its draw."""
        index = self.loop.bigrams.index
        return tuple(
            WordBar(
                step.word,
                float(step.shaped[index(step.word)]),
                before=float(step.predictions[index(step.word)]),
            )
            for step in self.loop.steps
        )

    # ------------------------------------------------------------------------------- showing

    def show_state(self) -> None:
        """Write everything anew from the loop."""
        loop, turn = self.loop, self.loop.round
        words = loop.bigrams.words
        self.chips.set_tokens(loop.tokens)
        names = {
            "begun": self.tr("Next: predict"),
            "predicted": self.tr("Next: shape"),
            "shaped": self.tr("Next: select"),
            "selected": self.tr("Next: append"),
            "appended": self.tr("Next: predict"),
        }
        self.next.setText(names[loop.stage])
        self.next.setEnabled(loop.ended is None)
        self.run.setEnabled(loop.ended is None)
        shaped = None if turn is None else turn.shaped
        chosen = None if turn is None else turn.chosen
        predictions = np.full(len(words), np.nan) if turn is None else turn.predictions
        self.predicted.set_bars(_bars(words, predictions))
        self.shaped.set_bars(_shaped_bars(words, predictions, shaped, chosen))
        draw = None if turn is None else turn.draw
        self.line.set_pieces(words, shaped, draw, chosen)
        self.draw_words.setText(self._draw_sentence())
        self.counts.set_ready(turn is not None)
        self.rounds.set_bars(self.appended_bars()[::-1])
        self._rounds_heading.setVisible(bool(loop.steps))
        self._say_end(loop.ended)
        self.calls.set_calls(round_calls(loop) if self._ran is None else (self._ran,))

    def _drop_counts(self) -> None:
        self.counts.clear()
        self.counts_dropped.emit()

    def _say_end(self, ended: VisualizerError | None) -> None:
        theme = current_theme()
        if ended is None:
            text = self.tr("bigrams counts which word follows which in: {sentences}").format(
                sentences=" · ".join(TUTORIAL_SENTENCES)
            )
        else:
            text = self.tr("{reason} The loop ends: begin again, or add smoothing.").format(
                reason=error_text(ended)
            )
        self.message.setText(text)
        self.message.setStyleSheet(f"color: {theme.quiet if ended is None else theme.warning}")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._say_end(self.loop.ended)

    def _draw_sentence(self) -> str:
        turn = self.loop.round
        if turn is None or turn.shaped is None:
            return self.tr("Words share a line from 0 to 1; a number drawn by chance chooses.")
        words = self.loop.bigrams.words
        if turn.chosen is None:
            return self.tr("Every word has a piece as long as it is likely. Select draws a number.")
        low, high = share_of_line(turn.shaped, turn.chosen)
        word = words[turn.chosen]
        if turn.draw is None:
            return self.tr("Selected: {word}.").format(word=word)
        return self.tr(
            "The draw {draw:.3f} falls between {low:.3f} and {high:.3f}: {word}."
        ).format(draw=turn.draw, low=low, high=high, word=word)

    # -------------------------------------------------------------------------------- events

    @Slot()
    def _on_next_clicked(self) -> None:
        self._ran = None
        before = self.loop.round
        self.loop.advance()
        now = self.loop.round
        if now is not None and (before is None or now.predictions is not before.predictions):
            self._drop_counts()
        self.show_state()

    @Slot()
    def _on_run_clicked(self) -> None:
        given, n_words = tuple(self.loop.tokens), self.n_words.value()
        self.loop.run(n_words)
        self._ran = run_call(self.loop, given, n_words, self.loop.smoothing)
        self._drop_counts()
        self.show_state()

    @Slot()
    def _on_again_clicked(self) -> None:
        self.begin_with(self.loop.start)

    @Slot()
    def _on_start_activated(self) -> None:
        self.begin_with(self.start.currentText())

    @Slot(object)
    def _on_seed_changed(self, seed: int) -> None:
        self.loop.seed = seed
        self.begin_with(self.loop.start)

    @Slot(float)
    def _on_smoothing_value_changed(self, smoothing: float) -> None:
        self._ran = None
        self.loop.set_smoothing(smoothing)
        self._drop_counts()
        self.show_state()

    @Slot(object)
    def _on_sliders_changed(self, hyperparameters: Hyperparameters) -> None:
        self._ran = None
        self.loop.set_hyperparameters(hyperparameters)
        self._drop_counts()
        self.show_state()

    @Slot()
    def _on_counts_requested(self) -> None:
        self.draws_requested.emit(N_DRAWS)


def _bars(words: Sequence[str], predictions: Float64Array) -> list[WordBar]:
    return [WordBar(word, float(p)) for word, p in zip(words, predictions, strict=True)]


def _shaped_bars(
    words: Sequence[str],
    predictions: Float64Array,
    shaped: Float64Array | None,
    chosen: int | None,
) -> list[WordBar]:
    """After shaping, with what was predicted as an outline; not known before that stage."""
    if shaped is None:
        return [WordBar(word, float("nan")) for word in words]
    return [
        WordBar(
            word,
            float(shaped[i]),
            removed=bool(predictions[i] > 0 and shaped[i] == 0),
            chosen=i == chosen,
            before=float(predictions[i]),
        )
        for i, word in enumerate(words)
    ]
