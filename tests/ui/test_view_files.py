"""Files that carry a view bring it back; others are text, or said to be neither."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from visualizer.commands.opening import OpenedModel
from visualizer.commands.view_answers import answer_view
from visualizer.engine.records import Prompt
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.treatment import Treatment
from visualizer.session.export_subjects import Exportable
from visualizer.session.state import OverviewDisplay, ViewState
from visualizer.session.view_file import view_json
from visualizer.ui.export_files import ExportChoice, export_bytes

WAIT = {"timeout": 20_000}
WHEN = datetime(2031, 12, 24, 18, 0, 1, tzinfo=UTC)
VIEW = ViewState(
    Prompt("xyzab", None, True),
    query=2,
    layer=2,
    head=1,
    n_candidates=7,
    sampling=SamplingParams(0.5, top_k=3),
    seed=11,
    n_generate=4,
    colour_scale="square root",
    scale_range="largest",
    palette="cividis",
    form="map",
    treatment=Treatment(("diagonal",), True, 0.75),
    overview=OverviewDisplay("entropy", "induction", at_least=0.0),
    pins=((1, 0), (2, 1)),
    visible=(1, 4, 0, 3),
    key=1,
    candidate_id=98,
)


def dropped(qtbot, app, path):
    """Drop a file on the window and wait until what it asks for is on screen."""
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.window.paths_dropped.emit((path,))
    return app.controller.state


def saved(path, state, model, digest=""):
    path.write_text(view_json(state, model, digest))
    return path


def test_a_saved_view_comes_back_with_all_that_it_shows(qtbot, app, tmp_path):
    model = app.controller.model.name
    assert dropped(qtbot, app, saved(tmp_path / "v.json", VIEW, model)) == VIEW
    assert app.window.prompt_panel.text() == "xyzab"
    assert app.window.actions_by_key["parse_special"].isChecked()
    bars = app.controller._moment().bars()
    assert (bars.position, len(bars.candidates)) == (2, 7)
    head = app.controller._moment().head()
    assert (head.record.layer, head.record.head, head.palette) == (2, 1, "cividis")
    assert head.record.treatment == VIEW.treatment
    assert head.visible == (1, 4, 0, 3)
    assert app.window.banner.shown.key == "offer"  # nothing is said of the view


def test_the_inspector_comes_back_with_its_pair(qtbot, app, tmp_path):
    model = app.controller.model.name
    pair = replace(VIEW, key=1, pins_as_mean=False)
    dropped(qtbot, app, saved(tmp_path / "v.json", pair, model))
    assert app.window.actions_by_key["inspect_pair"].isChecked()
    assert not app.window.docks["pair"].isHidden()
    dropped(qtbot, app, saved(tmp_path / "w.json", replace(pair, key=None), model))
    assert not app.window.actions_by_key["inspect_pair"].isChecked()


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "csv", "npz", "json"])
def test_an_exported_head_dropped_on_the_window_brings_the_exact_view_back(
    qtbot, app, tmp_path, kind
):
    app.controller.restore(VIEW)
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.controller.set_colour_scale("log")
    wanted = app.controller.state
    data = export_bytes(app.commands.exports.exportable(), "head", kind, ExportChoice())
    (tmp_path / f"head.{kind}").write_bytes(data)
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.commands.replace_text("something else")
    app.controller.set_head(0, 0)
    app.controller.set_treatment(Treatment())
    app.controller.set_pins(())
    state = dropped(qtbot, app, tmp_path / f"head.{kind}")
    assert state == wanted
    again = export_bytes(app.commands.exports.exportable(), "head", "csv")
    first = export_bytes(app.commands.exports.exportable(), "head", "csv")
    assert again.partition(b"\n")[2] == first.partition(b"\n")[2]


def test_other_weights_are_said_and_the_view_is_shown_anyway(qtbot, app, tmp_path):
    object.__setattr__(app.controller.model, "weights_sha256", "ab" * 32)
    path = saved(tmp_path / "v.json", VIEW, app.controller.model.name, "cd" * 32)
    assert dropped(qtbot, app, path) == VIEW
    assert "other weights" in str(app.window.banner.shown.message)


def test_a_model_that_is_not_here_is_said_and_the_view_shown_with_the_one_in_use(
    qtbot, app, tmp_path
):
    path = saved(tmp_path / "v.json", VIEW, "no-such/model")
    assert dropped(qtbot, app, path) == VIEW
    sentence = str(app.window.banner.shown.message)
    assert "no-such/model, which is not on this machine" in sentence
    assert app.window.banner.shown.choices == ()


def test_a_model_of_the_catalogue_is_offered(qtbot, app, tmp_path, monkeypatch):
    monkeypatch.setattr(app.desk, "local_path", lambda name: None)
    path = saved(tmp_path / "v.json", VIEW, "smollm2-135m")
    dropped(qtbot, app, path)
    (choice,) = app.window.banner.shown.choices
    assert choice.key == "fetch:smollm2-135m"


def test_a_view_of_another_model_waits_for_it(qtbot, app, tmp_path):
    (tmp_path / "other").mkdir()
    path = saved(tmp_path / "v.json", VIEW, str(tmp_path / "other"))
    with qtbot.waitSignal(app.commands.view_files.view_restored, **WAIT):
        app.window.paths_dropped.emit((path,))
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        pass
    assert app.controller.model.name == str(tmp_path / "other")
    assert app.controller.state == VIEW


def test_token_ids_of_another_tokenizer_are_left_out(qtbot, app, tmp_path):
    model = app.controller.model.name
    fits = replace(VIEW, prompt=Prompt("xy", (120, 121)), key=None, visible=None, query=0)
    assert dropped(qtbot, app, saved(tmp_path / "1.json", fits, model)).prompt == fits.prompt
    for ids in ((1, 2), (120, 1 << 30), ()):
        other = replace(fits, prompt=Prompt("xy", ids))
        prompt = dropped(qtbot, app, saved(tmp_path / "2.json", other, model)).prompt
        assert prompt == Prompt("xy")


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "one,two\n1,2\n"), ("a.json", '{"a": 1}'), ("a.svg", "<svg></svg>"), ("a", "{")],
)
def test_text_without_a_view_is_a_prompt(qtbot, app, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    dropped(qtbot, app, tmp_path / name)
    assert app.controller.state.prompt.text == text


def test_what_is_neither_view_nor_text_is_said(app, tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    app.window.paths_dropped.emit((tmp_path / "a.png",))
    message = str(app.window.banner.shown.message)
    assert message.startswith("a.png carries no view of this program. Text files can be opened")
    assert app.controller.state.prompt.text == "ab"


def test_a_wrong_value_is_said_and_nothing_changes(app, tmp_path):
    before = app.controller.state
    document = json.loads(view_json(VIEW))
    (tmp_path / "v.json").write_text(json.dumps({**document, "layer": "top"}))
    app.window.paths_dropped.emit((tmp_path / "v.json",))
    assert '"layer" must be' in str(app.window.banner.shown.message)
    assert app.controller.state == before


def test_a_head_that_this_model_lacks_is_moved_to_the_nearest(qtbot, app, tmp_path):
    far = replace(VIEW, layer=50, head=40, pins=((60, 1),), key=None)
    dropped(qtbot, app, saved(tmp_path / "v.json", far, app.controller.model.name))
    head = app.controller._moment().head()
    assert (head.record.layer, head.record.head) == (2, 1)


def test_what_is_on_show_is_older_than_what_is_asked_for(qtbot, app, fake_engine):
    """A file says of which text and head its numbers are."""
    views = app.commands.exports.exportable()
    newer = replace(views, state=replace(VIEW, prompt=Prompt("newer")))
    assert isinstance(newer, Exportable)
    document = json.loads(newer.document("head"))
    assert document["prompt"]["text"] == "ab"
    assert document["prompt"]["token_ids"] == [97, 98]
    assert document["layer"] == views.head.record.layer


@pytest.mark.parametrize(
    ("subject", "kind"),
    [("head", "png"), ("head", "svg"), ("head", "csv"), ("overview", "png"), ("overview", "svg"),
     ("overview", "csv"), ("bars", "svg"), ("tokens", "svg"), ("pair", "json")],
)  # fmt: skip
def test_the_command_line_gives_the_same_bytes_as_the_window(
    qtbot, app, fake_engine, subject, kind
):
    app.controller.set_inspecting(True)
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.controller.restore(VIEW)
    shown = app.commands.exports.exportable()
    # The worker is at rest: what its engine answers here is a pass of its own.
    opened = OpenedModel(fake_engine, app.controller.model)
    asked = answer_view(opened, app.controller.state, (subject,))
    assert export_bytes(shown, subject, kind, when=WHEN) == export_bytes(
        asked, subject, kind, when=WHEN
    )
