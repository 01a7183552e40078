"""Values stand in a filtergraph so that FFmpeg's two parsers give them back as they were."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.core.filters import Chain, Filter, escape

_SPACE = " \n\t\r"


def token(text: str, ends: str) -> tuple[str, str]:
    """FFmpeg's av_get_token: what stands before the first bare one of `ends`, unescaped, and the rest."""
    text = text.lstrip(_SPACE)
    out, kept, at = "", 0, 0
    while at < len(text) and text[at] not in ends:
        if text[at] == "\\" and at + 1 < len(text):
            out, at = out + text[at + 1], at + 2
            kept = len(out)
        elif text[at] == "'":
            close = (text + "'").index("'", at + 1)
            out, at = out + text[at + 1 : close], close + 1
            kept = len(out)
        else:
            out, at = out + text[at], at + 1
    return out[:kept] + out[kept:].rstrip(_SPACE), text[at:]


@given(st.lists(st.text(), min_size=1, max_size=3))
@example(["it's 50%: [a],b;c\\"])
@example([" spaces around \n"])
@example(["'", "\\'", "=:,"])
def test_any_text_stays_one_value(texts: list[str]) -> None:
    chain = Chain((Filter("one", {f"k{number}": text for number, text in enumerate(texts)}), Filter("two", {"a": 1})))
    arguments, rest = token(str(chain), "[],;")
    assert rest == ",two=a=1"
    name, _, arguments = arguments.partition("=")
    assert name == "one"
    for number, text in enumerate(texts):
        key, _, arguments = arguments.partition("=")
        value, arguments = token(arguments, ":")
        assert (key, value) == (f"k{number}", text)
        arguments = arguments.removeprefix(":")
    assert arguments == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(7, "7"), (0.5, "0.5"), (30.0, "30"), (1e-9, "0"), (100.0, "100"), (Fraction(30000, 1001), "30000/1001")],
)
def test_numbers_have_no_exponents(value: float | Fraction, text: str) -> None:
    assert escape(value) == text


def test_chains_add_up() -> None:
    one, two = Chain((Filter("a"),)), Chain((Filter("b", {"x": 1, "y": "z"}),))
    assert str(one + two) == "a,b=x=1:y=z"
    assert (bool(Chain()), bool(one), str(Chain() + one)) == (False, True, "a")
