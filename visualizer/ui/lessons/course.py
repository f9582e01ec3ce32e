"""The pages of the course, by lesson. Imported when the lessons are first opened."""

from __future__ import annotations

from visualizer.ui.lessons.attention_page import AttentionPage
from visualizer.ui.lessons.generate_page import GeneratePage
from visualizer.ui.lessons.input_page import InputPage
from visualizer.ui.lessons.ngram_page import NgramPage
from visualizer.ui.lessons.page import LessonPage
from visualizer.ui.lessons.table_page import TablePage
from visualizer.ui.lessons.tokens_page import TokensPage
from visualizer.ui.lessons.train_page import TrainPage

PAGES: tuple[type[LessonPage], ...] = (
    TokensPage,
    GeneratePage,
    TablePage,
    NgramPage,
    InputPage,
    AttentionPage,
    TrainPage,
)
"""In the order of LESSON_KEYS."""
