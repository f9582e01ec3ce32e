"""What is remembered, and what a damaged file does to it: nothing."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QApplication

from visualizer.engine.attention_records import METRICS
from visualizer.engine.records import Prompt
from visualizer.engine.treatment import UNTREATED, Treatment
from visualizer.locations import settings_file
from visualizer.session.state import ColourScale, OverviewDisplay, Palette, ProbAxis, ViewState
from visualizer.ui.export_wish import wish_from
from visualizer.ui.settings import MOST_RECENT, Settings

THOROUGH = os.environ.get("VISUALIZER_THOROUGH") == "1"
KEYS = (
    "window/geometry",
    "window/layout",
    "theme",
    "language",
    "zoom",
    "recent/files",
    "recent/models",
    "dismissed",
    "session/prompt",
    "session/layer",
    "session/head",
    "session/scale",
    "session/scale_range",
    "session/palette",
    "session/form",
    "session/cells",
    "session/candidates",
    "session/pins",
    "session/asked",
    "window/shares",
)


def by_qt() -> QSettings:
    """The same file as Qt reads and writes it, and earlier versions of this program did."""
    return QSettings(str(settings_file()), QSettings.Format.IniFormat)


def again() -> Settings:
    """The settings as the next start reads them."""
    return Settings()


def test_everything_comes_back_as_it_was():
    first = Settings()
    state = ViewState(
        prompt=Prompt('two\nlines, "quoted" ; [x] 世'),
        layer=3,
        head="mean",
        colour_scale="log",
        scale_range="all heads",
        palette="cividis",
        form="arcs",
        overview=OverviewDisplay(cells="induction"),
        prob_axis="log",
        pins=((3, 1), (0, 2)),
        asked=(" cat", "#17", "'#17'"),
    )
    first.remember_window(QByteArray(b"\0\xffgeometry"), QByteArray(b"layout"), {"prompt": 0.4})
    first.remember_theme("dark")
    first.remember_language("zh_CN")
    first.remember_zoom(-2)
    first.remember_file(Path("/a/b, c.txt"))
    first.remember_model("gpt2")
    first.dismiss("offer")
    first.remember_session(state)
    first.remember_candidates(25)
    first.save()
    second = again()
    assert (second.shares, second.n_candidates) == ({"prompt": 0.4}, 25)
    assert second.geometry == QByteArray(b"\0\xffgeometry")
    assert second.layout == QByteArray(b"layout")
    assert (second.theme, second.language, second.zoom) == ("dark", "zh_CN", -2)
    assert second.recent_files == [Path("/a/b, c.txt")]
    assert second.recent_models == ["gpt2"]
    assert second.is_dismissed("offer")
    assert second.restored(ViewState()) == state


def test_nothing_remembered_means_the_defaults():
    empty = Settings()
    assert empty.geometry.isEmpty()
    assert (empty.theme, empty.language, empty.zoom) == ("system", None, 0)
    assert empty.recent_files == []
    assert not empty.is_dismissed("offer")
    assert empty.restored(ViewState()) == ViewState()


def test_recent_things_are_few_with_the_last_one_first():
    store = Settings()
    for n in range(MOST_RECENT + 3):
        store.remember_model(f"model-{n}")
    store.remember_model("model-5")
    assert len(store.recent_models) == MOST_RECENT
    assert store.recent_models[:2] == ["model-5", f"model-{MOST_RECENT + 2}"]
    assert len(set(store.recent_models)) == MOST_RECENT
    store.forget_recent()
    assert store.recent_models == []


def test_a_huge_prompt_is_not_remembered():
    store = Settings()
    store.remember_session(ViewState(prompt=Prompt("a" * 100_000)))
    assert store.restored(ViewState(prompt=Prompt("kept"))).prompt.text == "kept"


def test_treatments_and_filters_are_of_one_session_only():
    store = Settings()
    treated = Treatment(("first",), top_mass=0.5)
    store.remember_session(ViewState(form="pins", pins=((0, 1),), treatment=treated))
    state = store.restored(ViewState())
    assert (state.form, state.pins, state.treatment) == ("map", ((0, 1),), UNTREATED)


@pytest.mark.parametrize("key", ["palette", "form", "cells", "scale", "scale_range"])
@pytest.mark.parametrize("value", ['"sepia"', '["ink"]', "7", "null", '{"a": 1}', '"pins"'])
def test_a_look_of_another_version_is_left(key, value):
    store = by_qt()
    store.setValue(f"session/{key}", value)
    store.sync()
    assert again().restored(ViewState()) == ViewState()


def check_readable(store: Settings) -> None:
    """Reading gives values of the right kind, whatever is in the file."""
    assert store.theme in ("system", "light", "dark")
    assert store.language in (None, "en", "zh_CN")
    assert -6 <= store.zoom <= 24
    assert all(isinstance(path, Path) for path in store.recent_files)
    assert isinstance(store.geometry, QByteArray)
    state = store.restored(ViewState())
    assert state.layer >= 0
    assert state.head == "mean" or state.head >= 0
    assert state.colour_scale in get_args(ColourScale)
    assert state.palette in get_args(Palette)
    assert state.form in ("map", "arcs", "text")
    assert state.overview.cells in ("pattern", *METRICS)
    assert store.n_candidates is None or 5 <= store.n_candidates <= 500
    assert all(0 < share < 1 for share in store.shares.values())
    assert state.prob_axis in get_args(ProbAxis)
    assert all(layer >= 0 and head >= 0 for layer, head in state.pins)
    assert all(isinstance(word, str) and word for word in state.asked)
    wish_from(store.export_look)
    assert store.surprise_shading in (True, False)
    assert isinstance(store.lesson, str)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "null",
        "[]",
        "{}",
        "-1",
        "1e400",
        "true",
        '"x"',
        "[" * 5000,
        "\x00",
        "@ByteArray()",
        "NaN",
    ],
)
def test_nonsense_values_are_the_defaults(value):
    store = by_qt()
    for key in KEYS:
        store.setValue(key, value)
    store.sync()
    check_readable(again())


def filled() -> Settings:
    """Settings with something under every key, in the file."""
    store = Settings()
    store.remember_window(QByteArray(b"\0\xffgeometry"), QByteArray(b"layout"), {"prompt": 0.4})
    store.remember_theme("dark")
    store.remember_language("zh_CN")
    store.remember_zoom(-2)
    store.remember_surprise_shading(True)
    store.remember_lesson("tokens")
    store.remember_file(Path("/a/b, c.txt"))
    store.remember_model("gpt2")
    store.dismiss("offer")
    store.remember_export({"subject": "head", "dpi": 150})
    store.remember_session(ViewState(prompt=Prompt('two\nlines, "quoted" ; [x] = \\ 世')))
    store.save()
    return store


def test_qt_reads_the_file_and_what_qt_writes_is_read():
    filled()
    theirs = by_qt()
    assert json.loads(theirs.value("session/prompt")) == 'two\nlines, "quoted" ; [x] = \\ 世'
    assert json.loads(theirs.value("theme")) == "dark"
    for key in theirs.allKeys():  # as an earlier version wrote them
        theirs.setValue(key, theirs.value(key))
    theirs.setValue("of_a_later_version", '"kept"')
    theirs.sync()
    store = again()
    assert store.restored(ViewState()).prompt.text == 'two\nlines, "quoted" ; [x] = \\ 世'
    assert (store.theme, store.zoom, store.recent_files) == ("dark", -2, [Path("/a/b, c.txt")])
    store.remember_zoom(3)
    store.save()
    assert by_qt().value("of_a_later_version") == '"kept"'


def test_two_windows_keep_what_the_other_has_changed():
    first, second = Settings(), Settings()
    first.remember_theme("dark")
    second.remember_zoom(3)
    second.remember_model("m")
    first.save()
    second.save()
    assert (again().theme, again().zoom, again().recent_models) == ("dark", 3, ["m"])
    first.forget_recent()
    first.save()
    assert again().recent_models == ["m"]  # the first window never saw it


def test_a_change_is_in_the_file_once_the_window_is_idle(qapp):
    store = Settings()
    store.remember_theme("dark")
    QApplication.processEvents()
    assert again().theme == "dark"


@pytest.mark.parametrize("content", [b"", b"0\n\n\n", b"1\nvisualizer\nhost\n", b"\xff" * 99])
def test_a_lock_that_was_left_behind_is_no_obstacle(content):
    folder = settings_file().parent
    folder.mkdir(parents=True)
    (folder / "visualizer.ini.lock").write_bytes(content)
    filled()
    assert again().theme == "dark"


def test_a_folder_where_the_file_should_be_is_put_aside(caplog):
    settings_file().mkdir(parents=True)
    (settings_file() / "mine").write_text("kept")
    check_readable(again())
    filled()
    assert again().theme == "dark"
    assert Path(f"{settings_file()}.bad/mine").read_text() == "kept"
    assert "visualizer.ini.bad" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
def test_a_pipe_in_its_place_is_not_waited_for(caplog):
    settings_file().parent.mkdir(parents=True)
    os.mkfifo(settings_file())
    check_readable(again())
    filled()
    assert again().theme == "dark"
    assert "visualizer.ini.bad" in caplog.text


@pytest.mark.parametrize(
    "text", ["[General]\ntheme=dark\nwhat is this\n", "\0\0\0", "x" * 5_000_000]
)
def test_what_cannot_be_understood_is_kept_beside_the_new_file(text, caplog):
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text(text)
    filled()
    assert Path(f"{settings_file()}.bad").read_text() == text
    assert again().theme == "dark"
    assert "visualizer.ini.bad" in caplog.text


def test_settings_that_cannot_be_written_are_said_and_go_on(caplog):
    settings_file().parent.parent.mkdir(parents=True, exist_ok=True)
    settings_file().parent.write_text("a file where the folder should be")
    assert filled().theme == "dark"
    assert "could not be written" in caplog.text


BAD_VALUES = (
    *("@Variant(\\0\\0\\0\\n\\x7f\\xff\\xff\\xff)", "@Variant(\\0\\0\\0\\t\\xff\\xff\\xff\\xf0)"),
    *("@Invalid()", "@Rect(1 2 3 4)", "a, @Size(9 9)", "9" * 5000, '"' + "[" * 5000 + '"'),
    *("1e400", "NaN", "-Infinity", "true", "null", '"{}"', '"[[],{}]"', '"[null, 1, \\"\\"]"'),
    *('"\\"\\\\ud800\\""', '"\\"\\\\u0000\\""', '"[\\"a\\\\u0000b\\", \\"\\\\ud800\\"]"'),
    *('"{\\"width_px\\": 1e400, \\"dpi\\": NaN}"', '"{\\"subject\\": [], \\"theme\\": {}}"'),
    *(
        '"{\\"temperature\\": 1e999}"',
        '"{\\"order\\": [[]], \\"off\\": {}}"',
        "\\x",
        '"\\',
        "\\x110000",
    ),
)


def with_value(text: str, wanted: str, value: str) -> str:
    """The file with another value for a key."""
    lines = [f"{line.partition('=')[0]}={value}" if line.startswith(f"{wanted}=") else line
             for line in text.split("\n")]  # fmt: skip
    return "\n".join(lines)


def test_every_key_may_hold_anything():
    filled()
    text = settings_file().read_text()
    keys = [line.partition("=")[0] for line in text.split("\n") if "=" in line]
    assert len(keys) > 20
    for key in keys:
        for value in BAD_VALUES:
            settings_file().write_text(with_value(text, key, value))
            check_readable(again())


@pytest.mark.parametrize("value", BAD_VALUES if THOROUGH else BAD_VALUES[::6])
def test_the_window_opens_on_any_value(qtbot, make_app, value):
    filled()
    text = settings_file().read_text()
    for key in [line.partition("=")[0] for line in text.split("\n") if "=" in line]:
        text = with_value(text, key, value)
    settings_file().write_text(text)
    app = make_app(theme=None)
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    app.window.close()
    assert again().theme == "system"


def test_a_file_cut_or_changed_anywhere_is_read(damaged):
    filled()
    data = settings_file().read_bytes()
    for end in range(0, len(data), 1 if THOROUGH else 29):
        settings_file().write_bytes(data[:end])
        check_readable(again())
        flipped = bytearray(data)
        flipped[end] ^= 1 << (end % 8)
        settings_file().write_bytes(flipped)
        check_readable(again())
    for changed in damaged(data):
        settings_file().write_bytes(changed)
        check_readable(again())


def test_a_garbage_file_is_survived():
    path = settings_file()
    path.parent.mkdir(parents=True)

    @settings(deadline=None, max_examples=40, database=None)
    @given(st.binary(max_size=400))
    def check(data):
        path.write_bytes(data)
        check_readable(again())

    check()
