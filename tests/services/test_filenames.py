"""Names of files: whatever comes in, what goes out is one line, no path, short, and safe in a header."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.services.filenames import MOST_CHARACTERS, clean, content_disposition, named_in, unlike

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(ANY_TEXT)
@example("../../etc/passwd")
@example("\u202egpj.exe")
@example("…" * 200 + ".mp4")
@example("\ud800")
@example("a" * 119 + " .b")
@example(". -/ ")
@example("e\u202e\u0301.mp4")
def test_a_clean_name_is_one_visible_part(name):
    cleaned = clean(name)
    assert 1 <= len(cleaned) <= MOST_CHARACTERS
    assert cleaned[0] not in ".- " and cleaned[-1] not in ". "
    assert not set(cleaned) & set("/\\" + BIDI)
    assert all(unicodedata.category(one) not in {"Cc", "Cs", "Zl", "Zp"} for one in cleaned)
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned


@given(ANY_TEXT, st.from_regex(r"\A[a-z0-9]{1,5}\Z"))
def test_a_long_name_keeps_its_suffix(start, suffix):
    assert clean("x" + start + "y" * 200 + "." + suffix).endswith("." + suffix)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("clip.mp4", "clip.mp4"),
        ("C:\\Users\\me\\clip.mp4", "clip.mp4"),
        ("/a/b/", "file"),
        ("..", "file"),
        ("-rf.mp4", "rf.mp4"),
        (".hidden.mov", "hidden.mov"),
        ("假期 视频.mp4", "假期 视频.mp4"),
        ("a\r\nSet-Cookie: x=1.mp4", "a Set-Cookie: x=1.mp4"),
        ("cafe\u0301.mp4", "café.mp4"),
        ("👩\u200d👩\u200d👧.mp4", "👩\u200d👩\u200d👧.mp4"),
        ("", "file"),
    ],
)
def test_what_becomes_of_a_name(name, cleaned):
    assert clean(name) == cleaned


@given(ANY_TEXT, st.booleans())
@example('a";evil="b\r\nX: y.mp4', True)
def test_a_header_holds_the_name_and_nothing_else(name, attachment):
    value = content_disposition(name, attachment=attachment)
    shape = r"(attachment|inline); filename=\"[A-Za-z0-9 ._()+,=@~-]+\"(; filename\*=UTF-8''[A-Za-z0-9._~%-]+)?"
    assert re.fullmatch(shape, value) and value.isascii()
    assert value.startswith("attachment" if attachment else "inline")
    assert named_in(value) == clean(name)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment", None),
        ("", None),
        ("attachment; filename=clip.mp4", "clip.mp4"),
        ('attachment; filename="a \\"b\\".mp4"', 'a "b".mp4'),
        ("attachment; filename=\"x.mp4\"; filename*=UTF-8''%E5%81%87.mp4", "假.mp4"),
        ("attachment; filename*=iso-8859-1'en'caf%E9.mp4", "café.mp4"),
        ("attachment; filename*=UTF-8''%ff.mp4", "\ufffd.mp4"),
        ('INLINE;FILENAME = "clip.mp4"', "clip.mp4"),
        ("attachment; filename*=utf-7''x", None),
    ],
)
def test_the_name_that_a_server_gives(header, name):
    assert named_in(header) == name


@given(ANY_TEXT)
def test_no_header_breaks_the_reader(text):
    clean(named_in(text) or "")
    clean(named_in("attachment; filename=" + text) or "")
    clean(named_in("attachment; filename*=UTF-8''" + text) or "")


@given(names=st.lists(st.sampled_from(["a.mp4", "a (2).mp4", "a", "b.tar.gz", "影片.mp4", ".x"]), max_size=12))
def test_a_name_that_is_taken_gets_a_number(names):
    given: list[str] = []
    for name in names:
        given.append(unlike(name, given))
    assert len(set(given)) == len(given)
    assert unlike("a.mp4", ["a.mp4", "a (2).mp4"]) == "a (3).mp4"
    assert unlike("a.mp4", ["b.mp4"]) == "a.mp4"
