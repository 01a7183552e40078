"""The tables of words and sentences agree with each other and with the types they fill."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import string
from pathlib import Path
from typing import Any

import pytest

import slimreel
from slimreel import errors
from slimreel.agent.reply import say, say_error
from slimreel.core.events import Reason
from slimreel.core.goal import Goal
from slimreel.data.tables import LANGUAGES, error_table, label_table, message_table, word_table
from slimreel.errors import Contradiction, NotAVideo, SlimreelError
from tests.jargon import jargon_in


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_languages_say_the_same_things() -> None:
    english, chinese = message_table("en"), message_table("zh")
    assert list(english) == list(chinese)
    for key in english:
        assert fields(english[key]) == fields(chinese[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole(language: str) -> None:
    for key, template in message_table(language).items():
        text = say(Reason(id=key, fields=dict.fromkeys(fields(template), 8)), language)
        assert text.endswith((".", "。")), key
        assert "{" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_in_plain_words(language: str) -> None:
    texts = {**message_table(language), **label_table(language)}
    assert {key: jargon_in(text) for key, text in texts.items() if jargon_in(text)} == {}
    kinds = Reason(id="data_dropped", fields={"kinds": "tmcd, gpmd, notes.txt"})
    assert jargon_in(say(kinds, language)) == []
    assert all(kind in say(kinds, language) for kind in ("tmcd", "gpmd", "notes.txt"))


def test_errors_are_in_plain_words() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert len(classes) > 10
    assert {one: jargon_in(one.__doc__ or "") for one in classes if jargon_in(one.__doc__ or "")} == {}


def test_every_reason_given_anywhere_has_a_sentence() -> None:
    package = Path(slimreel.__file__).parent
    given = {
        name for path in package.rglob("*.py") for name in re.findall(r'Reason\(id="(\w+)"', path.read_text("utf-8"))
    }
    assert given
    assert given <= set(message_table("en"))


def test_chinese_sentences_are_chinese() -> None:
    told = [
        *message_table("zh").values(),
        *error_table("zh")["sentences"].values(),
        *error_table("zh")["details"].values(),
    ]
    only_fields = re.compile(r"(\{\w+\}\s*)+")  # what the other side said, in its own words
    told = [template for template in told if not only_fields.fullmatch(template)]
    assert [template for template in told if not re.search(r"[\u4e00-\u9fff]", template)] == []


for one in pkgutil.iter_modules(errors.__path__, f"{errors.__name__}."):
    importlib.import_module(one.name)  # errors are found once they are imported


def all_errors(kind: type[SlimreelError] = SlimreelError) -> list[type[SlimreelError]]:
    return [kind, *(error for child in kind.__subclasses__() for error in all_errors(child))]


# What is wrong inside, or is told in the words of an option, has no Chinese sentence.
IN_ENGLISH = {"internal", "usage", "engine", "ffmpeg_failed", "stalled", "verification_failed"}


@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.__name__)
def test_every_error_is_told_in_chinese_with_fields_that_it_has(kind: type[SlimreelError]) -> None:
    template = error_table("zh")["sentences"].get(kind.code)
    if not re.sub(r"\{\w+\}", "", kind.template()).strip():  # its fields are all that it says
        assert fields(template or "") <= fields(kind.template())
        return
    if kind.code in IN_ENGLISH:
        assert template is None
        return
    assert template is not None
    assert fields(template) <= fields(kind.template())
    error = kind(**dict.fromkeys(fields(kind.template()), "8 Mbps"))
    assert say_error(error, "zh") != say_error(error, "en") == error.sentence()
    if not template.endswith("}"):  # else it ends with a sentence of its own, such as a question
        assert say_error(error, "zh").endswith("。")


def test_things_and_details_are_told_in_the_language() -> None:
    assert list(error_table("en")["things"]) == list(error_table("zh")["things"])
    error = Contradiction(first="video_bitrate_bps", second="crf")
    assert "a bitrate and CRF cannot both hold" in say_error(error, "en")
    assert "码率和CRF不能同时成立" in say_error(error, "zh")
    assert "文件是空的" in say_error(NotAVideo(path="a", detail="the file is empty"), "zh")
    assert "something new" in say_error(NotAVideo(path="a", detail="something new"), "zh")


def test_details_with_a_translation_are_really_said() -> None:
    said = set[str]()
    for path in Path(slimreel.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                said.add("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(_gapped(node.value))
    # What is wrong with a body is said behind its name; the last is the framework's.
    behind = {f"{{}} {text}" for text in said} | {"There was an error parsing the body"}
    assert [text for text in error_table("zh")["details"] if _gapped(text) not in said | behind] == []


def _gapped(text: str) -> str:
    return re.sub(r"\{\w*\}", "{}", text)


def test_numbers_get_their_units() -> None:
    reason = Reason(id="source_is_smaller_rate", fields={"source": 1_070_000, "target": 8_000_000})
    assert say(reason) == "The video already has 1.07 Mbps, no more than the 8 Mbps asked; no bits were added."
    assert "25 MB" in say(Reason(id="already_fits", fields={"size": 24_900_000, "limit": 25_000_000}), "zh")
    assert say(Reason(id="copied_video", fields={"codec": "hevc"})).startswith("The picture (HEVC)")


def test_one_is_not_many() -> None:
    assert say(Reason(id="corrected", fields={"rounds": 1})).endswith("corrected once.")
    assert say(Reason(id="corrected", fields={"rounds": 2})).endswith("in 2 rounds.")
    assert say(Reason(id="extra_video_dropped", fields={"count": 1})).startswith("A second video track was")


def test_a_missing_field_never_breaks_a_sentence() -> None:
    assert "?" in say(Reason(id="remuxed"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_name_real_fields(language: str) -> None:
    for slot, values in word_table(language)["fields"].items():
        if slot in ("granted", "source_format", "passes"):
            continue
        for value in values:
            given: Any = {"true": True, "false": False}.get(value, value)
            if slot in ("size_ratio", "resolution"):
                given = float(value.replace("_", ".")) if slot == "size_ratio" else int(value)
            assert getattr(Goal(**{slot: given}), slot) is not None
