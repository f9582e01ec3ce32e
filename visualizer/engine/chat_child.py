"""The child process that renders a chat template: `python -m visualizer.engine.chat_child`.

Reads a JSON object a line, first {"source", "tokens"}, then {"messages"} for each conversation,
and answers each with one: {"ready"}, then {"text", "closing"} or {"problem"}. Whoever started it
ends it when an answer takes too long.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.utils
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_CHARS = 1_000_000
_MOST_MEMORY_BYTES = 1_000_000_000
_ALARM_SECONDS = 10  # whoever waits gives up long before: this is for one who has gone
_MARK = "visualizer-reply"  # stands for a reply, to see what the template puts behind it


class _GenerationTag(jinja2.ext.Extension):
    """`{% generation %}` marks what the assistant said, for training; it changes no text."""

    tags = {"generation"}  # noqa: RUF012 - the library's own form

    def parse(self, parser: Any) -> Any:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.Scope(body).set_lineno(line)


def main() -> int:
    """Answer until standard input ends; returns the exit status."""
    _limit_memory()
    stdin, stdout = sys.stdin, sys.stdout
    introduction = json.loads(stdin.readline())
    source, tokens = introduction["source"], introduction["tokens"]
    _say(stdout, ready=True)
    for line in stdin:
        _set_alarm(_ALARM_SECONDS)
        try:
            answer = _answer(source, tokens, json.loads(line)["messages"])
        except Exception as error:  # a template may raise anything
            answer = {"problem": _sentence(error)}
        _set_alarm(0)
        _say(stdout, **answer)
    return 0


def _answer(source: str, tokens: dict[str, str], messages: list[dict[str, str]]) -> dict[str, str]:
    template = environment().from_string(source)
    text = render(template, messages, tokens, add_generation_prompt=True)
    return {"text": text, "closing": _closing(template, messages, tokens)}


def _closing(template: jinja2.Template, messages: list[dict[str, str]], tokens: Any) -> str:
    """What stands behind a reply; "" where the template takes none or changes it."""
    replied = [*messages, {"role": "assistant", "content": _MARK}]
    try:
        text = render(template, replied, tokens, add_generation_prompt=False)
    except Exception:
        return ""
    return text.rpartition(_MARK)[2] if _MARK in text else ""


def render(
    template: jinja2.Template,
    messages: list[dict[str, str]],
    tokens: dict[str, str],
    *,
    add_generation_prompt: bool,
) -> str:
    """The text of a conversation.

    Raises:
        ValueError: It would be longer than MOST_CHARS.
        Exception: Whatever the template raises.
    """
    pieces: list[str] = []
    length = 0
    for piece in template.generate(
        messages=messages,
        tools=None,
        documents=None,
        add_generation_prompt=add_generation_prompt,
        **tokens,
    ):
        length += len(piece)
        if length > MOST_CHARS:
            raise ValueError(f"it makes more than {MOST_CHARS:,} characters.")
        pieces.append(piece)
    return "".join(pieces)


def environment() -> ImmutableSandboxedEnvironment:
    """The sandbox, with the functions that templates of published models count on."""
    made = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_GenerationTag, jinja2.ext.loopcontrols],
    )
    made.filters["tojson"] = _to_json
    made.globals["raise_exception"] = _raise
    made.globals["strftime_now"] = _now
    # The classes themselves would be within a template's reach.
    made.globals["dict"] = _new_dict
    made.globals["namespace"] = _Namespace
    return made


def _new_dict(*args: Any, **values: Any) -> dict[Any, Any]:
    return dict(*args, **values)


class _Namespace(jinja2.utils.Namespace):
    """What `{% set ns.x = ... %}` writes to; names of Python's own are not for templates."""

    def __init__(self, *args: Any, **values: Any) -> None:
        _refuse_private(dict(*args, **values))
        super().__init__(*args, **values)

    def __setitem__(self, name: str, value: Any) -> None:
        _refuse_private((name,))
        super().__setitem__(name, value)


def _refuse_private(names: Iterable[object]) -> None:
    if any(str(name).startswith("_") for name in names):
        raise SecurityError("a name that begins with an underscore is not allowed.")


def _to_json(value: Any, ensure_ascii: bool = False, **options: Any) -> str:
    """JSON as it is: jinja2's own filter would write < and > as for a web page."""
    known = {k: v for k, v in options.items() if k in ("indent", "separators", "sort_keys")}
    return json.dumps(value, ensure_ascii=ensure_ascii, **known)


def _raise(message: str) -> None:
    raise jinja2.TemplateError(message)


def _now(form: str) -> str:
    return datetime.now().strftime(form)


def _sentence(error: Exception) -> str:
    """One line that says what went wrong."""
    if isinstance(error, MemoryError):
        return "it takes too much memory."
    words = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, jinja2.TemplateSyntaxError):
        words = f"line {error.lineno}: {words}"
    return words[:300]


def _say(stream: Any, **answer: Any) -> None:
    stream.write(json.dumps(answer) + "\n")
    stream.flush()


def _set_alarm(seconds: int) -> None:
    """End this process after so many seconds, where the system can do that; 0 for never."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit_memory() -> None:
    """Let a template that fills the memory fail by itself, where the system can do that."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))


if __name__ == "__main__":
    sys.exit(main())
