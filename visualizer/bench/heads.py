"""Figures of what is computed for all heads at once: thumbnails, metrics, a region's weight."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

from visualizer.bench.figures import Figure
from visualizer.bench.measure import elapsed_ms, interleaved
from visualizer.bench.subject import Subject
from visualizer.engine.attention_records import MetricsRequest, RegionRequest
from visualizer.engine.interface import Question

ALL_HEADS_TARGET = 1.0


def all_heads_figures(subject: Subject) -> Iterator[Figure]:
    """What all heads cost after an edit of one token, and on a new text.

    Against the bare forward pass of that token: less than it, and what is shown of all heads
    never takes longer than running the model.
    """
    n_tokens = subject.lengths[1]
    edit = f"after a one-token edit at T={n_tokens}"
    for what, after_edit in (("all thumbnails", _thumbnails_ms), ("all metrics", _metrics_ms)):
        subject.say(f"{what} {edit}")
        yield from _edit_figures(subject, n_tokens, f"{what} {edit}", after_edit)
    subject.say(f"all heads of a new text of {n_tokens} tokens")
    metrics_ms, region_ms = [], []
    for turn in range(max(1, subject.repeats // 3)):
        subject.read(subject.words.text(n_tokens, seed=100 + turn))
        metrics_ms.append(_answer_ms(subject, MetricsRequest(3)))
        region = RegionRequest(4, (n_tokens // 2, n_tokens), (0, n_tokens // 2))
        region_ms.append(_answer_ms(subject, region))
    yield Figure(f"all metrics of a new text, T={n_tokens}", median(metrics_ms), "ms")
    yield Figure(f"weight of all heads in a region, T={n_tokens}", median(region_ms), "ms")


def _edit_figures(
    subject: Subject, n_tokens: int, what: str, after_edit: Callable[[Subject, str], float]
) -> Iterator[Figure]:
    text = subject.words.text(n_tokens, seed=1)
    endings = subject.words.endings(1)
    encode = subject.model.tokenizer.encode
    new_ids = [encode(text + ending).ids[n_tokens:] for ending in endings]
    subject.plain.read(encode(text).ids)
    subject.read(text)
    turn = 0

    def ours() -> float:
        nonlocal turn
        turn += 1
        return after_edit(subject, text + endings[turn % 2])

    def theirs() -> float:
        return subject.plain.step_ms(new_ids[turn % 2])

    pair = interleaved(ours, theirs, subject.repeats, warm_up=2)
    yield Figure(f"{what} / bare forward", pair.ratio, "x", ALL_HEADS_TARGET)
    yield Figure(what, pair.ours_median_ms, "ms")


def _thumbnails_ms(subject: Subject, text: str) -> float:
    """From the logits and one head, which come first, to all thumbnails."""
    first, last = subject.ask_ms(text, 1)
    return last - first


def _metrics_ms(subject: Subject, text: str) -> float:
    subject.ask_ms(text, 1, with_overview=False)
    return _answer_ms(subject, MetricsRequest(3))


def _answer_ms(subject: Subject, question: Question) -> float:
    start = time.perf_counter()
    for _ in subject.engine.answer(question):
        pass
    return elapsed_ms(start)
