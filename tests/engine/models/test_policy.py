from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visualizer.engine.errors import ModelLoadError
from visualizer.engine.policy import check_folder
from visualizer.files import ReadError

TYPES = frozenset({"llama", "gpt2"})
ModelFolder = Callable[..., Path]


def test_a_good_folder_passes(model_folder: ModelFolder) -> None:
    checked = check_folder(model_folder(), TYPES)
    assert checked.model_type == "llama"
    assert checked.notes == ()
    assert [file.name for file in checked.files] == ["model.safetensors"]
    embedding = checked.tensors["model.embed_tokens.weight"]
    assert (embedding.shape, embedding.dtype) == ((260, 16), "F32")


def test_every_part_of_a_sharded_model_is_read(model_folder: ModelFolder) -> None:
    whole = check_folder(model_folder("llama"), TYPES)
    parts = check_folder(model_folder("sharded"), TYPES)
    assert len(parts.files) > 2
    assert set(parts.tensors) == set(whole.tensors)
    assert parts.n_elements == whole.n_elements


def test_keys_that_select_code_are_dropped_at_every_depth(model_folder: ModelFolder) -> None:
    evil = {
        "attn_implementation": "evil/kernel",
        "_attn_implementation": "evil/kernel",
        "_attn_implementation_internal": "evil/kernel",
        "_experts_implementation": "evil/kernel",
        "output_attentions": True,
        "transformers_weights": "../other.safetensors",
        "fusion_config": {"x": 1},
        "_name_or_path": "/etc",
    }
    folder = model_folder(**evil, text_config={**evil, "hidden_size": 16})
    config = check_folder(folder, TYPES).config
    assert not set(evil) & set(config)
    assert config["text_config"] == {"hidden_size": 16}


BAD_VALUES: list[tuple[str, object]] = [
    ("num_attention_heads", 0),
    ("num_attention_heads", -1),
    ("num_attention_heads", "4"),
    ("num_attention_heads", 4.0),
    ("num_attention_heads", True),
    ("num_attention_heads", 10**6),
    ("num_hidden_layers", 0),
    ("num_hidden_layers", -1),
    ("num_hidden_layers", 10**6),
    ("num_hidden_layers", 10**400),
    ("num_key_value_heads", 3),
    ("num_key_value_heads", [2, 0]),
    ("hidden_size", 2**31),
    ("vocab_size", 0),
    ("vocab_size", 10**12),
    ("max_position_embeddings", 0),
    ("intermediate_size", {"a": 1}),
    ("n_layer", -1),
]


@pytest.mark.parametrize(("key", "value"), BAD_VALUES)
def test_a_value_out_of_range_is_refused_by_name(
    key: str, value: object, model_folder: ModelFolder
) -> None:
    folder = model_folder(**{key: value})
    with pytest.raises(ModelLoadError, match=key) as caught:
        check_folder(folder, TYPES)
    assert str(folder) in str(caught.value)


BAD_TEXTS: dict[str, tuple[bytes, str]] = {
    "cut": (b'{"model_type": "lla', "not valid JSON"),
    "list": (b"[1, 2]", "no JSON object"),
    "number": (b"1e308", "no JSON object"),
    "nesting": (b'{"a":' * 100_000, "not valid JSON"),
    "50 MB": (b" " * 50_000_000 + b"{}", "larger than"),
    "not UTF-8": (b'{"model_type": "\xff"}', "not valid JSON"),
    "digits": (b'{"model_type": "llama", "x": ' + b"9" * 5000 + b"}", "not valid JSON"),
}


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_a_configuration_that_is_no_object_is_refused(case: str, model_folder: ModelFolder) -> None:
    content, reason = BAD_TEXTS[case]
    folder = model_folder()
    (folder / "config.json").write_bytes(content)
    with pytest.raises(ModelLoadError, match=reason):
        check_folder(folder, TYPES)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_KEYS = (
    "model_type",
    "architectures",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "auto_map",
    "quantization_config",
    "is_encoder_decoder",
    "text_config",
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.dictionaries(st.sampled_from(_KEYS), _json))
def test_any_configuration_passes_or_is_refused_with_a_sentence(
    changes: dict[str, Any], built_models: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "any"
    folder.mkdir(exist_ok=True)
    original = json.loads((built_models / "llama" / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**original, **changes}))
    weights = folder / "model.safetensors"
    if not weights.exists():
        os.link(built_models / "llama" / "model.safetensors", weights)
    try:
        checked = check_folder(folder, TYPES)
    except ModelLoadError:
        return
    assert checked.model_type in TYPES


def test_code_of_its_own_is_refused_and_never_run(
    model_folder: ModelFolder, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    folder = model_folder(model_type="evil", auto_map={"AutoModelForCausalLM": "modeling.Evil"})
    (folder / "modeling.py").write_text(f"open({str(marker)!r}, 'w')")
    with pytest.raises(ModelLoadError, match="program code of its own"):
        check_folder(folder, TYPES)
    assert not marker.exists()


def test_code_beside_a_known_type_is_ignored_and_told(model_folder: ModelFolder) -> None:
    folder = model_folder(auto_map={"AutoModelForCausalLM": "modeling.Evil"})
    checked = check_folder(folder, TYPES)
    assert "auto_map" not in checked.config
    assert "ignored" in str(checked.notes[0])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_type": "unheard_of"}, "'unheard_of'"),
        ({"model_type": ["llama"]}, "does not know"),
        ({"architectures": ["LlamaForSequenceClassification"]}, "does not predict"),
        ({"architectures": ["BertForMaskedLM"]}, "does not predict"),
        ({"is_encoder_decoder": True}, "does not predict"),
        ({"quantization_config": {"quant_method": "gptq"}}, "quantised"),
    ],
)
def test_what_is_no_plain_causal_model_is_refused(
    changes: dict[str, Any], reason: str, model_folder: ModelFolder
) -> None:
    with pytest.raises(ModelLoadError, match=reason):
        check_folder(model_folder(**changes), TYPES)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.ckpt"])
def test_weights_that_can_run_programs_are_refused_with_a_way_out(
    name: str, model_folder: ModelFolder
) -> None:
    folder = model_folder()
    (folder / "model.safetensors").rename(folder / name)
    with pytest.raises(ModelLoadError, match=f"{name}.*save_pretrained"):
        check_folder(folder, TYPES)


def test_a_folder_without_weights_or_configuration_is_refused(
    model_folder: ModelFolder, tmp_path: Path
) -> None:
    folder = model_folder()
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelLoadError, match=r"model\.safetensors is missing"):
        check_folder(folder, TYPES)
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelLoadError, match="adapter"):
        check_folder(folder, TYPES)
    (folder / "config.json").unlink()
    with pytest.raises(ModelLoadError, match="adapter"):  # as adapters are published
        check_folder(folder, TYPES)
    (folder / "adapter_config.json").unlink()
    with pytest.raises(ModelLoadError, match=r"config\.json is missing"):
        check_folder(folder, TYPES)
    os.mkfifo(folder / "config.json")
    with pytest.raises(ReadError, match=r"config\.json: it is a pipe"):
        check_folder(folder, TYPES)
    with pytest.raises(ModelLoadError, match="no model folder"):
        check_folder(tmp_path / "nowhere", TYPES)


@pytest.mark.parametrize(
    "target",
    ["../../etc/passwd", "/etc/passwd", "sub/model.safetensors", ".hidden.safetensors", "a\x00b"],
)
def test_an_index_cannot_point_outside_its_folder(target: str, model_folder: ModelFolder) -> None:
    folder = model_folder("sharded")
    index = folder / "model.safetensors.index.json"
    values = json.loads(index.read_text())
    values["weight_map"]["model.norm.weight"] = target
    index.write_text(json.dumps(values))
    opened = _watch_opens(folder)
    with pytest.raises(ModelLoadError, match="outside its folder"):
        check_folder(folder, TYPES)
    assert opened == {"config.json", "model.safetensors.index.json"}


def _watch_opens(folder: Path) -> set[str]:
    """Names of the files of `folder` that are opened from now on, and full names of others."""
    names: set[str] = set()

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(args[0], str | Path):
            path = Path(args[0])
            if path.parent == folder:
                names.add(path.name)
            elif "passwd" in path.name:
                names.add(str(path))

    sys.addaudithook(hook)  # stays for the process; it only looks at this test's folder
    return names


def test_missing_parts_and_a_broken_index_are_refused(model_folder: ModelFolder) -> None:
    folder = model_folder("sharded")
    first = min(folder.glob("model-*.safetensors"))
    first.unlink()
    with pytest.raises(ModelLoadError, match=f"the first is {first.name}"):
        check_folder(folder, TYPES)
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {}}')
    with pytest.raises(ModelLoadError, match="lists no weights"):
        check_folder(folder, TYPES)


def test_a_file_that_cannot_be_read_is_told(
    model_folder: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = model_folder()
    real = Path.open

    def deny(path: Path, *args: Any, **keywords: Any) -> Any:
        if path.name == "model.safetensors":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **keywords)

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(ModelLoadError, match="cannot be read: Permission denied"):
        check_folder(folder, TYPES)
