"""The installed program on the real default model, as a user runs it.

`VISUALIZER_PROGRAM` names another installation than the one that runs the tests, such as one
from a wheel in a clean environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest
from PIL import Image

from visualizer.locations import cache_path

PROGRAM = os.environ.get("VISUALIZER_PROGRAM") or str(
    Path(sysconfig.get_path("scripts")) / "visualizer"
)
MODEL = cache_path("models", "smollm2-135m")

pytestmark = [
    pytest.mark.smollm2,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not MODEL.is_dir(), reason="smollm2-135m has not been fetched"),
]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the program from outside the checkout."""
    return subprocess.run(
        [PROGRAM, *words], cwd=folder, capture_output=True, text=True, timeout=280, check=False
    )


def test_a_known_prediction(tmp_path: Path):
    prompt = "The capital of France is"
    done = run(tmp_path, "predict", prompt, "--model", "smollm2-135m", "--offline", "--json")
    assert done.returncode == 0, done.stderr
    first = json.loads(done.stdout)["candidates"][0]
    assert first["text"] == " Paris"
    assert first["prob"] == pytest.approx(0.773, abs=6e-4)


def test_a_picture_of_the_window(tmp_path: Path):
    done = run(
        tmp_path,
        *("--screenshot", "window.png", "--size", "1280x800", "--theme", "light"),
        *("--model", "smollm2-135m", "--offline", "--prompt", "The capital of France is"),
    )
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "window.png") as picture:
        assert picture.size == (1280, 800)
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 200
