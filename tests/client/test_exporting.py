"""Finished files: begun, watched, tried once more, fetched however the connection breaks, and checked byte by byte."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.client.exporting import export, finish
from slimreel.client.steps import Opened, Piece, Read, Request, Response, Tell, Wait
from slimreel.errors.client import (
    DownloadIncomplete,
    NothingThere,
    NothingToExport,
    NoWord,
    PlanBlocks,
    RenderFailed,
    SessionGone,
    Unreachable,
)
from tests.client.scripted import Stream, draft, lost, ok, play, refused, state, talk

RENDER = "/api/render/proxy/lambda"
CONTENT = bytes(range(256)) * 8
HASH = hashlib.sha256(CONTENT).hexdigest()
LINK = "http://store.test/file?s=1"


class Kept:
    """A sink that is nowhere but here."""

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, chunk: bytes) -> None:
        self.content += chunk

    def restart(self) -> None:
        self.content.clear()


def status(name: str, **more: object) -> Response:
    return ok(id="render_1", status=name, **more)


def done(**output: object) -> Response:
    return status("completed", progress=100, output={"url": LINK, "size": len(CONTENT), "hash": HASH, **output})


def bytes_from(start: int = 0, end: int | None = None, *, broken: bool = False, ranged: bool | None = None) -> Stream:
    part = CONTENT[start:end]
    whole = start == 0 if ranged is None else not ranged
    headers = {"content-length": str(len(CONTENT) - start), "etag": '"1"'}
    if not whole:
        headers["content-range"] = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
    return Stream((part,) if part else (), broken=broken, headers=headers, status=200 if whole else 206)


def test_the_usual_course():
    sink = Kept()
    played = play(
        export(talk(), sink, draft=draft()),
        status("pending", progress=0, stage=None),
        status("processing", progress=40, stage="encode"),
        done(),
        bytes_from(),
    )
    assert bytes(sink.content) == CONTENT
    assert (played.value.size_bytes, played.value.sha256) == (len(CONTENT), HASH)
    body = played.requests[0].json
    assert (body["id"], body["output"]) == ("render_1", {"format": "mp4", "quality": "high"})
    assert played.waits == [0.5, 0.5]
    assert [one.fraction for one in played.told if one.kind == "export"] == [0.0, 0.0, 0.4, 1.0]


def test_the_draft_is_read_where_none_is_given():
    sink = Kept()
    played = play(export(talk(), sink), state(draft()), done(), bytes_from())
    assert played.requests[1].json["draft"] == draft()
    assert type(play(export(talk(), Kept()), state({})).error) is NothingToExport


def test_a_server_that_tells_no_progress_is_asked_every_thirty_seconds():
    waiting = [status("pending"), *[status("processing", progress=0)] * 3]
    played = play(export(talk(), Kept(), draft=draft()), *waiting, done(), bytes_from())
    assert played.waits == [30, 30, 30, 30]
    never = play(export(talk(), Kept(), draft=draft()), *[status("pending")] * 41)
    assert type(never.error) is NoWord


def test_a_failed_render_is_begun_once_more_under_a_new_id():
    failed = status("failed", error={"code": "engine", "sentence": "FFmpeg stopped."})
    played = play(export(talk(), Kept(), draft=draft()), failed, done(), bytes_from())
    assert [one.json["id"] for one in played.requests if one.method == "POST"] == ["render_1", "render_2"]
    assert played.value.render_id == "render_2"
    twice = play(export(talk(), Kept(), draft=draft()), failed, failed)
    assert type(twice.error) is RenderFailed
    assert "FFmpeg stopped." in twice.error.sentence()


@pytest.mark.parametrize("error", ["it broke", None, {"message": "it broke"}])
def test_errors_of_other_forms_are_told(error):
    twice = play(export(talk(), Kept(), draft=draft()), *[status("failed", error=error)] * 2)
    assert type(twice.error) is RenderFailed


def test_what_can_never_be_is_not_tried_again():
    impossible = status(
        "failed", error={"code": "target_impossible", "sentence": "Too small.", "fields": {"target": "1 kB"}}
    )
    played = play(export(talk(), Kept(), draft=draft()), impossible)
    assert type(played.error) is RenderFailed
    assert played.error.fields["reason_fields"] == {"target": "1 kB"}


def test_a_render_that_the_server_forgot_is_begun_again():
    played = play(
        export(talk(), Kept(), draft=draft()), status("pending", stage=None), refused(1002, 404), done(), bytes_from()
    )
    assert played.value.render_id == "render_2"
    twice = play(export(talk(), Kept(), draft=draft()), *[status("pending", progress=1), refused(1002, 404)] * 2)
    assert type(twice.error) is SessionGone


def test_a_plan_without_export_is_told():
    assert type(play(export(talk(), Kept(), draft=draft()), refused(402, 402)).error) is PlanBlocks


def test_a_server_that_starts_again_meanwhile_is_waited_for():
    played = play(
        export(talk(), Kept(), draft=draft()),
        status("processing", progress=40, stage="encode"),
        lost(),
        lost(sent=False),
        lost(sent=False),
        status("processing", progress=10, stage="encode"),
        done(),
        bytes_from(),
    )
    assert played.value.size_bytes == len(CONTENT)


def test_a_render_that_was_begun_elsewhere():
    played = play(finish(talk(), "chat_7", Kept()), status("processing", progress=9), done(), bytes_from())
    assert played.calls[0] == f"GET {RENDER}/chat_7"


def test_a_broken_download_goes_on_with_a_range():
    sink = Kept()
    parts = bytes_from(0, 500, broken=True), lost(), bytes_from(500, 700, broken=True), bytes_from(700)
    played = play(export(talk(), sink, draft=draft()), done(), *parts)
    assert bytes(sink.content) == CONTENT
    headers = [one.headers for one in played.requests if isinstance(one, Opened)]
    assert [one.get("Range") for one in headers] == [None, "bytes=500-", "bytes=500-", "bytes=700-"]
    assert headers[1]["If-Range"] == '"1"'


def test_an_end_that_looks_orderly_is_checked_against_the_size():
    sink = Kept()
    played = play(export(talk(), sink, draft=draft()), done(), bytes_from(0, 500), bytes_from(500))
    assert played.error is None
    assert bytes(sink.content) == CONTENT


def test_a_server_without_ranges_sends_it_all_again():
    sink = Kept()
    parts = bytes_from(0, 500, broken=True), bytes_from(0, ranged=False)
    assert play(export(talk(), sink, draft=draft()), done(), *parts).error is None
    assert bytes(sink.content) == CONTENT


def test_a_file_of_another_content_is_refused():
    other = Stream((bytes(len(CONTENT)),), headers={"content-length": str(len(CONTENT))})
    sink = Kept()
    played = play(export(talk(), sink, draft=draft()), done(), other, other)
    assert type(played.error) is DownloadIncomplete
    assert [one.path for one in played.requests[1:]] == [LINK, "/api/render/proxy/render_1/download"]
    longer = Stream((CONTENT + b"x",), headers={})
    assert type(play(export(talk(), sink, draft=draft()), done(), longer, longer).error) is DownloadIncomplete


def test_an_expired_link_is_left_for_the_download_with_a_token():
    sink = Kept()
    played = play(export(talk(), sink, draft=draft()), done(), refused(404, 404), bytes_from())
    assert bytes(sink.content) == CONTENT
    assert played.calls[-1] == "GET /api/render/proxy/render_1/download"
    neither = play(export(talk(), Kept(), draft=draft()), done(), refused(404, 404), refused(404, 404))
    assert type(neither.error) is NothingThere


def test_a_server_that_names_neither_size_nor_hash():
    sink = Kept()
    bare = status("completed", outputUrl=LINK)
    played = play(export(talk(), sink, draft=draft()), bare, bytes_from(0, 900, broken=True), bytes_from(900))
    assert bytes(sink.content) == CONTENT
    assert played.value.sha256 == HASH


def test_a_store_that_is_gone_for_good():
    played = play(export(talk(), Kept(), draft=draft()), done(), *[lost()] * 12)
    assert type(played.error) is Unreachable


@given(st.lists(st.integers(0, 600), max_size=30), st.lists(st.booleans(), max_size=30))
def test_however_it_breaks_the_file_is_whole_or_refused(breaks, ranges):
    """A store that sends some bytes and breaks off, with or without taking ranges."""
    sink, left, able = Kept(), list(breaks), list(ranges)
    flow = finish(talk(), "render_1", sink)
    answer: object = None
    pieces: list[bytes] = []
    cut = False
    try:
        while True:
            step = flow.send(answer)
            match step:
                case Opened():
                    start = int(step.headers.get("Range", "bytes=0-")[6:-1]) if not able or able.pop() else 0
                    cut = bool(left)
                    end = start + left.pop() if cut else None
                    pieces = [piece for piece in (CONTENT[start:end][:100], CONTENT[start:end][100:]) if piece]
                    found = bytes_from(start)
                    answer = Response(found.status, found.headers)
                case Read():
                    answer = Piece(pieces.pop(0) if pieces else b"", 0.0, broken=cut)
                case Request():
                    answer = done()
                case Wait() | Tell():
                    answer = None
    except StopIteration:
        assert bytes(sink.content) == CONTENT
    except DownloadIncomplete:
        assert len(breaks) > 5
