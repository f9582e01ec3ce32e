"""Composition root of the window: everything is built and connected here, and nowhere else."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from PySide6.QtCore import (
    QCoreApplication,
    QDeadlineTimer,
    QMessageLogContext,
    QObject,
    QSocketNotifier,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from visualizer import __version__
from visualizer.commands.interrupts import KINDS
from visualizer.engine.interface import Engine
from visualizer.engine.records import ModelRecord, Prompt
from visualizer.locations import bundled_path
from visualizer.session.examples import ExamplePrompt, example_prompts, first_example
from visualizer.session.options import WindowOptions
from visualizer.session.state import ViewState
from visualizer.ui.bar_commands import BarCommands
from visualizer.ui.commands import Commands
from visualizer.ui.controller import SessionController
from visualizer.ui.first_head import FirstHead
from visualizer.ui.first_steps import FirstSteps
from visualizer.ui.focus_ring import FocusMark
from visualizer.ui.generation_commands import GenerationCommands
from visualizer.ui.head_commands import HeadCommands
from visualizer.ui.head_preview import HeadPreview
from visualizer.ui.lesson_commands import LessonCommands
from visualizer.ui.main_window import MainWindow
from visualizer.ui.model_desk import ModelDesk
from visualizer.ui.model_fetch import ModelFetcher
from visualizer.ui.pair_commands import PairCommands
from visualizer.ui.palette_commands import PaletteCommands
from visualizer.ui.panel_travel import PanelTravel
from visualizer.ui.pipeline_commands import PipelineCommands
from visualizer.ui.screenshot import Screenshot
from visualizer.ui.self_check import startup_notices
from visualizer.ui.settings import Settings
from visualizer.ui.theme_switch import ThemeSwitch
from visualizer.ui.token_commands import TokenCommands
from visualizer.ui.tokenizer_commands import TokenizerCommands
from visualizer.ui.translation import install_translations, system_language
from visualizer.ui.window_shortcuts import WindowShortcuts

log = logging.getLogger(__name__)

SHUTDOWN_MS = 1500
_PATIENCE_S, _REST_S = 1.5, 1.0  # to close the window after a signal; to end all that runs
PICTURE_PX = (1280, 800)
"""Size of a picture for which none is asked; not that of the screen, which may be any."""


def make_engine() -> Engine:
    """The engine that runs models in this process; torch is imported by this call."""
    from visualizer.engine.engine import LocalEngine

    return LocalEngine()


class App(QObject):
    """The window and all that works for it, for as long as it is open.

    Attributes:
        window, controller, desk, bench, sampler, lessons: The parts, for whoever drives the
            program from outside.
        draws_picture: Whether the window is there for a picture of it only.
        is_to_restart: Whether the program is to start anew once the window is closed.
        is_kept: Whether what the next start begins with has been written.
    """

    def __init__(
        self,
        application: QApplication,
        options: WindowOptions,
        engine_factory: Callable[[], Engine] = make_engine,
        language: str = "en",
    ) -> None:
        super().__init__()
        self._options = options
        self.settings = Settings()
        self.themes = ThemeSwitch(application, self)
        self.themes.choose(options.theme or self.settings.theme)
        self.themes.set_zoom(0 if options.screenshot else self.settings.zoom)
        self._examples = examples = example_prompts()
        state = first_state(options, self.settings, examples)
        # A text that nobody chose may change with the model, and so may a head.
        remembers = options.screenshot is None
        is_text_chosen = options.prompt is not None
        is_text_chosen |= remembers and self.settings.remembers_prompt()
        self._free_text = None if is_text_chosen else state.prompt.text
        is_head_chosen = options.layer is not None or options.head is not None
        is_head_chosen |= remembers and self.settings.remembers_head()
        self.controller = SessionController(engine_factory, state, self)
        self.fetcher = ModelFetcher(parent=self)
        self.desk = ModelDesk(
            self.controller,
            self.fetcher,
            device=options.device,
            dtype=options.dtype,
            offline=options.offline,
            parent=self,
        )
        self.window = MainWindow()
        self.commands = Commands(
            self.window, self.controller, self.desk, self.settings, self.themes, examples
        )
        self._preview = HeadPreview(self.controller, self)
        self._head_commands = HeadCommands(self.window, self.controller)
        self._pair_commands = PairCommands(self.window, self.controller)
        self._panel_travel = PanelTravel(self.window)
        edits = ("undo", "redo")  # each text field has its own
        commands = [a for key, a in self.window.actions_by_key.items() if key not in edits]
        self._shortcuts = WindowShortcuts(application, self.window, commands)
        # A picture of the window is the same, whether or not the desktop gives it the keys.
        self.focus_mark = FocusMark(None if options.screenshot else application, self)
        self._generation_commands = GenerationCommands(self.window, self.controller)
        self._token_commands = TokenCommands(self.window, self.controller)
        self._palette_commands = PaletteCommands(self.window, self.controller)
        self._bar_commands = BarCommands(self.window, self.controller)
        self.bench = TokenizerCommands(self.window, self.controller)
        self.sampler = PipelineCommands(self.window, self.controller, self.commands.exports)
        self.lessons = LessonCommands(
            self.window,
            self.controller,
            self.desk,
            self.commands,
            self.settings,
            self.themes,
            language,
        )
        self._first_steps = FirstSteps(self.window, self.controller, self.lessons, self.settings)
        self.draws_picture = options.screenshot is not None
        self.is_to_restart = False
        self.is_kept = False
        self._ended: bool | None = None
        self._connect()
        if not is_head_chosen:
            self._leave_head_free()

    def show(self) -> None:
        """Open the window; the model is loaded once it is on screen."""
        self.window.prompt_panel.set_text(self.controller.state.prompt.text)
        if self.draws_picture:
            self.window.resize(*PICTURE_PX)
            self.window.prompt_panel.set_shading(False)  # as at the first start, for all alike
        else:
            self.window.restore_window(
                self.settings.geometry, self.settings.layout, self.settings.shares
            )
        if self._options.size is not None:
            self.window.resize(*self._options.size)
        self.controller.show_all()
        for notice in startup_notices():
            if not self.settings.is_dismissed(notice.key):
                self.window.banner.raise_notice(notice)
        if not self.draws_picture:
            self._first_steps.begin()
        self.window.show()
        if self._options.lesson is not None:
            self.lessons.open_lesson(self._options.lesson)

    @Slot()
    def open_model(self) -> None:
        """Load the first model."""
        self.desk.open_first(self._options.model)

    def shutdown(self) -> bool:
        """Stop everything that runs; False if the engine could not be stopped in time."""
        if self._ended is None:
            self.desk.shutdown()
            deadline = QDeadlineTimer(SHUTDOWN_MS)  # for all of them together
            parts = (self.lessons, self.controller, self.bench, self.sampler)
            self._ended = all([part.shutdown(deadline.remainingTime()) for part in parts])
        return self._ended

    def _connect(self) -> None:
        controller, window = self.controller, self.window
        controller.token_strip_view_changed.connect(window.token_panel.set_view)
        controller.token_strip_view_changed.connect(window.prompt_panel.set_view)
        controller.timeline_view_changed.connect(window.timeline_panel.set_view)
        controller.bars_view_changed.connect(window.prediction_panel.set_view)
        controller.sampling_view_changed.connect(window.sampling_panel.set_view)
        controller.overview_view_changed.connect(window.overview_panel.set_view)
        controller.head_view_changed.connect(window.head_panel.set_view)
        controller.status_view_changed.connect(window.status_line.set_view)
        controller.prompt_replaced.connect(window.prompt_panel.set_text)
        controller.prompt_extended.connect(window.prompt_panel.append_text)
        controller.generation_finished.connect(window.prompt_panel.finish_append)
        controller.notice_raised.connect(window.banner.raise_notice)
        controller.notice_withdrawn.connect(window.banner.withdraw)
        controller.remark_made.connect(window.status_line.show_remark)
        controller.model_changed.connect(self._on_model_changed)
        self.desk.progress_changed.connect(window.status_line.set_progress)
        self.desk.notice_raised.connect(self._on_desk_notice_raised)
        self.desk.notice_withdrawn.connect(window.banner.withdraw)
        window.status_line.cancel_requested.connect(self.desk.cancel)
        window.drawn.connect(self.open_model)
        self.commands.restart_requested.connect(self._on_restart_requested)
        window.closing.connect(self._on_window_closing)
        self._connect_panels()

    def _connect_panels(self) -> None:
        controller, window = self.controller, self.window
        window.prompt_panel.text_edited.connect(controller.set_prompt)
        window.prompt_panel.text_returned.connect(controller.return_to)
        window.token_panel.token_selected.connect(controller.set_query)
        window.token_panel.token_hovered.connect(window.head_panel.set_linked_token)
        window.timeline_panel.token_selected.connect(controller.set_query)
        window.timeline_panel.token_hovered.connect(window.head_panel.set_linked_token)
        window.prediction_panel.candidate_activated.connect(controller.append_token)
        window.prediction_panel.candidate_count_changed.connect(controller.set_candidates)
        n_candidates = None if self.draws_picture else self.settings.n_candidates
        if n_candidates is not None:
            window.prediction_panel.set_candidate_count(n_candidates)
            controller.set_candidates(n_candidates)
        sampling = window.sampling_panel
        sampling.sampling_changed.connect(controller.set_sampling)
        sampling.seed_changed.connect(controller.set_seed)
        overview = window.overview_panel
        overview.head_selected.connect(controller.set_head)
        overview.head_hovered.connect(self._preview.point_at)
        overview.head_pinned.connect(controller.toggle_pin)
        overview.display_changed.connect(controller.set_overview_display)
        overview.solo_requested.connect(window.toggle_solo)
        controller.head_view_changed.connect(overview.set_head_view)

    def _leave_head_free(self) -> None:
        """Nobody has chosen a head: open on a telling one until somebody does."""
        self._first_head = FirstHead(self.controller, self)
        self.commands.view_files.view_restored.connect(self._first_head.give_way)
        for panel in (self.window.overview_panel, self.window.head_panel):
            panel.head_selected.connect(self._first_head.give_way)

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord) -> None:
        """Begin with a text that the model can read."""
        if self._free_text == self.controller.state.prompt.text:
            self._free_text = first_example(self._examples, model.name)
            self.window.prompt_panel.set_text(self._free_text)
            self.controller.replace_prompt(self._free_text)

    @Slot(object)
    def _on_desk_notice_raised(self, notice: object) -> None:
        key = getattr(notice, "key", "")
        if not self.settings.is_dismissed(key):
            self.window.banner.raise_notice(notice)  # type: ignore[arg-type]

    @Slot()
    def _on_restart_requested(self) -> None:
        self.is_to_restart = True
        self.window.close()

    @Slot()
    def _on_window_closing(self) -> None:
        if not self.draws_picture:
            window = self.window
            self.settings.remember_window(
                window.saveGeometry(), window.layout_state(), window.panel_sizes.shares
            )
            self.keep_session()
        self.shutdown()

    def keep_session(self) -> None:
        """Write what the next start begins with; needs nothing of the window."""
        if not self.draws_picture:
            self.settings.remember_session(self.controller.state)
            self.settings.remember_candidates(self.window.prediction_panel.chosen_count)
            self.settings.save()
        self.is_kept = True


def first_state(
    options: WindowOptions, settings: Settings, examples: tuple[ExamplePrompt, ...]
) -> ViewState:
    """What to begin with: what was asked for, else what is remembered, else the first example."""
    state = ViewState(prompt=Prompt(first_example(examples, "")))
    if options.screenshot is None:
        state = settings.restored(state)
    if options.prompt is not None:
        state = replace(state, prompt=Prompt(options.prompt))
    if options.layer is not None:
        state = replace(state, layer=options.layer)
    if options.head is not None:
        state = replace(state, head=options.head)
    return state


class Interrupts(QObject):
    """Closes the window on signals: Python's handlers do not run inside Qt's loop.

    A window that is in the middle of something long does not close in time. Then a thread that
    waits for the same signals keeps what is to be kept, and ends the process.

    Attributes:
        status: Exit status after a signal; None while there was none.
    """

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._app = app
        self.status: int | None = None
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.setblocking(False)
        signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        for kind in KINDS:
            if signal.getsignal(kind) is not signal.SIG_IGN:  # as under nohup
                signal.signal(kind, _noticed)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_notifier_activated)
        threading.Thread(target=self._end_at_last, name="signals", daemon=True).start()

    @Slot()
    def _on_notifier_activated(self) -> None:
        self._notifier.setEnabled(False)
        self._note_status()
        self._app.window.close()

    def _note_status(self) -> None:
        """Closing a window is no failure; a picture that was not drawn is one."""
        number = self._ours.recv(1, socket.MSG_PEEK)[0]  # Python writes a signal's number
        self.status = 128 + number if self._app.draws_picture else 0

    def _end_at_last(self) -> None:
        """In a thread of its own: end the process a while after a signal."""
        select.select([self._ours], [], [])
        pause = threading.Event()
        pause.wait(_PATIENCE_S)
        self._note_status()
        if not self._app.is_kept:
            self._app.keep_session()
        pause.wait(_REST_S)
        leave(self.status or 0)


def _log_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    """Qt's messages go the way of all others; what the offscreen platform always says does not."""
    if "propagateSizeHints" in message:
        return
    if kind == QtMsgType.QtFatalMsg:
        _give_up(message)
    if _is_about_platform(message):
        return  # a fatal message follows, or all is well
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    logging.getLogger("qt").log(levels.get(kind, logging.WARNING), message)


def _is_about_platform(message: str) -> bool:
    return "connect to display" in message or "platform plugin" in message


def _give_up(message: str) -> NoReturn:
    """Say in one line why Qt cannot go on: it would end the process with a core dump."""
    if _is_about_platform(message):
        display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        where = f"the display {display} cannot be used" if display else "there is no display"
        message = f"The window cannot be opened: {where}. The commands need none: see --help."
    # Not through Python's streams: Qt may be in any state, and the process ends here.
    os.write(2, f"visualizer: {' '.join(message.split())}\n".encode("utf-8", "replace"))
    os._exit(1)


def _noticed(_number: int, _frame: object) -> None:
    """The byte that Python writes to the socket is what counts."""


def run(options: WindowOptions) -> NoReturn:
    """Open the window, stay until it is closed, and end the process with its exit status."""
    if options.screenshot is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qInstallMessageHandler(_log_qt_message)
    application = QApplication.instance() or QApplication(["visualizer"])
    assert isinstance(application, QApplication)
    QCoreApplication.setApplicationName("visualizer")
    QCoreApplication.setApplicationVersion(__version__)
    application.setDesktopFileName("visualizer")
    application.setWindowIcon(QIcon(str(bundled_path("resources", "icons", "visualizer.svg"))))
    language = options.language or Settings().language or system_language()
    install_translations(application, language)
    app = App(application, options, language=language)
    interrupts = Interrupts(app)
    shot = None
    if options.screenshot is not None:
        shot = Screenshot(
            app.window, app.controller, app.desk, options.screenshot, app, lessons=app.lessons
        )
    app.show()
    status = application.exec()
    app.shutdown()
    if app.is_to_restart:
        restart(options, app.controller.model)
    if interrupts.status is not None:
        leave(interrupts.status)
    leave(shot.status if shot is not None else status)


def restart(options: WindowOptions, model: ModelRecord | None) -> NoReturn:
    """Put the program anew in the place of this process; what it begins with has been kept."""
    command = [sys.executable, "-m", "visualizer", "--device", options.device]
    command += ["--dtype", options.dtype, *(["--offline"] if options.offline else [])]
    name = options.model if model is None else model.name
    command += [] if name is None else ["--model", name]
    try:
        os.execv(sys.executable, command)
    except OSError as error:
        log.error("the program could not be started again: %s", error.strerror)
    leave(1)


def leave(status: int) -> NoReturn:
    """End the process at once; all that is to be kept has been written.

    An engine inside one long call of a library, such as the import of torch, cannot be asked to
    stop, and a thread that still runs when the interpreter ends aborts it. And even with no
    thread left, taking torch's modules down takes seconds on a busy machine.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
