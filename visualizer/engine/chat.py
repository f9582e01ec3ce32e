"""Conversations as the model wants them written: its chat template, rendered where it can be ended.

A template is a program that came with a model. It runs in jinja2's sandbox, as in transformers,
and in a process of its own with a limit on time and memory: the sandbox alone keeps a template
from reaching out, but not from counting for an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from visualizer.engine.confined import ConfinedError, ConfinedProcess, Ending
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import Prompt
from visualizer.engine.tokenization import Tokenizer, clean_text

RENDER_SECONDS = 2.0
"""How long a template may take for one conversation."""
MOST_CHARS = 1_000_000
"""Longest text that a template may make, and the longest template that is read."""
_MOST_MEMORY_BYTES = 1_000_000_000
_MOST_WORDS = 300

_ENDINGS: Mapping[Ending, str] = {
    "slow": ("The model's chat template takes longer than {seconds:g} seconds and was stopped."),
    "ended": (
        "The model's chat template ended the process that renders it; it may take too much memory."
    ),
    "unstarted": "The process that renders chat templates cannot be started.",
    "closed": "The chat template is not in use any more.",
}
_PROBLEMS: Mapping[str, str] = {
    "memory": "The model's chat template takes too much memory.",
    "length": "The model's chat template makes more than {n:,} characters.",
    "forbidden": "The model's chat template does what templates are not allowed to do.",
    "syntax": "The model's chat template is damaged: its line {line} cannot be understood.",
    "refused": "The model's chat template refuses this conversation: {words}",
    "broken": "The model's chat template fails on this conversation.",
}


class ChatTemplateError(VisualizerError):
    """A chat template could not be rendered; nothing is sent."""


@dataclass(frozen=True)
class ChatTemplate:
    """How a model wants a conversation written.

    Attributes:
        source: In the language of jinja2.
        special_tokens: What it may name: "bos_token", "eos_token" and the like.
        problem: Why it cannot be used, although the model has one; None if it can.
    """

    source: str
    special_tokens: Mapping[str, str] = field(default_factory=dict)
    problem: VisualizerError | None = None


@dataclass(frozen=True)
class ChatExchange:
    """What the user said, and what the model replied."""

    message: str
    reply: str


@dataclass(frozen=True)
class ChatTurn:
    """What the user says, under which instruction, and after what.

    Attributes:
        message: The user's message.
        system: The system's line; "" for none, which leaves it to the template.
        earlier: What was said before, the oldest first.
    """

    message: str
    system: str = ""
    earlier: tuple[ChatExchange, ...] = ()

    def messages(self, reply: str | None = None) -> list[dict[str, str]]:
        """The conversation, as templates take it; with the reply to the message, if given."""
        said = [("system", self.system)] if self.system else []
        for exchange in self.earlier:
            said += [("user", exchange.message), ("assistant", exchange.reply)]
        said.append(("user", self.message))
        if reply is not None:
            said.append(("assistant", reply))
        return [{"role": role, "content": clean_text(content)} for role, content in said]

    def after_reply(self, reply: str, message: str = "") -> ChatTurn:
        """The next turn: what was said so far, and a message that is still to be written."""
        exchange = ChatExchange(self.message, reply)
        return ChatTurn(message, self.system, (*self.earlier, exchange))

    def back_at(self, index: int) -> ChatTurn:
        """The turn in which message `index` was sent, from 0; what followed is left out."""
        return ChatTurn(self.earlier[index].message, self.system, self.earlier[:index])


@dataclass(frozen=True)
class RenderedChat:
    """A conversation as the exact text that the model reads.

    Attributes:
        turn: The conversation.
        text: Ends where the model's reply begins.
        closing: What the template puts behind a reply; "" where it says nothing of that.
    """

    turn: ChatTurn
    text: str
    closing: str


class ChatRenderer:
    """Renders conversations in a child process, which it starts when needed and ends when late.

    One thread uses it at a time; `close` may be called from any thread.

    Args:
        template: Of the model.
    """

    def __init__(self, template: ChatTemplate) -> None:
        self._problem = template.problem
        introduction = {"source": template.source, "tokens": dict(template.special_tokens)}
        self._process = ConfinedProcess(
            "visualizer.engine.chat_child", introduction, _MOST_MEMORY_BYTES
        )

    def __enter__(self) -> ChatRenderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def render(self, turn: ChatTurn) -> RenderedChat:
        """The text that is sent for a conversation.

        Raises:
            ChatTemplateError: The template fails, forbids it, takes longer than RENDER_SECONDS or
                makes more than MOST_CHARS characters.
            VisualizerError: It could not be read.
        """
        if self._problem is not None:
            raise self._problem
        messages = turn.messages()
        if sum(len(message["content"]) for message in messages) > MOST_CHARS:
            raise ChatTemplateError(
                "The message has more than {n:,} characters: shorten it."
                if not turn.earlier
                else "The conversation has more than {n:,} characters: start a new one.",
                n=MOST_CHARS,
            )
        try:
            answer = self._process.ask({"messages": messages}, RENDER_SECONDS)
        except ConfinedError as error:
            raise ChatTemplateError(
                _ENDINGS[error.how], detail=error.log, seconds=RENDER_SECONDS
            ) from error
        if "problem" in answer:
            raise _problem(answer)
        return RenderedChat(turn, str(answer["text"]), str(answer["closing"]))

    def close(self) -> None:
        """End the child process, whatever it does."""
        self._process.close()


def _problem(answer: Mapping[str, Any]) -> ChatTemplateError:
    """What the child process says of a template that failed, in a sentence."""
    return ChatTemplateError(
        _PROBLEMS[answer["problem"]],
        detail=str(answer["detail"]),
        words=str(answer["detail"])[:_MOST_WORDS],
        line=answer["line"],
        n=MOST_CHARS,
    )


def render_once(template: ChatTemplate, turn: ChatTurn) -> RenderedChat:
    """Render one conversation; the errors are those of `ChatRenderer.render`."""
    with ChatRenderer(template) as renderer:
        return renderer.render(turn)


def chat_prompt(tokenizer: Tokenizer, text: str) -> Prompt:
    """The exact tokens of a rendered conversation.

    Special tokens are parsed, and nothing is put in front: what belongs there is written by the
    template.
    """
    tokens = tokenizer.encode(text, parse_special=True)
    ids = tuple(tokens.ids[tokens.n_added :].tolist())
    return Prompt(tokenizer.from_ids(ids).text, ids, parse_special=True)


def sent_text(tokenizer: Tokenizer, prompt: Prompt) -> str:
    """What the model reads, as text: with a beginning that the tokenizer would add, too.

    Args:
        tokenizer: Of the model.
        prompt: With its tokens, as `chat_prompt` makes it.
    """
    return b"".join(map(tokenizer.token_bytes, prompt.token_ids or ())).decode("utf-8", "replace")


def turn_of(messages: object) -> ChatTurn:
    """The conversation that a list of messages tells; its last message is the one to answer.

    Args:
        messages: As other programs write them: objects with "role" and "content". A system's
            line may come first; then user and assistant take turns.

    Raises:
        UsageError: It is another thing, and where it is.
    """
    said = _said(messages)
    system = said.pop(0)[1] if said and said[0][0] == "system" else ""
    for place, (role, _) in enumerate(said):
        if role != ("assistant" if place % 2 else "user"):
            raise UsageError(
                "A conversation goes from user to assistant and back, with the system's line in "
                "front; message {n} is by {role}.",
                n=place + 1 + bool(system),
                role=role,
            )
    if len(said) % 2 == 0:
        raise UsageError("A conversation that the model is to answer ends with the user's message.")
    texts = [content for _, content in said]
    earlier = tuple(ChatExchange(*pair) for pair in zip(texts[:-1:2], texts[1::2], strict=True))
    return ChatTurn(texts[-1], system, earlier)


def _said(messages: object) -> list[tuple[str, str]]:
    """Roles and contents."""
    if not isinstance(messages, list):
        raise UsageError('A conversation is a list of objects with "role" and "content".')
    said: list[tuple[str, str]] = []
    for message in messages:
        role = message.get("role") if isinstance(message, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(role, str) or not isinstance(content, str):
            raise UsageError(
                'Message {n} of the conversation is no object with "role" and "content" as texts.',
                n=len(said) + 1,
            )
        said.append((role, clean_text(content)))
    return said


def reply_ids(
    sent: tuple[int, ...], ids: tuple[int, ...], end_ids: tuple[int, ...]
) -> tuple[int, ...] | None:
    """The tokens of a reply without the one that closes it; None where there is none.

    Args:
        sent: The prompt that the template made.
        ids: The text at hand.
        end_ids: With which a reply ends.
    """
    if len(ids) <= len(sent) or ids[: len(sent)] != sent:
        return None
    reply = ids[len(sent) :]
    ends = (place for place, token_id in enumerate(reply) if token_id in end_ids)
    return reply[: next(ends, len(reply))]


def closing_ids(tokenizer: Tokenizer, closing: str) -> tuple[int, ...]:
    """The special token with which the template closes a reply, as the ids that end one."""
    tokens = tokenizer.encode(closing, parse_special=True)
    ids = tokens.ids[tokens.n_added :].tolist()
    return tuple([i for i in ids if i in tokenizer.special_ids][:1])
