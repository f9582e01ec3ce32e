"""Made-up heads with known numbers, for everything that draws attention."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import HeadView, OverviewView

WORDS = (b"A", b" journey", b" of", b" a", b" thousand", b" miles", b" begins", b" with", b" a")


def _tokenization(n_tokens: int) -> Tokenization:
    pieces = tuple(WORDS[index % len(WORDS)] for index in range(n_tokens))
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    return Tokenization(
        text=b"".join(pieces).decode(),
        ids=np.arange(n_tokens, dtype=np.int64),
        pieces=pieces,
        starts=ends - np.array([len(piece) for piece in pieces], dtype=np.int64),
        ends=ends,
        n_added=0,
        encoding="words",
    )


@pytest.fixture
def causal() -> Callable[..., np.ndarray]:
    """Random attention weights of a causal head. (n, n) float32, rows sum to 1."""

    def make(n: int, seed: int = 0) -> np.ndarray:
        weights = np.tril(np.random.default_rng(seed).random((n, n)) + 1e-6)
        return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)

    return make


@pytest.fixture
def head_view() -> Callable[..., HeadView]:
    """Makes the view of a head with the given weights."""

    def make(
        weights: np.ndarray,
        *,
        layer: int = 3,
        head: object = 5,
        query: int | None = None,
        block: int = 1,
        n_tokens: int | None = None,
        rows: tuple[int, int] | None = None,
        columns: tuple[int, int] | None = None,
        sink: np.ndarray | None = None,
        colour_scale: str = "linear",
        scale_range: str = "one",
        palette: str = "ink",
        stale: bool = False,
    ) -> HeadView:
        n_tokens = n_tokens if n_tokens is not None else weights.shape[0] * block
        record = HeadRecord(
            1,
            layer,
            head,
            n_tokens,
            rows or (0, n_tokens),
            columns or (0, n_tokens),
            block,
            weights,
            sink,
        )
        return HeadView(
            record,
            _tokenization(n_tokens),
            query,
            6,
            8,
            colour_scale,
            scale_range,
            "made-up model",
            stale,
            palette=palette,
            top=float(weights.max()) if scale_range == "largest" else 1.0,
        )

    return make


@pytest.fixture
def overview_view() -> Callable[..., OverviewView]:
    """Makes the view of all heads with the given thumbnails."""

    def make(
        thumbnails: np.ndarray,
        *,
        layer: int = 0,
        head: object = 0,
        block: int = 1,
        n_key_value_heads: int | None = None,
        stale: bool = False,
    ) -> OverviewView:
        heads, edge = thumbnails.shape[1], thumbnails.shape[-1]
        return OverviewView(
            thumbnails,
            edge * block,
            block,
            layer,
            head,
            None,
            n_key_value_heads or heads,
            stale,
            "made-up model",
            _tokenization(edge * block),
        )

    return make
