"""An httpx client for calling servers of strangers, as webhooks do: pinned, without redirects, short of patience.

It is made for small requests whose answers hardly matter; files are fetched by fetch.py.
"""

from __future__ import annotations

import httpcore
import httpx

from slimreel.services.patience import Pace, Patience, TooMuchHead, TooSlow
from slimreel.services.pinned_network import Refused
from slimreel.services.web_address import NotAWebAddress, read_web_address
from slimreel.services.web_exchange import Reach, exchange

DEADLINE_S = 10.0
# Nobody reads the answer to a webhook; this much of it is kept for its sender's log.
MOST_ANSWER_BYTES = 64 * 1024


def public_client(
    *, allow_private: bool = False, deadline_s: float = DEADLINE_S, reach: Reach | None = None
) -> httpx.Client:
    """A client whose every request looks its host up anew, and goes to public addresses alone, on port 80 or 443.

    `allow_private` (the setting `webhook_private`) lets any address and port through. A request takes `deadline_s` at
    most from the first look-up to the last byte, whatever timeout it is given. Answers are cut at 64 KiB. A redirect is
    an answer like any other. All that goes wrong is an httpx.TransportError: httpx.UnsupportedProtocol for an address
    that may not be called, httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError. It may be used by
    many threads at once, and keeps no connection between requests.
    """
    transport = _PublicTransport(reach or Reach(allow_private=allow_private), deadline_s)
    headers = {"User-Agent": "slimreel", "Accept": "*/*", "Accept-Encoding": "identity"}
    return httpx.Client(transport=transport, trust_env=False, follow_redirects=False, headers=headers)


class _PublicTransport(httpx.BaseTransport):
    def __init__(self, reach: Reach, deadline_s: float) -> None:
        self._reach = reach
        self._deadline_s = deadline_s

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # Answers are short, so only the deadline counts, not the pace.
        patience = Patience(self._deadline_s, Pace(window_s=self._deadline_s, head_s=self._deadline_s))
        headers = {name: value for name, value in request.headers.items() if name != "host"} | {"Connection": "close"}
        try:
            address = read_web_address(str(request.url), allow_private=self._reach.allow_private)
            content = request.read()
            with exchange(request.method, address, patience, self._reach, headers=headers, content=content) as answer:
                body = bytearray()
                for chunk in answer.iter_stream():
                    body += chunk
                    if len(body) >= MOST_ANSWER_BYTES:
                        break
                return httpx.Response(answer.status, headers=_plain(answer), content=bytes(body[:MOST_ANSWER_BYTES]))
        except (NotAWebAddress, Refused) as error:
            raise httpx.UnsupportedProtocol("This address may not be called.", request=request) from error
        except (TooSlow, httpcore.TimeoutException) as error:
            raise httpx.ReadTimeout("The server is too slow.", request=request) from error
        except httpcore.NetworkError as error:
            raise httpx.NetworkError("The connection to the server failed.", request=request) from error
        except (TooMuchHead, httpcore.ProtocolError) as error:
            raise httpx.RemoteProtocolError("The server does not keep to HTTP.", request=request) from error


def _plain(answer: httpcore.Response) -> list[tuple[bytes, bytes]]:
    """The headers, but for those of the body's form, which is read already (and not decoded: nobody asked for that)."""
    form = (b"content-encoding", b"content-length", b"transfer-encoding")
    return [(name, value) for name, value in answer.headers if name.lower() not in form]
