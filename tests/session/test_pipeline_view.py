"""What the sampler's cards follow from: presets, moves, draws, and tokens named by a user."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from visualizer.engine.errors import UsageError
from visualizer.engine.sampling import SamplingParams, shape_distribution
from visualizer.engine.sampling_outcomes import order_matters, stage_outcomes
from visualizer.engine.sampling_stages import LLAMA_CPP_ORDER, STAGES
from visualizer.files import ReadError
from visualizer.session.export_tables import Origin
from visualizer.session.pipeline_file import (
    pipeline_json,
    read_pipeline,
    save_pipeline,
)
from visualizer.session.pipeline_table import pipeline_table
from visualizer.session.pipeline_view import (
    PRESETS,
    STAGE_COLUMNS,
    PipelineQuestion,
    draw_many,
    is_neutral,
    matches_preset,
    moved,
    pipeline_view,
    switched,
    token_name,
    token_named,
    with_bias,
    with_preset,
    without_bias,
)

PARAMS = SamplingParams(
    temperature=0.5,
    top_k=9,
    top_p=0.9,
    frequency_penalty=0.3,
    biases=((3, 1.5),),
    banned=(4, 5),
    order=LLAMA_CPP_ORDER,
    off=("top_k",),
)


def question(sampling=PARAMS, seed=0):
    logits = np.linspace(3, -3, 40).astype(np.float32)
    return PipelineQuestion(logits, np.array([1, 1, 2]), sampling, seed, 2, "x")


class Letters:
    """Each letter is a token; so is the word " ab"."""

    name = "letters"
    vocabulary_size = 200
    special_ids = frozenset()

    def encode(self, text, *, parse_special=False):
        pieces = [b" ab"] if text == " ab" else [c.encode() for c in text]
        ids = np.array([199 if p == b" ab" else p[0] for p in pieces], np.int64)

        class Result:
            n_added = 0

        Result.ids = ids
        return Result

    def token_bytes(self, token_id):
        return b" ab" if token_id == 199 else bytes([token_id])


def test_the_view_is_what_the_engine_says():
    view = pipeline_view(question())
    asked = question()
    assert view.outcomes == stage_outcomes(asked.logits, PARAMS, asked.previous_ids)
    assert view.swaps == set(order_matters(asked.logits, PARAMS, asked.previous_ids))
    assert view.swaps
    unshaped = shape_distribution(asked.logits, SamplingParams())
    assert view.effective_choices == pytest.approx(2**unshaped.entropy_bits)
    assert view.problem is None
    last = view.outcomes[-1]
    shaped = shape_distribution(asked.logits, PARAMS, asked.previous_ids)
    assert last.n_kept == shaped.kept.sum()
    assert last.likeliest_prob == pytest.approx(shaped.sampled_probs.max())


def test_stages_that_leave_nothing_are_a_problem_not_a_failure():
    view = pipeline_view(question(SamplingParams(banned=tuple(range(40)))))
    assert view.outcomes == ()
    assert "banned" in str(view.problem)
    with pytest.raises(UsageError, match="banned"):
        draw_many(question(SamplingParams(banned=tuple(range(40)))))


@pytest.mark.parametrize(
    "sampling",
    [
        SamplingParams(temperature=0),
        SamplingParams(temperature=1e-6),
        SamplingParams(temperature=100),
        SamplingParams(top_k=10_000),
        SamplingParams(top_p=0),
        SamplingParams(top_p=1, min_p=1),
        SamplingParams(typical_p=1e-9),
        SamplingParams(banned=tuple(range(1, 40))),
    ],
)
def test_extremes_leave_a_token_and_a_whole_distribution(sampling):
    view = pipeline_view(question(sampling))
    last = view.outcomes[-1]
    assert last.n_kept >= 1
    assert 0 < last.kept_mass <= 1
    assert 1 <= last.effective_choices <= 40 + 1e-9
    assert sum(draw_many(question(sampling)).counts.values()) == 1000


def test_draws_are_those_of_the_seed_and_of_tokens_that_are_left():
    draws = draw_many(question(), 500)
    assert draws == draw_many(question(), 500)
    assert draws != draw_many(question(seed=1), 500)
    assert sum(draws.counts.values()) == 500
    shaped = shape_distribution(question().logits, PARAMS, [1, 1, 2])
    assert all(shaped.kept[i] and n > 0 for i, n in draws.counts.items())


def test_presets_are_orders():
    for preset in PRESETS:
        made = with_preset(PARAMS, preset)
        assert matches_preset(made, preset)
        if preset != "reset":
            assert (made.temperature, made.banned) == (PARAMS.temperature, PARAMS.banned)
    assert with_preset(PARAMS, "transformers").order == STAGES
    assert with_preset(PARAMS, "llama.cpp").order == LLAMA_CPP_ORDER
    tutorial = with_preset(PARAMS, "tutorial")
    acting = [stage for stage in STAGES if tutorial.is_active(stage)]
    assert acting == ["temperature", "top_k", "top_p"]
    assert with_preset(PARAMS, "reset") == SamplingParams()


def test_moving_and_switching_change_nothing_else():
    there = moved(PARAMS, "temperature", 0)
    assert there.order[0] == "temperature"
    assert [s for s in there.order if s != "temperature"] == list(LLAMA_CPP_ORDER[:-1])
    assert moved(PARAMS, "bias", -5) == PARAMS
    assert moved(PARAMS, "temperature", 99) == PARAMS
    off = switched(PARAMS, "min_p", on=False)
    assert off.off == ("top_k", "min_p")
    assert switched(off, "min_p", on=True) == PARAMS
    assert PARAMS.with_value("top_k", 4.6).top_k == 5
    assert is_neutral(PARAMS, "min_p")
    assert not is_neutral(PARAMS, "bias")


def test_a_token_is_favoured_or_banned_never_both():
    banned = with_bias(PARAMS, 3, None)
    assert (banned.biases, banned.banned) == ((), (4, 5, 3))
    again = with_bias(banned, 4, -2.0)
    assert (again.biases, again.banned) == (((4, -2.0),), (5, 3))
    assert without_bias(again, 5).banned == (3,)


def test_tokens_are_found_by_text_and_id():
    letters = Letters()
    assert token_named("#42", letters, 200) == 42
    assert token_named("ab", letters, 200) == 199  # with the space that belongs to it
    assert token_named("x", letters, 200) == ord("x")
    with pytest.raises(UsageError, match=r"3 tokens here, .*x, y"):
        token_named("xy", letters, 200)
    for wrong in ("", "#200", "#99999"):
        with pytest.raises(UsageError):
            token_named(wrong, letters, 200)
    assert token_name(letters, 500) == "#500"
    assert token_name(None, 7) == "#7"


def test_files_bring_the_same_stages_back(tmp_path):
    path = tmp_path / "p.json"
    for params in (SamplingParams(), PARAMS):
        save_pipeline(path, params)
        assert read_pipeline(path) == params
        assert path.read_text() == pipeline_json(params)
    path.write_text("{}")
    assert read_pipeline(path) == SamplingParams()
    with pytest.raises(ReadError, match="Cannot read"):
        read_pipeline(tmp_path / "a\0b")


def test_the_table_has_a_row_for_each_stage():
    view = pipeline_view(question())
    table = pipeline_table(view, Origin())
    assert table.columns == STAGE_COLUMNS
    assert [row[0] for row in table.rows] == list(LLAMA_CPP_ORDER)
    report = json.loads(table.json())
    assert json.loads(report["provenance"]["sampling"])["banned"] == [4, 5]
    for row, outcome in zip(report["rows"], view.outcomes, strict=True):
        assert row["n_kept"] == outcome.n_kept
        assert row["order_matters"] == (outcome.stage in view.swaps)
        assert (row["value"] is None) == (outcome.stage == "bias")
        assert math.isfinite(row["effective_choices"])


def test_the_same_distribution_is_known_again():
    one = question()
    same = PipelineQuestion(one.logits, one.previous_ids.copy(), PARAMS, 0, 2, "x")
    assert one.is_of_same_distribution(same)
    assert not one.is_of_same_distribution(None)
    assert not one.is_of_same_distribution(question())  # other logits
    other = PipelineQuestion(one.logits, one.previous_ids, PARAMS, 1, 2, "x")
    assert not one.is_of_same_distribution(other)
