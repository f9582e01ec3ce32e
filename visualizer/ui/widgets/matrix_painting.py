"""Draws a matrix, on the screen and as a figure."""

from __future__ import annotations

import math
from typing import cast

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from visualizer.engine.records import Float64Array
from visualizer.ui.figure_parts import TEXT, interface_font, is_vector, label_font, scale_to
from visualizer.ui.theme import SPACE_PX, Theme, colour_table
from visualizer.ui.widgets.attention_image import luminance
from visualizer.ui.widgets.colour_scale import UInt8Array
from visualizer.ui.widgets.column_label import draw_column_label
from visualizer.ui.widgets.dimension_bars import lowering_hue, raising_hue
from visualizer.ui.widgets.matrix_layout import (
    LEGEND_BAR_PX,
    Matrix,
    MatrixFonts,
    MatrixKind,
    MatrixLayout,
    cell_text,
    column_title_text,
    finite_range,
    lay_out_matrix,
    row_title_text,
)
from visualizer.ui.widgets.number_text import number_text

LEAST_CONTRAST = 4.5
_LEVELS = 256
_MARGIN = 12.0  # around a figure
_LEGEND_BAR = 24 * SPACE_PX
_VECTOR_CELL_PX = 8  # readers blur the edges between the pixels of an image that they enlarge
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class MatrixColours:
    """From values to colours and to the ink that can be read on them.

    Attributes:
        low, high: Values at the ends of the scale.
        table: (256, 3) uint8, from low to high.
    """

    def __init__(self, theme: Theme, kind: MatrixKind, values: Float64Array) -> None:
        low, high = finite_range(values)
        self.table: UInt8Array = colour_table(_stops(theme, kind))
        if kind == "weights":
            self.low, self.high = 0.0, 1.0
        elif kind == "diverging":
            most = max(-low, high) or 1.0
            self.low, self.high = -most, most
        else:
            self.low, self.high = 0.0, max(high, 0.0) or 1.0
        self.empty = QColor(theme.surface)
        self.hidden = QColor(theme.line)
        self._inks = _readable(theme, self.table)

    def level(self, value: float) -> int:
        """Place of a finite or infinite value in the table."""
        share = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return round(share * (_LEVELS - 1))

    def fill(self, value: float) -> QColor:
        """Of a cell."""
        if math.isnan(value):
            return self.empty
        if value == -math.inf:
            return self.hidden
        return QColor(*self.table[self.level(value)].tolist())

    def ink(self, value: float) -> QColor:
        """Black, white or the theme's ink: what has a contrast of 4.5 : 1 with the cell."""
        return self._inks[self.level(value)]

    def pixels(self, values: Float64Array) -> npt.NDArray[np.uint32]:
        """One pixel a cell, as 0xffRRGGBB."""
        wide = self.table.astype(np.uint32)
        argb = np.uint32(0xFF000000) | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]
        share = (np.nan_to_num(values, nan=0.0) - self.low) / (self.high - self.low)
        levels = np.rint(np.clip(share, 0, 1) * (_LEVELS - 1)).astype(np.intp)
        pixels = argb[levels]
        pixels[np.isnan(values)] = self.empty.rgb()
        pixels[np.isneginf(values)] = self.hidden.rgb()
        return cast(npt.NDArray[np.uint32], np.ascontiguousarray(pixels))


def _stops(theme: Theme, kind: MatrixKind) -> tuple[str, ...]:
    if kind == "weights":
        return theme.attention
    if kind == "diverging":
        if theme.name == "print":  # without hues the sign is told from lighter and darker
            return ("#FFFFFF", "#9A9A9A", "#202020")
        return (lowering_hue(theme).name(), theme.surface, raising_hue(theme).name())
    return (theme.surface, theme.accent)


def _readable(theme: Theme, table: UInt8Array) -> list[QColor]:
    """For each colour the theme's ink, where that stands out enough, else black or white."""
    fills = luminance(table / 255.0)
    lit = luminance(colour_table((theme.ink,))[:1] / 255.0)[0]
    contrast = (np.maximum(lit, fills) + 0.05) / (np.minimum(lit, fills) + 0.05)
    ink, black, white = QColor(theme.ink), QColor(0, 0, 0), QColor(255, 255, 255)
    # Contrast is the ratio of luminances plus 0.05; against white it is smaller from here on.
    other = [black if (fill + 0.05) ** 2 > 1.05 * 0.05 else white for fill in fills.tolist()]
    is_enough = (contrast >= LEAST_CONTRAST).tolist()
    return [ink if enough else each for enough, each in zip(is_enough, other, strict=True)]


class MatrixPainter:
    """Draws one matrix in one layout; the pointer and the selection are drawn over it."""

    def __init__(
        self,
        painter: QPainter,
        theme: Theme,
        fonts: MatrixFonts,
        matrix: Matrix,
        layout: MatrixLayout,
    ) -> None:
        self._painter, self._theme, self._fonts = painter, theme, fonts
        self._matrix, self._layout = matrix, layout
        self._colours = MatrixColours(theme, layout.kind, matrix.values)

    def draw(self, title: str) -> None:
        """Everything that does not follow the pointer."""
        layout = self._layout
        if title:
            self._write(layout.title, title, self._fonts.title, self._theme.ink, _LEFT)
        if not self._matrix.values.size:
            return
        if layout.has_numbers:
            self._draw_cells()
        else:
            self._draw_image()
        self._draw_axis_titles()
        self._draw_row_labels()
        self._draw_column_labels()
        self._draw_highlights()
        if layout.kind != "none":
            self._draw_legend()

    # --------------------------------------------------------------------------------- cells

    def _draw_cells(self) -> None:
        painter, layout, theme = self._painter, self._layout, self._theme
        is_plain = layout.kind == "none"
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._fonts.text)
        right = QRectF(0, 0, layout.cell_width, layout.cell_height)
        inset = self._inset()
        for row, values in enumerate(self._matrix.values.tolist()):
            for column, value in enumerate(values):
                cell = right.translated(layout.cell(row, column).topLeft())
                is_shown = not math.isnan(value) and value != -math.inf
                fill = self._colours.empty if is_plain else self._colours.fill(value)
                painter.fillRect(cell, fill)
                if value == -math.inf:
                    painter.fillRect(cell, self._colours.empty)
                    painter.fillRect(cell, QBrush(QColor(theme.line), Qt.BrushStyle.BDiagPattern))
                ink = QColor(theme.ink if is_shown else theme.quiet)
                if is_shown and not is_plain:
                    ink = self._colours.ink(value)
                painter.setPen(ink)
                text = cell_text(value, layout.digits)
                if is_shown:
                    painter.drawText(cell.adjusted(0, 0, -inset, 0), _RIGHT, text)
                else:
                    painter.drawText(cell, _CENTRE, text)
        self._draw_lines()
        painter.restore()

    def _inset(self) -> float:
        """Right of the numbers, so that the widest is in the middle of its cell."""
        metrics = QFontMetricsF(self._fonts.text)
        texts = (cell_text(v, self._layout.digits) for v in finite_range(self._matrix.values))
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        return max((self._layout.cell_width - widest) / 2, 1.0)

    def _draw_lines(self) -> None:
        """Between the cells, and around all of them."""
        painter, grid, layout = self._painter, self._layout.grid, self._layout
        painter.setPen(QPen(QColor(self._theme.line), 1))
        for row in range(layout.n_rows + 1):
            y = grid.top() + row * layout.cell_height
            painter.drawLine(QPointF(grid.left(), y), QPointF(grid.right(), y))
        for column in range(layout.n_columns + 1):
            x = grid.left() + column * layout.cell_width
            painter.drawLine(QPointF(x, grid.top()), QPointF(x, grid.bottom()))

    def _draw_image(self) -> None:
        painter, grid = self._painter, self._layout.grid
        pixels = self._colours.pixels(self._matrix.values)
        if is_vector(painter):
            pixels = np.ascontiguousarray(
                pixels.repeat(_VECTOR_CELL_PX, axis=0).repeat(_VECTOR_CELL_PX, axis=1)
            )
        height, width = pixels.shape
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        scale = abs(painter.deviceTransform().m11())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if not is_vector(painter) and min(self._layout.cell_width, self._layout.cell_height) < 1:
            # More cells than pixels: each pixel is the mean of its cells.
            size = (grid.size() * scale).toSize()
            image = image.scaled(
                max(size.width(), 1),
                max(size.height(), 1),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        painter.drawImage(grid, image)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(grid.adjusted(-1, -1, 0, 0))
        painter.restore()

    # -------------------------------------------------------------------------------- labels

    def _draw_axis_titles(self) -> None:
        layout, matrix, fonts = self._layout, self._matrix, self._fonts
        line = fonts.line(fonts.small)
        if matrix.column_title:
            # Beyond the grid where that is narrow: nothing stands beside it.
            width = max(layout.header.width(), layout.size().width() - layout.header.left())
            place = QRectF(layout.header.left(), layout.header.top(), width, line)
            text = column_title_text(matrix.column_title)
            self._write(place, text, fonts.small, self._theme.quiet, _LEFT)
        if matrix.row_title:
            bottom = layout.header.bottom() - SPACE_PX
            place = QRectF(0, bottom - line, layout.side.width() - 2 * SPACE_PX, line)
            text = row_title_text(matrix.row_title)
            self._write(place, text, fonts.small, self._theme.quiet, _RIGHT)

    def _draw_row_labels(self) -> None:
        layout, matrix = self._layout, self._matrix
        if not matrix.row_labels and layout.has_numbers:
            return
        font, colour = self._label_style(bool(matrix.row_labels))
        line = self._fonts.line(font)
        width = layout.side.width() - 2 * SPACE_PX
        for row in range(0, layout.n_rows, layout.row_stride):
            middle = layout.cell(row, 0).center().y()
            place = QRectF(0, middle - line / 2, width, line)
            self._write(place, matrix.row_name(row), font, colour, _RIGHT)

    def _draw_column_labels(self) -> None:
        layout, matrix = self._layout, self._matrix
        if not layout.labels or (not matrix.column_labels and layout.has_numbers):
            return
        font, colour = self._label_style(bool(matrix.column_labels))
        bottom = layout.header.bottom() - SPACE_PX
        line = self._fonts.line(font)
        for column in range(0, layout.n_columns, layout.column_stride):
            middle = layout.cell(0, column).center().x()
            name = matrix.column_name(column)
            if layout.is_rotated:
                self._painter.setFont(font)
                self._painter.setPen(QColor(colour))
                draw_column_label(self._painter, middle, bottom, layout.labels, name)
            else:
                width = layout.cell_width * layout.column_stride
                place = QRectF(middle - width / 2, bottom - line, width, line)
                self._write(place, name, font, colour, _CENTRE)

    def _label_style(self, has_labels: bool) -> tuple[QFont, str]:
        if has_labels:
            return self._fonts.label, self._theme.ink
        return self._fonts.small, self._theme.quiet

    def _write(self, place: QRectF, text: str, font: QFont, colour: str, flags: int) -> None:
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 0.5)
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(place, flags | int(Qt.TextFlag.TextDontClip), shown)

    # --------------------------------------------------------------------- marks and legend

    def _draw_highlights(self) -> None:
        layout, matrix, theme = self._layout, self._matrix, self._theme
        for row in matrix.highlight_rows:
            if 0 <= row < layout.n_rows:
                self._frame(layout.row(row), theme.query, 2)
        for column in matrix.highlight_columns:
            if 0 <= column < layout.n_columns:
                self._frame(layout.column(column), theme.key, 2)
        for row, column in matrix.highlight_cells:
            if 0 <= row < layout.n_rows and 0 <= column < layout.n_columns:
                self._frame(layout.cell(row, column), theme.query, 2)

    def draw_pointer(self, row: int, column: int) -> None:
        """A row in the query hue, a column in the key hue, and the cell where they meet."""
        if row >= 0:
            self._frame(self._layout.row(row), self._theme.query, 1)
        if column >= 0:
            self._frame(self._layout.column(column), self._theme.key, 1)
        if row >= 0 and column >= 0:
            self._frame(self._layout.cell(row, column), self._theme.ink, 2)

    def draw_selected(self, row: int, column: int) -> None:
        """The cell from which the arrow keys go on."""
        self._frame(self._layout.cell(row, column), self._theme.accent, 2)

    def draw_reading(self, text: str) -> None:
        """What is pointed at, at the right of the legend."""
        legend = self._layout.legend
        taken = self._legend_end() + 4 * SPACE_PX
        place = QRectF(taken, legend.top(), self._painter.device().width() - taken, legend.height())
        if place.width() > 0:
            self._write(place, text, self._fonts.small, self._theme.ink, _LEFT)

    def _frame(self, area: QRectF, colour: str, width: float) -> None:
        pen = QPen(QColor(colour), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width / 2 - 0.5
        self._painter.drawRect(area.adjusted(-half, -half, half, half))

    def _legend_texts(self) -> tuple[str, str]:
        low, high = self._colours.low, self._colours.high
        if self._layout.kind == "diverging":
            return number_text(low, 2, sign=True), number_text(high, 2, sign=True)
        return "0", f"{high:,.0f}" if high == round(high) else number_text(high, 2)

    def _legend_places(self) -> tuple[float, QRectF]:
        """Left end, and the bar."""
        legend = self._layout.legend
        metrics = QFontMetricsF(self._fonts.small)
        low = metrics.horizontalAdvance(self._legend_texts()[0])
        left = legend.left() + low + SPACE_PX
        middle = legend.top() + legend.height() / 2
        width = min(_LEGEND_BAR, max(legend.width() / 2, 4 * SPACE_PX))
        return legend.left(), QRectF(left, middle - LEGEND_BAR_PX / 2, width, LEGEND_BAR_PX)

    def _hidden_text(self) -> str:
        """Names the colour of hidden cells, where these are nothing but a colour."""
        if self._layout.has_numbers or not np.isneginf(self._matrix.values).any():
            return ""
        return QCoreApplication.translate("MatrixView", "hidden")

    def _legend_end(self) -> float:
        metrics = QFontMetricsF(self._fonts.small)
        _, bar = self._legend_places()
        end = bar.right() + SPACE_PX + metrics.horizontalAdvance(self._legend_texts()[1])
        hidden = self._hidden_text()
        if hidden:
            end += 4 * SPACE_PX + LEGEND_BAR_PX + metrics.horizontalAdvance(hidden)
        return end

    def _draw_legend(self) -> None:
        painter, theme, fonts = self._painter, self._theme, self._fonts
        left, bar = self._legend_places()
        line = QRectF(left, self._layout.legend.top(), 0, self._layout.legend.height())
        low, high = self._legend_texts()
        image = QImage(_LEVELS, 1, QImage.Format.Format_RGB32)
        for place, (red, green, blue) in enumerate(self._colours.table.tolist()):
            image.setPixel(place, 0, 0xFF000000 | red << 16 | green << 8 | blue)
        painter.drawImage(bar, image)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        line.setWidth(bar.left() - SPACE_PX - left)
        self._write(line, low, fonts.small, theme.quiet, _RIGHT)
        line.moveLeft(bar.right() + SPACE_PX)
        line.setWidth(QFontMetricsF(fonts.small).horizontalAdvance(high))
        self._write(line, high, fonts.small, theme.quiet, _LEFT)
        hidden = self._hidden_text()
        if hidden:
            swatch = QRectF(line.right() + 3 * SPACE_PX, bar.top(), LEGEND_BAR_PX, LEGEND_BAR_PX)
            painter.fillRect(swatch, self._colours.hidden)
            line.moveLeft(swatch.right() + SPACE_PX)
            line.setWidth(QFontMetricsF(fonts.small).horizontalAdvance(hidden))
            self._write(line, hidden, fonts.small, theme.quiet, _LEFT)


def figure_fonts() -> MatrixFonts:
    """Fonts of a figure."""
    return MatrixFonts(
        interface_font(TEXT),
        interface_font(TEXT - 2),
        label_font(),
        interface_font(TEXT + 1, bold=True),
    )


def matrix_size(matrix: Matrix, title: str) -> QSizeF:
    """Size of a figure of the matrix, in figure units."""
    size = lay_out_matrix(matrix, figure_fonts(), title).size()
    return size + QSizeF(2 * _MARGIN, 2 * _MARGIN)


def paint_matrix(
    painter: QPainter, rect: QRectF, matrix: Matrix, theme: Theme, title: str = ""
) -> None:
    """Paint the matrix as large as fits into `rect`, in its middle.

    Args:
        painter: Of any device; text stays text.
        rect: In the painter's units.
        matrix: What is drawn.
        theme: Its colours; the paper is not painted.
        title: Above it, "" for none.
    """
    fonts = figure_fonts()
    layout = lay_out_matrix(matrix, fonts, title)
    painter.save()
    scale_to(painter, rect, layout.size() + QSizeF(2 * _MARGIN, 2 * _MARGIN))
    painter.translate(_MARGIN, _MARGIN)
    MatrixPainter(painter, theme, fonts, matrix, layout).draw(title)
    painter.restore()
