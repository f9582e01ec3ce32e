"""Conversations in the session: the template makes the prompt, the editor keeps the message."""

from __future__ import annotations

import pytest

from visualizer.engine.chat import ChatTemplate, ChatTurn
from visualizer.engine.records import GenerateRequest

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


def test_a_model_without_a_template_takes_the_text_as_it_is(controller):
    turns = []
    controller.chat_changed.connect(turns.append)
    controller.set_chat(True)
    assert turns == [None]
    assert controller.state.chat is None
