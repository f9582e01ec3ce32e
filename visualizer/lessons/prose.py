"""The lessons' texts: what is said beside each experiment, and what the reader is asked.

A lesson is a TOML file in resources/lessons, one for each language:

    title = "A model that is a table"
    summary = "One sentence for the list of lessons."

    [[section]]
    heading = "Counting"
    text = '''Markdown. Links lead into the experiment, `[...](try:KEY)`, or into the main panels,
    `[...](look:KEY)`; the lesson's page says what each KEY does.'''

    [[question]]
    key = "after-love"
    ask = "After **love**, which word is likelier?"
    choices = ["oranges", "grapes"]     # left out: the answer is typed
    why = "Shown with the verdict."

The right answers are not in the file: the page computes them from what is on screen.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from visualizer.engine.errors import VisualizerError
from visualizer.locations import bundled_path

LESSON_KEYS = (
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
)
"""The ten lessons in their order; each key names the files of a lesson's texts."""

SOURCE_LANGUAGE = "en"


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
    """

    key: str
    ask: str
    choices: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Lesson:
    """One lesson's texts in one language.

    Attributes:
        key: One of LESSON_KEYS.
        number: From 1.
        title, summary: Plain text.
    """

    key: str
    number: int
    title: str
    summary: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]


def read_lesson(key: str, language: str = SOURCE_LANGUAGE) -> Lesson:
    """The texts of a lesson, in English where there are none in `language`.

    Raises:
        KeyError: There is no such lesson.
        VisualizerError: Its file is missing or damaged: the installation is not complete.
    """
    if key not in LESSON_KEYS:
        raise KeyError(key)
    number = LESSON_KEYS.index(key) + 1
    name = f"{number:02d}-{key}.toml"
    path = bundled_path("resources", "lessons", language, name)
    if language != SOURCE_LANGUAGE and not path.exists():
        return read_lesson(key)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return Lesson(
            key,
            number,
            str(data["title"]),
            str(data["summary"]),
            tuple(Section(str(s.get("heading", "")), str(s["text"])) for s in data["section"]),
            tuple(_question(q) for q in data.get("question", ())),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise VisualizerError(
            "The text of this lesson cannot be read: {reason}. Install the program anew.",
            reason=f"{path.name}: {error}",
        ) from error


def _question(data: dict[str, object]) -> Question:
    choices = data.get("choices", ())
    if not isinstance(choices, list | tuple):
        raise TypeError("choices is no list")
    return Question(
        str(data["key"]), str(data["ask"]), tuple(map(str, choices)), str(data.get("why", ""))
    )
