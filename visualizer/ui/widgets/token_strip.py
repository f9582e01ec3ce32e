"""The text as coloured token spans, each underlined by how surprising it was."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.session.surprise_timeline import kept_stretch
from visualizer.session.token_links import TokenLinks
from visualizer.session.views import TokenStripView
from visualizer.ui.surprise_words import margin_text
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.number_text import typeset
from visualizer.ui.widgets.surprise_mark import MOST_UNDERLINE_PX, paint_surprise, surprise_bits
from visualizer.ui.widgets.token_area import TokenArea
from visualizer.ui.widgets.token_flow import GAP_PX
from visualizer.ui.widgets.token_glyphs import GlyphPainter

_STALE_OPACITY = 0.35
_LINK_PX = 3
_STRETCH_ALPHA = 60


class TokenStrip(TokenArea):
    """Token spans in running text, with the attention of one of them to and from the others.

    A click and the arrow keys choose a token; dragging, Shift with a click and Shift with the
    arrow keys a stretch of them, which Esc gives up.

    Signals:
        stretch_selected: The user chose tokens; (0, 0) for none. (first: int, stop: int)
        menu_requested: Commands about a token are wanted. Its index; place on the screen.
    """

    stretch_selected = Signal(int, int)
    menu_requested = Signal(int, QPoint)

    below_px = int(MOST_UNDERLINE_PX) + 2

    def __init__(self, parent: QWidget | None = None) -> None:
        self._view: TokenStripView | None = None
        self._bits: Float64Array = np.zeros(0)
        self._links: TokenLinks | None = None
        self._n_linked = 0
        self._stretch = (0, 0)
        self._ends = (-1, -1)  # where the stretch was begun, and where it is now
        self._pressed = -1
        super().__init__(parent)
        self.setAccessibleName(self.tr("Tokens of the text"))

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: TokenStripView | None) -> None:
        """Draw `view`, or nothing for None; keeps the selected token in sight."""
        old = self._view
        self._view = view
        self._keep_stretch(old, view)
        if view is None:
            self._bits = np.zeros(0)
            self._set_tokens(None)
        else:
            self._bits = (
                np.full(len(view.tokenization), np.nan)
                if view.logprobs is None
                else surprise_bits(view.logprobs)
            )
            is_other_text = self._set_tokens(view.tokenization)
            if view.query is not None and (old is None or is_other_text or old.query != view.query):
                self._bring_into_sight(view.query)
        self._count_linked()
        self._describe()
        self.viewport().update()

    def set_stretch(self, first: int, stop: int) -> None:
        """Mark the tokens [first, stop); (0, 0) for none. Emits nothing."""
        self._stretch = (first, stop)
        self._ends = (first, stop - 1) if stop else (-1, -1)
        self.viewport().update()

    @property
    def stretch(self) -> tuple[int, int]:
        """The chosen tokens, (0, 0) for none."""
        return self._stretch

    def _keep_stretch(self, old: TokenStripView | None, new: TokenStripView | None) -> None:
        one = None if old is None else old.tokenization
        kept = kept_stretch(self._stretch, one, None if new is None else new.tokenization)
        if kept != self._stretch:
            self.set_stretch(*kept)
        if self._pressed >= (0 if new is None else len(new.tokenization)):
            self._pressed = -1

    def set_links(self, links: TokenLinks | None) -> None:
        """Mark what a token looks at and which tokens look at it; None for no marks."""
        self._links = links
        self._count_linked()
        self.viewport().update()

    def _count_linked(self) -> None:
        """How many tokens at the front are still those that the marks are about."""
        self._n_linked = 0
        if self._links is not None and self._view is not None:
            self._n_linked = self._links.n_shared(self._view.tokenization)

    def surprise(self, index: int) -> float:
        """Bits of surprise of a token, NaN where not known."""
        return float(self._bits[index]) if index < len(self._bits) else math.nan

    def _cursor(self) -> int:
        return -1 if self._view is None or self._view.query is None else self._view.query

    def _go_to(self, index: int) -> None:
        if self._view is not None and index != self._view.query:
            self.token_selected.emit(index)

    # ------------------------------------------------------------------------------- painting

    def _paint_token(self, glyph_painter: GlyphPainter, index: int) -> None:
        assert self._view is not None
        painter, theme = glyph_painter.painter, glyph_painter.theme
        rect = self.token_rect(index)
        if self._is_special(index):
            self._paint_dashes(painter, index, theme.quiet)
        else:
            fills = theme.token_fills
            self._paint_span(painter, index, QColor(fills[index % len(fills)]))
        self._paint_stretch(painter, theme, rect, index)
        ink = QColor(theme.quiet) if index in self._view.generated else None
        glyph_painter.draw(self._flow.glyphs(index), rect, ink)
        self._paint_joint(painter, theme, index)
        self._paint_links(painter, theme, rect, index)
        if self._view.stale:
            painter.setOpacity(_STALE_OPACITY)
        paint_surprise(
            painter, theme, rect.x() + 1, rect.bottom() + 3, rect.width() - 2, self.surprise(index)
        )
        painter.setOpacity(1.0)

    def _paint_stretch(self, painter: QPainter, theme: Theme, rect: QRect, index: int) -> None:
        """A tint over the span and what is below it, without a gap to the next one."""
        first, stop = self._stretch
        if first <= index < stop:
            hue = QColor(theme.query)
            hue.setAlpha(_STRETCH_ALPHA)
            gap = GAP_PX if index + 1 < stop else 0
            painter.fillRect(rect.adjusted(0, 0, gap, self.below_px), hue)

    def _paint_links(self, painter: QPainter, theme: Theme, rect: QRect, index: int) -> None:
        """Along the upper edge how much it is looked at, along the lower how much it looks."""
        links = self._links
        if links is None or index >= self._n_linked:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        fades = _STALE_OPACITY if links.stale or self._n_linked < len(links.tokenization) else 1.0
        upper = rect.top()
        for places, top, hue in (
            (links.outgoing, upper, theme.key),
            (links.incoming, rect.bottom() + 1 - _LINK_PX, theme.query),
        ):
            if places is not None and places[index] > 0:
                painter.setOpacity(float(places[index]) * fades)
                edge = QRect(rect.left(), top, rect.width(), _LINK_PX)
                painter.setBrush(QColor(hue))
                painter.drawRoundedRect(edge, _LINK_PX / 2, _LINK_PX / 2)
        painter.setOpacity(1.0)

    def _paint_outlines(self, painter: QPainter, theme: Theme) -> None:
        links = self._links
        if links is not None:
            for index, hue in ((links.pointed_key, theme.key), (links.pointed_query, theme.query)):
                if 0 <= index < self._n_linked:
                    self._paint_outline(painter, index, hue, 1)
        self._paint_outline(painter, self._hovered, theme.quiet, 1)
        self._paint_outline(painter, self._cursor(), theme.query, 2)

    # ------------------------------------------------------------------------------ a stretch

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.token_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._stretch_to(index)
                self._pressed = self._ends[0]
                return
            self._choose_stretch(-1, -1)
            self._pressed = index
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._pressed < 0 or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        index = self._nearest(event.position().toPoint())
        if index != self._pressed or self._stretch[1]:
            self._choose_stretch(self._pressed, index)
            self._bring_into_sight(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._pressed = -1

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index, place = self.token_at(event.pos()), event.globalPos()
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            index = self._cursor()
            self._bring_into_sight(index)
            if index >= 0:
                place = self.viewport().mapToGlobal(self.token_rect(index).bottomLeft())
        if index is not None and index >= 0:
            self._go_to(index)
            self.menu_requested.emit(index, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self._stretch[1]:
            self._choose_stretch(-1, -1)
            return
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if self._key_target(key) is not None:
                self._choose_stretch(-1, -1)
            super().keyPressEvent(event)
            return
        end = self._ends[1]
        target = self._target_from(end if end >= 0 else self._cursor(), key)
        if target is None:
            super().keyPressEvent(event)
        else:
            self._stretch_to(target)
            self._bring_into_sight(target)

    def _nearest(self, place: QPoint) -> int:
        """The token at or nearest to a point, which may be outside."""
        y = place.y() + self.verticalScrollBar().value()
        return self._flow.nearest(place.x(), y // self._line_px)

    def _stretch_to(self, index: int) -> None:
        """From where the stretch was begun, else from the selected token."""
        begin = self._ends[0] if self._ends[0] >= 0 else self._cursor()
        self._choose_stretch(begin if begin >= 0 else index, index)

    def _choose_stretch(self, begin: int, end: int) -> None:
        stretch = (min(begin, end), max(begin, end) + 1) if begin >= 0 else (0, 0)
        is_other = stretch != self._stretch
        self._ends, self._stretch = (begin, end), stretch
        if is_other:
            self.viewport().update()
            self.stretch_selected.emit(*stretch)

    # -------------------------------------------------------------------------------- reading

    def _is_special(self, index: int) -> bool:
        view = self._view
        return view is not None and (
            index < view.n_added or int(view.tokenization.ids[index]) in view.special_ids
        )

    def _describe(self) -> None:
        view = self._view
        if view is None or view.query is None or not 0 <= view.query < len(self._flow):
            self.setAccessibleDescription(self.tr("No token is selected."))
            return
        self.setAccessibleDescription(
            self.tr("Selected: token {index} of {count}, {text}. Surprise: {bits}.").format(
                index=view.query,
                count=len(self._flow),
                text=display_text(view.tokenization.pieces[view.query]),
                bits=self.surprise_text(view.query),
            )
        )

    def surprise_text(self, index: int) -> str:
        """A token's surprise in words, or why there is none."""
        bits = self.surprise(index)
        view = self._view
        if view is not None and view.stale:
            return self.tr("being computed")
        if math.isfinite(bits):
            return self.tr("{bits:.2f} bits").format(bits=bits)
        if math.isinf(bits):
            return self.tr("infinite (probability 0)")
        if index == 0:
            return self.tr("none: nothing comes before the first token")
        return self.tr("not computed yet")

    def short_surprise_text(self, index: int) -> str:
        """The same in a word or two."""
        bits = self.surprise(index)
        if self._view is not None and self._view.stale:
            return "…"
        if math.isnan(bits):
            return self.tr("first token") if index == 0 else self.tr("not computed")
        rank = self.rank(index)
        if not rank:
            return self.surprise_text(index)
        return f"{self.surprise_text(index)} · " + self.tr("rank {rank:,}").format(rank=rank)

    def rank(self, index: int) -> int:
        """How likely a token was among all, from 1; 0 where not known."""
        ranks = None if self._view is None else self._view.ranks
        return int(ranks[index]) if ranks is not None and index < len(ranks) else 0

    def tooltip_rows(self, index: int) -> list[tuple[str, str]]:
        """What the tooltip of a token says, as (name, value)."""
        assert self._view is not None
        tokens = self._view.tokenization
        token = tokens.token(index)
        rows = [
            (self.tr("token"), display_text(token.data)),
            (
                self.tr("index"),
                self.tr("{index} of {count}").format(index=index, count=len(tokens)),
            ),
            (self.tr("id"), f"{token.id}"),
            (self.tr("bytes"), token.data.hex(" ").upper()),
            (self.tr("characters"), f"{token.start}–{token.end}"),
        ]
        if index < self._view.n_added:
            rows.append((self.tr("added"), self.tr("put in front by the tokenizer")))
        elif self._is_special(index):
            rows.append((self.tr("special"), self.tr("a special token of this model")))
        generated = self._view.generated
        if index in generated:
            step = 1 + sum(other < index for other in generated)
            place = self.tr("the model, in step {k:,} of {n:,}").format(k=step, n=len(generated))
            rows.append((self.tr("written by"), place))
        if self._flow.joined[index] or (index and self._flow.joined[index - 1]):
            rows.append((self.tr("part of"), tokens.text[token.start : token.end]))
        rows.append((self.tr("surprise"), self.surprise_text(index)))
        if math.isfinite(self.surprise(index)) and not self._view.stale:
            logprob = -self.surprise(index) * math.log(2)
            rows.append((self.tr("probability"), typeset(f"{math.exp(logprob):.6g}")))
            rows.append((self.tr("log-probability"), typeset(f"{logprob:.4f}")))
            rows += self._place_rows(index)
        entropies = self._view.entropies_bits
        if entropies is not None and not self._view.stale and not np.isnan(entropies[index]):
            rows.append(
                (
                    self.tr("entropy after it"),
                    self.tr("{bits:.2f} bits").format(bits=entropies[index]),
                )
            )
        return rows

    def _place_rows(self, index: int) -> list[tuple[str, str]]:
        """What the token was to the others that could have come."""
        assert self._view is not None
        if not self.rank(index):
            return []
        rows = [(self.tr("rank"), f"{self.rank(index):,}")]
        margins = self._view.margins
        if margins is not None and not np.isnan(margins[index]):
            rows.append((self.tr("beside the others"), margin_text(float(margins[index]))))
        return rows

    def _tooltip(self, index: int) -> str:
        return rows_as_html(self.tooltip_rows(index)) if self._view is not None else ""


def rows_as_html(rows: list[tuple[str, str]]) -> str:
    """Names and values as a two-column table for a tooltip."""
    cells = "".join(
        f"<tr><td align='right'>{_escaped(name)}&nbsp;&nbsp;</td><td>{_escaped(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table>{cells}</table>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
