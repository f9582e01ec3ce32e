"""Exports of the window: what is on show is written, and what goes wrong is said."""

from __future__ import annotations

import errno
import io
import json
import os
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog

from visualizer.engine.records import GenerateRequest
from visualizer.session.export_subjects import FIGURES, FORMATS
from visualizer.session.exports import HEAD_FORMATS, OVERVIEW_FORMATS
from visualizer.session.provenance_reading import read_provenance, read_view
from visualizer.ui.export_commands import COPY_HEAD_ACTIONS, HEAD_ACTIONS, OVERVIEW_ACTIONS
from visualizer.ui.export_dialog import ExportDialog
from visualizer.ui.export_files import ExportChoice
from visualizer.ui.export_wish import ExportWish, wish_from, wish_values
from visualizer.ui.theme import LIGHT, THEMES

WAIT = {"timeout": 20_000}


def opened(app, key="export"):
    """The dialog that a command opens."""
    app.window.actions_by_key[key].trigger()
    dialog = app.window.findChild(ExportDialog)
    assert dialog is not None
    return dialog


def accepted(qtbot, app, dialog):
    """Leave the dialog with Export…; gives the one that asks for a file name."""
    with qtbot.waitSignal(dialog.destroyed, **WAIT):
        dialog.export_button.click()
    asking = app.window.findChild(QFileDialog)
    assert asking is not None
    return asking


def written(qtbot, asking, path):
    with qtbot.waitSignal(asking.destroyed, **WAIT):
        asking.fileSelected.emit(str(path))
        asking.close()
    return path


def chosen(qtbot, app, key, path):
    """Trigger a command, take the dialog as it is, and choose `path`."""
    return written(qtbot, accepted(qtbot, app, opened(app, key)), path)


def pick(box, data):
    box.setCurrentIndex(box.findData(data))
    assert box.currentData() == data


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
        assert data.decode().partition("\n")[2].startswith("query,0 a,1 b")
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


def test_the_panels_menus_open_the_dialog_and_the_file_has_a_name_that_says_what_it_is(qtbot, app):
    for panel, kind, name in (
        (app.window.head_panel, "pdf", "fake-L1-H0.pdf"),
        (app.window.overview_panel, "svg", "fake-all-heads.svg"),
    ):
        actions = panel.export_button.popup_menu.actions()
        next(action for action in actions if action.data() == kind).trigger()
        dialog = app.window.findChild(ExportDialog)
        assert dialog.kind == kind
        asking = accepted(qtbot, app, dialog)
        state = app.controller.state
        expected = name.replace("L1-H0", f"L{state.layer}-H{state.head}")
        model = app.controller.model.name
        assert asking.selectedFiles()[0].endswith(expected.replace("fake", model))
        with qtbot.waitSignal(asking.destroyed, **WAIT):
            asking.close()


def test_what_was_on_show_at_the_time_of_asking_is_written(qtbot, app, tmp_path):
    dialog = opened(app, "export_npz")
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.commands.replace_text("something longer")
    asking = accepted(qtbot, app, dialog)
    written(qtbot, asking, tmp_path / "head.npz")
    archive = np.load(tmp_path / "head.npz")
    assert str(archive["prompt"]) == "ab"
    assert read_view(tmp_path / "head.npz").state.prompt.text == "ab"


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
    assert "head.txt should end in .png, .svg, .pdf, .csv, .npz or .json" in sentence


def test_exports_are_off_while_there_is_nothing_to_export(qtbot, app):
    keys = (*HEAD_ACTIONS, *OVERVIEW_ACTIONS, *COPY_HEAD_ACTIONS, "export_bars", "copy_bars")
    assert all(app.window.actions_by_key[key].isEnabled() for key in keys)
    app.commands.replace_text("")
    assert not any(app.window.actions_by_key[key].isEnabled() for key in keys)
    assert not app.window.overview_panel.export_button.isEnabled()
    dialog = opened(app)
    assert dialog.subject == "window"
    with qtbot.waitSignal(dialog.destroyed, **WAIT):
        dialog.reject()


@pytest.mark.parametrize(
    ("subject", "kind"), [(s, kind) for s in FORMATS if s != "pair" for kind in FORMATS[s]]
)
def test_every_kind_of_file_carries_the_view_that_is_on_show(qtbot, app, tmp_path, subject, kind):
    app.window.actions_by_key["pipeline"].trigger()
    if subject in ("arcs", "pins"):
        app.controller.set_form(subject)
        app.controller.toggle_pin(0, 1)
    app.controller.generate(2)
    qtbot.waitUntil(lambda: len(app.controller.generated_steps) == 2, **WAIT)
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.controller.set_head(2, 1)
        app.controller.set_query(0)
        app.controller.set_colour_scale("log")
    qtbot.waitUntil(lambda: app.sampler.feed.view is not None, **WAIT)
    dialog = opened(app)
    pick(dialog.subject_box, subject)
    pick(dialog.format_box, kind)
    if kind in FIGURES:
        assert not dialog.preview.image.isNull()
        assert dialog.preview.message() == ""
    else:
        assert dialog.preview.image.isNull()
        assert dialog.preview.message()
    path = written(qtbot, accepted(qtbot, app, dialog), tmp_path / f"file.{kind}")
    request = read_view(path)
    assert request.state == app.controller.state
    assert request.model == app.controller.model.name
    assert read_provenance(path)["application"].startswith("visualizer ")


def test_generated_tokens_are_exported_while_they_are_in_the_text(
    qtbot, app, tmp_path, fake_engine
):
    action = app.window.actions_by_key["export_steps"]
    assert not action.isEnabled()
    app.controller.generate(3)
    qtbot.waitUntil(lambda: len(app.controller.generated_steps) == 3, **WAIT)
    asked = [each for each in fake_engine.asked if isinstance(each, GenerateRequest)]
    assert asked[-1].n_alternatives >= 10, "however few bars there is room for"
    qtbot.waitUntil(lambda: app.controller.is_settled, **WAIT)
    dialog = opened(app, "export_steps")
    assert dialog.subject == "steps"
    pick(dialog.format_box, "json")
    path = written(qtbot, accepted(qtbot, app, dialog), tmp_path / "steps.json")
    report = json.loads(path.read_text("utf-8"))
    assert [step["text"] for step in report["steps"]] == ["x", "y", "z"]
    assert [step["position"] for step in report["steps"]] == [2, 3, 4]
    assert read_view(path).state.prompt.text == "abxyz"
    app.commands.replace_text("ab")
    qtbot.waitUntil(lambda: app.controller.is_settled, **WAIT)
    assert not action.isEnabled()


@pytest.mark.parametrize("form", ["map", "arcs", "text"])
def test_the_form_on_show_is_what_is_exported(qtbot, app, form):
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.controller.set_form(form)
        app.controller.set_head(2, 1)
    for kind, expected in (("png", "arcs" if form == "arcs" else "head"), ("csv", "head")):
        dialog = opened(app, f"export_{kind}")
        assert (dialog.subject, dialog.kind) == (expected, kind)
        with qtbot.waitSignal(dialog.destroyed, **WAIT):
            dialog.reject()


def test_surprise_has_its_own_command(qtbot, app, tmp_path):
    dialog = opened(app, "export_surprise")
    assert dialog.subject == "surprise"
    pick(dialog.format_box, "csv")
    path = written(qtbot, accepted(qtbot, app, dialog), tmp_path / "surprise.csv")
    rows = path.read_text("utf-8").splitlines()[2:]
    assert [row.split(",")[4] for row in rows] == ["", repr(float(1 / np.log(2)))]


def test_a_pair_is_exported_while_it_is_inspected(qtbot, app, tmp_path):
    with qtbot.waitSignal(app.controller.pair_view_changed, **WAIT):
        app.controller.set_inspecting(True)
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.controller.inspect_pair(1, 0)
    dialog = opened(app)
    pick(dialog.subject_box, "pair")
    pick(dialog.format_box, "json")
    path = written(qtbot, accepted(qtbot, app, dialog), tmp_path / "pair.json")
    pair = json.loads(path.read_text("utf-8"))
    assert (pair["query"]["index"], pair["key"]["index"], pair["score"]) == (1, 0, 2.5)
    assert pair["products"] == [3.0, 2.0]
    assert read_view(path).state.key == 0


def test_size_title_and_colours_of_a_picture(qtbot, app, tmp_path):
    dialog = opened(app, "export_png")
    dialog.width_box.setValue(700)
    dialog.dpi_box.setValue(200)
    assert "700 × " in dialog.facts_label.text()
    assert "89 × " in dialog.facts_label.text()  # millimetres: 700 / 200 * 25.4
    pick(dialog.unit_box, "mm")
    assert dialog.width_box.value() == pytest.approx(88.9, abs=0.05)
    dialog.width_box.setValue(127.0)
    assert "1,000 × " in dialog.facts_label.text()
    dialog.title_edit.setText("My figure")
    pick(dialog.theme_box, "print")
    path = written(qtbot, accepted(qtbot, app, dialog), tmp_path / "head.png")
    picture = Image.open(path)
    assert picture.width == 1000
    assert picture.info["dpi"] == pytest.approx((200, 200), abs=0.1)
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    again = opened(app)  # remembers the last choice, but for the title
    assert (again.subject, again.kind) == ("head", "png")
    assert again.theme_box.currentData() == "print"
    assert again.unit_box.currentData() == "mm"
    assert again.width_box.value() == pytest.approx(127.0, abs=0.05)
    assert again.title_edit.text() == ""
    with qtbot.waitSignal(again.destroyed, **WAIT):
        again.reject()


def test_the_look_is_remembered_for_the_next_start_and_nonsense_is_left():
    wish = ExportWish(
        "bars", "pdf", ExportChoice("print", 900, 150, 85.0, "a title", in_sight=False), "mm"
    )
    kept = wish_from(json.loads(json.dumps(wish_values(wish))))
    assert kept == replace(wish, choice=replace(wish.choice, title=""))
    nonsense = {
        "subject": "bars", "kind": "gif", "unit": 3, "theme": "pink", "width_px": -1,
        "dpi": True, "width_mm": "wide", "in_sight": 0,
    }  # fmt: skip
    assert wish_from(nonsense) == ExportWish()
    assert wish_from({"subject": [], "kind": {}}) == ExportWish()


def test_a_drawing_has_the_width_that_was_asked_for(qtbot, app, tmp_path):
    dialog = opened(app, "export_svg")
    dialog.width_box.setValue(85.0)
    dialog.title_edit.setText("A <title> & more")
    path = written(qtbot, accepted(qtbot, app, dialog), tmp_path / "head.svg")
    text = path.read_text("utf-8")
    width = re.search(r'<svg width="([\d.]+)mm"', text)
    assert float(width.group(1)) == pytest.approx(85, abs=0.3)
    assert "A &lt;title&gt; &amp; more" in text


def test_the_preview_follows_title_and_colours(qtbot, app):
    dialog = opened(app, "export_png")
    before = dialog.preview.image.copy()
    assert dialog.title_edit.placeholderText().startswith("L")
    dialog.title_edit.setText("Another")
    pick(dialog.theme_box, "dark")
    dialog.show_preview()
    after = dialog.preview.image
    assert after.size() == before.size()
    assert after != before
    corner = after.pixelColor(2, 2).name().upper()
    assert corner == THEMES["dark"].paper
    with qtbot.waitSignal(dialog.destroyed, **WAIT):
        dialog.reject()


def test_the_keyboard_reaches_every_control(qtbot, app):
    dialog = opened(app, "export_png")
    seen, widget = set(), dialog.subject_box
    for _ in range(30):
        seen.add(widget)
        widget = widget.nextInFocusChain()
    for control in (
        dialog.format_box, dialog.title_edit, dialog.theme_box, dialog.width_box,
        dialog.unit_box, dialog.dpi_box, dialog.export_button,
    ):  # fmt: skip
        assert control in seen
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    with qtbot.waitSignal(dialog.destroyed, **WAIT):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_the_head_goes_to_the_clipboard(app):
    app.window.actions_by_key["copy_head"].trigger()
    assert not QGuiApplication.clipboard().image().isNull()


def test_tables_go_to_the_clipboard(app):
    head = app.controller._moment().head()
    weights = head.record.weights
    app.window.actions_by_key["copy_head_table"].trigger()
    data = QGuiApplication.clipboard().mimeData()
    rows = [line.split("\t") for line in data.text().splitlines()]
    assert rows[0] == ["query", "0 a", "1 b"]
    assert np.array_equal(np.array([row[1:] for row in rows[1:]], np.float32), weights)
    table = ElementTree.fromstring(data.html()[data.html().index("<table>") :].strip())
    assert [cell.text for cell in table.iter("td")] == [str(w) for w in weights.ravel()]
    app.window.actions_by_key["copy_row"].trigger()
    text = QGuiApplication.clipboard().text()
    assert text.splitlines()[0] == "key\t1 b"
    assert [line.split("\t")[1] for line in text.splitlines()[1:]] == [str(w) for w in weights[1]]
    app.window.head_panel.cell_hovered.emit(1, 0)
    app.window.actions_by_key["copy_cell"].trigger()
    assert QGuiApplication.clipboard().text() == str(weights[1, 0])
    app.window.actions_by_key["copy_bars"].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("rank\tid\ttext")
    assert len(lines) == app.controller.state.n_candidates + 2  # the header, and everything else
    QGuiApplication.clipboard().clear()  # it would outlive the application


def test_paper_is_light_in_a_dark_window(qtbot, app, tmp_path):
    app.window.actions_by_key["theme_dark"].trigger()
    chosen(qtbot, app, "export_svg", tmp_path / "head.svg")
    assert LIGHT.paper.lower() in (tmp_path / "head.svg").read_text("utf-8")


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
    assert read_view(tmp_path / "all.npz").state.prompt.text == "ab"
    fake_engine.holds.clear()
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        fake_engine.gate.release()
    chosen(qtbot, app, "export_all_npz", tmp_path / "all.npz")
    archive = np.load(tmp_path / "all.npz", allow_pickle=False)
    assert archive["thumbnails"].shape == (3, 2, 4, 4)
    assert str(archive["prompt"]) == "abcd"
