"""The error table of the protocol: for each row what the client does, and what a person reads when that is no help."""

from __future__ import annotations

import re

import pytest

from slimreel.client import conversation
from slimreel.client.calls import call
from slimreel.client.environment import Keepsakes
from slimreel.client.refusals import REFUSALS
from slimreel.client.steps import Request, Response
from slimreel.client.talking import credits_left, state
from slimreel.errors import client as errors
from slimreel.errors.client import NotTheProtocol, Unreachable
from tests.client.scripted import SESSION, TOKEN, draft, lost, ok, play, refused, talk
from tests.client.scripted import state as state_answer

SIGN_IN = "POST /api/auth/anonymous-token"
BEGIN = "POST /api/tasks/me/with-session/nemo_agent"
BALANCE = "GET /api/credits/balance/simple"
LATEST = "GET /api/state/nemo_agent/me/{}/latest"
NEW_TOKEN, OTHER_SESSION = "nmv_usr_" + "y" * 43, "9999999999999999999"


def test_1001_a_new_token_once_and_the_call_again():
    user = talk()
    played = play(
        credits_left(user), refused(1001, 401), ok(token=NEW_TOKEN, user_id="anon_1"), ok(available=7, frozen=1)
    )
    assert played.calls == [BALANCE, SIGN_IN, BALANCE]
    assert (played.value.available, played.value.frozen, played.value.total) == (7, 1, 8)
    assert (user.token, user.session_id) == (NEW_TOKEN, SESSION)
    assert re.fullmatch(r"[0-9a-f-]{36}", played.requests[1].headers["X-Client-Id"])


def test_1001_again_is_told():
    played = play(credits_left(talk()), refused(1001, 401), ok(token=NEW_TOKEN, user_id="anon_1"), refused(1001, 401))
    assert type(played.error) is errors.TokenRejected
    assert played.error.exit_code == 7


def test_1001_of_another_account_begins_a_new_project():
    played = play(
        state(talk()),
        refused(1001, 401),
        ok(token=NEW_TOKEN, user_id="anon_2"),
        ok(session_id=OTHER_SESSION, bind_id="anon_2"),
        state_answer(),
    )
    assert played.calls == [LATEST.format(SESSION), SIGN_IN, BEGIN, LATEST.format(OTHER_SESSION)]
    assert "notice" in played.kinds


def test_1001_with_a_token_of_the_environment_takes_the_kept_one_first(tmp_path):
    keepsakes = Keepsakes(tmp_path / "client.json")
    keepsakes.keep_token("http://far.test", NEW_TOKEN)
    user = talk(keepsakes=keepsakes)
    played = play(
        credits_left(user),
        refused(1001, 401),
        refused(1001, 401),
        ok(token="nmv_usr_z", user_id="anon_1"),
        ok(available=1),
    )
    assert played.calls == [BALANCE, BALANCE, SIGN_IN, BALANCE]
    assert keepsakes.token("http://far.test") == user.token == "nmv_usr_z"


def test_1002_a_new_session_once_and_the_call_again():
    user = talk(draft=draft())
    played = play(state(user), refused(1002, 404), ok(session_id=int(OTHER_SESSION), user_id="anon_1"), state_answer())
    assert played.calls == [LATEST.format(SESSION), BEGIN, LATEST.format(OTHER_SESSION)]
    assert [one.text for one in played.told] == [
        "The project is no longer known there, so a new one was begun. Files have to be uploaded again."
    ]
    again = play(state(talk()), refused(1002, 404), ok(session_id=OTHER_SESSION), refused(1002, 404))
    assert type(again.error) is errors.SessionGone


@pytest.mark.parametrize(("headers", "wait_s"), [({}, 30), ({"Retry_After": "7"}, 7), ({"Retry_After": "soon"}, 30)])
@pytest.mark.parametrize(("code", "status"), [(429, 429), (503, 503)])
def test_429_and_503_wait_and_ask_once_more(code, status, headers, wait_s):
    played = play(credits_left(talk()), refused(code, status, **headers), ok(available=1))
    assert (played.waits, played.calls) == ([wait_s], [BALANCE, BALANCE])
    again = play(credits_left(talk()), *[refused(code, status, **headers)] * 2)
    assert type(again.error) is REFUSALS[code]
    assert again.error.retryable


def test_429_for_a_token_waits_and_asks_once_more():
    played = play(credits_left(talk(token="")), refused(429, 429), ok(token=NEW_TOKEN), ok(available=1))
    assert (played.waits, played.calls) == ([30], [SIGN_IN, SIGN_IN, BALANCE])
    again = play(credits_left(talk(token="")), *[refused(429, 429)] * 2)
    assert type(again.error) is errors.RateLimited


def test_400_for_the_client_id_makes_a_new_one_once():
    user = talk(token="", client_id="old")
    played = play(credits_left(user), refused(400, 400), ok(token=NEW_TOKEN), ok(available=1))
    assert played.requests[0].headers["X-Client-Id"] == "old" != played.requests[1].headers["X-Client-Id"]
    again = play(credits_left(talk(token="")), *[refused(400, 400)] * 2)
    assert type(again.error) is errors.CallMalformed


# code, status → the error, its exit code, and what its sentence has to say
TOLD = [
    (2001, 403, errors.CreditsUsedUp, 7, "http://far.test/register?bind=anon_1"),
    (4001, 415, errors.FileRejected, 3, "mp4, mov, avi"),
    (4002, 413, errors.FileOverLimit, 2, "Compress the file first"),
    (400, 400, errors.CallMalformed, 2, "Too odd."),
    (402, 402, errors.PlanBlocks, 7, "Register or upgrade your plan to unlock export."),
    (403, 403, errors.ScopeMissing, 7, "Too odd."),
    (404, 404, errors.NothingThere, 1, "Too odd."),
    (409, 409, errors.IdInUse, 1, "Too odd."),
    (5000, 500, errors.ServerFault, 1, "Too odd."),
    (777, 418, errors.Refused, 1, "Too odd."),
]


@pytest.mark.parametrize(("code", "status", "kind", "exit_code", "says"), TOLD)
def test_the_other_codes_are_told_with_what_to_do(code, status, kind, exit_code, says):
    played = play(credits_left(talk()), refused(code, status, "Too odd."))
    assert isinstance(played.error, kind)
    assert type(played.error) is kind
    assert (played.error.exit_code, played.error.fields["wire_code"]) == (exit_code, code)
    assert says in played.error.sentence()


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_errors_with_the_status_of_a_success_are_errors_too(code):
    """The hosted original answers some of them with 200."""
    answers = [refused(code, 200)] * 2 if code in (429, 503) else [refused(code, 200)]
    if code == 1001:
        answers = [refused(1001, 200), ok(token=NEW_TOKEN, user_id="anon_1"), refused(1001, 200)]
    played = play(credits_left(talk()), *answers)
    assert type(played.error) is REFUSALS[code]


def test_every_row_of_the_table_is_here():
    assert {row[0] for row in TOLD} | {1001, 1002, 429, 503} == {*REFUSALS, 777}


def test_registered_users_are_told_to_top_up():
    played = play(credits_left(talk(is_anonymous=False)), refused(2001, 403))
    assert played.error is not None and "Top up credits" in played.error.sentence()
    chinese = play(credits_left(talk(language="zh")), refused(2001, 403))
    assert chinese.error is not None and "注册" in chinese.error.sentence()


@pytest.mark.parametrize("status", [401, 413, 415, 502])
def test_a_proxy_in_front_has_no_codes(status):
    answers: list[Response] = [Response(status, {}, b"<html>no</html>")]
    if status == 401:
        answers += [ok(token=NEW_TOKEN, user_id="anon_1"), answers[0]]
    if status == 502:
        answers += [answers[0]]
    played = play(credits_left(talk()), *answers)
    assert isinstance(played.error, errors.Refused)
    assert type(played.error) is not errors.Refused


def test_a_service_that_starts_again_is_waited_for():
    played = play(credits_left(talk()), lost(), lost(sent=False), ok(available=1))
    assert played.waits == [1, 2]
    for_good = play(credits_left(talk()), *[lost()] * 6)
    assert type(for_good.error) is Unreachable


def test_one_that_never_answered_is_told_at_once():
    assert type(play(credits_left(talk(was_reached=False)), lost(sent=False)).error) is Unreachable
    assert type(play(credits_left(talk(was_reached=False, token="")), lost(sent=False)).error) is Unreachable


def test_what_must_not_come_twice_is_not_sent_twice():
    flow = call(talk(), conversation.latest, again=False)
    assert type(play(flow, lost()).error) is Unreachable
    flow = call(talk(), conversation.latest, again=False)
    assert play(flow, lost(sent=False), ok()).error is None


@pytest.mark.parametrize("body", [b"", b"hello", b"[]", b"null"])
def test_another_kind_of_server_is_told_apart(body):
    played = play(credits_left(talk()), Response(200, {}, body))
    assert type(played.error) is NotTheProtocol


def test_a_token_goes_nowhere_but_to_its_server():
    user = talk()
    for path in ("https://far.test/x", "http://far.test:81/x", "http://other.test/x", "//other.test/x"):
        headers = user.headers(Request(method="GET", path=path))
        assert headers == {}, path
    for path in ("/x", "http://far.test/x"):
        headers = user.headers(Request(method="GET", path=path))
        assert headers["Authorization"] == f"Bearer {TOKEN}"
        assert {"X-Skill-Source", "X-Skill-Version", "X-Skill-Platform"} <= set(headers)
