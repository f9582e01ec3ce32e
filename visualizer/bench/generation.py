"""How fast text is generated with everything captured, against the library's own `generate`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from visualizer.bench.figures import Figure
from visualizer.bench.measure import elapsed_ms, interleaved
from visualizer.bench.subject import Subject
from visualizer.engine.records import GeneratedRecord, GenerateRequest, Prompt
from visualizer.engine.sampling import SamplingParams

GENERATION_TARGET = 1.2
_NEW_TOKENS = 64


def generation_figures(subject: Subject) -> Iterator[Figure]:
    """Greedy tokens after a short text, each with its bars, one head and all thumbnails.

    Theirs: `generate` of the library, greedy, with a key-value cache, in the same numbers. Both
    read the text first.
    """
    n_tokens = subject.lengths[0]
    n_new = max(1, min(_NEW_TOKENS, subject.model.context_length - n_tokens))
    subject.say(f"generating {n_new} tokens")
    # No text begins as the last one did, so that nothing of it can be used again.
    texts = [subject.words.text(n_tokens, seed=40 + turn) for turn in range(2)]
    turn, made = 0, 0

    def ours() -> float:
        nonlocal turn, made
        turn += 1
        started = time.perf_counter()
        records = list(subject.engine.answer(_request(subject, texts[turn % 2], n_new)))
        spent = elapsed_ms(started)
        made = sum(isinstance(record, GeneratedRecord) for record in records)
        return spent

    def theirs() -> float:
        ids = subject.model.tokenizer.encode(texts[turn % 2]).ids
        return subject.plain.generate_ms(ids, n_new)

    pair = interleaved(ours, theirs, max(3, subject.repeats // 3))
    what = f"{n_new} tokens generated at T={n_tokens}"
    name = f"{what}: bars, head, thumbnails / generate of transformers"
    if made != n_new:
        yield Figure(name, None, "x", GENERATION_TARGET, f"only {made} tokens were made")
        return
    yield Figure(name, pair.ratio, "x", GENERATION_TARGET)
    yield Figure(f"a token generated at T={n_tokens}", median(pair.ours_ms) / n_new, "ms")
    yield Figure(
        f"a token generated at T={n_tokens}: transformers", median(pair.theirs_ms) / n_new, "ms"
    )


def _request(subject: Subject, text: str, n_new: int) -> GenerateRequest:
    has_heads = subject.model.attention != "none"
    return GenerateRequest(
        request_id=3,
        prompt=Prompt(text),
        max_new_tokens=n_new,
        sampling=SamplingParams(temperature=0.0),
        layer=subject.model.n_layers // 2 if has_heads else None,
        head=0 if has_heads else None,
        end_at_end_of_text=False,
    )
