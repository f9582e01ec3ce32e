"""The question how likely words are after a token of the prompt, and its answer; see `records`."""

from __future__ import annotations

from dataclasses import dataclass, field

from visualizer.engine.records import CancelToken, Float64Array, frozen


@dataclass(frozen=True)
class PathRequest:
    """How likely whole words are after a token of the prompt at hand; answered by a PathRecord.

    Attributes:
        position: Token after which the words would come; negative counts from the end.
        words: The token ids of each, at least one.
    """

    request_id: int
    position: int
    words: tuple[tuple[int, ...], ...]
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True, eq=False)
class PathRecord:
    """The probability of each token of some words, given the prompt and those before it.

    Attributes:
        position: Token of the prompt after which the words come, from 0.
        words: As asked for.
        logprobs: For each word (n,) float64, the natural logarithm of each token's probability
            before sampling parameters; their sum is the word's. NaN where the context has no
            room for the tokens before it.
    """

    request_id: int
    position: int
    words: tuple[tuple[int, ...], ...]
    logprobs: tuple[Float64Array, ...]

    def __post_init__(self) -> None:
        for logprobs in self.logprobs:
            frozen(logprobs)
