"""A program: spends the credits of one account as fast as it can beside others, and prints how often it could.

It takes the database's address and its own name. Each attempt is a job of its own, and one job is held by whoever of
these programs comes first.
"""

from __future__ import annotations

import sys

from slimreel.errors.service import NoCredits
from slimreel.services.clock import now
from slimreel.services.credits import Ledger
from slimreel.services.db.engine import Database

USER = "anon_00000000000000cc"
ATTEMPTS = 40
PRICE = 3


def spend(database: Database, name: str) -> tuple[int, int]:
    """How many jobs of its own were held, and whether the shared one was held by this caller."""
    ledger, held, shared = Ledger(database, now), 0, 0
    with database.write() as transaction:
        shared += ledger.hold(transaction, "anon_shared", 0, job="shared", note="")
    for number in range(ATTEMPTS):
        job = f"{name}.{number}"
        try:
            with database.write() as transaction:
                ledger.hold(transaction, USER, PRICE, job=job, note="")
            held += 1
        except NoCredits:
            continue
        with database.write() as transaction:  # one credit comes back, for somebody else to spend
            assert ledger.settle(transaction, job, PRICE - 1)
            assert not ledger.settle(transaction, job, PRICE)
    return held, shared


if __name__ == "__main__":
    opened = Database(sys.argv[1], pool=2)
    print(*spend(opened, sys.argv[2]))
    opened.close()
