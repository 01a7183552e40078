"""Passwords: what is kept of them, whether one fits, and how often one may be guessed. It knows no accounts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

from slimreel.errors.service import BadRequest, TooManyRequests
from slimreel.services.clock import Clock

SHORTEST, LONGEST = 8, 200
# 16 MiB and some 50 ms each. Two at once, so that a storm of log-ins cannot take the memory of the service.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_AT_ONCE = threading.BoundedSemaphore(2)
_MOST_FAILURES = 10
_WINDOW = timedelta(minutes=15)
_MOST_WATCHED = 10_000


def seal(password: str) -> str:
    """What is kept of a password: parameters, salt and hash. Raises BadRequest where it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadRequest(detail=f"a password has {SHORTEST} to {LONGEST} characters")
    salt = secrets.token_bytes(16)
    derived = _derive(password, salt, _COST, _BLOCK, _PARALLEL)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${_text(salt)}${_text(derived)}"


def fits(password: str, sealed: str | None) -> bool:
    """Is it the password that was sealed? It takes as long where there is none."""
    _, cost, block, parallel, salt, derived = (sealed or _NOBODYS).split("$")
    found = _derive(password[:LONGEST], base64.b64decode(salt), int(cost), int(block), int(parallel))
    same = hmac.compare_digest(found, base64.b64decode(derived))
    return same and sealed is not None and len(password) <= LONGEST


class Guesses:
    """Counts failures, in memory. An attempt counts as one from its start, so that many at once gain nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: OrderedDict[Hashable, list[datetime]] = OrderedDict()

    def begin(self, who: Hashable) -> None:
        """Raises TooManyRequests (fields: detail, retry_after_s) where too many failed within 15 minutes."""
        now = self._clock()
        with self._lock:
            recent = [moment for moment in self._failed.pop(who, []) if now - moment < _WINDOW]
            self._failed[who] = recent
            if len(recent) >= _MOST_FAILURES:
                wait = int((recent[0] + _WINDOW - now).total_seconds()) + 1
                raise TooManyRequests(detail="too many attempts to log in", retry_after_s=wait)
            recent.append(now)
            while len(self._failed) > _MOST_WATCHED:
                self._failed.popitem(last=False)

    def succeeded(self, who: Hashable) -> None:
        """What failed before is forgiven."""
        with self._lock:
            self._failed.pop(who, None)


def _derive(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    # The same letters can be composed in more than one way, by the keyboard's choice.
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    key = hashlib.sha256(text).digest()  # scrypt itself would take a password for the same with noughts behind it
    with _AT_ONCE:
        return hashlib.scrypt(key, salt=salt, n=cost, r=block, p=parallel, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


_NOBODYS = f"scrypt${_COST}${_BLOCK}${_PARALLEL}${_text(bytes(16))}${_text(bytes(32))}"
