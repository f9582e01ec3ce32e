"""Figures of a text as long as the model's context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from visualizer.bench.child import ProbeError, run_child
from visualizer.bench.figures import Figure
from visualizer.bench.subject import Say

COARSE_TARGET_MS = 150.0
PEAK_TARGET_MIB = 8 * 1024.0
_PATIENCE_S = 1800.0


def long_text_figures(say: Say, arguments: Sequence[str]) -> Iterator[Figure]:
    """Reading, looking into heads and memory; takes minutes on a processor.

    Args:
        say: Told what is measured next.
        arguments: The model's folder or file, and the options of the probe.
    """
    say("reading a text as long as the context")
    try:
        found = run_child("visualizer.bench.long_probe", list(arguments), patience_s=_PATIENCE_S)
    except ProbeError as error:
        yield Figure("a text as long as the context", None, "ms", note=str(error))
        return
    at = f"T={found['n_tokens']:.0f}"
    yield Figure(f"reading, {at}", found["forward_ms"] / 1000, "s")
    yield Figure(f"all thumbnails, {at}", found["overview_ms"] / 1000, "s")
    yield Figure(f"another head, coarse, painted, {at}", found["coarse_ms"], "ms", COARSE_TARGET_MS)
    yield Figure(f"another head, pooled to 2,048 cells, painted, {at}", found["pooled_ms"], "ms")
    yield Figure(f"exact tile of 800 x 800 tokens, {at}", found["tile_ms"], "ms")
    yield Figure(f"peak memory, {at}", found["peak_mib"], "MiB", PEAK_TARGET_MIB)
