"""Chat models: what the user says becomes the text that the model's template makes of it."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QDeadlineTimer, QObject, Qt, QThread, Signal, Slot

from visualizer.engine.chat import (
    ChatRenderer,
    ChatTemplate,
    ChatTurn,
    chat_prompt,
    closing_ids,
    reply_ids,
)
from visualizer.engine.errors import VisualizerError, unexpected
from visualizer.engine.interface import Engine
from visualizer.engine.records import ModelRecord, Prompt
from visualizer.engine.tokenization import Tokenizer
from visualizer.session.chat_view import ChatView
from visualizer.session.state import ViewState
from visualizer.ui.generation_feed import GenerationFeed


@dataclass(frozen=True, eq=False)
class ChatWish:
    """A conversation that is to be sent to a model."""

    turn: ChatTurn
    template: ChatTemplate
    tokenizer: Tokenizer


@dataclass(frozen=True, eq=False)
class SentChat:
    """What came of a ChatWish: the exact tokens, or why there are none.

    Attributes:
        prompt: None with an error.
        end_ids: With which the template closes a reply.
    """

    wish: ChatWish
    prompt: Prompt | None
    end_ids: tuple[int, ...] = ()
    error: VisualizerError | None = None


class ChatWorker(QObject):
    """Renders conversations in a thread of its own; the newest wish wins.

    Signals:
        sent: SentChat.
    """

    sent = Signal(object)
    _woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._wish: ChatWish | None = None
        self._template: ChatTemplate | None = None
        self._renderer: ChatRenderer | None = None
        self._is_closed = False
        self._thread = QThread()
        self._thread.setObjectName("chat")
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self.moveToThread(self._thread)

    def post(self, wish: ChatWish) -> None:
        """Ask for `wish`; called in the GUI thread, returns at once."""
        with self._lock:
            self._wish = wish
        if not self._thread.isRunning():
            self._thread.start()
        self._woken.emit()

    def shutdown(self, timeout_ms: int) -> bool:
        """End the thread and the process that renders; False if that took too long."""
        with self._lock:
            self._wish = None
            self._is_closed = True
            renderer = self._renderer
        if renderer is not None:
            renderer.close()  # ends what it waits for
        self._thread.quit()
        return self._thread.wait(QDeadlineTimer(timeout_ms))

    @Slot()
    def _on_woken(self) -> None:
        with self._lock:
            wish, self._wish = self._wish, None
        if wish is None:
            return
        try:
            rendered = self._renderer_of(wish.template).render(wish.turn)
            prompt = chat_prompt(wish.tokenizer, rendered.text)
            ends = closing_ids(wish.tokenizer, rendered.closing)
            self.sent.emit(SentChat(wish, prompt, ends))
        except VisualizerError as error:
            error.__cause__ = error.__context__ = None
            self.sent.emit(SentChat(wish, None, error=error.with_traceback(None)))
        except Exception as error:  # the thread must outlive every wish
            self.sent.emit(SentChat(wish, None, error=unexpected(error)))

    def _renderer_of(self, template: ChatTemplate) -> ChatRenderer:
        """The one that is running, or a new one for another template."""
        with self._lock:
            if self._renderer is None or self._template is not template:
                if self._renderer is not None:
                    self._renderer.close()
                self._renderer, self._template = ChatRenderer(template), template
                if self._is_closed:
                    self._renderer.close()
            return self._renderer


class ChatFeed(GenerationFeed):
    """Keeps what the user says to a chat model, and makes the prompt from it.

    While a conversation is on, the text of the session is the one that the template makes, token
    by token as it is sent, with the reply at its end; what is typed is the user's message.

    Signals:
        chat_changed: Another turn of a conversation is written, or none. ChatTurn, or None.
        chat_view_changed: ChatView, or None without a conversation.
    """

    chat_changed = Signal(object)
    chat_view_changed = Signal(object)

    def __init__(
        self,
        engine_factory: Callable[[], Engine],
        state: ViewState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(engine_factory, state, parent)
        self._awaited_chat: ChatTurn | None = None
        self._parsed_special = False  # before the conversation
        self._sent_ids: tuple[int, ...] = ()  # of the prompt that the template made
        self._keeps_reply = False  # whether the text at hand may go beyond the prompt to come
        self._left: ViewState | None = None  # the conversation before it was cut short
        self._closed_turn = ChatTurn("")  # of the conversation that was switched off
        self._chat_view: ChatView | None = None
        self._chat_worker = ChatWorker()
        self._chat_worker.sent.connect(self._on_chat_sent)

    @Slot(bool)
    def set_chat(self, is_on: bool) -> None:
        """Take the text for the user's message in a conversation, or for the prompt itself."""
        model, turn = self._facts.model, self._state.chat
        if is_on == (turn is not None):
            return
        if turn is not None:
            self._leave_chat(turn)
            self._facts.words.begin_anew()
            self._ask()
        elif model is not None and model.chat_template is not None:
            self._parsed_special = self._state.prompt.parse_special
            self._write(replace(self._closed_turn, message=self._state.prompt.text))
        else:
            self.chat_changed.emit(None)

    @Slot(str)
    def set_system(self, text: str) -> None:
        """The system's line of the conversation."""
        turn = self._state.chat
        if turn is not None and text != turn.system:
            self._send(replace(turn, system=text))

    def reply(self) -> str | None:
        """What the model has replied to the message so far; None for nothing yet."""
        model, ids = self._facts.model, self._reply_ids()
        if model is None or ids is None:
            return None
        return b"".join(map(model.tokenizer.token_bytes, ids)).decode("utf-8", "replace")

    def _reply_ids(self) -> tuple[int, ...] | None:
        model = self._facts.model
        if self._state.chat is None or self._awaited_chat is not None or model is None:
            return None
        ends = (*self._chat_end_ids, *model.end_ids)
        return reply_ids(self._sent_ids, self._state.prompt.token_ids or (), ends)

    @Slot()
    def next_message(self) -> None:
        """Keep the reply as part of the conversation, and begin the next message."""
        turn, reply = self._state.chat, self.reply()
        if turn is not None and reply is not None:
            self._left = None
            self._write(turn.after_reply(reply))

    @Slot(int)
    def go_back(self, index: int) -> None:
        """Write message `index` of the conversation anew; `take_back` brings what followed back."""
        turn = self._state.chat
        if turn is not None and 0 <= index < len(turn.earlier):
            self._left = self._left or self._state
            self._write(turn.back_at(index))

    @Slot()
    def start_over(self) -> None:
        """Begin another conversation; `take_back` brings this one back."""
        turn = self._state.chat
        if turn is not None:
            self._left = self._left or self._state
            self._write(ChatTurn("", turn.system))

    @Slot()
    def take_back(self) -> None:
        """Bring the conversation back that was cut short, with its reply."""
        left, self._left = self._left, None
        if left is None or left.chat is None or self._state.chat is None:
            return
        self._state = replace(self._state, prompt=left.prompt, query=-1)
        self._facts.words.begin_anew()
        self._ask()
        self._write(left.chat)
        self._keeps_reply = True

    def shutdown(self, timeout_ms: int = 2500) -> bool:
        """End the process that renders, and its thread."""
        return self._chat_worker.shutdown(timeout_ms)

    def _set_message(self, text: str) -> None:
        turn = self._state.chat
        if turn is not None and text != turn.message:
            self._send(replace(turn, message=text))

    def _write(self, turn: ChatTurn) -> None:
        """Another turn, whose message is not the one in the editor."""
        self._facts.words.begin_anew()
        self._send(turn)
        self.chat_changed.emit(turn)

    def _show_tokens(self) -> None:
        super()._show_tokens()
        self._show_chat()

    def _show_chat(self) -> None:
        """Tell what can be done with the conversation, where that has changed."""
        turn = self._state.chat
        view = None
        if turn is not None:
            view = ChatView(turn, self._reply_ids() is not None, self._left is not None)
        if view != self._chat_view:
            self._chat_view = view
            self.chat_view_changed.emit(view)

    def _send(self, turn: ChatTurn) -> None:
        """Make the prompt from a conversation; what is on screen stays until that is done."""
        model = self._facts.model
        self._state = replace(self._state, chat=turn)
        if model is None or model.chat_template is None:
            return
        if self.is_generating:
            self._ask()
        self._awaited_chat, self._keeps_reply = turn, False
        self._show_chat()
        self._chat_worker.post(ChatWish(turn, model.chat_template, model.tokenizer))

    def _leave_chat(self, turn: ChatTurn) -> None:
        """The message is the prompt again."""
        prompt = Prompt(turn.message, parse_special=self._parsed_special)
        self._awaited_chat, self._left, self._closed_turn = None, None, turn
        self._state = replace(self._state, chat=None, prompt=prompt, query=-1)
        self.chat_changed.emit(None)
        self._show_chat()

    def _fit_chat(self, model: ModelRecord) -> None:
        """Another model is in use: write the conversation as it wants it, or leave it."""
        turn, self._left = self._state.chat, None  # whose tokens were another model's
        if turn is None:
            return
        if model.chat_template is None:
            self._leave_chat(turn)
        else:
            self._send(turn)
            self._keeps_reply = True

    @abstractmethod
    def _change_prompt(self, prompt: Prompt) -> None:
        """Take another text, and ask about it."""

    @abstractmethod
    def _fail_text(self, error: VisualizerError) -> None:
        """Say why there is nothing to read."""

    @abstractmethod
    def _tell_if_settled(self) -> None:
        """Nothing more may be awaited."""

    @Slot(object)
    def _on_chat_sent(self, sent: SentChat) -> None:
        model = self._facts.model
        current = model is not None and sent.wish.template is model.chat_template
        if not current or sent.wish.turn != self._state.chat:
            return
        self._awaited_chat = None
        if sent.prompt is None:
            if sent.error is not None:
                self._fail_text(sent.error)
            return
        self._chat_end_ids, self._sent_ids = sent.end_ids, sent.prompt.token_ids or ()
        ids, mine = sent.prompt.token_ids or (), self._state.prompt.token_ids or ()
        if mine[: len(ids)] != ids or (len(mine) > len(ids) and not self._keeps_reply):
            self._change_prompt(sent.prompt)
        else:  # it is at hand, perhaps with a reply
            self._show_chat()
            self._tell_if_settled()
