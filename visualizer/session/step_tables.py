"""Generated tokens with the distributions they were drawn from, as CSV, NPZ and JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from visualizer.engine.sampling import SamplingParams
from visualizer.engine.tokenization import Tokenization, Tokenizer, display_text
from visualizer.session.export_tables import Origin, Table, Value, origin_facts
from visualizer.session.exports import npz_bytes, text_arrays, text_facts, token_arrays
from visualizer.session.generated_steps import GeneratedStep
from visualizer.session.resolve import candidate_of
from visualizer.session.view_file import sampling_document
from visualizer.session.views import Candidate

STEP_COLUMNS = (
    "step",
    "position",
    "drawn",
    "rank",
    "id",
    "text",
    "bytes",
    "logit",
    "logprob",
    "prob",
    "sampled_prob",
    "kept",
    "surprise_bits",
    "entropy_bits",
    "seed",
    "draw",
    "sampling",
    "elapsed_ms",
)


@dataclass(frozen=True, eq=False)
class StepsView:
    """The generated tokens that are still in the text.

    Attributes:
        steps: At least one, in order.
        tokenization: The text with them in it.
        tokenizer: Names the candidates.
    """

    steps: tuple[GeneratedStep, ...]
    tokenization: Tokenization
    tokenizer: Tokenizer

    def settings(self) -> tuple[SamplingParams, ...]:
        """The different parameters with which tokens were drawn, in the order of their use."""
        return tuple(dict.fromkeys(step.sampling for step in self.steps))

    def candidates(self, index: int) -> tuple[Candidate, ...]:
        """The likeliest tokens of a step; the one that was drawn comes last if not among them.

        Nothing but the drawn token, without a logit, where the distribution was not told.
        """
        step = self.steps[index]
        told = step.candidates
        if told is None:
            return (self._drawn(step, math.nan),)
        values = zip(
            told.ids.tolist(),
            told.logits.tolist(),
            told.logprobs.tolist(),
            told.sampled_logprobs.tolist(),
            strict=True,
        )
        rows = tuple(
            candidate_of(
                self.tokenizer,
                rank,
                token_id,
                logit=logit,
                prob=math.exp(logprob),
                sampled_prob=math.exp(sampled),
                kept=not math.isinf(sampled),
            )
            for rank, (token_id, logit, logprob, sampled) in enumerate(values, start=1)
        )
        if any(row.token_id == step.token_id for row in rows):
            return rows
        return (*rows, self._drawn(step, told.drawn_logit))

    def _drawn(self, step: GeneratedStep, logit: float) -> Candidate:
        return candidate_of(
            self.tokenizer,
            step.rank,
            step.token_id,
            logit=logit,
            prob=step.prob,
            sampled_prob=step.sampled_prob,
            kept=True,
        )

    def rest(self, index: int) -> tuple[float, float] | None:
        """Probability of everything else at a step, before and after sampling parameters.

        Everything else is what `candidates` leaves out. None where it is not known.
        """
        step = self.steps[index]
        told = step.candidates
        if told is None:
            return None
        if step.token_id in told.ids.tolist():
            return told.rest_prob, told.rest_sampled_prob
        # What was drawn is a row of its own.
        return (
            max(told.rest_prob - step.prob, 0.0),
            max(told.rest_sampled_prob - step.sampled_prob, 0.0),
        )


def steps_table(view: StepsView, origin: Origin) -> Table:
    """A row for each candidate of each step, and one for everything else.

    Columns: step, from 0; position of the step's token in the text; drawn, 1 for the token that
    was drawn; rank, from 1 before sampling parameters; id; text, for display; bytes, in
    hexadecimal; logit; logprob, natural, and prob, before sampling parameters; sampled_prob,
    after them; kept, 1 where it could be drawn; then the same for all rows of a step: surprise of
    the drawn token and entropy of the distribution before sampling parameters, both in bits; seed;
    draw, which of the seed's, from 0; sampling, place of the parameters in the list of the fact
    "sampling"; elapsed_ms, from the token before.
    """
    settings = view.settings()
    rows: list[tuple[Value, ...]] = []
    for index, step in enumerate(view.steps):
        told = step.candidates
        entropy = None if told is None else told.entropy_bits
        ending = (_bits(step), entropy, step.seed, step.draw, settings.index(step.sampling))
        end: tuple[Value, ...] = (*ending, step.elapsed_ms)
        begin: tuple[Value, ...] = (index, step.position)
        logprobs = _logprobs(step)
        for c in view.candidates(index):
            drawn = c.token_id == step.token_id
            named = (c.rank or None, c.token_id, c.text, c.data.hex(), c.logit)
            probs = (logprobs[c.token_id], c.prob, c.sampled_prob)
            rows.append((*begin, int(drawn), *named, *probs, c.kept, *end))
        rest = view.rest(index)
        if rest is not None:
            empty: tuple[Value, ...] = (0, None, None, "everything else", None, None, None)
            rows.append((*begin, *empty, *rest, None, *end))
    return Table(steps_facts(view, origin), STEP_COLUMNS, tuple(rows))


def steps_json(view: StepsView, origin: Origin) -> str:
    """The steps as one object, each with its candidates.

    Keys: provenance; model; n_tokens, of the text; sampling, a list of the parameters in use;
    steps, each with step, position, seed, draw, sampling (a place in that list), surprise_bits,
    entropy_bits, elapsed_ms, id, text, bytes, rank, logit, logprob, sampled_logprob, candidates,
    and rest_prob and rest_sampled_prob of everything else, null where they are not known.
    """
    settings = view.settings()
    report: dict[str, Any] = {
        "provenance": steps_facts(view, origin),
        "model": origin.model_name,
        "n_tokens": len(view.tokenization),
        "sampling": [sampling_document(each) for each in settings],
        "steps": [_step_object(view, n, settings) for n in range(len(view.steps))],
    }
    return json.dumps(report, allow_nan=False) + "\n"


def _step_object(
    view: StepsView, index: int, settings: tuple[SamplingParams, ...]
) -> dict[str, Any]:
    step, rest = view.steps[index], view.rest(index)
    told, logprobs = step.candidates, _logprobs(step)
    return {
        "step": index,
        "position": step.position,
        "id": step.token_id,
        "text": display_text(step.data),
        "bytes": step.data.hex(),
        "rank": step.rank or None,
        "logit": None if told is None else told.drawn_logit,
        "logprob": step.logprob,
        "sampled_logprob": step.sampled_logprob,
        "surprise_bits": _bits(step),
        "entropy_bits": None if told is None else told.entropy_bits,
        "seed": step.seed,
        "draw": step.draw,
        "sampling": settings.index(step.sampling),
        "elapsed_ms": step.elapsed_ms,
        "candidates": [
            {
                "rank": c.rank,
                "id": c.token_id,
                "text": c.text,
                "bytes": c.data.hex(),
                "logit": c.logit,
                "logprob": logprobs[c.token_id],
                "prob": c.prob,
                "sampled_prob": c.sampled_prob,
                "kept": c.kept,
            }
            for c in (() if told is None else view.candidates(index))
        ],
        "rest_prob": None if rest is None else rest[0],
        "rest_sampled_prob": None if rest is None else rest[1],
    }


def steps_npz(view: StepsView, origin: Origin) -> bytes:
    """The steps as arrays, to be read without pickle; S steps, N the most candidates of one.

    Keys:
        positions, drawn_ids, drawn_ranks, seeds, draws, sampling_index: (S,) int64; a rank of 0
            is not known; sampling_index is a place in the list of the text "sampling".
        drawn_logits, drawn_logprobs, drawn_sampled_logprobs, surprise_bits, entropies_bits,
            elapsed_ms: (S,) float64, NaN where not known.
        candidate_ids: (S, N) int64, likeliest first, -1 where a step has fewer.
        candidate_logits, candidate_logprobs, candidate_sampled_logprobs: (S, N) float64, NaN
            where a step has fewer; -inf for a token that sampling parameters removed.
        rest_probs, rest_sampled_probs: (S,) float64, of everything but these candidates.
        token_ids, tokens, token_bytes: Of the whole text.
        model, weights_sha256, prompt, ..., provenance: Text.
    """
    settings, steps = view.settings(), view.steps
    return npz_bytes(
        {
            **text_arrays(steps_facts(view, origin)),
            **token_arrays(view.tokenization),
            "positions": _integers([step.position for step in steps]),
            "drawn_ids": _integers([step.token_id for step in steps]),
            "drawn_ranks": _integers([step.rank for step in steps]),
            "seeds": _integers([step.seed for step in steps]),
            "draws": _integers([step.draw for step in steps]),
            "sampling_index": _integers([settings.index(step.sampling) for step in steps]),
            "drawn_logprobs": np.array([step.logprob for step in steps]),
            "drawn_sampled_logprobs": np.array([step.sampled_logprob for step in steps]),
            "surprise_bits": np.array([_bits(step) for step in steps]),
            "elapsed_ms": np.array([step.elapsed_ms for step in steps]),
            **_candidate_arrays(steps),
        }
    )


def _candidate_arrays(steps: tuple[GeneratedStep, ...]) -> dict[str, npt.NDArray[np.generic]]:
    told = [step.candidates for step in steps]
    shape = (len(steps), max((len(each) for each in told if each is not None), default=0))
    ids = np.full(shape, -1, np.int64)
    logits, logprobs, sampled = (np.full(shape, np.nan) for _ in range(3))
    # The drawn token's logit, the entropy, and what is left before and after the parameters.
    numbers = np.full((4, len(steps)), np.nan)
    for place, each in enumerate(told):
        if each is None:
            continue
        n = len(each)
        ids[place, :n], logits[place, :n] = each.ids, each.logits
        logprobs[place, :n], sampled[place, :n] = each.logprobs, each.sampled_logprobs
        rests = (each.rest_prob, each.rest_sampled_prob)
        numbers[:, place] = (each.drawn_logit, each.entropy_bits, *rests)
    return {
        "candidate_ids": ids,
        "candidate_logits": logits,
        "candidate_logprobs": logprobs,
        "candidate_sampled_logprobs": sampled,
        "drawn_logits": numbers[0],
        "entropies_bits": numbers[1],
        "rest_probs": numbers[2],
        "rest_sampled_probs": numbers[3],
    }


def steps_facts(view: StepsView, origin: Origin) -> dict[str, str]:
    """Where the steps come from, with their seeds and the parameters in use as JSON."""
    more: Mapping[str, str] = {
        "n_steps": str(len(view.steps)),
        "seeds": " ".join(dict.fromkeys(str(step.seed) for step in view.steps)),
        "sampling": json.dumps([sampling_document(each) for each in view.settings()]),
        **text_facts(view.tokenization),
    }
    return origin_facts(origin, more)


def _bits(step: GeneratedStep) -> float:
    """Surprise of the drawn token, before sampling parameters."""
    return max(-step.logprob / math.log(2), 0.0)


def _logprobs(step: GeneratedStep) -> dict[int, float]:
    """Natural log-probability by token, exact also where the probability is rounded to 0."""
    told = step.candidates
    known = (
        {} if told is None else dict(zip(told.ids.tolist(), told.logprobs.tolist(), strict=True))
    )
    return {**known, step.token_id: step.logprob}


def _integers(values: list[int]) -> npt.NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
