"""Figures of a text of 100,000 tokens in the window, of which only the tokens are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from visualizer.bench.child import ProbeError, run_child
from visualizer.bench.figures import Figure
from visualizer.bench.subject import Say

WHOLE_TARGET_MS = 1000.0
EDIT_TARGET_MS = 50.0
STALL_TARGET_MS = 50.0


def many_tokens_figures(say: Say, options: Sequence[str]) -> Iterator[Figure]:
    """Tokenising and painting, all at once and after edits of a character.

    Args:
        say: Told what is measured next.
        options: `--model`, `--device` and `--dtype` for the window.
    """
    say("showing 100,000 tokens")
    try:
        found = run_child("visualizer.bench.tokens_probe", list(options))
        steps = found["steps"]
        edits = [step for step in steps if step["step"] != "text"]
        if not edits:
            raise ProbeError("the window did not show the tokens in time")
    except (ProbeError, KeyError) as error:
        yield Figure("100,000 tokens in the window", None, "ms", WHOLE_TARGET_MS, str(error))
        return
    at = f"T={found['n_tokens']}"
    whole = steps[0]
    yield Figure(f"a pasted text tokenised and painted, {at}", whole["ms"], "ms", WHOLE_TARGET_MS)
    yield Figure(f"longest stall of the window then, {at}", whole["late_ms"], "ms")
    edited = median(step["ms"] for step in edits)
    yield Figure(f"an edit tokenised and painted, {at}", edited, "ms", EDIT_TARGET_MS)
    stall = median(step["late_ms"] for step in edits)
    yield Figure(f"longest stall of the window after an edit, {at}", stall, "ms", STALL_TARGET_MS)
