"""One head of the model at hand, with the numbers that it really computes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import MOST_STEP_TOKENS, HeadStepsRecord, HeadStepsRequest
from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.lessons.attention import largest_terms
from visualizer.session.views import HeadView, TokenStripView, Unavailable
from visualizer.ui.lessons.attention_cells import LinkedMatrices, Step
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.dimming import OLD_AFTER_MS, dim
from visualizer.ui.widgets.font_follower import follow_text_size
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

_STEPS: tuple[Step, ...] = (
    "q", "k", "v", "scores", "scaled", "masked", "weights", "output"
)  # fmt: skip
_MOST_TERMS = 6
_TOKENS = 8  # that are shown to begin with
_WIDE_PX = 36 * SPACE_PX  # least height of the heatmaps of q, k, v and the output
_SQUARE_PX = 56 * SPACE_PX  # least height of the four matrices by tokens


class HeadAttention(QWidget):
    """Queries, keys, values and all that follows, of a head of the model, for a few tokens.

    Signals:
        changed: Another head, other tokens, or none.
    """

    changed = Signal()

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._is_active = False
        self._asked: HeadStepsRequest | None = None
        self._asked_about: tuple[object, ...] = ()
        self._record: HeadStepsRecord | None = None
        self.layer = _spin(self.tr("Layer, from 0"))
        self.head = _spin(self.tr("Head of the layer, from 0"))
        self.first = _spin(self.tr("The first token that is shown, from 0"))
        self.count = _spin(self.tr("How many tokens, at most {n}").format(n=MOST_STEP_TOKENS))
        self.count.setRange(1, MOST_STEP_TOKENS)
        self.show_button = QPushButton(self.tr("Show in the main panels"))
        self.complaint = Complaint()
        self.status = caption()
        self.views = self._make_views()
        self.linked = LinkedMatrices(self.views, self._spell_out)
        self.meaning = caption()
        self.arithmetic = PlainLabel()
        self._content = QWidget()
        self._old_timer = QTimer(self, singleShot=True, interval=OLD_AFTER_MS)
        self._old_timer.timeout.connect(self._on_old_timeout)
        self._lay_out()
        self._connect()
        policy = self._content.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # what is above it stays where it is
        self._content.setSizePolicy(policy)
        self._content.hide()

    def _make_views(self) -> dict[Step, MatrixView]:
        titles: dict[Step, str] = {
            "q": self.tr("Q, a row a token"),
            "k": "K",
            "v": "V",
            "scores": "S = Q Kᵀ",
            "scaled": "S / √d",
            "masked": self.tr("with the mask"),
            "weights": self.tr("A = softmax by rows"),
            "output": self.tr("output = A V"),
        }
        views = {}
        for step in _STEPS:
            view = views[step] = MatrixView(title=titles[step])
            view.setMinimumWidth(40 * SPACE_PX)
            is_wide = step in ("q", "k", "v", "output")
            view.setMinimumHeight(_WIDE_PX if is_wide else _SQUARE_PX)
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        return views

    def _lay_out(self) -> None:
        follow_text_size(self.arithmetic, token_font)
        self.arithmetic.setWordWrap(True)
        self.arithmetic.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.arithmetic.setAccessibleName(self.tr("How the cell is computed"))
        self.show_button.setToolTip(self.tr("Select this head in the main panels"))
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        for name, spin in (
            (self.tr("Layer"), self.layer),
            (self.tr("Head"), self.head),
            (self.tr("From token"), self.first),
            (self.tr("Tokens"), self.count),
        ):
            label = PlainLabel(name)
            label.setBuddy(spin)
            row.addWidget(label)
            row.addWidget(spin)
            row.addSpacing(2 * SPACE_PX)
        row.addWidget(self.show_button)
        row.addWidget(self.status, 1)
        words = QVBoxLayout()
        words.setSpacing(SPACE_PX)
        words.addWidget(self.meaning)
        words.addWidget(self.arithmetic)
        words.addStretch(1)
        grid = QGridLayout(self._content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * SPACE_PX)
        grid.setVerticalSpacing(2 * SPACE_PX)
        for place, step in enumerate(("q", "k", "v")):
            grid.addWidget(self.views[step], 0, 4 * place, 1, 4)  # type: ignore[index]
        for place, step in enumerate(("scores", "scaled", "masked", "weights")):
            grid.addWidget(self.views[step], 1, 3 * place, 1, 3)  # type: ignore[index]
        grid.addLayout(words, 2, 0, 1, 8)
        grid.addWidget(self.views["output"], 2, 8, 1, 4)
        for column in range(12):
            grid.setColumnStretch(column, 1)
        for place, stretch in enumerate((2, 1, 2)):  # cells by tokens are soon large enough
            grid.setRowStretch(place, stretch)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(2 * SPACE_PX)
        column_layout.addLayout(row)
        column_layout.addWidget(self.complaint)
        column_layout.addWidget(self._content, 1)

    def _connect(self) -> None:
        for spin in (self.layer, self.head, self.first, self.count):
            spin.valueChanged.connect(self._on_choice_changed)
        self.show_button.clicked.connect(self._on_show_clicked)
        for view in self.views.values():
            view.cell_hovered.connect(self._on_cell_pointed)
            view.cell_selected.connect(self._on_cell_pointed)
        self._microscope.model_changed.connect(self._on_microscope_changed)
        self._microscope.tokens_changed.connect(self._on_microscope_changed)
        self._microscope.answered.connect(self._on_microscope_answered)

    # -------------------------------------------------------------------------- the head

    @property
    def record(self) -> HeadStepsRecord | None:
        """What is on show, None before the first answer."""
        return self._record

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self._asked is not None

    def reset(self) -> None:
        """The head that the main panels show, from the first token."""
        view = self._microscope.head
        layer, head = 0, 0
        if isinstance(view, HeadView):
            layer = view.record.layer
            head = view.record.head if isinstance(view.record.head, int) else 0
        self._set_ranges()
        for spin, value in (
            (self.layer, layer),
            (self.head, head),
            (self.first, 0),
            (self.count, _TOKENS),
        ):
            with QSignalBlocker(spin):
                spin.setValue(value)
        self.linked.looked_at = ("scores", 0, 0)
        self._ask()

    def set_active(self, active: bool) -> None:
        """Nothing is asked while it is out of sight."""
        self._is_active = active
        if active:
            self._ask()
        elif self._asked is not None:
            self._asked, self._asked_about = None, ()

    def _set_ranges(self) -> None:
        model, tokens = self._microscope.model, self._microscope.tokens
        n_tokens = len(tokens.tokenization) if isinstance(tokens, TokenStripView) else 1
        ranges = [
            (self.layer, 0 if model is None else model.n_layers - 1),
            (self.head, 0 if model is None else model.n_heads - 1),
            (self.first, n_tokens - 1),
        ]
        for spin, most in ranges:
            with QSignalBlocker(spin):
                spin.setRange(0, max(most, 0))

    def _ask(self) -> None:
        """Ask for the head, unless that has been answered already."""
        if not self._is_active:
            return
        model, tokens = self._microscope.model, self._microscope.tokens
        if model is None or not isinstance(tokens, TokenStripView):
            self._say_nothing_to_read(tokens)
            return
        self._set_ranges()
        choice = (
            self.layer.value(),
            self.head.value(),
            self.first.value(),
            self.count.value(),
        )
        about = (id(model), tokens.tokenization.ids.tobytes(), choice)
        if about == self._asked_about and self._asked is None:
            return  # one that is still awaited may have been dropped with an older text
        self._asked_about = about
        self._asked = HeadStepsRequest(0, *choice)
        self._old_timer.start()
        self._microscope.ask(self._asked)

    def _say_nothing_to_read(self, tokens: object) -> None:
        self._asked, self._record, self._asked_about = None, None, ()
        self._old_timer.stop()
        self._content.hide()
        if isinstance(tokens, Unavailable):
            self.complaint.show_error(tokens.reason)
        else:
            self.complaint.show_error(
                VisualizerError("There is no model at hand: open one and type a text.")
            )
        self.changed.emit()

    def _take(self, record: HeadStepsRecord) -> None:
        self._record = record
        self._old_timer.stop()
        self._dim(False)
        self.complaint.clear_error()
        self.linked.set_matrices(head_matrices(record))
        self._content.show()
        parts = [self.tr("d = {d}").format(d=record.q.shape[1])]
        if record.softcap is not None:
            parts.append(self.tr("scores are capped at {cap}").format(cap=f"{record.softcap:g}"))
        if record.window is not None:
            parts.append(self.tr("a window of {n} tokens").format(n=record.window))
        if record.elsewhere.max() > 1e-6:
            parts.append(self.tr("weight on tokens not shown: see a row's sum"))
        self.status.setText(" · ".join(parts))
        self._spell_out()
        self.changed.emit()

    # ------------------------------------------------------------------------------ the sentence

    def _spell_out(self) -> None:
        if self._record is None:
            return
        step, row, column = self.linked.looked_at
        names = [display_text(piece) for piece in self._record.pieces]
        meanings: dict[Step, str] = {
            "q": self.tr("Channel {column} of what “{row}” looks for."),
            "k": self.tr("Channel {column} of what “{row}” can be found by."),
            "v": self.tr("Channel {column} of what “{row}” hands over."),
            "scores": self.tr("How well the query of “{row}” fits the key of “{key}”."),
            "scaled": self.tr("The score of “{row}” and “{key}”, scaled by {scaling}."),
            "masked": self.tr("The score of “{row}” and “{key}”, unless the mask hides it."),
            "weights": self.tr("How much of “{key}” goes into the output of “{row}”."),
            "output": self.tr("Channel {column} of what the head gives for “{row}”."),
        }
        words = meanings[step].format(
            row=names[row],
            column=column,
            key=names[min(column, len(names) - 1)],
            scaling=f"{self._record.scaling:.4g}",
        )
        self.meaning.setText(words)
        self.arithmetic.setText(self.sentence(step, row, column))

    def sentence(self, step: Step, row: int, column: int) -> str:
        """A cell as arithmetic, of long sums the largest terms."""
        record = self._record
        assert record is not None
        if step in ("q", "k", "v"):
            return _number(float(getattr(record, step)[row, column]))
        if step == "scores":
            a, b = record.q[row].astype(np.float64), record.k[column].astype(np.float64)
            return self._terms(a, b, float(record.scores[row, column]))
        if step == "scaled":
            score, scaled = record.scores[row, column], record.scaled[row, column]
            text = f"{_number(score)} × {record.scaling:.4g} = {_number(scaled)}"
            if record.softcap is not None:
                cap, capped = f"{record.softcap:g}", _number(record.capped[row, column])
                text += f"; {cap} · tanh({_number(scaled)} / {cap}) = {capped}"
            return text
        if step == "masked":
            return _number(float(record.masked[row, column]))
        if step == "weights":
            power = _number(float(record.masked[row, column]))
            weight = f"{record.weights[row, column]:.4f}"
            words = self.tr("e^({power}) / sum of the row’s powers = {weight}")
            text = words.format(power=power, weight=weight)
            if record.elsewhere[row] > 1e-6:
                rest = self.tr("{weight} of the row’s weight is on tokens that are not shown.")
                text += "\n" + rest.format(weight=f"{record.elsewhere[row]:.4f}")
            return text
        values = record.v[:, column].astype(np.float64)
        return self._terms(record.weights[row], values, float(record.output[row, column]))

    def _terms(self, a: Float64Array, b: Float64Array, result: float) -> str:
        """A sum of products: those that count most, what the others add up to, and the whole."""
        places, _ = largest_terms(a, b, _MOST_TERMS)
        terms = " + ".join(f"{_factor(a[i])}·{_factor(b[i])}" for i in places)
        rest = result - float(sum(a[i] * b[i] for i in places))
        n_others = int(np.count_nonzero(a)) - len([i for i in places if a[i]])
        if n_others <= 0 and abs(rest) < 1e-6:
            return f"{terms} = {_number(result)}"
        others = self.tr("+ {rest} from the others").format(rest=_factor(rest))
        return f"{terms} {others} = {_number(result)}"

    # ------------------------------------------------------------------------------ events

    @Slot()
    def _on_old_timeout(self) -> None:
        """The answer takes a while: what is shown is of what was asked for before."""
        self._dim(True)

    def _dim(self, is_old: bool) -> None:
        dim((*self.views.values(), self.status, self.meaning, self.arithmetic), is_old)

    @Slot()
    def _on_choice_changed(self) -> None:
        self._ask()

    @Slot()
    def _on_show_clicked(self) -> None:
        self._microscope.show_head(self.layer.value(), self.head.value())

    @Slot(object)
    def _on_microscope_changed(self, _view: object) -> None:
        self._ask()

    @Slot(object, object)
    def _on_microscope_answered(self, question: object, answer: object) -> None:
        if question is not self._asked:
            return
        self._asked = None
        if isinstance(answer, HeadStepsRecord):
            self._take(answer)
        elif isinstance(answer, VisualizerError):
            self._record = None
            self._content.hide()
            self.status.clear()
            self.complaint.show_error(answer)
            self.changed.emit()

    @Slot(int, int)
    def _on_cell_pointed(self, row: int, column: int) -> None:
        self.linked.look_at(self.linked.step_of(self.sender()), row, column)


def head_matrices(record: HeadStepsRecord) -> dict[Step, Matrix]:
    """A head's steps as matrices."""
    tokens = tuple(display_text(piece) for piece in record.pieces)
    matrices: dict[Step, Matrix] = {}
    for step in _STEPS:
        by_token = step in ("scores", "scaled", "masked", "weights")
        matrices[step] = Matrix(
            getattr(record, step).astype(np.float64),
            tokens,
            tokens if by_token else (),
            digits=2,
            colours="weights" if step == "weights" else "diverging",
        )
    return matrices


def _number(value: float) -> str:
    if np.isneginf(value):
        return "−∞"
    return f"{value:.3f}".replace("-", "−")


def _factor(value: float) -> str:
    text = f"{value:.2f}"
    return f"({text})".replace("-", "−") if text.startswith("-") else text


def _spin(tip: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setToolTip(tip)
    spin.setAccessibleName(tip)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    return spin
