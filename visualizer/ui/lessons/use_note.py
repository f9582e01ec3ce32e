"""What a prompt shows that prediction can be used for, and what the model should write."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from visualizer.lessons.uses import CAPABLE_MODEL, Use
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX


class UseNote(QWidget):
    """A sentence, and a button for a model that can do what the one at hand cannot.

    Signals:
        model_wanted: That model is to be opened. str, its name in the catalogue.
    """

    model_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = PlainLabel()
        self.words.setWordWrap(True)
        self.open = QPushButton(self.tr("Open {model}").format(model=CAPABLE_MODEL))
        self.open.setToolTip(self.tr("Use this model in the main window, and give it the prompt"))
        self.open.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.open.setAutoDefault(False)
        self.open.clicked.connect(self._on_open_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self.words, 1)
        row.addWidget(self.open)
        self.hide()

    def show_use(self, use: Use | None, model: str) -> None:
        """Say what to look for after the prompt, by the model of this name; None says nothing."""
        self.setVisible(use is not None)
        if use is None:
            return
        self.open.setVisible(use.trial == "beyond")
        sentence = {
            "tried": self.tr(
                "{use}: {model} goes on with “{text}”: its first token is the first bar, and at "
                "temperature 0 Select and append writes all of it."
            ),
            "untried": self.tr(
                "{use}: a model that has learned enough goes on with “{text}”; nobody has tried "
                "this with {model}, so see what it says."
            ),
            "beyond": self.tr(
                "{use}: {model} has read nothing but little stories and cannot do this; what it "
                "says means nothing. {capable} can: “{text}”"
            ),
        }[use.trial]
        self.words.setText(
            sentence.format(
                use=self._name(use.key),
                model=model,
                text=use.continuation.strip(),
                capable=CAPABLE_MODEL,
            )
        )

    def _name(self, key: str) -> str:
        return {
            "text": self.tr("Text"),
            "question": self.tr("Question answering"),
            "translation": self.tr("Translation"),
            "summary": self.tr("Summary"),
            "dialogue": self.tr("Dialogue"),
        }[key]

    @Slot()
    def _on_open_clicked(self) -> None:
        self.model_wanted.emit(CAPABLE_MODEL)
