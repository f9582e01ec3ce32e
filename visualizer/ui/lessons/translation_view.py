"""A translation as it grows: words read and written, what else was likely, beams, attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visualizer.lessons.translation_data import BEGIN, VOCABULARY
from visualizer.ui.lessons.attention_trio import AttentionTrio
from visualizer.ui.lessons.beam_list import BeamList, KeptTranslation
from visualizer.ui.lessons.labels import caption, heading, keep_to_a_line
from visualizer.ui.lessons.translating import Translation
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.token_chips import TokenChips
from visualizer.ui.widgets.word_bars import WordBar, WordBars

if TYPE_CHECKING:
    from visualizer.lessons.translation import TranslationStep

_CANDIDATES = 5
_NONE = -1


class TranslationView(QWidget):
    """The first so many steps of a translation.

    A written word that is pointed at shows what it was chosen among and which source words it
    looks at; a source word shows which written words look at it. With nothing pointed at, the
    word that was written last is explained.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translation: Translation | None = None
        self._step: TranslationStep | None = None
        self._hovered = self._selected = self._source_place = _NONE
        self.read = TokenChips()
        self.written = TokenChips()
        self.candidates = WordBars()
        self.kept = BeamList()
        self.trio = AttentionTrio()
        self.looking = caption()
        self.candidates_caption = caption()
        self.kept_caption = caption()
        self._lay_out()
        self._connect()

    @property
    def n_shown(self) -> int:
        """How many words are written."""
        return 0 if self._step is None else len(self._step.written)

    def set_translation(self, translation: Translation, n_steps: int) -> None:
        """Show the first `n_steps` steps."""
        self._translation = translation
        self._step = translation.steps[n_steps - 1] if n_steps else None
        self._hovered = self._selected = self._source_place = _NONE
        self.read.set_tokens(translation.steps[0].source)
        self.written.set_tokens([BEGIN, *(self._step.written if self._step else ())])
        self.trio.set_step(self._step)
        self._draw_kept(translation)
        self._draw_pointed()

    def select(self, place: int) -> None:
        """Explain the word at `place` of what is written, -1 for the last."""
        self._selected, self._source_place = max(place, _NONE), _NONE
        self._draw_pointed()

    # ------------------------------------------------------------------------------- building

    def _lay_out(self) -> None:
        chips = QGridLayout()
        chips.setHorizontalSpacing(4 * SPACE_PX)
        chips.setVerticalSpacing(SPACE_PX)
        for row, (name, line) in enumerate(
            ((self.tr("Encoder reads"), self.read), (self.tr("Decoder writes"), self.written))
        ):
            line.setAccessibleName(name)
            label = heading(name)
            label.setMinimumHeight(6 * SPACE_PX)
            chips.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            chips.addWidget(line, row, 1)
        chips.addWidget(self.looking, 2, 1)
        chips.setColumnStretch(1, 1)
        beside = QGridLayout()
        beside.setHorizontalSpacing(8 * SPACE_PX)
        beside.setVerticalSpacing(SPACE_PX // 2)
        parts: tuple[tuple[str, QLabel, QWidget], ...] = (
            (self.tr("Next word"), self.candidates_caption, self.candidates),
            (self.tr("Translations kept"), self.kept_caption, self.kept),
        )
        for column, (title, words, view) in enumerate(parts):
            view.setAccessibleName(title)
            head = QHBoxLayout()
            head.setSpacing(2 * SPACE_PX)
            head.addWidget(heading(title))
            keep_to_a_line(words)
            head.addWidget(words, 1)
            beside.addLayout(head, 0, column)
            beside.addWidget(view, 1, column, Qt.AlignmentFlag.AlignTop)
            beside.setColumnStretch(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE_PX)
        layout.addLayout(chips)
        layout.addLayout(beside)
        layout.addWidget(self.trio, 1)

    def _connect(self) -> None:
        self.read.token_hovered.connect(self._on_read_token_pointed)
        self.read.token_selected.connect(self._on_read_token_pointed)
        self.written.token_hovered.connect(self._on_written_token_hovered)
        self.written.token_selected.connect(self._on_written_token_selected)
        self.trio.row_pointed.connect(self._on_trio_row_pointed)
        self.trio.row_selected.connect(self._on_trio_row_selected)
        self.trio.choice_changed.connect(self._on_trio_choice_changed)

    # -------------------------------------------------------------------------------- drawing

    def _draw_kept(self, translation: Translation) -> None:
        beams = self._step.beams if self._step else ()
        kept = [KeptTranslation(translation.pieces(beam.tokens), beam.logprob) for beam in beams]
        self.kept.set_kept(kept, translation.n_beams)
        if translation.n_beams == 1:
            words = self.tr("greedy: one only, with the likeliest word each time")
        else:
            words = self.tr("the {n} likeliest so far; log-probabilities add up")
        self.kept_caption.setText(words.format(n=translation.n_beams))

    def _place(self) -> int:
        """The written word that is explained, -1 for none."""
        for place in (self._hovered, self._selected):
            if 0 <= place < self.n_shown:
                return place
        return self.n_shown - 1

    def _draw_pointed(self) -> None:
        """Mark and explain what is pointed at."""
        step, cross = self._step, self.trio.cross()
        place, source = self._place(), self._source_place
        if step is None or cross is None:
            self.candidates.set_bars(())
            self.candidates_caption.setText(self.tr("nothing is written yet"))
            self.read.set_strengths(None)
            self.looking.setText(self.tr("“Next word” lets the decoder begin."))
            return
        self._draw_candidates(step, place)
        is_source = 0 <= source < len(step.source)
        self.read.set_pointed(source)
        self.written.set_pointed(_NONE if is_source else place + 1)
        if is_source:
            self.trio.point_at(_NONE, source)
            self.read.set_strengths(None)
            self.written.set_strengths(np.array([np.nan, *cross[:, source]]), "query")
            words = self.tr("Tinted: how much each written word looks at “{word}” ({choice})")
            word = step.source[source]
        else:
            self.trio.point_at(place, _NONE)
            self.read.set_strengths(cross[place], "key")
            self.written.set_strengths(None)
            words = self.tr("Tinted: how much “{word}” looks at each source word ({choice})")
            word = step.written[place]
        self.looking.setText(words.format(word=word, choice=self.trio.choice_text()))

    def _draw_candidates(self, step: TranslationStep, place: int) -> None:
        probs = step.probabilities[place]
        order = np.argsort(-probs, kind="stable")[:_CANDIDATES].tolist()
        chosen = VOCABULARY.index(step.written[place])
        if chosen not in order:
            order[-1] = chosen
        self.candidates.set_bars(
            [WordBar(VOCABULARY[i], float(probs[i]), chosen=i == chosen) for i in order]
        )
        before = step.target[max(0, place - 2) : place + 1]
        words = self.tr("after “{text}”, the likeliest of {n} tokens")
        self.candidates_caption.setText(words.format(text=" ".join(before), n=len(VOCABULARY)))

    # ------------------------------------------------------------------------------- handlers

    @Slot(int)
    def _on_read_token_pointed(self, place: int) -> None:
        self._source_place = place
        self._draw_pointed()

    @Slot(int)
    def _on_written_token_hovered(self, index: int) -> None:
        self._hover(index - 1)

    @Slot(int)
    def _on_written_token_selected(self, index: int) -> None:
        self.select(index - 1)

    @Slot(int)
    def _on_trio_row_pointed(self, row: int) -> None:
        self._hover(row)

    @Slot(int)
    def _on_trio_row_selected(self, row: int) -> None:
        self.select(row)

    @Slot()
    def _on_trio_choice_changed(self) -> None:
        self._draw_pointed()

    def _hover(self, place: int) -> None:
        self._hovered, self._source_place = max(place, _NONE), _NONE
        self._draw_pointed()
