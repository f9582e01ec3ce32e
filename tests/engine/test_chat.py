"""Chat templates: as transformers renders them, and ended where they do not end by themselves."""

from __future__ import annotations

import json
import os
import re
import time

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from visualizer.engine import chat
from visualizer.engine.chat import (
    ChatExchange,
    ChatRenderer,
    ChatTemplate,
    ChatTemplateError,
    ChatTurn,
    chat_prompt,
    closing_ids,
    render_once,
    reply_ids,
    sent_text,
    turn_of,
)
from visualizer.engine.chat_files import read_chat_template
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.tokenizers_hf import HuggingFaceTokenizer

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LLAMA = """{{- bos_token }}
{%- if messages[0].role == 'system' %}
    {%- set ns = namespace(system=messages[0].content | trim) %}
{%- else %}
    {%- set ns = namespace(system='') %}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'system' %}{% continue %}{% endif %}
    {%- if message.role == 'user' %}
        {{- '[INST] ' + ns.system + ' ' + message.content | trim + ' [/INST]' }}
    {%- else %}
        {%- generation %}{{ message.content + eos_token }}{% endgeneration %}
    {%- endif %}
{%- endfor %}
{#- a remark -#}
{{ messages | tojson }}
"""
EARLIER = (ChatExchange("Who?", "Me.\n"), ChatExchange("大 ", ""))
TURNS = [
    ChatTurn("Hi"),
    ChatTurn("Hi <b>&\n大 👋", "be brief"),
    ChatTurn("", "x"),
    ChatTurn("And now?", "be brief", EARLIER),
]


@pytest.mark.parametrize("source", [CHATML, LLAMA], ids=["chatml", "llama"])
@pytest.mark.parametrize("turn", TURNS, ids=["plain", "system", "empty", "earlier"])
def test_text_is_that_of_transformers(source, turn):
    from transformers.utils.chat_template_utils import render_jinja_template

    tokens = {"bos_token": "<s>", "eos_token": "</s>"}
    expected, _ = render_jinja_template(
        [turn.messages()], chat_template=source, add_generation_prompt=True, **tokens
    )
    assert render_once(ChatTemplate(source, tokens), turn).text == expected[0]


@pytest.mark.parametrize("turn", TURNS)
def test_a_conversation_comes_back_from_its_messages(turn):
    assert turn_of(turn.messages()) == turn
    assert turn_of(json.loads(json.dumps(turn.messages()))) == turn


def test_the_next_turn_and_the_way_back():
    turn = TURNS[1].after_reply("ho", "next")
    assert turn.messages() == [*TURNS[1].messages("ho"), {"role": "user", "content": "next"}]
    assert turn.back_at(0) == TURNS[1]
    assert TURNS[3].back_at(1) == ChatTurn("大 ", "be brief", EARLIER[:1])


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ({"role": "user"}, "is a list"),
        (["hi"], "Message 1"),
        ([{"role": "user"}], "Message 1"),
        ([{"role": "user", "content": "a"}, {"role": "assistant", "content": 3}], "Message 2"),
        ([], "ends with the user's message"),
        ([{"role": "system", "content": "a"}], "ends with the user's message"),
        ([{"role": "user", "content": "a"}] * 2, "message 2 is by user"),
        ([{"role": "system", "content": "a"}] * 2, "message 2 is by system"),
        ([{"role": "tool", "content": "a"}], "message 1 is by tool"),
        ([{"role": r, "content": "a"} for r in ("user", "assistant")], "ends with the user's"),
    ],
)
def test_what_is_no_conversation_is_one_sentence(messages, said):
    with pytest.raises(UsageError, match=said):
        turn_of(messages)


def test_a_reply_is_what_follows_the_prompt_up_to_its_end():
    assert reply_ids((1, 2), (1, 2, 3, 4), (9,)) == (3, 4)
    assert reply_ids((1, 2), (1, 2, 3, 9, 4), (9,)) == (3,)
    assert reply_ids((1, 2), (1, 2, 9), (9,)) == ()
    for ids in ((), (1, 2), (1, 3, 4)):
        assert reply_ids((1, 2), ids, (9,)) is None


def test_a_conversation_that_is_too_long_is_refused():
    earlier = (ChatExchange("a" * chat.MOST_CHARS, "b"),)
    turn, said = ChatTurn("hi", "", earlier), "conversation has more than 1,000,000"
    with pytest.raises(ChatTemplateError, match=said):
        render_once(ChatTemplate(CHATML), turn)


def test_the_closing_is_what_follows_a_reply():
    assert render_once(ChatTemplate(CHATML), TURNS[0]).closing == "<|im_end|>\n"
    assert render_once(ChatTemplate("{{ messages[0].content }}"), TURNS[0]).closing == ""


@pytest.mark.parametrize(
    ("source", "reason", "words"),
    [
        ("{{ ''.__class__.__mro__ }}", "not allowed", "unsafe"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "not allowed", "unsafe"),
        ("{{ dict.mro() }}", "not allowed|fails on this", "unde|unsafe|has no"),
        ("{{ namespace(__class__=1) }}", "not allowed", "underscore"),
        ("{{ messages.append(1) }}", "not allowed", "unsafe"),
        ("{{ range(10**9) | list }}", "fails on this", "Range too big"),
        ("{% if %}", "line 1 cannot be understood", "Expected an expression"),
        ("{{ raise_exception('no system line') }}", "conversation: no system line", ""),
        ("{{ 'x' * 10**7 }}", "more than 1,000,000 characters", ""),
        (
            "{% for i in range(99999) %}{% for j in range(99) %}xx{% endfor %}{% endfor %}",
            "more than",
            "",
        ),
        ("{{ 'x' * 10**10 }}", "memory", ""),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "fails on this", "recursion"),
        ("{{ nothing.at.all }}", "fails on this", "undefined"),
        ("{{ 1 // 0 }}", "fails on this", "division"),
        ("{{ messages[9].content }}", "fails on this", "no element 9"),
        ("{{ (1).foo() }}", "fails on this", "has no attribute"),
        ("{{ '%d' % 'x' }}", "fails on this", "format"),
    ],
)
def test_what_a_template_may_not_do_is_one_sentence(source, reason, words):
    """F30; the words of a library stand in the detail only."""
    with pytest.raises(ChatTemplateError, match=reason) as caught:
        render_once(ChatTemplate(source), ChatTurn("x"))
    assert re.search(words, caught.value.detail)
    assert not words or not re.search(words, str(caught.value))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{{ 'x' if i < 0 }}{% for j in range(99999) %}"
        "{% endfor %}{% endfor %}",
    ],
)
def test_a_template_that_does_not_end_is_ended(source, monkeypatch):
    """F30: within the limit, and the next conversation is rendered by a new process."""
    monkeypatch.setattr(chat, "RENDER_SECONDS", 0.5)
    template = ChatTemplate(f"{{% if messages[0].content == 'bad' %}}{source}{{% endif %}}ok")
    with ChatRenderer(template) as renderer:
        monkeypatch.setattr(chat, "RENDER_SECONDS", 20.0)
        assert renderer.render(ChatTurn("good")).text == "ok"
        monkeypatch.setattr(chat, "RENDER_SECONDS", 0.5)
        since = time.monotonic()
        with pytest.raises(ChatTemplateError, match=r"longer than 0\.5 seconds"):
            renderer.render(ChatTurn("bad"))
        assert time.monotonic() - since < 5
        monkeypatch.setattr(chat, "RENDER_SECONDS", 20.0)
        assert renderer.render(ChatTurn("good")).text == "ok"


def test_a_process_that_dies_is_told_and_replaced():
    with ChatRenderer(ChatTemplate("ok")) as renderer:
        renderer.render(ChatTurn("x"))
        renderer._process._process.kill()
        renderer._process._process.wait()
        assert renderer.render(ChatTurn("x")).text == "ok"


def test_a_message_that_is_too_long_is_refused():
    with pytest.raises(ChatTemplateError, match="1,000,000"):
        render_once(ChatTemplate("ok"), ChatTurn("x" * 1_000_001))


def test_nothing_runs_after_the_end():
    renderer = ChatRenderer(ChatTemplate("ok"))
    renderer.render(ChatTurn("x"))
    process = renderer._process._process
    renderer.close()
    assert process.poll() is not None
    with pytest.raises(ChatTemplateError, match="not in use"):
        renderer.render(ChatTurn("x"))


# ------------------------------------------------------------------------------------- folders


@pytest.mark.parametrize(
    ("config", "file", "source"),
    [
        ({"chat_template": "a"}, None, "a"),
        ({"chat_template": "a"}, "b", "b"),
        ({"chat_template": [{"name": "t", "template": "t"}, {"name": "default", "template": "d"}]},
         None, "d"),
        ({"chat_template": [{"name": "tool", "template": "t"}]}, None, None),
        ({"chat_template": 5}, None, None),
        ({}, None, None),
        ({}, "", None),
    ],
)  # fmt: skip
def test_templates_are_found_where_models_have_them(tmp_path, config, file, source):
    config = {**config, "bos_token": {"content": "<s>"}, "eos_token": "</s>", "pad_token": None}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    if file is not None:
        (tmp_path / "chat_template.jinja").write_text(file)
    template = read_chat_template(tmp_path)
    if source is None:
        assert template is None
    else:
        assert template == ChatTemplate(source, {"bos_token": "<s>", "eos_token": "</s>"})


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tokenizer_config.json", b"", "not valid JSON"),
        ("tokenizer_config.json", b"\xff\xfe", "not valid JSON"),
        ("tokenizer_config.json", b"[]", "holds no JSON object"),
        ("special_tokens_map.json", b"{", "not valid JSON"),
        ("chat_template.jinja", b"ok \xff", "byte 0xFF at offset 3"),
        ("chat_template.jinja", b"x" * 1_000_001, "more than 1,000,000 characters"),
    ],
)
def test_a_damaged_folder_says_why_it_has_no_template(tmp_path, name, content, said):
    (tmp_path / "tokenizer_config.json").write_text('{"chat_template": "ok"}')
    (tmp_path / name).write_bytes(content)
    assert_unusable(read_chat_template(tmp_path), said)


def assert_unusable(template, said):
    with pytest.raises(VisualizerError, match=said):
        render_once(template, ChatTurn("hi"))


@pytest.mark.parametrize("written", ["<|bos|>", {"content": "<|bos|>"}], ids=["text", "object"])
@pytest.mark.parametrize("config", [{}, {"bos_token": None}], ids=["absent", "null"])
def test_special_tokens_may_stand_in_a_file_of_their_own(tmp_path, config, written):
    config = {**config, "eos_token": "</s>", "chat_template": "{{ bos_token }}{{ eos_token }}"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    tokens = {"bos_token": written, "eos_token": "an older one"}
    (tmp_path / "special_tokens_map.json").write_text(json.dumps(tokens))
    template = read_chat_template(tmp_path)
    assert template is not None
    assert render_once(template, ChatTurn("hi")).text == "<|bos|></s>"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("kind", ["pipe", "folder", "loop", "device", "huge"])
@pytest.mark.parametrize(
    "name", ["chat_template.jinja", "tokenizer_config.json", "special_tokens_map.json"]
)
def test_only_ordinary_files_of_a_folder_are_read(tmp_path, name, kind):
    (tmp_path / "tokenizer_config.json").write_text('{"chat_template": "ok"}')
    path = tmp_path / name
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind in ("loop", "device"):
        path.symlink_to(path if kind == "loop" else "/dev/zero")
    else:
        with path.open("wb") as stream:
            stream.truncate(10**12)
    template = read_chat_template(tmp_path)
    if kind == "loop":  # leads nowhere, as if there were none
        assert template == (None if name == "tokenizer_config.json" else ChatTemplate("ok"))
    else:
        said = {"folder": "that is a folder", "huge": "is larger than"}
        assert_unusable(template, said.get(kind, "a pipe or a device"))


# -------------------------------------------------------------------------------------- tokens


@pytest.fixture
def tokenizer():
    vocabulary = {t: i for i, t in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    backend = Tokenizer(models.BPE(vocabulary, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.add_special_tokens(["<s>", "<|end|>"])
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 256)]
    )
    return HuggingFaceTokenizer(backend, "tiny")


@pytest.mark.parametrize("text", ["<s>[hi]<|end|>", "[hi]<|end|>"])
def test_exactly_the_templates_tokens_are_sent(tokenizer, text):
    """The tokenizer's own beginning is not put before that of the template."""
    prompt = chat_prompt(tokenizer, text)
    assert prompt.token_ids.count(256) == text.count("<s>")
    assert prompt.token_ids[-1] == 257
    assert sent_text(tokenizer, prompt) == text


def test_a_reply_ends_with_the_first_special_token_behind_it(tokenizer):
    assert closing_ids(tokenizer, " <|end|>\n<s>") == (257,)
    assert closing_ids(tokenizer, "\n") == ()
