"""Accounts: registering and logging in, who may do it as whom, and what the operator sees."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from slimreel.errors.service import (
    BadRequest,
    NotHere,
    ServiceError,
    Taken,
    TooManyRequests,
    WrongPassword,
)
from slimreel.services import passwords
from slimreel.services.db.models import User
from tests.services.account_services import HERE, PUBLIC, AccountServices, works

ANN, SECRET = "ann@example.org", "correct horse"


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    """Passwords at a thousandth of their cost: most tests here are about who may do what."""
    monkeypatch.setattr(passwords, "_COST", 2**4)
    monkeypatch.setattr(passwords, "_NOBODYS", passwords._NOBODYS.replace("$16384$", "$16$"))


@pytest.fixture
def service(database, clock, settings) -> AccountServices:
    return AccountServices(database, clock, settings)


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
