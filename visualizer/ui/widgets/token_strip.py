"""The text as coloured token spans, each underlined by how surprising it was."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.session.token_links import TokenLinks
from visualizer.session.views import TokenStripView
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.surprise_mark import MOST_UNDERLINE_PX, paint_surprise, surprise_bits
from visualizer.ui.widgets.token_area import TokenArea
from visualizer.ui.widgets.token_glyphs import GlyphPainter

_STALE_OPACITY = 0.35
_LINK_PX = 3


class TokenStrip(TokenArea):
    """Token spans in running text, with the attention of one of them to and from the others."""

    below_px = int(MOST_UNDERLINE_PX) + 2

    def __init__(self, parent: QWidget | None = None) -> None:
        self._view: TokenStripView | None = None
        self._bits: Float64Array = np.zeros(0)
        self._links: TokenLinks | None = None
        self._n_linked = 0
        super().__init__(parent)
        self.setAccessibleName(self.tr("Tokens of the text"))

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: TokenStripView | None) -> None:
        """Draw `view`, or nothing for None; keeps the selected token in sight."""
        old = self._view
        self._view = view
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
        glyph_painter.draw(self._flow.glyphs(index), rect)
        self._paint_joint(painter, theme, index)
        self._paint_links(painter, theme, rect, index)
        if self._view.stale:
            painter.setOpacity(_STALE_OPACITY)
        paint_surprise(
            painter, theme, rect.x() + 1, rect.bottom() + 3, rect.width() - 2, self.surprise(index)
        )
        painter.setOpacity(1.0)

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
        return self.surprise_text(index)

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
        if self._flow.joined[index] or (index and self._flow.joined[index - 1]):
            rows.append((self.tr("part of"), tokens.text[token.start : token.end]))
        rows.append((self.tr("surprise"), self.surprise_text(index)))
        if math.isfinite(self.surprise(index)) and not self._view.stale:
            logprob = -self.surprise(index) * math.log(2)
            rows.append((self.tr("probability"), f"{math.exp(logprob):.6g}"))
            rows.append((self.tr("log-probability"), f"{logprob:.4f}"))
        entropies = self._view.entropies_bits
        if entropies is not None and not self._view.stale and not np.isnan(entropies[index]):
            rows.append(
                (
                    self.tr("entropy after it"),
                    self.tr("{bits:.2f} bits").format(bits=entropies[index]),
                )
            )
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
