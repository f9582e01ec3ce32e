from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.corpus import random_corpus, text_corpus
from visualizer.lessons.generation import Hyperparameters
from visualizer.lessons.training import DivergedError, Training
from visualizer.lessons.training_settings import SMALL, TrainingSettings
from visualizer.lessons.tutorial_model import TransformerModel, generate_square_subsequent_mask

pytestmark = pytest.mark.usefixtures("one_thread")
TINY = TrainingSettings(
    d_model=16, nhead=2, num_layers=1, dim_feedforward=32, length=8, batch=8, dropout=0.1,
    learning_rate=0.01, held_out_every=10,
)  # fmt: skip


@pytest.fixture
def corpus(rhyme):
    return text_corpus(rhyme)


def test_the_defaults_are_the_tutorial_s():
    settings = TrainingSettings()
    sizes = (settings.d_model, settings.nhead, settings.num_layers, settings.dim_feedforward)
    assert sizes == (512, 8, 6, 2048)
    assert (settings.dropout, settings.learning_rate) == (0.1, 0.001)
    assert (settings.length, settings.batch, settings.warmup_steps) == (10, 32, 0)
    assert settings.target == "next"


@pytest.mark.parametrize("settings", [TINY, SMALL, TrainingSettings()])
def test_parameters_are_counted_without_building_the_model(settings):
    model = TransformerModel(
        50, settings.d_model, settings.nhead, settings.num_layers, settings.dim_feedforward
    )
    assert settings.n_parameters(50) == sum(p.numel() for p in model.parameters())


def test_the_first_step_is_the_bare_loop_s(corpus):
    """Loss, gradient norm and weights after a step of Adam, written out once more."""
    settings = replace(TINY, dropout=0.0)
    training = Training(corpus, settings)
    model = TransformerModel(len(corpus.vocabulary), 16, 2, 1, 32, 0.0, max_len=8)
    model.load_state_dict(training.model.state_dict())
    rows = []
    batch = training._batch
    training._batch = lambda: rows.append(batch()) or rows[0]
    (record,) = training.run(1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    output = model(rows[0][:, :8], generate_square_subsequent_mask(8))
    loss = nn.CrossEntropyLoss()(output.view(-1, output.shape[-1]), rows[0][:, 1:].reshape(-1))
    loss.backward()
    squares = sum(p.grad.double().square().sum().item() for p in model.parameters())
    optimizer.step()
    assert record.step == 1
    assert record.loss == pytest.approx(loss.item(), rel=1e-5)
    assert record.gradient_norm == pytest.approx(math.sqrt(squares), rel=1e-4)
    for ours, theirs in zip(training.model.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=0)


def test_a_batch_holds_rows_of_the_training_text(corpus):
    training = Training(corpus, TINY)
    text = corpus.decode(corpus.training)
    for row in training._batch().tolist():
        assert len(row) == 9
        assert corpus.decode(row) in text


def test_it_learns_and_says_so(corpus):
    training = Training(corpus, TINY)
    records = list(training.run(60))
    assert [record.step for record in records] == list(range(1, 61))
    first = np.mean([record.loss for record in records[:5]])
    assert records[0].loss > math.log(len(corpus.vocabulary)) * 0.8
    assert np.mean([record.loss for record in records[-5:]]) < 0.75 * first
    with_held_out = [record for record in records if record.held_out_loss is not None]
    assert [record.step for record in with_held_out] == [10, 20, 30, 40, 50, 60]
    assert with_held_out[-1].held_out_loss < 0.85 * with_held_out[0].held_out_loss
    assert with_held_out[-1].next_token_loss == with_held_out[-1].held_out_loss
    assert all(record.tokens_per_second > 0 for record in records)
    assert training.model.training


def test_as_printed_the_tutorial_learns_to_copy_and_not_to_predict():
    settings = replace(TINY, dropout=0.0, learning_rate=0.02, d_model=32)
    random = random_corpus(20, 4000)
    *_, copying = Training(random, replace(settings, target="same")).run(60)
    *_, predicting = Training(random, settings).run(60)
    assert copying.held_out_loss < 0.2
    assert copying.next_token_loss > math.log(20)  # worse than knowing nothing at all
    assert predicting.held_out_loss > 0.95 * math.log(20)  # there is nothing to know


def test_the_held_out_loss_is_the_plain_mean_without_dropout(corpus):
    training = Training(corpus, TINY)
    rows, mask = training._held_out, generate_square_subsequent_mask(8)
    text = corpus.decode(corpus.held_out)
    assert all(corpus.decode(row) in text for row in rows.tolist())
    training.model.eval()
    logprobs = training.model(rows[:, :-1], mask).double().log_softmax(dim=-1)
    training.model.train()
    picked = [logprobs[i, t, rows[i, t + 1]].item() for i in range(len(rows)) for t in range(8)]
    assert training.held_out_loss("next") == pytest.approx(-np.mean(picked), rel=1e-4)


def test_the_learning_rate_warms_up(corpus):
    settings = replace(TINY, warmup_steps=4)
    rates = [record.learning_rate for record in Training(corpus, settings).run(6)]
    assert rates == pytest.approx([0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01])


def test_the_same_seed_trains_the_same_and_leaves_torch_s_numbers_alone(corpus):
    torch.manual_seed(5)
    losses = [record.loss for record in Training(corpus, TINY).run(4)]
    drawn = torch.rand(3)
    assert [record.loss for record in Training(corpus, TINY).run(4)] == losses
    assert [record.loss for record in Training(corpus, replace(TINY, seed=1)).run(4)] != losses
    torch.manual_seed(5)
    assert torch.equal(torch.rand(3), drawn)


def test_stopping_and_pausing(corpus):
    training = Training(corpus, TINY)
    records = training.run(100, lambda: training.step >= 3)
    assert next(records).step == 1  # not asking for more is a pause
    assert training.step == 1
    assert [record.step for record in records] == [2, 3]
    assert [record.step for record in training.run(2)] == [4, 5]


def test_a_diverging_learning_rate_is_said_and_takes_no_step(corpus):
    training = Training(corpus, replace(TINY, learning_rate=1e30))
    with pytest.raises(DivergedError, match=r"not a number after 1 steps.*1e\+30 is too high"):
        list(training.run(20))
    assert training.step == 1


def test_a_sample_continues_the_prompt_from_a_seed(corpus):
    training = Training(corpus, TINY)
    list(training.run(30))
    greedy = training.sample("The cat", 12, Hyperparameters(temperature=0))
    assert greedy.startswith("The cat")
    assert len(greedy) == 19
    assert greedy == training.sample("The cat", 12, Hyperparameters(temperature=0), seed=1)
    samples = {training.sample("T", 20, Hyperparameters(), seed) for seed in (0, 0, 1)}
    assert len(samples) == 2
    with pytest.raises(UsageError, match="'Z' does not occur"):
        training.sample("Z", 1, Hyperparameters())
    with pytest.raises(UsageError, match="nothing to continue"):
        training.sample("", 1, Hyperparameters())


def test_a_held_out_part_too_short_to_score_is_missing_not_zero():
    training = Training(text_corpus("abcabcabcabc"), replace(TINY, held_out_every=1))
    (record,) = training.run(1)
    assert record.held_out_loss is None
    assert record.next_token_loss is None


def test_texts_and_sizes_that_cannot_be_trained(corpus):
    with pytest.raises(VisualizerError, match="8 characters to train on, too few for rows of 8"):
        Training(text_corpus("abababab"), TINY)
    with pytest.raises(UsageError, match="3 heads do not divide a width of 16"):
        Training(corpus, replace(TINY, nhead=3))
    with pytest.raises(UsageError, match="at most 200 million"):
        Training(corpus, replace(TINY, d_model=65536))
    with pytest.raises(UsageError, match="num_layers must be from 1 to 256, got 100000"):
        replace(TINY, d_model=1, nhead=1, num_layers=100_000)
    long = text_corpus("abcd" * 20_000)
    for sizes in ({"length": 60_000}, {"batch": 10**9}, {"length": 10_000, "batch": 64}):
        with pytest.raises(UsageError, match="at most 2,000 million fit"):
            Training(long, replace(TINY, **sizes))


@pytest.mark.parametrize(
    ("name", "value"),
    [("d_model", 0), ("batch", 0), ("length", 0), ("nhead", 0), ("num_layers", 0), ("seed", -1),
     ("dropout", 1.0), ("dropout", float("nan")), ("learning_rate", 0.0),
     ("learning_rate", float("inf")), ("target", "previous"), ("held_out_every", 0)],
)  # fmt: skip
def test_settings_out_of_range(name, value):
    with pytest.raises(UsageError):
        replace(TINY, **{name: value})
