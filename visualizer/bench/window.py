"""Figures of the window, each from a child process that opens it for real, offscreen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from visualizer.bench.child import ProbeError, run_child
from visualizer.bench.figures import Figure
from visualizer.bench.measure import percentile
from visualizer.bench.subject import Say

START_TARGET_S = 1.5
STALL_TARGET_MS = 50.0
_KEYS = " The quick brown fox jumps over the lazy dog, and then it rests."


def start_figures(say: Say, starts: int) -> Iterator[Figure]:
    """From starting a process to the window on screen; the first start warms the disk cache."""
    say("opening the window")
    name = "window on screen after the start, warm"
    try:
        times_s = []
        for turn in range(starts + 1):
            began = time.time()
            found = _probe("start", [])
            if found.get("torch"):
                yield Figure(name, None, "s", START_TARGET_S, "torch was imported before it")
                return
            if turn:
                times_s.append(float(found["drawn"]) - began)
        yield Figure(name, median(times_s), "s", START_TARGET_S)
    except (ProbeError, KeyError) as error:
        yield Figure(name, None, "s", START_TARGET_S, str(error))


def typing_figures(
    say: Say, options: list[str], texts: dict[int, str], keys: str = _KEYS
) -> Iterator[Figure]:
    """How long the window's thread stands still, while the model loads and while one types.

    Args:
        say: Told what is measured next.
        options: `--model`, `--device` and `--dtype` for the window.
        texts: What stands in the editor before the typing, by its number of tokens.
        keys: What is typed, 60 ms a key.
    """
    say("typing into the window")
    try:
        found = _probe("typing", options, {"texts": list(texts.values()), "keys": keys})
        rounds = found["rounds"]
        if "error" in found or len(rounds) < len(texts):
            raise ProbeError(found.get("error", "the window did not settle in time"))
    except (ProbeError, KeyError) as error:
        for n_tokens in texts:
            name = f"longest stall of the window while typing, T={n_tokens}"
            yield Figure(name, None, "ms", STALL_TARGET_MS, str(error))
        return
    for n_tokens, measured in zip(texts, rounds, strict=True):
        what = f"while typing, T={n_tokens}"
        late = measured["late_ms"]
        yield Figure(f"longest stall of the window {what}", max(late), "ms", STALL_TARGET_MS)
        yield Figure(f"stalls of the window {what}, 99th percentile", percentile(late, 99), "ms")
        answers = measured["answers_ms"]
        if answers:
            yield Figure(f"from a key to its bars {what}", median(answers), "ms")
    stall = max(found["load_late_ms"])
    yield Figure("longest stall of the window while the model loads", stall, "ms")
    yield Figure("peak memory of the window with its model", found["peak_mib"], "MiB")


def _probe(kind: str, options: list[str], work: dict[str, Any] | None = None) -> dict[str, Any]:
    return run_child("visualizer.bench.window_probe", [kind, *options], work)
