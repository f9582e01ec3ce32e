"""The tokenizer of a GGUF file as tokenizer.json, every token with the file's own id.

transformers builds the pipeline (how text is split, spelled and joined again). The vocabulary and
the added tokens are then set from the file: the library respells what is not in the byte alphabet
and leaves out tokens that it takes for mistakes, so that ids move or point past the model's rows.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visualizer.engine.errors import ModelLoadError
from visualizer.engine.gguf_headers import GgufHeader
from visualizer.engine.models.gguf_keys import cannot_honour

_PREFIX = "tokenizer.ggml."
_CONTROL, _USER_DEFINED = 3, 4
_BYTE_LEVEL, _SENTENCEPIECE = "gpt2", "llama"
_BLANK, _SPELLED_BLANK = " ", "\u2581"

_SPLIT_LIKE_GPT2 = frozenset({"", "default", "gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion"})
"""`tokenizer.ggml.pre` values whose text is split as GPT-2's."""
_SPLIT_DIGITS_FIRST = frozenset(
    {"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"}
)
"""Values whose text is split into single digits first, then as GPT-2's."""
_WHOLE_WORDS = frozenset(
    {"llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"}
    | {"jina-v5-nano", "tekken"}
)
"""Values with which a word that is a token stays whole, whatever the merges would make of it."""
_BEGINS_BY_ITSELF = _WHOLE_WORDS - {"tekken"}
"""Values with which bos is put before a text unless the file says otherwise."""

_ROLES = {
    "bos_token": "bos_token_id",
    "eos_token": "eos_token_id",
    "unk_token": "unknown_token_id",
    "pad_token": "padding_token_id",
    "sep_token": "seperator_token_id",
    "mask_token": "mask_token_id",
}
_ENDS = ("eos_token_id", "eot_token_id", "eom_token_id")
_READ = frozenset(
    {"model", "pre", "tokens", "token_type", "scores", "merges", "add_bos_token", "add_eos_token"}
    | {"add_space_prefix", *_ROLES.values(), *_ENDS}
)
_INFORMATION = frozenset(
    {"token_type_count", "remove_extra_whitespaces", "precompiled_charsmap", "cls_token_id"}
    | {f"{name}_token_id" for name in ("prefix", "suffix", "middle")}
    | {f"fim_{name}_token_id" for name in ("pre", "suf", "mid", "pad", "rep", "sep")}
)
"""What changes no tokenization of the kinds that are read here."""


@dataclass(frozen=True)
class GgufTokenizer:
    """A tokenizer as it is written into the folder.

    Attributes:
        backend: The content of tokenizer.json.
        config: The content of tokenizer_config.json.
        chat_template: How a conversation is written, "" if not said.
        role_ids: The ids that config.json names, such as "bos_token_id".
        end_ids: Ids that end a text.
        is_split_known: Whether text is split as when the model was trained.
    """

    backend: dict[str, Any]
    config: dict[str, Any]
    chat_template: str
    role_ids: dict[str, int]
    end_ids: tuple[int, ...]
    is_split_known: bool


def read_tokenizer(path: Path, header: GgufHeader) -> GgufTokenizer:
    """Build the tokenizer that a GGUF file describes.

    Args:
        path: The file, or the first part of a split one.
        header: What it says of itself.

    Raises:
        ModelLoadError: It has no tokenizer, or one that cannot be followed.
    """
    fields = _tokenizer_fields(path, header)
    tokens: tuple[str, ...] = fields["tokens"]
    ids = {
        key: fields[key]
        for key in (*_ROLES.values(), *_ENDS)
        if _is_id(path, key, fields.get(key), len(tokens))
    }
    begins = fields.get("add_bos_token", _begins(fields)) and "bos_token_id" in ids
    ends = fields.get("add_eos_token", False) and "eos_token_id" in ids
    state = _library_state(path)
    _set_split(state, header.pre_tokenizer)
    if fields["model"] == _SENTENCEPIECE:
        _set_prefix(path, state, fields.get("add_space_prefix"))
    _set_vocabulary(path, state, tokens, fields.get("token_type", ()), set(ids.values()))
    _set_template(
        state,
        (tokens[ids["bos_token_id"]], ids["bos_token_id"]) if begins else None,
        (tokens[ids["eos_token_id"]], ids["eos_token_id"]) if ends else None,
    )
    template = header.fields.get("tokenizer.chat_template", "")
    roles = {role: tokens[ids[key]] for role, key in _ROLES.items() if key in ids}
    return GgufTokenizer(
        backend=state,
        config={"backend": "tokenizers", "tokenizer_class": "TokenizersBackend", **roles},
        chat_template=template if isinstance(template, str) else "",
        role_ids={f"{role}_id": ids[_ROLES[role]] for role in roles if role[:4] != "mask"},
        end_ids=tuple(sorted({ids[key] for key in _ENDS if key in ids})),
        is_split_known=_is_known(header.pre_tokenizer, state),
    )


def _tokenizer_fields(path: Path, header: GgufHeader) -> dict[str, Any]:
    """The fields below `tokenizer.ggml.`; ModelLoadError for one that cannot be followed."""
    fields: dict[str, Any] = {}
    for key, value in header.fields.items():
        name = key.removeprefix(_PREFIX)
        if name in _READ and key.startswith(_PREFIX):
            fields[name] = value
        elif key.startswith(_PREFIX) and name not in _INFORMATION and value:
            raise cannot_honour(path, key, value)
    if fields.get("model") not in {_BYTE_LEVEL, _SENTENCEPIECE}:
        raise cannot_honour(path, f"{_PREFIX}model", fields.get("model"))
    tokens, kinds = fields.get("tokens"), fields.setdefault("token_type", ())
    if not isinstance(tokens, tuple) or not all(isinstance(token, str) for token in tokens):
        raise cannot_honour(path, f"{_PREFIX}tokens", tokens)
    if len(set(tokens)) != len(tokens):
        twice = next(token for token, count in Counter(tokens).items() if count > 1)
        raise cannot_honour(path, f"{_PREFIX}tokens", f"{twice!r}, {twice!r}")
    if not isinstance(kinds, tuple) or len(kinds) not in {0, len(tokens)}:
        raise cannot_honour(path, f"{_PREFIX}token_type", kinds)
    for name in ("add_bos_token", "add_eos_token", "add_space_prefix"):
        if name in fields and not isinstance(fields[name], bool):
            raise cannot_honour(path, _PREFIX + name, fields[name])
    return fields


def _is_id(path: Path, key: str, value: object, n_tokens: int) -> bool:
    if value is None or value in {-1, 0xFFFFFFFF}:  # llama.cpp's words for none
        return False
    if type(value) is not int or not 0 <= value < n_tokens:
        raise cannot_honour(path, _PREFIX + key, value)
    return True


def _begins(fields: Mapping[str, Any]) -> bool:
    return fields["model"] == _SENTENCEPIECE or fields.get("pre") in _BEGINS_BY_ITSELF


def _library_state(path: Path) -> dict[str, Any]:
    """What transformers makes of the file, as the content of tokenizer.json."""
    import transformers

    with tempfile.TemporaryDirectory() as alone:
        # Beside a tokenizer.json, which often lies there, the library reads that one instead.
        link = Path(alone) / "model.gguf"
        try:
            link.symlink_to(path.absolute())
        except OSError:  # a system without links
            shutil.copyfile(path, link)
        try:
            tokenizer: Any = transformers.PreTrainedTokenizerFast.from_pretrained(
                alone, gguf_file=link.name, local_files_only=True, trust_remote_code=False
            )
        except Exception as error:  # the package of tokenizers raises bare Exception
            raise _mismatched(path, error) from error
    state: dict[str, Any] = json.loads(tokenizer.backend_tokenizer.to_str())
    return state


def _mismatched(path: Path, error: Exception) -> ModelLoadError:
    return ModelLoadError(
        "{path} cannot be converted: the vocabulary and the merges in it do not belong together.",
        path=path,
        detail=repr(error),
    )


def _set_split(state: dict[str, Any], pre: str) -> None:
    if pre in _SPLIT_DIGITS_FIRST and state["pre_tokenizer"]["type"] == "ByteLevel":
        # WORKAROUND for transformers 5: it splits these as GPT-2's, which merges the spaces or
        # newlines before a digit differently. The rule is llama.cpp's for these names.
        digits = {"type": "Digits", "individual_digits": True}
        state["pre_tokenizer"] = {
            "type": "Sequence",
            "pretokenizers": [digits, state["pre_tokenizer"]],
        }
    if pre in _WHOLE_WORDS:
        state["model"]["ignore_merges"] = True


def _set_prefix(path: Path, state: dict[str, Any], is_wanted: bool | None) -> None:
    """Put a blank before a text, and take it away again, only where the file says so.

    Without a word in the file the architecture's own way stays.
    """
    pieces = _parts(state["pre_tokenizer"], "pretokenizers")
    spaces = [rule for rule in pieces if rule["type"] == "Metaspace"]
    prepends = [r for r in _parts(state["normalizer"], "normalizers") if r["type"] == "Prepend"]
    if is_wanted and not spaces and not prepends:
        raise cannot_honour(path, f"{_PREFIX}add_space_prefix", is_wanted)
    if is_wanted is not False:
        return
    for rule in spaces:
        rule["prepend_scheme"] = "never"
    for section, key in (("normalizer", "normalizers"), ("decoder", "decoders")):
        rules = _parts(state[section], key)
        kept = [rule for rule in rules if rule["type"] not in {"Prepend", "Strip"}]
        if len(kept) < len(rules):
            state[section] = {"type": "Sequence", key: kept}


def _parts(rule: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    if rule is None:
        return []
    parts: list[dict[str, Any]] = rule.get(key, [rule])
    return parts


def _set_vocabulary(
    path: Path,
    state: dict[str, Any],
    tokens: tuple[str, ...],
    kinds: tuple[int, ...],
    role_ids: set[int],
) -> None:
    """Give every token of the file its id, and match control and user-defined ones whole."""
    replaces = any(
        rule["type"] == "Replace" and rule["content"] == _SPELLED_BLANK
        for rule in _parts(state["normalizer"], "normalizers")
    )
    vocabulary: dict[str, int] = {}
    added = []
    for index, token in enumerate(tokens):
        kind = kinds[index] if kinds else 1
        # Blanks are spelled out before such a text is cut: a run of them is matched in what
        # comes out of that, and longest first as every added token.
        in_spelling = replaces and kind == _USER_DEFINED and _BLANK in token
        spelled = token.replace(_BLANK, _SPELLED_BLANK) if in_spelling else token
        if vocabulary.setdefault(spelled, index) != index:
            raise cannot_honour(path, f"{_PREFIX}tokens", repr(token))
        if token and (kind in {_CONTROL, _USER_DEFINED} or index in role_ids):
            added.append(
                {
                    "id": index,
                    "content": spelled,
                    "single_word": False,
                    "lstrip": False,
                    "rstrip": False,
                    "normalized": in_spelling,
                    "special": kind != _USER_DEFINED,
                }
            )
    state["model"]["vocab"] = vocabulary
    state["added_tokens"] = added


def _set_template(
    state: dict[str, Any], begin: tuple[str, int] | None, end: tuple[str, int] | None
) -> None:
    def around(sequence: str, type_id: int) -> list[dict[str, Any]]:
        before, after = (
            [{"SpecialToken": {"id": token[0], "type_id": type_id}}] if token else []
            for token in (begin, end)
        )
        return [*before, {"Sequence": {"id": sequence, "type_id": type_id}}, *after]

    state["post_processor"] = {
        "type": "TemplateProcessing",
        "single": around("A", 0),
        "pair": around("A", 0) + around("B", 1),
        "special_tokens": {
            token: {"id": token, "ids": [index], "tokens": [token]}
            for token, index in filter(None, (begin, end))
        },
    }


def _is_known(pre: str, state: dict[str, Any]) -> bool:
    """Whether the text is split as when the model was trained, as far as the file tells."""
    if pre in _SPLIT_LIKE_GPT2 or pre in _SPLIT_DIGITS_FIRST:
        return True
    # transformers puts a Sequence with its own Split where it knows the name; a vocabulary that
    # is not byte-level BPE needs no such rule.
    return (state["pre_tokenizer"] or {}).get("type") != "ByteLevel"


def write_tokenizer(path: Path, tokenizer: GgufTokenizer, folder: Path) -> None:
    """Write tokenizer.json, tokenizer_config.json and chat_template.jinja into `folder`.

    Args:
        path: The GGUF file, for sentences.
        tokenizer: What is written.
        folder: Must exist.

    Raises:
        ModelLoadError: The tokenizers package does not accept it.
    """
    from tokenizers import Tokenizer

    try:
        backend = Tokenizer.from_str(json.dumps(tokenizer.backend))
    except Exception as error:  # the package raises bare Exception
        raise _mismatched(path, error) from error
    backend.save(str(folder / "tokenizer.json"))
    config = json.dumps(tokenizer.config, indent=2, ensure_ascii=False) + "\n"
    (folder / "tokenizer_config.json").write_text(config, encoding="utf-8")
    if tokenizer.chat_template:
        (folder / "chat_template.jinja").write_text(tokenizer.chat_template, encoding="utf-8")
