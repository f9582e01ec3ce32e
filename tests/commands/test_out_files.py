"""`generate --out` and `score --out`: files with what was computed, and their views."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest

pytest.importorskip("PySide6")  # blocked where the command line is tested without it


from visualizer.engine.sampling import SamplingParams
from visualizer.session.provenance_reading import read_provenance, read_view

pytestmark = pytest.mark.usefixtures("qapp")
KINDS = ("png", "svg", "pdf", "csv", "npz", "json")


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8").partition("\n")[2])))


def outs(tmp_path, kinds=KINDS):
    return [word for kind in kinds for word in ("--out", str(tmp_path / f"file.{kind}"))]


def test_generated_steps_are_written_in_every_format(run, engine, tmp_path):
    engine.completion = b"xyz"
    words = ["--seed", "5", "--min-p", "0.1", "--max-new-tokens", "3", "--stop", "q"]
    status, out, _ = run("generate", "ab", *words, *outs(tmp_path))
    assert (status, out) == (0, "abxyz\n")
    assert engine.asked[-1].n_alternatives == 10
    for kind in KINDS:
        state = read_view(tmp_path / f"file.{kind}").state
        assert state.prompt.text == "abxyz"
        assert len(state.prompt.token_ids) == 5
        assert (state.sampling, state.seed) == (SamplingParams(min_p=0.1), 5)
        assert (state.until, state.stop_string, state.n_generate) == ("string", "q", 3)
    facts = read_provenance(tmp_path / "file.csv")
    assert (facts["stop_reason"], facts["n_steps"]) == ("end_of_text", "3")
    assert [row["text"] for row in rows_of(tmp_path / "file.csv")] == ["x", "y", "z"]
    report = json.loads((tmp_path / "file.json").read_text("utf-8"))
    assert [step["seed"] for step in report["steps"]] == [5, 5, 5]
    assert b"Generated tokens" in (tmp_path / "file.svg").read_bytes()


def test_the_number_of_alternatives_is_taken_for_the_file(run, engine, tmp_path):
    engine.completion = b"x"
    run("generate", "a", "--alternatives", "4", *outs(tmp_path, ["csv"]))
    assert engine.asked[-1].n_alternatives == 4
    run("generate", "a")
    assert engine.asked[-1].n_alternatives == 0


def test_nothing_generated_is_no_file(run, engine, tmp_path):
    engine.completion = b""
    status, _, err = run("generate", "a", *outs(tmp_path, ["csv"]))
    assert status == 1
    assert "Nothing was generated" in err
    assert not list(tmp_path.iterdir())


def test_the_surprise_of_a_file_is_written_in_every_format(run, engine, tmp_path):
    (tmp_path / "text").write_text("abcd")
    status, out, err = run("score", str(tmp_path / "text"), *outs(tmp_path))
    assert (status, err) == (0, "")
    assert out.startswith("tokens")
    for kind in KINDS:
        assert read_view(tmp_path / f"file.{kind}").state.prompt.text == "abcd"
    rows = rows_of(tmp_path / "file.csv")
    logprobs = [row["logprob"] for row in rows]
    assert logprobs[0] == ""
    assert [float(x) for x in logprobs[1:]] == pytest.approx([-1 / 8, -2 / 8, -3 / 8])
    facts = read_provenance(tmp_path / "file.npz")
    assert (facts["window"], facts["stride"]) == ("64", "32")
    assert float(facts["perplexity"]) == pytest.approx(math.exp(6 / 8 / 3))
    bits = np.load(tmp_path / "file.npz")["surprise_bits"]
    np.testing.assert_allclose(bits[1:], np.array([1, 2, 3]) / 8 / math.log(2))


@pytest.mark.parametrize("command", ["generate", "score"])
@pytest.mark.parametrize(
    ("name", "message", "status"),
    [("file.gif", "should end in", 2), ("nowhere/file.csv", "no folder", 1)],
)
def test_files_that_cannot_be_are_refused_before_a_model_is_loaded(
    run, engine, tmp_path, command, name, message, status
):
    (tmp_path / "text").write_text("ab")
    got, out, err = run(command, str(tmp_path / "text"), "--out", str(tmp_path / name))
    assert (got, out) == (status, "")
    assert message in err
    assert engine.asked == []
