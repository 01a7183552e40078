"""Takes a file by its address, for a stranger who chose the address: from public servers only, within size and time.

What the file holds is not judged here. Every address that may not be called is refused by one sentence, so that nobody
can map a network by asking; and nothing is sent there first.
"""

from __future__ import annotations

import errno
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpcore
import httpx

from slimreel.errors.service import DiskNearlyFull, FileTooLarge, NotFetched
from slimreel.services.filenames import clean, named_in
from slimreel.services.patience import Pace, Patience, TooMuchHead, TooSlow
from slimreel.services.pinned_network import Refused
from slimreel.services.web_address import NotAWebAddress, host_of, read_web_address
from slimreel.services.web_exchange import Reach, exchange, header
from slimreel.settings.service import ServiceSettings

MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")
_HEADERS = {"User-Agent": "slimreel", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
_SHOWN_CHARACTERS = 200
_DISK_RETRY_S = 60
_Write = Callable[[bytes], int]

REFUSED = "only public http and https addresses can be"
SWITCHED_OFF = "this service takes no addresses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A file that was fetched. `size` is bytes, `sha256` is in hex, `content_type` as the server said, or empty."""

    filename: str
    size: int
    sha256: str
    content_type: str


class Fetcher:
    """Fetches files by the rules of the settings (`fetch`, `fetch_hosts`, `fetch_s`)."""

    def __init__(self, settings: ServiceSettings, *, reach: Reach | None = None, pace: Pace | None = None) -> None:
        self._settings = settings
        self._reach = reach or Reach()
        self._pace = pace or Pace()
        self._hosts = tuple(name.strip().lower() for name in settings.fetch_hosts.split(",") if name.strip())

    def fetch(self, url: str, into: Path, *, most_bytes: int, filename: str | None = None) -> Fetched:
        """Writes the file at `url` to `into`, which must not be there yet; after an error nothing is there.

        The name is `filename`, else what the server calls it, else the end of the address; it is cleaned. Raises
        NotFetched (a BadRequest), FileTooLarge as soon as it is known, DiskNearlyFull, FileExistsError.
        """
        if not self._settings.fetch:
            raise NotFetched(url=_shown(url), detail=SWITCHED_OFF)
        patience = Patience(self._settings.fetch_s, self._pace)
        with _explained(url):
            address = self._checked(url.strip())
            for _ in range(MOST_REDIRECTS + 1):
                with exchange("GET", address, patience, self._reach, headers=_HEADERS) as response:
                    if response.status not in _REDIRECTS:
                        return self._receive(response, address, into, most_bytes, filename)
                    address = self._checked(header(response, "location"), base=address)
            raise _Unusable("it leads from one address to the next without end")

    def _checked(self, text: str, *, base: httpx.URL | None = None) -> httpx.URL:
        address = read_web_address(text, base=base, allow_private=self._reach.allow_private)
        if self._hosts and not any(_is_listed(host_of(address), name) for name in self._hosts):
            raise Refused
        return address

    def _receive(
        self, response: httpcore.Response, address: httpx.URL, into: Path, most_bytes: int, filename: str | None
    ) -> Fetched:
        if response.status != 200:
            raise _Unusable(f"its server answered {response.status}")
        if header(response, "content-encoding").strip().lower() not in ("", "identity"):
            raise _Unusable("its server sends it compressed, which was not asked for")
        name = clean(filename or named_in(header(response, "content-disposition")) or address.path)
        too_large = FileTooLarge(filename=name, limit=f"{most_bytes / 1e6:g} MB")
        length = header(response, "content-length")
        if length.isdecimal() and int(length) > most_bytes:
            raise too_large
        size, digest = 0, sha256()
        with _new_file(into) as write:
            for chunk in response.iter_stream():
                size += len(chunk)
                if size > most_bytes:
                    raise too_large
                digest.update(chunk)
                write(chunk)
        return Fetched(filename=name, size=size, sha256=digest.hexdigest(), content_type=_media_type(response))


class _Unusable(Exception):
    """The server may be called, and what it answers is no file. Carries the reason as people read it."""


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Turns what can go wrong on the way into NotFetched with a reason. It names the address that was given, never
    one that a server led to."""
    try:
        yield
    except (NotAWebAddress, Refused) as error:
        raise NotFetched(url=_shown(url), detail=REFUSED) from error
    except _Unusable as error:
        raise NotFetched(url=_shown(url), detail=str(error)) from error
    except (TooSlow, httpcore.TimeoutException) as error:
        raise NotFetched(url=_shown(url), detail="its server is too slow") from error
    except httpcore.NetworkError as error:
        detail = "the connection to its server failed"
        # httpcore drops the cause, and keeps it as the argument.
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in error.args):
            detail = "the certificate of its server is not valid"
        raise NotFetched(url=_shown(url), detail=detail) from error
    except (TooMuchHead, httpcore.ProtocolError) as error:
        raise NotFetched(url=_shown(url), detail="its server broke off, or does not keep to HTTP") from error


@contextmanager
def _new_file(path: Path) -> Iterator[_Write]:
    """Writes to a new file, which is gone again when the block fails."""
    with path.open("xb") as file:
        try:
            yield file.write
            file.flush()
        except BaseException as error:
            path.unlink()
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskNearlyFull(retry_after_s=_DISK_RETRY_S) from error
            raise


def _is_listed(host: str, name: str) -> bool:
    return host == name or (name.startswith("*.") and host.endswith(name[1:]))


def _media_type(response: httpcore.Response) -> str:
    said = header(response, "content-type").partition(";")[0].strip().lower()
    return said if _MEDIA_TYPE.fullmatch(said) else ""


def _shown(url: str) -> str:
    """The address as it stands in a sentence: on one line, and not without end."""
    seen = "".join(one if one.isprintable() else "�" for one in url.strip())
    return seen if len(seen) <= _SHOWN_CHARACTERS else seen[:_SHOWN_CHARACTERS] + "…"
