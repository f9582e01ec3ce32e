"""What the cards of the sampler show: pure functions of logits, parameters and the text so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import Float32Array, Int64Array
from visualizer.engine.sampling import NEUTRAL_VALUES, SamplingParams, shape_distribution
from visualizer.engine.sampling_outcomes import (
    StageOutcome,
    order_matters,
    sample_counts,
    stage_outcomes,
)
from visualizer.engine.sampling_stages import LLAMA_CPP_ORDER, STAGES, Stage
from visualizer.engine.tokenization import Tokenizer, display_text
from visualizer.session.asked_tokens import readings, word_ids

N_DRAWS = 1000
Preset = Literal["transformers", "llama.cpp", "tutorial", "reset"]
PRESETS: tuple[Preset, ...] = ("transformers", "llama.cpp", "tutorial", "reset")
STAGE_COLUMNS = (
    "stage",
    "value",
    "switched_on",
    "acts",
    "n_kept",
    "n_removed",
    "removed_mass",
    "kept_mass",
    "effective_choices",
    "likeliest_prob",
    "order_matters",
)
_OF_THE_TUTORIAL: tuple[Stage, ...] = ("temperature", "top_k", "top_p")


@dataclass(frozen=True, eq=False)
class PipelineQuestion:
    """All that the cards follow from.

    Attributes:
        logits: (V,) raw scores after one token.
        previous_ids: Tokens of the text up to there.
        sampling: The stages.
        seed: Of the draws.
        position, position_text: The token after which is predicted.
    """

    logits: Float32Array
    previous_ids: Int64Array
    sampling: SamplingParams
    seed: int
    position: int
    position_text: str

    def is_of_same_distribution(self, other: PipelineQuestion | None) -> bool:
        """Whether the same tokens would be drawn from it with the same seed."""
        return (
            other is not None
            and self.logits is other.logits
            and self.sampling == other.sampling
            and self.seed == other.seed
            and np.array_equal(self.previous_ids, other.previous_ids)
        )


@dataclass(frozen=True, eq=False)
class PipelineView:
    """The cards in their order.

    Attributes:
        question: What they follow from.
        outcomes: One for each stage, in the order of `question.sampling.order`; () with a problem.
        swaps: Stages before which the order matters: at their neighbour's place they would give
            another distribution.
        effective_choices: Before any stage.
        problem: Why the stages cannot act, None where they can.
    """

    question: PipelineQuestion
    outcomes: tuple[StageOutcome, ...]
    swaps: frozenset[Stage]
    effective_choices: float
    problem: VisualizerError | None = None


@dataclass(frozen=True)
class Draws:
    """Tokens drawn from a distribution.

    Attributes:
        n: How many draws.
        seed: Which gives the same again.
        counts: How often each token came up, by its id; those that never did are left out.
    """

    n: int
    seed: int
    counts: Mapping[int, int]


def pipeline_view(question: PipelineQuestion) -> PipelineView:
    """Let the stages act one after the other, and see where their order matters."""
    logits, sampling, previous = question.logits, question.sampling, question.previous_ids
    bits = shape_distribution(logits, SamplingParams()).entropy_bits
    try:
        outcomes = stage_outcomes(logits, sampling, previous)
        swaps = frozenset(order_matters(logits, sampling, previous))
    except UsageError as error:
        return PipelineView(
            question, (), frozenset(), 2.0**bits, problem=error.with_traceback(None)
        )
    return PipelineView(question, outcomes, swaps, 2.0**bits)


def draw_many(question: PipelineQuestion, n: int = N_DRAWS) -> Draws:
    """Draw `n` tokens independently.

    Raises:
        UsageError: The stages cannot act.
    """
    shaped = shape_distribution(question.logits, question.sampling, question.previous_ids)
    counts = sample_counts(shaped, n, question.seed)
    drawn = np.flatnonzero(counts)
    pairs = zip(drawn.tolist(), counts[drawn].tolist(), strict=True)
    return Draws(n, question.seed, dict(pairs))


# --------------------------------------------------------------------------------- telling


def stage_list(view: PipelineView) -> list[dict[str, Any]]:
    """An object for each stage in the order in which they act, with the names of STAGE_COLUMNS."""
    sampling = view.question.sampling
    return [
        {
            "stage": outcome.stage,
            "value": stage_value(sampling, outcome.stage),
            "switched_on": outcome.stage not in sampling.off,
            "acts": outcome.is_active,
            "n_kept": outcome.n_kept,
            "n_removed": outcome.n_removed,
            "removed_mass": outcome.removed_mass,
            "kept_mass": outcome.kept_mass,
            "effective_choices": outcome.effective_choices,
            "likeliest_prob": outcome.likeliest_prob,
            "order_matters": outcome.stage in view.swaps,
        }
        for outcome in view.outcomes
    ]


def stage_value(sampling: SamplingParams, stage: Stage) -> float | None:
    """The number of a stage; None for "bias", which has a list."""
    return None if stage == "bias" else sampling.value_of(stage)


# --------------------------------------------------------------------------------- changing


def with_preset(sampling: SamplingParams, preset: Preset) -> SamplingParams:
    """The order of a library with the values as they are, or every value neutral for "reset".

    The tutorial's is the order of transformers with all other stages switched off.
    """
    if preset == "reset":
        return SamplingParams()
    if preset == "llama.cpp":
        return replace(sampling, order=LLAMA_CPP_ORDER, off=())
    off = tuple(stage for stage in STAGES if stage not in _OF_THE_TUTORIAL)
    return replace(sampling, order=STAGES, off=off if preset == "tutorial" else ())


def matches_preset(sampling: SamplingParams, preset: Preset) -> bool:
    """Whether that preset would change nothing."""
    return with_preset(sampling, preset) == sampling


def switched(sampling: SamplingParams, stage: Stage, *, on: bool) -> SamplingParams:
    """The same with a stage switched on or off; its value stays."""
    off = {*sampling.off} - {stage} if on else {*sampling.off, stage}
    return replace(sampling, off=tuple(each for each in STAGES if each in off))


def moved(sampling: SamplingParams, stage: Stage, place: int) -> SamplingParams:
    """The same with a stage at another place of the order, 0 .. 8; the others keep theirs."""
    others = [each for each in sampling.order if each != stage]
    others.insert(min(max(place, 0), len(others)), stage)
    return replace(sampling, order=tuple(others))


def with_bias(sampling: SamplingParams, token_id: int, bias: float | None) -> SamplingParams:
    """The same with a token banned, for a bias of None, or its logit shifted; not both."""
    sampling = without_bias(sampling, token_id)
    if bias is None:
        return replace(sampling, banned=(*sampling.banned, token_id))
    return replace(sampling, biases=(*sampling.biases, (token_id, bias)))


def without_bias(sampling: SamplingParams, token_id: int) -> SamplingParams:
    """The same with nothing done to a token."""
    return replace(
        sampling,
        biases=tuple(pair for pair in sampling.biases if pair[0] != token_id),
        banned=tuple(each for each in sampling.banned if each != token_id),
    )


def is_neutral(sampling: SamplingParams, stage: Stage) -> bool:
    """Whether a stage would change nothing even while switched on."""
    if stage == "bias":
        return not (sampling.biases or sampling.banned)
    return sampling.value_of(stage) == NEUTRAL_VALUES[stage]


def token_named(typed: str, tokenizer: Tokenizer, n_ids: int) -> int:
    """The one token that is meant by what someone types: a token, a word, or an id as in #42.

    Of a word both readings are tried, with a space before it and without.

    Args:
        typed: What was typed.
        tokenizer: Of the model in use.
        n_ids: Tokens that the model knows.

    Raises:
        UsageError: It is no token, or several; the sentence names the parts.
    """
    found = [word_ids(word, tokenizer, n_ids) for word in readings(typed, tokenizer, b"a")]
    if not found:
        raise UsageError("Type a token, a word, or an id such as #42.")
    for ids in found:
        if len(ids) == 1:
            return ids[0]
    raise UsageError(
        "{word} is {n} tokens here, {parts}: favour or ban them one by one.",
        word=display_text(typed.encode("utf-8", "replace")),
        n=len(found[0]),
        parts=", ".join(token_name(tokenizer, token_id) for token_id in found[0]),
    )


def token_name(tokenizer: Tokenizer | None, token_id: int) -> str:
    """A token for display: its text, or its id where it has none."""
    if tokenizer is None or token_id >= tokenizer.vocabulary_size:
        return f"#{token_id}"
    return display_text(tokenizer.token_bytes(token_id)) or f"#{token_id}"
