"""Every question of every lesson has a hint from the page's numbers, and can be shown."""

from __future__ import annotations

import string

import pytest
from pytestqt.qtbot import QtBot

from visualizer.lessons.prose import LESSON_KEYS, Question, read_lesson
from visualizer.ui.lessons.course import PAGES
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, LessonPage
from visualizer.ui.lessons.typed_answers import number_text

QUESTIONS = [(key, question) for key in LESSON_KEYS for question in read_lesson(key).questions]
NEEDS_A_RUN = {
    ("train", "copying"),
    ("input", "apple"),
    ("walk", "width"),
    ("walk", "likeliest"),
}
"""Minutes of training, or a model: tested with these."""


def answer_of(qtbot: QtBot, page: LessonPage, question: Question) -> Answer:
    """The answer, as soon as what shows it has run."""
    if page.answer(question.key) is None:
        page.follow(question.show)
        qtbot.waitUntil(lambda: page.answer(question.key) is not None, timeout=20_000)
    answer = page.answer(question.key)
    assert answer is not None
    return answer


@pytest.mark.parametrize(("key", "question"), QUESTIONS, ids=[f"{k}-{q.key}" for k, q in QUESTIONS])
def test_a_hint_has_its_numbers_and_does_not_give_the_answer_away(
    qtbot: QtBot, key: str, question: Question
) -> None:
    assert question.hint
    assert question.show.startswith("try:")
    if (key, question.key) in NEEDS_A_RUN:
        pytest.skip("only after a long run")
    page = PAGES[key]()(Microscope())
    qtbot.addWidget(page)
    answer = answer_of(qtbot, page, question)
    for language in ("en", "zh_CN"):
        hint = next(q for q in read_lesson(key, language).questions if q.key == question.key).hint
        fields = {name for _, name, _, _ in string.Formatter().parse(hint) if name}
        assert fields <= set(answer.numbers), language
        said = hint.format_map(answer.numbers)
        if not question.choices:
            value = answer.value if isinstance(answer.value, str) else number_text(answer)
            assert len(value) == 1 or value not in said.split(), language
    page.follow(question.show)
    assert page.shutdown(10_000)
