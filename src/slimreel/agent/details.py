"""Says in another language what errors tell in English in their fields: by the whole text, or by a text with gaps.

The gaps of `data/words/errors.*.toml` are in braces; what stands in them is put in again, itself translated where it is
known. What is not known stays English.
"""

from __future__ import annotations

import re
from functools import cache

from slimreel.data.tables import error_table

_GAP = re.compile(r"\{(\w*)\}")
_LONGEST = 600  # nothing longer is one of ours


def translated(text: str, language: str) -> str:
    """The text in a language of `data.tables.LANGUAGES`."""
    table = error_table(language)
    known = {**table["details"], **table["things"]}
    if text in known or len(text) > _LONGEST:
        return known.get(text, text)
    for pattern, theirs in _with_gaps(language):
        if (found := pattern.fullmatch(text)) is not None:
            gaps = {name: translated(value, language) for name, value in found.groupdict().items()}
            return theirs.format_map(gaps)
    parts = text.split("; ")
    told = [translated(part, language) for part in parts] if len(parts) > 1 else parts
    return text if told == parts else "；".join(told)


@cache
def _with_gaps(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The texts with gaps as patterns, those that say most first."""
    texts = {text: theirs for text, theirs in error_table(language)["details"].items() if _GAP.search(text)}
    return tuple(
        (_pattern(text), texts[text]) for text in sorted(texts, key=lambda one: len(_GAP.sub("", one)), reverse=True)
    )


def _pattern(text: str) -> re.Pattern[str]:
    pieces = _GAP.split(text)
    return re.compile(
        "".join(f"(?P<{piece}>.*?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)), re.DOTALL
    )
