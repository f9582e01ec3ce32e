"""The whole window on a fake engine: wiring, layout, drops, notices, closing. No torch."""

from __future__ import annotations

import pytest
from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QMimeData,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    QUrl,
)
from PySide6.QtGui import QDropEvent, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QToolBar, QToolButton

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import GenerateRequest
from visualizer.session.views import StatusView
from visualizer.ui import self_check
from visualizer.ui.messages import Choice, Notice
from visualizer.ui.settings import Settings

WAIT = {"timeout": 6_000}


def drop(window, *urls):
    data = QMimeData()
    data.setUrls(list(urls))
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def type_text(qtbot, app, text):
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        qtbot.keyClicks(app.window.prompt_panel.editor, text)


# ------------------------------------------------------------------------------------- wiring


def test_typing_in_the_editor_reaches_the_bars(qtbot, app):
    type_text(qtbot, app, "c")
    assert app.controller.state.prompt.text.replace("ab", "") == "c"
    assert app.window.token_panel.message() == ""
    assert "3 / 64 tokens" in app.window.status_line.text()


def test_generated_text_appears_in_the_editor_and_can_be_undone(qtbot, app):
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.window.actions_by_key["generate"].trigger()
    assert app.window.prompt_panel.text() == "ab" + ("xyz" * 7)[:20]
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.window.actions_by_key["undo"].trigger()
    assert app.window.prompt_panel.text() == "ab"
    assert app.controller.state.prompt.token_ids is None


def test_step_makes_one_token(qtbot, app, fake_engine):
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.window.actions_by_key["step"].trigger()
    made = [q for q in fake_engine.asked if isinstance(q, GenerateRequest)]
    assert [q.max_new_tokens for q in made] == [1]


def test_generation_commands_follow_what_is_possible(qtbot, app, fake_engine):
    actions = app.window.actions_by_key
    assert actions["step"].isEnabled()
    assert not actions["stop"].isEnabled()
    fake_engine.holds = {"token"}
    actions["generate"].trigger()
    assert not actions["step"].isEnabled()
    assert actions["stop"].isEnabled()
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        actions["stop"].trigger()
        fake_engine.gate.release(100)
    assert actions["step"].isEnabled()


def test_the_button_that_begins_a_run_pauses_it_and_stays_in_its_place(qtbot, app, fake_engine):
    tools = app.window.findChild(QToolBar, "tool_bar")
    button = tools.widgetForAction(app.window.actions_by_key["generate"])
    assert [action.text() for action in button.menu().actions()][1] == "until it ends"
    place = button.geometry()
    fake_engine.holds = {"token"}
    button.click()
    qtbot.waitUntil(lambda: button.text() == "Pause")
    fake_engine.gate.release(1)
    qtbot.waitUntil(lambda: len(app.controller.generated_steps) == 1, **WAIT)
    button.click()
    qtbot.waitUntil(lambda: button.text().startswith("Go on"))
    assert button.geometry().left() == place.left()
    app.window.actions_by_key["stop"].trigger()
    fake_engine.gate.release(100)
    qtbot.waitUntil(lambda: button.text() == "Generate 20")
    assert button.geometry() == place


def test_an_example_replaces_the_text_as_one_undo_step(qtbot, app):
    first = app.window.menus.examples.actions()[0]
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        first.trigger()
    assert app.window.prompt_panel.text() == "A journey of a thousand miles begins with a single"
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.window.actions_by_key["undo"].trigger()
    assert app.window.prompt_panel.text() == "ab"


def test_the_model_in_use_is_named(app):
    assert app.window.windowTitle() == "tiny - Visualizer"
    assert "tiny" in app.window.status_line.text()
    assert "float32" in app.window.status_line.text()
    checked = [a.data() for a in app.window.menus.models.actions() if a.isChecked()]
    assert checked == ["tiny"]


def test_pointing_at_a_head_shows_it_until_the_pointer_leaves(qtbot, app):
    app.window.overview_panel.head_hovered.emit(2, 1)
    qtbot.waitUntil(lambda: shown_head(app) == (2, 1), **WAIT)
    app.window.overview_panel.head_hovered.emit(-1, -1)
    assert shown_head(app) == (1, 0)
    assert app.controller.state.layer == 1


def test_crossing_the_grid_asks_for_nothing(qtbot, app, fake_engine):
    n_asked = len(fake_engine.asked)
    for head in ((0, 1), (1, 1), (2, 1), (-1, -1)):
        app.window.overview_panel.head_hovered.emit(*head)
    assert len(fake_engine.asked) == n_asked
    assert shown_head(app) == (1, 0)


def shown_head(app):
    view = app.commands.exports._views.head
    return (view.record.layer, view.record.head)


def test_a_head_that_nobody_chose_is_one_from_the_middle(qtbot, make_app, app):
    assert (app.controller.state.layer, app.controller.state.head) == (1, 0)
    asked_for = make_app(prompt="ab", layer=0, head=1)
    with qtbot.waitSignal(asked_for.controller.settled, **WAIT):
        asked_for.show()
    assert shown_head(asked_for) == (0, 1)


def test_a_text_that_nobody_chose_gives_way_to_the_models_own_example(
    qtbot, make_app, fake_engine, tmp_path
):
    fake_engine.context_length = 1000
    app = make_app()
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.show()
    assert app.controller.state.prompt.text.startswith("Once upon a time")  # tiny's own
    assert app.window.prompt_panel.text() == app.controller.state.prompt.text
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.controller.load_model("another", tmp_path)
    assert app.controller.state.prompt.text.startswith("A journey")
    app.commands.replace_text("mine")
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.controller.load_model("tiny", tmp_path)
    assert app.controller.state.prompt.text == "mine"


# ------------------------------------------------------------------------------------- layout


def test_the_first_view_clips_no_panel(app):
    window = app.window
    assert (window.width(), window.height()) == (1280, 800)
    for panel in (
        window.prompt_panel,
        window.token_panel,
        window.prediction_panel,
        window.sampling_panel,
        window.overview_panel,
        window.head_panel,
    ):
        assert panel.isVisible()
        hint = panel.minimumSizeHint()
        assert panel.width() >= hint.width() - 1  # a dock counts its frame one pixel short
        assert panel.height() >= hint.height() - 1
    assert window.head_panel.width() >= 450
    assert window.overview_panel.width() >= 240


def test_a_layout_comes_back(qtbot, make_app):
    first = make_app(prompt="ab")
    first.show()
    first.window.resize(1000, 700)
    first.window.docks["overview"].hide()
    first.window.close()
    second = make_app(prompt="ab")
    second.show()
    assert second.window.docks["overview"].isHidden()
    assert not second.window.docks["prompt"].isHidden()


def test_reset_layout_gives_the_bars_back_what_the_timeline_took(qtbot, app):
    bars = app.window.docks["prediction"]
    before = bars.height()
    app.window.docks["timeline"].show()
    qtbot.waitUntil(lambda: app.window.sampling_panel.is_folded, **WAIT)
    app.window.actions_by_key["reset_layout"].trigger()
    qtbot.waitUntil(lambda: bars.height() >= before - 10, **WAIT)


def test_reset_layout_brings_everything_back(app):
    app.window.docks["overview"].hide()
    app.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, app.window.docks["tokens"])
    app.window.actions_by_key["reset_layout"].trigger()
    for key, dock in app.window.docks.items():
        if key in ("timeline", "pair", "tokenizers", "pipeline", "lessons"):  # opened by commands
            assert dock.isHidden()
            continue
        assert dock.isVisible()
        assert app.window.dockWidgetArea(dock) == Qt.DockWidgetArea.LeftDockWidgetArea


@pytest.mark.parametrize("garbage", [b"", b"\0\1\2 garbage", b"\xff" * 5000])
def test_a_garbage_layout_is_the_default(make_app, garbage):
    settings = Settings()
    settings.remember_window(QByteArray(garbage), QByteArray(garbage), {})
    settings.save()
    app = make_app(prompt="ab")
    app.show()
    window = app.window
    hidden = [key for key, dock in window.docks.items() if dock.isHidden()]
    assert hidden == ["timeline", "pair", "tokenizers", "pipeline", "lessons"]
    assert window.size() == window.first_size()


def test_a_window_on_a_vanished_screen_comes_back(make_app):
    first = make_app(prompt="ab")
    first.show()
    first.window.move(30_000, 30_000)
    first.window.close()
    second = make_app(prompt="ab")
    second.show()
    screen = QGuiApplication.primaryScreen().availableGeometry()
    seen = screen.intersected(second.window.frameGeometry())
    assert seen.width() >= 400
    assert seen.height() >= 300


def test_moving_panels_shows_their_title_bars(app):
    dock = app.window.docks["overview"]
    assert dock.titleBarWidget() is not None  # an empty one: no bar
    app.window.actions_by_key["move_panels"].trigger()
    assert dock.titleBarWidget() is None
    app.window.actions_by_key["move_panels"].trigger()
    assert dock.titleBarWidget() is not None


def test_dark_and_light_are_drawn_in_their_own_paper(qtbot, app):
    def paper():
        return app.window.grab().toImage().pixelColor(640, 45).lightness()

    assert paper() > 200
    app.window.actions_by_key["theme_dark"].trigger()
    qtbot.waitUntil(lambda: paper() < 60, **WAIT)
    for button in filter(QToolButton.isEnabled, app.window.findChildren(QToolButton)):
        assert button.palette().buttonText().color().lightness() > 150, button.text()
    app.window.actions_by_key["toggle_theme"].trigger()
    qtbot.waitUntil(lambda: paper() > 200, **WAIT)
    assert Settings().theme == "light"


def test_text_size_changes_and_is_remembered(app, qapp):
    size = qapp.font().pointSizeF()
    app.window.actions_by_key["zoom_in"].trigger()
    app.window.actions_by_key["zoom_in"].trigger()
    assert qapp.font().pointSizeF() == size + 2
    qapp.processEvents()  # what is remembered is written once the window is idle
    assert Settings().zoom == 2
    app.window.actions_by_key["zoom_reset"].trigger()
    assert qapp.font().pointSizeF() == size


# ---------------------------------------------------------------------------- files and drops


def test_a_dropped_text_file_becomes_the_prompt(qtbot, app, tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("from a file", encoding="utf-8")
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        drop(app.window, QUrl.fromLocalFile(str(path)))
    assert app.window.prompt_panel.text() == "from a file"
    assert Settings().recent_files == [path]
    assert [a.text() for a in app.window.menus.recent_files.actions()] == ["note.txt"]


def test_of_several_dropped_things_the_model_is_taken(qtbot, app, tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("text", encoding="utf-8")
    folder = tmp_path / "some-model"
    folder.mkdir()
    urls = [QUrl("https://example.org/x"), *map(QUrl.fromLocalFile, map(str, (text, folder)))]
    with qtbot.waitSignal(app.controller.model_changed, **WAIT):
        drop(app.window, *urls)
    assert app.controller.model.source == folder
    assert app.window.prompt_panel.text() == "ab"


def test_dropped_addresses_of_the_net_are_ignored(app):
    drop(app.window, QUrl("https://example.org/model.gguf"), QUrl("ftp://example.org/a.txt"))
    assert app.window.prompt_panel.text() == "ab"
    assert app.window.banner.shown is None or app.window.banner.shown.key == "offer"


def test_a_file_that_is_no_text_is_refused_in_the_banner(app, tmp_path):
    path = tmp_path / "huge.bin"
    path.write_bytes(b"\0" * 10_000_000)
    drop(app.window, QUrl.fromLocalFile(str(path)))
    assert app.window.banner.shown.key == "file"
    assert app.window.prompt_panel.text() == "ab"


def test_the_encoding_of_a_file_is_asked_for_in_the_banner(qtbot, app, tmp_path):
    path = tmp_path / "chinese.txt"
    path.write_bytes("大模型预测".encode("gb18030"))
    app.commands.open_text(path)
    notice = app.window.banner.shown
    assert notice.choices[0].key == "encoding:gb18030"
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.window.banner.choice_made.emit("encoding:gb18030")
    assert app.window.prompt_panel.text() == "大模型预测"


# ------------------------------------------------------------------------------------ notices


def notice(key, level, *choices):
    return Notice(key, level, VisualizerError("about " + key), choices)


def test_the_most_urgent_notice_is_shown_and_the_next_follows(app):
    banner = app.window.banner
    for key in ("offer", "fonts"):
        banner.withdraw(key)
    banner.raise_notice(notice("a", "info"))
    banner.raise_notice(notice("b", "error"))
    banner.raise_notice(notice("c", "warning"))
    assert banner.shown.key == "b"
    assert banner.isVisible()
    banner._close.click()
    assert banner.shown.key == "c"
    banner.withdraw("c")
    banner.withdraw("a")
    assert banner.shown is None
    assert not banner.isVisible()


def test_the_newer_of_two_notices_on_one_thing_is_kept(app):
    banner = app.window.banner
    banner.raise_notice(notice("x", "error"))
    banner.raise_notice(Notice("x", "error", VisualizerError("newer")))
    assert str(banner.shown.message) == "newer"
    banner.withdraw("x")
    assert banner.shown is None or banner.shown.key != "x"


def test_a_choice_is_told_once_and_closes_its_notice(qtbot, app):
    banner = app.window.banner
    banner.raise_notice(notice("q", "error", Choice("do:it", VisualizerError("Do it"))))
    with qtbot.waitSignal(banner.choice_made, **WAIT) as made:
        banner._buttons[0].click()
    assert made.args == ["do:it"]
    assert banner.shown is None or banner.shown.key != "q"


def test_a_text_that_is_too_long_is_cut_by_a_button(qtbot, app):
    app.commands.replace_text("0" * 10 + "1" * 60)
    assert app.window.banner.shown.key == "text"
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.window.banner._buttons[0].click()
    assert app.window.prompt_panel.text() == "1" * 56
    assert app.window.banner.shown is None or app.window.banner.shown.key != "text"


def test_a_real_model_is_offered_until_that_is_declined(app, make_app, qtbot, qapp):
    assert app.window.banner.shown.choices[0].key == "fetch:smollm2-135m"
    app.window.banner._close.click()
    qapp.processEvents()
    again = make_app(prompt="ab")
    with qtbot.waitSignal(again.controller.settled, **WAIT):
        again.show()
    assert again.window.banner.shown is None


def test_offline_offers_no_download(qtbot, make_app):
    app = make_app(prompt="ab", offline=True)
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.show()
    assert app.window.banner.shown is None
    app.desk.open("smollm2-135m")
    assert "--offline" in str(app.window.banner.shown.message)
    assert not app.fetcher.is_running


def test_a_model_that_is_not_there_is_said(app):
    app.desk.open("/no/such/model.gguf")
    assert "/no/such/model.gguf" in str(app.window.banner.shown.message)


def test_a_missing_chinese_font_is_said_with_what_to_do(monkeypatch):
    monkeypatch.setattr(QFontDatabase, "families", lambda *_: [])
    found = [notice for notice in self_check.startup_notices() if notice.key == "fonts"]
    assert "fonts-noto-cjk" in str(found[0].message)


def test_a_binding_that_loses_references_is_said(monkeypatch):
    monkeypatch.setattr(self_check, "loses_references", lambda: True)
    found = [notice for notice in self_check.startup_notices() if notice.key == "pyside"]
    assert found[0].level == "error"
    assert "PySide6" in str(found[0].message)


def test_this_binding_loses_no_references():
    assert not self_check.loses_references()


# ------------------------------------------------------------------------------------ closing


def test_closing_while_tokens_come_stops_and_remembers(qtbot, app, fake_engine):
    fake_engine.holds = {"token"}
    app.window.actions_by_key["generate"].trigger()
    assert fake_engine.entered.acquire(timeout=20)
    fake_engine.gate.release(100)
    app.window.close()
    assert app.shutdown()
    assert Settings().restored(app.controller.state).prompt.text == "ab"


def test_the_first_text_is_the_first_example_then_the_remembered_one(qtbot, make_app):
    first = make_app()
    assert first.controller.state.prompt.text.startswith("A journey")
    first.show()
    with qtbot.waitSignal(first.controller.settled, **WAIT):
        first.commands.replace_text("mine")
    first.window.close()
    assert make_app().controller.state.prompt.text == "mine"


def test_the_first_size_leaves_room_for_the_desktops_frame(qapp, app, monkeypatch):
    window = app.window
    window.resize(window.first_size())
    screen = window.screen().availableSize()
    assert window.height() == screen.height()  # this screen is smaller than the window wants
    corner = window.geometry().topLeft() - QPoint(1, 23)
    framed = QRect(corner, window.size() + QSize(2, 24))
    monkeypatch.setattr(window, "frameGeometry", lambda: framed)
    qapp.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
    assert window.height() == screen.height() - 24
    window.resize(700, 2000)  # the user's own wish
    qapp.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
    assert window.height() == 2000


def test_a_cancelled_download_is_offered_again(qtbot, app):
    banner = app.window.banner
    app.fetcher._program, app.fetcher._arguments = "sleep", ("60",)
    app.fetcher.fetch("smollm2-135m")
    banner.withdraw("offer")
    assert banner.shown is None
    app.desk.cancel()
    qtbot.waitUntil(lambda: banner.shown is not None)
    assert banner.shown.choices[0].key == "fetch:smollm2-135m"


@pytest.mark.parametrize(
    ("elapsed_ms", "text"), [(76.4, "76 ms"), (1999, "1,999 ms"), (11916, "11.9 s")]
)
def test_the_time_of_an_update_is_in_a_unit_that_fits(app, elapsed_ms, text):
    line = app.window.status_line
    line.set_view(StatusView("tiny", "cpu", "float32", 2, 3, 512, elapsed_ms))
    assert text in line.text()


def test_a_model_at_a_path_is_shown_by_the_end_of_it(app):
    line = app.window.status_line
    line.set_view(StatusView("/models/of mine/small.gguf", "cpu", "float32", 2, 3, 512, 1.0))
    assert "small.gguf" in line.text()
    assert "/models" not in line.text()


def test_a_failed_device_s_notice_loads_the_model_on_the_processor(qtbot, app):
    with qtbot.waitSignal(app.controller.model_changed, **WAIT):
        app.window.banner.choice_made.emit("device:cpu")
    assert app.desk.device == "cpu"


def test_a_high_window_has_room_for_the_sliders_and_a_panel_below(qtbot, make_app):
    app = make_app(prompt="ab", size=(1400, 1300))
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    app.window.actions_by_key["tokenizers"].trigger()
    assert not app.window.sampling_panel.is_folded


def test_the_replay_does_not_cover_the_last_bar(qtbot, app):
    app.window.resize(1280, 840)
    chart = app.window.prediction_panel.chart
    qtbot.waitUntil(lambda: chart.verticalScrollBar().maximum() == 0)
    app.controller.step()
    qtbot.waitUntil(lambda: app.window.sampling_panel.generation.scrubber.isVisible())
    qtbot.wait(30)
    assert chart.verticalScrollBar().maximum() == 0
