"""A model that answers at once, whose numbers are plain to see."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
import tokenizers
from tokenizers import decoders, models, pre_tokenizers, processors

from visualizer import cli
from visualizer.commands import attention, generate, predict, score, tokens
from visualizer.commands.opening import OpenedModel
from visualizer.engine.attention_records import SeveralHeadsRequest
from visualizer.engine.errors import UsageError
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.engine.records import (
    ForwardRecord,
    ForwardRequest,
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    HeadRecord,
    HeadRequest,
    ModelRecord,
    SurpriseRecord,
)
from visualizer.engine.tokenizers_hf import HuggingFaceTokenizer

N_IDS = 260
BOS = 256


def make_tokenizer(*, with_bos=False):
    vocabulary = {token: i for i, token in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    backend = tokenizers.Tokenizer(models.BPE(vocabulary, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens(["<s>"])
    if with_bos:
        backend.post_processor = processors.TemplateProcessing(
            single="<s> $A", special_tokens=[("<s>", BOS)]
        )
    return HuggingFaceTokenizer(backend, "fake", N_IDS)


class FakeEngine:
    """Predicts from the ids alone; keeps what it was asked."""

    def __init__(self, model, completion=b""):
        self.model = model
        self.asked = []
        self.completion = completion
        self.n_tokens = 0

    @staticmethod
    def logits(ids, position):
        return (
            np.random.default_rng([*ids[: position + 1].tolist()])
            .normal(0, 3, N_IDS)
            .astype(np.float32)
        )

    @staticmethod
    def weights(layer, head, n):
        seed = [layer, 99 if head == "mean" else head, n]
        raw = np.tril(np.random.default_rng(seed).random((n, n)))
        return (raw / raw.sum(1, keepdims=True)).astype(np.float32)

    def answer(self, question):
        self.asked.append(question)
        if isinstance(question, ForwardRequest):
            yield from self._forward(question)
        elif isinstance(question, HeadRequest):
            n = self.n_tokens
            yield HeadRecord(
                question.request_id, question.layer, question.head, n, (0, n), (0, n), 1,
                self.weights(question.layer, question.head, n),
            )  # fmt: skip
        elif isinstance(question, SeveralHeadsRequest):
            n = self.n_tokens
            for layer, head in question.heads:
                weights = self.weights(layer, head, n)
                yield HeadRecord(
                    question.request_id, layer, head, n, (0, n), (0, n), 1, weights,
                    treatment=question.treatment,
                )  # fmt: skip
        elif isinstance(question, PathRequest):
            yield self._paths(question)
        elif isinstance(question, GenerateRequest):
            yield from self._generate(question)

    def _forward(self, request):
        tokenizer, prompt = self.model.tokenizer, request.prompt
        pinned = prompt.token_ids is not None
        text = tokenizer.from_ids(prompt.token_ids) if pinned else tokenizer.encode(prompt.text)
        n = self.n_tokens = len(text)
        position = request.position if request.position >= 0 else n + request.position
        if not 0 <= position < n:
            raise UsageError("position must be in the text")
        yield ForwardRecord(
            request.request_id, text, position, self.logits(text.ids, position), None, n, 1.0
        )
        logprobs = -np.arange(n, dtype=np.float64) / 8
        logprobs[0] = np.nan
        yield SurpriseRecord(request.request_id, logprobs, np.zeros(n), True)

    def _paths(self, request):
        """A quarter for the first token of a word, and half of that for each further one."""
        logprobs = tuple(
            np.log(0.25) + np.log(0.5) * np.arange(len(word), dtype=np.float64)
            for word in request.words
        )
        for values in logprobs:
            values[3:] = np.nan  # the context is full
        return PathRecord(request.request_id, request.position, request.words, logprobs)

    def _generate(self, request):
        ids = self.model.tokenizer.encode(request.prompt.text).ids
        for step, byte in enumerate(self.completion[: request.max_new_tokens]):
            token_id = self.id_of(byte)
            ids = np.append(ids, token_id)
            text = self.model.tokenizer.from_ids(tuple(ids.tolist()))
            forward = ForwardRecord(1, text, len(ids) - 1, self.logits(ids, len(ids)), None, 1, 1.0)
            yield GeneratedRecord(
                request.request_id, step, token_id, bytes([byte]), -0.5, -0.25, forward, None
            )
        yield GenerationEnded(request.request_id, "end_of_text")

    def id_of(self, byte):
        return next(i for i in range(256) if self.model.tokenizer.token_bytes(i) == bytes([byte]))


def make_model(**changes):
    values = {
        "request_id": 1, "name": "fake", "source": Path("fake"), "architecture": "gpt2",
        "n_layers": 2, "n_heads": 3, "layer_heads": (3, 3), "n_key_value_heads": 3, "width": 6,
        "vocabulary_size": N_IDS, "context_length": 64, "n_parameters": 1, "device": "cpu",
        "dtype": "float32", "n_threads": 1, "attention": "captured", "notes": (),
        "tokenizer": make_tokenizer(), "begins_with": (), "end_ids": (),
    }  # fmt: skip
    return ModelRecord(**{**values, **changes})


@pytest.fixture
def engine():
    return FakeEngine(make_model())


@pytest.fixture
def run(engine, monkeypatch, capsys):
    """Run the command line on the fake engine; gives status, stdout and stderr."""

    def open_model(args):
        return OpenedModel(engine, engine.model)

    for module in (predict, score, generate, attention):
        real = module.run
        monkeypatch.setattr(
            module, "run", lambda args, real=real: real(args, open_model=open_model)
        )
    real_tokens = tokens.run
    monkeypatch.setattr(
        tokens,
        "run",
        lambda args: real_tokens(args, open_tokenizer=lambda args: engine.model.tokenizer),
    )

    def call(*words, stdin=None):
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = cli.main(list(words))
        out, err = capsys.readouterr()
        return status, out, err

    return call


@pytest.fixture
def run_with_bos(engine, run):
    """The same, with a tokenizer that begins every text with a token of its own."""
    object.__setattr__(engine.model, "tokenizer", make_tokenizer(with_bos=True))
    return run
