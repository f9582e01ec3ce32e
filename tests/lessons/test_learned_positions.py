"""The bundled positions: what lesson 5 says of them holds."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.errors import VisualizerError
from visualizer.lessons import learned_positions
from visualizer.lessons.learned_positions import bundled_positions


def test_neighbours_are_alike_and_places_far_away_are_not():
    table = bundled_positions().astype(np.float64)  # (P, C)
    assert table.shape == (63, 64)
    rows = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = rows @ rows.T  # (P, P)
    inner = range(2, 60)  # the first places see hardly anything, and are unlike all others
    near = np.array([cosines[p, p + 1] for p in inner])
    far = np.array([cosines[p, (p + 32) % 63] for p in inner])
    assert np.median(near) > np.median(far) + 0.2
    assert cosines[20, 21] > cosines[20, 62] + 0.1


@pytest.mark.parametrize("data", [None, b"", b"no tensors"])
def test_a_missing_or_damaged_file_is_said(tmp_path, monkeypatch, data):
    path = tmp_path / "positions.safetensors"
    if data is not None:
        path.write_bytes(data)
    monkeypatch.setattr(learned_positions, "FILE", path)
    with pytest.raises(VisualizerError, match="Install the program anew"):
        bundled_positions()
