"""Undo and redo bring back what was generated, not only its characters."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor, QTextFormat

from visualizer.ui.theme import THEMES

THOROUGH = os.environ.get("VISUALIZER_THOROUGH") == "1"
WAIT = {"timeout": 20_000}


def settle(qtbot, app) -> None:
    qtbot.waitUntil(lambda: app.controller.is_settled and not app.controller.is_generating, **WAIT)


def generate(qtbot, app, n: int) -> None:
    app.controller.generate(n)
    settle(qtbot, app)


def known(app):
    """All that undoing must bring back."""
    controller = app.controller
    text = controller.facts.tokenization
    return (
        app.window.prompt_panel.text(),
        None if text is None else tuple(text.ids.tolist()),
        controller.generated_steps.steps,
        controller.state.query,
    )


def test_undoing_a_choice_brings_back_all_steps_and_the_place(qtbot, app):
    generate(qtbot, app, 1)
    generate(qtbot, app, 20)
    scrubber = app.window.sampling_panel.generation.scrubber
    scrubber.step_chosen.emit(19)
    settle(qtbot, app)
    assert scrubber.text().startswith("step 20 of 21")
    before = known(app)
    chart = app.window.prediction_panel.chart
    row = next(r for r in range(6) if chart._view.candidates[r].token_id != chart._view.actual_id)
    qtbot.mouseDClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=chart.row_rect(row).center())
    settle(qtbot, app)
    after = known(app)
    assert len(after[2]) == 19
    assert len(after[1]) == len(before[1]) - 1
    qtbot.keyClick(app.window.prompt_panel.editor, "Z", Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, app)
    assert known(app) == before
    assert scrubber.text().startswith("step 20 of 21")
    app.window.actions_by_key["redo"].trigger()
    settle(qtbot, app)
    assert known(app)[:3] == after[:3]


def test_going_on_after_undo_goes_on_with_the_seed(qtbot, app, fake_engine):
    generate(qtbot, app, 3)
    app.window.prompt_panel.editor.insertPlainText("!")
    settle(qtbot, app)
    app.window.actions_by_key["undo"].trigger()
    settle(qtbot, app)
    generate(qtbot, app, 1)
    assert [step.draw for step in app.controller.generated_steps.steps] == [0, 1, 2, 3]


def test_typing_after_a_run_is_undone_by_itself(qtbot, app):
    editor = app.window.prompt_panel.editor
    editor.moveCursor(QTextCursor.MoveOperation.End)
    texts = [editor.raw_text()]
    for _ in range(2):
        editor.insertPlainText("q")
        settle(qtbot, app)
        texts.append(editor.raw_text())
        generate(qtbot, app, 2)
        texts.append(editor.raw_text())
    for text in reversed(texts[:-1]):
        app.window.actions_by_key["undo"].trigger()
        assert editor.raw_text() == text
    settle(qtbot, app)


def test_what_is_typed_again_counts_as_typed(qtbot, app):
    generate(qtbot, app, 3)
    editor = app.window.prompt_panel.editor
    last = editor.raw_text()[-1]
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    qtbot.keyClicks(editor, last)
    settle(qtbot, app)
    assert len(app.controller.generated_steps) == 2


def test_another_model_begins_without_a_past(qtbot, app, tmp_path):
    generate(qtbot, app, 3)
    with qtbot.waitSignal(app.controller.model_changed, **WAIT):
        app.controller.load_model("other", tmp_path)
    settle(qtbot, app)
    app.window.prompt_panel.editor.insertPlainText("!")
    settle(qtbot, app)
    app.window.actions_by_key["undo"].trigger()
    settle(qtbot, app)
    assert len(app.controller.generated_steps) == 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(30 if THOROUGH else 2))
def test_any_history_can_be_gone_along(qtbot, app, seed):
    """Each text that undo or redo arrives at has the record with which it was left."""
    chance = random.Random(seed)
    editor, actions = app.window.prompt_panel.editor, app.window.actions_by_key
    left = {}

    def note():
        left[known(app)[0]] = known(app)

    def go_along(key):
        note()
        was = known(app)[0]
        actions[key].trigger()
        settle(qtbot, app)
        text = known(app)[0]
        assert app.controller.state.prompt.text == text
        if text != was and text in left:
            assert known(app) == left[text]

    for _ in range(25 if THOROUGH else 12):
        note()
        match chance.randrange(6):
            case 0 | 1:
                app.controller.generate(chance.randrange(1, 4))
            case 2:
                editor.moveCursor(QTextCursor.MoveOperation.End)
                editor.insertPlainText(chance.choice(["q", "rs ", "大"]))
            case 3:
                app.controller.set_query(chance.randrange(0, 6))
                settle(qtbot, app)
                note()
                app.controller.append_token(chance.choice([99, 120, 121]))
            case 4:
                app.controller.set_query(chance.randrange(0, 6))
            case 5:
                go_along(chance.choice(["undo", "undo", "redo"]))
        settle(qtbot, app)
    for key in ("undo", "redo"):
        for _ in range(30 if THOROUGH else 12):
            go_along(key)


def inks(editor) -> list[tuple[str, str]]:
    """Stretches of the editor that are written in an ink of their own."""
    return [
        (mark.cursor.selectedText(), mark.format.foreground().color().name().upper())
        for mark in editor.extraSelections()
        if mark.format.hasProperty(QTextFormat.Property.ForegroundBrush)
    ]


def test_what_the_model_wrote_is_told_from_what_was_typed(qtbot, app):
    panel, strip = app.window.token_panel, app.window.token_panel.strip
    editor = app.window.prompt_panel.editor
    assert inks(editor) == []
    assert not any(name == "written by" for name, _ in strip.tooltip_rows(1))
    generate(qtbot, app, 3)
    text = editor.raw_text()
    quiet = THEMES["light"].quiet
    assert inks(editor) == [(text[2:], quiet)]
    assert editor.toolTip() == "Lighter ink: written by the model."
    assert ("written by", "the model, in step 2 of 3") in strip.tooltip_rows(3)
    assert "3 by the model" in panel._counts.text()
    marked = [strip.viewport().grab(strip.token_rect(n)).toImage() for n in range(5)]
    view = strip._view
    strip.set_view(replace(view, generated=frozenset()))
    plain = [strip.viewport().grab(strip.token_rect(n)).toImage() for n in range(5)]
    assert [a == b for a, b in zip(marked, plain, strict=True)] == [True, True, False, False, False]
    strip.set_view(view)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    editor.insertPlainText("q")
    assert inks(editor) == [(text[2:], quiet)]
    settle(qtbot, app)
    assert not any(name == "written by" for name, _ in strip.tooltip_rows(5))
    cursor = editor.textCursor()
    cursor.setPosition(3)
    editor.setTextCursor(cursor)
    editor.insertPlainText("q")
    settle(qtbot, app)
    assert inks(editor) == [(text[2], quiet)]
    app.window.actions_by_key["toggle_theme"].trigger()
    qtbot.waitUntil(lambda: inks(editor) == [(text[2], THEMES["dark"].quiet)])
