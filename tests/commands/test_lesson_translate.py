"""`visualizer lesson translate`: its report against a pass of the model, its check, bad input."""

from __future__ import annotations

import json
import math
import os
import signal

import pytest
import torch

from visualizer import cli
from visualizer.lessons import translation_score
from visualizer.lessons.transformer import Transformer, TransformerSizes
from visualizer.lessons.translation import load_translator, save_translator
from visualizer.lessons.translation_data import (
    BEGIN,
    LONGEST,
    VOCABULARY,
    held_out_examples,
    join_sentence,
    token_ids,
)

DATE = "Monday the third of May nineteen ninety-nine"
CHINESE_DATE = "一九九九年五月三日星期一"


@pytest.fixture
def translate(capsys):
    def call(*words):
        status = cli.main(["lesson", "translate", *map(str, words)])
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def untrained(tmp_path):
    torch.manual_seed(5)
    sizes = TransformerSizes(len(VOCABULARY), len(VOCABULARY), 16, 2, 2, 32, longest=LONGEST)
    save_translator(Transformer(sizes), tmp_path / "untrained")
    return tmp_path / "untrained"


def test_a_date_both_ways(translate):
    for text, right in ((DATE, CHINESE_DATE), (CHINESE_DATE, DATE)):
        status, out, errors = translate(text)
        assert (status, errors) == (0, "")
        assert out.splitlines()[0] == right
        assert "looks most at" in out
        assert "<end>" in out
        report = json.loads(translate(text, "--json")[1])
        assert (report["text"], report["translation"]) == (text, right)
        assert report["method"] == "greedy"
        assert report["beams"] == len(report["alternatives"]) == 1


def test_the_words_that_go_over_to_another_place_look_back_at_them(translate):
    report = json.loads(translate(CHINESE_DATE, "--json")[1])
    monday = report["steps"][0]
    assert monday["token"] == "Monday"
    assert sum(monday["cross_attention"]) == pytest.approx(1, abs=1e-5)
    assert len(monday["cross_attention"]) == len(report["source"])


@pytest.mark.parametrize("beams", [1, 3])
def test_the_report_is_that_of_a_pass_over_the_whole_sentence(translate, untrained, beams):
    words = ("ninety thousand and nine", "--to", "zh", "--beams", beams, "--from", untrained)
    status, out, _ = translate(*words, "--json")
    assert status == 0
    report = json.loads(out)
    model = load_translator(untrained).model
    assert report["method"] == ("greedy" if beams == 1 else "beam")
    assert report["source"] == ["<to zh>", "ninety", "thousand", "and", "nine"]
    last = report["steps"][-1]
    written = [*last["after"][1:], last["token"]]
    ids = torch.tensor([[VOCABULARY.index(BEGIN), *token_ids(tuple(written))]])
    with torch.no_grad():
        logits = model(torch.tensor([token_ids(tuple(report["source"]))]), ids[:, :-1])[0].double()
    logprobs = logits.log_softmax(1)
    total = float(logprobs.gather(1, ids[0, 1:, None]).sum())
    assert report["logprob"] == pytest.approx(total, abs=1e-5)
    assert report["alternatives"][0]["logprob"] == report["logprob"]
    assert len(report["alternatives"]) == beams
    row = logprobs[-1].exp()
    assert last["prob"] == pytest.approx(float(row[VOCABULARY.index(last["token"])]), abs=1e-9)
    assert last["logprob"] == pytest.approx(math.log(last["prob"]))
    assert [c["token"] for c in last["candidates"]] == [
        VOCABULARY[i] for i in row.argsort(descending=True, stable=True)[:5].tolist()
    ]
    status, out, _ = translate(*words)
    assert out.count("\n") == len(written) + 3 + (0 if beams == 1 else 2 + beams)


def test_the_check_translates_what_was_held_out_and_names_what_is_wrong(translate, untrained):
    status, out, errors = translate("--check", 7, "--seed", 3, "--from", untrained, "--json")
    assert (status, errors) == (0, "")
    report = json.loads(out)
    assert report["seed"] == 3
    sources = [join_sentence(example.english, "en") for example in held_out_examples(3)[:7]]
    to_chinese = report["checks"][0]
    assert (to_chinese["to"], to_chinese["sentences"], to_chinese["right"]) == ("zh", 7, 0)
    assert to_chinese["share"] == 0
    assert [wrong["source"] for wrong in to_chinese["wrong"]] == sources
    assert report["checks"][1]["to"] == "en"
    status, out, _ = translate("--check", 2, "--from", untrained)
    assert "to zh: 0 of 2 right (0.00%)" in out
    assert out.count(", not ") == 4


def test_the_bundled_translator_passes_its_check(translate):
    report = json.loads(translate("--check", 300, "--seed", 8, "--json")[1])
    assert [check["to"] for check in report["checks"]] == ["zh", "en"]
    assert all(check["share"] >= 0.99 for check in report["checks"])


@pytest.mark.parametrize(
    ("words", "expected", "sentence"),
    [
        ([], 2, "either a TEXT to translate or --check"),
        (["one", "--check", "5"], 2, "either a TEXT to translate or --check"),
        ([""], 2, "nothing to translate"),
        ([" , "], 2, "nothing to translate"),
        (["three pigs"], 2, "does not know 'pigs'"),
        (["两千"], 2, "does not know '两'"),
        (["12345"], 2, "does not know '12345'"),
        (["one", "--to", "en"], 2, "'one' is in the language to translate into"),
        (["one", "--to", "fr"], 2, "invalid choice: 'fr'"),
        (["one " * 40], 2, "40 words are too many: the translator takes 22"),
        (["one", "--beams", "0"], 2, "must be a whole number from 1"),
        (["one", "--beams", "99"], 2, "from 1 to 16, not '99'"),
        (["--check", "0"], 2, "must be a whole number from 1"),
        (["one", "--from", "nowhere"], 1, "The translator in nowhere cannot be used"),
    ],
)
def test_bad_input_gets_one_sentence(translate, words, expected, sentence):
    status, out, errors = translate(*words)
    assert (status, out) == (expected, "")
    assert sentence in errors
    assert errors.count("\n") == 1


def test_a_check_can_be_interrupted(translate, untrained, monkeypatch):
    batches = []

    def interrupt(model, sources):
        batches.append(len(sources))
        os.kill(os.getpid(), signal.SIGINT)
        return [()] * len(sources)

    monkeypatch.setattr(translation_score, "translate_all", interrupt)
    status, out, errors = translate("--check", 17_000, "--from", untrained)
    assert (status, out, batches) == (130, "", [200])
    assert errors.count("\n") <= 1
