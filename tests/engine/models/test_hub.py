from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from safetensors.numpy import save_file

from visualizer.engine.errors import FetchError, UsageError
from visualizer.engine.models.hub import fetch_repository
from visualizer.engine.models.hub_child import choose_weights
from visualizer.engine.models.local import best_local_model, cached_snapshot, local_models
from visualizer.engine.models.resolve import ensure_local, find_local
from visualizer.engine.records import Cancelled, CancelToken

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "someone/little"


class StandIn(ThreadingHTTPServer):
    """Answers for the hub, with the files of a folder, or as badly as a test wants.

    Attributes:
        mode: "ok", "stall" (half of the weights, then nothing), "silent" (accepts and never
            answers), "damage" (one wrong byte in the weights), or a status such as "404".
        asked: Method and path of every request, with "Range" where one was asked for.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.folder = folder
        self.mode = "ok"
        self.asked: list[str] = []
        self.release = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side went away: what cancelling looks like from here."""


class _Answer(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        span = self.headers.get("Range", "") if with_body else ""
        self.server.asked.append(f"{self.command} {path} {span}".strip())
        if self.server.mode == "silent":
            self.server.release.wait(30)
            return
        if self.server.mode.isdigit():
            self._refuse(int(self.server.mode))
        elif path.startswith(f"/api/models/{NAME}/tree/"):
            self._json([self._entry(file) for file in sorted(self.server.folder.iterdir())])
        elif path in {f"/api/models/{NAME}", f"/api/models/{NAME}/revision/main"}:
            names = sorted(file.name for file in self.server.folder.iterdir())
            siblings = [
                {"rfilename": name, "size": (self.server.folder / name).stat().st_size}
                for name in names
            ]
            self._json({"id": NAME, "sha": COMMIT, "siblings": siblings, "tags": []})
        elif path.startswith(f"/{NAME}/resolve/"):
            self._file(self.server.folder / path.rsplit("/", 1)[1], with_body, span)
        else:
            self._refuse(404)

    @staticmethod
    def _entry(file: Path) -> dict[str, Any]:
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return {"type": "file", "path": file.name, "size": len(content), "oid": digest[:40]}

    def _json(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        if status in {401, 404}:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self, file: Path, with_body: bool, span: str) -> None:
        if not file.is_file():
            self._refuse(404)
            return
        content = file.read_bytes()
        start = int(span.removeprefix("bytes=").partition("-")[0]) if span else 0
        self.send_response(206 if span else 200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("Accept-Ranges", "bytes")
        if span:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if not with_body:
            return
        if self.server.mode == "stall" and file.suffix == ".safetensors":
            self.wfile.write(content[start : start + (len(content) - start) // 2])
            self.wfile.flush()
            self.server.release.wait(30)
            return
        if self.server.mode == "damage" and file.suffix == ".safetensors":
            content = content[:-1] + b"!"
        self.wfile.write(content[start:])


@pytest.fixture
def hub(model_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    folder = model_folder()
    (folder / "README.md").write_text("not wanted")
    (folder / "modeling.py").write_text("raise SystemExit")
    (folder / "pytorch_model.bin").write_bytes(b"not wanted")
    server = StandIn(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("HF_HUB_ETAG_TIMEOUT", "2")
    monkeypatch.setenv("HF_HUB_DOWNLOAD_TIMEOUT", "2")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


def _fetch(name: str = NAME, **keywords: Any) -> tuple[Path, list[tuple[Any, ...]]]:
    steps: list[tuple[Any, ...]] = []

    def report(*step: Any) -> None:
        steps.append(step)

    cancel = keywords.pop("cancel", CancelToken())
    return fetch_repository(name, report=report, cancel=cancel, **keywords), steps


def test_a_model_is_fetched_with_what_it_needs_and_nothing_else(
    hub: StandIn, load: Callable[..., Any]
) -> None:
    assert find_local(NAME) is None
    path, steps = _fetch()
    assert {file.name for file in path.iterdir()} == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
    }
    assert not any(
        "modeling.py" in line or ".bin" in line for line in hub.asked if "api" not in line
    )
    total = sum(file.stat().st_size for file in path.iterdir())
    assert steps[-1] == ("download", total, total, "bytes")
    assert cached_snapshot(NAME) == path
    assert (NAME, path) in [(model.name, model.path) for model in local_models()]
    assert (
        load(path).weights_sha256
        == hashlib.sha256((path / "model.safetensors").read_bytes()).hexdigest()
    )


def test_a_fetched_model_needs_no_network_again(hub: StandIn) -> None:
    path, _ = _fetch()
    hub.asked.clear()
    local = ensure_local(NAME, offline=True, report=_no_report, cancel=CancelToken())
    assert (local.path, hub.asked) == (path, [])


def _no_report(*step: Any) -> None:
    """For tests that do not look at the progress."""


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("404", "no model 'someone/little' that can be read without a login"),
        ("401", "no model 'someone/little' that can be read without a login"),
        ("403", "asks for a login"),
        ("429", "limiting requests"),
        ("500", "answered with an error .HTTP 500"),
    ],
)
def test_what_the_hub_refuses_is_one_sentence(status: str, sentence: str, hub: StandIn) -> None:
    hub.mode = status
    with pytest.raises(FetchError, match=sentence) as caught:
        _fetch()
    assert "\n" not in str(caught.value)
    assert find_local(NAME) is None


def test_a_hub_that_is_not_there_is_one_sentence(
    hub: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(FetchError, match="cannot be reached"):
            _fetch()


def test_a_hub_that_never_answers_is_given_up(hub: StandIn) -> None:
    hub.mode = "silent"
    with pytest.raises(FetchError, match=r"sent nothing|cannot be reached"):
        _fetch(stall_seconds=1.5)


def test_a_broken_off_fetch_is_no_model_and_goes_on_where_it_was(hub: StandIn) -> None:
    hub.mode = "stall"
    weights = hub.folder / "model.safetensors"
    save_file({"w": np.arange(6_000_000, dtype=np.float32)}, weights)
    size = weights.stat().st_size  # the hub's library writes 10 MB at a time
    cancel = CancelToken()
    cancelled_at: list[float] = []

    def report(stage: str, done: int, total: int | None, unit: str) -> None:
        if total and done > 9_000_000 and not cancelled_at:
            cancelled_at.append(time.monotonic())
            cancel.cancel()

    with pytest.raises(Cancelled):
        fetch_repository(NAME, report=report, cancel=cancel)
    assert time.monotonic() - cancelled_at[0] < 1
    assert find_local(NAME) is None
    assert best_local_model().name == "tiny"
    hub.mode = "ok"
    hub.asked.clear()
    path, _ = _fetch()
    assert (path / "model.safetensors").read_bytes() == weights.read_bytes()
    (asked,) = [line for line in hub.asked if "bytes=" in line]
    start = int(asked.rpartition("bytes=")[2].rstrip("-"))
    assert asked.startswith(f"GET /{NAME}/resolve/{COMMIT}/model.safetensors ")
    assert 9_000_000 < start <= size // 2


def test_weights_that_arrive_damaged_are_thrown_away(hub: StandIn) -> None:
    hub.mode = "damage"
    with pytest.raises(FetchError, match="damaged"):
        _fetch()
    assert find_local(NAME) is None
    hub.mode = "ok"
    path, _ = _fetch()
    assert (path / "model.safetensors").read_bytes() == (
        hub.folder / "model.safetensors"
    ).read_bytes()


def test_offline_is_honoured_both_ways(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FetchError, match="fetching is switched off"):
        ensure_local(NAME, offline=True, report=_no_report, cancel=CancelToken())
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(FetchError, match="HF_HUB_OFFLINE"):
        ensure_local(NAME, offline=False, report=_no_report, cancel=CancelToken())
    assert hub.asked == []


def test_a_repository_without_safetensors_or_tokenizer_is_refused(hub: StandIn) -> None:
    (hub.folder / "tokenizer.json").unlink()
    with pytest.raises(FetchError, match="no tokenizer"):
        _fetch()
    (hub.folder / "model.safetensors").unlink()
    with pytest.raises(FetchError, match="safetensors"):
        _fetch()
    assert not [line for line in hub.asked if "resolve" in line]


@pytest.mark.parametrize("name", ["a/b/c", "-x/y", "x y", "", "a/.b", "https://x/y"])
def test_what_is_no_repository_name_is_refused(name: str, hub: StandIn) -> None:
    with pytest.raises(UsageError):
        ensure_local(name, offline=False, report=_no_report, cancel=CancelToken())
    assert hub.asked == []


def test_weights_are_one_file_or_an_index_and_its_parts() -> None:
    parts = {"model-00001-of-00002.safetensors": 1, "model-00002-of-00002.safetensors": 1}
    index = {"model.safetensors.index.json": 1}
    other = {"consolidated.safetensors": 1, "onnx/model-1.safetensors": 1, "pytorch_model.bin": 1}
    assert choose_weights({**other, "model.safetensors": 1, **parts}) == ["model.safetensors"]
    assert choose_weights({**other, **parts, **index}) == [*parts, *index]
    assert choose_weights({**other, **parts}) == []
    assert choose_weights({**other, **index}) == []
