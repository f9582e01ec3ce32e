"""Figures of the lesson on training: its speed against a bare script, and the window's stalls."""

from __future__ import annotations

from collections.abc import Iterator

from visualizer.bench.child import ProbeError, run_child
from visualizer.bench.figures import Figure
from visualizer.bench.measure import percentile
from visualizer.bench.subject import Say
from visualizer.bench.window import STALL_TARGET_MS

SPEED_TARGET = 1.0 / 0.9
"""A step may take this much longer than the bare script's: at least 0.9 x its speed."""

_STEPS = 20
_PATIENCE_S = 900.0


def training_figures(say: Say, turns: int, steps: int = _STEPS) -> Iterator[Figure]:
    """The tutorial's model at its default size, trained by the lesson and by a bare script.

    Ours counts everything that the lesson does meanwhile: held-out losses, samples, attention
    maps, checkpoints, and a window that draws them. The ratio is that of the whole times, so that
    what happens seldom counts, too.

    Args:
        say: Told what is measured next.
        turns: Of each, one after the other.
        steps: Of a turn.
    """
    say("training in the lesson and as a bare script")
    ratio = "training step, tutorial's size: lesson / bare script"
    stall = "longest stall of the window while training"
    try:
        found = run_child(
            "visualizer.bench.training_probe",
            ["--turns", str(turns), "--steps", str(steps)],
            patience_s=_PATIENCE_S,
        )
        ours, theirs = found["ours_s"], found["theirs_s"]
        if "error" in found or len(ours) < turns:
            raise ProbeError(found.get("error", "the training did not get through its turns"))
    except (ProbeError, KeyError) as error:
        yield Figure(ratio, None, "x", SPEED_TARGET, str(error))
        yield Figure(stall, None, "ms", STALL_TARGET_MS, str(error))
        return
    n = turns * steps
    yield Figure(ratio, sum(ours) / sum(theirs), "x", SPEED_TARGET)
    yield Figure("training step, tutorial's size: lesson", sum(ours) / n * 1000.0, "ms")
    yield Figure("training step, tutorial's size: bare script", sum(theirs) / n * 1000.0, "ms")
    yield Figure(stall, max(found["late_ms"]), "ms", STALL_TARGET_MS)
    late = percentile(found["late_ms"], 99)
    yield Figure("stalls of the window while training, 99th percentile", late, "ms")
