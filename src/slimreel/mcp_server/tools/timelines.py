"""Timelines: how they stand, changed in words or by typed operations, tried first, taken back."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Literal

import anyio
from pydantic import Field

from slimreel.agent.reply import say
from slimreel.agent.several import Share
from slimreel.edit.operation import params_schema
from slimreel.edit.registry import operations
from slimreel.edit.summary import describe
from slimreel.mcp_server.place import Call
from slimreel.mcp_server.shapes import Change, DraftId, DryRun, Input, InSession, Output
from slimreel.mcp_server.tool import Tool
from slimreel.mcp_server.views import (
    File,
    Render,
    Timeline,
    change_view,
    file_view,
    language_of,
    render_view,
    timeline_view,
)
from slimreel.services.db.models import Session, Turn
from slimreel.services.editing import Edited

_LOOK_S = 0.1
_MOST_CHARACTERS = 4000
_JOBS = 10


class Credits(Output):
    available: int
    set_aside: int
    price_edit: int = Field(description="credits of one change of a timeline")
    price_export: int = Field(description="credits of one finished file")


class State(Output):
    session_id: str
    name: str
    files: list[File]
    timelines: list[Timeline]
    renders: list[Render] = Field(description="newest first, at most 10")
    credits: Credits


class Said(InSession):
    message: str = Field(min_length=1, max_length=_MOST_CHARACTERS, description="what shall be done, in plain words")
    dry_run: DryRun


class Operation(Input):
    op: str = Field(min_length=1, max_length=40, description="its name, as list_operations gives it")
    params: dict[str, Any] = Field(default_factory=dict, description="as list_operations describes them")


class Understood(Output):
    """An operation that the words were understood as."""

    op: str
    params: dict[str, Any]


class Edit(Output):
    text: str = Field(description="what happened, or what is asked back, for the user")
    done: list[Understood]
    options: list[str] = Field(default_factory=list, description="answers that a question can have")
    job_ids: list[str] = Field(default_factory=list, description="renders that the words asked for; see get_job")
    kept: bool = Field(description="false after a dry run")
    timelines: list[Timeline] = Field(description="as they stand now, or would after a dry run")


class Apply(InSession):
    operations: Annotated[
        list[Operation],
        Field(min_length=1, max_length=100, description='in the order they are to happen, each {"op", "params"}'),
    ]
    draft_id: DraftId
    base_revision: int | None = Field(
        None, ge=0, le=2**53, description="revision you last saw; refused where the timeline has moved on since"
    )
    dry_run: DryRun


class Applied(Output):
    draft_id: str
    revision: int
    kept: bool = Field(description="false after a dry run")
    summary: str
    changes: list[Change]


class Steps(InSession):
    direction: Literal["undo", "redo"] = Field(description="undo takes turns back, redo does them again")
    steps: int = Field(1, ge=1, le=1000, description="how many turns")
    draft_id: DraftId


class Named(Input):
    names: list[str] = Field(
        default_factory=list, max_length=20, description="operations to describe in full; none: one line for each"
    )


class Known(Output):
    operations: dict[str, str] = Field(description="each with what it does")
    schemas: dict[str, Any] = Field(description="JSON schemas of the parameters of those that were named")


async def get_state(call: Call, given: InSession) -> State:
    def work() -> State:
        session, services = call.session(given.session_id), call.services
        jobs = services.jobs.list(session.user_id, session.id, count=_JOBS)
        made = services.made.of_jobs([job.id for job in jobs])
        balance = services.ledger.balance(session.user_id)
        return State(
            session_id=session.id,
            name=session.name,
            files=[file_view(asset) for asset in services.assets.of_session(session.id)],
            timelines=_timelines(call, session),
            renders=[render_view(call, job, made.get(job.id, [])) for job in jobs],
            credits=Credits(
                available=balance.available,
                set_aside=balance.frozen,
                price_edit=services.settings.price_edit,
                price_export=services.settings.price_export,
            ),
        )

    return await call.do(work)


async def edit(call: Call, given: Said) -> Edit:
    session = await call.do(lambda: call.session(given.session_id))
    if given.dry_run:
        return await call.do(lambda: _foreseen(call, session, given.message))
    call.place.before_render()  # words may ask for one
    turn = await call.do(lambda: call.services.chat.say(session, given.message, remedy=call.remedy()))
    await call.report(10, "working on it")
    while not (events := await call.do(lambda: _events(call, turn))):
        await anyio.sleep(_LOOK_S)
    return await call.do(lambda: _edited(call, turn, events))


async def apply_operations(call: Call, given: Apply) -> Applied:
    def work() -> Applied:
        session = call.session(given.session_id)
        done = call.services.editing.apply(
            session,
            [one.model_dump() for one in given.operations],
            draft_id=given.draft_id,
            base_revision=given.base_revision,
            dry_run=given.dry_run,
            remedy=call.remedy(),
        )
        return applied_view(done, session)

    return await call.do(work)


async def undo_redo(call: Call, given: Steps) -> Applied:
    def work() -> Applied:
        session = call.session(given.session_id)
        commands = [{"op": given.direction, "params": {"steps": given.steps}}]
        return applied_view(call.services.editing.apply(session, commands, draft_id=given.draft_id), session)

    return await call.do(work)


async def list_operations(call: Call, given: Named) -> Known:
    del call
    return known(given.names)


def known(names: list[str]) -> Known:
    """What operations there are, and the schemas of the named ones."""
    kinds = operations()
    lines = {name: _purpose(kind) for name, kind in sorted(kinds.items())}
    near = [name for name in names if name in kinds]
    return Known(
        operations=lines if not names else {name: lines[name] for name in near},
        schemas={name: params_schema(kinds[name]) for name in near},
    )


def _purpose(kind: type[Any]) -> str:
    """What an operation is for: the first line of its module."""
    return (sys.modules[kind.__module__].__doc__ or "").strip().partition("\n")[0]


def applied_view(done: Edited, session: Session) -> Applied:
    language = language_of(session)
    return Applied(
        draft_id=done.draft_id,
        revision=done.revision,
        kept=done.kept,
        summary=describe(done.draft, language),
        changes=[change_view(change, language) for change in done.changes],
    )


def _timelines(call: Call, session: Session) -> list[Timeline]:
    fresh = call.services.sessions.find(session.user_id, session.id)
    return [timeline_view(row, fresh) for row in call.services.drafts.of_session(session.id)]


def _events(call: Call, turn: Turn) -> list[dict[str, Any]]:
    """What a turn answered, once it has ended; nothing before."""
    entries = call.services.feed.after(turn.session_id, 0, turn_id=turn.id)
    return [entry.payload for entry in entries] if any(entry.kind == "end" for entry in entries) else []


def _edited(call: Call, turn: Turn, events: list[dict[str, Any]]) -> Edit:
    session = call.services.sessions.find(turn.user_id, turn.session_id)
    calls = [
        part["functionCall"]
        for event in events
        for part in event.get("content", {}).get("parts", ())
        if "functionCall" in part
    ]
    started = [event.get("actions", {}).get("stateDelta", {}).get("render_ids", []) for event in events]
    return Edit(
        text=" ".join(str(event["text"]) for event in events if event.get("text")),
        done=[Understood(op=one["name"], params=one["args"]) for one in calls],
        options=[str(one) for event in events for one in event.get("options", ())],
        job_ids=[name for names in started for name in names],
        kept=True,
        timelines=_timelines(call, session),
    )


def _foreseen(call: Call, session: Session, message: str) -> Edit:
    """What the words would do, found out on a copy."""
    scene, understood = call.services.chat.foresee(session, message)
    told, done, after = [], [], {row.id: timeline_view(row, session) for row in scene.rows.values()}
    for share in understood.shares:
        commands = _commands(share, {key: [clip.asset for clip in scene.draft(key).clips] for key in share.joined})
        row = scene.rows[share.key]
        found = call.services.editing.apply(session, commands, draft_id=row.id, dry_run=True)
        told += [say(change, understood.language) for change in found.changes]
        done += [Understood(op=one["op"], params=dict(one["params"])) for one in commands]
        summary = describe(found.draft, understood.language)
        after[row.id] = after[row.id].model_copy(update={"summary": summary, "revision": found.revision})
    if understood.question is not None:
        told.append(understood.question.text)
    return Edit(
        text=" ".join(told) or "Nothing would change.",
        done=done,
        options=list(understood.question.options) if understood.question is not None else [],
        kept=False,
        timelines=list(after.values()),
    )


def _commands(share: Share, joined: dict[str, list[str]]) -> list[dict[str, Any]]:
    commands = [dict(one) for one in share.commands]
    assets = list(dict.fromkeys(asset for found in joined.values() for asset in found))
    return [{"op": "concat", "params": {"clips": assets}}, *commands] if assets else commands


GET_STATE = Tool(
    name="get_state",
    title="How the session stands",
    description="""Use this to see what there is before you change or export it, and after anything unclear: files,
    timelines with their revision, the newest 10 renders, and credits. Sizes are bytes, times seconds. It changes
    nothing. Example: {"session_id": "1234567890123456789"}; without an id it tells the session in use.""",
    takes=InSession,
    gives=State,
    run=get_state,
)
EDIT = Tool(
    name="edit",
    title="Edit in plain words",
    description="""Use this for what the user said in their own words, English or Chinese: cuts, titles, music, speed,
    format, bitrate, size. Pass the words on as they are. Units in words are read: 8 Mbps is bit/s, 25 MB is 25,000,000
    bytes, 1:05 is 65 s. At most 4000 characters; one call is one undo step. What is unclear is asked back in `text`;
    answer by another call. With dry_run it tells what would happen.
    Example: {"message": "trim to 0:05-0:20, add the title 'Summer' and keep it under 25 MB"}""",
    takes=Said,
    gives=Edit,
    run=edit,
    scope="write",
    changes=True,
    idempotent=False,
)
APPLY = Tool(
    name="apply_operations",
    title="Edit by typed operations",
    description="""Use this when you know exactly what to do: up to 100 typed operations, all of them or none, as one
    undo step. Times are seconds of the timeline as it is when the operation begins, bitrates bit/s, sizes bytes,
    volumes 0 to 2; values out of range are clamped where that makes sense, and `changes` tells what took effect.
    list_operations has the parameters. Try it with dry_run first.
    Example: {"operations": [{"op": "trim", "params": {"start_s": 5, "end_s": 20}}], "dry_run": true}""",
    takes=Apply,
    gives=Applied,
    run=apply_operations,
    scope="write",
    changes=True,
    idempotent=False,
)
UNDO_REDO = Tool(
    name="undo_redo",
    title="Undo or redo",
    description="""Use this when the user takes something back or wants it again; never rebuild a timeline by hand for
    that. One step is one turn: one call of edit, compress or apply_operations; at most 1000 steps, and more than there
    are goes to the end. It is free. Example: {"direction": "undo", "steps": 1}""",
    takes=Steps,
    gives=Applied,
    run=undo_redo,
    scope="write",
    changes=True,
    idempotent=False,
)
LIST_OPERATIONS = Tool(
    name="list_operations",
    title="What operations there are",
    description="""Use this before apply_operations: without names it lists every operation with one line, with names
    it gives the JSON schema of their parameters, units (seconds, bit/s, bytes, pixels) and limits in it. At most 20
    names. Example: {"names": ["trim", "add_text"]}""",
    takes=Named,
    gives=Known,
    run=list_operations,
)
