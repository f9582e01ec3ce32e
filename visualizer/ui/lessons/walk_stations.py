"""The stations of a forward pass: what is shown at each, with the model's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from visualizer.engine.lesson_records import HeadStepsRecord, Residuals
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.lessons.forward_walk import softmax_steps, vector_by_block
from visualizer.session.views import BarsView
from visualizer.ui.lessons.labels import caption
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.font_follower import follow_text_size
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView
from visualizer.ui.widgets.number_text import typeset
from visualizer.ui.widgets.token_chips import TokenChips

Station = Literal["text", "ids", "vectors", "attention", "blocks", "logits", "softmax", "next"]
STATIONS: tuple[Station, ...] = get_args(Station)
LESSONS: Mapping[Station, str] = {
    "text": "tokens",
    "ids": "tokens",
    "vectors": "input",
    "attention": "attention",
    "blocks": "block",
    "logits": "train",
    "softmax": "generate",
    "next": "generate",
}
"""The lesson about each."""

MOST_COLUMNS, MOST_CANDIDATES = 24, 10


@dataclass(frozen=True, eq=False)
class WalkFacts:
    """What is known of one pass; what is not known yet is None.

    Attributes:
        tokens: The text at hand.
        residuals: Of the same text.
        head: One head's attention among its last tokens.
        bars: What is predicted after its last token.
        n_layers: Of the model.
    """

    tokens: Tokenization | None = None
    residuals: Residuals | None = None
    head: HeadStepsRecord | None = None
    bars: BarsView | None = None
    n_layers: int = 0


class StationView(QWidget):
    """One station at a time: a sentence, and the numbers that it is about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._station: Station = "text"
        self._facts = WalkFacts()
        self.words = PlainLabel()
        self.words.setWordWrap(True)
        self.text, self.waiting = PlainLabel(), caption()
        follow_text_size(self.text, token_font)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.chips = TokenChips()
        self.matrix = MatrixView(title=self.tr("The numbers"))
        self.chart = LineChart(title=self.tr("The last token’s vector, block by block"))
        self._stack = QStackedWidget()
        for part in (self.text, self.chips, self.matrix, self.chart, self.waiting):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * SPACE_PX)
        column.addWidget(self.words)
        column.addWidget(self._stack, 1)

    def show_station(self, station: Station, facts: WalkFacts) -> None:
        """Show what is known at a station."""
        self._station, self._facts = station, facts
        tokens = facts.tokens
        if tokens is None or not self._is_known(station, facts):
            self.words.clear()
            self.waiting.setText(self.tr("The model reads the text …") if tokens else "")
            self._stack.setCurrentWidget(self.waiting)
            return
        draw = {
            "text": self._draw_text,
            "ids": self._draw_ids,
            "vectors": self._draw_vectors,
            "attention": self._draw_attention,
            "blocks": self._draw_blocks,
            "logits": self._draw_logits,
            "softmax": self._draw_softmax,
            "next": self._draw_next,
        }[station]
        draw()

    @staticmethod
    def _is_known(station: Station, facts: WalkFacts) -> bool:
        if station in ("vectors", "blocks"):
            return facts.residuals is not None
        if station == "attention":
            return facts.head is not None
        return station in ("text", "ids") or facts.bars is not None

    # ------------------------------------------------------------------------------ the stations

    def _draw_text(self) -> None:
        text = self._tokens.text
        words = self.tr(
            "A text of {n} characters. The model cannot read it: it computes with numbers only."
        )
        self.words.setText(words.format(n=f"{len(text):,}"))
        self.text.setText(text)
        self._stack.setCurrentWidget(self.text)

    def _draw_ids(self) -> None:
        tokens = self._tokens
        words = self.tr(
            "The tokenizer cuts it into {n} tokens, and each is a number: its place in the "
            "vocabulary. This is all that the model gets."
        )
        self.words.setText(words.format(n=f"{len(tokens):,}"))
        pairs = zip(tokens.pieces, tokens.ids.tolist(), strict=True)
        self.chips.set_tokens([f"{display_text(piece)} {i}" for piece, i in pairs])
        self.chips.set_pointed(len(tokens) - 1)
        self._stack.setCurrentWidget(self.chips)

    def _draw_vectors(self) -> None:
        residuals = self._facts.residuals
        assert residuals is not None
        stream = residuals.stream[0]  # (T, C)
        width = stream.shape[1]
        words = self.tr(
            "Each id picks a row of a learned table, {width} numbers for each token; some models "
            "add a vector for its place. The first {shown} of them:"
        )
        shown = min(width, MOST_COLUMNS)
        self.words.setText(words.format(width=f"{width:,}", shown=shown))
        self.matrix.set_matrix(
            Matrix(stream[:, :shown].astype(np.float64), self._names, colours="diverging")
        )
        self._stack.setCurrentWidget(self.matrix)

    def _draw_attention(self) -> None:
        head = self._facts.head
        assert head is not None
        names = tuple(display_text(piece) for piece in head.pieces)
        row = head.weights[-1]  # (n,)
        place = int(row.argmax())
        words = self.tr(
            "In each block, attention lets a token gather from those before it. Here head {head} "
            "of layer {layer}: the last token takes {weight} of what it gets from “{token}”."
        )
        self.words.setText(
            words.format(
                head=head.head, layer=head.layer, weight=f"{row[place]:.0%}", token=names[place]
            )
        )
        self.matrix.set_matrix(
            Matrix(
                head.weights,
                names,
                names,
                self.tr("query"),
                self.tr("key"),
                colours="weights",
                highlight_rows=(len(names) - 1,),
            )
        )
        self._stack.setCurrentWidget(self.matrix)

    def _draw_blocks(self) -> None:
        residuals = self._facts.residuals
        assert residuals is not None
        seen = vector_by_block(residuals.stream, self._facts.n_layers)
        words = self.tr(
            "{n} blocks add to the vector of the last token, one after the other: its length goes "
            "from {first} to {last}, and the first block adds {added}. How far it points already "
            "to where it will end:"
        )
        self.words.setText(
            words.format(
                n=len(seen.added),
                first=typeset(f"{seen.lengths[0]:.3g}"),
                last=typeset(f"{seen.lengths[-1]:.3g}"),
                added=typeset(f"{seen.added[0]:.3g}"),
            )
        )
        x = np.arange(len(seen.lengths), dtype=np.float64)
        self.chart.set_chart(
            Chart(
                (Series(self.tr("cosine with the end"), x, seen.likeness),),
                self.tr("blocks passed"),
                self.tr("cosine similarity"),
            )
        )
        self._stack.setCurrentWidget(self.chart)

    def _draw_logits(self) -> None:
        bars = self._bars
        words = self.tr(
            "The vector that leaves the last block, normalised where the model does so, is "
            "multiplied with a row for every token of the vocabulary: {n} scores, the logits. The "
            "largest:"
        )
        self.words.setText(words.format(n=f"{bars.vocabulary_size:,}"))
        self._show_columns({self.tr("logit"): self._logits})

    def _draw_softmax(self) -> None:
        bars = self._bars
        seen = softmax_steps(self._logits, bars.candidates[0].prob)
        words = self.tr(
            "e to the power of each logit, less the largest one. All {n} of them add up to "
            "{total}; divided by that they are probabilities."
        )
        self.words.setText(
            words.format(n=f"{bars.vocabulary_size:,}", total=typeset(f"{seen.total:.4g}"))
        )
        powers, probability = self.tr("power"), self.tr("prob.")
        self._show_columns(
            {self.tr("logit"): self._logits, powers: seen.powers, probability: seen.probabilities}
        )

    def _draw_next(self) -> None:
        first = self._bars.candidates[0]
        words = self.tr(
            "“{token}” is the likeliest, {share}. A token is chosen, put behind the text, and all "
            "of it begins again: that is how a model writes."
        )
        self.words.setText(words.format(token=first.text, share=f"{first.prob:.1%}"))
        self.chips.set_tokens([*self._names, first.text])
        self.chips.set_pointed(len(self._names))
        self._stack.setCurrentWidget(self.chips)

    # ------------------------------------------------------------------------------ their parts

    def _show_columns(self, columns: Mapping[str, np.ndarray]) -> None:
        candidates = self._bars.candidates[:MOST_CANDIDATES]
        self.matrix.set_matrix(
            Matrix(
                np.stack([*columns.values()], axis=1),
                tuple(each.text for each in candidates),
                tuple(columns),
                digits=3,
            )
        )
        self._stack.setCurrentWidget(self.matrix)

    @property
    def _tokens(self) -> Tokenization:
        assert self._facts.tokens is not None
        return self._facts.tokens

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(display_text(piece) for piece in self._tokens.pieces)

    @property
    def _bars(self) -> BarsView:
        assert self._facts.bars is not None
        return self._facts.bars

    @property
    def _logits(self) -> np.ndarray:
        return np.array([each.logit for each in self._bars.candidates[:MOST_CANDIDATES]])


def station_names() -> dict[Station, tuple[str, str]]:
    """What each station is called, and what happens there."""
    translate = QCoreApplication.translate
    return {
        "text": (translate("Stations", "Text"), translate("Stations", "What was typed")),
        "ids": (translate("Stations", "Ids"), translate("Stations", "The text as numbers")),
        "vectors": (
            translate("Stations", "Vectors"),
            translate("Stations", "Each id as a row of a learned table"),
        ),
        "attention": (
            translate("Stations", "Attention"),
            translate("Stations", "Tokens gather from one another"),
        ),
        "blocks": (
            translate("Stations", "Blocks"),
            translate("Stations", "Attention and feed-forward, again and again"),
        ),
        "logits": (
            translate("Stations", "Logits"),
            translate("Stations", "A score for every token of the vocabulary"),
        ),
        "softmax": (
            translate("Stations", "Softmax"),
            translate("Stations", "Scores become probabilities"),
        ),
        "next": (
            translate("Stations", "Next token"),
            translate("Stations", "One is chosen, and it begins again"),
        ),
    }
