"""What is remembered from one start to the next."""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

from PySide6.QtCore import QByteArray, QSettings

from visualizer.engine.attention_records import METRICS
from visualizer.engine.errors import UsageError
from visualizer.engine.records import HeadChoice, Prompt
from visualizer.session.state import ColourScale, HeadForm, Palette, ProbAxis, ScaleRange, ViewState
from visualizer.session.view_file import read_sampling, sampling_document

log = logging.getLogger(__name__)

ThemeChoice = Literal["system", "light", "dark"]

MOST_RECENT = 8
_MOST_PROMPT_CHARS = 20_000
_ZOOM_RANGE = (-6, 24)


class Settings:
    """Values in the user's INI file, each checked when read: the file may hold anything.

    Every value is stored as one JSON string. Qt's own forms do not survive a restart: numbers
    and truth values come back as text, a list of one as its item.
    """

    def __init__(self) -> None:
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "visualizer", "visualizer"
        )

    # ------------------------------------------------------------------------------ window

    @property
    def geometry(self) -> QByteArray:
        """Of the window; empty if not known."""
        return self._bytes("window/geometry")

    @property
    def layout(self) -> QByteArray:
        """Of its docks; empty if not known."""
        return self._bytes("window/layout")

    def remember_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        """Keep the window's place and the layout of its docks."""
        self._write("window/geometry", geometry.toBase64().toStdString())
        self._write("window/layout", layout.toBase64().toStdString())

    def forget_window(self) -> None:
        """Begin with the default layout next time."""
        self._store.remove("window")

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
        self._store.remove("recent")

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
            state = replace(state, prompt=Prompt(prompt))
        layer, head = self._read("session/layer"), self._read("session/head")
        if _is_index(layer) and (_is_index(head) or head == "mean"):
            state = replace(state, layer=layer, head=head)
        state = self._with_remembered_look(state)
        sampling = self._read("session/sampling")
        if isinstance(sampling, dict):
            with contextlib.suppress(UsageError):
                state = replace(state, sampling=read_sampling(sampling))
        n_candidates = self._read("session/n_candidates")
        if type(n_candidates) is int and 5 <= n_candidates <= 500:
            state = replace(state, n_candidates=n_candidates)
        axis = self._read("session/prob_axis")
        if axis in get_args(ProbAxis):
            state = replace(state, prob_axis=axis)
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
        if form in get_args(HeadForm) and form != "pins":  # no head is pinned at first
            state = replace(state, form=form)
        cells = self._read("session/cells")
        if cells in ("pattern", *METRICS):
            state = replace(state, overview=replace(state.overview, cells=cells))
        return state

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
        self._write("session/n_candidates", state.n_candidates)
        self._write("session/prob_axis", state.prob_axis)
        self._write("session/sampling", sampling_document(state.sampling))

    def save(self) -> None:
        """Write everything to the file now; what fails leaves the file as it was."""
        self._store.sync()
        if self._store.status() != QSettings.Status.NoError:
            log.warning("The settings could not be written to %s", self._store.fileName())

    # ----------------------------------------------------------------------------- reading

    def _read(self, key: str) -> Any:
        raw = self._store.value(key, "", type=str)
        try:
            return json.loads(str(raw)) if raw else None
        except (ValueError, RecursionError):
            return None

    def _write(self, key: str, value: object) -> None:
        self._store.setValue(key, json.dumps(value))

    def _bytes(self, key: str) -> QByteArray:
        value = self._read(key)
        if not isinstance(value, str):
            return QByteArray()
        return QByteArray.fromBase64(QByteArray(value.encode("utf-8", "replace")))

    def _names(self, key: str) -> list[str]:
        value = self._read(key)
        if not isinstance(value, list):
            return []
        return [name for name in value if isinstance(name, str) and name][:MOST_RECENT]

    def _put_first(self, key: str, name: str) -> None:
        others = [other for other in self._names(key) if other != name]
        self._write(key, [name, *others][:MOST_RECENT])


def _is_index(value: object) -> bool:
    return type(value) is int and 0 <= value < 10_000
