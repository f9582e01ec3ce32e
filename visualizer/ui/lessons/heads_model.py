"""What the heads of the model at hand specialise in, found on a text of the reader's choice."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import Member
from visualizer.session.head_labels import LABEL_NAMES, LabelName
from visualizer.session.views import OverviewView, TokenStripView, Unavailable
from visualizer.ui.lessons.head_kinds import MOST_HEADS, HeadKind, KnownHead, head_kinds
from visualizer.ui.lessons.labels import Complaint, caption, heading
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.metric_words import (
    label_name,
    metric_sentence,
    score_text,
    undefined_sentence,
)
from visualizer.ui.plain_text import plain_tip
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.attention_image import indexed_image
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.colour_scale import ColourMapping

REPEATED = "seven lamp orchard violin copper river seven lamp orchard violin copper"
STORY = (
    "Once upon a time there was a black cat named Emma. Emma found two apples. "
    "Kate gave Emma two more. Now Emma had"
)
TEXTS = {"repeated": REPEATED, "story": STORY}
"""By the keys of buttons and links: one that shows induction, and one like any other."""

_PICTURE_PX = 10 * SPACE_PX


class ModelHeads(QWidget):
    """For each kind of heads those of the model that come nearest to it, with their scores.

    Signals:
        changed: Other heads or scores.
    """

    changed = Signal()

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._view: OverviewView | None = None
        self._kinds: tuple[HeadKind, ...] = ()
        self._awaited: tuple[str, LabelName] | None = None
        self.text = QLineEdit()
        self.run = QPushButton(self.tr("Run"))
        self.texts = {
            "repeated": QPushButton(self.tr("Words, twice")),
            "story": QPushButton(self.tr("A story")),
        }
        self.complaint = Complaint()
        self.status = caption()
        self._content = QWidget()
        self.facts: dict[LabelName, QLabel] = {name: caption() for name in LABEL_NAMES}
        self.heads: dict[LabelName, list[ChoiceButton]] = {
            name: [ChoiceButton() for _ in range(MOST_HEADS)] for name in LABEL_NAMES
        }
        self._lay_out()
        self._connect()
        self.reset()

    def _lay_out(self) -> None:
        self.text.setAccessibleName(self.tr("Text for the model"))
        self.text.setPlaceholderText(self.tr("A text for the model to read"))
        self.run.setToolTip(self.tr("Run this text in the main window"))
        self.texts["repeated"].setToolTip(plain_tip(REPEATED))
        self.texts["story"].setToolTip(plain_tip(STORY))
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self.text, 1)
        for run in (self.run, *self.texts.values()):
            row.addWidget(run)
        grid = QGridLayout(self._content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_PX)
        grid.setVerticalSpacing(3 * SPACE_PX)
        for place, name in enumerate(LABEL_NAMES):
            words = QVBoxLayout()
            words.setSpacing(0)
            title = heading(_capital(label_name(name)))
            words.addWidget(title)
            words.addWidget(self.facts[name])
            words.addStretch(1)
            grid.addLayout(words, place, 0)
            for column, button in enumerate(self.heads[name], 1):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                button.setIconSize(QSize(_PICTURE_PX, _PICTURE_PX))
                button.setAutoRaise(True)
                button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
                button.setMinimumWidth(28 * SPACE_PX)
                grid.addWidget(button, place, column)
        grid.setColumnStretch(0, 1)
        note = self.tr(
            "In colour, heads that stand out enough from chance to be called by the name; grey, "
            "the nearest of the others. The names hold on this text, and attention is not "
            "explanation: where a head looks does not yet say what it does with what it finds."
        )
        self.note = caption(note)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(2 * SPACE_PX)
        column_layout.addLayout(row)
        column_layout.addWidget(self.complaint)
        column_layout.addWidget(self.status)
        column_layout.addWidget(self._content)
        column_layout.addWidget(self.note)
        column_layout.addStretch(1)

    def _connect(self) -> None:
        self.text.returnPressed.connect(self._on_run_clicked)
        self.run.clicked.connect(self._on_run_clicked)
        for button in self.texts.values():
            button.clicked.connect(self._on_text_clicked)
        for buttons in self.heads.values():
            for head in buttons:
                head.clicked.connect(self._on_head_clicked)
        self._microscope.model_changed.connect(self._on_microscope_model_changed)
        self._microscope.tokens_changed.connect(self._on_microscope_tokens_changed)
        self._microscope.overview_changed.connect(self._on_microscope_overview_changed)

    # --------------------------------------------------------------------------- what is shown

    @property
    def kinds(self) -> tuple[HeadKind, ...]:
        """What is on show; empty before the first metrics."""
        return self._kinds

    @property
    def view(self) -> OverviewView | None:
        """What it comes from."""
        return self._view

    @property
    def is_waiting(self) -> bool:
        """Whether the model is still reading."""
        view = self._microscope.overview
        return isinstance(view, OverviewView) and view.metrics is None

    def kind(self, name: LabelName) -> HeadKind | None:
        """One of the kinds on show."""
        return next((kind for kind in self._kinds if kind.name == name), None)

    def reset(self) -> None:
        """The words that come twice in the box; the model keeps what it is reading."""
        self._awaited = None
        self.text.setText(REPEATED)
        self._take(self._microscope.overview)

    def run_text(self, text: str) -> None:
        """Let the model read a text, here."""
        self.text.setText(text)
        self._awaited = None
        self._microscope.run_prompt(text)

    def look_for(self, name: LabelName, text: str) -> None:
        """Show a text in the main panels, and there the head that does best on it."""
        self.text.setText(text)
        self._awaited = (text, name)
        self._microscope.show_prompt(text)
        self._show_awaited()

    def _take(self, view: OverviewView | Unavailable | None) -> None:
        self.complaint.clear_error()
        if isinstance(view, Unavailable):
            self.complaint.show_error(view.reason)
            self.status.clear()
            return
        if view is None or self._microscope.model is None:
            self._content.hide()
            self.note.hide()
            self.status.clear()
            self.complaint.show_error(
                VisualizerError("There is no model at hand: open one and type a text.")
            )
            return
        kinds = None if view.stale else head_kinds(view)
        if kinds is None:
            self.status.setText(self.tr("The heads are being measured on this text …"))
            self._content.setEnabled(False)
            return
        self._view, self._kinds = view, kinds
        self._content.setEnabled(True)
        self._content.show()
        self.note.show()
        self._say_text(view)
        for kind in kinds:
            self._show_kind(kind)
        self._show_awaited()
        self.changed.emit()

    def _say_text(self, view: OverviewView) -> None:
        assert view.tokenization is not None
        n_layers, n_heads = view.thumbnails.shape[:2]
        text = view.tokenization.text
        if not self.text.isModified():  # else the user is writing another
            self.text.setText(text)
        words = self.tr("{model}, {layers} layers of {heads} heads, on {n} tokens: “{text}”")
        self.status.setText(
            words.format(
                model=view.model_name,
                layers=n_layers,
                heads=n_heads,
                n=view.n_tokens,
                text=text if len(text) <= 60 else f"{text[:59]}…",
            )
        )

    def _show_kind(self, kind: HeadKind) -> None:
        if not kind.best:
            self.facts[kind.name].setText(_capital(undefined_sentence(kind.metric)))
        else:
            words = self.tr("{n} so called · by chance {chance} · {queries} tokens count")
            self.facts[kind.name].setText(
                words.format(
                    n=kind.n_labelled,
                    chance=score_text(kind.metric, kind.uniform),
                    queries=kind.n_queries,
                )
            )
        self.facts[kind.name].setToolTip(metric_sentence(kind.metric))
        for place, button in enumerate(self.heads[kind.name]):
            button.setVisible(place < len(kind.best))
            if place < len(kind.best):
                self._show_head(button, kind, kind.best[place])

    def _show_head(self, button: QToolButton, kind: HeadKind, head: KnownHead) -> None:
        assert self._view is not None
        layer, number = head.member
        score = score_text(kind.metric, head.score)
        button.setText(f"L{layer}·H{number}\n{score}")
        button.setIcon(_icon(head, self.devicePixelRatioF()))
        button.setChecked(head.member == (self._view.layer, self._view.head))
        button.setToolTip(
            self.tr("Layer {layer}, head {head}: {score}. Select it in the main panels.").format(
                layer=layer, head=number, score=score
            )
        )
        name = self.tr("{kind}: layer {layer}, head {head}, {score}")
        button.setAccessibleName(
            name.format(kind=label_name(kind.name), layer=layer, head=number, score=score)
        )
        theme, palette = current_theme(), QPalette()
        colour = QColor(theme.accent if head.has_label else theme.quiet)
        palette.setColor(QPalette.ColorRole.ButtonText, colour)
        button.setPalette(palette)

    def _show_awaited(self) -> None:
        """Select the head that was asked for, once it is known on the text asked for."""
        view, awaited = self._view, self._awaited
        if awaited is None or view is None or view.tokenization is None:
            return
        if view.tokenization.text != awaited[0]:
            return
        self._awaited = None
        kind = self.kind(awaited[1])
        if kind is not None and kind.best:
            self._microscope.head_wished.emit(*kind.best[0].member)

    # --------------------------------------------------------------------------------- events

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for kind in self._kinds:
                self._show_kind(kind)

    @Slot()
    def _on_run_clicked(self) -> None:
        self.run_text(self.text.text())

    @Slot()
    def _on_text_clicked(self) -> None:
        sender = self.sender()
        self.run_text(next(TEXTS[key] for key, each in self.texts.items() if each is sender))

    @Slot()
    def _on_head_clicked(self) -> None:
        member = self._member_of(self.sender())
        for kind in self._kinds:
            self._show_kind(kind)  # what is down follows the main panels, not the click
        self._microscope.show_head(*member)

    def _member_of(self, button: object) -> Member:
        return next(
            kind.best[place].member
            for kind in self._kinds
            for place, each in enumerate(self.heads[kind.name])
            if each is button
        )

    @Slot(object)
    def _on_microscope_model_changed(self, _model: object) -> None:
        self._awaited = None
        self._take(self._microscope.overview)

    @Slot(object)
    def _on_microscope_tokens_changed(self, view: TokenStripView | Unavailable) -> None:
        text = view.tokenization.text if isinstance(view, TokenStripView) else None
        if self._awaited is not None and text not in (None, self._awaited[0]):
            self._awaited = None  # the reader has gone on to another text

    @Slot(object)
    def _on_microscope_overview_changed(self, view: OverviewView | Unavailable) -> None:
        self._take(view)


def _icon(head: KnownHead, ratio: float) -> QIcon:
    theme = current_theme()
    levels = np.ascontiguousarray(ColourMapping().levels(head.picture))
    edge = math.ceil(_PICTURE_PX * ratio)
    picture = QPixmap.fromImage(
        indexed_image(levels, theme).scaled(
            edge,
            edge,
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.FastTransformation,
        )
    )
    picture.setDevicePixelRatio(ratio)
    return QIcon(picture)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
