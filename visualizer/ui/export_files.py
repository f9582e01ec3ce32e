"""What is on show as a file, a preview or on the clipboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPicture
from PySide6.QtWidgets import QWidget

from visualizer.engine.errors import UsageError
from visualizer.files import write_atomically
from visualizer.session.export_numbers import numbers_bytes
from visualizer.session.export_subjects import (
    FIGURES,
    FORMATS,
    Exportable,
    Kind,
    Subject,
    nothing_of,
    subject_facts,
)
from visualizer.session.export_tables import bars_table, html_table, tab_separated
from visualizer.session.exports import axis_labels, hidden_of, named_format
from visualizer.session.hidden_cells import weight_texts
from visualizer.session.views import HeadView
from visualizer.ui.figure_arcs import arcs_figure
from visualizer.ui.figure_bars import bars_figure
from visualizer.ui.figure_files import FIGURE_DPI, Figure, figure_bytes, paint_sheet
from visualizer.ui.figure_overview import overview_sheet
from visualizer.ui.figure_pair import pair_figure
from visualizer.ui.figure_parts import FIGURE_THEMES, ensure_application
from visualizer.ui.figure_pins import pins_figure
from visualizer.ui.figure_pipeline import pipeline_figure
from visualizer.ui.figure_steps import steps_figure
from visualizer.ui.figure_surprise import surprise_figure
from visualizer.ui.figure_tokens import tokens_figure
from visualizer.ui.figures import head_sheet

LEAST_WIDTH_MM, MOST_WIDTH_MM = 20.0, 2000.0
_LEAST_PREVIEW = 0.45
"""Below it a figure's smallest text cannot be read at all."""
_MOST_COPIED_CELLS = 1_000_000
_HIDDEN = "hidden"


@dataclass(frozen=True)
class ExportChoice:
    """How a file is to look.

    Attributes:
        theme_name: One of FIGURE_THEMES.
        width_px, dpi: Of a PNG.
        width_mm: Of an SVG or PDF; None for the natural size.
        title: In place of the usual one, "" for that.
        in_sight: Whether only the part of the map in sight is meant, with its exact weights.
    """

    theme_name: str = "light"
    width_px: int = 1600
    dpi: int = FIGURE_DPI
    width_mm: float | None = None
    title: str = ""
    in_sight: bool = True


def export_bytes(
    views: Exportable,
    subject: Subject,
    kind: Kind,
    choice: ExportChoice = ExportChoice(),
    when: datetime | None = None,
    window: WindowPicture | None = None,
) -> bytes:
    """What is on show as a file.

    Args:
        views: What is on show.
        subject: Which part of it.
        kind: One of `FORMATS[subject]`.
        choice: How it is to look.
        when: Time of the export, now if None; the same one gives the same file, but for PDF.
        window: For the subject "window".

    Raises:
        UsageError: There is nothing of this kind, or it cannot be written in this format.
        VisualizerError: The sampler's stages cannot act.
        NonFiniteError: The weights are no numbers.
        VisualizerError: The picture is too large.
    """
    if kind not in FORMATS[subject]:
        raise UsageError("{what} cannot be written as {kind}.", what=subject, kind=kind.upper())
    if choice.in_sight:
        views = views.in_sight()
    if kind not in FIGURES:
        return numbers_bytes(views, subject, kind, when)
    application = ensure_application()  # kept alive until the picture is encoded
    figure = figure_of(views, subject, choice, when, window)
    data = figure_bytes(figure, kind, choice.width_px, choice.dpi, choice.width_mm)
    del application
    return data


def figure_of(
    views: Exportable,
    subject: Subject,
    choice: ExportChoice,
    when: datetime | None = None,
    window: WindowPicture | None = None,
) -> Figure:
    """What is on show as a figure; the arguments are those of `export_bytes`.

    Raises:
        UsageError: There is nothing of this kind.
    """
    theme = FIGURE_THEMES[choice.theme_name]
    facts = subject_facts(views, subject, when)
    if subject == "head" and views.head is not None:
        return head_sheet(views.head, theme, choice.title, facts, views.uncut)
    if subject == "arcs" and views.arcs is not None:
        return arcs_figure(views.arcs, theme, choice.title, facts)
    if subject == "pins" and views.pins is not None:
        return pins_figure(views.pins, theme, choice.title, facts)
    if subject == "overview" and views.overview is not None:
        return overview_sheet(views.overview, theme, choice.title, facts)
    text = views.tokens.tokenization if views.tokens is not None else None
    if subject == "bars" and views.bars is not None:
        return bars_figure(views.bars, theme, choice.title, facts, text)
    if subject == "tokens" and views.tokens is not None:
        return tokens_figure(views.tokens, theme, choice.title, facts)
    if subject == "surprise" and views.surprise is not None:
        return surprise_figure(views.surprise, theme, choice.title, facts)
    if subject == "pipeline" and views.pipeline is not None:
        return pipeline_figure(views.pipeline, theme, choice.title, facts, text)
    if subject == "steps" and views.steps is not None:
        return steps_figure(views.steps, theme, choice.title, facts)
    if subject == "pair" and views.pair is not None:
        return pair_figure(views.pair, theme, choice.title, facts)
    if subject == "window" and window is not None:
        return _window_figure(window, choice, facts)
    raise nothing_of(subject)


@dataclass(frozen=True, eq=False)
class WindowPicture:
    """A window at one moment, as strokes and texts that can be drawn at any size.

    Attributes:
        picture: What was painted.
        size: Of the window.
        title: Its title.
        is_dark: Whether its paper is.
    """

    picture: QPicture
    size: QSizeF
    title: str
    is_dark: bool


def picture_of(window: QWidget) -> WindowPicture:
    """Record what a window shows now."""
    picture = QPicture()
    painter = QPainter(picture)
    window.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
    painter.end()
    dark = window.palette().color(window.backgroundRole()).lightness() < 128
    return WindowPicture(picture, QSizeF(window.size()), window.windowTitle(), dark)


def _window_figure(window: WindowPicture, choice: ExportChoice, facts: dict[str, str]) -> Figure:
    """The window as it was, in its own theme."""
    size = window.size

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        painter.translate(rect.topLeft())
        factor = min(rect.width() / size.width(), rect.height() / size.height())
        # A picture is enlarged by itself on a device with more dots an inch than it was made for.
        factor *= window.picture.logicalDpiX() / painter.device().logicalDpiX()
        painter.scale(factor, factor)
        painter.drawPicture(0, 0, window.picture)
        painter.restore()

    theme = FIGURE_THEMES["dark" if window.is_dark else "light"]
    return Figure(size, window.title, facts, theme, paint)


def preview_scale(figure: Figure, room: QSize) -> float:
    """At what size a figure is previewed: as a whole, but for one that could not be read then."""
    across, down = room.width() / figure.size.width(), room.height() / figure.size.height()
    return min(across, max(down, _LEAST_PREVIEW))


def preview_image(figure: Figure, room: QSize, ratio: float = 1.0) -> QImage:
    """The figure in `room`, at a screen's `ratio` of pixels; of a very high one the beginning."""
    whole = figure.size * (preview_scale(figure, room) * ratio)
    size = whole.toSize().boundedTo(room * ratio).expandedTo(QSize(1, 1))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(figure.theme.paper))
    paint_sheet(QPainter(image), QRectF(QPointF(), whole), figure)
    image.setDevicePixelRatio(ratio)
    return image


def export_file(
    views: Exportable,
    subject: Subject,
    path: Path,
    choice: ExportChoice,
    window: WindowPicture | None = None,
) -> Path:
    """Write what is on show to `path`, in the format that the ending names.

    Returns:
        The path written to.

    Raises:
        VisualizerError: The ending is another, or the file cannot be written.
    """
    kind = next(k for k in FORMATS[subject] if k == named_format(path, FORMATS[subject]))
    write_atomically(path, export_bytes(views, subject, kind, choice, window=window))
    return path


# --------------------------------------------------------------------------------- clipboard


def copy_picture(views: Exportable, subject: Subject, theme_name: str) -> None:
    """Put a figure on the clipboard.

    Raises:
        UsageError: There is nothing of this kind.
    """
    data = export_bytes(views, subject, "png", ExportChoice(theme_name=theme_name))
    QGuiApplication.clipboard().setImage(QImage.fromData(data))


def copy_head_table(view: HeadView) -> None:
    """Put the weights on the clipboard as a table: for spreadsheets and for documents.

    Raises:
        UsageError: There are too many of them for a clipboard.
    """
    if view.record.weights.size > _MOST_COPIED_CELLS:
        n_rows, n_columns = view.record.weights.shape
        raise UsageError(
            "{rows:,} × {columns:,} weights are too many for the clipboard: zoom in, or export "
            "them as a file.",
            rows=n_rows,
            columns=n_columns,
        )
    header = ["query", *axis_labels(view, "columns")]
    labels = axis_labels(view, "rows")
    weights = weight_texts(view.record.weights, hidden_of(view), _HIDDEN)
    rows = [[label, *numbers] for label, numbers in zip(labels, weights, strict=True)]
    _copy_table(tab_separated([header, *rows]), html_table(header, rows, n_names=1))


def copy_row(view: HeadView, row: int) -> None:
    """Put the weights of one query on the clipboard, a key in each line."""
    hidden, row_alone = hidden_of(view), slice(row, row + 1)
    [weights] = weight_texts(
        view.record.weights[row_alone], None if hidden is None else hidden[row_alone], _HIDDEN
    )
    rows = list(zip(axis_labels(view, "columns"), weights, strict=True))
    header = ("key", axis_labels(view, "rows")[row])
    _copy_table(tab_separated([header, *rows]), html_table(header, rows, n_names=1))


def copy_cell(view: HeadView, row: int, column: int) -> None:
    """Put one weight on the clipboard, with the digits that give it back.

    Raises:
        UsageError: It is hidden.
    """
    hidden = hidden_of(view)
    if hidden is not None and hidden[row, column]:
        raise UsageError("This weight is hidden by choice: show it to copy it.")
    QGuiApplication.clipboard().setText(str(view.record.weights[row, column]))


def copy_bars_table(views: Exportable) -> None:
    """Put the next-token candidates on the clipboard as a table.

    Raises:
        UsageError: There are none.
    """
    if views.bars is None:
        raise nothing_of("bars")
    table = bars_table(views.bars, views.origin("bars", None))
    _copy_table(table.tsv(), table.html())


def _copy_table(text: str, html: str) -> None:
    data = QMimeData()
    data.setText(text)
    data.setHtml(html)
    QGuiApplication.clipboard().setMimeData(data)
