"""What a client is told so that it can undo a turn exactly, and so that it asks for nothing that is refused anyway."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.errors.service import UnsupportedFile
from slimreel.services.limits import ACCEPTS
from slimreel.settings.service import ServiceSettings
from tests.server.client import Client, ok, refused, signed_in
from tests.server.conftest import Clip
from tests.server.serving import Api, in_process


@pytest.fixture
def user(api: Api, clip: Clip) -> Client:
    found = signed_in(api.http)
    found.upload(clip("beach.mp4", 6))
    return found


def _turns(user: Client) -> list[dict[str, Any]]:
    return list(ok(user.get(f"/api/slimreel/sessions/{user.session_id}/turns"))["turns"])


def _undo(user: Client, **body: Any) -> Any:
    return user.post(f"/api/slimreel/sessions/{user.session_id}/undo", body)


def test_a_turn_tells_the_revision_that_it_led_to(user: Client) -> None:
    user.say("cut the first second")
    first = user.state()["draft"]
    user.say("how many credits do I have?")
    ok(
        user.post(
            f"/api/slimreel/sessions/{user.session_id}/operations",
            {"ops": [{"op": "trim", "params": {"end_s": 3}}]},
        )
    )
    user.say("add a title 'Sea'")
    last = user.state()["draft"]
    turns = _turns(user)
    assert [turn["revision"] for turn in turns] == [first["revision"], None, last["revision"]]
    assert last["revision"] == first["revision"] + 2
    assert turns[0]["drafts"] == [{"draft_id": first["id"], "revision": first["revision"]}]
    assert turns[1]["drafts"] == []


def test_a_turn_that_changed_several_drafts_tells_them_all(api: Api, clip: Clip) -> None:
    user = signed_in(api.http)
    user.upload(clip("beach.mp4", 2), clip("city.mp4", 3))
    user.say("compress both to 2 MB")
    drafts = [{"draft_id": draft["id"], "revision": draft["revision"]} for draft in user.state()["drafts"]]
    assert _turns(user)[0]["drafts"] == drafts


def test_a_turn_is_taken_back_by_its_revision_with_all_that_came_after_it(user: Client) -> None:
    user.say("cut the first second")
    before = user.state()["draft"]
    user.say("add a title 'Sea'")
    user.say("make it black and white")
    second, third = (turn["revision"] for turn in _turns(user)[1:])
    ok(_undo(user, draft_id=before["id"], revision=second))
    after = user.state()["draft"]
    assert (after["t"], after["l"]["y"]) == (before["t"], before["l"]["y"])
    for gone in (second, third, after["revision"]):
        refused(_undo(user, draft_id=before["id"], revision=gone), 409, 409)
    refused(_undo(user, draft_id=before["id"], revision=999), 404, 404)
    for nonsense in (0, 2**31, 2**63, -1, 1.5, "1", True):
        refused(_undo(user, draft_id=before["id"], revision=nonsense), 400, 400)
    assert user.state()["draft"]["t"] == before["t"]


def test_the_limits_are_told_to_everybody_as_the_settings_have_them(tmp_path: Any) -> None:
    settings = ServiceSettings(data=tmp_path, upload_bytes=7_000_000, price_edit=3, fetch=False)
    with in_process(settings) as small:
        found = ok(small.http.get("/api/slimreel/limits"))["data"]
    assert (found["max_upload_bytes"], found["prices"]["edit"]) == (7_000_000, 3)
    assert found["max_addresses_per_upload"] == 0


def test_what_is_said_to_be_accepted_is_what_a_refusal_names() -> None:
    sentence = UnsupportedFile(filename="a.txt", detail="no").sentence()
    for kind in ("video", "image", "audio", "subtitles"):
        assert all(ending in sentence for ending in ACCEPTS[kind] if ending != "jpeg")


def test_two_answers_in_one_turn_stand_apart(user: Client) -> None:
    text = user.say("what's on the timeline, and how many credits do I have left?").text
    lines = text.splitlines()
    assert len(lines) == 2, text
    assert "0-6s" in lines[0] and "credits" in lines[1]
    assert "\n" not in user.say("cut the first second, and how many credits do I have left?").text
