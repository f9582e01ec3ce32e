"""Several heads on a short sentence: all their weights side by side, joined, and mapped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.attention import (
    spell_out_output,
    spell_out_projection,
    spell_out_weight,
)
from visualizer.ui.lessons.attention_cells import Marks
from visualizer.ui.lessons.heads_numbers import (
    HEADS,
    MOST_WIDTH,
    SENTENCE,
    WIDTH,
    HandHeads,
    Part,
    Place,
    clipped,
    hand_heads,
    marks,
)
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.font_follower import follow_text_size, when_text_size_changes
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

_SMALLER = 0.85  # of the font, so that three matrices have room side by side


class HandHeadsPane(QWidget):
    """Heads side by side; below them what they give, joined, and the map to the output.

    Signals:
        changed: Other numbers.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
        self._shown: HandHeads | None = None
        self._looked_at: Place = ("output", 0, 0, 0)
        self._matrices: dict[str, Matrix] = {}
        self._drawn: dict[str, Marks] = {}  # what is outlined in each
        self.sentence = QLineEdit()
        self.width_ = _spin(2, MOST_WIDTH, self.tr("C: numbers that stand for one token"))
        self.heads = _spin(1, MOST_WIDTH, self.tr("H: must divide the width evenly"))
        self.causal = QCheckBox(self.tr("Mask"))
        self.random = QPushButton(self.tr("Other weights"))
        self.complaint = Complaint()
        self.shapes = caption()
        self.switches = [
            QCheckBox(self.tr("head {head}").format(head=head)) for head in range(MOST_WIDTH)
        ]
        self.maps = [_view("") for _ in range(MOST_WIDTH)]
        self.outputs = [_view("") for _ in range(MOST_WIDTH)]
        self.concatenated = _view(self.tr("concatenated"))
        self.w_o = _view("W_O")
        self.output = _view(self.tr("output = concatenated W_O"))
        self.change = QCheckBox(self.tr("Show the change only"))
        self.effect = PlainLabel()
        self.meaning = caption()
        self.arithmetic = PlainLabel()
        self._dress()
        self._lay_out()
        self._connect()
        self.reset()
        when_text_size_changes(self, self._on_text_size_changed)

    def _dress(self) -> None:
        self.sentence.setAccessibleName(self.tr("Sentence"))
        self.sentence.setPlaceholderText(self.tr("Two to six words"))
        self.causal.setToolTip(self.tr("No token looks at a later one"))
        self.random.setToolTip(self.tr("Other random weights for all heads"))
        self.change.setToolTip(self.tr("What switching heads off has done to the output"))
        for head, switch in enumerate(self.switches):
            switch.setToolTip(self.tr("Switch this head off: its columns become 0"))
            self.maps[head].setAccessibleName(
                self.tr("Attention weights of head {head}").format(head=head)
            )
            self.outputs[head].setAccessibleName(self.tr("Output of head {head}").format(head=head))
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * _SMALLER)
        for view in (self.concatenated, self.w_o, self.output):
            view.setFont(small)
        follow_text_size(self.arithmetic, token_font)
        self.arithmetic.setWordWrap(True)
        self.arithmetic.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.arithmetic.setAccessibleName(self.tr("How the cell is computed"))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self.sentence, 1)
        for name, spin in ((self.tr("Width C"), self.width_), (self.tr("Heads H"), self.heads)):
            label = PlainLabel(name)
            label.setBuddy(spin)
            row.addWidget(label)
            row.addWidget(spin)
        row.addWidget(self.causal)
        row.addWidget(self.random)
        self._by_head = QGridLayout()
        self._by_head.setHorizontalSpacing(2 * SPACE_PX)
        self._by_head.setVerticalSpacing(SPACE_PX)
        for head in range(MOST_WIDTH):
            for place, view in enumerate(
                (self.switches[head], self.maps[head], self.outputs[head])
            ):
                self._by_head.addWidget(view, place, head, Qt.AlignmentFlag.AlignTop)
        below = QHBoxLayout()
        below.setSpacing(3 * SPACE_PX)
        for view, stretch in ((self.concatenated, 10), (self.w_o, 9), (self.output, 10)):
            below.addWidget(view, stretch, Qt.AlignmentFlag.AlignTop)
        effect = QHBoxLayout()
        effect.setSpacing(3 * SPACE_PX)
        effect.addWidget(self.effect, 1)
        effect.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.complaint)
        column.addWidget(self.shapes)
        column.addLayout(self._by_head)
        column.addLayout(below)
        column.addLayout(effect)
        column.addWidget(self.meaning)
        column.addWidget(self.arithmetic)
        column.addStretch(1)

    def _connect(self) -> None:
        self.sentence.textChanged.connect(self._on_sentence_changed)
        self.width_.valueChanged.connect(self._on_size_changed)
        self.heads.valueChanged.connect(self._on_size_changed)
        self.causal.toggled.connect(self._on_toggled)
        self.random.clicked.connect(self._on_random_clicked)
        self.change.toggled.connect(self._on_toggled)
        for switch in self.switches:
            switch.toggled.connect(self._on_toggled)
        for view in (*self.maps, *self.outputs, self.concatenated, self.w_o, self.output):
            view.cell_hovered.connect(self._on_cell_pointed)
            view.cell_selected.connect(self._on_cell_pointed)

    # ------------------------------------------------------------------------------ the numbers

    @property
    def shown(self) -> HandHeads:
        """What is on show."""
        assert self._shown is not None
        return self._shown

    def reset(self) -> None:
        """The sentence, sizes and weights with which the lesson begins, all heads at work."""
        self._seed = 0
        self._looked_at = ("output", 0, 0, 0)
        self.causal.setChecked(False)
        self.change.setChecked(False)
        for switch in self.switches:
            switch.setChecked(True)
        self.width_.setValue(WIDTH)
        self.heads.setValue(HEADS)
        self.sentence.setText(SENTENCE)
        self._compute()

    def set_sizes(self, width: int, n_heads: int) -> None:
        """Another width and number of heads."""
        self.heads.setValue(n_heads)
        self.width_.setValue(width)

    def _compute(self) -> None:
        n_heads = self.heads.value()
        off = frozenset(h for h in range(n_heads) if not self.switches[h].isChecked())
        try:
            shown = hand_heads(
                self.sentence.text(),
                self.width_.value(),
                n_heads,
                self._seed,
                causal=self.causal.isChecked(),
                off=off,
            )
        except VisualizerError as error:
            self.complaint.show_error(error)
            return
        self.complaint.clear_error()
        self._shown = shown
        self._place_heads()
        self._matrices = self._named_matrices()
        self._drawn.clear()
        self._look_at(clipped(self.shown, self._looked_at))
        self._say_shapes()
        self._say_effect()
        self.changed.emit()

    def _place_heads(self) -> None:
        """As many columns as there are heads, the first with room for the names of the rows."""
        n_heads, n_words = self.shown.n_heads, len(self.shown.words)
        names_px = self._names_px()
        gaps_px = self._by_head.horizontalSpacing() * (n_heads - 1)
        each_px = max((self.width() - names_px - gaps_px) // n_heads, 1)
        for head in range(MOST_WIDTH):
            is_used = head < n_heads
            for view in (self.switches[head], self.maps[head], self.outputs[head]):
                view.setVisible(is_used)
            stretch = each_px + (names_px if head == 0 else 0)
            self._by_head.setColumnStretch(head, stretch if is_used else 0)
        is_level = names_px <= each_px / n_words
        line = self.fontMetrics().height()
        rows = n_words * (line + 2)
        for view in self.maps:
            labels = line if is_level else names_px
            view.setFixedHeight(rows + labels + line + 4 * SPACE_PX)
        for view in self.outputs:
            view.setFixedHeight(rows + 2 * SPACE_PX)
        label = QFontMetrics(token_font()).height()
        title = QFontMetrics(self.w_o.font()).height() + SPACE_PX
        for view, n_rows, header in (
            (self.concatenated, n_words, label + SPACE_PX),
            (self.w_o, self.shown.x.shape[1], 0),
            (self.output, n_words, 0),
        ):
            # Every row with its name; cells are as high as a whole number of pixels.
            view.setFixedHeight(title + header + n_rows * (label + 3) + SPACE_PX)

    @Slot()
    def _on_text_size_changed(self) -> None:
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * _SMALLER)
        for view in (self.concatenated, self.w_o, self.output):
            view.setFont(small)
        self._place_heads()

    def _names_px(self) -> int:
        """What the names of the rows take, left of the first head's numbers."""
        metrics = QFontMetrics(token_font())
        return max(map(metrics.horizontalAdvance, self.shown.words)) + 2 * SPACE_PX

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shown is not None:
            self._place_heads()

    def _say_shapes(self) -> None:
        shapes = {
            name: "×".join(map(str, shape)) for name, shape in self.shown.steps.shapes().items()
        }
        shapes["x"] = "×".join(map(str, self.shown.x.shape))
        shapes["w_o"] = "×".join(map(str, self.shown.weights.w_o.shape))
        text = self.tr(
            "Shapes: X {x} → in each head Q, K, V {q} → scores and weights {scores} → output "
            "{output} → concatenated {joined} → times W_O {w_o} = {whole}"
        )
        self.shapes.setText(
            text.format(
                x=shapes["x"],
                q=shapes["head q"],
                scores=shapes["head weights"],
                output=shapes["head output"],
                joined=shapes["concatenated"],
                w_o=shapes["w_o"],
                whole=shapes["output"],
            )
        )

    def _say_effect(self) -> None:
        shown = self.shown
        self.change.setEnabled(bool(shown.off))
        if not shown.off:
            self.effect.setText(self.tr("All heads are at work. Switch one off to see what goes."))
            return
        text = self.tr("Without {heads}: the output changes by up to {most}, on average by {mean}.")
        names = ", ".join(self.switches[head].text() for head in sorted(shown.off))
        size = np.abs(shown.change)
        self.effect.setText(
            text.format(heads=names, most=f"{size.max():.2f}", mean=f"{size.mean():.2f}")
        )

    # ------------------------------------------------------------------------------ the cells

    @property
    def looked_at(self) -> Place:
        """The cell that is spelled out."""
        return self._looked_at

    def look_at(self, part: Part, head: int, row: int, column: int) -> None:
        """Look at another cell, at the nearest where there is no such cell."""
        self._look_at(clipped(self.shown, (part, head, row, column)))

    def matrices(self) -> dict[str, Matrix]:
        """Everything on show by name, without marks."""
        return dict(self._matrices)

    def _named_matrices(self) -> dict[str, Matrix]:
        shown = self.shown
        words = shown.words
        owners = tuple(f"h{column // shown.head_width}" for column in range(shown.x.shape[1]))
        found: dict[str, Matrix] = {}
        for head, steps in enumerate(shown.steps.heads):
            rows = words if head == 0 else ()
            found[f"weights_{head}"] = Matrix(steps.weights, rows, words, colours="weights")
            width = shown.head_width
            columns = slice(head * width, (head + 1) * width)
            found[f"output_{head}"] = Matrix(shown.left.concatenated[:, columns], rows)
        found["concatenated"] = Matrix(shown.left.concatenated, words, owners)
        found["w_o"] = Matrix(shown.weights.w_o, owners)
        is_change = self.change.isChecked() and bool(shown.off)
        found["output"] = Matrix(shown.change if is_change else shown.left.output, words)
        return found

    def _views(self) -> dict[str, MatrixView]:
        found: dict[str, MatrixView] = {}
        for head in range(self.shown.n_heads):
            found[f"weights_{head}"] = self.maps[head]
            found[f"output_{head}"] = self.outputs[head]
        whole = {"concatenated": self.concatenated, "w_o": self.w_o, "output": self.output}
        return {**found, **whole}

    def _look_at(self, place: Place) -> None:
        self._looked_at = place
        outlined = marks(self.shown, place)
        views = self._views()
        for name, matrix in self._matrices.items():
            mark = outlined.get(name, Marks())
            if self._drawn.get(name) == mark:
                continue  # what has not changed is not drawn again
            marked = replace(
                matrix,
                highlight_rows=mark.rows,
                highlight_columns=mark.columns,
                highlight_cells=mark.cells,
            )
            views[name].set_matrix(marked)
            self._drawn[name] = mark
        self._spell_out()

    def _spell_out(self) -> None:
        self.meaning.setText(self._meaning())
        self.arithmetic.setText(self.sentence_of(self._looked_at))

    def _meaning(self) -> str:
        part, head, row, column = self._looked_at
        words = self.shown.words
        if part in ("concatenated", "w_o"):
            number = column if part == "concatenated" else row
            head, inner = divmod(number, self.shown.head_width)
        else:
            inner = column
        texts: dict[Part, str] = {
            "weights": self.tr("How much head {head} takes from “{key}” for “{word}”."),
            "head_output": self.tr("Number {inner} of what head {head} gives for “{word}”."),
            "concatenated": self.tr("Number {inner} of what head {head} gives for “{word}”."),
            "w_o": self.tr("How much of number {inner} of head {head} goes into output {column}."),
            "output": self.tr("Output {column} for “{word}”: all heads joined, times W_O."),
        }
        return texts[part].format(
            head=head,
            inner=inner,
            column=column,
            word=words[min(row, len(words) - 1)],
            key=words[min(column, len(words) - 1)],
        )

    def sentence_of(self, place: Place) -> str:
        """A cell as arithmetic."""
        part, head, row, column = place
        shown = self.shown
        if part == "concatenated":
            head, column = divmod(column, shown.head_width)
        if part == "weights":
            return spell_out_weight(shown.steps.heads[head], row, column)
        if part in ("head_output", "concatenated"):
            if head in shown.off:
                return self.tr("0, since head {head} is switched off").format(head=head)
            return spell_out_output(shown.steps.heads[head], row, column)
        if part == "w_o":
            return f"{shown.weights.w_o[row, column]:.3f}".replace("-", "−")
        if self.change.isChecked() and shown.off:
            now, before = shown.left.output[row, column], shown.steps.output[row, column]
            return f"{now:.3f} − ({before:.3f}) = {now - before:.3f}".replace("-", "−")
        return spell_out_projection(shown.left.concatenated, shown.weights.w_o, row, column, 2)

    # ------------------------------------------------------------------------------ events

    @Slot(int, int)
    def _on_cell_pointed(self, row: int, column: int) -> None:
        if row < 0 or column < 0:
            return
        sender = self.sender()
        names = {view: name for name, view in self._views().items()}
        name = names[sender]  # type: ignore[index]
        kind, _, head = name.partition("_")
        if name in ("concatenated", "w_o", "output"):
            self._look_at((name, 0, row, column))  # type: ignore[arg-type]
        else:
            part: Part = "weights" if kind == "weights" else "head_output"
            self._look_at((part, int(head), row, column))

    @Slot()
    def _on_sentence_changed(self) -> None:
        self._compute()

    @Slot()
    def _on_size_changed(self) -> None:
        self._compute()

    @Slot()
    def _on_toggled(self) -> None:
        if self._shown is not None:
            self._compute()

    @Slot()
    def _on_random_clicked(self) -> None:
        self._seed += 1
        self._compute()


def _view(title: str) -> MatrixView:
    view = MatrixView(title=title)
    view.setMinimumWidth(16 * SPACE_PX)
    view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return view


def _spin(low: int, high: int, tip: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setToolTip(tip)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    spin.setFixedWidth(14 * SPACE_PX)
    return spin
