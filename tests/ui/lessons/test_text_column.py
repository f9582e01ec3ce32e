"""A lesson's text: what is at its head and foot, hints, what is kept of it, and how it scrolls."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QTextCursor, QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip
from pytestqt.qtbot import QtBot

from visualizer.lessons.progress import LessonProgress, Progress
from visualizer.lessons.prose import LESSON_KEYS, Term, read_lesson
from visualizer.ui.actions import build_actions
from visualizer.ui.lessons.architecture_map import ArchitectureMap
from visualizer.ui.lessons.course import PAGES
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer
from visualizer.ui.lessons.panel import LessonPanel
from visualizer.ui.lessons.prose_view import ProseView
from visualizer.ui.lessons.text_column import TextColumn
from visualizer.ui.plain_text import PlainLabel

from .test_lesson_panel import COURSE

TERMS = {"softmax": Term("softmax", "Softmax", "Makes <probabilities> of scores.")}


def texts(column: TextColumn) -> list[str]:
    return [view.markdown for view in column.findChildren(ProseView) if view.markdown]


@pytest.fixture
def column(qtbot: QtBot, lesson_texts) -> TextColumn:
    column = TextColumn()
    qtbot.addWidget(column)
    column.resize(420, 300)
    column.set_terms(TERMS)
    column.set_lesson(read_lesson("table"), {"tokens": "1 · Tokens", "table": "3 · A table"})
    column.show()
    return column


def panel_of(qtbot: QtBot, progress: Progress) -> LessonPanel:
    panel = LessonPanel()
    qtbot.addWidget(panel)
    panel.header.set_actions(build_actions(panel))
    panel.resize(1000, 400)
    panel.begin(COURSE, Microscope(panel), "", progress=progress)
    panel.show()
    return panel


def click(panel: LessonPanel, key: str, words: str) -> None:
    buttons = panel.text.pane(key).findChildren(QPushButton)
    next(button for button in buttons if button.text() == words).click()


def test_the_head_says_goal_time_and_what_to_read_before(column: TextColumn) -> None:
    head, goal = texts(column)[:2]
    assert head == "Lesson 3 · 12 minutes · after [1 · Tokens](lesson:tokens)"
    assert goal == "**Goal:** You can say what it is."


def test_the_foot_explains_the_words_that_occur_and_names_the_sources(column: TextColumn) -> None:
    words, sources = texts(column)[-2:]
    assert words == "- **Softmax**: Makes <probabilities> of scores."
    assert sources == ("- [A paper, 2017](https://example.org/paper)\n- A text without an address")


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_a_word_of_the_glossary_is_explained_where_the_pointer_is(column: TextColumn) -> None:
    followed = []
    column.link_followed.connect(followed.append)
    text = next(v for v in column.findChildren(ProseView) if "term:softmax" in v.markdown)
    for signal in (text.highlighted, text.anchorClicked):
        QToolTip.hideText()
        signal.emit(QUrl("term:softmax"))
        assert "Makes &lt;probabilities&gt; of scores." in QToolTip.text()
    text.anchorClicked.emit(QUrl("term:unknown"))
    assert followed == []


def test_the_wheel_moves_the_column_and_never_a_paragraph(column: TextColumn) -> None:
    column.resize(420, 160)
    QApplication.processEvents()
    text = next(v for v in column.findChildren(ProseView) if "look:there" in v.markdown)
    before = column.verticalScrollBar().value()
    place = text.viewport().rect().center()
    event = QWheelEvent(
        QPointF(place),
        QPointF(text.viewport().mapToGlobal(place)),
        QPoint(),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(text.viewport(), event)
    assert not event.isAccepted()  # Qt hands it on to the column
    QApplication.sendEvent(column.viewport(), event)
    assert column.verticalScrollBar().value() > before


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("key", LESSON_KEYS)
def test_no_paragraph_scrolls_inside_itself(qtbot: QtBot, key: str, language: str) -> None:
    column = TextColumn()
    qtbot.addWidget(column)
    column.resize(420, 600)
    column.set_lesson(read_lesson(key, language))
    column.show()
    QApplication.processEvents()
    for view in column.findChildren(ProseView):
        assert view.verticalScrollBar().maximum() == 0, view.markdown
        view.moveCursor(QTextCursor.MoveOperation.End)
        assert view.verticalScrollBar().value() == 0


def test_chinese_is_stressed_by_weight_and_not_by_slanting(qtbot: QtBot) -> None:
    view = ProseView("*强调* and *stress*")
    qtbot.addWidget(view)
    cursor = QTextCursor(view.document())
    cursor.setPosition(1)
    assert not cursor.charFormat().fontItalic()
    assert cursor.charFormat().fontWeight() > 400
    cursor.setPosition(view.toPlainText().index("stress") + 1)
    assert cursor.charFormat().fontItalic()


def test_headings_and_width_follow_the_size_of_the_text(column: TextColumn, qapp) -> None:
    before = qapp.font()
    title = next(each for each in column.findChildren(PlainLabel) if each.text() == "table")
    size, width = title.font().pointSizeF(), column.readable_px
    larger = qapp.font()
    larger.setPointSizeF(2 * before.pointSizeF())
    qapp.setFont(larger)
    QApplication.processEvents()
    try:
        assert title.font().pointSizeF() == pytest.approx(2 * size)
        assert column.readable_px > 1.7 * width
    finally:
        qapp.setFont(before)
    QApplication.processEvents()
    assert title.font().pointSizeF() == pytest.approx(size)


def test_the_map_says_where_the_lesson_is_and_leads_to_others(qtbot: QtBot) -> None:
    figure = ArchitectureMap()
    qtbot.addWidget(figure)
    figure.set_lesson("block", {key: key for key in LESSON_KEYS})
    figure.show()
    here = {key for key, box in figure.boxes.items() if box.property("part") == "here"}
    assert here == {"norm", "feed-forward", "last norm"}
    assert figure.boxes["cross-attention"].property("part") == "pale"
    wished = []
    figure.lesson_wished.connect(wished.append)
    for key in ("text", "embedding", "masked attention", "cross-attention", "softmax"):
        figure.boxes[key].click()
    assert wished == ["tokens", "input", "attention", "translate", "generate"]
    figure.set_lesson("translate", {"tokens": "1 · Tokens"})
    assert all(box.property("part") != "pale" for box in figure.boxes.values())
    assert figure.boxes["text"].isEnabled()
    assert not figure.boxes["softmax"].isEnabled()


def test_a_box_may_bring_a_lesson_that_takes_the_maps_place(qtbot, lesson_texts, tmp_path) -> None:
    panel = panel_of(qtbot, Progress(tmp_path / "lessons.json"))
    for key, other in (("table", "table"), ("ngram", "table")):
        panel.open_lesson(key)
        figure = panel.text.map
        qtbot.mouseClick(figure.boxes["probabilities"], Qt.MouseButton.LeftButton)
        assert panel.lesson.key == other
    view = next(v for v in panel.text.findChildren(ProseView) if "lesson" in v.markdown.lower())
    view.anchorClicked.emit(QUrl("lesson:ngram"))
    assert panel.lesson.key == "ngram"
    QApplication.processEvents()


def test_every_lesson_is_somewhere_on_the_map(qtbot: QtBot) -> None:
    figure = ArchitectureMap()
    qtbot.addWidget(figure)
    for key in LESSON_KEYS:
        figure.set_lesson(key, {})
        assert any(box.property("part") == "here" for box in figure.boxes.values()), key


def test_one_box_of_the_map_takes_the_keys_and_arrows_lead_on(qtbot: QtBot) -> None:
    figure = ArchitectureMap()
    qtbot.addWidget(figure)
    figure.set_lesson("attention", {key: key for key in LESSON_KEYS})
    with qtbot.waitActive(figure):
        figure.show()
    boxes = figure.boxes
    strong = [k for k, b in boxes.items() if b.focusPolicy() == Qt.FocusPolicy.StrongFocus]
    assert strong == ["masked attention"]
    boxes["masked attention"].setFocus()
    for key, expected in (
        (Qt.Key.Key_Up, "norm"),
        (Qt.Key.Key_Left, "encoder norm"),
        (Qt.Key.Key_Left, "encoder norm"),
        (Qt.Key.Key_Down, "encoder attention"),
    ):
        qtbot.keyClick(QApplication.focusWidget(), key)
        assert boxes[expected].focusPolicy() == Qt.FocusPolicy.StrongFocus, expected


def test_a_wrong_answer_gets_a_hint_and_can_be_shown(qtbot: QtBot, lesson_texts, tmp_path) -> None:
    panel = panel_of(qtbot, Progress(tmp_path / "lessons.json"))
    pane = panel.text.pane("three")
    pane.give("5")
    click(panel, "three", "Check")
    assert pane.verdict == "✗ Not so."
    shown = [view.markdown for view in pane.texts if not view.isHidden()]
    assert "It is 2 or more." in shown
    assert not pane.is_solved
    click(panel, "three", "Show me")
    assert panel.page.followed == ["try:three"]
    assert pane.given == "3"
    assert pane.verdict == "This is the answer."
    assert "Because." in [view.markdown for view in pane.texts if not view.isHidden()]
    assert Progress(tmp_path / "lessons.json").of("table").solved == frozenset()


def test_what_cannot_be_read_as_a_number_is_said(qtbot: QtBot, lesson_texts, tmp_path) -> None:
    panel = panel_of(qtbot, Progress(tmp_path / "lessons.json"))
    pane = panel.text.pane("three")
    pane.give("abc")
    pane.judge(Answer(3, numbers={"bound": "2"}))
    assert "“abc” cannot be read as a number" in pane.verdict


def test_answers_place_and_marks_are_there_at_the_next_start(
    qtbot: QtBot, lesson_texts, tmp_path: Path
) -> None:
    path = tmp_path / "lessons.json"
    panel = panel_of(qtbot, Progress(path))
    panel.text.pane("three").give("3")
    click(panel, "three", "Check")
    assert panel.header._name.itemText(0).endswith("  1/2")
    panel.text.pane("pick").give("0")
    click(panel, "pick", "Check")
    bar = panel.text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(bar.maximum() // 2)
    panel.go_forward()
    panel.go_back()
    for later in (panel, panel_of(qtbot, Progress(path))):
        assert later.text.pane("three").given == "3"
        assert later.text.pane("three").verdict.startswith("✓")
        assert later.text.pane("pick").given == "0"
        assert later.text.pane("pick").verdict == ""
        assert later.header._name.itemText(0).endswith("  1/2")
        assert later.text.place == pytest.approx(0.5, abs=0.02)
    later.text.pane("pick").give("1")
    click(later, "pick", "Check")
    assert later.header._name.itemText(0).endswith("  ✓")
    next(
        button
        for button in later.text.findChildren(QPushButton)
        if button.text() == "Forget my answers"
    ).click()
    assert Progress(path).of("table").answers == {}
    assert later.text.pane("three").given == ""
    assert not later.header._name.itemText(0).endswith("✓")


def test_a_choice_is_kept_before_it_is_checked(qtbot: QtBot, lesson_texts, tmp_path) -> None:
    panel = panel_of(qtbot, Progress(tmp_path / "lessons.json"))
    panel.text.pane("pick")._choices.button(0).click()
    kept = Progress(tmp_path / "lessons.json").of("table")
    assert kept == LessonProgress({"pick": "0"}, frozenset(), kept.place)


def test_an_answer_that_is_no_choice_any_more_is_left_out(column: TextColumn) -> None:
    lesson = read_lesson("table")
    column.set_lesson(lesson, {}, LessonProgress({"pick": "7", "three": "3", "gone": "1"}))
    assert column.pane("pick").given == ""
    assert column.pane("three").given == "3"


def test_progress_that_cannot_be_kept_is_said(qtbot: QtBot, lesson_texts, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    panel = panel_of(qtbot, Progress(tmp_path / "file" / "lessons.json"))
    said = []
    panel.failed.connect(said.append)
    panel.text.pane("three").give("3")
    click(panel, "three", "Check")
    assert "Cannot write" in str(said[0])
    assert panel.text.pane("three").verdict.startswith("✓")


def test_links_lead_to_other_lessons(qtbot: QtBot, lesson_texts, tmp_path) -> None:
    panel = panel_of(qtbot, Progress(tmp_path / "lessons.json"))
    panel.text.link_followed.emit("lesson:ngram")
    assert panel.lesson.key == "ngram"
    panel.text.link_followed.emit("lesson:nowhere")
    assert panel.lesson.key == "ngram"


def test_every_lesson_of_the_course_has_a_page() -> None:
    assert tuple(PAGES) == LESSON_KEYS
