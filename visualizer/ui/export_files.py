"""What is on show as a file or on the clipboard."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage

from visualizer.files import write_atomically
from visualizer.session.exports import (
    HEAD_FORMATS,
    OVERVIEW_FORMATS,
    head_csv,
    head_npz,
    named_format,
    overview_npz,
)
from visualizer.session.views import HeadView, OverviewView
from visualizer.ui.figures import head_figure, overview_figure
from visualizer.ui.theme import Theme


def suggested_name(view: HeadView | OverviewView, kind: str) -> str:
    """A file name that says what of which model it is."""
    model = re.sub(r"[^A-Za-z0-9._-]+", "-", view.model_name).strip("-") or "model"
    if isinstance(view, OverviewView):
        return f"{model}-all-heads.{kind}"
    head = view.record.head
    which = "mean" if isinstance(head, str) else f"H{head}"
    return f"{model}-L{view.record.layer}-{which}.{kind}"


def export_view(view: HeadView | OverviewView, path: Path, theme: Theme) -> Path:
    """Write one head or all of them to `path`, in the format that the ending names.

    A PNG is drawn in `theme`; SVG and PDF are for paper, and always light.

    Returns:
        The path written to.

    Raises:
        VisualizerError: The ending is another, or the file cannot be written.
    """
    formats = HEAD_FORMATS if isinstance(view, HeadView) else OVERVIEW_FORMATS
    kind = named_format(path, formats)
    theme_name = theme.name if kind == "png" else "light"
    if isinstance(view, HeadView):
        data = _head_bytes(view, kind, theme_name)
    else:
        data = _overview_bytes(view, kind, theme_name)
    write_atomically(path, data)
    return path


def _head_bytes(view: HeadView, kind: str, theme_name: str) -> bytes:
    if kind == "csv":
        return head_csv(view).encode("utf-8")
    if kind == "npz":
        return head_npz(view)
    return head_figure(view, kind, theme_name=theme_name)


def _overview_bytes(view: OverviewView, kind: str, theme_name: str) -> bytes:
    if kind == "npz":
        return overview_npz(view)
    return overview_figure(view, kind, theme_name=theme_name)


def copy_head(view: HeadView, theme: Theme) -> None:
    """Put the head's figure on the clipboard."""
    image = QImage.fromData(head_figure(view, theme_name=theme.name))
    QGuiApplication.clipboard().setImage(image)
