"""News of renders: signed so that anybody can check it, brought out until it is taken, and only where it was wanted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select
from standardwebhooks import Webhook as Verifier

from slimreel.errors.service import BadRequest, NotHere
from slimreel.services.db.models import Delivery, Webhook
from slimreel.services.jobs import Jobs
from slimreel.services.webhooks import BACKOFF_S, EVENTS, Webhooks
from tests.services.stand_ins import account, make_jobs, submit
from tests.services.test_jobs import FILE, USER_ERROR

URL = "https://hooks.example.org/renders"


@dataclass
class Receiver:
    """Answers with these statuses, then with 200; an error is raised."""

    answers: list[int | BaseException] = field(default_factory=list)
    calls: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def post(self, url, *, content, headers, timeout):
        self.calls.append((url, content, dict(headers)))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, BaseException):
            raise answer
        return httpx.Response(answer)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def webhooks(database, clock, settings, receiver) -> Webhooks:
    clock.now = datetime.now(UTC)  # signatures are of the present
    return Webhooks(database, clock, settings, receiver, lambda artifact: f"https://here/{artifact.id}")


@pytest.fixture
def jobs(database, settings, clock, webhooks) -> Jobs:
    return make_jobs(database, settings, clock, webhooks)


def completed(jobs: Jobs, user_id: str, session_id: str, name: str = "render_1"):
    job = submit(jobs, user_id, session_id, name)
    fence = jobs.take(job.id, "wrk_1")
    assert fence is not None and jobs.complete(job.id, fence, [FILE], [])
    return job


def waiting(database) -> int:
    with database.read() as transaction:
        query = select(func.count()).select_from(Delivery).where(Delivery.state == "waiting")
        return transaction.scalar(query) or 0


def test_news_is_signed_and_says_what_became(jobs, webhooks, receiver, database):
    user_id, (session_id,) = account(database)
    row = webhooks.add(user_id, URL)
    completed(jobs, user_id, session_id)
    assert webhooks.deliver_due() == 1
    url, content, headers = receiver.calls[0]
    news = Verifier(row.secret).verify(content, headers)
    assert (url, news["type"], news["data"]["id"], news["data"]["status"]) == (
        URL, "render.completed", "render_1", "completed",
    )  # fmt: skip
    assert news["data"]["files"][0]["url"].startswith("https://here/art_")
    assert row.secret not in str(receiver.calls)
    assert webhooks.deliver_due() == 0


def test_each_end_has_its_news(jobs, webhooks, receiver, database):
    user_id, (session_id,) = account(database)
    webhooks.add(user_id, URL)
    failed = submit(jobs, user_id, session_id, "a")
    jobs.fail(failed.id, jobs.take(failed.id, "w"), USER_ERROR)
    submit(jobs, user_id, session_id, "b")
    jobs.cancel(user_id, "b")
    webhooks.deliver_due()
    told = {json.loads(content)["type"]: json.loads(content)["data"] for _, content, _ in receiver.calls}
    assert set(told) == {"render.failed", "render.cancelled"}
    assert told["render.failed"]["error"] == {"code": "target_impossible", "message": "Too small."}


def test_only_what_was_wanted_and_only_ones_own(jobs, webhooks, receiver, database):
    (one, (first,)), (two, _) = account(database), account(database)
    webhooks.add(one, URL, ["render.failed"])
    webhooks.add(two, URL)
    completed(jobs, one, first)
    assert webhooks.deliver_due() == 0
    assert len(webhooks.list(two)) == 1
    with pytest.raises(NotHere):
        webhooks.remove(two, webhooks.list(one)[0].id)


@pytest.mark.parametrize("refusal", [500, 404, 302, httpx.ConnectError("no")])
def test_it_is_tried_again_later_and_later_and_given_up(jobs, webhooks, receiver, database, clock, refusal):
    user_id, (session_id,) = account(database)
    webhooks.add(user_id, URL)
    completed(jobs, user_id, session_id)
    receiver.answers = [refusal] * 20
    for backoff_s in BACKOFF_S:
        assert webhooks.deliver_due() == 1
        clock.forward(seconds=backoff_s - 1)
        assert webhooks.deliver_due() == 0
        clock.forward(seconds=1)
    assert webhooks.deliver_due() == 1
    clock.forward(days=30)
    assert webhooks.deliver_due() == 0
    assert len({headers["webhook-id"] for _, _, headers in receiver.calls}) == 1
    with database.read() as transaction:
        assert transaction.scalar(select(Delivery.state)) == "given_up"


def test_an_address_that_is_gone_is_not_called_again(jobs, webhooks, receiver, database):
    user_id, (session_id,) = account(database)
    webhooks.add(user_id, URL)
    completed(jobs, user_id, session_id)
    receiver.answers = [410]
    webhooks.deliver_due()
    assert webhooks.list(user_id) == [] and waiting(database) == 0


def test_news_of_what_did_not_happen_is_not_told(jobs, webhooks, database):
    user_id, (session_id,) = account(database)
    webhooks.add(user_id, URL)
    job = completed(jobs, user_id, session_id)
    assert not jobs.complete(job.id, 1, [FILE], [])
    assert jobs.cancel(user_id, job.name).state == "completed"
    assert waiting(database) == 1


def test_what_a_worker_took_along_into_its_death_is_delivered(jobs, webhooks, receiver, database, clock):
    user_id, (session_id,) = account(database)
    webhooks.add(user_id, URL)
    completed(jobs, user_id, session_id)
    receiver.answers = [KeyboardInterrupt()]  # it ends in the middle of the call
    with pytest.raises(KeyboardInterrupt):
        webhooks.deliver_due()
    assert webhooks.deliver_due() == 0
    clock.forward(minutes=2)
    assert webhooks.deliver_due() == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "ftp://a.example",
        "https://",
        "https://u:p@a.example",
        "x",
        "https://[",
        "https://" + 2000 * "a",
    ],
)
def test_addresses_that_are_none(webhooks, database, url):
    user_id, _ = account(database)
    with pytest.raises(BadRequest):
        webhooks.add(user_id, url)


def test_addresses_here_where_a_setting_allows_them(database, clock, settings, receiver):
    user_id, _ = account(database)
    webhooks = Webhooks(database, clock, replace(settings, webhook_private=True), receiver)
    assert webhooks.add(user_id, "http://127.0.0.1:9000/x").events == list(EVENTS)
    with pytest.raises(BadRequest):
        webhooks.add(user_id, URL, ["render.begun"])


def test_removed_it_leaves_nothing(jobs, webhooks, receiver, database):
    user_id, (session_id,) = account(database)
    row = webhooks.add(user_id, URL)
    completed(jobs, user_id, session_id)
    webhooks.remove(user_id, row.id)
    assert webhooks.deliver_due() == 0
    with database.read() as transaction:
        assert transaction.scalar(select(func.count()).select_from(Webhook)) == 0
