"""Writes the OpenAPI document of the service, of which the workspace's typed client is made, or checks that the
client's types are of this document. Knows no page.

    python -m scripts.web_schema          writes web/src/api/schema.d.ts (needs Node)
    python -m scripts.web_schema --print  writes the document to the standard output
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from slimreel.server.app import make_app
from slimreel.server.wakes import Wakes
from slimreel.services.wiring import build
from slimreel.settings.service import ServiceSettings

WEB = Path(__file__).resolve().parents[1] / "web"
TYPES = WEB / "src" / "api" / "schema.d.ts"
_MARK = "// Of the OpenAPI document with the SHA-256 "


def document() -> dict[str, Any]:
    """The OpenAPI document as the service tells it, without its version, which says nothing of the calls."""
    with tempfile.TemporaryDirectory() as folder:
        services = build(ServiceSettings(data=Path(folder)))
        try:
            found = asyncio.run(_asked(make_app(services, Wakes(services.feed))))
        finally:
            services.close()
    found["info"]["version"] = "0"
    return found


async def _asked(app: ASGIApp) -> dict[str, Any]:
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 4000))
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
        found: dict[str, Any] = (await client.get("/openapi.json")).raise_for_status().json()
    return found


def digest_of(found: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def digest_written() -> str:
    """The digest of the document that the committed types were made of; empty where there are none."""
    first = TYPES.read_text("utf-8").partition("\n")[0] if TYPES.exists() else ""
    return first.removeprefix(_MARK) if first.startswith(_MARK) else ""


def main() -> None:
    found = document()
    if "--print" in sys.argv:
        json.dump(found, sys.stdout, indent=1)
        return
    npx = shutil.which("npx")
    if npx is None:
        sys.exit("Node is needed to make the types; see docs/howto/workspace.md")
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        source.write_text(json.dumps(found), "utf-8")
        subprocess.run([npx, "openapi-typescript", str(source), "--output", str(made)], cwd=WEB, check=True)
        TYPES.parent.mkdir(parents=True, exist_ok=True)
        TYPES.write_text(f"{_MARK}{digest_of(found)}\n{made.read_text('utf-8')}", "utf-8")
    print(f"wrote {TYPES}")


if __name__ == "__main__":
    main()
