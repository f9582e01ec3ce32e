"""The chat template that a model folder brings along; read, never run here."""

from __future__ import annotations

from pathlib import Path

from visualizer.engine.chat import MOST_CHARS, ChatTemplate
from visualizer.engine.errors import ModelLoadError, VisualizerError
from visualizer.engine.policy import read_json_object, read_model_file

_CONFIG_FILE = "tokenizer_config.json"
_TOKENS_FILE = "special_tokens_map.json"
_TEMPLATE_FILE = "chat_template.jinja"
_MOST_CONFIG_BYTES = 50_000_000
_SPECIAL_NAMES = (
    "bos_token",
    "eos_token",
    "unk_token",
    "sep_token",
    "pad_token",
    "cls_token",
    "mask_token",
)


def read_chat_template(folder: Path) -> ChatTemplate | None:
    """The template of a model folder, None where there is none.

    A model that has several is asked for its "default" one. Its special tokens stand in
    `tokenizer_config.json`, or, in folders of older programs, in `special_tokens_map.json`. Where
    one of the files cannot be read, the template says why.
    """
    try:
        config, tokens_map = (_object(folder / name) for name in (_CONFIG_FILE, _TOKENS_FILE))
        file = folder / _TEMPLATE_FILE
        source = _text(file) if file.exists() else ""
        source = source or _named_template(config.get("chat_template"))
        if len(source) > MOST_CHARS:
            raise ModelLoadError(
                "The model's chat template has more than {n:,} characters and was not read.",
                n=MOST_CHARS,
            )
    except VisualizerError as error:
        return ChatTemplate("", problem=error.with_traceback(None))
    if not source:
        return None
    tokens = {
        name: _token_text(config.get(name)) or _token_text(tokens_map.get(name))
        for name in _SPECIAL_NAMES
    }
    return ChatTemplate(source, {name: text for name, text in tokens.items() if text})


def _object(path: Path) -> dict[str, object]:
    """A JSON object, {} where there is no such file."""
    return read_json_object(path, _MOST_CONFIG_BYTES) if path.exists() else {}


def _text(path: Path) -> str:
    try:
        return read_model_file(path, 4 * MOST_CHARS).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelLoadError(
            "{path} is not UTF-8 text: byte {value} at offset {offset} is not allowed there.",
            path=path,
            value=f"0x{error.object[error.start]:02X}",
            offset=error.start,
        ) from error


def _named_template(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        named = {
            one["name"]: one["template"]
            for one in value
            if isinstance(one, dict) and isinstance(one.get("name"), str) and "template" in one
        }
        value = named.get("default")
    return value if isinstance(value, str) else ""


def _token_text(value: object) -> str:
    """A special token, written plainly or as an object."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""
