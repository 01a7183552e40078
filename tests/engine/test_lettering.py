"""Which font writes which letter, and what of it goes into a job's folder."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from slimreel.engine import fonts, lettering
from slimreel.engine.fontsubset import WEIGHTS, subset
from slimreel.engine.typefaces import Face, faces_of
from slimreel.errors import EditRefused, GlyphsMissing

SHIPPED = [path for name in fonts.PACKAGES for folder in fonts.package_folders(name) for path in fonts.files_in(folder)]
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@dataclass(frozen=True)
class Told:
    """A face that is said to have some letters."""

    family: str
    letters: frozenset[str]

    def covers(self, letters: set[str]) -> set[str]:
        return letters & self.letters


FAMILIES = ["Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK JP", "Malgun Gothic", "Noto Emoji"]
MARK = {"zh-Hans": " SC", "zh-Hant": " TC", "ja": " JP", "ko": "Malgun", "emoji": "Emoji"}
told_faces = st.lists(
    st.builds(Told, st.sampled_from(FAMILIES), st.frozensets(st.sampled_from("ab世界🙂"))), max_size=6
)
asked = st.sets(st.tuples(st.sampled_from("ab世界🙂"), st.sampled_from([None, *MARK])))


@given(asked, told_faces)
def test_a_letter_is_written_by_the_first_face_made_for_its_shape_that_has_it(needs: set, faces: list):
    found = lettering.assign(needs, faces)
    for letter, shape in needs:
        able = [face for face in faces if letter in face.letters]
        best = [face for face in able if shape is not None and MARK[shape] in face.family]
        neutral = [face for face in able if face.family == "Noto Sans"]
        order = able if shape is None else [*best, *neutral, *able]
        assert found.get((letter, shape)) == next(iter(order), None)


def family_of(text: str, letter: str, *others: str) -> str:
    chosen = lettering.choose([(one, None) for one in (text, *others)])
    return next(family for family, run in chosen.lettering.runs(text) if letter in run)


@pytest.mark.parametrize(
    ("text", "letter", "family"),
    [
        ("直们", "直", "Noto Sans CJK SC"),
        ("直們", "直", "Noto Sans CJK TC"),
        ("直の", "直", "Noto Sans CJK JP"),
        ("直는", "直", "Noto Sans CJK KR"),
        ("Hi 世", "H", "Noto Sans"),
        ("Привет Ωμέγα", "П", "Noto Sans"),
        ("مرحبا", "م", "Noto Sans Arabic"),
        ("नमस्ते", "न", "Noto Sans Devanagari"),
        ("Hi 👩\u200d👧", "\u200d", "Noto Emoji"),
        ("☀\ufe0f", "☀", "Noto Emoji"),
    ],
)
def test_the_fonts_that_come_along_write_it_in_its_shape(text: str, letter: str, family: str):
    assert family_of(text, letter) == family


def test_the_other_texts_tell_the_language_of_one_that_could_be_any():
    assert family_of("直", "直") == "Noto Sans CJK SC"
    assert family_of("直", "直", "ひらがな") == "Noto Sans CJK JP"


def test_a_named_font_writes_what_it_has_and_others_the_rest():
    text, name = "Hi 直 م", "noto sans cjk jp"
    chosen = lettering.choose([(text, name)])
    written = [(family, run.strip()) for family, run in chosen.lettering.runs(text, name)]
    assert written == [("Noto Sans CJK JP", "Hi 直"), ("Noto Sans Arabic", "م")]
    drawn = {file.path.name: file.letters for file in chosen.files}
    assert drawn == {
        "NotoSansCJK-VF.otf.ttc": frozenset("Hi 直"),
        "NotoSansArabic[wght].ttf": frozenset(" م"),
    }
    with pytest.raises(EditRefused, match="no such"):
        lettering.choose([(text, "no such")])


def test_no_text_no_fonts():
    assert lettering.choose([]).files == ()
    assert lettering.choose([(" \n", None)]).files == ()


@pytest.mark.parametrize(
    ("letter", "package"), [("🙂", "fonts-symbola"), ("世", "fonts-noto-cjk"), ("\U00013000", "fonts-noto [(]")]
)
def test_without_a_font_the_sentence_names_what_to_install(
    letter: str, package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(lettering, "shelves", lambda: ((tmp_path,),))
    with pytest.raises(GlyphsMissing, match=package) as caught:
        lettering.choose([(letter, None)])
    assert caught.value.fields == {"letters": letter, "text": letter, "package": caught.value.fields["package"]}
    monkeypatch.setattr(lettering, "package_folders", lambda name: [])
    with pytest.raises(GlyphsMissing, match=r"Install manimgx-fonts manimgx-fonts-cjk [(]pip[)]"):
        lettering.choose([(letter, None)])


@pytest.mark.skipif(not DEJAVU.exists(), reason="needs a font beside those that come along")
def test_a_folder_of_ones_own_comes_first_and_its_files_are_taken_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    own = tmp_path / "own.ttf"
    own.write_bytes(DEJAVU.read_bytes())
    monkeypatch.setenv("SLIMREEL_FONTS", str(tmp_path))
    chosen = lettering.choose([("Hi 世", None)])
    assert chosen.lettering.runs("Hi 世") == [("DejaVu Sans", "Hi "), ("Noto Sans CJK SC", "世")]
    assert [file.letters for file in chosen.files if file.path == own] == [None]
    target = tmp_path / "job"
    target.mkdir()
    for number, file in enumerate(chosen.files):
        file.write(target, str(number))
    assert sorted(path.name for path in target.iterdir()) == ["0.ttf", "1-400.otf", "1-700.otf"]


def test_what_is_not_installed_is_found(monkeypatch: pytest.MonkeyPatch):
    assert fonts.find_fonts().missing == () and fonts.find_fonts().cjk
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    assert fonts.find_fonts().missing == fonts.PACKAGES
    assert fonts.shelves()[1] == ()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_cut_has_the_letters_one_weight_and_even_heights(path: Path):
    face = faces_of(path)[-1]
    wanted = frozenset([*sorted(some_letters(face))[:20], " "])
    made = subset(path, face.number, wanted)
    assert len(set(made)) == len(WEIGHTS)
    for weight, content in zip(WEIGHTS, made, strict=True):
        font = TTFont(io.BytesIO(content))
        assert "fvar" not in font and font["OS/2"].usWeightClass == weight
        assert {chr(code) for code in font.getBestCmap()} >= wanted
        heights = font["OS/2"].usWinAscent + font["OS/2"].usWinDescent
        assert heights / font["head"].unitsPerEm == pytest.approx(1.16, abs=0.002)
        assert len(content) < 40_000


def some_letters(face: Face) -> set[str]:
    """Letters out of the whole of Unicode, as far as a face has them."""
    return face.covers({chr(code) for code in range(0x21, 0x1FFFF, 7) if chr(code).isalpha()})
