"""Errors that only a client of a service meets: nobody answers, or what is answered is a refusal.

ClientError
├── Unreachable                  no answer at all; worth trying again
├── NotTheProtocol               an answer that is none of a video service
├── NoWord                       the turn or the render goes on, and nothing is heard of it
├── NothingChanged               a message was answered, but nothing of it was done
├── NothingToExport              the timeline is empty
├── RenderFailed                 carries the reason that the service gave
├── DownloadIncomplete           the file is not of the size or hash that was promised
└── Refused                      an answer with a code; carries it, and what the service says
    ├── TokenRejected            1001, also after a new token
    ├── SessionGone              1002, also after a new session
    ├── CreditsUsedUp            2001, with where to register
    ├── FileRejected             4001
    ├── FileOverLimit            4002
    ├── CallMalformed            400
    ├── PlanBlocks               402
    ├── ScopeMissing             403
    ├── NothingThere             404
    ├── IdInUse                  409
    ├── RateLimited              429, also after waiting
    └── ServerFault              5000, 503 and the like
"""

from __future__ import annotations

from slimreel.errors.base import SlimreelError


class ClientError(SlimreelError):
    """{detail}"""

    code = "client"
    http_status = 502


class Unreachable(ClientError):
    """{server} does not answer: {detail}. See that it runs, and that its address is right."""

    code = "unreachable"
    http_status = 503
    retryable = True


class NotTheProtocol(ClientError):
    """{server} answers, but not as a video service does: {detail}. See that its address is right."""

    code = "not_the_protocol"


class NoWord(ClientError):
    """Nothing has been heard of the work for {waited_s} s. It may go on all the same: ask for the status later, and
    do not say it again."""

    code = "no_word"
    http_status = 504
    retryable = True


class NothingChanged(ClientError):
    """Nothing was changed: {answer}"""

    code = "nothing_changed"
    exit_code = 8
    http_status = 422


class NothingToExport(ClientError):
    """There is nothing on the timeline yet. Upload a video first."""

    code = "nothing_to_export"
    exit_code = 2
    http_status = 400


class RenderFailed(ClientError):
    """The file could not be made: {reason}"""

    code = "render_failed"


class DownloadIncomplete(ClientError):
    """The file that came is not the one that was made: {detail}. Export it again."""

    code = "download_incomplete"
    retryable = True


class Refused(ClientError):
    """{message}"""

    code = "refused"


class TokenRejected(Refused):
    """The service does not take the token: {message} Set SLIMREEL_TOKEN or NEMO_TOKEN to one that is valid, or unset
    it to get a starter token."""

    code = "token_rejected"
    exit_code = 7
    http_status = 401


class SessionGone(Refused):
    """The service does not know this project or render any more. Begin a new one, and upload the files again."""

    code = "session_gone"
    http_status = 404


class CreditsUsedUp(Refused):
    """No credits are left. {remedy}"""

    code = "credits_used_up"
    exit_code = 7
    http_status = 403


class FileRejected(Refused):
    """{message} {formats}"""

    code = "file_rejected"
    exit_code = 3
    http_status = 415


class FileOverLimit(Refused):
    """{message} Compress the file first (`slimreel compress FILE "under 500 MB"`), or cut it shorter."""

    code = "file_over_limit"
    exit_code = 2
    http_status = 413


class CallMalformed(Refused):
    """The service cannot read the request: {message}"""

    code = "call_malformed"
    exit_code = 2
    http_status = 400


class PlanBlocks(Refused):
    """The plan of this account does not allow finished files. Register or upgrade your plan to unlock export. This is
    not about credits."""

    code = "plan_blocks"
    exit_code = 7
    http_status = 402


class ScopeMissing(Refused):
    """This token does not allow that: {message}"""

    code = "scope_missing"
    exit_code = 7
    http_status = 403


class NothingThere(Refused):
    """There is nothing at this address of the service, or the link has expired: {message}"""

    code = "nothing_there"
    http_status = 404


class IdInUse(Refused):
    """This id belongs to something else already: {message}"""

    code = "id_in_use"
    http_status = 409


class RateLimited(Refused):
    """The service takes no more for now: {message} Try again in {retry_after_s} s."""

    code = "rate_limited"
    http_status = 429
    retryable = True


class ServerFault(Refused):
    """The service failed: {message}"""

    code = "server_fault"
    retryable = True
