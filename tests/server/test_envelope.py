"""The envelope: three readings of one success, and of every error there is nothing internal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel import errors
from slimreel.errors import (
    DiskFull,
    EditRefused,
    FfmpegFailed,
    HostileInput,
    NoSuchFile,
    NotAVideo,
    OutputExists,
    PermissionRefused,
    SlimreelError,
    service,
)
from slimreel.server.envelope import failure, success

DATA = st.dictionaries(
    st.sampled_from(["code", "success", "message", "data", "token", "id"]) | st.text(max_size=5), st.integers()
)


@given(DATA)
def test_a_success_is_read_flat_and_nested(data):
    body = success(data)
    assert (body["code"], body["success"], body["message"], body["data"]) == (0, True, "ok", data)
    assert all(
        body[name] == value for name, value in data.items() if name not in ("code", "success", "message", "data")
    )


def every(kind):
    yield kind
    for below in kind.__subclasses__():
        if below.__module__.startswith("slimreel."):
            yield from every(below)


EVERY = sorted(set(every(SlimreelError)), key=lambda kind: kind.__name__)
HTTP_OF_CODE = {1001: {401}, 1002: {404}, 2001: {403}, 4001: {415}, 4002: {413}, 402: {402}, 403: {403}, 404: {404},
                409: {409, 423}, 429: {429}, 503: {503}, 400: {400, 404, 422}, 5000: {500, 507}}  # fmt: skip
FIELDS = {"detail": "a detail", "path": Path("/srv/slimreel/assets/abc"), "filename": "a.mp4", "limit": "500 MB"}


def test_the_table_knows_errors_of_both_kinds():
    assert errors.NotAVideo in EVERY and service.QueueFull in EVERY


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_that_fits_its_code_and_tells_no_folder(kind):
    status, _, body = failure(kind(**FIELDS), incident="inc_1")
    assert status in HTTP_OF_CODE[body["code"]]
    assert body["success"] is False and body["data"] is None and body["detail"] == body["message"] != ""
    assert "/srv" not in json.dumps(body)
    if body["code"] == 5000:
        assert "inc_1" in body["message"] and "a detail" not in body["message"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (service.BadToken(), 401, 1001),
        (service.UnknownSession(), 404, 1002),
        (service.UnknownJob(), 404, 1002),
        (service.NoCredits(needed=1, available=0, remedy="See /register?bind=anon_1."), 403, 2001),
        (service.FileTooLarge(filename="a", limit="b"), 413, 4002),
        (service.NothingToRender(), 400, 400),
        (NotAVideo(path="/a/b.mp4", detail="no"), 415, 4001),
        (HostileInput(path="/a/b.mp4", detail="a playlist"), 415, 4001),
        (EditRefused(detail="no"), 422, 400),
        (NoSuchFile(path="/a/b"), 404, 400),
        (OutputExists(path="/a/b"), 409, 409),
        (DiskFull(path="/a/b"), 507, 5000),
        (PermissionRefused(path="/a/b"), 500, 5000),
        (FfmpegFailed(exit_status=1, stage="x", detail="y"), 500, 5000),
        (ValueError("secret"), 500, 5000),
    ],
)
def test_errors_have_the_numbers_of_the_protocol(error, status, code):
    found = failure(error)
    assert (found.status, found.body["code"]) == (status, code)
    assert "secret" not in json.dumps(found.body)


def test_what_a_sentence_says_of_addresses_of_the_service_stays():
    assert "/api/auth/anonymous-token" in failure(service.BadToken()).body["message"]
    assert "/register?bind=anon_1" in failure(service.NoCredits(remedy="See /register?bind=anon_1.")).body["message"]
    assert failure(NotAVideo(path="/srv/data/b.mp4", detail="no")).body["message"].startswith("b.mp4 is not a video")
    assert "1/2 of it" in failure(EditRefused(detail="1/2 of it, see https://a.test/b/c")).body["message"]
    assert "https://a.test/b/c" in failure(EditRefused(detail="see https://a.test/b/c")).body["message"]


def test_incidents_differ():
    assert failure(ValueError()).body["message"] != failure(ValueError()).body["message"]


@pytest.mark.parametrize(("wait_s", "said"), [(30, "30"), (0.2, "1"), (1.2, "2")])
def test_how_long_to_wait_is_in_whole_seconds(wait_s, said):
    assert failure(service.TooManyRequests(detail="x", retry_after_s=wait_s)).headers == {"Retry-After": said}
