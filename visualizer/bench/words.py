"""How long it takes to follow words of several tokens, all at once and one after the other."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from statistics import median

from visualizer.bench.figures import Figure
from visualizer.bench.measure import elapsed_ms, interleaved
from visualizer.bench.subject import Subject
from visualizer.engine.path_records import PathRequest

WORDS_TARGET = 1.0
_N_WORDS = 8
_TOKENS_A_WORD = 3


def word_figures(subject: Subject) -> Iterator[Figure]:
    """Words that are asked for together, and each by itself, after a short and a long text."""
    source = random.Random(3)
    encode, n_added = subject.model.tokenizer.encode, subject.model.tokenizer.encode("").n_added
    chosen = [
        tuple(
            encode("".join(source.sample(subject.words.words, _TOKENS_A_WORD)))
            .ids[n_added:]
            .tolist()
        )
        for _ in range(_N_WORDS)
    ]
    subject.say(f"following {_N_WORDS} words")
    for n_tokens in dict.fromkeys(subject.lengths):
        subject.read(subject.words.text(n_tokens, seed=60))
        _ask_ms(subject, [tuple(chosen)])  # the first time they are compared

        def together() -> float:
            return _ask_ms(subject, [tuple(chosen)])

        def one_by_one() -> float:
            return _ask_ms(subject, [(word,) for word in chosen])

        pair = interleaved(together, one_by_one, subject.repeats)
        name = f"{_N_WORDS} words of {_TOKENS_A_WORD} tokens, T={n_tokens}"
        yield Figure(f"{name}: together / one by one", pair.ratio, "x", WORDS_TARGET)
        yield Figure(name, median(pair.ours_ms), "ms")


def _ask_ms(subject: Subject, questions: list[tuple[tuple[int, ...], ...]]) -> float:
    started = time.perf_counter()
    for words in questions:
        for _ in subject.engine.answer(PathRequest(request_id=4, position=-1, words=words)):
            pass
    return elapsed_ms(started)
