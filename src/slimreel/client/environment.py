"""What a client knows of its user: a token and an address from the environment, and what it keeps for the next time in
the folders of the user. The only file of the client that reads the environment; it sends nothing."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

DEFAULT_SERVER = "http://127.0.0.1:8000"
_FOLDER = "slimreel"


@dataclass(frozen=True, slots=True)
class ClientEnvironment:
    """Where to call and with what; empty is what the environment does not say."""

    server: str = ""
    token: str = field(default="", repr=False)


def read_environment() -> ClientEnvironment:
    """SLIMREEL_TOKEN and SLIMREEL_API_URL, else NEMO_TOKEN and NEMO_API_URL."""
    return ClientEnvironment(
        server=_first("SLIMREEL_API_URL", "NEMO_API_URL"),
        token=_first("SLIMREEL_TOKEN", "NEMO_TOKEN"),
    )


def spoken_language() -> Literal["en", "zh"]:
    """The language of the user's surroundings, as far as it is one of ours."""
    return "zh" if _first("LC_ALL", "LC_MESSAGES", "LANG").lower().startswith("zh") else "en"


def user_folder(kind: Literal["config", "data"]) -> Path:
    """The folder of this program for settings, or for data, by the custom of the system; it need not be there."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home()) / _FOLDER
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _FOLDER
    given = os.environ.get({"config": "XDG_CONFIG_HOME", "data": "XDG_DATA_HOME"}[kind])
    usual = {"config": Path(".config"), "data": Path(".local") / "share"}[kind]
    return (Path(given) if given else Path.home() / usual) / _FOLDER


class Keepsakes:
    """The client id and the starter tokens of earlier runs, in one file that nobody else can read.

    What cannot be kept is got anew the next time; that is no error.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or user_folder("config") / "client.json"

    def client_id(self) -> str:
        """The same for this user each time."""
        found = self._read()
        if not isinstance(found.get("client_id"), str):
            found["client_id"] = str(uuid.uuid4())
            self._write(found)
        return str(found["client_id"])

    def token(self, server: str) -> str:
        """The starter token that this server gave; empty where there is none."""
        tokens = self._read().get("tokens")
        found = tokens.get(server) if isinstance(tokens, dict) else None
        return found if isinstance(found, str) else ""

    def keep_token(self, server: str, token: str) -> None:
        found = self._read()
        tokens = found.get("tokens")
        found["tokens"] = {**(tokens if isinstance(tokens, dict) else {}), server: token}
        self._write(found)

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, found: dict[str, object]) -> None:
        made = self._path.with_name(f"{self._path.name}.{uuid.uuid4().hex}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(found, file)
            made.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                made.unlink()


def _first(*names: str) -> str:
    return next((found for name in names if (found := os.environ.get(name, "").strip())), "")
