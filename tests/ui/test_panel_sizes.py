"""The window keeps its size, whatever is in it, and the bars are the last to give way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from visualizer.engine.errors import UsageError
from visualizer.ui.messages import Notice
from visualizer.ui.settings import Settings
from visualizer.ui.widgets.bar_rows import LEAST_BAR_PX

BELOW = ("surprise_timeline", "tokenizers", "pipeline")


def shown_rows(window) -> float:
    """Candidates in sight."""
    chart = window.prediction_panel.chart
    return chart.viewport().height() / chart.row_px


def bar_px(window) -> int:
    chart = window.prediction_panel.chart
    return chart.row_painter(None)._columns.bar[1]


def check_fits(window, size, n_rows=6) -> None:
    """Nothing has pushed the window larger, and what counts is in sight."""
    assert (window.width(), window.height()) == size
    assert window.statusBar().geometry().bottom() == window.height() - 1
    if window.docks["prediction"].isVisible():
        assert shown_rows(window) >= n_rows
        assert bar_px(window) >= LEAST_BAR_PX
    for dock in window.docks.values():
        if dock.isVisible() and not dock.visibleRegion().isEmpty():
            assert window.rect().contains(dock.geometry())
    docks = [dock for dock in window.docks.values() if not dock.visibleRegion().isEmpty()]
    for place, one in enumerate(docks):
        for other in docks[place + 1 :]:
            assert not one.geometry().intersects(other.geometry())


def settle(qtbot) -> None:
    qtbot.wait(30)  # the layout is done once the events of this moment are


@pytest.fixture(autouse=True)
def _no_offer(_own_settings) -> None:
    """No strip along the top of the window that is there in one start and not in the next."""
    settings = Settings()
    settings.dismiss("offer")
    settings.save()


@pytest.mark.parametrize("zoom", [0, 4])
@pytest.mark.parametrize("opened", [(), *((each,) for each in BELOW), ("inspect_pair",)])
def test_a_window_of_1280_by_800_holds_what_is_opened(qtbot, app, zoom, opened):
    window = app.window
    app.themes.set_zoom(zoom)
    app.controller.step()
    for word in ("a", "b", "aa", "bb"):
        window.prediction_panel.word_asked.emit(word)
    for key in opened:
        window.actions_by_key[key].trigger()
    settle(qtbot)
    check_fits(window, (1280, 800), n_rows=6 if zoom == 0 else 5)
    for key in opened:
        window.actions_by_key[key].trigger()
    settle(qtbot)
    check_fits(window, (1280, 800))
    app.themes.set_zoom(0)
    settle(qtbot)


def test_the_tokens_keep_three_lines(qtbot, app):
    settle(qtbot)
    panel = app.window.token_panel
    assert panel.height() >= panel.height_of_lines(3)
    app.window.actions_by_key["tokenizers"].trigger()
    settle(qtbot)
    assert panel.height() >= panel.height_of_lines(3)


@pytest.mark.parametrize("zoom", [4, 10])
def test_text_size_comes_back_to_what_was(qtbot, app, zoom):
    def sizes():
        return {key: dock.size() for key, dock in app.window.docks.items() if dock.isVisible()}

    settle(qtbot)
    before = sizes()
    app.themes.set_zoom(zoom)
    settle(qtbot)
    check_fits(app.window, (1280, 800), n_rows=5)
    assert sizes() != before
    app.themes.set_zoom(0)
    qtbot.waitUntil(lambda: sizes() == before)


def test_a_smaller_window_gives_back_all_it_took(qtbot, app):
    def sizes():
        return {key: dock.size() for key, dock in app.window.docks.items() if dock.isVisible()}

    settle(qtbot)
    before = sizes()
    app.window.resize(900, 560)
    settle(qtbot)
    check_fits(app.window, (900, 560), n_rows=5)
    assert app.window.sampling_panel.is_folded
    app.window.resize(1280, 800)
    qtbot.waitUntil(lambda: sizes() == before)


@pytest.mark.parametrize("lesson", ["", "attention"])
@pytest.mark.parametrize("saved", ["larger", "smaller", "maximised", "full screen", "solo"])
def test_every_saved_window_opens_with_every_option(qtbot, make_app, saved, lesson):
    first = make_app(prompt="ab", size=(900, 560) if saved == "smaller" else (2400, 1500))
    first.show()
    if saved == "solo":
        first.window.toggle_solo()
    states = {
        "maximised": Qt.WindowState.WindowMaximized,
        "full screen": Qt.WindowState.WindowFullScreen,
    }
    if saved in states:
        first.window.setWindowState(states[saved])
    first.window.close()
    second = make_app(prompt="ab", lesson=lesson or None)
    second.show()
    settle(qtbot)
    window = second.window
    for key in ("solo", "lessons", "lesson_beside", "solo"):
        window.actions_by_key[key].trigger()
        settle(qtbot)
    window.actions_by_key["solo"].setChecked(False)
    window.actions_by_key["lessons"].setChecked(False)
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1280, 800)
    settle(qtbot)
    check_fits(window, (1280, 800))
    assert window.docks["prompt"].isVisible()


def test_a_layout_of_a_large_screen_fits_a_small_one(qtbot, make_app):
    first = make_app(prompt="ab", size=(3830, 2120))
    first.show()
    settle(qtbot)
    first.window.close()
    second = make_app(prompt="ab", size=(1280, 800))
    second.show()
    settle(qtbot)
    fresh = make_app(prompt="ab", size=(1280, 800))
    Settings().forget_window()
    fresh.show()
    settle(qtbot)
    for key in ("prompt", "tokens", "prediction", "overview"):
        assert second.window.docks[key].size() == fresh.window.docks[key].size()


def test_a_notice_at_quitting_leaves_no_empty_strip(qtbot, make_app):
    first = make_app(prompt="ab")
    first.show()
    first.window.banner.raise_notice(Notice("x", "error", UsageError("Nothing works.")))
    assert first.window.banner.isVisible()
    first.window.close()
    second = make_app(prompt="ab")
    second.show()
    settle(qtbot)
    assert second.window.banner.shown is None
    assert not second.window.banner.isVisible()


def drag(qtbot, window, start: QPoint, by: QPoint) -> None:
    qtbot.mouseMove(window, start)
    qtbot.mousePress(window, Qt.MouseButton.LeftButton, pos=start)
    for part in (0.5, 1.0):
        qtbot.mouseMove(window, start + QPoint(round(by.x() * part), round(by.y() * part)))
        settle(qtbot)
    qtbot.mouseRelease(window, Qt.MouseButton.LeftButton, pos=start + by)
    settle(qtbot)


def test_an_edge_that_is_dragged_stays_where_it_was_put(qtbot, make_app, app):
    window = app.window
    settle(qtbot)
    prompt, prediction = window.docks["prompt"], window.docks["prediction"]
    width = prompt.width()
    drag(qtbot, window, QPoint(prompt.geometry().right() + 3, 300), QPoint(80, 0))
    assert abs(prompt.width() - width - 80) < 8
    width = prompt.width()
    window.resize(1600, 1000)
    settle(qtbot)
    assert abs(prompt.width() - width * 1600 / 1280) < 8
    window.resize(1280, 800)
    settle(qtbot)
    assert abs(prompt.width() - width) < 8
    height = prediction.height()
    drag(qtbot, window, QPoint(100, prediction.geometry().top() - 3), QPoint(0, 20))
    assert prediction.height() < height
    height = prediction.height()
    app.controller.step()
    settle(qtbot)
    window.actions_by_key["tokenizers"].trigger()
    window.actions_by_key["tokenizers"].trigger()
    settle(qtbot)
    window.close()
    again = make_app(prompt="ab", size=(1280, 800))
    again.show()
    settle(qtbot)
    assert abs(again.window.docks["prompt"].width() - width) < 8
    assert abs(again.window.docks["prediction"].height() - height) < 12


def test_the_sliders_stay_as_the_user_wants_them(qtbot, app):
    window = app.window
    panel = window.sampling_panel
    settle(qtbot)
    assert not panel.is_folded
    window.actions_by_key["tokenizers"].trigger()
    settle(qtbot)
    assert panel.is_folded
    panel.fold_button.click()
    settle(qtbot)
    check_fits(window, (1280, 800), n_rows=4)
    assert not panel.is_folded
    window.actions_by_key["tokenizers"].trigger()
    panel.fold_button.click()
    settle(qtbot)
    assert panel.is_folded
    window.actions_by_key["reset_layout"].trigger()
    window.resize(1280, 800)
    settle(qtbot)
    assert not panel.is_folded


def test_a_right_press_between_panels_is_no_drag(qtbot, app):
    window = app.window
    settle(qtbot)
    edge = QPoint(window.docks["prompt"].geometry().right() + 3, 300)
    qtbot.mousePress(window, Qt.MouseButton.RightButton, pos=edge)  # a menu takes the release
    window.resize(900, 560)
    settle(qtbot)
    check_fits(window, (900, 560), n_rows=5)
    assert window.sampling_panel.is_folded
    qtbot.mouseRelease(window, Qt.MouseButton.RightButton, pos=edge)  # Qt's own memory of buttons


def test_the_last_view_that_is_sent_has_the_rows_there_is_room_for(qtbot, app):
    """Rows below take height from the bars while a view is being shown."""
    window, controller, sent = app.window, app.controller, []
    controller.bars_view_changed.connect(sent.append)  # told after the panel
    window.resize(1280, 1000)
    for word in (" cat", " dog", " box"):
        controller.ask_word(word)
        qtbot.waitUntil(lambda: controller.is_settled)
        settle(qtbot)
    assert len(sent[-1].words) == 3
    assert len(sent[-1].candidates) == controller.state.n_candidates
