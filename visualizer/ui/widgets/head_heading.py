"""Which head is on show, what it is known for, and the choice of another and of its form."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.records import HeadChoice
from visualizer.session.exports import head_name
from visualizer.session.head_labels import HeadLabel
from visualizer.session.state import HeadForm
from visualizer.session.views import HeadView
from visualizer.ui.actions import ACTIONS
from visualizer.ui.icons import themed_icon
from visualizer.ui.metric_words import label_sentence, label_text
from visualizer.ui.plain_text import plain_tip
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.joined_text import listed
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet

FORMS: tuple[HeadForm, ...] = get_args(HeadForm)
SINK_SHARE = 0.7
"""Mean share on the first token from which on a head is said to rest there."""
WHY_MS = 30_000


class LinkButton(QToolButton):
    """Words that are clicked, within a line of quiet ones."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        font = self.font()
        font.setUnderline(True)
        self.setFont(font)


class FormSwitch(QWidget):
    """Buttons of which one is down: the form in which a head is drawn.

    Signals:
        form_chosen: Another form is wanted. HeadForm.
    """

    form_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.setAccessibleName(self.tr("Form"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        texts = {
            "map": self.tr("Map"),
            "arcs": self.tr("Arcs"),
            "text": self.tr("Text"),
            "pins": self.tr("Pins"),
        }
        for number, form in enumerate(FORMS):
            button = ChoiceButton(texts[form])
            button.setToolTip(_tip(f"form_{form}"))
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.idClicked.connect(self._on_group_clicked)

    def button(self, form: HeadForm) -> QAbstractButton:
        """The button of a form."""
        return self._group.button(FORMS.index(form))

    def set_form(self, form: HeadForm) -> None:
        """Show which form is on."""
        self.button(form).setChecked(True)

    @Slot(int)
    def _on_group_clicked(self, number: int) -> None:
        self.form_chosen.emit(FORMS[number])


class HeadHeading(QWidget):
    """The line that names what is on show, and the line that changes it.

    Signals:
        head_selected: Another head is wanted. (layer: int, head: int or "mean")
        pin_toggled: The head on show is to be pinned, or to be so no more. (layer: int, head: int)
        form_chosen: Another form is wanted. HeadForm.
        first_hidden: The first token is to be left out, or to be so no more. (bool)

    Attributes:
        layer_box, head_box, mean_box: The choice of a head.
        first_button: Down while the first token is hidden.
        hide_link, why_link: Behind the remark that a head rests on the first token.
        pin_button: Down while the head on show is pinned.
        forms: The choice of a form.
        remark: What the head is known for, or which heads it is the mean of.
    """

    head_selected = Signal(int, object)
    pin_toggled = Signal(int, int)
    form_chosen = Signal(object)
    first_hidden = Signal(bool)

    def __init__(self, at_end: QWidget, parent: QWidget | None = None) -> None:
        """Build both lines; `at_end` stands at the end of the first."""
        super().__init__(parent)
        self._shown: HeadView | None = None
        self._build_choices()
        self._build_links()
        self.forms = FormSwitch()
        self.forms.form_chosen.connect(self.form_chosen)
        title = QLabel(self.tr("Attention"))
        heavier = title.font()
        heavier.setBold(True)
        title.setFont(heavier)
        self.remark = ElidedLabel()
        make_quiet(self.remark)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(2 * SPACE_PX)
        first.addWidget(title)
        first.addWidget(self.remark, 1)
        first.addWidget(self.hide_link)
        first.addWidget(self.why_link)
        first.addWidget(at_end)
        second.setSpacing(SPACE_PX)
        for widget in (
            self.layer_box,
            self.head_box,
            self.mean_box,
            self.first_button,
            self.pin_button,
        ):
            second.addWidget(widget)
        second.addStretch(1)
        second.addWidget(self.forms)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(SPACE_PX)
        lines.addLayout(first)
        lines.addLayout(second)

    def _build_choices(self) -> None:
        self.layer_box, self.head_box = QSpinBox(), QSpinBox()
        for box, prefix, name in (
            (self.layer_box, "L", self.tr("Layer")),
            (self.head_box, "H", self.tr("Head")),
        ):
            box.setPrefix(prefix)
            box.setKeyboardTracking(False)
            box.setAccessibleName(name)
            box.setToolTip(plain_tip(name))
            box.valueChanged.connect(self._on_choice_changed)
        self.mean_box = QCheckBox(self.tr("mean"))
        self.mean_box.setToolTip(self.tr("Mean over the heads of this layer"))
        self.mean_box.clicked.connect(self._on_choice_changed)
        self.first_button = ChoiceButton(self.tr("Hide first token"))
        self.first_button.setToolTip(_tip("hide_first"))
        self.first_button.clicked.connect(self.first_hidden)
        self.pin_button = ChoiceButton()
        self.pin_button.setIconSize(QSize(16, 16))
        self.pin_button.setAccessibleName(self.tr("Pin this head"))
        self.pin_button.setToolTip(_tip("pin_head"))
        self.pin_button.clicked.connect(self._on_pin_clicked)
        self._draw_icon()

    def _build_links(self) -> None:
        self.hide_link, self.why_link = LinkButton(self.tr("Hide it")), LinkButton(self.tr("Why?"))
        self.hide_link.setToolTip(_tip("hide_first"))
        self.hide_link.setAccessibleName(self.first_button.text())
        self.hide_link.clicked.connect(self._on_hide_clicked)
        why = self.tr(
            "The weights of a row come to one, so that a head that finds nothing to read "
            "must put them somewhere: many heads put them on the first token, an "
            "attention sink. What it reads there is nearly the same for every text and "
            "changes the answer little; hide the first token to see what else it looks at."
        )
        self.why_link.setToolTip(f"<p>{why}</p>")  # so that it is broken into lines
        self.why_link.setAccessibleName(self.tr("Why heads rest on the first token"))
        self.why_link.setAccessibleDescription(why)
        self.why_link.clicked.connect(self._on_why_clicked)
        for link in (self.hide_link, self.why_link):
            link.hide()

    def set_view(self, view: HeadView) -> None:
        """Name the head of a view."""
        self._shown = view
        record = view.record
        self._limit_boxes(view)
        if not view.stale:  # else the boxes hold a newer wish than what is drawn
            self._show_choice(record.layer, record.head)
        self.mean_box.setEnabled(True)
        self.layer_box.setEnabled(True)
        self.forms.setEnabled(True)
        self.forms.set_form(view.form)
        is_single = not record.members and not isinstance(record.head, str)
        self.pin_button.setEnabled(is_single)
        self.pin_button.setChecked(is_single and (record.layer, record.head) in view.pins)
        hides = "first" in (view.wished_treatment or record.treatment).hidden
        self.first_button.setEnabled(True)
        self.first_button.setChecked(hides)
        rests = any(_rests_on_first(label) for label in view.labels)
        self.hide_link.setVisible(rests and not hides)
        self.why_link.setVisible(rests)
        dim((self.remark,), view.stale)
        self.remark.setText(self._remark(view))
        sentences = [label_sentence(label) for label in view.labels]
        self.remark.setToolTip(plain_tip("\n\n".join(sentences) or self.remark.text()))

    def clear(self) -> None:
        """Nothing is on show, and nothing can be chosen."""
        self._shown = None
        self.remark.setText("")
        for link in (self.hide_link, self.why_link):
            link.hide()
        for widget in (
            self.layer_box,
            self.head_box,
            self.mean_box,
            self.first_button,
            self.pin_button,
            self.forms,
        ):
            widget.setEnabled(False)

    def _remark(self, view: HeadView) -> str:
        members = view.record.members
        if members:
            names = listed(head_name(*member) for member in members)
            if len(members) == 1:
                return self.tr("mean of the pinned head {names}").format(names=names)
            return self.tr("mean of {n} heads: {names}").format(n=len(members), names=names)
        return " · ".join(
            self.tr("{label}: rests on the first token").format(label=label_text(label))
            if _rests_on_first(label)
            else label_text(label)
            for label in view.labels
        )

    def _limit_boxes(self, view: HeadView) -> None:
        blockers = [QSignalBlocker(box) for box in (self.layer_box, self.head_box)]
        self.layer_box.setMaximum(view.n_layers - 1)
        self.head_box.setMaximum(view.n_heads - 1)
        for blocker in blockers:
            blocker.unblock()

    def _show_choice(self, layer: int, head: HeadChoice) -> None:
        blockers = [QSignalBlocker(box) for box in (self.layer_box, self.head_box)]
        self.layer_box.setValue(layer)
        self.mean_box.setChecked(isinstance(head, str))
        if not isinstance(head, str):
            self.head_box.setValue(head)
        self.head_box.setEnabled(not isinstance(head, str))
        for blocker in blockers:
            blocker.unblock()

    def _draw_icon(self) -> None:
        self.pin_button.setIcon(themed_icon("pin", current_theme()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    @Slot()
    def _on_choice_changed(self) -> None:
        self.head_box.setEnabled(not self.mean_box.isChecked())
        head: HeadChoice = "mean" if self.mean_box.isChecked() else self.head_box.value()
        self.head_selected.emit(self.layer_box.value(), head)

    @Slot()
    def _on_hide_clicked(self) -> None:
        self.first_button.setFocus(Qt.FocusReason.OtherFocusReason)  # the link goes
        self.first_hidden.emit(True)

    @Slot()
    def _on_why_clicked(self) -> None:
        place = self.why_link.mapToGlobal(self.why_link.rect().bottomLeft())
        QToolTip.showText(place, self.why_link.toolTip(), self.why_link, QRect(), WHY_MS)

    @Slot()
    def _on_pin_clicked(self) -> None:
        record = self._shown.record if self._shown is not None else None
        if record is not None and not isinstance(record.head, str):
            self.pin_toggled.emit(record.layer, record.head)


def _rests_on_first(label: HeadLabel) -> bool:
    return label.name == "sink" and label.score > SINK_SHARE


def _tip(key: str) -> str:
    """The tooltip of a command with its shortcut."""
    spec = next(spec for spec in ACTIONS if spec.key == key)
    tip = QCoreApplication.translate("actions", spec.tip)
    keys = QKeySequence(spec.shortcuts[0]).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({keys})"
