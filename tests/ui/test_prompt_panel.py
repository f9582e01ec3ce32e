"""The prompt: what was typed goes out exactly, and no text freezes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QFont, QFontMetrics, QKeySequence, QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QToolButton

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import TokenStripView, Unavailable
from visualizer.ui.panels.prompt_panel import PromptPanel
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.exact_text import readable
from visualizer.ui.widgets.prompt_editor import (
    LONGEST_WRAPPED_LINE,
    PromptEditor,
    utf16_length,
)


@pytest.fixture
def panel(qtbot, qapp) -> PromptPanel:
    apply_theme(qapp, THEMES["light"])
    widget = PromptPanel()
    qtbot.addWidget(widget)
    widget.resize(400, 140)
    widget.show()
    return widget


@pytest.fixture
def edits(panel) -> list[str]:
    seen: list[str] = []
    panel.text_edited.connect(seen.append)
    panel.text_returned.connect(seen.append)
    return seen


def paste(editor: PromptEditor, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    editor.insertFromMimeData(data)


def marked(editor: PromptEditor) -> list[str]:
    return [mark.cursor.selectedText() for mark in editor.extraSelections()]


def test_every_key_goes_out(qtbot, panel, edits):
    qtbot.keyClicks(panel.editor, "a b")
    qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    qtbot.keyClick(panel.editor, Qt.Key.Key_Backspace)
    assert edits == ["a", "a ", "a b", "a b\n", "a b"]


def test_undo_and_redo_are_edits(qtbot, panel, edits):
    qtbot.keyClicks(panel.editor, "word")
    panel.editor.undo()
    panel.editor.redo()
    assert edits[-2:] == ["", "word"]


EXACT = [
    "no\u00a0break",
    "line\u2028separator",
    "paragraph\u2029separator",
    "a\r\nb\rc",
    "nul\x00inside",
    "\ufeffbom",
    "\ufffeswapped",
    "\ufdd0\ufdd1",
    "👩‍👩‍👧 ñ \u202ertl\u202c",
    "\n\n",
]


@pytest.mark.parametrize("text", EXACT, ids=ascii)
def test_text_set_comes_back_exactly(qtbot, panel, edits, text):
    panel.set_text(text)
    assert panel.text() == text
    assert edits == []
    qtbot.keyClick(panel.editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(panel.editor, "x")
    assert edits == [text + "x"]


OWN = "\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6\ufdd7"  # stand for others in the editor


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters=OWN)),
    st.text(st.characters(codec="utf-8", exclude_characters=OWN)),
)
def test_any_text_comes_back_exactly(panel, first, then):
    panel.set_text(first)
    assert panel.text() == first
    panel.append_text(then)
    assert panel.text() == first + then
    panel.set_text(then)
    assert panel.text() == then
    panel.editor.undo()
    assert panel.text() == first + then or first + then == then


def test_a_lone_surrogate_is_replaced_visibly(panel, edits):
    panel.set_text("a\ud800b")
    assert panel.text() == "a\ufffdb"
    assert "�" in panel.notice()
    assert edits == []
    assert readable("\udcff\ud800\udc00") == ("\ufffd\ufffd\ufffd", 3)
    assert readable("plain 😀") == ("plain 😀", 0)


def test_a_lone_surrogate_that_is_pasted_is_replaced_visibly(qtbot, panel, edits):
    other = QPlainTextEdit()
    qtbot.addWidget(other)
    other.setPlainText("x😀y\n😀")
    cursor = other.textCursor()
    cursor.setPosition(1)
    cursor.setPosition(2, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()  # the first half of a character
    other.selectAll()
    panel.editor.insertFromMimeData(other.createMimeDataFromSelection())
    assert edits == ["x\ufffdy\n😀"]
    assert "�" in panel.notice()


def test_a_character_that_the_editor_needs_itself_is_replaced_visibly(panel):
    panel.set_text("a\ufdd2b")
    assert panel.text() == "a\ufffdb"
    assert "�" in panel.notice()


def test_a_notice_goes_when_dismissed_and_with_the_next_text(qtbot, panel):
    panel.set_text("a\ud800b")
    close = next(b for b in panel.findChildren(QToolButton) if b.accessibleName() == "Dismiss")
    assert close.isVisible()
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert panel.notice() == ""
    assert not close.isVisible()
    panel.set_text("c\ud800d")
    assert panel.notice()
    panel.set_text("fine")
    assert panel.notice() == ""


def test_windows_line_ends_are_pasted_as_plain_ones_and_said(panel, edits):
    paste(panel.editor, "a\r\nb")
    assert edits == ["a\nb"]
    assert "line ends" in panel.notice()


def test_copied_text_is_exact(panel):
    panel.set_text("a\u00a0b\nc\u2029d")
    panel.editor.selectAll()
    assert panel.editor.createMimeDataFromSelection().text() == "a\u00a0b\nc\u2029d"


def test_a_megabyte_in_one_line_is_not_wrapped(qtbot, panel, edits):
    text = "x" * 1_000_000
    paste(panel.editor, text)
    assert not panel.editor.is_wrapping()
    assert edits == [text]
    assert "not wrapped" in panel.notice()
    panel.editor.undo()
    assert panel.editor.is_wrapping()
    assert panel.notice() == ""
    panel.editor.redo()
    assert not panel.editor.is_wrapping(), "redo would take a minute"
    panel.set_text("short")
    assert panel.editor.is_wrapping()


def test_a_long_text_of_short_lines_is_wrapped(panel):
    panel.set_text("some words\n" * (LONGEST_WRAPPED_LINE // 5))
    assert panel.editor.is_wrapping()


def test_wrapping_is_off_before_a_long_line_is_laid_out(panel, monkeypatch):
    lengths_wrapped: list[int] = []
    editor = panel.editor
    layout = editor.document().documentLayout()

    def note() -> None:
        if editor.is_wrapping():
            lengths_wrapped.append(editor.document().characterCount())

    layout.documentSizeChanged.connect(note)
    paste(editor, "y" * (LONGEST_WRAPPED_LINE + 1000))
    assert all(length <= LONGEST_WRAPPED_LINE for length in lengths_wrapped)


def test_set_text_is_one_step_to_undo(panel, edits):
    panel.set_text("first")
    panel.set_text("second")
    panel.set_text("second")
    panel.editor.undo()
    assert panel.text() == "first"
    panel.editor.undo()
    assert panel.text() == ""
    assert edits == ["first", ""]


def test_generated_text_is_one_step_to_undo_for_each_generation(panel, edits):
    panel.set_text("once")
    for piece in (" upon", " a", " time"):
        panel.append_text(piece)
    panel.finish_append()
    panel.append_text(" there")
    panel.append_text(" was")
    assert panel.text() == "once upon a time there was"
    assert edits == []
    for left in ("once upon a time", "once"):
        panel.editor.undo()
        assert panel.text() == left


def test_typing_between_ends_the_step_to_undo(qtbot, panel):
    panel.append_text("one")
    qtbot.keyClicks(panel.editor, "!")
    panel.append_text(" two")
    panel.editor.undo()
    assert panel.text() == "one!"


def test_the_cursor_stays_where_it_is_unless_at_the_end(panel):
    panel.set_text("hello there")
    cursor = panel.editor.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(4, QTextCursor.MoveMode.KeepAnchor)
    panel.editor.setTextCursor(cursor)
    panel.append_text(" you")
    kept = panel.editor.textCursor()
    assert (kept.anchor(), kept.position()) == (2, 4)
    panel.editor.moveCursor(QTextCursor.MoveOperation.End)
    panel.append_text(" all")
    assert panel.editor.textCursor().atEnd()


def test_a_new_text_leaves_the_cursor_at_the_end_or_in_its_place(panel):
    panel.set_text("an example")
    assert panel.editor.textCursor().atEnd()
    cursor = panel.editor.textCursor()
    cursor.setPosition(4)
    panel.editor.setTextCursor(cursor)
    panel.set_text("another example")
    assert panel.editor.textCursor().position() == 4
    panel.set_text("no")
    assert panel.editor.textCursor().position() == 2


def test_the_selected_token_is_marked_in_code_points(panel):
    panel.set_text("😀😀 naïve word")
    panel.set_selection_span(2, 8)
    assert marked(panel.editor) == [" naïve"]
    panel.set_selection_span(1, 2)
    assert marked(panel.editor) == ["😀"]
    for start, end in ((3, 3), (-1, 2), (5, 99)):
        panel.set_selection_span(start, end)
        assert marked(panel.editor) == []


def test_the_token_of_the_view_is_marked_unless_it_is_the_last_or_of_another_text(panel):
    panel.set_text("😀 big dog")
    tokens = Tokenization(
        "😀 big dog",
        np.array([5, 6, 7], np.int64),
        ("😀".encode(), b" big", b" dog"),
        np.array([0, 1, 5], np.int64),
        np.array([1, 5, 9], np.int64),
        0,
        "by hand",
    )
    expected = {0: ["😀"], 1: [" big"], 2: [], None: []}
    for query, words in expected.items():
        panel.set_view(TokenStripView(tokens, query, None, None))
        assert marked(panel.editor) == words
    panel.set_view(TokenStripView(tokens, 1, None, None))
    panel.set_view(Unavailable(UsageError("No model.")))
    assert marked(panel.editor) == []
    panel.set_text("another text")
    panel.set_view(TokenStripView(tokens, 1, None, None))
    assert marked(panel.editor) == []


def test_the_mark_follows_the_theme(qapp, panel):
    panel.set_text("a word")
    panel.set_selection_span(0, 1)
    apply_theme(qapp, THEMES["dark"])
    qapp.processEvents()
    mark = panel.editor.extraSelections()[0]
    colour = mark.format.underlineColor().name().upper()
    apply_theme(qapp, THEMES["light"])
    assert colour == THEMES["dark"].query


def test_lengths_in_the_units_of_qt():
    assert utf16_length("abc") == 3
    assert utf16_length("é大") == 2
    assert utf16_length("😀") == 2


def dropped(panel: PromptPanel, urls: list[QUrl]) -> bool:
    """Drop `urls` on the editor; whether it took them."""
    data = QMimeData()
    data.setUrls(urls)
    event = QDropEvent(
        QPointF(QPoint(5, 5)),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.setAccepted(False)
    panel.editor.dropEvent(event)
    return event.isAccepted()


def test_the_first_local_file_of_a_drop_is_taken_and_the_rest_ignored(panel, tmp_path):
    seen: list[str] = []
    panel.file_dropped.connect(seen.append)
    folder = tmp_path / "folder"
    folder.mkdir()
    first, second = tmp_path / "é one.txt", tmp_path / "two.txt"
    first.write_text("one")
    second.write_text("two")
    local = QUrl.fromLocalFile
    assert dropped(panel, [local(str(folder)), local(str(first)), local(str(second))])
    assert seen == [str(first)]
    assert not dropped(panel, [local(str(folder))])
    assert not dropped(panel, [QUrl("https://example.org/a.txt")])
    assert not dropped(panel, [QUrl("file://elsewhere/share/a.txt")])
    assert not dropped(panel, [local(str(tmp_path / "missing.txt"))])
    assert seen == [str(first)]
    assert panel.text() == "", "a drop of files types nothing"


def test_a_file_that_is_pasted_is_a_file(panel, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("x")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    assert panel.editor.canInsertFromMimeData(data)
    seen: list[str] = []
    panel.file_dropped.connect(seen.append)
    panel.editor.insertFromMimeData(data)
    assert seen == [str(path)]


def test_open_is_asked_for(qtbot, panel):
    button = next(b for b in panel.findChildren(QToolButton) if b.text() == "Open…")
    with qtbot.waitSignal(panel.file_open_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_everything_is_named(panel):
    assert panel.editor.accessibleName()
    assert panel.editor.placeholderText()
    for button in panel.findChildren(QToolButton):
        assert button.accessibleName()
        assert button.toolTip()


def test_paste_shortcut_goes_through_the_same_door(qtbot, panel, edits):
    QApplication.clipboard().setText("p\r\nq")
    qtbot.keySequence(panel.editor, QKeySequence(QKeySequence.StandardKey.Paste))
    assert edits == ["p\nq"]
    QApplication.clipboard().clear()


@pytest.fixture
def text_size(qapp):
    """Changes the size of all texts, and puts it back."""
    before = QFont(qapp.font())

    def set_points(points: float) -> None:
        font = QFont(before)
        font.setPointSizeF(points)
        qapp.setFont(font)

    yield set_points
    qapp.setFont(before)


def test_the_text_grows_with_all_others(qtbot, panel, text_size):
    panel.set_text("text")
    document = panel.editor.document()
    for points in (18.0, 8.0):
        text_size(points)
        qtbot.waitUntil(lambda size=points: document.defaultFont().pointSizeF() == size)
        assert panel.editor.tabStopDistance() == 4 * QFontMetrics(
            panel.editor.font()
        ).horizontalAdvance(" ")
