"""Painting all heads: their pictures, numbers and names, and the marks of those chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from visualizer.engine.records import Float64Array, Member
from visualizer.session.exports import head_name
from visualizer.session.views import OverviewView
from visualizer.ui.metric_words import Score, score_text, short_number
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.attention_image import mosaic_image, readable_inks
from visualizer.ui.widgets.hatching import hatch
from visualizer.ui.widgets.mosaic_layout import (
    GAP_LEVEL,
    GroupedAxis,
    labelled_cells,
    labels_every,
    shown_pixels,
)
from visualizer.ui.widgets.mosaic_plans import Box, Cell, GalleryPlan, GridPlan, Plan
from visualizer.ui.widgets.mosaic_sheet import MosaicSheet

MARGIN_PX = 4
_LEAST_POINTS = 6.0
_PIN = {"light": "#C2257F", "dark": "#FF8CCB"}


def pin_colour(theme: Theme) -> str:
    """Of the corner that marks a pinned head: neither the query's hue nor the key's."""
    return _PIN[theme.name]


@dataclass(frozen=True)
class Canvas:
    """One painting.

    Attributes:
        painter: In logical pixels.
        theme: Its colours.
        view: What is drawn.
        plan: Where, in device pixels.
        corner: Of the plan, in logical pixels.
        scale: Device pixels in a logical one.
    """

    painter: QPainter
    theme: Theme
    view: OverviewView
    plan: Plan
    corner: QPointF
    scale: float

    def rect(self, box: Box) -> QRectF:
        """A box of the plan in logical pixels."""
        left, top, width, height = (length / self.scale for length in box)
        return QRectF(self.corner.x() + left, self.corner.y() + top, width, height)

    def cell_rect(self, cell: Cell) -> QRectF | None:
        """Where a head is drawn, None if it is not."""
        box = self.plan.box(cell)
        return None if box is None else self.rect(box)


def small_font(font: QFont, share: float = 0.85) -> QFont:
    """The interface's font, smaller."""
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * share)
    return smaller


def paint_grid(canvas: Canvas, sheet: MosaicSheet, layers: range, heads: range) -> None:
    """The pictures of a part of the grid."""
    plan = canvas.plan
    assert isinstance(plan, GridPlan)
    levels = sheet.grid(plan, layers, heads)
    height, width = levels.shape
    box = (plan.columns.start(heads.start), plan.rows.start(layers.start), width, height)
    image = mosaic_image(levels, canvas.theme)
    rows = replace(plan.rows, n=len(layers), group=len(layers))
    image = _hatched(canvas, image, rows, replace(plan.columns, n=len(heads)))
    canvas.painter.drawImage(canvas.rect(box), image)


def paint_gallery(canvas: Canvas, sheet: MosaicSheet, rows: range) -> None:
    """The pictures of some rows of the gallery, each in a thin frame."""
    plan, painter = canvas.plan, canvas.painter
    assert isinstance(plan, GalleryPlan)
    if not rows:
        return
    levels = sheet.gallery(plan, rows)
    image = mosaic_image(levels, canvas.theme).convertToFormat(QImage.Format.Format_RGB32)
    down, across = (GroupedAxis(n, plan.cell, 0, n, 0) for n in (len(rows), plan.n_columns))
    image = _hatched(canvas, image, down, across)
    painter.setPen(QPen(QColor(canvas.theme.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    places = plan.places(rows)
    for place in places:
        row, column = divmod(place - places.start, plan.n_columns)
        source = QRectF(column * plan.cell, row * plan.cell, plan.cell, plan.cell)
        target = canvas.rect(plan.box_of(place))
        painter.drawImage(target, image, source)
        painter.drawRect(target.adjusted(-0.5, -0.5, 0.5, 0.5))


def _hatched(canvas: Canvas, image: QImage, rows: GroupedAxis, columns: GroupedAxis) -> QImage:
    """The image of some heads, hatched where their pictures hide the first token."""
    view = canvas.view
    if view.without_first is None or view.display.cells != "pattern":
        return image
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    shown = shown_pixels(view.thumbnails.shape[-1], rows, columns)
    hatch(image, shown, canvas.theme, canvas.scale)
    return image


def paint_captions(canvas: Canvas, rows: range, score: Score | None) -> None:
    """Below each head of a gallery its name, and what it is ranked by."""
    plan, painter, view = canvas.plan, canvas.painter, canvas.view
    assert isinstance(plan, GalleryPlan)
    line = painter.fontMetrics().height()
    centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
    for place in plan.places(rows):
        layer, head = member = plan.members[place]
        below = canvas.rect(plan.box_of(place))
        below = QRectF(below.left() - MARGIN_PX, below.bottom() + 2, below.width() + 8, line)
        chosen = member == (view.layer, view.head)
        painter.setPen(QColor(canvas.theme.accent if chosen else canvas.theme.ink))
        painter.drawText(below, centred, head_name(layer, head))
        if score is not None and view.scores is not None:
            painter.setPen(_label_colour(canvas.theme, chosen, False))
            value = float(view.scores[layer, head])
            painter.drawText(below.translated(0, line), centred, score_text(score, value))


def paint_numbers(
    canvas: Canvas,
    sheet: MosaicSheet,
    members: Iterable[Member],
    score: Score,
    values: Float64Array,
) -> None:
    """Each head's number into its cell where it fits; heads without one are hatched."""
    painter, shown, is_known = canvas.painter, list(members), np.isfinite(values)
    paint_missing(canvas, (member for member in shown if not is_known[member]))
    known = [member for member in shown if is_known[member]]
    texts = [short_number(score, float(values[member])) for member in known]
    font = _fitting_font(painter.font(), set(texts), canvas.plan.cell / canvas.scale)
    if font is None:
        return
    painter.save()
    painter.setFont(font)
    inks, levels = readable_inks(canvas.theme), sheet.levels()
    for member, text in zip(known, texts, strict=True):
        rect = canvas.cell_rect(member)
        if rect is not None:
            painter.setPen(inks[round(int(levels[member]) * 255 / (GAP_LEVEL - 1))])
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _fitting_font(font: QFont, texts: set[str], edge: float) -> QFont | None:
    """The largest font in which all texts fit into a cell; None if it could not be read."""
    for share in (0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6):
        smaller = small_font(font, share)
        metrics = QFontMetricsF(smaller)
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0.0)
        if smaller.pointSizeF() < _LEAST_POINTS:
            return None
        if widest <= edge - 1 and metrics.ascent() <= edge - 1:
            return smaller
    return None


def paint_missing(canvas: Canvas, members: Iterable[Member]) -> None:
    """Hatch the cells of heads that have no number."""
    brush = QBrush(QColor(canvas.theme.removed), Qt.BrushStyle.BDiagPattern)
    for member in members:
        rect = canvas.cell_rect(member)
        if rect is not None:
            canvas.painter.fillRect(rect, QColor(canvas.theme.paper))
            canvas.painter.fillRect(rect, brush)


def paint_dimmed(canvas: Canvas, members: Iterable[Member]) -> None:
    """Cover the cells of heads that a filter leaves out with a veil of paper."""
    veil = QColor(canvas.theme.paper)
    veil.setAlpha(210)
    for member in members:
        rect = canvas.cell_rect(member)
        if rect is not None:
            canvas.painter.fillRect(rect, veil)


def paint_marks(canvas: Canvas, hovered: Cell | None) -> None:
    """Corners of pinned heads, a glow around the one pointed at, an outline around the chosen."""
    painter, view = canvas.painter, canvas.view
    for pin in view.pins:
        rect = canvas.cell_rect(pin)
        if rect is not None:
            paint_pin(painter, rect, canvas.theme)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    chosen: Cell = (view.layer, view.head)
    if hovered is not None and hovered != chosen:
        glow = QColor(canvas.theme.accent)
        _outline(canvas, hovered, QColor(glow.red(), glow.green(), glow.blue(), 90), 3.0)
        _outline(canvas, hovered, glow, 1.0)
    _outline(canvas, chosen, QColor(canvas.theme.accent), 2.0)


def _outline(canvas: Canvas, cell: Cell, colour: QColor, width: float) -> None:
    rect = canvas.cell_rect(cell)
    if rect is None:
        return
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    canvas.painter.setPen(pen)
    canvas.painter.drawRect(rect.adjusted(-width / 2, -width / 2, width / 2, width / 2))


def paint_pin(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """The mark of a pinned head: a corner of its cell in the pins' colour."""
    leg = min(max(rect.width() * 0.4, 7.0), 14.0)
    corner = rect.topRight()
    down, left = corner + QPointF(0, leg), corner - QPointF(leg, 0)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(pin_colour(theme)))
    painter.drawPolygon(QPolygonF([corner, down, left]))
    painter.setPen(QPen(QColor(theme.paper), 1))  # apart from dark cells, too
    painter.drawLine(down, left)
    painter.restore()


def paint_layer_numbers(canvas: Canvas, clip: QRect, hovered: Cell | None) -> None:
    """L0, L1, ... to the left of the grid, right-aligned within `clip`."""
    plan, painter, view = canvas.plan, canvas.painter, canvas.view
    assert isinstance(plan, GridPlan)
    line = painter.fontMetrics().height()
    every = labels_every(line * 0.9, plan.pitch / canvas.scale)
    painter.setClipRect(clip)
    pointed = hovered[0] if hovered is not None else None
    for layer in labelled_cells(plan.rows.n, every, view.layer):
        middle = canvas.corner.y() + (plan.rows.start(layer) + plan.cell / 2) / canvas.scale
        painter.setPen(_label_colour(canvas.theme, layer == view.layer, layer == pointed))
        painter.drawText(
            QRectF(0, middle - line / 2, clip.right() - MARGIN_PX + 1, line),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            f"L{layer}",
        )


def paint_head_numbers(canvas: Canvas, clip: QRect, hovered: Cell | None) -> None:
    """H0, H1, ... above the grid, at the lower edge of `clip`."""
    plan, painter, view = canvas.plan, canvas.painter, canvas.view
    assert isinstance(plan, GridPlan)
    metrics = painter.fontMetrics()
    pitch = (plan.cell + plan.columns.gap) / canvas.scale
    last = str(plan.columns.n - 1)
    prefix = "H" if metrics.horizontalAdvance(f"H{last}") + 2 < pitch else ""
    every = labels_every(metrics.horizontalAdvance(prefix + last) + 2, pitch)
    painter.setClipRect(clip)
    chosen = None if isinstance(view.head, str) else view.head
    pointed = hovered[1] if hovered is not None else None
    for head in labelled_cells(plan.columns.n, every, chosen):
        middle = canvas.corner.x() + (plan.columns.start(head) + plan.cell / 2) / canvas.scale
        painter.setPen(_label_colour(canvas.theme, head == chosen, head == pointed))
        painter.drawText(
            QRectF(middle - 24, 0, 48, clip.bottom() + 2 - MARGIN_PX / 2),
            Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom,
            f"{prefix}{head}",
        )


def _label_colour(theme: Theme, chosen: bool, hovered: bool) -> QColor:
    return QColor(theme.accent if chosen else theme.ink if hovered else theme.quiet)
