"""A conversation as it is on screen, and as text for other programs."""

from __future__ import annotations

import json
from dataclasses import dataclass

from visualizer.engine.chat import ChatTurn


@dataclass(frozen=True)
class ChatView:
    """A conversation, and what can be done with it.

    Attributes:
        turn: Its message is the one that is written.
        has_reply: Whether the model has begun to reply to it.
        can_take_back: Whether it was cut short, and can be brought back.
    """

    turn: ChatTurn
    has_reply: bool
    can_take_back: bool


def messages_json(turn: ChatTurn, reply: str | None) -> str:
    """The conversation as a list of objects with "role" and "content", as other programs read it.

    Args:
        turn: The conversation.
        reply: To its last message, None for none yet.
    """
    return json.dumps(turn.messages(reply), ensure_ascii=False, indent=2) + "\n"
