"""One suite over every operation: each changes the draft and says so, and none of them can hide or lie about itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from slimreel.agent.reply import say
from slimreel.data.tables import LANGUAGES, message_table
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.invariants import problems
from slimreel.edit.registry import effects, operations, outputs
from slimreel.edit.schema import about, operations_schema, picture
from slimreel.edit.summary import changes
from slimreel.errors import BadParameter, EditRefused, UnknownOperation
from tests.edit.facts import FACTS, do, edited, full

# For each operation, parameters with which it changes the draft `full`.
SAMPLES: dict[str, dict[str, Any]] = {
    "trim": {"start_s": 2, "end_s": 12},
    "cut": {"ranges_s": [[3, 5], [11, 12]], "first_s": 1},
    "split": {"at_s": [4]},
    "delete_clip": {"clip": "b-roll.mp4"},
    "reorder": {"order": ["c3", "c1", "c2"]},
    "concat": {"clips": ["c1", "c2", "a2"]},
    "transition": {"type": "wipeleft", "duration_s": 0.8},
    "speed": {"factor": 2, "range_s": [2, 6]},
    "reverse": {"clip": "c1"},
    "loop": {"count": 3},
    "freeze": {"at_s": 5, "duration_s": 2},
    "remove_silence": {},
    "reframe": {"aspect": "9:16"},
    "crop": {"left_pct": 10, "right_pct": 10},
    "rotate": {"degrees": 90},
    "flip": {"axis": "vertical"},
    "zoom": {"factor": 1.5},
    "stabilize": {},
    "add_text": {"text": "Part 2: 100% \\'quoted\\' 你好", "start_s": 2, "duration_s": 3},
    "add_image": {"file": "logo.png", "scale": 0.25},
    "pip": {"clip": "c3", "position": "top_left"},
    "subtitles": {"file": "words.srt", "offset_s": 0.5},
    "auto_captions": {"language": "en"},
    "blur_region": {"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2},
    "add_music": {"start_s": 5, "duck": True},
    "volume": {"target": "original", "gain_db": 3},
    "mute": {"target": "original", "range_s": [2, 4]},
    "replace_audio": {"file": "Lo-fi"},
    "normalize_audio": {},
    "denoise_audio": {"strength": "low"},
    "fade": {"direction": "out", "duration_s": 2, "color": "#ffffff"},
    "audio_sync": {"offset_s": 0.2},
    "color": {"brightness_pct": 10, "preset": "warm"},
    "denoise_video": {"strength": "high"},
    "sharpen": {"clip": 1},
    "deinterlace": {},
    "lut": {"file": "film.cube", "intensity": 0.6},
    "compress": {"target_size_bytes": 10_000_000, "resolution": "720p"},
    "export": {"format": "mov"},
    "gif": {"start_s": 2, "end_s": 5},
    "thumbnail": {"at_s": 7},
    "extract_audio": {"format": "wav"},
    "split_parts": {"parts": 4},
    "preview": {"range_s": [0, 5]},
    "update": {"target": "t1", "set": {"text": "Day 3", "color": "#ff0000"}},
    "nudge": {"target": "m1", "param": "volume", "direction": "down"},
    "remove": {"target": "t1"},
    "undo": {},
    "redo": {},
    "reset": {},
}


def before(op: str) -> Draft:
    """A draft on which the operation has something to do."""
    return edited(full(), do("undo")) if op == "redo" else full()


@pytest.mark.parametrize("op", operations())
def test_it_changes_the_draft_and_says_so(op: str):
    draft = before(op)
    after, told = apply_all(draft, [do(op, **SAMPLES[op])], FACTS)
    assert replace(after, log=draft.log) != draft
    assert list(problems(after)) == []
    assert changes(draft, after)
    assert told[0].id == f"edit_{op}"
    for language in LANGUAGES:
        for change in [*told, *changes(draft, after)]:
            sentence = say(change, language)
            assert sentence
            assert "?" not in sentence, sentence


@pytest.mark.parametrize("op", operations())
def test_it_is_the_same_when_it_is_done_again_from_the_start(op: str):
    commands = [do(op, **SAMPLES[op])]
    assert apply_all(before(op), commands, FACTS) == apply_all(before(op), commands, FACTS)


@pytest.mark.parametrize("op", operations())
def test_it_describes_itself_and_each_parameter_with_its_meaning(op: str):
    kind = operations()[op]
    assert about(kind)
    assert "before" in picture(kind) and "after" in picture(kind)
    schema = msgspec.json.schema(kind)["$defs"][kind.__name__]
    assert [name for name, field in schema["properties"].items() if "description" not in field] == []
    for language in LANGUAGES:
        assert f"edit_{op}" in message_table(language)


@pytest.mark.parametrize("op", operations())
def test_it_refuses_what_it_does_not_know(op: str):
    with pytest.raises(BadParameter) as caught:
        apply_all(full(), [do(op, **SAMPLES[op], speling=1)], FACTS)
    assert caught.value.fields["op"] == op
    assert caught.value.fields["command"] == 0
    with pytest.raises(EditRefused):
        apply_all(full(), [do(op, **{**SAMPLES[op], next(iter(SAMPLES[op]), "clip"): float("nan")})], FACTS)


def test_the_table_of_samples_is_whole():
    assert set(SAMPLES) == set(operations())


def test_every_operation_of_the_issue_is_there():
    names = (
        "trim cut split delete_clip reorder concat transition speed reverse loop freeze remove_silence reframe crop "
        "rotate flip zoom stabilize add_text add_image pip subtitles blur_region add_music volume mute replace_audio "
        "normalize_audio denoise_audio fade audio_sync color denoise_video sharpen deinterlace lut compress gif "
        "thumbnail extract_audio split_parts preview auto_captions update nudge remove undo redo reset export"
    )
    assert set(names.split()) == set(operations())


def test_effects_and_outputs_have_names_of_their_own():
    assert len(effects()) > 12
    assert {kind.slot for kind in effects().values()} == {"source", "picture", "sound"}
    assert set(outputs()) == {"exported", "animated_gif", "still", "sound_file", "parts", "previewed"}


@pytest.mark.parametrize("op", operations())
def test_an_operation_that_does_nothing_is_found(op: str, monkeypatch: pytest.MonkeyPatch):
    if op == "redo":
        undone = before(op)  # made while undo still undoes
        monkeypatch.setitem(globals(), "before", lambda op: undone)
    monkeypatch.setattr(operations()[op], "apply", lambda self, draft, facts: (draft, (self.change(),)))
    with pytest.raises(AssertionError):
        test_it_changes_the_draft_and_says_so(op)


def test_the_schema_holds_every_operation_with_its_parameters():
    schema = operations_schema()
    rows = {row["properties"]["op"]["const"]: row["properties"]["params"] for row in schema["items"]["oneOf"]}
    assert set(rows) == set(operations())
    assert rows["trim"]["properties"]["start_s"]["minimum"] == 0
    assert rows["speed"]["additionalProperties"] is False
    assert "Point" in schema["$defs"]
    msgspec.json.encode(schema)


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one():
    with pytest.raises(UnknownOperation, match="add_text"):
        apply_all(full(), [do("add_txt", text="x")], FACTS)
