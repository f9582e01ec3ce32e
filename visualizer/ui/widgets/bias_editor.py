"""A short list of tokens that are favoured or banned."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.tokenization import Tokenizer
from visualizer.session.asked_tokens import MOST_CHARS
from visualizer.session.pipeline_view import token_name, token_named, with_bias, without_bias
from visualizer.ui.plain_text import PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.messages import error_text
from visualizer.ui.widgets.parameter_slider import WordSpinBox

_BAN = -101.0  # below every bias that can be typed
_DELETING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class BiasEditor(QWidget):
    """Type a token, choose a bias or a ban, press Enter; Delete takes a row off the list.

    Signals:
        sampling_changed: The user changed the list. (sampling: SamplingParams)
    """

    sampling_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampling = SamplingParams()
        self._tokenizer: Tokenizer | None = None
        self._n_ids = 0
        self._entry = QLineEdit()
        self._entry.setMaxLength(MOST_CHARS)
        self._entry.setEnabled(False)  # until there is a model
        self._entry.setPlaceholderText(self.tr("token or #id"))
        self._entry.setAccessibleName(self.tr("Token to favour or ban"))
        self._entry.setToolTip(
            self.tr(
                "A token, a word of one token, or an id such as #42; Enter puts it on the list. "
                "Quotes keep spaces: ' the'."
            )
        )
        self._bias = WordSpinBox({_BAN: self.tr("ban")})
        self._bias.setDecimals(2)
        self._bias.setRange(_BAN, 100)
        self._bias.setValue(_BAN)
        self._bias.setAccessibleName(self.tr("Bias"))
        self._bias.setToolTip(
            self.tr("Added to the token's logit, from −100 to 100; below that the token is banned.")
        )
        self._list = QListWidget()
        self._list.setFont(token_font())
        self._list.setAccessibleName(self.tr("Favoured and banned tokens"))
        self._list.setToolTip(self.tr("Delete or a double click takes a token off the list."))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        ignored = QSizePolicy.Policy.Ignored  # it takes what the cards beside it leave
        self._list.setSizePolicy(QSizePolicy.Policy.Expanding, ignored)
        self._list.installEventFilter(self)
        self._problem = PlainLabel()
        self._problem.setWordWrap(True)
        self._problem.hide()
        self._lay_out()
        self._entry.returnPressed.connect(self._on_entry_return_pressed)
        self._entry.textEdited.connect(self._on_entry_text_edited)
        self._list.itemDoubleClicked.connect(self._on_item_double_clicked)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        row.addWidget(self._entry, stretch=1)
        row.addWidget(self._bias)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self._problem)
        column.addWidget(self._list, stretch=1)
        self._list.setMinimumHeight(self.fontMetrics().height() + 2 * SPACE_PX)

    @property
    def entry(self) -> QLineEdit:
        """Where a token is typed."""
        return self._entry

    @property
    def bias(self) -> WordSpinBox:
        """What is added to the logit of the next token."""
        return self._bias

    def rows(self) -> list[str]:
        """The list as it is on screen."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def problem(self) -> str:
        """Why the last token was refused, "" for no reason."""
        return self._problem.text()

    def set_tokenizer(self, tokenizer: Tokenizer | None, n_ids: int) -> None:
        """Whose tokens are meant: those of the model in use, which knows `n_ids`."""
        self._tokenizer, self._n_ids = tokenizer, n_ids
        self._entry.setEnabled(tokenizer is not None)
        self._fill()

    def set_sampling(self, sampling: SamplingParams) -> None:
        """Show the list of these parameters."""
        before, self._sampling = self._sampling, sampling
        if (before.biases, before.banned) != (sampling.biases, sampling.banned):
            self._fill()

    def _fill(self) -> None:
        self._list.clear()
        for token_id in self._sampling.banned:
            self._add(token_id, self.tr("ban"))
        for token_id, bias in self._sampling.biases:
            self._add(token_id, f"{bias:+g}".replace("-", "−"))

    def _add(self, token_id: int, what: str) -> None:
        name = token_name(self._tokenizer, token_id)
        item = QListWidgetItem(f"{what:>5} {name}")
        item.setData(Qt.ItemDataRole.UserRole, token_id)
        tip = self.tr("token {token_id}: {name}").format(token_id=token_id, name=name)
        if self._tokenizer is not None and token_id >= self._n_ids:
            tip = self.tr("token {token_id}, which this model does not have").format(
                token_id=token_id
            )
        item.setToolTip(plain_tip(tip))
        self._list.addItem(item)

    def _say(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setToolTip(plain_tip(text))
        self._problem.setVisible(bool(text))
        if text:
            colours = self._problem.palette()
            colours.setColor(QPalette.ColorRole.WindowText, current_theme().warning)
            self._problem.setPalette(colours)

    def _remove(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            token_id = int(item.data(Qt.ItemDataRole.UserRole))
            self.sampling_changed.emit(without_bias(self._sampling, token_id))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self._list
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and Qt.Key(event.key()) in _DELETING
        ):
            self._remove(self._list.currentItem())
            return True
        return super().eventFilter(watched, event)

    @Slot()
    def _on_entry_return_pressed(self) -> None:
        if self._tokenizer is None:
            return
        value = self._bias.value()
        try:
            token_id = token_named(self._entry.text(), self._tokenizer, self._n_ids)
        except VisualizerError as error:
            self._say(error_text(error))
            return
        self._say("")
        self._entry.clear()
        bias = None if value == _BAN else value
        self.sampling_changed.emit(with_bias(self._sampling, token_id, bias))

    @Slot()
    def _on_entry_text_edited(self) -> None:
        self._say("")

    @Slot(QListWidgetItem)
    def _on_item_double_clicked(self, item: QListWidgetItem) -> None:
        self._remove(item)
