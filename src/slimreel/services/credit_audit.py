"""What must hold of the ledger whatever happens, asked of the database by summing it up anew. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased

from slimreel.services.db.models import Balance, Posting, Transfer

ISSUED = "sys:issued"  # owes all that was ever granted
REVENUE = "sys:revenue"

_Close = aliased(Transfer)


def available_of(user_id: str) -> str:
    return f"user:{user_id}:available"


def frozen_of(user_id: str) -> str:
    return f"user:{user_id}:frozen"


def violations(transaction: Transaction) -> list[str]:
    """Every rule that does not hold, as a sentence. The transaction has to see one moment of the database."""
    return [*_sums(transaction), *_balances(transaction), *_holds(transaction), *_closes(transaction)]


def _sums(transaction: Transaction) -> Iterator[str]:
    if total := _number(transaction, select(func.sum(Balance.amount))):
        yield f"All balances together are {total}, not 0."
    query = select(Posting.transfer_id, func.sum(Posting.amount)).group_by(Posting.transfer_id)
    for transfer_id, amount in transaction.execute(query.having(func.sum(Posting.amount) != 0)):
        yield f"The postings of transfer {transfer_id} sum to {amount}, not 0."
    charged = _number(transaction, select(func.sum(Transfer.amount)).where(Transfer.kind == "settle"))
    granted = _number(transaction, select(func.sum(Transfer.amount)).where(Transfer.kind == "grant"))
    for account, expected in ((REVENUE, charged), (ISSUED, -granted)):
        found = _number(transaction, select(Balance.amount).where(Balance.account == account))
        if found != expected:
            yield f"{account} is {found}, and its transfers say {expected}."


def _balances(transaction: Transaction) -> Iterator[str]:
    posted = _amounts(transaction, select(Posting.account, func.sum(Posting.amount)).group_by(Posting.account))
    kept = _amounts(transaction, select(Balance.account, Balance.amount))
    for account in sorted(posted.keys() | kept.keys()):
        if kept.get(account, 0) != posted.get(account, 0):
            yield f"The balance of {account} is {kept.get(account, 0)}, its postings sum to {posted.get(account, 0)}."
        if account != ISSUED and kept.get(account, 0) < 0:
            yield f"{account} is negative: {kept[account]}."


def _holds(transaction: Transaction) -> Iterator[str]:
    query = (
        select(Transfer.user_id, func.sum(Transfer.amount))
        .outerjoin(_Close, and_(_Close.job == Transfer.job, _Close.phase == "close"))
        .where(Transfer.kind == "hold", _Close.id.is_(None))
        .group_by(Transfer.user_id)
    )
    held = _amounts(transaction, query)
    frozen = _amounts(transaction, select(Balance.account, Balance.amount).where(Balance.account.like("user:%:frozen")))
    owners = {account.removeprefix("user:").removesuffix(":frozen") for account in frozen}
    for user_id in sorted(held.keys() | owners):
        kept = frozen.get(frozen_of(user_id), 0)
        if kept != held.get(user_id, 0):
            yield f"Of {user_id}, {kept} credits are frozen, and open jobs hold {held.get(user_id, 0)}."


def _closes(transaction: Transaction) -> Iterator[str]:
    twice = select(Transfer.job, Transfer.phase).group_by(Transfer.job, Transfer.phase).having(func.count() > 1)
    for job, phase in transaction.execute(twice):
        yield f"{job} has more than one {phase}."
    query = (
        select(_Close.job)
        .outerjoin(
            Transfer,
            and_(
                Transfer.job == _Close.job,
                Transfer.phase == "open",
                Transfer.kind == "hold",
                Transfer.user_id == _Close.user_id,
                Transfer.amount >= _Close.amount,
            ),
        )
        .where(_Close.phase == "close", Transfer.id.is_(None))
    )
    for job in transaction.scalars(query):
        yield f"{job} is closed, and no hold of the same account covers it."


def _number(transaction: Transaction, query: Select[Any]) -> int:
    return int(transaction.scalar(query) or 0)


def _amounts(transaction: Transaction, query: Select[str, int]) -> dict[str, int]:
    """By name. Postgres gives sums as decimals."""
    return {name: int(amount) for name, amount in transaction.execute(query)}
