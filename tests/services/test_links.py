"""Links: whatever is altered in one, it opens nothing."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from slimreel.errors.service import NotHere
from slimreel.services.links import Links

USER, BLOB = "anon_0123456789abcdef", "ast_0123456789abcdef"


def verify(links: Links, path: str, user: str = USER) -> None:
    """Read the path as the server does, and check it."""
    parts = urlsplit(path)
    query = parse_qs(parts.query, keep_blank_values=True)
    _, files, kind, blob, *rest = parts.path.split("/")
    if files != "files" or rest or set(query) != {"e", "d", "s"} or any(len(one) != 1 for one in query.values()):
        raise NotHere
    links.verify(kind, blob, user, query["e"][0], query["d"][0], query["s"][0])


def test_a_link_opens_its_file_until_it_expires(settings, clock):
    links = Links(replace(settings, link_hours=24), clock)
    path = links.path_for("artifact", BLOB, USER)
    verify(links, path)
    clock.forward(hours=23.9)
    verify(links, path)
    clock.forward(hours=0.1)
    with pytest.raises(NotHere):
        verify(links, path)


@pytest.mark.parametrize("disposition", ["attachment", "inline"])
def test_a_link_with_any_byte_changed_opens_nothing(disposition, settings, clock):
    links = Links(settings, clock)
    path = links.path_for("asset", BLOB, USER, disposition)
    verify(links, path)
    for at in range(len("/files/"), len(path)):
        for bit in range(7):
            changed = path[:at] + chr(ord(path[at]) ^ 1 << bit) + path[at + 1 :]
            with pytest.raises((NotHere, ValueError)):
                verify(links, changed)


def test_a_link_is_of_one_kind_file_and_account(settings, clock):
    links = Links(settings, clock)
    path = links.path_for("asset", BLOB, USER)
    for changed in (path.replace("asset", "artifact"), path.replace(BLOB, "ast_1"), path + "0", path[:-1]):
        with pytest.raises(NotHere):
            verify(links, changed)
    with pytest.raises(NotHere):
        verify(links, path, "anon_fedcba9876543210")


@pytest.mark.parametrize("expires", ["", "0", "-1", "1e99", "٣", "9" * 400, "99999999999 ", "\ud800"])
def test_an_expiry_that_is_no_number_opens_nothing(expires, settings, clock):
    links = Links(settings, clock)
    signed = links._signature("asset", BLOB, USER, expires, "attachment")
    for signature in (signed, "ü", "\ud800"):
        with pytest.raises(NotHere):
            links.verify("asset", BLOB, USER, expires, "attachment", signature)


def test_the_secret_is_made_once_for_all_who_start_at_once(settings, clock):
    found, start = [], threading.Barrier(8)

    def one():
        start.wait()
        found.append(Links(settings, clock).path_for("asset", BLOB, USER))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert [path.name for path in settings.data.iterdir()] == ["secret"]
    assert stat.S_IMODE((settings.data / "secret").stat().st_mode) == 0o600


def test_a_secret_of_the_settings_is_used_and_nothing_is_written(settings, clock):
    one, other = (Links(replace(settings, secret=secret * 20), clock) for secret in "ab")
    verify(one, one.path_for("asset", BLOB, USER))
    with pytest.raises(NotHere):
        verify(other, one.path_for("asset", BLOB, USER))
    assert list(settings.data.iterdir()) == []


def test_links_are_absolute_by_the_public_address_first(settings, clock):
    links = Links(settings, clock)
    path = links.path_for("asset", BLOB, USER)
    assert links.absolute(path, "http://127.0.0.1:8000/") == "http://127.0.0.1:8000" + path
    public = Links(replace(settings, public_url="https://video.example.org/reel"), clock)
    assert public.absolute(path, "http://127.0.0.1:8000/") == "https://video.example.org/reel" + path
