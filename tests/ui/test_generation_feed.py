"""Runs, pauses and steps of the session: same seed, same text; and looking back."""

from __future__ import annotations

import pytest

from visualizer.engine.attention_records import MetricsRequest
from visualizer.engine.records import ForwardRequest, GenerateRequest, GenerationEnded


@pytest.fixture
def typed(controller, fake_engine, qtbot):
    """A controller whose text has been read."""
    with qtbot.waitSignal(controller.settled):
        controller.set_prompt("ab")
    return controller


def generations(engine) -> list[GenerateRequest]:
    return [asked for asked in engine.asked if isinstance(asked, GenerateRequest)]


def finish(qtbot, controller) -> None:
    qtbot.waitUntil(lambda: controller.is_settled and not controller.is_generating)


def test_a_pause_keeps_the_place_of_the_seed(typed, fake_engine, qtbot):
    fake_engine.holds = {"token"}
    typed.set_n_generate(5)
    typed.run()
    fake_engine.gate.release(2)
    qtbot.waitUntil(lambda: len(typed.generated_steps) == 2)
    typed.toggle_run()
    assert not typed.is_generating
    assert typed.is_paused
    fake_engine.gate.release(1)
    finish(qtbot, typed)
    assert len(typed.generated_steps) == 2, "the token under way was not taken"
    fake_engine.gate.release(100)
    typed.toggle_run()
    finish(qtbot, typed)
    first, second = generations(fake_engine)
    assert (first.max_new_tokens, first.n_drawn) == (5, 0)
    assert (second.max_new_tokens, second.n_drawn) == (3, 2)
    assert second.prompt.token_ids == tuple(b"abxy")
    assert [step.draw for step in typed.generated_steps.steps] == [0, 1, 2, 3, 4]
    assert not typed.is_paused


def test_steps_go_on_with_the_seed_until_text_or_seed_change(typed, fake_engine, qtbot):
    for _ in range(3):
        typed.step()
        finish(qtbot, typed)
    assert [request.n_drawn for request in generations(fake_engine)] == [0, 1, 2]
    typed.set_seed(8)
    typed.step()
    finish(qtbot, typed)
    assert generations(fake_engine)[-1].n_drawn == 0
    with qtbot.waitSignal(typed.settled):
        typed.set_prompt(typed.state.prompt.text + "!")
    typed.step()
    finish(qtbot, typed)
    assert generations(fake_engine)[-1].n_drawn == 0


def test_a_step_in_a_pause_leaves_one_less_to_make(typed, fake_engine, qtbot):
    fake_engine.holds = {"token"}
    typed.set_n_generate(4)
    typed.run()
    fake_engine.gate.release(1)
    qtbot.waitUntil(lambda: len(typed.generated_steps) == 1)
    typed.pause()
    fake_engine.gate.release(1)
    finish(qtbot, typed)
    fake_engine.holds = set()
    typed.step()
    finish(qtbot, typed)
    assert typed.is_paused
    typed.run()
    finish(qtbot, typed)
    assert [r.max_new_tokens for r in generations(fake_engine)] == [4, 1, 2]
    assert len(typed.generated_steps) == 4


@pytest.mark.parametrize("edit", ["stop", "text", "until"])
def test_nothing_is_paused_any_more_after(typed, fake_engine, qtbot, edit):
    fake_engine.holds = {"token"}
    typed.set_n_generate(9)
    typed.run()
    fake_engine.gate.release(1)
    qtbot.waitUntil(lambda: len(typed.generated_steps) == 1)
    typed.pause()
    fake_engine.gate.release(1)
    finish(qtbot, typed)
    if edit == "stop":
        typed.stop_generation()
    elif edit == "text":
        typed.set_prompt("other")
    else:
        typed.set_until("end")
    assert not typed.is_paused
    finish(qtbot, typed)


def test_what_ends_a_run_is_told_to_the_engine(typed, fake_engine, qtbot):
    typed.set_until("string")
    typed.set_stop_string("z")
    typed.set_ends_at_end_of_text(False)
    with qtbot.waitSignal(typed.generation_finished):
        typed.run()
        qtbot.waitUntil(lambda: len(typed.generated_steps) > 3)
        typed.stop_generation()
    finish(qtbot, typed)
    request = generations(fake_engine)[-1]
    assert request.stop_strings == ("z",)
    assert request.end_at_end_of_text is False
    assert request.max_new_tokens == fake_engine.context_length


def test_an_earlier_step_is_looked_at_without_stopping(typed, fake_engine, qtbot):
    views, bars = [], []
    typed.generation_view_changed.connect(views.append)
    typed.bars_view_changed.connect(bars.append)
    fake_engine.holds = {"token"}
    typed.set_n_generate(6)
    typed.run()
    fake_engine.gate.release(3)
    qtbot.waitUntil(lambda: len(typed.generated_steps) == 3)
    typed.look_at_step(1)
    assert typed.state.query == 2
    assert typed.is_generating
    assert views[-1].replay.index == 1
    assert views[-1].replay.step.token_id == ord("y")
    assert bars[-1].position == 2
    assert bars[-1].actual_id == ord("y"), "the drawn token is marked"
    fake_engine.gate.release(2)
    qtbot.waitUntil(lambda: len(typed.generated_steps) == 5)
    assert typed.state.query == 2
    assert bars[-1].position == 2
    fake_engine.gate.release(50)
    finish(qtbot, typed)
    assert len(typed.generated_steps) == 6
    assert typed.state.query == 2
    typed.look_at_step(6)
    assert typed.state.query == -1
    assert views[-1].replay.index is None


def test_steps_go_with_the_tokens_that_are_edited_away(typed, fake_engine, qtbot):
    typed.generate(5)
    finish(qtbot, typed)
    assert typed.state.prompt.text == "abxyzxy"
    with qtbot.waitSignal(typed.settled):
        typed.set_prompt("abxyzxy and more")
    assert len(typed.generated_steps) == 5, "an edit after them leaves them"
    with qtbot.waitSignal(typed.settled):
        typed.set_prompt("abxy?")
    assert len(typed.generated_steps) == 2
    with qtbot.waitSignal(typed.settled):
        typed.set_prompt("Abxy")
    assert len(typed.generated_steps) == 0


def test_a_stop_string_is_named_when_it_ends_the_run(typed, fake_engine, qtbot, monkeypatch):
    remarks = []
    typed.remark_made.connect(remarks.append)
    answer = fake_engine.answer

    def ended(question):
        if isinstance(question, GenerateRequest):
            return iter([GenerationEnded(question.request_id, "stop_string", "\n\n")])
        return answer(question)

    monkeypatch.setattr(fake_engine, "answer", ended)
    typed.run()
    finish(qtbot, typed)
    assert str(remarks[-1]) == "Stopped at ⏎⏎."


def test_a_pause_is_quick_and_what_comes_too_late_is_dropped(typed, fake_engine, qtbot):
    """F34: whatever runs, only the newest question's answer is shown."""
    fake_engine.holds = {"token"}
    typed.run()
    assert fake_engine.entered.acquire(timeout=10)
    with qtbot.waitSignal(typed.generation_finished, timeout=500):
        typed.stop_generation()
    fake_engine.gate.release(100)
    finish(qtbot, typed)
    assert typed.state.prompt.text == "ab"
    assert isinstance(fake_engine.asked[-1], ForwardRequest | MetricsRequest)
