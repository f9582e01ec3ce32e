"""A course of two small lessons, whose texts are written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from visualizer.lessons import prose

TEXT = """
title = "{title}"
summary = "A lesson."
goal = "You can say what it is."
minutes = 12
needs = ["tokens"]
[[section]]
heading = "First"
text = "Look [here](look:there), [try](try:that) or read of [softmax](term:softmax)."
[[question]]
key = "three"
ask = "What is **three**?"
choices = []
hint = "It is {{bound}} or more."
show = "try:three"
why = "Because."
[[question]]
key = "pick"
ask = "Which?"
choices = ["one", "two"]
[[source]]
title = "A paper, 2017"
url = "https://example.org/paper"
[[source]]
title = "A text without an address"
"""
GLOSSARY = """
[softmax]
term = "Softmax"
text = "Makes probabilities of scores."
[head]
term = "Head"
text = "Looks for something."
"""


@pytest.fixture
def lesson_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that all lessons' texts are read from."""
    for language, suffix in (("en", ""), ("zh_CN", "课")):
        folder = tmp_path / "resources" / "lessons" / language
        folder.mkdir(parents=True)
        for number, key in enumerate(prose.LESSON_KEYS):
            text = TEXT.format(title=f"{key}{suffix}")
            (folder / f"{number:02d}-{key}.toml").write_text(text, encoding="utf-8")
        (folder / "glossary.toml").write_text(GLOSSARY, encoding="utf-8")
    monkeypatch.setattr(prose, "bundled_path", tmp_path.joinpath)
    return tmp_path / "resources" / "lessons"
