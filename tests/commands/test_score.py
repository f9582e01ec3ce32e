"""Scoring a text: windows, sums, wrong usage, and transformers' own loss on the same text."""

from __future__ import annotations

import csv
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer import cli
from visualizer.commands.score import score_report, windows
from visualizer.engine.records import SurpriseRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.locations import bundled_path, cache_path

TEXT = (
    "Once upon a time there was a little fox. The fox lived in a forest with his mother.\n"
    "One day the fox found a golden key under an old tree, 但是没有人知道 which door it opened."
)


@pytest.fixture
def text_file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"ab\r\ncd ef")
    return path


def answer(run, *words, **options):
    status, out, err = run("score", *words, "--json", **options)
    assert status == 0, err
    assert out.count("\n") == 1
    return json.loads(out)


# ------------------------------------------------------------------------------------- windows


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 80), st.integers(2, 30), st.data())
def test_every_token_is_scored_once_with_the_most_context(n_tokens, window, data):
    stride = data.draw(st.integers(1, window - 1))
    unscored = data.draw(st.integers(1, 3))
    scored = []
    for span in windows(n_tokens, window, stride, unscored):
        assert span.start % stride == 0
        assert span.stop - span.start <= window
        assert span.start < span.scored < span.stop
        for token in range(span.scored, span.stop):
            # No window of this grid that the token is in begins earlier.
            earlier = span.start - stride
            assert earlier < 0 or earlier + window <= token
            scored.append(token)
    assert scored == list(range(unscored, n_tokens))


# ----------------------------------------------------------------------------------- the numbers


def test_schema_and_plain_sums(run, text_file):
    report = answer(run, str(text_file))
    assert list(report) == [
        "model", "device", "dtype", "n_tokens", "n_scored", "window", "stride", "total_logprob",
        "mean_logprob", "perplexity", "bits_per_token", "bits_per_byte", "n_scored_bytes",
        "tokens",
    ]  # fmt: skip
    assert [report[key] for key in ("model", "device", "dtype")] == ["fake", "cpu", "float32"]
    # The engine of these tests gives the token at place i of a window a log-probability of -i/8.
    total = -sum(range(1, 9)) / 8
    assert (report["n_tokens"], report["n_scored"]) == (9, 8)
    assert (report["window"], report["stride"]) == (64, 32)
    assert report["total_logprob"] == pytest.approx(total)
    assert report["mean_logprob"] == pytest.approx(total / 8)
    assert report["perplexity"] == pytest.approx(math.exp(-total / 8))
    assert report["bits_per_token"] == pytest.approx(-total / 8 / math.log(2))
    assert report["bits_per_byte"] == report["bits_per_token"]
    assert report["n_scored_bytes"] == 8


def test_each_window_scores_what_is_new_in_it(run, engine, text_file):
    report = answer(run, str(text_file), "--window", "4", "--stride", "3")
    places = [1, 2, 3, 1, 2, 3, 1, 2]  # of the tokens 1 to 8 in windows from 0, 3 and 6
    assert report["total_logprob"] == pytest.approx(-sum(places) / 8)
    assert [len(request.prompt.token_ids) for request in engine.asked] == [4, 4, 3]
    assert not any(request.with_overview for request in engine.asked)
    text = b"ab\r\ncd ef"
    assert [request.prompt.text.encode() for request in engine.asked] == [
        text[:4], text[3:7], text[6:]
    ]  # fmt: skip
    assert answer(run, str(text_file), "--window", "5")["stride"] == 2


def test_every_token_is_in_json_and_csv(run, text_file):
    tokens = answer(run, str(text_file))["tokens"]
    assert [token["bytes"] for token in tokens] == [f"{byte:02x}" for byte in b"ab\r\ncd ef"]
    assert tokens[0] == {
        "index": 0, "id": tokens[0]["id"], "text": "a", "bytes": "61", "logprob": None,
        "surprise_bits": None, "rank": None, "entropy_before_bits": None, "margin": None,
    }  # fmt: skip
    assert [token["logprob"] for token in tokens[1:]] == [-place / 8 for place in range(1, 9)]
    assert tokens[4]["surprise_bits"] == pytest.approx(0.5 / math.log(2))
    status, out, _ = run("score", str(text_file), "--csv")
    assert status == 0
    first, *lines = out.splitlines(keepends=True)
    assert json.loads(first.removeprefix("# "))["n_scored"] == "8"
    rows = list(csv.DictReader(lines))
    assert [row["logprob"] for row in rows] == ["", *(repr(-i / 8) for i in range(1, 9))]
    assert list(rows[0]) == list(tokens[0])
    status, out, _ = run("score", str(text_file), "--csv", "--json")
    assert (status, out) == (2, "")


def test_what_an_earlier_window_scored_is_not_computed_again(run, engine, text_file, monkeypatch):
    """The engine tells the newest tokens first, one more with each record."""
    told = []

    def answer_in_parts(request):
        n_tokens = len(request.prompt.token_ids)
        told.append(0)
        for first in range(n_tokens - 1, 0, -1):
            told[-1] += 1
            logprobs = np.full(n_tokens, np.nan)
            logprobs[first:] = -1.0
            yield SurpriseRecord(request.request_id, logprobs, np.zeros(n_tokens), first == 1)

    monkeypatch.setattr(engine, "answer", answer_in_parts)
    report = answer(run, str(text_file), "--window", "6", "--stride", "2")
    assert report["total_logprob"] == -8
    assert told == [5, 2, 1]


def test_an_engine_that_tells_nothing_is_a_failure(run, engine, text_file, monkeypatch):
    monkeypatch.setattr(engine, "answer", lambda request: iter(()))
    status, out, err = run("score", str(text_file))
    assert (status, out) == (1, "")
    assert "no log-probability" in err


def test_progress_is_on_standard_error(run, text_file):
    assert run("score", str(text_file))[2] == ""
    _, out, err = run("score", str(text_file), "--window", "2", "--json")
    assert err.splitlines()[-1] == "Scoring: 9 of 9 tokens"
    json.loads(out)


def test_what_the_tokenizer_adds_is_context_only(run_with_bos, text_file):
    report = answer(run_with_bos, str(text_file))
    assert (report["n_tokens"], report["n_scored"], report["n_scored_bytes"]) == (10, 9, 9)
    assert answer(run_with_bos, "-", stdin=b"a")["n_scored"] == 1


def test_table(run, text_file):
    status, out, err = run("score", str(text_file), "--window", "8", "--stride", "4")
    lines = dict(line.split("  ", 1) for line in out.splitlines())
    assert status == 0
    assert "9, of which 8 are scored" in lines["tokens"]
    assert "8 tokens, a new one every 4" in lines["window"]
    assert "fake on cpu in float32" in lines["model"]
    assert {"perplexity", "bits per token", "bits per byte"} <= set(lines)
    assert err.startswith("Scoring")


def test_a_perplexity_beyond_all_numbers_is_not_known(engine):
    ids = np.arange(2, dtype=np.int64)
    tokens = Tokenization("ab", ids, (b"a", b"b"), ids, ids + 1, 0, "x")
    report = score_report(engine.model, tokens, np.array([np.nan, -1e4]), 8, 4)
    assert report["perplexity"] is None
    assert report["bits_per_token"] == pytest.approx(1e4 / math.log(2))


# ------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00\x01", "not UTF-8: byte 0xFF at offset 0"),
        (b"abc\0def", "zero byte after 3 characters"),
        (b"a", "nothing to score"),
    ],
)
@pytest.mark.parametrize("from_stdin", [False, True])
def test_what_is_no_text_is_refused(run, engine, tmp_path, data, sentence, from_stdin):
    path = tmp_path / "bad"
    path.write_bytes(data)
    name = "-" if from_stdin else str(path)
    status, out, err = run("score", name, stdin=data)
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert engine.asked == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--window", "1"], "two are the least"),
        (["--window", "0"], "must be a whole number from 1"),
        (["--window", "x"], "must be a whole number from 1"),
        (["--window", "65"], "context of fake: 64"),
        (["--window", "8", "--stride", "8"], "stride must be below the window of 8 tokens"),
        (["--stride", "64"], "stride must be below the window of 64 tokens"),
        (["--stride", "0"], "must be a whole number from 1"),
    ],
)
def test_windows_that_make_no_sense_are_refused(run, engine, text_file, words, sentence):
    status, out, err = run("score", str(text_file), *words)
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert engine.asked == []


def test_files_that_cannot_be_read(run, tmp_path):
    for path in (tmp_path / "missing", tmp_path):
        status, out, err = run("score", str(path))
        assert (status, out) == (1, "")
        assert err.startswith(f"visualizer: Cannot read {path}: ")
        assert err.count("\n") == 1


# -------------------------------------------------------------------------------- transformers


def reference_losses(folder, window, stride):
    """Negative log-likelihoods by transformers' own loss, window by window."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = AutoTokenizer.from_pretrained(folder)(TEXT, return_tensors="pt").input_ids
    n_tokens, total, n_scored, before = ids.shape[1], 0.0, 0, 1
    for start in range(0, n_tokens, stride):
        stop = min(start + window, n_tokens)
        labels = ids[:, start:stop].clone()
        labels[:, : before - start] = -100
        with torch.no_grad():
            loss = model(ids[:, start:stop], labels=labels).loss
        total += float(loss) * (stop - before)
        n_scored += stop - before
        before = stop
        if stop == n_tokens:
            return total / n_scored, n_scored


def reference_tokens(folder, window, stride):
    """Rank, entropy before and margin of each scored token, by plain NumPy on the logits."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = AutoTokenizer.from_pretrained(folder)(TEXT, return_tensors="pt").input_ids
    found, before = [], 1
    for start in range(0, ids.shape[1], stride):
        stop = min(start + window, ids.shape[1])
        with torch.no_grad():
            logits = model(ids[:, start:stop]).logits[0].double().numpy()
        for place in range(before, stop):
            row, token = logits[place - start - 1], int(ids[0, place])
            logprobs = row - row.max() - np.log(np.exp(row - row.max()).sum())
            order = np.lexsort((np.arange(row.size), -row))
            rank = int(np.flatnonzero(order == token)[0]) + 1
            entropy = -(np.exp(logprobs) * logprobs).sum() / math.log(2)
            other = order[1] if rank == 1 else order[0]
            found.append((rank, entropy, logprobs[token] - logprobs[other]))
        before = max(before, stop)
        if stop == ids.shape[1]:
            return found


def check_tokens(report, folder, window, stride):
    scored = [token for token in report["tokens"] if token["logprob"] is not None]
    expected = reference_tokens(folder, window, stride)
    assert len(scored) == len(expected) == report["n_scored"]
    for token, (rank, entropy, margin) in zip(scored, expected, strict=True):
        assert abs(token["rank"] - rank) <= (0 if rank < 100 else rank // 100)  # near ties
        assert token["entropy_before_bits"] == pytest.approx(entropy, abs=1e-3)
        assert token["margin"] == pytest.approx(margin, abs=1e-3)


def check_against_transformers(capsys, tmp_path, name, folder, window, stride):
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT.encode())
    words = ["--window", str(window), "--stride", str(stride), "--model", name, "--device", "cpu"]
    assert cli.main(["score", str(path), *words, "--offline", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    loss, n_scored = reference_losses(folder, window, stride)
    assert report["n_scored"] == n_scored
    assert report["mean_logprob"] == pytest.approx(-loss, abs=1e-4)
    assert report["perplexity"] == pytest.approx(math.exp(loss), rel=1e-4)
    first = len(TEXT.encode()) - report["n_scored_bytes"]
    assert 0 < first < 10
    bits = n_scored * loss / math.log(2)
    assert report["bits_per_byte"] == pytest.approx(bits / report["n_scored_bytes"], rel=1e-4)
    check_tokens(report, folder, window, stride)


@pytest.mark.parametrize(("window", "stride"), [(512, 256), (16, 5)])
def test_the_loss_is_that_of_transformers(capsys, tmp_path, window, stride):
    folder = bundled_path("models", "tiny")
    check_against_transformers(capsys, tmp_path, "tiny", folder, window, stride)


@pytest.mark.smollm2
@pytest.mark.parametrize(("window", "stride"), [(8192, 4096), (24, 12)])
def test_the_loss_of_the_real_model_is_that_of_transformers(capsys, tmp_path, window, stride):
    folder = cache_path("models", "smollm2-135m")
    if not folder.is_dir():
        pytest.skip("smollm2-135m is not in the cache")
    check_against_transformers(capsys, tmp_path, "smollm2-135m", folder, window, stride)
