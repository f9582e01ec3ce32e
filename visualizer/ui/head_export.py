"""The head on show as a file or on the clipboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from PySide6.QtGui import QGuiApplication, QImage

from visualizer.engine.errors import VisualizerError
from visualizer.files import write_atomically
from visualizer.session.exports import head_csv, head_npz
from visualizer.session.views import HeadView
from visualizer.ui.figures import head_figure_png
from visualizer.ui.theme import Theme

ExportFormat = Literal["png", "csv", "npz"]

_FORMATS: dict[str, ExportFormat] = {".png": "png", ".csv": "csv", ".npz": "npz"}


def suggested_name(view: HeadView, kind: str) -> str:
    """A file name that says which head of which model it is."""
    model = re.sub(r"[^A-Za-z0-9._-]+", "-", view.model_name).strip("-") or "model"
    head = view.record.head
    which = "mean" if isinstance(head, str) else f"H{head}"
    return f"{model}-L{view.record.layer}-{which}.{kind}"


def head_bytes(view: HeadView, kind: ExportFormat, theme: Theme) -> bytes:
    """The head as a PNG figure, a CSV table or an npz archive."""
    if kind == "png":
        return head_figure_png(view, theme_name=theme.name)
    if kind == "csv":
        return head_csv(view).encode("utf-8")
    return head_npz(view)


def export_head(view: HeadView, path: Path, theme: Theme) -> Path:
    """Write the head to `path`, in the format that the ending names.

    Returns:
        The path written to.

    Raises:
        VisualizerError: The ending is another, or the file cannot be written.
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise VisualizerError(
            "{name} should end in .png, .csv or .npz: the ending decides what is written.",
            name=path.name,
        )
    write_atomically(path, head_bytes(view, kind, theme))
    return path


def copy_head(view: HeadView, theme: Theme) -> None:
    """Put the head's figure on the clipboard."""
    image = QImage.fromData(head_figure_png(view, theme_name=theme.name))
    QGuiApplication.clipboard().setImage(image)
