"""The words and rules of the story grammar: data for `story_grammar`, nothing else.

A rule is a list of alternatives (weight, template, conditions). In a template

* `<rule>` stands for another rule, `/` for a line break, END for the end of the story;
* `{key@lexicon}` draws a word and remembers it, or repeats the word remembered under that key;
  `!key` after the lexicon excludes the word remembered under another key; `.form` inflects;
* `=key` remembers that something happened, `=key:other` copies what another key holds;
* everything else is a word.

Conditions name keys that must be remembered, or must not be with "!" before them. Alternatives
whose conditions fail are left out and the weights of the others are divided by their sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HE_NAMES = ("Tom", "Ben", "Sam", "Max", "Leo", "Jack", "Tim", "Finn")
SHE_NAMES = ("Mia", "Anna", "Lily", "Lucy", "Rose", "Emma", "Kate", "Nora")
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight")
PLURALS = {
    "apple": "apples",
    "pear": "pears",
    "plum": "plums",
    "nut": "nuts",
    "berry": "berries",
    "egg": "eggs",
    "carrot": "carrots",
    "mushroom": "mushrooms",
}


def _even(*words: str) -> tuple[tuple[str, float], ...]:
    return tuple((word, 1.0) for word in words)


LEXICON: Mapping[str, tuple[tuple[str, float], ...]] = {
    "name": _even(*HE_NAMES, *SHE_NAMES),
    "animal": (
        *(("cat", 4.0), ("dog", 4.0), ("fox", 3.0), ("bear", 3.0), ("rabbit", 3.0)),
        *_even("mouse", "duck", "frog", "goat", "wolf"),
    ),
    "colour": (
        *(("red", 4.0), ("white", 3.0), ("black", 3.0), ("brown", 3.0), ("grey", 2.0)),
        ("orange", 1.0),
    ),
    "colour_a": (("red", 4.0), ("white", 3.0), ("black", 3.0), ("brown", 3.0), ("grey", 2.0)),
    "colour_an": _even("orange"),
    "size_a": (("little", 4.0), ("big", 3.0), ("young", 2.0), ("clever", 1.0)),
    "home": (
        *(("forest", 4.0), ("garden", 3.0), ("village", 3.0), ("barn", 2.0)),
        *_even("castle", "valley", "cave"),
    ),
    "trip": (("river", 4.0), ("lake", 3.0), ("market", 3.0), ("hill", 2.0), ("bridge", 1.0)),
    "family": (("mother", 3.0), ("father", 2.0), ("sister", 1.0), ("brother", 1.0)),
    "thing": (
        *(("ball", 4.0), ("key", 3.0), ("hat", 3.0), ("drum", 2.0), ("kite", 2.0)),
        *_even("lamp", "book", "bell"),
    ),
    "food": (
        *(("apple", 4.0), ("pear", 3.0), ("nut", 3.0), ("berry", 2.0), ("egg", 2.0)),
        *_even("plum", "carrot", "mushroom"),
    ),
    "found": (("one", 1.0), ("two", 3.0), ("three", 3.0), ("four", 2.0), ("five", 1.0)),
    "given": (("one", 3.0), ("two", 3.0), ("three", 1.0)),
    "weather": (("sunny", 4.0), ("rainy", 2.0), ("windy", 2.0), ("cold", 1.0)),
    "action": (("sang", 3.0), ("danced", 3.0), ("played", 3.0), ("laughed", 1.0)),
    "feeling": (("happy", 5.0), ("tired", 3.0), ("proud", 1.0), ("hungry", 1.0)),
}


def _kind(who: str) -> list[tuple[float, str, str]]:
    """How a character looks, with the article that the next word asks for."""
    animal = "animal!hero_animal" if who == "friend" else "animal"
    colours = f"{{{who}_colour@colour}} {{{who}_animal@{animal}}}"
    return [
        (4, f"a {{{who}_colour@colour_a}} {{{who}_animal@{animal}}}", ""),
        (1, f"an {{{who}_colour@colour_an}} {{{who}_animal@{animal}}}", ""),
        (4, f"a {{{who}_size@size_a}} {colours}", ""),
        (2, f"an old {colours}", ""),
    ]


RULES: Mapping[str, Sequence[tuple[float, str, str]]] = {
    "story": [
        (1, "<opening> <home> <trait> <meeting> <middle> <close> <question> <again> END", "")
    ],
    "opening": [
        (5, "Once upon a time there was <hero_kind> named {hero@name} .", ""),
        (2, "There once was <hero_kind> named {hero@name} .", ""),
        (2, "Long ago there lived <hero_kind> named {hero@name} .", ""),
        (1, "This is the story of {hero@name} , <hero_kind> .", ""),
        (2, "{hero@name} was <hero_kind> .", ""),
    ],
    "hero_kind": _kind("hero"),
    "friend_kind": _kind("friend"),
    "home": [
        (4, "{hero} lived in the {home@home} .", ""),
        (2, "{hero.His} home was in the {home@home} .", ""),
        (2, "{hero.He} lived in the {home@home} with {hero.his} {family@family} .", ""),
    ],
    "trait": [
        (3, "{hero} liked {food@food.many} .", ""),
        (3, "{hero} had a {thing@thing} . =holder:hero", ""),
        (2, "Every day {hero.he} {action@action} and {action} .", ""),
        (2, "", ""),
    ],
    "meeting": [
        (3, "One day {hero} met <friend_kind> named {friend@name!hero} . <greeting>", ""),
        (
            3,
            "One {weather@weather} day {hero} went to the {trip@trip} . There {hero.he} met "
            "<friend_kind> named {friend@name!hero} . <greeting>",
            "",
        ),
    ],
    "greeting": [
        (3, "Hello , {friend} , said {hero} . Hello , {hero} , said {friend} .", ""),
        (3, "", ""),
    ],
    "middle": [(1, "<block> <second_block>", "")],
    "second_block": [(2, "<block> <third_block>", ""), (1, "", "")],
    "third_block": [(1, "<block>", ""), (2, "", "")],
    "block": [
        (4, "=did_thing <gift>", "thing !did_thing"),
        (3, "=did_thing <find>", "!thing !did_thing"),
        (4, "=did_count <count>", "!did_count"),
        (3, "=did_walk <walk>", "!did_walk"),
        (2, "=did_song <song>", "!did_song"),
    ],
    "find": [
        (1, "{hero} found a {thing@thing} . =holder:hero <find_then>", ""),
        (1, "{friend} found a {thing@thing} . =holder:friend <find_then>", ""),
    ],
    "find_then": [(1, "<gift>", ""), (1, "", "")],
    "gift": [
        (3, "{holder} gave the {thing} to {receiver} . =holder:receiver <gift_then>", ""),
        (1, "{receiver} took the {thing} from {holder} . =holder:receiver <gift_then>", ""),
    ],
    "gift_then": [
        (2, "", ""),
        (2, "Now {holder} had the {thing} .", ""),
        (1, "Then {holder} gave the {thing} back to {receiver} . =holder:receiver", ""),
    ],
    "count": [
        (3, "=finder:hero <count_as_finder>", ""),
        (2, "=finder:friend <count_as_finder>", ""),
    ],
    "count_as_finder": [
        (
            1,
            "{finder} found {found@found} {food@food.found} . {giver} gave {finder} "
            "{given@given} more . Now {finder} had {total} {food.many} . <count_aloud>",
            "",
        ),
    ],
    "count_aloud": [
        (2, "They counted the {food.many} : {counted} .", ""),
        (3, "", ""),
    ],
    "walk": [
        (2, "{hero} and {friend} walked to the {far@trip!trip} . <walk_then>", ""),
        (2, "They walked and walked to the {far@trip!trip} . <walk_then>", ""),
    ],
    "walk_then": [
        (2, "At the {far} they {play@action} and {play} .", ""),
        (1, "It was a long way to the {far} .", ""),
        (2, "", ""),
    ],
    "song": [
        (1, "{hero} sang a song for {friend} : la la la , {friend} , la la la .", ""),
        (1, "{friend} sang a song for {hero} : la la la , {hero} , la la la .", ""),
    ],
    "close": [
        (3, "In the evening {hero} went home to the {home} . <feeling>", ""),
        (2, "{hero} and {friend} were good friends . <feeling>", ""),
    ],
    "feeling": [
        (2, "They were very {feeling@feeling} .", ""),
        (1, "{hero} was {feeling@feeling} and {friend} was {feeling} .", ""),
        (2, "", ""),
    ],
    "again": [(2, "<question>", ""), (3, "", "")],
    "question": [
        (
            3,
            "=asked_home / Question : Where did {hero} live ? / Answer : "
            "{hero} lived in the {home} .",
            "!asked_home",
        ),
        (
            2,
            "=asked_hero / Question : What colour was {hero} ? / Answer : "
            "{hero} was {hero_colour} .",
            "!asked_hero",
        ),
        (
            2,
            "=asked_friend / Question : Which animal was {friend} ? / Answer : "
            "{friend} was a {friend_animal} .",
            "!asked_friend",
        ),
        (
            4,
            "=asked_thing / Question : Who has the {thing} now ? / Answer : "
            "{holder} has the {thing} .",
            "thing !asked_thing",
        ),
        (
            4,
            "=asked_count / Question : How many {food.many} does {finder} have ? / Answer : "
            "{finder} has {total} {food.many} .",
            "finder !asked_count",
        ),
    ],
}
