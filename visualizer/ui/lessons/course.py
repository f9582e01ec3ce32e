"""The pages of the course, by lesson. Imported when the lessons are first opened."""

from __future__ import annotations

from visualizer.ui.lessons.ngram_page import NgramPage
from visualizer.ui.lessons.page import LessonPage
from visualizer.ui.lessons.table_page import TablePage

PAGES: tuple[type[LessonPage], ...] = (TablePage, NgramPage)
"""In the order of LESSON_KEYS."""
