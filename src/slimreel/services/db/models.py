"""The tables. A row says what is; what may become of it is decided by the modules of services."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from slimreel.services.db.types import UtcDateTime

# SQLite counts up only columns that are INTEGER, not BIGINT.
_Counter = BigInteger().with_variant(Integer(), "sqlite")
# Else None would be kept as the null of JSON, which is not the NULL that a query asks for.
_Nullable = JSON(none_as_null=True)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: Text,
    }


class User(Base):
    """An account. `email` is set where it registered."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)  # anon_ and 16 hex; it stays when it registers
    kind: Mapped[str] = mapped_column(String(12))  # anonymous | registered
    email: Mapped[str | None] = mapped_column(String(320), unique=True)
    password: Mapped[str | None]  # scrypt, with salt and parameters
    created_at: Mapped[datetime]


class Client(Base):
    """A program that asked for a starter token: it gets the same account again, and no fresh credits."""

    __tablename__ = "clients"

    client_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    address: Mapped[str] = mapped_column(String(64), index=True)  # IPv4, or the /64 of IPv6
    created_at: Mapped[datetime] = mapped_column(index=True)


class Token(Base):
    """A bearer token: its hash alone is kept."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(16))  # what people know it by
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    session_id: Mapped[str | None] = mapped_column(String(19))  # the one session that it opens; None: all
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))  # starter | login | manual | browser
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Claim(Base):
    """Lets a browser open one session. It has no rights of its own."""

    __tablename__ = "claims"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    expires_at: Mapped[datetime]


class Balance(Base):
    """What an account of the ledger holds: the sum of its postings, kept so that it can be checked at once."""

    __tablename__ = "balances"
    __table_args__ = (CheckConstraint("amount >= 0 OR may_owe", name="not_negative"),)

    account: Mapped[str] = mapped_column(String(80), primary_key=True)  # user:ID:available, user:ID:frozen, sys:issued…
    amount: Mapped[int] = mapped_column(BigInteger)
    may_owe: Mapped[bool]


class Transfer(Base):
    """One movement of credits, never changed. Of each job there is at most one of each phase."""

    __tablename__ = "transfers"
    __table_args__ = (UniqueConstraint("job", "phase"),)

    id: Mapped[int] = mapped_column(_Counter, primary_key=True)
    job: Mapped[str] = mapped_column(String(200))  # what it is for: a turn, a render, a grant
    phase: Mapped[str] = mapped_column(String(8))  # open | close
    kind: Mapped[str] = mapped_column(String(12))  # grant | hold | settle | release
    user_id: Mapped[str] = mapped_column(String(40), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(200))  # for people
    created_at: Mapped[datetime]


class Posting(Base):
    """One side of a transfer; those of one transfer sum to nothing."""

    __tablename__ = "postings"

    id: Mapped[int] = mapped_column(_Counter, primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfers.id"), index=True)
    account: Mapped[str] = mapped_column(String(80), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class Session(Base):
    """A project: its files, its drafts, what was said."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(19), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(40), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(35))
    draft_id: Mapped[str | None] = mapped_column(String(40))  # the latest: what is meant where none is named
    fresh: Mapped[list[Any]]  # ids of drafts that came since the last turn
    asked: Mapped[dict[str, Any] | None]  # the question that the last turn ended with: {"text", "about"}
    files: Mapped[int] = mapped_column(default=0)  # how many it ever had: the number of a file is never given again
    created_at: Mapped[datetime]
    used_at: Mapped[datetime] = mapped_column(index=True)


class Asset(Base):
    """A file of a session. What is known of it was read in the sandbox once."""

    __tablename__ = "assets"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    number: Mapped[int]  # in its session, from 1: drafts call it a1, a2, …
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))  # a label, never a path
    kind: Mapped[str] = mapped_column(String(12))  # video | audio | image | subtitles | lut
    blob: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    material: Mapped[dict[str, Any]]  # graph.material.Material, without its path
    duration_s: Mapped[float]
    width: Mapped[int]
    height: Mapped[int]
    fps: Mapped[float]
    created_at: Mapped[datetime]


class Fact(Base):
    """Something that was measured of an asset: where it is silent, what is said in it."""

    __tablename__ = "facts"
    __table_args__ = (UniqueConstraint("session_id", "kind", "key"),)

    id: Mapped[int] = mapped_column(_Counter, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # silence | transcript
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[dict[str, Any]]


class Upload(Base):
    """An upload that goes on, in one request or in many (tus). Its bytes are reserved of the account's."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    size: Mapped[int | None] = mapped_column(BigInteger)  # None while tus has not been told
    received: Mapped[int] = mapped_column(BigInteger)
    resumable: Mapped[bool]
    asset_id: Mapped[str | None] = mapped_column(String(40))  # set when it is a file of the session
    problem: Mapped[dict[str, Any] | None] = mapped_column(_Nullable)  # why it is none: the error's wire form
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Draft(Base):
    """A timeline of a session as it stands."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    number: Mapped[int]  # in its session, from 1
    revision: Mapped[int]
    document: Mapped[dict[str, Any]]  # edit.wire
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class DraftRevision(Base):
    """A version of a draft that was handed out, by the digest of its document."""

    __tablename__ = "draft_revisions"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int]
    document: Mapped[dict[str, Any]]


class Turn(Base):
    """One message of a conversation and what became of it. It is done by whoever holds its lease."""

    __tablename__ = "turns"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))  # of the text, to know it when it is sent again
    text: Mapped[str]
    state: Mapped[str] = mapped_column(String(12), index=True)  # running | done | failed
    held: Mapped[int]
    owner: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    commands: Mapped[list[Any]]  # what was done, for "same for the second clip"
    draft_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FeedEntry(Base):
    """Something that happened in a session. Streams only read them; ids grow."""

    __tablename__ = "feed"
    __table_args__ = (Index("ix_feed_session_id_id", "session_id", "id"),)

    id: Mapped[int] = mapped_column(_Counter, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"))
    turn_id: Mapped[str | None] = mapped_column(String(40), index=True)
    job_id: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(24))  # event | end | job | upload | draft
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Job(Base):
    """A render. This row is the truth; the workflow only drives it."""

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))  # the id that the client chose
    task_id: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    draft_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))  # export | preview | output
    digest: Mapped[str] = mapped_column(String(64))  # of the draft: the same id may only mean the same
    document: Mapped[dict[str, Any]]  # the draft to render, with all that is wanted of it
    state: Mapped[str] = mapped_column(String(12), index=True)  # pending | processing | completed | failed | cancelled
    stage: Mapped[str] = mapped_column(String(12))
    progress: Mapped[float]  # 0..1
    eta_s: Mapped[float | None]
    attempts: Mapped[int]  # failures of its own
    fence: Mapped[int]  # grows whenever somebody takes it up; what comes with an older one is refused
    worker: Mapped[str | None] = mapped_column(String(40), index=True)
    started_at: Mapped[datetime | None]
    cancel_asked: Mapped[bool]
    requeues: Mapped[int]
    reasons: Mapped[list[Any]]  # of the plan: message ids with fields
    problem: Mapped[dict[str, Any] | None] = mapped_column(_Nullable)
    created_at: Mapped[datetime] = mapped_column(index=True)  # and id: the order of arrival
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class Artifact(Base):
    """A finished, checked file."""

    __tablename__ = "artifacts"
    __table_args__ = (UniqueConstraint("job_id", "number"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"))
    number: Mapped[int]
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(16))
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(80))
    blob: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]]  # what was measured on the file; {} where it is no video
    created_at: Mapped[datetime]


class Worker(Base):
    """A process that carries out renders, and when it was last heard of."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    host: Mapped[str] = mapped_column(String(120))
    process: Mapped[int]
    slots: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class Reply(Base):
    """The answer to a call with an Idempotency-Key, to be given again bit by bit."""

    __tablename__ = "replies"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    route: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]  # None while the first call runs
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)


class Webhook(Base):
    """An address that wants to hear of an account's renders."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    url: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[str]
    events: Mapped[list[Any]]
    created_at: Mapped[datetime]


class Delivery(Base):
    """One event on its way to one webhook."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("webhook_id", "message_id"),)

    id: Mapped[int] = mapped_column(_Counter, primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id"), index=True)
    message_id: Mapped[str] = mapped_column(String(80))
    body: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)  # waiting | delivered | given_up
    last_status: Mapped[int | None]
    created_at: Mapped[datetime]
