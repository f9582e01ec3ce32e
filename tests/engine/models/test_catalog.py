from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visualizer.engine.errors import ModelLoadError, UsageError
from visualizer.engine.headers import read_safetensors_header
from visualizer.engine.models.catalog import (
    BundledSource,
    HubSource,
    PackageSource,
    find_known,
    known_models,
    parse_catalog,
)
from visualizer.engine.models.examine import examine
from visualizer.engine.models.local import (
    LocalModel,
    best_local_model,
    cached_snapshot,
    local_models,
    snapshot_notes,
)
from visualizer.engine.models.manifest import write_manifest
from visualizer.engine.models.removal import remove_model
from visualizer.engine.models.resolve import ensure_local, find_local
from visualizer.engine.records import CancelToken

ENTRY = """
[[model]]
name = "x"
title = "X"
summary = "An x."
licence = "MIT"
parameters = 1
download_bytes = 2
source = "hub"
repository = "a/x"
"""


def test_the_catalogue_holds_what_the_program_promises() -> None:
    models = {model.name: model for model in known_models()}
    assert next(iter(models)) == "smollm2-135m"
    assert {"tiny", "gpt2", "Qwen/Qwen2.5-0.5B"} <= set(models)
    default = models["smollm2-135m"].source
    assert isinstance(default, PackageSource)
    assert re.fullmatch(r"[0-9a-f]{64}", default.sha256)
    for model in models.values():
        assert model.licence
        assert model.summary.endswith(".")
        assert (model.download_bytes == 0) == isinstance(model.source, BundledSource)


def test_the_bundled_model_is_there_and_as_large_as_said() -> None:
    known = find_known("tiny")
    assert known is not None
    assert known.own_folder is not None
    header = read_safetensors_header(known.own_folder / "model.safetensors")
    assert sum(tensor.n_elements for tensor in header.values()) == known.parameters
    assert sum(file.stat().st_size for file in known.own_folder.iterdir()) <= 8_000_000


@pytest.mark.parametrize(
    "change",
    [
        ('name = "x"', 'nome = "x"'),
        ("parameters = 1", "parameters = -1"),
        ("parameters = 1", 'parameters = "1"'),
        ("parameters = 1", "parameters = true"),
        ('source = "hub"', 'source = "ftp"'),
        ('repository = "a/x"', ""),
        ('licence = "MIT"', 'licence = ""'),
        ('title = "X"', 'title = "X"\ncolour = "red"'),
        ("[[model]]", ENTRY + "[[model]]"),
        ("[[model]]", "[[model"),
    ],
)
def test_a_broken_catalogue_is_not_taken(change: tuple[str, str]) -> None:
    assert parse_catalog(ENTRY)[0].source == HubSource("a/x")
    with pytest.raises(ValueError, match=r"catalogue|line"):
        parse_catalog(ENTRY.replace(*change, 1))


def test_hub_models_are_known_by_both_names() -> None:
    assert find_known("gpt2") == find_known("openai-community/gpt2")
    assert find_known("unheard-of") is None


def test_a_fresh_machine_has_tiny_alone() -> None:
    assert [model.name for model in local_models()] == ["tiny"]
    assert best_local_model().name == "tiny"


def _put_default(caches: Path, built_models: Path) -> Path:
    folder = caches / "models" / "smollm2-135m"
    shutil.copytree(built_models / "llama", folder)
    write_manifest(folder, source={"kind": "package"}, source_sha256="", versions={})
    return folder


def _put_in_hub_cache(caches: Path, built_models: Path, repository: str) -> Path:
    folder = caches.parent / "hub" / ("models--" + repository.replace("/", "--"))
    snapshot = folder / "snapshots" / "abc123"
    shutil.copytree(built_models / "llama", snapshot)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc123")
    return snapshot


def test_the_default_model_is_best_once_it_is_whole(caches: Path, built_models: Path) -> None:
    folder = _put_default(caches, built_models)
    assert best_local_model().path == folder
    (folder / "manifest.json").unlink()
    assert best_local_model().name == "tiny"


def test_models_of_the_hub_are_found_when_they_are_complete(
    caches: Path, built_models: Path
) -> None:
    snapshot = _put_in_hub_cache(caches, built_models, "openai-community/gpt2")
    other = _put_in_hub_cache(caches, built_models, "someone/else")
    names = [(model.name, model.path) for model in local_models()]
    assert names == [
        ("gpt2", snapshot),
        ("tiny", find_local("tiny").path),  # type: ignore[union-attr]
        ("someone/else", other),
    ]
    assert best_local_model().name == "gpt2"
    (other / "tokenizer.json").unlink()
    assert cached_snapshot("someone/else") is None
    (snapshot / "model.safetensors").unlink()
    assert cached_snapshot("openai-community/gpt2") is None
    (snapshot.parents[1] / "refs" / "main").write_text("../../elsewhere")
    assert [model.name for model in local_models()] == ["tiny"]


def test_a_cache_that_calls_no_snapshot_current_gives_the_newest_whole_one(
    caches: Path, built_models: Path
) -> None:
    only = _put_in_hub_cache(caches, built_models, "a/b")
    assert snapshot_notes(only) == ()
    (only.parents[1] / "refs" / "main").unlink()
    assert find_local("a/b") == LocalModel("a/b", only, "hub")
    (note,) = snapshot_notes(only)
    assert "a/b" in str(note)
    assert only.name[:12] in str(note)
    newer = only.with_name("f" * 40)
    shutil.copytree(only, newer)
    newest = only.with_name("e" * 40)
    shutil.copytree(only, newest)
    os.utime(newer, (2e9, 2e9))
    os.utime(newest, (3e9, 3e9))
    (newest / "tokenizer.json").unlink()
    assert cached_snapshot("a/b") == newer
    shutil.rmtree(only.parent)
    assert cached_snapshot("a/b") is None


def test_a_sharded_snapshot_needs_all_its_parts(caches: Path, built_models: Path) -> None:
    snapshot = _put_in_hub_cache(caches, built_models, "a/b")
    shutil.rmtree(snapshot)
    shutil.copytree(built_models / "sharded", snapshot)
    assert cached_snapshot("a/b") == snapshot
    min(snapshot.glob("model-*.safetensors")).unlink()
    assert cached_snapshot("a/b") is None


def test_the_local_models_are_found_without_torch() -> None:
    program = (
        "import sys; from visualizer.engine.models import local, resolve; local.local_models(); "
        "print(sorted({'torch', 'transformers', 'PySide6'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_a_path_stands_for_itself(model_folder: Callable[..., Path], tmp_path: Path) -> None:
    folder = model_folder()
    for typed in (str(folder), str(folder / "model.safetensors"), str(folder / "config.json")):
        local = find_local(typed)
        assert local is not None
        assert (local.name, local.path, local.kind) == (typed, folder, "folder")
    gguf = tmp_path / "A.GGUF"
    gguf.write_bytes(b"")
    assert find_local(str(gguf)).kind == "gguf"  # type: ignore[union-attr]
    for missing in ("./nowhere", "/nowhere/model", "nothing.gguf"):
        with pytest.raises(ModelLoadError, match="There is no model"):
            find_local(missing)
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(ModelLoadError, match="is no model"):
        find_local(str(tmp_path / "notes.txt"))
    with pytest.raises(UsageError):
        find_local("not a name")


def test_a_relative_folder_is_found_from_anywhere(
    model_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = model_folder()
    monkeypatch.chdir(folder.parent)
    local = ensure_local(folder.name, offline=True, report=_no_report, cancel=CancelToken())
    assert (local.name, local.path) == (folder.name, folder)


def _no_report(*step: Any) -> None:
    """For tests that do not look at the progress."""


def test_fetched_models_can_be_removed_and_nothing_else(
    caches: Path, built_models: Path, model_folder: Callable[..., Path]
) -> None:
    cancel = CancelToken()
    folder = _put_default(caches, built_models)
    snapshot = _put_in_hub_cache(caches, built_models, "openai-community/gpt2")
    assert remove_model("smollm2-135m", cancel) > 10_000
    assert remove_model("gpt2", cancel) > 10_000
    assert not folder.exists()
    assert not snapshot.exists()
    for name in ("tiny", str(model_folder())):
        with pytest.raises(UsageError):
            remove_model(name, cancel)
    for name in ("smollm2-135m", "gpt2", "a/b"):
        with pytest.raises(ModelLoadError, match="no model"):
            remove_model(name, cancel)
    assert find_local("tiny") is not None


def test_a_good_model_passes_examination(caches: Path, built_models: Path) -> None:
    findings = examine(_put_default(caches, built_models), CancelToken())
    assert all(finding.ok for finding in findings)
    assert any("as written" in finding.result for finding in findings)


def test_a_flipped_bit_is_found(caches: Path, built_models: Path) -> None:
    folder = _put_default(caches, built_models)
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-5] ^= 1
    weights.write_bytes(content)
    (bad,) = [finding for finding in examine(folder, CancelToken()) if not finding.ok]
    assert "not what was written" in bad.result


def test_a_damaged_folder_is_found(model_folder: Callable[..., Path]) -> None:
    folder = model_folder(num_attention_heads=0)
    (bad,) = [finding for finding in examine(folder, CancelToken()) if not finding.ok]
    assert "num_attention_heads = 0" in bad.result
    (folder / "config.json").unlink()
    assert not examine(folder, CancelToken())[0].ok
