"""The palettes: as published, in order of lightness, and readable in both themes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyqtgraph
import pytest

from visualizer.ui.theme import THEMES, colour_table
from visualizer.ui.widgets.attention_image import (
    attention_table,
    indexed_image,
    luminance,
    mosaic_image,
    readable_inks,
)
from visualizer.ui.widgets.mosaic_layout import GAP_LEVEL
from visualizer.ui.widgets.published_palettes import CIVIDIS, VIRIDIS, published_colours

PALETTES = ("ink", "viridis", "cividis")
EVERY = [
    pytest.param(theme, palette, id=f"{name} {palette}")
    for name, theme in THEMES.items()
    for palette in PALETTES
]


def contrast(first, second):
    """Contrast ratio of two luminances, WCAG 2.2."""
    lighter, darker = np.maximum(first, second), np.minimum(first, second)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("digits", "name"), [(VIRIDIS, "viridis"), (CIVIDIS, "cividis")])
def test_the_colours_are_those_published(digits, name):
    maps = Path(pyqtgraph.__file__).parent / "colors" / "maps"
    shares = np.loadtxt(maps / f"{name}.csv", delimiter=",", comments=";")
    colours = published_colours(digits)
    assert colours.shape == (256, 3)
    assert np.array_equal(colours, np.rint(shares * 255))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_published_maps_are_left_as_they_are_but_for_their_beginning(theme):
    for digits, palette in ((VIRIDIS, "viridis"), (CIVIDIS, "cividis")):
        published = published_colours(digits)
        turned = published if theme.name == "dark" else published[::-1]
        assert np.array_equal(attention_table(theme, palette)[16:], turned[16:])


@pytest.mark.parametrize(("theme", "palette"), EVERY)
def test_no_step_of_a_map_stands_out(theme, palette):
    lights = 1.16 * np.cbrt(luminance(attention_table(theme, palette) / 255.0))
    assert np.abs(np.diff(lights)).max() < 0.02


@pytest.mark.parametrize(("theme", "palette"), EVERY)
def test_weight_0_is_paper_and_lightness_goes_one_way(theme, palette):
    table = attention_table(theme, palette)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert np.array_equal(table[0], colour_table((theme.paper,))[0])
    lights = luminance(table / 255.0)
    steps = np.diff(lights) * (1 if theme.name == "dark" else -1)
    assert np.all(steps > -1e-3)  # to whole numbers of red, green and blue
    assert contrast(lights[0], lights[255]) > 7
    assert contrast(lights[0], lights[128]) > 2.4


@pytest.mark.parametrize(("theme", "palette"), EVERY)
def test_what_is_written_on_a_colour_can_be_read(theme, palette):
    lights = luminance(attention_table(theme, palette) / 255.0)
    inks = readable_inks(theme, palette)
    assert len(inks) == 256
    for light, ink in zip(lights, inks, strict=True):
        assert contrast(light, 1.0 if ink.lightness() else 0.0) >= 4.5


# Of Machado et al. (2009), severity 1, for linear red, green and blue.
PROTAN = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTAN = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)


@pytest.mark.parametrize("matrix", [PROTAN, DEUTAN], ids=["protan", "deutan"])
@pytest.mark.parametrize(("theme", "palette"), EVERY)
def test_colours_stay_in_order_for_the_colour_blind(theme, palette, matrix):
    table = attention_table(theme, palette)[::16] / 255.0
    linear = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(matrix).T, 0, 1) @ np.array([0.2126, 0.7152, 0.0722])
    steps = np.diff(seen) * (1 if theme.name == "dark" else -1)
    assert np.all(steps > 0)


@pytest.mark.parametrize(("theme", "palette"), EVERY)
def test_images_are_in_the_palette(qapp, theme, palette):
    table = attention_table(theme, palette)
    levels = np.array([[0, 128, 255]], dtype=np.uint8)
    image = indexed_image(levels, theme, palette)
    drawn = [image.pixelColor(x, 0).getRgb()[:3] for x in range(3)]
    assert drawn == [tuple(table[level].tolist()) for level in (0, 128, 255)]
    sheet = np.array([[0, GAP_LEVEL - 1, GAP_LEVEL]], dtype=np.uint8)
    mosaic = mosaic_image(sheet, theme, palette)
    assert mosaic.pixelColor(0, 0).name() == theme.paper.lower()
    assert mosaic.pixelColor(1, 0).getRgb()[:3] == tuple(table[255].tolist())
    assert mosaic.pixelColor(2, 0).name() == theme.line.lower()
