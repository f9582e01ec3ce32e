"""Lesson 4: n-grams with more and more context, and why tables do not scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.ngram import (
    copied_lengths,
    count_digits,
    count_ngrams,
    generate_tokens,
    next_token_row,
    rows_possible,
    rows_used,
    score_held_out,
    smoothed_probabilities,
    write_out,
)
from visualizer.lessons.text import Unit, join_tokens, split_tokens
from visualizer.ui.lessons.context_table import ContextTable
from visualizer.ui.lessons.forms import lay_out_forms
from visualizer.ui.lessons.generated_layout import MarkedText
from visualizer.ui.lessons.generated_view import GeneratedView
from visualizer.ui.lessons.labels import caption, heading, progress_text
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.network_hand import NETWORK_LINKS, HandNetwork
from visualizer.ui.lessons.ngram_counting import (
    BUILT_IN,
    LONGEST_RUN,
    CountedNgrams,
    CountNgrams,
    GeneratedText,
    GenerateTexts,
    TextSource,
    best_context,
)
from visualizer.ui.lessons.ngram_exhibits import (
    context_facts,
    copied_chart,
    copied_exhibit,
    perplexity_chart,
    perplexity_exhibit,
    powers_exhibit,
    rows_chart,
    rows_exhibit,
    text_exhibit,
)
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.power_pane import (
    GPT2_VOCABULARY,
    LONGEST_WINDOW,
    TUTORIAL_WORDS,
    PowerPane,
)
from visualizer.ui.lessons.source_listing import listed
from visualizer.ui.lessons.text_pieces import WorkProgress
from visualizer.ui.lessons.text_source_pane import TextSourcePane
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.font_follower import keep_height
from visualizer.ui.widgets.line_chart import LineChart
from visualizer.ui.widgets.seed_box import SeedBox

FIRST_CONTEXT, LEAST_COPIED, MOST_GENERATED = 2, 10, 500
N_TOKENS: dict[Unit, int] = {"words": 100, "characters": 300}
PROMPTS = {"english": "Once upon a time", "chinese": "从前，"}
"""What a text begins with, by the text that is counted; others begin with anything."""

UNSEEN_PROMPTS = {"english": "Once upon a castle", "chinese": "从前城堡"}
"""Known tokens in an order that the text does not have."""

_TABLES, _NETWORK = 0, 1
CONTEXTS = {"try:one": 1, "try:two": 2, "try:five": 5}
_STORY = (
    "Mia had a ball. One day Mia met a black dog named Tom. Mia gave the ball to Tom. They "
    "walked and walked to the river. In the evening Mia went home to the village. "
)
LONG_PROMPT = f"{_STORY}The one who has the ball now is"
LONG_PROMPTS = {"tiny": f"{_STORY}Question: Who has the ball now?\nAnswer:"}
"""Prompts whose answer stands long before their end, by model; `LONG_PROMPT` for all others."""


class NgramPage(LessonPage):
    """A text counted with 1 to 5 tokens of context, what is generated, and how it is scored."""

    key = "ngram"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._counted: CountedNgrams | None = None
        self._texts: tuple[GeneratedText, ...] = ()
        self._context = FIRST_CONTEXT
        self._counting = self.make_task()
        self._generating = self.make_task()
        self.source = TextSourcePane()
        self.table = ContextTable()
        self.perplexity = LineChart(title=self.tr("Perplexity"))
        self.prompt = QLineEdit()
        self.n_tokens = QSpinBox()
        self.seed = SeedBox()
        self.another = QPushButton(self.tr("Another"))
        self.generated = GeneratedView()
        self.least = QSpinBox()
        self.state = caption()
        self.copied = LineChart(title=self.tr("Copied word for word"))
        self.rows = LineChart(title=self.tr("Rows used and possible"))
        self.powers = PowerPane()
        self.network = HandNetwork()
        self.forms = QButtonGroup(self)
        self._stack = QStackedWidget()
        self._prepare()
        self._lay_out()
        self._connect()
        self.reset()

    def _prepare(self) -> None:
        self.prompt.setAccessibleName(self.tr("Beginning"))
        self.prompt.setToolTip(
            self.tr(
                "What the text begins with; in an order of words that the counted text does not\n"
                "have, you see how the table backs off to shorter contexts"
            )
        )
        self.prompt.setPlaceholderText(self.tr("any token"))
        self.prompt.setMinimumWidth(40 * SPACE_PX)
        self.n_tokens.setRange(1, MOST_GENERATED)
        self.n_tokens.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.n_tokens.setAccessibleName(self.tr("Tokens to generate"))
        self.n_tokens.setKeyboardTracking(False)
        self.seed.setAccessibleName(self.tr("Seed"))
        self.seed.setToolTip(self.tr("The same seed draws the same text"))
        self.another.setToolTip(self.tr("Generate with the next seed"))
        self.another.setAutoDefault(False)
        self.least.setRange(2, LONGEST_RUN)
        self.least.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.least.setAccessibleName(self.tr("Shortest marked stretch"))
        self.least.setToolTip(self.tr("Shorter copied stretches are not marked"))
        keep_height(self.perplexity, lambda: self.table.sizeHint().height())
        self.generated.setMinimumHeight(31 * SPACE_PX)
        for chart in (self.copied, self.rows, self.powers.chart):
            chart.setMinimumHeight(42 * SPACE_PX)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("Generate")))
        for name, widget in (
            (self.tr("begin with"), self.prompt),
            (self.tr("tokens"), self.n_tokens),
            (self.tr("seed"), self.seed),
        ):
            label = PlainLabel(name)
            label.setBuddy(widget)
            row.addWidget(label)
            row.addWidget(widget, 1 if widget is self.prompt else 0)
        row.addWidget(self.another)
        marks = QHBoxLayout()
        marks.setSpacing(2 * SPACE_PX)
        marks.addWidget(self.state, 1)
        label = PlainLabel(self.tr("shade from"))
        label.setBuddy(self.least)
        marks.addWidget(label)
        marks.addWidget(self.least)
        charts = QGridLayout()
        charts.setHorizontalSpacing(4 * SPACE_PX)
        for column, chart in enumerate((self.copied, self.rows, self.powers.chart)):
            charts.addWidget(chart, 0, column)
            charts.setColumnStretch(column, 1)
        top = QHBoxLayout()
        top.setSpacing(6 * SPACE_PX)
        top.addWidget(self.table, 3, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.perplexity, 2)
        tables = QWidget()
        page = QVBoxLayout(tables)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2 * SPACE_PX)
        page.addWidget(self.source)
        page.addLayout(top)
        page.addLayout(row)
        page.addWidget(self.generated, 1)
        page.addLayout(marks)
        page.addLayout(charts, 1)
        page.addWidget(self.powers)
        self._stack.addWidget(tables)
        self._stack.addWidget(self.network)
        names = (
            (self.tr("Tables"), self.tr("Count a text with one to five tokens of context")),
            (self.tr("A network by hand"), self.tr("Two layers, every number and its gradient")),
        )
        lay_out_forms(self, self.forms, names, self._stack)

    def _connect(self) -> None:
        self.forms.idClicked.connect(self.show_form)
        self.source.wished.connect(self._on_source_wished)
        self.source.cancelled.connect(self._on_source_cancelled)
        self.table.context_chosen.connect(self._on_context_chosen)
        self.prompt.textEdited.connect(self._on_prompt_edited)
        self.n_tokens.valueChanged.connect(self._on_n_tokens_changed)
        self.seed.seed_changed.connect(self._on_seed_changed)
        self.another.clicked.connect(self._on_another_clicked)
        self.least.valueChanged.connect(self._on_least_changed)
        self._counting.running_changed.connect(self.source.set_busy)
        self._counting.progressed.connect(self._on_counting_progressed)
        self._counting.succeeded.connect(self._on_counting_succeeded)
        self._counting.failed.connect(self._on_counting_failed)
        self._generating.succeeded.connect(self._on_generating_succeeded)
        self._generating.failed.connect(self._on_generating_failed)

    # -------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """The English stories, by words, with two words of context."""
        self._context = FIRST_CONTEXT
        self.table.set_context(FIRST_CONTEXT)
        self.seed.set_seed(0)
        with QSignalBlocker(self.least):
            self.least.setValue(LEAST_COPIED)
        self.powers.reset()
        self.network.reset()
        self.show_form(_TABLES)
        self._count(TextSource(BUILT_IN[0]), "words")

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (
            count_ngrams,
            next_token_row,
            generate_tokens,
            score_held_out,
            smoothed_probabilities,
            copied_lengths,
            rows_used,
            rows_possible,
            count_digits,
            write_out,
            split_tokens,
            *listed("visualizer.lessons.hand_network", "forward", "backward", "step"),
        )

    def answer(self, question: str) -> Answer | None:
        """Of the text on show where the question is about it."""
        if question == "rows":
            two = rows_possible(TUTORIAL_WORDS, 2)
            return Answer(rows_possible(TUTORIAL_WORDS, 3), numbers={"two": str(two)})
        if question == "digits":
            return Answer(count_digits(rows_possible(TUTORIAL_WORDS, LONGEST_WINDOW)))
        if question == "gradient":
            return self._answer_on_gradient()
        counted = self._counted
        if counted is None:
            return None
        if question == "best-context" and counted.scores:
            one = f"{counted.scores[0].perplexity:.1f}"
            return Answer(best_context(counted.scores) - 1, numbers={"one": one})
        if question == "rows-used" and counted.n_contexts >= 2:
            return Answer(counted.rows_used[1], numbers={"one": f"{counted.rows_used[0]:,}"})
        return None

    def _answer_on_gradient(self) -> Answer:
        """Which of the numbers that the gradient begins with are below 0."""
        seen, gradients, target = self.network.first_round()
        gradient = gradients.z[0]  # (V,)
        is_target = np.arange(gradient.size) == target
        right = 0 if ((gradient < 0) == is_target).all() else 1 if (gradient < 0).all() else 2
        p = seen.p[0, target]
        return Answer(right, numbers={"p": f"{p:.2f}"})

    def exhibits(self) -> Sequence[Exhibit]:
        found: list[Exhibit] = []
        marked = self.generated.text()
        if marked is not None:
            found.append(text_exhibit(marked))
        counted, perplexity = self._counted, self.perplexity.chart()
        if counted is not None and perplexity is not None:
            facts = context_facts(counted, self._texts, self.least.value())
            found.append(perplexity_exhibit(perplexity, facts))
            found.append(rows_exhibit(rows_chart(counted), facts))
        copied, powers = self.copied.chart(), self.powers.chart.chart()
        if copied is not None:
            found.append(copied_exhibit(copied))
        if powers is not None:
            found.append(powers_exhibit(powers, self.powers.sizes))
        return [*found, self.network.exhibit()]

    @Slot(int)
    def show_form(self, form: int) -> None:
        """The tables, or a network."""
        self.forms.button(form).setChecked(True)
        self._stack.setCurrentIndex(form)

    def follow(self, target: str) -> None:
        """See the lesson's text for the targets."""
        if target.startswith("try:"):
            self.show_form(_NETWORK if target in NETWORK_LINKS else _TABLES)
        if target in NETWORK_LINKS:
            self.network.follow(target)
        elif target in CONTEXTS:
            self._choose(CONTEXTS[target])
        elif target == "try:characters":
            source = TextSource(BUILT_IN[0]) if self._counted is None else self._counted.source
            self._count(source, "characters")
        elif target == "try:chinese":
            self._count(TextSource("chinese"), "characters")
        elif target == "try:unseen":
            self._try_unseen()
        elif target == "try:perplexity":
            self.bring_into_sight(self.perplexity)
        elif target == "try:three":
            self.powers.show_power(TUTORIAL_WORDS, 3, written=True)
        elif target == "try:tutorial":
            self.powers.show_power(TUTORIAL_WORDS, LONGEST_WINDOW, written=True)
        elif target == "try:gpt2":
            self.powers.show_power(GPT2_VOCABULARY, LONGEST_WINDOW, written=True)
        elif target == "look:long":
            model = self.microscope.model
            name = "" if model is None else model.name
            self.microscope.show_prompt(LONG_PROMPTS.get(name, LONG_PROMPT))

    # ------------------------------------------------------------------------------ what it does

    @property
    def counted(self) -> CountedNgrams | None:
        """The text on show, counted."""
        return self._counted

    @property
    def texts(self) -> tuple[GeneratedText, ...]:
        """What was generated, one text for each context."""
        return self._texts

    def _count(self, source: TextSource, unit: Unit) -> None:
        self.source.complaint.clear_error()
        self._counting.start(CountNgrams(source, unit))

    def _generate(self) -> None:
        if self._counted is not None:
            self._generating.start(
                GenerateTexts(
                    self._counted, self.prompt.text(), self.n_tokens.value(), self.seed.seed()
                )
            )

    def _choose(self, context: int) -> None:
        if self._counted is not None and context > self._counted.n_contexts:
            return
        self._context = context
        self.table.set_context(context)
        self._show_text()

    def _try_unseen(self) -> None:
        """Begin with tokens that the text does not have in this order."""
        counted = self._counted
        if counted is None:
            return
        backwards = join_tokens(list(reversed(counted.tokens[:4])), counted.unit)
        prompt = UNSEEN_PROMPTS.get(counted.source.kind, backwards)
        self._choose(min(3, counted.n_contexts))
        self.prompt.setText(prompt)
        self._generate()

    def _show_facts(self) -> None:
        if self._counted is not None:
            least = self.least.value()
            self.table.set_facts(context_facts(self._counted, self._texts, least))

    def _show_text(self) -> None:
        """The text of the chosen context, with its marks."""
        if self._counted is None or not self._texts:
            return
        text = self._texts[self._context - 1]
        marked = text.marked(self.least.value())
        self.generated.set_text(MarkedText(text, self._counted.unit, marked))
        n_backed_off = sum(map(text.backed_off, range(len(text.tokens))))
        words = self.tr(
            "Shaded: copied word for word, {share}. Below each token: the context used, orange "
            "where shortened, {n}."
        )
        self.state.setText(words.format(share=f"{100 * marked.mean():.0f} %", n=n_backed_off))

    # ------------------------------------------------------------------------------------ slots

    @Slot(object, str)
    def _on_source_wished(self, source: TextSource, unit: Unit) -> None:
        self._count(source, unit)

    @Slot()
    def _on_source_cancelled(self) -> None:
        self._counting.cancel()
        self.source.take_back()
        self._say_counted()

    @Slot(object)
    def _on_counting_progressed(self, progress: WorkProgress) -> None:
        self.source.say(progress_text(progress))

    @Slot(object)
    def _on_counting_succeeded(self, counted: CountedNgrams) -> None:
        before = self._counted
        self._counted = counted
        self._texts = ()
        self._generating.cancel()
        self.source.set_accepted(counted.source, counted.unit)
        if before is None or before.unit != counted.unit:
            with QSignalBlocker(self.n_tokens):
                self.n_tokens.setValue(N_TOKENS[counted.unit])
        if before is None or before.source != counted.source:
            self.prompt.setText(PROMPTS.get(counted.source.kind, ""))
        self._context = min(self._context, counted.n_contexts)
        self.table.set_context(self._context)
        self.perplexity.set_chart(perplexity_chart(counted))
        self.rows.set_chart(rows_chart(counted))
        self.powers.set_vocabulary(counted.n_different)
        self._say_counted()
        self._show_facts()
        self._generate()

    @Slot(object)
    def _on_counting_failed(self, error: VisualizerError) -> None:
        self.source.complaint.show_error(error)
        self.source.take_back()
        self._say_counted()

    @Slot(object)
    def _on_generating_succeeded(self, texts: tuple[GeneratedText, ...]) -> None:
        self._texts = texts
        self.copied.set_chart(copied_chart(texts, self.least.value()))
        self._show_facts()
        self._show_text()

    @Slot(object)
    def _on_generating_failed(self, error: VisualizerError) -> None:
        self.source.complaint.show_error(error)

    def _say_counted(self) -> None:
        counted = self._counted
        if counted is None:
            self.source.say("")
            return
        if counted.unit == "words":
            text = self.tr("{n} words, {v} different; {h} held out")
        else:
            text = self.tr("{n} characters, {v} different; {h} held out")
        n_counted = len(counted.ids)
        self.source.say(
            text.format(
                n=f"{n_counted:,}",
                v=f"{counted.n_different:,}",
                h=f"{len(counted.tokens) - n_counted:,}",
            )
        )

    @Slot(int)
    def _on_context_chosen(self, context: int) -> None:
        self._choose(context)

    @Slot(str)
    def _on_prompt_edited(self, text: str) -> None:
        self._generate()

    @Slot(int)
    def _on_n_tokens_changed(self, n: int) -> None:
        self._generate()

    @Slot(object)
    def _on_seed_changed(self, seed: object) -> None:
        self._generate()

    @Slot()
    def _on_another_clicked(self) -> None:
        self.seed.stepBy(1)

    @Slot(int)
    def _on_least_changed(self, least: int) -> None:
        if self._texts:
            self.copied.set_chart(copied_chart(self._texts, least))
        self._show_facts()
        self._show_text()
