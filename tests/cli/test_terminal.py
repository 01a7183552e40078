"""What is written to a terminal cannot move its cursor, and letters that belong together stay so."""

from __future__ import annotations

import pytest

from slimreel.cli.terminal import plain


@pytest.mark.parametrize("text", ["plain", "你好 안녕", "👨\u200d👩\u200d👧", "می\u200cخواهم", "\udcff"])
def test_letters_stay(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize("text", ["\x1b[2J", "a\nb", "\r", "\x9b1A", "\u202e", "\u2028", "\x00", "\u200e"])
def test_what_moves_or_fakes_is_escaped(text: str) -> None:
    assert plain(text).isprintable()
