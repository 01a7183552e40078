"""How two videos are laid beside each other is decided from facts: size, time, colours, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from slimreel.core.pairing import counted, pair
from slimreel.errors import NotComparable
from tests.core.facts import media, video


def beside(reference: dict[str, Any], output: dict[str, Any]) -> Any:
    return pair(media(video(**reference), path="ref.mp4"), media(video(**output), path="out.mp4"))


def notes(pairing: Any) -> list[str]:
    return [note.id for note in pairing.notes]


def test_an_ordinary_pair_is_paired_by_index_and_nothing_is_said() -> None:
    found = beside({}, {})
    assert (found.how, found.width, found.height, found.enlarged, notes(found)) == ("index", 1920, 1080, 1, [])
    assert found.frames == 1800


def test_the_output_is_scaled_to_the_reference_turned_upright() -> None:
    found = beside({"rotation": 90}, {"width": 720, "height": 1280})
    assert (found.width, found.height) == (1080, 1920)
    assert notes(found) == ["compared_scaled"]


@pytest.mark.parametrize("size", [(1920, 1080), (640, 360), (100, 80)])
def test_small_pictures_are_enlarged_until_every_feature_works(size: tuple[int, int]) -> None:
    found = beside({"width": size[0], "height": size[1]}, {"width": size[0], "height": size[1]})
    assert min(size) * found.enlarged >= 240
    assert found.enlarged == 1 or min(size) * (found.enlarged - 1) < 240


def test_an_odd_picture_is_cropped_where_the_output_was() -> None:
    odd = {"width": 853, "height": 481}
    found = beside(odd, {"width": 852, "height": 480})
    assert (found.width, found.height, notes(found)) == (852, 480, ["compared_cropped"])
    assert "crop=w=852:h=480:x=0:y=0" in str(found.reference_chain)
    scaled = beside(odd, {"width": 426, "height": 240})
    assert (scaled.width, scaled.height, notes(scaled)) == (853, 481, ["compared_scaled"])


def test_other_frame_rates_are_paired_by_time() -> None:
    half = {"frame_rate": Fraction(15), "average_rate": Fraction(15), "frames": 900}
    found = beside({}, half)
    assert (found.how, notes(found), found.frames) == ("rate", ["compared_by_time"], 900)
    assert "fps=fps=15/1" in str(found.reference_chain)
    assert "fps=" not in str(found.output_chain)
    assert beside({}, half | {"is_vfr": True}).how == "nearest"
    # As many pictures, whatever their times: the nth belongs to the nth.
    assert beside({"is_vfr": True}, half | {"frames": 1800}).how == "index"


def test_a_cut_tail_is_told() -> None:
    found = counted(beside({}, {"frames": 1700, "duration_s": 56.7}), 1700)
    assert found.how == "index"
    assert [(note.id, note.fields) for note in found.notes] == [("compared_in_part", {"compared": 1700, "of": 1800})]
    assert notes(counted(beside({}, {}), 1800)) == []


def test_hdr_is_compared_as_the_sdr_that_is_made_of_it() -> None:
    pq = {"hdr": "pq", "color_transfer": "smpte2084", "color_matrix": "bt2020nc", "bit_depth": 10}
    found = beside(pq, {})
    assert notes(found) == ["compared_tone_mapped_reference"]
    assert "tonemap" in str(found.reference_chain)
    assert "tonemap" not in str(found.output_chain)
    assert notes(beside(pq, pq)) == ["compared_tone_mapped_reference", "compared_tone_mapped_output"]


def test_interlaced_pictures_are_deinterlaced_on_their_side_alone() -> None:
    found = beside({"interlaced": True}, {})
    assert ("bwdif" in str(found.reference_chain), "bwdif" in str(found.output_chain)) == (True, False)


def test_colours_are_brought_into_one_space() -> None:
    found = beside({"color_matrix": "smpte170m", "color_range": "pc"}, {"color_matrix": "bt709", "color_range": "tv"})
    assert "in_range=pc:out_range=tv" in str(found.reference_chain)
    assert "in_color_matrix=bt709:out_color_matrix=bt601" in str(found.output_chain)
    # A tag that says what players assume anyway changes nothing.
    assert "matrix" not in str(beside({}, {"color_matrix": "bt709"}).output_chain)


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ({"has_alpha": True}, "transparent"),
        ({"width": 1080}, "shapes"),
        ({"duration_s": 20.0, "frames": 600}, "half as long"),
        ({"frames": 0}, "no pictures"),
    ],
)
def test_what_does_not_belong_together_is_refused(output: dict[str, Any], words: str) -> None:
    with pytest.raises(NotComparable, match=words):
        beside({}, output)


def test_pixels_that_are_not_square_are_the_same_shape() -> None:
    wide = {"width": 720, "height": 576, "sar": Fraction(16, 15)}
    assert notes(beside(wide, {"width": 768, "height": 576})) == ["compared_scaled"]
