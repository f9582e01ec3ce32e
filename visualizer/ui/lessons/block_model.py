"""The residual stream of the real model: how long a token's vector is after each block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.lesson_records import ResidualRecord, ResidualRequest, Residuals
from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.lessons.block_stack import mean_similarity
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.number_text import typeset
from visualizer.ui.widgets.token_chips import TokenChips

PROMPT = "The quick brown fox jumps over the lazy dog"


@dataclass(frozen=True, eq=False)
class StreamByLayer:
    """The residual stream of a text, in numbers that can be drawn.

    Attributes:
        pieces: T of them, as they are shown.
        lengths: (L + 1, T) float64, of each token's vector before the first block and after each.
        similarity: (L + 1,) mean cosine similarity of two different tokens.
        normed: (T,) lengths after the last normalisation; None where the model brings its
            vectors to another width there.
    """

    pieces: tuple[str, ...]
    lengths: Float64Array
    similarity: Float64Array
    normed: Float64Array | None


def stream_by_layer(text: Residuals, n_layers: int) -> StreamByLayer:
    """Lengths and similarities of a text's tokens, block by block.

    Args:
        text: What the model answered.
        n_layers: L.

    Raises:
        UsageError: There is only one token.
    """
    pieces = tuple(display_text(piece) for piece in text.tokenization.pieces)
    if len(pieces) < 2:
        raise UsageError("Type at least two words: one has nothing to be compared with.")
    stream = text.stream.astype(np.float64)
    lengths = np.linalg.norm(stream, axis=-1)
    blocks = stream[: n_layers + 1]
    similarity = np.array([mean_similarity(layer) for layer in blocks])
    normed = lengths[n_layers + 1] if len(lengths) > n_layers + 1 else None
    return StreamByLayer(pieces, lengths[: n_layers + 1], similarity, normed)


class ModelStream(QWidget):
    """A text for the model, and what becomes of its tokens from block to block.

    Signals:
        changed: The model has answered, or another token was chosen.
    """

    changed = Signal()

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._is_active = False
        self._is_due = True  # whether what is typed differs from what is shown
        self._asked: ResidualRequest | None = None
        self._shown: StreamByLayer | None = None
        self._shown_of = self._asked_text = ""  # the text of it, and the one asked about last
        self._token = 0
        self.text = QLineEdit()
        self.run = QPushButton(self.tr("Run"))
        self.chips = TokenChips()
        self.complaint = Complaint()
        self.length = LineChart(title=self.tr("Length of the vector, block by block"))
        self.similarity = LineChart(title=self.tr("Are the tokens still different?"))
        self.note = caption()
        self._lay_out()
        self.text.textEdited.connect(self._on_text_edited)
        self.text.returnPressed.connect(self._on_run_clicked)
        self.run.clicked.connect(self._on_run_clicked)
        self.chips.token_selected.connect(self._on_token_selected)
        microscope.model_changed.connect(self._on_microscope_model_changed)
        microscope.answered.connect(self._on_microscope_answered)
        self.reset()

    def _lay_out(self) -> None:
        self.text.setAccessibleName(self.tr("Text for the model"))
        self.text.setPlaceholderText(self.tr("A text for the model to read"))
        self.run.setToolTip(self.tr("Run this text through the model at hand (Enter)"))
        self.chips.setAccessibleName(self.tr("The token to follow"))
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self.text, 1)
        row.addWidget(self.run)
        charts = QHBoxLayout()
        charts.setSpacing(6 * SPACE_PX)
        for chart in (self.length, self.similarity):
            chart.setMinimumHeight(80 * SPACE_PX)
            charts.addWidget(chart, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.complaint)
        column.addWidget(self.chips)
        column.addLayout(charts, 1)
        column.addWidget(self.note)

    # --------------------------------------------------------------------------- what is shown

    @property
    def shown(self) -> StreamByLayer | None:
        """What is drawn, None before the model has answered."""
        return self._shown

    @property
    def token(self) -> int:
        """The token that is followed."""
        return self._token

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self._asked is not None

    def reset(self) -> None:
        """The text of the beginning."""
        self.text.setText(PROMPT)
        self._is_due = True
        self._dim()
        self._ask()

    def set_active(self, active: bool) -> None:
        """Nothing is asked while it is out of sight."""
        self._is_active = active
        if active and self._is_due:
            self._ask()

    def _ask(self) -> None:
        if not self._is_active:
            return
        if self._microscope.model is None:
            self.complaint.show_error(
                VisualizerError("There is no model at hand: open one, and it is asked.")
            )
            return
        self.complaint.clear_error()
        self._is_due = False
        self._asked_text = self.text.text()
        self._asked = ResidualRequest(0, (self._asked_text,))
        self.note.setText(self.tr("The model reads the text …"))
        self._microscope.ask(self._asked)

    def _take(self, record: ResidualRecord) -> None:
        model = self._microscope.model
        if model is None:
            return
        try:
            self._shown = stream_by_layer(record.texts[0], model.n_layers)
        except VisualizerError as error:
            self._complain(error)
            return
        self._shown_of = self._asked_text
        self._dim()
        self.chips.set_tokens(self._shown.pieces)
        self._follow(len(self._shown.pieces) - 1)

    def _follow(self, token: int) -> None:
        assert self._shown is not None
        self._token = token
        self.chips.set_pointed(token)
        charts = self.charts()
        self.length.set_chart(charts["length"])
        self.similarity.set_chart(charts["similarity"])
        self.note.setText(self._words(self._shown))
        self.changed.emit()

    def charts(self) -> dict[str, Chart]:
        """Both charts, empty before the model has answered."""
        shown = self._shown
        if shown is None:
            return {}
        x = np.arange(len(shown.lengths), dtype=np.float64)
        series = [Series(f"“{shown.pieces[self._token]}”", x, self._lengths())]
        if self._token != 0:
            first = self.tr("first token")
            series.append(Series(first, x, shown.lengths[:, 0], "dashed"))
        title = self.tr("blocks passed")
        return {
            "length": Chart(tuple(series), title, self.tr("length (logarithmic)"), log_y=True),
            "similarity": Chart(
                (Series(self.tr("mean of all pairs"), x, shown.similarity),),
                title,
                self.tr("cosine similarity of two tokens"),
            ),
        }

    def _lengths(self) -> Float64Array:
        assert self._shown is not None
        return self._shown.lengths[:, self._token]

    def _words(self, shown: StreamByLayer) -> str:
        lengths = self._lengths()
        if shown.normed is None:
            text = self.tr(
                "“{piece}”: length {first} before the first block, {last} after the last."
            )
            normed = ""
        else:
            text = self.tr(
                "“{piece}”: length {first} before the first block, {last} after the last, {normed} "
                "after the final normalisation."
            )
            normed = typeset(f"{shown.normed[self._token]:.4g}")
        return text.format(
            piece=shown.pieces[self._token],
            first=typeset(f"{lengths[0]:.4g}"),
            last=typeset(f"{lengths[-1]:.4g}"),
            normed=normed,
        )

    def _complain(self, error: VisualizerError) -> None:
        self.note.clear()
        self.complaint.show_error(error)

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_text_edited(self) -> None:
        self._is_due = True
        self._dim()

    def _dim(self) -> None:
        """What is shown is of the text that was asked for last."""
        is_old = self._shown_of != self.text.text()
        dim((self.chips, self.length, self.similarity, self.note), is_old)

    @Slot()
    def _on_run_clicked(self) -> None:
        self._ask()

    @Slot(int)
    def _on_token_selected(self, token: int) -> None:
        if self._shown is not None and 0 <= token < len(self._shown.pieces):
            self._follow(token)

    @Slot(object)
    def _on_microscope_model_changed(self, _model: object) -> None:
        self._is_due = True
        self._ask()

    @Slot(object, object)
    def _on_microscope_answered(self, question: object, answer: object) -> None:
        if question is not self._asked:
            return
        self._asked = None
        if isinstance(answer, ResidualRecord):
            self._take(answer)
        elif isinstance(answer, VisualizerError):
            self._complain(answer)
