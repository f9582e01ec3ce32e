"""Whatever is typed, pasted or dropped into a field comes out of it exactly as it went in."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit

from visualizer import ui
from visualizer.engine.tokenization import Tokenization
from visualizer.lessons.prose import LESSON_KEYS
from visualizer.session.views import TokenStripView
from visualizer.ui.lessons.prose_view import ProseView
from visualizer.ui.widgets.chat_pane import ChatPane
from visualizer.ui.widgets.exact_text import ExactTextEdit
from visualizer.ui.widgets.prompt_editor import PromptEditor

ODD = "5\u00a0km\u202f,\u2028a\u2029b\tc\rd\u200b\ufeffe\u0085f"
INEXACT = {"toPlainText", "setPlainText", "insertPlainText", "appendPlainText"}
FIELDS = {"QPlainTextEdit", "QTextEdit"}


def test_no_code_takes_or_gives_text_in_qts_inexact_ways():
    """Fields are ExactTextEdit, which alone may do so; texts of the course are in no field."""
    found = []
    for path in sorted(Path(ui.__file__).parent.rglob("*.py")):
        if path.name == "exact_text.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in INEXACT:
                found.append((path.name, node.lineno, node.attr))
            made = [node.func] if isinstance(node, ast.Call) else []
            made += node.bases if isinstance(node, ast.ClassDef) else []
            found += [
                (path.name, node.lineno, each.id)
                for each in made
                if isinstance(each, ast.Name) and each.id in FIELDS
            ]
    assert found == []


def fields_of(window):
    """Every field of the window that takes any text, and the read-only ones of several lines."""
    edits = window.findChildren(QPlainTextEdit)
    assert all(isinstance(edit, ExactTextEdit) for edit in edits)
    assert all(isinstance(edit, ProseView) for edit in window.findChildren(QTextEdit))
    lines = [
        line
        for line in window.findChildren(QLineEdit)
        if not isinstance(line.parent(), QAbstractSpinBox | QComboBox)
        and line.maxLength() >= len(ODD)
    ]
    return [*edits, *lines]


def check_field(field):
    clipboard = QGuiApplication.clipboard()
    read_only = field.isReadOnly()
    field.setReadOnly(False)
    field.clear()
    clipboard.setText(ODD)
    field.paste()
    assert (field.raw_text() if isinstance(field, ExactTextEdit) else field.text()) == ODD
    clipboard.clear()
    field.selectAll()
    field.copy()
    assert clipboard.text() == ODD
    field.setReadOnly(read_only)


def test_every_field_gives_back_and_copies_what_was_pasted(qtbot, app):
    seen = set()
    for key in LESSON_KEYS:
        app.lessons.open_lesson(key)
        for field in fields_of(app.window):
            if field not in seen:
                seen.add(field)
                check_field(field)
        qtbot.waitUntil(lambda: not app.lessons.is_busy, timeout=20_000)
    assert len(seen) > 40


@pytest.mark.parametrize("make", [ExactTextEdit, PromptEditor])
def test_dropped_text_is_taken_exactly(qtbot, make):
    field = make()
    qtbot.addWidget(field)
    field.show()
    data = QMimeData()
    data.setText(ODD)
    where = field.viewport()
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    QCoreApplication.sendEvent(where, QDragEnterEvent(QPoint(2, 2), action, data, button, plain))
    QCoreApplication.sendEvent(where, QDropEvent(QPointF(2, 2), action, data, button, plain))
    assert field.raw_text() == ODD


def test_windows_line_ends_stay_where_nothing_says_that_they_went(qtbot):
    field = ExactTextEdit()
    qtbot.addWidget(field)
    data = QMimeData()
    data.setText("a\r\nb")
    field.insertFromMimeData(data)
    assert field.raw_text() == "a\r\nb"
    field.set_text("\ufeffc\r\nd\u2028")
    assert field.raw_text() == "\ufeffc\r\nd\u2028"


def test_the_lesson_on_tokens_cuts_a_no_break_space(qtbot, app):
    app.lessons.open_lesson("tokens")
    page = app.window.lesson_panel.page
    QGuiApplication.clipboard().setText("5\u00a0km")
    page.text.selectAll()
    with qtbot.waitSignal(page._cutting.succeeded, timeout=20_000):
        page.text.paste()
    qtbot.waitUntil(lambda: page._view is not None and page._view.text == "5\u00a0km")
    row = next(row for row in page._view.rows if row.key == "gpt2")
    assert row.tokenization.ids.tolist() == [20, 1849, 13276]


def test_special_tokens_are_marked_where_they_are_in_any_text(qtbot, app):
    """Line ends of two characters and others moved the marks."""
    pane = ChatPane()
    qtbot.addWidget(pane)
    tokenizer = app.controller.model.tokenizer
    for text in ("<end>a", "<end>a\r\nb\u2028c\u00a0", "<end>a\r\nb\u2028c\u00a0<end>"):
        tokens: Tokenization = tokenizer.encode(text, parse_special=True)
        pane.set_view(TokenStripView(tokens, 0, None, None, special_ids=tokenizer.special_ids))
        assert pane.sent_text() == text
        marks = pane.findChild(ExactTextEdit).extraSelections()
        assert {mark.cursor.selectedText() for mark in marks} == {"<end>"}
        assert len(marks) == text.count("<end>")
