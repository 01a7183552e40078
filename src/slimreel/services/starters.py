"""Starter tokens: an account and credits for a program that asks, within limits for it, its address and everybody.

A client id has one account for good, also when that has registered: asking again revokes the token that it had and
gives another. Credits come once in 7 days for a client id. The first time they are those of the settings; later the
account, what is held counted in, is filled up to that and never above, and where a limit is reached it is not filled.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session as Transaction

from slimreel.errors.service import BadRequest, TooManyRequests
from slimreel.services import ids
from slimreel.services.clock import Clock
from slimreel.services.credits import Ledger
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Client, User
from slimreel.services.tokens import Tokens
from slimreel.settings.service import ServiceSettings

_WEEK, _DAY = timedelta(days=7), timedelta(days=1)
_LOOPBACK = "loopback"
_LOCK = 0x73747274  # any number that is always the same, and another than migrate's


@dataclass(frozen=True, slots=True)
class Starter:
    """A token with its account, and what that may spend."""

    token: str = field(repr=False)
    user_id: str
    expires_at: datetime
    credits: int


class Starters:
    """Gives out starter tokens."""

    def __init__(
        self, database: Database, clock: Clock, settings: ServiceSettings, ledger: Ledger, tokens: Tokens
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._ledger = ledger
        self._tokens = tokens

    def starter(self, client_id: str, address: str) -> Starter:
        """A token for a client. `address` is the peer's, IPv4 or IPv6.

        Raises BadRequest for a malformed client id and, for a new one, TooManyRequests where a limit is reached.
        """
        if not ids.CLIENT_ID.fullmatch(client_id):
            raise BadRequest(detail="the header X-Client-Id holds 1 to 200 printable ASCII characters without spaces")
        starter = self._database.retry(lambda transaction: self._begin(transaction, client_id, counted_as(address)))
        self._tokens.forget(starter.user_id)
        return starter

    def new_account(self, transaction: Transaction) -> User:
        """An anonymous account with its first credits."""
        user = User(id=ids.user_id(), kind="anonymous", email=None, password=None, created_at=self._clock())
        transaction.add(user)
        transaction.flush()
        self._ledger.grant(
            transaction, user.id, self._settings.starter_credits, job=f"grant:{user.id}", note="Credits to start with"
        )
        return user

    def _begin(self, transaction: Transaction, client_id: str, network: str) -> Starter:
        if not self._database.is_sqlite:  # else two of them at once would both be the last within a limit
            transaction.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        now = self._clock()
        client = transaction.get(Client, ids.hashed(client_id))
        if client is None:
            self._refuse_beyond_limits(transaction, network, now)
            user_id = self.new_account(transaction).id
            transaction.add(Client(client_hash=ids.hashed(client_id), user_id=user_id, address=network, created_at=now))
        else:
            user_id = client.user_id
            self._tokens.revoke_starters(transaction, user_id)
            self._fill_up(transaction, client, network, now)
        expires_at = now + timedelta(days=self._settings.token_days)
        _, secret = self._tokens.issue(transaction, user_id, kind="starter", name="Starter", expires_at=expires_at)
        return Starter(secret, user_id, expires_at, self._ledger.balance(user_id, transaction).available)

    def _fill_up(self, transaction: Transaction, client: Client, network: str, now: datetime) -> None:
        missing = self._settings.starter_credits - self._ledger.balance(client.user_id, transaction).total
        if now - client.created_at < _WEEK or missing <= 0:
            return
        try:
            self._refuse_beyond_limits(transaction, network, now)
        except TooManyRequests:
            return
        client.address, client.created_at = network, now  # when and where it was last given credits
        job = f"grant:{client.user_id}:{int(now.timestamp())}"
        self._ledger.grant(transaction, client.user_id, missing, job=job, note="Filled up after a week")

    def _refuse_beyond_limits(self, transaction: Transaction, network: str, now: datetime) -> None:
        given = select(Client.created_at).order_by(Client.created_at.desc())
        limits = [(_DAY, self._settings.grants_per_day, given, "all starter tokens of today are given out")]
        if network != _LOOPBACK:
            detail = "this address has had all its starter tokens of 7 days"
            limits.append((_WEEK, self._settings.grants_per_address, given.where(Client.address == network), detail))
        for window, most, query, detail in limits:
            # Where as many came since as the limit allows, the next may come when the oldest of them has left.
            last = transaction.scalar(query.offset(most - 1).limit(1)) if most else now
            if last is not None and now - last < window:
                wait_s = int((last + window - now).total_seconds()) + 1
                raise TooManyRequests(detail=detail, retry_after_s=wait_s)


def counted_as(address: str) -> str:
    """What an address is counted as: itself, the /64 of IPv6, or loopback. What is no address stays as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            whole = ipaddress.IPv6Address(int(found))  # without the zone of a link-local one
            return _LOOPBACK if whole.is_loopback else str(ipaddress.ip_network((int(whole), 64), strict=False))
        return counted_as(str(found.ipv4_mapped))
    return _LOOPBACK if found.is_loopback else str(found)
