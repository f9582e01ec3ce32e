from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM
from transformers.integrations import hub_kernels

from visualizer.engine import loading
from visualizer.engine.errors import ModelLoadError
from visualizer.engine.models.manifest import hash_files
from visualizer.engine.records import Cancelled, CancelToken

ModelFolder = Callable[..., Path]
Load = Callable[..., Any]
IDS = torch.tensor([[1, 50, 200, 7]])


@pytest.mark.parametrize("kind", ["llama", "gpt2", "sharded"])
def test_a_loaded_model_gives_the_librarys_own_logits(
    kind: str, built_models: Path, load: Load
) -> None:
    steps: list[tuple[str, int, int | None, str]] = []

    def report(*step: Any) -> None:
        steps.append(step)

    loaded = load(built_models / kind, report=report)
    plain = AutoModelForCausalLM.from_pretrained(
        built_models / kind, attn_implementation="eager", dtype=torch.float32
    )
    with torch.no_grad():
        assert torch.equal(loaded.model(IDS).logits, plain(IDS).logits)
    assert loaded.n_parameters == sum(p.numel() for p in plain.parameters())
    assert not any(parameter.requires_grad for parameter in loaded.model.parameters())
    assert not loaded.model.training
    assert (loaded.device.type, loaded.dtype, loaded.notes) == ("cpu", torch.float32, ())
    assert loaded.end_ids == (256,)
    assert loaded.begins_with == ()
    assert loaded.context_length == (48 if kind == "gpt2" else 64)
    files = sorted((built_models / kind).glob("*.safetensors"))
    assert loaded.weights_sha256 == hash_files(files)
    n_tensors = steps[-2][2]
    assert steps[-2:] == [
        ("load", n_tensors, n_tensors, "tensors"),
        ("build", 0, None, "tensors"),
    ]


def test_numbers_are_float32_on_the_cpu_unless_asked_otherwise(
    built_models: Path, load: Load
) -> None:
    assert load(built_models / "bfloat16").dtype == torch.float32
    loaded = load(built_models / "bfloat16", dtype="bfloat16")
    assert {p.dtype for p in loaded.model.parameters()} == {torch.bfloat16}
    with pytest.raises(ModelLoadError, match="'int8'"):
        load(built_models / "bfloat16", dtype="int8")


def test_a_gpu_gets_the_checkpoints_own_numbers(built_models: Path) -> None:
    gpu = torch.device("cuda", 0)
    for kind, dtype in (("bfloat16", torch.bfloat16), ("llama", torch.float32)):
        checked = loading.check_folder(built_models / kind, frozenset({"llama"}))
        assert loading.choose_dtype("auto", gpu, checked) == dtype
        assert loading.choose_dtype("auto", torch.device("cpu"), checked) == torch.float32


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", bool)
    monkeypatch.setattr(torch.cuda, "device_count", int)
    monkeypatch.setattr(torch.backends.mps, "is_available", bool)
    assert loading.choose_device("auto") == torch.device("cpu")
    for device in ("cuda", "cuda:3", "mps"):
        with pytest.raises(ModelLoadError, match=f"{device} cannot be used"):
            loading.choose_device(device)
    for device in ("tpu", "cuda:-1", "cuda:x", "", "meta"):
        with pytest.raises(ModelLoadError, match="no device"):
            loading.choose_device(device)


def test_too_little_memory_is_found_before_anything_is_read(
    built_models: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Little:
        available = 20_000

    def unread(*args: Any) -> Any:
        raise AssertionError("the weights were read")

    monkeypatch.setattr(psutil, "virtual_memory", Little)
    monkeypatch.setattr(loading, "_read_tensors", unread)
    with pytest.raises(ModelLoadError, match=r"GB of memory, and 0\.0 GB are free"):
        load(built_models / "llama")


def test_a_declared_giant_is_refused_without_building_it(
    model_folder: ModelFolder, load: Load
) -> None:
    folder = model_folder(hidden_size=131072, intermediate_size=1 << 20, num_hidden_layers=20)
    with pytest.raises(ModelLoadError, match=r"asks for [\d,]+ million numbers, .* 0\.0 million"):
        load(folder)


def test_missing_layers_are_refused_with_their_names(model_folder: ModelFolder, load: Load) -> None:
    with pytest.raises(ModelLoadError, match=r"lacks 9 .*model\.layers\.2\.input_layernorm"):
        load(model_folder(num_hidden_layers=3))


def test_layers_too_many_in_the_file_are_refused(model_folder: ModelFolder, load: Load) -> None:
    with pytest.raises(ModelLoadError, match=r"more layers than the 1 .*model\.layers\.1"):
        load(model_folder(num_hidden_layers=1))


def test_other_shapes_are_refused(model_folder: ModelFolder, load: Load) -> None:
    with pytest.raises(ModelLoadError, match="other shapes"):
        load(model_folder(intermediate_size=32))


def test_a_missing_output_layer_is_fine_only_if_tied(model_folder: ModelFolder, load: Load) -> None:
    folder = model_folder()
    _rewrite(folder, drop="lm_head.weight")
    with pytest.raises(ModelLoadError, match=r"lm_head\.weight"):
        load(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "tie_word_embeddings": True}))
    model = load(folder).model
    assert model.lm_head.weight is model.model.embed_tokens.weight


def _rewrite(folder: Path, drop: str = "", **more: torch.Tensor) -> None:
    path = folder / "model.safetensors"
    tensors = {key: value.clone() for key, value in load_file(path).items() if key != drop}
    save_file({**tensors, **more}, path, metadata={"format": "pt"})


def test_unused_tensors_are_told(model_folder: ModelFolder, load: Load) -> None:
    folder = model_folder()
    _rewrite(folder, extra=torch.zeros(3))
    assert "1 tensors of the file are not used" in str(load(folder).notes[0])


def test_a_kernel_named_by_the_configuration_is_never_asked_for(
    model_folder: ModelFolder, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **keywords: Any) -> Any:
        raise AssertionError("a kernel was asked for")

    monkeypatch.setattr(hub_kernels, "get_kernel", fail)
    monkeypatch.setattr(hub_kernels, "load_and_register_attn_kernel", fail)
    folder = model_folder(attn_implementation="x/y", _attn_implementation="x/y")
    assert load(folder).model.config._attn_implementation == "eager"


def test_pickled_weights_are_never_opened(
    model_folder: ModelFolder, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*args: Any, **keywords: Any) -> Any:
        raise AssertionError("torch.load was called")

    monkeypatch.setattr(torch, "load", fail)
    folder = model_folder()
    (folder / "model.safetensors").unlink()
    marker = tmp_path / "ran"
    bomb = b"cbuiltins\nexec\n(Vopen(" + repr(str(marker)).encode() + b",'w')\ntR."
    (folder / "pytorch_model.bin").write_bytes(bomb)
    with pytest.raises(ModelLoadError, match=r"pytorch_model\.bin"):
        load(folder)
    (folder / "model.safetensors").write_bytes(bomb)
    with pytest.raises(ModelLoadError, match=r"model\.safetensors"):
        load(folder)
    assert not marker.exists()


def test_damaged_weights_are_refused_and_named(model_folder: ModelFolder, load: Load) -> None:
    folder = model_folder()
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelLoadError, match=r"model\.safetensors"):
        load(folder)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(
    model_folder: ModelFolder, load: Load, tokenizer_writer: Callable[..., None]
) -> None:
    folder = model_folder()
    tokenizer_writer(folder, extra=tuple(f"new{i}" for i in range(10)))
    with pytest.raises(ModelLoadError, match="do not belong together"):
        load(folder)


def test_special_tokens_past_the_end_are_told(model_folder: ModelFolder, load: Load) -> None:
    folder = model_folder()
    path = folder / "tokenizer.json"
    values = json.loads(path.read_text())
    picture = {**values["added_tokens"][0], "id": 260, "content": "<picture>"}
    filler = {**picture, "id": 257, "content": "<a>"}
    values["added_tokens"] += [{**filler, "id": 257 + i, "content": f"<{i}>"} for i in range(3)]
    values["added_tokens"].append(picture)
    path.write_text(json.dumps(values))
    assert "1 special tokens" in str(load(folder).notes[0])


def test_a_folder_without_tokenizer_is_refused(model_folder: ModelFolder, load: Load) -> None:
    folder = model_folder()
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelLoadError):
        load(folder)


def test_end_ids_come_from_the_generation_settings_first(
    model_folder: ModelFolder, load: Load
) -> None:
    folder = model_folder()
    path = folder / "generation_config.json"
    path.write_text('{"eos_token_id": [5, 3, 3, -1, 100000, "x", true]}')
    assert load(folder).end_ids == (3, 5)
    path.unlink()
    assert load(folder).end_ids == (256,)
    path.write_text("not JSON")
    with pytest.raises(ModelLoadError, match="not valid JSON"):
        load(folder)


def test_what_a_damaged_configuration_makes_the_library_raise_is_told(
    model_folder: ModelFolder, load: Load
) -> None:
    folder = model_folder(rope_parameters={"rope_type": "nonsense", "rope_theta": "x"})
    with pytest.raises(ModelLoadError, match="model"):
        load(folder)


def test_a_folder_that_vanishes_on_the_way_is_told(
    model_folder: ModelFolder, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = model_folder()
    real = loading.check_folder

    def check_then_remove(*args: Any) -> Any:
        checked = real(*args)
        shutil.rmtree(folder)
        return checked

    monkeypatch.setattr(loading, "check_folder", check_then_remove)
    with pytest.raises(ModelLoadError, match=str(folder)):
        load(folder)


def test_running_out_of_memory_is_told(
    built_models: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*args: Any) -> Any:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate")

    monkeypatch.setattr(loading, "_build", exhausted)
    with pytest.raises(ModelLoadError, match="does not fit into memory"):
        load(built_models / "llama")


def test_a_load_can_be_cancelled_between_tensors(built_models: Path, load: Load) -> None:
    cancel = CancelToken()
    seen: list[int] = []

    def report(stage: str, done: int, total: int | None, unit: str) -> None:
        seen.append(done)
        if done == 3:
            cancel.cancel()

    with pytest.raises(Cancelled):
        load(built_models / "llama", report=report, cancel=cancel)
    assert max(seen) == 3


def test_loading_is_silent(
    built_models: Path, load: Load, capfd: pytest.CaptureFixture[str]
) -> None:
    load(built_models / "gpt2")
    assert capfd.readouterr() == ("", "")


def test_only_the_models_own_files_are_opened(model_folder: ModelFolder, load: Load) -> None:
    folder = model_folder()
    trap = folder / "adapter_config.json"
    trap.write_text(json.dumps({"base_model_name_or_path": "../other", "peft_type": "LORA"}))
    (folder / "model.safetensors.index.json").write_text("nonsense")
    assert load(folder).notes == ()


def test_a_header_changed_after_the_check_still_ends_in_a_sentence(
    model_folder: ModelFolder, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = model_folder()
    real = loading.check_folder

    def check_then_damage(*args: Any) -> Any:
        checked = real(*args)
        (folder / "model.safetensors").write_bytes(struct.pack("<Q", 2**40))
        return checked

    monkeypatch.setattr(loading, "check_folder", check_then_damage)
    with pytest.raises(ModelLoadError, match="could not be loaded"):
        load(folder)


def test_sparse_attention_that_is_computed_in_full_is_said() -> None:
    from transformers import BigBirdConfig

    sparse = BigBirdConfig(attention_type="block_sparse")
    (note,) = loading.attention_notes("big_bird", sparse)
    assert str(note) == "The sparse attention of big_bird is computed as full attention."
    assert loading.attention_notes("big_bird", BigBirdConfig(attention_type="original_full")) == ()
