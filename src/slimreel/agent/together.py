"""Puts the commands of one request together: each clip its own, and what was said in two breaths as one command.

Knows commands alone, neither words nor the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Command = dict[str, Any]

# What is asked of the file that comes out, after the edits.
OUTPUT_OPS = frozenset("gif thumbnail extract_audio split_parts preview export".split())


def put_together(commands: list[Command]) -> list[Command]:
    """The commands as they are to be carried out."""
    return _each_once(_muted_output(_without_deleted(_each_clip(commands))))


def _each_clip(commands: list[Command]) -> list[Command]:
    """A command for each of several clips ("everything except the intro")."""
    found: list[Command] = []
    for command in commands:
        clip = command["params"].get("clip")
        several = clip if isinstance(clip, list) else [clip]
        found += [{**command, "params": {**command["params"], "clip": one}} for one in several] if clip else [command]
    return found


def _without_deleted(commands: list[Command]) -> list[Command]:
    """ "Delete the second clip and put the third at the start": the order is one of those that are still there."""
    found: list[Command] = []
    deleted: set[object] = set()
    for command in commands:
        if command["op"] == "delete_clip":
            deleted.add(command["params"].get("clip"))
        if command["op"] == "reorder" and deleted:
            order = [one for one in command["params"]["order"] if one not in deleted]
            found += [{"op": "reorder", "params": {"order": order}}] if len(order) > 1 else []
        else:
            found.append(command)
    return found


def _muted_output(commands: list[Command]) -> list[Command]:
    """ "strip the sound and shrink to 6 MB" is one wish for the output."""
    if [one["op"] for one in commands] == ["mute", "compress"] and not commands[0]["params"]:
        return [{"op": "compress", "params": {**commands[1]["params"], "audio": "mute"}}]
    return commands


def _each_once(commands: list[Command]) -> list[Command]:
    """Without what was said twice in a row in other words ("stop, don't render it"); a nudge may be meant twice."""
    replaced = [one for one in commands if one["op"] == "replace_audio"]
    commands = [one for one in commands if not (replaced and one["op"] == "mute" and "range_s" not in one["params"])]
    if [one["op"] for one in commands] == ["undo", "redo"]:
        return commands[1:]  # what was undone is to be there again
    if [one["op"] for one in commands] in (["reset", "redo"], ["reset", "undo"]):
        return commands[:1]  # "it all went wrong, put it back"
    commands = _without_asides(commands)
    found: list[Command] = []
    for command in commands:
        if found and (merged := _made_one(found[-1], command)) is not None:
            found[-1] = merged
        elif found and _tells_how_loud(found[-1], command):
            found[-1] = {"op": "add_music", "params": {**found[-1]["params"], "volume": command["params"]["level"]}}
        elif found and _fades_music(found[-1], command):
            faded = {**found[-1]["params"], **_faded(command["params"])}
            found[-1] = {"op": "add_music", "params": faded}
        elif command["op"] == "nudge" or command not in found:
            found.append(command)
    return found


def _without_asides(commands: list[Command]) -> list[Command]:
    """ "A black end, kill it" cancels no render, and a "help!" beside a wish asks for nothing else."""
    asides = ({"op": "help", "params": {}}, {"op": "cancel", "params": {}})
    wanted = [one for one in commands if one not in asides]
    return wanted if any(one["op"] not in _OF_SESSIONS for one in wanted) else commands


_OF_SESSIONS = frozenset("status credits upload export undo redo reset clarify".split())
_ONCE = OUTPUT_OPS | frozenset(
    "upload denoise_video denoise_audio normalize_audio stabilize sharpen deinterlace remove_silence".split()
)

_REPEATED = frozenset({"undo", "redo"})


def _made_one(first: Command, second: Command) -> Command | None:
    """Two commands that are one in two breaths ("add a.mp3, as music, at 35%"; "a png cover, of 0:05")."""
    if first["op"] != second["op"]:
        return None
    if _same_tint(first, second):
        return second  # 偏黄，调冷一点: what is wrong, and what is to be done about it
    if first["op"] == "update" and first["params"]["target"] == second["params"]["target"]:
        before, after = first["params"]["set"], second["params"]["set"]
        apart = not before.keys() & after.keys()
        return {"op": "update", "params": {**first["params"], "set": {**before, **after}}} if apart else None
    if first["op"] == "split" and first["params"].get("clip") == second["params"].get("clip"):
        moments = [*first["params"]["at_s"], *second["params"]["at_s"]]
        return {"op": "split", "params": {**first["params"], "at_s": sorted(set(moments))}}
    if first["op"] not in _REPEATED and bool(first["params"]) != bool(second["params"]):
        return first if first["params"] else second  # "rewind effect, play 0:05-0:08 backwards"
    if not ("file" in first["params"] or first["op"] in _ONCE):
        return None
    before = {name: value for name, value in first["params"].items() if name != "auto"}
    after = {name: value for name, value in second["params"].items() if name != "auto"}
    if "file" in first["params"] and after.get("file") != before["file"]:
        return None
    differs = {name for name in before.keys() & after.keys() if after[name] != before[name]}
    if differs == {"strength"}:
        return first  # 手抖得厉害，弄稳些: how bad it is, and what is to be done about it
    if differs:
        return None
    merged = {**before, **after}
    return {"op": first["op"], "params": merged or first["params"]}


def _same_tint(first: Command, second: Command) -> bool:
    """Is a picture made warmer, or cooler, twice: as a look and by degrees, or for its fault and by how much?"""
    tints = [_tint(one["params"]) for one in (first, second) if one["op"] == "color"]
    return len(tints) == 2 and tints[0] == tints[1] != "" and first["params"] != second["params"]


def _tint(params: Mapping[str, Any]) -> str:
    if params.keys() - {"clip"} == {"temperature_pct"}:
        return "warm" if params["temperature_pct"] > 0 else "cool"
    return str(params["preset"]) if params.keys() - {"clip"} == {"preset"} else ""


def _fades_music(first: Command, second: Command) -> bool:
    """ "Add a.mp3 and fade it out": the fade is that of the music just added."""
    return bool(first["op"] == "add_music" and second["op"] == "fade" and second["params"].get("target") == "music")


def _faded(params: dict[str, Any]) -> dict[str, float]:
    ends = {"in": ["in"], "out": ["out"]}.get(params["direction"], ["in", "out"])
    return {f"fade_{end}_s": params.get("duration_s", 1.0) for end in ends}


def _tells_how_loud(first: Command, second: Command) -> bool:
    """ "Add a.mp3, volume 20%": the volume is that of the music just added."""
    added = first["op"] == "add_music" and "volume" not in first["params"]
    return added and second["op"] == "volume" and second["params"].keys() == {"level"}
