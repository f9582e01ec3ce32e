"""Letters against tokens: what a reader counts, and which tokens hold it. No torch.

Shape letters: N characters of a word, T tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization


@dataclass(frozen=True)
class LettersInToken:
    """What a token holds of the letter that is counted.

    Attributes:
        whole: How many times the letter stands in the token.
        parts: Of how many more it holds only some bytes: the others are in a neighbour.
    """

    whole: int
    parts: int


def letter_places(text: str, letter: str) -> tuple[int, ...]:
    """Where a letter stands, capital or small; the first code point of each, from the left.

    Args:
        text: Any.
        letter: A character, or several in a row, which are then counted where they do not overlap.

    Raises:
        UsageError: There is no letter.
    """
    if not letter:
        raise UsageError("Type the letter to count.")
    wanted = [character.casefold() for character in letter]
    characters = [character.casefold() for character in text]
    places, place = [], 0
    while place + len(wanted) <= len(characters):
        if characters[place : place + len(wanted)] == wanted:
            places.append(place)
            place += len(wanted)
        else:
            place += 1
    return tuple(places)


def count_letter(text: str, letter: str) -> int:
    """How many times a letter stands in a text, capital or small.

    Raises:
        UsageError: There is no letter.
    """
    return len(letter_places(text, letter))


def letters_in_tokens(tokenization: Tokenization, letter: str) -> tuple[LettersInToken, ...]:
    """How the letters of a text are spread over its tokens, of which a model gets only the ids.

    Args:
        tokenization: T tokens whose bytes join to the text.
        letter: As in `letter_places`.

    Returns:
        One for each token, T.

    Raises:
        UsageError: There is no letter.
    """
    places = letter_places(tokenization.text, letter)
    byte_places = character_bytes(tokenization.text)
    spans = [(byte_places[place], byte_places[place + len(letter)]) for place in places]
    found, begin = [], 0
    for piece in tokenization.pieces:
        end = begin + len(piece)
        whole = sum(begin <= first and last <= end for first, last in spans)
        touched = sum(first < end and last > begin for first, last in spans)
        found.append(LettersInToken(whole, touched - whole))
        begin = end
    return tuple(found)


def character_bytes(text: str) -> tuple[int, ...]:
    """At which byte of the text in UTF-8 each character begins, and the end. N + 1 numbers."""
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode("utf-8")))
    return tuple(places)
