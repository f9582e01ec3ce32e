"""What a benchmark says: figures with units and targets, as JSON or as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured number; less is better in all of them.

    Attributes:
        name: What was measured.
        value: In `unit`; None where it could not be measured here.
        unit: "x" for a ratio, "ms", "s" or "MiB".
        target: Most that `value` should be, or None where there is no target.
        note: Why there is no value; "" otherwise.
    """

    name: str
    value: float | None
    unit: str
    target: float | None = None
    note: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the target is met; None without a target or a value."""
        if self.target is None or self.value is None:
            return None
        return self.value <= self.target

    def as_json(self) -> dict[str, Any]:
        """The figure as `visualizer bench --json` writes it."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "target": self.target,
            "ok": self.ok,
        }


def as_table(machine: dict[str, Any], model: str, figures: Sequence[Figure]) -> str:
    """The figures as aligned lines for a terminal, with what they were measured on."""
    heads = [f"{'model':<10} {model}"] + [f"{key:<10} {value}" for key, value in machine.items()]
    rows = [("figure", "value", "unit", "target", "")]
    for figure in figures:
        target = "" if figure.target is None else f"{figure.target:g}"
        verdict = {True: "ok", False: "missed", None: figure.note}[figure.ok]
        rows.append((figure.name, _number(figure.value), figure.unit, target, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {unit:<{widths[2]}}  "
        f"{target:>{widths[3]}}  {verdict}".rstrip()
        for name, value, unit, target, verdict in rows
    ]
    return "\n".join([*heads, "", *lines])


def _number(value: float | None) -> str:
    """Three digits that count, never in exponential form."""
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
