"""The last challenge: rounds are solved through the page's own switches."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import Qt

from visualizer.lessons.broken_attention import FAULTS
from visualizer.lessons.prose import read_lesson
from visualizer.ui.lessons.challenge_page import ChallengePage
from visualizer.ui.lessons.microscope import Microscope

LINK = re.compile(r"\]\((try:[^)]+)\)")


@pytest.fixture
def page(qtbot):
    page = ChallengePage(Microscope())
    qtbot.addWidget(page)
    page.resize(800, 640)
    page.show()
    yield page
    assert page.shutdown(2000)


def shown(page):
    return page.mending.view.matrix().values


def press(qtbot, button):
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)


def test_all_rounds_can_be_solved_by_keyboard(qtbot, page):
    for round_, puzzle in enumerate(page.mending._puzzles):
        assert page.mending.puzzle is puzzle
        assert page.mending.verdict.text() == ""
        assert not page.mending.next.isEnabled()
        for fault in puzzle.faults:
            assert page.mending.verdict.text() != "Solved"
            press(qtbot, page.mending.mend[fault])
        np.testing.assert_allclose(shown(page), puzzle.right().weights, atol=1e-12)
        assert page.mending.verdict.text() == "Solved"
        assert page.mending.next.isEnabled() == (round_ < 3)
        if round_ < 3:
            press(qtbot, page.mending.next)
    assert page.mending.title.text() == "Round 4 of 4: two things are broken"


def test_mending_what_is_whole_changes_nothing_and_does_not_solve(qtbot, page):
    page.follow("try:no-mask")
    before = shown(page).copy()
    press(qtbot, page.mending.mend["columns"])
    np.testing.assert_array_equal(shown(page), before)
    assert page.mending.verdict.text() == "Not right yet"
    press(qtbot, page.mending.mend["no-mask"])
    assert "switch off what changes nothing" in page.mending.why.text()
    press(qtbot, page.mending.mend["columns"])
    assert "above the diagonal" in page.mending.why.text()


def test_the_sums_are_shown_on_demand_and_follow(qtbot, page):
    page.follow("try:columns")
    assert page.mending.sums.isHidden()
    press(qtbot, page.mending.show_sums)
    assert page.mending.sums.isVisible()
    rows, columns = (
        re.findall(r"\d\.\d\d", line) for line in page.mending.sums.text().splitlines()
    )
    assert columns == ["1.00"] * 6
    assert rows == [f"{x:.2f}" for x in shown(page).sum(axis=1)] != ["1.00"] * 6
    press(qtbot, page.mending.mend["columns"])
    assert page.mending.sums.text().splitlines()[0].count("1.00") == 6


def test_again_begins_anew_with_other_numbers_and_reset_with_the_first(qtbot, page):
    first = shown(page).copy()
    page.follow("try:two")
    press(qtbot, page.mending.again)
    assert page.mending.title.text().startswith("Round 1 of 4")
    assert not np.array_equal(shown(page), first)
    page.reset()
    np.testing.assert_array_equal(shown(page), first)


def test_every_link_leads_somewhere(page):
    lesson = read_lesson("challenge")
    texts = [s.text for s in lesson.sections] + [q.ask for q in lesson.questions]
    targets = set(LINK.findall(" ".join(texts))) | {q.show for q in lesson.questions}
    assert targets == {f"try:{key}" for key in (*FAULTS, "two", "sums", "induction", "minutes")}
    for fault in FAULTS:
        page.follow(f"try:{fault}")
        assert page.mending.puzzle.faults == {fault}
    page.follow("try:induction")
    assert page.induction.isVisible()
    page.follow("try:minutes")
    assert page.minutes.isVisible()
    page.follow("try:two")
    assert len(page.mending.puzzle.faults) == 2
    assert page.mending.isVisible()


def test_the_answers_and_hints_are_those_of_the_picture(page):
    answers = {q.key: page.answer(q.key) for q in read_lesson("challenge").questions}
    assert {key: answer.value for key, answer in answers.items()} == {
        "hidden": 15,
        "total": pytest.approx(6),
        "factor": 8,
    }
    for question in read_lesson("challenge").questions:
        assert "{" not in question.hint.format(**answers[question.key].numbers)
    assert page.answer("other") is None


def test_the_picture_can_be_exported(page):
    (exhibit,) = page.exhibits()
    np.testing.assert_array_equal(exhibit.arrays["weights"], shown(page))
    assert len(exhibit.rows) == 6
