"""A bar of work whose end is not known moves, and never looks full."""

from __future__ import annotations

from visualizer.ui.widgets.busy_bar import BusyBar


def test_without_an_end_a_piece_moves_to_and_fro(qtbot):
    bar = BusyBar()
    qtbot.addWidget(bar)
    bar.setTextVisible(False)
    bar.resize(160, 8)
    bar.setRange(0, 0)
    bar.show()
    first = bar.moving_part().left()
    qtbot.waitUntil(lambda: bar.moving_part().left() > first + 10)
    picture = bar.grab().toImage()
    colours = {picture.pixel(x, 4) for x in range(0, 160, 4)}
    assert len(colours) > 1, "a bar of one colour looks done"
    for _ in range(200):
        bar._on_timer_timeout()
        assert 0 <= bar.moving_part().left() <= bar.moving_part().right() <= 160


def test_with_an_end_it_is_as_full_as_the_work_is_done(qtbot):
    bar = BusyBar()
    qtbot.addWidget(bar)
    bar.resize(160, 8)
    bar.setRange(0, 1000)
    bar.setValue(500)
    bar.show()
    assert not bar.is_busy
    tick = bar._tick
    bar._on_timer_timeout()
    assert bar._tick == tick
