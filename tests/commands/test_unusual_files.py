"""Pipes, devices and folders where a file is expected: said at once, and never waited for."""

from __future__ import annotations

import os
import socket

import pytest

from visualizer import cli

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX")

COMMANDS = {
    "score": ["score", "FILE"],
    "prompts": ["export", "--view", "VIEW", "--out", "OUT", "--prompts", "FILE"],
    "view": ["export", "--view", "FILE", "--out", "OUT"],
    "pipeline of predict": ["predict", "a", "--pipeline", "FILE"],
    "pipeline of generate": ["generate", "a", "--pipeline", "FILE"],
    "history": ["generate", "a", "--chat", "--history", "FILE"],
    "train": ["lesson", "train", "--steps", "1", "--out", "OUT", "--text", "FILE"],
    "bigram": ["lesson", "bigram", "--sentences", "FILE"],
    "ngram": ["lesson", "ngram", "--context", "1", "--text", "FILE"],
    "attention": ["lesson", "attention", "--x", "FILE"],
    "query weights": ["lesson", "attention", "--x", "MATRIX", "--query-weights", "FILE"],
    "encoding": ["tokens", "a", "--encoding", "FILE"],
}


def pipe(folder):
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def unix_socket(folder):
    with socket.socket(socket.AF_UNIX) as made:
        os.chdir(folder)
        made.bind("socket")
    return folder / "socket"


KINDS = {
    "a pipe": pipe,
    "an endless device": lambda _: "/dev/zero",
    "a terminal": lambda _: os.ttyname(os.openpty()[1]),
    "a folder": lambda folder: folder,
    "a socket": unix_socket,
    "nothing": lambda folder: folder / "missing",
    "a link to itself": lambda folder: [(folder / "l").symlink_to("l"), folder / "l"][1],
    "a long name": lambda folder: folder / ("n" * 300),
    "a NUL": lambda folder: f"{folder}/a\0b",
    "a huge file": lambda folder: sparse(folder / "huge"),
}


def sparse(path):
    with path.open("wb") as file:
        file.truncate(20_000_000_000)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_ordinary_file_is_refused_at_once(capsys, tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "matrix.csv").write_text("1,2\n")
    (tmp_path / "view.json").write_text('{"format": "visualizer view", "version": 1}')
    (tmp_path / "there").mkdir()
    file = str(KINDS[kind](tmp_path / "there"))
    places = {"FILE": file, "VIEW": "view.json", "OUT": "out", "MATRIX": "matrix.csv"}
    for name, words in COMMANDS.items():
        status = cli.main([*(places.get(word, word) for word in words), "--offline"])
        out, err = capsys.readouterr()
        assert status in (1, 2)
        assert out == ""
        assert err.count("\n") == 1, name
        assert "unexpected" not in err, name


def test_a_folder_of_pipes_is_no_translator_and_no_training(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("config.json", "model.safetensors", "checkpoint.safetensors"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "t.txt").write_text("la li lo " * 100)
    train = ["lesson", "train", "--text", "t.txt", "--steps", "1", "--out", "."]
    for words in (["lesson", "translate", "one", "--from", "."], train, [*train, "--resume"]):
        assert cli.main(words) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert "unexpected" not in err


@pytest.mark.parametrize("words", [["tokens", "-"], ["score", "-"], ["predict", "-"]])
def test_standard_input_that_does_not_end_is_left(capsys, monkeypatch, words):
    with open("/dev/zero", encoding="latin-1") as endless:
        monkeypatch.setattr("sys.stdin", endless)
        assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "visualizer: Standard input is longer than 16 MB, the most that is read. "
        "Give a part of it.\n"
    )


@pytest.mark.parametrize(
    ("words", "limits"),
    [
        (["score"], ["at most 16 MB"]),
        (["export"], ["at most 16 MB", "100000 prompts", "from 36 to 2400"]),
        (["lesson", "train"], ["at most 10 MB", "from 1 to 10000000"]),
        (["predict"], ["at most 16 MB"]),
    ],
)
def test_the_help_says_the_limits(capsys, words, limits):
    assert cli.main([*words, "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for limit in limits:
        assert limit in text
