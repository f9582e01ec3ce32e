"""The child process that renders a chat template: `python -m visualizer.engine.chat_child`.

It is introduced with {"source", "tokens"}, and asked with {"messages"} for each conversation; it
answers with {"text", "closing"}, or with {"problem", "detail", "line"}. Whoever started it ends it
when an answer takes too long.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.utils
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from visualizer.engine.confinement import serve

MOST_CHARS = 1_000_000
_MARK = "visualizer-reply"  # stands for a reply, to see what the template puts behind it


class TooLongError(Exception):
    """A conversation would become longer than MOST_CHARS."""


class RefusedError(jinja2.TemplateError):
    """A template calls `raise_exception`; the words are its author's."""


class _GenerationTag(jinja2.ext.Extension):
    """`{% generation %}` marks what the assistant said, for training; it changes no text."""

    tags = {"generation"}  # noqa: RUF012 - the library's own form

    def parse(self, parser: Any) -> Any:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.Scope(body).set_lineno(line)


def main() -> int:
    """Answer until standard input ends; returns the exit status."""
    return serve(_answer)


def _answer(introduction: Any, question: Any) -> dict[str, Any]:
    tokens, messages = introduction["tokens"], question["messages"]
    try:
        template = environment().from_string(introduction["source"])
        text = render(template, messages, tokens, add_generation_prompt=True)
        return {"text": text, "closing": _closing(template, messages, tokens)}
    except Exception as error:  # a template may raise anything
        return {
            "problem": _kind(error),
            "detail": " ".join(str(error).split()) or type(error).__name__,
            "line": getattr(error, "lineno", 0),
        }


def _kind(error: Exception) -> str:
    """What kind of problem it is; a key of `chat._PROBLEMS`."""
    kinds: Mapping[type[Exception], str] = {
        MemoryError: "memory",
        TooLongError: "length",
        RefusedError: "refused",
        SecurityError: "forbidden",
        jinja2.TemplateSyntaxError: "syntax",
    }
    return next((name for kind, name in kinds.items() if isinstance(error, kind)), "broken")


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
        TooLongError: It would be longer than MOST_CHARS.
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
            raise TooLongError
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
    raise RefusedError(message)


def _now(form: str) -> str:
    return datetime.now().strftime(form)


if __name__ == "__main__":
    sys.exit(main())
