"""What can be done with one token of the text, and with one that may come next."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import display_text
from visualizer.session.pipeline_view import switched, with_bias, without_bias
from visualizer.session.text_search import same_token, token_at
from visualizer.session.views import BarsView, TokenStripView, Unavailable
from visualizer.ui.controller import SessionController
from visualizer.ui.main_window import MainWindow
from visualizer.ui.panels.overview_options import with_order

BIASES = (5.0, 1.0, -1.0, -5.0)
_MOST_CHARS = 24
_OF_TOKEN = ("next_same_token", "previous_same_token", "looks_here", "cut_here")


class TokenMenu(QMenu):
    """The entries that a token of the text and one that may come next have in common.

    What its own entries do is in `chosen`, by their data, as (what, value).
    """

    def __init__(self, window: MainWindow, controller: SessionController, token_id: int) -> None:
        super().__init__(window)
        self._controller = controller
        self._token_id = token_id
        self.triggered.connect(self._on_triggered)

    def add(self, menu: QMenu, text: str, what: str, value: object = None) -> QAction:
        """An entry; `what` says what it does."""
        action = menu.addAction(text.replace("&", "&&"))
        action.setData((what, value))
        return action

    def add_common(self, data: bytes) -> None:
        """Copying, following and the sampler."""
        state, token_id, token = self._controller.state, self._token_id, _short(data)
        as_hex = data.hex(" ").upper()
        few = as_hex if len(as_hex) <= _MOST_CHARS else as_hex[:_MOST_CHARS] + "…"
        text = data.decode("utf-8", "replace")
        self.add(self, self.tr("Copy text “{text}”").format(text=token), "copy", text)
        self.add(self, self.tr("Copy id {id}").format(id=token_id), "copy", f"{token_id}")
        self.add(self, self.tr("Copy bytes {bytes}").format(bytes=few), "copy", as_hex)
        self.addSeparator()
        word = f"#{token_id}"
        if word in state.asked:
            self.add(
                self, self.tr("Follow “{token}” no longer").format(token=token), "forget", word
            )
        else:
            self.add(self, self.tr("Follow “{token}”").format(token=token), "follow", word)
        self._add_biases()

    def _add_biases(self) -> None:
        """What the sampler's first stage can do to a token."""
        sampling, token_id = self._controller.state.sampling, self._token_id
        is_banned, bias = token_id in sampling.banned, dict(sampling.biases).get(token_id)
        if not is_banned:
            self.add(self, self.tr("Ban it in the sampler"), "bias")
        biases = self.addMenu(self.tr("Bias its logit"))
        for value in BIASES:
            action = self.add(biases, f"{value:+g}".replace("-", "−"), "bias", value)
            action.setCheckable(True)
            action.setChecked(value == bias)
        if is_banned or bias is not None:
            text = self.tr("Ban it no longer") if is_banned else self.tr("Bias it no longer")
            self.add(self, text, "unbias")

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action.data() is None:
            return  # a command of the window, which knows itself what to do
        what, value = action.data()
        controller, sampling = self._controller, self._controller.state.sampling
        if what == "copy":
            QGuiApplication.clipboard().setText(value)
        elif what == "follow":
            controller.ask_word(value)
        elif what == "forget":
            controller.forget_word(value)
        elif what == "append":
            controller.append_token(self._token_id)
        elif what == "bias":
            biased = with_bias(sampling, self._token_id, value)
            controller.set_sampling(switched(biased, "bias", on=True))
        else:
            controller.set_sampling(without_bias(sampling, self._token_id))


class TokenCommands(QObject):
    """Carries out the commands on the selected token, and opens menus on tokens and bars.

    The menus open by the right button of the mouse and by the menu key.
    """

    def __init__(self, window: MainWindow, controller: SessionController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._text: TokenStripView | None = None
        self._bars: BarsView | None = None
        controller.token_strip_view_changed.connect(self._on_token_strip_view_changed)
        controller.bars_view_changed.connect(self._on_bars_view_changed)
        window.token_panel.strip.menu_requested.connect(self._on_strip_menu_requested)
        window.prediction_panel.chart.menu_requested.connect(self._on_chart_menu_requested)
        window.prompt_panel.place_found.connect(self._on_prompt_place_found)
        actions = window.actions_by_key
        for key, slot in (
            ("find_text", self._on_find_text_triggered),
            ("next_same_token", self._on_next_same_token_triggered),
            ("previous_same_token", self._on_previous_same_token_triggered),
            ("looks_here", self._on_looks_here_triggered),
            ("cut_here", self._on_cut_here_triggered),
        ):
            actions[key].triggered.connect(slot)
        self._enable()

    def menu_of_token(self, index: int) -> TokenMenu:
        """About a token of the text."""
        assert self._text is not None
        tokens = self._text.tokenization
        menu = TokenMenu(self._window, self._controller, int(tokens.ids[index]))
        menu.add_common(tokens.pieces[index])
        menu.addSeparator()
        for key in _OF_TOKEN:
            menu.addAction(self._window.actions_by_key[key])
        return menu

    def menu_of_candidate(self, row: int) -> TokenMenu:
        """About a token that may come next."""
        assert self._bars is not None
        candidate = self._bars.candidates[row]
        menu = TokenMenu(self._window, self._controller, candidate.token_id)
        menu.add_common(candidate.data)
        menu.addSeparator()
        text = self.tr("Insert it after “{token}”")
        if self._text is not None and self._query() != len(self._text.tokenization) - 1:
            text = self.tr("Insert it after “{token}”, in place of what follows")
        append = menu.add(menu, text.format(token=self._bars.position_text), "append")
        append.setEnabled(not self._controller.is_generating and not self._bars.stale)
        return menu

    def _enable(self) -> None:
        """Only what can be done now."""
        query, n_tokens = self._query(), 0 if self._text is None else len(self._text.tokenization)
        can_cut = query is not None and query < n_tokens - 1 and not self._is_chatting()
        actions = self._window.actions_by_key
        for key in ("next_same_token", "previous_same_token", "looks_here"):
            actions[key].setEnabled(query is not None)
        actions["cut_here"].setEnabled(can_cut)

    def _is_chatting(self) -> bool:
        return self._controller.state.chat is not None

    def _query(self) -> int | None:
        """The selected token."""
        text = self._text
        return None if text is None or not len(text.tokenization) else text.query

    def _go_to_same(self, step: int) -> None:
        query, view = self._query(), self._text
        if view is None or query is None:
            return
        index = same_token(view.tokenization, query, step)
        if index is None:
            token = _short(view.tokenization.pieces[query])
            error = VisualizerError("“{token}” stands nowhere else in the text.", token=token)
            self._controller.remark_made.emit(error)
        else:
            self._controller.set_query(index)

    @Slot()
    def _on_find_text_triggered(self) -> None:
        self._window.actions_by_key["solo"].setChecked(False)
        self._window.docks["prompt"].show()
        self._window.docks["prompt"].raise_()
        self._window.prompt_panel.begin_finding()

    @Slot()
    def _on_next_same_token_triggered(self) -> None:
        self._go_to_same(1)

    @Slot()
    def _on_previous_same_token_triggered(self) -> None:
        self._go_to_same(-1)

    @Slot()
    def _on_looks_here_triggered(self) -> None:
        """Rank the heads by the weight that the tokens behind it put on it."""
        query, view = self._query(), self._text
        if view is None or query is None:
            return
        n_tokens = len(view.tokenization)
        rows = (query + 1, n_tokens) if query + 1 < n_tokens else (query, n_tokens)
        display = with_order(
            self._controller.state.overview, "region", region=(*rows, query, query + 1)
        )
        self._window.actions_by_key["solo"].setChecked(False)
        self._window.docks["overview"].show()
        self._window.docks["overview"].raise_()
        self._controller.set_overview_display(display)

    @Slot()
    def _on_cut_here_triggered(self) -> None:
        query = self._query()
        if query is not None:
            self._controller.keep_part(-(query + 1))

    @Slot(int, int)
    def _on_prompt_place_found(self, start: int, _stop: int) -> None:
        """Select the token in which what was found begins."""
        if self._text is None or self._is_chatting():
            return
        tokens = self._text.tokenization
        if tokens.text == self._window.prompt_panel.text() and len(tokens):
            self._controller.set_query(token_at(tokens, start))

    @Slot(object)
    def _on_token_strip_view_changed(self, view: TokenStripView | Unavailable) -> None:
        self._text = view if isinstance(view, TokenStripView) else None
        self._enable()

    @Slot(object)
    def _on_bars_view_changed(self, view: BarsView | Unavailable) -> None:
        self._bars = view if isinstance(view, BarsView) else None

    @Slot(int, QPoint)
    def _on_strip_menu_requested(self, index: int, place: QPoint) -> None:
        if self._text is not None:
            self._open(self.menu_of_token(index), place)

    @Slot(int, QPoint)
    def _on_chart_menu_requested(self, row: int, place: QPoint) -> None:
        if self._bars is not None:
            self._open(self.menu_of_candidate(row), place)

    def _open(self, menu: QMenu, place: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)


def _short(data: bytes) -> str:
    shown = display_text(data)
    return shown if len(shown) <= _MOST_CHARS else shown[: _MOST_CHARS - 1] + "…"
