"""Lesson 1: a text becomes tokens, and tokens are numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from visualizer.engine.encodings import ENCODINGS
from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenizer
from visualizer.lessons.byte_pairs import BytePairEncoding, load_byte_pairs, merge_pairs
from visualizer.lessons.letters import count_letter, letters_in_tokens
from visualizer.session.tokenizer_bench import BenchView
from visualizer.session.vocabulary_desk import TokenFacts
from visualizer.ui.figure_parts import TEXT, interface_font, label_font, scale_to
from visualizer.ui.lessons.id_decoding import IdDecoding
from visualizer.ui.lessons.letter_cells import LetterLayout, paint_letter_cells
from visualizer.ui.lessons.letter_count import LetterCount
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.token_bench import TokenBench, heading
from visualizer.ui.lessons.token_cutting import Cutting, TakingApart
from visualizer.ui.lessons.token_figure import TokenFigure
from visualizer.ui.plain_text import PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX, Theme, current_theme
from visualizer.ui.widgets.exact_text import ExactTextEdit
from visualizer.ui.widgets.font_follower import keep_height
from visualizer.ui.widgets.messages import error_text

TEXTS = {
    "journey": "A journey of a thousand miles begins with a single step.",
    "thousand": "thousand",
    "strawberry": "Strawberry",
    "chinese": "大模型可以预测下一个词",
    "emoji": "👍🏽 naïve café 👩‍👩‍👧 🇨🇳",
}
"""The texts at hand, by the keys of the lesson's links."""

LETTERS_PROMPT = "How many times does the letter r occur in the word Strawberry? Answer:"


class TokensPage(LessonPage):
    """Any text cut by three encodings and the model's own, and letters counted against tokens."""

    key = "tokens"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._encodings: dict[str, BytePairEncoding] = {}
        self._view: BenchView | None = None
        self._is_error = False
        self.text = ExactTextEdit()
        self.examples: dict[str, QToolButton] = {}
        self.message = PlainLabel()
        self.message.setWordWrap(True)
        self.bench = TokenBench()
        self.decoding = IdDecoding()
        self.letters = LetterCount()
        self._cutting = self.make_task()
        self._taking_apart = self.make_task()
        self._lay_out()
        self._connect()
        self.reset()

    def _lay_out(self) -> None:
        names = {
            "journey": self.tr("Journey"),
            "thousand": "thousand",
            "strawberry": "Strawberry",
            "chinese": self.tr("Chinese"),
            "emoji": self.tr("Emoji"),
        }
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        row.addWidget(heading(self.tr("Any text")))
        row.addSpacing(3 * SPACE_PX)
        for key, name in names.items():
            button = self.examples[key] = QToolButton()
            button.setText(name)
            button.setToolTip(plain_tip(TEXTS[key]))
            button.setAutoRaise(True)
            button.clicked.connect(self._on_example_clicked)
            row.addWidget(button)
        row.addStretch(1)
        self.text.setAccessibleName(self.tr("Text to cut"))
        self.text.setPlaceholderText(self.tr("Type any text, in any language"))
        self.text.setTabChangesFocus(True)
        keep_height(self.text, lambda: 2 * self.fontMetrics().lineSpacing() + 4 * SPACE_PX)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE_PX, 3 * SPACE_PX, 4 * SPACE_PX, 3 * SPACE_PX)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.text)
        column.addWidget(self.message)
        column.addWidget(self.bench)
        column.addSpacing(2 * SPACE_PX)
        column.addWidget(self.decoding)
        column.addSpacing(2 * SPACE_PX)
        column.addWidget(self.letters)
        column.addStretch(1)

    def _connect(self) -> None:
        self.text.textChanged.connect(self._on_text_changed)
        self.bench.token_chosen.connect(self._on_bench_token_chosen)
        self._cutting.progressed.connect(self._on_cutting_progressed)
        self._cutting.succeeded.connect(self._on_cutting_succeeded)
        self._cutting.failed.connect(self._on_cutting_failed)
        self._taking_apart.succeeded.connect(self._on_taking_apart_succeeded)
        self._taking_apart.failed.connect(self._on_taking_apart_failed)
        self.microscope.model_changed.connect(self._on_microscope_model_changed)

    # -------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """The journey sentence, as ids; Strawberry and its r's."""
        self.bench.set_form("ids")
        self.bench.clear_facts()
        self.decoding.reset()
        self.letters.reset()
        self._set_text(TEXTS["journey"])

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (merge_pairs, BytePairEncoding, load_byte_pairs, letters_in_tokens, count_letter)

    def answer(self, question: str) -> Answer | None:
        """Computed with the encodings, once they are loaded."""
        if len(self._encodings) < len(ENCODINGS):
            return None
        gpt2, cl100k = self._encodings["gpt2"], self._encodings["cl100k_base"]
        if question == "raw":
            cuts = [self._encodings[name].encode("Strawberry").pieces for name in ENCODINGS]
            return Answer([b"raw" in pieces for pieces in cuts].index(True))
        if question == "ousand":
            ids = gpt2.encode("thousand").ids.tolist()
            return Answer(ids[-1], numbers={"n": str(len(ids)), "first": str(ids[0])})
        if question == "chinese":
            n_bytes = len(TEXTS["chinese"].encode())
            return Answer(len(gpt2.encode(TEXTS["chinese"])), numbers={"bytes": str(n_bytes)})
        if question == "tokens-with-r":
            cut = cl100k.encode("Strawberry")
            found = letters_in_tokens(cut, "r")
            tokens = "·".join(piece.decode() for piece in cut.pieces)
            n = sum(1 for each in found if each.whole or each.parts)
            return Answer(n, numbers={"tokens": tokens})
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        return [*self._tokens_exhibit(), *self._letters_exhibit()]

    def follow(self, target: str) -> None:
        kind, _, key = target.partition(":")
        if kind == "look":
            text = LETTERS_PROMPT if key == "letters" else self.text.raw_text()
            self.microscope.show_prompt(text)
        elif key in TEXTS:
            self._set_text(TEXTS[key])
        elif key in ("ids", "bytes", "emoji-view"):
            forms = {"ids": "ids", "bytes": "bytes", "emoji-view": "emoji"}
            self.bench.set_form(forms[key])  # type: ignore[arg-type]
        elif key == "count":
            self.letters.count.setFocus()
        elif key == "decode":
            self.decoding.reset()
            self.decoding.ids.setFocus()
        elif key == "show-letters":
            self.letters.show_places.click()

    def is_busy(self) -> bool:
        return super().is_busy() or self.bench.merges.is_playing

    # ------------------------------------------------------------------------------- exhibits

    def _tokens_exhibit(self) -> list[Exhibit]:
        view = self._view
        if view is None or not view.cut:
            return []
        figure = TokenFigure(view, self.tr("{name}, tokens: {n}"))
        rows: list[tuple[object, ...]] = []
        arrays = {}
        for cut, place in enumerate(view.cut):
            row = view.rows[place]
            assert row.tokenization is not None
            arrays[f"ids_{row.key}"] = row.tokenization.ids
            for index, token_id in enumerate(row.tokenization.ids.tolist()):
                token = row.tokenization.token(index)
                first, end = view.places[cut][index : index + 2].tolist()
                rows.append((row.name, index, token_id, token.text, token.data.hex(), first, end))
        columns = ("tokenizer", "index", "id", "text", "bytes", "first_byte", "end_byte")
        title = self.tr("Tokens of “{text}”").format(text=_short(view.text))
        return [Exhibit("tokens", title, figure.size, figure.paint, columns, rows, arrays)]

    def _letters_exhibit(self) -> list[Exhibit]:
        cut = self.letters.cut
        if cut is None:
            return []
        words = self.letters.cells.words()
        layout = LetterLayout(cut, words, 744.0, label_font(), interface_font(TEXT))
        figure = _LetterFigure(layout)
        tokens = cut.tokenization
        rows = [
            (index, int(tokens.ids[index]), tokens.token(index).text, each.whole, each.parts)
            for index, each in enumerate(cut.counts())
        ]
        columns = ("index", "id", "text", "letters", "parts_of_letters")
        title = self.tr("Letters and tokens of “{text}”").format(text=_short(tokens.text))
        arrays = {"ids": tokens.ids}
        return [Exhibit("letters", title, layout.size, figure.paint, columns, rows, arrays)]

    # ---------------------------------------------------------------------------------- cutting

    def _set_text(self, text: str) -> None:
        if self.text.raw_text() == text:
            self._cut()
        else:
            self.text.set_text(text)

    def _cut(self) -> None:
        model = self.microscope.model
        own = None if model is None else model.tokenizer
        name = "" if model is None else model.name
        if len(self._encodings) < len(ENCODINGS):
            self._say(self.tr("Loading the encodings …"))
        self._cutting.start(Cutting(self.text.raw_text(), dict(self._encodings), own, name))

    def _say(self, text: str, *, is_error: bool = False) -> None:
        self._is_error = is_error
        self.message.setText(text)
        theme = current_theme()
        self.message.setStyleSheet(f"color: {theme.error if is_error else theme.quiet}")
        self.message.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._say(self.message.text(), is_error=self._is_error)

    # ----------------------------------------------------------------------------------- events

    @Slot()
    def _on_text_changed(self) -> None:
        self._cut()

    @Slot()
    def _on_example_clicked(self) -> None:
        sender = self.sender()
        self._set_text(TEXTS[next(k for k, button in self.examples.items() if button is sender)])

    @Slot(object)
    def _on_cutting_progressed(self, encoding: BytePairEncoding) -> None:
        self._encodings[encoding.name] = encoding

    @Slot(object)
    def _on_cutting_succeeded(self, view: BenchView) -> None:
        self._view = view
        self.bench.set_view(view)
        longest = self.bench.longest_token()
        if longest is None:
            self._taking_apart.cancel()
            self.bench.clear_facts()
        else:
            self.bench.choose(*longest)
        failed = [row for row in view.rows if row.reason is not None]
        if failed and failed[0].reason is not None:
            self._say(error_text(failed[0].reason), is_error=True)
        elif not view.text:
            self._say(self.tr("No tokens: the text is empty."))
        else:
            self._say("")
        self._offer_tokenizers()

    @Slot(object)
    def _on_cutting_failed(self, error: VisualizerError) -> None:
        self._say(error_text(error), is_error=True)

    @Slot(int, int)
    def _on_bench_token_chosen(self, cut: int, index: int) -> None:
        assert self._view is not None
        row = self._view.rows[self._view.cut[cut]]
        assert row.tokenizer is not None
        assert row.tokenization is not None
        token_id = int(row.tokenization.ids[index])
        self._taking_apart.start(TakingApart(row.name, row.tokenizer, token_id))

    @Slot(object)
    def _on_taking_apart_succeeded(self, answer: tuple[str, TokenFacts]) -> None:
        self.bench.set_facts(*answer)

    @Slot(object)
    def _on_taking_apart_failed(self, error: VisualizerError) -> None:
        self.bench.clear_facts(error_text(error))

    @Slot(object)
    def _on_microscope_model_changed(self, _model: object) -> None:
        self._cut()

    def _offer_tokenizers(self) -> None:
        """The encodings and the model's own, where letters are counted."""
        tokenizers: dict[str, Tokenizer] = {**self._encodings}
        if self.microscope.model is not None:
            tokenizers[self.microscope.model.name] = self.microscope.model.tokenizer
        if list(tokenizers) != self.letters.names():
            self.letters.set_tokenizers(tokenizers)
            self.decoding.set_tokenizers(tokenizers)


@dataclass(frozen=True, eq=False)
class _LetterFigure:
    layout: LetterLayout

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(self.layout.size))
        paint_letter_cells(painter, QPointF(0, 0), self.layout, theme)
        painter.restore()


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
