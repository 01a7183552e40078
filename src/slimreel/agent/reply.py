"""Says things to people: turns a reason or an error into a sentence of their language. The words are in data/words;
what led to it is not known here."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from slimreel.agent.details import translated
from slimreel.core.events import Reason
from slimreel.core.units import format_bitrate, format_duration, format_size
from slimreel.data.tables import LANGUAGES, error_table, label_table, message_table
from slimreel.errors import SlimreelError

# Fields that come as plain numbers are written with their unit, by name: bit/s, bytes, seconds.
_RATES = {"rate", "bitrate"}
_SIZES = {"size", "limit", "asked", "used"}
_RATE_MESSAGES = {"source_is_smaller_rate", "audio_encoded", "audio_least"}
_SIZE_MESSAGES = {"never_larger", "already_efficient"}
# A message that counts one of these has a second form for a single one, where the words differ: ID_one.
_COUNTS = ("count", "rounds")
_CHANGES = ("edit_update", "edit_nudge")
_WRITTEN = ("file", "text")  # parameters whose values people write, with commas perhaps
_CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "av1": "AV1",
    "vp9": "VP9",
    "aac": "AAC",
    "opus": "Opus",
    "mp3": "MP3",
}
_TRANSFERS = {"pq": "PQ", "hlg": "HLG"}
_CONTAINERS = {"mp4": "MP4", "mov": "MOV", "mkv": "MKV", "webm": "WebM"}


def say(reason: Reason, language: str = "en") -> str:
    """The sentence for a reason. Numbers in fields that are rates (bit/s), sizes (bytes) or durations (s) get
    their units; text is put in as it is. A missing field is written as "?"; an unknown id raises KeyError."""
    messages = message_table(language if language in LANGUAGES else "en")
    counts = [reason.fields[name] for name in _COUNTS if name in reason.fields]
    template = messages.get(f"{reason.id}_one", messages[reason.id]) if counts == [1] else messages[reason.id]
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    fields = {name: _written(reason.id, name, reason.fields.get(name, "?"), language) for name in names}
    if "wanted_values" in fields:
        fields["wanted_values"] = _wanted(reason.fields, language)
    if "kinds" in fields:
        fields["kinds"] = _named_kinds(fields["kinds"], language)
    return template.format_map(fields)


def say_error(error: SlimreelError, language: str = "en") -> str:
    """The sentence for an error. What a language has no words for is told in English."""
    return say_told(error.code, error.fields, error.template(), language)


def say_told(code: str, fields: Mapping[str, object], otherwise: str, language: str = "en") -> str:
    """The sentence for an error that was written down. `otherwise` is for a code that the language has no words for,
    a whole sentence or one with gaps for the fields."""
    language = language if language in LANGUAGES else "en"
    template = error_table(language)["sentences"].get(code) or otherwise
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    return template.format_map({name: translated(str(fields.get(name, "?")), language) for name in names})


def told_in(problem: Mapping[str, Any], language: str) -> dict[str, Any]:
    """An error as it was written down ("code", "fields", "sentence"), with its sentence in a language."""
    if language == "en":
        return dict(problem)
    sentence = say_told(str(problem.get("code")), problem.get("fields", {}), str(problem.get("sentence", "")), language)
    return {**problem, "sentence": sentence}


def thing(name: str, language: str = "en") -> str:
    """What people call a field of a goal: "a bitrate" of video_bitrate_bps."""
    return error_table(language if language in LANGUAGES else "en")["things"].get(name, name.replace("_", " "))


def label(name: str, language: str = "en", /, **fields: str) -> str:
    """A short form for a line or a bar ("target met (+0.2 %)"); an unknown name raises KeyError."""
    return label_table(language if language in LANGUAGES else "en")[name].format_map(fields)


def ask(about: str, language: str = "en", **fields: str) -> str:
    """The question about something that was not said (`range`, `clip`, `text`, …); an unknown one raises KeyError."""
    return label(f"ask_{about}", language, **fields)


def spoken(name: str) -> str:
    """How people write a codec, container or transfer: "H.264" of "h264"."""
    return {**_CODECS, **_CONTAINERS, **_TRANSFERS}.get(name, name)


def _named_kinds(kinds: str, language: str) -> str:
    """What data tracks hold, by the short codes that files give them; the name of an attachment stays."""
    table = label_table(language if language in LANGUAGES else "en")
    return _between(language).join(table.get(f"data_{kind}", kind) for kind in kinds.split(", "))


def _wanted(goal: Mapping[str, str | int | float], language: str) -> str:
    """The fields of a goal as people say them: "size 25 MB, codec HEVC"."""
    words = label_table(language if language in LANGUAGES else "en")
    return _between(language).join(
        words.get(f"wanted_{name}_{value}") or f"{_bare(thing(name, language))} {_amount(name, value)}".strip()
        for name, value in goal.items()
    )


def _between(language: str) -> str:
    return "、" if language == "zh" else ", "


def _bare(words: str) -> str:
    return words.removeprefix("a ").removeprefix("an ")


def _changed(values: str, language: str) -> str:
    """Parameters that were set ("volume 0.6, start 2 s") by their names in a language; what a person wrote stays."""
    table = label_table(language if language in LANGUAGES else "en")
    words = {key.removeprefix("param_"): text for key, text in table.items() if key.startswith("param_")}
    parts, told = values.split(", "), list[str]()
    for at, part in enumerate(parts):
        # The longest, of "fade in 0.5 s" not "fade".
        name = max((one for one in words if f"{part} ".startswith(f"{one} ")), key=len, default="")
        ends = name in _WRITTEN
        said = ", ".join(parts[at:]) if ends else part
        told.append(f"{words[name]}{said[len(name) :]}" if name else said)
        if ends:
            break
    return _between(language).join(told)


def _amount(name: str, value: str | int | float) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float) and name.endswith("_bytes"):
        return format_size(round(value))
    if isinstance(value, int | float) and name.endswith("_bps"):
        return format_bitrate(value)
    return spoken(value) if isinstance(value, str) else f"{value:g}"


def _written(message: str, name: str, value: str | int | float, language: str) -> str:
    if isinstance(value, str):
        if message in _CHANGES and name == "values":
            return _changed(value, language)
        words = label_table(language if language in LANGUAGES else "en")
        return words.get(f"{name}_{value}", value.replace("_", " ") if name == "op" else spoken(value))
    if name in _RATES or (message in _RATE_MESSAGES and name in ("source", "target", "before", "after")):
        return format_bitrate(value)
    if (name in _SIZES and message != "not_upscaled") or (message in _SIZE_MESSAGES and name == "source"):
        return format_size(value)
    if name == "duration" or name.endswith("_s"):
        return format_duration(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
