"""One head's attention as shading of the text: what a token looks at, or what looks at it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from visualizer.session.hidden_cells import BoolArray, hidden_cells
from visualizer.session.token_links import TokenLine, incoming, outgoing, unit_of
from visualizer.session.views import HeadView
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.colour_scale import UInt8Array, check_weights
from visualizer.ui.widgets.hue_ramp import ramp_table
from visualizer.ui.widgets.token_area import TokenArea
from visualizer.ui.widgets.token_glyphs import GlyphPainter
from visualizer.ui.widgets.view_colours import HeadColours

STALE_OPACITY = 0.4


class AttentionText(TokenArea):
    """The running text, each token as strongly tinted as the selected one attends to it.

    The arrow keys point at another token, Enter selects it.

    Attributes:
        is_incoming: Whether the tint is what each token gives to the selected one, in place of
            what the selected one gives to it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        self._view: HeadView | None = None
        self._colours: HeadColours | None = None
        self._line: TokenLine | None = None
        self._levels: UInt8Array = np.zeros(0, np.uint8)
        self._hidden: BoolArray = np.zeros(0, bool)
        self._tints: list[QColor] = []
        self._tinted = ("", "")
        self._linked = -1
        self.is_incoming = False
        super().__init__(parent)
        self.setAccessibleName(self.tr("Text shaded by attention"))

    # ------------------------------------------------------------------------------ content

    def set_view(self, view: HeadView, colours: HeadColours) -> None:
        """Draw the weights from or to the selected token.

        Raises:
            UsageError: They are no matrix, or an empty one.
            NonFiniteError: There are NaN or infinite numbers among them.
        """
        check_weights(view.record.weights)
        before = self._view
        self._view, self._colours = view, colours
        is_other = self._set_tokens(view.tokenization)
        if view.query is not None and (is_other or before is None or before.query != view.query):
            self._bring_into_sight(view.query)
        self._shade()

    def clear(self) -> None:
        """Draw nothing."""
        self._view = self._line = None
        self._set_tokens(None)
        self.viewport().update()

    def set_incoming(self, is_incoming: bool) -> None:
        """Show what looks at the selected token, or what it looks at."""
        self.is_incoming = is_incoming
        self._shade()

    def set_linked_token(self, index: int) -> None:
        """Mark a token that is pointed at elsewhere, -1 for none."""
        if index != self._linked:
            self._linked = index
            self.viewport().update()

    @property
    def line(self) -> TokenLine | None:
        """The row or column on show, None where it is not known."""
        return self._line

    @property
    def levels(self) -> UInt8Array:
        """(T,) the tint of each token."""
        return self._levels

    @property
    def hidden(self) -> BoolArray:
        """(T,) the tokens that are hatched: the treatment has put their weight aside."""
        return self._hidden

    def _shade(self) -> None:
        view, colours = self._view, self._colours
        if view is None or colours is None:
            return
        self._hidden = np.zeros(len(view.tokenization), bool)
        take = incoming if self.is_incoming else outgoing
        self._line = None if view.query is None else take(view, view.query)
        if self._line is None:
            self._levels = np.zeros(len(view.tokenization), np.uint8)
        else:
            cells = colours.levels(self._line.part).ravel()
            self._levels = self._line.per_token(cells, np.uint8(0))
            hidden = hidden_cells(self._line.part, view.tokenization, view.special_ids)
            if hidden is not None:
                self._hidden = self._line.per_token(hidden.ravel(), np.False_)
        self.viewport().update()

    # ------------------------------------------------------------------------------ reading

    def pointed_pair(self) -> tuple[int, int]:
        """Query and key token that are pointed at, -1 for none."""
        selected = self._selected()
        if self._hovered < 0 or selected < 0:
            return -1, -1
        return (self._hovered, selected) if self.is_incoming else (selected, self._hovered)

    def pointed_units(self) -> tuple[int | None, int | None]:
        """Row and column of the map that are to be read, None for none."""
        if self._view is None or self._line is None:
            return None, None
        record = self._view.record
        own = unit_of(record, self._selected())
        other = unit_of(record, self._hovered) if self._hovered >= 0 else None
        return (other, own) if self.is_incoming else (own, other)

    def _selected(self) -> int:
        return -1 if self._view is None or self._view.query is None else self._view.query

    # ------------------------------------------------------------------------------- drawing

    def _paint_token(self, glyph_painter: GlyphPainter, index: int) -> None:
        assert self._view is not None
        painter, theme = glyph_painter.painter, glyph_painter.theme
        painter.setOpacity(STALE_OPACITY if self._view.stale else 1.0)
        first, end = self._line.visible if self._line is not None else (0, 0)
        is_visible = first <= index < end
        if is_visible and self._levels[index]:
            self._paint_span(painter, index, self._tint(theme, int(self._levels[index])))
        if self._hidden[index]:
            area = self.token_rect(index)
            painter.fillRect(area, QBrush(QColor(theme.removed), Qt.BrushStyle.BDiagPattern))
        if int(self._view.tokenization.ids[index]) in self._view.special_ids:
            self._paint_dashes(painter, index, theme.quiet)
        ink = QColor(theme.ink if is_visible else theme.quiet)
        glyph_painter.draw(self._flow.glyphs(index), self.token_rect(index), ink)
        self._paint_joint(painter, theme, index)
        painter.setOpacity(1.0)

    def _tint(self, theme: Theme, level: int) -> QColor:
        hue = theme.query if self.is_incoming else theme.key
        if self._tinted != (theme.name, hue):
            self._tinted = (theme.name, hue)
            self._tints = [QColor(*colour) for colour in ramp_table(theme, hue).tolist()]
        return self._tints[level]

    def _paint_outlines(self, painter: QPainter, theme: Theme) -> None:
        own, other = (theme.key, theme.query) if self.is_incoming else (theme.query, theme.key)
        self._paint_outline(painter, self._linked, theme.quiet, 1)
        self._paint_outline(painter, self._hovered, other, 1)
        self._paint_outline(painter, self._selected(), own, 2)

    # -------------------------------------------------------------------------------- events

    def _cursor(self) -> int:
        return self._hovered if self._hovered >= 0 else self._selected()

    def _go_to(self, index: int) -> None:
        self._bring_into_sight(index)
        self._set_hovered(index)

    def _tooltip(self, index: int) -> str:
        return ""  # all of it is in the line below

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._hovered >= 0:
            self.token_selected.emit(self._hovered)
        elif key == Qt.Key.Key_Escape and self._hovered >= 0:
            self._set_hovered(-1)
        else:
            super().keyPressEvent(event)
