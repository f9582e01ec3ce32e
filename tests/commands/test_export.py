"""`visualizer export`: the files that the window writes, for one prompt or many, and refusals."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("PySide6")  # blocked where the command line is tested without it

from visualizer import cli
from visualizer.commands import export
from visualizer.commands.opening import OpenedModel
from visualizer.commands.view_answers import answer_view
from visualizer.engine.records import Prompt
from visualizer.session.provenance_reading import read_provenance, read_view
from visualizer.session.state import ViewState
from visualizer.session.view_file import view_json

VIEW = ViewState(Prompt("ab大"), query=1, layer=1, head=2, n_candidates=5, colour_scale="log")


@pytest.fixture
def exported(engine, monkeypatch, capsys, tmp_path, qapp):
    """Runs the command on the fake engine; gives status, stdout, stderr."""
    (tmp_path / "out").mkdir()
    (tmp_path / "view.json").write_text(view_json(VIEW, "fake", "ab" * 32))
    real = export.run

    def open_model(args):
        assert args.model == "fake"
        return OpenedModel(engine, engine.model)

    monkeypatch.setattr(export, "run", lambda args: real(args, open_model=open_model))

    def call(*words, view="view.json", out="out"):
        status = cli.main(
            ["export", "--view", str(tmp_path / view), "--out", str(tmp_path / out), *words]
        )
        return (status, *capsys.readouterr())

    return call


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_every_format_of_a_head_and_of_the_bars(exported, tmp_path, engine):
    kinds = "png,svg,pdf,csv,npz,json"
    subjects = "head,bars,tokens,surprise,pipeline"
    status, out, err = exported("--format", kinds, "--what", subjects)
    assert (status, err) == (0, "")
    stems = ("fake-L1-H2", "fake-next-token", "fake-sampler", "fake-surprise", "fake-tokens")
    expected = sorted(f"{stem}.{kind}" for stem in stems for kind in kinds.split(","))
    assert names(tmp_path / "out") == expected
    assert sorted(line.rpartition("/")[2] for line in out.splitlines()) == expected
    for path in (tmp_path / "out").iterdir():
        assert read_view(path).state == VIEW
    weights = np.load(tmp_path / "out" / "fake-L1-H2.npz")["weights"]
    assert np.array_equal(weights, engine.weights(1, 2, len(weights)))


@pytest.mark.parametrize(
    ("words", "expected"),
    [((), "fit"), (("--axis", "linear"), "linear"), (("--axis", "log"), "log")],
)
def test_the_axis_of_the_bars_can_be_chosen(exported, tmp_path, words, expected):
    status, _, err = exported("--format", "svg", "--what", "bars", *words)
    assert (status, err) == (0, "")
    path = tmp_path / "out" / "fake-next-token.svg"
    assert read_view(path).state.prob_axis == expected
    assert ("logarithmic axis" in path.read_text("utf-8")) == (expected == "log")


def test_pinned_heads_and_lines_are_written(exported, tmp_path, engine):
    pinned = replace(VIEW, pins=((0, 1), (1, 0)))
    (tmp_path / "pins.json").write_text(view_json(pinned, "fake", "ab" * 32))
    status, _, err = exported("--format", "png,svg", "--what", "pins,arcs", view="pins.json")
    assert (status, err) == (0, "")
    stems = ("fake-L1-H2-arcs", "fake-pinned-heads")
    assert names(tmp_path / "out") == [f"{s}.{kind}" for s in stems for kind in ("png", "svg")]
    exported("--format", "npz", "--what", "pins", view="pins.json")
    archive = np.load(tmp_path / "out" / "fake-pinned-heads.npz")
    n = archive["weights"].shape[1]
    for number, (layer, head) in enumerate(pinned.pins):
        assert np.array_equal(archive["weights"][number], engine.weights(layer, head, n))


def test_a_view_without_pins_has_none_to_write(exported):
    status, _, err = exported("--format", "png", "--what", "pins")
    assert status == 2
    assert "no pinned heads" in err


def test_words_of_several_tokens_are_followed(exported, tmp_path):
    asked = replace(VIEW, asked=("abc", "z"))
    (tmp_path / "asked.json").write_text(view_json(asked, "fake", "ab" * 32))
    status, _, _ = exported("--format", "csv", "--what", "bars", view="asked.json")
    assert status == 0
    rows = (tmp_path / "out" / "fake-next-token.csv").read_text("utf-8").splitlines()
    word = next(row.split(",") for row in rows if row.startswith(",,abc,"))
    assert float(word[5]) == pytest.approx(0.25**3 * 0.5 ** (1 + 2))


@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "csv", "npz", "json"])
def test_an_exported_figure_is_a_view_that_can_be_exported_again(exported, tmp_path, kind):
    exported("--format", kind)
    (tmp_path / "out" / f"fake-L1-H2.{kind}").rename(tmp_path / f"first.{kind}")
    status, _, err = exported("--format", "csv", view=f"first.{kind}")
    assert (status, err) == (0, "")
    facts = read_provenance(tmp_path / "out" / "fake-L1-H2.csv")
    assert facts["view"] == read_provenance(tmp_path / f"first.{kind}")["view"]


def test_a_prompt_a_line_gives_files_with_its_number(exported, tmp_path):
    (tmp_path / "prompts.txt").write_bytes(b"first\r\n\n  \nsecond one\n")
    status, out, err = exported("--format", "csv,png", "--prompts", str(tmp_path / "prompts.txt"))
    assert status == 0
    assert names(tmp_path / "out") == [
        "1-fake-L1-H2.csv", "1-fake-L1-H2.png", "2-fake-L1-H2.csv", "2-fake-L1-H2.png",
    ]  # fmt: skip
    assert "2" in err  # how far it is
    texts = [read_view(tmp_path / "out" / f"{n}-fake-L1-H2.csv").state.prompt.text for n in (1, 2)]
    assert texts == ["first", "second one"]
    assert len(out.splitlines()) == 4


def test_a_json_list_of_prompts(exported, tmp_path):
    (tmp_path / "p.json").write_text(json.dumps([f"{n}\nlines" for n in range(11)]))
    exported("--format", "csv", "--prompts", str(tmp_path / "p.json"))
    assert names(tmp_path / "out")[0] == "01-fake-L1-H2.csv"
    assert read_view(tmp_path / "out" / "11-fake-L1-H2.csv").state.prompt.text == "10\nlines"


@pytest.mark.parametrize("text", ["", "\n \n", "[", "[1]", "[]", '[""]', '{"a": 1', "a\0b"])
def test_prompts_that_are_none(exported, tmp_path, text):
    (tmp_path / "p").write_text(text)
    status, _, err = exported("--prompts", str(tmp_path / "p"))
    if text == '{"a": 1':
        assert status == 0  # a line of text
        return
    assert status == 2
    assert err.count("\n") == 1


def test_other_weights_are_said(exported, engine, tmp_path):
    object.__setattr__(engine.model, "weights_sha256", "cd" * 32)
    status, _, err = exported("--format", "csv")
    assert status == 0
    assert "other weights" in err


def test_size_and_colours(exported, tmp_path):
    from PIL import Image

    exported("--format", "png", "--width", "500", "--dpi", "150", "--theme", "print")
    with Image.open(tmp_path / "out" / "fake-L1-H2.png") as picture:
        assert picture.width == 500
        assert picture.info["dpi"] == pytest.approx((150, 150), abs=0.1)
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--format", "gif"], 2, "must be of png, svg"),
        (["--what", "heads"], 2, "must be of head, arcs"),
        (["--what", "pair", "--format", "npz"], 2, "pair cannot be written as NPZ"),
        (["--what", "pair", "--format", "csv"], 2, "no pair of tokens"),
        (["--width", "0"], 2, "from 1"),
        (["--prompts", "/no/such/file"], 1, "Cannot read"),
    ],
)
def test_wrong_usage_is_one_line(exported, words, status, sentence):
    got, out, err = exported(*words)
    assert (got, out) == (status, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_files_and_folders_that_are_not_there(exported, tmp_path):
    (tmp_path / "file").write_text("")
    for more in ({"view": "missing.json"}, {"out": "file"}, {"out": "file/below"}):
        status, _, err = exported(**more)
        assert status == 1
        assert err.count("\n") == 1
    assert exported("--format", "csv", out="new/deep")[0] == 0
    assert len(names(tmp_path / "new" / "deep")) == 1
    (tmp_path / "note.txt").write_text("just a note")
    status, _, err = exported(view="note.txt")
    assert status == 1
    assert err.startswith("visualizer: note.txt carries no view of this program. ")
    assert err.count("\n") == 1
    document = json.loads(view_json(VIEW))
    (tmp_path / "bad.json").write_text(json.dumps({**document, "head": -1}))
    status, _, err = exported(view="bad.json")
    assert status == 2
    assert '"head" must be' in err


def test_numbers_are_written_without_qt(exported, engine, monkeypatch, tmp_path):
    for name in [n for n in sys.modules if n.partition(".")[0] == "PySide6" or ".ui" in n]:
        monkeypatch.setitem(sys.modules, name, None)
    status, _, err = exported("--format", "csv,npz,json", "--what", "head,bars,tokens")
    assert (status, err) == (0, "")
    assert len(names(tmp_path / "out")) == 9


def test_the_views_are_those_of_the_window(engine):
    """The same answers through the same functions as the window's, only asked without one."""
    views = answer_view(OpenedModel(engine, engine.model), VIEW, ("head", "bars"))
    assert (views.head.record.layer, views.head.record.head) == (1, 2)
    assert views.head.query == 1
    assert views.bars.position == 1
    assert len(views.bars.candidates) == 5
    assert views.overview is None
    assert views.provenance.device == "cpu"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", ["png", "svg", "pdf", "csv", "npz", "json"])
def test_a_damaged_view_is_refused_in_one_line(exported, tmp_path, damaged, kind):
    assert exported("--format", kind, "--width", "100")[0] == 0
    data = (tmp_path / "out" / f"fake-L1-H2.{kind}").read_bytes()
    (tmp_path / "file").write_text("")
    n_refused = 0
    for changed in damaged(data):
        (tmp_path / "changed").write_bytes(changed)
        status, out, err = exported(view="changed", out="file")  # ends before a model is asked
        assert (out, err.count("\n")) == ("", 1)
        assert status in (1, 2)
        assert "unexpected" not in err
        n_refused += "cannot be made" not in err
    assert n_refused > 3


@pytest.mark.parametrize("text", ["a\n" * 100_001, json.dumps(["a"] * 100_001), "a" * 16_000_001])
def test_more_prompts_than_are_read(exported, tmp_path, text):
    (tmp_path / "many").write_text(text)
    status, out, err = exported("--prompts", str(tmp_path / "many"))
    assert (status, out) == (1 if text[-2:] == "aa" else 2, "")
    assert err.count("\n") == 1
    assert "larger than 16 MB" in err or "more than 100000 prompts" in err


def test_prompts_are_the_lines_that_hold_something(tmp_path):
    (tmp_path / "lines").write_bytes("\ufeff a \r\n\n \t\r\nb\u2028c\n".encode())
    assert export.read_prompts(str(tmp_path / "lines")) == [" a ", "b\u2028c"]
