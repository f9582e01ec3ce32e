"""Figures of the engine: keystrokes, pasted texts, heads and memory."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from visualizer.bench.figures import Figure
from visualizer.bench.heads import all_heads_figures
from visualizer.bench.measure import Pair, interleaved
from visualizer.bench.subject import Subject

KEYSTROKE_TARGET = 1.0
EDIT_TARGET = 0.7
PASTE_TARGET = 1.1
HEAD_TARGET_MS = 30.0
MEMORY_TARGET = 0.1


def forward_figures(subject: Subject) -> Iterator[Figure]:
    """All figures of the engine, one after the other as they are measured."""
    for n_tokens in dict.fromkeys(subject.lengths):
        for n_new in (1, 2, 3, 4):
            yield from edit_figures(subject, n_tokens, n_new)
    yield from paste_figures(subject)
    if subject.model.attention != "none":
        yield from head_figures(subject)
        yield from all_heads_figures(subject)
        yield from memory_figures(subject)
    yield Figure("peak memory until the model is loaded", subject.loaded_peak_mib, "MiB")


def edit_figures(subject: Subject, n_tokens: int, n_new: int) -> Iterator[Figure]:
    """An edit of `n_new` tokens at the end of a text, against a bare forward of as many.

    Ours: from the edited text to the logits, one head and all thumbnails. Theirs: the forward
    pass alone, with a key-value cache that holds the text.
    """
    subject.say(f"edit of {n_new} at {n_tokens} tokens")
    text = subject.words.text(n_tokens, seed=n_new)
    endings = subject.words.endings(n_new)
    encode = subject.model.tokenizer.encode
    new_ids = [encode(text + ending).ids[n_tokens:] for ending in endings]
    subject.plain.read(encode(text).ids)
    subject.read(text)
    firsts_ms: list[float] = []

    def ours() -> float:
        first, last = subject.ask_ms(text + endings[len(firsts_ms) % 2], n_new)
        firsts_ms.append(first)
        return last

    def theirs() -> float:
        return subject.plain.step_ms(new_ids[len(firsts_ms) % 2])

    pair = interleaved(ours, theirs, subject.repeats, warm_up=2)
    what = f"{n_new}-token edit at T={n_tokens}"
    target = KEYSTROKE_TARGET if n_new == 1 else EDIT_TARGET
    yield Figure(f"{what}: bars, head, thumbnails / bare forward", pair.ratio, "x", target)
    yield Figure(f"{what}: bars, head", median(firsts_ms[-subject.repeats :]), "ms")
    yield from _absolute(f"{what}: bars, head, thumbnails", what, pair)


def paste_figures(subject: Subject) -> Iterator[Figure]:
    """A whole new text: logits and one head, against a bare forward pass.

    Theirs computes no attention weights, keeps no cache, and gives the last logits only.
    """
    n_tokens = subject.lengths[1]
    subject.say(f"pasted text of {n_tokens} tokens")
    encode = subject.model.tokenizer.encode
    openings = subject.words.endings(1)
    turn = 0

    def text() -> str:
        # No text begins as the last one did, so that nothing of it can be used again.
        return openings[turn % 2] + subject.words.text(n_tokens - 1, seed=turn)

    def ours() -> float:
        nonlocal turn
        turn += 1
        tokenization = encode(text())
        n_new = len(tokenization) - tokenization.n_added
        return subject.ask_ms(tokenization.text, n_new, with_overview=False)[0]

    def theirs() -> float:
        return subject.plain.whole_ms(encode(text()).ids)

    # With the added tokens of both kinds of text in front, they are kept.
    subject.read(text())
    pair = interleaved(ours, theirs, max(1, subject.repeats // 3))
    what = f"pasted text, T={n_tokens}"
    yield Figure(f"{what}: bars, head / bare forward", pair.ratio, "x", PASTE_TARGET)
    yield from _absolute(f"{what}: bars, head", what, pair)


def head_figures(subject: Subject) -> Iterator[Figure]:
    """Another head of the text at hand, each for the first time."""
    n_tokens = subject.lengths[1]
    subject.say(f"switching heads at {n_tokens} tokens")
    subject.read(subject.words.text(n_tokens, seed=77))
    model = subject.model
    subject.head_ms(0, 0)
    heads = [(layer, head) for head in range(model.n_heads) for layer in range(model.n_layers)]
    heads.remove((0, 0))
    step = max(1, len(heads) // (2 * subject.repeats))
    times_ms = [subject.head_ms(layer, head) for layer, head in heads[::step]]
    yield Figure(f"another head at T={n_tokens}", median(times_ms), "ms", HEAD_TARGET_MS)
    yield Figure(f"another head at T={n_tokens}, the slowest", max(times_ms), "ms")


def memory_figures(subject: Subject) -> Iterator[Figure]:
    """What is kept so that every head can be shown, against what the library hands out.

    Keys and values are in the cache of both, and count for neither.
    """
    longest = subject.model.context_length
    for n_tokens in dict.fromkeys((subject.lengths[1], min(2 * subject.lengths[1], longest))):
        subject.say(f"memory for attention at {n_tokens} tokens")
        text = subject.words.text(n_tokens, seed=5)
        subject.read(text)
        ours = subject.engine.attention_bytes()
        theirs = subject.plain.attention_bytes(subject.model.tokenizer.encode(text).ids)
        what = f"kept for attention at T={n_tokens}"
        yield Figure(f"{what} / output_attentions", ours / theirs, "x", MEMORY_TARGET)
        yield Figure(what, ours / 2**20, "MiB")


def _absolute(ours: str, theirs: str, pair: Pair) -> Iterator[Figure]:
    yield Figure(ours, median(pair.ours_ms), "ms")
    yield Figure(f"{theirs}: bare forward", median(pair.theirs_ms), "ms")
