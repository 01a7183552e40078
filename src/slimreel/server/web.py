"""The workspace, the page that people see first: its files, and the few addresses that all answer with it. It knows
files alone; what the page does it does through the calls that anybody has.

Where the page was not built (an installation for development), its addresses say how to build it.
"""

from __future__ import annotations

import mimetypes
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from slimreel.errors.service import NotHere

router = APIRouter(include_in_schema=False)
PUBLIC = ("GET /", "GET /workspace", "GET /workspace/claim", "GET /register", "GET /settings", "GET /assets/*")
"""What of it needs no token: everything, since all that it shows it asks for with the token of its user."""

# The names of these files change with their content.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}(\.[A-Za-z0-9_-]{1,40})*\.(js|css|svg|png|woff2|ico|json)")
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASK_AGAIN = {"Cache-Control": "no-cache"}
# The types of a machine's own table can be anything; a script of another type would not run.
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>slimreel</title></head><body><h1>The service runs. Its page was not built.</h1>
<p>Build it once with <code>python hatch_build.py</code> in the source tree, or with Node:
<code>cd web &amp;&amp; npm ci &amp;&amp; npm run build</code>. Then load this page again.</p>
<p>The API needs no page: <a href="/docs">/docs</a> describes it.</p></body></html>
"""


@router.get("/")
@router.get("/workspace")
@router.get("/workspace/claim")
@router.get("/register")
@router.get("/settings")
def page() -> HTMLResponse:
    """The page; which part of it is seen it decides by its address."""
    found = _folder() / "index.html"
    text = found.read_text("utf-8") if found.is_file() else _NOT_BUILT
    return HTMLResponse(text, headers=_ASK_AGAIN)


@router.get("/assets/{name}")
def asset(name: str) -> Response:
    """A file of the page."""
    path = _folder() / "assets" / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotHere
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=kind, headers=_FOR_EVER)


@cache
def _folder() -> Path:
    """Where a build puts the page; it need not be there."""
    return Path(str(files("slimreel.data"))) / "web"
