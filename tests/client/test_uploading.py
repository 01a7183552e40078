"""Files to the server: as one form, or in pieces that survive breaks, with every piece sent to where it belongs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slimreel.client.forms import Form
from slimreel.client.steps import Request, Response, Tell, Wait
from slimreel.client.uploading import PIECE_BYTES, fetch, upload
from slimreel.errors.client import FileOverLimit, FileRejected, SessionGone, Unreachable
from tests.client.scripted import SESSION, lost, ok, play, refused, state, talk

ITEM = {"id": "a1", "filename": "clip.mp4", "file_type": "video", "duration": 6.0, "size": 5}
PLACE = f"/api/uploads/{SESSION}"


class Bytes:
    """A source that is nowhere but here."""

    def __init__(self, content: bytes, name: str = "clip.mp4") -> None:
        self.content, self.name, self.size, self.fingerprint = content, name, len(content), name

    def read(self, start: int, length: int) -> bytes:
        return self.content[start : start + length]


CLIP = Bytes(b"video")


def tus(status: int = 204, **headers: object) -> Response:
    return Response(status, {name.replace("_", "-"): str(value) for name, value in headers.items()})


OFFERED, CREATED = tus(tus_version="1.0.0"), tus(201, location=f"{PLACE}/u1")
DONE = ok(state="done", item=ITEM)
NOT_OFFERED = refused(404, 405)


def test_a_foreign_server_gets_a_form():
    played = play(upload(talk(), CLIP), NOT_OFFERED, ok(files=[ITEM], uploaded_files=[ITEM]))
    assert played.value.filename == "clip.mp4"
    assert played.requests[1].form is CLIP
    assert [one.fraction for one in played.told] == [0.0, 1.0]


def test_a_lost_form_is_looked_for_before_it_is_sent_again():
    there = state(video_infos=[ITEM])
    played = play(upload(talk(resumable=False), CLIP), lost(), there)
    assert (played.value.id, sum(one.form is not None for one in played.requests)) == ("a1", 1)
    again = play(upload(talk(resumable=False), CLIP), lost(), state(), ok(files=[ITEM]))
    assert (again.value.id, sum(one.form is not None for one in again.requests)) == ("a1", 2)
    never = play(upload(talk(resumable=False), CLIP), lost(), state(), lost())
    assert type(never.error) is Unreachable


def test_a_bad_file_in_a_form_is_told():
    assert type(play(upload(talk(resumable=False), CLIP), refused(4001, 415)).error) is FileRejected
    assert type(play(upload(talk(resumable=False), CLIP), refused(4002, 413)).error) is FileOverLimit
    listed = ok(files=[], failed=[{"filename": "clip.mp4", "code": 4001, "message": "No video."}])
    assert type(play(upload(talk(resumable=False), CLIP), listed).error) is FileRejected


def test_pieces_go_one_behind_the_other():
    source = Bytes(bytes(PIECE_BYTES) + b"rest")
    steps = tus(upload_offset=PIECE_BYTES), tus(upload_offset=source.size, upload_asset="a1")
    played = play(upload(talk(), source), OFFERED, CREATED, *steps, DONE)
    sent = [one for one in played.requests if one.method == "PATCH"]
    assert [one.headers["Upload-Offset"] for one in sent] == ["0", str(PIECE_BYTES)]
    assert b"".join(one.content or b"" for one in sent) == source.content
    assert played.value.id == "a1"
    fractions = [one.fraction or 0.0 for one in played.told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_a_break_goes_on_where_the_server_stands():
    source = Bytes(b"0123456789")
    played = play(
        upload(talk(), source), OFFERED, CREATED, lost(), tus(200, upload_offset=4), tus(upload_offset=10), DONE
    )
    assert [one.content for one in played.requests if one.method == "PATCH"] == [b"0123456789", b"456789"]
    assert played.waits == [1]


def test_called_again_after_a_failure_it_goes_on():
    user, source = talk(resumable=True), Bytes(b"0123456789")
    gone = play(upload(user, source), CREATED, *[lost(), tus(200, upload_offset=4)] * 5, lost())
    assert type(gone.error) is Unreachable
    played = play(upload(user, source), tus(200, upload_offset=4), tus(upload_offset=10), DONE)
    assert played.calls == [f"HEAD {PLACE}/u1", f"PATCH {PLACE}/u1", f"GET {PLACE}/u1"]


def test_an_upload_that_was_dropped_begins_anew():
    user = talk(resumable=True, unfinished={"clip.mp4": f"{PLACE}/old"})
    played = play(upload(user, CLIP), tus(404), CREATED, tus(upload_offset=5), DONE)
    assert played.value.id == "a1"
    while_sent = play(
        upload(talk(resumable=True), CLIP), CREATED, tus(423), tus(404), CREATED, tus(upload_offset=5), DONE
    )
    assert while_sent.value.id == "a1"


def test_a_file_that_turns_out_to_be_no_video():
    refusal = refused(4001, 415, "clip.mp4 cannot be used: it is plain text.")
    played = play(upload(talk(resumable=True), CLIP), CREATED, refusal)
    assert type(played.error) is FileRejected
    assert played.waits == []
    told_later = ok(state="refused", problem={"code": "not_a_video", "message": "It is plain text."})
    played = play(upload(talk(resumable=True), CLIP), CREATED, tus(upload_offset=5), told_later)
    assert type(played.error) is FileRejected


def test_a_session_that_is_gone_gets_a_new_one():
    new = refused(1002, 404), ok(session_id="7", bind_id="anon_1")
    played = play(upload(talk(resumable=True), CLIP), *new, CREATED, tus(upload_offset=5), DONE)
    assert played.calls[2] == "POST /api/uploads/7"
    assert type(play(upload(talk(resumable=True), CLIP), *new, refused(1002, 404)).error) is SessionGone


def test_addresses_are_handed_on():
    played = play(fetch(talk(), ["https://example.org/a.mp4"]), ok(files=[ITEM]))
    assert played.requests[0].json == {"urls": ["https://example.org/a.mp4"], "source_type": "url"}
    assert [one.id for one in played.value] == ["a1"]


@given(st.binary(min_size=1, max_size=3000), st.lists(st.integers(0, 3000), max_size=8))
def test_whatever_breaks_the_bytes_arrive_once_and_in_order(content, breaks):
    """A server that takes some of each piece and then breaks off, as often as it is told to."""
    source, kept, left = Bytes(content), bytearray(), list(breaks)
    flow = upload(talk(resumable=True), source)
    answer = None
    try:
        while True:
            step = flow.send(answer)
            match step:
                case Wait() | Tell():
                    answer = None
                case Request(method="POST"):
                    answer = CREATED
                case Request(method="HEAD"):
                    answer = tus(200, upload_offset=len(kept))
                case Request(method="PATCH"):
                    assert step.headers["Upload-Offset"] == str(len(kept))
                    assert step.content is not None
                    if left:
                        kept += step.content[: left.pop()]
                        answer = lost()
                    else:
                        kept += step.content
                        answer = tus(upload_offset=len(kept))
                case _:
                    answer = DONE
    except StopIteration:
        assert bytes(kept) == content
    except Unreachable:
        assert len(breaks) > 5


@given(st.binary(max_size=600_000), st.text(min_size=1, max_size=20))
def test_a_form_has_the_length_that_it_says(content, name):
    told: list[float] = []
    form = Form(Bytes(content, name.encode("utf-8", "replace").decode()), told.append)
    body = b"".join(form)
    assert len(body) == int(form.headers["Content-Length"])
    assert content in body
    assert b"\r\n" not in body.split(b"filename=")[1].split(b"\r\nContent-Type")[0]
    assert told == sorted(told)
