"""Every setting of the service, each a field with its default and its sentence. Reads the environment and one file.

The variable of a field is SLIMREEL_ and its name in capitals; in `slimreel.toml` of the data folder it is the name.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from slimreel.errors import UsageError

PREFIX = "SLIMREEL_"
DEFAULT_DATA = Path("slimreel-data")
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """The settings of one service, read once. Sizes are bytes, times as the names say."""

    data: Annotated[Path, "the folder of everything that the service keeps"] = DEFAULT_DATA
    host: Annotated[str, "the address to listen on"] = "127.0.0.1"
    port: Annotated[int, "the port to listen on; 0 takes any that is free"] = 8000
    public_url: Annotated[str, "what clients reach the service by, such as https://video.example.org"] = ""
    database_url: Annotated[str, "a Postgres database (postgresql+psycopg://…); empty: SQLite in the data folder"] = ""
    storage_url: Annotated[str, "where files are kept (s3://bucket/prefix); empty: a folder in the data folder"] = ""
    secret: Annotated[str, "what links are signed with; empty: made once, kept in the data folder"] = field(
        default="", repr=False
    )
    trusted_proxies: Annotated[str, "addresses, with commas between, whose X-Forwarded-For is believed"] = ""
    allowed_origins: Annotated[str, "origins of other pages that may call the service, with commas between"] = ""

    starter_credits: Annotated[int, "credits of a new account"] = 100
    token_days: Annotated[int, "how long an anonymous token lives"] = 7
    grants_per_address: Annotated[int, "starter tokens for one address in 7 days; not counted on loopback"] = 10
    grants_per_day: Annotated[int, "starter tokens for everybody in one day"] = 10_000
    price_edit: Annotated[int, "credits of a turn that changes the timeline"] = 1
    price_preview: Annotated[int, "credits of a preview"] = 0
    price_export: Annotated[int, "credits of a finished file"] = 0
    plan_export: Annotated[Literal["allow", "registered", "deny"], "who may have finished files"] = "allow"
    require_attribution: Annotated[bool, "refuse a render without the X-Skill-… headers"] = False

    upload_bytes: Annotated[int, "the largest file that is taken"] = 500_000_000
    account_bytes: Annotated[int, "what one account may keep here at once"] = 20_000_000_000
    account_files: Annotated[int, "how many files one account may keep here at once"] = 1000
    disk_percent: Annotated[int, "how full the disk may be before nothing new is taken; 100 asks nobody"] = 85
    upload_hours: Annotated[int, "how long an unfinished upload is kept"] = 24
    keep_days: Annotated[int, "how long the files of a session are kept after it was last used"] = 7
    link_hours: Annotated[int, "how long a download link works"] = 24
    message_characters: Annotated[int, "the longest message"] = 4000
    longest_s: Annotated[int, "the longest video that is taken, seconds"] = 6 * 3600
    most_pixels: Annotated[int, "the largest picture that is taken, pixels"] = 36_000_000
    most_fps: Annotated[int, "the highest frame rate that is taken, frames over duration"] = 240

    fetch: Annotated[bool, "take files by their address"] = True
    fetch_hosts: Annotated[
        str, "hosts, with commas between, that files may be fetched from; empty: all public ones"
    ] = ""
    fetch_s: Annotated[int, "seconds that fetching a file may take"] = 120

    requests_per_minute: Annotated[int, "calls of one token in a minute; none are counted on loopback"] = 600
    streams_per_token: Annotated[int, "open streams of events for one token; none are counted on loopback"] = 3
    streams_per_address: Annotated[int, "open streams of events for one address; none are counted on loopback"] = 20
    connections_per_address: Annotated[int, "open connections of one address; none are counted on loopback"] = 50
    turn_s: Annotated[int, "seconds that a turn of the conversation may take"] = 900

    render_slots: Annotated[int, "renders that one worker carries out at once"] = 1
    render_hours: Annotated[float, "hours that one render may take"] = 6.0
    queue_per_account: Annotated[int, "renders of one account that may wait at once"] = 20
    queue_in_all: Annotated[int, "renders that may wait here at once"] = 500
    render_attempts: Annotated[int, "how often a render may fail by itself before it is given up"] = 3
    unsafe: Annotated[bool, "render although this system cannot close the sandbox"] = False
    webhook_private: Annotated[bool, "call webhooks also at addresses that are not public"] = False


def read_service_settings(given: Mapping[str, Any] | None = None) -> ServiceSettings:
    """Settings: what is given, else the environment, else `slimreel.toml` of the data folder, else the defaults.

    Raises UsageError (fields: field) where a value is not of its kind.
    """
    said = {name: value for name, value in (given or {}).items() if value is not None}
    from_environment = {
        one.name: os.environ[PREFIX + one.name.upper()]
        for one in fields(ServiceSettings)
        if PREFIX + one.name.upper() in os.environ
    }
    data = Path(said.get("data") or from_environment.get("data") or DEFAULT_DATA)
    found = _from_file(data / "slimreel.toml") | from_environment | said | {"data": data.absolute()}
    kinds = get_type_hints(ServiceSettings)
    if unknown := sorted(set(found) - set(kinds)):
        raise UsageError(field=unknown[0], detail=f"There is no setting {unknown[0]}. See docs/settings.md.")
    return ServiceSettings(**{name: _read(name, value, kinds[name]) for name, value in found.items()})


def user_folder() -> Path:
    """Where a service for one person keeps its things, unless SLIMREEL_DATA says otherwise."""
    if said := os.environ.get(f"{PREFIX}DATA"):
        return Path(said)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "slimreel"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/slimreel").expanduser()
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "slimreel"


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(field="data", detail=f"{path} cannot be read: {error}.") from error


def _number(kind: Any, value: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        if kind in (int, float):
            raise ValueError("it has to be a number") from None
        raise


def _read(name: str, value: Any, kind: Any) -> Any:
    try:
        if get_origin(kind) is Literal:
            if value not in get_args(kind):
                raise ValueError(f"it can be {', '.join(get_args(kind))}")
            return value
        if kind is bool and not isinstance(value, bool):
            low = str(value).strip().lower()
            if low not in (*_TRUE, *_FALSE):
                raise ValueError("it can be 1 or 0")
            return low in _TRUE
        number = _number(kind, value)
        if kind in (int, float) and number < 0:
            raise ValueError("it cannot be negative")
        return number
    except (TypeError, ValueError) as error:
        raise UsageError(field=name, detail=f"{PREFIX}{name.upper()} is {value!r}: {error}.") from error
