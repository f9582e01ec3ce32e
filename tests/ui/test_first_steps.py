"""What a new user is offered to try, until it is done or closed."""

from __future__ import annotations

import pytest

from visualizer.ui.first_steps import KEY
from visualizer.ui.settings import Settings


@pytest.fixture
def app(qtbot, make_app):
    app = make_app(prompt="ab", is_first_start=True)
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    return app


def labels(app):
    shown = app.window.banner.shown
    return [] if shown is None or shown.key != KEY else [c.key for c in shown.choices]


def choose(app, key):
    app.window.banner.withdraw(KEY)  # as a button of it does
    app.window.banner.choice_made.emit(key)


def test_each_offer_is_done_once_and_the_others_stay(qtbot, app):
    app.window.banner.withdraw("offer")
    assert labels(app) == [f"{KEY}:token", f"{KEY}:heads", f"{KEY}:lesson"]
    choose(app, f"{KEY}:token")
    assert app.controller.state.query == 0
    assert labels(app) == [f"{KEY}:heads", f"{KEY}:lesson"]
    choose(app, f"{KEY}:heads")
    assert app.controller.state.overview.order == "previous token"
    choose(app, f"{KEY}:lesson")
    assert app.window.docks["lessons"].isVisible()
    assert labels(app) == []
    assert app.settings.is_dismissed(KEY)


def test_closed_once_it_stays_away(qtbot, make_app, app):
    app.window.banner.withdraw("offer")
    app.window.banner._close.click()
    assert labels(app) == []
    app.window.close()
    assert Settings().is_dismissed(KEY)
    second = make_app(prompt="ab", is_first_start=True)
    with qtbot.waitSignal(second.controller.settled, timeout=20_000):
        second.show()
    second.window.banner.withdraw("offer")
    assert labels(second) == []


def test_a_picture_offers_nothing(qtbot, make_app, tmp_path):
    app = make_app(prompt="ab", is_first_start=True, screenshot=tmp_path / "x.png")
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    app.window.banner.withdraw("offer")
    assert labels(app) == []
