"""The pages of the course, by lesson; each is imported when its lesson is first opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from visualizer.ui.lessons.page import LessonPage

PageSource = Callable[[], type[LessonPage]]
"""Imports a page's module and gives its class."""


def _walk() -> type[LessonPage]:
    from visualizer.ui.lessons.walk_page import WalkPage

    return WalkPage


def _tokens() -> type[LessonPage]:
    from visualizer.ui.lessons.tokens_page import TokensPage

    return TokensPage


def _generate() -> type[LessonPage]:
    from visualizer.ui.lessons.generate_page import GeneratePage

    return GeneratePage


def _table() -> type[LessonPage]:
    from visualizer.ui.lessons.table_page import TablePage

    return TablePage


def _ngram() -> type[LessonPage]:
    from visualizer.ui.lessons.ngram_page import NgramPage

    return NgramPage


def _input() -> type[LessonPage]:
    from visualizer.ui.lessons.input_page import InputPage

    return InputPage


def _attention() -> type[LessonPage]:
    from visualizer.ui.lessons.attention_page import AttentionPage

    return AttentionPage


def _heads() -> type[LessonPage]:
    from visualizer.ui.lessons.heads_page import HeadsPage

    return HeadsPage


def _block() -> type[LessonPage]:
    from visualizer.ui.lessons.block_page import BlockPage

    return BlockPage


def _translate() -> type[LessonPage]:
    from visualizer.ui.lessons.translate_page import TranslatePage

    return TranslatePage


def _train() -> type[LessonPage]:
    from visualizer.ui.lessons.train_page import TrainPage

    return TrainPage


def _challenge() -> type[LessonPage]:
    from visualizer.ui.lessons.challenge_page import ChallengePage

    return ChallengePage


PAGES: Mapping[str, PageSource] = MappingProxyType(
    {
        "walk": _walk,
        "tokens": _tokens,
        "generate": _generate,
        "table": _table,
        "ngram": _ngram,
        "input": _input,
        "attention": _attention,
        "heads": _heads,
        "block": _block,
        "translate": _translate,
        "train": _train,
        "challenge": _challenge,
    }
)
"""In the order of LESSON_KEYS."""
