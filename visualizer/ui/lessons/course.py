"""The pages of the course, by lesson. Imported when the lessons are first opened."""

from __future__ import annotations

from visualizer.ui.lessons.page import LessonPage

PAGES: tuple[type[LessonPage], ...] = ()
"""In the order of LESSON_KEYS."""
