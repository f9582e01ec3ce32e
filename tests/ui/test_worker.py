"""The engine's thread with a fake engine: order, replacement, survival, shutdown."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import (
    FailureRecord,
    ForwardRecord,
    ForwardRequest,
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    HeadRecord,
    HeadRequest,
    LoadRequest,
    ModelRecord,
    OverviewRecord,
    PositionRequest,
    PredictionRecord,
    Prompt,
    SurpriseRecord,
)
from visualizer.ui.mailbox import Mailbox
from visualizer.ui.worker import EngineWorker

WAIT = {"timeout": 20_000}


class Collected:
    """Records in the order in which they arrived."""

    def __init__(self, worker, qtbot):
        self.records = []
        self._qtbot = qtbot
        worker.record_ready.connect(self.records.append)

    def wait_for(self, kind, request_id):
        def arrived():
            return any(isinstance(r, kind) and r.request_id == request_id for r in self.records)

        self._qtbot.waitUntil(arrived, **WAIT)

    def kinds(self):
        return [(type(r).__name__, r.request_id) for r in self.records]


@pytest.fixture
def worker(qapp, fake_engine):
    worker = EngineWorker(lambda: fake_engine)
    yield worker
    fake_engine.gate.release(1000)
    assert worker.shutdown(20_000)


@pytest.fixture
def collected(worker, qtbot):
    return Collected(worker, qtbot)


def forward(request_id, text="ab", **more):
    return ForwardRequest(request_id, Prompt(text), **more)


def test_a_forward_request_is_answered_by_its_records_in_order(worker, collected):
    worker.post(forward(1, layer=0, head=0))
    collected.wait_for(SurpriseRecord, 1)
    assert collected.kinds() == [
        ("ForwardRecord", 1),
        ("OverviewRecord", 1),
        ("SurpriseRecord", 1),
    ]


def test_the_engine_is_made_once_and_in_the_worker_s_thread(qtbot, fake_engine):
    made_in = []

    def factory():
        made_in.append(threading.current_thread())
        return fake_engine

    worker = EngineWorker(factory)
    collected = Collected(worker, qtbot)
    assert made_in == []
    for request_id in (1, 2):
        worker.post(forward(request_id))
        collected.wait_for(SurpriseRecord, request_id)
    assert len(made_in) == 1
    assert made_in[0] is not threading.main_thread()
    assert worker.shutdown(20_000)


def test_of_waiting_requests_only_the_newest_is_run(worker, collected, fake_engine):
    fake_engine.holds = {"forward"}
    worker.post(forward(1))
    assert fake_engine.entered.acquire(timeout=20)
    for request_id in (2, 3, 4):
        worker.post(forward(request_id))
    fake_engine.gate.release(2)
    collected.wait_for(SurpriseRecord, 4)
    assert [question.request_id for question in fake_engine.asked] == [1, 4]
    assert {record.request_id for record in collected.records} == {4}


def test_a_newer_request_cuts_the_tail_of_an_answer_short(worker, collected, fake_engine):
    fake_engine.holds = {"tail"}
    worker.post(forward(1))
    assert fake_engine.entered.acquire(timeout=20)
    worker.post(forward(2))
    fake_engine.gate.release(2)
    collected.wait_for(SurpriseRecord, 2)
    assert ("OverviewRecord", 1) not in collected.kinds()


@pytest.mark.parametrize(
    ("glance", "answer"),
    [(HeadRequest(7, 1, 1), HeadRecord), (PositionRequest(7, 0), PredictionRecord)],
)
def test_a_glance_is_answered_between_two_generated_tokens(
    worker, collected, fake_engine, glance, answer
):
    fake_engine.holds = {"token"}
    worker.post(GenerateRequest(1, Prompt("ab"), 3))
    assert fake_engine.entered.acquire(timeout=20)
    worker.post(glance)
    fake_engine.gate.release()
    collected.wait_for(answer, 7)
    fake_engine.gate.release(2)
    collected.wait_for(GenerationEnded, 1)
    places = [kind for kind, _ in collected.kinds()]
    assert places.index(answer.__name__) == 1
    assert places.count("GeneratedRecord") == 3


def test_new_work_drops_a_glance_at_the_old_text(worker, collected, fake_engine):
    fake_engine.holds = {"forward"}
    worker.post(forward(1))
    assert fake_engine.entered.acquire(timeout=20)
    glance = HeadRequest(2, 1, 1)
    worker.post(glance)
    worker.post(forward(3))
    assert glance.cancel.cancelled
    fake_engine.gate.release(2)
    collected.wait_for(SurpriseRecord, 3)
    assert "HeadRecord" not in dict(collected.kinds())


def test_a_newer_glance_replaces_the_older(worker, collected, fake_engine):
    worker.post(forward(1))
    collected.wait_for(SurpriseRecord, 1)
    fake_engine.holds = {"head"}
    worker.post(HeadRequest(2, 0, 0))
    assert fake_engine.entered.acquire(timeout=20)
    worker.post(HeadRequest(3, 0, 1))
    worker.post(HeadRequest(4, 1, 1))
    fake_engine.gate.release(2)
    collected.wait_for(HeadRecord, 4)
    heads = [record for record in collected.records if isinstance(record, HeadRecord)]
    assert [record.request_id for record in heads] == [4]


def test_the_old_model_answers_while_another_is_loaded(worker, collected, fake_engine, tmp_path):
    fake_engine.holds = {"load"}
    worker.post(LoadRequest(1, "fake", tmp_path))
    assert fake_engine.entered.acquire(timeout=20)
    worker.post(forward(2))
    collected.wait_for(SurpriseRecord, 2)
    fake_engine.gate.release()
    collected.wait_for(ModelRecord, 1)


def test_a_loaded_model_drops_questions_about_the_old_one(
    qtbot, worker, collected, fake_engine, tmp_path
):
    fake_engine.holds = {"tail"}
    question = forward(2)
    worker.post(question)
    assert fake_engine.entered.acquire(timeout=20)
    worker.post(LoadRequest(1, "fake", tmp_path))
    qtbot.waitUntil(lambda: question.cancel.cancelled, timeout=20_000)
    fake_engine.gate.release()
    collected.wait_for(ModelRecord, 1)
    fake_engine.holds = set()
    worker.post(forward(3))
    collected.wait_for(SurpriseRecord, 3)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("wrong shape"),
        MemoryError(),
        RecursionError("too deep"),
        KeyboardInterrupt(),
        SystemExit(3),
        VisualizerError("a sentence about {what}", what="it"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_is_raised_becomes_a_failure_and_the_worker_lives_on(
    worker, collected, fake_engine, error
):
    fake_engine.raises = error
    worker.post(forward(1))
    collected.wait_for(FailureRecord, 1)
    failure = collected.records[-1].error
    assert isinstance(failure, VisualizerError)
    assert failure.__traceback__ is None
    if isinstance(error, VisualizerError):
        assert failure is error
    else:
        assert type(error).__name__ in failure.detail
    worker.post(forward(2))
    collected.wait_for(SurpriseRecord, 2)


def test_an_engine_that_cannot_be_made_is_a_failure_and_tried_again(qtbot, fake_engine):
    attempts = []

    def factory():
        attempts.append(1)
        if len(attempts) == 1:
            raise ImportError("no module named torch")
        return fake_engine

    worker = EngineWorker(factory)
    collected = Collected(worker, qtbot)
    worker.post(forward(1))
    collected.wait_for(FailureRecord, 1)
    assert "torch" in str(collected.records[-1].error)
    worker.post(forward(2))
    collected.wait_for(ForwardRecord, 2)
    assert worker.shutdown(20_000)


def test_a_failure_of_a_cancelled_request_is_silent(worker, collected, fake_engine):
    fake_engine.holds = {"forward"}
    fake_engine.raises = ValueError("late")
    worker.post(forward(1))
    assert fake_engine.entered.acquire(timeout=20)
    worker.post(forward(2))
    fake_engine.gate.release(2)
    collected.wait_for(FailureRecord, 2)  # the error was still to come
    assert {record.request_id for record in collected.records} == {2}


def test_shutdown_cancels_a_generation_and_ends_the_thread(worker, collected, fake_engine):
    fake_engine.holds = {"token"}
    request = GenerateRequest(1, Prompt("ab"), 100)
    worker.post(request)
    fake_engine.gate.release(2)
    collected.wait_for(GeneratedRecord, 1)
    fake_engine.gate.release()
    assert fake_engine.entered.acquire(timeout=20)
    fake_engine.gate.release(1000)
    assert worker.shutdown(20_000)
    assert request.cancel.cancelled


def test_shutdown_says_so_when_the_engine_does_not_stop(qtbot, fake_engine):
    worker = EngineWorker(lambda: fake_engine)
    fake_engine.holds = {"forward"}
    worker.post(forward(1))
    assert fake_engine.entered.acquire(timeout=20)
    assert worker.shutdown(20) is False
    fake_engine.gate.release()
    assert worker.shutdown(20_000) is True


def test_nothing_is_taken_in_after_shutdown(qtbot, fake_engine):
    worker = EngineWorker(lambda: fake_engine)
    assert worker.shutdown(20_000)
    request = forward(1)
    worker.post(request)
    assert request.cancel.cancelled
    assert fake_engine.asked == []


def test_the_worker_lives_in_a_thread_of_its_own(worker):
    assert worker.thread() is not QThread.currentThread()


def test_the_mailbox_hands_out_work_then_glances_and_loads_apart():
    mailbox = Mailbox()
    head, position = HeadRequest(3, 0, 0), PositionRequest(4, 0)
    load, work = LoadRequest(1, "m", Path()), forward(2)
    for request in (work, position, head, load):
        assert mailbox.post(request)
    assert mailbox.take_load() is load
    assert mailbox.take_load() is None
    taken = [mailbox.take() for _ in range(4)]
    assert taken == [work, head, position, None]


def test_posting_cancels_what_is_under_way():
    mailbox = Mailbox()
    first = forward(1)
    mailbox.post(first)
    assert mailbox.take() is first
    mailbox.post(GenerateRequest(2, Prompt("a"), 1))
    assert first.cancel.cancelled


def test_a_request_that_is_done_is_not_cancelled_any_more():
    mailbox = Mailbox()
    first = forward(1)
    mailbox.post(first)
    mailbox.take()
    mailbox.done(first)
    mailbox.post(forward(2))
    assert not first.cancel.cancelled


def test_an_overview_that_is_not_wanted_is_not_sent(worker, collected):
    worker.post(forward(1, with_overview=False))
    collected.wait_for(SurpriseRecord, 1)
    assert not any(isinstance(record, OverviewRecord) for record in collected.records)
