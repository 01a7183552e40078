"""The ledger against a model of thirty lines: whatever is called in whatever order, they agree and nothing is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from slimreel.errors.service import Conflicting, NoCredits
from slimreel.services.credits import CreditBalance, Ledger
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.services.db.models import Balance, Posting, Transfer
from tests.services.conftest import Clock

USERS = st.sampled_from(["anon_a", "anon_b"])
JOBS = st.sampled_from([f"j{number}" for number in range(8)])
AMOUNTS = st.integers(0, 40)


class Model:
    """What the ledger should do, in plain dictionaries."""

    def __init__(self) -> None:
        self.available = {"anon_a": 0, "anon_b": 0}
        self.jobs: dict[str, tuple[str, int, str]] = {}  # job to account, amount, state
        self.revenue = 0

    def hold(self, user: str, amount: int, job: str) -> object:
        if job in self.jobs:
            owner, _, state = self.jobs[job]
            return Conflicting if owner != user or state == "closed" else False
        if amount > self.available[user]:
            return NoCredits
        self.available[user] -= amount
        self.jobs[job] = (user, amount, "open")
        return True

    def close(self, job: str, charged: int | None) -> object:
        user, held, state = self.jobs.get(job, ("", 0, "closed"))
        if charged is not None and charged > held and job in self.jobs:
            return ValueError
        if state == "closed":
            return False
        charged = held if charged is None else charged
        self.available[user] += held - charged
        self.revenue += charged
        self.jobs[job] = (user, held, "closed")
        return True

    def frozen(self, user: str) -> int:
        return sum(held for owner, held, state in self.jobs.values() if owner == user and state == "open")


class Crash(Exception):
    """The process ends here, before the transaction does."""


class LedgerMachine(RuleBasedStateMachine):
    database: Database  # one for all examples; each begins with nothing in it

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.ledger = Ledger(self.database, Clock())
        self.grants = 0
        with self.database.write() as transaction:
            for table in (Posting, Transfer, Balance):
                transaction.execute(delete(table))

    def done(self, work, *, crash: bool = False) -> object:
        """What the call gives, or the kind of error that it raises."""
        try:
            with self.database.write() as transaction:
                given = work(transaction)
                if crash:
                    raise Crash
                return given
        except (Conflicting, NoCredits, ValueError) as error:
            return type(error)
        except Crash:
            return Crash

    @rule(user=USERS, amount=AMOUNTS)
    def grant(self, user, amount):
        self.grants += 1
        job = f"grant:{self.grants}"
        given = [
            self.done(lambda transaction: self.ledger.grant(transaction, user, amount, job=job, note=""))
            for _ in range(2)
        ]
        self.model.available[user] += amount
        assert given == [True, False]

    @rule(user=USERS, amount=AMOUNTS, job=JOBS)
    def hold(self, user, amount, job):
        given = self.done(lambda transaction: self.ledger.hold(transaction, user, amount, job=job, note=""))
        assert given == self.model.hold(user, amount, job)

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data())
    def hold_again(self, data):
        job = data.draw(st.sampled_from(sorted(self.model.jobs)))
        user, amount, _ = self.model.jobs[job]
        self.hold(user=user, amount=amount, job=job)

    @rule(job=JOBS)
    def settle(self, job):
        assert self.done(lambda transaction: self.ledger.settle(transaction, job)) == self.model.close(job, None)

    @rule(job=JOBS, amount=AMOUNTS)
    def settle_in_part(self, job, amount):
        given = self.done(lambda transaction: self.ledger.settle(transaction, job, amount))
        assert given == self.model.close(job, amount)

    @rule(job=JOBS)
    def release(self, job):
        assert self.done(lambda transaction: self.ledger.release(transaction, job)) == self.model.close(job, 0)

    @rule(user=USERS, amount=AMOUNTS, job=JOBS, closes=st.booleans())
    def crash(self, user, amount, job, closes):
        def work(transaction):
            if closes:
                return self.ledger.settle(transaction, job)
            return self.ledger.hold(transaction, user, amount, job=job, note="")

        assert self.done(work, crash=True) in (Crash, Conflicting, NoCredits)

    @invariant()
    def they_agree(self):
        for user, available in self.model.available.items():
            assert self.ledger.balance(user) == CreditBalance(available, self.model.frozen(user))
        assert self.ledger.revenue() == self.model.revenue

    def teardown(self):
        assert self.ledger.check() == []


@pytest.mark.parametrize(
    ("examples", "steps"), [(25, 30), pytest.param(200, 50, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_the_ledger_does_what_the_model_does(tmp_path, examples, steps):
    # Ten thousand transactions that each wait for the disk would test the disk.
    shared = Path("/dev/shm") if Path("/dev/shm").is_dir() else tmp_path
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        database = Database(sqlite_url(Path(folder)))
        migrate(database)
        LedgerMachine.database = database
        checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
        profile = settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks
        )
        try:
            run_state_machine_as_test(LedgerMachine, settings=profile)
        finally:
            database.close()
