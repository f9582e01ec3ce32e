"""What was pinned and followed is there again at the next start."""

from __future__ import annotations

WAIT = {"timeout": 20_000}


def start(qtbot, make_app):
    app = make_app(prompt="ab")
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.show()
    return app


def test_pins_and_followed_words_survive_a_restart(qtbot, make_app):
    first = start(qtbot, make_app)
    first.controller.set_pins(((1, 0), (0, 1)))
    for word in ("z", " cat"):
        first.controller.ask_word(word)
    first.window.close()
    second = start(qtbot, make_app)
    assert second.controller.state.pins == ((1, 0), (0, 1))
    assert second.controller.state.asked == ("z", " cat")
    rows = [word.word for word in second.window.prediction_panel.pins._view.words]
    assert rows == ["z", " cat"]
    second.controller.set_pins(())
    second.controller.forget_word("z")
    second.window.close()
    third = start(qtbot, make_app)
    assert (third.controller.state.pins, third.controller.state.asked) == ((), (" cat",))


def test_pins_that_the_next_model_does_not_have_are_left_out(qtbot, make_app):
    first = start(qtbot, make_app)
    first.controller.set_pins(((1, 0), (70, 90)))
    first.controller.ask_word("#999999")
    first.window.close()
    second = start(qtbot, make_app)
    second.window.actions_by_key["form_pins"].trigger()
    qtbot.waitUntil(lambda: second.controller.is_settled, **WAIT)
    assert list(second.window.overview_panel._view.pins) == [(1, 0)]
    assert second.window.prediction_panel.pins._view.words[0].problem is not None
