"""The commands of the lessons."""

from __future__ import annotations

from visualizer.ui.action_spec import ActionSpec
from visualizer.ui.translation import QT_TRANSLATE_NOOP

LESSON_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "lessons",
        QT_TRANSLATE_NOOP("actions", "&Lessons"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Open the course: from one forward pass and a table of words to training a transformer",
        ),
        ("F2",),
        icon="lesson",
        checkable=True,
    ),
    ActionSpec(
        "lesson_back",
        QT_TRANSLATE_NOOP("actions", "&Previous lesson"),
        QT_TRANSLATE_NOOP("actions", "Go back to the lesson before"),
        ("Alt+PgUp",),
        icon="back",
    ),
    ActionSpec(
        "lesson_forward",
        QT_TRANSLATE_NOOP("actions", "&Next lesson"),
        QT_TRANSLATE_NOOP("actions", "Go on to the next lesson"),
        ("Alt+PgDown",),
        icon="forward",
    ),
    ActionSpec(
        "lesson_beside",
        QT_TRANSLATE_NOOP("actions", "&Main panels beside the lesson"),
        QT_TRANSLATE_NOOP(
            "actions", "Show the model's own panels beside the lesson's text, or the experiment"
        ),
        ("F3",),
        checkable=True,
    ),
    ActionSpec(
        "lesson_code",
        QT_TRANSLATE_NOOP("actions", "Show me the &code"),
        QT_TRANSLATE_NOOP("actions", "Show the functions that computed what the lesson shows"),
        ("F4",),
        checkable=True,
    ),
    ActionSpec(
        "lesson_reset",
        QT_TRANSLATE_NOOP("actions", "&Reset the lesson"),
        QT_TRANSLATE_NOOP("actions", "Put the experiment back to how the lesson begins"),
        ("F5",),
    ),
    ActionSpec(
        "lesson_export",
        QT_TRANSLATE_NOOP("actions", "E&xport from the lesson…"),
        QT_TRANSLATE_NOOP(
            "actions", "Write a figure or the numbers of the lesson's experiment to a file"
        ),
        ("Ctrl+Alt+E",),
    ),
)
