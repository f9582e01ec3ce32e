"""A model whose vocabulary is that of one text: what it lacks is said, and nothing breaks."""

from __future__ import annotations

import pytest

from tests.ui.conftest import ByteTokenizer
from visualizer.engine.vocabulary import UnknownTokenError
from visualizer.session.asked_tokens import described
from visualizer.session.views import Unavailable
from visualizer.ui.widgets.bias_editor import BiasEditor

WAIT = {"timeout": 20_000}


class FewTokens(ByteTokenizer):
    """Knows small letters and the space."""

    def encode(self, text, *, parse_special=False):
        for character in text:
            if not (character.islower() or character == " "):
                raise UnknownTokenError(
                    "{token} does not occur in the text that {name} was trained on, so it has no "
                    "number for it: leave it out.",
                    token=repr(character),
                    name="mine",
                )
        return super().encode(text, parse_special=parse_special)


@pytest.fixture
def fake_engine(fake_engine):
    fake_engine.tokenizer = FewTokens()
    return fake_engine


def test_the_panels_say_why_and_go_on_with_the_next_text(controller, shown, typed, qtbot):
    notices = []
    controller.notice_raised.connect(notices.append)
    typed("ab")
    assert shown.bars.candidates[0].token_id == ord("c")
    controller.set_prompt("aB")
    for view in (shown.token_strip, shown.bars, shown.head, shown.overview):
        assert isinstance(view, Unavailable)
        assert view.reason.values["token"] == "'B'"
    assert notices[-1].level == "error"
    assert not shown.status.busy
    typed("abc")
    assert shown.bars.candidates[0].token_id == ord("d")


def test_a_word_that_it_does_not_know_is_no_exception():
    tokenizer = FewTokens()
    assert "'Q'" in str(described("Q", tokenizer, 257).problem)
    assert described(" ab", tokenizer, 257).ids == tuple(b" ab")


def test_a_bias_for_it_is_refused_in_words(qtbot):
    editor = BiasEditor()
    qtbot.addWidget(editor)
    editor.set_tokenizer(FewTokens(), 257)
    editor._entry.setText("Q")
    editor._on_entry_return_pressed()
    assert "does not occur" in editor._problem.text()
