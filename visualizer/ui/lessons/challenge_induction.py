"""Find the head that looks at what came after the same word before, by its picture alone."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import Float64Array, Member
from visualizer.session.head_labels import uniform_metrics
from visualizer.session.views import OverviewView, Unavailable
from visualizer.ui.lessons.labels import Complaint, heading, snug_caption
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.exact_text import ExactTextEdit

WORDS = [
    "seven",
    "lamp",
    "orchard",
    "violin",
    "copper",
    "river",
    "garden",
    "window",
    "silver",
    "winter",
    "paper",
    "stone",
    "apple",
    "mother",
    "yellow",
    "bridge",
    "candle",
    "forest",
    "market",
    "button",
    "cloud",
    "engine",
    "feather",
    "island",
    "kitchen",
]
N_WORDS = 6  # of them, twice
LEAST_SCORE = 0.3
"""Of the weight, on average, that a head must put there to be one that looks for it."""
LEAST_SHARE = 0.8
"""Of the best head's score that another must reach to count as found, too."""


def words_twice(seed: int) -> str:
    """Words in an order that no text has, twice; the last one is left for the model to say."""
    rng = np.random.default_rng(seed)
    words = [WORDS[i] for i in rng.permutation(len(WORDS))[:N_WORDS]]
    return " ".join([*words, *words[:-1]])


class InductionPane(QWidget):
    """A text for the model at hand, and a place to name the head that was found.

    Signals:
        changed: Other scores are known, or another head was judged.
    """

    changed = Signal()

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._seed = 0
        self._role = "ink"
        self.text = ExactTextEdit()
        self.run = QPushButton(self.tr("Let the model read it"))
        self.again = QPushButton(self.tr("Other words"))
        self.layer, self.head = QSpinBox(), QSpinBox()
        self.check = QPushButton(self.tr("Check"))
        self.show_it = QPushButton(self.tr("Show me"))
        self.complaint = Complaint()
        self.verdict = PlainLabel()
        self.status = snug_caption()
        self._lay_out()
        self.run.clicked.connect(self._on_run_clicked)
        self.again.clicked.connect(self._on_again_clicked)
        self.check.clicked.connect(self._on_check_clicked)
        self.show_it.clicked.connect(self._on_show_clicked)
        microscope.overview_changed.connect(self._on_overview_changed)
        microscope.model_changed.connect(self._on_overview_changed)
        self.reset()

    def _lay_out(self) -> None:
        look = snug_caption(
            self.tr(
                "Where a word comes for the second time, one kind of head looks at what followed "
                "it the first time: an induction head. In a text of {n} words, twice, its picture "
                "has a line of its own below the diagonal. Let the model read the words, look "
                "through all heads in the main panels, and name one."
            ).format(n=N_WORDS)
        )
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Text for the model"))
        self.text.setFixedHeight(14 * SPACE_PX)
        self.run.setToolTip(self.tr("Run these words in the main window and look at its heads"))
        self.again.setToolTip(self.tr("Other words in another order"))
        self.check.setToolTip(self.tr("Whether this head looks at what followed the same word"))
        self.show_it.setToolTip(self.tr("Select the head that does it most"))
        for box, name in ((self.layer, self.tr("Layer")), (self.head, self.tr("Head"))):
            box.setAccessibleName(name)
        self.verdict.setWordWrap(True)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, parts in (
            (first, (self.run, self.again)),
            (
                second,
                (
                    PlainLabel(self.tr("Layer")),
                    self.layer,
                    PlainLabel(self.tr("Head")),
                    self.head,
                    self.check,
                    self.show_it,
                ),
            ),
        ):
            row.setSpacing(2 * SPACE_PX)
            for part in parts:
                row.addWidget(part)
            row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        for widget in (look, self.text):
            column.addWidget(widget)
        column.addLayout(first)
        column.addWidget(self.complaint)
        column.addWidget(self.status)
        column.addWidget(heading(self.tr("Which head is it?")))
        column.addLayout(second)
        column.addWidget(self.verdict)
        column.addStretch(1)

    # --------------------------------------------------------------------------- what is asked

    def reset(self) -> None:
        """The first words, and nothing judged."""
        self._begin(0)

    def _begin(self, seed: int) -> None:
        self._seed = seed
        self.text.set_text(words_twice(seed))
        self._say("", "ink")
        self._describe()

    def scores(self) -> Float64Array | None:
        """(L, H) mean share of the weight on what followed the same word, on this very text.

        None while the model has not read it, or its heads are not measured yet.
        """
        view = self._microscope.overview
        if not isinstance(view, OverviewView) or view.stale or view.tokenization is None:
            return None
        if view.metrics is None or view.tokenization.text != self.text.raw_text():
            return None
        return view.metrics.values["induction"].astype(np.float64)

    def best(self) -> tuple[Member, float] | None:
        """The head with the largest score, if any has one."""
        scores = self.scores()
        if scores is None or np.isnan(scores).all():
            return None
        place = np.unravel_index(int(np.nanargmax(scores)), scores.shape)
        member = (int(place[0]), int(place[1]))
        return member, float(scores[member])

    def is_found(self, member: Member) -> bool:
        """Whether a head does it well enough to count."""
        scores, best = self.scores(), self.best()
        if scores is None or best is None or best[1] < LEAST_SCORE:
            return False
        return bool(scores[member] >= max(LEAST_SHARE * best[1], LEAST_SCORE))

    def _describe(self) -> None:
        view, model, best = self._microscope.overview, self._microscope.model, self.best()
        self.complaint.clear_error()
        if isinstance(view, Unavailable) and not view.busy:
            self.complaint.show_error(view.reason)
        elif model is None and not isinstance(view, Unavailable):
            self.complaint.show_error(
                VisualizerError("There is no model at hand: open one and type a text.")
            )
        if model is not None:
            self.layer.setRange(0, max(model.n_layers - 1, 0))
            self.head.setRange(0, max(model.n_heads - 1, 0))
        can = best is not None and best[1] >= LEAST_SCORE
        self.check.setEnabled(can)
        self.show_it.setEnabled(can)
        if best is None:
            self.status.setText(self.tr("The model has not read these words yet."))
        elif not can:
            text = self.tr(
                "No head of {model} does it on these words: the best puts {share} there. Try other "
                "words, or open another model."
            )
            name = "" if model is None else model.name
            self.status.setText(text.format(model=name, share=f"{best[1]:.0%}"))
        else:
            self.status.setText(self.tr("Read. Look at all heads in the main panels."))
        self.changed.emit()

    def _say(self, words: str, role: str) -> None:
        self._role = role
        self.verdict.setText(words)
        self.verdict.setStyleSheet(f"color: {getattr(current_theme(), role)}; font-weight: bold")
        self.verdict.setVisible(bool(words))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._say(self.verdict.text(), self._role)

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_run_clicked(self) -> None:
        self._microscope.show_prompt(self.text.raw_text())

    @Slot()
    def _on_again_clicked(self) -> None:
        self._begin(self._seed + 1)

    @Slot()
    def _on_check_clicked(self) -> None:
        scores, view = self.scores(), self._microscope.overview
        if scores is None or not isinstance(view, OverviewView) or view.tokenization is None:
            return
        member = (self.layer.value(), self.head.value())
        score = scores[member] if member[1] < scores.shape[1] else np.nan
        chance = uniform_metrics(view.tokenization.ids)["induction"]
        if np.isnan(score):
            self._say(self.tr("✗ There is no such head in this layer."), "error")
            return
        text = (
            self.tr("✓ Found: it puts {share} of its weight on what followed the same word.")
            if self.is_found(member)
            else self.tr(
                "✗ It puts {share} of its weight on what followed the same word; a head that "
                "looks at all alike has {chance}. Look for a line below the diagonal, {n} words "
                "away from it."
            )
        )
        role = "accent" if self.is_found(member) else "error"
        n = N_WORDS - 1
        self._say(text.format(share=f"{score:.0%}", chance=f"{chance:.0%}", n=n), role)
        self.changed.emit()

    @Slot()
    def _on_show_clicked(self) -> None:
        best = self.best()
        if best is None:
            return
        (layer, head), score = best
        self.layer.setValue(layer)
        self.head.setValue(head)
        text = self.tr("Layer {layer}, head {head}: {share}.")
        self._say(text.format(layer=layer, head=head, share=f"{score:.0%}"), "ink")
        self._microscope.show_head(layer, head)

    @Slot()
    def _on_overview_changed(self) -> None:
        self._describe()
