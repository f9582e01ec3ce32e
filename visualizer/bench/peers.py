"""All heads of one text as a picture: ours, BertViz's `model_view` and a grid of matplotlib.

All three are given the same attention weights, and timed until a picture of them is a file.
BertViz draws in a browser: its page is opened by a headless one, and the time that the same
browser takes for an empty page is taken off.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from visualizer.bench.figures import Figure
from visualizer.bench.measure import elapsed_ms
from visualizer.bench.subject import Subject
from visualizer.engine.overview import block_size
from visualizer.engine.records import Float32Array
from visualizer.session.views import OverviewView

LENGTHS = (64, 128, 256)
PATIENCE_S = 180
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_REPEATS = 3
_PICTURE = "page.png"
_REQUIRE = "https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.6/require.min.js"
_SCRIPTS = {
    "/usr/share/javascript/jquery/jquery.min.js": "https://cdnjs.cloudflare.com/ajax/libs/jquery/2.0.0/jquery.min.js",
    "/usr/share/nodejs/d3/dist/d3.min.js": "https://cdnjs.cloudflare.com/ajax/libs/d3/5.7.0/d3.min.js",
}
"""Where Debian keeps the scripts that a page of BertViz needs, and where it gets them from else."""
_AT_ONCE = """<script>
var requirejs = function (names, draw) { draw(window.jQuery, window.d3); };
var require = { config: function () {} };
</script>"""
"""In place of require.js, so that the page counts as loaded when it is drawn, not before."""


@dataclass(frozen=True)
class Drawn:
    """One picture: how long it took and how large what was written is; None for no picture."""

    ms: float | None
    n_bytes: int
    note: str = ""


def peer_figures(subject: Subject) -> Iterator[Figure]:
    """Times to a picture of all heads, at three lengths, one way after the other."""
    if subject.model.attention == "none":
        return
    for n_tokens in LENGTHS:
        if n_tokens > subject.model.context_length:
            continue
        subject.say(f"pictures of all heads at {n_tokens} tokens")
        text = subject.words.text(n_tokens, seed=3)
        weights = subject.all_heads(text)
        pieces = subject.model.tokenizer.encode(text).pieces
        tokens = [piece.decode("utf-8", "replace") for piece in pieces]
        ways = {
            "ours": [ours(weights, subject.model.name) for _ in range(_REPEATS)],
            "matplotlib grid": [matplotlib_grid(weights)],
            "BertViz model_view": [bertviz_page(weights, tokens)],
        }
        for name, drawn in ways.items():
            what = f"all heads at T={n_tokens}, {name}"
            times = [one.ms for one in drawn if one.ms is not None]
            note = drawn[0].note
            yield Figure(f"{what}: drawn", median(times) if times else None, "ms", note=note)
            yield Figure(f"{what}: written", drawn[0].n_bytes / 2**20 or None, "MiB", note=note)


def ours(weights: Float32Array, model_name: str) -> Drawn:
    """The overview's figure, from weights (L, H, T, T)."""
    from visualizer.ui.figures import overview_figure

    start = time.perf_counter()
    n_layers, n_heads, n_tokens, _ = weights.shape
    block = block_size(n_tokens)
    edge = -(-n_tokens // block)
    padded = np.zeros((n_layers, n_heads, edge * block, edge * block), np.float32)
    padded[:, :, :n_tokens, :n_tokens] = weights
    thumbnails = padded.reshape(n_layers, n_heads, edge, block, edge, block).max(axis=(3, 5))
    view = OverviewView(thumbnails, n_tokens, block, 0, 0, None, n_heads, model_name=model_name)
    data = overview_figure(view)
    return Drawn(elapsed_ms(start), len(data))


def matplotlib_grid(weights: Float32Array) -> Drawn:
    """One `imshow` a head, saved as PNG."""
    if importlib.util.find_spec("matplotlib") is None:
        return Drawn(None, 0, "matplotlib is not installed")
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Sheet

    start = time.perf_counter()
    n_layers, n_heads = weights.shape[:2]
    sheet = Sheet(figsize=(n_heads * 1.2, n_layers * 1.2))
    FigureCanvasAgg(sheet)
    axes = sheet.subplots(n_layers, n_heads, squeeze=False)
    for layer in range(n_layers):
        for head in range(n_heads):
            axes[layer, head].imshow(weights[layer, head], vmin=0, vmax=1)
            axes[layer, head].set_axis_off()
    file = io.BytesIO()
    sheet.savefig(file, format="png", dpi=100)
    return Drawn(elapsed_ms(start), len(file.getvalue()))


def bertviz_page(weights: Float32Array, tokens: list[str]) -> Drawn:
    """BertViz's page and a browser's picture of it; without a browser there is only the page."""
    if importlib.util.find_spec("bertviz") is None:
        return Drawn(None, 0, "bertviz is not installed")
    import torch
    from bertviz import model_view

    start = time.perf_counter()
    layers = [torch.from_numpy(layer[None].copy()) for layer in weights]
    page = model_view(layers, tokens, html_action="return").data
    page_ms = elapsed_ms(start)
    n_bytes = len(page.encode())
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        note = f"no browser here; the page alone took {page_ms:.0f} ms"
        return Drawn(None, n_bytes, note)
    with tempfile.TemporaryDirectory() as folder:
        height = 120 * weights.shape[0]
        empty = "<html></html>"
        _browser_ms(browser, empty, Path(folder), height)  # the first start makes a profile
        empty_ms = _browser_ms(browser, empty, Path(folder), height)
        empty_bytes = (Path(folder) / _PICTURE).stat().st_size
        drawn_ms = _browser_ms(browser, _drawn_at_once(page), Path(folder), height)
        if drawn_ms is None or empty_ms is None:
            return Drawn(None, n_bytes, f"the browser drew nothing within {PATIENCE_S} s")
        if (Path(folder) / _PICTURE).stat().st_size < 3 * empty_bytes:
            return Drawn(None, n_bytes, "the browser's picture is empty")
    return Drawn(page_ms + drawn_ms - empty_ms, n_bytes)


def _drawn_at_once(page: str) -> str:
    """The page with its scripts run while it loads, from this machine where it has them."""
    places = [f"file://{p}" if os.path.exists(p) else web for p, web in _SCRIPTS.items()]
    scripts = "".join(f'<script src="{place}"></script>' for place in places) + _AT_ONCE
    page = page.replace(f'<script src="{_REQUIRE}"></script>', "")
    return f"<html><head>{scripts}</head><body>{page}</body></html>"


def _browser_ms(browser: str, page: str, folder: Path, height: int) -> float | None:
    """Time until a headless browser has written a picture of a page; None for none in time."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    picture = folder / _PICTURE
    picture.unlink(missing_ok=True)
    command: list[Any] = [
        browser,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--allow-file-access-from-files",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size=1100,{height}",
        f"--screenshot={picture}",
        (folder / "page.html").as_uri(),
    ]
    start = time.perf_counter()
    try:
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        return None
    took = elapsed_ms(start)
    return took if picture.exists() else None
