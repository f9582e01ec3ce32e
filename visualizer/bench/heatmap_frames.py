"""Figures of the map of one head: the work of a frame while one zooms, moves and points.

Times are those of the window's thread, whatever else the machine is doing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from visualizer.bench.child import ProbeError, run_child
from visualizer.bench.figures import Figure
from visualizer.bench.subject import Say

LENGTHS = (1024, 8192)
FRAME_60_MS, FRAME_30_MS = 1000 / 60, 1000 / 30
_MOVEMENTS = {"zoom": "zooming", "pan": "moving the map", "point": "moving the crosshair"}


def heatmap_figures(say: Say, repeats: int, lengths: Sequence[int] = LENGTHS) -> Iterator[Figure]:
    """The slowest frame of each movement, each frame being the median of its repetitions.

    Args:
        say: Told what is measured next.
        repeats: How often each movement is made.
        lengths: Numbers of tokens.
    """
    say("zooming into a head")
    arguments = [str(n) for n in lengths] + ["--repeats", str(repeats)]
    reason = ""
    found = {}
    try:
        found = run_child("visualizer.bench.heatmap_probe", arguments)
    except ProbeError as error:
        reason = str(error)
    for n_tokens in lengths:
        for kind, words in _MOVEMENTS.items():
            is_long = n_tokens > 1024 and kind != "point"
            value = _slowest(found[str(n_tokens)][kind]) if found else None
            yield Figure(
                f"slowest frame of {words}, T={n_tokens}",
                value,
                "ms",
                round(FRAME_30_MS if is_long else FRAME_60_MS, 1),
                reason,
            )


def _slowest(runs: Sequence[Sequence[float]]) -> float:
    return max(float(median(times)) for times in zip(*runs, strict=True))
