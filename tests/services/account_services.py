"""The services of accounts wired together, and what tests ask of them."""

from __future__ import annotations

from sqlalchemy import func, select

from slimreel.errors.service import BadToken
from slimreel.services.accounts import Accounts
from slimreel.services.credits import Ledger
from slimreel.services.starters import Starters
from slimreel.services.tokens import Tokens

HERE, PUBLIC = "127.0.0.1", "203.0.113.7"


class AccountServices:
    """What the tests need, wired together."""

    def __init__(self, database, clock, settings) -> None:
        self.ledger = Ledger(database, clock)
        self.tokens = Tokens(database, clock)
        self.starters = Starters(database, clock, settings, self.ledger, self.tokens)
        self.accounts = Accounts(database, clock, settings, self.ledger, self.tokens)


def count(database, table) -> int:
    with database.read() as transaction:
        return transaction.scalar(select(func.count()).select_from(table)) or 0


def works(service: AccountServices, secret: str) -> bool:
    try:
        service.tokens.authenticate(secret)
    except BadToken:
        return False
    return True
