from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QTranslator

from visualizer.locations import bundled_path


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    path = bundled_path("resources", "translations", "refresh.py")
    spec = importlib.util.spec_from_file_location("refresh_translations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_of_the_program_is_translated(refresh) -> None:
    assert refresh.missing_texts() == []


def test_translations_keep_fields_line_breaks_and_access_keys(refresh) -> None:
    for (context, source), translation in refresh.read_messages(refresh.TRANSLATION).items():
        place = f"{context}: {source}"
        assert translation is not None, place
        for pattern in (r"\{[^{}]*\}", r"\n", r"`[^`]*`"):
            found = [sorted(re.findall(pattern, text)) for text in (source, translation)]
            assert found[0] == found[1], place
        # Access keys stand in the menu bar; elsewhere Chinese texts go without.
        keys = re.findall(r"&(.)", translation)
        assert keys == [] or (context == "Menus" and translation.endswith(f"(&{keys[0]})")), place
        assert source.endswith("…") == translation.endswith("…"), place
        assert not re.search(r"[一-鿿][,;:?!]|\.$", translation.removesuffix("...")), place


def test_the_compiled_file_says_the_same(refresh, qapp) -> None:
    translator = QTranslator()
    assert translator.load(str(refresh.TRANSLATION.with_suffix(".qm")))
    messages = refresh.read_messages(refresh.TRANSLATION)
    assert len(messages) > 200
    for (context, source), translation in messages.items():
        assert translator.translate(context, source) == (translation or "")


def sources(folder: Path, module: str) -> Path:
    (folder / "errors.py").write_text(
        "class VisualizerError(Exception):\n"
        "    def __init__(self, template, **values):\n"
        "        super().__init__(template.format(**values))\n"
        "class LostError(VisualizerError): ...\n"
        "class NamedError(LostError):\n"
        "    def __init__(self, name):\n"
        "        super().__init__('named {name}', name=name)\n"
    )
    (folder / "module.py").write_text(module)
    return folder


def test_templates_are_found_wherever_they_are_written(refresh, monkeypatch, tmp_path) -> None:
    module = (
        "import errors\n"
        "KNOWN = {1: 'one {n}', 2: 'two'}\n"
        "raise errors.LostError('plain {n}' if x else 'other ' 'half')\n"
        "def f(k):\n"
        "    text = KNOWN.get(k, 'default')\n"
        "    return LostError(text), VisualizerError(KNOWN[k]), LostError('{n}'), NamedError(k)\n"
    )
    monkeypatch.setattr(refresh, "SOURCES", sources(tmp_path, module))
    assert {text for _, text in refresh.error_templates()} == {
        *("plain {n}", "other half", "one {n}", "two", "default", "named {name}")
    }


def test_interface_texts_are_found_with_their_context(refresh, monkeypatch, tmp_path) -> None:
    module = (
        "_CONTEXT = 'Readings'\n"
        "A = QT_TRANSLATE_NOOP('actions', 'a\\N{NO-BREAK SPACE}b')\n"
        "class Panel:\n"
        "    def f(self, painter):\n"
        "        painter.translate(1, 2)\n"
        "        return self.tr('long ' 'text') + QCoreApplication.translate(_CONTEXT, 'say')\n"
    )
    monkeypatch.setattr(refresh, "SOURCES", sources(tmp_path, module))
    assert refresh.interface_texts() == {
        ("actions", "a\u00a0b"),
        ("Panel", "long text"),
        ("Readings", "say"),
    }


@pytest.mark.parametrize(
    ("module", "method"),
    [
        ("def f(t):\n    raise LostError(t)\n", "error_templates"),
        ("raise LostError(f'lost {1}')\n", "error_templates"),
        ("class A:\n    def f(self, t):\n        self.tr(t)\n", "interface_texts"),
        ("class A:\n    def f(self):\n        self.tr(f'{self}')\n", "interface_texts"),
    ],
)
def test_a_text_that_cannot_be_read_is_an_error(
    refresh, monkeypatch, tmp_path, module: str, method: str
) -> None:
    monkeypatch.setattr(refresh, "ROOT", tmp_path)
    monkeypatch.setattr(refresh, "SOURCES", sources(tmp_path, module))
    with pytest.raises(refresh.UnreadableTextError, match=r"module.py:\d"):
        getattr(refresh, method)()
