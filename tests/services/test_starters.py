"""Starter tokens: one account for each client, and credits within limits that many client ids do not widen."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from slimreel.errors.service import BadRequest, TooManyRequests
from slimreel.services import ids
from slimreel.services.db.models import Client, Token, User
from slimreel.services.starters import counted_as
from slimreel.services.tokens import SCOPES
from tests.services.account_services import HERE, PUBLIC, AccountServices, count, works


@pytest.fixture
def service(database, clock, settings) -> AccountServices:
    return AccountServices(database, clock, settings)


def test_a_new_client_gets_an_account_with_credits(service, clock):
    found = service.starters.starter("client-1", PUBLIC)
    caller = service.tokens.authenticate(found.token)
    assert (caller.user_id, caller.kind, caller.scopes) == (found.user_id, "anonymous", frozenset(SCOPES))
    assert ids.user_id()[:5] == "anon_" and len(found.user_id) == 21
    assert (found.credits, (found.expires_at - clock()).days) == (100, 7)
    assert service.ledger.check() == []


def test_asking_again_gives_the_account_again_and_no_credits(database, service, clock):
    first = service.starters.starter("client-1", PUBLIC)
    with database.write() as transaction:
        service.ledger.hold(transaction, first.user_id, 30, job="j", note="")
    seen = []
    for _ in range(5):
        clock.forward(days=1)
        seen.append(service.starters.starter("client-1", PUBLIC))
    assert {one.user_id for one in seen} == {first.user_id}
    assert [one.credits for one in seen] == [70] * 5
    assert [works(service, one.token) for one in (first, *seen)] == [False] * 5 + [True]
    assert count(database, Token) <= 2
    assert service.ledger.check() == []


def test_after_a_week_the_account_is_filled_up_and_never_above(database, service, clock):
    first = service.starters.starter("client-1", PUBLIC)
    with database.write() as transaction:
        service.ledger.hold(transaction, first.user_id, 60, job="spent", note="")
        service.ledger.settle(transaction, "spent")
        service.ledger.hold(transaction, first.user_id, 30, job="held", note="")
    clock.forward(days=7)
    assert not works(service, first.token)
    again = service.starters.starter("client-1", PUBLIC)
    assert (again.user_id, again.credits) == (first.user_id, 70)
    with database.write() as transaction:
        service.ledger.release(transaction, "held")
    assert service.ledger.balance(first.user_id).total == 100
    clock.forward(days=6)
    assert service.starters.starter("client-1", PUBLIC).credits == 100  # no second one within a week
    assert service.ledger.check() == []


def test_a_full_account_is_not_filled_up(database, service, clock):
    first = service.starters.starter("client-1", PUBLIC)
    with database.write() as transaction:
        service.ledger.grant(transaction, first.user_id, 50, job="gift", note="")
    clock.forward(days=8)
    assert service.starters.starter("client-1", PUBLIC).credits == 150


def test_a_malformed_client_id_is_refused(database, service):
    for client_id in ("", " ", "a b", "a\n", "é", "x" * 201, "\0", "\ud800"):
        with pytest.raises(BadRequest):
            service.starters.starter(client_id, PUBLIC)
    assert count(database, User) == 0


def farm(service: AccountServices, addresses: list[str]) -> int:
    """How many of as many clients were given credits."""
    granted = 0
    waits: list[object] = []
    for number, address in enumerate(addresses):
        try:
            granted += service.starters.starter(f"farm-{number}-{ids.user_id()}", address).credits > 0
        except TooManyRequests as refused:
            waits.append(refused.fields["retry_after_s"])
    assert 0 not in waits
    return granted


@pytest.mark.parametrize(
    ("addresses", "most"),
    [
        ([PUBLIC] * 200, 10),
        ([f"2001:db8:1:2::{number:x}" for number in range(20)], 10),
        ([f"2001:db8:1:2:{number:x}::1" for number in range(20)], 10),
        (["::ffff:203.0.113.7", PUBLIC] * 20, 10),
        ([f"2001:db8:1:{number:x}::1" for number in range(20)], 20),
        ([f"203.0.113.{number}" for number in range(20)], 20),
        ([f"127.0.0.{number}" for number in range(1, 16)] + ["::1"] * 15, 30),
        (["no address"] * 20, 10),
    ],
    ids=["IPv4", "IPv6", "IPv6 network", "mapped", "networks", "addresses", "loopback", "unknown"],
)
def test_credits_cannot_be_farmed(database, service, addresses, most):
    assert farm(service, addresses) == most
    assert count(database, User) == count(database, Client) == most
    assert service.ledger.check() == []


def test_an_address_may_come_again_when_the_oldest_is_a_week_old(service, clock):
    for number in range(10):
        service.starters.starter(f"client-{number}", PUBLIC)
        clock.forward(hours=1)
    with pytest.raises(TooManyRequests) as refused:
        service.starters.starter("client-new", PUBLIC)
    wait_s = int(str(refused.value.fields["retry_after_s"]))
    assert wait_s == 7 * 86400 - 10 * 3600 + 1
    assert service.starters.starter("client-3", PUBLIC).credits == 100  # who has an account is not concerned
    clock.forward(seconds=wait_s - 2)
    with pytest.raises(TooManyRequests):
        service.starters.starter("client-new", PUBLIC)
    clock.forward(seconds=2)
    assert service.starters.starter("client-new", PUBLIC).credits == 100


def test_filling_up_counts_as_well(database, service, clock):
    """Old accounts are no way around the limit of an address."""
    for number in range(14):
        found = service.starters.starter(f"client-{number}", f"198.51.100.{number}")
        with database.write() as transaction:
            service.ledger.hold(transaction, found.user_id, 100, job=f"j{number}", note="")
            service.ledger.settle(transaction, f"j{number}")
    clock.forward(days=7)
    credits = [service.starters.starter(f"client-{number}", PUBLIC).credits for number in range(14)]
    assert credits == [100] * 10 + [0] * 4


def test_everybody_together_is_limited_by_day(database, clock, settings):
    service = AccountServices(database, clock, replace(settings, grants_per_day=12))
    assert farm(service, [HERE] * 5 + [f"203.0.113.{number}" for number in range(20)]) == 12
    clock.forward(days=1)
    assert farm(service, [HERE] * 20) == 12


def test_no_credits_for_anybody_is_a_setting(database, clock, settings):
    service = AccountServices(database, clock, replace(settings, starter_credits=0))
    assert service.starters.starter("client-1", HERE).credits == 0
    closed = AccountServices(database, clock, replace(settings, grants_per_day=0))
    with pytest.raises(TooManyRequests):
        closed.starters.starter("client-2", HERE)


def test_one_client_that_asks_many_times_at_once_has_one_account_and_one_token(database, service):
    together = threading.Barrier(8)

    def one(number: int) -> str:
        together.wait()
        token: str = service.starters.starter("client-1", PUBLIC).token
        return token

    with ThreadPoolExecutor(8) as threads:
        secrets = list(threads.map(one, range(8)))
    assert count(database, User) == 1
    assert sum(works(service, secret) for secret in secrets) == 1
    assert service.ledger.check() == []


def test_many_clients_of_one_address_at_once_are_limited(database, service):
    together = threading.Barrier(16)

    def one(number: int) -> bool:
        together.wait()
        try:
            return bool(service.starters.starter(f"client-{number}", PUBLIC).token)
        except TooManyRequests:
            return False

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(one, range(16))) == 10


def test_addresses_are_counted_by_what_one_person_has():
    assert counted_as("203.0.113.7") == counted_as("::ffff:203.0.113.7") == "203.0.113.7"
    assert counted_as("2001:db8::1") == counted_as("2001:db8::ffff:1:2:3") == "2001:db8::/64"
    assert counted_as("fe80::1%eth0") == counted_as("fe80::2%eth1") == "fe80::/64"
    assert {counted_as(one) for one in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1")} == {"loopback"}
    assert len(counted_as("x" * 1000)) == 64
