"""Figures of generated tokens and of surprise: lengths and places are the numbers."""

from __future__ import annotations

import io
import math
import time
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from visualizer.engine.errors import UsageError
from visualizer.engine.sampling import SamplingParams, shape_distribution
from visualizer.engine.step_records import Logprobs, step_candidates
from visualizer.engine.tokenization import Tokenization
from visualizer.session.export_subjects import FORMATS, Exportable
from visualizer.session.generated_steps import GeneratedStep
from visualizer.session.pipeline_view import PipelineQuestion, pipeline_view
from visualizer.session.provenance_reading import read_view
from visualizer.session.state import ViewState
from visualizer.session.step_tables import StepsView
from visualizer.session.views import BarsView, Candidate, TokenStripView, WordPart, WordRow
from visualizer.ui.export_files import ExportChoice, export_bytes, figure_of
from visualizer.ui.figure_bars import plan_bars_figure
from visualizer.ui.figure_parts import FIGURE_THEMES, WIDTH, mixed_colour
from visualizer.ui.figure_steps import plan_steps_figure
from visualizer.ui.figure_surprise import MOST_NAMED, plan_surprise_figure
from visualizer.ui.theme import LIGHT

pytestmark = pytest.mark.usefixtures("qapp")
SVG = "{http://www.w3.org/2000/svg}"
CHOICE = ExportChoice(width_px=int(WIDTH) * 2)
HOT = SamplingParams(temperature=1.2, top_k=3)


class Letters:
    name = "letters"
    vocabulary_size = 26
    special_ids = frozenset({})

    def token_bytes(self, token_id):
        return bytes([97 + token_id])


def step_of(index, place, n=5):
    logits = np.random.default_rng(index).normal(0, 2, 26).astype(np.float32)
    shaped, logprobs = shape_distribution(logits, HOT), Logprobs(logits)
    token_id = int(np.argsort(-logits, kind="stable")[place])
    sampled = shaped.sampled_probs[token_id]
    return GeneratedStep(
        1 + index, token_id, bytes([97 + token_id]), logprobs.of(token_id),
        math.log(sampled) if sampled else -9.0, logprobs.rank_of(token_id), 4, index, 1.0, HOT,
        step_candidates(logprobs, shaped, token_id, n),
    )  # fmt: skip


def text_of(n):
    ids = np.arange(n, dtype=np.int64) % 26
    pieces = tuple(bytes([97 + i]) for i in ids.tolist())
    starts = np.arange(n, dtype=np.int64)
    return Tokenization(b"".join(pieces).decode(), ids, pieces, starts, starts + 1, 0, "letters")


def surprising(n, query=None):
    logprobs = -np.linspace(0, 12, n)
    logprobs[0] = np.nan
    return TokenStripView(text_of(n), query, logprobs, np.full(n, 0.1))


@pytest.fixture
def views():
    steps = (step_of(0, 0), step_of(1, 2), step_of(2, 9))
    question = PipelineQuestion(
        np.linspace(3, -3, 26).astype(np.float32), np.array([1]), HOT, 4, 0, "a"
    )
    return Exportable(
        ViewState(sampling=HOT, seed=4), "a model", tokens=surprising(9, 3),
        steps=StepsView(steps, text_of(4), Letters()), pipeline=pipeline_view(question),
    )  # fmt: skip


def picture(views, subject, choice=CHOICE):
    with Image.open(io.BytesIO(export_bytes(views, subject, "png", choice))) as opened:
        return np.asarray(opened.convert("RGB")).astype(int)


def texts(views, subject):
    root = ElementTree.fromstring(export_bytes(views, subject, "svg", CHOICE).decode())
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def rgb(colour):
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def is_colour(pixels, colour):
    return (pixels == colour).all(axis=-1)


def test_what_was_drawn_is_as_wide_as_it_was_probable(views):
    pixels, plan = picture(views, "steps"), plan_steps_figure(views.steps)
    for index, step in enumerate(views.steps.steps):
        strip = plan.strip(index)
        filled = np.flatnonzero(is_colour(pixels[round((strip.top() + 2) * 2)], rgb(LIGHT.accent)))
        expected = max(step.prob * strip.width(), 2.0)
        assert len(filled) / 2 == pytest.approx(expected, abs=1.5), index
        if index < 2:
            told = step.candidates
            before = np.exp(told.logprobs[: step.rank - 1]).sum()
            left = strip.left() + before * strip.width()
            assert filled[0] / 2 == pytest.approx(left, abs=1.5)
        else:  # none of the candidates: at the right end
            assert filled[-1] / 2 == pytest.approx(strip.right(), abs=1.5)


def test_kept_candidates_are_pale_and_removed_ones_are_not(views):
    pixels, plan = picture(views, "steps"), plan_steps_figure(views.steps)
    pale = rgb(mixed_colour(LIGHT.accent, LIGHT.paper, 0.22).name())
    view = views.steps
    strip = plan.strip(0)
    row = pixels[round((strip.top() + 2) * 2)]
    for candidate, segment in plan.segments(0, view.candidates(0)):
        middle = row[round(segment.left() * 2) + 3 : round(segment.right() * 2) - 3]
        if candidate.token_id == view.steps[0].token_id or len(middle) < 2:
            continue
        assert is_colour(middle, pale).any() == candidate.kept, candidate


def test_the_numbers_of_the_steps_are_text(views):
    found = texts(views, "steps")
    for step in views.steps.steps:
        assert f"{-step.logprob / math.log(2):.2f}" in found
        assert f"{step.rank}" in found
    words = " ".join(found)
    assert "3 steps, seed 4" in words
    assert "drawn from everything else" in words
    assert "changed" not in words


def test_changed_parameters_are_said(views):
    steps = views.steps.steps
    other = replace(steps[1], sampling=SamplingParams())
    view = replace(views.steps, steps=(steps[0], other, steps[2]))
    assert any("changed 2 times" in text for text in texts(replace(views, steps=view), "steps"))


def test_bars_of_surprise_are_as_high_as_their_bits(views):
    pixels, plan = picture(views, "surprise"), plan_surprise_figure(views.surprise)
    bits = views.surprise.surprise_bits
    for token in range(1, 9):
        x = round(plan.place(0, token + 0.25, 0).x() * 2)
        top, bottom = plan.charts[0].top(), plan.charts[0].bottom()
        column = pixels[round(top * 2) : round(bottom * 2), x]
        # The line of entropy and its dots lie over the bars.
        blue = np.flatnonzero(is_colour(column, rgb(LIGHT.accent)))
        height = (len(column) - blue[0]) / 2
        assert height == pytest.approx(bits[token] / plan.top * (bottom - top), abs=1.5), token
    unknown = pixels[round((plan.charts[0].top() + 3) * 2), round(plan.place(0, 0.5, 0).x() * 2)]
    assert tuple(unknown) == rgb(LIGHT.line)


@pytest.mark.parametrize(("n", "lines"), [(1, 1), (40, 1), (41, 2), (81, 3), (MOST_NAMED, 10)])
def test_every_token_of_a_short_text_is_named(n, lines):
    plan = plan_surprise_figure(Exportable(tokens=surprising(n)).surprise)
    assert len(plan.charts) == lines
    assert plan.spans[0][0] == 0
    assert plan.spans[-1][1] == n
    assert [stop for _, stop in plan.spans[:-1]] == [first for first, _ in plan.spans[1:]]
    lengths = [stop - first for first, stop in plan.spans]
    assert max(lengths) - min(lengths) < lines + 1
    assert all(chart.right() <= WIDTH - 27 for chart in plan.charts)


def test_a_long_text_says_what_a_bar_stands_for():
    views = Exportable(tokens=surprising(3000))
    plan = plan_surprise_figure(views.surprise)
    assert plan.block == math.ceil(1.5 / plan.step)
    assert any(f"the largest of {plan.block} tokens" in text for text in texts(views, "surprise"))
    start = time.process_time()
    assert len(export_bytes(views, "surprise", "svg")) < 2_000_000
    assert time.process_time() - start < 2


@pytest.mark.parametrize("subject", ["steps", "surprise", "pipeline"])
@pytest.mark.parametrize("theme_name", list(FIGURE_THEMES))
def test_titles_views_and_colours_of_print(views, subject, theme_name, tmp_path):
    choice = replace(CHOICE, theme_name=theme_name, title="A title of mine")
    assert figure_of(views, subject, choice).title == "A title of mine"
    if theme_name == "print":
        pixels = picture(views, subject, choice)
        assert (pixels.max(axis=2) - pixels.min(axis=2)).max() == 0
    for kind in FORMATS[subject]:
        path = tmp_path / f"file.{kind}"
        path.write_bytes(export_bytes(views, subject, kind, choice))
        assert read_view(path).state.sampling == HOT


def test_a_sampler_that_cannot_act_says_why(views):
    question = replace(views.pipeline.question, sampling=SamplingParams(banned=tuple(range(26))))
    stuck = replace(views, pipeline=pipeline_view(question))
    for kind in FORMATS["pipeline"]:
        with pytest.raises(UsageError, match="ban"):
            export_bytes(stuck, "pipeline", kind)


# ------------------------------------------------------------------------------------- bars


def asked(axis):
    def row(rank, token_id, prob):
        return Candidate(rank, token_id, b"w", f"w{rank}", 1.0 - rank, prob, prob, True)

    part = WordPart(5, b"pa", "pa", 0.1)
    words = (
        WordRow("one", b"one", "one", (part,), 1e-3, row(40, 77, 1e-3)),
        WordRow("two", b"twopart", "twopart", (part, part), 1e-10),
        WordRow("lost", b"lost", "lost", (), math.nan),
    )
    candidates = (row(1, 50, 0.9), row(2, 51, 0.05))
    return BarsView(
        3, "x", False, candidates, 0.05, 0.05, 9, 100, 1.0, 52, False,
        axis=axis, actual=row(9, 52, 1e-4), words=words,
    )  # fmt: skip


@pytest.mark.parametrize("axis", ["linear", "log"])
def test_bars_stand_on_the_axis_of_the_view_with_what_was_asked_for(axis):
    view = asked(axis)
    views = Exportable(bars=view)
    plan, pixels = plan_bars_figure(view), picture(views, "bars")
    probs = [0.9, 0.05, None, 1e-4, 1e-3, 1e-10]
    for place, prob in enumerate(probs):
        if prob is None:
            continue
        bar = plan.bar(place, 1)
        line = is_colour(pixels[round(bar.center().y() * 2)], rgb(LIGHT.accent))
        share = prob if axis == "linear" else max(1 + math.log10(prob) / 8, 0)
        assert line.sum() / 2 == pytest.approx(share * plan.bars.width(), abs=1.5), prob
    found = texts(views, "bars")
    assert {"w40", "twopart", "lost", "×2", "–"} <= set(found)
    assert ("10⁻⁶ %" in found) == (axis == "log")
    assert any("logarithmic" in text for text in found) == (axis == "log")
