"""The panel around the picture of all heads: reasons, legend, signals."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from visualizer.engine.errors import EmptyPromptError
from visualizer.session.views import Unavailable
from visualizer.ui.panels.overview_panel import OverviewPanel


@pytest.fixture
def panel(qtbot):
    widget = OverviewPanel()
    qtbot.addWidget(widget)
    widget.resize(340, 480)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_says_why_there_is_nothing(panel):
    panel.set_view(Unavailable(EmptyPromptError("Type a word to begin.")))
    assert panel.message() == "Type a word to begin."


def test_names_its_scale_and_what_is_pooled(panel, overview_view):
    thumbnails = np.zeros((2, 2, 4, 4), dtype=np.float32)
    panel.set_view(overview_view(thumbnails))
    assert panel.message() == ""
    assert "square root" in panel.legend.accessibleName()
    assert "maximum" not in panel.legend.accessibleName()
    panel.set_view(overview_view(thumbnails, block=16))
    assert "16 × 16" in panel.legend.accessibleName()


def test_passes_on_what_is_chosen(qtbot, panel, overview_view):
    panel.set_view(overview_view(np.zeros((3, 3, 4, 4), dtype=np.float32), layer=1, head=1))
    with qtbot.waitSignal(panel.head_selected) as chosen:
        qtbot.keyClick(panel.mosaic, Qt.Key.Key_Down)
    assert chosen.args == [2, 1]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_thumbnails_that_are_no_numbers_give_a_sentence(panel, overview_view, value):
    thumbnails = np.zeros((2, 2, 4, 4), dtype=np.float32)
    thumbnails[1, 0, 3, 2] = value
    panel.set_view(overview_view(thumbnails))
    assert "not numbers" in panel.message()
    assert not panel.grab().isNull()
