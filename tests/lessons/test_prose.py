"""The texts of the lessons: complete, alike in both languages, with links of known kinds."""

from __future__ import annotations

import re
import tomllib

import pytest

from visualizer.engine.errors import VisualizerError
from visualizer.lessons import prose
from visualizer.lessons.prose import LESSON_KEYS, Lesson, read_lesson
from visualizer.locations import bundled_path

LANGUAGES = ("en", "zh_CN")
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
HAN = re.compile(r"[\u4e00-\u9fff]")
CHINESE = re.compile(
    r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
)  # punctuation, too: some are formulas


def paragraphs(lesson: Lesson) -> dict[str, str]:
    """Everything that is shown as Markdown, by where it stands."""
    found = {f"section {i}": section.text for i, section in enumerate(lesson.sections)}
    for question in lesson.questions:
        found[f"{question.key}, ask"] = question.ask
        found[f"{question.key}, why"] = question.why
        if question.hint:
            found[f"{question.key}, hint"] = question.hint
    return found


def targets(text: str) -> list[str]:
    return [target for _, target in LINK.findall(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_has_its_file_and_there_are_no_others(language):
    paths = bundled_path("resources", "lessons", language).glob("*-*.toml")
    assert {path.name for path in paths} == {
        f"{number:02d}-{key}.toml" for number, key in enumerate(LESSON_KEYS, 1)
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", LESSON_KEYS)
def test_a_lesson_has_all_that_is_shown(key, language):
    lesson = read_lesson(key, language)
    assert (lesson.key, lesson.number) == (key, LESSON_KEYS.index(key) + 1)
    assert lesson.title.strip()
    assert lesson.summary.strip()
    assert 3 <= len(lesson.sections) <= 8
    assert all(section.heading for section in lesson.sections[1:])
    assert 3 <= len(lesson.questions) <= 4
    keys = [question.key for question in lesson.questions]
    assert len(set(keys)) == len(keys)
    assert all(text.strip() for text in paragraphs(lesson).values())
    for question in lesson.questions:
        assert len(question.choices) != 1
        assert len(set(question.choices)) == len(question.choices)


@pytest.mark.parametrize("key", LESSON_KEYS)
def test_both_languages_have_the_same_structure(key):
    english, chinese = (read_lesson(key, language) for language in LANGUAGES)
    assert english.title != chinese.title
    assert [q.key for q in english.questions] == [q.key for q in chinese.questions]
    assert [len(q.choices) for q in english.questions] == [
        len(q.choices) for q in chinese.questions
    ]
    assert [bool(s.heading) for s in english.sections] == [
        bool(s.heading) for s in chinese.sections
    ]
    ours, theirs = paragraphs(english), paragraphs(chinese)
    for place, text in ours.items():
        # Word order differs from language to language, and the links' with it.
        assert sorted(targets(text)) == sorted(targets(theirs[place])), place


@pytest.mark.parametrize("key", LESSON_KEYS)
def test_each_text_is_in_its_language(key):
    chinese = read_lesson(key, "zh_CN")
    assert CHINESE.search(chinese.title + chinese.summary)
    for place, text in paragraphs(chinese).items():
        assert CHINESE.search(text), place


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", LESSON_KEYS)
def test_links_lead_into_the_experiment_the_main_panels_or_the_web(key, language):
    for place, text in paragraphs(read_lesson(key, language)).items():
        for words, target in LINK.findall(text):
            assert re.fullmatch(r"(try|look|term):[\w.+-]+|https://\S+", target), (
                f"{place}: {target}"
            )
            assert words.strip(), f"{place}: {target}"
        # A bracket before a parenthesis with a space between them is a link that was mistyped.
        assert not re.search(r"\]\s+\((?:try|look|term|https):", text), place


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", LESSON_KEYS)
def test_markup_is_closed_and_of_the_kinds_that_are_drawn(key, language):
    for place, text in paragraphs(read_lesson(key, language)).items():
        assert text.count("`") % 2 == 0, place
        assert text.count("**") % 2 == 0, place
        assert not re.search(r"^\s*\|.*\|\s*$|!\[|\$\$|<\w+>", text, re.MULTILINE), place


@pytest.mark.parametrize("key", LESSON_KEYS)
def test_a_lesson_is_short_enough_to_be_read(key):
    lesson = read_lesson(key)
    n_words = sum(len(section.text.split()) for section in lesson.sections)
    assert 150 <= n_words <= 550, n_words
    chinese = read_lesson(key, "zh_CN")
    n_characters = sum(len(HAN.findall(section.text)) for section in chinese.sections)
    assert n_words <= n_characters <= 2.2 * n_words, n_characters  # as much is said in both


# -------------------------------------------------------------------------------- reading files


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(prose, "bundled_path", tmp_path.joinpath)
    for language in LANGUAGES:
        (tmp_path / "resources" / "lessons" / language).mkdir(parents=True)
    return tmp_path / "resources" / "lessons"


WHOLE = 'title = "T"\nsummary = "S"\n[[section]]\nheading = "H"\ntext = "Words."\n'


def test_a_language_without_the_file_falls_back_to_english(folder):
    (folder / "en" / "08-block.toml").write_text(WHOLE, encoding="utf-8")
    lesson = read_lesson("block", "zh_CN")
    assert (lesson.number, lesson.title, lesson.questions) == (8, "T", ())
    assert lesson.sections == (prose.Section("H", "Words."),)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "title = ",
        WHOLE.replace("title", "titel"),
        WHOLE.replace("text =", "words ="),
        WHOLE + '[[question]]\nkey = "q"\n',
        WHOLE + '[[question]]\nkey = "q"\nask = "?"\nchoices = 3\n',
    ],
)
def test_a_file_that_is_missing_or_damaged_is_said(folder, text):
    if text is not None:
        (folder / "en" / "08-block.toml").write_text(text, encoding="utf-8")
    with pytest.raises(VisualizerError, match=r"08-block\.toml.*Install the program anew"):
        read_lesson("block")


def test_bytes_that_are_no_text_are_said(folder):
    (folder / "en" / "01-tokens.toml").write_bytes(b"\xff\xfe title")
    with pytest.raises(VisualizerError, match="cannot be read"):
        read_lesson("tokens")


def test_there_is_no_lesson_of_another_name():
    with pytest.raises(KeyError):
        read_lesson("nonsense")


def test_the_files_have_no_keys_that_nothing_reads():
    for language in LANGUAGES:
        for path in bundled_path("resources", "lessons", language).glob("*-*.toml"):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            assert set(data) <= {
                *("title", "summary", "goal", "minutes", "needs", "section", "question", "source"),
            }, path
            assert all(set(each) <= {"heading", "text"} for each in data["section"]), path
            assert all(
                set(each) <= {"key", "ask", "choices", "hint", "show", "why"}
                for each in data["question"]
            ), path
            assert all(set(each) <= {"title", "url"} for each in data.get("source", ())), path
