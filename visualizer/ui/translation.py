"""The window in the user's language."""

from __future__ import annotations

import logging

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from visualizer.locations import bundled_path

log = logging.getLogger(__name__)

LANGUAGES = ("en", "zh_CN")


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark `text` for translation where it is shown; the name is the one that lupdate knows."""
    return text


def system_language() -> str:
    """The first of our languages that the user's system asks for; else English."""
    for name in QLocale.system().uiLanguages():
        locale = QLocale(name)
        if locale.language() == QLocale.Language.Chinese:
            return "zh_CN"
        if locale.language() == QLocale.Language.English:
            return "en"
    return "en"


def install_translations(app: QCoreApplication, language: str) -> list[QTranslator]:
    """Show the window, and Qt's own texts, in `language`.

    Returns:
        The translators in use, owned by `app`; none for English, the language of the source.
    """
    if language not in LANGUAGES or language == "en":
        return []
    folders = (
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ("visualizer", str(bundled_path("resources", "translations"))),
    )
    installed = []
    for name, folder in folders:
        translator = QTranslator(app)
        if translator.load(f"{name}_{language}", folder):
            app.installTranslator(translator)
            installed.append(translator)
        else:
            log.info("no translation %s_%s in %s", name, language, folder)
    return installed
