"""Errors that a user reads: one sentence that names the value and says what to do."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any, Self


class VisualizerError(Exception):
    """A failure with a sentence for the user.

    The sentence is kept as a template with its values apart, so that the window can translate
    the template; `str()` gives the English sentence.

    Attributes:
        template: English, with `str.format` fields.
        values: What the fields stand for.
        detail: For a log or a bug report; may be long, may be empty.
    """

    def __init__(self, template: str, /, *, detail: str = "", **values: object) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values = values
        self.detail = detail

    def as_json(self) -> dict[str, object]:
        """For another process of ours; see `from_json`."""
        values = {
            name: value if isinstance(value, int | float) else str(value)
            for name, value in self.values.items()
        }
        return {"template": self.template, "values": values, "detail": self.detail}

    @classmethod
    def from_json(cls, parts: Mapping[str, Any]) -> Self:
        """What another process of ours could not do."""
        return cls(parts["template"], detail=parts["detail"], **parts["values"])


class UsageError(VisualizerError):
    """The user asked for something that does not exist or is out of range: exit status 2."""


class ModelLoadError(VisualizerError):
    """A model was refused or could not be loaded; the one in use stays usable."""


class FetchError(VisualizerError):
    """A download or conversion failed; what was fetched so far is kept for the next try."""


class ContextOverflowError(VisualizerError):
    """The prompt has more tokens than the model's context.

    Attributes (in `values`): n_tokens, context_length.
    """


class EmptyPromptError(VisualizerError):
    """There is no token to predict from, and the model has no BOS token to start with."""


class NonFiniteError(VisualizerError):
    """The model gave NaN or infinite numbers; nothing of them is shown."""


class DeviceLostError(VisualizerError):
    """The device has failed for good: only a new process, or another device, can go on."""


class UnexpectedError(VisualizerError):
    """Something went wrong that nobody foresaw; `detail` holds the traceback."""


def unexpected(error: BaseException) -> UnexpectedError:
    """What is told of an error that nobody has foreseen; its traceback is the detail."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, MemoryError):
        return UnexpectedError(
            "There was not enough memory for this. Try a shorter text or a smaller model.",
            detail=detail,
        )
    return UnexpectedError(
        "Something unexpected went wrong: {kind}: {message}",
        detail=detail,
        kind=type(error).__name__,
        message=str(error),
    )
