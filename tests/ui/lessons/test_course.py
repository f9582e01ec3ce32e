"""The course: every lesson has its page, and every question an answer."""

from __future__ import annotations

import inspect
import re

import pytest
from PySide6.QtGui import QTextDocument

from visualizer.lessons.prose import LESSON_KEYS, read_lesson
from visualizer.ui.lessons.course import PAGES
from visualizer.ui.lessons.page import LessonPage


def test_the_pages_stand_in_the_order_of_the_lessons():
    assert tuple(PAGES) == LESSON_KEYS


@pytest.mark.parametrize("key", LESSON_KEYS)
def test_a_page_is_the_one_of_its_lesson_and_knows_its_questions(key):
    page = PAGES[key]()
    assert issubclass(page, LessonPage)
    assert page.key == key
    assert not inspect.isabstract(page)
    source = inspect.getsource(inspect.getmodule(page))
    for question in read_lesson(key).questions:
        assert f'"{question.key}"' in source, question.key


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("key", LESSON_KEYS)
def test_no_markup_is_left_in_what_is_read(key, language):
    """Between Chinese letters and brackets, asterisks do not always make bold."""
    lesson = read_lesson(key, language)
    texts = [section.text for section in lesson.sections]
    texts += [text for question in lesson.questions for text in (question.ask, question.why)]
    for text in texts:
        document = QTextDocument()
        document.setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        read = document.toPlainText()
        assert not re.search(r"[*`]|\]\(", read), read
