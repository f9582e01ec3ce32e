"""From intent and facts to what each panel draws: pure functions, no Qt, no torch."""

from __future__ import annotations

import numpy as np

from visualizer.engine.records import (
    Float32Array,
    ForwardRecord,
    ModelRecord,
    PredictionRecord,
    SurpriseRecord,
)
from visualizer.engine.sampling import (
    RemovedBy,
    SamplingParams,
    rank_candidates,
    shape_distribution,
)
from visualizer.engine.tokenization import Tokenization, Tokenizer, display_text
from visualizer.session.state import ViewState
from visualizer.session.views import (
    BarsView,
    Candidate,
    SamplingView,
    StatusView,
    TokenStripView,
)
from visualizer.session.word_facts import WordFacts, word_row


def resolve_query(query: int, n_tokens: int) -> int | None:
    """The selected token of a text of `n_tokens`; one that is gone falls back to the last.

    Args:
        query: 0 .. or negative, counted from the end as in Python.
        n_tokens: T.

    Returns:
        0 .. T-1, or None where there is no token.
    """
    if n_tokens == 0:
        return None
    place = query if query >= 0 else n_tokens + query
    return place if 0 <= place < n_tokens else n_tokens - 1


def token_strip_view(
    state: ViewState,
    tokenization: Tokenization,
    surprise: SurpriseRecord | None,
    *,
    special_ids: frozenset[int] = frozenset(),
    stale: bool = False,
) -> TokenStripView:
    """The text as tokens, with what is known of their surprise.

    `surprise` may be that of an older, different text: only values of a record with exactly as
    many tokens are shown, the caller having dropped records of other requests.
    """
    fits = surprise is not None and surprise.logprobs.size == len(tokenization)
    return TokenStripView(
        tokenization=tokenization,
        query=resolve_query(state.query, len(tokenization)),
        logprobs=surprise.logprobs if surprise is not None and fits else None,
        entropies_bits=surprise.entropies_bits if surprise is not None and fits else None,
        ranks=surprise.ranks if surprise is not None and fits else None,
        margins=surprise.margins if surprise is not None and fits else None,
        stale=stale,
        special_ids=special_ids,
    )


def bars_view(
    state: ViewState,
    tokenizer: Tokenizer,
    tokenization: Tokenization,
    prediction: ForwardRecord | PredictionRecord,
    *,
    stale: bool = False,
    words: WordFacts | None = None,
) -> BarsView:
    """Next-token bars from the logits at hand; never needs the model.

    Sampling parameters see the tokens up to the position as the text so far, so that the
    repetition penalty is that of a generation that starts there. `words` is what is known of the
    words that were asked for and of the text before the last change.
    """
    position = prediction.position
    text_so_far = tokenization.ids[: position + 1]
    logits = prediction.logits
    shaped = shape_distribution(logits, state.sampling, text_so_far)
    shown = rank_candidates(logits, state.n_candidates)

    def row(token_id: int, rank: int = 0) -> Candidate:
        return candidate_of(
            tokenizer,
            rank or rank_of(logits, token_id),
            token_id,
            logit=float(logits[token_id]),
            prob=float(shaped.probs[token_id]),
            sampled_prob=float(shaped.sampled_probs[token_id]),
            kept=bool(shaped.kept[token_id]),
            removed_by=shaped.removed_by(token_id),
        )

    candidates = tuple(row(token_id, rank) for rank, token_id in enumerate(shown.tolist(), start=1))
    elsewhere = np.ones(logits.size, dtype=bool)
    elsewhere[shown] = False
    is_last = position == len(tokenization) - 1
    actual_id = None if is_last else int(tokenization.ids[position + 1])
    words = WordFacts() if words is None else words
    old_probs = words.old_probs(shown) if is_last else None
    return BarsView(
        position=position,
        position_text=display_text(tokenization.pieces[position]),
        is_last=is_last,
        candidates=candidates,
        rest_prob=float(shaped.probs[elsewhere].sum()),
        rest_sampled_prob=float(shaped.sampled_probs[elsewhere].sum()),
        n_kept=int(shaped.kept.sum()),
        vocabulary_size=logits.size,
        entropy_bits=shaped.entropy_bits,
        actual_id=actual_id,
        shaped=state.sampling != SamplingParams(),
        stale=stale,
        n_tokens=len(tokenization),
        query=resolve_query(state.query, len(tokenization)),
        axis=state.prob_axis,
        actual=row(actual_id) if actual_id is not None and actual_id < logits.size else None,
        words=tuple(
            word_row(word, tokenizer, logits.size, position, words, row, changed=is_last)
            for word in state.asked
        ),
        old_probs=old_probs,
        rest_old_prob=None if old_probs is None else 1 - float(old_probs.sum()),
        tokenization=tokenization,
    )


def rank_of(logits: Float32Array, token_id: int) -> int:
    """Place of a token among all by logit, from 1; ties go to the lower id."""
    logit = logits[token_id]
    above = np.count_nonzero(logits > logit)
    return 1 + int(above) + int(np.count_nonzero(logits[:token_id] == logit))


def candidate_of(
    tokenizer: Tokenizer,
    rank: int,
    token_id: int,
    *,
    logit: float,
    prob: float,
    sampled_prob: float,
    kept: bool,
    removed_by: RemovedBy = "",
) -> Candidate:
    """One row of the bars, with the token's bytes and its display text."""
    # A model's vocabulary may be padded past its tokenizer's; such ids have no bytes.
    exists = token_id < tokenizer.vocabulary_size
    data = tokenizer.token_bytes(token_id) if exists else b""
    return Candidate(
        rank=rank,
        token_id=token_id,
        data=data,
        text=display_text(data) if exists else f"⟨{token_id}⟩",
        logit=logit,
        prob=prob,
        sampled_prob=sampled_prob,
        kept=kept,
        is_special=token_id in tokenizer.special_ids,
        removed_by=removed_by,
    )


def sampling_view(
    state: ViewState, *, can_generate: bool, generating: bool = False, generated: int = 0
) -> SamplingView:
    """The sampling strip and the generation controls."""
    return SamplingView(
        sampling=state.sampling,
        seed=state.seed,
        n_candidates=state.n_candidates,
        n_generate=state.n_generate,
        can_generate=can_generate,
        generating=generating,
        generated=generated,
    )


def status_view(
    model: ModelRecord | None,
    n_tokens: int,
    forward: ForwardRecord | None,
    *,
    busy: bool,
) -> StatusView:
    """The status line."""
    if model is None:
        return StatusView(n_tokens=n_tokens, busy=busy)
    return StatusView(
        model_name=model.name,
        device=model.device,
        dtype=model.dtype,
        n_threads=model.n_threads,
        n_tokens=n_tokens,
        context_length=model.context_length,
        elapsed_ms=forward.elapsed_ms if forward is not None else None,
        computed_tokens=forward.computed_tokens if forward is not None else 0,
        busy=busy,
    )
