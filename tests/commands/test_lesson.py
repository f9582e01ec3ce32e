"""`visualizer lesson`: what it prints, and one sentence for each kind of bad input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from visualizer import cli
from visualizer.engine.models.examine import examine
from visualizer.engine.models.local import is_complete_folder
from visualizer.engine.records import CancelToken
from visualizer.lessons.attention import self_attention
from visualizer.lessons.checkpoints import checkpoint_step
from visualizer.lessons.positions import sinusoids

SENTENCES = "I love oranges\nI love grapes\nyou love oranges\n"
RHYME = "The cat sat on the mat. The dog sat on the log. The cat saw the dog. " * 12
SMALL = ["--width", "8", "--heads", "2", "--layers", "1", "--feed-forward", "16",
         "--length", "6", "--batch", "4"]  # fmt: skip


@pytest.fixture
def lesson(capsys):
    def call(*words):
        status = cli.main(["lesson", *map(str, words)])
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def file(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_the_list_names_what_can_be_run(lesson, capsys):
    status, out, _ = lesson("list", "--json")
    assert status == 0
    listed = json.loads(out)["lessons"]
    names = ["bigram", "ngram", "positions", "attention", "translate", "train", "script"]
    assert [row["name"] for row in listed] == names
    parser = cli.build_parser()
    for row in listed:
        with pytest.raises(SystemExit) as caught:
            parser.parse_args(["lesson", row["name"], "--help"])
        assert caught.value.code == 0
        assert row["usage"].startswith(f"visualizer lesson {row['name']} ")
    capsys.readouterr()
    status, out, _ = lesson("list")
    assert status == 0
    assert out.count("\n") == 8


def test_bigram(lesson, file):
    path = file("s.txt", SENTENCES)
    status, out, errors = lesson("bigram", "--sentences", path, "--smoothing", "0", "--json")
    assert (status, errors) == (0, "")
    report = json.loads(out)
    words = report["words"]
    after_love = report["probabilities"][words.index("love")]
    assert after_love[words.index("oranges")] == 2 / 3
    assert after_love[words.index("grapes")] == 1 / 3
    assert report["counts"][words.index("love")][words.index("oranges")] == 2
    assert report["never_followed"] == ["oranges", "grapes"]
    assert report["probabilities"][words.index("grapes")] is None
    assert report["sentences"] == 3
    status, out, _ = lesson("bigram", "--sentences", path)
    assert "followed by nothing: oranges, grapes\n" in out
    assert "0.667" in out


def test_bigram_with_smoothing_generates_as_long_as_asked(lesson, file):
    path = file("s.txt", SENTENCES)
    words = ("bigram", "--sentences", path, "--smoothing", "0.5", "--generate", "9", "--start",
             "grapes", "--json")  # fmt: skip
    report = json.loads(lesson(*words)[1])
    assert len(report["generated"]) == 10
    assert report["generated"][0] == "grapes"
    assert all(sum(row) == pytest.approx(1) for row in report["probabilities"])
    assert json.loads(lesson(*words)[1])["generated"] == report["generated"]
    assert json.loads(lesson(*words, "--seed", "1")[1])["generated"] != report["generated"]


def test_ngram(lesson, file):
    path = file("t.txt", RHYME)
    status, out, _ = lesson("ngram", "--context", "2", "--text", path, "--digits", "--json")
    assert status == 0
    report = json.loads(out)
    size = report["vocabulary_size"]
    assert int(report["rows_possible"]) == size**2
    assert report["rows_possible_at_1024"] == str(size**1024)
    assert report["rows_possible_at_1024_digits"] == len(str(size**1024))
    assert 0 < report["rows_used"] < size**2
    assert report["copied"]["2"] == 1
    assert report["held_out"]["perplexity"] > 1
    assert len(report["context_used"]) == 60
    status, out, _ = lesson("ngram", "--context", "2", "--text", path)
    assert f"context of 2: {report['rows_used']} rows used of {size**2}" in out


def test_ngram_of_five_words_needs_a_number_of_716_digits(lesson, file):
    path = file("s.txt", SENTENCES)
    report = json.loads(lesson("ngram", "--context", "2", "--text", path, "--json")[1])
    assert (report["rows_possible"], report["rows_possible_at_1024_digits"]) == ("25", 716)
    assert report["held_out"] is None
    assert "rows_possible_at_1024" not in report


def test_attention(lesson, file):
    x = np.array([[1.0, 0, 2], [0, 1, -1], [3, 0.5, 0]])
    w_q = np.array([[1.0, 2], [0, 1], [1, 0]])
    w_k = np.array([[0.5, 0], [0, 1], [1, 1]])
    paths = [
        file(name, "\n".join(",".join(map(str, row)) for row in matrix.tolist()))
        for name, matrix in (("x.csv", x), ("q.csv", w_q), ("k.csv", w_k))
    ]
    words = ("attention", "--x", paths[0], "--query-weights", paths[1], "--key-weights", paths[2])
    status, out, _ = lesson(*words, "--causal", "--json")
    assert status == 0
    report = json.loads(out)
    steps = self_attention(x, w_q, w_k, np.eye(3), causal=True)
    for name in ("q", "k", "v", "scores", "scaled", "weights", "output"):
        np.testing.assert_allclose(report[name], getattr(steps, name))
    assert report["masked"][0][1:] == [None, None]
    status, out, _ = lesson(*words)
    assert "Q K^T / sqrt(d_k)   3 x 3" in out


@pytest.mark.parametrize("width", [4, 5])
def test_positions(lesson, tmp_path, width):
    csv, npz = tmp_path / "p.csv", tmp_path / "p.npz"
    for path in (csv, npz):
        assert lesson("positions", "--length", 7, "--width", width, "--out", path)[:2] == (
            0, f"{path}\n",
        )  # fmt: skip
    np.testing.assert_array_equal(np.loadtxt(csv, delimiter=","), sinusoids(7, width))
    np.testing.assert_array_equal(np.load(npz)["positions"], sinusoids(7, width))


def test_train_and_resume(lesson, file, tmp_path):
    path, out_dir = file("t.txt", RHYME), tmp_path / "run"
    words = ("train", "--text", path, "--out", out_dir)
    status, out, errors = lesson(*words, "--steps", 4, *SMALL, "--held-out-every", 2, "--json")
    assert status == 0
    report = json.loads(out)
    assert [step["step"] for step in report["steps"]] == [1, 2, 3, 4]
    assert [step["held_out_loss"] is None for step in report["steps"]] == [True, False] * 2
    assert report["settings"]["d_model"] == 8
    assert report["step"] == checkpoint_step(report["checkpoint"]) == 4
    assert "step 4 of 4: loss" in errors
    assert report["model"] == str(out_dir)
    assert is_complete_folder(out_dir)
    assert (out_dir / "text.txt").read_text(encoding="utf-8") == RHYME
    assert all(finding.ok for finding in examine(out_dir, CancelToken()))
    status, out, errors = lesson(*words, "--steps", 2, *SMALL)
    assert (status, out) == (2, "")
    assert "--resume goes on with it" in errors
    status, out, errors = lesson(*words, "--steps", 2, "--resume", "--json")
    assert status == 0
    assert json.loads(out)["step"] == 6
    config = json.loads((out_dir / "config.json").read_text(encoding="utf-8"))
    assert config["trained_steps"] == 6
    assert lesson(*words, "--steps", 2, "--resume", "--width", 4)[0] == 2


BAD_FILES = [
    ("bigram --smoothing 0 --sentences", b"", 1, "is empty"),
    ("bigram --sentences", b"word", 1, "No word follows another"),
    (
        "bigram --smoothing -1 --sentences",
        b"a b",
        2,
        "--smoothing: must be a number from 0 to 1e+09",
    ),
    (
        "bigram --smoothing nan --sentences",
        b"a b",
        2,
        "--smoothing: must be a number from 0 to 1e+09",
    ),
    ("bigram --smoothing x --sentences", b"a b", 2, "--smoothing: must be a number"),
    ("bigram --start c --sentences", b"a b", 2, "'c' is not a word"),
    ("bigram --sentences", b"a \xff", 1, "not UTF-8"),
    ("ngram --context 1 --text", b"\n", 1, "is empty"),
    ("ngram --context 1 --text", b"one", 1, "too few for a context of 1"),
    ("ngram --context 1 --text", b"la la la", 1, "one single token, 'la'"),
    ("ngram --context 6 --text", b"a b c", 2, "from 1 to 5"),
    ("ngram --context 0 --text", b"a b c", 2, "must be a whole number from 1"),
    ("attention --x", b"", 1, "is empty"),
    ("attention --x", b"1,2\n3", 1, "line 2"),
    ("attention --x", b"1,nan", 1, "not a finite number"),
    ("attention --x", b"1e200,1\n1,1e300", 1, "too large to multiply"),
    ("train --steps 1 --out OUT --text", b"", 1, "is empty"),
    ("train --steps 1 --out OUT --text", b"aaaa", 1, "to learn what comes next, it takes two"),
    ("train --steps 1 --out OUT --text", b"ab", 1, "too few for rows of"),
    ("train --steps 0 --out OUT --text", b"ab" * 99, 2, "must be a whole number from 1"),
    (
        "train --steps 1 --rate nan --out OUT --text",
        b"ab" * 99,
        2,
        "--rate: must be a number above 0",
    ),
    ("train --steps 1 --heads 7 --out OUT --text", b"ab" * 99, 2, "7 heads do not divide"),
    ("train --steps 1 --width 8192 --layers 256 --out OUT --text", b"ab" * 99, 2, "smaller sizes"),
    ("train --steps 1 --device cuda:99 --out OUT --text", b"ab" * 99, 2, "There is no cuda:99"),
    ("train --steps 1 --resume --out OUT --text", b"ab" * 99, 1, "There is no checkpoint"),
]


@pytest.mark.parametrize(("words", "data", "expected", "sentence"), BAD_FILES)
def test_bad_input_gets_one_sentence(lesson, file, tmp_path, words, data, expected, sentence):
    path = file("bad", data)
    words = words.replace("OUT", str(tmp_path / "out")).split()
    status, out, errors = lesson(*words, path)
    assert (status, out) == (expected, "")
    assert sentence in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_large_file_is_refused(lesson, tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    for words in (
        "bigram --sentences",
        "ngram --context 2 --text",
        "train --steps 1 --out o --text",
    ):
        status, out, errors = lesson(*words.split(), path)
        assert (status, out, errors.count("\n")) == (1, "", 1)
        assert "larger than 10 MB" in errors


@pytest.mark.parametrize(
    ("words", "expected", "sentence"),
    [
        (["--length", "5", "--width", "0", "--out", "p.csv"], 2, "from 1"),
        (["--length", "-5", "--width", "1", "--out", "p.csv"], 2, "a whole number from 1"),
        (["--length", "5", "--width", "4", "--out", "p.txt"], 2, "must end in .csv or .npz"),
        (["--length", "5", "--width", "4", "--out", "none/p.csv"], 1, "there is no folder none"),
        (["--length", "99999", "--width", "99999", "--out", "p.csv"], 2, "too large"),
        (["--length", "5", "--out", "p.csv"], 2, "required: --width"),
    ],
)
def test_bad_positions(lesson, tmp_path, monkeypatch, words, expected, sentence):
    monkeypatch.chdir(tmp_path)
    status, out, errors = lesson("positions", *words)
    assert (status, out) == (expected, "")
    assert sentence in errors
    assert not list(tmp_path.iterdir())


def test_divergence_keeps_the_checkpoint(lesson, file, tmp_path):
    words = ("train", "--text", file("t.txt", RHYME), "--steps", 9, "--out", tmp_path / "run")
    status, out, errors = lesson(*words, *SMALL, "--rate", "1e30", "--warmup", "0")
    assert (status, out) == (1, "")
    assert errors.splitlines()[-1].startswith("visualizer: The loss is not a number after 1 steps")


def test_wrong_usage(lesson):
    assert lesson()[0] == 2
    assert lesson("explain", "one")[0] == 2


def test_counting_needs_no_torch(file):
    code = (
        "import sys\n"
        "for name in ('torch', 'PySide6', 'transformers'): sys.modules[name] = None\n"
        "from visualizer.cli import main\n"
        f"status = main(['lesson', 'bigram', '--sentences', {str(file('s', SENTENCES))!r}])\n"
        f"status |= main(['lesson', 'attention', '--x', {str(file('x', '1,2'))!r}])\n"
        "raise SystemExit(status | main(['lesson', 'list']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_interrupted_training_is_saved(file, tmp_path):
    words = ["lesson", "train", "--text", str(file("t.txt", RHYME)), "--steps", "1000000",
             "--out", str(tmp_path / "run"), *SMALL, "--json"]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "visualizer", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    with process:
        assert b"step 1 of" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    step = checkpoint_step(tmp_path / "run" / "checkpoint.safetensors")
    assert step >= 1
    assert (process.returncode, out) == (130, b"")
    assert errors.decode().splitlines()[-1].endswith(f"holds step {step}")
