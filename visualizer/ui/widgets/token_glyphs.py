"""A token's bytes as runs of text that a painter can draw, with their widths measured once."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter

from visualizer.engine.tokenization import display_text
from visualizer.ui.theme import Theme

PAD_PX = 2
"""Between a span's edge and its text."""

_SPACES = {" ": "·", "\n": "⏎", "\t": "⇥"}
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))


class RunKind(Enum):
    """How a run is drawn."""

    INK = "ink"
    FAINT = "faint"  # stands for something invisible
    WHOLE = "whole"  # a character of which only some bytes are in this token
    HEX = "hex"  # small: bytes that are no whole character


@dataclass(frozen=True)
class Run:
    """Text drawn in one style. x, width in pixels from the span's left edge."""

    text: str
    kind: RunKind
    x: float
    width: float


@dataclass(frozen=True)
class Glyphs:
    """One token ready to draw.

    Attributes:
        width: Of the whole span with its padding, whole pixels.
        breaks: Whether the text goes on in a new line after it.
    """

    runs: tuple[Run, ...]
    width: int
    breaks: bool


def hex_font(font: QFont) -> QFont:
    """The small font of bytes that are no whole character."""
    small = QFont(font)
    small.setPointSizeF(max(font.pointSizeF() * 0.75, 6.0))
    return small


class GlyphCache:
    """Runs of every piece met so far, measured in one font.

    A piece that starts a character which a later token ends is keyed with that character, so
    that it can be read although no token holds all of it.
    """

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = {
            kind: QFontMetricsF(hex_font(font) if kind is RunKind.HEX else font) for kind in RunKind
        }
        self._cell_px = self._metrics[RunKind.INK].horizontalAdvance("M")
        ink = self._metrics[RunKind.INK]
        self._is_fixed_pitch = abs(ink.horizontalAdvance("i") - self._cell_px) < 0.01
        self._whole: dict[bytes, Glyphs] = {}
        self._begun: dict[tuple[bytes, str], Glyphs] = {}

    def __len__(self) -> int:
        return len(self._whole) + len(self._begun)

    def all_glyphs(self, pieces: Sequence[bytes]) -> list[Glyphs]:
        """The runs of every piece, each measured once."""
        for piece in set(pieces).difference(self._whole):
            self._whole[piece] = self._measure(piece, "")
        return list(map(self._whole.__getitem__, pieces))

    def glyphs(self, piece: bytes, character: str = "") -> Glyphs:
        """The runs of `piece`; `character` is the one that its last bytes begin, if any."""
        if not character:
            return self.all_glyphs((piece,))[0]
        known = self._begun.get((piece, character))
        if known is None:
            known = self._begun[piece, character] = self._measure(piece, character)
        return known

    def _measure(self, piece: bytes, character: str) -> Glyphs:
        runs: list[Run] = []
        x = float(PAD_PX)
        for text, kind in _parts(piece, character):
            width = self._advance(text, kind)
            if kind is RunKind.HEX and runs:
                x += PAD_PX
            runs.append(Run(text, kind, x, width))
            x += width
        if not runs:
            runs.append(Run("∅", RunKind.FAINT, x, self._cell_px))
            x += self._cell_px
        return Glyphs(tuple(runs), int(x + PAD_PX + 0.999), b"\n" in piece)

    def _advance(self, text: str, kind: RunKind) -> float:
        if self._is_fixed_pitch and kind is RunKind.INK and text.isascii():
            return self._cell_px * len(text)
        return self._metrics[kind].horizontalAdvance(text)


class GlyphPainter:
    """Draws tokens in one theme; made anew for each paint, so that a theme switch just repaints.

    Attributes:
        painter: Where it draws.
        theme: Its colours.
    """

    def __init__(self, painter: QPainter, theme: Theme, font: QFont) -> None:
        self.painter = painter
        self.theme = theme
        faint = QColor(theme.quiet)
        faint.setAlpha(190)
        self._quiet = QColor(theme.quiet)
        self._inks = {
            RunKind.INK: QColor(theme.ink),
            RunKind.FAINT: faint,
            RunKind.WHOLE: self._quiet,
            RunKind.HEX: self._quiet,
        }
        self._font = font
        self._hex_font = hex_font(font)
        metrics = QFontMetrics(font)
        self._height_px = metrics.height()
        self._ascent_px = metrics.ascent()
        self._dots_px = metrics.horizontalAdvance("…") + PAD_PX

    def draw(self, glyphs: Glyphs, rect: QRect, ink: QColor | None = None) -> None:
        """Draw a token in `rect`, ending in "…" where it does not fit; `ink` for visible text."""
        painter = self.painter
        baseline = rect.y() + (rect.height() - self._height_px) // 2 + self._ascent_px
        is_cut = glyphs.width > rect.width()
        if is_cut:
            painter.save()
            painter.setClipRect(rect.adjusted(0, 0, -self._dots_px, 0))
        left = rect.x()
        for run in glyphs.runs:
            painter.setFont(self._hex_font if run.kind is RunKind.HEX else self._font)
            takes_ink = ink is not None and run.kind is RunKind.INK
            painter.setPen(ink if takes_ink and ink is not None else self._inks[run.kind])
            painter.drawText(round(left + run.x), baseline, run.text)
        if is_cut:
            painter.restore()
            painter.setFont(self._font)
            painter.setPen(self._quiet)
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(rect.adjusted(0, 0, -PAD_PX, 0), right, "…")


def _parts(piece: bytes, character: str) -> list[tuple[str, RunKind]]:
    """Split a piece in runs of one kind, in order."""
    if piece.isascii() and piece.isalnum():
        return [(piece.decode(), RunKind.INK)]
    parts: list[tuple[str, RunKind]] = []
    for text, broken in _characters(piece):
        if broken:
            parts.append((broken.hex(" ").upper(), RunKind.HEX))
            continue
        for char in text:
            _append(parts, *_visible(char))
    if character and parts and parts[-1][1] is RunKind.HEX and _begins_character(piece):
        parts.insert(len(parts) - 1, (_visible(character)[0], RunKind.WHOLE))
    if parts and unicodedata.combining(parts[0][0][0]):
        parts.insert(0, ("◌", RunKind.FAINT))  # a mark needs something to stand on
    return parts


def _begins_character(piece: bytes) -> bool:
    """Whether the last bytes are the first ones of a character, not its middle."""
    tail = piece[-3:]
    return any(byte >= 0xC0 for byte in tail)


def _visible(char: str) -> tuple[str, RunKind]:
    if char in _SPACES:
        return _SPACES[char], RunKind.FAINT
    if unicodedata.category(char) in _HIDDEN:
        return display_text(char.encode()), RunKind.FAINT
    return char, RunKind.INK


def _append(parts: list[tuple[str, RunKind]], text: str, kind: RunKind) -> None:
    """Add to the last part if that is of the same kind."""
    if parts and parts[-1][1] is kind:
        parts[-1] = (parts[-1][0] + text, kind)
    else:
        parts.append((text, kind))


def _characters(piece: bytes) -> list[tuple[str, bytes]]:
    """Whole characters as (text, b""), everything between them as ("", bytes)."""
    found: list[tuple[str, bytes]] = []
    decode = codecs.getdecoder("utf-8")
    rest = piece
    while rest:
        try:
            found.append((decode(rest, "strict")[0], b""))
            return found
        except UnicodeDecodeError as error:
            if error.start:
                found.append((rest[: error.start].decode(), b""))
            bad = rest[error.start : error.end]
            if found and found[-1][1]:
                found[-1] = ("", found[-1][1] + bad)
            else:
                found.append(("", bad))
            rest = rest[error.end :]
    return found
