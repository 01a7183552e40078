"""The credits: double entry, so that none appears or goes but by a transfer that says why. It knows no prices.

A job, which is whatever credits are taken for, is opened once by a hold and closed once by settling or releasing it.
A hold of 0 is recorded like any other. Holding again is quiet while the job is open, and refused once it is closed,
since the work would go unpaid: what is done anew needs a job of another name. Every call is part of the caller's
writing transaction, so that a job's state and its credits change together or not at all. One transaction should
touch one account; rows are locked in a fixed order, those of the account before those of the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as Transaction

from slimreel.errors.service import Conflicting, NoCredits
from slimreel.services import credit_audit
from slimreel.services.clock import Clock
from slimreel.services.credit_audit import ISSUED, REVENUE, available_of, frozen_of
from slimreel.services.db.engine import Database
from slimreel.services.db.models import Balance, Posting, Transfer

_NOTE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class CreditBalance:
    """What an account has: to spend, and held for what is being done."""

    available: int
    frozen: int

    @property
    def total(self) -> int:
        return self.available + self.frozen


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """One movement of an account's credits. The changes are what it did to the two parts of the balance."""

    id: int
    job: str
    kind: str  # grant | hold | settle | release
    amount: int
    note: str
    at: datetime
    available_change: int
    frozen_change: int


class Ledger:
    """The credits of all accounts. Amounts are whole and not negative, else ValueError."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def grant(self, transaction: Transaction, user_id: str, amount: int, *, job: str, note: str) -> bool:
        """Give credits, once for this job. False where that was done before. Raises Conflicting as `hold` does."""
        _check(amount)
        self._lock(transaction, user_id)
        if self._opened(transaction, job, user_id):
            return False
        moved = {available_of(user_id): amount, ISSUED: -amount}
        self._move(
            transaction, Transfer(job=job, phase="open", kind="grant", user_id=user_id, amount=amount), note, moved
        )
        return True

    def hold(
        self, transaction: Transaction, user_id: str, amount: int, *, job: str, note: str, remedy: str = ""
    ) -> bool:
        """Put credits aside for a job. False where they are held already, whatever the amount.

        Raises NoCredits (fields: needed, available, remedy), which leaves the transaction as it was, and Conflicting
        where the job is closed or somebody else's.
        """
        _check(amount)
        available = self._lock(transaction, user_id)
        if self._opened(transaction, job, user_id):
            if self._is_closed(transaction, job):
                raise Conflicting(detail="What this was to be paid for has ended")
            return False
        if amount > available:
            raise NoCredits(needed=amount, available=available, remedy=remedy)
        moved = {available_of(user_id): -amount, frozen_of(user_id): amount}
        self._move(
            transaction, Transfer(job=job, phase="open", kind="hold", user_id=user_id, amount=amount), note, moved
        )
        return True

    def settle(self, transaction: Transaction, job: str, amount: int | None = None) -> bool:
        """Charge what a job cost, all that is held unless said, and give back the rest.

        False where nothing is held for it, or no longer. Raises ValueError for more than is held.
        """
        return self._close(transaction, job, "settle", amount)

    def release(self, transaction: Transaction, job: str) -> bool:
        """Give back what is held for a job. False where nothing is held for it, or no longer."""
        return self._close(transaction, job, "release", 0)

    def balance(self, user_id: str, transaction: Transaction | None = None) -> CreditBalance:
        """What an account has, as the transaction sees it where one is given. Nothing is known of it: nothing."""
        if transaction is None:
            with self._database.read() as opened:
                return self.balance(user_id, opened)
        names = (available_of(user_id), frozen_of(user_id))
        query = select(Balance.account, Balance.amount).where(Balance.account.in_(names))
        found = dict(transaction.execute(query).all())
        return CreditBalance(available=found.get(names[0], 0), frozen=found.get(names[1], 0))

    def history(self, user_id: str, before: int | None = None, count: int = 50) -> list[CreditEntry]:
        """The movements of an account, newest first: those older than the entry of the id `before`, if it is given."""

        def change(account: str) -> ColumnElement[int]:
            return func.coalesce(func.sum(case((Posting.account == account, Posting.amount), else_=0)), 0)

        query = (
            select(Transfer, change(available_of(user_id)), change(frozen_of(user_id)))
            .outerjoin(Posting, Posting.transfer_id == Transfer.id)
            .where(Transfer.user_id == user_id)
            .group_by(Transfer.id)
            .order_by(Transfer.id.desc())
            .limit(count)
        )
        if before is not None:
            query = query.where(Transfer.id < before)
        with self._database.read() as transaction:
            return [
                CreditEntry(
                    one.id, one.job, one.kind, one.amount, one.note, one.created_at, int(available), int(frozen)
                )
                for one, available, frozen in transaction.execute(query)
            ]

    def revenue(self) -> int:
        """All that was ever charged."""
        with self._database.read() as transaction:
            return transaction.scalar(select(Balance.amount).where(Balance.account == REVENUE)) or 0

    def check(self) -> list[str]:
        """Every rule of the ledger that does not hold, as a sentence; empty where all is well."""
        with self._database.read() as transaction:
            if not self._database.is_sqlite:
                transaction.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            return credit_audit.violations(transaction)

    def _close(self, transaction: Transaction, job: str, kind: str, amount: int | None) -> bool:
        query = select(Transfer.user_id, Transfer.amount, Transfer.note).where(
            Transfer.job == job, Transfer.phase == "open", Transfer.kind == "hold"
        )
        opened = transaction.execute(query).one_or_none()
        if opened is None:
            return False
        user_id, held, note = opened
        charged = held if amount is None else amount
        _check(charged)
        if charged > held:
            raise ValueError(f"{charged} credits cannot be charged where {held} are held")
        self._lock(transaction, user_id)
        if self._is_closed(transaction, job):
            return False
        moved = {frozen_of(user_id): -held, available_of(user_id): held - charged, REVENUE: charged}
        told = charged if kind == "settle" else held
        self._move(transaction, Transfer(job=job, phase="close", kind=kind, user_id=user_id, amount=told), note, moved)
        return True

    def _opened(self, transaction: Transaction, job: str, user_id: str) -> bool:
        owner = transaction.scalar(select(Transfer.user_id).where(Transfer.job == job, Transfer.phase == "open"))
        if owner not in (None, user_id):
            raise Conflicting(detail="This is paid for by another account")
        return owner is not None

    def _is_closed(self, transaction: Transaction, job: str) -> bool:
        query = select(Transfer.id).where(Transfer.job == job, Transfer.phase == "close")
        return transaction.scalar(query) is not None

    def _lock(self, transaction: Transaction, user_id: str) -> int:
        """Holds the account's rows until the transaction ends, and makes them where they lack. What is available."""
        names = (available_of(user_id), frozen_of(user_id))
        query = select(Balance.amount).where(Balance.account.in_(names)).order_by(Balance.account).with_for_update()
        found = transaction.scalars(query).all()
        if len(found) < len(names):
            for name in names:
                _make_balance(transaction, name)
            found = transaction.scalars(query).all()
        return found[0]

    def _move(self, transaction: Transaction, transfer: Transfer, note: str, moved: Mapping[str, int]) -> None:
        """The transfer, its postings and the balances. `moved` sums to 0."""
        transfer.note = note[:_NOTE_CHARACTERS]
        transfer.created_at = self._clock()
        transaction.add(transfer)
        transaction.flush()
        changes = {account: amount for account, amount in moved.items() if amount}
        if changes:
            rows = [
                {"transfer_id": transfer.id, "account": account, "amount": amount}
                for account, amount in changes.items()
            ]
            transaction.execute(insert(Posting), rows)
        for account in sorted(changes, key=lambda name: (name in (ISSUED, REVENUE), name)):
            change = (
                update(Balance)
                .where(Balance.account == account)
                .values(amount=Balance.amount + changes[account])
                .returning(Balance.account)
                .execution_options(synchronize_session=False)
            )
            if transaction.scalar(change) is None:
                _make_balance(transaction, account)
                transaction.execute(change)


def _check(amount: int) -> None:
    if amount < 0:
        raise ValueError("credits are not negative")


def _make_balance(transaction: Transaction, account: str) -> None:
    """An empty balance, where nobody made it meanwhile."""
    on_sqlite = transaction.get_bind().dialect.name == "sqlite"
    row = {"account": account, "amount": 0, "may_owe": account == ISSUED}
    added = (sqlite.insert if on_sqlite else postgresql.insert)(Balance).values(row)
    transaction.execute(added.on_conflict_do_nothing())
