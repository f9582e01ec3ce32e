"""Clocks, medians, memory, and a description of the machine. No torch, no Qt."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median
from typing import Any

import psutil


@dataclass(frozen=True)
class Pair:
    """Times of two ways to do something, measured in turns, so that both meet the same noise.

    Attributes:
        ours_ms, theirs_ms: As many of each, in the order in which they were taken.
    """

    ours_ms: tuple[float, ...]
    theirs_ms: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Median of ours over theirs, turn by turn."""
        return median(a / b for a, b in zip(self.ours_ms, self.theirs_ms, strict=True))

    @property
    def ours_median_ms(self) -> float:
        """Median of ours."""
        return median(self.ours_ms)

    @property
    def theirs_median_ms(self) -> float:
        """Median of theirs."""
        return median(self.theirs_ms)


def interleaved(
    ours: Callable[[], float], theirs: Callable[[], float], repeats: int, warm_up: int = 1
) -> Pair:
    """Run both in turns, the first one changing, and keep the times that they return.

    Args:
        ours: Does the work once and returns how long it took, in ms; what it does before and
            after is not counted.
        theirs: Likewise.
        repeats: Turns that count.
        warm_up: Turns before them.
    """
    for _ in range(warm_up):
        ours()
        theirs()
    first: list[float] = []
    second: list[float] = []
    for turn in range(repeats):
        if turn % 2:
            second.append(theirs())
            first.append(ours())
        else:
            first.append(ours())
            second.append(theirs())
    return Pair(tuple(first), tuple(second))


def elapsed_ms(start: float) -> float:
    """Milliseconds since `start`, a reading of `time.perf_counter`."""
    return (time.perf_counter() - start) * 1000.0


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of the values do not exceed."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)  # ceiling
    return ordered[max(int(rank), 1) - 1]


def peak_rss_mib() -> float:
    """Most memory this process has had resident so far, in MiB."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / 2**20
    if sys.platform == "linux":  # getrusage would count what the parent had before the start
        with open("/proc/self/status", encoding="ascii", errors="replace") as lines:
            for line in lines:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 2**10
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def describe_machine() -> dict[str, Any]:
    """What the figures depend on, apart from the model."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": psutil.cpu_count(logical=False) or os.cpu_count() or 1,
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "python": platform.python_version(),
        "torch": version("torch"),
        "library": f"transformers {version('transformers')}",
    }


def _processor() -> str:
    if sys.platform == "linux":
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
