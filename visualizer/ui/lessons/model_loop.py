"""The same loop on the vocabulary of the real model, which the main window runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.records import ModelRecord
from visualizer.engine.sampling_stages import Stage
from visualizer.engine.tokenization import display_text
from visualizer.lessons.uses import Use, use_for
from visualizer.session.views import BarsView, Candidate, SamplingView, TokenStripView, Unavailable
from visualizer.ui.lessons.call_list import CallList
from visualizer.ui.lessons.generation_calls import Call, word_list
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.shape_sliders import align_sliders
from visualizer.ui.lessons.token_bench import heading
from visualizer.ui.lessons.use_note import UseNote
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.fact_table import Fact, FactTable
from visualizer.ui.widgets.messages import ElidedLabel, error_text, make_quiet
from visualizer.ui.widgets.stage_sliders import stage_slider
from visualizer.ui.widgets.token_chips import TokenChips
from visualizer.ui.widgets.word_bars import WordBar, WordBars

PROMPT = "A journey of a thousand miles begins with a single"
MOST_BARS = 10
_MOST_CHIPS = 40
_LONGEST_IN_LINE = 5000  # in characters
_IN_CALLS = 3
_SHAPING: tuple[Stage, ...] = ("temperature", "top_k", "top_p")


@dataclass(frozen=True, eq=False)
class _Asked:
    """What stood there when a step was asked for."""

    ids: tuple[int, ...]
    candidates: tuple[Candidate, ...]


class ModelLoop(QWidget):
    """A prompt for the model, its likeliest next tokens, and a button that appends one.

    The line holds the text of the main window, of which everything below it is. Once the reader
    types, it is his own until Predict gives it to the model, and what is below is dimmed.
    """

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._asked: _Asked | None = None
        self._selected = ""
        self._ids_after: tuple[int, ...] = ()
        self._is_own = False
        self._use: Use | None = None
        self.prompt = QLineEdit(PROMPT)
        self.run = QPushButton(self.tr("Predict"))
        self.step = QPushButton(self.tr("Select and append"))
        self.panels = QPushButton(self.tr("Show the main panels"))
        self.note = UseNote()
        self.message = PlainLabel()
        self.chips = TokenChips()
        self.bars = WordBars()
        self.rest = ElidedLabel()
        self.sliders = {stage: stage_slider(stage) for stage in _SHAPING}
        self.facts = FactTable()
        self.calls = CallList(6)
        self._dress()
        self._lay_out()
        self._connect()
        self._take_text()
        self._show_all()

    def _dress(self) -> None:
        self.prompt.setAccessibleName(self.tr("Text for the model"))
        self.prompt.setPlaceholderText(self.tr("A text for the model to go on with"))
        self.run.setToolTip(self.tr("Run this text in the main window"))
        self.step.setToolTip(self.tr("Draw one token with the sampling parameters at hand"))
        self.panels.setToolTip(self.tr("All candidates, the sampling parameters and attention"))
        self.bars.setAccessibleName(self.tr("The model's likeliest next tokens"))
        self.bars.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.message.setWordWrap(True)
        make_quiet(self.message)
        make_quiet(self.rest)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self.prompt, 1)
        for button in (self.run, self.step, self.panels):
            row.addWidget(button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6 * SPACE_PX)
        grid.setVerticalSpacing(SPACE_PX)
        grid.addWidget(heading(self.tr("Predictions")), 0, 0)
        grid.addWidget(heading(self.tr("Shape and select")), 0, 1)
        grid.addWidget(self.bars, 1, 0)
        right = QVBoxLayout()
        right.setSpacing(SPACE_PX)
        for slider in self.sliders.values():
            right.addWidget(slider)
        right.addSpacing(2 * SPACE_PX)
        right.addWidget(self.facts)
        right.addStretch(1)
        align_sliders(tuple(self.sliders.values()))
        grid.addLayout(right, 1, 1)
        grid.addWidget(self.rest, 2, 0)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(self.message)
        column.addWidget(self.chips)
        column.addLayout(grid)
        column.addSpacing(2 * SPACE_PX)
        column.addWidget(heading(self.tr("The calls")))
        column.addWidget(self.calls)
        column.addStretch(1)

    def _connect(self) -> None:
        self.prompt.textChanged.connect(self._on_prompt_changed)
        self.prompt.returnPressed.connect(self._on_run_clicked)
        self.run.clicked.connect(self._on_run_clicked)
        self.step.clicked.connect(self._on_step_clicked)
        for slider in self.sliders.values():
            slider.value_changed.connect(self._on_slider_value_changed)
        self.panels.clicked.connect(self._microscope.panels_wished)
        self.note.model_wanted.connect(self._microscope.model_wished)
        self._microscope.model_changed.connect(self._on_model_changed)
        self._microscope.tokens_changed.connect(self._on_tokens_changed)
        self._microscope.bars_changed.connect(self._show_all)
        self._microscope.sampling_changed.connect(self._show_all)

    def reset(self) -> None:
        """Nothing typed and no use on show; what the main window shows stays."""
        self._put(PROMPT)
        self._asked, self._selected, self._use = None, "", None
        self._take_text()
        self._show_all()

    def show_use(self, key: str) -> None:
        """Give the model the prompt of one of USE_KEYS, and say what to look for."""
        model = self._microscope.model
        self._use = use_for(key, "" if model is None else model.name)
        self._put(self._use.prompt)
        self._on_run_clicked()
        self._show_all()

    # -------------------------------------------------------------------------------- showing

    def view(self) -> BarsView | None:
        """The model's predictions, None while there are none."""
        bars = self._microscope.bars
        return bars if isinstance(bars, BarsView) else None

    @Slot()
    def _show_all(self) -> None:
        view, tokens = self.view(), self._microscope.tokens
        strip = tokens if isinstance(tokens, TokenStripView) else None
        model = self._microscope.model
        is_of_use = self._use is not None and self.prompt.text().startswith(self._use.prompt)
        self.note.show_use(self._use if is_of_use and model else None, model.name if model else "")
        self.message.setText(self._sentence())
        self.message.setVisible(bool(self.message.text()))
        self.chips.set_tokens(() if strip is None else _last_tokens(strip))
        candidates = () if view is None else view.candidates[:MOST_BARS]
        shaped = view is not None and view.shaped
        self.bars.set_bars([_bar(candidate, shaped=shaped) for candidate in candidates])
        self.rest.setText("" if view is None else self._rest_sentence(view))
        self.facts.set_facts(self._facts(view, self._microscope.sampling))
        sampling = self._microscope.sampling
        for stage, slider in self.sliders.items():
            slider.setEnabled(sampling is not None)
            if sampling is not None:
                slider.set_value(float(getattr(sampling.sampling, stage)))
        can_step = sampling is not None and sampling.can_generate and view is not None
        self.step.setEnabled(can_step and sampling is not None and not sampling.generating)
        self.run.setEnabled(self._microscope.model is not None)
        self.calls.set_calls(self._calls(view))
        is_old = view is not None and _is_old(view, strip)
        dim((self.bars, self.rest, self.facts, self.calls), is_old or self._is_own)
        dim((self.chips,), self._is_own)

    def _sentence(self) -> str:
        if self._microscope.model is None:
            return self.tr("No model is loaded: choose one at the top of the main window.")
        bars = self._microscope.bars
        if isinstance(bars, Unavailable):
            return error_text(bars.reason)
        if bars is None or self._is_own:
            return self.tr("Press Predict to give the model this text.")
        if not bars.is_last:
            return self.tr("The main window shows what follows an earlier token: {token}").format(
                token=bars.position_text
            )
        return ""

    def _rest_sentence(self, view: BarsView) -> str:
        shown = view.candidates[:MOST_BARS]
        n_others = view.vocabulary_size - len(shown)
        probs = [c.sampled_prob if view.shaped else c.prob for c in shown]
        rest = max(0.0, 1.0 - sum(probs))
        return self.tr("and {n:,} more tokens, together {rest:.1f} %").format(
            n=n_others, rest=100 * rest
        )

    def _facts(self, view: BarsView | None, sampling: SamplingView | None) -> list[Fact]:
        facts = []
        if view is not None:
            facts += [
                Fact(self.tr("vocabulary V"), f"{view.vocabulary_size:,}"),
                Fact(self.tr("tokens that can be drawn"), f"{view.n_kept:,}", is_result=True),
            ]
        if sampling is not None:
            facts.append(Fact(self.tr("seed"), str(sampling.seed)))
        return facts

    def _calls(self, view: BarsView | None) -> list[Call]:
        """Of the text that the predictions are of, which may have moved on."""
        if view is None or view.tokenization is None:
            return []
        pieces = [display_text(piece) for piece in view.tokenization.pieces[: view.position + 1]]
        shown = view.candidates[:_IN_CALLS]
        pairs = ", ".join(f'"{c.text}": {c.prob:.3f}' for c in shown)
        result = f"{{{pairs}, … +{view.vocabulary_size - len(shown):,}}}"
        calls = [Call(f"predictions = predict_next_token({word_list(pieces)})", result, "now")]
        sampling = self._microscope.sampling
        if sampling is not None:
            params = sampling.sampling
            values = (
                f"temperature={params.temperature:g}, top_k={params.top_k}, "
                f"top_p={params.top_p:g}, seed={sampling.seed}"
            )
            code = f"select_next_token(predictions, {values})"
            if self._selected:
                calls.insert(0, Call(code, self._selected, "done"))
            else:
                calls.append(Call(code))
        return calls

    def _put(self, text: str) -> None:
        """Fill the line with what is not the reader's own."""
        self.prompt.blockSignals(True)
        self.prompt.setText(text)
        self.prompt.blockSignals(False)
        self._is_own = False

    def _take_text(self) -> None:
        """The line says what the main window's text is, unless the reader is typing another."""
        strip = self._microscope.tokens
        if self._is_own or not isinstance(strip, TokenStripView):
            return
        text = strip.tokenization.text
        is_short = len(text) <= _LONGEST_IN_LINE
        if self.prompt.text() != text:
            self._put(text if is_short else "")
        self.prompt.setPlaceholderText(
            self.tr("A text for the model to go on with")
            if is_short
            else self.tr("The main window's text is too long for this line")
        )

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_prompt_changed(self) -> None:
        self._is_own = True
        self._show_all()

    @Slot()
    def _on_run_clicked(self) -> None:
        self._asked, self._selected = None, ""
        if self._microscope.model is not None and self.prompt.text():
            self._is_own = False
            self._microscope.run_prompt(self.prompt.text())
            self._show_all()

    @Slot()
    def _on_step_clicked(self) -> None:
        view, tokens = self.view(), self._microscope.tokens
        if view is not None and isinstance(tokens, TokenStripView):
            ids = tuple(tokens.tokenization.ids.tolist())
            self._asked = _Asked(ids, view.candidates)
            self._microscope.step()

    @Slot()
    def _on_slider_value_changed(self) -> None:
        sampling = self._microscope.sampling
        if sampling is not None:
            values = self.sliders
            params = replace(
                sampling.sampling,
                temperature=float(values["temperature"].value()),
                top_k=round(values["top_k"].value()),
                top_p=float(values["top_p"].value()),
            )
            self._microscope.shape(params)

    @Slot(object)
    def _on_model_changed(self, _model: ModelRecord) -> None:
        self._asked, self._selected = None, ""
        if self._use is not None and self.prompt.text() == self._use.prompt:
            self.show_use(self._use.key)  # another model has a prompt of its own
        self._show_all()

    @Slot(object)
    def _on_tokens_changed(self, view: TokenStripView | Unavailable) -> None:
        """Where a step was asked for and the text is longer by one token, that was selected."""
        asked = self._asked
        if isinstance(view, TokenStripView):
            ids = tuple(view.tokenization.ids.tolist())
            if asked is not None and ids[:-1] == asked.ids:
                self._selected = self._selection(asked, ids[-1], view.tokenization.pieces[-1])
                self._asked = None
            elif asked is None or ids != asked.ids:
                self._selected = "" if not self._is_what_was_selected(ids) else self._selected
        self._take_text()
        self._show_all()

    def _selection(self, asked: _Asked, token_id: int, piece: bytes) -> str:
        self._ids_after = (*asked.ids, token_id)
        found = next((c for c in asked.candidates if c.token_id == token_id), None)
        text = f'"{display_text(piece)}"  # id {token_id}'
        return text if found is None else f"{text}, predictions[{token_id}] == {found.prob:.3f}"

    def _is_what_was_selected(self, ids: tuple[int, ...]) -> bool:
        return bool(self._selected) and ids == self._ids_after


def _is_old(view: BarsView, strip: TokenStripView | None) -> bool:
    """Whether predictions are of another text than the one in the editor."""
    if view.stale or strip is None or view.tokenization is None:
        return True
    return not np.array_equal(view.tokenization.ids, strip.tokenization.ids)


def _bar(candidate: Candidate, *, shaped: bool) -> WordBar:
    if not shaped:
        return WordBar(candidate.text, candidate.prob)
    return WordBar(
        candidate.text,
        candidate.sampled_prob,
        removed=not candidate.kept,
        before=candidate.prob,
    )


def _last_tokens(strip: TokenStripView) -> list[str]:
    pieces = strip.tokenization.pieces
    shown = [display_text(piece) for piece in pieces[-_MOST_CHIPS:]]
    return ["…", *shown] if len(pieces) > _MOST_CHIPS else shown
