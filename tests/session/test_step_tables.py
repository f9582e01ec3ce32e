"""Generated steps, surprise and sampler as files of numbers, against plain NumPy."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest

from visualizer.engine.sampling import SamplingParams, shape_distribution
from visualizer.engine.step_records import Logprobs, step_candidates
from visualizer.engine.tokenization import Tokenization
from visualizer.session.export_numbers import numbers_bytes
from visualizer.session.export_subjects import Exportable, subject_facts, suggested_stem
from visualizer.session.generated_steps import GeneratedStep
from visualizer.session.pipeline_view import STAGE_COLUMNS, PipelineQuestion, pipeline_view
from visualizer.session.provenance_reading import read_view
from visualizer.session.state import ViewState
from visualizer.session.step_tables import STEP_COLUMNS, StepsView
from visualizer.session.views import TokenStripView

N_IDS = 40
HOT, COLD = SamplingParams(temperature=1.5, top_k=6), SamplingParams(min_p=0.02)


class Letters:
    """Token n is the n-th letter from "!" on; the last five ids of the model have no text."""

    name = "letters"
    vocabulary_size = N_IDS - 5
    special_ids = frozenset({3})

    def token_bytes(self, token_id):
        return bytes([33 + token_id])


def logits_of(step):
    return np.random.default_rng(step).normal(0, 2, N_IDS).astype(np.float32)


def step_of(index, token_id, params, *, n=4, seed=7, told=True):
    logits = logits_of(index)
    shaped = shape_distribution(logits, params)
    logprobs = Logprobs(logits)
    return GeneratedStep(
        position=2 + index,
        token_id=token_id,
        data=bytes([33 + token_id]),
        logprob=logprobs.of(token_id),
        sampled_logprob=math.log(shaped.sampled_probs[token_id]),
        rank=logprobs.rank_of(token_id),
        seed=seed,
        draw=index,
        elapsed_ms=1.5,
        sampling=params,
        candidates=step_candidates(logprobs, shaped, token_id, n) if told else None,
    )


def by_rank(index):
    return np.argsort(-logits_of(index), kind="stable")


def steps():
    """Three steps: the likeliest, the sixth (not among the four candidates), and one untold."""
    drawn = [int(by_rank(0)[0]), int(by_rank(1)[5]), int(by_rank(2)[1])]
    return (
        step_of(0, drawn[0], HOT),
        step_of(1, drawn[1], HOT),
        step_of(2, drawn[2], COLD, seed=8, told=False),
    )


def exportable(made=None, **more):
    made = steps() if made is None else made
    ids = np.array([1, 2, *(step.token_id for step in made)], np.int64)
    pieces = tuple(bytes([33 + i]) for i in ids.tolist())
    places = np.arange(len(ids), dtype=np.int64)
    text = Tokenization(b"".join(pieces).decode(), ids, pieces, places, places + 1, 0, "letters")
    logprobs = np.array([np.nan, -1.0, *(step.logprob for step in made)])
    strip = TokenStripView(text, 1, logprobs, np.full(len(ids), 2.5))
    state = ViewState(sampling=HOT, seed=7)
    view = StepsView(made, text, Letters())
    return Exportable(state, "a model", tokens=strip, steps=view, **more)


def rows_of(data):
    facts, _, rest = data.decode().partition("\n")
    return json.loads(facts.removeprefix("# ")), list(csv.DictReader(io.StringIO(rest)))


def test_every_step_has_its_distribution_and_adds_up_to_one():
    facts, rows = rows_of(numbers_bytes(exportable(), "steps", "csv"))
    assert tuple(rows[0]) == STEP_COLUMNS
    for index in (0, 1):
        mine = [row for row in rows if row["step"] == str(index)]
        logits = logits_of(index).astype(np.float64)
        probs = np.exp(logits) / np.exp(logits).sum()
        shaped = shape_distribution(logits_of(index), HOT).sampled_probs
        tokens = [row for row in mine if row["id"]]
        expected = by_rank(index)[:4].tolist() + ([] if index == 0 else [by_rank(1)[5]])
        assert [int(row["id"]) for row in tokens] == expected
        for row in tokens:
            token_id = int(row["id"])
            assert float(row["prob"]) == pytest.approx(probs[token_id], rel=1e-9)
            assert float(row["logprob"]) == pytest.approx(math.log(probs[token_id]), rel=1e-9)
            assert float(row["sampled_prob"]) == pytest.approx(shaped[token_id], abs=1e-12)
            assert float(row["logit"]) == logits_of(index)[token_id]
            assert row["kept"] == str(int(shaped[token_id] > 0))
            assert int(row["rank"]) == 1 + by_rank(index).tolist().index(token_id)
        assert sum(row["drawn"] == "1" for row in mine) == 1
        assert sum(float(row["prob"]) for row in mine) == pytest.approx(1, abs=1e-12)
        assert sum(float(row["sampled_prob"]) for row in mine) == pytest.approx(1, abs=1e-12)
        entropy = -(probs * np.log2(probs)).sum()
        assert float(mine[0]["entropy_bits"]) == pytest.approx(entropy, rel=1e-9)
    assert json.loads(facts["sampling"])[1]["min_p"] == 0.02
    assert (facts["seeds"], facts["n_steps"]) == ("7 8", "3")


def test_what_was_not_told_of_a_step_stays_empty():
    _, rows = rows_of(numbers_bytes(exportable(), "steps", "csv"))
    (row,) = (row for row in rows if row["step"] == "2")
    assert (row["drawn"], row["logit"], row["entropy_bits"]) == ("1", "", "")
    assert (row["seed"], row["sampling"]) == ("8", "1")
    report = json.loads(numbers_bytes(exportable(), "steps", "json"))
    assert report["steps"][2]["candidates"] == []
    assert report["steps"][2]["rest_prob"] is None
    assert report["steps"][2]["surprise_bits"] == pytest.approx(-steps()[2].logprob / math.log(2))


def test_arrays_and_json_hold_the_same_steps():
    archive = np.load(io.BytesIO(numbers_bytes(exportable(), "steps", "npz")), allow_pickle=False)
    report = json.loads(numbers_bytes(exportable(), "steps", "json"))
    assert archive["candidate_ids"].shape == (3, 4)
    assert archive["candidate_ids"][2].tolist() == [-1] * 4
    for place, step in enumerate(report["steps"]):
        assert archive["drawn_ids"][place] == step["id"]
        assert archive["drawn_ranks"][place] == step["rank"]
        assert archive["surprise_bits"][place] == pytest.approx(step["surprise_bits"])
        for column, one in enumerate(step["candidates"][:4]):
            assert archive["candidate_ids"][place, column] == one["id"]
            assert archive["candidate_logprobs"][place, column] == one["logprob"]
            sampled = archive["candidate_sampled_logprobs"][place, column]
            assert math.exp(sampled) == pytest.approx(one["sampled_prob"], abs=1e-15)
    probs = np.exp(archive["candidate_logprobs"][:2]).sum(1) + archive["rest_probs"][:2]
    np.testing.assert_allclose(probs, 1, atol=1e-12)


@pytest.mark.parametrize("kind", ["csv", "npz", "json"])
@pytest.mark.parametrize("subject", ["steps", "surprise", "pipeline"])
def test_files_carry_the_view_and_what_was_noted(tmp_path, subject, kind):
    question = PipelineQuestion(logits_of(0), np.array([1]), HOT, 7, 1, "x")
    views = exportable(pipeline=pipeline_view(question), notes={"window": "8"})
    data = numbers_bytes(views, subject, kind)
    (tmp_path / f"file.{kind}").write_bytes(data)
    state = read_view(tmp_path / f"file.{kind}").state
    assert (state.sampling, state.seed) == (HOT, 7)
    assert state.prompt.text == views.tokens.tokenization.text
    assert subject_facts(views, subject)["window"] == "8"
    assert suggested_stem(views, subject).startswith("a-model-s")


def test_the_surprise_of_a_text_as_a_table():
    facts, rows = rows_of(numbers_bytes(exportable(), "surprise", "csv"))
    logprobs = exportable().tokens.logprobs
    assert rows[0]["surprise_bits"] == rows[0]["logprob"] == ""
    for row, logprob in zip(rows[1:], logprobs[1:], strict=True):
        assert float(row["surprise_bits"]) == pytest.approx(-logprob / math.log(2))
        assert float(row["logprob"]) == pytest.approx(logprob)
        assert float(row["entropy_bits"]) == 2.5
    mean = -logprobs[1:].mean()
    assert float(facts["perplexity"]) == pytest.approx(math.exp(mean))
    report = json.loads(numbers_bytes(exportable(), "surprise", "json"))
    assert report["n_scored"] == 4
    assert report["mean_bits"] == pytest.approx(mean / math.log(2))


def test_stages_as_arrays():
    question = PipelineQuestion(logits_of(0), np.array([1]), HOT, 7, 1, "x")
    views = exportable(pipeline=pipeline_view(question))
    archive = np.load(io.BytesIO(numbers_bytes(views, "pipeline", "npz")), allow_pickle=False)
    assert set(STAGE_COLUMNS) <= set(archive.files)
    stages = archive["stage"].tolist()
    assert archive["n_kept"][stages.index("top_k")] == 6
