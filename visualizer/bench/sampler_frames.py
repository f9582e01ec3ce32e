"""Figures of the sampler: the work of a frame while a slider moves over a large vocabulary.

Times are those of the window's thread, whatever else the machine is doing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from visualizer.bench.child import ProbeError, run_child
from visualizer.bench.figures import Figure
from visualizer.bench.subject import Say

SIZES = (49_152, 151_936)
FRAME_MS = 16.0
_PARTS = {"bars": "redrawing the bars", "cards": "drawing the sampler's cards"}


def sampler_figures(say: Say, repeats: int, sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    """The median frame of moving a slider, and of the cards that follow it.

    Args:
        say: Told what is measured next.
        repeats: How often the slider is moved from end to end.
        sizes: Tokens in the vocabulary.
    """
    say("moving a sampling slider")
    arguments = [str(n) for n in sizes] + ["--repeats", str(repeats)]
    reason = ""
    found = {}
    try:
        found = run_child("visualizer.bench.sampler_probe", arguments)
    except ProbeError as error:
        reason = str(error)
    for size in sizes:
        for part, words in _PARTS.items():
            value = _median(found[str(size)][part]) if found else None
            yield Figure(f"{words} for a slider, V={size}", value, "ms", FRAME_MS, reason)


def _median(runs: Sequence[Sequence[float]]) -> float:
    return float(median(time for times in runs for time in times))
