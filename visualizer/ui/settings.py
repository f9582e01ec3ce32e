"""What is remembered from one start to the next."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

from PySide6.QtCore import QByteArray, QMetaObject, QObject, Qt, Slot

from visualizer.engine.attention_records import METRICS
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import HeadChoice, Prompt
from visualizer.engine.tokenization import clean_text
from visualizer.files import ReadError, read_file, write_atomically
from visualizer.locations import settings_file
from visualizer.session.state import ColourScale, HeadForm, Palette, ProbAxis, ScaleRange, ViewState
from visualizer.session.view_file import read_asked, read_pins, read_sampling, sampling_document

log = logging.getLogger(__name__)

ThemeChoice = Literal["system", "light", "dark"]

MOST_RECENT = 8
_MOST_PROMPT_CHARS = 20_000
_ZOOM_RANGE = (-6, 24)
_MOST_BYTES = 4_000_000
_SECTION = re.compile(r"\[([A-Za-z_]+)\]")
_ENTRY = re.compile(r"([A-Za-z_]+)\s*=\s*(.*)")
_ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{1,4}|.)|"')  # a quote that is not escaped stands for nothing
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


class Settings(QObject):
    """Values in the user's INI file, each checked when read: the file may hold anything.

    Every value is stored as one JSON string. The file is read once, at the start, and written
    after each change, whole or not at all; what another window has changed meanwhile stays.

    WORKAROUND for QSettings, which reads and writes the same files: it waits for a lock beside
    the file as long as anything holds it, reads pipes without end, and a damaged "@Variant" in
    the file ends the process.
    """

    def __init__(self) -> None:
        super().__init__()
        self._path = settings_file()
        self._values, self._is_whole = _read_values(self._path)
        self._changed: dict[str, str | None] = {}  # None: forgotten
        self._is_due = False

    # ------------------------------------------------------------------------------ window

    @property
    def geometry(self) -> QByteArray:
        """Of the window; empty if not known."""
        return self._bytes("window/geometry")

    @property
    def layout(self) -> QByteArray:
        """Of its docks; empty if not known."""
        return self._bytes("window/layout")

    @property
    def shares(self) -> dict[str, float]:
        """Of the window, what its columns and rows were given by hand; each in (0, 1)."""
        value: Any = self._read("window/shares")
        if not isinstance(value, dict):
            return {}
        return {
            key: share for key, share in value.items() if isinstance(share, float) and 0 < share < 1
        }

    def remember_window(
        self, geometry: QByteArray, layout: QByteArray, shares: Mapping[str, float]
    ) -> None:
        """Keep the window's place, the layout of its docks, and their sizes."""
        self._write("window/shares", dict(shares))
        self._write("window/geometry", geometry.toBase64().toStdString())
        self._write("window/layout", layout.toBase64().toStdString())

    def forget_window(self) -> None:
        """Begin with the default layout next time."""
        self._forget("window/")

    @property
    def theme(self) -> ThemeChoice:
        """Light, dark, or whatever the system has."""
        value: ThemeChoice = self._read("theme")
        return value if value in get_args(ThemeChoice) else "system"

    def remember_theme(self, theme: ThemeChoice) -> None:
        """Keep the theme."""
        self._write("theme", theme)

    @property
    def language(self) -> str | None:
        """Of the interface; None for the system's."""
        value: str | None = self._read("language")
        return value if value in ("en", "zh_CN") else None

    def remember_language(self, language: str | None) -> None:
        """Keep the language; it is used from the next start on."""
        self._write("language", language)

    @property
    def zoom(self) -> int:
        """Points added to the size of texts."""
        value: Any = self._read("zoom")
        low, high = _ZOOM_RANGE
        return value if type(value) is int and low <= value <= high else 0

    def remember_zoom(self, points: int) -> None:
        """Keep the size of texts."""
        self._write("zoom", points)

    @property
    def surprise_shading(self) -> bool:
        """Whether the prompt's tokens are tinted by their surprise."""
        return self._read("surprise_shading") is True

    def remember_surprise_shading(self, shown: bool) -> None:
        """Keep whether the prompt's tokens are tinted."""
        self._write("surprise_shading", shown)

    @property
    def lesson(self) -> str:
        """Key of the lesson that was on show last; "" if none ever was."""
        value = self._read("lesson")
        return value if isinstance(value, str) else ""

    def remember_lesson(self, key: str) -> None:
        """Keep which lesson is on show."""
        self._write("lesson", key)

    # --------------------------------------------------------------------- files and models

    @property
    def recent_files(self) -> list[Path]:
        """Text files, the last one first."""
        return [Path(name) for name in self._names("recent/files")]

    @property
    def recent_models(self) -> list[str]:
        """Names or paths of models, the last one first."""
        return self._names("recent/models")

    def remember_file(self, path: Path) -> None:
        """Put `path` in front of the recent files."""
        self._put_first("recent/files", str(path))

    def remember_model(self, name: str) -> None:
        """Put `name` in front of the recent models."""
        self._put_first("recent/models", name)

    def forget_recent(self) -> None:
        """Forget which files and models were opened."""
        self._forget("recent/")

    def is_dismissed(self, notice: str) -> bool:
        """Whether the user has closed this notice for good."""
        return notice in self._names("dismissed")

    def dismiss(self, notice: str) -> None:
        """Do not raise this notice again."""
        self._put_first("dismissed", notice)

    @property
    def export_look(self) -> dict[str, Any]:
        """How the last exported file was to look, by name; its values may be anything."""
        value = self._read("export")
        return value if isinstance(value, dict) else {}

    def remember_export(self, look: dict[str, Any]) -> None:
        """Keep how an exported file was to look."""
        self._write("export", look)

    # ----------------------------------------------------------------------------- session

    def restored(self, state: ViewState) -> ViewState:
        """`state` with what is remembered of the last session; unusable values are left."""
        prompt = self._read("session/prompt")
        if isinstance(prompt, str) and len(prompt) <= _MOST_PROMPT_CHARS:
            state = replace(state, prompt=Prompt(clean_text(prompt)))
        layer, head = self._read("session/layer"), self._read("session/head")
        if _is_index(layer) and (_is_index(head) or head == "mean"):
            state = replace(state, layer=layer, head=head)
        state = self._with_remembered_look(state)
        sampling = self._read("session/sampling")
        if isinstance(sampling, dict):
            with contextlib.suppress(UsageError):
                state = replace(state, sampling=read_sampling(sampling))
        axis = self._read("session/prob_axis")
        if axis in get_args(ProbAxis):
            state = replace(state, prob_axis=axis)
        with contextlib.suppress(VisualizerError):
            state = replace(state, pins=read_pins(self._read("session/pins")))
        with contextlib.suppress(VisualizerError):
            state = replace(state, asked=read_asked(self._read("session/asked")))
        return state

    def _with_remembered_look(self, state: ViewState) -> ViewState:
        """`state` with how heads were drawn; a filter is not kept, nobody would expect it."""
        scale, scale_range = self._read("session/scale"), self._read("session/scale_range")
        if scale in get_args(ColourScale):
            state = replace(state, colour_scale=scale)
        if scale_range in get_args(ScaleRange):
            state = replace(state, scale_range=scale_range)
        palette, form = self._read("session/palette"), self._read("session/form")
        if palette in get_args(Palette):
            state = replace(state, palette=palette)
        if form in get_args(HeadForm) and form != "pins":  # the next model may have none of them
            state = replace(state, form=form)
        cells = self._read("session/cells")
        if cells in ("pattern", *METRICS):
            state = replace(state, overview=replace(state.overview, cells=cells))
        return state

    @property
    def n_candidates(self) -> int | None:
        """How many bars the user wants; None for as many as there is room for."""
        value = self._read("session/candidates")
        return value if type(value) is int and 5 <= value <= 500 else None

    def remember_candidates(self, count: int | None) -> None:
        """Keep how many bars the user wants."""
        self._write("session/candidates", count)

    def remembers_prompt(self) -> bool:
        """Whether there is a text from the last session."""
        return isinstance(self._read("session/prompt"), str)

    def remembers_head(self) -> bool:
        """Whether a head was chosen in the last session."""
        return _is_index(self._read("session/layer"))

    def remember_session(self, state: ViewState) -> None:
        """Keep what the next start begins with."""
        typed = state.prompt.text if state.chat is None else state.chat.message
        if len(typed) <= _MOST_PROMPT_CHARS:
            self._write("session/prompt", typed)
        self._write("session/layer", state.layer)
        head: HeadChoice = state.head
        self._write("session/head", head)
        self._write("session/scale", state.colour_scale)
        self._write("session/scale_range", state.scale_range)
        self._write("session/palette", state.palette)
        self._write("session/form", state.form)
        self._write("session/cells", state.overview.cells)
        self._write("session/prob_axis", state.prob_axis)
        self._write("session/sampling", sampling_document(state.sampling))
        self._write("session/pins", [list(pin) for pin in state.pins])
        self._write("session/asked", list(state.asked))

    @Slot()
    def save(self) -> None:
        """Write what has changed to the file now; what fails leaves the file as it was."""
        self._is_due = False
        if not self._changed:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._is_whole:
                there, _ = _read_values(self._path)
            else:
                there = dict(self._values)
                os.replace(self._path, f"{self._path}.bad")
                log.warning("The settings that could not be read are in %s.bad", self._path)
                self._is_whole = True
            merged = {**there, **self._changed}
            text = ini_text({key: raw for key, raw in merged.items() if raw is not None})
            write_atomically(self._path, text.encode("utf-8", "replace"))
        except (OSError, VisualizerError) as error:
            log.warning("The settings could not be written to %s: %s", self._path, error)
        else:
            self._changed.clear()

    # ----------------------------------------------------------------------------- reading

    def _read(self, key: str) -> Any:
        try:
            return json.loads(self._values[key])
        except (KeyError, ValueError, RecursionError):
            return None

    def _write(self, key: str, value: object) -> None:
        self._change(key, json.dumps(value))

    def _forget(self, beginning: str) -> None:
        for key in [key for key in self._values if key.startswith(beginning)]:
            self._change(key, None)

    def _change(self, key: str, raw: str | None) -> None:
        """Take a change over, and write the file once all changes of this moment are known."""
        if self._values.get(key) == raw:
            return
        if raw is None:
            del self._values[key]
        else:
            self._values[key] = raw
        self._changed[key] = raw
        if not self._is_due:
            self._is_due = True
            QMetaObject.invokeMethod(self, "save", Qt.ConnectionType.QueuedConnection)

    def _bytes(self, key: str) -> QByteArray:
        value = self._read(key)
        if not isinstance(value, str):
            return QByteArray()
        return QByteArray.fromBase64(QByteArray(value.encode("utf-8", "replace")))

    def _names(self, key: str) -> list[str]:
        value = self._read(key)
        if not isinstance(value, list):
            return []
        # A name with a character that no text has names nothing, and cannot be shown.
        return [
            name
            for name in value
            if isinstance(name, str) and name and name == clean_text(name).replace("\0", "")
        ][:MOST_RECENT]

    def _put_first(self, key: str, name: str) -> None:
        others = [other for other in self._names(key) if other != name]
        self._write(key, [name, *others][:MOST_RECENT])


def _is_index(value: object) -> bool:
    return type(value) is int and 0 <= value < 10_000


# ---------------------------------------------------------------------------- the file itself


def _read_values(path: Path) -> tuple[dict[str, str], bool]:
    """JSON by key, and whether that is all that the file holds."""
    try:
        data = read_file(path, _MOST_BYTES)
    except ReadError as error:
        return {}, isinstance(error.__cause__, FileNotFoundError)
    return read_ini(data.decode("utf-8", "replace"))


def read_ini(text: str) -> tuple[dict[str, str], bool]:
    """Values by section and key, as QSettings writes them.

    Returns:
        values: Text by "section/key", by "key" alone in the section "General".
        is_whole: Whether every line was understood.
    """
    values: dict[str, str] = {}
    section, is_whole = "", "\ufffd" not in text
    for line in filter(None, map(str.strip, text.split("\n"))):
        if match := _SECTION.fullmatch(line):
            section = "" if match[1] == "General" else f"{match[1]}/"
        elif match := _ENTRY.fullmatch(line):
            values[section + match[1]] = _ESCAPE.sub(_unescaped, match[2])
        else:
            is_whole = is_whole and line.startswith(";")
    return values, is_whole


def ini_text(values: dict[str, str]) -> str:
    """What `read_ini` and QSettings read; values are printable ASCII, as JSON is."""
    lines, last = [], None
    for key in sorted(values, key=lambda key: ("/" in key, key)):
        section, _, name = key.rpartition("/")
        if section != last:
            lines += ["", f"[{section or 'General'}]"]
            last = section
        raw = values[key].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'{name}="{raw}"')
    return "\n".join(lines[1:]) + "\n"


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1] or ""
    if len(escape) > 1:
        return chr(min(int(escape[1:], 16), 0xFFFD))
    return _ESCAPED.get(escape, escape)
