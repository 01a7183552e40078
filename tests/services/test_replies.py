"""Calls with an Idempotency-Key: done once, answered alike, refused for another call, free again after a refusal."""

from __future__ import annotations

import threading

import pytest

from slimreel.errors import EditRefused
from slimreel.errors.service import Conflicting, TooManyRequests
from slimreel.services.db.models import User
from slimreel.services.replies import Replies, Reply


@pytest.fixture
def replies(database, clock):
    with database.write() as transaction:
        for name in ("anon_1", "anon_2"):
            transaction.add(User(id=name, kind="anonymous", email=None, password=None, created_at=clock()))
    return Replies(database, clock)


class Work:
    """Counts how often it is done."""

    def __init__(self, body: str = '{"a": 1}') -> None:
        self.body, self.times = body, 0

    def __call__(self) -> str:
        self.times += 1
        return self.body


def test_the_second_call_gets_the_first_answer_and_does_nothing(replies):
    work = Work()
    first = replies.once("anon_1", "ops", "k", {"x": 1}, work)
    second = replies.once("anon_1", "ops", "k", {"x": 1}, work)
    assert (first, second, work.times) == (Reply(200, work.body, False), Reply(200, work.body, True), 1)


def test_a_key_is_for_one_call_of_one_account(replies):
    replies.once("anon_1", "ops", "k", {"x": 1}, Work())
    with pytest.raises(Conflicting):
        replies.once("anon_1", "ops", "k", {"x": 2}, Work())
    for user, route in (("anon_2", "ops"), ("anon_1", "other")):
        assert not replies.once(user, route, "k", {"x": 2}, Work()).replayed


def test_a_refused_call_may_be_sent_again(replies):
    def refuse() -> str:
        raise EditRefused(detail="no")

    with pytest.raises(EditRefused):
        replies.once("anon_1", "ops", "k", {"x": 1}, refuse)
    assert not replies.once("anon_1", "ops", "k", {"x": 1}, Work()).replayed


def test_while_the_first_call_runs_the_second_is_told_to_wait(replies):
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        go_on.wait(10)
        return "{}"

    thread = threading.Thread(target=lambda: replies.once("anon_1", "ops", "k", {"x": 1}, slow))
    thread.start()
    begun.wait(10)
    with pytest.raises(TooManyRequests) as caught:
        replies.once("anon_1", "ops", "k", {"x": 1}, Work())
    go_on.set()
    thread.join()
    assert caught.value.fields["retry_after_s"]
    assert replies.once("anon_1", "ops", "k", {"x": 1}, Work()).replayed


def test_a_call_whose_process_died_does_not_block_its_key_for_ever(replies, database, clock):
    assert replies._begin("anon_1", "ops", "k", "digest") is None  # as a call that never came back
    clock.forward(minutes=16)
    assert not replies.once("anon_1", "ops", "k", {"x": 1}, Work()).replayed
