"""The panel around the lessons: the way through the course, code, questions, links, export."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.bigram import count_bigrams, walk
from visualizer.lessons.prose import read_lesson
from visualizer.ui.actions import build_actions
from visualizer.ui.lessons.exhibit_files import KINDS, exhibit_bytes, write_exhibit
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.panel import LessonPanel
from visualizer.ui.lessons.prose_view import ProseView
from visualizer.ui.lessons.wrapped_choice import WrappedChoice
from visualizer.ui.theme import Theme

THREE = Answer(3, numbers={"bound": "2"})


class SmallPage(LessonPage):
    """Remembers what it is told."""

    key = "table"

    def __init__(self, microscope: Microscope, parent=None) -> None:
        super().__init__(microscope, parent)
        self.resets = 0
        self.followed: list[str] = []
        self.active: list[bool] = []
        self.known = True

    def reset(self) -> None:
        self.resets += 1

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (count_bigrams, walk)

    def answer(self, question: str) -> Answer | None:
        if not self.known:
            return None
        return THREE if question == "three" else Answer(1)

    def exhibits(self) -> Sequence[Exhibit]:
        return (exhibit(),)

    def follow(self, target: str) -> None:
        self.followed.append(target)

    def set_active(self, active: bool) -> None:
        self.active.append(active)


class NextPage(SmallPage):
    key = "ngram"


COURSE = {"table": lambda: SmallPage, "ngram": lambda: NextPage}


def exhibit() -> Exhibit:
    def paint(painter: QPainter, rect: QRectF, theme: Theme) -> None:
        painter.fillRect(rect, QColor(theme.accent))
        painter.setPen(QColor(theme.ink))
        painter.drawText(rect, "figures 木")

    return Exhibit(
        "weights",
        "Weights",
        QSizeF(200, 100),
        paint,
        ("word", "prob"),
        (("ja, ja", 2 / 3), ("零", float("nan"))),
        {"weights": np.eye(2)},
    )


@pytest.fixture
def panel(qtbot: QtBot, lesson_texts) -> LessonPanel:
    panel = LessonPanel()
    qtbot.addWidget(panel)
    actions = build_actions(panel)
    panel.header.set_actions(actions)
    panel.actions_by_key = actions
    panel.resize(1000, 600)
    panel.begin(COURSE, Microscope(panel), "")
    panel.show()
    return panel


def test_the_course_begins_with_its_first_lesson_or_the_one_asked_for(qtbot, lesson_texts) -> None:
    panel = LessonPanel()
    qtbot.addWidget(panel)
    assert not panel.has_begun
    panel.begin(COURSE, Microscope(panel), "ngram")
    assert panel.lesson is not None
    assert panel.lesson.key == "ngram"
    assert panel.lesson.number == 4


def test_forward_and_back_stop_at_the_ends(panel: LessonPanel) -> None:
    seen = []
    panel.lesson_changed.connect(seen.append)
    back, forward = panel.actions_by_key["lesson_back"], panel.actions_by_key["lesson_forward"]
    assert not back.isEnabled()
    assert forward.isEnabled()
    panel.go_back()
    panel.go_forward()
    panel.go_forward()
    assert seen == ["ngram"]
    assert back.isEnabled()
    assert not forward.isEnabled()


def test_a_page_is_kept_and_told_when_it_is_in_sight(panel: LessonPanel) -> None:
    first = panel.page
    assert isinstance(first, SmallPage)
    panel.go_forward()
    assert first.active[-1] is False
    panel.go_back()
    assert panel.page is first
    assert first.active[-1] is True
    panel.hide()
    assert first.active[-1] is False


def test_reset_puts_the_experiment_back_and_leaves_the_answers(panel: LessonPanel, qtbot) -> None:
    pane = panel.text.pane("three")
    pane.give("3")
    with qtbot.waitSignal(panel.experiment_reset):
        panel.reset()
    assert panel.page.resets == 1
    assert pane.given == "3"


def test_answers_are_checked_against_the_page(panel: LessonPanel) -> None:
    for key, wrong, right in (("three", "4", "3"), ("pick", "0", "1")):
        pane = panel.text.pane(key)
        button = pane.findChild(QPushButton)
        button.click()
        assert "Answer first" in pane.verdict
        pane.give(wrong)
        button.click()
        assert pane.verdict.startswith("✗")
        pane.give(right)
        button.click()
        assert pane.verdict.startswith("✓")
    panel.page.known = False
    panel.text.pane("three").findChild(QPushButton).click()
    assert "no answer yet" in panel.text.pane("three").verdict


def test_the_reason_is_told_only_with_the_right_answer(panel: LessonPanel) -> None:
    pane = panel.text.pane("three")
    why = next(text for text in pane.findChildren(ProseView) if text.markdown == "Because.")
    pane.give("4")
    pane.judge(THREE)
    assert why.isHidden()
    pane.give("3")
    pane.judge(THREE)
    assert not why.isHidden()


def test_links_lead_to_the_page(panel: LessonPanel) -> None:
    text = next(
        text for text in panel.text.findChildren(ProseView) if "look:there" in text.markdown
    )
    text.anchorClicked.emit(QUrl("look:there"))
    text.anchorClicked.emit(QUrl("try:that"))
    assert panel.page.followed == ["look:there", "try:that"]


def test_links_of_questions_lead_to_the_page_too(panel: LessonPanel) -> None:
    pane = panel.text.pane("pick")
    pane.findChild(ProseView).anchorClicked.emit(QUrl("try:one"))
    assert panel.page.followed == ["try:one"]


def test_a_long_choice_takes_several_lines_and_is_chosen_by_its_words(qtbot: QtBot) -> None:
    choice = WrappedChoice("Every other word, in both directions, " * 4)
    qtbot.addWidget(choice)
    choice.resize(220, choice.heightForWidth(220))
    choice.show()
    assert choice.minimumSizeHint().width() < 220
    assert choice.heightForWidth(220) > 3 * choice.fontMetrics().height()
    qtbot.mouseClick(choice.findChild(QLabel), Qt.MouseButton.LeftButton)
    assert choice.button.isChecked()


def test_the_code_on_show_is_the_function_that_ran_with_its_docstring(panel: LessonPanel) -> None:
    panel.actions_by_key["lesson_code"].setChecked(True)
    assert panel.code.isVisible()
    assert panel.code.source.startswith("def count_bigrams(")
    assert "The last word of a sentence is followed by nothing." in panel.code.source
    assert "\n    split = [" in panel.code.source
    panel.go_forward()
    assert not panel.actions_by_key["lesson_code"].isChecked()
    assert not panel.code.isVisible()


def test_without_room_only_the_text_is_in_sight(panel: LessonPanel) -> None:
    panel.set_experiment_shown(False)
    assert panel.is_narrow
    assert panel.text.isVisible()
    assert not panel.page.isVisible()
    panel.set_experiment_shown(True)
    assert panel.page.isVisible()


def test_a_damaged_text_is_said_and_the_other_lessons_stay(qtbot, lesson_texts) -> None:
    (lesson_texts / "en" / "03-table.toml").write_text("title = 3\n", encoding="utf-8")
    panel = LessonPanel()
    qtbot.addWidget(panel)
    said = []
    panel.failed.connect(said.append)
    panel.begin(COURSE, Microscope(panel), "table")
    assert panel.lesson.key == "ngram"
    assert "03-table.toml: 'title' at line 1 should be a text" in str(said[0])
    panel.open_lesson("table")
    assert panel.lesson.key == "ngram"


def test_no_text_at_all_opens_nothing(qtbot, lesson_texts) -> None:
    for path in (lesson_texts / "en").iterdir():
        path.unlink()
    panel = LessonPanel()
    qtbot.addWidget(panel)
    said = []
    panel.failed.connect(said.append)
    panel.begin(COURSE, Microscope(panel), "table")
    assert panel.lesson is None
    assert len(said) == 3  # two lessons and the glossary
    panel.reset()
    panel.go_forward()


def test_texts_come_in_the_language_asked_for_else_in_english(lesson_texts) -> None:
    assert read_lesson("table", "zh_CN").title == "table课"
    (lesson_texts / "zh_CN" / "03-table.toml").unlink()
    assert read_lesson("table", "zh_CN").title == "table"
    with pytest.raises(KeyError):
        read_lesson("cooking")


@pytest.mark.parametrize(
    "damage", ["", "title = ", 'title = "a"\nsummary = "b"\nsection = [{}]', "\udcff"]
)
def test_a_damaged_text_is_an_error_for_the_user(lesson_texts, damage: str) -> None:
    path = lesson_texts / "en" / "03-table.toml"
    path.write_bytes(damage.encode("utf-8", "surrogateescape"))
    with pytest.raises(VisualizerError, match=r"03-table\.toml"):
        read_lesson("table")


def test_every_kind_of_file_has_the_numbers_or_the_picture(qapp) -> None:
    files = {kind: exhibit_bytes(exhibit(), kind, "A table") for kind in KINDS}
    rows = list(csv.reader(io.StringIO(files["csv"].decode().split("\n", 1)[1])))
    assert rows[0] == ["word", "prob"]
    assert rows[1][0] == "ja, ja"
    assert float(rows[1][1]) == 2 / 3
    report = json.loads(files["json"])
    assert report["rows"][0] == {"word": "ja, ja", "prob": 2 / 3}
    assert report["rows"][1]["prob"] is None
    assert report["provenance"]["lesson"] == "A table"
    arrays = np.load(io.BytesIO(files["npz"]))
    assert np.array_equal(arrays["weights"], np.eye(2))
    picture = QImage.fromData(files["png"])
    assert picture.width() == 2 * (200 + 56)
    assert b"figures" in files["svg"]
    assert files["pdf"].startswith(b"%PDF")


def test_the_ending_says_what_to_write(qapp, tmp_path) -> None:
    path = write_exhibit(exhibit(), tmp_path / "a.SVG", "A table", "dark")
    assert path.read_bytes().startswith(b"<?xml")
    with pytest.raises(UsageError, match=r"a\.gif"):
        write_exhibit(exhibit(), tmp_path / "a.gif", "A table", "dark")
    with pytest.raises(VisualizerError, match="nowhere"):
        write_exhibit(exhibit(), tmp_path / "nowhere" / "a.csv", "A table", "dark")


def test_the_lessons_take_the_window_and_give_it_back(qtbot: QtBot, make_app, lesson_texts) -> None:
    app = make_app(prompt="ab")
    app.show()
    window = app.window
    window.lesson_panel.begin(COURSE, app.lessons.microscope, "")
    before = [key for key, dock in window.docks.items() if dock.isVisible()]
    action = window.actions_by_key["lessons"]
    action.setChecked(True)
    assert window.docks["lessons"].isVisible()
    assert not window.head_panel.isVisible()
    assert not window.docks["prompt"].isVisible()
    qtbot.waitUntil(lambda: window.docks["lessons"].width() > window.width() * 0.9)
    window.actions_by_key["lesson_beside"].setChecked(True)
    assert window.head_panel.isVisible()
    assert window.lesson_panel.is_narrow
    action.setChecked(False)
    assert [key for key, dock in window.docks.items() if dock.isVisible()] == before
    assert window.head_panel.isVisible()


def test_no_panel_reaches_into_the_next_beside_a_lesson(
    qtbot: QtBot, make_app, lesson_texts
) -> None:
    app = make_app(prompt="ab")
    app.show()
    window = app.window
    window.resize(1280, 800)
    window.lesson_panel.begin(COURSE, app.lessons.microscope, "")
    window.actions_by_key["lessons"].setChecked(True)
    window.actions_by_key["lesson_beside"].setChecked(True)
    prompt, sampling = window.docks["prompt"], window.docks["sampling"]
    qtbot.waitUntil(lambda: sampling.width() == prompt.width())
    assert sampling.geometry().right() < window.docks["overview"].geometry().left()


def test_a_closed_window_remembers_the_layout_without_lessons(make_app, lesson_texts) -> None:
    app = make_app(prompt="ab")
    app.show()
    window = app.window
    window.lesson_panel.begin(COURSE, app.lessons.microscope, "")
    window.actions_by_key["lessons"].setChecked(True)
    window.close()
    again = make_app(prompt="ab").window
    again.restore_window(app.settings.geometry, app.settings.layout, {})
    assert again.docks["lessons"].isHidden()
    assert not again.docks["prompt"].isHidden()


def test_what_a_lesson_wishes_is_done_in_the_main_panels(
    qtbot: QtBot, make_app, lesson_texts
) -> None:
    app = make_app(prompt="ab")
    app.show()
    window = app.window
    window.lesson_panel.begin(COURSE, app.lessons.microscope, "")
    window.actions_by_key["lessons"].setChecked(True)
    app.lessons.microscope.show_prompt("see this")
    assert window.prompt_panel.text() == "see this"
    assert window.actions_by_key["lesson_beside"].isChecked()
    app.lessons.microscope.show_head(1, 0)
    assert (app.controller.state.layer, app.controller.state.head) == (1, 0)


def test_one_head_alone_ends_the_lessons(make_app, lesson_texts) -> None:
    app = make_app(prompt="ab")
    app.show()
    window = app.window
    window.lesson_panel.begin(COURSE, app.lessons.microscope, "")
    window.actions_by_key["lessons"].setChecked(True)
    window.toggle_solo()
    assert not window.actions_by_key["lessons"].isChecked()
    assert window.is_solo
    assert window.head_panel.isVisible()
    window.toggle_solo()
    assert window.docks["prompt"].isVisible()


def test_the_keyboard_reaches_text_and_questions(panel: LessonPanel) -> None:
    widgets = panel.text.findChildren(QWidget)
    reached = [widget for widget in widgets if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert any(isinstance(widget, QPushButton) for widget in reached)
    texts = [widget.markdown for widget in reached if isinstance(widget, ProseView)]
    assert any("look:there" in text for text in texts)
