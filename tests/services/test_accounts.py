"""Accounts: starter tokens within their limits, then registering, binding and logging in."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from slimreel.errors.service import (
    BadRequest,
    BadToken,
    NotHere,
    ServiceError,
    Taken,
    TooManyRequests,
    WrongPassword,
)
from slimreel.services import ids, passwords
from slimreel.services.accounts import Accounts
from slimreel.services.credits import Ledger
from slimreel.services.db.models import Client, Token, User
from slimreel.services.starters import Starters, counted_as
from slimreel.services.tokens import SCOPES, Tokens

HERE, PUBLIC = "127.0.0.1", "203.0.113.7"
ANN, SECRET = "ann@example.org", "correct horse"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    """Passwords at a thousandth of their cost: most tests here are about who may do what."""
    monkeypatch.setattr(passwords, "_COST", 2**4)
    monkeypatch.setattr(passwords, "_NOBODYS", passwords._NOBODYS.replace("$16384$", "$16$"))


class Service:
    """What the tests need, wired together."""

    def __init__(self, database, clock, settings) -> None:
        self.ledger = Ledger(database, clock)
        self.tokens = Tokens(database, clock)
        self.starters = Starters(database, clock, settings, self.ledger, self.tokens)
        self.accounts = Accounts(database, clock, settings, self.ledger, self.tokens)


@pytest.fixture
def service(database, clock, settings) -> Service:
    return Service(database, clock, settings)


def count(database, table) -> int:
    with database.read() as transaction:
        return transaction.scalar(select(func.count()).select_from(table)) or 0


def works(service: Service, secret: str) -> bool:
    try:
        service.tokens.authenticate(secret)
    except BadToken:
        return False
    return True


# Starter tokens


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


def farm(service: Service, addresses: list[str]) -> int:
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
    service = Service(database, clock, replace(settings, grants_per_day=12))
    assert farm(service, [HERE] * 5 + [f"203.0.113.{number}" for number in range(20)]) == 12
    clock.forward(days=1)
    assert farm(service, [HERE] * 20) == 12


def test_no_credits_for_anybody_is_a_setting(database, clock, settings):
    service = Service(database, clock, replace(settings, starter_credits=0))
    assert service.starters.starter("client-1", HERE).credits == 0
    closed = Service(database, clock, replace(settings, grants_per_day=0))
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


# Registering and logging in


def test_registering_keeps_what_an_account_has(database, service):
    starter = service.starters.starter("client-1", PUBLIC)
    with database.write() as transaction:
        service.ledger.hold(transaction, starter.user_id, 30, job="j", note="")
    assert service.tokens.authenticate(starter.token).kind == "anonymous"
    found = service.accounts.register(starter.user_id, " Ann@Example.org", SECRET)
    assert (found.user_id, found.credits) == (starter.user_id, 70)
    for secret in (starter.token, found.token):  # the client goes on with what it has
        caller = service.tokens.authenticate(secret)
        assert (caller.user_id, caller.kind) == (starter.user_id, "registered")
    entered = service.accounts.login("ANN@example.org ", SECRET)
    assert (entered.user_id, entered.credits) == (starter.user_id, 70)
    assert service.starters.starter("client-1", PUBLIC).user_id == starter.user_id
    assert works(service, found.token) and works(service, entered.token)


MATRIX = [
    # who asks, e-mail, password: what comes of it, when Ann is registered and Bob is not
    ("ann", ANN, SECRET, "let in"),
    ("ann", ANN.upper(), SECRET, "let in"),
    ("ann", ANN, "another password", Taken),
    ("ann", "new@example.org", SECRET, Taken),
    ("bob", ANN, SECRET, Taken),
    ("bob", ANN, "another password", Taken),
    ("bob", "bob@example.org", "another password", "let in"),
    ("anon_0000000000000000", "new@example.org", SECRET, NotHere),
    ("", ANN, SECRET, NotHere),
    ("\0", ANN, SECRET, NotHere),
    ("\ud800", ANN, SECRET, NotHere),
]


@pytest.mark.parametrize(("who", "email", "password", "expected"), MATRIX)
def test_who_may_register_as_whom(service, who, email, password, expected):
    known = {name: service.starters.starter(name, HERE).user_id for name in ("ann", "bob")}
    service.accounts.register(known["ann"], ANN, SECRET)
    user_id = known.get(who, who)
    if expected == "let in":
        assert service.accounts.register(user_id, email, password).user_id == user_id
    else:
        with pytest.raises(expected) as refused:
            service.accounts.register(user_id, email, password)
        assert refused.value.fields == {}  # one sentence for each: nothing says which part was wrong
    assert service.accounts.login(ANN, SECRET).user_id == known["ann"]


def test_two_who_register_one_email_at_once(service):
    users = [service.starters.starter(f"client-{number}", HERE).user_id for number in range(4)]
    together = threading.Barrier(4)

    def one(user_id: str) -> bool:
        together.wait()
        try:
            return bool(service.accounts.register(user_id, ANN, SECRET).token)
        except Taken:
            return False

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(one, users)) == 1
    assert service.accounts.login(ANN, SECRET).user_id in users


MALFORMED = [
    ("", SECRET), ("ann", SECRET), ("a b@example.org", SECRET), ("@example.org", SECRET), ("a@\0", SECRET),
    ("a@b@c", SECRET), ("x" * 65 + "@example.org", SECRET), ("\ud800@example.org", SECRET),
    (ANN, "short77"), (ANN, "x" * 201), (ANN, ""),
]  # fmt: skip


def test_what_is_no_email_or_password_is_refused(service, clock):
    user_id = service.starters.starter("client-1", HERE).user_id
    for email, password in MALFORMED:
        with pytest.raises(BadRequest):
            service.accounts.register(user_id, email, password)
        clock.forward(minutes=15)
    assert service.accounts.account(user_id).kind == "anonymous"


def test_a_password_may_hold_anything(service):
    for number, password in enumerate(["x" * 8, "x" * 200, "密码密码密码密码", "\ud800" * 8, "a\0b\0c\0d\0"]):
        user_id, email = service.starters.starter(f"client-{number}", HERE).user_id, f"{number}@example.org"
        service.accounts.register(user_id, email, password)
        assert service.accounts.login(email, password).user_id == user_id
        with pytest.raises(WrongPassword):
            service.accounts.login(email, password[:-1])


def test_a_letter_is_the_same_however_it_is_composed():
    sealed = passwords.seal("Müller99")
    assert passwords.fits("Mu\u0308ller99", sealed)
    assert not passwords.fits("Muller99", sealed)
    assert sealed != passwords.seal("Müller99")


def test_a_password_costs_what_it_should(monkeypatch):
    monkeypatch.undo()
    assert passwords.seal(SECRET).startswith("scrypt$16384$8$1$")
    assert passwords._NOBODYS.startswith("scrypt$16384$8$1$")
    assert not passwords.fits(SECRET, None)


def test_an_unknown_email_costs_as_much_as_a_wrong_password(service, monkeypatch):
    derived = []
    derive = passwords._derive

    def watched(*given):
        derived.append(given[2:])
        return derive(*given)

    monkeypatch.setattr(passwords, "_derive", watched)
    user_id = service.starters.starter("client-1", HERE).user_id
    service.accounts.register(user_id, ANN, SECRET)
    derived.clear()
    told = []
    for email in (ANN, "nobody@example.org"):
        with pytest.raises(WrongPassword) as refused:
            service.accounts.login(email, "wrong password")
        told.append((refused.value.sentence(), refused.value.fields, refused.value.http_status))
    assert told[0] == told[1]
    assert derived == [(2**4, 8, 1)] * 2


def outcomes(work, times: int) -> list[type[ServiceError] | None]:
    found: list[type[ServiceError] | None] = []
    for _ in range(times):
        try:
            work()
            found.append(None)
        except ServiceError as error:
            found.append(type(error))
    return found


def test_passwords_cannot_be_guessed(service, clock):
    user_id = service.starters.starter("client-1", HERE).user_id
    service.accounts.register(user_id, ANN, SECRET)
    guess = outcomes(lambda: service.accounts.login(ANN, "wrong password", PUBLIC), 12)
    assert guess == [WrongPassword] * 10 + [TooManyRequests] * 2
    assert outcomes(lambda: service.accounts.login(ANN, SECRET, PUBLIC), 1) == [TooManyRequests]
    assert outcomes(lambda: service.accounts.login(ANN, SECRET, "198.51.100.1"), 1) == [None]  # from elsewhere
    clock.forward(minutes=15)
    assert outcomes(lambda: service.accounts.login(ANN, SECRET, PUBLIC), 20) == [None] * 20
    # nor by way of registering again
    again = outcomes(lambda: service.accounts.register(user_id, ANN, "wrong password", PUBLIC), 12)
    assert again == [Taken] * 10 + [TooManyRequests] * 2


def test_guesses_at_once_are_counted_before_they_are_tried(service):
    together = threading.Barrier(16)

    def one(_: int) -> list[type[ServiceError] | None]:
        together.wait()
        return outcomes(lambda: service.accounts.login(ANN, "wrong password", PUBLIC), 1)

    with ThreadPoolExecutor(16) as threads:
        found = [kind for kinds in threads.map(one, range(16)) for kind in kinds]
    assert sorted(kind.__name__ for kind in found if kind) == ["TooManyRequests"] * 6 + ["WrongPassword"] * 10


def test_what_is_watched_for_guesses_does_not_grow_without_end(clock):
    guesses = passwords.Guesses(clock)
    for number in range(10_050):
        guesses.begin(number)
    assert len(guesses._failed) == 10_000


def test_no_password_is_kept(database, service):
    user_id = service.starters.starter("client-1", HERE).user_id
    service.accounts.register(user_id, ANN, SECRET)
    with database.read() as transaction:
        assert SECRET not in (transaction.get(User, user_id).password or SECRET)


# For the operator


def test_the_operator_sees_accounts_newest_first(service, clock):
    users = []
    for number in range(3):
        users.append(service.starters.starter(f"client-{number}", HERE).user_id)
        clock.forward(seconds=1)
    assert [one.id for one in service.accounts.accounts()] == users[::-1]
    assert [one.id for one in service.accounts.accounts(count=1)] == users[-1:]
    owner = service.accounts.owner(users[0])
    service.tokens.create_token(owner, "by hand", ["*"], None)
    with pytest.raises(NotHere):
        service.accounts.owner("anon_0000000000000000")
