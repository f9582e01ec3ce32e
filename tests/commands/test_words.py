"""`predict --token`: words with their tokens, in JSON and as a table."""

from __future__ import annotations

import json

import numpy as np
import pytest

from visualizer.engine.path_records import PathRequest
from visualizer.engine.sampling import softmax


def answer(run, *words):
    status, out, err = run("predict", "abc", *words, "--json")
    assert status == 0, err
    return json.loads(out)


def test_a_single_token_has_its_rank_logit_and_what_the_parameters_make_of_it(run, engine):
    (word,) = answer(run, "--token", "z", "--top-k", "1")["words"]
    tokenizer = engine.model.tokenizer
    (token_id,) = tokenizer.encode("z").ids.tolist()
    ids = tokenizer.encode("abc").ids
    logits = engine.logits(ids, 2)
    assert word["word"] == "z"
    assert word["logit"] == logits[token_id]
    assert word["rank"] == 1 + np.count_nonzero(logits > logits[token_id])
    assert (word["sampled_prob"], word["kept"], word["removed_by"]) == (0, False, "top_k")
    assert word["tokens"][0]["bytes"] == "7a"
    assert softmax(logits)[token_id] > 0


def test_words_are_asked_as_written_and_multiplied(run, engine):
    words = answer(run, "--token", " x", "--token", "#0", "--token", "'#0'", "--position", "1")
    (request,) = (q for q in engine.asked if isinstance(q, PathRequest))
    assert request.position == 1
    spaced, by_id, literal = words["words"]
    assert [token["text"] for token in spaced["tokens"]] == [" ", "x"]
    assert spaced["prob"] == pytest.approx(0.25 * 0.125)
    assert spaced["logprob"] == pytest.approx(np.log(0.25 * 0.125))
    assert "rank" not in spaced
    assert [token["id"] for token in by_id["tokens"]] == [0]
    assert [token["text"] for token in literal["tokens"]] == ["#", "0"]


def test_the_same_word_twice_is_asked_once(run, engine):
    words = answer(run, "--token", "xy", "--token", "xy")["words"]
    (request,) = (q for q in engine.asked if isinstance(q, PathRequest))
    assert len(request.words) == 1
    assert words[0] == words[1]


def test_what_the_context_has_no_room_for_is_null(run):
    (word,) = answer(run, "--token", "wxyz")["words"]
    assert word["prob"] is word["logprob"] is word["tokens"][3]["prob"] is None
    assert word["tokens"][2]["prob"] == pytest.approx(0.25 * 0.25)
    _, out, _ = run("predict", "abc", "--token", "wxyz")
    assert out.splitlines()[-1].startswith("- the context")


def test_without_the_option_nothing_is_asked(run, engine):
    assert "words" not in answer(run)
    assert not any(isinstance(q, PathRequest) for q in engine.asked)


def test_the_table(run):
    status, out, _ = run("predict", "abc", "--token", " x", "--token", "z")
    assert status == 0
    head, spaced, single = out.splitlines()[-3:]
    assert head.split() == ["word", "prob", "rank", "logit", "step", "by", "step"]
    assert spaced.split()[:4] == ["·x", "0.03125", "-", "-"]
    assert spaced.endswith("· 0.25 × x 0.125")
    assert single.split()[0] == "z"
    assert "id " in single


@pytest.mark.parametrize(
    ("word", "said"),
    [("", "no token to ask for"), ("#260", "260 does not exist"), ("x" * 500, "at most")],
)
def test_bad_words_are_one_sentence(run, word, said):
    status, out, err = run("predict", "abc", "--token", word)
    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1
