"""A text's tokens with their ids, as several tokenizers cut it: the figure of the first lesson."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.tokenizer_bench import BenchView
from visualizer.ui.figure_parts import (
    SMALL,
    TEXT,
    interface_font,
    label_font,
    line_height,
    scale_to,
)
from visualizer.ui.theme import Theme

_WIDTH = 744.0
_GAP, _PAD = 4.0, 4.0
_ROUNDING = 3.0


@dataclass(frozen=True)
class _Box:
    """One token: where it is, and what is written in it."""

    rect: QRectF
    text: str
    number: str


@dataclass(frozen=True)
class _Block:
    """One tokenizer's tokens."""

    title: str
    top: float
    boxes: tuple[_Box, ...]


class TokenFigure:
    """Lays the rows of a view out, each token's text over its id.

    Args:
        view: At least one row with tokens.
        title_template: Of a row, with the fields {name} and {n}.
    """

    def __init__(self, view: BenchView, title_template: str) -> None:
        blocks, top = [], 0.0
        for place in view.cut:
            row = view.rows[place]
            assert row.tokenization is not None
            title = title_template.format(name=row.name, n=len(row.tokenization))
            boxes, bottom = _boxes(row.tokenization, top + line_height(TEXT) + _GAP)
            blocks.append(_Block(title, top, boxes))
            top = bottom + 4 * _GAP
        self._blocks = tuple(blocks)
        self.size = QSizeF(_WIDTH, max(top - 4 * _GAP, 1.0))

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        """Paint into a rectangle of `size`'s proportions."""
        painter.save()
        scale_to(painter, rect, self.size)
        for block in self._blocks:
            painter.setFont(interface_font(TEXT, bold=True))
            painter.setPen(QColor(theme.ink))
            line = QRectF(0, block.top, _WIDTH, line_height(TEXT))
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, block.title)
            for index, box in enumerate(block.boxes):
                _paint_box(painter, theme, box, theme.token_fills[index % len(theme.token_fills)])
        painter.restore()


def _boxes(tokens: Tokenization, top: float) -> tuple[tuple[_Box, ...], float]:
    """The boxes of a row below `top`, and where they end."""
    letters, digits = QFontMetricsF(label_font()), QFontMetricsF(interface_font(SMALL))
    height = letters.height() + digits.height() + _PAD
    x, boxes = 0.0, []
    for token_id, piece in zip(tokens.ids.tolist(), tokens.pieces, strict=True):
        text, number = display_text(piece), str(token_id)
        width = max(letters.horizontalAdvance(text), digits.horizontalAdvance(number)) + 2 * _PAD
        if x > 0 and x + width > _WIDTH:
            x, top = 0.0, top + height + _GAP
        boxes.append(_Box(QRectF(x, top, min(width, _WIDTH), height), text, number))
        x += width + _GAP / 2
    return tuple(boxes), top + height


def _paint_box(painter: QPainter, theme: Theme, box: _Box, fill: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(box.rect, _ROUNDING, _ROUNDING)
    inner = box.rect.adjusted(0, _PAD / 2, 0, -_PAD / 2)
    painter.setPen(QColor(theme.ink))
    painter.setFont(label_font())
    painter.drawText(inner, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, box.text)
    painter.setPen(QColor(theme.quiet))
    painter.setFont(interface_font(SMALL))
    painter.drawText(
        inner, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, box.number
    )
