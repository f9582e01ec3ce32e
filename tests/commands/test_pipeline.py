"""The sampler's stages on the command line: options, files, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from visualizer.engine.sampling import SamplingParams, shape_distribution
from visualizer.engine.sampling_stages import LLAMA_CPP_ORDER, STAGES
from visualizer.session.pipeline_file import save_pipeline
from visualizer.session.pipeline_view import STAGE_COLUMNS


def predicted(run, *words):
    status, out, err = run("predict", "abc", *words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def candidates(report):
    return {c["id"]: c for c in report["candidates"]}


def test_every_stage_has_an_option(run, engine):
    words = [
        "--frequency-penalty", "0.5", "--presence-penalty", "-0.25", "--typical-p", "0.8",
        "--ban", "#3", "--ban", "#4", "--bias", "#5=2.5", "--top", "300",
    ]  # fmt: skip
    report = predicted(run, *words)
    ids = engine.model.tokenizer.encode("abc").ids
    params = SamplingParams(
        frequency_penalty=0.5,
        presence_penalty=-0.25,
        typical_p=0.8,
        banned=(3, 4),
        biases=((5, 2.5),),
    )
    shaped = shape_distribution(engine.logits(ids, 2), params, ids)
    found = candidates(report)
    assert found[3]["removed_by"] == found[4]["removed_by"] == "bias"
    for token_id, one in found.items():
        assert one["sampled_prob"] == shaped.sampled_probs[token_id]
        assert one["removed_by"] == shaped.removed_by(token_id)
    acting = [stage["stage"] for stage in report["stages"] if stage["acts"]]
    assert acting == ["bias", "frequency", "presence", "typical_p"]


def test_a_file_of_the_stages(run, engine, tmp_path):
    params = SamplingParams(
        temperature=2.0, top_k=9, min_p=0.2, banned=(7,), order=LLAMA_CPP_ORDER, off=("top_k",)
    )
    path = tmp_path / "stages.json"
    save_pipeline(path, params)
    report = predicted(run, "--pipeline", str(path), "--top", "300")
    ids = engine.model.tokenizer.encode("abc").ids
    shaped = shape_distribution(engine.logits(ids, 2), params, ids)
    for token_id, one in candidates(report).items():
        assert one["sampled_prob"] == shaped.sampled_probs[token_id]
    assert [stage["stage"] for stage in report["stages"]] == list(LLAMA_CPP_ORDER)
    assert all(tuple(stage) == STAGE_COLUMNS for stage in report["stages"])
    off = {stage["stage"]: stage for stage in report["stages"]}["top_k"]
    assert (off["switched_on"], off["acts"], off["value"], off["n_removed"]) == (False, False, 9, 0)


def test_an_option_stands_above_the_file_and_switches_its_stage_on(run, tmp_path):
    path = tmp_path / "stages.json"
    save_pipeline(path, SamplingParams(top_k=9, off=("top_k",)))
    report = predicted(run, "--pipeline", str(path), "--top-k", "4")
    stages = {stage["stage"]: stage for stage in report["stages"]}
    assert (stages["top_k"]["n_kept"], stages["top_k"]["acts"]) == (4, True)


def test_the_table_says_what_each_stage_did(run):
    status, out, _ = run("predict", "abc", "--temperature", "3", "--top-k", "5", "--min-p", "0.4")
    assert status == 0
    rows = {line.split()[0]: line.split() for line in out.partition("\nstage ")[2].splitlines()}
    assert set(STAGES) <= set(rows)
    assert rows["top_k"][1] == "5"
    assert "5" in rows["top_k"][3:]
    assert "-" in rows["top_p"]
    _, plain, _ = run("predict", "abc")
    assert "stage " not in plain


def test_generate_reads_the_same_file(run, tmp_path, engine):
    path = tmp_path / "stages.json"
    params = SamplingParams(temperature=0.0, banned=(3,))
    save_pipeline(path, params)
    asked = []
    answer = engine.answer
    engine.answer = lambda request: asked.append(request) or answer(request)
    status, _, _ = run("generate", "a", "--pipeline", str(path), "--max-new-tokens", "2")
    assert status == 0
    assert asked[0].sampling == params


def refused(run, *words, expected=2):
    for command in ("predict", "generate"):
        status, out, err = run(command, "abc", *words)
        assert (status, out) == (expected, ""), err
        assert err.count("\n") == 1
    return err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("\xff\x00", "is not JSON"),
        ("[]", "holds no stages"),
        ('{"format": "visualizer view"}', "format"),
        ('{"version": 2}', "version 2"),
        ('{"version": true}', "version true"),
        ('{"temprature": 1}', '"temprature"'),
        ('{"temperature": -1}', "temperature must be at least 0"),
        ('{"temperature": "hot"}', '"sampling.temperature" must be a number'),
        ('{"temperature": NaN}', "a number"),
        ('{"top_k": 2.5}', "a whole number"),
        ('{"top_p": 1.5}', "top_p must be from 0"),
        ('{"typical_p": 0}', "typical_p must be above 0"),
        ('{"repetition_penalty": 0}', "above 0"),
        ('{"biases": [[1, 2], [1, 3]]}', "each id once"),
        ('{"biases": [[1, 1e9]]}', "logit bias"),
        ('{"banned": [-1]}', "token ids"),
        ('{"order": ["top_k"]}', "each once"),
        ('{"off": ["nothing"]}', "a list of"),
        ('{"banned": [999999]}', "999999"),
    ],
)
def test_wrong_files_are_refused_in_one_sentence(run, tmp_path, text, words):
    path = tmp_path / "stages.json"
    path.write_bytes(text.encode("latin-1"))
    assert words in refused(run, "--pipeline", str(path))


def test_files_that_cannot_be_read(run, tmp_path):
    missing = refused(run, "--pipeline", str(tmp_path / "none.json"), expected=1)
    assert "there is no such file" in missing
    assert "that is a folder" in refused(run, "--pipeline", str(tmp_path), expected=1)
    huge = tmp_path / "huge.json"
    huge.write_bytes(b" " * 4_000_001)
    assert "larger than 4 MB" in refused(run, "--pipeline", str(huge), expected=1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--ban", "#999999"), "999999"),
        (("--ban", ""), "Type a token"),
        (("--bias", "x"), "--bias takes a token"),
        (("--bias", "x="), "--bias takes a token"),
        (("--bias", "=3"), "--bias takes a token"),
        (("--bias", "#3=nan"), "--bias takes a token"),
        (("--bias", "#3=5000"), "logit bias"),
        (("--typical-p", "0"), "--typical-p"),
        (("--frequency-penalty", "101"), "--frequency-penalty"),
        (("--presence-penalty", "nan"), "--presence-penalty"),
        (("--ban", "abc"), "one by one"),
    ],
)
def test_wrong_options(run, words, sentence):
    assert sentence in refused(run, *words)


def test_everything_banned_but_one_is_drawn_and_no_more(run, engine):
    n = engine.model.vocabulary_size
    words = [word for i in range(n) if i != 2 for word in ("--ban", f"#{i}")]
    report = predicted(run, *words, "--top", "300")
    assert [c["id"] for c in report["candidates"] if c["kept"]] == [2]
    assert candidates(report)[2]["sampled_prob"] == 1
    status, _, err = run("predict", "abc", *words, "--ban", "#2")
    assert status == 2
    assert "banned" in err
    assert np.isclose(sum(c["sampled_prob"] for c in report["candidates"]), 1)
