"""Every number of the command line has a range, and is written in plain digits."""

from __future__ import annotations

import argparse

import pytest

from visualizer import cli

NONSENSE = ("nan", "inf", "-inf", "1e400", "", "१२", " 5", "5 ", "5_000", "0x10", str(10**20), "٣")
FOR_REAL = (str(10**20),)  # a real number may be as large


def numbers():
    """Each option of each command that takes a number: the command's words, option, action."""
    found = []

    def walk(parser, words):
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, child in action.choices.items():
                    walk(child, (*words, name))
            elif action.option_strings and isinstance(kind_of(action), int | float):
                found.append((words, action.option_strings[-1], action))

    walk(cli.build_parser(), ())
    return found


def kind_of(action):
    """What the option makes of a number that any of them takes."""
    for text in ("2", "300", "0.5"):
        try:
            return action.type(text) if action.type is not None else None
        except argparse.ArgumentTypeError:
            continue
    return None


NUMBERS = numbers()


def test_the_options_that_take_numbers_are_found():
    assert len(NUMBERS) > 50
    assert ("export",) in {words for words, _, _ in NUMBERS}
    assert ("lesson", "train") in {words for words, _, _ in NUMBERS}


@pytest.mark.parametrize(
    ("words", "option", "action"), NUMBERS, ids=[" ".join([*w, o]) for w, o, _ in NUMBERS]
)
def test_what_is_no_number_of_the_range_is_refused_with_value_and_range(
    capsys, words, option, action
):
    is_real = isinstance(kind_of(action), float)
    for value in NONSENSE:
        if is_real and value in FOR_REAL and action.type is not None:
            try:
                action.type(value)
                continue
            except argparse.ArgumentTypeError:
                pass
        assert cli.main([*words, f"{option}={value}"]) == 2, value
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert option in err
        assert repr(value) in err
        assert " from " in err or " above " in err
    with pytest.raises(argparse.ArgumentTypeError) as caught:
        action.type("9" * 5000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "words",
    [
        ["export", "--view", "v", "--out", "o", "--dpi", "1000000000"],
        ["lesson", "train", "--text", "t", "--out", "o", "--steps", "12345678901234567890"],
        ["--size", "१२x१२"],
        ["--size", "0x5"],
        ["--size", f"{10**20}x5"],
        ["--device", "cuda:१", "predict", "a"],
        ["--device", f"cuda:{10**20}", "predict", "a"],
        ["heads", "a", "--by", "region", "--rows", f"0:{10**20}"],
        ["heads", "a", "--by", "region", "--rows", "१:२"],
        ["predict", "a", "--bias", "#1=nan"],
        ["predict", "a", "--bias", "#1=1_0"],
        ["predict", "a", "--bias", "#1= 1"],
    ],
)
def test_other_values_with_numbers_in_them(capsys, words):
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "unexpected" not in err
