"""What is remembered, and what a damaged file does to it: nothing."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QSettings

from visualizer.engine.attention_records import METRICS
from visualizer.engine.records import Prompt
from visualizer.engine.treatment import UNTREATED, Treatment
from visualizer.session.state import ColourScale, OverviewDisplay, Palette, ProbAxis, ViewState
from visualizer.ui.settings import MOST_RECENT, Settings

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
    "session/n_candidates",
)


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
        n_candidates=25,
        prob_axis="log",
    )
    first.remember_window(QByteArray(b"\0\xffgeometry"), QByteArray(b"layout"))
    first.remember_theme("dark")
    first.remember_language("zh_CN")
    first.remember_zoom(-2)
    first.remember_file(Path("/a/b, c.txt"))
    first.remember_model("gpt2")
    first.dismiss("offer")
    first.remember_session(state)
    first.save()
    second = again()
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


def test_pins_and_filters_are_of_one_session_only():
    store = Settings()
    treated = Treatment(("first",), top_mass=0.5)
    store.remember_session(ViewState(form="pins", pins=((0, 1),), treatment=treated))
    state = store.restored(ViewState())
    assert (state.form, state.pins, state.treatment) == ("map", (), UNTREATED)


@pytest.mark.parametrize("key", ["palette", "form", "cells", "scale", "scale_range"])
@pytest.mark.parametrize("value", ['"sepia"', '["ink"]', "7", "null", '{"a": 1}', '"pins"'])
def test_a_look_of_another_version_is_left(key, value):
    store = QSettings(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, "visualizer", "visualizer"
    )
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
    assert 5 <= state.n_candidates <= 500
    assert state.prob_axis in get_args(ProbAxis)


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
    store = QSettings(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, "visualizer", "visualizer"
    )
    for key in KEYS:
        store.setValue(key, value)
    store.sync()
    check_readable(again())


def test_a_garbage_file_is_survived():
    path = Path(
        QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "visualizer", "visualizer"
        ).fileName()
    )
    path.parent.mkdir(parents=True)

    @settings(deadline=None, max_examples=40, database=None)
    @given(st.binary(max_size=400))
    def check(data):
        path.write_bytes(data)
        check_readable(again())

    check()
