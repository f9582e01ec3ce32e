"""Lessons' questions on their way to the engine and back, beside those of the main panels."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import (
    HeadStepsRequest,
    InputRecord,
    InputRequest,
    ResidualRecord,
    ResidualRequest,
)
from visualizer.engine.records import ForwardRequest, GenerateRequest, Prompt
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.mailbox import Mailbox

WAIT = {"timeout": 20_000}


@pytest.fixture
def answering(fake_engine):
    """The fake engine, which also answers lessons' questions, where `holding` holds it."""
    others = fake_engine.answer
    fake_engine.holding = threading.Event()
    fake_engine.holding.set()
    fake_engine.reached = threading.Event()

    def answer(question):
        if not isinstance(question, InputRequest | ResidualRequest | HeadStepsRequest):
            return others(question)
        fake_engine.asked.append(question)
        return answer_lesson(question)

    def answer_lesson(question):
        fake_engine.reached.set()
        assert fake_engine.holding.wait(20)
        question.cancel.check()
        if isinstance(question, HeadStepsRequest):
            raise VisualizerError("No steps.")
        if isinstance(question, ResidualRequest):
            yield ResidualRecord(question.request_id, ())
        else:
            rows = np.zeros((len(question.token_ids), 4), np.float32)
            yield InputRecord(question.request_id, question.token_ids, rows, None, 0, ())

    fake_engine.answer = answer
    yield fake_engine
    fake_engine.holding.set()


@pytest.fixture
def microscope(answering, controller):
    microscope = Microscope()
    microscope.asked.connect(controller.lessons.ask)
    controller.lessons.answered.connect(microscope.take_answer)
    return microscope


def noted(microscope):
    """The questions that are answered, as they come."""
    answers = []

    def note(question, _answer):
        answers.append(question)

    microscope.answered.connect(note)
    return answers


def test_a_question_comes_back_with_its_record(qtbot, microscope):
    question = InputRequest(0, (1, 2, 3))
    with qtbot.waitSignal(microscope.answered, **WAIT) as answered:
        microscope.ask(question)
    assert answered.args[0] is question
    assert isinstance(answered.args[1], InputRecord)
    assert len(answered.args[1].embeddings) == 3


def test_a_failure_comes_back_as_its_sentence_and_the_main_panels_say_nothing(
    qtbot, microscope, shown
):
    question = HeadStepsRequest(0, 1, 1)
    with qtbot.waitSignal(microscope.answered, **WAIT) as answered:
        microscope.ask(question)
    assert answered.args[0] is question
    assert str(answered.args[1]) == "No steps."
    assert shown.notices == []
    assert shown.remarks == []


def test_only_the_newest_question_of_a_kind_is_answered(qtbot, microscope, answering):
    answers = noted(microscope)
    answering.holding.clear()
    microscope.ask(InputRequest(0, (1,)))
    qtbot.waitUntil(answering.reached.is_set, **WAIT)
    microscope.ask(InputRequest(0, (2,)))
    other, newest = ResidualRequest(0, ("a",)), InputRequest(0, (3,))
    microscope.ask(newest)
    microscope.ask(other)
    answering.holding.set()
    qtbot.waitUntil(lambda: len(answers) == 2, **WAIT)
    assert answers == [newest, other]


def test_the_prompt_at_hand_is_not_asked_about_again(qtbot, microscope, typed, shown, answering):
    typed("ab")
    bars, n_asked = shown.bars, len(answering.asked)
    with qtbot.waitSignal(microscope.answered, **WAIT):
        microscope.ask(ResidualRequest(0, ("something else",)))
    assert len(answering.asked) == n_asked + 1
    assert shown.bars is bars


def test_a_question_about_the_model_outlives_another_text(qtbot, microscope, controller, answering):
    answers = noted(microscope)
    answering.holding.clear()
    question = ResidualRequest(0, ("a",))
    microscope.ask(question)
    qtbot.waitUntil(answering.reached.is_set, **WAIT)
    controller.set_prompt("abc")
    answering.holding.set()
    qtbot.waitUntil(lambda: answers == [question], **WAIT)
    qtbot.waitUntil(lambda: controller.is_settled, **WAIT)


def test_new_work_drops_questions_about_the_prompt_before_it():
    mailbox = Mailbox()
    steps, side = HeadStepsRequest(1, 0, 0), InputRequest(2)
    mailbox.post(steps)
    mailbox.post(side)
    mailbox.post(ForwardRequest(3, Prompt("a"), -1))
    assert steps.cancel.cancelled
    assert not side.cancel.cancelled
    mailbox.drop_questions()  # another model
    assert side.cancel.cancelled


def test_questions_about_the_model_come_last_and_steps_between_two_tokens():
    mailbox = Mailbox()
    generation = GenerateRequest(1, Prompt("a"), 5)
    side, steps = InputRequest(2), HeadStepsRequest(3, 0, 0)
    mailbox.post(generation)
    mailbox.post(side)
    mailbox.post(steps)
    assert mailbox.take() is generation
    assert mailbox.take_glance() is steps
    assert mailbox.take_glance() is None
    assert mailbox.take() is side


def test_the_window_hands_questions_on_and_answers_back(qtbot, answering, app):
    question = InputRequest(0, (5,))
    with qtbot.waitSignal(app.lessons.microscope.answered, **WAIT) as answered:
        app.lessons.microscope.ask(question)
    assert answered.args[0] is question
    assert isinstance(answered.args[1], InputRecord)
