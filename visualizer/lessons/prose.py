"""The lessons' texts: what is said beside each experiment, and what the reader is asked.

A lesson is a TOML file in resources/lessons, one for each language:

    title = "A model that is a table"
    summary = "One sentence for the list of lessons."
    goal = "What the reader can do afterwards, in one sentence."
    minutes = 15                        # that reading and trying take
    needs = ["tokens"]                  # lessons to have read before, by key

    [[section]]
    heading = "Counting"
    text = '''Markdown. Links lead into the experiment, `[...](try:KEY)`, into the main panels,
    `[...](look:KEY)`, or explain a word of the glossary, `[...](term:KEY)`; what KEY does is said
    by the lesson's page, or by the glossary.'''

    [[question]]
    key = "after-love"
    ask = "After **love**, which word is likelier?"
    choices = ["oranges", "grapes"]     # left out: the answer is typed
    hint = "Row *love* has {oranges} and {grapes}."     # after a wrong answer; the page's numbers
    show = "try:love"                   # where in the experiment the answer is to be seen
    why = "Shown with the verdict."

    [[source]]
    title = "Vaswani et al., Attention Is All You Need, 2017"
    url = "https://arxiv.org/abs/1706.03762"            # left out: there is none

The right answers are not in the file: the page computes them from what is on screen.

The glossary is a TOML file beside them: a table [KEY] with `term` and `text` for each word.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from visualizer.engine.errors import VisualizerError
from visualizer.locations import bundled_path

LESSON_KEYS = (
    "walk",
    "tokens",
    "generate",
    "table",
    "ngram",
    "input",
    "attention",
    "heads",
    "block",
    "translate",
    "train",
    "challenge",
)
"""The lessons in their order, numbered from 0; each key names the files of a lesson's texts."""

SOURCE_LANGUAGE = "en"

_TERM_LINK = re.compile(r"\]\(term:([^)]*)\)")


@dataclass(frozen=True)
class Section:
    """A stretch of a lesson's text.

    Attributes:
        heading: "" for none.
        text: Markdown.
    """

    heading: str
    text: str


@dataclass(frozen=True)
class Question:
    """Something to try and to answer.

    Attributes:
        key: By which the page knows it; the same in every language.
        ask: Markdown, one paragraph.
        choices: To choose from, in the same order in every language; none where the answer is
            typed.
        why: Markdown, shown once the answer has been checked.
        hint: Markdown, shown after a wrong answer; {fields} stand for the page's numbers.
        show: A link that brings the answer into sight in the experiment; "" for none.
    """

    key: str
    ask: str
    choices: tuple[str, ...]
    why: str
    hint: str = ""
    show: str = ""


@dataclass(frozen=True)
class Source:
    """Something a lesson rests on.

    Attributes:
        title: Authors, title, year.
        url: "" for none.
    """

    title: str
    url: str


@dataclass(frozen=True)
class Term:
    """A word of the glossary.

    Attributes:
        key: The same in every language.
        term: In the reader's language; in Chinese with the English word behind it.
        text: Plain text, a sentence or two.
    """

    key: str
    term: str
    text: str


@dataclass(frozen=True)
class Lesson:
    """One lesson's texts in one language.

    Attributes:
        key: One of LESSON_KEYS.
        number: From 0.
        title, summary: Plain text.
        goal: What the reader can do afterwards; plain text.
        minutes: That reading and trying take.
        needs: Keys of lessons to have read before.
    """

    key: str
    number: int
    title: str
    summary: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    goal: str = ""
    minutes: int = 0
    needs: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


def read_lesson(key: str, language: str = SOURCE_LANGUAGE) -> Lesson:
    """The texts of a lesson, in English where there are none in `language`.

    Raises:
        KeyError: There is no such lesson.
        VisualizerError: Its file is missing or damaged: the installation is not complete.
    """
    if key not in LESSON_KEYS:
        raise KeyError(key)
    number = LESSON_KEYS.index(key)
    name = f"{number:02d}-{key}.toml"
    path = bundled_path("resources", "lessons", language, name)
    if language != SOURCE_LANGUAGE and not path.exists():
        return read_lesson(key)
    try:
        return _lesson(key, number, _read(path))
    except (OSError, TypeError, ValueError) as error:
        raise VisualizerError(
            "The text of this lesson cannot be read: {reason}. Install the program anew.",
            reason=f"{path.name}: {error}",
        ) from error


def read_glossary(language: str = SOURCE_LANGUAGE) -> dict[str, Term]:
    """The words that lessons explain, by key, in English where there are none in `language`.

    Raises:
        VisualizerError: The file is missing or damaged: the installation is not complete.
    """
    path = bundled_path("resources", "lessons", language, "glossary.toml")
    if language != SOURCE_LANGUAGE and not path.exists():
        return read_glossary()
    try:
        text = _read(path)
        return {
            key: Term(key, each.text("term"), each.text("text"))
            for key, each in _Table(tomllib.loads(text), text).tables()
        }
    except (OSError, TypeError, ValueError) as error:
        raise VisualizerError(
            "The glossary of the lessons cannot be read: {reason}. Install the program anew.",
            reason=f"{path.name}: {error}",
        ) from error


def terms_of(lesson: Lesson) -> list[str]:
    """Keys of the words of the glossary that a lesson links to, in the order of the text."""
    texts = [section.text for section in lesson.sections]
    texts += [text for each in lesson.questions for text in (each.ask, each.hint, each.why)]
    return list(dict.fromkeys(_TERM_LINK.findall("\n".join(texts))))


def _read(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line} is no UTF-8 text") from error


def _lesson(key: str, number: int, text: str) -> Lesson:
    top = _Table(tomllib.loads(text), text)
    return Lesson(
        key,
        number,
        top.text("title"),
        top.text("summary"),
        tuple(Section(each.text("heading", ""), each.text("text")) for each in top.each("section")),
        tuple(_question(each) for each in top.each("question", optional=True)),
        top.text("goal", ""),
        top.number("minutes"),
        top.texts("needs"),
        tuple(
            Source(each.text("title"), each.text("url", ""))
            for each in top.each("source", optional=True)
        ),
    )


def _question(table: _Table) -> Question:
    return Question(
        table.text("key"),
        table.text("ask"),
        table.texts("choices"),
        table.text("why", ""),
        table.text("hint", ""),
        table.text("show", ""),
    )


class _Table:
    """A table of the file, and the line at which it begins, for whoever has to mend it."""

    def __init__(self, data: object, text: str, line: int = 1) -> None:
        self._text = text
        self._line = line
        if not isinstance(data, dict):
            raise ValueError(f"line {line} should begin a table")
        self._data = data

    def text(self, key: str, default: str | None = None) -> str:
        value = self._data.get(key, default)
        if value is None:
            raise ValueError(f"{key!r} is missing in what begins at line {self._line}")
        if not isinstance(value, str):
            raise ValueError(f"{key!r} at line {self._line_of(key)} should be a text")
        return value

    def number(self, key: str) -> int:
        value = self._data.get(key, 0)
        if not isinstance(value, int):
            raise ValueError(f"{key!r} at line {self._line_of(key)} should be a whole number")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValueError(f"{key!r} at line {self._line_of(key)} should be a list of texts")
        return tuple(value)

    def each(self, key: str, *, optional: bool = False) -> list[_Table]:
        value = self._data.get(key, [] if optional else None)
        if value is None:
            raise ValueError(f"there is no [[{key}]]")
        if not isinstance(value, list):
            raise ValueError(f"{key!r} at line {self._line_of(key)} should be [[{key}]]")
        lines = self._lines(rf"\[\[\s*{key}\s*\]\]")
        lines += [1] * (len(value) - len(lines))  # written in another way
        return [_Table(each, self._text, line) for each, line in zip(value, lines, strict=False)]

    def tables(self) -> list[tuple[str, _Table]]:
        return [
            (key, _Table(value, self._text, (*self._lines(rf"\[{re.escape(key)}\]"), 1)[0]))
            for key, value in self._data.items()
        ]

    def _line_of(self, key: str) -> int:
        return next((n for n in self._lines(rf"{key}\s*=") if n >= self._line), self._line)

    def _lines(self, pattern: str) -> list[int]:
        lines = self._text.splitlines()
        return [n for n, line in enumerate(lines, 1) if re.match(pattern, line)]
