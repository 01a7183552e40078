"""Errors that only the service meets: tokens, sessions, credits, limits. `wire_code` is the number of the protocol.

ServiceError
├── BadRequest                   the request itself is malformed
│   ├── NotFetched               a file cannot be had from the address given
│   └── NothingToRender          the timeline is empty
├── BadToken                     1001: missing, unknown, expired or revoked
│   └── WrongPassword            e-mail and password do not belong together
├── UnknownSession               1002: also somebody else's, so that ids cannot be probed
│   └── UnknownJob
├── NoCredits                    2001, with where to register
├── UnsupportedFile              4001
├── FileTooLarge                 4002
│   └── AccountFull              it does not fit beside what the account keeps already
├── PlanForbids                  402
├── MissingScope                 403
├── NotHere                      no such path, file or link
├── Conflicting                  the same id with other content
│   ├── TimelineMoved            somebody else changed the draft first
│   ├── NotToUndo                a revision that is no more among the turns of its draft
│   ├── Taken                    the account or e-mail is registered
│   └── UploadBusy               another request writes to it
├── TooManyRequests              429, with the seconds to wait
│   └── QueueFull
└── Unavailable                  503: the disk, the database or the store
    └── DiskNearlyFull
"""

from __future__ import annotations

from typing import ClassVar

from slimreel.errors.base import SlimreelError


class ServiceError(SlimreelError):
    """{detail}"""

    code = "service"
    wire_code: ClassVar[int] = 5000


class BadRequest(ServiceError):
    """The request cannot be read: {detail}."""

    code = "bad_request"
    http_status = 400
    wire_code = 400


class NotFetched(BadRequest):
    """{url} cannot be fetched from here: {detail}. Upload the file itself instead."""

    code = "not_fetched"


class NothingToRender(BadRequest):
    """There is nothing on the timeline yet. Upload a video first."""

    code = "nothing_to_render"


class BadToken(ServiceError):
    """The token is missing, expired or not known here. Get a new one from /api/auth/anonymous-token."""

    code = "bad_token"
    http_status = 401
    wire_code = 1001


class WrongPassword(BadToken):
    """E-mail and password do not belong together here. Check both, or register first."""

    code = "wrong_password"


class UnknownSession(ServiceError):
    """There is no such session. Begin a new one."""

    code = "unknown_session"
    http_status = 404
    wire_code = 1002


class UnknownJob(UnknownSession):
    """There is no such render. Submit it again."""

    code = "unknown_job"


class NoCredits(ServiceError):
    """No credits are left: this takes {needed}, and {available} are there. {remedy}"""

    code = "no_credits"
    http_status = 403
    wire_code = 2001


class UnsupportedFile(ServiceError):
    """{filename} cannot be used: {detail}. Videos (mp4, mov, avi, webm, mkv, m4v), pictures (jpg, png, gif, webp),
    sound (mp3, wav, m4a, aac) and subtitles (srt, ass, vtt) can."""

    code = "unsupported_file"
    http_status = 415
    wire_code = 4001


class FileTooLarge(ServiceError):
    """{filename} is larger than {limit}, the most that is taken here. Compress it or cut it first."""

    code = "file_too_large"
    http_status = 413
    wire_code = 4002


class AccountFull(FileTooLarge):
    """{filename} does not fit: this account may keep {limit} here at once. Files go {keep_days} days after their
    project was last used."""

    code = "account_full"


class PlanForbids(ServiceError):
    """This account cannot render files: {detail}."""

    code = "plan_forbids"
    http_status = 402
    wire_code = 402


class MissingScope(ServiceError):
    """This token does not allow that: it lacks the scope {scope}."""

    code = "missing_scope"
    http_status = 403
    wire_code = 403


class NotHere(ServiceError):
    """There is nothing at this address, or the link has expired."""

    code = "not_here"
    http_status = 404
    wire_code = 404


class Conflicting(ServiceError):
    """{detail}. Choose a new id."""

    code = "conflicting"
    http_status = 409
    wire_code = 409


class TimelineMoved(Conflicting):
    """The timeline has changed meanwhile: it stands at revision {revision}. Read it, and ask again."""

    code = "timeline_moved"


class NotToUndo(Conflicting):
    """Revision {revision} cannot be taken back: that was done already, or it took something back itself. Read the
    draft; it lists what can be undone."""

    code = "not_to_undo"


class Taken(Conflicting):
    """This account or e-mail is registered already. Log in, or register with another e-mail."""

    code = "taken"


class UploadBusy(Conflicting):
    """Another request is writing to this upload. Wait until that has ended, then go on."""

    code = "upload_busy"
    http_status = 423
    retryable = True


class TooManyRequests(ServiceError):
    """Too many requests: {detail}. Wait {retry_after_s} s and try again."""

    code = "too_many_requests"
    http_status = 429
    wire_code = 429
    retryable = True


class QueueFull(TooManyRequests):
    """There is too much work waiting here: {detail}. Try again in {retry_after_s} s."""

    code = "queue_full"


class Unavailable(ServiceError):
    """This is not possible just now: {detail}. Try again in {retry_after_s} s."""

    code = "unavailable"
    http_status = 503
    wire_code = 503
    retryable = True


class DiskNearlyFull(Unavailable):
    """The disk here is nearly full, so nothing new is taken. Try again in {retry_after_s} s."""

    code = "disk_nearly_full"
