"""Tokens: the secret is kept nowhere, they end when they should, and none gives more than it has."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from slimreel.errors.service import BadRequest, BadToken, MissingScope, NotHere, UnknownSession
from slimreel.services import ids
from slimreel.services.claims import Claims
from slimreel.services.credits import Ledger
from slimreel.services.db.models import Session
from slimreel.services.starters import Starters
from slimreel.services.tokens import SCOPES, Caller, Tokens, require


@pytest.fixture
def tokens(database, clock) -> Tokens:
    return Tokens(database, clock)


@pytest.fixture
def starters(database, clock, settings, tokens) -> Starters:
    return Starters(database, clock, settings, Ledger(database, clock), tokens)


@pytest.fixture
def claims(database, clock, tokens) -> Claims:
    return Claims(database, clock, tokens)


@pytest.fixture
def ann(starters, tokens) -> Caller:
    found: Caller = tokens.authenticate(starters.starter("ann", "127.0.0.1").token)
    return found


@pytest.fixture
def bob(starters, tokens) -> Caller:
    found: Caller = tokens.authenticate(starters.starter("bob", "127.0.0.1").token)
    return found


def new_session(database, clock, user_id: str) -> Session:
    row = Session(
        id=ids.session_id(), task_id=ids.new("task"), user_id=user_id, name="project", language="en", draft_id=None,
        fresh=[], created_at=clock(), used_at=clock(),
    )  # fmt: skip
    with database.write() as transaction:
        transaction.add(row)
    return row


def is_refused(tokens: Tokens, secret: str) -> bool:
    try:
        tokens.authenticate(secret)
    except BadToken:
        return True
    return False


NO_TOKENS = [
    "", "x", "nmv_usr_", ids.token(), ids.claim_token(), ids.token() + "x", "nmv_usr_" + "é" * 43, "\ud800" * 51,
]  # fmt: skip


def test_what_is_no_token_is_refused(tokens):
    assert [secret for secret in NO_TOKENS if not is_refused(tokens, secret)] == []


def test_a_token_says_whose_it_is(tokens, ann, bob):
    info, secret = tokens.create_token(ann, "For the phone", ["read"], 30)
    assert tokens.authenticate(secret) == Caller(ann.user_id, "anonymous", info.id, frozenset({"read"}))
    assert ann.user_id != bob.user_id
    assert secret.startswith(info.prefix) and len(info.prefix) < 16


def test_a_token_ends_with_its_time(tokens, ann, clock):
    _, secret = tokens.create_token(ann, "short", ["read"], 1)
    clock.forward(hours=23, minutes=59, seconds=58)
    assert not is_refused(tokens, secret)
    clock.forward(seconds=2)  # what was remembered does not outlive the token
    assert is_refused(tokens, secret)
    clock.forward(days=-30)
    assert is_refused(Tokens(tokens._database, clock), secret) is False  # it is a matter of the clock alone


def test_a_token_without_days_stays(tokens, ann, clock):
    _, secret = tokens.create_token(ann, "long", ["read"], None)
    clock.forward(days=5000)
    assert not is_refused(tokens, secret)


def test_a_revoked_token_is_refused_at_once_here_and_soon_elsewhere(database, tokens, ann, clock):
    info, secret = tokens.create_token(ann, "lost", ["read"], None)
    elsewhere = Tokens(database, clock)
    assert not is_refused(tokens, secret) and not is_refused(elsewhere, secret)
    tokens.revoke(ann, info.id)
    assert is_refused(tokens, secret)
    clock.forward(seconds=5)
    assert is_refused(elsewhere, secret)
    tokens.revoke(ann, info.id)  # once more is no error
    assert [one.name for one in tokens.tokens(ann)] == ["Starter"]


def test_a_clock_set_back_does_not_keep_what_was_remembered(database, tokens, ann, clock):
    info, secret = tokens.create_token(ann, "lost", ["read"], None)
    elsewhere = Tokens(database, clock)
    assert not is_refused(elsewhere, secret)
    tokens.revoke(ann, info.id)
    clock.forward(days=-1)
    assert is_refused(elsewhere, secret)


def test_what_was_read_before_a_revocation_is_not_remembered_after_it(database, tokens, ann, clock, monkeypatch):
    info, secret = tokens.create_token(ann, "lost", ["read"], None)
    read, revoked = threading.Event(), threading.Event()
    put = tokens._remembered.put

    def put_late(*arguments):
        read.set()
        assert revoked.wait(30)
        put(*arguments)

    monkeypatch.setattr(tokens._remembered, "put", put_late)
    slow = threading.Thread(target=tokens.authenticate, args=(secret,))
    slow.start()
    assert read.wait(30)
    tokens.revoke(ann, info.id)
    revoked.set()
    slow.join()
    assert is_refused(tokens, secret)


def test_the_secrets_are_not_in_the_database(tmp_path, clock, settings, database):
    if not database.is_sqlite:
        pytest.skip("looks into the file")
    tokens = Tokens(database, clock)
    starter = Starters(database, clock, settings, Ledger(database, clock), tokens).starter("a-client", "127.0.0.1")
    caller = tokens.authenticate(starter.token)
    info, manual = tokens.create_token(caller, "A name to be found", ["*"], 1)
    claims, session = Claims(database, clock, tokens), new_session(database, clock, caller.user_id)
    claim = claims.claim(caller, session.id, session.task_id)
    browser = claims.open_claim(claim.secret)
    files = [path for path in tmp_path.iterdir() if path.name.startswith("slimreel.sqlite")]
    assert {path.suffix for path in files} >= {".sqlite", ".sqlite-wal"}
    content = b"".join(path.read_bytes() for path in files)
    assert b"A name to be found" in content and ids.hashed(manual).encode() in content
    for secret in (starter.token, manual, claim.secret, browser.token):
        assert secret.encode() not in content
        assert secret.removeprefix("nmv_usr_").removeprefix("clm_")[5:].encode() not in content
    for shown in (starter, claim, browser, info):
        assert not any(secret in repr(shown) for secret in (starter.token, manual, claim.secret, browser.token))
    database.close()
    connection = sqlite3.connect(tmp_path / "slimreel.sqlite")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert manual.encode() not in Path(tmp_path / "slimreel.sqlite").read_bytes()


def test_a_scope_is_needed(tokens, ann):
    _, secret = tokens.create_token(ann, "reader", ["read"], None)
    reader = tokens.authenticate(secret)
    require(reader, "read")
    for scope in set(SCOPES) - {"read"}:
        with pytest.raises(MissingScope) as refused:
            require(reader, scope)
        assert refused.value.fields == {"scope": scope}
    _, secret = tokens.create_token(ann, "all", ["*"], None)
    for scope in SCOPES:
        require(tokens.authenticate(secret), scope)


@pytest.mark.parametrize("wanted", [["upload"], ["read", "render"], ["*"]])
def test_no_token_gives_a_scope_that_it_lacks(tokens, ann, wanted):
    _, secret = tokens.create_token(ann, "some", ["read", "write"], None)
    with pytest.raises(MissingScope):
        tokens.create_token(tokens.authenticate(secret), "more", wanted, None)


def test_who_may_only_read_makes_and_ends_no_token(tokens, ann):
    info, secret = tokens.create_token(ann, "reader", ["read"], None)
    reader = tokens.authenticate(secret)
    with pytest.raises(MissingScope):
        tokens.create_token(reader, "another", ["read"], None)
    with pytest.raises(MissingScope):
        tokens.revoke(reader, info.id)


MALFORMED: list[tuple[str, list[str], int]] = [
    ("", ["read"], 1), ("x" * 121, ["read"], 1), ("a\nb", ["read"], 1), ("\ud800", ["read"], 1), ("x", [], 1),
    ("x", ["admin"], 1), ("x", ["read", ""], 1), ("x", ["read"], 0), ("x", ["read"], 10**9),
]  # fmt: skip


def test_a_malformed_wish_for_a_token_is_refused(tokens, ann):
    for name, scopes, days in MALFORMED:
        with pytest.raises(BadRequest):
            tokens.create_token(ann, name, scopes, days)


def test_the_tokens_of_one_account_do_not_grow_without_end(tokens, ann):
    for number in range(99):  # and the starter
        tokens.create_token(ann, f"number {number}", ["read"], None)
    with pytest.raises(BadRequest, match="revoke"):
        tokens.create_token(ann, "too many", ["read"], None)
    tokens.revoke(ann, tokens.tokens(ann)[0].id)
    tokens.create_token(ann, "one more", ["read"], None)


def test_the_token_of_somebody_else_is_as_unknown_as_none(tokens, ann, bob):
    info, secret = tokens.create_token(ann, "mine", ["read"], None)
    answers = []
    for token_id in (info.id, ids.new("tok"), "", "\0", "\ud800"):
        with pytest.raises(NotHere) as refused:
            tokens.revoke(bob, token_id)
        answers.append((refused.value.sentence(), refused.value.fields))
    assert answers == [answers[0]] * 5
    assert not is_refused(tokens, secret)
    assert info.id not in [one.id for one in tokens.tokens(bob)]


def test_a_claim_opens_its_session_and_no_more(database, clock, tokens, claims, ann):
    session = new_session(database, clock, ann.user_id)
    claim = claims.claim(ann, session.id, session.task_id)
    assert claim.expires_in_s == 604800
    assert is_refused(tokens, claim.secret)  # it has no rights itself
    opened = claims.open_claim(claim.secret)
    browser = tokens.authenticate(opened.token)
    assert (opened.session_id, browser.session_id, browser.user_id) == (session.id, session.id, ann.user_id)
    assert browser.scopes == frozenset(SCOPES)
    assert browser.may_open(session.id) and not browser.may_open(ids.session_id())
    other = new_session(database, clock, ann.user_id)
    with pytest.raises(UnknownSession):
        claims.claim(browser, other.id)
    for forbidden in (
        lambda: tokens.create_token(browser, "more", ["read"], None),
        lambda: tokens.tokens(browser),
        lambda: tokens.revoke(browser, ann.token_id),
    ):
        with pytest.raises(MissingScope):
            forbidden()


def test_a_claim_and_its_token_end_after_a_week(database, clock, tokens, claims, ann):
    session = new_session(database, clock, ann.user_id)
    claim = claims.claim(ann, session.id)
    clock.forward(days=7, seconds=-1)
    opened = claims.open_claim(claim.secret)
    clock.forward(seconds=1)
    with pytest.raises(NotHere):
        claims.open_claim(claim.secret)
    assert not is_refused(tokens, opened.token)
    clock.forward(days=7)
    assert is_refused(tokens, opened.token)


def test_an_unknown_claim_opens_nothing(claims):
    for secret in ("", "clm_", ids.claim_token(), ids.token(), "\ud800"):
        with pytest.raises(NotHere):
            claims.open_claim(secret)


def test_nobody_claims_the_session_of_another(database, clock, claims, ann, bob):
    session, own = (new_session(database, clock, caller.user_id) for caller in (ann, bob))
    answers = []
    for session_id, task_id in (
        (session.id, session.task_id), (ids.session_id(), ids.new("task")), (own.id, session.task_id), ("\0", "\ud800"),
    ):  # fmt: skip
        with pytest.raises(UnknownSession) as refused:
            claims.claim(bob, session_id, task_id)
        answers.append(refused.value.sentence())
    assert answers == [answers[0]] * 4


def test_who_may_not_render_gives_no_link_that_may(database, clock, tokens, claims, ann):
    session = new_session(database, clock, ann.user_id)
    _, secret = tokens.create_token(ann, "editor", ["read", "write", "upload"], None)
    with pytest.raises(MissingScope):
        claims.claim(tokens.authenticate(secret), session.id, session.task_id)


def test_a_link_that_is_opened_again_and_again_leaves_twenty_tokens(database, clock, tokens, claims, ann):
    session = new_session(database, clock, ann.user_id)
    claim = claims.claim(ann, session.id)
    opened = []
    for _ in range(25):
        clock.forward(seconds=1)
        opened.append(claims.open_claim(claim.secret).token)
    assert [is_refused(tokens, secret) for secret in opened] == [True] * 5 + [False] * 20
