"""A figure as a file that opens elsewhere: PNG for a slide, SVG and PDF for a paper.

Each file says inside itself what it shows and where that comes from: PNG in text chunks, SVG in
<desc> and <metadata>, PDF in its document information and XMP. Text stays text in SVG and PDF, to
be searched, copied and edited; a map is one embedded image.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QImage,
    QImageWriter,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator

from visualizer.engine.errors import VisualizerError
from visualizer.session.provenance import SVG_METADATA_NAMESPACE, facts_json
from visualizer.ui.figure_parts import one_line
from visualizer.ui.figure_pdf import with_true_text, xmp_packet
from visualizer.ui.theme import Theme

FIGURE_FORMATS = ("png", "svg", "pdf")

FIGURE_DPI = 300
"""Of a PNG, if nothing else is asked for."""
_METRE_INCHES = 1 / 0.0254
_UNIT_MM = 25.4 / 96
_CSS_PIXELS_PER_INCH = 96
_POINTS_PER_UNIT = 72 / _CSS_PIXELS_PER_INCH
_PDF_DOTS_PER_INCH = 1200
_FONT_FAMILY = re.compile('font-family="([^"]*)"')


@dataclass(frozen=True)
class Figure:
    """What every format of a figure is made from.

    Attributes:
        size: In figure units, of which 96 make an inch in SVG and PDF.
        title: In words.
        facts: Where the numbers come from, text by name.
        theme: Its paper fills the sheet.
        paint: Paints the figure as large as fits into a rectangle.
    """

    size: QSizeF
    title: str
    facts: dict[str, str]
    theme: Theme
    paint: Callable[[QPainter, QRectF], None]


def figure_bytes(
    figure: Figure,
    kind: str,
    width_px: int,
    dpi: int = FIGURE_DPI,
    width_mm: float | None = None,
) -> bytes:
    """The figure as a file.

    Args:
        figure: What to write.
        kind: One of FIGURE_FORMATS.
        width_px: Of a PNG; a vector format has no pixels but in its maps.
        dpi: Dots an inch that a PNG says of itself.
        width_mm: Of an SVG or PDF; its natural size if None.

    Raises:
        VisualizerError: The PNG could not be encoded.
        KeyError: `kind` is another.
    """
    if kind == "png":
        return _png_bytes(figure, width_px, dpi)
    scale = 1.0 if width_mm is None else width_mm / (figure.size.width() * _UNIT_MM)
    return {"svg": _svg_bytes, "pdf": _pdf_bytes}[kind](figure, scale)


def _open_buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def paint_sheet(painter: QPainter, rect: QRectF, figure: Figure) -> None:
    """Fill `rect` with the figure on its paper, and end the painter."""
    try:
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # else PDF takes JPEG
        painter.fillRect(rect, QColor(figure.theme.paper))
        figure.paint(painter, rect)
    finally:
        painter.end()


# -------------------------------------------------------------------------------------- PNG


def _png_bytes(figure: Figure, width_px: int, dpi: int) -> bytes:
    """With the facts in text chunks, one each and exactly as JSON."""
    height_px = max(1, round(width_px * figure.size.height() / figure.size.width()))
    image = QImage(max(1, width_px), height_px, QImage.Format.Format_RGB32)
    if not image.isNull():
        paint_sheet(QPainter(image), QRectF(image.rect()), figure)
    for key, text in figure.facts.items():
        image.setText(key, text.replace("\0", "\ufffd"))  # PNG ends a text there
    image.setText("provenance", facts_json(figure.facts))
    image.setDotsPerMeterX(round(dpi * _METRE_INCHES))
    image.setDotsPerMeterY(round(dpi * _METRE_INCHES))
    buffer = _open_buffer()
    writer = QImageWriter(buffer, QByteArray(b"png"))
    if not writer.write(image):
        raise VisualizerError(
            "The figure of {width} × {height} pixels could not be written as PNG: {reason}. "
            "Try a smaller one.",
            width=width_px,
            height=height_px,
            reason=writer.errorString(),
        )
    return bytes(buffer.data().data())


# -------------------------------------------------------------------------------------- SVG


def _svg_bytes(figure: Figure, scale: float) -> bytes:
    buffer = _open_buffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(_CSS_PIXELS_PER_INCH)
    size = QSize(round(figure.size.width()), round(figure.size.height()))
    generator.setSize((QSizeF(size) * scale).toSize())
    sheet = QRectF(0, 0, size.width(), size.height())
    generator.setViewBox(sheet)
    generator.setTitle(figure.title)
    generator.setDescription(_description(figure.facts))
    paint_sheet(QPainter(generator), sheet, figure)
    text = bytes(buffer.data().data()).decode("utf-8")
    families = dict.fromkeys(_FONT_FAMILY.findall(text))
    text = _FONT_FAMILY.sub(_first_family, text)
    place = text.index("</desc>") + len("</desc>")
    rules = "\n".join(dict.fromkeys(map(_family_rule, families)))
    head = (
        f'\n<metadata><provenance xmlns="{SVG_METADATA_NAMESPACE}">'
        f"{escape(facts_json(figure.facts), quote=False)}</provenance></metadata>"
        f'\n<style type="text/css">\n{rules}\n</style>'
    )
    return (text[:place] + head + text[place:]).encode("utf-8")


def _description(facts: dict[str, str]) -> str:
    """One line for readers that show it: what drew the figure, when, from which model."""
    names = ("application", "date", "model", "weights_sha256", "device", "dtype")
    return one_line(", ".join(f"{name} {facts[name]}" for name in names if name in facts))


def _first_family(match: re.Match[str]) -> str:
    """One family and no list: Qt's own reader takes a list for the name of a single family."""
    return f'font-family="{_real_family(match.group(1))}"'


def _real_family(families: str) -> str:
    """The first of a list, as the font calls itself: Qt's "Sans Serif" is no name elsewhere."""
    return QFontInfo(QFont(families.split(",")[0].strip())).family()


def _family_rule(families: str) -> str:
    """What to use on a machine without the first family, for all readers that know CSS.

    The generic family comes before an emoji font, which has digits of its own: they would be used
    for all numbers where the families before it are missing.
    """
    first, *others = (family.strip() for family in families.split(","))
    real = _real_family(first)
    generic = "monospace" if "Mono" in real or QFontInfo(QFont(real)).fixedPitch() else "sans-serif"
    emoji = [f"'{family}'" for family in others if "Emoji" in family]
    text = [f"'{family}'" for family in (real, *others) if "Emoji" not in family]
    return f'text[font-family="{real}"] {{ font-family: {", ".join([*text, generic, *emoji])} }}'


# -------------------------------------------------------------------------------------- PDF


def _pdf_bytes(figure: Figure, scale: float) -> bytes:
    buffer = _open_buffer()
    writer = QPdfWriter(buffer)
    size = figure.size * (_POINTS_PER_UNIT * scale)
    page = QPageSize(size, QPageSize.Unit.Point, figure.title, QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageSize(page)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(_PDF_DOTS_PER_INCH)
    writer.setTitle(figure.title)
    writer.setCreator(figure.facts["application"])
    writer.setDocumentXmpMetadata(QByteArray(xmp_packet(figure.title, figure.facts)))
    paint_sheet(QPainter(writer), QRectF(0, 0, writer.width(), writer.height()), figure)
    return with_true_text(bytes(buffer.data().data()))
