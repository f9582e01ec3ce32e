from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import pytest
import torch
from gguf import GGUFWriter
from safetensors.torch import load_file
from tokenizers import Tokenizer, pre_tokenizers
from transformers import AutoModelForCausalLM

from visualizer.engine.errors import FetchError, ModelLoadError
from visualizer.engine.models import convert, gguf_child
from visualizer.engine.models.child import run_child
from visualizer.engine.models.convert import convert_into, ensure_converted
from visualizer.engine.models.local import local_models
from visualizer.engine.models.locks import folder_lock
from visualizer.engine.models.manifest import hash_files, is_whole, read_manifest
from visualizer.engine.records import Cancelled, CancelToken

_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}
HEADS, GROUPS, WIDTH, LAYERS = 4, 2, 16, 2
TOKENS = [*sorted(pre_tokenizers.ByteLevel.alphabet()), "ĊĊ", "ĠĠ", "<|end|>", "<|endoftext|>"]


def write_gguf(path: Path, folder: Path, pre: str = "smollm") -> None:
    """The llama model of `folder` as a GGUF file, by the format's own rules."""
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(24)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(TOKENS)
    writer.add_token_types([1] * (len(TOKENS) - 2) + [3, 3])
    writer.add_token_merges(["Ċ Ċ", "Ġ Ġ"])
    writer.add_eos_token_id(258)
    writer.add_add_bos_token(False)
    for name, tensor in load_file(folder / "model.safetensors").items():
        writer.add_tensor(_gguf_name(name), _permuted(name, tensor.numpy()))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _gguf_name(name: str) -> str:
    if not name.startswith("model.layers."):
        return {
            "model.embed_tokens.weight": "token_embd.weight",
            "model.norm.weight": "output_norm.weight",
            "lm_head.weight": "output.weight",
        }[name]
    layer, _, rest = name.removeprefix("model.layers.").partition(".")
    return f"blk.{layer}.{_NAMES[rest.removesuffix('.weight')]}.weight"


def _permuted(name: str, weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Rotary pairs side by side, as llama.cpp keeps queries and keys."""
    heads = HEADS if "q_proj" in name else GROUPS if "k_proj" in name else 0
    if not heads:
        return weight
    halves = weight.reshape(heads, 2, weight.shape[0] // heads // 2, WIDTH)
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(weight.shape))


@pytest.fixture(scope="session")
def gguf_source(built_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "little.gguf"
    write_gguf(path, built_models / "llama")
    return path


@pytest.fixture(scope="session")
def converted(gguf_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, converted once for all tests that only look at the result."""
    folder = tmp_path_factory.mktemp("converted") / "little"
    convert_into(
        gguf_source,
        folder,
        source={"kind": "gguf", "file": gguf_source.name},
        sha256=hash_files([gguf_source]),
        report=_no_report,
        cancel=CancelToken(),
    )
    return folder


def _no_report(*step: Any) -> None:
    """For tests that do not look at the progress."""


def test_a_converted_model_is_the_one_the_file_was_made_from(
    converted: Path, built_models: Path, load: Callable[..., Any]
) -> None:
    original = load_file(built_models / "llama" / "model.safetensors")
    result = load_file(converted / "model.safetensors")
    assert set(result) == set(original)
    for name, tensor in original.items():
        assert torch.equal(result[name], tensor), name
    loaded = load(converted)
    plain = AutoModelForCausalLM.from_pretrained(
        built_models / "llama", attn_implementation="eager"
    )
    ids = torch.tensor([[5, 6, 200, 9]])
    with torch.no_grad():
        difference = loaded.model(ids).logits - plain(ids).logits
    assert float(difference.abs().max()) < 1e-6
    assert (loaded.context_length, loaded.end_ids, loaded.notes) == (64, (258,), ())


def test_digits_are_split_before_spaces_are_joined(converted: Path) -> None:
    tokenizer = Tokenizer.from_file(str(converted / "tokenizer.json"))
    assert tokenizer.encode("a\n\n1").tokens == ["a", "ĊĊ", "1"]
    assert tokenizer.encode("a  1").tokens == ["a", "ĠĠ", "1"]
    assert tokenizer.encode("a\n\nb").tokens == ["a", "Ċ", "Ċ", "b"]


def test_the_manifest_says_what_was_made_from_what(converted: Path, gguf_source: Path) -> None:
    manifest = read_manifest(converted)
    assert manifest is not None
    assert is_whole(converted)
    assert manifest.source_sha256 == hash_files([gguf_source])
    assert manifest.weights_sha256 == hash_files([converted / "model.safetensors"])
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= set(manifest.files)
    assert manifest.versions["transformers"]
    assert [file.name for file in converted.parent.iterdir()] == ["little"]


def test_a_folder_that_lost_a_file_or_its_manifest_is_not_whole(
    converted: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(converted, folder)
    assert is_whole(folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    assert not is_whole(folder)
    shutil.copy(converted / "model.safetensors", weights)
    assert is_whole(folder)
    (folder / "tokenizer.json").unlink()
    assert not is_whole(folder)
    for text in ("", "[]", '{"files": 3}', "{"):
        (folder / "manifest.json").write_text(text)
        assert not is_whole(folder)


def test_changed_weights_lose_the_manifests_hash(
    converted: Path, tmp_path: Path, load: Callable[..., Any]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(converted, folder)
    manifest = folder / "manifest.json"
    values = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**values, "weights_sha256": "as the manifest says"}))
    assert load(folder).weights_sha256 == "as the manifest says"
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert load(folder).weights_sha256 == hash_files([folder / "model.safetensors"])


def test_a_file_is_converted_once_and_known_by_its_content(
    gguf_source: Path, converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Path] = []

    def copy(gguf: Path, partial: Path, report: Any, cancel: Any) -> dict[str, str]:
        runs.append(gguf)
        shutil.copytree(converted, partial, dirs_exist_ok=True)
        return {}

    monkeypatch.setattr(convert, "_run_conversion", copy)
    first = ensure_converted(gguf_source, report=_no_report, cancel=CancelToken())
    renamed = tmp_path / "other name.gguf"
    shutil.copy(gguf_source, renamed)
    assert ensure_converted(renamed, report=_no_report, cancel=CancelToken()) == first
    assert runs == [gguf_source]
    assert ("little.gguf", first) in [(model.name, model.path) for model in local_models()]


def test_an_interrupted_conversion_leaves_no_model(
    gguf_source: Path, converted: Path, caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(gguf: Path, partial: Path, report: Any, cancel: Any) -> dict[str, str]:
        shutil.copytree(converted, partial, dirs_exist_ok=True)
        raise Cancelled

    before = local_models()
    monkeypatch.setattr(convert, "_run_conversion", fail)
    with pytest.raises(Cancelled):
        ensure_converted(gguf_source, report=_no_report, cancel=CancelToken())
    assert local_models() == before
    assert [file.name for file in (caches / "models").iterdir() if file.is_dir()] == []


def test_a_full_disk_is_told(gguf_source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> dict[str, str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(convert, "_run_conversion", fail)
    with pytest.raises(FetchError, match="No space left on device"):
        ensure_converted(gguf_source, report=_no_report, cancel=CancelToken())


def test_a_file_that_cannot_be_converted_is_told(tmp_path: Path) -> None:
    path = tmp_path / "strange.gguf"
    writer = GGUFWriter(path, "unheard-of")
    writer.add_tensor("x", np.zeros((4, 8), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelLoadError, match=r"strange\.gguf cannot be converted") as caught:
        ensure_converted(path, report=_no_report, cancel=CancelToken())
    assert "its architecture unheard-of is not read from GGUF" in str(caught.value)
    assert caught.value.template.startswith("{path} cannot be converted")


def test_the_words_of_a_library_are_kept_for_the_detail(
    gguf_source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    def fail(*args: Any) -> None:
        raise IndexError("tuple index out of range")

    monkeypatch.setattr(gguf_child, "convert", fail)
    monkeypatch.setattr(gguf_child, "end_with_parent", lambda: None)
    assert gguf_child.main([str(gguf_source), str(tmp_path)]) == 1
    message = json.loads(capfd.readouterr().out)
    assert "IndexError" not in message["template"]
    assert message["detail"] == "IndexError: tuple index out of range"
    assert message["values"] == {"path": str(gguf_source)}


@pytest.mark.parametrize("damage", ["type", "width"])
def test_a_damaged_tensor_is_told_in_a_sentence(
    damage: str, gguf_source: Path, tmp_path: Path
) -> None:
    content = bytearray(gguf_source.read_bytes())
    place = content.index(b"blk.0.ffn_up.weight") + len(b"blk.0.ffn_up.weight")
    n_dimensions = int.from_bytes(content[place : place + 4], "little")
    if damage == "type":
        content[place + 4 + 8 * n_dimensions] = 99
    else:
        content[place + 4] = 15
    path = tmp_path / "damaged.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelLoadError, match=r"type 99|has the shape \[24, 15\]"):
        gguf_child.convert(path, tmp_path)


def test_a_child_is_gone_within_a_second_of_being_cancelled(tmp_path: Path) -> None:
    grandchild = "import time; print('up', flush=True); time.sleep(60)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    cancel = CancelToken()
    times: list[float] = []

    def on_line(line: str) -> None:
        times.append(time.monotonic())
        cancel.cancel()

    with pytest.raises(Cancelled):
        run_child([sys.executable, "-c", program], cancel=cancel, on_line=on_line, progress=int)
    assert time.monotonic() - times[0] < 1


def test_a_child_that_stands_still_is_given_up() -> None:
    result = run_child(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        cancel=CancelToken(),
        on_line=str,
        progress=int,
        stall_seconds=0.3,
    )
    assert result.stalled


def test_a_childs_last_words_and_status_are_kept() -> None:
    program = "import sys; print('one'); print('two'); print('no', file=sys.stderr); sys.exit(3)"
    lines: list[str] = []
    result = run_child(
        [sys.executable, "-c", program], cancel=CancelToken(), on_line=lines.append, progress=int
    )
    assert (result.status, result.errors, lines) == (3, "no", ["one", "two"])


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_conversion_that_is_killed_leaves_no_child_and_the_next_one_cleans_up(
    gguf_source: Path, converted: Path, caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "import sys; from pathlib import Path; from visualizer.engine.models import convert; "
        "from visualizer.engine.records import CancelToken; "
        "convert.ensure_converted(Path(sys.argv[1]), report=lambda *step: None, "
        "cancel=CancelToken())"
    )
    models = caches / "models"
    parent = subprocess.Popen([sys.executable, "-c", program, str(gguf_source)])
    children: list[psutil.Process] = []
    while not children and parent.poll() is None:
        children = psutil.Process(parent.pid).children()
    assert list(models.glob(".gguf-*.partial"))
    parent.terminate()
    assert parent.wait() == -signal.SIGTERM
    assert psutil.wait_procs(children, timeout=10)[1] == []
    held = models / ".gguf-of-another.partial"
    held.mkdir()
    other = caches.parent / "other.gguf"
    write_gguf(other, converted, pre="another")
    monkeypatch.setattr(convert, "_run_conversion", _copying(converted))
    with folder_lock(models / "gguf-of-another", CancelToken()):
        folder = ensure_converted(other, report=_no_report, cancel=CancelToken())
    assert {path for path in models.iterdir() if path.is_dir()} == {folder, held}


def test_what_an_older_converter_made_is_made_again(
    gguf_source: Path, converted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "_run_conversion", _copying(converted))
    folder = ensure_converted(gguf_source, report=_no_report, cancel=CancelToken())
    manifest = folder / "manifest.json"
    values = json.loads(manifest.read_text())
    del values["source"]["converter"]
    manifest.write_text(json.dumps(values))
    assert not is_whole(folder)
    assert folder not in [model.path for model in local_models()]
    assert ensure_converted(gguf_source, report=_no_report, cancel=CancelToken()) == folder
    assert is_whole(folder)
    values["source"]["kind"] = "package"  # the catalogue's: the same whichever converter
    manifest.write_text(json.dumps(values))
    assert is_whole(folder)


def _copying(converted: Path) -> Callable[..., dict[str, str]]:
    def copy(gguf: Path, partial: Path, report: Any, cancel: Any) -> dict[str, str]:
        shutil.copytree(converted, partial, dirs_exist_ok=True)
        return {}

    return copy


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_our_children_end_when_we_are_killed() -> None:
    child = (
        "import threading; from visualizer.engine.models.child import end_with_parent; "
        "end_with_parent(); print('up', flush=True); threading.Event().wait(60)"
    )
    parent = (
        "import subprocess, sys; "
        f"p = subprocess.Popen([sys.executable, '-c', {child!r}], stdin=subprocess.PIPE, "
        "stdout=subprocess.PIPE); p.stdout.readline(); print(p.pid, flush=True); p.wait()"
    )
    cancel = CancelToken()
    pids: list[int] = []

    def on_line(line: str) -> None:
        pids.append(int(line))
        cancel.cancel()

    with pytest.raises(Cancelled):
        run_child([sys.executable, "-c", parent], cancel=cancel, on_line=on_line, progress=int)
    deadline = time.monotonic() + 10
    while _is_alive(pids[0]) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _is_alive(pids[0])


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_second_process_waits_for_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        with folder_lock(folder, CancelToken()):
            order.append("second")

    thread = threading.Thread(target=second)
    with folder_lock(folder, CancelToken()):
        thread.start()
        waiting.wait(5)
        cancel = CancelToken()
        cancel.cancel()
        with pytest.raises(Cancelled), folder_lock(folder, cancel):
            raise AssertionError("two hold one lock")
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
