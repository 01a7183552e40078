"""Signs the links that files are fetched by without a token, and checks them. Knows no HTTP and opens no file."""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import re
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urljoin

from slimreel.errors.service import NotHere
from slimreel.services.clock import Clock
from slimreel.services.storage import sync_folder
from slimreel.settings.service import ServiceSettings

LinkKind = Literal["asset", "artifact"]
Disposition = Literal["attachment", "inline"]
_SHORTEST_SECRET = 16
_MOMENT = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)  # one way to write a number, so that none can be written anew


class Links:
    """Makes and checks signed links. All processes of a service sign with the same secret."""

    def __init__(self, settings: ServiceSettings, clock: Clock) -> None:
        secret = settings.secret or _kept_secret(settings.data / "secret")
        self._key = hmac.digest(secret.encode(), b"slimreel links 1", "sha256")
        self._settings = settings
        self._clock = clock

    def path_for(self, kind: LinkKind, blob_id: str, user_id: str, disposition: Disposition = "attachment") -> str:
        """The path and query of a link to a file of this account; it works for `link_hours` from now on."""
        expires = str(int((self._clock() + timedelta(hours=self._settings.link_hours)).timestamp()))
        signature = self._signature(kind, blob_id, user_id, expires, disposition)
        return f"/files/{kind}/{blob_id}?e={expires}&d={disposition}&s={signature}"

    def absolute(self, path: str, base_url: str = "") -> str:
        """The link as a client can call it: by the public address of the service, else by the one it was called at."""
        return urljoin((self._settings.public_url or base_url).rstrip("/") + "/", path.lstrip("/"))

    def verify(self, kind: str, blob_id: str, user_id: str, expires: str, disposition: str, signature: str) -> None:
        """Pass a link as `path_for` made it for the account that owns the file. Raises NotHere for any other."""
        wanted = self._signature(kind, blob_id, user_id, expires, disposition)
        # Text is compared, not what it decodes to: the last letter of a signature has bits that decode to nothing.
        is_ours = hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))
        known = kind in get_args(LinkKind) and disposition in get_args(Disposition) and _MOMENT.fullmatch(expires)
        if not is_ours or not known or int(expires) <= self._clock().timestamp():
            raise NotHere

    def _signature(self, *parts: str) -> str:
        digest = hmac.digest(self._key, json.dumps(("GET", *parts)).encode(), "sha256")
        return urlsafe_b64encode(digest).decode().rstrip("=")


def _kept_secret(path: Path) -> str:
    """The secret of this data folder. Whichever process comes first makes it, and none sees half of it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"secret.{secrets.token_hex(8)}")
        fd = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(fd, "w") as file:
                file.write(secrets.token_urlsafe(32))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
        finally:
            made.unlink()
        sync_folder(path.parent)
    secret = path.read_text().strip()
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError(f"{path} holds no secret; remove it to have a new one made")
    return secret
