from __future__ import annotations

import contextlib
import json
import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGUFWriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from tests.engine.models.gguf_files import write_gguf
from visualizer.engine.errors import ModelLoadError
from visualizer.engine.gguf_headers import read_gguf_header
from visualizer.engine.headers import read_safetensors_header


def _safetensors(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def _entry(start: int, end: int, dtype: str = "F32", shape: Any = None) -> dict[str, Any]:
    shape = [(end - start) // 4] if shape is None else shape
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


DAMAGED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "bytes long"),
    "length cut": (b"\x01\x00", "bytes long"),
    "header longer than file": (struct.pack("<Q", 1000) + b"{}", "header claims"),
    "header of 2**63": (struct.pack("<Q", 2**63) + b"{}", "header claims"),
    "no object": (_safetensors([1, 2]), "no JSON object"),
    "not JSON": (_safetensors(b"{nonsense"), "cannot be parsed"),
    "deeply nested": (_safetensors(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "parsed"),
    "name twice": (_safetensors(b'{"a":{}, "a":{}}'), "twice"),
    "no tensors": (_safetensors({"__metadata__": {}}), "no tensors"),
    "data cut": (_safetensors({"a": _entry(0, 8)}, b"1234"), "bytes and 4 are there"),
    "bytes behind": (_safetensors({"a": _entry(0, 4)}, b"12345678"), "bytes and 8 are there"),
    "overlap": (_safetensors({"a": _entry(0, 8), "b": _entry(4, 12)}, b"x" * 12), "overlaps"),
    "gap": (_safetensors({"a": _entry(0, 4), "b": _entry(8, 12)}, b"x" * 12), "gap"),
    "unknown type": (_safetensors({"a": _entry(0, 4, "F33")}, b"1234"), "number type F33"),
    "shape too large": (_safetensors({"a": _entry(0, 4, shape=[2**40])}, b"1234"), "its shape"),
    "negative shape": (_safetensors({"a": _entry(0, 4, shape=[-1, -1])}, b"1234"), "impossible"),
    "shape no list": (_safetensors({"a": _entry(0, 4, shape="4")}, b"1234"), "impossible"),
    "offsets reversed": (_safetensors({"a": _entry(4, 0, shape=[1])}, b"1234"), "its shape"),
    "offsets missing": (_safetensors({"a": {"dtype": "F32", "shape": [1]}}, b"1234"), "place"),
    "entry no object": (_safetensors({"a": 3}, b"1234"), "number type None"),
    "zip": (b"PK\x03\x04" + b"\x00" * 100, "pickle or an archive"),
    "pickle": (b"\x80\x04\x95" + b"\x00" * 100, "pickle or an archive"),
    "gguf": (b"GGUF\x03\x00\x00\x00" + b"\x00" * 100, "GGUF"),
    "git lfs": (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_safetensors_file_is_refused_by_name(case: str, tmp_path: Path) -> None:
    content, reason = DAMAGED[case]
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelLoadError, match=reason) as caught:
        read_safetensors_header(path)
    assert str(path) in str(caught.value)


def test_a_zip_behind_good_tensors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"a": np.zeros(3, np.float32)}, path)
    read_safetensors_header(path)
    with path.open("ab") as stream:
        stream.write(b"PK\x03\x04 a program")
    with pytest.raises(ModelLoadError, match="12 bytes and 26 are there"):
        read_safetensors_header(path)


def test_a_folder_in_a_files_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="not a file"):
        read_safetensors_header(tmp_path)
    with pytest.raises(ModelLoadError, match="cannot be read"):
        read_safetensors_header(tmp_path / "missing")


def test_the_librarys_own_files_pass(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    arrays = {
        "one": np.arange(6, dtype=np.float32).reshape(2, 3),
        "half": np.zeros((5,), np.float16),
        "none": np.zeros((0, 4), np.float32),
        "scalar": np.array(3, np.int64),
    }
    save_file(arrays, path, metadata={"format": "pt"})
    header = read_safetensors_header(path)
    assert {name: tensor.shape for name, tensor in header.items()} == {
        name: array.shape for name, array in arrays.items()
    }
    assert {name: tensor.n_elements for name, tensor in header.items()} == {
        name: array.size for name, array in arrays.items()
    }


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_mutation_of_a_safetensors_file_is_read_or_refused(
    data: st.DataObject, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"a": np.zeros(30, np.float32), "b": np.ones((2, 2), np.float16)}, path)
    _mutate(path, data)
    try:
        header = read_safetensors_header(path)
    except ModelLoadError:
        return
    sizes = {"F32": 4, "F16": 2}
    assert sum(t.n_elements * sizes.get(t.dtype, 0) for t in header.values()) <= 128


def _mutate(path: Path, data: st.DataObject) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, min(200, len(content)) - 1))] = data.draw(
            st.integers(0, 255)
        )
    path.write_bytes(bytes(content[: data.draw(st.integers(0, 2 * len(content)))]))


@pytest.fixture
def gguf_file(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(["a", "b", "c"])
    writer.add_array("an.array", [1, 2, 3])
    writer.add_tensor("token_embd.weight", np.zeros((4, 8), np.float32))
    writer.add_tensor("blk.0.y", np.ones((3,), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_gguf_header_is_read(gguf_file: Path) -> None:
    header = read_gguf_header(gguf_file)
    assert (header.n_tensors, header.n_elements, header.pre_tokenizer) == (2, 35, "smollm")


@settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_mutation_of_a_gguf_header_is_read_or_refused_at_once(
    data: st.DataObject, gguf_file: Path
) -> None:
    original = gguf_file.read_bytes()
    try:
        _mutate(gguf_file, data)
        start = time.perf_counter()
        with contextlib.suppress(ModelLoadError):
            read_gguf_header(gguf_file)
        assert time.perf_counter() - start < 2
    finally:
        gguf_file.write_bytes(original)


def _set_u64(offset: int) -> Callable[[bytearray], None]:
    def change(content: bytearray) -> None:
        content[offset : offset + 8] = struct.pack("<Q", 2**40)

    return change


def _set_magic(content: bytearray) -> None:
    content[:4] = b"GGML"


def _set_version(content: bytearray) -> None:
    content[4:8] = struct.pack("<I", 9)


def _cut(content: bytearray) -> None:
    del content[-30:]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set_magic, "not a GGUF file"),
        (_set_version, "version 9"),
        (_set_u64(8), "tensors"),
        (_set_u64(16), "fields"),
        (_set_u64(24), "text of"),
        (_cut, "cut short|ends before"),
    ],
)
def test_a_damaged_gguf_is_refused_without_asking_for_memory(
    change: Callable[[bytearray], None], reason: str, gguf_file: Path
) -> None:
    content = bytearray(gguf_file.read_bytes())
    if change is _cut:
        del content[140:]
    change(content)
    gguf_file.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ModelLoadError, match=reason):
            read_gguf_header(gguf_file)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_a_tensor_larger_than_its_file_is_refused(gguf_file: Path) -> None:
    content = gguf_file.read_bytes()
    place = content.index(struct.pack("<QQ", 8, 4))
    gguf_file.write_bytes(
        content[:place] + struct.pack("<QQ", 2**31, 2**31) + content[place + 16 :]
    )
    with pytest.raises(ModelLoadError, match="shape"):
        read_gguf_header(gguf_file)


CLAIMS: dict[str, tuple[Any, str]] = {
    "block_count": (1000, "1000 layers, and holds the weights of 1"),
    "vocab_size": (10**9, "vocab_size = 1000000000, and what it holds allows 4"),
    "embedding_length": (10**9, "embedding_length = 1000000000"),
    "context_length": (10**9, "context_length = 1000000000"),
    "attention.head_count": (10**9, "head_count = 1000000000"),
    "attention.head_count_kv": ([1, 10**9], "head_count_kv = 1000000000"),
    "expert_count": (10**9, "expert_count = 1000000000, and what it holds allows 0"),
    "expert_used_count": (10**9, "expert_used_count = 1000000000"),
}


@pytest.mark.parametrize("key", CLAIMS)
def test_a_claim_that_the_tensors_do_not_bear_out_is_refused(key: str, tmp_path: Path) -> None:
    value, sentence = CLAIMS[key]
    tensors = {"token_embd.weight": np.zeros((4, 8)), "blk.0.y": np.zeros(3)}
    path = write_gguf(tmp_path / "a.gguf", "llama", {f".{key}": value}, tensors)
    with pytest.raises(ModelLoadError, match=sentence) as caught:
        read_gguf_header(path)
    assert str(path) in str(caught.value)


def test_more_tokens_than_rows_and_layers_that_are_left_out_are_refused(tmp_path: Path) -> None:
    tensors = {"token_embd.weight": np.zeros((4, 8)), "blk.1.y": np.zeros(3)}
    tokens = {"tokenizer.ggml.tokens": list("abcde")}
    with pytest.raises(ModelLoadError, match="tokens = 5, and what it holds allows 4"):
        read_gguf_header(write_gguf(tmp_path / "a.gguf", "llama", tokens, tensors))
    with pytest.raises(ModelLoadError, match="1 layers, and holds the weights of 1"):
        read_gguf_header(write_gguf(tmp_path / "b.gguf", "llama", {".block_count": 1}, tensors))


def test_a_list_that_is_cheap_to_write_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.gguf"
    key = b"llama.a"
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + struct.pack("<Q", len(key)) + key
    for claim in (struct.pack("<IIQ", 9, 0, 2**34), struct.pack("<IQ", 8, 2**34)):
        with path.open("wb") as stream:
            stream.write(head + claim)
            stream.truncate(2**35)  # takes no room on the disk
        with pytest.raises(ModelLoadError, match="17179869184"):
            read_gguf_header(path)
