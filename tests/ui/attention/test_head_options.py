"""Colours and filter of a head: every choice is told once, shown back, reset, and marked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QPushButton, QSlider

from visualizer.engine.treatment import UNTREATED, Treatment
from visualizer.ui.panels.head_options import HeadOptions, _place_beside
from visualizer.ui.theme import DARK, LIGHT, apply_theme
from visualizer.ui.treatment_words import treatment_texts
from visualizer.ui.widgets.attention_image import attention_table

# Said of every popup without a screen.
pytestmark = pytest.mark.qt_log_ignore(
    r"This plugin does not support (raise\(\)|grabbing the keyboard)"
)

TREATED = Treatment(("first", "diagonal"), True, 0.955, "words")
SIGNALS = ("colour_scale_changed", "scale_range_changed", "palette_changed", "treatment_changed")


@pytest.fixture
def options(qtbot):
    widget = HeadOptions()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def told(options):
    """What each signal has said."""
    heard = {name: [] for name in SIGNALS}
    for name in SIGNALS:
        getattr(options, name).connect(heard[name].append)
    return heard


@pytest.fixture
def view(head_view, causal):
    return head_view(causal(4))


def choose(box, value):
    """As a user does: the item is picked and then told."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


@pytest.mark.parametrize("scale", ["linear", "square root", "log", "percentile", "row"])
def test_a_scale_is_told_and_shown(options, told, view, scale):
    choose(options.popup.scale_box, scale)
    assert told["colour_scale_changed"] == [scale]
    options.set_view(replace(view, colour_scale=scale))
    assert options.popup.scale_box.currentData() == scale
    has_range = scale not in ("percentile", "row")
    assert options.popup.range_box.isEnabled() == has_range
    assert ("always" in options.popup.range_box.toolTip()) == (not has_range)
    assert [told[name] for name in SIGNALS[1:]] == [[], [], []]
    assert len(told["colour_scale_changed"]) == 1


@pytest.mark.parametrize(
    ("box", "name", "values"),
    [
        ("range_box", "scale_range_changed", ["one", "largest", "all heads"]),
        ("palette_box", "palette_changed", ["ink", "viridis", "cividis"]),
    ],
)
def test_ranges_and_palettes_are_told(options, told, box, name, values):
    combo = getattr(options.popup, box)
    assert [combo.itemData(i) for i in range(combo.count())] == values
    for value in values:
        choose(combo, value)
    assert told[name] == values


def test_each_box_is_a_part_of_the_treatment(options, told, view):
    options.set_view(view)
    popup = options.popup
    popup.hidden_boxes["diagonal"].click()
    popup.hidden_boxes["first"].click()
    popup.hidden_boxes["special"].click()
    popup.hidden_boxes["special"].click()
    popup.discount_box.click()
    choose(popup.join_box, "sentences")
    assert told["treatment_changed"] == [
        Treatment(("diagonal",)),
        Treatment(("first", "diagonal")),
        Treatment(("first", "special", "diagonal")),
        Treatment(("first", "diagonal")),
        Treatment(("first", "diagonal"), True),
        Treatment(("first", "diagonal"), True, 1.0, "sentences"),
    ]


def test_moves_of_the_slider_are_gathered(qtbot, options, told, view):
    options.set_view(view)
    slider = options.popup.mass_slider.slider
    with qtbot.waitSignal(options.treatment_changed, timeout=5000):
        for place in range(900, 500, -10):
            slider.setValue(place)
        assert told["treatment_changed"] == []
        options.set_view(view)  # of before: the slider stays where it is
        assert options.popup.mass_slider.value() == 56
    assert told["treatment_changed"] == [Treatment(top_mass=0.56)]


def test_closing_does_not_lose_the_last_move(options, told):
    options.open_popup()
    options.popup.mass_slider.slider.setValue(0)
    options.popup.close()
    assert told["treatment_changed"] == [Treatment(top_mass=0.1)]


def test_a_view_is_shown_without_a_word(options, told, view):
    record = replace(view.record, treatment=TREATED)
    options.set_view(
        replace(view, record=record, colour_scale="log", palette="cividis", scale_range="largest")
    )
    popup = options.popup
    assert [name for name, box in popup.hidden_boxes.items() if box.isChecked()] == [
        "first",
        "diagonal",
    ]
    assert popup.discount_box.isChecked()
    assert popup.mass_slider.spin.text() == "95.5 %"
    assert popup.join_box.currentData() == "words"
    assert popup.palette_box.currentData() == "cividis"
    assert popup.range_box.currentData() == "largest"
    assert all(said == [] for said in told.values())
    popup.hidden_boxes["special"].click()  # the share that the slider cannot show is kept
    assert told["treatment_changed"][-1].top_mass == 0.955


def test_a_wish_is_shown_before_its_weights_are_there(options, view):
    options.set_view(replace(view, wished_treatment=TREATED))
    assert options.popup.treatment == TREATED
    options.set_view(replace(view, wished_treatment=UNTREATED))
    assert options.popup.treatment == UNTREATED


def test_reset_tells_what_changes_and_no_more(options, told, view):
    assert not options.popup.reset_button.isEnabled()
    options.set_view(replace(view, palette="viridis", wished_treatment=TREATED))
    options.popup.reset_button.click()
    assert told["palette_changed"] == ["ink"]
    assert told["treatment_changed"] == [UNTREATED]
    assert told["colour_scale_changed"] == told["scale_range_changed"] == []
    assert not options.popup.reset_button.isEnabled()
    assert options.differences() == ()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"colour_scale": "percentile"}, "place"),
        ({"scale_range": "all heads"}, "all heads"),
        ({"palette": "cividis"}, "cividis"),
        ({"wished_treatment": Treatment(("first",))}, "first token hidden"),
        ({"wished_treatment": Treatment(discount=True)}, "100 %"),
        ({"wished_treatment": Treatment(top_mass=0.9)}, "90 %"),
        ({"wished_treatment": Treatment(granularity="sentences")}, "sentences"),
    ],
)
def test_nobody_overlooks_a_change(qapp, options, view, change, word):
    palette, style = qapp.palette(), qapp.style().name()
    try:
        for theme in (LIGHT, DARK):
            apply_theme(qapp, theme)
            options.set_view(view)
            plain = options.grab().toImage()
            assert options.differences() == ()
            options.set_view(replace(view, **change))
            assert word in options.toolTip()
            assert word in options.accessibleDescription()
            marked = options.grab().toImage()
            assert theme.accent.lower() in _colours(marked)
            assert theme.accent.lower() not in _colours(plain)
    finally:
        qapp.setStyle(style)
        qapp.setPalette(palette)


def _colours(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width() - 12, image.width())
        for y in range(12)
    }


def test_a_range_that_counts_for_nothing_is_no_change(options, view):
    options.set_view(replace(view, colour_scale="row", scale_range="largest"))
    assert len(options.differences()) == 1


def test_keyboard_alone_reaches_everything(qtbot, options, told, view):
    options.set_view(replace(view, palette="viridis"))
    options.setFocus()
    qtbot.keyClick(options, Qt.Key.Key_Space)
    popup = options.popup
    assert popup.isVisible()
    popup.activateWindow()
    assert popup.focusWidget() is popup.scale_box
    reached = []
    for _ in range(20):
        reached.append(popup.focusWidget())
        qtbot.keyClick(popup.focusWidget(), Qt.Key.Key_Tab)
    wanted = [
        popup.scale_box,
        popup.range_box,
        popup.palette_box,
        *popup.hidden_boxes.values(),
        popup.discount_box,
        popup.mass_slider.slider,
        popup.mass_slider.spin,
        popup.join_box,
        popup.reset_button,
    ]
    assert reached[: len(wanted)] == wanted
    qtbot.keyClick(popup.scale_box, Qt.Key.Key_Down)
    assert told["colour_scale_changed"] == ["square root"]
    qtbot.keyClick(popup.hidden_boxes["first"], Qt.Key.Key_Space)
    assert told["treatment_changed"] == [Treatment(("first",))]
    qtbot.keyClick(popup.scale_box, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_everything_has_a_name_and_an_explanation(options):
    popup = options.popup
    for kind in (QComboBox, QCheckBox, QPushButton, QSlider, QDoubleSpinBox):
        for widget in popup.findChildren(kind):
            assert widget.accessibleName() or widget.text(), widget
            assert widget.toolTip(), widget
    for box in (popup.scale_box, popup.range_box, popup.palette_box, popup.join_box):
        for place in range(box.count()):
            assert box.itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert all(label.buddy() for label in popup.findChildren(QLabel))
    assert options.accessibleName()


def test_palettes_are_shown_as_their_colours(qapp, options):
    palette, style = qapp.palette(), qapp.style().name()
    bars = {}
    try:
        for theme in (LIGHT, DARK):
            apply_theme(qapp, theme)
            options.open_popup()
            for place in range(3):
                icon = options.popup.palette_box.itemIcon(place)
                image = icon.pixmap(options.popup.palette_box.iconSize()).toImage()
                bars[theme.name, place] = image.pixelColor(image.width() // 2, 6).name()
            options.popup.close()
    finally:
        qapp.setStyle(style)
        qapp.setPalette(palette)
    table = attention_table(LIGHT, "viridis")
    assert bars["light", 1] in ["#" + colour.tobytes().hex() for colour in table[120:136]]
    assert len(set(bars.values())) >= 4  # turned around, a map keeps its middle


SCREEN = QRect(0, 0, 1280, 800)


@pytest.mark.parametrize(
    ("button", "corner"),
    [
        (QRect(100, 100, 120, 24), QPoint(100, 124)),
        (QRect(1200, 100, 80, 24), QPoint(900, 124)),
        (QRect(100, 700, 120, 24), QPoint(100, 440)),
        (QRect(-50, 100, 120, 24), QPoint(0, 124)),
    ],
)
def test_it_opens_on_the_screen(button, corner):
    assert _place_beside(button, 380, 260, SCREEN) == corner


def test_it_opens_at_the_top_where_there_is_room_nowhere():
    assert _place_beside(QRect(0, 100, 50, 20), 400, 300, QRect(0, 0, 300, 200)) == QPoint(0, 0)


def test_a_treatment_is_told_in_order():
    assert treatment_texts(UNTREATED) == []
    assert treatment_texts(TREATED) == [
        "first token hidden",
        "diagonal hidden",
        "what is left as 100 %",
        "largest weights that make up 95.5 % of a row",
        "joined to words",
    ]
