"""`visualizer pair`: its table, its JSON and what is refused."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from visualizer import cli
from visualizer.commands import pair
from visualizer.commands.opening import OpenedModel
from visualizer.engine.attention_records import PairRecord, PairRequest
from visualizer.engine.errors import UsageError, VisualizerError

WORDS = ["--layer", "1", "--head", "2", "--query", "-1", "--key", "0"]


class PairEngine:
    """Answers pairs beside what the fake engine answers."""

    def __init__(self, engine):
        self.engine, self.model = engine, engine.model
        self.changes = {}
        self.raises = None

    def answer(self, question):
        if not isinstance(question, PairRequest):
            yield from self.engine.answer(question)
            return
        if self.raises:
            raise self.raises
        n = self.engine.n_tokens
        query, key = question.query % n, question.key % n
        scores = np.arange(n, dtype=np.float64)[: query + 1]
        normaliser = float(np.log(np.exp(scores).sum()))
        candidate = 65 if question.candidate_id is None else question.candidate_id
        values = {
            "request_id": 2, "layer": question.layer, "head": question.head,
            "key_value_head": 0, "query": query, "key": key,
            "query_vector": np.array([1, 2], np.float32),
            "key_vector": np.array([3, -1], np.float32), "products": np.array([3.0, -2.0]),
            "scaling": 0.5, "score": 0.5, "softcap": None, "capped": 0.5, "bias": None,
            "is_visible": key <= query, "window": None, "sink_logit": None, "sink_weight": None,
            "normaliser": normaliser, "weight": math.exp(scores[key] - normaliser),
            "row_keys": np.arange(query + 1), "row_scores": scores,
            "row_weights": np.exp(scores - normaliser), "value_norm": 2.0, "written_norm": 0.5,
            "head_output_norm": 1.0, "candidate_id": candidate, "logit": 5.0,
            "logit_without": 4.25, "logit_again": 5.0,
        }  # fmt: skip
        yield PairRecord(**{**values, **self.changes})


@pytest.fixture
def asked(engine, monkeypatch, capsys):
    """Runs the command; gives status, stdout and stderr. `asked.engine` is who answers."""
    pairs = PairEngine(engine)
    real = pair.run
    monkeypatch.setattr(
        pair, "run", lambda args: real(args, open_model=lambda _: OpenedModel(pairs, pairs.model))
    )

    def call(*words):
        status = cli.main(["pair", *words])
        out, err = capsys.readouterr()
        return status, out, err

    call.engine = pairs
    return call


def test_table(asked):
    status, out, err = asked("abcdefgh大", *WORDS)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("L1·H2: query 10 ")
    assert "→ key 0 a" in lines[0]
    assert any(line.split() == ["×", "scaling", "0.5", "0.5000"] for line in lines)
    assert any(line.startswith("rank among the keys") and "11 of 11" in line for line in lines)
    assert sum("◂" in line for line in lines) == 1
    assert any("5 others" in line for line in lines)
    assert "moves it by +0.7500" in out


def test_json(asked):
    status, out, err = asked("abc", *WORDS, "--json")
    assert (status, err) == (0, "")
    report = json.loads(out)
    assert (report["query"]["index"], report["key"]["index"]) == (2, 0)
    assert report["logit_change"] == 0.75
    assert len(report["row"]) == 3
    assert report["model"] == "fake"


def test_what_the_model_lacks_or_has(asked):
    asked.engine.changes = {
        "softcap": 50.0, "bias": -1.5, "sink_logit": 0.25, "sink_weight": 0.125,
        "written_norm": None, "head_output_norm": None, "logit_without": None,
        "unavailable": VisualizerError("A gate hides it."),
    }  # fmt: skip
    out = asked("abc", *WORDS)[1]
    assert "softcap 50" in out
    assert "position bias" in out
    assert "(sink)" in out
    assert "A gate hides it." in out
    assert "|w|" not in out
    assert "moves it" not in out


def test_a_key_out_of_sight_is_masked(asked):
    asked.engine.changes = {"is_visible": False, "weight": 0.0, "key": 2, "query": 1,
                            "row_keys": np.arange(2), "row_scores": np.zeros(2),
                            "row_weights": np.full(2, 0.5)}  # fmt: skip
    out = asked("abc", *WORDS)[1]
    assert "masked" in out
    assert "rank among" not in out


@pytest.mark.parametrize(
    ("word", "token_id"), [("66", 66), ("0", 0), ("<s>", 256)], ids=["id", "zero", "special"]
)
def test_candidate_by_id_or_special_token(asked, word, token_id):
    report = json.loads(asked("abc", *WORDS, "--candidate", word, "--json")[1])
    assert report["candidate"]["id"] == token_id


def test_candidate_by_text(asked):
    model = asked.engine.model
    report = json.loads(asked("abc", *WORDS, "--candidate", "b", "--json")[1])
    assert report["candidate"]["id"] == model.tokenizer.encode("b").ids[-1]
    assert report["candidate"]["text"] == "b"


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("bc", "not one token but 2: b c"),
        ("", "not one token but 0"),
        ("260", "260 does not exist"),
    ],
)
def test_a_candidate_that_is_no_token_is_refused(asked, word, sentence):
    status, out, err = asked("abc", *WORDS, "--candidate", word)
    assert (status, out) == (2, "")
    assert sentence in err


def test_a_candidate_has_no_token_that_the_tokenizer_adds(asked, run_with_bos):
    report = json.loads(asked("abc", *WORDS, "--candidate", "b", "--json")[1])
    assert report["candidate"]["text"] == "b"


@pytest.mark.parametrize("missing", ["--layer", "--head", "--query", "--key"])
def test_every_place_must_be_said(asked, missing):
    place = WORDS.index(missing)
    status, _, err = asked("abc", *WORDS[:place], *WORDS[place + 2 :])
    assert status == 2
    assert missing in err


def test_what_the_engine_refuses_is_one_line(asked):
    asked.engine.raises = UsageError("There is no token {position}.", position=9)
    status, out, err = asked("abc", *WORDS)
    assert (status, out, err) == (2, "", "visualizer: There is no token 9.\n")
