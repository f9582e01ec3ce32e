"""Panel: the text as tokens, how many there are, and what the selected one is."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visualizer.engine.tokenization import display_text
from visualizer.session.surprise_timeline import (
    SurpriseTimelineView,
    surprise_figures,
    surprise_timeline_view,
)
from visualizer.session.token_links import TokenLinks
from visualizer.session.views import TokenStripView, Unavailable
from visualizer.ui.plain_text import PANEL_TITLE, plain_tip
from visualizer.ui.surprise_words import stretch_text
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet
from visualizer.ui.widgets.surprise_mark import SurpriseLegend
from visualizer.ui.widgets.token_strip import TokenStrip


class TokenPanel(QWidget):
    """Shows a TokenStripView and reports which token is chosen or pointed at.

    Signals:
        token_selected: The user chose a token. (index: int)
        token_hovered: The pointer is over a token, -1 when it leaves. (index: int)
        stretch_selected: The user chose tokens; (0, 0) for none. (first: int, stop: int)
    """

    token_selected = Signal(int)
    token_hovered = Signal(int)
    stretch_selected = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: TokenStripView | None = None
        self.setAccessibleName(self.tr("Tokens"))
        title = QLabel(self.tr("Tokens"))
        title.setObjectName(PANEL_TITLE)
        heading = title.font()
        heading.setBold(True)
        title.setFont(heading)
        self._counts = ElidedLabel()
        make_quiet(self._counts)
        self._strip = TokenStrip()
        self._reading = ElidedLabel()
        self._reading.setToolTip(
            self.tr(
                "The selected token: click another one to select it. Drag over tokens, or move "
                "with Shift and the arrow keys, for the perplexity of a stretch."
            )
        )
        make_quiet(self._reading)
        self._stack = PanelStack(self._strip)

        top = QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(title)
        top.addWidget(self._counts, stretch=1)
        bottom = QHBoxLayout()
        bottom.setSpacing(2 * SPACE_PX)
        bottom.addWidget(self._reading, stretch=1)
        self._legend = SurpriseLegend()
        bottom.addWidget(self._legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, SPACE_PX)
        column.setSpacing(SPACE_PX)
        column.addLayout(top)
        column.addWidget(self._stack, stretch=1)
        column.addLayout(bottom)

        self._strip.token_selected.connect(self.token_selected)
        self._strip.stretch_selected.connect(self._on_strip_stretch_selected)
        self._strip.token_hovered.connect(self._on_strip_token_hovered)

    @property
    def strip(self) -> TokenStrip:
        """The widget that draws the spans."""
        return self._strip

    def height_of_lines(self, n_lines: int) -> int:
        """Height with so many lines of tokens in sight, at least one."""
        return self.minimumSizeHint().height() + (n_lines - 1) * self._strip.line_px

    def message(self) -> str:
        """The sentence shown in place of tokens, "" while there are tokens."""
        return self._stack.message()

    @Slot(object)
    def set_links(self, links: TokenLinks | None) -> None:
        """Mark what a token of the head on show looks at and what looks at it; None for nothing."""
        self._strip.set_links(links)

    @Slot(int, int)
    def set_stretch(self, first: int, stop: int) -> None:
        """Mark tokens that are chosen elsewhere, and say what they come to; (0, 0) for none."""
        self._strip.set_stretch(first, stop)
        self._read(-1)

    @Slot(int)
    def point_at(self, index: int) -> None:
        """Outline and read a token that is pointed at elsewhere; -1 for none."""
        self._strip.point_at(index)
        self._read(index)

    def set_view(self, view: TokenStripView | Unavailable) -> None:
        """Draw `view`, or say why there is nothing to draw."""
        if isinstance(view, Unavailable):
            self._view = None
            self._strip.set_view(None)
            self._counts.setText("")
            self._stack.show_message(error_text(view.reason))
        else:
            self._view = view
            self._strip.set_view(view)
            self._counts.setText(self._counted(view))
            if len(view.tokenization):
                self._stack.show_content()
            else:
                self._stack.show_message(self.tr("No tokens: the text is empty."))
        tip = self._counts.text()
        if self._view is not None and self._view.generated:
            tip += "\n" + self.tr("Lighter ink: written by the model.")
        self._counts.setToolTip(plain_tip(tip))
        self._read(-1)

    def _counted(self, view: TokenStripView) -> str:
        tokens = view.tokenization
        n_bytes = len(tokens.text.encode("utf-8", "replace"))
        counts = [
            (len(tokens), self.tr("1 token"), self.tr("{n:,} tokens")),
            (len(tokens.text), self.tr("1 character"), self.tr("{n:,} characters")),
            (n_bytes, self.tr("1 byte"), self.tr("{n:,} bytes")),
        ]
        if view.generated:
            one, many = self.tr("1 by the model"), self.tr("{n:,} by the model")
            counts.insert(1, (len(view.generated), one, many))
        return " · ".join(one if n == 1 else many.format(n=n) for n, one, many in counts)

    def _read(self, hovered: int) -> None:
        """Write the facts of the token pointed at, else of the chosen stretch or token."""
        view = self._view
        first, stop = self._strip.stretch
        self._legend.setVisible(not stop)  # the sentence about a stretch needs the room
        if view is not None and hovered < 0 and stop and not view.stale:
            scored = surprise_timeline_view(view)
            assert isinstance(scored, SurpriseTimelineView)
            self._reading.setText(stretch_text(surprise_figures(scored, first, stop)))
            return
        index = hovered if hovered >= 0 or view is None or view.query is None else view.query
        if view is None or not 0 <= index < len(view.tokenization):
            self._reading.setText("")
            return
        text = display_text(view.tokenization.pieces[index])
        self._reading.setText(f"{index}  {text}  {self._strip.short_surprise_text(index)}")

    @Slot(int)
    def _on_strip_token_hovered(self, index: int) -> None:
        self._read(index)
        self.token_hovered.emit(index)

    @Slot(int, int)
    def _on_strip_stretch_selected(self, first: int, stop: int) -> None:
        # The pointer is on a token while it is dragged: the stretch is what is of interest.
        self._read(-1)
        self.stretch_selected.emit(first, stop)
