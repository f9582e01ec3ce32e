"""What a reader has done in the lessons, kept from one start to the next."""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from visualizer.files import ReadError, read_file, write_atomically

log = logging.getLogger(__name__)

_MOST_BYTES = 1_000_000
_MOST_CHARS = 1_000  # of an answer


@dataclass(frozen=True)
class LessonProgress:
    """One lesson, as its reader left it.

    Attributes:
        answers: What was given last, by the question's key.
        solved: Keys of the questions that the reader has answered right.
        place: How far down the text has been scrolled, in [0, 1].
    """

    answers: dict[str, str] = field(default_factory=dict)
    solved: frozenset[str] = frozenset()
    place: float = 0.0


class Progress:
    """Keeps the progress in one JSON file, written whole after each change.

    Two windows share the file: each writes the lessons that it has changed and leaves the others.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lessons = _read(path)
        self._changed: set[str] = set()

    def of(self, key: str) -> LessonProgress:
        """How a lesson was left; as at the beginning if it never was read."""
        return self._lessons.get(key, LessonProgress())

    def keep_answer(self, key: str, question: str, given: str, *, is_right: bool) -> None:
        """A question was answered; once it was right it stays solved.

        Raises:
            WriteError: The file cannot be written; the answer is kept in memory.
        """
        before = self.of(key)
        solved = before.solved | {question} if is_right else before.solved
        answers = before.answers | {question: given[:_MOST_CHARS]}
        self._keep(key, replace(before, answers=answers, solved=solved))

    def keep_place(self, key: str, place: float) -> None:
        """The text was scrolled to `place`, in [0, 1].

        Raises:
            WriteError: The file cannot be written.
        """
        before = self.of(key)
        if abs(before.place - place) > 1e-3:
            self._keep(key, replace(before, place=min(max(place, 0.0), 1.0)))

    def forget_answers(self, key: str) -> None:
        """A lesson's questions are as at the beginning.

        Raises:
            WriteError: The file cannot be written.
        """
        self._keep(key, LessonProgress(place=self.of(key).place))

    def _keep(self, key: str, lesson: LessonProgress) -> None:
        self._lessons[key] = lesson
        self._changed.add(key)
        mine = {name: self._lessons[name] for name in self._changed}
        self._lessons = _read(self._path) | mine
        document = {
            name: {"answers": each.answers, "solved": sorted(each.solved), "place": each.place}
            for name, each in self._lessons.items()
        }
        with contextlib.suppress(OSError):  # writing says why
            self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, ensure_ascii=False, indent=1)
        write_atomically(self._path, f"{text}\n".encode())


def _read(path: Path) -> dict[str, LessonProgress]:
    """What of the file can be read; somebody may have changed it by hand."""
    if not path.exists():
        return {}
    try:
        document = json.loads(read_file(path, _MOST_BYTES))
        return {str(key): _lesson(value) for key, value in document.items()}
    except (ReadError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        log.warning("The progress in the lessons cannot be read: %s: %s", path, error)
        return {}


def _lesson(value: Any) -> LessonProgress:
    answers = {str(key): str(given) for key, given in value["answers"].items()}
    place = float(value["place"])
    if not 0 <= place <= 1:
        raise ValueError(f"place is {place}")
    return LessonProgress(answers, frozenset(map(str, value["solved"])), place)
