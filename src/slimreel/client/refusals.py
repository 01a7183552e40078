"""What each code of the protocol means for a client: the row of the error table, as a class of slimreel.errors.client.

Pure. What is done about a code is in calls.py.
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime

from slimreel.client.steps import Response
from slimreel.errors.client import (
    CallMalformed,
    CreditsUsedUp,
    FileOverLimit,
    FileRejected,
    IdInUse,
    NothingThere,
    PlanBlocks,
    RateLimited,
    Refused,
    ScopeMissing,
    ServerFault,
    SessionGone,
    TokenRejected,
)

FORMATS = (
    "Videos (mp4, mov, avi, webm, mkv, m4v), pictures (jpg, png, gif, webp), sound (mp3, wav, m4a, aac) and subtitles "
    "(srt, ass, vtt) can be sent."
)
OK, BAD_TOKEN, NO_SESSION, NO_CREDITS, RATE, MALFORMED, UNAVAILABLE = 0, 1001, 1002, 2001, 429, 400, 503
RETRY_S = 30.0
_LONGEST_RETRY_S = 300.0

REFUSALS: dict[int, type[Refused]] = {
    BAD_TOKEN: TokenRejected,
    NO_SESSION: SessionGone,
    NO_CREDITS: CreditsUsedUp,
    4001: FileRejected,
    4002: FileOverLimit,
    MALFORMED: CallMalformed,
    402: PlanBlocks,
    403: ScopeMissing,
    404: NothingThere,
    409: IdInUse,
    RATE: RateLimited,
    UNAVAILABLE: ServerFault,
    5000: ServerFault,
}
# Where an answer has no code of the protocol, as from a proxy in front of the service.
_BY_STATUS = {401: BAD_TOKEN, 413: 4002, 415: 4001, 422: MALFORMED, 423: 409, 502: UNAVAILABLE, 504: UNAVAILABLE}


def code_of(response: Response) -> int:
    """The code of the protocol; 0 for a success. The hosted original also answers errors with HTTP 200."""
    document = response.document() or {}
    code = document.get("code")
    if isinstance(code, str) and code.lstrip("-").isdigit():
        code = int(code)
    if isinstance(code, int) and not isinstance(code, bool) and code not in (OK, 200):
        return code
    if response.is_success:
        return OK
    return _BY_STATUS.get(response.status, response.status)


def refusal(response: Response, *, remedy: str = "") -> Refused:
    """The error for an answer that is no success."""
    code = code_of(response)
    document = response.document() or {}
    message = next((str(document[key]) for key in ("message", "msg", "detail", "error") if document.get(key)), "")
    kind = REFUSALS.get(code) or (ServerFault if response.status >= 500 or 500 <= code < 600 else Refused)
    if kind is FileRejected:
        return rejected(message or "The file cannot be used")
    return kind(
        message=_sentence(message or f"it answered {response.status}"),
        wire_code=code,
        status=response.status,
        remedy=remedy,
        retry_after_s=round(retry_after_s(response)),
    )


def rejected(message: str) -> FileRejected:
    """A file that is no use, with what can be sent instead, unless the service has said so."""
    formats = "" if "mp4" in message.lower() and "mkv" in message.lower() else FORMATS
    return FileRejected(message=_sentence(message), wire_code=4001, status=415, formats=formats)


def retry_after_s(response: Response, now_s: float | None = None) -> float:
    """How long the service asks to wait, else 30 s. A date counts where `now_s` (epoch) is given."""
    told = response.headers.get("retry-after", "").strip()
    try:
        seconds = float(told)
    except ValueError:
        seconds = _until(told, now_s)
    return min(seconds, _LONGEST_RETRY_S) if math.isfinite(seconds) and seconds >= 0 else RETRY_S


def _until(date: str, now_s: float | None) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - now_s if now_s is not None else RETRY_S
    except (TypeError, ValueError):
        return RETRY_S


def _sentence(text: str) -> str:
    plain = " ".join(text.split())[:500]
    return plain if plain.endswith((".", "!", "?", "。", "！", "？")) else f"{plain}."
