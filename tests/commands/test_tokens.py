"""`visualizer tokens`: comparisons, merges, decoding and search."""

from __future__ import annotations

import json

import pytest

from visualizer.locations import bundled_path

TINY = str(bundled_path("models", "tiny", "tokenizer.json"))


def answer(run, *words, **more):
    status, out, err = run("tokens", *words, "--json", **more)
    assert (status, err) == (0, "")
    return json.loads(out)


def test_all_four_are_compared_by_default(run):
    report = answer(run, "Strawberry", "--compare")
    assert [each["name"] for each in report["tokenizers"]][1:] == [
        "gpt2",
        "cl100k_base",
        "o200k_base",
    ]
    ids = {each["name"]: [t["id"] for t in each["tokens"]] for each in report["tokenizers"]}
    assert ids["gpt2"] == [1273, 1831, 8396]
    assert ids["cl100k_base"] == [2645, 675, 15717]
    assert ids["o200k_base"] == [3504, 1134, 19772]
    assert (report["characters"], report["bytes"], report["words"]) == (10, 10, 1)


def test_stretches_and_differences(run):
    report = answer(run, "Strawberry", "--compare", "gpt2", "cl100k_base")
    assert report["stretches"] == [
        {"start_byte": 0, "end_byte": 5, "tokens": [[0, 2], [0, 2]], "same": False},
        {"start_byte": 5, "end_byte": 10, "tokens": [[2, 3], [2, 3]], "same": True},
    ]
    status, out, _ = run("tokens", "Strawberry", "--compare", "gpt2", "cl100k_base")
    assert status == 0
    lines = out.splitlines()
    assert lines[0].split() == ["byte", "gpt2", "cl100k_base"]
    assert lines[1].split() == ["≠", "0", "St", "|", "raw", "Str", "|", "aw"]
    assert lines[2].split() == ["5", "berry", "berry"]
    assert "stretches cut differently: 1" in lines[-1]


def test_a_file_and_standard_input_can_be_compared(run):
    report = answer(run, "-", "--compare", TINY, "gpt2", stdin="大 <|endoftext|>".encode())
    assert report["text"] == "大 <|endoftext|>"
    for each in report["tokenizers"]:
        data = b"".join(bytes.fromhex(t["bytes"]) for t in each["tokens"])
        assert data == report["text"].encode()
    assert 50256 not in [t["id"] for t in report["tokenizers"][1]["tokens"]]
    parsed = answer(run, "a<|endoftext|>", "--compare", "gpt2", "--special")
    assert parsed["tokenizers"][0]["tokens"][-1]["id"] == 50256


@pytest.mark.parametrize("text", ["", "a\ud800b", "e\u0301\u202e\0"])
def test_empty_and_broken_texts_compare(run, text):
    report = answer(run, text, "--compare", "gpt2", "model")
    assert report["text"] == text.replace("\ud800", "\ufffd")
    assert run("tokens", text, "--compare", "gpt2", "model")[0] == 0


def test_the_bos_of_a_tokenizer_stands_in_front(run_with_bos):
    report = answer(run_with_bos, "ab", "--compare", "model", "gpt2")
    own = report["tokenizers"][0]
    assert own["tokens"][0]["added"]
    assert own["n_tokens"] == len(own["tokens"]) - 1
    assert report["stretches"][0]["tokens"] == [[0, 1], [0, 0]]


def test_merges_by_id_and_by_text(run):
    report = answer(run, "--merges", "1831", "--encoding", "gpt2")
    assert report["token"] == {"id": 1831, "text": "raw", "bytes": "726177"}
    assert report["built"]
    assert report["steps"][0] == {"parts": ["72", "61", "77"], "merged": None, "rank": None}
    assert report["steps"][-1]["parts"] == ["726177"]
    assert report["steps"][-1]["rank"] == 1831
    assert [entry["id"] for entry in report["neighbours"]] == list(range(1826, 1837))
    assert answer(run, "--merges", "raw", "--encoding", "gpt2") == report
    special = answer(run, "--merges", "<|endoftext|>", "--encoding", "gpt2")
    assert (special["token"]["special"], special["built"]) == (True, False)
    out = run("tokens", "--merges", "1831", "--encoding", "gpt2")[1]
    assert "r | a | w" in out
    assert "ids around it" in out


def test_decoding_shows_broken_bytes(run):
    report = answer(run, "--decode", "[1273, 162]", "--encoding", "gpt2")
    assert report["text"] == "St\ufffd"
    assert report["invalid_utf8"] == [{"offset": 2, "bytes": "e6"}]
    out = run("tokens", "--decode", "1273 162", "--encoding", "gpt2")[1]
    assert out.splitlines()[-1] == "not valid UTF-8 at byte 2: e6"


def test_search_by_text_and_by_bytes(run):
    by_text = answer(run, "--search", "你", "--encoding", "cl100k_base")
    by_bytes = answer(run, "--search", "0xE4BDA0", "--encoding", "cl100k_base")
    assert by_text == by_bytes
    assert by_text["tokens"][0] == {"id": 57668, "text": "你", "bytes": "e4bda0"}
    assert run("tokens", "--search", "0xFFFFFFFF", "--encoding", "gpt2")[1] == (
        "No token contains this.\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a", "--compare", "gpt5"], "no tokenizer gpt5"),
        (["a", "--encoding", "\0"], "no tokenizer"),
        (["--compare"], "TEXT is missing"),
        ([], "TEXT is missing"),
        (["a", "--merges", "1"], "--merges takes no TEXT"),
        (["--merges", "Strawberry", "--encoding", "gpt2"], "3 tokens in gpt2"),
        (["--merges", "50257", "--encoding", "gpt2"], "no token 50257"),
        (["--decode", "1 x", "--encoding", "gpt2"], "x is no token id"),
        (["--decode", "50257", "--encoding", "gpt2"], "no token 50257"),
        (["--search", "0xg", "--encoding", "gpt2"], "not hexadecimal"),
        (["--search", "a", "--decode", "1"], "not allowed"),
    ],
)
def test_wrong_usage_is_one_line(run, words, said):
    status, out, err = run("tokens", *words)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_wrong_file_is_one_line(run, tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_text("{}")
    status, _, err = run("tokens", "a", "--compare", str(path))
    assert status == 1
    assert "no tokenizer.json" in err
    assert err.count("\n") == 1
