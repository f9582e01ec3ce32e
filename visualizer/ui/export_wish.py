"""What the export dialog was left with, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from visualizer.session.export_subjects import (
    FORMATS,
    LEAST_DPI,
    LEAST_WIDTH_PX,
    MOST_DPI,
    MOST_WIDTH_PX,
    Kind,
    Subject,
)
from visualizer.ui.export_files import (
    LEAST_WIDTH_MM,
    MOST_WIDTH_MM,
    ExportChoice,
)
from visualizer.ui.figure_parts import FIGURE_THEMES


@dataclass(frozen=True)
class ExportWish:
    """What the dialog was left with.

    Attributes:
        subject, kind: What is to be written, and as which kind of file.
        choice: How it is to look.
        unit: In which the width was given, "px" or "mm".
    """

    subject: Subject = "head"
    kind: Kind = "png"
    choice: ExportChoice = field(default_factory=ExportChoice)
    unit: str = "px"


def wish_values(wish: ExportWish) -> dict[str, Any]:
    """What is remembered of a wish from one start to the next: all but its title."""
    choice = wish.choice
    return {
        "subject": wish.subject,
        "kind": wish.kind,
        "unit": wish.unit,
        "theme": choice.theme_name,
        "width_px": choice.width_px,
        "dpi": choice.dpi,
        "width_mm": choice.width_mm,
        "in_sight": choice.in_sight,
    }


def wish_from(values: Mapping[str, Any]) -> ExportWish:
    """The wish that was remembered; values that make no sense are left."""
    wish, choice = ExportWish(), ExportChoice()
    subject, kind = values.get("subject"), values.get("kind")
    if isinstance(subject, str) and subject in FORMATS and kind in FORMATS[subject]:
        wish = replace(wish, subject=subject, kind=kind)
    if values.get("unit") in ("px", "mm"):
        wish = replace(wish, unit=values["unit"])
    if values.get("theme") in tuple(FIGURE_THEMES):
        choice = replace(choice, theme_name=values["theme"])
    if _is_between(values.get("width_px"), LEAST_WIDTH_PX, MOST_WIDTH_PX):
        choice = replace(choice, width_px=int(values["width_px"]))
    if _is_between(values.get("dpi"), LEAST_DPI, MOST_DPI):
        choice = replace(choice, dpi=int(values["dpi"]))
    if _is_between(values.get("width_mm"), LEAST_WIDTH_MM, MOST_WIDTH_MM):
        choice = replace(choice, width_mm=float(values["width_mm"]))
    if isinstance(values.get("in_sight"), bool):
        choice = replace(choice, in_sight=values["in_sight"])
    return replace(wish, choice=choice)


def _is_between(value: object, least: float, most: float) -> bool:
    return type(value) in (int, float) and least <= value <= most  # type: ignore[operator]
