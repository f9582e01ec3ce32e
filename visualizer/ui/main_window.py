"""The window: panels as docks, menus, tool bar, banner and status line. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QLayout,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QTabWidget,
    QToolBar,
    QToolButton,
    QToolTip,
    QWidget,
)

from visualizer.ui.actions import ACTIONS, build_actions
from visualizer.ui.banner import Banner
from visualizer.ui.command_palette import CommandPalette
from visualizer.ui.help_dialog import AboutDialog, ShortcutsDialog
from visualizer.ui.icons import themed_icon
from visualizer.ui.lesson_stage import LessonStage
from visualizer.ui.lessons.panel import LessonPanel
from visualizer.ui.menus import Menus
from visualizer.ui.messages import short_model_name
from visualizer.ui.panel_sizes import BELOW, LEAST_BELOW_PX, PanelSizes
from visualizer.ui.panels.head_panel import HeadPanel
from visualizer.ui.panels.overview_panel import OverviewPanel
from visualizer.ui.panels.pair_panel import PairPanel
from visualizer.ui.panels.pipeline_panel import PipelinePanel
from visualizer.ui.panels.prediction_panel import PredictionPanel
from visualizer.ui.panels.prompt_panel import PromptPanel
from visualizer.ui.panels.sampling_panel import SamplingPanel
from visualizer.ui.panels.timeline_panel import TimelinePanel
from visualizer.ui.panels.token_panel import TokenPanel
from visualizer.ui.panels.tokenizer_panel import TokenizerPanel
from visualizer.ui.plain_text import PANEL_TITLE, PlainLabel, plain_tip
from visualizer.ui.status_line import StatusLine
from visualizer.ui.tab_order import go_on, is_in_sight, window_stops
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.menu_button import MenuButton

LAYOUT_VERSION = 5  # raise it when the docks change, so that an older layout is not restored
FIRST_SIZE = QSize(1280, 800)
LEAST_SIZE = QSize(900, 560)
"""A window is never smaller, whatever is in it, and never larger than the user has made it."""
_NARROWEST_PX = 120  # Qt's own least widths would take from the bars first
_LEAST_TITLE_PX = 8  # less is a border, which takes no room worth a change
_SHARE_OF_SCREEN = 0.8
_LARGEST_FIRST = QSize(2200, 1400)
_HIDDEN_DOCKS = ("timeline", "pair", "tokenizers", "pipeline", "lessons")  # opened by a command
_DOCKS = ("prompt", "tokens", "prediction", "sampling", "overview", *_HIDDEN_DOCKS)
_READ_BEFORE_HEAD = ("lessons", "prompt", "tokens", "prediction", "sampling", "overview")
_READ_AFTER_HEAD = ("pair", "timeline", "tokenizers", "pipeline")


class PanelDock(QDockWidget):
    """A panel's dock; Tab leads on from it, also when it has been taken out of the window."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        window = self.parentWidget()
        return window is not None and window.focusNextPrevChild(forward)


class MainWindow(QMainWindow):
    """Builds and lays out what is on screen; what happens in it is connected in `app.py`.

    Signals:
        paths_dropped: Files or folders were dropped. tuple of Path.
        drawn: The window is on screen for the first time.
        closing: The window is about to close.
    """

    paths_dropped = Signal(object)
    drawn = Signal()
    closing = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Visualizer")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        # Beside the panels, where there is more room than below them.
        self.setTabPosition(Qt.DockWidgetArea.BottomDockWidgetArea, QTabWidget.TabPosition.West)
        self.prompt_panel = PromptPanel()
        self.token_panel = TokenPanel()
        self.prediction_panel = PredictionPanel()
        self.sampling_panel = SamplingPanel()
        self.overview_panel = OverviewPanel()
        self.timeline_panel = TimelinePanel()
        self.pair_panel = PairPanel()
        self.tokenizer_panel = TokenizerPanel()
        self.pipeline_panel = PipelinePanel()
        self.lesson_panel = LessonPanel()
        self.head_panel = HeadPanel()
        self.actions_by_key = build_actions(self)
        self.addActions(list(self.actions_by_key.values()))
        self.banner = Banner()
        self.status_line = StatusLine()
        self.setStatusBar(self.status_line)
        self.palette_dialog = CommandPalette(self)
        self.docks = self._build_docks()
        self.menus = Menus(self.menuBar(), self.actions_by_key, self._listed_docks())
        self._model_button = MenuButton(self.tr("Model"), self.menus.models)
        self._device_badge = PlainLabel()
        self._build_tool_bar()
        self._build_banner_row()
        self._first_layout = QByteArray()
        self._layout_before = QByteArray()
        self._shown_before: list[str] = []
        self.is_solo = False
        self._is_drawn = False
        self.set_panels_movable(False)
        self._let_shrink(self)
        self.setMinimumSize(LEAST_SIZE.boundedTo(self.screen().availableSize()))
        self.panel_sizes = PanelSizes(self)
        self.lesson_stage = LessonStage(self)
        self._connect_own_actions()
        self._draw_icons()

    # ------------------------------------------------------------------------------ layout

    def _build_docks(self) -> dict[str, QDockWidget]:
        titles = {
            "prompt": self.tr("Prompt"),
            "tokens": self.tr("Tokens"),
            "prediction": self.tr("Next token"),
            "sampling": self.tr("Sampling"),
            "overview": self.tr("All heads"),
            "timeline": self.tr("Surprise"),
            "pair": self.tr("Token pair"),
            "tokenizers": self.tr("Tokenizers"),
            "pipeline": self.tr("Sampler"),
            "lessons": self.tr("Lessons"),
        }
        panels: dict[str, QWidget] = {
            "prompt": self.prompt_panel,
            "tokens": self.token_panel,
            "prediction": self.prediction_panel,
            "sampling": self.sampling_panel,
            "overview": self.overview_panel,
            "timeline": self.timeline_panel,
            "pair": self.pair_panel,
            "tokenizers": self.tokenizer_panel,
            "pipeline": self.pipeline_panel,
            "lessons": self.lesson_panel,
        }
        docks: dict[str, QDockWidget] = {}
        for key in _DOCKS:
            dock = PanelDock(titles[key], self)
            dock.setObjectName(f"dock_{key}")  # saveState goes by these names
            dock.setWidget(panels[key])
            self._let_shrink(dock)
            panels[key].setMinimumWidth(_NARROWEST_PX)
            if key in BELOW:
                panels[key].setMinimumHeight(LEAST_BELOW_PX)
            docks[key] = dock
        self.setCentralWidget(self.head_panel)
        self.head_panel.setMinimumWidth(_NARROWEST_PX)
        self._place_docks(docks)
        return docks

    @staticmethod
    def _let_shrink(widget: QWidget) -> None:
        """Else the window grows by itself, and docks reach into one another where it is small."""
        layout = widget.layout()
        assert layout is not None
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)

    def _listed_docks(self) -> list[QDockWidget]:
        """Those of the menu of panels; the others have commands of their own."""
        return [dock for key, dock in self.docks.items() if key not in _HIDDEN_DOCKS]

    def _place_docks(self, docks: dict[str, QDockWidget]) -> None:
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        down, right = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
        self.addDockWidget(left, docks["lessons"])
        self.splitDockWidget(docks["lessons"], docks["prompt"], right)
        self.splitDockWidget(docks["prompt"], docks["overview"], right)
        self.splitDockWidget(docks["prompt"], docks["tokens"], down)
        self.splitDockWidget(docks["tokens"], docks["prediction"], down)
        self.splitDockWidget(docks["prediction"], docks["sampling"], down)
        self.splitDockWidget(docks["overview"], docks["pair"], down)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, docks["timeline"])
        self.tabifyDockWidget(docks["timeline"], docks["tokenizers"])
        self.tabifyDockWidget(docks["timeline"], docks["pipeline"])
        for key, dock in docks.items():
            dock.setFloating(False)
            dock.setVisible(key not in _HIDDEN_DOCKS)

    def first_size(self) -> QSize:
        """Of the window when nothing is remembered: large, but within the screen."""
        screen = QGuiApplication.primaryScreen().availableSize()
        wished = (screen * _SHARE_OF_SCREEN).boundedTo(_LARGEST_FIRST).expandedTo(FIRST_SIZE)
        return wished.boundedTo(screen)

    def _make_room_for_frame(self) -> None:
        """Shrink a first size that, with the frame around it, would reach beyond the screen."""
        if self.height() != self.first_size().height() or self.isMaximized():
            return
        screen, frame = self.screen().availableGeometry(), self.frameGeometry()
        if self.geometry().top() - frame.top() < _LEAST_TITLE_PX:
            return
        over = (frame.size() - screen.size()).expandedTo(QSize(0, 0))
        self.resize(self.size() - over)

    def restore_window(
        self, geometry: QByteArray, layout: QByteArray, shares: Mapping[str, float]
    ) -> None:
        """Take up the remembered place and layout, as far as they make sense here.

        The layout comes first: Qt keeps one that it is given in a maximised window for when the
        window is on screen, and what happens to the docks until then ends in memory that is gone.
        """
        self.panel_sizes.shares = dict(shares)
        if layout.isEmpty() or not self.restoreState(layout, LAYOUT_VERSION):
            self._place_docks(self.docks)
        if all(dock.isHidden() for dock in self.docks.values()):
            self._place_docks(self.docks)
        self._banner_bar.setVisible(self.banner.shown is not None)
        if geometry.isEmpty() or not self.restoreGeometry(geometry) or not self._is_on_screen():
            self.resize(self.first_size())
        elif not self.isMaximized() and not self.isFullScreen():
            self.resize(self.size().boundedTo(self.screen().availableSize()))

    def layout_state(self) -> QByteArray:
        """The layout of docks and tool bars, for the next start."""
        return self._layout_before or self.saveState(LAYOUT_VERSION)

    def put_panels_away(self, but: Sequence[str] = ()) -> None:
        """Hide the panels, but some, until `bring_panels_back`."""
        if self._layout_before.isEmpty():
            self._layout_before = self.saveState(LAYOUT_VERSION)
            self._shown_before = [key for key, dock in self.docks.items() if not dock.isHidden()]
        for key, dock in self.docks.items():
            dock.setVisible(key in but)

    def show_panels_of_before(self) -> None:
        """Show the panels that were put away, beside what is in sight now."""
        for key in self._shown_before:
            self.docks[key].show()

    def bring_panels_back(self) -> None:
        """Show the panels that were put away, and no others."""
        self._layout_before = QByteArray()
        for key, dock in self.docks.items():
            dock.setVisible(key in self._shown_before)
        self.panel_sizes.arrange()

    @Slot()
    def toggle_solo(self) -> None:
        """Give the head on show the whole window, or bring the panels back."""
        self.actions_by_key["solo"].setChecked(not self.is_solo)

    @Slot(bool)
    def _on_solo_toggled(self, solo: bool) -> None:
        if solo and not self.is_solo:
            self.actions_by_key["lessons"].setChecked(False)
            self.is_solo = True
            self.put_panels_away()
            self.head_panel.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not solo and self.is_solo:
            self.is_solo = False
            self.bring_panels_back()
            self.overview_panel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._all_panels.setVisible(self.is_solo)

    def reset_layout(self) -> None:
        """Everything where it was at the first start."""
        self.actions_by_key["solo"].setChecked(False)
        self.actions_by_key["lessons"].setChecked(False)
        if self.isMaximized() or self.isFullScreen():
            self.showNormal()
        self.resize(self.first_size())
        self._place_docks(self.docks)
        self.sampling_panel.forget_fold()
        self.panel_sizes.forget()

    def set_panels_movable(self, movable: bool) -> None:
        """Show the docks' title bars, by which they are moved, or hide them."""
        for dock in self.docks.values():
            for title in dock.findChildren(QLabel, PANEL_TITLE):
                title.setVisible(not movable)  # the dock's bar says it
            bar = dock.titleBarWidget()
            if movable and bar is not None:
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]  # None is the default bar
                bar.deleteLater()
            elif not movable and bar is None:
                dock.setTitleBarWidget(QWidget())

    def _is_on_screen(self) -> bool:
        frame = self.frameGeometry()
        for screen in QGuiApplication.screens():
            seen = screen.availableGeometry().intersected(frame)
            if seen.width() >= 400 and seen.height() >= 300:
                return True
        return False

    def _build_tool_bar(self) -> None:
        bar = QToolBar(self.tr("Tools"))
        bar.setObjectName("tool_bar")
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._model_button.setToolTip(self.tr("Choose a model"))
        bar.addWidget(self._model_button)
        self._device_badge.setContentsMargins(2 * SPACE_PX, 0, 2 * SPACE_PX, 0)
        self._device_badge.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        bar.addWidget(self._device_badge)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(gap)
        examples = MenuButton(self.tr("Examples"), self.menus.examples)
        examples.setToolTip(self.tr("Prompts to begin with, and what to look at in each"))
        bar.addWidget(examples)
        bar.addSeparator()
        for key in ("step", "generate", "stop"):
            bar.addAction(self.actions_by_key[key])
            button = bar.widgetForAction(self.actions_by_key[key])
            if isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.addSeparator()
        back = QToolButton()
        back.setText(self.tr("All panels"))
        back.setToolTip(self.tr("Bring the panels back (Esc)"))
        back.clicked.connect(self.toggle_solo)
        self._all_panels = bar.addWidget(back)
        self._all_panels.setVisible(False)
        for key in ("lessons", "palette", "toggle_theme"):
            bar.addAction(self.actions_by_key[key])
        for button in bar.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # Qt leaves a tool bar to the mouse
        self.addToolBar(bar)

    def _build_banner_row(self) -> None:
        self._banner_bar = QToolBar(self.tr("Notices"))
        self._banner_bar.setObjectName("banner_bar")
        self._banner_bar.setMovable(False)
        self._banner_bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._banner_bar.addWidget(self.banner)
        self._banner_bar.setContentsMargins(0, 0, 0, 0)
        self.addToolBarBreak()
        self.addToolBar(self._banner_bar)
        self._banner_bar.hide()
        self.banner.occupied_changed.connect(self._banner_bar.setVisible)

    def _draw_icons(self) -> None:
        theme = current_theme()
        for spec in ACTIONS:
            if spec.icon:
                self.actions_by_key[spec.key].setIcon(themed_icon(spec.icon, theme))

    # ----------------------------------------------------------------------------- showing

    def show_model(self, name: str, device: str, dtype: str) -> None:
        """Name the model in use in the tool bar and the title."""
        shown = short_model_name(name)
        self._model_button.set_text(shown or self.tr("Model"))
        self._model_button.setToolTip(
            plain_tip(self.tr("{name}: choose another model").format(name=name))
        )
        self._device_badge.setText(f"{device} {dtype}".strip())
        title = shown.replace("[*]", "[*][*]")  # which Qt would leave out
        self.setWindowTitle(f"{title} - Visualizer" if title else "Visualizer")

    def _connect_own_actions(self) -> None:
        own = {
            "quit": self.close,
            "shortcuts": self._on_shortcuts_triggered,
            "about": self._on_about_triggered,
            "reset_layout": self._on_reset_layout_triggered,
            "focus_prompt": self._on_focus_prompt_triggered,
            "find_head": self._on_find_head_triggered,
        }
        for key, slot in own.items():
            self.actions_by_key[key].triggered.connect(slot)
        self.actions_by_key["move_panels"].toggled.connect(self._on_move_panels_toggled)
        self.actions_by_key["solo"].toggled.connect(self._on_solo_toggled)
        self._connect_timeline()
        self.actions_by_key["tokenizers"].toggled.connect(self._on_tokenizers_toggled)
        self.docks["tokenizers"].toggleViewAction().toggled.connect(
            self.actions_by_key["tokenizers"].setChecked
        )
        self.actions_by_key["pipeline"].toggled.connect(self._on_pipeline_toggled)
        self.docks["pipeline"].toggleViewAction().toggled.connect(
            self.actions_by_key["pipeline"].setChecked
        )
        self.actions_by_key["inspect_pair"].toggled.connect(self._on_inspect_pair_toggled)
        self.docks["pair"].toggleViewAction().toggled.connect(
            self.actions_by_key["inspect_pair"].setChecked
        )

    def _connect_timeline(self) -> None:
        actions, panel, dock = self.actions_by_key, self.timeline_panel, self.docks["timeline"]
        actions["surprise_timeline"].toggled.connect(self._on_timeline_toggled)
        dock.toggleViewAction().toggled.connect(actions["surprise_timeline"].setChecked)
        actions["most_surprising"].triggered.connect(panel.select_most_surprising)
        actions["most_uncertain"].triggered.connect(panel.select_most_uncertain)
        actions["nearest_tie"].triggered.connect(panel.select_nearest_tie)
        actions["surprise_shading"].toggled.connect(self.prompt_panel.set_shading)
        panel.stretch_selected.connect(self.token_panel.set_stretch)
        self.token_panel.stretch_selected.connect(panel.set_stretch)
        panel.extremes_changed.connect(self._on_timeline_extremes_changed)
        self.sampling_panel.height_changed.connect(self.panel_sizes.arrange_soon)
        self.prediction_panel.pins.n_rows_changed.connect(self.panel_sizes.arrange_soon)
        self._on_timeline_extremes_changed(False, False, False)

    @Slot(bool)
    def _on_timeline_toggled(self, shown: bool) -> None:
        self._show_below("timeline", shown)

    @Slot(bool)
    def _on_tokenizers_toggled(self, shown: bool) -> None:
        self._show_below("tokenizers", shown)

    @Slot(bool)
    def _on_pipeline_toggled(self, shown: bool) -> None:
        self._show_below("pipeline", shown)

    def _show_below(self, key: str, shown: bool) -> None:
        """Open or close a dock below all others."""
        dock = self.docks[key]
        QToolTip.hideText()  # what it was about moves away from under it
        dock.setVisible(shown)
        if shown:
            dock.raise_()
        self.panel_sizes.arrange()

    @Slot(bool)
    def _on_inspect_pair_toggled(self, shown: bool) -> None:
        QToolTip.hideText()
        self.docks["pair"].setVisible(shown)
        self.panel_sizes.arrange()

    @Slot(bool, bool, bool)
    def _on_timeline_extremes_changed(self, surprising: bool, uncertain: bool, tied: bool) -> None:
        self.actions_by_key["most_surprising"].setEnabled(surprising)
        self.actions_by_key["most_uncertain"].setEnabled(uncertain)
        self.actions_by_key["nearest_tie"].setEnabled(tied)

    @Slot()
    def _on_first_paint(self) -> None:
        self.drawn.emit()

    @Slot()
    def _on_shortcuts_triggered(self) -> None:
        dialog = self.findChild(ShortcutsDialog)
        if dialog is None:
            dialog = ShortcutsDialog(self.menus.all_actions(), self)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    @Slot()
    def _on_about_triggered(self) -> None:
        AboutDialog([self.status_line.model_text()], self).show()

    @Slot()
    def _on_reset_layout_triggered(self) -> None:
        self.reset_layout()

    @Slot()
    def _on_focus_prompt_triggered(self) -> None:
        self.prompt_panel.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _on_find_head_triggered(self) -> None:
        self.actions_by_key["solo"].setChecked(False)
        self.docks["overview"].show()
        self.overview_panel.go_to_head()

    @Slot(bool)
    def _on_move_panels_toggled(self, movable: bool) -> None:
        self.set_panels_movable(movable)

    # -------------------------------------------------------------------------- Qt's events

    def panels(self) -> list[QWidget]:
        """All panels, in sight or not, in the order in which they are read."""
        before = [self.docks[key].widget() for key in _READ_BEFORE_HEAD]
        return [*before, self.head_panel, *(self.docks[key].widget() for key in _READ_AFTER_HEAD)]

    def focusNextPrevChild(self, forward: bool) -> bool:
        focus = QApplication.focusWidget()
        if focus is not None and not focus.isVisible() and is_in_sight(self.prompt_panel):
            self.prompt_panel.setFocus()  # what had the keys has been closed: back to the text
            return True
        return go_on(window_stops(self, self.panels()), forward)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.panel_sizes.arrange()
        if not self._is_drawn:
            self.prompt_panel.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lesson_stage.take_width(event.size().width())
        self.panel_sizes.arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StatusTip:
            return True  # said by tooltips; in the status line it would hide how full the text is
        if event.type() == QEvent.Type.LayoutRequest:
            self.panel_sizes.arrange_soon()
        elif event.type() == QEvent.Type.MouseButtonPress and _is_left(event):
            self.panel_sizes.begin_drag()  # the window itself is pressed only between the panels
        handled = super().event(event)
        if event.type() == QEvent.Type.MouseButtonRelease:
            self.panel_sizes.end_drag()
        return handled

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_drawn:
            self._is_drawn = True
            QTimer.singleShot(0, self._on_first_paint)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()
        elif event.type() == QEvent.Type.ActivationChange:
            self._make_room_for_frame()  # by now the desktop has put a frame around

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._has_inspected():
            self.actions_by_key["inspect_pair"].trigger()
        elif event.key() == Qt.Key.Key_Escape and self.is_solo:
            self.toggle_solo()
        else:
            super().keyPressEvent(event)

    def _has_inspected(self) -> bool:
        """Whether the keys go to the head or to the inspector of its pairs, which is open."""
        focus = self.focusWidget()
        beside = (self.head_panel, self.pair_panel)
        return self.docks["pair"].isVisible() and any(
            panel.isAncestorOf(focus) for panel in beside if focus is not None
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths(event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = local_paths(event.mimeData().urls())
        if paths:
            event.acceptProposedAction()
            self.paths_dropped.emit(paths)

    def createPopupMenu(self) -> QMenu:
        """The menu on a right click beside the panels: which of them to show."""
        menu = QMenu(self)
        menu.addActions([dock.toggleViewAction() for dock in self.docks.values()])
        return menu


def local_paths(urls: Sequence[QUrl]) -> tuple[Path, ...]:
    """The dropped things that are files or folders of this machine."""
    return tuple(Path(url.toLocalFile()) for url in urls if url.isLocalFile())


def _is_left(event: QEvent) -> bool:
    """Of another button the release may go to the menu that its press has opened."""
    return isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton
