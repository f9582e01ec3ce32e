"""Self-attention by hand: every step kept, every shape said. NumPy only.

Shape letters: T tokens, S tokens that are looked at (T in self-attention), C width of a token's
vector, D width of a head's queries and keys (d_k in the formulas), E width of its values, H heads.
Vectors are rows: x W, not W x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError

Float64Array = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class AttentionSteps:
    """One head's attention, step by step.

    Attributes:
        q: (T, D) queries, what each token looks for.
        k: (S, D) keys, what each token offers to be found by.
        v: (S, E) values, what each token hands over when it is looked at.
        scores: (T, S) q k^T: how well each query fits each key.
        scaled: (T, S) scores / sqrt(D).
        masked: (T, S) scaled, with -inf where a token must not look.
        weights: (T, S) softmax of `masked` by rows: from 0 to 1, each row sums to 1.
        output: (T, E) weights v.
    """

    q: Float64Array
    k: Float64Array
    v: Float64Array
    scores: Float64Array
    scaled: Float64Array
    masked: Float64Array
    weights: Float64Array
    output: Float64Array


@dataclass(frozen=True, eq=False)
class MultiHeadSteps:
    """Several heads beside each other, step by step.

    Attributes:
        heads: H times one head's steps.
        concatenated: (T, H E) their outputs side by side.
        output: (T, C) concatenated W_O + b_O.
    """

    heads: tuple[AttentionSteps, ...]
    concatenated: Float64Array
    output: Float64Array

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each step; of the first head, which all the others share."""
        head = self.heads[0]
        steps = ("q", "k", "v", "scores", "weights", "output")
        shapes = {f"head {name}": getattr(head, name).shape for name in steps}
        return {**shapes, "concatenated": self.concatenated.shape, "output": self.output.shape}


def softmax(x: Float64Array) -> Float64Array:
    """exp(x) / sum of exp(x), along the last axis; -inf gives exactly 0.

    The largest number is subtracted first: that changes nothing but keeps exp from overflowing.
    """
    weights = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Float64Array = weights / weights.sum(axis=-1, keepdims=True)
    return result


def causal_mask(n_tokens: int) -> BoolArray:
    """(T, T), True where the query (row) must not look: at every later key (column)."""
    return np.triu(np.ones((n_tokens, n_tokens), np.bool_), k=1)


def scaled_dot_product_attention(
    q: Float64Array, k: Float64Array, v: Float64Array, mask: BoolArray | None = None
) -> AttentionSteps:
    """Attention(Q, K, V) = softmax(Q K^T / sqrt(d_k)) V.

    Args:
        q: (T, D) queries.
        k: (S, D) keys.
        v: (S, E) values.
        mask: (T, S), True where a query must not look; nothing is hidden if None.

    Raises:
        UsageError: The shapes do not fit, or the mask hides everything from a query.

    Source:
        Vaswani et al. 2017, equation 1.
    """
    _check_shapes(q, k, v, mask)
    scores = q @ k.T
    scaled = scores / np.sqrt(q.shape[1])
    masked = scaled if mask is None else np.where(mask, -np.inf, scaled)
    weights = softmax(masked)
    return AttentionSteps(q, k, v, scores, scaled, masked, weights, weights @ v)


def self_attention(
    x: Float64Array,
    w_q: Float64Array,
    w_k: Float64Array,
    w_v: Float64Array,
    *,
    causal: bool = False,
) -> AttentionSteps:
    """One head: Q = X W_Q, K = X W_K, V = X W_V, then attention.

    Args:
        x: (T, C) a row for each token.
        w_q: (C, D).
        w_k: (C, D).
        w_v: (C, E).
        causal: No token looks at a later one.

    Raises:
        UsageError: The shapes do not fit.

    Source:
        Vaswani et al. 2017, sections 3.2.1 and 3.2.3.
    """
    for name, matrix in (("W_Q", w_q), ("W_K", w_k), ("W_V", w_v)):
        if matrix.ndim != 2 or matrix.shape[0] != x.shape[1]:
            raise UsageError(
                "{name} must have {expected} rows, as many as X has columns, not {found}.",
                name=name,
                expected=x.shape[1],
                found=matrix.shape[0],
            )
    mask = causal_mask(len(x)) if causal else None
    return scaled_dot_product_attention(x @ w_q, x @ w_k, x @ w_v, mask)


@dataclass(frozen=True, eq=False)
class MultiHeadWeights:
    """What a multi-head attention has learned.

    Attributes:
        w_q: (C, H D); head h has the columns from h D to (h + 1) D.
        w_k: (C, H D).
        w_v: (C, H E).
        w_o: (H E, C) the output map.
        b_q: (H D,) added to the queries.
        b_k: (H D,) added to the keys.
        b_v: (H E,) added to the values.
        b_o: (C,) added to the output.
    """

    w_q: Float64Array
    w_k: Float64Array
    w_v: Float64Array
    w_o: Float64Array
    b_q: Float64Array | float = 0.0
    b_k: Float64Array | float = 0.0
    b_v: Float64Array | float = 0.0
    b_o: Float64Array | float = 0.0


def multi_head_attention(
    x: Float64Array,
    weights: MultiHeadWeights,
    n_heads: int,
    *,
    memory: Float64Array | None = None,
    mask: BoolArray | None = None,
) -> MultiHeadSteps:
    """MultiHead = Concat(head_1, ..., head_H) W_O, each head attending with its own columns.

    Args:
        x: (T, C), what the queries come from.
        weights: Of all heads.
        n_heads: H.
        memory: (S, C), what keys and values come from: the encoder's output in the decoder's
            second attention; `x` itself if None.
        mask: (T, S), True where a query must not look.

    Raises:
        UsageError: The heads do not divide the width, or the shapes do not fit.

    Source:
        Vaswani et al. 2017, section 3.2.2.
    """
    memory = x if memory is None else memory
    if n_heads < 1 or weights.w_q.shape[1] % n_heads or weights.w_v.shape[1] % n_heads:
        raise UsageError(
            "{n} heads do not divide a width of {width} evenly.",
            n=n_heads,
            width=weights.w_q.shape[1],
        )
    q = np.split(x @ weights.w_q + weights.b_q, n_heads, axis=1)  # H times (T, D)
    k = np.split(memory @ weights.w_k + weights.b_k, n_heads, axis=1)
    v = np.split(memory @ weights.w_v + weights.b_v, n_heads, axis=1)
    heads = tuple(scaled_dot_product_attention(q[h], k[h], v[h], mask) for h in range(n_heads))
    concatenated = np.concatenate([head.output for head in heads], axis=1)
    return MultiHeadSteps(heads, concatenated, concatenated @ weights.w_o + weights.b_o)


def spell_out_projection(
    x: Float64Array, weights: Float64Array, row: int, column: int, digits: int = 3
) -> str:
    """One cell of Q, K or V as arithmetic: a row of `x` times a column of `weights`."""
    terms = " + ".join(
        f"{_short(a, digits)}·{_short(b, digits)}"
        for a, b in zip(x[row], weights[:, column], strict=True)
    )
    return f"{terms} = {_result(float(x[row] @ weights[:, column]), digits)}"


def spell_out_product(steps: AttentionSteps, query: int, key: int, digits: int = 3) -> str:
    """One cell of `scores` as arithmetic: "1·2 + 0.5·4 = 4"."""
    terms = " + ".join(
        f"{_short(a, digits)}·{_short(b, digits)}"
        for a, b in zip(steps.q[query], steps.k[key], strict=True)
    )
    return f"{terms} = {_result(steps.scores[query, key], digits)}"


def spell_out_scaled(steps: AttentionSteps, query: int, key: int, digits: int = 3) -> str:
    """One cell of `scaled` as arithmetic, from that of `scores`: "4 / √2 = 2.828"."""
    score = _short(steps.scores[query, key], digits)
    return f"{score} / √{steps.q.shape[1]} = {_result(steps.scaled[query, key], digits)}"


def spell_out_weight(steps: AttentionSteps, query: int, key: int, digits: int = 3) -> str:
    """One cell of `weights` as arithmetic: "e^1 / (e^1 + e^0.5) = 0.622"; hidden keys left out."""
    row = steps.masked[query]
    weight = _result(steps.weights[query, key], digits)
    powers = [f"e^{_short(score, digits)}" for score in row if not np.isneginf(score)]
    if np.isneginf(row[key]):
        return f"e^(−∞) / ({' + '.join(powers)}) = {weight}"
    return f"e^{_short(row[key], digits)} / ({' + '.join(powers)}) = {weight}"


def spell_out_score(steps: AttentionSteps, query: int, key: int, digits: int = 3) -> str:
    """One cell of `scaled` as arithmetic: "(1·2 + 0.5·4) / √2 = 2.828"."""
    terms = " + ".join(
        f"{_short(a, digits)}·{_short(b, digits)}"
        for a, b in zip(steps.q[query], steps.k[key], strict=True)
    )
    result = _short(steps.scaled[query, key], digits)
    return f"({terms}) / √{steps.q.shape[1]} = {result}"


def spell_out_output(steps: AttentionSteps, query: int, column: int, digits: int = 3) -> str:
    """One cell of `output` as arithmetic: each weight times what the token hands over."""
    terms = " + ".join(
        f"{_short(a, digits)}·{_short(b, digits)}"
        for a, b in zip(steps.weights[query], steps.v[:, column], strict=True)
    )
    return f"{terms} = {_short(steps.output[query, column], digits)}"


def largest_terms(a: Float64Array, b: Float64Array, most: int) -> tuple[list[int], float]:
    """The products of a dot product that count most, and what all the others add up to.

    Args:
        a: (D,).
        b: (D,).
        most: So many products at most.

    Returns:
        Their places, the largest first by absolute value, and the sum of the rest.
    """
    products = a * b
    places = np.argsort(-np.abs(products), kind="stable")
    return places[:most].tolist(), float(products[places[most:]].sum())


def _result(value: float, digits: int) -> str:
    return _short(value, digits).strip("()")


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return f"({text})" if text.startswith("-") else text


def _check_shapes(
    q: Float64Array, k: Float64Array, v: Float64Array, mask: BoolArray | None
) -> None:
    fit: Sequence[tuple[str, int, str, int]] = (
        ("columns of Q", q.shape[1], "columns of K", k.shape[1]),
        ("rows of K", k.shape[0], "rows of V", v.shape[0]),
    )
    for one, n, other, m in fit:
        if n != m:
            raise UsageError(
                "There must be as many {one} as {other}, not {n} and {m}.",
                one=one,
                other=other,
                n=n,
                m=m,
            )
    if mask is None:
        return
    if mask.shape != (len(q), len(k)):
        raise UsageError(
            "The mask must be {expected}, not {found}.",
            expected=f"{len(q)} x {len(k)}",
            found=" x ".join(map(str, mask.shape)),
        )
    if mask.all(axis=1).any():
        raise UsageError(
            "The mask hides every token from token {row}: leave it something to look at.",
            row=int(mask.all(axis=1).argmax()),
        )
