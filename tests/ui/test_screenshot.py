"""A picture of the settled window, or a sentence why there is none."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QImage

from visualizer.engine.errors import VisualizerError
from visualizer.ui.screenshot import Screenshot

WAIT = {"timeout": 20_000}


@pytest.fixture
def shoot(qtbot, qapp, make_app):
    """Opens the window for a picture and runs Qt's loop until it ends by itself."""

    def shoot(path, **options):
        app = make_app(screenshot=path, prompt="ab", **options)
        shot = Screenshot(app.window, app.controller, app.desk, path, app)
        guard = QTimer(singleShot=True, interval=30_000)
        guard.timeout.connect(qapp.quit)
        guard.start()
        app.show()
        status = qapp.exec()
        assert guard.isActive(), "the picture was never taken"
        guard.stop()
        return app, shot, status

    return shoot


def test_the_picture_shows_the_window_at_the_size_asked_for(shoot, tmp_path):
    path = tmp_path / "window.png"
    app, shot, status = shoot(path, size=(1280, 800), theme="dark")
    image = QImage(str(path))
    assert (shot.status, status) == (0, 0)
    assert (image.width(), image.height()) == (1280, 800)
    assert image.pixelColor(640, 45).lightness() < 60
    assert app.controller.is_settled


def test_a_picture_leaves_no_trace_in_the_settings(shoot, tmp_path):
    path = tmp_path / "window.png"
    app, _, _ = shoot(path, theme="dark")
    assert QImage(str(path)).size() == QSize(1280, 800)  # whatever the screen is
    app.window.close()
    assert app.settings.theme == "system"
    assert app.settings.geometry.isEmpty()


def test_a_picture_does_not_depend_on_remembered_shading(shoot, tmp_path):
    paths = [tmp_path / "plain.png", tmp_path / "again.png"]
    app, _, _ = shoot(paths[0], theme="light")
    app.settings.remember_surprise_shading(True)
    app.settings.save()  # done by the next turn of the event loop otherwise
    app, _, _ = shoot(paths[1], theme="light")
    prompt = app.window.docks["prompt"].geometry()
    plain, again = (QImage(str(path)).copy(prompt) for path in paths)
    assert plain == again
    assert app.settings.surprise_shading, "what is remembered stays"


def test_a_failing_model_is_one_line_and_status_one(shoot, fake_engine, tmp_path, capsys):
    fake_engine.raises = VisualizerError("weights are missing")
    path = tmp_path / "window.png"
    _, shot, status = shoot(path)
    assert (shot.status, status) == (1, 1)
    assert capsys.readouterr().err == "visualizer: weights are missing\n"
    assert not path.exists()


def test_a_path_that_cannot_be_written_is_one_line(shoot, tmp_path, capsys):
    path = tmp_path / "missing" / "window.png"
    _, shot, _ = shoot(path)
    assert shot.status == 1
    assert str(path) in capsys.readouterr().err
