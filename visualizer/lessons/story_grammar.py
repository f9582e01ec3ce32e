"""A grammar of little stories whose true next-word probabilities are known exactly.

A story is derived from the rule "story" by weighted choices. What has been chosen so far (who the
hero is, who holds the ball, how many apples there are) is remembered in bindings, so that later
words depend on much earlier ones, as they do in real text. A model that is trained on these
stories can therefore be compared with the truth: `next_word_distribution` sums over every
derivation that agrees with a prefix.

A text is a sequence of words: a punctuation mark and a line break are words of their own, and
`END` closes a story. `join_words` writes them as text, `split_words` reads text back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from visualizer.lessons.story_rules import HE_NAMES, LEXICON, NUMBERS, PLURALS, RULES

END = "<|endoftext|>"
"""The word that follows the last word of a story."""

_CLOSING_MARKS = frozenset(".,:?")
_WORD = re.compile(r"\n|[A-Za-z]+|[.,:?]")

_Bindings = tuple[tuple[str, str], ...]  # sorted by key, so that equal memories compare equal


@dataclass(frozen=True)
class _Word:
    text: str


@dataclass(frozen=True)
class _Rule:
    name: str


@dataclass(frozen=True)
class _Slot:
    """A word that is drawn from a lexicon the first time and repeated after that."""

    key: str
    lexicon: str | None
    differs_from: str | None
    form: str | None


@dataclass(frozen=True)
class _Remember:
    """Binds a key to the value of another one; no word is written."""

    key: str
    source: str | None


_Item = _Word | _Rule | _Slot | _Remember


@dataclass(frozen=True)
class _Production:
    weight: float
    items: tuple[_Item, ...]
    needs: tuple[str, ...]
    lacks: tuple[str, ...]


@dataclass(frozen=True)
class _State:
    """What is still to be written, first item first, and what is remembered."""

    items: tuple[_Item, ...]
    bindings: _Bindings


_SLOT = re.compile(r"\{(\w+)(?:@(\w+))?(?:!(\w+))?(?:\.(\w+))?\}")


def _parse_item(source: str) -> _Item:
    if source == "/":
        return _Word("\n")
    if source == "END":
        return _Word(END)
    if source.startswith("<"):
        return _Rule(source[1:-1])
    if source.startswith("="):
        key, _, value = source[1:].partition(":")
        return _Remember(key, value or None)
    slot = _SLOT.fullmatch(source)
    if slot is not None:
        key, lexicon, differs_from, form = slot.groups()
        return _Slot(key, lexicon, differs_from, form)
    return _Word(source)


def _parse_production(weight: float, template: str, conditions: str) -> _Production:
    keys = conditions.split()
    return _Production(
        weight=weight,
        items=tuple(_parse_item(source) for source in template.split()),
        needs=tuple(key for key in keys if not key.startswith("!")),
        lacks=tuple(key[1:] for key in keys if key.startswith("!")),
    )


_PRODUCTIONS: Mapping[str, tuple[_Production, ...]] = {
    name: tuple(_parse_production(*alternative) for alternative in alternatives)
    for name, alternatives in RULES.items()
}
_START = _State((_Rule("story"),), ())


def _total(bindings: Mapping[str, str]) -> int:
    return sum(NUMBERS.index(bindings[key]) + 1 for key in ("found", "given"))


def _other(bindings: Mapping[str, str], one: str) -> str:
    return bindings["friend"] if bindings[one] == bindings["hero"] else bindings["hero"]


_DERIVED: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "total": lambda bindings: NUMBERS[_total(bindings) - 1],
    "counted": lambda bindings: " , ".join(NUMBERS[: _total(bindings)]),
    "receiver": lambda bindings: _other(bindings, "holder"),
    "giver": lambda bindings: _other(bindings, "finder"),
}
"""Values that follow from what is remembered."""


def _inflect(value: str, form: str | None, bindings: Mapping[str, str]) -> str:
    """The word for `value`: a pronoun for a name, or a noun in the number that is asked for."""
    if form is None:
        return value
    if form == "many":
        return PLURALS[value]
    if form == "found":
        return value if bindings["found"] == NUMBERS[0] else PLURALS[value]
    he, his = ("he", "his") if value in HE_NAMES else ("she", "her")
    return {"he": he, "He": he.capitalize(), "his": his, "His": his.capitalize()}[form]


def _bind(bindings: Mapping[str, str], key: str, value: str) -> _Bindings:
    return tuple(sorted({**bindings, key: value}.items()))


def _write_slot(slot: _Slot, state: _State) -> list[tuple[float, str, _State]]:
    """The words that a slot may write, each with its probability and the state after it."""
    bindings = dict(state.bindings)
    rest = state.items[1:]
    if slot.key in bindings:
        word = _inflect(bindings[slot.key], slot.form, bindings)
        return [(1.0, word, _State(rest, state.bindings))]
    if slot.key in _DERIVED:
        first, *others = _DERIVED[slot.key](bindings).split()
        return [(1.0, first, _State((*map(_Word, others), *rest), state.bindings))]
    if slot.lexicon is None:
        raise LookupError(f"slot {slot.key!r} is used before anything is bound to it")
    taken = bindings.get(slot.differs_from) if slot.differs_from else None
    values = [(word, weight) for word, weight in LEXICON[slot.lexicon] if word != taken]
    scale = sum(weight for _, weight in values)
    return [
        (
            weight / scale,
            _inflect(value, slot.form, bindings),
            _State(rest, _bind(bindings, slot.key, value)),
        )
        for value, weight in values
    ]


def _apply_rule(rule: _Rule, state: _State) -> list[tuple[float, _State]]:
    """What a rule may turn into, given what is remembered."""
    bound = {key for key, _ in state.bindings}
    eligible = [
        production
        for production in _PRODUCTIONS[rule.name]
        if bound.issuperset(production.needs) and bound.isdisjoint(production.lacks)
    ]
    scale = sum(production.weight for production in eligible)
    return [
        (
            production.weight / scale,
            _State((*production.items, *state.items[1:]), state.bindings),
        )
        for production in eligible
    ]


def _remember(item: _Remember, state: _State) -> _State:
    bindings = dict(state.bindings)
    value = "yes"
    if item.source is not None:
        derive = _DERIVED.get(item.source)
        value = derive(bindings) if derive else bindings[item.source]
    return _State(state.items[1:], _bind(bindings, item.key, value))


def _next_words(state: _State, prob: float = 1.0) -> Iterator[tuple[float, str, _State]]:
    """Every way to write the next word: probability times `prob`, the word, the state after."""
    if not state.items:
        return
    item = state.items[0]
    if isinstance(item, _Word):
        yield prob, item.text, _State(state.items[1:], state.bindings)
    elif isinstance(item, _Slot):
        for share, word, after in _write_slot(item, state):
            yield prob * share, word, after
    elif isinstance(item, _Rule):
        for share, after in _apply_rule(item, state):
            yield from _next_words(after, prob * share)
    else:
        yield from _next_words(_remember(item, state), prob)


def _choose(rng: np.random.Generator, probs: Sequence[float]) -> int:
    if len(probs) == 1:
        return 0
    mark = rng.random()
    for index, prob in enumerate(probs):
        mark -= prob
        if mark < 0:
            return index
    return len(probs) - 1  # the probabilities sum to 1 but for rounding


def generate_words(rng: np.random.Generator) -> list[str]:
    """Draw one story, as words, with `END` as the last one.

    Args:
        rng: Source of chance; the same state gives the same story.

    Returns:
        About 60 to 160 words.
    """
    words: list[str] = []
    state = _START
    while state.items:
        item = state.items[0]
        if isinstance(item, _Word):
            words.append(item.text)
            state = _State(state.items[1:], state.bindings)
        elif isinstance(item, _Slot):
            written = _write_slot(item, state)
            _, word, state = written[_choose(rng, [share for share, _, _ in written])]
            words.append(word)
        elif isinstance(item, _Rule):
            turned = _apply_rule(item, state)
            _, state = turned[_choose(rng, [share for share, _ in turned])]
        else:
            state = _remember(item, state)
    return words


def generate_story(rng: np.random.Generator) -> str:
    """Draw one story as text, without the end mark.

    Args:
        rng: Source of chance; the same state gives the same story.
    """
    return join_words(generate_words(rng)[:-1])


def next_word_distributions(words: Iterable[str]) -> Iterator[dict[str, float]]:
    """True distribution of each word given those before it, then of the word after the last.

    Forward filtering: the probability of every derivation that agrees with the words so far is
    carried along, so n words cost n steps.

    Args:
        words: Words of one story from its beginning, as `split_words` gives them.

    Yields:
        n + 1 dictionaries for n words, from word to probability; each sums to 1 but for
        rounding. After `END` nothing can follow and the dictionary is empty.

    Raises:
        ValueError: The grammar cannot write these words.
    """
    beliefs: dict[_State, float] = {_START: 1.0}
    for index, word in enumerate([*words, None]):
        distribution: dict[str, float] = {}
        reached: dict[_State, float] = {}
        for state, belief in beliefs.items():
            for prob, candidate, after in _next_words(state, belief):
                distribution[candidate] = distribution.get(candidate, 0.0) + prob
                if candidate == word:
                    reached[after] = reached.get(after, 0.0) + prob
        yield distribution
        if word is None:
            return
        if not reached:
            raise ValueError(f"no story has {word!r} as word {index} after the words before it")
        evidence = sum(reached.values())
        beliefs = {state: prob / evidence for state, prob in reached.items()}


def next_word_distribution(prefix_words: Sequence[str]) -> dict[str, float]:
    """True distribution of the word that follows a prefix.

    Args:
        prefix_words: Words of one story from its beginning; empty for the first word.

    Returns:
        From word to probability, likeliest first, ties in alphabetical order; sums to 1 but for
        rounding; empty after `END`.

    Raises:
        ValueError: The grammar cannot write these words.
    """
    *_, last = next_word_distributions(prefix_words)
    return dict(sorted(last.items(), key=lambda pair: (-pair[1], pair[0])))


def join_words(words: Iterable[str]) -> str:
    """Write words as text: spaces between words, none before a mark or around a line break."""
    pieces = list(words_as_pieces(words))
    return "".join(pieces)


def words_as_pieces(words: Iterable[str]) -> Iterator[str]:
    """Each word as the piece of text that it adds, with its leading space where it has one."""
    at_start = True
    for word in words:
        bare = at_start or word in _CLOSING_MARKS or word in ("\n", END)
        yield word if bare else " " + word
        at_start = word in ("\n", END)


def split_words(text: str) -> list[str]:
    """Read text as words; the inverse of `join_words` for everything the grammar writes.

    Args:
        text: ASCII letters, spaces, line breaks and the marks . , : ? only.

    Raises:
        ValueError: Another character.
    """
    foreign = re.search(r"[^A-Za-z.,:?\n ]", text)
    if foreign is not None:
        raise ValueError(f"{foreign.group()!r} is in no story")
    return _WORD.findall(text)
