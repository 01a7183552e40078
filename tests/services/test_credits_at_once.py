"""Many spend one balance at once, in threads and in processes: it is spent once and never goes below 0."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from slimreel.services.credits import Ledger
from tests.conftest import ROOT
from tests.services import spending
from tests.services.spending import PRICE, USER, spend

CREDITS = 101  # each success costs PRICE - 1 in the end, and the last may not begin with less than PRICE


def grant(database, clock) -> Ledger:
    ledger = Ledger(database, clock)
    with database.write() as transaction:
        ledger.grant(transaction, USER, CREDITS, job="grant", note="")
    return ledger


def assert_spent(ledger: Ledger, held: list[int], shared: list[int]) -> None:
    left = CREDITS - sum(held) * (PRICE - 1)
    assert 0 <= left < PRICE
    balance = ledger.balance(USER)
    assert (balance.available, balance.frozen, ledger.revenue()) == (left, 0, CREDITS - left)
    assert sum(shared) == 1
    assert ledger.check() == []


def test_eight_threads_spend_one_balance(database, clock):
    ledger = grant(database, clock)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: spend(database, f"t{number}"), range(8)))
    assert_spent(ledger, [held for held, _ in found], [shared for _, shared in found])


def test_four_processes_spend_one_balance(database, database_url, clock):
    ledger = grant(database, clock)
    command = [sys.executable, "-m", spending.__name__, database_url]
    running = [
        subprocess.Popen([*command, f"p{number}"], cwd=ROOT, stdout=subprocess.PIPE, text=True) for number in range(4)
    ]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4
    found = [tuple(map(int, line.split())) for line in said]
    assert_spent(ledger, [held for held, _ in found], [shared for _, shared in found])


def test_new_accounts_are_made_at_once(database, clock):
    """The first grants of all race for the rows of the service, and those of one account for its own."""
    ledger = Ledger(database, clock)
    together = threading.Barrier(8)

    def one(number: int) -> None:
        together.wait()
        with database.write() as transaction:
            ledger.grant(transaction, f"anon_{number % 2}", 5, job=f"grant:{number}", note="")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(8)))
    assert [ledger.balance(f"anon_{number}").available for number in range(2)] == [20, 20]
    assert ledger.check() == []


def test_one_job_is_settled_once_by_eight(database, clock):
    ledger = grant(database, clock)
    with database.write() as transaction:
        ledger.hold(transaction, USER, 10, job="one", note="")
    together = threading.Barrier(8)

    def one(number: int) -> bool:
        together.wait()
        with database.write() as transaction:
            return ledger.settle(transaction, "one") if number % 2 else ledger.release(transaction, "one")

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(8))) == 1
    assert ledger.check() == []
