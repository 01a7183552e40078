"""The ledger by example: what a hold, its settling and its release do, what is refused, and what the audit finds."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from slimreel.errors.service import Conflicting, NoCredits
from slimreel.services.credits import CreditBalance, CreditEntry, Ledger
from slimreel.services.db.models import Balance, Posting, Transfer

ANN, BOB = "anon_00000000000000aa", "anon_00000000000000bb"


@pytest.fixture
def ledger(database, clock) -> Ledger:
    """A ledger in which Ann has 100 credits."""
    found = Ledger(database, clock)
    with database.write() as transaction:
        assert found.grant(transaction, ANN, 100, job="grant:ann", note="Credits to start with")
    return found


def hold(database, ledger: Ledger, amount: int, job: str, user_id: str = ANN) -> bool:
    with database.write() as transaction:
        return ledger.hold(transaction, user_id, amount, job=job, note=f"For {job}")


def settle(database, ledger: Ledger, job: str, amount: int | None = None) -> bool:
    with database.write() as transaction:
        return ledger.settle(transaction, job, amount)


def release(database, ledger: Ledger, job: str) -> bool:
    with database.write() as transaction:
        return ledger.release(transaction, job)


def test_what_is_held_is_charged_in_part_and_the_rest_comes_back(database, ledger):
    assert hold(database, ledger, 30, "j1")
    assert ledger.balance(ANN) == CreditBalance(70, 30)
    assert settle(database, ledger, "j1", 10)
    assert ledger.balance(ANN) == CreditBalance(90, 0)
    assert (ledger.revenue(), ledger.check()) == (10, [])


def test_everything_happens_once(database, ledger):
    assert [hold(database, ledger, 30, "j1") for _ in range(3)] == [True, False, False]
    assert ledger.balance(ANN) == CreditBalance(70, 30)
    assert [settle(database, ledger, "j1") for _ in range(3)] == [True, False, False]
    assert release(database, ledger, "j1") is False
    with database.write() as transaction:
        assert ledger.grant(transaction, ANN, 100, job="grant:ann", note="again") is False
    assert ledger.balance(ANN) == CreditBalance(70, 0)
    assert (ledger.revenue(), ledger.check()) == (30, [])


def test_a_job_that_costs_nothing_is_opened_and_closed_like_any_other(database, ledger):
    assert [hold(database, ledger, 0, "free", BOB) for _ in range(2)] == [True, False]
    assert [release(database, ledger, "free") for _ in range(2)] == [True, False]
    assert [entry.kind for entry in ledger.history(BOB)] == ["release", "hold"]
    assert ledger.check() == []


def test_a_closed_job_is_not_opened_again(database, ledger):
    hold(database, ledger, 1, "j1")
    release(database, ledger, "j1")
    with pytest.raises(Conflicting):
        hold(database, ledger, 1, "j1")
    assert ledger.balance(ANN) == CreditBalance(100, 0)


def test_nobody_holds_for_the_job_of_another(database, ledger):
    hold(database, ledger, 1, "j1")
    with pytest.raises(Conflicting):
        hold(database, ledger, 0, "j1", BOB)


def test_what_is_lacking_is_told_and_the_rest_of_the_transaction_goes_on(database, ledger):
    with database.write() as transaction:
        with pytest.raises(NoCredits) as refused:
            ledger.hold(transaction, ANN, 101, job="j1", note="", remedy="Register at /register.")
        ledger.hold(transaction, ANN, 1, job="j2", note="")
    assert refused.value.fields == {"needed": 101, "available": 100, "remedy": "Register at /register."}
    assert refused.value.sentence().endswith("Register at /register.")
    assert ledger.balance(ANN) == CreditBalance(99, 1)
    assert hold(database, ledger, 99, "j1")  # it was not opened
    assert ledger.check() == []


def test_what_was_never_held_is_neither_settled_nor_released(database, ledger):
    assert (settle(database, ledger, "none"), release(database, ledger, "none")) == (False, False)
    assert (settle(database, ledger, "grant:ann"), release(database, ledger, "grant:ann")) == (False, False)
    assert ledger.check() == []


@pytest.mark.parametrize("amount", [-1, 6])
def test_no_more_than_is_held_is_charged(database, ledger, amount):
    hold(database, ledger, 5, "j1")
    with pytest.raises(ValueError, match="credits"):
        settle(database, ledger, "j1", amount)
    with pytest.raises(ValueError, match="credits"):
        hold(database, ledger, -1, "j2")
    assert ledger.balance(ANN) == CreditBalance(95, 5)


def test_the_credits_change_with_the_job_or_not_at_all(database, ledger):
    def fail_after_settling():
        with database.write() as transaction:
            assert ledger.settle(transaction, "j1")
            raise RuntimeError

    hold(database, ledger, 5, "j1")
    with pytest.raises(RuntimeError):
        fail_after_settling()
    assert ledger.balance(ANN) == CreditBalance(95, 5)
    assert settle(database, ledger, "j1")


def test_the_history_says_what_was_spent_on_what(database, ledger, clock):
    hold(database, ledger, 30, "j1")
    clock.forward(minutes=1)
    settle(database, ledger, "j1", 10)
    hold(database, ledger, 5, "other", ANN)
    told = [(one.kind, one.amount, one.note, one.available_change, one.frozen_change) for one in ledger.history(ANN)]
    assert told == [
        ("hold", 5, "For other", -5, 5),
        ("settle", 10, "For j1", 20, -30),
        ("hold", 30, "For j1", -30, 30),
        ("grant", 100, "Credits to start with", 100, 0),
    ]
    assert ledger.history(ANN)[1].at == clock()
    assert ledger.history(BOB) == []


def test_the_history_is_read_page_by_page(database, ledger):
    for number in range(7):
        hold(database, ledger, 0, f"j{number}")
    whole = ledger.history(ANN)
    paged: list[CreditEntry] = []
    while page := ledger.history(ANN, before=paged[-1].id if paged else None, count=3):
        paged += page
    assert paged == whole and len(whole) == 8


# What breaks the ledger, and a word of the sentence that says so.
BROKEN = {
    "a balance that nothing moved": (update(Balance).where(Balance.account.like("%available")).values(amount=7), "7"),
    "a posting that is gone": (delete(Posting).where(Posting.account.like("%frozen")), "sum to"),
    "a hold that is gone": (delete(Transfer).where(Transfer.job == "open"), "open jobs hold 0"),
    "revenue that nobody paid": (update(Balance).where(Balance.account == "sys:revenue").values(amount=11), "revenue"),
    "a charge of more than was held": (update(Transfer).where(Transfer.kind == "settle").values(amount=21), "covers"),
    "a close by another": (update(Transfer).where(Transfer.kind == "settle").values(user_id=BOB), "covers"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_audit_finds_what_is_wrong(database, ledger, name):
    hold(database, ledger, 20, "done")
    settle(database, ledger, "done")
    hold(database, ledger, 3, "open")
    assert ledger.check() == []
    change, word = BROKEN[name]
    with database.write() as transaction:
        if name == "a hold that is gone":
            if not database.is_sqlite:
                pytest.skip("Postgres holds postings to their transfer")
            transaction.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            transaction.execute(update(Posting).where(Posting.transfer_id == 4).values(transfer_id=1))
        transaction.execute(change)
    assert any(word in sentence for sentence in ledger.check()), ledger.check()


def test_the_database_itself_refuses_a_negative_balance(database, ledger):
    with pytest.raises(IntegrityError), database.write() as transaction:
        transaction.execute(update(Balance).where(Balance.account.like("%available")).values(amount=-1))


def test_the_database_itself_refuses_a_second_close(database, ledger, clock):
    hold(database, ledger, 1, "j1")
    settle(database, ledger, "j1")
    row = {
        "job": "j1",
        "phase": "close",
        "kind": "release",
        "user_id": ANN,
        "amount": 1,
        "note": "",
        "created_at": clock(),
    }
    with pytest.raises(IntegrityError), database.write() as transaction:
        transaction.execute(insert(Transfer).values(row))
