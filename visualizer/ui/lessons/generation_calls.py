"""The calls of the generation loop as code, with their real arguments and results. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from visualizer.lessons.generation import Float64Array
from visualizer.lessons.generation_loop import GenerationLoop, Round

CallState = Literal["done", "now", "waiting"]
_MOST_WORDS_SHOWN = 12


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        code: As it would be typed.
        result: What came out; "" before it was made.
        state: "now" for the one that was made last.
        depth: How many calls it is made within.
    """

    code: str
    result: str = ""
    state: CallState = "waiting"
    depth: int = 0


def word_list(words: Sequence[str]) -> str:
    """Words as a list in Python; a long one without its middle, and how many that is."""
    shown = [f'"{word}"' for word in words]
    if len(shown) > _MOST_WORDS_SHOWN:
        half = _MOST_WORDS_SHOWN // 2
        left_out = len(shown) - 2 * half
        shown = [*shown[:half], f"… +{left_out} …", *shown[-half:]]
    return "[" + ", ".join(shown) + "]"


def distribution(words: Sequence[str], probs: Float64Array) -> str:
    """(V,) probabilities of V words as a dictionary in Python."""
    pairs = [f'"{word}": {prob:.3f}' for word, prob in zip(words, probs.tolist(), strict=True)]
    return "{" + ", ".join(pairs) + "}"


def round_calls(loop: GenerationLoop) -> tuple[Call, ...]:
    """The calls of a turn, the two within `select_next_token` with it; results as far as it is."""
    turn = loop.round if loop.stage != "begun" else None
    words = loop.bigrams.words
    given = turn.tokens if turn is not None else tuple(loop.tokens)
    smoothing = f", smoothing={loop.smoothing:g}" if loop.smoothing else ""
    codes = (
        (f"predictions = predict_next_token({word_list(given)}, bigrams{smoothing})", 0),
        (f"chosen = select_next_token(predictions, {loop.hyperparameters!r}, rng)", 0),
        ("shaped = shape_predictions(predictions, hyperparameters)", 1),
        ("return rng.choice(len(shaped), p=shaped)", 1),
        ("tokens.append(words[chosen])", 0),
    )
    results = _results(turn, loop, words)
    last = len(results) - 1
    return tuple(
        Call(code, results[i], "now" if i == last else "done", depth)
        if i <= last
        else Call(code, depth=depth)
        for i, (code, depth) in enumerate(codes)
    )


def _results(turn: Round | None, loop: GenerationLoop, words: Sequence[str]) -> list[str]:
    if turn is None:
        return []
    results = [distribution(words, turn.predictions)]
    if turn.shaped is not None:
        results += ["", distribution(words, turn.shaped)]  # the choice has begun, with shaping
    if turn.chosen is not None:
        drawn = "" if turn.draw is None else f", draw = {turn.draw:.3f}"
        results.append(f'{turn.chosen}  # words[{turn.chosen}] == "{words[turn.chosen]}"{drawn}')
    if loop.stage == "appended":
        results.append(word_list(loop.tokens))
    return results


def run_call(loop: GenerationLoop, given: Sequence[str], n_words: int, smoothing: float) -> Call:
    """The call of `generate_text` that wrote what follows `given`."""
    smoothed = f", smoothing={smoothing:g}" if smoothing else ""
    predict = f"partial(predict_next_token, bigrams=bigrams{smoothed})"
    code = (
        f"generate_text({word_list(given)}, {n_words}, {loop.hyperparameters!r}, "
        f"predict={predict}, words=words, rng=rng)"
    )
    return Call(code, word_list(loop.tokens[len(given) :]), "now")
