"""Picks the tags that may be shown and kept, and tells whether there are tags of a place.

It must not know streams or pictures.
"""

from __future__ import annotations

# What people write about a video, by FFmpeg's names. Devices, software and places stay out.
KEPT = ("title", "artist", "album", "comment", "description", "synopsis", "date", "copyright", "genre")
CREATION = ("com.apple.quicktime.creationdate", "creation_time")  # the first one knows the time zone
PLACES = ("location", "gps", "loci", "©xyz", "xyz")
DEVICES = ("make", "model", "serial", "com.android", "com.apple.quicktime.software", "camera", "firmware", "device")
PLACE_VALUES = ("location", "com.apple.quicktime.location.iso6709", "location-eng")
MAX_CHARACTERS = 2000


def kept(metadata: dict[str, str]) -> dict[str, str]:
    """The allow-listed tags of a file under their plain names."""
    known = {key.lower(): value for key, value in metadata.items()}
    tags = {}
    for name in KEPT:
        value = known.get(name) or known.get(f"com.apple.quicktime.{name}")
        if value:
            tags[name] = clean(value)
    for name in CREATION:
        if known.get(name):
            tags["creation_time"] = clean(known[name])
            break
    return tags


def place(metadata: dict[str, str]) -> str | None:
    """Where it was filmed, as ISO 6709 has it: for those who ask to keep it, and for nothing else."""
    known = {key.lower(): value for key, value in metadata.items()}
    return next((clean(known[name]) for name in PLACE_VALUES if known.get(name)), None)


def names_a_place(metadata: dict[str, str]) -> bool:
    return any(word in key.lower() for key in metadata for word in PLACES)


def names_a_device(metadata: dict[str, str]) -> bool:
    return any(word in key.lower() for key in metadata for word in DEVICES)


def clean(text: str) -> str:
    """Without control characters, and not longer than anybody reads."""
    return "".join(c for c in text if c >= " " or c in "\n\t")[:MAX_CHARACTERS].strip()


def language(metadata: dict[str, str]) -> str | None:
    code = metadata.get("language", "")
    return code if code and code != "und" else None
