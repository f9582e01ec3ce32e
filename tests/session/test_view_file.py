"""The whole view as JSON: it comes back as it was, and what makes no sense is named."""

from __future__ import annotations

import contextlib
import json
from dataclasses import fields, is_dataclass
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.attention_records import METRICS
from visualizer.engine.chat import ChatExchange, ChatTurn
from visualizer.engine.records import Prompt
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.sampling_stages import STAGES
from visualizer.engine.tokenization import clean_text
from visualizer.engine.treatment import GRANULARITIES, HIDDEN, Treatment
from visualizer.session.state import (
    ColourScale,
    HeadForm,
    OverviewDisplay,
    Palette,
    ProbAxis,
    ScaleRange,
    Until,
    ViewState,
)
from visualizer.session.view_file import (
    ViewFileError,
    ViewRequest,
    read_view_document,
    request_from_facts,
    view_document,
    view_json,
)

index = st.integers(0, 10_000)
share = st.floats(0, 1, exclude_min=True)
span = st.tuples(index, st.integers(1, 100)).map(lambda pair: (pair[0], pair[0] + pair[1]))
region = st.none() | st.tuples(span, span).map(lambda spans: (*spans[0], *spans[1]))

SAID = st.text(st.characters(codec="utf-8"), max_size=50)
states = st.builds(
    ViewState,
    prompt=st.builds(
        Prompt,
        st.text(st.characters(exclude_categories=())).map(clean_text),
        st.none() | st.lists(index, max_size=5).map(tuple),
        st.booleans(),
    ),
    query=st.integers(-5, 9000),
    layer=index,
    head=index | st.just("mean"),
    n_candidates=st.integers(1, 500),
    sampling=st.builds(
        SamplingParams,
        temperature=st.floats(0, 5),
        top_k=index,
        top_p=st.floats(0, 1),
        min_p=st.floats(0, 1),
        repetition_penalty=st.floats(0.1, 3),
        frequency_penalty=st.floats(-100, 100),
        presence_penalty=st.floats(-100, 100),
        typical_p=share,
        biases=st.dictionaries(index, st.floats(-100, 100), max_size=3).map(
            lambda biases: tuple(biases.items())
        ),
        banned=st.lists(index, max_size=3, unique=True).map(tuple),
        order=st.permutations(STAGES).map(tuple),
        off=st.lists(st.sampled_from(STAGES), unique=True).map(tuple),
    ),
    seed=index,
    n_generate=st.integers(1, 1000),
    colour_scale=st.sampled_from(get_args(ColourScale)),
    scale_range=st.sampled_from(get_args(ScaleRange)),
    palette=st.sampled_from(get_args(Palette)),
    form=st.sampled_from(get_args(HeadForm)),
    treatment=st.builds(
        Treatment,
        st.sets(st.sampled_from(HIDDEN)).map(lambda s: tuple(n for n in HIDDEN if n in s)),
        st.booleans(),
        share,
        st.sampled_from(GRANULARITIES),
    ),
    overview=st.builds(
        OverviewDisplay,
        st.sampled_from(("pattern", *METRICS)),
        st.sampled_from(("model", "region", "alike", *METRICS)),
        st.none() | st.floats(-1e6, 1e6),
        st.booleans(),
        region,
        st.none() | st.tuples(index, index),
        st.none() | st.floats(-1e6, 1e6),
        st.booleans(),
    ),
    pins=st.lists(st.tuples(index, index), max_size=12, unique=True).map(tuple),
    pins_as_mean=st.booleans(),
    visible=region,
    key=st.none() | index,
    candidate_id=st.none() | index,
    prob_axis=st.sampled_from(get_args(ProbAxis)),
    asked=st.lists(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=400), max_size=20, unique=True
    ).map(tuple),
    until=st.sampled_from(get_args(Until)),
    stop_string=st.text(st.characters(codec="utf-8")),
    ends_at_end_of_text=st.booleans(),
    chat=st.none()
    | st.builds(
        ChatTurn,
        *[SAID] * 2,
        st.lists(st.builds(ChatExchange, *[SAID] * 2), max_size=3).map(tuple),
    ),
)


@settings(deadline=None, max_examples=150)
@given(states, st.text(), st.text("0123456789abcdef"))
def test_every_view_comes_back_as_it_was(state, model, digest):
    text = view_json(state, model, digest)
    assert text.isascii()
    assert "\n" not in text
    assert read_view_document(text) == ViewRequest(state, model, digest)


def test_every_part_of_the_view_is_in_the_document():
    """A field that is added to the view must be added to its file."""
    changed = ViewState(
        Prompt("a", (1,), True), 3, 1, 2, 7, SamplingParams(2.0), 5, 9, "log", "largest",
        "viridis", "arcs", Treatment(("first",), True, 0.5, "words"),
        OverviewDisplay("entropy", "region", 0.25, True, (0, 1, 2, 3), (5, 6), 0.5, True),
        ((1, 2),), True,
        (4, 5, 6, 7), 8, 9, "log", (" step", "#12"), "string", "END", False,
        ChatTurn("hi", "be brief", (ChatExchange("who?", "me"),)),
    )  # fmt: skip
    plain, other = view_document(ViewState()), view_document(changed)
    names = {"n_candidates": "candidates", "n_generate": "generate"}
    for field in fields(ViewState):
        key = names.get(field.name, field.name)
        assert plain[key] != other[key], field.name
        value = getattr(ViewState(), field.name)
        if is_dataclass(value):
            assert {f.name for f in fields(value)} == set(plain[key]), field.name
    assert read_view_document(json.dumps(other)).state == changed


def test_what_is_missing_is_as_it_was_drawn_then_and_what_is_unknown_is_left():
    text = json.dumps({"format": "visualizer view", "version": 1, "layer": 4, "later": [1]})
    assert read_view_document(text) == ViewRequest(ViewState(layer=4, prob_axis="linear"))


def test_the_document_of_version_1_stays_readable():
    text = """{"format": "visualizer view", "version": 1, "model": "m", "weights_sha256": "ab",
        "prompt": {"text": "a b", "token_ids": null, "parse_special": true}, "query": 1,
        "layer": 2, "head": "mean", "candidates": 20, "sampling": {"temperature": 0.5},
        "colour_scale": "square root", "scale_range": "all heads", "palette": "cividis",
        "treatment": {"hidden": ["diagonal"], "top_mass": 0.9}, "pins": [[1, 0], [2, 3]],
        "visible": [0, 2, 0, 2], "key": 0}"""
    assert read_view_document(text) == ViewRequest(
        ViewState(
            Prompt("a b", None, True), 1, 2, "mean", 20, SamplingParams(0.5),
            colour_scale="square root", scale_range="all heads", palette="cividis",
            treatment=Treatment(("diagonal",), top_mass=0.9), pins=((1, 0), (2, 3)),
            visible=(0, 2, 0, 2), key=0, prob_axis="linear",
        ),
        "m", "ab",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"layer": -1}, '"layer" must be a whole number from 0, not -1'),
        ({"layer": True}, '"layer"'),
        ({"layer": 1.0}, '"layer"'),
        ({"head": "best"}, '"head" must be a whole number from 0, or "mean", not "best"'),
        ({"query": "x"}, '"query"'),
        ({"candidates": 0}, '"candidates"'),
        ({"candidates": 501}, '"candidates"'),
        ({"prompt": "text"}, '"prompt" must be an object'),
        ({"prompt": {"text": 3}}, '"prompt.text" must be a text, not 3'),
        ({"prompt": {"token_ids": [1, -2]}}, '"prompt.token_ids"'),
        ({"sampling": {"temperature": "hot"}}, '"sampling.temperature" must be a number'),
        ({"sampling": {"temperature": float("inf")}}, '"sampling.temperature" must be a number'),
        ({"sampling": {"top_p": 3}}, "top_p"),
        ({"sampling": {"biases": [[1, 2], [1, 3]]}}, '"sampling.biases"'),
        ({"sampling": {"biases": [[1, 5000]]}}, "logit bias"),
        ({"sampling": {"order": ["top_k"]}}, "stages"),
        ({"sampling": {"off": ["heat"]}}, '"sampling.off"'),
        ({"colour_scale": "sqrt"}, '"colour_scale" must be one of "linear", "log"'),
        ({"palette": []}, '"palette"'),
        ({"treatment": {"hidden": ["last"]}}, '"treatment.hidden"'),
        ({"treatment": {"top_mass": 0}}, '"treatment.top_mass"'),
        ({"overview": {"cells": "mass"}}, '"overview.cells"'),
        ({"overview": {"region": [1, 1, 0, 2]}}, '"overview.region"'),
        ({"pins": [[1]]}, '"pins"'),
        ({"prob_axis": "cubic"}, '"prob_axis"'),
        ({"asked": "step"}, '"asked"'),
        ({"asked": [""]}, '"asked"'),
        ({"asked": [7]}, '"asked"'),
        ({"asked": ["a"] * 21}, '"asked"'),
        ({"asked": ["a" * 401]}, '"asked"'),
        ({"pins": [[0, n] for n in range(13)]}, '"pins"'),
        ({"visible": [0, 1]}, '"visible"'),
        ({"key": -1}, '"key"'),
        ({"seed": 1 << 80}, '"seed"'),
        ({"model": None}, '"model" must be a text'),
        ({"version": 0}, '"version"'),
        ({"version": 2}, "later program"),
        ({"format": "else"}, "no view"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence_that_names_it(change, named):
    text = json.dumps({**view_document(ViewState()), **change})
    with pytest.raises(ViewFileError) as caught:
        read_view_document(text)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@settings(deadline=None, max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    st.sampled_from(sorted(view_document(ViewState()))),
)
def test_any_value_in_any_place_is_taken_or_refused(value, key):
    with contextlib.suppress(ViewFileError):
        read_view_document(json.dumps({**view_document(ViewState()), key: value}))


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", "[" * 100_000, "{}"])
def test_what_is_no_document_is_refused(text):
    with pytest.raises(ViewFileError):
        read_view_document(text)


def test_a_file_of_the_first_version_says_which_head_of_which_text():
    facts = {
        "model": "smollm2-135m", "weights_sha256": "cd", "layer": "3", "head": "mean",
        "rows": "0 2", "colour_scale": "log", "scale_range": "largest", "prompt": " a b",
        "token_ids": "100 101", "application": "visualizer 0.1.0",
    }  # fmt: skip
    assert request_from_facts(facts) == ViewRequest(
        ViewState(
            Prompt(" a b", (100, 101)), layer=3, head="mean", colour_scale="log",
            scale_range="largest", prob_axis="linear",
        ),
        "smollm2-135m", "cd",
    )  # fmt: skip
    everything = {**facts, "layers": "30", "heads": "9", "colour_scale": "square root"}
    del everything["layer"], everything["head"]
    assert request_from_facts(everything).state.colour_scale == "linear"
    with pytest.raises(ViewFileError):
        request_from_facts({"model": "m"})
    facts["view"] = view_json(ViewState(layer=9), "other", "")
    assert request_from_facts(facts) == ViewRequest(ViewState(layer=9), "other")
