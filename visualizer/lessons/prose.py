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
    "challenge",
)
"""The lessons in their order; each key names the files of a lesson's texts."""

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
        number: From 1.
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
            str(data.get("goal", "")),
            int(data.get("minutes", 0)),
            tuple(map(str, data.get("needs", ()))),
            tuple(Source(str(s["title"]), str(s.get("url", ""))) for s in data.get("source", ())),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
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
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return {key: Term(key, str(each["term"]), str(each["text"])) for key, each in data.items()}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise VisualizerError(
            "The glossary of the lessons cannot be read: {reason}. Install the program anew.",
            reason=f"{path.name}: {error}",
        ) from error


def _question(data: dict[str, object]) -> Question:
    choices = data.get("choices", ())
    if not isinstance(choices, list | tuple):
        raise TypeError("choices is no list")
    return Question(
        str(data["key"]),
        str(data["ask"]),
        tuple(map(str, choices)),
        str(data.get("why", "")),
        str(data.get("hint", "")),
        str(data.get("show", "")),
    )
