"""Lesson 0: one forward pass of the model at hand, walked through station by station."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import (
    MOST_STEP_TOKENS,
    MOST_TEXT_TOKENS,
    HeadStepsRecord,
    HeadStepsRequest,
    LessonQuestion,
    ResidualRecord,
    ResidualRequest,
)
from visualizer.lessons.attention import softmax
from visualizer.lessons.forward_walk import softmax_steps, vector_by_block
from visualizer.lessons.similarity import cosine_similarity
from visualizer.session.views import BarsView, HeadView, TokenStripView, Unavailable
from visualizer.ui.lessons.drawn_exhibits import Numbers, TableRows, chart_exhibit, matrix_exhibit
from visualizer.ui.lessons.labels import Complaint
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.walk_stations import (
    LESSONS,
    STATIONS,
    Station,
    StationView,
    WalkFacts,
    station_names,
)
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.choice_button import ChoiceButton

STATION_MS = 2_500
"""How long playing stays at a station."""


class WalkPage(LessonPage):
    """The text of the main panels on its way through the model, with play, step and back."""

    key = "walk"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._is_active = False
        self._facts = WalkFacts()
        self._pass: tuple[object, ...] | None = None  # model and text that it is about
        self._asked: dict[type, LessonQuestion] = {}
        self.station: Station = STATIONS[0]
        self.text = QLineEdit()
        self.run = QPushButton(self.tr("Run"))
        self.stations: dict[Station, ChoiceButton] = {}
        self._group = QButtonGroup(self)
        self.view = StationView()
        self.complaint = Complaint()
        self.back, self.play = QPushButton(self.tr("◀ Back")), QPushButton(self.tr("Play"))
        self.step, self.append = QPushButton(self.tr("Step ▶")), QPushButton(self.tr("Append it"))
        self.lesson, self.panels = QPushButton(), QPushButton(self.tr("In the main panels"))
        self._timer = QTimer(self, interval=STATION_MS)
        self._lay_out()
        self._connect()
        self.show_station(STATIONS[0])

    def _lay_out(self) -> None:
        self.text.setAccessibleName(self.tr("Text for the model"))
        self.text.setPlaceholderText(self.tr("A text for the model to read"))
        self.run.setToolTip(self.tr("Run this text through the model at hand (Enter)"))
        first = QHBoxLayout()
        first.setSpacing(2 * SPACE_PX)
        first.addWidget(self.text, 1)
        first.addWidget(self.run)
        strip = QHBoxLayout()
        strip.setSpacing(SPACE_PX)
        for place, (station, (name, tip)) in enumerate(station_names().items()):
            choice = self.stations[station] = ChoiceButton(f"{place + 1} {name}")
            choice.setToolTip(tip)
            choice.setAutoRaise(True)
            self._group.addButton(choice, place)
            strip.addWidget(choice)
        strip.addStretch(1)
        for button, tip in (
            (self.back, self.tr("The station before")),
            (self.play, self.tr("Go from station to station, or stay where it is")),
            (self.step, self.tr("The next station")),
            (self.append, self.tr("Draw a token by the sampling of the main panels and append it")),
            (self.lesson, self.tr("The lesson that takes this station apart")),
            (self.panels, self.tr("Show this in the main panels")),
        ):
            button.setToolTip(tip)
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setSpacing(2 * SPACE_PX)
        for button in (self.back, self.play, self.step, self.append):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.lesson)
        foot.addWidget(self.panels)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE_PX, 3 * SPACE_PX, 4 * SPACE_PX, 3 * SPACE_PX)
        column.setSpacing(3 * SPACE_PX)
        column.addLayout(first)
        column.addLayout(strip)
        column.addLayout(foot)
        column.addWidget(self.complaint)
        column.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.text.returnPressed.connect(self._on_run_clicked)
        self.run.clicked.connect(self._on_run_clicked)
        self._group.idClicked.connect(self._on_station_clicked)
        self.back.clicked.connect(self._on_back_clicked)
        self.step.clicked.connect(self._on_step_clicked)
        self.play.clicked.connect(self._on_play_clicked)
        self.append.clicked.connect(self.microscope.step)
        self.lesson.clicked.connect(self._on_lesson_clicked)
        self.panels.clicked.connect(self._on_panels_clicked)
        self._timer.timeout.connect(self._on_timeout)
        self.microscope.tokens_changed.connect(self._on_text_changed)
        self.microscope.bars_changed.connect(self._on_bars_changed)
        self.microscope.model_changed.connect(self._on_text_changed)
        self.microscope.answered.connect(self._on_answered)

    # -------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """At the first station; the text of the main panels stays."""
        self.set_playing(False)
        self.show_station(STATIONS[0])

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (softmax_steps, vector_by_block, cosine_similarity, softmax)

    def answer(self, question: str) -> Answer | None:
        """Of the model and the text at hand."""
        residuals, bars = self._facts.residuals, self._facts.bars
        if question == "width" and residuals is not None:
            return Answer(residuals.stream.shape[-1], numbers={"n": str(residuals.stream.shape[1])})
        if question == "context":
            return Answer(2)
        if question == "likeliest" and bars is not None:
            p = bars.candidates[0].prob
            return Answer(p, 0.005, {"total": f"{1 / p:.4g}"})
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        """What the station shows, if it shows numbers."""
        matrix, chart = self.view.matrix.matrix(), self.view.chart.chart()
        name = station_names()[self.station][0]
        if self.station == "blocks" and chart is not None:
            (series,) = chart.series
            rows = [*enumerate(series.y.tolist())]
            numbers = Numbers(("blocks", "cosine"), rows, {"cosine": series.y})
            return [chart_exhibit("blocks", name, chart, numbers)]
        if self.station in ("text", "ids", "next") or matrix is None:
            return []
        columns = matrix.column_labels or tuple(map(str, range(matrix.values.shape[1])))
        table = TableRows(matrix.row_labels, matrix.values)
        numbers = Numbers(("token", *columns), table, {self.station: matrix.values})
        return [matrix_exhibit(self.station, name, matrix, numbers)]

    def follow(self, target: str) -> None:
        """See the lesson's text for the targets: a station each, and play."""
        key = target.removeprefix("try:")
        if key == "play":
            self.show_station(STATIONS[0])
            self.set_playing(True)
        elif key in STATIONS:
            self.set_playing(False)
            self.show_station(STATIONS[STATIONS.index(key)])

    def set_active(self, active: bool) -> None:
        """Nothing is asked, and nothing plays, while it is out of sight."""
        self._is_active = active
        if active:
            self._on_text_changed()
        else:
            self.set_playing(False)

    def is_busy(self) -> bool:
        return super().is_busy() or bool(self._asked)

    # ------------------------------------------------------------------------------ the walk

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    def set_playing(self, playing: bool) -> None:
        """Go from station to station, or stay."""
        if playing:
            self._timer.start()
        else:
            self._timer.stop()
        self.play.setText(self.tr("Pause") if playing else self.tr("Play"))

    def show_station(self, station: Station) -> None:
        """Go to a station."""
        self.station = station
        self.stations[station].setChecked(True)
        place = STATIONS.index(station)
        self.back.setEnabled(place > 0)
        self.step.setEnabled(place < len(STATIONS) - 1)
        self.append.setVisible(station == "next")
        self.lesson.setText(self.tr("Its lesson"))
        self.view.show_station(station, self._facts)

    def _go(self, by: int) -> None:
        place = STATIONS.index(self.station) + by
        if 0 <= place < len(STATIONS):
            self.show_station(STATIONS[place])

    # --------------------------------------------------------------------------- what is known

    @property
    def facts(self) -> WalkFacts:
        """What is known of the pass."""
        return self._facts

    def _learn(self, **known: object) -> None:
        self._facts = replace(self._facts, **known)  # type: ignore[arg-type]
        self.view.show_station(self.station, self._facts)

    def _ask(self, strip: TokenStripView) -> None:
        """All that the stations show and the main panels do not."""
        tokens, shown = strip.tokenization, self.microscope.head
        layer = head = 0
        if isinstance(shown, HeadView):
            layer = shown.record.layer
            head = shown.record.head if isinstance(shown.record.head, int) else 0
        first = max(len(tokens) - MOST_STEP_TOKENS, 0)
        questions: list[LessonQuestion] = [HeadStepsRequest(0, layer, head, first)]
        self.complaint.clear_error()
        if len(tokens) <= MOST_TEXT_TOKENS:
            questions.append(ResidualRequest(0, (tokens.text,)))
        else:
            self.complaint.show_error(
                VisualizerError(
                    "The vectors of a text are walked through up to {most} tokens, and this has "
                    "{n}: shorten it.",
                    most=MOST_TEXT_TOKENS,
                    n=f"{len(tokens):,}",
                )
            )
        self._asked = {type(question): question for question in questions}
        for question in questions:
            self.microscope.ask(question)

    # -------------------------------------------------------------------------------- events

    @Slot()
    def _on_text_changed(self) -> None:
        """Another text or model: everything is asked anew."""
        strip, model = self.microscope.tokens, self.microscope.model
        if not self._is_active:
            return
        if model is None or not isinstance(strip, TokenStripView) or not len(strip.tokenization):
            self._facts, self._asked, self._pass = WalkFacts(), {}, None
            self.complaint.clear_error()
            if not isinstance(strip, Unavailable):
                self.complaint.show_error(
                    VisualizerError("There is no model at hand: open one and type a text.")
                )
            elif not strip.busy:
                self.complaint.show_error(strip.reason)
            self.view.show_station(self.station, self._facts)
            return
        tokens = strip.tokenization
        this = (model.source, tokens.text, tuple(tokens.ids.tolist()))
        if strip.stale or (this == self._pass and not self._asked):
            return
        if this != self._pass:
            self._pass = this
            self._facts = WalkFacts(tokens, n_layers=model.n_layers)
            if not self.text.hasFocus():
                self.text.setText(tokens.text)
        self._ask(strip)  # one that is still awaited may have been dropped with an older text
        self._on_bars_changed()
        self.view.show_station(self.station, self._facts)

    @Slot()
    def _on_bars_changed(self) -> None:
        bars, tokens = self.microscope.bars, self._facts.tokens
        if not isinstance(bars, BarsView) or tokens is None or not bars.candidates or bars.stale:
            return
        text = bars.tokenization
        if bars.is_last and text is not None and np.array_equal(text.ids, tokens.ids):
            is_first = self._facts.bars is None
            self._learn(bars=bars)
            strip = self.microscope.tokens
            if is_first and self._asked and isinstance(strip, TokenStripView):
                self._ask(strip)

    @Slot(object, object)
    def _on_answered(self, question: object, answer: object) -> None:
        kind = type(question)
        if self._asked.get(kind) is not question:
            return
        del self._asked[kind]
        tokens = self._facts.tokens
        if isinstance(answer, VisualizerError):
            self.complaint.show_error(answer)
        elif isinstance(answer, HeadStepsRecord):
            self._learn(head=answer)
        elif isinstance(answer, ResidualRecord) and tokens is not None:
            (residuals,) = answer.texts
            if np.array_equal(residuals.tokenization.ids, tokens.ids):
                self._learn(residuals=residuals)
            else:
                self.complaint.show_error(
                    VisualizerError(
                        "The text was cut in another way in the main window, as with special "
                        "tokens: its vectors cannot be walked through."
                    )
                )

    @Slot()
    def _on_run_clicked(self) -> None:
        self.microscope.run_prompt(self.text.text())

    @Slot(int)
    def _on_station_clicked(self, place: int) -> None:
        self.set_playing(False)
        self.show_station(STATIONS[place])

    @Slot()
    def _on_back_clicked(self) -> None:
        self.set_playing(False)
        self._go(-1)

    @Slot()
    def _on_step_clicked(self) -> None:
        self.set_playing(False)
        self._go(1)

    @Slot()
    def _on_play_clicked(self) -> None:
        if not self.is_playing and self.station == STATIONS[-1]:
            self.show_station(STATIONS[0])
        self.set_playing(not self.is_playing)

    @Slot()
    def _on_timeout(self) -> None:
        self._go(1)
        if self.station == STATIONS[-1]:
            self.set_playing(False)

    @Slot()
    def _on_lesson_clicked(self) -> None:
        self.lesson_wished.emit(LESSONS[self.station])

    @Slot()
    def _on_panels_clicked(self) -> None:
        head = self._facts.head
        if self.station == "attention" and head is not None:
            self.microscope.show_head(head.layer, head.head)
        else:
            self.microscope.show_token(-1)
