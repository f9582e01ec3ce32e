"""Exports of the window: what is on show is written, and what goes wrong is said."""

from __future__ import annotations

import errno
import io
import os

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog

from visualizer.session.exports import HEAD_FORMATS, OVERVIEW_FORMATS
from visualizer.ui.export_commands import HEAD_ACTIONS, OVERVIEW_ACTIONS
from visualizer.ui.theme import LIGHT, THEMES

WAIT = {"timeout": 20_000}


def chosen(qtbot, app, key, path):
    """Trigger a command and choose `path` in the dialog that it opens."""
    app.window.actions_by_key[key].trigger()
    dialog = app.window.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(dialog.destroyed, **WAIT):
        dialog.fileSelected.emit(str(path))
        dialog.close()


def check_file(path, shape):
    data = path.read_bytes()
    kind = path.suffix[1:]
    if kind == "png":
        assert Image.open(io.BytesIO(data)).info["prompt"] == "ab"
    elif kind == "svg":
        assert QSvgRenderer(data).isValid()
        assert '"prompt": "ab"' in data.decode()
    elif kind == "pdf":
        assert data.startswith(b"%PDF-")
        assert b'"prompt": "ab"' in data
    elif kind == "csv":
        assert data.decode().startswith("query,0 a,1 b")
    else:
        archive = np.load(path, allow_pickle=False)
        assert shape in {array.shape for array in archive.values()}
        assert archive["token_ids"].tolist() == [97, 98]
        assert (str(archive["device"]), str(archive["dtype"])) == ("cpu", "float32")


@pytest.mark.parametrize(("key", "kind"), HEAD_ACTIONS.items())
def test_the_head_on_show_is_exported(qtbot, app, tmp_path, key, kind):
    chosen(qtbot, app, key, tmp_path / f"head.{kind}")
    check_file(tmp_path / f"head.{kind}", (2, 2))
    assert f"head.{kind}" in app.window.status_line.currentMessage()


@pytest.mark.parametrize(("key", "kind"), OVERVIEW_ACTIONS.items())
def test_all_heads_are_exported(qtbot, app, tmp_path, key, kind):
    chosen(qtbot, app, key, tmp_path / f"all.{kind}")
    check_file(tmp_path / f"all.{kind}", (3, 2, 2, 2))


def test_there_is_a_command_for_every_format():
    assert tuple(HEAD_ACTIONS.values()) == HEAD_FORMATS
    assert tuple(OVERVIEW_ACTIONS.values()) == OVERVIEW_FORMATS


def test_the_panels_menus_open_the_dialog_with_a_name_that_says_what_it_is(qtbot, app):
    for panel, kind, name in (
        (app.window.head_panel, "pdf", "fake-L1-H0.pdf"),
        (app.window.overview_panel, "svg", "fake-all-heads.svg"),
    ):
        actions = panel.export_button.popup_menu.actions()
        next(action for action in actions if action.data() == kind).trigger()
        dialog = app.window.findChild(QFileDialog)
        head = app.window.head_panel
        expected = name.replace("L1-H0", f"L{head.layer_box.value()}-H{head.head_box.value()}")
        model = app.controller.model.name
        assert dialog.selectedFiles()[0].endswith(expected.replace("fake", model))
        with qtbot.waitSignal(dialog.destroyed, **WAIT):
            dialog.close()


def test_what_was_on_show_at_the_time_of_asking_is_written(qtbot, app, tmp_path):
    app.window.actions_by_key["export_npz"].trigger()
    dialog = app.window.findChild(QFileDialog)
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.commands.replace_text("something longer")
    with qtbot.waitSignal(dialog.destroyed, **WAIT):
        dialog.fileSelected.emit(str(tmp_path / "head.npz"))
        dialog.close()
    assert str(np.load(tmp_path / "head.npz")["prompt"]) == "ab"


@pytest.mark.parametrize("key", ["export_png", "export_svg", "export_all_pdf"])
def test_a_folder_that_is_missing_is_said(qtbot, app, tmp_path, key):
    chosen(qtbot, app, key, tmp_path / "missing" / f"file.{key[-3:]}")
    sentence = str(app.window.banner.shown.message)
    assert "there is no folder" in sentence
    assert sentence.count("\n") == 0


@pytest.mark.parametrize("key", ["export_pdf", "export_all_svg"])
def test_a_full_disk_leaves_the_old_file(qtbot, app, tmp_path, monkeypatch, key):
    path = tmp_path / f"old.{key[-3:]}"
    path.write_bytes(b"old")

    def fail(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("visualizer.files.os.fsync", fail)
    chosen(qtbot, app, key, path)
    assert "the disk is full" in str(app.window.banner.shown.message)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.glob(".visualizer-*")) == []


def test_an_unknown_ending_names_those_that_are_known(qtbot, app, tmp_path):
    chosen(qtbot, app, "export_png", tmp_path / "head.txt")
    sentence = str(app.window.banner.shown.message)
    assert "head.txt should end in .png, .svg, .pdf, .csv or .npz" in sentence
    chosen(qtbot, app, "export_all_png", tmp_path / "all.csv")
    assert "all.csv should end in .png, .svg, .pdf or .npz" in str(app.window.banner.shown.message)


def test_exports_are_off_while_there_is_nothing_to_export(qtbot, app):
    keys = (*HEAD_ACTIONS, *OVERVIEW_ACTIONS, "copy_head")
    assert all(app.window.actions_by_key[key].isEnabled() for key in keys)
    app.commands.replace_text("")
    assert not any(app.window.actions_by_key[key].isEnabled() for key in keys)
    assert not app.window.overview_panel.export_button.isEnabled()


def test_the_head_goes_to_the_clipboard(app):
    app.window.actions_by_key["copy_head"].trigger()
    assert not QGuiApplication.clipboard().image().isNull()


def test_paper_is_light_in_a_dark_window(qtbot, app, tmp_path):
    app.window.actions_by_key["theme_dark"].trigger()
    chosen(qtbot, app, "export_svg", tmp_path / "head.svg")
    chosen(qtbot, app, "export_png", tmp_path / "head.png")
    assert LIGHT.paper.lower() in (tmp_path / "head.svg").read_text("utf-8")
    corner = Image.open(tmp_path / "head.png").convert("RGB").getpixel((0, 0))
    assert corner == tuple(bytes.fromhex(THEMES["dark"].paper[1:]))


def test_thumbnails_of_the_text_before_are_written_with_that_text(
    qtbot, app, fake_engine, tmp_path
):
    fake_engine.holds.add("tail")
    app.commands.replace_text("abcd")
    assert fake_engine.entered.acquire(timeout=20)
    chosen(qtbot, app, "export_all_npz", tmp_path / "all.npz")
    archive = np.load(tmp_path / "all.npz", allow_pickle=False)
    assert archive["thumbnails"].shape == (3, 2, 2, 2)
    assert str(archive["prompt"]) == "ab"
    fake_engine.holds.clear()
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        fake_engine.gate.release()
    chosen(qtbot, app, "export_all_npz", tmp_path / "all.npz")
    archive = np.load(tmp_path / "all.npz", allow_pickle=False)
    assert archive["thumbnails"].shape == (3, 2, 4, 4)
    assert str(archive["prompt"]) == "abcd"
