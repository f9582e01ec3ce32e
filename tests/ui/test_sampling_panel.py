"""The sampling strip: what moving, typing and clicking ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QLabel,
    QSlider,
    QToolButton,
    QWidget,
)

from visualizer.engine.sampling import SamplingParams
from visualizer.session.views import SamplingView
from visualizer.ui.panels.sampling_panel import SamplingPanel
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.parameter_slider import SliderScale
from visualizer.ui.widgets.seed_box import LARGEST_SEED, SeedBox

NAMES = ("temperature", "top_k", "top_p", "min_p", "repetition_penalty")
SHAPED = SamplingParams(0.7, 40, 0.9234567, 0.05, 1.1)


def view_of(sampling: SamplingParams = SamplingParams(), **values) -> SamplingView:
    values = {"seed": 42, "n_candidates": 10, "n_generate": 20, "can_generate": True, **values}
    return SamplingView(sampling, **values)


@pytest.fixture
def panel(qtbot, qapp) -> SamplingPanel:
    apply_theme(qapp, THEMES["light"])
    widget = SamplingPanel()
    qtbot.addWidget(widget)
    widget.resize(400, 220)
    widget.set_view(view_of())
    widget.show()
    return widget


@pytest.fixture
def asked(panel) -> list[SamplingParams]:
    seen: list[SamplingParams] = []
    panel.sampling_changed.connect(seen.append)
    return seen


def button(panel: SamplingPanel, text: str) -> QAbstractButton:
    return next(b for b in panel.findChildren(QAbstractButton) if b.text() == text)


def type_in(qtbot, box: QAbstractSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def test_showing_a_view_asks_for_nothing(panel, asked):
    seeds: list[object] = []
    counts: list[int] = []
    panel.seed_changed.connect(seeds.append)
    panel.generation.count_changed.connect(counts.append)
    panel.set_view(view_of(SHAPED, seed=7, n_generate=3))
    panel.set_view(view_of(SamplingParams(temperature=0, top_k=10**6, repetition_penalty=50)))
    assert (asked, seeds, counts) == ([], [], [])


@pytest.mark.parametrize("name", NAMES)
def test_moving_a_slider_asks_at_every_step(panel, asked, name):
    slider = panel.slider(name).slider
    for place in (300, 301, 700):
        slider.setValue(place)
    assert len(asked) >= 2
    values = [getattr(sampling, name) for sampling in asked]
    assert values == sorted(values)
    untouched = [n for n in NAMES if n != name]
    for sampling in asked:
        assert all(getattr(sampling, n) == getattr(SamplingParams(), n) for n in untouched)


def test_changing_one_parameter_leaves_the_others_exact(panel, asked):
    panel.set_view(view_of(SHAPED))
    panel.slider("temperature").slider.setValue(500)
    assert asked[-1] == SamplingParams(1.0, 40, 0.9234567, 0.05, 1.1)


def test_values_beyond_the_slider_are_kept(panel, asked):
    wide = SamplingParams(temperature=50.0, top_k=20_000, repetition_penalty=0.2)
    panel.set_view(view_of(wide))
    assert panel.slider("temperature").value() == 50.0
    panel.slider("min_p").slider.setValue(1000)
    assert asked[-1] == SamplingParams(50.0, 20_000, 1.0, 1.0, 0.2)


def test_off_is_shown_as_off(panel):
    for name in ("top_k", "top_p", "min_p", "repetition_penalty"):
        assert panel.slider(name).spin.text() == "off"
    assert panel.slider("temperature").spin.text() == "1.00"
    panel.set_view(view_of(SamplingParams(temperature=0)))
    assert panel.slider("temperature").spin.text() == "greedy"


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("temperature", "0.7", 0.7),
        ("temperature", "greedy", 0.0),
        ("temperature", "100", 100.0),
        ("top_k", "40", 40),
        ("top_p", "0.95", 0.95),
        ("top_p", "0", 0.0),
        ("min_p", "0.05", 0.05),
        ("repetition_penalty", "1.3", 1.3),
    ],
)
def test_typing_a_number_asks_for_it_once(qtbot, panel, asked, name, typed, value):
    type_in(qtbot, panel.slider(name).spin, typed)
    assert [getattr(sampling, name) for sampling in asked] == [value]


def test_typing_off_switches_off(qtbot, panel, asked):
    panel.set_view(view_of(SamplingParams(top_k=40)))
    type_in(qtbot, panel.slider("top_k").spin, "off")
    assert asked == [SamplingParams()]


def test_nonsense_cannot_be_typed(qtbot, panel, asked):
    type_in(qtbot, panel.slider("top_p").spin, "abc")
    type_in(qtbot, panel.slider("top_p").spin, "-1")
    assert all(sampling.top_p in (1.0, 0.1) for sampling in asked)
    assert panel.slider("top_p").spin.text() in ("off", "1.000")


def test_the_ends_of_the_sliders_are_off(panel, asked):
    panel.set_view(view_of(SHAPED))
    panel.slider("top_k").slider.setValue(1000)
    panel.slider("top_p").slider.setValue(1000)
    panel.slider("min_p").slider.setValue(0)
    assert asked[-1] == SamplingParams(temperature=0.7, repetition_penalty=1.1)


@pytest.mark.parametrize("name", NAMES)
def test_double_click_puts_the_neutral_value_back(qtbot, panel, asked, name):
    panel.set_view(view_of(SHAPED))
    slider = panel.slider(name).slider
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(3, 8))
    neutral = getattr(SamplingParams(), name)
    assert getattr(asked[-1], name) == neutral
    assert panel.slider(name).value() == neutral


def test_reset_switches_everything_off_at_once(qtbot, panel, asked):
    reset = button(panel, "Reset")
    assert not reset.isEnabled()
    panel.set_view(view_of(SHAPED))
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert asked == [SamplingParams()]
    assert not reset.isEnabled()


def test_seed_and_dice(qtbot, panel):
    seeds: list[object] = []
    panel.seed_changed.connect(seeds.append)
    box = panel.findChild(SeedBox)
    type_in(qtbot, box, "9223372036854775807")
    assert seeds == [LARGEST_SEED], "no seed is cut to 32 bits"
    assert box.sizeHint().width() > box.fontMetrics().horizontalAdvance(box.text())
    type_in(qtbot, box, "")
    assert box.text() == str(LARGEST_SEED)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert seeds[1:] == [LARGEST_SEED - 1]
    dice = next(b for b in panel.findChildren(QToolButton) if b.text() == "⚄")
    for _ in range(3):
        qtbot.mouseClick(dice, Qt.MouseButton.LeftButton)
    assert 1 <= len(set(seeds[2:])) <= 3
    assert all(isinstance(seed, int) and 0 <= seed < 1_000_000 for seed in seeds[2:])
    assert box.text() == str(seeds[-1])


def test_a_number_too_long_for_a_seed_cannot_be_typed(qtbot, panel):
    box = panel.findChild(SeedBox)
    type_in(qtbot, box, "9" * 25)
    assert int(box.text()) <= LARGEST_SEED
    type_in(qtbot, box, "-x1")
    assert box.text() == "1"


def test_everything_is_named_and_explained(panel):
    for kind in (QAbstractButton, QAbstractSpinBox, QSlider):
        for widget in panel.findChildren(kind):
            assert widget.accessibleName(), widget
            assert widget.toolTip(), widget


@pytest.mark.parametrize("width", [384, 400, 620, 1200])
def test_nothing_is_clipped(qtbot, panel, width):
    panel.set_view(view_of(SHAPED, generating=True, generated=12))
    panel.resize(width, panel.sizeHint().height())
    panel.grab()
    assert panel.minimumSizeHint().width() <= 384
    for kind in (QAbstractButton, QAbstractSpinBox, QSlider):
        for widget in filter(QWidget.isVisible, panel.findChildren(kind)):
            assert widget.width() >= widget.minimumSizeHint().width(), widget.accessibleName()
            assert widget.height() >= widget.minimumSizeHint().height(), widget.accessibleName()
            assert panel.rect().contains(frame(panel, widget)), widget.accessibleName()


def frame(panel: QWidget, widget: QWidget):
    return widget.rect().translated(widget.mapTo(panel, QPoint(0, 0)))


def test_wide_panels_have_two_columns(qapp, panel):
    tops = {name: frame(panel, panel.slider(name)).top() for name in NAMES}
    assert len(set(tops.values())) == 5
    panel.resize(900, 220)
    qapp.processEvents()
    tops = {name: frame(panel, panel.slider(name)).top() for name in NAMES}
    assert len(set(tops.values())) == 3


@given(
    st.sampled_from(
        [
            SliderScale(0.0, 2.0),
            SliderScale(1, 1000, "log", ("right", 0.0), decimals=0),
            SliderScale(0.001, 1.0, "log", ("left", 0.0), decimals=3),
            SliderScale(0.5, 2.0, "log"),
        ]
    ),
    st.integers(0, 1000),
)
def test_a_place_on_a_slider_and_its_value_agree(scale, place):
    value = scale.value_at(place)
    back = scale.place_of(value)
    assert scale.value_at(back) == value
    if scale.end is None or value != scale.end[1]:
        assert scale.low <= value <= scale.high


def test_names_are_never_cut_in_larger_text(qtbot, qapp, panel):
    buddies = [label for label in panel.findChildren(QLabel) if label.buddy() is not None]
    names = [label for label in buddies if not isinstance(label.buddy(), SeedBox)]
    assert len(names) == 5

    def needed() -> int:
        return max(n.fontMetrics().horizontalAdvance(n.text()) for n in names)

    before, width = QFont(qapp.font()), names[0].width()
    font = QFont(before)
    font.setPointSizeF(2 * before.pointSizeF())
    try:
        qapp.setFont(font)
        qtbot.waitUntil(lambda: all(n.maximumWidth() >= needed() for n in names))
        assert len({n.maximumWidth() for n in names}) == 1
    finally:
        qapp.setFont(before)
    qtbot.waitUntil(lambda: all(n.maximumWidth() == width for n in names))


# --------------------------------------------------------------------------- where room is short


def test_sliders_fold_into_a_line_that_names_what_is_on(panel, qtbot):
    panel.set_view(view_of(SHAPED))
    assert not panel.is_folded
    before = panel.sizeHint().height()
    with qtbot.waitSignal(panel.height_changed):
        panel.set_short(True)
    assert panel.is_folded
    assert not any(panel.slider(name).isVisible() for name in NAMES)
    assert panel.sizeHint().height() < before - 60
    assert panel.summary().startswith("temperature 0.70 · top-k 40 · top-p 0.923")
    with qtbot.waitSignal(panel.height_changed):
        panel.fold_button.click()
    assert not panel.is_folded
    assert all(panel.slider(name).isVisible() for name in NAMES)
    assert panel.sizeHint().height() == before
    panel.set_short(True)
    assert not panel.is_folded, "the user wants the sliders"
    panel.forget_fold()
    panel.set_short(True)
    assert panel.is_folded
    assert panel.unfolded_px == before


def test_the_line_leaves_out_what_does_not_act(panel):
    panel.set_short(True)
    assert panel.summary() == "no sampling parameter is on"
    panel.set_view(view_of(SamplingParams(temperature=0.0, top_k=5, off=("top_k",))))
    assert panel.summary() == "temperature greedy"
