"""Names of files as strangers give them, made fit to be shown and sent. Touches no file.

No name from outside is ever a path here; files are kept under ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import count
from urllib.parse import quote, unquote_to_bytes

MOST_CHARACTERS = 120
NAMELESS = "file"
_JOINERS = "\u200c\u200d"  # letters of Persian and parts of emoji hang together by them
# Controls, invisible and bidirectional formatting, halves of characters, private and unassigned ones, line ends.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,16}")
_EXTENDED = re.compile(r"(?:^|[;\s])filename\*\s*=\s*\"?(utf-8|iso-8859-1)'[^';\s]*'([^;\s\"]+)", re.IGNORECASE)
_PLAIN = re.compile(r"(?:^|[;\s])filename\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;\s\"]+))", re.IGNORECASE)


def clean(name: str) -> str:
    """The name that `name` stands for: its last part, in NFC, seen as it is, at most 120 characters, never empty.

    It begins with no dot and no dash, and when it is shortened it keeps its suffix.
    """
    seen = "".join(_seen(one) for one in name)
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", seen))[-1]
    last = " ".join(last.split()).lstrip(" .-").rstrip(" .")
    if not last.strip(_JOINERS):
        return NAMELESS
    if len(last) <= MOST_CHARACTERS:
        return last
    stem, dot, end = last.rpartition(".")
    suffix = dot + end if stem and _SUFFIX.fullmatch(dot + end) else ""
    return last[: MOST_CHARACTERS - len(suffix)].rstrip(" .") + suffix


def unlike(name: str, taken: Collection[str]) -> str:
    """`name`, with a number before its suffix where it is taken already: "clip (2).mp4"."""
    stem, dot, end = name.rpartition(".")
    stem, suffix = (stem, dot + end) if stem and _SUFFIX.fullmatch(dot + end) else (name, "")
    names = (f"{stem} ({number}){suffix}" for number in count(2))
    return name if name not in taken else next(other for other in names if other not in taken)


def content_disposition(name: str, *, attachment: bool = True) -> str:
    """The header's value that gives a download this name (RFC 6266): ASCII for old readers, and all of it."""
    cleaned = clean(name)
    letters = (one for one in unicodedata.normalize("NFKD", cleaned) if not unicodedata.combining(one))
    plain = re.sub(r"[^A-Za-z0-9 ._()+,=@~-]", "_", "".join(letters))
    kind = "attachment" if attachment else "inline"
    if plain == cleaned:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(cleaned, safe='')}"


def named_in(disposition: str) -> str | None:
    """The file name in a Content-Disposition that was received, not cleaned; None where it names none."""
    if found := _EXTENDED.search(disposition):
        return unquote_to_bytes(found[2]).decode(found[1].lower(), "replace")
    if found := _PLAIN.search(disposition):
        return found[2] or re.sub(r"\\(.)", r"\1", found[1] or "") or None
    return None


def _seen(one: str) -> str:
    if one.isspace():
        return " "
    return "" if unicodedata.category(one) in _UNSEEN and one not in _JOINERS else one
