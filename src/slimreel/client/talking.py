"""The flow of a message: sent once, listened to until its stream closes, and told in words whatever came of it.

A message is never sent twice. Where a stream breaks, it is resumed by the id of its last event, else the outcome is
read: from the list of turns that slimreel has, else from the state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from slimreel.client import conversation
from slimreel.client.calls import answered, call
from slimreel.client.conversation import Conversation, Credits, State, Turn
from slimreel.client.events import EventParser, Spoken, spoken
from slimreel.client.gui_words import Action, translate
from slimreel.client.refusals import code_of, refusal
from slimreel.client.sentences import language_of, sentence
from slimreel.client.steps import Close, Flow, Piece, Read, Response, Tell, Wait
from slimreel.client.timeline import changes, summary
from slimreel.errors.client import ClientError, NoWord, ServerFault, Unreachable

STILL_WORKING_S = 120.0
PATIENCE_S = 600.0  # of heartbeats alone
POLLS_S = (30.0, 60.0, 60.0, 60.0, 60.0)  # between looks at the state, after a stream broke
_TURN_POLLS_S = (1.0, 2.0, 4.0, 8.0, 15.0, *([30.0] * 19))  # a turn of slimreel ends within 900 s
_RESUMES = 5


@dataclass(slots=True)
class _Heard:
    """What a turn has told so far."""

    texts: list[str] = field(default_factory=list)
    fragments: str = ""
    tools: list[str] = field(default_factory=list)
    options: tuple[str, ...] = ()
    renders: list[str] = field(default_factory=list)
    turn: str = ""
    error: Spoken | None = None
    whole: bool = False
    told: bool = False  # were its words handed on as they came?

    def take(self, event: Spoken) -> bool:
        """Whether it was more than a sign of life."""
        self.turn = event.turn or self.turn
        self.tools += event.tools
        self.renders += event.renders
        match event.kind:
            case "heartbeat":
                return False
            case "error":
                self.error = event
            case "text" if event.is_fragment:
                self.fragments += event.text
            case "text":
                self.texts.append(event.text)
                self.fragments = ""
                self.options = event.options
        return True

    @property
    def text(self) -> str:
        return "\n".join(one.strip() for one in [*self.texts, self.fragments] if one.strip())


def state(talk: Conversation) -> Flow[State]:
    """The project as it stands."""
    document = yield from call(talk, conversation.latest)
    found = conversation.state_of(document)
    talk.draft = found.draft
    data = conversation.data_of(document)
    talk.user_id = str(data.get("bind_id") or data.get("user_id") or talk.user_id)
    return found


def credits_left(talk: Conversation) -> Flow[Credits]:
    """The balance of the account."""
    document = yield from call(talk, conversation.balance, in_session=False)
    data = conversation.data_of(document)
    available, frozen = (_amount(data.get(key)) for key in ("available", "frozen"))
    return Credits(available, frozen, _amount(data.get("total")) if "total" in data else available + frozen)


def say(talk: Conversation, text: str) -> Flow[Turn]:
    """A turn of the conversation. Raises Refused, Unreachable, NoWord, ServerFault."""
    language = language_of(text)
    if talk.draft is None:
        yield from state(talk)
    before = talk.draft or {}
    heard = _Heard()
    yield from _listen(talk, text, heard)
    if not heard.whole:
        yield from _find_out(talk, text, heard, before)
    if heard.turn:
        talk.turns.add(heard.turn)
    if heard.error is not None and not heard.text:
        raise _fault(heard.error)
    if heard.text and not heard.told:
        yield Tell("text", translate(heard.text).text)
    try:
        after = (yield from state(talk)).draft
    except ClientError:
        if not heard.text:
            raise
        after, talk.draft = before, None  # what was answered is worth more than how it looks
    return _told(heard, before, after, language)


def _listen(talk: Conversation, text: str, heard: _Heard) -> Flow[None]:
    parser = EventParser()
    try:
        response = yield from answered(talk, lambda talk: conversation.message(talk, text), again=False)
    except Unreachable as error:
        if not error.fields.get("sent"):
            raise
        return  # it may have come through
    for resumed in range(_RESUMES + 1):
        if resumed:
            yield Wait(min(2.0**resumed, 15.0))
            response = yield conversation.message(talk, text, parser.last_id)
            if response.status == 0:
                continue
            if code_of(response):
                raise refusal(response, remedy=talk.remedy())
            yield Tell("notice", sentence("resumed", talk.language))
        yield from _hear(response, parser, heard, language_of(text))
        if heard.whole or not parser.last_id:
            return
        parser = EventParser(parser.last_id)


def _hear(response: Response, parser: EventParser, heard: _Heard, language: str) -> Flow[None]:
    """Reads one stream to its end; an answer that is no stream says all it has at once."""
    if not response.headers.get("content-type", "text/event-stream").startswith("text/event-stream"):
        whole: Piece = yield Read()
        heard.take(spoken(whole.data.decode("utf-8", "replace")))
        heard.whole = True
        return
    heard_at_s: float | None = None
    told_at_s = 0.0
    while True:
        piece: Piece = yield Read()
        if heard_at_s is None:
            heard_at_s = told_at_s = piece.at_s
        for event in parser.feed(piece.data):
            found = spoken(event.data)
            if heard.take(found):
                heard_at_s = told_at_s = piece.at_s
            if found.kind == "text" and not found.is_fragment:
                heard.told = True
                yield Tell("text", translate(found.text).text)
        if not piece.data:
            heard.whole = not piece.broken
            return
        if piece.at_s - heard_at_s >= PATIENCE_S:
            yield Close()
            raise NoWord(waited_s=round(piece.at_s - heard_at_s))
        if piece.at_s - told_at_s >= STILL_WORKING_S:
            told_at_s = piece.at_s
            yield Tell("still_working", sentence("still_working", language))


def _find_out(talk: Conversation, text: str, heard: _Heard, before: Any) -> Flow[None]:
    """What became of a message whose stream broke and cannot be resumed."""
    yield Tell("notice", sentence("looking", language_of(text)))
    if heard.text:
        return  # its words were there already
    if (yield from _from_turns(talk, text, heard)):
        return
    waited_s = 0.0
    for pause_s in POLLS_S:
        yield Wait(pause_s)
        waited_s += pause_s
        after = (yield from state(talk)).draft
        if changes(before, after) or dict(before) != dict(after):
            return
    raise NoWord(waited_s=round(waited_s))


def _from_turns(talk: Conversation, text: str, heard: _Heard) -> Flow[bool]:
    """Slimreel keeps what it answered; other servers do not know the call."""
    for pause_s in _TURN_POLLS_S:
        response: Response = yield conversation.turns(talk)
        if response.status and code_of(response):
            return False
        found = _turn(response, talk, text) if response.status else None
        if found is not None and found.get("state") != "running":
            heard.texts.append(str(found.get("answer") or ""))
            heard.turn, heard.whole = str(found.get("id")), True
            return True
        if found is None and response.status:
            return False
        yield Wait(pause_s)
    return False


def _turn(response: Response, talk: Conversation, text: str) -> dict[str, Any] | None:
    """The turn of these words that was not heard before."""
    listed = conversation.data_of(response.document() or {}).get("turns")
    for one in reversed(listed if isinstance(listed, list) else []):
        is_new = isinstance(one, dict) and str(one.get("id")) not in talk.turns
        if is_new and " ".join(str(one.get("text")).split()) == " ".join(text.split()):
            return dict(one)
    return None


def _told(heard: _Heard, before: Any, after: Any, language: str) -> Turn:
    changed = changes(before, after, language)
    translated = translate(heard.text)
    text = translated.text
    if not text.strip():
        told = sentence("gap", language).join(changed)
        text = sentence("done_silently", language, changes=told) if changed else sentence("unchanged", language)
    actions: tuple[Action, ...] = translated.actions
    return Turn(
        text=text,
        language=language,
        timeline=summary(after, language) if changed or {"state", "timeline"} & set(actions) else "",
        changed=changed,
        tools=tuple(heard.tools),
        options=heard.options,
        actions=actions,
        renders=tuple(dict.fromkeys(heard.renders)),
        is_silent=not heard.text.strip(),
    )


def _fault(event: Spoken) -> ServerFault:
    message = " ".join(event.text.split()) or "it does not say why."
    return ServerFault(message=message, wire_code=event.code or 5000)


def _amount(found: Any) -> float:
    return found if isinstance(found, (int, float)) and not isinstance(found, bool) else 0
