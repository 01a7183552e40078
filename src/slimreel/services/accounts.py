"""Accounts: an anonymous one is registered with e-mail and password and keeps what it has, then one can log in.

A user id is 64 random bits that its holder alone knows; who has it may register the account. What is refused is refused
with the same words whether an account is registered or an e-mail taken.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction

from slimreel.errors.service import BadRequest, NotHere, Taken, WrongPassword
from slimreel.services import passwords
from slimreel.services.clock import Clock
from slimreel.services.credits import Ledger
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Session, User
from slimreel.services.starters import Starter, counted_as
from slimreel.services.tokens import ALL_SCOPES, Caller, Tokens
from slimreel.settings.service import ServiceSettings

_USER_ID = re.compile(r"anon_[0-9a-f]{16}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


@dataclass(frozen=True, slots=True)
class Account:
    """What an operator sees of an account."""

    id: str
    kind: str  # anonymous | registered
    email: str | None
    created_at: datetime
    sessions: int


class Accounts:
    """All accounts."""

    def __init__(
        self, database: Database, clock: Clock, settings: ServiceSettings, ledger: Ledger, tokens: Tokens
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._ledger = ledger
        self._tokens = tokens
        self._guesses = passwords.Guesses(clock)

    def register(self, user_id: str, email: str, password: str, address: str = "") -> Starter:
        """Make an anonymous account a registered one. Who registered it already, with the same words, is logged in.

        Raises NotHere for an unknown account, BadRequest for what is no e-mail or password, Taken where the
        account or the e-mail is taken, TooManyRequests where that was tried too often.
        """
        email, who = _normal(email), ("register", counted_as(address), user_id)
        self._guesses.begin(who)
        sealed = passwords.seal(password)
        with self._database.read() as transaction:
            user = transaction.get(User, user_id) if _USER_ID.fullmatch(user_id) else None
        if user is None:
            raise NotHere
        if user.kind == "registered":
            if not passwords.fits(password, user.password) or user.email != email:
                raise Taken
            self._guesses.succeeded(who)
            return self._let_in(user_id)
        try:
            with self._database.write() as transaction:
                change = update(User).where(User.id == user_id, User.kind == "anonymous")
                change = change.values(kind="registered", email=email, password=sealed).returning(User.id)
                if transaction.scalar(change) is None:
                    raise Taken
        except IntegrityError as error:
            raise Taken from error
        self._guesses.succeeded(who)
        return self._let_in(user_id)

    def login(self, email: str, password: str, address: str = "") -> Starter:
        """A token for the account of an e-mail. Raises WrongPassword, and TooManyRequests after too many of them."""
        email = _normal(email)
        who = ("login", counted_as(address), email)
        self._guesses.begin(who)
        with self._database.read() as transaction:
            user = transaction.scalar(select(User).where(User.email == email))
        if not passwords.fits(password, None if user is None else user.password) or user is None:
            raise WrongPassword
        self._guesses.succeeded(who)
        return self._let_in(user.id)

    def account(self, user_id: str) -> Account:
        """One account. Raises NotHere."""
        with self._database.read() as transaction:
            user = transaction.get(User, user_id)
            if user is None:
                raise NotHere
            return _shown(transaction, user)

    def accounts(self, count: int = 100) -> list[Account]:
        """The newest accounts, for the operator."""
        with self._database.read() as transaction:
            users = transaction.scalars(select(User).order_by(User.created_at.desc(), User.id).limit(count))
            return [_shown(transaction, user) for user in users.all()]

    def owner(self, user_id: str) -> Caller:
        """The account itself, with every right and no token: for the operator. Raises NotHere."""
        found = self.account(user_id)
        return Caller(found.id, found.kind, "", frozenset({ALL_SCOPES}))

    def _let_in(self, user_id: str) -> Starter:
        expires_at = self._clock() + timedelta(days=self._settings.token_days)
        with self._database.write() as transaction:
            _, secret = self._tokens.issue(transaction, user_id, kind="login", name="Logged in", expires_at=expires_at)
            credits = self._ledger.balance(user_id, transaction).available
        self._tokens.forget(user_id)
        return Starter(secret, user_id, expires_at, credits)


def _normal(email: str) -> str:
    found = unicodedata.normalize("NFKC", email.strip()).casefold()
    if not _EMAIL.fullmatch(found) or not found.isprintable():
        raise BadRequest(detail="that is no e-mail address")
    return found


def _shown(transaction: Transaction, user: User) -> Account:
    sessions = transaction.scalar(select(func.count()).select_from(Session).where(Session.user_id == user.id)) or 0
    return Account(user.id, user.kind, user.email, user.created_at, sessions)
