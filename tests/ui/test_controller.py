"""The session with a fake engine: what is asked, what is shown, what is dropped. No torch."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from visualizer.engine.attention_records import MetricsRequest
from visualizer.engine.errors import (
    ContextOverflowError,
    DeviceLostError,
    EmptyPromptError,
    VisualizerError,
)
from visualizer.engine.records import (
    ForwardRequest,
    GenerateRequest,
    HeadRequest,
    PositionRequest,
    ProgressRecord,
    Prompt,
)
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.tokenizers_hf import load_tokenizer
from visualizer.locations import bundled_path
from visualizer.session.moment import NO_ATTENTION, NO_MODEL, NOTHING_TYPED
from visualizer.session.state import ViewState
from visualizer.session.views import BarsView, HeadView, OverviewView, TokenStripView, Unavailable

WAIT = {"timeout": 20_000}


def held(fake_engine, *points):
    fake_engine.holds = set(points)


def questions(engine, kind):
    return [question for question in engine.asked if isinstance(question, kind)]


def test_before_a_model_is_there_every_panel_says_so(make_controller, watch):
    controller = make_controller()
    shown = watch(controller)
    controller.show_all()
    for name in ("token_strip", "bars", "overview", "head"):
        assert getattr(shown, name) is NO_MODEL
    assert shown.status.model_name == ""
    assert not shown.sampling.can_generate


def test_a_typed_text_reaches_every_panel(controller, shown, typed):
    typed("ab")
    assert shown.token_strip.tokenization.text == "ab"
    assert shown.token_strip.logprobs[1] == -1
    assert shown.bars.candidates[0].token_id == ord("c")
    assert shown.bars.is_last
    assert not shown.bars.stale
    assert shown.overview.n_tokens == 2
    assert (shown.head.record.layer, shown.head.record.head) == (0, 0)
    assert (shown.status.n_tokens, shown.status.context_length) == (2, 64)
    assert not shown.status.busy
    assert shown.sampling.can_generate


def test_tokens_appear_before_the_engine_has_answered(controller, shown, fake_engine):
    held(fake_engine, "forward")
    controller.set_prompt("abc")
    assert shown.token_strip.tokenization.text == "abc"
    assert not shown.token_strip.stale
    assert shown.status.busy


def test_a_long_text_is_left_to_the_engine(controller, shown, fake_engine, qtbot, monkeypatch):
    monkeypatch.setattr("visualizer.ui.controller.TOKENISE_AT_ONCE_CHARS", 4)
    held(fake_engine, "forward")
    controller.set_prompt("abcde")
    assert shown.token_strip.stale  # the tokens on show are those of the text before
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release()
    assert len(shown.token_strip.tokenization) == 5


def test_the_tokens_of_a_long_text_are_shown_before_it_is_run(
    controller, shown, fake_engine, qtbot, monkeypatch
):
    monkeypatch.setattr("visualizer.ui.controller.TOKENISE_AT_ONCE_CHARS", 4)
    held(fake_engine, "run")
    controller.set_prompt("abcde")
    assert shown.token_strip.stale
    qtbot.waitUntil(lambda: not shown.token_strip.stale, **WAIT)
    assert shown.token_strip.tokenization.text == "abcde"
    assert shown.status.busy
    controller.set_prompt("abcdefg")  # a newer text makes them old again
    assert shown.token_strip.stale
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release(2)
    assert shown.token_strip.tokenization.text == "abcdefg"


def test_an_edit_of_a_long_text_is_cut_at_once(
    fake_engine, make_controller, watch, qtbot, monkeypatch, tmp_path
):
    monkeypatch.setattr("visualizer.ui.controller.TOKENISE_AT_ONCE_CHARS", 30)
    tokenizer = load_tokenizer(bundled_path("models", "tiny"), "tiny")
    fake_engine.tokenizer = tokenizer
    controller = make_controller()
    with qtbot.waitSignal(controller.model_changed, **WAIT):
        controller.load_model("fake", tmp_path)
    shown = watch(controller)
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_prompt("one two three four five six seven eight")
    held(fake_engine, "run")
    for text in (
        "one two three four and five six seven eight",
        "zero one two three four and five six seven eight",
        "zero one two three four and five six seven eight!",
    ):
        controller.set_prompt(text)
        strip = shown.token_strip
        assert not strip.stale
        assert strip.tokenization.text == text
        assert strip.tokenization.ids.tolist() == tokenizer.encode(text).ids.tolist()
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release(4)
    assert not questions(fake_engine, ForwardRequest)[-1].with_tokens
    controller.set_prompt("another text altogether, and longer than what is cut at once")
    assert shown.token_strip.stale
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release(5)
    assert shown.token_strip.tokenization.text.startswith("another")


def test_an_edit_beyond_the_context_is_refused_without_the_engine(
    fake_engine, make_controller, watch, qtbot, monkeypatch, tmp_path
):
    monkeypatch.setattr("visualizer.ui.controller.TOKENISE_AT_ONCE_CHARS", 30)
    fake_engine.tokenizer = load_tokenizer(bundled_path("models", "tiny"), "tiny")
    fake_engine.context_length = 45
    controller = make_controller()
    with qtbot.waitSignal(controller.model_changed, **WAIT):
        controller.load_model("fake", tmp_path)
    shown = watch(controller)
    text = "one two three four five " * 8
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_prompt(text)
    n_asked = len(questions(fake_engine, ForwardRequest))
    edited = text + "six seven eight nine ten "
    n = len(fake_engine.tokenizer.encode(edited))
    assert n > controller.model.context_length
    controller.set_prompt(edited)
    assert shown.token_strip.tokenization.text == edited
    assert not shown.token_strip.stale
    assert shown.status.n_tokens == n
    assert isinstance(shown.notices[-1].message, ContextOverflowError)
    assert len(questions(fake_engine, ForwardRequest)) == n_asked


def test_only_the_newest_text_reaches_the_screen(qtbot, controller, shown, fake_engine):
    held(fake_engine, "forward")
    controller.set_prompt("a")
    assert fake_engine.entered.acquire(timeout=20)
    controller.set_prompt("ab")
    controller.set_prompt("abc")
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release(3)
    drawn = [view for view in shown.views["bars"] if isinstance(view, BarsView)]
    assert {view.position for view in drawn} == {2}
    asked = [question.prompt.text for question in questions(fake_engine, ForwardRequest)]
    assert asked == ["a", "abc"]


def test_a_late_record_of_an_old_text_is_dropped(qtbot, controller, shown, fake_engine, typed):
    typed("ab")
    before = shown.bars
    controller._on_record_ready(fake_engine._forward(ForwardRequest(1, Prompt("")), -1))
    assert shown.bars is before


def test_the_same_text_again_asks_for_nothing(controller, typed, fake_engine):
    typed("ab")
    n_asked = len(fake_engine.asked)
    controller.set_prompt("ab")
    assert len(fake_engine.asked) == n_asked


def test_a_text_that_was_refused_is_asked_about_again(controller, shown, fake_engine):
    long = "x" * (fake_engine.context_length + 1)
    controller.set_prompt(long)
    assert len(shown.notices) == 1
    controller.set_prompt(long)
    assert len(shown.notices) == 2
    assert shown.notices[1].choices


def test_an_empty_text_says_what_to_do_and_asks_for_nothing(controller, shown, typed, fake_engine):
    typed("ab")
    n_asked = len(fake_engine.asked)
    controller.set_prompt("")
    assert shown.bars is NOTHING_TYPED
    assert isinstance(shown.head.reason, EmptyPromptError)
    assert len(fake_engine.asked) == n_asked
    assert not shown.sampling.can_generate


def test_surprise_of_unchanged_tokens_stays_while_one_types(controller, shown, typed, fake_engine):
    typed("abc")
    held(fake_engine, "forward")
    controller.set_prompt("abd")
    logprobs = shown.token_strip.logprobs
    assert math.isnan(logprobs[0])
    assert logprobs[1] == -1
    assert math.isnan(logprobs[2])  # another token stands here now


def test_old_numbers_are_dimmed_when_the_answer_is_slow(
    qtbot, controller, shown, typed, fake_engine
):
    typed("ab")
    held(fake_engine, "forward")
    controller.set_prompt("abc")
    assert not shown.bars.stale  # for the blink of an eye
    qtbot.waitUntil(lambda: shown.bars.stale, **WAIT)
    assert shown.head.stale
    assert shown.overview.stale
    assert shown.bars.position == 1
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release()
    assert shown.bars.position == 2
    for view in (shown.bars, shown.head, shown.overview):
        assert not view.stale


def test_typing_on_does_not_keep_old_numbers_bright(qtbot, controller, shown, typed, fake_engine):
    typed("a")
    held(fake_engine, "forward")

    def types_on_until_it_is_dimmed():
        text = controller.state.prompt.text
        controller.set_prompt(text + "b" if len(text) < 60 else "a")
        return shown.bars.stale

    qtbot.waitUntil(types_on_until_it_is_dimmed, **WAIT)


def test_progress_of_an_answer_is_over_when_it_comes(qtbot, controller, shown, typed, fake_engine):
    typed("ab")
    held(fake_engine, "survey")
    controller.set_prompt("abc")
    qtbot.waitUntil(lambda: MetricsRequest in controller._questions, **WAIT)
    asked = controller._questions[MetricsRequest].request_id
    controller._on_record_ready(ProgressRecord(asked + 1, "metrics", 1, 3, "tokens"))
    assert shown.progress[-1] is None
    controller._on_record_ready(ProgressRecord(asked, "metrics", 2, 3, "tokens"))
    assert shown.progress[-1].done == 2
    fake_engine.gate.release(10)
    qtbot.waitUntil(lambda: shown.progress[-1] is None, **WAIT)


def test_reading_a_long_text_shows_progress_and_can_be_stopped(
    qtbot, controller, shown, typed, fake_engine
):
    typed("ab")
    fake_engine.reports_reading = True
    held(fake_engine, "forward")
    controller.set_prompt("abc")
    qtbot.waitUntil(lambda: shown.progress and shown.progress[-1] is not None, **WAIT)
    assert (shown.progress[-1].stage, shown.progress[-1].done) == ("prompt", 1)
    controller.cancel()
    assert shown.progress[-1] is None
    assert isinstance(shown.bars, Unavailable)
    assert "stopped" in str(shown.bars.reason)
    fake_engine.gate.release(10)
    fake_engine.holds = set()
    typed("abcd")
    assert isinstance(shown.bars, BarsView)
    assert shown.progress[-1] is None


def test_a_text_beyond_the_context_is_not_run_but_offered_to_be_cut(
    controller, shown, typed, fake_engine
):
    typed("ab")
    n_asked = len(fake_engine.asked)
    controller.set_prompt("a" * 65)
    assert len(fake_engine.asked) == n_asked
    notice = shown.notices[-1]
    assert isinstance(notice.message, ContextOverflowError)
    assert "65" in str(notice.message)
    assert "64" in str(notice.message)
    assert [choice.key for choice in notice.choices] == ["keep:56", "keep:-56"]
    assert isinstance(shown.bars.reason, ContextOverflowError)
    assert isinstance(shown.token_strip, TokenStripView)
    assert not shown.sampling.can_generate


def test_a_text_that_just_fits_is_run(controller, shown, typed):
    typed("a" * 64)
    assert shown.bars.position == 63
    assert shown.notices == []


@pytest.mark.parametrize(("n_kept", "text"), [(3, "789"), (-3, "012"), (1000, "0123456789")])
def test_the_kept_part_is_run_with_exactly_its_tokens(
    qtbot, controller, shown, typed, fake_engine, n_kept, text
):
    controller.set_prompt("0123456789")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.keep_part(n_kept)
    assert controller.state.prompt.text == text
    assert controller.state.prompt.token_ids == tuple(text.encode())


def test_an_overflow_that_the_engine_finds_is_offered_to_be_cut_too(
    qtbot, controller, shown, fake_engine, monkeypatch
):
    monkeypatch.setattr("visualizer.ui.controller.TOKENISE_AT_ONCE_CHARS", 4)
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_prompt("ab")
    with qtbot.waitSignal(controller.notice_raised, **WAIT):
        controller.set_prompt("a" * 70)
    assert shown.notices[-1].choices
    assert len(shown.token_strip.tokenization) == 70  # too many to run, but there to be seen
    assert not shown.token_strip.stale
    assert (shown.status.n_tokens, shown.status.context_length) == (70, 64)
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.keep_part(56)
    assert shown.bars.position == 55
    assert shown.status.n_tokens == 56
    assert "text" in shown.withdrawn


def test_selecting_a_token_asks_for_its_logits_only(qtbot, controller, shown, typed, fake_engine):
    typed("abc")
    n_forward = len(questions(fake_engine, ForwardRequest))
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_query(0)
    assert shown.token_strip.query == 0
    assert shown.bars.position == 0
    assert shown.bars.actual_id == ord("b")
    assert shown.head.query == 0
    assert shown.overview.query == 0
    assert len(questions(fake_engine, ForwardRequest)) == n_forward
    controller.set_query(2)
    controller.set_query(0)  # both at hand by now
    assert shown.bars.position == 0
    assert len(questions(fake_engine, PositionRequest)) == 1


def test_the_last_token_stays_the_last_while_one_types(controller, shown, typed):
    typed("ab")
    controller.set_query(1)
    typed("abc")
    assert shown.token_strip.query == 2
    assert shown.bars.is_last


def test_typing_brings_the_selection_back_to_the_end(controller, shown, typed):
    typed("ab")
    controller.set_query(0)
    typed("abc")
    assert shown.bars.position == 2


def test_choosing_a_head_is_no_forward_pass(qtbot, controller, shown, typed, fake_engine):
    typed("ab")
    n_forward = len(questions(fake_engine, ForwardRequest))
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_head(2, 1)
    assert shown.head.record.weights[1, 0] == pytest.approx(0.21)
    assert (shown.overview.layer, shown.overview.head) == (2, 1)
    controller.set_head(0, 0)
    controller.set_head(2, 1)
    assert len(questions(fake_engine, HeadRequest)) == 1  # heads at hand are not asked for again
    assert len(questions(fake_engine, ForwardRequest)) == n_forward


def test_the_mean_over_heads_is_asked_for_as_such(qtbot, controller, shown, typed):
    typed("ab")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_head(1, "mean")
    assert shown.head.record.head == "mean"


def test_a_head_that_the_model_lacks_falls_back_to_the_nearest(
    qtbot, make_controller, tmp_path, watch
):
    controller = make_controller(state=ViewState(layer=99, head=99))
    shown = watch(controller)
    controller.load_model("fake", tmp_path)
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_prompt("ab")
    assert (shown.head.record.layer, shown.head.record.head) == (2, 1)


def test_a_preview_shows_a_head_without_choosing_it(qtbot, controller, shown, typed):
    typed("ab")
    with qtbot.waitSignal(controller.head_view_changed, **WAIT):
        controller.preview_head(1, 1)
    assert shown.head.record.layer == 1
    assert (controller.state.layer, controller.state.head) == (0, 0)
    controller.end_preview()
    assert shown.head.record.layer == 0


def test_the_next_text_ends_a_preview(qtbot, controller, shown, typed):
    typed("ab")
    controller.preview_head(1, 1)
    typed("abc")
    assert shown.head.record.layer == 0


def test_colour_choices_redraw_the_head_only(controller, shown, typed, fake_engine):
    typed("ab")
    n_asked = len(fake_engine.asked)
    controller.set_colour_scale("log")
    controller.set_scale_range("largest")
    assert (shown.head.colour_scale, shown.head.scale_range) == ("log", "largest")
    assert len(fake_engine.asked) == n_asked


def test_a_model_without_attention_says_so(qtbot, make_controller, fake_engine, tmp_path, watch):
    fake_engine.attention = "none"
    controller = make_controller()
    shown = watch(controller)
    controller.load_model("fake", tmp_path)
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_prompt("ab")
    assert shown.head is NO_ATTENTION
    assert shown.overview is NO_ATTENTION
    assert isinstance(shown.bars, BarsView)
    assert questions(fake_engine, ForwardRequest)[-1].layer is None


def test_sampling_reshapes_the_bars_without_asking(controller, shown, typed, fake_engine):
    typed("ab")
    n_asked = len(fake_engine.asked)
    controller.set_sampling(SamplingParams(top_k=1))
    assert shown.bars.n_kept == 1
    assert shown.bars.shaped
    assert shown.sampling.sampling.top_k == 1
    assert len(fake_engine.asked) == n_asked


def test_more_candidates_are_shown_without_asking(controller, shown, typed, fake_engine):
    typed("ab")
    n_asked = len(fake_engine.asked)
    controller.set_candidates(25)
    assert len(shown.bars.candidates) == 25
    assert len(fake_engine.asked) == n_asked


def test_seed_and_count_are_kept(controller, shown):
    controller.set_seed(2**40)
    controller.set_n_generate(7)
    assert (shown.sampling.seed, shown.sampling.n_generate) == (2**40, 7)


def test_a_generation_streams_into_the_text_with_its_exact_tokens(
    qtbot, controller, shown, typed, fake_engine
):
    typed("ab")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.generate(3)
    assert shown.extended == ["x", "y", "z"]
    assert controller.state.prompt.text == "abxyz"
    assert controller.state.prompt.token_ids == tuple(b"abxyz")
    counts = [view.generated for view in shown.views["sampling"] if view.generating]
    assert counts == sorted(counts)
    assert {1, 2, 3} <= set(counts)
    assert not shown.sampling.generating
    last = questions(fake_engine, ForwardRequest)[-1]
    assert last.prompt.token_ids == tuple(b"abxyz")


def test_surprise_of_a_generated_token_is_its_own_probability(
    qtbot, controller, shown, typed, fake_engine
):
    typed("ab")
    held(fake_engine, "token")
    fake_engine.gate.release()
    controller.generate(5)
    qtbot.waitUntil(lambda: len(shown.token_strip.tokenization) == 3, **WAIT)
    assert shown.token_strip.logprobs[2] == -0.25


def test_stopping_keeps_what_was_made_and_drops_what_comes_late(
    qtbot, controller, shown, typed, fake_engine
):
    typed("ab")
    held(fake_engine, "token")
    fake_engine.gate.release(2)
    controller.generate(50)
    qtbot.waitUntil(lambda: shown.extended == ["x", "y"], **WAIT)
    controller.stop_generation()
    assert not shown.sampling.generating
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release(100)
    assert controller.state.prompt.text == "abxy"
    assert shown.token_strip.tokenization.text == "abxy"


def test_typing_ends_a_generation_and_drops_the_exact_tokens(
    qtbot, controller, shown, typed, fake_engine
):
    typed("ab")
    held(fake_engine, "token")
    fake_engine.gate.release()
    controller.generate(50)
    qtbot.waitUntil(lambda: shown.extended == ["x"], **WAIT)
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_prompt("abx!")
        fake_engine.gate.release(100)
    assert not controller.is_generating
    assert controller.state.prompt.token_ids is None
    assert shown.token_strip.tokenization.text == "abx!"


def test_a_character_that_is_not_finished_waits_for_its_bytes(
    qtbot, controller, shown, typed, fake_engine
):
    fake_engine.completion = "é".encode()
    typed("a")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.generate(1)
    assert controller.state.prompt.text == "a"
    assert controller.state.prompt.token_ids == (97, 0xC3)
    assert len(shown.token_strip.tokenization) == 2  # the strip shows the byte
    fake_engine.completion = "é".encode()[1:]
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.generate(1)
    assert controller.state.prompt.text == "aé"
    assert [part for part in shown.extended if part] == ["é"]


def test_another_head_can_be_looked_at_while_tokens_come(
    qtbot, controller, shown, typed, fake_engine
):
    typed("ab")
    held(fake_engine, "token")
    fake_engine.gate.release()
    controller.generate(4)
    qtbot.waitUntil(lambda: len(shown.token_strip.tokenization) == 3, **WAIT)
    controller.set_head(2, 1)
    fake_engine.gate.release()

    def arrived():
        view = shown.head
        return isinstance(view, HeadView) and view.record.layer == 2 and not view.stale

    qtbot.waitUntil(arrived, **WAIT)
    assert len(shown.head.tokenization) == shown.head.record.n_tokens
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release(10)
    assert shown.head.record.layer == 2
    assert shown.head.record.n_tokens == 6


def test_a_candidate_is_appended_as_exactly_that_token(qtbot, controller, shown, typed):
    typed("ab")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.append_token(ord("!"))
    assert controller.state.prompt.text == "ab!"
    assert controller.state.prompt.token_ids == tuple(b"ab!")
    assert shown.extended == ["!"]


def test_a_candidate_after_an_earlier_token_takes_the_place_of_the_rest(
    qtbot, controller, shown, typed
):
    typed("abcd")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_query(1)
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.append_token(ord("!"))
    assert controller.state.prompt.text == "ab!"
    assert shown.replaced == ["ab!"]


def test_a_candidate_of_bars_that_are_out_of_date_is_ignored(controller, typed, fake_engine):
    typed("ab")
    held(fake_engine, "forward")
    controller.set_prompt("abc")
    controller.append_token(ord("!"))
    assert controller.state.prompt.text == "abc"


def test_nothing_is_generated_without_a_text(controller, shown, fake_engine):
    controller.set_prompt("")
    controller.generate(3)
    assert questions(fake_engine, GenerateRequest) == []


def test_special_tokens_are_literal_until_asked_for(qtbot, controller, shown, typed):
    typed("a<end>")
    assert len(shown.token_strip.tokenization) == 6
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_parse_special(True)
    assert shown.token_strip.tokenization.ids.tolist() == [97, 256]


@pytest.mark.parametrize(
    "error", [VisualizerError("the model gave {what}", what="NaN"), ZeroDivisionError("oh")]
)
def test_a_failed_pass_is_said_and_nothing_old_looks_current(
    qtbot, controller, shown, typed, fake_engine, error
):
    typed("ab")
    fake_engine.raises = error
    with qtbot.waitSignal(controller.notice_raised, **WAIT):
        controller.set_prompt("abc")
    for name in ("bars", "head", "overview"):
        assert isinstance(getattr(shown, name), Unavailable)
    assert str(error) in str(shown.notices[-1].message)
    assert not shown.status.busy
    typed("abcd")
    assert isinstance(shown.bars, BarsView)
    assert shown.withdrawn[-1] == "text"


def test_a_failed_head_concerns_the_head_alone(qtbot, controller, shown, typed, fake_engine):
    typed("ab")
    fake_engine.raises = VisualizerError("no head")
    controller.set_head(1, 1)
    qtbot.waitUntil(lambda: isinstance(shown.head, Unavailable), **WAIT)
    assert isinstance(shown.bars, BarsView)
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_head(2, 0)
    assert isinstance(shown.head, HeadView)


def test_a_failed_position_concerns_the_bars_alone(qtbot, controller, shown, typed, fake_engine):
    typed("ab")
    fake_engine.raises = VisualizerError("no logits")
    controller.set_query(0)
    qtbot.waitUntil(lambda: isinstance(shown.bars, Unavailable), **WAIT)
    assert isinstance(shown.head, HeadView)


def test_a_failed_generation_keeps_the_text(qtbot, controller, shown, typed, fake_engine):
    typed("ab")
    fake_engine.raises = MemoryError()
    with qtbot.waitSignal(controller.notice_raised, **WAIT):
        controller.generate(3)
    assert controller.state.prompt.text == "ab"
    assert not shown.sampling.generating
    typed("abc")
    assert isinstance(shown.bars, BarsView)


def test_a_failed_load_keeps_the_model_in_use(
    qtbot, controller, shown, typed, fake_engine, tmp_path
):
    typed("ab")
    fake_engine.raises = VisualizerError("weights are missing")
    with qtbot.waitSignal(controller.notice_raised, **WAIT):
        controller.load_model("broken", tmp_path)
    assert shown.progress[-1] is None
    assert shown.notices[-1].key == "load"
    assert controller.model.name == "fake"
    typed("abc")
    assert shown.bars.position == 2


def test_a_first_load_that_fails_is_said_in_every_panel(
    qtbot, make_controller, fake_engine, tmp_path, watch
):
    controller = make_controller()
    shown = watch(controller)
    fake_engine.raises = VisualizerError("weights are missing")
    with qtbot.waitSignal(controller.notice_raised, **WAIT):
        controller.load_model("broken", tmp_path)
    assert str(shown.bars.reason) == "weights are missing"


def test_a_load_can_be_cancelled_and_its_model_does_not_come_back(
    qtbot, controller, shown, typed, fake_engine, tmp_path
):
    typed("ab")
    held(fake_engine, "load")
    controller.load_model("other", tmp_path)
    assert fake_engine.entered.acquire(timeout=20)
    controller.cancel()
    assert shown.progress[-1] is None
    fake_engine.gate.release()
    typed("abc")
    assert controller.model.name == "fake"


def test_another_model_is_asked_anew_and_exact_tokens_are_forgotten(
    qtbot, controller, shown, typed, fake_engine, tmp_path
):
    typed("ab")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.append_token(ord("!"))
    with qtbot.waitSignal(controller.model_changed, **WAIT):
        controller.load_model("other", tmp_path)
    with qtbot.waitSignal(controller.settled, **WAIT):
        pass
    assert controller.state.prompt == replace(controller.state.prompt, text="ab!", token_ids=None)
    assert questions(fake_engine, ForwardRequest)[-1].prompt.token_ids is None
    assert isinstance(shown.overview, OverviewView)


def test_a_lost_device_is_offered_the_processor(controller, shown, fake_engine, qtbot):
    fake_engine.raises = DeviceLostError("gone")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_prompt("a")
    assert shown.notices[-1].level == "error"
    assert [choice.key for choice in shown.notices[-1].choices] == ["device:cpu"]
