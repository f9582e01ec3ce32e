"""The tutorial's model, opened like any other, against the lesson's own `TransformerModel`."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from visualizer.engine.engine import LocalEngine
from visualizer.engine.errors import ContextOverflowError, ModelLoadError
from visualizer.engine.models.examine import examine
from visualizer.engine.models.own import OWN_TYPES, TUTORIAL_TYPE
from visualizer.engine.models.tutorial_transformer import position_rows
from visualizer.engine.policy import check_folder, known_model_types
from visualizer.engine.records import CancelToken, ForwardRequest, LoadRequest, Prompt
from visualizer.engine.tokenizers_hf import load_tokenizer
from visualizer.engine.vocabulary import UnknownTokenError
from visualizer.lessons import exported_model
from visualizer.lessons.corpus import text_corpus
from visualizer.lessons.exported_model import export_model
from visualizer.lessons.positions import sinusoids
from visualizer.lessons.training import Training
from visualizer.lessons.training_settings import TrainingSettings
from visualizer.lessons.tutorial_model import generate_square_subsequent_mask

TEXT = "The cat sat on the mat. The dog sat on the log (and slept), and then it ran. " * 6
LENGTH = 30


@pytest.fixture(scope="module", params=["characters", "words"])
def trained(request, tmp_path_factory):
    """A training that has taken some steps, and its folder."""
    settings = TrainingSettings(
        d_model=24, nhead=3, num_layers=3, dim_feedforward=40, length=LENGTH, batch=4
    )
    training = Training(text_corpus(TEXT, request.param), settings)
    list(training.run(15))
    training.model.eval()
    folder = tmp_path_factory.mktemp("trained") / "model"
    export_model(training, folder)
    return training, folder


def opened(folder):
    engine = LocalEngine()
    model = engine.load(LoadRequest(1, "mine", folder, "cpu", "auto"), lambda _: None)
    return engine, model


def expected_of(training, ids):
    """Logits (T, V) and maps (L, H, T, T) of the lesson's own model."""
    rows = torch.tensor([ids])
    mask = generate_square_subsequent_mask(len(ids))
    with torch.no_grad():
        logits = training.model(rows, mask)[0]
        maps = torch.stack(training.model.attention_maps(rows, mask))[:, 0]
    return logits.numpy(), maps.numpy()


def prompt_of(training):
    if training.corpus.unit == "words":
        return "The dog (and the cat) sat on the mat, and then it slept."
    return "The cat ran on the log, and th"


def forward(engine, text, layer=0, head=0):
    request = ForwardRequest(1, Prompt(text), layer=layer, head=head, with_surprise=False)
    return next(iter(engine.answer(request)))


def test_its_logits_and_maps_are_the_lessons_own(trained):
    training, folder = trained
    engine, model = opened(folder)
    assert (model.architecture, model.attention) == (TUTORIAL_TYPE, "captured")
    assert (model.n_layers, model.n_heads, model.context_length) == (3, 3, LENGTH)
    assert model.n_parameters == training.settings.n_parameters(len(training.corpus.vocabulary))
    assert model.notes == ()
    text = prompt_of(training)
    logits, maps = expected_of(training, training.corpus.encode(text))
    for layer in range(3):
        for head in range(3):
            record = forward(engine, text, layer, head)
            np.testing.assert_allclose(record.logits, logits[-1], rtol=0, atol=1e-5)
            np.testing.assert_allclose(record.head.weights, maps[layer, head], rtol=0, atol=1e-5)


def test_typed_letter_by_letter_equals_pasted(trained):
    training, folder = trained
    text = prompt_of(training)
    words = text.split(" ")
    pieces = list(text) if training.corpus.unit == "characters" else [f"{w} " for w in words]
    typing, _ = opened(folder)
    for end in range(1, len(pieces) + 1):
        typed = forward(typing, "".join(pieces[:end]).strip(), 2, 1)
        logits, maps = expected_of(training, typed.tokenization.ids.tolist())
        np.testing.assert_allclose(typed.logits, logits[-1], rtol=0, atol=1e-4)
        np.testing.assert_allclose(typed.head.weights, maps[2, 1], rtol=0, atol=1e-4)
    pasted = forward(opened(folder)[0], text, 2, 1)
    np.testing.assert_allclose(typed.logits, pasted.logits, rtol=0, atol=1e-4)


def test_a_text_longer_than_its_positions_is_refused(trained):
    _, folder = trained
    engine, _ = opened(folder)
    with pytest.raises(ContextOverflowError, match=f"the model reads at most {LENGTH}"):
        forward(engine, TEXT)


def test_a_token_that_was_never_seen_is_named(trained):
    training, folder = trained
    engine, _ = opened(folder)
    unknown = "'zebra'" if training.corpus.unit == "words" else "'z'"
    with pytest.raises(UnknownTokenError, match=f"^{unknown} does not occur in the text"):
        forward(engine, "The zebra")
    forward(engine, "The cat")  # and the next text is read as ever


def test_its_tokens_join_to_a_text_that_is_cut_the_same(trained):
    training, folder = trained
    tokenizer = load_tokenizer(folder, "mine")
    assert tokenizer.begins_with == ()
    text = prompt_of(training)
    tokens = tokenizer.encode(text)
    assert tokens.ids.tolist() == training.corpus.encode(text)
    again = tokenizer.from_ids(tuple(tokens.ids.tolist()))
    assert tokenizer.encode(again.text).ids.tolist() == tokens.ids.tolist()
    if training.corpus.unit == "characters":
        assert again.text == text


def test_the_package_itself_gives_the_same(trained):
    training, folder = trained
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
    ids = training.corpus.encode(prompt_of(training))
    logits, maps = expected_of(training, ids)
    with torch.no_grad():
        output = model(torch.tensor([ids]), output_attentions=True)
    np.testing.assert_allclose(output.logits[0].numpy(), logits, rtol=0, atol=1e-5)
    np.testing.assert_allclose(torch.cat(output.attentions).numpy(), maps, rtol=0, atol=1e-5)


@pytest.mark.parametrize("width", [1, 7, 24])
def test_positions_are_the_lessons_own(width):
    rows = position_rows(5, 40, width).numpy()
    np.testing.assert_allclose(rows, sinusoids(45, width)[5:], rtol=0, atol=1e-12)


def test_a_chinese_text_needs_no_latin_letter(tmp_path):
    settings = TrainingSettings(
        d_model=8, nhead=2, num_layers=1, dim_feedforward=8, length=8, batch=2
    )
    training = Training(text_corpus("千里之行，始于足下。" * 9), settings)
    export_model(training, tmp_path / "model")
    engine, model = opened(tmp_path / "model")
    assert model.begins_with == ()
    assert forward(engine, "千里之行").tokenization.ids.tolist() == training.corpus.encode(
        "千里之行"
    )


def test_its_name_is_known_without_loading_it():
    assert exported_model.MODEL_TYPE == TUTORIAL_TYPE
    assert known_model_types() >= OWN_TYPES


def test_examining_it_finds_nothing_wrong(trained):
    findings = examine(trained[1], CancelToken())
    assert all(finding.ok for finding in findings)
    assert "visualizer_tutorial" in findings[0].result


def changed(folder, target, **values):
    shutil.copytree(folder, target)
    config = json.loads((target / "config.json").read_text(encoding="utf-8"))
    (target / "config.json").write_text(json.dumps(config | values), encoding="utf-8")
    return target


def test_a_damaged_folder_gets_one_sentence(trained, tmp_path):
    _, folder = trained
    for name, values, sentence in (
        ("heads", {"num_attention_heads": 5}, "none that visualizer_tutorial could have"),
        ("width", {"hidden_size": 12}, "other shapes"),
        ("layers", {"num_hidden_layers": 2}, "more layers than the 2"),
        ("lacks", {"num_hidden_layers": 4}, "lacks"),
        ("vocabulary", {"vocab_size": 4}, "other shapes"),
    ):
        with pytest.raises(ModelLoadError, match=sentence):
            opened(changed(folder, tmp_path / name, **values))
    lacking = tmp_path / "lacking"
    shutil.copytree(folder, lacking)
    tensors = load_file(lacking / "model.safetensors")
    del tensors["lm_head.bias"]
    save_file(tensors, lacking / "model.safetensors")
    with pytest.raises(ModelLoadError, match=r"lm_head\.bias"):
        opened(lacking)


def test_a_context_that_is_only_claimed_takes_no_memory(trained, tmp_path):
    training, folder = trained
    engine, model = opened(changed(folder, tmp_path / "long", max_position_embeddings=1 << 27))
    assert model.context_length == 1 << 27
    text = prompt_of(training)
    logits, _ = expected_of(training, training.corpus.encode(text))
    np.testing.assert_allclose(forward(engine, text).logits, logits[-1], rtol=0, atol=1e-5)


def test_code_beside_it_is_never_run(trained, tmp_path):
    folder = changed(trained[1], tmp_path / "code", auto_map={"AutoConfig": "evil.Config"})
    (folder / "evil.py").write_text("raise SystemExit('ran')", encoding="utf-8")
    _, model = opened(folder)
    assert any("it was ignored" in str(note) for note in model.notes)
    assert check_folder(folder, known_model_types()).model_type == TUTORIAL_TYPE
