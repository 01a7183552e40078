"""Renders of titles in many scripts and with letters that are commands elsewhere; judged by their ink."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import do, render

WIDTH, HEIGHT = 640, 160
SIZE = 300  # of 1080: letters of 44 pixels


def black(make: Make) -> Path:
    source = f"color=black:s={WIDTH}x{HEIGHT}:r=5:d=0.4"
    return make("black.mp4", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-pix_fmt", "yuv420p")


def drawn(folder: Path, source: Path, *titles: dict) -> list[list[bool]]:
    """The rows of the first picture: where there is ink."""
    path = render(folder, [source], *(do("add_text", size_px=SIZE, **title) for title in titles))
    grey = witness.pipe("-i", path, "-vf", "format=gray", "-frames:v", "1", "-f", "rawvideo", "-")
    return [[luma > 140 for luma in grey[at : at + WIDTH]] for at in range(0, WIDTH * HEIGHT, WIDTH)]


def inked(rows: list[list[bool]]) -> list[list[bool]]:
    """The smallest rectangle that holds all ink."""
    down = [number for number, row in enumerate(rows) if any(row)]
    across = [number for row in rows for number, is_ink in enumerate(row) if is_ink]
    return [row[min(across) : max(across) + 1] for row in rows[min(down) : max(down) + 1]]


def pieces(lines: list) -> int:
    """How many stretches of lines have ink, with lines without any between them."""
    return sum(has_ink for has_ink, _ in groupby(lines, key=any))


def columns(rows: list[list[bool]]) -> list[tuple[bool, ...]]:
    return list(zip(*rows, strict=True))


def share_that_differs(one: list[list[bool]], other: list[list[bool]]) -> float:
    """Of the ink of both, laid over each other at their upper left corners, what is only in one of them."""
    points = [{(x, y) for y, row in enumerate(rows) for x, is_ink in enumerate(row) if is_ink} for rows in (one, other)]
    return len(points[0] ^ points[1]) / len(points[0] | points[1])


@pytest.fixture
def halves(make: Make, tmp_path: Path):
    """Two titles in one picture: the ink of each."""

    def draw(left: str, right: str, **style: object) -> tuple[list[list[bool]], list[list[bool]]]:
        titles = ({"text": left, "position": "left", **style}, {"text": right, "position": "right", **style})
        rows = drawn(tmp_path, black(make), *titles)
        return inked([row[: WIDTH // 2] for row in rows]), inked([row[WIDTH // 2 :] for row in rows])

    return draw


def test_han_letters_have_the_shape_of_the_language_around_them(halves):
    """The left title could be in any of them; the right one tells. No letter is a box, or it would be as the other."""
    found = {}
    for language, right in (("zh-Hans", "门们"), ("zh-Hant", "門們"), ("ja", "のは"), ("ko", "는는")):
        found[language], other = halves("骨直", right)
        assert share_that_differs(found[language], other) > 0.3
    assert share_that_differs(found["zh-Hans"], found["zh-Hant"]) > 0.05
    assert share_that_differs(found["zh-Hans"], found["ja"]) > 0.05
    assert share_that_differs(found["zh-Hant"], found["ja"]) > 0.05


def test_two_letters_of_one_script_differ_so_none_is_a_box(halves):
    for left, right in (("م", "ح"), ("न", "म"), ("🙂", "🎉")):
        one, other = halves(left, right)
        assert share_that_differs(one, other) > 0.3


def test_bold_is_heavier_in_every_script(halves):
    thin, thick = halves("世", "a"), halves("世", "a", bold=True)
    for regular, bold in zip(thin, thick, strict=True):
        assert sum(map(sum, bold)) > 1.15 * sum(map(sum, regular))


def test_emoji_that_are_tied_together_are_one_picture(halves):
    family, person = halves("👨\u200d👩\u200d👧", "👨")
    assert len(family[0]) < 1.6 * len(person[0])


@pytest.mark.parametrize("text", ["C:\\N{b}", "\\h{\\i1}x%d", "{\\p1}a'b;", "{}\\\\n\\{}\\"])
def test_every_letter_of_a_title_is_drawn_and_none_is_a_command(make: Make, tmp_path: Path, text: str):
    """Drawn apart, each letter is a stretch of columns of its own; drawn together, they have the same ink."""
    apart = drawn(tmp_path, black(make), {"text": " ".join(text), "position": "center"})
    assert pieces(columns(apart)) == len(text)
    together = inked(drawn(tmp_path, black(make), {"text": text, "position": "center"}))
    assert sum(map(sum, together)) == pytest.approx(sum(map(sum, apart)), rel=0.08)
    assert len(together) < HEIGHT / 2


def test_a_new_line_is_a_new_line(make: Make, tmp_path: Path):
    assert pieces(drawn(tmp_path, black(make), {"text": "XX\nXX", "position": "center"})) == 2
