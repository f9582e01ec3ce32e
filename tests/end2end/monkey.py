"""Uses the window at random, and says what broke; run by `test_monkey.py` in a process of its own.

    python tests/end2end/monkey.py --seed 3 --actions 500 FOLDER

FOLDER holds a model called "second" and takes whatever the monkey writes. The seed alone decides
what is done; what it meets depends a little on how fast the machine is. The report is one JSON
object on standard output.
"""

from __future__ import annotations

import argparse
import ctypes
import faulthandler
import gc
import json
import logging
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from visualizer.app import App, make_engine
from visualizer.engine.errors import UnexpectedError
from visualizer.engine.records import ForwardRecord, ForwardRequest, LoadRequest
from visualizer.engine.sampling import SamplingParams
from visualizer.lessons.prose import LESSON_KEYS
from visualizer.session.facts import Facts
from visualizer.session.options import WindowOptions
from visualizer.session.views import BarsView, HeadView, Unavailable
from visualizer.ui.lessons.train_page import TrainPage
from visualizer.ui.messages import Notice, sentence

LONGEST_STALL_S = 2.0
_ROUND = 150  # actions between two comparisons with a fresh engine
_PATIENCE_S = 120.0  # for the window to settle

_OFFSCREEN_SAYS = "This plugin does not support"  # whenever a window is raised or a menu opened

_TEXTS = (
    "Once upon a time",
    " there was a little cat",
    "5\u00a0km\u2028and\u2029back\r\n",
    "大模型可以预测下一个词",
    "👩‍👩‍👧 \ufeffzero\u200bwidth",
    "",
    " ",
    "\n\n\t",
    "e\u0301" * 5,
    "<|endoftext|> <|im_start|>",
    "a" * 300,
    "Tom and Ann went home. " * 30,
)
_KEYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home),
    *(Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Tab, Qt.Key.Key_Backtab),
    *(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Backspace),
    *(Qt.Key.Key_Delete, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_F2, Qt.Key.Key_A),
    *(Qt.Key.Key_M, Qt.Key.Key_P, Qt.Key.Key_Z, Qt.Key.Key_0, Qt.Key.Key_9),
)
_MODIFIERS = (
    *(Qt.KeyboardModifier.NoModifier,) * 4,
    *(Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier),
    Qt.KeyboardModifier.AltModifier,
)


class Monkey(QObject):
    """Does one random thing after another, each a turn of the event loop of its own.

    Attributes:
        faults: What went wrong, in sentences.
        log: Every action, in words.
        sizes: Resident bytes at the end of each round.
    """

    def __init__(self, app: App, folder: Path, seed: int, actions: int, seconds: float) -> None:
        super().__init__(app)
        self._app = app
        self._window = app.window
        self._folder = folder
        self._random = random.Random(seed)
        self._actions, self._ends_at = actions, time.monotonic() + seconds
        self._tour = ["train", *LESSON_KEYS]  # from the end; what is trained first is ended last
        self._settling_since: float | None = None
        self._round_left = _ROUND
        self._is_checked = False
        self._next_keys: list[str] = []
        self.faults: list[str] = []
        self.log: list[str] = []
        self.sizes: list[int] = []
        self.n_compared = 0
        self._ticked_at = _clocks()
        self._heart = QTimer(self, interval=50)
        self._heart.timeout.connect(self._on_heart_timeout)
        self._window.actions_by_key["quit"].setEnabled(False)
        self._bars: BarsView | Unavailable | None = None
        self._head: HeadView | Unavailable | None = None
        controller = app.controller
        controller.bars_view_changed.connect(self._on_bars_view_changed)
        controller.head_view_changed.connect(self._on_head_view_changed)
        controller.notice_raised.connect(self._on_notice_raised)
        self._doings: tuple[tuple[int, Callable[[], None]], ...] = (
            (30, self._click),
            (8, self._drag),
            (8, self._hover),
            (6, self._wheel),
            (25, self._press_keys),
            (12, self._type),
            (4, self._paste),
            (12, self._trigger),
            (4, self._drop),
            (2, self._switch_model),
            (2, self._resize),
            (3, self._choose_token),
            (2, self._open_lesson),
        )

    @Slot()
    def start(self) -> None:
        """The model is there: before, the window and what it imports share the processor."""
        self._app.controller.settled.disconnect(self.start)
        self._heart.start()
        self._ticked_at = _clocks()
        self._next()

    def fault(self, what: str) -> None:
        """Note what went wrong, and after which action."""
        self.faults.append(f"after action {len(self.log)}: {what}")

    # -------------------------------------------------------------------------- the round

    def _next(self) -> None:
        QTimer.singleShot(self._random.choice((0, 0, 5, 20)), self, self._on_turn)

    @Slot()
    def _on_turn(self) -> None:
        if self._settling_since is not None:
            self._settle()
            return
        self._next()  # first: an action may open a menu or a drag that has a loop of its own
        is_over = len(self.log) >= self._actions or time.monotonic() > self._ends_at
        if self._round_left == 0 or is_over:
            self._settling_since = time.monotonic()
            return
        self._round_left -= 1
        try:
            self._act()
        except RuntimeError as error:
            # Qt puts new lists where old ones were, and Python may take one for the other.
            innermost = traceback.extract_tb(error.__traceback__)[-1].filename
            if "already deleted" not in str(error) or innermost != __file__:
                self.fault(traceback.format_exc())
        except Exception:
            self.fault(traceback.format_exc())

    def _act(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog):
            self._answer(dialog)
        elif self._next_keys:
            self._type_next()
        elif self._tour:
            self._visit(self._tour.pop())
        elif QApplication.activePopupWidget() and self._random.random() < 0.3:
            self._note("escape")
            QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)
        elif dialog is not None and self._random.random() < 0.2:
            self._note(f"close {type(dialog).__name__}")
            dialog.close()
        else:
            weights = [weight for weight, _ in self._doings]
            [(_, doing)] = self._random.choices(self._doings, weights)
            doing()

    def _visit(self, key: str) -> None:
        """Open a lesson, and train for a while: what this imports is no leak later on."""
        self._note(f"open lesson {key}")
        self._app.lessons.open_lesson(key)
        page = self._window.lesson_panel.page
        if isinstance(page, TrainPage):
            (page.pane.start if self._tour else page.pane.stop).click()

    def _note(self, words: str) -> None:
        self.log.append(words)

    def _settle(self) -> None:
        """Let everything come to rest, compare, and begin the next round or end."""
        assert self._settling_since is not None
        QTimer.singleShot(20, self, self._on_turn)
        for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if widget is not None:
                widget.close()
                return
        controller = self._app.controller
        if controller.is_generating:
            self._window.actions_by_key["stop"].trigger()
            return
        if self._app.lessons.is_busy:
            self._app.lessons.open_lesson("tokens")
        if time.monotonic() - self._settling_since > _PATIENCE_S:
            self.fault(f"not settled within {_PATIENCE_S} s")
            self._end()
            return
        if not controller.is_settled:
            return
        if not isinstance(self._bars, BarsView):  # no text, too long a one, or nothing to draw
            controller.set_sampling(SamplingParams())
            self._app.commands.replace_text(_TEXTS[0])
            return
        if not self._is_checked:
            self._is_checked = True
            self._compare()
            self._rest()
            return
        self._is_checked = False
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        self.sizes.append(psutil.Process().memory_info().rss)
        self._settling_since = None
        self._round_left = _ROUND
        if len(self.log) >= self._actions or time.monotonic() > self._ends_at or self.faults:
            self._end()

    def _rest(self) -> None:
        """The same text, model and lesson at the end of each round, so that sizes compare."""
        if self._window.is_solo:
            self._window.toggle_solo()
        self._app.controller.set_chat(False)
        self._app.desk.open("tiny")
        self._app.lessons.open_lesson("tokens")
        self._app.commands.replace_text(_TEXTS[0])

    def _end(self) -> None:
        self._heart.stop()
        self._settling_since = None
        QCoreApplication.exit(0)

    # ------------------------------------------------------------------------ what is done

    def _place(self) -> tuple[QWidget, QPoint]:
        """A random widget in sight, and a place in it."""
        tops = (QApplication.activePopupWidget(), QApplication.activeModalWidget(), self._window)
        top = next(top for top in tops if top is not None)
        place = QPoint(self._random.randrange(top.width()), self._random.randrange(top.height()))
        widget = top.childAt(place)
        if widget is None:
            return top, place
        return widget, widget.mapFrom(top, place)

    def _click(self) -> None:
        widget, place = self._place()
        button = self._random.choice(
            (Qt.MouseButton.LeftButton,) * 6 + (Qt.MouseButton.RightButton,)
        )
        modifiers = self._random.choice(_MODIFIERS)
        self._note(f"click {_name(widget)} at {place.toTuple()} {button.name} {modifiers.name}")
        if self._random.random() < 0.15:
            QTest.mouseDClick(widget, button, modifiers, place)
        else:
            QTest.mouseClick(widget, button, modifiers, place)

    def _drag(self) -> None:
        widget, start = self._place()
        end = QPoint(
            self._random.randrange(max(widget.width(), 1)),
            self._random.randrange(max(widget.height(), 1)),
        )
        modifiers = self._random.choice(_MODIFIERS)
        self._note(f"drag {_name(widget)} {start.toTuple()} to {end.toTuple()}")
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, modifiers, start)
        for part in (0.3, 0.7, 1.0):
            between = (QPointF(start) * (1 - part) + QPointF(end) * part).toPoint()
            QTest.mouseMove(widget, between)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, modifiers, end)

    def _hover(self) -> None:
        widget, place = self._place()
        self._note(f"hover {_name(widget)} at {place.toTuple()}")
        QTest.mouseMove(widget, place)

    def _wheel(self) -> None:
        widget, place = self._place()
        turn = QPoint(0, self._random.choice((-120, 120, 360)))
        modifiers = self._random.choice(_MODIFIERS)
        self._note(f"wheel {_name(widget)} {turn.y()} {modifiers.name}")
        event = QWheelEvent(
            QPointF(place),
            QPointF(widget.mapToGlobal(place)),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QCoreApplication.sendEvent(widget, event)

    def _press_keys(self) -> None:
        widget = QApplication.focusWidget() or self._window
        key, modifiers = self._random.choice(_KEYS), self._random.choice(_MODIFIERS)
        self._note(f"key {key.name} {modifiers.name} in {_name(widget)}")
        QTest.keyClick(widget, key, modifiers)

    def _type(self) -> None:
        widget = QApplication.focusWidget() or self._window
        if self._random.random() < 0.5:
            self._window.prompt_panel.setFocus()
            widget = QApplication.focusWidget() or self._window
        text = "".join(
            self._random.choices("abcdefgh  .,TA19é大👩", k=self._random.randrange(1, 12))
        )
        self._note(f"type {text!r} in {_name(widget)}")
        self._next_keys = list(text)

    def _type_next(self) -> None:
        """One character, wherever the keys go by now."""
        widget = QApplication.focusWidget() or self._window
        character = self._next_keys.pop(0)
        if character.isascii():
            QTest.keyClicks(widget, character)
        else:
            composed = QInputMethodEvent()
            composed.setCommitString(character)
            QCoreApplication.sendEvent(widget, composed)

    def _paste(self) -> None:
        widget = QApplication.focusWidget() or self._window
        text = self._random.choice(_TEXTS)
        self._note(f"paste {text[:40]!r} in {_name(widget)}")
        QGuiApplication.clipboard().setText(text)
        if self._random.random() < 0.5:
            QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def _trigger(self) -> None:
        actions = [a for a in self._window.menus.all_actions() if a.isEnabled() and a.text()]
        action: QAction = self._random.choice(actions)
        self._note(f"action {action.objectName() or action.text()!r}")
        action.trigger()

    def _drop(self) -> None:
        widget, place = self._place()
        data, words = QMimeData(), ""
        if self._random.random() < 0.5:
            words = self._random.choice(_TEXTS)
            data.setText(words)
        else:
            path = self._random.choice(sorted(self._folder.glob("drops/*")) or [self._folder])
            written = sorted(self._folder.glob("written/*"))
            if written and self._random.random() < 0.4:
                path = self._random.choice(written)
            words = path.name
            data.setUrls([QUrl.fromLocalFile(str(path))])
        self._note(f"drop {words[:40]!r} on {_name(widget)}")
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        none = Qt.KeyboardModifier.NoModifier
        # Qt's own way up to a widget that takes drops.
        taker: QWidget | None = widget
        while taker is not None and not taker.acceptDrops():
            taker = taker.parentWidget()
        if taker is not None and not QApplication.activeModalWidget():
            spot = widget.mapTo(taker, place)
            entering = QDragEnterEvent(spot, copy, data, left, none)
            QCoreApplication.sendEvent(taker, entering)
            if entering.isAccepted():
                moving = QDragMoveEvent(spot, copy, data, left, none)
                QCoreApplication.sendEvent(taker, moving)
                dropping = QDropEvent(QPointF(spot), copy, data, left, none)
                QCoreApplication.sendEvent(taker, dropping)

    def _switch_model(self) -> None:
        second = str(self._folder / "second")
        name = self._random.choice(("tiny", second, second, str(self._folder / "nothing")))
        self._note(f"model {name}")
        self._app.desk.open(name)

    def _resize(self) -> None:
        width, height = self._random.randrange(300, 1700), self._random.randrange(250, 1100)
        self._note(f"resize {width} {height}")
        self._window.resize(width, height)

    def _choose_token(self) -> None:
        text = self._app.controller.facts.tokenization
        n_tokens = 0 if text is None else len(text)
        index = self._random.randrange(n_tokens) if n_tokens else 0
        self._note(f"token {index}")
        if n_tokens:
            self._window.token_panel.token_selected.emit(index)

    def _open_lesson(self) -> None:
        key = self._random.choice(LESSON_KEYS)
        self._note(f"open lesson {key}")
        self._app.lessons.open_lesson(key)

    def _answer(self, dialog: QFileDialog) -> None:
        """Choose in a file dialog, within the folder; it is never clicked in: it could delete."""
        is_saving = dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        folder = self._folder / ("written" if is_saving else "drops")
        names = [p.name for p in folder.iterdir()] if not is_saving else []
        if not names:
            shown = dialog.selectedFiles()
            names = [Path(shown[0]).name if shown else "out.png"]
        name = self._random.choice(names)
        self._note(f"file dialog {'save' if is_saving else 'open'} {name}")
        if self._random.random() < 0.3:
            dialog.reject()
        else:
            dialog.close()
            dialog.fileSelected.emit(str(folder / name))

    # ---------------------------------------------------------------------------- judging

    def _compare(self) -> None:
        """The bars and the head on show against a fresh engine's."""
        model, state = self._app.controller.model, self._app.controller.state
        bars, head = self._bars, self._head
        assert model is not None
        assert isinstance(bars, BarsView)
        engine = make_engine()
        prepared = engine.prepare(LoadRequest(1, model.name, Path(model.source)), _ignored)
        fresh = Facts(engine.take(prepared))
        request = ForwardRequest(2, state.prompt, bars.position)
        if isinstance(head, HeadView):
            shown = head.record.wish
            request = replace(
                request,
                layer=shown.layer,
                head=shown.head,
                members=shown.members,
                treatment=shown.treatment,
            )
        record = next(one for one in engine.answer(request) if isinstance(one, ForwardRecord))
        fresh.take_forward(record)
        again = fresh.bars(state)
        assert again is not None
        self.n_compared += 1
        mine, its = _numbers(bars), _numbers(again)
        if bars.stale:
            self.fault("the bars are dimmed though everything has settled")
        elif mine.shape != its.shape or not np.allclose(mine, its, atol=2e-4, rtol=1e-3):
            self.fault(f"bars differ from a fresh run: {mine.tolist()} {its.tolist()} {state}")
        if not isinstance(head, HeadView) or record.head is None:
            return
        weights = head.record.weights
        if head.stale:
            self.fault("the head is dimmed though everything has settled")
        elif weights.shape != record.head.weights.shape or not np.allclose(
            weights, record.head.weights, atol=1e-4
        ):
            self.fault(f"the head differs from a fresh run: {head.record.wish} {state}")

    @Slot(object)
    def _on_bars_view_changed(self, view: BarsView | Unavailable) -> None:
        self._bars = view

    @Slot(object)
    def _on_head_view_changed(self, view: HeadView | Unavailable) -> None:
        self._head = view

    @Slot(object)
    def _on_notice_raised(self, notice: Notice) -> None:
        if isinstance(notice.message, UnexpectedError):
            self.fault(f"{sentence(notice.message)}\n{notice.message.detail}")

    @Slot()
    def _on_heart_timeout(self) -> None:
        now = _clocks()
        stalled = min(after - before for before, after in zip(self._ticked_at, now, strict=True))
        self._ticked_at = now
        if stalled > LONGEST_STALL_S and not self._is_checked:
            last = self.log[-1] if self.log else "start"
            self.fault(f"the window stood still for {stalled:.1f} s at {last}")


def _ignored(_: object) -> None:
    """Progress of a load that nobody waits for."""


def _numbers(bars: BarsView) -> np.ndarray[Any, Any]:
    """Probabilities by rank: of equally likely tokens either may be first."""
    rows = [(row.prob, row.sampled_prob) for row in bars.candidates]
    return np.array([*rows, (bars.rest_prob, bars.rest_sampled_prob)])


def _name(widget: QWidget) -> str:
    owner = widget.parentWidget()
    above = f" in {type(owner).__name__}" if owner is not None else ""
    return f"{type(widget).__name__} {widget.objectName()}{above}".strip()


def _clocks() -> tuple[float, float]:
    """Seconds without those that this thread was ready to run in, and had no processor; and those
    that the whole program has computed: on a busy machine neither alone tells what stood still.
    """
    waited_ns = int(Path("/proc/thread-self/schedstat").read_text().split()[1])
    return time.monotonic() - waited_ns / 1e9, time.process_time()


def main() -> int:
    """Build the window, let the monkey at it, print what it found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--actions", type=int, default=10**9)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    wanted = parser.parse_args()
    faulthandler.enable()
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    application = QApplication(["visualizer"])
    app = App(application, WindowOptions(model="tiny", offline=True, prompt=_TEXTS[0]))
    monkey = Monkey(app, wanted.folder, wanted.seed, wanted.actions, wanted.seconds)
    _watch(monkey)
    app.show()
    app.controller.settled.connect(monkey.start)
    application.exec()
    app.window.close()
    if not app.shutdown():
        monkey.fault("the threads did not end")
    half = monkey.sizes[len(monkey.sizes) // 2 :]
    growth = half[-1] / half[0] - 1 if len(half) > 1 else 0.0
    report = {
        "seed": wanted.seed,
        "faults": monkey.faults,
        "actions": monkey.log,
        "compared": monkey.n_compared,
        "sizes": monkey.sizes,
        "growth": growth,
    }
    print(json.dumps(report), flush=True)
    os._exit(0)


def _watch(monkey: Monkey) -> None:
    """Every way in which Python and Qt complain."""

    def on_exception(kind: type, error: BaseException, trace: Any) -> None:
        monkey.fault("".join(traceback.format_exception(kind, error, trace)))

    def on_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not message.startswith(_OFFSCREEN_SAYS):
            monkey.fault(f"Qt: {message}\n{''.join(traceback.format_stack(limit=12))}")

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            monkey.fault(f"log: {record.getMessage()}")

    sys.excepthook = on_exception
    threading.excepthook = lambda args: on_exception(
        args.exc_type, args.exc_value or BaseException(), args.exc_traceback
    )
    sys.unraisablehook = lambda args: on_exception(
        args.exc_type, args.exc_value or BaseException(), args.exc_traceback
    )
    qInstallMessageHandler(on_message)
    logging.getLogger().addHandler(Listener(logging.WARNING))


if __name__ == "__main__":
    sys.exit(main())
