"""One call with all that a client does about its refusals: the action of each row of the error table.

1001 → a new starter token, once; 1002 → a new session, once; 429 and 503 → wait as asked, once; 400 for a missing
client id → a new id, once; the rest → the error, which says what to do.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from slimreel.client import conversation, refusals
from slimreel.client.conversation import Conversation
from slimreel.client.refusals import code_of, refusal, retry_after_s
from slimreel.client.sentences import sentence
from slimreel.client.steps import Flow, Request, Response, Tell, Wait
from slimreel.errors.client import NotTheProtocol, Unreachable

Build = Callable[[Conversation], Request]
# A service that is started again is away for a while; what cannot do harm twice is tried again so often.
AWAY_S = (1.0, 2.0, 4.0, 8.0, 15.0)


def call(talk: Conversation, build: Build, *, in_session: bool = True, again: bool = True) -> Flow[Mapping[str, Any]]:
    """The body of a success. `again` says that the call does no harm when it comes twice.

    Raises Refused, Unreachable, NotTheProtocol.
    """
    response = yield from answered(talk, build, in_session=in_session, again=again)
    document = response.document()
    if document is None:
        raise NotTheProtocol(server=talk.server, detail="its answer is no JSON")
    return document


def answered(talk: Conversation, build: Build, *, in_session: bool = True, again: bool = True) -> Flow[Response]:
    """The response that is a success; of an opened one the pieces are to be read then."""
    done: set[int] = set()
    away = 0
    while True:
        yield from prepare(talk, in_session=in_session)
        response: Response = yield build(talk)
        if response.status == 0:
            if talk.was_reached and (again or not response.sent) and away < len(AWAY_S):
                yield Wait(AWAY_S[away])
                away += 1
                continue
            raise Unreachable(server=talk.server, detail=response.problem, sent=response.sent)
        talk.was_reached, code = True, code_of(response)
        if code == refusals.OK:
            return response
        kept = _kept(talk) if code == refusals.BAD_TOKEN and _kept(talk) != talk.token else None
        if code in done or not (yield from _mend(talk, code, response, in_session=in_session)):
            raise refusal(response, remedy=talk.remedy())
        if talk.token != kept:  # one that was kept has had no trial before
            done.add(code)


def prepare(talk: Conversation, *, in_session: bool) -> Flow[None]:
    """A token and, where it is needed, a session."""
    if not talk.token:
        yield from sign_in(talk)
    if in_session and not talk.session_id:
        yield from begin(talk)


def sign_in(talk: Conversation) -> Flow[None]:
    """A starter token: the one that was kept, else a new one. Raises as call does."""
    if kept := _kept(talk):
        talk.token = kept
        return
    if not talk.client_id:
        talk.client_id = talk.keepsakes.client_id() if talk.keepsakes is not None else str(uuid.uuid4())
    done: set[int] = set()
    away = 0
    while True:
        response: Response = yield conversation.sign_in(talk)
        if response.status == 0:
            if away == len(AWAY_S) or not (talk.was_reached or response.sent):
                raise Unreachable(server=talk.server, detail=response.problem)
            yield Wait(AWAY_S[away])
            away += 1
            continue
        code = code_of(response)
        if code == refusals.OK:
            break
        if code in done or not (yield from _mend_sign_in(talk, code, response)):
            raise refusal(response)
        done.add(code)
    data = conversation.data_of(response.document() or {})
    talk.token = str(data.get("token") or "")
    if not talk.token:
        raise NotTheProtocol(server=talk.server, detail="it gives no token")
    talk.user_id = str(data.get("user_id") or "")
    talk.is_anonymous = True
    if talk.keepsakes is not None:
        talk.keepsakes.keep_token(talk.server, talk.token)


def begin(talk: Conversation) -> Flow[None]:
    """A new session."""
    document = yield from call(talk, conversation.begin, in_session=False)
    data = conversation.data_of(document)
    talk.forget_project()
    talk.session_id = str(data.get("session_id") or data.get("sessionId") or "")
    if not talk.session_id:
        raise NotTheProtocol(server=talk.server, detail="it gives no session")
    talk.task_id = str(data.get("task_id") or "")
    talk.user_id = str(data.get("bind_id") or data.get("user_id") or talk.user_id)
    if talk.user_id:
        talk.is_anonymous = talk.user_id.startswith("anon_")


def _mend(talk: Conversation, code: int, response: Response, *, in_session: bool) -> Flow[bool]:
    """Does what can be done about a refusal; False where that is nothing."""
    match code:
        case refusals.BAD_TOKEN:
            if talk.keepsakes is not None and _kept(talk) == talk.token:
                talk.keepsakes.keep_token(talk.server, "")
            owner, talk.token, talk.user_id = talk.user_id, "", ""
            yield from sign_in(talk)
            if talk.session_id and talk.user_id != owner:  # somebody else's project would be unknown
                talk.forget_project()
                yield Tell("notice", sentence("new_session", talk.language))
        case refusals.NO_SESSION if in_session:
            talk.forget_project()
            yield from begin(talk)
            yield Tell("notice", sentence("new_session", talk.language))
        case refusals.RATE | refusals.UNAVAILABLE:
            yield Wait(retry_after_s(response))
        case _:
            return False
    return True


def _kept(talk: Conversation) -> str:
    return talk.keepsakes.token(talk.server) if talk.keepsakes is not None else ""


def _mend_sign_in(talk: Conversation, code: int, response: Response) -> Flow[bool]:
    if code == refusals.MALFORMED:
        talk.client_id = str(uuid.uuid4())
        return True
    if code in (refusals.RATE, refusals.UNAVAILABLE):
        yield Wait(retry_after_s(response))
        return True
    return False
