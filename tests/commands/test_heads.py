"""`visualizer heads`: its table, its JSON, its files and what is refused."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from visualizer import cli
from visualizer.commands import heads
from visualizer.commands.opening import OpenedModel
from visualizer.engine.attention_records import (
    METRICS,
    MetricsRecord,
    MetricsRequest,
    RegionRecord,
    RegionRequest,
)
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import ForwardRequest, ProgressRecord
from visualizer.locations import bundled_path

TEXT = "abcdefghijabcdefghij"  # each letter a token
NAN = float("nan")
INDUCTION = np.array([[0.1, 0.9, NAN], [0.4, 0.1, 0.0]])
REGION = np.array([[0.5, 0.25, 0.0], [1.0, 0.5, 0.75]])


class HeadsEngine:
    """Answers for all heads beside what the fake engine answers."""

    def __init__(self, engine):
        self.engine, self.model, self.asked = engine, engine.model, []

    def answer(self, question):
        self.asked.append(question)
        n = self.engine.n_tokens
        if isinstance(question, MetricsRequest):
            values = {name: np.full((2, 3), 0.01 * i) for i, name in enumerate(METRICS)}
            values["induction"] = INDUCTION.copy()
            yield ProgressRecord(question.request_id, "metrics", 1, n, "tokens")
            counts = dict.fromkeys(METRICS, n - 1) | {"induction": 10}
            yield MetricsRecord(question.request_id, n, values, counts)
        elif isinstance(question, RegionRequest):
            if not question.rows[0] < question.rows[1] <= n:
                raise UsageError("rows are not in the prompt")
            yield RegionRecord(
                question.request_id, n, question.rows, question.columns, REGION.copy()
            )
        else:
            yield from self.engine.answer(question)


@pytest.fixture
def asked(engine, monkeypatch, capsys):
    """Runs the command; gives status, stdout and stderr. `asked.engine` is who answers."""
    all_heads = HeadsEngine(engine)
    real = heads.run
    monkeypatch.setattr(
        heads,
        "run",
        lambda args: real(args, open_model=lambda _: OpenedModel(all_heads, all_heads.model)),
    )

    def call(*words):
        status = cli.main(["heads", *words])
        out, err = capsys.readouterr()
        return status, out, err

    call.engine = all_heads
    return call


def report(asked, *words):
    status, out, err = asked(TEXT, *words, "--json")
    assert (status, err) == (0, "")
    assert out.count("\n") == 1
    return json.loads(out, parse_constant=pytest.fail)


def order(found):
    return [(entry["layer"], entry["head"]) for entry in found["heads"]]


def test_json(asked):
    found = report(asked)
    assert list(found) == [
        "model", "device", "dtype", "tokens", "order", "ascending", "n_queries", "uniform", "heads",
    ]  # fmt: skip
    assert (found["model"], found["order"], found["ascending"]) == ("fake", "model", False)
    assert len(found["tokens"]) == 20
    assert order(found) == [(layer, head) for layer in range(2) for head in range(3)]
    assert found["n_queries"] == dict.fromkeys(METRICS, 19) | {"induction": 10}
    chance = np.mean([1 / (query + 1) for query in range(10, 20)])
    assert found["uniform"]["induction"] == pytest.approx(chance)
    assert found["uniform"]["entropy"] == pytest.approx(np.mean(np.log2(np.arange(1, 21))))
    second = found["heads"][1]
    assert second["labels"] == [
        {"name": "induction", "score": 0.9, "uniform": pytest.approx(chance)}
    ]
    assert tuple(second["metrics"]) == METRICS
    assert second["metrics"]["induction"] == 0.9
    assert found["heads"][2]["metrics"]["induction"] is None
    assert found["heads"][0]["labels"] == []


def test_heads_without_a_score_come_last_whatever_the_direction(asked):
    down = report(asked, "--by", "induction")
    assert order(down) == [(0, 1), (1, 0), (0, 0), (1, 1), (1, 2), (0, 2)]
    up = report(asked, "--by", "induction", "--ascending")
    assert order(up) == [(1, 2), (0, 0), (1, 1), (1, 0), (0, 1), (0, 2)]
    assert (up["order"], up["ascending"]) == ("induction", True)
    assert order(report(asked, "--by", "induction", "--top", "2")) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_can_be_asked_for(asked, metric):
    assert report(asked, "--by", metric.replace(" ", "-"))["order"] == metric


def test_a_region(asked):
    found = report(asked, "--rows", "3:", "--columns", ":5")
    assert found["order"] == "region"
    assert found["region"] == {"rows": [3, 20], "columns": [0, 5]}
    assert [entry["region"] for entry in found["heads"]] == [1.0, 0.75, 0.5, 0.5, 0.25, 0.0]
    assert order(found)[2:4] == [(0, 0), (1, 1)]
    (request,) = (q for q in asked.engine.asked if isinstance(q, RegionRequest))
    assert (request.rows, request.columns) == ((3, 20), (0, 5))
    by_metric = report(asked, "--rows", "3:4", "--columns", "0:1", "--by", "induction")
    assert order(by_metric)[0] == (0, 1)
    assert by_metric["heads"][0]["region"] == 0.25


def test_table(asked):
    status, out, err = asked(TEXT, "--by", "induction", "--rows", ":", "--columns", ":")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == [
        "head", "entropy", "first", "previous", "induction", "duplicate", "local", "distance",
        "diagonal", "region", "labels",
    ]  # fmt: skip
    assert lines[1].split()[0] == "L0·H1"
    assert lines[1].endswith("induction 0.90")
    assert lines[6].split()[:5] == ["L0·H2", "0.000", "0.010", "0.020", "-"]
    assert lines[7].split()[0] == "uniform"
    assert lines[8] == "6 of 6 heads of fake on 20 tokens, by induction"
    assert len(lines) == 9
    assert asked(TEXT)[1].splitlines()[-1].endswith("in the model's order")
    assert asked(TEXT, "--by", "local", "--ascending")[1].endswith("by local, the lowest first\n")


def test_csv_file(asked, tmp_path):
    path = tmp_path / "heads.csv"
    words = (TEXT, "--rows", "3:9", "--columns", "0:5", "--by", "induction")
    assert asked(*words, "--out", str(path)) == (0, f"{path}\n", "")
    comment, _, rest = path.read_text("utf-8").partition("\n")
    facts = json.loads(comment.removeprefix("# "))
    assert (facts["model"], facts["prompt"], facts["order"]) == ("fake", TEXT, "induction")
    assert (facts["rows"], facts["columns"]) == ("3 9", "0 5")
    rows = list(csv.DictReader(io.StringIO(rest)))
    assert list(rows[0]) == ["layer", "head", *METRICS, "region", "labels"]
    assert [(int(row["layer"]), int(row["head"])) for row in rows[:2]] == [(0, 1), (1, 0)]
    assert (rows[0]["induction"], rows[0]["region"]) == ("0.9", "0.25")
    assert rows[0]["labels"] == "induction"
    assert rows[-1]["induction"] == ""


def test_json_file(asked, tmp_path):
    path = tmp_path / "heads.json"
    status, out, _ = asked(TEXT, "--top", "1", "--out", str(path), "--json")
    assert status == 0
    written = json.loads(path.read_text("utf-8"), parse_constant=pytest.fail)
    assert written.pop("provenance")["prompt"] == TEXT
    assert written == json.loads(out)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--by", "focus"], "must be region or one of entropy, first-token"),
        (["--rows", "3"], "must be A:B"),
        (["--rows", "-1:3"], "expected one argument"),
        (["--rows=-1:3"], "must be A:B"),
        (["--rows", "5:5", "--columns", "0:1"], "must have B above A"),
        (["--rows", "5:٦"], "must be A:B"),
        (["--rows", "1:2"], "both --rows and --columns"),
        (["--columns", "1:2"], "both --rows and --columns"),
        (["--by", "region"], "both --rows and --columns"),
        (["--ascending"], "something to rank by"),
        (["--top", "0"], "from 1"),
        (["--out", "heads.png"], ".csv or .json"),
        (["--out", "/no/such/folder/heads.csv"], "/no/such/folder"),
    ],
)
def test_wrong_usage_is_a_line_before_any_work(asked, words, message):
    status, out, err = asked(TEXT, *words)
    assert (status, out) == (1 if "/no" in words[-1] else 2, "")
    assert message in err
    assert err.count("\n") == 1
    assert asked.engine.asked == []


def test_a_region_outside_the_text(asked):
    for rows in ("3:21", "20:"):
        status, out, err = asked(TEXT, "--rows", rows, "--columns", "0:1")
        assert (status, out, err) == (2, "", "visualizer: rows are not in the prompt\n")


def test_a_model_without_attention(asked):
    object.__setattr__(asked.engine.model, "attention", "none")
    status, out, err = asked(TEXT)
    assert (status, out, err) == (1, "", "visualizer: fake has no attention to show.\n")
    assert asked.engine.asked == []


def test_a_failure_of_the_engine(asked, monkeypatch):
    def refuse(question):
        raise VisualizerError("no prompt")

    monkeypatch.setattr(asked.engine, "answer", refuse)
    assert asked(TEXT) == (1, "", "visualizer: no prompt\n")
    monkeypatch.setattr(asked.engine, "answer", lambda question: iter(()))
    status, out, err = asked(TEXT)
    assert (status, out) == (1, "")
    assert "gave no attention" in err


def test_only_what_is_needed_is_computed(asked):
    assert asked(TEXT)[0] == 0
    forward, metrics = asked.engine.asked
    assert isinstance(forward, ForwardRequest)
    assert not forward.with_overview
    assert not forward.with_surprise
    assert isinstance(metrics, MetricsRequest)


def test_the_bundled_model(capsys):
    folder = bundled_path("models", "tiny")
    words = ["heads", "One day, one day, one day", "--model", str(folder), "--json"]
    status = cli.main([*words, "--rows", ":", "--columns", ":"])
    out, err = capsys.readouterr()
    assert status == 0, err
    found = json.loads(out)
    n = len(found["tokens"])
    assert found["n_queries"]["entropy"] == n
    assert found["region"] == {"rows": [0, n], "columns": [0, n]}
    for entry in found["heads"]:
        assert entry["region"] == pytest.approx(1.0, abs=1e-5)
        assert 0 < entry["metrics"]["first token"] < 1
