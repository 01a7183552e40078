"""How an operation is asked for: what its words have to mean, and phrases that ask for it. Knows no reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The way an operation is said.

    A cue is a set of meanings (the concepts of data/words/edits.*.toml, and kinds of values in capitals such as RANGE
    or COLOR) that are enough together, in any order: "remove RANGE|FIRST". The longest that is found counts. `words`
    are meanings that may stand beside them and give no parameter. `en` and `zh` are phrases as people say it: docs
    show them, and a test reads every one.
    """

    cues: tuple[str, ...]
    words: str = ""
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
