"""What is wrong with this machine that the user should know before trusting what they see."""

from __future__ import annotations

import sys

import PySide6
from PySide6.QtGui import QFontDatabase

from visualizer.engine.errors import VisualizerError
from visualizer.ui.messages import Notice


def startup_notices() -> list[Notice]:
    """What to tell at the start; usually nothing."""
    notices = []
    if loses_references():
        notices.append(
            Notice(
                "pyside",
                "error",
                VisualizerError(
                    "PySide6 {version} on Python {python} loses memory at every call and will "
                    'crash this window. Install another one: pip install "PySide6-Essentials<6.12"',
                    version=PySide6.__version__,
                    python=".".join(map(str, sys.version_info[:3])),
                ),
            )
        )
    if not has_cjk_font():
        notices.append(
            Notice(
                "fonts",
                "warning",
                VisualizerError(
                    "No font on this machine has Chinese characters; they appear as boxes. "
                    "On Debian or Ubuntu: sudo apt-get install fonts-noto-cjk"
                ),
            )
        )
    return notices


def loses_references(n_calls: int = 200) -> bool:
    """Whether calls into Qt drop references to None, which ends in an abort.

    WORKAROUND for PySide6 6.12.0 on Python 3.11: every call that returns None loses one.
    """
    from PySide6.QtCore import QObject

    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(n_calls):
        thing.setObjectName("probe")
    return sys.getrefcount(None) < before - n_calls // 2


def has_cjk_font() -> bool:
    """Whether any font has the characters of simplified Chinese."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
