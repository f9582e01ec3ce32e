"""Several texts in one line, with the signs between them that the language has."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication


def listed(texts: Iterable[str]) -> str:
    """Things of one kind, one after the other."""
    return QCoreApplication.translate("Joins", ", ").join(texts)


def clauses(texts: Iterable[str]) -> str:
    """Parts that say something each."""
    return QCoreApplication.translate("Joins", "; ").join(texts)
