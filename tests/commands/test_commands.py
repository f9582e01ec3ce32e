"""Every command's JSON and table, and every way to use them wrongly."""

from __future__ import annotations

import csv
import io
import json
import os

import numpy as np
import pytest

from visualizer import __version__, cli
from visualizer.commands import predict
from visualizer.engine.chat import ChatTemplate
from visualizer.engine.errors import ModelLoadError, VisualizerError
from visualizer.engine.records import ForwardRequest, GenerateRequest, HeadRequest
from visualizer.engine.sampling import SamplingParams, shape_distribution


def strict(text):
    """JSON without NaN or Infinity, on one line."""

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    assert text.endswith("\n")
    assert text.count("\n") == 1
    return json.loads(text, parse_constant=refuse)


def answer(run, *words, **options):
    status, out, err = run(*words, **options)
    assert (status, err) == (0, "")
    return strict(out)


# ------------------------------------------------------------------------------------- tokens


def test_tokens_schema(run):
    report = answer(run, "tokens", "é大", "--json")
    assert list(report) == ["encoding", "text", "tokens"]
    assert report["encoding"] == "fake"
    assert report["text"] == "é大"
    assert [list(token) for token in report["tokens"]] == [
        ["index", "id", "text", "bytes", "start", "end"]
    ] * 5
    assert bytes.fromhex("".join(t["bytes"] for t in report["tokens"])).decode() == "é大"
    assert [(t["start"], t["end"]) for t in report["tokens"]] == [(0, 1)] * 2 + [(1, 2)] * 3


def test_tokens_of_an_encoding(run):
    report = answer(run, "tokens", "Strawberry", "--encoding", "cl100k_base", "--json")
    assert report["encoding"] == "cl100k_base"
    assert [t["id"] for t in report["tokens"]] == [2645, 675, 15717]
    assert [t["text"] for t in report["tokens"]] == ["Str", "aw", "berry"]


def test_an_added_token_has_no_bytes_of_the_text(run_with_bos):
    report = answer(run_with_bos, "tokens", "ab", "--json")
    first, *rest = report["tokens"]
    assert first == {
        "index": 0, "id": 256, "text": "<s>", "bytes": "", "start": 0, "end": 0, "added": True
    }  # fmt: skip
    assert "".join(t["bytes"] for t in rest) == b"ab".hex()
    assert not any("added" in t for t in rest)
    assert "added" in run_with_bos("tokens", "ab")[1]


def test_tokens_table(run):
    status, out, err = run("tokens", "a 大\n", "--encoding", "o200k_base")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["#", "id", "token", "bytes", "span"]
    assert "⏎" in lines[-2]
    assert lines[-1] == "3 tokens, 4 characters, o200k_base"
    assert run("tokens", "", "--encoding", "gpt2")[1] == "0 tokens, 0 characters, gpt2\n"


# ---------------------------------------------------------------------------------- text on stdin


def test_standard_input_is_taken_as_it_is(run):
    text = "\ufeffone\r\n大\0\n"
    report = answer(run, "tokens", "-", "--encoding", "gpt2", "--json", stdin=text.encode())
    assert report["text"] == text


def test_standard_input_that_is_not_utf8(run):
    status, out, err = run("predict", "-", stdin=b"ab\xff")
    assert (status, out) == (2, "")
    assert err == (
        "visualizer: Standard input is not UTF-8: byte 0xFF at offset 2 is not allowed there.\n"
    )


def test_lone_surrogates_of_the_shell_become_visible(run):
    report = answer(run, "tokens", "a\udcff", "--encoding", "gpt2", "--json")
    assert report["text"] == "a\ufffd"


# ------------------------------------------------------------------------------------ predict


def test_predict_schema_and_numbers(run, engine):
    words = ["predict", "abc", "--top", "4", "--position", "1", "--temperature", "0.7"]
    words += ["--top-k", "3", "--top-p", "0.9", "--min-p", "0.01", "--repetition-penalty", "1.2"]
    report = answer(run, *words, "--json")
    assert list(report) == [
        "model", "device", "dtype", "prompt_tokens", "position", "entropy_bits", "candidates",
        "token_logprobs", "stages",
    ]  # fmt: skip
    ids = engine.model.tokenizer.encode("abc").ids
    assert report["prompt_tokens"] == ids.tolist()
    assert (report["model"], report["device"], report["dtype"]) == ("fake", "cpu", "float32")
    assert report["position"] == 1
    assert report["token_logprobs"] == [None, -0.125, -0.25]
    logits = engine.logits(ids, 1)
    shaped = shape_distribution(logits, SamplingParams(0.7, 3, 0.9, 0.01, 1.2), ids[:2].tolist())
    assert report["entropy_bits"] == shaped.entropy_bits
    order = np.argsort(-logits, kind="stable")[:4].tolist()
    assert [c["id"] for c in report["candidates"]] == order
    for rank, candidate in enumerate(report["candidates"], start=1):
        i = candidate["id"]
        data = engine.model.tokenizer.token_bytes(i)
        assert candidate == {
            "rank": rank,
            "id": i,
            "text": data.decode("utf-8", "replace"),
            "bytes": data.hex(),
            "logit": float(logits[i]),
            "prob": float(shaped.probs[i]),
            "sampled_prob": float(shaped.sampled_probs[i]),
            "kept": bool(shaped.kept[i]),
            "removed_by": shaped.removed_by(i),
        }


def test_the_penalty_sees_the_text_up_to_the_position(run, engine):
    words = ["--position", "1", "--repetition-penalty", "3", "--top", "260", "--json"]
    report = answer(run, "predict", "abc", *words)
    ids = engine.model.tokenizer.encode("abc").ids
    shaped = shape_distribution(
        engine.logits(ids, 1), SamplingParams(repetition_penalty=3), ids[:2].tolist()
    )
    found = {c["id"]: c["sampled_prob"] for c in report["candidates"]}
    assert [found[i] for i in range(260)] == shaped.sampled_probs.tolist()


def test_predict_asks_for_no_more_than_it_shows(run, engine):
    answer(run, "predict", "abc", "--json")
    (request,) = engine.asked
    assert isinstance(request, ForwardRequest)
    assert (request.position, request.layer, request.with_overview) == (-1, None, False)
    assert not request.prompt.parse_special


def test_predict_lists_at_most_the_vocabulary(run):
    assert len(answer(run, "predict", "abc", "--top", "100000", "--json")["candidates"]) == 260


def test_predict_table(run):
    status, out, _ = run("predict", "a ")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "after token 1, ·"
    assert lines[1].split() == ["#", "token", "id", "logit", "prob"]
    assert len(lines) == 13
    assert lines[-1].endswith("bits, fake on cpu in float32")
    _, out, _ = run("predict", "a ", "--top-k", "1")
    assert "sampled" in out
    assert out.partition("\nstage ")[0].count("removed") == 9


# ----------------------------------------------------------------------------------- generate


def test_generate_schema(run, engine):
    engine.completion = "b大".encode() + b"\xe5"
    words = ["generate", "a", "--max-new-tokens", "9", "--seed", "5", "--min-p", "0.1", "--json"]
    report = answer(run, *words)
    assert list(report) == [
        "model", "seed", "prompt", "completion", "tokens", "stop_reason", "tokens_per_second",
    ]  # fmt: skip
    assert (report["seed"], report["prompt"]) == (5, "a")
    assert report["completion"] == "b大\ufffd"
    assert report["stop_reason"] == "end_of_text"
    assert report["tokens"][0] == {
        "id": engine.id_of(ord("b")),
        "text": "b",
        "bytes": "62",
        "logprob": -0.5,
        "sampled_logprob": -0.25,
        "rank": 0,
    }
    assert [t["text"] for t in report["tokens"]] == ["b", *["\ufffd"] * 4]
    (request,) = engine.asked
    assert isinstance(request, GenerateRequest)
    assert (request.max_new_tokens, request.seed) == (9, 5)
    assert request.sampling == SamplingParams(min_p=0.1)


def test_generate_streams_whole_characters(run, engine):
    engine.completion = "b大".encode() + b"\xe5"
    status, out, err = run("generate", "a", "--max-new-tokens", "9")
    assert (status, out) == (0, "ab大\ufffd\n")
    assert err == "5 tokens; the model ended the text\n"


def test_generate_takes_what_ends_it(run, engine):
    engine.completion = b"xyz"
    words = ["--stop", "y", "--stop", "\n\n", "--ignore-end", "--alternatives", "3"]
    answer(run, "generate", "a", *words, "--json")
    (request,) = engine.asked
    assert request.stop_strings == ("y", "\n\n")
    assert request.end_at_end_of_text is False
    assert request.n_alternatives == 3


def test_generate_writes_a_conversation_as_the_template_wants_it(run, engine):
    template = ChatTemplate("<s>{% for m in messages %}[{{ m.content }}]{% endfor %}")
    object.__setattr__(engine.model, "chat_template", template)
    report = answer(run, "generate", "hi", "--chat", "--system", "be brief", "--json")
    assert report["prompt"] == "<s>[be brief][hi]"
    (request,) = engine.asked
    assert request.prompt.token_ids[0] == 256
    assert len(request.prompt.token_ids) == 1 + len("[be brief][hi]")


def test_generate_goes_on_with_a_conversation(run, engine, tmp_path):
    template = ChatTemplate("{% for m in messages %}[{{ m.role[0] }}:{{ m.content }}]{% endfor %}")
    object.__setattr__(engine.model, "chat_template", template)
    path = tmp_path / "said.json"
    said = [{"role": "user", "content": "who?"}, {"role": "assistant", "content": "me"}]
    path.write_text(json.dumps(said))
    options = ("--chat", "--json", "--history", str(path))
    report = answer(run, "generate", "hi", *options, "--system", "be brief")
    assert report["prompt"] == "[s:be brief][u:who?][a:me][u:hi]"
    path.write_text(json.dumps([{"role": "system", "content": "be long"}, *said]))
    assert answer(run, "generate", "hi", *options)["prompt"] == "[s:be long][u:who?][a:me][u:hi]"
    got, out, err = run("generate", "hi", *options, "--system", "be brief")
    assert (got, out) == (2, "")
    assert "has a system's line" in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file"),
        (b"{", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"{}", "is a list of objects"),
        (b'[{"role": "user", "content": "a"}]', "message 2 is by user"),
    ],
)
def test_generate_refuses_what_is_no_history(run, tmp_path, content, message):
    path = tmp_path / "said.json"
    if content is not None:
        path.write_bytes(content)
    got, out, err = run("generate", "hi", "--chat", "--history", str(path))
    assert (got, out) == (1 if content is None else 2, "")
    assert message in err


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["--chat"], 2, "fake has no chat template"),
        (["--system", "x"], 2, "--system is for --chat"),
        (["--history", "x"], 2, "--history is for --chat"),
    ],
)
def test_generate_refuses_what_makes_no_conversation(run, words, status, message):
    got, out, err = run("generate", "hi", *words)
    assert (got, out) == (status, "")
    assert message in err


# ---------------------------------------------------------------------------------- attention


@pytest.mark.parametrize("head", [2, "mean"])
def test_attention_schema(run, engine, head):
    report = answer(run, "attention", "abc", "--layer", "1", "--head", str(head), "--json")
    assert list(report) == ["model", "layer", "head", "tokens", "weights"]
    assert (report["layer"], report["head"]) == (1, head)
    assert [t["text"] for t in report["tokens"]] == ["a", "b", "c"]
    np.testing.assert_array_equal(
        np.array(report["weights"], np.float32), engine.weights(1, head, 3)
    )
    question = engine.asked[-1]
    assert isinstance(question, HeadRequest)
    assert (question.rows, question.columns) == (None, None)
    assert question.most_cells >= 3


def test_attention_npz(run, engine, tmp_path):
    out_file = tmp_path / "头.npz"
    status, out, _ = run("attention", "ab大", "--layer", "0", "--head", "1", "--out", str(out_file))
    assert (status, out) == (0, f"{out_file}\n")
    with np.load(out_file) as archive:
        expected = engine.weights(0, 1, 5)
        np.testing.assert_array_equal(archive["weights"], expected)
        assert archive["weights"].dtype == np.float32
        np.testing.assert_array_equal(archive["blocks.0.attn.hook_pattern"].squeeze(), expected)
        assert archive["token_ids"].tolist() == engine.model.tokenizer.encode("ab大").ids.tolist()
        assert archive["tokens"].tolist()[:2] == ["a", "b"]
    assert os.listdir(tmp_path) == ["头.npz"]


def test_attention_csv_and_json_together(run, engine, tmp_path):
    out_file = tmp_path / "head.csv"
    words = ["attention", "a,\n", "--layer", "0", "--head", "0", "--out", str(out_file)]
    report = answer(run, *words, "--json")
    comment, _, text = out_file.read_text(encoding="utf-8").partition("\n")
    assert comment.startswith("# {")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 4
    np.testing.assert_array_equal(
        np.array([row[1:4] for row in rows[1:]], np.float32),
        np.array(report["weights"], np.float32),
    )


def test_attention_table(run):
    status, out, _ = run("attention", "abc", "--layer", "1", "--head", "mean")
    lines = out.splitlines()
    assert status == 0
    assert lines[1].split() == ["0", "a", "1.000", "0", "a"]
    assert lines[-1] == "L1·mean of fake"


# ------------------------------------------------------------------------------- used wrongly


@pytest.mark.parametrize(
    ("words", "status", "part"),
    [
        (["--frobnicate"], 2, "--frobnicate"),
        (["tokenise", "a"], 2, "invalid choice: 'tokenise'"),
        (["tokens"], 2, "TEXT"),
        (["tokens", "a", "b"], 2, "unrecognized arguments: b"),
        (["tokens", "a", "--encoding", "gpt5"], 2, "gpt5"),
        (["predict", "a", "--top", "0"], 2, "whole number from 1"),
        (["predict", "a", "--top", "ten"], 2, "ten"),
        (["predict", "a", "--position", "x"], 2, "--position"),
        (["predict", "a", "--position", "5"], 2, "position"),
        (["predict", "a", "--temperature", "-1"], 2, "temperature"),
        (["predict", "a", "--temperature", "nan"], 2, "temperature"),
        (["predict", "a", "--top-p", "1.5"], 2, "--top-p"),
        (["predict", "a", "--min-p", "2"], 2, "--min-p"),
        (["predict", "a", "--top-k", "-1"], 2, "--top-k"),
        (["predict", "a", "--repetition-penalty", "0"], 2, "--repetition-penalty"),
        (["generate", "a", "--max-new-tokens", "0"], 2, "--max-new-tokens"),
        (["generate", "a", "--seed", "-1"], 2, "--seed"),
        (["attention", "a", "--layer", "0"], 2, "--head"),
        (["attention", "a", "--layer", "2", "--head", "0"], 2, "layers go from 0 to 1"),
        (["attention", "a", "--layer", "0", "--head", "3"], 2, "heads go from 0 to 2"),
        (["attention", "a", "--layer", "-1", "--head", "3"], 2, "--layer"),
        (["attention", "a", "--layer", "0", "--head", "max"], 2, "or mean"),
        (["attention", "a", "--layer", "0", "--head", "0", "--out", "a.gif"], 2, "a.gif"),
        (["attention", "a", "--layer", "0", "--head", "0", "--out", "/no/a.csv"], 1, "/no/a"),
        (["attention", "a", "--layer", "0", "--head", "0", "--out", "/no/b.npz"], 1, "no folder"),
        (["--size", "1280", "tokens", "a"], 2, "WIDTHxHEIGHT"),
        (["--size", "0x9"], 2, "WIDTHxHEIGHT"),
        (["--size", "99999x9"], 2, "WIDTHxHEIGHT"),
        (["--theme", "sepia"], 2, "sepia"),
        (["--lang", "tlh"], 2, "en"),
        (["--screenshot", "a.jpg"], 2, ".png"),
        (["--device", "tpu", "predict", "a"], 2, "tpu"),
        (["predict", "a", "--dtype", "int8"], 2, "int8"),
        (["--prompt", "x", "tokens", "a"], 2, "--prompt"),
        (["--head", "0", "attention", "a", "--layer", "0", "--head", "0"], 2, "--head"),
        (["--vers"], 2, "--vers"),
        (["predict", "a", "--temp", "1"], 2, "--temp"),
    ],
)  # fmt: skip
def test_one_line_and_no_traceback(run, words, status, part):
    got, out, err = run(*words)
    assert (got, out) == (status, "")
    assert err.count("\n") == 1
    assert err.startswith("visualizer")
    assert part in err


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (ModelLoadError("Line one\nof {x}.", x="two"), 1, "visualizer: Line one of two."),
        (VisualizerError("No."), 1, "visualizer: No."),
        (KeyboardInterrupt(), 130, "visualizer: interrupted"),
        (MemoryError(), 1, "visualizer: there is not enough memory"),
        (KeyError("a\nb"), 1, "visualizer: unexpected failure, KeyError: 'a\\nb'"),
        (ValueError("a\nb"), 1, "visualizer: unexpected failure, ValueError: a b"),
    ],
)  # fmt: skip
def test_failures_inside_a_command(monkeypatch, capsys, error, status, line):
    def fail(args):
        raise error

    monkeypatch.setattr(predict, "run", fail)
    assert cli.main(["predict", "a"]) == status
    out, err = capsys.readouterr()
    assert (out, err) == ("", line + "\n")


def test_a_model_without_attention_says_so(run, engine):
    object.__setattr__(engine.model, "attention", "none")
    status, _, err = run("attention", "a", "--layer", "0", "--head", "0")
    assert status == 1
    assert "has no attention" in err


# ----------------------------------------------------------------------------- where options go


@pytest.mark.parametrize(
    "words",
    [
        ["--model", "m", "--device", "cuda:1", "--dtype", "bfloat16", "--offline", "predict", "a"],
        ["predict", "--model", "m", "--device", "cuda:1", "--dtype", "bfloat16", "--offline", "a"],
        ["--model", "m", "--dtype", "bfloat16", "predict", "a", "--offline", "--device", "cuda:1"],
        ["--model", "x", "--device", "cuda:1", "--dtype", "bfloat16", "predict", "a",
         "--offline", "--model", "m"],
    ],
)  # fmt: skip
def test_common_options_before_and_after_the_command(words):
    args = cli.build_parser().parse_args(words)
    assert (args.model, args.device, args.dtype, args.offline) == (
        "m", "cuda:1", "bfloat16", True,
    )  # fmt: skip
    plain = cli.build_parser().parse_args(["predict", "a"])
    assert (plain.model, plain.device, plain.dtype, plain.offline, plain.lang) == (
        None, "auto", "auto", False, None,
    )  # fmt: skip


@pytest.mark.parametrize("words", [["--version"], ["tokens", "--version"], ["bench", "--version"]])
def test_version(words, capsys):
    assert cli.main(words) == 0
    assert capsys.readouterr().out == f"visualizer {__version__}\n"


@pytest.mark.parametrize("command", ["", *cli.COMMANDS])
def test_help(command, capsys):
    assert cli.main([command, "--help"] if command else ["--help"]) == 0
    assert "--model" in capsys.readouterr().out or command == "models"


def test_the_window_gets_its_options(monkeypatch):
    import types
    from pathlib import Path

    seen = []
    module = types.ModuleType("visualizer.app")
    module.run = lambda options: seen.append(options) or 7
    monkeypatch.setitem(__import__("sys").modules, "visualizer.app", module)
    words = ["--screenshot", "a.png", "--size", "800x600", "--theme", "dark", "--prompt", "hi"]
    words += ["--layer", "3", "--head", "mean", "--lang", "zh_CN", "--model", "tiny", "--offline"]
    assert cli.main(words) == 7
    (options,) = seen
    assert options.screenshot == Path("a.png")
    assert (options.size, options.theme, options.prompt) == ((800, 600), "dark", "hi")
    assert (options.layer, options.head, options.language) == (3, "mean", "zh_CN")
    assert (options.model, options.offline, options.device) == ("tiny", True, "auto")
    assert cli.main([]) == 7
    assert seen[1].model is None
    assert seen[1].prompt is None
