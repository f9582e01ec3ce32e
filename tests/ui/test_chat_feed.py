"""Conversations in the session: the template makes the prompt, the editor keeps the message."""

from __future__ import annotations

import json

import pytest
from PySide6.QtGui import QGuiApplication

from visualizer.engine.chat import ChatExchange, ChatTemplate, ChatTurn, turn_of
from visualizer.engine.records import GenerateRequest
from visualizer.session.chat_view import ChatView

TEMPLATE = ChatTemplate("{% for m in messages %}{{ m.content }}<end>{% endfor %}>")


@pytest.fixture
def talking(controller, qtbot):
    """A controller in a conversation with a model that has a template."""
    object.__setattr__(controller.model, "chat_template", TEMPLATE)
    with qtbot.waitSignal(controller.settled):
        controller.set_prompt("hi")
    with qtbot.waitSignal(controller.settled, timeout=20_000):
        controller.set_chat(True)
    return controller


def test_the_exact_tokens_of_the_template_are_read(talking):
    assert talking.state.prompt.token_ids == (*b"hi", 256, *b">")
    assert talking.state.chat == ChatTurn("hi")


def test_typing_changes_the_message_and_the_system_line_comes_first(talking, qtbot):
    with qtbot.waitSignal(talking.settled, timeout=20_000):
        talking.set_prompt("you")
    assert talking.state.prompt.text == "you<end>>"
    with qtbot.waitSignal(talking.settled, timeout=20_000):
        talking.set_system("be")
    assert talking.state.prompt.text == "be<end>you<end>>"


def test_a_reply_stays_out_of_the_editor_and_ends_with_the_templates_token(
    talking, fake_engine, qtbot
):
    added = []
    talking.prompt_extended.connect(added.append)
    talking.prompt_replaced.connect(added.append)
    talking.generate(2)
    qtbot.waitUntil(lambda: talking.is_settled and not talking.is_generating)
    assert talking.state.prompt.text == "hi<end>>xy"
    assert added == []
    requests = [asked for asked in fake_engine.asked if isinstance(asked, GenerateRequest)]
    assert requests[-1].end_ids == (256,)


def test_leaving_brings_the_message_back(talking, qtbot):
    turns = []
    talking.chat_changed.connect(turns.append)
    with qtbot.waitSignal(talking.settled):
        talking.set_chat(False)
    assert turns == [None]
    assert talking.state.prompt.text == "hi"
    assert talking.state.prompt.parse_special is False


def test_a_template_that_fails_is_told(controller, qtbot):
    notices = []
    controller.notice_raised.connect(notices.append)
    broken = ChatTemplate("{{ raise_exception('only questions') }}")
    object.__setattr__(controller.model, "chat_template", broken)
    controller.set_prompt("hi")
    qtbot.waitUntil(lambda: controller.is_settled)
    with qtbot.waitSignal(controller.settled, timeout=20_000):
        controller.set_chat(True)
    assert "only questions" in str(notices[-1].message)


def test_a_process_that_cannot_start_is_told(controller, qtbot, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    notices = []
    controller.notice_raised.connect(notices.append)
    object.__setattr__(controller.model, "chat_template", TEMPLATE)
    with qtbot.waitSignal(controller.settled):
        controller.set_prompt("hi")
    with qtbot.waitSignal(controller.settled, timeout=20_000):
        controller.set_chat(True)
    assert "cannot be started" in str(notices[-1].message)
    assert "/nowhere/python" in notices[-1].message.detail
    monkeypatch.undo()
    with qtbot.waitSignal(controller.settled, timeout=20_000):
        controller.set_prompt("you")
    assert controller.state.prompt.text == "you<end>>"


def test_what_nobody_foresaw_in_a_template_is_told(controller, qtbot, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("of a template")

    monkeypatch.setattr("visualizer.ui.chat_feed.chat_prompt", fail)
    notices = []
    controller.notice_raised.connect(notices.append)
    object.__setattr__(controller.model, "chat_template", TEMPLATE)
    with qtbot.waitSignal(controller.settled):
        controller.set_prompt("hi")
    with qtbot.waitSignal(controller.settled, timeout=20_000):
        controller.set_chat(True)
    assert "ZeroDivisionError" in str(notices[-1].message)


def test_a_model_without_a_template_takes_the_text_as_it_is(controller):
    turns = []
    controller.chat_changed.connect(turns.append)
    controller.set_chat(True)
    assert turns == [None]
    assert controller.state.chat is None


def replied(talking, qtbot, n=2):
    talking.generate(n)
    qtbot.waitUntil(lambda: talking.is_settled and not talking.is_generating)


def settled(talking, qtbot, act, *args):
    with qtbot.waitSignal(talking.settled, timeout=20_000):
        act(*args)


@pytest.fixture
def turns(talking):
    """What the editor is told to hold, turn by turn."""
    seen = []
    talking.chat_changed.connect(seen.append)
    return seen


@pytest.fixture
def views(talking):
    seen = []
    talking.chat_view_changed.connect(seen.append)
    return seen


def test_a_reply_is_kept_and_the_next_message_follows_it(talking, turns, views, qtbot):
    assert talking.reply() is None
    replied(talking, qtbot)
    assert talking.reply() == "xy"
    assert views[-1] == ChatView(ChatTurn("hi"), True, False)
    settled(talking, qtbot, talking.next_message)
    assert turns == [ChatTurn("", "", (ChatExchange("hi", "xy"),))]
    settled(talking, qtbot, talking.set_prompt, "more")
    assert talking.state.prompt.text == "hi<end>xy<end>more<end>>"
    assert talking.state.prompt.token_ids == (*b"hi", 256, *b"xy", 256, *b"more", 256, *b">")
    assert views[-1] == ChatView(ChatTurn("more", "", (ChatExchange("hi", "xy"),)), False, False)
    replied(talking, qtbot)
    settled(talking, qtbot, talking.next_message)
    settled(talking, qtbot, talking.set_system, "be")
    assert talking.state.prompt.text == "be<end>hi<end>xy<end>more<end>xy<end><end>>"
    assert [message["role"] for message in talking.state.chat.messages()] == [
        "system",
        *("user", "assistant") * 2,
        "user",
    ]


def test_without_a_reply_there_is_no_next_message(talking, turns):
    talking.next_message()
    assert turns == []
    assert talking.state.chat == ChatTurn("hi")


def test_a_reply_ends_before_the_token_that_closes_it(talking, qtbot):
    replied(talking, qtbot, 1)
    for token_id in (256, ord("z")):
        settled(talking, qtbot, talking.append_token, token_id)
    assert talking.state.prompt.token_ids[-3:] == (ord("x"), 256, ord("z"))
    assert talking.reply() == "x"


def test_an_earlier_message_is_written_anew_and_what_followed_comes_back(
    talking, turns, views, qtbot
):
    replied(talking, qtbot)
    settled(talking, qtbot, talking.next_message)
    settled(talking, qtbot, talking.set_prompt, "more")
    replied(talking, qtbot)
    before = talking.state
    settled(talking, qtbot, talking.go_back, 0)
    assert turns[-1] == ChatTurn("hi")
    assert views[-1].can_take_back
    settled(talking, qtbot, talking.set_prompt, "ho")
    assert talking.state.prompt.text == "ho<end>>"
    assert views[-1] == ChatView(ChatTurn("ho"), False, True)
    settled(talking, qtbot, talking.take_back)
    assert turns[-1] == before.chat
    assert talking.state.prompt == before.prompt, "with its reply"
    assert talking.reply() == "xy"
    qtbot.waitUntil(lambda: views[-1] == ChatView(before.chat, True, False))
    talking.take_back()
    assert talking.state.chat == before.chat
    for index in (-1, 5):
        talking.go_back(index)
        assert talking.state.chat == before.chat


def test_a_message_that_is_written_anew_loses_what_followed_though_that_began_alike(
    controller, qtbot
):
    roles = ChatTemplate(
        "{% for m in messages %}{{ m.role[0] }}{{ m.content }}<end>{% endfor %}"
        "{% if add_generation_prompt %}a{% endif %}"
    )
    object.__setattr__(controller.model, "chat_template", roles)
    settled(controller, qtbot, controller.set_prompt, "hi")
    settled(controller, qtbot, controller.set_chat, True)
    replied(controller, qtbot)
    settled(controller, qtbot, controller.next_message)
    assert controller.state.prompt.text == "uhi<end>axy<end>u<end>a"
    settled(controller, qtbot, controller.go_back, 0)
    assert controller.state.prompt.text == "uhi<end>a"
    assert controller.reply() is None
    settled(controller, qtbot, controller.take_back)
    assert controller.state.prompt.text == "uhi<end>axy<end>u<end>a"


def test_a_saved_conversation_comes_back_with_its_reply(talking, qtbot):
    replied(talking, qtbot)
    saved = talking.state
    settled(talking, qtbot, talking.start_over)
    settled(talking, qtbot, talking.restore, saved)
    qtbot.waitUntil(lambda: talking.reply() == "xy")
    assert talking.state.prompt == saved.prompt


def test_a_new_conversation_keeps_the_system_line(talking, turns, views, qtbot):
    settled(talking, qtbot, talking.set_system, "be")
    replied(talking, qtbot)
    settled(talking, qtbot, talking.next_message)
    settled(talking, qtbot, talking.start_over)
    assert turns[-1] == ChatTurn("", "be")
    assert views[-1].can_take_back
    settled(talking, qtbot, talking.take_back)
    assert talking.state.chat.earlier == (ChatExchange("hi", "xy"),)


def test_a_conversation_that_was_switched_off_goes_on(talking, turns, qtbot):
    replied(talking, qtbot)
    settled(talking, qtbot, talking.next_message)
    settled(talking, qtbot, talking.set_prompt, "more")
    settled(talking, qtbot, talking.set_chat, False)
    assert talking.state.prompt.text == "more"
    settled(talking, qtbot, talking.set_chat, True)
    assert turns[-1] == ChatTurn("more", "", (ChatExchange("hi", "xy"),))
    assert talking.state.prompt.text == "hi<end>xy<end>more<end>>"


def test_a_message_that_is_begun_while_the_model_replies_keeps_what_there_is(
    talking, fake_engine, qtbot
):
    fake_engine.holds = {"token"}
    talking.generate(2)
    fake_engine.gate.release(1)
    qtbot.waitUntil(lambda: talking.reply() == "x", timeout=20_000)
    talking.next_message()
    assert talking.state.chat.earlier == (ChatExchange("hi", "x"),)
    assert not talking.is_generating
    fake_engine.holds = set()
    with qtbot.waitSignal(talking.settled, timeout=20_000):
        fake_engine.gate.release(10)
    assert talking.state.prompt.text == "hi<end>x<end><end>>"


def test_the_window_leads_through_a_conversation(qtbot, app, fake_engine):
    object.__setattr__(app.controller.model, "chat_template", TEMPLATE)
    app.controller.model_changed.emit(app.controller.model)
    panel, pane = app.window.prompt_panel, app.window.prompt_panel.chat_pane
    settled(app.controller, qtbot, app.controller.set_chat, True)
    assert pane.isVisibleTo(panel)
    assert not pane.history.isVisibleTo(pane)
    buttons = pane.buttons()
    assert not buttons["next"].isEnabled()
    replied(app.controller, qtbot)
    assert buttons["next"].isEnabled()
    settled(app.controller, qtbot, buttons["next"].click)
    assert panel.text() == ""
    assert pane.history.isVisibleTo(pane)
    assert pane.history.lines() == [("user", "ab"), ("model", "xy")]
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        qtbot.keyClicks(panel.editor, "c")
    assert pane.sent_text() == "ab<end>xy<end>c<end>>"
    menu = buttons["copy"].popup_menu
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == "ab<end>xy<end>c<end>>"
    menu.actions()[1].trigger()
    said = json.loads(QGuiApplication.clipboard().text())
    assert turn_of(said) == app.controller.state.chat
    assert not buttons["take_back"].isVisibleTo(pane)
    pane.history.itemActivated.emit(pane.history.topLevelItem(0), 0)
    assert panel.text() == "ab"
    assert not pane.history.isVisibleTo(pane)
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        assert buttons["take_back"].isVisibleTo(pane)
        buttons["take_back"].click()
    assert panel.text() == "c"
    assert len(pane.history.lines()) == 2
    settled(app.controller, qtbot, buttons["new"].click)
    assert panel.text() == ""
    assert not pane.history.isVisibleTo(pane)
