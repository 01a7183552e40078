"""Turns the frozen records of this package into JSON and back; what comes in is checked field by field.

Records are plain dataclasses, so that a start costs nothing for them. Nothing here knows a particular record.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Hashable
from dataclasses import fields
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, get_type_hints

import msgspec

Record = TypeVar("Record")
# What msgspec has looked up. While it does, a second thread finds the half of it, and the process dies (0.22).
_learnt: set[Any] = set()
_learning = threading.Lock()
# Metadata of a dataclass field that must never leave the process.
PRIVATE = {"private": True}
# What the library says, for people.
_WORDS = {
    " | null`": "`", " of length >= 1": " that is not empty", "Expected": "it must be", "`int`": "a whole number",
    "`float`": "a number", "`str`": "a word", "`bool`": "true or false", "`array`": "a list", "`null`": "nothing",
    ">= ": "of at least ", "<= ": "of at most ", "> ": "above ", "Invalid enum value": "it cannot be", "got ": "not ",
}  # fmt: skip


class BadRecord(ValueError):
    """A value does not fit its field. `field` is its name, empty where the whole is no record."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}" if field else detail)
        self.field = field
        self.detail = detail


def learn(kind: Any) -> None:
    """Look up the fields of a type, one thread at a time; before msgspec is asked to read one."""
    if kind not in _learnt:
        with _learning:
            msgspec.json.Decoder(kind, dec_hook=_decode)
            _learnt.add(kind)


def read(kind: type[Record], facts: Any) -> Record:
    """A record of `kind` from what JSON holds: objects, lists, text and numbers. Raises BadRecord."""
    learn(kind)
    try:
        return msgspec.convert(facts, kind, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise BadRecord("", str(error)) from error


def read_text(kind: type[Record], text: str | bytes) -> Record:
    """A record of `kind` from JSON text. Raises BadRecord."""
    learn(kind)
    try:
        return msgspec.json.decode(text, type=kind, dec_hook=_decode)
    except msgspec.DecodeError as error:
        raise BadRecord("", str(error)) from error


def facts_of(record: Any) -> dict[str, Any]:
    """What JSON can hold of a record: every field but the private ones, rationals as text."""
    hidden = {field.name for field in fields(record) if field.metadata.get("private")}
    facts: dict[str, Any] = msgspec.to_builtins(record, enc_hook=_encode)
    return {name: value for name, value in facts.items() if name not in hidden}


def said(record: Any) -> dict[str, Any]:
    """The fields that differ from their defaults, with their values as they are."""
    return {
        field.name: getattr(record, field.name)
        for field in fields(record)
        if getattr(record, field.name) != field.default
    }


def check(record: Any) -> None:
    """Raise BadRecord where a field that was given does not fit its annotation. For `__post_init__`."""
    kind: Any = type(record)
    hints = _hints(kind)
    for name, value in said(record).items():
        if found := complaint(value, hints[name]):
            raise BadRecord(name, found)


def complaint(value: Any, hint: Any) -> str:
    """Why a value does not fit an annotation, for people; empty where it fits."""
    learn(hint)
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        return in_words(str(error))
    return ""


def in_words(complaint: str) -> str:
    """What the library says of a value that does not fit, for people."""
    for theirs, ours in _WORDS.items():
        complaint = complaint.replace(theirs, ours)
    return re.sub(r"\.0\b", "", complaint)


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _decode(kind: type, value: Any) -> Any:
    if kind is Fraction and isinstance(value, str):
        return Fraction(value)
    raise NotImplementedError(kind)  # how a hook tells msgspec that it does not know this type


def _encode(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(type(value))  # as above
