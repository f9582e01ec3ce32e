"""`visualizer attention --out`: every format, with what it says of itself, and what is refused."""

from __future__ import annotations

import errno
import io
import json
import os
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from visualizer.engine.records import HeadRequest
from visualizer.engine.treatment import Treatment
from visualizer.session.provenance_reading import read_view

pytest.importorskip("PySide6")  # blocked where the command line is tested without it

FORMATS = ("png", "svg", "pdf", "csv", "npz")
HEAD = ["--layer", "1", "--head", "2"]


@pytest.fixture
def exported(run, engine, tmp_path, qapp):
    """Writes one head to a file with the given ending; gives its bytes."""
    object.__setattr__(engine.model, "weights_sha256", "cd" * 32)

    def export(kind, text="ab大"):
        path = tmp_path / f"head.{kind}"
        status, out, err = run("attention", text, *HEAD, "--out", str(path))
        assert (status, out, err) == (0, f"{path}\n", "")
        return path.read_bytes()

    return export


def test_svg(exported):
    root = ElementTree.fromstring(exported("svg"))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "L1·H2 of fake" in texts
    assert texts.count("b") == 2
    facts = json.loads(next(e for e in root.iter() if e.tag.endswith("}provenance")).text)
    assert facts["prompt"] == "ab大"
    assert facts["weights_sha256"] == "cd" * 32
    assert (facts["model"], facts["device"], facts["dtype"]) == ("fake", "cpu", "float32")
    assert (facts["layer"], facts["head"], facts["tokenizer"]) == ("1", "2", "fake")
    assert len(facts["token_ids"].split()) == 5


def test_pdf(exported):
    data = exported("pdf")
    assert data.startswith(b"%PDF-1.")
    assert data.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    assert '"prompt": "ab大"'.encode() in data


def test_png_and_npz_say_where_they_are_from(exported):
    picture = Image.open(io.BytesIO(exported("png")))
    assert picture.info["weights_sha256"] == "cd" * 32
    assert json.loads(picture.info["provenance"])["prompt"] == "ab大"
    archive = np.load(io.BytesIO(exported("npz")), allow_pickle=False)
    assert str(archive["weights_sha256"]) == "cd" * 32
    assert str(archive["dtype"]) == "float32"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(archive["date"]))


def test_endings_in_capitals_are_the_same(run, tmp_path, qapp):
    path = tmp_path / "HEAD.SVG"
    assert run("attention", "a", *HEAD, "--out", str(path))[0] == 0
    assert path.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("name", ["a.gif", "a", "svg", "a.svgz", "a.pdf.txt"])
def test_an_unknown_ending_names_the_known_ones_before_any_work(run, engine, name):
    status, out, err = run("attention", "a", *HEAD, "--out", name)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert name in err
    assert all(f".{kind}" in err for kind in FORMATS)
    assert engine.asked == []


@pytest.mark.parametrize("kind", FORMATS)
def test_a_folder_that_is_missing_is_said_before_any_work(run, engine, tmp_path, kind):
    path = tmp_path / "missing" / f"head.{kind}"
    status, out, err = run("attention", "a", *HEAD, "--out", str(path))
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "there is no folder" in err
    assert engine.asked == []


@pytest.mark.parametrize("kind", FORMATS)
def test_a_full_disk_is_one_sentence_and_keeps_the_old_file(run, tmp_path, monkeypatch, qapp, kind):
    path = tmp_path / f"head.{kind}"
    path.write_bytes(b"old")

    def fail(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("visualizer.files.os.fsync", fail)
    status, out, err = run("attention", "a", *HEAD, "--out", str(path))
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "the disk is full" in err
    assert os.listdir(tmp_path) == [path.name]
    assert path.read_bytes() == b"old"


def test_every_file_carries_the_view(exported, tmp_path):
    for kind in (*FORMATS, "json"):
        exported(kind)
        request = read_view(tmp_path / f"head.{kind}")
        assert (request.state.layer, request.state.head) == (1, 2)
        assert request.state.prompt.text == "ab大"
        assert (request.model, request.weights_sha256) == ("fake", "cd" * 32)


def test_treatment_and_colours_are_asked_for_and_said(run, engine, tmp_path, qapp):
    path = tmp_path / "head.json"
    words = ["--hide", "diagonal", "--hide", "first", "--discount", "--top-mass", "0.5"]
    look = ["--scale", "square root", "--range", "largest", "--palette", "viridis"]
    status, _, err = run("attention", "abc", *HEAD, *words, *look, "--out", str(path))
    assert (status, err) == (0, "")
    state = read_view(path).state
    assert (state.colour_scale, state.scale_range, state.palette) == (
        "square root", "largest", "viridis",
    )  # fmt: skip
    asked = next(question for question in engine.asked if isinstance(question, HeadRequest))
    assert asked.treatment == Treatment(("first", "diagonal"), True, 0.5)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--layer", "0"], "arguments are required: --head"),
        (["--all"], "--all needs --out"),
        (["--all", "--layer", "1"], "--all is every head"),
        ([*HEAD, "--top-mass", "0"], "above 0 and at most 1"),
        ([*HEAD, "--hide", "last"], "invalid choice"),
    ],
)
def test_wrong_usage(run, words, sentence):
    status, out, err = run("attention", "abc", *words)
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
