"""Panel: the stages of the sampler as cards, in the order in which they act."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.tokenization import Tokenizer
from visualizer.session.pipeline_view import (
    N_DRAWS,
    PRESETS,
    Draws,
    PipelineView,
    Preset,
    matches_preset,
    with_preset,
)
from visualizer.session.views import Unavailable
from visualizer.ui.plain_text import PANEL_TITLE, PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, error_text, make_quiet
from visualizer.ui.widgets.stage_facts import choices_text
from visualizer.ui.widgets.stage_row import StageRow

EXPORT_KINDS = ("png", "svg", "pdf", "csv", "npz", "json")


class PipelinePanel(QWidget):
    """Shows a PipelineView and reports what the user changes.

    Signals:
        sampling_changed: Continuously while a slider moves. (sampling: SamplingParams)
        draws_requested: The user wants many tokens drawn.
        save_requested, open_requested: Of a file with the stages.
        export_requested: Of what the stages did. (kind: str, one of EXPORT_KINDS)
        closed: The user has had enough.
    """

    sampling_changed = Signal(object)
    draws_requested = Signal()
    save_requested = Signal()
    open_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampling = SamplingParams()
        self._view: PipelineView | None = None
        self._is_available = False
        self.setAccessibleName(self.tr("Sampler"))
        title = QLabel(self.tr("Sampler"))
        title.setObjectName(PANEL_TITLE)
        heading = title.font()
        heading.setBold(True)
        title.setFont(heading)
        self._facts = ElidedLabel()
        make_quiet(self._facts)
        self._drawn = PlainLabel()
        make_quiet(self._drawn)
        self._draw_button = QPushButton(self.tr("Draw {n:,}").format(n=N_DRAWS))
        self._draw_button.setToolTip(
            self.tr(
                "Draw {n:,} tokens with the seed on show: a ring on each bar of the next token "
                "marks how often it came up."
            ).format(n=N_DRAWS)
        )
        self._row = StageRow()
        self._stack = PanelStack(self._row)
        self._presets = self._preset_menu()
        self._files = self._file_menu()
        self._lay_out(title)
        self._row.sampling_changed.connect(self._on_row_sampling_changed)
        self._draw_button.clicked.connect(self._on_draw_clicked)
        self._enable()

    def _preset_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        words: dict[Preset, tuple[str, str]] = {
            "transformers": (
                self.tr("Order of transformers"),
                self.tr("Every stage on, in the order in which transformers lets them act"),
            ),
            "llama.cpp": (
                self.tr("Order of llama.cpp"),
                self.tr("Every stage on, in llama.cpp's order, with the temperature last"),
            ),
            "tutorial": (
                self.tr("The tutorial's"),
                self.tr("Only temperature, top-k and top-p"),
            ),
            "reset": (
                self.tr("Reset"),
                self.tr("Every value neutral, no biases and bans, in the order of transformers"),
            ),
        }
        for preset in PRESETS:
            if preset == "reset":
                menu.addSeparator()
            action = menu.addAction(words[preset][0])
            action.setToolTip(words[preset][1])
            action.setData(preset)
            action.setCheckable(preset != "reset")
        menu.triggered.connect(self._on_preset_triggered)
        return menu

    def _file_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self.tr("Open pipeline…")).triggered.connect(self.open_requested)
        menu.addAction(self.tr("Save pipeline…")).triggered.connect(self.save_requested)
        menu.addSeparator()
        words = {
            "csv": self.tr("Export stages as CSV…"),
            "npz": self.tr("Export stages as NumPy arrays…"),
            "json": self.tr("Export stages as JSON…"),
            "png": self.tr("Export stages as picture…"),
            "svg": self.tr("Export stages as SVG…"),
            "pdf": self.tr("Export stages as PDF…"),
        }
        self._exports = []
        for kind in EXPORT_KINDS:
            action = menu.addAction(words[kind])
            action.setData(kind)
            action.triggered.connect(self._on_export_triggered)
            self._exports.append(action)
        return menu

    def _lay_out(self, title: QLabel) -> None:
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(title)
        top.addWidget(self._facts, stretch=1)
        top.addWidget(self._drawn)
        top.addWidget(self._draw_button)
        presets = MenuButton(self.tr("Presets"), self._presets)
        presets.setToolTip(self.tr("Orders and choices of stages to begin with"))
        files = MenuButton(self.tr("Files"), self._files)
        files.setToolTip(self.tr("Keep the stages in a file, or write down what they did"))
        top.addWidget(presets)
        top.addWidget(files)
        column = QVBoxLayout(self)
        # Close together: at 1280 x 800 the cards need all the height that there is.
        column.setContentsMargins(2 * SPACE_PX, SPACE_PX // 2, 2 * SPACE_PX, 0)
        column.setSpacing(SPACE_PX // 2)
        column.addLayout(top)
        column.addWidget(self._stack, stretch=1)

    @property
    def row(self) -> StageRow:
        """The cards."""
        return self._row

    @property
    def draw_button(self) -> QPushButton:
        """Draws many tokens."""
        return self._draw_button

    @property
    def presets(self) -> dict[str, QAction]:
        """The commands of the menu of presets."""
        return {str(a.data()): a for a in self._presets.actions() if not a.isSeparator()}

    @property
    def files(self) -> list[QAction]:
        """The commands of the menu of files."""
        return [action for action in self._files.actions() if not action.isSeparator()]

    def facts(self) -> str:
        """The line of numbers beside the heading."""
        return self._facts.text()

    def drawn(self) -> str:
        """What is said of the draws, "" while there are none."""
        return self._drawn.text()

    def set_sampling(self, sampling: SamplingParams) -> None:
        """Show switches, values and order; emits nothing."""
        self._sampling = sampling
        self._row.set_sampling(sampling)
        for key, action in self.presets.items():
            if action.isCheckable():
                preset: Preset = action.data()
                action.setChecked(matches_preset(sampling, preset))
            else:
                action.setEnabled(sampling != SamplingParams())
            action.setObjectName(key)

    def set_tokenizer(self, tokenizer: Tokenizer | None, n_ids: int) -> None:
        """Whose tokens the biases and bans name."""
        self._row.set_tokenizer(tokenizer, n_ids)

    def set_view(self, view: PipelineView | VisualizerError) -> None:
        """Show what the stages did, or why they cannot act."""
        self._view = view if isinstance(view, PipelineView) else None
        self._is_available = self._view is not None and self._view.problem is None
        self._stack.show_content()
        problem = view if isinstance(view, VisualizerError) else view.problem
        self._row.set_view(self._view)
        self._facts.setText(error_text(problem) if problem is not None else self._facts_text())
        self._facts.setToolTip(plain_tip(self._facts.text()))
        self._enable()

    def set_stale(self, is_old: bool) -> None:
        """Whether the numbers are those of an earlier text, or after another token."""
        dim((self._facts, self._drawn, *self._row.number_widgets()), is_old)

    def set_unavailable(self, reason: Unavailable) -> None:
        """Say why there is nothing that the stages could shape."""
        self._view, self._is_available = None, False
        self._facts.setText("")
        self._row.set_view(None)
        self._stack.show_message(error_text(reason.reason))
        self._enable()

    def set_draws(self, draws: Draws | None) -> None:
        """Say what was drawn; None once the distribution is another."""
        if draws is None:
            self._drawn.setText("")
            return
        self._drawn.setText(self.tr("{n:,} draws, seed {seed}").format(n=draws.n, seed=draws.seed))
        self._drawn.setToolTip(
            self.tr("{n:,} different tokens came up.").format(n=len(draws.counts))
        )

    def _facts_text(self) -> str:
        view = self._view
        if view is None or not view.outcomes:
            return ""
        last = view.outcomes[-1]
        return self.tr(
            "after {token} (position {position}) · {kept:,} of {size:,} tokens left · "
            "choices {before} → {after}"
        ).format(
            token=view.question.position_text,
            position=view.question.position,
            kept=last.n_kept,
            size=view.question.logits.size,
            before=choices_text(view.effective_choices),
            after=choices_text(last.effective_choices),
        )

    def _enable(self) -> None:
        self._draw_button.setEnabled(self._is_available)
        for action in self._exports:
            action.setEnabled(self._is_available)

    @Slot(object)
    def _on_row_sampling_changed(self, sampling: SamplingParams) -> None:
        self.set_sampling(sampling)
        self.sampling_changed.emit(sampling)

    @Slot(QAction)
    def _on_preset_triggered(self, action: QAction) -> None:
        sampling = with_preset(self._sampling, action.data())
        self.set_sampling(sampling)
        self.sampling_changed.emit(sampling)

    @Slot()
    def _on_draw_clicked(self) -> None:
        self.draws_requested.emit()

    @Slot()
    def _on_export_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.export_requested.emit(str(action.data()))
