"""The whole view as JSON: what an exported file carries, and what brings the same view back.

resources/decisions/0006-command-line.md describes the document. Keys that are not known are left
alone, so that a file of a later version opens here as far as it can; keys that are missing have
the value of a fresh view, so that a file of an earlier version opens, too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from visualizer.engine.attention_records import METRICS
from visualizer.engine.chat import ChatExchange, ChatTurn
from visualizer.engine.errors import UsageError
from visualizer.engine.records import MEAN, HeadChoice, Member, Prompt
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.sampling_stages import STAGES
from visualizer.engine.tokenization import clean_text
from visualizer.engine.treatment import GRANULARITIES, HIDDEN, Treatment
from visualizer.session.asked_tokens import MOST_ASKED, MOST_KEPT_CHARS
from visualizer.session.state import (
    ColourScale,
    HeadForm,
    OverviewDisplay,
    Palette,
    ProbAxis,
    Region,
    ScaleRange,
    Until,
    ViewState,
)

FORMAT = "visualizer view"
VERSION = 1
MOST_CHARS = 40_000_000
"""Longest document that is read; a prompt of the longest context has far fewer."""
MOST_CANDIDATES = 500
MOST_PINS = 12
_MOST_INDEX = 1 << 40

Document = dict[str, Any]
_T = TypeVar("_T")


class ViewFileError(UsageError):
    """A document that is a view of this program, but holds a value that no view can have."""


@dataclass(frozen=True)
class ViewRequest:
    """A view to be shown again.

    Attributes:
        state: What was on show.
        model: What its model was called, or its path; "" if the file does not say.
        weights_sha256: Of that model's weights; "" if not known.
    """

    state: ViewState
    model: str = ""
    weights_sha256: str = ""


def view_document(state: ViewState, model: str = "", weights_sha256: str = "") -> Document:
    """The view as a value that `json.dumps` takes.

    Args:
        state: All that was asked for.
        model: Name or path of the model in use.
        weights_sha256: Of its weights, "" if not known.
    """
    overview, treatment = state.overview, state.treatment
    return {
        "format": FORMAT,
        "version": VERSION,
        "model": model,
        "weights_sha256": weights_sha256,
        "prompt": {
            "text": state.prompt.text,
            "token_ids": _listed(state.prompt.token_ids),
            "parse_special": state.prompt.parse_special,
        },
        "query": state.query,
        "layer": state.layer,
        "head": state.head,
        "candidates": state.n_candidates,
        "sampling": sampling_document(state.sampling),
        "seed": state.seed,
        "generate": state.n_generate,
        "colour_scale": state.colour_scale,
        "scale_range": state.scale_range,
        "palette": state.palette,
        "form": state.form,
        "treatment": {
            "hidden": list(treatment.hidden),
            "discount": treatment.discount,
            "top_mass": treatment.top_mass,
            "granularity": treatment.granularity,
        },
        "overview": {
            "cells": overview.cells,
            "order": overview.order,
            "at_least": overview.at_least,
            "only_pinned": overview.only_pinned,
            "region": _listed(overview.region),
            "like": _listed(overview.like),
            "at_most": overview.at_most,
            "ascending": overview.ascending,
        },
        "pins": [list(pin) for pin in state.pins],
        "pins_as_mean": state.pins_as_mean,
        "visible": _listed(state.visible),
        "key": state.key,
        "candidate_id": state.candidate_id,
        "prob_axis": state.prob_axis,
        "asked": list(state.asked),
        "until": state.until,
        "stop_string": state.stop_string,
        "ends_at_end_of_text": state.ends_at_end_of_text,
        "chat": None
        if state.chat is None
        else {
            "message": state.chat.message,
            "system": state.chat.system,
            "earlier": [[each.message, each.reply] for each in state.chat.earlier],
        },
    }


def sampling_document(sampling: SamplingParams) -> Document:
    """The sampler's stages as a value that `json.dumps` takes."""
    return {
        **{name: getattr(sampling, name) for name in _SAMPLING},
        "biases": [list(bias) for bias in sampling.biases],
        "banned": list(sampling.banned),
        "order": list(sampling.order),
        "off": list(sampling.off),
    }


def view_json(state: ViewState, model: str = "", weights_sha256: str = "") -> str:
    """`view_document` as text in ASCII, on one line; the same view gives the same text."""
    return json.dumps(view_document(state, model, weights_sha256), allow_nan=False)


def is_view_document(value: object) -> bool:
    """Whether a JSON value says that it is a view of this program."""
    return isinstance(value, dict) and value.get("format") == FORMAT


def read_view_document(text: str) -> ViewRequest:
    """Read what `view_json` wrote, in this version or an earlier one.

    Raises:
        ViewFileError: It is no view of this program, of a later version that says that it cannot
            be read by this one, or one of its values makes no sense; the sentence names it.
    """
    if len(text) > MOST_CHARS:
        raise ViewFileError("The view is too long to be read: {n:,} characters.", n=len(text))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ViewFileError("The view is not JSON.", detail=str(error)) from error
    if not isinstance(value, dict) or not is_view_document(value):
        raise ViewFileError('The JSON is no view: its "format" is not "{format}".', format=FORMAT)
    version = value.get("version")
    if type(version) is not int or version < 1:
        raise _wrong("version", version, "a number from 1")
    if version > VERSION:
        raise ViewFileError(
            "The view was written by a later program: it has version {version}, and this one "
            "reads up to {known}.",
            version=version,
            known=VERSION,
        )
    return ViewRequest(
        _state(value),
        _read(value, "model", _text, ""),
        _read(value, "weights_sha256", _text, ""),
    )


def request_from_facts(facts: Mapping[str, str]) -> ViewRequest:
    """The view that an exported file carries among its facts.

    Files of the first version say which head of which text they show, and nothing more of the
    view; that is read as far as it goes.

    Raises:
        ViewFileError: There is none, or it cannot be read.
    """
    if "view" in facts:
        return read_view_document(facts["view"])
    if "prompt" not in facts or "model" not in facts:
        raise ViewFileError("The file says nothing of a view.")
    document: Document = {"prompt": {"text": facts["prompt"]}}
    ids = facts.get("token_ids", "").split()
    if ids and all(word.isascii() and word.isdigit() for word in ids):
        document["prompt"]["token_ids"] = [int(word) for word in ids]
    for key in ("layer", "head"):
        word = facts.get(key, "")
        if word:
            document[key] = int(word) if word.isascii() and word.isdigit() else word
    for key in ("colour_scale", "scale_range"):
        if facts.get(key) and "head" in facts:
            document[key] = facts[key]
    return ViewRequest(_state(document), facts["model"], facts.get("weights_sha256", ""))


def read_sampling(value: Document) -> SamplingParams:
    """Read what `sampling_document` gives; a field that is missing has its neutral value.

    Raises:
        ViewFileError: A value makes no sense; the sentence names it.
    """
    path, new = "sampling.", SamplingParams()
    numbers = {
        name: _read(value, name, _index if name == "top_k" else _number, getattr(new, name), path)
        for name in _SAMPLING
    }
    try:
        return SamplingParams(
            **numbers,
            biases=_read(value, "biases", _biases, (), path),
            banned=_read(value, "banned", _ids, (), path) or (),
            order=_read(value, "order", _stages, new.order, path),
            off=_read(value, "off", _stages, (), path),
        )
    except UsageError as error:
        raise ViewFileError("The view cannot be read: {reason}", reason=str(error)) from error


def read_pins(value: object) -> tuple[Member, ...]:
    """Read the heads of a list of pairs of layer and head.

    Raises:
        ViewFileError: It is no such list.
    """
    pins: tuple[Member, ...] = _read({"pins": value}, "pins", _pins, ())
    return pins


def read_asked(value: object) -> tuple[str, ...]:
    """Read a list of words that are followed.

    Raises:
        ViewFileError: It is no such list.
    """
    asked: tuple[str, ...] = _read({"asked": value}, "asked", _words, ())
    return asked


# ------------------------------------------------------------------------------ one by one

_SAMPLING = (
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "repetition_penalty",
    "frequency_penalty",
    "presence_penalty",
    "typical_p",
)


def _state(value: Document) -> ViewState:
    new = ViewState()
    return ViewState(
        prompt=_prompt(_read(value, "prompt", _object, {})),
        query=_read(value, "query", _signed, new.query),
        layer=_read(value, "layer", _index, new.layer),
        head=_read(value, "head", _head, new.head),
        n_candidates=_read(value, "candidates", _candidates, new.n_candidates),
        sampling=read_sampling(_read(value, "sampling", _object, {})),
        seed=_read(value, "seed", _index, new.seed),
        n_generate=_read(value, "generate", _count, new.n_generate),
        colour_scale=_read(value, "colour_scale", _one_of(get_args(ColourScale)), "linear"),
        scale_range=_read(value, "scale_range", _one_of(get_args(ScaleRange)), "one"),
        palette=_read(value, "palette", _one_of(get_args(Palette)), "ink"),
        form=_read(value, "form", _one_of(get_args(HeadForm)), "map"),
        treatment=_treatment(_read(value, "treatment", _object, {})),
        overview=_overview(_read(value, "overview", _object, {})),
        pins=_read(value, "pins", _pins, ()),
        pins_as_mean=_read(value, "pins_as_mean", _truth, False),
        visible=_read(value, "visible", _region, None),
        key=_read(value, "key", _optional(_index), None),
        candidate_id=_read(value, "candidate_id", _optional(_index), None),
        prob_axis=_read(value, "prob_axis", _one_of(get_args(ProbAxis)), "linear"),
        asked=_read(value, "asked", _words, ()),
        until=_read(value, "until", _one_of(get_args(Until)), "count"),
        stop_string=clean_text(_read(value, "stop_string", _text, "")),
        ends_at_end_of_text=_read(value, "ends_at_end_of_text", _truth, True),
        chat=_chat(_read(value, "chat", _optional(_object), None)),
    )


def _chat(value: Document | None) -> ChatTurn | None:
    if value is None:
        return None
    path = "chat."
    message = _read(value, "message", _text, "", path)
    system = _read(value, "system", _text, "", path)
    earlier = _read(value, "earlier", _exchanges, (), path)
    return ChatTurn(clean_text(message), clean_text(system), earlier)


def _exchanges(value: Any) -> tuple[ChatExchange, ...]:
    if not isinstance(value, list):
        raise _NotThat("a list of pairs of message and reply")
    exchanges = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise _NotThat("a list of pairs of message and reply")
        exchanges.append(ChatExchange(clean_text(_text(pair[0])), clean_text(_text(pair[1]))))
    return tuple(exchanges)


def _prompt(value: Document) -> Prompt:
    path = "prompt."
    ids = _read(value, "token_ids", _ids, None, path)
    text = _read(value, "text", _text, "", path)
    return Prompt(clean_text(text), ids, _read(value, "parse_special", _truth, False, path))


def _treatment(value: Document) -> Treatment:
    path = "treatment."
    return Treatment(
        _read(value, "hidden", _hidden, (), path),
        _read(value, "discount", _truth, False, path),
        _read(value, "top_mass", _share, 1.0, path),
        _read(value, "granularity", _one_of(GRANULARITIES), "tokens", path),
    )


def _overview(value: Document) -> OverviewDisplay:
    path = "overview."
    return OverviewDisplay(
        _read(value, "cells", _one_of(("pattern", *METRICS)), "pattern", path),
        _read(value, "order", _one_of(("model", "region", "alike", *METRICS)), "model", path),
        _read(value, "at_least", _optional(_number), None, path),
        _read(value, "only_pinned", _truth, False, path),
        _read(value, "region", _region, None, path),
        _read(value, "like", _optional(_member), None, path),
        _read(value, "at_most", _optional(_number), None, path),
        _read(value, "ascending", _truth, False, path),
    )


def _read(
    value: Document, key: str, reader: Callable[[Any], _T], default: Any, path: str = ""
) -> Any:
    """The value under `key`, read by `reader`, or `default` where there is none."""
    if key not in value:
        return default
    try:
        return reader(value[key])
    except _NotThat as error:
        raise _wrong(path + key, value[key], error.expected) from None


class _NotThat(Exception):
    """A reader's answer to a value that is not its own."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def _wrong(name: str, value: object, expected: str) -> ViewFileError:
    shown = json.dumps(value, ensure_ascii=True)
    return ViewFileError(
        'The view cannot be read: "{name}" must be {expected}, not {value}.',
        name=name,
        expected=expected,
        value=shown if len(shown) <= 60 else shown[:59] + "…",
    )


def _listed(values: tuple[int, ...] | None) -> list[int] | None:
    return None if values is None else list(values)


def _object(value: Any) -> Document:
    if not isinstance(value, dict):
        raise _NotThat("an object")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _NotThat("a text")
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _NotThat("true or false")
    return value


def _signed(value: Any) -> int:
    if type(value) is not int or abs(value) > _MOST_INDEX:
        raise _NotThat("a whole number")
    return value


def _index(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _MOST_INDEX:
        raise _NotThat("a whole number from 0")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= _MOST_INDEX:
        raise _NotThat("a whole number from 1")
    return value


def _candidates(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= MOST_CANDIDATES:
        raise _NotThat(f"a whole number from 1 to {MOST_CANDIDATES}")
    return value


def _number(value: Any) -> float:
    try:
        number = float(value) if type(value) in (int, float) else math.nan
    except OverflowError:
        number = math.nan
    if not math.isfinite(number):
        raise _NotThat("a number")
    return number


def _share(value: Any) -> float:
    number = _number(value)
    if not 0 < number <= 1:
        raise _NotThat("a number above 0, at most 1")
    return number


def _head(value: Any) -> HeadChoice:
    if value == MEAN:
        return MEAN
    if type(value) is not int or not 0 <= value <= _MOST_INDEX:
        raise _NotThat('a whole number from 0, or "mean"')
    return value


def _ids(value: Any) -> tuple[int, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(_is_index(item) for item in value):
        raise _NotThat("a list of token ids, or null")
    return tuple(value)


def _biases(value: Any) -> tuple[tuple[int, float], ...]:
    expected = "a list of pairs of token id and bias, each id once"
    if not isinstance(value, list):
        raise _NotThat(expected)
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not _is_index(pair[0]):
            raise _NotThat(expected)
        _number(pair[1])
    if len({pair[0] for pair in value}) != len(value):
        raise _NotThat(expected)
    return tuple((pair[0], float(pair[1])) for pair in value)


def _stages(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(stage in STAGES for stage in value):
        raise _NotThat("a list of " + ", ".join(f'"{stage}"' for stage in STAGES))
    return tuple(dict.fromkeys(value))


def _hidden(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(item in HIDDEN for item in value):
        raise _NotThat("a list of " + ", ".join(f'"{name}"' for name in HIDDEN))
    return tuple(name for name in HIDDEN if name in value)


def _pins(value: Any) -> tuple[Member, ...]:
    is_list = isinstance(value, list) and len(value) <= MOST_PINS
    if not is_list or not all(
        isinstance(pin, list) and len(pin) == 2 and all(map(_is_index, pin)) for pin in value
    ):
        raise _NotThat(f"a list of up to {MOST_PINS} pairs of layer and head")
    return tuple(dict.fromkeys((pin[0], pin[1]) for pin in value))


def _words(value: Any) -> tuple[str, ...]:
    is_list = isinstance(value, list) and len(value) <= MOST_ASKED
    if not is_list or not all(
        isinstance(word, str) and 0 < len(word) <= MOST_KEPT_CHARS for word in value
    ):
        raise _NotThat(f"a list of up to {MOST_ASKED} words")
    return tuple(dict.fromkeys(map(clean_text, value)))


def _member(value: Any) -> Member:
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_index, value)):
        raise _NotThat("a pair of layer and head")
    return (value[0], value[1])


def _region(value: Any) -> Region | None:
    if value is None:
        return None
    expected = "null or four whole numbers: first and end query, first and end key"
    if not isinstance(value, list) or len(value) != 4 or not all(map(_is_index, value)):
        raise _NotThat(expected)
    if not (value[0] < value[1] and value[2] < value[3]):
        raise _NotThat(expected)
    return (value[0], value[1], value[2], value[3])


def _is_index(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST_INDEX


def _one_of(names: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in names:
            raise _NotThat("one of " + ", ".join(f'"{name}"' for name in names))
        return value

    return read


def _optional(reader: Callable[[Any], _T]) -> Callable[[Any], _T | None]:
    def read(value: Any) -> _T | None:
        return None if value is None else reader(value)

    return read
