from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from visualizer.locations import bundled_path

ICONS = sorted(bundled_path("resources", "icons").glob("*.svg"))
DRAWN = [path for path in ICONS if path.stem != "visualizer"]


def painted(data: bytes, size: int) -> QImage:
    renderer = QSvgRenderer(QByteArray(data))
    assert renderer.isValid()
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def test_the_set_is_there() -> None:
    assert len(DRAWN) >= 15
    assert bundled_path("resources", "icons", "visualizer.svg") in ICONS


@pytest.mark.parametrize("path", DRAWN, ids=[path.stem for path in DRAWN])
def test_an_icon_keeps_to_the_grid_and_takes_the_ink_it_is_given(path: Path, qapp) -> None:
    source = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(source)
    assert root.get("viewBox") == "0 0 16 16"
    assert root.get("stroke") == "currentColor"
    assert root.get("stroke-width") == "1.5"
    assert not re.search(r"#[0-9a-fA-F]{3,6}|<(image|script|style|text)\b", source)
    image = painted(source.replace("currentColor", "#d55e00").encode(), 32)
    wanted = QColor("#d55e00")
    solid = [
        image.pixelColor(x, y)
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    ]
    assert solid
    for ink in solid:  # where a stroke crosses a fill, blending may round by one
        assert abs(ink.red() - wanted.red()) <= 1
        assert abs(ink.green() - wanted.green()) <= 1
        assert abs(ink.blue() - wanted.blue()) <= 1
    # Nothing is cut off at the edge of the grid.
    edge = [(i, j) for i in range(32) for j in (0, 31)] + [
        (j, i) for i in range(32) for j in (0, 31)
    ]
    assert all(image.pixelColor(x, y).alpha() == 0 for x, y in edge)


def test_the_application_icon_can_be_told_apart_at_every_size(qapp) -> None:
    data = bundled_path("resources", "icons", "visualizer.svg").read_bytes()
    for size in (16, 32, 256):
        image = painted(data, size)
        inks = {image.pixelColor(x, y).name() for x in range(size) for y in range(size)}
        assert len(inks) > 10
