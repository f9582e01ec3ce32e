"""What is known of the words that were asked for, and what was likely before the last change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from visualizer.engine.errors import VisualizerError
from visualizer.engine.path_records import PathRecord
from visualizer.engine.records import Float64Array, ForwardRecord, Int64Array
from visualizer.engine.sampling import logprob
from visualizer.engine.tokenization import Tokenizer, display_text
from visualizer.session.asked_tokens import token_text, word_ids
from visualizer.session.views import Candidate, WordPart, WordRow

Word = tuple[int, ...]


class WordFacts:
    """Of the text at hand, by position; and the end of the text before its last edit.

    What an edit has changed is told by the distributions after the last token before and after
    it. An edit leaves at least half of the shorter text, in characters, standing at its front
    and its end together. After anything else there is nothing to compare with: a generated
    token, an example, a file, a view or another conversation in the text's place, another text
    pasted over it, another model, and a pass that was not read at the end of its text.

    Attributes:
        problem: Why words of several tokens cannot be told, None while nothing speaks against it.
    """

    def __init__(self) -> None:
        self.problem: VisualizerError | None = None
        self._logprobs: dict[tuple[int, Word], Float64Array] = {}
        self._old: ForwardRecord | None = None
        self._old_logprobs: dict[Word, float] = {}
        self._old_normaliser: float | None = None
        self._is_replaced = False

    def begin_anew(self) -> None:
        """Another text takes the place of the one at hand: its first change is none."""
        self._old, self._old_logprobs = None, {}
        self._is_replaced = True

    def take_change(self, before: ForwardRecord | None, now: ForwardRecord) -> None:
        """Another forward pass has taken the place of the one before."""
        logprobs, self._logprobs = self._logprobs, {}
        self.problem = None
        is_replaced, self._is_replaced = self._is_replaced, False
        if before is None or np.array_equal(before.tokenization.ids, now.tokenization.ids):
            return  # the same text, read anew, is no change
        is_end = before.position == len(before.tokenization) - 1
        is_edit = not is_replaced and _is_edit(before.tokenization.text, now.tokenization.text)
        self._old = before if is_end and is_edit else None
        self._old_normaliser = None
        self._old_logprobs = {
            word: float(values.sum())
            for (position, word), values in logprobs.items()
            if position == before.position
        }

    def take_paths(self, record: PathRecord) -> None:
        """The probabilities of words after a token of the text at hand."""
        self.problem = None
        for word, logprobs in zip(record.words, record.logprobs, strict=True):
            self._logprobs[record.position, word] = logprobs

    def missing(self, position: int, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words of several tokens that are not known after a token."""
        several = (word for word in words if len(word) > 1)
        return tuple(dict.fromkeys(w for w in several if (position, w) not in self._logprobs))

    def logprobs(self, position: int, word: Word) -> Float64Array | None:
        """Of each token of a word, if known."""
        return self._logprobs.get((position, word))

    def old_probs(self, ids: Int64Array) -> Float64Array | None:
        """Probabilities of tokens before the last edit; None where there was none."""
        if self._old is None:
            return None
        if ids.size and int(ids.max()) >= self._old.logits.size:
            return None
        if self._old_normaliser is None:
            first = logprob(self._old.logits, 0)
            self._old_normaliser = float(self._old.logits[0]) - first
        logits = self._old.logits[ids].astype(np.float64)
        probs: Float64Array = np.exp(logits - self._old_normaliser)
        return probs

    def old_prob(self, word: Word) -> float | None:
        """Probability of a word before the last edit, if it was known then."""
        if len(word) == 1:
            probs = self.old_probs(np.array(word, np.int64))
            return None if probs is None else float(probs[0])
        known = self._old_logprobs.get(word)
        return None if known is None or self._old is None else float(np.exp(known))


def _is_edit(before: str, now: str) -> bool:
    """Whether one text came out of the other by an edit; see WordFacts."""
    shorter = min(len(before), len(now))
    front = _n_common(before, now)
    rest = shorter - front
    end = _n_common(before[::-1][:rest], now[::-1][:rest])
    return front + end > 0 and 2 * (front + end) >= shorter


def _n_common(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def word_row(
    word: str,
    tokenizer: Tokenizer,
    n_ids: int,
    position: int,
    facts: WordFacts,
    candidate: Callable[[int], Candidate],
    *,
    changed: bool,
) -> WordRow:
    """What is known of a word after a token.

    Args:
        word: As in ViewState.asked.
        tokenizer: Of the model in use.
        n_ids: Tokens that the model knows.
        position: After which the word would come.
        facts: Of the text at hand.
        candidate: Gives a token's rank, logit and so on.
        changed: Whether the position is one at which a change is told.
    """
    try:
        ids = word_ids(word, tokenizer, n_ids)
    except VisualizerError as error:
        return WordRow(word, word.encode(), display_text(word.encode()), (), np.nan, problem=error)
    single = candidate(ids[0])
    logprobs = facts.logprobs(position, ids)
    if len(ids) == 1:
        probs = [single.prob]
    elif logprobs is None:
        probs = [single.prob, *[np.nan] * (len(ids) - 1)]
    else:
        probs = np.exp(logprobs).tolist()
    parts = tuple(_part(tokenizer, i, prob) for i, prob in zip(ids, probs, strict=True))
    data = b"".join(part.data for part in parts)
    problem = facts.problem if len(ids) > 1 and logprobs is None else None
    if logprobs is not None and np.isnan(logprobs).any():
        problem = VisualizerError("The context has no room for all tokens of this word.")
    return WordRow(
        word,
        data,
        _text_of(data, parts),
        parts,
        single.prob if len(ids) == 1 else _product(logprobs),
        single if len(ids) == 1 else None,
        facts.old_prob(ids) if changed else None,
        awaited=len(ids) > 1 and logprobs is None and problem is None,
        problem=problem,
    )


def _text_of(data: bytes, parts: tuple[WordPart, ...]) -> str:
    """The word for display: in one piece, so that its characters are whole where they can be."""
    if all(part.data for part in parts):
        return display_text(data)
    return "".join(part.text for part in parts)


def _product(logprobs: Float64Array | None) -> float:
    return float("nan") if logprobs is None else float(np.exp(logprobs.sum()))


def _part(tokenizer: Tokenizer, token_id: int, prob: float) -> WordPart:
    exists = token_id < tokenizer.vocabulary_size
    data = tokenizer.token_bytes(token_id) if exists else b""
    return WordPart(token_id, data, token_text(tokenizer, token_id), prob)
