"""What the mouse does, and the keys that mean something in one panel only, as data.

Names of keys are the same in every language; the rest is translated where it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from visualizer.ui.translation import QT_TRANSLATE_NOOP


@dataclass(frozen=True)
class Gesture:
    """One key or movement.

    Attributes:
        keys: What is pressed or done.
        effect: What happens.
    """

    keys: str
    effect: str


_CLICK = QT_TRANSLATE_NOOP("gestures", "Click")
_DOUBLE = QT_TRANSLATE_NOOP("gestures", "Double click")
_RIGHT = QT_TRANSLATE_NOOP("gestures", "Right click")
_REST = QT_TRANSLATE_NOOP("gestures", "Rest")
_DRAG = QT_TRANSLATE_NOOP("gestures", "Drag")
_WHEEL = QT_TRANSLATE_NOOP("gestures", "Wheel")
_CTRL_CLICK = QT_TRANSLATE_NOOP("gestures", "Ctrl+click")
_SHIFT_CLICK = QT_TRANSLATE_NOOP("gestures", "Shift+click")
_SHIFT_DRAG = QT_TRANSLATE_NOOP("gestures", "Shift+drag")
_CTRL_DRAG = QT_TRANSLATE_NOOP("gestures", "Ctrl+drag, middle button")
_DROP = QT_TRANSLATE_NOOP("gestures", "Drop")
_ARROWS = QT_TRANSLATE_NOOP("gestures", "Arrows, Home, End")
_SHIFT_ARROWS = QT_TRANSLATE_NOOP("gestures", "Shift+arrows")
_MENU_KEY = QT_TRANSLATE_NOOP("gestures", "Menu key, Shift+F10")
_MENU = QT_TRANSLATE_NOOP("gestures", "Open its menu")
_NUMBERS = QT_TRANSLATE_NOOP("gestures", "Read all its numbers")
_SELECT = QT_TRANSLATE_NOOP("gestures", "Select the token")
_STRETCH = QT_TRANSLATE_NOOP("gestures", "Choose a stretch of tokens, for its perplexity")
_ZOOM = QT_TRANSLATE_NOOP("gestures", "Zoom")
_FIT = QT_TRANSLATE_NOOP("gestures", "Show all of it again")
_LET_GO = QT_TRANSLATE_NOOP("gestures", "Let go of what was chosen")
_MOVE_STAGE = QT_TRANSLATE_NOOP("gestures", "Move a stage to another place")
_TAKE_OFF = QT_TRANSLATE_NOOP("gestures", "Take a token off the list of biases and bans")

_EVERYWHERE = QT_TRANSLATE_NOOP("gestures", "Everywhere")
_PROMPT = QT_TRANSLATE_NOOP("gestures", "Prompt")
_TOKENS = QT_TRANSLATE_NOOP("gestures", "Tokens")
_BARS = QT_TRANSLATE_NOOP("gestures", "Next token")
_SAMPLING = QT_TRANSLATE_NOOP("gestures", "Sampling")
_HEADS = QT_TRANSLATE_NOOP("gestures", "All heads")
_MAP = QT_TRANSLATE_NOOP("gestures", "Attention as a map")
_FORMS = QT_TRANSLATE_NOOP("gestures", "Attention as arcs or text")
_PINS = QT_TRANSLATE_NOOP("gestures", "Pinned heads")
_PAIR = QT_TRANSLATE_NOOP("gestures", "Token pair")
_SURPRISE = QT_TRANSLATE_NOOP("gestures", "Surprise")
_TOKENIZERS = QT_TRANSLATE_NOOP("gestures", "Tokenizers")
_SAMPLER = QT_TRANSLATE_NOOP("gestures", "Sampler")
_LESSONS = QT_TRANSLATE_NOOP("gestures", "Lessons")

PANEL_KEYS: tuple[tuple[str, tuple[Gesture, ...]], ...] = (
    (
        _EVERYWHERE,
        (
            Gesture(
                "Tab, Shift+Tab",
                QT_TRANSLATE_NOOP("gestures", "Go to the next control, or the one before"),
            ),
        ),
    ),
    (
        _PROMPT,
        (
            Gesture("Ctrl+Tab", QT_TRANSLATE_NOOP("gestures", "Type a tab")),
            Gesture(
                "Return, Shift+Return",
                QT_TRANSLATE_NOOP("gestures", "While finding: the next place, the one before"),
            ),
        ),
    ),
    (
        _TOKENS,
        (
            Gesture(_ARROWS, _SELECT),
            Gesture(_SHIFT_ARROWS, _STRETCH),
            Gesture("Esc", _LET_GO),
            Gesture(_MENU_KEY, _MENU),
        ),
    ),
    (
        _BARS,
        (
            Gesture(_ARROWS, QT_TRANSLATE_NOOP("gestures", "Choose a candidate, or the position")),
            Gesture("Return", QT_TRANSLATE_NOOP("gestures", "Put the candidate into the text")),
            Gesture("Delete", QT_TRANSLATE_NOOP("gestures", "Follow the word no longer")),
            Gesture(_MENU_KEY, _MENU),
        ),
    ),
    (
        _HEADS,
        (
            Gesture(_ARROWS, QT_TRANSLATE_NOOP("gestures", "Choose a head")),
            Gesture("Return", QT_TRANSLATE_NOOP("gestures", "Show the head alone")),
            Gesture("P, Ctrl+Space", QT_TRANSLATE_NOOP("gestures", "Pin the head or let it go")),
            Gesture("Esc", QT_TRANSLATE_NOOP("gestures", "Back to the grid")),
            Gesture(_MENU_KEY, _MENU),
        ),
    ),
    (
        _MAP,
        (
            Gesture(_ARROWS, QT_TRANSLATE_NOOP("gestures", "Point at a cell")),
            Gesture(_SHIFT_ARROWS, QT_TRANSLATE_NOOP("gestures", "Point further on")),
            Gesture(
                "Return, Space",
                QT_TRANSLATE_NOOP("gestures", "Select the row's token and inspect the pair"),
            ),
            Gesture("+, −", _ZOOM),
            Gesture("0", _FIT),
            Gesture(
                "B", QT_TRANSLATE_NOOP("gestures", "Begin a region, and end it: heads are found")
            ),
            Gesture("Esc", _LET_GO),
        ),
    ),
    (
        _PINS,
        (
            Gesture("Page Up, Page Down", QT_TRANSLATE_NOOP("gestures", "Go to another head")),
            Gesture("Return", QT_TRANSLATE_NOOP("gestures", "Choose a head")),
            Gesture("Delete", QT_TRANSLATE_NOOP("gestures", "Pin the head or let it go")),
        ),
    ),
    (_PAIR, (Gesture(_ARROWS, QT_TRANSLATE_NOOP("gestures", "Inspect another key")),)),
    (
        _SURPRISE,
        (
            Gesture(_ARROWS, _SELECT),
            Gesture(_SHIFT_ARROWS, _STRETCH),
            Gesture("+, −", _ZOOM),
            Gesture("0", _FIT),
        ),
    ),
    (
        _SAMPLER,
        (
            Gesture(
                "Alt+Left, Alt+Right",
                _MOVE_STAGE,
            ),
            Gesture(
                "Delete",
                _TAKE_OFF,
            ),
        ),
    ),
    (
        _LESSONS,
        (
            Gesture(
                "Return, 0–9",
                QT_TRANSLATE_NOOP("gestures", "Change the number in the selected cell"),
            ),
        ),
    ),
)

MOUSE: tuple[tuple[str, tuple[Gesture, ...]], ...] = (
    (
        _EVERYWHERE,
        (
            Gesture(
                _DROP,
                QT_TRANSLATE_NOOP(
                    "gestures", "Open a text, a model folder, a GGUF file or an exported figure"
                ),
            ),
        ),
    ),
    (
        _TOKENS,
        (
            Gesture(_CLICK, _SELECT),
            Gesture(_DRAG, _STRETCH),
            Gesture(_SHIFT_CLICK, _STRETCH),
            Gesture(_REST, _NUMBERS),
            Gesture(_RIGHT, _MENU),
        ),
    ),
    (
        _BARS,
        (
            Gesture(_CLICK, QT_TRANSLATE_NOOP("gestures", "Choose a candidate")),
            Gesture(
                _DOUBLE,
                QT_TRANSLATE_NOOP("gestures", "Branch: put it after the selected token"),
            ),
            Gesture(_REST, _NUMBERS),
            Gesture(_RIGHT, _MENU),
        ),
    ),
    (
        _SAMPLING,
        (
            Gesture(
                _DOUBLE,
                QT_TRANSLATE_NOOP("gestures", "On a name or slider: put the neutral value back"),
            ),
        ),
    ),
    (
        _HEADS,
        (
            Gesture(_REST, QT_TRANSLATE_NOOP("gestures", "Preview the head")),
            Gesture(_CLICK, QT_TRANSLATE_NOOP("gestures", "Choose a head, or a layer's mean")),
            Gesture(_DOUBLE, QT_TRANSLATE_NOOP("gestures", "Show the head alone")),
            Gesture(_CTRL_CLICK, QT_TRANSLATE_NOOP("gestures", "Pin the head or let it go")),
            Gesture(_RIGHT, _MENU),
        ),
    ),
    (
        _MAP,
        (
            Gesture(
                _CLICK,
                QT_TRANSLATE_NOOP("gestures", "Select the row's token and inspect the pair"),
            ),
            Gesture(_WHEEL, _ZOOM),
            Gesture(_DOUBLE, _FIT),
            Gesture(_DRAG, QT_TRANSLATE_NOOP("gestures", "Move the map when it is zoomed")),
            Gesture(
                _SHIFT_DRAG,
                QT_TRANSLATE_NOOP("gestures", "Mark a region: heads that look there are found"),
            ),
            Gesture(_RIGHT, _MENU),
        ),
    ),
    (_FORMS, (Gesture(_CLICK, _SELECT),)),
    (_PINS, (Gesture(_CLICK, QT_TRANSLATE_NOOP("gestures", "Choose a head")),)),
    (_PAIR, (Gesture(_CLICK, QT_TRANSLATE_NOOP("gestures", "Inspect another key")),)),
    (
        _SURPRISE,
        (
            Gesture(_CLICK, _SELECT),
            Gesture(_DRAG, _STRETCH),
            Gesture(_SHIFT_CLICK, _STRETCH),
            Gesture(_WHEEL, _ZOOM),
            Gesture(_CTRL_DRAG, QT_TRANSLATE_NOOP("gestures", "Move along the text")),
            Gesture(_DOUBLE, _FIT),
        ),
    ),
    (_TOKENIZERS, (Gesture(_CLICK, QT_TRANSLATE_NOOP("gestures", "See how a token is built")),)),
    (
        _SAMPLER,
        (
            Gesture(_DRAG, _MOVE_STAGE),
            Gesture(
                _DOUBLE,
                _TAKE_OFF,
            ),
        ),
    ),
    (
        _LESSONS,
        (
            Gesture(
                _DOUBLE, QT_TRANSLATE_NOOP("gestures", "Change the number in the selected cell")
            ),
        ),
    ),
)
