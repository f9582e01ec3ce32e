"""Train the bundled tiny model from nothing, or evaluate the one that is there.

    python models/train_tiny.py                  # tokenizer, training, evaluation, card
    python models/train_tiny.py --evaluate       # the card's figures, computed again

The text is drawn afresh from the story grammar (`visualizer.lessons.story_grammar`) at every
step, so no story is seen twice but by chance, and the true next-word distributions are known.
Seeds are fixed: the same versions of the libraries on the same processor give the same model.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from visualizer.lessons.story_grammar import (
    END,
    generate_words,
    join_words,
    next_word_distributions,
    words_as_pieces,
)

FOLDER = Path(__file__).resolve().parent / "tiny"

SEED = 20_261
EVALUATION_SEED = 7  # another stream of stories than the training's
CONTEXT_LENGTH = 512
VOCABULARY_SIZE = 1024
TOKENIZER_STORIES = 4000
# Most steps see little more than one story a row: what to remember is then soon learned. The last
# fifth fills the whole context.
SHORT_ROWS, SHORT_LENGTH = 8, 224
LONG_ROWS, LONG_SHARE = 4, 0.2
PEAK_MUON_RATE = 6e-3
PEAK_ADAMW_RATE = 3e-3
WARMUP_STEPS = 50


def train_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer in which every word of the grammar is one token.

    Raises:
        RuntimeError: A word was left in parts: the vocabulary is too small for the grammar.
    """
    rng = np.random.default_rng(SEED)
    stories = [generate_words(rng)[:-1] for _ in range(TOKENIZER_STORIES)]
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.train_from_iterator(
        (join_words(words) for words in stories),
        trainers.BpeTrainer(
            vocab_size=VOCABULARY_SIZE,
            special_tokens=[END],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    for words in stories:
        if len(backend.encode(join_words(words)).ids) != len(words):
            raise RuntimeError("a word of the grammar is more than one token")
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        eos_token=END,
        model_max_length=CONTEXT_LENGTH,
        clean_up_tokenization_spaces=False,
    )


def build_model(tokenizer: PreTrainedTokenizerBase) -> LlamaForCausalLM:
    """The untrained model: Llama's architecture, 4 layers of 4 heads, width 128."""
    torch.manual_seed(SEED)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=128,
            intermediate_size=352,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=CONTEXT_LENGTH,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=None,
            initializer_range=0.05,
            attn_implementation="sdpa",
        )
    )


def story_ids(words: list[str], vocabulary: dict[str, int]) -> list[int]:
    """Token ids of a story's words, one for one."""
    return [vocabulary[piece] for piece in words_as_pieces(words)]


def piece_vocabulary(tokenizer: PreTrainedTokenizerBase) -> dict[str, int]:
    """From a token's text, with its leading space, to its id; parts of characters are left out."""
    texts = {tokenizer.decode([index]): index for index in range(len(tokenizer))}
    return {text: index for text, index in texts.items() if "\ufffd" not in text}


def training_batches(vocabulary: dict[str, int], n_steps: int) -> Iterator[torch.Tensor]:
    """The token ids of each step, (rows, length) int64.

    Each row begins with the first word of a story and goes on with whole stories until it is
    full; the last one is cut.
    """
    rng = np.random.default_rng(SEED + 1)
    n_short = n_steps - round(LONG_SHARE * n_steps)
    for step in range(n_steps):
        n_rows, length = (
            (SHORT_ROWS, SHORT_LENGTH) if step < n_short else (LONG_ROWS, CONTEXT_LENGTH)
        )
        rows = []
        for _ in range(n_rows):
            row: list[int] = []
            while len(row) < length:
                row += story_ids(generate_words(rng), vocabulary)
            rows.append(row[:length])
        yield torch.tensor(rows)


def schedule(step: int, n_steps: int) -> float:
    """Share of the peak learning rate: linear warm-up, then half a cosine down to zero."""
    if step < WARMUP_STEPS:
        return (step + 1) / WARMUP_STEPS
    done = (step - WARMUP_STEPS) / max(1, n_steps - WARMUP_STEPS)
    return 0.5 * (1 + math.cos(math.pi * done))


def train(model: LlamaForCausalLM, vocabulary: dict[str, int], n_steps: int) -> int:
    """Next-token training, in place: Muon for the matrices of the blocks, AdamW for the rest.

    Returns:
        How many tokens were seen.
    """
    inner = [p for p in model.model.layers.parameters() if p.ndim == 2]
    chosen = {id(parameter) for parameter in inner}
    others = [p for p in model.parameters() if id(p) not in chosen]
    optimizers = (
        torch.optim.Muon(
            inner, lr=PEAK_MUON_RATE, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"
        ),
        torch.optim.AdamW(others, lr=PEAK_ADAMW_RATE, betas=(0.9, 0.98), weight_decay=0.0),
    )
    peaks = [optimizer.param_groups[0]["lr"] for optimizer in optimizers]
    n_tokens = 0
    began = time.monotonic()
    model.train()
    for step, batch in enumerate(training_batches(vocabulary, n_steps)):
        for optimizer, peak in zip(optimizers, peaks, strict=True):
            optimizer.param_groups[0]["lr"] = peak * schedule(step, n_steps)
            optimizer.zero_grad(set_to_none=True)
        loss = model(input_ids=batch, labels=batch, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        n_tokens += batch.numel()
        if step % 50 == 0 or step == n_steps - 1:
            seconds = time.monotonic() - began
            print(f"step {step:5d}  loss {loss.item():.4f}  {seconds:5.0f} s", flush=True)
    model.eval()
    return n_tokens


@dataclass(frozen=True)
class Evaluation:
    """How close the model is to the grammar, over fresh stories.

    Every word but the first of each story is predicted from the words before it; the first has
    nothing before it. Natural logarithms.

    Attributes:
        n_stories, n_words: Stories drawn, and words predicted in them.
        loss: Mean cross-entropy of the model, in nats a word.
        true_loss: The same for the grammar's own probabilities on the same stories.
        true_entropy: Mean entropy of the grammar's distributions: the floor of any model.
        kl: Mean Kullback-Leibler divergence of the model from the grammar, in nats.
        total_variation: Mean total variation distance, in [0, 1].
        top_1: Share of positions where the model's likeliest word is one of the likeliest words
            of the grammar.
    """

    n_stories: int
    n_words: int
    loss: float
    true_loss: float
    true_entropy: float
    kl: float
    total_variation: float
    top_1: float


def _true_probs(words: list[str], vocabulary: dict[str, int], size: int) -> np.ndarray:
    """(len(words), size) float64: the grammar's distribution of each word."""
    probs = np.zeros((len(words), size))
    pieces = list(words_as_pieces(words))
    for row, distribution in enumerate(next_word_distributions(words)):
        if row == len(words):
            break
        spaced = pieces[row].startswith(" ") or words[row] in (".", ",", ":", "?", "\n", END)
        for word, prob in distribution.items():
            bare = word in (".", ",", ":", "?", "\n", END) or not spaced
            probs[row, vocabulary[word if bare else " " + word]] = prob
    return probs


def evaluate(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerBase, n_stories: int
) -> Evaluation:
    """Compare the model with the grammar on `n_stories` stories of the evaluation's own stream."""
    vocabulary = piece_vocabulary(tokenizer)
    rng = np.random.default_rng(EVALUATION_SEED)
    losses, true_losses, entropies, divergences, distances, hits = ([] for _ in range(6))
    for _ in range(n_stories):
        words = generate_words(rng)
        ids = story_ids(words, vocabulary)
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, :-1]
        logprobs = torch.log_softmax(logits.double(), dim=-1).numpy()
        truth = _true_probs(words, vocabulary, logprobs.shape[1])[1:]
        rows, actual = np.arange(len(ids) - 1), np.array(ids[1:])
        with np.errstate(divide="ignore"):
            true_logprobs = np.log(truth)
        surprise = np.where(truth > 0, truth * -np.where(truth > 0, true_logprobs, 0), 0)
        losses.append(-logprobs[rows, actual])
        true_losses.append(-true_logprobs[rows, actual])
        entropies.append(surprise.sum(axis=1))
        divergences.append(-(truth * logprobs).sum(axis=1) - surprise.sum(axis=1))
        distances.append(0.5 * np.abs(truth - np.exp(logprobs)).sum(axis=1))
        best = truth[rows, logprobs.argmax(axis=1)]
        hits.append(best >= truth.max(axis=1) - 1e-9)
    mean = [
        float(np.concatenate(parts).mean())
        for parts in (losses, true_losses, entropies, divergences, distances, hits)
    ]
    return Evaluation(n_stories, sum(map(len, losses)), *mean)


def write_folder(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, card: str) -> None:
    """Put the finished model where the old one was; an interrupted run leaves the old one."""
    with tempfile.TemporaryDirectory(dir=FOLDER.parent, prefix=".tiny-") as scratch:
        new = Path(scratch) / "new"
        model.save_pretrained(new)
        tokenizer.save_pretrained(new)
        # Only what cannot differ from one model to the next: how to sample is the user's choice.
        GenerationConfig(eos_token_id=model.config.eos_token_id).save_pretrained(new)
        (new / "README.md").write_text(card, encoding="utf-8")
        for path in new.iterdir():
            path.chmod(0o644)
        if FOLDER.exists():
            os.replace(FOLDER, Path(scratch) / "old")
        os.replace(new, FOLDER)
        shutil.rmtree(Path(scratch) / "old", ignore_errors=True)


def load_folder(folder: Path = FOLDER) -> tuple[LlamaForCausalLM, PreTrainedTokenizerBase]:
    """The finished model, in evaluation mode, and its tokenizer."""
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return model.eval(), PreTrainedTokenizerFast.from_pretrained(folder)


def sample_story(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerBase, prompt: str, seed: int
) -> str:
    """A story drawn from the model: temperature 1, nothing cut off."""
    torch.manual_seed(seed)
    ids = torch.tensor([tokenizer.encode(prompt)])
    with torch.inference_mode():
        out = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=True,
            top_k=0,
            max_new_tokens=220,
            pad_token_id=tokenizer.eos_token_id,
        )
    return str(tokenizer.decode(out[0], skip_special_tokens=True))


CARD = """# tiny: a language model that tells little stories

{n_parameters:,} parameters, {layers} layers of {heads} attention heads, width {width}, context
{context} tokens, a vocabulary of {vocabulary} tokens. Llama's architecture (rotary positions,
RMSNorm, gated feed-forward), input and output embeddings tied. It comes with the program so that
everything works with no network, and so that there is a model whose right answers are known.

## What it was trained on

Stories drawn from the probabilistic grammar in `visualizer/lessons/story_grammar.py`, which was
written for this project; no other text. Characters have names that return, things change hands,
apples are counted, and questions at the end ask about it. No story is stored: each training step
draws new ones, {tokens_seen:,} tokens in all. Because the grammar's true next-word probabilities
can be computed, so can the distance of the model from the truth.

The tokenizer is a byte-level BPE trained on such stories. Every word of the grammar is one token;
any other text is cut into smaller parts, down to single bytes. It adds no token at the beginning.

## How it was trained

    python models/train_tiny.py --steps {steps}

Muon for the matrices of the blocks (learning rate {muon_rate}, weight decay 0.1), AdamW for
embedding and norms (learning rate {adamw_rate}), {warmup} steps of warm-up, then cosine to zero,
gradients clipped at 1; {steps} steps of {short_rows} rows of {short_length} tokens, the last fifth
of them of {long_rows} rows of {context} tokens. Seed {seed}, float32, processor threads: {threads}.
It took {minutes:.0f} minutes at low priority on a busy machine, with torch {torch} and transformers
{transformers}.

## How good it is

`python models/train_tiny.py --evaluate` computes these again, on {n_stories} fresh stories
({n_words:,} words, seed {evaluation_seed}); natural logarithms.

| Figure | Value |
|---|---|
| loss, nats a word | {loss:.4f} |
| loss of the true probabilities on the same stories | {true_loss:.4f} |
| mean entropy of the true distributions (the floor) | {true_entropy:.4f} |
| perplexity of the model | {perplexity:.4f} |
| perplexity of the true probabilities | {true_perplexity:.4f} |
| mean KL divergence from the true distribution | {kl:.4f} |
| mean total variation distance | {total_variation:.4f} |
| likeliest word is a likeliest word of the grammar | {top_1:.4f} |

A story that it wrote after "Once upon a time", drawn at temperature 1 with seed 0:

{sample}

## Limits

It knows these stories and nothing else: no facts, no other words, no other language. On other text
its predictions mean nothing, and tokens that are no word of the grammar were never trained.

Its training was short. It repeats names and things and adds up apples, but often forgets where the
hero lived, what colour and animal the characters were, and who holds a thing after it was given.
The entropy above says what a perfect model would reach.

## Licence

Apache-2.0, like the program.
"""


def write_card(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerBase,
    evaluation: Evaluation,
    steps: int,
    tokens_seen: int,
    minutes: float,
) -> str:
    """The model's card, with the figures of this run."""
    import transformers

    sample = sample_story(model, tokenizer, "Once upon a time", seed=0)
    return CARD.format(
        n_parameters=sum(p.numel() for p in model.parameters()),
        layers=model.config.num_hidden_layers,
        heads=model.config.num_attention_heads,
        width=model.config.hidden_size,
        context=CONTEXT_LENGTH,
        vocabulary=len(tokenizer),
        tokens_seen=tokens_seen,
        steps=steps,
        muon_rate=PEAK_MUON_RATE,
        adamw_rate=PEAK_ADAMW_RATE,
        warmup=WARMUP_STEPS,
        short_rows=SHORT_ROWS,
        short_length=SHORT_LENGTH,
        long_rows=LONG_ROWS,
        seed=SEED,
        threads=torch.get_num_threads(),
        minutes=minutes,
        torch=torch.__version__,
        transformers=transformers.__version__,
        evaluation_seed=EVALUATION_SEED,
        perplexity=math.exp(evaluation.loss),
        true_perplexity=math.exp(evaluation.true_loss),
        sample="\n".join(f"> {line}  " for line in sample.splitlines()),
        **asdict(evaluation),
    )


def main() -> None:
    """Entry point of the script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluate", action="store_true", help="evaluate the model that is there")
    parser.add_argument("--steps", type=int, default=2200, help="training steps")
    parser.add_argument("--stories", type=int, default=300, help="fresh stories to evaluate on")
    parser.add_argument("--threads", type=int, default=1, help="processor threads")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.evaluate:
        print(json.dumps(asdict(evaluate(*load_folder(), options.stories)), indent=2))
        return
    tokenizer = train_tokenizer()
    model = build_model(tokenizer)
    began = time.monotonic()
    n_tokens = train(model, piece_vocabulary(tokenizer), options.steps)
    minutes = (time.monotonic() - began) / 60
    evaluation = evaluate(model, tokenizer, options.stories)
    print(json.dumps(asdict(evaluation), indent=2))
    card = write_card(model, tokenizer, evaluation, options.steps, n_tokens, minutes)
    write_folder(model, tokenizer, card)


if __name__ == "__main__":
    main()
