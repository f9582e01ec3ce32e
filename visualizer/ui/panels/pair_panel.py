"""Panel: one query and one key in one head, from their vectors to the logit they move."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.session.exports import head_name
from visualizer.session.views import PairView, Unavailable
from visualizer.ui.icons import themed_icon
from visualizer.ui.panels.pair_facts import PairFacts
from visualizer.ui.plain_text import PANEL_TITLE, PlainLabel
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font
from visualizer.ui.widgets.dimension_bars import DimensionBars
from visualizer.ui.widgets.fact_table import FactTable
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import PanelStack, error_text, make_quiet
from visualizer.ui.widgets.row_competitors import RowCompetitors

_TINT = 0.22  # of the query's and the key's hue behind their tokens


class PairPanel(QWidget):
    """Shows a PairView: why the query looks at the key, and what comes of it.

    Signals:
        pair_inspected: Another pair is wanted. (query: int, key: int)
        export_requested: "png" for a figure, "csv" for the products, "json" for all parts. str.
        closed: The user is done with it.

    Attributes:
        competitors, dimensions: The widgets that draw.
        score, weight, written, effect: The rows of numbers.
        export_button: Its menu copies the rows and writes files.
    """

    pair_inspected = Signal(int, int)
    export_requested = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Token pair"))
        self._view: PairView | None = None
        self._facts = PairFacts(self)
        self._build_widgets()
        self._menu = self._build_menu()
        self.export_button = MenuButton(self.tr("Export"), self._menu, flat=False)
        self.export_button.setToolTip(self.tr("Copy these numbers, or save them with all parts"))
        self._content = self._build_content()
        area = QScrollArea()
        area.setWidget(self._content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._stack = PanelStack(area)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * SPACE_PX, SPACE_PX, SPACE_PX, SPACE_PX)
        outer.setSpacing(SPACE_PX)
        outer.addLayout(self._title_row())
        outer.addWidget(self._stack, stretch=1)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        copy.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copy.activated.connect(self.copy_table)
        self.competitors.key_selected.connect(self._on_competitors_key_selected)
        self.dimensions.dimension_pointed.connect(self._on_dimensions_dimension_pointed)
        self.setFocusProxy(self.competitors)
        self.export_button.setEnabled(False)

    # ------------------------------------------------------------------------------ building

    def _build_widgets(self) -> None:
        self._heading = QLabel()
        self._heading.setTextFormat(Qt.TextFormat.RichText)
        self._heading.setWordWrap(True)
        self._summary, self._sum_check, self._head_check = _sentence(), _sentence(), _sentence()
        self._effect_note, self._product_check, self._reading = (
            _sentence(),
            _sentence(),
            _sentence(),
        )
        for label in (self._sum_check, self._head_check, self._effect_note, self._product_check):
            make_quiet(label)
        self.score, self.weight = FactTable(), FactTable()
        self.written, self.effect = FactTable(), FactTable()
        self.competitors, self.dimensions = RowCompetitors(), DimensionBars()
        self.competitors.setToolTip("")

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Copy as table")).setData("copy")
        menu.addSeparator()
        menu.addAction(self.tr("Picture (PNG, SVG, PDF)…")).setData("png")
        menu.addAction(self.tr("Products by dimension (CSV)…")).setData("csv")
        menu.addAction(self.tr("All parts (JSON)…")).setData("json")
        menu.triggered.connect(self._on_menu_triggered)
        return menu

    def _title_row(self) -> QHBoxLayout:
        title = QLabel(self.tr("Token pair"))
        title.setObjectName(PANEL_TITLE)
        heading = title.font()
        heading.setBold(True)
        title.setFont(heading)
        self._close_button = QToolButton()
        self._close_button.setAutoRaise(True)
        self._close_button.setAccessibleName(self.tr("Close"))
        self._close_button.setToolTip(
            self.tr("Close the inspector (Esc); a click on a cell then marks it, Enter opens it")
        )
        self._close_button.setIcon(themed_icon("close", current_theme()))
        self._close_button.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        row.addWidget(title, stretch=1)
        row.addWidget(self.export_button)
        row.addWidget(self._close_button)
        return row

    def _build_content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 2 * SPACE_PX, SPACE_PX)
        column.setSpacing(SPACE_PX)
        column.addWidget(self._heading)
        column.addWidget(self._summary)
        self._add_section(column, self.tr("Score"), self.score)
        self._add_section(
            column,
            self.tr("Weight: softmax among the keys"),
            self.weight,
            self.competitors,
            self._sum_check,
        )
        self._add_section(column, self.tr("What the head writes"), self.written, self._head_check)
        self._add_section(column, self.tr("What it changes"), self.effect, self._effect_note)
        self._add_section(
            column,
            self.tr("q·k by dimension"),
            self.dimensions,
            self._reading,
            self._product_check,
        )
        column.addStretch(1)
        return content

    def _add_section(self, column: QVBoxLayout, title: str, *parts: QWidget) -> None:
        line = QFrame()
        line.setFixedHeight(1)
        line.setAutoFillBackground(True)
        line.setBackgroundRole(self.palette().ColorRole.Mid)
        label = QLabel(title)
        heading = label.font()
        heading.setBold(True)
        label.setFont(heading)
        column.addSpacing(SPACE_PX)
        column.addWidget(line)
        column.addWidget(label)
        for part in parts:
            column.addWidget(part)

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: PairView | Unavailable) -> None:
        """Show one pair, or say why there is none."""
        if isinstance(view, Unavailable):
            self._view = None
            self.competitors.set_view(None)
            self.dimensions.set_record(None)
            self.export_button.setEnabled(False)
            self._stack.show_message(error_text(view.reason))
            return
        self._view = view
        facts = self._facts
        self._write_heading()
        self._summary.setText(facts.summary(view))
        self.score.set_facts(facts.score(view))
        self.weight.set_facts(facts.weight(view))
        self.written.set_facts(facts.written(view))
        self.effect.set_facts(facts.effect(view))
        for label, text in (
            (self._sum_check, facts.sum_check(view)),
            (self._head_check, facts.head_check(view)),
            (self._effect_note, facts.effect_note(view)),
            (self._product_check, facts.product_check(view)),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.competitors.set_view(view)
        self.dimensions.set_record(view.record, stale=view.stale)
        self._read_dimension(self.dimensions.pointed())
        self._dim(view.stale)
        self.export_button.setEnabled(not view.stale)
        self._stack.show_content()

    def message(self) -> str:
        """The sentence shown in place of a pair, "" while there is one."""
        return self._stack.message()

    def summary(self) -> str:
        """The sentences under the heading."""
        return self._summary.text()

    def reading(self) -> str:
        """The line under the bars of the dimensions."""
        return self._reading.text()

    @Slot()
    def copy_table(self) -> None:
        """Put all rows on the clipboard, as text with tabs."""
        if self._view is not None and not self._view.stale:
            QGuiApplication.clipboard().setText(self._facts.as_table(self._view))

    def _dim(self, stale: bool) -> None:
        """Old numbers never look current."""
        for widget in (self._heading, self._summary, self._reading, self.score, self.weight):
            widget.setEnabled(not stale)
        for widget in (self.written, self.effect):
            widget.setEnabled(not stale)
        for label in (self._sum_check, self._head_check, self._effect_note, self._product_check):
            label.setEnabled(not stale)

    def _write_heading(self) -> None:
        if self._view is None:
            return
        view, record, theme = self._view, self._view.record, current_theme()
        query = _tinted(self._facts.token(view, record.query), theme.query, theme)
        key = _tinted(self._facts.token(view, record.key), theme.key, theme)
        words = self.tr("{head}: query {query} → key {key}").format(
            head=head_name(record.layer, record.head),
            query=f"{record.query}&nbsp;{query}",
            key=f"{record.key}&nbsp;{key}",
        )
        self._heading.setText(f"<b>{words}</b>")
        self._heading.setAccessibleName(self._facts.title(view))

    def _read_dimension(self, dimension: int) -> None:
        if self._view is not None and dimension >= 0:
            self._reading.setText(self._facts.dimension(self._view, dimension))

    # ------------------------------------------------------------------------------- reacting

    @Slot(int)
    def _on_competitors_key_selected(self, key: int) -> None:
        if self._view is not None:
            self.pair_inspected.emit(self._view.record.query, key)

    @Slot(int)
    def _on_dimensions_dimension_pointed(self, _dimension: int) -> None:
        self._read_dimension(self.dimensions.pointed())

    @Slot(QAction)
    def _on_menu_triggered(self, action: QAction) -> None:
        if action.data() == "copy":
            self.copy_table()
        else:
            self.export_requested.emit(action.data())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._view is not None and not self._view.stale:
            self._menu.popup(event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_close_button"):
            self._close_button.setIcon(themed_icon("close", current_theme()))
            self._write_heading()


def _sentence() -> QLabel:
    """Running text that can be selected."""
    label = PlainLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel has one
    return label


def _tinted(text: str, hue: str, theme: Theme) -> str:
    """A token on a pale ground of its hue: the hue as ink would be too faint to read."""
    over, under = QColor(hue), QColor(theme.paper)
    pairs = ((over.red(), under.red()), (over.green(), under.green()), (over.blue(), under.blue()))
    mixed = QColor(*(round(_TINT * a + (1 - _TINT) * b) for a, b in pairs))
    family = token_font().family()
    return (
        f"<span style=\"background-color: {mixed.name()}; font-family: '{family}'\">"
        f"{html.escape(text).replace(' ', '&nbsp;')}</span>"
    )
