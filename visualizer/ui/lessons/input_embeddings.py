"""The embedding of the model at hand: a token's vector, its neighbours, and a map of words."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.lesson_records import InputRecord, InputRequest
from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import Tokenizer, display_text
from visualizer.lessons.word_map import principal_plane
from visualizer.ui.lessons.labels import Complaint, caption, heading
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView
from visualizer.ui.widgets.word_map import (
    FIGURE_SIZE,
    NamedPoints,
    WordMap,
    paint_word_map_figure,
)

WORDS = "red white black dog cat fox river forest hill Tom Rose Anna"
"""Words of one token each in the models at hand: colours, animals, places, names."""
N_NEIGHBOURS, MOST_WORDS, ROW = 10, 40, 32
_MOST_VECTOR_PX = 54 * SPACE_PX


class EmbeddingsPane(QWidget):
    """Words to type, the vector of one of them, the nearest tokens, and all words as a map.

    Signals:
        changed: The model has answered.
    """

    changed = Signal()

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._is_active = False
        self._is_due = True
        self._wished = ""  # the word to show once they have been looked up
        self._asked: InputRequest | None = None
        self._asked_words: tuple[str, ...] = ()
        self.record: InputRecord | None = None
        self.shown_words: tuple[str, ...] = ()
        self.words = QLineEdit()
        self.look_up = QPushButton(self.tr("Look up"))
        self.word = QComboBox()
        self.complaint = Complaint()
        self.left_out, self.about, self.shares = caption(), caption(), caption()
        self.vector = MatrixView(title=self.tr("Its vector, folded into rows"))
        self.neighbours = MatrixView(title=self.tr("Nearest tokens"))
        self.map = WordMap(title=self.tr("Map of the words"))
        self._lay_out()
        self.words.textEdited.connect(self._on_words_edited)
        self.words.returnPressed.connect(self._on_look_up_clicked)
        self.look_up.clicked.connect(self._on_look_up_clicked)
        self.word.currentIndexChanged.connect(self._on_word_changed)
        self._microscope.model_changed.connect(self._on_microscope_model_changed)
        self._microscope.answered.connect(self._on_microscope_answered)
        self.reset()

    def _lay_out(self) -> None:
        self.words.setAccessibleName(self.tr("Words"))
        self.words.setToolTip(self.tr("Words of one token each, between blanks"))
        self.look_up.setToolTip(self.tr("Look the words up in the model’s embedding (Enter)"))
        self.look_up.setAutoDefault(False)
        self.word.setAccessibleName(self.tr("Word on show"))
        self.word.setToolTip(self.tr("Whose vector and neighbours are shown"))
        self.word.setMinimumContentsLength(10)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        label = PlainLabel(self.tr("Words"))
        label.setBuddy(self.words)
        row.addWidget(label)
        row.addWidget(self.words, 1)
        row.addWidget(self.look_up)
        chosen = QHBoxLayout()
        chosen.setSpacing(2 * SPACE_PX)
        chosen.addWidget(heading(self.tr("The vector of")))
        chosen.addWidget(self.word)
        chosen.addWidget(self.about, 1)
        self.neighbours.setMinimumWidth(60 * SPACE_PX)
        self.neighbours.setFixedHeight(78 * SPACE_PX)
        self.map.setFixedHeight(66 * SPACE_PX)
        below = QGridLayout()
        below.setHorizontalSpacing(6 * SPACE_PX)
        below.addWidget(self.neighbours, 0, 0, 2, 1)
        below.addWidget(heading(self.tr("Map of the words")), 0, 1)
        below.addWidget(self.map, 1, 1)
        below.addWidget(self.shares, 2, 1)
        below.setColumnStretch(0, 2)
        below.setColumnStretch(1, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.complaint)
        column.addWidget(self.left_out)
        column.addLayout(chosen)
        column.addWidget(self.vector)
        column.addLayout(below)
        column.addStretch(1)

    # --------------------------------------------------------------------------- what is shown

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self._asked is not None

    def reset(self) -> None:
        """The words of the beginning."""
        self.look_at(WORDS)

    def look_at(self, words: str, word: str = "") -> None:
        """Look these words up, and show the vector of one of them, the first if none is named."""
        self.words.setText(words)
        self._wished = word
        self._is_due = True
        self._ask()

    def set_active(self, active: bool) -> None:
        """Nothing is asked while it is out of sight."""
        self._is_active = active
        if active and self._is_due:
            self._ask()

    def exhibit(self) -> Exhibit | None:
        """The map with the vectors that it is made of; None before the model has answered."""
        record, points = self.record, self.map.points()
        if record is None or points is None:
            return None
        rows = [
            (word, token_id, *place)
            for word, token_id, place in zip(
                self.shown_words, record.token_ids, points.points.tolist(), strict=True
            )
        ]
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "token_ids": np.array(record.token_ids, np.int64),
            "embeddings": record.embeddings,
            "neighbours": record.neighbours,
            "similarities": record.similarities,
            "points": points.points,
        }
        paint = partial(paint_word_map_figure, points)
        title = self.tr("Map of the words")
        return Exhibit(
            "embeddings", title, FIGURE_SIZE, paint, ("word", "id", "x", "y"), rows, arrays
        )

    def _ask(self) -> None:
        if not self._is_active:
            return
        model = self._microscope.model
        if model is None:
            self.complaint.show_error(
                VisualizerError("There is no model at hand: open one, and it is asked.")
            )
            return
        self._is_due = False
        try:
            found, longer = _single_tokens(self.words.text(), model.tokenizer)
        except VisualizerError as error:
            self.complaint.show_error(error)
            return
        self.complaint.clear_error()
        text = self.tr("Left out, as more than one token each: {words}.")
        self.left_out.setText(text.format(words=", ".join(longer)) if longer else "")
        self.left_out.setVisible(bool(longer))
        self._asked_words = tuple(found)
        self._asked = InputRequest(0, tuple(found.values()), N_NEIGHBOURS)
        self._microscope.ask(self._asked)

    def _take(self, record: InputRecord) -> None:
        before = self._wished or self.word.currentText()
        self._wished = ""
        self.record, self.shown_words = record, self._asked_words
        self.word.blockSignals(True)
        self.word.clear()
        self.word.addItems(list(self.shown_words))
        self.word.setCurrentIndex(max(self.word.findText(before), 0))
        self.word.blockSignals(False)
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        record, model = self.record, self._microscope.model
        if record is None or model is None:
            return
        dim((self.vector, self.neighbours, self.map), False)
        place = self.word.currentIndex()
        vector = record.embeddings[place]  # (C,)
        self.vector.set_matrix(_folded(vector))
        self.vector.setFixedHeight(min(self.vector.sizeHint().height(), _MOST_VECTOR_PX))
        text = self.tr("token {id}: {n} numbers, length {length}")
        length = float(np.linalg.norm(vector))
        self.about.setText(
            text.format(id=f"{record.token_ids[place]:,}", n=len(vector), length=f"{length:.3g}")
        )
        names = tuple(
            display_text(model.tokenizer.token_bytes(i)) for i in record.neighbours[place].tolist()
        )
        cosines = record.similarities[place].astype(np.float64)[:, None]  # (k, 1)
        self.neighbours.set_matrix(
            Matrix(cosines, names, (self.tr("cosine"),), colours="weights", digits=3)
        )
        plane = principal_plane(record.embeddings)
        self.map.set_points(NamedPoints(self.shown_words, plane.points, place))
        text = self.tr(
            "The two directions in which these words differ most hold {share} of their variance: "
            "the rest is out of sight."
        )
        self.shares.setText(text.format(share=f"{plane.shares.sum():.0%}"))

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_words_edited(self) -> None:
        self._is_due = True
        dim((self.vector, self.neighbours, self.map), True)

    @Slot()
    def _on_look_up_clicked(self) -> None:
        self._ask()

    @Slot()
    def _on_word_changed(self) -> None:
        self._draw()

    @Slot(object)
    def _on_microscope_model_changed(self, _model: object) -> None:
        self._is_due = True
        self._ask()

    @Slot(object, object)
    def _on_microscope_answered(self, question: object, answer: object) -> None:
        if question is not self._asked:
            return
        self._asked = None
        if isinstance(answer, InputRecord):
            self._take(answer)
        elif isinstance(answer, VisualizerError):
            self.complaint.show_error(answer)


def _single_tokens(text: str, tokenizer: Tokenizer) -> tuple[dict[str, int], list[str]]:
    """The words of a text that are one token, as inside of a sentence, and those that are not.

    Raises:
        UsageError: There is none, or there are too many.
    """
    words = list(dict.fromkeys(text.split()))
    if len(words) > MOST_WORDS:
        raise UsageError(
            "{n} words are too many for the map: take up to {most}.", n=len(words), most=MOST_WORDS
        )
    found: dict[str, int] = {}
    longer = []
    for word in words:
        cuts = [tokenizer.encode(written) for written in (f" {word}", word)]
        ids = [cut.ids[cut.n_added :].tolist() for cut in cuts]
        single = next((each[0] for each in ids if len(each) == 1), None)
        if single is None:
            longer.append(word)
        else:
            found[word] = single
    if not found:
        raise UsageError("None of these words is a single token of this model: type others.")
    return found, longer


def _folded(vector: Float64Array) -> Matrix:
    """(C,) as rows of ROW numbers; what is missing in the last row has no value."""
    n_rows = -(-len(vector) // ROW)
    cells = np.full(n_rows * ROW, np.nan)
    cells[: len(vector)] = vector
    labels = tuple(f"{row * ROW}" for row in range(n_rows))
    return Matrix(cells.reshape(n_rows, ROW), labels, colours="diverging")
