"""What the command line asks of the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from visualizer.engine.records import HeadChoice


@dataclass(frozen=True)
class WindowOptions:
    """How to open the window.

    Attributes:
        model: Catalogue name, hub name or path; None for the best one on this machine.
        device, dtype: As in LoadRequest.
        offline: Never use the network.
        language: "en", "zh_CN" or None for the system's.
        theme: None for the remembered or the system's.
        size: (width, height) in logical pixels; None for the remembered size.
        prompt: Text to begin with; None for the remembered or the first example.
        layer, head: Head to begin with; None for the remembered or the default.
        lesson: Key of the lesson to open; None for none.
        screenshot: Write a picture of the settled window to this PNG file and exit.
    """

    model: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    offline: bool = False
    language: str | None = None
    theme: Literal["light", "dark"] | None = None
    size: tuple[int, int] | None = None
    prompt: str | None = None
    layer: int | None = None
    head: HeadChoice | None = None
    lesson: str | None = None
    screenshot: Path | None = None
