"""Which shapes the letters of a text ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.writing import Shape, is_shown, main_language, shapes


def letters_of(charset: str, *others: str) -> str:
    """Han letters that one national character set has and the others lack."""
    han = (chr(code) for code in range(0x4E00, 0xA000))
    return "".join(one for one in han if writes(charset, one) and not any(writes(other, one) for other in others))


def writes(charset: str, letter: str) -> bool:
    return bool(letter.encode(charset, "ignore"))


SIMPLIFIED = letters_of("gb2312", "big5", "shift_jis", "euc_kr")
TRADITIONAL = letters_of("big5", "gb2312", "shift_jis", "euc_kr")
KANJI = letters_of("shift_jis")
JAPANESE_ALONE = letters_of("shift_jis", "gb2312", "big5", "euc_kr")
HANJA = letters_of("euc_kr")
EVERYWHERE = "".join(one for one in letters_of("gb2312") if writes("big5", one) and writes("shift_jis", one))
KANA = "あいうえおアイウエオ"
HANGUL = "가나다라한국어"


def said(text: str, hint: Shape | None = None) -> set[Shape | None]:
    return set(shapes(text, hint))


@given(st.text(max_size=60), st.sampled_from([None, "zh-Hans", "zh-Hant", "ja", "ko"]))
def test_every_letter_has_one_answer(text: str, hint: Shape | None):
    found = shapes(text, hint)
    assert len(found) == len(text)
    assert all(shape in (None, "emoji") for letter, shape in zip(text, found, strict=True) if letter.isascii())


@given(st.text(EVERYWHERE, max_size=5), st.data())
def test_letters_of_one_country_decide_for_those_of_all(common: str, data: st.DataObject):
    for own, language in ((SIMPLIFIED, "zh-Hans"), (TRADITIONAL, "zh-Hant"), (JAPANESE_ALONE, "ja")):
        assert said(common + data.draw(st.text(own, min_size=1, max_size=5))) == {language}


@given(st.text(KANJI, max_size=8), st.text(KANA, min_size=1, max_size=4))
def test_kana_make_all_han_letters_japanese(han: str, kana: str):
    assert said(f"{han} {kana}") - {None} == {"ja"}
    assert said(han + kana + han, "zh-Hans") == {"ja"}


@given(st.text(HANJA, max_size=8), st.text(HANGUL, min_size=1, max_size=4))
def test_hangul_make_them_korean(han: str, hangul: str):
    assert said(f"{han} {hangul}") - {None} == {"ko"}


@given(st.text(EVERYWHERE, min_size=1, max_size=8))
def test_what_could_be_any_language_takes_that_of_the_draft(han: str):
    assert said(han) == {"zh-Hans"}
    assert said(han, "ja") == {"ja"}
    assert said(han, main_language([han, "ひらがな"])) == {"ja"}
    assert said(han, main_language([han, TRADITIONAL[:3]])) == {"zh-Hant"}


@given(st.text(SIMPLIFIED, min_size=1, max_size=5), st.text(KANA, min_size=1, max_size=5))
def test_each_word_of_a_text_in_two_languages_is_asked(chinese: str, kana: str):
    text = f"{chinese} {kana} 한국"
    assert shapes(text) == ["zh-Hans"] * len(chinese) + [None] + ["ja"] * len(kana) + [None] + ["ko"] * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“你”", ["zh-Hans"] * 3),
        ("It’s 你", [None] * 5 + ["zh-Hans"]),
        ("你……", ["zh-Hans"] * 3),
        ("あ：", ["ja"] * 2),
        ("你们 한국", ["zh-Hans"] * 2 + [None] + ["ko"] * 2),
        ("❤\ufe0f❤", ["emoji", None, None]),
        ("plain — text…", [None] * 13),
    ],
)
def test_signs_go_with_their_neighbours(text: str, expected: list[Shape | None]):
    assert shapes(text) == expected


@given(st.characters())
def test_nothing_that_shows_nothing_is_asked_for(letter: str):
    if is_shown(letter):
        assert letter.isprintable() and not letter.isspace()
    assert not is_shown("\u200d") and not is_shown("\ufe0f") and is_shown("é") and is_shown("🙂")
