"""Bearer tokens: who a call comes from and what it may do. Of a secret the hash alone is kept, and it is shown once.

A token that was revoked is refused at once by the process that revoked it, and by others when they have forgotten what
they last read of it. No token can give what it lacks itself: a scope, or the account where it opens one session.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session as Transaction

from slimreel.errors.service import BadRequest, BadToken, MissingScope, NotHere
from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Token, User

SCOPES = ("read", "write", "upload", "render")
ALL_SCOPES = "*"
_SECRET = re.compile(r"nmv_usr_[A-Za-z0-9_-]{43}")
_TOKEN_ID = re.compile(r"tok_[0-9a-f]{32}")
_PREFIX_CHARACTERS = len("nmv_usr_") + 4
_NAME_CHARACTERS = 120
_MOST_DAYS = 3650
_MOST_TOKENS = 100  # that one account may have at once, so that the table does not grow without end
_REMEMBERED_S = 5.0
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a call comes from. `kind` is the account's, anonymous or registered; `session_id` is the one session that the
    token opens, None where it opens all of the account's."""

    user_id: str
    kind: str
    token_id: str
    scopes: frozenset[str]
    session_id: str | None = None

    def may_open(self, session_id: str) -> bool:
        """Does the token open this session, if it is the account's at all?"""
        return self.session_id in (None, session_id)


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What may be shown of a token: all but the secret."""

    id: str
    name: str
    prefix: str
    kind: str  # starter | login | manual | browser
    scopes: tuple[str, ...]
    session_id: str | None
    created_at: datetime
    expires_at: datetime | None


def require(caller: Caller, scope: str) -> None:
    """Raises MissingScope (fields: scope) where the caller's token does not have it."""
    if scope not in caller.scopes and ALL_SCOPES not in caller.scopes:
        raise MissingScope(scope=scope)


def require_account(caller: Caller) -> None:
    """Raises MissingScope where the caller's token opens one session alone."""
    if caller.session_id is not None:
        raise MissingScope(scope="account")


def check_wanted(name: str, scopes: Collection[str], expires_in_days: int | None) -> None:
    """Raises BadRequest where there can be no such token."""
    if not scopes or set(scopes) - {*SCOPES, ALL_SCOPES}:
        raise BadRequest(detail=f"scopes are {', '.join(SCOPES)} or {ALL_SCOPES}, at least one")
    if not name.isprintable() or not 1 <= len(name) <= _NAME_CHARACTERS:
        raise BadRequest(detail=f"a token has a name of 1 to {_NAME_CHARACTERS} characters")
    if expires_in_days is not None and not 1 <= expires_in_days <= _MOST_DAYS:
        raise BadRequest(detail=f"a token lives for 1 to {_MOST_DAYS} days")


class Tokens:
    """All tokens."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._remembered = _Remembered()

    def remembered(self, secret: str) -> Caller | None:
        """Who the token is of, as far as that was read a moment ago; asks no database."""
        return self._remembered.get(ids.hashed(secret), self._clock()) if _SECRET.fullmatch(secret) else None

    def authenticate(self, secret: str) -> Caller:
        """Who the token is of. Raises BadToken where it is none, has expired or was revoked."""
        if not _SECRET.fullmatch(secret):
            raise BadToken
        hashed, moment = ids.hashed(secret), self._clock()
        caller = self._remembered.get(hashed, moment)
        if caller is not None:
            return caller
        generation = self._remembered.generation
        query = select(Token, User.kind).join(User, User.id == Token.user_id).where(Token.hash == hashed)
        with self._database.read() as transaction:
            row = transaction.execute(query.where(*_is_live(moment))).one_or_none()
        if row is None:
            raise BadToken
        token, kind = row
        caller = Caller(token.user_id, kind, token.id, frozenset(token.scopes), token.session_id)
        self._remembered.put(hashed, caller, moment, token.expires_at, generation)
        return caller

    def issue(
        self,
        transaction: Transaction,
        user_id: str,
        *,
        kind: str,
        name: str,
        expires_at: datetime | None,
        scopes: Collection[str] = SCOPES,
        session_id: str | None = None,
    ) -> tuple[TokenInfo, str]:
        """A new token and its secret, as part of the transaction. Nothing is checked here."""
        secret = ids.token()
        token = Token(
            id=ids.new("tok"),
            hash=ids.hashed(secret),
            prefix=secret[:_PREFIX_CHARACTERS],
            user_id=user_id,
            session_id=session_id,
            name=name,
            kind=kind,
            scopes=sorted(scopes),
            created_at=self._clock(),
            expires_at=expires_at,
            revoked_at=None,
        )
        transaction.add(token)
        transaction.flush()
        return _shown(token), secret

    def create_token(
        self, caller: Caller, name: str, scopes: Collection[str], expires_in_days: int | None
    ) -> tuple[TokenInfo, str]:
        """A token that a person asked for, and its secret. None of days: it does not expire.

        Raises MissingScope where the caller lacks what it would give, and BadRequest.
        """
        require_account(caller)
        require(caller, "write")
        check_wanted(name, scopes, expires_in_days)
        for scope in SCOPES if ALL_SCOPES in scopes else sorted(scopes):
            require(caller, scope)
        now = self._clock()
        expires_at = None if expires_in_days is None else now + timedelta(days=expires_in_days)
        with self._database.write() as transaction:
            transaction.execute(delete(Token).where(Token.user_id == caller.user_id, _is_dead(now)))
            kept = transaction.scalars(select(Token.id).where(Token.user_id == caller.user_id)).all()
            if len(kept) >= _MOST_TOKENS:
                raise BadRequest(detail=f"this account has {_MOST_TOKENS} tokens; revoke one that is not used")
            return self.issue(
                transaction, caller.user_id, kind="manual", name=name, expires_at=expires_at, scopes=set(scopes)
            )

    def tokens(self, caller: Caller) -> list[TokenInfo]:
        """The tokens of the caller's account that work, newest first."""
        require_account(caller)
        require(caller, "read")
        query = select(Token).where(Token.user_id == caller.user_id, *_is_live(self._clock()))
        with self._database.read() as transaction:
            found = transaction.scalars(query.order_by(Token.created_at.desc(), Token.id))
            return [_shown(token) for token in found]

    def revoke(self, caller: Caller, token_id: str) -> None:
        """A token of the caller's account works no longer; it may be the caller's own. Raises NotHere."""
        require_account(caller)
        require(caller, "write")
        if not _TOKEN_ID.fullmatch(token_id):
            raise NotHere
        with self._database.write() as transaction:
            query = select(Token).where(Token.id == token_id, Token.user_id == caller.user_id).with_for_update()
            token = transaction.scalar(query)
            if token is None:
                raise NotHere
            token.revoked_at = token.revoked_at or self._clock()
        self.forget(caller.user_id)

    def revoke_starters(self, transaction: Transaction, user_id: str) -> None:
        """The account's starter tokens work no longer once the transaction is done and `forget` was called."""
        starters = (Token.user_id == user_id, Token.kind == "starter")
        transaction.execute(delete(Token).where(*starters, Token.revoked_at.is_not(None)))
        transaction.execute(update(Token).where(*starters).values(revoked_at=self._clock()))

    def keep_newest(self, transaction: Transaction, session_id: str, count: int) -> None:
        """Of the tokens that open one session, the newest few; a link that is opened again and again adds no more."""
        query = select(Token.id).where(Token.session_id == session_id).order_by(Token.created_at.desc(), Token.id)
        too_many = list(transaction.scalars(query.offset(count)))
        if too_many:
            transaction.execute(delete(Token).where(Token.id.in_(too_many)))

    def forget(self, user_id: str) -> None:
        """To be called after a transaction that changed an account or its tokens."""
        self._remembered.forget(user_id)


class _Remembered:
    """What was read of tokens a moment ago. A read that began before `forget` leaves nothing behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, tuple[Caller, datetime, datetime]] = {}
        self.generation = 0

    def get(self, hashed: str, moment: datetime) -> Caller | None:
        caller, seen_at, until = self._found.get(hashed, (None, moment, moment))
        return caller if seen_at <= moment < until else None

    def put(self, hashed: str, caller: Caller, seen_at: datetime, expires_at: datetime | None, generation: int) -> None:
        until = seen_at + timedelta(seconds=_REMEMBERED_S)
        with self._lock:
            if generation != self.generation:
                return
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[hashed] = (caller, seen_at, until if expires_at is None else min(until, expires_at))

    def forget(self, user_id: str) -> None:
        with self._lock:
            self.generation += 1
            self._found = {key: kept for key, kept in self._found.items() if kept[0].user_id != user_id}


def _is_live(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Token.revoked_at.is_(None), or_(Token.expires_at.is_(None), Token.expires_at > moment))


def _is_dead(moment: datetime) -> ColumnElement[bool]:
    return or_(Token.revoked_at.is_not(None), Token.expires_at <= moment)


def _shown(token: Token) -> TokenInfo:
    return TokenInfo(
        id=token.id,
        name=token.name,
        prefix=token.prefix,
        kind=token.kind,
        scopes=tuple(token.scopes),
        session_id=token.session_id,
        created_at=token.created_at,
        expires_at=token.expires_at,
    )
