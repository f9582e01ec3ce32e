"""Tokens and words whose probability the user follows: what is wished, and what is asked for it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot

from visualizer.engine.errors import VisualizerError
from visualizer.engine.interface import Record
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.session.asked_tokens import MOST_ASKED, described, known_words, readings
from visualizer.session.resolve import resolve_query
from visualizer.session.state import ProbAxis
from visualizer.session.views import Unavailable
from visualizer.session.word_facts import Word
from visualizer.ui.attention_feed import AttentionFeed


class WordsFeed(AttentionFeed):
    """Follows words after the selected token, besides heads and pairs.

    Words of one token are told from the logits at hand; only those of several are asked for, and
    after everything else.

    Signals:
        readings_changed: What may be meant by what was typed. tuple of Reading.
    """

    readings_changed = Signal(object)

    @Slot(int)
    def set_query(self, index: int) -> None:
        """Select a token; words are followed after it."""
        super().set_query(index)
        self._want_words()

    @Slot(object)
    def set_prob_axis(self, axis: ProbAxis) -> None:
        """Along which axis the bars are drawn."""
        self._state = replace(self._state, prob_axis=axis)
        self._show_bars()

    @Slot(str)
    def read_word(self, typed: str) -> None:
        """Say what may be meant by this at the selected token."""
        model, text = self._facts.model, self._facts.tokenization
        if model is None:
            self.readings_changed.emit(())
            return
        query = None if text is None else resolve_query(self._state.query, len(text))
        after = text.pieces[query] if text is not None and query is not None else b""
        words = readings(typed, model.tokenizer, after)
        self.readings_changed.emit(
            tuple(described(word, model.tokenizer, model.vocabulary_size) for word in words)
        )

    @Slot(str)
    def ask_word(self, word: str) -> None:
        """Follow a word, as it is kept."""
        asked = self._state.asked
        if word in asked:
            self.remark_made.emit(VisualizerError("This word is followed already."))
            return
        if len(asked) >= MOST_ASKED:
            self.remark_made.emit(
                VisualizerError("No more than {n} words can be followed.", n=MOST_ASKED)
            )
            return
        self._state = replace(self._state, asked=(*asked, word))
        self._show_bars()
        self._want_words()

    @Slot(str)
    def forget_word(self, word: str) -> None:
        """Follow a word no longer."""
        asked = tuple(other for other in self._state.asked if other != word)
        if asked != self._state.asked:
            self._state = replace(self._state, asked=asked)
            self._show_bars()
            self._want_words()

    # --------------------------------------------------------------------- asking the engine

    def _ask_about_text(self) -> None:
        super()._ask_about_text()
        self._want_words()

    def _want_words(self) -> None:
        """Ask for the words of several tokens that are not known after the selected token."""
        query = self._query_read()
        if query is None or self._is_busy():
            self._drop(PathRequest)
            return
        missing = self._facts.words.missing(query, self._asked_ids())
        asked = self._questions.get(PathRequest)
        if not missing or self._facts.words.problem is not None:
            self._drop(PathRequest)
        elif not isinstance(asked, PathRequest) or (asked.position, asked.words) != (
            query,
            missing,
        ):
            self._post(PathRequest(self._next_id(), query, missing))

    def _query_read(self) -> int | None:
        """The selected token of a text that can be asked about."""
        forward = self._facts.forward
        if forward is None or not self._can_ask():
            return None
        return resolve_query(self._state.query, len(forward.tokenization))

    def _asked_ids(self) -> tuple[Word, ...]:
        """Tokens of each word that this model has tokens for."""
        model = self._facts.model
        if model is None:
            return ()
        return known_words(self._state.asked, model.tokenizer, model.vocabulary_size)

    # ----------------------------------------------------------------------- taking records

    def _take_answer_about_text(self, record: Record) -> bool:
        is_taken = super()._take_answer_about_text(record)
        if is_taken and isinstance(record, PathRecord):
            self._facts.words.take_paths(record)
            self._show_bars()
        return is_taken

    def _show_failure(self, kind: type, failure: Unavailable) -> None:
        if kind is PathRequest:
            self._facts.words.problem = failure.reason
            self._show_bars()
        else:
            super()._show_failure(kind, failure)
