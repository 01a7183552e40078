"""Random commands for property tests: any operation with likely parameters, some of which will be refused."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.log import EditCommand
from slimreel.errors import EditRefused
from tests.edit.facts import FACTS

TIMES = st.floats(0, 30).map(lambda seconds: round(seconds, 3))
LENGTHS = st.floats(0.02, 12).map(lambda seconds: round(seconds, 3))
RANGES = st.tuples(TIMES, TIMES).map(sorted)
CLIPS = st.sampled_from([None, "all", "c1", "c2", "c3", "c5", 1, -1, "talk"])
ELEMENTS = st.sampled_from(["t1", "t2", "m1", "i1", "p1", "s1", "b1", "c1", "c1", "c2", "c4", "all"])
POSITIONS = st.sampled_from(["top_left", "center", "bottom", {"x": 0.25, "y": 0.75}])
WORDS = st.sampled_from(["low", "medium", "high"])
TRANSITIONS = st.sampled_from(["dissolve", "cut", "wipeleft"])

# What may be set of what is there already; much of it is refused where it is not there.
SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "start_s": TIMES, "volume": st.floats(0, 2), "gain_db": st.floats(-20, 6), "speed": st.floats(0.1, 8),
    "fit_duration_s": LENGTHS, "saturation_pct": st.floats(-100, 100), "color.gamma": st.floats(0.1, 10),
    "zoom.factor": st.floats(0.1, 10), "left_px": st.integers(0, 900), "width_px": st.integers(0, 900),
    "crop.1.top_pct": st.floats(0, 60), "degrees": st.sampled_from([0, 90, 270]), "strength": WORDS,
    "stabilize.strength": WORDS, "fade.duration_s": LENGTHS, "fade.out.duration_s": LENGTHS,
    "transition.duration_s": LENGTHS, "freeze.duration_s": LENGTHS, "aspect": st.sampled_from(["9:16", "4:3"]),
    "mode": st.sampled_from(["crop", "pad"]), "opacity": st.floats(0, 1), "fade_out_s": LENGTHS,
    "intensity": st.floats(0, 1), "lufs": st.floats(-30, -6), "offset_s": st.floats(-3, 3),
}  # fmt: skip


def _setting(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: SETTINGS[name]})


PARAMS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "trim": {"start_s": TIMES, "end_s": TIMES, "clip": CLIPS},
    "cut": {"first_s": LENGTHS, "last_s": LENGTHS, "ranges_s": st.lists(RANGES, max_size=3), "clip": CLIPS},
    "split": {"at_s": st.lists(TIMES, min_size=1, max_size=3)},
    "delete_clip": {"clip": st.sampled_from(["c1", "c2", "c4", -1])},
    "reorder": {"order": st.permutations(["c1", "c2", "c3"]).map(lambda order: order[:2])},
    "concat": {"clips": st.sampled_from(["all", ["c2", "c1"], ["c1", "a3"]])},
    "transition": {"type": TRANSITIONS, "duration_s": LENGTHS},
    "speed": {"factor": st.sampled_from([0.25, 0.5, 0.9, 1.1, 2.0, 3.7]), "range_s": RANGES},
    "reverse": {"clip": CLIPS, "range_s": RANGES},
    "loop": {"count": st.integers(2, 3), "until_s": st.floats(10, 60), "clip": CLIPS},
    "freeze": {"at_s": TIMES, "duration_s": LENGTHS},
    "remove_silence": {"min_silence_s": LENGTHS, "clip": CLIPS},
    "reframe": {"aspect": st.sampled_from(["9:16", "1:1", "4:5"]), "clip": CLIPS},
    "crop": {"left_pct": st.floats(0, 40), "top_px": st.integers(0, 200), "clip": CLIPS},
    "rotate": {"degrees": st.sampled_from([90, -90, 180, 450]), "clip": CLIPS},
    "zoom": {"factor": st.floats(0.5, 3), "range_s": RANGES, "clip": CLIPS},
    "add_text": {"text": st.text(min_size=1, max_size=30), "start_s": TIMES, "end_s": TIMES, "position": POSITIONS},
    "add_image": {"start_s": TIMES, "duration_s": LENGTHS},
    "pip": {"file": st.just("a3"), "start_s": TIMES, "position": POSITIONS},
    "subtitles": {"file": st.just("a7")},
    "auto_captions": {},
    "blur_region": {"position": st.just("left"), "start_s": TIMES, "duration_s": LENGTHS},
    "add_music": {"start_s": TIMES, "loop": st.booleans(), "fade_in_s": LENGTHS},
    "replace_audio": {},
    "volume": {"gain_db": st.floats(-20, 20), "range_s": RANGES, "clip": CLIPS},
    "mute": {"target": st.sampled_from(["all", "music", "original"]), "range_s": RANGES},
    "fade": {"direction": st.sampled_from(["in", "out", "both"]), "duration_s": LENGTHS, "clip": CLIPS},
    "color": {"brightness_pct": st.floats(-100, 100), "clip": CLIPS},
    "stabilize": {"strength": WORDS, "clip": CLIPS},
    "lut": {"file": st.just("a6"), "intensity": st.floats(0, 1), "clip": CLIPS},
    "audio_sync": {"offset_s": st.floats(-2, 2), "clip": CLIPS},
    "normalize_audio": {"lufs": st.floats(-30, -6)},
    "compress": {"target_size_bytes": st.integers(1, 10**9), "clip": CLIPS},
    "gif": {"start_s": TIMES, "end_s": TIMES},
    "update": {"target": ELEMENTS, "set": st.sampled_from(sorted(SETTINGS)).flatmap(_setting)},
    "nudge": {
        "target": ELEMENTS,
        "param": st.sampled_from(["size", "duration", "position", "start", "end", *sorted(SETTINGS)]),
        "direction": st.sampled_from(["up", "down"]),
    },
    "remove": {"target": ELEMENTS},
    "undo": {"steps": st.integers(1, 3)},
    "redo": {},
    "reset": {},
}
# Without these the operation has nothing to do.
NEEDED = {"lut": {"file"}, "audio_sync": {"offset_s"},
          "reorder": {"order"}, "delete_clip": {"clip"}, "freeze": {"at_s"}, "split": {"at_s"}, "reframe": {"aspect"},
          "rotate": {"degrees"}, "add_text": {"text"}, "update": {"target", "set"}, "remove": {"target"},
          "nudge": {"target", "param", "direction"}, "pip": {"file"}, "blur_region": {"position"}}  # fmt: skip


@st.composite
def commands(draw: st.DrawFn) -> EditCommand:
    op = draw(st.sampled_from(sorted(PARAMS)))
    needed = NEEDED.get(op, set())
    given = {
        name: draw(values) for name, values in PARAMS[op].items() if name in needed or draw(st.integers(0, 2)) == 0
    }
    return EditCommand(op=op, params={name: value for name, value in given.items() if value is not None})


def attempt(draft: Draft, turn: list[EditCommand]) -> Draft | None:
    """The draft after a turn, or None where it was refused."""
    try:
        return apply_all(draft, turn, FACTS)[0]
    except EditRefused:
        return None


TURNS = st.lists(st.lists(commands(), min_size=1, max_size=2), min_size=1, max_size=8)
