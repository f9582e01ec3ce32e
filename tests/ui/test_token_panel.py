"""The token panel: its counts, its read-out and what it passes on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import TokenStripView, Unavailable
from visualizer.ui.panels.token_panel import TokenPanel
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.surprise_mark import SurpriseLegend


def tokens_of(*pieces: str) -> Tokenization:
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    return Tokenization(
        "".join(pieces),
        np.arange(len(pieces), dtype=np.int64),
        tuple(piece.encode() for piece in pieces),
        np.concatenate([np.zeros(min(1, len(pieces)), np.int64), ends[:-1]]),
        ends,
        0,
        "by hand",
    )


def view_of(tokens: Tokenization, query: int | None, **values) -> TokenStripView:
    logprobs = np.full(len(tokens), math.log(0.5))
    logprobs[:1] = math.nan
    return TokenStripView(tokens, query, **{"logprobs": logprobs, "entropies_bits": None, **values})


@pytest.fixture
def panel(qtbot, qapp) -> TokenPanel:
    apply_theme(qapp, THEMES["light"])
    widget = TokenPanel()
    qtbot.addWidget(widget)
    widget.resize(400, 160)
    widget.show()
    return widget


def words(panel: TokenPanel) -> str:
    return " | ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_counts_tokens_characters_and_bytes(panel):
    panel.set_view(view_of(tokens_of("A", " naïve", " 大"), 0))
    assert "3 tokens · 9 characters · 12 bytes" in words(panel)
    panel.set_view(view_of(tokens_of("A"), 0))
    assert "1 token · 1 character · 1 byte" in words(panel)


def test_reads_out_the_selected_token_and_the_one_pointed_at(qtbot, panel):
    panel.set_view(view_of(tokens_of("A", " journey", " of"), 1))
    assert "1  ·journey  1.00 bits" in words(panel)
    hovered: list[int] = []
    panel.token_hovered.connect(hovered.append)
    viewport = panel.strip.viewport()
    qtbot.mouseMove(viewport, panel.strip.token_rect(2).center())
    assert "2  ·of" in words(panel)
    qtbot.mouseMove(viewport, QPoint(viewport.width() - 2, viewport.height() - 2))
    assert "1  ·journey" in words(panel)
    assert hovered == [2, -1]


def test_old_numbers_do_not_look_current(panel):
    panel.set_view(view_of(tokens_of("A", " b"), 1, stale=True))
    assert "1.00 bits" not in words(panel)


def test_passes_on_the_chosen_token(qtbot, panel):
    panel.set_view(view_of(tokens_of("A", " b"), 1))
    with qtbot.waitSignal(panel.token_selected) as caught:
        qtbot.keyClick(panel.strip, Qt.Key.Key_Home)
    assert caught.args == [0]


def test_empty_and_unavailable_say_so(panel):
    panel.set_view(view_of(tokens_of(), None))
    assert "empty" in panel.message()
    panel.set_view(Unavailable(UsageError("Open a model first.")))
    assert panel.message() == "Open a model first."
    assert "token" not in words(panel).replace("Tokens", "")
    panel.set_view(view_of(tokens_of("A"), 0))
    assert panel.message() == ""


def test_the_legend_is_always_there(panel):
    legend = panel.findChild(SurpriseLegend)
    for view in (view_of(tokens_of("A"), 0), Unavailable(UsageError("No model."))):
        panel.set_view(view)
        assert legend.isVisible()
        assert legend.width() >= legend.sizeHint().width()
