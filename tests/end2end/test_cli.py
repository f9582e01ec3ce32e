"""The command line as a program of its own, on the bundled model, against transformers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from visualizer import cli
from visualizer.locations import bundled_path

TEXT = "Once upon a time there was a fox"
TINY = bundled_path("models", "tiny")
BLOCKED = """
import sys
for name in {blocked!r}:
    sys.modules[name] = None
from visualizer.cli import main
for words in {calls!r}:
    status = main(words)
    if status:
        break
print(*sorted(m for m in {watched!r} if sys.modules.get(m)), file=sys.stderr)
raise SystemExit(status)
"""
QT = ["PySide6", "shiboken6", "pyqtgraph"]
HEAVY = ["torch", "transformers", *QT]


def program(*calls, blocked=(), watched=()):
    """Run one command line after the other in a fresh interpreter, which takes a while."""
    code = BLOCKED.format(blocked=list(blocked), watched=list(watched), calls=list(calls))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=110)


@pytest.fixture(scope="module")
def reference():
    """What transformers itself says, in eager attention and float32."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(TINY)
    model = AutoModelForCausalLM.from_pretrained(
        TINY, attn_implementation="eager", dtype=torch.float32
    ).eval()
    ids = tokenizer(TEXT, return_tensors="pt").input_ids
    with torch.no_grad():
        out = model(ids, output_attentions=True)
    return {
        "ids": ids[0].tolist(),
        "logits": out.logits[0].double().numpy(),
        "attentions": [layer[0].numpy() for layer in out.attentions],
        "tokenizer": tokenizer,
        "model": model,
    }


@pytest.fixture
def ask(capsys):
    """Run the command line on the bundled model in this process; gives its JSON."""

    def call(*words):
        status = cli.main([*words, "--model", "tiny", "--offline", "--device", "cpu", "--json"])
        out, err = capsys.readouterr()
        assert status == 0, err
        return json.loads(out)

    return call


def log_softmax(logits):
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def test_tokens_equal_the_models_own(ask, reference):
    report = ask("tokens", TEXT)
    assert report["encoding"] == "tiny"
    assert [token["id"] for token in report["tokens"]] == reference["ids"]


@pytest.mark.parametrize("position", [-1, 2])
def test_predictions_equal_transformers(ask, reference, position):
    report = ask("predict", TEXT, "--top", "20", "--position", str(position))
    logprobs = log_softmax(reference["logits"])
    ids = reference["ids"]
    assert report["prompt_tokens"] == ids
    assert report["position"] == position % len(ids)
    at = logprobs[position]
    found = [candidate["id"] for candidate in report["candidates"]]
    for candidate in report["candidates"]:
        assert candidate["prob"] == pytest.approx(np.exp(at[candidate["id"]]), abs=1e-5)
        assert candidate["sampled_prob"] == candidate["prob"]
        assert candidate["logit"] == pytest.approx(
            reference["logits"][position][candidate["id"]], abs=1e-4
        )
    assert np.sort(at)[::-1][:20] == pytest.approx(at[found], abs=1e-5)
    assert report["entropy_bits"] == pytest.approx(-(np.exp(at) @ at) / np.log(2), abs=1e-4)
    assert report["token_logprobs"][0] is None
    expected = [logprobs[i - 1, ids[i]] for i in range(1, len(ids))]
    assert report["token_logprobs"][1:] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("head", ["0", "mean"])
def test_attention_equals_eager(ask, reference, tmp_path, head):
    layer = len(reference["attentions"]) - 1
    out = tmp_path / "head.npz"
    report = ask("attention", TEXT, "--layer", str(layer), "--head", head, "--out", str(out))
    weights = reference["attentions"][layer]
    expected = weights.mean(0) if head == "mean" else weights[0]
    np.testing.assert_allclose(report["weights"], expected, atol=1e-5)
    with np.load(out) as archive:
        np.testing.assert_allclose(archive["weights"], expected, atol=1e-5)
        assert archive["token_ids"].tolist() == reference["ids"]
        assert f"blocks.{layer}.attn.hook_pattern" in archive


def test_greedy_generation_equals_transformers(ask, reference):
    import torch

    report = ask("generate", TEXT, "--max-new-tokens", "12", "--temperature", "0")
    ids = torch.tensor([reference["ids"]])
    with torch.no_grad():
        made = reference["model"].generate(ids, max_new_tokens=12, do_sample=False)[0].tolist()
    end = {reference["model"].generation_config.eos_token_id, reference["tokenizer"].eos_token_id}
    expected = [i for i in made[len(reference["ids"]) :] if i not in end]
    assert [token["id"] for token in report["tokens"]] == expected
    assert report["stop_reason"] == ("length" if len(expected) == 12 else "end_of_text")
    assert report["prompt"] + report["completion"] == reference["tokenizer"].decode(
        reference["ids"] + expected
    )
    assert all(token["sampled_logprob"] == 0 for token in report["tokens"])


def test_the_same_seed_gives_the_same_text(ask):
    def sample(seed):
        words = ["--max-new-tokens", "8", "--temperature", "1.3", "--top-p", "0.95"]
        return ask("generate", TEXT, *words, "--seed", str(seed))

    one, again, other = sample(1), sample(1), sample(2)
    for report in (one, again):
        assert report.pop("tokens_per_second") > 0
    assert one == again
    assert one["tokens"] != other["tokens"]
    names = {"id", "text", "bytes", "logprob", "sampled_logprob", "rank"}
    assert all(set(token) == names for token in one["tokens"])


def test_without_qt(tmp_path):
    """Every command that needs a model, on a machine that has no Qt."""
    model = ["--model", "tiny", "--offline", "--json"]
    head = ["attention", TEXT, "--layer", "0", "--head", "1", *model]
    done = program(
        ["predict", TEXT, *model],
        ["generate", TEXT, "--max-new-tokens", "2", *model],
        [*head, "--out", str(tmp_path / "head.csv")],
        [*head, "--out", str(tmp_path / "head.npz")],
        blocked=QT,
    )
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["model"] for line in done.stdout.splitlines()] == ["tiny"] * 4
    assert (tmp_path / "head.csv").read_text(encoding="utf-8").splitlines()[1].startswith("query,")
    assert (tmp_path / "head.npz").read_bytes().startswith(b"PK")


def test_a_picture_without_a_display(tmp_path):
    out = tmp_path / "head.png"
    words = ["attention", TEXT, "--layer", "0", "--head", "1", "--out", str(out)]
    done = program([*words, "--model", "tiny", "--offline"], watched=QT[:1])
    assert (done.returncode, done.stdout) == (0, f"{out}\n".encode())
    assert done.stderr == b"PySide6\n"
    assert out.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert os.listdir(tmp_path) == [out.name]


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["--help"],
        ["tokens", "--encoding", "gpt2", "a 大 b"],
        ["tokens", "--encoding", "o200k_base", "--json", "a"],
        ["tokens", "--model", "tiny", "--offline", "a"],
        ["models", "list"],
        ["predict", "--top"],
    ],
)
def test_what_needs_no_model_imports_neither_torch_nor_qt(words):
    done = program(words, watched=HEAVY)
    assert done.stderr.splitlines()[-1:] == [b""], done.stderr


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["predict", "a", "--frobnicate"], 2),
        (["predict", "a", "--model", "/no/such/folder"], 1),
        (["predict", "a", "--model", "no such model!"], 2),
        (["predict", "a", "--model", "{empty}"], 1),
        (["predict", "a", "--model", "{broken}"], 1),
        (["tokens", "a", "--model", "{empty}"], 1),
        (["predict", "", "--model", "tiny"], 1),
        (["predict", "a", "--model", "tiny", "--position", "7"], 2),
    ],
)
def test_failures_are_one_line(tmp_path, capfd, words, status):
    for name in ("empty", "broken"):
        (tmp_path / name).mkdir()
    (tmp_path / "broken" / "config.json").write_text('{"model_type": "llama"}')
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"no weights at all")
    (tmp_path / "broken" / "tokenizer.json").write_text("{}")
    folders = {"empty": tmp_path / "empty", "broken": tmp_path / "broken"}
    assert cli.main([*(word.format(**folders) for word in words), "--offline"]) == status
    out, err = capfd.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1, err
    assert err.startswith("visualizer")


def test_an_unreadable_model_from_outside():
    done = program(["predict", "a", "--model", "/no/such/folder"])
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"visualizer: There is no model /no/such/folder.\n\n"


def test_a_reader_that_goes_away(tmp_path):
    command = [sys.executable, "-m", "visualizer", "tokens", "--encoding", "gpt2", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        process.stdin.write(b"a b c " * 50_000)
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (signal.SIGINT, b"visualizer: interrupted\n"),
        (signal.SIGTERM, b"visualizer: ended by SIGTERM\n"),
        (signal.SIGHUP, b"visualizer: ended by SIGHUP\n"),
    ],
)
def test_interrupted(kind, line):
    command = [sys.executable, "-m", "visualizer", "tokens", "--encoding", "gpt2", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        # It waits for standard input once this much of it has been taken.
        process.stdin.write(b"x" * (1 << 17))
        process.stdin.flush()
        process.send_signal(kind)
        out, err = process.communicate(timeout=60)
    assert (out, err) == (b"", line)
    assert process.returncode == 128 + kind


_UNDOING = """
import subprocess, sys, time
from visualizer import __main__
from visualizer.commands import predict
from visualizer.engine.models.child import run_child
from visualizer.engine.records import CancelToken

wait = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(600)"

def run(args):
    try:
        if {stuck}:
            print(0, flush=True)
            time.sleep(0.001)
            sum(range(10**12))  # one call, which no signal interrupts
        else:
            run_child([sys.executable, "-c", wait], cancel=CancelToken(),
                      on_line=lambda line: print(line, flush=True), progress=lambda: 0)
    finally:
        print("undone", flush=True)

predict.run = run
sys.argv = ["visualizer", "predict", "a"]
sys.exit(__main__.main())
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_undoes_what_is_half_done_and_takes_the_children_along(kind):
    code = _UNDOING.format(stuck=False)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        child = int(process.stdout.readline())
        process.send_signal(kind)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + kind
    assert out == b"undone\n"
    assert err.count(b"\n") == 1
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_call_that_does_not_come_back_is_not_waited_for():
    code = _UNDOING.format(stuck=True)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"0\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 143


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_who_ignores_a_signal_goes_on_ignoring_it():
    words = ["-m", "visualizer", "tokens", "--encoding", "gpt2", "-"]
    code = f"import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.executable, [sys.executable, *{words}])"  # fmt: skip  # noqa: E501
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        process.stdin.write(b"x" * (1 << 17))
        process.stdin.flush()
        process.send_signal(signal.SIGHUP)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_json_is_utf8_whatever_the_locale():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    command = [sys.executable, "-m", "visualizer", "tokens", "-", "--encoding", "gpt2", "--json"]
    done = subprocess.run(command, input="大👩".encode(), capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode("utf-8"))["text"] == "大👩"
