"""One word in several sentences: how its vector changes from layer to layer of the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import ResidualRecord, ResidualRequest, Residuals
from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.lessons.similarity import cosine_similarity, last_token_of
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.token_chips import TokenChips

SENTENCES = (
    "For lunch she ate the sweet apple",
    "This is the new phone made by apple",
    "He baked the pie with a green apple",
)
"""Fruit, company, fruit; each ends with the word, so that the model has read all the rest."""
WORD, CONTROL = "apple", "the"
CHINESE_SENTENCES = ("水果店里有苹果", "商店里最新推出了苹果", "她在水果店里买了一个红苹果")
"""The tutorial's two, cut after the word, and the fruit again."""
CHINESE_WORD, CHINESE_CONTROL = "苹果", "店里"


@dataclass(frozen=True, eq=False)
class MeaningByLayer:
    """Cosine similarities of one word's vectors, layer by layer.

    Attributes:
        places: Token of the word in each sentence.
        other, same: (L + 2,) of the word in sentences 1 and 2, and in 1 and 3.
        control: (L + 2,) of the control word in sentences 1 and 2; None if it is not in both.
    """

    places: tuple[int, int, int]
    other: Float64Array
    same: Float64Array
    control: Float64Array | None


def meaning_by_layer(texts: tuple[Residuals, ...], word: str, control: str) -> MeaningByLayer:
    """Compare a word's vectors in three texts.

    Raises:
        UsageError: The word is not in all of them, or the control word is not in the first two.
    """
    first, second = texts[0], texts[1]
    places = tuple(last_token_of(word, text.tokenization) for text in texts)
    vectors = [text.stream[:, place] for text, place in zip(texts, places, strict=True)]
    compared = None
    if control.strip():
        a, b = (
            text.stream[:, last_token_of(control, text.tokenization)] for text in (first, second)
        )
        compared = cosine_similarity(a, b)
    return MeaningByLayer(
        (places[0], places[1], places[2]),
        cosine_similarity(vectors[0], vectors[1]),
        cosine_similarity(vectors[0], vectors[2]),
        compared,
    )


class MeaningPane(QWidget):
    """Three sentences with a word in common, and how alike its vectors are in them.

    Signals:
        changed: The model has answered.
    """

    changed = Signal()

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._is_active = False
        self._asked: ResidualRequest | None = None
        self._is_due = True  # whether what is typed differs from what is shown
        self._record: ResidualRecord | None = None
        self._shown: MeaningByLayer | None = None
        self._shown_of: tuple[str, ...] = ()  # what stood in the fields
        self._asked_of: tuple[str, ...] = ()
        self.sentences = [QLineEdit() for _ in SENTENCES]
        self.chips = [TokenChips() for _ in SENTENCES]
        self.word = QLineEdit()
        self.control = QLineEdit()
        self.compare = QPushButton(self.tr("Compare"))
        self.complaint = Complaint()
        self.chart = LineChart(title=self.tr("Cosine similarity by layer"))
        self.note = caption()
        self._lay_out()
        self._connect()
        self.reset()

    def _lay_out(self) -> None:
        names = (
            self.tr("1 · one meaning"),
            self.tr("2 · another meaning"),
            self.tr("3 · the first again"),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE_PX)
        grid.setVerticalSpacing(SPACE_PX)
        for row, (name, edit, chips) in enumerate(
            zip(names, self.sentences, self.chips, strict=True)
        ):
            edit.setAccessibleName(name)
            label = PlainLabel(name)
            label.setBuddy(edit)
            grid.addWidget(label, row, 0)
            grid.addWidget(edit, row, 1)
            grid.addWidget(chips, row, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        row_layout = QHBoxLayout()
        row_layout.setSpacing(2 * SPACE_PX)
        for name, edit, tip in (
            (self.tr("Word"), self.word, self.tr("In all three sentences")),
            (
                self.tr("Control word"),
                self.control,
                self.tr("In the first two sentences: a word whose meaning does not change"),
            ),
        ):
            edit.setToolTip(tip)
            edit.setAccessibleName(name)
            edit.setMaximumWidth(36 * SPACE_PX)
            label = PlainLabel(name)
            label.setBuddy(edit)
            row_layout.addWidget(label)
            row_layout.addWidget(edit)
            row_layout.addSpacing(2 * SPACE_PX)
        row_layout.addWidget(self.compare)
        row_layout.addStretch(1)
        self.compare.setToolTip(self.tr("Run the sentences through the model at hand (Enter)"))
        self.chart.setMinimumSize(100 * SPACE_PX, 76 * SPACE_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(grid)
        column.addLayout(row_layout)
        column.addWidget(self.complaint)
        column.addWidget(self.chart, 1)
        column.addWidget(self.note)

    def _connect(self) -> None:
        for edit in (*self.sentences, self.word, self.control):
            edit.textEdited.connect(self._on_text_edited)
            edit.returnPressed.connect(self._on_compare_clicked)
        self.compare.clicked.connect(self._on_compare_clicked)
        self._microscope.model_changed.connect(self._on_microscope_model_changed)
        self._microscope.answered.connect(self._on_microscope_answered)

    # --------------------------------------------------------------------------- what is shown

    @property
    def shown(self) -> MeaningByLayer | None:
        """What is drawn, None before the model has answered."""
        return self._shown

    @property
    def record(self) -> ResidualRecord | None:
        """The residual streams that it comes from."""
        return self._record

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self._asked is not None

    def reset(self) -> None:
        """The apple that is eaten, the one that makes phones, and one that is baked."""
        self.compare_sentences(SENTENCES, WORD, CONTROL)

    def compare_sentences(self, sentences: tuple[str, str, str], word: str, control: str) -> None:
        """Compare a word in three sentences."""
        for edit, text in zip(self.sentences, sentences, strict=True):
            edit.setText(text)
        self.word.setText(word)
        self.control.setText(control)
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
        self._asked_of = self._fields()
        self._dim()
        self._asked = ResidualRequest(0, self._asked_of[:-2])
        self.note.setText(self.tr("The model reads the sentences …"))
        self._microscope.ask(self._asked)

    def _fields(self) -> tuple[str, ...]:
        """What is typed: the sentences, the word and its control."""
        return tuple(edit.text() for edit in (*self.sentences, self.word, self.control))

    def _dim(self) -> None:
        """What is shown is of what was asked for last."""
        dim((*self.chips, self.chart, self.note), self._shown_of != self._fields())

    def _take(self, record: ResidualRecord) -> None:
        try:
            shown = meaning_by_layer(record.texts, *self._asked_of[-2:])
        except VisualizerError as error:
            self._complain(error)
            return
        self._record, self._shown, self._shown_of = record, shown, self._asked_of
        self._dim()
        for chips, text, place in zip(self.chips, record.texts, shown.places, strict=True):
            chips.set_tokens([display_text(piece) for piece in text.tokenization.pieces])
            chips.set_pointed(place)
        self.chart.set_chart(self._chart(shown))
        ids = {
            int(text.tokenization.ids[place])
            for text, place in zip(record.texts, shown.places, strict=True)
        }
        if len(ids) == 1:
            words = self.tr("The same token in all three: before the first layer it is one vector.")
        else:
            words = self.tr("Not the same token in all three: the vectors differ from the start.")
        self.note.setText(words)
        self.changed.emit()

    def _chart(self, shown: MeaningByLayer) -> Chart:
        layers = np.arange(len(shown.other), dtype=np.float64)
        word, control = (text.strip() for text in self._shown_of[-2:])
        name = self.tr("{word}: {a} and {b}")
        series = [
            Series(name.format(word=word, a=1, b=3), layers, shown.same),
            Series(name.format(word=word, a=1, b=2), layers, shown.other),
        ]
        if shown.control is not None:
            control_name = name.format(word=control, a=1, b=2)
            series.append(Series(control_name, layers, shown.control, "dashed"))
        return Chart(
            tuple(series),
            self.tr("blocks passed (0: input, last: after the final normalisation)"),
            self.tr("cosine similarity"),
        )

    def _complain(self, error: VisualizerError) -> None:
        self.note.clear()
        self.complaint.show_error(error)

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_text_edited(self) -> None:
        self._is_due = True
        self._dim()

    @Slot()
    def _on_compare_clicked(self) -> None:
        self._ask()

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
